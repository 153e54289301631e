/*
 * handling_unit_nest.c
 *		Packing and unpacking: facts of what is in what, from handling_unit_pack() and from EPCIS aggregation events (LG-27).
 *
 * A fact is stored once and never changed. What follows for parcels is carried out by handling_unit_scan.c from all facts together,
 * so that it is the same in whatever order they come.
 */
#include "postgres.h"

#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "logistics/handling_unit.h"
#include "orders/orders.h"

NestedChild *
nested_child(const char *name, int64 parcel_id, int64 unit_id)
{
	NestedChild *child = palloc(sizeof(NestedChild));

	*child = (NestedChild) {name, parcel_id, unit_id};
	return child;
}

/*
 * ---- storing ----
 */

static bool
insert_fact(Call *call, const Nesting *nesting, const char *child, int64 parcel_id, int64 unit_id)
{
	static Statement insert = STATEMENT("ilttllzztttlt",
		"INSERT INTO marketplace.nestings (marketplace_id, handling_unit_id, action, child, child_parcel_id, child_unit_id, occurred_at, "
		"recorded_at, source, event_key, source_event_id, party_id, recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
		"$12, $13) ON CONFLICT DO NOTHING");
	const TrackingFact *fact = nesting->fact;
	bool		is_void = strcmp(nesting->action, "void") == 0;

	return logistics_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(nesting->handling_unit_id),
											 value_text(nesting->action), value_text(child), value_id(parcel_id), value_id(unit_id),
											 value_timestamptz(fact->occurred_at), value_timestamptz(call->now),
											 value_text(is_void ? fact->corrects_source : fact->source),
											 value_text(tracking_event_key(fact)),
											 value_text(is_void ? fact->corrects_event_id : fact->source_event_id),
											 value_id(call->party_id), value_text(call_actor()))) > 0;
}

/* Parcels whose place may have changed: the children, what is in them, and all of the unit where it is emptied or a fact is withdrawn. */
static Rows
parcels_concerned(Call *call, const Nesting *nesting)
{
	static Statement read = STATEMENT("iLL",
		"SELECT p.id FROM marketplace.parcels p WHERE p.marketplace_id = $1 AND (p.id = ANY ($3) OR p.id IN ("
		"SELECT h.parcel_id FROM marketplace.handling_unit_parcels h WHERE h.marketplace_id = $1 AND h.handling_unit_id = ANY ($2))) "
		"ORDER BY p.order_id, p.id");
	IdSet		units = {0, NULL};
	IdSet		parcels = {0, NULL};
	ListCell   *cell;

	if (nesting->children == NIL)
		id_set_add(&units, nesting->handling_unit_id);
	foreach(cell, nesting->children)
	{
		NestedChild *child = lfirst(cell);

		if (child->parcel_id != 0)
			id_set_add(&parcels, child->parcel_id);
		if (child->unit_id != 0)
			id_set_add(&units, child->unit_id);
	}
	return query_rows(&read, VALUES(value_int32(call->marketplace_id), id_set_value(&units), id_set_value(&parcels)));
}

/* contents: what was named; empty: all of it */
static void
tell(Call *call, const Nesting *nesting)
{
	JsonbValue	key = {.type = jbvString, .val.string = {.len = 8, .val = "contents"}};
	JsonbParseState *payload;
	ListCell   *cell;

	payload_begin(&payload);
	payload_int64(&payload, "handling_unit_id", nesting->handling_unit_id);
	payload_text(&payload, "action", nesting->action);
	payload_timestamptz(&payload, "occurred_at", nesting->fact->occurred_at);
	pushJsonbValue(&payload, WJB_KEY, &key);
	pushJsonbValue(&payload, WJB_BEGIN_ARRAY, NULL);
	foreach(cell, nesting->children)
	{
		NestedChild *child = lfirst(cell);
		JsonbValue	name = {.type = jbvString, .val.string = {.len = (int) strlen(child->name), .val = pstrdup(child->name)}};

		pushJsonbValue(&payload, WJB_ELEM, &name);
	}
	pushJsonbValue(&payload, WJB_END_ARRAY, NULL);
	(void) event_emit(call, "handling_unit", nesting->handling_unit_id, "handling_unit.packed", &payload);
}

void
nesting_record(Call *call, const Nesting *nesting)
{
	bool		fresh = false;
	ListCell   *cell;
	Rows		parcels;

	if (nesting->children == NIL)
		fresh = insert_fact(call, nesting, "*", 0, 0);
	foreach(cell, nesting->children)
	{
		NestedChild *child = lfirst(cell);

		fresh |= insert_fact(call, nesting, child->name, child->parcel_id, child->unit_id);
	}
	if (!fresh)
		return;
	parcels = parcels_concerned(call, nesting);
	for (uint64 i = 0; i < parcels.count; i++)
		handling_unit_apply(call, row_int64(&parcels.rows[i], 0));
	tell(call, nesting);
}

