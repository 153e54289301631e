/*
 * promise.c
 *		What a carrier promises when it takes a shipment: reckoned from its contract and calendar at hand-over, kept for
 *		good (RD-11, LG-33), and whatever the contract says later.
 *
 * What the seller promised the buyer is on the order line; which of the two was kept is for the scorecards.
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "logistics/contract.h"
#include "orders/orders.h"

Terms
terms_of_row(const Row *row)
{
	return (Terms) {
		.service_id = row_int64(row, 1), .contract_id = row_int64(row, 2), .regime = row_text(row, 4),
		.lane_id = row_int64(row, 5), .lead_n = row_null(row, 7) ? -1 : row_int32(row, 7), .lead_unit = row_text(row, 8),
		.by_time = row_null(row, 9) ? -1 : DatumGetTimeADT(row_datum(row, 9)), .price = row_value(row, 10),
		.price_per_kg = row_value(row, 11)
	};
}

static TimestampTz
local_instant(DateADT day, TimeADT clock, const char *zone)
{
	Timestamp	local = day * USECS_PER_DAY + clock;

	return DatumGetTimestampTz(DirectFunctionCall2(timestamp_zone, CStringGetTextDatum(zone), TimestampGetDatum(local)));
}

TimestampTz
lead_time(const Terms *terms, TimestampTz handed_over_at, bool after_cut_off, const char *calendar, const char *zone,
		  DateADT *counted_from)
{
	DateADT		day;

	*counted_from = calendar_local_date(handed_over_at, zone);
	if (strcmp(terms->lead_unit, "hours") == 0)
		return handed_over_at + terms->lead_n * USECS_PER_HOUR;
	if (after_cut_off)
		*counted_from = calendar_next_open(calendar, *counted_from + 1);
	day = strcmp(terms->lead_unit, "business_days") == 0 ?
		calendar_add_days(calendar, *counted_from, terms->lead_n) : *counted_from + terms->lead_n;
	return terms->by_time >= 0 ? local_instant(day, terms->by_time, zone) : local_instant(day + 1, 0, zone) - 1;
}

Value
terms_freight(const Terms *terms, Numeric weight_kg)
{
	Amount		by_weight;

	if (terms->price_per_kg.null)
		return terms->price;
	if (weight_kg == NULL)
		return value_null();
	by_weight = amount_multiply(DatumGetAmount(terms->price_per_kg.datum), weight_kg);
	return value_amount(terms->price.null ? by_weight : amount_add(DatumGetAmount(terms->price.datum), by_weight));
}

int64
service_read(Call *call, const Document *document, int64 carrier_id)
{
	static Statement find = STATEMENT("ilt",
		"SELECT id FROM marketplace.carrier_services WHERE marketplace_id = $1 AND carrier_id = $2 AND code = "
		"pg_catalog.lower($3)");
	char	   *code = document_text_or_null(document, "service");
	Row			row;

	if (code == NULL)
		return 0;
	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(carrier_id), value_text(code)), &row))
		document_refuse(document, "service", psprintf("The carrier has no service \"%.60s\".", code),
						"Register it with marketplace.carrier_service_add(), or see marketplace.carrier_services.");
	return row_int64(&row, 0);
}

/* Lane, regime, weight and cut-off of the shipment, whether a contract covers it or not. */
static Row
carriage_of(Call *call, const Shipment *shipment, TimestampTz at, const char *zone)
{
	static Statement read = STATEMENT("ilzt",
		"SELECT l.origin, l.destination, s.service_id, COALESCE(c.calendar, m.calendar), COALESCE((($3 AT TIME ZONE $4)"
		"::time > c.cut_off), false), c.regime, (SELECT CASE WHEN pg_catalog.count(*) = pg_catalog.count(p.weight_kg) "
		"THEN pg_catalog.sum(p.weight_kg) END FROM marketplace.parcels p WHERE p.marketplace_id = $1 AND p.shipment_id "
		"= $2) FROM marketplace.shipments s JOIN marketplace.carriers c ON c.marketplace_id = $1 AND c.id = "
		"s.carrier_id JOIN marketplace.marketplaces m ON m.marketplace_id = $1 JOIN marketplace.carriage_lanes l ON "
		"l.marketplace_id = $1 AND l.seller_order_id = s.seller_order_id WHERE s.marketplace_id = $1 AND s.id = $2");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(shipment->id), value_timestamptz(at),
								 value_text(zone)), &row))
		elog(ERROR, "shipment %lld has no lane", (long long) shipment->id);
	return row;
}

