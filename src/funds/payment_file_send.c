/*
 * payment_file_send.c
 *		payment_file_send(): the bank has a payment file, so each of its instructions is sent. A file of which something was dropped, or that a
 *		newer one replaces, is not to be handed over.
 */
#include "postgres.h"

#include "funds/bank.h"
#include "kernel/errors.h"

static void
refuse_file(int64 file_id, const char *detail, const char *hint)
{
	ereport(ERROR,
			errcode(MK_PAYOUT),
			errmsg("payment file %lld is not to be sent", (long long) file_id),
			errdetail("%s", detail),
			errhint("%s", hint));
}

static Rows
file_items(Call *call, int64 file_id)
{
	static Statement items = STATEMENT("il",
		"SELECT t.end_to_end_id, i.kind, i.object, i.object_id, i.state, EXISTS (SELECT FROM marketplace.payment_file_items n"
		"         WHERE n.marketplace_id = $1 AND n.instruction_id = t.instruction_id AND n.file_id > $2)"
		"  FROM marketplace.payment_file_items t"
		"  JOIN marketplace.instruction_overview i ON i.marketplace_id = $1 AND i.instruction_id = t.instruction_id"
		" WHERE t.marketplace_id = $1 AND t.file_id = $2 ORDER BY t.instruction_id");

	return query_rows(&items, VALUES(value_int32(call->marketplace_id), value_int64(file_id)));
}

static void
check_items(int64 file_id, const Rows *rows)
{
	for (uint64 i = 0; i < rows->count; i++)
	{
		const Row  *row = &rows->rows[i];
		char	   *state = row_text(row, 4);

		if (row_bool(row, 5))
			refuse_file(file_id, psprintf("A newer file has %s %lld too.", row_text(row, 2), (long long) row_int64(row, 3)),
						"Send the newest: see the view marketplace.payment_file_overview.");
		if (strcmp(state, "planned") != 0)
			refuse_file(file_id, psprintf("The instruction of %s %lld is %s.", row_text(row, 2), (long long) row_int64(row, 3), state),
						"If something of it was dropped, ask payout_file() for a new one; a file that was sent is not sent again.");
	}
}

static void
send_file(Call *call, int64 file_id, const char *evidence)
{
	Rows		rows;
	const char **keys;

	bank_import_lock(call);
	rows = file_items(call, file_id);
	if (rows.count == 0)
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no payment file %lld", call->marketplace_id, (long long) file_id),
				errhint("The view marketplace.payment_file_overview lists the files."));
	keys = palloc(sizeof(char *) * rows.count);
	for (uint64 i = 0; i < rows.count; i++)
		keys[i] = row_text(&rows.rows[i], 0);
	instruction_lock_keys(call, keys, (int) rows.count);
	rows = file_items(call, file_id);
	check_items(file_id, &rows);
	for (uint64 i = 0; i < rows.count; i++)
	{
		send_check(call, row_text(&rows.rows[i], 1), row_text(&rows.rows[i], 2), row_int64(&rows.rows[i], 3));
		instruction_move(call, row_text(&rows.rows[i], 1), row_text(&rows.rows[i], 2), row_int64(&rows.rows[i], 3), "send", evidence);
	}
}

/* payment_file_send(marketplace_id, payment_file_id, evidence, request_key) */
PG_FUNCTION_INFO_V1(payment_file_send);
Datum
payment_file_send(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		file_id = call_int64(&call, 1);
		char	   *evidence = call_text_or_null(&call, 2);

		access_require(&call, CAPACITY_OPERATOR, 0);
		send_file(&call, file_id, evidence != NULL ? evidence : psprintf("payment file %lld", (long long) file_id));
		call.result = file_id;
	}
	PG_RETURN_INT64(call_end(&call));
}
