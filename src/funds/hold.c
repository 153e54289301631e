/*
 * hold.c
 *		The arithmetic of holds: what of a balance no hold takes (FD-39, FD-40), and the lock of a wallet that holds and payouts share
 *		(FD-41). Placing and lifting is in hold_place.c and hold_lift.c.
 *
 * Of a line or wallet is held: all, if a hold covers all; else, over its slices, the sum of the largest hold of each, as far as the balance
 * goes. Amounts are counted in minor units; HELD_ALL stands for all.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/hold.h"
#include "kernel/guard.h"
#include "utils/array.h"

#define HELD_ALL	PG_INT64_MAX

/* Accounts of a line that a hold takes from, in this order (as the statement of covered_before() numbers them). */
static const AccountKind cover_order[] = {C_ESCROW, C_SELLER_PENDING, C_RESERVE, C_SELLER};

static int
cover_rank(AccountKind kind)
{
	for (int rank = 0; rank < lengthof(cover_order); rank++)
		if (cover_order[rank] == kind)
			return rank;
	return -1;
}

static int64
held_of_line(Call *call, int64 order_line_id)
{
	static Statement read = STATEMENT("il",
		"SELECT pg_catalog.bool_or(s.everything), pg_catalog.sum(s.minor)::pg_catalog.int8"
		"  FROM (SELECT pg_catalog.bool_or(p.amount IS NULL) AS everything, pg_catalog.max(marketplace.minor_units(p.amount - p.lifted)) AS minor"
		"          FROM marketplace.hold_parts p"
		"         WHERE p.marketplace_id = $1 AND p.order_line_id = $2 AND p.open"
		"         GROUP BY p.slice) s"
		" HAVING pg_catalog.count(*) > 0");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(order_line_id)), &row))
		return 0;
	return row_bool(&row, 0) ? HELD_ALL : row_int64(&row, 1);
}

/* What of the line's money lies in accounts that a hold takes from before it comes to this one. */
static int64
covered_before(Call *call, const Account *account, CurrencyCode currency)
{
	static Statement read = STATEMENT("illc",
		"SELECT CASE a.kind WHEN 'c_escrow' THEN 0 WHEN 'c_seller_pending' THEN 1 WHEN 'c_reserve' THEN 2 ELSE 3 END,"
		"       a.allocation_id, marketplace.minor_units(a.balance)"
		"  FROM marketplace.accounts a"
		" WHERE a.marketplace_id = $1 AND a.party_id = $2 AND a.order_line_id = $3 AND a.currency = $4"
		"   AND a.kind IN ('c_escrow', 'c_seller_pending', 'c_reserve', 'c_seller')");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(account->party_id),
												value_int64(account->order_line_id), value_currency(currency)));
	int			rank = cover_rank(account->kind);
	int64		sum = 0;

	for (uint64 i = 0; i < rows.count; i++)
	{
		Account		other = *account;
		int			other_rank = row_int32(&rows.rows[i], 0);

		other.kind = cover_order[other_rank];
		other.allocation_id = row_int64(&rows.rows[i], 1);
		if (other_rank > rank || (other_rank == rank && other.allocation_id <= account->allocation_id))
			continue;
		sum += !ledger_moves(call) ? row_int64(&rows.rows[i], 2) : amount_minor(ledger_balance(call, other, currency));
	}
	return sum;
}

static int64
left_of(int64 balance, int64 held)
{
	return held >= balance ? 0 : balance - Max(held, 0);
}

/* What is left of one account when so much of its line is held. */
static int64
leaves_when_held(Call *call, const Account *account, Amount balance, int64 held)
{
	if (held == 0 || held == HELD_ALL)
		return left_of(amount_minor(balance), held);
	return left_of(amount_minor(balance), held - covered_before(call, account, amount_currency(balance)));
}

/* What line holds leave of one account. */
static int64
line_leaves(Call *call, const Account *account, Amount balance)
{
	return leaves_when_held(call, account, balance, held_of_line(call, account->order_line_id));
}

bool
hold_is_on_line(Call *call, int64 order_line_id)
{
	return held_of_line(call, order_line_id) != 0;
}

