/*
 * invoice_issue.c
 *		Issuing: mandate, number, seal and rows of a document, at the end of the call and in the seller's own series (IV-1 … IV-21).
 *
 * Reactions only note the fact; the document is made after the call's postings, issuer by issuer in ascending order, so that two
 * calls never wait for each other in a circle and two sellers never wait at all. A seller without a valid mandate does
 * not stop the goods: the fact commits, an obstacle is recorded, and invoice_issue() issues later what is outstanding.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "funds/funds.h"
#include "invoicing/invoice.h"
#include "invoicing/invoicing.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/guard.h"

#define TYPE_INVOICE "380"		/* UNTDID 1001 */

char *
fill_in(const char *pattern, const char *placeholder, const char *value)
{
	return TextDatumGetCString(DirectFunctionCall3Coll(replace_text, C_COLLATION_OID, CStringGetTextDatum(pattern),
													   CStringGetTextDatum(placeholder), CStringGetTextDatum(value)));
}

Jsonb *
note_add(Jsonb *notes, const char *subject_code, const char *note)
{
	JsonbParseState *state = NULL;
	Jsonb	   *added;

	json_begin_array(&state, NULL);
	json_begin_object(&state, NULL);
	json_text(&state, "subject_code", subject_code);
	json_text(&state, "text", note);
	json_end_object(&state);
	added = JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL));
	return DatumGetJsonbP(DirectFunctionCall2(jsonb_concat, JsonbPGetDatum(notes), JsonbPGetDatum(added)));
}

/* Party data as of now (IV-6), the notes that the law wants (IV-12, IV-41). */
void
freeze_parties(Call *call, Invoice *invoice, const Party *seller, const PolicyScope *scope)
{
	const Party *mandatary;

	invoice->issuer_id = seller->id;
	invoice->issuer_identifier = issuer_identifier(seller);
	invoice->seller = seller->snapshot;
	invoice->buyer = party_get(call, invoice->buyer_id)->snapshot;
	invoice->notes = policy_jsonb(call, "iv.notes", scope);
	if (invoice->mandate_id == 0)
		return;
	mandatary = party_get(call, marketplace_get(call)->operator_party_id);
	invoice->mandatary = mandatary->snapshot;
	invoice->notes = note_add(invoice->notes, "DCL",
							  fill_in(fill_in(policy_text(call, invoice->gives_back ? "iv.credit_mandate_note" : "iv.mandate_note", scope), "{mandatary}", mandatary->name),
									  "{mandator}", seller->name));
}

/* BT-23: goods, services or both (IV-37), and whether nothing is payable any more. */
const char *
business_process(Call *call, bool goods, bool services, const Invoice *invoice, const PolicyScope *scope)
{
	Jsonb	   *codes = policy_jsonb(call, "iv.business_process", scope);
	Document	root = document_root(codes);
	bool		paid = invoice->gross == invoice->prepaid && amount_minor(invoice->rounding) == 0;	/* BR-FR-CO-09 */

	return document_text_or_null(&root, psprintf("%s%s", goods && services ? "mixed" : goods ? "goods" : "services", paid ? "_paid" : ""));
}

/* What has been received for the seller order goes to its invoices in the order of their issue (BT-113). */
static Amount
prepaid_for(Call *call, const Invoice *invoice)
{
	static Statement earlier = STATEMENT("il",
		"SELECT COALESCE(pg_catalog.sum(marketplace.minor_units(prepaid) * sign), 0)::int8 FROM marketplace.invoices"
		" WHERE marketplace_id = $1 AND seller_order_id = $2");
	Amount		received = funds_received(call, invoice->seller_order_id, invoice->currency);
	int64		used = DatumGetInt64(query_datum(&earlier, VALUES(value_int32(call->marketplace_id),
																  value_int64(invoice->seller_order_id))));

	return amount_of(invoice->currency, Max(Min(amount_minor(received) - used, amount_minor(invoice->gross)), 0));
}

static void
record_obstacle(Call *call, const Fact *fact, const Invoice *invoice, const char *cause, const char *detail)
{
	static Statement insert = STATEMENT("illllttlazt",
		"INSERT INTO marketplace.invoice_obstacles (marketplace_id, order_id, seller_order_id, seller_id, buyer_id, cause, trigger,"
		" trigger_event_id, gross, recorded_at, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
	JsonbParseState *payload;

	guard_open("invoicing");
	(void) query_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(fact->order_id), value_int64(fact->seller_order_id),
										 value_int64(fact->seller_id), value_int64(invoice->buyer_id), value_text(cause),
										 value_text(fact->trigger), value_int64(fact->event_id), value_amount(invoice->gross),
										 value_timestamptz(call->now), value_text(detail)));
	guard_close();
	payload_begin(&payload);
	payload_int64(&payload, "order_id", fact->order_id);
	payload_int64(&payload, "seller_order_id", fact->seller_order_id);
	payload_int64(&payload, "seller_id", fact->seller_id);
	payload_text(&payload, "cause", cause);
	if (detail != NULL)
		payload_text(&payload, "detail", detail);
	event_emit(call, "order", fact->order_id, "invoice.blocked", &payload);
}

