/*
 * query_script.c
 *		Runs SQL of many statements once, for migrate() and what follows it, and as the owner of the tables where that is asked for. No
 *		plans are kept; statements with arguments are query.c's.
 */
#include "postgres.h"

#include "kernel/kernel.h"
#include "kernel/query.h"
#include "miscadmin.h"

void
query_script(const char *sql)
{
	int			result;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	result = SPI_execute(sql, false, 0);
	if (result < 0)
		elog(ERROR, "cannot run a script: %s", SPI_result_code_string(result));
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
}

/* Scripts of the extension itself, as the owner; an error leaves the switch to the end of the (sub)transaction to undo. */
static Oid	script_user;
static int	script_context;

void
query_as_owner_begin(void)
{
	Oid			owner = query_owner();

	GetUserIdAndSecContext(&script_user, &script_context);
	SetUserIdAndSecContext(owner, script_context | SECURITY_LOCAL_USERID_CHANGE);
}

void
query_as_owner_end(void)
{
	SetUserIdAndSecContext(script_user, script_context);
}
