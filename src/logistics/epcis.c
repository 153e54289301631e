/*
 * epcis.c
 *		epcis_record(): GS1 EPCIS 2.0 events in JSON to canonical tracking events.
 *
 * bizStep is the code and disposition the sub-code; what they mean are rows of the vocabulary (RD-60). Parcels and handling
 * units are found by SSCC; an aggregation event also says what is in what (LG-27). Keys that we do not read are let pass, as the standard allows extensions; what we read must have
 * its type.
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "logistics/handling_unit.h"
#include "orders/orders.h"
#include "types/identifier_epc.h"

#define EPCIS_SOURCE "epcis"

/*
 * ---- vocabulary ----
 */

/* The bare word of a CBV value, whichever of the standard's forms it comes in; other URIs stay whole. */
static const char *
bare_word(const char *value, const char *urn, const char *web, const char *curie)
{
	const char *const prefixes[] = {urn, web, curie};

	for (int i = 0; i < lengthof(prefixes); i++)
		if (strncmp(value, prefixes[i], strlen(prefixes[i])) == 0)
			return value + strlen(prefixes[i]);
	return value;
}

static char *
read_word(const Document *event, const char *key, const char *urn, const char *web, const char *curie)
{
	char	   *value = document_text_or_null(event, key);

	return value == NULL ? NULL : tracking_plain_code(bare_word(value, urn, web, curie));
}

static char *
read_place(const Document *event)
{
	static const char *const keys[] = {"bizLocation", "readPoint"};

	for (int i = 0; i < lengthof(keys); i++)
		if (document_has(event, keys[i]))
		{
			Document	place = document_object(event, keys[i]);

			return document_text(&place, "id");
		}
	return NULL;
}

/* An error declaration repeats the wrong event, with its id: it corrects, and says nothing new (LG-23). */
static void
read_error_declaration(TrackingFact *fact, const Document *event)
{
	Document	declaration = document_object(event, "errorDeclaration");
	char	   *reason = read_word(&declaration, "reason", "urn:epcglobal:cbv:er:", "https://ref.gs1.org/cbv/ER-",
								   "cbv:ER-");

	fact->corrects_source = EPCIS_SOURCE;
	fact->corrects_event_id = document_text(event, "eventID");
	fact->source_event_id = NULL;
	fact->code = NULL;
	fact->sub_code = NULL;
	fact->correction_reason = "incorrect_data";
	if (reason != NULL && strcmp(reason, "did_not_occur") == 0)
		fact->correction_reason = "did_not_occur";
	fact->occurred_at = document_timestamptz(&declaration, "declarationTime");
	if (document_has(&declaration, "correctiveEventIDs"))
	{
		Document	ids = document_array(&declaration, "correctiveEventIDs");

		for (int i = 0; i < document_length(&ids); i++)
			fact->corrected_by = lappend(fact->corrected_by, document_item_text(&ids, i));
	}
}

static TrackingFact
read_fact(const Document *event, Jsonb *raw)
{
	TrackingFact fact = {0};

	fact.source = EPCIS_SOURCE;
	fact.source_event_id = document_text_or_null(event, "eventID");
	fact.code = read_word(event, "bizStep", "urn:epcglobal:cbv:bizstep:", "https://ref.gs1.org/cbv/BizStep-",
						  "cbv:BizStep-");
	fact.sub_code = read_word(event, "disposition", "urn:epcglobal:cbv:disp:", "https://ref.gs1.org/cbv/Disp-",
							  "cbv:Disp-");
	if (fact.code == NULL)
		fact.code = "";
	fact.occurred_at = document_timestamptz(event, "eventTime");
	fact.place = read_place(event);
	fact.raw = raw;
	if (document_has(event, "errorDeclaration"))
		read_error_declaration(&fact, event);
	return fact;
}

/*
 * ---- objects ----
 */

static void
report_unknown(Call *call, const TrackingFact *fact, const char *kind, const char *object)
{
	Problem		problem = {
		.kind = kind,
		.object = object,
		.event_key = tracking_event_key(fact),
		.party_id = call->party_id,
		.document = tracking_fact_document(fact)
	};

	problem.detail = strcmp(kind, "unknown_object") == 0
		? "an EPCIS event names an object that is no parcel here, or not one of the sender"
		: "an EPCIS event names an object by a URI whose digits or parts are wrong";
	problem_record(call, &problem);
}

