-- Many tracking events in one call: L1 through tracking_record_batch(), the same end as one by one, refusals that stop nobody; the adapters on
-- payloads written after the providers' public pages (test/fixtures/tracking) and on the samples of GS1.
\set m 7196
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
\set seed 241127
\getenv seed PROPERTY_SEED
SET marketplace.clock = '2026-03-01 09:00+00';
\ir ../fixtures/demo_parties.sql
\ir ../fixtures/demo_order.sql
\ir ../fixtures/demo_carrier.sql
SET search_path = marketplace, public;
SELECT plan(31);
SELECT diag('seed of the repetitions: ' || :seed);
SELECT setseed(:seed / 1000000.0) AS seeded \gset

CREATE TEMP TABLE vector (n int, state text, at text);
INSERT INTO vector VALUES (1, 'label_created', '2026-03-02T08:00:00Z'), (2, 'handed_over', '2026-03-02T17:10:00Z'), (3, 'in_transit', '2026-03-03T05:00:00Z'),
	(4, 'out_for_delivery', '2026-03-04T07:30:00Z'), (5, 'delivered', '2026-03-04T11:42:00Z');
CREATE TEMP TABLE permutations AS
WITH RECURSIVE p (items) AS (SELECT ARRAY[n] FROM vector UNION ALL SELECT items || n FROM p JOIN vector ON n <> ALL (items))
SELECT row_number() OVER (ORDER BY items)::int AS id, items FROM p WHERE cardinality(items) = 5;
SELECT order_place(:m, jsonb_build_object('reference', 'L1', 'buyer', :buyer, 'currency', 'EUR', 'deliver_by', '2027-12-31', 'lines',
	jsonb_build_array(jsonb_build_object('seller', :beta, 'sku', 'L1', 'description', 'Gants', 'quantity', 121, 'net_price', '7.49', 'vat_category', 'S', 'vat_rate', 20)))) AS l1_order \gset
SELECT id AS l1_line, seller_order_id AS l1_part FROM order_lines WHERE marketplace_id = :m AND order_id = :l1_order \gset
SELECT seller_order_accept(:m, :l1_part) AS accepted, pg_temp.ship(:m, :l1_part, :l1_line, 'L1-', VARIADIC array_fill(1::numeric, ARRAY[121])) AS l1_shipment \gset
SET marketplace.clock = '2026-03-04 12:00+00';
CREATE TEMP TABLE sendings AS
SELECT p.id, i.position, v.n, jsonb_build_object('source', 'colis', 'source_event_id', 'L1-' || p.id || '/e' || v.n, 'carrier', 'Colis', 'tracking_number', 'L1-' || p.id,
	'state', v.state, 'occurred_at', v.at) AS document
  FROM permutations p CROSS JOIN unnest(p.items) WITH ORDINALITY i(n, position) JOIN vector v ON v.n = i.n
 CROSS JOIN LATERAL generate_series(1, 1 + floor(random() * 3 + p.id * 0)::int) again;
-- in six batches: the permutations' first events, their second …, and the first ones again
CREATE TEMP TABLE batches AS
SELECT position, tracking_record_batch(:m, jsonb_agg(document ORDER BY id)) AS batch
  FROM (SELECT * FROM sendings UNION ALL SELECT DISTINCT ON (id) id, 6, n, document FROM sendings WHERE position = 1) s GROUP BY position ORDER BY position;
SELECT is(count(*)::int, 120, 'v:L1: each permutation ends delivered at 2026-03-04T11:42Z, in batches') FROM parcel_tracking
 WHERE marketplace_id = :m AND shipment_id = :l1_shipment AND state = 'delivered' AND delivered_at = '2026-03-04T11:42Z' AND first_scan_at = '2026-03-02T17:10Z';
SELECT is(array_agg(DISTINCT n), ARRAY[5::bigint], 'v:L1: five events stored each')
  FROM (SELECT count(*) AS n FROM tracking_events e JOIN parcel_tracking p USING (marketplace_id, parcel_id) WHERE marketplace_id = :m AND shipment_id = :l1_shipment GROUP BY parcel_id) c;
