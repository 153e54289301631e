CREATE OR REPLACE VIEW marketplace.lifecycle_funds_chargeback WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('chargeback', NULL, 'open', 'open', ARRAY['operator', 'system'], 'The cardholder''s bank has taken the money back. FD-P24.'),
	('chargeback', NULL, 'return', 'returned', ARRAY['operator', 'system'], 'The payer''s bank has returned a direct debit; that is final. FD-89.'),
	('chargeback', 'open', 'win', 'recovered', ARRAY['operator', 'system'], 'Decided for the platform: the money is back.'),
	('chargeback', 'open', 'lose', 'lost', ARRAY['operator', 'system'], 'Decided against it.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_funds_chargeback IS 'State machine of chargebacks (FD-P24, FD-89).';
COMMENT ON COLUMN marketplace.lifecycle_funds_chargeback.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_funds_chargeback.from_state IS 'State before; NULL for creation.';
COMMENT ON COLUMN marketplace.lifecycle_funds_chargeback.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_funds_chargeback.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_funds_chargeback.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_funds_chargeback.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.chargeback_overview WITH (security_invoker = true) AS
SELECT c.marketplace_id,
	   c.id AS chargeback_id,
	   c.payment_id,
	   c.capture_id,
	   c.payer_id,
	   c.state::text AS state,
	   marketplace.amount_value(c.amount) AS amount,
	   marketplace.amount_value(c.refunded_before) AS refunded_before,
	   marketplace.amount_value(c.fee) AS fee,
	   marketplace.currency(c.amount)::text AS currency,
	   c.psp_reference,
	   c.reason,
	   c.opened_at,
	   c.ended_at
  FROM marketplace.chargebacks c;
COMMENT ON VIEW marketplace.chargeback_overview IS 'Chargebacks and returns of direct debits. Buyers see those of their payments.';
COMMENT ON COLUMN marketplace.chargeback_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.chargeback_overview.chargeback_id IS 'Number of the chargeback.';
COMMENT ON COLUMN marketplace.chargeback_overview.payment_id IS 'Payment.';
COMMENT ON COLUMN marketplace.chargeback_overview.capture_id IS 'Capture whose money it is.';
COMMENT ON COLUMN marketplace.chargeback_overview.payer_id IS 'Buyer who paid.';
COMMENT ON COLUMN marketplace.chargeback_overview.state IS 'open, recovered, lost; returned for a direct debit.';
COMMENT ON COLUMN marketplace.chargeback_overview.amount IS 'What was taken back.';
COMMENT ON COLUMN marketplace.chargeback_overview.refunded_before IS 'What of it the buyer had been refunded already.';
COMMENT ON COLUMN marketplace.chargeback_overview.fee IS 'Fee, borne by the platform.';
COMMENT ON COLUMN marketplace.chargeback_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.chargeback_overview.psp_reference IS 'Its name at the PSP.';
COMMENT ON COLUMN marketplace.chargeback_overview.reason IS 'Why.';
COMMENT ON COLUMN marketplace.chargeback_overview.opened_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.chargeback_overview.ended_at IS 'When it was decided.';
