/*
 * tracking.c
 *		tracking_record(): reads a canonical event, finds its parcel and stores it once (LG-18, LG-19, LG-23, LG-25).
 *
 * What the stored events mean is decided by tracking_fold.c, what follows is done by tracking_apply.c.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "kernel/seal.h"
#include "logistics/handling_unit.h"
#include "orders/orders.h"
#include "utils/array.h"

/*
 * ---- the document ----
 */

static void
read_correction(TrackingFact *fact, const Document *document)
{
	Document	corrects = document_object(document, "corrects");

	document_only(&corrects, "source", "source_event_id", "reason", "corrected_by", NULL);
	fact->corrects_source = tracking_plain_code(document_text(&corrects, "source"));
	fact->corrects_event_id = document_text(&corrects, "source_event_id");
	fact->correction_reason = tracking_plain_code(document_text(&corrects, "reason"));
	if (strcmp(fact->correction_reason, "did_not_occur") != 0 &&
		strcmp(fact->correction_reason, "incorrect_data") != 0)
		document_refuse(&corrects, "reason", psprintf("\"%.60s\" is not known.", fact->correction_reason),
						"It is did_not_occur, or incorrect_data.");
	if (document_has(&corrects, "corrected_by"))
	{
		Document	by = document_array(&corrects, "corrected_by");

		for (int i = 0; i < document_length(&by); i++)
			fact->corrected_by = lappend(fact->corrected_by, document_item_text(&by, i));
	}
	if (fact->state != NULL || fact->code != NULL || fact->sub_code != NULL)
		document_refuse(document, "corrects", "A correction has no state or code of its own.",
						"Send the right event by itself, and name it in corrects.corrected_by.");
}

TrackingFact
tracking_fact_read(Call *call, const Document *document)
{
	TrackingFact fact = {0};
	char	   *code = document_text_or_null(document, "code");
	char	   *sub_code = document_text_or_null(document, "sub_code");

	fact.source = tracking_plain_code(document_text(document, "source"));
	fact.source_event_id = document_text_or_null(document, "source_event_id");
	fact.code = code == NULL ? NULL : tracking_plain_code(code);
	fact.sub_code = sub_code == NULL ? NULL : tracking_plain_code(sub_code);
	if (document_has(document, "state"))
		fact.state = tracking_state_checked(call, document, "state");
	fact.place = document_text_or_null(document, "place");
	fact.signed_by = document_text_or_null(document, "signed_by");
	fact.raw = document_jsonb_or_null(document, "raw");
	if (document_has(document, "corrects"))
	{
		read_correction(&fact, document);
		fact.occurred_at = call->now;
		if (document_has(document, "occurred_at"))
			fact.occurred_at = document_timestamptz(document, "occurred_at");
		return fact;
	}
	if ((fact.state == NULL) == (fact.code == NULL && fact.sub_code == NULL))
		document_refuse(document, "state", "An event says either its state, or the source's code.",
						"Give \"state\", or \"code\" with or without \"sub_code\".");
	if (fact.code == NULL && fact.sub_code != NULL)
		fact.code = "";
	fact.occurred_at = document_timestamptz(document, "occurred_at");
	return fact;
}

/* What makes it the same event when it is sent again (LG-19); the parcel is part of the key beside it. */
char *
tracking_event_key(const TrackingFact *fact)
{
	char	   *content;

	if (fact->source_event_id != NULL)
		return psprintf("id:%s", fact->source_event_id);
	if (fact->corrects_event_id != NULL)
		content = psprintf("corrects|%s|%s|%s", fact->corrects_source, fact->corrects_event_id,
						   fact->correction_reason);
	else
		content = psprintf("%s|%s|%s|%lld|%s", fact->state == NULL ? "" : fact->state,
						   fact->code == NULL ? "" : fact->code,
						   fact->sub_code == NULL ? "" : fact->sub_code, (long long) fact->occurred_at,
						   fact->place == NULL ? "" : fact->place);
	return psprintf("sha256:%s",
					TextDatumGetCString(DirectFunctionCall2(binary_encode, PointerGetDatum(seal_text(NULL, content)),
															CStringGetTextDatum("hex"))));
}

/*
 * ---- storing ----
 */

