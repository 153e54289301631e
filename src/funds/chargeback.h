/*
 * chargeback.h
 *		Money that the payer's bank takes back, for the other files of funds.
 */
#ifndef MARKETPLACE_FUNDS_CHARGEBACK_H
#define MARKETPLACE_FUNDS_CHARGEBACK_H

#include "funds/payment.h"

typedef struct ChargebackSpec
{
	int64		capture_id;
	Amount		amount;			/* 0: all that is left */
	Amount		fee;			/* 0: none */
	const char *psp_reference;	/* NULL: not told */
	const char *reason;			/* likewise */
	bool		at_bank;		/* the bank's statement shows it: the money has left the account */
} ChargebackSpec;

/* Cancels planned refunds and locks the payment, its orders included: see there for what it must come before. Returns its id. */
extern int64 chargeback_open(Call *call, const ChargebackSpec *spec);

/* For those that learn of one while they do other things: locks what chargeback_open() locks; must it wait for a refund; what else is in its way (NULL: nothing). */
extern void chargeback_lock(Call *call, int64 payment_id);
extern bool chargeback_must_wait(Call *call, int64 payment_id);
extern const char *chargeback_obstacle(Call *call, const Payment *payment, const ChargebackSpec *spec);
extern void chargeback_end(Call *call, int64 chargeback_id, bool recovered, const char *evidence);
extern int64 chargeback_by_reference(Call *call, const char *psp_reference);	/* 0: none */

/* chargeback_adopt.c: one that the bank's statement has told of, that this is, and the PSP had not told of (0: none); it is so from now on. */
extern int64 chargeback_of_bank(Call *call, const ChargebackSpec *spec);
extern void chargeback_adopt(Call *call, const Payment *payment, int64 chargeback_id, const ChargebackSpec *spec);

/* Keys of the instructions of refunds of the payment that are under way, for those that lock many. */
extern Rows chargeback_refund_keys(Call *call, int64 payment_id);

/* For steps of tick(), with the orders locked: those instructions, without waiting. False when somebody has one of them. */
extern bool chargeback_try_lock(Call *call, int64 payment_id);

/* What the PSP keeps back from the settlement of a capture: called back before it, and not recovered. Minor units. */
extern int64 chargeback_kept_back(Call *call, int64 capture_id);

#endif
