/*
 * reserve.h
 *		What becomes of a release on its way to the seller's wallet: a part is kept in reserve, the rest matures (FD-42, FD-P08).
 */
#ifndef MARKETPLACE_RESERVE_H
#define MARKETPLACE_RESERVE_H

#include "funds/funds_internal.h"

/* What is kept back of a release, and on which ladder it is freed (reserve.c). */
typedef struct ReserveTerms
{
	int64		rule_id;		/* 0: the policy parameters */
	Numeric		pct;
	int			nsteps;
	int		   *days;
	Numeric    *step_pct;
} ReserveTerms;

/* Of the lines of one seller and commission category of an order. */
typedef struct CreditTerms
{
	int64		seller_id;
	const char *category;		/* NULL: none */
	int64		maturity_days;
	ReserveTerms reserve;
} CreditTerms;

/* maturity.c: the terms of the line; those of an earlier line of the order are used again where they are the same. */
extern const CreditTerms *credit_terms(Call *call, const OrderLine *line, const CreditTerms *earlier);

/*
 * maturity.c: credits the seller with what a release brings, less commission: into the wallet, what is kept back into the reserve, what has
 * to wait into c_seller_pending.
 */
extern void credit_seller(Call *call, const CreditTerms *terms, const OrderLine *line, const Allocation *allocation,
						  Amount amount, int64 cause);

/* reserve.c: the terms in force; what is kept back of a release, on record with its ladder: zero when nothing is. */
extern ReserveTerms reserve_terms(Call *call, const OrderLine *line);
extern Amount reserve_take(Call *call, const ReserveTerms *terms, const OrderLine *line, const Allocation *allocation,
						   Amount base, int64 cause);

extern Account pending_account(const Allocation *allocation);
extern Account reserve_account(const Allocation *allocation);

#endif
