/*
 * totals.h
 *		The one place where the sums and the VAT of a document are computed (rules/invoicing.md §4). Used by files of invoicing only.
 *
 * Fill a Totals with lines, document level allowances and charges, prepaid and rounding; totals_compute() fills the rest. All
 * amounts are of one currency. Nothing is read from or written to the database.
 */
#ifndef MARKETPLACE_TOTALS_H
#define MARKETPLACE_TOTALS_H

#include "postgres.h"

#include "types/amount.h"

/* What VAT is summed and rounded for (IV-24). */
typedef struct VatKey
{
	const char *unit_invoice;	/* of a multi-vendor document; NULL else */
	const char *category;		/* UNCL5305: S, Z, E, AE, K, G, O, L, M, B */
	Numeric		rate;			/* percent; NULL for category O */
	const char *exemption_code;	/* NULL for none */
} VatKey;

typedef struct TotalsLine
{
	const char *id;
	Numeric		quantity;
	Numeric		net_price;
	Numeric		price_base_quantity;
	Amount		allowance;		/* sum of the line's allowances */
	Amount		charge;
	VatKey		key;
	Amount		net;			/* computed */
} TotalsLine;

/* An allowance or charge of the document (BG-20, BG-21). */
typedef struct TotalsExtra
{
	Amount		amount;
	bool		charge;
	VatKey		key;
} TotalsExtra;

typedef struct VatTotal
{
	VatKey		key;
	Amount		taxable;
	Amount		tax;
} VatTotal;

typedef struct UnitTotal
{
	const char *unit_invoice;
	Amount		tax_exclusive;
	Amount		tax_total;
	Amount		tax_inclusive;
	Amount		tax_total_vat_currency;
} UnitTotal;

typedef struct Totals
{
	CurrencyCode currency;
	CurrencyCode vat_currency;	/* CURRENCY_NONE: the document's own */
	Numeric		vat_currency_rate;
	int			nlines;
	TotalsLine *lines;
	int			nextras;
	TotalsExtra *extras;
	Amount		prepaid;
	Amount		rounding;

	/* computed */
	Amount		line_total;		/* BT-106 */
	Amount		allowance_total;	/* BT-107 */
	Amount		charge_total;	/* BT-108 */
	Amount		tax_exclusive;	/* BT-109 */
	Amount		tax_total;		/* BT-110 */
	Amount		tax_total_vat_currency;	/* BT-111 */
	Amount		tax_inclusive;	/* BT-112 */
	Amount		payable;		/* BT-115 */
	int			nvat;
	VatTotal   *vat;			/* by unit invoice, category, rate, exemption code */
	int			nunits;
	UnitTotal  *units;			/* by unit invoice; none unless the lines name them */
} Totals;

extern void totals_compute(Totals *totals);

/* Sums the VAT rows by unit invoice: where they are stated instead of computed. */
extern void totals_sum_units(Totals *totals);

/* round(quantity × price ÷ base): a line before allowances and charges, rounded half away from zero (IV-22). */
extern Amount totals_price(Numeric quantity, Numeric net_price, Numeric price_base_quantity, CurrencyCode currency);

/* round(taxable × rate ÷ 100), sign kept (IV-24); zero where there is no rate. */
extern Amount totals_tax(Amount taxable, Numeric rate);

extern int	vat_key_cmp(const VatKey *a, const VatKey *b);

#endif
