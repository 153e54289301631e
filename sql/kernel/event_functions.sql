CREATE FUNCTION marketplace.event_consumer_create(marketplace_id int, name text, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.event_consumer_create(int, text, text) IS
'Registers a reader of the outbox, which starts at the first event. Operators only. Returns its number. Errors: MK005, MK006.';

CREATE FUNCTION marketplace.event_consumer_filter(marketplace_id int, consumer text, flows text[], request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.event_consumer_filter(int, text, text[], text) IS
'From now on the consumer is handed the events of these flows only (see the view event_types); NULL: all events again. Its cursor stays.
Operators only. Returns the consumer''s number. Errors: MK001, MK002 (no such flow), MK005, MK080.';

CREATE FUNCTION marketplace.event_lag(
	marketplace_id int, OUT consumer text, OUT flows text[], OUT event_id bigint, OUT acknowledged_at timestamptz,
	OUT behind bigint, OUT oldest_recorded_at timestamptz, OUT held_back bigint)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 10;
COMMENT ON FUNCTION marketplace.event_lag(int) IS
'How far each consumer is behind: its last acknowledged event and when that was, how many events wait for it, since when the oldest of
them has been recorded, and how many of them are held back because an older transaction is still under way. Operators and auditors.
Errors: MK001, MK005.';

CREATE FUNCTION marketplace.events_fetch(
	marketplace_id int, consumer text, max_events int DEFAULT 100,
	OUT event_id bigint, OUT aggregate text, OUT aggregate_id bigint, OUT sequence int, OUT type text, OUT schema_version int,
	OUT payload jsonb, OUT actor text, OUT recorded_at timestamptz)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 100;
COMMENT ON FUNCTION marketplace.events_fetch(int, text, int) IS
'The events after the consumer''s cursor, oldest first. Moves nothing: the same call returns the same events until events_ack(). An event
of a transaction that commits late is never skipped: events are handed out once every older transaction has ended.
Operators and auditors. Errors: MK002, MK005, MK080 (no such consumer).';

CREATE FUNCTION marketplace.events_ack(marketplace_id int, consumer text, event_id bigint, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.events_ack(int, text, bigint, text) IS
'Moves the consumer''s cursor behind an event of its last fetch. Acknowledging twice is harmless; backwards is refused (events_replay()
does that). Returns the consumer''s number. Errors: MK005, MK080.';

CREATE FUNCTION marketplace.events_replay(marketplace_id int, consumer text, after_event_id bigint, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.events_replay(int, text, bigint, text) IS
'Moves the consumer''s cursor anywhere, 0 to the very beginning, so that events are handed out again. Returns the consumer''s number.
Errors: MK005, MK080.';

CREATE FUNCTION marketplace.events_verify(
	marketplace_id int, OUT aggregate text, OUT aggregate_id bigint, OUT sequence int, OUT broken text)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.events_verify(int) IS
'Events whose number or hash does not follow from the chain of their object: no rows when the history is as it was written. Tamper
evidence, not a legal certification (LG-52).';

CREATE FUNCTION marketplace.tick(marketplace_id int, max_steps int DEFAULT 1000, request_key text DEFAULT NULL)
RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.tick(int, int, text) IS
'Carries out what is due (deadlines that have passed, balances to fold), at most max_steps pieces; returns how many. A deadline is a
fact that readers compute: running this late, twice or from two sessions changes nothing but the time of recording.
What fails does not stop the rest: it is rolled back by itself, told by a WARNING and kept in the view tick_obstacles, and tried again
later; such a tick() may do less than is due, so call it again while it returns more than 0. Operators only. Errors: MK002, MK005.';
