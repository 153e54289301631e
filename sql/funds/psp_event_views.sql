CREATE OR REPLACE VIEW marketplace.lifecycle_funds_psp_event WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('psp_event', NULL, 'record', 'waiting', ARRAY['operator', 'system'], 'Stored as it came. FD-82.'),
	('psp_event', 'waiting', 'apply', 'applied', ARRAY['operator', 'system'], 'What it tells is known now.'),
	('psp_event', 'waiting', 'reject', 'rejected', ARRAY['operator', 'system'], 'It contradicts what is known: somebody looks at it.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_funds_psp_event IS 'State machine of messages of the PSP (FD-82).';
COMMENT ON COLUMN marketplace.lifecycle_funds_psp_event.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_funds_psp_event.from_state IS 'State before; NULL for creation.';
COMMENT ON COLUMN marketplace.lifecycle_funds_psp_event.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_funds_psp_event.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_funds_psp_event.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_funds_psp_event.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.psp_event_overview WITH (security_invoker = true) AS
SELECT e.marketplace_id,
	   e.id AS psp_event_id,
	   e.external_id,
	   e.kind,
	   e.psp_reference,
	   e.capture_reference,
	   e.chargeback_reference,
	   marketplace.amount_value(e.amount) AS amount,
	   marketplace.amount_value(e.fee) AS fee,
	   marketplace.currency(e.amount)::text AS currency,
	   e.reason,
	   e.state::text AS state,
	   e.note,
	   e.payment_id,
	   e.recorded_at,
	   e.applied_at
  FROM marketplace.psp_events e;
COMMENT ON VIEW marketplace.psp_event_overview IS 'Messages of the PSP about payments and what became of them. Operators and auditors only.';
COMMENT ON COLUMN marketplace.psp_event_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.psp_event_overview.psp_event_id IS 'Number of the message.';
COMMENT ON COLUMN marketplace.psp_event_overview.external_id IS 'The PSP''s name of the message.';
COMMENT ON COLUMN marketplace.psp_event_overview.kind IS 'What happened.';
COMMENT ON COLUMN marketplace.psp_event_overview.psp_reference IS 'The payment''s name at the PSP.';
COMMENT ON COLUMN marketplace.psp_event_overview.capture_reference IS 'The capture''s name.';
COMMENT ON COLUMN marketplace.psp_event_overview.chargeback_reference IS 'The chargeback''s name.';
COMMENT ON COLUMN marketplace.psp_event_overview.amount IS 'How much.';
COMMENT ON COLUMN marketplace.psp_event_overview.fee IS 'Fee.';
COMMENT ON COLUMN marketplace.psp_event_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.psp_event_overview.reason IS 'Why.';
COMMENT ON COLUMN marketplace.psp_event_overview.state IS 'waiting, applied or rejected.';
COMMENT ON COLUMN marketplace.psp_event_overview.note IS 'What it waits for, or what it contradicts.';
COMMENT ON COLUMN marketplace.psp_event_overview.payment_id IS 'Payment that it was applied to.';
COMMENT ON COLUMN marketplace.psp_event_overview.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.psp_event_overview.applied_at IS 'When it was applied or rejected.';
