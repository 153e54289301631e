/*
 * calendar.c
 *		Which days a calendar is open, and arithmetic with open days (RD-24…RD-27). Deadlines are in calendar_clock.c.
 *
 * A deadline is a fact, so no day may depend on a job having run: the closed days of any year follow from weekend and
 * rules, and single rows of calendar_holidays add or cancel days. A calendar inherits the holidays, not the weekend,
 * of the one it is based on. What is nearest decides: row of the calendar itself, weekend, its rules; then row and
 * rules of its base, and so on.
 *
 * Each backend keeps the closed days of a calendar's year as a bitmap. A row trigger on the tables sends a relation
 * cache invalidation, so that a change is seen by all backends from its commit on, standbys included.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "miscadmin.h"
#include "utils/datetime.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#define FIRST_YEAR 1583			/* the first whole year of the Gregorian calendar */
#define LAST_YEAR 9999
#define MAX_CLOSED_RUN 366		/* days; a calendar that is closed longer than this is no calendar */
#define DAYS_PER_WEEK 7

typedef struct CalendarKey
{
	char		name[NAMEDATALEN];
	int32		year;
} CalendarKey;

typedef struct CalendarYear
{
	CalendarKey key;
	uint64		generation;		/* the entry holds while this is cache_generation, which is never 0 */
	DateADT		first;			/* 1 January */
	DateADT		last;
	uint8		closed[(366 + 7) / 8];
} CalendarYear;

static HTAB *cache = NULL;
static uint64 cache_generation = 1;

/* What the closed days are read from; found anew after each invalidation. */
static const char *const source_names[] = {
	"calendars", "calendar_rules", "calendar_holidays", "calendar_builtin", "calendar_rule_builtin", "calendar_list",
	"calendar_rule_list"
};
static Oid	source_oids[lengthof(source_names)];

static void
source_changed(Datum arg, Oid relid)
{
	bool		ours = !OidIsValid(relid);

	for (int i = 0; i < lengthof(source_oids) && !ours; i++)
		ours = source_oids[i] == relid;
	if (ours)
		cache_generation++;
}

static void
cache_create(void)
{
	HASHCTL		control;

	if (cache != NULL)
		return;
	memset(&control, 0, sizeof(control));
	control.keysize = sizeof(CalendarKey);
	control.entrysize = sizeof(CalendarYear);
	cache = hash_create("marketplace calendars", 64, &control, HASH_ELEM | HASH_BLOBS);
	CacheRegisterRelcacheCallback(source_changed, (Datum) 0);
}

static void
find_sources(void)
{
	Oid			schema = get_namespace_oid("marketplace", false);

	for (int i = 0; i < lengthof(source_names); i++)
		source_oids[i] = get_relname_relid(source_names[i], schema);
}

DateADT
calendar_easter(int year)
{
	int			a = year % 19;
	int			b = year / 100;
	int			c = year % 100;
	int			d = b / 4;
	int			e = b % 4;
	int			f = (b + 8) / 25;
	int			g = (b - f + 1) / 3;
	int			h = (19 * a + b - d - g + 15) % 30;
	int			i = c / 4;
	int			k = c % 4;
	int			l = (32 + 2 * e + 2 * i - h - k) % 7;
	int			m = (a + 11 * h + 22 * l) / 451;
	int			n = h + l - 7 * m + 114;

	if (year < FIRST_YEAR || year > LAST_YEAR)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("year %d is outside the calendar", year),
				errdetail("Days are computed for the years %d to %d.", FIRST_YEAR, LAST_YEAR),
				errhint("Give a year of the Gregorian calendar."));
	return date2j(year, n / 31, n % 31 + 1) - POSTGRES_EPOCH_JDATE;
}

/* Year of a day; refuses infinity and days that no rule covers. */
static int
year_of(DateADT day)
{
	int			year = 0;
	int			month;
	int			mday;

	if (!DATE_NOT_FINITE(day))
		j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	if (year < FIRST_YEAR || year > LAST_YEAR)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("the day is outside the calendar"),
				errdetail("Days are computed for the years %d to %d.", FIRST_YEAR, LAST_YEAR),
				errhint("Give a finite day of the Gregorian calendar."));
	return year;
}

