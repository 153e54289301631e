-- Carriers and the merchant axis of shipments: what is set aside, handed over, voided, and everything that is refused (LG-1, LG-5…LG-9, LG-14…LG-17).
\set m 7101
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET marketplace.clock = '2026-03-02 08:00+00';
\set SHOW_CONTEXT never
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\set demo_carrier :tests '/fixtures/demo_carrier.sql'
\i :demo_parties
\i :demo_order
\i :demo_carrier
\a
\t
-- carriers
SELECT pg_temp.refused(format('SELECT marketplace.carrier_create(%s, %L)', :m, d)) FROM (VALUES
	('{"name": "No code"}'), ('{"code": "COLIS", "name": "Again"}'), ('{"code": "x", "name": "X", "tracking_url": "https://x.example"}'),
	('{"code": "x", "name": "X", "party_id": 999999999}'), (format('{"code": "x", "name": "X", "party_id": %s}', :alpha)),
	('{"code": "x", "name": "X", "colour": "red"}'), (NULL)) v(d);
-- shipments that are refused
SELECT pg_temp.refused(format('SELECT marketplace.shipment_create(%s, %L)', :m, d)) FROM (VALUES
	('[]'), ('{}'), ('{"seller_order_id": 999999999, "carrier": "colis", "parcels": []}'),
	(format('{"seller_order_id": %s, "carrier": "nobody", "parcels": []}', :beta_order)),
	(format('{"seller_order_id": %s, "carrier": "colis", "parcels": []}', :beta_order)),
	(format('{"seller_order_id": %s, "carrier": "colis", "parcels": [{"contents": []}]}', :beta_order)),
	(format('{"seller_order_id": %s, "carrier": "colis", "parcels": [{"contents": [{"order_line_id": %s, "quantity": 0}]}]}', :beta_order, :line3)),
	(format('{"seller_order_id": %s, "carrier": "colis", "parcels": [{"contents": [{"order_line_id": %s, "quantity": 1.00001}]}]}', :beta_order, :line3)),
	(format('{"seller_order_id": %s, "carrier": "colis", "parcels": [{"contents": [{"order_line_id": %s, "quantity": 10.5}]}]}', :beta_order, :line3)),
	(format('{"seller_order_id": %s, "carrier": "colis", "parcels": [{"contents": [{"order_line_id": %s, "quantity": 1}]}]}', :beta_order, :line1)),
	(format('{"seller_order_id": %s, "carrier": "colis", "parcels": [{"contents": [{"order_line_id": %s, "quantity": 1}, {"order_line_id": %2$s, "quantity": 1}]}]}', :beta_order, :line3)),
	(format('{"seller_order_id": %s, "carrier": "colis", "parcels": [{"sscc": "106141412345678909", "contents": []}]}', :beta_order)),
	(format('{"seller_order_id": %s, "carrier": "colis", "parcels": [{"weight_kg": 0, "contents": []}]}', :beta_order))) v(d);
-- two shipments share a line; what one holds the other cannot have
SELECT pg_temp.ship(:m, :beta_order, :line3, 'S', 4, 2) AS s \gset
SELECT pg_temp.refused(format('SELECT pg_temp.ship(%s, %s, %s, %L, 5)', :m, :beta_order, :line3, 'T'));
SELECT pg_temp.refused(format('SELECT pg_temp.ship(%s, %s, %s, %L, 1)', :m, :beta_order, :line3, 'S'));
SELECT pg_temp.ship(:m, :beta_order, :line3, 'T', 4) AS t \gset
SELECT * FROM pg_temp.line_quantities WHERE marketplace_id = :m AND position = 3;
-- the label: each parcel needs a number
SELECT marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', :alpha_order, 'carrier', 'colis', 'parcels', jsonb_build_array(
	jsonb_build_object('sscc', '106141412345678908', 'weight_kg', 2.5,
		'contents', jsonb_build_array(jsonb_build_object('order_line_id', :line1, 'quantity', 2))),
	jsonb_build_object('contents', jsonb_build_array(jsonb_build_object('order_line_id', :line2, 'quantity', 3)))))) AS a \gset
SELECT min(parcel_id) AS a1, max(parcel_id) AS a2 FROM marketplace.parcel_tracking WHERE shipment_id = :a \gset
SELECT pg_temp.refused(format('SELECT marketplace.shipment_label(%s, %s, %L)', :m, :a, d)) FROM (VALUES
	('{}'), (format('{"parcels": [{"parcel_id": %s, "tracking_number": "A1"}]}', :a1)),
	(format('{"parcels": [{"parcel_id": %s, "tracking_number": "S1"}, {"parcel_id": %s, "tracking_number": "A2"}]}', :a1, :a2)),
	(format('{"parcels": [{"parcel_id": %s, "tracking_number": "A1"}]}', pg_temp.parcel(:m, 'S1'))),
	('{"parcels": [{"parcel_id": 999999999, "tracking_number": "A1"}]}'),
	(format('{"parcels": [{"parcel_id": %s, "tracking_number": "A1", "label": {"sha256": "0"}}]}', :a1)), (format('{"parcels": [{"parcel_id": %s, "label": {"name": "x"}}]}', :a1))) v(d);
SELECT marketplace.shipment_label(:m, :a, jsonb_build_object('parcels', jsonb_build_array(jsonb_build_object('parcel_id', :a1, 'tracking_number', 'A1', 'label', jsonb_build_object('reference', 'LBL-1', 'uri', 'https://labels.example/1', 'sha256', repeat('a', 64))),
	jsonb_build_object('parcel_id', :a2, 'tracking_number', 'A2')))) = :a AS labelled;
