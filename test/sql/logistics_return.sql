-- Returns (RMA): announced, sent, received and inspected differ, by several grades, in several receptions; by policy, by silence, and what is refused (LG §9).
\set m 7105
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
\set state 'SELECT state, must_act, act_by, overdue, resolution, freight_payer FROM marketplace.return_overview WHERE marketplace_id = :m AND return_id = :r'
\set quantities 'SELECT l.position, trim_scale(announced), trim_scale(q.shipped), trim_scale(received), trim_scale(inspected), trim_scale(difference) FROM marketplace.return_quantities q JOIN marketplace.order_lines l ON l.marketplace_id = q.marketplace_id AND l.id = q.order_line_id WHERE q.marketplace_id = :m AND q.return_id = :r ORDER BY 1'
\set lines 'SELECT position, accepted, disputed, (SELECT trim_scale(returned) FROM marketplace.order_lines o WHERE o.marketplace_id = q.marketplace_id AND o.order_id = :order_id AND o.position = q.position) AS returned FROM pg_temp.line_quantities q WHERE marketplace_id = :m ORDER BY position'
\set events 'SELECT type, payload - ''return_id'' - ''order_id'' - ''seller_order_id'' - ''seller_id'' - ''lines'' AS payload, jsonb_path_query_array(payload, ''$.lines[*].quantity'') AS quantities, jsonb_path_query_array(payload, ''$.lines[*].pct'') AS pct FROM marketplace.events WHERE marketplace_id = :m AND type ~ ''^return'' AND (payload ->> ''return_id'')::bigint = :r ORDER BY id'
-- BETA sends ten of line 3, ALPHA both of line 1; the buyer accepts eight and one, and has reserves about two
SELECT pg_temp.ship(:m, :beta_order, :line3, 'B', 10) AS b, pg_temp.ship(:m, :alpha_order, :line1, 'A', 2) AS a \gset
SELECT marketplace.shipment_hand_over(:m, :b) > 0, marketplace.shipment_hand_over(:m, :a) > 0;
SELECT pg_temp.refused(format('SELECT marketplace.return_request(%s, %L)', :m, format('{"order_id": %s, "reason": "damaged", "lines": [{"order_line_id": %s, "quantity": 1}]}', :order_id, :line3)));
SELECT pg_temp.receive(:m, :order_id, :line3, 8) > 0, pg_temp.receive(:m, :order_id, :line1, 1) > 0;
SELECT marketplace.receipt_confirm(:m, format('{"order_id": %s, "lines": [{"order_line_id": %s, "quantity": 2, "condition": "with_reserves",
	"reserve": {"kind": "damaged", "text": "two of ten are cracked"}}]}', :order_id, :line3)::jsonb) > 0;
:lines;
-- documents that are refused
SELECT pg_temp.refused(format('SELECT marketplace.return_request(%s, %L)', :m, d)) FROM (VALUES
	('[]'), ('{}'), ('{"order_id": 999999999, "reason": "x", "lines": []}'), (format('{"order_id": %s, "reason": "", "lines": []}', :order_id)),
	(format('{"order_id": %s, "reason": "x", "lines": []}', :order_id)), (format('{"order_id": %s, "reason": "x", "resolution": "money", "lines": [{}]}', :order_id)),
	(format('{"order_id": %s, "reason": "x", "lines": [{"order_line_id": 999999999, "quantity": 1}]}', :order_id)),
	(format('{"order_id": %s, "reason": "x", "lines": [{"order_line_id": %s, "quantity": 0}]}', :order_id, :line3)),
	(format('{"order_id": %s, "reason": "x", "lines": [{"order_line_id": %s, "quantity": 11}]}', :order_id, :line3)),
	(format('{"order_id": %s, "reason": "x", "lines": [{"order_line_id": %s, "quantity": 1}, {"order_line_id": %1$s, "quantity": 1}]}', :order_id, :line3)),
	(format('{"order_id": %s, "reason": "x", "lines": [{"order_line_id": %s, "quantity": 1}, {"order_line_id": %2$s, "quantity": 1}]}', :order_id, :line3)),
	(format('{"order_id": %s, "reason": "x", "lines": [{"order_line_id": %s, "quantity": 1}, {"order_line_id": %s, "quantity": 1}]}', :order_id, :line3, :line1))) v(d);
