-- GS1 EPCIS 2.0: events of all kinds to tracking events, error declarations, objects that are not known (LG-18, LG-23, RD-60, RD-65).
\set m 7104
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
\set history 'SELECT t.sscc, code, sub_code, h.state, standing, occurred_at, repeats FROM marketplace.tracking_history h JOIN marketplace.parcel_tracking t USING (marketplace_id, parcel_id) WHERE marketplace_id = :m ORDER BY 1, occurred_at, 2'
\set obstacles 'SELECT kind, regexp_replace(object, ''^parcel:.*'', ''parcel:N'') AS object, detail FROM marketplace.tracking_obstacles WHERE marketplace_id = :m ORDER BY 1, 2'
CREATE FUNCTION pg_temp.epcis(m int, VARIADIC events jsonb[]) RETURNS bigint LANGUAGE sql AS $$
SELECT marketplace.epcis_record(m, jsonb_build_object('@context', '["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"]'::jsonb,
	'type', 'EPCISDocument', 'schemaVersion', '2.0', 'creationDate', '2026-03-02T09:00:00Z',
	'epcisBody', jsonb_build_object('eventList', to_jsonb(events))))
$$;
-- urn:epc:id:sscc:0614141.1234567890 is 106141412345678908
SELECT marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', :beta_order, 'carrier', 'colis', 'parcels', jsonb_build_array(
	jsonb_build_object('sscc', '106141412345678908', 'contents', jsonb_build_array(jsonb_build_object('order_line_id', :line3, 'quantity', 6))),
	jsonb_build_object('sscc', '106141412345678915', 'contents', jsonb_build_array(jsonb_build_object('order_line_id', :line3, 'quantity', 4)))))) AS s \gset
SELECT marketplace.sscc_is_valid('106141412345678908') AS ok;
SET marketplace.clock = '2026-03-04 12:00+00';
-- one parcel by EPC URI and Digital Link, bizStep bare, as URN, as web URI and as curie; extensions pass; the same document again stores nothing
\set doc '$${"eventID": "urn:uuid:e1", "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "packing", "disposition": "in_progress", "epcList": ["urn:epc:id:sscc:0614141.1234567890"], "eventTime": "2026-03-02T08:00:00.000Z", "eventTimeZoneOffset": "+01:00", "readPoint": {"id": "urn:epc:id:sgln:0614141.07346.1234"}, "example:myField": "an extension"}$$, $${"eventID": "urn:uuid:e2", "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "urn:epcglobal:cbv:bizstep:shipping", "disposition": "urn:epcglobal:cbv:disp:in_transit", "epcList": ["https://id.gs1.org/00/106141412345678908"], "eventTime": "2026-03-02T18:10:00+01:00", "eventTimeZoneOffset": "+01:00"}$$, $${"eventID": "urn:uuid:e3", "type": "TransactionEvent", "action": "ADD", "bizTransactionList": [], "bizStep": "https://ref.gs1.org/cbv/BizStep-transporting", "disposition": "https://ref.gs1.org/cbv/Disp-in_transit", "epcList": ["urn:epc:id:sscc:0614141.1234567890"], "eventTime": "2026-03-03T05:00:00Z"}$$'
SELECT pg_temp.epcis(:m, :doc) AS stored;
SELECT pg_temp.epcis(:m, :doc) AS stored;
:history;
-- an aggregation is about the parent and the children; what is not a parcel here is an obstacle, not an error
SELECT pg_temp.epcis(:m, '{"eventID": "urn:uuid:e4", "type": "AggregationEvent", "action": "OBSERVE", "parentID": "urn:epc:id:sscc:0614141.1234567890",
	"childEPCs": ["urn:epc:id:sscc:0614141.1234567891", "urn:epc:id:sscc:0614141.1999999999", "urn:epc:id:sgtin:0614141.107346.2017", "urn:epc:id:sscc:0614141.12", "urn:epc:id:giai:952005385.w2"],
	"bizStep": "receiving", "disposition": "completeness_verified", "eventTime": "2026-03-04T11:42:00Z", "bizLocation": {"id": "urn:epc:id:sgln:0614141.00888.0"}}') AS stored;
