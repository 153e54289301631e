/*
 * credit_note.c
 *		Credit notes (381): carries claims out against what is invoiced, the latest invoice first, one note an invoice (IV-64 … IV-67).
 *
 * Deferred to the end of the call like every document. What stops a note (no mandate for 381, a broken rule) does not stop the fact: the
 * claim stays open, the view credits_due names it, and credit_note_issue() carries it out later.
 */
#include "postgres.h"

#include "invoicing/credit.h"
#include "invoicing/invoicing.h"
#include "kernel/errors.h"
#include "kernel/guard.h"

/* A claim's part in a note, to be given back when the note cannot be issued. */
typedef struct Piece
{
	CreditClaim *claim;
	Creditable *of;
	Numeric		units;			/* NULL: an amount */
	Amount		amount;
} Piece;

typedef struct Settlement
{
	int64		seller_order_id;
	int64		seller_id;
	bool		required;
} Settlement;

/* After refusal or rejection the document is no one's on the platform: its credit note is internal (IV-67). */
static bool
was_turned_down(Call *call, int64 invoice_id)
{
	static Statement said = STATEMENT("il",
		"SELECT FROM marketplace.invoice_statuses WHERE marketplace_id = $1 AND invoice_id = $2 AND code IN ('210', '213') LIMIT 1");

	return query_execute(&said, VALUES(value_int32(call->marketplace_id), value_int64(invoice_id))) > 0;
}

static void
refuse(const char *obstacle, const Party *seller, const char *detail)
{
	if (strcmp(obstacle, "no_mandate") == 0)
		ereport(ERROR,
				errcode(MK_MANDATE),
				errmsg("no valid mandate to credit in the name of %s", seller->name),
				errdetail("None of seller %lld covers document type 381 in the invoice's currency now.", (long long) seller->id),
				errhint("Record one with mandate_sign() (IV-8)."));
	ereport(ERROR,
			errcode(MK_INVOICE),
			errmsg("the credit note in the name of %s breaks a rule", seller->name),
			errdetail_internal("%s", detail != NULL ? detail : "The seller has neither SIREN nor VAT number."),
			errhint("Complete the parties with party_update(), see invoice_violations(); or set policy iv.validate to false."));
}

/* Mandate, parties and notes; what stands against the note, or NULL. */
static const char *
complete_note(Call *call, Creditable *of, const PolicyScope *scope, char **detail)
{
	Invoice    *note = of->note;
	const Party *seller = party_get(call, of->invoice->issuer_id);
	char		process = of->invoice->business_process == NULL ? 'B' : of->invoice->business_process[0];

	if (of->invoice->mandate_id != 0 && (note->mandate_id = mandate_find(call, seller->id, "381", note->currency)) == 0)
		return "no_mandate";
	if (issuer_identifier(seller) == NULL)
		return "no_identifier";
	credit_vat(of, note);
	note->business_process = business_process(call, process != 'S', process != 'B', note, scope);
	freeze_parties(call, note, seller, scope);
	*detail = invoice_fault(call, note, scope);
	return *detail != NULL ? "violation" : NULL;
}

bool
credit_issue(Call *call, Creditable *of, const char *cause, int64 event_id, bool required, const char **obstacle, char **detail)
{
	PolicyScope scope = {.order_id = of->invoice->order_id, .seller_id = of->invoice->issuer_id, .buyer_id = of->invoice->buyer_id};
	bool		own = strcmp(policy_text(call, "iv.credit_series", &scope), "own") == 0;
	Invoice    *note = of->note;

	note->trigger = cause;
	note->trigger_event_id = event_id;
	note->internal = note->internal || was_turned_down(call, of->invoice->id);
	*obstacle = complete_note(call, of, &scope, detail);
	if (*obstacle != NULL && required)
		refuse(*obstacle, party_get(call, of->invoice->issuer_id), *detail);
	if (*obstacle != NULL)
		return false;
	(void) invoice_issue_document(call, note, own ? "credit_note" : "invoice",
								  policy_text(call, own ? "iv.credit_pattern" : "iv.number_pattern", &scope));
	envelope_await(call, note);
	return true;
}

