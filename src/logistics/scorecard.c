/*
 * scorecard.c
 *		How carriers carried, and how sellers kept their promises, by period (LG-37, LG-54). Counted from facts when asked,
 *		nothing is kept.
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "kernel/policy.h"
#include "logistics/contract.h"
#include "mb/pg_wchar.h"
#include "orders/orders.h"

static char *
read_bucket(Call *call, int n)
{
	static const char *const known[] = {"day", "week", "month", "quarter", "year"};
	char	   *bucket = call_text(call, n);

	for (int i = 0; i < lengthof(known); i++)
		if (strcmp(bucket, known[i]) == 0)
			return bucket;
	ereport(ERROR,
			errcode(MK_INVALID_ARGUMENT),
			errmsg("\"%.*s\" is no period of a scorecard", pg_mbcliplen(bucket, (int) strlen(bucket), 40), bucket),
			errdetail("It is day, week, month, quarter or year."),
			errhint("Leave it out for months."));
}

static DateADT
read_day(Call *call, int n)
{
	DateADT		day;

	if (call_is_null(call, n))
		ereport(ERROR,
				errcode(MK_MISSING_VALUE),
				errmsg("a scorecard needs its first day and the day after its last"),
				errdetail("Argument %d is NULL.", n + 1),
				errhint("Give both days."));
	day = call_date_or(call, n, 0);
	if (DATE_NOT_FINITE(day) || day < -500000 || day > 2000000)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("a scorecard needs days that are in the calendar"),
				errdetail("Argument %d is too far away.", n + 1),
				errhint("Give a day between the years 700 and 7400."));
	return day;
}

static Statement carriers = STATEMENT("iddtlt",
	"WITH r AS MATERIALIZED (SELECT v.*, pg_catalog.date_trunc($4, v.handed_over_at AT TIME ZONE $6)::date AS period FROM "
	"marketplace.parcel_results v WHERE v.marketplace_id = $1 AND ($5 IS NULL OR v.carrier_id = $5) AND v.handed_over_at >= "
	"($2::timestamp AT TIME ZONE $6) AND v.handed_over_at < ($3::timestamp AT TIME ZONE $6)), "
	"o AS (SELECT period, carrier_id, origin, destination, pg_catalog.count(*) AS judged, pg_catalog.count(*) FILTER (WHERE "
	"otif) AS otif FROM (SELECT period, carrier_id, origin, destination, pg_catalog.bool_and(on_time AND in_full IS TRUE) AS otif "
	"FROM r GROUP BY period, carrier_id, origin, destination, order_id HAVING pg_catalog.count(on_time) = pg_catalog.count(*)) "
	"x GROUP BY period, carrier_id, origin, destination), "
	"e AS (SELECT r.period, r.carrier_id, r.origin, r.destination, pg_catalog.percentile_cont(0.5) WITHIN GROUP (ORDER BY "
	"e.recorded_at - e.occurred_at) FILTER (WHERE e.corrects_event_id IS NULL) AS latency, pg_catalog.count(*) FILTER (WHERE "
	"e.corrects_event_id IS NULL) AS events, pg_catalog.count(e.corrects_event_id) AS corrections FROM r JOIN "
	"marketplace.tracking_events e ON e.marketplace_id = $1 AND e.parcel_id = r.parcel_id GROUP BY r.period, r.carrier_id, "
	"r.origin, r.destination), "
	"c AS (SELECT s.period, s.carrier_id, s.origin, s.destination, pg_catalog.count(q.filed_at) AS filed, pg_catalog.count(*) "
	"FILTER (WHERE q.state = 'paid') AS paid FROM (SELECT DISTINCT period, carrier_id, origin, destination, shipment_id FROM r) s "
	"JOIN marketplace.carrier_claims q ON q.marketplace_id = $1 AND q.shipment_id = s.shipment_id GROUP BY s.period, "
	"s.carrier_id, s.origin, s.destination), "
	"p AS (SELECT period, carrier_id, origin, destination, pg_catalog.count(*) AS parcels, pg_catalog.count(arrived_at) AS "
	"arrived, pg_catalog.count(on_time) AS judged, pg_catalog.count(*) FILTER (WHERE on_time) AS on_time, "
	"pg_catalog.count(in_full) AS ended, pg_catalog.count(*) FILTER (WHERE in_full) AS in_full, pg_catalog.sum(units) FILTER "
	"(WHERE on_time IS NOT NULL) AS units, pg_catalog.sum(GREATEST(units - lost - missing, 0)) FILTER (WHERE on_time) AS units_in_time, "
	"pg_catalog.count(*) FILTER (WHERE first_attempt) AS first, pg_catalog.count(*) FILTER (WHERE damaged > 0 AND arrived_at IS "
	"NOT NULL) AS damaged, pg_catalog.count(*) FILTER (WHERE lost > 0) AS lost FROM r GROUP BY period, carrier_id, origin, "
	"destination) "
	"SELECT p.period, k.code, p.origin, p.destination, p.parcels, p.arrived, p.judged, pg_catalog.round(100.0 * p.on_time / "
	"NULLIF(p.judged, 0), 2), pg_catalog.round(100.0 * p.in_full / NULLIF(p.ended, 0), 2), "
	"pg_catalog.round(COALESCE(p.units_in_time, 0) / NULLIF(p.units, 0), 4), COALESCE(o.judged, 0), pg_catalog.round(100.0 * "
	"o.otif / NULLIF(o.judged, 0), 2), pg_catalog.round(100.0 * p.first / NULLIF(p.arrived, 0), 2), pg_catalog.round(100.0 * "
	"p.damaged / NULLIF(p.arrived, 0), 2), pg_catalog.round(100.0 * p.lost / p.parcels, 2), e.latency, "
	"pg_catalog.round(1000.0 * e.corrections / NULLIF(e.events, 0), 2), COALESCE(c.filed, 0), COALESCE(c.paid, 0) FROM p JOIN "
	"marketplace.carriers k ON k.marketplace_id = $1 AND k.id = p.carrier_id LEFT JOIN o ON (o.period, o.carrier_id, o.origin, "
	"o.destination) = (p.period, p.carrier_id, p.origin, p.destination) LEFT JOIN e ON (e.period, e.carrier_id, e.origin, "
	"e.destination) = (p.period, p.carrier_id, p.origin, p.destination) LEFT JOIN c ON (c.period, c.carrier_id, c.origin, "
	"c.destination) = (p.period, p.carrier_id, p.origin, p.destination) ORDER BY p.period, k.code, p.origin, p.destination");

PG_FUNCTION_INFO_V1(carrier_scorecard);
Datum
carrier_scorecard(PG_FUNCTION_ARGS)
{
	Call		call;
	char	   *code;
	int64		party_id = 0;
	int64		carrier_id = 0;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_CARRIER);
	code = call_text_or_null(&call, 4);
	if (code != NULL)
		carrier_id = carrier_by_code(&call, code, &party_id);
	access_require(&call, party_id == 0 ? CAPACITY_OPERATOR | CAPACITY_AUDITOR :
				   CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_CARRIER, party_id);
	query_return_set(fcinfo, &carriers, VALUES(value_int32(call.marketplace_id), value_date(read_day(&call, 1)),
											   value_date(read_day(&call, 2)), value_text(read_bucket(&call, 3)),
											   value_id(carrier_id), value_text(marketplace_get(&call)->time_zone)));
	call_end_read(&call);
	return (Datum) 0;
}

static Statement sellers = STATEMENT("iddtlnn",
	"SELECT x.*, $6, $7, CASE WHEN x.judged > 0 THEN x.unit_otif * 100 >= $6 AND x.in_full >= $7 END FROM (SELECT "
	"pg_catalog.date_trunc($4, v.deliver_by::timestamp)::date AS period, v.seller_id, pg_catalog.count(*) AS seller_orders, "
	"pg_catalog.count(*) FILTER (WHERE v.judged) AS judged, pg_catalog.round(pg_catalog.sum(v.received_in_window) FILTER (WHERE "
	"v.judged) / pg_catalog.sum(v.ordered) FILTER (WHERE v.judged), 4) AS unit_otif, pg_catalog.round(100.0 * "
	"pg_catalog.count(*) FILTER (WHERE v.judged AND v.otif) / NULLIF(pg_catalog.count(*) FILTER (WHERE v.judged), 0), 2) AS "
	"order_otif, pg_catalog.round(100.0 * pg_catalog.count(*) FILTER (WHERE v.judged AND v.in_full) / "
	"NULLIF(pg_catalog.count(*) FILTER (WHERE v.judged), 0), 2) AS in_full, pg_catalog.round(100.0 * "
	"pg_catalog.sum(v.shipped_in_time) FILTER (WHERE v.judged) / pg_catalog.sum(v.to_ship_in_time) FILTER (WHERE v.judged), 2) "
	"AS shipped FROM marketplace.seller_order_otif v WHERE v.marketplace_id = $1 AND v.deliver_by >= $2 AND v.deliver_by < $3 "
	"AND ($5 IS NULL OR v.seller_id = $5) GROUP BY 1, 2) x ORDER BY x.period, x.seller_id");

PG_FUNCTION_INFO_V1(seller_scorecard);
Datum
seller_scorecard(PG_FUNCTION_ARGS)
{
	Call		call;
	PolicyScope scope = {0};

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER);
	if (!call_is_null(&call, 4))
		scope.seller_id = call_int64(&call, 4);
	access_require(&call, scope.seller_id == 0 ? CAPACITY_OPERATOR | CAPACITY_AUDITOR :
				   CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER, scope.seller_id);
	query_return_set(fcinfo, &sellers, VALUES(value_int32(call.marketplace_id), value_date(read_day(&call, 1)),
											  value_date(read_day(&call, 2)), value_text(read_bucket(&call, 3)),
											  value_id(scope.seller_id),
											  value_numeric(policy_numeric(&call, "lg.otif_target_on_time", &scope)),
											  value_numeric(policy_numeric(&call, "lg.otif_target_in_full", &scope))));
	call_end_read(&call);
	return (Datum) 0;
}
