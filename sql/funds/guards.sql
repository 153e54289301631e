-- Facts stay as they were written; what may change is listed in the arguments. Everything is written by functions (name of the guard: funds).
-- A bare UPDATE of a state meets the lifecycle first (MK030 names what is allowed), then the refusal of bare statements (MK041).

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.payments
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('captured', 'state', 'authorised_at', 'expires_at', 'psp_reference', 'closed_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.payments
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.payments
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('payment', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.payments
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('payment', 'state');
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.payments
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.payments ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.payments ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.payments;
CREATE POLICY sees ON marketplace.payments FOR SELECT
	USING (marketplace.access_sees(marketplace_id, payer_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.payment_orders
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('captured');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.payment_orders
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.payment_orders
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.payment_orders ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.payment_orders ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.payment_orders;
CREATE POLICY sees ON marketplace.payment_orders FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.payments p
		 WHERE p.marketplace_id = payment_orders.marketplace_id
		   AND p.id = payment_orders.payment_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.captures
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('fee', 'state', 'psp_reference', 'settled_at', 'final_due', 'final_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.captures
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.captures
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('capture', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.captures
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('capture', 'state');
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.captures
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.captures ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.captures ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.captures;
CREATE POLICY sees ON marketplace.captures FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.payments p
		 WHERE p.marketplace_id = captures.marketplace_id
		   AND p.id = captures.payment_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.commission_rules
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.commission_rules
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.commission_rules
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.commission_rules ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.commission_rules ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.commission_rules;
CREATE POLICY sees ON marketplace.commission_rules FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.capture_allocations
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('open');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.capture_allocations
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.capture_allocations
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.capture_allocations ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.capture_allocations ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.capture_allocations;
CREATE POLICY sees ON marketplace.capture_allocations FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.payout_batches
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.payout_batches
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.payout_batches
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.payout_batches ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.payout_batches ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.payout_batches;
CREATE POLICY sees ON marketplace.payout_batches FOR SELECT
	USING (marketplace.access_operates(marketplace_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.payouts
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('execution_date', 'state', 'sent_at', 'ended_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.payouts
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.payouts
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('payout', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.payouts
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('payout', 'state');
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.payouts
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.payouts ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.payouts ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.payouts;
CREATE POLICY sees ON marketplace.payouts FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.payout_items
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.payout_items
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT ON marketplace.payout_items
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.payout_items ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.payout_items ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.payout_items;
CREATE POLICY sees ON marketplace.payout_items FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.payouts p
		 WHERE p.marketplace_id = payout_items.marketplace_id
		   AND p.id = payout_items.payout_id));
