CREATE FUNCTION marketplace.access_grant(
	marketplace_id int, role_name text, capacity text, party_id bigint DEFAULT NULL, trusted boolean DEFAULT false,
	request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.access_grant(int, text, text, bigint, boolean, text) IS
'Gives a database role a capacity: operator or auditor (whole marketplace), seller, buyer, carrier or insurer (for a party), with USAGE on
the schema and SELECT on its tables and views, whose rows are then limited by row-level security. Operators only.
Returns the number of the grant. Errors: MK002, MK004 (no such role), MK005.';

CREATE FUNCTION marketplace.access_revoke(
	marketplace_id int, role_name text, capacity text, party_id bigint DEFAULT NULL, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.access_revoke(int, text, text, bigint, text) IS
'Takes a capacity back. The privilege to SELECT stays (row-level security then shows nothing); use REVOKE for that. Operators only.
Returns the number of the former grant. Errors: MK002, MK004, MK005.';

CREATE FUNCTION marketplace.access_operates(marketplace_id int)
RETURNS boolean AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.access_operates(int) IS
'True when the current role is operator or auditor of the marketplace (the owner of the tables always is). For row-level security.';

CREATE FUNCTION marketplace.access_sees(marketplace_id int, VARIADIC parties bigint[])
RETURNS boolean AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.access_sees(int, bigint[]) IS
'True when the current role is operator or auditor of the marketplace, or acts for one of the parties. For row-level security.';

CREATE FUNCTION marketplace.access_belongs(marketplace_id int)
RETURNS boolean AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.access_belongs(int) IS
'True when the current role has any capacity in the marketplace. For row-level security of what all its parties may see.';

CREATE FUNCTION marketplace.access_changed() RETURNS trigger AS 'MODULE_PATHNAME' LANGUAGE c;
COMMENT ON FUNCTION marketplace.access_changed() IS
'Trigger of access_grants: lets every session read its rights again.';
