CREATE OR REPLACE VIEW marketplace.policy_registry_logistics_score (name, value_type, default_value, description, source, verified) WITH (security_invoker = true) AS
VALUES
	('lg.otif_target_on_time', 'numeric', '90'::jsonb, 'Share of units in percent that a seller is to deliver inside the promised window', 'LG rule book §12; supplypike, vendormint', true),
	('lg.otif_target_in_full', 'numeric', '95', 'Share of seller orders in percent that are to arrive in full', 'LG rule book §12; supplypike, vendormint', true),
	('lg.rank_window_days', 'integer', '180', 'How many days back carrier_rank() looks at what carriers have done', 'no source', false),
	('lg.rank_weights', 'json', '{"on_time": 50, "intact": 30, "price": 20}', 'What counts how much in carrier_rank()', 'no source', false),
	('lg.rank_prior', 'json', '{"good": 9, "bad": 1}', 'Parcels that carrier_rank() adds to what was seen, so that few do not decide (as DP-58 does)', 'no source', false);
COMMENT ON VIEW marketplace.policy_registry_logistics_score IS 'Policy parameters of scorecards (logistics rule book §12).';
COMMENT ON COLUMN marketplace.policy_registry_logistics_score.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_score.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_score.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_score.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_score.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_score.verified IS 'True when the default was confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.parcel_results WITH (security_invoker = true) AS
SELECT s.marketplace_id, s.order_id, s.seller_id, s.shipment_id, p.id AS parcel_id, s.carrier_id, s.service_id, s.origin, s.destination, s.handed_over_at, s.deliver_by,
	a.arrived_at, u.units, u.lost, j.missing, j.damaged,
	CASE WHEN s.deliver_by IS NULL THEN NULL
		WHEN a.arrived_at IS NOT NULL THEN a.arrived_at <= s.deliver_by
		WHEN u.lost > 0 OR s.deliver_by < marketplace.clock() THEN false END AS on_time,
	CASE WHEN u.lost > 0 THEN false WHEN a.arrived_at IS NOT NULL THEN j.missing = 0 END AS in_full,
	CASE WHEN a.arrived_at IS NOT NULL THEN NOT EXISTS (
		SELECT
		FROM marketplace.tracking_event_meanings m
		WHERE m.marketplace_id = p.marketplace_id AND m.parcel_id = p.id AND m.state = 'attempt_failed'
		  AND EXISTS (
			SELECT
			FROM marketplace.parcel_history(p.marketplace_id, p.id) h
			WHERE h.tracking_event_id = m.tracking_event_id AND h.standing = 'applied')) END AS first_attempt
FROM marketplace.shipment_promises s
JOIN marketplace.parcels p ON p.marketplace_id = s.marketplace_id AND p.shipment_id = s.shipment_id
CROSS JOIN LATERAL (SELECT COALESCE(p.delivered_at, p.received_at) AS arrived_at) a
CROSS JOIN LATERAL (
	SELECT COALESCE(sum(c.quantity), 0) AS units, COALESCE(sum(c.quantity) FILTER (WHERE c.position = 'lost'), 0) AS lost
	FROM marketplace.parcel_contents c
	WHERE c.marketplace_id = p.marketplace_id AND c.parcel_id = p.id) u
CROSS JOIN LATERAL (
	SELECT COALESCE(sum(j.quantity) FILTER (WHERE j.kind <> 'damage'), 0) AS missing, COALESCE(sum(j.quantity) FILTER (WHERE j.kind = 'damage'), 0) AS damaged
	FROM marketplace.carriage_objections j
	WHERE j.marketplace_id = p.marketplace_id AND j.parcel_id = p.id) j;
