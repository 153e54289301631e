-- Mandates to invoice on behalf of sellers, and the documents issued (rules/invoicing.md §1 to §5, IV-72, IV-77).

CREATE DOMAIN marketplace.mandate_form AS text CHECK (VALUE IN ('written', 'tacit'));
COMMENT ON DOMAIN marketplace.mandate_form IS 'Form of a mandate: written and prior, or tacit (each invoice needs formal acceptance). IV-9.';
CREATE DOMAIN marketplace.mandate_state AS text CHECK (VALUE IN ('active', 'terminated'));
COMMENT ON DOMAIN marketplace.mandate_state IS 'State of a mandate; whether it covers an instant also depends on its valid range.';
CREATE DOMAIN marketplace.invoice_kind AS text CHECK (VALUE IN ('unit', 'commission', 'envelope'));
COMMENT ON DOMAIN marketplace.invoice_kind IS
'unit: one seller''s goods of an order, in that seller''s name; commission: the platform''s own to a seller; envelope: units of an order in one multi-vendor document, which owes nothing by itself.';
CREATE DOMAIN marketplace.invoice_trigger AS text CHECK (VALUE IN (
	'order', 'shipment', 'delivery', 'acceptance', 'manual', 'cancellation', 'return', 'refund', 'price', 'correction', 'reversal'
));
COMMENT ON DOMAIN marketplace.invoice_trigger IS 'Fact that a document was issued for; manual: what was outstanding when invoice_issue() was called; reversal: of commission. IV-5, IV-66.';

CREATE TABLE marketplace.mandates (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	mandator_id bigint NOT NULL,
	mandatary_id bigint NOT NULL,
	form marketplace.mandate_form NOT NULL,
	document_types text[] NOT NULL,
	currencies text[],
	covered_types int4multirange NOT NULL,
	covered_currencies int4multirange NOT NULL,
	signed_at timestamptz NOT NULL,
	valid tstzrange NOT NULL,
	contest_delay jsonb NOT NULL,
	proof_sha256 bytea NOT NULL,
	state marketplace.mandate_state NOT NULL,
	recorded_at timestamptz NOT NULL,
	terminated_at timestamptz,
	PRIMARY KEY (marketplace_id, id),
	CONSTRAINT mandate_proof_is_a_sha256 CHECK (octet_length(proof_sha256) = 32),
	CONSTRAINT mandate_covers_something CHECK (cardinality(document_types) > 0 AND cardinality(currencies) > 0),
	CONSTRAINT mandate_is_prior CHECK (form = 'tacit' OR signed_at <= lower(valid)),
	CONSTRAINT mandate_terminated_when CHECK ((state = 'terminated') = (terminated_at IS NOT NULL)),
	CONSTRAINT mandates_do_not_overlap EXCLUDE USING gist (
		int4range(marketplace_id, marketplace_id, '[]') WITH &&,
		int8range(mandator_id, mandator_id, '[]') WITH &&,
		covered_types WITH &&,
		covered_currencies WITH &&,
		valid WITH &&
	)
) WITH (fillfactor = 90);
CREATE INDEX mandates_mandator ON marketplace.mandates (marketplace_id, mandator_id);
COMMENT ON TABLE marketplace.mandates IS
'By what right the marketplace invoices in sellers'' names (CGI 289-I-2, directive 2006/112 art. 220). Valid ranges of one mandator and scope never overlap; only state, end and terminated_at change, by mandate_terminate(). IV-7 to IV-13.';
COMMENT ON COLUMN marketplace.mandates.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.mandates.id IS 'Number of the mandate.';
COMMENT ON COLUMN marketplace.mandates.mandator_id IS 'Party in whose name invoices are issued: the seller; stays liable for the VAT.';
COMMENT ON COLUMN marketplace.mandates.mandatary_id IS 'Party that issues them: the operator.';
COMMENT ON COLUMN marketplace.mandates.form IS 'written or tacit (policy iv.tacit_mandate_allowed).';
COMMENT ON COLUMN marketplace.mandates.document_types IS 'Types that it covers, UNTDID 1001: 380 invoices, 381 credit notes, 384 corrective invoices, 386 deposits.';
COMMENT ON COLUMN marketplace.mandates.currencies IS 'Currencies that it covers, ISO 4217; NULL: all.';
COMMENT ON COLUMN marketplace.mandates.covered_types IS 'document_types as ranges, for the rule that mandates do not overlap.';
COMMENT ON COLUMN marketplace.mandates.covered_currencies IS 'currencies as ranges of ISO 4217 numbers, for the same rule.';
COMMENT ON COLUMN marketplace.mandates.signed_at IS 'When the mandator signed; a written mandate is prior to what is issued under it.';
COMMENT ON COLUMN marketplace.mandates.valid IS 'When documents may be issued under it, [from, until).';
COMMENT ON COLUMN marketplace.mandates.contest_delay IS 'How long the mandator may contest an invoice: {"n", "unit"}; free by contract, default policy iv.contest_delay.';
COMMENT ON COLUMN marketplace.mandates.proof_sha256 IS 'SHA-256 of the signed document.';
COMMENT ON COLUMN marketplace.mandates.state IS 'active or terminated.';
COMMENT ON COLUMN marketplace.mandates.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.mandates.terminated_at IS 'When it was terminated; NULL while it is not.';

