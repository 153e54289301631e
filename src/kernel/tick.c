/*
 * tick.c
 *		tick(): carries out what is already due. The steps are listed in choreography.c.
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "kernel/event.h"
#include "kernel/kernel.h"

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
		call.result = tick_run(&call, limit);
	}
	PG_RETURN_INT64(call_end(&call));
}
