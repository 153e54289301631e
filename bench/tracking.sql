-- bench/tracking.sql: tracking events through tracking_record_batch(), 10 000 a call: each parcel is announced, handed over, on its way, out
-- for delivery and delivered, a day each, so that a batch has one event of each of 10 000 parcels, ten parcels an order. Beside it the same
-- events one by one through tracking_record(). On a throw-away database with the extension, migrated, as its owner; 1 000 000 events:
--   psql -X -v orders=20000 -f bench/tracking.sql
\set ON_ERROR_STOP on
\set QUIET on
\if :{?orders}
\else
\set orders 20000
\endif
SET client_min_messages = warning;
SET timezone = 'UTC';
SET marketplace.clock = '2026-03-01 09:00+00';
\set m 992
SELECT marketplace.marketplace_create(:m, '{"name": "Bench", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "OPERATOR", "country": "FR", "siren": "100000009"}}') \g /dev/null
SELECT marketplace.party_create(:m, '{"name": "SELLER", "country": "FR", "capacities": ["seller"]}') AS seller,
	marketplace.party_create(:m, '{"name": "BUYER", "country": "FR", "capacities": ["buyer"], "addresses": [{"kind": "delivery", "line1": "1 rue", "postcode": "59000",
		"city": "LILLE", "country": "FR"}]}') AS buyer, marketplace.carrier_create(:m, '{"code": "bench", "name": "Bench"}') AS carrier,
	marketplace.policy_set(:m, 'fd.ship_on', '"any"') AS policy \gset
-- a few more orders, for the events one by one
SELECT :orders + greatest(:orders / 100, 2) AS all_orders \gset
SELECT clock_timestamp() AS began \gset
CREATE FUNCTION pg_temp.place(m int, seller bigint, buyer bigint, n int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	placed bigint; part bigint; line bigint;
BEGIN
	placed := marketplace.order_place(m, jsonb_build_object('reference', 'O' || n, 'buyer', buyer, 'currency', 'EUR', 'lines', jsonb_build_array(jsonb_build_object(
		'seller', seller, 'description', 'thing', 'quantity', 10, 'net_price', 10, 'vat_category', 'Z', 'vat_rate', 0))));
	SELECT id, seller_order_id INTO line, part FROM marketplace.order_lines WHERE marketplace_id = m AND order_id = placed;
	PERFORM marketplace.seller_order_accept(m, part);
	PERFORM marketplace.shipment_create(m, jsonb_build_object('seller_order_id', part, 'carrier', 'bench', 'parcels', jsonb_agg(jsonb_build_object(
		'tracking_number', 'T' || n || '-' || i, 'contents', jsonb_build_array(jsonb_build_object('order_line_id', line, 'quantity', 1))))))
	  FROM generate_series(1, 10) i;
END $$;
SELECT count(pg_temp.place(:m, :seller, :buyer, n)) FROM generate_series(1, :all_orders) n \g /dev/null
SELECT round(extract(epoch FROM clock_timestamp() - :'began')::numeric, 1) AS setup_seconds \gset
\echo setup :setup_seconds s
VACUUM ANALYZE;
CREATE TEMP TABLE days (day int, state text);
INSERT INTO days VALUES (1, 'label_created'), (2, 'handed_over'), (3, 'in_transit'), (4, 'out_for_delivery'), (5, 'delivered');
CREATE TEMP TABLE batches AS
SELECT d.day, d.state, o / 1000 AS batch, jsonb_agg(jsonb_build_object('source', 'bench', 'source_event_id', 'T' || o || '-' || i || '/' || d.day, 'carrier', 'bench',
	'tracking_number', 'T' || o || '-' || i, 'state', d.state, 'occurred_at', to_char('2026-03-01'::date + d.day, 'YYYY-MM-DD') || 'T10:00:00Z', 'place', 'LILLE')) AS documents
  FROM days d, generate_series(1, :orders) o, generate_series(1, 10) i GROUP BY 1, 2, 3;
SET marketplace.clock = '2026-03-07 09:00+00';
CREATE TEMP TABLE times (day int, events int, seconds numeric);
CREATE PROCEDURE pg_temp.ingest(m int) LANGUAGE plpgsql AS $$
DECLARE
	b record; began timestamptz;
BEGIN
	FOR b IN SELECT * FROM batches ORDER BY day, batch LOOP
		began := clock_timestamp();
		PERFORM marketplace.tracking_record_batch(m, b.documents);
		INSERT INTO times VALUES (b.day, jsonb_array_length(b.documents), extract(epoch FROM clock_timestamp() - began));
		COMMIT;
	END LOOP;
END $$;
CALL pg_temp.ingest(:m);
SELECT clock_timestamp() AS began \gset
SELECT count(marketplace.tracking_record(:m, jsonb_build_object('source', 'bench', 'source_event_id', 'T' || o || '-' || i || '/' || day, 'carrier', 'bench',
	'tracking_number', 'T' || o || '-' || i, 'state', state, 'occurred_at', to_char('2026-03-01'::date + day, 'YYYY-MM-DD') || 'T10:00:00Z', 'place', 'LILLE'))) AS single
  FROM (SELECT * FROM days, generate_series(:orders + 1, :all_orders) o, generate_series(1, 10) i ORDER BY day) s \gset
SELECT extract(epoch FROM clock_timestamp() - :'began') AS single_seconds \gset
SELECT COALESCE(state, 'all') AS events_of, sum(events) AS events, round(sum(seconds), 1) AS seconds, round(sum(events) / sum(seconds)) AS per_second,
	round(max(seconds) * 1000) AS slowest_batch_ms FROM times JOIN days USING (day) GROUP BY ROLLUP ((day, state)) ORDER BY day;
SELECT sum(stored) AS stored, sum(repeated) AS repeated, sum(refused) AS refused FROM marketplace.tracking_batches WHERE marketplace_id = :m;
SELECT state, count(*) AS parcels FROM marketplace.parcels WHERE marketplace_id = :m GROUP BY 1 ORDER BY 1;
SELECT delivery_status, count(*) AS lines FROM marketplace.order_line_quantities WHERE marketplace_id = :m GROUP BY 1 ORDER BY 1;
SELECT :single AS one_by_one, round(:single / :single_seconds::numeric) AS per_second;
