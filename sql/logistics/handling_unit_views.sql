CREATE OR REPLACE VIEW marketplace.handling_unit_intervals WITH (security_invoker = true) AS
WITH live AS NOT MATERIALIZED (
	SELECT n.marketplace_id, n.handling_unit_id, n.action, n.child, n.child_parcel_id, n.child_unit_id, n.occurred_at,
		CASE WHEN n.action = 'delete' THEN 0 ELSE 1 END AS rank, n.source, n.event_key
	FROM marketplace.nestings n
	WHERE n.action <> 'void'
	  AND NOT EXISTS (SELECT FROM marketplace.nestings v
		WHERE v.marketplace_id = n.marketplace_id AND v.handling_unit_id = n.handling_unit_id AND v.action = 'void'
		  AND v.source = n.source AND v.source_event_id = n.source_event_id))
SELECT marketplace_id, handling_unit_id, child_parcel_id, child_unit_id, min(from_at) AS from_at, until_at
FROM (
	SELECT s.marketplace_id, s.handling_unit_id, s.child_parcel_id, s.child_unit_id, s.occurred_at AS from_at, LEAST((
		SELECT min(e.occurred_at)
		FROM live e
		WHERE e.marketplace_id = s.marketplace_id AND e.handling_unit_id = s.handling_unit_id AND e.action = 'delete' AND e.child = '*'
		  AND (e.occurred_at, e.rank, e.source, e.event_key) > (s.occurred_at, s.rank, s.source, s.event_key)), (
		SELECT min(e.occurred_at)
		FROM live e
		WHERE e.marketplace_id = s.marketplace_id AND e.child_parcel_id = s.child_parcel_id
		  AND (e.action = 'delete') = (e.handling_unit_id = s.handling_unit_id)
		  AND (e.occurred_at, e.rank, e.source, e.event_key) > (s.occurred_at, s.rank, s.source, s.event_key)), (
		SELECT min(e.occurred_at)
		FROM live e
		WHERE e.marketplace_id = s.marketplace_id AND e.child_unit_id = s.child_unit_id
		  AND (e.action = 'delete') = (e.handling_unit_id = s.handling_unit_id)
		  AND (e.occurred_at, e.rank, e.source, e.event_key) > (s.occurred_at, s.rank, s.source, s.event_key))) AS until_at
	FROM live s
	WHERE s.action <> 'delete'
	  AND (s.child_parcel_id IS NOT NULL OR s.child_unit_id IS NOT NULL)) spans
WHERE from_at < until_at OR until_at IS NULL
GROUP BY marketplace_id, handling_unit_id, child_parcel_id, child_unit_id, until_at;
COMMENT ON VIEW marketplace.handling_unit_intervals IS
'When what was directly in which unit: from being put or seen in it until being taken out, or put or seen in another. The same whatever the order in which the facts came.';
COMMENT ON COLUMN marketplace.handling_unit_intervals.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.handling_unit_intervals.handling_unit_id IS 'The unit that holds.';
COMMENT ON COLUMN marketplace.handling_unit_intervals.child_parcel_id IS 'The parcel in it; NULL: a unit.';
COMMENT ON COLUMN marketplace.handling_unit_intervals.child_unit_id IS 'The unit in it; NULL: a parcel.';
COMMENT ON COLUMN marketplace.handling_unit_intervals.from_at IS 'Since when.';
COMMENT ON COLUMN marketplace.handling_unit_intervals.until_at IS 'Until when; NULL: it still is.';

