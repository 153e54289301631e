CREATE FUNCTION marketplace.seal_hash(previous bytea, content text) RETURNS bytea
AS 'MODULE_PATHNAME', 'seal_hash'
LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.seal_hash(bytea, text) IS
'One link of a hash chain: SHA-256 of previous (32 bytes, NULL for the first link) followed by content in UTF-8. To verify a chain in SQL. Tamper evidence, not one of the four legal means of CGI 289 (LG-52, IV-77). Errors: MK001 content is NULL, MK002 previous is no SHA-256.';
