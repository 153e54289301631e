-- The carrier axis: stored once, folded, corrected, quarantined, and what the parcels' contents do (LG-18…LG-27, RD-60…RD-64).
\set m 7102
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
\set state 'SELECT tracking_number, state, first_scan_at, delivered_at, signed_by FROM marketplace.parcel_tracking WHERE marketplace_id = :m ORDER BY parcel_id'
\set lines 'SELECT position, to_ship, in_transit, lost, sent_back, awaited, accepted FROM pg_temp.line_quantities WHERE marketplace_id = :m AND position = 3'
\set history 'SELECT source_event_id, code, sub_code, state, standing, occurred_at, repeats FROM marketplace.tracking_history WHERE marketplace_id = :m AND parcel_id = pg_temp.parcel(:m, :number)'
\set obstacles 'SELECT kind, must_act, regexp_replace(object, ''[0-9]+$'', ''N''), regexp_replace(detail, ''(line|order) [0-9]+'', ''\\1 N'', ''g'') FROM marketplace.tracking_obstacles WHERE marketplace_id = :m ORDER BY 1, 3, 4'
SELECT pg_temp.ship(:m, :beta_order, :line3, 'P', 6, 4) AS s \gset
\set number '''P1'''
-- a label is no scan
SELECT pg_temp.track(:m, 'P1', 'e1', 'label_created', '2026-03-02T08:00Z') AS e1 \gset
:state;
:lines;
-- the first scan hands the whole shipment over, whichever parcel it was
SET marketplace.clock = '2026-03-04 12:00+00';
SELECT pg_temp.track(:m, 'P1', 'e3', 'IN-TRANSIT', '2026-03-03T05:00Z') AS e3 \gset
SELECT state, implicit, handed_over_at FROM marketplace.shipment_overview WHERE marketplace_id = :m;
SELECT pg_temp.track(:m, 'P1', 'e2', 'handed_over', '2026-03-02T17:10Z') AS e2 \gset
SELECT state, implicit, handed_over_at FROM marketplace.shipment_overview WHERE marketplace_id = :m;
:lines;
-- the same event again: the same id, one row
SELECT pg_temp.track(:m, 'P1', 'e2', 'handed_over', '2026-03-02T17:10Z') = :e2 AS same_id;
:history;
-- delivered: only this parcel (LG-3)
SELECT marketplace.tracking_record(:m, '{"source": "colis", "source_event_id": "P1/e5", "carrier": "colis", "tracking_number": "P1",
	"state": "delivered", "occurred_at": "2026-03-04T11:42:00Z", "signed_by": "M. Petit", "place": "Lille", "raw": {"x": [1, 2]}}') > 0 AS recorded;
:state;
:lines;
SELECT quantity, deemed_at, on_silence, due FROM marketplace.receipts_due WHERE marketplace_id = :m;
-- after delivered a scan is stored, and ignored
SELECT pg_temp.track(:m, 'P1', 'e6', 'out_for_delivery', '2026-03-04T11:50Z') > 0;
-- no id: the content is the key
SELECT marketplace.tracking_record(:m, d) = marketplace.tracking_record(:m, d) AS same_id FROM (VALUES (
	'{"source": "colis", "carrier": "colis", "tracking_number": "P1", "state": "exception", "occurred_at": "2026-03-03T15:00:00Z", "place": "Arras"}'::jsonb)) v(d);
