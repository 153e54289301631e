CREATE FUNCTION marketplace.receipt_withdraw(marketplace_id int, receipt_id bigint, reason text, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'receipt_withdraw'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.receipt_withdraw(int, bigint, text, text) IS
'The buyer takes a receipt that it gave back, whole, to give a right one: its quantities await receipt again, what it objected to is withdrawn, and what it alone proved to have arrived is in transit again. Returns the receipt''s id. Until lg.receipt_correction_window after it was recorded and never after the end of the inspection of one of its parcels; not once goods of it went back or an objection in it was decided. What a seller has got by the acceptance is held (lg.void_after_release). For the buyer and operators. Emits receipt.withdrawn, receipt.objection_decided, parcel.delivery_voided. Errors: MK001, MK004, MK005, MK020, MK122.';

CREATE FUNCTION marketplace.receipt_objection_withdraw(marketplace_id int, objection_id bigint, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'receipt_objection_withdraw'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.receipt_objection_withdraw(int, bigint, jsonb, text) IS
'The buyer withdraws what it objected to, or part of it: the goods are there and conform. Returns the objection''s id. Document: {"quantity"?: all that is open, "reason"}. Disputed quantities are accepted by a receipt of their own, goods that the carrier still has await receipt; the hold goes, the money is released. For the buyer and operators. Emits receipt.accepted, receipt.objection_decided. Errors: MK001, MK003, MK004, MK005, MK020, MK122.';

CREATE FUNCTION marketplace.receipt_objection_resolve(marketplace_id int, objection_id bigint, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'receipt_objection_resolve'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.receipt_objection_resolve(int, bigint, jsonb, text) IS
'The operator decides an objection, or part of it, and so a contradiction between buyer and carrier (LG-31). Returns the objection''s id. Document: {"decision": "unfounded" | "upheld" | "settled", "quantity"?: all that is open, "reason"}. unfounded: accepted after all, the money is released; upheld: the buyer is right, the quantity stays disputed and what was paid for it goes back; settled: otherwise, such as by a return and its refund, nothing moves. The hold goes in the same commit. For operators. Emits receipt.accepted, receipt.objection_decided. Errors: MK001, MK003, MK004, MK005, MK020, MK116, MK122.';