COMMENT ON VIEW marketplace.parcel_results IS 'How each parcel that a carrier took was carried: the facts that scorecards count. Of the carrier''s promise, not the seller''s.';
COMMENT ON COLUMN marketplace.parcel_results.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.parcel_results.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.parcel_results.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.parcel_results.shipment_id IS 'The shipment.';
COMMENT ON COLUMN marketplace.parcel_results.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.parcel_results.carrier_id IS 'The carrier.';
COMMENT ON COLUMN marketplace.parcel_results.service_id IS 'Its service; NULL: none was named.';
COMMENT ON COLUMN marketplace.parcel_results.origin IS 'Country that it left from.';
COMMENT ON COLUMN marketplace.parcel_results.destination IS 'Country that it goes to.';
COMMENT ON COLUMN marketplace.parcel_results.handed_over_at IS 'When the carrier took it.';
COMMENT ON COLUMN marketplace.parcel_results.deliver_by IS 'Delivery that it promised.';
COMMENT ON COLUMN marketplace.parcel_results.arrived_at IS 'When it arrived.';
COMMENT ON COLUMN marketplace.parcel_results.units IS 'Quantity in it, all lines added up.';
COMMENT ON COLUMN marketplace.parcel_results.lost IS 'Of it lost.';
COMMENT ON COLUMN marketplace.parcel_results.missing IS 'Of it missing, says the buyer, or not received at all.';
COMMENT ON COLUMN marketplace.parcel_results.damaged IS 'Of it received damaged.';
COMMENT ON COLUMN marketplace.parcel_results.on_time IS 'Arrived by deliver_by; NULL: nothing was promised, or it is not due yet.';
COMMENT ON COLUMN marketplace.parcel_results.in_full IS 'Arrived with nothing lost or missing; NULL: under way.';
COMMENT ON COLUMN marketplace.parcel_results.first_attempt IS 'Arrived without a failed attempt; NULL: under way.';

CREATE OR REPLACE VIEW marketplace.seller_order_otif WITH (security_invoker = true) AS
SELECT marketplace_id, order_id, seller_order_id, seller_id, buyer_id, max(deliver_by) AS deliver_by, sum(ordered) AS ordered, sum(received) AS received,
	sum(in_window) AS received_in_window, sum(shipped_in_time) AS shipped_in_time, sum(ordered) FILTER (WHERE ship_by IS NOT NULL) AS to_ship_in_time,
	round(sum(in_window) / sum(ordered), 4) AS unit_otif, sum(received) = sum(ordered) AS in_full, sum(in_window) = sum(ordered) AS otif,
	sum(received) = sum(ordered) OR max(deliver_by) < (marketplace.clock() AT TIME ZONE min(time_zone))::date AS judged
FROM (
	SELECT l.marketplace_id, l.order_id, l.seller_order_id, l.seller_id, l.buyer_id, l.quantity AS ordered, q.deliver_by, q.ship_by, m.time_zone,
		LEAST(l.quantity, COALESCE(d.received, 0)) AS received, LEAST(l.quantity, COALESCE(d.in_window, 0)) AS in_window,
		CASE WHEN q.ship_by IS NOT NULL THEN LEAST(l.quantity, COALESCE(d.shipped_in_time, 0)) END AS shipped_in_time
	FROM marketplace.order_lines l
	JOIN marketplace.marketplaces m ON m.marketplace_id = l.marketplace_id
	JOIN marketplace.order_line_promise_current q ON q.marketplace_id = l.marketplace_id AND q.order_line_id = l.id
	CROSS JOIN LATERAL (
		SELECT sum(v.quantity - COALESCE(j.quantity, 0)) FILTER (WHERE v.kind = 'deliver') AS received,
			sum(v.quantity - COALESCE(j.quantity, 0)) FILTER (WHERE v.kind = 'deliver'
				AND (v.occurred_at AT TIME ZONE m.time_zone)::date BETWEEN COALESCE(q.deliver_from, '-infinity') AND q.deliver_by) AS in_window,
			sum(v.quantity) FILTER (WHERE v.kind = 'ship' AND (v.occurred_at AT TIME ZONE m.time_zone)::date <= q.ship_by) AS shipped_in_time
		FROM marketplace.quantity_movements v
		LEFT JOIN LATERAL (
			SELECT sum(j.quantity) AS quantity
			FROM marketplace.carriage_objections j
			WHERE v.kind = 'deliver' AND j.marketplace_id = v.marketplace_id AND j.parcel_id = v.parcel_id AND j.order_line_id = v.order_line_id
			  AND j.kind <> 'damage') j ON true
		WHERE v.marketplace_id = l.marketplace_id AND v.order_line_id = l.id AND v.kind IN ('deliver', 'ship') AND v.reverses IS NULL
		  AND NOT EXISTS (SELECT FROM marketplace.quantity_movements w WHERE w.marketplace_id = v.marketplace_id AND w.reverses = v.id)) d
	WHERE l.kind = 'goods' AND q.deliver_by IS NOT NULL) x
