/*
 * fx.h
 *		Exchange rates on record, and what a conversion costs (FD-9, FD-P29). Nothing is converted without a rate row.
 */
#ifndef MARKETPLACE_FUNDS_FX_H
#define MARKETPLACE_FUNDS_FX_H

#include "funds/payment.h"

typedef struct FxRate
{
	int64		id;
	CurrencyCode from;
	CurrencyCode to;
	Numeric		rate;			/* units of `to` for one unit of `from` */
	const char *source;
} FxRate;

/* The rate in force at an instant, MK117 when there is none; the inverse of another pair is none. */
extern FxRate fx_rate_at(Call *call, CurrencyCode from, CurrencyCode to, TimestampTz at);
extern FxRate fx_rate_get(Call *call, int64 fx_rate_id);
extern Amount fx_convert(Amount amount, const FxRate *rate);	/* rounded once (RD-4) */

/* What the buyer paid in a currency of its own for a capture; rate_id 0: nothing was converted. */
typedef struct FxCapture
{
	int64		rate_id;
	Amount		presented;
} FxCapture;
extern FxCapture fx_of_capture(Call *call, const Payment *payment, Amount amount);

/*
 * fx_refund.c: a refund of a payment that the buyer made in its own currency. Planned with its instruction: what the
 * buyer gets (false: no such payment). Paid: posts FD-P29 instead of FD-P15; false: no such refund.
 */
extern bool fx_refund_plan(Call *call, int64 refund_id, Amount *presented);
extern bool fx_refund_paid(Call *call, int64 refund_id, int64 buyer_id, int64 cause);

#endif
