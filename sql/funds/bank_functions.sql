CREATE FUNCTION marketplace.statement_import(marketplace_id int, document xml, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.statement_import(int, xml, text) IS
'Takes a file of the bank: camt.053 (statements) or camt.054 (notifications), versions 2 to 8, told by its namespace. Keeps it as it came, its statements, balances, booked entries (BOOK only) and
their transactions. An entry for several is exploded only if its transactions add up to it. Debits of an account of the PSP that carry the EndToEndId of a payout or refund, or the PmtInfId of a
payment file, confirm it; credits with one are its return; others are receipts. What does not hold (a statement that does not add up, a number left out, an unknown payment) becomes a break and the
file is taken. Accounts that are neither the PSP''s nor the operator''s are kept, and nothing follows from them. At most 64 MB; no document type. Importing it again, or its statements in another
file, changes nothing. Operators only. Returns the number of the message (bank_messages.id). Errors: MK001, MK004, MK005, MK113 (no such message, cut off, or a statement''s id with other content).
FD-86…FD-88, FD-97, RD-74…RD-77, RD-82, RD-83.';
