/*
 * terms.h
 *		Payment terms: what a buyer and a seller have agreed on when is paid, as text, and the days that follow from it
 *		(RD-36 to RD-41).
 *
 *		PaymentTerms terms = terms_read(call_jsonb(call, 1));
 *		day = term_due(call, &terms.terms[i], &base, method);
 */
#ifndef MARKETPLACE_TERMS_H
#define MARKETPLACE_TERMS_H

#include "kernel/calendar.h"
#include "kernel/document.h"

typedef enum TermForm
{
	TERM_NET,					/* NET 30 */
	TERM_END_OF_MONTH,			/* 45 EOM */
	TERM_DAY_AFTER_MONTH,		/* 30 EOM 10 */
	TERM_FIXED,					/* FIXED 2026-12-31 */
	TERM_ON_RECEIPT				/* ON RECEIPT 30 */
} TermForm;

typedef struct Term
{
	TermForm	form;
	int			days;
	int			day_of_month;	/* of TERM_DAY_AFTER_MONTH */
	DateADT		fixed;			/* of TERM_FIXED */
	char	   *written;		/* in the spelling above */
	Numeric		pct;			/* of the whole */
} Term;

typedef struct PaymentTerms
{
	int			count;
	Term	   *terms;
} PaymentTerms;

/* What days are counted from. */
typedef struct TermBase
{
	DateADT		invoiced;
	DateADT		received;		/* goods or invoice, for ON RECEIPT */
	bool		has_received;
} TermBase;

/* A string, or an array of {"pct", "terms"} that adds up to 100. MK003. */
extern PaymentTerms terms_read(Jsonb *json);

/* method: days_then_eom or eom_then_days (RD-37). MK001 for ON RECEIPT without the day of receipt. */
extern DateADT term_due(const Term *term, const TermBase *base, const char *method);

#endif
