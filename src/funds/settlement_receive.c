/*
 * settlement_receive.c
 *		A lump sum of the PSP on the client account: it pays captures that were told of as settled, settles those that the PSP's list
 *		names, and what is left waits in c_psp_clearing until the PSP tells of it (FD-P03, FD-93).
 *
 * Which captures a sum without a name pays is found by what adds up: those of a settlement or day that was told of, one, the oldest;
 * else captures that are not settled, which it then waits for. Where nothing does, the oldest are paid first, and it is a break.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/incoming_internal.h"
#include "funds/settlement.h"
#include "kernel/calendar.h"

/* What was told and is not shown: the oldest first. */
typedef struct Owed
{
	const char *object;
	int64		object_id;
	int64		left;			/* minor units */
	const char *reference;
	DateADT		day;
} Owed;

typedef struct OwedList
{
	int			count;
	Owed	   *owed;
} OwedList;

static OwedList
owed_by_psp(Call *call, CurrencyCode currency)
{
	static Statement find = STATEMENT("ic",
		"SELECT object, object_id, amount - received, reference, told_at FROM marketplace.settlement_announcements"
		" WHERE marketplace_id = $1 AND received <> amount AND marketplace.currency(amount) = $2 ORDER BY told_at, object, object_id");
	Rows		rows = query_rows(&find, VALUES(value_int32(call->marketplace_id), value_currency(currency)));
	OwedList	list = {(int) rows.count, MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Owed) * Max(rows.count, 1))};
	const char *zone = marketplace_get(call)->time_zone;

	for (int i = 0; i < list.count; i++)
	{
		Row		   *row = &rows.rows[i];

		list.owed[i] = (Owed) {row_text(row, 0), row_int64(row, 1), amount_minor(row_amount(row, 2)), row_text(row, 3),
			calendar_local_date(row_timestamptz(row, 4), zone)};
	}
	return list;
}

static bool
is_named(const SettlementFound *found, const Owed *owed)
{
	for (int i = 0; i < found->count; i++)
		if (strcmp(owed->object, "capture") == 0 && owed->object_id == found->captures[i].capture_id)
			return true;
	return found->reference != NULL && owed->reference != NULL &&
		strcmp(reference_normalise(found->reference), reference_normalise(owed->reference)) == 0;
}

/* What the line names comes first, in the order of its age. */
static void
named_first(OwedList *list, const SettlementFound *found)
{
	Owed	   *ordered = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Owed) * Max(list->count, 1));
	int			n = 0;

	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < list->count; i++)
			if (is_named(found, &list->owed[i]) == (pass == 0))
				ordered[n++] = list->owed[i];
	list->owed = ordered;
}

/* The oldest ones that add up to the sum; 0: none do. */
static int
oldest_that_add_up(const OwedList *list, int64 sum)
{
	int64		so_far = 0;

	for (int i = 0; i < list->count; i++)
	{
		so_far += list->owed[i].left;
		if (so_far == sum)
			return i + 1;
	}
	return 0;
}

static bool
belong_together(const Owed *a, const Owed *b)
{
	if (a->reference != NULL || b->reference != NULL)
		return a->reference != NULL && b->reference != NULL && strcmp(a->reference, b->reference) == 0;
	return a->day == b->day;
}

/* Those of one settlement or day that add up to the sum, else one that is as much; moved to the front. Returns how many; 0: none. */
static int
group_that_adds_up(OwedList *list, int64 sum)
{
	Owed	   *group = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Owed) * Max(list->count, 1));

	for (int i = 0; i < list->count; i++)
	{
		int64		of_group = 0;
		int			n = 0;

		if (i > 0 && belong_together(&list->owed[i - 1], &list->owed[i]))
			continue;
		for (int j = i; j < list->count; j++)
			if (belong_together(&list->owed[i], &list->owed[j]))
			{
				group[n++] = list->owed[j];
				of_group += list->owed[j].left;
			}
		if (of_group != sum)
			continue;
		list->owed = group;
		return n;
	}
	for (int i = 0; i < list->count; i++)
		if (list->owed[i].left == sum)
		{
			list->owed[0] = list->owed[i];
			return 1;
		}
	return 0;
}

static OwedList
choose(Call *call, const SettlementLine *line, const SettlementFound *found)
{
	OwedList	list = owed_by_psp(call, amount_currency(line->amount));
	int64		sum = amount_minor(line->amount) + amount_minor(found->netted);
	int			n;

	if (strcmp(found->recognised_by, "reference") == 0)
	{
		named_first(&list, found);
		return list;
	}
	n = group_that_adds_up(&list, sum);
	if (n == 0)
		n = oldest_that_add_up(&list, sum);
	if (n > 0 || settlement_is_of_unsettled(call, line))
		list.count = n;
	return list;
}

