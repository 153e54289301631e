/*
 * calendar_functions.c
 *		The SQL functions and triggers of the calendars. Calendars are shared by all marketplaces and anybody may
 *		count days, so there is no call frame here; what the days are is decided in calendar.c.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "commands/trigger.h"
#include "funcapi.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
#include "utils/rel.h"
#include "utils/typcache.h"

static Datum
required(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				errcode(MK_MISSING_VALUE),
				errmsg("%s() needs %s", get_func_name(fcinfo->flinfo->fn_oid), name),
				errdetail("Argument %d is NULL.", n + 1),
				errhint("Give a value for %s.", name));
	return PG_GETARG_DATUM(n);
}

static char *
required_text(FunctionCallInfo fcinfo, int n, const char *name)
{
	return TextDatumGetCString(required(fcinfo, n, name));
}

static char *
text_or_null(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : TextDatumGetCString(PG_GETARG_DATUM(n));
}

PG_FUNCTION_INFO_V1(calendar_easter_sql);
Datum
calendar_easter_sql(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(calendar_easter(DatumGetInt32(required(fcinfo, 0, "year"))));
}

PG_FUNCTION_INFO_V1(is_business_day);
Datum
is_business_day(PG_FUNCTION_ARGS)
{
	char	   *calendar = required_text(fcinfo, 0, "calendar");

	PG_RETURN_BOOL(calendar_is_open(calendar, DatumGetDateADT(required(fcinfo, 1, "day"))));
}

PG_FUNCTION_INFO_V1(business_day_add);
Datum
business_day_add(PG_FUNCTION_ARGS)
{
	char	   *calendar = required_text(fcinfo, 0, "calendar");
	DateADT		day = DatumGetDateADT(required(fcinfo, 1, "day"));

	PG_RETURN_DATEADT(calendar_add_days(calendar, day, DatumGetInt32(required(fcinfo, 2, "n"))));
}

PG_FUNCTION_INFO_V1(business_day_next);
Datum
business_day_next(PG_FUNCTION_ARGS)
{
	char	   *calendar = required_text(fcinfo, 0, "calendar");

	PG_RETURN_DATEADT(calendar_next_open(calendar, DatumGetDateADT(required(fcinfo, 1, "day"))));
}

PG_FUNCTION_INFO_V1(business_days_between);
Datum
business_days_between(PG_FUNCTION_ARGS)
{
	char	   *calendar = required_text(fcinfo, 0, "calendar");
	DateADT		from = DatumGetDateADT(required(fcinfo, 1, "from_day"));

	PG_RETURN_INT32(calendar_count(calendar, from, DatumGetDateADT(required(fcinfo, 2, "to_day"))));
}

PG_FUNCTION_INFO_V1(calendar_days);
Datum
calendar_days(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CalendarWalk walk = {required_text(fcinfo, 0, "calendar"), NULL};
	DateADT		from = DatumGetDateADT(required(fcinfo, 1, "from_day"));
	DateADT		to = DatumGetDateADT(required(fcinfo, 2, "to_day"));

	(void) calendar_is_open(walk.calendar, from);
	(void) calendar_is_open(walk.calendar, to);
	calendar_check_days(to - from);
	InitMaterializedSRF(fcinfo, 0);
	for (DateADT day = from; day <= to; day++)
	{
		Datum		values[2] = {DateADTGetDatum(day), BoolGetDatum(calendar_walk_is_open(&walk, day))};
		bool		nulls[2] = {false, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* Rules of the calendar and of those it is based on; two holidays on one day make one row that names both. */
