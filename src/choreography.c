/*
 * choreography.c
 *		The ONE page that says which area reacts to which event, which area guards which transition, and what tick() carries out.
 *
 * Areas emit events and never call sideways or up; whoever asks "what happens when a buyer accepts goods?" finds it here.
 */
#include "postgres.h"

#include "choreography.h"
#include "kernel/event.h"
#include "orders/orders.h"

static const Reaction reactions[] = {
	{NULL, NULL}
};

static const Guard guards[] = {
	{NULL, NULL}
};

static const TickStep steps[] = {
	{"sellers' silence", orders_tick_accept},
	{NULL, NULL}
};

void
choreography_init(void)
{
	choreography_register(reactions, guards, steps);
}