/* Bit d - 1 for each closed ISO weekday d. */
static int
read_weekend(const char *calendar)
{
	static Statement weekend_of = STATEMENT("t",
		"SELECT coalesce((SELECT pg_catalog.bit_or(1 << (d - 1)) FROM pg_catalog.unnest(weekend) AS d), 0)"
		"  FROM marketplace.calendar_list"
		" WHERE name = $1");
	Row			row;

	if (!query_row(&weekend_of, VALUES(value_text(calendar)), &row))
		ereport(ERROR,
				errcode(MK_CALENDAR),
				errmsg("there is no calendar \"%s\"", calendar),
				errhint("See the view marketplace.calendar_list; own calendars are rows of marketplace.calendars."));
	return row_int32(&row, 0);
}

/*
 * Holidays of the calendar (level 0) and of those it is based on, in the order in which they apply: farthest first,
 * and on each level rules (is_open NULL) before single rows.
 */
static Statement holidays_of = STATEMENT("ti",
	"SELECT level, day, is_open"
	"  FROM (WITH RECURSIVE chain (level, name, based_on) AS ("
	"        SELECT 0, name, based_on FROM marketplace.calendar_list WHERE name = $1"
	"        UNION ALL"
	"        SELECT level + 1, b.name, b.based_on"
	"          FROM chain JOIN marketplace.calendar_list AS b ON b.name = chain.based_on WHERE level < 16)"
	"        SELECT level, h.day, h.is_open"
	"          FROM chain JOIN marketplace.calendar_holidays AS h ON h.calendar = chain.name"
	"         WHERE h.day BETWEEN pg_catalog.make_date($2, 1, 1) AND pg_catalog.make_date($2, 12, 31)"
	"        UNION ALL"
	"        SELECT level,"
	"               CASE r.kind WHEN 'fixed' THEN pg_catalog.make_date($2, r.month, r.day)"
	"                           WHEN 'easter' THEN marketplace.calendar_easter($2) + r.easter_offset END,"
	"               NULL"
	"          FROM chain JOIN marketplace.calendar_rule_list AS r ON r.calendar = chain.name"
	"         WHERE $2 BETWEEN coalesce(r.from_year, $2) AND coalesce(r.until_year, $2)) AS marks"
	" ORDER BY level DESC, is_open NULLS FIRST");

static void
mark(CalendarYear *year, DateADT day, bool closed)
{
	int			bit = day - year->first;

	if (day < year->first || day > year->last)
		return;
	if (closed)
		year->closed[bit / 8] |= 1 << (bit % 8);
	else
		year->closed[bit / 8] &= ~(1 << (bit % 8));
}

static void
mark_weekend(CalendarYear *year, int weekend)
{
	for (DateADT day = year->first; day <= year->last; day++)
	{
		/* j2day() counts from Sunday = 0, ISO from Monday = 1 */
		int			isodow = (j2day(day + POSTGRES_EPOCH_JDATE) + 6) % DAYS_PER_WEEK;

		if (weekend & (1 << isodow))
			mark(year, day, true);
	}
}

static void
read_year(CalendarYear *year)
{
	int			weekend = read_weekend(year->key.name);
	Rows		rows = query_rows(&holidays_of, VALUES(value_text(year->key.name), value_int32(year->key.year)));
	bool		weekend_marked = false;

	if (weekend == (1 << DAYS_PER_WEEK) - 1)
		ereport(ERROR,
				errcode(MK_CALENDAR),
				errmsg("calendar \"%s\" has no open weekday", year->key.name),
				errhint("Take at least one weekday out of its weekend."));
	memset(year->closed, 0, sizeof(year->closed));
	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];

		/* an open day of a base cancels its holidays, not this calendar's weekend */
		if (row_int32(row, 0) == 0 && !weekend_marked)
		{
			mark_weekend(year, weekend);
			weekend_marked = true;
		}
		mark(year, row_date(row, 1), row_null(row, 2) || !row_bool(row, 2));
	}
	if (!weekend_marked)
		mark_weekend(year, weekend);
}

/*
 * Like the catalogs, calendars are read as committed now. A transaction with one snapshot for all its queries, and a
 * parallel one, cannot: what they read is used by the running call only.
 */