static int64
add_settlement(Call *call, const SettlementLine *line, const SettlementFound *found, Amount posted)
{
	static Statement add = STATEMENT("illttaaaadtz",
		"INSERT INTO marketplace.settlements (marketplace_id, entry_id, detail_id, recognised_by, reference, amount, netted, listed, posted,"
		" taken, covered, value_date, written, received_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, marketplace.zero(marketplace.currency($6)), marketplace.zero(marketplace.currency($6)),"
		"         $10, $11, $12) RETURNING id");

	return funds_add(&add, VALUES(value_int32(call->marketplace_id), value_int64(line->entry_id), value_id(line->detail_id),
								  value_text(found->recognised_by), value_text(found->reference), value_amount(line->amount),
								  value_amount(found->netted), found->has_listed ? value_amount(found->listed) : value_null(),
								  value_amount(posted), value_date(line->value_date), value_text(line->written),
								  value_timestamptz(call->now)));
}

/* Settlements that pay the same captures in part: the rest has come. */
static void
judge_others(Call *call, int64 settlement_id)
{
	static Statement find = STATEMENT("il",
		"SELECT DISTINCT o.settlement_id FROM marketplace.settlement_items i"
		"  JOIN marketplace.settlement_items o ON o.marketplace_id = $1 AND o.object = i.object AND o.object_id = i.object_id"
		" WHERE i.marketplace_id = $1 AND i.settlement_id = $2 AND o.settlement_id <> $2 ORDER BY 1");
	Rows		rows = query_rows(&find, VALUES(value_int32(call->marketplace_id), value_int64(settlement_id)));

	for (uint64 i = 0; i < rows.count; i++)
		(void) settlement_judge(call, row_int64(&rows.rows[i], 0));
}

static void
cover_owed(Call *call, int64 settlement_id, const OwedList *list, CurrencyCode currency, int64 sum)
{
	static Statement show = STATEMENT("itla",
		"UPDATE marketplace.settlement_announcements SET received = received + $4 WHERE marketplace_id = $1 AND object = $2 AND object_id = $3");

	for (int i = 0; i < list->count && sum > 0; i++)
	{
		const Owed *owed = &list->owed[i];
		Amount		part = amount_of(currency, Min(owed->left, sum));

		settlement_cover(call, settlement_id, owed->object, owed->object_id, part, amount_zero(currency));
		funds_write(&show, VALUES(value_int32(call->marketplace_id), value_text(owed->object), value_int64(owed->object_id),
								  value_amount(part)));
		sum -= amount_minor(part);
	}
}

static int64
tell(Call *call, int64 settlement_id, Amount amount, const SettlementFound *found)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "settlement_id", settlement_id);
	payload_amount(&payload, "amount", amount);
	payload_text(&payload, "recognised_by", found->recognised_by);
	payload_text(&payload, "reference", found->reference);
	return event_emit(call, "settlement", settlement_id, "settlement.received", &payload);
}

bool
settlement_settles(const SettlementFound *found, Amount amount)
{
	return found->recognised_by != NULL && found->count > 0 && found->has_listed && found->listed == amount;
}

Match
payment_orders_to_lock(Call *call, const int64 *payment_ids, int n)
{
	static Statement read = STATEMENT("iL",
		"SELECT DISTINCT order_id FROM marketplace.payment_orders WHERE marketplace_id = $1 AND payment_id = ANY ($2) ORDER BY 1");
	Datum	   *payments = palloc(sizeof(Datum) * Max(n, 1));
	Match		match = {0};
	Rows		rows;

	for (int i = 0; i < n; i++)
		payments[i] = Int64GetDatum(payment_ids[i]);
	rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_datum(PointerGetDatum(
		construct_array(payments, n, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)))));
	match.order_count = (int) rows.count;
	match.order_ids = palloc(sizeof(int64) * Max(rows.count, 1));
	for (uint64 i = 0; i < rows.count; i++)
		match.order_ids[i] = row_int64(&rows.rows[i], 0);
	return match;
}

Match
settlement_orders(Call *call, const SettlementFound *found)
{
	int64	   *payments = palloc(sizeof(int64) * Max(found->count, 1));

	for (int i = 0; i < found->count; i++)
		payments[i] = found->captures[i].payment_id;
	return payment_orders_to_lock(call, payments, found->count);
}

