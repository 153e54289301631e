-- Who may change what of refunds, and who sees it; as in guards.sql.

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.refund_decisions
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('amount', 'complete');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.refund_decisions
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.refund_decisions
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.refund_decisions ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.refund_decisions ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.refund_decisions;
CREATE POLICY sees ON marketplace.refund_decisions FOR SELECT
	USING (marketplace.access_sees(marketplace_id, buyer_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.refund_lines
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.refund_lines
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.refund_lines
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.refund_lines ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.refund_lines ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.refund_lines;
CREATE POLICY sees ON marketplace.refund_lines FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.refund_decisions p
		 WHERE p.marketplace_id = refund_lines.marketplace_id
		   AND p.id = refund_lines.decision_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.refunds
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('amount', 'complete', 'state', 'sent_at', 'ended_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.refunds
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.refunds
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('refund', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.refunds
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('refund', 'state');
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.refunds
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.refunds ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.refunds ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.refunds;
CREATE POLICY sees ON marketplace.refunds FOR SELECT
	USING (marketplace.access_sees(marketplace_id, buyer_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.refund_items
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.refund_items
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.refund_items
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.refund_items ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.refund_items ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.refund_items;
CREATE POLICY sees ON marketplace.refund_items FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.refunds p
		 WHERE p.marketplace_id = refund_items.marketplace_id
		   AND p.id = refund_items.refund_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.refund_shortfalls
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('left_amount');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.refund_shortfalls
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.refund_shortfalls
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.refund_shortfalls ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.refund_shortfalls ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.refund_shortfalls;
CREATE POLICY sees ON marketplace.refund_shortfalls FOR SELECT
	USING (marketplace.access_operates(marketplace_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.refund_steps
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.refund_steps
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.refund_steps
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.refund_steps ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.refund_steps ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.refund_steps;
CREATE POLICY sees ON marketplace.refund_steps FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.commission_reversals
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.commission_reversals
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.commission_reversals
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.commission_reversals ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.commission_reversals ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.commission_reversals;
CREATE POLICY sees ON marketplace.commission_reversals FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.capture_allocations p
		 WHERE p.marketplace_id = commission_reversals.marketplace_id
		   AND p.id = commission_reversals.allocation_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.own_transfers
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'ended_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.own_transfers
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.own_transfers
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('own_transfer', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.own_transfers
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('own_transfer', 'state');
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.own_transfers
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.own_transfers ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.own_transfers ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.own_transfers;
CREATE POLICY sees ON marketplace.own_transfers FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
