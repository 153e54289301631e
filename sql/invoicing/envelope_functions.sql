CREATE FUNCTION marketplace.envelope_issue(marketplace_id int, order_id bigint, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'envelope_issue'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.envelope_issue(int, bigint, text) IS
'Makes the buyer''s one document of an order''s unit invoices that are in none yet, now instead of by tick(): a multi-vendor invoice in the operator''s series a day of issue and type; '
'a single unit is the document itself. Returns the id of the last. The operator or the buyer. Totals are the sums of the units. Rules IV-46 to IV-63. '
'Errors: MK001, MK004, MK005, MK020, MK060, MK131 no unit invoice waits, policy iv.single_document is statement, the operator has no identifier, or the document breaks a rule.';

CREATE FUNCTION marketplace.order_statement(marketplace_id int, order_id bigint) RETURNS jsonb
AS 'MODULE_PATHNAME', 'order_statement'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.order_statement(int, bigint) IS
'All documents of an order for a buyer who cannot take a multi-vendor invoice: {order_id, reference, operator, buyer, currency, documents: [{number, type_code, issue_date, seller, '
'gross, prepaid, payable, sha256}], gross, prepaid, payable, payment_reference (RF, ISO 11649)}. Credit notes count negative. It is no invoice: no VAT is stated. '
'Buyer, operator, auditor. Rule IV-71. Errors: MK001, MK004, MK005.';
