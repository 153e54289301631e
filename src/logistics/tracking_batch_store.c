/*
 * tracking_batch_store.c
 *		Stores the facts of many parcels with one statement, and folds every parcel concerned once.
 *
 * Most events only move a parcel's own row along: those rows are written with one statement too. Where more follows (a hand-over,
 * quantities, money) the parcel goes through tracking_apply() like any other. Corrections, which depend on one another, and scans of
 * handling units are rare: they are recorded one by one, as tracking_record() does.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "logistics/tracking_batch.h"

/* A fact of a parcel: one row of tracking_events, however often the batch says it. */
typedef struct Saying
{
	BatchItem  *item;
	Parcel	   *parcel;
	const char *key;
	int			times;			/* how often the batch says it, on the first of the same; 0 on the others */
	bool		fresh;			/* it is this one that was stored */
} Saying;

static int
compare_sayings(const void *x, const void *y)
{
	const Saying *a = x;
	const Saying *b = y;
	int			order;

	if (a->parcel->id != b->parcel->id)
		return a->parcel->id < b->parcel->id ? -1 : 1;
	order = strcmp(a->item->fact.source, b->item->fact.source);
	return order != 0 ? order : strcmp(a->key, b->key);
}

static int
compare_with_position(const void *x, const void *y)
{
	int			order = compare_sayings(x, y);

	return order != 0 ? order : ((const Saying *) x)->item->position - ((const Saying *) y)->item->position;
}

static Saying *
plain_sayings(BatchItem **items, int count, int *nsayings)
{
	int			size = 0;
	Saying	   *sayings;

	for (int i = 0; i < count; i++)
		size += list_length(items[i]->parcels);
	sayings = palloc(Max(size, 1) * sizeof(Saying));
	*nsayings = 0;
	for (int i = 0; i < count; i++)
	{
		char	   *key;
		ListCell   *cell;

		if (items[i]->fact.corrects_event_id != NULL)
			continue;
		key = tracking_event_key(&items[i]->fact);
		foreach(cell, items[i]->parcels)
			sayings[(*nsayings)++] = (Saying) {items[i], lfirst(cell), key, 1, false};
	}
	qsort(sayings, *nsayings, sizeof(Saying), compare_with_position);
	return sayings;
}

/*
 * ---- writing events ----
 */

static inline void
set_text(Datum *column, bool *nulls, int row, const char *value)
{
	nulls[row] = value == NULL;
	column[row] = value == NULL ? (Datum) 0 : CStringGetTextDatum(value);
}

#define EVENT_COLUMNS 12

/* The columns of the first of each saying, as arrays. */
static void
event_arrays(Call *call, Saying *sayings, int count, Value *arrays)
{
	static const Oid types[EVENT_COLUMNS] = {INT8OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID,
	TIMESTAMPTZOID, TEXTOID, TEXTOID, TEXTOID, JSONBOID};
	Datum	   *columns[EVENT_COLUMNS];
	bool	   *nulls[EVENT_COLUMNS];
	int			n = 0;

	for (int i = 0; i < EVENT_COLUMNS; i++)
	{
		columns[i] = palloc(count * sizeof(Datum));
		nulls[i] = palloc0(count * sizeof(bool));
	}
	for (int i = 0; i < count; i++)
	{
		const TrackingFact *fact = &sayings[i].item->fact;

		if (sayings[i].times == 0)
			continue;
		columns[0][n] = Int64GetDatum(sayings[i].parcel->id);
		set_text(columns[1], nulls[1], n, fact->source);
		set_text(columns[2], nulls[2], n, sayings[i].key);
		set_text(columns[3], nulls[3], n, fact->source_event_id);
		set_text(columns[4], nulls[4], n, fact->code);
		set_text(columns[5], nulls[5], n, fact->sub_code);
		set_text(columns[6], nulls[6], n, fact->state);
		columns[7][n] = TimestampTzGetDatum(fact->occurred_at);
		set_text(columns[8], nulls[8], n, fact->place);
		set_text(columns[9], nulls[9], n, fact->signed_by);
		set_text(columns[10], nulls[10], n, tracking_quarantine(call, fact->occurred_at));
		nulls[11][n] = fact->raw == NULL;
		columns[11][n++] = fact->raw == NULL ? (Datum) 0 : JsonbPGetDatum(fact->raw);
	}
	for (int i = 0; i < EVENT_COLUMNS; i++)
		arrays[i] = array_value(columns[i], nulls[i], n, types[i]);
}

/* Rows of id, parcel, source and key back to their sayings, all of the same. */
static void
take_ids(const Rows *rows, Saying *sayings, int count, bool fresh)
{
	for (uint64 i = 0; i < rows->count; i++)
	{
		Parcel		parcel = {.id = row_int64(&rows->rows[i], 1)};
		BatchItem	item = {.fact = {.source = row_text(&rows->rows[i], 2)}};
		Saying		wanted = {.item = &item, .parcel = &parcel, .key = row_text(&rows->rows[i], 3)};
		Saying	   *found = bsearch(&wanted, sayings, count, sizeof(Saying), compare_sayings);

		if (found == NULL)
			elog(ERROR, "a tracking event was stored that nobody sent");
		while (found > sayings && compare_sayings(found - 1, &wanted) == 0)
			found--;
		for (; found < sayings + count && compare_sayings(found, &wanted) == 0; found++)
		{
			found->item->event_id = row_int64(&rows->rows[i], 0);
			found->fresh |= fresh && found->times > 0;
			found->item->fresh |= found->fresh;
		}
	}
}

