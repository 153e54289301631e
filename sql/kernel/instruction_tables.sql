CREATE DOMAIN marketplace.instruction_state AS text
CHECK (VALUE IN ('planned', 'sent', 'acknowledged', 'confirmed', 'failed', 'unknown', 'cancelled'));
COMMENT ON DOMAIN marketplace.instruction_state IS 'State of an instruction to the outside world; see lifecycle machine instruction. FD-80.';

CREATE TABLE marketplace.instructions (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	idempotency_key uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
	kind text NOT NULL,
	object text NOT NULL,
	object_id bigint NOT NULL,
	party_id bigint,
	payload jsonb NOT NULL,
	payload_hash bytea NOT NULL,
	state marketplace.instruction_state NOT NULL,
	evidence text,
	planned_at timestamptz NOT NULL,
	changed_at timestamptz,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, idempotency_key)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX instructions_open ON marketplace.instructions (marketplace_id, kind, object, object_id)
WHERE state IN ('planned', 'sent', 'acknowledged', 'unknown');
CREATE INDEX instructions_sent ON marketplace.instructions (marketplace_id, changed_at) WHERE state = 'sent';
CREATE INDEX instructions_object ON marketplace.instructions (marketplace_id, object, object_id, id);
COMMENT ON TABLE marketplace.instructions IS
'What the marketplace asks of its PSP, banks, carriers and insurers, written in the commit of the decision. At most one open one per object and kind. FD-80…FD-82.';
COMMENT ON COLUMN marketplace.instructions.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.instructions.id IS 'Number of the instruction.';
COMMENT ON COLUMN marketplace.instructions.idempotency_key IS 'Minted once, sent with every attempt, never used for another instruction.';
COMMENT ON COLUMN marketplace.instructions.kind IS 'What is asked: payout, refund, ….';
COMMENT ON COLUMN marketplace.instructions.object IS 'Kind of object that it is for.';
COMMENT ON COLUMN marketplace.instructions.object_id IS 'Number of that object.';
COMMENT ON COLUMN marketplace.instructions.party_id IS 'Whom we ask, where known.';
COMMENT ON COLUMN marketplace.instructions.payload IS 'What is asked, complete.';
COMMENT ON COLUMN marketplace.instructions.payload_hash IS 'SHA-256 of the payload''s text.';
COMMENT ON COLUMN marketplace.instructions.state IS 'planned, sent, acknowledged, confirmed, failed, unknown or cancelled.';
COMMENT ON COLUMN marketplace.instructions.evidence IS 'What proves the outcome: the PSP''s reference, a bank entry, who found out.';
COMMENT ON COLUMN marketplace.instructions.planned_at IS 'When it was decided.';
COMMENT ON COLUMN marketplace.instructions.changed_at IS 'When the state changed last.';
