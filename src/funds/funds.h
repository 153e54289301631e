/*
 * funds.h
 *		What other floors may know of funds: its reactions, its guard and its tick step, for choreography.c.
 */
#ifndef MARKETPLACE_FUNDS_H
#define MARKETPLACE_FUNDS_H

#include "kernel/event.h"

/* receipt.accepted, parcel.delivered, shipment.handed_over: release what policy fd.release_on makes due by it */
extern void funds_on_receipt_accepted(Call *call, const Event *event);
extern void funds_on_parcel_delivered(Call *call, const Event *event);
extern void funds_on_handed_over(Call *call, const Event *event);

/* order_line.cancelled: refund what was captured for the cancelled quantity (FD-P14) */
extern void funds_on_line_cancelled(Call *call, const Event *event);

/* instruction.…: state and posting of the payout or refund that it is for; other objects are not looked at */
extern void funds_on_instruction_sent(Call *call, const Event *event);
extern void funds_on_instruction_acknowledged(Call *call, const Event *event);
extern void funds_on_instruction_confirmed(Call *call, const Event *event);
extern void funds_on_instruction_failed(Call *call, const Event *event);
extern void funds_on_instruction_unknown(Call *call, const Event *event);
extern void funds_on_instruction_cancelled(Call *call, const Event *event);

/* shipment.hand_over, asked with the seller order: is the money there that policy fd.ship_on wants (MK110)? The order is locked. */
extern void funds_guard_hand_over(Call *call, int64 seller_order_id);

/*
 * What of the captures that pay a seller order has not been refunded (BT-113 of its invoices).
 */
extern Amount funds_received(Call *call, int64 seller_order_id, CurrencyCode currency);

/* Commission that a capture allocation has earned by its releases, cumulatively; the invoice of it is invoicing's matter (IV-72). */
typedef struct FundsCommission
{
	int64		allocation_id;
	int64		order_line_id;
	Amount		net;
	Amount		vat;
	Numeric		vat_pct;
} FundsCommission;

typedef struct FundsCommissions
{
	int			count;
	FundsCommission *commissions;	/* by allocation */
} FundsCommissions;

/* Of the seller, in all currencies, by releases recorded before an instant. */
extern FundsCommissions funds_commission_earned(Call *call, int64 seller_id, TimestampTz before);

/* Holds whose time is over: what becomes due by it is released. */
extern int	funds_tick_holds(Call *call, int limit);

/* What has waited long enough becomes available; reserves are freed on their ladder. */
extern int	funds_tick_maturity(Call *call, int limit);
extern int	funds_tick_reserve(Call *call, int limit);

/* Payments whose time is over; direct debits that can no longer be revoked. */
extern int	funds_tick_expiry(Call *call, int limit);
extern int	funds_tick_final(Call *call, int limit);

/* Money in suspense that is to be sent back: tells so. */
extern int	funds_tick_suspense(Call *call, int limit);

/* Differences between ledger, PSP and bank that nobody resolved in time. */
extern int	funds_tick_breaks(Call *call, int limit);

#endif
