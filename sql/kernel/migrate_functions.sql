CREATE FUNCTION marketplace.migrate() RETURNS int
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.migrate() IS
'Creates or upgrades the tables, guards and views in schema marketplace, owned by the caller, in one transaction; does nothing when they are
up to date. Returns the version of the tables. Run it after CREATE EXTENSION and after every update of the code.
Errors: MK005 (not the owner of existing tables), MK007 (tables are newer than the code).';

CREATE FUNCTION marketplace.schema_version() RETURNS int
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.schema_version() IS
'The version of the tables that the installed code works with; the table schema_history has those that were installed.';
