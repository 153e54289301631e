/*
 * refund_divide.c
 *		Which captures of a line give how much of its refund: by what each may still give, but money in escrow goes before
 *		money that was released (CX-29, FD-66: reversible before irreversible).
 */
#include "postgres.h"

#include "funds/cap.h"
#include "funds/waterfall.h"

int
waterfall_targets(Call *call, const Allocations *all, int64 order_line_id, int64 capture_id, WaterfallTarget **targets, int64 **escrow)
{
	int			n = 0;

	*targets = palloc0(sizeof(WaterfallTarget) * Max(all->count, 1));
	*escrow = palloc0(sizeof(int64) * Max(all->count, 1));
	for (int i = 0; i < all->count; i++)
	{
		const Allocation *allocation = &all->allocations[i];

		if (allocation->order_line_id != order_line_id || (capture_id != 0 && allocation->capture_id != capture_id) ||
			cap_of_allocation(allocation) == 0)
			continue;
		(*targets)[n].allocation = allocation;
		(*escrow)[n++] = amount_minor(ledger_balance(call, escrow_account(allocation), amount_currency(allocation->amount)));
	}
	return n;
}

/* By weight as far as the room goes; what one has no room for, the others take. Returns what is left. */
static int64
fill(int64 amount, const int64 *weights, const int64 *room, int n, int64 *parts)
{
	int64		left = amount;

	allocate_minor(amount, weights, n, parts);
	for (int i = 0; i < n; i++)
	{
		parts[i] = Min(parts[i], room[i]);
		left -= parts[i];
	}
	for (int i = 0; i < n; i++)
	{
		int64		more = Min(left, room[i] - parts[i]);

		parts[i] += more;
		left -= more;
	}
	return left;
}

int
waterfall_divide(WaterfallTarget *targets, const int64 *escrow, int n, int64 refund)
{
	int64	   *caps = palloc(sizeof(int64) * n);
	int64	   *room = palloc(sizeof(int64) * n);
	int64	   *parts = palloc(sizeof(int64) * n);
	int64		left;
	int			used = 0;

	for (int i = 0; i < n; i++)
	{
		caps[i] = cap_of_allocation(targets[i].allocation);
		room[i] = Min(escrow[i], caps[i]);
	}
	left = fill(refund, caps, room, n, parts);
	for (int i = 0; i < n; i++)
	{
		targets[i].amount = parts[i];
		caps[i] -= parts[i];
	}
	if (left > 0)
	{
		left = fill(left, caps, caps, n, parts);
		for (int i = 0; i < n; i++)
			targets[i].amount += parts[i];
	}
	if (left != 0)
		elog(ERROR, "a refund is above its cap");
	for (int i = 0; i < n; i++)
		if (targets[i].amount > 0)
			targets[used++] = targets[i];
	return used;
}
