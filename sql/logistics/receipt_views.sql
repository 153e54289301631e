CREATE OR REPLACE VIEW marketplace.lifecycle_logistics_receipt (machine, from_state, event, to_state, capacities, description) WITH (security_invoker = true) AS
SELECT *
FROM (VALUES
	('receipt_objection', NULL, 'raise', 'open', ARRAY['operator', 'buyer', 'system'], 'The buyer objects; the money of the share is held.'),
	('receipt_objection', 'open', 'close', 'closed', ARRAY['operator', 'buyer', 'seller', 'carrier', 'system'], 'All of it is decided, or a later fact of the carrier has overtaken it.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_logistics_receipt IS
'State machine receipt_objection (logistics rule book §5).';
COMMENT ON COLUMN marketplace.lifecycle_logistics_receipt.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_receipt.from_state IS 'State before; null for creation.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_receipt.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_receipt.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_receipt.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_receipt.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.policy_registry_logistics_receipt (name, value_type, default_value, description, source, verified) WITH (security_invoker = true) AS
VALUES
	('lg.receipt_correction_window', 'duration', '{"n": 24, "unit": "hours"}'::jsonb,
		'How long after it was recorded a buyer may take a receipt back; never longer than its inspection', 'LG rule book §5: corrections; no public source', false),
	('lg.refused_goods_back', 'choice(escalate, refund)', '"escalate"'::jsonb,
		'When the carrier has brought refused goods back to the seller: refund them at once, or leave the objection to the operator', 'LG-15, LG-48; no public source', false),
	('lg.grace', 'duration', '{"n": 0, "unit": "hours"}'::jsonb,
		'How long after the end of the promised day a delivery is not late yet', 'LG-34', true),
	('lg.stalled_bd', 'integer', '3'::jsonb,
		'Business days without an event of the carrier after which a parcel in transit is stalled', 'LG-34', false),
	('lg.presumed_lost_after', 'duration', '{"n": 30, "unit": "calendar_days"}'::jsonb,
		'How long after the promised day a parcel that has not arrived is presumed lost', 'LG-34; CMR art. 20', false),
	('lg.presumed_lost_no_promise', 'duration', '{"n": 60, "unit": "calendar_days"}'::jsonb,
		'The same after the hand-over, where no day was promised', 'LG-34; CMR art. 20', false),
	('lg.auto_lose', 'boolean', 'false'::jsonb,
		'tick() records the loss of parcels that are presumed lost; false: only the carrier or an operator does', 'LG-35', true);
COMMENT ON VIEW marketplace.policy_registry_logistics_receipt IS
'Policy parameters of receipts, their clocks, and lateness (logistics rule book §12).';
COMMENT ON COLUMN marketplace.policy_registry_logistics_receipt.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_receipt.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_receipt.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_receipt.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_receipt.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_receipt.verified IS 'True when the default was confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.receipts_due WITH (security_invoker = true) AS
SELECT p.marketplace_id, p.order_id, p.id AS parcel_id, c.order_line_id, c.quantity - c.accepted - c.disputed - c.denied AS quantity,
	p.delivered_at, p.received_at, p.receipt_due_at AS deemed_at, p.on_silence, p.receipt_due_at < marketplace.clock() AS due
FROM marketplace.parcels p
JOIN marketplace.parcel_contents c ON c.marketplace_id = p.marketplace_id AND c.parcel_id = p.id
WHERE p.receipt_due_at IS NOT NULL
  AND c.position = 'delivered'
  AND c.accepted + c.disputed + c.denied < c.quantity;
COMMENT ON VIEW marketplace.receipts_due IS
'What awaits the buyer''s receipt, and until when (LG-30).';
COMMENT ON COLUMN marketplace.receipts_due.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.receipts_due.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.receipts_due.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.receipts_due.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.receipts_due.quantity IS 'Quantity that awaits receipt.';
COMMENT ON COLUMN marketplace.receipts_due.delivered_at IS 'When the carrier delivered.';
COMMENT ON COLUMN marketplace.receipts_due.received_at IS 'When the buyer confirmed another part of the parcel.';
COMMENT ON COLUMN marketplace.receipts_due.deemed_at IS 'Last instant of the inspection; afterwards silence counts.';
COMMENT ON COLUMN marketplace.receipts_due.on_silence IS 'What silence means: deemed_accepted, escalate or not_received.';
COMMENT ON COLUMN marketplace.receipts_due.due IS 'True when the instant has passed; tick() then carries out deemed_accepted.';

CREATE OR REPLACE VIEW marketplace.receipt_status WITH (security_invoker = true) AS
SELECT c.marketplace_id, c.order_id, c.parcel_id, c.order_line_id, c.quantity, c.quantity - c.accepted - c.disputed - c.denied AS awaited,
	c.accepted, c.disputed,
	CASE WHEN c.accepted = c.quantity THEN 'accepted'
		WHEN c.accepted + c.disputed + c.denied = 0 THEN 'awaited'
		WHEN o.with_reserves = c.quantity THEN 'with_reserves'
		WHEN o.not_received = c.quantity THEN 'not_received'
		WHEN o.refused = c.quantity THEN 'refused'
		ELSE 'mixed' END AS state,
	c.denied, o.with_reserves, o.not_received, o.refused
FROM (
	SELECT p.marketplace_id, p.order_id, p.id AS parcel_id, c.order_line_id, c.quantity, c.disputed, c.denied,
		CASE WHEN c.position = 'delivered' AND p.on_silence = 'deemed_accepted' AND p.receipt_due_at < marketplace.clock()
			THEN c.quantity - c.disputed - c.denied ELSE c.accepted END AS accepted
	FROM marketplace.parcels p
	JOIN marketplace.parcel_contents c ON c.marketplace_id = p.marketplace_id AND c.parcel_id = p.id
	WHERE c.position NOT IN ('prepared', 'voided')) c
CROSS JOIN LATERAL (
	SELECT COALESCE(sum(n.quantity) FILTER (WHERE n.kind NOT IN ('not_received', 'refused')), 0) AS with_reserves,
		COALESCE(sum(n.quantity) FILTER (WHERE n.kind = 'not_received'), 0) AS not_received,
		COALESCE(sum(n.quantity) FILTER (WHERE n.kind = 'refused'), 0) AS refused
	FROM (SELECT o.kind, o.quantity - COALESCE((SELECT sum(d.quantity) FROM marketplace.receipt_decisions d
			WHERE d.marketplace_id = o.marketplace_id AND d.objection_id = o.id AND d.decision NOT IN ('upheld', 'settled')), 0) AS quantity
		FROM marketplace.receipt_objections o
		WHERE o.marketplace_id = c.marketplace_id AND o.parcel_id = c.parcel_id AND o.order_line_id = c.order_line_id) n) o;
COMMENT ON VIEW marketplace.receipt_status IS
'The buyer''s axis per parcel and line, computed at read: silence that has become acceptance counts from its instant on, whether or not tick() has run (LG-30).';
COMMENT ON COLUMN marketplace.receipt_status.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.receipt_status.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.receipt_status.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.receipt_status.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.receipt_status.quantity IS 'Quantity in the parcel.';
COMMENT ON COLUMN marketplace.receipt_status.awaited IS 'Not received yet, or received and not inspected yet.';
COMMENT ON COLUMN marketplace.receipt_status.accepted IS 'Conform, or accepted by silence.';
COMMENT ON COLUMN marketplace.receipt_status.disputed IS 'Delivered, and objected to.';
COMMENT ON COLUMN marketplace.receipt_status.state IS 'awaited, accepted, with_reserves, not_received, refused, or mixed.';
COMMENT ON COLUMN marketplace.receipt_status.denied IS 'Said to be not received, or refused, while the carrier has not delivered it.';
COMMENT ON COLUMN marketplace.receipt_status.with_reserves IS 'Of disputed: received with reserves, missing goods among them. Carriers do not see it.';
COMMENT ON COLUMN marketplace.receipt_status.not_received IS 'Of disputed and denied: not received. Carriers do not see it.';
COMMENT ON COLUMN marketplace.receipt_status.refused IS 'Of disputed and denied: refused. Carriers do not see it.';

CREATE OR REPLACE VIEW marketplace.receipt_overview WITH (security_invoker = true) AS
SELECT l.marketplace_id, r.order_id, r.id AS receipt_id, l.position, r.how, r.received_at, r.recorded_at, r.recorded_by, l.order_line_id, l.parcel_id,
	l.seller_id, l.quantity, l.surplus, l.condition, l.reserve_kind, l.reserve_text AS statement,
	(SELECT count(*) FROM marketplace.receipt_evidence e
		WHERE e.marketplace_id = l.marketplace_id AND e.receipt_id = l.receipt_id AND e.position = l.position) AS evidence,
	r.withdrawn_at, r.withdrawal_reason
FROM marketplace.receipt_lines l
JOIN marketplace.receipts r ON r.marketplace_id = l.marketplace_id AND r.id = l.receipt_id;
COMMENT ON VIEW marketplace.receipt_overview IS
'Receipts line by line, those that were taken back included.';
COMMENT ON COLUMN marketplace.receipt_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.receipt_overview.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.receipt_overview.receipt_id IS 'The receipt.';
COMMENT ON COLUMN marketplace.receipt_overview.position IS 'Its line.';
COMMENT ON COLUMN marketplace.receipt_overview.how IS 'confirmed, deemed or decided: see receipts.how.';
COMMENT ON COLUMN marketplace.receipt_overview.received_at IS 'When the goods were received.';
COMMENT ON COLUMN marketplace.receipt_overview.recorded_at IS 'When the platform knew.';
COMMENT ON COLUMN marketplace.receipt_overview.recorded_by IS 'Who recorded it.';
COMMENT ON COLUMN marketplace.receipt_overview.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.receipt_overview.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.receipt_overview.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.receipt_overview.quantity IS 'How much.';
COMMENT ON COLUMN marketplace.receipt_overview.surplus IS 'How much more than announced.';
COMMENT ON COLUMN marketplace.receipt_overview.condition IS 'conform, deemed_accepted, with_reserves, not_received or refused.';
COMMENT ON COLUMN marketplace.receipt_overview.reserve_kind IS 'Reserve: damaged, missing, wrong or other.';
COMMENT ON COLUMN marketplace.receipt_overview.statement IS 'The buyer''s words.';
COMMENT ON COLUMN marketplace.receipt_overview.evidence IS 'Number of its rows in receipt_evidence.';
COMMENT ON COLUMN marketplace.receipt_overview.withdrawn_at IS 'When it was taken back; NULL: it stands.';
COMMENT ON COLUMN marketplace.receipt_overview.withdrawal_reason IS 'Why.';

CREATE OR REPLACE VIEW marketplace.receipt_contradictions WITH (security_invoker = true) AS
SELECT o.marketplace_id, o.order_id, o.parcel_id, o.order_line_id, o.seller_id, o.buyer_id, o.id AS objection_id, o.kind, o.open_quantity AS quantity,
	o.statement AS buyer_says, o.stated_at AS buyer_said_at, o.receipt_id, o.carrier_state AS carrier_says, o.carrier_said_at, o.carrier_signed_by,
	o.carrier_event_id, o.hold_id, o.recorded_at AS since
FROM marketplace.receipt_objections o
WHERE o.state = 'open'
  AND o.carrier_said_at IS NOT NULL
  AND o.kind IN ('not_received', 'refused', 'missing')
UNION ALL
SELECT p.marketplace_id, p.order_id, p.id, c.order_line_id, s.seller_id, s.buyer_id, NULL, 'received', c.accepted + c.disputed,
	NULL, p.received_at, NULL, COALESCE(p.state::text, 'nothing'), p.last_event_at, NULL, NULL, NULL, COALESCE(p.last_event_at, p.received_at)
FROM marketplace.parcels p
JOIN marketplace.shipments s ON s.marketplace_id = p.marketplace_id AND s.id = p.shipment_id
JOIN marketplace.parcel_contents c ON c.marketplace_id = p.marketplace_id AND c.parcel_id = p.id AND c.accepted + c.disputed > 0
WHERE p.delivered_at IS NULL
  AND (p.contested OR (p.received_at IS NOT NULL AND p.state IN ('lost', 'returned', 'void')));
COMMENT ON VIEW marketplace.receipt_contradictions IS
'Where buyer and carrier contradict one another, both statements in one row (LG-31): delivered, says the carrier, not received, refused or not complete, says the buyer; or the buyer has it and the carrier says lost, returned, void, or not delivered any more. Sellers and buyers see their own.';
COMMENT ON COLUMN marketplace.receipt_contradictions.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.receipt_contradictions.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.receipt_contradictions.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.receipt_contradictions.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.receipt_contradictions.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.receipt_contradictions.buyer_id IS 'The buyer.';
COMMENT ON COLUMN marketplace.receipt_contradictions.objection_id IS 'The objection to decide; NULL for kind received.';
COMMENT ON COLUMN marketplace.receipt_contradictions.kind IS 'not_received, refused, missing; received: the buyer has it, or silence accepted it.';
COMMENT ON COLUMN marketplace.receipt_contradictions.quantity IS 'How much of it is open.';
COMMENT ON COLUMN marketplace.receipt_contradictions.buyer_says IS 'The buyer''s words.';
COMMENT ON COLUMN marketplace.receipt_contradictions.buyer_said_at IS 'As of when.';
COMMENT ON COLUMN marketplace.receipt_contradictions.receipt_id IS 'In which receipt.';
COMMENT ON COLUMN marketplace.receipt_contradictions.carrier_says IS 'What the carrier says: a state of tracking_states.';
COMMENT ON COLUMN marketplace.receipt_contradictions.carrier_said_at IS 'As of when.';
COMMENT ON COLUMN marketplace.receipt_contradictions.carrier_signed_by IS 'Who signed, as it says.';
COMMENT ON COLUMN marketplace.receipt_contradictions.carrier_event_id IS 'Its event (tracking_events.id).';
COMMENT ON COLUMN marketplace.receipt_contradictions.hold_id IS 'The hold on the money of the share.';
COMMENT ON COLUMN marketplace.receipt_contradictions.since IS 'Since when.';

CREATE OR REPLACE VIEW marketplace.receipt_deadlines WITH (security_invoker = true) AS
SELECT d.marketplace_id, d.clock, d.order_id, d.shipment_id, d.parcel_id, d.order_line_id, d.return_id, d.quantity, d.must_act, d.due_at,
	d.due_at < marketplace.clock() AS overdue, d.afterwards
FROM (
	SELECT l.marketplace_id, 'ship_by' AS clock, l.order_id, NULL::bigint AS shipment_id, NULL::bigint AS parcel_id, l.id AS order_line_id,
		NULL::bigint AS return_id, l.to_ship AS quantity, 'seller' AS must_act, (o.ship_by + 1)::timestamp AT TIME ZONE m.time_zone AS due_at,
		'at_risk' AS afterwards
	FROM marketplace.order_lines l
	JOIN marketplace.seller_orders s ON s.marketplace_id = l.marketplace_id AND s.id = l.seller_order_id AND s.state = 'accepted'
	JOIN marketplace.marketplaces m ON m.marketplace_id = l.marketplace_id
	JOIN marketplace.order_line_promise_current o ON o.marketplace_id = l.marketplace_id AND o.order_line_id = l.id
	WHERE l.to_ship > 0 AND o.ship_by IS NOT NULL
	UNION ALL
	SELECT c.marketplace_id, 'deliver_by', p.order_id, p.shipment_id, p.id, c.order_line_id, NULL, c.quantity, 'carrier', k.deliver_by, 'late'
	FROM marketplace.parcel_contents c
	JOIN marketplace.parcels p ON p.marketplace_id = c.marketplace_id AND p.id = c.parcel_id
	CROSS JOIN LATERAL marketplace.parcel_clocks(p.marketplace_id, p.id) k
	WHERE c.position = 'in_transit' AND k.deliver_by IS NOT NULL
	UNION ALL
	SELECT r.marketplace_id, 'inspect_by', r.order_id, p.shipment_id, r.parcel_id, r.order_line_id, NULL, r.quantity, 'buyer', r.deemed_at, r.on_silence
	FROM marketplace.receipts_due r
	JOIN marketplace.parcels p ON p.marketplace_id = r.marketplace_id AND p.id = r.parcel_id
	UNION ALL
	SELECT p.marketplace_id, 'reserve_by', p.order_id, p.shipment_id, p.id, o.order_line_id, NULL, o.open_quantity, r.claimant, k.reserve_by, 'forfeited'
	FROM marketplace.receipt_objections o
	JOIN marketplace.parcels p ON p.marketplace_id = o.marketplace_id AND p.id = o.parcel_id
	JOIN marketplace.parcel_risks r ON r.marketplace_id = p.marketplace_id AND r.parcel_id = p.id
	CROSS JOIN LATERAL marketplace.parcel_clocks(p.marketplace_id, p.id) k
	WHERE o.state = 'open' AND o.kind IN ('damaged', 'missing') AND k.reserve_by IS NOT NULL
	UNION ALL
	SELECT r.marketplace_id, 'rma_ship_by', r.order_id, r.shipment_id, NULL, NULL, r.id, NULL, 'buyer', r.ship_by, 'expired'
	FROM marketplace.returns r
	WHERE r.state IN ('approved', 'label_issued')
	UNION ALL
	SELECT r.marketplace_id, 'rma_inspect_by', r.order_id, r.shipment_id, NULL, NULL, r.id, NULL, 'seller', r.inspect_by, 'refund_due'
	FROM marketplace.returns r
	WHERE r.state = 'received') d;
COMMENT ON VIEW marketplace.receipt_deadlines IS
'Open deadlines: which clock runs for what, who must act and until when (LG-36). The clocks are facts and durations: an instant that has passed stays listed as overdue until somebody has acted. Protests to the carrier of damage and shortage: reserve_by; the claims themselves are in carrier_claim_tasks.';
COMMENT ON COLUMN marketplace.receipt_deadlines.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.receipt_deadlines.clock IS 'ship_by, deliver_by, inspect_by, reserve_by, rma_ship_by or rma_inspect_by.';
COMMENT ON COLUMN marketplace.receipt_deadlines.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.receipt_deadlines.shipment_id IS 'The shipment, once there is one.';
COMMENT ON COLUMN marketplace.receipt_deadlines.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.receipt_deadlines.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.receipt_deadlines.return_id IS 'The return.';
COMMENT ON COLUMN marketplace.receipt_deadlines.quantity IS 'How much of the line; NULL: all of the return.';
COMMENT ON COLUMN marketplace.receipt_deadlines.must_act IS 'Who must act: seller, carrier or buyer; for reserve_by the claimant of the Incoterm (LG-39).';
COMMENT ON COLUMN marketplace.receipt_deadlines.due_at IS 'Last instant, or the end of the last day.';
COMMENT ON COLUMN marketplace.receipt_deadlines.overdue IS 'True when it has passed, whether or not tick() has run.';
COMMENT ON COLUMN marketplace.receipt_deadlines.afterwards IS 'What follows when nobody acts.';
