/*
 * tracking_parcel.c
 *		Finding parcels, and the history of one.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "kernel/errors.h"
#include "logistics/tracking.h"
#include "orders/orders.h"
#include "utils/array.h"

#define PARCEL_COLUMNS \
	"SELECT p.id, p.shipment_id, p.order_id, s.seller_order_id, s.seller_id, s.buyer_id, s.carrier_party_id, c.code, " \
	"p.sscc, p.tracking_number FROM marketplace.parcels p " \
	"JOIN marketplace.shipments s ON s.marketplace_id = p.marketplace_id AND s.id = p.shipment_id " \
	"JOIN marketplace.carriers c ON c.marketplace_id = p.marketplace_id AND c.id = p.carrier_id " \
	"WHERE p.marketplace_id = $1 "

static Parcel *
parcel_of(const Row *row)
{
	Parcel	   *parcel = palloc(sizeof(Parcel));

	parcel->id = row_int64(row, 0);
	parcel->shipment_id = row_int64(row, 1);
	parcel->order_id = row_int64(row, 2);
	parcel->seller_order_id = row_int64(row, 3);
	parcel->seller_id = row_int64(row, 4);
	parcel->buyer_id = row_int64(row, 5);
	parcel->carrier_party_id = row_id(row, 6);
	parcel->carrier = row_text(row, 7);
	parcel->sscc = row_text(row, 8);
	parcel->tracking_number = row_text(row, 9);
	return parcel;
}

Parcel *
parcel_get(Call *call, int64 parcel_id)
{
	static Statement get = STATEMENT("il", PARCEL_COLUMNS "AND p.id = $2");
	Row			row;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(parcel_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no parcel %lld", (long long) parcel_id),
				errdetail("Marketplace %d has none with this id.", call->marketplace_id),
				errhint("See marketplace.parcel_tracking."));
	return parcel_of(&row);
}

List *
parcels_get(Call *call, Value ids)
{
	static Statement get = STATEMENT("iL", PARCEL_COLUMNS "AND p.id = ANY ($2) ORDER BY p.order_id, p.id");
	Rows		rows = query_rows(&get, VALUES(value_int32(call->marketplace_id), ids));
	List	   *parcels = NIL;

	for (uint64 i = 0; i < rows.count; i++)
		parcels = lappend(parcels, parcel_of(&rows.rows[i]));
	return parcels;
}

Parcel *
parcel_by_sscc(Call *call, const char *sscc, TimestampTz at)
{
	static Statement get = STATEMENT("itz", PARCEL_COLUMNS "AND p.sscc = $2 " PARCEL_ON_ITS_WAY_AT("$3"));
	Row			row;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_text(sscc), value_timestamptz(at)), &row))
		return NULL;
	return parcel_of(&row);
}

Parcel *
parcel_by_number(Call *call, int64 carrier_id, const char *number, TimestampTz at)
{
	static Statement get = STATEMENT("itzl",
									 PARCEL_COLUMNS "AND p.carrier_id = $4 AND p.tracking_number = $2 "
													PARCEL_ON_ITS_WAY_AT("$3"));
	Row			row;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_text(number), value_timestamptz(at),
								value_int64(carrier_id)),
				   &row))
		return NULL;
	return parcel_of(&row);
}

/*
 * ---- history ----
 */

static void
return_history(FunctionCallInfo fcinfo, Call *call, int64 parcel_id)
{
	static Statement history = STATEMENT("ilLT",
		"SELECT e.id, e.source, e.source_event_id, e.code, e.sub_code, m.state, f.standing, e.occurred_at, "
		"e.recorded_at, e.place, e.signed_by, e.corrects_event_id, e.correction_reason, e.repeats FROM ROWS FROM "
		"(pg_catalog.unnest($3), pg_catalog.unnest($4)) WITH ORDINALITY AS f (id, standing, position) JOIN "
		"marketplace.tracking_events e ON e.marketplace_id = $1 AND e.parcel_id = $2 AND e.id = f.id JOIN "
		"marketplace.tracking_event_meanings m ON m.marketplace_id = $1 AND m.parcel_id = $2 AND m.tracking_event_id "
		"= f.id ORDER BY f.position");
	int			count;
	FoldEvent  *events = tracking_events(call, parcel_id, &count);
	Datum	   *ids = palloc(Max(count, 1) * sizeof(Datum));
	Datum	   *standings = palloc(Max(count, 1) * sizeof(Datum));

	(void) tracking_fold(events, count);
	for (int i = 0; i < count; i++)
	{
		ids[i] = Int64GetDatum(events[i].id);
		standings[i] = CStringGetTextDatum(events[i].standing);
	}
	query_return_set(fcinfo, &history, VALUES(value_int32(call->marketplace_id), value_int64(parcel_id),
		value_datum(PointerGetDatum(construct_array(ids, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL,
													TYPALIGN_DOUBLE))),
		value_datum(PointerGetDatum(construct_array(standings, count, TEXTOID, -1, false, TYPALIGN_INT)))));
}

PG_FUNCTION_INFO_V1(parcel_history);
Datum
parcel_history(PG_FUNCTION_ARGS)
{
	Call		call;
	Parcel	   *parcel;

	call_begin_read(&call, fcinfo);
	parcel = parcel_get(&call, call_int64(&call, 1));
	if (!access_allows(call.caller, call.marketplace_id, CAPACITY_BUYER, parcel->buyer_id) &&
		!access_allows(call.caller, call.marketplace_id, CAPACITY_AUDITOR, 0) && !tracking_permits(&call, parcel))
		access_require(&call, CAPACITY_OPERATOR | CAPACITY_SELLER, parcel->seller_id);
	return_history(fcinfo, &call, parcel->id);
	call_end_read(&call);
	PG_RETURN_NULL();
}
