CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.maturities
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('matured', 'matured_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.maturities
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.maturities
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.maturities ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.maturities ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.maturities;
CREATE POLICY sees ON marketplace.maturities FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id));
