CREATE TABLE marketplace.tick_failures (
	marketplace_id int NOT NULL,
	object text NOT NULL,
	object_id bigint NOT NULL,
	step text NOT NULL,
	failures int NOT NULL,
	sqlstate text NOT NULL,
	message text NOT NULL,
	detail text,
	hint text,
	first_failed_at timestamptz NOT NULL,
	last_failed_at timestamptz NOT NULL,
	next_attempt_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, object, object_id)
) WITH (fillfactor = 80);
COMMENT ON TABLE marketplace.tick_failures IS
'What marketplace.tick() could not carry out: one row an object, removed once it succeeds. Everything else goes on meanwhile.';
COMMENT ON COLUMN marketplace.tick_failures.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.tick_failures.object IS 'Kind of object: ''order'', ''seller_order'', ''payment'' …; ''tick'' for a step that has no objects.';
COMMENT ON COLUMN marketplace.tick_failures.object_id IS 'Its number; for ''tick'' that of the step.';
COMMENT ON COLUMN marketplace.tick_failures.step IS 'Step of tick() that failed.';
COMMENT ON COLUMN marketplace.tick_failures.failures IS 'How many attempts have failed in a row.';
COMMENT ON COLUMN marketplace.tick_failures.sqlstate IS 'Error code of the last attempt, see marketplace.error_codes().';
COMMENT ON COLUMN marketplace.tick_failures.message IS 'Its message.';
COMMENT ON COLUMN marketplace.tick_failures.detail IS 'Its detail.';
COMMENT ON COLUMN marketplace.tick_failures.hint IS 'Its hint.';
COMMENT ON COLUMN marketplace.tick_failures.first_failed_at IS 'When the first of these attempts failed.';
COMMENT ON COLUMN marketplace.tick_failures.last_failed_at IS 'When the last one did.';
COMMENT ON COLUMN marketplace.tick_failures.next_attempt_at IS 'From when it is tried again: 5 minutes after the first failure, each time twice as long, at most a day.';
