/*
 * incoming_internal.h
 *		What the files about incoming money know of one another.
 */
#ifndef MARKETPLACE_FUNDS_INCOMING_INTERNAL_H
#define MARKETPLACE_FUNDS_INCOMING_INTERNAL_H

#include "funds/incoming.h"
#include "funds/payment.h"
#include "kernel/guard.h"
#include "utils/array.h"

/* incoming_match.c */
typedef struct Match
{
	int64		buyer_id;		/* 0: nobody's */
	int			order_count;
	int64	   *order_ids;
	const char *note;			/* why nobody's */
	int64		money_receipt_id;	/* what came in; 0: not recorded yet */
} Match;
extern Match incoming_match(Call *call, const IncomingMoney *money);
/* Letters and digits in capitals. Each run of words as one, normalised, of a length that a reference can have; each word as it is. */
extern char *reference_normalise(const char *written);
extern ArrayType *reference_candidates(const char *written);
extern ArrayType *reference_words(const char *written);

/* incoming.c: a receipt of money */
typedef struct MoneyReceipt
{
	int64		id;
	Amount		amount;
	const char *state;
	const char *payer_name;
	const char *payer_iban;
	const char *external_id;
} MoneyReceipt;
extern int64 money_tell(Call *call, const char *type, int64 money_receipt_id, Amount amount, int64 buyer_id, const char *note);

/* suspense.c: what is in suspense and locked, MK110 when it is not there any more; and how it leaves it. */
extern MoneyReceipt suspense_lock(Call *call, int64 money_receipt_id);
extern void suspense_set_state(Call *call, int64 money_receipt_id, const char *state, const char *event, const char *reason);

/* funds_take_in() of one; the orders of the match are locked. Returns its receipt. */
extern int64 money_take_in(Call *call, const IncomingMoney *money, const Match *match);

/* Locks the orders in ascending order, and those that share a payment with them. */
extern void lock_orders_of_matches(Call *call, const Match *matches, int n);

/*
 * Pays the orders of the match from the account, as far as they lack; returns what is left. Orders are locked.
 */
extern Amount pay_orders(Call *call, const Match *match, Amount amount, bool from_suspense);

#endif
