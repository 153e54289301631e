/*
 * reconcile.h
 *		What belongs together of ledger, PSP and bank (reconcile_match.c), for reconcile.c.
 */
#ifndef MARKETPLACE_FUNDS_RECONCILE_H
#define MARKETPLACE_FUNDS_RECONCILE_H

#include "kernel/event.h"

/* One movement as each side has it; in positive, out negative. */
typedef struct Movement
{
	char	   *key;
	bool		inflow;
	bool		settlement;		/* a settlement of the PSP as a whole: PSP against bank */
	bool		settled_together;	/* the bank's entry is that of a settlement */
	bool		has_ledger;
	Amount		ledger;			/* gross */
	bool		has_ledger_cash;
	Amount		ledger_cash;	/* what the books expect on the account: fees deducted */
	bool		has_psp;
	Amount		psp;			/* gross */
	Amount		psp_net;		/* fees deducted, as far as the PSP gives them */
	bool		has_fee;
	bool		has_bank;
	Amount		bank;
	DateADT		first_date;
	DateADT		last_date;
	char	   *end_to_end_id;
	char	   *psp_id;
	char	   *reference;
	int64		party_id;
	char	   *object;
	int64		object_id;
	Value		ledger_items;	/* text[], may be NULL */
	Value		psp_items;
	Value		bank_items;
} Movement;

typedef struct Movements
{
	int			count;
	Movement   *movements;		/* by key */
} Movements;

/* What has not matched before, of value dates up to until. */
extern Movements movements_to_reconcile(Call *call, DateADT until);

/* The first instant of a local day. */
extern TimestampTz local_start(DateADT day, const char *zone);

#endif