SELECT is((SELECT sum(repeats) FROM tracking_events WHERE marketplace_id = :m), (SELECT count(*) - 600 + 120 FROM sendings), 'LG-19: repeats are counted, not stored');
SELECT is((SELECT (sum(stored), sum(repeated), sum(refused)) FROM tracking_batches WHERE marketplace_id = :m), (SELECT (600::bigint, count(*) - 600 + 120, 0::bigint) FROM sendings),
	'and told by the batch');
SELECT is(trim_scale(awaited), 120::numeric, 'v:L1: every unit delivered once') FROM order_line_quantities WHERE marketplace_id = :m AND order_line_id = :l1_line;
SELECT is(handed_over_at, '2026-03-02T17:10Z', 'v:L1: handed over at the first scan, whenever it became known') FROM shipment_overview WHERE marketplace_id = :m AND shipment_id = :l1_shipment;
-- one by one the same
SELECT pg_temp.track(:m, 'L1-121', 'e' || n, state, at) FROM vector ORDER BY n DESC \g /dev/null
SELECT is(count(DISTINCT (p.state, p.current, p.first_scan_at, p.last_event_at, p.delivered_at, p.signed_by, p.silent_at, p.receipt_due_from, p.receipt_due_at, p.on_silence,
	c.position, trim_scale(c.quantity))), 1::bigint, 'a batch leaves a parcel as tracking_record() does')
  FROM parcels p JOIN parcel_contents c ON c.marketplace_id = p.marketplace_id AND c.parcel_id = p.id WHERE p.marketplace_id = :m AND p.shipment_id = :l1_shipment;
SELECT is((SELECT count(*) FROM events WHERE marketplace_id = :m AND type = 'parcel.delivered'), 121::bigint, 'and tells the outbox of each delivery once');
SELECT is(tracking_record_batch(:m, '[]') > 0, true, 'an empty batch is one');

-- bad documents among good ones; a correction of an event of the same batch; the future; a request key
SELECT pg_temp.ship(:m, :beta_order, :line3, 'P', 1, 1, 1) AS p_shipment \gset
\set documents '[{"source": "colis", "source_event_id": "1", "carrier": "colis", "tracking_number": "P1", "state": "delivered", "occurred_at": "2026-03-03T08:00:00Z"}, {"source": "colis", "source_event_id": "2", "carrier": "colis", "tracking_number": "P9", "state": "in_transit", "occurred_at": "2026-03-03T08:00:00Z"}, {"source": "colis", "carrier": "nobody", "tracking_number": "P1", "state": "in_transit", "occurred_at": "2026-03-03T08:00:00Z"}, {"source": "colis", "carrier": "colis", "tracking_number": "P1", "state": "nonsense", "occurred_at": "2026-03-03T08:00:00Z"}, 7, {"source": "colis", "carrier": "colis", "tracking_number": "P2", "state": "in_transit", "occurred_at": "2026-03-03T08:00:00Z"}, {"source": "colis", "carrier": "colis", "tracking_number": "P2", "state": "in_transit", "occurred_at": "2026-03-03T08:00:00Z"}, {"source": "colis", "source_event_id": "c", "corrects": {"source": "colis", "source_event_id": "1", "reason": "did_not_occur"}}, {"source": "colis", "source_event_id": "d", "corrects": {"source": "colis", "source_event_id": "none", "reason": "did_not_occur"}}, {"source": "colis", "carrier": "colis", "tracking_number": "P3", "state": "delivered", "occurred_at": "2027-03-03T08:00:00Z"}, {"source": "colis", "parcel_id": 1, "sscc": "1", "state": "delivered", "occurred_at": "2026-03-03T08:00:00Z"}]'
SELECT tracking_record_batch(:m, :'documents', 'once') AS mixed \gset
SELECT results_eq(format('SELECT position, outcome, error FROM tracking_batch_results WHERE marketplace_id = %s AND batch_id = %s ORDER BY 1', :m, :mixed),
	$$VALUES (1, 'stored', NULL), (2, 'refused', 'MK004'), (3, 'refused', 'MK004'), (4, 'refused', 'MK003'), (5, 'refused', 'MK003'), (6, 'stored', NULL), (7, 'repeated', NULL),
		(8, 'stored', NULL), (9, 'refused', 'MK121'), (10, 'stored', NULL), (11, 'refused', 'MK003')$$, 'a bad document is a row with its error, the others are recorded');
