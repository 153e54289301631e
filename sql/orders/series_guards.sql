CREATE OR REPLACE TRIGGER guard_change BEFORE UPDATE OR DELETE ON marketplace.numbered_documents
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER guard_write BEFORE INSERT ON marketplace.numbered_documents
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('orders');
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.numbered_documents
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.numbered_documents ENABLE ALWAYS TRIGGER guard_change;
ALTER TABLE marketplace.numbered_documents ENABLE ALWAYS TRIGGER guard_write;
ALTER TABLE marketplace.numbered_documents ENABLE ALWAYS TRIGGER guard_truncate;
ALTER TABLE marketplace.numbered_documents ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.numbered_documents;
CREATE POLICY sees ON marketplace.numbered_documents FOR SELECT USING (marketplace.access_sees(marketplace_id, issuer_id));