-- three are announced
SELECT marketplace.return_request(:m, format('{"order_id": %s, "reason": "damaged", "note": "two cracked, one scratched", "lines": [{"order_line_id": %s, "quantity": 3}]}', :order_id, :line3)::jsonb) AS r \gset
:state;
-- what is announced in one return cannot be announced in another (LG-50)
SELECT pg_temp.refused(format('SELECT marketplace.return_request(%s, %L)', :m, format('{"order_id": %s, "reason": "damaged", "lines": [{"order_line_id": %s, "quantity": 8}]}', :order_id, :line3)));
-- out of order
SELECT pg_temp.refused(format('SELECT marketplace.return_label(%s, %s, %L)', :m, :r, '{"carrier": "colis", "parcels": [{"tracking_number": "R1"}]}'));
SELECT pg_temp.refused(format('SELECT marketplace.return_ship(%s, %s)', :m, :r));
SELECT pg_temp.refused(format('SELECT marketplace.return_receive(%s, %s, %L)', :m, :r, format('{"lines": [{"order_line_id": %s, "quantity": 1}]}', :line3)));
SELECT pg_temp.refused(format('SELECT marketplace.return_inspect(%s, %s, %L)', :m, :r, '{"lines": [{}]}'));
SELECT pg_temp.refused(format('SELECT marketplace.return_dispose(%s, %s, %L)', :m, :r, '{"lines": [{"position": 1, "disposition": "scrap"}]}'));
SELECT marketplace.return_approve(:m, :r, '{"freight_payer": "seller"}') = :r;
SELECT pg_temp.refused(format('SELECT marketplace.return_approve(%s, %s)', :m, :r));
:state;
SELECT pg_temp.refused(format('SELECT marketplace.return_label(%s, %s, %L)', :m, :r, d)) FROM (VALUES ('{"carrier": "nobody", "parcels": [{"tracking_number": "R1"}]}'),
	('{"carrier": "colis", "parcels": []}'), ('{"carrier": "colis", "parcels": [{}]}'), ('{"carrier": "colis", "parcels": [{"tracking_number": "A1"}]}')) v(d);
SELECT marketplace.return_label(:m, :r, '{"carrier": "colis", "parcels": [{"tracking_number": "R1"}]}') = :r;
SELECT state, direction, parcels FROM marketplace.shipment_overview WHERE marketplace_id = :m ORDER BY shipment_id;
SELECT pg_temp.refused(format('SELECT marketplace.shipment_hand_over(%s, (SELECT max(shipment_id) FROM marketplace.shipment_overview WHERE marketplace_id = %1$s))', :m));
-- the carrier's first scan says that it is on its way; its own fold, whatever the order of the events
SET marketplace.clock = '2026-03-06 12:00+00';
SELECT pg_temp.track(:m, 'R1', 'd', 'delivered', '2026-03-06T10:00Z') > 0, pg_temp.track(:m, 'R1', 'h', 'handed_over', '2026-03-05T10:00Z') > 0;
:state;
SELECT state, delivered_at FROM marketplace.parcel_tracking WHERE marketplace_id = :m AND tracking_number = 'R1';
SELECT state, implicit, handed_over_at FROM marketplace.shipment_overview WHERE marketplace_id = :m AND direction = 'return';
:lines;
-- four come, in two parcels: one more than announced; the inspection must add up
SELECT pg_temp.refused(format('SELECT marketplace.return_receive(%s, %s, %L)', :m, :r, format('{"lines": [{"order_line_id": %s, "quantity": 11}]}', :line3)));
SELECT marketplace.return_receive(:m, :r, format('{"lines": [{"order_line_id": %s, "quantity": 3}], "complete": false}', :line3)::jsonb) = :r;
:state;
SELECT marketplace.return_receive(:m, :r, format('{"lines": [{"order_line_id": %s, "quantity": 1}]}', :line3)::jsonb) = :r;
:state;
:quantities;
:lines;
SELECT pg_temp.refused(format('SELECT marketplace.return_inspect(%s, %s, %L)', :m, :r, format('{"lines": [%s]}', d))) FROM (VALUES
	(format('{"order_line_id": %s, "quantity": 3, "grade": "A", "compliant": true}', :line3)), (format('{"order_line_id": %s, "quantity": 4, "grade": "D", "compliant": true}', :line3)),
	(format('{"order_line_id": %s, "quantity": 4, "grade": "C", "compliant": false}', :line3)), (format('{"order_line_id": %s, "quantity": 4, "grade": "C"}', :line3))) v(d);