static void
settle_obstacles(Call *call, const Invoice *invoice)
{
	static Statement settle = STATEMENT("ill",
		"UPDATE marketplace.invoice_obstacles SET invoice_id = $3"
		" WHERE marketplace_id = $1 AND seller_order_id = $2 AND invoice_id IS NULL");

	guard_open("invoicing");
	(void) query_execute(&settle, VALUES(value_int32(call->marketplace_id), value_int64(invoice->seller_order_id),
										 value_int64(invoice->id)));
	guard_close();
}

/* An obstacle: refused when somebody asked for the invoice, recorded when goods merely moved (RD-19). */
static void
block(Call *call, const Fact *fact, const Invoice *invoice, const Party *seller, const char *cause, const char *detail)
{
	if (fact->event_id != 0)
	{
		record_obstacle(call, fact, invoice, cause, detail);
		return;
	}
	if (strcmp(cause, "no_mandate") == 0)
		ereport(ERROR,
				errcode(MK_MANDATE),
				errmsg("no valid mandate to invoice in the name of %s", seller->name),
				errdetail("None of seller %lld covers document type " TYPE_INVOICE " in the order's currency now.", (long long) seller->id),
				errhint("Record one with mandate_sign() (IV-8)."));
	if (strcmp(cause, "violation") == 0)
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("the invoice in the name of %s breaks a rule", seller->name),
				errdetail_internal("%s", detail),
				errhint("Complete the parties with party_update(), see invoice_violations(); or set policy iv.validate to false."));
	ereport(ERROR,
			errcode(MK_INVOICE),
			errmsg("%s has no identifier to number invoices by", seller->name),
			errdetail("Seller %lld has neither SIREN nor VAT number.", (long long) seller->id),
			errhint("Complete it with party_update()."));
}

static void
issue_unit_invoice(Call *call, void *argument)
{
	const Fact *fact = argument;
	Party	   *seller = party_get(call, fact->seller_id);
	Invoice		invoice = {.kind = "unit", .type_code = TYPE_INVOICE, .order_id = fact->order_id,
		.seller_order_id = fact->seller_order_id, .trigger = fact->trigger, .trigger_event_id = fact->event_id,
		.has_supply_date = fact->has_supply_date, .supply_date = fact->supply_date};
	PolicyScope scope;
	char	   *fault;

	if (!invoice_build(call, fact, &invoice))
	{
		if (fact->event_id == 0)
			ereport(ERROR,
					errcode(MK_INVOICE),
					errmsg("nothing that %s sells in this order is to be invoiced now", seller->name),
					errdetail("By policy iv.trigger (%s) all that is due of seller order %lld has been invoiced.", fact->measure,
							  (long long) fact->seller_order_id),
					errhint("See the view marketplace.invoices_blocked."));
		return;
	}
	scope = (PolicyScope) {.order_id = fact->order_id, .seller_id = fact->seller_id, .buyer_id = invoice.buyer_id};
	if (seller->id != marketplace_get(call)->operator_party_id)
	{
		invoice.mandate_id = mandate_find(call, seller->id, TYPE_INVOICE, invoice.currency);
		if (invoice.mandate_id == 0)
		{
			block(call, fact, &invoice, seller, "no_mandate", NULL);
			return;
		}
	}
	if (issuer_identifier(seller) == NULL)
	{
		block(call, fact, &invoice, seller, "no_identifier", NULL);
		return;
	}
	invoice.purchase_order = order_reference(call, fact->order_id);
	invoice.prepaid = prepaid_for(call, &invoice);
	invoice.rounding = amount_zero(invoice.currency);
	invoice.business_process = business_process(call, invoice.goods, invoice.services, &invoice, &scope);
	invoice.due_days = due_days(call, &invoice, &scope);
	freeze_parties(call, &invoice, seller, &scope);
	fault = invoice_fault(call, &invoice, &scope);
	if (fault != NULL)
	{
		block(call, fact, &invoice, seller, "violation", fault);
		return;
	}
	(void) invoice_issue_document(call, &invoice, "invoice", policy_text(call, "iv.number_pattern", &scope));
	envelope_await(call, &invoice);
	credit_settle(call, fact->seller_order_id);
	if (fact->event_id == 0)
	{
		settle_obstacles(call, &invoice);
		call->result = invoice.id;
	}
}

static void
defer_fact(Call *call, Fact *fact, int64 buyer_id)
{
	call_defer(call, fact->seller_id, issue_unit_invoice, fact);
	envelope_expect(call, fact->order_id, buyer_id);
}

