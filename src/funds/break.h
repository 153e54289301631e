/*
 * break.h
 *		Differences between ledger, PSP and bank: what the files of funds that find them may ask of break.c (FD §11).
 */
#ifndef MARKETPLACE_FUNDS_BREAK_H
#define MARKETPLACE_FUNDS_BREAK_H

#include "kernel/event.h"

/* What differs. NULL, 0, false where it does not apply or is not known. */
typedef struct BreakSpec
{
	const char *break_class;	/* a value of domain break_class: 'unidentified', 'balance_break', … */
	const char *natural_key;	/* the same difference found again has the same one; unique within the class */
	const char *source;			/* 'reconciliation', 'psp_mirror', 'statement', 'payment_status', 'safeguarding' */
	const Amount *ledger;		/* each side, money that leaves negative; NULL: that side says nothing */
	const Amount *psp;
	const Amount *bank;
	Amount		difference;		/* how much is in question, likewise signed */
	const char *end_to_end_id;
	const char *psp_id;
	const char *bank_reference;
	bool		has_value_date;
	DateADT		value_date;
	int64		party_id;
	const char *object;			/* with object_id: 'capture', 'payout', 'refund', 'bank_entry', … */
	int64		object_id;
	Jsonb	   *causes;
	const char *action;			/* what is to be done; NULL: what the class asks for */
} BreakSpec;

/*
 * Opens a break, with priority and suggested action by its class and a deadline by policy fd.break_sla; emits break.opened on aggregate
 * 'break'. Returns its id: that of the earlier one when the same was found before, whatever has become of it.
 */
extern int64 break_open(Call *call, const BreakSpec *spec);

/* Closes an open one that no longer holds: event 'match' or 'explain'. False when there is none open. */
extern bool break_settle(Call *call, const char *break_class, const char *natural_key, const char *event, const char *reason);

#endif
