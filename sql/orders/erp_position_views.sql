CREATE OR REPLACE VIEW marketplace.erp_position_orders WITH (security_invoker = true) AS
SELECT marketplace_id, 'order' AS kind, id::text AS reference, NULL::text AS status, NULL::numeric AS quantity,
	(SELECT marketplace.sum(s.gross) FROM marketplace.seller_orders s WHERE s.marketplace_id = o.marketplace_id AND s.order_id = o.id) AS amount, recorded_at AS since
FROM marketplace.orders o
UNION ALL
SELECT q.marketplace_id, 'order_line', q.order_line_id::text, q.delivery_status, trim_scale(q.quantity - q.cancelled), NULL, o.recorded_at
FROM marketplace.order_line_quantities q
JOIN marketplace.orders o ON o.marketplace_id = q.marketplace_id AND o.id = q.order_id;
COMMENT ON VIEW marketplace.erp_position_orders IS
'What orders has to compare with an ERP: a part of erp_position.';
COMMENT ON COLUMN marketplace.erp_position_orders.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.erp_position_orders.kind IS 'Kind of object.';
COMMENT ON COLUMN marketplace.erp_position_orders.reference IS 'Which one.';
COMMENT ON COLUMN marketplace.erp_position_orders.status IS 'Its state; NULL: it has none.';
COMMENT ON COLUMN marketplace.erp_position_orders.quantity IS 'Its quantity; NULL: it has none.';
COMMENT ON COLUMN marketplace.erp_position_orders.amount IS 'Its amount; NULL: it has none.';
COMMENT ON COLUMN marketplace.erp_position_orders.since IS 'When it was recorded.';
