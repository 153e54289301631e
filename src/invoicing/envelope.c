/*
 * envelope.c
 *		The buyer's one document of an order: unit invoices of a day and type in a French multi-vendor invoice (IV-46 … IV-63).
 *
 * An envelope adds nothing: lines, VAT rows and totals are its units', which stand and are read through it. It has a number of the
 * operator's own series, which all orders share; so tick() makes it, or the end of a call where policy asks for one a call. Where a
 * multi-vendor invoice cannot be (IV-47, IV-62) each unit stands for itself, and the buyer has order_statement().
 */
#include "postgres.h"

#include "invoicing/envelope.h"
#include "invoicing/invoicing.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/guard.h"

/* Units of one order, day and type that are in no envelope yet. */
typedef struct Waiting
{
	int64		order_id;
	DateADT		issue_date;
	const char *type_code;
	bool		required;		/* somebody asked for it: what stands against it is an error */
} Waiting;

static bool
is_french(Jsonb *party)
{
	Document	root = document_root(party);
	const char *country = document_text_or_null(&root, "country");

	return country != NULL && strcmp(country, "FR") == 0;
}

/* Where policies of the buyer's document hold: the operator is its seller, so a buyer's own value is one of their contract. */
static PolicyScope
scope_of(Call *call, int64 order_id, int64 buyer_id)
{
	return (PolicyScope) {.order_id = order_id, .seller_id = marketplace_get(call)->operator_party_id, .buyer_id = buyer_id,
		.country = party_get(call, buyer_id)->country};
}

static char *
joined_names(const Invoice *envelope)
{
	StringInfoData names;
	int			mandators = 0;

	initStringInfo(&names);
	for (int i = 0; i < envelope->nunits; i++)
	{
		const Invoice *unit = envelope->units[i].invoice;
		Document	seller = document_root(unit->seller);
		bool		seen = unit->mandatary == NULL;

		for (int k = 0; k < i && !seen; k++)
			seen = envelope->units[k].invoice->issuer_id == unit->issuer_id;
		if (!seen)
			appendStringInfo(&names, "%s%s", mandators++ > 0 ? ", " : "", document_text(&seller, "name"));
	}
	return mandators == 0 ? NULL : names.data;
}

/* The operator as the one who issues, the buyer of the units, and the notes. */
static void
fill_parties(Call *call, Invoice *envelope, const PolicyScope *scope)
{
	const Party *operator = party_get(call, marketplace_get(call)->operator_party_id);
	char	   *mandators = joined_names(envelope);

	envelope->issuer_id = operator->id;
	envelope->issuer_identifier = issuer_identifier(operator);
	envelope->seller = operator->snapshot;
	envelope->buyer = envelope->units[0].invoice->buyer;
	envelope->notes = policy_jsonb(call, "iv.notes", scope);
	if (mandators != NULL)
		envelope->notes = note_add(envelope->notes, "DCL",
								   fill_in(fill_in(policy_text(call, "iv.envelope_note", scope), "{mandatary}", operator->name),
										   "{mandators}", mandators));
}

static char *
unit_name(Call *call, const Invoice *unit, const PolicyScope *scope)
{
	Document	seller = document_root(unit->seller);

	return fill_in(fill_in(policy_text(call, unit->gives_back ? "iv.credit_unit" : "iv.envelope_unit", scope), "{number}", unit->number), "{seller}", document_text(&seller, "name"));
}

