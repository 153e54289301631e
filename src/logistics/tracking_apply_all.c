/*
 * tracking_apply_all.c
 *		Folds many parcels at once. Of those whose events move nothing but their own row, the rows are written with one
 *		statement; the others go through tracking_apply().
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "logistics/tracking_batch.h"
#include "orders/orders.h"

/* A parcel as it is before the fold. */
typedef struct Standing
{
	Parcel	   *parcel;
	TimestampTz first_scan_at;
	TimestampTz delivered_at;
	bool		plain;			/* nothing received, nothing contested, no silence to wait for */
	bool		on_way;			/* no content has arrived, is lost or was sent back */
	bool		arrived;		/* all of it has */
	bool		with_carrier;	/* the shipment is handed over, and its first scan does not matter any more */
	bool		implicit;		/* handed over by a scan, whose time counts */
	bool		objected;		/* the buyer objects to something of it */
	Fold		fold;
} Standing;

static TimestampTz
instant(const Row *row, int column)
{
	return row_null(row, column) ? DT_NOBEGIN : row_timestamptz(row, column);
}

static int
compare_ids(const void *x, const void *y)
{
	int64		a = ((const Standing *) x)->parcel->id;
	int64		b = ((const Standing *) y)->parcel->id;

	return (a > b) - (a < b);
}

static Value
parcel_ids(const Standing *standings, int count)
{
	Datum	   *ids = palloc(Max(count, 1) * sizeof(Datum));

	for (int i = 0; i < count; i++)
		ids[i] = Int64GetDatum(standings[i].parcel->id);
	return array_value(ids, NULL, count, INT8OID);
}

/* Each parcel once, by id, as it is. */
static Standing *
read_standings(Call *call, List *parcels, int *count)
{
	static Statement get = STATEMENT("iL",
		"SELECT p.id, p.first_scan_at, p.delivered_at, p.received_at IS NULL AND NOT p.contested AND p.receipt_due_at IS NULL, "
		"NOT EXISTS (SELECT FROM marketplace.parcel_contents c WHERE c.marketplace_id = $1 AND c.parcel_id = p.id AND "
		"c.position IN ('delivered', 'lost', 'sent_back')), NOT EXISTS (SELECT FROM marketplace.parcel_contents c WHERE "
		"c.marketplace_id = $1 AND c.parcel_id = p.id AND c.position <> 'delivered'), s.state = 'handed_over', s.implicit, "
		"EXISTS (SELECT FROM marketplace.receipt_objections o WHERE o.marketplace_id = $1 AND o.parcel_id = p.id AND o.state = 'open') "
		"FROM marketplace.parcels p JOIN marketplace.shipments s ON s.marketplace_id = $1 AND s.id = p.shipment_id "
		"WHERE p.marketplace_id = $1 AND p.id = ANY ($2) ORDER BY p.id");
	Standing   *standings = palloc0(Max(list_length(parcels), 1) * sizeof(Standing));
	int			n = 0;
	Rows		rows;
	ListCell   *cell;

	foreach(cell, parcels)
		standings[n++].parcel = lfirst(cell);
	qsort(standings, n, sizeof(Standing), compare_ids);
	*count = 0;
	for (int i = 0; i < n; i++)
		if (i == 0 || standings[i].parcel->id != standings[*count - 1].parcel->id)
			standings[(*count)++] = standings[i];
	rows = query_rows(&get, VALUES(value_int32(call->marketplace_id), parcel_ids(standings, *count)));
	if (rows.count != *count)
		elog(ERROR, "a parcel is gone");
	for (int i = 0; i < *count; i++)
	{
		const Row  *row = &rows.rows[i];

		standings[i].first_scan_at = instant(row, 1);
		standings[i].delivered_at = instant(row, 2);
		standings[i].plain = row_bool(row, 3);
		standings[i].on_way = row_bool(row, 4);
		standings[i].arrived = row_bool(row, 5);
		standings[i].with_carrier = row_bool(row, 6);
		standings[i].implicit = row_bool(row, 7);
		standings[i].objected = row_bool(row, 8);
	}
	return standings;
}

/* The canonical states with their ranks: a few, read once for all events. */
typedef struct Rank
{
	const char *state;
	int			rank;
} Rank;

static Rank *
read_ranks(int *count)
{
	static Statement get = STATEMENT("", "SELECT state, rank FROM marketplace.tracking_states");
	Rows		rows = query_rows(&get, NO_VALUES);
	Rank	   *ranks = palloc(Max(rows.count, 1) * sizeof(Rank));

	*count = (int) rows.count;
	for (int i = 0; i < *count; i++)
		ranks[i] = (Rank) {row_text(&rows.rows[i], 0), row_int32(&rows.rows[i], 1)};
	return ranks;
}

static int
rank_of(const Rank *ranks, int count, const char *state)
{
	for (int i = 0; i < count; i++)
		if (strcmp(ranks[i].state, state) == 0)
			return ranks[i].rank;
	return 0;
}

