/*
 * invoice_write.c
 *		The last step of every document: its number, its seal and its rows, which nobody changes afterwards (IV-14 … IV-21, IV-77).
 *
 * What stands on the document is complete before; invoice_issue.c and commission_invoice.c see to that.
 */
#include "postgres.h"

#include "invoicing/invoice.h"
#include "kernel/calendar.h"
#include "kernel/guard.h"
#include "kernel/policy.h"
#include "kernel/series.h"

const char *
issuer_identifier(const Party *party)
{
	return party->siren != NULL ? party->siren : party->vat_id;
}

static void
write_head(Call *call, Invoice *invoice)
{
	static Statement insert = STATEMENT("itttlldltlllttldtcbaaaajjjjyzladlib",
		"INSERT INTO marketplace.invoices (marketplace_id, kind, type_code, number, series_id, n, issue_date, issuer_id,"
		" issuer_identifier, buyer_id, mandate_id, order_id, purchase_order, trigger, trigger_event_id, supply_date, business_process,"
		" currency, cumulative, net, vat, gross, prepaid, seller, buyer, mandatary, notes, hash, recorded_at, seller_order_id, rounding, due_date,"
		" corrects_id, sign, transmit)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,"
		" $26, $27, $28, $29, $30, $31, $32, $33, $34, $35) RETURNING id");

	invoice->id = DatumGetInt64(query_datum(&insert, VALUES(
		value_int32(call->marketplace_id), value_text(invoice->kind), value_text(invoice->type_code), value_text(invoice->number),
		value_id(invoice->series_id), value_id(invoice->n), value_date(invoice->issue_date), value_int64(invoice->issuer_id),
		value_text(invoice->issuer_identifier), value_int64(invoice->buyer_id), value_id(invoice->mandate_id),
		value_id(invoice->order_id), value_text(invoice->purchase_order), value_text(invoice->trigger),
		value_id(invoice->trigger_event_id), invoice->has_supply_date ? value_date(invoice->supply_date) : value_null(),
		value_text(invoice->business_process), value_currency(invoice->currency), value_bool(invoice->cumulative),
		value_amount(invoice->net), value_amount(invoice->vat), value_amount(invoice->gross), value_amount(invoice->prepaid),
		value_jsonb(invoice->seller), value_jsonb(invoice->buyer), value_jsonb(invoice->mandatary), value_jsonb(invoice->notes),
		value_bytea(invoice->hash), value_timestamptz(call->now), value_id(invoice->seller_order_id), value_amount(invoice->rounding),
		invoice->has_due_date ? value_date(invoice->due_date) : value_null(), value_id(invoice->corrects_id),
		value_int32(invoice->gives_back ? -1 : 1), value_bool(!invoice->internal))));
}

static void
write_line(Call *call, const Invoice *invoice, const InvoiceLine *line)
{
	static Statement insert = STATEMENT("ilillllttt" "n" "t" "nn" "att" "att" "tnta" "inlia",
		"INSERT INTO marketplace.invoice_lines (marketplace_id, invoice_id, position, issuer_id, buyer_id, seller_order_id, order_line_id,"
		" description, sku, gtin, quantity, unit, net_price, price_base_quantity, allowance, allowance_reason, allowance_reason_code,"
		" charge, charge_reason, charge_reason_code, vat_category, vat_rate, exemption_code, net, sign, units, corrects_id, corrects_position,"
		" withheld)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,"
		" $27, $28, $29)");
	Numeric		units = line->no_units ? decimal_from_int64(0) : line->quantity;

	(void) query_execute(&insert, VALUES(
		value_int32(call->marketplace_id), value_int64(invoice->id), value_int32(line->position), value_int64(invoice->issuer_id),
		value_int64(invoice->buyer_id), value_id(invoice->seller_order_id), value_id(line->order_line_id),
		value_text(line->description), value_text(line->sku), value_text(line->gtin), value_numeric(line->quantity),
		value_text(line->unit), value_numeric(line->net_price), value_numeric(line->price_base_quantity), value_amount(line->allowance),
		value_text(line->allowance_reason), value_text(line->allowance_reason_code), value_amount(line->charge),
		value_text(line->charge_reason), value_text(line->charge_reason_code), value_text(line->key.category),
		value_numeric(line->key.rate), value_text(line->key.exemption_code), value_amount(line->net),
		value_int32(invoice->gives_back ? -1 : 1),
		value_numeric(invoice->gives_back ? decimal_sub(decimal_from_int64(0), units) : units), value_id(invoice->corrects_id),
		line->corrects_position == 0 ? value_null() : value_int32(line->corrects_position),
		line->has_withheld ? value_amount(line->withheld) : value_null()));
}

