-- Logistics by rule and vector id: L1 (all 120 permutations, each event sent 1 to 3 times), L2, L4, the vocabulary RD-60, LG-9 and the samples of GS1.
-- The seed of the repetitions is printed; PROPERTY_SEED=N runs others.
\set m 7190
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
\set seed 241126
\getenv seed PROPERTY_SEED
SET marketplace.clock = '2026-03-01 09:00+00';
\ir ../fixtures/demo_parties.sql
\ir ../fixtures/demo_order.sql
\ir ../fixtures/demo_carrier.sql
SET search_path = marketplace, public;
SELECT plan(41);
SELECT diag('seed of the repetitions: ' || :seed);
SELECT setseed(:seed / 1000000.0) AS seeded \gset

CREATE TEMP TABLE vector (n int, state text, at timestamptz);
INSERT INTO vector VALUES (1, 'label_created', '2026-03-02T08:00Z'), (2, 'handed_over', '2026-03-02T17:10Z'), (3, 'in_transit', '2026-03-03T05:00Z'),
	(4, 'out_for_delivery', '2026-03-04T07:30Z'), (5, 'delivered', '2026-03-04T11:42Z');
CREATE TEMP TABLE permutations AS
WITH RECURSIVE p (items) AS (
	SELECT ARRAY[n] FROM vector UNION ALL SELECT items || n FROM p JOIN vector ON n <> ALL (items))
SELECT row_number() OVER (ORDER BY items)::int AS id, items FROM p WHERE cardinality(items) = 5;
SELECT is(count(*)::int, 120, 'L1: 120 permutations') FROM permutations;

-- an order of 120 units in 120 parcels: 119 more gloves than the worked example has
SELECT order_place(:m, jsonb_build_object('reference', 'L1', 'buyer', :buyer, 'currency', 'EUR', 'deliver_by', '2027-12-31', 'lines',
	jsonb_build_array(jsonb_build_object('seller', :beta, 'sku', 'L1', 'description', 'Gants', 'quantity', 120, 'net_price', '7.49',
		'vat_category', 'S', 'vat_rate', 20)))) AS l1_order \gset
SELECT id AS l1_seller_order FROM seller_orders WHERE marketplace_id = :m AND order_id = :l1_order \gset
SELECT id AS l1_line FROM order_lines WHERE marketplace_id = :m AND order_id = :l1_order \gset
SELECT seller_order_accept(:m, :l1_seller_order) AS accepted \gset
SELECT pg_temp.ship(:m, :l1_seller_order, :l1_line, 'L1-', VARIADIC array_fill(1::numeric, ARRAY[120])) AS l1_shipment \gset
SET marketplace.clock = '2026-03-04 12:00+00';
CREATE TEMP TABLE sendings AS
SELECT p.id, i.position, v.n, v.state, v.at, again
  FROM permutations p CROSS JOIN unnest(p.items) WITH ORDINALITY i(n, position) JOIN vector v ON v.n = i.n
 CROSS JOIN LATERAL generate_series(1, 1 + floor(random() * 3 + p.id * 0)::int) again;
SELECT cmp_ok(count(*), '>', 600::bigint, 'L1: events are sent more than once: ' || count(*)) FROM sendings;
-- in the order of the permutation, repetitions at once and, of the first event, again at the end
DO $$
DECLARE
	s record;
BEGIN
	FOR s IN SELECT * FROM sendings ORDER BY id, position, again LOOP
		PERFORM pg_temp.track(7190, 'L1-' || s.id, 'e' || s.n, s.state, s.at::text || ':00');
	END LOOP;
	FOR s IN SELECT * FROM sendings WHERE position = 1 AND again = 1 ORDER BY id LOOP
		PERFORM pg_temp.track(7190, 'L1-' || s.id, 'e' || s.n, s.state, s.at::text || ':00');
	END LOOP;
END
$$;
SELECT is(count(*)::int, 120, 'L1: each permutation ends delivered at 2026-03-04T11:42Z') FROM parcel_tracking
 WHERE marketplace_id = :m AND shipment_id = :l1_shipment AND state = 'delivered' AND delivered_at = '2026-03-04T11:42Z' AND first_scan_at = '2026-03-02T17:10Z';
