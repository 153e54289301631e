/*
 * commission.c
 *		What the platform keeps of a share of an order line: which rule is in force, what it comes to, and how much of
 *		it is earned as the share is released. Rules are set in commission_rule.c; postings are made in release.c.
 *
 * A line may be paid by several captures, each under its own rule (FD-24). Whatever is counted per line (base, fixed
 * part, minimum, maximum) is divided among the captures by what they pay of it, cumulatively, so that nothing is lost
 * between them (RD-10).
 */
#include "postgres.h"

#include "funds/funds_internal.h"
#include "kernel/errors.h"
#include "kernel/policy.h"

typedef struct Rule
{
	int64		id;
	Numeric		rate_pct;
	Amount		fixed;
	Amount		minimum;
	Amount		maximum;
	bool		has_maximum;
	const char *base_kind;
	Numeric		vat_pct;
} Rule;

/*
 * Where the share lies in the line: from `before` to `until` of `whole`, in minor units; and what earlier captures of
 * the line have frozen under the same rule.
 */
typedef struct Slice
{
	Numeric		before;
	Numeric		until;
	Numeric		whole;
	Amount		base_before;
	Amount		net_before;
} Slice;

static Amount
amount_or_zero(const Row *row, int column, CurrencyCode currency)
{
	return row_null(row, column) ? amount_zero(currency) : row_amount(row, column);
}

static bool
find_rule(Call *call, const OrderLine *line, Rule *rule)
{
	static Statement find = STATEMENT("iltcz",
		"SELECT r.id, r.rate_pct, r.fixed, r.minimum, r.maximum, r.base, r.vat_rate_pct"
		"  FROM marketplace.commission_rules r"
		" WHERE r.marketplace_id = $1 AND (r.seller_id IS NULL OR r.seller_id = $2) AND (r.category IS NULL OR r.category = $3)"
		"   AND (r.currency IS NULL OR r.currency = $4) AND r.valid_from <= $5 AND (r.valid_until IS NULL OR r.valid_until > $5)"
		" ORDER BY r.seller_id IS NULL, r.category IS NULL, r.valid_from DESC, r.id DESC"
		" LIMIT 1");
	CurrencyCode currency = amount_currency(line->escrow_gross);
	PolicyScope scope = {.order_id = line->order_id, .seller_id = line->seller_id, .buyer_id = line->buyer_id,
		.category = line->commission_category};
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(line->seller_id),
								 value_text(line->commission_category),
								 value_currency(currency), value_timestamptz(call->now)), &row))
		return false;
	rule->id = row_int64(&row, 0);
	rule->rate_pct = row_numeric(&row, 1);
	rule->fixed = amount_or_zero(&row, 2, currency);
	rule->minimum = amount_or_zero(&row, 3, currency);
	rule->has_maximum = !row_null(&row, 4);
	rule->maximum = amount_or_zero(&row, 4, currency);
	rule->base_kind = row_null(&row, 5) ? policy_text(call, "fd.commission_base", &scope) : row_text(&row, 5);
	rule->vat_pct = row_null(&row, 6) ? policy_numeric(call, "fd.commission_vat_rate", &scope) : row_numeric(&row, 6);
	return true;
}

/* The base of the whole line; zero where the rule does not look at lines of this kind. */
static Amount
base_of_line(const OrderLine *line, const char *base_kind)
{
	bool		sold = line_is_goods(line) || strcmp(line->kind, "service") == 0;

	if (strcmp(base_kind, "gross") == 0)
		return line->escrow_gross;
	if (sold || (strcmp(base_kind, "goods_and_shipping_net") == 0 && strcmp(line->kind, "shipping") == 0))
		return line->escrow_net;
	return amount_zero(amount_currency(line->escrow_gross));
}

/* The slice's part of an amount that is counted per line. */
static Amount
part_of(Amount total, const Slice *slice)
{
	Amount		zero = amount_zero(amount_currency(total));
	Amount		before = amount_share_cumulative(total, slice->before, slice->whole, zero);

	return amount_share_cumulative(total, slice->until, slice->whole, before);
}

static Amount
percentage(Amount amount, Numeric pct)
{
	return amount_round_ratio(decimal_mul(decimal_from_int64(amount_minor(amount)), pct), decimal_from_int64(100),
							  amount_currency(amount));
}

/* What a percentage grows by when the amount that it is taken of grows: nothing is lost between the steps. */
static Amount
percentage_step(Amount before, Amount step, Numeric pct)
{
	return amount_sub(percentage(amount_add(before, step), pct), percentage(before, pct));
}

