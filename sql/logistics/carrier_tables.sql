-- Partners: what carriers offer, under which contracts, and what they promised for each shipment (LG-16, LG-33, LG-45).

CREATE TABLE marketplace.carrier_services (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	carrier_id bigint NOT NULL,
	code text NOT NULL,
	name text NOT NULL,
	mode text NOT NULL,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, carrier_id, code),
	CONSTRAINT carrier_services_mode CHECK (mode IN ('parcel', 'road', 'rail', 'air', 'sea'))
);
COMMENT ON TABLE marketplace.carrier_services IS 'What a carrier offers: express, pallet, air freight. Terms are in contracts.';
COMMENT ON COLUMN marketplace.carrier_services.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.carrier_services.id IS 'Number of the service.';
COMMENT ON COLUMN marketplace.carrier_services.carrier_id IS 'The carrier.';
COMMENT ON COLUMN marketplace.carrier_services.code IS 'Short name, in small letters, unique per carrier.';
COMMENT ON COLUMN marketplace.carrier_services.name IS 'Name for people.';
COMMENT ON COLUMN marketplace.carrier_services.mode IS 'parcel, road, rail, air or sea: with the lane it decides the carriage regime.';
COMMENT ON COLUMN marketplace.carrier_services.created_at IS 'When it was registered.';

CREATE TABLE marketplace.carrier_contracts (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	carrier_id bigint NOT NULL,
	carrier_party_id bigint,
	seller_id bigint,
	reference text NOT NULL,
	regime text,
	valid_from date NOT NULL,
	valid_until date,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, carrier_id, reference),
	CONSTRAINT carrier_contracts_range CHECK (valid_from < valid_until)
) WITH (fillfactor = 90);
COMMENT ON TABLE marketplace.carrier_contracts IS 'Contracts with carriers, of the platform for all its sellers, or of one seller for itself. Terms: carrier_lanes and liability_caps, as dated rows.';
COMMENT ON COLUMN marketplace.carrier_contracts.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.carrier_contracts.id IS 'Number of the contract.';
COMMENT ON COLUMN marketplace.carrier_contracts.carrier_id IS 'The carrier.';
COMMENT ON COLUMN marketplace.carrier_contracts.carrier_party_id IS 'The carrier as a party, when the contract was recorded; NULL when it had none.';
COMMENT ON COLUMN marketplace.carrier_contracts.seller_id IS 'Seller whose contract it is and whose shipments it covers; NULL: the platform''s, for all.';
COMMENT ON COLUMN marketplace.carrier_contracts.reference IS 'Its name in the papers, unique per carrier.';
COMMENT ON COLUMN marketplace.carrier_contracts.regime IS 'Carriage regime that it is under (view carriage_regimes); NULL: the carrier''s, or that of the lane.';
COMMENT ON COLUMN marketplace.carrier_contracts.valid_from IS 'First day.';
COMMENT ON COLUMN marketplace.carrier_contracts.valid_until IS 'First day after it; NULL: no end is agreed.';
COMMENT ON COLUMN marketplace.carrier_contracts.created_at IS 'When it was recorded.';

