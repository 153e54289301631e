-- FD-82: messages of the PSP in any order and any number of times give the same end state. Every order of a payment's messages, each sent twice.
SET search_path = marketplace, public;
SET client_min_messages = warning;
SET timezone = 'UTC';
SET marketplace.clock = '2026-03-02 09:00+01';
SELECT * FROM no_plan();
SELECT 65000 + (random() * 1000000)::int AS m \gset
SELECT ok(marketplace_create(:m, '{"name": "Messages", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "OPERATOR", "country": "FR", "siren": "100000009"}}') > 0, 'a marketplace');
SELECT party_create(:m, '{"name": "ALPHA", "country": "FR", "capacities": ["seller"]}') AS alpha,
	party_create(:m, '{"name": "BUYER", "country": "FR", "capacities": ["buyer"]}') AS buyer \gset
CREATE TEMP SEQUENCE numbers;
CREATE FUNCTION pg_temp.place(m int, price numeric) RETURNS bigint LANGUAGE sql AS $$
SELECT order_place(m, jsonb_build_object('reference', 'T' || nextval('numbers'), 'buyer', (SELECT id FROM parties WHERE marketplace_id = m AND name = 'BUYER'), 'currency', 'EUR', 'lines',
	jsonb_build_array(jsonb_build_object('seller', (SELECT id FROM parties WHERE marketplace_id = m AND name = 'ALPHA'), 'quantity', 1, 'net_price', price,
		'description', 'thing', 'vat_category', 'Z', 'vat_rate', 0)))) $$;
CREATE FUNCTION pg_temp.send(m int, psp text, message text) RETURNS bigint LANGUAGE sql AS $$
SELECT psp_event_record(m, jsonb_strip_nulls(jsonb_build_object('external_id', psp || ' ' || message, 'psp_reference', psp, 'kind', p[1], 'capture_reference', psp || p[2], 'chargeback_reference',
	psp || p[3], 'amount', p[4] || ' EUR', 'fee', p[5] || ' EUR', 'raw', jsonb_build_object('as', 'it came'))))
	FROM (SELECT string_to_array(message, ':', '') AS p) parts $$;
-- What can be seen of a payment in the end.
CREATE FUNCTION pg_temp.seen(m int, psp text, placed bigint) RETURNS text LANGUAGE sql AS $$
SELECT format('%s %s of %s authorised %s closed %s; captures %s; chargebacks %s; %s; messages %s', p.state, p.captured, p.authorised, p.authorised_at IS NOT NULL, p.closed_at IS NOT NULL,
	(SELECT string_agg(concat_ws(' ', c.amount, c.state, c.fee), ', ' ORDER BY c.amount) FROM captures c WHERE c.marketplace_id = m AND c.payment_id = p.id),
	(SELECT string_agg(concat_ws(' ', c.amount, c.state, c.fee), ', ' ORDER BY c.amount) FROM chargebacks c WHERE c.marketplace_id = m AND c.payment_id = p.id),
	(SELECT string_agg(location || ' ' || value || ' ' || memo, ', ' ORDER BY location) FROM funds_location(m, placed)),
	(SELECT string_agg(n, ', ' ORDER BY n) FROM (SELECT e.state || ' ' || count(*) AS n FROM psp_events e WHERE e.marketplace_id = m AND e.psp_reference = psp GROUP BY e.state) s))
  FROM payments p WHERE p.marketplace_id = m AND p.psp_reference = psp $$;
CREATE FUNCTION pg_temp.books(m int) RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_object_agg(kind, balance) FROM (SELECT kind, sum(balance) AS balance FROM trial_balance WHERE marketplace_id = m GROUP BY kind) t $$;
-- Every order of the messages. 'payment' among them is the moment at which the payment itself is recorded.
CREATE FUNCTION pg_temp.permutations(list text[]) RETURNS SETOF text[] LANGUAGE sql AS $$
WITH RECURSIVE p(taken, left_over) AS (
	SELECT '{}'::text[], list UNION ALL SELECT p.taken || x, array_remove(p.left_over, x) FROM p, unnest(p.left_over) x)
