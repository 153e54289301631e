/*
 * refund.c
 *		A refund's row and its way from planned to funded: what it lacks, and what it waits for (FD §8). What the PSP
 *		makes of it is in refund_outcome.c, why there is one in refund_decision.c.
 */
#include "postgres.h"

#include "funds/agent.h"
#include "funds/fx.h"
#include "funds/refund.h"
#include "kernel/errors.h"
#include "kernel/instruction.h"
#include "kernel/policy.h"

Refund
refund_get(Call *call, int64 refund_id)
{
	static Statement read = STATEMENT("il",
		"SELECT decision_id, order_id, payment_id, buyer_id, bank_account_id, amount, means, state FROM marketplace.refunds"
		" WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(refund_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no refund %lld", call->marketplace_id, (long long) refund_id),
				errhint("The view marketplace.refund_register lists the refunds."));
	return (Refund) {refund_id, row_int64(&row, 0), row_int64(&row, 1), row_id(&row, 2), row_int64(&row, 3), row_id(&row, 4),
					 row_amount(&row, 5), row_text(&row, 6), row_text(&row, 7)};
}

/* Returns the id of the event. */
int64
refund_tell(Call *call, const Refund *refund, const char *type)
{
	return refund_tell_by(call, refund, type, &(Authority) {0, 0});
}

int64
refund_tell_by(Call *call, const Refund *refund, const char *type, const Authority *authority)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "refund_id", refund->id);
	payload_int64(&payload, "order_id", refund->order_id);
	if (refund->payment_id != 0)
		payload_int64(&payload, "payment_id", refund->payment_id);
	payload_text(&payload, "means", refund->means);
	payload_amount(&payload, "amount", refund->amount);
	payload_authority(&payload, authority);
	return event_emit(call, "order", refund->order_id, type, &payload);
}

void
refund_transition(Call *call, Refund *refund, const char *event, const char *to, const char *reason)
{
	static Statement change = STATEMENT("iltzz",
		"UPDATE marketplace.refunds SET state = $3, sent_at = COALESCE(sent_at, $4), ended_at = COALESCE(ended_at, $5)"
		" WHERE marketplace_id = $1 AND id = $2");
	bool		sent = strcmp(to, "sent") == 0 || strcmp(to, "unknown") == 0 || strcmp(to, "accepted") == 0 ||
		(strcmp(refund->means, "wallet") != 0 && (strcmp(to, "paid") == 0 || strcmp(to, "rejected") == 0));
	bool		ended = strcmp(to, "paid") == 0 || strcmp(to, "rejected") == 0 || strcmp(to, "cancelled") == 0;

	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(refund->id), value_text(to),
									 sent ? value_timestamptz(call->now) : value_null(),
									 ended ? value_timestamptz(call->now) : value_null()), event, reason);
	refund->state = to;
}

Rows
refund_items_of(Call *call, int64 refund_id)
{
	static Statement read = STATEMENT("il",
		"SELECT allocation_id, order_line_id, amount FROM marketplace.refund_items WHERE marketplace_id = $1 AND refund_id = $2"
		" ORDER BY id");

	return query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(refund_id)));
}

static bool
is_short(Call *call, int64 refund_id)
{
	static Statement find = STATEMENT("il",
		"SELECT FROM marketplace.refund_shortfalls WHERE marketplace_id = $1 AND refund_id = $2 AND marketplace.sign(left_amount) > 0 LIMIT 1");

	return query_execute(&find, VALUES(value_int32(call->marketplace_id), value_int64(refund_id))) > 0;
}

/* Credit is a booking: it is paid once it is posted. */
static void
credit_wallet(Call *call, Refund *refund)
{
	Rows		items = refund_items_of(call, refund->id);
	int64		cause;

	refund_transition(call, refund, "credit", "paid", NULL);
	cause = refund_tell(call, refund, "refund.paid");
	for (uint64 i = 0; i < items.count; i++)
	{
		int64		allocation_id = row_int64(&items.rows[i], 0);
		int64		line_id = row_int64(&items.rows[i], 1);

		ledger_move(call, refund_clearing_account(refund->buyer_id, line_id, allocation_id),
					(Account) {C_BUYER, refund->buyer_id, line_id, allocation_id}, row_amount(&items.rows[i], 2),
					"refund_credited", cause);
	}
}

