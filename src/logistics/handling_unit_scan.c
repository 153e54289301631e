/*
 * handling_unit_scan.c
 *		Scans of whole units, and what all packing facts and scans together say of a parcel: where it was when, and which scans of
 *		units were scans of it (LG-27).
 *
 * A scan applies to a parcel that was in the unit when it happened. It becomes a tracking event of the parcel, which counts (carried)
 * as long as the packing facts have the parcel there at that instant; late facts change that either way, in any order, to the same end.
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/policy.h"
#include "logistics/handling_unit.h"
#include "orders/orders.h"

/* A parcel is in one thing at a time, and so is a unit: at any instant there is one chain upwards. */
#define PLACES \
	"WITH RECURSIVE up AS (" \
	"SELECT handling_unit_id, from_at, COALESCE(until_at, 'infinity') AS until_at, 1 AS depth, ARRAY[handling_unit_id] AS path " \
	"FROM marketplace.handling_unit_intervals WHERE marketplace_id = $1 AND child_parcel_id = $2 " \
	"UNION ALL SELECT i.handling_unit_id, GREATEST(up.from_at, i.from_at), LEAST(up.until_at, COALESCE(i.until_at, 'infinity')), " \
	"up.depth + 1, up.path || i.handling_unit_id FROM up JOIN marketplace.handling_unit_intervals i ON i.marketplace_id = $1 " \
	"AND i.child_unit_id = up.handling_unit_id AND i.from_at < up.until_at AND up.from_at < COALESCE(i.until_at, 'infinity') " \
	"AND i.handling_unit_id <> ALL (up.path)), places AS (" \
	"SELECT handling_unit_id, from_at, NULLIF(pg_catalog.max(until_at), 'infinity') AS until_at, pg_catalog.min(depth) AS depth " \
	"FROM up GROUP BY handling_unit_id, from_at) "

static bool
write_places(Call *call, int64 parcel_id)
{
	static Statement remove = STATEMENT("il",
		PLACES "DELETE FROM marketplace.handling_unit_parcels h WHERE h.marketplace_id = $1 AND h.parcel_id = $2 AND NOT EXISTS ("
		"SELECT FROM places p WHERE p.handling_unit_id = h.handling_unit_id AND p.from_at = h.from_at "
		"AND p.until_at IS NOT DISTINCT FROM h.until_at AND p.depth = h.depth)");
	static Statement add = STATEMENT("ilz",
		PLACES "INSERT INTO marketplace.handling_unit_parcels (marketplace_id, parcel_id, handling_unit_id, from_at, until_at, depth, "
		"recorded_at) SELECT $1, $2, handling_unit_id, from_at, until_at, depth, $3 FROM places ON CONFLICT DO NOTHING");
	const Value *key = VALUES(value_int32(call->marketplace_id), value_int64(parcel_id), value_timestamptz(call->now));
	uint64		changed = logistics_execute(&remove, key);

	return logistics_execute(&add, key) + changed > 0;
}

/* Of the scan s and the parcel $2: was it in the unit? A correction is of all that ever were. */
#define WAS_IN_IT \
	"EXISTS (SELECT FROM marketplace.handling_unit_parcels h WHERE h.marketplace_id = $1 AND h.parcel_id = $2 " \
	"AND h.handling_unit_id = s.handling_unit_id AND (s.corrects_event_id IS NOT NULL " \
	"OR (s.occurred_at >= h.from_at AND (h.until_at IS NULL OR s.occurred_at < h.until_at))))"

static TimestampTz
latest_credible(Call *call)
{
	PolicyDuration skew = policy_duration(call, "lg.future_skew", NULL);
	Marketplace *marketplace = marketplace_get(call);

	return calendar_deadline(call->now, skew.n, skew.unit, marketplace->calendar, marketplace->time_zone);
}

static bool
write_events(Call *call, int64 parcel_id)
{
	static Statement judge = STATEMENT("il",
		"UPDATE marketplace.tracking_events e SET carried = NOT e.carried FROM marketplace.handling_unit_scans s "
		"WHERE e.marketplace_id = $1 AND e.parcel_id = $2 AND s.marketplace_id = $1 AND s.id = e.handling_unit_scan_id "
		"AND e.carried <> " WAS_IN_IT);
	static Statement add = STATEMENT("ilzz",
		"INSERT INTO marketplace.tracking_events (marketplace_id, parcel_id, source, event_key, source_event_id, code, sub_code, state, "
		"occurred_at, recorded_at, place, signed_by, corrects_source, corrects_event_id, correction_reason, corrected_by, quarantine, "
		"recorded_by, handling_unit_scan_id, carried) "
		"SELECT $1, $2, s.source, 'unit:' || s.handling_unit_id || '/' || s.event_key, s.source_event_id, s.code, s.sub_code, s.state, "
		"s.occurred_at, $3, s.place, s.signed_by, s.corrects_source, s.corrects_event_id, s.correction_reason, s.corrected_by, "
		"CASE WHEN s.occurred_at > $4 THEN 'pending' END, s.recorded_by, s.id, true "
		"FROM marketplace.handling_unit_scans s WHERE s.marketplace_id = $1 AND s.handling_unit_id IN ("
		"SELECT o.handling_unit_id FROM marketplace.handling_unit_parcels o WHERE o.marketplace_id = $1 AND o.parcel_id = $2) AND " WAS_IN_IT
		" ORDER BY s.id ON CONFLICT DO NOTHING");
	uint64		changed = logistics_execute(&judge, VALUES(value_int32(call->marketplace_id), value_int64(parcel_id)));

	return logistics_execute(&add, VALUES(value_int32(call->marketplace_id), value_int64(parcel_id), value_timestamptz(call->now),
										  value_timestamptz(latest_credible(call)))) + changed > 0;
}

