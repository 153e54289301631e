/*
 * incoming.h
 *		Money that has arrived in the client account by itself: the door for bank statements (camt) to the rest of funds.
 *
 * What it is for is found by the virtual IBAN it came in on and by the references in its remittance text (table
 * payment_references): it pays an order, is kept for a known buyer, or waits in suspense (FD-12, FD-P02, FD-P25).
 */
#ifndef MARKETPLACE_FUNDS_INCOMING_H
#define MARKETPLACE_FUNDS_INCOMING_H

#include "kernel/call.h"

typedef struct IncomingMoney
{
	const char *external_id;	/* the bank's or PSP's name of the entry: unique in the marketplace, for ever */
	const char *source;			/* who reports it: 'camt.053', 'psp', … */
	Amount		amount;			/* more than zero */
	DateADT		value_date;
	const char *payer_name;		/* these four NULL when not told */
	const char *payer_iban;
	const char *virtual_iban;	/* the account that it was paid to, where buyers have their own */
	const char *reference;		/* remittance text as the payer wrote it, any length */
	const char *obstacle;		/* why it cannot be booked where it says: into suspense with it; NULL: nothing */
} IncomingMoney;

/*
 * Takes the money in, all of it at once: orders are locked in ascending order first, so call it before anything of one
 * order is locked. ids: of money_receipts, for each. An external id that is known changes nothing and gives the receipt
 * that is there; MK110 when it is known with another amount.
 */
extern void funds_take_in(Call *call, const IncomingMoney *money, int n, int64 *ids);

#endif
