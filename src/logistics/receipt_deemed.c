/*
 * receipt_deemed.c
 *		Acceptance by silence (LG-30): the end of a parcel's inspection window, and what is accepted once it has
 *		passed.
 *
 * The end is fixed, with the policy then in force (RD-15), when the arrival becomes known; views compare it with the
 * clock. tick() only records what is so already: late, twice or in parallel, the outcome is the same. A delivery
 * that is taken back before it is recorded takes the acceptance with it: no money is released on a delivery that is
 * known not to have been one (LG-24).
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "logistics/logistics.h"
#include "logistics/receipt.h"
#include "orders/orders.h"

/* The calendar named like the buyer's country (RD-27), else the marketplace's. */
static const char *
buyer_calendar(Call *call, int64 buyer_id, const Marketplace *marketplace)
{
	static Statement known = STATEMENT("t", "SELECT FROM marketplace.calendar_list WHERE name = $1");
	Party	   *buyer = party_get(call, buyer_id);

	if (buyer->country != NULL && query_execute(&known, VALUES(value_text(buyer->country))) > 0)
		return buyer->country;
	return marketplace->calendar;
}

/*
 * The window runs from the delivery, but not from before it was known: a delivery told late, or dated back by who gains
 * from it, leaves the buyer the whole time to look and to say no. It is reckoned once an arrival: a receipt that is
 * taken back leaves what is left of it.
 */
static void
open_window(Call *call, const Parcel *parcel, TimestampTz from)
{
	static Statement update = STATEMENT("ilzzt",
		"UPDATE marketplace.parcels SET inspection_from = $3, inspection_until = $4, receipt_due_from = $3, "
		"receipt_due_at = $4, on_silence = $5 WHERE marketplace_id = $1 AND id = $2");
	PolicyScope scope = {.order_id = parcel->order_id, .seller_id = parcel->seller_id, .buyer_id = parcel->buyer_id};
	PolicyDuration window = policy_duration(call, "lg.inspection_window", &scope);
	Marketplace *marketplace = marketplace_get(call);
	TimestampTz due = calendar_deadline(Max(from, call->now), window.n, window.unit,
										buyer_calendar(call, parcel->buyer_id, marketplace), marketplace->time_zone);

	(void) logistics_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(parcel->id),
											 value_timestamptz(from), value_timestamptz(due),
											 value_text(policy_text(call, "lg.receipt_on_silence", &scope))));
}

static void
reopen_window(Call *call, const Parcel *parcel)
{
	static Statement update = STATEMENT("il",
		"UPDATE marketplace.parcels SET receipt_due_from = inspection_from, receipt_due_at = inspection_until WHERE "
		"marketplace_id = $1 AND id = $2");

	(void) logistics_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(parcel->id)));
}

/* An arrival that is no more takes its window with it: the same one, told again, opens a new one. */
static void
close_window(Call *call, const Parcel *parcel, bool arrived)
{
	static Statement update = STATEMENT("ilb",
		"UPDATE marketplace.parcels SET receipt_due_from = NULL, receipt_due_at = NULL, inspection_from = CASE WHEN $3 "
		"THEN inspection_from END, inspection_until = CASE WHEN $3 THEN inspection_until END WHERE marketplace_id = $1 "
		"AND id = $2 AND (receipt_due_at IS NOT NULL OR (inspection_from IS NOT NULL AND NOT $3))");

	(void) logistics_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(parcel->id),
											 value_bool(arrived)));
}

/*
 * Silence counts after a delivery; after the buyer's receipt of another part of the parcel only where policy says so.
 */
static TimestampTz
window_start(Call *call, const Parcel *parcel, const Row *row)
{
	PolicyScope scope = {.order_id = parcel->order_id, .seller_id = parcel->seller_id, .buyer_id = parcel->buyer_id};

	if (!row_null(row, 0))
		return row_timestamptz(row, 0);
	if (!row_null(row, 1) && !policy_bool(call, "lg.deemed_needs_delivery", &scope))
		return row_timestamptz(row, 1);
	return DT_NOBEGIN;
}

