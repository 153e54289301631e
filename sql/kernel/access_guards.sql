CREATE OR REPLACE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON marketplace.access_grants
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.access_changed();
ALTER TABLE marketplace.access_grants ENABLE ALWAYS TRIGGER access_changed;
ALTER TABLE marketplace.access_grants ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS operators ON marketplace.access_grants;
CREATE POLICY operators ON marketplace.access_grants FOR SELECT USING (marketplace.access_operates(marketplace_id));
