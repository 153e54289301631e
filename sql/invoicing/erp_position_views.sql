CREATE OR REPLACE VIEW marketplace.erp_position_invoicing WITH (security_invoker = true) AS
SELECT marketplace_id, 'invoice' AS kind, number AS reference, kind::text AS status, NULL::numeric AS quantity, gross AS amount, recorded_at AS since
FROM marketplace.invoices;
COMMENT ON VIEW marketplace.erp_position_invoicing IS
'What invoicing has to compare with an ERP: a part of erp_position.';
COMMENT ON COLUMN marketplace.erp_position_invoicing.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.erp_position_invoicing.kind IS 'Kind of object.';
COMMENT ON COLUMN marketplace.erp_position_invoicing.reference IS 'Which one.';
COMMENT ON COLUMN marketplace.erp_position_invoicing.status IS 'Its state; NULL: it has none.';
COMMENT ON COLUMN marketplace.erp_position_invoicing.quantity IS 'Its quantity; NULL: it has none.';
COMMENT ON COLUMN marketplace.erp_position_invoicing.amount IS 'Its amount; NULL: it has none.';
COMMENT ON COLUMN marketplace.erp_position_invoicing.since IS 'When it was recorded.';
