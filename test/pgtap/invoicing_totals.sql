-- Totals of documents by rule id (IV-22 to IV-30, RD-1 to RD-4) and public vectors X5, X11; rules/invoice-document.md.
BEGIN;
SET search_path = marketplace, public;
SELECT plan(64);

-- line(quantity, price, rate, more): a line of category S
CREATE FUNCTION pg_temp.line(quantity text, price text, rate text, more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object('quantity', quantity, 'net_price', price, 'vat_category', 'S', 'vat_rate', rate) || more $$;
CREATE FUNCTION pg_temp.totals(more jsonb, VARIADIC lines jsonb[]) RETURNS jsonb LANGUAGE sql AS
$$ SELECT invoice_totals(jsonb_build_object('currency', 'EUR', 'lines', to_jsonb(lines)) || more) $$;
-- what a document is refused for: 'MK003: path …'
CREATE FUNCTION pg_temp.refusal(document jsonb) RETURNS text LANGUAGE plpgsql AS
$$ BEGIN PERFORM invoice_totals(document); RETURN 'accepted'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ': ' || SQLERRM; END $$;
CREATE FUNCTION pg_temp.broken(path text, value jsonb) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.refusal(jsonb_set('{"currency": "EUR", "lines": [{"quantity": "1", "net_price": "1", "vat_category": "S", "vat_rate": "20",
	"allowances": [{"amount": "0.10"}]}], "charges": [{"amount": "1.00", "vat_category": "S", "vat_rate": "20"}]}', path::text[], value)) $$;

-- The worked example: two sellers, one multi-vendor document
CREATE TEMPORARY TABLE demo AS SELECT invoice_totals('{"currency": "EUR", "prepaid": "462.82", "lines": [
	{"quantity": "2", "net_price": "129.90", "vat_category": "S", "vat_rate": "20", "unit_invoice": "MP-300000007-2026-000017"},
	{"quantity": "3", "net_price": "19.33", "vat_category": "S", "vat_rate": "5.5", "unit_invoice": "MP-300000007-2026-000017"},
	{"quantity": "10", "net_price": "7.49", "vat_category": "S", "vat_rate": "20.00", "unit_invoice": "MP-400000006-2026-000003"}]}') AS t;
SELECT is(t - 'lines' - 'vat' - 'unit_invoices', '{"line_total": "392.69", "allowance_total": "0.00", "charge_total": "0.00", "tax_exclusive": "392.69",
	"tax_total": "70.13", "tax_inclusive": "462.82", "prepaid": "462.82", "rounding": "0.00", "payable": "0.00"}', 'demo: net 392.69, VAT 70.13, gross 462.82') FROM demo;
SELECT is(t -> 'lines', '[{"id": "1", "net": "259.80"}, {"id": "2", "net": "57.99"}, {"id": "3", "net": "74.90"}]', 'demo: line nets') FROM demo;
SELECT is(t -> 'vat', '[
	{"unit_invoice": "MP-300000007-2026-000017", "category": "S", "rate": "5.5", "exemption_code": null, "taxable": "57.99", "tax": "3.19"},
	{"unit_invoice": "MP-300000007-2026-000017", "category": "S", "rate": "20", "exemption_code": null, "taxable": "259.80", "tax": "51.96"},
	{"unit_invoice": "MP-400000006-2026-000003", "category": "S", "rate": "20", "exemption_code": null, "taxable": "74.90", "tax": "14.98"}]',
	'demo: VAT by unit invoice, category and rate') FROM demo;
SELECT is(t -> 'unit_invoices', '[
	{"unit_invoice": "MP-300000007-2026-000017", "tax_exclusive": "317.79", "tax_total": "55.15", "tax_inclusive": "372.94"},
	{"unit_invoice": "MP-400000006-2026-000003", "tax_exclusive": "74.90", "tax_total": "14.98", "tax_inclusive": "89.88"}]',
	'demo: units 372.94 and 89.88') FROM demo;

-- Vectors
SELECT is(t ->> 'tax_exclusive' || ' ' || (t ->> 'tax_total'), '400.00 80.00', 'v:X5 credit note of 4 units: net 400.00, VAT 80.00')
  FROM pg_temp.totals('{"type_code": "381"}', pg_temp.line('4', '100.00', '20')) AS t;