SELECT is(string_agg(coalesce(state, '-'), ' ' ORDER BY tracking_number), '- in_transit -', 'as if sent alone: corrected, on its way, quarantined') FROM parcel_tracking WHERE marketplace_id = :m AND shipment_id = :p_shipment;
SELECT is(count(*)::int, 1, 'LG-25: the future is an obstacle') FROM tracking_obstacles WHERE marketplace_id = :m AND kind = 'quarantined';
SELECT is(tracking_record_batch(:m, :'documents', 'once'), :mixed::bigint, 'the same request again is the same batch');
SELECT is(tracking_record_batch(:m, (SELECT jsonb_agg(document) FROM tracking_batch_results WHERE marketplace_id = :m AND batch_id = :mixed AND outcome = 'refused')) > :mixed, true, 'what was refused can be sent again');
SELECT throws_ok(format('SELECT tracking_record_batch(%s, ''{}'')', :m), 'MK003');

-- LG-55: each for its own parcels
CREATE ROLE tap_mk_batch_beta;
CREATE ROLE tap_mk_batch_alpha;
SELECT access_grant(:m, 'tap_mk_batch_beta', 'seller', :beta) AS a, access_grant(:m, 'tap_mk_batch_alpha', 'seller', :alpha) AS b, pg_temp.ship(:m, :alpha_order, :line1, 'A', 1) AS s \gset
SELECT nspname AS temp FROM pg_namespace WHERE oid = pg_my_temp_schema() \gset
SET ROLE tap_mk_batch_beta;
SELECT tracking_record_batch(:m, '[{"source": "colis", "carrier": "colis", "tracking_number": "A1", "state": "in_transit", "occurred_at": "2026-03-03T08:00:00Z"},
	{"source": "colis", "carrier": "colis", "tracking_number": "P3", "state": "in_transit", "occurred_at": "2026-03-03T08:00:00Z"}]') AS of_beta \gset
SELECT string_agg(concat_ws(' ', outcome, error), ', ' ORDER BY position) AS seen FROM tracking_batch_results WHERE marketplace_id = :m AND batch_id = :of_beta \gset
SET ROLE tap_mk_batch_alpha;
SELECT count(*) AS seen_by_other FROM tracking_batch_results WHERE marketplace_id = :m \gset
RESET ROLE;
SELECT is(:'seen'::text, 'refused MK005, stored', 'a seller records its own parcels');
SELECT is(:seen_by_other::int, 0, 'and another does not see its batches');
DROP OWNED BY tap_mk_batch_beta, tap_mk_batch_alpha;
DROP ROLE tap_mk_batch_beta, tap_mk_batch_alpha;

-- adapters
SELECT pg_temp.ship(:m, :beta_order, :line3, 'AD-', 1, 1, 1, 1) AS ad_shipment \gset
SELECT shipment_create(:m, jsonb_build_object('seller_order_id', :beta_order, 'carrier', 'colis', 'parcels', jsonb_build_array(jsonb_build_object('sscc', '106141412345678908',
	'contents', jsonb_build_array(jsonb_build_object('order_line_id', :line3, 'quantity', 1)))))) AS s \gset
SET marketplace.clock = '2026-03-05 12:00+00';
CREATE TEMP TABLE payloads (adapter text, payload jsonb);
\set aftership `cat test/fixtures/tracking/aftership.json`
\set easypost `cat test/fixtures/tracking/easypost.json`
\set shippo `cat test/fixtures/tracking/shippo.json`
\set rec24 `cat test/fixtures/tracking/rec24.json`
INSERT INTO payloads VALUES ('aftership', :'aftership'), ('easypost', :'easypost'), ('shippo', :'shippo'), ('rec24', :'rec24');
CREATE TEMP TABLE adapted AS SELECT adapter, tracking_record_from(:m, adapter, payload) AS batch FROM payloads;
SELECT results_eq(format('SELECT adapter, string_agg(outcome, '' '' ORDER BY position) FROM adapted JOIN tracking_batch_results ON batch_id = batch WHERE marketplace_id = %s GROUP BY 1 ORDER BY 1', :m),
	$$VALUES ('aftership', 'stored stored stored'), ('easypost', 'stored stored stored'), ('rec24', 'stored stored stored'), ('shippo', 'stored stored stored repeated')$$, 'payloads of four providers');
