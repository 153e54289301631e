CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.reserve_rules
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.reserve_rules
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.reserve_rules
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.reserve_rules ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.reserve_rules ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.reserve_rules;
CREATE POLICY sees ON marketplace.reserve_rules FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.reserves
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.reserves
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.reserves
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.reserves ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.reserves ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.reserves;
CREATE POLICY sees ON marketplace.reserves FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.reserve_steps
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('released', 'open');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.reserve_steps
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.reserve_steps
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.reserve_steps ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.reserve_steps ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.reserve_steps;
CREATE POLICY sees ON marketplace.reserve_steps FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.reserve_releases
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.reserve_releases
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.reserve_releases
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.reserve_releases ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.reserve_releases ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.reserve_releases;
CREATE POLICY sees ON marketplace.reserve_releases FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.reserve_steps s
		 WHERE s.marketplace_id = reserve_releases.marketplace_id
		   AND s.id = reserve_releases.step_id));
