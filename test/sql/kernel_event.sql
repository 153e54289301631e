-- The outbox: numbered without a gap, chained, never changed; consumers with cursor, acknowledgement and replay (LG-52, LG-56 to LG-58).
SET client_min_messages = warning;
SELECT marketplace.event_consumer_create(905, 'erp') > 0 AS created;
SELECT marketplace.event_consumer_create(905, 'erp');
SELECT * FROM marketplace.events_fetch(905, 'erp');
-- something that happens: manual postings of the platform's own books
SELECT marketplace.ledger_post(905, '{"reason": "funding", "note": "start", "transfers": [
	{"debit": {"kind": "o_cash"}, "credit": {"kind": "o_funding"}, "amount": "100.00 EUR"}]}') > 0 AS posted
FROM generate_series(1, 3);
SELECT aggregate, sequence, type, payload ->> 'note' AS note FROM marketplace.events_fetch(905, 'erp', 2) ORDER BY sequence, event_id;
-- the same again until acknowledged
SELECT count(*) FROM marketplace.events_fetch(905, 'erp', 2);
SELECT event_id AS second FROM marketplace.events_fetch(905, 'erp', 2) ORDER BY event_id DESC LIMIT 1 \gset
SELECT marketplace.events_ack(905, 'erp', :second) > 0 AS acknowledged;
SELECT marketplace.events_ack(905, 'erp', :second) > 0 AS twice_is_harmless;
SELECT count(*) AS left_to_read FROM marketplace.events_fetch(905, 'erp');
SELECT marketplace.events_ack(905, 'erp', 0);
SELECT marketplace.events_ack(905, 'erp', 999999999);
SELECT marketplace.events_replay(905, 'erp', 0) > 0 AS replayed;
SELECT count(*) AS all_again FROM marketplace.events_fetch(905, 'erp');
-- refusals
SELECT * FROM marketplace.events_fetch(905, 'nobody');
SELECT * FROM marketplace.events_fetch(905, 'erp', 0);
SELECT * FROM marketplace.events_fetch(905, NULL);
SELECT marketplace.events_ack(905, 'nobody', 1);
-- an uncommitted event is not handed out, not even to its own transaction
BEGIN;
SELECT marketplace.ledger_post(905, '{"reason": "funding", "note": "late", "transfers": [
	{"debit": {"kind": "o_cash"}, "credit": {"kind": "o_funding"}, "amount": "1.00 EUR"}]}') > 0 AS posted;
SELECT count(*) AS still FROM marketplace.events_fetch(905, 'erp');
COMMIT;
SELECT count(*) AS now FROM marketplace.events_fetch(905, 'erp');
-- by flow: a consumer that wants only some, and how far each is behind
SELECT marketplace.event_consumer_create(905, 'books') > 0 AS created, marketplace.event_consumer_filter(905, 'books', ARRAY['orders', 'parties']) > 0 AS filtered;
SELECT count(*) AS of_others FROM marketplace.events_fetch(905, 'books');
SELECT marketplace.event_consumer_filter(905, 'books', ARRAY['money', 'orders']) > 0 AS filtered;
SELECT count(*) AS of_its_own, min(type) AS type FROM marketplace.events_fetch(905, 'books');
SELECT marketplace.events_ack(905, 'books', (SELECT min(event_id) FROM marketplace.events_fetch(905, 'books'))) > 0 AS acknowledged;
SELECT consumer, flows, event_id IS NULL AS at_the_start, acknowledged_at IS NULL AS never, behind, oldest_recorded_at IS NULL AS up_to_date, held_back FROM marketplace.event_lag(905);
SELECT marketplace.event_consumer_filter(905, 'books', ARRAY['orders', 'weather']);
SELECT marketplace.event_consumer_filter(905, 'books', ARRAY[NULL]);
SELECT marketplace.event_consumer_filter(905, 'nobody', NULL);
SELECT marketplace.event_consumer_filter(905, 'books', NULL) > 0 AS all_again;
-- recorded for ever
UPDATE marketplace.events SET payload = '{}' WHERE marketplace_id = 905;
DELETE FROM marketplace.events WHERE marketplace_id = 905;
TRUNCATE marketplace.events;
SELECT * FROM marketplace.events_verify(905);
-- who switches the guards off is found out
BEGIN;
ALTER TABLE marketplace.events DISABLE TRIGGER ALL;
UPDATE marketplace.events SET payload = payload || '{"note": "never"}' WHERE marketplace_id = 905 AND payload ->> 'note' = 'late';
SELECT aggregate, sequence, broken FROM marketplace.events_verify(905);
ROLLBACK;
