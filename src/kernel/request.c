/*
 * request.c
 *		A retry is harmless: a request key stores the first result; the same key with another call is an error (DESIGN.md §1.7).
 *
 * The key's row is the first lock of a call. A second session with the same key waits there until the first commits.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "kernel/errors.h"
#include "kernel/kernel.h"
#include "kernel/seal.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

/* An argument's text, the same under whatever settings: a retry may come from a session with another TimeZone or DateStyle. */
static char *
argument_text(Oid type, Datum value)
{
	char		buffer[MAXDATELEN + 1];
	int			utc = 0;
	Oid			output;
	bool		varlena;

	if (type == TIMESTAMPTZOID || type == DATEOID)
		return pstrdup(JsonEncodeDateTime(buffer, value, type, &utc));
	getTypeOutputInfo(type, &output, &varlena);
	return OidOutputFunctionCall(output, value);
}

/* What was asked, as bytes: each argument's text with its length before it, so that no two calls read the same. */
static bytea *
arguments_hash(Call *call)
{
	FunctionCallInfo fcinfo = call->fcinfo;
	StringInfoData content;
	Oid		   *types;
	int			ntypes;

	(void) get_func_signature(fcinfo->flinfo->fn_oid, &types, &ntypes);
	initStringInfo(&content);
	for (int i = 0; i < fcinfo->nargs - 1; i++)
	{
		char	   *string;

		if (fcinfo->args[i].isnull)
		{
			appendStringInfoString(&content, "-;");
			continue;
		}
		string = argument_text(types[i], fcinfo->args[i].value);
		appendStringInfo(&content, "%zu:%s;", strlen(string), string);
	}
	return seal_next(NULL, content.data, content.len);
}

bool
request_begin(Call *call)
{
	static Statement reserve = STATEMENT("itttyz",
		"INSERT INTO marketplace.requests (marketplace_id, request_key, role_name, function, arguments_hash, recorded_at) "
		"VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING");
	static Statement former = STATEMENT("it",
		"SELECT role_name::text, function::text, arguments_hash, result, recorded_at FROM marketplace.requests "
		"WHERE marketplace_id = $1 AND request_key = $2");
	char	   *role = GetUserNameFromId(call->caller, false);
	bytea	   *hash = arguments_hash(call);
	Row			row;
	bytea	   *stored;

	if (query_execute(&reserve, VALUES(value_int32(call->marketplace_id), value_text(call->request_key), value_text(role),
									   value_text(call->function), value_bytea(hash), value_timestamptz(call->now))) == 1)
		return true;
	if (!query_row(&former, VALUES(value_int32(call->marketplace_id), value_text(call->request_key)), &row))
		ereport(ERROR,
				errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				errmsg("another transaction used the same request key"),
				errhint("Run the transaction again."));
	stored = DatumGetByteaPP(row_datum(&row, 2));
	if (strcmp(row_text(&row, 0), role) != 0 || strcmp(row_text(&row, 1), call->function) != 0 ||
		VARSIZE_ANY_EXHDR(stored) != VARSIZE_ANY_EXHDR(hash) ||
		memcmp(VARDATA_ANY(stored), VARDATA_ANY(hash), VARSIZE_ANY_EXHDR(hash)) != 0)
		ereport(ERROR,
				errcode(MK_REQUEST_REUSED),
				errmsg("request key \"%s\" was used for another call", call->request_key),
				errdetail("It was used for %s() with other arguments or by another role.", row_text(&row, 1)),
				errhint("Use a new key for a new request; repeat a request exactly."));
	if (row_null(&row, 3))
		ereport(ERROR,
				errcode(MK_REQUEST_REUSED),
				errmsg("request key \"%s\" is in use by a call that has not ended", call->request_key),
				errhint("Use a key of its own for each call."));
	call->result = row_int64(&row, 3);
	return false;
}

void
request_end(Call *call)
{
	static Statement finish = STATEMENT("itl",
		"UPDATE marketplace.requests SET result = $3 WHERE marketplace_id = $1 AND request_key = $2");

	query_execute(&finish, VALUES(value_int32(call->marketplace_id), value_text(call->request_key), value_int64(call->result)));
}
