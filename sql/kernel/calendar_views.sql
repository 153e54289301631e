CREATE OR REPLACE VIEW marketplace.calendar_builtin (name, weekend, based_on, description, version) WITH (security_invoker = true) AS
VALUES
	('FR', '{6,7}'::int[], NULL::text, 'France: working days Monday to Friday without the legal holidays', 1),
	('FR-57', '{6,7}', 'FR', 'Moselle: France with the two holidays of local law', 1),
	('FR-67', '{6,7}', 'FR', 'Bas-Rhin: France with the two holidays of local law', 1),
	('FR-68', '{6,7}', 'FR', 'Haut-Rhin: France with the two holidays of local law', 1),
	('FR-L1333', '{7}', 'FR', 'Days of the protest to the carrier (C. com. L133-3): closed on Sundays and French holidays, open on Saturdays', 1),
	('TARGET', '{6,7}', NULL, 'Settlement days of the euro (T2)', 1);
COMMENT ON VIEW marketplace.calendar_builtin IS 'The built-in calendars (RD-26, RD-27): code, replayed by migrate().';
COMMENT ON COLUMN marketplace.calendar_builtin.name IS 'Name used by deadlines and parameters.';
COMMENT ON COLUMN marketplace.calendar_builtin.weekend IS 'Weekdays that are closed every week, ISO numbers: 1 Monday … 7 Sunday.';
COMMENT ON COLUMN marketplace.calendar_builtin.based_on IS 'Calendar whose holidays close this one too; NULL for none.';
COMMENT ON COLUMN marketplace.calendar_builtin.description IS 'What the calendar is for.';
COMMENT ON COLUMN marketplace.calendar_builtin.version IS 'Version of the calendar (RD-24).';

CREATE OR REPLACE VIEW marketplace.calendar_list WITH (security_invoker = true) AS
SELECT name, weekend, based_on, description, version, true AS built_in FROM marketplace.calendar_builtin
UNION ALL
SELECT name, weekend, based_on, description, version, false FROM marketplace.calendars;
COMMENT ON VIEW marketplace.calendar_list IS 'All calendars: the built-in ones and the users'' own.';
COMMENT ON COLUMN marketplace.calendar_list.name IS 'Name used by deadlines and parameters.';
COMMENT ON COLUMN marketplace.calendar_list.weekend IS 'Weekdays that are closed every week, ISO numbers: 1 Monday … 7 Sunday.';
COMMENT ON COLUMN marketplace.calendar_list.based_on IS 'Calendar whose holidays close this one too; NULL for none.';
COMMENT ON COLUMN marketplace.calendar_list.description IS 'What the calendar is for.';
COMMENT ON COLUMN marketplace.calendar_list.version IS 'Version of the calendar (RD-24).';
COMMENT ON COLUMN marketplace.calendar_list.built_in IS 'True for a calendar of the extension, false for a row of calendars.';

CREATE OR REPLACE VIEW marketplace.calendar_rule_builtin (calendar, name, kind, month, day, easter_offset, from_year, until_year, source)
WITH (security_invoker = true) AS
VALUES
	('FR', 'Jour de l''an', 'fixed', 1, 1, NULL::int, NULL::int, NULL::int, 'C. trav. L3133-1'),
	('FR', 'Lundi de Pâques', 'easter', NULL, NULL, 1, NULL, NULL, 'C. trav. L3133-1'),
	('FR', 'Fête du Travail', 'fixed', 5, 1, NULL, NULL, NULL, 'C. trav. L3133-1'),
	('FR', 'Victoire de 1945', 'fixed', 5, 8, NULL, 1982, NULL, 'C. trav. L3133-1; law 81-893 of 2 October 1981'),
	('FR', 'Ascension', 'easter', NULL, NULL, 39, NULL, NULL, 'C. trav. L3133-1'),
	('FR', 'Lundi de Pentecôte', 'easter', NULL, NULL, 50, NULL, NULL, 'C. trav. L3133-1'),
	('FR', 'Fête nationale', 'fixed', 7, 14, NULL, NULL, NULL, 'C. trav. L3133-1'),
	('FR', 'Assomption', 'fixed', 8, 15, NULL, NULL, NULL, 'C. trav. L3133-1'),
	('FR', 'Toussaint', 'fixed', 11, 1, NULL, NULL, NULL, 'C. trav. L3133-1'),
	('FR', 'Armistice de 1918', 'fixed', 11, 11, NULL, 1922, NULL, 'C. trav. L3133-1; law of 24 October 1922'),
	('FR', 'Noël', 'fixed', 12, 25, NULL, NULL, NULL, 'C. trav. L3133-1'),
	('FR-57', 'Vendredi saint', 'easter', NULL, NULL, -2, NULL, NULL, 'C. trav. L3134-13 (communes with a Protestant or mixed church)'),
	('FR-57', 'Saint-Étienne', 'fixed', 12, 26, NULL, NULL, NULL, 'C. trav. L3134-13'),
	('FR-67', 'Vendredi saint', 'easter', NULL, NULL, -2, NULL, NULL, 'C. trav. L3134-13 (communes with a Protestant or mixed church)'),
	('FR-67', 'Saint-Étienne', 'fixed', 12, 26, NULL, NULL, NULL, 'C. trav. L3134-13'),
	('FR-68', 'Vendredi saint', 'easter', NULL, NULL, -2, NULL, NULL, 'C. trav. L3134-13 (communes with a Protestant or mixed church)'),
	('FR-68', 'Saint-Étienne', 'fixed', 12, 26, NULL, NULL, NULL, 'C. trav. L3134-13'),
	('TARGET', 'New Year''s Day', 'fixed', 1, 1, NULL, NULL, NULL, 'ECB, TARGET calendar in force since 2002'),
	('TARGET', 'Good Friday', 'easter', NULL, NULL, -2, NULL, NULL, 'ECB, TARGET calendar in force since 2002'),
	('TARGET', 'Easter Monday', 'easter', NULL, NULL, 1, NULL, NULL, 'ECB, TARGET calendar in force since 2002'),
	('TARGET', 'Labour Day', 'fixed', 5, 1, NULL, NULL, NULL, 'ECB, TARGET calendar in force since 2002'),
	('TARGET', 'Christmas Day', 'fixed', 12, 25, NULL, NULL, NULL, 'ECB, TARGET calendar in force since 2002'),
	('TARGET', '26 December', 'fixed', 12, 26, NULL, NULL, NULL, 'ECB, TARGET calendar in force since 2002');
