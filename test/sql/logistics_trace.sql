-- trace(), order_timeline() and evidence_bundle() (LG-51, LG-52, LG-55): both ways, as of an instant, each party its side; the bundle's bytes stay, and what was changed is named.
\set m 7112
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
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, marketplace.payment_authorize(:m, :order_id, '462.82 EUR'))) > 0, marketplace.commission_rule_set(:m, '{"rate_pct": 10}') > 0;
SELECT pg_temp.ship(:m, :alpha_order, :line1, 'A', 1, 1) AS a, pg_temp.ship(:m, :beta_order, :line3, 'B', 4, 6) AS b \gset
SELECT marketplace.handling_unit_create(:m, '{"kind": "pallet", "sscc": "340123459999999012"}') AS pallet, marketplace.handling_unit_create(:m, '{"kind": "container", "sscc": "340123459999999029"}') AS container \gset
SET marketplace.clock = '2026-03-04 09:00+00';
SELECT marketplace.handling_unit_pack(:m, :pallet, jsonb_build_object('action', 'add', 'occurred_at', '2026-03-03T08:00:00Z', 'contents', jsonb_build_array(jsonb_build_object('parcel_id', pg_temp.parcel(:m, 'A1')), jsonb_build_object('parcel_id', pg_temp.parcel(:m, 'B1'))))) = :pallet;
SELECT marketplace.handling_unit_pack(:m, :container, jsonb_build_object('action', 'add', 'occurred_at', '2026-03-03T09:00:00Z', 'contents', jsonb_build_array(jsonb_build_object('sscc', '340123459999999012')))) = :container;
SELECT marketplace.tracking_record(:m, jsonb_build_object('source', 'colis', 'source_event_id', 's1', 'handling_unit_id', :container, 'state', 'in_transit', 'occurred_at', '2026-03-03T10:00:00Z', 'place', 'LILLE')) > 0;
SELECT marketplace.handling_unit_pack(:m, :container, '{"action": "delete", "occurred_at": "2026-03-03T20:00:00Z"}') = :container;
SELECT pg_temp.track(:m, 'A1', 'd', 'delivered', '2026-03-04T08:00Z') > 0, pg_temp.track(:m, 'A2', 'd', 'delivered', '2026-03-04T08:30Z') > 0;
SET marketplace.clock = '2026-03-05 09:00+00';
SELECT pg_temp.receive(:m, :order_id, :line1, 1) > 0;
SELECT marketplace.receipt_confirm(:m, jsonb_build_object('order_id', :order_id, 'lines', jsonb_build_array(jsonb_build_object('order_line_id', :line1, 'quantity', 1, 'condition', 'with_reserves',
	'reserve', '{"kind": "damaged", "text": "the case is cracked"}'::jsonb)))) > 0;
