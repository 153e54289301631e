/*
 * releasable.c
 *		How much of each line of a seller order may go to its seller by now: the fact that releases, and the scope in
 *		which it must be complete (FD-17, FD-20).
 *
 * Says parts of a whole, never money: release.c turns them into cents, cumulatively.
 */
#include "postgres.h"

#include "funds/releasable.h"

ReleaseTerms
release_terms(Call *call, const Allocation *allocation, int64 order_id)
{
	ReleaseTerms terms = {.policy = {.order_id = order_id, .seller_id = allocation->seller_id,
									 .buyer_id = allocation->buyer_id}};

	terms.on = policy_text(call, "fd.release_on", &terms.policy);
	terms.scope = policy_text(call, "fd.release_scope", &terms.policy);
	return terms;
}

static Numeric
decimal_max(Numeric a, Numeric b)
{
	return decimal_cmp(a, b) >= 0 ? a : b;
}

/* What decisions by quantity have refunded of each line, by position in lines; NULL: none of it. */
typedef struct Settled
{
	Numeric    *quantity;
	Numeric    *paid_back;		/* the part of it that this money was paid for: the seller may keep some of what came back worse */
} Settled;

/* As a quantity: what went back is to what was paid as this is to the line. */
static Numeric
paid_back_quantity(const Allocations *all, const OrderLine *line, Amount refunded)
{
	int64		keeps = 0;
	Numeric		product = decimal_mul(decimal_from_int64(amount_minor(refunded)), line_active(line));

	for (int i = 0; i < all->count; i++)
		if (all->allocations[i].order_line_id == line->id)
			keeps += amount_minor(all->allocations[i].amount) - amount_minor(all->allocations[i].refunded);
	if (amount_minor(refunded) == 0)
		return decimal_from_int64(0);
	return DatumGetNumeric(DirectFunctionCall2(numeric_div, NumericGetDatum(product),
											   NumericGetDatum(decimal_from_int64(keeps + amount_minor(refunded)))));
}

static Settled
settled_of(Call *call, const Allocations *all, const OrderLines *lines)
{
	static Statement read = STATEMENT("il",
		"SELECT l.order_line_id, pg_catalog.sum(l.quantity), (SELECT marketplace.sum(i.amount) FROM marketplace.refunds r"
		"  JOIN marketplace.refund_items i ON i.marketplace_id = $1 AND i.refund_id = r.id AND i.source = 'escrow' AND i.lowers_due"
		" WHERE r.marketplace_id = $1 AND r.order_id = $2 AND i.order_line_id = l.order_line_id AND EXISTS ("
		"SELECT FROM marketplace.refund_lines q WHERE q.marketplace_id = $1 AND q.decision_id = r.decision_id"
		"   AND q.order_line_id = i.order_line_id AND q.quantity IS NOT NULL))"
		"  FROM marketplace.refund_decisions d"
		"  JOIN marketplace.refund_lines l ON l.marketplace_id = $1 AND l.decision_id = d.id AND l.quantity IS NOT NULL"
		" WHERE d.marketplace_id = $1 AND d.order_id = $2 AND d.lowers_due GROUP BY l.order_line_id");
	Settled		settled = {palloc0(sizeof(Numeric) * lines->count), palloc0(sizeof(Numeric) * lines->count)};
	Rows		rows;

	if (!all->decided)
		return settled;
	rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(lines->lines[0].order_id)));
	for (uint64 i = 0; i < rows.count; i++)
	{
		const OrderLine *line = find_line(lines, row_int64(&rows.rows[i], 0));
		int			l = (int) (line - lines->lines);

		settled.quantity[l] = row_numeric(&rows.rows[i], 1);
		settled.paid_back[l] = row_null(&rows.rows[i], 2) ? decimal_from_int64(0)
			: paid_back_quantity(all, line, row_amount(&rows.rows[i], 2));
	}
	return settled;
}

/*
 * The quantity of the line for which the fact that releases has happened, or that was settled by a refund. What was accepted
 * counts for the earlier facts too.
 */
static Numeric
fulfilled(const OrderLines *lines, int l, const Settled *settled, const char *on)
{
	const OrderLine *line = &lines->lines[l];
	Numeric		quantity = settled->quantity[l] == NULL ? line->accepted : decimal_add(line->accepted, settled->quantity[l]);

	if (strcmp(on, "delivered") == 0)
		quantity = decimal_max(quantity, line->delivered);
	else if (strcmp(on, "shipped") == 0)
		quantity = decimal_max(quantity, line->shipped);
	return decimal_min(quantity, line_active(line));
}

/* seller_order_id 0: the whole order */
static bool
goods_complete(const OrderLines *lines, const Settled *settled, int64 seller_order_id, const char *on)
{
	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (!line_is_goods(line) || (seller_order_id != 0 && line->seller_order_id != seller_order_id))
			continue;
		if (decimal_cmp(fulfilled(lines, i, settled, on), line_active(line)) < 0)
			return false;
	}
	return true;
}

