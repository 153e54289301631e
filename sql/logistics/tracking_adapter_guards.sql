CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.tracking_adapter_versions
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.tracking_adapter_versions
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.tracking_adapter_versions
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.tracking_adapter_versions ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

ALTER TABLE marketplace.tracking_adapter_versions ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.tracking_adapter_versions;
CREATE POLICY sees ON marketplace.tracking_adapter_versions FOR SELECT USING (marketplace.access_belongs(marketplace_id));
