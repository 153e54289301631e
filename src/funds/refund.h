/*
 * refund.h
 *		Refunds and the decisions that they carry out: what the files refund*.c know of one another.
 */
#ifndef MARKETPLACE_REFUND_H
#define MARKETPLACE_REFUND_H

#include "funds/waterfall.h"

typedef struct Refund
{
	int64		id;
	int64		decision_id;
	int64		order_id;
	int64		payment_id;		/* 0 unless it goes back to the original means */
	int64		buyer_id;
	int64		bank_account_id;	/* 0 unless it is a transfer */
	Amount		amount;
	const char *means;			/* original, wallet, transfer */
	const char *state;
} Refund;

typedef struct RefundDecision
{
	int64		id;
	int64		order_id;
	int64		buyer_id;
	const char *door;
	const char *reason;
	bool		lowers_due;
	int64		return_id;		/* 0 unless a return made it due */
} RefundDecision;

/* What a decision gives back of a line. */
typedef struct RefundLine
{
	int64		order_line_id;
	Numeric		quantity;		/* NULL: by amount */
	Amount		amount;
	const Amount *worth;		/* of returned goods: what was paid for the quantity; NULL elsewhere */
} RefundLine;

/* One way in which the money goes to the buyer. */
typedef struct RefundMeans
{
	const char *means;
	int64		bank_account_id;
	int64		amount;
} RefundMeans;

/* refund.c */
extern Refund refund_get(Call *call, int64 refund_id);	/* MK004 */
extern int64 refund_tell(Call *call, const Refund *refund, const char *type);
extern int64 refund_tell_by(Call *call, const Refund *refund, const char *type, const Authority *authority);
extern void refund_transition(Call *call, Refund *refund, const char *event, const char *to, const char *reason);
extern Rows refund_items_of(Call *call, int64 refund_id);	/* allocation, line, amount */

/* Moves a planned or waiting refund on as far as its money allows; credit to the wallet is posted at once. */
extern void refund_advance(Call *call, Refund *refund);
extern void refund_advance_all(Call *call, int64 decision_id);

/* refund_outcome.c: cancels a refund that has no instruction yet; the order is locked */
extern void refund_give_up(Call *call, int64 refund_id, const char *reason);

/* refund_decision.c */
extern RefundDecision decision_open(Call *call, const RefundDecision *wanted, Amount zero, const char *commission);
extern RefundDecision decision_get(Call *call, int64 decision_id);
extern int64 decision_cause(Call *call, const RefundDecision *decision, Amount amount, const RefundLine *lines, int nlines,
							const Authority *authority);
extern void decision_add_line(Call *call, const RefundDecision *decision, const RefundLine *line);

/* Carries the plan out and hands what it funds to refunds, in the order of the means; what it does not is short. */
extern void decision_carry_out(Call *call, const RefundDecision *decision, const Waterfall *plan, RefundMeans *means, int nmeans,
							   int64 cause);

/* A decision without refunds: the bank takes the money itself (FD-P24). */
extern void decision_of_waterfall(Call *call, const RefundDecision *wanted, const Waterfall *plan);

/* No more lines will come: tells of the refunds and sets them going. */
extern void decision_complete(Call *call, int64 decision_id);

/* Freezes what a refund is made of (FD-P14): from where the waterfall left it to the refund's clearing account. */
extern void freeze_item(Call *call, int64 refund_id, const Allocation *allocation, Amount amount, bool goodwill, bool lowers_due,
						int64 cause);

/* refund_again.c: the PSP is asked for what no mandate covers of what it lacks; again: although it has said no before */
extern void refund_ask_funding(Call *call, const Refund *refund, bool again);

/* refund_again.c: a paid refund came back (FD-P16); locks its order. False when it is not known to be paid. */
extern bool refund_came_back(Call *call, int64 refund_id, const char *reason);

/* refund_quantity.c: what decisions by quantity have taken of a line */
typedef struct RefundedQuantity
{
	Numeric		quantity;
	Numeric		of_goods;		/* of it, through the doors return and dispute: units that the buyer had */
	int64		retained;		/* what the seller keeps of units that came back worse, in minor units */
} RefundedQuantity;
extern RefundedQuantity refunded_quantity(Call *call, int64 order_line_id);

/* What of `left` a further quantity is worth, when `gone` of the line is cancelled or refunded (RD-10): after the last unit nothing is left. */
extern int64 quantity_worth(const OrderLine *line, Numeric gone, Numeric quantity, int64 left);

/* refund_return.c: decides to refund these lines to the original means, and carries it out; the order is locked */
extern void refund_decide_lines(Call *call, const RefundDecision *wanted, const Allocations *all, const RefundLine *lines, int nlines,
								Amount total);

/* refund_request.c: the means that a document names; MK003, MK116 */
extern RefundMeans refund_means_read(Call *call, const Document *document, int64 buyer_id, CurrencyCode currency);

/* own_transfer.c: own money for the client account (FD-P04) */
extern void own_transfer_plan(Call *call, int64 decision_id, int64 order_id, Amount amount);
extern Amount own_transfers_lacking(Call *call, int64 decision_id, CurrencyCode currency, bool under_way);

#endif
