/*
 * query_run.c
 *		Runs a prepared statement: with the snapshot that its caller needs, and with an error of ours where two transactions have written
 *		the same key.
 */
#include "postgres.h"

#include "kernel/call.h"
#include "kernel/errors.h"
#include "kernel/query_internal.h"

/* A reader must see the snapshot of the query that called it; a changing call must see its own changes. */
static bool
reads_only(const Statement *statement)
{
	Call	   *call = call_current();

	if (call != NULL)
		return !call->changes;
	return pg_strncasecmp(statement->sql, "SELECT", 6) == 0;
}

/*
 * Keys are looked up before they are written, with errors that say more. What still collides was written by a transaction that this
 * one could not see: told as that, for our own tables. Indexes and tables of users speak for themselves.
 */
static void
refuse_conflict(MemoryContext context)
{
	int			code = geterrcode();
	ErrorData  *error;

	if (code != ERRCODE_UNIQUE_VIOLATION && code != ERRCODE_EXCLUSION_VIOLATION)
		return;
	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	if (error->schema_name == NULL || error->table_name == NULL || strcmp(error->schema_name, "marketplace") != 0)
		return;
	FlushErrorState();
	ereport(ERROR,
			errcode(MK_CONCURRENT_CHANGE),
			errmsg("another transaction has recorded the same in %s", error->table_name),
			error->detail == NULL ? 0 : errdetail("%s", error->detail),
			errhint("Run the transaction again: it then sees what the other has recorded."),
			err_generic_string(PG_DIAG_SCHEMA_NAME, error->schema_name),
			err_generic_string(PG_DIAG_TABLE_NAME, error->table_name),
			err_generic_string(PG_DIAG_CONSTRAINT_NAME, error->constraint_name));
}

int
query_run_plan(Statement *statement, Datum *values, const char *nulls)
{
	MemoryContext context = CurrentMemoryContext;
	volatile int result = 0;

	statement->running++;
	PG_TRY();
	{
		result = SPI_execute_plan(statement->plan, values, nulls, reads_only(statement), 0);
	}
	PG_CATCH();
	{
		statement->running--;
		refuse_conflict(context);
		PG_RE_THROW();
	}
	PG_END_TRY();
	statement->running--;
	return result;
}
