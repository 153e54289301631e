CREATE FUNCTION marketplace.invoice_xml(document jsonb, syntax text, profile text) RETURNS xml
AS 'MODULE_PATHNAME', 'invoice_xml_document'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.invoice_xml(jsonb, text, text) IS
'A document as electronic invoice; takes what invoice_document() returns and, beside what invoice_totals() reads, the terms that doc/invoicing.md lists. syntax: cii (UN/CEFACT '
'Cross Industry Invoice) or ubl (OASIS UBL 2.1). profile: a row of invoice_profiles. Writes the figures that the document states, else those of invoice_totals(). The same '
'document gives the same bytes: take them with ::text, which keeps the declaration whole. Characters that XML forbids become spaces. Rules IV-44 to IV-62, IV-83; EN 16931-3. '
'Errors: MK001 NULL, MK002 unknown syntax or profile, MK003 (names the path), MK010, MK131 a currency of three decimals, or several sellers in a profile that cannot carry them.';

CREATE FUNCTION marketplace.invoice_xml(marketplace_id int, invoice_id bigint, syntax text, profile text) RETURNS xml
AS 'MODULE_PATHNAME', 'invoice_xml_stored'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.invoice_xml(int, bigint, text, text) IS
'A stored invoice as electronic invoice: invoice_xml(invoice_document(…), syntax, profile). Both parties, operator and auditor. '
'Errors: MK001, MK002 unknown syntax or profile, MK004, MK005, MK131 as for documents.';
