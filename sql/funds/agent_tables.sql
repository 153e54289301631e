-- What the platform may do with client money as agent of its PSP, and what it asks the PSP to do where it may not (FD-50 … FD-52).

CREATE DOMAIN marketplace.agent_operation AS text CHECK (VALUE IN ('hold', 'release', 'reverse_release', 'refund', 'payout', 'sweep', 'advance'));
COMMENT ON DOMAIN marketplace.agent_operation IS 'What an agent of a PSP may do with client money (FD-50).';
CREATE DOMAIN marketplace.psp_request_state AS text CHECK (VALUE IN ('requested', 'accepted', 'executed', 'refused', 'failed', 'expired'));
COMMENT ON DOMAIN marketplace.psp_request_state IS 'State of a request to the PSP: see marketplace.lifecycle, machine psp_request (FD-51).';

CREATE TABLE marketplace.agent_mandates (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	psp_party_id	bigint,
	register_number	text,
	operations		marketplace.agent_operation[] NOT NULL,
	currencies		text[],
	limited			boolean NOT NULL,
	valid_from		timestamptz NOT NULL,
	valid_until		timestamptz CHECK (valid_until > valid_from),
	ended_at		timestamptz,
	end_reason		text,
	actor			text NOT NULL,
	recorded_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) WITH (fillfactor = 90);
COMMENT ON TABLE marketplace.agent_mandates IS
'Mandates of the PSP: the platform acts as its agent, within them movements are executed at once. Several may be in force; one that covers is enough. Terms never change, an end is recorded. FD-50.';
COMMENT ON COLUMN marketplace.agent_mandates.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.agent_mandates.id IS 'Number of the mandate: movements name it.';
COMMENT ON COLUMN marketplace.agent_mandates.psp_party_id IS 'PSP that gave it; NULL: whoever is the marketplace''s PSP.';
COMMENT ON COLUMN marketplace.agent_mandates.register_number IS 'Number in the register of agents, where given.';
COMMENT ON COLUMN marketplace.agent_mandates.operations IS 'What it allows.';
COMMENT ON COLUMN marketplace.agent_mandates.currencies IS 'Currencies that it is for; NULL: all.';
COMMENT ON COLUMN marketplace.agent_mandates.limited IS 'It has rows in agent_limits.';
COMMENT ON COLUMN marketplace.agent_mandates.valid_from IS 'In force from then on.';
COMMENT ON COLUMN marketplace.agent_mandates.valid_until IS 'In force before then; NULL: open.';
COMMENT ON COLUMN marketplace.agent_mandates.ended_at IS 'When it was ended early; NULL: it was not.';
COMMENT ON COLUMN marketplace.agent_mandates.end_reason IS 'Why.';
COMMENT ON COLUMN marketplace.agent_mandates.actor IS 'Who recorded it.';
COMMENT ON COLUMN marketplace.agent_mandates.recorded_at IS 'When.';

CREATE TABLE marketplace.agent_limits (
	marketplace_id	int NOT NULL,
	mandate_id		bigint NOT NULL,
	operation		marketplace.agent_operation NOT NULL,
	currency		marketplace.currency NOT NULL,
	each_limit		marketplace.amount,
	day_limit		marketplace.amount,
	PRIMARY KEY (marketplace_id, mandate_id, operation, currency),
	CHECK (each_limit IS NOT NULL OR day_limit IS NOT NULL)
);
COMMENT ON TABLE marketplace.agent_limits IS 'Limits of mandates by operation and currency. Never changed. FD-50.';
COMMENT ON COLUMN marketplace.agent_limits.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.agent_limits.mandate_id IS 'The mandate.';
COMMENT ON COLUMN marketplace.agent_limits.operation IS 'Operation that is limited.';
COMMENT ON COLUMN marketplace.agent_limits.currency IS 'Currency of the limits.';
COMMENT ON COLUMN marketplace.agent_limits.each_limit IS 'Most that one operation may move; NULL: no limit.';
COMMENT ON COLUMN marketplace.agent_limits.day_limit IS 'Most that all operations of a local day may move together; NULL: no limit.';