CREATE TABLE marketplace.invoices (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	kind marketplace.invoice_kind NOT NULL,
	type_code text NOT NULL CHECK (type_code ~ '^[0-9]{1,3}$'),
	number text NOT NULL,
	series_id bigint,
	n bigint,
	issue_date date NOT NULL,
	issuer_id bigint NOT NULL,
	issuer_identifier text NOT NULL,
	buyer_id bigint NOT NULL,
	mandate_id bigint,
	corrects_id bigint,
	sign int NOT NULL CHECK (sign IN (1, -1)),
	transmit boolean NOT NULL,
	order_id bigint,
	seller_order_id bigint,
	purchase_order text,
	trigger marketplace.invoice_trigger NOT NULL,
	trigger_event_id bigint,
	supply_date date,
	due_date date,
	business_process text,
	currency marketplace.currency NOT NULL,
	vat_currency_rate numeric CHECK (vat_currency_rate > 0),
	cumulative boolean NOT NULL,
	net marketplace.amount NOT NULL,
	vat marketplace.amount NOT NULL,
	gross marketplace.amount NOT NULL,
	prepaid marketplace.amount NOT NULL,
	rounding marketplace.amount NOT NULL,
	seller jsonb NOT NULL,
	buyer jsonb NOT NULL,
	mandatary jsonb,
	notes jsonb NOT NULL,
	hash bytea NOT NULL,
	recorded_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, series_id, n),
	CONSTRAINT gross_is_net_and_vat CHECK (net + vat = gross),
	CONSTRAINT on_behalf_under_a_mandate CHECK ((mandate_id IS NULL) = (mandatary IS NULL)),
	CONSTRAINT unit_invoice_of_a_seller_order CHECK ((kind = 'unit') = (seller_order_id IS NOT NULL) AND (order_id IS NULL) = (kind = 'commission')),
	CONSTRAINT number_of_a_series CHECK ((series_id IS NULL) = (n IS NULL) AND (series_id IS NOT NULL OR kind = 'envelope'))
);
CREATE UNIQUE INDEX invoices_number ON marketplace.invoices (marketplace_id, issuer_identifier, number) WHERE kind <> 'envelope';
CREATE UNIQUE INDEX invoices_envelope_number ON marketplace.invoices (marketplace_id, issuer_identifier, number) WHERE kind = 'envelope';
CREATE UNIQUE INDEX invoices_fact ON marketplace.invoices (marketplace_id, seller_order_id, trigger_event_id, type_code, COALESCE(corrects_id, 0));
CREATE INDEX invoices_corrects ON marketplace.invoices (marketplace_id, corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX invoices_order ON marketplace.invoices (marketplace_id, order_id);
CREATE INDEX invoices_issuer ON marketplace.invoices (marketplace_id, issuer_id, issue_date);
CREATE INDEX invoices_buyer ON marketplace.invoices (marketplace_id, buyer_id, issue_date);
COMMENT ON TABLE marketplace.invoices IS
'Documents issued; a row exists only once issued (IV-1) and never changes (IV-77). invoice_document() prints one, invoice_verify() proves all.';
COMMENT ON COLUMN marketplace.invoices.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.invoices.id IS 'Number of the row.';
COMMENT ON COLUMN marketplace.invoices.kind IS 'unit, commission or envelope. What is owed is the sum of the others; an envelope repeats units.';
COMMENT ON COLUMN marketplace.invoices.type_code IS 'Type, UNTDID 1001 (BT-3): 380 invoice.';
COMMENT ON COLUMN marketplace.invoices.number IS 'Legal number (BT-1), of the issuer''s own series.';
COMMENT ON COLUMN marketplace.invoices.series_id IS 'Series, see marketplace.series. NULL: an envelope under the number of the operator''s own unit in it (IV-20).';
COMMENT ON COLUMN marketplace.invoices.n IS 'Position in the series.';
COMMENT ON COLUMN marketplace.invoices.issue_date IS 'Date of issue (BT-2), local to the marketplace; never decreases along the series (IV-17).';
COMMENT ON COLUMN marketplace.invoices.issuer_id IS 'Party in whose name it is issued: the seller (mandator), or the operator for commission.';
COMMENT ON COLUMN marketplace.invoices.issuer_identifier IS 'The issuer''s identifier that its numbers are unique for: SIREN, else VAT number.';
COMMENT ON COLUMN marketplace.invoices.buyer_id IS 'Party that is invoiced.';
COMMENT ON COLUMN marketplace.invoices.mandate_id IS 'Mandate that it was issued under; NULL when issued in the issuer''s own name.';
COMMENT ON COLUMN marketplace.invoices.corrects_id IS 'Document that it corrects (BG-3): of a credit note, a corrective invoice; NULL: none.';
COMMENT ON COLUMN marketplace.invoices.sign IS '1: it charges; -1: it gives back (its amounts are positive all the same).';
COMMENT ON COLUMN marketplace.invoices.transmit IS 'It goes to the platform; false: internal, such as the credit note of an invoice that was refused or rejected (IV-67).';
COMMENT ON COLUMN marketplace.invoices.order_id IS 'Order; NULL for commission.';
COMMENT ON COLUMN marketplace.invoices.seller_order_id IS 'Seller order of a unit; NULL for others.';
COMMENT ON COLUMN marketplace.invoices.purchase_order IS 'The buyer''s order number (BT-13).';
COMMENT ON COLUMN marketplace.invoices.trigger IS 'Kind of fact that it was issued for (policy iv.trigger).';
COMMENT ON COLUMN marketplace.invoices.trigger_event_id IS 'That fact, an event of the outbox: one invoice a fact and seller order (IV-4, SETTLED 5); NULL: manual.';
COMMENT ON COLUMN marketplace.invoices.supply_date IS 'Day of delivery where the fact knows it (BT-72).';
COMMENT ON COLUMN marketplace.invoices.due_date IS 'When payment is due (BT-9): the day of issue where all is paid, else after policy iv.payment_days.';
COMMENT ON COLUMN marketplace.invoices.business_process IS 'Billing mode (BT-23), where it is known.';
COMMENT ON COLUMN marketplace.invoices.currency IS 'Currency of all its amounts (BT-5).';
COMMENT ON COLUMN marketplace.invoices.vat_currency_rate IS 'Rate at which its VAT is stated in EUR too (BT-6, BT-111), EUR for one unit of its currency, frozen at issue; NULL: it is in EUR, or no French issuer''s. IV-29.';
COMMENT ON COLUMN marketplace.invoices.cumulative IS 'Some VAT key continues earlier invoices of the seller order: its VAT is the rounded VAT of all less that of the earlier ones (IV-30), at most one minor unit off its own base.';
COMMENT ON COLUMN marketplace.invoices.net IS 'Total without VAT (BT-109).';
COMMENT ON COLUMN marketplace.invoices.vat IS 'VAT (BT-110).';
COMMENT ON COLUMN marketplace.invoices.gross IS 'Total with VAT (BT-112).';
COMMENT ON COLUMN marketplace.invoices.prepaid IS 'Already received for it at issue (BT-113). Payable (BT-115) = gross − prepaid + rounding.';
COMMENT ON COLUMN marketplace.invoices.rounding IS 'Rounding (BT-114): what was retained as commission differs by it from the invoice, whose VAT is rounded on the sum; 0 else. IV-26, IV-28.';
COMMENT ON COLUMN marketplace.invoices.seller IS 'The issuer as of issue (IV-6).';
COMMENT ON COLUMN marketplace.invoices.buyer IS 'The party invoiced as of issue.';
COMMENT ON COLUMN marketplace.invoices.mandatary IS 'Who established it in the issuer''s name; NULL: the issuer.';
COMMENT ON COLUMN marketplace.invoices.notes IS 'Notes (BG-1): array of {"subject_code", "text"}.';
COMMENT ON COLUMN marketplace.invoices.hash IS 'SHA-256 of the series'' previous hash and the document''s text: a link of the series'' chain.';
COMMENT ON COLUMN marketplace.invoices.recorded_at IS 'When it was issued.';

CREATE TABLE marketplace.invoice_lines (
	marketplace_id int NOT NULL,
	invoice_id bigint NOT NULL,
	position int NOT NULL CHECK (position > 0),
	issuer_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	seller_order_id bigint,
	order_line_id bigint,
	sign int NOT NULL CHECK (sign IN (1, -1)),
	units numeric(16,4) NOT NULL,
	corrects_id bigint,
	corrects_position int,
	withheld marketplace.amount,
	description text NOT NULL,
	sku text,
	gtin text,
	quantity numeric(16,4) NOT NULL,
	unit text NOT NULL,
	net_price numeric NOT NULL,
	price_base_quantity numeric NOT NULL,
	allowance marketplace.amount NOT NULL,
	allowance_reason text,
	allowance_reason_code text,
	charge marketplace.amount NOT NULL,
	charge_reason text,
	charge_reason_code text,
	vat_category text NOT NULL,
	vat_rate numeric,
	exemption_code text,
	net marketplace.amount NOT NULL,
	PRIMARY KEY (marketplace_id, invoice_id, position)
);
CREATE INDEX invoice_lines_seller_order ON marketplace.invoice_lines (marketplace_id, seller_order_id);
CREATE INDEX invoice_lines_corrects ON marketplace.invoice_lines (marketplace_id, corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX invoice_lines_order_line ON marketplace.invoice_lines (marketplace_id, order_line_id);
COMMENT ON TABLE marketplace.invoice_lines IS 'Lines of documents issued (BG-25). Never change. net = round(quantity × net_price ÷ price_base_quantity) + charge − allowance (IV-22).';
COMMENT ON COLUMN marketplace.invoice_lines.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.invoice_lines.invoice_id IS 'Document.';
COMMENT ON COLUMN marketplace.invoice_lines.position IS 'Position in the document (BT-126).';
COMMENT ON COLUMN marketplace.invoice_lines.issuer_id IS 'Issuer of the document.';
COMMENT ON COLUMN marketplace.invoice_lines.buyer_id IS 'Party that is invoiced.';
COMMENT ON COLUMN marketplace.invoice_lines.seller_order_id IS 'Seller order; NULL for commission.';
COMMENT ON COLUMN marketplace.invoice_lines.order_line_id IS 'Order line whose quantity is invoiced; NULL for commission.';
COMMENT ON COLUMN marketplace.invoice_lines.sign IS '1: it charges; -1: it gives back.';
COMMENT ON COLUMN marketplace.invoice_lines.units IS 'What it adds to the quantity invoiced of the order line: the quantity; below zero where units are credited; 0 where only money is.';
COMMENT ON COLUMN marketplace.invoice_lines.corrects_id IS 'Of a credit note: document that it corrects.';
COMMENT ON COLUMN marketplace.invoice_lines.corrects_position IS 'Of a credit note: line of that document.';
COMMENT ON COLUMN marketplace.invoice_lines.withheld IS 'Of units credited in part (a grade): their net that is not given back, and never will be. NULL: nothing.';
COMMENT ON COLUMN marketplace.invoice_lines.description IS 'Name of what is invoiced (BT-153).';
COMMENT ON COLUMN marketplace.invoice_lines.sku IS 'The seller''s article number (BT-155).';
COMMENT ON COLUMN marketplace.invoice_lines.gtin IS 'GS1 article number (BT-157).';
COMMENT ON COLUMN marketplace.invoice_lines.quantity IS 'Quantity invoiced (BT-129). Of shipping, fees and services: the part that goes with the goods invoiced.';
COMMENT ON COLUMN marketplace.invoice_lines.unit IS 'Unit, UN/ECE recommendation 20 (BT-130).';
COMMENT ON COLUMN marketplace.invoice_lines.net_price IS 'Price without VAT of price_base_quantity units (BT-146).';
COMMENT ON COLUMN marketplace.invoice_lines.price_base_quantity IS 'Number of units that the price is for (BT-149).';
COMMENT ON COLUMN marketplace.invoice_lines.allowance IS 'Taken off the line (BT-136): its part of the order''s discounts, or a rounding of partial deliveries.';
COMMENT ON COLUMN marketplace.invoice_lines.allowance_reason IS 'Why (BT-139); NULL without allowance.';
COMMENT ON COLUMN marketplace.invoice_lines.allowance_reason_code IS 'Why, UNCL5189 (BT-140): 95 discount.';
COMMENT ON COLUMN marketplace.invoice_lines.charge IS 'Added to the line (BT-141): a rounding of partial deliveries.';
COMMENT ON COLUMN marketplace.invoice_lines.charge_reason IS 'Why (BT-144); NULL without charge.';
COMMENT ON COLUMN marketplace.invoice_lines.charge_reason_code IS 'Why, UNCL7161 (BT-145).';
COMMENT ON COLUMN marketplace.invoice_lines.vat_category IS 'VAT category (BT-151).';
COMMENT ON COLUMN marketplace.invoice_lines.vat_rate IS 'VAT rate in percent (BT-152); NULL for category O.';
COMMENT ON COLUMN marketplace.invoice_lines.exemption_code IS 'VATEX code (BT-121).';
COMMENT ON COLUMN marketplace.invoice_lines.net IS 'Net of the line (BT-131): the order line''s net at the quantity invoiced so far less what was invoiced before (RD-10).';

CREATE TABLE marketplace.invoice_vat (
	marketplace_id int NOT NULL,
	invoice_id bigint NOT NULL,
	position int NOT NULL CHECK (position > 0),
	issuer_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	seller_order_id bigint,
	sign int NOT NULL CHECK (sign IN (1, -1)),
	corrects_id bigint,
	vat_category text NOT NULL,
	vat_rate numeric,
	exemption_code text,
	taxable marketplace.amount NOT NULL,
	tax marketplace.amount NOT NULL,
	cumulative boolean NOT NULL,
	PRIMARY KEY (marketplace_id, invoice_id, position)
);
CREATE INDEX invoice_vat_corrects ON marketplace.invoice_vat (marketplace_id, corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX invoice_vat_seller_order ON marketplace.invoice_vat (marketplace_id, seller_order_id);
COMMENT ON TABLE marketplace.invoice_vat IS 'VAT of documents issued, a row per category, rate and exemption code (BG-23, IV-24). Never changes.';
COMMENT ON COLUMN marketplace.invoice_vat.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.invoice_vat.invoice_id IS 'Document.';
COMMENT ON COLUMN marketplace.invoice_vat.position IS 'Position, by category, rate and exemption code.';
COMMENT ON COLUMN marketplace.invoice_vat.issuer_id IS 'Issuer of the document.';
COMMENT ON COLUMN marketplace.invoice_vat.buyer_id IS 'Party that is invoiced.';
COMMENT ON COLUMN marketplace.invoice_vat.seller_order_id IS 'Seller order; NULL for commission.';
COMMENT ON COLUMN marketplace.invoice_vat.sign IS '1: it charges; -1: it gives back.';
COMMENT ON COLUMN marketplace.invoice_vat.corrects_id IS 'Of a credit note: document that it corrects.';
COMMENT ON COLUMN marketplace.invoice_vat.vat_category IS 'VAT category (BT-118).';
COMMENT ON COLUMN marketplace.invoice_vat.vat_rate IS 'Rate in percent (BT-119); NULL for category O.';
COMMENT ON COLUMN marketplace.invoice_vat.exemption_code IS 'VATEX code (BT-121).';
COMMENT ON COLUMN marketplace.invoice_vat.taxable IS 'Base (BT-116).';
COMMENT ON COLUMN marketplace.invoice_vat.tax IS 'VAT (BT-117).';
COMMENT ON COLUMN marketplace.invoice_vat.cumulative IS 'Continues earlier invoices of the seller order: tax = round(base of all × rate) − tax of the earlier ones (IV-30).';

CREATE TABLE marketplace.commission_items (
	marketplace_id int NOT NULL,
	allocation_id bigint NOT NULL,
	sequence int NOT NULL CHECK (sequence > 0),
	invoice_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	order_line_id bigint NOT NULL,
	net marketplace.amount NOT NULL,
	vat marketplace.amount NOT NULL,
	PRIMARY KEY (marketplace_id, allocation_id, sequence)
);
CREATE INDEX commission_items_invoice ON marketplace.commission_items (marketplace_id, invoice_id);
CREATE INDEX commission_items_order_line ON marketplace.commission_items (marketplace_id, order_line_id);
CREATE INDEX commission_items_seller ON marketplace.commission_items (marketplace_id, seller_id);
COMMENT ON TABLE marketplace.commission_items IS
'Whose commission each commission invoice charges: what a capture allocation has earned, less what earlier invoices charged of it, so nothing is charged twice. Never changes. IV-72.';
COMMENT ON COLUMN marketplace.commission_items.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.commission_items.allocation_id IS 'Capture allocation that earned it.';
COMMENT ON COLUMN marketplace.commission_items.sequence IS 'First, second … document about commission of the allocation.';
COMMENT ON COLUMN marketplace.commission_items.invoice_id IS 'Commission invoice, or credit note.';
COMMENT ON COLUMN marketplace.commission_items.seller_id IS 'Seller who is charged.';
COMMENT ON COLUMN marketplace.commission_items.order_line_id IS 'Order line of the allocation.';
COMMENT ON COLUMN marketplace.commission_items.net IS 'Commission without VAT, as retained; below zero: given back by a credit note.';
COMMENT ON COLUMN marketplace.commission_items.vat IS 'VAT on it, as retained; the invoice''s VAT is rounded on the sum.';

CREATE DOMAIN marketplace.invoice_obstacle AS text CHECK (VALUE IN ('no_mandate', 'no_identifier', 'violation'));
COMMENT ON DOMAIN marketplace.invoice_obstacle IS 'Why a fact could not be invoiced: no valid mandate of the seller, no SIREN or VAT number to number by, or a document that breaks a rule of invoice_violations().';

CREATE TABLE marketplace.invoice_obstacles (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	seller_order_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	order_id bigint NOT NULL,
	trigger marketplace.invoice_trigger NOT NULL,
	trigger_event_id bigint NOT NULL,
	cause marketplace.invoice_obstacle NOT NULL,
	detail text,
	gross marketplace.amount NOT NULL,
	recorded_at timestamptz NOT NULL,
	invoice_id bigint,
	PRIMARY KEY (marketplace_id, id)
) WITH (fillfactor = 90);
CREATE INDEX invoice_obstacles_open ON marketplace.invoice_obstacles (marketplace_id, seller_order_id) WHERE invoice_id IS NULL;
COMMENT ON TABLE marketplace.invoice_obstacles IS
'Facts that were to be invoiced and could not: the goods moved on, the invoice is owed (RD-19). Never changed but for the invoice that settles it. View invoices_blocked.';
COMMENT ON COLUMN marketplace.invoice_obstacles.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.invoice_obstacles.id IS 'Number of the obstacle.';
COMMENT ON COLUMN marketplace.invoice_obstacles.seller_order_id IS 'Seller order.';
COMMENT ON COLUMN marketplace.invoice_obstacles.seller_id IS 'Seller: who must act.';
COMMENT ON COLUMN marketplace.invoice_obstacles.buyer_id IS 'Buyer, who waits for the invoice.';
COMMENT ON COLUMN marketplace.invoice_obstacles.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.invoice_obstacles.trigger IS 'Kind of the fact.';
COMMENT ON COLUMN marketplace.invoice_obstacles.trigger_event_id IS 'The fact, an event of the outbox.';
COMMENT ON COLUMN marketplace.invoice_obstacles.cause IS 'no_mandate, no_identifier or violation.';
COMMENT ON COLUMN marketplace.invoice_obstacles.detail IS 'The first rule that is broken, and where; NULL for other causes.';
COMMENT ON COLUMN marketplace.invoice_obstacles.gross IS 'What the invoice would have come to.';
COMMENT ON COLUMN marketplace.invoice_obstacles.recorded_at IS 'Since when.';
COMMENT ON COLUMN marketplace.invoice_obstacles.invoice_id IS 'Invoice by invoice_issue() that settled it; NULL: still open.';
