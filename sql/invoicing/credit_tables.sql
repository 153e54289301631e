-- What is to be credited of what was invoiced, and why (rules/invoicing.md IV-64 to IV-67).

CREATE DOMAIN marketplace.credit_cause AS text CHECK (VALUE IN ('cancellation', 'return', 'refund', 'price', 'correction'));
COMMENT ON DOMAIN marketplace.credit_cause IS 'Why something is credited: a line cancelled, goods returned, a refund decided, a price corrected, an invoice replaced.';

CREATE TABLE marketplace.credit_claims (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	order_id bigint NOT NULL,
	seller_order_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	order_line_id bigint NOT NULL,
	cause marketplace.credit_cause NOT NULL,
	event_id bigint,
	invoice_id bigint,
	units numeric(16,4),
	weighted numeric,
	net marketplace.amount,
	gross marketplace.amount,
	refunded_units numeric(16,4) NOT NULL,
	reason text,
	recorded_at timestamptz NOT NULL,
	units_left numeric(16,4),
	amount_left marketplace.amount,
	obstacle text CHECK (obstacle IN ('not_invoiced', 'no_value', 'no_mandate', 'no_identifier', 'violation')),
	detail text,
	PRIMARY KEY (marketplace_id, id),
	CONSTRAINT claims_units_or_money CHECK (
		(units IS NOT NULL)::int + (net IS NOT NULL)::int + (gross IS NOT NULL)::int = 1
		AND (units IS NULL) = (units_left IS NULL) AND (units IS NULL) = (amount_left IS NOT NULL) AND (units IS NULL) = (weighted IS NULL)
	)
) WITH (fillfactor = 80);
CREATE INDEX credit_claims_open ON marketplace.credit_claims (marketplace_id, seller_order_id)
WHERE units_left > 0 OR obstacle IS NOT NULL;
CREATE INDEX credit_claims_refunded ON marketplace.credit_claims (marketplace_id, seller_order_id) WHERE refunded_units <> 0;
COMMENT ON TABLE marketplace.credit_claims IS
'What facts ask to be credited of order lines. A claim is carried out in the commit of its fact; what a missing mandate, a rule or a missing invoice stops stays open (view credits_due). Only what is left of it changes. IV-66.';
COMMENT ON COLUMN marketplace.credit_claims.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.credit_claims.id IS 'Number of the claim.';
COMMENT ON COLUMN marketplace.credit_claims.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.credit_claims.seller_order_id IS 'Seller order.';
COMMENT ON COLUMN marketplace.credit_claims.seller_id IS 'Seller.';
COMMENT ON COLUMN marketplace.credit_claims.buyer_id IS 'Buyer.';
COMMENT ON COLUMN marketplace.credit_claims.order_line_id IS 'Order line.';
COMMENT ON COLUMN marketplace.credit_claims.cause IS 'Why.';
COMMENT ON COLUMN marketplace.credit_claims.event_id IS 'Fact, an event of the outbox; NULL: a call.';
COMMENT ON COLUMN marketplace.credit_claims.invoice_id IS 'Only this invoice is to be credited; NULL: the latest first.';
COMMENT ON COLUMN marketplace.credit_claims.units IS 'Units to be credited; NULL: an amount is.';
COMMENT ON COLUMN marketplace.credit_claims.weighted IS 'Percent of their value that is given back, times units: of a grade (LG-49).';
COMMENT ON COLUMN marketplace.credit_claims.net IS 'Amount without VAT to be credited.';
COMMENT ON COLUMN marketplace.credit_claims.gross IS 'Amount with VAT to be credited.';
COMMENT ON COLUMN marketplace.credit_claims.refunded_units IS 'Units whose money a refund gave back while the buyer has them: they are not invoiced any more. Below zero: such units came back, and are not credited again (LG-50).';
COMMENT ON COLUMN marketplace.credit_claims.reason IS 'Reason given.';
COMMENT ON COLUMN marketplace.credit_claims.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.credit_claims.units_left IS 'Units not credited yet.';
COMMENT ON COLUMN marketplace.credit_claims.amount_left IS 'Amount not credited yet, net or gross as claimed.';
COMMENT ON COLUMN marketplace.credit_claims.obstacle IS 'What stops what is left; NULL: nothing.';
COMMENT ON COLUMN marketplace.credit_claims.detail IS 'The first rule that the credit note would break.';