/* Has everything of the seller order that was handed over been accepted? */
static bool
shipments_complete(const OrderLines *lines, const Settled *settled, int64 seller_order_id, const char *on)
{
	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (line_is_goods(line) && line->seller_order_id == seller_order_id &&
			decimal_cmp(fulfilled(lines, i, settled, on), line->shipped) < 0)
			return false;
	}
	return true;
}

static bool
scope_complete(const OrderLines *lines, const Settled *settled, int64 seller_order_id, const ReleaseTerms *terms)
{
	if (strcmp(terms->scope, "order") == 0)
		return goods_complete(lines, settled, 0, terms->on);
	if (strcmp(terms->scope, "seller_order") == 0)
		return goods_complete(lines, settled, seller_order_id, terms->on);
	if (strcmp(terms->scope, "shipment") == 0)
		return shipments_complete(lines, settled, seller_order_id, terms->on);
	return true;
}

/* Goods that are not cancelled: they lead, the other lines follow. */
static bool
has_goods(const OrderLines *lines, int64 seller_order_id)
{
	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (line->seller_order_id == seller_order_id && line_is_goods(line) && decimal_sign(line_active(line)) > 0)
			return true;
	}
	return false;
}

/* The value of a quantity of a line, for comparing only: equal quantities give equal values. */
static Numeric
value_of_quantity(const OrderLine *line, Numeric quantity)
{
	Numeric		product = decimal_mul(decimal_from_int64(amount_minor(line->escrow_gross)), quantity);

	return DatumGetNumeric(DirectFunctionCall2(numeric_div, NumericGetDatum(product),
											   NumericGetDatum(line->quantity)));
}

/* Shipping, fees and services go with the value of the goods of their seller order (AREAS: fd.service_release). */
static void
share_with_goods(Call *call, const OrderLines *lines, const Settled *settled, int64 seller_order_id,
				 const ReleaseTerms *terms, Releasable *releasable)
{
	bool		last = strcmp(policy_text(call, "fd.service_release", &terms->policy), "last") == 0;
	Numeric		part = decimal_from_int64(0);
	Numeric		whole = decimal_from_int64(0);

	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (line->seller_order_id != seller_order_id || !line_is_goods(line))
			continue;
		if (releasable->part[i] != NULL)
			part = decimal_add(part, value_of_quantity(line, releasable->part[i]));
		whole = decimal_add(whole, value_of_quantity(line, line_active(line)));
	}
	if (decimal_sign(whole) == 0)	/* goods that cost nothing */
		whole = part = decimal_from_int64(goods_complete(lines, settled, seller_order_id, terms->on) ? 1 : 0);
	if (last && decimal_cmp(part, whole) < 0)
		return;
	for (int i = 0; i < lines->count; i++)
		if (lines->lines[i].seller_order_id == seller_order_id && !line_is_goods(&lines->lines[i]))
		{
			releasable->part[i] = part;
			releasable->whole[i] = whole;
		}
}

/* Money that went back for a quantity is not there to be shared any more: nor is the quantity that it was paid for. */
static void
leave_out_paid_back(const OrderLines *lines, const Settled *settled, Releasable *releasable)
{
	for (int i = 0; i < lines->count; i++)
	{
		if (releasable->part[i] == NULL || settled->paid_back[i] == NULL || !line_is_goods(&lines->lines[i]))
			continue;
		releasable->part[i] = decimal_max(decimal_sub(releasable->part[i], settled->paid_back[i]), decimal_from_int64(0));
		releasable->whole[i] = decimal_sub(releasable->whole[i], settled->paid_back[i]);
	}
}

Releasable
releasable_of(Call *call, const Allocations *all, const OrderLines *lines, int64 seller_order_id, const ReleaseTerms *terms)
{
	Settled		settled = settled_of(call, all, lines);
	Releasable	releasable = {palloc0(sizeof(Numeric) * lines->count), palloc0(sizeof(Numeric) * lines->count)};
	bool		goods = has_goods(lines, seller_order_id);
	bool		others = false;

	if (strcmp(terms->on, "manual") == 0 || !scope_complete(lines, &settled, seller_order_id, terms))
		return releasable;
	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (line->seller_order_id != seller_order_id)
			continue;
		if (goods && !line_is_goods(line))
		{
			others = true;
			continue;
		}
		releasable.part[i] = fulfilled(lines, i, &settled, terms->on);
		releasable.whole[i] = line_active(line);
	}
	if (others)
		share_with_goods(call, lines, &settled, seller_order_id, terms, &releasable);
	leave_out_paid_back(lines, &settled, &releasable);
	return releasable;
}