SELECT results_eq(format('SELECT coalesce(tracking_number, sscc), state, delivered_at, signed_by FROM parcel_tracking WHERE marketplace_id = %s AND (shipment_id = %s OR sscc IS NOT NULL) ORDER BY parcel_id', :m, :ad_shipment),
	$$VALUES ('AD-1', 'delivered', timestamptz '2026-03-04 11:42Z', 'M. PORT'), ('AD-2', 'returning', NULL, NULL), ('AD-3', 'exception', NULL, NULL), ('AD-4', 'attempt_failed', NULL, NULL),
		('106141412345678908', 'delivered', '2026-03-04 10:42Z', 'M. PORT')$$, 'and where they leave the parcels');
SELECT is((SELECT string_agg(place, ' | ' ORDER BY occurred_at) FROM tracking_history WHERE marketplace_id = :m AND parcel_id = pg_temp.parcel(:m, 'AD-1')), 'France | LYON, FRA | LILLE, FRA', 'places');
SELECT is((SELECT min(occurred_at) FROM tracking_history WHERE marketplace_id = :m AND parcel_id = pg_temp.parcel(:m, 'AD-1')), timestamptz '2026-03-02 08:00Z', 'RD-64: a time without zone is of the marketplace''s');
SELECT is((SELECT count(*) FROM adapted a, LATERAL (SELECT tracking_record_from(:m, a.adapter, p.payload) AS again FROM payloads p WHERE p.adapter = a.adapter) r
	JOIN tracking_batches b ON b.marketplace_id = :m AND b.id = r.again WHERE b.stored <> 0), 0::bigint, 'the same payload again says nothing new');
SELECT throws_ok(format('SELECT tracking_record_from(%s, ''easypost'', (SELECT payload FROM payloads WHERE adapter = ''aftership''))', :m), 'MK121');
SELECT throws_ok(format('SELECT * FROM tracking_adapt(%s, ''nobody'', ''{}'')', :m), 'MK004');
-- EPCIS by rows: the same documents as epcis_record() stores, error declaration and corrective event included
\set epcis '{"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": {"eventList": [{"eventID": "urn:uuid:e4", "type": "AggregationEvent", "action": "OBSERVE", "parentID": "urn:epc:id:sscc:0614141.1234567890", "childEPCs": ["urn:epc:id:sgtin:0614141.107346.2017"], "bizStep": "cbv:BizStep-departing", "disposition": "https://ref.gs1.org/cbv/Disp-in_transit", "eventTime": "2026-03-03T09:00:00Z", "bizLocation": {"id": "urn:epc:id:sgln:0614141.00888.0"}}, {"eventID": "urn:uuid:e4", "type": "AggregationEvent", "action": "OBSERVE", "parentID": "urn:epc:id:sscc:0614141.1234567890", "bizStep": "departing", "eventTime": "2026-03-03T09:00:00Z", "errorDeclaration": {"declarationTime": "2026-03-03T11:50:00Z", "reason": "urn:epcglobal:cbv:er:did_not_occur", "correctiveEventIDs": ["urn:uuid:e5"]}}, {"eventID": "urn:uuid:e5", "type": "ObjectEvent", "action": "OBSERVE", "epcList": ["https://id.gs1.org/00/106141412345678908"], "bizStep": "urn:epcglobal:cbv:bizstep:transporting", "eventTime": "2026-03-03T10:00:00Z"}]}}'
SELECT tracking_record_from(:m, 'epcis', :'epcis') AS by_rows \gset
SELECT is((SELECT (stored, refused) FROM tracking_batches WHERE marketplace_id = :m AND id = :by_rows), (3, 0), 'EPCIS through the adapter');
SELECT is(epcis_record(:m, :'epcis'), 0::bigint, 'epcis_record() reads the same events');
SELECT is((SELECT string_agg(standing, ' ' ORDER BY occurred_at) FROM tracking_history h JOIN parcel_tracking t USING (marketplace_id, parcel_id) WHERE marketplace_id = :m AND sscc IS NOT NULL AND h.source = 'epcis'),
	'corrected applied correction', 'v:L2, LG-23: the declared error is out, its correction in');
