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
