/*
 * psp_mirror.h
 *		What imports from the outside share: whose money an id of the PSP or the bank is about.
 */
#ifndef MARKETPLACE_FUNDS_PSP_MIRROR_H
#define MARKETPLACE_FUNDS_PSP_MIRROR_H

#include "kernel/event.h"

typedef struct MirrorObject
{
	const char *kind;			/* 'capture', 'payout', 'refund'; NULL: not known to the books */
	int64		id;
	int64		party_id;		/* seller of a payout, buyer of a payment or refund; 0: not known */
	int64		order_id;		/* 0: none */
} MirrorObject;

/* By end-to-end id, then the PSP's id, then our reference; each may be NULL. */
extern MirrorObject mirror_object(Call *call, const char *end_to_end_id, const char *psp_id, const char *reference);

/* One import or reconciliation of a marketplace at a time. */
extern void mirror_lock(Call *call);

#endif
