-- Refunds: what was decided, the movements to the buyer that carry it out, whose cents they are made of, and the steps that brought them
-- back. The cents themselves are in the ledger.

CREATE DOMAIN marketplace.refund_state AS text CHECK (VALUE IN (
	'planned', 'awaiting_funding', 'funded', 'sent', 'unknown', 'accepted', 'paid', 'rejected', 'bounced', 'cancelled'));
COMMENT ON DOMAIN marketplace.refund_state IS 'State of a refund: see marketplace.lifecycle, machine refund (funds rule book §8).';
CREATE DOMAIN marketplace.own_transfer_state AS text CHECK (VALUE IN ('planned', 'sent', 'unknown', 'accepted', 'confirmed', 'failed', 'cancelled'));
COMMENT ON DOMAIN marketplace.own_transfer_state IS
'State of a transfer of own money to the client account: see marketplace.lifecycle, machine own_transfer (FD-P04).';

CREATE TABLE marketplace.refund_decisions (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	order_id		bigint NOT NULL,
	buyer_id		bigint NOT NULL,
	door			text NOT NULL CHECK (door IN ('cancellation', 'return', 'dispute', 'goodwill', 'chargeback')),
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) >= 0),
	lowers_due		boolean NOT NULL,
	commission		text CHECK (commission IN ('full', 'pro_rata', 'retained')),
	return_id		bigint,
	complete		boolean NOT NULL DEFAULT false,
	reason			text,
	actor			text NOT NULL,
	created_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id)
) WITH (fillfactor = 80);
CREATE INDEX refund_decisions_order ON marketplace.refund_decisions (marketplace_id, order_id);
COMMENT ON TABLE marketplace.refund_decisions IS
'That a buyer gets money back, through which door, and how much: carried out by refunds, funded by refund_steps. All doors share one cap (DP-30).';
COMMENT ON COLUMN marketplace.refund_decisions.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.refund_decisions.id IS 'Number of the decision.';
COMMENT ON COLUMN marketplace.refund_decisions.order_id IS 'Order that it belongs to.';
COMMENT ON COLUMN marketplace.refund_decisions.buyer_id IS 'Buyer who gets the money.';
COMMENT ON COLUMN marketplace.refund_decisions.door IS
'cancellation, return, dispute (all borne by the seller), goodwill (borne by the platform, FD-P23), or chargeback (the payer''s bank took it: no refunds, FD-P24).';
COMMENT ON COLUMN marketplace.refund_decisions.amount IS 'What is refunded: the sum of its refunds.';
COMMENT ON COLUMN marketplace.refund_decisions.lowers_due IS
'The lines cost the buyer less by it. False where the order counts the quantity as cancelled itself, and for goodwill.';
COMMENT ON COLUMN marketplace.refund_decisions.commission IS
'What becomes of the commission, where this decision says otherwise than what was frozen on the capture (FD-29); NULL: as frozen.';
COMMENT ON COLUMN marketplace.refund_decisions.return_id IS 'Return whose refund became due (door return); NULL: decided otherwise. A return and a refund are two objects, linked (LG-48).';
COMMENT ON COLUMN marketplace.refund_decisions.complete IS 'False only inside the call that decides it: more lines may be added.';
COMMENT ON COLUMN marketplace.refund_decisions.reason IS 'Why.';
COMMENT ON COLUMN marketplace.refund_decisions.actor IS 'Who decided.';
COMMENT ON COLUMN marketplace.refund_decisions.created_at IS 'When it was decided.';

CREATE TABLE marketplace.refund_lines (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	decision_id		bigint NOT NULL,
	order_line_id	bigint NOT NULL,
	quantity		numeric CHECK (quantity > 0),
	amount			marketplace.amount NOT NULL,
	worth			marketplace.amount,
	PRIMARY KEY (marketplace_id, id),
	CONSTRAINT refund_lines_amount CHECK (CASE WHEN worth IS NULL THEN marketplace.sign(amount) > 0
		ELSE marketplace.sign(amount) >= 0 AND amount <= worth AND quantity IS NOT NULL END)
);
CREATE INDEX refund_lines_decision ON marketplace.refund_lines (marketplace_id, decision_id);
CREATE INDEX refund_lines_line ON marketplace.refund_lines (marketplace_id, order_line_id);
COMMENT ON TABLE marketplace.refund_lines IS 'What a decision gives back of each order line; never changed.';
COMMENT ON COLUMN marketplace.refund_lines.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.refund_lines.id IS 'Number of the row.';
COMMENT ON COLUMN marketplace.refund_lines.decision_id IS 'The decision.';
COMMENT ON COLUMN marketplace.refund_lines.order_line_id IS 'Order line.';
COMMENT ON COLUMN marketplace.refund_lines.quantity IS 'Quantity that it is for, where it was decided by quantity; NULL: by amount.';
COMMENT ON COLUMN marketplace.refund_lines.amount IS 'What goes back for the line.';
COMMENT ON COLUMN marketplace.refund_lines.worth IS
'Returned goods: what the buyer had paid for the quantity. What is more than the amount is the seller''s, by the grade in which they came back (lg.grade_refund_pct); NULL for other doors.';

