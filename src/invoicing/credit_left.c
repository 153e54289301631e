/*
 * credit_left.c
 *		What credit notes may still take of an invoice, line by line and VAT key by VAT key (IV-30).
 *
 * Every credit note is reckoned from what is left after the ones before, so that any sequence of parts ends at exactly nothing. The VAT of a
 * partial invoice is a step of the VAT of all (invoice_build.c); its credit notes walk that step back from its end.
 */
#include "postgres.h"

#include "invoicing/credit.h"

static void
take_lines(Call *call, Creditable *of)
{
	static Statement credited = STATEMENT("il",
		"SELECT corrects_position, pg_catalog.sum(-units), marketplace.sum(net), marketplace.sum(withheld) FROM marketplace.invoice_lines"
		" WHERE marketplace_id = $1 AND corrects_id = $2 AND sign = -1 AND corrects_position IS NOT NULL GROUP BY corrects_position");
	Rows		rows = query_rows(&credited, VALUES(value_int32(call->marketplace_id), value_int64(of->invoice->id)));

	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];
		CreditableLine *line = &of->lines[row_int32(row, 0) - 1];

		line->units_left = decimal_sub(line->units_left, row_numeric(row, 1));
		line->net_left = amount_sub(line->net_left, row_amount(row, 2));
		if (!row_null(row, 3))
			line->net_left = amount_sub(line->net_left, row_amount(row, 3));
	}
}

static CreditableVat *
vat_of(const Creditable *of, const VatKey *key)
{
	for (int i = 0; i < of->invoice->nvat; i++)
		if (vat_key_cmp(&of->invoice->vat_rows[i].key, key) == 0)
			return &of->vat[i];
	elog(ERROR, "invoice %lld has no VAT row for a line", (long long) of->invoice->id);
}

/* Adds what the statement says by VAT key. */
static void
sum_vat(const Creditable *of, Rows rows, bool credited)
{
	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];
		VatKey		key = {NULL, row_text(row, 0), row_numeric(row, 1), row_text(row, 2)};

		for (int k = 0; k < of->invoice->nvat; k++)
			if (vat_key_cmp(&of->invoice->vat_rows[k].key, &key) == 0)
				*(credited ? &of->vat[k].credited : &of->vat[k].before) = row_amount(row, 3);
	}
}

static void
take_vat(Call *call, Creditable *of)
{
	static Statement credited = STATEMENT("il",
		"SELECT vat_category, vat_rate, exemption_code, marketplace.sum(taxable) FROM marketplace.invoice_vat"
		" WHERE marketplace_id = $1 AND corrects_id = $2 AND sign = -1 GROUP BY vat_category, vat_rate, exemption_code");
	static Statement before = STATEMENT("ill",
		"SELECT vat_category, vat_rate, exemption_code, marketplace.sum(taxable) FROM marketplace.invoice_vat"
		" WHERE marketplace_id = $1 AND seller_order_id = $2 AND sign = 1 AND invoice_id < $3 GROUP BY vat_category, vat_rate, exemption_code");
	const Invoice *invoice = of->invoice;

	of->vat = palloc(sizeof(CreditableVat) * Max(invoice->nvat, 1));
	for (int i = 0; i < invoice->nvat; i++)
		of->vat[i] = (CreditableVat) {amount_zero(invoice->currency), amount_zero(invoice->currency), invoice->vat_rows[i].taxable,
			invoice->vat_rows[i].cumulative};
	sum_vat(of, query_rows(&credited, VALUES(value_int32(call->marketplace_id), value_int64(invoice->id))), true);
	if (invoice->seller_order_id != 0 && invoice->cumulative)
		sum_vat(of, query_rows(&before, VALUES(value_int32(call->marketplace_id), value_int64(invoice->seller_order_id),
											   value_int64(invoice->id))), false);
	for (int i = 0; i < invoice->nvat; i++)
		if (!of->vat[i].continues)
			of->vat[i].before = amount_zero(invoice->currency);
}

Creditable *
credit_left(Call *call, int64 invoice_id)
{
	Creditable *of = palloc0(sizeof(Creditable));

	of->invoice = invoice_load(call, invoice_id);
	of->lines = palloc(sizeof(CreditableLine) * Max(of->invoice->nlines, 1));
	for (int i = 0; i < of->invoice->nlines; i++)
		of->lines[i] = (CreditableLine) {&of->invoice->lines[i], of->invoice->lines[i].quantity, of->invoice->lines[i].net};
	take_lines(call, of);
	take_vat(call, of);
	return of;
}

/* The VAT of crediting a base after what has been credited of the key already. */
static Amount
step_back(const CreditableVat *vat, const VatKey *key, Amount already, Amount base)
{
	Amount		from = amount_sub(amount_add(vat->before, vat->taxable), amount_add(vat->credited, already));

	return amount_sub(totals_tax(from, key->rate), totals_tax(amount_sub(from, base), key->rate));
}

void
credit_vat(const Creditable *of, Invoice *note)
{
	invoice_sum(note);
	note->vat = amount_zero(note->currency);
	for (int i = 0; i < note->nvat; i++)
	{
		InvoiceVat *row = &note->vat_rows[i];
		Amount		tax = step_back(vat_of(of, &row->key), &row->key, amount_zero(note->currency), row->taxable);

		row->cumulative = tax != row->tax;
		note->cumulative = note->cumulative || row->cumulative;
		row->tax = tax;
		note->vat = amount_add(note->vat, tax);
	}
	note->gross = amount_add(note->net, note->vat);
}

/* The net of a line that comes to a gross amount with its VAT, given what the note has of the key; at most what is left of the line. */
Amount
credit_net_of_gross(const Creditable *of, const CreditableLine *line, Amount gross, Amount *used)
{
	const VatKey *key = &line->line->key;
	const CreditableVat *vat = vat_of(of, key);
	CurrencyCode currency = amount_currency(gross);
	Numeric		hundred = decimal_from_int64(100);
	Amount		already = amount_zero(currency);
	Amount		net;

	for (int i = 0; of->note != NULL && i < of->note->nlines; i++)
		if (vat_key_cmp(&of->note->lines[i].key, key) == 0)
			already = amount_add(already, of->note->lines[i].net);
	net = key->rate == NULL ? gross : amount_round_ratio(decimal_mul(decimal_from_int64(amount_minor(gross)), hundred),
														 decimal_add(hundred, key->rate), currency);
	for (int64 n = amount_minor(net) + 1; n >= amount_minor(net) - 1 && n > 0; n--)
	{
		Amount		candidate = amount_of(currency, n);

		if (amount_add(candidate, step_back(vat, key, already, candidate)) == gross)
		{
			net = candidate;
			break;
		}
	}
	if (amount_minor(net) > amount_minor(line->net_left))
		net = line->net_left;
	*used = amount_add(net, step_back(vat, key, already, net));
	return net;
}
