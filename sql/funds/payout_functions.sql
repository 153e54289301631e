CREATE FUNCTION marketplace.payout_plan(
	marketplace_id int, document jsonb DEFAULT '{}',
	OUT seller_id bigint, OUT bank_account_id bigint, OUT execution_date date, OUT order_line_id bigint, OUT allocation_id bigint,
	OUT value numeric, OUT currency text)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 1000;
COMMENT ON FUNCTION marketplace.payout_plan(int, jsonb) IS
'The dry run: exactly the items that payout_run() with the same document would freeze now, by seller, currency and share (FD-56). Changes and locks nothing; what a hold takes, a seller who may not be
paid or less than the minimum is not in it: see payout_obstacles(). Operators and auditors. Errors: as payout_run().';

CREATE FUNCTION marketplace.payout_obstacles(
	marketplace_id int, document jsonb DEFAULT '{}',
	OUT seller_id bigint, OUT value numeric, OUT held numeric, OUT currency text, OUT obstacle text, OUT detail text)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 100;
COMMENT ON FUNCTION marketplace.payout_obstacles(int, jsonb) IS
'Which sellers payout_run() with the same document would not pay now, or not all that they have, and why: schedule, hold, refund (a refund still lacks money of it), kyc,
minimum (carries over), bank_account, payee, cash (the client account has less that is not frozen for others, FD-5), partly_held (FD-57, FD-60).
value: what is available to the seller, held: what of it holds take. Operators and auditors. Errors: as payout_run().';

CREATE FUNCTION marketplace.payout_execution_date(marketplace_id int, at timestamptz DEFAULT NULL)
RETURNS date AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.payout_execution_date(int, timestamptz) IS
'The day on which the bank executes what it is given at an instant (NULL: now): the same day until the cut-off (policy fd.cut_off, local time of the marketplace), if it is open for TARGET; else the next open
day (FD-59, RD-70). Whoever acts in the marketplace. Errors: MK001, MK002, MK004, MK005, MK070.';

CREATE FUNCTION marketplace.payout_statement(
	marketplace_id int, payout_id bigint,
	OUT section text, OUT order_id bigint, OUT order_line_id bigint, OUT value numeric, OUT currency text)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 100;
COMMENT ON FUNCTION marketplace.payout_statement(int, bigint) IS
'What a payout is made of: all that has happened to the seller''s released money (available or maturing) since its payout before. Sections, in order: opening, sales (VAT included), commission,
commission_vat, refunds, commission_returned, commission_vat_returned, reserve_taken, reserve_released, debt_offset, payouts_back (dropped, rejected, cancelled or returned), adjustments, payout, closing.
Signed from the seller''s side; opening plus all between is closing, to the cent. Read from the ledger. Operators, auditors, the seller. Errors: MK001, MK004, MK005.';

CREATE FUNCTION marketplace.payout_drop(marketplace_id int, payout_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payout_drop(int, bigint, text, text) IS
'Takes a payout back that was not sent: the money is the seller''s to be paid again (FD-P12). Operators only. Returns the payout''s number. Errors: MK001, MK004, MK005, MK111.';

CREATE FUNCTION marketplace.payout_cancel(marketplace_id int, payout_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payout_cancel(int, bigint, text, text) IS
'Drops a payout that was not sent; for one that was, asks the PSP to cancel it (an instruction of kind payout_cancel, camt.055), until the bank''s cut-off of its execution day. Success (payout_request_answer()
or instruction_confirm()) makes it cancelled (FD-P12); failure counts as paid (FD-65). Operators only. Returns the payout''s number. Errors: MK001, MK004, MK005, MK111.';

CREATE FUNCTION marketplace.payout_recall(
	marketplace_id int, payout_id bigint, reason_code text, reason text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payout_recall(int, bigint, text, text, text) IS
'Asks the payee''s bank to give a paid payout back (an instruction of kind payout_recall). reason_code: DUPL or TECH within 10 TARGET days, FRAD, AC03, AM09 or CUST within 13 months (RD-78). The answer makes it
returned (FD-P13) or paid again. Operators only. Returns the payout''s number. Errors: MK001, MK002, MK004, MK005, MK111.';

CREATE FUNCTION marketplace.payout_request_answer(
	marketplace_id int, payout_id bigint, accepted boolean, evidence text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payout_request_answer(int, bigint, boolean, text, text) IS
'Records the answer to the cancellation or recall that was asked for (camt.029): accepted, or refused. Operators only. Returns the payout''s number. Errors: MK001, MK004, MK005, MK111.';

CREATE FUNCTION marketplace.payout_return(
	marketplace_id int, payout_id bigint, reason_code text, evidence text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payout_return(int, bigint, text, text, text) IS
'Records that the bank sent a payout back, which shows that it was executed: each share returns to its order line (FD-P13), the seller''s wallet is held (reason bank_account) until an operator lifts it, so that nothing is sent again by itself
(FD-65), and on AC01, AC03, AC04, AC06, AC13 the bank account is blocked (RD-81). reason_code: ISO 20022. Operators only. Returns the payout''s number. Errors: MK001, MK002, MK004, MK005, MK111.';

CREATE FUNCTION marketplace.kyc_set(
	marketplace_id int, party_id bigint, state text, evidence text, valid_until timestamptz DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.kyc_set(int, bigint, text, text, timestamptz, text) IS
'Records what the PSP has decided of a party''s identification: pending, valid (until an instant; NULL: open) or refused, with the PSP''s reference as evidence. The platform decides nothing here (FD-52). A seller
whose identification is not valid is not paid (FD-57, policy fd.payout_kyc). Operators only. Returns the record''s number. Errors: MK001, MK002, MK004, MK005.';

CREATE FUNCTION marketplace.payee_verification_record(
	marketplace_id int, bank_account_id bigint, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payee_verification_record(int, bigint, jsonb, text) IS
'Records the bank''s answer to a verification of payee. Document: {"result": "match" (RCVC) | "close_match" (RVMC) | "no_match" (RVNM) | "not_applicable" (RVNA), "name", "reference"}; only result is required.
A close match or none stops payouts to the account until payee_verification_accept() (FD-60, RD-73). Operators only. Returns the record''s number. Errors: MK001, MK003, MK004, MK005.';

CREATE FUNCTION marketplace.payee_verification_accept(
	marketplace_id int, bank_account_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payee_verification_accept(int, bigint, text, text) IS
'Accepts a bank account all the same whose holder''s name does not match, with the reason (FD-60). Operators only. Returns the record''s number. Errors: MK001, MK004, MK005.';

CREATE FUNCTION marketplace.commission_sweep(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.commission_sweep(int, jsonb, text) IS
'Transfers all earned commission with its VAT, and what else is due to the platform, from the client account to the platform''s own, in one posting (FD-P09) and with an instruction to the PSP; when the PSP refuses
(instruction_fail()), it is posted back. Document: {"currency": "EUR", "day": "2026-11-24"}; one sweep a day (NULL: today) and currency, asking again returns it (FD-82). Operators only. Returns the
sweep''s number. Errors: MK001, MK003, MK004, MK005, MK051 (not so much in the client account), MK111 (nothing to sweep).';

CREATE FUNCTION marketplace.own_funding(marketplace_id int, amount marketplace.amount, reference text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.own_funding(int, marketplace.amount, text, text) IS
'Records a transfer of own money to the client account, which pays what the platform owes it, at most that (c_due_from_own, FD-P04): zero at each safeguarding cut-off (FD-8). reference: the bank''s, once.
Operators only. Returns the record''s number. Errors: MK001, MK002, MK004, MK005, MK006.';