GROUP BY marketplace_id, order_id, seller_order_id, seller_id, buyer_id;
COMMENT ON VIEW marketplace.seller_order_otif IS
'On time in full, per seller order, by the promise in force to the buyer (LG-33, LG-37): units received inside the window by units ordered; early is not on time, what is over is ignored, what was cancelled was not received. Lines without a promise are left out.';
COMMENT ON COLUMN marketplace.seller_order_otif.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.seller_order_otif.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.seller_order_otif.seller_order_id IS 'The seller''s part of it.';
COMMENT ON COLUMN marketplace.seller_order_otif.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.seller_order_otif.buyer_id IS 'The buyer.';
COMMENT ON COLUMN marketplace.seller_order_otif.deliver_by IS 'Last day of the last window.';
COMMENT ON COLUMN marketplace.seller_order_otif.ordered IS 'Units ordered.';
COMMENT ON COLUMN marketplace.seller_order_otif.received IS 'Units received, whenever; missing ones not counted.';
COMMENT ON COLUMN marketplace.seller_order_otif.received_in_window IS 'Of them inside the window.';
COMMENT ON COLUMN marketplace.seller_order_otif.shipped_in_time IS 'Units handed over by ship_by.';
COMMENT ON COLUMN marketplace.seller_order_otif.to_ship_in_time IS 'Units with a ship_by.';
COMMENT ON COLUMN marketplace.seller_order_otif.unit_otif IS 'Units received inside the window by units ordered.';
COMMENT ON COLUMN marketplace.seller_order_otif.in_full IS 'All of it has been received.';
COMMENT ON COLUMN marketplace.seller_order_otif.otif IS 'All of it was received inside the window.';
COMMENT ON COLUMN marketplace.seller_order_otif.judged IS 'All received, or the window is over: otif will not become true any more, or is.';

CREATE OR REPLACE VIEW marketplace.order_otif WITH (security_invoker = true) AS
SELECT marketplace_id, order_id, buyer_id, max(deliver_by) AS deliver_by, sum(ordered) AS ordered, sum(received) AS received, sum(received_in_window) AS received_in_window,
	round(sum(received_in_window) / sum(ordered), 4) AS unit_otif, bool_and(in_full) AS in_full, bool_and(otif) AS otif, bool_and(judged) AS judged
FROM marketplace.seller_order_otif
GROUP BY marketplace_id, order_id, buyer_id;
COMMENT ON VIEW marketplace.order_otif IS 'On time in full, per order (LG-37): otif is true only if the whole order arrived in full inside the window. A seller sees its own part.';
COMMENT ON COLUMN marketplace.order_otif.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.order_otif.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.order_otif.buyer_id IS 'The buyer.';
COMMENT ON COLUMN marketplace.order_otif.deliver_by IS 'Last day of the last window.';
COMMENT ON COLUMN marketplace.order_otif.ordered IS 'Units ordered.';
COMMENT ON COLUMN marketplace.order_otif.received IS 'Units received.';
COMMENT ON COLUMN marketplace.order_otif.received_in_window IS 'Of them inside the window.';
COMMENT ON COLUMN marketplace.order_otif.unit_otif IS 'Units received inside the window by units ordered.';
COMMENT ON COLUMN marketplace.order_otif.in_full IS 'All of it has been received.';
COMMENT ON COLUMN marketplace.order_otif.otif IS 'All of it was received inside the window.';
COMMENT ON COLUMN marketplace.order_otif.judged IS 'All received, or the windows are over.';
