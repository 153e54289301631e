CREATE OR REPLACE VIEW marketplace.shipment_exceptions WITH (security_invoker = true) AS
SELECT p.marketplace_id, p.order_id, s.seller_order_id, s.seller_id, p.shipment_id, p.id AS parcel_id, e.exception, e.since,
	k.deliver_by AS promised_until, k.expected_at, s.handed_over_at, p.last_event_at, a.arrived_at, p.state::text AS carrier_state, e.hours,
	e.reason, a.open
FROM marketplace.parcels p
JOIN marketplace.shipments s ON s.marketplace_id = p.marketplace_id AND s.id = p.shipment_id
CROSS JOIN LATERAL marketplace.parcel_clocks(p.marketplace_id, p.id) k
CROSS JOIN LATERAL (
	SELECT LEAST(p.delivered_at, p.received_at) AS arrived_at,
		p.delivered_at IS NULL AND p.received_at IS NULL AND COALESCE(p.state NOT IN ('lost', 'returned', 'void'), true) AS open,
		marketplace.clock() AS now) a
CROSS JOIN LATERAL (
	SELECT x.exception, x.since, floor(EXTRACT(epoch FROM x.till - x.since) / 3600)::int AS hours, x.reason
	FROM (VALUES
		('late', k.late_after, COALESCE(a.arrived_at, a.now), k.late_after < COALESCE(a.arrived_at, a.now) AND (a.open OR a.arrived_at IS NOT NULL),
			CASE WHEN a.open THEN 'not delivered by the promised day' ELSE 'delivered after the promised day' END),
		('at_risk', k.deliver_by, k.expected_at, a.open AND a.now <= k.late_after AND k.expected_at > k.deliver_by,
			'the carrier''s own term ends after the promised day'),
		('at_risk', k.ship_by, a.now, a.open AND s.handed_over_at IS NULL AND k.ship_by < a.now AND (k.late_after IS NULL OR a.now <= k.late_after),
			'not handed over by the promised day'),
		('stalled', k.stalled_after, a.now, a.open AND p.state IS DISTINCT FROM 'pickup_ready' AND k.stalled_after < a.now,
			'no event of the carrier for too long'),
		('presumed_lost', k.presumed_lost_after, a.now, a.open AND s.handed_over_at IS NOT NULL AND k.presumed_lost_after < a.now,
			CASE WHEN k.deliver_by IS NULL THEN 'not delivered so long after the hand-over' ELSE 'not delivered so long after the promised day' END)
	) AS x (exception, since, till, holds, reason)
	WHERE x.holds) e
WHERE s.direction = 'outbound'
  AND s.state <> 'voided';
COMMENT ON VIEW marketplace.shipment_exceptions IS
'Parcels that are late, at risk, stalled or presumed lost, as of marketplace.clock (LG-34): flags, not states; a parcel may have several. Late deliveries stay listed, with open false. Ask for one order or shipment at a time, or for open ones.';
COMMENT ON COLUMN marketplace.shipment_exceptions.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.shipment_exceptions.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.shipment_exceptions.seller_order_id IS 'The seller''s part of it.';
COMMENT ON COLUMN marketplace.shipment_exceptions.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.shipment_exceptions.shipment_id IS 'The shipment.';
COMMENT ON COLUMN marketplace.shipment_exceptions.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.shipment_exceptions.exception IS 'late, at_risk, stalled or presumed_lost.';
COMMENT ON COLUMN marketplace.shipment_exceptions.since IS 'Instant that was missed.';
COMMENT ON COLUMN marketplace.shipment_exceptions.promised_until IS 'End of the promised day, by the promise in force; NULL: none.';
COMMENT ON COLUMN marketplace.shipment_exceptions.expected_at IS 'When the carrier should deliver, by its contract; NULL: not known.';
COMMENT ON COLUMN marketplace.shipment_exceptions.handed_over_at IS 'When the carrier took it.';
COMMENT ON COLUMN marketplace.shipment_exceptions.last_event_at IS 'Last live event of the carrier.';
COMMENT ON COLUMN marketplace.shipment_exceptions.arrived_at IS 'When it arrived, by the carrier or the buyer; NULL: it has not.';
COMMENT ON COLUMN marketplace.shipment_exceptions.carrier_state IS 'What the carrier says of it.';
COMMENT ON COLUMN marketplace.shipment_exceptions.hours IS 'By how many whole hours the instant was missed, or will be.';
COMMENT ON COLUMN marketplace.shipment_exceptions.reason IS 'Why, in words.';
COMMENT ON COLUMN marketplace.shipment_exceptions.open IS 'True while the parcel is on its way; false: it arrived late.';
