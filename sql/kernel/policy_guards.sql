-- policy_set() and policy_table_publish() are the only writers, and what they wrote stays; only the end of valid is theirs to move.
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.policy_values
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('valid');
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.policy_values
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('policy');
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON marketplace.policy_values
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.policy_values ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE marketplace.policy_values ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.policy_values ENABLE ALWAYS TRIGGER no_truncate;

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.policy_tables
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('valid');
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.policy_tables
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('policy');
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON marketplace.policy_tables
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.policy_tables ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE marketplace.policy_tables ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.policy_tables ENABLE ALWAYS TRIGGER no_truncate;

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.policy_rules
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.policy_rules
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('policy');
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON marketplace.policy_rules
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.policy_rules ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE marketplace.policy_rules ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.policy_rules ENABLE ALWAYS TRIGGER no_truncate;

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.policy_decisions
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.policy_decisions
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('policy');
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON marketplace.policy_decisions
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.policy_decisions ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE marketplace.policy_decisions ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.policy_decisions ENABLE ALWAYS TRIGGER no_truncate;

-- A party sees the values of its own scope; the rest is the operator's.
ALTER TABLE marketplace.policy_values ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS p ON marketplace.policy_values;
CREATE POLICY p ON marketplace.policy_values FOR SELECT USING (marketplace.access_sees(marketplace_id, seller_id, buyer_id));
ALTER TABLE marketplace.policy_tables ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS p ON marketplace.policy_tables;
CREATE POLICY p ON marketplace.policy_tables FOR SELECT USING (marketplace.access_operates(marketplace_id));
ALTER TABLE marketplace.policy_rules ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS p ON marketplace.policy_rules;
CREATE POLICY p ON marketplace.policy_rules FOR SELECT USING (marketplace.access_operates(marketplace_id));
ALTER TABLE marketplace.policy_decisions ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS p ON marketplace.policy_decisions;
CREATE POLICY p ON marketplace.policy_decisions FOR SELECT USING (marketplace.access_operates(marketplace_id));
