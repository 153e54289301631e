/*
 * waterfall.h
 *		Where the money of a refund comes from when it is no longer in escrow: the plan, step by step, and its posting
 *		(SETTLED 3; cancellation.md §4).
 *
 *		Waterfall	plan;
 *		waterfall_plan(call, &plan, order_id, &terms, targets, n);	-- reads only
 *		waterfall_lock(call, &plan);			-- locks what the plan uses and plans anew when it has changed
 *		waterfall_carry_out(call, &plan, decision_id, cause);
 *
 * Afterwards each target's `funded` lies in the escrow of its allocation (goodwill: in the refund's clearing account), ready to
 * be refunded or charged back. What nobody funds is amount − funded.
 */
#ifndef MARKETPLACE_WATERFALL_H
#define MARKETPLACE_WATERFALL_H

#include "funds/agent.h"

typedef enum StepKind
{
	STEP_ESCROW,				/* still there (FD-P14) */
	STEP_COMMISSION,			/* of what is taken back, at its frozen rate (FD-P17; FD-P18 when it was swept) */
	STEP_COMMISSION_TO_SELLER,	/* given up beyond what was taken back (fd.commission_on_refund = full) */
	STEP_SELLER_AVAILABLE,		/* FD-P17 */
	STEP_SELLER_PENDING,		/* FD-P17 */
	STEP_PAYOUT_PLANNED,		/* a payout that was not sent is dropped (FD-P12, FD-P17) */
	STEP_SELLER_RESERVE,		/* FD-P20 */
	STEP_PLATFORM_ADVANCE,		/* own money; the seller owes it (FD-P19) */
	STEP_GOODWILL,				/* own money, a loss (FD-P23) */
	STEP_KINDS
} StepKind;

typedef struct WaterfallStep
{
	StepKind	kind;
	const Allocation *allocation;	/* that is paid back */
	Account		source;
	int64		payout_id;		/* that is dropped; 0 none */
	int64		amount;
} WaterfallStep;

typedef struct WaterfallTarget
{
	const Allocation *allocation;
	int64		amount;			/* to be brought back; at most what the cap allows */
	int64		funded;			/* by the plan */
	int64		reversed;		/* of it, released money taken back: the base of the commission's reversal */
	Amount		net;			/* commission reversed */
	Amount		vat;
	const char *how;			/* full, pro_rata, retained */
} WaterfallTarget;

typedef struct WaterfallTerms
{
	bool		goodwill;		/* the platform bears all */
	const char *commission;		/* instead of what was frozen; NULL: as frozen */
	bool		forced;			/* the money is gone already: the platform advances whatever lacks */
	bool		withheld;		/* what was released stays where it is: no mandate covers taking it back */
} WaterfallTerms;

typedef struct Waterfall
{
	int64		order_id;
	CurrencyCode currency;
	WaterfallTerms terms;
	int			ntargets;
	WaterfallTarget *targets;
	List	   *steps;			/* of WaterfallStep, in order */
	List	   *sellers;		/* what each had and what was taken of it (waterfall.c) */
	Authority	authority;		/* by which released money is taken back, or own money advanced */
	const char *to_ask;			/* operation that no mandate covers: the PSP is asked for it (FD-51); NULL: all are covered */
} Waterfall;

/* refund_divide.c: the allocations of a line that may still be refunded, with what each has in escrow; capture_id 0: of all captures */
extern int	waterfall_targets(Call *call, const Allocations *all, int64 order_line_id, int64 capture_id, WaterfallTarget **targets,
							  int64 **escrow);

/* Divides a refund, not above the cap, among them: what is in escrow goes first. Leaves those that give something, in front; their number. */
extern int	waterfall_divide(WaterfallTarget *targets, const int64 *escrow, int n, int64 refund);

extern void waterfall_plan(Call *call, Waterfall *plan, int64 order_id, const WaterfallTerms *terms, WaterfallTarget *targets,
						   int ntargets);
extern void waterfall_lock(Call *call, Waterfall *plan);	/* and asks what covers it: see authority */

/* Posts the steps, records them and the debts and reversals that follow. Returns the own money that it needs, in minor units. */
extern int64 waterfall_carry_out(Call *call, const Waterfall *plan, int64 decision_id, int64 cause);

extern const char *step_name(StepKind kind);
extern const char *step_rule(const WaterfallStep *step);
extern const char *step_bearer(const WaterfallStep *step);

/* waterfall_source.c: what a seller has, by where it lies, and how much the platform advances */
typedef struct SellerSource
{
	StepKind	kind;
	Account		account;
	int64		payout_id;
	int64		stored;			/* balance when it was read */
	int64		left;			/* of what may be taken */
	bool		used;
} SellerSource;

typedef struct SellerSources
{
	int64		seller_id;
	int			count;
	SellerSource *sources;		/* by allocation */
	int			norder;
	StepKind	order[STEP_KINDS];	/* policy fd.waterfall */
	bool		reverses_commission;
	int64		advance_left;	/* PG_INT64_MAX: without a limit; 0: no advances */
	CurrencyCode currency;
} SellerSources;

extern SellerSources *seller_sources(Call *call, int64 order_id, const Allocation *allocation, bool forced);

/* What could be taken in all; PG_INT64_MAX when the platform advances without a limit. */
extern int64 sources_capacity(const SellerSources *sources);

/* Takes exactly `amount`, which is not more than the capacity, in the order of the policy; adds the steps. */
extern void sources_draw(SellerSources *sources, const Allocation *allocation, int64 amount, List **steps);

/* Locks the wallets against holds, payout runs and other refunds; before anything else of them. */
extern void sources_lock_wallets(Call *call, const List *sellers);

/* Locks what the steps take of the sellers (a list of SellerSources) and of commission; false when it is not what was read any more. */
extern bool sources_lock(Call *call, const List *sellers, const List *steps);

#endif