static void
write_vat(Call *call, const Invoice *invoice, const InvoiceVat *vat, int position)
{
	static Statement insert = STATEMENT("ililll" "tnt" "aabil",
		"INSERT INTO marketplace.invoice_vat (marketplace_id, invoice_id, position, issuer_id, buyer_id, seller_order_id, vat_category,"
		" vat_rate, exemption_code, taxable, tax, cumulative, sign, corrects_id)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)");

	(void) query_execute(&insert, VALUES(
		value_int32(call->marketplace_id), value_int64(invoice->id), value_int32(position), value_int64(invoice->issuer_id),
		value_int64(invoice->buyer_id), value_id(invoice->seller_order_id), value_text(vat->key.category), value_numeric(vat->key.rate),
		value_text(vat->key.exemption_code), value_amount(vat->taxable), value_amount(vat->tax), value_bool(vat->cumulative),
		value_int32(invoice->gives_back ? -1 : 1), value_id(invoice->corrects_id)));
}

static void
tell_issued(Call *call, const Invoice *invoice)
{
	JsonbParseState *payload;
	bool		of_order = invoice->order_id != 0;

	payload_begin(&payload);
	payload_int64(&payload, "invoice_id", invoice->id);
	payload_text(&payload, "number", invoice->number);
	if (of_order)
	{
		payload_int64(&payload, "order_id", invoice->order_id);
		if (invoice->seller_order_id != 0)
			payload_int64(&payload, "seller_order_id", invoice->seller_order_id);
	}
	if (invoice->nunits == 0)
		payload_int64(&payload, "seller_id", of_order ? invoice->issuer_id : invoice->buyer_id);
	payload_text(&payload, "kind", invoice->kind);
	payload_text(&payload, "type_code", invoice->type_code);
	if (invoice->corrects_id != 0)
		payload_int64(&payload, "corrects_id", invoice->corrects_id);
	payload_amount(&payload, "gross", invoice->gross);
	event_emit(call, of_order ? "order" : "invoice", of_order ? invoice->order_id : invoice->id, "invoice.issued", &payload);
}

int64
invoice_store(Call *call, Invoice *invoice)
{
	guard_open("invoicing");
	write_head(call, invoice);
	/* an envelope is read through its units */
	for (int i = 0; i < invoice->nlines && invoice->nunits == 0; i++)
		write_line(call, invoice, &invoice->lines[i]);
	for (int i = 0; i < invoice->nvat && invoice->nunits == 0; i++)
		write_vat(call, invoice, &invoice->vat_rows[i], i + 1);
	guard_close();
	tell_issued(call, invoice);
	return invoice->id;
}

/* Takes the next number, seals and writes; the invoice's content is complete but for number, date and hash. */
int64
invoice_issue_document(Call *call, Invoice *invoice, const char *series_kind, const char *pattern)
{
	DateADT		wanted = invoice->issue_date != 0 ? invoice->issue_date : calendar_local_date(call->now, marketplace_get(call)->time_zone);
	SeriesNumber number = series_take(call, invoice->issuer_id, series_kind, policy_text(call, "iv.number_root", NULL),
									  invoice->issuer_identifier, pattern, wanted);

	invoice->number = number.number;
	invoice->series_id = number.series_id;
	invoice->n = number.n;
	invoice->issue_date = number.issue_date;
	if (!invoice->has_due_date)
		invoice->due_date = number.issue_date + invoice->due_days;
	invoice->has_due_date = true;
	invoice->hash = series_seal(call, &number, invoice_canonical(invoice));
	return invoice_store(call, invoice);
}
