CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.instructions
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('instruction', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.instructions
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('instruction', 'state');
CREATE OR REPLACE TRIGGER frozen BEFORE UPDATE OR DELETE ON marketplace.instructions
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'evidence', 'changed_at');
CREATE OR REPLACE TRIGGER frozen_truncate BEFORE TRUNCATE ON marketplace.instructions
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.instructions ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER frozen, ENABLE ALWAYS TRIGGER frozen_truncate;
ALTER TABLE marketplace.instructions ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS operators ON marketplace.instructions;
CREATE POLICY operators ON marketplace.instructions FOR SELECT USING (marketplace.access_operates(marketplace_id));
