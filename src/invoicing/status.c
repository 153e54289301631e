/*
 * status.c
 *		What platforms, buyers and sellers say of an issued document: its rules, its rows, its event (IV-69, IV-70).
 *
 * What is said here must keep to the rules of the code; what a platform sends is a fact, stored as it is and flagged where it breaks one. The
 * document itself never changes. status_record.c is the public function, status_follow.c what follows from other events.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "invoicing/edocument.h"
#include "invoicing/invoice.h"
#include "invoicing/status.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "utils/array.h"

/* A code as it stands for a document now. */
typedef struct StatusRule
{
	bool		known;
	const char *label;
	const char *said_by;		/* NULL: only received */
	bool		reason_required;
	bool		amounts_required;
	bool		compulsory;
	bool		in_order;
	const char *wanted;			/* one of these must have been said before; NULL: none */
	const char *said;			/* what has been said; NULL: nothing */
	bool		reason_known;
	const char *reasons;		/* that it may give; NULL: it has none */
} StatusRule;

StatusInvoice *
status_invoice(Call *call, int64 invoice_id)
{
	static Statement get = STATEMENT("il",
		"SELECT kind::text, type_code, number, issue_date, issuer_id, buyer_id, order_id, COALESCE(seller ->> 'siren', issuer_identifier),"
		" business_process, currency, gross, prepaid, type_code IN (" CREDIT_TYPES ") FROM marketplace.invoices"
		" WHERE marketplace_id = $1 AND id = $2");
	StatusInvoice *invoice = palloc(sizeof(StatusInvoice));
	Row			row;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(invoice_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("invoice %lld does not exist in marketplace %d", (long long) invoice_id, call->marketplace_id),
				errhint("See the view marketplace.invoice_register."));
	*invoice = (StatusInvoice) {
		.id = invoice_id, .kind = row_text(&row, 0), .type_code = row_text(&row, 1), .number = row_text(&row, 2),
		.issue_date = row_date(&row, 3), .issuer_id = row_int64(&row, 4), .buyer_id = row_int64(&row, 5), .order_id = row_id(&row, 6),
		.seller_legal_id = row_text(&row, 7), .business_process = row_text(&row, 8), .currency = row_currency(&row, 9),
		.gross = row_amount(&row, 10), .prepaid = row_amount(&row, 11), .credit_note = row_bool(&row, 12)
	};
	return invoice;
}

static StatusRule
status_rule(Call *call, const StatusInvoice *invoice, const char *code, const char *reason)
{
	static Statement get = STATEMENT("ilttz",
		"WITH said AS (SELECT s.sequence, s.code FROM marketplace.invoice_statuses s WHERE s.marketplace_id = $1 AND s.invoice_id = $2)"
		" SELECT c.label_en, c.said_by, c.reason_required, c.amounts_required, c.compulsory,"
		"  (c.said_after IS NULL OR EXISTS (SELECT FROM said WHERE said.code = ANY (c.said_after)))"
		"    AND NOT EXISTS (SELECT FROM said WHERE said.code = ANY (c.never_after)),"
		"  pg_catalog.array_to_string(c.said_after, ', '), (SELECT pg_catalog.string_agg(said.code, ', ' ORDER BY said.sequence) FROM said),"
		"  EXISTS (SELECT FROM marketplace.invoice_status_reasons r WHERE r.code = c.code AND r.reason = $4"
		"    AND COALESCE($5::date >= r.valid_from, true) AND COALESCE($5::date < r.valid_until, true)),"
		"  (SELECT pg_catalog.string_agg(r.reason, ', ' ORDER BY r.reason) FROM marketplace.invoice_status_reasons r WHERE r.code = c.code)"
		" FROM marketplace.invoice_status_codes c WHERE c.code = $3"
		"  AND COALESCE($5::date >= c.valid_from, true) AND COALESCE($5::date < c.valid_until, true)");
	StatusRule	rule = {.reason_known = true};
	Row			row;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(invoice->id), value_text(code), value_text(reason),
								value_timestamptz(call->now)), &row))
		return rule;
	rule = (StatusRule) {
		.known = true, .label = row_text(&row, 0), .said_by = row_text(&row, 1), .reason_required = row_bool(&row, 2),
		.amounts_required = row_bool(&row, 3), .compulsory = row_bool(&row, 4), .in_order = row_bool(&row, 5),
		.wanted = row_text(&row, 6), .said = row_text(&row, 7), .reason_known = row_bool(&row, 8), .reasons = row_text(&row, 9)
	};
	return rule;
}

