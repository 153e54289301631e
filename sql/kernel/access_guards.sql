-- for each row: a subscriber's apply worker fires no triggers for statements
CREATE OR REPLACE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE ON marketplace.access_grants
FOR EACH ROW EXECUTE FUNCTION marketplace.access_changed();
ALTER TABLE marketplace.access_grants ENABLE ALWAYS TRIGGER access_changed;
CREATE OR REPLACE TRIGGER access_emptied AFTER TRUNCATE ON marketplace.access_grants
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.access_changed();
ALTER TABLE marketplace.access_grants ENABLE ALWAYS TRIGGER access_emptied;
ALTER TABLE marketplace.access_grants ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS operators ON marketplace.access_grants;
CREATE POLICY operators ON marketplace.access_grants FOR SELECT USING (marketplace.access_operates(marketplace_id));
