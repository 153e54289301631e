-- Who tries to get round the kernel: objects named like ours, roles changed on the way, settings, errors caught, other owners, dropped code.
SET client_min_messages = warning;
\set VERBOSITY terse
CREATE ROLE regress_mk_hostile;
CREATE ROLE regress_mk_boss;
SELECT marketplace.access_grant(931, 'regress_mk_hostile', 'seller', 7) > 0 AS granted, marketplace.access_grant(931, 'regress_mk_boss', 'operator') > 0 AS granted;
CREATE SCHEMA regress_mk_evil AUTHORIZATION regress_mk_hostile;

-- 1. objects named like ours, in schemas that come first: none of them is used while a function works as the owner of the tables
SET ROLE regress_mk_hostile;
CREATE FUNCTION regress_mk_evil.trap() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped as %', current_user; END $$;
CREATE FUNCTION regress_mk_evil.trap(int, int) RETURNS boolean LANGUAGE sql AS 'SELECT regress_mk_evil.trap()';
CREATE FUNCTION regress_mk_evil.trap(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT regress_mk_evil.trap()';
CREATE FUNCTION regress_mk_evil.trap(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT regress_mk_evil.trap()';
CREATE FUNCTION regress_mk_evil.trap(name, name) RETURNS boolean LANGUAGE sql AS 'SELECT regress_mk_evil.trap()';
CREATE OPERATOR regress_mk_evil.= (FUNCTION = regress_mk_evil.trap, LEFTARG = name, RIGHTARG = name);
CREATE OPERATOR regress_mk_evil.= (FUNCTION = regress_mk_evil.trap, LEFTARG = int, RIGHTARG = int);
CREATE OPERATOR regress_mk_evil.= (FUNCTION = regress_mk_evil.trap, LEFTARG = bigint, RIGHTARG = bigint);
CREATE OPERATOR regress_mk_evil.= (FUNCTION = regress_mk_evil.trap, LEFTARG = text, RIGHTARG = text);
CREATE TEMP TABLE access_grants (LIKE marketplace.access_grants);
INSERT INTO access_grants (marketplace_id, id, role_name, capacity, party_id, trusted, granted_at, granted_by)
	VALUES (931, 1, 'regress_mk_hostile', 'operator', 0, true, pg_catalog.now(), 'me');
CREATE TEMP TABLE schema_history (version int, code_hash text);
CREATE TEMP VIEW lifecycle AS SELECT regress_mk_evil.trap();
SET search_path = pg_temp, regress_mk_evil, pg_catalog, marketplace;
SELECT marketplace.access_operates(931) AS operates, marketplace.access_sees(931, 7) AS sees, marketplace.access_sees(931, 8) AS other;
SELECT marketplace.event_consumer_create(931, 'mine');
SELECT count(*) FROM marketplace.events_verify(931);
RESET search_path;
DROP VIEW pg_temp.lifecycle;
DROP TABLE pg_temp.access_grants, pg_temp.schema_history;
-- who may not create in the schema puts nothing there
CREATE FUNCTION marketplace.max(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
SELECT marketplace.migrate();
RESET ROLE;

-- 2. errors that are caught leave neither frame nor role behind
DO $$
BEGIN
	FOR i IN 1 .. 3 LOOP
		BEGIN
			SET LOCAL ROLE regress_mk_hostile;
			PERFORM marketplace.event_consumer_create(931, 'mine');
		EXCEPTION WHEN OTHERS THEN
			RAISE WARNING '% as %', SQLSTATE, current_user;
		END;
	END LOOP;
	PERFORM marketplace.event_consumer_create(931, 'ours');
	RAISE WARNING 'created as %', current_user;
END $$;
SHOW search_path;
BEGIN;
SAVEPOINT a;
SET LOCAL ROLE regress_mk_boss;
SELECT marketplace.event_consumer_create(931, NULL);
ROLLBACK TO a;
SELECT current_user = session_user AS back, marketplace.event_consumer_create(931, 'theirs') > 0 AS created;
ROLLBACK;

-- 3. settings: a request is the same request under another TimeZone, DateStyle, search_path; SET before the library is loaded gives no clock
SELECT marketplace.policy_set(931, 'rd.calendar', '"FR"', '{}', '2040-01-01 00:00+00', 'why', 'key') AS first \gset
SET timezone = 'Asia/Tokyo';
SET datestyle = 'SQL, DMY';
SET extra_float_digits = 0;
SET search_path = pg_temp;
SELECT marketplace.policy_set(931, 'rd.calendar', '"FR"', '{}', '2040-01-01 00:00+00', 'why', 'key') = :first AS same;
SELECT marketplace.policy_set(931, 'rd.calendar', '"FR"', '{}', '2040-01-01 00:00:00.000001+00', 'why', 'key');
RESET ALL;
\c -
\set VERBOSITY terse
SET ROLE regress_mk_hostile;
SET marketplace.clock = '2040-01-01';
SELECT marketplace.clock() = now() AS now;
SET marketplace.actor = 'somebody else';
RESET ROLE;
SET client_min_messages = warning;

-- conditions of decision tables: variables, and a tree that would go to the bottom of the stack
SELECT marketplace.policy_table_publish(931, '{"name": "t", "facts": {"a": "number"}, "rules": [{"priority": 1, "condition": "$x == 1", "outcome": 1, "note": "n",
	"source": "s"}], "cases": [{"facts": {"a": 1}, "outcome": 1}]}');
SELECT marketplace.policy_table_publish(931, jsonb_set('{"name": "t", "facts": {"a": "number"}, "rules": [{"priority": 1, "outcome": 1, "note": "n",
	"source": "s"}], "cases": [{"facts": {"a": 1}, "outcome": 1}]}', '{rules,0,condition}', to_jsonb(repeat('$.a == 1 && ', 20000) || '$.a == 1')));