bool
status_possible(Call *call, const StatusInvoice *invoice, const char *code)
{
	StatusRule	rule = status_rule(call, invoice, code, NULL);

	return rule.known && rule.in_order;
}

bool
status_disputed(Call *call, const StatusInvoice *invoice)
{
	static Statement last_word = STATEMENT("il",
		"SELECT s.code = '207' FROM marketplace.invoice_statuses s WHERE s.marketplace_id = $1 AND s.invoice_id = $2 AND s.said_by = 'buyer'"
		" AND s.code IN ('205', '206', '207', '210') ORDER BY s.occurred_at DESC, s.sequence DESC LIMIT 1");
	Row			row;

	return query_row(&last_word, VALUES(value_int32(call->marketplace_id), value_int64(invoice->id)), &row) && row_bool(&row, 0);
}

/*
 * ---- what is wrong with it ----
 */

static bool
has_cash(const Status *status)
{
	ListCell   *cell;

	foreach(cell, status->amounts)
		if (strcmp(((StatusAmount *) lfirst(cell))->kind, "MEN") == 0)
			return true;
	return false;
}

/* A rate of which more would be reported as cashed in than was invoiced, or less than nothing; NULL: none. */
static char *
excess(Call *call, const StatusInvoice *invoice, const Status *status)
{
	static Statement bounds = STATEMENT("iln",
		"SELECT (SELECT marketplace.sum(v.taxable + v.tax) FROM marketplace.invoice_vat v"
		"   WHERE v.marketplace_id = $1 AND v.invoice_id = $2 AND COALESCE(v.vat_rate, 0) = $3),"
		"  (SELECT marketplace.sum(a.amount) FROM marketplace.invoice_status_amounts a"
		"   WHERE a.marketplace_id = $1 AND a.invoice_id = $2 AND a.code = '212' AND a.kind = 'MEN' AND a.vat_rate = $3)");
	ListCell   *cell;

	foreach(cell, status->amounts)
	{
		const StatusAmount *amount = lfirst(cell);
		Amount		total = amount->amount;
		Amount		whole = amount_zero(invoice->currency);
		ListCell   *other;
		Row			row;

		if (strcmp(amount->kind, "MEN") != 0)
			continue;
		foreach(other, status->amounts)
		{
			const StatusAmount *more = lfirst(other);

			if (more != amount && strcmp(more->kind, "MEN") == 0 && decimal_cmp(more->vat_rate, amount->vat_rate) == 0)
				total = amount_add(total, more->amount);
		}
		(void) query_row(&bounds, VALUES(value_int32(call->marketplace_id), value_int64(invoice->id), value_numeric(amount->vat_rate)), &row);
		if (!row_null(&row, 0))
			whole = row_amount(&row, 0);
		if (!row_null(&row, 1))
			total = amount_add(total, row_amount(&row, 1));
		if (invoice->credit_note)
			total = amount_neg(total);
		if (amount_minor(total) < 0 || amount_cmp(total, whole) > 0)
			return psprintf("At %s %% of VAT %s are invoiced and %s would be reported as cashed in.", decimal_to_cstring(amount->vat_rate),
							amount_to_cstring(whole), amount_to_cstring(total));
	}
	return NULL;
}

static const char *
whose(const StatusRule *rule, const Status *status)
{
	if (status->said_by != NULL)
		return status->said_by;
	return rule->said_by != NULL ? rule->said_by : "platform";
}

