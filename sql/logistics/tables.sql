CREATE DOMAIN marketplace.shipment_state AS text
	CHECK (VALUE IN ('prepared', 'labelled', 'handed_over', 'voided'));
COMMENT ON DOMAIN marketplace.shipment_state IS 'Merchant axis of a shipment: see lifecycle shipment.';

CREATE DOMAIN marketplace.tracking_state AS text
	CHECK (VALUE IN ('label_created', 'handed_over', 'in_transit', 'found', 'exception', 'out_for_delivery', 'attempt_failed',
		'pickup_ready', 'delivered', 'returning', 'returned', 'lost', 'void'));
COMMENT ON DOMAIN marketplace.tracking_state IS 'What a tracking event can say of a parcel (RD-60): see view tracking_states.';

CREATE DOMAIN marketplace.content_position AS text
	CHECK (VALUE IN ('prepared', 'voided', 'in_transit', 'delivered', 'lost', 'sent_back'));
COMMENT ON DOMAIN marketplace.content_position IS 'Where the movements of quantities have the contents of a parcel.';

CREATE TABLE marketplace.carriers (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	code text NOT NULL,
	name text NOT NULL,
	tracking_url text,
	party_id bigint,
	calendar text,
	cut_off time,
	regime text,
	claim_address text,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, code),
	CONSTRAINT carriers_tracking_url_has_number CHECK (position('{number}' IN tracking_url) > 0)
);
COMMENT ON TABLE marketplace.carriers IS 'Registered carriers (LG-16).';
COMMENT ON COLUMN marketplace.carriers.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.carriers.id IS 'Number of the carrier.';
COMMENT ON COLUMN marketplace.carriers.code IS 'Short name, in small letters: colissimo. Also the source that its own events carry unless they say otherwise.';
COMMENT ON COLUMN marketplace.carriers.name IS 'Name for people.';
COMMENT ON COLUMN marketplace.carriers.tracking_url IS 'Address of the carrier''s tracking page; {number} stands for the tracking number.';
COMMENT ON COLUMN marketplace.carriers.party_id IS 'The carrier as a party, whose roles may record its events and see its parcels; NULL when it has none.';
COMMENT ON COLUMN marketplace.carriers.calendar IS 'Days on which it carries; NULL: the marketplace''s calendar.';
COMMENT ON COLUMN marketplace.carriers.cut_off IS 'What is handed over later in the day, local time, counts from its next open day; NULL: any time will do.';
COMMENT ON COLUMN marketplace.carriers.regime IS 'Carriage regime of all it carries (view carriage_regimes); NULL: by way of carriage and lane (view carriage_regime_lanes).';
COMMENT ON COLUMN marketplace.carriers.claim_address IS 'Where claims and protests are sent.';
COMMENT ON COLUMN marketplace.carriers.created_at IS 'When it was registered.';

CREATE TABLE marketplace.tracking_codes (
	marketplace_id int NOT NULL,
	source text NOT NULL,
	code text NOT NULL,
	sub_code text NOT NULL DEFAULT '',
	state marketplace.tracking_state NOT NULL,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, source, code, sub_code),
	CONSTRAINT tracking_codes_folded CHECK (source = lower(source) AND code = lower(code) AND sub_code = lower(sub_code)),
	CONSTRAINT tracking_codes_say_something CHECK (code <> '' OR sub_code <> '')
);
COMMENT ON TABLE marketplace.tracking_codes IS 'The marketplace''s own rows of the carriers'' vocabularies (RD-60), before those of the extension: written by tracking_code_map().';
COMMENT ON COLUMN marketplace.tracking_codes.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.tracking_codes.source IS 'Who uses the code: aftership, easypost, shippo, rec24, epcis, or a carrier''s code.';
COMMENT ON COLUMN marketplace.tracking_codes.code IS 'The source''s code, small letters, _ for - and blank (RD-64); empty: any code.';
COMMENT ON COLUMN marketplace.tracking_codes.sub_code IS 'The source''s sub-code likewise; empty: any sub-code. A row with a sub-code wins.';
COMMENT ON COLUMN marketplace.tracking_codes.state IS 'What it means: see view tracking_states.';
COMMENT ON COLUMN marketplace.tracking_codes.created_at IS 'When the row was written.';

