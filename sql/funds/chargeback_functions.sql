CREATE FUNCTION marketplace.payment_chargeback(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.payment_chargeback(int, jsonb, text) IS
'The payer''s bank has taken money back: of a card a chargeback, open until chargeback_resolve(), of a direct debit its return, for good (FD-89). Document: {"capture_id", "amount", "fee",
"psp_reference", "reason"}; without amount all that is left of the capture. Refunds of the payment that were not sent are cancelled; while one is on its way it is refused, MK116 (FD-66, DP-47).
Money is taken from what is kept for the buyer, from escrow, then from what was released. What had been refunded before is claimed from the PSP. Posts FD-P24. Operators only.
Returns the chargeback''s number. Errors: MK001, MK003, MK004, MK005, MK006, MK008, MK012, MK110, MK116.';

CREATE FUNCTION marketplace.chargeback_resolve(marketplace_id int, chargeback_id bigint, outcome text, evidence text DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.chargeback_resolve(int, bigint, text, text, text) IS
'How a chargeback ends: recovered (the money is back where it belongs, and released if that is due) or lost. The fee stays paid. Operators only. Returns the chargeback''s number.
Errors: MK001, MK002, MK004, MK005, MK110.';