/* What an event says of one parcel or unit that is known and that the caller may speak for. */
typedef struct Sighting
{
	Parcel	   *parcel;			/* NULL: the unit */
	int64		unit_id;
	TrackingFact *fact;
} Sighting;

/* What a document says in all: sightings, and who is in what. */
typedef struct Report
{
	List	   *sightings;
	List	   *nestings;		/* of Nesting * */
} Report;

static void
add_object(Call *call, Report *report, TrackingFact *fact, const char *uri)
{
	char		key[GS1_KEY_SIZE];
	Gs1KeyKind	kind;
	EpcResult	result = epc_to_gs1_key(uri, strlen(uri), key, &kind);
	Parcel	   *parcel = NULL;
	HandlingUnit *unit = NULL;
	Sighting   *sighting;

	if (result == EPC_KEY && kind == GS1_SSCC)
	{
		parcel = parcel_by_sscc(call, key, fact->occurred_at);
		unit = parcel == NULL ? handling_unit_by_sscc(call, key) : NULL;
	}
	if (unit != NULL ? !handling_unit_permits(call, unit) : parcel == NULL || !tracking_permits(call, parcel))
	{
		report_unknown(call, fact, result == EPC_MALFORMED ? "malformed_object" : "unknown_object",
					   result == EPC_KEY && kind == GS1_SSCC ? psprintf("sscc:%s", key) : uri);
		return;
	}
	sighting = palloc(sizeof(Sighting));
	*sighting = (Sighting) {parcel, unit == NULL ? 0 : unit->id, fact};
	report->sightings = lappend(report->sightings, sighting);
}

static List *
add_list(List *uris, const Document *event, const char *key)
{
	Document	array;

	if (!document_has(event, key))
		return uris;
	array = document_array(event, key);
	for (int i = 0; i < document_length(&array); i++)
		uris = lappend(uris, document_item_text(&array, i));
	return uris;
}

/* What the event is about. The making of goods (TransformationEvent) moves no parcel. */
static List *
event_objects(const Document *event)
{
	char	   *type = document_text(event, "type");
	List	   *uris = NIL;

	if (strcmp(type, "TransformationEvent") == 0)
		return NIL;
	if (strcmp(type, "ObjectEvent") == 0 || strcmp(type, "TransactionEvent") == 0)
		uris = add_list(uris, event, "epcList");
	else if (strcmp(type, "AggregationEvent") == 0 || strcmp(type, "AssociationEvent") == 0)
		uris = add_list(uris, event, "childEPCs");
	else
		document_refuse(event, "type", psprintf("\"%.60s\" is no event of EPCIS 2.0.", type),
						"It is ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent or "
						"AssociationEvent.");
	if (document_has(event, "parentID"))
		uris = lcons(document_text(event, "parentID"), uris);
	return uris;
}

static bool
read_sscc(const char *uri, char *key)
{
	Gs1KeyKind	kind;

	return epc_to_gs1_key(uri, strlen(uri), key, &kind) == EPC_KEY && kind == GS1_SSCC;
}

/* A parcel that is not announced yet is named by its SSCC; what is no logistic unit (goods in a box) is in nothing here. */
static NestedChild *
read_child(Call *call, const char *uri, const TrackingFact *fact)
{
	char		key[GS1_KEY_SIZE];
	Parcel	   *parcel;
	HandlingUnit *unit;

	if (!read_sscc(uri, key))
		return NULL;
	parcel = parcel_by_sscc(call, key, fact->occurred_at);
	if (parcel != NULL)
		return tracking_permits(call, parcel) ? nested_child(psprintf("sscc:%s", key), parcel->id, 0) : NULL;
	unit = handling_unit_by_sscc(call, key);
	if (unit != NULL && !handling_unit_permits(call, unit))
		return NULL;
	return nested_child(psprintf("sscc:%s", key), 0, unit == NULL ? 0 : unit->id);
}

static const char *
read_action(const Document *event, const TrackingFact *fact)
{
	char	   *action = document_text(event, "action");

	if (strcmp(action, "ADD") != 0 && strcmp(action, "OBSERVE") != 0 && strcmp(action, "DELETE") != 0)
		document_refuse(event, "action", psprintf("\"%.40s\" is no action.", action), "It is ADD, OBSERVE or DELETE.");
	if (fact->corrects_event_id != NULL)
		return "void";
	return strcmp(action, "ADD") == 0 ? "add" : strcmp(action, "OBSERVE") == 0 ? "observe" : "delete";
}