SELECT is(t ->> 'tax_inclusive', '1260.00', 'v:X11 goods 1000.00 and shipping 50.00: 1260.00')
  FROM pg_temp.totals('{"type_code": "381"}', pg_temp.line('1', '1000.00', '20'), pg_temp.line('1', '50.00', '20')) AS t;

-- IV-22, RD-3: half away from zero, symmetric, exact
SELECT is(pg_temp.totals('{}', pg_temp.line('1', '0.005', '20')) ->> 'line_total', '0.01', 'IV-22 0.005 rounds away from zero');
SELECT is(pg_temp.totals('{}', pg_temp.line('-1', '0.005', '20')) ->> 'line_total', '-0.01', 'IV-22 −0.005 likewise');
SELECT is(pg_temp.totals('{}', pg_temp.line('1', '0.00499999', '20')) ->> 'line_total', '0.00', 'IV-22 just below a half rounds down');
SELECT is(pg_temp.totals('{}', pg_temp.line('1', '2.675', '20')) ->> 'line_total', '2.68', 'IV-22 no binary floating point');
SELECT is(pg_temp.totals('{}', pg_temp.line('3', '10', '20', '{"price_base_quantity": "7"}')) ->> 'line_total', '4.29', 'IV-22 price for seven');
SELECT is(pg_temp.totals('{}', pg_temp.line('1', '1', '20', '{"price_base_quantity": "3"}')) ->> 'line_total', '0.33', 'IV-22 a third');
SELECT is(pg_temp.totals('{}', pg_temp.line('0.3333', '0.333333', '20')) ->> 'line_total', '0.11', 'IV-22 four decimals by six');
SELECT is(pg_temp.totals('{}', pg_temp.line('1', '10.00', '20', '{"allowances": [{"amount": "1.50", "reason": "Remise", "reason_code": "95"}, {"amount": "0.50"}],
	"charges": [{"amount": "0.25"}]}')) ->> 'line_total', '8.25', 'IV-22 allowances and charges of a line');

-- IV-23
CREATE TEMPORARY TABLE extras AS SELECT pg_temp.totals('{"allowances": [{"amount": "10.00", "vat_category": "S", "vat_rate": "20"}],
	"charges": [{"amount": "5.00", "vat_category": "S", "vat_rate": "5.5", "reason_code": "FC"}], "prepaid": "50.00", "rounding": "-0.02"}',
	pg_temp.line('1', '100.00', '20'), pg_temp.line('2', '10.00', '5.5')) AS t;
SELECT is(t ->> 'line_total', '120.00', 'IV-23 BT-106') FROM extras;
SELECT is(t ->> 'allowance_total', '10.00', 'IV-23 BT-107') FROM extras;
SELECT is(t ->> 'charge_total', '5.00', 'IV-23 BT-108') FROM extras;
SELECT is(t ->> 'tax_exclusive', '115.00', 'IV-23 BT-109 = 106 − 107 + 108') FROM extras;
SELECT is(t ->> 'tax_total', '19.38', 'IV-23 BT-110 = 18.00 + 1.38') FROM extras;
SELECT is(t ->> 'tax_inclusive', '134.38', 'IV-23 BT-112 = 109 + 110') FROM extras;
SELECT is(t ->> 'payable', '84.36', 'IV-23 BT-115 = 112 − 113 + 114') FROM extras;
SELECT is(t -> 'vat' -> 0 ->> 'taxable', '25.00', 'IV-25 a document charge joins its VAT key') FROM extras;

-- IV-24
SELECT is(t ->> 'tax_total', '0.01', 'IV-24 never the sum of VAT of lines: 3 × 0.02 at 20 %')
  FROM pg_temp.totals('{}', pg_temp.line('1', '0.02', '20'), pg_temp.line('1', '0.02', '20'), pg_temp.line('1', '0.02', '20')) AS t;
SELECT is(jsonb_array_length(pg_temp.totals('{}', pg_temp.line('1', '1', '20'), pg_temp.line('1', '1', '20.00'), pg_temp.line('1', '1', '20.0')) -> 'vat'), 1,
	'IV-24 rates equal as numbers are one key');
SELECT is(pg_temp.totals('{}', pg_temp.line('-3', '19.33', '5.5')) -> 'vat' -> 0 ->> 'tax', '-3.19', 'IV-24 the sign of the base');
SELECT is(pg_temp.totals('{}', pg_temp.line('1', '0.10', '5')) -> 'vat' -> 0 ->> 'tax', '0.01', 'IV-24 0.005 of VAT rounds away from zero');
SELECT is(pg_temp.totals('{}', pg_temp.line('-1', '0.10', '5')) -> 'vat' -> 0 ->> 'tax', '-0.01', 'IV-24 −0.005 likewise');
SELECT is(pg_temp.totals('{}', pg_temp.line('1', '100.00', '20'), pg_temp.line('1', '100.00', '5.5'), pg_temp.line('1', '100.00', '2.1')) ->> 'tax_total', '27.60',
	'IV-24 20, 5.5 and 2.1 % mixed');
SELECT is(t -> 'vat', '[
	{"unit_invoice": null, "category": "AE", "rate": "0", "exemption_code": "VATEX-EU-AE", "taxable": "5.00", "tax": "0.00"},
	{"unit_invoice": null, "category": "E", "rate": "0", "exemption_code": "VATEX-EU-132", "taxable": "2.00", "tax": "0.00"},
	{"unit_invoice": null, "category": "E", "rate": "0", "exemption_code": "VATEX-FR-FRANCHISE", "taxable": "3.00", "tax": "0.00"},
	{"unit_invoice": null, "category": "O", "rate": null, "exemption_code": null, "taxable": "1.00", "tax": "0.00"}]', 'IV-24 the exemption code is part of the key; O has no rate')
  FROM invoice_totals('{"currency": "EUR", "lines": [
	{"quantity": "1", "net_price": "1", "vat_category": "O"},
	{"quantity": "1", "net_price": "3", "vat_category": "E", "vat_rate": "0", "exemption_code": "VATEX-FR-FRANCHISE"},
	{"quantity": "1", "net_price": "2", "vat_category": "E", "vat_rate": "0", "exemption_code": "VATEX-EU-132"},
	{"quantity": "1", "net_price": "5", "vat_category": "AE", "vat_rate": "0", "exemption_code": "VATEX-EU-AE"}]}') AS t;
