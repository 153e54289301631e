/*
 * payout_select.c
 *		What a payout run would pay: each seller's payable shares of order lines, less what is held, and whether the seller may be
 *		paid (FD-57). The run and its dry run are the same selection; only the run locks the accounts.
 */
#include "postgres.h"

#include "funds/payout.h"
#include "kernel/policy.h"

/*
 * By seller, currency and share. Balances are what the snapshot sees; a run reads them again under the accounts' locks, so that two
 * runs never take the same cent, and a release that commits meanwhile is paid by the next run.
 */
static Payable
find_payable(Call *call, const PayoutOrder *order)
{
	static Statement find = STATEMENT("iLc",
		"SELECT k.party_id, k.order_line_id, k.allocation_id, k.currency, k.balance, k.id"
		"  FROM marketplace.capture_allocations a"
		" CROSS JOIN LATERAL (SELECT k.party_id, k.order_line_id, k.allocation_id, k.currency, k.balance, k.id"
		"                       FROM marketplace.accounts k"
		"                      WHERE k.marketplace_id = $1 AND k.party_id = a.seller_id AND k.order_line_id = a.order_line_id"
		"                        AND k.allocation_id = a.id AND k.kind = 'c_seller'"
		"                        AND k.currency = marketplace.currency(a.amount)) k"
		" WHERE a.marketplace_id = $1 AND a.open AND ($2 IS NULL OR a.seller_id = ANY ($2)) AND ($3 IS NULL OR k.currency = $3)"
		"   AND marketplace.sign(k.balance) > 0 "
		"UNION ALL "
		"SELECT k.party_id, k.order_line_id, k.allocation_id, k.currency, k.balance, k.id"
		"  FROM marketplace.accounts k"
		" WHERE k.marketplace_id = $1 AND k.kind = 'c_seller' AND k.order_line_id = 0"
		"   AND ($2 IS NULL OR k.party_id = ANY ($2)) AND ($3 IS NULL OR k.currency = $3) AND marketplace.sign(k.balance) > 0 "
		"ORDER BY 1, 4, 3");
	Rows		rows = query_rows(&find, VALUES(value_int32(call->marketplace_id), payout_sellers(order),
												order->currency == 0 ? value_null() : value_currency(order->currency)));
	Payable		payable = {.count = (int) rows.count};
	Size		n = Max(rows.count, 1);

	payable.accounts = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Account) * n);
	payable.currencies = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(CurrencyCode) * n);
	payable.ids = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * n);
	payable.balances = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Amount) * n);
	payable.free = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Amount) * n);
	for (int i = 0; i < payable.count; i++)
	{
		Row		   *row = &rows.rows[i];

		payable.accounts[i] = (Account) {C_SELLER, row_int64(row, 0), row_int64(row, 1), row_int64(row, 2)};
		payable.currencies[i] = row_currency(row, 3);
		payable.balances[i] = row_amount(row, 4);
		payable.ids[i] = row_int64(row, 5);
	}
	return payable;
}

/* Against new holds: what is held from then on is held after the freeze, and drops it (FD-41). */
static void
lock_wallets(Call *call, const Payable *payable)
{
	int64	   *sellers = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(payable->count, 1));

	for (int i = 0; i < payable->count; i++)
		sellers[i] = payable->accounts[i].party_id;
	wallet_lock(call, sellers, payable->count);
}

static Amount
minimum_of(Call *call, const PayoutOrder *order, int64 seller_id, CurrencyCode currency)
{
	PolicyScope scope = {.seller_id = seller_id};

	if (order->has_minimum)
		return order->minimum;
	return amount_round_numeric(policy_numeric(call, "fd.min_payout", &scope), currency);
}

static bool
is_scheduled(Call *call, const PayoutOrder *order, int64 seller_id)
{
	PolicyScope scope = {.seller_id = seller_id};

	return !order->scheduled || payout_schedule_has(policy_text(call, "fd.payout_schedule", &scope), order->day);
}

