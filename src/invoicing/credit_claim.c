/*
 * credit_claim.c
 *		Facts that ask for credit: a line cancelled, goods returned, a refund decided, a price corrected (IV-66).
 *
 * Units are credited as far as more is invoiced of a line than may be any more (invoice_keep()), so that what was never invoiced is not
 * credited, and a unit that was refunded and then comes back is credited once. The order is locked.
 */
#include "postgres.h"

#include "invoicing/commission.h"
#include "invoicing/credit.h"
#include "invoicing/invoicing.h"
#include "kernel/errors.h"
#include "kernel/guard.h"

typedef struct NewClaim
{
	const char *cause;
	int64		event_id;
	int64		invoice_id;
	Numeric		units;			/* NULL: an amount */
	Numeric		weighted;
	Numeric		refunded;		/* units that the buyer keeps; below zero: that come back */
	Numeric		units_left;
	Amount		amount;
	bool		is_gross;
	const char *reason;
} NewClaim;

static Numeric
zero(void)
{
	return decimal_from_int64(0);
}

static void
write_claim(Call *call, const OrderLine *line, const NewClaim *claim)
{
	static Statement insert = STATEMENT("illllltllnnaantzna",
		"INSERT INTO marketplace.credit_claims (marketplace_id, order_id, seller_order_id, seller_id, buyer_id, order_line_id, cause, event_id,"
		" invoice_id, units, weighted, net, gross, refunded_units, reason, recorded_at, units_left, amount_left, obstacle)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
		" CASE WHEN $18 IS NOT NULL THEN 'not_invoiced' END)");
	Value		amount = claim->units != NULL ? value_null() : value_amount(claim->amount);

	guard_open("invoicing");
	(void) query_execute(&insert, VALUES(
		value_int32(call->marketplace_id), value_int64(line->order_id), value_int64(line->seller_order_id), value_int64(line->seller_id),
		value_int64(line->buyer_id), value_int64(line->id), value_text(claim->cause), value_id(claim->event_id), value_id(claim->invoice_id),
		value_numeric(claim->units), value_numeric(claim->weighted), claim->is_gross ? value_null() : amount,
		claim->is_gross ? amount : value_null(), value_numeric(claim->refunded == NULL ? zero() : claim->refunded), value_text(claim->reason),
		value_timestamptz(call->now), value_numeric(claim->units_left), amount));
	guard_close();
}

static void
claim_of_fact(Call *call, const OrderLine *line, const NewClaim *claim)
{
	write_claim(call, line, claim);
	envelope_expect(call, line->order_id, line->buyer_id);
	credit_defer(call, line->seller_order_id, line->seller_id, false);
}

Rows
credit_refunded_units(Call *call, int64 seller_order_id)
{
	static Statement refunded = STATEMENT("il",
		"SELECT order_line_id, pg_catalog.sum(refunded_units) FROM marketplace.credit_claims"
		" WHERE marketplace_id = $1 AND seller_order_id = $2 AND refunded_units <> 0 GROUP BY order_line_id");

	return query_rows(&refunded, VALUES(value_int32(call->marketplace_id), value_int64(seller_order_id)));
}

static Numeric
refunded_of(Call *call, const OrderLine *line)
{
	Rows		rows = credit_refunded_units(call, line->seller_order_id);

	for (uint64 i = 0; i < rows.count; i++)
		if (row_int64(&rows.rows[i], 0) == line->id)
			return row_numeric(&rows.rows[i], 1);
	return zero();
}

/* Units invoiced of the line that no open claim takes. */
static Numeric
invoiced_of(Call *call, const OrderLine *line)
{
	static Statement invoiced = STATEMENT("ill",
		"SELECT COALESCE((SELECT pg_catalog.sum(units) FROM marketplace.invoice_lines WHERE marketplace_id = $1 AND order_line_id = $2), 0)"
		" - COALESCE((SELECT pg_catalog.sum(units_left) FROM marketplace.credit_claims WHERE marketplace_id = $1 AND seller_order_id = $3"
		" AND order_line_id = $2 AND units_left > 0), 0)");

	return DatumGetNumeric(query_datum(&invoiced, VALUES(value_int32(call->marketplace_id), value_int64(line->id),
														 value_int64(line->seller_order_id))));
}

/* Of so many units, how many are to be credited. */
static Numeric
creditable_units(Call *call, const OrderLine *line, Numeric units, Numeric refunded_now)
{
	Numeric		keep = decimal_sub(line->quantity, line->cancelled);
	Numeric		excess;

	if (strcmp(line->kind, "goods") == 0)
		keep = invoice_keep(line, invoice_measure(call, line->order_id, line->seller_id, line->buyer_id),
							decimal_add(refunded_of(call, line), refunded_now));
	excess = decimal_sub(invoiced_of(call, line), keep);
	return decimal_sign(excess) <= 0 ? zero() : decimal_min(units, excess);
}

