/*
 * credit.h
 *		Credit notes: what the files that claim, reckon and issue them know of one another.
 */
#ifndef MARKETPLACE_CREDIT_H
#define MARKETPLACE_CREDIT_H

#include "invoicing/invoice.h"

/* What a fact asks to be credited of an order line (table credit_claims): units, or an amount. */
typedef struct CreditClaim
{
	int64		id;
	int64		order_line_id;
	const char *cause;
	int64		event_id;		/* 0: a call */
	int64		invoice_id;		/* 0: the latest first */
	Numeric		units;			/* NULL: an amount */
	Numeric		weighted;		/* units × percent given back */
	Numeric		units_left;
	bool		is_gross;
	Amount		amount_left;
	const char *obstacle;		/* found while carrying it out */
	const char *detail;
} CreditClaim;

/* A line of an invoice and what is left of it. */
typedef struct CreditableLine
{
	const InvoiceLine *line;
	Numeric		units_left;
	Amount		net_left;		/* neither credited nor withheld */
} CreditableLine;

typedef struct CreditableVat
{
	Amount		before;			/* base of the invoices that it continues */
	Amount		credited;		/* base credited */
	Amount		taxable;
	bool		continues;
} CreditableVat;

/* An invoice and what credit notes may still take of it. */
typedef struct Creditable
{
	Invoice    *invoice;
	CreditableLine *lines;		/* as the invoice's */
	CreditableVat *vat;			/* likewise */
	Invoice    *note;			/* the credit note that is being made of it; NULL: none */
} Creditable;

/* credit_left.c */
extern Creditable *credit_left(Call *call, int64 invoice_id);
extern void credit_vat(const Creditable *of, Invoice *note);	/* sums the note; its VAT walks the invoice's back */
extern Amount credit_net_of_gross(const Creditable *of, const CreditableLine *line, Amount gross, Amount *used);

/* credit_line.c: adds lines to the note of an invoice */
extern bool credit_add_units(Call *call, Creditable *of, int at, Numeric units, Numeric percent);
extern void credit_add_amount(Creditable *of, int at, Amount net);
extern void credit_begin(Creditable *of);

/* credit_note.c: issues the note; what stops it is an error when required, else told */
extern bool credit_issue(Call *call, Creditable *of, const char *cause, int64 event_id, bool required, const char **obstacle, char **detail);
extern void credit_defer(Call *call, int64 seller_order_id, int64 seller_id, bool required);

#endif
