/*
 * commission.h
 *		What the files that invoice and credit commission know of one another (IV-72).
 */
#ifndef MARKETPLACE_COMMISSION_H
#define MARKETPLACE_COMMISSION_H

#include "funds/funds.h"
#include "invoicing/invoice.h"

/* What a capture allocation has earned less what documents have charged of it: below zero where it was reversed since. */
typedef struct CommissionItem
{
	FundsCommission earned;
	Amount		net;
	Amount		vat;
	int32		sequence;		/* of the next document about it */
} CommissionItem;

/* commission_invoice.c */
extern void commission_lock(Call *call, int64 seller_id);
extern CommissionItem *commission_open(Call *call, int64 seller_id, TimestampTz before, int *count);
extern void commission_write_item(Call *call, int64 seller_id, const CommissionItem *item, int32 sequence, int64 invoice_id, Amount net,
								  Amount vat);

/* commission_credit.c: what was charged and has been reversed is given back at the end of the call; false when there is none */
extern bool commission_defer_credits(Call *call, int64 seller_id);

/* Something of the line's money goes back: what was charged of its commission is looked at again at the end of the call. */
extern void commission_review(Call *call, int64 seller_id, int64 order_line_id);

#endif
