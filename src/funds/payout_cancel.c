/*
 * payout_cancel.c
 *		Taking payouts back: dropped before they are sent, cancelled at the PSP until the bank's cut-off, recalled from the payee's bank once
 *		they are paid (FD §7, FD-65, RD-78, RD-79).
 *
 * A cancellation and a recall are instructions of their own: we ask, the other side decides.
 */
#include "postgres.h"

#include "funds/funds.h"
#include "funds/payout.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/instruction.h"
#include "kernel/policy.h"
#include "utils/datetime.h"

#define CANCEL "payout_cancel"
#define RECALL "payout_recall"

#define DUPLICATE_DAYS 10		/* TARGET days in which a duplicate or a technical error may be recalled (RD-78) */
#define RECALL_MONTHS 13		/* any other recall */

static void
plan_request(Call *call, const Payout *payout, const char *kind, const char *reason_code, const char *reason)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "payout_id", payout->id);
	payload_int64(&payload, "seller_id", payout->seller_id);
	payload_int64(&payload, "bank_account_id", payout->bank_account_id);
	payload_amount(&payload, "amount", payout->amount);
	payload_text(&payload, "reason_code", reason_code);
	payload_text(&payload, "reason", reason);
	instruction_plan(call, kind, "payout", payout->id, marketplace_get(call)->psp_party_id, &payload);
}

/* The state of what we asked and have no answer to; NULL: nothing. */
static char *
open_request(Call *call, int64 payout_id, const char *kind)
{
	static Statement find = STATEMENT("itl",
		"SELECT state FROM marketplace.instructions WHERE marketplace_id = $1 AND kind = $2 AND object = 'payout' AND object_id = $3"
		" AND state IN ('planned', 'sent', 'acknowledged', 'unknown')");
	Row			row;

	return query_row(&find, VALUES(value_int32(call->marketplace_id), value_text(kind), value_int64(payout_id)), &row) ?
		row_text(&row, 0) : NULL;
}

static void
answer(Call *call, int64 payout_id, const char *kind, const char *state, const char *event, const char *evidence)
{
	if (strcmp(state, "planned") == 0)
		instruction_move(call, kind, "payout", payout_id, "send", evidence);
	instruction_move(call, kind, "payout", payout_id, event, evidence);
}

void
payout_end_request(Call *call, int64 payout_id, const char *kind, const char *event, const char *evidence)
{
	char	   *state = open_request(call, payout_id, kind);

	if (state != NULL)
		answer(call, payout_id, kind, state, event, evidence);
}

/* FD-65: success is FD-P12; when it comes too late the payout counts as paid. */
static void
cancellation_answered(Call *call, Payout *payout, bool accepted, const char *evidence)
{
	int64		cause;

	if (!payout_is_under_way(payout))
		return;
	if (!accepted)
	{
		instruction_move(call, "payout", "payout", payout->id, "confirm",
						 psprintf("cancellation refused: %s", evidence == NULL ? "no reason given" : evidence));
		return;
	}
	payout_set_state(call, payout, "cancelled", "cancel", true, true, evidence);
	cause = payout_tell(call, payout, "payout.cancelled", evidence);
	payout_give_back(call, payout, cause);
	hold_on_payout_outcome(call, payout->id, true);
	instruction_move(call, "payout", "payout", payout->id, "fail", psprintf("cancelled: %s", evidence == NULL ? "" : evidence));
}

static void
recall_answered(Call *call, Payout *payout, bool accepted, const char *evidence)
{
	if (!payout_is(payout, "recall_pending"))
		return;
	if (accepted)
		payout_take_back(call, payout, "FOCR", evidence == NULL ? "recall accepted" : evidence);
	else
	{
		payout_set_state(call, payout, "paid", "keep", true, true, evidence);
		(void) payout_tell(call, payout, "payout.recall_refused", evidence);
	}
}

void
payout_request_moved(Call *call, const char *kind, int64 payout_id, const char *event, const char *evidence)
{
	bool		accepted = strcmp(event, "confirmed") == 0;
	Payout		payout;

	if (!accepted && strcmp(event, "failed") != 0 && strcmp(event, "cancelled") != 0)
		return;
	payout = payout_get(call, payout_id);
	if (strcmp(kind, CANCEL) == 0 && strcmp(event, "cancelled") != 0)	/* a request that was never sent has not failed */
		cancellation_answered(call, &payout, accepted, evidence);
	else if (strcmp(kind, RECALL) == 0)
		recall_answered(call, &payout, accepted, evidence);
}

static bool
cut_off_is_past(Call *call, const Payout *payout)
{
	return call->now >= payout_cut_off(call, payout->execution_date);
}

static void
ask_cancellation(Call *call, const Payout *payout, const char *reason)
{
	if (!payout_is_under_way(payout))
		payout_refuse_state(payout, "cancelled", "One that is paid can be recalled: payout_recall().");
	if (cut_off_is_past(call, payout))
		ereport(ERROR,
				errcode(MK_PAYOUT),
				errmsg("payout %lld can be cancelled no more", (long long) payout->id),
				errdetail("The bank's cut-off of %s is past; it is %s.", payout_day_text(payout->execution_date), payout->state),
				errhint("Wait for its outcome; one that is paid can be recalled: payout_recall()."));
	if (open_request(call, payout->id, CANCEL) != NULL)
		payout_refuse_state(payout, "cancelled twice", "Its cancellation has been asked for: see the view marketplace.instruction_overview.");
	plan_request(call, payout, CANCEL, NULL, reason);
}

