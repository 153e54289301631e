CREATE OR REPLACE VIEW marketplace.lifecycle_funds_payment WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('payment', NULL, 'expect', 'expected', ARRAY['operator', 'buyer', 'system'], 'The buyer is to pay it: by transfer, or the PSP has not answered yet.'),
	('payment', NULL, 'authorize', 'authorised', ARRAY['operator', 'system'], 'The PSP has authorised it. FD-P01.'),
	('payment', 'expected', 'authorize', 'authorised', ARRAY['operator', 'system'], 'The PSP has authorised it. FD-P01.'),
	('payment', 'expected', 'capture', 'captured', ARRAY['operator', 'buyer', 'system'], 'The money has come, in part or whole. FD-P02.'),
	('payment', 'authorised', 'capture', 'captured', ARRAY['operator', 'system'], 'Money was taken from it, in part or whole. FD-P02.'),
	('payment', 'captured', 'settle', 'final', ARRAY['operator', 'buyer', 'system'], 'All that is to be captured is, and all of it is final. FD-P03.'),
	('payment', 'expected', 'void', 'voided', ARRAY['operator', 'system'], 'Given up; nothing was captured.'),
	('payment', 'authorised', 'void', 'voided', ARRAY['operator', 'system'], 'Given up; nothing was captured.'),
	('payment', 'expected', 'expire', 'expired', ARRAY['operator', 'system'], 'Its time is over; nothing was captured.'),
	('payment', 'authorised', 'expire', 'expired', ARRAY['operator', 'system'], 'Its time is over; nothing was captured.'),
	('payment', 'expected', 'fail', 'failed', ARRAY['operator', 'system'], 'Refused by the PSP or the bank. FD-13.'),
	('payment', 'authorised', 'fail', 'failed', ARRAY['operator', 'system'], 'Refused by the PSP or the bank. FD-13.'),
	('payment', 'voided', 'capture', 'captured', ARRAY['operator', 'system'], 'The PSP had taken money before: its message came late. FD-82.'),
	('payment', 'expired', 'capture', 'captured', ARRAY['operator', 'system'], 'The PSP had taken money before: its message came late. FD-82.'),
	('payment', 'failed', 'capture', 'captured', ARRAY['operator', 'system'], 'The PSP has taken money after all. FD-82.'),
	('payment', 'final', 'capture', 'captured', ARRAY['operator', 'system'], 'The PSP had taken more: its message came late. FD-82.'),
	('payment', 'captured', 'return', 'partly_returned', ARRAY['operator', 'system'], 'The payer''s bank took part of it back. FD-89.'),
	('payment', 'final', 'return', 'partly_returned', ARRAY['operator', 'system'], 'The payer''s bank took part of it back. FD-89.'),
	('payment', 'captured', 'return', 'returned', ARRAY['operator', 'system'], 'The payer''s bank took all of it back. FD-89.'),
	('payment', 'final', 'return', 'returned', ARRAY['operator', 'system'], 'The payer''s bank took all of it back. FD-89.'),
	('payment', 'partly_returned', 'return', 'returned', ARRAY['operator', 'system'], 'The payer''s bank took the rest back. FD-89.'),
	('payment', 'captured', 'chargeback', 'charged_back', ARRAY['operator', 'system'], 'The cardholder''s bank calls money back; refunds of it are blocked. FD-P24.'),
	('payment', 'final', 'chargeback', 'charged_back', ARRAY['operator', 'system'], 'The cardholder''s bank calls money back; refunds of it are blocked. FD-P24.'),
	('payment', 'partly_returned', 'chargeback', 'charged_back', ARRAY['operator', 'system'], 'More of it is called back. FD-P24.'),
	('payment', 'recovered', 'chargeback', 'charged_back', ARRAY['operator', 'system'], 'More of it is called back. FD-P24.'),
	('payment', 'lost', 'chargeback', 'charged_back', ARRAY['operator', 'system'], 'More of it is called back. FD-P24.'),
	('payment', 'charged_back', 'win', 'recovered', ARRAY['operator', 'system'], 'Every chargeback was decided for the platform: the money is back.'),
	('payment', 'charged_back', 'lose', 'lost', ARRAY['operator', 'system'], 'Every chargeback is decided, not all for the platform.'),
	('capture', NULL, 'capture', 'captured', ARRAY['operator', 'buyer', 'system'], 'Money was taken from the payment. FD-P02.'),
	('capture', 'captured', 'settle', 'settled', ARRAY['operator', 'system'], 'In the client account; a direct debit can still be revoked. FD-P03.'),
	('capture', 'captured', 'settle', 'final', ARRAY['operator', 'buyer', 'system'], 'In the client account; the means of payment cannot be revoked. FD-P03.'),
	('capture', 'settled', 'finalise', 'final', ARRAY['operator', 'system'], 'The time in which a direct debit can be revoked is over.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_funds_payment IS 'State machines of payments and captures (funds rule book §2).';
COMMENT ON COLUMN marketplace.lifecycle_funds_payment.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_funds_payment.from_state IS 'State before; NULL for creation.';
COMMENT ON COLUMN marketplace.lifecycle_funds_payment.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_funds_payment.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_funds_payment.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_funds_payment.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.policy_registry_funds_payment (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.sdd_core_final', 'duration', '{"n": 56, "unit": "calendar_days"}'::jsonb,
		'How long after settlement a SEPA core direct debit can be refunded without a reason: until then it is not final', 'RD-80, EPC SDD Core rulebook: 8 weeks', true),
	('fd.sdd_b2b_final', 'duration', '{"n": 3, "unit": "business_days"}',
		'How long after settlement a SEPA B2B direct debit can be returned by the payer''s bank, in settlement days: until then it is not final', 'RD-80; sources say 3 or 2', false);
COMMENT ON VIEW marketplace.policy_registry_funds_payment IS 'Policy parameters of payments (funds rule book §13).';
COMMENT ON COLUMN marketplace.policy_registry_funds_payment.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds_payment.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds_payment.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds_payment.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds_payment.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds_payment.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

CREATE OR REPLACE VIEW marketplace.payment_overview WITH (security_invoker = true) AS
SELECT p.marketplace_id,
	   p.id AS payment_id,
	   ARRAY(SELECT o.order_id FROM marketplace.payment_orders o WHERE o.marketplace_id = p.marketplace_id AND o.payment_id = p.id ORDER BY 1) AS order_ids,
	   p.payer_id,
	   p.state::text AS state,
	   p.method,
	   p.psp_reference,
	   marketplace.amount_value(p.authorised) AS authorised,
	   marketplace.amount_value(p.captured) AS captured,
	   marketplace.currency(p.authorised)::text AS currency,
	   marketplace.amount_value(p.presented) AS presented,
	   marketplace.currency(p.presented)::text AS presented_currency,
	   p.authorised_at,
	   p.expires_at,
	   p.closed_at
  FROM marketplace.payments p;
COMMENT ON VIEW marketplace.payment_overview IS
'Payments with what was authorised and captured. Buyers see their own.';
COMMENT ON COLUMN marketplace.payment_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payment_overview.payment_id IS 'Number of the payment.';
COMMENT ON COLUMN marketplace.payment_overview.order_ids IS 'Orders that it pays; table payment_orders has the amounts.';
COMMENT ON COLUMN marketplace.payment_overview.payer_id IS 'Buyer who pays.';
COMMENT ON COLUMN marketplace.payment_overview.state IS 'See marketplace.lifecycle, machine payment.';
COMMENT ON COLUMN marketplace.payment_overview.method IS 'Means of payment.';
COMMENT ON COLUMN marketplace.payment_overview.psp_reference IS 'Its name at the PSP.';
COMMENT ON COLUMN marketplace.payment_overview.authorised IS 'Most that may be captured, or what is expected.';
COMMENT ON COLUMN marketplace.payment_overview.captured IS 'Sum of its captures.';
COMMENT ON COLUMN marketplace.payment_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.payment_overview.presented IS 'What the buyer pays in a currency of its own; NULL: that of the orders.';
COMMENT ON COLUMN marketplace.payment_overview.presented_currency IS 'That currency.';
COMMENT ON COLUMN marketplace.payment_overview.authorised_at IS 'When it was authorised; NULL: it was not.';
COMMENT ON COLUMN marketplace.payment_overview.expires_at IS 'When the authorisation ends; NULL: not known.';
COMMENT ON COLUMN marketplace.payment_overview.closed_at IS 'When it was voided, failed or expired, or its rest given up.';

CREATE OR REPLACE VIEW marketplace.capture_overview WITH (security_invoker = true) AS
SELECT c.marketplace_id,
	   c.id AS capture_id,
	   c.payment_id,
	   c.state::text AS state,
	   marketplace.amount_value(c.amount) AS amount,
	   marketplace.amount_value(c.fee) AS fee,
	   marketplace.currency(c.amount)::text AS currency,
	   marketplace.amount_value(c.presented) AS presented,
	   marketplace.currency(c.presented)::text AS presented_currency,
	   c.psp_reference,
	   c.captured_at,
	   c.settled_at,
	   c.final_due,
	   c.final_at
  FROM marketplace.captures c;
COMMENT ON VIEW marketplace.capture_overview IS
'Captures, whether the PSP has settled them and since or from when they are final. Buyers see those of their payments.';
COMMENT ON COLUMN marketplace.capture_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.capture_overview.capture_id IS 'Number of the capture.';
COMMENT ON COLUMN marketplace.capture_overview.payment_id IS 'Payment that it was taken from.';
COMMENT ON COLUMN marketplace.capture_overview.state IS 'captured; settled; final: cannot be revoked any more.';
COMMENT ON COLUMN marketplace.capture_overview.amount IS 'What was captured.';
COMMENT ON COLUMN marketplace.capture_overview.fee IS 'Fee that the PSP kept; NULL before it settled.';
COMMENT ON COLUMN marketplace.capture_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.capture_overview.presented IS 'What the buyer paid in a currency of its own; NULL: that of the orders.';
COMMENT ON COLUMN marketplace.capture_overview.presented_currency IS 'That currency.';
COMMENT ON COLUMN marketplace.capture_overview.psp_reference IS 'Its name at the PSP; NULL: not told.';
COMMENT ON COLUMN marketplace.capture_overview.captured_at IS 'When it was captured.';
COMMENT ON COLUMN marketplace.capture_overview.settled_at IS 'When it was settled; NULL before.';
COMMENT ON COLUMN marketplace.capture_overview.final_due IS 'When a settled direct debit becomes final by itself.';
COMMENT ON COLUMN marketplace.capture_overview.final_at IS 'When it became final; NULL before.';
