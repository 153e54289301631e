/*
 * payout_run.c
 *		payout_run(): freezes all that sellers may be paid into payouts, one per seller, currency and bank account, in one posting
 *		(FD-56…FD-58, FD-P10). What is selected is in payout_select.c, what becomes of a payout in payout_outcome.c.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/payout.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/instruction.h"
#include "kernel/lifecycle.h"
#include "utils/array.h"

/* The payouts of a run. */
typedef struct Frozen
{
	int			count;
	int64	   *ids;			/* of payouts */
	SellerGroup **groups;
} Frozen;

static int64
tell_planned(Call *call, int64 payout_id, int64 batch_id, const SellerGroup *group, DateADT execution_date,
			 const Authority *authority)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "payout_id", payout_id);
	payload_int64(&payload, "batch_id", batch_id);
	payload_int64(&payload, "seller_id", group->seller_id);
	payload_int64(&payload, "bank_account_id", group->bank_account_id);
	payload_amount(&payload, "amount", group->total);
	payload_text(&payload, "execution_date", payout_day_text(execution_date));
	payload_authority(&payload, authority);
	return event_emit(call, "payout", payout_id, "payout.planned", &payload);
}

static void
plan_instruction(Call *call, int64 payout_id, const SellerGroup *group, const Authority *authority)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "payout_id", payout_id);
	payload_int64(&payload, "seller_id", group->seller_id);
	payload_int64(&payload, "bank_account_id", group->bank_account_id);
	payload_amount(&payload, "amount", group->total);
	payload_authority(&payload, authority);
	instruction_plan(call, "payout", "payout", payout_id, marketplace_get(call)->psp_party_id, &payload);
}

static void
add_items(Call *call, int64 payout_id, const Payable *payable, const SellerGroup *group)
{
	static Statement insert = STATEMENT("ilLLA",
		"INSERT INTO marketplace.payout_items (marketplace_id, payout_id, allocation_id, order_line_id, amount)"
		" SELECT $1, $2, w.allocation_id, w.order_line_id, w.amount FROM unnest($3, $4, $5) AS w(allocation_id, order_line_id, amount)");
	int			most = group->end - group->first;
	Datum	   *allocations = palloc(sizeof(Datum) * most);
	Datum	   *lines = palloc(sizeof(Datum) * most);
	Datum	   *amounts = palloc(sizeof(Datum) * most);
	int			n = 0;

	for (int i = group->first; i < group->end; i++)
	{
		if (amount_minor(payable->free[i]) == 0)
			continue;
		allocations[n] = Int64GetDatum(payable->accounts[i].allocation_id);
		lines[n] = Int64GetDatum(payable->accounts[i].order_line_id);
		amounts[n++] = AmountGetDatum(payable->free[i]);
	}
	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(payout_id),
								payout_int64_array(allocations, n), payout_int64_array(lines, n),
								value_datum(PointerGetDatum(construct_array(amounts, n, query_type_oid("amount"), 8,
																			true,
																			TYPALIGN_DOUBLE)))));
}

/* FD-P10 */
int64
payout_freeze(Call *call, int64 batch_id, const Payable *payable, const SellerGroup *group, DateADT execution_date,
			  const Authority *authority)
{
	static Statement insert = STATEMENT("illladz",
		"INSERT INTO marketplace.payouts (marketplace_id, batch_id, seller_id, bank_account_id, amount, execution_date, state,"
		"                                 created_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, 'planned', $7) RETURNING id");
	int64		payout_id = funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(batch_id),
													  value_int64(group->seller_id), value_int64(group->bank_account_id),
													  value_amount(group->total), value_date(execution_date),
													  value_timestamptz(call->now)));
	int64		cause;

	add_items(call, payout_id, payable, group);
	cause = tell_planned(call, payout_id, batch_id, group, execution_date, authority);
	for (int i = group->first; i < group->end; i++)
	{
		const Account *from = &payable->accounts[i];

		if (amount_minor(payable->free[i]) > 0)
			ledger_move(call, *from, payout_clearing_account(from->party_id, from->order_line_id, from->allocation_id),
						payable->free[i], "payout", cause);
	}
	plan_instruction(call, payout_id, group, authority);
	return payout_id;
}

/* Up to fd.four_eyes_amount by itself, above it by a second person (FD-54). */
static void
approve(Call *call, const Frozen *frozen)
{
	static Statement approve = STATEMENT("iL",
		"UPDATE marketplace.payouts SET state = 'approved' WHERE marketplace_id = $1 AND id = ANY ($2)");
	Datum	   *small = palloc(sizeof(Datum) * Max(frozen->count, 1));
	int64	   *large = palloc(sizeof(int64) * Max(frozen->count, 1));
	int			nsmall = 0;
	int			nlarge = 0;

	for (int i = 0; i < frozen->count; i++)
	{
		if (payout_needs_approval(call, frozen->groups[i]->seller_id, frozen->groups[i]->total))
			large[nlarge++] = frozen->ids[i];
		else
			small[nsmall++] = Int64GetDatum(frozen->ids[i]);
	}
	if (nsmall > 0)
		funds_transition(&approve, VALUES(value_int32(call->marketplace_id), payout_int64_array(small, nsmall)), "approve",
						 "up to fd.four_eyes_amount");
	payout_ask_approval(call, large, nlarge);
}

