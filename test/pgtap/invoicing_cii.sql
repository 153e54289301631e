-- invoice_xml(…, 'cii', …): shapes of rules/invoicing.md §6 to §8, element by element against shared/samples/einvoice where that folder is.
\ir ../fixtures/einvoice.sql
\ir ../fixtures/einvoice_compare.sql
BEGIN;
SET search_path = marketplace, public;
SELECT plan(53);
CREATE FUNCTION pg_temp.cii(name text, profile text DEFAULT 'extended-ctc-fr', more jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS
$$ SELECT invoice_xml(pg_temp.einvoice(name) || more, 'cii', profile)::text $$;
-- the texts at a path of steps without prefixes: 'S/x' below the root
CREATE FUNCTION pg_temp.at(document text, path text) RETURNS text LANGUAGE sql AS $$
	SELECT array_to_string(xpath(path || '/text()', document::xml,
		'{{rsm,urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100},
		  {ram,urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100},
		  {udt,urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100},{qdt,urn:un:unece:uncefact:data:standard:QualifiedDataType:100}}'), ' | ')
$$;
CREATE FUNCTION pg_temp.refusal(document jsonb, syntax text, profile text) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN PERFORM invoice_xml(document, syntax, profile); RETURN 'written'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ': ' || SQLERRM; END $$;

-- Against the samples
\getenv samples MARKETPLACE_SAMPLES
\if :{?samples}
	\set sample `cat "$MARKETPLACE_SAMPLES/einvoice/uc17b_mandate_cii.xml"`
	SELECT is(pg_temp.missing(:'sample', pg_temp.cii('unit')), 'nothing', 'IV-45 mandate: all that uc17b_mandate_cii has');
	SELECT is(pg_temp.added(:'sample', pg_temp.cii('unit')), 'nothing', 'IV-45 and nothing besides');
	\set sample `cat "$MARKETPLACE_SAMPLES/einvoice/mandate_cn_cii.xml"`
	SELECT is(pg_temp.missing(:'sample', pg_temp.cii('unit_credit')), 'nothing', 'IV-64 credit note: all that mandate_cn_cii has');
	SELECT is(pg_temp.added(:'sample', pg_temp.cii('unit_credit')), 'nothing', 'IV-64 and nothing besides');
	\set sample `cat "$MARKETPLACE_SAMPLES/einvoice/mv_cii.xml"`
	SELECT is(pg_temp.missing(:'sample', pg_temp.cii('multi')), 'nothing', 'IV-46 multi-vendor: all that mv_cii has');
	SELECT is(pg_temp.added(:'sample', pg_temp.cii('multi')), 'nothing', 'IV-46 and nothing besides');
	\set sample `cat "$MARKETPLACE_SAMPLES/einvoice/mv_cn_cii.xml"`
	SELECT is(pg_temp.missing(:'sample', pg_temp.cii('multi_credit')), 'nothing', 'IV-57 multi-vendor credit note: all that mv_cn_cii has');
	SELECT is(pg_temp.added(:'sample', pg_temp.cii('multi_credit')), 'nothing', 'IV-57 and nothing besides');
	\set sample `cat "$MARKETPLACE_SAMPLES/einvoice/mv_fx.xml"`
	SELECT is(pg_temp.missing(:'sample', pg_temp.cii('multi', 'factur-x-extended')), 'nothing', 'IV-47 Factur-X EXTENDED: all that mv_fx has');
	SELECT is(pg_temp.added(:'sample', pg_temp.cii('multi', 'factur-x-extended')), 'nothing', 'IV-47 and nothing besides');
	\set sample `cat "$MARKETPLACE_SAMPLES/einvoice/commission_en16931_cii.xml"`
	SELECT is(pg_temp.missing(:'sample', pg_temp.cii('commission', 'en16931')), 'nothing', 'IV-72 commission: all that commission_en16931_cii has');
	SELECT is(pg_temp.added(:'sample', pg_temp.cii('commission', 'en16931')), 'nothing', 'IV-72 and nothing besides');
\else
	SELECT skip('no samples', 12);
\endif

-- Profiles are rows
SELECT is(pg_temp.at(pg_temp.cii('commission', profile), '//ram:GuidelineSpecifiedDocumentContextParameter/ram:ID'), specification_identifier, 'BT-24 of ' || profile)
  FROM invoice_profiles WHERE 'cii' = ANY (syntaxes) ORDER BY profile;
SELECT is(pg_temp.at(pg_temp.cii('commission', 'peppol'), '//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID'),
	'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0', 'BT-23 that Peppol prescribes');
SELECT is(cardinality(xpath('//*[local-name()="IncludedNote"]', pg_temp.cii('commission', 'peppol')::xml)), 1, 'Peppol takes one note: PEPPOL-EN16931-R002');
SELECT is(cardinality(xpath('//*[local-name()="IncludedSupplyChainTradeLineItem"]', pg_temp.cii('commission', 'factur-x-basic-wl')::xml)), 0, 'BASIC WL has no lines');
SELECT is(cardinality(xpath('//*[local-name()="InvoicerTradeParty"]', pg_temp.cii('unit', 'en16931')::xml)), 0, 'plain EN 16931 knows no third party that invoices');

-- Terms of a document that has them all
CREATE TEMPORARY TABLE rich AS SELECT pg_temp.cii('rich', 'en16931') AS x;
SELECT is(pg_temp.at(x, '//ram:BuyerReference'), 'SERVICE-42', 'BT-10') FROM rich;
SELECT is(pg_temp.at(x, '//ram:ContractReferencedDocument/ram:IssuerAssignedID'), 'CT-77', 'BT-12') FROM rich;
SELECT is(pg_temp.at(x, '//ram:SellerOrderReferencedDocument/ram:IssuerAssignedID'), 'SO-1', 'BT-14') FROM rich;
SELECT is(pg_temp.at(x, '//ram:ReceivingAdviceReferencedDocument/ram:IssuerAssignedID'), 'BR-5', 'BT-15') FROM rich;
SELECT is(pg_temp.at(x, '//ram:DespatchAdviceReferencedDocument/ram:IssuerAssignedID'), 'BL-5', 'BT-16') FROM rich;
SELECT is(pg_temp.at(x, '//ram:ApplicableHeaderTradeAgreement/ram:AdditionalReferencedDocument/ram:TypeCode'), '916 | 916 | 50 | 130', 'BG-24, BT-17, BT-18') FROM rich;
SELECT is(pg_temp.at(x, '//ram:ApplicableTradeTax/ram:DueDateTypeCode'), '72 | 72 | 72', 'BT-8: 432 of UNTDID 2005 is 72 of 2475') FROM rich;
SELECT is(pg_temp.at(x, '//ram:SpecifiedTradePaymentTerms/ram:Description'), '30 jours net', 'BT-20') FROM rich;
SELECT is(pg_temp.at(x, '//ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString'), '20261224', 'BT-9') FROM rich;
SELECT is(pg_temp.at(x, '//ram:SellerTradeParty/ram:GlobalID'), '30000000700011 | F-7', 'BT-29') FROM rich;
SELECT is(pg_temp.at(x, '//ram:SellerTradeParty/ram:Description'), 'SAS, 10000.00 EUR', 'BT-33') FROM rich;
SELECT is(pg_temp.at(x, '//ram:SellerTradeParty/ram:DefinedTradeContact/*/*'), '+33 1 23 45 67 89 | contact@alpha.example', 'BT-42, BT-43') FROM rich;
SELECT is(pg_temp.at(x, '//ram:ShipToTradeParty/ram:PostalTradeAddress/*'), '59000 | 12 avenue du Port | Bat. C | Porte 7 | LILLE | FR | Nord', 'BG-15') FROM rich;
SELECT is(pg_temp.at(x, '//ram:PayeePartyCreditorFinancialAccount/*'), 'FR1420041010050500013M02606 | ALPHA', 'BT-84, BT-85') FROM rich;
SELECT is(pg_temp.at(x, '//ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge/ram:ActualAmount'), '10.00 | 5.00', 'BT-92, BT-99') FROM rich;
SELECT is(pg_temp.at(x, '//ram:GrossPriceProductTradePrice/*[local-name()!="AppliedTradeAllowanceCharge"]'), '100.00 | 2', 'BT-148, BT-149') FROM rich;
SELECT is(pg_temp.at(x, '//ram:NetPriceProductTradePrice/ram:ChargeAmount'), '95.500000 | 20.00 | 15.00', 'BT-146 as given') FROM rich;
SELECT is(pg_temp.at(x, '//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:ExemptionReason'), 'Formation', 'BT-120 comes from the line') FROM rich;
SELECT is(pg_temp.at(x, '//ram:SpecifiedTradeSettlementHeaderMonetarySummation/*'), '192.50 | 5.00 | 10.00 | 187.50 | 27.88 | -0.02 | 215.38 | 50.00 | 165.36', 'BG-22 in the order of the XSD') FROM rich;
SELECT is(pg_temp.at(x, '(//ram:SpecifiedTradeProduct)[1]/ram:Name'), 'Vis &lt;inox&gt; &amp; "écrous"', 'a name with markup is escaped') FROM rich;
SELECT ok(x LIKE '%Boîte 日本 😀%', 'any Unicode passes') FROM rich;

-- What is stated wins; what XML forbids becomes a space
SELECT is(pg_temp.at(pg_temp.cii('commission', 'en16931', '{"totals": {"tax_total": "5.09", "tax_inclusive": "30.51",
	"vat": [{"category": "S", "rate": "20", "taxable": "25.42", "tax": "5.09", "cumulative": true}]}}'), '//ram:CalculatedAmount'), '5.09', 'IV-30 the stated VAT of a last partial invoice');
SELECT is(pg_temp.at(pg_temp.cii('commission', 'en16931', '{"number": "A\u0001B\u001f\ufffeC"}'), '//rsm:ExchangedDocument/ram:ID'), 'A B  C', 'control characters become spaces');
SELECT is(pg_temp.at(pg_temp.cii('commission', 'en16931', '{"payment_terms": "a\r\n\tb]]> <!-- & -->"}'), '//ram:SpecifiedTradePaymentTerms/ram:Description'),
	E'a&#x0d;\n\tb]]&gt; &lt;!-- &amp; --&gt;', 'line ends and markup in a text');
SELECT is(md5(pg_temp.cii('rich', 'en16931')), md5(x), 'IV-83 same document, same bytes') FROM rich;
SELECT ok(x LIKE '<?xml version="1.0" encoding="UTF-8"?>%', 'the declaration is whole in ::text') FROM rich;

-- Refusals
SELECT is(pg_temp.refusal(pg_temp.einvoice('multi'), 'cii', 'en16931'), 'MK131: profile en16931 cannot carry the invoices of several sellers', 'IV-62');
SELECT is(pg_temp.refusal(pg_temp.einvoice('rich'), 'cii', 'factur-x-basic-wl'), 'MK131: profile factur-x-basic-wl cannot carry a rounding', 'BASIC WL has no BT-114');
SELECT is(pg_temp.refusal(jsonb_set(pg_temp.einvoice('commission'), '{currency}', '"TND"') || '{"prepaid": "1.000"}', 'cii', 'en16931'),
	'MK131: a document in TND cannot be written as an electronic invoice', 'IV-28 a currency of three decimals');
SELECT is(pg_temp.refusal(pg_temp.einvoice('commission') || '{"seller": {"nom": "x"}}', 'cii', 'en16931'), 'MK003: seller.nom is not known', 'unknown key of a party');
SELECT finish();
ROLLBACK;
