/*
 * payout_outcome.c
 *		What becomes of a payout: its state and posting follow its instruction to the PSP, whoever moves that (FD-P11,
 *		FD-P12, FD-80).
 */
#include "postgres.h"

#include "funds/funds.h"
#include "funds/payout.h"
#include "funds/suspense.h"
#include "kernel/errors.h"
#include "kernel/instruction.h"

/* Its state changes only with its instruction, whose row is locked by whoever moves it. */
Payout
payout_get(Call *call, int64 payout_id)
{
	static Statement read = STATEMENT("il",
		"SELECT batch_id, seller_id, bank_account_id, amount, execution_date, state, ended_at FROM marketplace.payouts"
		" WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(payout_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no payout %lld", call->marketplace_id, (long long) payout_id),
				errhint("The view marketplace.payout_overview lists the payouts."));
	return (Payout) {payout_id, row_int64(&row, 0), row_int64(&row, 1), row_int64(&row, 2), row_amount(&row, 3), row_date(&row, 4),
		row_text(&row, 5), row_null(&row, 6) ? DT_NOEND : row_timestamptz(&row, 6)};
}

bool
payout_is(const Payout *payout, const char *state)
{
	return strcmp(payout->state, state) == 0;
}

bool
payout_was_not_sent(const Payout *payout)
{
	return payout_is(payout, "planned") || payout_is(payout, "approved");
}

bool
payout_is_under_way(const Payout *payout)
{
	return payout_is(payout, "sent") || payout_is(payout, "accepted") || payout_is(payout, "unknown");
}

PayoutItems
payout_items(Call *call, int64 payout_id)
{
	static Statement read = STATEMENT("il",
		"SELECT allocation_id, order_line_id, amount FROM marketplace.payout_items WHERE marketplace_id = $1 AND payout_id = $2"
		" ORDER BY allocation_id");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(payout_id)));
	Size		n = Max(rows.count, 1);
	PayoutItems items = {(int) rows.count, MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * n),
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * n), MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Amount) * n)};

	for (int i = 0; i < items.count; i++)
	{
		items.allocation_ids[i] = row_int64(&rows.rows[i], 0);
		items.order_line_ids[i] = row_int64(&rows.rows[i], 1);
		items.amounts[i] = row_amount(&rows.rows[i], 2);
	}
	return items;
}

int64
payout_tell(Call *call, const Payout *payout, const char *type, const char *evidence)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "payout_id", payout->id);
	payload_int64(&payload, "seller_id", payout->seller_id);
	payload_amount(&payload, "amount", payout->amount);
	payload_text(&payload, "evidence", evidence);
	return event_emit(call, "payout", payout->id, type, &payload);
}

void
payout_refuse_state(const Payout *payout, const char *what, const char *hint)
{
	ereport(ERROR,
			errcode(MK_PAYOUT),
			errmsg("payout %lld cannot be %s", (long long) payout->id, what),
			errdetail("It is %s, %s.", payout->state, amount_to_cstring(payout->amount)),
			errhint("%s", hint));
}

/* sent: it has been handed over by then. The first end stays: what comes after it is told by other rows. */
void
payout_set_state(Call *call, const Payout *payout, const char *state, const char *event, bool sent, bool ends, const char *evidence)
{
	static Statement change = STATEMENT("iltzzd",
		"UPDATE marketplace.payouts SET state = $3, sent_at = COALESCE(sent_at, $4), ended_at = COALESCE(ended_at, $5),"
		"       execution_date = $6"
		" WHERE marketplace_id = $1 AND id = $2");
	DateADT		execution_date = payout->execution_date;

	if (strcmp(event, "send") == 0)
		execution_date = Max(execution_date, payout_execution_day(call, call->now));
	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(payout->id), value_text(state),
									 sent ? value_timestamptz(call->now) : value_null(),
									 ends ? value_timestamptz(call->now) : value_null(), value_date(execution_date)), event, evidence);
}

