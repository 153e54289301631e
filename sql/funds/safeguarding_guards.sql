CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.safeguarding_proofs
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.safeguarding_proofs
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.safeguarding_proofs
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.safeguarding_proofs ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.safeguarding_proofs ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.safeguarding_proofs;
CREATE POLICY sees ON marketplace.safeguarding_proofs FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.safeguarding_lines
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.safeguarding_lines
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.safeguarding_lines
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.safeguarding_lines ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.safeguarding_lines ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.safeguarding_lines;
CREATE POLICY sees ON marketplace.safeguarding_lines FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
