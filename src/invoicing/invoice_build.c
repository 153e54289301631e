/*
 * invoice_build.c
 *		From a fact (goods accepted, delivered, shipped, ordered) to the lines and the VAT of a unit invoice.
 *
 * Everything is cumulative, so that the partial invoices of a line add up to its pinned net and those of a VAT key to the VAT of
 * the whole (RD-10, IV-30): what is due for all quantity invoiced so far, less what earlier invoices charged. Discounts are in the
 * line's net (SETTLED 9) and shown as allowance of the line. Shipping, fees and services go with the goods of their seller order, pro rata
 * of value or with the first (policy iv.service_lines). The order is locked by the caller; nothing is written here.
 */
#include "postgres.h"

#include "invoicing/invoice.h"

#define DISCOUNT_CODE "95"		/* UNCL5189 */

/* A line of the seller order: what was invoiced before and what is invoiced now. */
typedef struct BuildLine
{
	const OrderLine *line;
	Numeric		active;			/* ordered − cancelled; of goods less what was returned or refunded */
	Numeric		refunded;		/* units that the buyer has and whose money went back */
	Numeric		before;
	Amount		net_before;
	Numeric		quantity;
} BuildLine;

typedef struct Build
{
	Call	   *call;
	const Fact *fact;
	PolicyScope scope;
	int			count;
	BuildLine  *lines;			/* of the seller order, discounts left out */
} Build;

static Numeric
zero(void)
{
	return decimal_from_int64(0);
}

static bool
is_goods(const BuildLine *line)
{
	return strcmp(line->line->kind, "goods") == 0;
}

static BuildLine *
find_line(Build *build, int64 order_line_id)
{
	for (int i = 0; i < build->count; i++)
		if (build->lines[i].line->id == order_line_id)
			return &build->lines[i];
	elog(ERROR, "order line %lld is not in seller order %lld", (long long) order_line_id, (long long) build->fact->seller_order_id);
}

static void
load_lines(Build *build, const OrderLines *lines)
{
	build->lines = palloc(Max(lines->count, 1) * sizeof(BuildLine));
	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (line->seller_order_id != build->fact->seller_order_id || strcmp(line->kind, "discount") == 0)
			continue;
		build->lines[build->count++] = (BuildLine) {
			.line = line, .active = decimal_sub(line->quantity, line->cancelled), .refunded = zero(), .before = zero(),
			.net_before = amount_zero(amount_currency(line->net)), .quantity = zero()
		};
	}
}

static Numeric
larger(Numeric a, Numeric b)
{
	return decimal_cmp(a, b) > 0 ? a : b;
}

/* A unit is given back once, by its return or by a refund before it (LG-50). */
static void
load_refunded(Build *build)
{
	Rows		rows = credit_refunded_units(build->call, build->fact->seller_order_id);

	for (uint64 i = 0; i < rows.count; i++)
		find_line(build, row_int64(&rows.rows[i], 0))->refunded = row_numeric(&rows.rows[i], 1);
	for (int i = 0; i < build->count; i++)
	{
		BuildLine  *line = &build->lines[i];

		if (is_goods(line))
			line->active = larger(decimal_sub(decimal_sub(line->active, line->line->returned), line->refunded), zero());
	}
}

static void
load_invoiced(Build *build)
{
	static Statement invoiced = STATEMENT("il",
		"SELECT order_line_id, pg_catalog.sum(units), marketplace.sum(net * sign::numeric) FROM marketplace.invoice_lines"
		" WHERE marketplace_id = $1 AND seller_order_id = $2 AND order_line_id IS NOT NULL GROUP BY order_line_id");
	Rows		rows = query_rows(&invoiced, VALUES(value_int32(build->call->marketplace_id),
													value_int64(build->fact->seller_order_id)));

	for (uint64 i = 0; i < rows.count; i++)
	{
		BuildLine  *line = find_line(build, row_int64(&rows.rows[i], 0));

		line->before = row_numeric(&rows.rows[i], 1);
		line->net_before = row_amount(&rows.rows[i], 2);
	}
}

/* What is accepted is without what came back; shipped and delivered stay what they were. */
Numeric
invoice_keep(const OrderLine *line, const char *measure, Numeric refunded)
{
	Numeric		active = decimal_sub(line->quantity, line->cancelled);

	if (strcmp(measure, "acceptance") == 0)
		return larger(decimal_sub(decimal_min(line->accepted, active), refunded), zero());
	if (strcmp(measure, "shipment") == 0)
		active = decimal_min(line->shipped, active);
	if (strcmp(measure, "delivery") == 0)
		active = decimal_min(line->delivered, active);
	return larger(decimal_sub(decimal_sub(active, line->returned), refunded), zero());
}

