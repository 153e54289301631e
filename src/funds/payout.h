/*
 * payout.h
 *		What the files payout*.c know of one another: what a run is asked for, what it finds, and a payout's row.
 */
#ifndef MARKETPLACE_PAYOUT_H
#define MARKETPLACE_PAYOUT_H

#include "funds/agent.h"
#include "funds/hold.h"

/* What a run, planned or real, is asked for. */
typedef struct PayoutOrder
{
	CurrencyCode currency;		/* 0: all */
	bool		has_minimum;
	Amount		minimum;
	int			nsellers;		/* 0: all */
	Datum	   *sellers;
	const char *slot;			/* key of the run; NULL: none */
	bool		scheduled;		/* only sellers whose schedule has the day */
	DateADT		day;
} PayoutOrder;

/* Shares of order lines that may be paid, by seller, currency and id; all columns have count entries. */
typedef struct Payable
{
	int			count;
	Account    *accounts;
	CurrencyCode *currencies;
	int64	   *ids;			/* of the accounts, as the ledger numbers them */
	Amount	   *balances;
	Amount	   *free;			/* what no hold takes of the balance */
} Payable;

/* From `first` to before `end` in payable: one seller, one currency. */
typedef struct SellerGroup
{
	int			first;
	int			end;
	int64		seller_id;
	int64		bank_account_id;	/* 0: none that may be paid */
	Amount		balance;
	Amount		total;			/* of what is free */
	const char *obstacle;		/* why it carries over; NULL: it is paid */
	const char *detail;
} SellerGroup;

typedef struct PayoutPlan
{
	Payable		payable;
	int			count;
	SellerGroup *groups;
} PayoutPlan;

/* payout_order.c */
extern PayoutOrder payout_order_read(Call *call, Jsonb *json);
extern bool payout_order_names(const PayoutOrder *order, int64 seller_id);
extern Value payout_sellers(const PayoutOrder *order);
extern Value payout_int64_array(Datum *elements, int n);

/* payout_select.c; lock: the accounts, so that nobody else spends what is found */
extern PayoutPlan payout_select(Call *call, const PayoutOrder *order, bool lock);

/* payout_gate.c: why the seller is not paid, or NULL; bank_account_id 0: it has none */
extern const char *payout_seller_obstacle(Call *call, int64 seller_id, const char **detail);
extern const char *payout_account_obstacle(Call *call, int64 seller_id, int64 bank_account_id, CurrencyCode currency,
										   const char **detail);

/* payout_schedule.c */
extern bool payout_schedule_has(const char *schedule, DateADT day);
extern DateADT payout_execution_day(Call *call, TimestampTz at);
extern TimestampTz payout_cut_off(Call *call, DateADT day);
extern DateADT payout_today(Call *call);
extern char *payout_day_text(DateADT day);	/* ISO 8601 */

/* payout_run.c: freezes what is free of a seller's shares (FD-P10), returns the payout */
extern int64 payout_freeze(Call *call, int64 batch_id, const Payable *payable, const SellerGroup *group, DateADT execution_date,
						   const Authority *authority);

/* payout_request.c: no mandate covers it, the PSP is asked (FD-51) */
extern void payout_request(Call *call, int64 batch_id, const Payable *payable, const SellerGroup *group);

/* payout_run.c; returns the batch, payouts: how many were frozen (0 when the slot had been run) */
extern int64 payout_run_order(Call *call, const PayoutOrder *order, int *payouts);

typedef struct Payout
{
	int64		id;
	int64		batch_id;
	int64		seller_id;
	int64		bank_account_id;
	Amount		amount;
	DateADT		execution_date;
	const char *state;
	TimestampTz ended_at;		/* DT_NOEND: it has not */
} Payout;

typedef struct PayoutItems
{
	int			count;
	int64	   *allocation_ids; /* ascending */
	int64	   *order_line_ids;
	Amount	   *amounts;
} PayoutItems;

/* payout_outcome.c */
extern Payout payout_get(Call *call, int64 payout_id);	/* MK004 */
extern bool payout_is(const Payout *payout, const char *state);
extern bool payout_was_not_sent(const Payout *payout);
extern bool payout_is_under_way(const Payout *payout);
extern PayoutItems payout_items(Call *call, int64 payout_id);
extern int64 payout_tell(Call *call, const Payout *payout, const char *type, const char *evidence);
extern void payout_set_state(Call *call, const Payout *payout, const char *state, const char *event, bool sent, bool ends,
							 const char *evidence);
extern void payout_give_back(Call *call, const Payout *payout, int64 cause);	/* FD-P12 */
extern void payout_refuse_state(const Payout *payout, const char *what, const char *hint) pg_attribute_noreturn();

/* payout_approval.c */
extern void payout_ask_approval(Call *call, const int64 *payout_ids, int n);
extern void payout_use_approval(Call *call, const Payout *payout);
extern bool payout_needs_approval(Call *call, int64 seller_id, Amount amount);

/* payout_cancel.c: the outcome of what we asked about a payout that was sent; kind 'payout_cancel' or 'payout_recall' */
extern void payout_request_moved(Call *call, const char *kind, int64 payout_id, const char *event, const char *evidence);

/* Ends what we asked, if it is open, because the payout's end has answered it. event: 'confirm' or 'fail' */
extern void payout_end_request(Call *call, int64 payout_id, const char *kind, const char *event, const char *evidence);

/* payout_return.c */
extern void payout_return_now(Call *call, int64 payout_id, const char *reason_code, const char *evidence);
extern bool return_kills_account(const char *reason_code);	/* RD-81: AC01, AC04, … */
extern void payout_take_back(Call *call, const Payout *payout, const char *reason_code, const char *evidence);

/* sweep.c */
extern void sweep_moved(Call *call, int64 sweep_id, const char *event, const char *evidence);

#endif
