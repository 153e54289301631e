-- Receipts: conform, with reserves, before the carrier reports, by silence, contested, and what is refused (LG-24, LG-29, LG-30, LG-42).
\set m 7103
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET marketplace.clock = '2026-03-02 09:00+00';
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
\set lines 'SELECT position, in_transit, awaited, accepted, disputed, delivery_status FROM pg_temp.line_quantities WHERE marketplace_id = :m ORDER BY position'
\set status 'SELECT t.tracking_number, trim_scale(r.quantity), trim_scale(awaited), trim_scale(accepted), trim_scale(disputed), r.state FROM marketplace.receipt_status r JOIN marketplace.parcel_tracking t USING (marketplace_id, parcel_id) WHERE marketplace_id = :m ORDER BY 1'
\set due 'SELECT t.tracking_number, trim_scale(quantity), deemed_at, on_silence, due FROM marketplace.receipts_due r JOIN marketplace.parcel_tracking t USING (marketplace_id, parcel_id) WHERE marketplace_id = :m ORDER BY 1'
\set events 'SELECT type, payload ->> ''how'' AS how, jsonb_path_query_array(payload, ''$.lines[*].quantity'') AS quantities FROM marketplace.events WHERE marketplace_id = :m AND type ~ ''^(receipt|parcel)'' ORDER BY id'
SELECT pg_temp.ship(:m, :beta_order, :line3, 'A', 6, 4) AS s \gset
-- nothing has left the seller: nothing can be received
SELECT pg_temp.refused(format('SELECT pg_temp.receive(%s, %s, %s, 1)', :m, :order_id, :line3));
SELECT marketplace.shipment_hand_over(:m, :s) > 0;
SET marketplace.clock = '2026-03-04 12:00+00';
SELECT pg_temp.track(:m, 'A1', 'd', 'delivered', '2026-03-04T11:42Z') > 0;
:lines;
-- documents that are refused
SELECT pg_temp.refused(format('SELECT marketplace.receipt_confirm(%s, %L)', :m, d)) FROM (VALUES
	('[]'), ('{}'), ('{"order_id": 999999999, "lines": []}'), (format('{"order_id": %s, "lines": []}', :order_id)), (format('{"order_id": %s}', :order_id)),
	(format('{"order_id": %s, "received_at": "2026-03-05T00:00:00Z", "lines": []}', :order_id)), (format('{"order_id": %s, "colour": 1}', :order_id)),
	(format('{"order_id": %s, "received_at": "2020-01-01T00:00:00Z", "lines": [{"order_line_id": %s, "quantity": 1, "condition": "conform"}]}', :order_id, :line3)),
	(format('{"order_id": %s, "parcel_id": 999999999, "lines": [{"order_line_id": %s, "quantity": 1, "condition": "conform"}]}', :order_id, :line3)),
	(format('{"order_id": %s, "lines": [{"order_line_id": 999999999, "quantity": 1, "condition": "conform"}]}', :order_id))) v(d);
SELECT pg_temp.refused(format('SELECT marketplace.receipt_confirm(%s, %L)', :m,
	format('{"order_id": %s, "lines": [{"order_line_id": %s, %s}]}', :order_id, :line3, l))) FROM (VALUES
	('"quantity": 0, "condition": "conform"'), ('"quantity": 1'), ('"quantity": 1, "condition": "fine"'),
	('"quantity": 1, "condition": "conform", "reserve": {"kind": "damaged", "text": "cracked"}'),
	('"quantity": 1, "condition": "with_reserves"'), ('"quantity": 1, "condition": "with_reserves", "reserve": {"kind": "damaged"}'),
	('"quantity": 1, "condition": "with_reserves", "reserve": {"kind": "ugly", "text": "not nice"}'),
	('"quantity": 1, "condition": "with_reserves", "reserve": {"kind": "damaged", "text": "  Sous réserve de déballage. "}'),
	('"quantity": 1, "condition": "with_reserves", "reserve": {"kind": "damaged", "text": " . "}'),
	('"quantity": 1, "condition": "conform", "photos": [{"sha256": "abc", "uri": "x"}]'),
	('"quantity": 10.5, "condition": "conform"'),
	('"quantity": 7, "condition": "with_reserves", "reserve": {"kind": "missing", "text": "box was empty"}')) v(l);
