CREATE FUNCTION marketplace.safeguarding_proof(marketplace_id int, day date, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.safeguarding_proof(int, date, text) IS
'Proves that on a day all client money was there, per PSP and currency: what bank or PSP reported for the day is at least what is owed to clients less what the PSP had not settled, and the platform owes nothing to the client
account any more (FD-98). Made from the cut-off of the next TARGET day on (policy fd.safeguarding_cut_off), by what was recorded until then, so that it is the same whenever it is made. Stored and sealed; the same result again is the same proof. Opens breaks:
shortfall (with its causes), due_from_own, negative_cash, no_statement. Read the view safeguarding_proofs_overview. Operators only. Returns the proof''s number. Errors: MK001, MK002, MK005, MK070, MK114 (too early).';

CREATE FUNCTION marketplace.safeguarding_figures(
	marketplace_id int, day date,
	OUT psp_party_id bigint, OUT currency text, OUT liabilities numeric, OUT psp_clearing numeric, OUT required numeric, OUT cash numeric,
	OUT transferred numeric, OUT due_from_own numeric, OUT own_money numeric)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 5;
COMMENT ON FUNCTION marketplace.safeguarding_figures(int, date) IS
'What the books say about the client accounts on a day, as safeguarding_proof() takes it, for any day; in units of the currency. own_money is commission and repayments that were not swept. Operators and auditors. Errors: MK001, MK002, MK005.';

CREATE FUNCTION marketplace.safeguarding_verify(marketplace_id int, OUT proof_id bigint, OUT check_name text, OUT expected text, OUT found text)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 5;
COMMENT ON FUNCTION marketplace.safeguarding_verify(int) IS
'Computes every proof again from the books, and the chain of hashes; a row for each that differs, no rows when all is well. Checks: hash, previous_hash, content (what was sealed against the stored lines), figures (the lines against the books). Operators and auditors. Errors: MK001, MK005.';
