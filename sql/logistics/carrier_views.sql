CREATE OR REPLACE VIEW marketplace.carriage_regimes (regime, name, mandatory, protest_forfeits, protest_days, protest_days_hidden,
	protest_days_delay, protest_unit, protest_calendar, claim_months, loss_days_promised, loss_days_unpromised, source, verified, protest_formal)
	WITH (security_invoker = true) AS
VALUES
	('FR-ROAD', 'French domestic road carriage, general contrat type of 2017', false, ARRAY['damage', 'missing'], 3, 3, NULL::int,
		'business_days', 'FR-L1333', 12, 0, 0, 'C. com. L133-3 (protest, LG-41); L133-6 (one year) from memory', false, true),
	('FR-REMOVAL', 'Removals in France', true, ARRAY['damage', 'missing'], 10, 10, NULL, 'calendar_days', NULL, 12, 0, 0,
		'LG-43, C. conso. L224-63 from memory', false, true),
	('CMR', 'International road carriage (CMR)', true, ARRAY['delay'], 0, 7, 21, 'business_days', 'FR-L1333', 12, 30, 60,
		'CMR art. 30 (LG-43), art. 20 and 32 from memory; without protest damage is not forfeited, only presumed not to be', false, false),
	('AIR', 'International air carriage (Montreal convention)', true, ARRAY['damage', 'missing', 'delay'], 14, 14, 21, 'calendar_days', NULL, 24, 7, 7,
		'Montreal convention art. 13, 31 and 35, from memory', false, false),
	('NONE', 'By contract alone', false, ARRAY[]::text[], NULL, NULL, NULL, NULL, NULL, 12, 0, 0, 'no regime is known: parameters of the contract', false, false);
COMMENT ON VIEW marketplace.carriage_regimes IS
'Law of carriage as rows (LG-41, LG-43): protests to the carrier, and how long it can be sued. Rows with verified false are parameters that somebody must check before they are relied on.';
COMMENT ON COLUMN marketplace.carriage_regimes.regime IS 'Its name.';
COMMENT ON COLUMN marketplace.carriage_regimes.name IS 'What it is.';
COMMENT ON COLUMN marketplace.carriage_regimes.mandatory IS 'A contract cannot lower its cap.';
COMMENT ON COLUMN marketplace.carriage_regimes.protest_forfeits IS 'Kinds of claims that are lost without a reasoned protest in time.';
COMMENT ON COLUMN marketplace.carriage_regimes.protest_days IS 'Days for the protest of damage or shortage that can be seen, the day of receipt not counted; NULL: no clock.';
COMMENT ON COLUMN marketplace.carriage_regimes.protest_days_hidden IS 'Of damage or shortage that cannot be seen.';
COMMENT ON COLUMN marketplace.carriage_regimes.protest_days_delay IS 'Of delay.';
COMMENT ON COLUMN marketplace.carriage_regimes.protest_unit IS 'business_days of protest_calendar, or calendar_days.';
COMMENT ON COLUMN marketplace.carriage_regimes.protest_calendar IS 'Calendar of those days.';
COMMENT ON COLUMN marketplace.carriage_regimes.claim_months IS 'Months in which the carrier can be sued.';
COMMENT ON COLUMN marketplace.carriage_regimes.loss_days_promised IS 'Goods lost: days after the delivery promised from which those months count.';
COMMENT ON COLUMN marketplace.carriage_regimes.loss_days_unpromised IS 'Goods lost, no delivery promised: days after the hand-over likewise.';
COMMENT ON COLUMN marketplace.carriage_regimes.source IS 'Where it is written.';
COMMENT ON COLUMN marketplace.carriage_regimes.verified IS 'True when every figure of the row was confirmed by a public source.';
COMMENT ON COLUMN marketplace.carriage_regimes.protest_formal IS 'The protest is valid by registered letter or extrajudicial act only.';

CREATE OR REPLACE VIEW marketplace.carriage_regime_lanes (mode, origin, destination, crossing, regime) WITH (security_invoker = true) AS
VALUES
	('parcel', 'FR', 'FR', false, 'FR-ROAD'),
	('road', 'FR', 'FR', false, 'FR-ROAD'),
	('parcel', '*', '*', true, 'CMR'),
	('road', '*', '*', true, 'CMR'),
	('air', '*', '*', true, 'AIR');