static Statement generate = STATEMENT("ti",
	"WITH RECURSIVE chain (level, name, based_on) AS ("
	"     SELECT 0, name, based_on FROM marketplace.calendar_list WHERE name = $1"
	"     UNION ALL"
	"     SELECT level + 1, b.name, b.based_on"
	"       FROM chain JOIN marketplace.calendar_list AS b ON b.name = chain.based_on WHERE level < 16),"
	"holidays AS ("
	"     SELECT r.name,"
	"            CASE r.kind WHEN 'fixed' THEN pg_catalog.make_date($2, r.month, r.day)"
	"                        WHEN 'easter' THEN marketplace.calendar_easter($2) + r.easter_offset END AS day"
	"       FROM chain JOIN marketplace.calendar_rule_list AS r ON r.calendar = chain.name"
	"      WHERE $2 BETWEEN coalesce(r.from_year, $2) AND coalesce(r.until_year, $2))"
	"INSERT INTO marketplace.calendar_holidays (calendar, day, name) "
	"SELECT $1, day, pg_catalog.string_agg(DISTINCT name, ', ' ORDER BY name)"
	"  FROM holidays"
	" GROUP BY day "
	"ON CONFLICT (calendar, day) DO NOTHING");

PG_FUNCTION_INFO_V1(calendar_generate);
Datum
calendar_generate(PG_FUNCTION_ARGS)
{
	char	   *calendar = required_text(fcinfo, 0, "calendar");
	int			year = DatumGetInt32(required(fcinfo, 1, "year"));

	if (!has_privs_of_role(GetUserId(), query_owner()))
		ereport(ERROR,
				errcode(MK_NOT_PERMITTED),
				errmsg("only the owner of the tables writes calendars"),
				errdetail("Calendars are shared by all marketplaces of the database."),
				errhint("Call calendar_generate() as a member of the role that owns them."));
	(void) calendar_is_open(calendar, calendar_easter(year));	/* checks both */
	PG_RETURN_INT32((int32) query_execute(&generate, VALUES(value_text(calendar), value_int32(year))));
}

PG_FUNCTION_INFO_V1(local_date);
Datum
local_date(PG_FUNCTION_ARGS)
{
	TimestampTz at = DatumGetTimestampTz(required(fcinfo, 0, "at"));

	PG_RETURN_DATEADT(calendar_local_date(at, required_text(fcinfo, 1, "time_zone")));
}

PG_FUNCTION_INFO_V1(deadline);
Datum
deadline(PG_FUNCTION_ARGS)
{
	TimestampTz start = DatumGetTimestampTz(required(fcinfo, 0, "start"));
	int			n = DatumGetInt32(required(fcinfo, 1, "n"));
	char	   *unit = required_text(fcinfo, 2, "unit");

	PG_RETURN_TIMESTAMPTZ(calendar_deadline(start, n, unit, text_or_null(fcinfo, 3), text_or_null(fcinfo, 4)));
}

static CalendarPause *
read_pauses(MultirangeType *multirange, int *count)
{
	TypeCacheEntry *type = lookup_type_cache(MultirangeTypeGetOid(multirange), TYPECACHE_MULTIRANGE_INFO)->rngtype;
	RangeType **ranges;
	int32		nranges;
	CalendarPause *pauses;

	multirange_deserialize(type, multirange, &nranges, &ranges);
	pauses = palloc(sizeof(CalendarPause) * Max(nranges, 1));
	for (int i = 0; i < nranges; i++)
	{
		RangeBound	lower;
		RangeBound	upper;
		bool		empty;

		range_deserialize(type, ranges[i], &lower, &upper, &empty);
		pauses[i].from = lower.infinite ? DT_NOBEGIN : DatumGetTimestampTz(lower.val);
		pauses[i].to = upper.infinite ? DT_NOEND : DatumGetTimestampTz(upper.val);
	}
	*count = nranges;
	return pauses;
}

PG_FUNCTION_INFO_V1(deadline_with_pauses);
Datum
deadline_with_pauses(PG_FUNCTION_ARGS)
{
	TimestampTz start = DatumGetTimestampTz(required(fcinfo, 0, "start"));
	int			n = DatumGetInt32(required(fcinfo, 1, "n"));
	char	   *unit = required_text(fcinfo, 2, "unit");
	int			npauses;
	CalendarPause *pauses = read_pauses(DatumGetMultirangeTypeP(required(fcinfo, 5, "pauses")), &npauses);

	PG_RETURN_TIMESTAMPTZ(calendar_deadline_with_pauses(start, n, unit, text_or_null(fcinfo, 3),
														text_or_null(fcinfo, 4), pauses, npauses));
}

