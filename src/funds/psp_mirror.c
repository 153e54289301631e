/*
 * psp_mirror.c
 *		psp_mirror_import(): the PSP's own list of what moved on our account there, as JSON lines, stored once by its id (FD §11, FD-82).
 *
 * A list is taken whole or not at all. What it says is compared with the books by reconcile.c; nothing is posted for it, but that a
 * settlement which the bank has shown before is found in it (settlement.h).
 */
#include "postgres.h"

#include "funds/bank.h"
#include "funds/break_internal.h"
#include "funds/hold.h"
#include "funds/psp_mirror.h"
#include "kernel/attempt.h"
#include "kernel/errors.h"
#include "kernel/seal.h"

#define ID_BYTES 140

typedef struct MirrorKind
{
	const char *name;
	int			sign;			/* of the money on the client account; 0: a balance */
} MirrorKind;

static const MirrorKind kinds[] = {
	{"payin", 1}, {"refund", -1}, {"refund_return", 1}, {"payout", -1}, {"payout_return", 1}, {"chargeback", -1},
	{"chargeback_reversal", 1}, {"transfer_in", 1}, {"transfer_out", -1}, {"fee", -1}, {"balance", 0}
};

/* One line of the list. */
typedef struct MirrorLine
{
	int			number;			/* from 1 */
	const MirrorKind *kind;
	char	   *psp_id;
	Amount		amount;			/* signed */
	bool		has_fee;
	Amount		fee;
	DateADT		value_date;
	char	   *reference;
	char	   *end_to_end_id;
	char	   *settlement_id;
} MirrorLine;

static const MirrorKind *
read_kind(const Document *line)
{
	char	   *name = document_text(line, "kind");

	for (int i = 0; i < lengthof(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	document_refuse(line, "kind", psprintf("\"%s\" is no kind of transaction.", name),
					"Known are payin, refund, refund_return, payout, payout_return, chargeback, chargeback_reversal, transfer_in, "
					"transfer_out, fee and balance.");
}

static char *
short_text_or_null(const Document *line, const char *key)
{
	char	   *string = document_text_or_null(line, key);

	if (string != NULL && strlen(string) > ID_BYTES)
		document_refuse(line, key, psprintf("It has %zu bytes.", strlen(string)), psprintf("At most %d bytes.", ID_BYTES));
	return string;
}

static CurrencyCode
read_currency(const Document *line)
{
	char	   *code = document_text(line, "currency");
	CurrencyCode currency = currency_lookup(code, strlen(code));

	if (currency == CURRENCY_NONE)
		document_refuse(line, "currency", psprintf("\"%s\" is no currency.", code), "Give its ISO 4217 code, such as \"EUR\".");
	return currency;
}

static Amount
read_amount(const Document *line, const char *key, CurrencyCode currency, bool zero_is_fine)
{
	Numeric		value = document_numeric(line, key);
	Amount		amount;

	if (!decimal_is_finite(value))
		document_refuse(line, key, "It is not finite.", NULL);
	amount = amount_from_numeric(value, currency);
	if (amount_minor(amount) < 0 || (amount_minor(amount) == 0 && !zero_is_fine))
		document_refuse(line, key, psprintf("It is %s.", amount_to_cstring(amount)),
						"Amounts are more than zero; the kind says in which direction the money goes.");
	return amount;
}

static MirrorLine *
read_line(Jsonb *json, int number)
{
	MirrorLine *line = palloc0(sizeof(MirrorLine));
	Document	document = {&json->root, psprintf("line %d", number)};
	CurrencyCode currency;

	if (!JB_ROOT_IS_OBJECT(json))
		document_refuse(&document, NULL, "It is not a JSON object.", "Give one object a line, such as {\"id\": \"…\", \"kind\": \"payin\", …}.");
	document_only(&document, "id", "kind", "amount", "currency", "value_date", "reference", "end_to_end_id", "fee", "settlement_id", NULL);
	line->number = number;
	line->kind = read_kind(&document);
	(void) document_text(&document, "id");
	line->psp_id = short_text_or_null(&document, "id");
	currency = read_currency(&document);
	line->amount = read_amount(&document, "amount", currency, line->kind->sign == 0);
	if (line->kind->sign < 0)
		line->amount = amount_neg(line->amount);
	line->has_fee = document_has(&document, "fee");
	if (line->has_fee)
		line->fee = read_amount(&document, "fee", currency, true);
	line->value_date = document_date(&document, "value_date");
	line->reference = short_text_or_null(&document, "reference");
	line->end_to_end_id = short_text_or_null(&document, "end_to_end_id");
	line->settlement_id = short_text_or_null(&document, "settlement_id");
	if (line->kind->sign == 0 && (line->has_fee || line->reference || line->end_to_end_id || line->settlement_id))
		document_refuse(&document, NULL, "A balance has id, amount, currency and value_date only.", NULL);
	return line;
}

static Jsonb *
parse_json(const char *start, size_t length)
{
	char	   *copy = pnstrdup(start, length);

	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(copy)));
}

