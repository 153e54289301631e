-- Lump sums of the PSP: told by it and shown by the bank, in either order, cash is posted once (FD-P03, FD §2, FD §11).
SET search_path = marketplace, public;
SET client_min_messages = warning;
SET timezone = 'UTC';
SELECT * FROM no_plan();
SELECT 71000 + (random() * 1000000)::int AS m \gset
SET marketplace.clock = '2026-03-09 08:00+00';
\ir ../fixtures/demo_parties.sql
\ir ../fixtures/bank.sql
SELECT name AS psp_name FROM parties WHERE marketplace_id = :m AND id = :psp \gset
CREATE TEMP SEQUENCE numbers;
-- a captured card payment; its name at the PSP, if any
CREATE FUNCTION pg_temp.capture(m int, price text, psp text DEFAULT NULL, capture text DEFAULT NULL, method text DEFAULT 'card') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	placed bigint := order_place(m, jsonb_build_object('reference', 'S' || nextval('pg_temp.numbers'), 'buyer', (SELECT min(id) FROM parties WHERE marketplace_id = m AND name LIKE 'ACHETEUR%'), 'currency', 'EUR',
		'lines', jsonb_build_array(jsonb_build_object('seller', (SELECT min(id) FROM parties WHERE marketplace_id = m AND name LIKE 'ALPHA%'), 'quantity', 1, 'net_price', price, 'description', 'D',
		'vat_category', 'Z', 'vat_rate', 0))));
	payment bigint := payment_authorize(m, placed, (price || ' EUR')::amount, jsonb_strip_nulls(jsonb_build_object('method', method, 'psp_reference', psp)));
BEGIN
	IF capture IS NULL THEN
		RETURN payment_capture(m, payment);
	END IF;
	PERFORM psp_event_record(m, jsonb_build_object('external_id', capture || ' captured', 'kind', 'captured', 'psp_reference', psp, 'capture_reference', capture, 'amount', price || ' EUR'));
	RETURN (SELECT id FROM captures c WHERE c.marketplace_id = m AND c.psp_reference = capture);