COMMENT ON VIEW marketplace.carriage_regime_lanes IS
'Which regime governs where neither contract nor carrier names one; no row: NONE. That a country is party to a convention is not looked up.';
COMMENT ON COLUMN marketplace.carriage_regime_lanes.mode IS 'Way of carriage of the service; a shipment without a service counts as parcel.';
COMMENT ON COLUMN marketplace.carriage_regime_lanes.origin IS 'Country, * any.';
COMMENT ON COLUMN marketplace.carriage_regime_lanes.destination IS 'Country, * any.';
COMMENT ON COLUMN marketplace.carriage_regime_lanes.crossing IS 'Only between two countries.';
COMMENT ON COLUMN marketplace.carriage_regime_lanes.regime IS 'The regime.';

CREATE OR REPLACE VIEW marketplace.liability_cap_builtin (regime, valid_from, from_kg, unit, per_kg, per_package, per_tonne, source, verified)
	WITH (security_invoker = true) AS
VALUES
	('FR-ROAD', '2017-05-01'::date, 0::numeric, 'EUR', 33::numeric, 1000::numeric, NULL::numeric,
		'contrat type général, decree 2017-461, shipments under 3 t (LG-45)', true),
	('FR-ROAD', '2017-05-01', 3000, 'EUR', 20, NULL, 3200, 'contrat type général, decree 2017-461, shipments of 3 t and more (LG-45)', true),
	('CMR', '1978-07-05', 0, 'XDR', 8.33, NULL, NULL, 'CMR art. 23(3), protocol of 1978 (LG-45); day of entry into force from memory', true),
	('AIR', '2019-12-28', 0, 'XDR', 22, NULL, NULL, 'Montreal convention art. 22(3) as revised, from memory', false),
	('AIR', '2024-12-28', 0, 'XDR', 26, NULL, NULL, 'Montreal convention art. 22(3) as revised, from memory', false);
COMMENT ON VIEW marketplace.liability_cap_builtin IS
'Caps of carriers'' liability that the extension knows: dated rows, replayed by migrate(). Rows of liability_caps from the same day or later go before them.';
COMMENT ON COLUMN marketplace.liability_cap_builtin.regime IS 'The carriage regime.';
COMMENT ON COLUMN marketplace.liability_cap_builtin.valid_from IS 'First day of hand-over that it is for.';
COMMENT ON COLUMN marketplace.liability_cap_builtin.from_kg IS 'For shipments of this gross weight and more.';
COMMENT ON COLUMN marketplace.liability_cap_builtin.unit IS 'Currency of the figures, or XDR.';
COMMENT ON COLUMN marketplace.liability_cap_builtin.per_kg IS 'For each kilogram lost or damaged.';
COMMENT ON COLUMN marketplace.liability_cap_builtin.per_package IS 'At most for each package.';
COMMENT ON COLUMN marketplace.liability_cap_builtin.per_tonne IS 'At most for all of it, for each tonne of the shipment.';
COMMENT ON COLUMN marketplace.liability_cap_builtin.source IS 'Where it is written.';
COMMENT ON COLUMN marketplace.liability_cap_builtin.verified IS 'True when the figures were confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.liability_cap_rows WITH (security_invoker = true) AS
SELECT NULL::int AS marketplace_id, regime, NULL::bigint AS contract_id, valid_from, from_kg, unit, per_kg, per_package, per_tonne,
	NULL::numeric AS per_shipment, source, verified
