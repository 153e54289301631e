/*
 * tracking_batch.c
 *		tracking_record_batch(): many canonical events in one call, each as tracking_record() would take it.
 *
 * Reading, finding the parcel and storing are tried for all documents at once. What fails is tried again in halves, until the
 * document that fails is alone: it becomes a refusal of the batch, and the others are recorded. So a batch without errors costs
 * one attempt, and any number of bad documents a few attempts each. The money that follows is posted once, for all: should that
 * fail, the documents are first tried without effect. How events are stored is in tracking_batch_store.c.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "kernel/attempt.h"
#include "kernel/errors.h"
#include "logistics/handling_unit.h"
#include "logistics/tracking_batch.h"
#include "orders/orders.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

Value
array_value(Datum *elements, bool *nulls, int n, Oid type)
{
	int16		length;
	bool		by_value;
	char		alignment;
	int			lower = 1;

	get_typlenbyvalalign(type, &length, &by_value, &alignment);
	return value_datum(PointerGetDatum(construct_md_array(elements, nulls, 1, &n, &lower, type, length, by_value,
														  alignment)));
}

/*
 * ---- attempts ----
 */

typedef void (*ItemWork) (Call *call, BatchItem **items, int count);

typedef struct Portion
{
	ItemWork	work;
	BatchItem **items;
	int			count;
} Portion;

static void
work_portion(Call *call, void *argument)
{
	Portion    *portion = argument;

	portion->work(call, portion->items, portion->count);
}

static void
try_items(Call *call, ItemWork work, BatchItem **items, int count)
{
	Portion		portion = {.work = work, .items = items, .count = count};
	ErrorData  *error;

	if (count == 0 || attempt(call, work_portion, &portion, &error))
		return;
	if (count == 1)
	{
		items[0]->error = error;
		return;
	}
	try_items(call, work, items, count / 2);
	try_items(call, work, items + count / 2, count - count / 2);
}

/* Stores what can be stored; the money and the documents that follow are written as well, or nothing stands. */
static void
store_and_carry_out(Call *call, void *argument)
{
	Portion    *portion = argument;

	try_items(call, tracking_batch_store, portion->items, portion->count);
	attempt_carry_out(call);
}

/* Stored alone: is it the money or the document of one of these that cannot be written? Returns how many were found. */
static int
find_unpostable(Call *call, BatchItem **items, int count)
{
	Portion		portion = {.items = items, .count = count};
	ErrorData  *error;

	if (count == 0 || attempt_dry(call, store_and_carry_out, &portion, &error))
		return 0;
	if (count == 1)
	{
		items[0]->error = error;
		return 1;
	}
	return find_unpostable(call, items, count / 2) +
		find_unpostable(call, items + count / 2, count - count / 2);
}

/* Moves the items without an error to the front; returns how many there are. */
static int
keep_good(BatchItem **items, int count)
{
	int			good = 0;

	for (int i = 0; i < count; i++)
		if (items[i]->error == NULL)
			items[good++] = items[i];
	return good;
}

static void
store_items(Call *call, BatchItem **items, int count)
{
	ErrorData  *error;

	for (;;)
	{
		Portion		portion = {.items = items, .count = keep_good(items, count)};

		if (attempt(call, store_and_carry_out, &portion, &error))
			return;
		if (find_unpostable(call, items, portion.count) == 0)
			ReThrowError(error);
		count = portion.count;
	}
}

/*
 * ---- reading ----
 */

static void
read_items(Call *call, BatchItem **items, int count)
{
	for (int i = 0; i < count; i++)
	{
		BatchItem  *item = items[i];
		Document	document = document_root(item->json);

		item->fact = tracking_document_read(call, &document);
		item->parcel_id = 0;
		item->carrier = NULL;
		if (document_has(&document, "parcel_id") + document_has(&document, "sscc") + document_has(&document, "tracking_number") +
			document_has(&document, "handling_unit_id") != 1)
			continue;
		if (document_has(&document, "parcel_id"))
			item->parcel_id = document_int64(&document, "parcel_id");
		else if (document_has(&document, "tracking_number"))
		{
			item->carrier = tracking_plain_code(document_text(&document, "carrier"));
			item->number = document_text(&document, "tracking_number");
		}
	}
}