void
nesting_replay(Call *call, const Parcel *parcel)
{
	static Statement find = STATEMENT("itll",
		"SELECT DISTINCT handling_unit_id FROM marketplace.nestings WHERE marketplace_id = $1 AND child = $2 AND child_parcel_id IS NULL "
		"AND child_unit_id IS NULL AND (party_id IS NULL OR party_id IN ($3, $4)) ORDER BY 1");
	static Statement resolve = STATEMENT("itlll",
		"UPDATE marketplace.nestings SET child_parcel_id = $5 WHERE marketplace_id = $1 AND child = $2 AND child_parcel_id IS NULL "
		"AND child_unit_id IS NULL AND (party_id IS NULL OR party_id IN ($3, $4))");
	IdSet		units = {0, NULL};
	IdSet		parcels = {0, NULL};
	char	   *child;
	Rows		rows;

	if (parcel->sscc == NULL)
		return;
	child = psprintf("sscc:%s", parcel->sscc);
	rows = query_rows(&find, VALUES(value_int32(call->marketplace_id), value_text(child), value_int64(parcel->seller_id),
									value_id(parcel->carrier_party_id)));
	if (rows.count == 0)
		return;
	for (uint64 i = 0; i < rows.count; i++)
		id_set_add(&units, row_int64(&rows.rows[i], 0));
	id_set_add(&parcels, parcel->id);
	handling_units_lock(call, &units, &parcels);
	(void) logistics_execute(&resolve, VALUES(value_int32(call->marketplace_id), value_text(child), value_int64(parcel->seller_id),
											  value_id(parcel->carrier_party_id), value_int64(parcel->id)));
	handling_unit_apply(call, parcel->id);
}

/*
 * ---- handling_unit_pack() ----
 */

static NestedChild *
child_unit(Call *call, const Document *item, const HandlingUnit *unit, int64 into)
{
	handling_unit_require(call, unit);
	if (unit->id == into)
		document_refuse(item, "handling_unit_id", "A unit is not in itself.", NULL);
	return nested_child(psprintf("unit:%lld", (long long) unit->id), 0, unit->id);
}

/* What is not a parcel of ours is a unit. */
static NestedChild *
child_unit_by_sscc(Call *call, const Document *item, const char *sscc, int64 into)
{
	HandlingUnit *unit = handling_unit_by_sscc(call, sscc);

	if (unit != NULL)
		return child_unit(call, item, unit, into);
	ereport(ERROR,
			errcode(MK_NOT_FOUND),
			errmsg("there is no parcel or handling unit with SSCC %s", sscc),
			errdetail("Nothing in marketplace %d has it.", call->marketplace_id),
			errhint("Announce it first: marketplace.shipment_create(), marketplace.handling_unit_create()."));
}

static NestedChild *
read_child(Call *call, const Document *item, int64 into, TimestampTz at)
{
	Parcel	   *parcel;
	char	   *sscc;

	document_only(item, "parcel_id", "sscc", "handling_unit_id", NULL);
	if (document_has(item, "parcel_id") + document_has(item, "sscc") + document_has(item, "handling_unit_id") != 1)
		document_refuse(item, "parcel_id", "Exactly one thing is to be named.", "Give parcel_id, sscc, or handling_unit_id.");
	if (document_has(item, "handling_unit_id"))
		return child_unit(call, item, handling_unit_get(call, document_int64(item, "handling_unit_id")), into);
	if (document_has(item, "parcel_id"))
		parcel = parcel_get(call, document_int64(item, "parcel_id"));
	else
	{
		sscc = document_text(item, "sscc");
		parcel = parcel_by_sscc(call, sscc, at);
		if (parcel == NULL)
			return child_unit_by_sscc(call, item, sscc, into);
	}
	tracking_require(call, parcel);
	return nested_child(psprintf("parcel:%lld", (long long) parcel->id), parcel->id, 0);
}

