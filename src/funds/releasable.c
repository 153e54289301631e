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

/*
 * The quantity of the line for which the fact that releases has happened. What was accepted counts for the earlier
 * facts too.
 */
static Numeric
fulfilled(const OrderLine *line, const char *on)
{
	Numeric		quantity = line->accepted;

	if (strcmp(on, "delivered") == 0)
		quantity = decimal_max(quantity, line->delivered);
	else if (strcmp(on, "shipped") == 0)
		quantity = decimal_max(quantity, line->shipped);
	return decimal_min(quantity, line_active(line));
}

/* seller_order_id 0: the whole order */
static bool
goods_complete(const OrderLines *lines, int64 seller_order_id, const char *on)
{
	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (!line_is_goods(line) || (seller_order_id != 0 && line->seller_order_id != seller_order_id))
			continue;
		if (decimal_cmp(fulfilled(line, on), line_active(line)) < 0)
			return false;
	}
	return true;
}

/* Has everything of the seller order that was handed over been accepted? */
static bool
shipments_complete(const OrderLines *lines, int64 seller_order_id, const char *on)
{
	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (line_is_goods(line) && line->seller_order_id == seller_order_id &&
			decimal_cmp(fulfilled(line, on), line->shipped) < 0)
			return false;
	}
	return true;
}

static bool
scope_complete(const OrderLines *lines, int64 seller_order_id, const ReleaseTerms *terms)
{
	if (strcmp(terms->scope, "order") == 0)
		return goods_complete(lines, 0, terms->on);
	if (strcmp(terms->scope, "seller_order") == 0)
		return goods_complete(lines, seller_order_id, terms->on);
	if (strcmp(terms->scope, "shipment") == 0)
		return shipments_complete(lines, seller_order_id, terms->on);
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
share_with_goods(Call *call, const OrderLines *lines, int64 seller_order_id, const ReleaseTerms *terms,
				 Releasable *releasable)
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
		whole = part = decimal_from_int64(goods_complete(lines, seller_order_id, terms->on) ? 1 : 0);
	if (last && decimal_cmp(part, whole) < 0)
		return;
	for (int i = 0; i < lines->count; i++)
		if (lines->lines[i].seller_order_id == seller_order_id && !line_is_goods(&lines->lines[i]))
		{
			releasable->part[i] = part;
			releasable->whole[i] = whole;
		}
}

Releasable
releasable_of(Call *call, const OrderLines *lines, int64 seller_order_id, const ReleaseTerms *terms)
{
	Releasable	releasable = {palloc0(sizeof(Numeric) * lines->count), palloc0(sizeof(Numeric) * lines->count)};
	bool		goods = has_goods(lines, seller_order_id);
	bool		others = false;

	if (strcmp(terms->on, "manual") == 0 || !scope_complete(lines, seller_order_id, terms))
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
		releasable.part[i] = fulfilled(line, terms->on);
		releasable.whole[i] = line_active(line);
	}
	if (others)
		share_with_goods(call, lines, seller_order_id, terms, &releasable);
	return releasable;
}
