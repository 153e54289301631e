-- Maturity (FD-P06, FD-P08): what is released waits fd.maturity_days in c_seller_pending before it can be paid out.

CREATE TABLE marketplace.maturities (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	order_id		bigint NOT NULL,
	order_line_id	bigint NOT NULL,
	allocation_id	bigint NOT NULL,
	seller_id		bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	matured			marketplace.amount CHECK (marketplace.sign(matured) >= 0 AND matured <= amount),
	released_at		timestamptz NOT NULL,
	due_at			timestamptz NOT NULL,
	matured_at		timestamptz,
	cause			bigint NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	CHECK ((matured IS NULL) = (matured_at IS NULL))
) WITH (fillfactor = 90);
CREATE INDEX maturities_due ON marketplace.maturities (marketplace_id, due_at) WHERE matured_at IS NULL;
CREATE INDEX maturities_order ON marketplace.maturities (marketplace_id, order_id);
COMMENT ON TABLE marketplace.maturities IS
'What was released and when it may be paid out, as the policy had it at the release. tick() moves what is due from c_seller_pending to c_seller.';
COMMENT ON COLUMN marketplace.maturities.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.maturities.id IS 'Number of the row.';
COMMENT ON COLUMN marketplace.maturities.order_id IS 'Order of the line.';
COMMENT ON COLUMN marketplace.maturities.order_line_id IS 'Order line that was released.';
COMMENT ON COLUMN marketplace.maturities.allocation_id IS 'Capture allocation whose cents these are.';
COMMENT ON COLUMN marketplace.maturities.seller_id IS 'Seller that gets them.';
COMMENT ON COLUMN marketplace.maturities.amount IS 'What was released, less commission and reserve.';
COMMENT ON COLUMN marketplace.maturities.matured IS 'What became available of it: less than the amount where a part was taken back meanwhile; NULL: waiting.';
COMMENT ON COLUMN marketplace.maturities.released_at IS 'When it was released.';
COMMENT ON COLUMN marketplace.maturities.due_at IS 'When it may be paid out.';
COMMENT ON COLUMN marketplace.maturities.matured_at IS 'When it became available; NULL: waiting.';
COMMENT ON COLUMN marketplace.maturities.cause IS 'Event of the release (events.id).';