SELECT taken FROM p WHERE left_over = '{}' ORDER BY 1 $$;
CREATE FUNCTION pg_temp.try_all(m int, name text, messages text[]) RETURNS TABLE (seen text, books text, orders bigint) LANGUAGE plpgsql AS $$
DECLARE
	sequence text[];
	message text;
	placed bigint;
	psp text;
	before jsonb;
	n int := 0;
BEGIN
	CREATE TEMP TABLE IF NOT EXISTS ends (name text, seen text, books text);
	FOR sequence IN SELECT * FROM pg_temp.permutations(messages) LOOP
		n := n + 1;
		psp := name || n || '-';
		before := pg_temp.books(m);
		placed := pg_temp.place(m, 100);
		IF NOT 'payment' = ANY (messages) THEN
			PERFORM payment_expect(m, placed, '100.00 EUR', jsonb_build_object('method', 'card', 'psp_reference', psp));
		END IF;
		FOREACH message IN ARRAY sequence LOOP
			IF message = 'payment' THEN
				PERFORM payment_expect(m, placed, '100.00 EUR', jsonb_build_object('method', 'card', 'psp_reference', psp));
			ELSE
				PERFORM pg_temp.send(m, psp, message), pg_temp.send(m, psp, message);
			END IF;
		END LOOP;
		FOREACH message IN ARRAY sequence LOOP
			IF message <> 'payment' THEN PERFORM pg_temp.send(m, psp, message); END IF;
		END LOOP;
		INSERT INTO ends SELECT name, pg_temp.seen(m, psp, placed), (SELECT string_agg(key || ' ' || value::numeric - COALESCE((before ->> key)::numeric, 0), ', ' ORDER BY key)
			FROM jsonb_each_text(pg_temp.books(m)) WHERE value::numeric <> COALESCE((before ->> key)::numeric, 0));
	END LOOP;
	RETURN QUERY SELECT e.seen, e.books, count(*) FROM ends e WHERE e.name = try_all.name GROUP BY 1, 2;
END $$;
SELECT results_eq(format('SELECT * FROM pg_temp.try_all(%s, %L, %L)', :m, name, messages), format('VALUES (%L, %L, %s::bigint)', seen, books, n), 'FD-82 ' || name)
  FROM (VALUES
	('won', '{authorised:::100.00,captured:c::100.00,settled:c:::1.00,chargeback:c:b:40.00:15.00,chargeback_recovered::b}'::text[],
		'recovered 100.00 EUR of 100.00 EUR authorised t closed f; captures 100.00 EUR final 1.00 EUR; chargebacks 40.00 EUR recovered 15.00 EUR; escrow 100.00 false; messages applied 5',
		'c_cash 84.00, c_due_from_own 16.00, c_escrow 100.00, o_due_to_client 16.00, o_psp_fees 16.00', 120),
	('lost', '{payment,captured:c::100.00,settled:c:::1.00,chargeback:c:b::15.00,chargeback_lost::b}',
		'lost 100.00 EUR of 100.00 EUR authorised t closed f; captures 100.00 EUR final 1.00 EUR; chargebacks 100.00 EUR lost 15.00 EUR; charged_back 100.00 false; messages applied 4',
		'c_cash -16.00, c_due_from_own 16.00, o_due_to_client 16.00, o_psp_fees 16.00', 120),
	('parts', '{authorised,captured:c::30.00,captured:d::20.00,settled:c:::0.50,voided}',
		'captured 50.00 EUR of 100.00 EUR authorised t closed t; captures 20.00 EUR captured, 30.00 EUR final 0.50 EUR; chargebacks ; escrow 50.00 false; messages applied 5',
		'c_cash 29.50, c_due_from_own 0.50, c_escrow 50.00, c_psp_clearing 20.00, o_due_to_client 0.50, o_psp_fees 0.50', 120),
	('none', '{payment,authorised,failed}', 'failed 0.00 EUR of 100.00 EUR authorised t closed t; captures ; chargebacks ; ; messages applied 2', NULL, 6)) v(name, messages, seen, books, n);

