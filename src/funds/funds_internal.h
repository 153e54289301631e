/*
 * funds_internal.h
 *		What the files of funds know of one another; everybody else includes funds.h.
 */
#ifndef MARKETPLACE_FUNDS_INTERNAL_H
#define MARKETPLACE_FUNDS_INTERNAL_H

#include "kernel/decimal.h"
#include "kernel/event.h"
#include "kernel/ledger.h"
#include "orders/orders.h"

/* The part of a capture that pays an order line: whose cents these are (table capture_allocations). */
typedef struct Allocation
{
	int64		id;
	int64		payment_id;
	int64		seller_order_id;
	int64		order_line_id;
	int64		seller_id;
	int64		buyer_id;
	Amount		amount;
	int64		capture_id;
	Amount		refunded;		/* captured money frozen for refunds so far, paid or not; and taken back by the payer's bank */
	Amount		reduced;		/* of it, what the line costs less: no quantity of the order was cancelled for it */
	Amount		lacking;		/* decided, but nobody has funded it yet */
	Amount		goodwill;		/* refunded with the platform's own money */
	Amount		retained;		/* of released money taken back, what kept its commission (FD-29) */
	bool		waived;			/* the commission was given up altogether (FD-29) */
	const char *commission_on_refund;	/* frozen on the capture */
	Amount		commission_base;
	Amount		commission;
	Amount		commission_vat;
	Numeric		commission_vat_pct;
	int64		commission_rule_id; /* 0: none */
	bool		final;			/* the capture is settled */
} Allocation;

typedef struct Allocations
{
	int			count;
	Allocation *allocations;	/* by id */
	bool		decided;		/* there are refund decisions for the order */
} Allocations;

/* allocation.c */
extern Allocations allocations_of_order(Call *call, int64 order_id);
extern Account escrow_account(const Allocation *allocation);
extern Account seller_account(const Allocation *allocation);
extern Account commission_account(const Allocation *allocation);
extern Account payout_clearing_account(int64 seller_id, int64 order_line_id, int64 allocation_id);
extern Account refund_clearing_account(int64 buyer_id, int64 order_line_id, int64 allocation_id);
extern Account own_account(AccountKind kind);
extern Account psp_account(AccountKind kind, const Marketplace *marketplace);

/* What a line is worth with its cancelled quantity gone: escrow_gross less the cancelled share (RD-10). */
extern Amount line_due(const OrderLine *line);
extern Amount line_due_at(const OrderLine *line, Numeric cancelled);
extern Numeric line_active(const OrderLine *line);	/* not cancelled */
extern bool line_is_goods(const OrderLine *line);
extern const OrderLine *find_line(const OrderLines *lines, int64 order_line_id);

/* Rows are written through these: bare statements are refused. funds_add() returns the id. */
extern int64 funds_add(Statement *insert, const Value *args);
extern void funds_write(Statement *change, const Value *args);
extern uint64 funds_transition(Statement *change, const Value *args, const char *event, const char *reason);
extern Amount require_positive(Call *call, Amount amount, CurrencyCode currency, const char *what);

/* Marks allocations of which nothing is in escrow, payable or in clearing any more; after the posting is written. */
extern void defer_closing(Call *call, const int64 *allocation_ids, int n);

/* commission.c: what is frozen on a share of a line */
typedef struct Commission
{
	int64		rule_id;		/* 0: no rule, nothing */
	const char *base_kind;
	Amount		base;
	Amount		net;
	Amount		vat;
	Amount		fixed;
	Numeric		rate_pct;
	Numeric		vat_pct;
} Commission;
extern Commission commission_of(Call *call, const OrderLine *line, const Allocations *earlier, Amount share);

/* What is earned once `released` of the allocation has been released: excluding VAT, and the VAT (FD-27). */
extern void commission_earned(const Allocation *allocation, Amount released, Amount *net, Amount *vat);

/* release.c */
extern void release_order(Call *call, int64 order_id);

/* payout_run.c: another payout of a run, of amounts that are in c_seller accounts of one seller */
extern void payout_plan_rest(Call *call, int64 batch_id, int64 bank_account_id, const Account *accounts,
							 const Amount *amounts, int n);

/*
 * send_check.c. cash_free(): minor units in the client account that are not on their way to others, less what is frozen for them too.
 * send_check(): refuses to hand a payout or refund over that something stands against by now (MK_PAYOUT, MK_REFUND, MK_INSUFFICIENT_FUNDS).
 */
extern int64 cash_free(Call *call, CurrencyCode currency, bool less_frozen);
extern void send_check(Call *call, const char *kind, const char *object, int64 object_id);

/* payout_outcome.c, refund_outcome.c */
extern void payout_moved(Call *call, int64 payout_id, const char *event, const char *evidence);
extern void refund_moved(Call *call, int64 refund_id, const char *event, const char *evidence);
extern void own_transfer_moved(Call *call, int64 id, const char *event, const char *evidence);	/* own_transfer.c */

#endif