SELECT marketplace.return_inspect(:m, :r, format('{"lines": [{"order_line_id": %1$s, "quantity": 1, "grade": "A", "compliant": true}, {"order_line_id": %1$s, "quantity": 2.5, "grade": "B", "compliant": true},
	{"order_line_id": %1$s, "quantity": 0.5, "grade": "C", "compliant": false, "reason": "half of it is missing"}]}', :line3)::jsonb) = :r;
:quantities;
SELECT pg_temp.refused(format('SELECT marketplace.return_dispose(%s, %s, %L)', :m, :r, '{"lines": [{"position": 4, "disposition": "scrap"}]}'));
SELECT marketplace.return_dispose(:m, :r, '{"lines": [{"position": 1, "disposition": "restock"}, {"position": 2, "disposition": "repair"}]}') = :r;
:state;
SELECT pg_temp.refused(format('SELECT marketplace.return_dispose(%s, %s, %L)', :m, :r, '{"lines": [{"position": 1, "disposition": "scrap"}]}'));
SELECT marketplace.return_dispose(:m, :r, '{"lines": [{"position": 3, "disposition": "scrap"}]}') = :r;
:state;
:events;
-- by policy at once; the seller does not inspect in time: the refund is due whole (LG-49)
SELECT marketplace.policy_set(:m, 'lg.rma_auto_approve', '["not needed"]') > 0;
SELECT marketplace.return_request(:m, format('{"order_id": %s, "reason": "not needed", "lines": [{"order_line_id": %s, "quantity": 1}]}', :order_id, :line1)::jsonb) AS r \gset
SELECT marketplace.return_ship(:m, :r, format('{"lines": [{"order_line_id": %s, "quantity": 0.5}]}', :line1)::jsonb) = :r;
SELECT marketplace.return_receive(:m, :r, format('{"lines": [{"order_line_id": %s, "quantity": 0.5}]}', :line1)::jsonb) = :r;
SET marketplace.clock = '2026-03-11 12:00+00';
:state;
SELECT marketplace.tick(:m) > 0, marketplace.tick(:m) = 0;
SELECT marketplace.return_inspect(:m, :r, format('{"lines": [{"order_line_id": %s, "quantity": 0.5, "grade": "C", "compliant": false, "reason": "used"}]}', :line1)::jsonb) = :r;
:events;
:quantities;
-- refused, cancelled, not sent in time
SELECT marketplace.return_request(:m, format('{"order_id": %s, "reason": "changed", "resolution": "replacement", "lines": [{"order_line_id": %s, "quantity": 1}]}', :order_id, :line3)::jsonb) AS r \gset
SELECT marketplace.return_refuse(:m, :r, 'used') = :r;
SELECT pg_temp.refused(format('SELECT marketplace.return_refuse(%s, %s, %L)', :m, :r, 'used'));
SELECT marketplace.return_request(:m, format('{"order_id": %s, "reason": "changed", "lines": [{"order_line_id": %s, "quantity": 6}]}', :order_id, :line3)::jsonb) AS r \gset
SELECT marketplace.return_approve(:m, :r, '{"resolution": "repair"}') = :r, marketplace.return_label(:m, :r, '{"carrier": "colis", "parcels": [{"tracking_number": "R2"}]}') = :r, marketplace.return_cancel(:m, :r, 'kept') = :r;
SELECT state FROM marketplace.shipment_overview WHERE marketplace_id = :m AND direction = 'return' ORDER BY shipment_id;
-- a fact of the carrier is never refused
SELECT pg_temp.track(:m, 'R2', 'h', 'handed_over', '2026-03-11T10:00Z') > 0;
SELECT kind, must_act, detail FROM marketplace.tracking_obstacles WHERE marketplace_id = :m;
SELECT marketplace.return_request(:m, format('{"order_id": %s, "reason": "changed", "lines": [{"order_line_id": %s, "quantity": 6}]}', :order_id, :line3)::jsonb) AS r \gset
SELECT marketplace.return_approve(:m, :r) = :r;
SET marketplace.clock = '2026-04-11 12:00+00';
SELECT marketplace.tick(:m) > 0;
SELECT marketplace.tick(:m) = 0;
SELECT state, resolution, count(*) FROM marketplace.return_overview WHERE marketplace_id = :m GROUP BY 1, 2 ORDER BY 1, 2;
SELECT pg_temp.refused(format('UPDATE marketplace.returns SET state = %L WHERE marketplace_id = %s', 'closed', :m));
SELECT pg_temp.refused(format('DELETE FROM marketplace.return_inspections WHERE marketplace_id = %s', :m));
SELECT count(*) FROM marketplace.ledger_verify(:m);