FROM marketplace.liability_cap_builtin
UNION ALL
SELECT marketplace_id, regime, contract_id, valid_from, from_kg, unit, per_kg, per_package, per_tonne, per_shipment, source, true
FROM marketplace.liability_caps;
COMMENT ON VIEW marketplace.liability_cap_rows IS
'All caps of carriers'' liability. In force on a day are, together, the rows of the last valid_from that has come (a marketplace''s own before those of the extension); of them the one with the highest from_kg that the shipment reaches applies.';
COMMENT ON COLUMN marketplace.liability_cap_rows.marketplace_id IS 'Marketplace whose own row it is; NULL: of the extension.';
COMMENT ON COLUMN marketplace.liability_cap_rows.regime IS 'The carriage regime; NULL: of a contract.';
COMMENT ON COLUMN marketplace.liability_cap_rows.contract_id IS 'The contract; NULL: of a regime.';
COMMENT ON COLUMN marketplace.liability_cap_rows.valid_from IS 'First day of hand-over that it is for.';
COMMENT ON COLUMN marketplace.liability_cap_rows.from_kg IS 'For shipments of this gross weight and more.';
COMMENT ON COLUMN marketplace.liability_cap_rows.unit IS 'Currency of the figures, or XDR.';
COMMENT ON COLUMN marketplace.liability_cap_rows.per_kg IS 'For each kilogram lost or damaged.';
COMMENT ON COLUMN marketplace.liability_cap_rows.per_package IS 'At most for each package.';
COMMENT ON COLUMN marketplace.liability_cap_rows.per_tonne IS 'At most for all of it, for each tonne of the shipment.';
COMMENT ON COLUMN marketplace.liability_cap_rows.per_shipment IS 'At most for all of it.';
COMMENT ON COLUMN marketplace.liability_cap_rows.source IS 'Where it is written.';
COMMENT ON COLUMN marketplace.liability_cap_rows.verified IS 'False: a figure of the extension that nobody has confirmed.';

CREATE OR REPLACE VIEW marketplace.carriage_lanes WITH (security_invoker = true) AS
SELECT s.marketplace_id, s.id AS seller_order_id, s.order_id, s.seller_id, a.country::text AS origin,
	COALESCE(o.delivery_address ->> 'country', b.country::text) AS destination
FROM marketplace.seller_orders s
JOIN marketplace.orders o ON o.marketplace_id = s.marketplace_id AND o.id = s.order_id
JOIN marketplace.parties a ON a.marketplace_id = s.marketplace_id AND a.id = s.seller_id
JOIN marketplace.parties b ON b.marketplace_id = s.marketplace_id AND b.id = s.buyer_id;
COMMENT ON VIEW marketplace.carriage_lanes IS 'Where the goods of each seller order go from and to; for the extension''s own statements.';
COMMENT ON COLUMN marketplace.carriage_lanes.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.carriage_lanes.seller_order_id IS 'The seller''s part of an order.';
COMMENT ON COLUMN marketplace.carriage_lanes.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.carriage_lanes.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.carriage_lanes.origin IS 'Country of the seller.';
COMMENT ON COLUMN marketplace.carriage_lanes.destination IS 'Country of the delivery address, else of the buyer.';

CREATE OR REPLACE VIEW marketplace.carrier_terms WITH (security_invoker = true) AS
SELECT l.marketplace_id, l.id AS lane_id, k.id AS contract_id, c.code AS carrier, k.reference, k.seller_id, s.code AS service, s.mode, l.origin,
	l.destination, l.valid_from, l.offered, l.lead_n, l.lead_unit, l.by_time, marketplace.amount_value(l.price) AS price,
	marketplace.amount_value(l.price_per_kg) AS price_per_kg, marketplace.currency(COALESCE(l.price, l.price_per_kg))::text AS currency,
	k.valid_from AS contract_from, k.valid_until AS contract_until
