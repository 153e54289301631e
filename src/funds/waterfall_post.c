/*
 * waterfall_post.c
 *		Posts the plan of a refund: the money goes back to the escrow of the allocation that is paid back (FD-P17 … FD-P20),
 *		goodwill to the refund itself (FD-P23); each step is recorded, with the debts and commission reversals that follow.
 */
#include "postgres.h"

#include "funds/debt.h"
#include "funds/waterfall.h"
#include "kernel/instruction.h"

static void
record_step(Call *call, int64 decision_id, int32 number, const WaterfallStep *step, CurrencyCode currency)
{
	static Statement insert = STATEMENT("ilitttllllllatz",
		"INSERT INTO marketplace.refund_steps (marketplace_id, decision_id, step, kind, rule, source, allocation_id, order_line_id,"
		" seller_id, from_allocation_id, from_order_line_id, payout_id, amount, bearer, created_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)");

	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(decision_id), value_int32(number),
								value_text(step_name(step->kind)), value_text(step_rule(step)),
								value_text(account_kind_name(step->source.kind)), value_int64(step->allocation->id),
								value_int64(step->allocation->order_line_id), value_int64(step->allocation->seller_id),
								value_id(step->source.allocation_id), value_id(step->source.order_line_id), value_id(step->payout_id),
								value_amount(amount_of(currency, step->amount)), value_text(step_bearer(step)),
								value_timestamptz(call->now)));
}

static int32
last_step(Call *call, int64 decision_id)
{
	static Statement last = STATEMENT("il",
		"SELECT COALESCE(pg_catalog.max(step), 0) FROM marketplace.refund_steps WHERE marketplace_id = $1 AND decision_id = $2");

	return DatumGetInt32(query_datum(&last, VALUES(value_int32(call->marketplace_id), value_int64(decision_id))));
}

/* Each payout once: all of it is the seller's again, and the next run pays what is left (FD-P12). */
static void
drop_payouts(Call *call, const Waterfall *plan, int64 decision_id)
{
	List	   *dropped = NIL;
	ListCell   *cell;

	foreach(cell, plan->steps)
	{
		const WaterfallStep *step = lfirst(cell);
		bool		known = step->payout_id == 0;
		ListCell   *seen;

		foreach(seen, dropped)
			known = known || *(int64 *) lfirst(seen) == step->payout_id;
		if (known)
			continue;
		dropped = lappend(dropped, (void *) &step->payout_id);
		instruction_move(call, "payout", "payout", step->payout_id, "cancel",
						 psprintf("dropped for refund decision %lld", (long long) decision_id));
	}
}

static void
post_step(Call *call, const WaterfallStep *step, Amount amount, int64 cause)
{
	const Allocation *allocation = step->allocation;
	Account		escrow = escrow_account(allocation);
	Account		source = step->source;

	switch (step->kind)
	{
		case STEP_ESCROW:
			break;
		case STEP_COMMISSION:
			ledger_move(call, source, escrow, amount, "commission_reversed", cause);
			break;
		case STEP_COMMISSION_TO_SELLER:
			ledger_move(call, source, seller_account(allocation), amount, "commission_reversed", cause);
			break;
		case STEP_SELLER_AVAILABLE:
		case STEP_SELLER_PENDING:
		case STEP_PAYOUT_PLANNED:
			if (step->kind == STEP_PAYOUT_PLANNED)
				source.kind = C_SELLER;
			ledger_move(call, source, escrow, amount,
						source.allocation_id == allocation->id ? "release_reversed" : "set_off", cause);
			break;
		case STEP_SELLER_RESERVE:
			ledger_move(call, source, escrow, amount, source.allocation_id == allocation->id ? "reserve_used" : "set_off", cause);
			break;
		case STEP_PLATFORM_ADVANCE:
			ledger_move(call, source, escrow, amount, "advance", cause);
			ledger_move(call, (Account) {O_SELLER_RECEIVABLE, allocation->seller_id, 0, 0}, own_account(O_DUE_TO_CLIENT), amount,
						"advance", cause);
			break;
		case STEP_GOODWILL:
			ledger_move(call, source, refund_clearing_account(allocation->buyer_id, allocation->order_line_id, allocation->id),
						amount, "goodwill", cause);
			ledger_move(call, own_account(O_LOSS), own_account(O_DUE_TO_CLIENT), amount, "goodwill", cause);
			break;
		case STEP_KINDS:
			elog(ERROR, "no step of a refund");
	}
}