-- what was captured here is not captured again by the message that tells it
SELECT pg_temp.place(:m, 50) AS o \gset
SELECT payment_authorize(:m, :o, '50.00 EUR', '{"method": "card", "psp_reference": "own"}') AS payment \gset
SELECT ok(payment_capture(:m, :payment, '20.00 EUR') > 0 AND pg_temp.send(:m, 'own', 'captured:c::20.00') > 0, 'captured here, and told by the PSP');
SELECT is((SELECT string_agg(amount || ' ' || psp_reference, ', ') FROM captures WHERE marketplace_id = :m AND payment_id = :payment), '20.00 EUR ownc', 'FD-82 one capture, with its name');

-- contradictions are kept, not obeyed, and refuse nothing
SELECT ok(pg_temp.send(:m, 'own', message) > 0, 'FD-82 taken: ' || message) FROM unnest('{captured:x::30.01,captured:c::21.00,settled:c:::99.00,authorised:::60.00,chargeback:c:b:20.01,chargeback:c:b:1.00,chargeback_lost::b,chargeback_recovered::b}'::text[]) message;
SELECT is((SELECT string_agg(kind || ': ' || note, '; ' ORDER BY psp_event_id) FROM psp_event_overview WHERE marketplace_id = :m AND psp_reference = 'own' AND state = 'rejected'),
	'captured: captured 30.01 EUR, only 30.00 EUR is to be captured; captured: captured 21.00 EUR, known as 20.00 EUR; settled: fee 99.00 EUR, captured 20.00 EUR; authorised: authorised 60.00 EUR, the payment is 50.00 EUR; '
	'chargeback: of the capture of 20.00 EUR only 20.00 EUR is left to be taken back; chargeback_recovered: the chargeback is lost', 'FD-82 rejected with the reason');

-- a chargeback waits for a refund that is on its way; tick() sees to it
SELECT pg_temp.place(:m, 10) AS o \gset
SELECT payment_expect(:m, :o, '10.00 EUR', '{"method": "card", "psp_reference": "r"}') AS payment, pg_temp.send(:m, 'r', 'captured:c::10.00') AS captured, pg_temp.send(:m, 'r', 'settled:c') AS settled,
	order_line_refuse(:m, (SELECT min(id) FROM order_lines WHERE marketplace_id = :m AND order_id = :o), 1, 'none left') AS refused \gset
SELECT max(id) AS refund FROM refunds WHERE marketplace_id = :m \gset
SELECT ok(refund_send(:m, :refund) > 0 AND pg_temp.send(:m, 'r', 'chargeback:c:b') > 0, 'a refund is on its way');
SELECT is((SELECT state || ' ' || note FROM psp_event_overview WHERE marketplace_id = :m AND psp_reference = 'r' AND kind = 'chargeback'), 'waiting a refund of the payment is on its way', 'DP-47 it waits');
SELECT ok(refund_fail(:m, :refund, 'account closed') > 0 AND tick(:m) > 0, 'the refund fails');
SELECT is((SELECT string_agg(location || ' ' || value, ', ') FROM funds_location(:m, :o)), 'charged_back 10.00', 'DP-47 and the chargeback takes what was kept for the buyer');
SELECT throws_ok(format('SELECT psp_event_record(%s, %L)', :m, '{"external_id": "own captured:c::20.00", "psp_reference": "own", "kind": "voided"}'), 'MK110', NULL, 'FD-82 the same id with another content');
SELECT is((SELECT count(*) FROM ledger_verify(:m)), 0::bigint, 'the books are right');
SELECT * FROM finish();