/* The terms of its service; without one those of the only service that is offered, and none when there are several. */
static Terms
find_terms(Call *call, const Shipment *shipment, const Row *carriage, DateADT day)
{
	static Statement find = STATEMENT("ilttdll", TERMS_IN_FORCE);
	Rows		rows = query_rows(&find, VALUES(value_int32(call->marketplace_id), value_int64(shipment->seller_id),
												row_value(carriage, 0), row_value(carriage, 1), value_date(day),
												value_int64(shipment->carrier_id), row_value(carriage, 2)));

	if (rows.count == 1)
		return terms_of_row(&rows.rows[0]);
	return (Terms) {.service_id = row_id(carriage, 2), .lead_n = -1, .by_time = -1, .price = value_null(),
					.price_per_kg = value_null()};
}

void
promise_make(Call *call, const Shipment *shipment, TimestampTz handed_over_at)
{
	static Statement insert = STATEMENT("illlllltttlllztdnazz",
		"INSERT INTO marketplace.shipment_promises (marketplace_id, shipment_id, order_id, seller_id, buyer_id, "
		"carrier_id, carrier_party_id, origin, destination, regime, service_id, contract_id, lane_id, deliver_by, "
		"calendar, counted_from, weight_kg, freight, handed_over_at, recorded_at) SELECT $1, $2, $3, $4, $5, $6, $7, $8, "
		"$9, COALESCE($10, (SELECT r.regime FROM marketplace.carriage_regime_lanes r WHERE r.mode = COALESCE((SELECT "
		"s.mode FROM marketplace.carrier_services s WHERE s.marketplace_id = $1 AND s.id = $11), 'parcel') AND r.origin "
		"IN ($8, '*') AND r.destination IN ($9, '*') AND (NOT r.crossing OR $8 <> $9) ORDER BY r.origin = '*', "
		"r.destination = '*' LIMIT 1), 'NONE'), $11, $12, $13, $14, $15, $16, $17, $18, $19, $20 ON CONFLICT DO NOTHING");
	const char *zone = marketplace_get(call)->time_zone;
	Row			carriage = carriage_of(call, shipment, handed_over_at, zone);
	Terms		terms = find_terms(call, shipment, &carriage, calendar_local_date(handed_over_at, zone));
	bool		promised = terms.lead_n >= 0;
	DateADT		counted_from = 0;
	TimestampTz deliver_by = 0;

	if (promised)
		deliver_by = lead_time(&terms, handed_over_at, row_bool(&carriage, 4), row_text(&carriage, 3), zone,
							   &counted_from);
	(void) logistics_execute(&insert, VALUES(
		value_int32(call->marketplace_id), value_int64(shipment->id), value_int64(shipment->order_id),
		value_int64(shipment->seller_id), value_int64(shipment->buyer_id), value_int64(shipment->carrier_id),
		value_id(shipment->carrier_party_id), row_value(&carriage, 0), row_value(&carriage, 1),
		terms.regime != NULL ? value_text(terms.regime) : row_value(&carriage, 5), value_id(terms.service_id),
		value_id(terms.contract_id), value_id(terms.lane_id),
		promised ? value_timestamptz(deliver_by) : value_null(),
		promised ? row_value(&carriage, 3) : value_null(), promised ? value_date(counted_from) : value_null(),
		row_value(&carriage, 6), terms_freight(&terms, row_numeric(&carriage, 6)), value_timestamptz(handed_over_at),
		value_timestamptz(call->now)));
}
