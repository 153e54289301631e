CREATE OR REPLACE VIEW marketplace.lifecycle_funds_hold WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('hold', NULL, 'place', 'active', ARRAY['operator', 'seller', 'buyer', 'carrier', 'insurer', 'system'], 'What it takes is neither released nor paid out. FD-38.'),
	('hold', 'active', 'lift', 'lifted', ARRAY['operator', 'buyer', 'system'], 'The last of it is free: by its owner or the operator.'),
	('hold', 'active', 'expire', 'expired', ARRAY['operator', 'system'], 'Its time is over.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_funds_hold IS 'State machine of holds (FD-38).';
COMMENT ON COLUMN marketplace.lifecycle_funds_hold.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_funds_hold.from_state IS 'State before; NULL for creation.';
COMMENT ON COLUMN marketplace.lifecycle_funds_hold.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_funds_hold.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_funds_hold.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_funds_hold.description IS 'What it means.';
