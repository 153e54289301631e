/*
 * status_follow.c
 *		Statuses that follow from something else: money that comes or goes (212), reserves (207), credit notes (205), corrective invoices
 *		that replace (220) (IV-70).
 *
 * A status is said only of a document that a platform has (200, 202), and never after the end of its life cycle: what cannot be said now is
 * left, and said once the platform has it.
 */
#include "postgres.h"

#include "invoicing/edocument.h"
#include "invoicing/invoice.h"
#include "invoicing/invoicing.h"
#include "invoicing/status.h"

static void
follow(Call *call, const StatusInvoice *invoice, const Event *event, const char *code, const char *reason, List *amounts)
{
	Status		status = {.code = code, .occurred_at = call->now, .reason = reason, .amounts = amounts, .cause_event_id = event->id};

	(void) status_set(call, invoice, &status);
}

static void
report_cash(Call *call, const Event *event, int64 invoice_id)
{
	StatusInvoice *invoice = status_invoice(call, invoice_id);
	List	   *amounts;

	if (!status_possible(call, invoice, "212"))
		return;
	amounts = status_cash(call, invoice);
	if (amounts != NIL)
		follow(call, invoice, event, "212", NULL, amounts);
}

/* Documents of an order that a platform has. */
static Rows
submitted(Call *call, int64 order_id)
{
	static Statement of_order = STATEMENT("il",
		"SELECT i.id FROM marketplace.invoices i WHERE i.marketplace_id = $1 AND i.order_id = $2 AND EXISTS (SELECT"
		"  FROM marketplace.invoice_statuses s WHERE s.marketplace_id = i.marketplace_id AND s.invoice_id = i.id AND s.code = '200')"
		" ORDER BY i.id");

	return query_rows(&of_order, VALUES(value_int32(call->marketplace_id), value_int64(order_id)));
}

static void
report_order(Call *call, void *argument)
{
	const Event *event = argument;
	Document	payload = document_root(event->payload);
	Rows		rows = submitted(call, document_int64(&payload, "order_id"));

	for (uint64 i = 0; i < rows.count; i++)
		report_cash(call, event, row_int64(&rows.rows[i], 0));
}

/* Payload: {order_id}. At the end of the call: an event of money is told before all of its rows are there. */
void
invoicing_on_money_moved(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	Event	   *moved;

	if (submitted(call, document_int64(&payload, "order_id")).count == 0)
		return;
	moved = palloc(sizeof(Event));
	*moved = *event;
	call_defer(call, PG_INT64_MAX, report_order, moved);
}

/* The document that the first reference of a credit note or corrective invoice names (BG-3); NULL: none here. */
static StatusInvoice *
corrected(Call *call, const StatusInvoice *invoice)
{
	static Statement named = STATEMENT("ilt",
		"SELECT id FROM marketplace.invoices WHERE marketplace_id = $1 AND issuer_id = $2 AND number = $3 AND kind <> 'envelope'");
	Jsonb	   *document = invoice_compose(invoice_load(call, invoice->id));
	Document	root = document_root(document);
	Document	list;
	Document	first;
	Row			row;

	if (term_array(&root, "preceding_invoices", &list) == 0)
		return NULL;
	first = document_item(&list, 0);
	if (!query_row(&named, VALUES(value_int32(call->marketplace_id), value_int64(invoice->issuer_id),
								  value_text(document_text(&first, "number"))), &row))
		return NULL;
	return status_invoice(call, row_int64(&row, 0));
}

/* A credit note settles the dispute about what it corrects: the buyer agrees to the rest (207, credit note, 205). */
void
invoicing_on_invoice_issued(Call *call, const Event *event)
{
	static Statement credit_note = STATEMENT("il",
		"SELECT true FROM marketplace.invoices WHERE marketplace_id = $1 AND id = $2 AND type_code IN (" CREDIT_TYPES ")");
	Document	payload = document_root(event->payload);
	int64		invoice_id = document_int64(&payload, "invoice_id");
	StatusInvoice *disputed;

	if (query_execute(&credit_note, VALUES(value_int32(call->marketplace_id), value_int64(invoice_id))) == 0)
		return;
	disputed = corrected(call, status_invoice(call, invoice_id));
	if (disputed != NULL && status_disputed(call, disputed) && status_possible(call, disputed, "205"))
		follow(call, disputed, event, "205", NULL, NIL);
}

/* A platform has the document: what was cashed in before can be said now, and what a corrective invoice replaces is cancelled (220). */
void
invoicing_on_status_recorded(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	int64		invoice_id = document_int64(&payload, "invoice_id");
	StatusInvoice *replaced;

	if (strcmp(document_text(&payload, "code"), "200") != 0)
		return;
	report_cash(call, event, invoice_id);
	if (strcmp(document_text(&payload, "type_code"), "384") != 0)
		return;
	replaced = corrected(call, status_invoice(call, invoice_id));
	if (replaced != NULL && status_possible(call, replaced, "220"))
		follow(call, replaced, event, "220", NULL, NIL);
}

static const char *
reserve_reason(Call *call, const Document *payload, const PolicyScope *scope)
{
	Jsonb	   *reasons = policy_jsonb(call, "iv.reserve_reasons", scope);
	Document	root = document_root(reasons);
	const char *reason = NULL;

	if (document_has(payload, "reserve_kind"))
		reason = document_text_or_null(&root, document_text(payload, "reserve_kind"));
	return reason != NULL ? reason : document_text(&root, "other");
}

/* Payload: {order_id, lines: [{order_line_id}], reserve_kind}: goods that the buyer has reserves about are what their invoices dispute. */
void
invoicing_on_receipt_reserved(Call *call, const Event *event)
{
	static Statement of_line = STATEMENT("il",
		"SELECT DISTINCT l.invoice_id FROM marketplace.invoice_lines l JOIN marketplace.invoices i ON i.marketplace_id = l.marketplace_id"
		" AND i.id = l.invoice_id AND i.type_code NOT IN (" CREDIT_TYPES ")"
		" WHERE l.marketplace_id = $1 AND l.order_line_id = $2 ORDER BY 1");
	Document	payload = document_root(event->payload);
	Document	lines = document_array(&payload, "lines");

	for (int i = 0; i < document_length(&lines); i++)
	{
		Document	line = document_item(&lines, i);
		Rows		rows = query_rows(&of_line, VALUES(value_int32(call->marketplace_id), value_int64(document_int64(&line, "order_line_id"))));

		for (uint64 k = 0; k < rows.count; k++)
		{
			StatusInvoice *invoice = status_invoice(call, row_int64(&rows.rows[k], 0));
			PolicyScope scope = {.order_id = invoice->order_id, .seller_id = invoice->issuer_id, .buyer_id = invoice->buyer_id};

			if (policy_bool(call, "iv.reserve_disputes", &scope) && !status_disputed(call, invoice) && status_possible(call, invoice, "207"))
				follow(call, invoice, event, "207", reserve_reason(call, &payload, &scope), NIL);
		}
	}
}