static void
read_year_as_committed(CalendarYear *year)
{
	uint64		generation = cache_generation;

	if (IsolationUsesXactSnapshot() || IsInParallelMode())
	{
		read_year(year);
		year->generation = 0;
		return;
	}
	PushActiveSnapshot(GetLatestSnapshot());
	read_year(year);
	PopActiveSnapshot();
	year->generation = generation;
}

static const CalendarYear *
look_up(const char *calendar, DateADT day)
{
	CalendarYear year;
	CalendarYear *entry;
	bool		found;

	memset(&year, 0, sizeof(year));
	year.key.year = year_of(day);
	strlcpy(year.key.name, calendar, NAMEDATALEN);
	cache_create();
	AcceptInvalidationMessages();
	entry = hash_search(cache, &year.key, HASH_FIND, &found);
	if (found && entry->generation == cache_generation)
		return entry;

	find_sources();
	if (strlen(calendar) >= NAMEDATALEN)
		(void) read_weekend(calendar);	/* too long for any calendar: not found */
	year.first = date2j(year.key.year, 1, 1) - POSTGRES_EPOCH_JDATE;
	year.last = date2j(year.key.year, 12, 31) - POSTGRES_EPOCH_JDATE;
	read_year_as_committed(&year);

	entry = hash_search(cache, &year.key, HASH_ENTER, &found);
	*entry = year;
	return entry;
}

bool
calendar_walk_is_open(CalendarWalk *walk, DateADT day)
{
	int			bit;

	if (walk->year == NULL || day < walk->year->first || day > walk->year->last)
	{
		CHECK_FOR_INTERRUPTS();
		walk->year = look_up(walk->calendar, day);
	}
	bit = day - walk->year->first;
	return (walk->year->closed[bit / 8] & (1 << (bit % 8))) == 0;
}

bool
calendar_is_open(const char *calendar, DateADT day)
{
	CalendarWalk walk = {calendar, NULL};

	return calendar_walk_is_open(&walk, day);
}

/* The first open day at or after the day (step 1), or at or before it (step -1). */
static DateADT
nearest_open(CalendarWalk *walk, DateADT day, int step)
{
	for (int i = 0; i <= MAX_CLOSED_RUN; i++, day += step)
		if (calendar_walk_is_open(walk, day))
			return day;
	ereport(ERROR,
			errcode(MK_CALENDAR),
			errmsg("calendar \"%s\" is closed for more than %d days on end", walk->calendar, MAX_CLOSED_RUN),
			errhint("See its rows in marketplace.calendar_holidays."));
}

void
calendar_check_days(int n)
{
	if (n < -CALENDAR_MAX_DAYS || n > CALENDAR_MAX_DAYS)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("%d days are too many", n),
				errdetail("At most %d days, a hundred years, are counted.", CALENDAR_MAX_DAYS),
				errhint("Give a smaller number of days."));
}

DateADT
calendar_add_days(const char *calendar, DateADT day, int business_days)
{
	CalendarWalk walk = {calendar, NULL};
	int			step = business_days < 0 ? -1 : 1;

	calendar_check_days(business_days);
	(void) calendar_walk_is_open(&walk, day);	/* names and days are checked even when there is nothing to add */
	for (int left = business_days * step; left > 0; left--)
		day = nearest_open(&walk, day + step, step);
	return day;
}

DateADT
calendar_next_open(const char *calendar, DateADT day)
{
	CalendarWalk walk = {calendar, NULL};

	return nearest_open(&walk, day, 1);
}

int
calendar_count(const char *calendar, DateADT from, DateADT to)
{
	CalendarWalk walk = {calendar, NULL};
	int			count = 0;

	(void) year_of(from);
	(void) year_of(to);
	calendar_check_days(to - from);
	(void) calendar_walk_is_open(&walk, from);
	for (DateADT day = from + 1; day <= to; day++)
		count += calendar_walk_is_open(&walk, day) ? 1 : 0;
	for (DateADT day = from - 1; day >= to; day--)
		count -= calendar_walk_is_open(&walk, day) ? 1 : 0;
	return count;
}
