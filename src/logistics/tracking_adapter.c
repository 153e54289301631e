/*
 * tracking_adapter.c
 *		Mappings from the payloads of tracking providers: read, checked, kept as dated rows of the marketplace.
 *
 * A mapping is JSON that says by SQL/JSON paths where things are; so a new provider or a carrier's own format is a row, not code.
 * The paths are carried out in tracking_adapt.c.
 */
#include "postgres.h"

#include "kernel/attempt.h"
#include "kernel/errors.h"
#include "logistics/tracking_adapter.h"
#include "utils/fmgrprotos.h"

static const char *const field_names[ADAPTER_FIELDS] = {"carrier", "tracking_number", "sscc", "source_event_id", "code",
"sub_code", "state", "occurred_at", "place", "signed_by", "corrects", "correction_reason", "corrected_by"};

typedef struct Compilation
{
	const char *source;
	Datum		path;
} Compilation;

static void
compile(Call *call, void *argument)
{
	Compilation *compilation = argument;

	compilation->path = DirectFunctionCall1(jsonpath_in, CStringGetDatum(compilation->source));
}

static List *
add_path(Call *call, List *paths, const Document *object, const char *key, const char *source)
{
	Compilation compilation = {.source = source};
	ErrorData  *error;
	Datum	   *path;

	if (!attempt(call, compile, &compilation, &error))
		document_refuse(object, key, psprintf("\"%.100s\" is no SQL/JSON path: %s.", source, error->message),
						"Write a path such as $.events[*], or @ in a filter; $root is the whole payload.");
	path = palloc(sizeof(Datum));
	*path = compilation.path;
	return lappend(paths, path);
}

/* One path or an array of them. */
static void
read_paths(Call *call, AdapterPaths *field, const Document *object, const char *key)
{
	Jsonb	   *given;
	Document	array;

	if (!document_has(object, key))
		return;
	given = document_jsonb_or_null(object, key);
	field->paths = NIL;
	if (!JB_ROOT_IS_ARRAY(given) || JB_ROOT_IS_SCALAR(given))
	{
		field->paths = add_path(call, NIL, object, key, document_text(object, key));
		return;
	}
	array = document_array(object, key);
	for (int i = 0; i < document_length(&array); i++)
		field->paths = add_path(call, field->paths, object, key, document_item_text(&array, i));
}

static void
read_strip(AdapterPaths *field, const Document *object, const char *key)
{
	Document	array;

	if (!document_has(object, key))
		return;
	array = document_array(object, key);
	field->strip = NIL;
	for (int i = 0; i < document_length(&array); i++)
		field->strip = lappend(field->strip, document_item_text(&array, i));
}

#define FIELD_LIST(object) document_only(object, "carrier", "tracking_number", "sscc", "source_event_id", "code", "sub_code", \
	"state", "occurred_at", "place", "signed_by", "corrects", "correction_reason", "corrected_by", NULL)

static void
read_fields(Call *call, Adapter *adapter, const Document *document)
{
	static const char *const parts[] = {"fields", "strip", "values"};

	for (int part = 0; part < lengthof(parts); part++)
	{
		Document	object;

		if (!document_has(document, parts[part]))
			continue;
		object = document_object(document, parts[part]);
		FIELD_LIST(&object);
		for (int i = 0; i < ADAPTER_FIELDS; i++)
		{
			if (part == 0)
				read_paths(call, &adapter->fields[i], &object, field_names[i]);
			else if (part == 1)
				read_strip(&adapter->fields[i], &object, field_names[i]);
			else if (document_has(&object, field_names[i]))
				adapter->fields[i].values = document_object(&object, field_names[i]);
		}
	}
}

static Jsonb *
builtin_mapping(Call *call, const char *name)
{
	static Statement get = STATEMENT("tz",
		"SELECT mapping FROM marketplace.tracking_adapters_builtin WHERE adapter = $1 AND valid_from <= $2 "
		"ORDER BY valid_from DESC LIMIT 1");
	Row			row;

	return query_row(&get, VALUES(value_text(name), value_timestamptz(call->now)), &row) ? row_jsonb(&row, 0) : NULL;
}

