/*
 * hold.h
 *		Holds: what of a balance may not move, and how other pieces of funds and other areas place and lift them (FD-38 … FD-41).
 *
 * A hold is on an order line, or on the wallet of a seller. A line's hold follows its money: it takes from escrow first, then from what is
 * maturing, in reserve, available, and at last from payouts that were not sent. A wallet's hold takes from what is available. Among several
 * capture allocations the newest are held first.
 *
 * Order of locks: refund instruction → order → wallets (ascending seller) → payout instruction → accounts. Do not call hold_put() for a seller
 * while you have locked the instruction of one of its payouts that was not sent.
 */
#ifndef MARKETPLACE_HOLD_H
#define MARKETPLACE_HOLD_H

#include "funds/funds_internal.h"

/* Exactly one target is not 0; all, quantity (of a line) or amount. */
typedef struct HoldSpec
{
	int64		order_line_id;
	int64		seller_order_id;
	int64		order_id;
	int64		payout_id;
	int64		seller_id;		/* its wallet */
	bool		all;
	Numeric		quantity;		/* of the line; NULL: amount */
	Amount		amount;
	const char *slice;			/* which part of the target, such as "dispute:17"; NULL: "whole". One slice's holds do not add up */
	const char *reason;			/* of FD-38 */
	const char *owner;			/* who lifts it beside the operator: "operator", "buyer", "system"; NULL: "system" */
	TimestampTz until;			/* 0 or DT_NOEND: until it is lifted */
	const char *note;			/* may be NULL */
	int64		cause;			/* event that it is placed for; 0: none */
} HoldSpec;

/*
 * Places a hold and returns its id; locks order and wallets itself. Payouts that were not sent lose what is held of them in the same
 * commit (FD-P12); for those that were sent the event payout.cancellation_requested is emitted. Several in one call: by ascending order, then seller.
 */
extern int64 hold_put(Call *call, const HoldSpec *spec);

/* Lifts a hold, in part or (amount NULL) what is left of it, and releases what that makes due. MK002, MK004, MK030. */
extern void hold_lift_now(Call *call, int64 hold_id, const Amount *amount, const char *reason);

/* Active holds of a slice of an order line, for whoever placed them to lift; 0 ids when there are none. */
extern int	hold_find(Call *call, int64 order_line_id, const char *slice, int64 **hold_ids);

/*
 * What of the balance of an allocation's account no hold takes: of kinds c_escrow, c_seller_pending, c_reserve and c_seller; others are never
 * held. For takers other than release and payout: have the order locked, and for c_seller the wallet (wallet_lock()).
 */
extern Amount hold_available(Call *call, const Allocation *allocation, Account account, Amount balance);

/* As hold_available() for the whole escrow of a line: balance is the sum over its allocations. */
extern Amount hold_escrow_available(Call *call, int64 order_line_id, Amount balance);

/* Why the whole wallet of the seller is held (kyc, bank_account, …): nothing of it is paid out. NULL: it is not. */
extern const char *hold_blocks_seller(Call *call, int64 seller_id);

/* Locks the wallets against new holds, in ascending order of sellers; before any account. Repeated sellers are fine. */
extern void wallet_lock(Call *call, const int64 *seller_ids, int n);
extern bool wallet_try_lock(Call *call, int64 seller_id);	/* for tick(): false when somebody else has it */

/*
 * Reduces balances of c_seller accounts, sorted by seller, currency and allocation, to what is available; the wallets and the accounts are locked.
 */
extern void hold_leave_available(Call *call, const Account *accounts, const CurrencyCode *currencies, int n, Amount *balances);

/* What active holds want beyond what the accounts of the line, or the wallet, have: PG_INT64_MAX where all is held. currency 0: all. */
extern int64 hold_lacks_on_line(Call *call, int64 seller_id, int64 order_line_id);
extern int64 hold_lacks_in_wallet(Call *call, int64 seller_id, CurrencyCode currency);

/* hold_payout.c: what hold_put() does with payouts; a payout that was held when it had been sent has ended: is its money back in the wallet? */
extern void hold_reach_payouts(Call *call, int64 hold_id);
extern void hold_on_payout_outcome(Call *call, int64 payout_id, bool back);

#endif