CREATE TABLE marketplace.agent_uses (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	mandate_id		bigint NOT NULL,
	operation		marketplace.agent_operation NOT NULL,
	day				date NOT NULL,
	amount			marketplace.amount NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX agent_uses_day ON marketplace.agent_uses (marketplace_id, mandate_id, operation, day);
COMMENT ON TABLE marketplace.agent_uses IS 'What was moved under mandates with a daily limit. Never changed.';
COMMENT ON COLUMN marketplace.agent_uses.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.agent_uses.id IS 'Number of the use.';
COMMENT ON COLUMN marketplace.agent_uses.mandate_id IS 'The mandate.';
COMMENT ON COLUMN marketplace.agent_uses.operation IS 'What was done.';
COMMENT ON COLUMN marketplace.agent_uses.day IS 'Local day.';
COMMENT ON COLUMN marketplace.agent_uses.amount IS 'How much.';

CREATE SEQUENCE marketplace.psp_request_ids;
COMMENT ON SEQUENCE marketplace.psp_request_ids IS 'Numbers of requests to the PSP, taken before the holds that name them.';

CREATE TABLE marketplace.psp_requests (
	marketplace_id	int NOT NULL,
	id				bigint NOT NULL,
	operation		marketplace.agent_operation NOT NULL,
	object			text NOT NULL,
	object_id		bigint NOT NULL,
	order_id		bigint,
	seller_id		bigint,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	content			jsonb NOT NULL,
	hold_id			bigint,
	state			marketplace.psp_request_state NOT NULL,
	psp_reference	text,
	reason			text,
	actor			text NOT NULL,
	requested_at	timestamptz NOT NULL,
	expires_at		timestamptz NOT NULL,
	ended_at		timestamptz,
	PRIMARY KEY (marketplace_id, id)
) WITH (fillfactor = 80);
CREATE INDEX psp_requests_order ON marketplace.psp_requests (marketplace_id, order_id) WHERE state IN ('requested', 'accepted');
CREATE INDEX psp_requests_due ON marketplace.psp_requests (marketplace_id, expires_at) WHERE state IN ('requested', 'accepted');
COMMENT ON TABLE marketplace.psp_requests IS
'What no agent mandate covers is asked of the PSP: frozen content, the money reserved by a hold psp_request, moved only when the PSP has executed it. FD-51.';
COMMENT ON COLUMN marketplace.psp_requests.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.psp_requests.id IS 'Number of the request: movements name it.';
COMMENT ON COLUMN marketplace.psp_requests.operation IS 'What is asked for.';
COMMENT ON COLUMN marketplace.psp_requests.object IS 'Kind of object: order_line, payout_batch, refund, refund_funding (a refund whose money is to be taken back or advanced), sweep, money_receipt, payment (by wallet).';
COMMENT ON COLUMN marketplace.psp_requests.object_id IS 'Its number.';
COMMENT ON COLUMN marketplace.psp_requests.order_id IS 'Order of the money; NULL: of several.';
COMMENT ON COLUMN marketplace.psp_requests.seller_id IS 'Seller that it concerns; NULL: none.';
COMMENT ON COLUMN marketplace.psp_requests.amount IS 'How much is to move.';
COMMENT ON COLUMN marketplace.psp_requests.content IS 'What exactly is to move, frozen.';
COMMENT ON COLUMN marketplace.psp_requests.hold_id IS 'Hold that reserves the money; NULL: it is frozen otherwise.';
COMMENT ON COLUMN marketplace.psp_requests.state IS 'See marketplace.lifecycle, machine psp_request.';
COMMENT ON COLUMN marketplace.psp_requests.psp_reference IS 'The PSP''s name of its decision, or what proves it.';
COMMENT ON COLUMN marketplace.psp_requests.reason IS 'Why it was refused, failed or expired.';
COMMENT ON COLUMN marketplace.psp_requests.actor IS 'Who caused it.';
COMMENT ON COLUMN marketplace.psp_requests.requested_at IS 'When it was asked for.';
COMMENT ON COLUMN marketplace.psp_requests.expires_at IS 'It expires from then on (policy fd.psp_request_ttl).';
COMMENT ON COLUMN marketplace.psp_requests.ended_at IS 'When it was executed, refused, failed or expired.';

CREATE TABLE marketplace.psp_request_items (
	marketplace_id	int NOT NULL,
	request_id		bigint NOT NULL,
	allocation_id	bigint NOT NULL,
	order_line_id	bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	PRIMARY KEY (marketplace_id, request_id, allocation_id)
);
COMMENT ON TABLE marketplace.psp_request_items IS 'Whose cents a request is about. Never changed.';
COMMENT ON COLUMN marketplace.psp_request_items.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.psp_request_items.request_id IS 'The request.';
COMMENT ON COLUMN marketplace.psp_request_items.allocation_id IS 'Capture allocation.';
COMMENT ON COLUMN marketplace.psp_request_items.order_line_id IS 'Its order line.';
COMMENT ON COLUMN marketplace.psp_request_items.amount IS 'How much of it.';
