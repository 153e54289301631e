-- Funds by rule id: commission rules and vector X6, what releases and how much of it (FD-17, FD-20), means that are final at once, and random lives of
-- orders in which no cent is lost. The seed is printed; PROPERTY_SEED=N runs another history.
SET search_path = marketplace, public;
SET client_min_messages = warning;
SELECT plan(57);

\set seed 241126
\getenv seed PROPERTY_SEED
SELECT diag('seed of the random lives: ' || :seed);
SELECT setseed(:seed / 1000000.0) \gset

CREATE TEMP SEQUENCE numbers;
SELECT 63000 + (random() * 1000000)::int AS m \gset
SELECT ok(marketplace_create(:m, '{"name": "Funds", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "OPERATOR", "country": "FR", "siren": "100000009"}}') > 0, 'a marketplace');
SELECT party_create(:m, '{"name": "ALPHA", "country": "FR", "capacities": ["seller"]}') AS alpha,
	party_create(:m, '{"name": "BETA", "country": "FR", "capacities": ["seller"]}') AS beta,
	party_create(:m, '{"name": "BUYER", "country": "FR", "capacities": ["buyer"]}') AS buyer \gset
SELECT carrier_create(:m, '{"code": "van", "name": "VAN"}') AS carrier \gset
SELECT bank_account_verify(:m, bank_account_add(:m, :alpha, '{"iban": "FR1420041010050500013M02606", "currency": "EUR"}')) AS bank \gset

-- An order of 'seller:kind:quantity:price[:category]' lines without VAT.
CREATE FUNCTION pg_temp.offer(m int, buyer bigint, VARIADIC lines text[]) RETURNS bigint LANGUAGE sql AS $$
SELECT order_place(m, jsonb_build_object('reference', 'T' || nextval('numbers'), 'buyer', buyer, 'currency', 'EUR', 'lines',
		(SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('seller', p[1]::bigint, 'kind', p[2], 'quantity', p[3], 'net_price', p[4],
			'commission_category', p[5], 'description', p[2], 'vat_category', 'Z', 'vat_rate', 0)) ORDER BY n)
		   FROM unnest(lines) WITH ORDINALITY l(line, n), string_to_array(line, ':') p)))