/* The bank is evidence enough that the PSP has settled them (FD §2). */
static void
settle_captures(Call *call, const SettlementFound *found, SettledBy by)
{
	static Statement by_bank = STATEMENT("il",
		"UPDATE marketplace.settlement_announcements SET told_by = 'bank' WHERE marketplace_id = $1 AND object = 'capture' AND object_id = $2");

	for (int i = 0; i < found->count; i++)
	{
		const SettledCapture *capture = &found->captures[i];
		Payment		payment = payment_lock(call, capture->payment_id);

		if (strcmp(capture_get(call, capture->capture_id).state, "captured") != 0)
			continue;
		settle_capture(call, &payment, capture->capture_id, capture->gross, capture->fee, found->reference, by);
		funds_write(&by_bank, VALUES(value_int32(call->marketplace_id), value_int64(capture->capture_id)));
	}
}

int64
settlement_receive(Call *call, const SettlementLine *line, const SettlementFound *found, int64 *break_id)
{
	CurrencyCode currency = amount_currency(line->amount);
	OwedList	owed;
	int64		told = 0;
	int64		posted;
	int64		settlement_id;
	int64		cause;

	if (settlement_settles(found, line->amount))
		settle_captures(call, found, SETTLED_BY_BANK);
	owed = choose(call, line, found);
	for (int i = 0; i < owed.count; i++)
		told += owed.owed[i].left;
	posted = Max(amount_minor(line->amount) - told, 0);
	settlement_id = add_settlement(call, line, found, amount_of(currency, posted));
	cover_owed(call, settlement_id, &owed, currency, amount_minor(line->amount) + amount_minor(found->netted));
	cause = tell(call, settlement_id, line->amount, found);
	if (posted > 0)
		ledger_move(call, psp_account(C_CASH, marketplace_get(call)), psp_account(C_PSP_CLEARING, marketplace_get(call)),
					amount_of(currency, posted), "settle", cause);
	*break_id = settlement_judge(call, settlement_id);
	judge_others(call, settlement_id);
	return settlement_id;
}

/* With the lock of bank files, before any order. */
void
settlements_lookup(Call *call, int64 import_id)
{
	static Statement find = STATEMENT("il",
		"SELECT s.id, s.amount, s.value_date, s.written FROM marketplace.settlements s"
		" WHERE s.marketplace_id = $1 AND s.listed IS NULL AND EXISTS ("
		"       SELECT FROM (SELECT DISTINCT " NORMALISED("t.settlement_id") " AS reference FROM marketplace.psp_transactions t"
		"                     WHERE t.marketplace_id = $1 AND t.import_id = $2 AND t.settlement_id IS NOT NULL) r"
		"        WHERE r.reference <> '' AND pg_catalog.strpos(" NORMALISED("s.written") ", r.reference) > 0) ORDER BY s.id");
	static Statement keep = STATEMENT("iltaa",
		"UPDATE marketplace.settlements SET recognised_by = 'reference', reference = $3, listed = $4, netted = $5"
		" WHERE marketplace_id = $1 AND id = $2");
	Rows		rows = query_rows(&find, VALUES(value_int32(call->marketplace_id), value_int64(import_id)));
	SettlementFound *found = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(SettlementFound) * Max(rows.count, 1));
	Match	   *orders = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Match) * Max(rows.count, 1));

	for (uint64 i = 0; i < rows.count; i++)
	{
		SettlementLine line = {.amount = row_amount(&rows.rows[i], 1), .value_date = row_date(&rows.rows[i], 2),
			.written = row_text(&rows.rows[i], 3)};

		found[i] = settlement_find(call, &line);
		orders[i] = found[i].has_listed && found[i].reference != NULL ? settlement_orders(call, &found[i]) : (Match) {0};
	}
	lock_orders_of_matches(call, orders, (int) rows.count);
	for (uint64 i = 0; i < rows.count; i++)
	{
		int64		settlement_id = row_int64(&rows.rows[i], 0);

		if (!found[i].has_listed || found[i].reference == NULL)
			continue;
		funds_write(&keep, VALUES(value_int32(call->marketplace_id), value_int64(settlement_id), value_text(found[i].reference),
								  value_amount(found[i].listed), value_amount(found[i].netted)));
		if (found[i].listed == row_amount(&rows.rows[i], 1))
			settle_captures(call, &found[i], SETTLED_BY_PSP);
		(void) settlement_judge(call, settlement_id);
	}
}
