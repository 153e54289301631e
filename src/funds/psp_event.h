/*
 * psp_event.h
 *		Messages of the PSP that wait for a payment.
 */
#ifndef MARKETPLACE_FUNDS_PSP_EVENT_H
#define MARKETPLACE_FUNDS_PSP_EVENT_H

#include "kernel/call.h"

/* A payment with this name at the PSP is there: messages that came before are applied. */
extern void psp_events_apply(Call *call, const char *psp_reference);

/* Before the orders of such a payment are locked. */
extern void psp_events_lock(Call *call, const char *psp_reference);

/* psp_event_apply.c: one message */
typedef enum PspOutcome
{
	PSP_WAITS,
	PSP_APPLIED,
	PSP_REJECTED
} PspOutcome;

typedef struct PspEvent
{
	int64		id;
	const char *kind;
	const char *capture_reference;	/* these NULL or 0 when not told */
	const char *chargeback_reference;
	Amount		amount;
	Amount		fee;
	const char *reason;
	const char *settlement_reference;
	const char *note;			/* out: why it waits or was rejected */
} PspEvent;
extern PspOutcome psp_event_apply(Call *call, int64 payment_id, PspEvent *event);

#endif
