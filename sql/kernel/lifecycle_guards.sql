CREATE OR REPLACE TRIGGER changed
AFTER INSERT OR UPDATE OR DELETE ON marketplace.lifecycle_custom
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_custom_changed();
ALTER TABLE marketplace.lifecycle_custom ENABLE ALWAYS TRIGGER changed;
CREATE OR REPLACE TRIGGER emptied
AFTER TRUNCATE ON marketplace.lifecycle_custom
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.lifecycle_custom_changed();
ALTER TABLE marketplace.lifecycle_custom ENABLE ALWAYS TRIGGER emptied;

CREATE OR REPLACE TRIGGER append_only
BEFORE UPDATE OR DELETE ON marketplace.lifecycle_history
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.lifecycle_history ENABLE ALWAYS TRIGGER append_only;
CREATE OR REPLACE TRIGGER append_only_truncate
BEFORE TRUNCATE ON marketplace.lifecycle_history
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.lifecycle_history ENABLE ALWAYS TRIGGER append_only_truncate;
CREATE OR REPLACE TRIGGER by_function
BEFORE INSERT ON marketplace.lifecycle_history
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('lifecycle_history');
ALTER TABLE marketplace.lifecycle_history ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.lifecycle_history ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS lifecycle_history_read ON marketplace.lifecycle_history;
CREATE POLICY lifecycle_history_read ON marketplace.lifecycle_history
FOR SELECT USING (marketplace.access_operates(marketplace_id));
