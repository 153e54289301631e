/*
 * status_cash.c
 *		How much of a document is cashed in and not reported yet, by VAT rate (status 212; IV-70, BR-FR-CDV-14).
 *
 * Settled money of a seller order goes to its invoices in the order of their issue, what was refunded to its credit notes, negative; money
 * that was refunded because it was never invoiced to none. A commission invoice was cashed in when the commission was retained. What is
 * new goes to the rates in proportion of what is left of each, so that the last cent lands on the gross of every rate.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/funds.h"
#include "invoicing/invoice.h"
#include "invoicing/status.h"

/* Of one VAT rate: what the document comes to and what was reported of it, both positive whatever the document. */
typedef struct RateCash
{
	Numeric		rate;
	Amount		gross;
	Amount		reported;
} RateCash;

/* What is cashed in of the document by now, positive whatever the document. */
static Amount
cashed_of_order(Call *call, const StatusInvoice *invoice, int64 seller_order_id)
{
	static Statement issued = STATEMENT("il",
		"SELECT i.id, i.gross, i.type_code IN (" CREDIT_TYPES ") FROM marketplace.invoices i"
		" WHERE i.marketplace_id = $1 AND i.seller_order_id = $2 ORDER BY i.id");
	Rows		rows = query_rows(&issued, VALUES(value_int32(call->marketplace_id), value_int64(seller_order_id)));
	Amount		money;
	Amount		back;
	Amount		left;
	Amount		cashed = amount_zero(invoice->currency);

	funds_settled(call, seller_order_id, invoice->currency, &money, &back);
	left = money;
	for (int pass = 0; pass < 2; pass++)	/* invoices, then credit notes */
	{
		if (pass == 1)	/* what was never invoiced went back without a credit note */
			left = amount_sub(back, left);
		for (uint64 i = 0; i < rows.count; i++)
		{
			Amount		part = row_amount(&rows.rows[i], 1);

			if (row_bool(&rows.rows[i], 2) != (pass == 1))
				continue;
			if (amount_cmp(part, left) > 0)
				part = left;
			if (amount_minor(part) <= 0)
				continue;
			left = amount_sub(left, part);
			if (row_int64(&rows.rows[i], 0) == invoice->id)
				cashed = part;
		}
	}
	return cashed;
}

static Amount
cashed(Call *call, const StatusInvoice *invoice)
{
	static Statement seller_order = STATEMENT("il", "SELECT seller_order_id FROM marketplace.invoices WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (query_row(&seller_order, VALUES(value_int32(call->marketplace_id), value_int64(invoice->id)), &row) && !row_null(&row, 0))
		return cashed_of_order(call, invoice, row_int64(&row, 0));
	return amount_cmp(invoice->prepaid, invoice->gross) < 0 ? invoice->prepaid : invoice->gross;
}

static int
load_rates(Call *call, const StatusInvoice *invoice, RateCash **rates)
{
	static Statement load = STATEMENT("il",
		"SELECT v.rate, v.gross, (SELECT marketplace.sum(a.amount) FROM marketplace.invoice_status_amounts a WHERE a.marketplace_id = $1"
		"  AND a.invoice_id = $2 AND a.code = '212' AND a.kind = 'MEN' AND a.vat_rate = v.rate)"
		" FROM (SELECT COALESCE(v.vat_rate, 0) AS rate, marketplace.sum(v.taxable + v.tax) AS gross FROM marketplace.invoice_vat v"
		"   WHERE v.marketplace_id = $1 AND v.invoice_id = $2 GROUP BY COALESCE(v.vat_rate, 0)) AS v ORDER BY v.rate");
	Rows		rows = query_rows(&load, VALUES(value_int32(call->marketplace_id), value_int64(invoice->id)));

	*rates = palloc(Max(rows.count, 1) * sizeof(RateCash));
	for (uint64 i = 0; i < rows.count; i++)
	{
		Amount		reported = row_null(&rows.rows[i], 2) ? amount_zero(invoice->currency) : row_amount(&rows.rows[i], 2);

		(*rates)[i] = (RateCash) {row_numeric(&rows.rows[i], 0), row_amount(&rows.rows[i], 1),
			invoice->credit_note ? amount_neg(reported) : reported};
	}
	return (int) rows.count;
}

/* Splits what is new over what is left of each rate, or what was taken back over what was reported of each. */
static List *
split(const StatusInvoice *invoice, const RateCash *rates, int count, Amount difference)
{
	int64	   *weights = palloc0(Max(count, 1) * sizeof(int64));
	int64	   *shares = palloc0(Max(count, 1) * sizeof(int64));
	int64		whole = 0;
	List	   *amounts = NIL;

	for (int i = 0; i < count; i++)
	{
		weights[i] = Max(amount_minor(amount_minor(difference) > 0 ? amount_sub(rates[i].gross, rates[i].reported) : rates[i].reported), 0);
		whole += weights[i];
	}
	if (whole < Abs(amount_minor(difference)))
		return NIL;
	allocate_minor(amount_minor(difference), weights, count, shares);
	for (int i = 0; i < count; i++)
	{
		StatusAmount *amount;

		if (shares[i] == 0)
			continue;
		amount = palloc(sizeof(StatusAmount));
		*amount = (StatusAmount) {"MEN", rates[i].rate, amount_of(invoice->currency, invoice->credit_note ? -shares[i] : shares[i])};
		amounts = lappend(amounts, amount);
	}
	return amounts;
}

List *
status_cash(Call *call, const StatusInvoice *invoice)
{
	RateCash   *rates;
	int			count = load_rates(call, invoice, &rates);
	Amount		difference = cashed(call, invoice);

	for (int i = 0; i < count; i++)
		difference = amount_sub(difference, rates[i].reported);
	return amount_minor(difference) == 0 ? NIL : split(invoice, rates, count, difference);
}
