CREATE FUNCTION marketplace.break_assign(marketplace_id int, break_id bigint, owner text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.break_assign(int, bigint, text, text) IS
'Gives a break that is not resolved to somebody: a person''s or a team''s name, at most 200 bytes. Operators only. Returns the break''s number. Errors: MK001, MK002, MK004, MK005, MK114 (resolved already).';
CREATE FUNCTION marketplace.break_resolve(marketplace_id int, break_id bigint, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.break_resolve(int, bigint, jsonb, text) IS
'Ends a break (FD §11). Document: {"how": "matched" | "explained" | "corrected" | "written_off", "reason": "…"} and, by how: matched: the two sides belong together; explained: "because": "timing" | "fee" | "fx" |
"other", nothing is posted; corrected: "transfers": [{"debit": {"kind", "party_id", "order_line_id", "allocation_id"}, "credit": {…}, "amount": "1.00 EUR"}], posted in the same commit;
written_off: what lacks of client money is made good by the platform (client ring: c_due_from_own to "account", own ring: o_loss to o_due_to_client, by the difference); "account": "c_psp_clearing" | "c_cash" (default).
Corrected and written off need a second person first: approval_request() of kind break_resolve for the break, with this document as its content (FD-54). Operators only. Returns the break''s number.
Errors: MK001, MK003, MK004, MK005, MK050, MK051, MK090, MK114 (resolved already, or nothing to write off).';
