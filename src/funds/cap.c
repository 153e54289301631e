/*
 * cap.c
 *		What may still be refunded, over all doors: cancellation, return, dispute, goodwill, and what they have decided but
 *		not funded yet (DP-30). Nothing is kept for it: it is what was captured less what refunds have taken.
 *
 * Whoever refunds holds the order's lock, so that two doors never give the same cent.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "funds/cap.h"
#include "kernel/errors.h"
#include "utils/tuplestore.h"

int64
cap_of_allocation(const Allocation *allocation)
{
	int64		left = amount_minor(allocation->amount) - amount_minor(allocation->refunded) -
		amount_minor(allocation->lacking) - amount_minor(allocation->goodwill);

	return Max(left, 0);
}

int64
cap_of_line(const Allocations *all, int64 order_line_id, int64 capture_id)
{
	int64		left = 0;

	for (int i = 0; i < all->count; i++)
	{
		const Allocation *allocation = &all->allocations[i];

		if (allocation->order_line_id == order_line_id && (capture_id == 0 || allocation->capture_id == capture_id))
			left += cap_of_allocation(allocation);
	}
	return left;
}

void
cap_require(const Allocations *all, const OrderLine *line, int64 capture_id, Amount wanted)
{
	CurrencyCode currency = amount_currency(wanted);
	int64		left = cap_of_line(all, line->id, capture_id);
	int64		paid = 0;

	if (amount_minor(wanted) <= left)
		return;
	for (int i = 0; i < all->count; i++)
		if (all->allocations[i].order_line_id == line->id && (capture_id == 0 || all->allocations[i].capture_id == capture_id))
			paid += amount_minor(all->allocations[i].amount);
	ereport(ERROR,
			errcode(MK_REFUND),
			errmsg("not so much of line %d can be refunded", line->position),
			errdetail("Asked for %s; left %s: paid %s, refunded or decided through any door %s.", amount_to_cstring(wanted),
					  amount_to_cstring(amount_of(currency, left)), amount_to_cstring(amount_of(currency, paid)),
					  amount_to_cstring(amount_of(currency, paid - left))),
			errhint("refundable() shows what is left of each line."));
}

/* The order's lines that the caller may see: all for its buyer and the operator, its own for a seller. */
static bool
sees_line(Call *call, const OrderLine *line)
{
	return access_allows(call->caller, call->marketplace_id, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0) ||
		access_allows(call->caller, call->marketplace_id, CAPACITY_BUYER, line->buyer_id) ||
		access_allows(call->caller, call->marketplace_id, CAPACITY_SELLER, line->seller_id);
}

static void
put_allocation(ReturnSetInfo *result, const Allocation *allocation)
{
	Amount		left = amount_of(amount_currency(allocation->amount), cap_of_allocation(allocation));
	Datum		values[10];
	bool		nulls[10] = {false};

	values[0] = Int64GetDatum(allocation->order_line_id);
	values[1] = Int64GetDatum(allocation->capture_id);
	values[2] = Int64GetDatum(allocation->id);
	values[3] = NumericGetDatum(amount_to_numeric(allocation->amount));
	values[4] = NumericGetDatum(amount_to_numeric(allocation->refunded));
	values[5] = NumericGetDatum(amount_to_numeric(allocation->goodwill));
	values[6] = NumericGetDatum(amount_to_numeric(allocation->lacking));
	values[7] = NumericGetDatum(amount_to_numeric(left));
	values[8] = CStringGetTextDatum(currency_alpha(amount_currency(left)));
	values[9] = CStringGetTextDatum(allocation->waived ? "full" : allocation->commission_on_refund);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* refundable(marketplace_id, order_id) */
PG_FUNCTION_INFO_V1(refundable);
Datum
refundable(PG_FUNCTION_ARGS)
{
	Call		call;
	OrderLines	lines;
	Allocations all;
	int64		order_id;
	int64		buyer_id;
	CurrencyCode currency;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_BUYER | CAPACITY_SELLER);
	order_id = call_int64(&call, 1);
	order_get(&call, order_id, &buyer_id, &currency);
	lines = order_lines(&call, order_id);
	all = allocations_of_order(&call, order_id);
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < all.count; i++)
		if (sees_line(&call, find_line(&lines, all.allocations[i].order_line_id)))
			put_allocation((ReturnSetInfo *) fcinfo->resultinfo, &all.allocations[i]);
	call_end_read(&call);
	return (Datum) 0;
}