-- part conform, part with reserves, of one parcel
SELECT marketplace.receipt_confirm(:m, jsonb_build_object('order_id', :order_id, 'received_at', '2026-03-04T11:45:00Z', 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line3, 'quantity', 3, 'condition', 'conform'),
	jsonb_build_object('order_line_id', :line3, 'quantity', 2, 'condition', 'with_reserves',
		'reserve', jsonb_build_object('kind', 'damaged', 'text', 'two boxes torn open, gloves wet'),
		'photos', jsonb_build_array(jsonb_build_object('sha256', repeat('0a', 32), 'uri', 'https://photos.example/1'))))), 'k-receipt') AS r \gset
SELECT marketplace.receipt_confirm(:m, jsonb_build_object('order_id', :order_id, 'received_at', '2026-03-04T11:45:00Z', 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line3, 'quantity', 3, 'condition', 'conform'),
	jsonb_build_object('order_line_id', :line3, 'quantity', 2, 'condition', 'with_reserves',
		'reserve', jsonb_build_object('kind', 'damaged', 'text', 'two boxes torn open, gloves wet'),
		'photos', jsonb_build_array(jsonb_build_object('sha256', repeat('0a', 32), 'uri', 'https://photos.example/1'))))), 'k-receipt') = :r AS repeated;
:lines;
:status;
:due;
SELECT pg_temp.refused(format('SELECT pg_temp.receive(%s, %s, %s, 2, %L)', :m, :order_id, :line3, 'A1'));
-- the carrier is late: the receipt itself proves that the parcel arrived; first what was delivered, then what is under way
SELECT pg_temp.receive(:m, :order_id, :line3, 3) > 0;
:lines;
:status;
SELECT tracking_number, state, delivered_at, received_at FROM marketplace.parcel_tracking WHERE marketplace_id = :m ORDER BY 1;
-- without the carrier's delivered event silence does not count (lg.deemed_needs_delivery)
:due;
-- then the carrier reports, once more nothing arrives; a correction of the carrier does not undo what the buyer has in hand
SELECT pg_temp.track(:m, 'A2', 'd', 'delivered', '2026-03-04T11:50Z') > 0;
:due;
SELECT pg_temp.correct(:m, 'A2', 'c', 'd', 'did_not_occur') > 0;
:lines;
SELECT kind, detail FROM marketplace.tracking_obstacles WHERE marketplace_id = :m;
SELECT pg_temp.track(:m, 'A2', 'd2', 'delivered', '2026-03-04T11:55Z') > 0;
SELECT count(*) FROM marketplace.tracking_obstacles WHERE marketplace_id = :m;
:events;
-- silence, counted from when the delivery was known: the last instant is in time, the next is not; views know before tick() has run
SET marketplace.clock = '2026-03-11 12:00+00';
:status;
SELECT marketplace.tick(:m) AS done;
SET marketplace.clock = '2026-03-11 12:00:00.000001+00';
:status;
:due;
-- too late for reserves: what silence has accepted comes first
SELECT pg_temp.refused(format('SELECT marketplace.receipt_confirm(%s, %L)', :m, format('{"order_id": %s, "lines": [{"order_line_id": %s,
	"quantity": 2, "condition": "with_reserves", "reserve": {"kind": "wrong", "text": "wrong size, XL instead of M"}}]}', :order_id, :line3)));
SELECT marketplace.tick(:m) AS done;
SELECT marketplace.tick(:m) AS done;
:status;
:due;
:lines;
SELECT r.how, r.received_at, r.recorded_at, trim_scale(l.quantity) AS quantity, l.condition, l.reserve_kind, l.reserve_text FROM marketplace.receipts r
  JOIN marketplace.receipt_lines l ON l.marketplace_id = r.marketplace_id AND l.receipt_id = r.id WHERE r.marketplace_id = :m ORDER BY r.id, l.position;