static BatchItem **
split_documents(Jsonb *documents, int *count)
{
	Document	array = {.container = &documents->root, .path = ""};
	BatchItem **items;

	if (!JB_ROOT_IS_ARRAY(documents) || JB_ROOT_IS_SCALAR(documents))
		ereport(ERROR,
				errcode(MK_INVALID_DOCUMENT),
				errmsg("a batch is an array of documents"),
				errdetail("The JSON given is none."),
				errhint("Give [{…}, {…}]: documents as tracking_record() takes them."));
	*count = document_length(&array);
	if (*count > BATCH_LIMIT)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("a batch holds at most %d documents", BATCH_LIMIT),
				errdetail("This one has %d.", *count),
				errhint("Send several batches."));
	items = palloc(Max(*count, 1) * sizeof(BatchItem *));
	for (int i = 0; i < *count; i++)
	{
		items[i] = palloc0(sizeof(BatchItem));
		items[i]->position = i + 1;
		items[i]->json = document_item_jsonb(&array, i);
	}
	return items;
}

/*
 * ---- finding parcels ----
 */

/* The parcel that each number, of its carrier and at its time, stands for: item->parcel_id. */
static void
find_numbers(Call *call, BatchItem **items, int count)
{
	static Statement find = STATEMENT("iITTZ",
		"SELECT w.n, (SELECT p.id FROM marketplace.parcels p JOIN marketplace.shipments s ON s.marketplace_id = $1 AND "
		"s.id = p.shipment_id WHERE p.marketplace_id = $1 AND p.carrier_id = c.id AND p.tracking_number = w.number "
		PARCEL_ON_ITS_WAY_AT("w.occurred_at") ") FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3), "
		"pg_catalog.unnest($4), pg_catalog.unnest($5)) AS w (n, carrier, number, occurred_at) "
		"JOIN marketplace.carriers c ON c.marketplace_id = $1 AND c.code = w.carrier");
	Datum	   *columns[4];
	int			n = 0;
	Rows		rows;

	for (int i = 0; i < lengthof(columns); i++)
		columns[i] = palloc(Max(count, 1) * sizeof(Datum));
	for (int i = 0; i < count; i++)
	{
		if (items[i]->carrier == NULL)
			continue;
		columns[0][n] = Int32GetDatum(i);
		columns[1][n] = CStringGetTextDatum(items[i]->carrier);
		columns[2][n] = CStringGetTextDatum(items[i]->number);
		columns[3][n++] = TimestampTzGetDatum(items[i]->fact.occurred_at);
	}
	if (n == 0)
		return;
	rows = query_rows(&find, VALUES(value_int32(call->marketplace_id), array_value(columns[0], NULL, n, INT4OID),
									array_value(columns[1], NULL, n, TEXTOID),
									array_value(columns[2], NULL, n, TEXTOID),
									array_value(columns[3], NULL, n, TIMESTAMPTZOID)));
	for (uint64 i = 0; i < rows.count; i++)
		items[row_int32(&rows.rows[i], 0)]->parcel_id = row_id(&rows.rows[i], 1);
}

static int
compare_parcels(const void *x, const void *y)
{
	int64		a = (*(Parcel *const *) x)->id;
	int64		b = (*(Parcel *const *) y)->id;

	return (a > b) - (a < b);
}

static void
take_parcels(Call *call, BatchItem **items, int count)
{
	Datum	   *ids = palloc(Max(count, 1) * sizeof(Datum));
	int			n = 0;
	List	   *found;
	Parcel	  **parcels;
	ListCell   *cell;

	for (int i = 0; i < count; i++)
		if (items[i]->parcel_id != 0)
			ids[n++] = Int64GetDatum(items[i]->parcel_id);
	if (n == 0)
		return;
	found = parcels_get(call, array_value(ids, NULL, n, INT8OID));
	parcels = palloc(Max(list_length(found), 1) * sizeof(Parcel *));
	n = 0;
	foreach(cell, found)
		parcels[n++] = lfirst(cell);
	qsort(parcels, n, sizeof(Parcel *), compare_parcels);
	for (int i = 0; i < count; i++)
	{
		Parcel		wanted = {.id = items[i]->parcel_id};
		Parcel	   *key = &wanted;
		Parcel	  **parcel = bsearch(&key, parcels, n, sizeof(Parcel *), compare_parcels);

		if (parcel != NULL)
			items[i]->parcels = list_make1(*parcel);
	}
}

/* One by one: parcels and handling units that are named otherwise, and whatever is wrong with the others. */
static void
find_parcels(Call *call, BatchItem **items, int count)
{
	for (int i = 0; i < count; i++)
	{
		BatchItem  *item = items[i];
		Document	document = document_root(item->json);
		HandlingUnit *unit;
		ListCell   *cell;

		if (item->parcels == NIL && (unit = handling_unit_named(call, &document, &item->fact)) != NULL)
		{
			handling_unit_require(call, unit);
			item->unit_id = unit->id;
			continue;
		}
		if (item->parcels == NIL && item->fact.corrects_event_id == NULL)
			item->parcels = tracking_find_parcels(call, &document, &item->fact);
		foreach(cell, item->parcels)
			tracking_require(call, lfirst(cell));
	}
}

