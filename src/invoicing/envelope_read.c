/*
 * envelope_read.c
 *		Envelopes as documents, read through their units; and the statement of an order, for who cannot take one (IV-59, IV-71).
 */
#include "postgres.h"

#include "invoicing/envelope.h"
#include "kernel/errors.h"

/* When it was supplied: on one day, or from the first to the last (BT-72, BG-14). */
static void
merge_supply(Invoice *envelope)
{
	DateADT		first = 0;
	DateADT		last = 0;
	int			known = 0;

	for (int i = 0; i < envelope->nunits; i++)
	{
		const Invoice *unit = envelope->units[i].invoice;

		if (!unit->has_supply_date)
			continue;
		first = known == 0 ? unit->supply_date : Min(first, unit->supply_date);
		last = known == 0 ? unit->supply_date : Max(last, unit->supply_date);
		known++;
	}
	envelope->has_supply_date = known > 0 && first == last;
	envelope->supply_date = first;
	envelope->has_period = known > 0 && first != last;
	envelope->period_start = first;
	envelope->period_end = last;
}

void
envelope_merge(Invoice *envelope)
{
	int			nlines = 0;
	int			nvat = 0;

	for (int i = 0; i < envelope->nunits; i++)
	{
		nlines += envelope->units[i].invoice->nlines;
		nvat += envelope->units[i].invoice->nvat;
	}
	envelope->lines = palloc(Max(nlines, 1) * sizeof(InvoiceLine));
	envelope->vat_rows = palloc(Max(nvat, 1) * sizeof(InvoiceVat));
	envelope->nlines = envelope->nvat = 0;
	for (int i = 0; i < envelope->nunits; i++)
	{
		const Invoice *unit = envelope->units[i].invoice;

		for (int k = 0; k < unit->nlines; k++)
		{
			InvoiceLine *line = &envelope->lines[envelope->nlines++];

			*line = unit->lines[k];
			line->position = envelope->nlines;
			line->key.unit_invoice = unit->number;
		}
		for (int k = 0; k < unit->nvat; k++)
		{
			InvoiceVat *vat = &envelope->vat_rows[envelope->nvat++];

			*vat = unit->vat_rows[k];
			vat->key.unit_invoice = unit->number;
		}
	}
	merge_supply(envelope);
}

void
envelope_load(Call *call, Invoice *envelope)
{
	static Statement units = STATEMENT("il",
		"SELECT invoice_id, name FROM marketplace.envelope_units WHERE marketplace_id = $1 AND envelope_id = $2 ORDER BY position");
	Rows		rows = query_rows(&units, VALUES(value_int32(call->marketplace_id), value_int64(envelope->id)));

	envelope->nunits = (int) rows.count;
	envelope->units = palloc(Max(rows.count, 1) * sizeof(EnvelopeUnit));
	for (uint64 i = 0; i < rows.count; i++)
		envelope->units[i] = (EnvelopeUnit) {invoice_load(call, row_int64(&rows.rows[i], 0)), row_text(&rows.rows[i], 1)};
	envelope_merge(envelope);
}

/* Credit notes give back. */
static Amount
signed_amount(const Invoice *invoice, Amount amount)
{
	return strcmp(invoice->type_code, "381") == 0 ? amount_neg(amount) : amount;
}

static void
print_document(JsonbParseState **state, const Invoice *invoice)
{
	Document	seller = document_root(invoice->seller);
	Amount		payable = amount_add(amount_sub(invoice->gross, invoice->prepaid), invoice->rounding);

	json_begin_object(state, NULL);
	json_text(state, "number", invoice->number);
	json_text(state, "type_code", invoice->type_code);
	json_date(state, "issue_date", invoice->issue_date);
	json_text(state, "seller", document_text(&seller, "name"));
	json_money(state, "gross", signed_amount(invoice, invoice->gross));
	json_money(state, "prepaid", signed_amount(invoice, invoice->prepaid));
	json_money(state, "payable", signed_amount(invoice, payable));
	json_text(state, "sha256", TextDatumGetCString(DirectFunctionCall2(binary_encode, PointerGetDatum(invoice->hash),
																	   CStringGetTextDatum("hex"))));
	json_end_object(state);
}

/* What the buyer writes on a transfer: the reference assigned to the order, else its own order number. */
static char *
payment_reference(Call *call, int64 order_id)
{
	static Statement assigned = STATEMENT("il",
		"SELECT value FROM marketplace.payment_references WHERE marketplace_id = $1 AND order_id = $2 AND kind = 'reference'"
		" ORDER BY id DESC LIMIT 1");
	Row			row;

	if (query_row(&assigned, VALUES(value_int32(call->marketplace_id), value_int64(order_id)), &row))
		return row_text(&row, 0);
	return order_reference(call, order_id);
}

static void
print_documents(Call *call, JsonbParseState **state, int64 order_id, CurrencyCode currency)
{
	static Statement units = STATEMENT("il",
		"SELECT id FROM marketplace.invoices WHERE marketplace_id = $1 AND order_id = $2 AND kind = 'unit' ORDER BY issue_date, id");
	Rows		rows = query_rows(&units, VALUES(value_int32(call->marketplace_id), value_int64(order_id)));
	Amount		gross = amount_zero(currency);
	Amount		prepaid = gross;
	Amount		rounding = gross;

	json_begin_array(state, "documents");
	for (uint64 i = 0; i < rows.count; i++)
	{
		const Invoice *invoice = invoice_load(call, row_int64(&rows.rows[i], 0));

		print_document(state, invoice);
		gross = amount_add(gross, signed_amount(invoice, invoice->gross));
		prepaid = amount_add(prepaid, signed_amount(invoice, invoice->prepaid));
		rounding = amount_add(rounding, signed_amount(invoice, invoice->rounding));
	}
	json_end_array(state);
	json_money(state, "gross", gross);
	json_money(state, "prepaid", prepaid);
	json_money(state, "payable", amount_add(amount_sub(gross, prepaid), rounding));
}

/* Who mentions VAT on a document owes it: there is none here (IV-71). */
static Jsonb *
print_statement(Call *call, int64 order_id)
{
	JsonbParseState *state = NULL;
	CurrencyCode currency;
	int64		buyer_id;

	order_get(call, order_id, &buyer_id, &currency);
	access_require(call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_BUYER, buyer_id);
	json_begin_object(&state, NULL);
	json_int64(&state, "order_id", order_id);
	json_text(&state, "reference", order_reference(call, order_id));
	json_text(&state, "operator", party_get(call, marketplace_get(call)->operator_party_id)->name);
	json_text(&state, "buyer", party_get(call, buyer_id)->name);
	json_text(&state, "currency", currency_alpha(currency));
	print_documents(call, &state, order_id, currency);
	json_text(&state, "payment_reference", payment_reference(call, order_id));
	return json_finish(&state);
}

PG_FUNCTION_INFO_V1(order_statement);
Datum
order_statement(PG_FUNCTION_ARGS)
{
	Call		call;
	Jsonb	   *statement;

	call_begin_read(&call, fcinfo);
	statement = print_statement(&call, call_int64(&call, 1));
	call_end_read(&call);
	PG_RETURN_JSONB_P(statement);
}