SELECT is(array_agg(DISTINCT n), ARRAY[5::bigint], 'L1: five events stored each')
  FROM (SELECT count(*) AS n FROM tracking_events e JOIN parcel_tracking p USING (marketplace_id, parcel_id) WHERE marketplace_id = :m AND shipment_id = :l1_shipment GROUP BY parcel_id) c;
SELECT is((SELECT sum(repeats) FROM tracking_events WHERE marketplace_id = :m), (SELECT count(*) - 600 + 120 FROM sendings), 'LG-19: repeats are counted, not stored');
SELECT is(trim_scale(awaited), 120::numeric, 'L1: every unit delivered once') FROM order_line_quantities WHERE marketplace_id = :m AND order_line_id = :l1_line;
SELECT is(count(DISTINCT (standing, n)), 1::bigint, 'L1: the same history each')
  FROM (SELECT parcel_id, string_agg(state || ':' || standing, ',' ORDER BY occurred_at) AS standing, count(*) AS n
		  FROM tracking_history WHERE marketplace_id = :m AND order_id = :l1_order GROUP BY parcel_id) h;
SELECT is(handed_over_at, '2026-03-02T17:10Z', 'L1: handed over at the first scan, whenever it became known') FROM shipment_overview WHERE marketplace_id = :m AND shipment_id = :l1_shipment;

-- L2
SELECT pg_temp.correct(:m, 'L1-1', 'c', 'e5', 'did_not_occur') AS corrected \gset
SELECT is(state, 'out_for_delivery', 'L2: state') FROM parcel_tracking WHERE marketplace_id = :m AND tracking_number = 'L1-1';
SELECT is(delivered_at, NULL, 'L2: delivered_at is null') FROM parcel_tracking WHERE marketplace_id = :m AND tracking_number = 'L1-1';
SELECT is(count(*)::int, 0, 'L2: the timer is cancelled') FROM receipts_due WHERE marketplace_id = :m AND parcel_id = pg_temp.parcel(:m, 'L1-1');
SELECT is(count(*)::int, 119, 'L2: the others run on') FROM receipts_due WHERE marketplace_id = :m AND order_id = :l1_order;
SELECT is((trim_scale(in_transit), trim_scale(awaited)), (1::numeric, 119::numeric), 'LG-24: the movement is reversed') FROM order_line_quantities WHERE marketplace_id = :m AND order_line_id = :l1_line;
SET marketplace.clock = '2026-03-12 12:00+00';
SELECT is(tick(:m, 1000)::int, 119, 'L2: silence accepts the others, not this one');
SELECT is(trim_scale(accepted), 119::numeric, 'LG-30: by quantity') FROM order_line_quantities WHERE marketplace_id = :m AND order_line_id = :l1_line;
-- the correction before the event: the same
SELECT pg_temp.ship(:m, :alpha_order, :line1, 'L2-', 1) AS l2_shipment \gset
SELECT pg_temp.correct(:m, 'L2-1', 'c', 'e5', 'did_not_occur') AS corrected \gset
SELECT pg_temp.track(:m, 'L2-1', 'e' || n, state, to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) AS tracked FROM vector WHERE n = 5 \gset
SELECT pg_temp.track(:m, 'L2-1', 'e4', 'out_for_delivery', '2026-03-04T07:30Z') AS tracked \gset
SELECT is((state, delivered_at), ('out_for_delivery'::text, NULL::timestamptz), 'L2: also when the correction comes first') FROM parcel_tracking WHERE marketplace_id = :m AND tracking_number = 'L2-1';

-- L4
SELECT pg_temp.ship(:m, :beta_order, :line3, 'L4-', 6, 4) AS l4_shipment \gset
SELECT pg_temp.track(:m, 'L4-1', 'd', 'delivered', '2026-03-12T10:00Z') AS a, pg_temp.track(:m, 'L4-2', 't', 'in_transit', '2026-03-12T11:00Z') AS b \gset
SELECT is((delivery_status, trim_scale(delivered)), ('partially_delivered'::text, 6::numeric), 'L4: the second parcel does not erase the first') FROM order_line_quantities WHERE marketplace_id = :m AND order_line_id = :line3;

-- R1…R3 are of the calendar; here the protest's calendar is there
SELECT is(business_day_add('FR-L1333', received, 3), by, id) FROM (VALUES ('R1', '2016-05-18'::date, '2016-05-21'::date), ('R2', '2026-05-07', '2026-05-12'), ('R3', '2026-12-24', '2026-12-29')) v(id, received, by);

