CREATE FUNCTION marketplace.invoice_status_record(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'invoice_status_record'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.invoice_status_record(int, jsonb, text) IS
'Records a status of an issued document and returns its id. document: {"invoice_id", "code"; optional "occurred_at" (now), "reason", "note", "action", "amounts": [{"amount", "vat_rate", '
'"kind" ("MEN")}], "received" (false), "said_by", "message_id"}. Codes, who says them, their order and reasons: views invoice_status_codes, invoice_status_reasons. A 212 without amounts '
'states what was settled and not reported yet, split over the VAT rates. received: a platform sent it; it is stored whatever it says, and flagged where it breaks a rule; the same message_id twice '
'is one status. Buyer and seller say what is theirs, the operator anything; received ones are the operator''s. Emits invoice.status_recorded for the platform. Rules IV-69, IV-70. '
'Errors: MK001, MK003, MK004, MK005, MK012, MK020, MK030 not now, MK131 nothing cashed in, or more than invoiced.';
