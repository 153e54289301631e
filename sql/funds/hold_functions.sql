CREATE FUNCTION marketplace.hold_place(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.hold_place(int, jsonb, text) IS
'Holds money: what is held is neither released nor paid out, wherever it lies (FD-38 … FD-41). Document: one of "order_line_id", "seller_order_id", "order_id", "payout_id", "seller_id" (its
wallet); one of "amount": "480.00 EUR", "quantity": 2 (of an order line, turned into its share of the amount, RD-10), "all": true (the default for payouts and wallets); "reason": dispute, kyc,
bank_account, legal, insolvency, psp_request, recon_break, late_evidence or manual; and, optional, "slice" (which part of the target is meant: holds on one slice do not add up, the larger
counts; default whole), "until" (tick() ends it), "owner": operator (default), buyer or system, "note". A payout that was not sent is dropped and planned again without what is held, in the
same commit; for one that was sent the event payout.cancellation_requested is told. Operators only. Returns the hold''s number. Errors: MK001, MK003, MK004, MK005, MK012, MK100.';

CREATE FUNCTION marketplace.hold_lift(
	marketplace_id int, hold_id bigint, amount marketplace.amount DEFAULT NULL, reason text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.hold_lift(int, bigint, marketplace.amount, text, text) IS
'Lifts a hold, in part (amount) or (amount NULL) what is left of it; the reason is required. What becomes due by it is released in the same commit (FD-19). Operators, and buyers where the
hold is theirs (owner). Returns the hold''s number. Errors: MK001, MK002, MK004, MK005, MK012, MK030 (not active).';
