CREATE OR REPLACE VIEW marketplace.lifecycle_logistics_return (machine, from_state, event, to_state, capacities, description) WITH (security_invoker = true) AS
SELECT *
FROM (VALUES
	('return', NULL, 'request', 'requested', ARRAY['operator', 'buyer', 'system'], 'The buyer asks to send goods back.'),
	('return', 'requested', 'approve', 'approved', ARRAY['operator', 'seller', 'buyer', 'system'], 'Agreed; by the buyer''s own request where policy agrees at once.'),
	('return', 'requested', 'refuse', 'refused', ARRAY['operator', 'seller', 'system'], 'Not agreed, with a reason.'),
	('return', 'requested', 'cancel', 'cancelled', ARRAY['operator', 'buyer', 'system'], 'The buyer keeps the goods.'),
	('return', 'approved', 'label', 'label_issued', ARRAY['operator', 'seller', 'system'], 'The parcels back have their labels.'),
	('return', 'approved', 'ship', 'in_transit', ARRAY['operator', 'buyer', 'system'], 'The buyer says that it has sent them.'),
	('return', 'label_issued', 'ship', 'in_transit', ARRAY['operator', 'buyer', 'seller', 'carrier', 'system'], 'On their way: the buyer says so, or a carrier''s scan.'),
	('return', 'approved', 'cancel', 'cancelled', ARRAY['operator', 'buyer', 'system'], 'The buyer keeps the goods.'),
	('return', 'label_issued', 'cancel', 'cancelled', ARRAY['operator', 'buyer', 'system'], 'The buyer keeps the goods.'),
	('return', 'approved', 'expire', 'expired', ARRAY['system', 'operator'], 'Not sent by ship_by.'),
	('return', 'label_issued', 'expire', 'expired', ARRAY['system', 'operator'], 'Not sent by ship_by.'),
	('return', 'approved', 'receive', 'received', ARRAY['operator', 'seller', 'system'], 'It came without anybody saying that it had been sent.'),
	('return', 'label_issued', 'receive', 'received', ARRAY['operator', 'seller', 'system'], 'It came without a scan.'),
	('return', 'in_transit', 'receive', 'received', ARRAY['operator', 'seller', 'system'], 'All of it that comes has come.'),
	('return', 'received', 'inspect', 'inspected', ARRAY['operator', 'seller', 'system'], 'Graded, line by line.'),
	('return', 'inspected', 'close', 'closed', ARRAY['operator', 'seller', 'system'], 'Every piece has its disposition.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_logistics_return IS
'State machine return (logistics rule book §9).';
COMMENT ON COLUMN marketplace.lifecycle_logistics_return.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_return.from_state IS 'State before; null for creation.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_return.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_return.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_return.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_return.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.policy_registry_logistics_return (name, value_type, default_value, description, source, verified) WITH (security_invoker = true) AS
VALUES
	('lg.rma_auto_approve', 'json', '[]'::jsonb, 'Reasons for which a return is approved as soon as it is asked for; ["*"]: for all', 'LG rule book §12', true),
	('lg.rma_ship_window', 'duration', '{"n": 10, "unit": "business_days"}'::jsonb,
		'How long the buyer has to send an approved return, in the calendar of the marketplace', 'LG rule book §12; dispute practice', true),
	('lg.rma_inspect_window', 'duration', '{"n": 2, "unit": "business_days"}'::jsonb,
		'How long the seller has to inspect what it received, in the calendar of the marketplace; afterwards a refund is due without it', 'LG-49; dispute practice', true),
	('lg.grade_refund_pct', 'json', '{"A": 100, "B": 100, "C": 0}'::jsonb, 'Of the price of returned goods, in percent, what is refunded by grade', 'LG-49', false);
COMMENT ON VIEW marketplace.policy_registry_logistics_return IS
'Policy parameters of returns (logistics rule book §12).';
COMMENT ON COLUMN marketplace.policy_registry_logistics_return.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_return.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_return.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_return.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_return.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_return.verified IS 'True when the default was confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.return_overview WITH (security_invoker = true) AS
SELECT r.marketplace_id, r.id AS return_id, r.order_id, r.seller_order_id, r.seller_id, r.buyer_id, r.state::text AS state, r.reason, r.resolution,
	r.freight_payer, r.shipment_id, r.requested_at, r.ship_by, r.received_at, r.inspect_by, r.refund_due_at, r.closed_at,
	CASE r.state WHEN 'requested' THEN 'seller' WHEN 'approved' THEN 'buyer' WHEN 'label_issued' THEN 'buyer' WHEN 'in_transit' THEN 'carrier'
		WHEN 'received' THEN 'seller' WHEN 'inspected' THEN 'seller' END AS must_act,
	CASE WHEN r.state IN ('approved', 'label_issued') THEN r.ship_by WHEN r.state = 'received' THEN r.inspect_by END AS act_by,
	COALESCE(CASE WHEN r.state IN ('approved', 'label_issued') THEN r.ship_by WHEN r.state = 'received' THEN r.inspect_by END < marketplace.clock(), false) AS overdue
FROM marketplace.returns r;
COMMENT ON VIEW marketplace.return_overview IS
'Returns, with who must act next and until when. Sellers and buyers see their own.';
COMMENT ON COLUMN marketplace.return_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.return_overview.return_id IS 'The return.';
COMMENT ON COLUMN marketplace.return_overview.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.return_overview.seller_order_id IS 'The seller''s part of the order.';
COMMENT ON COLUMN marketplace.return_overview.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.return_overview.buyer_id IS 'The buyer.';
COMMENT ON COLUMN marketplace.return_overview.state IS 'See marketplace.lifecycle, machine return.';
COMMENT ON COLUMN marketplace.return_overview.reason IS 'Why.';
COMMENT ON COLUMN marketplace.return_overview.resolution IS 'What it is for: refund, replacement, repair or none.';
COMMENT ON COLUMN marketplace.return_overview.freight_payer IS 'Who pays the way back.';
COMMENT ON COLUMN marketplace.return_overview.shipment_id IS 'The return shipment, if there is one.';
COMMENT ON COLUMN marketplace.return_overview.requested_at IS 'When it was asked for.';
COMMENT ON COLUMN marketplace.return_overview.ship_by IS 'Last instant for the buyer to send it.';
COMMENT ON COLUMN marketplace.return_overview.received_at IS 'When the last of it was received.';
COMMENT ON COLUMN marketplace.return_overview.inspect_by IS 'Last instant of the inspection.';
COMMENT ON COLUMN marketplace.return_overview.refund_due_at IS 'When a refund became due.';
COMMENT ON COLUMN marketplace.return_overview.closed_at IS 'When it came to its end.';
COMMENT ON COLUMN marketplace.return_overview.must_act IS 'Who must act next: seller, buyer or carrier; NULL at the end.';
COMMENT ON COLUMN marketplace.return_overview.act_by IS 'Until when, where there is a deadline.';
COMMENT ON COLUMN marketplace.return_overview.overdue IS 'True when that instant has passed, whether or not tick() has run.';

CREATE OR REPLACE VIEW marketplace.return_quantities WITH (security_invoker = true) AS
SELECT l.marketplace_id, l.return_id, l.order_line_id, l.announced, l.shipped, l.received,
	COALESCE((SELECT sum(i.quantity) FROM marketplace.return_inspections i
		WHERE i.marketplace_id = l.marketplace_id AND i.return_id = l.return_id AND i.order_line_id = l.order_line_id), 0) AS inspected,
	l.received - l.announced AS difference
FROM marketplace.return_lines l;
COMMENT ON VIEW marketplace.return_quantities IS
'Announced, shipped, received and inspected: four facts of a return, line by line (LG-47).';
COMMENT ON COLUMN marketplace.return_quantities.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.return_quantities.return_id IS 'The return.';
COMMENT ON COLUMN marketplace.return_quantities.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.return_quantities.announced IS 'Announced by the buyer, in the unit of the line.';
COMMENT ON COLUMN marketplace.return_quantities.shipped IS 'Sent, as the buyer or the carrier says; NULL: nobody has.';
COMMENT ON COLUMN marketplace.return_quantities.received IS 'Received by the seller.';
COMMENT ON COLUMN marketplace.return_quantities.inspected IS 'Inspected.';
COMMENT ON COLUMN marketplace.return_quantities.difference IS 'Received less announced: below zero when something is missing.';