FROM marketplace.carrier_lanes l
JOIN marketplace.carrier_contracts k ON k.marketplace_id = l.marketplace_id AND k.id = l.contract_id
JOIN marketplace.carriers c ON c.marketplace_id = k.marketplace_id AND c.id = k.carrier_id
JOIN marketplace.carrier_services s ON s.marketplace_id = l.marketplace_id AND s.id = l.service_id;
COMMENT ON VIEW marketplace.carrier_terms IS 'Lead times and prices of contracts with carriers, per service and lane, with their dates.';
COMMENT ON COLUMN marketplace.carrier_terms.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.carrier_terms.lane_id IS 'The row of carrier_lanes.';
COMMENT ON COLUMN marketplace.carrier_terms.contract_id IS 'The contract.';
COMMENT ON COLUMN marketplace.carrier_terms.carrier IS 'Code of the carrier.';
COMMENT ON COLUMN marketplace.carrier_terms.reference IS 'Reference of the contract.';
COMMENT ON COLUMN marketplace.carrier_terms.seller_id IS 'Seller whose contract it is; NULL: the platform''s.';
COMMENT ON COLUMN marketplace.carrier_terms.service IS 'Code of the service.';
COMMENT ON COLUMN marketplace.carrier_terms.mode IS 'Way of carriage.';
COMMENT ON COLUMN marketplace.carrier_terms.origin IS 'Country, * any.';
COMMENT ON COLUMN marketplace.carrier_terms.destination IS 'Country, * any.';
COMMENT ON COLUMN marketplace.carrier_terms.valid_from IS 'First day of the row.';
COMMENT ON COLUMN marketplace.carrier_terms.offered IS 'False: no longer offered on this lane.';
COMMENT ON COLUMN marketplace.carrier_terms.lead_n IS 'Lead time.';
COMMENT ON COLUMN marketplace.carrier_terms.lead_unit IS 'Its unit.';
COMMENT ON COLUMN marketplace.carrier_terms.by_time IS 'Time of the last day; NULL: its end.';
COMMENT ON COLUMN marketplace.carrier_terms.price IS 'Price of a shipment, excluding VAT.';
COMMENT ON COLUMN marketplace.carrier_terms.price_per_kg IS 'And of each kilogram.';
COMMENT ON COLUMN marketplace.carrier_terms.currency IS 'Currency of the prices.';
COMMENT ON COLUMN marketplace.carrier_terms.contract_from IS 'First day of the contract.';
COMMENT ON COLUMN marketplace.carrier_terms.contract_until IS 'First day after the contract.';

CREATE OR REPLACE VIEW marketplace.shipment_promise_overview WITH (security_invoker = true) AS
SELECT p.marketplace_id, p.shipment_id, p.order_id, p.seller_id, c.code AS carrier, s.code AS service, k.reference AS contract, p.origin, p.destination,
	p.regime, p.handed_over_at, p.counted_from, p.calendar, p.deliver_by, p.weight_kg, marketplace.amount_value(p.freight) AS freight,
	marketplace.currency(p.freight)::text AS currency, d.delivered_at,
	CASE WHEN p.deliver_by IS NOT NULL AND COALESCE(d.delivered_at, marketplace.clock()) > p.deliver_by THEN false
		WHEN p.deliver_by IS NOT NULL AND d.delivered_at IS NOT NULL THEN true END AS kept
FROM marketplace.shipment_promises p
JOIN marketplace.carriers c ON c.marketplace_id = p.marketplace_id AND c.id = p.carrier_id
LEFT JOIN marketplace.carrier_services s ON s.marketplace_id = p.marketplace_id AND s.id = p.service_id
LEFT JOIN marketplace.carrier_contracts k ON k.marketplace_id = p.marketplace_id AND k.id = p.contract_id
CROSS JOIN LATERAL (
	SELECT CASE WHEN count(*) = count(COALESCE(q.delivered_at, q.received_at)) THEN max(COALESCE(q.delivered_at, q.received_at)) END AS delivered_at
	FROM marketplace.parcels q
	WHERE q.marketplace_id = p.marketplace_id AND q.shipment_id = p.shipment_id) d;
COMMENT ON VIEW marketplace.shipment_promise_overview IS 'What carriers promised at hand-over, and whether they kept it.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.shipment_promise_overview.shipment_id IS 'The shipment.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.carrier IS 'Code of the carrier.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.service IS 'Code of the service.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.contract IS 'Reference of the contract; NULL: none covers it, or not for the reader.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.origin IS 'Country that it left from.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.destination IS 'Country that it goes to.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.regime IS 'Carriage regime.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.handed_over_at IS 'When the carrier took it, as known then.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.counted_from IS 'Day that the lead time counts from.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.calendar IS 'Calendar that it was counted in.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.deliver_by IS 'Last instant of a delivery in time.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.weight_kg IS 'Gross weight.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.freight IS 'Price of the carriage by the terms, excluding VAT.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.currency IS 'Currency of the freight.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.delivered_at IS 'When the last parcel arrived, by the carrier or the buyer; NULL: not all have.';
COMMENT ON COLUMN marketplace.shipment_promise_overview.kept IS 'Delivered in time; NULL: nothing was promised, or it is not over yet.';
