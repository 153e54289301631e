CREATE OR REPLACE TRIGGER by_function
BEFORE INSERT OR UPDATE OR DELETE ON marketplace.series
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('series');
ALTER TABLE marketplace.series ENABLE ALWAYS TRIGGER by_function;
CREATE OR REPLACE TRIGGER by_function_truncate
BEFORE TRUNCATE ON marketplace.series
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('series');
ALTER TABLE marketplace.series ENABLE ALWAYS TRIGGER by_function_truncate;
ALTER TABLE marketplace.series ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS series_read ON marketplace.series;
CREATE POLICY series_read ON marketplace.series
FOR SELECT USING (marketplace.access_sees(marketplace_id, issuer_id));

CREATE OR REPLACE TRIGGER append_only
BEFORE UPDATE OR DELETE ON marketplace.series_documents
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.series_documents ENABLE ALWAYS TRIGGER append_only;
CREATE OR REPLACE TRIGGER append_only_truncate
BEFORE TRUNCATE ON marketplace.series_documents
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.series_documents ENABLE ALWAYS TRIGGER append_only_truncate;
CREATE OR REPLACE TRIGGER by_function
BEFORE INSERT ON marketplace.series_documents
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('series');
ALTER TABLE marketplace.series_documents ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.series_documents ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS series_documents_read ON marketplace.series_documents;
CREATE POLICY series_documents_read ON marketplace.series_documents
FOR SELECT USING (marketplace.access_sees(marketplace_id, issuer_id));
