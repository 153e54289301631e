-- The outbox keeps to its register: run last, over all events that the other files have made. A failure names the type or key: it wants a
-- row of event_types_<area> (sql/<area>/event_types_views.sql).
SET client_min_messages = warning;
SET search_path = marketplace, public;
SELECT plan(5);
SELECT is_empty($$SELECT DISTINCT e.type FROM events e WHERE NOT EXISTS (SELECT FROM event_types t WHERE t.type = e.type) ORDER BY 1$$, 'LG-56: every event is of a registered type');
SELECT is_empty($$SELECT DISTINCT e.type, k FROM events e JOIN event_types t ON t.type = e.type, LATERAL jsonb_object_keys(e.payload) k
	WHERE t.payload IS NOT NULL AND NOT t.payload ? k ORDER BY 1, 2$$, 'its payload has only the keys that the register describes');
SELECT is_empty($$SELECT DISTINCT e.type, e.schema_version FROM events e JOIN event_types t ON t.type = e.type WHERE e.schema_version <> t.schema_version$$, 'and the version of its form');
SELECT is_empty($$SELECT type FROM event_types GROUP BY 1 HAVING count(*) > 1$$, 'a type is registered once');
SELECT is_empty($$SELECT DISTINCT flow FROM event_types WHERE flow NOT IN ('orders', 'shipments', 'receipts', 'returns', 'invoices', 'money', 'parties', 'operations')$$, 'flows are those that are documented');
SELECT * FROM finish();
