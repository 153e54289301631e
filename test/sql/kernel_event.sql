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
