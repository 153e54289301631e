/*
 * exception.c
 *		The instants from which a parcel is late, stalled or presumed lost (LG-34), reckoned at read from the promise in
 *		force and the policies; and what tick() does about a presumed loss where policy says so (LG-35).
 *
 * Nothing is stored: a stopped scheduler, or a promise that changes, changes what the views say at once. The views are in
 * exception_views.sql.
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "logistics/logistics.h"
#include "logistics/tracking.h"
#include "orders/orders.h"

typedef struct ParcelClocks
{
	TimestampTz ship_by;		/* end of the promised day; DT_NOBEGIN: none was promised; likewise below */
	TimestampTz deliver_by;
	TimestampTz late_after;
	TimestampTz expected_at;	/* by the carrier's contract */
	TimestampTz stalled_after;
	TimestampTz presumed_lost_after;
	TimestampTz reserve_by;		/* end of the last day for the protest to the carrier (LG-41) */
} ParcelClocks;

static TimestampTz
instant(const Row *row, int column)
{
	return row_null(row, column) ? DT_NOBEGIN : row_timestamptz(row, column);
}

/* The promises are days: they end with the day in the marketplace's time. Of several lines the first counts. */
static void
read_facts(Call *call, const Parcel *parcel, const Marketplace *marketplace, Row *row)
{
	static Statement get = STATEMENT("ilt",
		"SELECT (pg_catalog.min(o.ship_by) + 1)::pg_catalog.timestamp AT TIME ZONE $3, "
		"(pg_catalog.min(o.deliver_by) + 1)::pg_catalog.timestamp AT TIME ZONE $3, pg_catalog.max(s.handed_over_at), "
		"pg_catalog.max(GREATEST(p.last_event_at, s.handed_over_at)), pg_catalog.max(h.deliver_by), "
		"(pg_catalog.max(CASE WHEN a.day IS NULL OR g.protest_days IS NULL THEN NULL WHEN g.protest_unit = 'business_days' "
		"THEN marketplace.business_day_add(g.protest_calendar, a.day, g.protest_days) ELSE a.day + g.protest_days END) + 1)::pg_catalog.timestamp AT TIME ZONE $3 FROM marketplace.parcels p "
		"JOIN marketplace.shipments s ON s.marketplace_id = p.marketplace_id AND s.id = p.shipment_id "
		"LEFT JOIN marketplace.shipment_promises h ON h.marketplace_id = p.marketplace_id AND h.shipment_id = s.id "
		"LEFT JOIN marketplace.carriage_regimes g ON g.regime = h.regime "
		"CROSS JOIN LATERAL (SELECT (COALESCE(p.delivered_at, p.received_at) AT TIME ZONE $3)::pg_catalog.date AS day) a "
		"LEFT JOIN marketplace.parcel_contents c ON c.marketplace_id = p.marketplace_id AND c.parcel_id = p.id "
		"LEFT JOIN marketplace.order_line_promise_current o ON o.marketplace_id = c.marketplace_id AND o.order_line_id "
		"= c.order_line_id WHERE p.marketplace_id = $1 AND p.id = $2");

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(parcel->id),
								value_text(marketplace->time_zone)), row))
		elog(ERROR, "an aggregate gave no row");
}

static TimestampTz
after(Call *call, TimestampTz start, const char *policy, const PolicyScope *scope, const Marketplace *marketplace)
{
	PolicyDuration wait = policy_duration(call, policy, scope);

	return calendar_deadline(start, wait.n, wait.unit, marketplace->calendar, marketplace->time_zone);
}

static ParcelClocks
parcel_clocks_of(Call *call, const Parcel *parcel)
{
	PolicyScope scope = {.order_id = parcel->order_id, .seller_id = parcel->seller_id, .buyer_id = parcel->buyer_id};
	Marketplace *marketplace = marketplace_get(call);
	ParcelClocks clocks;
	TimestampTz handed_over_at;
	TimestampTz last_sign_at;
	Row			row;

	read_facts(call, parcel, marketplace, &row);
	clocks.ship_by = instant(&row, 0);
	clocks.deliver_by = instant(&row, 1);
	handed_over_at = instant(&row, 2);
	last_sign_at = instant(&row, 3);
	clocks.expected_at = instant(&row, 4);
	clocks.reserve_by = instant(&row, 5);
	clocks.late_after = clocks.stalled_after = clocks.presumed_lost_after = DT_NOBEGIN;
	if (clocks.deliver_by != DT_NOBEGIN)
	{
		clocks.late_after = after(call, clocks.deliver_by, "lg.grace", &scope, marketplace);
		clocks.presumed_lost_after = after(call, clocks.deliver_by, "lg.presumed_lost_after", &scope, marketplace);
	}
	else if (handed_over_at != DT_NOBEGIN)
		clocks.presumed_lost_after = after(call, handed_over_at, "lg.presumed_lost_no_promise", &scope, marketplace);
	if (handed_over_at != DT_NOBEGIN)
		clocks.stalled_after = calendar_deadline(last_sign_at, (int) policy_int64(call, "lg.stalled_bd", &scope),
												 "business_days", marketplace->calendar, marketplace->time_zone);
	return clocks;
}