/* What a hold leaves of a payout that it dropped, as another payout of the same run. */
void
payout_plan_rest(Call *call, int64 batch_id, int64 bank_account_id, const Account *accounts, const Amount *amounts, int n)
{
	Payable		payable = {.count = n, .accounts = unconstify(Account *, accounts), .free = unconstify(Amount *, amounts)};
	SellerGroup group = {.first = 0, .end = n, .seller_id = accounts[0].party_id, .bank_account_id = bank_account_id,
		.total = amount_zero(amount_currency(amounts[0]))};
	SellerGroup *groups[] = {&group};
	Authority	authority;
	int64		payout_id;
	Frozen		frozen = {1, &payout_id, groups};

	for (int i = 0; i < n; i++)
		group.total = amount_add(group.total, amounts[i]);
	authority = agent_authority(call, AGENT_PAYOUT, group.total);
	payout_id = payout_freeze(call, batch_id, &payable, &group, payout_execution_day(call, call->now), &authority);
	approve(call, &frozen);
}

static void
refuse_named(const SellerGroup *group)
{
	ereport(ERROR,
			errcode(MK_PAYOUT),
			errmsg("seller %lld has no verified bank account for %s", (long long) group->seller_id,
				   currency_alpha(amount_currency(group->total))),
			errdetail("Payable: %s.", amount_to_cstring(group->total)),
			errhint("Add one with bank_account_add() and bank_account_verify(), or leave the seller out."));
}

/* False: the slot has been run; its batch is found. */
static bool
begin_batch(Call *call, const PayoutOrder *order, int64 *batch_id)
{
	static Statement insert = STATEMENT("icLattzbd",
		"INSERT INTO marketplace.payout_batches (marketplace_id, currency, sellers, minimum, slot, actor, created_at, scheduled)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $8 THEN $9 END) ON CONFLICT (marketplace_id, slot) DO NOTHING RETURNING id");
	static Statement find = STATEMENT("itcLa",
		"SELECT id, currency IS NOT DISTINCT FROM $3 AND sellers IS NOT DISTINCT FROM $4 AND minimum IS NOT DISTINCT FROM $5, actor"
		"  FROM marketplace.payout_batches WHERE marketplace_id = $1 AND slot = $2");
	Value		marketplace_id = value_int32(call->marketplace_id);
	Value		currency = order->currency == 0 ? value_null() : value_currency(order->currency);
	Value		minimum = order->has_minimum ? value_amount(order->minimum) : value_null();
	Row			row;
	bool		added;

	guard_open("funds");
	added = query_row(&insert, VALUES(marketplace_id, currency, payout_sellers(order), minimum, value_text(order->slot),
									  value_text(call_actor()), value_timestamptz(call->now), value_bool(order->scheduled),
									  value_date(order->day)), &row);
	guard_close();
	if (!added && !query_row(&find, VALUES(marketplace_id, value_text(order->slot), currency, payout_sellers(order), minimum), &row))
		ereport(ERROR,
				errcode(MK_CONCURRENT_CHANGE),
				errmsg("another transaction runs the payouts of \"%s\"", order->slot),
				errdetail("Its run is not visible to this transaction's snapshot."),
				errhint("Run the transaction again: it returns the same run."));
	*batch_id = row_int64(&row, 0);
	if (!added && !row_bool(&row, 1))
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("the payouts of \"%s\" were run for other currency, sellers or minimum", order->slot),
				errdetail("It is run %lld, by %s.", (long long) *batch_id, row_text(&row, 2)),
				errhint("Name another slot, or ask for the same to get the same run."));
	return added;
}

int64
payout_run_order(Call *call, const PayoutOrder *order, int *payouts)
{
	PayoutPlan	plan;
	Frozen		frozen = {0, NULL, NULL};
	DateADT		execution_date;
	int64		batch_id;

	*payouts = 0;
	if (!begin_batch(call, order, &batch_id))
		return batch_id;
	plan = payout_select(call, order, true);
	execution_date = payout_execution_day(call, call->now);
	frozen.ids = palloc(sizeof(int64) * Max(plan.count, 1));
	frozen.groups = palloc(sizeof(SellerGroup *) * Max(plan.count, 1));
	for (int i = 0; i < plan.count; i++)
	{
		SellerGroup *group = &plan.groups[i];

		if (group->obstacle == NULL)
		{
			Authority	authority = agent_authority(call, AGENT_PAYOUT, group->total);

			if (!agent_covers(&authority))
			{
				payout_request(call, batch_id, &plan.payable, group);
				continue;
			}
			frozen.groups[frozen.count] = group;
			frozen.ids[frozen.count++] = payout_freeze(call, batch_id, &plan.payable, group, execution_date, &authority);
		}
		else if (strcmp(group->obstacle, "bank_account") == 0 && payout_order_names(order, group->seller_id))
			refuse_named(group);
	}
	approve(call, &frozen);
	*payouts = frozen.count;
	return batch_id;
}

/* payout_run(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(payout_run);
Datum
payout_run(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		PayoutOrder order;
		int			payouts;

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) marketplace_get(&call);
		order = payout_order_read(&call, call_jsonb(&call, 1));
		call.result = payout_run_order(&call, &order, &payouts);
	}
	PG_RETURN_INT64(call_end(&call));
}
