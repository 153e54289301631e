CREATE OR REPLACE VIEW marketplace.lifecycle_funds_break WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('break', NULL, 'open', 'open', ARRAY['operator', 'system'], 'A difference was found.'),
	('break', 'open', 'match', 'matched', ARRAY['operator', 'system'], 'The missing side arrived, or two sides belong together.'),
	('break', 'open', 'explain', 'explained', ARRAY['operator', 'system'], 'Timing, a fee or an exchange rate; nothing is to be posted.'),
	('break', 'open', 'correct', 'corrected', ARRAY['operator'], 'The books were corrected; approved by a second person.'),
	('break', 'open', 'write_off', 'written_off', ARRAY['operator'], 'The platform bears it; approved by a second person.'),
	('break', 'open', 'escalate', 'escalated', ARRAY['operator', 'system'], 'Not resolved in time (policy fd.break_sla).'),
	('break', 'escalated', 'match', 'matched', ARRAY['operator', 'system'], 'The missing side arrived, or two sides belong together.'),
	('break', 'escalated', 'explain', 'explained', ARRAY['operator', 'system'], 'Timing, a fee or an exchange rate; nothing is to be posted.'),
	('break', 'escalated', 'correct', 'corrected', ARRAY['operator'], 'The books were corrected; approved by a second person.'),
	('break', 'escalated', 'write_off', 'written_off', ARRAY['operator'], 'The platform bears it; approved by a second person.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_funds_break IS 'State machine of breaks (funds rule book §11).';
COMMENT ON COLUMN marketplace.lifecycle_funds_break.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_funds_break.from_state IS 'State before; NULL for creation.';
COMMENT ON COLUMN marketplace.lifecycle_funds_break.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_funds_break.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_funds_break.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_funds_break.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.policy_registry_funds_break (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.break_sla', 'duration', '{"n": 5, "unit": "business_days"}'::jsonb,
		'Time to resolve a difference between ledger, PSP and bank before it is escalated', 'FD §13', false);
COMMENT ON VIEW marketplace.policy_registry_funds_break IS 'Policy parameters of breaks (funds rule book §13).';
COMMENT ON COLUMN marketplace.policy_registry_funds_break.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds_break.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds_break.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds_break.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds_break.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds_break.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

CREATE OR REPLACE VIEW marketplace.reconciliation_breaks WITH (security_invoker = true) AS
SELECT b.marketplace_id,
	   b.id AS break_id,
	   b.class::text AS class,
	   b.priority,
	   b.state::text AS state,
	   b.state IN ('open', 'escalated') AS open,
	   marketplace.amount_value(b.ledger_amount) AS ledger_amount,
	   marketplace.amount_value(b.psp_amount) AS psp_amount,
	   marketplace.amount_value(b.bank_amount) AS bank_amount,
	   marketplace.amount_value(b.difference) AS difference,
	   marketplace.currency(b.difference)::text AS currency,
	   b.end_to_end_id,
	   b.psp_id,
	   b.bank_reference,
	   b.value_date,
	   b.party_id,
	   b.object,
	   b.object_id,
	   b.causes,
	   b.suggested_action,
	   b.owner,
	   b.opened_at,
	   b.due_at,
	   COALESCE(b.resolved_at, marketplace.clock()) - b.opened_at AS age,
	   b.resolved_at,
	   b.resolved_by,
	   b.reason,
	   b.source
  FROM marketplace.recon_breaks b;
COMMENT ON VIEW marketplace.reconciliation_breaks IS
'Differences between the books, the PSP and the bank, with age and owner; those with open = true are to be resolved, lowest priority number first. Operators and auditors. FD §11.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.reconciliation_breaks.break_id IS 'Number of the break, as break_resolve() takes it.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.class IS 'What differs (FD-91…FD-98).';
COMMENT ON COLUMN marketplace.reconciliation_breaks.priority IS '1: client money may be lacking; 2: money is not where it should be; 3: timing, or for information.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.state IS 'See marketplace.lifecycle, machine break.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.open IS 'It is not resolved.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.ledger_amount IS 'What the books say, in units of the currency: into the client account positive, out of it negative; NULL: nothing.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.psp_amount IS 'What the PSP says; NULL: nothing.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.bank_amount IS 'What the bank says; NULL: nothing.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.difference IS 'How much is in question.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.reconciliation_breaks.end_to_end_id IS 'End-to-end id, where known.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.psp_id IS 'The PSP''s id, where known.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.bank_reference IS 'The bank''s reference, where known.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.value_date IS 'Value date, where known.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.party_id IS 'Party whose money it is, where known.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.object IS 'Kind of object that it is about, where known.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.object_id IS 'Number of that object.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.causes IS 'What is known of its causes.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.suggested_action IS 'What its class asks for.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.owner IS 'Who looks into it; NULL: nobody yet.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.opened_at IS 'When it was found.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.due_at IS 'Escalated from then on.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.age IS 'From when it was found to now, or to its resolution.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.resolved_at IS 'When it was resolved.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.resolved_by IS 'Who resolved it.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.reason IS 'How it was resolved.';
COMMENT ON COLUMN marketplace.reconciliation_breaks.source IS 'What found it.';
