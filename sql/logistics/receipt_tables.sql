-- What a buyer objects to, and how it ends. An objection holds the money of its share until it has come to its end.

CREATE DOMAIN marketplace.objection_state AS text CHECK (VALUE IN ('open', 'closed'));
COMMENT ON DOMAIN marketplace.objection_state IS 'State of a buyer''s objection: see lifecycle receipt_objection.';

CREATE TABLE marketplace.receipt_objections (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	order_id bigint NOT NULL,
	receipt_id bigint NOT NULL,
	position int NOT NULL,
	order_line_id bigint NOT NULL,
	parcel_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	kind text NOT NULL CHECK (kind IN ('damaged', 'missing', 'wrong', 'other', 'not_received', 'refused')),
	statement text,
	stated_at timestamptz NOT NULL,
	quantity numeric NOT NULL CHECK (quantity > 0),
	open_quantity numeric NOT NULL,
	delivered boolean NOT NULL,
	movement_id bigint,
	return_movement_id bigint,
	hold_id bigint,
	carrier_state text,
	carrier_event_id bigint,
	carrier_said_at timestamptz,
	carrier_signed_by text,
	state marketplace.objection_state NOT NULL,
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL,
	closed_at timestamptz,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, receipt_id, position),
	CONSTRAINT receipt_objections_open CHECK (open_quantity >= 0 AND open_quantity <= quantity AND (state = 'closed') = (open_quantity = 0)
		AND (state = 'closed') = (closed_at IS NOT NULL)),
	CONSTRAINT receipt_objections_movement CHECK (delivered = (movement_id IS NOT NULL) AND (delivered OR kind IN ('not_received', 'refused')))
) WITH (fillfactor = 80);
CREATE INDEX receipt_objections_order ON marketplace.receipt_objections (marketplace_id, order_id);
CREATE INDEX receipt_objections_parcel ON marketplace.receipt_objections (marketplace_id, parcel_id, order_line_id);
CREATE INDEX receipt_objections_open ON marketplace.receipt_objections (marketplace_id, id) WHERE state = 'open';
COMMENT ON TABLE marketplace.receipt_objections IS
'What the buyer says against a quantity: received with reserves, not received, refused. With the carrier''s statement beside it (LG-31), and the hold on the money of the share.';
COMMENT ON COLUMN marketplace.receipt_objections.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.receipt_objections.id IS 'Number of the objection.';
COMMENT ON COLUMN marketplace.receipt_objections.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.receipt_objections.receipt_id IS 'Receipt in which the buyer said it.';
COMMENT ON COLUMN marketplace.receipt_objections.position IS 'Line of that receipt.';
COMMENT ON COLUMN marketplace.receipt_objections.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.receipt_objections.parcel_id IS 'The parcel that it came in, or should have.';
COMMENT ON COLUMN marketplace.receipt_objections.buyer_id IS 'The buyer.';
COMMENT ON COLUMN marketplace.receipt_objections.seller_id IS 'The seller of the line.';
COMMENT ON COLUMN marketplace.receipt_objections.kind IS 'damaged, missing, wrong, other (reserves); not_received; refused.';
COMMENT ON COLUMN marketplace.receipt_objections.statement IS 'The buyer''s own words.';
COMMENT ON COLUMN marketplace.receipt_objections.stated_at IS 'As of when the buyer says it: the receipt''s received_at.';
COMMENT ON COLUMN marketplace.receipt_objections.quantity IS 'How much, in the unit of the line.';
COMMENT ON COLUMN marketplace.receipt_objections.open_quantity IS 'Of it, not decided.';
COMMENT ON COLUMN marketplace.receipt_objections.delivered IS 'The quantity counts as delivered and disputed; false: the carrier has not delivered it, no quantity has moved (parcel_contents.denied).';
COMMENT ON COLUMN marketplace.receipt_objections.movement_id IS 'The movement of quantity that disputes it; NULL while not delivered.';
COMMENT ON COLUMN marketplace.receipt_objections.return_movement_id IS 'The movement that brought refused goods back, by the carrier''s word; NULL: none.';
COMMENT ON COLUMN marketplace.receipt_objections.hold_id IS 'Hold on the money of what is open (holds.id); NULL: there is nothing to hold.';
COMMENT ON COLUMN marketplace.receipt_objections.carrier_state IS 'What the carrier said of the parcel, when the buyer said this or, if later, when it contradicted it.';
COMMENT ON COLUMN marketplace.receipt_objections.carrier_event_id IS 'Its delivered event (tracking_events.id), where it says delivered.';
COMMENT ON COLUMN marketplace.receipt_objections.carrier_said_at IS 'When it delivered, as it says.';
COMMENT ON COLUMN marketplace.receipt_objections.carrier_signed_by IS 'Who signed for it, as it says.';
COMMENT ON COLUMN marketplace.receipt_objections.state IS 'open or closed: lifecycle receipt_objection. How it ended is in receipt_decisions.';
COMMENT ON COLUMN marketplace.receipt_objections.recorded_at IS 'When the platform knew.';
COMMENT ON COLUMN marketplace.receipt_objections.recorded_by IS 'Who recorded it: person, service or role.';
COMMENT ON COLUMN marketplace.receipt_objections.closed_at IS 'When the last of it was decided.';

