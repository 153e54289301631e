/*
 * funds.h
 *		What other floors may know of funds: its reactions, its guard and its tick steps, for choreography.c; and how
 *		to hold money.
 */
#ifndef MARKETPLACE_FUNDS_H
#define MARKETPLACE_FUNDS_H

#include "kernel/event.h"

/* receipt.accepted, parcel.delivered, shipment.handed_over: release what policy fd.release_on makes due by it */
extern void funds_on_receipt_accepted(Call *call, const Event *event);
extern void funds_on_parcel_delivered(Call *call, const Event *event);
extern void funds_on_handed_over(Call *call, const Event *event);

/* parcel.delivery_voided: hold what its delivery released too early (policy lg.void_after_release) */
extern void funds_on_delivery_voided(Call *call, const Event *event);

/* receipt.withdrawn: the same for what an acceptance released; receipt.objection_decided: refund what the buyer is right about */
extern void funds_on_receipt_withdrawn(Call *call, const Event *event);
extern void funds_on_objection_decided(Call *call, const Event *event);

/* order_line.cancelled: refund what was captured for the cancelled quantity (FD-P14) */
extern void funds_on_line_cancelled(Call *call, const Event *event);

/* return.refund_due: refund what came back, by its grades (LG-49; refund_return.c has the payload) */
extern void funds_on_return_refund_due(Call *call, const Event *event);

/* instruction.…: state and posting of the payout or refund that it is for; other objects are not looked at */
extern void funds_on_instruction_sent(Call *call, const Event *event);
extern void funds_on_instruction_acknowledged(Call *call, const Event *event);
extern void funds_on_instruction_confirmed(Call *call, const Event *event);
extern void funds_on_instruction_failed(Call *call, const Event *event);
extern void funds_on_instruction_unknown(Call *call, const Event *event);
extern void funds_on_instruction_cancelled(Call *call, const Event *event);

/* marketplace.created: what it may do as agent of its PSP; instruction.… of a request to the PSP: what becomes of it (FD-50, FD-51) */
extern void funds_on_marketplace_created(Call *call, const Event *event);
extern void funds_on_psp_request(Call *call, const Event *event);

/* approval.given: the payout that it is for is approved; payout.cancellation_requested: the PSP is asked to cancel it, if it is time */
extern void funds_on_approval_given(Call *call, const Event *event);
extern void funds_on_payout_cancellation_requested(Call *call, const Event *event);

/* Payout runs that fd.payout_schedule makes due. */
extern int	funds_tick_payouts(Call *call, int limit);

/* shipment.hand_over, asked with the seller order: is the money there that policy fd.ship_on wants (MK110)? The order is locked. */
extern void funds_guard_hand_over(Call *call, int64 seller_order_id);

/* instruction.send, asked with the instruction: may the payout or refund that it is for still be handed over (MK051, MK111, MK116)? */
extern void funds_guard_send(Call *call, int64 instruction_id);

/*
 * What of the captures that pay a seller order has not been refunded (BT-113 of its invoices).
 */
extern Amount funds_received(Call *call, int64 seller_order_id, CurrencyCode currency);

/* What of them is settled and was not charged back; and what of it refunds have paid back (212 of its invoices and credit notes). */
extern void funds_settled(Call *call, int64 seller_order_id, CurrencyCode currency, Amount *received, Amount *refunded);

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

/*
 * Holds (FD-38 … FD-41), for reactions of every floor. hold.h says which money they take, and in which order locks are taken: several in
 * one call by ascending order, then seller.
 */

/* Exactly one target is not 0; all, quantity (of a line) or amount. */
typedef struct HoldSpec
{
	int64		order_line_id;
	int64		seller_order_id;
	int64		order_id;
	int64		payout_id;
	int64		seller_id;		/* its wallet */
	bool		all;
	Numeric		quantity;		/* of the line; NULL: amount */
	bool		at_most;		/* of the quantity what other slices leave; when nothing is left, or worth nothing, no hold */
	Amount		amount;
	const char *slice;			/* which part of the target, such as "dispute:17"; NULL: "whole". One slice's holds do not add up */
	const char *reason;			/* of FD-38 */
	const char *owner;			/* who lifts it beside the operator: "operator", "buyer", "system"; NULL: "system" */
	TimestampTz until;			/* 0 or DT_NOEND: until it is lifted */
	const char *note;			/* may be NULL */
	int64		cause;			/* event that it is placed for; 0: none */
} HoldSpec;

/*
 * Places a hold and returns its id (0: none, see at_most); locks order and wallets itself. Payouts that were not sent lose what is held of them in the same
 * commit (FD-P12); for those that were sent the event payout.cancellation_requested is emitted.
 */
extern int64 hold_put(Call *call, const HoldSpec *spec);

/* Lifts a hold, in part or (amount NULL) what is left of it, and releases what that makes due. MK002, MK004, MK030. */
extern void hold_lift_now(Call *call, int64 hold_id, const Amount *amount, const char *reason);

/* Active holds of a slice of an order line, for whoever placed them to lift; 0 ids when there are none. */
extern int	hold_find(Call *call, int64 order_line_id, const char *slice, int64 **hold_ids);

/* Why the whole wallet of the seller is held (kyc, bank_account, …): nothing of it is paid out. NULL: it is not. */
extern const char *hold_blocks_seller(Call *call, int64 seller_id);

/* Whoever bore a loss that a third party (a carrier, an insurer) answers for; the platform by goodwill. */
typedef enum FundsBearer
{
	FUNDS_BORNE_BY_SELLER,
	FUNDS_BORNE_BY_BUYER,
	FUNDS_BORNE_BY_PLATFORM
} FundsBearer;

typedef struct FundsRecovery
{
	FundsBearer bearer;
	int64		party_id;		/* 0 for the platform */
	Amount		amount;
	int64		cause;			/* event that explains it */
} FundsRecovery;

/*
 * Money in suspense is what a third party pays for losses: shared out whole to who bore them (FD-P27), a seller's share first to what it
 * owes the platform. MK004, MK012, MK110. Orders are locked before it.
 */
extern void funds_recover(Call *call, int64 money_receipt_id, const FundsRecovery *shares, int n);

/* Adds what of the line's price was given back at the seller's cost (cancelled quantities not counted), and at the platform's. */
extern void funds_line_made_good(Call *call, int64 order_id, int64 order_line_id, Amount *by_seller, Amount *by_platform);

/* Payments whose time is over; direct debits that can no longer be revoked. */
extern int	funds_tick_expiry(Call *call, int limit);
extern int	funds_tick_final(Call *call, int limit);

/* Money in suspense that is to be sent back: tells so. */
extern int	funds_tick_suspense(Call *call, int limit);

/* Messages of the PSP that wait for something that is there by now. */
extern int	funds_tick_psp_events(Call *call, int limit);

/* Requests that were never sent to the PSP and whose time is over. */
extern int	funds_tick_psp_requests(Call *call, int limit);

/* Differences between ledger, PSP and bank that nobody resolved in time. */
extern int	funds_tick_breaks(Call *call, int limit);

/* What was sent and not answered in time. */
extern int	funds_tick_unanswered(Call *call, int limit);

/* Refunds that await their funding (FD-72). */
extern int	funds_tick_refunds(Call *call, int limit);

#endif
