CREATE FUNCTION marketplace.payment_authorize(
	marketplace_id int, order_id bigint, amount marketplace.amount, document jsonb DEFAULT '{"method": "card"}', request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payment_authorize(int, bigint, marketplace.amount, jsonb, text) IS
'Records that the PSP has authorised a payment for an order; nothing is posted (FD-P01). Document: {"method": "card" | "transfer" | "sdd_core" | "sdd_b2b" | "wallet",
"psp_reference", "expires_at", "presented": "1000.00 GBP" (what the buyer pays in a currency of its own, FD-P29), "orders"}. For several orders of one buyer order_id is NULL and the document
names them: "orders": [{"order_id": 1, "amount": "60.00 EUR"}, {"order_id": 2}]; parts without an amount share the rest by what their orders lack (FD-13). {"payment_id": 7} alone
authorises a payment that was expected. Operators only. Returns the payment''s number. Errors: MK001, MK003, MK004, MK005, MK006 (psp_reference in use), MK012, MK110.';

CREATE FUNCTION marketplace.payment_expect(
	marketplace_id int, order_id bigint, amount marketplace.amount, document jsonb DEFAULT '{"method": "transfer"}', request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payment_expect(int, bigint, marketplace.amount, jsonb, text) IS
'Records a payment that is still to come: a transfer, or one that the PSP has not answered yet. Arguments as of payment_authorize(). Money that arrives for it captures it (funds_receive());
payment_authorize() with its number records the PSP''s yes, payment_fail() the no. Operators only. Returns the payment''s number. Errors: MK001, MK003, MK004, MK005, MK006, MK012, MK110.';

CREATE FUNCTION marketplace.payment_capture(
	marketplace_id int, payment_id bigint, amount marketplace.amount DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payment_capture(int, bigint, marketplace.amount, text) IS
'Takes money from an authorised payment, in part or (amount NULL) all that is left of it and lacking on the order. Each cent goes to the escrow of the order line that it pays: shared by
what each line still lacks, largest remainder (RD-9), of several orders first by order (FD-13); their rows are locked in ascending order. The commission in force is frozen on each share (FD-24). Posts FD-P02, of a wallet FD-P05; a bank transfer is final at once. A payment in the
buyer''s currency freezes the rate on record (MK117 when there is none). Operators only. Returns the capture''s number. Errors: MK001, MK004, MK005, MK012, MK051, MK110, MK117.';

CREATE FUNCTION marketplace.payment_settle(
	marketplace_id int, capture_id bigint, fee marketplace.amount DEFAULT NULL, settlement_reference text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payment_settle(int, bigint, marketplace.amount, text, text) IS
'Records that the PSP has settled a capture, less its fee; settlement_reference is its id of the payment to the account that brings it. Cash is posted once: what the bank has shown of it
before (statement_import()) is taken from there, and what it shows later is recognised. The money is final with it, a direct debit after fd.sdd_core_final or fd.sdd_b2b_final (tick()). Posts FD-P03: the platform bears the fee and owes it to the client account. What was accepted before is
released in the same commit. Operators only. Returns the capture''s number. Errors: MK001, MK004, MK005, MK012, MK110.';

CREATE FUNCTION marketplace.payment_void(marketplace_id int, payment_id bigint, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payment_void(int, bigint, text) IS
'Gives an authorisation up of which nothing was captured (FD-P01: posts nothing). Operators only. Returns the payment''s number. Errors: MK001, MK004, MK005, MK110.';

CREATE FUNCTION marketplace.payment_fail(marketplace_id int, payment_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payment_fail(int, bigint, text, text) IS
'Records that the PSP or the bank has refused a payment of which nothing was captured; its orders are told at once by payment.failed (FD-13). Operators only. Returns the payment''s number.
Errors: MK001, MK004, MK005, MK110.';
