-- Users' own calendars and single days. Built-in calendars are views (calendar_views.sql), so that no seeded row collides on restore or replication.
CREATE TABLE marketplace.calendars (
	name text NOT NULL PRIMARY KEY CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$'),
	weekend int[] NOT NULL DEFAULT '{6,7}'
		CHECK (weekend <@ '{1,2,3,4,5,6,7}' AND NOT weekend @> '{1,2,3,4,5,6,7}'),
	based_on text,
	description text NOT NULL,
	version int NOT NULL DEFAULT 1 CHECK (version > 0)
);
COMMENT ON TABLE marketplace.calendars IS
'The users'' own calendars (shared by all marketplaces); the built-in ones are in calendar_builtin, all of them in calendar_list. The owner writes rows by plain INSERT.';
COMMENT ON COLUMN marketplace.calendars.name IS 'Name used by deadlines and parameters; not that of a built-in calendar.';
COMMENT ON COLUMN marketplace.calendars.weekend IS 'Weekdays that are closed every week, ISO numbers: 1 Monday … 7 Sunday; at least one weekday stays open.';
COMMENT ON COLUMN marketplace.calendars.based_on IS 'Calendar whose holidays close this one too (its weekend does not); NULL for none.';
COMMENT ON COLUMN marketplace.calendars.description IS 'What the calendar is for.';
COMMENT ON COLUMN marketplace.calendars.version IS 'Version of the calendar (RD-24), counted by whoever maintains it.';

CREATE TABLE marketplace.calendar_rules (
	calendar text NOT NULL,
	name text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('fixed', 'easter')),
	month int CHECK (month BETWEEN 1 AND 12),
	day int CHECK (day BETWEEN 1 AND CASE WHEN month = 2 THEN 28 WHEN month IN (4, 6, 9, 11) THEN 30 ELSE 31 END),
	easter_offset int CHECK (easter_offset BETWEEN -80 AND 240),
	from_year int CHECK (from_year BETWEEN 1583 AND 9999),
	until_year int CHECK (until_year BETWEEN 1583 AND 9999),
	source text,
	PRIMARY KEY (calendar, name),
	CHECK (kind <> 'fixed' OR (month IS NOT NULL AND day IS NOT NULL AND easter_offset IS NULL)),
	CHECK (kind <> 'easter' OR (easter_offset IS NOT NULL AND month IS NULL AND day IS NULL)),
	CHECK (from_year <= until_year)
);
COMMENT ON TABLE marketplace.calendar_rules IS
'The users'' own rules for yearly holidays, for their calendars or as additions to built-in ones; the built-in rules are in calendar_rule_builtin, all of them in calendar_rule_list.';
COMMENT ON COLUMN marketplace.calendar_rules.calendar IS 'Calendar that the holiday closes, and those based on it.';
COMMENT ON COLUMN marketplace.calendar_rules.name IS 'Name of the holiday.';
COMMENT ON COLUMN marketplace.calendar_rules.kind IS 'fixed: the same month and day every year; easter: days from Easter Sunday (RD-25).';
COMMENT ON COLUMN marketplace.calendar_rules.month IS 'Month of a fixed holiday, 1 to 12.';
COMMENT ON COLUMN marketplace.calendar_rules.day IS 'Day of the month of a fixed holiday; 29 February is refused, as not every year has one.';
COMMENT ON COLUMN marketplace.calendar_rules.easter_offset IS 'Days after Easter Sunday, negative before: Good Friday -2, Easter Monday 1, Ascension 39, Whit Monday 50.';
COMMENT ON COLUMN marketplace.calendar_rules.from_year IS 'First year of the holiday; NULL: always.';
COMMENT ON COLUMN marketplace.calendar_rules.until_year IS 'Last year of the holiday, included; NULL: no end.';
COMMENT ON COLUMN marketplace.calendar_rules.source IS 'Law or decision that the rule comes from.';

CREATE TABLE marketplace.calendar_holidays (
	calendar text NOT NULL,
	day date NOT NULL CHECK (day BETWEEN '1583-01-01' AND '9999-12-31'),
	name text NOT NULL,
	is_open boolean NOT NULL DEFAULT false,
	PRIMARY KEY (calendar, day)
);
COMMENT ON TABLE marketplace.calendar_holidays IS
'Single days that differ from weekend and rules: closed for once, or open for once (an exception to a weekend or holiday). Also where calendar_generate() writes '
'the holidays of a year. A row of the calendar itself decides before everything else; a row of a calendar that it is based on decides about its holidays only.';
COMMENT ON COLUMN marketplace.calendar_holidays.calendar IS 'Calendar, built-in or own.';
COMMENT ON COLUMN marketplace.calendar_holidays.day IS 'The day.';
COMMENT ON COLUMN marketplace.calendar_holidays.name IS 'Name of the holiday or of the exception.';
COMMENT ON COLUMN marketplace.calendar_holidays.is_open IS 'False: closed on this day; true: open on this day whatever weekend and rules say.';
