/*
 * escrow_release.c
 *		escrow_release(): an operator releases what a seller order has in escrow, whatever was received (FD-17,
 *		fd.release_on = manual).
 */
#include "postgres.h"

#include "funds/release.h"
#include "kernel/errors.h"

/*
 * Until the seller has accepted, the money may have to go back to the buyer at any time: what silence or a refusal
 * cancels must still be in escrow.
 */
static void
require_accepted(const OrderLine *line, int64 seller_order_id)
{
	if (strcmp(line->seller_order_state, "accepted") == 0)
		return;
	ereport(ERROR,
			errcode(MK_ORDER_STATE),
			errmsg("seller order %lld cannot be released before its seller has accepted it", (long long) seller_order_id),
			errdetail("It is %s.", line->seller_order_state),
			errhint("Accept it with marketplace.seller_order_accept(); what a seller refuses goes back to the buyer by itself."));
}

static void
release_seller_order(Call *call, int64 seller_order_id, int64 order_id)
{
	Allocations all = allocations_of_order(call, order_id);
	OrderLines	lines = order_lines(call, order_id);
	Releases	releases = {NIL, &all, NULL};
	Numeric		one = decimal_from_int64(1);

	for (int i = 0; i < lines.count; i++)
		if (lines.lines[i].seller_order_id == seller_order_id)
			require_accepted(&lines.lines[i], seller_order_id);
	for (int i = 0; i < all.count; i++)
	{
		const Allocation *allocation = &all.allocations[i];

		if (allocation->seller_order_id == seller_order_id && allocation->final)
			release_collect(call, &releases, find_line(&lines, allocation->order_line_id), allocation, one, one);
	}
	if (releases.lines != NIL && release_is_empty(&releases))
		ereport(ERROR,
				errcode(MK_FUNDS_HELD),
				errmsg("all that seller order %lld has in escrow is held", (long long) seller_order_id),
				errdetail("Holds take the whole of it (FD-20)."),
				errhint("Lift the holds first: see the view marketplace.holds_overview."));
	if (releases.lines == NIL)
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("seller order %lld has nothing in escrow that is final", (long long) seller_order_id),
				errdetail("Order %lld has %d shares of captures.", (long long) order_id, all.count),
				errhint("Capture and settle a payment first; what was released before is in the view marketplace.seller_balance."));
	release_post(call, &releases);
}

/* escrow_release(marketplace_id, seller_order_id, request_key) */
PG_FUNCTION_INFO_V1(escrow_release);
Datum
escrow_release(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		seller_order_id = call_int64(&call, 1);
		int64		order_id;

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) seller_order_seller(&call, seller_order_id, &order_id);
		order_lock(&call, order_id);
		release_seller_order(&call, seller_order_id, order_id);
		call.result = seller_order_id;
	}
	PG_RETURN_INT64(call_end(&call));
}
