/*
 * hold_void.c
 *		A delivery that has released money turns out not to have taken place: the release is not undone, but what it brought the seller is held
 *		in its wallet (FD-21, LG-24) until the goods arrive after all or somebody decides.
 */
#include "postgres.h"

#include "funds/hold.h"
#include "funds/releasable.h"

static char *
slice_of(int64 parcel_id)
{
	return psprintf("parcel:%lld", (long long) parcel_id);
}

/*
 * What an allocation's releases brought the seller beyond what is due by now, at most `most` of the line's money: less commission.
 */
static int64
brought_too_early(Call *call, const Allocation *allocation, Numeric part, Numeric whole, int64 *most)
{
	CurrencyCode currency = amount_currency(allocation->amount);
	Amount		zero = amount_of(currency, 0);
	Amount		keeps = amount_sub(allocation->amount, allocation->refunded);
	Amount		released = amount_sub(keeps, ledger_balance(call, escrow_account(allocation), currency));
	Amount		due = part == NULL || decimal_sign(whole) <= 0 ? zero : amount_share_cumulative(keeps, part, whole, zero);
	int64		early = Min(amount_minor(released) - amount_minor(due), *most);
	Amount		net;
	Amount		vat;
	Amount		net_due;
	Amount		vat_due;

	if (early <= 0)
		return 0;
	*most -= early;
	commission_earned(allocation, released, &net, &vat);
	commission_earned(allocation, amount_sub(released, amount_of(currency, early)), &net_due, &vat_due);
	return early - (amount_minor(amount_add(net, vat)) - amount_minor(amount_add(net_due, vat_due)));
}

static int64
brought_by_line(Call *call, const Allocations *all, const OrderLine *line, Numeric quantity, Numeric part, Numeric whole)
{
	Amount		zero = amount_zero(amount_currency(line->escrow_gross));
	int64		most = amount_minor(amount_share_cumulative(line->escrow_gross, decimal_min(quantity, line->quantity), line->quantity, zero));
	int64		sum = 0;

	for (int i = all->count - 1; i >= 0; i--)
		if (all->allocations[i].order_line_id == line->id && most > 0)
			sum += brought_too_early(call, &all->allocations[i], part, whole, &most);
	return sum;
}

void
funds_on_delivery_voided(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	Document	voided = document_array(&payload, "lines");
	int64		order_id = document_int64(&payload, "order_id");
	int64		seller_order_id = document_int64(&payload, "seller_order_id");
	Allocations all = allocations_of_order(call, order_id);
	OrderLines	lines = order_lines(call, order_id);
	HoldSpec	spec = {.slice = slice_of(document_int64(&payload, "parcel_id")), .reason = "late_evidence",
		.note = "delivery voided after the release", .cause = event->id};
	const Allocation *first = NULL;
	ReleaseTerms terms;
	Releasable	releasable;
	int64		sum = 0;

	for (int i = 0; i < all.count && first == NULL; i++)
		if (all.allocations[i].seller_order_id == seller_order_id)
			first = &all.allocations[i];
	if (first == NULL)
		return;
	terms = release_terms(call, first, order_id);
	if (strcmp(policy_text(call, "lg.void_after_release", &terms.policy), "hold") != 0)
		return;
	releasable = releasable_of(call, &all, &lines, seller_order_id, &terms);
	for (int i = 0; i < document_length(&voided); i++)
	{
		Document	item = document_item(&voided, i);
		const OrderLine *line = find_line(&lines, document_int64(&item, "order_line_id"));
		int			l = (int) (line - lines.lines);

		sum += brought_by_line(call, &all, line, document_numeric(&item, "quantity"), releasable.part[l], releasable.whole[l]);
	}
	if (sum <= 0)
		return;
	spec.seller_id = first->seller_id;
	spec.amount = amount_of(amount_currency(first->amount), sum);
	hold_put(call, &spec);
}

/* The goods have arrived after all. */
void
hold_on_parcel_delivered(Call *call, int64 seller_id, int64 parcel_id)
{
	static Statement find = STATEMENT("ilt",
		"SELECT id FROM marketplace.holds"
		" WHERE marketplace_id = $1 AND seller_id = $2 AND target = 'seller' AND slice = $3 AND reason = 'late_evidence' AND state = 'active'"
		" ORDER BY id");
	Rows		rows = query_rows(&find, VALUES(value_int32(call->marketplace_id), value_int64(seller_id), value_text(slice_of(parcel_id))));

	for (uint64 i = 0; i < rows.count; i++)
		hold_lift_now(call, row_int64(&rows.rows[i], 0), NULL, "delivered after all");
}
