-- Carriers and claims by rule and vector id: L5 (OTIF), L7 to L9 (caps of liability), R1 to R3 as deadlines of claims, promises by calendar and cut-off,
-- Incoterms, scorecards by hand, rank.
\set m 7197
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET marketplace.clock = '2026-03-02 08:00+00';
\ir ../fixtures/demo_parties.sql
\ir ../fixtures/demo_order.sql
\ir ../fixtures/demo_carrier.sql
SET search_path = marketplace, public;
SELECT plan(63);

-- L7, L8, L9
CREATE FUNCTION pg_temp.owed(m int, document jsonb, wanted text) RETURNS numeric LANGUAGE sql AS $$
SELECT value FROM carrier_liability(m, '{"loss": "90000.00 EUR"}' || document) WHERE what = wanted
$$;
SELECT is(pg_temp.owed(:m, '{"regime": "FR-ROAD", "shipment_kg": 80, "packages": [{"kg": 40}, {"kg": 40}]}', 'cap'), 2000.00, 'v:L7 two lost parcels of 40 kg');
SELECT is(pg_temp.owed(:m, '{"regime": "FR-ROAD", "shipment_kg": 12, "packages": [{"kg": 12}]}', 'cap'), 396.00, 'v:L8 one lost parcel of 12 kg');
SELECT is(pg_temp.owed(:m, '{"regime": "FR-ROAD", "shipment_kg": 5000, "packages": [{"kg": 2000}]}', 'cap'), 16000.00, 'v:L9 2 000 kg of 5 000 kg damaged');
SELECT is(pg_temp.owed(:m, jsonb_build_object('regime', 'FR-ROAD', 'shipment_kg', kg, 'packages', jsonb_build_array(jsonb_build_object('kg', kg))), 'cap'), cap, 'LG-45 ' || kg || ' kg lost')
  FROM (VALUES (2999.999, 1000.00), (3000, 9600.00), (30.303, 1000.00), (0.001, 0.03), (30.30, 999.90)) v(kg, cap);
SELECT is(pg_temp.owed(:m, '{"regime": "FR-ROAD", "shipment_kg": 12, "packages": [{"kg": 12}], "loss": "100.00 EUR"}', 'claim'), 100.00, 'LG-46 the lesser of loss and cap');
SELECT is(pg_temp.owed(:m, '{"regime": "FR-ROAD", "shipment_kg": 12, "packages": [{"kg": 12}], "declared_value": "700.00 EUR"}', 'cap'), 700.00, 'LG-45 a declared value replaces the cap');
SELECT is(pg_temp.owed(:m, '{"regime": "NONE", "shipment_kg": 12, "packages": [{"kg": 12}]}', 'claim'), 90000.00, 'without a cap the loss is owed');
SELECT is(pg_temp.owed(:m, '{"regime": "FR-ROAD", "shipment_kg": 12, "packages": [{"kg": 12}], "handed_over_on": "2010-01-01"}', 'cap'), NULL, 'caps are dated rows: none is known of 2010');
SELECT throws_ok(format('SELECT * FROM carrier_liability(%s, ''{"regime": "CMR", "shipment_kg": 10, "packages": [{"kg": 10}], "loss": "1.00 EUR"}'')', :m), 'MK117', NULL,
	'CMR: no worth of the special drawing right, no guess');
SELECT sdr_rate_set(:m, '{"currency": "EUR", "valid_from": "2026-01-01", "rate": "1.20", "source": "IMF"}') > 0
	AND sdr_rate_set(:m, '{"currency": "EUR", "valid_from": "2026-03-03", "rate": "1.30", "source": "IMF"}') > 0 AS set \gset
SELECT is(pg_temp.owed(:m, '{"regime": "CMR", "shipment_kg": 10, "packages": [{"kg": 10}]}', 'cap'), 99.96, 'CMR 8.33 XDR/kg at the rate of the day');
SELECT ok(NOT verified, 'figures from memory say so') FROM carrier_liability(:m, '{"regime": "AIR", "shipment_kg": 10, "packages": [{"kg": 10}], "loss": "90000.00 EUR"}') WHERE what = 'regime';
SELECT liability_cap_set(:m, '{"regime": "FR-ROAD", "valid_from": "2026-03-01", "unit": "EUR", "per_kg": 40, "source": "a later decree"}') > 0 AS set \gset
SELECT is(pg_temp.owed(:m, jsonb_build_object('regime', 'FR-ROAD', 'shipment_kg', 12, 'packages', '[{"kg": 12}]'::jsonb, 'handed_over_on', day)::jsonb, 'cap'), cap, 'the rows of the day of hand-over: ' || day)
  FROM (VALUES ('2026-02-28', 396.00), ('2026-03-01', 480.00)) v(day, cap);

