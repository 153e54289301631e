/*
 * reserve.h
 *		What becomes of a release on its way to the seller's wallet: a part is kept in reserve, the rest matures (FD-42, FD-P08).
 */
#ifndef MARKETPLACE_RESERVE_H
#define MARKETPLACE_RESERVE_H

#include "funds/funds_internal.h"

/*
 * maturity.c: credits the seller with what a release brings, less commission: into the wallet, what is kept back into the reserve, what has
 * to wait into c_seller_pending.
 */
extern void credit_seller(Call *call, const OrderLine *line, const Allocation *allocation, Amount amount, int64 cause);

/* reserve.c: what is kept back of it, on record with its ladder; zero when nothing is. */
extern Amount reserve_take(Call *call, const OrderLine *line, const Allocation *allocation, Amount base, int64 cause);

extern Account pending_account(const Allocation *allocation);
extern Account reserve_account(const Allocation *allocation);

#endif