-- where did the line go; names instead of numbers
\set line 'coalesce((SELECT ''line '' || position FROM marketplace.order_lines l WHERE l.marketplace_id = :m AND l.id = t.order_line_id), '''')'
\set box 'coalesce((SELECT tracking_number FROM marketplace.parcels p WHERE p.marketplace_id = :m AND p.id = t.parcel_id), '''')'
\set unit 'coalesce((SELECT right(sscc, 3) FROM marketplace.handling_units u WHERE u.marketplace_id = :m AND u.id = t.handling_unit_id), '''')'
\set columns 'step, :line AS line, :box AS box, :unit AS unit, occurred_at, until_at, trim_scale(quantity) AS quantity, value, currency, what'
SELECT :columns FROM marketplace.trace(:m, 'order_line', :line1) t WHERE step <> 'money' ORDER BY array_position('{order_line,parcel,content,handling_unit}', step), occurred_at, what, 2, 3;
SELECT step, value, currency, what, details ->> 'from' AS "from", details ->> 'to' AS "to" FROM marketplace.trace(:m, 'order_line', :line1) t WHERE step = 'money' AND what LIKE 'money%' AND what !~ 'hold';
-- whose goods and euros are on the pallet
SELECT :columns FROM marketplace.trace(:m, 'sscc', 340123459999999012) t WHERE step IN ('content', 'handling_unit') ORDER BY 1, 2, 3, 4;
SELECT count(*) > 0, count(*) FILTER (WHERE t.parcel_id IS NULL AND t.order_line_id IS NULL) FROM marketplace.trace(:m, 'handling_unit', :container) t;
SELECT object, count(*) > 0 FROM (VALUES ('order', :order_id), ('seller_order', :beta_order), ('shipment', :b), ('parcel', pg_temp.parcel(:m, 'B2'))) v (object, id) CROSS JOIN LATERAL marketplace.trace(:m, object, id) t GROUP BY object ORDER BY object;
-- as was known on the third
SELECT :columns FROM marketplace.trace(:m, 'order_line', :line1, '2026-03-03 23:00+00') t WHERE step NOT IN ('money');
SELECT pg_temp.refused(format('SELECT * FROM marketplace.trace(%s, %L, %s)', :m, o, i)) FROM (VALUES ('pallet', '1'), ('order', '999999999'), ('sscc', '340123459999999043'), ('return', '999999999')) v (o, i);
-- the timeline of the order
SELECT occurred_at, recorded_at, area, what, meaning, :line AS line, :box AS box, trim_scale(quantity) AS quantity, value, currency FROM marketplace.order_timeline(:m, :order_id) t
 WHERE what NOT IN ('money', 'quantity') AND what !~ '^(hold|invoice)' ORDER BY 1, 2, area, what, 6, 7;
-- evidence: the same bytes, also after more has happened; sealed and verified
SELECT content AS bundle, sha256 AS seal, entries AS said FROM marketplace.evidence_bundle(:m, :line1, '2026-03-05 09:00+00') \gset
SELECT encode(sha256(convert_to(:'bundle', 'UTF8')), 'hex') = :'seal' AS sealed, :said > 20 AS entries;
SELECT * FROM marketplace.evidence_verify(:m, :'bundle', :'seal');
SELECT k, CASE WHEN jsonb_typeof(v) IN ('array') THEN '[…]' ELSE regexp_replace(v::text, '"hash": "[0-9a-f]+"|"(buyer|seller)_id": \d+|"seller_order_id": \d+', '…', 'g') END FROM jsonb_each(:'bundle') e (k, v) WHERE k NOT IN ('order_id', 'order_line_id', 'chain') ORDER BY k;
SELECT e ->> 'source' AS source, e ->> 'what' AS what, count(*) FROM jsonb_array_elements(:'bundle'::jsonb -> 'entries') e WHERE e ->> 'what' !~ '^(hold|invoice)' GROUP BY 1, 2 ORDER BY 1, 2;
SET marketplace.clock = '2026-03-09 09:00+00';
SET timezone = 'Asia/Tokyo';
SELECT marketplace.handling_unit_pack(:m, :container, jsonb_build_object('action', 'delete', 'occurred_at', '2026-03-03T09:30:00Z', 'contents', jsonb_build_array(jsonb_build_object('sscc', '340123459999999012')))) = :container;
SELECT pg_temp.track(:m, 'A1', 'x', 'returning', '2026-03-05T08:00Z') > 0;
SELECT content = :'bundle' AS same_bytes, sha256 = :'seal' AS same_seal FROM marketplace.evidence_bundle(:m, :line1, '2026-03-05 09:00+00');
SELECT entries > :said AS more FROM marketplace.evidence_bundle(:m, :line1);
SET timezone = 'UTC';
SELECT * FROM marketplace.evidence_verify(:m, :'bundle', :'seal');
SELECT check_name FROM marketplace.evidence_verify(:m, jsonb_set(:'bundle', '{line,quantity}', '3'), :'seal');
SELECT regexp_replace(check_name, '\d+', 'N') AS check_name, expected::jsonb ->> 'what' AS expected, found::jsonb ->> 'what' AS found FROM marketplace.evidence_verify(:m, (:'bundle'::jsonb) #- '{entries,0}', :'seal') WHERE check_name <> 'sha256';
SELECT pg_temp.refused(format('SELECT * FROM marketplace.evidence_bundle(%s, %s, %L)', :m, :line1, '2027-01-01'));
SELECT pg_temp.refused(format('SELECT * FROM marketplace.evidence_bundle(%s, 999999999)', :m));
SELECT pg_temp.refused(format('SELECT * FROM marketplace.evidence_verify(%s, %L, %L)', :m, d, 'x')) FROM (VALUES ('{}'), ('{"format": "x"}'), ('{"format": "marketplace.evidence/1", "marketplace_id": 1}')) v (d);
-- each its side (LG-55)
CREATE ROLE regress_trace_alpha;
CREATE ROLE regress_trace_buyer;
CREATE ROLE regress_trace_colis;
CREATE ROLE regress_trace_nobody;
SELECT marketplace.access_grant(:m, 'regress_trace_alpha', 'seller', :alpha) > 0, marketplace.access_grant(:m, 'regress_trace_buyer', 'buyer', :buyer) > 0, marketplace.access_grant(:m, 'regress_trace_colis', 'carrier', :colis) > 0;
GRANT USAGE ON SCHEMA marketplace TO regress_trace_nobody;
\set sides 'SELECT current_user, count(*) > 0 AS sees, count(DISTINCT seller_id) AS sellers, count(value) > 0 AS prices, count(*) FILTER (WHERE what ~ ''^escrow|commission'') AS commission FROM marketplace.order_timeline(:m, :order_id)'
\set traced 'SELECT current_user, count(DISTINCT parcel_id) AS parcels, count(DISTINCT t.seller_id) AS sellers, count(value) > 0 AS prices FROM marketplace.trace(:m, ''sscc'', 340123459999999012) t'
SET ROLE regress_trace_alpha;
:sides;
:traced;
SELECT (content::jsonb) ->> 'for' AS "for", content ~ 'BETA|beta' AS of_others FROM marketplace.evidence_bundle(:m, :line1);
SELECT pg_temp.refused(format('SELECT * FROM marketplace.evidence_bundle(%s, %s)', :m, :line3));
SELECT count(*) AS of_beta FROM marketplace.trace(:m, 'seller_order', :beta_order);
SELECT pg_temp.refused(format('SELECT * FROM marketplace.evidence_verify(%s, %L, %L)', :m, '{}', 'x'));
SET ROLE regress_trace_buyer;
:sides;
:traced;
SELECT (content::jsonb) ->> 'for' AS "for", content ~ 'commission' AS commission FROM marketplace.evidence_bundle(:m, :line1);
SET ROLE regress_trace_colis;
:sides;
:traced;
SET ROLE regress_trace_nobody;
SELECT pg_temp.refused(format('SELECT * FROM marketplace.order_timeline(%s, %s)', :m, :order_id));
SELECT pg_temp.refused(format('SELECT * FROM marketplace.trace(%s, %L, %s)', :m, 'order', :order_id));
RESET ROLE;
SELECT marketplace.access_revoke(:m, 'regress_trace_alpha', 'seller', :alpha) > 0, marketplace.access_revoke(:m, 'regress_trace_buyer', 'buyer', :buyer) > 0, marketplace.access_revoke(:m, 'regress_trace_colis', 'carrier', :colis) > 0;
DROP OWNED BY regress_trace_alpha, regress_trace_buyer, regress_trace_colis, regress_trace_nobody;
DROP ROLE regress_trace_alpha;
DROP ROLE regress_trace_buyer;
DROP ROLE regress_trace_colis;
DROP ROLE regress_trace_nobody;