-- RD-60: codes of the table, through the same door
CREATE FUNCTION pg_temp.meaning(given_source text, given_code text, given_sub_code text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
SELECT tracking_record(7190, jsonb_strip_nulls(jsonb_build_object('source', given_source, 'code', given_code, 'sub_code', given_sub_code,
	'carrier', 'colis', 'tracking_number', 'L2-1', 'occurred_at', '2026-03-05T00:00:00Z')));
SELECT state FROM tracking_event_meanings WHERE marketplace_id = 7190 ORDER BY tracking_event_id DESC LIMIT 1
$$;
SELECT is(pg_temp.meaning(s, c, x), m, format('RD-60: %s %s %s is %s', s, c, x, m)) FROM (VALUES
	('AfterShip', 'InTransit', NULL, 'in_transit'), ('AfterShip', 'Exception', 'Exception_011', 'returned'), ('AfterShip', 'Exception', 'Exception_999', 'exception'),
	('easypost', 'pre_transit', NULL, 'label_created'), ('Shippo', 'TRANSIT', NULL, 'in_transit'), ('rec24', '21', NULL, 'delivered'),
	('rec24', '23', NULL, 'returning'), ('rec24', '23', '9', 'attempt_failed'), ('rec24', '36', NULL, 'exception'), ('rec24', '47', NULL, NULL),
	('epcis', 'shipping', 'in_transit', 'handed_over'), ('epcis', 'departing', 'in_transit', 'in_transit'),
	('epcis', 'receiving', 'mismatch_quantity', 'delivered')) v(s, c, x, m);

-- LG-9: whatever was sent, nothing is below zero and everything adds up
SELECT is(count(*)::int, 0, 'LG-6…LG-9: the equations hold on every line') FROM order_line_quantities WHERE marketplace_id = :m
   AND (quantity <> cancelled + to_ship + shipped OR shipped <> in_transit + delivered + lost + sent_back
	OR delivered <> awaited + accepted + disputed + returned OR LEAST(cancelled, to_ship, shipped, in_transit, delivered, lost, sent_back, awaited, accepted, disputed, returned) < 0);
SELECT is(count(*)::int, 0, 'parcels and movements say the same') FROM order_line_quantities q WHERE marketplace_id = :m
   AND (SELECT coalesce(sum(c.quantity), 0) FROM parcel_contents c WHERE c.marketplace_id = q.marketplace_id AND c.order_line_id = q.order_line_id AND c.position = 'delivered') <> q.delivered;

-- the samples of GS1, where they are
\set samples ''
\getenv samples MARKETPLACE_SAMPLES
SELECT :'samples' <> '' AS have_samples \gset
\if :have_samples
\set sample `cat "$MARKETPLACE_SAMPLES/epcis/Example_9.6.1-ObjectEvent.jsonld"`
SELECT is(epcis_record(:m, :'sample'), 0::bigint, 'GS1 Example 9.6.1: items that are no parcels are obstacles');
\set sample `cat "$MARKETPLACE_SAMPLES/epcis/Example_9.6.1-ObjectEvent-with-error-declaration.jsonld"`
SELECT is(epcis_record(:m, :'sample'), 0::bigint, 'GS1 Example 9.6.1 with its error declaration');
\set sample `cat "$MARKETPLACE_SAMPLES/epcis/Example_9.6.3-AggregationEvent.jsonld"`
SELECT is(epcis_record(:m, :'sample'), 1::bigint, 'GS1 Example 9.6.3: aggregation, which makes its pallet known');
\set sample `cat "$MARKETPLACE_SAMPLES/epcis/Example-TransactionEvents-2020_07_03y.jsonld"`
SELECT is(epcis_record(:m, :'sample'), 0::bigint, 'GS1 transaction events of a railway');
\set sample `cat "$MARKETPLACE_SAMPLES/epcis/ErrorDeclarationAndCorrectiveEvent.jsonld"`
SELECT is(epcis_record(:m, :'sample'), 0::bigint, 'GS1 error declaration of a transformation');
SELECT is(count(*)::int, 4, 'each unknown object is listed') FROM (SELECT DISTINCT object FROM tracking_obstacles WHERE marketplace_id = :m AND kind = 'unknown_object') o;
\else
SELECT skip('no samples', 6);
\endif
SELECT * FROM finish();
