CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.tick_failures
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('tick');
CREATE OR REPLACE TRIGGER by_function_truncate BEFORE TRUNCATE ON marketplace.tick_failures
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('tick');
ALTER TABLE marketplace.tick_failures ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.tick_failures ENABLE ALWAYS TRIGGER by_function_truncate;
ALTER TABLE marketplace.tick_failures ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS operators ON marketplace.tick_failures;
CREATE POLICY operators ON marketplace.tick_failures FOR SELECT USING (marketplace.access_operates(marketplace_id));
