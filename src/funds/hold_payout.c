/*
 * hold_payout.c
 *		A hold beats every payout (FD-41): payouts that were not sent are dropped and planned again without the items that are held; for those
 *		that were sent their cancellation is asked for, and what comes back is held.
 *
 * A payout is never changed: its instruction and its approval name exact amounts. So dropping an item is dropping the payout and planning the
 * rest anew, in one commit. The wallets are locked, so no run freezes anything meanwhile.
 */
#include "postgres.h"

#include "funds/hold.h"
#include "kernel/instruction.h"
#include "kernel/policy.h"

/* An item of a payout that is not over. */
typedef struct Reached
{
	int64		payout_id;
	int64		allocation_id;
	int64		minor;
} Reached;

/* What a hold takes of payouts: items to drop, payouts to ask back. */
typedef struct Reach
{
	List	   *items;			/* of Reached */
	List	   *recalls;		/* likewise; no allocation_id, minor is what is lacking */
} Reach;

static Rows
open_items(Call *call, int64 seller_id, const Row *part)
{
	static Statement read = STATEMENT("illlc",
		"SELECT o.id, i.allocation_id, marketplace.minor_units(i.amount), o.state IN ('planned', 'approved')"
		"  FROM marketplace.payouts o"
		"  JOIN marketplace.payout_items i ON i.marketplace_id = $1 AND i.payout_id = o.id"
		" WHERE o.marketplace_id = $1 AND o.seller_id = $2 AND o.state IN ('planned', 'approved', 'sent', 'accepted', 'unknown')"
		"   AND ($3 IS NULL OR i.order_line_id = $3) AND ($4 IS NULL OR o.id = $4) AND ($5 IS NULL OR marketplace.currency(i.amount) = $5)"
		" ORDER BY 4 DESC, i.allocation_id DESC, o.id DESC");

	return query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(seller_id), row_value(part, 1), row_value(part, 2),
									row_null(part, 3) ? value_null() : value_currency(amount_currency(row_amount(part, 3)))));
}

static void
add_reached(List **list, int64 payout_id, int64 allocation_id, int64 minor)
{
	Reached    *reached = palloc(sizeof(Reached));

	*reached = (Reached) {payout_id, allocation_id, minor};
	*list = lappend(*list, reached);
}

static bool
is_reached(const List *list, int64 payout_id, int64 allocation_id)
{
	const ListCell *cell;

	foreach(cell, list)
	{
		const Reached *reached = lfirst(cell);

		if (reached->payout_id == payout_id && reached->allocation_id == allocation_id)
			return true;
	}
	return false;
}

/* What of the part is not where a hold takes from already: all of a payout's own, else what balances lack. */
static int64
lacking(Call *call, const Row *part)
{
	int64		seller_id = row_int64(part, 0);

	if (!row_null(part, 2))
		return amount_minor(row_amount(part, 3));
	if (!row_null(part, 1))
		return hold_lacks_on_line(call, seller_id, row_int64(part, 1));
	return hold_lacks_in_wallet(call, seller_id, row_null(part, 3) ? 0 : amount_currency(row_amount(part, 3)));
}

static void
reach_part(Call *call, Reach *reach, const Row *part)
{
	int64		lacks = lacking(call, part);
	Rows		items;

	if (lacks <= 0)
		return;
	items = open_items(call, row_int64(part, 0), part);
	for (uint64 i = 0; i < items.count && lacks > 0; i++)
	{
		const Row  *item = &items.rows[i];
		int64		minor = row_int64(item, 2);

		if (row_bool(item, 3))
		{
			if (!is_reached(reach->items, row_int64(item, 0), row_int64(item, 1)))
				add_reached(&reach->items, row_int64(item, 0), row_int64(item, 1), minor);
		}
		else
			add_reached(&reach->recalls, row_int64(item, 0), 0, Min(lacks, minor));
		if (lacks != PG_INT64_MAX)
			lacks -= minor;
	}
}

typedef struct Payout
{
	int64		batch_id;
	int64		seller_id;
	int64		bank_account_id;
	const char *state;
	CurrencyCode currency;
} Payout;

/* After its instruction was locked: the state is the one that counts. */
static Payout
payout_lock(Call *call, int64 payout_id)
{
	static Statement read = STATEMENT("il",
		"SELECT batch_id, seller_id, bank_account_id, state, marketplace.currency(amount) FROM marketplace.payouts"
		" WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	instruction_lock(call, "payout", "payout", payout_id);
	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(payout_id)), &row))
		elog(ERROR, "payout %lld has vanished", (long long) payout_id);
	return (Payout) {row_int64(&row, 0), row_int64(&row, 1), row_int64(&row, 2), row_text(&row, 3), row_currency(&row, 4)};
}

