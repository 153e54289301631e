CREATE FUNCTION marketplace.calendar_easter(year int)
RETURNS date
AS 'MODULE_PATHNAME', 'calendar_easter_sql'
LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.calendar_easter(int) IS
'Easter Sunday of the Gregorian calendar (RD-25), years 1583 to 9999. Errors: MK001, MK002.';

CREATE FUNCTION marketplace.is_business_day(calendar text, day date)
RETURNS boolean
AS 'MODULE_PATHNAME', 'is_business_day'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.is_business_day(text, date) IS
'True when the calendar is open on the day: neither weekend nor holiday (RD-24). Holidays follow from the calendar''s rules for any year; rows of '
'calendar_holidays add or cancel single days. Errors: MK001, MK002 (day outside the years 1583 to 9999), MK071 (unknown calendar).';

CREATE FUNCTION marketplace.business_day_add(calendar text, day date, n int)
RETURNS date
AS 'MODULE_PATHNAME', 'business_day_add'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.business_day_add(text, date, int) IS
'The n-th open day after the day, or before it for a negative n; the day itself is not counted, and n = 0 gives the day itself, open or not '
'(RD-24). n is between -36525 and 36525. Errors: MK001, MK002, MK071.';

CREATE FUNCTION marketplace.business_day_next(calendar text, day date)
RETURNS date
AS 'MODULE_PATHNAME', 'business_day_next'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.business_day_next(text, date) IS
'The day itself when the calendar is open, else the next open day (RD-24, RD-70). Errors: MK001, MK002, MK071.';

CREATE FUNCTION marketplace.business_days_between(calendar text, from_day date, to_day date)
RETURNS int
AS 'MODULE_PATHNAME', 'business_days_between'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.business_days_between(text, date, date) IS
'Open days after from_day up to and including to_day, so that business_day_add(calendar, from_day, n) = to_day gives n back for an open to_day; negative when to_day is '
'before from_day (open days from to_day, included, to from_day, excluded). At most 36525 days apart. Errors: MK001, MK002, MK071.';

CREATE FUNCTION marketplace.calendar_days(calendar text, from_day date, to_day date, OUT day date, OUT is_open boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'calendar_days'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.calendar_days(text, date, date) IS
'Every day from from_day to to_day, both included, and whether the calendar is open. At most 36525 days. Errors: MK001, MK002, MK071.';

CREATE FUNCTION marketplace.calendar_generate(calendar text, year int)
RETURNS int
AS 'MODULE_PATHNAME', 'calendar_generate'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.calendar_generate(text, int) IS
'Writes the holidays that the calendar''s rules, and those of the calendars it is based on, give for the year into calendar_holidays and returns the rows added '
'(0 when all are there). For reports and for later single corrections only: no function needs these rows. A row once written stands, also when '
'a later version of the rules says otherwise. Only the owner of the tables may. Errors: MK001, MK002, MK005, MK071.';

CREATE FUNCTION marketplace.local_date(at timestamptz, time_zone text)
RETURNS date
AS 'MODULE_PATHNAME', 'local_date'
LANGUAGE c STABLE PARALLEL SAFE;
COMMENT ON FUNCTION marketplace.local_date(timestamptz, text) IS
'The date on the calendar of the time zone at the instant (RD-6). The zone is an IANA name such as Europe/Paris; fixed offsets are refused. Errors: MK001, MK002.';

CREATE FUNCTION marketplace.deadline(start timestamptz, n int, unit text, calendar text, time_zone text)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'deadline'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.deadline(timestamptz, int, text, text, text) IS
'The last instant that is in time (RD-14). unit hours: start + n hours; calendar_days: the same local time n days later; business_days: the same local time on '
'the n-th open day after the start''s local day. calendar may be NULL unless the unit is business_days, time_zone may be NULL for hours. A local time '
'that daylight saving skips is taken as by AT TIME ZONE. At most 876600 hours or 36525 days. Errors: MK001, MK002, MK071.';

CREATE FUNCTION marketplace.deadline_with_pauses(start timestamptz, n int, unit text, calendar text, time_zone text, pauses tstzmultirange)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'deadline_with_pauses'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.deadline_with_pauses(timestamptz, int, text, text, text, tstzmultirange) IS
'The deadline of a clock that stands still during the pauses (RD-14): the time paused before the deadline is added behind it, later pauses that this '
'reaches included. Paused time counts in the clock''s own measure: elapsed time for hours, local time for calendar_days, the local time of open days only for '
'business_days. An open-ended pause that begins before the deadline gives infinity. n is not negative. Errors: as deadline().';

CREATE FUNCTION marketplace.calendar_guard()
RETURNS trigger
AS 'MODULE_PATHNAME', 'calendar_guard'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.calendar_guard() IS
'Trigger of calendars, calendar_rules and calendar_holidays: refuses rows for a calendar that does not exist, a name that is built in, and '
'a calendar based on itself (MK071).';

CREATE FUNCTION marketplace.calendar_invalidate()
RETURNS trigger
AS 'MODULE_PATHNAME', 'calendar_invalidate'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.calendar_invalidate() IS
'Trigger of calendars, calendar_rules and calendar_holidays: makes every session forget the days it has cached when the change commits.';
