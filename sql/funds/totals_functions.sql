CREATE FUNCTION marketplace.funds_total(
	marketplace_id int, as_of timestamptz DEFAULT NULL,
	OUT psp_party_id bigint, OUT currency text, OUT location text, OUT value numeric, OUT memo boolean)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 40;
COMMENT ON FUNCTION marketplace.funds_total(int, timestamptz) IS
'Where all client money is, now or as it was recorded at an instant: locations as funds_location() names them (FD-43) and swept (to the platform), per currency, in units of it, at the charge of the marketplace''s PSP. What came in equals the sum of the rows that are not memo. Rows with
memo = true are outside the sum: psp_unsettled and cash (where it lies, per PSP), due_from_own (owed by the platform), seller_debt. From the ledger. Operators and auditors. Errors: MK001, MK005.';

CREATE FUNCTION marketplace.funds_stress(
	marketplace_id int, party_id bigint,
	OUT failing text, OUT currency text, OUT refundable numeric, OUT covered numeric, OUT uncovered numeric, OUT basis text)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 5;
COMMENT ON FUNCTION marketplace.funds_stress(int, bigint) IS
'If a party fails today: what buyers or sellers could claim (refundable), what of it client money covers, and what nothing covers; per role of the party and currency, in units of it (FD-43). Seller: what buyers paid for goods that they have not accepted, covered by the escrow of
each line, then by what the seller has in the marketplace. PSP: what is owed to clients, covered by what it keeps in the client account. Third party (carrier, insurer, financier): what it owes the platform, covered by what is held for it. Operators and auditors. Errors: MK001, MK004, MK005.';

CREATE FUNCTION marketplace.account_statement(
	marketplace_id int, kind text, party_id bigint DEFAULT NULL, order_line_id bigint DEFAULT NULL, from_time timestamptz DEFAULT NULL, until_time timestamptz DEFAULT NULL,
	OUT recorded_at timestamptz, OUT posting_id bigint, OUT entry_position int, OUT reason text, OUT order_line bigint, OUT amount numeric, OUT balance numeric, OUT currency text)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 200;
COMMENT ON FUNCTION marketplace.account_statement(int, text, bigint, bigint, timestamptz, timestamptz) IS
'Statement of all accounts of a kind (account_kinds()), of one holder, of one order line: per currency a row opening with the balance before from_time, then each entry recorded from from_time and before until_time with the running balance; amounts on the normal side of the kind, in
units of the currency. Operators and auditors read all, a party the accounts that it holds. Errors: MK001, MK002 (unknown kind), MK005.';
