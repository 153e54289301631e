CREATE OR REPLACE VIEW marketplace.erp_position_funds WITH (security_invoker = true) AS
SELECT marketplace_id, 'payment' AS kind, id::text AS reference, state::text AS status, NULL::numeric AS quantity, captured AS amount, recorded_at AS since
FROM marketplace.payments
UNION ALL
SELECT marketplace_id, 'payout', id::text, state::text, NULL, amount, created_at FROM marketplace.payouts
UNION ALL
SELECT marketplace_id, 'refund', id::text, state::text, NULL, amount, created_at FROM marketplace.refunds;
COMMENT ON VIEW marketplace.erp_position_funds IS
'What funds has to compare with an ERP: a part of erp_position.';
COMMENT ON COLUMN marketplace.erp_position_funds.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.erp_position_funds.kind IS 'Kind of object.';
COMMENT ON COLUMN marketplace.erp_position_funds.reference IS 'Which one.';
COMMENT ON COLUMN marketplace.erp_position_funds.status IS 'Its state; NULL: it has none.';
COMMENT ON COLUMN marketplace.erp_position_funds.quantity IS 'Its quantity; NULL: it has none.';
COMMENT ON COLUMN marketplace.erp_position_funds.amount IS 'Its amount; NULL: it has none.';
COMMENT ON COLUMN marketplace.erp_position_funds.since IS 'When it was recorded.';