/* FD-57: why the seller is not paid this time; NULL: it is. */
static void
judge(Call *call, const PayoutOrder *order, SellerGroup *group)
{
	CurrencyCode currency = amount_currency(group->total);
	Amount		minimum;

	if (!is_scheduled(call, order, group->seller_id))
	{
		group->obstacle = "schedule";
		group->detail = "Its schedule has another day.";
		return;
	}
	group->obstacle = payout_seller_obstacle(call, group->seller_id, &group->detail);
	if (group->obstacle != NULL)
		return;
	minimum = minimum_of(call, order, group->seller_id, currency);
	if (amount_minor(group->total) <= 0)
	{
		group->obstacle = "hold";
		group->detail = psprintf("All of %s is held.", amount_to_cstring(group->balance));
	}
	else if (amount_minor(group->total) < amount_minor(minimum))
	{
		group->obstacle = "minimum";
		group->detail = psprintf("%s is less than %s: it carries over.", amount_to_cstring(group->total),
								 amount_to_cstring(minimum));
	}
	if (group->obstacle != NULL)
		return;
	group->bank_account_id = party_bank_account(call, group->seller_id, currency);
	group->obstacle = payout_account_obstacle(call, group->seller_id, group->bank_account_id, currency, &group->detail);
}

static void
add_up(const Payable *payable, SellerGroup *group)
{
	group->seller_id = payable->accounts[group->first].party_id;
	group->balance = group->total = amount_zero(payable->currencies[group->first]);
	for (group->end = group->first; group->end < payable->count &&
		 payable->accounts[group->end].party_id == group->seller_id &&
		 payable->currencies[group->end] == payable->currencies[group->first]; group->end++)
	{
		group->balance = amount_add(group->balance, payable->balances[group->end]);
		group->total = amount_add(group->total, payable->free[group->end]);
	}
}

/* What the client account can pay of each currency, less what earlier groups take. */
typedef struct Cash
{
	CurrencyCode currency;
	int64		left;
} Cash;

/* FD-5: client money is never paid out that is not there; who does not find enough carries over. */
static void
ration_cash(Call *call, PayoutPlan *plan)
{
	List	   *all = NIL;

	for (int i = 0; i < plan->count; i++)
	{
		SellerGroup *group = &plan->groups[i];
		CurrencyCode currency = amount_currency(group->total);
		Cash	   *cash = NULL;
		ListCell   *cell;

		if (group->obstacle != NULL)
			continue;
		foreach(cell, all)
			if (((Cash *) lfirst(cell))->currency == currency)
				cash = lfirst(cell);
		if (cash == NULL)
		{
			cash = palloc(sizeof(Cash));
			*cash = (Cash) {currency, cash_free(call, currency, true)};
			all = lappend(all, cash);
		}
		if (cash->left >= amount_minor(group->total))
		{
			cash->left -= amount_minor(group->total);
			continue;
		}
		group->obstacle = "cash";
		group->detail = psprintf("The client account has %s that is not frozen for others.",
								 amount_to_cstring(amount_of(currency, Max(cash->left, 0))));
	}
}

PayoutPlan
payout_select(Call *call, const PayoutOrder *order, bool lock)
{
	PayoutPlan	plan = {.payable = find_payable(call, order), .count = 0};

	if (lock)
	{
		lock_wallets(call, &plan.payable);
		ledger_lock_balances(call, plan.payable.accounts, plan.payable.currencies, plan.payable.ids, plan.payable.count,
							 plan.payable.balances);
	}
	memcpy(plan.payable.free, plan.payable.balances, sizeof(Amount) * plan.payable.count);
	hold_leave_available(call, plan.payable.accounts, plan.payable.currencies, plan.payable.count, plan.payable.free);
	plan.groups = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(SellerGroup) * Max(plan.payable.count, 1));
	for (int first = 0; first < plan.payable.count;)
	{
		SellerGroup *group = &plan.groups[plan.count];

		*group = (SellerGroup) {.first = first};
		add_up(&plan.payable, group);
		first = group->end;
		if (amount_minor(group->balance) == 0)	/* another run took it before it could be locked */
			continue;
		judge(call, order, group);
		plan.count++;
	}
	ration_cash(call, &plan);
	return plan;
}
