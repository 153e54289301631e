CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.events
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.events
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.events
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('event');
ALTER TABLE marketplace.events ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.events ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS operators ON marketplace.events;
CREATE POLICY operators ON marketplace.events FOR SELECT USING (marketplace.access_operates(marketplace_id));

ALTER TABLE marketplace.event_consumers ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS operators ON marketplace.event_consumers;
CREATE POLICY operators ON marketplace.event_consumers FOR SELECT USING (marketplace.access_operates(marketplace_id));