/* payout.cancellation_requested: a hold was placed on money that is under way (FD-41). */
void
funds_on_payout_cancellation_requested(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	Payout		payout = payout_get(call, document_int64(&payload, "payout_id"));

	if (payout_is_under_way(&payout) && !cut_off_is_past(call, &payout) && open_request(call, payout.id, CANCEL) == NULL)
		plan_request(call, &payout, CANCEL, NULL, psprintf("hold %lld", (long long) document_int64(&payload, "hold_id")));
}

/* drop_only: only what was not sent */
static Datum
take_back(FunctionCallInfo fcinfo, bool drop_only)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		payout_id = call_int64(&call, 1);
		char	   *reason = call_text(&call, 2);
		Payout		payout;

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) payout_get(&call, payout_id);
		instruction_lock(&call, "payout", "payout", payout_id);
		payout = payout_get(&call, payout_id);
		if (payout_was_not_sent(&payout))
			instruction_move(&call, "payout", "payout", payout_id, "cancel", reason);
		else if (drop_only)
			payout_refuse_state(&payout, "dropped", "One that is under way can be cancelled: payout_cancel().");
		else
			ask_cancellation(&call, &payout, reason);
		call.result = payout_id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* payout_drop(marketplace_id, payout_id, reason, request_key) */
PG_FUNCTION_INFO_V1(payout_drop);
Datum
payout_drop(PG_FUNCTION_ARGS)
{
	return take_back(fcinfo, true);
}

/* payout_cancel(marketplace_id, payout_id, reason, request_key) */
PG_FUNCTION_INFO_V1(payout_cancel);
Datum
payout_cancel(PG_FUNCTION_ARGS)
{
	return take_back(fcinfo, false);
}

/* RD-78: how long after its execution a payout may be recalled, by reason. */
static void
check_recall(Call *call, const Payout *payout, const char *reason_code)
{
	static const char *const codes[] = {"DUPL", "TECH", "FRAD", "AC03", "AM09", "CUST"};
	DateADT		paid = calendar_local_date(payout->ended_at, marketplace_get(call)->time_zone);
	Interval	term = {.time = 0, .day = 0, .month = RECALL_MONTHS};
	bool		known = false;
	bool		late;

	for (int i = 0; i < lengthof(codes); i++)
		known |= strcmp(reason_code, codes[i]) == 0;
	if (!known)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("a recall has another reason"),
				errdetail("It is DUPL, TECH, FRAD, AC03, AM09 or CUST (RD-78)."),
				errhint("Name the ISO 20022 code of the reason."));
	if (strcmp(reason_code, "DUPL") == 0 || strcmp(reason_code, "TECH") == 0)
		late = calendar_count(policy_text(call, "rd.settlement_calendar", NULL), paid, payout_today(call)) > DUPLICATE_DAYS;
	else
		late = call->now > DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval,
																   TimestampTzGetDatum(payout->ended_at),
																   IntervalPGetDatum(&term)));
	if (late)
		ereport(ERROR,
				errcode(MK_PAYOUT),
				errmsg("payout %lld can be recalled no more for %s", (long long) payout->id, reason_code),
				errdetail("It was paid on %s: DUPL and TECH have %d TARGET days, other reasons %d months.", payout_day_text(paid),
						  DUPLICATE_DAYS, RECALL_MONTHS),
				errhint("Ask the payee to pay it back."));
}

/* payout_recall(marketplace_id, payout_id, reason_code, reason, request_key) */
PG_FUNCTION_INFO_V1(payout_recall);
Datum
payout_recall(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		payout_id = call_int64(&call, 1);
		char	   *reason_code = call_text(&call, 2);
		char	   *reason = call_text_or_null(&call, 3);
		Payout		payout;

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) payout_get(&call, payout_id);
		instruction_lock(&call, "payout", "payout", payout_id);
		payout = payout_get(&call, payout_id);
		if (!payout_is(&payout, "paid"))
			payout_refuse_state(&payout, "recalled", "Only what is paid is recalled; before, payout_cancel() stops it.");
		check_recall(&call, &payout, reason_code);
		payout_set_state(&call, &payout, "recall_pending", "recall", true, true, reason_code);
		(void) payout_tell(&call, &payout, "payout.recalled", reason_code);
		plan_request(&call, &payout, RECALL, reason_code, reason);
		call.result = payout_id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* payout_request_answer(marketplace_id, payout_id, accepted, evidence, request_key) */
PG_FUNCTION_INFO_V1(payout_request_answer);
Datum
payout_request_answer(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		payout_id = call_int64(&call, 1);
		bool		accepted = call_bool(&call, 2);
		char	   *evidence = call_text(&call, 3);
		Payout		payout;
		const char *kind;
		char	   *state;

		access_require(&call, CAPACITY_OPERATOR, 0);
		payout = payout_get(&call, payout_id);
		wallet_lock(&call, &payout.seller_id, 1);
		instruction_lock(&call, "payout", "payout", payout_id);
		payout = payout_get(&call, payout_id);
		kind = payout_is(&payout, "recall_pending") ? RECALL : CANCEL;
		state = open_request(&call, payout_id, kind);
		if (state == NULL)
			payout_refuse_state(&payout, "answered for", "Ask first: payout_cancel() or payout_recall().");
		answer(&call, payout_id, kind, state, accepted ? "confirm" : "fail", evidence);
		call.result = payout_id;
	}
	PG_RETURN_INT64(call_end(&call));
}
