CREATE OR REPLACE VIEW marketplace.invoice_profiles (profile, syntaxes, specification_identifier, business_process, with_lines, extended, single_note,
	description, source)
WITH (security_invoker = true) AS
VALUES
	('en16931', ARRAY['cii', 'ubl'], 'urn:cen.eu:en16931:2017', NULL::text, true, false, false,
		'The European standard itself, as France takes it', 'EN 16931-1:2017; XP Z12-012'),
	('extended-ctc-fr', ARRAY['cii', 'ubl'], 'urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr', NULL, true, true, false,
		'The French extension: third parties, and several sellers in one invoice', 'XP Z12-012, annex A'),
	('factur-x-basic-wl', ARRAY['cii'], 'urn:factur-x.eu:1p0:basicwl', NULL, false, false, false,
		'Factur-X BASIC WL: header only, the lines are in the readable part', 'Factur-X 1.0.7, ZUGFeRD 2.3'),
	('factur-x-en16931', ARRAY['cii'], 'urn:cen.eu:en16931:2017', NULL, true, false, false,
		'Factur-X EN 16931 (COMFORT)', 'Factur-X 1.0.7, ZUGFeRD 2.3'),
	('factur-x-extended', ARRAY['cii'], 'urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended', NULL, true, true, false,
		'Factur-X EXTENDED: third parties, and several sellers in one invoice', 'Factur-X 1.0.7, ZUGFeRD 2.3'),
	('peppol', ARRAY['cii', 'ubl'], 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0',
		'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0', true, false, true,
		'Peppol BIS Billing 3', 'OpenPeppol, BIS Billing 3.0; PEPPOL-EN16931-R002, R004, R007'),
	('xrechnung', ARRAY['cii', 'ubl'], 'urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0',
		'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0', true, false, false,
		'XRechnung 3.0, for German authorities', 'KoSIT, XRechnung 3.0.2');
COMMENT ON VIEW marketplace.invoice_profiles IS 'Profiles that invoice_xml() writes and invoice_violations() judges by: the specification that each names and what it can carry. IV-47.';
COMMENT ON COLUMN marketplace.invoice_profiles.profile IS 'Name, as the functions take it.';
COMMENT ON COLUMN marketplace.invoice_profiles.syntaxes IS 'Syntaxes that it exists in.';
COMMENT ON COLUMN marketplace.invoice_profiles.specification_identifier IS 'Specification identifier (BT-24).';
COMMENT ON COLUMN marketplace.invoice_profiles.business_process IS 'Business process (BT-23) that it prescribes; NULL: the document''s own, in France the billing mode.';
COMMENT ON COLUMN marketplace.invoice_profiles.with_lines IS 'Whether it has lines.';
COMMENT ON COLUMN marketplace.invoice_profiles.extended IS 'Whether it goes beyond EN 16931: who establishes the invoice, and several sellers in one.';
COMMENT ON COLUMN marketplace.invoice_profiles.single_note IS 'Whether it takes one note only, so that the texts of all are written one after the other.';
COMMENT ON COLUMN marketplace.invoice_profiles.description IS 'What it is for.';
COMMENT ON COLUMN marketplace.invoice_profiles.source IS 'Specification that the identifiers come from.';
