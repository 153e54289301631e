/*
 * settlement.h
 *		What the PSP pays to the client account in lump sums, told by the PSP and shown by the bank, in either order (FD-P03, FD §11).
 */
#ifndef MARKETPLACE_FUNDS_SETTLEMENT_H
#define MARKETPLACE_FUNDS_SETTLEMENT_H

#include "funds/incoming_internal.h"
#include "funds/payment.h"

/* A reference as banks may write it: as reference_normalise(). */
#define NORMALISED(column) "pg_catalog.upper(pg_catalog.regexp_replace(" column ", '[^A-Za-z0-9]', '', 'g'))"

/*
 * What the PSP tells and files of the bank wait for one another, so that each sees what the other has recorded. Before orders and
 * instructions; bank_import_lock() is the other side's.
 */
extern void settlement_lock(Call *call);

/*
 * The PSP says that it pays so much for the object ('capture', 'chargeback'). Returns what of it was posted as cash when the bank showed
 * it: post the rest only. reference NULL: the settlement is not told.
 */
extern Amount settlement_announce(Call *call, const char *object, int64 object_id, Amount amount, const char *reference);

/* The same where the line at hand shows it, which pays nothing else: all of it is to be posted. */
extern void settlement_announce_shown(Call *call, const char *object, int64 object_id, Amount amount, const char *reference);

/* A credit on the client account, before anything is made of it. */
typedef struct SettlementLine
{
	int64		entry_id;
	int64		detail_id;		/* 0: the entry as a whole */
	Amount		amount;
	DateADT		value_date;
	const char *payer_name;		/* NULL: not told; likewise */
	const char *payer_account;
	const char *written;		/* all that is written on it */
	bool		of_buyer;		/* its text or virtual IBAN names an order or a buyer */
} SettlementLine;

/* A capture that the line pays, by the PSP's list or by its name on the line. */
typedef struct SettledCapture
{
	int64		capture_id;
	int64		payment_id;
	bool		settled;		/* told before */
	Amount		gross;
	Amount		fee;
} SettledCapture;

/* settlement_find.c: what it was recognised by; recognised_by NULL: it is no settlement. */
typedef struct SettlementFound
{
	const char *recognised_by;	/* 'reference', 'payer', 'amount' */
	const char *reference;		/* the PSP's id; NULL: not known */
	bool		has_listed;
	Amount		listed;			/* what it should be by the PSP's list */
	Amount		netted;			/* what of the captures' money the PSP kept for other things */
	int			count;
	SettledCapture *captures;
} SettlementFound;
extern SettlementFound settlement_find(Call *call, const SettlementLine *line);
extern bool settlement_is_of_unsettled(Call *call, const SettlementLine *line);	/* exactly captures that are not settled: one, a day's, all */
extern char *settlement_of_capture(Call *call, int64 capture_id);	/* by the PSP's list; NULL: it does not say */

/* The list and the line agree, so the captures that were not settled are by it. Their orders must be locked. */
extern bool settlement_settles(const SettlementFound *found, Amount amount);

/* The orders that its captures, that payments pay, to be locked. */
extern Match settlement_orders(Call *call, const SettlementFound *found);
extern Match payment_orders_to_lock(Call *call, const int64 *payment_ids, int n);

/* settlement_receive.c: records and posts it; returns its id. break_id: 0 when all of it is explained. */
extern int64 settlement_receive(Call *call, const SettlementLine *line, const SettlementFound *found, int64 *break_id);

/* The PSP's list has come: settlements that were shown without it are looked up in it. */
extern void settlements_lookup(Call *call, int64 import_id);

/* settlement.c, for settlement_receive.c: the break that the settlement is, opened or closed. Returns its id; 0: none is open. */
extern int64 settlement_judge(Call *call, int64 settlement_id);
extern void settlement_cover(Call *call, int64 settlement_id, const char *object, int64 object_id, Amount amount, Amount from_posted);

#endif
