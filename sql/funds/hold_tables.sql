-- Holds (FD-38 … FD-41): what of whose money may not move, why, and until when. A hold moves nothing; it makes part of a balance
-- unavailable to releases, payouts and whatever takes from the seller's side.

CREATE DOMAIN marketplace.hold_state AS text CHECK (VALUE IN ('active', 'lifted', 'expired'));
COMMENT ON DOMAIN marketplace.hold_state IS 'State of a hold: see marketplace.lifecycle, machine hold (FD-38).';

CREATE TABLE marketplace.holds (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	target			text NOT NULL CHECK (target IN ('order_line', 'seller_order', 'order', 'payout', 'seller')),
	order_id		bigint,
	seller_order_id	bigint,
	order_line_id	bigint,
	payout_id		bigint,
	seller_id		bigint,
	buyer_id		bigint,
	slice			text NOT NULL,
	amount			marketplace.amount CHECK (marketplace.sign(amount) > 0),
	quantity		numeric CHECK (quantity > 0),
	lifted			marketplace.amount CHECK (marketplace.sign(lifted) >= 0 AND lifted <= amount),
	reason			text NOT NULL CHECK (reason IN (
		'dispute', 'kyc', 'bank_account', 'legal', 'insolvency', 'psp_request', 'recon_break', 'late_evidence', 'manual')),
	owner			text NOT NULL CHECK (owner IN ('operator', 'buyer', 'system')),
	note			text,
	state			marketplace.hold_state NOT NULL,
	held_from		timestamptz NOT NULL,
	held_until		timestamptz CHECK (held_until > held_from),
	placed_by		text NOT NULL,
	cause			bigint,
	lifted_by		text,
	ended_at		timestamptz,
	PRIMARY KEY (marketplace_id, id),
	CHECK ((amount IS NULL) = (lifted IS NULL)),
	CHECK ((state = 'active') = (ended_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX holds_order ON marketplace.holds (marketplace_id, order_id);
CREATE INDEX holds_seller ON marketplace.holds (marketplace_id, seller_id);
CREATE INDEX holds_due ON marketplace.holds (marketplace_id, held_until) WHERE state = 'active' AND held_until IS NOT NULL;
COMMENT ON TABLE marketplace.holds IS
'Holds and what they were placed for (FD-38). Never raised: a larger hold on the same slice is a new row, and the larger counts. What is held of which line or wallet is in hold_parts.';
COMMENT ON COLUMN marketplace.holds.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.holds.id IS 'Number of the hold.';
COMMENT ON COLUMN marketplace.holds.target IS 'What was held: order_line, seller_order, order, payout or seller (its wallet: what is available to be paid out).';
COMMENT ON COLUMN marketplace.holds.order_id IS 'Order of the target; NULL for payouts and wallets.';
COMMENT ON COLUMN marketplace.holds.seller_order_id IS 'Seller order of the target; NULL for whole orders, payouts and wallets.';
COMMENT ON COLUMN marketplace.holds.order_line_id IS 'The order line; NULL for other targets.';
COMMENT ON COLUMN marketplace.holds.payout_id IS 'The payout; NULL for other targets.';
COMMENT ON COLUMN marketplace.holds.seller_id IS 'Seller whose money is held; NULL for whole orders, which may have several.';
COMMENT ON COLUMN marketplace.holds.buyer_id IS 'Buyer of the order; NULL for payouts and wallets.';
COMMENT ON COLUMN marketplace.holds.slice IS
'Which part of the target is meant. Holds on one slice do not add up, the largest counts; holds on several slices do (FD-39). whole: the target as such.';
COMMENT ON COLUMN marketplace.holds.amount IS 'What was held; NULL: all, whatever comes in later.';
COMMENT ON COLUMN marketplace.holds.quantity IS 'Quantity of the line that the amount is the share of; NULL: the amount was named, or all.';
COMMENT ON COLUMN marketplace.holds.lifted IS 'What has been lifted of the amount; NULL when all is held.';
COMMENT ON COLUMN marketplace.holds.reason IS 'Why: dispute, kyc, bank_account, legal, insolvency, psp_request, recon_break, late_evidence or manual.';
COMMENT ON COLUMN marketplace.holds.owner IS 'Capacity that may lift it, beside the operator: operator, buyer, or system (what caused it lifts it).';
COMMENT ON COLUMN marketplace.holds.note IS 'Remark for people.';
COMMENT ON COLUMN marketplace.holds.state IS 'See marketplace.lifecycle, machine hold.';
COMMENT ON COLUMN marketplace.holds.held_from IS 'When it was placed.';
COMMENT ON COLUMN marketplace.holds.held_until IS 'When tick() ends it; NULL: when it is lifted.';
COMMENT ON COLUMN marketplace.holds.placed_by IS 'Who placed it.';
COMMENT ON COLUMN marketplace.holds.cause IS 'Event that it was placed for (events.id); NULL: placed by hand.';
COMMENT ON COLUMN marketplace.holds.lifted_by IS 'Who lifted the last of it; NULL before, and when it expired.';
COMMENT ON COLUMN marketplace.holds.ended_at IS 'When it was lifted whole or expired; NULL: active.';

CREATE TABLE marketplace.hold_parts (
	marketplace_id	int NOT NULL,
	hold_id			bigint NOT NULL,
	position		int NOT NULL,
	order_id		bigint,
	order_line_id	bigint,
	payout_id		bigint,
	seller_id		bigint NOT NULL,
	slice			text NOT NULL,
	amount			marketplace.amount CHECK (marketplace.sign(amount) > 0),
	lifted			marketplace.amount CHECK (marketplace.sign(lifted) >= 0 AND lifted <= amount),
	open			boolean NOT NULL,
	opened_at		timestamptz,
	closed_at		timestamptz,
	PRIMARY KEY (marketplace_id, hold_id, position),
	CHECK ((amount IS NULL) = (lifted IS NULL)),
	CHECK (open = (opened_at IS NOT NULL AND closed_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX hold_parts_line ON marketplace.hold_parts (marketplace_id, order_line_id);
CREATE INDEX hold_parts_seller ON marketplace.hold_parts (marketplace_id, seller_id) WHERE open;
CREATE INDEX hold_parts_payout ON marketplace.hold_parts (marketplace_id, payout_id) WHERE payout_id IS NOT NULL;
COMMENT ON TABLE marketplace.hold_parts IS
'Where a hold bites: an order line, or (no line) the wallet of a seller. A hold of an amount on an order is shared among its lines when it is placed, by what they have (largest remainder).';
COMMENT ON COLUMN marketplace.hold_parts.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.hold_parts.hold_id IS 'The hold.';
COMMENT ON COLUMN marketplace.hold_parts.position IS 'Place in the hold: 1, 2, 3 …';
COMMENT ON COLUMN marketplace.hold_parts.order_id IS 'Order of the line; NULL for wallets.';
COMMENT ON COLUMN marketplace.hold_parts.order_line_id IS 'Order line whose money is held, wherever it is before it is paid out; NULL: the seller''s wallet.';
COMMENT ON COLUMN marketplace.hold_parts.payout_id IS 'Payout that the money was in when it was held: it counts once it is back in the wallet; NULL for other targets.';
COMMENT ON COLUMN marketplace.hold_parts.seller_id IS 'Seller whose money it is.';
COMMENT ON COLUMN marketplace.hold_parts.slice IS 'Slice of the line or wallet (FD-39).';
COMMENT ON COLUMN marketplace.hold_parts.amount IS 'What was held; NULL: all.';
COMMENT ON COLUMN marketplace.hold_parts.lifted IS 'What has been lifted of it; NULL when all is held.';
COMMENT ON COLUMN marketplace.hold_parts.open IS 'Whether it counts now.';
COMMENT ON COLUMN marketplace.hold_parts.opened_at IS 'Since when it counts; NULL: the payout that the money is in was sent and has not failed.';
COMMENT ON COLUMN marketplace.hold_parts.closed_at IS 'When it was lifted whole or expired; NULL before.';

CREATE TABLE marketplace.hold_lifts (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	hold_id			bigint NOT NULL,
	position		int NOT NULL,
	amount			marketplace.amount CHECK (marketplace.sign(amount) > 0),
	reason			text NOT NULL,
	lifted_by		text NOT NULL,
	lifted_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX hold_lifts_part ON marketplace.hold_lifts (marketplace_id, hold_id, position);
COMMENT ON TABLE marketplace.hold_lifts IS 'Each lifting of a part of a hold, in part or whole (FD-38); never changed.';
COMMENT ON COLUMN marketplace.hold_lifts.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.hold_lifts.id IS 'Number of the lifting.';
COMMENT ON COLUMN marketplace.hold_lifts.hold_id IS 'The hold.';
COMMENT ON COLUMN marketplace.hold_lifts.position IS 'Which part of it.';
COMMENT ON COLUMN marketplace.hold_lifts.amount IS 'What was lifted; NULL when all was held.';
COMMENT ON COLUMN marketplace.hold_lifts.reason IS 'Why.';
COMMENT ON COLUMN marketplace.hold_lifts.lifted_by IS 'Who.';
COMMENT ON COLUMN marketplace.hold_lifts.lifted_at IS 'When.';

CREATE TABLE marketplace.wallet_locks (
	marketplace_id	int NOT NULL,
	seller_id		bigint NOT NULL,
	holds			bigint NOT NULL DEFAULT 0,
	PRIMARY KEY (marketplace_id, seller_id)
) WITH (fillfactor = 50);
COMMENT ON TABLE marketplace.wallet_locks IS
'One row a seller, locked by whoever places a hold on its money and by whoever takes money for a payout, so that a payout never contains a cent that was held before (FD-41).';
COMMENT ON COLUMN marketplace.wallet_locks.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.wallet_locks.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.wallet_locks.holds IS 'Holds placed so far: changed with each, so that a repeatable read transaction that has not seen the hold fails instead of paying it out.';
