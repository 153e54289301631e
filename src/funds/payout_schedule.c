/*
 * payout_schedule.c
 *		When payouts are run and when the bank executes them: schedules, cut-off, execution dates, and the step of tick() that runs
 *		what is due (FD-56, FD-59).
 *
 * Each day of the schedule is one slot, run once, however late and however often tick() is called.
 */
#include "postgres.h"

#include "funds/funds.h"
#include "funds/payout.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "utils/datetime.h"

#define DAYS_LOOKED_BACK 31		/* slots that tick() missed and still runs */

static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static void
no_schedule(const char *schedule)
{
	ereport(ERROR,
			errcode(MK_POLICY),
			errmsg("\"%s\" is no payout schedule", schedule),
			errdetail("Policy fd.payout_schedule is daily, weekly:<mon, tue, wed, thu, fri, sat or sun>, monthly:<days, such as 1,11,21>"
					  " or manual."),
			errhint("Set it with policy_set()."));
}

static bool
weekly_has(const char *schedule, const char *weekday, DateADT day)
{
	int			iso = (day + POSTGRES_EPOCH_JDATE) % 7;	/* 0: Monday */

	for (int i = 0; i < lengthof(weekdays); i++)
		if (strcmp(weekday, weekdays[i]) == 0)
			return i == iso;
	no_schedule(schedule);
	return false;
}

/* A day that the month lacks is its last: monthly:31 is the end of every month. */
static bool
monthly_has(const char *schedule, const char *list, DateADT day)
{
	int			year;
	int			month;
	int			mday;
	bool		has = false;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	for (const char *p = list;; p++)
	{
		char	   *end;
		long		n = strtol(p, &end, 10);

		if (*p < '1' || *p > '9' || n > 31 || (*end != ',' && *end != '\0'))
			no_schedule(schedule);
		has |= Min(n, day_tab[isleap(year)][month - 1]) == mday;
		if (*end == '\0')
			return has;
		p = end;
	}
}

bool
payout_schedule_has(const char *schedule, DateADT day)
{
	if (strcmp(schedule, "daily") == 0)
		return true;
	if (strcmp(schedule, "manual") == 0)
		return false;
	if (strncmp(schedule, "weekly:", 7) == 0)
		return weekly_has(schedule, schedule + 7, day);
	if (strncmp(schedule, "monthly:", 8) != 0)
		no_schedule(schedule);
	return monthly_has(schedule, schedule + 8, day);
}

/* Microseconds of the day until which the bank takes orders for that day. */
static int64
cut_off_time(Call *call)
{
	char	   *written = policy_text(call, "fd.cut_off", NULL);
	int			hours;
	int			minutes;

	if (strlen(written) != 5 || strspn(written, "0123456789") != 2 || written[2] != ':' || strspn(written + 3, "0123456789") != 2 ||
		(hours = atoi(written)) > 23 || (minutes = atoi(written + 3)) > 59)
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("\"%.20s\" is no cut-off", written),
				errdetail("Policy fd.cut_off is a local time such as 10:30."),
				errhint("Set it with policy_set()."));
	return (hours * INT64CONST(60) + minutes) * USECS_PER_MINUTE;
}

/* ISO 8601, whatever the session's DateStyle */
char *
payout_day_text(DateADT day)
{
	int			year;
	int			month;
	int			mday;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	return psprintf("%04d-%02d-%02d", year, month, mday);
}

DateADT
payout_today(Call *call)
{
	return calendar_local_date(call->now, marketplace_get(call)->time_zone);
}

TimestampTz
payout_cut_off(Call *call, DateADT day)
{
	Timestamp	local = (Timestamp) day * USECS_PER_DAY + cut_off_time(call);

	return DatumGetTimestampTz(DirectFunctionCall2(timestamp_zone,
												   CStringGetTextDatum(marketplace_get(call)->time_zone),
												   TimestampGetDatum(local)));
}

/* The first day open for TARGET on which the bank executes what it is given at the instant. */
DateADT
payout_execution_day(Call *call, TimestampTz at)
{
	DateADT		day = calendar_local_date(at, marketplace_get(call)->time_zone);

	if (at >= payout_cut_off(call, day))
		day++;
	return calendar_next_open(policy_text(call, "rd.settlement_calendar", NULL), day);
}

/* payout_execution_date(marketplace_id, at) */
PG_FUNCTION_INFO_V1(payout_execution_date);
Datum
payout_execution_date(PG_FUNCTION_ARGS)
{
	Call		call;
	TimestampTz at;
	DateADT		day;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER);
	at = call_timestamptz_or(&call, 1, call.now);
	if (at < INT64CONST(-631152000) * USECS_PER_SEC || at > INT64CONST(31525200000) * USECS_PER_SEC)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("no bank executes anything then"),
				errdetail("The instant is outside the years 1980 to 2998."),
				errhint("Give an instant of our time, or leave it out to ask of the present."));
	day = payout_execution_day(&call, at);
	call_end_read(&call);
	PG_RETURN_DATEADT(day);
}

/* All schedules in force in the marketplace: its own, and those of single sellers. */
static bool
any_schedule_has(Call *call, const Rows *schedules, DateADT day)
{
	if (payout_schedule_has(policy_text(call, "fd.payout_schedule", NULL), day))
		return true;
	for (uint64 i = 0; i < schedules->count; i++)
		if (payout_schedule_has(row_text(&schedules->rows[i], 0), day))
			return true;
	return false;
}

/* Nothing to pay, no marketplace: no run. */
static bool
has_something_to_pay(Call *call)
{
	static Statement find = STATEMENT("i",
		"SELECT 1 FROM marketplace.capture_allocations WHERE marketplace_id = $1 AND open "
		"UNION ALL SELECT 1 FROM marketplace.accounts WHERE marketplace_id = $1 AND kind = 'c_seller' AND order_line_id = 0 LIMIT 1");

	return query_execute(&find, VALUES(value_int32(call->marketplace_id))) > 0;
}

int
funds_tick_payouts(Call *call, int limit)
{
	static Statement last_slot = STATEMENT("i",
		"SELECT scheduled FROM marketplace.payout_batches WHERE marketplace_id = $1 AND scheduled IS NOT NULL"
		" ORDER BY scheduled DESC LIMIT 1");
	static Statement in_force = STATEMENT("iz",
		"SELECT DISTINCT value #>> '{}' FROM marketplace.policy_values"
		" WHERE marketplace_id = $1 AND name = 'fd.payout_schedule' AND valid @> $2 AND pg_catalog.jsonb_typeof(value) = 'string'");
	Rows		schedules;
	Row			row;
	DateADT		today;
	DateADT		day;
	int			done = 0;

	if (!has_something_to_pay(call))
		return 0;
	today = day = payout_today(call);
	if (query_row(&last_slot, VALUES(value_int32(call->marketplace_id)), &row))
		day = Max(row_date(&row, 0) + 1, today - DAYS_LOOKED_BACK);
	if (day > today)
		return 0;
	schedules = query_rows(&in_force, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now)));
	for (; day <= today && done < limit; day++)
	{
		PayoutOrder order = {.scheduled = true, .day = day};
		int			payouts;

		if (!any_schedule_has(call, &schedules, day))
			continue;
		order.slot = psprintf("schedule %s", payout_day_text(day));
		(void) payout_run_order(call, &order, &payouts);
		done += payouts;
		if (payouts > 0)		/* balances are read as they are stored: what was frozen must be posted before the next slot */
			break;
	}
	return done;
}