SELECT tracking_number, label_reference, label_uri, labelled_at IS NOT NULL AS printed FROM marketplace.parcel_tracking WHERE shipment_id = :a ORDER BY parcel_id;
SELECT pg_temp.refused(format('SELECT marketplace.shipment_label(%s, %s, %L)', :m, :a, '{}'));
-- void frees the quantities and the numbers
SELECT pg_temp.refused(format('SELECT marketplace.shipment_void(%s, %s, %L)', :m, s, r)) FROM (VALUES (:s, NULL), (:s, ''), (999999999, 'x')) v(s, r);
SELECT marketplace.shipment_void(:m, :s, 'wrong box') = :s AS voided;
SELECT pg_temp.refused(format('SELECT marketplace.shipment_void(%s, %s, %L)', :m, :s, 'again'));
SELECT pg_temp.refused(format('SELECT marketplace.shipment_hand_over(%s, %s)', :m, :s));
SELECT pg_temp.ship(:m, :beta_order, :line3, 'S', 6) > 0 AS again;
-- hand-over ships
SELECT marketplace.shipment_hand_over(:m, :t, 'k-hand-over') = :t AS handed_over;
SELECT marketplace.shipment_hand_over(:m, :t, 'k-hand-over') = :t AS repeated;
SELECT pg_temp.refused(format('SELECT marketplace.shipment_hand_over(%s, %s)', :m, :t));
SELECT pg_temp.refused(format('SELECT marketplace.shipment_void(%s, %s, %L)', :m, :t, 'late'));
SELECT * FROM pg_temp.line_quantities WHERE marketplace_id = :m ORDER BY position;
SELECT carrier, state, implicit, handed_over_at, parcels FROM marketplace.shipment_overview WHERE marketplace_id = :m ORDER BY shipment_id;
SELECT tracking_number, tracking_url, sscc, weight_kg, state FROM marketplace.parcel_tracking WHERE marketplace_id = :m ORDER BY parcel_id;
-- a line cancelled while a shipment holds it: the shipment cannot go, and can be voided
SELECT marketplace.order_line_refuse(:m, :line3, 1, 'broken') > 0 AS cancelled;
SELECT pg_temp.refused(format('SELECT marketplace.shipment_hand_over(%s, %s)', :m, shipment_id)) FROM marketplace.shipment_overview
 WHERE marketplace_id = :m AND state = 'prepared';
-- what the outbox says
SELECT type, jsonb_path_query_array(payload, '$.lines[*].quantity') AS quantities, payload -> 'reason' AS reason FROM marketplace.events
 WHERE marketplace_id = :m AND type LIKE 'shipment.%' ORDER BY id;
SELECT from_state, event, to_state, capacity, reason FROM marketplace.lifecycle_history WHERE marketplace_id = :m AND machine = 'shipment' ORDER BY id;
-- nobody writes by hand
SELECT pg_temp.refused(s) FROM (VALUES
	('UPDATE marketplace.shipments SET state = ''handed_over'' WHERE marketplace_id = 7101'),
	('DELETE FROM marketplace.shipments WHERE marketplace_id = 7101'), ('TRUNCATE marketplace.shipments'),
	('UPDATE marketplace.parcels SET delivered_at = now() WHERE marketplace_id = 7101'), ('DELETE FROM marketplace.parcels WHERE marketplace_id = 7101'),
	('UPDATE marketplace.parcel_contents SET quantity = 1 WHERE marketplace_id = 7101'), ('TRUNCATE marketplace.parcel_contents'),
	('UPDATE marketplace.carriers SET name = ''x'' WHERE marketplace_id = 7101'), ('DELETE FROM marketplace.carriers WHERE marketplace_id = 7101'),
	('INSERT INTO marketplace.tracking_codes VALUES (7101, ''x'', ''y'', '''', ''lost'', now())')) v(s);
-- who may: the seller of the order, nobody else
CREATE ROLE regress_mk_log_alpha;
CREATE ROLE regress_mk_log_beta;
SELECT marketplace.access_grant(:m, 'regress_mk_log_alpha', 'seller', :alpha) > 0, marketplace.access_grant(:m, 'regress_mk_log_beta', 'seller', :beta) > 0;
GRANT USAGE ON SCHEMA marketplace TO regress_mk_log_alpha;
SET ROLE regress_mk_log_alpha;
SELECT pg_temp.refused(format('SELECT marketplace.carrier_create(%s, %L)', :m, '{"code": "x", "name": "X"}'));
SELECT pg_temp.refused(format('SELECT pg_temp.ship(%s, %s, %s, %L, 1)', :m, :beta_order, :line3, 'X'));
SELECT pg_temp.refused(format('SELECT marketplace.shipment_hand_over(%s, %s)', :m, :t));
SELECT pg_temp.refused(format('SELECT marketplace.shipment_void(%s, %s, %L)', :m, :t, 'x'));
SELECT marketplace.shipment_hand_over(:m, :a) = :a AS own;
SELECT count(*) AS shipments FROM marketplace.shipment_overview WHERE marketplace_id = :m;
SELECT count(*) AS carriers FROM marketplace.carriers WHERE marketplace_id = :m;
RESET ROLE;
DROP OWNED BY regress_mk_log_alpha, regress_mk_log_beta;
DROP ROLE regress_mk_log_alpha, regress_mk_log_beta;
