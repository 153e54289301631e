/*
 * call.c
 *		The frame around every public function: caller, marketplace, clock, arguments, request key, and the work that waits
 *		for the end of the call.
 *
 * Calls nest (a user's trigger may call us back), so they form a stack; an aborted (sub)transaction drops what it had begun.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_proc.h"
#include "funcapi.h"
#include "kernel/errors.h"
#include "kernel/kernel.h"
#include "kernel/ledger.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

/*
 * The calls under way, outermost first. A Call lies on the C stack of its function: after an error nothing of it may be
 * read any more, so what the clean-up needs is kept here.
 */
typedef struct Frame
{
	Call	   *call;
	int			nest_level;		/* of the transaction that it began in */
} Frame;

static Frame *frames = NULL;
static int	frames_size = 0;
static int	depth = 0;

Call *
call_current(void)
{
	return depth > 0 ? frames[depth - 1].call : NULL;
}

static void
push_frame(Call *call)
{
	if (frames == NULL)
	{
		frames = MemoryContextAlloc(TopMemoryContext, 16 * sizeof(Frame));
		frames_size = 16;
	}
	else if (depth == frames_size)
	{
		frames = repalloc(frames, 2 * frames_size * sizeof(Frame));
		frames_size *= 2;
	}
	frames[depth].call = call;
	frames[depth].nest_level = GetCurrentTransactionNestLevel();
	depth++;
}

static void
drop_calls(XactEvent event, void *arg)
{
	if (event != XACT_EVENT_PRE_COMMIT && event != XACT_EVENT_PARALLEL_PRE_COMMIT && event != XACT_EVENT_PRE_PREPARE)
		depth = 0;
}

static void
drop_nested_calls(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		while (depth > 0 && frames[depth - 1].nest_level >= GetCurrentTransactionNestLevel())
			depth--;
}

void
call_init(void)
{
	RegisterXactCallback(drop_calls, NULL);
	RegisterSubXactCallback(drop_nested_calls, NULL);
}

static char *
argument_name(Call *call, int n)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(call->fcinfo->flinfo->fn_oid));
	Oid		   *types;
	char	  **names;
	char	   *modes;
	char	   *name = NULL;

	if (HeapTupleIsValid(tuple))
	{
		int			count = get_func_arg_info(tuple, &types, &names, &modes);

		if (names != NULL && n < count)
			name = names[n];
		ReleaseSysCache(tuple);
	}
	return name != NULL && name[0] != '\0' ? name : psprintf("argument %d", n + 1);
}

/* The last argument of a changing function is its request key; the catalog knows, however the function was called. */
static const char *
request_key_argument(FunctionCallInfo fcinfo)
{
	int			last = fcinfo->nargs - 1;
	char	   *key;

	if (last < 1 || fcinfo->args[last].isnull)
		return NULL;
	key = TextDatumGetCString(fcinfo->args[last].value);
	if (key[0] == '\0' || strlen(key) > 200)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("a request key has 1 to 200 bytes"),
				errdetail("This one has %zu.", strlen(key)),
				errhint("Use a UUID, or leave the request key out."));
	return key;
}

static void
call_open(Call *call, FunctionCallInfo fcinfo, bool changes)
{
	memset(call, 0, sizeof(Call));
	call->fcinfo = fcinfo;
	call->memory = CurrentMemoryContext;
	call->changes = changes;
	call->caller = GetUserId();
	call->function = get_func_name(fcinfo->flinfo->fn_oid);
	if (call->function == NULL)
		elog(ERROR, "cache lookup failed for function %u", fcinfo->flinfo->fn_oid);
	call->marketplace_id = call_int32(call, 0);
	call->now = clock_now();
	(void) query_owner();		/* no tables, or tables of another version: say so before anything else */

	call->guc_level = query_pin_path();
	if (changes)
		query_plan_by_index();
	push_frame(call);
}

static void
call_close(Call *call)
{
	Assert(call_current() == call);
	depth--;
	query_unpin_path(call->guc_level);
}