CREATE TABLE marketplace.shipments (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	order_id bigint NOT NULL,
	seller_order_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	carrier_id bigint NOT NULL,
	carrier_party_id bigint,
	direction text NOT NULL DEFAULT 'outbound' CHECK (direction IN ('outbound', 'return')),
	state marketplace.shipment_state NOT NULL,
	implicit boolean NOT NULL DEFAULT false,
	service_id bigint,
	declared_value marketplace.amount CHECK (marketplace.sign(declared_value) > 0),
	created_at timestamptz NOT NULL,
	handed_over_at timestamptz,
	PRIMARY KEY (marketplace_id, id),
	CONSTRAINT shipments_handed_over_has_time CHECK ((state = 'handed_over') = (handed_over_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX shipments_order ON marketplace.shipments (marketplace_id, order_id);
COMMENT ON TABLE marketplace.shipments IS 'What a seller sends at once: parcels of one seller order with one carrier (LG-1). State: merchant axis only (LG-2).';
COMMENT ON COLUMN marketplace.shipments.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.shipments.id IS 'Number of the shipment.';
COMMENT ON COLUMN marketplace.shipments.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.shipments.seller_order_id IS 'The seller''s part of the order.';
COMMENT ON COLUMN marketplace.shipments.seller_id IS 'The seller (parties.id).';
COMMENT ON COLUMN marketplace.shipments.buyer_id IS 'The order''s buyer (parties.id).';
COMMENT ON COLUMN marketplace.shipments.carrier_id IS 'The carrier (carriers.id).';
COMMENT ON COLUMN marketplace.shipments.carrier_party_id IS 'The carrier as a party when the shipment was made; NULL when it had none.';
COMMENT ON COLUMN marketplace.shipments.direction IS 'outbound: from the seller to the buyer; return: the parcels of a return (returns.shipment_id), which hold no quantities.';
COMMENT ON COLUMN marketplace.shipments.state IS 'Merchant axis: lifecycle shipment.';
COMMENT ON COLUMN marketplace.shipments.implicit IS 'True when the carrier''s scan, not the seller, said that it was handed over.';
COMMENT ON COLUMN marketplace.shipments.service_id IS 'The carrier''s service (carrier_services.id); NULL: none was named.';
COMMENT ON COLUMN marketplace.shipments.declared_value IS 'Value declared to the carrier: replaces its cap of liability (LG-45); NULL: none.';
COMMENT ON COLUMN marketplace.shipments.created_at IS 'When the shipment was made.';
COMMENT ON COLUMN marketplace.shipments.handed_over_at IS 'When the carrier took it; of an implicit hand-over the first scan that is known.';

CREATE TABLE marketplace.parcels (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	shipment_id bigint NOT NULL,
	order_id bigint NOT NULL,
	carrier_id bigint NOT NULL,
	sscc text,
	tracking_number text,
	weight_kg numeric,
	net_kg numeric,
	label_reference text,
	label_uri text,
	label_sha256 text,
	labelled_at timestamptz,
	created_at timestamptz NOT NULL,
	current boolean NOT NULL DEFAULT true,
	state marketplace.tracking_state,
	first_scan_at timestamptz,
	last_event_at timestamptz,
	delivered_at timestamptz,
	signed_by text,
	silent_at timestamptz,
	received_at timestamptz,
	on_silence text,
	receipt_due_from timestamptz,
	receipt_due_at timestamptz,
	contested boolean NOT NULL DEFAULT false,
	inspection_from timestamptz,
	inspection_until timestamptz,
	PRIMARY KEY (marketplace_id, id),
	CONSTRAINT parcels_weight_positive CHECK (weight_kg > 0 AND weight_kg < 'Infinity'),
	CONSTRAINT parcels_net_weight CHECK (net_kg > 0 AND net_kg < 'Infinity' AND net_kg <= weight_kg),
	CONSTRAINT parcels_label_sha256 CHECK (label_sha256 ~ '^[0-9a-f]{64}$'),
	CONSTRAINT parcels_sscc_form CHECK (sscc ~ '^[0-9]{18}$')
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX parcels_sscc_current ON marketplace.parcels (marketplace_id, sscc) WHERE current AND sscc IS NOT NULL;
CREATE UNIQUE INDEX parcels_number_current ON marketplace.parcels (marketplace_id, carrier_id, tracking_number)
	WHERE current AND tracking_number IS NOT NULL;
CREATE INDEX parcels_sscc ON marketplace.parcels (marketplace_id, sscc) WHERE sscc IS NOT NULL;
CREATE INDEX parcels_number ON marketplace.parcels (marketplace_id, carrier_id, tracking_number) WHERE tracking_number IS NOT NULL;
CREATE INDEX parcels_shipment ON marketplace.parcels (marketplace_id, shipment_id);
CREATE INDEX parcels_order ON marketplace.parcels (marketplace_id, order_id);
CREATE INDEX parcels_receipt_due ON marketplace.parcels (marketplace_id, receipt_due_at) WHERE receipt_due_at IS NOT NULL;
COMMENT ON TABLE marketplace.parcels IS
'Parcels, each with its own tracking (LG-3): state to contested are the fold of its tracking events (LG-20), kept by the extension.';
COMMENT ON COLUMN marketplace.parcels.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.parcels.id IS 'Number of the parcel.';
COMMENT ON COLUMN marketplace.parcels.shipment_id IS 'The shipment.';
COMMENT ON COLUMN marketplace.parcels.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.parcels.carrier_id IS 'The carrier.';
COMMENT ON COLUMN marketplace.parcels.sscc IS 'GS1 serial shipping container code, 18 digits; NULL when it has none.';
COMMENT ON COLUMN marketplace.parcels.tracking_number IS 'The carrier''s number, unique per carrier while current (LG-17); NULL when it has none.';
COMMENT ON COLUMN marketplace.parcels.weight_kg IS 'Gross weight in kilograms, as the carrier is told; NULL when not given.';
COMMENT ON COLUMN marketplace.parcels.net_kg IS 'Weight of the goods alone, at most the gross weight; NULL when not given.';
COMMENT ON COLUMN marketplace.parcels.label_reference IS 'The carrier''s or label service''s name for the printed label; NULL: not given.';
COMMENT ON COLUMN marketplace.parcels.label_uri IS 'Where the label is kept; NULL: not given.';
COMMENT ON COLUMN marketplace.parcels.label_sha256 IS 'SHA-256 of the label''s file; NULL: not given.';
COMMENT ON COLUMN marketplace.parcels.labelled_at IS 'When it was recorded that the label is printed; NULL before.';
COMMENT ON COLUMN marketplace.parcels.created_at IS 'When the parcel was announced.';
COMMENT ON COLUMN marketplace.parcels.current IS 'Its numbers are its own: false once delivered, returned, lost or voided, when the carrier may use them again (LG-17).';
COMMENT ON COLUMN marketplace.parcels.state IS 'Carrier axis; NULL before the first event. See view tracking_states.';
COMMENT ON COLUMN marketplace.parcels.first_scan_at IS 'First live event that shows the parcel with the carrier (rank 20 and more).';
COMMENT ON COLUMN marketplace.parcels.last_event_at IS 'Last live event.';
COMMENT ON COLUMN marketplace.parcels.delivered_at IS 'When the first live delivered event happened (LG-22); NULL when there is none.';
COMMENT ON COLUMN marketplace.parcels.signed_by IS 'Who signed for it, of that event.';
COMMENT ON COLUMN marketplace.parcels.silent_at IS 'When the carrier''s silence makes it expired (LG-26, lg.tracking_silence); NULL in a final state.';
COMMENT ON COLUMN marketplace.parcels.received_at IS 'When the buyer confirmed having received something of it: its own proof of arrival.';
COMMENT ON COLUMN marketplace.parcels.on_silence IS 'What the buyer''s silence means (lg.receipt_on_silence), as in force when the arrival became known.';
COMMENT ON COLUMN marketplace.parcels.receipt_due_from IS 'Where the inspection window starts: the arrival that receipt_due_at was computed for.';
COMMENT ON COLUMN marketplace.parcels.receipt_due_at IS 'Last instant of the buyer''s inspection (LG-30, lg.inspection_window); counted from the delivery, or from when it was known if that is later; NULL while nothing awaits receipt.';
COMMENT ON COLUMN marketplace.parcels.inspection_from IS 'Arrival that the inspection window was reckoned for: kept, so that a receipt that is taken back does not make it longer.';
COMMENT ON COLUMN marketplace.parcels.inspection_until IS 'Its last instant, whether anything still awaits receipt or not.';
COMMENT ON COLUMN marketplace.parcels.contested IS 'The carrier took back its delivered event after the receipt had been given or deemed (LG-24): quantities stay, somebody must decide.';

CREATE TABLE marketplace.parcel_contents (
	marketplace_id int NOT NULL,
	parcel_id bigint NOT NULL,
	order_line_id bigint NOT NULL,
	shipment_id bigint NOT NULL,
	quantity numeric NOT NULL,
	position marketplace.content_position NOT NULL,
	movement_id bigint,
	accepted numeric NOT NULL DEFAULT 0,
	disputed numeric NOT NULL DEFAULT 0,
	denied numeric NOT NULL DEFAULT 0,
	PRIMARY KEY (marketplace_id, parcel_id, order_line_id),
	CONSTRAINT parcel_contents_quantity CHECK (quantity > 0 AND accepted >= 0 AND disputed >= 0 AND denied >= 0
		AND accepted + disputed + denied <= quantity)
) WITH (fillfactor = 70);
CREATE INDEX parcel_contents_line ON marketplace.parcel_contents (marketplace_id, order_line_id);
CREATE INDEX parcel_contents_shipment ON marketplace.parcel_contents (marketplace_id, shipment_id);
COMMENT ON TABLE marketplace.parcel_contents IS 'How much of which order line is in which parcel, and where the movements of quantities have it (LG-3, LG-9).';
COMMENT ON COLUMN marketplace.parcel_contents.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.parcel_contents.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.parcel_contents.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.parcel_contents.shipment_id IS 'The parcel''s shipment.';
COMMENT ON COLUMN marketplace.parcel_contents.quantity IS 'How much, in the unit of the line.';
COMMENT ON COLUMN marketplace.parcel_contents.position IS 'Where it is according to the movements recorded.';
COMMENT ON COLUMN marketplace.parcel_contents.movement_id IS 'The movement that brought it from in_transit to delivered, lost or sent_back; NULL elsewhere.';
COMMENT ON COLUMN marketplace.parcel_contents.accepted IS 'Of it, accepted by the buyer or by silence.';
COMMENT ON COLUMN marketplace.parcel_contents.disputed IS 'Of it, delivered and objected to: received with reserves, not received, or refused (receipt_objections).';
COMMENT ON COLUMN marketplace.parcel_contents.denied IS 'Of it, said to be not received or refused while the carrier has not delivered it: no quantity has moved for it.';

CREATE TABLE marketplace.tracking_events (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	parcel_id bigint NOT NULL,
	source text NOT NULL,
	event_key text NOT NULL,
	source_event_id text,
	code text,
	sub_code text,
	state marketplace.tracking_state,
	occurred_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	place text,
	signed_by text,
	corrects_source text,
	corrects_event_id text,
	correction_reason text,
	corrected_by text[],
	quarantine text,
	decided_by text,
	decided_at timestamptz,
	decision_reason text CHECK (decision_reason <> ''),
	repeats int NOT NULL DEFAULT 0,
	recorded_by text NOT NULL,
	raw jsonb,
	handling_unit_scan_id bigint,
	carried boolean,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, parcel_id, source, event_key),
	CONSTRAINT tracking_events_carried CHECK ((carried IS NULL) = (handling_unit_scan_id IS NULL)),
	CONSTRAINT tracking_events_correction CHECK ((corrects_source IS NULL) = (corrects_event_id IS NULL)
		AND (corrects_source IS NULL) = (correction_reason IS NULL)
		AND correction_reason IN ('did_not_occur', 'incorrect_data')),
	CONSTRAINT tracking_events_quarantine CHECK (quarantine IN ('pending', 'accepted', 'rejected')),
	CONSTRAINT tracking_events_decided CHECK ((decided_at IS NULL) = (decided_by IS NULL) AND (quarantine IN ('accepted', 'rejected') OR decided_at IS NULL))
) WITH (fillfactor = 90);
CREATE INDEX tracking_events_source ON marketplace.tracking_events (marketplace_id, source, source_event_id) WHERE source_event_id IS NOT NULL;
CREATE INDEX tracking_events_code ON marketplace.tracking_events (marketplace_id, source, code) WHERE code IS NOT NULL;
CREATE INDEX tracking_events_carried ON marketplace.tracking_events (marketplace_id, handling_unit_scan_id) WHERE handling_unit_scan_id IS NOT NULL;
CREATE INDEX tracking_events_quarantined ON marketplace.tracking_events (marketplace_id, id) WHERE quarantine = 'pending';
COMMENT ON TABLE marketplace.tracking_events IS 'What sources said of parcels, each event once (LG-18, LG-19). Never changed; corrections are events too (LG-23).';
COMMENT ON COLUMN marketplace.tracking_events.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.tracking_events.id IS 'Number of the event, in order of recording.';
COMMENT ON COLUMN marketplace.tracking_events.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.tracking_events.source IS 'Who said it: a carrier''s code, an aggregator, epcis, rec24.';
COMMENT ON COLUMN marketplace.tracking_events.event_key IS 'What makes it the same event (LG-19): id:… the source''s own id, else sha256:… of its content.';
COMMENT ON COLUMN marketplace.tracking_events.source_event_id IS 'The source''s own id of the event; NULL when it gave none.';
COMMENT ON COLUMN marketplace.tracking_events.code IS 'The source''s code, small letters, _ for - and blank (RD-64); NULL when it gave a canonical state.';
COMMENT ON COLUMN marketplace.tracking_events.sub_code IS 'The source''s sub-code likewise.';
COMMENT ON COLUMN marketplace.tracking_events.state IS 'Canonical state as given; NULL: what code and sub-code mean (view tracking_vocabulary).';
COMMENT ON COLUMN marketplace.tracking_events.occurred_at IS 'When it happened, says the source.';
COMMENT ON COLUMN marketplace.tracking_events.recorded_at IS 'When the platform knew.';
COMMENT ON COLUMN marketplace.tracking_events.place IS 'Where it happened.';
COMMENT ON COLUMN marketplace.tracking_events.signed_by IS 'Who signed for the parcel.';
COMMENT ON COLUMN marketplace.tracking_events.corrects_source IS 'Correction: source of the event that it corrects.';
COMMENT ON COLUMN marketplace.tracking_events.corrects_event_id IS 'Correction: that event''s id at its source.';
COMMENT ON COLUMN marketplace.tracking_events.correction_reason IS 'did_not_occur, or incorrect_data: other events say it right.';
COMMENT ON COLUMN marketplace.tracking_events.corrected_by IS 'Correction: ids of the events that say it right.';
COMMENT ON COLUMN marketplace.tracking_events.quarantine IS 'An event that cannot have happened, dated in the future by more than lg.future_skew (LG-25): pending, accepted or rejected by an operator; NULL for all others.';
COMMENT ON COLUMN marketplace.tracking_events.decided_by IS 'Who accepted or rejected it.';
COMMENT ON COLUMN marketplace.tracking_events.decided_at IS 'When.';
COMMENT ON COLUMN marketplace.tracking_events.decision_reason IS 'Why.';
COMMENT ON COLUMN marketplace.tracking_events.repeats IS 'How often it was sent again.';
COMMENT ON COLUMN marketplace.tracking_events.recorded_by IS 'Who recorded it: person, service or role.';
COMMENT ON COLUMN marketplace.tracking_events.raw IS 'What the source sent, as it was.';
COMMENT ON COLUMN marketplace.tracking_events.handling_unit_scan_id IS 'Scan of a whole unit that it comes from (handling_unit_scans.id); NULL: it is of the parcel itself.';
COMMENT ON COLUMN marketplace.tracking_events.carried IS 'Scan of a unit: false when the packing facts have the parcel elsewhere at that time, and the event does not count (LG-27); NULL: it is of the parcel itself.';

CREATE TABLE marketplace.tracking_problems (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	kind text NOT NULL,
	object text NOT NULL,
	event_key text NOT NULL DEFAULT '',
	shipment_id bigint,
	parcel_id bigint,
	party_id bigint,
	detail text NOT NULL,
	document jsonb,
	recorded_at timestamptz NOT NULL,
	resolved_at timestamptz,
	resolved_by text,
	resolution text CHECK (resolution IN ('overtaken', 'assigned', 'dismissed')),
	resolution_reason text CHECK (resolution_reason <> ''),
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, kind, object, event_key),
	CONSTRAINT tracking_problems_resolved CHECK ((resolved_at IS NULL) = (resolution IS NULL) AND (resolved_by IS NULL OR resolution_reason IS NOT NULL)),
	CONSTRAINT tracking_problems_kind CHECK (kind IN ('unknown_object', 'malformed_object', 'unguarded', 'not_shippable', 'scan_after_void',
		'delivery_contested'))
) WITH (fillfactor = 90);
CREATE INDEX tracking_problems_open ON marketplace.tracking_problems (marketplace_id, object) WHERE resolved_at IS NULL;
COMMENT ON TABLE marketplace.tracking_problems IS 'Facts of carriers that could be recorded but not carried out. Read them in view tracking_obstacles (RD-19).';
COMMENT ON COLUMN marketplace.tracking_problems.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.tracking_problems.id IS 'Number of the row.';
COMMENT ON COLUMN marketplace.tracking_problems.kind IS
'unknown_object, malformed_object: an event names it, and no parcel is known by it; unguarded: handed over against a guard; not_shippable: scanned, but quantities were not there to ship; scan_after_void; delivery_contested: delivery taken back after the receipt.';
COMMENT ON COLUMN marketplace.tracking_problems.object IS 'What it is about: sscc:…, number:CARRIER/…, gtin:…, shipment:…, parcel:… or the URI itself.';
COMMENT ON COLUMN marketplace.tracking_problems.event_key IS 'Unknown object: key of the event that names it; empty elsewhere.';
COMMENT ON COLUMN marketplace.tracking_problems.shipment_id IS 'The shipment, if there is one.';
COMMENT ON COLUMN marketplace.tracking_problems.parcel_id IS 'The parcel, if there is one.';
COMMENT ON COLUMN marketplace.tracking_problems.party_id IS 'Unknown object: the party that reported it; NULL: an operator. It must be seller or carrier of the parcel that turns up.';
COMMENT ON COLUMN marketplace.tracking_problems.detail IS 'What happened, in words.';
COMMENT ON COLUMN marketplace.tracking_problems.document IS 'Unknown object: the event in canonical form; it is recorded once a parcel with this SSCC or number is announced.';
COMMENT ON COLUMN marketplace.tracking_problems.recorded_at IS 'Since when.';
COMMENT ON COLUMN marketplace.tracking_problems.resolved_at IS 'When it was out of the way; NULL: still there.';
COMMENT ON COLUMN marketplace.tracking_problems.resolved_by IS 'Who dismissed or assigned it; NULL: later facts did.';
COMMENT ON COLUMN marketplace.tracking_problems.resolution IS 'overtaken by later facts; assigned to a parcel, or dismissed, by an operator.';
COMMENT ON COLUMN marketplace.tracking_problems.resolution_reason IS 'Why, in the operator''s words.';

CREATE TABLE marketplace.receipts (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	order_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	how text NOT NULL,
	received_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL,
	withdrawn_at timestamptz,
	withdrawn_by text,
	withdrawal_reason text CHECK (withdrawal_reason <> ''),
	PRIMARY KEY (marketplace_id, id),
	CONSTRAINT receipts_how CHECK (how IN ('confirmed', 'deemed', 'decided')),
	CONSTRAINT receipts_withdrawn CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL) = (withdrawal_reason IS NULL))
);
CREATE INDEX receipts_order ON marketplace.receipts (marketplace_id, order_id);
COMMENT ON TABLE marketplace.receipts IS 'Receipts: the buyer''s own, and those that his silence stands for (LG-30).';
COMMENT ON COLUMN marketplace.receipts.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.receipts.id IS 'Number of the receipt.';
COMMENT ON COLUMN marketplace.receipts.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.receipts.buyer_id IS 'The buyer.';
COMMENT ON COLUMN marketplace.receipts.how IS 'confirmed by the buyer; deemed, by its silence; decided: an objection came to nothing, by the buyer''s word or the operator''s.';
COMMENT ON COLUMN marketplace.receipts.received_at IS 'When the goods were received; deemed: when the inspection window closed.';
COMMENT ON COLUMN marketplace.receipts.recorded_at IS 'When the platform knew.';
COMMENT ON COLUMN marketplace.receipts.recorded_by IS 'Who recorded it: person, service or role.';
COMMENT ON COLUMN marketplace.receipts.withdrawn_at IS 'When it was taken back whole, and its quantities with it; NULL: it stands.';
COMMENT ON COLUMN marketplace.receipts.withdrawn_by IS 'Who took it back.';
COMMENT ON COLUMN marketplace.receipts.withdrawal_reason IS 'Why.';

