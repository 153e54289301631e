/*
 * tracking_waiting.c
 *		Events of parcels that nobody has announced yet: kept in canonical form with the problem that they are, and recorded once
 *		a parcel with that number turns up.
 */
#include "postgres.h"

#include "logistics/tracking.h"

/* The reverse of tracking_fact_read(). */
Jsonb *
tracking_fact_document(const TrackingFact *fact)
{
	JsonbParseState *state;
	JsonbValue	key = {.type = jbvString, .val.string = {.len = 8, .val = "corrects"}};
	ListCell   *cell;

	payload_begin(&state);
	payload_text(&state, "source", fact->source);
	payload_text(&state, "source_event_id", fact->source_event_id);
	if (fact->corrects_event_id == NULL)
	{
		payload_text(&state, "code", fact->code != NULL && fact->code[0] == '\0' ? NULL : fact->code);
		payload_text(&state, "sub_code", fact->sub_code);
	}
	payload_timestamptz(&state, "occurred_at", fact->occurred_at);
	payload_text(&state, "place", fact->place);
	if (fact->corrects_event_id != NULL)
	{
		JsonbValue	list = {.type = jbvString, .val.string = {.len = 12, .val = "corrected_by"}};

		pushJsonbValue(&state, WJB_KEY, &key);
		pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		payload_text(&state, "source", fact->corrects_source);
		payload_text(&state, "source_event_id", fact->corrects_event_id);
		payload_text(&state, "reason", fact->correction_reason);
		pushJsonbValue(&state, WJB_KEY, &list);
		pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
		foreach(cell, fact->corrected_by)
		{
			JsonbValue	id = {.type = jbvString};

			id.val.string.val = lfirst(cell);
			id.val.string.len = (int) strlen(lfirst(cell));
			pushJsonbValue(&state, WJB_ELEM, &id);
		}
		pushJsonbValue(&state, WJB_END_ARRAY, NULL);
		pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	}
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

/* Events that named an SSCC before its shipment was recorded, from whoever may speak for the parcel. */
void
tracking_replay_unknown(Call *call, const Parcel *parcel)
{
	static Statement waiting = STATEMENT("itll",
		"SELECT document FROM marketplace.tracking_problems WHERE marketplace_id = $1 AND object = $2 AND "
		"resolved_at IS NULL AND kind = 'unknown_object' AND (party_id IS NULL OR party_id IN ($3, $4)) ORDER BY id");
	char	   *object;
	Rows		rows;

	if (parcel->sscc == NULL)
		return;
	object = psprintf("sscc:%s", parcel->sscc);
	rows = query_rows(&waiting, VALUES(value_int32(call->marketplace_id), value_text(object),
									   value_int64(parcel->seller_id),
									   value_id(parcel->carrier_party_id)));
	for (uint64 i = 0; i < rows.count; i++)
	{
		Document	document = document_root(row_jsonb(&rows.rows[i], 0));
		TrackingFact fact = tracking_fact_read(call, &document);
		bool		fresh;

		(void) tracking_store(call, parcel, &fact, &fresh);
	}
	if (rows.count > 0)
		problem_resolve(call, "unknown_object", object);
}