static void
claim_units(Call *call, const OrderLine *line, NewClaim claim)
{
	claim.units_left = creditable_units(call, line, claim.units, claim.refunded == NULL ? zero() : claim.refunded);
	if (claim.weighted == NULL)
		claim.weighted = decimal_mul(claim.units, decimal_from_int64(100));
	if (decimal_sign(claim.weighted) == 0)
		claim.units_left = zero();	/* a grade that gives nothing back: the sale stands */
	if (decimal_sign(claim.units_left) > 0 || (claim.refunded != NULL && decimal_sign(claim.refunded) != 0))
		claim_of_fact(call, line, &claim);
}

/* When all goods of a seller order are cancelled, what else was invoiced with them is given back, as its money is. */
static void
claim_services(Call *call, const OrderLine *cancelled, int64 event_id)
{
	OrderLines	lines = order_lines(call, cancelled->order_id);

	for (int i = 0; i < lines.count; i++)
		if (lines.lines[i].seller_order_id == cancelled->seller_order_id && strcmp(lines.lines[i].kind, "goods") == 0 &&
			decimal_cmp(lines.lines[i].cancelled, lines.lines[i].quantity) < 0)
			return;
	for (int i = 0; i < lines.count; i++)
	{
		const OrderLine *line = &lines.lines[i];
		Numeric		invoiced;

		if (line->seller_order_id != cancelled->seller_order_id || strcmp(line->kind, "goods") == 0 || strcmp(line->kind, "discount") == 0)
			continue;
		invoiced = invoiced_of(call, line);
		if (decimal_sign(invoiced) > 0)
			claim_of_fact(call, line, &(NewClaim) {.cause = "cancellation", .event_id = event_id, .units = invoiced, .units_left = invoiced,
						.weighted = decimal_mul(invoiced, decimal_from_int64(100))});
	}
}

/* Payload: {order_line_id, quantity, reason}. */
void
invoicing_on_line_cancelled(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	OrderLine  *line = order_line_get(call, document_int64(&payload, "order_line_id"));

	claim_units(call, line, (NewClaim) {.cause = "cancellation", .event_id = event->id, .units = document_numeric(&payload, "quantity"),
				.reason = document_text_or_null(&payload, "reason")});
	if (strcmp(line->kind, "goods") == 0)
		claim_services(call, line, event->id);
	commission_review(call, line->seller_id, line->id);
}

/* Payload: {lines: [{order_line_id, quantity, pct}]}, a line once for every grade. */
void
invoicing_on_return_refund_due(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	Document	lines = document_array(&payload, "lines");

	for (int i = 0; i < document_length(&lines); i++)
	{
		Document	first = document_item(&lines, i);
		int64		order_line_id = document_int64(&first, "order_line_id");
		Numeric		units = zero();
		Numeric		weighted = zero();
		bool		seen = false;

		for (int k = 0; k < document_length(&lines); k++)
		{
			Document	item = document_item(&lines, k);

			if (document_int64(&item, "order_line_id") != order_line_id)
				continue;
			seen = seen || k < i;
			units = decimal_add(units, document_numeric(&item, "quantity"));
			weighted = decimal_add(weighted, decimal_mul(document_numeric(&item, "quantity"), document_numeric(&item, "pct")));
		}
		if (!seen)
		{
			OrderLine  *line = order_line_get(call, order_line_id);
			Numeric		refunded = decimal_min(units, refunded_of(call, line));

			claim_units(call, line, (NewClaim) {.cause = "return", .event_id = event->id, .units = units, .weighted = weighted,
						.refunded = decimal_sub(zero(), refunded)});
		}
	}
}

/* Goodwill without a price reduction changes no invoice, and says so. */
static void
tell_not_credited(Call *call, const Event *event, const Document *decision, const char *door)
{
	JsonbParseState *payload;
	int64		order_id = document_int64(decision, "order_id");

	payload_begin(&payload);
	payload_int64(&payload, "order_id", order_id);
	payload_int64(&payload, "decision_id", document_int64(decision, "decision_id"));
	payload_text(&payload, "door", door);
	payload_int64(&payload, "cause_event_id", event->id);
	event_emit(call, "order", order_id, "invoice.not_credited", &payload);
}

/* An amount as events state it: '10.00 EUR'. */
static Amount
event_amount(const Document *item, const char *key)
{
	static Statement read = STATEMENT("t", "SELECT $1::marketplace.amount");

	return DatumGetAmount(query_datum(&read, VALUES(value_text(document_text(item, key)))));
}