:history;
-- the delivery did not occur: quantities go back, the clock of the inspection stops
SELECT pg_temp.correct(:m, 'P1', 'c1', 'e5', 'did_not_occur') > 0;
:state;
:lines;
SELECT count(*) FROM marketplace.receipts_due WHERE marketplace_id = :m;
-- the correction did not occur either: delivered again
SELECT pg_temp.correct(:m, 'P1', 'c2', 'c1', 'did_not_occur') > 0;
:state;
:lines;
:history;
-- a correction may come before what it corrects, and cannot lead back to itself
SELECT pg_temp.correct(:m, 'P2', 'c1', 'd1', 'incorrect_data') > 0;
SELECT pg_temp.track(:m, 'P2', 'd1', 'delivered', '2026-03-03T10:00Z') > 0;
SELECT pg_temp.refused(format('SELECT pg_temp.correct(%s, %L, %L, %L, %L)', :m, 'P1', e, w, 'did_not_occur')) FROM (VALUES ('c9', 'c9')) v(e, w);
SELECT pg_temp.correct(:m, 'P2', 'c4', 'c5', 'did_not_occur') > 0;
SELECT pg_temp.refused(format('SELECT pg_temp.correct(%s, %L, %L, %L, %L)', :m, 'P2', 'c5', 'c4', 'did_not_occur'));
:state;
-- lost, and only found or delivered counts afterwards
SELECT pg_temp.track(:m, 'P2', 'l1', 'lost', '2026-03-03T20:00Z') > 0;
:lines;
SELECT pg_temp.track(:m, 'P2', 'l2', 'in_transit', '2026-03-03T21:00Z') > 0;
SELECT state FROM marketplace.parcel_tracking WHERE marketplace_id = :m AND tracking_number = 'P2';
SELECT pg_temp.track(:m, 'P2', 'l3', 'found', '2026-03-03T22:00Z') > 0;
SELECT state FROM marketplace.parcel_tracking WHERE marketplace_id = :m AND tracking_number = 'P2';
:lines;
-- back to the sender without a receipt
SELECT pg_temp.track(:m, 'P2', 'r1', 'returning', '2026-03-04T08:00Z') > 0, pg_temp.track(:m, 'P2', 'r2', 'returned', '2026-03-04T09:00Z') > 0;
:lines;
SELECT pg_temp.track(:m, 'P2', 'r3', 'delivered', '2026-03-04T10:00Z') > 0;
\set number '''P2'''
:history;
-- codes: the vocabulary, sub-codes first; what is unknown is stored and listed, and folded once it is mapped
SELECT pg_temp.ship(:m, :alpha_order, :line1, 'Q', 1) > 0, pg_temp.ship(:m, :alpha_order, :line2, 'R', 1) > 0;
\set number '''Q1'''
SELECT marketplace.tracking_record(:m, d || '{"carrier": "colis", "tracking_number": "Q1"}') > 0 FROM (VALUES
	('{"source": "AfterShip", "code": "InfoReceived", "occurred_at": "2026-03-02T10:00:00Z"}'::jsonb),
	('{"source": "AfterShip", "code": "Exception", "occurred_at": "2026-03-02T11:00:00Z"}'),
	('{"source": "AfterShip", "code": "Exception", "sub_code": "Exception_010", "occurred_at": "2026-03-02T12:00:00Z"}'),
	('{"source": "rec24", "code": "23", "sub_code": "7", "occurred_at": "2026-03-02T13:00:00Z"}'),
	('{"source": "colis", "code": "AT-DEPOT", "occurred_at": "2026-03-02T14:00:00Z"}')) v(d);
:history;
:obstacles;
SELECT marketplace.tracking_code_map(:m, '{"source": "colis", "code": "at depot", "state": "pickup_ready"}') AS folded;
SELECT marketplace.tracking_code_map(:m, '{"source": "rec24", "code": "23", "sub_code": "7", "state": "exception"}') AS folded;
:history;
SELECT state FROM marketplace.parcel_tracking WHERE marketplace_id = :m AND tracking_number = 'Q1';
SELECT pg_temp.refused(format('SELECT marketplace.tracking_code_map(%s, %L)', :m, d)) FROM (VALUES
	('{"source": "x", "state": "lost"}'), ('{"source": "x", "code": "y", "state": "nowhere"}'), ('{"code": "y", "state": "lost"}')) v(d);
