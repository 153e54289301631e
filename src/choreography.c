/*
 * choreography.c
 *		The ONE page that says which area reacts to which event, which area guards which transition, and what tick() carries out.
 *
 * Areas emit events and never call sideways or up; whoever asks "what happens when a buyer accepts goods?" finds it here.
 */
#include "postgres.h"

#include "choreography.h"
#include "funds/funds.h"
#include "invoicing/invoicing.h"
#include "kernel/event.h"
#include "logistics/logistics.h"
#include "orders/orders.h"

static const Reaction reactions[] = {
	{"order.placed", invoicing_on_order_placed},
	{"shipment.handed_over", funds_on_handed_over},
	{"shipment.handed_over", invoicing_on_handed_over},
	{"parcel.delivered", funds_on_parcel_delivered},
	{"parcel.delivered", invoicing_on_parcel_delivered},
	{"receipt.accepted", funds_on_receipt_accepted},
	{"receipt.accepted", invoicing_on_receipt_accepted},
	{"order_line.cancelled", funds_on_line_cancelled},
	{"instruction.sent", funds_on_instruction_sent},
	{"instruction.acknowledged", funds_on_instruction_acknowledged},
	{"instruction.confirmed", funds_on_instruction_confirmed},
	{"instruction.failed", funds_on_instruction_failed},
	{"instruction.unknown", funds_on_instruction_unknown},
	{"instruction.cancelled", funds_on_instruction_cancelled},
	{NULL, NULL}
};

static const Guard guards[] = {
	{"shipment.hand_over", funds_guard_hand_over},
	{NULL, NULL}
};

static const TickStep steps[] = {
	{"sellers' silence", orders_tick_accept},
	{"payment expiry", funds_tick_expiry},
	{"acceptance by silence", logistics_tick_deemed},
	{NULL, NULL}
};

void
choreography_init(void)
{
	choreography_register(reactions, guards, steps);
}
