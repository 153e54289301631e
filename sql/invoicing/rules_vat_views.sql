-- Rules of EN 16931 for each VAT category, as data: categories and their traits, and what each trait asks (the families BR-S, BR-Z, BR-E, BR-AE, BR-IC, BR-G, BR-O, BR-AF, BR-AG).
-- No rates: BR-O-05 to BR-O-07 are kept by the form of a document.
CREATE OR REPLACE VIEW marketplace.invoice_rules_vat WITH (security_invoker = true) AS
SELECT pg_catalog.format(t.rule, c.prefix) AS rule, 'fatal' AS severity, t.profiles, pg_catalog.replace(t.scope, '~', c.category)::jsonpath AS scope, t.term,
	pg_catalog.replace(t.applies, '~', c.category)::jsonpath AS applies, pg_catalog.replace(t.condition, '~', c.category)::jsonpath AS condition,
	pg_catalog.format(t.message, c.category) AS message, t.found::jsonpath AS found, 'EN 16931-1' AS source
FROM (VALUES
	('S', 'BR-S', ARRAY['some', 'seller', 'positive', 'taxed', 'plain']),
	('Z', 'BR-Z', ARRAY['one', 'seller', 'zero', 'untaxed', 'plain']),
	('E', 'BR-E', ARRAY['one', 'seller', 'zero', 'untaxed', 'reasoned']),
	('AE', 'BR-AE', ARRAY['one', 'both', 'zero', 'untaxed', 'reasoned']),
	('K', 'BR-IC', ARRAY['one', 'both_vat', 'zero', 'untaxed', 'reasoned', 'delivered']),
	('G', 'BR-G', ARRAY['one', 'seller_vat', 'zero', 'untaxed', 'reasoned']),
	('O', 'BR-O', ARRAY['one', 'nobody', 'untaxed', 'reasoned', 'alone']),
	('L', 'BR-AF', ARRAY['some', 'seller', 'taxed', 'plain']),
	('M', 'BR-AG', ARRAY['some', 'seller', 'taxed', 'plain'])
) AS c (category, prefix, traits)
JOIN (VALUES
	('some', '%s-01', NULL::text[], '$', 'totals.vat'::text, 'exists($.lines[*] ? (@.vat_category == "~")) || exists($.allowances[*] ? (@.vat_category == "~")) || exists($.charges[*] ? (@.vat_category == "~"))'::text,
		'$.vat_count.~ >= 1', 'Category %s is used and has no row in the VAT breakdown.', NULL::text),
	('one', '%s-01', NULL, '$', 'totals.vat', 'exists($.lines[*] ? (@.vat_category == "~")) || exists($.allowances[*] ? (@.vat_category == "~")) || exists($.charges[*] ? (@.vat_category == "~"))',
		'$.vat_count.~ == 1 || (exists($.unit_invoices[*]) && $.vat_count.~ >= 1)', 'Category %s is used and does not have exactly one row in the VAT breakdown.', NULL),
	('seller', '%s-02', NULL, '$', 'seller.vat_id', 'exists($.lines[*] ? (@.vat_category == "~"))',
		'exists($.seller.vat_id) || exists($.seller.tax_id) || exists($.tax_representative.vat_id)', 'Category %s needs a VAT or tax number of the seller or its tax representative.', NULL),
	('seller', '%s-03', NULL, '$', 'seller.vat_id', 'exists($.allowances[*] ? (@.vat_category == "~"))',
		'exists($.seller.vat_id) || exists($.seller.tax_id) || exists($.tax_representative.vat_id)', 'Category %s needs a VAT or tax number of the seller or its tax representative.', NULL),
	('seller', '%s-04', NULL, '$', 'seller.vat_id', 'exists($.charges[*] ? (@.vat_category == "~"))',
		'exists($.seller.vat_id) || exists($.seller.tax_id) || exists($.tax_representative.vat_id)', 'Category %s needs a VAT or tax number of the seller or its tax representative.', NULL),
	('both', '%s-02', NULL, '$', 'buyer.vat_id', 'exists($.lines[*] ? (@.vat_category == "~"))',
		'(exists($.seller.vat_id) || exists($.seller.tax_id) || exists($.tax_representative.vat_id)) && (exists($.buyer.vat_id) || exists($.buyer.siren) || exists($.buyer.legal_id))', 'Category %s needs a VAT or tax number of the seller and a VAT number or legal identifier of the buyer.', NULL),
	('both', '%s-03', NULL, '$', 'buyer.vat_id', 'exists($.allowances[*] ? (@.vat_category == "~"))',
		'(exists($.seller.vat_id) || exists($.seller.tax_id) || exists($.tax_representative.vat_id)) && (exists($.buyer.vat_id) || exists($.buyer.siren) || exists($.buyer.legal_id))', 'Category %s needs a VAT or tax number of the seller and a VAT number or legal identifier of the buyer.', NULL),
	('both', '%s-04', NULL, '$', 'buyer.vat_id', 'exists($.charges[*] ? (@.vat_category == "~"))',
		'(exists($.seller.vat_id) || exists($.seller.tax_id) || exists($.tax_representative.vat_id)) && (exists($.buyer.vat_id) || exists($.buyer.siren) || exists($.buyer.legal_id))', 'Category %s needs a VAT or tax number of the seller and a VAT number or legal identifier of the buyer.', NULL),
	('both_vat', '%s-02', NULL, '$', 'buyer.vat_id', 'exists($.lines[*] ? (@.vat_category == "~"))',
		'(exists($.seller.vat_id) || exists($.tax_representative.vat_id)) && exists($.buyer.vat_id)', 'Category %s needs the VAT numbers of seller and buyer.', NULL),
	('both_vat', '%s-03', NULL, '$', 'buyer.vat_id', 'exists($.allowances[*] ? (@.vat_category == "~"))',
		'(exists($.seller.vat_id) || exists($.tax_representative.vat_id)) && exists($.buyer.vat_id)', 'Category %s needs the VAT numbers of seller and buyer.', NULL),
	('both_vat', '%s-04', NULL, '$', 'buyer.vat_id', 'exists($.charges[*] ? (@.vat_category == "~"))',
		'(exists($.seller.vat_id) || exists($.tax_representative.vat_id)) && exists($.buyer.vat_id)', 'Category %s needs the VAT numbers of seller and buyer.', NULL),
	('seller_vat', '%s-02', NULL, '$', 'seller.vat_id', 'exists($.lines[*] ? (@.vat_category == "~"))',
		'exists($.seller.vat_id) || exists($.tax_representative.vat_id)', 'Category %s needs the VAT number of the seller or its tax representative.', NULL),
	('seller_vat', '%s-03', NULL, '$', 'seller.vat_id', 'exists($.allowances[*] ? (@.vat_category == "~"))',
		'exists($.seller.vat_id) || exists($.tax_representative.vat_id)', 'Category %s needs the VAT number of the seller or its tax representative.', NULL),
	('seller_vat', '%s-04', NULL, '$', 'seller.vat_id', 'exists($.charges[*] ? (@.vat_category == "~"))',
		'exists($.seller.vat_id) || exists($.tax_representative.vat_id)', 'Category %s needs the VAT number of the seller or its tax representative.', NULL),
	('nobody', '%s-02', NULL, '$', 'seller.vat_id', 'exists($.lines[*] ? (@.vat_category == "~"))',
		'!exists($.seller.vat_id) && !exists($.tax_representative.vat_id) && !exists($.buyer.vat_id)', 'Category %s names no VAT numbers.', NULL),
	('nobody', '%s-03', NULL, '$', 'seller.vat_id', 'exists($.allowances[*] ? (@.vat_category == "~"))',
		'!exists($.seller.vat_id) && !exists($.tax_representative.vat_id) && !exists($.buyer.vat_id)', 'Category %s names no VAT numbers.', NULL),
	('nobody', '%s-04', NULL, '$', 'seller.vat_id', 'exists($.charges[*] ? (@.vat_category == "~"))',
		'!exists($.seller.vat_id) && !exists($.tax_representative.vat_id) && !exists($.buyer.vat_id)', 'Category %s names no VAT numbers.', NULL),
	('positive', '%s-05', NULL, '$.lines[*] ? (@.vat_category == "~")', 'vat_rate', NULL,
		'$.vat_rate > 0', 'The rate of category %s is greater than zero.', '$.vat_rate'),
	('positive', '%s-06', NULL, '$.allowances[*] ? (@.vat_category == "~")', 'vat_rate', NULL,
		'$.vat_rate > 0', 'The rate of category %s is greater than zero.', '$.vat_rate'),
	('positive', '%s-07', NULL, '$.charges[*] ? (@.vat_category == "~")', 'vat_rate', NULL,
		'$.vat_rate > 0', 'The rate of category %s is greater than zero.', '$.vat_rate'),
	('zero', '%s-05', NULL, '$.lines[*] ? (@.vat_category == "~")', 'vat_rate', NULL,
		'$.vat_rate == 0', 'The rate of category %s is zero.', '$.vat_rate'),
	('zero', '%s-06', NULL, '$.allowances[*] ? (@.vat_category == "~")', 'vat_rate', NULL,
		'$.vat_rate == 0', 'The rate of category %s is zero.', '$.vat_rate'),
	('zero', '%s-07', NULL, '$.charges[*] ? (@.vat_category == "~")', 'vat_rate', NULL,
		'$.vat_rate == 0', 'The rate of category %s is zero.', '$.vat_rate'),
	('taxed', '%s-08', NULL, '$.vat[*] ? (@.category == "~")', 'taxable', NULL,
		'$.taxable == $.expected_taxable', 'Base of category %s = Σ its lines + charges − allowances.', '$.keyvalue() ? (@.key == "taxable" || @.key == "expected_taxable").value'),
	('untaxed', '%s-08', NULL, '$.vat[*] ? (@.category == "~")', 'taxable', NULL,
		'$.taxable == $.expected_taxable', 'Base of category %s = Σ its lines + charges − allowances.', '$.keyvalue() ? (@.key == "taxable" || @.key == "expected_taxable").value'),
	('taxed', '%s-09', NULL, '$.vat[*] ? (@.category == "~")', 'tax', NULL,
		'($.tax - $.expected_tax).abs() <= $.tolerance', 'VAT of category %s = base × rate, rounded to the minor unit.', '$.keyvalue() ? (@.key == "tax" || @.key == "expected_tax").value'),
	('untaxed', '%s-09', NULL, '$.vat[*] ? (@.category == "~")', 'tax', NULL,
		'$.tax == 0', 'VAT of category %s is zero.', '$.tax'),
	('plain', '%s-10', NULL, '$.vat[*] ? (@.category == "~")', NULL, NULL,
		'!exists($.exemption_code) && !exists($.reason)', 'Category %s has no exemption reason.', '$.exemption_code'),
	('reasoned', '%s-10', NULL, '$.vat[*] ? (@.category == "~")', NULL, NULL,
		'exists($.exemption_code) || exists($.reason)', 'Category %s has an exemption reason or its code.', NULL),
	('delivered', '%s-11', NULL, '$', 'delivery.date', 'exists($.vat[*] ? (@.category == "~"))',
		'exists($.delivery.date) || exists($.period.start) || exists($.period.end)', 'Category %s needs a delivery date or an invoicing period.', NULL),
	('delivered', '%s-12', NULL, '$', 'delivery.address.country', 'exists($.vat[*] ? (@.category == "~"))',
		'exists($.delivery.address.country)', 'Category %s needs the country of delivery.', NULL),
	('alone', '%s-11', ARRAY['en16931', 'peppol', 'xrechnung', 'factur-x-basic-wl', 'factur-x-en16931'], '$.vat[*]', 'category', '$.vat_count.~ > 0',
		'$.category == "~"', 'Beside category %s no other VAT rows stand.', '$.category'),
	('alone', '%s-12', ARRAY['en16931', 'peppol', 'xrechnung', 'factur-x-basic-wl', 'factur-x-en16931'], '$.lines[*]', 'vat_category', '$.vat_count.~ > 0',
		'$.vat_category == "~"', 'Beside category %s no other lines stand.', '$.vat_category'),
	('alone', '%s-13', ARRAY['en16931', 'peppol', 'xrechnung', 'factur-x-basic-wl', 'factur-x-en16931'], '$.allowances[*]', 'vat_category', '$.vat_count.~ > 0',
		'$.vat_category == "~"', 'Beside category %s no other document allowances stand.', '$.vat_category'),
	('alone', '%s-14', ARRAY['en16931', 'peppol', 'xrechnung', 'factur-x-basic-wl', 'factur-x-en16931'], '$.charges[*]', 'vat_category', '$.vat_count.~ > 0',
		'$.vat_category == "~"', 'Beside category %s no other document charges stand.', '$.vat_category')
) AS t (trait, rule, profiles, scope, term, applies, condition, message, found) ON t.trait = ANY (c.traits);
COMMENT ON VIEW marketplace.invoice_rules_vat IS 'Rules of EN 16931 for each VAT category.';
COMMENT ON COLUMN marketplace.invoice_rules_vat.rule IS 'Rule, as its standard numbers it.';
COMMENT ON COLUMN marketplace.invoice_rules_vat.severity IS 'fatal: the document must not be issued; warning.';
COMMENT ON COLUMN marketplace.invoice_rules_vat.profiles IS 'Profiles that it belongs to; NULL: all.';
COMMENT ON COLUMN marketplace.invoice_rules_vat.scope IS 'What it looks at: each item that this path selects of the facts.';
COMMENT ON COLUMN marketplace.invoice_rules_vat.term IS 'Term of the item that is to be mended; NULL: the item itself.';
COMMENT ON COLUMN marketplace.invoice_rules_vat.applies IS 'When it applies at all, asked of the document; NULL: always.';
COMMENT ON COLUMN marketplace.invoice_rules_vat.condition IS 'What must be true of each item ($); $doc is the document.';
COMMENT ON COLUMN marketplace.invoice_rules_vat.message IS 'What is wrong where it is not.';
COMMENT ON COLUMN marketplace.invoice_rules_vat.found IS 'Values to show with the message; NULL: none.';
COMMENT ON COLUMN marketplace.invoice_rules_vat.source IS 'Standard or law that it comes from.';