/* parcel_clocks(marketplace_id, parcel_id) */
PG_FUNCTION_INFO_V1(parcel_clocks);
Datum
parcel_clocks(PG_FUNCTION_ARGS)
{
	static Statement give = STATEMENT("zzzzzzz", "SELECT $1, $2, $3, $4, $5, $6, $7");
	Call		call;
	Parcel	   *parcel;
	ParcelClocks clocks;

	call_begin_read(&call, fcinfo);
	parcel = parcel_get(&call, call_int64(&call, 1));
	if (!access_allows(call.caller, call.marketplace_id, CAPACITY_BUYER, parcel->buyer_id) &&
		!access_allows(call.caller, call.marketplace_id, CAPACITY_AUDITOR, 0) && !tracking_permits(&call, parcel))
		access_require(&call, CAPACITY_OPERATOR | CAPACITY_SELLER, parcel->seller_id);
	clocks = parcel_clocks_of(&call, parcel);
	query_return_set(fcinfo, &give, VALUES(value_instant(clocks.ship_by), value_instant(clocks.deliver_by),
										   value_instant(clocks.late_after), value_instant(clocks.expected_at),
										   value_instant(clocks.stalled_after),
										   value_instant(clocks.presumed_lost_after),
										   value_instant(clocks.reserve_by)));
	call_end_read(&call);
	PG_RETURN_NULL();
}

/*
 * ---- tick() ----
 */

/* Says it as an event of the platform: a carrier that finds the parcel, or an operator, takes it back like any other. */
static void
lose(Call *call, const Parcel *parcel)
{
	TrackingFact fact = {
		.source = "platform", .source_event_id = psprintf("presumed-lost-%lld", (long long) call->now), .state = "lost",
		.occurred_at = call->now
	};
	bool		fresh;

	(void) tracking_store(call, parcel, &fact, &fresh);
}

/*
 * Only where lg.auto_lose has been set for anybody are parcels looked at, and only those whose promised day is over.
 * Orders that somebody else works on are left for the next time.
 */
int
logistics_tick_lost(Call *call, int limit)
{
	static Statement due = STATEMENT("iz",
		"SELECT DISTINCT p.order_id, p.id FROM marketplace.parcel_contents c JOIN marketplace.parcels p ON "
		"p.marketplace_id = c.marketplace_id AND p.id = c.parcel_id JOIN marketplace.order_line_promise_current o ON "
		"o.marketplace_id = c.marketplace_id AND o.order_line_id = c.order_line_id WHERE c.marketplace_id = $1 AND "
		"c.position = 'in_transit' AND (o.deliver_by IS NULL OR o.deliver_by <= $2::pg_catalog.date) AND "
		TICK_MAY_TRY("parcel", "p.id") " ORDER BY p.order_id, p.id");
	Rows		rows;
	int			done = 0;

	if (!policy_is_set(call, "lg.auto_lose"))
		return 0;
	rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now)));
	for (uint64 i = 0; i < rows.count && done < limit; i++)
	{
		Parcel	   *parcel = parcel_get(call, row_int64(&rows.rows[i], 1));
		PolicyScope scope = {.order_id = parcel->order_id, .seller_id = parcel->seller_id, .buyer_id = parcel->buyer_id};
		TimestampTz lost_after = parcel_clocks_of(call, parcel).presumed_lost_after;

		if (lost_after == DT_NOBEGIN || lost_after >= call->now || !policy_bool(call, "lg.auto_lose", &scope) ||
			!order_try_lock(call, parcel->order_id))
			continue;
		tick_at(call, "parcel", parcel->id);
		lose(call, parcel);
		done++;
	}
	return done;
}
