/*
 * rank.c
 *		Which carrier for these goods: what contracts offer on their lane, and how the services have carried there before.
 *		A suggestion with all its figures; who ships decides.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "kernel/calendar.h"
#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "logistics/contract.h"
#include "orders/orders.h"
#include "utils/array.h"

/* The goods: one seller order's, and by when the buyer was promised all of them. */
typedef struct Goods
{
	int64		seller_id;
	Value		origin;
	Value		destination;
	Value		required_by;
} Goods;

static Goods
find_goods(Call *call, int n)
{
	static Statement read = STATEMENT("iL",
		"SELECT l.seller_order_id, l.seller_id, k.origin, k.destination, (SELECT pg_catalog.min(q.deliver_by) FROM "
		"marketplace.order_line_promise_current q WHERE q.marketplace_id = $1 AND q.order_line_id = ANY ($2)) FROM "
		"marketplace.order_lines l JOIN marketplace.carriage_lanes k ON k.marketplace_id = $1 AND k.seller_order_id = "
		"l.seller_order_id WHERE l.marketplace_id = $1 AND l.id = ANY ($2) GROUP BY 1, 2, 3, 4");
	Value		ids = call_value(call, n);
	Rows		rows;

	if (ids.null)
		ereport(ERROR,
				errcode(MK_MISSING_VALUE),
				errmsg("carrier_rank() needs order_line_ids"),
				errdetail("Argument %d is NULL.", n + 1),
				errhint("Give the lines that are to be shipped."));
	rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), ids));
	if (rows.count == 0)
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("carrier_rank() found none of these order lines"),
				errdetail("Marketplace %d has no order line with any of the ids.", call->marketplace_id),
				errhint("See marketplace.order_line_quantities."));
	if (rows.count > 1)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("the lines are of several seller orders"),
				errdetail("A shipment leaves from one seller for one order."),
				errhint("Ask for each seller order by itself."));
	return (Goods) {row_int64(&rows.rows[0], 1), row_value(&rows.rows[0], 2), row_value(&rows.rows[0], 3),
					row_value(&rows.rows[0], 4)};
}

/* What was seen of the service on the lane before an instant, as far as it had happened by then. */
static Row
seen(Call *call, const Goods *goods, int64 service_id, TimestampTz from, TimestampTz as_of)
{
	static Statement read = STATEMENT("ilttzz",
		"SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE v.deliver_by <= $6 OR v.arrived_at <= $6 AND v.deliver_by "
		"IS NOT NULL), pg_catalog.count(*) FILTER (WHERE v.arrived_at <= LEAST($6, v.deliver_by)), pg_catalog.count(*) FILTER "
		"(WHERE v.lost > 0 OR v.missing > 0 OR v.damaged > 0) FROM marketplace.parcel_results v WHERE v.marketplace_id = $1 AND "
		"v.service_id = $2 AND v.origin = $3 AND v.destination = $4 AND v.handed_over_at >= $5 AND v.handed_over_at < $6");
	Row			row;

	(void) query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(service_id), goods->origin,
								   goods->destination, value_timestamptz(from), value_timestamptz(as_of)), &row);
	return row;
}

/* Calendar of the carrier, and whether it takes goods at this time of the day still. */
static Row
carrier_day(Call *call, int64 carrier_id, TimestampTz as_of, const Marketplace *marketplace)
{
	static Statement read = STATEMENT("ilztt",
		"SELECT c.code, COALESCE(c.calendar, $5), COALESCE((($3 AT TIME ZONE $4)::time > c.cut_off), false) FROM "
		"marketplace.carriers c WHERE c.marketplace_id = $1 AND c.id = $2");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(carrier_id), value_timestamptz(as_of),
								 value_text(marketplace->time_zone), value_text(marketplace->calendar)), &row))
		elog(ERROR, "a contract has no carrier");
	return row;
}

