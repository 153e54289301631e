-- What happened to each order, in every area, row by row: the one source of order_timeline(), trace() and evidence_bundle().
-- Areas that logistics must not read (invoicing, and whatever comes above it) are in it by the events that they emit on the order; funds and
-- orders, which are below, also by their tables. Every row comes from something that is never changed, but those marked derived.
CREATE OR REPLACE VIEW marketplace.timeline WITH (security_invoker = true) AS
-- events of the order: a row for each line that they name
SELECT e.marketplace_id, e.aggregate_id AS order_id, COALESCE(l.seller_id, so.seller_id, (e.payload ->> 'seller_id')::bigint) AS seller_id,
	sh.carrier_party_id, l.id AS order_line_id, (e.payload ->> 'parcel_id')::bigint AS parcel_id,
	CASE WHEN split_part(e.type, '.', 1) IN ('order', 'seller_order', 'order_line') THEN 'orders'
		WHEN split_part(e.type, '.', 1) IN ('shipment', 'parcel', 'receipt', 'return', 'carrier_claim') THEN 'logistics'
		WHEN split_part(e.type, '.', 1) IN ('invoice', 'credit_note', 'document') THEN 'invoicing'
		ELSE 'funds' END AS area,
	e.type AS what, NULL::text AS meaning,
	COALESCE(e.payload ->> 'delivered_at', e.payload ->> 'handed_over_at', e.payload ->> 'received_at')::timestamptz AS happened_at,
	e.recorded_at, e.actor AS who, (COALESCE(i.item ->> 'quantity', e.payload ->> 'quantity'))::numeric AS quantity,
	CASE WHEN v.amount ~ '^-?[0-9.]+ [A-Z]{3}$' THEN split_part(v.amount, ' ', 1)::numeric END AS value,
	CASE WHEN v.amount ~ '^-?[0-9.]+ [A-Z]{3}$' THEN split_part(v.amount, ' ', 2) END AS currency,
	CASE WHEN split_part(e.type, '.', 1) IN ('shipment', 'parcel') THEN '{buyer,seller,carrier}'::text[]
		WHEN split_part(e.type, '.', 1) IN ('order', 'payment') THEN '{buyer}'
		WHEN split_part(e.type, '.', 1) IN ('seller_order', 'order_line', 'receipt', 'return', 'refund', 'invoice', 'credit_note') THEN '{buyer,seller}'
		WHEN split_part(e.type, '.', 1) IN ('escrow', 'earnings', 'reserve', 'hold', 'carrier_claim') THEN '{seller}'
		ELSE '{}' END AS audience,
	'event' AS source, e.id AS source_id, false AS derived,
	CASE WHEN i.item IS NULL THEN e.payload ELSE (e.payload - '{lines,amount,gross}'::text[]) || i.item END AS details
FROM marketplace.events e
LEFT JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(e.payload -> 'lines') = 'array' THEN e.payload -> 'lines' END) i (item) ON true
LEFT JOIN marketplace.order_lines l ON l.marketplace_id = e.marketplace_id
	AND l.id = (COALESCE(i.item ->> 'order_line_id', e.payload ->> 'order_line_id'))::bigint
LEFT JOIN marketplace.seller_orders so ON so.marketplace_id = e.marketplace_id AND so.id = (e.payload ->> 'seller_order_id')::bigint
LEFT JOIN marketplace.shipments sh ON sh.marketplace_id = e.marketplace_id AND sh.id = (e.payload ->> 'shipment_id')::bigint
CROSS JOIN LATERAL (
	SELECT CASE WHEN i.item IS NULL THEN COALESCE(e.payload ->> 'amount', e.payload ->> 'gross') ELSE i.item ->> 'amount' END AS amount) v
WHERE e.aggregate = 'order'
UNION ALL
-- the seller's part, as it was placed
SELECT s.marketplace_id, s.order_id, s.seller_id, NULL, NULL, NULL, 'orders', 'seller_order.placed', NULL, s.placed_at, s.placed_at, NULL, NULL,
	marketplace.amount_value(s.gross), marketplace.currency(s.gross)::text, '{seller}', 'seller_order', s.id, false,
	jsonb_build_object('seller_order_id', s.id, 'incoterm', s.incoterm)