-- contracts, lanes, promises
SELECT is(carrier_update(:m, 'colis', '{"name": "Colis", "tracking_url": "https://colis.example/t/{number}", "calendar": "FR", "cut_off": "16:30"}'), :carrier::bigint, 'LG-16 calendar and cut-off');
SELECT carrier_service_add(:m, '{"carrier": "colis", "code": "std", "name": "Standard"}') AS std, carrier_service_add(:m, '{"carrier": "colis", "code": "exp", "name": "Express"}') AS exp \gset
SELECT carrier_contract_create(:m, '{"carrier": "colis", "reference": "C1", "valid_from": "2026-01-01", "valid_until": "2027-01-01"}') AS contract \gset
SELECT carrier_lane_set(:m, :contract, '{"service": "std", "valid_from": "2026-01-01", "lead_time": {"n": 3, "unit": "business_days"}, "price": "5", "price_per_kg": "0.333", "currency": "BHD"}') AS lane \gset
SELECT carrier_lane_set(:m, :contract, d) AS lane FROM (VALUES
	('{"service": "std", "origin": "FR", "destination": "FR", "valid_from": "2026-01-01", "lead_time": {"n": 2, "unit": "business_days"}, "price": "6.00", "price_per_kg": "0.33", "currency": "EUR"}'::jsonb),
	('{"service": "exp", "destination": "FR", "valid_from": "2026-01-01", "lead_time": {"n": 1, "unit": "business_days"}, "by_time": "13:00", "price": "12.00", "currency": "EUR"}'),
	('{"service": "exp", "destination": "FR", "valid_from": "2026-04-01", "offered": false}')) v(d) \g /dev/null
SELECT throws_ok(format('SELECT carrier_lane_set(%s, %s, ''{"service": "std", "origin": "FR", "destination": "FR", "valid_from": "2026-01-01"}'')', :m, :contract), 'MK006', NULL, 'RD-7 one row of a lane from a day on');
CREATE FUNCTION pg_temp.send(m int, part bigint, line bigint, number text, service text, kg numeric, quantity numeric DEFAULT 1) RETURNS bigint LANGUAGE sql AS $$
SELECT shipment_create(m, jsonb_strip_nulls(jsonb_build_object('seller_order_id', part, 'carrier', 'colis', 'service', service, 'parcels', jsonb_build_array(jsonb_build_object(
	'tracking_number', number, 'weight_kg', kg, 'contents', jsonb_build_array(jsonb_build_object('order_line_id', line, 'quantity', quantity)))))))
$$;
-- an order of 100 with a window (L5) and one of 40 for all else, both of BETA
CREATE FUNCTION pg_temp.place(m int, buyer bigint, seller bigint, reference text, quantity int, more jsonb) RETURNS bigint LANGUAGE sql AS $$
SELECT order_place(m, jsonb_build_object('reference', reference, 'buyer', buyer, 'currency', 'EUR', 'lines', jsonb_build_array(jsonb_build_object('seller', seller,
	'description', 'Gants', 'quantity', quantity, 'net_price', '7.49', 'vat_category', 'S', 'vat_rate', 20))) || more)
$$;
SELECT pg_temp.place(:m, :buyer, :beta, 'L5', 100, '{"deliver_from": "2026-03-10", "deliver_by": "2026-03-12", "ship_by": "2026-03-09"}') AS l5_order,
	pg_temp.place(:m, :buyer, :beta, 'DAP', 40, '{"deliver_by": "2026-03-04"}') AS dap_order, pg_temp.place(:m, :buyer, :beta, 'FCA', 3, '{"incoterm": "FCA"}') AS fca_order,
	pg_temp.place(:m, :buyer, :beta, 'FOB', 1, '{"incoterm": "FOB"}') AS fob_order \gset