Amount
hold_escrow_available(Call *call, int64 order_line_id, Amount balance)
{
	return amount_of(amount_currency(balance), left_of(amount_minor(balance), held_of_line(call, order_line_id)));
}

/* Holds on the wallet: of one currency, 0 when there are none. */
static int64
held_of_wallet(Call *call, int64 seller_id, CurrencyCode currency)
{
	static Statement read = STATEMENT("ilc",
		"SELECT pg_catalog.bool_or(s.everything), pg_catalog.sum(s.minor)::pg_catalog.int8"
		"  FROM (SELECT pg_catalog.bool_or(p.amount IS NULL) AS everything, pg_catalog.max(marketplace.minor_units(p.amount - p.lifted)) AS minor"
		"          FROM marketplace.hold_parts p"
		"         WHERE p.marketplace_id = $1 AND p.seller_id = $2 AND p.order_line_id IS NULL AND p.open"
		"           AND (p.amount IS NULL OR marketplace.currency(p.amount) = $3)"
		"         GROUP BY p.slice) s"
		" HAVING pg_catalog.count(*) > 0");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(seller_id), value_currency(currency)), &row))
		return 0;
	return row_bool(&row, 0) ? HELD_ALL : row_int64(&row, 1);
}

const char *
hold_blocks_seller(Call *call, int64 seller_id)
{
	static Statement find = STATEMENT("il",
		"SELECT h.reason"
		"  FROM marketplace.hold_parts p"
		"  JOIN marketplace.holds h ON h.marketplace_id = $1 AND h.id = p.hold_id"
		" WHERE p.marketplace_id = $1 AND p.seller_id = $2 AND p.order_line_id IS NULL AND p.open AND p.amount IS NULL"
		" ORDER BY p.hold_id LIMIT 1");
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(seller_id)), &row))
		return NULL;
	return row_text(&row, 0);
}

static void
leave_after_wallet(Call *call, const Account *accounts, int first, int end, Amount *balances)
{
	CurrencyCode currency = amount_currency(balances[first]);
	int64		held = held_of_wallet(call, accounts[first].party_id, currency);

	for (int i = end - 1; i >= first && held > 0; i--)
	{
		int64		balance = amount_minor(balances[i]);

		balances[i] = amount_of(currency, left_of(balance, held));
		if (held != HELD_ALL)
			held -= balance - amount_minor(balances[i]);
	}
}

int64
hold_lacks_on_line(Call *call, int64 seller_id, int64 order_line_id)
{
	static Statement read = STATEMENT("ill",
		"SELECT COALESCE(pg_catalog.sum(marketplace.minor_units(a.balance)), 0)::pg_catalog.int8"
		"  FROM marketplace.accounts a"
		" WHERE a.marketplace_id = $1 AND a.party_id = $2 AND a.order_line_id = $3"
		"   AND a.kind IN ('c_escrow', 'c_seller_pending', 'c_reserve', 'c_seller')");
	int64		held = held_of_line(call, order_line_id);

	if (held == 0 || held == HELD_ALL)
		return held;
	return Max(held - DatumGetInt64(query_datum(&read, VALUES(value_int32(call->marketplace_id), value_int64(seller_id),
															  value_int64(order_line_id)))), 0);
}

static int
compare_ids(const void *left, const void *right)
{
	int64		a = *(const int64 *) left;
	int64		b = *(const int64 *) right;

	return (a > b) - (a < b);
}

