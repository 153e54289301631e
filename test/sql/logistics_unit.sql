-- Handling units (LG-1, LG-27): parcels of two sellers on a pallet, the pallet in a container; scans of either reach the parcels that were in it, whatever comes first;
-- EPCIS aggregation events, also before the parcels are announced; weights; who may pack and who sees what; what is refused.
\set m 7111
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
CREATE FUNCTION pg_temp.parcel(sscc text, line bigint, quantity numeric, kg numeric) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('sscc', sscc, 'tracking_number', 'T' || sscc, 'weight_kg', kg, 'contents', jsonb_build_array(jsonb_build_object('order_line_id', line, 'quantity', quantity))) $$;
CREATE FUNCTION pg_temp.pack(m int, unit bigint, action text, at text, VARIADIC ssccs text[]) RETURNS boolean LANGUAGE sql AS $$
SELECT marketplace.handling_unit_pack(m, unit, jsonb_build_object('action', action, 'occurred_at', at, 'contents', (SELECT jsonb_agg(jsonb_build_object('sscc', s) ORDER BY s) FROM unnest(ssccs) s))) = unit $$;
CREATE FUNCTION pg_temp.scan(m int, sscc text, state text, at text) RETURNS boolean LANGUAGE sql AS $$
SELECT marketplace.tracking_record(m, jsonb_build_object('source', 'colis', 'source_event_id', sscc || state || at, 'sscc', sscc, 'state', state, 'occurred_at', at, 'place', 'DEPOT')) IS NOT NULL $$;
\set parcels 'SELECT right(sscc, 3) AS parcel, state, first_scan_at, delivered_at FROM marketplace.parcel_tracking WHERE marketplace_id = :m ORDER BY sscc'
\set places 'SELECT right(u.sscc, 3) AS unit, right(h.parcel_sscc, 3) AS parcel, h.depth, h.from_at, h.until_at FROM marketplace.handling_unit_contents h JOIN marketplace.handling_unit_overview u ON u.marketplace_id = h.marketplace_id AND u.handling_unit_id = h.handling_unit_id WHERE h.marketplace_id = :m ORDER BY 1, 2, 4'
\set units 'SELECT kind, right(sscc, 3) AS unit, carrier, parcels, orders, sellers, units, trim_scale(tare_kg) AS tare, trim_scale(gross_kg) AS gross, trim_scale(contents_kg) AS contents, weight_differs, state, last_scan_at, last_place FROM marketplace.handling_unit_overview WHERE marketplace_id = :m ORDER BY handling_unit_id'
SELECT marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', :alpha_order, 'carrier', 'colis', 'parcels', jsonb_build_array(pg_temp.parcel('340123450000000017', :line1, 2, 4)))) AS a \gset
SELECT marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', :beta_order, 'carrier', 'colis', 'parcels', jsonb_build_array(pg_temp.parcel('340123450000000024', :line3, 4, 1.5), pg_temp.parcel('340123450000000031', :line3, 5, 2)))) AS b \gset
SELECT marketplace.handling_unit_create(:m, '{"kind": "pallet", "sscc": "340123459999999012", "tare_kg": 20, "gross_kg": 27.5, "reference": "P1"}') AS pallet \gset
SELECT marketplace.handling_unit_create(:m, jsonb_build_object('kind', 'container', 'sscc', '340123459999999029', 'carrier', 'colis', 'tracking_number', 'C-1', 'keeper_id', :colis)) AS container \gset
SET marketplace.clock = '2026-03-04 09:00+00';
-- the scan of the container comes first, then who was in it
SELECT pg_temp.scan(:m, '340123459999999029', 'in_transit', '2026-03-02T12:00Z');
:parcels;
SELECT pg_temp.pack(:m, :container, 'add', '2026-03-02T11:00Z', '340123459999999012');
SELECT pg_temp.pack(:m, :pallet, 'add', '2026-03-02T10:00Z', '340123450000000017', '340123450000000024', '340123450000000031');
:parcels;
SELECT s.state, s.implicit, s.handed_over_at FROM marketplace.shipment_overview s WHERE s.marketplace_id = :m ORDER BY s.shipment_id;
:places;
:units;
-- one is taken off the pallet at 13:00, which becomes known after the container was delivered at 15:00: it was not delivered with it
SELECT pg_temp.scan(:m, '340123459999999029', 'delivered', '2026-03-02T15:00Z');
:parcels;
SELECT position, in_transit, awaited FROM pg_temp.line_quantities WHERE marketplace_id = :m ORDER BY position;
SELECT pg_temp.pack(:m, :pallet, 'delete', '2026-03-02T13:00Z', '340123450000000031');
:parcels;
SELECT position, in_transit, awaited FROM pg_temp.line_quantities WHERE marketplace_id = :m ORDER BY position;
SELECT e.type, e.payload ->> 'proof' AS proof FROM marketplace.events e WHERE e.marketplace_id = :m AND e.type LIKE 'parcel.deliver%' ORDER BY e.id;
SELECT state, standing, occurred_at FROM marketplace.tracking_history WHERE marketplace_id = :m AND parcel_id = (SELECT id FROM marketplace.parcels WHERE marketplace_id = :m AND sscc = '340123450000000031') ORDER BY occurred_at;
-- the same packing event again, the same scan again; the scan was an error after all
SELECT pg_temp.pack(:m, :pallet, 'delete', '2026-03-02T13:00Z', '340123450000000031'), pg_temp.scan(:m, '340123459999999029', 'delivered', '2026-03-02T15:00Z');
SELECT count(*), sum(repeats) FROM marketplace.handling_unit_scans WHERE marketplace_id = :m;
SELECT marketplace.tracking_record(:m, jsonb_build_object('source', 'colis', 'handling_unit_id', :container, 'corrects', jsonb_build_object('source', 'colis', 'source_event_id', '340123459999999029delivered2026-03-02T15:00Z', 'reason', 'did_not_occur'))) > 0;
:parcels;
-- into another unit: out of the one before; all out; and by the carrier's number of the whole
SELECT marketplace.handling_unit_create(:m, '{"kind": "cage", "sscc": "340123459999999036", "carrier": "colis", "tracking_number": "CAGE-1"}') AS cage \gset
SELECT pg_temp.pack(:m, :cage, 'observe', '2026-03-03T08:00Z', '340123450000000024', '340123450000000031');
SELECT marketplace.handling_unit_pack(:m, :pallet, '{"action": "delete", "occurred_at": "2026-03-03T09:00:00Z"}') = :pallet;
SELECT marketplace.tracking_record(:m, '{"source": "colis", "source_event_id": "cage", "carrier": "colis", "tracking_number": "CAGE-1", "state": "delivered", "occurred_at": "2026-03-03T10:00:00Z", "signed_by": "M. Port"}') > 0;
:places;
:parcels;
SELECT marketplace.handling_unit_pack(:m, :cage, '{"action": "observe", "occurred_at": "2026-03-03T08:00:00Z", "source_event_id": "weighed", "contents": [{"sscc": "340123450000000024"}], "gross_kg": 40}') = :cage;
:units;
-- EPCIS: the carrier's events name a pallet and parcels that nobody has announced
SELECT marketplace.epcis_record(:m, '{"type": "EPCISDocument", "epcisBody": {"eventList": [
	{"type": "AggregationEvent", "eventID": "urn:uuid:a1", "action": "ADD", "eventTime": "2026-03-03T12:00:00Z", "bizStep": "packing", "parentID": "https://id.gs1.org/00/340123459999999043",
	 "childEPCs": ["https://id.gs1.org/00/340123450000000048", "https://id.gs1.org/00/340123450000000017", "https://id.gs1.org/01/09506000134352/21/1"]},
	{"type": "ObjectEvent", "eventID": "urn:uuid:a2", "action": "OBSERVE", "eventTime": "2026-03-03T13:00:00Z", "bizStep": "departing", "epcList": ["https://id.gs1.org/00/340123459999999043"]},
	{"type": "AggregationEvent", "eventID": "urn:uuid:a3", "action": "DELETE", "eventTime": "2026-03-03T14:00:00Z", "bizStep": "unpacking", "parentID": "https://id.gs1.org/00/340123459999999043"}]}}');
