-- Money that the payer's bank takes back: chargebacks of cards, returns of direct debits (FD-P24, FD-89).

CREATE DOMAIN marketplace.chargeback_state AS text CHECK (VALUE IN ('open', 'recovered', 'lost', 'returned'));
COMMENT ON DOMAIN marketplace.chargeback_state IS 'State of a chargeback: see marketplace.lifecycle, machine chargeback.';

CREATE TABLE marketplace.chargebacks (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	payment_id		bigint NOT NULL,
	capture_id		bigint NOT NULL,
	payer_id		bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	refunded_before	marketplace.amount NOT NULL CHECK (marketplace.sign(refunded_before) >= 0 AND refunded_before <= amount),
	fee				marketplace.amount NOT NULL CHECK (marketplace.sign(fee) >= 0),
	psp_reference	text,
	reason			text,
	unsettled		boolean NOT NULL,
	state			marketplace.chargeback_state NOT NULL,
	opened_at		timestamptz NOT NULL,
	ended_at		timestamptz,
	by_bank			boolean NOT NULL,
	told_by_psp		boolean NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, psp_reference),
	CHECK ((state = 'open') = (ended_at IS NULL))
) WITH (fillfactor = 90);
CREATE INDEX chargebacks_capture ON marketplace.chargebacks (marketplace_id, capture_id);
CREATE INDEX chargebacks_payment ON marketplace.chargebacks (marketplace_id, payment_id);
COMMENT ON TABLE marketplace.chargebacks IS
'Money of a capture that the payer''s bank has taken back: a chargeback, open until it is decided, or the return of a direct debit, which is final (FD-P24, FD-89, DP-47).';
COMMENT ON COLUMN marketplace.chargebacks.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.chargebacks.id IS 'Number of the chargeback.';
COMMENT ON COLUMN marketplace.chargebacks.payment_id IS 'Payment of the capture.';
COMMENT ON COLUMN marketplace.chargebacks.capture_id IS 'Capture whose money it is.';
COMMENT ON COLUMN marketplace.chargebacks.payer_id IS 'Buyer who paid.';
COMMENT ON COLUMN marketplace.chargebacks.amount IS 'What was taken back.';
COMMENT ON COLUMN marketplace.chargebacks.refunded_before IS 'What of it had been refunded already, so that the buyer has it twice: claimed from the PSP, a loss when the chargeback is lost.';
COMMENT ON COLUMN marketplace.chargebacks.fee IS 'Fee of the PSP or bank, borne by the platform.';
COMMENT ON COLUMN marketplace.chargebacks.psp_reference IS 'Its name at the payment service provider; unique in the marketplace. NULL: not told.';
COMMENT ON COLUMN marketplace.chargebacks.reason IS 'Reason code or text of the payer''s bank.';
COMMENT ON COLUMN marketplace.chargebacks.unsettled IS 'True when the capture was not settled yet: the PSP keeps it back from the settlement.';
COMMENT ON COLUMN marketplace.chargebacks.state IS 'See marketplace.lifecycle, machine chargeback.';
COMMENT ON COLUMN marketplace.chargebacks.opened_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.chargebacks.by_bank IS 'The bank''s statement told of it first.';
COMMENT ON COLUMN marketplace.chargebacks.told_by_psp IS 'The PSP, or an operator, has told of it.';
COMMENT ON COLUMN marketplace.chargebacks.ended_at IS 'When it was decided; of a return when it was recorded.';

CREATE TABLE marketplace.chargeback_items (
	marketplace_id	int NOT NULL,
	chargeback_id	bigint NOT NULL,
	allocation_id	bigint NOT NULL,
	order_id		bigint NOT NULL,
	order_line_id	bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	from_refunds	marketplace.amount NOT NULL CHECK (marketplace.sign(from_refunds) >= 0 AND from_refunds <= amount),
	PRIMARY KEY (marketplace_id, chargeback_id, allocation_id)
);
CREATE INDEX chargeback_items_allocation ON marketplace.chargeback_items (marketplace_id, allocation_id);
COMMENT ON TABLE marketplace.chargeback_items IS 'Whose cents a chargeback takes; never changed.';
COMMENT ON COLUMN marketplace.chargeback_items.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.chargeback_items.chargeback_id IS 'The chargeback.';
COMMENT ON COLUMN marketplace.chargeback_items.allocation_id IS 'Capture allocation that the cents are of.';
COMMENT ON COLUMN marketplace.chargeback_items.order_id IS 'Order of the line.';
COMMENT ON COLUMN marketplace.chargeback_items.order_line_id IS 'Order line of the allocation.';
COMMENT ON COLUMN marketplace.chargeback_items.amount IS 'Its part of the chargeback.';
COMMENT ON COLUMN marketplace.chargeback_items.from_refunds IS 'What of it was kept for the buyer, from refunds that were not paid; the rest was in escrow or brought back there.';