static void
claim_refunded(Call *call, const Event *event, const Document *item, const char *reason)
{
	OrderLine  *line = order_line_get(call, document_int64(item, "order_line_id"));
	NewClaim	claim = {.cause = "refund", .event_id = event->id, .reason = reason};

	if (document_has(item, "quantity"))
	{
		claim.units = claim.refunded = document_numeric(item, "quantity");
		claim_units(call, line, claim);
		return;
	}
	claim.is_gross = true;
	claim.amount = event_amount(item, "amount");
	if (amount_minor(claim.amount) > 0)
		claim_of_fact(call, line, &claim);
}

/*
 * Payload: {decision_id, order_id, door, reason, return_id, lines: [{order_line_id, quantity, amount}]}. A return tells itself what it makes
 * due; of other doors those that lower the price are credited.
 */
void
invoicing_on_refund_decided(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	Document	lines = document_array(&payload, "lines");
	const char *door = document_text(&payload, "door");
	bool		lowers = strcmp(door, "cancellation") == 0 || strcmp(door, "return") == 0 || strcmp(door, "dispute") == 0;

	if (!lowers)
		tell_not_credited(call, event, &payload, door);
	for (int i = 0; i < document_length(&lines); i++)
	{
		Document	item = document_item(&lines, i);
		OrderLine  *line = order_line_get(call, document_int64(&item, "order_line_id"));

		commission_review(call, line->seller_id, line->id);
		if (lowers && !document_has(&payload, "return_id"))
			claim_refunded(call, event, &item, document_text_or_null(&payload, "reason"));
	}
}

static void
claim_price(Call *call, const Creditable *of, const Document *item, const char *reason)
{
	int64		at = document_int64(item, "line");
	Numeric		net = document_numeric(item, "net");
	Amount		amount;

	document_only(item, "line", "net", NULL);
	if (at < 1 || at > of->invoice->nlines)
		document_refuse(item, "line", psprintf("The invoice has %d lines.", of->invoice->nlines), "Lines count from 1.");
	amount = amount_from_numeric(net, of->invoice->currency);
	if (amount_minor(amount) <= 0)
		document_refuse(item, "net", "It is not greater than zero.", "Give what the price is lowered by.");
	if (amount_minor(amount) > amount_minor(of->lines[at - 1].net_left))
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("more than is left of line %lld of %s cannot be credited", (long long) at, of->invoice->number),
				errdetail("%s of %s is left, %s would be credited.", amount_to_cstring(of->lines[at - 1].net_left),
						  amount_to_cstring(of->lines[at - 1].line->net), amount_to_cstring(amount)),
				errhint("See the view marketplace.credit_note_register."));
	write_claim(call, order_line_get(call, of->invoice->lines[at - 1].order_line_id),
				&(NewClaim) {.cause = "price", .invoice_id = of->invoice->id, .amount = amount, .reason = reason});
}

static void
correct_price(Call *call, int64 invoice_id, Jsonb *json)
{
	Document	document = document_root(json);
	Creditable *of = credit_left(call, invoice_id);
	const char *reason;
	Document	lines;

	access_require(call, CAPACITY_OPERATOR | CAPACITY_SELLER, of->invoice->issuer_id);
	if (strcmp(of->invoice->kind, "unit") != 0 || of->invoice->gives_back)
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("%s is not an invoice whose price can be corrected", of->invoice->number),
				errdetail("It is of kind %s and type %s.", of->invoice->kind, of->invoice->type_code),
				errhint("Name the unit invoice of the seller."));
	document_only(&document, "reason", "lines", NULL);
	reason = document_text(&document, "reason");
	lines = document_array(&document, "lines");
	if (document_length(&lines) == 0)
		document_refuse(&document, "lines", "It is empty.", "Say which lines cost less.");
	order_lock(call, of->invoice->order_id);
	of = credit_left(call, invoice_id);
	for (int i = 0; i < document_length(&lines); i++)
	{
		Document	item = document_item(&lines, i);

		for (int k = 0; k < i; k++)
		{
			Document	other = document_item(&lines, k);

			if (document_int64(&other, "line") == document_int64(&item, "line"))
				document_refuse(&item, "line", "The line is listed twice.", "Give each line once.");
		}
		claim_price(call, of, &item, reason);
	}
	envelope_expect(call, of->invoice->order_id, of->invoice->buyer_id);
	credit_defer(call, of->invoice->seller_order_id, of->invoice->issuer_id, true);
}

PG_FUNCTION_INFO_V1(invoice_price_correct);
Datum
invoice_price_correct(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		correct_price(&call, call_int64(&call, 1), call_jsonb(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}
