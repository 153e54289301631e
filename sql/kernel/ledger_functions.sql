CREATE FUNCTION marketplace.account_kinds(OUT kind text, OUT ring text, OUT side text, OUT checked boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'account_kinds'
LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 27;
COMMENT ON FUNCTION marketplace.account_kinds() IS
'The kinds of ledger accounts: ring (client or own money, FD-2), normal side (debit or credit), and whether the balance is checked: locked, kept and never below zero (FD-5); the others are summed. Source: funds rule book §1.';

CREATE FUNCTION marketplace.account_balance(marketplace_id int, account_id bigint, as_of timestamptz DEFAULT NULL, effective_as_of timestamptz DEFAULT NULL)
RETURNS marketplace.amount
AS 'MODULE_PATHNAME', 'account_balance'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.account_balance(int, bigint, timestamptz, timestamptz) IS
'Balance of an account on the normal side of its kind: now, or from the transfers recorded at or before as_of and effective at or before effective_as_of (FD-4). Operators and auditors read every account, parties their own. Errors: MK001, MK004, MK005.';

CREATE FUNCTION marketplace.trial_balance_as_of(marketplace_id int, as_of timestamptz, effective_as_of timestamptz DEFAULT NULL, OUT ring text, OUT kind text, OUT currency text, OUT debit numeric, OUT credit numeric, OUT balance numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'trial_balance_as_of'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.trial_balance_as_of(int, timestamptz, timestamptz) IS
'The view trial_balance as of an instant: from the transfers recorded at or before as_of (NULL: all) and effective at or before effective_as_of (NULL: all), in units of the currency (FD-4). For operators and auditors. Errors: MK001, MK005.';

CREATE FUNCTION marketplace.ledger_verify(marketplace_id int, OUT check_name text, OUT object text, OUT expected text, OUT found text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'ledger_verify'
LANGUAGE c STABLE PARALLEL RESTRICTED SET jit = off;
COMMENT ON FUNCTION marketplace.ledger_verify(int) IS
'Recomputes the books from the journal and returns a row for each thing that does not hold; no rows when all is well. Checks: stored_balance, running_balance, below_zero (FD-5), ring_balance (FD-1), ring_crossed (FD-2), currency, amount, mirror (FD-8), account_missing, cause_missing (FD-4), positions, kind. Reads every transfer of the marketplace. For operators and auditors. Errors: MK001, MK005.';

CREATE FUNCTION marketplace.ledger_fold(marketplace_id int, request_key text DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'ledger_fold'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.ledger_fold(int, text) IS
'Adds the settled transfers of summed accounts into their stored balances, so that reading them stays cheap; changes no balance. Returns the number of accounts folded. Transfers of transactions still under way, and the accounts that another session folds right now, are left for the next time. tick() does it too. For operators. Errors: MK001, MK005, MK020.';

CREATE FUNCTION marketplace.ledger_post(marketplace_id int, posting jsonb, request_key text DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'ledger_post'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.ledger_post(int, jsonb, text) IS
'A posting by hand; returns its id. For the owner of the tables only: the rule of two persons (FD-54) is not built yet. Document: {"reason", "note", "transfers": [{"debit": {"kind", "party_id", "order_line_id", "allocation_id"}, "credit": {…}, "amount": "12.00 EUR"}]}; ids that do not apply are left out. Emits the event ledger.posted. Errors: MK001, MK003, MK005, MK011, MK020, MK050, MK051.';