/* Each once, in ascending order. */
static Value
distinct_ids(const int64 *ids, int n)
{
	int64	   *sorted = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(n, 1));
	Datum	   *distinct = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * Max(n, 1));
	int			count = 0;

	memcpy(sorted, ids, sizeof(int64) * n);
	qsort(sorted, n, sizeof(int64), compare_ids);
	for (int i = 0; i < n; i++)
		if (i == 0 || sorted[i] != sorted[i - 1])
			distinct[count++] = Int64GetDatum(sorted[i]);
	return value_datum(PointerGetDatum(construct_array(distinct, count, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
}

static int
compare_lines(const void *key, const void *element)
{
	int64		order_line_id = *(const int64 *) key;
	int64		other = row_int64(element, 0);

	return (order_line_id > other) - (order_line_id < other);
}

/* What line holds leave: of all lines of the sellers at once, since few are held. */
static void
leave_after_lines(Call *call, Value sellers, const Account *accounts, int n, Amount *balances)
{
	static Statement held_lines = STATEMENT("iL",
		"SELECT s.order_line_id, pg_catalog.bool_or(s.everything), pg_catalog.sum(s.minor)::pg_catalog.int8"
		"  FROM (SELECT p.order_line_id, pg_catalog.bool_or(p.amount IS NULL) AS everything,"
		"               pg_catalog.max(marketplace.minor_units(p.amount - p.lifted)) AS minor"
		"          FROM marketplace.hold_parts p"
		"         WHERE p.marketplace_id = $1 AND p.seller_id = ANY ($2) AND p.order_line_id IS NOT NULL AND p.open"
		"         GROUP BY p.order_line_id, p.slice) s"
		" GROUP BY s.order_line_id ORDER BY s.order_line_id");
	Rows		lines = query_rows(&held_lines, VALUES(value_int32(call->marketplace_id), sellers));

	for (int i = 0; i < n && lines.count > 0; i++)
	{
		const Row  *line = bsearch(&accounts[i].order_line_id, lines.rows, lines.count, sizeof(Row), compare_lines);

		if (line != NULL)
			balances[i] = amount_of(amount_currency(balances[i]),
									leaves_when_held(call, &accounts[i], balances[i],
													 row_bool(line, 1) ? HELD_ALL : row_int64(line, 2)));
	}
}

/* Sellers of whose wallet anything is held, in ascending order. */
static Rows
held_wallets(Call *call, Value sellers)
{
	static Statement read = STATEMENT("iL",
		"SELECT DISTINCT p.seller_id FROM marketplace.hold_parts p"
		" WHERE p.marketplace_id = $1 AND p.seller_id = ANY ($2) AND p.order_line_id IS NULL AND p.open ORDER BY 1");

	return query_rows(&read, VALUES(value_int32(call->marketplace_id), sellers));
}

void
hold_leave_available(Call *call, const Account *accounts, const CurrencyCode *currencies, int n, Amount *balances)
{
	int64	   *seller_ids = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(n, 1));
	Value		sellers;
	Rows		wallets;
	uint64		w = 0;
	int			end;

	for (int i = 0; i < n; i++)
		seller_ids[i] = accounts[i].party_id;
	sellers = distinct_ids(seller_ids, n);
	leave_after_lines(call, sellers, accounts, n, balances);
	wallets = held_wallets(call, sellers);
	for (int first = 0; first < n && w < wallets.count; first = end)
	{
		for (end = first + 1; end < n && accounts[end].party_id == accounts[first].party_id && currencies[end] == currencies[first];)
			end++;
		while (w < wallets.count && row_int64(&wallets.rows[w], 0) < accounts[first].party_id)
			w++;
		if (w < wallets.count && row_int64(&wallets.rows[w], 0) == accounts[first].party_id)
			leave_after_wallet(call, accounts, first, end, balances);
	}
}

static Rows
wallet_accounts(Call *call, int64 seller_id, CurrencyCode currency, int64 without_allocation_id)
{
	static Statement read = STATEMENT("ilcl",
		"SELECT a.order_line_id, a.allocation_id, a.balance"
		"  FROM marketplace.accounts a"
		" WHERE a.marketplace_id = $1 AND a.party_id = $2 AND a.kind = 'c_seller' AND a.currency = $3 AND a.allocation_id <> $4"
		"   AND marketplace.sign(a.balance) > 0"
		" ORDER BY a.allocation_id");

	return query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(seller_id), value_currency(currency),
									value_int64(without_allocation_id)));
}

int64
hold_lacks_in_wallet(Call *call, int64 seller_id, CurrencyCode currency)
{
	int64		held = currency == 0 ? HELD_ALL : held_of_wallet(call, seller_id, currency);
	int64		available = 0;
	Rows		rows;

	if (held == 0 || held == HELD_ALL)
		return held;
	rows = wallet_accounts(call, seller_id, currency, 0);
	for (uint64 i = 0; i < rows.count; i++)
	{
		Account		account = {C_SELLER, seller_id, row_int64(&rows.rows[i], 0), row_int64(&rows.rows[i], 1)};

		available += line_leaves(call, &account, row_amount(&rows.rows[i], 2));
	}
	return Max(held - available, 0);
}

