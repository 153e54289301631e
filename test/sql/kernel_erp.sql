-- What an ERP believes, beside what the marketplace has (LG-61).
\set m 7197
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
SELECT pg_temp.ship(:m, :beta_order, :line3, 'E', 6, 4) AS shipment \gset
\set differences 'SELECT kind, CASE WHEN reference ~ ''^[0-9]+$'' THEN ''N'' ELSE reference END AS reference, difference, CASE WHEN difference LIKE ''missing%'' THEN ''N'' ELSE ours END AS ours, CASE WHEN difference LIKE ''missing%'' THEN ''N'' ELSE theirs END AS theirs, reason FROM marketplace.erp_differences(:m, ''sap'') ORDER BY 1, 3, 4'
:differences;
-- agreed: no rows
SELECT format(E'{"kind": "order", "reference": "%s", "amount": "462.82 EUR"}\n\n{"kind": "shipment", "reference": "%s", "status": "prepared", "quantity": 10}\n', :order_id, :shipment) AS lines \gset
SELECT marketplace.erp_snapshot_import(:m, 'sap', '2026-03-02 09:00+00', :'lines') > 0 AS imported;
:differences;
-- each kind of difference; a line that the ERP does not have yet was recorded before it looked
SELECT format(E'{"kind": "order", "reference": "%s", "amount": "460.00 EUR"}\n{"kind": "shipment", "reference": "%s", "status": "handed_over", "quantity": "9.5"}\n{"kind": "invoice", "reference": "F-1", "amount": "1.00 EUR"}\n{"kind": "order_line", "reference": "%s"}', :order_id, :shipment, :line1) AS lines \gset
SELECT marketplace.erp_snapshot_import(:m, 'sap', '2026-03-02 10:00+00', :'lines') > 0 AS imported;
:differences;
SELECT marketplace.erp_difference_resolve(:m, jsonb_build_object('source', 'sap', 'kind', 'order', 'reference', (:order_id)::text, 'difference', 'amount', 'reason', 'accepted', 'note', 'rounding')) > 0 AS resolved;
SELECT marketplace.erp_difference_resolve(:m, '{"source": "sap", "kind": "invoice", "reference": "F-1", "difference": "missing_here", "reason": "timing"}') > 0 AS resolved;
:differences;
-- the ERP says something else: open again
SELECT marketplace.erp_snapshot_import(:m, 'sap', '2026-03-02 11:00+00', format('{"kind": "order", "reference": "%s", "amount": "461.00 EUR"}', :order_id)) > 0 AS imported;
:differences;
-- refused, nothing imported
SELECT pg_temp.refused(format('SELECT marketplace.erp_snapshot_import(%s, ''sap'', now(), %L)', :m, lines)) FROM (VALUES ('{"kind": "order", "reference": "1"}' || E'\n' || '{"kind": "order", "reference": "1"}'),
	('{"kind"'), ('[]'), ('{"kind": "order"}'), ('{"kind": "order", "reference": "1", "amount": "1 EURO"}'), ('{"kind": "order", "reference": "1", "quantity": "many"}'), ('{"kind": "order", "reference": "1", "colour": "red"}')) v(lines);
SELECT pg_temp.refused(format('SELECT marketplace.erp_difference_resolve(%s, %L)', :m, d)) FROM (VALUES ('{"source": "sap", "kind": "order", "reference": "none", "difference": "amount", "reason": "timing"}'),
	('{"source": "sap", "kind": "order", "reference": "none", "difference": "amount", "reason": "whatever"}')) v(d);
UPDATE marketplace.erp_resolutions SET reason = 'timing' WHERE marketplace_id = 7197;
