/*
 * refund_outcome.c
 *		What becomes of a refund: its state and posting follow its instruction to the PSP, whoever moves that (FD-P15,
 *		FD-P16, FD-80). Money that did not reach the buyer is kept for it.
 */
#include "postgres.h"

#include "funds/fx.h"
#include "funds/refund.h"
#include "kernel/errors.h"
#include "kernel/instruction.h"

static Account
keeper_account(const Refund *refund, int64 line_id, int64 allocation_id)
{
	return (Account) {C_BUYER, refund->buyer_id, line_id, allocation_id};
}

/* Where the frozen money goes to: cash leaves (FD-P15), or it is kept for the buyer (FD-P16). */
static void
post_outcome(Call *call, const Refund *refund, int64 cause)
{
	Rows		items = refund_items_of(call, refund->id);
	int64	   *closing = palloc(sizeof(int64) * Max(items.count, 1));
	bool		paid = strcmp(refund->state, "paid") == 0;
	bool		converted = paid && refund->payment_id != 0 && fx_refund_paid(call, refund->id, refund->buyer_id, cause);
	Account		cash = psp_account(C_CASH, marketplace_get(call));

	for (uint64 i = 0; i < items.count; i++)
	{
		int64		allocation_id = row_int64(&items.rows[i], 0);
		int64		line_id = row_int64(&items.rows[i], 1);

		if (!converted)
			ledger_move(call, refund_clearing_account(refund->buyer_id, line_id, allocation_id),
					paid ? cash : keeper_account(refund, line_id, allocation_id), row_amount(&items.rows[i], 2),
					paid ? "refund_paid" : "refund_rejected", cause);
		closing[i] = allocation_id;
	}
	if (items.count > 0)
		defer_closing(call, closing, (int) items.count);
}

/* What the instruction's event means for the refund. */
static const struct
{
	const char *instruction_event;
	const char *event;
	const char *state;
	const char *type;
	bool		ends;
} outcomes[] = {
	{"sent", "send", "sent", "refund.sent", false},
	{"acknowledged", "acknowledge", "accepted", "refund.accepted", false},
	{"confirmed", "confirm", "paid", "refund.paid", true},
	{"failed", "fail", "rejected", "refund.failed", true},
	{"cancelled", "cancel", "cancelled", "refund.cancelled", true},
	{"unknown", "lose_track", "unknown", "refund.unknown", false}
};

void
refund_moved(Call *call, int64 refund_id, const char *event, const char *evidence)
{
	Refund		refund = refund_get(call, refund_id);
	int64		cause;
	int			o = 0;

	while (o < lengthof(outcomes) && strcmp(outcomes[o].instruction_event, event) != 0)
		o++;
	if (o == lengthof(outcomes))
		elog(ERROR, "refunds know no event \"%s\"", event);
	order_lock(call, refund.order_id);
	refund_transition(call, &refund, outcomes[o].event, outcomes[o].state, evidence);
	cause = refund_tell(call, &refund, outcomes[o].type);
	if (outcomes[o].ends)
		post_outcome(call, &refund, cause);
}

static void
refuse_unfunded(const Refund *refund)
{
	ereport(ERROR,
			errcode(MK_REFUND),
			errmsg("refund %lld has not been handed to the PSP", (long long) refund->id),
			errdetail("It is %s.", refund->state),
			errhint("It is handed over once its money is there: see marketplace.refund_register, refund_fund() and own_transfer_confirm()."));
}

/* A refund that has no instruction yet: what is frozen for it is kept for the buyer, what lacks is given up. */
static void
cancel_unfunded(Call *call, Refund *refund, const char *reason)
{
	static Statement give_up = STATEMENT("il",
		"UPDATE marketplace.refund_shortfalls SET left_amount = marketplace.zero(marketplace.currency(amount))"
		" WHERE marketplace_id = $1 AND refund_id = $2 AND marketplace.sign(left_amount) > 0");

	funds_write(&give_up, VALUES(value_int32(call->marketplace_id), value_int64(refund->id)));
	refund_transition(call, refund, "cancel", "cancelled", reason);
	post_outcome(call, refund, refund_tell(call, refund, "refund.cancelled"));
}

void
refund_give_up(Call *call, int64 refund_id, const char *reason)
{
	Refund		refund = refund_get(call, refund_id);

	cancel_unfunded(call, &refund, reason);
}

static bool
is_unfunded(const Refund *refund)
{
	return strcmp(refund->state, "planned") == 0 || strcmp(refund->state, "awaiting_funding") == 0;
}

static void
refuse_credit(const Refund *refund)
{
	ereport(ERROR,
			errcode(MK_REFUND),
			errmsg("refund %lld is credit, which no bank carries out", (long long) refund->id),
			errdetail("It is %s.", refund->state),
			errhint("Credit is paid as soon as it is funded."));
}

static void
move_instruction(Call *call, int64 refund_id, const char *event, const char *evidence)
{
	Refund		refund;
	bool		unsent;

	/* then the order, as when the instruction itself is moved: see refund_moved() */
	instruction_lock(call, "refund", "refund", refund_id);
	refund = refund_get(call, refund_id);
	unsent = strcmp(refund.state, "funded") == 0;
	if (strcmp(event, "send") == 0)
		send_check(call, "refund", "refund", refund_id);
	if (unsent && strcmp(event, "confirm") == 0)
		instruction_move(call, "refund", "refund", refund_id, "send", evidence);
	if (unsent && strcmp(event, "fail") == 0)
		event = "cancel";
	instruction_move(call, "refund", "refund", refund_id, event, evidence);
}

/* The SQL functions (marketplace_id, refund_id, evidence or reason, request_key): the effect is in refund_moved(). */
static Datum
move_refund(FunctionCallInfo fcinfo, const char *event, bool reason_needed)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		refund_id = call_int64(&call, 1);
		char	   *evidence = reason_needed ? call_text(&call, 2) : call_text_or_null(&call, 2);
		Refund		refund;

		access_require(&call, CAPACITY_OPERATOR, 0);
		refund = refund_get(&call, refund_id);
		if (strcmp(refund.means, "wallet") == 0 && !is_unfunded(&refund))
			refuse_credit(&refund);
		if (is_unfunded(&refund))
		{
			order_lock(&call, refund.order_id);
			refund = refund_get(&call, refund_id);
		}
		if (!is_unfunded(&refund))
			move_instruction(&call, refund_id, event, evidence);
		else if (strcmp(event, "fail") == 0)
			cancel_unfunded(&call, &refund, evidence);
		else
			refuse_unfunded(&refund);
		call.result = refund_id;
	}
	PG_RETURN_INT64(call_end(&call));
}

PG_FUNCTION_INFO_V1(refund_send);
Datum
refund_send(PG_FUNCTION_ARGS)
{
	return move_refund(fcinfo, "send", false);
}

PG_FUNCTION_INFO_V1(refund_confirm);
Datum
refund_confirm(PG_FUNCTION_ARGS)
{
	return move_refund(fcinfo, "confirm", false);
}

PG_FUNCTION_INFO_V1(refund_fail);
Datum
refund_fail(PG_FUNCTION_ARGS)
{
	return move_refund(fcinfo, "fail", true);
}
