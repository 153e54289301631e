-- What the PSP tells about payments, as it came: in any order and any number of times (FD-82).

CREATE DOMAIN marketplace.psp_event_state AS text CHECK (VALUE IN ('waiting', 'applied', 'rejected'));
COMMENT ON DOMAIN marketplace.psp_event_state IS 'State of a message of the PSP: see marketplace.lifecycle, machine psp_event.';

CREATE TABLE marketplace.psp_events (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	external_id		text NOT NULL,
	kind			text NOT NULL CHECK (kind IN ('authorised', 'captured', 'settled', 'voided', 'expired', 'failed', 'chargeback', 'returned',
		'chargeback_recovered', 'chargeback_lost')),
	psp_reference	text NOT NULL,
	capture_reference text,
	chargeback_reference text,
	amount			marketplace.amount CHECK (marketplace.sign(amount) > 0),
	fee				marketplace.amount CHECK (marketplace.sign(fee) > 0),
	reason			text,
	document		jsonb NOT NULL,
	state			marketplace.psp_event_state NOT NULL,
	note			text,
	payment_id		bigint,
	recorded_at		timestamptz NOT NULL,
	applied_at		timestamptz,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, external_id)
) WITH (fillfactor = 80);
CREATE INDEX psp_events_waiting ON marketplace.psp_events (marketplace_id, psp_reference) WHERE state = 'waiting';
CREATE INDEX psp_events_payment ON marketplace.psp_events (marketplace_id, payment_id) WHERE payment_id IS NOT NULL;
COMMENT ON TABLE marketplace.psp_events IS
'Messages of the PSP about payments: stored as they came, applied when what they need is there, each once (FD-82).';
COMMENT ON COLUMN marketplace.psp_events.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.psp_events.id IS 'Number of the message.';
COMMENT ON COLUMN marketplace.psp_events.external_id IS 'The PSP''s name of the message: the same one again changes nothing.';
COMMENT ON COLUMN marketplace.psp_events.kind IS 'What happened to the payment.';
COMMENT ON COLUMN marketplace.psp_events.psp_reference IS 'The payment''s name at the PSP.';
COMMENT ON COLUMN marketplace.psp_events.capture_reference IS 'The capture''s name at the PSP; NULL: it is about the payment.';
COMMENT ON COLUMN marketplace.psp_events.chargeback_reference IS 'The chargeback''s name at the PSP; NULL: it is about none.';
COMMENT ON COLUMN marketplace.psp_events.amount IS 'How much; NULL: not told.';
COMMENT ON COLUMN marketplace.psp_events.fee IS 'Fee of the PSP; NULL: none told.';
COMMENT ON COLUMN marketplace.psp_events.reason IS 'Why; NULL: not told.';
COMMENT ON COLUMN marketplace.psp_events.document IS 'The message as it was recorded, with the PSP''s own under raw.';
COMMENT ON COLUMN marketplace.psp_events.state IS 'waiting for another message, applied, or rejected: it contradicts what is known.';
COMMENT ON COLUMN marketplace.psp_events.note IS 'What it waits for, or what it contradicts.';
COMMENT ON COLUMN marketplace.psp_events.payment_id IS 'Payment that it was applied to.';
COMMENT ON COLUMN marketplace.psp_events.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.psp_events.applied_at IS 'When it was applied or rejected; NULL: it waits.';