SELECT seller_order_accept(:m, id) AS accepted FROM seller_orders WHERE marketplace_id = :m AND state = 'placed' \g /dev/null
CREATE FUNCTION pg_temp.part(m int, placed bigint) RETURNS bigint LANGUAGE sql AS 'SELECT id FROM seller_orders WHERE marketplace_id = m AND order_id = placed';
CREATE FUNCTION pg_temp.line(m int, placed bigint) RETURNS bigint LANGUAGE sql AS 'SELECT id FROM order_lines WHERE marketplace_id = m AND order_id = placed';
SELECT pg_temp.part(:m, :dap_order) AS dap, pg_temp.line(:m, :dap_order) AS dap_line \gset
SELECT pg_temp.send(:m, :dap, :dap_line, 'P1', 'std', 4) AS p1, pg_temp.send(:m, :dap, :dap_line, 'P2', 'exp', NULL) AS p2, pg_temp.send(:m, :dap, :dap_line, 'P3', NULL, 1) AS p3 \gset
SELECT is(array_agg(shipment_hand_over(:m, s)), ARRAY[:p1, :p2, :p3]::bigint[], 'handed over') FROM unnest(ARRAY[:p1, :p2, :p3]) s;
SET marketplace.clock = '2026-03-06 16:00+00';
SELECT pg_temp.send(:m, :dap, :dap_line, 'P4', 'exp', 1) AS p4 \gset
SELECT shipment_hand_over(:m, :p4) AS handed \gset
SELECT results_eq(format('SELECT service, counted_from, deliver_by, freight, contract, regime FROM shipment_promise_overview WHERE marketplace_id = %s ORDER BY shipment_id', :m), $$VALUES
	('std', '2026-03-02'::date, '2026-03-04 22:59:59.999999+00'::timestamptz, 7.32, 'C1', 'FR-ROAD'),
	('exp', '2026-03-02', '2026-03-03 12:00+00', 12.00, 'C1', 'FR-ROAD'),
	(NULL, NULL, NULL, NULL, NULL, 'FR-ROAD'),
	('exp', '2026-03-09', '2026-03-10 12:00+00', 12.00, 'C1', 'FR-ROAD')$$,
	'promises: end of the second open day; by 13:00 local; several services and none named: none; after the cut-off of a Friday it counts from Monday');
SELECT is(parcel_tracking_url(:m, pg_temp.parcel(:m, 'P1')), 'https://colis.example/t/P1', 'LG-16 tracking page');
SELECT carrier_lane_set(:m, :contract, '{"service": "std", "origin": "FR", "destination": "FR", "valid_from": "2026-03-03", "lead_time": {"n": 9, "unit": "business_days"}}') AS lane \gset
SELECT is(deliver_by, '2026-03-04 22:59:59.999999+00', 'RD-11 what was promised stays promised') FROM shipment_promise_overview WHERE marketplace_id = :m AND shipment_id = :p1;

-- L5
SELECT pg_temp.part(:m, :l5_order) AS l5, pg_temp.line(:m, :l5_order) AS l5_line \gset
SELECT shipment_hand_over(:m, pg_temp.send(:m, :l5, :l5_line, n, NULL, 1, q)) AS handed FROM (VALUES ('A', 60), ('B', 30), ('C', 10)) v(n, q) \g /dev/null
SET marketplace.clock = '2026-03-12 20:00+00';
SELECT pg_temp.track(:m, 'A', 'd', 'delivered', '2026-03-11T10:00:00Z') AS a, pg_temp.track(:m, 'B', 'd', 'delivered', '2026-03-12T10:00:00Z') AS b \gset
SELECT is((unit_otif, in_full, otif, judged), (0.9000, false, false, false), 'L5: before the window is over nothing is judged') FROM order_otif WHERE marketplace_id = :m AND order_id = :l5_order;
SET marketplace.clock = '2026-03-14 20:00+00';
SELECT pg_temp.track(:m, 'C', 'd', 'delivered', '2026-03-14T10:00:00Z') AS c \gset
SELECT is((unit_otif, in_full, otif), (0.9000, true, false), 'v:L5 unit OTIF 0.9000, in full, not order OTIF') FROM order_otif WHERE marketplace_id = :m AND order_id = :l5_order;
SELECT results_eq(format('SELECT period, judged, unit_otif, order_otif_pct, in_full_pct, ship_in_time_pct, meets_targets FROM seller_scorecard(%s, ''2026-03-12'', ''2026-03-13'', ''day'', %s)', :m, :beta),
	$$VALUES ('2026-03-12'::date, 1::bigint, 0.9000, 0.00, 100.00, 100.00, true)$$, 'LG-37 of the seller: 90 % on time and 95 % in full are met');

