CREATE FUNCTION marketplace.approval_request(
	marketplace_id int, kind text, object_id bigint, content jsonb, amount marketplace.amount DEFAULT NULL, reason text DEFAULT NULL,
	request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.approval_request(int, text, bigint, jsonb, marketplace.amount, text, text) IS
'Asks a second person to approve what is to be done to an object, exactly as content says (a document; the function that needs the approval says what it has to be). It replaces an open request for other
content, and one whose time is over (policy fd.approval_ttl). The requester is the acting person: SET LOCAL marketplace.actor from trusted roles, else the role. Operators only. Returns the request''s
number. Errors: MK001, MK002, MK003, MK005, MK006 (asked for already). FD-54.';

CREATE FUNCTION marketplace.approval_give(marketplace_id int, approval_id bigint, content_hash text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.approval_give(int, bigint, text, text) IS
'Approves a request, naming the content that was read by its hash (view approvals). Never by the person who asked; not after its time. It may be used once, within fd.approval_ttl. Operators only.
Returns the request''s number. Errors: MK001, MK004, MK005, MK090. FD-54.';

CREATE FUNCTION marketplace.approval_refuse(marketplace_id int, approval_id bigint, reason text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.approval_refuse(int, bigint, text, text) IS
'Refuses a request, takes back an approval that has not been used, or withdraws one''s own request. Operators only. Returns the request''s number. Errors: MK001, MK004, MK005, MK090. FD-54.';