\set samples ''
\getenv samples MARKETPLACE_SAMPLES
SELECT :'samples' <> '' AS have_samples \gset
\if :have_samples
\set o `cat "$MARKETPLACE_SAMPLES/epcis/Example_9.6.1-ObjectEvent.jsonld"`
\set e `cat "$MARKETPLACE_SAMPLES/epcis/Example_9.6.1-ObjectEvent-with-error-declaration.jsonld"`
\set a `cat "$MARKETPLACE_SAMPLES/epcis/Example_9.6.3-AggregationEvent.jsonld"`
\set t `cat "$MARKETPLACE_SAMPLES/epcis/Example-TransactionEvents-2020_07_03y.jsonld"`
\set c `cat "$MARKETPLACE_SAMPLES/epcis/ErrorDeclarationAndCorrectiveEvent.jsonld"`
SELECT is((SELECT count(*) FROM (VALUES (:'o'), (:'e'), (:'a'), (:'t'), (:'c')) s(p), tracking_adapt(:m, 'epcis', p::jsonb)), (SELECT count(DISTINCT object) FROM (VALUES (:'o'), (:'e'), (:'a'), (:'t'), (:'c')) s(p),
	regexp_matches(p, 'urn:epc:id:sscc:[0-9.]+', 'g') object WHERE p !~ 'Transformation'), 'the GS1 samples: a document for each SSCC, none for what is no parcel');
\else
SELECT skip('no samples', 1);
\endif
-- a carrier of one's own: a row
SELECT tracking_code_map(:m, '{"source": "rapide", "code": "LIV", "state": "delivered"}') AS mapped, tracking_adapter_set(:m, '{"adapter": "Rapide", "source": "letter of Rapide Express, 2026-01-05", "mapping": {"events": "$.scans[*]",
	"zone": "Europe/Paris", "fields": {"carrier": "$root.who", "tracking_number": "$.no", "code": "$.c", "occurred_at": "$.t", "place": "$.p"}, "values": {"carrier": {"RPD": "colis"}}, "strip": {"code": ["SCAN-"]}}}') AS version \gset
SELECT tracking_record_from(:m, 'rapide', '{"who": "RPD", "scans": [{"no": "AD-3", "c": "SCAN-LIV", "t": "2026-03-05 08:00", "p": "LILLE"}, {"no": "AD-4", "c": "SCAN-LIV", "t": "yesterday"}]}') AS rapide \gset
SELECT is((SELECT string_agg(concat_ws(' ', outcome, error, detail), ', ' ORDER BY position) FROM tracking_batch_results WHERE marketplace_id = :m AND batch_id = :rapide),
	'stored, refused MK003 "yesterday" is not an instant.', 'a carrier of one''s own is a row; a bad time is refused with its document');
SELECT is((SELECT delivered_at FROM parcel_tracking WHERE marketplace_id = :m AND tracking_number = 'AD-3'), timestamptz '2026-03-05 07:00Z', 'its zone and code count');
SELECT is(count(*)::int, 3, 'refused: no path, no zone, no such field') FROM (VALUES ('{"events": "$..[", "fields": {"occurred_at": "$.t"}}'), ('{"extends": "shippo", "zone": "Mars/Base"}'), ('{"extends": "shippo", "fields": {"colour": "$.c"}}')) v(mapping)
 WHERE pg_temp.refused(format('SELECT marketplace.tracking_adapter_set(%s, %L)', :m, jsonb_build_object('adapter', 'x', 'source', 'y', 'mapping', mapping::jsonb))) LIKE 'MK003%';
SELECT * FROM finish();