-- the carrier: P1 in time at the second attempt, P2 late and damaged, P3 lost (no promise), P4 in time but short
SELECT pg_temp.track(:m, 'P1', 'a', 'attempt_failed', '2026-03-04T08:00:00Z') AS a, pg_temp.track(:m, 'P1', 'd', 'delivered', '2026-03-04T20:00:00Z') AS b,
	pg_temp.track(:m, 'P2', 'd', 'delivered', '2026-03-03T12:00:01Z') AS c, pg_temp.track(:m, 'P3', 'l', 'lost', '2026-03-10T12:00:00Z') AS d,
	pg_temp.track(:m, 'P4', 'd', 'delivered', '2026-03-10T12:00:00Z') AS e, pg_temp.track(:m, 'P4', 'w', 'exception', '2026-03-09T12:00:00Z') AS f,
	pg_temp.correct(:m, 'P4', 'x', 'w', 'did_not_occur') AS g \gset
CREATE FUNCTION pg_temp.reserve(m int, placed bigint, number text, line bigint, kind text, at text DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
SELECT receipt_confirm(m, jsonb_strip_nulls(jsonb_build_object('order_id', placed, 'parcel_id', pg_temp.parcel(m, number), 'received_at', at, 'lines', jsonb_build_array(jsonb_build_object(
	'order_line_id', line, 'quantity', 1, 'condition', 'with_reserves', 'reserve', jsonb_build_object('kind', kind, 'text', 'the box was open, a pair is gone or torn'))))))
$$;
SET marketplace.clock = '2026-03-10 18:00+00';
SELECT pg_temp.reserve(:m, :dap_order, 'P2', :dap_line, 'damaged') AS r, pg_temp.reserve(:m, :dap_order, 'P4', :dap_line, 'missing') AS s \gset
SET marketplace.clock = '2026-03-14 20:00+00';
SELECT results_eq(format('SELECT parcels, arrived, judged, on_time_pct, in_full_pct, unit_otif, orders_judged, order_otif_pct, first_attempt_pct, damage_pct, loss_pct, corrections_per_1000,
	claims_filed FROM carrier_scorecard(%s, ''2026-03-01'', ''2026-04-01'')', :m),
	$$VALUES (7::bigint, 6::bigint, 3::bigint, 66.67, 71.43, 0.3333, 0::bigint, NULL::numeric, 83.33, 16.67, 14.29, 111.11, 0::bigint)$$, 'LG-54 the carrier, counted by hand');
SELECT is((SELECT array_agg((period, parcels) ORDER BY period)::text FROM carrier_scorecard(:m, '2026-03-01', '2026-04-01', 'week', 'colis')), '{"(2026-03-02,7)"}', 'by week');
SELECT throws_ok(format('SELECT * FROM carrier_scorecard(%s, ''2026-03-01'', ''2026-04-01'', ''fortnight'')', :m), 'MK002', NULL, 'known periods only');

-- rank: the line of demo_order is promised for 2027-12-31, the gloves of a new order for Tuesday
SET marketplace.clock = '2026-03-16 09:00+00';
SELECT carrier_service_add(:m, jsonb_build_object('carrier', carrier, 'code', 'std', 'name', 'S')) AS fast FROM (SELECT 'vite' AS carrier FROM carrier_create(:m, '{"code": "vite", "name": "Vite"}')) v \gset
SELECT carrier_contract_create(:m, jsonb_build_object('carrier', 'vite', 'reference', 'V1', 'seller_id', :beta)) AS own_contract \gset
SELECT carrier_lane_set(:m, :own_contract, '{"service": "std", "lead_time": {"n": 24, "unit": "hours"}, "price": "24.00", "currency": "EUR"}') AS lane \gset
SELECT pg_temp.place(:m, :buyer, :beta, 'RANK', 1, '{"deliver_by": "2026-03-17"}') AS rank_order \gset
SELECT results_eq(format('SELECT rank, carrier, service, deliver_by, meets_promise, price, parcels, judged, on_time, lost_or_damaged, on_time_score, intact_score, price_score, score
	FROM carrier_rank(%s, ARRAY[%s]::bigint[], NULL, 2)', :m, pg_temp.line(:m, :rank_order)), $$VALUES
	(1, 'colis', 'exp', '2026-03-17 12:00+00'::timestamptz, true, 12.00, 2::bigint, 2::bigint, 1::bigint, 2::bigint, 0.8333, 0.7500, 1.0000, 84.17),
	(2, 'vite', 'std', '2026-03-17 09:00+00', true, 24.00, 0, 0, 0, 0, 0.9000, 0.9000, 0.5000, 82.00),
	(3, 'colis', 'std', '2026-03-27 22:59:59.999999+00', false, NULL, 1, 1, 1, 0, 0.9091, 0.9091, 0.0000, 72.73)$$, 'carrier_rank: promise kept first, then the score, all its figures');
SELECT is(array_agg(carrier ORDER BY rank), '{colis,colis}', 'a seller''s own contract is nobody else''s') FROM carrier_rank(:m, ARRAY[:line1]::bigint[]);
SELECT is(array_agg(service ORDER BY rank), '{std}', 'what is no longer offered is not ranked') FROM carrier_rank(:m, ARRAY[:line1]::bigint[], '2026-04-02 09:00+00');
SELECT throws_ok(format('SELECT * FROM carrier_rank(%s, ARRAY[%s, %s]::bigint[])', :m, :line1, :line3), 'MK002', NULL, 'lines of one seller order');

-- LG-39: each term, the holder before and after
SELECT is((SELECT count(*)::int FROM incoterm_rules), 11, 'LG-39 eleven terms');
SELECT shipment_hand_over(:m, pg_temp.send(:m, pg_temp.part(:m, :fca_order), pg_temp.line(:m, :fca_order), 'F', NULL, 2, 2)) AS fca_shipment,
	shipment_hand_over(:m, pg_temp.send(:m, pg_temp.part(:m, :fob_order), pg_temp.line(:m, :fob_order), 'G', NULL, 1)) AS fob_shipment \gset
SELECT results_eq(format('SELECT "position", holder, passed_by FROM risk_explain(%s, %s)', :m, pg_temp.line(:m, :fca_order)), $$VALUES ('in_transit', 'buyer', 'handed_over'), ('to_ship', 'seller', NULL)$$, 'FCA: the buyer''s from the hand-over on');
SELECT is(holder, 'seller', 'FCA: as of before it, the seller''s') FROM risk_explain(:m, pg_temp.line(:m, :fca_order), '2026-03-16 08:00+00') WHERE "position" = 'in_transit';
SELECT is(holder, 'seller', 'FOB: the carrier has it, it is not on board') FROM risk_explain(:m, pg_temp.line(:m, :fob_order));
SELECT risk_fact_record(:m, jsonb_build_object('shipment_id', :fob_shipment, 'fact', 'on_board', 'occurred_at', '2026-03-16T09:00:00Z', 'place', 'LE HAVRE', 'proof', jsonb_build_object('sha256', repeat('b', 64)))) AS fact \gset
SELECT is((holder, passed_by, claimant), ('buyer'::text, 'on_board'::text, 'buyer'::text), 'FOB: on board') FROM risk_explain(:m, pg_temp.line(:m, :fob_order));
SELECT is((holder, borne_by, loss), ('seller'::text, 'seller'::text, 'loss'::text), 'DAP: lost on the way, the seller bears it') FROM risk_explain(:m, :dap_line) WHERE "position" = 'lost';

-- claims: the seller's for P2 (damaged) and P3 (lost)
SELECT is((SELECT array_agg((kind, must_act, protest_by) ORDER BY kind)::text FROM carrier_claim_tasks WHERE marketplace_id = :m AND order_id = :dap_order),
	'{"(damage,seller,2026-03-13)","(loss,seller,)","(missing,seller,2026-03-13)"}', 'LG-44 tasks with their deadline');
CREATE FUNCTION pg_temp.claim(m int, shipment bigint, kind text, number text, line bigint, more jsonb DEFAULT '{}') RETURNS bigint LANGUAGE sql AS $$
SELECT carrier_claim_open(m, jsonb_build_object('shipment_id', shipment, 'kind', kind, 'lines', jsonb_build_array(jsonb_build_object('parcel_id', pg_temp.parcel(m, number), 'order_line_id', line) || more)))
$$;
SELECT throws_ok(format('SELECT pg_temp.claim(%s, %s, ''damage'', ''P2'', %s)', :m, :p2, :dap_line), 'MK003', NULL, 'the weight is not known');
SELECT pg_temp.claim(:m, :p2, 'damage', 'P2', :dap_line, '{"kg": 0.5}') AS damage, pg_temp.claim(:m, :p3, 'loss', 'P3', :dap_line) AS loss, pg_temp.claim(:m, :p4, 'missing', 'P4', :dap_line) AS missing \gset
SELECT is((protest_by, claim_by, state), ('2026-03-13'::date, '2027-03-03 12:00:01+00'::timestamptz, 'draft'::text), 'LG-41 received on the 10th, protest by the 13th; sued within a year of the delivery')
  FROM carrier_claim_overview WHERE marketplace_id = :m AND claim_id = :damage;
SELECT throws_ok(format('SELECT carrier_claim_file(%s, %s)', :m, :damage), 'MK124', NULL, 'LG-41 no claim without a protest');
CREATE FUNCTION pg_temp.protest(m int, claim bigint, at text, means text DEFAULT 'registered_letter') RETURNS bigint LANGUAGE sql AS $$
SELECT carrier_claim_protest(m, claim, jsonb_build_object('posted_at', at, 'means', means, 'text', 'box crushed', 'proof', jsonb_build_object('sha256', repeat('a', 64))))
$$;
SELECT pg_temp.protest(:m, :damage, '2026-03-13T22:30:00Z') AS protested, pg_temp.protest(:m, :missing, '2026-03-13T23:00:00Z') AS late \gset
SELECT results_eq(format('SELECT forfeited FROM carrier_claim_overview WHERE marketplace_id = %s AND kind <> ''loss'' ORDER BY kind', :m), 'VALUES (false), (true)', 'LG-44 the last evening in Paris is in time, past midnight is not: kept and flagged');
SELECT throws_ok(format('SELECT carrier_claim_file(%s, %s)', :m, :missing), 'MK124', NULL, 'LG-44 forfeited');
SELECT carrier_claim_file(:m, :damage) AS filed, carrier_claim_file(:m, :loss) AS filed2 \gset
SELECT is(array_agg((loss, cap, claimed) ORDER BY claim_id)::text, '{"(7.49,20.00,7.49)","(7.49,40.00,7.49)"}', 'LG-46 claimed: the net price, under the cap of the decree in force') FROM carrier_claim_overview WHERE marketplace_id = :m AND state = 'filed';
SELECT throws_ok(format('SELECT pg_temp.claim(%s, %s, ''loss'', ''P3'', %s)', :m, :p3, :dap_line), 'MK124', NULL, 'the same goods are claimed once');
-- R1 to R3
SELECT is(business_day_add(protest_calendar, received, protest_days), by, 'v:' || id || ' by the row of the regime') FROM carriage_regimes,
	(VALUES ('R1', '2016-05-18'::date, '2016-05-21'::date), ('R2', '2026-05-07', '2026-05-12'), ('R3', '2026-12-24', '2026-12-29')) v(id, received, by) WHERE regime = 'FR-ROAD';

-- the carrier answers and pays: 14.00 for both, in one transfer
SELECT throws_ok(format('SELECT carrier_claim_answer(%s, %s, ''{"accepted": "8.00 EUR"}'')', :m, :loss), 'MK124', NULL, 'not more than is claimed');
SELECT carrier_claim_answer(:m, :loss, '{"accepted": "7.49 EUR", "carrier_reference": "S-1"}') AS a, carrier_claim_answer(:m, :damage, '{"refused": "badly packed"}') AS b \gset
SELECT carrier_claim_contest(:m, :damage, 'packed as agreed') AS c \gset
SELECT carrier_claim_answer(:m, :damage, '{"accepted": "6.51 EUR"}') AS d \gset
SELECT funds_receive(:m, '{"external_id": "7196-1", "source": "bank", "amount": "14.00 EUR", "value_date": "2026-03-16"}') AS money \gset
SELECT throws_ok(format('SELECT carrier_claim_pay(%s, ''{"money_receipt_id": %s, "claims": [{"claim_id": %s}]}'')', :m, :money, :loss), 'MK110', NULL, 'the whole transfer is explained, or nothing of it');
SELECT is(carrier_claim_pay(:m, jsonb_build_object('money_receipt_id', :money, 'claims', jsonb_build_array(jsonb_build_object('claim_id', :loss), jsonb_build_object('claim_id', :damage)))), LEAST(:loss, :damage)::bigint, 'paid');
SELECT is(array_agg((bearer, party_id = :beta, borne, recovered, uncovered) ORDER BY claim_id)::text, '{"(seller,t,7.49,6.51,0.98)","(seller,t,7.49,7.49,0.00)"}', 'FD-P27 to who bore it; the rest stays with it') FROM carrier_recovery_overview WHERE marketplace_id = :m;
SELECT is((SELECT array_agg((kind, amount_value(balance)) ORDER BY kind::text)::text FROM accounts WHERE marketplace_id = :m AND kind IN ('c_seller', 'c_suspense')), '{"(c_seller,14.00)","(c_suspense,0.00)"}', 'posted to the cent');
SELECT is_empty(format('SELECT * FROM ledger_verify(%s)', :m), 'the books verify');
SELECT is((SELECT array_agg((claims_filed, claims_paid))::text FROM carrier_scorecard(:m, '2026-03-01', '2026-03-10')), '{"(2,2)"}', 'LG-54 claims filed and paid');

-- goodwill by the platform, and the buyer's risk: who bore it shares in proportion
SELECT payment_settle(:m, payment_capture(:m, payment_authorize(:m, :fca_order, '26.96 EUR'))) AS settled \gset
SET marketplace.clock = '2026-03-20 09:00+00';
SELECT pg_temp.track(:m, 'F', 'l', 'lost', '2026-03-18T12:00:00Z') AS lost \gset
SELECT refund_create(:m, jsonb_build_object('order_id', :fca_order, 'door', 'goodwill', 'lines', jsonb_build_array(jsonb_build_object('order_line_id', pg_temp.line(:m, :fca_order), 'amount', '5.99 EUR')))) AS goodwill \gset
SELECT pg_temp.claim(:m, :fca_shipment, 'loss', 'F', pg_temp.line(:m, :fca_order)) AS fca_claim \gset
SELECT is((claimant, borne_by, loss), ('buyer'::text, 'buyer'::text, 14.98), 'FCA: the buyer bears and claims') FROM carrier_claim_overview WHERE marketplace_id = :m AND claim_id = :fca_claim;
SELECT carrier_claim_file(:m, :fca_claim) AS filed, carrier_claim_answer(:m, :fca_claim, '{"accepted": "14.97 EUR"}') AS accepted, funds_receive(:m, '{"external_id": "7196-2", "source": "bank", "amount": "14.97 EUR", "value_date": "2026-03-20"}') AS money \gset
SELECT throws_ok(format('SELECT carrier_claim_pay(%s, ''{"reference": "to the buyer", "claims": [{"claim_id": %s}]}'')', :m, :fca_claim), 'MK003', NULL, 'the platform bore a part: not past it');
SELECT carrier_claim_pay(:m, jsonb_build_object('money_receipt_id', :money, 'claims', jsonb_build_array(jsonb_build_object('claim_id', :fca_claim)))) AS paid \gset
SELECT is(array_agg((bearer, borne, recovered) ORDER BY bearer)::text, '{"(buyer,9.99,9.98)","(platform,4.99,4.99)"}', 'RD-9 largest remainder, no cent is lost') FROM carrier_recovery_overview WHERE marketplace_id = :m AND claim_id = :fca_claim;
SELECT is_empty(format('SELECT * FROM ledger_verify(%s)', :m), 'the books verify');

-- the clock of a year
SELECT is((SELECT state FROM carrier_claim_overview WHERE marketplace_id = :m AND claim_id = :missing), 'draft', 'a draft');
SET marketplace.clock = '2027-03-11 09:00+00';
SELECT tick(:m, 1000) AS done \gset
SELECT is((state, uncovered), ('time_barred'::text, 7.49), 'LG §8 time-barred by tick()') FROM carrier_claim_overview WHERE marketplace_id = :m AND claim_id = :missing;
SELECT * FROM finish();
