CREATE FUNCTION marketplace.seal_hash(previous bytea, content text)
RETURNS bytea AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.seal_hash(bytea, text) IS
'The next link of a hash chain: SHA-256 of the previous hash (null for the first) followed by the content''s bytes. LG-52, IV-77.';
