-- Request keys: a retry is harmless, another call with the same key is refused (DESIGN 1.7, RD-17).
SET client_min_messages = warning;
SELECT marketplace.event_consumer_create(901, 'erp', 'key-1') AS first \gset
SELECT marketplace.event_consumer_create(901, 'erp', 'key-1') = :first AS same_result;
SELECT count(*) AS consumers FROM marketplace.event_consumers WHERE marketplace_id = 901;
-- the same key in another marketplace is another key
SELECT marketplace.event_consumer_create(902, 'erp', 'key-1') > 0 AS other_marketplace;
-- other arguments
SELECT marketplace.event_consumer_create(901, 'mailer', 'key-1');
-- another function
SELECT marketplace.tick(901, 1000, 'key-1');
-- another role
CREATE ROLE regress_mk_other;
SELECT marketplace.access_grant(901, 'regress_mk_other', 'operator') > 0 AS granted;
SET ROLE regress_mk_other;
SELECT marketplace.event_consumer_create(901, 'erp', 'key-1');
RESET ROLE;
-- a failed call leaves its key free
SELECT marketplace.event_consumer_create(901, NULL, 'key-2');
SELECT marketplace.event_consumer_create(901, 'mailer', 'key-2') > 0 AS created;
-- so does a rolled back one, and one in a savepoint
BEGIN;
SELECT marketplace.event_consumer_create(901, 'bi', 'key-3') > 0 AS created;
ROLLBACK;
BEGIN;
SAVEPOINT s;
SELECT marketplace.event_consumer_create(901, 'bi', 'key-3') > 0 AS created;
ROLLBACK TO s;
SELECT marketplace.event_consumer_create(901, 'search', 'key-3') > 0 AS created;
COMMIT;
-- keys of no or too many bytes
SELECT marketplace.event_consumer_create(901, 'x', '');
SELECT marketplace.event_consumer_create(901, 'x', repeat('k', 201));
-- arguments are told apart by where they end
SELECT marketplace.access_grant(901, 'regress_mk_other', 'seller', 12, false, 'key-4') > 0 AS granted;
SELECT marketplace.access_grant(901, 'regress_mk_other', 'seller', 1, false, 'key-4');
SELECT request_key, function, result IS NOT NULL AS has_result FROM marketplace.requests WHERE marketplace_id = 901 ORDER BY 1;
REVOKE ALL ON ALL TABLES IN SCHEMA marketplace FROM regress_mk_other;
REVOKE ALL ON SCHEMA marketplace FROM regress_mk_other;
DROP ROLE regress_mk_other;
