/*
 * commission_credit.c
 *		Commission that was invoiced and has been reversed since is given back by credit notes of the operator (IV-72).
 *
 * One note for each commission invoice that charged it, the latest first, at its rates. The money was given back when it was reversed, so
 * nothing is payable; the note's rounding is what its VAT, rounded on the sum, differs from it.
 */
#include "postgres.h"

#include "invoicing/commission.h"
#include "invoicing/credit.h"
#include "kernel/errors.h"

/* What of an allocation's commission a commission invoice still charges. */
typedef struct Charged
{
	int64		invoice_id;
	Amount		net;
	Amount		vat;
} Charged;

typedef struct ReversedPiece
{
	const CommissionItem *item;
	Creditable *of;
	int32		sequence;
	Amount		net;			/* given back, positive */
	Amount		vat;
} ReversedPiece;

typedef struct Review
{
	int64		seller_id;
	bool		required;		/* a broken rule is an error */
} Review;

static Rows
charged_of(Call *call, int64 allocation_id)
{
	static Statement charged = STATEMENT("il",
		"SELECT COALESCE(i.corrects_id, i.id), marketplace.sum(c.net), marketplace.sum(c.vat) FROM marketplace.commission_items c"
		" JOIN marketplace.invoices i ON i.marketplace_id = c.marketplace_id AND i.id = c.invoice_id"
		" WHERE c.marketplace_id = $1 AND c.allocation_id = $2 GROUP BY 1"
		" HAVING marketplace.minor_units(marketplace.sum(c.net)) > 0 ORDER BY 1 DESC");

	return query_rows(&charged, VALUES(value_int32(call->marketplace_id), value_int64(allocation_id)));
}

static Creditable *
creditable_of(Call *call, List **invoices, int64 invoice_id)
{
	ListCell   *cell;
	Creditable *of;

	foreach(cell, *invoices)
		if (((Creditable *) lfirst(cell))->invoice->id == invoice_id)
			return lfirst(cell);
	of = credit_left(call, invoice_id);
	*invoices = lappend(*invoices, of);
	return of;
}

/* Of an item that was charged more than it has earned: which invoices give it back. */
static List *
divide_item(Call *call, const CommissionItem *item, List **invoices, List *pieces)
{
	Rows		rows = charged_of(call, item->earned.allocation_id);
	Amount		net = amount_neg(item->net);
	Amount		vat = amount_neg(item->vat);
	int32		sequence = item->sequence;

	for (uint64 i = 0; i < rows.count && amount_minor(net) > 0; i++)
	{
		Amount		there = row_amount(&rows.rows[i], 1);
		bool		last = amount_minor(net) <= amount_minor(there);
		ReversedPiece *piece = palloc(sizeof(ReversedPiece));

		*piece = (ReversedPiece) {item, creditable_of(call, invoices, row_int64(&rows.rows[i], 0)), sequence++, last ? net : there,
			last ? vat : row_amount(&rows.rows[i], 2)};
		net = amount_sub(net, piece->net);
		vat = amount_sub(vat, piece->vat);
		pieces = lappend(pieces, piece);
	}
	return pieces;
}

static int
line_at_rate(const Creditable *of, Numeric rate)
{
	for (int i = 0; i < of->invoice->nlines; i++)
		if (of->invoice->lines[i].key.rate != NULL && decimal_cmp(of->invoice->lines[i].key.rate, rate) == 0)
			return i;
	elog(ERROR, "commission invoice %lld has no line at a rate that it charged", (long long) of->invoice->id);
}

/* One line of the note for each line of the invoice. */
static void
add_lines(Creditable *of, List *pieces)
{
	for (int at = 0; at < of->invoice->nlines; at++)
	{
		Amount		net = amount_zero(of->invoice->currency);
		ListCell   *cell;

		foreach(cell, pieces)
		{
			const ReversedPiece *piece = lfirst(cell);

			if (piece->of == of && line_at_rate(of, piece->item->earned.vat_pct) == at)
				net = amount_add(net, piece->net);
		}
		if (amount_minor(net) > 0)
			credit_add_amount(of, at, net);
	}
}

static void
issue_note(Call *call, Creditable *of, List *pieces, int64 seller_id, bool required)
{
	const Party *operator = party_get(call, of->invoice->issuer_id);
	PolicyScope scope = {.seller_id = seller_id};
	Invoice    *note;
	Amount		returned = amount_zero(of->invoice->currency);
	ListCell   *cell;
	char	   *fault;
	int64		id;

	add_lines(of, pieces);
	note = of->note;
	foreach(cell, pieces)
	{
		const ReversedPiece *piece = lfirst(cell);

		if (piece->of == of)
			returned = amount_add(returned, amount_add(piece->net, piece->vat));
	}
	credit_vat(of, note);
	note->prepaid = returned;
	note->rounding = amount_sub(returned, note->gross);
	note->trigger = "reversal";
	note->issuer_id = operator->id;
	note->issuer_identifier = issuer_identifier(operator);
	note->seller = operator->snapshot;
	note->buyer = party_get(call, seller_id)->snapshot;
	note->notes = policy_jsonb(call, "iv.notes", &scope);
	note->business_process = business_process(call, false, true, note, &scope);
	fault = note->issuer_identifier == NULL ? "The operator has neither SIREN nor VAT number." : invoice_fault(call, note, &scope);
	if (fault != NULL && required)
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("the commission credit note breaks a rule"),
				errdetail_internal("%s", fault),
				errhint("Complete operator and seller with party_update(), see invoice_violations(); or set policy iv.validate to false."));
	if (fault != NULL)
		return;
	id = invoice_issue_document(call, note, "commission_credit", policy_text(call, "iv.commission_credit_pattern", NULL));
	foreach(cell, pieces)
	{
		const ReversedPiece *piece = lfirst(cell);

		if (piece->of == of)
			commission_write_item(call, seller_id, piece->item, piece->sequence, id, amount_neg(piece->net), amount_neg(piece->vat));
	}
	if (required)
		call->result = id;
}

static void
give_back(Call *call, void *argument)
{
	const Review *asked = argument;
	List	   *invoices = NIL;
	List	   *pieces = NIL;
	CommissionItem *items;
	ListCell   *cell;
	int			count;

	commission_lock(call, asked->seller_id);
	items = commission_open(call, asked->seller_id, DT_NOEND, &count);
	for (int i = 0; i < count; i++)
		if (amount_minor(items[i].net) < 0)
			pieces = divide_item(call, &items[i], &invoices, pieces);
	foreach(cell, invoices)
		issue_note(call, lfirst(cell), pieces, asked->seller_id, asked->required);
}

static void
defer_review(Call *call, int64 seller_id, bool required)
{
	Review	   *asked = palloc(sizeof(Review));

	*asked = (Review) {seller_id, required};
	call_defer(call, PG_INT64_MAX, give_back, asked);
}

bool
commission_defer_credits(Call *call, int64 seller_id)
{
	int			count;
	CommissionItem *items = commission_open(call, seller_id, DT_NOEND, &count);

	for (int i = 0; i < count; i++)
		if (amount_minor(items[i].net) < 0)
		{
			defer_review(call, seller_id, true);
			return true;
		}
	return false;
}

void
commission_review(Call *call, int64 seller_id, int64 order_line_id)
{
	static Statement charged = STATEMENT("il",
		"SELECT FROM marketplace.commission_items WHERE marketplace_id = $1 AND order_line_id = $2 LIMIT 1");

	if (query_execute(&charged, VALUES(value_int32(call->marketplace_id), value_int64(order_line_id))) > 0)
		defer_review(call, seller_id, false);
}