static void
take_goods_outstanding(Build *build)
{
	for (int i = 0; i < build->count; i++)
	{
		BuildLine  *line = &build->lines[i];
		Numeric		due = invoice_keep(line->line, build->fact->measure, line->refunded);

		if (is_goods(line) && decimal_cmp(due, line->before) > 0)
			line->quantity = decimal_sub(due, line->before);
	}
}

/*
 * A quantity is invoiced once, and never more than ordered and not cancelled (IV-5), whatever the facts say: a delivery that was voided and
 * told again is not charged again.
 */
static void
take_goods_of_fact(Build *build)
{
	for (int i = 0; i < build->fact->nlines; i++)
	{
		const FactLine *fact_line = &build->fact->lines[i];
		BuildLine  *line = find_line(build, fact_line->order_line_id);

		if (decimal_cmp(line->active, line->before) > 0)
			line->quantity = decimal_min(decimal_add(line->quantity, fact_line->quantity), decimal_sub(line->active, line->before));
	}
}

static Numeric
divide(Numeric dividend, Numeric divisor)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_div, NumericGetDatum(dividend), NumericGetDatum(divisor)));
}

static Numeric
round_quantity(Numeric quantity)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_round, NumericGetDatum(quantity), Int32GetDatum(4)));
}

/* What a part of a line's quantity is worth, to weigh goods of different units against one another. */
static Numeric
worth(const OrderLine *line, Numeric quantity)
{
	return divide(decimal_mul(decimal_from_int64(amount_minor(line->escrow_net)), quantity), line->quantity);
}

/* How far the goods of the seller order are invoiced, this invoice included. */
typedef struct Progress
{
	bool		any_goods;		/* ordered and not cancelled */
	bool		only_cancelled;	/* there were goods, all cancelled */
	bool		complete;
	Numeric		done;
	Numeric		whole;
} Progress;

static Progress
progress_of(const Build *build)
{
	Progress	progress = {.complete = true, .done = zero(), .whole = zero()};

	for (int i = 0; i < build->count; i++)
	{
		const BuildLine *line = &build->lines[i];
		Numeric		invoiced = decimal_add(line->before, line->quantity);

		if (!is_goods(line))
			continue;
		progress.only_cancelled = true;
		progress.any_goods = progress.any_goods || decimal_sign(line->active) > 0;
		progress.complete = progress.complete && decimal_cmp(invoiced, line->active) >= 0;
		progress.done = decimal_add(progress.done, worth(line->line, invoiced));
		progress.whole = decimal_add(progress.whole, worth(line->line, line->active));
	}
	progress.only_cancelled = progress.only_cancelled && !progress.any_goods;
	return progress;
}

/*
 * Shipping, fees and services. They end whole with the last goods; without goods they are due at once, with all goods cancelled
 * they are not invoiced (as funds refunds them).
 */
static void
take_others(Build *build)
{
	Progress	progress = progress_of(build);
	bool		first = strcmp(policy_text(build->call, "iv.service_lines", &build->scope), "first") == 0;

	if (progress.only_cancelled)
		return;
	for (int i = 0; i < build->count; i++)
	{
		BuildLine  *line = &build->lines[i];
		Numeric		due = line->active;

		if (is_goods(line))
			continue;
		if (!first && !progress.complete && decimal_sign(progress.whole) > 0)
			due = decimal_min(round_quantity(divide(decimal_mul(line->active, progress.done), progress.whole)), line->active);
		else if (!first && !progress.complete)
			due = zero();
		if (decimal_cmp(due, line->before) > 0)
			line->quantity = decimal_sub(due, line->before);
	}
}

/* Shown price and what the line comes to differ by its discounts and by roundings of partial deliveries. */
static void
explain_difference(const Build *build, const BuildLine *line, InvoiceLine *result)
{
	Amount		price = totals_price(result->quantity, result->net_price, result->price_base_quantity, amount_currency(result->net));
	Amount		difference = amount_sub(price, result->net);
	bool		discounted = line->line->escrow_net != line->line->net;

	result->allowance = result->charge = amount_zero(amount_currency(result->net));
	if (amount_minor(difference) > 0)
	{
		result->allowance = difference;
		result->allowance_reason = policy_text(build->call, discounted ? "iv.discount_reason" : "iv.rounding_reason", &build->scope);
		result->allowance_reason_code = discounted ? DISCOUNT_CODE : NULL;
	}
	else if (amount_minor(difference) < 0)
	{
		result->charge = amount_neg(difference);
		result->charge_reason = policy_text(build->call, "iv.rounding_reason", &build->scope);
	}
}

static InvoiceLine
invoice_line(const Build *build, const BuildLine *line, int position)
{
	const OrderLine *order_line = line->line;
	InvoiceLine result = {
		.position = position, .order_line_id = order_line->id, .description = order_line->description, .sku = order_line->sku,
		.gtin = order_line->gtin, .quantity = line->quantity, .unit = order_line->unit, .net_price = order_line->net_price,
		.price_base_quantity = order_line->price_base_quantity,
		.key = {NULL, order_line->vat_category, order_line->vat_rate, order_line->exemption_code}
	};

	result.net = amount_share_cumulative(order_line->escrow_net, decimal_add(line->before, line->quantity), order_line->quantity,
										 line->net_before);
	explain_difference(build, line, &result);
	return result;
}

