/*
 * receipt.h
 *		Receipts, for the files of logistics.
 */
#ifndef MARKETPLACE_RECEIPT_H
#define MARKETPLACE_RECEIPT_H

#include "logistics/tracking.h"

/* One line of a receipt, in one parcel. */
typedef struct ReceiptSlice
{
	int64		order_line_id;
	int64		seller_order_id;
	int64		seller_id;
	int64		parcel_id;
	Numeric		quantity;
	const char *condition;		/* 'conform', 'deemed_accepted', 'with_reserves' */
	const char *reserve_kind;	/* NULL unless with_reserves */
	const char *reserve_text;
	Jsonb	   *photos;
} ReceiptSlice;

/* Writes the receipt, moves its quantities and emits receipt.accepted and receipt.reserved; the order is locked. */
extern int64 receipt_write(Call *call, int64 order_id, int64 buyer_id, bool deemed, TimestampTz received_at,
						   List *slices);

/* Accepts what silence has accepted by now (LG-30); the order is locked. Returns the number of receipts written. */
extern int	receipt_deem_order(Call *call, int64 order_id);

/*
 * Sets or takes away the end of the parcel's inspection window after a change of its arrival or of what awaits
 * receipt.
 */
extern void receipt_refresh_due(Call *call, const Parcel *parcel);

#endif
