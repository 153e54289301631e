/*
 * own_transfer.c
 *		Own money that goes into the client account because a refund was advanced, given out of goodwill, or paid with
 *		commission that had been swept (FD-P04). The platform's bank carries it out; what it answers moves the refunds on.
 */
#include "postgres.h"

#include "funds/refund.h"
#include "kernel/errors.h"
#include "kernel/instruction.h"

void
own_transfer_plan(Call *call, int64 decision_id, int64 order_id, Amount amount)
{
	static Statement insert = STATEMENT("illaz",
		"INSERT INTO marketplace.own_transfers (marketplace_id, decision_id, order_id, amount, state, created_at)"
		" VALUES ($1, $2, $3, $4, 'planned', $5) RETURNING id");
	int64		id = funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(decision_id), value_int64(order_id),
											   value_amount(amount), value_timestamptz(call->now)));
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "own_transfer_id", id);
	payload_int64(&payload, "decision_id", decision_id);
	payload_amount(&payload, "amount", amount);
	instruction_plan(call, "own_transfer", "own_transfer", id, marketplace_get(call)->psp_party_id, &payload);
}

/*
 * Own money that the decision's steps have taken and that is not in the client account yet: all of it, or, with
 * `under_way`, what no open transfer brings either.
 */
Amount
own_transfers_lacking(Call *call, int64 decision_id, CurrencyCode currency, bool under_way)
{
	static Statement read = STATEMENT("ilcb",
		"SELECT COALESCE((SELECT marketplace.sum(s.amount) FROM marketplace.refund_steps s"
		"                  WHERE s.marketplace_id = $1 AND s.decision_id = $2 AND s.source = 'c_due_from_own'), marketplace.zero($3))"
		"     - COALESCE((SELECT marketplace.sum(o.amount) FROM marketplace.own_transfers o"
		"                  WHERE o.marketplace_id = $1 AND o.decision_id = $2"
		"                    AND (o.state = 'confirmed' OR $4 AND o.state NOT IN ('failed', 'cancelled'))), marketplace.zero($3))");

	return DatumGetAmount(query_datum(&read, VALUES(value_int32(call->marketplace_id), value_int64(decision_id),
													value_currency(currency), value_bool(under_way))));
}

static const struct
{
	const char *instruction_event;
	const char *event;
	const char *state;
	bool		ends;
} outcomes[] = {
	{"sent", "send", "sent", false},
	{"acknowledged", "acknowledge", "accepted", false},
	{"confirmed", "confirm", "confirmed", true},
	{"failed", "fail", "failed", true},
	{"cancelled", "cancel", "cancelled", true},
	{"unknown", "lose_track", "unknown", false}
};

static int64
tell_confirmed(Call *call, int64 id, int64 order_id, int64 decision_id, Amount amount)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "own_transfer_id", id);
	payload_int64(&payload, "order_id", order_id);
	payload_int64(&payload, "decision_id", decision_id);
	payload_amount(&payload, "amount", amount);
	return event_emit(call, "order", order_id, "own_transfer.confirmed", &payload);
}

/* The instruction's event, with the order locked by then. */
void
own_transfer_moved(Call *call, int64 id, const char *event, const char *evidence)
{
	static Statement read = STATEMENT("il",
		"SELECT decision_id, order_id, amount FROM marketplace.own_transfers WHERE marketplace_id = $1 AND id = $2");
	static Statement change = STATEMENT("iltz",
		"UPDATE marketplace.own_transfers SET state = $3, ended_at = $4 WHERE marketplace_id = $1 AND id = $2");
	Row			row;
	Amount		amount;
	int64		cause;
	int			o = 0;

	while (o < lengthof(outcomes) && strcmp(outcomes[o].instruction_event, event) != 0)
		o++;
	if (o == lengthof(outcomes) ||
		!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(id)), &row))
		elog(ERROR, "own transfer %lld knows no event \"%s\"", (long long) id, event);
	order_lock(call, row_int64(&row, 1));
	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(id), value_text(outcomes[o].state),
									 outcomes[o].ends ? value_timestamptz(call->now) : value_null()), outcomes[o].event, evidence);
	if (strcmp(outcomes[o].state, "confirmed") != 0)
		return;
	amount = row_amount(&row, 2);
	cause = tell_confirmed(call, id, row_int64(&row, 1), row_int64(&row, 0), amount);
	ledger_move(call, psp_account(C_CASH, marketplace_get(call)), own_account(C_DUE_FROM_OWN), amount, "own_transfer", cause);
	ledger_move(call, own_account(O_DUE_TO_CLIENT), own_account(O_CASH), amount, "own_transfer", cause);
	refund_advance_all(call, row_int64(&row, 0));
}

/* With its instruction locked. */
static bool
own_transfer_is_planned(Call *call, int64 id)
{
	static Statement read = STATEMENT("il", "SELECT state FROM marketplace.own_transfers WHERE marketplace_id = $1 AND id = $2");
	const Value *key = VALUES(value_int32(call->marketplace_id), value_int64(id));
	Row			row;

	if (!query_row(&read, key, &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no own transfer %lld", call->marketplace_id, (long long) id),
				errhint("The view marketplace.own_transfer_overview lists them."));
	instruction_lock(call, "own_transfer", "own_transfer", id);
	if (!query_row(&read, key, &row))
		elog(ERROR, "own transfer %lld has vanished", (long long) id);
	return strcmp(row_text(&row, 0), "planned") == 0;
}

/* The SQL functions (marketplace_id, own_transfer_id, evidence or reason, request_key): the effect is in own_transfer_moved(). */
static Datum
move_transfer(FunctionCallInfo fcinfo, const char *event, bool reason_needed)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		id = call_int64(&call, 1);
		char	   *evidence = reason_needed ? call_text(&call, 2) : call_text_or_null(&call, 2);
		bool		planned;

		access_require(&call, CAPACITY_OPERATOR, 0);
		planned = own_transfer_is_planned(&call, id);
		if (planned && strcmp(event, "confirm") == 0)
			instruction_move(&call, "own_transfer", "own_transfer", id, "send", evidence);
		instruction_move(&call, "own_transfer", "own_transfer", id, planned && strcmp(event, "fail") == 0 ? "cancel" : event, evidence);
		call.result = id;
	}
	PG_RETURN_INT64(call_end(&call));
}

PG_FUNCTION_INFO_V1(own_transfer_confirm);
Datum
own_transfer_confirm(PG_FUNCTION_ARGS)
{
	return move_transfer(fcinfo, "confirm", false);
}

PG_FUNCTION_INFO_V1(own_transfer_fail);
Datum
own_transfer_fail(PG_FUNCTION_ARGS)
{
	return move_transfer(fcinfo, "fail", true);
}
