/*
 * refund_decision.c
 *		That a buyer gets money back, and what follows from it in the same commit: its lines, the money that the waterfall
 *		brings together, the refunds that carry it (FD-P14), and what nobody could fund.
 *
 * The order is locked. A call that cancels several lines makes one decision: lines are added until the end of the call.
 */
#include "postgres.h"

#include "funds/refund.h"

RefundDecision
decision_get(Call *call, int64 decision_id)
{
	static Statement read = STATEMENT("il",
		"SELECT order_id, buyer_id, door, reason, lowers_due, return_id FROM marketplace.refund_decisions WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(decision_id)), &row))
		elog(ERROR, "refund decision %lld has vanished", (long long) decision_id);
	return (RefundDecision) {decision_id, row_int64(&row, 0), row_int64(&row, 1), row_text(&row, 2), row_text(&row, 3),
							 row_bool(&row, 4), row_id(&row, 5)};
}

RefundDecision
decision_open(Call *call, const RefundDecision *wanted, Amount zero, const char *commission)
{
	static Statement insert = STATEMENT("illtabtttzl",
		"INSERT INTO marketplace.refund_decisions (marketplace_id, order_id, buyer_id, door, amount, lowers_due, commission, reason,"
		" actor, created_at, return_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id");
	RefundDecision decision = *wanted;

	decision.id = funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(wanted->order_id),
											value_int64(wanted->buyer_id), value_text(wanted->door), value_amount(zero),
											value_bool(wanted->lowers_due), value_text(commission), value_text(wanted->reason),
											value_text(call_actor()), value_timestamptz(call->now),
											value_id(wanted->return_id)));
	return decision;
}

static void
payload_refund_lines(JsonbParseState **payload, const RefundLine *lines, int nlines)
{
	JsonbValue	key = {.type = jbvString, .val.string = {.len = 5, .val = "lines"}};

	pushJsonbValue(payload, WJB_KEY, &key);
	pushJsonbValue(payload, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < nlines; i++)
	{
		pushJsonbValue(payload, WJB_BEGIN_OBJECT, NULL);
		payload_int64(payload, "order_line_id", lines[i].order_line_id);
		if (lines[i].quantity != NULL)
			payload_numeric(payload, "quantity", lines[i].quantity);
		payload_amount(payload, "amount", lines[i].amount);
		pushJsonbValue(payload, WJB_END_OBJECT, NULL);
	}
	pushJsonbValue(payload, WJB_END_ARRAY, NULL);
}

/* The event that explains the postings of the decision. */
int64
decision_cause(Call *call, const RefundDecision *decision, Amount amount, const RefundLine *lines, int nlines, const Authority *authority)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "decision_id", decision->id);
	payload_int64(&payload, "order_id", decision->order_id);
	payload_text(&payload, "door", decision->door);
	payload_text(&payload, "reason", decision->reason);
	payload_amount(&payload, "amount", amount);
	if (decision->return_id != 0)
		payload_int64(&payload, "return_id", decision->return_id);
	payload_refund_lines(&payload, lines, nlines);
	payload_authority(&payload, authority);
	return event_emit(call, "order", decision->order_id, "refund.decided", &payload);
}

void
decision_add_line(Call *call, const RefundDecision *decision, const RefundLine *line)
{
	static Statement insert = STATEMENT("illnaa",
		"INSERT INTO marketplace.refund_lines (marketplace_id, decision_id, order_line_id, quantity, amount, worth) "
		"VALUES ($1, $2, $3, $4, $5, $6)");
	static Statement raise = STATEMENT("ila",
		"UPDATE marketplace.refund_decisions SET amount = amount + $3 WHERE marketplace_id = $1 AND id = $2");

	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(decision->id), value_int64(line->order_line_id),
								value_numeric(line->quantity), value_amount(line->amount),
								line->worth == NULL ? value_null() : value_amount(*line->worth)));
	funds_write(&raise, VALUES(value_int32(call->marketplace_id), value_int64(decision->id), value_amount(line->amount)));
}

void
freeze_item(Call *call, int64 refund_id, const Allocation *allocation, Amount amount, bool goodwill, bool lowers_due, int64 cause)
{
	static Statement insert = STATEMENT("illltbaz",
		"INSERT INTO marketplace.refund_items (marketplace_id, refund_id, allocation_id, order_line_id, source, lowers_due, amount, created_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(refund_id), value_int64(allocation->id),
								value_int64(allocation->order_line_id), value_text(goodwill ? "goodwill" : "escrow"),
								value_bool(lowers_due && !goodwill), value_amount(amount), value_timestamptz(call->now)));
	if (!goodwill)
		ledger_move(call, escrow_account(allocation),
					refund_clearing_account(allocation->buyer_id, allocation->order_line_id, allocation->id), amount, "refund", cause);
}

static void
record_shortfall(Call *call, int64 refund_id, const Allocation *allocation, Amount amount, bool lowers_due, const char *to_ask)
{
	static Statement insert = STATEMENT("illlabzt",
		"INSERT INTO marketplace.refund_shortfalls (marketplace_id, refund_id, allocation_id, order_line_id, amount, left_amount,"
		" lowers_due, created_at, to_ask) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)"
		" ON CONFLICT (marketplace_id, refund_id, allocation_id) DO UPDATE SET left_amount = refund_shortfalls.left_amount + excluded.left_amount");

	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(refund_id), value_int64(allocation->id),
								value_int64(allocation->order_line_id), value_amount(amount), value_bool(lowers_due),
								value_timestamptz(call->now), value_text(to_ask)));
}

