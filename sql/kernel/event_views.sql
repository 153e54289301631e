CREATE OR REPLACE VIEW marketplace.event_chain WITH (security_invoker = true) AS
SELECT marketplace_id, aggregate, aggregate_id, sequence,
	row_number() OVER chain AS position, hash,
	marketplace.seal_hash(lag(hash) OVER chain,
		format('%s|%s|%s|%s|%s|%s|%s|%s', marketplace_id, aggregate, aggregate_id, sequence, type, payload,
			((extract(epoch FROM recorded_at) - 946684800) * 1000000)::bigint, actor)) AS expected_hash
FROM marketplace.events
WINDOW chain AS (PARTITION BY marketplace_id, aggregate, aggregate_id ORDER BY sequence);
COMMENT ON VIEW marketplace.event_chain IS 'Each event''s hash beside the one that its content and its predecessor give.';
COMMENT ON COLUMN marketplace.event_chain.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.event_chain.aggregate IS 'Kind of object.';
COMMENT ON COLUMN marketplace.event_chain.aggregate_id IS 'Number of the object.';
COMMENT ON COLUMN marketplace.event_chain.sequence IS 'Number of the event within its object.';
COMMENT ON COLUMN marketplace.event_chain.position IS 'Its place in the chain; equals sequence when no event is missing.';
COMMENT ON COLUMN marketplace.event_chain.hash IS 'Stored hash.';
COMMENT ON COLUMN marketplace.event_chain.expected_hash IS 'Hash computed from the stored content.';