CREATE TABLE marketplace.carrier_lanes (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	contract_id bigint NOT NULL,
	carrier_party_id bigint,
	seller_id bigint,
	service_id bigint NOT NULL,
	origin text NOT NULL,
	destination text NOT NULL,
	valid_from date NOT NULL,
	offered boolean NOT NULL,
	lead_n int,
	lead_unit text,
	by_time time,
	price marketplace.amount,
	price_per_kg marketplace.amount,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, contract_id, service_id, origin, destination, valid_from),
	CONSTRAINT carrier_lanes_country CHECK ((origin = '*' OR origin ~ '^[A-Z]{2}$') AND (destination = '*' OR destination ~ '^[A-Z]{2}$')),
	CONSTRAINT carrier_lanes_lead CHECK ((lead_n IS NULL) = (lead_unit IS NULL) AND lead_n BETWEEN 0 AND 36525
		AND lead_unit IN ('hours', 'calendar_days', 'business_days') AND (by_time IS NULL OR lead_unit <> 'hours')),
	CONSTRAINT carrier_lanes_offered CHECK (offered OR (lead_n IS NULL AND price IS NULL AND price_per_kg IS NULL)),
	CONSTRAINT carrier_lanes_price CHECK (marketplace.sign(price) >= 0 AND marketplace.sign(price_per_kg) >= 0
		AND marketplace.currency(price) = marketplace.currency(price_per_kg))
);
COMMENT ON TABLE marketplace.carrier_lanes IS 'Terms of a contract per service and lane: lead time and price. Never changed: a newer row of the same lane takes over from its valid_from.';
COMMENT ON COLUMN marketplace.carrier_lanes.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.carrier_lanes.id IS 'Number of the row.';
COMMENT ON COLUMN marketplace.carrier_lanes.contract_id IS 'The contract.';
COMMENT ON COLUMN marketplace.carrier_lanes.carrier_party_id IS 'As in the contract.';
COMMENT ON COLUMN marketplace.carrier_lanes.seller_id IS 'As in the contract.';
COMMENT ON COLUMN marketplace.carrier_lanes.service_id IS 'The service.';
COMMENT ON COLUMN marketplace.carrier_lanes.origin IS 'Country that it leaves from (ISO 3166-1), * any; a country goes before *.';
COMMENT ON COLUMN marketplace.carrier_lanes.destination IS 'Country that it goes to, likewise.';
COMMENT ON COLUMN marketplace.carrier_lanes.valid_from IS 'First day that the row is for.';
COMMENT ON COLUMN marketplace.carrier_lanes.offered IS 'False: the service is not offered on the lane from that day on.';
COMMENT ON COLUMN marketplace.carrier_lanes.lead_n IS 'Lead time promised, from hand-over to delivery; NULL: none is.';
COMMENT ON COLUMN marketplace.carrier_lanes.lead_unit IS 'Its unit: hours, calendar_days, or business_days of the carrier''s calendar.';
COMMENT ON COLUMN marketplace.carrier_lanes.by_time IS 'Local time of the last day by which it is delivered; NULL: the end of the day.';
COMMENT ON COLUMN marketplace.carrier_lanes.price IS 'Price of a shipment, excluding VAT; NULL: none is agreed.';
COMMENT ON COLUMN marketplace.carrier_lanes.price_per_kg IS 'Price of each kilogram beside it, excluding VAT; NULL: none.';
COMMENT ON COLUMN marketplace.carrier_lanes.created_at IS 'When the row was written.';

CREATE TABLE marketplace.liability_caps (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	regime text,
	contract_id bigint,
	carrier_party_id bigint,
	seller_id bigint,
	valid_from date NOT NULL,
	from_kg numeric NOT NULL CHECK (from_kg >= 0 AND from_kg < 'Infinity'),
	unit text NOT NULL CHECK (unit ~ '^[A-Z]{3}$'),
	per_kg numeric CHECK (per_kg >= 0 AND per_kg < 'Infinity'),
	per_package numeric CHECK (per_package >= 0 AND per_package < 'Infinity'),
	per_tonne numeric CHECK (per_tonne >= 0 AND per_tonne < 'Infinity'),
	per_shipment numeric CHECK (per_shipment >= 0 AND per_shipment < 'Infinity'),
	source text NOT NULL,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	CONSTRAINT liability_caps_of CHECK ((regime IS NULL) <> (contract_id IS NULL)),
	CONSTRAINT liability_caps_something CHECK (num_nonnulls(per_kg, per_package, per_tonne, per_shipment) > 0)
);
CREATE UNIQUE INDEX liability_caps_regime ON marketplace.liability_caps (marketplace_id, regime, valid_from, from_kg) WHERE regime IS NOT NULL;
CREATE UNIQUE INDEX liability_caps_contract ON marketplace.liability_caps (marketplace_id, contract_id, valid_from, from_kg) WHERE contract_id IS NOT NULL;
COMMENT ON TABLE marketplace.liability_caps IS
'How much a carrier owes at most: by a contract, or by law as the marketplace knows it beside the rows of the extension (view liability_cap_rows). Never changed: the rows of the last valid_from that has come are in force, together; of them the one with the highest from_kg that the shipment reaches applies.';
COMMENT ON COLUMN marketplace.liability_caps.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.liability_caps.id IS 'Number of the row.';
COMMENT ON COLUMN marketplace.liability_caps.regime IS 'The carriage regime; NULL: of a contract.';
COMMENT ON COLUMN marketplace.liability_caps.contract_id IS 'The contract; NULL: of a regime.';
COMMENT ON COLUMN marketplace.liability_caps.carrier_party_id IS 'As in the contract.';
COMMENT ON COLUMN marketplace.liability_caps.seller_id IS 'As in the contract.';
COMMENT ON COLUMN marketplace.liability_caps.valid_from IS 'First day, of hand-over to the carrier, that it is for.';
COMMENT ON COLUMN marketplace.liability_caps.from_kg IS 'For shipments of this gross weight and more.';
COMMENT ON COLUMN marketplace.liability_caps.unit IS 'Currency of the figures, or XDR: special drawing rights, converted by sdr_rates.';
COMMENT ON COLUMN marketplace.liability_caps.per_kg IS 'For each kilogram lost or damaged.';
COMMENT ON COLUMN marketplace.liability_caps.per_package IS 'At most for each package.';
COMMENT ON COLUMN marketplace.liability_caps.per_tonne IS 'At most for all of it, for each tonne of the shipment.';
COMMENT ON COLUMN marketplace.liability_caps.per_shipment IS 'At most for all of it.';
COMMENT ON COLUMN marketplace.liability_caps.source IS 'Where it is written: article, clause.';
COMMENT ON COLUMN marketplace.liability_caps.created_at IS 'When the row was written.';

