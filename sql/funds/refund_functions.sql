CREATE FUNCTION marketplace.refundable(
	marketplace_id int, order_id bigint,
	OUT order_line_id bigint, OUT capture_id bigint, OUT allocation_id bigint, OUT paid numeric, OUT refunded numeric, OUT goodwill numeric,
	OUT lacking numeric, OUT refundable numeric, OUT currency text, OUT commission_on_refund text)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 20;
COMMENT ON FUNCTION marketplace.refundable(int, bigint) IS
'What may still be refunded of an order, by line and capture, over all doors (DP-30): paid, less what was refunded of it, given out of goodwill, or decided and still lacking its funding. In units of the
currency. Operators, auditors and the buyer see the whole order, sellers their own lines. Errors: MK001, MK004, MK005.';

CREATE FUNCTION marketplace.refund_plan(
	marketplace_id int, document jsonb,
	OUT step int, OUT kind text, OUT rule text, OUT source text, OUT order_line_id bigint, OUT allocation_id bigint, OUT seller_id bigint,
	OUT from_order_line_id bigint, OUT payout_id bigint, OUT value numeric, OUT currency text, OUT bearer text, OUT obstacle text)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 20;
COMMENT ON FUNCTION marketplace.refund_plan(int, jsonb) IS
'How a refund would be funded, without doing anything: the steps that refund_create() would carry out now, in order (CX-41). kind: escrow, commission, commission_to_seller, seller_available, seller_pending,
payout_planned (payout_id is dropped), seller_reserve, platform_advance, goodwill; awaiting_funding with an obstacle is what nobody funds. source is the kind of account, from_order_line_id the line
whose cents are used, rule the posting. Document as of refund_create(). Operators and auditors. Errors: MK001, MK003, MK004, MK005, MK070, MK116.';

CREATE FUNCTION marketplace.refund_create(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.refund_create(int, jsonb, text) IS
'Refunds lines of an order, wherever their money is by now, in one commit: escrow first, then the commission of what was released (fd.commission_on_refund), what the seller has, the platform''s advance, which
becomes the seller''s debt (FD-P14, FD-P17 … FD-P20, order: fd.waterfall). Never more than refundable() allows.
Document: {"order_id", "door": "cancellation" | "return" | "dispute" | "goodwill" (the platform''s own money, FD-P23), "reason", "commission": "full" | "pro_rata" | "retained" (instead of what was frozen),
"lines": [{"order_line_id", "quantity" | "amount": "10.00 EUR" | neither: all that is left, "capture_id"}], "means": [{"means": "original" | "wallet" | "transfer", "amount"}]}; means left out: original.
Moves no quantity. Operators only. Returns the decision''s number (refund_register.decision_id). Errors: MK001, MK003, MK004, MK005, MK008, MK070, MK116.';

CREATE FUNCTION marketplace.refund_fund(marketplace_id int, refund_id bigint, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.refund_fund(int, bigint, text) IS
'Looks again for the money of a refund that awaits its funding, and asks again for own money whose transfer failed; tick() does so too. Whatever is there by now is frozen for it. Operators only. Returns the
refund''s number. Errors: MK001, MK004, MK005, MK008, MK116.';

CREATE FUNCTION marketplace.refund_bounce(marketplace_id int, refund_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.refund_bounce(int, bigint, text, text) IS
'Records that a paid refund came back from the buyer''s bank: it is kept for the buyer (FD-P16). Operators only. Returns the refund''s number. Errors: MK001, MK004, MK005, MK116.';

CREATE FUNCTION marketplace.refund_retry(marketplace_id int, refund_id bigint, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.refund_retry(int, bigint, jsonb, text) IS
'Sends the money of a refund that was rejected, bounced or cancelled again, from what is kept for the buyer. Document: {"means": "original" | "wallet" | "transfer"}. It is counted once against the cap.
Operators only. Returns the new refund''s number. Errors: MK001, MK003, MK004, MK005, MK116.';

CREATE FUNCTION marketplace.own_transfer_confirm(marketplace_id int, own_transfer_id bigint, evidence text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.own_transfer_confirm(int, bigint, text, text) IS
'Records that own money for a refund has reached the client account (FD-P04); refunds that waited for it are funded in the same commit (CX-43). As instruction_confirm(). Operators only. Returns the transfer''s
number. Errors: MK001, MK004, MK005, MK030, MK081.';

CREATE FUNCTION marketplace.own_transfer_fail(marketplace_id int, own_transfer_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.own_transfer_fail(int, bigint, text, text) IS
'Records that a transfer of own money failed; refund_fund() asks for it again. Operators only. Returns the transfer''s number. Errors: MK001, MK004, MK005, MK030, MK081.';

CREATE FUNCTION marketplace.refund_send(marketplace_id int, refund_id bigint, evidence text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.refund_send(int, bigint, text, text) IS
'Records that a funded refund was handed to the PSP (as instruction_send()). Looks again at the refund cap, the bank account and the cash. Operators only. Returns the refund''s number.
Errors: MK001, MK004, MK005, MK030, MK051 (cash), MK116.';

CREATE FUNCTION marketplace.refund_confirm(marketplace_id int, refund_id bigint, evidence text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.refund_confirm(int, bigint, text, text) IS
'Records that a refund was executed (FD-P15); one that was not sent counts as sent with it. Evidence is required when its outcome was unknown. Operators only. Returns the refund''s number.
Errors: MK001, MK004, MK005, MK030, MK081, MK116.';

CREATE FUNCTION marketplace.refund_fail(marketplace_id int, refund_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.refund_fail(int, bigint, text, text) IS
'Records that the PSP refused a refund that was sent, or cancels one that was not: the money is kept for the buyer (FD-P16), what nobody had funded is given up. Operators only. Returns the refund''s number. Errors: MK001, MK004, MK005, MK030, MK081.';
