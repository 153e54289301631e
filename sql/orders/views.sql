-- Reporting views of orders, and the policy parameters that orders ask for.

CREATE OR REPLACE VIEW marketplace.policy_registry_orders (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('od.accept_within'::text, 'duration'::text, '{"n": 2, "unit": "business_days"}'::jsonb,
		'How long a seller has to answer its part of an order, from placement, in the seller''s calendar; frozen on the seller order'::text,
		'RD-14; marketplace practice'::text, false),
	('od.accept_on_silence', 'choice(refuse, accept)', '"refuse"',
		'What a seller''s silence until the deadline means; frozen on the seller order', 'RD-14', false),
	('lg.incoterm_default', 'choice(EXW, FCA, CPT, CIP, DAP, DPU, DDP, FAS, FOB, CFR, CIF)', '"DAP"',
		'Incoterm of a seller order when the order names none; frozen on the seller order', 'LG-39', false);
COMMENT ON VIEW marketplace.policy_registry_orders IS 'Policy parameters of orders.';
COMMENT ON COLUMN marketplace.policy_registry_orders.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_orders.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_orders.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_orders.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_orders.source IS 'Where the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_orders.verified IS 'True when the default was confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.order_line_quantities WITH (security_invoker = true) AS
SELECT l.marketplace_id,
	l.order_id,
	l.seller_order_id,
	l.id AS order_line_id,
	l.position,
	l.seller_id,
	l.buyer_id,
	l.kind::text AS kind,
	l.sku,
	l.description,
	l.unit::text AS unit,
	l.quantity,
	l.cancelled,
	l.to_ship,
	l.shipped,
	l.in_transit,
	l.lost,
	l.sent_back,
	l.delivered,
	l.awaited,
	l.accepted,
	l.disputed,
	l.returned,
	CASE WHEN l.cancelled = l.quantity THEN 'cancelled'
		WHEN l.kind <> 'goods' THEN NULL
		WHEN l.delivered = l.quantity - l.cancelled THEN 'delivered'
		WHEN l.delivered > 0 THEN 'partially_delivered'
		WHEN l.shipped = l.quantity - l.cancelled THEN 'shipped'
		WHEN l.shipped > 0 THEN 'partially_shipped'
		ELSE 'unshipped' END AS delivery_status
  FROM marketplace.order_lines l;
COMMENT ON VIEW marketplace.order_line_quantities IS 'Where each unit of each line is: quantity = cancelled + to_ship + shipped; shipped = in_transit + delivered + lost + sent_back; delivered = awaited + accepted + disputed + returned (LG-6 to LG-8).';
COMMENT ON COLUMN marketplace.order_line_quantities.marketplace_id IS 'Marketplace.';
COMMENT ON COLUMN marketplace.order_line_quantities.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.order_line_quantities.seller_order_id IS 'Seller order.';
COMMENT ON COLUMN marketplace.order_line_quantities.order_line_id IS 'Line.';
COMMENT ON COLUMN marketplace.order_line_quantities.position IS 'Position in the order.';
COMMENT ON COLUMN marketplace.order_line_quantities.seller_id IS 'Seller.';
COMMENT ON COLUMN marketplace.order_line_quantities.buyer_id IS 'Buyer.';
COMMENT ON COLUMN marketplace.order_line_quantities.kind IS 'goods, service, shipping, fee or discount.';
COMMENT ON COLUMN marketplace.order_line_quantities.sku IS 'The seller''s article number.';
COMMENT ON COLUMN marketplace.order_line_quantities.description IS 'What is sold.';
COMMENT ON COLUMN marketplace.order_line_quantities.unit IS 'Unit, UN/ECE recommendation 20.';
COMMENT ON COLUMN marketplace.order_line_quantities.quantity IS 'Ordered.';
COMMENT ON COLUMN marketplace.order_line_quantities.cancelled IS 'Cancelled.';
COMMENT ON COLUMN marketplace.order_line_quantities.to_ship IS 'Still to be handed over.';
COMMENT ON COLUMN marketplace.order_line_quantities.shipped IS 'Handed over.';
COMMENT ON COLUMN marketplace.order_line_quantities.in_transit IS 'With a carrier.';
COMMENT ON COLUMN marketplace.order_line_quantities.lost IS 'Lost.';
COMMENT ON COLUMN marketplace.order_line_quantities.sent_back IS 'Returned to the sender without a receipt.';
COMMENT ON COLUMN marketplace.order_line_quantities.delivered IS 'Delivered.';
COMMENT ON COLUMN marketplace.order_line_quantities.awaited IS 'Delivered and neither accepted nor disputed.';
COMMENT ON COLUMN marketplace.order_line_quantities.accepted IS 'Accepted.';
COMMENT ON COLUMN marketplace.order_line_quantities.disputed IS 'Under dispute.';
COMMENT ON COLUMN marketplace.order_line_quantities.returned IS 'Returned after receipt.';
COMMENT ON COLUMN marketplace.order_line_quantities.delivery_status IS 'unshipped, partially_shipped, shipped, partially_delivered, delivered or cancelled (LG-13); NULL where nothing is shipped: services, fees, ….';

CREATE OR REPLACE VIEW marketplace.order_seller_overview WITH (security_invoker = true) AS
SELECT s.marketplace_id,
	s.order_id,
	s.id AS seller_order_id,
	s.seller_id,
	s.buyer_id,
	CASE WHEN s.state <> 'placed' OR marketplace.clock() <= s.accept_by THEN s.state::text
		WHEN s.on_silence = 'accept' THEN 'accepted'
		ELSE 'refused' END AS state,
	s.state::text AS recorded_state,
	s.accept_by,
	s.on_silence::text AS on_silence,
	s.placed_at,
	s.answered_at,
	s.incoterm::text AS incoterm,
	marketplace.amount_value(s.net) AS net,
	marketplace.amount_value(s.vat) AS vat,
	marketplace.amount_value(s.gross) AS gross,
	marketplace.currency(s.gross)::text AS currency,
	q.delivery_status
  FROM marketplace.seller_orders s
  CROSS JOIN LATERAL (
	SELECT CASE WHEN bool_and(l.cancelled = l.quantity) THEN 'cancelled'
			WHEN count(*) FILTER (WHERE l.kind = 'goods') = 0 THEN NULL
			WHEN bool_and(l.delivered = l.quantity - l.cancelled) FILTER (WHERE l.kind = 'goods') THEN 'delivered'
			WHEN bool_or(l.delivered > 0) FILTER (WHERE l.kind = 'goods') THEN 'partially_delivered'
			WHEN bool_and(l.shipped = l.quantity - l.cancelled) FILTER (WHERE l.kind = 'goods') THEN 'shipped'
			WHEN bool_or(l.shipped > 0) FILTER (WHERE l.kind = 'goods') THEN 'partially_shipped'
			ELSE 'unshipped' END AS delivery_status
	  FROM marketplace.order_lines l
	 WHERE l.marketplace_id = s.marketplace_id
	   AND l.seller_order_id = s.id) q;
COMMENT ON VIEW marketplace.order_seller_overview IS 'Seller orders: answer, deadline, totals as placed, delivery rolled up over their goods.';
COMMENT ON COLUMN marketplace.order_seller_overview.marketplace_id IS 'Marketplace.';
COMMENT ON COLUMN marketplace.order_seller_overview.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.order_seller_overview.seller_order_id IS 'Seller order.';
COMMENT ON COLUMN marketplace.order_seller_overview.seller_id IS 'Seller.';
COMMENT ON COLUMN marketplace.order_seller_overview.buyer_id IS 'Buyer.';
COMMENT ON COLUMN marketplace.order_seller_overview.state IS 'placed, accepted or refused, now: after accept_by silence counts whether tick() has run or not.';
COMMENT ON COLUMN marketplace.order_seller_overview.recorded_state IS 'The state as recorded.';
COMMENT ON COLUMN marketplace.order_seller_overview.accept_by IS 'Last instant for the answer.';
COMMENT ON COLUMN marketplace.order_seller_overview.on_silence IS 'What silence means: refuse or accept.';
COMMENT ON COLUMN marketplace.order_seller_overview.placed_at IS 'When the order was placed.';
COMMENT ON COLUMN marketplace.order_seller_overview.answered_at IS 'When it was answered.';
COMMENT ON COLUMN marketplace.order_seller_overview.incoterm IS 'Incoterm in force.';
COMMENT ON COLUMN marketplace.order_seller_overview.net IS 'Net total as placed.';
COMMENT ON COLUMN marketplace.order_seller_overview.vat IS 'VAT as placed.';
COMMENT ON COLUMN marketplace.order_seller_overview.gross IS 'Gross total as placed.';
COMMENT ON COLUMN marketplace.order_seller_overview.currency IS 'Currency of the amounts.';
COMMENT ON COLUMN marketplace.order_seller_overview.delivery_status IS 'As order_line_quantities, over its goods (LG-13).';

CREATE OR REPLACE VIEW marketplace.order_overview WITH (security_invoker = true) AS
SELECT o.marketplace_id,
	o.id AS order_id,
	o.reference,
	o.buyer_id,
	b.name AS buyer_name,
	o.placed_at,
	o.currency::text AS currency,
	s.net,
	s.vat,
	s.gross,
	s.sellers,
	s.answer,
	q.lines,
	q.delivery_status
  FROM marketplace.orders o
  LEFT JOIN marketplace.parties b ON b.marketplace_id = o.marketplace_id AND b.id = o.buyer_id
  CROSS JOIN LATERAL (
	SELECT sum(v.net) AS net,
		sum(v.vat) AS vat,
		sum(v.gross) AS gross,
		count(*) AS sellers,
		CASE WHEN bool_and(v.state = 'refused') THEN 'refused'
			WHEN bool_or(v.state = 'placed') THEN 'placed'
			WHEN bool_and(v.state = 'accepted') THEN 'accepted'
			ELSE 'partially_accepted' END AS answer
	  FROM marketplace.order_seller_overview v
	 WHERE v.marketplace_id = o.marketplace_id
	   AND v.order_id = o.id) s
  CROSS JOIN LATERAL (
	SELECT count(*) AS lines,
		CASE WHEN bool_and(l.cancelled = l.quantity) THEN 'cancelled'
			WHEN count(*) FILTER (WHERE l.kind = 'goods') = 0 THEN NULL
			WHEN bool_and(l.delivered = l.quantity - l.cancelled) FILTER (WHERE l.kind = 'goods') THEN 'delivered'
			WHEN bool_or(l.delivered > 0) FILTER (WHERE l.kind = 'goods') THEN 'partially_delivered'
			WHEN bool_and(l.shipped = l.quantity - l.cancelled) FILTER (WHERE l.kind = 'goods') THEN 'shipped'
			WHEN bool_or(l.shipped > 0) FILTER (WHERE l.kind = 'goods') THEN 'partially_shipped'
			ELSE 'unshipped' END AS delivery_status
	  FROM marketplace.order_lines l
	 WHERE l.marketplace_id = o.marketplace_id
	   AND l.order_id = o.id) q;
COMMENT ON VIEW marketplace.order_overview IS 'Orders with their totals as placed and their rolled-up state. A seller sees its own part: sums are over the seller orders that the role may see.';
COMMENT ON COLUMN marketplace.order_overview.marketplace_id IS 'Marketplace.';
COMMENT ON COLUMN marketplace.order_overview.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.order_overview.reference IS 'The buyer''s purchase order number.';
COMMENT ON COLUMN marketplace.order_overview.buyer_id IS 'Buyer.';
COMMENT ON COLUMN marketplace.order_overview.buyer_name IS 'Legal name of the buyer.';
COMMENT ON COLUMN marketplace.order_overview.placed_at IS 'When it was placed.';
COMMENT ON COLUMN marketplace.order_overview.currency IS 'Currency of the amounts.';
COMMENT ON COLUMN marketplace.order_overview.net IS 'Net total as placed.';
COMMENT ON COLUMN marketplace.order_overview.vat IS 'VAT as placed.';
COMMENT ON COLUMN marketplace.order_overview.gross IS 'Gross total as placed.';
COMMENT ON COLUMN marketplace.order_overview.sellers IS 'Number of sellers.';
COMMENT ON COLUMN marketplace.order_overview.answer IS 'The sellers'' answers: placed (one is still awaited), accepted, partially_accepted or refused.';
COMMENT ON COLUMN marketplace.order_overview.lines IS 'Number of lines.';
COMMENT ON COLUMN marketplace.order_overview.delivery_status IS 'Over its goods: unshipped, partially_shipped, shipped, partially_delivered, delivered or cancelled (LG-13); NULL when it has no goods.';

CREATE OR REPLACE VIEW marketplace.party_directory WITH (security_invoker = true) AS
SELECT p.marketplace_id,
	p.id AS party_id,
	p.reference,
	p.name,
	p.trade_name,
	p.country::text AS country,
	p.siren::text AS siren,
	p.siret::text AS siret,
	p.vat_id::text AS vat_id,
	p.legal_id,
	p.einvoice_address,
	p.email,
	(SELECT string_agg(c.capacity::text, ', ' ORDER BY c.capacity::text)
	   FROM marketplace.party_capacities c
	  WHERE c.marketplace_id = p.marketplace_id AND c.party_id = p.id AND c.ended_at IS NULL) AS capacities,
	a.line1,
	a.line2,
	a.line3,
	a.postcode,
	a.city,
	(SELECT count(*)
	   FROM marketplace.bank_accounts k
	  WHERE k.marketplace_id = p.marketplace_id AND k.party_id = p.id AND k.state = 'verified') AS verified_bank_accounts
  FROM marketplace.parties p
  LEFT JOIN LATERAL (
	SELECT d.line1, d.line2, d.line3, d.postcode, d.city::text AS city
	  FROM marketplace.party_addresses d
	 WHERE d.marketplace_id = p.marketplace_id AND d.party_id = p.id AND d.kind = 'registered' AND d.ended_at IS NULL
	 ORDER BY d.id
	 LIMIT 1) a ON true;
COMMENT ON VIEW marketplace.party_directory IS 'Parties with identifiers, capacities and registered address. Other parties see of a party what documents print, not its address book nor its bank accounts.';
COMMENT ON COLUMN marketplace.party_directory.marketplace_id IS 'Marketplace.';
COMMENT ON COLUMN marketplace.party_directory.party_id IS 'Party.';
COMMENT ON COLUMN marketplace.party_directory.reference IS 'The application''s own key.';
COMMENT ON COLUMN marketplace.party_directory.name IS 'Legal name.';
COMMENT ON COLUMN marketplace.party_directory.trade_name IS 'Trade name.';
COMMENT ON COLUMN marketplace.party_directory.country IS 'Country.';
COMMENT ON COLUMN marketplace.party_directory.siren IS 'SIREN.';
COMMENT ON COLUMN marketplace.party_directory.siret IS 'SIRET.';
COMMENT ON COLUMN marketplace.party_directory.vat_id IS 'VAT number.';
COMMENT ON COLUMN marketplace.party_directory.legal_id IS 'Legal registration outside France.';
COMMENT ON COLUMN marketplace.party_directory.einvoice_address IS 'Electronic address for invoices.';
COMMENT ON COLUMN marketplace.party_directory.email IS 'E-mail for after-sales.';
COMMENT ON COLUMN marketplace.party_directory.capacities IS 'What it does on the marketplace now.';
COMMENT ON COLUMN marketplace.party_directory.line1 IS 'Registered address, first line.';
COMMENT ON COLUMN marketplace.party_directory.line2 IS 'Second line.';
COMMENT ON COLUMN marketplace.party_directory.line3 IS 'Third line.';
COMMENT ON COLUMN marketplace.party_directory.postcode IS 'Postcode.';
COMMENT ON COLUMN marketplace.party_directory.city IS 'City.';
COMMENT ON COLUMN marketplace.party_directory.verified_bank_accounts IS 'Number of bank accounts that may be paid to.';

CREATE OR REPLACE VIEW marketplace.order_line_promise_current WITH (security_invoker = true) AS
SELECT l.marketplace_id,
	l.order_id,
	l.id AS order_line_id,
	l.ship_by AS first_ship_by,
	l.deliver_from AS first_deliver_from,
	l.deliver_by AS first_deliver_by,
	CASE WHEN p.id IS NULL THEN l.ship_by ELSE p.ship_by END AS ship_by,
	CASE WHEN p.id IS NULL THEN l.deliver_from ELSE p.deliver_from END AS deliver_from,
	CASE WHEN p.id IS NULL THEN l.deliver_by ELSE p.deliver_by END AS deliver_by,
	coalesce(p.source, 'order') AS source
  FROM marketplace.order_lines l
  LEFT JOIN LATERAL (
	SELECT r.id, r.ship_by, r.deliver_from, r.deliver_by, r.source
	  FROM marketplace.order_line_promises r
	 WHERE r.marketplace_id = l.marketplace_id AND r.order_line_id = l.id
	 ORDER BY r.id DESC
	 LIMIT 1) p ON true
 WHERE l.kind = 'goods';
COMMENT ON VIEW marketplace.order_line_promise_current IS 'The promise in force for each line of goods, beside the one made at placement (LG-33).';
COMMENT ON COLUMN marketplace.order_line_promise_current.marketplace_id IS 'Marketplace.';
COMMENT ON COLUMN marketplace.order_line_promise_current.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.order_line_promise_current.order_line_id IS 'Line.';
COMMENT ON COLUMN marketplace.order_line_promise_current.first_ship_by IS 'Last day of hand-over, as placed.';
COMMENT ON COLUMN marketplace.order_line_promise_current.first_deliver_from IS 'First day of delivery, as placed.';
COMMENT ON COLUMN marketplace.order_line_promise_current.first_deliver_by IS 'Last day of delivery, as placed.';
COMMENT ON COLUMN marketplace.order_line_promise_current.ship_by IS 'Last day of hand-over, in force.';
COMMENT ON COLUMN marketplace.order_line_promise_current.deliver_from IS 'First day of delivery, in force.';
COMMENT ON COLUMN marketplace.order_line_promise_current.deliver_by IS 'Last day of delivery, in force.';
COMMENT ON COLUMN marketplace.order_line_promise_current.source IS 'Where the promise in force comes from: order, or what order_line_promise() was told.';

CREATE OR REPLACE VIEW marketplace.order_timeline WITH (security_invoker = true) AS
SELECT e.marketplace_id,
	e.aggregate_id AS order_id,
	e.recorded_at AS at,
	CASE WHEN split_part(e.type, '.', 1) IN ('order', 'seller_order', 'order_line') THEN 'orders'
		WHEN split_part(e.type, '.', 1) IN ('payment', 'escrow', 'payout', 'refund', 'commission', 'hold', 'instruction') THEN 'funds'
		WHEN split_part(e.type, '.', 1) IN ('shipment', 'parcel', 'receipt', 'tracking', 'return') THEN 'logistics'
		WHEN split_part(e.type, '.', 1) IN ('invoice', 'credit_note', 'mandate') THEN 'invoicing'
		ELSE split_part(e.type, '.', 1) END AS area,
	e.type AS what,
	e.actor AS who,
	e.payload AS details,
	e.sequence AS sequence
  FROM marketplace.events e
 WHERE e.aggregate = 'order'
UNION ALL
SELECT s.marketplace_id,
	s.order_id,
	h.recorded_at,
	'orders',
	'seller_order: ' || h.event,
	h.actor,
	jsonb_build_object('seller_order_id', s.id, 'from', h.from_state, 'to', h.to_state, 'capacity', h.capacity, 'reason', h.reason),
	NULL
  FROM marketplace.seller_orders s
  JOIN marketplace.lifecycle_history h
	ON h.marketplace_id = s.marketplace_id AND h.machine = 'seller_order' AND h.object_id = s.id::text;
COMMENT ON VIEW marketplace.order_timeline IS 'What happened to each order, in every area: events of the order, and the transitions of its seller orders. Operators and auditors. Order by at, sequence.';
COMMENT ON COLUMN marketplace.order_timeline.marketplace_id IS 'Marketplace.';
COMMENT ON COLUMN marketplace.order_timeline.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.order_timeline.at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.order_timeline.area IS 'orders, funds, logistics, invoicing ….';
COMMENT ON COLUMN marketplace.order_timeline.what IS 'Type of the event, or lifecycle and transition.';
COMMENT ON COLUMN marketplace.order_timeline.who IS 'Who acted.';
COMMENT ON COLUMN marketplace.order_timeline.details IS 'Payload of the event, or the transition''s states and reason.';
COMMENT ON COLUMN marketplace.order_timeline.sequence IS 'Number of the event within the order; NULL for transitions.';
