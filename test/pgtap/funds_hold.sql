-- Holds, maturity and reserve by rule id: vector D5, FD-38 to FD-42, FD-19, FD-21, FD-P08, and random lives of orders with holds placed and lifted, in
-- which no cent is lost and no held cent is paid out. The seed is printed; PROPERTY_SEED=N runs another history.
SET search_path = marketplace, public;
SET client_min_messages = warning;
SELECT plan(59);

\set seed 420042
\getenv seed PROPERTY_SEED
SELECT diag('seed of the random lives: ' || :seed);
SELECT setseed((:seed % 1000000) / 1000000.0) \gset

CREATE TEMP SEQUENCE numbers;
SELECT 2000000 + (random() * 1000000)::int AS m \gset
SET marketplace.clock = '2026-03-02 08:00+00';
SELECT ok(marketplace_create(:m, '{"name": "Holds", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "OPERATOR", "country": "FR", "siren": "100000009"}}') > 0, 'a marketplace');
SELECT party_create(:m, '{"name": "ALPHA", "country": "FR", "capacities": ["seller"]}') AS alpha,
	party_create(:m, '{"name": "BETA", "country": "FR", "capacities": ["seller"]}') AS beta,
	party_create(:m, '{"name": "BUYER", "country": "FR", "capacities": ["buyer"]}') AS buyer \gset
SELECT carrier_create(:m, '{"code": "van", "name": "VAN"}') AS carrier \gset
SELECT bank_account_verify(:m, bank_account_add(:m, :alpha, '{"iban": "FR1420041010050500013M02606", "currency": "EUR"}')) AS bank_alpha,
	bank_account_verify(:m, bank_account_add(:m, :beta, '{"iban": "DE89370400440532013000", "currency": "EUR"}')) AS bank_beta \gset