static Amount
amount_min(Amount a, Amount b)
{
	return amount_minor(a) <= amount_minor(b) ? a : b;
}

static Amount
amount_max(Amount a, Amount b)
{
	return amount_minor(a) >= amount_minor(b) ? a : b;
}

/*
 * Net and VAT, together never more than the share itself: the part above it is not taken, since the commission is
 * carved out of what the buyer paid (FD-P06).
 */
static void
take(Commission *commission, const Rule *rule, Amount share, const Slice *slice)
{
	Amount		net;

	commission->fixed = part_of(rule->fixed, slice);
	net = amount_add(percentage_step(slice->base_before, commission->base, rule->rate_pct), commission->fixed);
	net = amount_max(net, part_of(rule->minimum, slice));
	if (rule->has_maximum)
		net = amount_min(net, part_of(rule->maximum, slice));
	commission->net = amount_min(net, share);
	commission->vat = percentage_step(slice->net_before, commission->net, rule->vat_pct);
	if (amount_minor(commission->net) + amount_minor(commission->vat) <= amount_minor(share))
		return;
	commission->net = amount_round_ratio(decimal_mul(decimal_from_int64(amount_minor(share)),
													 decimal_from_int64(100)),
										 decimal_add(decimal_from_int64(100), rule->vat_pct), amount_currency(share));
	commission->vat = amount_sub(share, commission->net);
}

static Slice
slice_of(const OrderLine *line, const Allocations *earlier, Amount share, int64 rule_id)
{
	CurrencyCode currency = amount_currency(share);
	Slice		slice = {.base_before = amount_of(currency, 0), .net_before = amount_of(currency, 0)};
	int64		before = 0;

	for (int i = 0; i < earlier->count; i++)
	{
		const Allocation *allocation = &earlier->allocations[i];

		if (allocation->order_line_id != line->id)
			continue;
		before += amount_minor(allocation->amount) - amount_minor(allocation->refunded);
		if (allocation->commission_rule_id != rule_id)
			continue;
		slice.base_before = amount_add(slice.base_before, allocation->commission_base);
		slice.net_before = amount_add(slice.net_before, allocation->commission);
	}
	slice.before = decimal_from_int64(before);
	slice.until = decimal_from_int64(before + amount_minor(share));
	slice.whole = decimal_from_int64(amount_minor(line->escrow_gross));
	return slice;
}

/* earlier: the shares of earlier captures of the order */
Commission
commission_of(Call *call, const OrderLine *line, const Allocations *earlier, Amount share)
{
	Amount		zero = amount_zero(amount_currency(share));
	Commission	commission = {.rule_id = 0, .base_kind = "none", .base = zero, .net = zero, .vat = zero,
							  .fixed = zero,
		.rate_pct = decimal_from_int64(0), .vat_pct = decimal_from_int64(0)};
	Amount		base;
	Rule		rule;
	Slice		slice;

	if (!find_rule(call, line, &rule))
		return commission;
	commission.rule_id = rule.id;
	commission.base_kind = rule.base_kind;
	commission.rate_pct = rule.rate_pct;
	commission.vat_pct = rule.vat_pct;
	base = base_of_line(line, rule.base_kind);
	if (amount_minor(base) == 0)
		return commission;
	slice = slice_of(line, earlier, share, rule.id);
	commission.base = part_of(base, &slice);
	take(&commission, &rule, share, &slice);
	return commission;
}

/*
 * The whole commission first, then the VAT's part of it: neither ever grows by more than what is released, however small
 * the releases are, and at completion both are what was frozen. Released money that was taken back counts no more, unless
 * its commission was retained; asked for less than before, it says what is reversed (FD-27).
 */
void
commission_earned(const Allocation *allocation, Amount released, Amount *net, Amount *vat)
{
	Amount		zero = amount_zero(amount_currency(released));
	Amount		whole = amount_add(allocation->commission, allocation->commission_vat);
	Amount		basis = allocation->waived ? zero : amount_add(released, allocation->retained);
	Amount		earned = amount_share_cumulative(whole, decimal_from_int64(amount_minor(basis)),
												 decimal_from_int64(amount_minor(allocation->amount)), zero);

	*vat = amount_minor(whole) == 0 ? zero :
		amount_share_cumulative(allocation->commission_vat, decimal_from_int64(amount_minor(earned)),
								decimal_from_int64(amount_minor(whole)), zero);
	*net = amount_sub(earned, *vat);
}
