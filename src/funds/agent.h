/*
 * agent.h
 *		By what right client money is moved: a mandate of the PSP that covers it, or a decision of the PSP on a request (FD-50, FD-51).
 *
 * Whoever is about to move client money asks agent_authority() and puts it into the payload of the event that causes the posting. Without
 * authority nothing is moved: psp_request_open() asks the PSP, and the executor of the operation is called when the PSP has executed it.
 */
#ifndef MARKETPLACE_FUNDS_AGENT_H
#define MARKETPLACE_FUNDS_AGENT_H

#include "funds/funds_internal.h"

typedef enum AgentOperation
{
	AGENT_HOLD,
	AGENT_RELEASE,
	AGENT_REVERSE_RELEASE,
	AGENT_REFUND,
	AGENT_PAYOUT,
	AGENT_SWEEP,
	AGENT_ADVANCE
} AgentOperation;

/* Both 0: none. */
typedef struct Authority
{
	int64		mandate_id;
	int64		request_id;
} Authority;

typedef struct PspRequest PspRequest;

/* What covers the movement; it counts towards the daily limits of its mandate. */
extern Authority agent_authority(Call *call, AgentOperation operation, Amount amount);

static inline bool
agent_covers(const Authority *authority)
{
	return authority->mandate_id != 0 || authority->request_id != 0;
}

/*
 * May the movement be made? True, with what covers it. Else nothing may be moved, and the PSP is asked, unless it has been asked for the
 * same object and has not decided.
 */
extern bool agent_may(Call *call, const PspRequest *movement, Authority *authority);

/* "mandate_id" or "psp_request_id" */
extern void payload_authority(JsonbParseState **payload, const Authority *authority);

extern const char *agent_operation_name(AgentOperation operation);

/* The PSP's decision under which this call moves money from now on; 0: none any more (psp_request.c). */
extern void agent_act_on_request(Call *call, int64 request_id);

/* What is asked of the PSP; whose cents: items. */
struct PspRequest
{
	int64		id;
	AgentOperation operation;
	const char *object;
	int64		object_id;
	int64		order_id;		/* 0: of several */
	int64		seller_id;		/* 0: none */
	Amount		amount;
	int			count;
	const int64 *allocation_ids;
	const int64 *order_line_ids;
	const Amount *amounts;
	int64		bank_account_id;	/* payout: where it is to be paid to; 0: none */
};

/* Writes the request, its instruction and the hold on the order line or wallet. The order of locks is that of hold_put(). Returns its id. */
extern int64 psp_request_open(Call *call, const PspRequest *request);

/* Is the PSP asked for the object already, and has not decided? ever: or has it been asked before, whatever it said? */
extern bool psp_request_is_open(Call *call, const char *object, int64 object_id);
extern bool psp_request_was_made(Call *call, const char *object, int64 object_id);

/* What of the allocations of an order is asked for already and not decided, by operation release: amounts by position in all. */
extern void psp_requested(Call *call, int64 order_id, const Allocations *all, Amount *requested);

/* instruction.…: what becomes of a request */
extern void psp_request_moved(Call *call, int64 request_id, const char *event, const char *evidence);

/*
 * Executors: exactly what was asked for is moved; release.c, payout_request.c, refund.c, refund_again.c, sweep.c, suspense.c, wallet.c.
 * evidence: what proves it. Those that decline undo what waited for the PSP: it refused, failed, or its time is over.
 */
extern void release_execute(Call *call, const PspRequest *request, const char *evidence);
extern void payout_execute(Call *call, const PspRequest *request, const char *evidence);
extern void refund_execute(Call *call, const PspRequest *request, const char *evidence);
extern void refund_funding_execute(Call *call, const PspRequest *request, const char *evidence);
extern void sweep_execute(Call *call, const PspRequest *request, const char *evidence);
extern void sweep_decline(Call *call, const PspRequest *request, const char *evidence);
extern void suspense_return_execute(Call *call, const PspRequest *request, const char *evidence);
extern void suspense_return_decline(Call *call, const PspRequest *request, const char *evidence);
extern void wallet_use_execute(Call *call, const PspRequest *request, const char *evidence);
extern void wallet_use_decline(Call *call, const PspRequest *request, const char *evidence);

#endif
