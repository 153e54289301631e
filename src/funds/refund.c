/*
 * refund.c
 *		Money back to the means of payment that it came from, for quantities that were cancelled before they were
 *		shipped: decided and frozen with the cancellation (FD-P14), posted when the PSP has carried it out (FD-P15) or
 *		refused it (FD-P16).
 *
 * Only what is still in escrow is refunded here. A call that cancels several lines makes one refund per payment:
 * lines are added until the end of the call, then the instruction is planned.
 */
#include "postgres.h"

#include "funds/funds.h"
#include "funds/funds_internal.h"
#include "kernel/errors.h"
#include "kernel/instruction.h"

typedef struct Refund
{
	int64		id;
	int64		order_id;
	int64		payment_id;
	int64		buyer_id;
	Amount		amount;
	const char *state;
} Refund;

#define REFUND_COLUMNS "SELECT order_id, payment_id, buyer_id, amount, state FROM marketplace.refunds "

static Refund
refund_get(Call *call, int64 refund_id)
{
	static Statement read = STATEMENT("il", REFUND_COLUMNS "WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(refund_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no refund %lld", call->marketplace_id, (long long) refund_id),
				errhint("The view marketplace.refund_overview lists the refunds."));
	return (Refund) {refund_id, row_int64(&row, 0), row_int64(&row, 1), row_int64(&row, 2), row_amount(&row, 3),
					 row_text(&row, 4)};
}

/* Returns the id of the event. */
static int64
tell(Call *call, const Refund *refund, const char *type)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "refund_id", refund->id);
	payload_int64(&payload, "order_id", refund->order_id);
	payload_int64(&payload, "payment_id", refund->payment_id);
	payload_amount(&payload, "amount", refund->amount);
	return event_emit(call, "order", refund->order_id, type, &payload);
}

/* At the end of the call that decided it: no more lines will come. */
static void
complete_refund(Call *call, void *argument)
{
	static Statement complete = STATEMENT("il",
		"UPDATE marketplace.refunds SET complete = true WHERE marketplace_id = $1 AND id = $2");
	static Statement reference = STATEMENT("il",
		"SELECT psp_reference, method FROM marketplace.payments WHERE marketplace_id = $1 AND id = $2");
	Refund		refund = refund_get(call, *(int64 *) argument);
	JsonbParseState *payload;
	Row			row;

	funds_write(&complete, VALUES(value_int32(call->marketplace_id), value_int64(refund.id)));
	if (!query_row(&reference, VALUES(value_int32(call->marketplace_id), value_int64(refund.payment_id)), &row))
		elog(ERROR, "payment %lld of a refund has vanished", (long long) refund.payment_id);
	tell(call, &refund, "refund.planned");
	payload_begin(&payload);
	payload_int64(&payload, "refund_id", refund.id);
	payload_int64(&payload, "payment_id", refund.payment_id);
	payload_text(&payload, "psp_reference", row_text(&row, 0));
	payload_text(&payload, "method", row_text(&row, 1));
	payload_amount(&payload, "amount", refund.amount);
	instruction_plan(call, "refund", "refund", refund.id, marketplace_get(call)->psp_party_id, &payload);
}

/*
 * The refund that this call fills for the payment; a new one when there is none. The order is locked, so no other
 * call has one open.
 */
static int64
open_refund(Call *call, int64 order_id, const Allocation *allocation, const char *reason)
{
	static Statement find = STATEMENT("ill",
		"SELECT id FROM marketplace.refunds WHERE marketplace_id = $1 AND order_id = $2 AND payment_id = $3 AND NOT complete");
	static Statement insert = STATEMENT("illlatz",
		"INSERT INTO marketplace.refunds (marketplace_id, order_id, payment_id, buyer_id, amount, state, reason, created_at)"
		" VALUES ($1, $2, $3, $4, $5, 'planned', $6, $7) RETURNING id");
	int64	   *id = palloc(sizeof(int64));
	Row			row;

	if (query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(order_id),
								value_int64(allocation->payment_id)), &row))
		return row_int64(&row, 0);
	*id = funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(order_id),
									value_int64(allocation->payment_id),
									value_int64(allocation->buyer_id), value_amount(amount_zero(amount_currency(allocation->amount))),
									value_text(reason), value_timestamptz(call->now)));
	call_defer(call, *id, complete_refund, id);
	return *id;
}

