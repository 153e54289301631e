-- What single profiles ask beyond EN 16931, as data.
-- The paths are text until they are read: PostgreSQL writes some paths back in a way that it does not read again (unary methods of sums and products), and a
-- restored view must be the same.
CREATE OR REPLACE VIEW marketplace.invoice_rules_profile WITH (security_invoker = true) AS
SELECT rule, severity, profiles, scope::jsonpath AS scope, term, applies::jsonpath AS applies, condition::jsonpath AS condition, message, found::jsonpath AS found, source
FROM (VALUES
	(ARRAY['peppol'], 'PEPPOL-EN16931-R003', 'fatal', '$'::text, 'buyer_reference'::text, NULL::text,
		'exists($.buyer_reference) || exists($.purchase_order)'::text, 'A buyer reference or a purchase order is given (BT-10, BT-13).', NULL::text, 'OpenPeppol, BIS Billing 3.0'),
	(ARRAY['peppol', 'xrechnung'], 'PEPPOL-EN16931-R010', 'fatal', '$', 'buyer.einvoice_address', NULL,
		'exists($.buyer.einvoice_address)', 'The buyer has an electronic address (BT-49).', NULL, 'OpenPeppol, BIS Billing 3.0'),
	(ARRAY['peppol', 'xrechnung'], 'PEPPOL-EN16931-R020', 'fatal', '$', 'seller.einvoice_address', NULL,
		'exists($.seller.einvoice_address)', 'The seller has an electronic address (BT-34).', NULL, 'OpenPeppol, BIS Billing 3.0'),
	(ARRAY['peppol'], 'PEPPOL-EN16931-P0112', 'fatal', '$', 'type_code', '$.type_code == "384" || $.type_code == "326"',
		'$.seller.address.country == "DE" && $.buyer.address.country == "DE"', 'A corrective or partial invoice (384, 326) is for German parties only: send a credit note.', '$.type_code', 'OpenPeppol, BIS Billing 3.0'),
	(ARRAY['peppol', 'xrechnung'], 'PEPPOL-EN16931-R005', 'fatal', '$', 'vat_currency', NULL,
		'!exists($.vat_currency) || $.vat_currency != $.currency', 'A VAT currency is another than that of the invoice (BT-6).', '$.vat_currency', 'OpenPeppol, BIS Billing 3.0'),
	(ARRAY['peppol'], 'PEPPOL-EN16931-R041', 'fatal', '$.**.allowances[*]', 'base_amount', NULL,
		'!exists($.percentage) || exists($.base_amount)', 'A percentage has its base.', NULL, 'OpenPeppol, BIS Billing 3.0'),
	(ARRAY['peppol'], 'PEPPOL-EN16931-R042', 'fatal', '$.**.allowances[*]', 'percentage', NULL,
		'!exists($.base_amount) || exists($.percentage)', 'A base has its percentage.', NULL, 'OpenPeppol, BIS Billing 3.0'),
	(ARRAY['xrechnung'], 'BR-DE-1', 'fatal', '$', 'payment', NULL,
		'exists($.payment.means_code)', 'Payment instructions are given (BG-16).', NULL, 'KoSIT, XRechnung 3.0.2'),
	(ARRAY['xrechnung'], 'BR-DE-2', 'fatal', '$', 'seller', NULL,
		'exists($.seller.contact_name) || exists($.seller.phone) || exists($.seller.email)', 'The seller has a contact (BG-6).', NULL, 'KoSIT, XRechnung 3.0.2'),
	(ARRAY['xrechnung'], 'BR-DE-3', 'fatal', '$.seller.address', 'city', NULL,
		'exists($.city)', 'XRechnung needs it.', NULL, 'KoSIT, XRechnung 3.0.2'),
	(ARRAY['xrechnung'], 'BR-DE-4', 'fatal', '$.seller.address', 'postcode', NULL,
		'exists($.postcode)', 'XRechnung needs it.', NULL, 'KoSIT, XRechnung 3.0.2'),
	(ARRAY['xrechnung'], 'BR-DE-5', 'fatal', '$.seller', 'contact_name', NULL,
		'exists($.contact_name)', 'XRechnung needs it.', NULL, 'KoSIT, XRechnung 3.0.2'),
	(ARRAY['xrechnung'], 'BR-DE-6', 'fatal', '$.seller', 'phone', NULL,
		'exists($.phone)', 'XRechnung needs it.', NULL, 'KoSIT, XRechnung 3.0.2'),
	(ARRAY['xrechnung'], 'BR-DE-7', 'fatal', '$.seller', 'email', NULL,
		'exists($.email)', 'XRechnung needs it.', NULL, 'KoSIT, XRechnung 3.0.2'),
	(ARRAY['xrechnung'], 'BR-DE-8', 'fatal', '$.buyer.address', 'city', NULL,
		'exists($.city)', 'XRechnung needs it.', NULL, 'KoSIT, XRechnung 3.0.2'),
	(ARRAY['xrechnung'], 'BR-DE-9', 'fatal', '$.buyer.address', 'postcode', NULL,
		'exists($.postcode)', 'XRechnung needs it.', NULL, 'KoSIT, XRechnung 3.0.2'),
	(ARRAY['xrechnung'], 'BR-DE-15', 'fatal', '$', 'buyer_reference', NULL,
		'exists($.buyer_reference)', 'A buyer reference is given (BT-10).', NULL, 'KoSIT, XRechnung 3.0.2'),
	(ARRAY['en16931', 'peppol', 'xrechnung', 'factur-x-basic-wl', 'factur-x-en16931'], 'IV-62', 'fatal', '$', 'unit_invoices', NULL,
		'!exists($.unit_invoices[*])', 'This profile cannot carry the invoices of several sellers.', NULL, 'rules/invoicing.md; BR-S-10')
) AS rows (profiles, rule, severity, scope, term, applies, condition, message, found, source);
COMMENT ON VIEW marketplace.invoice_rules_profile IS 'Rules of single profiles: Peppol, XRechnung, and what a plain profile cannot carry.';
COMMENT ON COLUMN marketplace.invoice_rules_profile.rule IS 'Rule, as its standard numbers it.';
COMMENT ON COLUMN marketplace.invoice_rules_profile.severity IS 'fatal: the document must not be issued; warning.';
COMMENT ON COLUMN marketplace.invoice_rules_profile.profiles IS 'Profiles that it belongs to; NULL: all.';
COMMENT ON COLUMN marketplace.invoice_rules_profile.scope IS 'What it looks at: each item that this path selects of the facts.';
COMMENT ON COLUMN marketplace.invoice_rules_profile.term IS 'Term of the item that is to be mended; NULL: the item itself.';
COMMENT ON COLUMN marketplace.invoice_rules_profile.applies IS 'When it applies at all, asked of the document; NULL: always.';
COMMENT ON COLUMN marketplace.invoice_rules_profile.condition IS 'What must be true of each item ($); $doc is the document.';
COMMENT ON COLUMN marketplace.invoice_rules_profile.message IS 'What is wrong where it is not.';
COMMENT ON COLUMN marketplace.invoice_rules_profile.found IS 'Values to show with the message; NULL: none.';
COMMENT ON COLUMN marketplace.invoice_rules_profile.source IS 'Standard or law that it comes from.';
