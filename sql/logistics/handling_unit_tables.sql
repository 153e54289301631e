-- Handling units: pallets, containers, cages and consignments, what is in them over time, and what carriers scan of them (LG-1, LG-27).
-- A shipment stays the parcels of one seller order; what travels together, whoever sold it, is a handling unit that holds the parcels of several.

CREATE TABLE marketplace.handling_units (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	kind text NOT NULL,
	sscc text,
	carrier_id bigint,
	tracking_number text,
	keeper_id bigint,
	reference text,
	tare_kg numeric,
	gross_kg numeric,
	created_at timestamptz NOT NULL,
	created_by text NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	CONSTRAINT handling_units_kind CHECK (kind IN ('pallet', 'container', 'cage', 'consignment', 'other')),
	CONSTRAINT handling_units_sscc_form CHECK (sscc ~ '^[0-9]{18}$'),
	CONSTRAINT handling_units_number_has_carrier CHECK (tracking_number IS NULL OR carrier_id IS NOT NULL),
	CONSTRAINT handling_units_weights CHECK (tare_kg >= 0 AND tare_kg < 'Infinity' AND gross_kg > 0 AND gross_kg < 'Infinity'
		AND (tare_kg IS NULL OR gross_kg IS NULL OR tare_kg <= gross_kg))
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX handling_units_sscc ON marketplace.handling_units (marketplace_id, sscc) WHERE sscc IS NOT NULL;
CREATE UNIQUE INDEX handling_units_number ON marketplace.handling_units (marketplace_id, carrier_id, tracking_number) WHERE tracking_number IS NOT NULL;
COMMENT ON TABLE marketplace.handling_units IS 'Pallets, containers and the like, and consignments that a carrier moves under one number: they hold parcels of any shipments, and one another.';
COMMENT ON COLUMN marketplace.handling_units.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.handling_units.id IS 'Number of the unit.';
COMMENT ON COLUMN marketplace.handling_units.kind IS 'pallet, container, cage, consignment (no thing, only parcels under one number of the carrier), or other: known from a packing event only.';
COMMENT ON COLUMN marketplace.handling_units.sscc IS 'GS1 serial shipping container code, 18 digits; NULL when it has none.';
COMMENT ON COLUMN marketplace.handling_units.carrier_id IS 'Carrier whose number it has; NULL: none.';
COMMENT ON COLUMN marketplace.handling_units.tracking_number IS 'That carrier''s number of the whole unit; NULL: none.';
COMMENT ON COLUMN marketplace.handling_units.keeper_id IS 'Seller or carrier (parties.id) that made it and may pack and scan it; NULL: an operator.';
COMMENT ON COLUMN marketplace.handling_units.reference IS 'The keeper''s own name for it.';
COMMENT ON COLUMN marketplace.handling_units.tare_kg IS 'Weight of the empty unit in kilograms; NULL: not given.';
COMMENT ON COLUMN marketplace.handling_units.gross_kg IS 'Weight as last weighed, with its contents; NULL: not weighed.';
COMMENT ON COLUMN marketplace.handling_units.created_at IS 'When it became known.';
COMMENT ON COLUMN marketplace.handling_units.created_by IS 'Who made it known: person, service or role.';

CREATE TABLE marketplace.nestings (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	handling_unit_id bigint NOT NULL,
	action text NOT NULL,
	child text NOT NULL,
	child_parcel_id bigint,
	child_unit_id bigint,
	occurred_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	source text NOT NULL,
	event_key text NOT NULL,
	source_event_id text,
	party_id bigint,
	recorded_by text NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, handling_unit_id, source, event_key, action, child),
	CONSTRAINT nestings_action CHECK (action IN ('add', 'observe', 'delete', 'void')),
	CONSTRAINT nestings_child CHECK (child_parcel_id IS NULL OR child_unit_id IS NULL),
	CONSTRAINT nestings_whole CHECK ((action <> 'void' OR child = '*') AND (child <> '*' OR action IN ('delete', 'void')))
) WITH (fillfactor = 90);
CREATE INDEX nestings_parcel ON marketplace.nestings (marketplace_id, child_parcel_id) WHERE child_parcel_id IS NOT NULL;
CREATE INDEX nestings_child_unit ON marketplace.nestings (marketplace_id, child_unit_id) WHERE child_unit_id IS NOT NULL;
CREATE INDEX nestings_waiting ON marketplace.nestings (marketplace_id, child) WHERE child_parcel_id IS NULL AND child_unit_id IS NULL AND child <> '*';
COMMENT ON TABLE marketplace.nestings IS
'What was said of what is in what: facts, each once, in whatever order they come. A packing event (EPCIS AggregationEvent, handling_unit_pack()) is a row for each child. Where a child was when is computed from all of them (view handling_unit_intervals).';
COMMENT ON COLUMN marketplace.nestings.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.nestings.id IS 'Number of the fact, in order of recording.';
COMMENT ON COLUMN marketplace.nestings.handling_unit_id IS 'The unit that holds.';
COMMENT ON COLUMN marketplace.nestings.action IS 'add (put in), observe (seen in it), delete (taken out); void: the source''s event source_event_id did not occur or is wrong.';
COMMENT ON COLUMN marketplace.nestings.child IS 'What it is about, as named: parcel:…, unit:…, sscc:…; *: all that is in it.';
COMMENT ON COLUMN marketplace.nestings.child_parcel_id IS 'The parcel; NULL: a unit, or a parcel that is not announced yet.';
COMMENT ON COLUMN marketplace.nestings.child_unit_id IS 'The unit that is in the unit; NULL: a parcel.';
COMMENT ON COLUMN marketplace.nestings.occurred_at IS 'When it happened, says the source.';
COMMENT ON COLUMN marketplace.nestings.recorded_at IS 'When the platform knew.';
COMMENT ON COLUMN marketplace.nestings.source IS 'Who said it: epcis, packing, ….';
COMMENT ON COLUMN marketplace.nestings.event_key IS 'What makes it the same event: id:… the source''s own id, else sha256:… of its content.';
COMMENT ON COLUMN marketplace.nestings.source_event_id IS 'The source''s own id of the event; NULL when it gave none.';
COMMENT ON COLUMN marketplace.nestings.party_id IS 'Party that said it; NULL: an operator. A parcel that is announced later must be its own.';
COMMENT ON COLUMN marketplace.nestings.recorded_by IS 'Who recorded it: person, service or role.';

