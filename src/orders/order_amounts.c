/*
 * order_amounts.c
 *		The amounts of an order's lines: net, VAT, and what is held for each line once discounts are folded in.
 *
 * Net is rounded per line (IV-22). VAT is rounded once per key, that is per seller, category, rate and exemption
 * code, on the sum (IV-24), and spread back over the lines of the key by largest remainder (RD-9), so that every line
 * has a pinned VAT and the sums hold to the cent. Pure arithmetic: nothing is read or written.
 */
#include "postgres.h"

#include "kernel/decimal.h"
#include "orders/orders_internal.h"

/* The lines of one VAT key, by position. */
typedef struct VatKey
{
	OrderDocumentLine **lines;
	int			count;
	CurrencyCode currency;
} VatKey;

static int
compare_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int
compare_keys(const OrderDocumentLine *a, const OrderDocumentLine *b)
{
	int			order;

	if (a->seller_id != b->seller_id)
		return a->seller_id > b->seller_id ? 1 : -1;
	if ((order = strcmp(a->vat_category, b->vat_category)) != 0)
		return order;
	if (a->vat_rate != NULL && b->vat_rate != NULL && (order = decimal_cmp(a->vat_rate, b->vat_rate)) != 0)
		return order;
	return compare_text(a->exemption_code, b->exemption_code);
}

static int
compare_lines(const void *x, const void *y)
{
	const OrderDocumentLine *a = *(OrderDocumentLine *const *) x;
	const OrderDocumentLine *b = *(OrderDocumentLine *const *) y;
	int			order = compare_keys(a, b);

	return order != 0 ? order : a->position - b->position;
}

static void
compute_net(OrderDocumentLine *line, CurrencyCode currency)
{
	static const int64 minor_units[] = {1, 10, 100, 1000, 10000};
	Numeric		product = decimal_mul(decimal_mul(line->quantity, line->net_price),
									  decimal_from_int64(minor_units[currency_exponent(currency)]));

	if (decimal_cmp(product, decimal_mul(line->price_base_quantity, decimal_from_int64(AMOUNT_MINOR_MAX))) > 0)
		document_refuse(&line->place, NULL, "Its net amount is more than an amount can hold.", "Split the line.");
	line->net = amount_round_ratio(product, line->price_base_quantity, currency);
	if (line->kind == LINE_DISCOUNT)
		line->net = amount_neg(line->net);
	line->vat = amount_zero(currency);
}

static Amount
vat_on(Amount base, Numeric rate)
{
	if (rate == NULL)
		return amount_zero(amount_currency(base));
	return amount_round_ratio(decimal_mul(decimal_from_int64(amount_minor(base)), rate), decimal_from_int64(100),
							  amount_currency(base));
}

static bool
is_goods(const OrderDocumentLine *line)
{
	return line->kind == LINE_GOODS;
}

static bool
is_discount(const OrderDocumentLine *line)
{
	return line->kind == LINE_DISCOUNT;
}

static bool
is_other(const OrderDocumentLine *line)
{
	return line->kind != LINE_GOODS && line->kind != LINE_DISCOUNT;
}

static bool
is_positive(const OrderDocumentLine *line)
{
	return line->kind != LINE_DISCOUNT;
}

typedef bool (*LineTest) (const OrderDocumentLine *line);

static Amount
sum_net(const VatKey *key, LineTest test)
{
	Amount		sum = amount_zero(key->currency);

	for (int i = 0; i < key->count; i++)
		if (test(key->lines[i]))
			sum = amount_add(sum, key->lines[i]->net);
	return sum;
}

/* Spreads minor units by weights; nothing when no weight is above zero, for then there is nothing to spread. */
static void
spread(int64 total, const int64 *weights, int n, int64 *shares)
{
	bool		weighty = false;

	for (int i = 0; i < n; i++)
	{
		weighty |= weights[i] > 0;
		shares[i] = 0;
	}
	if (weighty)
		allocate_minor(total, weights, n, shares);
}

/* Gives the lines of the key that pass the test their part of the VAT, by their net amounts. */
static void
spread_vat(const VatKey *key, LineTest test, Amount vat)
{
	int64	   *weights = palloc(sizeof(int64) * key->count);
	int64	   *shares = palloc(sizeof(int64) * key->count);

	for (int i = 0; i < key->count; i++)
		weights[i] = test(key->lines[i]) ? Abs(amount_minor(key->lines[i]->net)) : 0;
	spread(amount_minor(vat), weights, key->count, shares);
	for (int i = 0; i < key->count; i++)
		if (test(key->lines[i]))
			key->lines[i]->vat = amount_of(key->currency, shares[i]);
}

/*
 * With discounts the VAT of the key is parted first between the goods as reduced and the other lines, so that neither
 * part can be negative; the discounts then get their own VAT, and the goods what makes their part whole again.
 */
