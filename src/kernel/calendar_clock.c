/*
 * calendar_clock.c
 *		Deadlines (RD-14): hours, calendar days and business days from an instant, in a time zone, with pauses.
 *
 * Days are counted in local time, so that a deadline keeps its time of day over a change of summer time; hours are
 * counted as they pass. Which days are open is known by calendar.c.
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/datetime.h"

typedef enum ClockUnit
{
	HOURS,
	CALENDAR_DAYS,
	BUSINESS_DAYS
} ClockUnit;

/* A clock: what it counts, and where. */
typedef struct Clock
{
	ClockUnit	unit;
	pg_tz	   *zone;			/* NULL for hours */
	CalendarWalk walk;			/* of the calendar; its name is NULL unless business days are counted */
} Clock;

/*
 * PostgreSQL reads unknown names with a figure in them as fixed offsets ('Europe/Pariss+1'): we take none. No zone
 * that a law names has a figure.
 */
static pg_tz *
find_zone(const char *name)
{
	pg_tz	   *zone = NULL;

	if (strlen(name) <= TZ_STRLEN_MAX && name[0] != '\0' && strpbrk(name, "0123456789<>,") == NULL)
		zone = pg_tzset(name);
	if (zone == NULL || !pg_tz_acceptable(zone))
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("there is no time zone \"%s\"", name),
				errdetail("Fixed offsets and abbreviations are not taken, as local time is not kept in them."),
				errhint("Give an IANA name such as Europe/Paris: see pg_timezone_names."));
	return zone;
}

static ClockUnit
find_unit(const char *unit)
{
	if (strcmp(unit, "hours") == 0)
		return HOURS;
	if (strcmp(unit, "calendar_days") == 0)
		return CALENDAR_DAYS;
	if (strcmp(unit, "business_days") == 0)
		return BUSINESS_DAYS;
	ereport(ERROR,
			errcode(MK_INVALID_ARGUMENT),
			errmsg("there is no unit \"%s\"", unit),
			errhint("Give hours, calendar_days or business_days."));
}

static void
require_part(ClockUnit unit, const char *part, const char *value)
{
	if (value == NULL)
		ereport(ERROR,
				errcode(MK_MISSING_VALUE),
				errmsg("a deadline in %s needs a %s",
					   unit == BUSINESS_DAYS ? "business days" : "calendar days", part),
				errhint("Name it: every deadline in days says by which %s it is counted.", part));
}

static void refuse_instant(void) pg_attribute_noreturn();

static void
refuse_instant(void)
{
	ereport(ERROR,
			errcode(MK_INVALID_ARGUMENT),
			errmsg("the instant is outside the calendar"),
			errdetail("Deadlines are computed for the years 1583 to 9999."),
			errhint("Give a finite instant of the Gregorian calendar."));
}

/* Wall clock time of an instant, as microseconds since 2000-01-01 00:00 local time. */
static Timestamp
to_local(TimestampTz at, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t		fsec;
	int			offset;
	Timestamp	local;

	if (TIMESTAMP_NOT_FINITE(at) || timestamp2tm(at, &offset, &tm, &fsec, NULL, zone) != 0 ||
		tm2timestamp(&tm, fsec, NULL, &local) != 0)
		refuse_instant();
	return local;
}

/* As AT TIME ZONE does: a time that summer time skips is read with the offset before the change. */
static TimestampTz
from_local(Timestamp local, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t		fsec;
	int			offset;
	TimestampTz at;

	if (timestamp2tm(local, NULL, &tm, &fsec, NULL, NULL) != 0)
		refuse_instant();
	offset = DetermineTimeZoneOffset(&tm, zone);
	if (tm2timestamp(&tm, fsec, &offset, &at) != 0)
		refuse_instant();
	return at;
}

static DateADT
day_of(Timestamp local)
{
	Timestamp	day = local / USECS_PER_DAY;

	if (local % USECS_PER_DAY < 0)
		day--;
	return (DateADT) day;
}

DateADT
calendar_local_date(TimestampTz at, const char *zone)
{
	return day_of(to_local(at, find_zone(zone)));
}

/* Names are checked also where the unit does not need them: a typing error is found when it is made. */
static Clock
make_clock(const char *unit, const char *calendar, const char *zone)
{
	Clock		clock = {find_unit(unit), NULL, {NULL, NULL}};
	pg_tz	   *found = zone == NULL ? NULL : find_zone(zone);

	if (calendar != NULL && clock.unit != BUSINESS_DAYS)
		(void) calendar_is_open(calendar, 0);	/* else add_units() does */
	if (clock.unit != HOURS)
	{
		require_part(clock.unit, "time zone", zone);
		clock.zone = found;
	}
	if (clock.unit == BUSINESS_DAYS)
	{
		require_part(clock.unit, "calendar", calendar);
		clock.walk.calendar = calendar;
	}
	return clock;
}

/*
 * Instants on the clock's own axis, where its units have one length: local time for days, time as it passes for
 * hours.
 */
static int64
axis_of(const Clock *clock, TimestampTz at)
{
	return clock->unit == HOURS ? at : to_local(at, clock->zone);
}

static TimestampTz
instant_of(const Clock *clock, int64 position)
{
	return clock->unit == HOURS ? position : from_local(position, clock->zone);
}