void
handling_unit_apply(Call *call, int64 parcel_id)
{
	(void) write_places(call, parcel_id);
	if (write_events(call, parcel_id))
		tracking_apply(call, parcel_get(call, parcel_id));
}

/*
 * ---- a scan ----
 */

static bool
insert_scan(Call *call, int64 unit_id, const TrackingFact *fact, const char *key)
{
	static Statement insert = STATEMENT("iltttttt" "zzttttt" "Ttj",
		"INSERT INTO marketplace.handling_unit_scans (marketplace_id, handling_unit_id, source, event_key, source_event_id, code, sub_code, "
		"state, occurred_at, recorded_at, place, signed_by, corrects_source, corrects_event_id, correction_reason, corrected_by, "
		"recorded_by, raw) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) "
		"ON CONFLICT (marketplace_id, handling_unit_id, source, event_key) DO NOTHING");

	return logistics_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(unit_id), value_text(fact->source),
											 value_text(key), value_text(fact->source_event_id), value_text(fact->code),
											 value_text(fact->sub_code), value_text(fact->state),
											 value_timestamptz(fact->occurred_at), value_timestamptz(call->now),
											 value_text(fact->place), value_text(fact->signed_by), value_text(fact->corrects_source),
											 value_text(fact->corrects_event_id), value_text(fact->correction_reason),
											 value_text_array(fact->corrected_by), value_text(call_actor()),
											 value_jsonb(fact->raw))) > 0;
}

void
handling_unit_scan(Call *call, int64 unit_id, const TrackingFact *fact, bool *fresh)
{
	static Statement repeat = STATEMENT("iltt",
		"UPDATE marketplace.handling_unit_scans SET repeats = repeats + 1 "
		"WHERE marketplace_id = $1 AND handling_unit_id = $2 AND source = $3 AND event_key = $4");
	static Statement parcels = STATEMENT("il",
		"SELECT DISTINCT p.order_id, p.id FROM marketplace.handling_unit_parcels h "
		"JOIN marketplace.parcels p ON p.marketplace_id = $1 AND p.id = h.parcel_id "
		"WHERE h.marketplace_id = $1 AND h.handling_unit_id = $2 ORDER BY p.order_id, p.id");
	char	   *key = tracking_event_key(fact);
	Rows		rows;

	*fresh = insert_scan(call, unit_id, fact, key);
	if (!*fresh)
	{
		(void) logistics_execute(&repeat, VALUES(value_int32(call->marketplace_id), value_int64(unit_id), value_text(fact->source),
												 value_text(key)));
		return;
	}
	rows = query_rows(&parcels, VALUES(value_int32(call->marketplace_id), value_int64(unit_id)));
	for (uint64 i = 0; i < rows.count; i++)
		handling_unit_apply(call, row_int64(&rows.rows[i], 1));
}

static HandlingUnit *
find_unit(Call *call, const Document *document, const TrackingFact *fact)
{
	int64		carrier_id;
	char	   *number;

	if (document_has(document, "parcel_id"))
		return NULL;
	if (document_has(document, "sscc"))
	{
		number = document_text(document, "sscc");
		return parcel_by_sscc(call, number, fact->occurred_at) == NULL ? handling_unit_by_sscc(call, number) : NULL;
	}
	if (!document_has(document, "tracking_number"))
		return NULL;
	carrier_id = carrier_by_code(call, document_text(document, "carrier"), NULL);
	number = document_text(document, "tracking_number");
	return parcel_by_number(call, carrier_id, number, fact->occurred_at) == NULL ? handling_unit_by_number(call, carrier_id, number) : NULL;
}

HandlingUnit *
handling_unit_named(Call *call, const Document *document, const TrackingFact *fact)
{
	if (!document_has(document, "handling_unit_id"))
		return find_unit(call, document, fact);
	if (document_has(document, "parcel_id") || document_has(document, "sscc") || document_has(document, "tracking_number"))
		document_refuse(document, "handling_unit_id", "A parcel is named as well.", "Give one of them.");
	return handling_unit_get(call, document_int64(document, "handling_unit_id"));
}

bool
handling_unit_record(Call *call, const Document *document, const TrackingFact *fact, int64 *event_id, bool *fresh)
{
	static Statement last = STATEMENT("iltt",
		"SELECT COALESCE(pg_catalog.max(e.id), 0) FROM marketplace.handling_unit_scans s "
		"JOIN marketplace.tracking_events e ON e.marketplace_id = $1 AND e.handling_unit_scan_id = s.id "
		"WHERE s.marketplace_id = $1 AND s.handling_unit_id = $2 AND s.source = $3 AND s.event_key = $4");
	IdSet		units = {0, NULL};
	IdSet		parcels = {0, NULL};
	HandlingUnit *unit = handling_unit_named(call, document, fact);

	if (unit == NULL)
		return false;
	handling_unit_require(call, unit);
	id_set_add(&units, unit->id);
	handling_units_lock(call, &units, &parcels);
	handling_unit_scan(call, unit->id, fact, fresh);
	*event_id = DatumGetInt64(query_datum(&last, VALUES(value_int32(call->marketplace_id), value_int64(unit->id), value_text(fact->source),
														value_text(tracking_event_key(fact)))));
	return true;
}
