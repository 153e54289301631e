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
	const SellerGroup **groups;
	Authority  *authorities;
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

static Value
amount_array(Datum *amounts, int n)
{
	return value_datum(PointerGetDatum(construct_array(amounts, n, query_type_oid("amount"), 8, true, TYPALIGN_DOUBLE)));
}

static Datum *
allocate(Size n)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * Max(n, 1));
}

/* All payouts of the run in one statement. */
static void
add_payouts(Call *call, int64 batch_id, Frozen *frozen, DateADT execution_date)
{
	static Statement insert = STATEMENT("ilLLAdz",
		"INSERT INTO marketplace.payouts (marketplace_id, batch_id, seller_id, bank_account_id, amount, execution_date, state,"
		"                                 created_at)"
		" SELECT $1, $2, w.seller_id, w.bank_account_id, w.amount, $6, 'planned', $7"
		"   FROM unnest($3, $4, $5) WITH ORDINALITY AS w(seller_id, bank_account_id, amount, n)"
		"  ORDER BY w.n RETURNING id, seller_id");
	Datum	   *sellers = allocate(frozen->count);
	Datum	   *bank_accounts = allocate(frozen->count);
	Datum	   *amounts = allocate(frozen->count);
	Rows		rows;

	for (int i = 0; i < frozen->count; i++)
	{
		sellers[i] = Int64GetDatum(frozen->groups[i]->seller_id);
		bank_accounts[i] = Int64GetDatum(frozen->groups[i]->bank_account_id);
		amounts[i] = AmountGetDatum(frozen->groups[i]->total);
	}
	guard_open("funds");
	rows = query_rows(&insert, VALUES(value_int32(call->marketplace_id), value_int64(batch_id),
									  payout_int64_array(sellers, frozen->count),
									  payout_int64_array(bank_accounts, frozen->count), amount_array(amounts, frozen->count),
									  value_date(execution_date), value_timestamptz(call->now)));
	guard_close();
	for (int i = 0; i < frozen->count; i++)
	{
		if (i >= rows.count || row_int64(&rows.rows[i], 1) != frozen->groups[i]->seller_id)
			elog(ERROR, "payouts were not written in their order");
		frozen->ids[i] = row_int64(&rows.rows[i], 0);
	}
}

/* And all that they pay in another. */
static void
add_items(Call *call, const Payable *payable, const Frozen *frozen)
{
	static Statement insert = STATEMENT("iLLLA",
		"INSERT INTO marketplace.payout_items (marketplace_id, payout_id, allocation_id, order_line_id, amount)"
		" SELECT $1, w.payout_id, w.allocation_id, w.order_line_id, w.amount"
		"   FROM unnest($2, $3, $4, $5) AS w(payout_id, allocation_id, order_line_id, amount)");
	Datum	   *payouts = allocate(payable->count);
	Datum	   *allocations = allocate(payable->count);
	Datum	   *lines = allocate(payable->count);
	Datum	   *amounts = allocate(payable->count);
	int			n = 0;

	for (int g = 0; g < frozen->count; g++)
		for (int i = frozen->groups[g]->first; i < frozen->groups[g]->end; i++)
		{
			if (amount_minor(payable->free[i]) == 0)
				continue;
			payouts[n] = Int64GetDatum(frozen->ids[g]);
			allocations[n] = Int64GetDatum(payable->accounts[i].allocation_id);
			lines[n] = Int64GetDatum(payable->accounts[i].order_line_id);
			amounts[n++] = AmountGetDatum(payable->free[i]);
		}
	funds_write(&insert, VALUES(value_int32(call->marketplace_id), payout_int64_array(payouts, n),
								payout_int64_array(allocations, n), payout_int64_array(lines, n), amount_array(amounts, n)));
}

/* FD-P10, for each of them. */
static void
freeze(Call *call, int64 batch_id, const Payable *payable, Frozen *frozen, DateADT execution_date)
{
	if (frozen->count == 0)
		return;
	add_payouts(call, batch_id, frozen, execution_date);
	add_items(call, payable, frozen);
	for (int g = 0; g < frozen->count; g++)
	{
		const SellerGroup *group = frozen->groups[g];
		int64		cause = tell_planned(call, frozen->ids[g], batch_id, group, execution_date, &frozen->authorities[g]);

		for (int i = group->first; i < group->end; i++)
		{
			const Account *from = &payable->accounts[i];

			if (amount_minor(payable->free[i]) > 0)
				ledger_move(call, *from, payout_clearing_account(from->party_id, from->order_line_id, from->allocation_id),
							payable->free[i], "payout", cause);
		}
		plan_instruction(call, frozen->ids[g], group, &frozen->authorities[g]);
	}
}

int64
payout_freeze(Call *call, int64 batch_id, const Payable *payable, const SellerGroup *group, DateADT execution_date,
			  const Authority *authority)
{
	const SellerGroup *groups[] = {group};
	Authority	authorities[] = {*authority};
	int64		payout_id;
	Frozen		frozen = {1, &payout_id, groups, authorities};

	freeze(call, batch_id, payable, &frozen, execution_date);
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
	const SellerGroup *groups[] = {&group};
	Authority	authority;
	int64		payout_id;
	Frozen		frozen = {1, &payout_id, groups, &authority};

	for (int i = 0; i < n; i++)
		group.total = amount_add(group.total, amounts[i]);
	authority = agent_authority(call, AGENT_PAYOUT, group.total);
	freeze(call, batch_id, &payable, &frozen, payout_execution_day(call, call->now));
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
	Frozen		frozen = {0, NULL, NULL, NULL};
	int64		batch_id;

	*payouts = 0;
	if (!begin_batch(call, order, &batch_id))
		return batch_id;
	plan = payout_select(call, order, true);
	frozen.ids = palloc(sizeof(int64) * Max(plan.count, 1));
	frozen.groups = palloc(sizeof(SellerGroup *) * Max(plan.count, 1));
	frozen.authorities = palloc(sizeof(Authority) * Max(plan.count, 1));
	for (int i = 0; i < plan.count; i++)
	{
		SellerGroup *group = &plan.groups[i];

		if (group->obstacle == NULL)
		{
			frozen.groups[frozen.count] = group;
			frozen.authorities[frozen.count] = agent_authority(call, AGENT_PAYOUT, group->total);
			if (agent_covers(&frozen.authorities[frozen.count]))
				frozen.count++;
			else
				payout_request(call, batch_id, &plan.payable, group);
		}
		else if (strcmp(group->obstacle, "bank_account") == 0 && payout_order_names(order, group->seller_id))
			refuse_named(group);
	}
	freeze(call, batch_id, &plan.payable, &frozen, payout_execution_day(call, call->now));
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