/* A unit that would hold itself by way of others. Facts of sources may say so for a while; a caller is told. */
static void
refuse_circle(Call *call, const Nesting *nesting)
{
	static Statement holds = STATEMENT("ill",
		"WITH RECURSIVE down (id) AS (SELECT $2::bigint UNION SELECT i.child_unit_id FROM down "
		"JOIN marketplace.handling_unit_intervals i ON i.marketplace_id = $1 AND i.handling_unit_id = down.id "
		"WHERE i.child_unit_id IS NOT NULL AND i.until_at IS NULL) SELECT 1 FROM down WHERE id = $3");
	ListCell   *cell;

	foreach(cell, nesting->children)
	{
		NestedChild *child = lfirst(cell);

		if (child->unit_id != 0 &&
			query_execute(&holds, VALUES(value_int32(call->marketplace_id), value_int64(child->unit_id),
										 value_int64(nesting->handling_unit_id))) > 0)
			ereport(ERROR,
					errcode(MK_SHIPMENT),
					errmsg("handling unit %lld cannot be put in %lld", (long long) child->unit_id, (long long) nesting->handling_unit_id),
					errdetail("The second is in the first."),
					errhint("Take it out first."));
	}
}

static void
weigh(Call *call, const Document *document, int64 unit_id)
{
	static Statement update = STATEMENT("iln",
		"UPDATE marketplace.handling_units SET gross_kg = $3 WHERE marketplace_id = $1 AND id = $2 AND (tare_kg IS NULL OR tare_kg <= $3)");
	Numeric		gross = document_numeric_or_null(document, "gross_kg");

	if (gross == NULL)
		return;
	if (!decimal_is_finite(gross) || decimal_sign(gross) <= 0)
		document_refuse(document, "gross_kg", "A weight is more than zero.", NULL);
	if (logistics_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(unit_id), value_numeric(gross))) == 0)
		document_refuse(document, "gross_kg", "It is less than the tare.", "Weigh the unit with its contents.");
}

static Nesting
read_nesting(Call *call, const Document *document, int64 unit_id, TrackingFact *fact)
{
	static const char *const actions[] = {"add", "observe", "delete"};
	Nesting		nesting = {.handling_unit_id = unit_id, .fact = fact};
	char	   *action = document_text(document, "action");
	Document	contents;

	for (int i = 0; i < lengthof(actions); i++)
		if (strcmp(action, actions[i]) == 0)
			nesting.action = actions[i];
	if (nesting.action == NULL)
		document_refuse(document, "action", psprintf("\"%.40s\" is not known.", action), "It is add, observe or delete.");
	fact->source = document_has(document, "source") ? tracking_plain_code(document_text(document, "source")) : "packing";
	fact->source_event_id = document_text_or_null(document, "source_event_id");
	fact->code = nesting.action;
	fact->occurred_at = document_has(document, "occurred_at") ? document_timestamptz(document, "occurred_at") : call->now;
	if (fact->occurred_at > call->now)
		document_refuse(document, "occurred_at", "It is in the future.", "Record what has happened.");
	if (!document_has(document, "contents") && strcmp(nesting.action, "delete") == 0)
		return nesting;
	contents = document_array(document, "contents");
	if (document_length(&contents) == 0)
		document_refuse(document, "contents", "It is empty.", "Name parcels or units; to take everything out, leave it out.");
	for (int i = 0; i < document_length(&contents); i++)
	{
		Document	item = document_item(&contents, i);

		nesting.children = lappend(nesting.children, read_child(call, &item, unit_id, fact->occurred_at));
	}
	return nesting;
}

static int64
pack_unit(Call *call, int64 unit_id, Jsonb *json)
{
	Document	document = document_root(json);
	HandlingUnit *unit;
	TrackingFact fact = {0};
	Nesting		nesting;
	IdSet		units = {0, NULL};
	IdSet		parcels = {0, NULL};
	ListCell   *cell;

	access_require_any(call, CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_CARRIER);
	unit = handling_unit_get(call, unit_id);
	handling_unit_require(call, unit);
	document_only(&document, "action", "contents", "occurred_at", "source", "source_event_id", "gross_kg", NULL);
	nesting = read_nesting(call, &document, unit_id, &fact);
	handling_unit_require(call, unit);	/* the capacity of the unit's keeper, after those of its parcels */
	id_set_add(&units, unit_id);
	foreach(cell, nesting.children)
	{
		NestedChild *child = lfirst(cell);

		if (child->unit_id != 0)
			id_set_add(&units, child->unit_id);
		if (child->parcel_id != 0)
			id_set_add(&parcels, child->parcel_id);
	}
	handling_units_lock(call, &units, &parcels);
	if (strcmp(nesting.action, "delete") != 0)
		refuse_circle(call, &nesting);
	nesting_record(call, &nesting);
	weigh(call, &document, unit_id);
	return unit_id;
}

PG_FUNCTION_INFO_V1(handling_unit_pack);
Datum
handling_unit_pack(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = pack_unit(&call, call_int64(&call, 1), call_jsonb(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}