void
receipt_refresh_due(Call *call, const Parcel *parcel)
{
	static Statement get = STATEMENT("il",
		"SELECT p.delivered_at, p.received_at, p.receipt_due_from, p.inspection_from, EXISTS (SELECT FROM marketplace.parcel_contents c "
		"WHERE c.marketplace_id = p.marketplace_id AND c.parcel_id = p.id AND c.position = 'delivered' AND "
		"c.accepted + c.disputed + c.denied < c.quantity) FROM marketplace.parcels p WHERE p.marketplace_id = $1 AND p.id = $2");
	Row			row;
	TimestampTz from;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(parcel->id)), &row))
		elog(ERROR, "parcel %lld is gone", (long long) parcel->id);
	from = window_start(call, parcel, &row);
	if (from == DT_NOBEGIN || !row_bool(&row, 4))
		close_window(call, parcel, from != DT_NOBEGIN);
	else if (row_null(&row, 3) || row_timestamptz(&row, 3) != from)
		open_window(call, parcel, from);
	else if (row_null(&row, 2))
		reopen_window(call, parcel);
}

static ReceiptSlice *
deemed_slice(const Row *row)
{
	ReceiptSlice *slice = palloc0(sizeof(ReceiptSlice));

	slice->parcel_id = row_int64(row, 0);
	slice->order_line_id = row_int64(row, 1);
	slice->quantity = row_numeric(row, 2);
	slice->seller_order_id = row_int64(row, 3);
	slice->seller_id = row_int64(row, 4);
	slice->condition = "deemed_accepted";
	return slice;
}

/* One receipt a parcel, dated when its window closed. */
int
receipt_deem_order(Call *call, int64 order_id)
{
	static Statement due = STATEMENT("ilz",
		"SELECT p.id, c.order_line_id, c.quantity - c.accepted - c.disputed - c.denied, s.seller_order_id, s.seller_id, "
		"s.buyer_id, p.receipt_due_at FROM marketplace.parcels p JOIN marketplace.parcel_contents c ON "
		"c.marketplace_id = p.marketplace_id AND c.parcel_id = p.id JOIN marketplace.shipments s ON s.marketplace_id "
		"= p.marketplace_id AND s.id = p.shipment_id WHERE p.marketplace_id = $1 AND p.order_id = $2 AND "
		"p.receipt_due_at < $3 AND p.on_silence = 'deemed_accepted' AND c.position = 'delivered' AND c.accepted + "
		"c.disputed + c.denied < c.quantity ORDER BY p.receipt_due_at, p.id, c.order_line_id");
	Rows		rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_int64(order_id),
											   value_timestamptz(call->now)));
	int			receipts = 0;

	for (uint64 i = 0; i < rows.count; receipts++)
	{
		const Row  *first = &rows.rows[i];
		Receipt		receipt = {.order_id = order_id, .buyer_id = row_int64(first, 5), .how = "deemed",
							   .received_at = row_timestamptz(first, 6)};
		List	   *slices = NIL;

		for (; i < rows.count && row_int64(&rows.rows[i], 0) == row_int64(first, 0); i++)
			slices = lappend(slices, deemed_slice(&rows.rows[i]));
		receipt_write(call, &receipt, slices);
	}
	return receipts;
}

/* Orders that somebody else works on are left for the next time: earlier steps of the same tick() may have locked others. */
int
logistics_tick_deemed(Call *call, int limit)
{
	static Statement due = STATEMENT("izi",
		"SELECT order_id FROM marketplace.parcels WHERE marketplace_id = $1 AND receipt_due_at < $2 AND on_silence = "
		"'deemed_accepted' AND " TICK_MAY_TRY("order", "order_id") " GROUP BY order_id ORDER BY order_id LIMIT $3");
	Rows		rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now),
											   value_int32(limit)));
	int			receipts = 0;

	for (uint64 i = 0; i < rows.count; i++)
	{
		int64		order_id = row_int64(&rows.rows[i], 0);

		if (!order_try_lock(call, order_id))
			continue;
		tick_at(call, "order", order_id);
		receipts += receipt_deem_order(call, order_id);
	}
	return receipts;
}