CREATE TABLE marketplace.sdr_rates (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	currency marketplace.currency NOT NULL,
	valid_from date NOT NULL,
	rate numeric NOT NULL CHECK (rate > 0 AND rate < 1e12),
	source text NOT NULL,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, currency, valid_from)
);
COMMENT ON TABLE marketplace.sdr_rates IS
'Worth of one special drawing right (XDR, no currency that can be paid in): conventions of carriage state their caps in it. A newer row takes over from its valid_from.';
COMMENT ON COLUMN marketplace.sdr_rates.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.sdr_rates.id IS 'Number of the row.';
COMMENT ON COLUMN marketplace.sdr_rates.currency IS 'The currency.';
COMMENT ON COLUMN marketplace.sdr_rates.valid_from IS 'First day.';
COMMENT ON COLUMN marketplace.sdr_rates.rate IS 'Units of the currency for one XDR.';
COMMENT ON COLUMN marketplace.sdr_rates.source IS 'Who says so: International Monetary Fund, a bank.';
COMMENT ON COLUMN marketplace.sdr_rates.created_at IS 'When the row was written.';

CREATE TABLE marketplace.shipment_promises (
	marketplace_id int NOT NULL,
	shipment_id bigint NOT NULL,
	order_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	carrier_id bigint NOT NULL,
	carrier_party_id bigint,
	origin text NOT NULL,
	destination text NOT NULL,
	regime text NOT NULL,
	service_id bigint,
	contract_id bigint,
	lane_id bigint,
	counted_from date,
	calendar text,
	deliver_by timestamptz,
	weight_kg numeric,
	freight marketplace.amount,
	handed_over_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, shipment_id)
);
CREATE INDEX shipment_promises_when ON marketplace.shipment_promises (marketplace_id, carrier_id, handed_over_at);
COMMENT ON TABLE marketplace.shipment_promises IS
'What the carrier promised when it took a shipment, as its contract said then: reckoned at hand-over, frozen (RD-11). A shipment without a contract has its row too: lane and regime.';
COMMENT ON COLUMN marketplace.shipment_promises.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.shipment_promises.shipment_id IS 'The shipment.';
COMMENT ON COLUMN marketplace.shipment_promises.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.shipment_promises.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.shipment_promises.buyer_id IS 'The buyer.';
COMMENT ON COLUMN marketplace.shipment_promises.carrier_id IS 'The carrier.';
COMMENT ON COLUMN marketplace.shipment_promises.carrier_party_id IS 'The carrier as a party; NULL when it has none.';
COMMENT ON COLUMN marketplace.shipment_promises.origin IS 'Country that it left from: the seller''s.';
COMMENT ON COLUMN marketplace.shipment_promises.destination IS 'Country that it goes to: of the order''s delivery address, else the buyer''s.';
COMMENT ON COLUMN marketplace.shipment_promises.regime IS 'Carriage regime that it travels under: view carriage_regimes.';
COMMENT ON COLUMN marketplace.shipment_promises.service_id IS 'The service; NULL: none was named and no contract has just one.';
COMMENT ON COLUMN marketplace.shipment_promises.contract_id IS 'The contract; NULL: none covers it.';
COMMENT ON COLUMN marketplace.shipment_promises.lane_id IS 'The terms (carrier_lanes.id).';
COMMENT ON COLUMN marketplace.shipment_promises.counted_from IS 'Day that the lead time counts from: of hand-over, or the next open one when it was after the cut-off.';
COMMENT ON COLUMN marketplace.shipment_promises.calendar IS 'Calendar that it was counted in.';
COMMENT ON COLUMN marketplace.shipment_promises.deliver_by IS 'Last instant of the delivery promised; NULL: no lead time is agreed.';
COMMENT ON COLUMN marketplace.shipment_promises.weight_kg IS 'Gross weight of all its parcels; NULL: not given for each.';
COMMENT ON COLUMN marketplace.shipment_promises.freight IS 'Price of the carriage by the terms; NULL: none is agreed, or by a weight that was not given.';
COMMENT ON COLUMN marketplace.shipment_promises.handed_over_at IS 'When the carrier took it, as known then.';
COMMENT ON COLUMN marketplace.shipment_promises.recorded_at IS 'When the row was written.';
