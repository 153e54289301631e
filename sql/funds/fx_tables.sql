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

CREATE TABLE marketplace.fx_refunds (
	marketplace_id	int NOT NULL,
	refund_id		bigint NOT NULL,
	allocation_id	bigint NOT NULL,
	order_line_id	bigint NOT NULL,
	capture_id		bigint NOT NULL,
	booked			marketplace.amount NOT NULL CHECK (marketplace.sign(booked) > 0),
	presented		marketplace.amount NOT NULL CHECK (marketplace.sign(presented) >= 0),
	fx_rate_id		bigint,
	cost			marketplace.amount,
	PRIMARY KEY (marketplace_id, refund_id, allocation_id),
	CHECK ((fx_rate_id IS NULL) = (cost IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX fx_refunds_capture ON marketplace.fx_refunds (marketplace_id, capture_id);
COMMENT ON TABLE marketplace.fx_refunds IS
'Refunds in the currency that the buyer paid in: for the original amount, whatever it costs by then (FD-67, FD-P29). What the rate has gained or lost is booked minus cost.';
COMMENT ON COLUMN marketplace.fx_refunds.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.fx_refunds.refund_id IS 'The refund.';
COMMENT ON COLUMN marketplace.fx_refunds.allocation_id IS 'Capture allocation that is refunded.';
COMMENT ON COLUMN marketplace.fx_refunds.order_line_id IS 'Order line of the allocation.';
COMMENT ON COLUMN marketplace.fx_refunds.capture_id IS 'Capture whose money it is.';
COMMENT ON COLUMN marketplace.fx_refunds.booked IS 'What is refunded, in the currency of the order, at the rate of the capture.';
COMMENT ON COLUMN marketplace.fx_refunds.presented IS 'What the buyer gets: its share of what it paid, in its own currency.';
COMMENT ON COLUMN marketplace.fx_refunds.fx_rate_id IS 'Rate when the refund was paid; NULL: it is not.';
COMMENT ON COLUMN marketplace.fx_refunds.cost IS 'What that cost, in the currency of the order; NULL: not paid yet.';
