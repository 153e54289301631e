CREATE TABLE marketplace.events (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	xact bigint NOT NULL,
	aggregate text NOT NULL,
	aggregate_id bigint NOT NULL,
	sequence int NOT NULL,
	type text NOT NULL,
	schema_version smallint NOT NULL DEFAULT 1,
	payload jsonb NOT NULL,
	function text NOT NULL,
	request_key text,
	actor text NOT NULL,
	recorded_at timestamptz NOT NULL,
	hash bytea NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, aggregate, aggregate_id, sequence)
);
CREATE INDEX events_feed ON marketplace.events (marketplace_id, xact, id);
COMMENT ON TABLE marketplace.events IS
'The outbox: every change of every area, written in its commit, never changed. Read with events_fetch(). LG-52, LG-56…LG-58.';
COMMENT ON COLUMN marketplace.events.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.events.id IS 'Number of the event; not an order of delivery. With marketplace_id it is the idempotency key for receivers.';
COMMENT ON COLUMN marketplace.events.xact IS 'Number of the transaction that wrote it, ascending even after a move to another cluster; readers go by it so that a late commit is never skipped.';
COMMENT ON COLUMN marketplace.events.aggregate IS 'Kind of the object that it happened to: order, payment, payout, …';
COMMENT ON COLUMN marketplace.events.aggregate_id IS 'Number of that object.';
COMMENT ON COLUMN marketplace.events.sequence IS 'Number of the event within its object, from 1 without a gap.';
COMMENT ON COLUMN marketplace.events.type IS 'What happened: noun.past_participle.';
COMMENT ON COLUMN marketplace.events.schema_version IS 'Version of the payload''s form.';
COMMENT ON COLUMN marketplace.events.payload IS 'The facts of the event. Amounts are texts such as "12.00 EUR".';
COMMENT ON COLUMN marketplace.events.function IS 'Function that caused it.';
COMMENT ON COLUMN marketplace.events.request_key IS 'Request key of that call, if it had one.';
COMMENT ON COLUMN marketplace.events.actor IS 'Who acted: the caller''s role, or the person that a trusted role named.';
COMMENT ON COLUMN marketplace.events.recorded_at IS 'When the marketplace knew.';
COMMENT ON COLUMN marketplace.events.hash IS 'SHA-256 of the object''s previous hash and this event''s content: the chain that events_verify() checks.';

CREATE TABLE marketplace.event_consumers (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	name text NOT NULL,
	flows text[],
	xact bigint NOT NULL DEFAULT 0,
	event_id bigint NOT NULL DEFAULT 0,
	acknowledged_at timestamptz,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, name)
) WITH (fillfactor = 50);
COMMENT ON TABLE marketplace.event_consumers IS 'Readers of the outbox and how far each has acknowledged.';
COMMENT ON COLUMN marketplace.event_consumers.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.event_consumers.id IS 'Number of the consumer.';
COMMENT ON COLUMN marketplace.event_consumers.name IS 'Name of the consumer: erp, mailer, ….';
COMMENT ON COLUMN marketplace.event_consumers.flows IS 'The flows (see event_types) whose events it is handed; NULL: all events.';
COMMENT ON COLUMN marketplace.event_consumers.acknowledged_at IS 'When its cursor was last moved.';
COMMENT ON COLUMN marketplace.event_consumers.xact IS 'Cursor: transaction of the last acknowledged event.';
COMMENT ON COLUMN marketplace.event_consumers.event_id IS 'Cursor: the last acknowledged event; 0 when none is.';
COMMENT ON COLUMN marketplace.event_consumers.created_at IS 'When the consumer was created.';
