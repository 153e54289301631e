-- The extension installs, in a schema of its own.
CREATE EXTENSION marketplace;
SELECT extversion AS version,
       extnamespace::regnamespace AS schema,
       extrelocatable AS relocatable
  FROM pg_extension
 WHERE extname = 'marketplace';
-- Nothing works before migrate(), and the error says what to do.
SELECT marketplace.tick(1);
-- migrate() creates the tables, as often as one likes.
SELECT marketplace.migrate() = marketplace.schema_version() AS migrated;
SELECT marketplace.migrate() = marketplace.schema_version() AS migrated_again;
SELECT version, applied_by = CURRENT_USER AS by_me FROM marketplace.schema_history;
-- Tables are the owner's, not the extension's: DROP EXTENSION refuses to take the books with it.
DO $$
BEGIN
	DROP EXTENSION marketplace;
EXCEPTION WHEN dependent_objects_still_exist THEN
	RAISE NOTICE '%', SQLERRM;
END $$;
-- Tables newer than the code, and other people's tables, are left alone.
BEGIN;
INSERT INTO marketplace.schema_history (version, code_hash) VALUES (marketplace.schema_version() + 1, 'from the future');
SAVEPOINT s;
SELECT marketplace.migrate();
ROLLBACK TO s;
SELECT marketplace.tick(1);
ROLLBACK;
CREATE ROLE regress_mk_stranger;
GRANT USAGE ON SCHEMA marketplace TO regress_mk_stranger;
SET ROLE regress_mk_stranger;
SELECT marketplace.migrate();
RESET ROLE;
REVOKE USAGE ON SCHEMA marketplace FROM regress_mk_stranger;
DROP ROLE regress_mk_stranger;