/* All orders of the batch, in ascending order, and then its units, before the first is touched. */
static void
lock_orders(Call *call, BatchItem **items, int count)
{
	IdSet		units = {0, NULL};
	IdSet		parcels = {0, NULL};
	List	   *orders = NIL;
	Datum	   *ids;
	ListCell   *cell;
	int			n = 0;

	for (int i = 0; i < count; i++)
	{
		if (items[i]->unit_id != 0)
			id_set_add(&units, items[i]->unit_id);
		orders = list_concat(orders, items[i]->parcels);
	}
	if (units.count > 0)
	{
		foreach(cell, orders)
			id_set_add(&parcels, ((Parcel *) lfirst(cell))->id);
		handling_units_lock(call, &units, &parcels);
		return;
	}
	ids = palloc(Max(list_length(orders), 1) * sizeof(Datum));
	foreach(cell, orders)
		ids[n++] = Int64GetDatum(((Parcel *) lfirst(cell))->order_id);
	if (n > 0)
		orders_lock(call, array_value(ids, NULL, n, INT8OID));
}

/*
 * ---- what came of it ----
 */

static void
write_refusals(Call *call, int64 batch_id, BatchItem **items, int count)
{
	static Statement insert = STATEMENT("ilijtttt",
		"INSERT INTO marketplace.tracking_batch_refusals (marketplace_id, batch_id, position, document, error, message, "
		"detail, hint) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

	for (int i = 0; i < count; i++)
	{
		const BatchItem *item = items[i];

		if (item->error != NULL)
			(void) logistics_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(batch_id),
													 value_int32(item->position), value_jsonb(item->json),
													 value_text(unpack_sql_state(item->error->sqlerrcode)),
													 value_text(item->error->message),
													 value_text(item->error->detail),
													 value_text(item->error->hint)));
	}
}

static int64
write_batch(Call *call, BatchItem **items, int count)
{
	static Statement insert = STATEMENT("iztliiiLB",
		"INSERT INTO marketplace.tracking_batches (marketplace_id, recorded_at, recorded_by, party_id, stored, repeated, "
		"refused, event_ids, stored_new) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id");
	Datum	   *ids = palloc(Max(count, 1) * sizeof(Datum));
	bool	   *refused = palloc(Max(count, 1) * sizeof(bool));
	Datum	   *fresh = palloc(Max(count, 1) * sizeof(Datum));
	int			sums[3] = {0, 0, 0};
	Row			row;

	for (int i = 0; i < count; i++)
	{
		ids[i] = Int64GetDatum(items[i]->event_id);
		refused[i] = items[i]->error != NULL;
		fresh[i] = BoolGetDatum(!refused[i] && items[i]->fresh);
		sums[refused[i] ? 2 : items[i]->fresh ? 0 : 1]++;
	}
	access_require_any(call, CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_CARRIER);
	if (!logistics_row(&insert, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now),
									   value_text(call_actor()), value_id(call->party_id), value_int32(sums[0]),
									   value_int32(sums[1]), value_int32(sums[2]),
									   array_value(ids, refused, count, INT8OID),
									   array_value(fresh, NULL, count, BOOLOID)), &row))
		elog(ERROR, "a batch was not written");
	write_refusals(call, row_int64(&row, 0), items, count);
	return row_int64(&row, 0);
}

int64
tracking_batch_record(Call *call, Jsonb *documents)
{
	int			count;
	int			good;
	BatchItem **items;
	BatchItem **working;

	access_require_any(call, CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_CARRIER);
	items = split_documents(documents, &count);
	working = palloc(Max(count, 1) * sizeof(BatchItem *));
	memcpy(working, items, count * sizeof(BatchItem *));
	try_items(call, read_items, working, count);
	good = keep_good(working, count);
	find_numbers(call, working, good);
	take_parcels(call, working, good);
	try_items(call, find_parcels, working, good);
	good = keep_good(working, good);
	lock_orders(call, working, good);
	store_items(call, working, good);
	return write_batch(call, items, count);
}

PG_FUNCTION_INFO_V1(tracking_record_batch);
Datum
tracking_record_batch(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = tracking_batch_record(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}
