/*
 * event.c
 *		The outbox's writing side: each event gets the next number of its aggregate and the next link of the aggregate's hash chain,
 *		then its reactions run. Also the registry of reactions, guards and tick steps that choreography.c fills.
 *
 * Reading (consumers, cursor, replay) is in event_feed.c.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/async.h"
#include "kernel/epoch.h"
#include "kernel/errors.h"
#include "kernel/event.h"
#include "kernel/guard.h"
#include "kernel/kernel.h"
#include "kernel/seal.h"
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/json.h"

static const Reaction *reactions = NULL;
static const Guard *guards = NULL;
static const TickStep *tick_steps = NULL;
static char *notify_channel = NULL;

void
event_init(void)
{
	DefineCustomStringVariable("marketplace.notify_channel",
							   "Channel that is notified on commit when events were written; empty: no NOTIFY.",
							   "NOTIFY takes a lock for the commit and excludes two-phase commit, so it is off unless wanted.",
							   &notify_channel, "", PGC_SUSET, 0, NULL, NULL, NULL);
}

void
choreography_register(const Reaction *reaction_table, const Guard *guard_table, const TickStep *steps)
{
	reactions = reaction_table;
	guards = guard_table;
	tick_steps = steps;
}

void
guard_ask(Call *call, const char *name, int64 object_id)
{
	for (const Guard *guard = guards; guard != NULL && guard->name != NULL; guard++)
		if (strcmp(guard->name, name) == 0)
			guard->function(call, object_id);
}

/* What follows from an event is the system's doing, whoever caused it: lifecycles list 'system' for it. */
static void
react(Call *call, const Event *event)
{
	int			capacity = call->capacity;

	call->capacity = CAPACITY_SYSTEM;
	for (const Reaction *reaction = reactions; reaction != NULL && reaction->event_type != NULL; reaction++)
		if (strcmp(reaction->event_type, event->type) == 0)
			reaction->function(call, event);
	call->capacity = capacity;
}

const TickStep *
tick_registered_steps(void)
{
	return tick_steps;
}

void
payload_begin(JsonbParseState **state)
{
	*state = NULL;
	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
}

static void
push_pair(JsonbParseState **state, const char *key, JsonbValue *value)
{
	JsonbValue	name = {.type = jbvString};

	name.val.string.val = (char *) key;
	name.val.string.len = (int) strlen(key);
	pushJsonbValue(state, WJB_KEY, &name);
	pushJsonbValue(state, WJB_VALUE, value);
}

void
payload_text(JsonbParseState **state, const char *key, const char *v)
{
	JsonbValue	value = {.type = v == NULL ? jbvNull : jbvString};

	if (v != NULL)
	{
		value.val.string.val = pstrdup(v);
		value.val.string.len = (int) strlen(v);
	}
	push_pair(state, key, &value);
}

void
payload_numeric(JsonbParseState **state, const char *key, Numeric v)
{
	JsonbValue	value = {.type = v == NULL ? jbvNull : jbvNumeric};

	value.val.numeric = v;
	push_pair(state, key, &value);
}

void
payload_int64(JsonbParseState **state, const char *key, int64 v)
{
	payload_numeric(state, key, int64_to_numeric(v));
}

void
payload_amount(JsonbParseState **state, const char *key, Amount v)
{
	payload_text(state, key, amount_to_cstring(v));
}

void
payload_timestamptz(JsonbParseState **state, const char *key, TimestampTz v)
{
	char		buffer[MAXDATELEN + 1];

	payload_text(state, key, JsonEncodeDateTime(buffer, TimestampTzGetDatum(v), TIMESTAMPTZOID, NULL));
}

void
payload_bool(JsonbParseState **state, const char *key, bool v)
{
	JsonbValue	value = {.type = jbvBool};

	value.val.boolean = v;
	push_pair(state, key, &value);
}

void
payload_jsonb(JsonbParseState **state, const char *key, Jsonb *v)
{
	JsonbValue	value = {.type = jbvBinary};

	if (JB_ROOT_IS_SCALAR(v))
		(void) JsonbExtractScalar(&v->root, &value);
	else
	{
		value.val.binary.data = &v->root;
		value.val.binary.len = VARSIZE(v) - VARHDRSZ;
	}
	push_pair(state, key, &value);
}

/* The bytes that the hash chain covers; view event_chain builds the same text in SQL. */
static char *
canonical(Call *call, const Event *event, int32 sequence, const char *actor)
{
	return psprintf("%d|%s|%lld|%d|%s|%s|%lld|%s", call->marketplace_id, event->aggregate, (long long) event->aggregate_id,
					sequence, event->type, JsonbToCString(NULL, &event->payload->root, VARSIZE(event->payload)),
					(long long) call->now, actor);
}

int64
event_emit(Call *call, const char *aggregate, int64 aggregate_id, const char *type, JsonbParseState **payload)
{
	static Statement last = STATEMENT("itl",
		"SELECT sequence, hash FROM marketplace.events WHERE marketplace_id = $1 AND aggregate = $2 AND aggregate_id = $3 "
		"ORDER BY sequence DESC LIMIT 1");
	static Statement append = STATEMENT("itlitjtttzyl",
		"INSERT INTO marketplace.events (marketplace_id, aggregate, aggregate_id, sequence, type, payload, function, request_key, "
		"actor, recorded_at, hash, xact) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id");
	Event		event = {.aggregate = aggregate, .aggregate_id = aggregate_id, .type = type};
	const char *actor = call_actor();
	int32		sequence = 1;
	bytea	   *previous = NULL;
	Row			row;
	char	   *content;

	event.payload = JsonbValueToJsonb(pushJsonbValue(payload, WJB_END_OBJECT, NULL));
	if (query_row(&last, VALUES(value_int32(call->marketplace_id), value_text(aggregate), value_int64(aggregate_id)), &row))
	{
		sequence = row_int32(&row, 0) + 1;
		previous = DatumGetByteaPP(row_datum(&row, 1));
	}
	content = canonical(call, &event, sequence, actor);
	guard_open("event");
	if (!query_row(&append, VALUES(value_int32(call->marketplace_id), value_text(aggregate), value_int64(aggregate_id),
								   value_int32(sequence), value_text(type), value_jsonb(event.payload), value_text(call->function),
								   value_text(call->request_key), value_text(actor), value_timestamptz(call->now),
								   value_bytea(seal_next(previous, content, strlen(content))), value_int64(epoch_xact())), &row))
		elog(ERROR, "an event was not written");
	guard_close();
	event.id = row_int64(&row, 0);
	if (notify_channel != NULL && notify_channel[0] != '\0')
		Async_Notify(notify_channel, psprintf("%d", call->marketplace_id));
	react(call, &event);
	return event.id;
}
