CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.carrier_services
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.carrier_services
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.carrier_services
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.carrier_services ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.carrier_contracts
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.carrier_contracts
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('valid_until');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.carrier_contracts
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.carrier_contracts ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.carrier_lanes
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.carrier_lanes
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.carrier_lanes
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.carrier_lanes ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.liability_caps
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.liability_caps
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.liability_caps
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.liability_caps ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.sdr_rates
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.sdr_rates
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.sdr_rates
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.sdr_rates ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.shipment_promises
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.shipment_promises
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.shipment_promises
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.shipment_promises ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

-- Terms of the platform are seen by operators, auditors and their carrier; a seller's own by the seller, too. A buyer sees no freight.
ALTER TABLE marketplace.carrier_services ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.carrier_services;
CREATE POLICY sees ON marketplace.carrier_services FOR SELECT USING (marketplace.access_belongs(marketplace_id));
ALTER TABLE marketplace.carrier_contracts ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.carrier_contracts;
CREATE POLICY sees ON marketplace.carrier_contracts FOR SELECT USING (marketplace.access_sees(marketplace_id, seller_id, carrier_party_id));
ALTER TABLE marketplace.carrier_lanes ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.carrier_lanes;
CREATE POLICY sees ON marketplace.carrier_lanes FOR SELECT USING (marketplace.access_sees(marketplace_id, seller_id, carrier_party_id));
ALTER TABLE marketplace.liability_caps ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.liability_caps;
CREATE POLICY sees ON marketplace.liability_caps FOR SELECT
	USING (CASE WHEN contract_id IS NULL THEN marketplace.access_belongs(marketplace_id)
		ELSE marketplace.access_sees(marketplace_id, seller_id, carrier_party_id) END);
ALTER TABLE marketplace.sdr_rates ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.sdr_rates;
CREATE POLICY sees ON marketplace.sdr_rates FOR SELECT USING (marketplace.access_belongs(marketplace_id));
ALTER TABLE marketplace.shipment_promises ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.shipment_promises;
CREATE POLICY sees ON marketplace.shipment_promises FOR SELECT USING (marketplace.access_sees(marketplace_id, seller_id, carrier_party_id));
