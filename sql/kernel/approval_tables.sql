CREATE DOMAIN marketplace.approval_state AS text CHECK (VALUE IN ('requested', 'given', 'refused', 'used', 'superseded'));
COMMENT ON DOMAIN marketplace.approval_state IS 'State of a request for approval: see marketplace.lifecycle, machine approval. FD-54.';

CREATE TABLE marketplace.approval_requests (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	kind			text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]{0,62}$'),
	object_id		bigint NOT NULL,
	content			jsonb NOT NULL,
	content_hash	text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),
	amount			marketplace.amount,
	reason			text,
	state			marketplace.approval_state NOT NULL,
	requester		text NOT NULL,
	requested_at	timestamptz NOT NULL,
	decided_by		text,
	decided_at		timestamptz,
	answer			text,
	expires_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	CONSTRAINT approval_by_a_second_person CHECK (state NOT IN ('given', 'used') OR (decided_by IS NOT NULL AND decided_by <> requester)),
	CHECK ((decided_by IS NULL) = (decided_at IS NULL))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX approval_requests_open ON marketplace.approval_requests (marketplace_id, kind, object_id)
	WHERE state IN ('requested', 'given');
COMMENT ON TABLE marketplace.approval_requests IS
'What somebody wants to do and a second person has to approve first, exactly as it stands here (FD-54). At most one open request per object and kind.';
COMMENT ON COLUMN marketplace.approval_requests.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.approval_requests.id IS 'Number of the request.';
COMMENT ON COLUMN marketplace.approval_requests.kind IS 'What is to be done: payout, ….';
COMMENT ON COLUMN marketplace.approval_requests.object_id IS 'Number of the object that it is done to.';
COMMENT ON COLUMN marketplace.approval_requests.content IS 'What is to be approved, complete.';
COMMENT ON COLUMN marketplace.approval_requests.content_hash IS 'SHA-256 of the content''s text, in hex: what an approval names.';
COMMENT ON COLUMN marketplace.approval_requests.amount IS 'The money that it is about; NULL: none.';
COMMENT ON COLUMN marketplace.approval_requests.reason IS 'Why it is asked for.';
COMMENT ON COLUMN marketplace.approval_requests.state IS 'requested, given, refused, used, or superseded by a newer request.';
COMMENT ON COLUMN marketplace.approval_requests.requester IS 'The person who asks.';
COMMENT ON COLUMN marketplace.approval_requests.requested_at IS 'When it was asked for.';
COMMENT ON COLUMN marketplace.approval_requests.decided_by IS 'The person who answered; never the requester where it was given.';
COMMENT ON COLUMN marketplace.approval_requests.decided_at IS 'When it was answered; NULL before.';
COMMENT ON COLUMN marketplace.approval_requests.answer IS 'Why it was refused.';
COMMENT ON COLUMN marketplace.approval_requests.expires_at IS 'Until then it may be answered, and once it was given, used (policy fd.approval_ttl).';