SELECT kind, object FROM marketplace.tracking_obstacles WHERE marketplace_id = :m AND kind <> 'unmapped' ORDER BY 1, 2;
SELECT marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', :beta_order, 'carrier', 'colis', 'parcels', jsonb_build_array(pg_temp.parcel('340123450000000048', :line3, 1, 1)))) > 0;
SELECT kind, object FROM marketplace.tracking_obstacles WHERE marketplace_id = :m AND kind <> 'unmapped' ORDER BY 1, 2;
SELECT * FROM (:places) p WHERE unit = '043';
SELECT state, standing, occurred_at FROM marketplace.tracking_history WHERE marketplace_id = :m AND parcel_id = (SELECT id FROM marketplace.parcels WHERE marketplace_id = :m AND sscc = '340123450000000048') ORDER BY occurred_at;
-- the packing was an error: what was in it was not
SELECT marketplace.epcis_record(:m, '{"type": "AggregationEvent", "eventID": "urn:uuid:a1", "action": "ADD", "eventTime": "2026-03-03T12:00:00Z", "bizStep": "packing", "parentID": "https://id.gs1.org/00/340123459999999043",
	 "childEPCs": ["https://id.gs1.org/00/340123450000000048"], "errorDeclaration": {"declarationTime": "2026-03-03T16:00:00Z", "reason": "did_not_occur"}}');
