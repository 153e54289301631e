/*
 * invoice_document.c
 *		A stored invoice as the JSON document of rules/invoice-document.md. invoice_totals() takes it as it is.
 *
 * The text of this document is what the chain of the series seals, so both the issuing and the verifying side come here and
 * nowhere else. Key order is jsonb's own; every number is text with the digits that were stored.
 */
#include "postgres.h"

#include "invoicing/invoice.h"

/* The price with the digits that the seller gave it: 129.90. */
static void
print_price(JsonbParseState **state, const char *key, Numeric price)
{
	json_text(state, key, DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(price))));
}

static void
print_text_if(JsonbParseState **state, const char *key, const char *v)
{
	if (v != NULL)
		json_text(state, key, v);
}

static void
print_extra(JsonbParseState **state, const char *key, Amount amount, const char *reason, const char *reason_code)
{
	if (amount_minor(amount) == 0)
		return;
	json_begin_array(state, key);
	json_begin_object(state, NULL);
	json_money(state, "amount", amount);
	print_text_if(state, "reason", reason);
	print_text_if(state, "reason_code", reason_code);
	json_end_object(state);
	json_end_array(state);
}

static void
print_line(JsonbParseState **state, const InvoiceLine *line)
{
	json_begin_object(state, NULL);
	json_text(state, "id", psprintf("%d", line->position));
	json_decimal(state, "quantity", line->quantity);
	json_text(state, "unit", line->unit);
	print_price(state, "net_price", line->net_price);
	json_decimal(state, "price_base_quantity", line->price_base_quantity);
	print_extra(state, "allowances", line->allowance, line->allowance_reason, line->allowance_reason_code);
	print_extra(state, "charges", line->charge, line->charge_reason, line->charge_reason_code);
	json_text(state, "vat_category", line->key.category);
	if (line->key.rate != NULL)
		json_decimal(state, "vat_rate", line->key.rate);
	print_text_if(state, "exemption_code", line->key.exemption_code);
	json_money(state, "net", line->net);
	print_text_if(state, "unit_invoice", line->key.unit_invoice);
	if (line->order_line_id != 0)
		json_int64(state, "order_line_id", line->order_line_id);
	json_begin_object(state, "item");
	json_text(state, "name", line->description);
	print_text_if(state, "seller_id", line->sku);
	print_text_if(state, "standard_id", line->gtin);
	json_end_object(state);
	json_end_object(state);
}

static void
print_totals(JsonbParseState **state, const Invoice *invoice)
{
	json_begin_object(state, "totals");
	json_money(state, "line_total", invoice->net);
	json_money(state, "tax_exclusive", invoice->net);
	json_money(state, "tax_total", invoice->vat);
	json_money(state, "tax_inclusive", invoice->gross);
	json_money(state, "payable", amount_add(amount_sub(invoice->gross, invoice->prepaid), invoice->rounding));
	json_begin_array(state, "vat");
	for (int i = 0; i < invoice->nvat; i++)
	{
		const InvoiceVat *vat = &invoice->vat_rows[i];

		json_begin_object(state, NULL);
		print_text_if(state, "unit_invoice", vat->key.unit_invoice);
		json_text(state, "category", vat->key.category);
		json_decimal(state, "rate", vat->key.rate);
		json_text(state, "exemption_code", vat->key.exemption_code);
		json_money(state, "taxable", vat->taxable);
		json_money(state, "tax", vat->tax);
		json_bool(state, "cumulative", vat->cumulative);
		json_end_object(state);
	}
	json_end_array(state);
	json_end_object(state);
}

static void
print_preceding(JsonbParseState **state, const char *key, const Invoice *invoice)
{
	json_begin_object(state, key);
	json_text(state, "number", invoice->corrects_number);
	json_date(state, "issue_date", invoice->corrects_date);
	json_end_object(state);
}

static void
print_units(JsonbParseState **state, const Invoice *invoice)
{
	json_begin_array(state, "unit_invoices");
	for (int i = 0; i < invoice->nunits; i++)
	{
		const Invoice *unit = invoice->units[i].invoice;

		json_begin_object(state, NULL);
		json_text(state, "unit_invoice", unit->number);
		json_text(state, "name", invoice->units[i].name);
		print_text_if(state, "business_process", unit->business_process);
		json_value(state, "seller", unit->seller);
		if (unit->corrects_id != 0)
			print_preceding(state, "preceding_invoice", unit);
		json_end_object(state);
	}
	json_end_array(state);
}

static void
print_head(JsonbParseState **state, const Invoice *invoice)
{
	json_text(state, "number", invoice->number);
	json_text(state, "type_code", invoice->type_code);
	json_date(state, "issue_date", invoice->issue_date);
	if (invoice->has_due_date)
		json_date(state, "due_date", invoice->due_date);
	json_text(state, "currency", currency_alpha(invoice->currency));
	print_text_if(state, "business_process", invoice->business_process);
	print_text_if(state, "purchase_order", invoice->purchase_order);
	json_bool(state, "cumulative", invoice->cumulative);
	if (invoice->corrects_id != 0)
	{
		json_begin_array(state, "preceding_invoices");
		print_preceding(state, NULL, invoice);
		json_end_array(state);
	}
	json_value(state, "notes", invoice->notes);
	json_value(state, "seller", invoice->seller);
	json_value(state, "buyer", invoice->buyer);
	if (invoice->mandatary != NULL)
		json_value(state, "mandatary", invoice->mandatary);
	if (invoice->has_supply_date)
	{
		json_begin_object(state, "delivery");
		json_date(state, "date", invoice->supply_date);
		json_end_object(state);
	}
	if (invoice->has_period)
	{
		json_begin_object(state, "period");
		json_date(state, "start", invoice->period_start);
		json_date(state, "end", invoice->period_end);
		json_end_object(state);
	}
}

Jsonb *
invoice_compose(const Invoice *invoice)
{
	JsonbParseState *state = NULL;

	json_begin_object(&state, NULL);
	print_head(&state, invoice);
	if (invoice->nunits > 0)
		print_units(&state, invoice);
	json_begin_array(&state, "lines");
	for (int i = 0; i < invoice->nlines; i++)
		print_line(&state, &invoice->lines[i]);
	json_end_array(&state);
	json_money(&state, "prepaid", invoice->prepaid);
	json_money(&state, "rounding", invoice->rounding);
	print_totals(&state, invoice);
	return json_finish(&state);
}

char *
invoice_canonical(const Invoice *invoice)
{
	Jsonb	   *document = invoice_compose(invoice);

	return JsonbToCString(NULL, &document->root, VARSIZE(document));
}
