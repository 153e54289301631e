-- Returns (RMA): what a buyer announces, ships, and what the seller receives, inspects and does with it; four facts that may differ (LG-47).

CREATE DOMAIN marketplace.return_state AS text
	CHECK (VALUE IN ('requested', 'refused', 'approved', 'label_issued', 'in_transit', 'received', 'inspected', 'closed', 'expired', 'cancelled'));
COMMENT ON DOMAIN marketplace.return_state IS 'State of a return: see marketplace.lifecycle, machine return (logistics rule book §9).';

CREATE TABLE marketplace.returns (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	order_id bigint NOT NULL,
	seller_order_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	state marketplace.return_state NOT NULL,
	reason text NOT NULL CHECK (reason <> ''),
	resolution text NOT NULL CHECK (resolution IN ('refund', 'replacement', 'repair', 'none')),
	freight_payer text CHECK (freight_payer IN ('seller', 'buyer', 'platform')),
	note text,
	shipment_id bigint,
	requested_at timestamptz NOT NULL,
	ship_by timestamptz,
	received_at timestamptz,
	inspect_by timestamptz,
	refund_due_at timestamptz,
	closed_at timestamptz,
	PRIMARY KEY (marketplace_id, id),
	CONSTRAINT returns_received CHECK ((state IN ('received', 'inspected', 'closed')) = (inspect_by IS NOT NULL)),
	CONSTRAINT returns_closed CHECK ((state IN ('refused', 'closed', 'expired', 'cancelled')) = (closed_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX returns_order ON marketplace.returns (marketplace_id, order_id);
CREATE INDEX returns_shipment ON marketplace.returns (marketplace_id, shipment_id) WHERE shipment_id IS NOT NULL;
CREATE INDEX returns_ship_by ON marketplace.returns (marketplace_id, ship_by) WHERE state IN ('approved', 'label_issued');
CREATE INDEX returns_inspect_by ON marketplace.returns (marketplace_id, inspect_by) WHERE state = 'received' AND refund_due_at IS NULL;
COMMENT ON TABLE marketplace.returns IS 'Goods on their way back from a buyer to one seller (RMA). A return is no refund and a refund no return: they are linked, not one (LG-48).';
COMMENT ON COLUMN marketplace.returns.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.returns.id IS 'Number of the return.';
COMMENT ON COLUMN marketplace.returns.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.returns.seller_order_id IS 'The seller''s part of it: goods go back to one seller.';
COMMENT ON COLUMN marketplace.returns.seller_id IS 'Seller who gets the goods back.';
COMMENT ON COLUMN marketplace.returns.buyer_id IS 'Buyer who sends them.';
COMMENT ON COLUMN marketplace.returns.state IS 'See marketplace.lifecycle, machine return.';
COMMENT ON COLUMN marketplace.returns.reason IS 'Why, in the buyer''s words or as a code of the marketplace.';
COMMENT ON COLUMN marketplace.returns.resolution IS 'What it is for: refund, replacement, repair or none.';
COMMENT ON COLUMN marketplace.returns.freight_payer IS 'Who pays the way back; NULL until somebody has said so.';
COMMENT ON COLUMN marketplace.returns.note IS 'Free words of the buyer.';
COMMENT ON COLUMN marketplace.returns.shipment_id IS 'The return shipment, with its own parcels and tracking; NULL before a label.';
COMMENT ON COLUMN marketplace.returns.requested_at IS 'When it was asked for.';
COMMENT ON COLUMN marketplace.returns.ship_by IS 'Last instant for the buyer to send it (lg.rma_ship_window); NULL before the approval.';
COMMENT ON COLUMN marketplace.returns.received_at IS 'When the last of it was received.';
COMMENT ON COLUMN marketplace.returns.inspect_by IS 'Last instant of the inspection (lg.rma_inspect_window): a refund is then due without it (LG-49).';
COMMENT ON COLUMN marketplace.returns.refund_due_at IS 'When a refund became due: by the inspection, or because it was not made in time; NULL: none is.';
COMMENT ON COLUMN marketplace.returns.closed_at IS 'When it came to its end, whatever the end.';

CREATE TABLE marketplace.return_lines (
	marketplace_id int NOT NULL,
	return_id bigint NOT NULL,
	order_line_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	announced numeric NOT NULL CHECK (announced >= 0),
	shipped numeric CHECK (shipped >= 0),
	received numeric NOT NULL DEFAULT 0 CHECK (received >= 0),
	PRIMARY KEY (marketplace_id, return_id, order_line_id)
) WITH (fillfactor = 80);
CREATE INDEX return_lines_line ON marketplace.return_lines (marketplace_id, order_line_id);
COMMENT ON TABLE marketplace.return_lines IS 'How much of which order line: announced, shipped and received are facts of three people (LG-47).';
COMMENT ON COLUMN marketplace.return_lines.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.return_lines.return_id IS 'The return.';
COMMENT ON COLUMN marketplace.return_lines.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.return_lines.seller_id IS 'Seller of the line.';
COMMENT ON COLUMN marketplace.return_lines.buyer_id IS 'Buyer of the order.';
COMMENT ON COLUMN marketplace.return_lines.announced IS 'What the buyer announced, in the unit of the line; 0: it came without being announced.';
COMMENT ON COLUMN marketplace.return_lines.shipped IS 'What the buyer or the carrier says was sent; NULL: nobody has said it.';
COMMENT ON COLUMN marketplace.return_lines.received IS 'What the seller received: only this moves quantities.';

CREATE TABLE marketplace.return_inspections (
	marketplace_id int NOT NULL,
	return_id bigint NOT NULL,
	position int NOT NULL,
	order_line_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	quantity numeric NOT NULL CHECK (quantity > 0),
	grade text NOT NULL CHECK (grade IN ('A', 'B', 'C')),
	compliant boolean NOT NULL,
	reason text CHECK (reason <> ''),
	inspected_at timestamptz NOT NULL,
	inspected_by text NOT NULL,
	disposition text CHECK (disposition IN ('restock', 'repair', 'scrap', 'send_back')),
	disposed_at timestamptz,
	PRIMARY KEY (marketplace_id, return_id, position),
	CONSTRAINT return_inspections_reason CHECK (compliant OR reason IS NOT NULL),
	CONSTRAINT return_inspections_disposed CHECK ((disposition IS NULL) = (disposed_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX return_inspections_line ON marketplace.return_inspections (marketplace_id, order_line_id);
COMMENT ON TABLE marketplace.return_inspections IS 'What the inspection found, grade by grade, and what became of the goods (LG-49).';
COMMENT ON COLUMN marketplace.return_inspections.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.return_inspections.return_id IS 'The return.';
COMMENT ON COLUMN marketplace.return_inspections.position IS 'Number within the return, from 1.';
COMMENT ON COLUMN marketplace.return_inspections.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.return_inspections.seller_id IS 'Seller of the line.';
COMMENT ON COLUMN marketplace.return_inspections.buyer_id IS 'Buyer of the order.';
COMMENT ON COLUMN marketplace.return_inspections.quantity IS 'How much of it, in the unit of the line.';
COMMENT ON COLUMN marketplace.return_inspections.grade IS 'A as new, B usable, C not usable: decides how much is refunded (lg.grade_refund_pct).';
COMMENT ON COLUMN marketplace.return_inspections.compliant IS 'It came back as it should: complete, and the goods that were sold.';
COMMENT ON COLUMN marketplace.return_inspections.reason IS 'What was found; required where it is not compliant.';
COMMENT ON COLUMN marketplace.return_inspections.inspected_at IS 'When.';
COMMENT ON COLUMN marketplace.return_inspections.inspected_by IS 'By whom: the acting person or role.';
COMMENT ON COLUMN marketplace.return_inspections.disposition IS 'What became of it: restock, repair, scrap or send_back (to the buyer); NULL until decided.';
COMMENT ON COLUMN marketplace.return_inspections.disposed_at IS 'When that was decided.';