/* The wallet's holds take from the newest allocations: all of the wallet's accounts have to be looked at. */
static Amount
wallet_leaves(Call *call, const Account *account, Amount balance)
{
	CurrencyCode currency = amount_currency(balance);
	Rows		rows = wallet_accounts(call, account->party_id, currency, account->allocation_id);
	int			n = (int) rows.count + 1;
	Account    *accounts = palloc(sizeof(Account) * n);
	Amount	   *balances = palloc(sizeof(Amount) * n);
	int			mine = -1;

	for (int i = 0, r = 0; i < n; i++)
	{
		if (mine < 0 && (r == rows.count || row_int64(&rows.rows[r], 1) > account->allocation_id))
		{
			mine = i;
			accounts[i] = *account;
			balances[i] = balance;
			continue;
		}
		accounts[i] = (Account) {C_SELLER, account->party_id, row_int64(&rows.rows[r], 0), row_int64(&rows.rows[r], 1)};
		balances[i] = row_amount(&rows.rows[r++], 2);
	}
	leave_after_lines(call, distinct_ids(&account->party_id, 1), accounts, n, balances);
	leave_after_wallet(call, accounts, 0, n, balances);
	return balances[mine];
}

Amount
hold_available(Call *call, const Allocation *allocation, Account account, Amount balance)
{
	int64		wallet = 0;

	if (cover_rank(account.kind) < 0 || amount_minor(balance) <= 0)
		return balance;
	if (account.kind == C_SELLER)
		wallet = held_of_wallet(call, allocation->seller_id, amount_currency(balance));
	if (wallet != 0 && wallet != HELD_ALL)
		return wallet_leaves(call, &account, balance);
	if (wallet == HELD_ALL)
		return amount_of(amount_currency(balance), 0);
	return amount_of(amount_currency(balance), line_leaves(call, &account, balance));
}

void
wallet_lock(Call *call, const int64 *seller_ids, int n)
{
	static Statement make = STATEMENT("iL",
		"INSERT INTO marketplace.wallet_locks (marketplace_id, seller_id)"
		" SELECT $1, w.seller_id FROM unnest($2) WITH ORDINALITY AS w(seller_id, n)"
		"  WHERE NOT EXISTS (SELECT FROM marketplace.wallet_locks o WHERE o.marketplace_id = $1 AND o.seller_id = w.seller_id)"
		"  ORDER BY w.n ON CONFLICT DO NOTHING");
	static Statement lock = STATEMENT("iL",
		"SELECT FROM marketplace.wallet_locks o WHERE o.marketplace_id = $1 AND o.seller_id = ANY ($2) ORDER BY o.seller_id FOR NO KEY UPDATE");
	Value		sellers;

	if (n == 0)
		return;
	sellers = distinct_ids(seller_ids, n);
	funds_write(&make, VALUES(value_int32(call->marketplace_id), sellers));
	query_execute(&lock, VALUES(value_int32(call->marketplace_id), sellers));
}

bool
wallet_try_lock(Call *call, int64 seller_id)
{
	static Statement make = STATEMENT("il",
		"INSERT INTO marketplace.wallet_locks (marketplace_id, seller_id)"
		" SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM marketplace.wallet_locks o WHERE o.marketplace_id = $1 AND o.seller_id = $2)"
		" ON CONFLICT DO NOTHING");
	static Statement lock = STATEMENT("il",
		"SELECT 1 FROM marketplace.wallet_locks o WHERE o.marketplace_id = $1 AND o.seller_id = $2 FOR NO KEY UPDATE SKIP LOCKED");

	funds_write(&make, VALUES(value_int32(call->marketplace_id), value_int64(seller_id)));
	return query_execute(&lock, VALUES(value_int32(call->marketplace_id), value_int64(seller_id))) > 0;
}
