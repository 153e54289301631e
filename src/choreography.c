/*
 * choreography.c
 *		The ONE page that says which area reacts to which event, which area guards which transition, and what tick() carries out.
 *
 * Areas emit events and never call sideways or up; whoever asks "what happens when a buyer accepts goods?" finds it here. Reactions
 * to one event run in the order of this table: money first, then documents.
 */
#include "postgres.h"

#include "choreography.h"
#include "funds/funds.h"
#include "invoicing/invoicing.h"
#include "kernel/event.h"
#include "kernel/ledger.h"
#include "logistics/logistics.h"
#include "orders/orders.h"

static const Reaction reactions[] = {
	/* a marketplace opens: the mandate by which it moves client money as agent of its PSP, unless it is none */
	{"marketplace.created", funds_on_marketplace_created},

	/* a seller accepts, and the order is firm: invoice it, where policy iv.trigger says so */
	{"seller_order.accepted", invoicing_on_seller_order_accepted},

	/* a seller cancels what it cannot supply: what was captured for it goes back to the buyer; what was invoiced is credited */
	{"order_line.cancelled", funds_on_line_cancelled},
	{"order_line.cancelled", invoicing_on_line_cancelled},

	/* goods move: release escrow (fd.release_on) and invoice (iv.trigger) at the fact that policy names */
	{"shipment.handed_over", funds_on_handed_over},
	{"shipment.handed_over", invoicing_on_handed_over},
	{"parcel.delivered", funds_on_parcel_delivered},
	{"parcel.delivered", invoicing_on_parcel_delivered},
	{"parcel.delivery_voided", funds_on_delivery_voided},
	{"receipt.accepted", funds_on_receipt_accepted},
	{"receipt.accepted", invoicing_on_receipt_accepted},

	/* a buyer takes its acceptance back; somebody decides what it objects to: it is right, and has its money back */
	{"receipt.withdrawn", funds_on_receipt_withdrawn},
	{"receipt.objection_decided", funds_on_objection_decided},

	/* goods are back and graded: what was paid for them goes back to the buyer; what the seller keeps is released */
	{"return.refund_due", funds_on_return_refund_due},
	{"return.refund_due", invoicing_on_return_refund_due},

	/* money goes back for less value: what was invoiced is credited, and so is commission that was charged (goodwill lowers no price) */
	{"refund.decided", invoicing_on_refund_decided},

	/* goods are taken with reserves: what the buyer's platform has of their invoice is disputed (207) */
	{"receipt.reserved", invoicing_on_receipt_reserved},
	{"receipt.not_received", invoicing_on_receipt_reserved},
	{"receipt.refused", invoicing_on_receipt_reserved},

	/* money comes or goes back, or a platform has the invoice at last: what is cashed in is reported (212) */
	{"payment.settled", invoicing_on_money_moved},
	{"payment.charged_back", invoicing_on_money_moved},
	{"payment.returned", invoicing_on_money_moved},
	{"payment.recovered", invoicing_on_money_moved},
	{"refund.paid", invoicing_on_money_moved},
	{"refund.bounced", invoicing_on_money_moved},
	{"invoice.status_recorded", invoicing_on_status_recorded},

	/* a credit note is issued: the dispute about what it corrects is settled (205) */
	{"invoice.issued", invoicing_on_invoice_issued},

	/* the PSP or the bank answers: state and posting of the payout or refund that the instruction was for */
	{"instruction.sent", funds_on_instruction_sent},
	{"instruction.acknowledged", funds_on_instruction_acknowledged},
	{"instruction.confirmed", funds_on_instruction_confirmed},
	{"instruction.failed", funds_on_instruction_failed},
	{"instruction.unknown", funds_on_instruction_unknown},
	{"instruction.cancelled", funds_on_instruction_cancelled},
	{"instruction.acknowledged", funds_on_psp_request},
	{"instruction.confirmed", funds_on_psp_request},
	{"instruction.failed", funds_on_psp_request},
	{"instruction.cancelled", funds_on_psp_request},

	/* a second person approves a payout; a hold reaches one that is under way */
	{"approval.given", funds_on_approval_given},
	{"payout.cancellation_requested", funds_on_payout_cancellation_requested},

	{NULL, NULL}
};

static const Guard guards[] = {
	/* goods leave only when the money is there that policy fd.ship_on asks for */
	{"shipment.hand_over", funds_guard_hand_over},

	/* a payout or refund is handed over, unless something stands against it since it was decided */
	{"instruction.send", funds_guard_send},

	{NULL, NULL}
};

static const TickStep steps[] = {
	/* first: a run pays what is posted, not what this very call moves */
	{"payouts whose day it is", funds_tick_payouts},
	{"seller orders that were not accepted in time", orders_tick_accept},
	{"receipts that silence has become", logistics_tick_deemed},
	{"parcels that are presumed lost", logistics_tick_lost},
	{"holds whose time is over", funds_tick_holds},
	{"released money that matures", funds_tick_maturity},
	{"reserves that are freed", funds_tick_reserve},
	{"returns that were not sent or inspected in time", logistics_tick_returns},
	{"claims against carriers that are time-barred", logistics_tick_claims},
	{"refunds that lacked money", funds_tick_refunds},
	{"authorisations whose time is over", funds_tick_expiry},
	{"requests that the PSP did not decide in time", funds_tick_psp_requests},
	{"instructions that were not answered in time", funds_tick_unanswered},
	{"breaks that nobody resolved in time", funds_tick_breaks},
	{"direct debits that can no longer be revoked", funds_tick_final},
	{"money that nobody recognised in time", funds_tick_suspense},
	{"messages of the PSP that waited", funds_tick_psp_events},
	{"orders whose buyer is due one document", invoicing_tick_envelopes},
	{"balances of summed accounts", ledger_tick},

	{NULL, NULL}
};

void
choreography_init(void)
{
	choreography_register(reactions, guards, steps);
}
