CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.erp_snapshots
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('erp');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.erp_snapshots
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.erp_snapshots
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.erp_snapshots ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;
ALTER TABLE marketplace.erp_snapshots ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS operators ON marketplace.erp_snapshots;
CREATE POLICY operators ON marketplace.erp_snapshots FOR SELECT USING (marketplace.access_operates(marketplace_id));

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.erp_snapshot_rows
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('erp');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.erp_snapshot_rows
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.erp_snapshot_rows
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.erp_snapshot_rows ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;
ALTER TABLE marketplace.erp_snapshot_rows ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS operators ON marketplace.erp_snapshot_rows;
CREATE POLICY operators ON marketplace.erp_snapshot_rows FOR SELECT USING (marketplace.access_operates(marketplace_id));

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.erp_resolutions
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('erp');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.erp_resolutions
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.erp_resolutions
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.erp_resolutions ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;
ALTER TABLE marketplace.erp_resolutions ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS operators ON marketplace.erp_resolutions;
CREATE POLICY operators ON marketplace.erp_resolutions FOR SELECT USING (marketplace.access_operates(marketplace_id));