static List *
open_claims(Call *call, int64 seller_order_id)
{
	static Statement open = STATEMENT("il",
		"SELECT id, order_line_id, cause, event_id, invoice_id, units, weighted, units_left, gross IS NOT NULL, amount_left"
		" FROM marketplace.credit_claims WHERE marketplace_id = $1 AND seller_order_id = $2 AND (units_left > 0 OR obstacle IS NOT NULL)"
		" ORDER BY id");
	Rows		rows = query_rows(&open, VALUES(value_int32(call->marketplace_id), value_int64(seller_order_id)));
	List	   *claims = NIL;

	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];
		CreditClaim *claim = palloc0(sizeof(CreditClaim));

		claim->id = row_int64(row, 0);
		claim->order_line_id = row_int64(row, 1);
		claim->cause = row_text(row, 2);
		claim->event_id = row_id(row, 3);
		claim->invoice_id = row_id(row, 4);
		claim->units = row_numeric(row, 5);
		claim->weighted = row_numeric(row, 6);
		claim->units_left = row_numeric(row, 7);
		claim->is_gross = row_bool(row, 8);
		if (claim->units == NULL)
			claim->amount_left = row_amount(row, 9);
		claims = lappend(claims, claim);
	}
	return claims;
}

static List *
creditables(Call *call, int64 seller_order_id)
{
	static Statement charging = STATEMENT("il",
		"SELECT id FROM marketplace.invoices WHERE marketplace_id = $1 AND seller_order_id = $2 AND kind = 'unit' AND sign = 1 ORDER BY id DESC");
	Rows		rows = query_rows(&charging, VALUES(value_int32(call->marketplace_id), value_int64(seller_order_id)));
	List	   *result = NIL;

	for (uint64 i = 0; i < rows.count; i++)
		result = lappend(result, credit_left(call, row_int64(&rows.rows[i], 0)));
	return result;
}

static bool
is_done(const CreditClaim *claim)
{
	return claim->units != NULL ? decimal_sign(claim->units_left) <= 0 : amount_minor(claim->amount_left) <= 0;
}

/* Takes of one line of an invoice what the claim asks for and the line has. */
static Piece *
take(Call *call, CreditClaim *claim, Creditable *of, int at)
{
	CreditableLine *line = &of->lines[at];
	Piece	   *piece = palloc0(sizeof(Piece));
	Amount		net;

	*piece = (Piece) {.claim = claim, .of = of};
	if (claim->units != NULL)
	{
		if (decimal_sign(line->units_left) <= 0)
			return NULL;
		piece->units = decimal_min(claim->units_left, line->units_left);
		if (!credit_add_units(call, of, at, piece->units, DatumGetNumeric(DirectFunctionCall2(numeric_div, NumericGetDatum(claim->weighted),
																							  NumericGetDatum(claim->units)))))
			return NULL;
		claim->units_left = decimal_sub(claim->units_left, piece->units);
		return piece;
	}
	if (amount_minor(line->net_left) <= 0)
		return NULL;
	if (claim->is_gross)
		net = credit_net_of_gross(of, line, claim->amount_left, &piece->amount);
	else
		net = piece->amount = amount_minor(claim->amount_left) < amount_minor(line->net_left) ? claim->amount_left : line->net_left;
	if (amount_minor(net) <= 0)
		return NULL;
	claim->amount_left = amount_sub(claim->amount_left, piece->amount);
	credit_add_amount(of, at, net);
	return piece;
}

/* Goes through the claims once; again, what was worth nothing by itself may find a note to stand on. */
static List *
divide(Call *call, List *claims, List *invoices, List *pieces)
{
	ListCell   *c;
	ListCell   *i;

	foreach(c, claims)
	{
		CreditClaim *claim = lfirst(c);

		foreach(i, invoices)
		{
			Creditable *of = lfirst(i);

			if (claim->invoice_id != 0 && claim->invoice_id != of->invoice->id)
				continue;
			for (int at = 0; at < of->invoice->nlines && !is_done(claim); at++)
			{
				Piece	   *piece = of->invoice->lines[at].order_line_id == claim->order_line_id ? take(call, claim, of, at) : NULL;

				if (piece != NULL)
					pieces = lappend(pieces, piece);
			}
		}
	}
	return pieces;
}

