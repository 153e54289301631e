-- Handling units by rule id: LG-27, packing facts and scans in every order (here one in UNIT_EVERY of the 120; by hand all, with 1) give the same parcel; consolidation conserves quantities (LG-6…LG-9); GS1's aggregation sample.
\set m 7192
\set SHOW_CONTEXT never
\set every 6
\getenv every UNIT_EVERY
SET client_min_messages = warning;
SET timezone = 'UTC';
SET marketplace.clock = '2026-03-01 09:00+00';
\ir ../fixtures/demo_parties.sql
\ir ../fixtures/demo_order.sql
\ir ../fixtures/demo_carrier.sql
SET search_path = marketplace, public;
SELECT plan(10);

-- put on the pallet at 8, the pallet in the container at 9, container seen at 10, taken off at 11, container delivered at 12; and a packing that did not occur
CREATE TEMP TABLE facts (n int, what text, at text);
INSERT INTO facts VALUES (1, 'on', '2026-03-02T08:00:00Z'), (2, 'into', '2026-03-02T09:00:00Z'), (3, 'scan', '2026-03-02T10:00:00Z'), (4, 'off', '2026-03-02T11:00:00Z'),
	(5, 'delivered', '2026-03-02T12:00:00Z');
CREATE TEMP TABLE orders_of_facts AS
WITH RECURSIVE p (items) AS (SELECT ARRAY[n] FROM facts UNION ALL SELECT items || n FROM p JOIN facts ON n <> ALL (items))
SELECT row_number() OVER (ORDER BY items)::int AS id, items FROM p WHERE cardinality(items) = 5;
DELETE FROM orders_of_facts WHERE id % :every <> 0;
SELECT count(*) AS n FROM orders_of_facts \gset
SELECT order_place(:m, jsonb_build_object('reference', 'U1', 'buyer', :buyer, 'currency', 'EUR', 'lines', jsonb_build_array(jsonb_build_object('seller', :beta, 'description', 'Gants',
	'quantity', 120, 'net_price', '7.49', 'vat_category', 'S', 'vat_rate', 20)))) AS u_order \gset
SELECT id AS u_part FROM seller_orders WHERE marketplace_id = :m AND order_id = :u_order \gset
SELECT id AS u_line FROM order_lines WHERE marketplace_id = :m AND order_id = :u_order \gset
SELECT seller_order_accept(:m, :u_part) AS accepted, pg_temp.ship(:m, :u_part, :u_line, 'U-', VARIADIC array_fill(1::numeric, ARRAY[120])) AS shipment \gset
CREATE TEMP TABLE units AS SELECT id, items, handling_unit_create(7192, '{"kind": "pallet"}') AS pallet, handling_unit_create(7192, '{"kind": "container"}') AS container, pg_temp.parcel(7192, 'U-' || id) AS parcel
	FROM orders_of_facts;
SET marketplace.clock = '2026-03-03 09:00+00';
DO $$
DECLARE
	f record;
BEGIN
	FOR f IN SELECT u.*, v.what, v.at FROM units u CROSS JOIN unnest(u.items) WITH ORDINALITY i(n, position) JOIN facts v ON v.n = i.n ORDER BY u.id, i.position LOOP
		CASE f.what
		WHEN 'on' THEN PERFORM handling_unit_pack(7192, f.pallet, jsonb_build_object('action', 'add', 'occurred_at', f.at, 'contents', jsonb_build_array(jsonb_build_object('parcel_id', f.parcel))));
		WHEN 'into' THEN PERFORM handling_unit_pack(7192, f.container, jsonb_build_object('action', 'add', 'occurred_at', f.at, 'contents', jsonb_build_array(jsonb_build_object('handling_unit_id', f.pallet))));
		WHEN 'off' THEN PERFORM handling_unit_pack(7192, f.pallet, jsonb_build_object('action', 'delete', 'occurred_at', f.at, 'contents', jsonb_build_array(jsonb_build_object('parcel_id', f.parcel))));
		ELSE PERFORM tracking_record(7192, jsonb_build_object('source', 'colis', 'source_event_id', f.what || f.id, 'handling_unit_id', f.container,
			'state', CASE f.what WHEN 'scan' THEN 'in_transit' ELSE 'delivered' END, 'occurred_at', f.at));
		END CASE;
	END LOOP;
END
$$;
SELECT is(count(*)::int, :n, 'LG-27: five facts in each of ' || :n || ' orders: on its way since the scan, not delivered with the container') FROM parcel_tracking
 WHERE marketplace_id = :m AND shipment_id = :shipment AND state = 'in_transit' AND first_scan_at = '2026-03-02T10:00Z' AND delivered_at IS NULL;
