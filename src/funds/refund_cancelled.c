/*
 * refund_cancelled.c
 *		What goes back to the buyer when a quantity of a line is cancelled (order_line.cancelled): the captured share of it,
 *		wherever that money is by now.
 */
#include "postgres.h"

#include "funds/cap.h"
#include "funds/funds.h"
#include "funds/refund.h"

/*
 * The captured share of the cancelled quantity: what is paid of the line stays in proportion to what the line is
 * worth, so that a line that was paid in full stays paid in full, to the cent.
 */
static int64
share_of_cancelled(const OrderLine *line, Numeric cancelled_now, int64 paid)
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

static void
complete(Call *call, void *argument)
{
	decision_complete(call, *(int64 *) argument);
}

/* The decision that this call fills; the order is locked, so no other call has one open. */
static RefundDecision
open_decision(Call *call, const OrderLine *line, const char *reason)
{
	static Statement find = STATEMENT("il",
		"SELECT id FROM marketplace.refund_decisions WHERE marketplace_id = $1 AND order_id = $2 AND NOT complete");
	RefundDecision decision = {.order_id = line->order_id, .buyer_id = line->buyer_id, .door = "cancellation", .reason = reason};
	int64	   *id;
	Row			row;

	if (query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(line->order_id)), &row))
		return decision_get(call, row_int64(&row, 0));
	decision = decision_open(call, &decision, amount_of(amount_currency(line->escrow_gross), 0), NULL);
	id = palloc(sizeof(int64));
	*id = decision.id;
	call_defer(call, *id, complete, id);
	return decision;
}

/*
 * What is divided: first what is in escrow. Releases and refunds round apart, each by at most a minor unit a share; no
 * seller is asked for those.
 */
static int64
without_rounding(const WaterfallTarget *targets, const int64 *escrow, int n, int64 refund)
{
	int64		there = 0;

	for (int i = 0; i < n; i++)
		there += Min(escrow[i], cap_of_allocation(targets[i].allocation));
	return refund > there && refund - there <= n ? there : refund;
}

static void
refund_cancelled(Call *call, const Allocations *all, const OrderLine *line, Numeric quantity, const char *reason, int64 cause)
{
	RefundMeans original = {.means = "original"};
	WaterfallTarget *targets;
	int64	   *escrow;
	int			n;
	int64		refund = share_of_cancelled(line, quantity, cap_of_line(all, line->id, 0));
	RefundDecision decision;
	Waterfall	plan;

	n = waterfall_targets(call, all, line->id, 0, &targets, &escrow);
	refund = without_rounding(targets, escrow, n, refund);
	if (refund <= 0)
		return;
	n = waterfall_divide(targets, escrow, n, refund);
	waterfall_plan(call, &plan, line->order_id, &(WaterfallTerms) {false, NULL}, targets, n);
	waterfall_lock(call, &plan);
	decision = open_decision(call, line, reason);
	decision_add_line(call, &decision, &(RefundLine) {line->id, NULL, amount_of(plan.currency, refund), NULL});
	original.amount = refund;
	decision_carry_out(call, &decision, &plan, &original, 1, cause);
}

/* FD-P14; afterwards what the cancellation completes is released. */
void
funds_on_line_cancelled(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	int64		order_id = document_int64(&payload, "order_id");
	OrderLine  *line = order_line_get(call, document_int64(&payload, "order_line_id"));
	Allocations all = allocations_of_order(call, order_id);

	refund_cancelled(call, &all, line, document_numeric(&payload, "quantity"), document_text_or_null(&payload, "reason"), event->id);
	release_order(call, order_id);
}