static void
refund_allocation(Call *call, int64 order_id, const Allocation *allocation, Amount amount, const char *reason,
				  int64 cause)
{
	static Statement insert = STATEMENT("illla",
		"INSERT INTO marketplace.refund_items (marketplace_id, refund_id, allocation_id, order_line_id, amount)"
		" VALUES ($1, $2, $3, $4, $5)");
	static Statement raise = STATEMENT("ila",
		"UPDATE marketplace.refunds SET amount = amount + $3 WHERE marketplace_id = $1 AND id = $2");
	int64		refund_id = open_refund(call, order_id, allocation, reason);

	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(refund_id),
								value_int64(allocation->id),
								value_int64(allocation->order_line_id), value_amount(amount)));
	funds_write(&raise, VALUES(value_int32(call->marketplace_id), value_int64(refund_id), value_amount(amount)));
	ledger_move(call, escrow_account(allocation),
				refund_clearing_account(allocation->buyer_id, allocation->order_line_id, allocation->id),
				amount, "refund", cause);
}

/*
 * The captured share of the cancelled quantity: what is paid of the line stays in proportion to what the line is
 * worth, so that a line that was paid in full stays paid in full, to the cent.
 */
static int64
refundable(const OrderLine *line, Numeric cancelled_now, int64 paid)
{
	int64		due = amount_minor(line_due(line));
	int64		due_before = amount_minor(line_due_at(line, decimal_sub(line->cancelled, cancelled_now)));
	Amount		keeps;

	if (due_before == 0)
		return 0;
	keeps = amount_round_ratio(decimal_mul(decimal_from_int64(paid), decimal_from_int64(due)),
							   decimal_from_int64(due_before),
							   amount_currency(line->escrow_gross));
	return paid - amount_minor(keeps);
}

/* The shares of the line, and what each has in escrow. */
typedef struct LineShares
{
	int			count;
	const Allocation **allocations;
	int64	   *paid;			/* captured less refunded */
	int64	   *escrow;
	int64		total_paid;
} LineShares;

static LineShares
shares_of_line(Call *call, const Allocations *all, int64 order_line_id)
{
	LineShares	shares = {0, palloc(sizeof(Allocation *) * all->count), palloc(sizeof(int64) * all->count),
		palloc(sizeof(int64) * all->count), 0};

	for (int i = 0; i < all->count; i++)
	{
		const Allocation *allocation = &all->allocations[i];
		int			n = shares.count;

		if (allocation->order_line_id != order_line_id)
			continue;
		shares.allocations[n] = allocation;
		shares.paid[n] = amount_minor(allocation->amount) - amount_minor(allocation->refunded);
		shares.escrow[n] = amount_minor(ledger_balance(call, escrow_account(allocation),
													   amount_currency(allocation->amount)));
		shares.total_paid += shares.paid[n];
		shares.count++;
	}
	return shares;
}

/*
 * Divides the refund by what each share paid; what one has not got in escrow any more, the others give as far as they
 * have. Returns what is lacking.
 */
static int64
divide(const LineShares *shares, int64 refund, int64 *parts)
{
	int64		left = refund;

	allocate_minor(refund, shares->paid, shares->count, parts);
	for (int i = 0; i < shares->count; i++)
	{
		parts[i] = Min(parts[i], shares->escrow[i]);
		left -= parts[i];
	}
	for (int i = 0; i < shares->count; i++)
	{
		int64		more = Min(left, shares->escrow[i] - parts[i]);

		parts[i] += more;
		left -= more;
	}
	return left;
}

/* Taking money back that was released is not built yet (FD-P17 … P20): better no cancellation than one that pays nothing back. */
static void
refuse_shortfall(const OrderLine *line, int64 refund, int64 lacking)
{
	CurrencyCode currency = amount_currency(line->escrow_gross);

	ereport(ERROR,
			errcode(MK_INSUFFICIENT_FUNDS),
			errmsg("the money for what is cancelled of line %d is not in escrow any more", line->position),
			errdetail("%s is to be refunded; %s of it was released to the seller.",
					  amount_to_cstring(amount_of(currency, refund)), amount_to_cstring(amount_of(currency, lacking))),
			errhint("Cancel only what is still in escrow."));
}