static void
add_offer(Call *call, JsonbParseState **state, const Goods *goods, const Row *row, Numeric weight, TimestampTz from,
		  TimestampTz as_of)
{
	Marketplace *marketplace = marketplace_get(call);
	Terms		terms = terms_of_row(row);
	Row			day = carrier_day(call, row_int64(row, 0), as_of, marketplace);
	Row			facts = seen(call, goods, terms.service_id, from, as_of);
	Value		freight = terms_freight(&terms, weight);

	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	payload_text(state, "carrier", row_text(&day, 0));
	payload_int64(state, "service_id", terms.service_id);
	payload_text(state, "contract", row_text(row, 3));
	if (terms.lead_n >= 0)
	{
		DateADT		counted_from;

		payload_int64(state, "lead_n", terms.lead_n);
		payload_text(state, "lead_unit", terms.lead_unit);
		payload_timestamptz(state, "deliver_by", lead_time(&terms, as_of, row_bool(&day, 2), row_text(&day, 1),
														   marketplace->time_zone, &counted_from));
	}
	if (!freight.null)
	{
		payload_numeric(state, "price", amount_to_numeric(DatumGetAmount(freight.datum)));
		payload_text(state, "currency", currency_alpha(amount_currency(DatumGetAmount(freight.datum))));
	}
	payload_int64(state, "parcels", row_int64(&facts, 0));
	payload_int64(state, "judged", row_int64(&facts, 1));
	payload_int64(state, "on_time", row_int64(&facts, 2));
	payload_int64(state, "bad", row_int64(&facts, 3));
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

static Statement ranked = STATEMENT("ijdtjj",
	"WITH k AS (SELECT COALESCE(($5 ->> 'on_time')::numeric, 0) AS on_time, COALESCE(($5 ->> 'intact')::numeric, 0) AS intact, "
	"COALESCE(($5 ->> 'price')::numeric, 0) AS price, COALESCE(($6 ->> 'good')::numeric, 0) AS good, "
	"COALESCE(($6 ->> 'bad')::numeric, 0) AS bad), "
	"o AS (SELECT o.*, (o.deliver_by AT TIME ZONE $4)::date AS day FROM pg_catalog.jsonb_to_recordset($2) AS o(carrier text, "
	"service_id bigint, contract text, lead_n int, lead_unit text, deliver_by timestamptz, price numeric, currency text, parcels "
	"bigint, judged bigint, on_time bigint, bad bigint)), "
	"s AS (SELECT o.*, CASE WHEN $3 IS NULL THEN true ELSE COALESCE(o.day <= $3, false) END AS meets, "
	"pg_catalog.round(COALESCE((o.on_time + k.good) / NULLIF(o.judged + k.good + k.bad, 0), 0), 4) AS on_time_score, "
	"pg_catalog.round(COALESCE((o.parcels - o.bad + k.good) / NULLIF(o.parcels + k.good + k.bad, 0), 0), 4) AS intact_score, "
	"pg_catalog.round(COALESCE(CASE WHEN o.price = 0 THEN 1 ELSE pg_catalog.min(o.price) OVER (PARTITION BY o.currency) / "
	"o.price END, 0), 4) AS price_score FROM o CROSS JOIN k), "
	"t AS (SELECT s.*, pg_catalog.round(COALESCE(100 * (s.on_time_score * k.on_time + s.intact_score * k.intact + s.price_score "
	"* k.price) / NULLIF(k.on_time + k.intact + k.price, 0), 0), 2) AS score, v.code AS service FROM s CROSS JOIN k JOIN "
	"marketplace.carrier_services v ON v.marketplace_id = $1 AND v.id = s.service_id) "
	"SELECT pg_catalog.row_number() OVER w::int, t.carrier, t.service, t.contract, t.lead_n, t.lead_unit, t.deliver_by, $3, "
	"t.meets, t.price, t.currency, t.parcels, t.judged, t.on_time, t.bad, t.on_time_score, t.intact_score, t.price_score, "
	"t.score FROM t WINDOW w AS (ORDER BY t.meets DESC, t.score DESC, t.price, t.carrier, t.service) ORDER BY 1");

PG_FUNCTION_INFO_V1(carrier_rank);
Datum
carrier_rank(PG_FUNCTION_ARGS)
{
	static Statement offers = STATEMENT("ilttdll", TERMS_IN_FORCE);
	Call		call;
	Goods		goods;
	TimestampTz as_of;
	Numeric		weight = NULL;
	PolicyScope scope = {0};
	JsonbParseState *state = NULL;
	Marketplace *marketplace;
	int64		days;
	Rows		rows;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER);
	goods = find_goods(&call, 1);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER, goods.seller_id);
	scope.seller_id = goods.seller_id;
	marketplace = marketplace_get(&call);
	as_of = call_timestamptz_or(&call, 2, call.now);
	if (!call_is_null(&call, 3))
		weight = call_numeric(&call, 3);
	if (TIMESTAMP_NOT_FINITE(as_of) || as_of < INT64CONST(-30000000000000000) || as_of > INT64CONST(200000000000000000) ||
		(weight != NULL && (!decimal_is_finite(weight) || decimal_sign(weight) <= 0)))
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("carrier_rank() needs an instant of these times, and a weight above zero or none"),
				errdetail("Contracts and calendars are asked for that day."),
				errhint("Leave as_of out for the present, weight_kg when no price goes by it."));
	days = Min(Max(policy_int64(&call, "lg.rank_window_days", &scope), 0), CALENDAR_MAX_DAYS);
	rows = query_rows(&offers, VALUES(value_int32(call.marketplace_id), value_int64(goods.seller_id), goods.origin,
									  goods.destination, value_date(calendar_local_date(as_of, marketplace->time_zone)),
									  value_null(), value_null()));
	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (uint64 i = 0; i < rows.count; i++)
		add_offer(&call, &state, &goods, &rows.rows[i], weight, as_of - days * USECS_PER_DAY, as_of);
	query_return_set(fcinfo, &ranked, VALUES(
		value_int32(call.marketplace_id), value_jsonb(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL))),
		goods.required_by, value_text(marketplace->time_zone),
		value_jsonb(policy_jsonb(&call, "lg.rank_weights", &scope)), value_jsonb(policy_jsonb(&call, "lg.rank_prior", &scope))));
	call_end_read(&call);
	return (Datum) 0;
}