/* A correction that leads back to itself would make what it corrects both count and not count. */
static void
refuse_cycle(Call *call, const Parcel *parcel, const TrackingFact *fact)
{
	static Statement leads_back = STATEMENT("iltttt",
		"WITH RECURSIVE named (source, event_id) AS (SELECT $3::text, $4::text UNION "
		"SELECT e.corrects_source, e.corrects_event_id FROM named n "
		"JOIN marketplace.tracking_events e ON e.marketplace_id = $1 AND e.parcel_id = $2 AND e.source = n.source "
		"AND e.source_event_id = n.event_id WHERE e.corrects_event_id IS NOT NULL) "
		"SELECT FROM named WHERE source = $5 AND event_id = $6");

	if (fact->corrects_event_id == NULL || fact->source_event_id == NULL)
		return;
	if (query_execute(&leads_back, VALUES(value_int32(call->marketplace_id), value_int64(parcel->id),
										  value_text(fact->corrects_source),
										  value_text(fact->corrects_event_id), value_text(fact->source),
										  value_text(fact->source_event_id))) > 0)
		ereport(ERROR,
				errcode(MK_TRACKING),
				errmsg("a correction cannot lead back to itself"),
				errdetail("Event \"%s\" corrects \"%s\", which corrects it, directly or by way of others.",
						  fact->source_event_id,
						  fact->corrects_event_id),
				errhint("Give the correction an id of its own."));
}

/* LG-25 */
const char *
tracking_quarantine(Call *call, TimestampTz occurred_at)
{
	PolicyDuration skew;
	Marketplace *marketplace;

	if (occurred_at <= call->now)
		return NULL;
	marketplace = marketplace_get(call);
	skew = policy_duration(call, "lg.future_skew", NULL);
	return occurred_at > calendar_deadline(call->now, skew.n, skew.unit, marketplace->calendar,
										   marketplace->time_zone) ? "pending" : NULL;
}

Value
value_text_array(List *strings)
{
	Datum	   *items;
	int			n = 0;
	ListCell   *cell;

	if (strings == NIL)
		return value_null();
	items = palloc(list_length(strings) * sizeof(Datum));
	foreach(cell, strings)
		items[n++] = CStringGetTextDatum(lfirst(cell));
	return value_datum(PointerGetDatum(construct_array(items, n, TEXTOID, -1, false, TYPALIGN_INT)));
}

/* The id of the new row; 0 when the event is there already. */
static int64
insert_event(Call *call, const Parcel *parcel, const TrackingFact *fact, const char *key)
{
	static Statement insert = STATEMENT("ilttttttzztttttTttj",
		"INSERT INTO marketplace.tracking_events (marketplace_id, parcel_id, source, event_key, source_event_id, "
		"code, sub_code, state, occurred_at, recorded_at, place, signed_by, corrects_source, corrects_event_id, "
		"correction_reason, corrected_by, quarantine, recorded_by, raw) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
		"$10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT (marketplace_id, parcel_id, source, "
		"event_key) DO NOTHING RETURNING id");
	Row			row;

	if (!logistics_row(&insert, VALUES(value_int32(call->marketplace_id), value_int64(parcel->id),
									   value_text(fact->source), value_text(key),
									   value_text(fact->source_event_id), value_text(fact->code),
									   value_text(fact->sub_code),
									   value_text(fact->state), value_timestamptz(fact->occurred_at),
									   value_timestamptz(call->now),
									   value_text(fact->place), value_text(fact->signed_by),
									   value_text(fact->corrects_source),
									   value_text(fact->corrects_event_id), value_text(fact->correction_reason),
									   value_text_array(fact->corrected_by),
									   value_text(tracking_quarantine(call, fact->occurred_at)),
									   value_text(call_actor()), value_jsonb(fact->raw)), &row))
		return 0;
	return row_int64(&row, 0);
}

int64
tracking_store(Call *call, const Parcel *parcel, const TrackingFact *fact, bool *fresh)
{
	static Statement repeat = STATEMENT("iltt",
		"UPDATE marketplace.tracking_events SET repeats = repeats + 1 "
		"WHERE marketplace_id = $1 AND parcel_id = $2 AND source = $3 AND event_key = $4 RETURNING id");
	char	   *key = tracking_event_key(fact);
	int64		id;
	Row			row;

	order_lock(call, parcel->order_id);
	refuse_cycle(call, parcel, fact);
	id = insert_event(call, parcel, fact, key);
	*fresh = id != 0;
	if (id == 0)
	{
		if (!logistics_row(&repeat, VALUES(value_int32(call->marketplace_id), value_int64(parcel->id),
										   value_text(fact->source),
										   value_text(key)), &row))
			elog(ERROR, "a tracking event was neither stored nor found");
		return row_int64(&row, 0);
	}
	tracking_apply(call, parcel);
	return id;
}

/*
 * ---- finding the parcel ----
 */

bool
tracking_permits(Call *call, const Parcel *parcel)
{
	if (parcel->carrier_party_id != 0 &&
		access_allows(call->caller, call->marketplace_id, CAPACITY_CARRIER, parcel->carrier_party_id))
		return true;
	return access_allows(call->caller, call->marketplace_id, CAPACITY_OPERATOR | CAPACITY_SELLER, parcel->seller_id);
}

