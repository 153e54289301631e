CREATE OR REPLACE VIEW marketplace.erp_position_logistics WITH (security_invoker = true) AS
SELECT s.marketplace_id, 'shipment' AS kind, s.id::text AS reference, s.state::text AS status,
	(SELECT trim_scale(sum(c.quantity)) FROM marketplace.parcel_contents c WHERE c.marketplace_id = s.marketplace_id AND c.shipment_id = s.id) AS quantity,
	NULL::marketplace.amount AS amount, s.created_at AS since
FROM marketplace.shipments s;
COMMENT ON VIEW marketplace.erp_position_logistics IS
'What logistics has to compare with an ERP: a part of erp_position.';
COMMENT ON COLUMN marketplace.erp_position_logistics.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.erp_position_logistics.kind IS 'Kind of object.';
COMMENT ON COLUMN marketplace.erp_position_logistics.reference IS 'Which one.';
COMMENT ON COLUMN marketplace.erp_position_logistics.status IS 'Its state; NULL: it has none.';
COMMENT ON COLUMN marketplace.erp_position_logistics.quantity IS 'Its quantity; NULL: it has none.';
COMMENT ON COLUMN marketplace.erp_position_logistics.amount IS 'Its amount; NULL: it has none.';
COMMENT ON COLUMN marketplace.erp_position_logistics.since IS 'When it was recorded.';
