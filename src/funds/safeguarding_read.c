/*
 * safeguarding_read.c
 *		The figures of a safeguarding proof for any day, and the check that every stored proof still follows from the books (FD-98).
 */
#include "postgres.h"

#include "funds/funds_internal.h"
#include "funds/reconcile.h"
#include "funds/safeguarding.h"
#include "kernel/seal.h"

/* safeguarding_figures(marketplace_id, day) */
PG_FUNCTION_INFO_V1(safeguarding_figures);
Datum
safeguarding_figures(PG_FUNCTION_ARGS)
{
	static Statement figures = STATEMENT("izzl",
		FIGURES "SELECT f.psp, f.currency::pg_catalog.text, marketplace.amount_value(f.liabilities), marketplace.amount_value(f.clearing),"
		"       marketplace.amount_value(f.required), marketplace.amount_value(f.cash), marketplace.amount_value(f.transferred),"
		"       marketplace.amount_value(f.due), marketplace.amount_value(f.own_money)"
		"  FROM figures f ORDER BY 1, 2");
	Call		call;
	ProofDay	day;

	call_begin_read(&call, fcinfo);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	day = proof_day(&call, (DateADT) call_int32(&call, 1));
	query_return_set(fcinfo, &figures, VALUES(value_int32(call.marketplace_id), value_timestamptz(day.end), value_timestamptz(day.cut_off),
											  value_int64(marketplace_get(&call)->psp_party_id)));
	call_end_read(&call);
	return (Datum) 0;
}

static void
push_text(JsonbParseState **state, const char *key, const char *written)
{
	payload_text(state, key, written != NULL ? written : "");
}

static void
differs(JsonbParseState **state, int64 proof_id, const char *check_name, const char *expected, const char *found)
{
	JsonbParseState *object = NULL;
	JsonbValue *value;

	payload_begin(&object);
	payload_int64(&object, "proof_id", proof_id);
	payload_text(&object, "check_name", check_name);
	push_text(&object, "expected", expected);
	push_text(&object, "found", found);
	value = pushJsonbValue(&object, WJB_END_OBJECT, NULL);
	pushJsonbValue(state, WJB_ELEM, &(JsonbValue) {.type = jbvBinary, .val.binary.data = &JsonbValueToJsonb(value)->root,
												   .val.binary.len = VARSIZE(JsonbValueToJsonb(value)) - VARHDRSZ});
}

static char *
hex(bytea *hash)
{
	return hash == NULL ? NULL : TextDatumGetCString(DirectFunctionCall2(binary_encode, PointerGetDatum(hash), CStringGetTextDatum("hex")));
}

static void
check_figures(Call *call, JsonbParseState **state, int64 proof_id, const Row *proof)
{
	static Statement books = STATEMENT("izzl",
		FIGURES "SELECT pg_catalog.string_agg(pg_catalog.concat_ws('|', f.psp, f.currency, f.liabilities, f.clearing, f.cash, f.transferred, f.due), E'\\n'"
		" ORDER BY f.psp, f.currency) FROM figures f");
	static Statement stored = STATEMENT("il",
		"SELECT pg_catalog.string_agg(pg_catalog.concat_ws('|', l.psp_party_id, l.currency, l.liabilities, l.psp_clearing, l.cash, l.transferred,"
		" l.due_from_own), E'\\n' ORDER BY l.psp_party_id, l.currency), " PROOF_CONTENT
		"  FROM marketplace.safeguarding_lines l WHERE l.marketplace_id = $1 AND l.proof_id = $2");
	Row			expected;
	Row			found;

	query_row(&books, VALUES(value_int32(call->marketplace_id), value_timestamptz(local_start(row_date(proof, 1) + 1, marketplace_get(call)->time_zone)),
							 row_value(proof, 2), row_value(proof, 3)), &expected);
	query_row(&stored, VALUES(value_int32(call->marketplace_id), value_int64(proof_id)), &found);
	if (row_null(&expected, 0) || row_null(&found, 0) || strcmp(row_text(&expected, 0), row_text(&found, 0)) != 0)
		differs(state, proof_id, "figures", row_text(&expected, 0), row_text(&found, 0));
	if (row_null(&found, 1) || strcmp(row_text(proof, 4), row_text(&found, 1)) != 0)
		differs(state, proof_id, "content", row_text(proof, 4), row_text(&found, 1));
}

/* safeguarding_verify(marketplace_id) */
PG_FUNCTION_INFO_V1(safeguarding_verify);
Datum
safeguarding_verify(PG_FUNCTION_ARGS)
{
	static Statement proofs = STATEMENT("i",
		"SELECT id, day, cut_off, psp_party_id, content, previous_hash, hash FROM marketplace.safeguarding_proofs WHERE marketplace_id = $1"
		" ORDER BY id");
	static Statement result = STATEMENT("j",
		"SELECT r.proof_id, r.check_name, r.expected, r.found FROM pg_catalog.jsonb_to_recordset($1)"
		" AS r(proof_id pg_catalog.int8, check_name pg_catalog.text, expected pg_catalog.text, found pg_catalog.text)");
	JsonbParseState *state = NULL;
	bytea	   *previous = NULL;
	Call		call;
	Rows		rows;

	call_begin_read(&call, fcinfo);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	rows = query_rows(&proofs, VALUES(value_int32(call.marketplace_id)));
	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];
		int64		proof_id = row_int64(row, 0);
		bytea	   *stored_previous = row_null(row, 5) ? NULL : DatumGetByteaPP(row_datum(row, 5));
		bytea	   *stored = DatumGetByteaPP(row_datum(row, 6));
		char	   *computed = hex(seal_text(previous, row_text(row, 4)));

		if ((previous == NULL) != (stored_previous == NULL) || (previous != NULL && strcmp(hex(previous), hex(stored_previous)) != 0))
			differs(&state, proof_id, "previous_hash", hex(previous), hex(stored_previous));
		if (strcmp(computed, hex(stored)) != 0)
			differs(&state, proof_id, "hash", computed, hex(stored));
		check_figures(&call, &state, proof_id, row);
		previous = stored;
	}
	query_return_set(fcinfo, &result, VALUES(value_jsonb(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL)))));
	call_end_read(&call);
	return (Datum) 0;
}
