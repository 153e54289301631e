CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.psp_events
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'payment_id', 'note', 'applied_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.psp_events
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.psp_events
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('psp_event', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.psp_events
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('psp_event', 'state');
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.psp_events
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.psp_events ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.psp_events ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.psp_events;
CREATE POLICY sees ON marketplace.psp_events FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
