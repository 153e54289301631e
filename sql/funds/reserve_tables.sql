-- Reserve (FD-42, FD-P08): a part of each release that is kept back for later claims and freed on a ladder of days. Its cents stay in accounts
-- of their line and capture allocation, so that each can be traced from the capture to the end.

CREATE TABLE marketplace.reserve_rules (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	seller_id		bigint,
	category		text,
	pct				numeric NOT NULL CHECK (pct >= 0 AND pct <= 100),
	ladder_days		int[] NOT NULL,
	ladder_pct		numeric[] NOT NULL,
	floor			marketplace.amount CHECK (marketplace.sign(floor) >= 0),
	valid_from		timestamptz NOT NULL,
	valid_until		timestamptz CHECK (valid_until > valid_from),
	actor			text NOT NULL,
	recorded_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	CHECK (cardinality(ladder_days) = cardinality(ladder_pct) AND cardinality(ladder_days) > 0)
);
CREATE INDEX reserve_rules_seller ON marketplace.reserve_rules (marketplace_id, seller_id, category);
COMMENT ON TABLE marketplace.reserve_rules IS
'What is kept back of releases (FD-42). Never changed: a newer row of the same seller and category takes over from its valid_from. Seller and category win over seller, seller over category, category over the general rule, that over the policy parameters fd.reserve_pct, fd.reserve_days and fd.reserve_floor.';
COMMENT ON COLUMN marketplace.reserve_rules.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.reserve_rules.id IS 'Number of the rule.';
COMMENT ON COLUMN marketplace.reserve_rules.seller_id IS 'Seller that it is for; NULL: every seller.';
COMMENT ON COLUMN marketplace.reserve_rules.category IS 'Commission category of the line; NULL: every category.';
COMMENT ON COLUMN marketplace.reserve_rules.pct IS 'Percent of what a release brings the seller.';
COMMENT ON COLUMN marketplace.reserve_rules.ladder_days IS 'Days (of 24 hours) after the release in which the steps of the reserve are freed.';
COMMENT ON COLUMN marketplace.reserve_rules.ladder_pct IS 'Percent of the reserve that each step frees; they add up to 100.';
COMMENT ON COLUMN marketplace.reserve_rules.floor IS 'What stays in the seller''s reserve whatever is due; NULL: this rule sets none.';
COMMENT ON COLUMN marketplace.reserve_rules.valid_from IS 'Releases from then on.';
COMMENT ON COLUMN marketplace.reserve_rules.valid_until IS 'Releases before then; NULL: open.';
COMMENT ON COLUMN marketplace.reserve_rules.actor IS 'Who set it.';
COMMENT ON COLUMN marketplace.reserve_rules.recorded_at IS 'When it was set.';

CREATE TABLE marketplace.reserves (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	order_id		bigint NOT NULL,
	order_line_id	bigint NOT NULL,
	allocation_id	bigint NOT NULL,
	seller_id		bigint NOT NULL,
	base			marketplace.amount NOT NULL CHECK (marketplace.sign(base) > 0),
	pct				numeric NOT NULL,
	rule_id			bigint,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) >= 0 AND amount <= base),
	taken_at		timestamptz NOT NULL,
	cause			bigint NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX reserves_allocation ON marketplace.reserves (marketplace_id, allocation_id);
CREATE INDEX reserves_seller ON marketplace.reserves (marketplace_id, seller_id);
COMMENT ON TABLE marketplace.reserves IS 'What was kept back of each release of a capture allocation, and why; never changed.';
COMMENT ON COLUMN marketplace.reserves.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.reserves.id IS 'Number of the row.';
COMMENT ON COLUMN marketplace.reserves.order_id IS 'Order of the line.';
COMMENT ON COLUMN marketplace.reserves.order_line_id IS 'Order line that was released.';
COMMENT ON COLUMN marketplace.reserves.allocation_id IS 'Capture allocation whose cents these are.';
COMMENT ON COLUMN marketplace.reserves.seller_id IS 'Seller whose reserve it is.';
COMMENT ON COLUMN marketplace.reserves.base IS 'What the release brought the seller: less commission, VAT included.';
COMMENT ON COLUMN marketplace.reserves.pct IS 'Percent of the base.';
COMMENT ON COLUMN marketplace.reserves.rule_id IS 'Rule that was in force; NULL: the policy parameters.';
COMMENT ON COLUMN marketplace.reserves.amount IS 'What was kept back: cumulative over the releases of the allocation, so that nothing is lost by rounding (RD-10).';
COMMENT ON COLUMN marketplace.reserves.taken_at IS 'When.';
COMMENT ON COLUMN marketplace.reserves.cause IS 'Event of the release (events.id).';

CREATE TABLE marketplace.reserve_steps (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	reserve_id		bigint NOT NULL,
	order_id		bigint NOT NULL,
	order_line_id	bigint NOT NULL,
	allocation_id	bigint NOT NULL,
	seller_id		bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	released		marketplace.amount NOT NULL CHECK (marketplace.sign(released) >= 0 AND released <= amount),
	due_at			timestamptz NOT NULL,
	open			boolean NOT NULL,
	PRIMARY KEY (marketplace_id, id)
) WITH (fillfactor = 80);
CREATE INDEX reserve_steps_reserve ON marketplace.reserve_steps (marketplace_id, reserve_id);
CREATE INDEX reserve_steps_due ON marketplace.reserve_steps (marketplace_id, seller_id, due_at) WHERE open;
COMMENT ON TABLE marketplace.reserve_steps IS 'The ladder on which each reserve is freed, as the rule had it at the release.';
COMMENT ON COLUMN marketplace.reserve_steps.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.reserve_steps.id IS 'Number of the step.';
COMMENT ON COLUMN marketplace.reserve_steps.reserve_id IS 'The reserve that it is a part of.';
COMMENT ON COLUMN marketplace.reserve_steps.order_id IS 'Order of the line.';
COMMENT ON COLUMN marketplace.reserve_steps.order_line_id IS 'Order line whose cents these are.';
COMMENT ON COLUMN marketplace.reserve_steps.allocation_id IS 'Capture allocation whose cents these are.';
COMMENT ON COLUMN marketplace.reserve_steps.seller_id IS 'Seller whose reserve it is.';
COMMENT ON COLUMN marketplace.reserve_steps.amount IS 'What is due.';
COMMENT ON COLUMN marketplace.reserve_steps.released IS 'What of it was freed.';
COMMENT ON COLUMN marketplace.reserve_steps.due_at IS 'When.';
COMMENT ON COLUMN marketplace.reserve_steps.open IS 'Whether something may still be freed: false once all was, or the rest was used for a claim.';

CREATE TABLE marketplace.reserve_releases (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	step_id			bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	released_at		timestamptz NOT NULL,
	cause			bigint NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX reserve_releases_step ON marketplace.reserve_releases (marketplace_id, step_id);
COMMENT ON TABLE marketplace.reserve_releases IS 'Each freeing of a step, in part where floor or disputes kept the rest; never changed.';
COMMENT ON COLUMN marketplace.reserve_releases.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.reserve_releases.id IS 'Number of the row.';
COMMENT ON COLUMN marketplace.reserve_releases.step_id IS 'The step.';
COMMENT ON COLUMN marketplace.reserve_releases.amount IS 'What was freed.';
COMMENT ON COLUMN marketplace.reserve_releases.released_at IS 'When.';
COMMENT ON COLUMN marketplace.reserve_releases.cause IS 'Event that tells of it (events.id).';
