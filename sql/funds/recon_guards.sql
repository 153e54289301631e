CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.psp_imports
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.psp_imports
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.psp_imports
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.psp_imports ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.psp_imports ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.psp_imports;
CREATE POLICY sees ON marketplace.psp_imports FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.psp_transactions
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.psp_transactions
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.psp_transactions
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.psp_transactions ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.psp_transactions ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.psp_transactions;
CREATE POLICY sees ON marketplace.psp_transactions FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.psp_balances
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.psp_balances
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.psp_balances
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.psp_balances ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.psp_balances ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.psp_balances;
CREATE POLICY sees ON marketplace.psp_balances FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.reconciliations
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.reconciliations
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.reconciliations
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.reconciliations ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.reconciliations ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.reconciliations;
CREATE POLICY sees ON marketplace.reconciliations FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.reconciliation_lines
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.reconciliation_lines
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.reconciliation_lines
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.reconciliation_lines ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.reconciliation_lines ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.reconciliation_lines;
CREATE POLICY sees ON marketplace.reconciliation_lines FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.reconciled_items
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.reconciled_items
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.reconciled_items
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.reconciled_items ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.reconciled_items ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.reconciled_items;
CREATE POLICY sees ON marketplace.reconciled_items FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