$$;
-- The same, accepted by its sellers.
CREATE FUNCTION pg_temp.place(m int, buyer bigint, VARIADIC lines text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	placed bigint := pg_temp.offer(m, buyer, VARIADIC lines);
BEGIN
	PERFORM seller_order_accept(m, s.id) FROM seller_orders s WHERE s.marketplace_id = m AND s.order_id = placed;
	RETURN placed;
END $$;
CREATE FUNCTION pg_temp.line(m int, placed bigint, at int) RETURNS bigint LANGUAGE sql AS
$$ SELECT id FROM order_lines WHERE marketplace_id = m AND order_id = placed AND position = at $$;
CREATE FUNCTION pg_temp.pay(m int, placed bigint, method text DEFAULT 'card') RETURNS bigint LANGUAGE sql AS
$$ SELECT payment_capture(m, payment_authorize(m, placed, (SELECT sum(escrow_gross) FROM order_lines WHERE marketplace_id = m AND order_id = placed),
	jsonb_build_object('method', method))) $$;
CREATE FUNCTION pg_temp.ship(m int, placed bigint, at int, pieces numeric) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	number text := 'N' || nextval('numbers');
BEGIN
	PERFORM shipment_hand_over(m, shipment_create(m, jsonb_build_object('seller_order_id', l.seller_order_id, 'carrier', 'van', 'parcels',
		jsonb_build_array(jsonb_build_object('tracking_number', number, 'contents', jsonb_build_array(
			jsonb_build_object('order_line_id', l.id, 'quantity', pieces)))))))
	   FROM order_lines l WHERE l.marketplace_id = m AND l.order_id = placed AND l.position = at;
	RETURN number;
END $$;
CREATE FUNCTION pg_temp.deliver(m int, number text) RETURNS bigint LANGUAGE sql AS
$$ SELECT tracking_record(m, jsonb_build_object('source', 'van', 'source_event_id', number, 'carrier', 'van', 'tracking_number', number,
	'state', 'delivered', 'occurred_at', clock())) $$;
CREATE FUNCTION pg_temp.receive(m int, placed bigint, at int, quantity numeric) RETURNS bigint LANGUAGE sql AS
$$ SELECT receipt_confirm(m, jsonb_build_object('order_id', placed, 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', pg_temp.line(m, placed, at), 'quantity', quantity, 'condition', 'conform')))) $$;
-- What has been released: the sellers' money and the commission taken from it, 'line value …'.
CREATE FUNCTION pg_temp.released(m int, placed bigint) RETURNS text LANGUAGE sql AS
$$ SELECT COALESCE(string_agg(position || ' ' || v, ', ' ORDER BY position), 'nothing')
	 FROM (SELECT l.position, sum(f.value) AS v FROM funds_location(m, placed) f JOIN order_lines l ON l.marketplace_id = m AND l.id = f.order_line_id
			WHERE f.location IN ('seller_available', 'commission') GROUP BY 1) r $$;
CREATE FUNCTION pg_temp.frozen(m int, placed bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(format('%s: %s + %s', l.position, c.commission, c.vat), ', ' ORDER BY c.allocation_id)
	 FROM commission_overview c JOIN order_lines l ON l.marketplace_id = c.marketplace_id AND l.id = c.order_line_id
	WHERE c.marketplace_id = m AND c.order_id = placed $$;

-- vector X6: two captures of one order at two rates; what is reversed later is reversed at its own (FD-24, FD-26)
SELECT pg_temp.place(:m, :buyer, :alpha || ':goods:1:1000') AS x6 \gset
SELECT payment_authorize(:m, :x6, '1000.00 EUR') AS payment \gset
SELECT is(pg_temp.frozen(:m, :x6), NULL, 'FD-25 nothing is frozen before the capture');
SELECT ok(commission_rule_set(:m, '{"rate_pct": 10, "vat_rate_pct": 0}') > 0 AND payment_capture(:m, :payment, '500.00 EUR') > 0, 'v:X6 capture A at 10 %');
SELECT ok(commission_rule_set(:m, '{"rate_pct": 15, "vat_rate_pct": 0}') > 0 AND payment_capture(:m, :payment, '500.00 EUR') > 0, 'v:X6 capture B at 15 %');
SELECT is(pg_temp.frozen(:m, :x6), '1: 50.00 + 0.00, 1: 75.00 + 0.00', 'v:X6 the rate is frozen on the capture: 50.00 of A, not 62.50');

-- FD-23: which rule, of what
SELECT pg_temp.place(:m, :buyer, :alpha || ':goods:1:100', :alpha || ':shipping:1:20', :beta || ':goods:1:100:toys', :beta || ':service:1:10') AS o \gset
SELECT lives_ok(format('SELECT commission_rule_set(%s, %L)', :m, d), 'FD-23 ' || d) FROM (VALUES ('{"rate_pct": 8, "vat_rate_pct": 20}'),
	(format('{"rate_pct": 6, "vat_rate_pct": 20, "seller_id": %s, "base": "goods_and_shipping_net"}', :alpha)),
	('{"rate_pct": 20, "vat_rate_pct": 20, "category": "toys", "maximum": "12.00 EUR"}')) v(d);
SELECT ok(pg_temp.pay(:m, :o) > 0, 'paid');
SELECT is(pg_temp.frozen(:m, :o), '1: 6.00 + 1.20, 2: 1.20 + 0.24, 3: 12.00 + 2.40, 4: 0.80 + 0.16',
	'FD-23 the seller''s rule with shipping, the category''s with a maximum, the general one for a service');
SELECT pg_temp.place(:m, :buyer, :beta || ':goods:1:3:toys', :beta || ':goods:1:1') AS o \gset
SELECT ok(commission_rule_set(:m, '{"rate_pct": 1, "vat_rate_pct": 20, "category": "toys", "minimum": "2.00 EUR"}') > 0
	AND commission_rule_set(:m, '{"rate_pct": 100, "vat_rate_pct": 20}') > 0 AND pg_temp.pay(:m, :o) > 0, 'newer rules');
SELECT is(pg_temp.frozen(:m, :o), '1: 2.00 + 0.40, 2: 0.83 + 0.17', 'FD-23 the newer rule, its minimum; with its VAT never more than what was paid');
SELECT ok(commission_rule_set(:m, '{"rate_pct": 10, "vat_rate_pct": 20, "base": "gross"}') > 0
	AND commission_rule_set(:m, format('{"rate_pct": 10, "vat_rate_pct": 20, "seller_id": %s}', :alpha)::jsonb) > 0, 'rules for what follows');

-- FD-27: a commission whose net and VAT would both grow by a cent on a release of one
SELECT ok(commission_rule_set(:m, format('{"rate_pct": 50, "vat_rate_pct": 20, "seller_id": %s, "category": "cents"}', :alpha)::jsonb) > 0, 'half of it');
SELECT pg_temp.place(:m, :buyer, :alpha || ':goods:5:0.01:cents') AS o \gset
SELECT ok(payment_settle(:m, pg_temp.pay(:m, :o)) > 0 AND pg_temp.ship(:m, :o, 1, 5) <> '', 'five pieces of a cent');
SELECT lives_ok(format('SELECT pg_temp.receive(%s, %s, 1, 1)', :m, :o), 'FD-27 cent by cent ' || n) FROM generate_series(1, 5) n;
SELECT is((SELECT string_agg(location || ' ' || value, ', ' ORDER BY location) FROM funds_location(:m, :o) WHERE NOT memo), 'commission 0.04, seller_available 0.01',
	'FD-27 and at the end what was frozen: 0.03 + 0.01');

-- FD-20: final first, unless policy says otherwise
SELECT pg_temp.place(:m, :buyer, :alpha || ':goods:2:50') AS o \gset
SELECT pg_temp.pay(:m, :o) AS capture, pg_temp.ship(:m, :o, 1, 2) AS parcel \gset
SELECT ok(pg_temp.receive(:m, :o, 1, 1) > 0, 'accepted before the money is final');
SELECT is(pg_temp.released(:m, :o), 'nothing', 'FD-20 what is not final is not released');
SELECT ok(payment_settle(:m, :capture) > 0, 'settled');
SELECT is(pg_temp.released(:m, :o), '1 50.00', 'FD-20 and is once it is');
SELECT pg_temp.place(:m, :buyer, :alpha || ':goods:2:50') AS o \gset
SELECT policy_set(:m, 'fd.release_before_final', 'true', jsonb_build_object('order_id', :o)) AS version \gset
SELECT pg_temp.pay(:m, :o) AS capture, pg_temp.ship(:m, :o, 1, 2) AS parcel, pg_temp.receive(:m, :o, 1, 1) AS receipt \gset
SELECT is(pg_temp.released(:m, :o), '1 50.00', 'FD-20 fd.release_before_final');
SELECT is((SELECT unsettled FROM funds_location(:m, :o) WHERE location = 'escrow'), 50.00, 'FD-43 the rest is tagged as not settled');
SELECT pg_temp.place(:m, :buyer, :alpha || ':goods:1:50') AS o \gset
SELECT ok(pg_temp.pay(:m, :o, 'transfer') > 0, 'paid by bank transfer');
SELECT is((SELECT state::text FROM captures WHERE marketplace_id = :m AND id = (SELECT min(capture_id) FROM capture_allocations WHERE marketplace_id = :m AND order_id = :o)), 'final', 'FD-2 a bank transfer is final when it arrives');
SELECT is((SELECT balance FROM trial_balance WHERE marketplace_id = :m AND kind = 'c_cash'), 150.05, 'FD-P02 and goes to cash');

-- FD-17: scope and trigger
CREATE FUNCTION pg_temp.under(m int, buyer bigint, policy text, value text, VARIADIC lines text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	placed bigint := pg_temp.place(m, buyer, VARIADIC lines);
BEGIN
	PERFORM policy_set(m, policy, to_jsonb(value), jsonb_build_object('order_id', placed));
	PERFORM payment_settle(m, pg_temp.pay(m, placed));
	RETURN placed;
END $$;
SELECT pg_temp.under(:m, :buyer, 'fd.release_scope', 'line_quantity', :alpha || ':goods:3:10', :alpha || ':goods:1:40', :alpha || ':shipping:1:7', :beta || ':goods:1:5') AS o \gset
SELECT pg_temp.ship(:m, :o, 1, 3) AS p1, pg_temp.ship(:m, :o, 2, 1) AS p2, pg_temp.ship(:m, :o, 4, 1) AS p3, pg_temp.receive(:m, :o, 1, 1) AS receipt \gset
SELECT is(pg_temp.released(:m, :o), '1 10.00, 3 1.00', 'FD-17 line_quantity: the quantity, and its share of the shipping');
SELECT is((SELECT count(*) FROM (SELECT pg_temp.receive(:m, :o, 1, 1), pg_temp.receive(:m, :o, 2, 1)) r), 1::bigint, 'more is accepted');
SELECT is(pg_temp.released(:m, :o), '1 20.00, 2 40.00, 3 6.00', 'RD-10 shipping goes with the goods, cumulative');
SELECT pg_temp.under(:m, :buyer, 'fd.release_scope', 'seller_order', :alpha || ':goods:2:10', :alpha || ':shipping:1:7', :beta || ':goods:1:5') AS o \gset
SELECT pg_temp.ship(:m, :o, 1, 2) AS p1, pg_temp.ship(:m, :o, 3, 1) AS p2, pg_temp.receive(:m, :o, 1, 1) AS receipt \gset
SELECT is(pg_temp.released(:m, :o), 'nothing', 'FD-17 seller_order: not before it is complete');
SELECT pg_temp.receive(:m, :o, 1, 1) AS receipt \gset
SELECT is(pg_temp.released(:m, :o), '1 20.00, 2 7.00', 'FD-17 seller_order: complete');
SELECT pg_temp.under(:m, :buyer, 'fd.release_scope', 'order', :alpha || ':goods:2:10', :beta || ':goods:1:5') AS o \gset
SELECT pg_temp.ship(:m, :o, 1, 2) AS p1, pg_temp.ship(:m, :o, 2, 1) AS p2, pg_temp.receive(:m, :o, 1, 2) AS receipt \gset
SELECT is(pg_temp.released(:m, :o), 'nothing', 'FD-17 order: the other seller is awaited');
SELECT pg_temp.receive(:m, :o, 2, 1) AS receipt \gset
SELECT is(pg_temp.released(:m, :o), '1 20.00, 2 5.00', 'FD-17 order: complete');
SELECT pg_temp.under(:m, :buyer, 'fd.release_scope', 'shipment', :alpha || ':goods:4:10') AS o \gset
SELECT pg_temp.ship(:m, :o, 1, 3) AS p1, pg_temp.receive(:m, :o, 1, 2) AS receipt \gset
SELECT is(pg_temp.released(:m, :o), 'nothing', 'FD-17 shipment: not before all that was handed over is accepted');
SELECT pg_temp.receive(:m, :o, 1, 1) AS receipt \gset
SELECT is(pg_temp.released(:m, :o), '1 30.00', 'FD-17 shipment: complete');
SELECT pg_temp.under(:m, :buyer, 'fd.release_on', 'shipped', :alpha || ':goods:4:10') AS o \gset
SELECT pg_temp.ship(:m, :o, 1, 1) AS p \gset
SELECT is(pg_temp.released(:m, :o), '1 10.00', 'FD-17 shipped');
SELECT pg_temp.receive(:m, :o, 1, 1) AS receipt \gset
SELECT is(pg_temp.released(:m, :o), '1 10.00', 'FD-17 shipped: acceptance releases nothing more');
SELECT pg_temp.under(:m, :buyer, 'fd.release_on', 'delivered', :alpha || ':goods:4:10') AS o \gset
SELECT pg_temp.ship(:m, :o, 1, 2) AS p \gset
SELECT is(pg_temp.released(:m, :o), 'nothing', 'FD-17 delivered: not when handed over');
SELECT pg_temp.deliver(:m, :'p') AS event \gset
SELECT is(pg_temp.released(:m, :o), '1 20.00', 'FD-17 delivered');
SELECT pg_temp.under(:m, :buyer, 'fd.release_on', 'manual', :alpha || ':goods:4:10') AS o \gset
SELECT pg_temp.ship(:m, :o, 1, 4) AS p, pg_temp.receive(:m, :o, 1, 4) AS receipt \gset
SELECT is(pg_temp.released(:m, :o), 'nothing', 'FD-17 manual: acceptance releases nothing');
SELECT escrow_release(:m, (SELECT id FROM seller_orders WHERE marketplace_id = :m AND order_id = :o)) AS released \gset
SELECT is(pg_temp.released(:m, :o), '1 40.00', 'FD-17 manual: an operator does');
SELECT pg_temp.offer(:m, :buyer, :alpha || ':goods:1:10') AS o \gset
SELECT ok(payment_settle(:m, pg_temp.pay(:m, :o)) > 0, 'paid before the seller has accepted');
SELECT throws_ok(format('SELECT escrow_release(%s, %s)', :m, s.id), 'MK101', format('seller order %s cannot be released before its seller has accepted it', s.id),
	'FD-20 what the seller may still refuse stays in escrow') FROM seller_orders s WHERE s.marketplace_id = :m AND s.order_id = :o;
SELECT seller_order_refuse(:m, s.id, 'out of stock') FROM seller_orders s WHERE s.marketplace_id = :m AND s.order_id = :o \gset
SELECT is((SELECT location || ' ' || value FROM funds_location(:m, :o) WHERE NOT memo), 'refund_frozen 10.00', 'and goes back whole when the seller refuses');
SELECT pg_temp.under(:m, :buyer, 'fd.service_release', 'last', :alpha || ':goods:2:10', :alpha || ':service:1:6') AS o \gset
SELECT pg_temp.ship(:m, :o, 1, 2) AS p, pg_temp.receive(:m, :o, 1, 1) AS receipt \gset
SELECT is(pg_temp.released(:m, :o), '1 10.00', 'fd.service_release last: the service waits');
SELECT pg_temp.receive(:m, :o, 1, 1) AS receipt \gset
SELECT is(pg_temp.released(:m, :o), '1 20.00, 2 6.00', 'fd.service_release last: and goes with the last goods');
-- fd.ship_on
SELECT pg_temp.place(:m, :buyer, :alpha || ':goods:1:10', :beta || ':goods:1:10') AS o \gset
SELECT throws_ok(format('SELECT pg_temp.ship(%s, %s, 1, 1)', :m, :o), 'MK110', NULL, 'fd.ship_on authorised: no goods before the money');
SELECT policy_set(:m, 'fd.ship_on', '"captured"', jsonb_build_object('order_id', :o)), payment_authorize(:m, :o, '20.00 EUR') AS payment \gset
SELECT throws_ok(format('SELECT pg_temp.ship(%s, %s, 1, 1)', :m, :o), 'MK110', NULL, 'fd.ship_on captured: an authorisation is not enough');
SELECT policy_set(:m, 'fd.ship_on', '"any"', jsonb_build_object('order_id', :o)) AS version \gset
SELECT lives_ok(format('SELECT pg_temp.ship(%s, %s, 1, 1)', :m, :o), 'fd.ship_on any');

-- random lives: captures, settlements, shipments, acceptances, cancellations and refunds in any order; at every step each captured cent is somewhere,
-- at the end nothing is in escrow and what was earned is the frozen commission less the part of what was refunded
CREATE FUNCTION pg_temp.live(m int, buyer bigint, alpha bigint, beta bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	placed bigint;
	payment bigint;
	total numeric;
	taken numeric := 0;
	here numeric;
	part numeric;
	l record;
BEGIN
	placed := pg_temp.place(m, buyer, format('%s:goods:%s:%s', alpha, 1 + floor(random() * 9), round((random() * 30)::numeric, 2)),
		format('%s:shipping:1:%s', alpha, round((random() * 9)::numeric, 2)), format('%s:goods:%s:%s', beta, 1 + floor(random() * 9), round((random() * 3)::numeric, 3)),
		format('%s:goods:2:0.01', beta));
	SELECT sum(amount_value(escrow_gross)) INTO total FROM order_lines WHERE marketplace_id = m AND order_id = placed;
	payment := payment_authorize(m, placed, (total || ' EUR')::amount);
	FOR step IN 1 .. 40 LOOP
		SELECT o.*, o.quantity - o.cancelled - o.shipped AS to_ship, o.shipped - o.accepted AS to_accept INTO l
		  FROM order_lines o WHERE o.marketplace_id = m AND o.order_id = placed AND o.kind = 'goods' ORDER BY random() LIMIT 1;
		BEGIN
			CASE floor(random() * 5)
				WHEN 0 THEN
					PERFORM payment_capture(m, payment, (round(0.01 + (total * random() / 2)::numeric, 2) || ' EUR')::amount);
				WHEN 1 THEN
					PERFORM payment_settle(m, c.id, (round(amount_value(c.amount) / 50, 2) || ' EUR')::amount)
					   FROM captures c WHERE c.marketplace_id = m AND c.id IN (SELECT a.capture_id FROM capture_allocations a WHERE a.marketplace_id = m AND a.order_id = placed) AND c.state = 'captured' LIMIT 1;
				WHEN 2 THEN
					PERFORM pg_temp.ship(m, placed, l.position, ceil(l.to_ship * random()::numeric)) WHERE l.to_ship > 0;
				WHEN 3 THEN
					PERFORM pg_temp.receive(m, placed, l.position, ceil(l.to_accept * random()::numeric)) WHERE l.to_accept > 0;
				ELSE
					PERFORM order_line_refuse(m, l.id, ceil(l.to_ship * random()::numeric / 2), 'random') WHERE l.to_ship > 0 AND random() < 0.4;
					PERFORM refund_confirm(m, r.id) FROM refunds r WHERE r.marketplace_id = m AND r.order_id = placed AND r.state = 'funded' LIMIT 1;
			END CASE;
		EXCEPTION WHEN SQLSTATE 'MK110' THEN
			NULL; -- too much captured, or not enough to ship
		END;
		SELECT COALESCE(sum(amount_value(amount)), 0) INTO taken FROM capture_allocations WHERE marketplace_id = m AND order_id = placed;
		SELECT COALESCE(sum(value), 0) INTO here FROM funds_location(m, placed) WHERE NOT memo;
		IF taken <> here THEN
			RETURN format('order %s, step %s: captured %s, located %s', placed, step, taken, here);
		END IF;
	END LOOP;
	-- to the end: capture, settle, ship, accept all that is left
	BEGIN
		PERFORM payment_capture(m, payment);
	EXCEPTION WHEN SQLSTATE 'MK110' THEN
		NULL;
	END;
	PERFORM payment_settle(m, c.id) FROM captures c WHERE c.marketplace_id = m AND c.id IN (SELECT a.capture_id FROM capture_allocations a WHERE a.marketplace_id = m AND a.order_id = placed) AND c.state = 'captured';
	FOR l IN SELECT o.* FROM order_lines o WHERE o.marketplace_id = m AND o.order_id = placed AND o.kind = 'goods' LOOP
		PERFORM pg_temp.ship(m, placed, l.position, l.quantity - l.cancelled - l.shipped) WHERE l.quantity - l.cancelled > l.shipped;
		PERFORM pg_temp.receive(m, placed, l.position, l.quantity - l.cancelled - l.accepted) WHERE l.quantity - l.cancelled > l.accepted;
	END LOOP;
	SELECT sum(value) INTO here FROM funds_location(m, placed) WHERE location = 'escrow';
	IF here IS NOT NULL THEN
		RETURN format('order %s: %s left in escrow', placed, here);
	END IF;
	SELECT count(*) INTO here FROM (
		SELECT a.id FROM capture_allocations a
		  LEFT JOIN account_balance_rows b ON b.marketplace_id = a.marketplace_id AND b.party_id = a.seller_id AND b.order_line_id = a.order_line_id
		   AND b.allocation_id = a.id AND b.kind = 'c_commission'
		  LEFT JOIN LATERAL (SELECT sum(minor_units(i.amount)) AS refunded FROM refund_items i WHERE i.marketplace_id = m AND i.allocation_id = a.id) r ON true
		 WHERE a.marketplace_id = m AND a.order_id = placed
		   AND abs(COALESCE(minor_units(b.balance), 0) - minor_units(a.commission + a.commission_vat)
				   * (1 - COALESCE(r.refunded, 0)::numeric / minor_units(a.amount))) > CASE WHEN r.refunded IS NULL THEN 0 ELSE 2.5 END) wrong;
	IF here > 0 THEN
		RETURN format('order %s: %s shares with a wrong commission', placed, here);
	END IF;
	RETURN 'well';
END $$;
SELECT is(string_agg(DISTINCT life, '; '), 'well', 'DESIGN 1.1 random lives') FROM (SELECT pg_temp.live(:m, :buyer, :alpha, :beta) AS life FROM generate_series(1, 12)) l;
SELECT payout_run(:m) AS run \gset
SELECT is((SELECT available FROM seller_balance WHERE marketplace_id = :m AND seller_id = :alpha), 0.00, 'FD-56 all that is payable is in the run');
SELECT is((SELECT amount FROM payout_overview WHERE marketplace_id = :m), (SELECT in_payout FROM seller_balance WHERE marketplace_id = :m AND seller_id = :alpha), 'FD-58 the items are the payout');
SELECT is_empty(format('SELECT * FROM ledger_verify(%s)', :m), 'FD-1 FD-8 the books');
SELECT * FROM finish();
