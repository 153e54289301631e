CREATE FUNCTION marketplace.erp_snapshot_import(marketplace_id int, source text, taken_at timestamptz, lines text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.erp_snapshot_import(int, text, timestamptz, text, text) IS
'Loads what an ERP believes, as JSON lines: {"kind": see erp_position, "reference", "status"?, "quantity"?, "amount"?: "12.00 EUR"}. A wrong
line refuses the whole, with its number. Returns the snapshot''s number; see erp_differences(). For operators. Errors: MK001, MK003, MK005,
MK010, MK020.';

CREATE FUNCTION marketplace.erp_differences(
	marketplace_id int, source text, OUT snapshot_id bigint, OUT kind text, OUT reference text, OUT difference text, OUT ours text,
	OUT theirs text, OUT reason text, OUT note text, OUT resolved_by text, OUT resolved_at timestamptz)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.erp_differences(int, text) IS
'Where the latest snapshot of the ERP and the marketplace differ; no rows when they agree (LG-61). difference: missing_here, missing_there
(of the kinds in the snapshot, recorded before it was taken), status, quantity, amount (what the ERP says nothing of is not compared).
reason and what follows: how it ended, see erp_difference_resolve(); NULL: open. Operators and auditors. Errors: MK001, MK005.';

CREATE FUNCTION marketplace.erp_difference_resolve(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.erp_difference_resolve(int, jsonb, text) IS
'Ends a difference: {"source", "kind", "reference", "difference", "reason": "erp_corrected" | "marketplace_corrected" | "timing" | "accepted",
"note"?}. It is open again once either side says something else. Returns the resolution''s number. For operators. Errors: MK001, MK003,
MK004 (no such difference), MK005, MK020.';
