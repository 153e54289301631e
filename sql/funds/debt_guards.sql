-- Who may change what of sellers' debts, and who sees it; as in guards.sql.

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.seller_debts
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('open_amount', 'interest', 'interest_from', 'state', 'contested_at', 'notice_at', 'ended_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.seller_debts
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.seller_debts
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('seller_debt', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.seller_debts
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('seller_debt', 'state');
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.seller_debts
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.seller_debts ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.seller_debts ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.seller_debts;
CREATE POLICY sees ON marketplace.seller_debts FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.seller_debt_movements
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.seller_debt_movements
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.seller_debt_movements
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.seller_debt_movements ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.seller_debt_movements ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.seller_debt_movements;
CREATE POLICY sees ON marketplace.seller_debt_movements FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id));
