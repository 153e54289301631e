-- No table and no view of schema marketplace shows a row of another marketplace, to whatever capacity; and of its own marketplace a
-- seller sees no more than the operator.
SET client_min_messages = warning;
SET search_path = pg_catalog, public;
SELECT plan(7);
CREATE TEMP TABLE ids (tenant int, name text, id bigint);
\set m 990012
\ir ../fixtures/bad_input.sql
\set m 990011
\ir ../fixtures/bad_input.sql
CREATE ROLE tenancy_operator;
CREATE ROLE tenancy_auditor;
CREATE ROLE tenancy_seller;
CREATE ROLE tenancy_buyer;
CREATE ROLE tenancy_nobody;
SELECT marketplace.access_grant(:m, 'tenancy_operator', 'operator') AS granted, marketplace.access_grant(:m, 'tenancy_auditor', 'auditor') AS granted,
	marketplace.access_grant(:m, 'tenancy_seller', 'seller', :beta) AS granted, marketplace.access_grant(:m, 'tenancy_buyer', 'buyer', :buyer) AS granted \gset
GRANT USAGE ON SCHEMA marketplace TO tenancy_nobody;
GRANT SELECT ON ALL TABLES IN SCHEMA marketplace TO tenancy_nobody;

-- rows that a role sees of each relation with a marketplace, by marketplace
CREATE TEMP TABLE seen (role name, relation name, marketplace_id int, rows bigint);
GRANT INSERT ON seen TO PUBLIC;
SELECT nspname AS temp FROM pg_namespace WHERE oid = pg_my_temp_schema() \gset
GRANT USAGE ON SCHEMA :"temp" TO PUBLIC;
CREATE FUNCTION pg_temp.look() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	r name;
BEGIN
	FOR r IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'marketplace_id' AND a.attnum > 0
		WHERE c.relnamespace = 'marketplace'::regnamespace AND c.relkind IN ('r', 'p', 'v') ORDER BY 1 LOOP
		EXECUTE format('INSERT INTO pg_temp.seen SELECT current_user, %L, marketplace_id, count(*) FROM marketplace.%I WHERE marketplace_id BETWEEN 990011 AND 990012 GROUP BY marketplace_id', r, r);
	END LOOP;
END $$;
\o /dev/null
SELECT pg_temp.look();
SET ROLE tenancy_operator;
SELECT pg_temp.look();
SET ROLE tenancy_auditor;
SELECT pg_temp.look();
SET ROLE tenancy_seller;
SELECT pg_temp.look();
SET ROLE tenancy_buyer;
SELECT pg_temp.look();
SET ROLE tenancy_nobody;
SELECT pg_temp.look();
RESET ROLE;
\o
SELECT cmp_ok((SELECT count(DISTINCT relation) FROM seen WHERE role = session_user), '>=', 50::bigint, 'the owner sees rows in many relations');
SELECT is_empty($$SELECT role, relation, rows FROM seen WHERE role <> session_user AND marketplace_id = 990012 ORDER BY 1, 2$$, 'nobody sees a row of another marketplace');
SELECT is_empty($$SELECT relation, rows FROM seen WHERE role = 'tenancy_nobody'$$, 'who has SELECT and no capacity sees no row');
SELECT set_eq($$SELECT relation, rows FROM seen WHERE role = 'tenancy_operator'$$,
	$$SELECT relation, rows FROM seen WHERE role = session_user AND marketplace_id = 990011$$, 'the operator sees all of its marketplace');
SELECT set_eq($$SELECT relation, rows FROM seen WHERE role = 'tenancy_auditor'$$,
	$$SELECT relation, rows FROM seen WHERE role = 'tenancy_operator'$$, 'the auditor sees what the operator sees');
SELECT is_empty($$SELECT s.role, s.relation FROM seen s JOIN seen o ON o.role = 'tenancy_operator' AND o.relation = s.relation WHERE s.role IN ('tenancy_seller', 'tenancy_buyer')
	AND s.relation IN ('bank_accounts', 'seller_orders', 'events', 'requests', 'transfers', 'instructions', 'access_grants', 'capture_allocations', 'payouts', 'shipments')
	AND s.rows >= o.rows AND (s.role, s.relation) NOT IN (('tenancy_buyer', 'seller_orders'), ('tenancy_buyer', 'shipments'))$$,
	'seller and buyer see less, but the buyer all parts of its order');
SELECT is_empty($$SELECT relname FROM pg_class WHERE relnamespace = 'marketplace'::regnamespace AND (relkind IN ('r', 'p') AND NOT relrowsecurity
	AND EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'marketplace_id' AND attnum > 0)
	OR relkind = 'v' AND NOT COALESCE('security_invoker=true' = ANY (reloptions), false))$$, 'row-level security on every table, invoker''s rights in every view');
DROP OWNED BY tenancy_operator, tenancy_auditor, tenancy_seller, tenancy_buyer, tenancy_nobody;
DROP ROLE tenancy_operator, tenancy_auditor, tenancy_seller, tenancy_buyer, tenancy_nobody;
SELECT * FROM finish();