static void
ask_back(Call *call, const Payout *payout, int64 payout_id, int64 hold_id, int64 minor)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "payout_id", payout_id);
	payload_int64(&payload, "seller_id", payout->seller_id);
	payload_int64(&payload, "hold_id", hold_id);
	payload_amount(&payload, "amount", amount_of(payout->currency, minor));
	event_emit(call, "payout", payout_id, "payout.cancellation_requested", &payload);
}

/* The least that a payout of the run may be: less carries over. */
static int64
minimum_of(Call *call, const Payout *payout)
{
	static Statement read = STATEMENT("il",
		"SELECT minimum FROM marketplace.payout_batches WHERE marketplace_id = $1 AND id = $2");
	PolicyScope scope = {.seller_id = payout->seller_id};
	Row			row;

	if (query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(payout->batch_id)), &row) && !row_null(&row, 0))
		return amount_minor(row_amount(&row, 0));
	return amount_minor(amount_round_numeric(policy_numeric(call, "fd.min_payout", &scope), payout->currency));
}

/* FD-P12 for the whole, FD-P10 for what is not held. */
static void
drop_items(Call *call, const Payout *payout, int64 payout_id, int64 hold_id, const List *dropped)
{
	static Statement read = STATEMENT("il",
		"SELECT allocation_id, order_line_id, amount FROM marketplace.payout_items WHERE marketplace_id = $1 AND payout_id = $2"
		" ORDER BY allocation_id");
	Rows		items = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(payout_id)));
	Account    *accounts = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Account) * Max(items.count, 1));
	Amount	   *amounts = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Amount) * Max(items.count, 1));
	int64		sum = 0;
	int			n = 0;

	for (uint64 i = 0; i < items.count; i++)
	{
		const Row  *item = &items.rows[i];

		if (is_reached(dropped, payout_id, row_int64(item, 0)))
			continue;
		accounts[n] = (Account) {C_SELLER, payout->seller_id, row_int64(item, 1), row_int64(item, 0)};
		amounts[n++] = row_amount(item, 2);
		sum += amount_minor(row_amount(item, 2));
	}
	instruction_move(call, "payout", "payout", payout_id, "cancel", psprintf("hold %lld", (long long) hold_id));
	if (n > 0 && sum >= minimum_of(call, payout))
		payout_plan_rest(call, payout->batch_id, payout->bank_account_id, accounts, amounts, n);
}

static int
compare_payouts(const ListCell *left, const ListCell *right)
{
	int64		a = ((const Reached *) lfirst(left))->payout_id;
	int64		b = ((const Reached *) lfirst(right))->payout_id;

	return (a > b) - (a < b);
}

static bool
was_not_sent(const Payout *payout)
{
	return strcmp(payout->state, "planned") == 0 || strcmp(payout->state, "approved") == 0;
}

static bool
is_under_way(const Payout *payout)
{
	return strcmp(payout->state, "sent") == 0 || strcmp(payout->state, "accepted") == 0 || strcmp(payout->state, "unknown") == 0;
}

void
hold_reach_payouts(Call *call, int64 hold_id)
{
	static Statement read = STATEMENT("il",
		"SELECT seller_id, order_line_id, payout_id, amount FROM marketplace.hold_parts"
		" WHERE marketplace_id = $1 AND hold_id = $2 ORDER BY position");
	Rows		parts = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(hold_id)));
	Reach		reach = {NIL, NIL};
	List	   *all;
	ListCell   *cell;
	int64		previous = 0;

	for (uint64 i = 0; i < parts.count; i++)
		reach_part(call, &reach, &parts.rows[i]);
	all = list_concat_copy(reach.items, reach.recalls);
	list_sort(all, compare_payouts);
	foreach(cell, all)
	{
		int64		payout_id = ((Reached *) lfirst(cell))->payout_id;
		int64		minor = 0;
		Payout		payout;
		ListCell   *other;

		if (payout_id == previous)
			continue;
		previous = payout_id;
		foreach(other, all)
			if (((Reached *) lfirst(other))->payout_id == payout_id)
				minor += ((Reached *) lfirst(other))->minor;
		payout = payout_lock(call, payout_id);
		if (was_not_sent(&payout))
			drop_items(call, &payout, payout_id, hold_id, reach.items);
		else if (is_under_way(&payout))
			ask_back(call, &payout, payout_id, hold_id, minor);
	}
}

void
hold_on_payout_outcome(Call *call, int64 payout_id, bool back)
{
	static Statement open = STATEMENT("ilz",
		"UPDATE marketplace.hold_parts SET open = true, opened_at = $3"
		" WHERE marketplace_id = $1 AND payout_id = $2 AND opened_at IS NULL AND closed_at IS NULL");

	if (back)
		funds_write(&open, VALUES(value_int32(call->marketplace_id), value_int64(payout_id), value_timestamptz(call->now)));
}