SELECT ok(NOT pg_temp.totals('{}', pg_temp.line('1', '1', '20')) ? 'unit_invoices', 'no unit invoices unless they are named');
SELECT is(jsonb_array_length(invoice_totals(jsonb_build_object('currency', 'EUR', 'lines', jsonb_agg(
	pg_temp.line('1', '1.11', (i % 50 / 10.0)::text, jsonb_build_object('unit_invoice', 'U' || i / 50 % 10))))) -> 'vat'), 500, 'IV-24 500 keys in one document')
  FROM generate_series(0, 1999) AS i;

-- RD-20: exponents 0 and 3
SELECT is(invoice_totals('{"currency": "JPY", "lines": [{"quantity": "3", "net_price": "33.5", "vat_category": "S", "vat_rate": "10"}]}')
	- 'lines' - 'vat' - 'allowance_total' - 'charge_total' - 'rounding' - 'prepaid',
	'{"line_total": "101", "tax_exclusive": "101", "tax_total": "10", "tax_inclusive": "111", "payable": "111"}', 'RD-20 yen have no decimals');
SELECT is(invoice_totals('{"currency": "KWD", "lines": [{"quantity": "1", "net_price": "1.2345", "vat_category": "S", "vat_rate": "5"}]}') ->> 'tax_inclusive', '1.297',
	'RD-20 dinars have three');

-- IV-29
SELECT is(pg_temp.totals('{"currency": "USD", "vat_currency": "EUR", "vat_currency_rate": "0.9"}', pg_temp.line('1', '100.25', '20')) ->> 'tax_total_vat_currency', '18.05',
	'IV-29 20.05 USD at 0.9 are 18.05 EUR (18.045 away from zero)');
SELECT is(t ->> 'tax_total_vat_currency', '0.04', 'IV-29 converted and rounded per unit invoice: 0.02 + 0.02, not 0.03')
  FROM pg_temp.totals('{"currency": "USD", "vat_currency": "EUR", "vat_currency_rate": "0.5"}',
	pg_temp.line('1', '0.15', '20', '{"unit_invoice": "A"}'), pg_temp.line('1', '0.15', '20', '{"unit_invoice": "B"}')) AS t;
SELECT is(pg_temp.totals('{"currency": "EUR", "vat_currency": "JPY", "vat_currency_rate": "160.5"}', pg_temp.line('1', '100', '20')) ->> 'tax_total_vat_currency', '3210',
	'IV-29 in the decimals of the VAT currency');
SELECT ok(NOT pg_temp.totals('{}', pg_temp.line('1', '1', '20')) ? 'tax_total_vat_currency', 'IV-29 only when asked for');