/* n units after the start, on the axis. */
static int64
add_units(const Clock *clock, int64 start, int n)
{
	DateADT		day = day_of(start);

	if (clock->unit == HOURS)
	{
		if (n < -CALENDAR_MAX_HOURS || n > CALENDAR_MAX_HOURS)
			ereport(ERROR,
					errcode(MK_INVALID_ARGUMENT),
					errmsg("%d hours are too many", n),
					errdetail("At most %d hours, a hundred years, are counted.", CALENDAR_MAX_HOURS),
					errhint("Give a smaller number of hours."));
		return start + n * USECS_PER_HOUR;
	}
	calendar_check_days(n);
	if (clock->unit == CALENDAR_DAYS)
		return start + n * USECS_PER_DAY;
	return start + (calendar_add_days(clock->walk.calendar, day, n) - day) * USECS_PER_DAY;
}

/* The local years 1583 to 9999, so that neither the axis nor the calendar ends under a deadline. */
static void
check_instant(TimestampTz at)
{
	TimestampTz first = (TimestampTz) (date2j(1583, 1, 3) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;
	TimestampTz last = (TimestampTz) (date2j(9999, 12, 30) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;

	if (at < first || at >= last)
		refuse_instant();
}

TimestampTz
calendar_deadline(TimestampTz start, int n, const char *unit, const char *calendar, const char *zone)
{
	return calendar_deadline_with_pauses(start, n, unit, calendar, zone, NULL, 0);
}

/*
 * How far the clock runs on from the position: to the end of the day when it counts open days, to the limit
 * otherwise. 0: it does not run.
 */
static int64
run_from(Clock *clock, int64 position, int64 limit)
{
	int64		next_day;

	if (clock->unit != BUSINESS_DAYS)
		return limit - position;
	next_day = (int64) (day_of(position) + 1) * USECS_PER_DAY;
	if (!calendar_walk_is_open(&clock->walk, day_of(position)))
		return 0;
	return Min(next_day, limit) - position;
}

/* Time between two positions during which the clock would have run. */
static int64
running_time(Clock *clock, int64 from, int64 to)
{
	int64		total = 0;

	while (from < to)
	{
		int64		run = run_from(clock, from, to);

		total += run;
		from = run > 0 ? from + run : (int64) (day_of(from) + 1) * USECS_PER_DAY;
	}
	return total;
}

/* Where the clock has run for the time owed, from the position on, standing still in the pauses. */
static int64
run_off(Clock *clock, int64 position, int64 owed, const CalendarPause *pauses, int npauses)
{
	int64		end = (int64) (date2j(9999, 12, 31) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;

	for (int i = 0; owed > 0;)
	{
		int64		run;

		CHECK_FOR_INTERRUPTS();
		while (i < npauses && pauses[i].to <= position)
			i++;
		if (i < npauses && pauses[i].from <= position)
		{
			position = pauses[i].to;
			if (position == DT_NOEND)
				return DT_NOEND;
			continue;
		}
		if (position >= end)
			refuse_instant();
		run = run_from(clock, position, Min(position + owed, i < npauses ? pauses[i].from : end));
		owed -= run;
		position = run > 0 ? position + run : (int64) (day_of(position) + 1) * USECS_PER_DAY;
	}
	return position;
}

/* The pauses on the clock's axis; what lies before the start is cut off. */
static CalendarPause *
axis_pauses(const Clock *clock, TimestampTz start, const CalendarPause *pauses, int npauses, int *kept)
{
	CalendarPause *result = palloc(sizeof(CalendarPause) * Max(npauses, 1));

	*kept = 0;
	for (int i = 0; i < npauses; i++)
	{
		if (pauses[i].to <= start)
			continue;
		if (pauses[i].to != DT_NOEND)
			check_instant(pauses[i].to);
		if (pauses[i].from > start)
			check_instant(pauses[i].from);
		result[*kept].from = axis_of(clock, Max(pauses[i].from, start));
		result[*kept].to = pauses[i].to == DT_NOEND ? DT_NOEND : axis_of(clock, pauses[i].to);
		if (result[*kept].from < result[*kept].to)	/* local time may run backwards when summer time ends */
			(*kept)++;
	}
	return result;
}

TimestampTz
calendar_deadline_with_pauses(TimestampTz start, int n, const char *unit, const char *calendar, const char *zone,
							  const CalendarPause *pauses, int npauses)
{
	Clock		clock = make_clock(unit, calendar, zone);
	CalendarPause *stops;
	int64		from;
	int64		due;
	int64		owed = 0;
	int			nstops;

	check_instant(start);
	from = axis_of(&clock, start);
	due = add_units(&clock, from, n);
	if (n == 0)
		return start;
	check_instant(instant_of(&clock, due));
	if (npauses == 0)
		return instant_of(&clock, due);
	if (n < 0)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("a clock with pauses does not run backwards"),
				errdetail("The number of %s is %d.", unit, n),
				errhint("Give zero or more."));
	stops = axis_pauses(&clock, start, pauses, npauses, &nstops);
	for (int i = 0; i < nstops && stops[i].from < due; i++)
	{
		if (stops[i].to == DT_NOEND)
			return DT_NOEND;
		owed += running_time(&clock, stops[i].from, Min(stops[i].to, due));
	}
	due = run_off(&clock, due, owed, stops, nstops);
	return due == DT_NOEND ? DT_NOEND : instant_of(&clock, due);
}
