CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.envelope_units
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('envelope_id', 'position', 'name');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.envelope_units
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.envelope_units
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('invoicing');
ALTER TABLE marketplace.envelope_units
	ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.envelope_units ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS envelope_units_read ON marketplace.envelope_units;
CREATE POLICY envelope_units_read ON marketplace.envelope_units
FOR SELECT USING (marketplace.access_sees(marketplace_id, issuer_id, buyer_id));
