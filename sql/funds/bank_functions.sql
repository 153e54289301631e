CREATE FUNCTION marketplace.statement_import(marketplace_id int, document xml, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.statement_import(int, xml, text) IS
'Takes a file of the bank: camt.053 (statements) or camt.054 (notifications), versions 2 to 8, told by its namespace. Keeps it as it came, its statements, balances, booked entries (BOOK only) and
their transactions. An entry for several is exploded only if its transactions add up to it. Debits of an account of the PSP that carry the EndToEndId of a payout or refund, or the PmtInfId of a
payment file, confirm it; credits with one are its return; others are receipts. What does not hold (a statement that does not add up, a number left out, an unknown payment) becomes a break and the
file is taken. Accounts that are neither the PSP''s nor the operator''s are kept, and nothing follows from them. At most 64 MB; no document type. Importing it again, or its statements in another
file, changes nothing. Operators only. Returns the number of the message (bank_messages.id). Errors: MK001, MK004, MK005, MK113 (no such message, cut off, or a statement''s id with other content).
FD-86…FD-88, FD-97, RD-74…RD-77, RD-82, RD-83.';

CREATE FUNCTION marketplace.payout_file(
	marketplace_id int, batch_id bigint, document jsonb DEFAULT '{}', request_key text DEFAULT NULL)
RETURNS xml AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payout_file(int, bigint, jsonb, text) IS
'The payouts of a run that are approved and wait to be sent, and refunds by transfer that are named, as a pain.001.001.09 for the bank. Document: {"execution_date": "2026-12-01" (the payouts'' own
where none is named, today at the earliest; moved to the next TARGET day), "debtor_account": 3 (a verified euro bank account of the PSP: by default the one verified last), "refunds": [1, 2]}; batch_id NULL: refunds only.
The EndToEndId is the idempotency key of the instruction; names are written in SEPA''s characters. Refused as a whole, with every reason, when one transaction cannot be sent: not in euros, no verified bank account, characters
of another script, an address of lines only since 2026-11-15 (policies fd.file_address, fd.unstructured_address_until, fd.batch_booking). It is kept (payment_files): asking again gives the same
bytes, unless something of it was dropped before it was sent. Hand it to the bank, then call payment_file_send(). Operators only. Errors: MK001, MK003, MK004, MK005, MK111. FD-84, RD-66…RD-71.';

CREATE FUNCTION marketplace.payment_file_send(
	marketplace_id int, payment_file_id bigint, evidence text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payment_file_send(int, bigint, text, text) IS
'Records that a payment file was handed to the bank: every payout and refund in it is sent. Refused when something of it was dropped or a newer file has it too. Evidence: the bank''s receipt.
Operators only. Returns the file''s number. Errors: MK001, MK004, MK005, MK030, MK111. FD-84.';

CREATE FUNCTION marketplace.payment_status_import(marketplace_id int, document xml, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payment_status_import(int, xml, text) IS
'Takes a status report of the bank on our payment files (pain.002, versions 3 to 11). Each order is known by its EndToEndId; a status of the file or its payment information holds for those of its orders that have
none of their own. RCVD < ACTC, ACCP, ACWC, ACFC < ACSP < ACSC < ACCC; RJCT and CANC are final. Instructions move forward only: accepted, paid (ACSC, ACCC), rejected; a rejection of what was paid, or the payment of
what was rejected, becomes a break (status_break). Importing it again changes nothing. Operators only. Returns the number of the message (bank_messages.id).
Errors: MK001, MK004, MK005, MK113. FD-85, RD-72.';