-- a delivery taken back: what silence would have accepted is awaited again; what was recorded as accepted is contested, and stays (LG-24)
SELECT pg_temp.ship(:m, :alpha_order, :line1, 'B', 1, 1) > 0;
SELECT pg_temp.track(:m, 'B1', 'd', 'delivered', '2026-03-11T11:56Z') > 0, pg_temp.track(:m, 'B2', 'd', 'delivered', '2026-03-11T11:56Z') > 0;
SET marketplace.clock = '2026-03-20 12:00+00';
:status;
SELECT pg_temp.correct(:m, 'B2', 'c', 'd', 'did_not_occur') > 0;
SELECT marketplace.tick(:m) AS done;
SELECT pg_temp.correct(:m, 'B1', 'c', 'd', 'did_not_occur') > 0;
:lines;
SELECT tracking_number, state, delivered_at, contested FROM marketplace.parcel_tracking WHERE marketplace_id = :m AND tracking_number LIKE 'B%' ORDER BY 1;
SELECT kind, must_act, detail FROM marketplace.tracking_obstacles WHERE marketplace_id = :m;
SELECT pg_temp.track(:m, 'B1', 'd2', 'delivered', '2026-03-12T09:00Z') > 0;
SELECT tracking_number, state, delivered_at, contested FROM marketplace.parcel_tracking WHERE marketplace_id = :m AND tracking_number LIKE 'B%' ORDER BY 1;
SELECT count(*) FROM marketplace.tracking_obstacles WHERE marketplace_id = :m;
-- policy: another window, silence that a person looks at; fixed when the arrival becomes known
SELECT marketplace.policy_set(:m, 'lg.inspection_window', '{"n": 48, "unit": "hours"}') > 0, marketplace.policy_set(:m, 'lg.receipt_on_silence', '"escalate"') > 0;
SELECT pg_temp.ship(:m, :alpha_order, :line2, 'C', 1, 2) > 0;
SELECT pg_temp.track(:m, 'C1', 'd', 'delivered', '2026-03-20T11:00Z') > 0;
SELECT marketplace.policy_set(:m, 'lg.receipt_on_silence', '"deemed_accepted"') > 0, marketplace.policy_set(:m, 'lg.deemed_needs_delivery', 'false') > 0;
:due;
SET marketplace.clock = '2026-03-25 12:00+00';
SELECT marketplace.tick(:m) AS done;
:due;
SELECT kind, must_act, detail FROM marketplace.tracking_obstacles WHERE marketplace_id = :m;
-- silence after a receipt of another part of the parcel, where policy lets it count
SELECT pg_temp.receive(:m, :order_id, :line2, 1, 'C2') > 0;
:due;
SET marketplace.clock = '2026-03-28 12:00+00';
SELECT marketplace.tick(:m) AS done;
:lines;
-- who may: the order's buyer; the seller sees receipts, the carrier does not
SELECT pg_temp.refused('DELETE FROM marketplace.receipts'), pg_temp.refused('UPDATE marketplace.receipt_lines SET quantity = 1'), pg_temp.refused('TRUNCATE marketplace.receipt_lines'),
	pg_temp.refused('INSERT INTO marketplace.receipts (marketplace_id, order_id, buyer_id, how, received_at, recorded_at, recorded_by) VALUES (1, 1, 1, ''deemed'', now(), now(), ''me'')');
CREATE ROLE regress_mk_log_buyer;
CREATE ROLE regress_mk_log_seller;
CREATE ROLE regress_mk_log_carrier;
SELECT marketplace.access_grant(:m, 'regress_mk_log_carrier', 'carrier', :colis) > 0, marketplace.access_grant(:m, 'regress_mk_log_buyer', 'buyer', :buyer) > 0,
	marketplace.access_grant(:m, 'regress_mk_log_seller', 'seller', :beta) > 0;
SET ROLE regress_mk_log_seller;
SELECT pg_temp.refused(format('SELECT pg_temp.receive(%s, %s, %s, 1)', :m, :order_id, :line2));
SELECT count(*) AS receipts, (SELECT count(*) FROM marketplace.receipt_lines WHERE marketplace_id = :m) AS lines FROM marketplace.receipts WHERE marketplace_id = :m;
SET ROLE regress_mk_log_carrier;
SELECT count(*) AS receipts, (SELECT count(*) FROM marketplace.receipt_lines WHERE marketplace_id = :m) AS lines FROM marketplace.receipts WHERE marketplace_id = :m;
SET ROLE regress_mk_log_buyer;
SELECT count(*) AS receipts, (SELECT count(*) FROM marketplace.receipt_lines WHERE marketplace_id = :m) AS lines FROM marketplace.receipts WHERE marketplace_id = :m;
SELECT pg_temp.receive(:m, :order_id, :line2, 1, 'C1') > 0 AS received;
RESET ROLE;
DROP OWNED BY regress_mk_log_carrier, regress_mk_log_buyer, regress_mk_log_seller;
DROP ROLE regress_mk_log_carrier, regress_mk_log_buyer, regress_mk_log_seller;
:events;