FROM marketplace.seller_orders s
UNION ALL
-- what carriers said of parcels
SELECT e.marketplace_id, p.order_id, s.seller_id, s.carrier_party_id, NULL, e.parcel_id, 'logistics', 'tracking', m.state, e.occurred_at, e.recorded_at,
	e.recorded_by, NULL, NULL, NULL, '{buyer,seller,carrier}', 'tracking_event', e.id, e.handling_unit_scan_id IS NOT NULL,
	jsonb_strip_nulls(jsonb_build_object('source', e.source, 'source_event_id', e.source_event_id, 'code', e.code, 'sub_code', e.sub_code, 'state', e.state,
		'place', e.place, 'signed_by', e.signed_by, 'corrects', e.corrects_event_id, 'correction_reason', e.correction_reason))
FROM marketplace.tracking_events e
JOIN marketplace.tracking_event_meanings m ON m.marketplace_id = e.marketplace_id AND m.parcel_id = e.parcel_id AND m.tracking_event_id = e.id
JOIN marketplace.parcels p ON p.marketplace_id = e.marketplace_id AND p.id = e.parcel_id
JOIN marketplace.shipments s ON s.marketplace_id = p.marketplace_id AND s.id = p.shipment_id
UNION ALL
-- packed into units and taken out, as all packing facts have it
SELECT h.marketplace_id, p.order_id, s.seller_id, s.carrier_party_id, NULL, h.parcel_id, 'logistics', t.what, u.kind, t.at, h.recorded_at, NULL, NULL, NULL, NULL,
	'{buyer,seller,carrier}', 'handling_unit', h.handling_unit_id, true,
	jsonb_strip_nulls(jsonb_build_object('handling_unit_id', h.handling_unit_id, 'sscc', u.sscc, 'depth', h.depth))
FROM marketplace.handling_unit_parcels h
JOIN marketplace.handling_units u ON u.marketplace_id = h.marketplace_id AND u.id = h.handling_unit_id
JOIN marketplace.parcels p ON p.marketplace_id = h.marketplace_id AND p.id = h.parcel_id
JOIN marketplace.shipments s ON s.marketplace_id = p.marketplace_id AND s.id = p.shipment_id
CROSS JOIN LATERAL (VALUES ('packed', h.from_at), ('unpacked', h.until_at)) t (what, at)
WHERE t.at IS NOT NULL
UNION ALL
-- what the buyer said of each line
SELECT r.marketplace_id, r.order_id, l.seller_id, NULL, l.order_line_id, l.parcel_id, 'logistics', 'received', l.condition, r.received_at, r.recorded_at,
	r.recorded_by, l.quantity, NULL, NULL, '{buyer,seller}', 'receipt', r.id, false,
	jsonb_strip_nulls(to_jsonb(l) - '{marketplace_id,buyer_id,seller_id,movement_id}'::text[])
FROM marketplace.receipts r
JOIN marketplace.receipt_lines l ON l.marketplace_id = r.marketplace_id AND l.receipt_id = r.id
UNION ALL
-- where each quantity went
SELECT l.marketplace_id, l.order_id, l.seller_id, NULL, l.id, q.parcel_id, 'orders', 'quantity', q.kind::text, q.occurred_at, q.recorded_at, q.actor,
	CASE WHEN q.reverses IS NULL THEN q.quantity ELSE - q.quantity END, NULL, NULL, '{buyer,seller}', 'quantity_movement', q.id, false,
	jsonb_strip_nulls(jsonb_build_object('kind', q.kind, 'reverses', q.reverses))
FROM marketplace.order_lines l
JOIN marketplace.quantity_movements q ON q.marketplace_id = l.marketplace_id AND q.order_line_id = l.id
UNION ALL
-- every movement of the line's cents
SELECT l.marketplace_id, l.order_id, l.seller_id, NULL, l.id, NULL, 'funds', 'money', t.reason, t.effective_at, t.recorded_at, NULL, NULL,
	marketplace.amount_value(t.amount), marketplace.currency(t.amount)::text,
	array_remove(ARRAY[CASE WHEN l.seller_id IN (d.party_id, c.party_id) THEN 'seller' END, CASE WHEN l.buyer_id IN (d.party_id, c.party_id) THEN 'buyer' END], NULL),
	'transfer', t.posting_id, false, jsonb_build_object('position', t.position, 'from', d.kind, 'to', c.kind, 'event_id', t.cause)
