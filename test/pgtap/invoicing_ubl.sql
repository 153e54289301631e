-- invoice_xml(…, 'ubl', …): shapes of rules/invoicing.md §6 to §8, element by element against shared/samples/einvoice where that folder is.
\ir ../fixtures/einvoice.sql
\ir ../fixtures/einvoice_compare.sql
BEGIN;
SET search_path = marketplace, public;
SELECT plan(38);
CREATE FUNCTION pg_temp.ubl(name text, profile text DEFAULT 'extended-ctc-fr', more jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS
$$ SELECT invoice_xml(pg_temp.einvoice(name) || more, 'ubl', profile)::text $$;
CREATE FUNCTION pg_temp.at(document text, path text) RETURNS text LANGUAGE sql AS $$
	SELECT array_to_string(xpath(path || '/text()', document::xml, '{{i,urn:oasis:names:specification:ubl:schema:xsd:Invoice-2},
		{c,urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2},{cac,urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2},
		{cbc,urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}}'), ' | ')
$$;
-- names of the children of the root, in their order, each once
CREATE FUNCTION pg_temp.order_of(document text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(name, ' ' ORDER BY first) FROM (SELECT (regexp_match(child::text, '^<[a-z]*:?([A-Za-z]+)'))[1] AS name, min(n) AS first
		FROM unnest(xpath('/*/*', document::xml)) WITH ORDINALITY AS x (child, n) GROUP BY 1) AS y
$$;
CREATE FUNCTION pg_temp.refusal(document jsonb, syntax text, profile text) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN PERFORM invoice_xml(document, syntax, profile); RETURN 'written'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ': ' || SQLERRM; END $$;

\getenv samples MARKETPLACE_SAMPLES
\if :{?samples}
	\set sample `cat "$MARKETPLACE_SAMPLES/einvoice/mv_ubl.xml"`
	SELECT is(pg_temp.missing(:'sample', pg_temp.ubl('multi')), 'nothing', 'IV-46 multi-vendor: all that mv_ubl has');
	SELECT is(array(SELECT DISTINCT regexp_replace(x, '.*ManufacturerParty/cac:PostalAddress/', '') FROM regexp_split_to_table(
		pg_temp.added(:'sample', pg_temp.ubl('multi')), E'\n') AS x ORDER BY 1), ARRAY['cbc:PostalZone=69001', 'cbc:StreetName=2 rue Edison'],
		'IV-31 and the whole address of each seller');
\else
	SELECT skip('no samples', 2);
\endif

SELECT is(pg_temp.at(pg_temp.ubl('commission', profile), '/i:Invoice/cbc:CustomizationID'), specification_identifier, 'BT-24 of ' || profile)
  FROM invoice_profiles WHERE 'ubl' = ANY (syntaxes) ORDER BY profile;
SELECT is(pg_temp.at(pg_temp.ubl('commission', 'xrechnung'), '/i:Invoice/cbc:ProfileID'), 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0', 'BT-23 that XRechnung prescribes');
SELECT is(cardinality(xpath('//*[local-name()="Note"]', pg_temp.ubl('commission', 'peppol')::xml)), 1, 'Peppol takes one note: PEPPOL-EN16931-R002');
SELECT ok(pg_temp.at(pg_temp.ubl('unit'), '/i:Invoice/cbc:Note') LIKE '%| #BAR#B2B | #DCL#Facture etablie par%', 'BT-21, BT-22');

-- Invoice
CREATE TEMPORARY TABLE rich AS SELECT pg_temp.ubl('rich', 'en16931') AS x;
SELECT is(pg_temp.order_of(x), 'CustomizationID ProfileID ID IssueDate DueDate InvoiceTypeCode Note DocumentCurrencyCode AccountingCost BuyerReference InvoicePeriod '
	'OrderReference BillingReference DespatchDocumentReference ReceiptDocumentReference OriginatorDocumentReference ContractDocumentReference '
	'AdditionalDocumentReference ProjectReference AccountingSupplierParty AccountingCustomerParty PayeeParty Delivery PaymentMeans PaymentTerms AllowanceCharge '
	'TaxTotal LegalMonetaryTotal InvoiceLine', 'the order of the Invoice XSD') FROM rich;
SELECT is(pg_temp.at(x, '/i:Invoice/cac:InvoicePeriod/*'), '2026-11-01 | 2026-11-30 | 432', 'BT-73, BT-74, BT-8') FROM rich;
SELECT is(pg_temp.at(x, '//cac:OrderReference/*'), 'CMD-1 | SO-1', 'BT-13, BT-14') FROM rich;
SELECT is(pg_temp.at(x, '//cac:AccountingSupplierParty//cac:PartyIdentification/cbc:ID'), '30000000700011 | F-7', 'BT-29') FROM rich;
SELECT is(pg_temp.at(x, '//cac:AccountingSupplierParty//cac:PartyName/cbc:Name'), 'Alpha', 'BT-28') FROM rich;
SELECT is(pg_temp.at(x, '//cac:AccountingSupplierParty//cac:PartyLegalEntity/*'), 'VENDEUR ALPHA SAS | 300000007 | SAS, 10000.00 EUR', 'BT-27, BT-30, BT-33') FROM rich;
SELECT is(pg_temp.at(x, '//cac:Contact/*'), 'Service clients | +33 1 23 45 67 89 | contact@alpha.example', 'BG-6') FROM rich;
SELECT is(pg_temp.at(x, '//cac:DeliveryLocation//*'), '3012345678902 | 12 avenue du Port | Bat. C | LILLE | 59000 | Nord | Porte 7 | FR', 'BG-15') FROM rich;
SELECT is(pg_temp.at(x, '/i:Invoice/cac:PaymentMeans//*'), '58 | RF18539007547034 | FR1420041010050500013M02606 | ALPHA | PSSTFRPPPAR', 'BG-16, BG-17') FROM rich;
SELECT is(pg_temp.at(x, '/i:Invoice/cac:AllowanceCharge/cbc:Amount'), '10.00 | 5.00', 'BT-92, BT-99') FROM rich;
SELECT is(pg_temp.at(x, '//cac:LegalMonetaryTotal/*'), '192.50 | 187.50 | 215.38 | 10.00 | 5.00 | 50.00 | -0.02 | 165.36', 'BG-22 in the order of the XSD') FROM rich;
SELECT is(pg_temp.at(x, '//cac:TaxSubtotal/cac:TaxCategory/*'), 'E | 0 | VATEX-EU-132 | Formation | S | 5.5 | S | 20', 'BG-23') FROM rich;
SELECT is(pg_temp.at(x, '(//cac:InvoiceLine)[1]/cac:Price//*'), '95.500000 | 2 | false | 4.50 | 100.00', 'BG-29') FROM rich;
SELECT is(pg_temp.at(x, '(//cac:InvoiceLine)[1]/cac:AllowanceCharge/*'),
	'false | 95 | Remise | 10 | 1.00 | 10.00 | true | FC | Emballage | 0.25', 'BG-27, BG-28') FROM rich;
SELECT is(pg_temp.at(x, '(//cac:InvoiceLine)[1]/cac:Item/cbc:Name'), 'Vis &lt;inox&gt; &amp; "écrous"', 'a name with markup is escaped') FROM rich;
SELECT is(md5(pg_temp.ubl('rich', 'en16931')), md5(x), 'IV-83 same document, same bytes') FROM rich;

-- CreditNote
CREATE TEMPORARY TABLE credit AS SELECT pg_temp.ubl('rich', 'en16931', '{"type_code": "381", "tax_point_date": "2026-11-23", "vat_due_code": null}') AS x;
SELECT is(pg_temp.order_of(x), 'CustomizationID ProfileID ID IssueDate TaxPointDate CreditNoteTypeCode Note DocumentCurrencyCode AccountingCost BuyerReference InvoicePeriod '
	'OrderReference BillingReference DespatchDocumentReference ReceiptDocumentReference ContractDocumentReference AdditionalDocumentReference OriginatorDocumentReference '
	'AccountingSupplierParty AccountingCustomerParty PayeeParty Delivery PaymentMeans PaymentTerms AllowanceCharge TaxTotal LegalMonetaryTotal CreditNoteLine',
	'the order of the CreditNote XSD') FROM credit;
SELECT is(pg_temp.at(x, '//cac:PaymentMeans/cbc:PaymentDueDate'), '2026-12-24', 'BT-9 of a credit note') FROM credit;
SELECT is(pg_temp.at(x, '//cac:AdditionalDocumentReference[cbc:DocumentTypeCode=50]/cbc:ID'), 'PRJ-1', 'BT-11 of a credit note') FROM credit;
SELECT is(pg_temp.at(x, '//cbc:CreditedQuantity'), '3 | 1 | 2', 'BT-129 of a credit note') FROM credit;
SELECT is(pg_temp.at(pg_temp.ubl('unit_credit'), '//cac:BillingReference/cac:InvoiceDocumentReference/*'), 'MP-300000007-2026-000017 | 2026-11-24', 'BG-3');
SELECT is(pg_temp.at(pg_temp.ubl('unit_credit'), '//cac:ServiceProviderParty//cbc:RegistrationName'), 'PLACE DE MARCHE SA', 'IV-45 who establishes it');

-- Several sellers
SELECT is(pg_temp.at(pg_temp.ubl('multi_credit'), '(//cac:CreditNoteLine)[1]/cac:BillingReference[2]//*'), 'MP-300000007-2026-000017 | 2026-11-24', 'IV-57 the unit that is credited');
SELECT is(pg_temp.at(pg_temp.ubl('multi'), '//cac:InvoiceLine/cbc:ID'), '1 | 2 | 3 | 4 | 5', 'lines are numbered as they are written');

-- VAT in another currency (IV-29)
CREATE TEMPORARY TABLE foreign_vat AS SELECT pg_temp.ubl('multi', 'extended-ctc-fr', '{"currency": "USD", "vat_currency": "EUR", "vat_currency_rate": "0.9"}') AS x;
SELECT is(pg_temp.at(x, '/i:Invoice/cac:TaxTotal/cbc:TaxAmount'), '70.13 | 63.12', 'BT-110, BT-111') FROM foreign_vat;
SELECT is(pg_temp.at(x, '//cac:InvoiceLine/cac:TaxTotal/cbc:TaxAmount'), '55.15 | 49.64 | 14.98 | 13.48', 'of each unit, and they add up') FROM foreign_vat;

SELECT is(pg_temp.refusal(pg_temp.einvoice('unit'), 'ubl', 'factur-x-en16931'), 'MK002: there is no profile "factur-x-en16931"', 'Factur-X is CII only');
SELECT is(pg_temp.refusal(pg_temp.einvoice('unit'), 'edifact', 'en16931'), 'MK002: there is no syntax "edifact"', 'two syntaxes');
SELECT is(pg_temp.refusal(pg_temp.einvoice('multi') #- '{unit_invoices,1}', 'ubl', 'extended-ctc-fr'), 'MK003: lines[2].unit_invoice is not acceptable', 'a line of no listed unit');
SELECT finish();
ROLLBACK;
