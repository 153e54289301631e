-- Money from capture to the end: payments, captures and their allocation to lines, commission rules, payouts. The cents themselves
-- are in the ledger (transfers); these tables say whose they are and what was decided about them.

CREATE DOMAIN marketplace.payment_state AS text CHECK (VALUE IN ('expected', 'authorised', 'captured', 'final', 'voided', 'expired', 'failed',
	'partly_returned', 'returned', 'charged_back', 'recovered', 'lost'));
COMMENT ON DOMAIN marketplace.payment_state IS 'State of a payment: see marketplace.lifecycle, machine payment (funds rule book §2).';
CREATE DOMAIN marketplace.capture_state AS text CHECK (VALUE IN ('captured', 'settled', 'final'));
COMMENT ON DOMAIN marketplace.capture_state IS 'State of a capture: settled once the money is in the client account, final once the means of payment can no longer be revoked (FD §2).';
CREATE DOMAIN marketplace.payout_state AS text CHECK (VALUE IN (
	'planned', 'approved', 'sent', 'unknown', 'accepted', 'paid', 'rejected', 'dropped', 'cancelled', 'recall_pending', 'returned'));
COMMENT ON DOMAIN marketplace.payout_state IS 'State of a payout: see marketplace.lifecycle, machine payout (funds rule book §7).';

CREATE TABLE marketplace.payments (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	payer_id		bigint NOT NULL,
	authorised		marketplace.amount NOT NULL CHECK (marketplace.sign(authorised) > 0),
	captured		marketplace.amount NOT NULL CHECK (captured <= authorised AND marketplace.sign(captured) >= 0),
	presented		marketplace.amount CHECK (marketplace.sign(presented) > 0 AND marketplace.currency(presented) <> marketplace.currency(authorised)),
	state			marketplace.payment_state NOT NULL,
	method			text NOT NULL CHECK (method IN ('card', 'transfer', 'sdd_core', 'sdd_b2b', 'wallet')),
	psp_reference	text,
	recorded_at		timestamptz NOT NULL,
	authorised_at	timestamptz,
	expires_at		timestamptz,
	closed_at		timestamptz,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, psp_reference)
) WITH (fillfactor = 80);
CREATE INDEX payments_payer ON marketplace.payments (marketplace_id, payer_id);
CREATE INDEX payments_expiring ON marketplace.payments (marketplace_id, expires_at) WHERE state IN ('expected', 'authorised') AND expires_at IS NOT NULL;
COMMENT ON TABLE marketplace.payments IS
'What a buyer''s means of payment is expected to bring or was authorised for, and what was captured of it. It pays one order or several, and an order may have several (FD-13): payment_orders says how much is for which. FD §2.';
COMMENT ON COLUMN marketplace.payments.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payments.id IS 'Number of the payment.';
COMMENT ON COLUMN marketplace.payments.payer_id IS 'Party that pays: the buyer of its orders.';
COMMENT ON COLUMN marketplace.payments.authorised IS 'Most that may be captured; while it is expected, what is expected. In the currency of the orders.';
COMMENT ON COLUMN marketplace.payments.captured IS 'Sum of its captures.';
COMMENT ON COLUMN marketplace.payments.presented IS 'What the buyer pays in a currency of its own, which the PSP converts (FD-P29); NULL: the currency of the orders.';
COMMENT ON COLUMN marketplace.payments.state IS 'See marketplace.lifecycle, machine payment.';
COMMENT ON COLUMN marketplace.payments.method IS 'Means: card, transfer (SCT), sdd_core, sdd_b2b or wallet (money that is kept for the buyer). A transfer is final when it arrives.';
COMMENT ON COLUMN marketplace.payments.psp_reference IS 'The payment''s name at the payment service provider; unique in the marketplace.';
COMMENT ON COLUMN marketplace.payments.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.payments.authorised_at IS 'When it was authorised; NULL while it is only expected, and for money that came without.';
COMMENT ON COLUMN marketplace.payments.expires_at IS 'From then on nothing more can be captured; NULL: not known.';
COMMENT ON COLUMN marketplace.payments.closed_at IS 'When it was voided, failed or expired, or what was not captured was given up: nothing more is captured.';

