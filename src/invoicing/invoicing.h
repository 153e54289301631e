/*
 * invoicing.h
 *		What choreography.c and higher floors may know of invoicing: its reactions.
 *
 * Each looks whether policy iv.trigger makes its fact the one to invoice by; if so the unit invoice is issued at the end of the call.
 */
#ifndef MARKETPLACE_INVOICING_H
#define MARKETPLACE_INVOICING_H

#include "kernel/event.h"

extern void invoicing_on_seller_order_accepted(Call *call, const Event *event);	/* iv.trigger = order */
extern void invoicing_on_handed_over(Call *call, const Event *event);		/* shipment */
extern void invoicing_on_parcel_delivered(Call *call, const Event *event);	/* delivery */
extern void invoicing_on_receipt_accepted(Call *call, const Event *event);	/* acceptance */

/* What was invoiced is credited in the same commit (IV-66): order_line.cancelled, return.refund_due, refund.decided */
extern void invoicing_on_line_cancelled(Call *call, const Event *event);
extern void invoicing_on_return_refund_due(Call *call, const Event *event);
extern void invoicing_on_refund_decided(Call *call, const Event *event);

/* What invoices' statuses follow from (IV-70): payment.settled … refund.paid (212), receipt.reserved (207), the first status itself */
extern void invoicing_on_money_moved(Call *call, const Event *event);
extern void invoicing_on_receipt_reserved(Call *call, const Event *event);
extern void invoicing_on_status_recorded(Call *call, const Event *event);
extern void invoicing_on_invoice_issued(Call *call, const Event *event);	/* a credit note settles a dispute (205) */
/* tick(): the buyer's one document of orders invoiced whole, and of days that are over (policy iv.single_document) */
extern int	invoicing_tick_envelopes(Call *call, int limit);

#endif
