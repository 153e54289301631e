/*
 * errors.c
 *		marketplace.error_codes(): the list of errors.h for users.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "kernel/errors.h"
#include "utils/builtins.h"

typedef struct ErrorCode
{
	char		sqlstate[6];
	const char *name;
	const char *meaning;
} ErrorCode;

static const ErrorCode error_list[] = {
#define MK_ERROR_ROW(macro, c, d, e, name, meaning) {{'M', 'K', c, d, e, '\0'}, name, meaning},
	MK_ERROR_LIST(MK_ERROR_ROW)
#undef MK_ERROR_ROW
};

PG_FUNCTION_INFO_V1(error_codes);
Datum
error_codes(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < lengthof(error_list); i++)
	{
		Datum		values[3];
		bool		nulls[3] = {false, false, false};

		values[0] = CStringGetTextDatum(error_list[i].sqlstate);
		values[1] = CStringGetTextDatum(error_list[i].name);
		values[2] = CStringGetTextDatum(error_list[i].meaning);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