/* A text column of the row that is to be written. */
static char *
new_text(TriggerData *trigger, const char *column)
{
	bool		null;
	Datum		value = heap_getattr(trigger_result(trigger), trigger_column(trigger, column),
									 RelationGetDescr(trigger->tg_relation), &null);

	return null ? NULL : TextDatumGetCString(value);
}

static void
check_new_calendar(const char *name, const char *based_on)
{
	static Statement is_builtin = STATEMENT("t", "SELECT 1 FROM marketplace.calendar_builtin WHERE name = $1");
	static Statement bases = STATEMENT("tt",
		"SELECT pg_catalog.bool_or(name = $1), pg_catalog.max(level)"
		"  FROM (WITH RECURSIVE chain (level, name, based_on) AS ("
		"        SELECT 1, name, based_on FROM marketplace.calendar_list WHERE name = $2"
		"        UNION ALL"
		"        SELECT level + 1, b.name, b.based_on"
		"          FROM chain JOIN marketplace.calendar_list AS b ON b.name = chain.based_on WHERE level < 16)"
		"        SELECT level, name FROM chain) AS chain");
	Row			row;

	if (query_row(&is_builtin, VALUES(value_text(name)), &row))
		ereport(ERROR,
				errcode(MK_CALENDAR),
				errmsg("calendar \"%s\" is built in", name),
				errhint("Make a calendar of another name that is based on it, or add rows for it to calendar_rules "
						"or calendar_holidays."));
	if (based_on == NULL)
		return;
	if (!query_row(&bases, VALUES(value_text(name), value_text(based_on)), &row))
		elog(ERROR, "no row from an aggregate");
	if (strcmp(name, based_on) == 0 || (!row_null(&row, 0) && row_bool(&row, 0)))
		ereport(ERROR,
				errcode(MK_CALENDAR),
				errmsg("calendar \"%s\" is based on itself", name),
				errdetail("It is based on \"%s\".", based_on),
				errhint("Base it on a calendar that is not based on it."));
	if (row_null(&row, 1) || row_int32(&row, 1) >= 8)
		ereport(ERROR,
				errcode(MK_CALENDAR),
				row_null(&row, 1) ? errmsg("there is no calendar \"%s\" to base \"%s\" on", based_on, name) :
				errmsg("calendar \"%s\" has more than 8 calendars below it", name),
				errhint("See the view marketplace.calendar_list."));
}

PG_FUNCTION_INFO_V1(calendar_guard);
Datum
calendar_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_for_each_row(fcinfo, "calendar_guard");
	static Statement exists = STATEMENT("t", "SELECT 1 FROM marketplace.calendar_list WHERE name = $1");
	char	   *calendar;
	Row			row;

	if (strcmp(RelationGetRelationName(trigger->tg_relation), "calendars") == 0)
	{
		char	   *name = new_text(trigger, "name");

		if (name != NULL)
			check_new_calendar(name, new_text(trigger, "based_on"));
		return PointerGetDatum(trigger_result(trigger));
	}
	calendar = new_text(trigger, "calendar");
	if (calendar != NULL && !query_row(&exists, VALUES(value_text(calendar)), &row))
		ereport(ERROR,
				errcode(MK_CALENDAR),
				errmsg("there is no calendar \"%s\"", calendar),
				errhint("See the view marketplace.calendar_list; insert into marketplace.calendars first."));
	return PointerGetDatum(trigger_result(trigger));
}

PG_FUNCTION_INFO_V1(calendar_invalidate);
Datum
calendar_invalidate(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_for_each_row(fcinfo, "calendar_invalidate");

	CacheInvalidateRelcache(trigger->tg_relation);
	return PointerGetDatum(trigger_result(trigger));
}