CREATE TABLE marketplace.payment_orders (
	marketplace_id	int NOT NULL,
	payment_id		bigint NOT NULL,
	order_id		bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	captured		marketplace.amount NOT NULL CHECK (captured <= amount AND marketplace.sign(captured) >= 0),
	PRIMARY KEY (marketplace_id, payment_id, order_id)
) WITH (fillfactor = 80);
CREATE INDEX payment_orders_order ON marketplace.payment_orders (marketplace_id, order_id);
COMMENT ON TABLE marketplace.payment_orders IS
'Which orders a payment pays, and how much of it is for each (FD-13): the amounts add up to what is authorised, what is captured to the payment''s captures.';
COMMENT ON COLUMN marketplace.payment_orders.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payment_orders.payment_id IS 'The payment.';
COMMENT ON COLUMN marketplace.payment_orders.order_id IS 'Order that it pays.';
COMMENT ON COLUMN marketplace.payment_orders.amount IS 'Most that may be captured for the order.';
COMMENT ON COLUMN marketplace.payment_orders.captured IS 'What was captured for the order.';

CREATE TABLE marketplace.captures (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	payment_id		bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	fee				marketplace.amount CHECK (marketplace.sign(fee) >= 0 AND fee <= amount),
	presented		marketplace.amount CHECK (marketplace.sign(presented) > 0),
	fx_rate_id		bigint,
	state			marketplace.capture_state NOT NULL,
	psp_reference	text,
	captured_at		timestamptz NOT NULL,
	settled_at		timestamptz,
	final_due		timestamptz,
	final_at		timestamptz,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, psp_reference),
	CHECK ((state = 'captured') = (settled_at IS NULL)),
	CHECK ((state = 'final') = (final_at IS NOT NULL)),
	CHECK ((presented IS NULL) = (fx_rate_id IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX captures_payment ON marketplace.captures (marketplace_id, payment_id);
CREATE INDEX captures_final_due ON marketplace.captures (marketplace_id, final_due) WHERE state = 'settled';
COMMENT ON TABLE marketplace.captures IS
'Money taken from a payment: posted as FD-P02, settled as FD-P03. Which orders and lines it pays is in capture_allocations.';
COMMENT ON COLUMN marketplace.captures.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.captures.id IS 'Number of the capture.';
COMMENT ON COLUMN marketplace.captures.payment_id IS 'Payment that it was taken from.';
COMMENT ON COLUMN marketplace.captures.amount IS 'What was captured; equals the sum of its allocations.';
COMMENT ON COLUMN marketplace.captures.fee IS 'Fee that the PSP kept when it settled, borne by the platform; NULL before.';
COMMENT ON COLUMN marketplace.captures.presented IS 'Its part of what the buyer paid in a currency of its own; NULL: the currency of the orders.';
COMMENT ON COLUMN marketplace.captures.fx_rate_id IS 'Rate at which the buyer''s currency was converted, frozen (FD-9, RD-11); NULL: nothing was.';
COMMENT ON COLUMN marketplace.captures.state IS 'captured, settled (in the client account), final (cannot be revoked any more: may be released).';
COMMENT ON COLUMN marketplace.captures.psp_reference IS 'The capture''s name at the payment service provider; unique in the marketplace. NULL: not told.';
COMMENT ON COLUMN marketplace.captures.captured_at IS 'When it was captured.';
COMMENT ON COLUMN marketplace.captures.settled_at IS 'When the PSP settled it; NULL before.';
COMMENT ON COLUMN marketplace.captures.final_due IS 'Settled direct debits: when it becomes final by itself (fd.sdd_core_final, fd.sdd_b2b_final); NULL: at settlement.';
COMMENT ON COLUMN marketplace.captures.final_at IS 'When it became final; NULL before.';

CREATE TABLE marketplace.commission_rules (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	seller_id		bigint,
	category		text,
	rate_pct		numeric NOT NULL CHECK (rate_pct >= 0 AND rate_pct <= 100),
	fixed			marketplace.amount CHECK (marketplace.sign(fixed) >= 0),
	minimum			marketplace.amount CHECK (marketplace.sign(minimum) >= 0),
	maximum			marketplace.amount CHECK (marketplace.sign(maximum) >= 0),
	currency		marketplace.currency,
	base			text CHECK (base IN ('goods_net', 'goods_and_shipping_net', 'gross')),
	vat_rate_pct	numeric CHECK (vat_rate_pct >= 0 AND vat_rate_pct <= 100),
	valid_from		timestamptz NOT NULL,
	valid_until		timestamptz CHECK (valid_until > valid_from),
	actor			text NOT NULL,
	recorded_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX commission_rules_seller ON marketplace.commission_rules (marketplace_id, seller_id, category);
COMMENT ON TABLE marketplace.commission_rules IS
'What the platform keeps of a sale (FD-23). Never changed: a newer row of the same seller and category takes over from its valid_from. Seller and category win over seller, seller over category, category over the general rule.';
COMMENT ON COLUMN marketplace.commission_rules.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.commission_rules.id IS 'Number of the rule.';
COMMENT ON COLUMN marketplace.commission_rules.seller_id IS 'Seller that it is for; NULL: every seller.';
COMMENT ON COLUMN marketplace.commission_rules.category IS 'Commission category of the line; NULL: every category.';
COMMENT ON COLUMN marketplace.commission_rules.rate_pct IS 'Percent of the base.';
COMMENT ON COLUMN marketplace.commission_rules.fixed IS 'Fixed part per order line, excluding VAT; NULL: none.';
COMMENT ON COLUMN marketplace.commission_rules.minimum IS 'Least commission per order line, excluding VAT; NULL: none.';
COMMENT ON COLUMN marketplace.commission_rules.maximum IS 'Most commission per order line, excluding VAT; NULL: none.';
COMMENT ON COLUMN marketplace.commission_rules.currency IS 'The rule is for orders of this currency; NULL: of any (no amounts in it).';
COMMENT ON COLUMN marketplace.commission_rules.base IS 'What the rate is taken of; NULL: policy fd.commission_base.';
COMMENT ON COLUMN marketplace.commission_rules.vat_rate_pct IS 'VAT on the commission in percent; NULL: policy fd.commission_vat_rate.';
COMMENT ON COLUMN marketplace.commission_rules.valid_from IS 'Captures from then on.';
COMMENT ON COLUMN marketplace.commission_rules.valid_until IS 'Captures before then; NULL: open.';
COMMENT ON COLUMN marketplace.commission_rules.actor IS 'Who set it.';
COMMENT ON COLUMN marketplace.commission_rules.recorded_at IS 'When it was set.';

CREATE TABLE marketplace.capture_allocations (
	marketplace_id		int NOT NULL,
	id					bigint GENERATED ALWAYS AS IDENTITY,
	capture_id			bigint NOT NULL,
	payment_id			bigint NOT NULL,
	order_id			bigint NOT NULL,
	seller_order_id		bigint NOT NULL,
	order_line_id		bigint NOT NULL,
	seller_id			bigint NOT NULL,
	buyer_id			bigint NOT NULL,
	amount				marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	commission_base		marketplace.amount NOT NULL,
	commission			marketplace.amount NOT NULL,
	commission_vat		marketplace.amount NOT NULL,
	commission_rate_pct	numeric NOT NULL,
	commission_fixed	marketplace.amount NOT NULL,
	commission_vat_pct	numeric NOT NULL,
	commission_rule_id	bigint,
	commission_base_kind text NOT NULL,
	commission_on_refund text NOT NULL CHECK (commission_on_refund IN ('full', 'pro_rata', 'retained')),
	open				boolean NOT NULL DEFAULT true,
	PRIMARY KEY (marketplace_id, id),
	CHECK (marketplace.sign(commission) >= 0 AND marketplace.sign(commission_vat) >= 0 AND commission + commission_vat <= amount)
) WITH (fillfactor = 90);
CREATE INDEX capture_allocations_order ON marketplace.capture_allocations (marketplace_id, order_id);
CREATE INDEX capture_allocations_capture ON marketplace.capture_allocations (marketplace_id, capture_id);
CREATE INDEX capture_allocations_open ON marketplace.capture_allocations (marketplace_id, seller_id) WHERE open;
COMMENT ON TABLE marketplace.capture_allocations IS
'The part of a capture that pays an order line, with the commission frozen on it (FD-15, FD-24; SETTLED 2). Its cents are in ledger accounts that name the line and this allocation. Never changed, but for the mark open.';
COMMENT ON COLUMN marketplace.capture_allocations.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.capture_allocations.id IS 'Number of the allocation: accounts.allocation_id.';
COMMENT ON COLUMN marketplace.capture_allocations.capture_id IS 'Capture that it is a part of.';
COMMENT ON COLUMN marketplace.capture_allocations.payment_id IS 'Payment of the capture: where a refund goes back to.';
COMMENT ON COLUMN marketplace.capture_allocations.order_id IS 'Order of the line.';
COMMENT ON COLUMN marketplace.capture_allocations.seller_order_id IS 'Seller order of the line.';
COMMENT ON COLUMN marketplace.capture_allocations.order_line_id IS 'Order line that is paid.';
COMMENT ON COLUMN marketplace.capture_allocations.seller_id IS 'Seller of the line.';
COMMENT ON COLUMN marketplace.capture_allocations.buyer_id IS 'Buyer of the order.';
COMMENT ON COLUMN marketplace.capture_allocations.amount IS 'What was captured for the line, VAT included.';
COMMENT ON COLUMN marketplace.capture_allocations.commission_base IS 'What the commission rate was taken of.';
COMMENT ON COLUMN marketplace.capture_allocations.commission IS 'Commission excluding VAT, earned as the money is released.';
COMMENT ON COLUMN marketplace.capture_allocations.commission_vat IS 'VAT on the commission.';
COMMENT ON COLUMN marketplace.capture_allocations.commission_rate_pct IS 'Rate of the rule, in percent.';
COMMENT ON COLUMN marketplace.capture_allocations.commission_fixed IS 'Share of the rule''s fixed part.';
COMMENT ON COLUMN marketplace.capture_allocations.commission_vat_pct IS 'VAT rate on the commission, in percent.';
COMMENT ON COLUMN marketplace.capture_allocations.commission_rule_id IS 'Rule that was in force; NULL: none, no commission.';
COMMENT ON COLUMN marketplace.capture_allocations.commission_base_kind IS 'goods_net, goods_and_shipping_net or gross.';
COMMENT ON COLUMN marketplace.capture_allocations.commission_on_refund IS
'What becomes of the commission when released money is taken back: policy fd.commission_on_refund at the capture (FD-29).';
COMMENT ON COLUMN marketplace.capture_allocations.open IS
'False once all of it has left for good, so that runs over what is payable do not read the past.';

CREATE TABLE marketplace.payout_batches (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	currency		marketplace.currency,
	sellers			bigint[],
	minimum			marketplace.amount,
	slot			text,
	scheduled		date,
	actor			text NOT NULL,
	created_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, slot)
);
CREATE INDEX payout_batches_scheduled ON marketplace.payout_batches (marketplace_id, scheduled) WHERE scheduled IS NOT NULL;
COMMENT ON TABLE marketplace.payout_batches IS 'A payout run and what it was asked for (FD-56). A run that found nothing to pay is recorded too.';
COMMENT ON COLUMN marketplace.payout_batches.slot IS 'Key of the run: the same key is the same run (FD-56); NULL: none was given.';
COMMENT ON COLUMN marketplace.payout_batches.scheduled IS 'Day of policy fd.payout_schedule that it is the run of; NULL: a run outside the schedule.';
COMMENT ON COLUMN marketplace.payout_batches.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payout_batches.id IS 'Number of the run.';
COMMENT ON COLUMN marketplace.payout_batches.currency IS 'Only this currency; NULL: all.';
COMMENT ON COLUMN marketplace.payout_batches.sellers IS 'Only these sellers; NULL: all.';
COMMENT ON COLUMN marketplace.payout_batches.minimum IS 'Least payout of the run; NULL: policy fd.min_payout.';
COMMENT ON COLUMN marketplace.payout_batches.actor IS 'Who ran it.';
COMMENT ON COLUMN marketplace.payout_batches.created_at IS 'When.';

CREATE TABLE marketplace.payouts (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	batch_id		bigint NOT NULL,
	seller_id		bigint NOT NULL,
	bank_account_id	bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	execution_date	date NOT NULL,
	state			marketplace.payout_state NOT NULL,
	created_at		timestamptz NOT NULL,
	sent_at			timestamptz,
	ended_at		timestamptz,
	PRIMARY KEY (marketplace_id, id)
) WITH (fillfactor = 80);
CREATE INDEX payouts_batch ON marketplace.payouts (marketplace_id, batch_id);
CREATE INDEX payouts_open ON marketplace.payouts (marketplace_id, state) WHERE state IN ('planned', 'approved', 'sent', 'accepted', 'unknown');
CREATE INDEX payouts_seller ON marketplace.payouts (marketplace_id, seller_id);
COMMENT ON TABLE marketplace.payouts IS 'One transfer to a seller: one per run, seller, currency and bank account (FD-58). FD-P10…FD-P12.';
COMMENT ON COLUMN marketplace.payouts.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payouts.id IS 'Number of the payout.';
COMMENT ON COLUMN marketplace.payouts.batch_id IS 'Run that made it.';
COMMENT ON COLUMN marketplace.payouts.seller_id IS 'Seller that is paid.';
COMMENT ON COLUMN marketplace.payouts.bank_account_id IS 'Verified bank account of the seller at the time of the run.';
COMMENT ON COLUMN marketplace.payouts.amount IS 'What is paid: the sum of its items.';
COMMENT ON COLUMN marketplace.payouts.execution_date IS 'Day on which the bank is asked to execute it: open for TARGET, not before the cut-off of the day allows (FD-59).';
COMMENT ON COLUMN marketplace.payouts.state IS 'See marketplace.lifecycle, machine payout.';
COMMENT ON COLUMN marketplace.payouts.created_at IS 'When it was frozen.';
COMMENT ON COLUMN marketplace.payouts.sent_at IS 'When it was handed to the PSP; NULL before.';
COMMENT ON COLUMN marketplace.payouts.ended_at IS 'When it was paid, rejected, cancelled or dropped; NULL before.';

CREATE TABLE marketplace.payout_items (
	marketplace_id	int NOT NULL,
	payout_id		bigint NOT NULL,
	allocation_id	bigint NOT NULL,
	order_line_id	bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	PRIMARY KEY (marketplace_id, payout_id, allocation_id)
);
CREATE INDEX payout_items_allocation ON marketplace.payout_items (marketplace_id, allocation_id);
COMMENT ON TABLE marketplace.payout_items IS 'Whose cents a payout is made of (FD-58); never changed.';
COMMENT ON COLUMN marketplace.payout_items.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payout_items.payout_id IS 'The payout.';
COMMENT ON COLUMN marketplace.payout_items.allocation_id IS 'Capture allocation that the cents come from; 0: the seller''s own balance, of no order line.';
COMMENT ON COLUMN marketplace.payout_items.order_line_id IS 'Order line of the allocation; 0: none.';
COMMENT ON COLUMN marketplace.payout_items.amount IS 'Its part of the payout.';
