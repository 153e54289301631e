CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.agent_mandates
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('ended_at', 'end_reason');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.agent_mandates
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.agent_mandates
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.agent_mandates ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.agent_mandates ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.agent_mandates;
CREATE POLICY sees ON marketplace.agent_mandates FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.agent_limits
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.agent_limits
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.agent_limits
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.agent_limits ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.agent_limits ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.agent_limits;
CREATE POLICY sees ON marketplace.agent_limits FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.agent_uses
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.agent_uses
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.agent_uses
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.agent_uses ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.agent_uses ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.agent_uses;
CREATE POLICY sees ON marketplace.agent_uses FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.psp_requests
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('hold_id', 'state', 'psp_reference', 'reason', 'ended_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.psp_requests
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.psp_requests
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('psp_request', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.psp_requests
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('psp_request', 'state');
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.psp_requests
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.psp_requests ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.psp_requests ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.psp_requests;
CREATE POLICY sees ON marketplace.psp_requests FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id));
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.psp_request_items
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.psp_request_items
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.psp_request_items
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.psp_request_items ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.psp_request_items ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.psp_request_items;
CREATE POLICY sees ON marketplace.psp_request_items FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.psp_requests r
		 WHERE r.marketplace_id = psp_request_items.marketplace_id
		   AND r.id = psp_request_items.request_id));
