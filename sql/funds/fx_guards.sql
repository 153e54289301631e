CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.fx_rates
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.fx_rates
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.fx_rates
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.fx_rates ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.fx_rates ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.fx_rates;
CREATE POLICY sees ON marketplace.fx_rates FOR SELECT
	USING (marketplace.access_operates(marketplace_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.fx_refunds
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('fx_rate_id', 'cost');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.fx_refunds
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.fx_refunds
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.fx_refunds ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.fx_refunds ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.fx_refunds;
CREATE POLICY sees ON marketplace.fx_refunds FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