-- dated in the future: in quarantine until an operator decides
SELECT pg_temp.track(:m, 'Q1', 'near', 'in_transit', '2026-03-05T11:00Z') > 0;
SELECT pg_temp.track(:m, 'Q1', 'far', 'delivered', '2026-04-04T11:00Z') AS far, pg_temp.track(:m, 'Q1', 'farther', 'lost', '2026-05-04T11:00Z') AS farther \gset
:obstacles;
SELECT state FROM marketplace.parcel_tracking WHERE marketplace_id = :m AND tracking_number = 'Q1';
SELECT marketplace.tracking_release(:m, :farther, false, 'the carrier''s clock is wrong') = :farther AS rejected, marketplace.tracking_release(:m, :far, true) = :far AS accepted;
SELECT state, delivered_at FROM marketplace.parcel_tracking WHERE marketplace_id = :m AND tracking_number = 'Q1';
SELECT pg_temp.refused(format('SELECT marketplace.tracking_release(%s, %s, %L)', :m, e, a)) FROM (VALUES (:far, true), (:e2, true), (999999999, true), (:far, NULL)) v(e, a);
-- silence of the carrier: expired at read, nothing stored
SELECT pg_temp.track(:m, 'R1', 'e1', 'in_transit', '2026-03-04T10:00Z') > 0;
SET marketplace.clock = '2026-04-03 11:00+00';
SELECT state FROM marketplace.parcel_tracking WHERE marketplace_id = :m AND tracking_number = 'R1';
SET marketplace.clock = '2026-04-03 09:00+00';
SELECT state FROM marketplace.parcel_tracking WHERE marketplace_id = :m AND tracking_number = 'R1';
-- a scan after the shipment was voided, and one of goods that were cancelled meanwhile, are recorded and become obstacles
SELECT pg_temp.ship(:m, :alpha_order, :line2, 'V', 1) AS v, pg_temp.ship(:m, :alpha_order, :line2, 'W', 1) AS w \gset
SELECT marketplace.shipment_void(:m, :v, 'mistake') > 0, marketplace.order_line_refuse(:m, :line2, 2, 'broken') > 0;
SELECT pg_temp.track(:m, 'V1', 'e1', 'in_transit', '2026-03-04T10:00Z') > 0, pg_temp.track(:m, 'W1', 'e1', 'delivered', '2026-03-04T10:00Z') > 0;
:obstacles;
SELECT pg_temp.refused(format('SELECT marketplace.shipment_void(%s, %s, %L)', :m, :w, 'x'));
-- a guard of another area stands against it: the seller is refused, the carrier's fact is not
SELECT marketplace.policy_set(:m, 'fd.ship_on', '"authorised"') > 0;
SELECT pg_temp.ship(:m, :alpha_order, :line1, 'G', 1) AS g \gset
SELECT pg_temp.refused(format('SELECT marketplace.shipment_hand_over(%s, %s)', :m, :g));
SELECT pg_temp.track(:m, 'G1', 'e1', 'in_transit', '2026-03-04T10:00Z') > 0;
SELECT state, implicit FROM marketplace.shipment_overview WHERE marketplace_id = :m AND shipment_id = :g;
:obstacles;
-- what is refused
SELECT pg_temp.refused(format('SELECT marketplace.tracking_record(%s, %L)', :m, d)) FROM (VALUES
	('[]'), ('{"source": "x"}'), ('{"source": "x", "state": "lost"}'),
	('{"source": "x", "state": "lost", "occurred_at": "2026-03-04"}'), ('{"source": "x", "state": "lost", "occurred_at": "2026-03-04T10:00:00"}'),
	('{"source": "x", "state": "lost", "occurred_at": "2026-03-04T10:00:00Z"}'), ('{"source": "x", "state": "expired", "occurred_at": "2026-03-04T10:00:00Z"}'),
	('{"source": "x", "state": "lost", "code": "y", "occurred_at": "2026-03-04T10:00:00Z"}'), ('{"source": "x", "occurred_at": "2026-03-04T10:00:00Z"}'),
	('{"source": "x", "state": "lost", "occurred_at": "2026-03-04T10:00:00Z", "parcel_id": 1, "sscc": "x"}'),
	('{"source": "x", "state": "lost", "occurred_at": "2026-03-04T10:00:00Z", "parcel_id": 999999999}'),
	('{"source": "x", "state": "lost", "occurred_at": "2026-03-04T10:00:00Z", "sscc": "006141411234567890"}'),
	('{"source": "x", "state": "lost", "occurred_at": "2026-03-04T10:00:00Z", "carrier": "colis", "tracking_number": "nope"}'),
	('{"source": "x", "state": "lost", "occurred_at": "2026-03-04T10:00:00Z", "tracking_number": "P1"}'),
	('{"source": "x", "state": "lost", "occurred_at": "2026-03-04T10:00:00Z", "carrier": "nobody", "tracking_number": "P1"}'),
	('{"source": "x", "state": "lost", "corrects": {"source": "x", "source_event_id": "y", "reason": "did_not_occur"}}'),
	('{"source": "x", "corrects": {"source": "x", "source_event_id": "y", "reason": "because"}}'),
	('{"source": "x", "corrects": {"source": "x", "source_event_id": "y", "reason": "did_not_occur"}}'),
	('{"source": "x", "corrects": {"source": "x"}}'), ('{"source": "x", "colour": "red"}')) v(d);
