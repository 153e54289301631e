CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.returns
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.returns
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'resolution', 'freight_payer', 'shipment_id', 'ship_by', 'received_at', 'inspect_by',
	'refund_due_at', 'closed_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.returns
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.returns
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('return', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.returns
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('return', 'state');
ALTER TABLE marketplace.returns ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate, ENABLE ALWAYS TRIGGER lifecycle;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.return_lines
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.return_lines
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('shipped', 'received');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.return_lines
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.return_lines ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.return_inspections
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.return_inspections
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('disposition', 'disposed_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.return_inspections
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.return_inspections ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

ALTER TABLE marketplace.returns ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS returns_read ON marketplace.returns;
CREATE POLICY returns_read ON marketplace.returns FOR SELECT USING (marketplace.access_sees(marketplace_id, seller_id, buyer_id));
ALTER TABLE marketplace.return_lines ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS return_lines_read ON marketplace.return_lines;
CREATE POLICY return_lines_read ON marketplace.return_lines FOR SELECT USING (marketplace.access_sees(marketplace_id, seller_id, buyer_id));
ALTER TABLE marketplace.return_inspections ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS return_inspections_read ON marketplace.return_inspections;
CREATE POLICY return_inspections_read ON marketplace.return_inspections FOR SELECT USING (marketplace.access_sees(marketplace_id, seller_id, buyer_id));
