CREATE TABLE marketplace.fx_rates (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	from_currency	marketplace.currency NOT NULL,
	to_currency		marketplace.currency NOT NULL CHECK (to_currency <> from_currency),
	rate			numeric NOT NULL CHECK (rate > 0 AND rate < 1e12),
	source			text NOT NULL,
	valid_from		timestamptz NOT NULL,
	actor			text NOT NULL,
	recorded_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, from_currency, to_currency, valid_from)
);
COMMENT ON TABLE marketplace.fx_rates IS
'Exchange rates at which money may be converted (FD-9). Never changed: a newer row of the pair takes over from its valid_from. The inverse of a pair is a pair of its own.';
COMMENT ON COLUMN marketplace.fx_rates.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.fx_rates.id IS 'Number of the rate.';
COMMENT ON COLUMN marketplace.fx_rates.from_currency IS 'Currency that is given.';
COMMENT ON COLUMN marketplace.fx_rates.to_currency IS 'Currency that is got.';
COMMENT ON COLUMN marketplace.fx_rates.rate IS 'Units of to_currency for one unit of from_currency.';
COMMENT ON COLUMN marketplace.fx_rates.source IS 'Who quotes it: the PSP, a bank, the ECB, a contract.';
COMMENT ON COLUMN marketplace.fx_rates.valid_from IS 'From then on, until a newer row of the pair.';
COMMENT ON COLUMN marketplace.fx_rates.actor IS 'Who recorded it.';
COMMENT ON COLUMN marketplace.fx_rates.recorded_at IS 'When it was recorded.';