static void
insert_events(Call *call, Saying *sayings, int count)
{
	static Statement insert = STATEMENT("iztLTTTTTTZTTTJ",
		"INSERT INTO marketplace.tracking_events (marketplace_id, parcel_id, source, event_key, source_event_id, code, "
		"sub_code, state, occurred_at, recorded_at, place, signed_by, quarantine, recorded_by, raw) "
		"SELECT $1, w.parcel_id, w.source, w.event_key, w.source_event_id, w.code, w.sub_code, w.state, w.occurred_at, $2, "
		"w.place, w.signed_by, w.quarantine, $3, w.raw FROM ROWS FROM (pg_catalog.unnest($4), pg_catalog.unnest($5), "
		"pg_catalog.unnest($6), pg_catalog.unnest($7), pg_catalog.unnest($8), pg_catalog.unnest($9), pg_catalog.unnest($10), "
		"pg_catalog.unnest($11), pg_catalog.unnest($12), pg_catalog.unnest($13), pg_catalog.unnest($14), "
		"pg_catalog.unnest($15)) AS w (parcel_id, source, event_key, source_event_id, code, sub_code, state, occurred_at, "
		"place, signed_by, quarantine, raw) ON CONFLICT (marketplace_id, parcel_id, source, event_key) DO NOTHING "
		"RETURNING id, parcel_id, source, event_key");
	Value		arrays[EVENT_COLUMNS];
	Rows		rows;

	event_arrays(call, sayings, count, arrays);
	rows = logistics_rows(&insert, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now),
										  value_text(call_actor()), arrays[0], arrays[1], arrays[2], arrays[3],
										  arrays[4], arrays[5], arrays[6], arrays[7], arrays[8], arrays[9],
										  arrays[10], arrays[11]));
	take_ids(&rows, sayings, count, true);
}

/* What was there already, or is said more than once, is counted (LG-19). */
static void
count_repeats(Call *call, Saying *sayings, int count)
{
	static Statement repeat = STATEMENT("iLTTI",
		"UPDATE marketplace.tracking_events e SET repeats = e.repeats + w.times FROM ROWS FROM (pg_catalog.unnest($2), "
		"pg_catalog.unnest($3), pg_catalog.unnest($4), pg_catalog.unnest($5)) AS w (parcel_id, source, event_key, times) "
		"WHERE e.marketplace_id = $1 AND e.parcel_id = w.parcel_id AND e.source = w.source AND e.event_key = w.event_key "
		"RETURNING e.id, e.parcel_id, e.source, e.event_key");
	Datum	   *columns[4];
	int			n = 0;
	Rows		rows;

	for (int i = 0; i < lengthof(columns); i++)
		columns[i] = palloc(count * sizeof(Datum));
	for (int i = 0; i < count; i++)
	{
		int			times = sayings[i].times - (sayings[i].fresh ? 1 : 0);

		if (sayings[i].times == 0 || times == 0)
			continue;
		columns[0][n] = Int64GetDatum(sayings[i].parcel->id);
		columns[1][n] = CStringGetTextDatum(sayings[i].item->fact.source);
		columns[2][n] = CStringGetTextDatum(sayings[i].key);
		columns[3][n++] = Int32GetDatum(times);
	}
	if (n == 0)
		return;
	rows = logistics_rows(&repeat, VALUES(value_int32(call->marketplace_id), array_value(columns[0], NULL, n, INT8OID),
										  array_value(columns[1], NULL, n, TEXTOID),
										  array_value(columns[2], NULL, n, TEXTOID),
										  array_value(columns[3], NULL, n, INT4OID)));
	take_ids(&rows, sayings, count, false);
}

/* The parcels of which something new was said. */
static List *
store_sayings(Call *call, Saying *sayings, int count)
{
	List	   *parcels = NIL;

	if (count == 0)
		return NIL;
	for (int i = 0, first = 0; i < count; i++)
	{
		if (i > 0 && compare_sayings(&sayings[first], &sayings[i]) == 0)
		{
			sayings[first].times++;
			sayings[i].times = 0;
			continue;
		}
		first = i;
	}
	insert_events(call, sayings, count);
	count_repeats(call, sayings, count);
	for (int i = 0; i < count; i++)
		if (sayings[i].fresh &&
			(parcels == NIL || ((Parcel *) llast(parcels))->id != sayings[i].parcel->id))
			parcels = lappend(parcels, sayings[i].parcel);
	return parcels;
}

void
tracking_batch_store(Call *call, BatchItem **items, int count)
{
	int			nsayings;
	Saying	   *sayings = plain_sayings(items, count, &nsayings);

	for (int i = 0; i < count; i++)
	{
		items[i]->event_id = 0;
		items[i]->fresh = false;
	}
	tracking_apply_all(call, store_sayings(call, sayings, nsayings));
	for (int i = 0; i < count; i++)
	{
		BatchItem  *item = items[i];
		Document	document = document_root(item->json);

		if (item->parcels == NIL || item->fact.corrects_event_id != NULL)
			item->event_id = tracking_document_record(call, &document, &item->fresh);
	}
}
