CREATE OR REPLACE VIEW marketplace.policy_registry_funds_unanswered (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.answer_delay', 'duration', '{"n": 3, "unit": "business_days"}'::jsonb,
		'Time that the PSP or the bank has to answer what was sent to it; after it the outcome is unknown', 'FD §7, FD §8', false);
COMMENT ON VIEW marketplace.policy_registry_funds_unanswered IS 'Policy parameters of instructions that are not answered.';
COMMENT ON COLUMN marketplace.policy_registry_funds_unanswered.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds_unanswered.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds_unanswered.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds_unanswered.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds_unanswered.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds_unanswered.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

CREATE OR REPLACE VIEW marketplace.instructions_to_resolve WITH (security_invoker = true) AS
SELECT i.marketplace_id,
	   i.id AS instruction_id,
	   i.kind,
	   i.object,
	   i.object_id,
	   i.idempotency_key,
	   marketplace.amount_value((i.payload ->> 'amount')::marketplace.amount) AS amount,
	   marketplace.currency((i.payload ->> 'amount')::marketplace.amount)::text AS currency,
	   i.party_id,
	   p.name AS party_name,
	   i.changed_at AS unknown_since,
	   'operator'::text AS who,
	   'Ask ' || COALESCE(p.name, 'the other side') || ' what became of it, by its key; then instruction_confirm() or instruction_fail() with the evidence. Never send another.' AS action
  FROM marketplace.instructions i
  LEFT JOIN marketplace.parties p ON p.marketplace_id = i.marketplace_id AND p.id = i.party_id
 WHERE i.state = 'unknown';
COMMENT ON VIEW marketplace.instructions_to_resolve IS
'Instructions whose outcome is unknown, who must act and how: nothing is sent again before (FD-81). Operators and auditors.';
COMMENT ON COLUMN marketplace.instructions_to_resolve.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.instructions_to_resolve.instruction_id IS 'Number of the instruction.';
COMMENT ON COLUMN marketplace.instructions_to_resolve.kind IS 'What was asked.';
COMMENT ON COLUMN marketplace.instructions_to_resolve.object IS 'Kind of object that it is for.';
COMMENT ON COLUMN marketplace.instructions_to_resolve.object_id IS 'Number of that object.';
COMMENT ON COLUMN marketplace.instructions_to_resolve.idempotency_key IS 'Key by which the other side knows it.';
COMMENT ON COLUMN marketplace.instructions_to_resolve.amount IS 'How much, in units of the currency; NULL: of no sum.';
COMMENT ON COLUMN marketplace.instructions_to_resolve.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.instructions_to_resolve.party_id IS 'Whom it was sent to; NULL: not recorded.';
COMMENT ON COLUMN marketplace.instructions_to_resolve.party_name IS 'Its name.';
COMMENT ON COLUMN marketplace.instructions_to_resolve.unknown_since IS 'Since when.';
COMMENT ON COLUMN marketplace.instructions_to_resolve.who IS 'Who must act.';
COMMENT ON COLUMN marketplace.instructions_to_resolve.action IS 'What to do.';
