/*
 * attempt.c
 *		The one place where an error is caught: a subtransaction around a function (attempt.h).
 */
#include "postgres.h"

#include "access/xact.h"
#include "kernel/attempt.h"
#include "kernel/errors.h"
#include "kernel/kernel.h"
#include "kernel/ledger.h"
#include "utils/resowner.h"

/* What a call has collected and who it is for, as it was. */
typedef struct Mark
{
	LedgerMark	posting;
	int			documents;
	int			capacity;
	int64		party_id;
	int64		authority;
} Mark;

static Mark
mark_of(const Call *call)
{
	return (Mark) {ledger_mark(call), list_length(call->documents), call->capacity, call->party_id, call->authority};
}

/* The memory of what was begun in the subtransaction went with it. Facts may have been read of rows that are gone. */
static void
return_to(Call *call, const Mark *mark)
{
	ledger_return_to(call, mark->posting);
	call->documents = mark->documents == 0 ? NIL : list_truncate(call->documents, mark->documents);
	call->facts = NULL;
	call->capacity = mark->capacity;
	call->party_id = mark->party_id;
	call->authority = mark->authority;
}

static bool
is_of_the_moment(int sqlstate)
{
	int			category = ERRCODE_TO_CATEGORY(sqlstate);

	return category == ERRCODE_TRANSACTION_ROLLBACK || category == ERRCODE_INSUFFICIENT_RESOURCES ||
		category == ERRCODE_OPERATOR_INTERVENTION || category == ERRCODE_SYSTEM_ERROR ||
		sqlstate == ERRCODE_LOCK_NOT_AVAILABLE || sqlstate == MK_CONCURRENT_CHANGE;
}

bool
error_is_of_domain(const ErrorData *error)
{
	return strncmp(unpack_sql_state(error->sqlerrcode), "MK", 2) == 0;
}

static bool
try(Call *call, AttemptFunction function, void *argument, bool keep, ErrorData **error)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	Mark		mark = mark_of(call);
	volatile bool carried_out = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		function(call, argument);
		if (keep)
			ReleaseCurrentSubTransaction();
		carried_out = true;
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		*error = CopyErrorData();
		FlushErrorState();
	}
	PG_END_TRY();
	if (!carried_out || !keep)
	{
		RollbackAndReleaseCurrentSubTransaction();
		return_to(call, &mark);
	}
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	if (!carried_out && is_of_the_moment((*error)->sqlerrcode))
		ReThrowError(*error);
	return carried_out;
}

bool
attempt(Call *call, AttemptFunction function, void *argument, ErrorData **error)
{
	return try(call, function, argument, true, error);
}

bool
attempt_dry(Call *call, AttemptFunction function, void *argument, ErrorData **error)
{
	return try(call, function, argument, false, error);
}

void
attempt_carry_out(Call *call)
{
	call_carry_out(call);
}