FROM marketplace.order_lines l
JOIN marketplace.accounts a ON a.marketplace_id = l.marketplace_id AND a.party_id = ANY (ARRAY[0, l.seller_id, l.buyer_id]) AND a.order_line_id = l.id
CROSS JOIN LATERAL (
	SELECT x.debit_account, x.credit_account, x.amount, x.posting_id, x.position, x.cause, x.reason, x.effective_at, x.recorded_at
	FROM marketplace.transfers x
	WHERE x.marketplace_id = a.marketplace_id AND x.debit_account = a.id
	UNION ALL
	SELECT x.debit_account, x.credit_account, x.amount, x.posting_id, x.position, x.cause, x.reason, x.effective_at, x.recorded_at
	FROM marketplace.transfers x
	JOIN marketplace.accounts o ON o.marketplace_id = x.marketplace_id AND o.id = x.debit_account
	WHERE x.marketplace_id = a.marketplace_id AND x.credit_account = a.id
	  AND (o.order_line_id <> a.order_line_id OR o.party_id NOT IN (0, l.seller_id, l.buyer_id))) t
JOIN marketplace.accounts d ON d.marketplace_id = l.marketplace_id AND d.id = t.debit_account
JOIN marketplace.accounts c ON c.marketplace_id = l.marketplace_id AND c.id = t.credit_account
UNION ALL
-- payouts that carried cents of the line
SELECT l.marketplace_id, l.order_id, l.seller_id, NULL, l.id, NULL, 'funds', e.type, NULL, e.recorded_at, e.recorded_at, e.actor, NULL,
	marketplace.amount_value(i.amount), marketplace.currency(i.amount)::text, '{seller}', 'event', e.id, false, jsonb_build_object('payout_id', i.payout_id)
FROM marketplace.order_lines l
JOIN marketplace.capture_allocations a ON a.marketplace_id = l.marketplace_id AND a.order_id = l.order_id AND a.order_line_id = l.id
JOIN marketplace.payout_items i ON i.marketplace_id = a.marketplace_id AND i.allocation_id = a.id
JOIN marketplace.events e ON e.marketplace_id = i.marketplace_id AND e.aggregate = 'payout' AND e.aggregate_id = i.payout_id;
COMMENT ON VIEW marketplace.timeline IS
'What happened to each order, in every area, a row for each event, line, parcel, receipt and movement of money. For the extension''s own statements and for operators; parties read order_timeline() and trace().';
COMMENT ON COLUMN marketplace.timeline.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.timeline.order_id IS 'The order; ask for one at a time.';
COMMENT ON COLUMN marketplace.timeline.seller_id IS 'Seller whose matter it is; NULL: of the whole order.';
COMMENT ON COLUMN marketplace.timeline.carrier_party_id IS 'Carrier whose matter it is; NULL: none''s.';
COMMENT ON COLUMN marketplace.timeline.order_line_id IS 'The line, where it is about one.';
COMMENT ON COLUMN marketplace.timeline.parcel_id IS 'The parcel, where it is about one.';
COMMENT ON COLUMN marketplace.timeline.area IS 'orders, logistics, invoicing or funds.';
COMMENT ON COLUMN marketplace.timeline.what IS 'Type of the event; tracking, packed, unpacked, received, quantity, money.';
COMMENT ON COLUMN marketplace.timeline.meaning IS 'Canonical state, condition, kind of movement or reason of the posting.';
COMMENT ON COLUMN marketplace.timeline.happened_at IS 'When it happened; NULL: when it was recorded.';
COMMENT ON COLUMN marketplace.timeline.recorded_at IS 'When the marketplace knew.';
COMMENT ON COLUMN marketplace.timeline.who IS 'Who recorded it.';
COMMENT ON COLUMN marketplace.timeline.quantity IS 'Quantity, in the unit of the line; below zero: a movement taken back.';
COMMENT ON COLUMN marketplace.timeline.value IS 'Amount, where it is about money.';
COMMENT ON COLUMN marketplace.timeline.currency IS 'Its currency.';
COMMENT ON COLUMN marketplace.timeline.audience IS 'Parties that may know beside operators and auditors: buyer, seller, carrier, each of its own.';
COMMENT ON COLUMN marketplace.timeline.source IS 'Kind of record that it comes from.';
COMMENT ON COLUMN marketplace.timeline.source_id IS 'Its number.';
COMMENT ON COLUMN marketplace.timeline.derived IS 'True when it is what several facts together say, which later facts may change.';
COMMENT ON COLUMN marketplace.timeline.details IS 'What the record says.';