/* As tracking_events(), but only events that say a code are looked up in the vocabulary. */
static void
fold_all(Call *call, Standing *standings, int count)
{
	static Statement get = STATEMENT("iL",
		"SELECT e.id, e.source, e.event_key, e.source_event_id, COALESCE(e.state::text, m.state), m.rank, e.occurred_at, "
		"e.signed_by, e.corrects_source, e.corrects_event_id, e.quarantine, e.parcel_id FROM marketplace.tracking_events e "
		"LEFT JOIN LATERAL (SELECT v.state, v.rank FROM marketplace.tracking_event_meanings v WHERE v.marketplace_id = $1 AND "
		"v.parcel_id = e.parcel_id AND v.tracking_event_id = e.id AND e.state IS NULL) m ON true "
		"WHERE e.marketplace_id = $1 AND e.parcel_id = ANY ($2) AND e.carried IS NOT FALSE ORDER BY e.parcel_id");
	Rows		rows = query_rows(&get, VALUES(value_int32(call->marketplace_id), parcel_ids(standings, count)));
	FoldEvent  *events = MemoryContextAllocHuge(CurrentMemoryContext, Max(rows.count, 1) * sizeof(FoldEvent));
	int			nranks;
	Rank	   *ranks = read_ranks(&nranks);
	uint64		at = 0;

	for (int i = 0; i < count; i++)
	{
		int			n = 0;

		for (; at < rows.count && row_int64(&rows.rows[at], 11) == standings[i].parcel->id; at++)
		{
			events[n] = fold_event(&rows.rows[at]);
			if (events[n].state != NULL)
				events[n].rank = rank_of(ranks, nranks, events[n].state);
			n++;
		}
		standings[i].fold = tracking_fold(events, n);
	}
}

/* True when tracking_apply() would write the parcel's row and nothing else. */
static bool
moves_nothing(const Standing *s)
{
	if (s->fold.first_scan_at != DT_NOBEGIN &&
		(!s->with_carrier || (s->implicit && s->fold.first_scan_at != s->first_scan_at)))
		return false;
	if (s->fold.delivered_at != s->delivered_at || s->objected)
		return false;
	if (s->fold.delivered_at != DT_NOBEGIN)
		return s->arrived;
	if (s->fold.state != NULL && (strcmp(s->fold.state, "lost") == 0 || strcmp(s->fold.state, "returned") == 0))
		return false;
	return s->plain && s->on_way;
}

#define FOLD_COLUMNS 8

static void
write_folds(Call *call, Standing *standings, int count)
{
	static Statement update = STATEMENT("iLTZZZTZB",
		"UPDATE marketplace.parcels p SET state = w.state, first_scan_at = w.first_scan_at, last_event_at = w.last_event_at, "
		"delivered_at = w.delivered_at, signed_by = w.signed_by, silent_at = w.silent_at, current = p.current AND NOT w.final "
		"FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4), pg_catalog.unnest($5), "
		"pg_catalog.unnest($6), pg_catalog.unnest($7), pg_catalog.unnest($8), pg_catalog.unnest($9)) AS w (id, state, "
		"first_scan_at, last_event_at, delivered_at, signed_by, silent_at, final) WHERE p.marketplace_id = $1 AND p.id = w.id "
		"AND (p.state, p.first_scan_at, p.last_event_at, p.delivered_at, p.signed_by, p.silent_at) IS DISTINCT FROM "
		"(w.state, w.first_scan_at, w.last_event_at, w.delivered_at, w.signed_by, w.silent_at)");
	static const Oid types[FOLD_COLUMNS] = {INT8OID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID,
	TIMESTAMPTZOID, BOOLOID};
	Value		arrays[FOLD_COLUMNS];
	Datum	   *columns[FOLD_COLUMNS];
	bool	   *nulls[FOLD_COLUMNS];

	for (int i = 0; i < FOLD_COLUMNS; i++)
	{
		columns[i] = palloc(count * sizeof(Datum));
		nulls[i] = palloc0(count * sizeof(bool));
	}
	for (int i = 0; i < count; i++)
	{
		const Fold *fold = &standings[i].fold;
		Value		row[FOLD_COLUMNS] = {
			value_int64(standings[i].parcel->id), value_text(fold->state), value_instant(fold->first_scan_at),
			value_instant(fold->last_event_at), value_instant(fold->delivered_at), value_text(fold->signed_by),
			value_instant(tracking_silent_at(call, standings[i].parcel, fold)),
			value_bool(fold_state_is_final(fold->state))
		};

		for (int c = 0; c < FOLD_COLUMNS; c++)
		{
			columns[c][i] = row[c].datum;
			nulls[c][i] = row[c].null;
		}
	}
	for (int i = 0; i < FOLD_COLUMNS; i++)
		arrays[i] = array_value(columns[i], nulls[i], count, types[i]);
	(void) logistics_execute(&update, VALUES(value_int32(call->marketplace_id), arrays[0], arrays[1], arrays[2],
											 arrays[3], arrays[4], arrays[5], arrays[6], arrays[7]));
}

void
tracking_apply_all(Call *call, List *parcels)
{
	int			count;
	int			quiet = 0;
	Standing   *standings;
	List	   *moving = NIL;
	ListCell   *cell;

	if (parcels == NIL)
		return;
	standings = read_standings(call, parcels, &count);
	fold_all(call, standings, count);
	for (int i = 0; i < count; i++)
	{
		if (moves_nothing(&standings[i]))
			standings[quiet++] = standings[i];
		else
			moving = lappend(moving, standings[i].parcel);
	}
	if (quiet > 0)
		write_folds(call, standings, quiet);
	foreach(cell, moving)
	{
		tracking_require(call, lfirst(cell));	/* in whose name a hand-over is recorded */
		tracking_apply(call, lfirst(cell));
	}
}
