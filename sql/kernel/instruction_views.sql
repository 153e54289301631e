CREATE OR REPLACE VIEW marketplace.lifecycle_kernel WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('instruction', NULL, 'plan', 'planned', ARRAY['operator', 'seller', 'buyer', 'system'], 'Decided, not yet sent.'),
	('instruction', 'planned', 'send', 'sent', ARRAY['operator', 'system'], 'Handed to the other side with its idempotency key.'),
	('instruction', 'planned', 'cancel', 'cancelled', ARRAY['operator', 'system'], 'Withdrawn before it was sent.'),
	('instruction', 'sent', 'acknowledge', 'acknowledged', ARRAY['operator', 'system'], 'The other side has it.'),
	('instruction', 'sent', 'confirm', 'confirmed', ARRAY['operator', 'system'], 'Carried out.'),
	('instruction', 'acknowledged', 'confirm', 'confirmed', ARRAY['operator', 'system'], 'Carried out.'),
	('instruction', 'sent', 'fail', 'failed', ARRAY['operator', 'system'], 'Refused; certainly not carried out.'),
	('instruction', 'acknowledged', 'fail', 'failed', ARRAY['operator', 'system'], 'Refused; certainly not carried out.'),
	('instruction', 'sent', 'lose_track', 'unknown', ARRAY['operator', 'system'], 'No answer: it may have been carried out.'),
	('instruction', 'acknowledged', 'lose_track', 'unknown', ARRAY['operator', 'system'], 'No outcome: it may have been carried out.'),
	('instruction', 'unknown', 'acknowledge', 'acknowledged', ARRAY['operator'], 'Evidence shows that the other side has it. FD-81.'),
	('instruction', 'unknown', 'confirm', 'confirmed', ARRAY['operator', 'system'], 'Evidence shows that it was carried out. FD-81.'),
	('instruction', 'unknown', 'fail', 'failed', ARRAY['operator', 'system'], 'Evidence shows that it was not carried out. FD-81.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_kernel IS 'State machines of the kernel: instruction (FD-80…FD-82).';
COMMENT ON COLUMN marketplace.lifecycle_kernel.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_kernel.from_state IS 'State before; null for creation.';
COMMENT ON COLUMN marketplace.lifecycle_kernel.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_kernel.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_kernel.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_kernel.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.instruction_overview WITH (security_invoker = true) AS
SELECT marketplace_id, id AS instruction_id, idempotency_key, kind, object, object_id, party_id, state::text AS state, evidence, planned_at, changed_at,
	state IN ('planned', 'sent', 'acknowledged', 'unknown') AS open
FROM marketplace.instructions;
COMMENT ON VIEW marketplace.instruction_overview IS 'Instructions to the outside world; those to send are state planned, those to look into are unknown.';
COMMENT ON COLUMN marketplace.instruction_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.instruction_overview.instruction_id IS 'Number of the instruction.';
COMMENT ON COLUMN marketplace.instruction_overview.idempotency_key IS 'Key to send with every attempt.';
COMMENT ON COLUMN marketplace.instruction_overview.kind IS 'What is asked.';
COMMENT ON COLUMN marketplace.instruction_overview.object IS 'Kind of object that it is for.';
COMMENT ON COLUMN marketplace.instruction_overview.object_id IS 'Number of that object.';
COMMENT ON COLUMN marketplace.instruction_overview.party_id IS 'Whom we ask.';
COMMENT ON COLUMN marketplace.instruction_overview.state IS 'planned, sent, acknowledged, confirmed, failed, unknown or cancelled.';
COMMENT ON COLUMN marketplace.instruction_overview.evidence IS 'What proves the outcome.';
COMMENT ON COLUMN marketplace.instruction_overview.planned_at IS 'When it was decided.';
COMMENT ON COLUMN marketplace.instruction_overview.changed_at IS 'When the state changed last.';
COMMENT ON COLUMN marketplace.instruction_overview.open IS 'It may still be carried out.';