/* The refund that carries this means, and for the original one this payment; a new one when there is none yet. */
static int64
find_refund(Call *call, const RefundDecision *decision, const Allocation *allocation, const RefundMeans *means)
{
	static Statement find = STATEMENT("illtl",
		"SELECT id FROM marketplace.refunds WHERE marketplace_id = $1 AND decision_id = $2 AND payment_id IS NOT DISTINCT FROM $3"
		"   AND means = $4 AND bank_account_id IS NOT DISTINCT FROM $5 AND NOT complete");
	static Statement insert = STATEMENT("illlltlatz",
		"INSERT INTO marketplace.refunds (marketplace_id, decision_id, order_id, payment_id, buyer_id, means, bank_account_id, amount,"
		" state, reason, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'planned', $9, $10) RETURNING id");
	int64		payment_id = strcmp(means->means, "original") == 0 ? allocation->payment_id : 0;
	Row			row;

	if (query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(decision->id), value_id(payment_id),
								value_text(means->means), value_id(means->bank_account_id)), &row))
		return row_int64(&row, 0);
	return funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(decision->id), value_int64(decision->order_id),
									 value_id(payment_id), value_int64(decision->buyer_id), value_text(means->means),
									 value_id(means->bank_account_id), value_amount(amount_of(amount_currency(allocation->amount), 0)),
									 value_text(decision->reason), value_timestamptz(call->now)));
}

/* A piece of a target for one means: first what is funded, the rest is short. */
static void
hand_over(Call *call, const RefundDecision *decision, const Waterfall *plan, const WaterfallTarget *target,
		  const RefundMeans *means, int64 piece, int64 funded, int64 cause)
{
	static Statement raise = STATEMENT("ila",
		"UPDATE marketplace.refunds SET amount = amount + $3 WHERE marketplace_id = $1 AND id = $2");
	int64		refund_id = find_refund(call, decision, target->allocation, means);

	funds_write(&raise, VALUES(value_int32(call->marketplace_id), value_int64(refund_id), value_amount(amount_of(plan->currency, piece))));
	if (funded > 0)
		freeze_item(call, refund_id, target->allocation, amount_of(plan->currency, funded), plan->terms.goodwill,
					decision->lowers_due, cause);
	if (piece > funded)
		record_shortfall(call, refund_id, target->allocation, amount_of(plan->currency, piece - funded), decision->lowers_due,
						 plan->to_ask);
}

void
decision_carry_out(Call *call, const RefundDecision *decision, const Waterfall *plan, RefundMeans *means, int nmeans, int64 cause)
{
	int64		own = waterfall_carry_out(call, plan, decision->id, cause);
	int			m = 0;

	for (int i = 0; i < plan->ntargets; i++)
	{
		const WaterfallTarget *target = &plan->targets[i];
		int64		left = target->amount;
		int64		funded = target->funded;

		while (left > 0)
		{
			int64		piece;

			while (m < nmeans - 1 && means[m].amount == 0)
				m++;
			piece = Min(left, means[m].amount);
			if (piece <= 0)
				elog(ERROR, "the means of refund decision %lld do not add up", (long long) decision->id);
			hand_over(call, decision, plan, target, &means[m], piece, Min(piece, funded), cause);
			means[m].amount -= piece;
			left -= piece;
			funded -= Min(piece, funded);
		}
	}
	if (own > 0)
		own_transfer_plan(call, decision->id, decision->order_id, amount_of(plan->currency, own));
}

void
decision_of_waterfall(Call *call, const RefundDecision *wanted, const Waterfall *plan)
{
	RefundDecision decision = decision_open(call, wanted, amount_of(plan->currency, 0), NULL);
	RefundLine *lines = palloc(sizeof(RefundLine) * Max(plan->ntargets, 1));
	int64		sum = 0;
	int64		own;

	for (int i = 0; i < plan->ntargets; i++)
	{
		sum += plan->targets[i].amount;
		lines[i] = (RefundLine) {plan->targets[i].allocation->order_line_id, NULL, amount_of(plan->currency, plan->targets[i].amount), NULL};
		decision_add_line(call, &decision, &lines[i]);
	}
	own = waterfall_carry_out(call, plan, decision.id,
							  decision_cause(call, &decision, amount_of(plan->currency, sum), lines, plan->ntargets, &plan->authority));
	if (own > 0)
		own_transfer_plan(call, decision.id, decision.order_id, amount_of(plan->currency, own));
	decision_complete(call, decision.id);
}

void
decision_complete(Call *call, int64 decision_id)
{
	static Statement decided = STATEMENT("il",
		"UPDATE marketplace.refund_decisions SET complete = true WHERE marketplace_id = $1 AND id = $2");
	static Statement complete = STATEMENT("il",
		"UPDATE marketplace.refunds SET complete = true WHERE marketplace_id = $1 AND decision_id = $2 AND NOT complete");
	static Statement planned = STATEMENT("il",
		"SELECT id FROM marketplace.refunds WHERE marketplace_id = $1 AND decision_id = $2 AND state = 'planned' ORDER BY id");
	const Value *key = VALUES(value_int32(call->marketplace_id), value_int64(decision_id));
	Rows		rows;

	funds_write(&decided, key);
	funds_write(&complete, key);
	rows = query_rows(&planned, key);
	for (uint64 i = 0; i < rows.count; i++)
	{
		Refund		refund = refund_get(call, row_int64(&rows.rows[i], 0));

		refund_tell(call, &refund, "refund.planned");
		refund_advance(call, &refund);
	}
}
