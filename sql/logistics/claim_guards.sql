CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.risk_facts
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.risk_facts
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.risk_facts
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.risk_facts ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.carrier_claims
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.carrier_claims
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'cap', 'claimed', 'reckoning', 'protest_at', 'protest_means', 'protest_text',
	'protest_sha256', 'protest_uri', 'forfeited', 'carrier_reference', 'answer', 'accepted', 'recovered', 'note', 'filed_at', 'answered_at', 'closed_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.carrier_claims
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.carrier_claims
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('carrier_claim', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.carrier_claims
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('carrier_claim', 'state');
ALTER TABLE marketplace.carrier_claims ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate, ENABLE ALWAYS TRIGGER lifecycle;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.carrier_claim_items
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.carrier_claim_items
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.carrier_claim_items
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.carrier_claim_items ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.carrier_recoveries
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.carrier_recoveries
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.carrier_recoveries
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.carrier_recoveries ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

ALTER TABLE marketplace.risk_facts ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.risk_facts;
CREATE POLICY sees ON marketplace.risk_facts FOR SELECT USING (marketplace.access_sees(marketplace_id, seller_id, buyer_id, carrier_party_id));
-- The carrier sees what was filed against it, with the amounts claimed; not who got the money.
ALTER TABLE marketplace.carrier_claims ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.carrier_claims;
CREATE POLICY sees ON marketplace.carrier_claims FOR SELECT USING (marketplace.access_sees(marketplace_id, seller_id, buyer_id)
	OR (filed_at IS NOT NULL AND marketplace.access_sees(marketplace_id, carrier_party_id)));
ALTER TABLE marketplace.carrier_claim_items ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.carrier_claim_items;
CREATE POLICY sees ON marketplace.carrier_claim_items FOR SELECT USING (EXISTS (SELECT FROM marketplace.carrier_claims c
	WHERE c.marketplace_id = carrier_claim_items.marketplace_id AND c.id = carrier_claim_items.claim_id));
ALTER TABLE marketplace.carrier_recoveries ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.carrier_recoveries;
CREATE POLICY sees ON marketplace.carrier_recoveries FOR SELECT USING (marketplace.access_sees(marketplace_id, seller_id, buyer_id));
