/*
 * cap.h
 *		The one cap on refunds: what of an allocation, a line or an order may still go back to the buyer, through whichever door
 *		(DP-30). The order must be locked by whoever then refunds.
 */
#ifndef MARKETPLACE_CAP_H
#define MARKETPLACE_CAP_H

#include "funds/funds_internal.h"

/* In minor units; never less than zero. */
extern int64 cap_of_allocation(const Allocation *allocation);

/* Of the line; capture_id 0: of all its captures. */
extern int64 cap_of_line(const Allocations *all, int64 order_line_id, int64 capture_id);

/* MK116 with the figures when the line allows less. */
extern void cap_require(const Allocations *all, const OrderLine *line, int64 capture_id, Amount wanted);

#endif
