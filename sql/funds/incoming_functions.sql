CREATE FUNCTION marketplace.payment_reference_set(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payment_reference_set(int, jsonb, text) IS
'Assigns what incoming money is recognised by: {"reference": "RF18 5390 0754 7034"} or {"virtual_iban": "FR76…"}, with "order_id" (it pays the order) or "buyer_id" (kept for the buyer). Only
letters and digits count, at least six. Never assigned to another afterwards (FD-12). Operators only. Returns the number of the assignment. Errors: MK001, MK003, MK004, MK005, MK006.';

CREATE FUNCTION marketplace.funds_receive(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.funds_receive(int, jsonb, text) IS
'Money has arrived in the client account. Document: {"external_id", "source", "amount", "value_date", "payer_name", "payer_iban", "virtual_iban", "reference"}; the first four are required. It pays the
orders that its virtual IBAN or the references in its text name (transfers that were expected first), what is too much is kept for the buyer (FD-P02), what nobody recognises is in suspense
(FD-P25); never converted. The same external id again changes nothing and returns the same number (FD-82). Operators only. Returns the number of the receipt of money.
Errors: MK001, MK003, MK005, MK110 (known with another amount).';

CREATE FUNCTION marketplace.suspense_allocate(
	marketplace_id int, money_receipt_id bigint, order_id bigint DEFAULT NULL, buyer_id bigint DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.suspense_allocate(int, bigint, bigint, bigint, text) IS
'Says whose money in suspense is: an order''s (what is too much is kept for its buyer), or a buyer''s. Posts FD-P05. Operators only. Returns the number of the receipt of money.
Errors: MK001, MK002, MK004, MK005, MK110.';

CREATE FUNCTION marketplace.suspense_return(marketplace_id int, money_receipt_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.suspense_return(int, bigint, text, text) IS
'Sends money in suspense back to the account that it came from: freezes it and plans the instruction suspense_return (FD-P25), whose outcome comes by instruction_confirm() or instruction_fail().
Operators only. Returns the number of the receipt of money. Errors: MK001, MK004, MK005, MK110.';

CREATE FUNCTION marketplace.wallet_use(marketplace_id int, order_id bigint, amount marketplace.amount DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.wallet_use(int, bigint, marketplace.amount, text) IS
'Pays an order with money that is kept for its buyer (view buyer_wallet), NULL: as much as the order lacks and the wallet holds. Final at once; posts FD-P05. The buyer''s, or the operator''s.
Returns the number of the payment. Errors: MK001, MK002, MK004, MK005, MK012, MK051, MK110.';