/* Sums of the units: to the cent, by construction (IV-59). */
static void
add_up(Call *call, Invoice *envelope, const PolicyScope *scope)
{
	bool		goods = false;
	bool		services = false;
	const Invoice *first = envelope->units[0].invoice;
	DateADT		due_date = first->due_date;
	Jsonb	   *processes = policy_jsonb(call, "iv.envelope_process", scope);
	Document	process = document_root(processes);

	envelope->net = envelope->vat = envelope->gross = envelope->prepaid = envelope->rounding = amount_zero(envelope->currency);
	for (int i = 0; i < envelope->nunits; i++)
	{
		const Invoice *unit = envelope->units[i].invoice;
		char		letter = unit->business_process == NULL ? '\0' : unit->business_process[0];

		envelope->net = amount_add(envelope->net, unit->net);
		envelope->vat = amount_add(envelope->vat, unit->vat);
		envelope->gross = amount_add(envelope->gross, unit->gross);
		envelope->prepaid = amount_add(envelope->prepaid, unit->prepaid);
		envelope->rounding = amount_add(envelope->rounding, unit->rounding);
		envelope->cumulative = envelope->cumulative || unit->cumulative;
		goods = goods || letter == 'B' || letter == 'M';
		services = services || letter == 'S' || letter == 'M';
		if (unit->has_due_date && unit->due_date < due_date)
			due_date = unit->due_date;
	}
	envelope->has_due_date = first->has_due_date;
	envelope->due_date = due_date;
	envelope->business_process = document_text_or_null(&process, goods && services ? "mixed" : services ? "services" : "goods");
}

static void
place_unit(Call *call, const EnvelopeUnit *unit, int64 envelope_id, int position)
{
	static Statement place = STATEMENT("illit",
		"UPDATE marketplace.envelope_units SET envelope_id = $3, position = $4, name = $5 WHERE marketplace_id = $1 AND invoice_id = $2");

	(void) query_execute(&place, VALUES(value_int32(call->marketplace_id), value_int64(unit->invoice->id), value_int64(envelope_id),
										value_int32(position), value_text(unit->name)));
}

/* The operator's own unit gives its number to the envelope that it is in (BR-FR-MV-11). */
static const Invoice *
own_unit(const Invoice *envelope)
{
	for (int i = 0; i < envelope->nunits; i++)
		if (envelope->units[i].invoice->issuer_id == envelope->issuer_id)
			return envelope->units[i].invoice;
	return NULL;
}

/*
 * Credit notes are put together when they credit all units of an earlier envelope (IV-65); it is that which they correct. Sets it, or leaves
 * it 0.
 */
static void
find_corrected(Call *call, Invoice *envelope)
{
	static Statement find = STATEMENT("iL",
		"SELECT e.id, e.number, e.issue_date FROM marketplace.invoices e WHERE e.marketplace_id = $1 AND e.kind = 'envelope' AND e.id ="
		" (SELECT u.envelope_id FROM marketplace.envelope_units u WHERE u.marketplace_id = $1 AND u.invoice_id = $2[1])"
		" AND (SELECT pg_catalog.bool_and(u.invoice_id = ANY ($2)) AND pg_catalog.count(*) = (SELECT pg_catalog.count(DISTINCT c) FROM pg_catalog.unnest($2) AS c)"
		" FROM marketplace.envelope_units u WHERE u.marketplace_id = $1 AND u.envelope_id = e.id)");
	Datum	   *corrected = palloc(sizeof(Datum) * envelope->nunits);
	Row			row;

	for (int i = 0; i < envelope->nunits; i++)
		corrected[i] = Int64GetDatum(envelope->units[i].invoice->corrects_id);
	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_datum(PointerGetDatum(
		construct_array(corrected, envelope->nunits, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)))), &row))
		return;
	envelope->corrects_id = row_int64(&row, 0);
	envelope->corrects_number = row_text(&row, 1);
	envelope->corrects_date = row_date(&row, 2);
}

static Invoice *
prepare(Call *call, const Waiting *waiting, const Rows *rows, const PolicyScope *scope)
{
	Invoice    *envelope = palloc0(sizeof(Invoice));
	const Invoice *first;

	envelope->nunits = (int) rows->count;
	envelope->units = palloc0(envelope->nunits * sizeof(EnvelopeUnit));
	for (int i = 0; i < envelope->nunits; i++)
	{
		envelope->units[i].invoice = invoice_load(call, row_int64(&rows->rows[i], 0));
		envelope->units[i].name = unit_name(call, envelope->units[i].invoice, scope);
	}
	first = envelope->units[0].invoice;
	envelope->kind = "envelope";
	envelope->type_code = waiting->type_code;
	envelope->order_id = waiting->order_id;
	envelope->buyer_id = first->buyer_id;
	envelope->purchase_order = first->purchase_order;
	envelope->currency = first->currency;
	envelope->trigger = "manual";
	envelope->issue_date = waiting->issue_date;
	fill_parties(call, envelope, scope);
	add_up(call, envelope, scope);
	envelope_merge(envelope);
	envelope->gives_back = first->gives_back;
	if (envelope->gives_back)
		find_corrected(call, envelope);
	return envelope;
}

