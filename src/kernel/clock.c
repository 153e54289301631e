/*
 * clock.c
 *		clock(): now(), unless an operator has set marketplace.clock for a test or a simulation.
 *
 * The setting is for superusers (or roles with GRANT SET ON PARAMETER), since deadlines and legal dates follow it.
 */
#include "postgres.h"

#include "access/xact.h"
#include "kernel/errors.h"
#include "kernel/kernel.h"
#include "utils/guc.h"

static char *clock_setting = NULL;

static TimestampTz
parse_clock(const char *string)
{
	return DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in, CStringGetDatum(string), ObjectIdGetDatum(InvalidOid),
												   Int32GetDatum(-1)));
}

/* Without a transaction (reading postgresql.conf) the string can't be parsed yet; clock_now() will. */
static bool
check_clock(char **newval, void **extra, GucSource source)
{
	if (*newval == NULL || (*newval)[0] == '\0' || !IsTransactionState())
		return true;
	(void) parse_clock(*newval);
	return true;
}

void
clock_init(void)
{
	DefineCustomStringVariable("marketplace.clock",
							   "The instant that clock() returns, for tests and simulations; empty means now().",
							   NULL, &clock_setting, "", PGC_SUSET, GUC_NOT_IN_SAMPLE, check_clock, NULL, NULL);
}

TimestampTz
clock_now(void)
{
	if (clock_setting == NULL || clock_setting[0] == '\0')
		return GetCurrentTransactionStartTimestamp();
	return parse_clock(clock_setting);
}

PG_FUNCTION_INFO_V1(marketplace_clock);
Datum
marketplace_clock(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(clock_now());
}
