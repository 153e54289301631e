CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.receipt_objections
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.receipt_objections
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('open_quantity', 'delivered', 'movement_id', 'return_movement_id', 'hold_id',
	'carrier_state', 'carrier_event_id', 'carrier_said_at', 'carrier_signed_by', 'state', 'closed_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.receipt_objections
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.receipt_objections
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('receipt_objection', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.receipt_objections
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('receipt_objection', 'state');
ALTER TABLE marketplace.receipt_objections ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate, ENABLE ALWAYS TRIGGER lifecycle;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.receipt_decisions
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.receipt_decisions
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.receipt_decisions
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.receipt_decisions ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.receipt_evidence
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.receipt_evidence
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.receipt_evidence
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.receipt_evidence ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

ALTER TABLE marketplace.receipt_objections ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.receipt_objections;
CREATE POLICY sees ON marketplace.receipt_objections FOR SELECT USING (marketplace.access_sees(marketplace_id, buyer_id, seller_id));
ALTER TABLE marketplace.receipt_decisions ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.receipt_decisions;
CREATE POLICY sees ON marketplace.receipt_decisions FOR SELECT USING (marketplace.access_sees(marketplace_id, buyer_id, seller_id));
ALTER TABLE marketplace.receipt_evidence ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.receipt_evidence;
CREATE POLICY sees ON marketplace.receipt_evidence FOR SELECT USING (marketplace.access_sees(marketplace_id, buyer_id, seller_id));
