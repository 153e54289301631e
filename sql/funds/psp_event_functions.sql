CREATE FUNCTION marketplace.psp_event_record(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.psp_event_record(int, jsonb, text) IS
'A message of the PSP about a payment. Document: {"external_id", "kind", "psp_reference", "capture_reference", "chargeback_reference", "amount", "fee", "reason", "settlement_reference", "raw"}. kind: authorised, captured
(with capture_reference and amount), settled (capture_reference; settlement_reference is the PSP''s id of the payment to the account), voided, expired, failed, chargeback or returned (capture_reference, chargeback_reference), chargeback_recovered, chargeback_lost
(chargeback_reference). Messages may come in any order and any number of times: one that comes early waits, one that contradicts is kept as rejected (view psp_event_overview); money that was
taken counts more than a message that none would be (FD-82). Operators only. Returns the message''s number. Errors: MK001, MK003, MK005, MK012, MK110 (external_id known with another content).';