-- 4. places to be called from: CHECK, a cursor that is left open, LIMIT, a parallel plan
CREATE TEMP TABLE checked (name text CHECK (marketplace.event_consumer_create(931, name) > 0));
INSERT INTO checked VALUES ('by check');
INSERT INTO checked VALUES ('by check');
SELECT n, marketplace.policy_explain(931, 'rd.calendar') IS NULL AS row FROM generate_series(1, 3) n LIMIT 2;
BEGIN;
DECLARE c CURSOR FOR SELECT n, marketplace.policy_explain(931, 'rd.calendar') IS NULL AS row FROM generate_series(1, 3) n;
FETCH 1 FROM c;
SAVEPOINT a;
SELECT marketplace.tick(NULL);
ROLLBACK TO a;
FETCH 2 FROM c;
COMMIT;
INSERT INTO marketplace.access_grants (marketplace_id, role_name, capacity, party_id, granted_at, granted_by)
	SELECT 931, 'nobody' || n, 'auditor', 0, now(), 'me' FROM generate_series(1, 2000) n;
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL ROLE regress_mk_boss;
SELECT count(*) FROM marketplace.access_grants g JOIN pg_class c ON true WHERE c.relname = 'access_grants' AND g.role_name LIKE 'nobody%';
SET LOCAL ROLE regress_mk_hostile;
SELECT count(*) FROM marketplace.access_grants g JOIN pg_class c ON true WHERE c.relname = 'access_grants';
ROLLBACK;
DELETE FROM marketplace.access_grants WHERE marketplace_id = 931 AND role_name LIKE 'nobody%';