CREATE OR REPLACE VIEW marketplace.policy_registry_logistics_handling_unit (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('lg.weight_tolerance_pct', 'numeric', '5'::jsonb,
		'How far, in percent, the weighed gross weight of a handling unit may be from what its parcels and its tare add up to', 'unverified default', false);
COMMENT ON VIEW marketplace.policy_registry_logistics_handling_unit IS 'Policy parameters of handling units.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_handling_unit.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_handling_unit.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_handling_unit.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_handling_unit.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_handling_unit.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_handling_unit.verified IS 'True when the default was confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.handling_unit_contents WITH (security_invoker = true) AS
SELECT h.marketplace_id, h.handling_unit_id, h.parcel_id, h.depth, h.from_at, h.until_at, h.until_at IS NULL AS now_in_it,
	p.sscc AS parcel_sscc, p.tracking_number, s.id AS shipment_id, s.order_id, s.seller_order_id, s.seller_id, c.order_line_id, c.quantity,
	c.position::text AS position
FROM marketplace.handling_unit_parcels h
JOIN marketplace.parcels p ON p.marketplace_id = h.marketplace_id AND p.id = h.parcel_id
JOIN marketplace.shipments s ON s.marketplace_id = p.marketplace_id AND s.id = p.shipment_id
JOIN marketplace.parcel_contents c ON c.marketplace_id = p.marketplace_id AND c.parcel_id = p.id;
COMMENT ON VIEW marketplace.handling_unit_contents IS
'Which line''s quantities of which order and seller were in which unit, and when, through all levels. Each sees its own parcels (LG-55).';
COMMENT ON COLUMN marketplace.handling_unit_contents.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.handling_unit_contents.handling_unit_id IS 'The unit.';
COMMENT ON COLUMN marketplace.handling_unit_contents.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.handling_unit_contents.depth IS '1: directly in it; 2: in a unit that is in it, and so on.';
COMMENT ON COLUMN marketplace.handling_unit_contents.from_at IS 'Since when.';
COMMENT ON COLUMN marketplace.handling_unit_contents.until_at IS 'Until when; NULL: it still is.';
COMMENT ON COLUMN marketplace.handling_unit_contents.now_in_it IS 'True when nothing says that it has left.';
COMMENT ON COLUMN marketplace.handling_unit_contents.parcel_sscc IS 'SSCC of the parcel.';
COMMENT ON COLUMN marketplace.handling_unit_contents.tracking_number IS 'Number of the parcel.';
COMMENT ON COLUMN marketplace.handling_unit_contents.shipment_id IS 'Its shipment.';
COMMENT ON COLUMN marketplace.handling_unit_contents.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.handling_unit_contents.seller_order_id IS 'The seller''s part of it.';
COMMENT ON COLUMN marketplace.handling_unit_contents.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.handling_unit_contents.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.handling_unit_contents.quantity IS 'How much of it, in the unit of the line.';
COMMENT ON COLUMN marketplace.handling_unit_contents.position IS 'Where the movements of quantities have it.';

CREATE OR REPLACE VIEW marketplace.handling_unit_overview WITH (security_invoker = true) AS
SELECT u.marketplace_id, u.id AS handling_unit_id, u.kind, u.sscc, c.code AS carrier, u.tracking_number,
	replace(c.tracking_url, '{number}', u.tracking_number) AS tracking_url, u.keeper_id, u.reference, i.parcels, i.orders, i.sellers, n.units,
	u.tare_kg, u.gross_kg, i.weight_kg + n.tare_kg AS contents_kg,
	CASE WHEN marketplace.access_operates(u.marketplace_id) AND i.unweighed + n.unweighed = 0
		THEN abs(u.gross_kg - u.tare_kg - i.weight_kg - n.tare_kg) * 100 > marketplace.policy_get(u.marketplace_id, 'lg.weight_tolerance_pct')::numeric * u.gross_kg
		END AS weight_differs,
	s.state, s.occurred_at AS last_scan_at, s.place AS last_place
FROM marketplace.handling_units u
LEFT JOIN marketplace.carriers c ON c.marketplace_id = u.marketplace_id AND c.id = u.carrier_id
CROSS JOIN LATERAL (
	SELECT count(p.id) AS parcels, count(DISTINCT p.order_id) AS orders, count(DISTINCT s.seller_id) AS sellers,
		COALESCE(sum(p.weight_kg), 0) AS weight_kg, count(p.id) FILTER (WHERE p.weight_kg IS NULL) AS unweighed
	FROM marketplace.handling_unit_parcels h
	JOIN marketplace.parcels p ON p.marketplace_id = h.marketplace_id AND p.id = h.parcel_id
	JOIN marketplace.shipments s ON s.marketplace_id = p.marketplace_id AND s.id = p.shipment_id
	WHERE h.marketplace_id = u.marketplace_id AND h.handling_unit_id = u.id AND h.until_at IS NULL) i
CROSS JOIN LATERAL (
	SELECT count(*) AS units, COALESCE(sum(w.tare_kg), 0) AS tare_kg, count(*) FILTER (WHERE w.tare_kg IS NULL) AS unweighed
	FROM (
		SELECT DISTINCT d.handling_unit_id
		FROM marketplace.handling_unit_parcels h
		JOIN marketplace.handling_unit_parcels d ON d.marketplace_id = h.marketplace_id AND d.parcel_id = h.parcel_id AND d.until_at IS NULL
			AND d.depth < h.depth
		WHERE h.marketplace_id = u.marketplace_id AND h.handling_unit_id = u.id AND h.until_at IS NULL) d
	JOIN marketplace.handling_units w ON w.marketplace_id = u.marketplace_id AND w.id = d.handling_unit_id) n
LEFT JOIN LATERAL (
	SELECT COALESCE(e.state::text, (SELECT v.state FROM marketplace.tracking_vocabulary v
			WHERE v.source = e.source AND v.code IN (e.code, '') AND v.sub_code IN (COALESCE(e.sub_code, ''), '')
			  AND (v.marketplace_id IS NULL OR v.marketplace_id = e.marketplace_id)
			ORDER BY v.sub_code = '', v.code = '', v.marketplace_id IS NULL LIMIT 1)) AS state, e.occurred_at, e.place
	FROM marketplace.handling_unit_scans e
	WHERE e.marketplace_id = u.marketplace_id AND e.handling_unit_id = u.id AND e.corrects_event_id IS NULL
	  AND NOT EXISTS (SELECT FROM marketplace.handling_unit_scans x
		WHERE x.marketplace_id = e.marketplace_id AND x.handling_unit_id = e.handling_unit_id AND x.corrects_source = e.source
		  AND x.corrects_event_id = e.source_event_id)
	ORDER BY e.occurred_at DESC, e.event_key DESC
	LIMIT 1) s ON true;
COMMENT ON VIEW marketplace.handling_unit_overview IS
'Pallets, containers and consignments: what is in them now, what they weigh, where they were last seen. Counts and weights are of the parcels that the reader sees.';
COMMENT ON COLUMN marketplace.handling_unit_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.handling_unit_overview.handling_unit_id IS 'The unit.';
COMMENT ON COLUMN marketplace.handling_unit_overview.kind IS 'pallet, container, cage, consignment or other.';
COMMENT ON COLUMN marketplace.handling_unit_overview.sscc IS 'GS1 serial shipping container code.';
COMMENT ON COLUMN marketplace.handling_unit_overview.carrier IS 'Carrier whose number it has.';
COMMENT ON COLUMN marketplace.handling_unit_overview.tracking_number IS 'That number.';
COMMENT ON COLUMN marketplace.handling_unit_overview.tracking_url IS 'The carrier''s page for it.';
COMMENT ON COLUMN marketplace.handling_unit_overview.keeper_id IS 'Who made it and may pack it; NULL: operators.';
COMMENT ON COLUMN marketplace.handling_unit_overview.reference IS 'The keeper''s name for it.';
COMMENT ON COLUMN marketplace.handling_unit_overview.parcels IS 'Parcels in it now, through all levels.';
COMMENT ON COLUMN marketplace.handling_unit_overview.orders IS 'Orders that they belong to.';
COMMENT ON COLUMN marketplace.handling_unit_overview.sellers IS 'Sellers of them.';
COMMENT ON COLUMN marketplace.handling_unit_overview.units IS 'Units in it now that hold parcels, through all levels.';
COMMENT ON COLUMN marketplace.handling_unit_overview.tare_kg IS 'Weight of the empty unit.';
COMMENT ON COLUMN marketplace.handling_unit_overview.gross_kg IS 'Weight as last weighed.';
COMMENT ON COLUMN marketplace.handling_unit_overview.contents_kg IS 'What the parcels in it, and the units that hold them, weigh together as far as known.';
COMMENT ON COLUMN marketplace.handling_unit_overview.weight_differs IS 'True when gross less tare is further from the contents than lg.weight_tolerance_pct; NULL when a weight is not known. For operators and auditors.';
COMMENT ON COLUMN marketplace.handling_unit_overview.state IS 'What its last live scan said.';
COMMENT ON COLUMN marketplace.handling_unit_overview.last_scan_at IS 'When that happened.';
COMMENT ON COLUMN marketplace.handling_unit_overview.last_place IS 'Where.';
