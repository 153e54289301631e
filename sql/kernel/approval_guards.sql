CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.approval_requests
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'decided_by', 'decided_at', 'answer', 'expires_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.approval_requests
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.approval_requests
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('approval', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.approval_requests
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('approval', 'state');
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.approval_requests
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('approval');
ALTER TABLE marketplace.approval_requests ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.approval_requests ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS operators ON marketplace.approval_requests;
CREATE POLICY operators ON marketplace.approval_requests FOR SELECT USING (marketplace.access_operates(marketplace_id));
