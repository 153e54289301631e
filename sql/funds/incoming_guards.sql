CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.payment_references
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.payment_references
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.payment_references
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.payment_references ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.payment_references ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.payment_references;
CREATE POLICY sees ON marketplace.payment_references FOR SELECT
	USING (marketplace.access_sees(marketplace_id, buyer_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.money_receipts
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'note', 'buyer_id', 'to_orders', 'to_wallet', 'decided_at', 'return_told_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.money_receipts
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.money_receipts
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('money_receipt', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.money_receipts
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('money_receipt', 'state');
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.money_receipts
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.money_receipts ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.money_receipts ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.money_receipts;
CREATE POLICY sees ON marketplace.money_receipts FOR SELECT
	USING (marketplace.access_sees(marketplace_id, buyer_id));