SELECT pg_temp.refused(s) FROM (VALUES
	('UPDATE marketplace.tracking_events SET state = ''lost'' WHERE marketplace_id = 7102'), ('DELETE FROM marketplace.tracking_events WHERE marketplace_id = 7102'),
	('TRUNCATE marketplace.tracking_events'), ('DELETE FROM marketplace.tracking_problems WHERE marketplace_id = 7102')) v(s);
-- who may record and see: the carrier its own parcels, the seller its own shipments, the buyer looks on
SELECT pg_temp.parcel(:m, 'P1') AS p1 \gset
CREATE ROLE regress_mk_log_carrier;
CREATE ROLE regress_mk_log_buyer;
CREATE ROLE regress_mk_log_seller;
SELECT marketplace.access_grant(:m, 'regress_mk_log_carrier', 'carrier', :colis) > 0, marketplace.access_grant(:m, 'regress_mk_log_buyer', 'buyer', :buyer) > 0,
	marketplace.access_grant(:m, 'regress_mk_log_seller', 'seller', :alpha) > 0;
SET ROLE regress_mk_log_carrier;
SELECT pg_temp.track(:m, 'R1', 'e2', 'out_for_delivery', '2026-03-04T11:00Z') > 0 AS recorded;
SELECT count(*) AS parcels FROM marketplace.parcel_tracking WHERE marketplace_id = :m;
SELECT count(*) AS orders FROM marketplace.orders WHERE marketplace_id = :m;
SELECT pg_temp.refused(format('SELECT marketplace.tracking_release(%s, %s, true)', :m, :far));
SET ROLE regress_mk_log_seller;
SELECT pg_temp.track(:m, 'R1', 'e3', 'out_for_delivery', '2026-03-04T11:05Z') > 0 AS recorded;
SELECT pg_temp.refused(format('SELECT marketplace.tracking_record(%s, %L)', :m, format('{"source": "x", "state": "lost", "occurred_at": "2026-03-04T10:00:00Z", "parcel_id": %s}', :p1)));
SELECT count(*) AS parcels FROM marketplace.parcel_tracking WHERE marketplace_id = :m;
SET ROLE regress_mk_log_buyer;
SELECT count(*) AS parcels, count(*) FILTER (WHERE delivered_at IS NOT NULL) AS delivered FROM marketplace.parcel_tracking WHERE marketplace_id = :m;
SELECT count(*) AS events FROM marketplace.tracking_history WHERE marketplace_id = :m;
SELECT pg_temp.refused(format('SELECT marketplace.tracking_record(%s, %L)', :m, '{}'));
RESET ROLE;
DROP OWNED BY regress_mk_log_carrier, regress_mk_log_buyer, regress_mk_log_seller;
DROP ROLE regress_mk_log_carrier, regress_mk_log_buyer, regress_mk_log_seller;
-- the outbox
SELECT type, jsonb_path_query_array(payload, '$.lines[*].quantity') AS quantities, payload -> 'delivered_at' AS delivered_at, payload -> 'implicit' AS implicit
  FROM marketplace.events WHERE marketplace_id = :m AND type ~ '^(shipment.handed|parcel)' ORDER BY id;