/* Who is in what, by an aggregation event whose parent is no parcel: the unit is made known by it. */
static void
add_nesting(Call *call, Report *report, const Document *event, const TrackingFact *fact)
{
	char		key[GS1_KEY_SIZE];
	const char *action = read_action(event, fact);
	List	   *uris = add_list(NIL, event, "childEPCs");
	HandlingUnit *unit;
	Nesting	   *nesting;
	ListCell   *cell;

	if (!document_has(event, "parentID") || !read_sscc(document_text(event, "parentID"), key) ||
		parcel_by_sscc(call, key, fact->occurred_at) != NULL)
		return;
	unit = handling_unit_of_event(call, key);
	if (!handling_unit_permits(call, unit))
		return;
	nesting = palloc0(sizeof(Nesting));
	*nesting = (Nesting) {.handling_unit_id = unit->id, .action = action, .fact = fact};
	if (strcmp(action, "void") != 0)
		foreach(cell, uris)
		{
			NestedChild *child = read_child(call, lfirst(cell), fact);

			if (child != NULL && child->unit_id != unit->id)
				nesting->children = lappend(nesting->children, child);
		}
	if (nesting->children != NIL || strcmp(action, "void") == 0 || (strcmp(action, "delete") == 0 && uris == NIL))
		report->nestings = lappend(report->nestings, nesting);
}

static void
add_event(Call *call, Report *report, const Document *event, Jsonb *raw)
{
	List	   *uris = event_objects(event);
	TrackingFact *fact;
	ListCell   *cell;

	if (uris == NIL)
		return;
	fact = palloc(sizeof(TrackingFact));
	*fact = read_fact(event, raw);
	if (strcmp(document_text(event, "type"), "AggregationEvent") == 0)
		add_nesting(call, report, event, fact);
	foreach(cell, uris)
		add_object(call, report, fact, lfirst(cell));
}

/* Everything that the document is about is locked before the first of it is touched. */
static void
lock_report(Call *call, const Report *report)
{
	IdSet		units = {0, NULL};
	IdSet		parcels = {0, NULL};
	ListCell   *cell;
	ListCell   *inner;

	foreach(cell, report->sightings)
	{
		Sighting   *sighting = lfirst(cell);

		id_set_add(sighting->parcel == NULL ? &units : &parcels, sighting->parcel == NULL ? sighting->unit_id : sighting->parcel->id);
	}
	foreach(cell, report->nestings)
	{
		Nesting    *nesting = lfirst(cell);

		id_set_add(&units, nesting->handling_unit_id);
		foreach(inner, nesting->children)
		{
			NestedChild *child = lfirst(inner);

			if (child->parcel_id != 0)
				id_set_add(&parcels, child->parcel_id);
			if (child->unit_id != 0)
				id_set_add(&units, child->unit_id);
		}
	}
	handling_units_lock(call, &units, &parcels);
}

static int64
store_report(Call *call, const Report *report)
{
	ListCell   *cell;
	int64		stored = 0;

	lock_report(call, report);
	foreach(cell, report->sightings)
	{
		Sighting   *sighting = lfirst(cell);
		bool		fresh;

		if (sighting->parcel == NULL)
		{
			handling_unit_require(call, handling_unit_get(call, sighting->unit_id));
			handling_unit_scan(call, sighting->unit_id, sighting->fact, &fresh);
		}
		else
		{
			tracking_require(call, sighting->parcel);
			(void) tracking_store(call, sighting->parcel, sighting->fact, &fresh);
		}
		stored += fresh ? 1 : 0;
	}
	foreach(cell, report->nestings)
	{
		Nesting    *nesting = lfirst(cell);

		handling_unit_require(call, handling_unit_get(call, nesting->handling_unit_id));
		nesting_record(call, nesting);
	}
	return stored;
}

static int64
record_epcis(Call *call, Jsonb *json)
{
	Document	document = document_root(json);
	Document	body;
	Document	events;
	Report		report = {NIL, NIL};

	access_require_any(call, CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_CARRIER);
	if (strcmp(document_text(&document, "type"), "EPCISDocument") != 0)
	{
		add_event(call, &report, &document, json);
		return store_report(call, &report);
	}
	body = document_object(&document, "epcisBody");
	events = document_array(&body, "eventList");
	for (int i = 0; i < document_length(&events); i++)
	{
		Document	event = document_item(&events, i);

		add_event(call, &report, &event, document_item_jsonb(&events, i));
	}
	return store_report(call, &report);
}

PG_FUNCTION_INFO_V1(epcis_record);
Datum
epcis_record(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = record_epcis(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}
