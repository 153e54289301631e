CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.recon_breaks
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('owner', 'state', 'resolved_at', 'resolved_by', 'reason', 'posting_event_id');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.recon_breaks
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.recon_breaks
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('break', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.recon_breaks
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('break', 'state');
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.recon_breaks
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.recon_breaks ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.recon_breaks ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.recon_breaks;
CREATE POLICY sees ON marketplace.recon_breaks FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
