/*
 * ship.c
 *		Goods leave only when the money is there: the guard of shipment.hand_over (policy fd.ship_on).
 */
#include "postgres.h"

#include "funds/funds.h"
#include "funds/funds_internal.h"
#include "kernel/errors.h"
#include "kernel/policy.h"

/* What the lines are worth; seller_order_id 0: of the whole order. */
static int64
due_of(const OrderLines *lines, int64 seller_order_id)
{
	int64		due = 0;

	for (int i = 0; i < lines->count; i++)
		if (seller_order_id == 0 || lines->lines[i].seller_order_id == seller_order_id)
			due += amount_minor(line_due(&lines->lines[i]));
	return due;
}

/* Captured, or still capturable: what was refunded is gone, unless the goods cost so much less by it. */
static int64
secured(Call *call, int64 order_id)
{
	static Statement read = STATEMENT("ilz",
		"SELECT marketplace.minor_units(o.captured), CASE WHEN p.state IN ('authorised', 'captured') AND p.closed_at IS NULL"
		" AND (p.expires_at IS NULL OR p.expires_at > $3) THEN marketplace.minor_units(o.amount - o.captured) ELSE 0 END"
		"  FROM marketplace.payment_orders o"
		"  JOIN marketplace.payments p ON p.marketplace_id = $1 AND p.id = o.payment_id"
		" WHERE o.marketplace_id = $1 AND o.order_id = $2");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(order_id),
												value_timestamptz(call->now)));
	Allocations all = allocations_of_order(call, order_id);
	int64		sum = 0;

	for (uint64 i = 0; i < rows.count; i++)
		sum += row_int64(&rows.rows[i], 0) + row_int64(&rows.rows[i], 1);
	for (int i = 0; i < all.count; i++)
		sum -= amount_minor(all.allocations[i].refunded) - amount_minor(all.allocations[i].reduced);
	return sum;
}

static int64
captured(Call *call, int64 order_id, int64 seller_order_id)
{
	Allocations all = allocations_of_order(call, order_id);
	int64		sum = 0;

	for (int i = 0; i < all.count; i++)
		if (all.allocations[i].seller_order_id == seller_order_id)
			sum += amount_minor(all.allocations[i].amount) - amount_minor(all.allocations[i].refunded) +
				amount_minor(all.allocations[i].reduced);
	return sum;
}

/*
 * authorised: the whole order is paid for, since an authorisation is for no line; captured: the lines of the seller
 * order are.
 */
void
funds_guard_hand_over(Call *call, int64 seller_order_id)
{
	PolicyScope scope = {.order_id = 0};
	CurrencyCode currency;
	OrderLines	lines;
	const char *ship_on;
	int64		due;
	int64		there;

	scope.seller_id = seller_order_seller(call, seller_order_id, &scope.order_id);
	order_get(call, scope.order_id, &scope.buyer_id, &currency);
	ship_on = policy_text(call, "fd.ship_on", &scope);
	if (strcmp(ship_on, "any") == 0)
		return;
	lines = order_lines(call, scope.order_id);
	if (strcmp(ship_on, "captured") == 0)
	{
		due = due_of(&lines, seller_order_id);
		there = captured(call, scope.order_id, seller_order_id);
	}
	else
	{
		due = due_of(&lines, 0);
		there = secured(call, scope.order_id);
	}
	if (there >= due)
		return;
	ereport(ERROR,
			errcode(MK_PAYMENT),
			errmsg("the goods of seller order %lld are not to be handed over before the money is %s",
				   (long long) seller_order_id, ship_on),
			errdetail("%s %s of %s.", strcmp(ship_on, "captured") == 0 ? "Captured for it:" :
					  "Authorised or captured for the order:",
					  amount_to_cstring(amount_of(currency, there)), amount_to_cstring(amount_of(currency, due))),
			errhint("Have a payment authorised or captured, or set policy fd.ship_on for the order."));
}
