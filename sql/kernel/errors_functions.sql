CREATE FUNCTION marketplace.error_codes(OUT sqlstate text, OUT name text, OUT meaning text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'error_codes'
LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.error_codes() IS
'All errors of the extension: SQLSTATE (class MK), name, and meaning with the way out.';
