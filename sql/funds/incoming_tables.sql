-- Money that arrives in the client account by itself: what it may name, and what became of it (FD-12, FD-P25).

CREATE DOMAIN marketplace.money_receipt_state AS text CHECK (VALUE IN ('allocated', 'suspense', 'returning', 'returned', 'recovered'));
COMMENT ON DOMAIN marketplace.money_receipt_state IS 'State of money that has come in: see marketplace.lifecycle, machine money_receipt.';

CREATE TABLE marketplace.payment_references (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	kind			text NOT NULL CHECK (kind IN ('reference', 'virtual_iban')),
	value			text NOT NULL,
	buyer_id		bigint NOT NULL,
	order_id		bigint,
	created_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, kind, value)
);
CREATE INDEX payment_references_buyer ON marketplace.payment_references (marketplace_id, buyer_id);
CREATE INDEX payment_references_order ON marketplace.payment_references (marketplace_id, order_id) WHERE order_id IS NOT NULL;
COMMENT ON TABLE marketplace.payment_references IS
'What incoming money is recognised by: references that buyers write on transfers, and virtual IBANs, one per buyer or order (FD-12). Never changed, never used again for another.';
COMMENT ON COLUMN marketplace.payment_references.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payment_references.id IS 'Number of the reference.';
COMMENT ON COLUMN marketplace.payment_references.kind IS 'reference: found in the remittance text; virtual_iban: account that the money was paid to.';
COMMENT ON COLUMN marketplace.payment_references.value IS 'Letters and digits only, in capitals: spaces and signs do not count when it is looked for.';
COMMENT ON COLUMN marketplace.payment_references.buyer_id IS 'Buyer whose money it is.';
COMMENT ON COLUMN marketplace.payment_references.order_id IS 'Order that it pays; NULL: kept for the buyer.';
COMMENT ON COLUMN marketplace.payment_references.created_at IS 'When it was assigned.';

CREATE TABLE marketplace.money_receipts (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	external_id		text NOT NULL,
	source			text NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	value_date		date NOT NULL,
	payer_name		text,
	payer_iban		text,
	virtual_iban	text,
	reference		text,
	state			marketplace.money_receipt_state NOT NULL,
	note			text,
	buyer_id		bigint,
	to_orders		marketplace.amount NOT NULL CHECK (marketplace.sign(to_orders) >= 0),
	to_wallet		marketplace.amount NOT NULL CHECK (marketplace.sign(to_wallet) >= 0),
	received_at		timestamptz NOT NULL,
	decided_at		timestamptz,
	return_told_at	timestamptz,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, external_id),
	CHECK (CASE WHEN state = 'allocated' THEN to_orders + to_wallet = amount AND buyer_id IS NOT NULL
		ELSE marketplace.sign(to_orders) = 0 AND marketplace.sign(to_wallet) = 0 END)
) WITH (fillfactor = 80);
CREATE INDEX money_receipts_suspense ON marketplace.money_receipts (marketplace_id, received_at) WHERE state = 'suspense';
CREATE INDEX money_receipts_buyer ON marketplace.money_receipts (marketplace_id, buyer_id) WHERE buyer_id IS NOT NULL;
COMMENT ON TABLE marketplace.money_receipts IS
'Money that arrived in the client account, as the bank told it, and what became of it: to orders, to the buyer''s wallet, or in suspense until somebody knows (FD-12, FD-P02, FD-P25).';
COMMENT ON COLUMN marketplace.money_receipts.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.money_receipts.id IS 'Number of the receipt of money.';
COMMENT ON COLUMN marketplace.money_receipts.external_id IS 'The bank''s or PSP''s name of it: the same one twice changes nothing (FD-82).';
COMMENT ON COLUMN marketplace.money_receipts.source IS 'Who reported it.';
COMMENT ON COLUMN marketplace.money_receipts.amount IS 'What came in.';
COMMENT ON COLUMN marketplace.money_receipts.value_date IS 'Value date that the bank gives.';
COMMENT ON COLUMN marketplace.money_receipts.payer_name IS 'Who paid, as the bank says; NULL: not told.';
COMMENT ON COLUMN marketplace.money_receipts.payer_iban IS 'From which account; NULL: not told.';
COMMENT ON COLUMN marketplace.money_receipts.virtual_iban IS 'To which virtual IBAN; NULL: none.';
COMMENT ON COLUMN marketplace.money_receipts.reference IS 'Remittance text as the payer wrote it; NULL: none.';
COMMENT ON COLUMN marketplace.money_receipts.state IS 'See marketplace.lifecycle, machine money_receipt.';
COMMENT ON COLUMN marketplace.money_receipts.note IS 'Why it was not recognised; NULL: it was.';
COMMENT ON COLUMN marketplace.money_receipts.buyer_id IS 'Whose money it is; NULL: not known.';
COMMENT ON COLUMN marketplace.money_receipts.to_orders IS 'What of it paid orders.';
COMMENT ON COLUMN marketplace.money_receipts.to_wallet IS 'What of it is kept for the buyer.';
COMMENT ON COLUMN marketplace.money_receipts.received_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.money_receipts.decided_at IS 'When it left suspense; NULL: it is there, or never was.';
COMMENT ON COLUMN marketplace.money_receipts.return_told_at IS 'When the task to send it back was raised (fd.suspense_return_days); NULL: not.';
