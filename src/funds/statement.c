/*
 * statement.c
 *		statement_import(): a camt.053 or camt.054 of the bank becomes rows, breaks, and what follows for payouts, refunds and receipts
 *		(FD-86…FD-88, RD-74…RD-77, RD-82, RD-83).
 *
 * A file that can be read is taken, whatever it says; one that cannot is refused whole. What was imported before changes nothing.
 */
#include "postgres.h"

#include "funds/bank.h"
#include "kernel/errors.h"

/* The message that brought all of its statements before; 0 when there is anything new in it. */
static int64
known_message(Call *call, BankFile *file)
{
	int64		message_id = 0;
	bool		all = true;

	for (int i = 0; i < file->nstatements; i++)
	{
		if (!statement_find(call, file, &file->statements[i]))
			all = false;
		else if (message_id == 0)
			message_id = file->statements[i].message_id;
	}
	return all ? message_id : 0;
}

static void
tell(Call *call, const BankFile *file)
{
	JsonbParseState *payload;
	int64		entries = 0;

	for (int i = 0; i < file->nstatements; i++)
		entries += file->statements[i].nbooked;
	payload_begin(&payload);
	payload_int64(&payload, "bank_message_id", file->id);
	payload_text(&payload, "kind", file->kind);
	payload_text(&payload, "message_id", file->message_id);
	payload_int64(&payload, "statements", file->nstatements);
	payload_int64(&payload, "entries", entries);
	event_emit(call, "bank_message", file->id, "bank_message.imported", &payload);
}

static int64
import(Call *call, const char *content)
{
	static const char *const kinds[] = {"camt.053", "camt.054", NULL};
	BankFile	file = bank_file_read(call, content, kinds);
	int64		known;

	bank_import_lock(call);
	camt_read(call, &file);
	known = known_message(call, &file);
	if (known != 0)
		return known;
	(void) bank_file_store(call, &file, content);
	for (int i = 0; i < file.nstatements; i++)
	{
		BankStatement *statement = &file.statements[i];

		/* also when the file has it twice */
		if (statement_find(call, &file, statement))
			continue;
		statement_add_up(statement);
		statement_store(call, &file, statement);
		statement_report(call, &file, statement);
		statement->is_new = true;
	}
	bank_lines_follow(call, bank_lines(&file));
	tell(call, &file);
	return file.id;
}

/* statement_import(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(statement_import);
Datum
statement_import(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) marketplace_get(&call);
		call.result = import(&call, call_text(&call, 1));
	}
	PG_RETURN_INT64(call_end(&call));
}
