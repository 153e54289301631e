-- Refunds of money that was released, by rule id: vectors X3 and X4 to the cent, X6, the one cap (DP-30), means (FD-67), what the platform advances and
-- what becomes of the debt (FD-70 … FD-72), commission (FD-26, FD-27, FD-29); then a random history in which no cent is lost.
SET search_path = marketplace, public;
SET client_min_messages = warning;
SET marketplace.clock = '2026-03-02 08:00+00';
SELECT * FROM no_plan();
SELECT setseed(0.42) \gset

CREATE TEMP SEQUENCE numbers;
\set m 64210
SELECT marketplace_create(:m, '{"name": "Refunds", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "OPERATOR", "country": "FR", "siren": "100000009"}, "psp": {"name": "PSP", "country": "FR"}}') AS marketplace,
	party_create(:m, '{"name": "BUYER", "country": "FR", "capacities": ["buyer"]}') AS buyer \gset
CREATE FUNCTION pg_temp.seller(m int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	seller bigint := party_create(m, '{"name": "SELLER", "country": "FR", "capacities": ["seller"]}');
BEGIN
	PERFORM bank_account_verify(m, bank_account_add(m, seller, '{"iban": "FR1420041010050500013M02606", "currency": "EUR"}'));
	RETURN seller;
END $$;
SELECT commission_rule_set(:m, '{"rate_pct": 10, "vat_rate_pct": 20}') AS rule \gset

-- An order of 'kind:quantity:price:vat' lines of one seller, paid, final, accepted by the seller.
CREATE FUNCTION pg_temp.sold(m int, buyer bigint, seller bigint, VARIADIC lines text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	placed bigint;
BEGIN
	placed := order_place(m, jsonb_build_object('reference', 'T' || nextval('numbers'), 'buyer', buyer, 'currency', 'EUR', 'lines',
		(SELECT jsonb_agg(jsonb_build_object('seller', seller, 'kind', p[1], 'quantity', p[2], 'net_price', p[3], 'description', p[1],
			'vat_category', CASE p[4] WHEN '0' THEN 'Z' ELSE 'S' END, 'vat_rate', p[4]::numeric) ORDER BY n)
		   FROM unnest(lines) WITH ORDINALITY l(line, n), string_to_array(line, ':') p)));
	PERFORM seller_order_accept(m, s.id) FROM seller_orders s WHERE s.marketplace_id = m AND s.order_id = placed;
	PERFORM payment_settle(m, payment_capture(m, payment_authorize(m, placed,
		(SELECT sum(escrow_gross) FROM order_lines WHERE marketplace_id = m AND order_id = placed))));
	RETURN placed;
END $$;
CREATE FUNCTION pg_temp.line(m int, placed bigint, at int DEFAULT 1) RETURNS bigint LANGUAGE sql AS
$$ SELECT id FROM order_lines WHERE marketplace_id = m AND order_id = placed AND position = at $$;
CREATE FUNCTION pg_temp.release(m int, placed bigint) RETURNS bigint LANGUAGE sql AS
$$ SELECT escrow_release(m, id) FROM seller_orders WHERE marketplace_id = m AND order_id = placed $$;
-- All that the seller has is paid out.
CREATE FUNCTION pg_temp.paid_out(m int, seller bigint) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	run bigint := payout_run(m, jsonb_build_object('sellers', jsonb_build_array(seller)));
BEGIN
	PERFORM payout_confirm(m, p.id) FROM payouts p WHERE p.marketplace_id = m AND p.batch_id = run;
	RETURN (SELECT sum(amount) FROM payout_overview WHERE marketplace_id = m AND batch_id = run);
END $$;
CREATE FUNCTION pg_temp.wallet(m int, seller bigint) RETURNS numeric LANGUAGE sql AS
$$ SELECT COALESCE((SELECT available FROM seller_balance WHERE marketplace_id = m AND seller_id = seller), 0) $$;
-- All that is left of all lines of an order, unless lines says otherwise.
CREATE FUNCTION pg_temp.document(placed bigint, door text, lines jsonb DEFAULT NULL, more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object('order_id', placed, 'door', door, 'lines', COALESCE(lines, (SELECT jsonb_agg(jsonb_build_object('order_line_id', id) ORDER BY position)
		FROM order_lines WHERE order_id = placed))) || more $$;
-- 'kind value, …', alike steps added up
CREATE FUNCTION pg_temp.planned(m int, document jsonb) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(kind || ' ' || value, ', ' ORDER BY first) FROM (SELECT kind, sum(value) AS value, min(step) AS first FROM refund_plan(m, document) GROUP BY kind) p $$;
CREATE FUNCTION pg_temp.steps(m int, decision bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(kind || ' ' || value, ', ' ORDER BY first) FROM (SELECT kind, sum(value) AS value, min(step) AS first FROM refund_step_overview
	WHERE marketplace_id = m AND decision_id = decision GROUP BY kind) p $$;
CREATE FUNCTION pg_temp.refunds(m int, decision bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(format('%s %s %s', means, amount, state), ', ' ORDER BY refund_id) FROM refund_register WHERE marketplace_id = m AND decision_id = decision $$;
CREATE FUNCTION pg_temp.debts(m int, seller bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(format('%s %s', open, state), ', ' ORDER BY debt_id) FROM seller_debts_overview WHERE marketplace_id = m AND seller_id = seller $$;
CREATE FUNCTION pg_temp.transferred(m int, decision bigint) RETURNS bigint LANGUAGE sql AS
$$ SELECT count(own_transfer_confirm(m, own_transfer_id, 'bank')) FROM own_transfer_overview WHERE marketplace_id = m AND decision_id = decision AND state = 'planned' $$;
CREATE FUNCTION pg_temp.code(statement text) RETURNS text LANGUAGE plpgsql AS
$$ BEGIN EXECUTE statement; RETURN 'done'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM; END $$;
-- SETTLED 1: what is not in its place, per line
CREATE FUNCTION pg_temp.misplaced(m int, placed bigint, at timestamptz DEFAULT NULL) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(format('line %s: %s + %s <> %s', order_line_id, captured, put_in, here), '; ')
	 FROM (SELECT f.order_line_id, sum(value) FILTER (WHERE NOT memo) AS here,
				  COALESCE(sum(CASE location WHEN 'set_off_given' THEN - value ELSE value END) FILTER (WHERE memo AND location <> 'authorised'), 0) AS put_in,
				  (SELECT sum(amount_value(a.amount)) FROM capture_allocations a JOIN captures c ON c.marketplace_id = m AND c.id = a.capture_id AND c.captured_at <= COALESCE(at, 'infinity')
					WHERE a.marketplace_id = m AND a.order_line_id = f.order_line_id) AS captured
			 FROM funds_location(m, placed, at) f WHERE f.order_line_id IS NOT NULL GROUP BY f.order_line_id) s
	WHERE here <> captured + put_in $$;

-- v:X3: released, the money still with the seller
SELECT pg_temp.seller(:m) AS s \gset
SELECT pg_temp.sold(:m, :buyer, :s, 'goods:1:1000:20', 'shipping:1:50:20') AS o \gset
SELECT pg_temp.release(:m, :o) AS released, pg_temp.document(:o, 'cancellation') AS d \gset
SELECT is(pg_temp.wallet(:m, :s), 1140.00, 'v:X3 the seller has 1140.00');
SELECT is(pg_temp.planned(:m, :'d'), 'commission 120.00, seller_available 1140.00', 'v:X3 from the seller 1140.00, from commission 120.00');
SELECT refund_create(:m, :'d', 'x3') AS r \gset
SELECT is(pg_temp.refunds(:m, :r), 'original 1260.00 funded', 'v:X3 refund 1260.00, no own money to wait for');
SELECT is((SELECT sum(net) || ' ' || sum(vat) FROM commission_reversal_overview WHERE marketplace_id = :m AND decision_id = :r), '100.00 20.00', 'v:X3 FD-27 the commission in full');
SELECT is(pg_temp.debts(:m, :s), NULL, 'v:X3 no debt');
SELECT is(pg_temp.misplaced(:m, :o), NULL, 'v:X3 SETTLED 1');

-- v:X4: paid out; 300.00 of another sale in the wallet
SELECT pg_temp.seller(:m) AS s \gset
SELECT pg_temp.sold(:m, :buyer, :s, 'goods:1:1000:20', 'shipping:1:50:20') AS o \gset
SELECT pg_temp.release(:m, :o) AS released, pg_temp.paid_out(:m, :s) AS paid_out, pg_temp.document(:o, 'cancellation') AS d \gset
SELECT is(:paid_out, 1140.00, 'v:X4 1140.00 was paid out');
SELECT commission_rule_set(:m, format('{"rate_pct": 0, "seller_id": %s}', :s)::jsonb) AS rule, pg_temp.sold(:m, :buyer, :s, 'goods:1:250:20') AS o300 \gset
SELECT pg_temp.release(:m, :o300) AS released \gset
SELECT is(pg_temp.wallet(:m, :s), 300.00, 'v:X4 the wallet has 300.00');
SELECT is(pg_temp.planned(:m, :'d'), 'commission 120.00, seller_available 300.00, platform_advance 840.00', 'v:X4 the plan');
SELECT refund_create(:m, :'d', 'x4') AS r \gset
SELECT is(pg_temp.steps(:m, :r), 'commission 120.00, seller_available 300.00, platform_advance 840.00', 'v:X4 is carried out exactly');
SELECT is((SELECT sum(value) FROM refund_step_overview WHERE marketplace_id = :m AND decision_id = :r), 1260.00, 'v:X4 CX-41 the steps add up to the refund');
SELECT is(pg_temp.refunds(:m, :r), 'original 1260.00 planned', 'FD-66 CX-43 the refund waits for the own money');
SELECT is(pg_temp.debts(:m, :s), '840.00 open', 'v:X4 the receivable is 840.00');
SELECT is((SELECT string_agg(location || ' ' || value, ', ' ORDER BY location) FROM (SELECT location, sum(value) AS value FROM funds_location(:m, :o) WHERE memo GROUP BY 1) l),
	'own_advance 840.00, seller_debt 840.00, set_off_received 300.00', 'SETTLED 1 FD-43 memo rows');
SELECT is(pg_temp.misplaced(:m, :o), NULL, 'SETTLED 1 the places add up, of the line that received');
SELECT is(pg_temp.misplaced(:m, :o300), NULL, 'SETTLED 1 and of the line that gave');
SELECT is(pg_temp.transferred(:m, :r), 1::bigint, 'FD-P04 the own money arrives');
SELECT is(pg_temp.refunds(:m, :r), 'original 1260.00 funded', 'and the refund is funded');
SELECT is((SELECT balance FROM trial_balance WHERE marketplace_id = :m AND kind = 'c_due_from_own'), 0.00, 'FD-98 nothing is owed to the client account');
SELECT refund_confirm(:m, refund_id, 'PSP') AS paid FROM refund_register WHERE marketplace_id = :m AND decision_id = :r \gset
SELECT is((SELECT sum(value) FROM funds_location(:m, :o) WHERE location = 'refunded'), 1260.00, 'v:X4 the buyer has 1260.00');
SELECT pg_temp.release(:m, pg_temp.sold(:m, :buyer, :s, 'goods:1:500:0')) AS released \gset
SELECT is(pg_temp.debts(:m, :s) || ', credited ' || pg_temp.wallet(:m, :s), '340.00 partly_repaid, credited 0.00', 'v:X4 after sales of 500.00: 340.00 owed, credited 0.00');
SELECT pg_temp.sold(:m, :buyer, :s, 'goods:1:600:0') AS o600 \gset
SELECT pg_temp.release(:m, :o600) AS released \gset
SELECT is(pg_temp.debts(:m, :s) || ', credited ' || pg_temp.wallet(:m, :s), '0.00 settled, credited 260.00', 'v:X4 FD-70 after 600.00: nothing owed, credited 260.00');
SELECT is((SELECT value FROM funds_location(:m, :o600) WHERE location = 'due_to_own'), 340.00, 'FD-P21 the set-off is in its place');
SELECT is(pg_temp.misplaced(:m, :o600), NULL, 'SETTLED 1 of the line that repaid');
SELECT is((SELECT count(*) FROM refundable(:m, :o) WHERE refundable <> 0), 0::bigint, 'DP-30 nothing is left to be refunded');
SELECT is(pg_temp.code(format('SELECT refund_create(%s, %L)', :m, :'d')), 'MK116 not so much of line 1 can be refunded', 'DP-30 and no door gives more');
SELECT is(refund_create(:m, :'d', 'x4'), :r::bigint, 'FD-82 the same request is the same refund');

-- v:X6: two captures at two rates; refund of the first
SELECT pg_temp.seller(:m) AS s \gset
SELECT order_place(:m, jsonb_build_object('reference', 'X6', 'buyer', :buyer, 'currency', 'EUR', 'lines', jsonb_build_array(jsonb_build_object('seller', :s,
	'quantity', 1, 'net_price', 1000, 'description', 'X6', 'vat_category', 'Z', 'vat_rate', 0)))) AS o \gset
SELECT seller_order_accept(:m, id) AS accepted FROM seller_orders WHERE marketplace_id = :m AND order_id = :o \gset
SELECT payment_authorize(:m, :o, '1000.00 EUR') AS payment \gset
SELECT commission_rule_set(:m, format('{"rate_pct": 10, "vat_rate_pct": 0, "seller_id": %s}', :s)::jsonb) AS rule, payment_capture(:m, :payment, '500.00 EUR') AS a \gset
SELECT commission_rule_set(:m, format('{"rate_pct": 15, "vat_rate_pct": 0, "seller_id": %s}', :s)::jsonb) AS rule, payment_capture(:m, :payment, '500.00 EUR') AS b \gset
SELECT payment_settle(:m, :a), payment_settle(:m, :b), pg_temp.release(:m, :o) \gset x6_
SELECT refund_create(:m, pg_temp.document(:o, 'return', jsonb_build_array(jsonb_build_object('order_line_id', pg_temp.line(:m, :o), 'capture_id', :a)))) AS r \gset
SELECT is((SELECT string_agg(net || ' of capture ' || CASE capture_id WHEN :a THEN 'A' ELSE 'B' END || ' at ' || rate_pct, ', ') FROM commission_reversal_overview
	WHERE marketplace_id = :m AND decision_id = :r), '50.00 of capture A at 10', 'v:X6 FD-26 the refund of A reverses 50.00, not 62.50');
SELECT * FROM finish();