static void
instruct(Call *call, const Refund *refund, const Authority *authority)
{
	static Statement reference = STATEMENT("il",
		"SELECT psp_reference, method FROM marketplace.payments WHERE marketplace_id = $1 AND id = $2");
	JsonbParseState *payload;
	Amount		presented;
	Row			row;

	payload_begin(&payload);
	payload_int64(&payload, "refund_id", refund->id);
	if (refund->payment_id != 0 && fx_refund_plan(call, refund->id, &presented))
		payload_amount(&payload, "presented", presented);
	if (refund->payment_id != 0)
	{
		if (!query_row(&reference, VALUES(value_int32(call->marketplace_id), value_int64(refund->payment_id)), &row))
			elog(ERROR, "payment %lld of a refund has vanished", (long long) refund->payment_id);
		payload_int64(&payload, "payment_id", refund->payment_id);
		payload_text(&payload, "psp_reference", row_text(&row, 0));
		payload_text(&payload, "method", row_text(&row, 1));
	}
	else
	{
		payload_int64(&payload, "buyer_id", refund->buyer_id);
		payload_int64(&payload, "bank_account_id", refund->bank_account_id);
		payload_text(&payload, "method", "transfer");
	}
	payload_amount(&payload, "amount", refund->amount);
	payload_authority(&payload, authority);
	instruction_plan(call, "refund", "refund", refund->id, marketplace_get(call)->psp_party_id, &payload);
}

/*
 * Internal transfers come before the refund leaves, so that it is never paid with other people's money (FD-66, CX-43);
 * policy fd.refund_waits_for_transfer may say otherwise.
 */
static bool
must_wait(Call *call, const Refund *refund)
{
	PolicyScope scope = {.order_id = refund->order_id, .buyer_id = refund->buyer_id};

	return amount_minor(own_transfers_lacking(call, refund->decision_id, amount_currency(refund->amount), false)) > 0 &&
		policy_bool(call, "fd.refund_waits_for_transfer", &scope);
}

/* No mandate of the PSP covers it: what is frozen stays so until the PSP has decided (FD-51). */
static void
ask_psp(Call *call, Refund *refund, bool waits)
{
	if (psp_request_is_open(call, "refund", refund->id))
		return;
	psp_request_open(call, &(PspRequest) {.operation = AGENT_REFUND, .object = "refund", .object_id = refund->id,
										  .order_id = refund->order_id, .amount = refund->amount,
										  .bank_account_id = refund->bank_account_id});
	if (waits)
		return;
	refund_transition(call, refund, "short", "awaiting_funding", "the PSP is asked");
	refund_tell(call, refund, "refund.awaiting_funding");
}

/* The PSP has paid what it was asked to. */
void
refund_execute(Call *call, const PspRequest *request, const char *evidence)
{
	Refund		refund = refund_get(call, request->object_id);

	refund_advance(call, &refund);
	if (strcmp(refund.state, "funded") != 0 && strcmp(refund.state, "paid") != 0)
		ereport(ERROR,
				errcode(MK_AGENT),
				errmsg("refund %lld of request %lld cannot be carried out", (long long) refund.id, (long long) request->id),
				errdetail("It is %s.", refund.state),
				errhint("Ask the PSP to undo it, and record the request as failed."));
	if (strcmp(refund.means, "wallet") == 0)
		return;
	instruction_move(call, "refund", "refund", refund.id, "send", evidence);
	instruction_move(call, "refund", "refund", refund.id, "confirm", evidence);
}

void
refund_advance(Call *call, Refund *refund)
{
	bool		waits = strcmp(refund->state, "awaiting_funding") == 0;
	Authority	authority;

	if (strcmp(refund->state, "planned") != 0 && !waits)
		return;
	if (is_short(call, refund->id))
	{
		if (waits)
			return;
		refund_transition(call, refund, "short", "awaiting_funding", NULL);
		refund_tell(call, refund, "refund.awaiting_funding");
		refund_ask_funding(call, refund, false);
		return;
	}
	if (must_wait(call, refund))
		return;
	authority = agent_authority(call, AGENT_REFUND, refund->amount);
	if (!agent_covers(&authority))
	{
		ask_psp(call, refund, waits);
		return;
	}
	refund_transition(call, refund, "fund", "funded", NULL);
	refund_tell(call, refund, "refund.funded");
	if (strcmp(refund->means, "wallet") == 0)
		credit_wallet(call, refund);
	else
		instruct(call, refund, &authority);
}

void
refund_advance_all(Call *call, int64 decision_id)
{
	static Statement read = STATEMENT("il",
		"SELECT id FROM marketplace.refunds WHERE marketplace_id = $1 AND decision_id = $2"
		"   AND state IN ('planned', 'awaiting_funding') ORDER BY id");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(decision_id)));

	for (uint64 i = 0; i < rows.count; i++)
	{
		Refund		refund = refund_get(call, row_int64(&rows.rows[i], 0));

		refund_advance(call, &refund);
	}
}