/* Notes the fact for the end of the call, if policy iv.trigger invoices by it. lines: NULL for all that is outstanding. */
static void
note_fact(Call *call, const Event *event, const char *measure, int64 seller_order_id, FactLine *lines, int nlines, Document *payload)
{
	Fact	   *fact = palloc0(sizeof(Fact));
	CurrencyCode currency;
	int64		buyer_id;

	fact->seller_order_id = seller_order_id;
	fact->seller_id = seller_order_seller(call, seller_order_id, &fact->order_id);
	order_get(call, fact->order_id, &buyer_id, &currency);
	fact->measure = invoice_measure(call, fact->order_id, fact->seller_id, buyer_id);
	if (strcmp(fact->measure, measure) != 0)
		return;
	fact->trigger = measure;
	fact->event_id = event->id;
	fact->outstanding = lines == NULL;
	fact->lines = lines;
	fact->nlines = nlines;
	if (document_has(payload, "delivered_at"))
	{
		fact->has_supply_date = true;
		fact->supply_date = calendar_local_date(document_timestamptz(payload, "delivered_at"), marketplace_get(call)->time_zone);
	}
	defer_fact(call, fact, buyer_id);
}

/* The lines of a payload that belong to a seller order; a payload without seller orders on its lines has one for all. */
static int
lines_of(const Document *lines, int64 seller_order_id, FactLine *result)
{
	int			count = 0;

	for (int i = 0; i < document_length(lines); i++)
	{
		Document	line = document_item(lines, i);

		if (document_int64_or(&line, "seller_order_id", seller_order_id) == seller_order_id)
			result[count++] = (FactLine) {document_int64(&line, "order_line_id"), document_numeric(&line, "quantity")};
	}
	return count;
}

static bool
seen_before(const Document *lines, int at, int64 seller_order_id)
{
	for (int i = 0; i < at; i++)
	{
		Document	line = document_item(lines, i);

		if (document_int64(&line, "seller_order_id") == seller_order_id)
			return true;
	}
	return false;
}

static void
note_seller_order(Call *call, const Event *event, const char *measure, int64 seller_order_id, Document *payload, Document *lines)
{
	FactLine   *fact_lines = palloc(Max(document_length(lines), 1) * sizeof(FactLine));

	note_fact(call, event, measure, seller_order_id, fact_lines, lines_of(lines, seller_order_id, fact_lines), payload);
}

/* Payload: {seller_order_id, lines: [{order_line_id, quantity}]}, or the seller order on each line. */
static void
note_lines(Call *call, const Event *event, const char *measure)
{
	Document	payload = document_root(event->payload);
	Document	lines = document_array(&payload, "lines");

	if (document_has(&payload, "seller_order_id"))
	{
		note_seller_order(call, event, measure, document_int64(&payload, "seller_order_id"), &payload, &lines);
		return;
	}
	for (int i = 0; i < document_length(&lines); i++)
	{
		Document	line = document_item(&lines, i);
		int64		seller_order_id = document_int64(&line, "seller_order_id");

		if (!seen_before(&lines, i, seller_order_id))
			note_seller_order(call, event, measure, seller_order_id, &payload, &lines);
	}
}

void
invoicing_on_receipt_accepted(Call *call, const Event *event)
{
	note_lines(call, event, "acceptance");
}

void
invoicing_on_parcel_delivered(Call *call, const Event *event)
{
	note_lines(call, event, "delivery");
}

void
invoicing_on_handed_over(Call *call, const Event *event)
{
	note_lines(call, event, "shipment");
}

/* An order that its seller may still refuse is not firm: it is invoiced when the seller accepts. */
void
invoicing_on_seller_order_accepted(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);

	note_fact(call, event, "order", document_int64(&payload, "seller_order_id"), NULL, 0, &payload);
}

/* An order that its seller may still refuse is not invoiced. */
static void
require_accepted(Call *call, int64 order_id, int64 seller_order_id)
{
	OrderLines	lines = order_lines(call, order_id);

	for (int i = 0; i < lines.count; i++)
		if (lines.lines[i].seller_order_id == seller_order_id && strcmp(lines.lines[i].seller_order_state, "placed") == 0)
			ereport(ERROR,
					errcode(MK_INVOICE),
					errmsg("seller order %lld is not accepted yet", (long long) seller_order_id),
					errdetail("What its seller may still refuse is not invoiced."),
					errhint("Accept it first with seller_order_accept()."));
}

static void
issue_outstanding(Call *call, int64 seller_order_id)
{
	Fact	   *fact = palloc0(sizeof(Fact));
	CurrencyCode currency;
	int64		buyer_id;

	fact->seller_order_id = seller_order_id;
	fact->seller_id = seller_order_seller(call, seller_order_id, &fact->order_id);
	access_require(call, CAPACITY_OPERATOR | CAPACITY_SELLER, fact->seller_id);
	order_lock(call, fact->order_id);
	order_get(call, fact->order_id, &buyer_id, &currency);
	require_accepted(call, fact->order_id, seller_order_id);
	fact->measure = invoice_measure(call, fact->order_id, fact->seller_id, buyer_id);
	fact->trigger = "manual";
	fact->outstanding = true;
	defer_fact(call, fact, buyer_id);
}

PG_FUNCTION_INFO_V1(invoice_issue);
Datum
invoice_issue(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		issue_outstanding(&call, call_int64(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}