-- Strictness: the path is named
SELECT is(pg_temp.broken('{lines,0,quantity}', '2'), 'MK003: lines[0].quantity is not acceptable', 'a number is no decimal string');
SELECT is(pg_temp.broken('{lines,0,quantity}', '"1.23456"'), 'MK003: lines[0].quantity is not acceptable', 'too many decimals of a quantity');
SELECT is(pg_temp.broken('{lines,0,net_price}', '"-1"'), 'MK003: lines[0].net_price is not acceptable', 'IV-22 a negative price');
SELECT is(pg_temp.broken('{lines,0,net_price}', '"1e3"'), 'MK003: lines[0].net_price is not acceptable', 'an exponent');
SELECT is(pg_temp.broken('{lines,0,net_price}', '"NaN"'), 'MK003: lines[0].net_price is not acceptable', 'not a number');
SELECT is(pg_temp.broken('{lines,0,net_price}', '""'), 'MK003: lines[0].net_price is not acceptable', 'an empty price');
SELECT is(pg_temp.broken('{lines,0,vat_rate}', 'null'), 'MK003: lines[0].vat_rate is missing', 'a missing rate');
SELECT is(pg_temp.broken('{lines,0,vat_category}', '"O"'), 'MK003: lines[0].vat_rate is not acceptable', 'O with a rate');
SELECT is(pg_temp.broken('{lines,0,vat_category}', '"X"'), 'MK003: lines[0].vat_category is not acceptable', 'an unknown category');
SELECT is(pg_temp.broken('{lines,0,vat_rate}', '"101"'), 'MK003: lines[0].vat_rate is not acceptable', 'a rate beyond 100');
SELECT is(pg_temp.broken('{lines,0,price_base_quantity}', '"0"'), 'MK003: lines[0].price_base_quantity is not acceptable', 'a price for nothing');
SELECT is(pg_temp.broken('{lines,0,qty}', '"1"'), 'MK003: lines[0].qty is not known', 'an unknown key of a line');
SELECT is(pg_temp.broken('{lines,0,allowances,0,amount}', '"0.105"'), 'MK003: lines[0].allowances[0].amount is not acceptable', 'too many decimals of an amount');
SELECT is(pg_temp.broken('{lines,0,allowances,0,vat_rate}', '"20"'), 'MK003: lines[0].allowances[0].vat_rate is not known', 'a line''s allowance has the line''s VAT');
SELECT is(pg_temp.broken('{lines,0,unit_invoice}', '"A"'), 'MK003: charges[0].unit_invoice is not acceptable', 'all or none name their unit invoice');
SELECT is(pg_temp.broken('{lines}', '[]'), 'MK003: lines is not acceptable', 'no line');
SELECT is(pg_temp.broken('{lines}', '{}'), 'MK003: lines is not acceptable', 'lines that are no array');
SELECT is(pg_temp.broken('{currency}', '"XAU"'), 'MK003: currency is not acceptable', 'RD-21 gold');
SELECT is(pg_temp.broken('{prepaid}', '"1.5"'), 'accepted', 'fewer decimals than the currency''s are fine');
SELECT is(pg_temp.broken('{prepaid}', '"1.500"'), 'MK003: prepaid is not acceptable', 'RD-2 more are not, even zeros');
SELECT is(pg_temp.broken('{charges,0,vat_rate}', 'null'), 'MK003: charges[0].vat_rate is missing', 'IV-25 a document charge without rate');
SELECT is(pg_temp.broken('{vat_currency_rate}', '"1"'), 'MK003: vat_currency_rate is not acceptable', 'a rate without currency');
SELECT is(pg_temp.broken('{vat_currency}', '"USD"'), 'MK003: vat_currency_rate is missing', 'a currency without rate');
SELECT is(pg_temp.broken('{totals_of}', '1'), 'MK003: totals_of is not known', 'an unknown key of the document');
SELECT is(pg_temp.broken('{seller}', '{"name": "X"}'), 'accepted', 'the terms of a stored document are let be');
SELECT is(pg_temp.refusal(NULL), 'MK001: invoice_totals() needs document', 'NULL is an error');
SELECT is(pg_temp.broken('{lines,0,quantity}', '"99999999999999999999"'), 'MK011: ' || 'amount out of range', 'RD-1 overflow is an error');

SELECT * FROM finish();
ROLLBACK;