static Amount
compute_vat_with_discounts(const VatKey *key, Amount vat, Amount reduced, Numeric rate)
{
	int64		weights[2] = {amount_minor(reduced), amount_minor(sum_net(key, is_other))};
	int64		shares[2];
	Amount		goods_vat;
	Amount		discount_vat;

	spread(amount_minor(vat), weights, 2, shares);
	goods_vat = amount_of(key->currency, shares[0]);
	discount_vat = vat_on(sum_net(key, is_discount), rate);
	spread_vat(key, is_other, amount_of(key->currency, shares[1]));
	spread_vat(key, is_discount, discount_vat);
	spread_vat(key, is_goods, amount_sub(goods_vat, discount_vat));
	return goods_vat;
}

/* Takes a discount off the goods: off the line that it names, else off all of the key by what is left of them. */
static void
fold_discount(const VatKey *key, OrderDocumentLine *discount)
{
	int64	   *weights = palloc(sizeof(int64) * key->count);
	int64	   *shares = palloc(sizeof(int64) * key->count);
	int64		available = 0;
	int64		wanted = -amount_minor(discount->net);
	int			targets = 0;

	for (int i = 0; i < key->count; i++)
	{
		OrderDocumentLine *line = key->lines[i];
		bool		target = is_goods(line) && (discount->applies_to == 0 || discount->applies_to == line->position);

		weights[i] = target ? amount_minor(line->escrow_net) : 0;
		available += weights[i];
		targets += target;
	}
	if (targets == 0)
		document_refuse(&discount->place, discount->applies_to != 0 ? "applies_to" : NULL,
						discount->applies_to != 0 ?
						psprintf("Line %d is not goods of the same seller, VAT category, rate and exemption code.",
								 discount->applies_to) :
						"The seller has no goods of the discount's VAT category, rate and exemption code.",
						"A discount reduces goods of its own VAT key; give one discount line per key.");
	if (wanted > available)
		document_refuse(&discount->place, NULL,
						psprintf("It takes off %s; the goods it reduces have %s left.",
								 amount_to_cstring(amount_of(key->currency, wanted)),
								 amount_to_cstring(amount_of(key->currency, available))),
						"Goods do not go below zero.");
	spread(wanted, weights, key->count, shares);
	for (int i = 0; i < key->count; i++)
		key->lines[i]->escrow_net = amount_sub(key->lines[i]->escrow_net, amount_of(key->currency, shares[i]));
	discount->escrow_net = amount_zero(key->currency);
}

/* The VAT of the reduced goods, spread by what is left of each. */
static void
fold_vat(const VatKey *key, Amount goods_vat)
{
	int64	   *weights = palloc(sizeof(int64) * key->count);
	int64	   *shares = palloc(sizeof(int64) * key->count);

	for (int i = 0; i < key->count; i++)
		weights[i] = is_goods(key->lines[i]) ? amount_minor(key->lines[i]->escrow_net) : 0;
	spread(amount_minor(goods_vat), weights, key->count, shares);
	for (int i = 0; i < key->count; i++)
		if (!is_other(key->lines[i]))
			key->lines[i]->escrow_vat = amount_of(key->currency, shares[i]);
}

static void
compute_key(const VatKey *key)
{
	Numeric		rate = key->lines[0]->vat_rate;
	bool		discounted = false;
	Amount		reduced;
	Amount		vat;
	Amount		goods_vat = amount_zero(key->currency);

	for (int i = 0; i < key->count; i++)
	{
		key->lines[i]->escrow_net = key->lines[i]->net;
		discounted |= is_discount(key->lines[i]);
	}
	if (discounted)
	{
		/* those that name a line first, for the others can go elsewhere */
		for (int pass = 0; pass < 2; pass++)
			for (int i = 0; i < key->count; i++)
				if (is_discount(key->lines[i]) && (key->lines[i]->applies_to != 0) == (pass == 0))
					fold_discount(key, key->lines[i]);
	}
	reduced = amount_add(sum_net(key, is_goods), sum_net(key, is_discount));
	vat = vat_on(amount_add(reduced, sum_net(key, is_other)), rate);
	if (discounted)
		goods_vat = compute_vat_with_discounts(key, vat, reduced, rate);
	else
		spread_vat(key, is_positive, vat);
	for (int i = 0; i < key->count; i++)
		key->lines[i]->escrow_vat = key->lines[i]->vat;
	if (discounted)
		fold_vat(key, goods_vat);
}

void
order_amounts_compute(OrderDocument *order)
{
	OrderDocumentLine **sorted = palloc(sizeof(OrderDocumentLine *) * order->nlines);
	int			start = 0;

	for (int i = 0; i < order->nlines; i++)
	{
		compute_net(&order->lines[i], order->currency);
		sorted[i] = &order->lines[i];
	}
	qsort(sorted, order->nlines, sizeof(OrderDocumentLine *), compare_lines);
	for (int i = 1; i <= order->nlines; i++)
	{
		VatKey		key = {.lines = sorted + start, .count = i - start, .currency = order->currency};

		if (i < order->nlines && compare_keys(sorted[start], sorted[i]) == 0)
			continue;
		compute_key(&key);
		start = i;
	}
}
