/*
 * credit_line.c
 *		Lines of credit notes: units at what is left of their net, or money only.
 */
#include "postgres.h"

#include "invoicing/credit.h"
#include "orders/orders.h"

void
credit_begin(Creditable *of)
{
	const Invoice *invoice = of->invoice;
	Invoice    *note;

	if (of->note != NULL)
		return;
	note = of->note = palloc0(sizeof(Invoice));
	note->kind = invoice->kind;
	note->type_code = "381";
	note->gives_back = true;
	note->corrects_id = invoice->id;
	note->corrects_number = invoice->number;
	note->corrects_date = invoice->issue_date;
	note->order_id = invoice->order_id;
	note->seller_order_id = invoice->seller_order_id;
	note->buyer_id = invoice->buyer_id;
	note->purchase_order = invoice->purchase_order;
	note->currency = invoice->currency;
	note->prepaid = note->rounding = amount_zero(invoice->currency);
}

static InvoiceLine *
add_line(Creditable *of, int at)
{
	Invoice    *note = of->note;
	InvoiceLine *line;

	note->lines = note->nlines == 0 ? palloc(sizeof(InvoiceLine)) : repalloc(note->lines, sizeof(InvoiceLine) * (note->nlines + 1));
	line = &note->lines[note->nlines++];
	*line = *of->lines[at].line;
	line->position = note->nlines;
	line->corrects_position = at + 1;
	line->allowance = line->charge = amount_zero(note->currency);
	return line;
}

/* What the price of the units and the net given back differ by. */
static void
explain(Call *call, Creditable *of, InvoiceLine *line)
{
	PolicyScope scope = {.order_id = of->invoice->order_id, .seller_id = of->invoice->issuer_id, .buyer_id = of->invoice->buyer_id};
	Amount		price = totals_price(line->quantity, line->net_price, line->price_base_quantity, of->note->currency);
	Amount		difference = amount_sub(price, line->net);

	if (amount_minor(difference) > 0)
	{
		line->allowance = difference;
		if (line->has_withheld)
		{
			line->allowance_reason = policy_text(call, "iv.withheld_reason", &scope);
			line->allowance_reason_code = NULL;
		}
		else if (line->allowance_reason == NULL)
			line->allowance_reason = policy_text(call, "iv.rounding_reason", &scope);
	}
	else if (amount_minor(difference) < 0)
	{
		line->charge = amount_neg(difference);
		if (line->charge_reason == NULL)
			line->charge_reason = policy_text(call, "iv.rounding_reason", &scope);
	}
}

/*
 * The last units take what is left, to the cent. Units that are not worth a minor unit wait for a note with something else on it: false.
 */
bool
credit_add_units(Call *call, Creditable *of, int at, Numeric units, Numeric percent)
{
	CreditableLine *left = &of->lines[at];
	CurrencyCode currency = of->invoice->currency;
	Amount		full = decimal_cmp(units, left->units_left) >= 0 ? left->net_left :
		amount_round_ratio(decimal_mul(decimal_from_int64(amount_minor(left->net_left)), units), left->units_left, currency);
	Amount		given = amount_round_ratio(decimal_mul(decimal_from_int64(amount_minor(full)), percent), decimal_from_int64(100), currency);
	InvoiceLine *line;

	if (amount_minor(given) == 0 && of->note == NULL)
		return false;
	left->units_left = decimal_sub(left->units_left, units);
	left->net_left = amount_sub(left->net_left, full);
	credit_begin(of);
	line = add_line(of, at);
	line->quantity = units;
	line->net = given;
	line->has_withheld = given != full;
	line->withheld = amount_sub(full, given);
	explain(call, of, line);
	return true;
}

void
credit_add_amount(Creditable *of, int at, Amount net)
{
	InvoiceLine *line;

	of->lines[at].net_left = amount_sub(of->lines[at].net_left, net);
	credit_begin(of);
	line = add_line(of, at);
	line->quantity = line->price_base_quantity = decimal_from_int64(1);
	line->unit = "C62";
	line->net_price = amount_to_numeric(net);
	line->net = net;
	line->no_units = true;
}
