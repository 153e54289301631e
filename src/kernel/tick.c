/*
 * tick.c
 *		tick(): carries out what is already due. The steps are listed in choreography.c.
 *
 * One object that cannot be carried out must not stop all others. What is due is done in a subtransaction, postings and documents
 * included. When it fails it is rolled back whole, and with it every lock: the object that failed is recorded and left out for a while,
 * and the rest is tried again. Which object it was is known while its step works on it; where only the common posting fails, half as
 * many are tried, until the one is alone. So each attempt takes its locks in the one order that all calls keep, and nothing of an
 * attempt that failed is left, in tables or in memory.
 *
 * After a failure a tick() may do less than is due. The next one goes on.
 */
#include "postgres.h"

#include "kernel/attempt.h"
#include "kernel/errors.h"
#include "kernel/event.h"
#include "kernel/guard.h"
#include "kernel/kernel.h"
#include "utils/memutils.h"

#define FIRST_PAUSE_MINUTES	5
#define LONGEST_PAUSE_MINUTES (24 * 60)

/* What the attempt under way is at; an object's name is a literal. */
typedef struct Tried
{
	const TickStep *step;
	const TickStep *worked_on;	/* the step that named the object */
	const char *object;			/* the last one named; NULL: none */
	int64		object_id;
	int			objects;		/* how many were worked on */
	bool		together;		/* the steps are done: what they collected is carried out */
} Tried;

static Tried tried;

/* It is tried now; should it fail again, this is rolled back with the attempt. */
static void
forget_failure(Call *call, const char *object, int64 object_id)
{
	static Statement forget = STATEMENT("itl",
		"DELETE FROM marketplace.tick_failures WHERE marketplace_id = $1 AND object = $2 AND object_id = $3");

	guard_open("tick");
	query_execute(&forget, VALUES(value_int32(call->marketplace_id), value_text(object), value_int64(object_id)));
	guard_close();
}

void
tick_at(Call *call, const char *object, int64 object_id)
{
	tried.object = object;
	tried.object_id = object_id;
	tried.worked_on = tried.step;
	tried.objects++;
	forget_failure(call, object, object_id);
}

/* A step that fails without naming an object is an object itself. */
static bool
step_waits(Call *call, int number)
{
	static Statement failed = STATEMENT("il",
		"SELECT next_attempt_at FROM marketplace.tick_failures WHERE marketplace_id = $1 AND object = 'tick' AND object_id = $2");
	Row			row;

	if (!query_row(&failed, VALUES(value_int32(call->marketplace_id), value_int64(number)), &row))
		return false;
	if (row_timestamptz(&row, 0) > call->now)
		return true;
	forget_failure(call, "tick", number);
	return false;
}

static int
run_steps(Call *call, const TickStep *steps, int limit)
{
	int			done = 0;

	for (const TickStep *step = steps; step != NULL && step->name != NULL && done < limit; step++)
	{
		if (step_waits(call, (int) (step - steps) + 1))
			continue;
		tried.step = step;
		done += step->function(call, limit - done);
	}
	return done;
}

typedef struct TickWork
{
	const TickStep *steps;
	int			limit;
	int			done;
} TickWork;

static void
carry_out_steps(Call *call, void *argument)
{
	TickWork   *work = argument;

	memset(&tried, 0, sizeof(tried));
	work->done = run_steps(call, work->steps, work->limit);
	tried.together = true;
	attempt_carry_out(call);
}

static TimestampTz
record_failure(Call *call, const TickStep *step, const char *object, int64 object_id, const ErrorData *error)
{
	static Statement record = STATEMENT("itltttttzii",
		"INSERT INTO marketplace.tick_failures AS f (marketplace_id, object, object_id, step, failures, sqlstate, message, detail, hint,"
		" first_failed_at, last_failed_at, next_attempt_at)"
		" VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $9, $9 + pg_catalog.make_interval(mins => $10))"
		" ON CONFLICT (marketplace_id, object, object_id) DO UPDATE SET step = $4, failures = f.failures + 1, sqlstate = $5,"
		" message = $6, detail = $7, hint = $8, last_failed_at = $9, next_attempt_at = $9 + pg_catalog.make_interval(mins =>"
		" LEAST($10 * (2 ^ LEAST(f.failures, 20))::int4, $11)) RETURNING next_attempt_at");
	Row			row;

	guard_open("tick");
	if (!query_row(&record, VALUES(value_int32(call->marketplace_id), value_text(object), value_int64(object_id),
								   value_text(step->name), value_text(unpack_sql_state(error->sqlerrcode)),
								   value_text(error->message), value_text(error->detail), value_text(error->hint),
								   value_timestamptz(call->now), value_int32(FIRST_PAUSE_MINUTES),
								   value_int32(LONGEST_PAUSE_MINUTES)), &row))
		elog(ERROR, "a failure of tick() was not recorded");
	guard_close();
	return row_timestamptz(&row, 0);
}

static void
leave_out(Call *call, const TickStep *steps, const ErrorData *error)
{
	bool		named = tried.object != NULL && (tried.together || tried.worked_on == tried.step);
	const TickStep *step = named ? tried.worked_on : tried.step;
	const char *object = named ? tried.object : "tick";
	int64		object_id = named ? tried.object_id : step - steps + 1;
	TimestampTz next = record_failure(call, step, object, object_id, error);

	ereport(WARNING,
			errcode(error->sqlerrcode),
			errmsg("tick() left %s %lld out (%s): %s", object, (long long) object_id, step->name, error->message),
			error->detail == NULL ? 0 : errdetail("%s", error->detail),
			errhint("It is tried again from %s; see the view marketplace.tick_obstacles.", timestamptz_to_str(next)));
}

static int
run(Call *call, int limit)
{
	const TickStep *steps = tick_registered_steps();
	int			size = limit;
	int			left_out = 0;

	for (;;)
	{
		TickWork	work = {steps, size, 0};
		ErrorData  *error;

		if (attempt(call, carry_out_steps, &work, &error))
			return work.done;
		if (tried.together && tried.objects == 0)
			ReThrowError(error);
		if (tried.together && tried.objects > 1 && size > 1)
		{
			size = Min(size, tried.objects) / 2;
			continue;
		}
		leave_out(call, steps, error);
		if (++left_out >= limit)
			return 0;
		size = limit;
	}
}

PG_FUNCTION_INFO_V1(tick);
Datum
tick(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int32		limit = call_int32(&call, 1);

		access_require(&call, CAPACITY_OPERATOR, 0);
		if (limit < 1)
			ereport(ERROR,
					errcode(MK_INVALID_ARGUMENT),
					errmsg("tick() does at least one step"),
					errdetail("max_steps is %d.", limit),
					errhint("Leave max_steps out, or give 1 or more."));
		call.capacity = CAPACITY_SYSTEM;
		call.result = run(&call, limit);
	}
	PG_RETURN_INT64(call_end(&call));
}