CREATE TABLE marketplace.refunds (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	decision_id		bigint NOT NULL,
	order_id		bigint NOT NULL,
	payment_id		bigint,
	buyer_id		bigint NOT NULL,
	means			text NOT NULL CHECK (means IN ('original', 'wallet', 'transfer')),
	bank_account_id	bigint,
	retry_of		bigint,
	amount			marketplace.amount NOT NULL,
	state			marketplace.refund_state NOT NULL,
	complete		boolean NOT NULL DEFAULT false,
	reason			text,
	created_at		timestamptz NOT NULL,
	sent_at			timestamptz,
	ended_at		timestamptz,
	PRIMARY KEY (marketplace_id, id),
	CHECK ((means = 'original') = (payment_id IS NOT NULL)),
	CHECK ((means = 'transfer') = (bank_account_id IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX refunds_order ON marketplace.refunds (marketplace_id, order_id);
CREATE INDEX refunds_decision ON marketplace.refunds (marketplace_id, decision_id);
CREATE INDEX refunds_open ON marketplace.refunds (marketplace_id, state) WHERE state IN ('funded', 'sent', 'accepted', 'unknown');
CREATE INDEX refunds_awaiting ON marketplace.refunds (marketplace_id, id) WHERE state = 'awaiting_funding';
COMMENT ON TABLE marketplace.refunds IS
'Money on its way to the buyer (FD-P14, FD-P15): one per decision, means and, where it goes back to the original means, payment.';
COMMENT ON COLUMN marketplace.refunds.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.refunds.id IS 'Number of the refund.';
COMMENT ON COLUMN marketplace.refunds.decision_id IS 'Decision that it carries out.';
COMMENT ON COLUMN marketplace.refunds.order_id IS 'Order that it belongs to.';
COMMENT ON COLUMN marketplace.refunds.payment_id IS 'Payment that it goes back to; NULL where it does not go back the way it came.';
COMMENT ON COLUMN marketplace.refunds.buyer_id IS 'Buyer who gets it.';
COMMENT ON COLUMN marketplace.refunds.means IS 'original (the payment''s own means), wallet (credit with the platform) or transfer (to a bank account of the buyer).';
COMMENT ON COLUMN marketplace.refunds.bank_account_id IS 'Verified bank account of the buyer that a transfer goes to.';
COMMENT ON COLUMN marketplace.refunds.retry_of IS 'Refund that failed, whose money this one sends again; NULL: none.';
COMMENT ON COLUMN marketplace.refunds.amount IS 'What is refunded: the sum of its items and of what is still short.';
COMMENT ON COLUMN marketplace.refunds.state IS 'See marketplace.lifecycle, machine refund.';
COMMENT ON COLUMN marketplace.refunds.complete IS 'False only inside the call that decides it: more lines may be added.';
COMMENT ON COLUMN marketplace.refunds.reason IS 'Why.';
COMMENT ON COLUMN marketplace.refunds.created_at IS 'When it was decided.';
COMMENT ON COLUMN marketplace.refunds.sent_at IS 'When it was handed to the PSP; NULL before, and for credit.';
COMMENT ON COLUMN marketplace.refunds.ended_at IS 'When it was paid, rejected or cancelled; NULL before.';

CREATE TABLE marketplace.refund_items (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	refund_id		bigint NOT NULL,
	allocation_id	bigint NOT NULL,
	order_line_id	bigint NOT NULL,
	source			text NOT NULL CHECK (source IN ('escrow', 'goodwill', 'buyer')),
	lowers_due		boolean NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	created_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX refund_items_refund ON marketplace.refund_items (marketplace_id, refund_id);
CREATE INDEX refund_items_allocation ON marketplace.refund_items (marketplace_id, allocation_id);
COMMENT ON TABLE marketplace.refund_items IS 'Whose cents a refund is made of: what is frozen for it; never changed.';
COMMENT ON COLUMN marketplace.refund_items.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.refund_items.id IS 'Number of the item.';
COMMENT ON COLUMN marketplace.refund_items.refund_id IS 'The refund.';
COMMENT ON COLUMN marketplace.refund_items.allocation_id IS 'Capture allocation that is paid back.';
COMMENT ON COLUMN marketplace.refund_items.order_line_id IS 'Order line of the allocation.';
COMMENT ON COLUMN marketplace.refund_items.source IS
'escrow (the captured money, which went back there first if it had left), goodwill (the platform''s), buyer (kept for the buyer since an earlier refund failed).';
COMMENT ON COLUMN marketplace.refund_items.lowers_due IS 'As of the decision; false for what was counted before (source buyer).';
COMMENT ON COLUMN marketplace.refund_items.amount IS 'Its part of the refund.';
COMMENT ON COLUMN marketplace.refund_items.created_at IS 'When it was frozen.';

CREATE TABLE marketplace.refund_shortfalls (
	marketplace_id	int NOT NULL,
	refund_id		bigint NOT NULL,
	allocation_id	bigint NOT NULL,
	order_line_id	bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	left_amount		marketplace.amount NOT NULL CHECK (marketplace.sign(left_amount) >= 0 AND left_amount <= amount),
	lowers_due		boolean NOT NULL,
	to_ask			text,
	created_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, refund_id, allocation_id)
) WITH (fillfactor = 80);
CREATE INDEX refund_shortfalls_allocation ON marketplace.refund_shortfalls (marketplace_id, allocation_id);
COMMENT ON TABLE marketplace.refund_shortfalls IS
'What a refund still lacks since nobody could fund it: the seller has too little and the platform does not advance it (FD-72, CX-42).';
COMMENT ON COLUMN marketplace.refund_shortfalls.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.refund_shortfalls.refund_id IS 'The refund.';
COMMENT ON COLUMN marketplace.refund_shortfalls.allocation_id IS 'Capture allocation that is to be paid back.';
COMMENT ON COLUMN marketplace.refund_shortfalls.order_line_id IS 'Order line of the allocation.';
COMMENT ON COLUMN marketplace.refund_shortfalls.amount IS 'What lacked when the refund was decided.';
COMMENT ON COLUMN marketplace.refund_shortfalls.left_amount IS 'What still lacks; zero once it was found or the refund was cancelled.';
COMMENT ON COLUMN marketplace.refund_shortfalls.lowers_due IS 'As of the decision.';
COMMENT ON COLUMN marketplace.refund_shortfalls.to_ask IS 'It lacks since no agent mandate covers this operation: the PSP is asked for it (FD-51); NULL: for another reason.';
COMMENT ON COLUMN marketplace.refund_shortfalls.created_at IS 'Since when.';

CREATE TABLE marketplace.refund_steps (
	marketplace_id		int NOT NULL,
	decision_id			bigint NOT NULL,
	step				int NOT NULL,
	kind				text NOT NULL,
	rule				text NOT NULL,
	source				marketplace.account_kind NOT NULL,
	allocation_id		bigint NOT NULL,
	order_line_id		bigint NOT NULL,
	seller_id			bigint NOT NULL,
	from_allocation_id	bigint,
	from_order_line_id	bigint,
	payout_id			bigint,
	amount				marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	bearer				text NOT NULL CHECK (bearer IN ('seller', 'platform')),
	created_at			timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, decision_id, step)
);
COMMENT ON TABLE marketplace.refund_steps IS
'How the money of a decision was brought together, step by step, as refund_plan() had planned it (CX-41); never changed.';
COMMENT ON COLUMN marketplace.refund_steps.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.refund_steps.decision_id IS 'The decision.';
COMMENT ON COLUMN marketplace.refund_steps.step IS 'Place in the plan: 1, 2, 3 …';
COMMENT ON COLUMN marketplace.refund_steps.kind IS
'escrow, commission, commission_to_seller, seller_available, seller_pending, payout_planned, seller_reserve, platform_advance or goodwill.';
COMMENT ON COLUMN marketplace.refund_steps.rule IS 'Posting rule: FD-P14, FD-P17 … FD-P20, FD-P23.';
COMMENT ON COLUMN marketplace.refund_steps.source IS 'Kind of the account that it came from.';
COMMENT ON COLUMN marketplace.refund_steps.allocation_id IS 'Capture allocation that is paid back.';
COMMENT ON COLUMN marketplace.refund_steps.order_line_id IS 'Order line of the allocation.';
COMMENT ON COLUMN marketplace.refund_steps.seller_id IS 'Seller of the line.';
COMMENT ON COLUMN marketplace.refund_steps.from_allocation_id IS 'Capture allocation whose cents were used (SETTLED 1); NULL for own money and for balances of no line.';
COMMENT ON COLUMN marketplace.refund_steps.from_order_line_id IS 'Order line of that allocation.';
COMMENT ON COLUMN marketplace.refund_steps.payout_id IS 'Payout that was dropped for it (FD-P12); NULL: none.';
COMMENT ON COLUMN marketplace.refund_steps.amount IS 'How much.';
COMMENT ON COLUMN marketplace.refund_steps.bearer IS 'Who bears it. A platform_advance is borne by the platform until the seller has repaid the debt.';
COMMENT ON COLUMN marketplace.refund_steps.created_at IS 'When it was posted.';

CREATE TABLE marketplace.commission_reversals (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	allocation_id	bigint NOT NULL,
	decision_id		bigint NOT NULL,
	how				text NOT NULL CHECK (how IN ('full', 'pro_rata', 'retained')),
	base			marketplace.amount NOT NULL CHECK (marketplace.sign(base) > 0),
	net				marketplace.amount NOT NULL,
	vat				marketplace.amount NOT NULL,
	created_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX commission_reversals_allocation ON marketplace.commission_reversals (marketplace_id, allocation_id);
COMMENT ON TABLE marketplace.commission_reversals IS
'Commission that was given back when released money was taken back. Each row names the accrual (the capture allocation) that it reverses and was reckoned at its rate (FD-26), cumulatively (FD-27).';
COMMENT ON COLUMN marketplace.commission_reversals.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.commission_reversals.id IS 'Number of the reversal.';
COMMENT ON COLUMN marketplace.commission_reversals.allocation_id IS 'Capture allocation on which the commission was frozen.';
COMMENT ON COLUMN marketplace.commission_reversals.decision_id IS 'Decision that caused it.';
COMMENT ON COLUMN marketplace.commission_reversals.how IS
'pro_rata: in proportion to what was taken back; full: all of the allocation, now and later; retained: none, net and vat are zero (FD-29).';
COMMENT ON COLUMN marketplace.commission_reversals.base IS 'Released money that was taken back, VAT included.';
COMMENT ON COLUMN marketplace.commission_reversals.net IS 'Commission reversed, excluding VAT.';
COMMENT ON COLUMN marketplace.commission_reversals.vat IS 'VAT on it.';
COMMENT ON COLUMN marketplace.commission_reversals.created_at IS 'When.';

CREATE TABLE marketplace.own_transfers (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	decision_id		bigint NOT NULL,
	order_id		bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	state			marketplace.own_transfer_state NOT NULL,
	created_at		timestamptz NOT NULL,
	ended_at		timestamptz,
	PRIMARY KEY (marketplace_id, id)
) WITH (fillfactor = 80);
CREATE INDEX own_transfers_decision ON marketplace.own_transfers (marketplace_id, decision_id);
COMMENT ON TABLE marketplace.own_transfers IS
'Own money that the platform puts into the client account for a refund: advances, goodwill, commission that was swept (FD-P04). Moved by its instruction.';
COMMENT ON COLUMN marketplace.own_transfers.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.own_transfers.id IS 'Number of the transfer.';
COMMENT ON COLUMN marketplace.own_transfers.decision_id IS 'Refund decision that it funds.';
COMMENT ON COLUMN marketplace.own_transfers.order_id IS 'Order of the decision.';
COMMENT ON COLUMN marketplace.own_transfers.amount IS 'What is transferred.';
COMMENT ON COLUMN marketplace.own_transfers.state IS 'See marketplace.lifecycle, machine own_transfer.';
COMMENT ON COLUMN marketplace.own_transfers.created_at IS 'When it was decided.';
COMMENT ON COLUMN marketplace.own_transfers.ended_at IS 'When it was confirmed, failed or cancelled; NULL before.';
