/*
 * releasable.h
 *		Which part of each line of a seller order may be released by now, as policy has it (releasable.c).
 */
#ifndef MARKETPLACE_RELEASABLE_H
#define MARKETPLACE_RELEASABLE_H

#include "funds/funds_internal.h"
#include "kernel/policy.h"

/* What a seller order may release by now: part ÷ whole of each of its lines, by position in lines. */
typedef struct Releasable
{
	Numeric    *part;			/* NULL: nothing */
	Numeric    *whole;
} Releasable;

typedef struct ReleaseTerms
{
	const char *on;				/* fd.release_on */
	const char *scope;			/* fd.release_scope */
	PolicyScope policy;
} ReleaseTerms;

extern ReleaseTerms release_terms(Call *call, const Allocation *allocation, int64 order_id);
extern Releasable releasable_of(Call *call, const Allocations *all, const OrderLines *lines, int64 seller_order_id, const ReleaseTerms *terms);

#endif