CREATE TABLE marketplace.receipt_lines (
	marketplace_id int NOT NULL,
	receipt_id bigint NOT NULL,
	position int NOT NULL,
	order_line_id bigint NOT NULL,
	parcel_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	quantity numeric NOT NULL,
	surplus numeric,
	condition text NOT NULL,
	reserve_kind text,
	reserve_text text,
	objection_id bigint,
	movement_id bigint,
	PRIMARY KEY (marketplace_id, receipt_id, position),
	CONSTRAINT receipt_lines_quantity CHECK (quantity > 0 AND surplus > 0),
	CONSTRAINT receipt_lines_condition CHECK (condition IN ('conform', 'deemed_accepted', 'with_reserves', 'not_received', 'refused')),
	CONSTRAINT receipt_lines_reserve CHECK ((condition = 'with_reserves') = (reserve_kind IS NOT NULL)),
	CONSTRAINT receipt_lines_reasons CHECK (reserve_text IS NOT NULL OR condition NOT IN ('with_reserves', 'refused')),
	CONSTRAINT receipt_lines_movement CHECK (movement_id IS NOT NULL OR condition IN ('not_received', 'refused')),
	CONSTRAINT receipt_lines_reserve_kind CHECK (reserve_kind IN ('damaged', 'missing', 'wrong', 'other'))
);
CREATE INDEX receipt_lines_parcel ON marketplace.receipt_lines (marketplace_id, parcel_id, order_line_id);
CREATE INDEX receipt_lines_line ON marketplace.receipt_lines (marketplace_id, order_line_id);
COMMENT ON TABLE marketplace.receipt_lines IS 'What a receipt says of each line''s quantity in each parcel (LG-11, LG-42). Append-only.';
COMMENT ON COLUMN marketplace.receipt_lines.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.receipt_lines.receipt_id IS 'The receipt.';
COMMENT ON COLUMN marketplace.receipt_lines.position IS 'Place in the receipt: 1, 2, 3 …';
COMMENT ON COLUMN marketplace.receipt_lines.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.receipt_lines.parcel_id IS 'The parcel that it came in.';
COMMENT ON COLUMN marketplace.receipt_lines.buyer_id IS 'The buyer.';
COMMENT ON COLUMN marketplace.receipt_lines.seller_id IS 'The seller of the line.';
COMMENT ON COLUMN marketplace.receipt_lines.quantity IS 'How much, in the unit of the line.';
COMMENT ON COLUMN marketplace.receipt_lines.surplus IS 'How much more than was announced the parcel held (LG-11): outside all quantities; NULL: none.';
COMMENT ON COLUMN marketplace.receipt_lines.condition IS 'conform, deemed_accepted, with_reserves, not_received or refused.';
COMMENT ON COLUMN marketplace.receipt_lines.reserve_kind IS 'Reserve: damaged, missing, wrong or other.';
COMMENT ON COLUMN marketplace.receipt_lines.reserve_text IS 'Reserve or refusal: the reasons, which the law wants (LG-42); not received: what the buyer says to it, if anything.';
COMMENT ON COLUMN marketplace.receipt_lines.objection_id IS 'Accepted after all: the objection that came to nothing (receipt_objections.id); NULL elsewhere.';
COMMENT ON COLUMN marketplace.receipt_lines.movement_id IS 'The movement of quantity that it made; NULL: none, the carrier had not delivered.';