-- A paid order of 'seller:quantity:price' lines of goods without VAT, accepted by its sellers.
CREATE FUNCTION pg_temp.place(m int, buyer bigint, VARIADIC lines text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	placed bigint := order_place(m, jsonb_build_object('reference', 'H' || nextval('numbers'), 'buyer', buyer, 'currency', 'EUR', 'lines',
		(SELECT jsonb_agg(jsonb_build_object('seller', p[1]::bigint, 'quantity', p[2], 'net_price', p[3], 'description', 'thing', 'vat_category', 'Z', 'vat_rate', 0) ORDER BY n)
		   FROM unnest(lines) WITH ORDINALITY l(line, n), string_to_array(line, ':') p)));
BEGIN
	PERFORM seller_order_accept(m, s.id) FROM seller_orders s WHERE s.marketplace_id = m AND s.order_id = placed;
	RETURN placed;
END $$;
CREATE FUNCTION pg_temp.pay(m int, placed bigint) RETURNS bigint LANGUAGE sql AS
$$ SELECT payment_settle(m, payment_capture(m, payment_authorize(m, placed, (SELECT sum(escrow_gross) FROM order_lines WHERE marketplace_id = m AND order_id = placed)))) $$;
CREATE FUNCTION pg_temp.line(m int, placed bigint, at int) RETURNS bigint LANGUAGE sql AS
$$ SELECT id FROM order_lines WHERE marketplace_id = m AND order_id = placed AND position = at $$;
CREATE FUNCTION pg_temp.accept(m int, placed bigint, at int, pieces numeric) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	PERFORM shipment_hand_over(m, shipment_create(m, jsonb_build_object('seller_order_id', l.seller_order_id, 'carrier', 'van', 'parcels',
		jsonb_build_array(jsonb_build_object('contents', jsonb_build_array(jsonb_build_object('order_line_id', l.id, 'quantity', pieces)))))))
	   FROM order_lines l WHERE l.marketplace_id = m AND l.order_id = placed AND l.position = at;
	RETURN receipt_confirm(m, jsonb_build_object('order_id', placed, 'lines', jsonb_build_array(
		jsonb_build_object('order_line_id', pg_temp.line(m, placed, at), 'quantity', pieces, 'condition', 'conform'))));
END $$;
CREATE FUNCTION pg_temp.hold(m int, target text, id bigint, what jsonb) RETURNS bigint LANGUAGE sql AS
$$ SELECT hold_place(m, jsonb_build_object(target, id, 'reason', 'dispute') || what) $$;
-- 'location value, …', and what is held
CREATE FUNCTION pg_temp.at(m int, placed bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(location || ' ' || v, ', ' ORDER BY location) FROM (SELECT location, sum(value) AS v FROM funds_location(m, placed) WHERE NOT memo GROUP BY 1) x $$;
CREATE FUNCTION pg_temp.held(m int, placed bigint) RETURNS numeric LANGUAGE sql AS $$ SELECT sum(held) FROM funds_location(m, placed) $$;

-- vector D5: only the disputed part is held, the rest is released
SELECT pg_temp.place(:m, :buyer, :alpha || ':1:480', :alpha || ':1:780') AS o \gset
SELECT ok(pg_temp.pay(:m, :o) > 0, 'v:D5 1260.00 paid, in escrow');
SELECT pg_temp.hold(:m, 'order_line_id', pg_temp.line(:m, :o, 1), '{"quantity": 1}') AS h \gset
SELECT is(pg_temp.held(:m, :o), 480.00, 'v:D5 held');
SELECT is((SELECT sum(value - held) FROM funds_location(:m, :o) WHERE location = 'escrow'), 780.00, 'v:D5 releasable');
SELECT count(pg_temp.accept(:m, :o, at, 1)) AS accepted FROM generate_series(1, 2) at \gset
SELECT is(pg_temp.at(:m, :o), 'escrow 480.00, seller_available 780.00', 'v:D5 780.00 released, 480.00 kept');
SELECT is(hold_lift(:m, :h, reason => 'settled'), :h::bigint, 'DP-35 the dispute ends');
SELECT is(pg_temp.at(:m, :o), 'seller_available 1260.00', 'FD-19 released in the same commit');
SELECT is((SELECT max(e.id) FILTER (WHERE type = 'escrow.released') > max(e.id) FILTER (WHERE type = 'hold.lifted') FROM events e WHERE e.marketplace_id = :m AND aggregate = 'order' AND aggregate_id = :o),
	true, 'FD-19 the release follows from the lifting');
SELECT pg_temp.place(:m, :buyer, :alpha || ':1:1260') AS o \gset
SELECT pg_temp.pay(:m, :o) AS paid, pg_temp.hold(:m, 'order_line_id', pg_temp.line(:m, :o, 1), '{"amount": "480.00 EUR"}') AS h, pg_temp.accept(:m, :o, 1, 1) AS accepted \gset
SELECT is(pg_temp.at(:m, :o), 'escrow 480.00, seller_available 780.00', 'v:D5 in one line: the exact amount');

-- FD-38, FD-39: the larger on a slice counts, slices add up, the balance is the cap
SELECT pg_temp.place(:m, :buyer, :alpha || ':1:100') AS o \gset
SELECT pg_temp.pay(:m, :o) AS paid, pg_temp.line(:m, :o, 1) AS line \gset
SELECT pg_temp.hold(:m, 'order_line_id', :line, '{"amount": "30.00 EUR"}') AS h1 \gset
SELECT throws_ok(format('UPDATE holds SET amount = ''40.00 EUR'' WHERE marketplace_id = %s AND id = %s', :m, :h1), 'MK040', NULL, 'FD-38 a hold is never raised');
SELECT pg_temp.hold(:m, 'order_line_id', :line, '{"amount": "40.00 EUR"}') AS h2 \gset
SELECT is(pg_temp.held(:m, :o), 40.00, 'FD-39 two holds on one slice do not add up');
SELECT pg_temp.hold(:m, 'order_line_id', :line, '{"amount": "25.00 EUR", "slice": "other"}') AS h3 \gset
SELECT is(pg_temp.held(:m, :o), 65.00, 'FD-39 distinct slices do');
SELECT pg_temp.hold(:m, 'order_line_id', :line, '{"amount": "1000.00 EUR", "slice": "third"}') AS h4 \gset
SELECT is(pg_temp.held(:m, :o), 100.00, 'FD-39 never more than the balance');
SELECT hold_lift(:m, :h4, reason => 'x') AS lifted, hold_lift(:m, :h2, reason => 'x') AS lifted2 \gset
SELECT is(pg_temp.held(:m, :o), 55.00, 'FD-40 the smaller hold on the slice still stands');
SELECT hold_lift(:m, :h1, '10.00 EUR', 'x') AS lifted \gset
SELECT is(pg_temp.held(:m, :o), 45.00, 'FD-38 lifted in part');
SELECT pg_temp.hold(:m, 'order_id', :o, '{"all": true, "reason": "legal"}') AS h5 \gset
SELECT is(pg_temp.held(:m, :o), 100.00, 'FD-39 all is the balance');
SELECT hold_lift(:m, h, reason => 'x') FROM unnest(ARRAY[:h1, :h3, :h5]) h \g /dev/null
SELECT is(pg_temp.held(:m, :o), 0.00, 'FD-40 free when every hold is lifted');
SELECT throws_ok(format('SELECT hold_lift(%s, %s, reason => ''x'')', :m, :h1), 'MK030', NULL, 'FD-38 a lifted hold stays lifted');

-- RD-10: quantities held piece by piece hold exactly the whole; the same piece is not held twice
SELECT pg_temp.place(:m, :buyer, :alpha || ':3:3.3333') AS o \gset
SELECT pg_temp.pay(:m, :o) AS paid, pg_temp.line(:m, :o, 1) AS line \gset
SELECT pg_temp.hold(:m, 'order_line_id', :line, jsonb_build_object('quantity', 1, 'slice', 'piece ' || n)) FROM generate_series(1, 3) n \g /dev/null
SELECT is((SELECT string_agg(amount::text, ', ' ORDER BY id) FROM holds WHERE marketplace_id = :m AND order_id = :o), '3.33 EUR, 3.34 EUR, 3.33 EUR', 'RD-10 shares of a quantity are cumulative');
SELECT is(pg_temp.held(:m, :o), 10.00, 'RD-10 together they hold the whole');
SELECT throws_ok(format('SELECT pg_temp.hold(%s, ''order_line_id'', %s, ''{"quantity": 1, "slice": "piece 4"}'')', :m, :line), 'MK100', NULL, 'there is no fourth piece');

-- FD-39 random holds on one line against the formula
CREATE FUNCTION pg_temp.formula(m int, placed bigint, line bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	expected numeric;
BEGIN
	FOR i IN 1 .. 60 LOOP
		IF random() < 0.6 THEN
			PERFORM pg_temp.hold(m, 'order_line_id', line, jsonb_build_object('slice', 's' || floor(random() * 4))
				|| CASE WHEN random() < 0.1 THEN '{"all": true}' ELSE jsonb_build_object('amount', round((random() * 60)::numeric + 0.01, 2) || ' EUR') END);
		ELSE
			PERFORM hold_lift(m, h.id, CASE WHEN h.amount IS NOT NULL AND random() < 0.5 AND minor_units(h.amount - h.lifted) > 1
				THEN amount_of_minor_units(1 + floor(random() * (minor_units(h.amount - h.lifted) - 1))::bigint, 'EUR') END, 'x')
			   FROM holds h WHERE h.marketplace_id = m AND h.order_line_id = line AND h.state = 'active' AND random() < 0.2;
		END IF;
		SELECT LEAST(200, COALESCE(sum(most), 0)) INTO expected FROM (SELECT max(COALESCE(amount_value(h.amount - h.lifted), 200)) AS most
			FROM holds h WHERE h.marketplace_id = m AND h.order_line_id = line AND h.state = 'active' GROUP BY h.slice) s;
		IF expected <> pg_temp.held(m, placed) THEN
			RETURN format('step %s: expected %s, held %s', i, expected, pg_temp.held(m, placed));
		END IF;
	END LOOP;
	RETURN NULL;
END $$;
SELECT pg_temp.place(:m, :buyer, :alpha || ':1:200') AS o \gset
SELECT pg_temp.pay(:m, :o) AS paid \gset
SELECT is(pg_temp.formula(:m, :o, pg_temp.line(:m, :o, 1)), NULL, 'FD-39 min(balance, sum over slices of the largest), 60 random holds and liftings');

-- FD-21, DP-33: after the release holds take what is still there
SELECT payout_run(:m) AS run \gset
SELECT payout_confirm(:m, p.id) FROM payouts p WHERE p.marketplace_id = :m AND p.state IN ('planned', 'approved') \g /dev/null
SELECT pg_temp.place(:m, :buyer, :alpha || ':1:100') AS o \gset
SELECT pg_temp.pay(:m, :o) AS paid, pg_temp.accept(:m, :o, 1, 1) AS accepted \gset
SELECT pg_temp.hold(:m, 'order_line_id', pg_temp.line(:m, :o, 1), '{"amount": "60.00 EUR", "reason": "late_evidence"}') AS h \gset
SELECT is((SELECT location || ' ' || held FROM funds_location(:m, :o)), 'seller_available 60.00', 'FD-21 a late event holds what was released');
SELECT ok(payout_run(:m) > 0, 'FD-57 a run');
SELECT is(pg_temp.at(:m, :o), 'payout_frozen 40.00, seller_available 60.00', 'FD-41 never contains a cent that was held before');
SELECT pg_temp.hold(:m, 'order_line_id', pg_temp.line(:m, :o, 1), '{"amount": "60.01 EUR", "reason": "late_evidence"}') AS h2 \gset
SELECT is(pg_temp.at(:m, :o), 'seller_available 100.00', 'FD-41, FD-P12 a hold after the freeze drops the item in the same commit');
SELECT hold_lift(:m, x, reason => 'x') FROM unnest(ARRAY[:h, :h2]) x \g /dev/null
SELECT payout_run(:m) AS run \gset
SELECT payout_send(:m, p.id) FROM payouts p WHERE p.marketplace_id = :m AND p.batch_id = :run \g /dev/null
SELECT pg_temp.hold(:m, 'order_line_id', pg_temp.line(:m, :o, 1), '{"amount": "30.00 EUR"}') AS h \gset
SELECT is(pg_temp.at(:m, :o), 'payout_in_flight 100.00', 'FD-41 what was sent is not pulled back');
SELECT is((SELECT payload ->> 'amount' FROM events WHERE marketplace_id = :m AND type = 'payout.cancellation_requested' ORDER BY id DESC LIMIT 1), '30.00 EUR', 'FD-41 its cancellation is asked for');
SELECT payout_fail(:m, p.id, 'CANC') FROM payouts p WHERE p.marketplace_id = :m AND p.batch_id = :run \g /dev/null
SELECT is((SELECT location || ' ' || value || ' held ' || held FROM funds_location(:m, :o)), 'seller_available 100.00 held 30.00', 'FD-65 back, it is held');
SELECT hold_lift(:m, :h, reason => 'x') AS lifted \gset

-- FD-21, LG-24: a delivery that has released money is voided: what it brought is held in the wallet; when the goods arrive after all it is free
SELECT party_create(:m, '{"name": "GAMMA", "country": "FR", "capacities": ["seller"]}') AS gamma \gset
SELECT commission_rule_set(:m, jsonb_build_object('seller_id', :gamma, 'rate_pct', 10, 'vat_rate_pct', 0)) AS rule \gset
SELECT pg_temp.place(:m, :buyer, :gamma || ':4:25', :gamma || ':1:7') AS o \gset
SELECT policy_set(:m, 'fd.release_on', '"delivered"', jsonb_build_object('order_id', :o)), pg_temp.pay(:m, :o) \g /dev/null
CREATE FUNCTION pg_temp.track(m int, number text, event text, more jsonb) RETURNS bigint LANGUAGE sql AS
$$ SELECT tracking_record(m, jsonb_build_object('source', 'van', 'source_event_id', event, 'carrier', 'van', 'tracking_number', number, 'occurred_at', clock()) || more) $$;
SELECT shipment_hand_over(:m, shipment_create(:m, jsonb_build_object('seller_order_id', (SELECT id FROM seller_orders WHERE marketplace_id = :m AND order_id = :o), 'carrier', 'van', 'parcels',
	jsonb_build_array(jsonb_build_object('tracking_number', 'V1', 'contents', jsonb_build_array(jsonb_build_object('order_line_id', pg_temp.line(:m, :o, 1), 'quantity', 3))))))) AS shipment \gset
SELECT pg_temp.track(:m, 'V1', 'd1', '{"state": "delivered"}') AS delivered \gset
SELECT is(pg_temp.at(:m, :o), 'commission 7.50, escrow 32.00, seller_available 67.50', 'FD-17 released by the delivery of three');
SELECT pg_temp.track(:m, 'V1', 'c1', '{"corrects": {"source": "van", "source_event_id": "d1", "reason": "did_not_occur"}}') AS voided \gset
SELECT is(pg_temp.at(:m, :o), 'commission 7.50, escrow 32.00, seller_available 67.50', 'FD-21 voided, the posting stands');
SELECT is((SELECT format('%s %s %s %s', target, reason, owner, amount) FROM holds WHERE marketplace_id = :m AND seller_id = :gamma AND state = 'active'), 'seller late_evidence system 67.50 EUR', 'LG-24 what it brought is held in the wallet');
SELECT pg_temp.track(:m, 'V1', 'd2', '{"state": "delivered"}') AS delivered \gset
SELECT is((SELECT count(*) FROM holds WHERE marketplace_id = :m AND seller_id = :gamma AND state = 'active'), 0::bigint, 'and free when the goods have arrived after all');
SELECT is(pg_temp.at(:m, :o), 'commission 7.50, escrow 32.00, seller_available 67.50', 'nothing is released twice');

-- FD-57: the whole wallet
SELECT pg_temp.hold(:m, 'seller_id', :alpha, '{"reason": "kyc"}') AS h \gset
SELECT payout_run(:m) AS run \gset
SELECT is((SELECT count(*) FROM payouts WHERE marketplace_id = :m AND batch_id = :run AND seller_id = :alpha), 0::bigint, 'FD-57 no payout while the wallet is held');
SELECT pg_temp.place(:m, :buyer, :alpha || ':1:10') AS o2 \gset
SELECT pg_temp.pay(:m, :o2) AS paid, pg_temp.accept(:m, :o2, 1, 1) AS accepted \gset
SELECT is((SELECT location || ' held ' || held FROM funds_location(:m, :o2)), 'seller_available held 10.00', 'FD-39 all is what comes in later too');
SELECT hold_lift(:m, :h, reason => 'x') AS lifted \gset
SELECT pg_temp.hold(:m, 'seller_id', :alpha, '{"amount": "15.00 EUR"}') AS h \gset
SELECT payout_run(:m) AS run \gset
SELECT is((SELECT sum(amount_value(amount)) FROM payouts WHERE marketplace_id = :m AND batch_id = :run AND seller_id = :alpha),
	(SELECT sum(minor_units(a.balance)) / 100.0 FROM accounts a WHERE a.marketplace_id = :m AND a.party_id = :alpha AND a.kind = 'c_payout_clearing'), 'an amount of the wallet leaves the rest');
SELECT is((SELECT available FROM seller_balance WHERE marketplace_id = :m AND seller_id = :alpha), 15.00, 'and stays');
SELECT is((SELECT location FROM funds_location(:m, :o2)), 'seller_available', 'the newest cents are held first');
SELECT hold_lift(:m, :h, reason => 'x') AS lifted \gset

-- FD-38: the clock ends a hold; FD-21: the PSP's limit raises an alarm and releases nothing
SELECT pg_temp.place(:m, :buyer, :beta || ':1:50') AS o \gset
SELECT pg_temp.pay(:m, :o) AS paid, pg_temp.hold(:m, 'order_id', :o, '{"all": true, "until": "2026-03-05T00:00:00Z"}') AS h, pg_temp.accept(:m, :o, 1, 1) AS accepted \gset
SET marketplace.clock = '2026-03-04 23:59:59+00';
SELECT tick(:m) AS done \gset
SELECT is(pg_temp.at(:m, :o), 'escrow 50.00', 'FD-38 held until then');
SET marketplace.clock = '2026-03-05 00:00+00';
SELECT tick(:m) AS done \gset
SELECT is(pg_temp.at(:m, :o) || ' ' || (SELECT state FROM holds WHERE marketplace_id = :m AND id = :h), 'seller_available 50.00 expired', 'FD-38 expired by the clock, released by it');
SELECT pg_temp.place(:m, :buyer, :beta || ':1:70') AS o \gset
SELECT pg_temp.pay(:m, :o) AS paid, pg_temp.hold(:m, 'order_id', :o, '{"all": true}') AS h \gset
SET marketplace.clock = '2026-05-23 23:59:59+00';
SELECT is((SELECT count(*) FROM hold_alarms WHERE marketplace_id = :m AND order_id = :o AND alarm = 'psp_max_hold'), 0::bigint, 'FD-21 no alarm eleven days before');
SET marketplace.clock = '2026-05-24 00:00+00';
SELECT is((SELECT amount FROM hold_alarms WHERE marketplace_id = :m AND order_id = :o AND alarm = 'psp_max_hold'), 70.00, 'FD-21 an alarm ten days before');
SELECT tick(:m) AS done \gset
SELECT is(pg_temp.at(:m, :o), 'escrow 70.00', 'DP-36 it releases nothing by itself');
SELECT ok((SELECT count(*) FROM hold_alarms WHERE marketplace_id = :m AND hold_id = :h) = 1, 'fd.hold_max_days: a hold that stands for long');
SELECT hold_lift(:m, :h, reason => 'x') AS lifted \gset

-- FD-42, FD-P08
SELECT reserve_rule_set(:m, jsonb_build_object('seller_id', :beta, 'pct', '7.5', 'ladder', '[{"days": 10, "pct": 40}, {"days": 20, "pct": 60}]'::jsonb, 'floor', '1.00 EUR')) AS rule,
	policy_set(:m, 'fd.maturity_days', '3') AS maturity \gset
SELECT pg_temp.place(:m, :buyer, :beta || ':3:33.335') AS o \gset
SELECT pg_temp.pay(:m, :o) AS paid \gset
SELECT pg_temp.accept(:m, :o, 1, 1) FROM generate_series(1, 3) \g /dev/null
SELECT is(pg_temp.at(:m, :o), 'reserve 7.50, seller_pending 92.51', 'FD-42 a rolling percentage of three releases, as of one (RD-10); FD-P08 the rest waits');
SELECT is((SELECT string_agg(DISTINCT step || ' of ' || reserve, ', ') FROM reserve_explain(:m, :beta) WHERE order_id = :o), '1.00 of 2.50, 1.50 of 2.50', 'FD-42 each on its ladder');
SET marketplace.clock = '2026-05-27 00:00+00';
SELECT tick(:m) AS done \gset
SELECT is(pg_temp.at(:m, :o), 'reserve 7.50, seller_available 92.51', 'FD-P08 matured');
SET marketplace.clock = '2026-06-03 00:00+00';
SELECT pg_temp.hold(:m, 'order_line_id', pg_temp.line(:m, :o, 1), '{"amount": "6.00 EUR"}') AS h, tick(:m) AS done \gset
SELECT is((SELECT sum(released) FROM reserve_explain(:m, :beta) WHERE order_id = :o), 1.50, 'FD-42 freed down to what open disputes want');
SELECT hold_lift(:m, :h, reason => 'x') AS lifted, tick(:m) AS done \gset
SELECT is((SELECT sum(released) FROM reserve_explain(:m, :beta) WHERE order_id = :o), 3.00, 'FD-42 the first step of the ladder');
SET marketplace.clock = '2026-06-13 00:00+00';
SELECT tick(:m) AS done \gset
SELECT is((SELECT sum(remaining) FROM reserve_explain(:m, :beta)), 1.00, 'FD-42 never below the floor');
SELECT is((SELECT reserve FROM seller_balance WHERE marketplace_id = :m AND seller_id = :beta), 1.00, 'FD-42 what is explained is what the ledger has');

-- FD-P20: what a claim took from the reserve is not freed, and explained as used
SELECT party_create(:m, '{"name": "DELTA", "country": "FR", "capacities": ["seller"]}') AS delta \gset
SELECT reserve_rule_set(:m, jsonb_build_object('seller_id', :delta, 'pct', 10, 'ladder', '[{"days": 5, "pct": 50}, {"days": 10, "pct": 50}]'::jsonb)) AS rule, policy_set(:m, 'fd.maturity_days', '0') AS maturity \gset
SELECT pg_temp.place(:m, :buyer, :delta || ':1:100') AS o \gset
SELECT pg_temp.pay(:m, :o) AS paid, pg_temp.accept(:m, :o, 1, 1) AS accepted \gset
SELECT is(pg_temp.at(:m, :o), 'reserve 10.00, seller_available 90.00', 'FD-42 without maturity');
SELECT refund_create(:m, jsonb_build_object('order_id', :o, 'door', 'return', 'reason', 'broken', 'lines', jsonb_build_array(jsonb_build_object('order_line_id', pg_temp.line(:m, :o, 1), 'amount', '97.00 EUR')))) AS refund \gset
SELECT is(pg_temp.at(:m, :o), 'refund_frozen 97.00, reserve 3.00', 'FD-P20 the reserve pays what the wallet lacks');
SELECT is((SELECT string_agg(format('%s: used %s, left %s, %s', step, used, remaining, state), '; ' ORDER BY due_at) FROM reserve_explain(:m, :delta)), '5.00: used 2.00, left 3.00, waiting; 5.00: used 5.00, left 0.00, used', 'FD-42 explained');
SET marketplace.clock = '2026-06-30 00:00+00';
SELECT tick(:m) AS done \gset
SELECT is(pg_temp.at(:m, :o) || ', ' || (SELECT sum(remaining) || ' left, open: ' || (SELECT count(*) FROM reserve_steps s WHERE s.marketplace_id = :m AND s.seller_id = :delta AND open) FROM reserve_explain(:m, :delta)),
	'refund_frozen 97.00, seller_available 3.00, 0.00 left, open: 0', 'FD-42 the rest is freed, the ladder is done');

-- Random lives with two captures, holds of all kinds, liftings, maturity, reserve and payouts. After every step: each cent in one place, what is held
-- within it; after a run nothing is left available that no hold keeps, and nothing held is in a payout.
CREATE FUNCTION pg_temp.breach(m int, placed bigint, after_run boolean) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws('; ',
		(SELECT format('captured %s, located %s', c, v) FROM (SELECT (SELECT sum(amount_value(amount)) FROM capture_allocations WHERE marketplace_id = m AND order_id = placed) AS c,
			(SELECT sum(value) FROM funds_location(m, placed) WHERE NOT memo) AS v) x WHERE c IS DISTINCT FROM v),
		(SELECT string_agg(format('%s: held %s of %s', location, held, value), ', ') FROM funds_location(m, placed) WHERE held < 0 OR held > value),
		(SELECT string_agg(format('%s of line %s left by the run, held %s', value, order_line_id, held), ', ') FROM funds_location(m, placed) f
		  WHERE after_run AND location = 'seller_available' AND value <> held),
		(SELECT string_agg(format('line %s: holds want %s, hold %s, and %s is in a payout', order_line_id, wanted, held, frozen), ', ') FROM (
			SELECT f.order_line_id, sum(f.held) AS held, COALESCE(sum(f.value) FILTER (WHERE f.location = 'payout_frozen'), 0) AS frozen,
				(SELECT sum(most) FROM (SELECT max(COALESCE(amount_value(p.amount - p.lifted), 1000000)) AS most FROM hold_parts p
					WHERE p.marketplace_id = m AND p.order_line_id = f.order_line_id AND p.open GROUP BY p.slice) s) AS wanted
			  FROM funds_location(m, placed) f WHERE NOT f.memo GROUP BY f.order_line_id) y WHERE frozen > 0 AND wanted > held))
$$;
CREATE FUNCTION pg_temp.live(m int, buyer bigint, alpha bigint, beta bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	placed bigint := pg_temp.place(m, buyer, format('%s:%s:%s', alpha, 2 + floor(random() * 5), round((random() * 90 + 1)::numeric, 2)),
		format('%s:%s:%s', alpha, 1 + floor(random() * 3), round((random() * 20 + 1)::numeric, 3)), format('%s:%s:%s', beta, 1 + floor(random() * 9), round((random() * 9 + 0.1)::numeric, 3)));
	total numeric := (SELECT sum(amount_value(escrow_gross)) FROM order_lines WHERE marketplace_id = m AND order_id = placed);
	payment bigint := payment_authorize(m, placed, (total || ' EUR')::amount);
	now_is timestamptz := current_setting('marketplace.clock')::timestamptz;
	kind int;
	breach text;
	l record;
BEGIN
	PERFORM payment_settle(m, payment_capture(m, payment, (round(total * (0.2 + random() * 0.6)::numeric, 2) || ' EUR')::amount));
	FOR step IN 1 .. 40 LOOP
		now_is := now_is + random() * interval '2 days';
		PERFORM set_config('marketplace.clock', now_is::text, false);
		SELECT o.*, o.quantity - o.cancelled - o.shipped AS to_ship INTO l FROM order_lines o WHERE o.marketplace_id = m AND o.order_id = placed ORDER BY random() LIMIT 1;
		kind := floor(random() * 10);
		CASE kind
			WHEN 0, 1 THEN
				PERFORM pg_temp.accept(m, placed, l.position, ceil(l.to_ship * random()::numeric)) WHERE l.to_ship > 0;
			WHEN 2 THEN
				PERFORM payment_settle(m, payment_capture(m, payment)) FROM payments p WHERE p.marketplace_id = m AND p.id = payment AND p.captured < p.authorised AND random() < 0.4;
			WHEN 3, 4 THEN
				PERFORM CASE floor(random() * 6)
					WHEN 0 THEN pg_temp.hold(m, 'seller_id', l.seller_id, '{"reason": "kyc"}')
					WHEN 1 THEN pg_temp.hold(m, 'order_id', placed, jsonb_build_object('amount', round((random() * 50)::numeric + 0.01, 2) || ' EUR', 'slice', 'o' || floor(random() * 2)))
					WHEN 2 THEN pg_temp.hold(m, 'seller_order_id', l.seller_order_id, jsonb_build_object('all', true, 'until', now_is + random() * interval '5 days'))
					ELSE pg_temp.hold(m, 'order_line_id', l.id, jsonb_build_object('amount', round((random() * 40)::numeric + 0.01, 2) || ' EUR', 'slice', 'l' || floor(random() * 3))) END;
			WHEN 5, 6 THEN
				PERFORM hold_lift(m, h.id, CASE WHEN h.amount IS NOT NULL AND random() < 0.3 AND minor_units(h.amount - h.lifted) > 1 THEN
						amount_of_minor_units(1 + floor(random() * (minor_units(h.amount - h.lifted) - 1))::bigint, 'EUR') END, 'x')
				   FROM holds h WHERE h.marketplace_id = m AND h.state = 'active' AND (h.order_id = placed OR h.target = 'seller') AND random() < 0.5;
			WHEN 7 THEN
				PERFORM tick(m, 1000);
			WHEN 8 THEN
				PERFORM payout_run(m);
			ELSE
				PERFORM CASE WHEN random() < 0.7 THEN payout_confirm(m, p.id) ELSE payout_fail(m, p.id, 'AC01') END
				   FROM payouts p WHERE p.marketplace_id = m AND p.state IN ('planned', 'approved') AND random() < 0.4;
		END CASE;
		breach := pg_temp.breach(m, placed, kind = 8);
		IF breach <> '' THEN
			RETURN format('order %s, step %s of kind %s: %s', placed, step, kind, breach);
		END IF;
	END LOOP;
	-- to the end
	PERFORM payment_settle(m, payment_capture(m, payment)) FROM payments p WHERE p.marketplace_id = m AND p.id = payment AND p.captured < p.authorised;
	FOR l IN SELECT o.*, o.quantity - o.shipped AS to_ship FROM order_lines o WHERE o.marketplace_id = m AND o.order_id = placed AND o.quantity > o.shipped LOOP
		PERFORM pg_temp.accept(m, placed, l.position, l.to_ship);
	END LOOP;
	PERFORM hold_lift(m, h.id, reason => 'end') FROM holds h WHERE h.marketplace_id = m AND h.state = 'active';
	PERFORM set_config('marketplace.clock', (now_is + interval '40 days')::text, false);
	PERFORM tick(m, 1000);
	PERFORM payout_run(m);
	PERFORM payout_confirm(m, p.id) FROM payouts p WHERE p.marketplace_id = m AND p.state IN ('planned', 'approved');
	RETURN (SELECT format('order %s ends with %s', placed, pg_temp.at(m, placed)) WHERE pg_temp.at(m, placed) <> 'paid_out ' || total);
END $$;
SELECT reserve_rule_set(:m, '{"pct": "3.3", "ladder": [{"days": 3, "pct": 50}, {"days": 6, "pct": 50}]}') AS rule,
	reserve_rule_set(:m, jsonb_build_object('seller_id', :beta, 'pct', 10, 'days', 5, 'floor', '0.00 EUR')) AS rule2, policy_set(:m, 'fd.maturity_days', '1') AS maturity \gset
SELECT is(string_agg(breach, E'\n'), NULL, 'no cent lost, nothing held paid out: ' || count(*) || ' random lives')
  FROM (SELECT pg_temp.live(:m, :buyer, :alpha, :beta) AS breach FROM generate_series(1, 12)) l;
SELECT ok((SELECT count(*) FILTER (WHERE state = 'lifted') > 20 FROM holds WHERE marketplace_id = :m)
	AND (SELECT count(*) > 2 FROM payouts WHERE marketplace_id = :m AND state = 'dropped'), 'with holds lifted and payouts dropped');
SELECT is((SELECT string_agg(v::text, E'\n') FROM ledger_verify(:m) v), NULL, 'the ledger verifies');
SELECT * FROM finish();
