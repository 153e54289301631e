CREATE FUNCTION marketplace.invoice_totals(document jsonb) RETURNS jsonb
AS 'MODULE_PATHNAME', 'invoice_totals'
LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.invoice_totals(jsonb) IS
'The totals of a document that need not be stored: line nets, sums, VAT per key, subtotals per unit invoice. Pure. Takes what invoice_document() returns, and: currency, '
'lines [{quantity, net_price, vat_category, vat_rate, price_base_quantity, allowances, charges, exemption_code, unit_invoice}], allowances, charges, prepaid, rounding, '
'vat_currency, vat_currency_rate; numbers are decimal strings. Returns {lines, line_total, allowance_total, charge_total, tax_exclusive, tax_total, tax_inclusive, '
'prepaid, rounding, payable, vat, unit_invoices}. Rounds half away from zero at the line''s net and at the VAT of a key only. Rules IV-22 to IV-30. '
'Errors: MK001 NULL, MK003 (names the path), MK011 too large.';

CREATE FUNCTION marketplace.mandate_sign(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'mandate_sign'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.mandate_sign(int, jsonb, text) IS
'Records the mandate of a seller to invoice in its name and returns its id. The seller or the operator. document: {"mandator_id", "form": "written"|"tacit", "signed_at", '
'"proof_sha256": hex of the signed document; optional "valid_from" (signed_at), "valid_until", "document_types" (["380", "381"]), "currencies" (all), '
'"contest_delay": {"n", "unit"}}. Rules IV-7 to IV-12; CGI 289-I-2. Errors: MK001, MK003, MK004, MK005, MK020, MK130 tacit form not allowed, or another mandate covers part of it.';

CREATE FUNCTION marketplace.mandate_terminate(marketplace_id int, mandate_id bigint, reason text, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'mandate_terminate'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.mandate_terminate(int, bigint, text, text) IS
'Ends a mandate now; what was issued under it stands. The seller or the operator. Returns the mandate. Rule IV-8. Errors: MK001, MK004, MK005, MK020, MK030 terminated already.';

CREATE FUNCTION marketplace.invoice_issue(marketplace_id int, seller_order_id bigint, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'invoice_issue'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.invoice_issue(int, bigint, text) IS
'Issues the unit invoice for all that policy iv.trigger makes due of a seller order and no invoice has charged yet, and returns its id: for facts that were blocked '
'(view invoices_blocked) and for services without goods. The seller or the operator. The event of the fact issues by itself otherwise. Rules IV-1 to IV-30. '
'Errors: MK001, MK004, MK005, MK020, MK060 series, MK130 no valid mandate, MK131 nothing to invoice, or the document breaks a fatal rule of invoice_violations().';

CREATE FUNCTION marketplace.commission_invoice_issue(marketplace_id int, seller_id bigint, until date DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'commission_invoice_issue'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.commission_invoice_issue(int, bigint, date, text) IS
'Invoices a seller, in the operator''s own series, the commission earned by releases up to and including a day of the marketplace''s time zone (NULL: so far) and not charged before; '
'one invoice a currency, and returns the id of the last. What was charged and has been reversed since is given back by credit notes (which reversals make by themselves, too). '
'The operator. It was retained when earned, so nothing is payable. Rule IV-72. '
'Errors: MK001, MK002 until lies in the future, MK004, MK005, MK020, MK060, MK131 nothing to invoice, the operator has no SIREN or VAT number, or the document breaks a rule.';

CREATE FUNCTION marketplace.invoice_document(marketplace_id int, invoice_id bigint) RETURNS jsonb
AS 'MODULE_PATHNAME', 'invoice_document'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.invoice_document(int, bigint) IS
'A stored invoice in the form that invoice_totals() takes, with parties, notes and stored totals. Both parties, operator and auditor. Its text is what the hash chain of the '
'series seals: marketplace.seal_hash(previous_hash, invoice_document(…)::text). Rules IV-13, IV-77. Errors: MK001, MK004, MK005.';

CREATE FUNCTION marketplace.invoice_verify(
	marketplace_id int,
	OUT invoice_id bigint,
	OUT number text,
	OUT check_name text,
	OUT expected text,
	OUT found text
) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'invoice_verify'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.invoice_verify(int) IS
'Proves the stored invoices; no rows: all is well. Operator and auditor. check_name: hash (content differs from what was sealed), stored_hash, number, issue_date (differ from the '
'series), missing (a number without invoice), line_net, net, vat, taxable, tax (differ from invoice_totals(); tax by more than one minor unit where it is cumulative), '
'tax_of_all (the invoices of a seller order do not add up to the VAT of their base), credited (more credited than invoiced), units (an envelope differs from its units), commission (items differ from their invoice), quantity (more invoiced than ordered and not cancelled), order (a seller order invoiced whole '
'differs from its pinned net and VAT). Gaps and dates: series_check(). Rules IV-5, IV-22 to IV-30, IV-77. Errors: MK001, MK005.';
