CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.instructions
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('instruction', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.instructions
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('instruction', 'state');
CREATE OR REPLACE TRIGGER frozen BEFORE UPDATE OR DELETE ON marketplace.instructions
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'evidence', 'changed_at');
CREATE OR REPLACE TRIGGER frozen_truncate BEFORE TRUNCATE ON marketplace.instructions
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
-- A bare UPDATE along the lifecycle would leave out what follows from it: the last trigger by name refuses it.
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE ON marketplace.instructions
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('instruction');
ALTER TABLE marketplace.instructions ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER frozen, ENABLE ALWAYS TRIGGER frozen_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.instructions ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS operators ON marketplace.instructions;
CREATE POLICY operators ON marketplace.instructions FOR SELECT USING (marketplace.access_operates(marketplace_id));