typedef struct MirrorList
{
	const char *text_of_list;
	List	   *lines;
	int			number;			/* of the line at hand */
} MirrorList;

static void
read_lines(Call *call, void *argument)
{
	MirrorList *list = argument;
	const char *start = list->text_of_list;

	while (*start != '\0')
	{
		size_t		length = strcspn(start, "\n");

		list->number++;
		if (strspn(start, " \t\r") < length)
			list->lines = lappend(list->lines, read_line(parse_json(start, length), list->number));
		start += length + (start[length] == '\n' ? 1 : 0);
	}
}

/* PostgreSQL's errors of reading JSON and numbers, and ours of reading documents and amounts: the list is broken. */
static bool
is_reading_error(int code)
{
	return code == MK_INVALID_DOCUMENT || code == MK_INVALID_AMOUNT || code == MK_AMOUNT_OVERFLOW || code == MK_UNKNOWN_CURRENCY ||
		ERRCODE_TO_CATEGORY(code) == ERRCODE_DATA_EXCEPTION || code == ERRCODE_STATEMENT_TOO_COMPLEX ||
		code == ERRCODE_PROGRAM_LIMIT_EXCEEDED;
}

static void
refuse_list(const ErrorData *error, int number)
{
	bool		ours = error->sqlerrcode == MK_INVALID_DOCUMENT;

	ereport(ERROR,
			errcode(MK_STATEMENT),
			ours ? errmsg("the PSP's list is refused: %s", error->message) :
			errmsg("the PSP's list is refused: line %d: %s", number, error->message),
			error->detail != NULL ? errdetail_internal("%s", error->detail) : errdetail("Nothing of it was imported."),
			error->hint != NULL ? errhint("%s", error->hint) : errhint("Give one JSON object a line."));
}

/* A broken list is one error of this function, whatever was wrong with it. */
static List *
read_list(Call *call, const char *text_of_list)
{
	MirrorList	list = {text_of_list, NIL, 0};
	ErrorData  *error;

	if (!attempt(call, read_lines, &list, &error))
	{
		if (!is_reading_error(error->sqlerrcode))
			ReThrowError(error);
		refuse_list(error, list.number);
	}
	return list.lines;
}

static void
contradicts(const MirrorLine *line, const char *stored)
{
	ereport(ERROR,
			errcode(MK_STATEMENT),
			errmsg("the PSP's list is refused: line %d contradicts what is known of %s", line->number, line->psp_id),
			errdetail("Known: %s. Line: %s %s.", stored, line->kind->name, amount_to_cstring(line->amount)),
			errhint("Ask the PSP which is right; a correction has an id of its own."));
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Is the transaction stored already, by an earlier import or an earlier line (import_id)? Another content is an error. */
static bool
is_known(Call *call, int64 psp_id, const MirrorLine *line, int64 *import_id)
{
	static Statement find = STATEMENT("ilt",
		"SELECT kind, amount, value_date, reference, end_to_end_id, import_id FROM marketplace.psp_transactions"
		" WHERE marketplace_id = $1 AND psp_party_id = $2 AND psp_id = $3");
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(psp_id), value_text(line->psp_id)), &row))
		return false;
	if (strcmp(row_text(&row, 0), line->kind->name) != 0 || row_amount(&row, 1) != line->amount ||
		row_date(&row, 2) != line->value_date || !same_text(row_text(&row, 3), line->reference) ||
		!same_text(row_text(&row, 4), line->end_to_end_id))
		contradicts(line, psprintf("%s %s", row_text(&row, 0), amount_to_cstring(row_amount(&row, 1))));
	*import_id = row_int64(&row, 5);
	return true;
}

