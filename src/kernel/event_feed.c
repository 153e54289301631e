/*
 * event_feed.c
 *		The outbox's reading side: consumers with a cursor, explicit acknowledgement and replay (LG-58).
 *
 * Ids are taken before commit, so a row with a low id may appear late. Readers therefore go by transaction: only rows whose
 * transaction and all older ones have ended are handed out (epoch.h), in the order (transaction, id), which never gains a row
 * behind the cursor.
 */
#include "postgres.h"

#include "kernel/epoch.h"
#include "kernel/errors.h"
#include "kernel/kernel.h"

static void
no_consumer(Call *call, const char *name)
{
	ereport(ERROR,
			errcode(MK_EVENT),
			errmsg("marketplace %d has no event consumer \"%s\"", call->marketplace_id, name),
			errhint("Create it with marketplace.event_consumer_create()."));
}

static void
require_flows(Value flows)
{
	static Statement unknown = STATEMENT("T",
		"SELECT pg_catalog.min(f.flow) FROM pg_catalog.unnest($1) f (flow) WHERE f.flow IS NULL OR NOT EXISTS ("
		"SELECT FROM marketplace.event_types t WHERE t.flow = f.flow) HAVING pg_catalog.count(*) > 0");
	static Statement known = STATEMENT("",
		"SELECT pg_catalog.string_agg(DISTINCT flow, ', ' ORDER BY flow) FROM marketplace.event_types");
	Row			row;

	if (flows.null || !query_row(&unknown, &flows, &row))
		return;
	ereport(ERROR,
			errcode(MK_INVALID_ARGUMENT),
			errmsg("there is no flow \"%.60s\"", row_null(&row, 0) ? "NULL" : row_text(&row, 0)),
			errdetail("Flows are %s.", TextDatumGetCString(query_datum(&known, NO_VALUES))),
			errhint("See the view marketplace.event_types, or leave flows out for all events."));
}

PG_FUNCTION_INFO_V1(event_consumer_create);
Datum
event_consumer_create(PG_FUNCTION_ARGS)
{
	static Statement create = STATEMENT("itz",
		"INSERT INTO marketplace.event_consumers (marketplace_id, name, created_at) VALUES ($1, $2, $3) "
		"ON CONFLICT DO NOTHING RETURNING id");
	Call		call;
	Row			row;

	if (call_begin(&call, fcinfo))
	{
		char	   *name = call_text(&call, 1);

		access_require(&call, CAPACITY_OPERATOR, 0);
		if (!query_row(&create, VALUES(value_int32(call.marketplace_id), value_text(name), value_timestamptz(call.now)), &row))
			ereport(ERROR,
					errcode(MK_ALREADY_EXISTS),
					errmsg("marketplace %d has an event consumer \"%s\" already", call.marketplace_id, name),
					errhint("Use it, or choose another name."));
		call.result = row_int64(&row, 0);
	}
	PG_RETURN_INT64(call_end(&call));
}

PG_FUNCTION_INFO_V1(event_consumer_filter);
Datum
event_consumer_filter(PG_FUNCTION_ARGS)
{
	static Statement filter = STATEMENT("itT",
		"UPDATE marketplace.event_consumers SET flows = $3 WHERE marketplace_id = $1 AND name = $2 RETURNING id");
	Call		call;
	Row			row;

	if (call_begin(&call, fcinfo))
	{
		char	   *name = call_text(&call, 1);

		access_require(&call, CAPACITY_OPERATOR, 0);
		require_flows(call_value(&call, 2));
		if (!query_row(&filter, VALUES(value_int32(call.marketplace_id), value_text(name), call_value(&call, 2)), &row))
			no_consumer(&call, name);
		call.result = row_int64(&row, 0);
	}
	PG_RETURN_INT64(call_end(&call));
}

