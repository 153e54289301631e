-- What is recorded stays; who is in what is written by functions only. Everybody sees what concerns its own parcels (LG-55).
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.handling_units
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.handling_units
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('gross_kg');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.handling_units
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.handling_units ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.nestings
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.nestings
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('child_parcel_id');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.nestings
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.nestings ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.handling_unit_scans
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.handling_unit_scans
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('repeats');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.handling_unit_scans
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.handling_unit_scans ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON marketplace.handling_unit_parcels
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
ALTER TABLE marketplace.handling_unit_parcels ENABLE ALWAYS TRIGGER by_function;

ALTER TABLE marketplace.handling_unit_parcels ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.handling_unit_parcels;
CREATE POLICY sees ON marketplace.handling_unit_parcels FOR SELECT USING (EXISTS (SELECT FROM marketplace.parcels p
	WHERE p.marketplace_id = handling_unit_parcels.marketplace_id AND p.id = handling_unit_parcels.parcel_id));
ALTER TABLE marketplace.handling_units ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.handling_units;
CREATE POLICY sees ON marketplace.handling_units FOR SELECT USING (marketplace.access_sees(marketplace_id, keeper_id)
	OR EXISTS (SELECT FROM marketplace.handling_unit_parcels p
		WHERE p.marketplace_id = handling_units.marketplace_id AND p.handling_unit_id = handling_units.id));
ALTER TABLE marketplace.nestings ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.nestings;
CREATE POLICY sees ON marketplace.nestings FOR SELECT USING (marketplace.access_sees(marketplace_id, party_id)
	OR EXISTS (SELECT FROM marketplace.parcels p WHERE p.marketplace_id = nestings.marketplace_id AND p.id = nestings.child_parcel_id)
	OR EXISTS (SELECT FROM marketplace.handling_units u WHERE u.marketplace_id = nestings.marketplace_id AND u.id = nestings.child_unit_id));
ALTER TABLE marketplace.handling_unit_scans ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.handling_unit_scans;
CREATE POLICY sees ON marketplace.handling_unit_scans FOR SELECT USING (EXISTS (SELECT FROM marketplace.handling_units u
	WHERE u.marketplace_id = handling_unit_scans.marketplace_id AND u.id = handling_unit_scans.handling_unit_id));