SELECT count(*) FROM (:places) p WHERE unit = '043';
SELECT count(*) FROM marketplace.tracking_history WHERE marketplace_id = :m AND parcel_id = (SELECT id FROM marketplace.parcels WHERE marketplace_id = :m AND sscc = '340123450000000048') AND standing = 'applied';
-- refused
SELECT pg_temp.refused(format('SELECT marketplace.handling_unit_create(%s, %L)', :m, d)) FROM (VALUES ('{}'), ('{"kind": "box"}'), ('{"kind": "pallet", "sscc": "340123459999999011"}'), ('{"kind": "pallet", "sscc": "340123459999999012"}'),
	('{"kind": "pallet", "tracking_number": "1"}'), ('{"kind": "pallet", "tare_kg": 5, "gross_kg": 4}'), ('{"kind": "pallet", "gross_kg": "NaN"}'), ('{"kind": "pallet", "keeper_id": 999999999}'), ('{"kind": "pallet", "carrier": "nobody"}')) v(d);
SELECT pg_temp.refused(format('SELECT marketplace.handling_unit_pack(%s, %s, %L)', :m, :pallet, d)) FROM (VALUES ('{}'), ('{"action": "ADD"}'), ('{"action": "add"}'), ('{"action": "add", "contents": []}'), ('{"action": "add", "contents": [{}]}'),
	('{"action": "add", "contents": [{"sscc": "340123450000000055"}]}'), ('{"action": "delete", "occurred_at": "2027-01-01T00:00:00Z"}'), ('{"action": "add", "contents": [{"sscc": "340123459999999012"}]}'),
	('{"action": "delete", "gross_kg": 1}')) v(d);
SELECT pg_temp.refused(format('SELECT marketplace.handling_unit_pack(%s, 999999999, %L)', :m, '{"action": "delete"}'));
SELECT pg_temp.pack(:m, :pallet, 'add', '2026-03-03T20:00Z', '340123459999999036');
SELECT regexp_replace(pg_temp.refused(format('SELECT marketplace.handling_unit_pack(%s, %s, %L)', :m, :cage, '{"action": "add", "contents": [{"sscc": "340123459999999012"}]}')), '\d+ cannot be put in \d+', 'N cannot be put in N');
SELECT pg_temp.refused(format('SELECT marketplace.tracking_record(%s, %L)', :m, jsonb_build_object('source', 'colis', 'handling_unit_id', :cage, 'sscc', '340123450000000017', 'state', 'lost', 'occurred_at', '2026-03-03T20:00:00Z')));
SELECT pg_temp.refused(format('DELETE FROM marketplace.%I WHERE marketplace_id = %s', t, :m)) FROM unnest(ARRAY['handling_units', 'nestings', 'handling_unit_scans', 'handling_unit_parcels']) t;
-- who sees and does what: ALPHA, the carrier (LG-55)
CREATE ROLE regress_unit_alpha;
CREATE ROLE regress_unit_colis;
SELECT marketplace.access_grant(:m, 'regress_unit_alpha', 'seller', :alpha) > 0, marketplace.access_grant(:m, 'regress_unit_colis', 'carrier', :colis) > 0;
SET ROLE regress_unit_alpha;
:places;
SELECT right(sscc, 3) AS unit, parcels, sellers, weight_differs FROM marketplace.handling_unit_overview WHERE marketplace_id = :m ORDER BY handling_unit_id;
SELECT count(*) FROM marketplace.nestings WHERE marketplace_id = :m AND child_parcel_id IS NOT NULL;
SELECT pg_temp.refused(format('SELECT marketplace.handling_unit_pack(%s, %s, %L)', :m, :pallet, '{"action": "delete"}'));
SELECT marketplace.handling_unit_create(:m, '{"kind": "pallet", "reference": "alpha''s own"}') AS own \gset
SELECT pg_temp.pack(:m, :own, 'add', '2026-03-03T21:00Z', '340123450000000017');
SELECT pg_temp.refused(format('SELECT marketplace.handling_unit_pack(%s, %s, %L)', :m, :own, '{"action": "add", "contents": [{"sscc": "340123450000000024"}]}'));
SET ROLE regress_unit_colis;
SELECT pg_temp.pack(:m, :container, 'add', '2026-03-03T22:00Z', '340123450000000024');
SELECT right(sscc, 3) AS unit, parcels, sellers FROM marketplace.handling_unit_overview WHERE marketplace_id = :m ORDER BY handling_unit_id;
RESET ROLE;
SELECT marketplace.access_revoke(:m, 'regress_unit_alpha', 'seller', :alpha) > 0, marketplace.access_revoke(:m, 'regress_unit_colis', 'carrier', :colis) > 0;
DROP OWNED BY regress_unit_alpha, regress_unit_colis;
DROP ROLE regress_unit_alpha;
DROP ROLE regress_unit_colis;
SELECT * FROM marketplace.ledger_verify(:m);
SELECT * FROM marketplace.events_verify(:m);
