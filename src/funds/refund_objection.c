/*
 * refund_objection.c
 *		The refund of what a buyer rightly objected to (receipt.objection_decided, decision upheld): what was paid for the quantity, wherever
 *		that money is by now.
 *
 * A unit is refunded once (LG-50): what was refunded of the line by quantity before is left out. Other decisions move no money here: what
 * comes to nothing is accepted, and released by receipt.accepted.
 */
#include "postgres.h"

#include "funds/cap.h"
#include "funds/funds.h"
#include "funds/refund.h"

/* False when nothing was paid for it, or it was refunded before. */
static bool
reckon(Call *call, const Allocations *all, const OrderLine *line, Numeric wanted, RefundLine *refund)
{
	RefundedQuantity refunded = refunded_quantity(call, line->id);
	Numeric		gone = decimal_add(line->cancelled, refunded.quantity);
	Numeric		quantity = decimal_min(wanted, decimal_sub(line->quantity, gone));
	int64		worth;

	if (decimal_sign(quantity) <= 0)
		return false;
	worth = quantity_worth(line, gone, quantity, Max(cap_of_line(all, line->id, 0) - refunded.retained, 0));
	*refund = (RefundLine) {line->id, quantity, amount_of(amount_currency(line->escrow_gross), worth), NULL};
	return worth > 0;
}

void
funds_on_objection_decided(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	Document	items = document_array(&payload, "lines");
	RefundDecision wanted = {.door = "dispute", .lowers_due = true};
	RefundLine *refunds = palloc(sizeof(RefundLine) * Max(document_length(&items), 1));
	CurrencyCode currency;
	OrderLines	lines;
	Allocations all;
	Amount		total;
	int			n = 0;

	if (strcmp(document_text(&payload, "decision"), "upheld") != 0)
		return;
	wanted.order_id = document_int64(&payload, "order_id");
	wanted.reason = document_text(&payload, "reason");
	order_get(call, wanted.order_id, &wanted.buyer_id, &currency);
	lines = order_lines(call, wanted.order_id);
	all = allocations_of_order(call, wanted.order_id);
	total = amount_of(currency, 0);
	for (int i = 0; i < document_length(&items); i++)
	{
		Document	item = document_item(&items, i);
		const OrderLine *line = find_line(&lines, document_int64(&item, "order_line_id"));

		if (!reckon(call, &all, line, document_numeric(&item, "quantity"), &refunds[n]))
			continue;
		total = amount_add(total, refunds[n++].amount);
	}
	if (n > 0)
		refund_decide_lines(call, &wanted, &all, refunds, n, total);
}