/* FD-P11: the cash has left. */
static void
post_paid(Call *call, const Payout *payout, int64 cause)
{
	PayoutItems items = payout_items(call, payout->id);
	Account		cash = psp_account(C_CASH, marketplace_get(call));

	for (int i = 0; i < items.count; i++)
		ledger_move(call, payout_clearing_account(payout->seller_id, items.order_line_ids[i], items.allocation_ids[i]), cash,
					items.amounts[i], "payout_paid", cause);
	defer_closing(call, items.allocation_ids, items.count);
}

/* FD-P12: it is the seller's, to be paid again. */
void
payout_give_back(Call *call, const Payout *payout, int64 cause)
{
	PayoutItems items = payout_items(call, payout->id);

	for (int i = 0; i < items.count; i++)
	{
		int64		allocation_id = items.allocation_ids[i];
		int64		line_id = items.order_line_ids[i];

		ledger_move(call, payout_clearing_account(payout->seller_id, line_id, allocation_id),
					(Account) {C_SELLER, payout->seller_id, line_id, allocation_id}, items.amounts[i], "payout_failed", cause);
	}
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

static const Outcome *
outcome_of(const char *event)
{
	for (int i = 0; i < lengthof(outcomes); i++)
		if (strcmp(outcomes[i].instruction_event, event) == 0)
			return &outcomes[i];
	elog(ERROR, "payouts know no event \"%s\"", event);
}

/* FD-54: nothing is sent that a second person has to approve and has not. */
static void
require_approval(Call *call, const Payout *payout)
{
	if (payout_is(payout, "planned"))
		ereport(ERROR,
				errcode(MK_APPROVAL),
				errmsg("payout %lld needs the approval of a second person", (long long) payout->id),
				errdetail("%s is above fd.four_eyes_amount.", amount_to_cstring(payout->amount)),
				errhint("The view marketplace.approvals has what was asked for; another person gives it with approval_give()."));
	payout_use_approval(call, payout);
}

void
payout_moved(Call *call, int64 payout_id, const char *event, const char *evidence)
{
	Payout		payout = payout_get(call, payout_id);
	const Outcome *outcome = outcome_of(event);
	bool		paid = strcmp(outcome->state, "paid") == 0;
	int64		cause;

	if (payout_is(&payout, "cancelled"))	/* its instruction ends with it: payout_cancel.c */
		return;
	if (strcmp(outcome->event, "send") == 0)
		require_approval(call, &payout);
	payout_set_state(call, &payout, outcome->state, outcome->event, outcome->sent, outcome->ends, evidence);
	cause = payout_tell(call, &payout, outcome->type, evidence);
	if (!outcome->ends)
		return;
	if (paid)
		post_paid(call, &payout, cause);
	else
		payout_give_back(call, &payout, cause);
	hold_on_payout_outcome(call, payout.id, !paid);
	payout_end_request(call, payout.id, "payout_cancel", paid ? "fail" : "confirm", psprintf("the payout is %s", outcome->state));
}

/* instruction.<event> → the payout, refund, sweep or own transfer that it is for */
static void
follow_instruction(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	char	   *object = document_text(&payload, "object");
	char	   *kind = document_text(&payload, "kind");
	int64		object_id = document_int64(&payload, "object_id");
	const char *moved = event->type + strlen("instruction.");
	char	   *evidence = document_text_or_null(&payload, "evidence");

	if (strcmp(object, "payout") == 0 && strcmp(kind, "payout") == 0)
		payout_moved(call, object_id, moved, evidence);
	else if (strcmp(object, "payout") == 0)
		payout_request_moved(call, kind, object_id, moved, evidence);
	else if (strcmp(object, "sweep") == 0)
		sweep_moved(call, object_id, moved, evidence);
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
		Payout		payout;

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) payout_get(&call, payout_id);
		instruction_lock(&call, "payout", "payout", payout_id);
		payout = payout_get(&call, payout_id);
		if (strcmp(event, "send") == 0)
			send_check(&call, "payout", "payout", payout_id);
		if (payout_was_not_sent(&payout) && strcmp(event, "confirm") == 0)
			instruction_move(&call, "payout", "payout", payout_id, "send", evidence);
		if (payout_was_not_sent(&payout) && strcmp(event, "fail") == 0)
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
