-- The buyer's one document of an order (rules/invoicing.md IV-46 to IV-63, IV-71): which unit invoices it is of.

CREATE TABLE marketplace.envelope_units (
	marketplace_id int NOT NULL,
	invoice_id bigint NOT NULL,
	order_id bigint NOT NULL,
	issuer_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	type_code text NOT NULL,
	issue_date date NOT NULL,
	due_on date NOT NULL,
	envelope_id bigint,
	position int,
	name text,
	PRIMARY KEY (marketplace_id, invoice_id),
	CONSTRAINT placed_in_its_envelope CHECK ((envelope_id IS NULL) = (position IS NULL) AND (position IS NULL) = (name IS NULL))
) WITH (fillfactor = 90);
CREATE INDEX envelope_units_envelope ON marketplace.envelope_units (marketplace_id, envelope_id);
CREATE INDEX envelope_units_open ON marketplace.envelope_units (marketplace_id, due_on) WHERE envelope_id IS NULL;
CREATE INDEX envelope_units_order ON marketplace.envelope_units (marketplace_id, order_id);
COMMENT ON TABLE marketplace.envelope_units IS
'Unit invoices that the buyer is to have as one document an order, day of issue and type, and the envelope that they are in. Changes once, when the envelope is issued. IV-48.';
COMMENT ON COLUMN marketplace.envelope_units.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.envelope_units.invoice_id IS 'Unit invoice.';
COMMENT ON COLUMN marketplace.envelope_units.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.envelope_units.issuer_id IS 'In whose name the unit was issued.';
COMMENT ON COLUMN marketplace.envelope_units.buyer_id IS 'Buyer.';
COMMENT ON COLUMN marketplace.envelope_units.type_code IS 'Type of the unit, UNTDID 1001; all units of an envelope have the same.';
COMMENT ON COLUMN marketplace.envelope_units.issue_date IS 'Day of issue of the unit; likewise.';
COMMENT ON COLUMN marketplace.envelope_units.due_on IS 'From which day tick() makes the envelope: the next one, or the same when this unit completed the order''s invoicing.';
COMMENT ON COLUMN marketplace.envelope_units.envelope_id IS 'Envelope that it is in; the unit itself when the buyer''s document is the unit as it is; NULL: none yet.';
COMMENT ON COLUMN marketplace.envelope_units.position IS 'Position in the envelope.';
COMMENT ON COLUMN marketplace.envelope_units.name IS 'Title of its group of lines, as printed.';
