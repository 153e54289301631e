-- invoice_violations(): for each rule a document that breaks exactly it, and good documents that break none (rules/invoicing.md §12).
\ir ../fixtures/einvoice.sql
BEGIN;
SET search_path = marketplace, public;
CREATE FUNCTION pg_temp.found(document jsonb, profile text) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		RETURN coalesce((SELECT string_agg(DISTINCT rule || ' ' || place, '; ' ORDER BY rule || ' ' || place) FROM invoice_violations(document, profile)), 'none');
	EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ': ' || SQLERRM;
	END
$$;
-- the unit invoice with its totals stated, so that one of them can be wrong
CREATE FUNCTION pg_temp.base(name text) RETURNS jsonb LANGUAGE sql AS $$
	SELECT CASE name
	WHEN 'stated' THEN d || jsonb_build_object('totals', t - 'lines' - 'unit_invoices' - 'prepaid' - 'rounding')
	WHEN 'b1' THEN pg_temp.einvoice('unit') || '{"business_process": "B1", "prepaid": "0", "due_date": "2026-12-24"}'
	WHEN 'dinar' THEN (SELECT jsonb_set(jsonb_set(jsonb_set(pg_temp.einvoice('rich') || '{"currency": "TND", "prepaid": "50.000", "rounding": "0.000"}',
		'{allowances,0,amount}', '"10.000"'), '{charges,0,amount}', '"5.000"'), '{lines,0}', (pg_temp.einvoice('rich') #> '{lines,0}')
		|| '{"allowances": [{"amount": "1.000", "reason": "r"}], "charges": [{"amount": "0.250", "reason": "r"}]}'))
	WHEN 'export' THEN jsonb_set(jsonb_set(pg_temp.einvoice('unit') || '{"business_process": "B1", "prepaid": "0", "due_date": "2026-12-24"}', '{lines}',
		'[{"quantity": "1", "net_price": "100.00", "vat_category": "G", "vat_rate": "0", "exemption_code": "VATEX-EU-G", "item": {"name": "x"}}]'),
		'{notes,3,text}', '"B2BINT"')
	WHEN 'intra' THEN jsonb_set(jsonb_set(pg_temp.einvoice('unit') || '{"business_process": "B1", "prepaid": "0", "due_date": "2026-12-24",
		"delivery": {"date": "2026-11-23", "address": {"line1": "Hafenstr. 1", "city": "Hamburg", "country": "DE"}}}', '{lines}',
		'[{"quantity": "1", "net_price": "100.00", "vat_category": "K", "vat_rate": "0", "exemption_code": "VATEX-EU-IC", "item": {"name": "x"}}]'),
		'{notes,3,text}', '"B2BINT"')
	WHEN 'reverse' THEN jsonb_set(pg_temp.einvoice('unit') || '{"business_process": "B1", "prepaid": "0", "due_date": "2026-12-24"}', '{lines}',
		'[{"quantity": "1", "net_price": "100.00", "vat_category": "AE", "vat_rate": "0", "exemption_code": "VATEX-EU-AE", "exemption_reason": "Autoliquidation", "item": {"name": "x"}}]')
	WHEN 'exempt' THEN jsonb_set(pg_temp.einvoice('unit') || '{"business_process": "B1", "prepaid": "0", "due_date": "2026-12-24"}', '{lines}',
		'[{"quantity": "1", "net_price": "200.00", "vat_category": "E", "vat_rate": "0", "exemption_code": "VATEX-FR-FRANCHISE", "item": {"name": "x"}}]')
	WHEN 'outside' THEN jsonb_set(pg_temp.einvoice('unit') || '{"business_process": "B1", "prepaid": "0", "due_date": "2026-12-24"}', '{lines}',
		'[{"quantity": "1", "net_price": "100.00", "vat_category": "O", "exemption_code": "VATEX-EU-O", "item": {"name": "x"}}]') #- '{seller,vat_id}' #- '{buyer,vat_id}'
	WHEN 'zero' THEN jsonb_set(pg_temp.einvoice('unit') || '{"business_process": "B1", "prepaid": "0", "due_date": "2026-12-24"}', '{lines}',
		'[{"quantity": "1", "net_price": "100.00", "vat_category": "Z", "vat_rate": "0", "item": {"name": "x"}}]')
	WHEN 'noid' THEN pg_temp.einvoice('unit') || '{"business_process": "B1", "prepaid": "0", "due_date": "2026-12-24", "seller": {"name": "x", "siren": "300000007",
		"address": {"country": "FR"}}, "buyer": {"name": "y", "address": {"country": "FR"}}}'
	WHEN 'localL' THEN pg_temp.einvoice('unit') || '{"prepaid": "0", "due_date": "2026-12-24", "lines": [{"quantity": "1", "net_price": "100.00", "vat_category": "L", "vat_rate": "7", "item": {"name": "x"}}]}'
	WHEN 'localM' THEN pg_temp.einvoice('unit') || '{"prepaid": "0", "due_date": "2026-12-24", "lines": [{"quantity": "1", "net_price": "100.00", "vat_category": "M", "vat_rate": "7", "item": {"name": "x"}}]}'
	WHEN 'selfbilled' THEN jsonb_set(pg_temp.einvoice('unit') || '{"type_code": "389", "business_process": "B1", "prepaid": "0", "due_date": "2026-12-24"}', '{notes,4,text}', '"Autofacturation"') - 'mandatary'
	WHEN 'dinar2' THEN pg_temp.einvoice('unit') || '{"vat_currency": "TND", "vat_currency_rate": "3.333"}'
	WHEN 'deposit' THEN pg_temp.einvoice('unit') || '{"type_code": "386", "business_process": "B1", "prepaid": "0", "due_date": "2026-12-24"}'
	ELSE pg_temp.einvoice(name) END
	FROM (SELECT pg_temp.einvoice('unit') AS d, invoice_totals(pg_temp.einvoice('unit')) AS t) AS x
