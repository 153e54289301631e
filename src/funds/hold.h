/*
 * hold.h
 *		What holds leave of balances, and the lock that holds and payouts share: for the files of funds (FD-39 … FD-41). Placing and lifting
 *		is in funds.h, for everybody.
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

#include "funds/funds.h"
#include "funds/funds_internal.h"

/*
 * What of the balance of an allocation's account no hold takes: of kinds c_escrow, c_seller_pending, c_reserve and c_seller; others are never
 * held. For takers other than release and payout: have the order locked, and for c_seller the wallet (wallet_lock()).
 */
extern Amount hold_available(Call *call, const Allocation *allocation, Account account, Amount balance);

extern bool hold_is_on_line(Call *call, int64 order_line_id);

/* As hold_available() for the whole escrow of a line: balance is the sum over its allocations. */
extern Amount hold_escrow_available(Call *call, int64 order_line_id, Amount balance);

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

/* hold_void.c: lifts what was held because the parcel's delivery had been voided, or a receipt of the order taken back. */
extern void hold_on_parcel_delivered(Call *call, int64 seller_id, int64 parcel_id);
extern void hold_on_receipt_accepted(Call *call, int64 order_id);

#endif
