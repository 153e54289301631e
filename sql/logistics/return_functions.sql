CREATE FUNCTION marketplace.return_request(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.return_request(int, jsonb, text) IS
'Asks to send goods back to one seller and returns the return''s id. Document: {"order_id", "reason", "lines": [{"order_line_id", "quantity"}], "resolution"?: "refund" (default) | "replacement" | "repair" | "none", "note"?}. A quantity is at most what the buyer has received (accepted or with reserves) and not announced in another open return (LG-50). Approved at once where policy lg.rma_auto_approve says so. For the buyer and operators. Emits return.requested. Errors: MK001, MK003, MK004, MK005, MK020, MK070, MK123.';

CREATE FUNCTION marketplace.return_approve(marketplace_id int, return_id bigint, document jsonb DEFAULT '{}', request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.return_approve(int, bigint, jsonb, text) IS
'Agrees to a return; the buyer has until ship_by to send it (policy lg.rma_ship_window). Document: {"freight_payer"?: "seller" | "buyer" | "platform", "resolution"?}. For the seller and operators. Returns the return''s id. Emits return.approved. Errors: MK001, MK003, MK004, MK005, MK020, MK030.';

CREATE FUNCTION marketplace.return_refuse(marketplace_id int, return_id bigint, reason text, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.return_refuse(int, bigint, text, text) IS
'Refuses a return that was asked for, with the reason. For the seller and operators. Returns the return''s id. Emits return.refused. Errors: MK001, MK004, MK005, MK020, MK030.';

CREATE FUNCTION marketplace.return_label(marketplace_id int, return_id bigint, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.return_label(int, bigint, jsonb, text) IS
'Gives an approved return its shipment, with parcels that are tracked like any other (LG-49). Document: {"carrier": code, "freight_payer"?, "parcels": [{"tracking_number"?, "sscc"?, "weight_kg"?}]}, each parcel with a number. The carrier''s first scan says that the goods are on their way. For the seller and operators. Returns the return''s id. Emits return.label_issued. Errors: MK001, MK003, MK004, MK005, MK006 (number in use), MK020, MK030.';

CREATE FUNCTION marketplace.return_ship(marketplace_id int, return_id bigint, document jsonb DEFAULT '{}', request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.return_ship(int, bigint, jsonb, text) IS
'The buyer declares that the goods are on their way back. Document: {"lines"?: [{"order_line_id", "quantity"}]}: what was sent where it differs from what was announced. For the buyer and operators. Returns the return''s id. Emits return.in_transit. Errors: MK001, MK003, MK004, MK005, MK020, MK030.';

CREATE FUNCTION marketplace.return_receive(marketplace_id int, return_id bigint, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.return_receive(int, bigint, jsonb, text) IS
'The seller has received goods back: only this moves quantities (LG-47), from disputed, then from accepted to returned. Document: {"lines": [{"order_line_id", "quantity"}], "complete"?: true}. What came may differ from what was announced, lines of the same seller order that nobody announced included. complete false: more parcels are awaited. Afterwards the inspection has until inspect_by (lg.rma_inspect_window). For the seller and operators. Returns the return''s id. Emits return.received. Errors: MK001, MK003, MK004, MK005, MK020, MK030, MK100, MK123.';

CREATE FUNCTION marketplace.return_inspect(marketplace_id int, return_id bigint, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.return_inspect(int, bigint, jsonb, text) IS
'What the inspection found. Document: {"lines": [{"order_line_id", "quantity", "grade": "A" | "B" | "C", "compliant", "reason"?}]}; a line may have several grades, together exactly what was received; a reason where it is not compliant. With resolution refund, return.refund_due {"return_id", "order_id", "seller_order_id", "seller_id", "resolution", "how": "inspected" | "inspection_late", "lines": [{"order_line_id", "seller_order_id", "quantity", "grade" or null, "pct"}]} says how much of each line at which percentage (lg.grade_refund_pct, LG-49), unless it was due already because the inspection was late. Funds refunds it in the same commit, each unit once (LG-50), and tells refund.decided with the return_id and {"order_line_id", "quantity", "amount"} of its lines; MK008 when another transaction is at that money. For the seller and operators. Returns the return''s id. Emits return.inspected. Errors: MK001, MK003, MK004, MK005, MK020, MK030, MK070, MK123.';

CREATE FUNCTION marketplace.return_dispose(marketplace_id int, return_id bigint, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.return_dispose(int, bigint, jsonb, text) IS
'What becomes of inspected goods. Document: {"lines": [{"position", "disposition": "restock" | "repair" | "scrap" | "send_back"}]} by positions of return_inspections; the return is closed with the last of them. For the seller and operators. Returns the return''s id. Emits return.closed at the end. Errors: MK001, MK003, MK004, MK005, MK020, MK030, MK123.';

CREATE FUNCTION marketplace.return_cancel(marketplace_id int, return_id bigint, reason text, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.return_cancel(int, bigint, text, text) IS
'The buyer keeps the goods after all; not once they are on their way. For the buyer and operators. Returns the return''s id. Emits return.cancelled. Errors: MK001, MK004, MK005, MK020, MK030.';
