-- The life cycle of issued documents: what platforms, buyers and sellers say of them (rules/invoicing.md §10).

CREATE TABLE marketplace.invoice_statuses (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	invoice_id bigint NOT NULL,
	sequence int NOT NULL CHECK (sequence > 0),
	code text NOT NULL CHECK (code ~ '^[0-9]{3}$'),
	said_by text NOT NULL CHECK (said_by IN ('platform', 'buyer', 'seller')),
	received boolean NOT NULL,
	occurred_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	reason text,
	note text,
	action text,
	message_id text,
	flags text[] NOT NULL,
	cause_event_id bigint,
	issuer_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, invoice_id, sequence),
	UNIQUE (marketplace_id, invoice_id, message_id),
	CONSTRAINT only_what_was_received_is_flagged CHECK (received OR cardinality(flags) = 0)
);
COMMENT ON TABLE marketplace.invoice_statuses IS
'Life-cycle statuses of issued documents, in the order in which they became known; never changed: a later status says what holds now. invoice_status_record() and reactions write them. IV-69, IV-70; XP Z12-014.';
COMMENT ON COLUMN marketplace.invoice_statuses.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.invoice_statuses.id IS 'Number of the status.';
COMMENT ON COLUMN marketplace.invoice_statuses.invoice_id IS 'Document.';
COMMENT ON COLUMN marketplace.invoice_statuses.sequence IS 'First, second … status of the document.';
COMMENT ON COLUMN marketplace.invoice_statuses.code IS 'Code (MDT-105): see invoice_status_codes; others are stored as received.';
COMMENT ON COLUMN marketplace.invoice_statuses.said_by IS 'Who says it: platform, buyer or seller.';
COMMENT ON COLUMN marketplace.invoice_statuses.received IS 'It came from a platform; false: it is said here, and the outbox hands it to the platform.';
COMMENT ON COLUMN marketplace.invoice_statuses.occurred_at IS 'When it holds from.';
COMMENT ON COLUMN marketplace.invoice_statuses.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.invoice_statuses.reason IS 'Why (MDT-113): see invoice_status_reasons.';
COMMENT ON COLUMN marketplace.invoice_statuses.note IS 'Why, in words (MDT-114).';
COMMENT ON COLUMN marketplace.invoice_statuses.action IS 'What the sender asks for (MDT-121).';
COMMENT ON COLUMN marketplace.invoice_statuses.message_id IS 'Message that brought it (MDT-4): the same one twice is one status. NULL: none.';
COMMENT ON COLUMN marketplace.invoice_statuses.flags IS
'What is wrong with a status that was received: unknown_code, wrong_sender, out_of_order, reason_missing, reason_unknown, amount_missing, amount_excessive. Empty: nothing.';
COMMENT ON COLUMN marketplace.invoice_statuses.cause_event_id IS 'Event of the outbox that it follows from; NULL: it was recorded by a call.';
COMMENT ON COLUMN marketplace.invoice_statuses.issuer_id IS 'Issuer of the document.';
COMMENT ON COLUMN marketplace.invoice_statuses.buyer_id IS 'Party that is invoiced.';

CREATE TABLE marketplace.invoice_status_amounts (
	marketplace_id int NOT NULL,
	status_id bigint NOT NULL,
	position int NOT NULL CHECK (position > 0),
	invoice_id bigint NOT NULL,
	code text NOT NULL,
	kind text NOT NULL CHECK (kind ~ '^[A-Z]{3,6}$'),
	vat_rate numeric,
	amount marketplace.amount NOT NULL,
	issuer_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	PRIMARY KEY (marketplace_id, status_id, position),
	CONSTRAINT cashed_amounts_have_a_rate CHECK (kind <> 'MEN' OR vat_rate IS NOT NULL)
);
CREATE INDEX invoice_status_amounts_invoice ON marketplace.invoice_status_amounts (marketplace_id, invoice_id);
COMMENT ON TABLE marketplace.invoice_status_amounts IS 'Amounts that a status states, above all what was cashed in (212) by VAT rate; never changed. BR-FR-CDV-14.';
COMMENT ON COLUMN marketplace.invoice_status_amounts.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.invoice_status_amounts.status_id IS 'Status.';
COMMENT ON COLUMN marketplace.invoice_status_amounts.position IS 'Position in the status.';
COMMENT ON COLUMN marketplace.invoice_status_amounts.invoice_id IS 'Document of the status.';
COMMENT ON COLUMN marketplace.invoice_status_amounts.code IS 'Code of the status.';
COMMENT ON COLUMN marketplace.invoice_status_amounts.kind IS 'What the amount is (MDT-207): MEN cashed in, MPA paid, RAP left to pay, ESC, RAB, REM discounts, MNA not approved …';
COMMENT ON COLUMN marketplace.invoice_status_amounts.vat_rate IS 'VAT rate in percent (MDT-224).';
COMMENT ON COLUMN marketplace.invoice_status_amounts.amount IS 'Amount, VAT included (MDT-215); negative: given back, as on credit notes.';
COMMENT ON COLUMN marketplace.invoice_status_amounts.issuer_id IS 'Issuer of the document.';
COMMENT ON COLUMN marketplace.invoice_status_amounts.buyer_id IS 'Party that is invoiced.';