static void
give_back(List *pieces, const Creditable *of, const char *obstacle, const char *detail)
{
	ListCell   *cell;

	foreach(cell, pieces)
	{
		Piece	   *piece = lfirst(cell);

		if (piece->of != of)
			continue;
		piece->claim->obstacle = obstacle;
		piece->claim->detail = detail;
		if (piece->units != NULL)
			piece->claim->units_left = decimal_add(piece->claim->units_left, piece->units);
		else
			piece->claim->amount_left = amount_add(piece->claim->amount_left, piece->amount);
	}
}

static void
issue_notes(Call *call, List *invoices, List *pieces, bool required)
{
	ListCell   *i;
	ListCell   *p;

	foreach(i, invoices)
	{
		Creditable *of = lfirst(i);
		const CreditClaim *first = NULL;
		const char *obstacle;
		char	   *detail = NULL;

		if (of->note == NULL)
			continue;
		foreach(p, pieces)
			if (((Piece *) lfirst(p))->of == of && first == NULL)
				first = ((Piece *) lfirst(p))->claim;
		if (first == NULL)
			continue;
		if (credit_issue(call, of, first->cause, first->event_id, required, &obstacle, &detail))
		{
			if (required)
				call->result = of->note->id;
		}
		else
			give_back(pieces, of, obstacle, detail);
	}
}

/* Units that are worth nothing wait for others; an amount waits for its line to be invoiced. */
static void
keep_claim(Call *call, CreditClaim *claim)
{
	static Statement keep = STATEMENT("ilnatt",
		"UPDATE marketplace.credit_claims c SET units_left = $3, amount_left = $4, detail = $6, obstacle = CASE WHEN $5 = 'not_invoiced' AND NOT EXISTS"
		" (SELECT FROM marketplace.invoice_progress p WHERE p.marketplace_id = $1 AND p.seller_order_id = c.seller_order_id"
		"  AND p.order_line_id = c.order_line_id AND p.invoiced < p.ordered - p.cancelled) THEN NULL ELSE $5 END"
		" WHERE c.marketplace_id = $1 AND c.id = $2");

	if (claim->obstacle == NULL && !is_done(claim))
		claim->obstacle = claim->units != NULL ? "no_value" : "not_invoiced";
	guard_open("invoicing");
	(void) query_execute(&keep, VALUES(value_int32(call->marketplace_id), value_int64(claim->id), value_numeric(claim->units_left),
									   claim->units != NULL ? value_null() : value_amount(claim->amount_left), value_text(claim->obstacle),
									   value_text(claim->detail)));
	guard_close();
}

static bool
settle(Call *call, int64 seller_order_id, bool required)
{
	List	   *claims = open_claims(call, seller_order_id);
	List	   *invoices;
	List	   *pieces;
	ListCell   *cell;

	if (claims == NIL)
		return false;
	invoices = creditables(call, seller_order_id);
	pieces = divide(call, claims, invoices, NIL);
	if (pieces != NIL)
		pieces = divide(call, claims, invoices, pieces);
	issue_notes(call, invoices, pieces, required);
	foreach(cell, claims)
		keep_claim(call, lfirst(cell));
	return pieces != NIL;
}

void
credit_settle(Call *call, int64 seller_order_id)
{
	(void) settle(call, seller_order_id, false);
}

static void
settle_deferred(Call *call, void *argument)
{
	const Settlement *settlement = argument;

	if (!settle(call, settlement->seller_order_id, settlement->required) && settlement->required)
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("nothing that %s has invoiced of this order is to be credited", party_get(call, settlement->seller_id)->name),
				errdetail("No claim on seller order %lld waits, or nothing is left of what it asks for.", (long long) settlement->seller_order_id),
				errhint("See the views marketplace.credits_due and marketplace.credit_note_register."));
}

void
credit_defer(Call *call, int64 seller_order_id, int64 seller_id, bool required)
{
	Settlement *settlement = palloc(sizeof(Settlement));

	*settlement = (Settlement) {seller_order_id, seller_id, required};
	call_defer(call, seller_id, settle_deferred, settlement);
}

PG_FUNCTION_INFO_V1(credit_note_issue);
Datum
credit_note_issue(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		seller_order_id = call_int64(&call, 1);
		int64		order_id;
		int64		seller_id = seller_order_seller(&call, seller_order_id, &order_id);

		access_require(&call, CAPACITY_OPERATOR | CAPACITY_SELLER, seller_id);
		order_lock(&call, order_id);
		credit_defer(&call, seller_order_id, seller_id, true);
	}
	PG_RETURN_INT64(call_end(&call));
}
