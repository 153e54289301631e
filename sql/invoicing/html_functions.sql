CREATE FUNCTION marketplace.invoice_html(marketplace_id int, invoice_id bigint, language text DEFAULT 'fr') RETURNS text
AS 'MODULE_PATHNAME', 'invoice_html'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.invoice_html(int, bigint, text) IS
'A stored document (invoice, credit note, commission, envelope) as a page of HTML to be read and printed, language fr or en: parties, lines, allowances, VAT, totals, payment and all its notes. '
'Whatever names and notes hold is text in it, nothing is loaded from elsewhere, the same document gives the same bytes. Both parties, operator and auditor. '
'Errors: MK001, MK002 language, MK004, MK005.';
