CREATE OR REPLACE VIEW marketplace.fx_rate_overview WITH (security_invoker = true) AS
SELECT r.marketplace_id,
	   r.id AS fx_rate_id,
	   r.from_currency::text AS from_currency,
	   r.to_currency::text AS to_currency,
	   r.rate,
	   r.source,
	   r.valid_from,
	   lead(r.valid_from) OVER (PARTITION BY r.marketplace_id, r.from_currency, r.to_currency ORDER BY r.valid_from) AS valid_until,
	   r.actor,
	   r.recorded_at
  FROM marketplace.fx_rates r;
COMMENT ON VIEW marketplace.fx_rate_overview IS 'Exchange rates on record and from when until when each is in force. Operators and auditors only.';
COMMENT ON COLUMN marketplace.fx_rate_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.fx_rate_overview.fx_rate_id IS 'Number of the rate.';
COMMENT ON COLUMN marketplace.fx_rate_overview.from_currency IS 'Currency that is given.';
COMMENT ON COLUMN marketplace.fx_rate_overview.to_currency IS 'Currency that is got.';
COMMENT ON COLUMN marketplace.fx_rate_overview.rate IS 'Units of to_currency for one unit of from_currency.';
COMMENT ON COLUMN marketplace.fx_rate_overview.source IS 'Who quotes it.';
COMMENT ON COLUMN marketplace.fx_rate_overview.valid_from IS 'From then on.';
COMMENT ON COLUMN marketplace.fx_rate_overview.valid_until IS 'Until then; NULL: no newer one is on record.';
COMMENT ON COLUMN marketplace.fx_rate_overview.actor IS 'Who recorded it.';
COMMENT ON COLUMN marketplace.fx_rate_overview.recorded_at IS 'When it was recorded.';

CREATE OR REPLACE VIEW marketplace.fx_refund_overview WITH (security_invoker = true) AS
SELECT f.marketplace_id,
	   f.refund_id,
	   f.order_line_id,
	   marketplace.amount_value(f.presented) AS presented,
	   marketplace.currency(f.presented)::text AS presented_currency,
	   marketplace.amount_value(f.booked) AS booked,
	   marketplace.amount_value(f.cost) AS cost,
	   marketplace.amount_value(f.booked - f.cost) AS result,
	   marketplace.currency(f.booked)::text AS currency,
	   k.rate AS capture_rate,
	   r.rate AS refund_rate
  FROM marketplace.fx_refunds f
  JOIN marketplace.captures c ON c.marketplace_id = f.marketplace_id AND c.id = f.capture_id
  JOIN marketplace.fx_rates k ON k.marketplace_id = f.marketplace_id AND k.id = c.fx_rate_id
  LEFT JOIN marketplace.fx_rates r ON r.marketplace_id = f.marketplace_id AND r.id = f.fx_rate_id;
COMMENT ON VIEW marketplace.fx_refund_overview IS 'Refunds in the buyer''s own currency, and what the rate has gained or lost (FD-P29). Operators and auditors only.';
COMMENT ON COLUMN marketplace.fx_refund_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.fx_refund_overview.refund_id IS 'The refund.';
COMMENT ON COLUMN marketplace.fx_refund_overview.order_line_id IS 'Order line.';
COMMENT ON COLUMN marketplace.fx_refund_overview.presented IS 'What the buyer gets.';
COMMENT ON COLUMN marketplace.fx_refund_overview.presented_currency IS 'In its currency.';
COMMENT ON COLUMN marketplace.fx_refund_overview.booked IS 'What was booked for it at the capture, in the currency of the order.';
COMMENT ON COLUMN marketplace.fx_refund_overview.cost IS 'What it cost when it was paid; NULL: not paid yet.';
COMMENT ON COLUMN marketplace.fx_refund_overview.result IS 'Gain, or loss when negative, of the platform.';
COMMENT ON COLUMN marketplace.fx_refund_overview.currency IS 'Currency of the order.';
COMMENT ON COLUMN marketplace.fx_refund_overview.capture_rate IS 'Rate of the capture.';
COMMENT ON COLUMN marketplace.fx_refund_overview.refund_rate IS 'Rate of the refund.';
