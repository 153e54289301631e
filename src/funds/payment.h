/*
 * payment.h
 *		Payments and their captures for the other files of funds: locking, recording, taking money, settling.
 */
#ifndef MARKETPLACE_FUNDS_PAYMENT_H
#define MARKETPLACE_FUNDS_PAYMENT_H

#include "funds/agent.h"

/* How much of a payment is for an order (FD-13). */
typedef struct PaymentOrder
{
	int64		order_id;
	Amount		amount;
	Amount		captured;
} PaymentOrder;

typedef struct Payment
{
	int64		id;
	int64		payer_id;
	Amount		authorised;		/* or expected */
	Amount		captured;
	Amount		presented;		/* only when has_presented */
	bool		has_presented;
	const char *state;
	const char *method;
	TimestampTz expires_at;		/* DT_NOEND: not known */
	bool		closed;			/* nothing more is to be captured */
	bool		from_suspense;	/* a transfer that came in before: it lies in suspense */
	int64		money_receipt_id;	/* the receipt of money that pays it; 0: none */
	Authority	authority;		/* by which a wallet's money is moved; none of others, which the PSP or the bank reports */
	int			order_count;
	PaymentOrder *orders;		/* by order */
} Payment;

/* payment.c: locks the payment's orders in ascending order, then the payment; MK004. */
extern Payment payment_lock(Call *call, int64 payment_id);

/* The same for steps of tick(): false when somebody else has one of the orders. */
extern bool payment_try_lock(Call *call, int64 payment_id, Payment *payment);

/* Returns the id of the event. capture_id 0: none; reason NULL: none. */
extern int64 payment_tell(Call *call, const char *type, const Payment *payment, int64 order_id, Amount amount,
						  int64 capture_id, const char *reason);

/* Each of its orders is told what was meant for it. */
extern void payment_tell_orders(Call *call, const char *type, const Payment *payment, const char *reason);

/* Nothing more will be captured: state and event of the lifecycle, type of the event that tells it. */
extern void payment_close(Call *call, const Payment *payment, const char *state, const char *event, const char *type,
						  const char *reason);

/* What was captured stays, the rest is given up. */
extern void payment_close_rest(Call *call, const Payment *payment);

/* payment_new.c: records one and tells its orders; the orders are locked. Returns its id. */
typedef struct NewPayment
{
	int64		payer_id;
	Amount		amount;
	bool		authorised;		/* else expected */
	bool		has_presented;
	Amount		presented;
	const char *method;
	const char *psp_reference;	/* NULL: none */
	TimestampTz expires_at;		/* DT_NOEND: not known */
	int			order_count;
	PaymentOrder *orders;		/* by order; Σ amounts = amount */
} NewPayment;
extern int64 payment_add(Call *call, const NewPayment *payment);
extern Amount document_positive_amount(const Document *document, const char *key);
extern void payment_set_authorised(Call *call, const Payment *payment);	/* it was expected */

/* capture.c */
extern int64 order_lacking(Call *call, int64 order_id); /* minor units that it is not paid */
extern Amount capture_most(Call *call, const Payment *payment);	/* that payment and orders allow; may be zero */
extern int64 capture_payment(Call *call, Payment *payment, Amount amount, const char *psp_reference);

/* What a capture pays of each order. */
typedef struct CaptureShares
{
	int			count;
	PaymentOrder *orders;		/* by order; amount only */
} CaptureShares;
extern CaptureShares capture_shares(Call *call, int64 capture_id);

/* settle.c */
typedef struct Capture
{
	int64		id;
	int64		payment_id;
	Amount		amount;
	const char *state;
	bool		has_presented;
	Amount		presented;
	int64		fx_rate_id;
} Capture;
extern Capture capture_get(Call *call, int64 capture_id);	/* MK004 */
typedef enum SettledBy
{
	SETTLED_IN_CASH,			/* nothing is paid by the PSP: the money is in cash already */
	SETTLED_BY_PSP,				/* it says so */
	SETTLED_BY_BANK				/* the line of a statement at hand shows it */
} SettledBy;
extern void settle_capture(Call *call, const Payment *payment, int64 capture_id, Amount gross, Amount fee, const char *reference,
						   SettledBy by);
extern void settle_payment(Call *call, int64 payment_id); /* final, when all of it is */

#endif