/* FD-P14; afterwards what the cancellation completes is released. */
void
funds_on_line_cancelled(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	int64		order_id = document_int64(&payload, "order_id");
	OrderLine  *line = order_line_get(call, document_int64(&payload, "order_line_id"));
	Allocations all = allocations_of_order(call, order_id);
	LineShares	shares = shares_of_line(call, &all, line->id);
	int64		refund = 0;

	if (shares.total_paid > 0)
		refund = refundable(line, document_numeric(&payload, "quantity"), shares.total_paid);
	if (refund > 0)
	{
		int64	   *parts = palloc(sizeof(int64) * shares.count);

		int64		lacking = divide(&shares, refund, parts);

		/* each share may be off by the minor unit that its releases were rounded by */
		if (lacking > shares.count)
			refuse_shortfall(line, refund, lacking);
		for (int i = 0; i < shares.count; i++)
			if (parts[i] > 0)
				refund_allocation(call, order_id, shares.allocations[i],
								  amount_of(amount_currency(line->escrow_gross), parts[i]),
								  document_text_or_null(&payload, "reason"), event->id);
	}
	release_order(call, order_id);
}

static Rows
items_of(Call *call, int64 refund_id)
{
	static Statement read = STATEMENT("il",
		"SELECT allocation_id, order_line_id, amount FROM marketplace.refund_items WHERE marketplace_id = $1 AND refund_id = $2"
		" ORDER BY id");

	return query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(refund_id)));
}

/* Where the frozen money goes to: cash leaves (FD-P15), or it is kept for the buyer (FD-P16). */
static void
post_outcome(Call *call, const Refund *refund, const char *state, int64 cause)
{
	Rows		items = items_of(call, refund->id);
	int64	   *closing = palloc(sizeof(int64) * Max(items.count, 1));
	bool		paid = strcmp(state, "paid") == 0;
	Account		cash = psp_account(C_CASH, marketplace_get(call));

	for (uint64 i = 0; i < items.count; i++)
	{
		int64		allocation_id = row_int64(&items.rows[i], 0);
		int64		line_id = row_int64(&items.rows[i], 1);
		Account		keeper = {C_BUYER, refund->buyer_id, line_id, allocation_id};

		ledger_move(call, refund_clearing_account(refund->buyer_id, line_id, allocation_id),
					paid ? cash : keeper, row_amount(&items.rows[i], 2),
					paid ? "refund_paid" : "refund_rejected", cause);
		closing[i] = allocation_id;
	}
	defer_closing(call, closing, (int) items.count);
}

/* What the instruction's event means for the refund. */
typedef struct Outcome
{
	const char *instruction_event;
	const char *event;
	const char *state;
	const char *type;
} Outcome;

static const Outcome outcomes[] = {
	{"sent", "send", "sent", "refund.sent"},
	{"acknowledged", "acknowledge", "accepted", "refund.accepted"},
	{"confirmed", "confirm", "paid", "refund.paid"},
	{"failed", "fail", "rejected", "refund.failed"},
	{"cancelled", "cancel", "cancelled", "refund.cancelled"},
	{"unknown", "lose_track", "unknown", "refund.unknown"}
};

void
refund_moved(Call *call, int64 refund_id, const char *event, const char *evidence)
{
	static Statement change = STATEMENT("iltzz",
		"UPDATE marketplace.refunds SET state = $3, sent_at = COALESCE(sent_at, $4), ended_at = $5 WHERE marketplace_id = $1 AND id = $2");
	Refund		refund = refund_get(call, refund_id);
	const Outcome *outcome = NULL;
	bool		ends;
	int64		cause;

	for (int i = 0; i < lengthof(outcomes); i++)
		if (strcmp(outcomes[i].instruction_event, event) == 0)
			outcome = &outcomes[i];
	if (outcome == NULL)
		elog(ERROR, "refunds know no event \"%s\"", event);
	ends = strcmp(outcome->state, "paid") == 0 || strcmp(outcome->state, "rejected") == 0 ||
		strcmp(outcome->state, "cancelled") == 0;

	order_lock(call, refund.order_id);
	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(refund.id),
									 value_text(outcome->state),
									 strcmp(event, "cancelled") == 0 ? value_null() : value_timestamptz(call->now),
									 ends ? value_timestamptz(call->now) : value_null()), outcome->event, evidence);
	cause = tell(call, &refund, outcome->type);
	if (ends)
		post_outcome(call, &refund, outcome->state, cause);
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
		(void) refund_get(&call, refund_id);
		/* then the order, as when the instruction itself is moved: see refund_moved() */
		instruction_lock(&call, "refund", "refund", refund_id);
		refund = refund_get(&call, refund_id);
		if (strcmp(refund.state, "planned") == 0 && strcmp(event, "confirm") == 0)
			instruction_move(&call, "refund", "refund", refund_id, "send", evidence);
		if (strcmp(refund.state, "planned") == 0 && strcmp(event, "fail") == 0)
			event = "cancel";
		instruction_move(&call, "refund", "refund", refund_id, event, evidence);
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
