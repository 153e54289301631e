/*
 * credit_replace.c
 *		invoice_replace(): a corrective invoice (384) in place of a unit invoice whose mentions were wrong (IV-64).
 *
 * What is left of the invoice is taken back by an internal credit note, and invoiced again at the same prices with the parties' data of
 * today. So every sum stays a sum of documents, and what is credited later is credited of the corrective one.
 */
#include "postgres.h"

#include "invoicing/credit.h"
#include "invoicing/invoicing.h"
#include "kernel/errors.h"

typedef struct Replacement
{
	int64		invoice_id;
	const char *reason;
} Replacement;

static void
refuse(const Invoice *invoice, const char *detail)
{
	ereport(ERROR,
			errcode(MK_INVOICE),
			errmsg("%s cannot be replaced", invoice->number),
			errdetail_internal("%s", detail),
			errhint("See marketplace.invoice_register and marketplace.credit_note_register."));
}

/* All that is left of the invoice. */
static void
take_all(Call *call, Creditable *of)
{
	for (int at = 0; at < of->invoice->nlines; at++)
		if (decimal_sign(of->lines[at].units_left) > 0 && amount_minor(of->lines[at].net_left) > 0)
			(void) credit_add_units(call, of, at, of->lines[at].units_left, decimal_from_int64(100));
	if (of->note == NULL)
		refuse(of->invoice, "Nothing is left of it: it has been credited or replaced whole.");
}

/* A corrective invoice stands for the whole: what a grade withheld would stay behind on the old one. */
static void
require_whole(const Creditable *of)
{
	Amount		credited = of->note->net;

	for (int i = 0; i < of->invoice->nvat; i++)
		credited = amount_add(credited, of->vat[i].credited);
	if (credited != of->invoice->net)
		refuse(of->invoice, "Part of the value of returned goods was withheld on it.");
}

static Invoice *
again(Call *call, const Creditable *of, const PolicyScope *scope, const char *reason)
{
	const Invoice *old = of->invoice;
	const Party *seller = party_get(call, old->issuer_id);
	Invoice    *invoice = palloc(sizeof(Invoice));

	*invoice = *of->note;
	invoice->id = 0;
	invoice->type_code = "384";
	invoice->gives_back = invoice->internal = false;
	invoice->number = NULL;
	invoice->issue_date = 0;
	invoice->has_due_date = false;
	invoice->has_supply_date = old->has_supply_date;
	invoice->supply_date = old->supply_date;
	invoice->lines = palloc(sizeof(InvoiceLine) * of->note->nlines);
	for (int i = 0; i < invoice->nlines; i++)
	{
		invoice->lines[i] = of->note->lines[i];
		invoice->lines[i].corrects_position = 0;
	}
	if (old->mandate_id != 0 && (invoice->mandate_id = mandate_find(call, seller->id, "384", invoice->currency)) == 0)
		ereport(ERROR,
				errcode(MK_MANDATE),
				errmsg("no valid mandate to correct invoices in the name of %s", seller->name),
				errdetail("None of seller %lld covers document type 384 in the invoice's currency now.", (long long) seller->id),
				errhint("Record one with mandate_sign() and document_types (IV-11)."));
	invoice_sum(invoice);
	invoice_continue(call, invoice);
	invoice->prepaid = amount_minor(old->prepaid) < amount_minor(invoice->gross) ? old->prepaid : invoice->gross;
	invoice->business_process = old->business_process;
	invoice->due_days = due_days(call, invoice, scope);
	freeze_parties(call, invoice, seller, scope);
	invoice->notes = note_add(invoice->notes, "AAI", reason);
	return invoice;
}

static void
replace(Call *call, void *argument)
{
	const Replacement *asked = argument;
	Creditable *of = credit_left(call, asked->invoice_id);
	PolicyScope scope = {.order_id = of->invoice->order_id, .seller_id = of->invoice->issuer_id, .buyer_id = of->invoice->buyer_id};
	const char *obstacle;
	char	   *detail = NULL;
	Invoice    *invoice;
	char	   *fault;

	take_all(call, of);
	of->note->internal = true;
	of->note->prepaid = of->invoice->prepaid;
	(void) credit_issue(call, of, "correction", 0, true, &obstacle, &detail);
	require_whole(of);
	invoice = again(call, of, &scope, asked->reason);
	fault = invoice_fault(call, invoice, &scope);
	if (fault != NULL)
		refuse(of->invoice, psprintf("The corrective invoice would break a rule: %s", fault));
	call->result = invoice_issue_document(call, invoice, "invoice", policy_text(call, "iv.number_pattern", &scope));
}

PG_FUNCTION_INFO_V1(invoice_replace);
Datum
invoice_replace(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Replacement *asked = palloc(sizeof(Replacement));
		Creditable *of;

		*asked = (Replacement) {call_int64(&call, 1), call_text(&call, 2)};
		of = credit_left(&call, asked->invoice_id);
		access_require(&call, CAPACITY_OPERATOR | CAPACITY_SELLER, of->invoice->issuer_id);
		if (strcmp(of->invoice->kind, "unit") != 0 || of->invoice->gives_back)
			refuse(of->invoice, psprintf("It is of kind %s and type %s.", of->invoice->kind, of->invoice->type_code));
		order_lock(&call, of->invoice->order_id);
		call_defer(&call, of->invoice->issuer_id, replace, asked);
	}
	PG_RETURN_INT64(call_end(&call));
}
