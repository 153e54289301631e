/*
 * tracking_adapt.c
 *		tracking_adapt() and tracking_record_from(): a provider's payload to canonical documents, by the paths of its adapter.
 *
 * A payload that is not the adapter's is refused whole. What is wrong with one event is left for the batch to say: each document is
 * then refused by itself.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "kernel/errors.h"
#include "logistics/tracking_adapter.h"
#include "orders/orders.h"
#include "types/identifier_epc.h"
#include "utils/fmgrprotos.h"

typedef struct Adaptation
{
	Adapter    *adapter;
	const char *zone;
	Jsonb	   *vars;			/* {"root": payload} */
	List	   *documents;		/* of Jsonb * */
} Adaptation;

/* What a path finds; where it does not fit the payload it finds nothing. */
static Jsonb *
find(const Adaptation *work, Jsonb *target, Datum path)
{
	return DatumGetJsonbP(DirectFunctionCall4(jsonb_path_query_array, JsonbPGetDatum(target), path,
											  JsonbPGetDatum(work->vars), BoolGetDatum(true)));
}

/* Texts, numbers and truth values as text; anything else is no value. */
static char *
scalar_text(const JsonbValue *value)
{
	if (value->type == jbvString)
		return value->val.string.len == 0 ? NULL : pnstrdup(value->val.string.val, value->val.string.len);
	if (value->type == jbvNumeric)
		return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
	if (value->type == jbvBool)
		return pstrdup(value->val.boolean ? "true" : "false");
	return NULL;
}

static char *
ours(const AdapterPaths *field, char *theirs)
{
	ListCell   *cell;

	foreach(cell, field->strip)
	{
		const char *prefix = lfirst(cell);

		if (strncmp(theirs, prefix, strlen(prefix)) == 0)
		{
			theirs += strlen(prefix);
			break;
		}
	}
	if (field->values.container != NULL && document_has(&field->values, theirs))
		return document_text(&field->values, theirs);
	return theirs;
}

/* The values that the paths find: of the first path that finds any, or (all) of each. */
static List *
field_values(const Adaptation *work, Jsonb *event, AdapterField name, bool all)
{
	const AdapterPaths *field = &work->adapter->fields[name];
	List	   *values = NIL;
	ListCell   *cell;

	foreach(cell, field->paths)
	{
		Jsonb	   *found = find(work, event, *(Datum *) lfirst(cell));

		for (uint32 i = 0; i < JB_ROOT_COUNT(found); i++)
		{
			char	   *value = scalar_text(getIthJsonbValueFromContainer(&found->root, i));

			if (value != NULL)
				values = lappend(values, ours(field, value));
		}
		if (values != NIL && !all)
			break;
	}
	return values;
}

static char *
first_value(const Adaptation *work, Jsonb *event, AdapterField name)
{
	List	   *values = field_values(work, event, name, false);

	return values == NIL ? NULL : linitial(values);
}

static char *
joined(List *values)
{
	StringInfoData list;
	ListCell   *cell;

	if (values == NIL)
		return NULL;
	initStringInfo(&list);
	foreach(cell, values)
		appendStringInfo(&list, "%s%s", list.len > 0 ? ", " : "", (char *) lfirst(cell));
	return list.data;
}

/*
 * Instants as providers write them: ISO 8601, or UN/EDIFACT 2379 codes 102, 203 and 204 (CCYYMMDD, CCYYMMDDHHMM, CCYYMMDDHHMMSS). What
 * is neither goes on as it is, to be refused by its reader.
 */
static char *
instant_text(const Adaptation *work, char *given)
{
	JsonbParseState *state;
	TimestampTz instant;
	size_t		length = given == NULL ? 0 : strlen(given);
	char	   *iso = given;
	Document	document;

	if (given == NULL)
		return NULL;
	if (strspn(given, "0123456789") == length && (length == 8 || length == 12 || length == 14))
		iso = psprintf("%.4s-%.2s-%.2sT%.2s:%.2s:%.2s", given, given + 4, given + 6, length > 8 ? given + 8 : "00",
					   length > 8 ? given + 10 : "00", length > 12 ? given + 12 : "00");
	if (!instant_read(iso, work->zone, &instant))
		return given;
	payload_begin(&state);
	payload_timestamptz(&state, "at", instant);
	document = document_root(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL)));
	return document_text(&document, "at");
}

/* An EPC or a Digital Link stands for its SSCC; what is no SSCC names no parcel. */
static char *
sscc_of(char *given)
{
	char		key[GS1_KEY_SIZE];
	Gs1KeyKind	kind;

	if (strchr(given, ':') == NULL)
		return given;
	return epc_to_gs1_key(given, strlen(given), key, &kind) == EPC_KEY && kind == GS1_SSCC ? pstrdup(key) : NULL;
}

static void
push_text(JsonbParseState **state, const char *key, const char *value)
{
	if (value != NULL)
		payload_text(state, key, value);
}

static void
push_correction(const Adaptation *work, Jsonb *event, const char *corrects, JsonbParseState **state)
{
	JsonbParseState *correction;
	JsonbParseState *list = NULL;
	char	   *reason = first_value(work, event, FIELD_CORRECTION_REASON);
	ListCell   *cell;

	pushJsonbValue(&list, WJB_BEGIN_ARRAY, NULL);
	foreach(cell, field_values(work, event, FIELD_CORRECTED_BY, true))
	{
		JsonbValue	id = {.type = jbvString};

		id.val.string.val = lfirst(cell);
		id.val.string.len = (int) strlen(lfirst(cell));
		pushJsonbValue(&list, WJB_ELEM, &id);
	}
	payload_begin(&correction);
	payload_text(&correction, "source", work->adapter->source);
	payload_text(&correction, "source_event_id", corrects);
	payload_text(&correction, "reason", reason == NULL ? "incorrect_data" : reason);
	payload_jsonb(&correction, "corrected_by", JsonbValueToJsonb(pushJsonbValue(&list, WJB_END_ARRAY, NULL)));
	payload_jsonb(state, "corrects", JsonbValueToJsonb(pushJsonbValue(&correction, WJB_END_OBJECT, NULL)));
}