PG_FUNCTION_INFO_V1(event_lag);
Datum
event_lag(PG_FUNCTION_ARGS)
{
	static Statement lag = STATEMENT("il",
		"SELECT c.name, c.flows, NULLIF(c.event_id, 0), c.acknowledged_at, w.behind, w.oldest, w.held_back "
		"FROM marketplace.event_consumers c CROSS JOIN LATERAL ("
		"SELECT pg_catalog.count(*) AS behind, pg_catalog.min(e.recorded_at) AS oldest, "
		"pg_catalog.count(*) FILTER (WHERE e.xact >= $2) AS held_back FROM marketplace.events e "
		"WHERE e.marketplace_id = c.marketplace_id AND (e.xact, e.id) > (c.xact, c.event_id) AND (c.flows IS NULL OR "
		"e.type IN (SELECT t.type FROM marketplace.event_types t WHERE t.flow = ANY (c.flows)))) w "
		"WHERE c.marketplace_id = $1 ORDER BY c.name");
	Call		call;

	call_begin_read(&call, fcinfo);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	query_return_set(fcinfo, &lag, VALUES(value_int32(call.marketplace_id), value_int64(epoch_horizon())));
	call_end_read(&call);
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(events_fetch);
Datum
events_fetch(PG_FUNCTION_ARGS)
{
	static Statement types_of = STATEMENT("it",
		"SELECT CASE WHEN c.flows IS NOT NULL THEN ARRAY(SELECT t.type FROM marketplace.event_types t WHERE t.flow = ANY (c.flows)) END "
		"FROM marketplace.event_consumers c WHERE c.marketplace_id = $1 AND c.name = $2");
	static Statement fetch = STATEMENT("itilT",
		"SELECT e.id, e.aggregate, e.aggregate_id, e.sequence, e.type, e.schema_version::int, e.payload, e.actor, e.recorded_at "
		"FROM marketplace.event_consumers c "
		"JOIN marketplace.events e ON e.marketplace_id = c.marketplace_id "
		" AND (e.xact, e.id) > (c.xact, c.event_id) "
		"WHERE c.marketplace_id = $1 AND c.name = $2 "
		" AND e.xact < $4 AND ($5 IS NULL OR e.type = ANY ($5)) "
		"ORDER BY e.xact, e.id LIMIT $3");
	Call		call;
	Row			row;
	char	   *name;
	int32		limit;

	call_begin_read(&call, fcinfo);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	name = call_text(&call, 1);
	limit = call_int32(&call, 2);
	if (limit < 1 || limit > 100000)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("events are fetched 1 to 100000 at a time"),
				errdetail("%d were asked for.", limit),
				errhint("Fetch, work, acknowledge, fetch again."));
	if (!query_row(&types_of, VALUES(value_int32(call.marketplace_id), value_text(name)), &row))
		no_consumer(&call, name);
	query_return_set(fcinfo, &fetch, VALUES(value_int32(call.marketplace_id), value_text(name), value_int32(limit),
											 value_int64(epoch_horizon()), row_value(&row, 0)));
	call_end_read(&call);
	return (Datum) 0;
}

/* Moves the cursor to just behind the event; 0 moves it to the very beginning (replay). */
static void
set_cursor(Call *call, const char *name, int64 event_id, bool forward)
{
	static Statement to_event = STATEMENT("itlblz",
		"UPDATE marketplace.event_consumers c SET xact = e.xact, event_id = e.id, acknowledged_at = $6 "
		"FROM marketplace.events e WHERE c.marketplace_id = $1 AND c.name = $2 AND e.marketplace_id = $1 AND e.id = $3 "
		"AND (NOT $4 OR (e.xact, e.id) >= (c.xact, c.event_id)) "
		"AND e.xact < $5");
	static Statement to_start = STATEMENT("itz",
		"UPDATE marketplace.event_consumers SET xact = 0, event_id = 0, acknowledged_at = $3 WHERE marketplace_id = $1 AND name = $2");
	static Statement lock = STATEMENT("it",
		"SELECT id FROM marketplace.event_consumers WHERE marketplace_id = $1 AND name = $2 FOR NO KEY UPDATE");
	Row			row;

	if (!query_row(&lock, VALUES(value_int32(call->marketplace_id), value_text(name)), &row))
		no_consumer(call, name);
	call->result = row_int64(&row, 0);
	if (event_id == 0 && !forward)
		query_execute(&to_start, VALUES(value_int32(call->marketplace_id), value_text(name), value_timestamptz(call->now)));
	else if (query_execute(&to_event, VALUES(value_int32(call->marketplace_id), value_text(name), value_int64(event_id),
											 value_bool(forward), value_int64(epoch_horizon()),
											 value_timestamptz(call->now))) != 1)
		ereport(ERROR,
				errcode(MK_EVENT),
				errmsg("consumer \"%s\" cannot move to event %lld", name, (long long) event_id),
				errdetail("The event does not exist here, was never handed out, or lies before what was acknowledged already."),
				errhint("Acknowledge the last event of a fetch; go back with marketplace.events_replay()."));
}

PG_FUNCTION_INFO_V1(events_ack);
Datum
events_ack(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		set_cursor(&call, call_text(&call, 1), call_int64(&call, 2), true);
	}
	PG_RETURN_INT64(call_end(&call));
}

PG_FUNCTION_INFO_V1(events_replay);
Datum
events_replay(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		set_cursor(&call, call_text(&call, 1), call_int64(&call, 2), false);
	}
	PG_RETURN_INT64(call_end(&call));
}

PG_FUNCTION_INFO_V1(events_verify);
Datum
events_verify(PG_FUNCTION_ARGS)
{
	static Statement broken = STATEMENT("i",
		"SELECT c.aggregate, c.aggregate_id, c.sequence, "
		"CASE WHEN c.sequence <> c.position THEN 'numbered without a gap' ELSE 'hash of the content' END "
		"FROM marketplace.event_chain c WHERE c.marketplace_id = $1 AND (c.sequence <> c.position OR c.hash <> c.expected_hash) "
		"ORDER BY 1, 2, 3");
	Call		call;

	call_begin_read(&call, fcinfo);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	query_return_set(fcinfo, &broken, VALUES(value_int32(call.marketplace_id)));
	call_end_read(&call);
	return (Datum) 0;
}