void
invoice_sum(Invoice *invoice)
{
	Totals		totals = {.currency = invoice->currency, .nlines = invoice->nlines};

	totals.prepaid = totals.rounding = amount_zero(invoice->currency);
	totals.lines = palloc(Max(invoice->nlines, 1) * sizeof(TotalsLine));
	for (int i = 0; i < invoice->nlines; i++)
	{
		InvoiceLine *line = &invoice->lines[i];

		totals.lines[i] = (TotalsLine) {NULL, line->quantity, line->net_price, line->price_base_quantity, line->allowance, line->charge,
			line->key};
	}
	totals_compute(&totals);
	invoice->nvat = totals.nvat;
	invoice->vat_rows = palloc(Max(totals.nvat, 1) * sizeof(InvoiceVat));
	for (int i = 0; i < totals.nvat; i++)
		invoice->vat_rows[i] = (InvoiceVat) {totals.vat[i].key, totals.vat[i].taxable, totals.vat[i].tax, false};
	invoice->net = totals.tax_exclusive;
	invoice->vat = totals.tax_total;
	invoice->gross = totals.tax_inclusive;
	invoice->cumulative = false;
}

static void
continue_key(Invoice *invoice, const VatKey *key, Amount taxable_before, Amount tax_before)
{
	for (int i = 0; i < invoice->nvat; i++)
	{
		InvoiceVat *vat = &invoice->vat_rows[i];

		if (vat_key_cmp(&vat->key, key) != 0)
			continue;
		vat->tax = amount_sub(totals_tax(amount_add(taxable_before, vat->taxable), key->rate), tax_before);
		vat->cumulative = invoice->cumulative = true;
	}
}

/*
 * VAT of all invoices of the seller order on a key, rounded once, less that of the earlier ones (IV-30). Credit notes do not count: each
 * unwinds the invoice that it corrects.
 */
void
invoice_continue(Call *call, Invoice *invoice)
{
	static Statement before = STATEMENT("il",
		"SELECT vat_category, vat_rate, exemption_code, marketplace.sum(taxable), marketplace.sum(tax) FROM marketplace.invoice_vat"
		" WHERE marketplace_id = $1 AND seller_order_id = $2 AND sign = 1 GROUP BY vat_category, vat_rate, exemption_code");
	Rows		rows = query_rows(&before, VALUES(value_int32(call->marketplace_id), value_int64(invoice->seller_order_id)));

	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];
		VatKey		key = {NULL, row_text(row, 0), row_numeric(row, 1), row_text(row, 2)};

		continue_key(invoice, &key, row_amount(row, 3), row_amount(row, 4));
	}
	invoice->vat = amount_zero(invoice->currency);
	for (int i = 0; i < invoice->nvat; i++)
		invoice->vat = amount_add(invoice->vat, invoice->vat_rows[i].tax);
	invoice->gross = amount_add(invoice->net, invoice->vat);
}

bool
invoice_build(Call *call, const Fact *fact, Invoice *invoice)
{
	OrderLines	lines = order_lines(call, fact->order_id);
	Build		build = {.call = call, .fact = fact};

	order_get(call, fact->order_id, &invoice->buyer_id, &invoice->currency);
	build.scope = (PolicyScope) {.order_id = fact->order_id, .seller_id = fact->seller_id, .buyer_id = invoice->buyer_id};
	load_lines(&build, &lines);
	load_invoiced(&build);
	load_refunded(&build);
	if (fact->outstanding)
		take_goods_outstanding(&build);
	else
		take_goods_of_fact(&build);
	take_others(&build);

	invoice->lines = palloc(Max(build.count, 1) * sizeof(InvoiceLine));
	for (int i = 0; i < build.count; i++)
		if (decimal_sign(build.lines[i].quantity) > 0)
		{
			invoice->goods = invoice->goods || is_goods(&build.lines[i]);
			invoice->services = invoice->services || strcmp(build.lines[i].line->kind, "service") == 0;
			invoice->lines[invoice->nlines] = invoice_line(&build, &build.lines[i], invoice->nlines + 1);
			invoice->nlines++;
		}
	if (invoice->nlines == 0)
		return false;
	invoice_sum(invoice);
	invoice_continue(call, invoice);
	return true;
}

char *
invoice_measure(Call *call, int64 order_id, int64 seller_id, int64 buyer_id)
{
	PolicyScope scope = {.order_id = order_id, .seller_id = seller_id, .buyer_id = buyer_id};

	return policy_text(call, "iv.trigger", &scope);
}
