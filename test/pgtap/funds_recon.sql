-- Reconciliation, safeguarding and the agent mode by rule id: v:S6, FD-50, FD-51, FD-90 to FD-98.
SET search_path = marketplace, public;
SET client_min_messages = warning;
SET timezone = 'UTC';
SELECT plan(56);
SELECT 76000 + (random() * 1000000)::int AS m \gset
SET marketplace.clock = '2026-03-10 08:00+00';
\ir ../fixtures/demo_parties.sql
\ir ../fixtures/bank.sql
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'carried out';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION pg_temp.pay_out(m int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	run bigint := payout_run(m);
	payout bigint;
BEGIN
	SELECT max(payout_id) INTO payout FROM payout_overview WHERE marketplace_id = m AND batch_id = run;
	PERFORM payout_confirm(m, payout);
	RETURN pg_temp.e2e(m, 'payout', payout);
END $$;
-- a line of the PSP's list
CREATE FUNCTION pg_temp.line(id text, kind text, amount text, VARIADIC more text[] DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
	SELECT (jsonb_build_object('id', id, 'kind', kind, 'amount', amount::numeric, 'currency', 'EUR', 'value_date', '2026-03-10') || jsonb_object(more))::text || E'\n' $$;
-- what the last comparison says, 'key: outcome', pay-ins left out
CREATE FUNCTION pg_temp.outcomes(m int, keys text[], names text[]) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(n.name || ': ' || o.outcome, ', ' ORDER BY n.name) FROM unnest(keys, names) n(key, name)
	  JOIN reconciliation_overview o ON o.marketplace_id = m AND o.key = n.key AND o.run_id = (SELECT max(run_id) FROM reconciliation_overview WHERE marketplace_id = m) $$;
CREATE FUNCTION pg_temp.open_breaks(m int) RETURNS text LANGUAGE sql AS $$
	SELECT COALESCE(string_agg(class || ' ' || difference, ', ' ORDER BY class, difference), 'none') FROM reconciliation_breaks WHERE marketplace_id = m AND open AND source = 'reconciliation' $$;

-- v:S6: three payouts in the books, two of them and another one at the PSP, two of them and that other one at the bank
SELECT pg_temp.owe(:m, :buyer, :alpha, '100.00') AS o \gset
SELECT pg_temp.pay_out(:m) AS p1 \gset
SELECT pg_temp.owe(:m, :buyer, :alpha, '250.00') AS o \gset
SELECT pg_temp.pay_out(:m) AS p2 \gset
SELECT pg_temp.owe(:m, :buyer, :alpha, '80.00') AS o \gset
SELECT pg_temp.pay_out(:m) AS p3 \gset
SELECT psp_mirror_import(:m, pg_temp.line('tx1', 'payout', '100', 'end_to_end_id', :'p1') || pg_temp.line('tx2', 'payout', '249', 'end_to_end_id', :'p2')
	|| pg_temp.line('tx4', 'payout', '60', 'end_to_end_id', 'P4')) AS import \gset
SELECT ok(statement_import(:m, pg_temp.statement('S6', 1, pg_temp.entry('DBIT', '100.00', :'p1') || pg_temp.entry('DBIT', '80.00', :'p3') || pg_temp.entry('DBIT', '60.00', 'P4'))) > 0, 'v:S6 the bank''s statement');
SELECT ok(reconcile(:m) > 0, 'v:S6 compared');
\set keys 'ARRAY[' :'p1' ',' :'p2' ',' :'p3' ',\'P4\']'
SELECT is(pg_temp.outcomes(:m, :keys, '{P1,P2,P3,P4}'), 'P1: matched, P2: amount_mismatch ledger-psp -1.00; bank_pending, P3: missing_psp, P4: missing_ledger', 'v:S6 matched, amount_mismatch with bank_pending, missing_psp, missing_ledger');
SELECT is((SELECT string_agg(class || ' ' || ledger_amount || ' ' || COALESCE(psp_amount::text, '-') || ' ' || COALESCE(bank_amount::text, '-') || ' ' || difference, ', ' ORDER BY class)
	FROM reconciliation_breaks WHERE marketplace_id = :m AND object = 'payout'), 'amount_mismatch -250.00 -249.00 - -1.00, bank_pending -250.00 -249.00 - -250.00, missing_psp -80.00 - -80.00 -80.00', 'FD-95 money that leaves is negative: the books paid 1.00 more than the PSP');
SELECT is((SELECT count(*)::int FROM reconciled_items WHERE marketplace_id = :m AND side = 'bank'), 1, 'FD-90 P1 is done with on each side');

-- FD-91
SELECT reconcile(:m) AS again \gset
SELECT is((SELECT breaks_opened + breaks_closed FROM reconciliations WHERE marketplace_id = :m AND id = :again), 0, 'compared again: the same breaks');
SET marketplace.clock = '2026-03-11 22:00+00';
SELECT reconcile(:m) AS run \gset
SELECT ok(pg_temp.open_breaks(:m) LIKE '%bank_pending -250.00%', 'FD-91 pending to the end of the next TARGET day');
SET marketplace.clock = '2026-03-12 09:00+00';
SELECT reconcile(:m) AS run \gset
SELECT ok(pg_temp.open_breaks(:m) LIKE '%missing_bank -250.00%' AND pg_temp.open_breaks(:m) NOT LIKE '%pending -250%', 'FD-91 then missing_bank; bank_pending is explained by it');
SELECT is((SELECT state || ' ' || resolved_by FROM reconciliation_breaks WHERE marketplace_id = :m AND class = 'bank_pending' AND difference = -250), 'explained reconcile', 'and closed by the comparison');
-- the missing side arrives: it closes by itself
SELECT statement_import(:m, pg_temp.statement('S6b', 2, pg_temp.entry('DBIT', '250.00', :'p2'))) AS s \gset
SELECT psp_mirror_import(:m, pg_temp.line('tx3', 'payout', '80', 'end_to_end_id', :'p3')) AS import \gset
SELECT reconcile(:m) AS run \gset
SELECT is((SELECT string_agg(class || ' ' || state, ', ' ORDER BY class) FROM reconciliation_breaks WHERE marketplace_id = :m AND class IN ('missing_bank', 'missing_psp') AND object = 'payout'),
	'missing_bank matched, missing_psp matched', 'FD-91, FD-92 the missing side arrives: matched');

-- FD-82: a replay changes nothing; FD-96
SELECT psp_mirror_import(:m, pg_temp.line('tx3', 'payout', '80', 'end_to_end_id', :'p3')) AS import \gset
SELECT is((SELECT known || ' ' || added FROM psp_imports WHERE marketplace_id = :m AND id = :import), '1 0', 'FD-82 a line that is known changes nothing');
SELECT matches(pg_temp.refused(format('SELECT psp_mirror_import(%s, %L)', :m, pg_temp.line('n1', 'payin', '5') || pg_temp.line('tx3', 'payout', '81', 'end_to_end_id', :'p3'))), '^MK113 .*contradicts', 'another content of an id refuses the list');
SELECT is((SELECT count(*)::int FROM psp_transactions WHERE marketplace_id = :m AND psp_id = 'n1'), 0, 'and nothing of it was taken');
SELECT matches(pg_temp.refused(format('SELECT psp_mirror_import(%s, %L)', :m, bad)), '^MK113 ', 'MK113: ' || left(bad, 40))
  FROM unnest(ARRAY['rubbish', '[]', '{"id": 1}', pg_temp.line('n2', 'gift', '1'), pg_temp.line('n2', 'payin', '-1'), pg_temp.line('n2', 'payin', '0.001'), pg_temp.line('n2', 'payin', '1', 'unknown', 'x'),
	pg_temp.line(repeat('x', 141), 'payin', '1'), '{"id": "\u0000"}']) bad;
SELECT psp_mirror_import(:m, pg_temp.line('tx5', 'payout', '80', 'end_to_end_id', :'p3')) AS import \gset
SELECT is((SELECT class || ' ' || difference || ' ' || priority FROM reconciliation_breaks WHERE marketplace_id = :m AND source = 'psp_mirror'), 'duplicate -80.00 1', 'FD-96 two transactions of a kind with one end-to-end id');
SELECT is((SELECT reason || ' ' || target || ' ' || amount::text || ' ' || state FROM holds WHERE marketplace_id = :m), 'recon_break seller 80.00 EUR active', 'FD-96 as much is held of the seller');

-- by amount, value date ± 2 days and party, where ids say nothing
SELECT 77000 + :m AS n \gset
SELECT marketplace_create(:n, '{"name": "N", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR", "operator": {"name": "O", "country": "FR"}, "psp": {"name": "P", "country": "FR"}}') AS created \gset
SELECT party_create(:n, '{"name": "S", "country": "FR", "capacities": ["seller"]}') AS seller, party_create(:n, '{"name": "B", "country": "FR", "capacities": ["buyer"]}') AS payer \gset
SELECT pg_temp.owe(:n, :payer, :seller, '44.00'), pg_temp.owe(:n, :payer, :seller, '55.00') \gset
SELECT psp_mirror_import(:n, replace(pg_temp.line('a', 'payin', '44'), '2026-03-10', '2026-03-14') || replace(pg_temp.line('b', 'payin', '55'), '2026-03-10', '2026-03-15')) AS import \gset
SELECT reconcile(:n, '2026-03-15') AS run \gset
SELECT is((SELECT string_agg(outcome, ', ' ORDER BY outcome) FROM reconciliation_overview WHERE marketplace_id = :n), 'bank_pending, missing_ledger, missing_psp', 'two days apart belongs together, three days does not');

-- a break is resolved
SELECT max(break_id) FILTER (WHERE class = 'amount_mismatch') AS mismatch, max(break_id) FILTER (WHERE class = 'missing_ledger' AND difference = -60) AS p4 FROM reconciliation_breaks WHERE marketplace_id = :m \gset
SELECT is(break_assign(:m, :mismatch, 'Anne'), :mismatch::bigint, 'a break has an owner');
SELECT matches(pg_temp.refused(format('SELECT break_resolve(%s, %s, %L)', :m, :mismatch, d)), e, 'refused: ' || d) FROM (VALUES
	('{"how": "forgotten", "reason": "r"}', '^MK003'), ('{"how": "explained", "reason": "r"}', '^MK003'), ('{"how": "matched"}', '^MK003'), ('{"how": "written_off", "reason": "r"}', '^MK090'),
	('{"how": "corrected", "reason": "r", "transfers": []}', '^MK090'), ('{"how": "explained", "reason": "r", "because": "fee", "transfers": []}', '^MK003')) v(d, e);
SELECT is(break_resolve(:m, :mismatch, '{"how": "explained", "because": "fee", "reason": "the PSP kept 1.00"}'), :mismatch::bigint, 'explained');
SELECT matches(pg_temp.refused(format('SELECT break_resolve(%s, %s, %L)', :m, :mismatch, '{"how": "matched", "reason": "r"}')), '^MK114', 'once');
SELECT matches(pg_temp.refused(format('UPDATE recon_breaks SET state = ''open'' WHERE marketplace_id = %s AND id = %s', :m, :mismatch)), '^MK030', 'a bare UPDATE along no lifecycle is refused');
-- FD-54: correction with a second person: the 60.00 that left were nobody's in the books; a debt of the PSP until it pays them back
\set correction '{"how": "corrected", "reason": "paid by the PSP in error", "transfers": [{"debit": {"kind": "c_due_from_own"}, "credit": {"kind": "c_cash", "party_id": ' :psp '}, "amount": "60.00 EUR"}, {"debit": {"kind": "o_loss"}, "credit": {"kind": "o_due_to_client"}, "amount": "60.00 EUR"}]}'
SET marketplace.actor = 'anne';
SELECT approval_request(:m, 'break_resolve', :p4, :'correction') AS approval \gset
SELECT matches(pg_temp.refused(format('SELECT approval_give(%s, %s, (SELECT content_hash FROM approvals WHERE marketplace_id = %1$s AND approval_id = %2$s))', :m, :approval)), '^MK090', 'FD-54 not by who asked');
SET marketplace.actor = 'bertrand';
SELECT ok(approval_give(:m, :approval, (SELECT content_hash FROM approvals WHERE marketplace_id = :m AND approval_id = :approval)) > 0, 'FD-54 a second person approves');
SELECT matches(pg_temp.refused(format('SELECT break_resolve(%s, %s, %L)', :m, :p4, replace(:'correction', '60.00', '61.00'))), '^MK090', 'FD-54 exactly this content');
SELECT is(break_resolve(:m, :p4, :'correction'), :p4::bigint, 'corrected');
RESET marketplace.actor;
SELECT reconcile(:m) AS run \gset
SELECT is((SELECT outcome FROM reconciliation_overview WHERE marketplace_id = :m AND key = 'P4' AND run_id = :run), 'matched', 'what the correction posted is the ledger''s side of it');
SELECT is((SELECT count(*)::int FROM ledger_verify(:m)), 0, 'the books hold');
-- fd.break_sla: five business days
SELECT tick(:m) AS done \gset
SELECT is((SELECT count(*)::int FROM reconciliation_breaks WHERE marketplace_id = :m AND state = 'escalated'), 0, 'in time: nothing is escalated');
SET marketplace.clock = '2026-03-27 09:00+00';
SELECT tick(:m) AS done \gset
SELECT ok((SELECT bool_and(state = 'escalated') FROM reconciliation_breaks WHERE marketplace_id = :m AND open), 'FD §11 after fd.break_sla they are escalated');

-- FD-98
SELECT 78000 + :m AS s \gset
SET marketplace.clock = '2026-03-13 09:00+00';
SELECT marketplace_create(:s, '{"name": "S", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR", "operator": {"name": "O", "country": "FR"}, "psp": {"name": "P", "country": "FR"}}') AS created \gset
SELECT party_create(:s, '{"name": "S", "country": "FR", "capacities": ["seller"]}') AS seller, party_create(:s, '{"name": "B", "country": "FR", "capacities": ["buyer"]}') AS payer, (SELECT psp_party_id FROM marketplaces WHERE marketplace_id = :s) AS psp_s \gset
SELECT commission_rule_set(:s, '{"rate_pct": 10, "vat_rate_pct": 0}') AS rule, pg_temp.owe(:s, :payer, :seller, '500.00') AS o \gset
SELECT matches(pg_temp.refused(format('SELECT safeguarding_proof(%s, ''2026-03-13'')', :s)), '^MK114', 'FD-98 not before the cut-off');
SET marketplace.clock = '2026-03-16 09:29+00';
SELECT matches(pg_temp.refused(format('SELECT safeguarding_proof(%s, ''2026-03-13'')', :s)), '^MK114', 'FD-98 which is on Monday 10:30 for a Friday');
SET marketplace.clock = '2026-03-16 09:30+00';
SELECT safeguarding_proof(:s, '2026-03-13') AS unreported \gset
SELECT is((SELECT result FROM safeguarding_proofs_overview WHERE marketplace_id = :s), 'no_statement', 'FD-98 without a report nothing is proved');
SELECT psp_mirror_import(:s, replace(pg_temp.line('b13', 'balance', '480'), '2026-03-10', '2026-03-13')) AS import \gset
SELECT safeguarding_proof(:s, '2026-03-13') AS proof \gset
SELECT is((SELECT result || ' ' || required || ' ' || shortfall || ' ' || own_money FROM safeguarding_proofs_overview WHERE marketplace_id = :s AND proof_id = :proof), 'shortfall 500.00 20.00 50.00', 'FD-98 20.00 are lacking; the commission is own money');
SELECT is((SELECT string_agg(class || ' ' || state || ' ' || priority, ', ' ORDER BY class) FROM reconciliation_breaks WHERE marketplace_id = :s AND source = 'safeguarding'), 'no_statement matched 2, shortfall open 1', 'FD-98 a break of top priority; the other is closed');
SELECT is(safeguarding_proof(:s, '2026-03-13'), :proof::bigint, 'the same again is the same proof');
SET marketplace.clock = '2026-06-01 09:00+00';
SELECT pg_temp.owe(:s, :payer, :seller, '70.00') AS o \gset
SELECT is(safeguarding_proof(:s, '2026-03-13'), :proof::bigint, 'FD-98 reproducible: months later it is the same proof');
SELECT safeguarding_proof(:s, '2026-03-14') AS saturday \gset
SELECT is((SELECT result FROM safeguarding_proofs_overview WHERE marketplace_id = :s AND proof_id = :saturday), 'shortfall', 'a Saturday is proved by Friday''s balance');
SELECT is((SELECT count(*)::int FROM safeguarding_verify(:s)), 0, 'the chain of proofs holds, and each follows from the books');
SELECT is((SELECT sum(value) FROM funds_total(:s) WHERE NOT memo), 570.00, 'FD-43 in total every captured cent is in one place');
SELECT is((SELECT sum(value) FROM funds_total(:s, '2026-03-20') WHERE NOT memo), 500.00, 'FD-43 at any past instant');
SELECT is((SELECT refundable || ' ' || covered || ' ' || uncovered FROM funds_stress(:s, :psp_s)), '570.00 570.00 0.00', 'FD-43 the PSP fails');
SELECT is((SELECT string_agg(reason || ' ' || COALESCE(amount::text, '-') || ' ' || balance, ', ' ORDER BY posting_id NULLS FIRST, entry_position) FROM account_statement(:s, 'c_escrow', :seller, NULL, '2026-04-01')),
	'opening - 0.00, capture 70.00 70.00, release -63.00 7.00, commission -7.00 0.00', 'an account''s statement runs from its opening balance');
SELECT * FROM finish();
