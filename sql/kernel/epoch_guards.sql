CREATE OR REPLACE TRIGGER guard_insert BEFORE INSERT ON marketplace.xact_epochs
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('epoch');
ALTER TABLE marketplace.xact_epochs ENABLE ALWAYS TRIGGER guard_insert;
CREATE OR REPLACE TRIGGER guard_change BEFORE UPDATE OR DELETE ON marketplace.xact_epochs
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.xact_epochs ENABLE ALWAYS TRIGGER guard_change;
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.xact_epochs
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.xact_epochs ENABLE ALWAYS TRIGGER guard_truncate;