:history;
:obstacles;
SELECT state, delivered_at FROM marketplace.parcel_tracking WHERE marketplace_id = :m ORDER BY sscc;
-- an event without an id, by itself and not in a document; a bizStep without meaning here is unmapped
SELECT marketplace.epcis_record(:m, e) AS stored, marketplace.epcis_record(:m, e) AS again FROM (VALUES ('{"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "storing",
	"epcList": ["urn:epc:id:sscc:0614141.1234567891"], "eventTime": "2026-03-03T09:00:00Z"}'::jsonb), ('{"type": "ObjectEvent", "action": "OBSERVE",
	"disposition": "damaged", "epcList": ["urn:epc:id:sscc:0614141.1234567891"], "eventTime": "2026-03-03T10:00:00Z"}')) v(e);
-- what was made says nothing of parcels
SELECT marketplace.epcis_record(:m, '{"type": "TransformationEvent", "inputEPCList": ["urn:epc:id:sgtin:4012345.011111.987"], "bizStep": "commissioning", "eventTime": "2026-03-03T09:00:00Z"}') AS stored;
-- the error declaration repeats the event and takes it back, on every parcel that it names
SELECT pg_temp.epcis(:m, '{"eventID": "urn:uuid:e4", "type": "AggregationEvent", "action": "OBSERVE", "parentID": "urn:epc:id:sscc:0614141.1234567890",
	"childEPCs": ["urn:epc:id:sscc:0614141.1234567891"], "bizStep": "receiving", "disposition": "completeness_verified", "eventTime": "2026-03-04T11:42:00Z",
	"errorDeclaration": {"declarationTime": "2026-03-04T11:50:00Z", "reason": "incorrect_data", "correctiveEventIDs": ["urn:uuid:e5"], "example:x": 1}}',
	'{"eventID": "urn:uuid:e5", "type": "ObjectEvent", "action": "OBSERVE", "epcList": ["urn:epc:id:sscc:0614141.1234567890"], "bizStep": "receiving", "eventTime": "2026-03-04T11:45:00Z"}') AS stored;
:history;
SELECT state, delivered_at FROM marketplace.parcel_tracking WHERE marketplace_id = :m ORDER BY sscc;
-- the event came before the shipment: it waits for the SSCC, whoever may speak for the parcel
SELECT marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', :alpha_order, 'carrier', 'colis', 'parcels', jsonb_build_array(
	jsonb_build_object('sscc', marketplace.epc_to_gs1('urn:epc:id:sscc:0614141.1999999999'), 'contents', jsonb_build_array(jsonb_build_object('order_line_id', :line1, 'quantity', 1)))))) > 0 AS created;
SELECT sscc, state, delivered_at FROM marketplace.parcel_tracking WHERE marketplace_id = :m ORDER BY sscc;
:obstacles;
-- refused
SELECT pg_temp.refused(format('SELECT marketplace.epcis_record(%s, %L)', :m, d)) FROM (VALUES
	('[]'), ('{}'), ('{"type": "EPCISDocument"}'), ('{"type": "EPCISDocument", "epcisBody": {"eventList": {}}}'), ('{"type": "EPCISDocument", "epcisBody": {"eventList": [1]}}'),
	('{"type": "EPCISDocument", "epcisBody": {"eventList": [{"type": "PartyEvent"}]}}'),
	('{"type": "ObjectEvent", "epcList": ["urn:epc:id:sscc:0614141.1234567890"]}'), ('{"type": "ObjectEvent", "epcList": "x"}'), ('{"type": "ObjectEvent", "epcList": [7]}'),
	('{"type": "ObjectEvent", "epcList": ["urn:epc:id:sscc:0614141.1234567890"], "eventTime": "yesterday"}'),
	('{"type": "ObjectEvent", "epcList": ["urn:epc:id:sscc:0614141.1234567890"], "eventTime": "2026-03-03T09:00:00Z", "errorDeclaration": {"declarationTime": "2026-03-04T11:50:00Z"}}')) v(d);
-- another seller's parcel is not known to whoever may not speak for it
CREATE ROLE regress_mk_log_alpha;
CREATE ROLE regress_mk_log_buyer;
SELECT marketplace.access_grant(:m, 'regress_mk_log_alpha', 'seller', :alpha) > 0, marketplace.access_grant(:m, 'regress_mk_log_buyer', 'buyer', :buyer) > 0;
SET ROLE regress_mk_log_alpha;
SELECT marketplace.epcis_record(:m, '{"eventID": "urn:uuid:f1", "type": "ObjectEvent", "action": "OBSERVE", "epcList": ["urn:epc:id:sscc:0614141.1234567890"], "disposition": "returned", "eventTime": "2026-03-04T11:59:00Z"}') AS stored;
SET ROLE regress_mk_log_buyer;
SELECT pg_temp.refused(format('SELECT marketplace.epcis_record(%s, %L)', :m, '{"type": "ObjectEvent"}'));
RESET ROLE;
SELECT sscc, state FROM marketplace.parcel_tracking WHERE marketplace_id = :m ORDER BY sscc;
DROP OWNED BY regress_mk_log_alpha, regress_mk_log_buyer;
DROP ROLE regress_mk_log_alpha, regress_mk_log_buyer;
