-- FD §11, FD-54: every way in which a break ends, and what it posts.
SET search_path = marketplace, public;
SET client_min_messages = warning;
SET timezone = 'UTC';
SELECT * FROM no_plan();
SELECT 86000 + (random() * 1000000)::int AS m \gset
SET marketplace.clock = '2026-03-09 08:00+00';
\ir ../fixtures/demo_parties.sql
\ir ../fixtures/bank.sql
CREATE FUNCTION pg_temp.code(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
CREATE FUNCTION pg_temp.books(m int) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(kind || ' ' || value, ', ' ORDER BY kind) FROM (SELECT kind::text, sum(balance) AS value FROM trial_balance WHERE marketplace_id = m AND kind NOT LIKE 'c_seller' GROUP BY kind) t WHERE value <> 0 $$;
CREATE FUNCTION pg_temp.resolve(m int, break bigint, document text) RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.code(format('SELECT break_resolve(%s, %s, %L)', m, break, document)) $$;
-- asked for by one person, approved by another
CREATE FUNCTION pg_temp.approve(m int, break bigint, document jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	asked bigint;
BEGIN
	SET LOCAL marketplace.actor = 'anne';
	asked := approval_request(m, 'break_resolve', break, document);
	SET LOCAL marketplace.actor = 'bertrand';
	PERFORM approval_give(m, asked, (SELECT content_hash FROM approvals a WHERE a.marketplace_id = m AND a.approval_id = asked));
	RESET marketplace.actor;
END $$;
-- the PSP has told of 100.00, of which it pays less each time: a break; and what it says to have paid, nobody knows
SELECT pg_temp.owe(:m, :buyer, :alpha, '100.00'), pg_temp.owe(:m, :buyer, :alpha, '200.00') \g /dev/null
SELECT psp_mirror_import(:m, string_agg(jsonb_build_object('id', 'p' || n, 'kind', 'payout', 'amount', n, 'currency', 'EUR', 'value_date', '2026-03-09', 'end_to_end_id', 'unknown-' || n)::text, E'\n')) AS list FROM generate_series(1, 3) n \gset
SELECT statement_import(:m, pg_temp.statement('B1', 1, pg_temp.entry('CRDT', '299.50', NULL, '<RltdPties><Dbtr><Pty><Nm>' || (SELECT name FROM parties WHERE marketplace_id = :m AND id = :psp) || '</Nm></Pty></Dbtr></RltdPties>'))) AS s \gset
SELECT reconcile(:m, '2026-03-31') AS run \gset
SELECT max(break_id) FILTER (WHERE end_to_end_id = 'unknown-1' AND class = 'missing_ledger') AS one, max(break_id) FILTER (WHERE end_to_end_id = 'unknown-2' AND class = 'missing_ledger') AS two, max(break_id) FILTER (WHERE end_to_end_id = 'unknown-3' AND class = 'missing_ledger') AS three,
	max(break_id) FILTER (WHERE class = 'amount_mismatch' AND object = 'settlement') AS lacking FROM reconciliation_breaks WHERE marketplace_id = :m AND open \gset
SELECT pg_temp.books(:m) AS before \gset
SELECT is(pg_temp.resolve(:m, :one, '{"how": "matched", "reason": "the same as line 4"}'), 'done', 'matched');
SELECT is(pg_temp.resolve(:m, :two, '{"how": "explained", "because": "' || b || '", "reason": "r"}'), CASE b WHEN 'timing' THEN 'done' ELSE 'MK003' END, 'explained: ' || b) FROM unnest('{weather,timing}'::text[]) b;
SELECT is(pg_temp.books(:m), :'before', 'they post nothing');
-- written off: what the books have more than the outside
SELECT is((SELECT ledger_amount || ' ' || bank_amount FROM reconciliation_breaks WHERE marketplace_id = :m AND break_id = :lacking), '300.00 299.50', 'the PSP has paid 50 cents less');
SELECT is(pg_temp.resolve(:m, :lacking, '{"how": "written_off", "reason": "r"}'), 'MK090', 'FD-54 not alone');
SELECT is(pg_temp.resolve(:m, :lacking, '{"how": "written_off"}'), 'MK003', 'not without a reason');
SELECT pg_temp.approve(:m, :lacking, '{"how": "written_off", "reason": "r", "account": "o_cash"}') \g /dev/null
SELECT is(pg_temp.resolve(:m, :lacking, '{"how": "written_off", "reason": "r", "account": "o_cash"}'), 'MK003', 'not on an account that holds no money of the PSP');
SELECT pg_temp.approve(:m, :lacking, '{"how": "written_off", "reason": "not worth a letter"}') \g /dev/null
SELECT is(pg_temp.resolve(:m, :lacking, '{"how": "written_off", "reason": "not worth another letter"}'), 'MK090', 'FD-54 exactly what was approved');
SELECT is(pg_temp.resolve(:m, :lacking, '{"how": "written_off", "reason": "not worth a letter"}'), 'done', 'written off');
SELECT is(pg_temp.books(:m), replace(:'before', 'c_cash 300.00', 'c_cash 299.50, c_due_from_own 0.50') || ', o_due_to_client 0.50, o_loss 0.50', 'the platform owes it to the client account and bears the loss');
SELECT is(pg_temp.resolve(:m, :lacking, '{"how": "matched", "reason": "r"}'), 'MK114', 'once');
SELECT is((SELECT state || ' ' || reason FROM reconciliation_breaks WHERE marketplace_id = :m AND break_id = :lacking), 'written_off not worth a letter', 'with its reason');
-- money that the outside lacks is nobody's to write off
SELECT pg_temp.approve(:m, :three, '{"how": "written_off", "reason": "r"}') \g /dev/null
SELECT is(pg_temp.resolve(:m, :three, '{"how": "written_off", "reason": "r"}'), 'MK114', 'there is nothing in the books to write off');
\set correction '{"how": "corrected", "reason": "the PSP''s error", "transfers": [{"debit": {"kind": "c_due_from_own"}, "credit": {"kind": "c_cash", "party_id": ' :psp '}, "amount": "3.00 EUR"}, {"debit": {"kind": "o_loss"}, "credit": {"kind": "o_due_to_client"}, "amount": "3.00 EUR"}]}'
SELECT pg_temp.approve(:m, :three, replace(:'correction', '"o_due_to_client"', '"o_cash"')::jsonb) \g /dev/null
SELECT is(pg_temp.resolve(:m, :three, replace(:'correction', '"o_due_to_client"', '"o_cash"')), 'MK050', 'a correction obeys the ledger''s rules');
SELECT pg_temp.approve(:m, :three, :'correction') \g /dev/null
SELECT is(pg_temp.resolve(:m, :three, :'correction'), 'done', 'corrected');
SELECT is((SELECT string_agg(state, ' ' ORDER BY break_id) FROM reconciliation_breaks WHERE marketplace_id = :m AND break_id IN (:one, :two, :three)), 'matched explained corrected', 'each has ended as it was decided');
SELECT is(pg_temp.code(format('SELECT break_assign(%s, %s, ''x'')', :m, :three)), 'MK114', 'what has ended has no owner');
SELECT is((SELECT count(*)::int FROM ledger_verify(:m)), 0, 'the books hold');
SELECT * FROM finish();