/* What the rules say against a status that a platform sent: text[] */
static Datum
flags_of(Call *call, const StatusInvoice *invoice, const StatusRule *rule, const Status *status)
{
	Datum		flags[6];
	int			count = 0;

	if (!rule->known)
		flags[count++] = CStringGetTextDatum("unknown_code");
	if (rule->said_by != NULL && strcmp(whose(rule, status), rule->said_by) != 0)
		flags[count++] = CStringGetTextDatum("wrong_sender");
	if (rule->known && !rule->in_order)
		flags[count++] = CStringGetTextDatum("out_of_order");
	if (status->reason == NULL ? rule->reason_required : !rule->reason_known)
		flags[count++] = CStringGetTextDatum(status->reason == NULL ? "reason_missing" : "reason_unknown");
	if (rule->amounts_required && !has_cash(status))
		flags[count++] = CStringGetTextDatum("amount_missing");
	if (excess(call, invoice, status) != NULL)
		flags[count++] = CStringGetTextDatum("amount_excessive");
	return PointerGetDatum(construct_array(flags, count, TEXTOID, -1, false, TYPALIGN_INT));
}

static void
refuse_faults(Call *call, const StatusInvoice *invoice, const StatusRule *rule, const Status *status)
{
	char	   *fault;

	if (!rule->known || rule->said_by == NULL || strcmp(whose(rule, status), rule->said_by) != 0)
		ereport(ERROR,
				errcode(MK_INVALID_DOCUMENT),
				errmsg("status %s is not one that is said here", clipped(status->code)),
				errdetail("It is unknown, only received from platforms, or another's to say."),
				errhint("See the view marketplace.invoice_status_codes; what a platform sent is recorded with \"received\": true."));
	if (!rule->in_order)
		ereport(ERROR,
				errcode(MK_TRANSITION_REFUSED),
				errmsg("status %s (%s) cannot be said of invoice %s now", status->code, rule->label, invoice->number),
				errdetail("Said so far: %s. It comes after %s, and never after an end.", rule->said != NULL ? rule->said : "nothing",
						  rule->wanted != NULL ? rule->wanted : "nothing"),
				errhint("See the views marketplace.invoice_status_history and invoice_status_codes."));
	if (status->reason == NULL ? rule->reason_required : !rule->reason_known)
		ereport(ERROR,
				errcode(MK_INVALID_DOCUMENT),
				errmsg("status %s (%s) needs a reason of its list", status->code, rule->label),
				errdetail("reason is %s.", status->reason == NULL ? "absent" : psprintf("\"%s\"", clipped(status->reason))),
				errhint("One of: %s.", rule->reasons != NULL ? rule->reasons : "none, leave it out"));
	if (rule->amounts_required && !has_cash(status))
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("nothing was cashed in of invoice %s that is not reported yet", invoice->number),
				errdetail("Status %s states at least one amount (MEN) with its VAT rate.", status->code),
				errhint("Give amounts, or settle the payment first."));
	fault = excess(call, invoice, status);
	if (fault != NULL)
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("more would be cashed in than invoice %s comes to", invoice->number),
				errdetail_internal("%s", fault),
				errhint("See the view marketplace.invoice_status_current; credit notes have negative amounts."));
}

/*
 * ---- writing ----
 */

