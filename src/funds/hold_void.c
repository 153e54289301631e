/*
 * hold_void.c
 *		A delivery or a receipt that has released money is taken back: the release is not undone, but what it brought the seller is held in its
 *		wallet (FD-21, LG-24) until the goods arrive, or are accepted, after all, or somebody decides.
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

/* What releases of a seller order brought beyond what is due now, at most for these lines. */
static Amount
brought_early(Call *call, const Allocations *all, const Allocation *first, const ReleaseTerms *terms, const Document *items)
{
	OrderLines	lines = order_lines(call, terms->policy.order_id);
	Releasable	releasable = releasable_of(call, all, &lines, first->seller_order_id, terms);
	int64		sum = 0;

	for (int i = 0; i < document_length(items); i++)
	{
		Document	item = document_item(items, i);
		const OrderLine *line = find_line(&lines, document_int64(&item, "order_line_id"));
		int			l = (int) (line - lines.lines);

		if (line->seller_order_id == first->seller_order_id)
			sum += brought_by_line(call, all, line, document_numeric(&item, "quantity"), releasable.part[l], releasable.whole[l]);
	}
	return amount_of(amount_currency(first->amount), sum);
}

static const Allocation *
first_of_seller_order(const Allocations *all, int64 seller_order_id)
{
	for (int i = 0; i < all->count; i++)
		if (all->allocations[i].seller_order_id == seller_order_id)
			return &all->allocations[i];
	return NULL;
}

/* Policy lg.void_after_release; items: [{"order_line_id", "quantity"}]. */
static void
hold_early(Call *call, const Allocations *all, int64 order_id, int64 seller_order_id, const Document *items, HoldSpec *spec)
{
	const Allocation *first = first_of_seller_order(all, seller_order_id);
	ReleaseTerms terms;

	if (first == NULL)
		return;
	terms = release_terms(call, first, order_id);
	if (strcmp(policy_text(call, "lg.void_after_release", &terms.policy), "hold") != 0)
		return;
	spec->seller_id = first->seller_id;
	spec->amount = brought_early(call, all, first, &terms, items);
	if (amount_minor(spec->amount) > 0)
		hold_put(call, spec);
}

void
funds_on_delivery_voided(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	Document	voided = document_array(&payload, "lines");
	int64		order_id = document_int64(&payload, "order_id");
	Allocations all = allocations_of_order(call, order_id);
	HoldSpec	spec = {.slice = slice_of(document_int64(&payload, "parcel_id")), .reason = "late_evidence",
		.note = "delivery voided after the release", .cause = event->id};

	hold_early(call, &all, order_id, document_int64(&payload, "seller_order_id"), &voided, &spec);
}

/* Wallets are locked in ascending order of sellers. */
static int
by_seller(const ListCell *left, const ListCell *right)
{
	const Allocation *a = lfirst(left);
	const Allocation *b = lfirst(right);

	return (a->seller_id > b->seller_id) - (a->seller_id < b->seller_id);
}

static char *
slice_of_receipts(int64 order_id)
{
	return psprintf("receipt:%lld:", (long long) order_id);
}

/* The buyer takes its acceptance back: lines of several sellers. */
void
funds_on_receipt_withdrawn(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	Document	withdrawn = document_array(&payload, "lines");
	int64		order_id = document_int64(&payload, "order_id");
	Allocations all = allocations_of_order(call, order_id);
	List	   *sellers = NIL;
	ListCell   *cell;

	for (int i = 0; i < document_length(&withdrawn); i++)
	{
		Document	item = document_item(&withdrawn, i);
		const Allocation *first = first_of_seller_order(&all, document_int64(&item, "seller_order_id"));

		if (first != NULL)
			sellers = list_append_unique_ptr(sellers, (void *) first);
	}
	list_sort(sellers, by_seller);
	foreach(cell, sellers)
	{
		const Allocation *first = lfirst(cell);
		HoldSpec	spec = {.slice = psprintf("%s%lld", slice_of_receipts(order_id), (long long) document_int64(&payload, "receipt_id")),
			.reason = "late_evidence", .note = "receipt taken back after the release", .cause = event->id};

		hold_early(call, &all, order_id, first->seller_order_id, &withdrawn, &spec);
	}
}

/* Of all lines of the seller order. */
static int64
still_early(Call *call, const Allocations *all, const OrderLines *lines, const Allocation *first, int64 order_id)
{
	ReleaseTerms terms = release_terms(call, first, order_id);
	Releasable	releasable = releasable_of(call, all, lines, first->seller_order_id, &terms);
	int64		sum = 0;

	for (int l = 0; l < lines->count; l++)
		if (lines->lines[l].seller_order_id == first->seller_order_id)
			sum += brought_by_line(call, all, &lines->lines[l], lines->lines[l].quantity, releasable.part[l], releasable.whole[l]);
	return sum;
}

/* The buyer has accepted again what it had taken back: as far as what was released early is due by now, nothing holds it. */
void
hold_on_receipt_accepted(Call *call, int64 order_id)
{
	static Statement find = STATEMENT("ilt",
		"SELECT h.id, h.seller_id, h.amount - h.lifted FROM marketplace.holds h"
		" WHERE h.marketplace_id = $1 AND h.seller_id IN (SELECT a.seller_id FROM marketplace.capture_allocations a WHERE a.marketplace_id = $1"
		" AND a.order_id = $2) AND h.target = 'seller' AND pg_catalog.starts_with(h.slice, $3) AND h.state = 'active' ORDER BY h.seller_id, h.id DESC");
	Rows		rows = query_rows(&find, VALUES(value_int32(call->marketplace_id), value_int64(order_id),
												value_text(slice_of_receipts(order_id))));
	Allocations all;
	OrderLines	lines;

	if (rows.count == 0)
		return;
	all = allocations_of_order(call, order_id);
	lines = order_lines(call, order_id);
	for (uint64 i = 0; i < rows.count; i++)
	{
		int64		seller_id = row_int64(&rows.rows[i], 1);
		Amount		left = row_amount(&rows.rows[i], 2);
		const Allocation *first = NULL;
		int64		early;

		for (int a = 0; a < all.count && first == NULL; a++)
			if (all.allocations[a].seller_id == seller_id)
				first = &all.allocations[a];
		if (first == NULL)
			continue;
		early = still_early(call, &all, &lines, first, order_id);
		/* of several the newest stays for what is early, the others lie within it or beside it */
		for (uint64 j = 0; j < i; j++)
			if (row_int64(&rows.rows[j], 1) == seller_id)
				early -= Min(early, amount_minor(row_amount(&rows.rows[j], 2)));
		if (early >= amount_minor(left))
			continue;
		left = amount_of(amount_currency(left), amount_minor(left) - early);
		hold_lift_now(call, row_int64(&rows.rows[i], 0), early == 0 ? NULL : &left, "accepted after all");
	}
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
