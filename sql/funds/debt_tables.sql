-- What sellers owe the platform since it paid their refunds in advance (FD §8). The sum of what is open is the balance of the ledger's
-- o_seller_receivable of the seller.

CREATE DOMAIN marketplace.seller_debt_state AS text CHECK (VALUE IN ('open', 'partly_repaid', 'settled', 'disputed', 'in_collection', 'written_off'));
COMMENT ON DOMAIN marketplace.seller_debt_state IS 'State of a seller''s debt: see marketplace.lifecycle, machine seller_debt (funds rule book §8).';

CREATE TABLE marketplace.seller_debts (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	seller_id		bigint NOT NULL,
	order_id		bigint NOT NULL,
	decision_id		bigint NOT NULL,
	cause			text NOT NULL CHECK (cause IN ('advance')),
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	open_amount		marketplace.amount NOT NULL CHECK (marketplace.sign(open_amount) >= 0 AND open_amount <= amount),
	interest_pct	numeric NOT NULL CHECK (interest_pct >= 0),
	interest		numeric NOT NULL DEFAULT 0 CHECK (interest >= 0),
	interest_from	date NOT NULL,
	due_on			date NOT NULL,
	state			marketplace.seller_debt_state NOT NULL,
	created_at		timestamptz NOT NULL,
	contested_at	timestamptz,
	notice_at		timestamptz,
	ended_at		timestamptz,
	PRIMARY KEY (marketplace_id, id)
) WITH (fillfactor = 80);
CREATE INDEX seller_debts_open ON marketplace.seller_debts (marketplace_id, seller_id, id) WHERE state IN ('open', 'partly_repaid', 'in_collection', 'disputed');
CREATE INDEX seller_debts_order ON marketplace.seller_debts (marketplace_id, order_id);
COMMENT ON TABLE marketplace.seller_debts IS
'What a seller owes the platform, with its age: one per refund decision for which the platform advanced own money (FD-P19). Repaid by set-off on the next releases (FD-70) or by payment (FD-P22).';
COMMENT ON COLUMN marketplace.seller_debts.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.seller_debts.id IS 'Number of the debt.';
COMMENT ON COLUMN marketplace.seller_debts.seller_id IS 'Seller who owes.';
COMMENT ON COLUMN marketplace.seller_debts.order_id IS 'Order whose refund was advanced.';
COMMENT ON COLUMN marketplace.seller_debts.decision_id IS 'Refund decision that it comes from.';
COMMENT ON COLUMN marketplace.seller_debts.cause IS 'advance: a refund that the seller could not fund.';
COMMENT ON COLUMN marketplace.seller_debts.amount IS 'What was advanced.';
COMMENT ON COLUMN marketplace.seller_debts.open_amount IS 'What is left of it, interest not counted.';
COMMENT ON COLUMN marketplace.seller_debts.interest_pct IS 'Simple interest in percent a year: policy fd.debt_interest_pct when it arose.';
COMMENT ON COLUMN marketplace.seller_debts.interest IS
'Interest accrued until interest_from and not paid, in units of the currency, not rounded. It becomes revenue only when it is paid.';
COMMENT ON COLUMN marketplace.seller_debts.interest_from IS 'Interest runs on open_amount from this day.';
COMMENT ON COLUMN marketplace.seller_debts.due_on IS 'Day from which it is due: policy fd.debt_due_days after it arose.';
COMMENT ON COLUMN marketplace.seller_debts.state IS 'See marketplace.lifecycle, machine seller_debt.';
COMMENT ON COLUMN marketplace.seller_debts.created_at IS 'When it arose.';
COMMENT ON COLUMN marketplace.seller_debts.contested_at IS 'When the seller last contested it; NULL: never.';
COMMENT ON COLUMN marketplace.seller_debts.notice_at IS 'When formal notice was given; NULL: not.';
COMMENT ON COLUMN marketplace.seller_debts.ended_at IS 'When it was settled or written off; NULL before.';

CREATE TABLE marketplace.seller_debt_movements (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	debt_id			bigint NOT NULL,
	seller_id		bigint NOT NULL,
	order_id		bigint NOT NULL,
	kind			text NOT NULL CHECK (kind IN ('advance', 'offset', 'payment', 'reduction', 'write_off')),
	principal		marketplace.amount NOT NULL CHECK (marketplace.sign(principal) >= 0),
	interest		marketplace.amount NOT NULL CHECK (marketplace.sign(interest) >= 0),
	order_line_id	bigint,
	allocation_id	bigint,
	cause			bigint NOT NULL,
	note			text,
	actor			text NOT NULL,
	recorded_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX seller_debt_movements_debt ON marketplace.seller_debt_movements (marketplace_id, debt_id);
CREATE INDEX seller_debt_movements_order ON marketplace.seller_debt_movements (marketplace_id, order_id);
COMMENT ON TABLE marketplace.seller_debt_movements IS 'How a debt grew and shrank; never changed.';
COMMENT ON COLUMN marketplace.seller_debt_movements.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.seller_debt_movements.id IS 'Number of the movement.';
COMMENT ON COLUMN marketplace.seller_debt_movements.debt_id IS 'The debt.';
COMMENT ON COLUMN marketplace.seller_debt_movements.seller_id IS 'Seller who owes it.';
COMMENT ON COLUMN marketplace.seller_debt_movements.order_id IS 'Order of the debt.';
COMMENT ON COLUMN marketplace.seller_debt_movements.kind IS
'advance (it arose, FD-P19), offset (FD-P21), payment (FD-P22), reduction (a contested debt was decided to be less), write_off (FD-P22).';
COMMENT ON COLUMN marketplace.seller_debt_movements.principal IS 'What the debt grew by (advance) or shrank by, interest not counted.';
COMMENT ON COLUMN marketplace.seller_debt_movements.interest IS 'Interest that was paid or given up with it.';
COMMENT ON COLUMN marketplace.seller_debt_movements.order_line_id IS 'Offset: order line whose release repaid it.';
COMMENT ON COLUMN marketplace.seller_debt_movements.allocation_id IS 'Offset: capture allocation whose cents repaid it.';
COMMENT ON COLUMN marketplace.seller_debt_movements.cause IS 'Event that explains it (events.id), as of its posting.';
COMMENT ON COLUMN marketplace.seller_debt_movements.note IS 'Reference of the payment, or why.';
COMMENT ON COLUMN marketplace.seller_debt_movements.actor IS 'Who recorded it.';
COMMENT ON COLUMN marketplace.seller_debt_movements.recorded_at IS 'When.';
