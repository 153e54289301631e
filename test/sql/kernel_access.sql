-- Who may do what: capacities of roles, row-level security, no direct writes (DESIGN 4, access).
SET client_min_messages = warning;
CREATE ROLE regress_mk_operator;
CREATE ROLE regress_mk_auditor;
CREATE ROLE regress_mk_seller;
CREATE ROLE regress_mk_member IN ROLE regress_mk_seller;
CREATE ROLE regress_mk_nobody;
-- without a grant the schema itself is closed
SET ROLE regress_mk_nobody;
SELECT marketplace.tick(903);
RESET ROLE;
SELECT marketplace.access_grant(903, 'regress_mk_operator', 'operator') > 0 AS granted;
SELECT marketplace.access_grant(903, 'regress_mk_auditor', 'auditor') > 0 AS granted;
SELECT marketplace.access_grant(903, 'regress_mk_seller', 'seller', 77) > 0 AS granted;
-- wrong grants
SELECT marketplace.access_grant(903, 'regress_mk_nosuchrole', 'operator');
SELECT marketplace.access_grant(903, 'regress_mk_seller', 'king');
SELECT marketplace.access_grant(903, 'regress_mk_seller', 'seller');
SELECT marketplace.access_grant(903, 'regress_mk_seller', 'auditor', 77);
SELECT marketplace.access_grant(903, NULL, 'operator');
SELECT marketplace.access_grant(NULL, 'regress_mk_seller', 'operator');
-- an operator of one marketplace is nobody in another
SET ROLE regress_mk_operator;
SELECT marketplace.event_consumer_create(903, 'erp') > 0 AS created;
SELECT marketplace.event_consumer_create(904, 'erp');
SELECT marketplace.access_operates(903) AS here, marketplace.access_operates(904) AS there, marketplace.access_operates(NULL) AS nowhere;
-- the auditor reads and changes nothing
SET ROLE regress_mk_auditor;
SELECT count(*) AS visible FROM marketplace.event_consumers;
SELECT marketplace.event_consumer_create(903, 'other');
SELECT count(*) FROM marketplace.events_fetch(903, 'erp');
-- the seller sees what is its own, also through a member role
SET ROLE regress_mk_seller;
SELECT count(*) AS visible FROM marketplace.event_consumers;
SELECT marketplace.access_sees(903, 77) AS own, marketplace.access_sees(903, 78) AS foreign_party, marketplace.access_sees(904, 77) AS other_tenant,
	marketplace.access_sees(903, NULL, 77) AS one_of_two, marketplace.access_sees(903, VARIADIC NULL::bigint[]) AS none;
SET ROLE regress_mk_member;
SELECT marketplace.access_sees(903, 77) AS own;
-- nobody writes tables
INSERT INTO marketplace.access_grants (marketplace_id, role_name, capacity, granted_at, granted_by) VALUES (903, 'regress_mk_seller', 'operator', now(), 'me');
SET ROLE regress_mk_operator;
DELETE FROM marketplace.events;
UPDATE marketplace.event_consumers SET event_id = 0;
RESET ROLE;
-- taken back, at once in every session
SELECT marketplace.access_revoke(903, 'regress_mk_seller', 'seller', 77) > 0 AS revoked;
SELECT marketplace.access_revoke(903, 'regress_mk_seller', 'seller', 77);
SET ROLE regress_mk_member;
SELECT marketplace.access_sees(903, 77) AS own;
RESET ROLE;
-- who acts: only a trusted role may say so
SELECT marketplace.access_grant(903, 'regress_mk_operator', 'operator', NULL, true) > 0 AS trusted;
SELECT marketplace.access_grant(903, 'regress_mk_auditor', 'operator') > 0 AS not_trusted;
BEGIN;
SET LOCAL marketplace.actor = 'alice@example.org';
SET LOCAL ROLE regress_mk_operator;
SELECT marketplace.access_grant(903, 'regress_mk_nobody', 'auditor') > 0 AS granted;
SET LOCAL ROLE regress_mk_auditor;
SELECT marketplace.access_grant(903, 'regress_mk_nobody', 'insurer', 5) > 0 AS granted;
RESET ROLE;
SELECT capacity, granted_by FROM marketplace.access_grants WHERE marketplace_id = 903 AND role_name = 'regress_mk_nobody' ORDER BY 1;
ROLLBACK;
-- objects named like ours in the caller's schema are not taken for ours
CREATE SCHEMA regress_mk_evil;
CREATE FUNCTION regress_mk_evil.max(int) RETURNS int LANGUAGE sql AS 'SELECT 1/0';
SET search_path = regress_mk_evil, pg_catalog;
SELECT marketplace.tick(903) AS done;
SHOW search_path;
RESET search_path;
DROP SCHEMA regress_mk_evil CASCADE;
REVOKE ALL ON ALL TABLES IN SCHEMA marketplace FROM regress_mk_operator, regress_mk_auditor, regress_mk_seller, regress_mk_nobody;
REVOKE ALL ON SCHEMA marketplace FROM regress_mk_operator, regress_mk_auditor, regress_mk_seller, regress_mk_nobody;
DROP ROLE regress_mk_operator, regress_mk_auditor, regress_mk_member, regress_mk_seller, regress_mk_nobody;