/* The own ring's half: revenue and VAT go down, against the claim on what was not swept, else against own money. */
static void
post_reversal(Call *call, const Waterfall *plan, const WaterfallTarget *target, int64 cause)
{
	int64		parts[2] = {amount_minor(target->net), amount_minor(target->vat)};
	static const AccountKind results[2] = {O_REVENUE, O_VAT};
	int64		held = 0;
	ListCell   *cell;

	foreach(cell, plan->steps)
	{
		const WaterfallStep *step = lfirst(cell);

		if (step->allocation == target->allocation && step->source.kind == C_COMMISSION)
			held += step->amount;
	}
	for (int i = 0; i < 2; i++)
	{
		int64		from_held = Min(parts[i], held);

		if (from_held > 0)
			ledger_move(call, own_account(results[i]), own_account(O_COMMISSION_RECEIVABLE), amount_of(plan->currency, from_held),
						"commission_reversed", cause);
		if (parts[i] > from_held)
			ledger_move(call, own_account(results[i]), own_account(O_DUE_TO_CLIENT), amount_of(plan->currency, parts[i] - from_held),
						"commission_reversed", cause);
		held -= from_held;
	}
}

static void
record_reversal(Call *call, const Waterfall *plan, const WaterfallTarget *target, int64 decision_id)
{
	static Statement insert = STATEMENT("illtaaaz",
		"INSERT INTO marketplace.commission_reversals (marketplace_id, allocation_id, decision_id, how, base, net, vat, created_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
	/* what gets money back can be paid out again */
	static Statement reopen = STATEMENT("il",
		"UPDATE marketplace.capture_allocations SET open = true WHERE marketplace_id = $1 AND id = $2 AND NOT open");

	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(target->allocation->id), value_int64(decision_id),
								value_text(target->how), value_amount(amount_of(plan->currency, target->reversed)),
								value_amount(target->net), value_amount(target->vat), value_timestamptz(call->now)));
	if (amount_minor(target->net) + amount_minor(target->vat) > target->reversed)
		funds_write(&reopen, VALUES(value_int32(call->marketplace_id), value_int64(target->allocation->id)));
}

/* One debt a seller. */
static void
record_debts(Call *call, const Waterfall *plan, int64 decision_id, int64 cause)
{
	ListCell   *cell;

	foreach(cell, plan->sellers)
	{
		const SellerSources *sources = lfirst(cell);
		int64		advance = 0;
		ListCell   *each;

		foreach(each, plan->steps)
		{
			const WaterfallStep *step = lfirst(each);

			if (step->kind == STEP_PLATFORM_ADVANCE && step->allocation->seller_id == sources->seller_id)
				advance += step->amount;
		}
		if (advance > 0)
			debt_arise(call, sources->seller_id, plan->order_id, decision_id, amount_of(plan->currency, advance), cause);
	}
}

/* Of the lines whose cents were used nothing may be left. */
static void
close_sources(Call *call, const Waterfall *plan)
{
	int64	   *ids = palloc(sizeof(int64) * Max(list_length(plan->steps), 1));
	int			n = 0;
	ListCell   *cell;

	foreach(cell, plan->steps)
	{
		const WaterfallStep *step = lfirst(cell);

		if (step->source.allocation_id != 0)
			ids[n++] = step->source.allocation_id;
	}
	if (n > 0)
		defer_closing(call, ids, n);
}

int64
waterfall_carry_out(Call *call, const Waterfall *plan, int64 decision_id, int64 cause)
{
	int32		number = last_step(call, decision_id);
	int64		own = 0;
	ListCell   *cell;

	drop_payouts(call, plan, decision_id);
	foreach(cell, plan->steps)
	{
		const WaterfallStep *step = lfirst(cell);

		post_step(call, step, amount_of(plan->currency, step->amount), cause);
		record_step(call, decision_id, ++number, step, plan->currency);
		if (step->source.kind == C_DUE_FROM_OWN)
			own += step->amount;
	}
	for (int i = 0; i < plan->ntargets; i++)
		if (plan->targets[i].reversed > 0)
		{
			post_reversal(call, plan, &plan->targets[i], cause);
			record_reversal(call, plan, &plan->targets[i], decision_id);
		}
	record_debts(call, plan, decision_id, cause);
	close_sources(call, plan);
	return own;
}