CREATE TABLE marketplace.receipt_decisions (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	objection_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	decision text NOT NULL CHECK (decision IN ('withdrawn', 'unfounded', 'upheld', 'settled', 'overtaken')),
	quantity numeric NOT NULL CHECK (quantity > 0),
	receipt_id bigint,
	reason text NOT NULL CHECK (reason <> ''),
	decided_at timestamptz NOT NULL,
	decided_by text NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX receipt_decisions_objection ON marketplace.receipt_decisions (marketplace_id, objection_id);
COMMENT ON TABLE marketplace.receipt_decisions IS 'How objections ended, quantity by quantity. Append-only.';
COMMENT ON COLUMN marketplace.receipt_decisions.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.receipt_decisions.id IS 'Number of the decision.';
COMMENT ON COLUMN marketplace.receipt_decisions.objection_id IS 'The objection.';
COMMENT ON COLUMN marketplace.receipt_decisions.buyer_id IS 'The buyer.';
COMMENT ON COLUMN marketplace.receipt_decisions.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.receipt_decisions.decision IS
'withdrawn by the buyer; unfounded, accepted after all, says the operator; upheld, the buyer is right and gets its money back; settled otherwise, such as by a return; overtaken by a later fact.';
COMMENT ON COLUMN marketplace.receipt_decisions.quantity IS 'How much of the objection.';
COMMENT ON COLUMN marketplace.receipt_decisions.receipt_id IS 'The receipt by which it was accepted after all, or that was taken back; NULL elsewhere.';
COMMENT ON COLUMN marketplace.receipt_decisions.reason IS 'Why.';
COMMENT ON COLUMN marketplace.receipt_decisions.decided_at IS 'When.';
COMMENT ON COLUMN marketplace.receipt_decisions.decided_by IS 'Who: person, service or role.';

CREATE TABLE marketplace.receipt_evidence (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	receipt_id bigint NOT NULL,
	position int NOT NULL,
	buyer_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
	uri text NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX receipt_evidence_line ON marketplace.receipt_evidence (marketplace_id, receipt_id, position);
COMMENT ON TABLE marketplace.receipt_evidence IS 'Photos and papers of a receipt''s line: where they are, and the hash that proves that they are the same. Append-only.';
COMMENT ON COLUMN marketplace.receipt_evidence.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.receipt_evidence.id IS 'Number of the row.';
COMMENT ON COLUMN marketplace.receipt_evidence.receipt_id IS 'The receipt.';
COMMENT ON COLUMN marketplace.receipt_evidence.position IS 'Its line.';
COMMENT ON COLUMN marketplace.receipt_evidence.buyer_id IS 'The buyer.';
COMMENT ON COLUMN marketplace.receipt_evidence.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.receipt_evidence.sha256 IS 'SHA-256 of the content, in small hexadecimal digits.';
COMMENT ON COLUMN marketplace.receipt_evidence.uri IS 'Where the content is.';