/* Whether a multi-vendor invoice of them can be: French from end to end, in EUR, of several units (IV-47). */
static bool
can_be_one(const Invoice *envelope)
{
	bool		french = is_french(envelope->seller) && is_french(envelope->buyer);

	for (int i = 0; i < envelope->nunits; i++)
		french = french && is_french(envelope->units[i].invoice->seller);
	return french && envelope->nunits > 1 && (!envelope->gives_back || envelope->corrects_id != 0) && envelope->currency == currency_lookup("EUR", 3);
}

static void
refuse_fault(const char *fault)
{
	ereport(ERROR,
			errcode(MK_INVOICE),
			errmsg("the multi-vendor invoice breaks a rule"),
			errdetail_internal("%s", fault),
			errhint("The unit invoices stand. Complete the operator with party_update(), see invoice_violations(); or set policy iv.single_document "
					"to statement."));
}

static void
issue(Call *call, const Waiting *waiting, Invoice *envelope, const PolicyScope *scope)
{
	const Invoice *own = own_unit(envelope);
	char	   *fault;

	envelope->number = own == NULL ? NULL : own->number;
	fault = envelope->issuer_identifier == NULL ? "The operator has neither SIREN nor VAT number." : invoice_fault(call, envelope, scope);
	if (fault != NULL && waiting->required)
		refuse_fault(fault);
	if (fault != NULL)
		return;
	if (own == NULL)
		call->result = invoice_issue_document(call, envelope, "envelope", policy_text(call, "iv.envelope_pattern", scope));
	else
	{
		envelope->hash = seal_text(own->hash, invoice_canonical(envelope));
		call->result = invoice_store(call, envelope);
	}
	guard_open("invoicing");
	for (int i = 0; i < envelope->nunits; i++)
		place_unit(call, &envelope->units[i], envelope->id, i + 1);
	guard_close();
}

/* Deferred: makes the envelope of what waits, unless it has been made meanwhile. */
static void
make_envelope(Call *call, void *argument)
{
	static Statement units = STATEMENT("ildt",
		"SELECT u.invoice_id FROM marketplace.envelope_units u"
		" JOIN marketplace.invoices i ON i.marketplace_id = u.marketplace_id AND i.id = u.invoice_id"
		" WHERE u.marketplace_id = $1 AND u.order_id = $2 AND u.issue_date = $3 AND u.type_code = $4 AND u.envelope_id IS NULL"
		" ORDER BY i.issuer_id, i.n, i.id FOR NO KEY UPDATE OF u");
	const Waiting *waiting = argument;
	Rows		rows = query_rows(&units, VALUES(value_int32(call->marketplace_id), value_int64(waiting->order_id),
												 value_date(waiting->issue_date), value_text(waiting->type_code)));
	PolicyScope scope;
	Invoice    *envelope;
	CurrencyCode currency;
	int64		buyer_id;
	int64		result = call->result;

	if (rows.count == 0)
		return;
	order_get(call, waiting->order_id, &buyer_id, &currency);
	scope = scope_of(call, waiting->order_id, buyer_id);
	envelope = prepare(call, waiting, &rows, &scope);
	if (can_be_one(envelope))
		issue(call, waiting, envelope, &scope);
	else
	{
		guard_open("invoicing");
		for (int i = 0; i < envelope->nunits; i++)
			place_unit(call, &envelope->units[i], envelope->units[i].invoice->id, 1);
		guard_close();
		call->result = envelope->units[envelope->nunits - 1].invoice->id;
	}
	if (!waiting->required)
		call->result = result;
}

static void
defer_envelope(Call *call, int64 order_id, DateADT issue_date, const char *type_code, bool required)
{
	Waiting    *waiting = palloc(sizeof(Waiting));

	*waiting = (Waiting) {order_id, issue_date, type_code, required};
	call_defer(call, ENVELOPE_ORDER_KEY, make_envelope, waiting);
}

