CREATE FUNCTION marketplace.agent_mandate_set(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.agent_mandate_set(int, jsonb, text) IS
'Records that the PSP has made the platform its agent; the mandate adds to those in force. Document, all optional: {"psp": 2, "register_number": "…", "valid_from": "2026-01-01T00:00:00Z", "valid_until", "operations": ["hold", "release",
"reverse_release", "refund", "payout", "sweep", "advance"], "currencies": ["EUR"], "limits": [{"operation": "payout", "each": "1000.00 EUR", "day": "50000.00 EUR"}]}; without valid_from it is in force at once, without operations or currencies
for all. marketplace_create() sets one without limits unless its document says "agent": false, or gives this document as "agent". Operators only. Returns the mandate''s number. Errors: MK001, MK003, MK004, MK005, MK012. FD-50.';

CREATE FUNCTION marketplace.agent_mandate_end(marketplace_id int, mandate_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.agent_mandate_end(int, bigint, text, text) IS
'Ends an agent mandate now: from here on what it alone covered is asked of the PSP (psp_request_overview). What was done under it stands. Operators only. Returns the mandate''s number. Errors: MK001, MK004, MK005, MK112 (ended already). FD-50.';

CREATE FUNCTION marketplace.psp_request_decide(marketplace_id int, request_id bigint, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.psp_request_decide(int, bigint, jsonb, text) IS
'Records what the PSP did with a request (FD-51). Document: {"decision": "accepted" | "executed" | "refused" | "failed", "psp_reference": "…" (its decision, required when accepted or executed), "reason": "…" (required when refused or failed)}.
accepted: it will be carried out, nothing moves yet. executed: exactly what was frozen is posted, in this commit. refused, failed: the money stays where it was, under the hold, until an operator lifts it with hold_lift(): then what is due is asked for again.
It moves the request''s instruction; instruction_confirm() and its like have the same effect. Operators only. Returns the request''s number. Errors: MK001, MK003, MK004, MK005, MK030, MK112.';