/* The document of one event for one parcel: sscc, or else carrier and number. */
static Jsonb *
canonical(const Adaptation *work, Jsonb *event, const char *sscc)
{
	JsonbParseState *state;
	char	   *corrects = first_value(work, event, FIELD_CORRECTS);

	payload_begin(&state);
	payload_text(&state, "source", work->adapter->source);
	push_text(&state, "source_event_id", first_value(work, event, FIELD_SOURCE_EVENT_ID));
	push_text(&state, "sscc", sscc);
	if (sscc == NULL)
	{
		push_text(&state, "carrier", first_value(work, event, FIELD_CARRIER));
		push_text(&state, "tracking_number", first_value(work, event, FIELD_TRACKING_NUMBER));
	}
	push_text(&state, "code", first_value(work, event, FIELD_CODE));
	push_text(&state, "sub_code", first_value(work, event, FIELD_SUB_CODE));
	push_text(&state, "state", first_value(work, event, FIELD_STATE));
	push_text(&state, "occurred_at", instant_text(work, first_value(work, event, FIELD_OCCURRED_AT)));
	push_text(&state, "place", joined(field_values(work, event, FIELD_PLACE, true)));
	push_text(&state, "signed_by", first_value(work, event, FIELD_SIGNED_BY));
	if (corrects != NULL)
		push_correction(work, event, corrects, &state);
	payload_jsonb(&state, "raw", event);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

static void
adapt_event(Adaptation *work, Jsonb *event)
{
	List	   *named;
	ListCell   *cell;

	if (work->adapter->fields[FIELD_SSCC].paths == NIL)
	{
		work->documents = lappend(work->documents, canonical(work, event, NULL));
		return;
	}
	named = field_values(work, event, FIELD_SSCC, true);
	foreach(cell, named)
	{
		char	   *sscc = sscc_of(lfirst(cell));

		if (sscc != NULL)
			work->documents = lappend(work->documents, canonical(work, event, sscc));
	}
	if (named == NIL && first_value(work, event, FIELD_TRACKING_NUMBER) != NULL)
		work->documents = lappend(work->documents, canonical(work, event, NULL));
}

static void
refuse_payload(const Adapter *adapter)
{
	ereport(ERROR,
			errcode(MK_TRACKING),
			errmsg("the payload is not one of adapter \"%s\"", adapter->name),
			errdetail("What \"accepts\" of the adapter looks for is not in it."),
			errhint("Use the adapter of its sender: see marketplace.tracking_adapters."));
}

/* The payload's canonical documents, of Jsonb *. */
static List *
adapt(Call *call, const char *name, Jsonb *payload)
{
	Adaptation	work = {.adapter = adapter_get(call, name)};
	JsonbParseState *vars;
	ListCell   *cell;

	work.zone = work.adapter->zone != NULL ? work.adapter->zone : marketplace_get(call)->time_zone;
	payload_begin(&vars);
	payload_jsonb(&vars, "root", payload);
	work.vars = JsonbValueToJsonb(pushJsonbValue(&vars, WJB_END_OBJECT, NULL));
	foreach(cell, work.adapter->accepts.paths)
		if (JB_ROOT_COUNT(find(&work, payload, *(Datum *) lfirst(cell))) > 0)
			break;
	if (cell == NULL && work.adapter->accepts.paths != NIL)
		refuse_payload(work.adapter);
	foreach(cell, work.adapter->events.paths)
	{
		Jsonb	   *events = find(&work, payload, *(Datum *) lfirst(cell));

		for (uint32 i = 0; i < JB_ROOT_COUNT(events); i++)
			adapt_event(&work, JsonbValueToJsonb(getIthJsonbValueFromContainer(&events->root, i)));
	}
	return work.documents;
}

static Jsonb *
adapt_to_array(Call *call, const char *name, Jsonb *payload)
{
	JsonbParseState *state = NULL;
	ListCell   *cell;

	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	foreach(cell, adapt(call, name, payload))
	{
		Jsonb	   *document = lfirst(cell);
		JsonbValue	value = {.type = jbvBinary};

		value.val.binary.data = &document->root;
		value.val.binary.len = VARSIZE(document) - VARHDRSZ;
		pushJsonbValue(&state, WJB_ELEM, &value);
	}
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL));
}

PG_FUNCTION_INFO_V1(tracking_adapt);
Datum
tracking_adapt(PG_FUNCTION_ARGS)
{
	static Statement unfold = STATEMENT("j",
		"SELECT d.position::int, d.document FROM pg_catalog.jsonb_array_elements($1) WITH ORDINALITY d (document, position) "
		"ORDER BY 1");
	Call		call;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER | CAPACITY_CARRIER);
	query_return_set(fcinfo, &unfold, VALUES(value_jsonb(adapt_to_array(&call, call_text(&call, 1), call_jsonb(&call, 2)))));
	call_end_read(&call);
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(tracking_record_from);
Datum
tracking_record_from(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_CARRIER);
		call.result = tracking_batch_record(&call, adapt_to_array(&call, call_text(&call, 1), call_jsonb(&call, 2)));
	}
	PG_RETURN_INT64(call_end(&call));
}