static void
write_amounts(Call *call, const StatusInvoice *invoice, const Status *status, int64 status_id)
{
	static Statement insert = STATEMENT("ililllttna",
		"INSERT INTO marketplace.invoice_status_amounts (marketplace_id, status_id, position, invoice_id, issuer_id, buyer_id, code, kind,"
		" vat_rate, amount) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
	ListCell   *cell;
	int32		position = 0;

	foreach(cell, status->amounts)
	{
		const StatusAmount *amount = lfirst(cell);

		(void) query_execute(&insert, VALUES(
			value_int32(call->marketplace_id), value_int64(status_id), value_int32(++position), value_int64(invoice->id),
			value_int64(invoice->issuer_id), value_int64(invoice->buyer_id), value_text(status->code), value_text(amount->kind),
			value_numeric(amount->vat_rate), value_amount(amount->amount)));
	}
}

static int64
write_status(Call *call, const StatusInvoice *invoice, const Status *status, const char *said_by, Datum flags)
{
	static Statement insert = STATEMENT("ilttbzzttttTlll",
		"INSERT INTO marketplace.invoice_statuses (marketplace_id, invoice_id, sequence, code, said_by, received, occurred_at, recorded_at,"
		" reason, note, action, message_id, flags, cause_event_id, issuer_id, buyer_id) SELECT $1, $2,"
		" (SELECT COALESCE(pg_catalog.max(s.sequence), 0) + 1 FROM marketplace.invoice_statuses s WHERE s.marketplace_id = $1"
		" AND s.invoice_id = $2), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 RETURNING id");
	int64		id;

	guard_open("invoicing");
	id = DatumGetInt64(query_datum(&insert, VALUES(
		value_int32(call->marketplace_id), value_int64(invoice->id), value_text(status->code), value_text(said_by),
		value_bool(status->received), value_timestamptz(status->occurred_at), value_timestamptz(call->now), value_text(status->reason),
		value_text(status->note), value_text(status->action), value_text(status->message_id), value_datum(flags),
		value_id(status->cause_event_id), value_int64(invoice->issuer_id), value_int64(invoice->buyer_id))));
	write_amounts(call, invoice, status, id);
	guard_close();
	return id;
}

static void
print_amounts(JsonbParseState **payload, const Status *status)
{
	ListCell   *cell;

	json_begin_array(payload, "amounts");
	foreach(cell, status->amounts)
	{
		const StatusAmount *amount = lfirst(cell);

		json_begin_object(payload, NULL);
		json_text(payload, "kind", amount->kind);
		payload_amount(payload, "amount", amount->amount);
		if (amount->vat_rate != NULL)
			json_decimal(payload, "vat_rate", amount->vat_rate);
		json_end_object(payload);
	}
	json_end_array(payload);
}

/* What a platform needs to write its message (CDAR, RD-96). VAT on services is due on receipt, so their 212 is compulsory. */
static void
tell(Call *call, const StatusInvoice *invoice, const StatusRule *rule, const Status *status, const char *said_by, int64 status_id)
{
	bool		services = invoice->business_process != NULL && strchr("SM", invoice->business_process[0]) != NULL;
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "invoice_id", invoice->id);
	payload_int64(&payload, "status_id", status_id);
	payload_text(&payload, "number", invoice->number);
	payload_text(&payload, "type_code", invoice->type_code);
	json_date(&payload, "issue_date", invoice->issue_date);
	payload_text(&payload, "seller_legal_id", invoice->seller_legal_id);
	payload_text(&payload, "code", status->code);
	payload_text(&payload, "said_by", said_by);
	payload_bool(&payload, "received", status->received);
	payload_bool(&payload, "compulsory", rule->compulsory && (services || !rule->amounts_required));
	payload_timestamptz(&payload, "occurred_at", status->occurred_at);
	payload_text(&payload, "reason", status->reason);
	payload_text(&payload, "note", status->note);
	payload_text(&payload, "action", status->action);
	if (status->amounts != NIL)
		print_amounts(&payload, status);
	if (invoice->order_id != 0)
		payload_int64(&payload, "order_id", invoice->order_id);
	event_emit(call, invoice->order_id != 0 ? "order" : "invoice", invoice->order_id != 0 ? invoice->order_id : invoice->id,
			   "invoice.status_recorded", &payload);
}

int64
status_set(Call *call, const StatusInvoice *invoice, Status *status)
{
	StatusRule	rule = status_rule(call, invoice, status->code, status->reason);
	const char *said_by = whose(&rule, status);
	int64		id;

	if (!status->received)
	{
		if (rule.amounts_required && status->amounts == NIL)
			status->amounts = status_cash(call, invoice);
		refuse_faults(call, invoice, &rule, status);
	}
	id = write_status(call, invoice, status, said_by, status->received ? flags_of(call, invoice, &rule, status)
					  : PointerGetDatum(construct_empty_array(TEXTOID)));
	tell(call, invoice, &rule, status, said_by, id);
	return id;
}
