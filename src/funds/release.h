/*
 * release.h
 *		One release: collected allocation by allocation, posted line by line (release.c).
 */
#ifndef MARKETPLACE_RELEASE_H
#define MARKETPLACE_RELEASE_H

#include "funds/funds_internal.h"

/* The releases of one unit of work, a LineRelease for each line. */
typedef struct Releases
{
	List	   *lines;
	const Allocations *all;		/* of the order */
	Amount	   *requested;		/* by position in all: asked of the PSP and not decided; NULL: not looked up yet */
} Releases;

/*
 * Adds what is due of an allocation when part ÷ whole of it should have gone by now; nothing is added when it has. part NULL
 * is nothing. What holds take of the line stays (FD-40).
 */
extern void release_collect(Call *call, Releases *releases, const OrderLine *line, const Allocation *allocation, Numeric part,
							Numeric whole);
extern bool release_is_empty(const Releases *releases);
extern void release_post(Call *call, const Releases *releases);

#endif
