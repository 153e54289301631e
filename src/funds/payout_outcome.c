/*
 * payout_outcome.c
 *		What becomes of a payout: its state and posting follow its instruction to the PSP, whoever moves that (FD-P11,
 *		FD-P12, FD-80).
 */
#include "postgres.h"

#include "funds/hold.h"
#include "funds/suspense.h"
#include "kernel/errors.h"
#include "kernel/instruction.h"

typedef struct Payout
{
	int64		id;
	int64		seller_id;
	Amount		amount;
	const char *state;
} Payout;

/* Its state changes only with its instruction, whose row is locked by whoever moves it. */
static Payout
payout_get(Call *call, int64 payout_id)
{
	static Statement read = STATEMENT("il",
		"SELECT seller_id, amount, state FROM marketplace.payouts WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(payout_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no payout %lld", call->marketplace_id, (long long) payout_id),
				errhint("The view marketplace.payout_overview lists the payouts."));
	return (Payout) {payout_id, row_int64(&row, 0), row_amount(&row, 1), row_text(&row, 2)};
}

static int64
tell(Call *call, const Payout *payout, const char *type, const char *evidence)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "payout_id", payout->id);
	payload_int64(&payload, "seller_id", payout->seller_id);
	payload_amount(&payload, "amount", payout->amount);
	payload_text(&payload, "evidence", evidence);
	return event_emit(call, "payout", payout->id, type, &payload);
}

/* FD-P11: paid, the cash has left. FD-P12: it is the seller's to be paid again. */
static void
post_outcome(Call *call, const Payout *payout, bool paid, int64 cause)
{
	static Statement read = STATEMENT("il",
		"SELECT allocation_id, order_line_id, amount FROM marketplace.payout_items WHERE marketplace_id = $1 AND payout_id = $2"
		" ORDER BY allocation_id");
	Rows		items = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(payout->id)));
	Account		cash = psp_account(C_CASH, marketplace_get(call));
	int64	   *closing = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(items.count, 1));

	for (uint64 i = 0; i < items.count; i++)
	{
		int64		allocation_id = row_int64(&items.rows[i], 0);
		int64		line_id = row_int64(&items.rows[i], 1);
		Account		keeper = {C_SELLER, payout->seller_id, line_id, allocation_id};

		ledger_move(call, payout_clearing_account(payout->seller_id, line_id, allocation_id),
					paid ? cash : keeper, row_amount(&items.rows[i], 2),
					paid ? "payout_paid" : "payout_failed", cause);
		closing[i] = allocation_id;
	}
	if (paid)
		defer_closing(call, closing, (int) items.count);
}

typedef struct Outcome
{
	const char *instruction_event;
	const char *event;
	const char *state;
	const char *type;
	bool		sent;			/* it has been handed over by then */
	bool		ends;
} Outcome;

static const Outcome outcomes[] = {
	{"sent", "send", "sent", "payout.sent", true, false},
	{"acknowledged", "acknowledge", "accepted", "payout.accepted", true, false},
	{"confirmed", "confirm", "paid", "payout.paid", true, true},
	{"failed", "fail", "rejected", "payout.failed", true, true},
	{"cancelled", "drop", "dropped", "payout.dropped", false, true},
	{"unknown", "lose_track", "unknown", "payout.unknown", true, false}
};

void
payout_moved(Call *call, int64 payout_id, const char *event, const char *evidence)
{
	static Statement change = STATEMENT("iltzz",
		"UPDATE marketplace.payouts SET state = $3, sent_at = COALESCE(sent_at, $4), ended_at = $5 WHERE marketplace_id = $1 AND id = $2");
	Payout		payout = payout_get(call, payout_id);
	const Outcome *outcome = NULL;
	int64		cause;

	for (int i = 0; i < lengthof(outcomes); i++)
		if (strcmp(outcomes[i].instruction_event, event) == 0)
			outcome = &outcomes[i];
	if (outcome == NULL)
		elog(ERROR, "payouts know no event \"%s\"", event);
	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(payout.id),
									 value_text(outcome->state),
									 outcome->sent ? value_timestamptz(call->now) : value_null(),
									 outcome->ends ? value_timestamptz(call->now) : value_null()), outcome->event, evidence);
	cause = tell(call, &payout, outcome->type, evidence);
	if (!outcome->ends)
		return;
	post_outcome(call, &payout, strcmp(outcome->state, "paid") == 0, cause);
	hold_on_payout_outcome(call, payout.id, strcmp(outcome->state, "paid") != 0);
}

/* instruction.<event> → the payout, refund or own transfer that it is for */
static void
follow_instruction(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	char	   *object = document_text(&payload, "object");
	int64		object_id = document_int64(&payload, "object_id");
	const char *moved = event->type + strlen("instruction.");
	char	   *evidence = document_text_or_null(&payload, "evidence");

	if (strcmp(object, "payout") == 0)
		payout_moved(call, object_id, moved, evidence);
	else if (strcmp(object, "refund") == 0)
		refund_moved(call, object_id, moved, evidence);
	else if (strcmp(object, "money_receipt") == 0)
		suspense_return_moved(call, object_id, moved, evidence);
	else if (strcmp(object, "own_transfer") == 0)
		own_transfer_moved(call, object_id, moved, evidence);
}

void
funds_on_instruction_sent(Call *call, const Event *event)
{
	follow_instruction(call, event);
}

void
funds_on_instruction_acknowledged(Call *call, const Event *event)
{
	follow_instruction(call, event);
}

void
funds_on_instruction_confirmed(Call *call, const Event *event)
{
	follow_instruction(call, event);
}

void
funds_on_instruction_failed(Call *call, const Event *event)
{
	follow_instruction(call, event);
}

void
funds_on_instruction_unknown(Call *call, const Event *event)
{
	follow_instruction(call, event);
}

void
funds_on_instruction_cancelled(Call *call, const Event *event)
{
	follow_instruction(call, event);
}

/* The SQL functions (marketplace_id, payout_id, evidence or reason, request_key): the effect is in payout_moved(). */
static Datum
move_payout(FunctionCallInfo fcinfo, const char *event, bool reason_needed)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		payout_id = call_int64(&call, 1);
		char	   *evidence = reason_needed ? call_text(&call, 2) : call_text_or_null(&call, 2);
		bool		planned;

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) payout_get(&call, payout_id);
		instruction_lock(&call, "payout", "payout", payout_id);
		planned = strcmp(payout_get(&call, payout_id).state, "planned") == 0;
		if (planned && strcmp(event, "confirm") == 0)
			instruction_move(&call, "payout", "payout", payout_id, "send", evidence);
		if (planned && strcmp(event, "fail") == 0)
			event = "cancel";
		instruction_move(&call, "payout", "payout", payout_id, event, evidence);
		call.result = payout_id;
	}
	PG_RETURN_INT64(call_end(&call));
}

PG_FUNCTION_INFO_V1(payout_send);
Datum
payout_send(PG_FUNCTION_ARGS)
{
	return move_payout(fcinfo, "send", false);
}

PG_FUNCTION_INFO_V1(payout_confirm);
Datum
payout_confirm(PG_FUNCTION_ARGS)
{
	return move_payout(fcinfo, "confirm", false);
}

PG_FUNCTION_INFO_V1(payout_fail);
Datum
payout_fail(PG_FUNCTION_ARGS)
{
	return move_payout(fcinfo, "fail", true);
}
