CREATE FUNCTION marketplace.psp_mirror_import(marketplace_id int, lines text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.psp_mirror_import(int, text, text) IS
'Takes the PSP''s own list of transactions, JSON lines, one object a line: {"id", "kind": "payin" | "refund" | "refund_return" | "payout" | "payout_return" | "chargeback" | "chargeback_reversal" | "transfer_in" |
"transfer_out" | "fee" | "balance", "amount": 12.00, "currency": "EUR", "value_date": "2026-11-24", "reference", "end_to_end_id", "fee", "settlement_id"}; the last four are optional. Amounts are more than zero, the kind says the direction; a balance
is what lay on the client account at the end of value_date. Each transaction is stored once by its id: importing it again changes nothing, another content of the same id is refused. The same id twice in one list, or the same end-to-end id on two
transactions of a kind, opens a break of class duplicate and a hold recon_break (FD-96). A list is taken whole or not at all. Operators only. Returns the import''s number. Errors: MK001, MK005, MK113.';

CREATE FUNCTION marketplace.reconcile(marketplace_id int, until date DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.reconcile(int, date, text) IS
'Compares ledger, PSP and bank for value dates up to until (NULL: today, local). What belongs together is found by end-to-end id, then the PSP''s id or reference, then amount, value date ± 2 days and party. What agrees is matched and left out from
then on; each difference is a break of its class (FD-91…FD-95), opened once; breaks of earlier comparisons whose missing side has arrived are closed. The view reconciliation_overview shows what it found, reconciliation_breaks what is open.
Operators only. Returns the number of the comparison. Errors: MK001, MK002, MK005.';
