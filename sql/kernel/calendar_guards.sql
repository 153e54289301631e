-- Row triggers: a subscriber's apply worker fires no statement triggers. The check is for people's statements, so it is not ALWAYS: a subscriber's
-- first copy brings the tables in any order. The invalidation concerns each server, so it is.
CREATE OR REPLACE TRIGGER calendar_guard BEFORE INSERT OR UPDATE ON marketplace.calendars
	FOR EACH ROW EXECUTE FUNCTION marketplace.calendar_guard();
CREATE OR REPLACE TRIGGER calendar_guard BEFORE INSERT OR UPDATE ON marketplace.calendar_rules
	FOR EACH ROW EXECUTE FUNCTION marketplace.calendar_guard();
CREATE OR REPLACE TRIGGER calendar_guard BEFORE INSERT OR UPDATE ON marketplace.calendar_holidays
	FOR EACH ROW EXECUTE FUNCTION marketplace.calendar_guard();

CREATE OR REPLACE TRIGGER calendar_invalidate AFTER INSERT OR UPDATE OR DELETE ON marketplace.calendars
	FOR EACH ROW EXECUTE FUNCTION marketplace.calendar_invalidate();
ALTER TABLE marketplace.calendars ENABLE ALWAYS TRIGGER calendar_invalidate;
CREATE OR REPLACE TRIGGER calendar_invalidate AFTER INSERT OR UPDATE OR DELETE ON marketplace.calendar_rules
	FOR EACH ROW EXECUTE FUNCTION marketplace.calendar_invalidate();
ALTER TABLE marketplace.calendar_rules ENABLE ALWAYS TRIGGER calendar_invalidate;
CREATE OR REPLACE TRIGGER calendar_invalidate AFTER INSERT OR UPDATE OR DELETE ON marketplace.calendar_holidays
	FOR EACH ROW EXECUTE FUNCTION marketplace.calendar_invalidate();
ALTER TABLE marketplace.calendar_holidays ENABLE ALWAYS TRIGGER calendar_invalidate;