COMMENT ON VIEW marketplace.calendar_rule_builtin IS 'The yearly holidays of the built-in calendars (RD-26): code, replayed by migrate().';
COMMENT ON COLUMN marketplace.calendar_rule_builtin.calendar IS 'Calendar that the holiday closes, and those based on it.';
COMMENT ON COLUMN marketplace.calendar_rule_builtin.name IS 'Name of the holiday.';
COMMENT ON COLUMN marketplace.calendar_rule_builtin.kind IS 'fixed: the same month and day every year; easter: days from Easter Sunday (RD-25).';
COMMENT ON COLUMN marketplace.calendar_rule_builtin.month IS 'Month of a fixed holiday.';
COMMENT ON COLUMN marketplace.calendar_rule_builtin.day IS 'Day of the month of a fixed holiday.';
COMMENT ON COLUMN marketplace.calendar_rule_builtin.easter_offset IS 'Days after Easter Sunday, negative before.';
COMMENT ON COLUMN marketplace.calendar_rule_builtin.from_year IS 'First year of the holiday; NULL: always.';
COMMENT ON COLUMN marketplace.calendar_rule_builtin.until_year IS 'Last year of the holiday, included; NULL: no end.';
COMMENT ON COLUMN marketplace.calendar_rule_builtin.source IS 'Law or decision that the rule comes from.';

CREATE OR REPLACE VIEW marketplace.calendar_rule_list WITH (security_invoker = true) AS
SELECT calendar, name, kind, month, day, easter_offset, from_year, until_year, source, true AS built_in FROM marketplace.calendar_rule_builtin
UNION ALL
SELECT calendar, name, kind, month, day, easter_offset, from_year, until_year, source, false FROM marketplace.calendar_rules;
COMMENT ON VIEW marketplace.calendar_rule_list IS 'All rules for yearly holidays: the built-in ones and the users'' own.';
COMMENT ON COLUMN marketplace.calendar_rule_list.calendar IS 'Calendar that the holiday closes, and those based on it.';
COMMENT ON COLUMN marketplace.calendar_rule_list.name IS 'Name of the holiday.';
COMMENT ON COLUMN marketplace.calendar_rule_list.kind IS 'fixed: the same month and day every year; easter: days from Easter Sunday (RD-25).';
COMMENT ON COLUMN marketplace.calendar_rule_list.month IS 'Month of a fixed holiday.';
COMMENT ON COLUMN marketplace.calendar_rule_list.day IS 'Day of the month of a fixed holiday.';
COMMENT ON COLUMN marketplace.calendar_rule_list.easter_offset IS 'Days after Easter Sunday, negative before.';
COMMENT ON COLUMN marketplace.calendar_rule_list.from_year IS 'First year of the holiday; NULL: always.';
COMMENT ON COLUMN marketplace.calendar_rule_list.until_year IS 'Last year of the holiday, included; NULL: no end.';
COMMENT ON COLUMN marketplace.calendar_rule_list.source IS 'Law or decision that the rule comes from.';
COMMENT ON COLUMN marketplace.calendar_rule_list.built_in IS 'True for a rule of the extension, false for a row of calendar_rules.';