void
envelope_await(Call *call, const Invoice *unit)
{
	static Statement insert = STATEMENT("illlltd",
		"INSERT INTO marketplace.envelope_units (marketplace_id, invoice_id, order_id, issuer_id, buyer_id, type_code, issue_date, due_on)"
		" SELECT $1, $2, $3, $4, $5, $6, $7, $7 + CASE WHEN EXISTS (SELECT FROM marketplace.invoice_progress p"
		" WHERE p.marketplace_id = $1 AND p.order_id = $3 AND p.not_invoiced > 0) THEN 1 ELSE 0 END");

	PolicyScope scope = scope_of(call, unit->order_id, unit->buyer_id);

	if (strcmp(policy_text(call, "iv.single_document", &scope), "statement") == 0)
		return;
	guard_open("invoicing");
	(void) query_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(unit->id), value_int64(unit->order_id),
										 value_int64(unit->issuer_id), value_int64(unit->buyer_id), value_text(unit->type_code),
										 value_date(unit->issue_date)));
	guard_close();
}

/* While documents are being made nothing more can be deferred, so a call that may issue units asks for their envelope before. */
void
envelope_expect(Call *call, int64 order_id, int64 buyer_id)
{
	PolicyScope scope = scope_of(call, order_id, buyer_id);

	if (strcmp(policy_text(call, "iv.single_document", &scope), "each") == 0)
	{
		DateADT		today = calendar_local_date(call->now, marketplace_get(call)->time_zone);

		defer_envelope(call, order_id, today, "380", false);
		defer_envelope(call, order_id, today, "381", false);
	}
}

static void
issue_waiting(Call *call, int64 order_id)
{
	static Statement groups = STATEMENT("il",
		"SELECT DISTINCT issue_date, type_code FROM marketplace.envelope_units"
		" WHERE marketplace_id = $1 AND order_id = $2 AND envelope_id IS NULL ORDER BY issue_date, type_code");
	CurrencyCode currency;
	int64		buyer_id;
	Rows		rows;

	order_get(call, order_id, &buyer_id, &currency);
	access_require(call, CAPACITY_OPERATOR | CAPACITY_BUYER, buyer_id);
	order_lock(call, order_id);
	rows = query_rows(&groups, VALUES(value_int32(call->marketplace_id), value_int64(order_id)));
	if (rows.count == 0)
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("no unit invoice of order %lld waits for the buyer's one document", (long long) order_id),
				errdetail("All that were issued are in one, or policy iv.single_document is statement."),
				errhint("See the view marketplace.envelope_overview, and order_statement()."));
	for (uint64 i = 0; i < rows.count; i++)
		defer_envelope(call, order_id, row_date(&rows.rows[i], 0), row_text(&rows.rows[i], 1), true);
}

PG_FUNCTION_INFO_V1(envelope_issue);
Datum
envelope_issue(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		issue_waiting(&call, call_int64(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}

/* By day first, so that the dates of the operator's series stay in order where days were missed (IV-17). */
int
invoicing_tick_envelopes(Call *call, int limit)
{
	static Statement due = STATEMENT("izid",
		"SELECT DISTINCT issue_date, order_id, type_code FROM marketplace.envelope_units WHERE marketplace_id = $1 AND envelope_id IS NULL"
		" AND due_on <= $4 AND " TICK_MAY_TRY("envelope", "order_id") " ORDER BY issue_date, order_id, type_code LIMIT $3");
	static Statement any = STATEMENT("i", "SELECT FROM marketplace.envelope_units WHERE marketplace_id = $1 AND envelope_id IS NULL LIMIT 1");
	Rows		rows;
	int			done = 0;

	if (query_execute(&any, VALUES(value_int32(call->marketplace_id))) == 0)
		return 0;
	rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now), value_int32(limit),
								   value_date(calendar_local_date(call->now, marketplace_get(call)->time_zone))));
	for (uint64 i = 0; i < rows.count; i++)
	{
		int64		order_id = row_int64(&rows.rows[i], 1);

		if (!order_try_lock(call, order_id))
			continue;
		tick_at(call, "envelope", order_id);
		defer_envelope(call, order_id, row_date(&rows.rows[i], 0), row_text(&rows.rows[i], 2), true);
		done++;
	}
	return done;
}