static void
add_transaction(Call *call, int64 psp_id, const MirrorLine *line, int64 import_id)
{
	static Statement insert = STATEMENT("ilttaadtttli",
		"INSERT INTO marketplace.psp_transactions (marketplace_id, psp_party_id, psp_id, kind, amount, fee, value_date, reference,"
		" end_to_end_id, settlement_id, import_id, line) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");

	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(psp_id), value_text(line->psp_id),
								value_text(line->kind->name), value_amount(line->amount),
								line->has_fee ? value_amount(line->fee) : value_null(), value_date(line->value_date),
								value_text(line->reference), value_text(line->end_to_end_id), value_text(line->settlement_id),
								value_int64(import_id), value_int32(line->number)));
}

/* False when the same balance is known. */
static bool
add_balance(Call *call, int64 psp_id, const MirrorLine *line, int64 import_id)
{
	static Statement find = STATEMENT("ilcd",
		"SELECT balance FROM marketplace.psp_balances WHERE marketplace_id = $1 AND psp_party_id = $2 AND currency = $3 AND day = $4");
	static Statement insert = STATEMENT("ilcdtal",
		"INSERT INTO marketplace.psp_balances (marketplace_id, psp_party_id, currency, day, psp_id, balance, import_id)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)");
	CurrencyCode currency = amount_currency(line->amount);
	Row			row;

	if (query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(psp_id), value_currency(currency),
								value_date(line->value_date)), &row))
	{
		if (row_amount(&row, 0) != line->amount)
			contradicts(line, psprintf("balance %s of that day", amount_to_cstring(row_amount(&row, 0))));
		return false;
	}
	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(psp_id), value_currency(currency),
								value_date(line->value_date), value_text(line->psp_id), value_amount(line->amount),
								value_int64(import_id)));
	return true;
}

/* Another transaction of the same kind under the same end-to-end id: carried out twice? */
static bool
repeats_end_to_end(Call *call, int64 psp_id, const MirrorLine *line)
{
	static Statement find = STATEMENT("iltt",
		"SELECT id FROM marketplace.psp_transactions WHERE marketplace_id = $1 AND psp_party_id = $2 AND end_to_end_id = $3 AND kind = $4"
		" ORDER BY id LIMIT 1");
	Row			row;

	return line->end_to_end_id != NULL && strcmp(line->end_to_end_id, "NOTPROVIDED") != 0 &&
		query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(psp_id), value_text(line->end_to_end_id),
								value_text(line->kind->name)), &row);
}

/* FD-96: what the PSP may have taken or paid twice stays where it is until it has said which one counts. */
static void
hold_duplicate(Call *call, int64 break_id, const MirrorObject *object, Amount amount)
{
	HoldSpec	spec = {.order_id = object->order_id, .amount = amount_minor(amount) < 0 ? amount_neg(amount) : amount,
		.slice = psprintf("recon_break:%lld", (long long) break_id), .reason = "recon_break", .owner = "operator"};

	if (object->kind == NULL)
		return;
	if (strcmp(object->kind, "payout") == 0)
		spec.seller_id = object->party_id;
	else if (object->order_id == 0)
		return;
	hold_put(call, &spec);
}