SELECT is(array_agg(DISTINCT (h.depth, h.from_at, h.until_at)::text), ARRAY['(1,"2026-03-02 08:00:00+00","2026-03-02 11:00:00+00")', '(2,"2026-03-02 09:00:00+00","2026-03-02 11:00:00+00")'],
	'LG-27: the same intervals') FROM handling_unit_parcels h WHERE h.marketplace_id = :m;
SELECT is(count(*)::int, 2 * :n, 'LG-27: of each parcel in two units') FROM handling_unit_parcels WHERE marketplace_id = :m;
SELECT is(array_agg(DISTINCT n), ARRAY[1::bigint], 'LG-27: one event counts for each') FROM (SELECT count(*) AS n FROM tracking_history WHERE marketplace_id = :m AND order_id = :u_order GROUP BY parcel_id) c;
SELECT is((trim_scale(in_transit), trim_scale(awaited)), (120::numeric, 0::numeric), 'LG-9: all parcels of the shipment are with the carrier, none is delivered') FROM order_line_quantities WHERE marketplace_id = :m AND order_line_id = :u_line;

-- consolidated: ALPHA's and BETA's parcels on one pallet, delivered and lost together
SELECT pg_temp.ship(:m, :alpha_order, :line1, 'CA-', 1, 1) AS a, pg_temp.ship(:m, :beta_order, :line3, 'CB-', 4, 6) AS b, handling_unit_create(:m, '{"kind": "pallet"}') AS pallet \gset
SELECT handling_unit_pack(:m, :pallet, jsonb_build_object('action', 'add', 'occurred_at', '2026-03-02T08:00:00Z', 'contents', (SELECT jsonb_agg(jsonb_build_object('parcel_id', p.id)) FROM parcels p WHERE p.marketplace_id = :m AND p.shipment_id IN (:a, :b)))) AS packed \gset
SELECT tracking_record(:m, jsonb_build_object('source', 'colis', 'source_event_id', 'lost', 'handling_unit_id', :pallet, 'state', 'lost', 'occurred_at', '2026-03-02T10:00:00Z')) AS lost \gset
SELECT is(array_agg((position, lost, in_transit)::text ORDER BY position), ARRAY['(1,2,0)', '(2,0,0)', '(3,10,0)'], 'consolidation: both sellers'' goods are lost with the pallet') FROM pg_temp.line_quantities WHERE marketplace_id = :m AND position <= 3
	AND EXISTS (SELECT FROM order_lines l WHERE l.marketplace_id = :m AND l.order_id = :order_id AND l.position = line_quantities.position AND l.quantity <= 10) AND (lost > 0 OR position = 2);
SELECT tracking_record(:m, jsonb_build_object('source', 'colis', 'source_event_id', 'found', 'handling_unit_id', :pallet, 'state', 'delivered', 'occurred_at', '2026-03-02T12:00:00Z')) AS found \gset
SELECT is(array_agg(trim_scale(awaited) ORDER BY position), ARRAY[2, 0, 10]::numeric[], 'LG-10: and found') FROM order_line_quantities WHERE marketplace_id = :m AND order_id = :order_id;
SELECT is(count(*)::int, 0, 'LG-6…LG-9: the equations hold on every line') FROM order_line_quantities WHERE marketplace_id = :m
   AND (quantity <> cancelled + to_ship + shipped OR shipped <> in_transit + delivered + lost + sent_back
	OR delivered <> awaited + accepted + disputed + returned OR LEAST(cancelled, to_ship, shipped, in_transit, delivered, lost, sent_back, awaited, accepted, disputed, returned) < 0);

-- the sample of GS1, where it is: it observes goods on a pallet, which makes the pallet known
\set samples ''
\getenv samples MARKETPLACE_SAMPLES
SELECT :'samples' <> '' AS have_samples \gset
\if :have_samples
\set sample `cat "$MARKETPLACE_SAMPLES/epcis/Example_9.6.3-AggregationEvent.jsonld"`
SELECT ok(epcis_record(:m, :'sample') > 0, 'GS1 Example 9.6.3: the pallet is known by it, and seen');
SELECT is((SELECT string_agg(kind || ' ' || sscc, ', ') FROM handling_unit_overview WHERE marketplace_id = :m AND sscc IS NOT NULL), 'other 106141412345678908', 'GS1 Example 9.6.3: by its SSCC');
\else
SELECT skip('no samples', 2);
\endif
SELECT * FROM finish();
