CREATE FUNCTION marketplace.commission_rule_set(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.commission_rule_set(int, jsonb, text) IS
'Adds a commission rule; it takes over from older ones of the same seller and category, for captures from valid_from on. What was frozen on earlier captures stays.
Document: {"rate_pct": 10, "seller_id", "category", "fixed": "0.30 EUR", "minimum", "maximum", "base": "goods_net" | "goods_and_shipping_net" | "gross", "vat_rate_pct",
"valid_from", "valid_until"}; only rate_pct is required, amounts are per order line and excluding VAT. Operators only. Returns the rule''s number.
Errors: MK001, MK003, MK004, MK005, MK012. FD-23.';

CREATE FUNCTION marketplace.escrow_release(marketplace_id int, seller_order_id bigint, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.escrow_release(int, bigint, text) IS
'Releases to the seller all that a seller order still has in escrow of final captures, whatever was accepted: an operator''s decision (fd.release_on = manual, FD-17). Posts FD-P06.
The seller must have accepted. Operators only. Returns the seller order''s number. Errors: MK001, MK004, MK005, MK101 (not accepted), MK110 (nothing to release).';

CREATE FUNCTION marketplace.payout_run(marketplace_id int, document jsonb DEFAULT '{}', request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payout_run(int, jsonb, text) IS
'Freezes all that is payable and not held into payouts, in one posting: one per seller, currency and verified bank account (FD-56…FD-58, FD-P10), each with its instruction to the PSP. Up to policy
fd.four_eyes_amount a payout is approved by itself, above it the approval of a second person is asked for (FD-54). Less than the minimum carries over. Document: {"currency": "EUR", "sellers": [1, 2], "minimum":
"10.00 EUR", "slot": "a key"} or {"scheduled": "2026-07-14"}, each optional: the same slot is the same run, scheduled is the run of a day of policy fd.payout_schedule, which tick() makes by itself. A seller
who may not be paid is passed over (payout_obstacles() says why), and refused when it is named and has no verified bank account. Operators only. Returns the run''s number (payouts.batch_id), with or without
payouts. Errors: MK001, MK003, MK004, MK005, MK006 (the slot was run for something else), MK008, MK070, MK111.';

CREATE FUNCTION marketplace.payout_send(marketplace_id int, payout_id bigint, evidence text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payout_send(int, bigint, text, text) IS
'Records that an approved payout was handed to the PSP: moves its instruction (instruction_send() has the same effect). Looks again at identification, holds, bank account and cash: what stands against it
by now is settled first, or the payout dropped with payout_fail(). Operators only. Returns the payout''s number. Errors: MK001, MK004, MK005, MK030, MK051 (cash), MK090 (not approved, or the approval''s
time is over), MK111.';

CREATE FUNCTION marketplace.payout_confirm(marketplace_id int, payout_id bigint, evidence text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payout_confirm(int, bigint, text, text) IS
'Records that a payout was executed (FD-P11); one that was approved and not sent counts as sent with it, since a bank''s fact is not refused. Evidence is required when its outcome was unknown.
Operators only. Returns the payout''s number. Errors: MK001, MK004, MK005, MK030, MK081, MK090.';

CREATE FUNCTION marketplace.payout_fail(marketplace_id int, payout_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payout_fail(int, bigint, text, text) IS
'Records that a payout was refused, or drops one that was not sent: the money is the seller''s to be paid again (FD-P12). Operators only. Returns the payout''s number.
Errors: MK001, MK004, MK005, MK030, MK081.';

CREATE FUNCTION marketplace.funds_location(
	marketplace_id int, order_id bigint, as_of timestamptz DEFAULT NULL,
	OUT order_line_id bigint, OUT seller_id bigint, OUT location text, OUT value numeric, OUT currency text, OUT unsettled numeric, OUT memo boolean,
	OUT held numeric)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 20;
COMMENT ON FUNCTION marketplace.funds_location(int, bigint, timestamptz) IS
'Where the money of an order is, now or as it was recorded at an instant: each captured cent in one of escrow, seller_pending, seller_available, reserve, commission, due_to_own, buyer_wallet,
payout_frozen, payout_in_flight, paid_out, refund_frozen, refund_in_flight, refunded, charged_back, third_party, suspense (FD-43). value is in units of the currency; the values of a line add up
to what was captured for it; unsettled is the part that the PSP had not settled, held the part that holds on the line or on the whole wallet of the seller kept from moving (FD-39). Rows with memo = true are
outside the sum: authorised (of the order, not captured), own_advance, goodwill, set_off_received and set_off_given (a line''s places add up to captured + own_advance + goodwill + set_off_received − set_off_given), seller_debt,
written_off. Read from the ledger only. Operators and auditors see the whole order, sellers their own lines. Errors: MK001, MK004, MK005.';