$$;
CREATE TEMPORARY TABLE cases (n int GENERATED ALWAYS AS IDENTITY, profile text, base text, path text[], value jsonb, expected text);
\copy cases (profile, base, path, value, expected) FROM 'test/fixtures/violations.tsv' WITH (FORMAT csv, DELIMITER E'\t', QUOTE E'\b', NULL '-')

SELECT plan((SELECT count(*)::int FROM cases) + 15);
SELECT is(pg_temp.found(pg_temp.base(name), 'extended-ctc-fr'), 'none', name || ' breaks no rule')
  FROM unnest(ARRAY['unit', 'unit_credit', 'multi', 'multi_credit', 'commission', 'rich', 'stated', 'b1', 'export', 'intra', 'reverse', 'exempt']) AS name;
SELECT is(pg_temp.found(CASE WHEN value IS NULL THEN pg_temp.base(base) #- path ELSE jsonb_set(pg_temp.base(base), path, value) END, profile), expected,
	profile || ' ' || base || ' ' || path::text || ' = ' || coalesce(value::text, 'absent')) FROM cases ORDER BY n;

SELECT is((SELECT string_agg(DISTINCT rule, ' ' ORDER BY rule) FROM invoice_rules r WHERE NOT EXISTS (SELECT FROM cases c WHERE c.expected ~ ('(^|; )' || r.rule || ' '))), NULL, 'every rule has a document that breaks it');
SELECT is((SELECT message FROM invoice_violations(jsonb_set(pg_temp.base('stated'), '{totals,tax_total}', '"55.16"'), 'en16931') WHERE rule = 'BR-CO-14'),
	'VAT (BT-110) = Σ VAT of the breakdown (BT-117). (found 55.16, 55.15)', 'a message shows both figures');
SELECT is(pg_temp.found(pg_temp.base('b1') || '{"issue_date": "2026-01-15", "due_date": "2026-03-17"}', 'extended-ctc-fr') || ' / ' ||
	pg_temp.found(pg_temp.base('b1') || '{"issue_date": "2026-01-15", "due_date": "2026-03-16"}', 'extended-ctc-fr'), 'FR-L441-10 due_date / none', 'v:T9 61 days are too many, 60 are not');
SELECT finish();
ROLLBACK;