END $$;
CREATE FUNCTION pg_temp.settled(m int, psp text, capture text, fee text DEFAULT NULL, settlement text DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
	SELECT psp_event_record(m, jsonb_strip_nulls(jsonb_build_object('external_id', capture || ' settled', 'kind', 'settled', 'psp_reference', psp, 'capture_reference', capture, 'fee', fee || ' EUR',
		'settlement_reference', settlement))) $$;
CREATE FUNCTION pg_temp.books(m int) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(kind || ' ' || value, ', ' ORDER BY kind) FROM (SELECT kind::text, sum(balance) AS value FROM trial_balance WHERE marketplace_id = m AND kind <> 'c_escrow' GROUP BY kind) t WHERE value <> 0 $$;
CREATE FUNCTION pg_temp.breaks(m int) RETURNS text LANGUAGE sql AS $$
	SELECT COALESCE(string_agg(class || ' ' || difference, ', ' ORDER BY class, difference), 'none') FROM reconciliation_breaks WHERE marketplace_id = m AND open AND class <> 'no_statement' $$;
CREATE FUNCTION pg_temp.lines(m int) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', outcome, object, amount), ', ' ORDER BY entry_id, detail_id) FROM bank_entry_overview WHERE marketplace_id = m $$;
CREATE FUNCTION pg_temp.settlements(m int) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', recognised_by, reference, amount, 'not told', not_told, 'items', items), ', ' ORDER BY settlement_id) FROM settlement_overview WHERE marketplace_id = m $$;
CREATE FUNCTION pg_temp.code(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN query_canceled OR OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
-- a marketplace of its own with a client account
CREATE FUNCTION pg_temp.other(m int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	PERFORM marketplace_create(m, '{"name": "S", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR", "operator": {"name": "O", "country": "FR"}, "psp": {"name": "PAIEMENT SA", "country": "FR"}}');
	PERFORM party_create(m, '{"name": "ALPHA", "country": "FR", "capacities": ["seller"]}'), party_create(m, '{"name": "ACHETEUR", "country": "FR", "capacities": ["buyer"]}');
	PERFORM bank_account_verify(m, bank_account_add(m, (SELECT psp_party_id FROM marketplaces p WHERE p.marketplace_id = m), '{"iban": "FR7630006000011234567890189", "currency": "EUR"}'));
	RETURN m;
END $$;
CREATE FUNCTION pg_temp.credit(m int, amount text, details text DEFAULT '', sign text DEFAULT 'CRDT') RETURNS bigint LANGUAGE sql AS $$
	SELECT statement_import(m, pg_temp.statement('S' || nextval('pg_temp.numbers'), currval('pg_temp.numbers')::int, pg_temp.entry(sign, amount, NULL, details))) $$;
CREATE FUNCTION pg_temp.from_psp(text text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT '<RltdPties><Dbtr><Pty><Nm>Paiement S.A.</Nm></Pty></Dbtr></RltdPties>' || COALESCE('<RmtInf><Ustrd>' || text || '</Ustrd></RmtInf>', '') $$;
CREATE FUNCTION pg_temp.listed(id text, kind text, amount text, settlement text, fee text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('id', id, 'kind', kind, 'amount', amount::numeric, 'currency', 'EUR', 'value_date', '2026-03-09', 'settlement_id', settlement, 'fee', fee::numeric))::text || E'\n' $$;

-- The same facts in every order give the same books and no break: two captures, a fee each, one sum on the account.
CREATE FUNCTION pg_temp.permutations(list text[]) RETURNS SETOF text[] LANGUAGE sql AS $$
WITH RECURSIVE p(taken, left_over) AS (
	SELECT '{}'::text[], list UNION ALL SELECT p.taken || x, array_remove(p.left_over, x) FROM p, unnest(p.left_over) x)
SELECT taken FROM p WHERE left_over = '{}' ORDER BY 1 $$;
CREATE FUNCTION pg_temp.every_order(m int, facts text[], sum text, text text) RETURNS TABLE (ends text, n bigint) LANGUAGE plpgsql AS $$
DECLARE
	facts_in_order text[];
	fact text;
	k text;
	a bigint;
	b bigint;
	before jsonb;
BEGIN
	CREATE TEMP TABLE ends (e text);
	PERFORM pg_temp.other(m);
	FOR facts_in_order IN SELECT * FROM pg_temp.permutations(facts) LOOP
		k := 'n' || nextval('pg_temp.numbers');
		a := pg_temp.capture(m, '100.00', 'pay-a' || k, 'cap-a' || k);
		b := pg_temp.capture(m, '50.00', 'pay-b' || k, 'cap-b' || k);
		SELECT COALESCE(jsonb_object_agg(kind, value), '{}') INTO before FROM (SELECT kind, sum(balance) AS value FROM trial_balance t WHERE t.marketplace_id = m GROUP BY kind) t;
		FOREACH fact IN ARRAY facts_in_order LOOP
			CASE fact
				WHEN 'a' THEN PERFORM payment_settle(m, a, '2.00 EUR');
				WHEN 'b' THEN PERFORM pg_temp.settled(m, 'pay-b' || k, 'cap-b' || k, '1.00');
				WHEN 'ab' THEN PERFORM payment_settle(m, a, '2.00 EUR'), payment_settle(m, b, '1.00 EUR');
				WHEN 'bank' THEN PERFORM pg_temp.credit(m, sum, replace(text, '03', '03 ' || k));
				WHEN 'first' THEN PERFORM pg_temp.credit(m, '60.00', text);
				WHEN 'second' THEN PERFORM pg_temp.credit(m, '87.00', text);
				WHEN 'list' THEN PERFORM psp_mirror_import(m, pg_temp.listed('cap-a' || k, 'payin', '100', 'STL-2026-03' || k, '2') || pg_temp.listed('cap-b' || k, 'payin', '50', 'STL-2026-03' || k, '1'));
			END CASE;
		END LOOP;
		INSERT INTO ends SELECT string_agg(kind || ' ' || value - COALESCE((before ->> kind)::numeric, 0), ', ' ORDER BY kind) || '; breaks ' || pg_temp.breaks(m) || '; '
			|| (SELECT string_agg(state::text, ' ') FROM captures c WHERE c.marketplace_id = m AND c.id IN (a, b)) || '; pending ' || (SELECT count(*) FROM settlement_pending p WHERE p.marketplace_id = m)
		  FROM (SELECT kind, sum(balance) AS value FROM trial_balance t WHERE t.marketplace_id = m GROUP BY kind) t WHERE value <> COALESCE((before ->> kind)::numeric, 0);
	END LOOP;
	RETURN QUERY SELECT e, count(*) FROM ends GROUP BY 1;
	DROP TABLE ends;
END $$;
\set books 'c_cash 147.00, c_due_from_own 3.00, c_psp_clearing -150.00, o_due_to_client 3.00, o_psp_fees 3.00; breaks none; final final; pending 0'
SELECT results_eq(format('SELECT * FROM pg_temp.every_order(%s, %L, %L, %L)', :m + base, facts, '147.00', text), format('VALUES (%L, %s::bigint)', :'books', n), 'FD-P03 cash once, in every order: ' || name) FROM (VALUES
	(100, 'by payer', '{a,b,bank}'::text[], pg_temp.from_psp(), 6), (200, 'by two sums', '{ab,first,second}', pg_temp.from_psp(), 6),
	(300, 'by reference, with the list', '{list,a,b,bank}', pg_temp.from_psp('REMISE STL 2026 03'), 24), (400, 'by the list alone', '{list,bank}', pg_temp.from_psp('STL-2026-03'), 2)) v(base, name, facts, text, n);
SELECT is((SELECT sum((SELECT count(*) FROM ledger_verify(:m + base)))::int FROM generate_series(100, 400, 100) base), 0, 'the books hold');
-- compared on three sides nothing is left over
SELECT reconcile(n, '2026-03-31') FROM generate_series(:m + 300, :m + 400, 100) n \g /dev/null
SELECT is((SELECT string_agg(DISTINCT outcome, ', ') FROM reconciliation_overview WHERE marketplace_id IN (:m + 300, :m + 400)), 'matched', 'FD-90 with the list every order reconciles');
SELECT psp_mirror_import(:m + 100, string_agg(pg_temp.listed(psp_reference, 'payin', amount_value(captured)::text, NULL, CASE amount_value(captured) WHEN 100 THEN '2' ELSE '1' END), '')) AS list FROM payments WHERE marketplace_id = :m + 100 \gset
SELECT reconcile(:m + 100, '2026-03-31') AS run \gset
SELECT is((SELECT string_agg(DISTINCT outcome, ', ') FROM reconciliation_overview WHERE marketplace_id = :m + 100), 'matched', 'FD-90 a sum that the list does not have is compared capture by capture');

-- what does not add up
SELECT pg_temp.other(:m + 1) AS n \gset
SELECT pg_temp.capture(:n, '100.00') AS a, pg_temp.capture(:n, '50.00') AS b \gset
SELECT payment_settle(:n, :a, '2.00 EUR'), payment_settle(:n, :b, '1.00 EUR') \g /dev/null
SELECT pg_temp.credit(:n, '146.50', pg_temp.from_psp()) AS s \gset
SELECT is(pg_temp.lines(:n) || '; ' || pg_temp.breaks(:n) || '; ' || pg_temp.books(:n), 'settlement settlement 146.50; amount_mismatch 0.50; c_cash 147.00, c_due_from_own 3.00, o_due_to_client 3.00, o_psp_fees 3.00',
	'50 cents are lacking: a break, and what the PSP still owes stays');
SELECT is((SELECT outstanding || ' ' || object FROM settlement_pending WHERE marketplace_id = :n), '0.50 capture', 'the view says what');
SELECT pg_temp.credit(:n, '0.50', pg_temp.from_psp()) AS s \gset
SELECT is(pg_temp.breaks(:n) || '; ' || pg_temp.settlements(:n), 'none; payer 146.50 not told 0.00 items 2, payer 0.50 not told 0.00 items 1', 'they come: the break closes by itself');
SELECT pg_temp.credit(:n, '10.00', pg_temp.from_psp()) AS s \gset
SELECT is(pg_temp.breaks(:n) || '; ' || pg_temp.books(:n), 'missing_psp 10.00; c_cash 157.00, c_due_from_own 3.00, c_psp_clearing -10.00, o_due_to_client 3.00, o_psp_fees 3.00', 'more than was captured: in the client account, and a break until the PSP says what for');
SELECT is((SELECT suggested_action FROM reconciliation_breaks WHERE marketplace_id = :n AND open), 'Query the PSP; record the captures as settled: payment_settle() or its messages.', 'which says what to do');
SELECT is((SELECT count(*)::int FROM money_receipts WHERE marketplace_id = :n), 0, 'nothing of the PSP is in suspense');
-- the list says another sum than the bank
SELECT pg_temp.other(:m + 2) AS n \gset
SELECT pg_temp.capture(:n, '100.00', 'pay-a', 'cap-a') AS a, psp_mirror_import(:n, pg_temp.listed('cap-a', 'payin', '100', 'STL-1234', '2')) AS list \gset
SELECT pg_temp.credit(:n, '97.00', pg_temp.from_psp('STL-1234')) AS s \gset
SELECT is((SELECT class || ' ' || psp_amount || ' ' || bank_amount || ' ' || difference || ' ' || psp_id FROM reconciliation_breaks WHERE marketplace_id = :n) || '; ' || (SELECT state FROM captures WHERE marketplace_id = :n), 'amount_mismatch 98.00 97.00 1.00 STL-1234; captured',
	'FD-95 its list and the bank differ: nothing is settled by that');
SELECT is(payment_settle(:n, :a, '2.00 EUR'), :a::bigint, 'the PSP says so');
SELECT is(pg_temp.books(:n) || '; ' || pg_temp.breaks(:n), 'c_cash 98.00, c_due_from_own 2.00, o_due_to_client 2.00, o_psp_fees 2.00; amount_mismatch 1.00', 'cash once, the break stays for somebody to look at');

-- settled by the bank's sum and the list: the PSP's word comes later, or again
SELECT pg_temp.other(:m + 3) AS n \gset
SELECT pg_temp.capture(:n, '100.00', 'pay-a', 'cap-a') AS a, pg_temp.capture(:n, '40.00', 'pay-b', 'cap-b') AS b,
	psp_mirror_import(:n, pg_temp.listed('cap-a', 'payin', '100', 'STL-1234', '2') || pg_temp.listed('re-b', 'refund', '30', 'STL-1234') || pg_temp.listed('cap-b', 'payin', '40', 'STL-1234')) AS list \gset
SELECT pg_temp.credit(:n, '108.00', '<RmtInf><Ustrd>Remise de cartes STL1234 du 9 mars</Ustrd></RmtInf>') AS s \gset
SELECT is(pg_temp.settlements(:n) || '; ' || (SELECT string_agg(state || ' ' || fee, ', ' ORDER BY id) FROM captures WHERE marketplace_id = :n) || '; ' || pg_temp.breaks(:n), 'reference STL-1234 108.00 not told 0.00 items 2; final 2.00 EUR, final 0.00 EUR; none',
	'a refund was netted, as the list says: both captures are final, each with its fee');
SELECT is(pg_temp.books(:n), 'c_cash 138.00, c_due_from_own 2.00, o_due_to_client 2.00, o_psp_fees 2.00', 'what the refund took leaves with the refund');
SELECT is(payment_settle(:n, :a), :a::bigint, 'told again: nothing happens');
SELECT is(payment_settle(:n, :a, '2.00 EUR'), :a::bigint, 'nor with the same fee');
SELECT matches(pg_temp.code(format('SELECT payment_settle(%s, %s, ''3.00 EUR'')', :n, :a)), '^MK110', 'another fee contradicts');
SELECT pg_temp.settled(:n, 'pay-b', 'cap-b', '0.30') AS message \gset
SELECT is((SELECT state::text FROM psp_events WHERE marketplace_id = :n AND id = :message), 'applied', 'as a message it is taken');

-- named on the line, by the bank itself: a direct debit is credited
SELECT pg_temp.other(:m + 4) AS n \gset
SELECT pg_temp.capture(:n, '80.00', 'SDD-0001', NULL, 'sdd_core') AS a \gset
SELECT statement_import(:n, pg_temp.statement('D1', 1, pg_temp.entry('CRDT', '80.00', 'SDD-0001'))) AS s \gset
SELECT is(pg_temp.settlements(:n) || '; ' || (SELECT state::text FROM captures WHERE marketplace_id = :n) || '; ' || pg_temp.books(:n) || '; ' || pg_temp.breaks(:n), 'reference 80.00 not told 0.00 items 1; settled; c_cash 80.00; none', 'FD §2 the bank is evidence: settled, final after fd.sdd_core_final');

-- nobody is named: only what is exactly owed is a settlement
SELECT pg_temp.other(:m + 5) AS n \gset
SELECT pg_temp.capture(:n, '100.00') AS a, pg_temp.capture(:n, '50.00') AS b, pg_temp.capture(:n, '30.00') AS c \gset
SELECT payment_settle(:n, :a, '2.00 EUR') AS a \gset
SELECT pg_temp.credit(:n, '81.00') AS another_sum, pg_temp.credit(:n, '80.00') AS unsettled, pg_temp.credit(:n, '98.00') AS settled, pg_temp.credit(:n, '98.00') AS again,
	pg_temp.credit(:n, '30.00', '<RltdPties><Dbtr><Pty><Nm>Somebody Else</Nm></Pty></Dbtr></RltdPties>') AS somebody \gset
SELECT is(pg_temp.lines(:n), 'suspense money_receipt 81.00, settlement settlement 80.00, settlement settlement 98.00, suspense money_receipt 98.00, suspense money_receipt 30.00',
	'FD-94 the two captured and the one settled are; in suspense are another sum, the same twice, somebody else''s');
-- a buyer's transfer that names its order is the buyer's, whatever it comes to
SELECT order_place(:n, jsonb_build_object('reference', 'T', 'buyer', (SELECT id FROM parties WHERE marketplace_id = :n AND name = 'ACHETEUR'), 'currency', 'EUR', 'lines', jsonb_build_array(
	jsonb_build_object('seller', (SELECT id FROM parties WHERE marketplace_id = :n AND name = 'ALPHA'), 'quantity', 1, 'net_price', '50.00', 'description', 'D', 'vat_category', 'Z', 'vat_rate', 0)))) AS o \gset
SELECT payment_reference_set(:n, jsonb_build_object('reference', 'RF18539007547034', 'order_id', :o)) AS r, pg_temp.credit(:n, '50.00', '<RmtInf><Ustrd>RF18 5390 0754 7034</Ustrd></RmtInf>') AS paid \gset
SELECT is((SELECT outcome || ' ' || object FROM bank_entry_overview WHERE marketplace_id = :n ORDER BY entry_id DESC LIMIT 1), 'receipt money_receipt', 'FD-P02 a buyer''s transfer pays its order');
SELECT policy_set(:n, 'fd.settlement_payers', '["Acquirer (Europe) Ltd"]') AS policy,
	pg_temp.credit(:n, '7.00', '<RltdPties><Dbtr><Pty><Nm>ACQUIRER EUROPE LTD</Nm></Pty></Dbtr></RltdPties>') AS acquirer \gset
SELECT is((SELECT recognised_by || ' ' || amount FROM settlement_overview WHERE marketplace_id = :n ORDER BY settlement_id DESC LIMIT 1), 'payer 7.00', 'fd.settlement_payers: who else pays settlements');
SELECT payment_settle(:n, :b), payment_settle(:n, :c) \g /dev/null
SELECT is((SELECT sum(balance) FROM trial_balance WHERE marketplace_id = :n AND kind = 'c_cash'), 81.00 + 80 + 98 + 98 + 30 + 50 + 7, 'each cent that came once');
SELECT is((SELECT count(*)::int FROM ledger_verify(:n)), 0, 'the books hold');

-- a chargeback that is won comes back with the PSP's money, in either order
SELECT pg_temp.other(:m + n) FROM generate_series(6, 7) n \g /dev/null
SELECT pg_temp.capture(:m + 6, '60.00') AS a, pg_temp.capture(:m + 7, '60.00') AS b \gset
SELECT payment_settle(:m + 6, :a), payment_settle(:m + 7, :b), pg_temp.credit(:m + 6, '60.00', pg_temp.from_psp()), pg_temp.credit(:m + 7, '60.00', pg_temp.from_psp()) \g /dev/null
SELECT payment_chargeback(:m + 6, jsonb_build_object('capture_id', :a)) AS ca, payment_chargeback(:m + 7, jsonb_build_object('capture_id', :b)) AS cb \gset
SELECT chargeback_resolve(:m + 6, :ca, 'recovered'), pg_temp.credit(:m + 6, '60.00', pg_temp.from_psp()), pg_temp.credit(:m + 7, '60.00', pg_temp.from_psp()), chargeback_resolve(:m + 7, :cb, 'recovered') \g /dev/null
SELECT is(pg_temp.books(:m + 6) || '; ' || pg_temp.breaks(:m + 6), 'c_cash 60.00; none', 'won, then shown: once');
SELECT is(pg_temp.books(:m + 7) || '; ' || pg_temp.breaks(:m + 7), 'c_cash 60.00; none', 'shown, then won: once');

-- own money: told of by its reference, then shown
SELECT pg_temp.other(:m + 8) AS n \gset
SELECT pg_temp.capture(:n, '100.00') AS a \gset
SELECT payment_settle(:n, :a, '2.00 EUR') AS a, own_funding(:n, '2.00 EUR', 'FUND-77') AS funding \gset
SELECT pg_temp.credit(:n, '2.00', '<RmtInf><Ustrd>transfer FUND-77</Ustrd></RmtInf>') AS s, pg_temp.credit(:n, '2.00', '<RmtInf><Ustrd>transfer FUND-77</Ustrd></RmtInf>') AS again \gset
SELECT is(pg_temp.lines(:n), 'known own_funding 2.00, suspense money_receipt 2.00', 'FD-P04 known, once');

-- FD-89: a direct debit that was returned, a card that was charged back: one chargeback, whoever tells of it first
CREATE FUNCTION pg_temp.paid(m int, psp text, method text, settled boolean DEFAULT true) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	capture bigint := pg_temp.capture(m, '80.00', psp, psp || '-c', method);
BEGIN
	IF settled THEN PERFORM payment_settle(m, capture, '1.00 EUR'), pg_temp.credit(m, '79.00', pg_temp.from_psp()); END IF;
	RETURN capture;
END $$;
CREATE FUNCTION pg_temp.taken(m int, amount text, e2e text, details text DEFAULT '<RtrInf><Rsn><Cd>MD01</Cd></Rsn></RtrInf>') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found text;
BEGIN
	PERFORM statement_import(m, pg_temp.statement('S' || nextval('pg_temp.numbers'), currval('pg_temp.numbers')::int, pg_temp.entry('DBIT', amount, e2e, details)));
	SELECT concat_ws(' ', e.outcome, e.object, b.class, b.causes ->> 'what') INTO found FROM bank_entry_overview e LEFT JOIN reconciliation_breaks b ON b.marketplace_id = m AND b.break_id = e.break_id
	 WHERE e.marketplace_id = m ORDER BY entry_id DESC LIMIT 1;
	RETURN found;
END $$;
CREATE FUNCTION pg_temp.told(m int, psp text, kind text, fee text DEFAULT NULL, amount text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message bigint := psp_event_record(m, jsonb_strip_nulls(jsonb_build_object('external_id', psp || kind, 'kind', kind, 'psp_reference', psp, 'capture_reference', psp || '-c', 'chargeback_reference', psp || '-b', 'fee', fee, 'amount', amount)));
BEGIN
	RETURN (SELECT concat_ws(' ', state, note) FROM psp_events e WHERE e.marketplace_id = m AND e.id = message);
END $$;
CREATE FUNCTION pg_temp.called(m int) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', c.state, c.amount, c.fee, c.psp_reference, c.reason, p.state), ', ' ORDER BY c.id) || '; ' || (SELECT sum(balance) FROM trial_balance t WHERE t.marketplace_id = m AND kind = 'c_cash')
	  FROM chargebacks c JOIN payments p ON p.marketplace_id = c.marketplace_id AND p.id = c.payment_id WHERE c.marketplace_id = m $$;
SELECT pg_temp.other(:m + n) FROM generate_series(10, 15) n \g /dev/null
SELECT pg_temp.paid(:m + 10, 'SDD-0001', 'sdd_core'), pg_temp.paid(:m + 11, 'SDD-0001', 'sdd_core') \g /dev/null
SELECT is(pg_temp.taken(:m + 10, '80.00', 'SDD-0001'), 'chargeback chargeback', 'FD-89 the bank''s line is the chargeback');
SELECT is(pg_temp.called(:m + 10), 'returned 80.00 EUR 0.00 EUR MD01 returned; -1.00', 'with its reason: the payment is returned, the money has left');
SELECT is(pg_temp.told(:m + 10, 'SDD-0001', 'returned'), 'applied', 'the PSP tells of it too');
SELECT is(pg_temp.called(:m + 10), 'returned 80.00 EUR 0.00 EUR SDD-0001-b MD01 returned; -1.00', 'the same one, with its name now');
SELECT is(pg_temp.told(:m + 11, 'SDD-0001', 'returned') || ', ' || pg_temp.taken(:m + 11, '80.00', 'SDD-0001'), 'applied, known chargeback', 'the other way round: known');
SELECT is(pg_temp.called(:m + 11), 'returned 80.00 EUR 0.00 EUR SDD-0001-b returned; -1.00', 'and the money has left once');
SELECT is(pg_temp.taken(:m + 11, '80.00', 'SDD-0001'), 'break return_break of the capture of 80.00 EUR only 0.00 EUR is left to be taken back', 'taken again: a break');
-- cards: by the word for it and the capture's name; in parts; with a fee
SELECT pg_temp.paid(:m + 12, 'pay-0012', 'card'), pg_temp.paid(:m + 13, 'pay-0013', 'card'), pg_temp.paid(:m + 14, 'pay-0014', 'card'), pg_temp.paid(:m + 15, 'pay-0015', 'card', false) \g /dev/null
\set text '<RmtInf><Ustrd>Chargeback pay-0012-c 10.4</Ustrd></RmtInf>'
SELECT is(pg_temp.taken(:m + 12, '30.00', NULL, :'text') || ', ' || pg_temp.taken(:m + 12, '30.00', NULL, :'text'), 'chargeback chargeback, chargeback chargeback', 'FD-P24 two chargebacks of one capture in part');
SELECT is(pg_temp.told(:m + 12, 'pay-0012', 'chargeback', '15.00 EUR', '30.00 EUR'), 'applied', 'the PSP tells of one, with a fee');
SELECT is(payment_chargeback(:m + 12, jsonb_build_object('capture_id', c.capture_id, 'amount', '30.00 EUR', 'psp_reference', 'other')), c.id, 'an operator of the other')
  FROM chargebacks c WHERE marketplace_id = :m + 12 AND psp_reference IS NULL;
SELECT is(pg_temp.called(:m + 12), 'open 30.00 EUR 15.00 EUR pay-0012-b charged_back, open 30.00 EUR 0.00 EUR other charged_back; 4.00', 'neither is there twice; the fee is the platform''s');
SELECT is(pg_temp.told(:m + 13, 'pay-0013', 'chargeback', '15.00 EUR') || ', ' || pg_temp.taken(:m + 13, '95.00', NULL, '<RmtInf><Ustrd>pay-0013-b</Ustrd></RmtInf>'), 'applied, known chargeback', 'its sum with the fee, by its own name');
SELECT is(pg_temp.taken(:m + 14, '80.00', NULL, '<RmtInf><Ustrd>fees pay-0014</Ustrd></RmtInf>'), 'break unidentified money taken', 'what names a payment and takes nothing back is none');
SELECT is(pg_temp.taken(:m + 14, '80.00', NULL, '<RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf>'), 'break return_break something received was taken back', 'a return that names nothing is a break');
-- before it was settled: the PSP keeps it back, or the bank takes it and the settlement brings all of it
SELECT is(pg_temp.told(:m + 15, 'pay-0015', 'chargeback') || ', ' || pg_temp.taken(:m + 15, '80.00', NULL, '<RmtInf><Ustrd>pay-0015-b</Ustrd></RmtInf>'), 'applied, break return_break the PSP keeps it back from the settlement, and the bank takes it too', 'both at once contradict');
SELECT pg_temp.paid(:m + 15, 'pay-0016', 'card', false) AS c \gset
SELECT is(pg_temp.taken(:m + 15, '80.00', 'pay-0016') || ', ' || payment_settle(:m + 15, :c), 'chargeback chargeback, ' || :c, 'taken by the bank, then settled');
SELECT is((SELECT string_agg(kind || ' ' || balance, ', ' ORDER BY kind) FROM trial_balance WHERE marketplace_id = :m + 15 AND kind IN ('c_cash', 'c_psp_clearing', 'c_escrow') AND balance <> 0), NULL, 'nothing is left of both');
-- a refund on its way excludes it (DP-47)
SELECT pg_temp.paid(:m + 15, 'pay-0017', 'card') AS c \gset
SELECT own_funding(:m + 15, '1.00 EUR', 'the fee') AS funded \gset
SELECT order_line_refuse(:m + 15, (SELECT max(id) FROM order_lines WHERE marketplace_id = :m + 15), 1, 'none left') AS refused \gset
SELECT refund_send(:m + 15, max(id)) AS sent FROM refunds WHERE marketplace_id = :m + 15 \gset
SELECT is(pg_temp.taken(:m + 15, '80.00', 'pay-0017'), 'break return_break a refund of the same payment is on its way (DP-47)', 'DP-47 a break while a refund is on its way');
SELECT is((SELECT sum((SELECT count(*) FROM ledger_verify(:m + n)))::int FROM generate_series(10, 15) n), 0, 'the books hold');

-- FD-86: what cannot be carried out is a break, the rest is imported. Faults of any kind come from triggers of the test.
CREATE FUNCTION pg_temp.fault() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('test.fault', true) LIKE '%' || TG_TABLE_NAME || ' ' || (to_jsonb(NEW) ->> 'amount') || '%' THEN
		RAISE EXCEPTION 'out of order' USING ERRCODE = current_setting('test.code');
	END IF;
	RETURN NEW;
END $$;
SELECT pg_temp.other(:m + 9) AS n \gset
CREATE TRIGGER fault BEFORE INSERT ON money_receipts FOR EACH ROW WHEN (NEW.state <> 'suspense') EXECUTE FUNCTION pg_temp.fault();
CREATE TRIGGER fault BEFORE INSERT ON transfers FOR EACH ROW EXECUTE FUNCTION pg_temp.fault();
SELECT payment_reference_set(:n, jsonb_build_object('reference', 'BUYER-' || id, 'buyer_id', id)) AS r, 'BUYER-' || id AS who FROM parties WHERE marketplace_id = :n AND name = 'ACHETEUR' \gset
\set who '<RmtInf><Ustrd>' :who '</Ustrd></RmtInf>'
SET test.code = 'P0001';
SET test.fault = 'money_receipts 12.00 EUR, transfers 14.00 EUR, transfers 15.00 EUR';
SELECT pg_temp.statement('F1', 1, pg_temp.entry('CRDT', '11.00', NULL, :'who') || pg_temp.entry('CRDT', '12.00', NULL, :'who') || pg_temp.entry('CRDT', '13.00', NULL, :'who')
	|| pg_temp.entry('CRDT', '16.00', NULL, :'who')) AS one, pg_temp.statement('F2', 2, pg_temp.entry('CRDT', '14.00', NULL, :'who') || pg_temp.entry('CRDT', '17.00', NULL, :'who')) AS two \gset
SELECT ok(statement_import(:n, :'one') > 0, 'FD-86 a line whose consequence fails does not refuse the file');
SELECT is(pg_temp.lines(:n), 'receipt money_receipt 11.00, suspense money_receipt 12.00, receipt money_receipt 13.00, receipt money_receipt 16.00', 'its money is in suspense');
SELECT is((SELECT class || ' ' || difference || ' ' || (causes ->> 'obstacle') FROM reconciliation_breaks WHERE marketplace_id = :n AND open), 'entry_break 12.00 out of order (P0001)', 'and a break has the reason');
SELECT matches(pg_temp.code(format('SELECT statement_import(%s, %L)', :n, :'two')), '^P0001', 'what cannot even go into suspense refuses the file');
SET test.fault = 'transfers 14.00 EUR';
SELECT is((SELECT count(*)::int FROM bank_statements WHERE marketplace_id = :n), 1, 'whole');
SELECT is((SELECT sum(balance) FROM trial_balance WHERE marketplace_id = :n AND kind = 'c_cash'), 52.00, 'nothing of it is posted');
SET test.fault = 'money_receipts 14.00 EUR';
SET test.code = '40001';
SELECT matches(pg_temp.code(format('SELECT statement_import(%s, %L)', :n, :'two')), '^40001', 'a serialization failure is not swallowed');
SET test.code = '53200';
SELECT matches(pg_temp.code(format('SELECT statement_import(%s, %L)', :n, :'two')), '^53200', 'nor lack of memory');
SET test.code = '57014';
SELECT matches(pg_temp.code(format('SELECT statement_import(%s, %L)', :n, :'two')), '^57014', 'nor a cancel');
RESET test.fault;
SELECT ok(statement_import(:n, :'two') > 0, 'the same file again: taken');
-- only the posting fails: the line is found by halving
CREATE FUNCTION pg_temp.bad_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.amount = '19.00 EUR' AND NEW.reason <> 'unidentified' THEN
		RAISE EXCEPTION 'not so';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER bad_posting BEFORE INSERT ON transfers FOR EACH ROW EXECUTE FUNCTION pg_temp.bad_posting();
SELECT statement_import(:n, pg_temp.statement('F3', 3, (SELECT string_agg(pg_temp.entry('CRDT', a || '.00', NULL, :'who'), '' ORDER BY a) FROM generate_series(18, 24) a))) AS s \gset
SELECT is((SELECT string_agg(outcome || ' ' || amount, ', ' ORDER BY entry_id) FROM bank_entry_overview e JOIN bank_statements s ON s.marketplace_id = e.marketplace_id AND s.id = e.bank_statement_id WHERE e.marketplace_id = :n AND s.statement_id = 'F3'),
	'receipt 18.00, suspense 19.00, receipt 20.00, receipt 21.00, receipt 22.00, receipt 23.00, receipt 24.00', 'FD-86 where the common posting fails the line is found');
SELECT is((SELECT sum(balance) FROM trial_balance WHERE marketplace_id = :n AND kind = 'c_cash') || ' ' || (SELECT count(*) FROM ledger_verify(:n)), 52 + 31 + 147 || '.00 0', 'each line once, the books hold');
DROP TRIGGER fault ON money_receipts;
DROP TRIGGER fault ON transfers;
DROP TRIGGER bad_posting ON transfers;
SELECT * FROM finish();
