-- What invoice_xml() writes is valid by the official XSDs: CII D16B (package tryton-modules-edocument-uncefact), Factur-X 1.09 (npm @stackforge-eu/factur-x).
-- A generated matrix of sellers, VAT mixes, allowances and credit notes; the rules beyond the schemas were run by hand (doc/invoice_exports.md).
\ir ../fixtures/einvoice.sql
BEGIN;
SET search_path = marketplace, public;
SELECT setseed(0.42) \g /dev/null
CREATE TEMP TABLE documents AS
-- without the reasons of charges: that D16B schema takes allowance codes only, where EN 16931 (and its schema for CII, which lists no codes) takes UNCL7161
SELECT name, pg_temp.einvoice(name) #- '{charges,0,reason_code}' #- '{lines,0,charges,0,reason_code}' AS document, name LIKE 'multi%' AS several FROM unnest(ARRAY['unit', 'unit_credit', 'multi', 'multi_credit', 'commission', 'rich']) AS name
UNION ALL
SELECT 'm' || n, pg_temp.head('ENV-2026-' || lpad(n::text, 6, '0'), 'operator', 'B8', 'Factures etablies par PLACE DE MARCHE SA au nom et pour le compte des vendeurs', jsonb_build_object(
	'type_code', CASE WHEN n % 3 = 0 THEN '381' ELSE '380' END, 'due_date', '2026-12-24', 'purchase_order', 'CMD-' || n,
	'unit_invoices', (SELECT jsonb_agg(pg_temp.unit('U' || n || '-' || s, CASE WHEN s % 2 = 0 THEN 'alpha_line' ELSE 'beta_line' END, 'Facture ' || s, CASE WHEN n % 3 = 0 THEN 'P' || n || '-' || s END))
		FROM generate_series(1, 1 + n % 5) AS s),
	'lines', (SELECT jsonb_agg(pg_temp.line(E'Art <' || l || E'> & \u00e9 \u0001]]>', (1 + floor(random() * 9))::text, round((random() * 200)::numeric, 2)::text,
			CASE WHEN (n + l) % 4 = 3 THEN '0' ELSE (ARRAY['20', '5.5', '10', '2.1'])[1 + floor(random() * 4)::int] END, jsonb_build_object('unit_invoice', 'U' || n || '-' || s)
			|| CASE WHEN (n + l) % 4 = 3 THEN '{"vat_category": "E", "exemption_code": "VATEX-EU-132", "exemption_reason": "Formation"}'::jsonb ELSE '{}' END
			|| CASE WHEN l = 2 THEN '{"allowances": [{"amount": "0.37", "reason": "Remise", "reason_code": "95"}]}'::jsonb ELSE '{}' END
			|| CASE WHEN l = 3 THEN '{"price_base_quantity": "3"}'::jsonb ELSE '{}' END))
		FROM generate_series(1, 1 + n % 5) AS s, generate_series(1, 1 + (n + s) % 4) AS l))
	|| CASE WHEN n % 3 = 0 THEN jsonb_build_object('preceding_invoices', jsonb_build_array(jsonb_build_object('number', 'ENV-OLD-' || n, 'issue_date', '2026-11-01'))) ELSE '{}' END), true
  FROM generate_series(1, 15) AS n;
SELECT plan(6);
SELECT is((SELECT count(*) FROM documents, invoice_violations(document, CASE WHEN several THEN 'extended-ctc-fr' ELSE 'en16931' END) WHERE severity = 'fatal'), 0::bigint, 'no document of the matrix breaks a rule of ours');
SELECT is((SELECT count(*) FROM documents, invoice_totals(document) AS t WHERE several AND (t ->> 'tax_inclusive')::numeric <> (SELECT sum((u ->> 'tax_inclusive')::numeric) FROM jsonb_array_elements(t -> 'unit_invoices') AS u)),
	0::bigint, 'IV-59 each envelope is the sum of its units');
\set folder `mktemp -d`
\set file :folder /documents
\o :file
\pset tuples_only on
\pset format unaligned
SELECT set || '|' || name || profile || '|' || replace(invoice_xml(document, 'cii', profile)::text, E'\n', ' ') FROM documents,
	(VALUES ('cii', 'en16931', false), ('cii', 'peppol', false), ('cii', 'xrechnung', false), ('factur-x-basic-wl', 'factur-x-basic-wl', false), ('factur-x-en16931', 'factur-x-en16931', false),
		('factur-x-extended', 'factur-x-extended', true)) AS t (set, profile, several_too)
 WHERE (NOT several OR several_too) AND NOT (name = 'rich' AND profile = 'factur-x-basic-wl');
\o
\setenv DOCUMENTS :file
\set found `bash test/run/xsd.sh "$DOCUMENTS"; rm -rf "${DOCUMENTS%/*}"`
SELECT CASE WHEN line IS NULL THEN fail(set || ' was looked at') WHEN line LIKE '%skipped%' THEN skip(line) ELSE is(line, set || ': ' || valid || ' valid', 'XSD of ' || set) END
  FROM (VALUES ('cii', 12), ('factur-x-basic-wl', 3), ('factur-x-en16931', 4), ('factur-x-extended', 21)) AS e (set, valid)
  LEFT JOIN regexp_split_to_table(:'found', E'\n') AS line ON line LIKE set || ':%';
SELECT finish();
ROLLBACK;