void
tracking_require(Call *call, const Parcel *parcel)
{
	if (parcel->carrier_party_id != 0 &&
		access_allows(call->caller, call->marketplace_id, CAPACITY_CARRIER, parcel->carrier_party_id))
		access_require(call, CAPACITY_CARRIER, parcel->carrier_party_id);
	else
		access_require(call, CAPACITY_OPERATOR | CAPACITY_SELLER, parcel->seller_id);
}

/*
 * A correction may leave the parcel out when the event that it names is known: then it is for all parcels of that
 * event.
 */
static List *
parcels_of_corrected(Call *call, const TrackingFact *fact)
{
	static Statement named = STATEMENT("itt",
		"SELECT p.id FROM marketplace.tracking_events e JOIN marketplace.parcels p ON p.marketplace_id = "
		"e.marketplace_id AND p.id = e.parcel_id WHERE e.marketplace_id = $1 AND e.source = $2 AND e.source_event_id "
		"= $3 ORDER BY p.order_id, p.id");
	Rows		rows = query_rows(&named, VALUES(value_int32(call->marketplace_id), value_text(fact->corrects_source),
												 value_text(fact->corrects_event_id)));
	List	   *parcels = NIL;

	if (rows.count == 0)
		ereport(ERROR,
				errcode(MK_TRACKING),
				errmsg("the event to correct is not known"),
				errdetail("No event \"%s\" of source \"%s\" has been recorded.", fact->corrects_event_id,
						  fact->corrects_source),
				errhint("Name the parcel: then the correction may come before the event."));
	for (uint64 i = 0; i < rows.count; i++)
		parcels = lappend(parcels, parcel_get(call, row_int64(&rows.rows[i], 0)));
	return parcels;
}

static void
refuse_unknown_parcel(Call *call, const char *named)
{
	ereport(ERROR,
			errcode(MK_NOT_FOUND),
			errmsg("there is no parcel with %s", named),
			errdetail("No shipment of marketplace %d holds such a parcel.", call->marketplace_id),
			errhint("Record the event after the shipment; see marketplace.parcel_tracking."));
}

List *
tracking_find_parcels(Call *call, const Document *document, const TrackingFact *fact)
{
	bool		by_id = document_has(document, "parcel_id");
	bool		by_sscc = document_has(document, "sscc");
	bool		by_number = document_has(document, "tracking_number");
	Parcel	   *parcel;

	if (by_id + by_sscc + by_number > 1)
		document_refuse(document, "parcel_id", "The parcel is named more than once.",
						"Give parcel_id, or sscc, or carrier and tracking_number.");
	if (by_id)
		return list_make1(parcel_get(call, document_int64(document, "parcel_id")));
	if (by_sscc)
	{
		parcel = parcel_by_sscc(call, document_text(document, "sscc"), fact->occurred_at);
		if (parcel == NULL)
			refuse_unknown_parcel(call, psprintf("SSCC %s", document_text(document, "sscc")));
		return list_make1(parcel);
	}
	if (by_number)
	{
		char	   *carrier = document_text(document, "carrier");
		char	   *number = document_text(document, "tracking_number");

		parcel = parcel_by_number(call, carrier_by_code(call, carrier, NULL), number, fact->occurred_at);
		if (parcel == NULL)
			refuse_unknown_parcel(call, psprintf("tracking number %s of carrier %s", number, carrier));
		return list_make1(parcel);
	}
	if (fact->corrects_event_id == NULL)
		document_refuse(document, "parcel_id", "No parcel is named.",
						"Give parcel_id, or sscc, or carrier and tracking_number.");
	return parcels_of_corrected(call, fact);
}

TrackingFact
tracking_document_read(Call *call, const Document *document)
{
	document_only(document, "source", "source_event_id", "parcel_id", "sscc", "carrier", "tracking_number", "state",
				  "handling_unit_id", "code", "sub_code",
				  "occurred_at", "place", "signed_by", "raw", "corrects", NULL);
	return tracking_fact_read(call, document);
}

int64
tracking_document_record(Call *call, const Document *document, bool *fresh)
{
	TrackingFact fact = tracking_document_read(call, document);
	List	   *parcels;
	ListCell   *cell;
	int64		id = 0;

	*fresh = false;
	if (handling_unit_record(call, document, &fact, &id, fresh))
		return id;
	parcels = tracking_find_parcels(call, document, &fact);
	foreach(cell, parcels)
		tracking_require(call, lfirst(cell));
	foreach(cell, parcels)
	{
		bool		stored;

		id = tracking_store(call, lfirst(cell), &fact, &stored);
		*fresh |= stored;
	}
	return id;
}

static int64
record_tracking(Call *call, Jsonb *json)
{
	Document	document = document_root(json);
	bool		fresh;

	access_require_any(call, CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_CARRIER);
	return tracking_document_record(call, &document, &fresh);
}

PG_FUNCTION_INFO_V1(tracking_record);
Datum
tracking_record(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = record_tracking(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}