-- 5. many calls and many refusals in one transaction take no memory that stays
CREATE FUNCTION pg_temp.memory() RETURNS bigint LANGUAGE sql AS
$$SELECT sum(total_bytes)::bigint FROM pg_backend_memory_contexts WHERE name IN ('TopMemoryContext', 'CacheMemoryContext', 'marketplace access', 'marketplace lifecycles')$$;
CREATE FUNCTION pg_temp.refusals(n int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. n LOOP
		BEGIN
			PERFORM marketplace.events_ack(931, 'by check', -i);
		EXCEPTION WHEN SQLSTATE 'MK080' THEN
			NULL;
		END;
		PERFORM marketplace.events_replay(931, 'by check', 0);
		PERFORM marketplace.access_operates(931 + i % 3);
	END LOOP;
END $$;
SELECT pg_temp.refusals(200);
SELECT pg_temp.memory() AS before \gset
SELECT pg_temp.refusals(2000);
SELECT pg_temp.memory() - :before < 200000 AS bounded;

-- 6. tables of another owner: found at once, under its new name too; what runs as the owner cannot become the caller
BEGIN;
CREATE ROLE regress_mk_owner;
GRANT ALL ON SCHEMA marketplace TO regress_mk_owner;
DO $$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT c.relname, c.relkind FROM pg_class c WHERE c.relnamespace = 'marketplace'::regnamespace AND c.relkind IN ('r', 'v')
		OR c.relnamespace = 'marketplace'::regnamespace AND c.relkind = 'S' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i')) LOOP
		EXECUTE format('ALTER %s marketplace.%I OWNER TO regress_mk_owner', CASE r.relkind WHEN 'r' THEN 'TABLE' WHEN 'v' THEN 'VIEW' ELSE 'SEQUENCE' END, r.relname);
	END LOOP;
END $$;
CREATE FUNCTION pg_temp.who() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE WARNING 'trigger runs as %', current_user;
	BEGIN
		RESET ROLE;
	EXCEPTION WHEN OTHERS THEN
		RAISE WARNING '%', SQLERRM;
	END;
	BEGIN
		SET SESSION AUTHORIZATION DEFAULT;
	EXCEPTION WHEN OTHERS THEN
		RAISE WARNING '%', SQLERRM;
	END;
	RETURN NEW;
END $$;
CREATE TRIGGER zz AFTER INSERT ON marketplace.event_consumers FOR EACH ROW EXECUTE FUNCTION pg_temp.who();
DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO regress_mk_owner', (SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema())); END $$;
SELECT marketplace.event_consumer_create(931, 'owned') > 0 AS created;
ALTER ROLE regress_mk_owner RENAME TO regress_mk_owner2;
SELECT marketplace.event_consumer_create(931, 'renamed') > 0 AS created;
SET LOCAL ROLE regress_mk_owner2;
SELECT marketplace.access_operates(931) AS operates;
SET LOCAL ROLE regress_mk_hostile;
SELECT marketplace.access_operates(931) AS operates;
ROLLBACK;

-- 7. a call inside a call, by a trigger of the owner whose search_path has the traps of 1 in it: has its own frame; its error, caught,
-- leaves the outer one alone
BEGIN;
INSERT INTO marketplace.lifecycle_custom (machine, event, to_state, description) VALUES ('a.b', 'make', 'x', 'made');
CREATE FUNCTION pg_temp.inner_call() RETURNS trigger LANGUAGE plpgsql SET search_path = regress_mk_evil, pg_catalog AS $$
BEGIN
	RAISE WARNING 'diagram: %', marketplace.lifecycle_diagram('a.b') IS NOT NULL;
	IF NEW.name LIKE 'outer%' THEN
		BEGIN
			PERFORM marketplace.event_consumer_create(932, 'inner', 'key ' || NEW.name);
			PERFORM marketplace.event_consumer_create(932, 'inner');
		EXCEPTION WHEN SQLSTATE 'MK006' THEN
			RAISE WARNING '%', SQLERRM;
		END;
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER zz AFTER INSERT ON marketplace.event_consumers FOR EACH ROW EXECUTE FUNCTION pg_temp.inner_call();
SELECT marketplace.event_consumer_create(931, 'outer1', 'outer') > 0 AS created, marketplace.event_consumer_create(931, 'outer2', 'outer2') > 0 AS created;
SELECT marketplace_id, name FROM marketplace.event_consumers WHERE name ~ '^(outer|inner)' ORDER BY 1, 2;
SELECT marketplace_id, request_key, result IS NOT NULL AS ended FROM marketplace.requests WHERE request_key ~ 'outer' ORDER BY 1, 2;
ROLLBACK;

DROP SCHEMA regress_mk_evil CASCADE;

-- 8. a lifecycle on tables of somebody who is nobody here: works for itself, and writes nobody's history
SET ROLE regress_mk_hostile;
CREATE TEMP TABLE things (marketplace_id int, id int, state text);
CREATE TRIGGER l BEFORE INSERT OR UPDATE ON things FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('shipment', 'state');
CREATE TRIGGER r AFTER INSERT OR UPDATE ON things FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('shipment', 'state');
INSERT INTO things VALUES (931, 1, 'prepared');
INSERT INTO things VALUES (931, 1, 'delivered');
CREATE TRIGGER g BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function();
INSERT INTO things VALUES (931, 1, 'prepared');
DROP TABLE things;
RESET ROLE;

-- 9. the code dropped and made again in one session, by a role that is no superuser; tables of another role than the schema
CREATE DATABASE regress_mk_hostile;
CREATE ROLE regress_mk_plain;
GRANT CREATE ON DATABASE regress_mk_hostile TO regress_mk_plain;
\c regress_mk_hostile
\set VERBOSITY terse
SET client_min_messages = warning;
SET ROLE regress_mk_plain;
CREATE EXTENSION marketplace;
SELECT marketplace.tick(1);
PREPARE p AS SELECT marketplace.event_consumer_create(1, $1) > 0 AS created;
SET ROLE regress_mk_boss;
SELECT marketplace.migrate();
SET ROLE regress_mk_plain;
GRANT USAGE ON SCHEMA marketplace TO regress_mk_boss;
SET ROLE regress_mk_boss;
SELECT marketplace.migrate();
SET ROLE regress_mk_plain;
SELECT marketplace.migrate() > 0 AS migrated;
EXECUTE p('a');
SELECT marketplace.access_grant(1, 'regress_mk_hostile', 'operator') > 0 AS granted;
SET ROLE regress_mk_hostile;
SELECT marketplace.event_consumer_create(1, 'b') > 0 AS created;
SELECT marketplace.migrate();
SET ROLE regress_mk_plain;
DROP EXTENSION marketplace;
DROP SCHEMA marketplace CASCADE;
CREATE EXTENSION marketplace;
SELECT marketplace.migrate() > 0 AS migrated;
SELECT marketplace.event_consumer_create(1, 'a') > 0 AS created;
DEALLOCATE p;
SELECT count(*) FROM marketplace.ledger_verify(1);
DROP SCHEMA marketplace CASCADE;
CREATE EXTENSION marketplace;
GRANT USAGE, CREATE ON SCHEMA marketplace TO regress_mk_boss;
SET ROLE regress_mk_boss;
SELECT marketplace.migrate() > 0 AS migrated;
SELECT marketplace.access_grant(1, 'regress_mk_hostile', 'operator');
SET ROLE regress_mk_plain;
GRANT USAGE ON SCHEMA marketplace TO regress_mk_boss WITH GRANT OPTION;
SET ROLE regress_mk_boss;
SELECT marketplace.access_grant(1, 'regress_mk_hostile', 'operator') > 0 AS granted;
SET ROLE regress_mk_hostile;
SELECT marketplace.event_consumer_create(1, 'b') > 0 AS created;
RESET ROLE;
\c contrib_regression
\set VERBOSITY terse
DROP DATABASE regress_mk_hostile;
DELETE FROM marketplace.access_grants WHERE marketplace_id = 931;
DROP OWNED BY regress_mk_hostile, regress_mk_boss;
DROP ROLE regress_mk_hostile, regress_mk_boss, regress_mk_plain;
