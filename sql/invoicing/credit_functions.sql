CREATE FUNCTION marketplace.credit_note_issue(marketplace_id int, seller_order_id bigint, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'credit_note_issue'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.credit_note_issue(int, bigint, text) IS
'Issues the credit notes that could not be issued with their facts (view credits_due): mend the cause first. Returns the id of the last. The seller or the operator. '
'Cancellations, returns and refunds credit by themselves otherwise. Rules IV-64 to IV-67. Errors: MK001, MK004, MK005, MK020, MK060, MK130 no mandate for 381, MK131 nothing is due, or the document breaks a rule.';

CREATE FUNCTION marketplace.invoice_price_correct(marketplace_id int, invoice_id bigint, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'invoice_price_correct'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.invoice_price_correct(int, bigint, jsonb, text) IS
'Gives back part of the price of lines of a unit invoice by a credit note, at their VAT rates, and returns its id; the money is refund_create()''s matter. '
'document: {"reason", "lines": [{"line": position, "net": "10.00" without VAT}]}. The seller or the operator. Rule IV-66. '
'Errors: MK001, MK003, MK004, MK005, MK020, MK060, MK130, MK131 more than is left of a line, not a unit invoice, or a rule is broken.';

CREATE FUNCTION marketplace.invoice_replace(marketplace_id int, invoice_id bigint, reason text, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'invoice_replace'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.invoice_replace(int, bigint, text, text) IS
'Replaces a unit invoice whose mentions were wrong by a corrective one (384) that refers to it: same prices, the parties'' data of today; what is left of the old one is taken back by an internal credit note. '
'Mend the parties first. The seller or the operator. Returns the id of the corrective invoice. Rules IV-11, IV-64. '
'Errors: MK001, MK004, MK005, MK020, MK060, MK130 no mandate for 381 and 384, MK131 not a unit invoice, nothing is left of it, or a rule is broken.';