void
adapter_read(Call *call, Adapter *adapter, Jsonb *mapping)
{
	Document	document = document_root(mapping);
	TimestampTz instant;

	document_only(&document, "extends", "accepts", "events", "source", "zone", "fields", "strip", "values", NULL);
	if (document_has(&document, "extends"))
	{
		char	   *extended = document_text(&document, "extends");
		Jsonb	   *base = builtin_mapping(call, extended);

		if (base == NULL)
			document_refuse(&document, "extends", psprintf("The extension has no adapter \"%.60s\".", extended),
							"See marketplace.tracking_adapters; its rows without a marketplace can be extended.");
		adapter_read(call, adapter, base);
		if (adapter->source == NULL)
			adapter->source = extended;
	}
	read_paths(call, &adapter->accepts, &document, "accepts");
	read_paths(call, &adapter->events, &document, "events");
	if (document_has(&document, "source"))
		adapter->source = document_text(&document, "source");
	if (document_has(&document, "zone"))
	{
		adapter->zone = document_text(&document, "zone");
		if (!instant_read("2026-01-01T00:00:00", adapter->zone, &instant))
			document_refuse(&document, "zone", psprintf("\"%.60s\" is no time zone.", adapter->zone),
							"Write a name such as Europe/Paris, or UTC.");
	}
	read_fields(call, adapter, &document);
	if (adapter->events.paths == NIL)
		document_refuse(&document, "events", "It does not say where the events are.", "Give a path such as $.events[*].");
	if (adapter->fields[FIELD_OCCURRED_AT].paths == NIL)
		document_refuse(&document, "fields", "It does not say when events happened.", "Give a path for occurred_at.");
}

Adapter *
adapter_get(Call *call, const char *name)
{
	static Statement get = STATEMENT("itz",
		"SELECT mapping FROM marketplace.tracking_adapter_versions WHERE marketplace_id = $1 AND adapter = $2 AND "
		"valid_from <= $3 ORDER BY valid_from DESC, id DESC LIMIT 1");
	Adapter    *adapter = palloc0(sizeof(Adapter));
	Jsonb	   *mapping;
	Row			row;

	adapter->name = tracking_plain_code(name);
	if (query_row(&get, VALUES(value_int32(call->marketplace_id), value_text(adapter->name),
							   value_timestamptz(call->now)), &row))
		mapping = row_jsonb(&row, 0);
	else
		mapping = builtin_mapping(call, adapter->name);
	if (mapping == NULL)
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no adapter \"%.60s\"", name),
				errdetail("Neither marketplace %d nor the extension has one in force.", call->marketplace_id),
				errhint("See marketplace.tracking_adapters; add one with marketplace.tracking_adapter_set()."));
	adapter_read(call, adapter, mapping);
	if (adapter->source == NULL)
		adapter->source = adapter->name;
	return adapter;
}

static int64
set_adapter(Call *call, Jsonb *json)
{
	static Statement insert = STATEMENT("itjtzz",
		"INSERT INTO marketplace.tracking_adapter_versions (marketplace_id, adapter, mapping, source, valid_from, "
		"created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id");
	Document	document = document_root(json);
	Adapter		adapter = {0};
	char	   *name;
	char	   *source;
	TimestampTz valid_from = call->now;
	Jsonb	   *mapping;
	Row			row;

	access_require(call, CAPACITY_OPERATOR, 0);
	document_only(&document, "adapter", "mapping", "source", "valid_from", NULL);
	name = tracking_plain_code(document_text(&document, "adapter"));
	source = document_text(&document, "source");
	(void) document_object(&document, "mapping");
	mapping = document_jsonb_or_null(&document, "mapping");
	adapter_read(call, &adapter, mapping);
	if (document_has(&document, "valid_from"))
		valid_from = document_timestamptz(&document, "valid_from");
	if (!logistics_row(&insert, VALUES(value_int32(call->marketplace_id), value_text(name), value_jsonb(mapping),
									   value_text(source), value_timestamptz(valid_from),
									   value_timestamptz(call->now)), &row))
		elog(ERROR, "an adapter was not written");
	return row_int64(&row, 0);
}

PG_FUNCTION_INFO_V1(tracking_adapter_set);
Datum
tracking_adapter_set(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = set_adapter(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}
