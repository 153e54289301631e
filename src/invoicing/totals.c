/*
 * totals.c
 *		Sums and VAT of a document: line nets, totals by BT number, VAT per key and per unit invoice (IV-22 … IV-30, RD-3).
 *
 * Rounding happens in two places only: at a line's net and at the VAT of a key, exactly, half away from zero. Documents and
 * tables are not known here: see totals_document.c for JSON and invoice_build.c for orders.
 */
#include "postgres.h"

#include "invoicing/totals.h"
#include "kernel/decimal.h"

static Numeric
power_of_ten(int exponent)
{
	int64		power = 1;

	while (exponent-- > 0)
		power *= 10;
	return decimal_from_int64(power);
}

Amount
totals_price(Numeric quantity, Numeric net_price, Numeric price_base_quantity, CurrencyCode currency)
{
	Numeric		minor = decimal_mul(decimal_mul(quantity, net_price), power_of_ten(currency_exponent(currency)));

	return amount_round_ratio(minor, price_base_quantity, currency);
}

Amount
totals_tax(Amount taxable, Numeric rate)
{
	if (rate == NULL)
		return amount_zero(amount_currency(taxable));
	return amount_round_ratio(decimal_mul(decimal_from_int64(amount_minor(taxable)), rate), decimal_from_int64(100),
							  amount_currency(taxable));
}

/* NULL comes first. */
static int
compare_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int
compare_rate(Numeric a, Numeric b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return decimal_cmp(a, b);
}

/* Rates that are equal as numbers are one key. */
int
vat_key_cmp(const VatKey *a, const VatKey *b)
{
	int			order = compare_text(a->unit_invoice, b->unit_invoice);

	if (order == 0)
		order = compare_text(a->category, b->category);
	if (order == 0)
		order = compare_rate(a->rate, b->rate);
	return order != 0 ? order : compare_text(a->exemption_code, b->exemption_code);
}

static int
compare_vat(const void *a, const void *b)
{
	return vat_key_cmp(&((const VatTotal *) a)->key, &((const VatTotal *) b)->key);
}

static void
sum_lines(Totals *totals, VatTotal *part)
{
	for (int i = 0; i < totals->nlines; i++)
	{
		TotalsLine *line = &totals->lines[i];
		Amount		price = totals_price(line->quantity, line->net_price, line->price_base_quantity, totals->currency);

		line->net = amount_sub(amount_add(price, line->charge), line->allowance);
		totals->line_total = amount_add(totals->line_total, line->net);
		part[i] = (VatTotal) {line->key, line->net};
	}
}

static void
sum_extras(Totals *totals, VatTotal *part)
{
	for (int i = 0; i < totals->nextras; i++)
	{
		TotalsExtra *extra = &totals->extras[i];

		if (extra->charge)
			totals->charge_total = amount_add(totals->charge_total, extra->amount);
		else
			totals->allowance_total = amount_add(totals->allowance_total, extra->amount);
		part[i] = (VatTotal) {extra->key, extra->charge ? extra->amount : amount_neg(extra->amount)};
	}
}

/* BT-116 and BT-117 of each key: one rounding a key, never a sum of VAT of lines (IV-24). */
static void
sum_vat(Totals *totals, VatTotal *parts, int nparts)
{
	qsort(parts, nparts, sizeof(VatTotal), compare_vat);
	totals->vat = palloc(Max(nparts, 1) * sizeof(VatTotal));
	for (int i = 0; i < nparts; i++)
	{
		VatTotal   *last = &totals->vat[totals->nvat - 1];

		if (totals->nvat > 0 && compare_vat(last, &parts[i]) == 0)
			last->taxable = amount_add(last->taxable, parts[i].taxable);
		else
			totals->vat[totals->nvat++] = parts[i];
	}
	for (int i = 0; i < totals->nvat; i++)
	{
		VatTotal   *vat = &totals->vat[i];

		vat->tax = totals_tax(vat->taxable, vat->key.rate);
		totals->tax_total = amount_add(totals->tax_total, vat->tax);
	}
}

/* The keys of a unit invoice follow one another. */
static void
sum_units(Totals *totals)
{
	Amount		zero = amount_zero(totals->currency);

	totals->nunits = 0;
	totals->units = palloc(Max(totals->nvat, 1) * sizeof(UnitTotal));
	for (int i = 0; i < totals->nvat; i++)
	{
		VatTotal   *vat = &totals->vat[i];
		UnitTotal  *unit;

		if (vat->key.unit_invoice == NULL)
			continue;
		if (totals->nunits == 0 || strcmp(totals->units[totals->nunits - 1].unit_invoice, vat->key.unit_invoice) != 0)
			totals->units[totals->nunits++] = (UnitTotal) {vat->key.unit_invoice, zero, zero, zero, zero};
		unit = &totals->units[totals->nunits - 1];
		unit->tax_exclusive = amount_add(unit->tax_exclusive, vat->taxable);
		unit->tax_total = amount_add(unit->tax_total, vat->tax);
		unit->tax_inclusive = amount_add(unit->tax_exclusive, unit->tax_total);
	}
}

static Amount
convert_tax(const Totals *totals, Amount tax)
{
	return amount_round_numeric(decimal_mul(amount_to_numeric(tax), totals->vat_currency_rate), totals->vat_currency);
}

/* BT-111: converted and rounded per unit invoice, so that the envelope is the sum of its units (IV-29). */
static void
sum_vat_currency(Totals *totals)
{
	if (totals->vat_currency == CURRENCY_NONE)
		return;
	totals->tax_total_vat_currency = amount_zero(totals->vat_currency);
	if (totals->nunits == 0)
		totals->tax_total_vat_currency = convert_tax(totals, totals->tax_total);
	for (int i = 0; i < totals->nunits; i++)
	{
		UnitTotal  *unit = &totals->units[i];

		unit->tax_total_vat_currency = convert_tax(totals, unit->tax_total);
		totals->tax_total_vat_currency = amount_add(totals->tax_total_vat_currency, unit->tax_total_vat_currency);
	}
}

void
totals_sum_units(Totals *totals)
{
	qsort(totals->vat, totals->nvat, sizeof(VatTotal), compare_vat);
	sum_units(totals);
	if (totals->vat_currency == CURRENCY_NONE)
		return;
	for (int i = 0; i < totals->nunits; i++)
		totals->units[i].tax_total_vat_currency = convert_tax(totals, totals->units[i].tax_total);
}

void
totals_compute(Totals *totals)
{
	int			nparts = totals->nlines + totals->nextras;
	VatTotal   *parts = palloc(Max(nparts, 1) * sizeof(VatTotal));
	Amount		zero = amount_zero(totals->currency);

	totals->line_total = totals->allowance_total = totals->charge_total = totals->tax_total = zero;
	totals->nvat = totals->nunits = 0;
	sum_lines(totals, parts);
	sum_extras(totals, parts + totals->nlines);
	sum_vat(totals, parts, nparts);
	sum_units(totals);
	sum_vat_currency(totals);

	totals->tax_exclusive = amount_add(amount_sub(totals->line_total, totals->allowance_total), totals->charge_total);
	totals->tax_inclusive = amount_add(totals->tax_exclusive, totals->tax_total);
	totals->payable = amount_add(amount_sub(totals->tax_inclusive, totals->prepaid), totals->rounding);
}