CREATE TABLE marketplace.handling_unit_scans (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	handling_unit_id bigint NOT NULL,
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
	repeats int NOT NULL DEFAULT 0,
	recorded_by text NOT NULL,
	raw jsonb,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, handling_unit_id, source, event_key)
) WITH (fillfactor = 90);
COMMENT ON TABLE marketplace.handling_unit_scans IS 'What sources said of whole units, each event once. It applies to the parcels that were in the unit when it happened (LG-27): those get it as a tracking event of their own.';
COMMENT ON COLUMN marketplace.handling_unit_scans.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.handling_unit_scans.id IS 'Number of the scan, in order of recording.';
COMMENT ON COLUMN marketplace.handling_unit_scans.handling_unit_id IS 'The unit.';
COMMENT ON COLUMN marketplace.handling_unit_scans.source IS 'Who said it.';
COMMENT ON COLUMN marketplace.handling_unit_scans.event_key IS 'What makes it the same event (LG-19).';
COMMENT ON COLUMN marketplace.handling_unit_scans.source_event_id IS 'The source''s own id of the event; NULL when it gave none.';
COMMENT ON COLUMN marketplace.handling_unit_scans.code IS 'The source''s code; NULL when it gave a canonical state.';
COMMENT ON COLUMN marketplace.handling_unit_scans.sub_code IS 'The source''s sub-code likewise.';
COMMENT ON COLUMN marketplace.handling_unit_scans.state IS 'Canonical state as given.';
COMMENT ON COLUMN marketplace.handling_unit_scans.occurred_at IS 'When it happened, says the source.';
COMMENT ON COLUMN marketplace.handling_unit_scans.recorded_at IS 'When the platform knew.';
COMMENT ON COLUMN marketplace.handling_unit_scans.place IS 'Where it happened.';
COMMENT ON COLUMN marketplace.handling_unit_scans.signed_by IS 'Who signed.';
COMMENT ON COLUMN marketplace.handling_unit_scans.corrects_source IS 'Correction: source of the event that it corrects.';
COMMENT ON COLUMN marketplace.handling_unit_scans.corrects_event_id IS 'Correction: that event''s id at its source.';
COMMENT ON COLUMN marketplace.handling_unit_scans.correction_reason IS 'did_not_occur, or incorrect_data.';
COMMENT ON COLUMN marketplace.handling_unit_scans.corrected_by IS 'Correction: ids of the events that say it right.';
COMMENT ON COLUMN marketplace.handling_unit_scans.repeats IS 'How often it was sent again.';
COMMENT ON COLUMN marketplace.handling_unit_scans.recorded_by IS 'Who recorded it: person, service or role.';
COMMENT ON COLUMN marketplace.handling_unit_scans.raw IS 'What the source sent, as it was.';

CREATE TABLE marketplace.handling_unit_parcels (
	marketplace_id int NOT NULL,
	parcel_id bigint NOT NULL,
	handling_unit_id bigint NOT NULL,
	from_at timestamptz NOT NULL,
	until_at timestamptz,
	depth int NOT NULL,
	recorded_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, parcel_id, handling_unit_id, from_at),
	CONSTRAINT handling_unit_parcels_span CHECK (from_at < until_at)
);
CREATE INDEX handling_unit_parcels_unit ON marketplace.handling_unit_parcels (marketplace_id, handling_unit_id);
COMMENT ON TABLE marketplace.handling_unit_parcels IS 'When each parcel was in each unit, directly or in a unit inside it: what all nestings say, kept by the extension.';
COMMENT ON COLUMN marketplace.handling_unit_parcels.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.handling_unit_parcels.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.handling_unit_parcels.handling_unit_id IS 'The unit.';
COMMENT ON COLUMN marketplace.handling_unit_parcels.from_at IS 'Since when.';
COMMENT ON COLUMN marketplace.handling_unit_parcels.until_at IS 'Until when (not any more at that instant); NULL: it still is.';
COMMENT ON COLUMN marketplace.handling_unit_parcels.depth IS '1: directly; 2: in a unit that is in it, and so on.';
COMMENT ON COLUMN marketplace.handling_unit_parcels.recorded_at IS 'When the platform knew it so.';
