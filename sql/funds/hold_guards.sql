CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.holds
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'lifted', 'lifted_by', 'ended_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.holds
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.holds
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('hold', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.holds
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('hold', 'state');
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.holds
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.holds ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.holds ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.holds;
CREATE POLICY sees ON marketplace.holds FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id, buyer_id) OR EXISTS (
		SELECT FROM marketplace.hold_parts p
		 WHERE p.marketplace_id = holds.marketplace_id
		   AND p.hold_id = holds.id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.hold_parts
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('lifted', 'open', 'opened_at', 'closed_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.hold_parts
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.hold_parts
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.hold_parts ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.hold_parts ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.hold_parts;
CREATE POLICY sees ON marketplace.hold_parts FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.hold_lifts
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.hold_lifts
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.hold_lifts
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.hold_lifts ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.hold_lifts ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.hold_lifts;
CREATE POLICY sees ON marketplace.hold_lifts FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.hold_parts p
		 WHERE p.marketplace_id = hold_lifts.marketplace_id
		   AND p.hold_id = hold_lifts.hold_id
		   AND p.position = hold_lifts.position));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.wallet_locks
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('holds');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.wallet_locks
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.wallet_locks
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.wallet_locks ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.wallet_locks ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.wallet_locks;
CREATE POLICY sees ON marketplace.wallet_locks FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
