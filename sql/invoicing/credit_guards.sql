CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.credit_claims
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('units_left', 'amount_left', 'obstacle', 'detail');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.credit_claims
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.credit_claims
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('invoicing');
ALTER TABLE marketplace.credit_claims
	ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.credit_claims ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS credit_claims_read ON marketplace.credit_claims;
CREATE POLICY credit_claims_read ON marketplace.credit_claims
FOR SELECT USING (marketplace.access_sees(marketplace_id, seller_id, buyer_id));