bool
call_begin(Call *call, FunctionCallInfo fcinfo)
{
	call_open(call, fcinfo, true);
	call->request_key = request_key_argument(fcinfo);
	if (call->request_key != NULL)
		call->replayed = !request_begin(call);
	return !call->replayed;
}

typedef struct Deferred
{
	int64		order_key;
	int			position;		/* list_sort() keeps no order of its own */
	DeferredWork work;
	void	   *argument;
} Deferred;

static int
compare_deferred(const ListCell *a, const ListCell *b)
{
	const Deferred *x = lfirst(a);
	const Deferred *y = lfirst(b);

	if (x->order_key != y->order_key)
		return x->order_key < y->order_key ? -1 : 1;
	return (x->position > y->position) - (x->position < y->position);
}

void
call_defer(Call *call, int64 order_key, DeferredWork work, void *argument)
{
	Deferred   *deferred = palloc(sizeof(Deferred));

	deferred->order_key = order_key;
	deferred->position = list_length(call->documents);
	deferred->work = work;
	deferred->argument = argument;
	call->documents = lappend(call->documents, deferred);
}

void
call_carry_out(Call *call)
{
	ListCell   *cell;

	ledger_flush(call);
	list_sort(call->documents, compare_deferred);
	foreach(cell, call->documents)
	{
		Deferred   *deferred = lfirst(cell);

		deferred->work(call, deferred->argument);
	}
	call->documents = NIL;
}

int64
call_end(Call *call)
{
	if (!call->replayed)
	{
		call_carry_out(call);
		if (call->request_key != NULL)
			request_end(call);
	}
	call_close(call);
	return call->result;
}

void
call_begin_read(Call *call, FunctionCallInfo fcinfo)
{
	call_open(call, fcinfo, false);
}

void
call_end_read(Call *call)
{
	call_close(call);
}

bool
call_is_null(Call *call, int n)
{
	Assert(n < call->fcinfo->nargs);
	return call->fcinfo->args[n].isnull;
}

static Datum
required(Call *call, int n)
{
	if (call_is_null(call, n))
	{
		char	   *name = argument_name(call, n);

		ereport(ERROR,
				errcode(MK_MISSING_VALUE),
				errmsg("%s() needs %s", call->function, name),
				errdetail("Argument %d is NULL.", n + 1),
				errhint("Give a value for %s.", name));
	}
	return call->fcinfo->args[n].value;
}

int64
call_int64(Call *call, int n)
{
	return DatumGetInt64(required(call, n));
}

int32
call_int32(Call *call, int n)
{
	return DatumGetInt32(required(call, n));
}

bool
call_bool(Call *call, int n)
{
	return DatumGetBool(required(call, n));
}

char *
call_text(Call *call, int n)
{
	char	   *string = TextDatumGetCString(required(call, n));

	if (string[0] == '\0')
		ereport(ERROR,
				errcode(MK_MISSING_VALUE),
				errmsg("%s() needs %s", call->function, argument_name(call, n)),
				errdetail("Argument %d is empty.", n + 1),
				errhint("Give a string of at least one character."));
	return string;
}

char *
call_text_or_null(Call *call, int n)
{
	return call_is_null(call, n) ? NULL : TextDatumGetCString(call->fcinfo->args[n].value);
}

Numeric
call_numeric(Call *call, int n)
{
	return DatumGetNumeric(required(call, n));
}

Amount
call_amount(Call *call, int n)
{
	return DatumGetAmount(required(call, n));
}

Jsonb *
call_jsonb(Call *call, int n)
{
	return DatumGetJsonbP(required(call, n));
}

TimestampTz
call_timestamptz_or(Call *call, int n, TimestampTz otherwise)
{
	return call_is_null(call, n) ? otherwise : DatumGetTimestampTz(call->fcinfo->args[n].value);
}

DateADT
call_date(Call *call, int n)
{
	return DatumGetDateADT(required(call, n));
}

DateADT
call_date_or(Call *call, int n, DateADT otherwise)
{
	return call_is_null(call, n) ? otherwise : DatumGetDateADT(call->fcinfo->args[n].value);
}

Value
call_value(Call *call, int n)
{
	return call_is_null(call, n) ? value_null() : value_datum(call->fcinfo->args[n].value);
}