static void
open_duplicate(Call *call, const MirrorLine *line, const char *natural_key)
{
	MirrorObject object = mirror_object(call, line->end_to_end_id, line->psp_id, line->reference);
	BreakSpec	spec = {.break_class = "duplicate", .natural_key = natural_key, .source = "psp_mirror", .psp = &line->amount,
		.difference = line->amount, .end_to_end_id = line->end_to_end_id, .psp_id = line->psp_id, .has_value_date = true,
		.value_date = line->value_date, .party_id = object.party_id, .object = object.kind, .object_id = object.id};
	bool		is_new;
	int64		break_id = break_open_new(call, &spec, &is_new);

	if (is_new)
		hold_duplicate(call, break_id, &object, line->amount);
}

typedef struct ImportCounts
{
	int			added;
	int			known;
	int			duplicates;
} ImportCounts;

static void
take_line(Call *call, int64 psp_id, const MirrorLine *line, int64 import_id, ImportCounts *counts)
{
	int64		earlier;

	if (line->kind->sign == 0)
	{
		if (add_balance(call, psp_id, line, import_id))
			counts->added++;
		else
			counts->known++;
		return;
	}
	if (is_known(call, psp_id, line, &earlier))
	{
		if (earlier == import_id)
		{
			open_duplicate(call, line, psprintf("psp:%s", line->psp_id));
			counts->duplicates++;
		}
		else
			counts->known++;
		return;
	}
	if (repeats_end_to_end(call, psp_id, line))
	{
		open_duplicate(call, line, psprintf("end_to_end:%s:%s", line->end_to_end_id, line->psp_id));
		counts->duplicates++;
	}
	add_transaction(call, psp_id, line, import_id);
	counts->added++;
}

/* Then files of the bank and the list wait for one another: each may tell what the other lacks. */
static bool
names_settlements(const List *lines)
{
	ListCell   *cell;

	foreach(cell, lines)
		if (((MirrorLine *) lfirst(cell))->settlement_id != NULL)
			return true;
	return false;
}

static int64
import_list(Call *call, const char *text_of_list)
{
	static Statement take_id = STATEMENT("", "SELECT pg_catalog.nextval('marketplace.psp_import_ids')");
	static Statement insert = STATEMENT("illiiiiytz",
		"INSERT INTO marketplace.psp_imports (marketplace_id, id, psp_party_id, lines, added, known, duplicates, file_sha256, actor, imported_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
	int64		psp_id = marketplace_get(call)->psp_party_id;
	List	   *lines = read_list(call, text_of_list);
	ImportCounts counts = {0, 0, 0};
	int64		import_id;
	JsonbParseState *payload;
	ListCell   *cell;

	if (psp_id == 0)
		ereport(ERROR,
				errcode(MK_STATEMENT),
				errmsg("marketplace %d has no PSP whose list this could be", call->marketplace_id),
				errhint("Name it with marketplace_update()."));
	import_id = DatumGetInt64(query_datum(&take_id, NO_VALUES));
	if (names_settlements(lines))
		bank_import_lock(call);
	mirror_lock(call);
	foreach(cell, lines)
		take_line(call, psp_id, lfirst(cell), import_id, &counts);
	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(import_id), value_int64(psp_id),
								value_int32(list_length(lines)), value_int32(counts.added), value_int32(counts.known),
								value_int32(counts.duplicates), value_bytea(seal_text(NULL, text_of_list)),
								value_text(call_actor()), value_timestamptz(call->now)));
	payload_begin(&payload);
	payload_int64(&payload, "import_id", import_id);
	payload_int64(&payload, "added", counts.added);
	payload_int64(&payload, "duplicates", counts.duplicates);
	event_emit(call, "psp_import", import_id, "psp_mirror.imported", &payload);
	if (names_settlements(lines))
		settlements_lookup(call, import_id);
	return import_id;
}

/* psp_mirror_import(marketplace_id, lines, request_key) */
PG_FUNCTION_INFO_V1(psp_mirror_import);
Datum
psp_mirror_import(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = import_list(&call, call_text(&call, 1));
	}
	PG_RETURN_INT64(call_end(&call));
}
