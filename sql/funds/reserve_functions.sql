CREATE FUNCTION marketplace.reserve_rule_set(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.reserve_rule_set(int, jsonb, text) IS
'Says what is kept back of the releases from valid_from on; takes over from older rules of the same seller and category. Document: {"pct": 10, "seller_id", "category", "days": 90 or "ladder":
[{"days": 30, "pct": 50}, {"days": 90, "pct": 50}], "floor": "500.00 EUR", "valid_from", "valid_until"}; pct is required, days default to policy fd.reserve_days; the steps of a ladder add up to
100. floor is what stays in the reserve of the seller in that currency, whatever is due; a rule for a category has none. What was kept back before goes by the rule of its time.
Operators only. Returns the rule''s number. Errors: MK001, MK003, MK004, MK005. FD-42.';

CREATE FUNCTION marketplace.reserve_explain(
	marketplace_id int, seller_id bigint, as_of timestamptz DEFAULT NULL,
	OUT order_id bigint, OUT order_line_id bigint, OUT allocation_id bigint, OUT taken_at timestamptz, OUT base numeric, OUT pct numeric, OUT rule_id bigint,
	OUT reserve numeric, OUT step numeric, OUT due_at timestamptz, OUT released numeric, OUT used numeric, OUT remaining numeric, OUT currency text, OUT state text)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 100;
COMMENT ON FUNCTION marketplace.reserve_explain(int, bigint, timestamptz) IS
'Why a seller''s reserve is what it is, now or at an instant: for each release that something was kept back of, and each step on which that is freed, in units of the currency: base and pct give
reserve; step is the part that is due at due_at; released was freed, used was taken for claims, remaining is in the reserve: the remaining of all rows are the seller''s c_reserve accounts.
state: waiting, due (kept by the floor or by open disputes, or not yet freed by tick()), released or used. Operators, auditors and the seller. Errors: MK001, MK004, MK005. FD-42.';
