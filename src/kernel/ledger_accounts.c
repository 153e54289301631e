/*
 * ledger_accounts.c
 *		The accounts of a posting: which they are, those of them that this call has locked before, the ids of the others, and new rows for
 *		what is not there yet.
 *
 * Accounts are made before any is locked (ledger_write.c). A new row is nobody else's until the commit, so it is written with the
 * balance that the posting leaves it, and is neither locked nor updated.
 */
#include "kernel/ledger_internal.h"

#include "catalog/pg_type.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "utils/array.h"

typedef struct Leg
{
	Account		account;
	CurrencyCode currency;
	int			place;			/* 2 × index of the transfer, + 1 for the credit */
} Leg;

Value
ledger_int64_array(Datum *elements, int n)
{
	return value_datum(PointerGetDatum(construct_array(elements, n, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
}

Value
ledger_text_array(Datum *elements, int n)
{
	return value_datum(PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT)));
}

/* nulls may be NULL */
Value
ledger_amount_array(Datum *elements, bool *nulls, int n)
{
	int			lower = 1;

	return value_datum(PointerGetDatum(construct_md_array(elements, nulls, 1, &n, &lower, query_type_oid("amount"), 8, true,
														  TYPALIGN_DOUBLE)));
}

static Value
currency_array(Datum *elements, int n)
{
	return value_datum(PointerGetDatum(construct_array(elements, n, query_type_oid("currency"), 2, true, TYPALIGN_SHORT)));
}

static int
compare_keys(const Account *a, CurrencyCode a_currency, const Account *b, CurrencyCode b_currency)
{
	int			order = COMPARE(a->party_id, b->party_id);

	if (order == 0)
		order = COMPARE(a->order_line_id, b->order_line_id);
	if (order == 0)
		order = COMPARE(a->allocation_id, b->allocation_id);
	if (order == 0)
		order = COMPARE(a->kind, b->kind);
	if (order == 0)
		order = COMPARE(a_currency, b_currency);
	return order;
}

static int
compare_legs(const void *left, const void *right)
{
	const Leg  *a = left;
	const Leg  *b = right;

	return compare_keys(&a->account, a->currency, &b->account, b->currency);
}

static int
compare_accounts(const void *left, const void *right)
{
	const OpenAccount *a = left;
	const OpenAccount *b = right;

	return compare_keys(&a->account, a->currency, &b->account, b->currency);
}

static OpenAccounts
collect_accounts(const Posting *posting)
{
	int			nlegs = 2 * posting->count;
	Leg		   *legs = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Leg) * nlegs);
	OpenAccounts open;

	for (int i = 0; i < nlegs; i++)
	{
		const Move *move = &posting->moves[i / 2];

		legs[i] = (Leg) {i % 2 == 0 ? move->debit : move->credit, amount_currency(move->amount), i};
	}
	qsort(legs, nlegs, sizeof(Leg), compare_legs);

	open.count = 0;
	open.accounts = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(OpenAccount) * nlegs);
	open.by_leg = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int) * nlegs);
	for (int i = 0; i < nlegs; i++)
	{
		if (i == 0 || compare_legs(&legs[i - 1], &legs[i]) != 0)
			open.accounts[open.count++] = (OpenAccount) {.account = legs[i].account, .currency = legs[i].currency,
				.balance = amount_of(legs[i].currency, 0)};
		open.by_leg[legs[i].place] = open.count - 1;
	}
	pfree(legs);
	return open;
}

/* The arguments of find and make: marketplace, and the keys of the accounts that have no id yet; how many. */
#define KEY_ARGUMENTS 6

static int
missing_keys(Call *call, const OpenAccounts *open, Value *arguments, int *places)
{
	Datum	   *kinds = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * open->count);
	Datum	   *parties = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * open->count);
	Datum	   *lines = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * open->count);
	Datum	   *allocations = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * open->count);
	Datum	   *currencies = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * open->count);
	int			n = 0;

	for (int i = 0; i < open->count; i++)
	{
		const OpenAccount *account = &open->accounts[i];

		if (account->id != 0)
			continue;
		kinds[n] = CStringGetTextDatum(account_kind_traits[account->account.kind].name);
		parties[n] = Int64GetDatum(account->account.party_id);
		lines[n] = Int64GetDatum(account->account.order_line_id);
		allocations[n] = Int64GetDatum(account->account.allocation_id);
		currencies[n] = CurrencyGetDatum(account->currency);
		places[n++] = i;
	}
	arguments[0] = value_int32(call->marketplace_id);
	arguments[1] = ledger_text_array(kinds, n);
	arguments[2] = ledger_int64_array(parties, n);
	arguments[3] = ledger_int64_array(lines, n);
	arguments[4] = ledger_int64_array(allocations, n);
	arguments[5] = currency_array(currencies, n);
	return n;
}

/* Returns how many were not there. */
int
ledger_find_accounts(Call *call, OpenAccounts *open)
{
	static Statement find = STATEMENT_PLANNED_ONCE("iTLLLC",
		"SELECT w.n, f.id"
		"  FROM unnest($2, $3, $4, $5, $6) WITH ORDINALITY"
		"       AS w(kind, party_id, order_line_id, allocation_id, currency, n)"
		" CROSS JOIN LATERAL (SELECT a.id FROM marketplace.accounts a"
		"                      WHERE a.marketplace_id = $1 AND a.party_id = w.party_id AND a.order_line_id = w.order_line_id"
		"                        AND a.allocation_id = w.allocation_id AND a.kind = w.kind AND a.currency = w.currency"
		"                      LIMIT 1) f");
	Value		arguments[KEY_ARGUMENTS];
	int		   *places = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int) * open->count);
	Rows		rows;
	int			missing = missing_keys(call, open, arguments, places);

	if (missing == 0)
		return 0;
	rows = query_rows(&find, arguments);
	for (uint64 i = 0; i < rows.count; i++)
		open->accounts[places[row_int64(&rows.rows[i], 0) - 1]].id = row_int64(&rows.rows[i], 1);
	return missing - (int) rows.count;
}

/* What the posting leaves on accounts that begin at zero. Below zero, the transfers are refused when they are run. */
static Datum *
first_balances(const OpenAccounts *open, const Posting *posting, const int *places, int n)
{
	Amount	   *nets = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Amount) * open->count);
	Datum	   *balances = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * n);

	for (int i = 0; i < open->count; i++)
		nets[i] = amount_of(open->accounts[i].currency, 0);
	for (int leg = 0; leg < 2 * posting->count; leg++)
	{
		int			place = open->by_leg[leg];
		const OpenAccount *account = &open->accounts[place];

		if (account->id != 0 || !account_kind_traits[account->account.kind].checked)
			continue;
		nets[place] = ledger_leg_grows(account, leg % 2 == 0) ? amount_add(nets[place], posting->moves[leg / 2].amount) :
			amount_sub(nets[place], posting->moves[leg / 2].amount);
	}
	for (int i = 0; i < n; i++)
		balances[i] = AmountGetDatum(amount_of(open->accounts[places[i]].currency, Max(amount_minor(nets[places[i]]), 0)));
	return balances;
}

/* Those that somebody else has made meanwhile are found; to be locked like any other. */
static void
find_not_made(Call *call, OpenAccounts *open, const int *places, int n, const Rows *made)
{
	uint64		m = 0;

	if (ledger_find_accounts(call, open) > 0)
		ereport(ERROR,
				errcode(MK_CONCURRENT_CHANGE),
				errmsg("another transaction opens the same account"),
				errdetail("It is not visible to this transaction's snapshot."),
				errhint("Run the transaction again."));
	for (int i = 0; i < n && m < made->count; i++)
	{
		OpenAccount *account = &open->accounts[places[i]];

		account->made = account->id == row_int64(&made->rows[m], 0);
		if (account->made)
			m++;
	}
	if (m < made->count)
		elog(ERROR, "an account that was made was not found");
}

static void
make_accounts(Call *call, OpenAccounts *open, const Posting *posting, int n)
{
	static Statement make = STATEMENT("iTLLLCA",
		"INSERT INTO marketplace.accounts (marketplace_id, kind, party_id, order_line_id, allocation_id, currency, balance,"
		"                                  folded_xact, folded_posting_id)"
		" SELECT $1, w.kind, w.party_id, w.order_line_id, w.allocation_id, w.currency, w.balance,"
		"        CASE WHEN NOT k.checked THEN 0 END, CASE WHEN NOT k.checked THEN 0 END"
		"   FROM unnest($2, $3, $4, $5, $6, $7) WITH ORDINALITY"
		"        AS w(kind, party_id, order_line_id, allocation_id, currency, balance, n)"
		"   JOIN marketplace.account_kinds() k ON k.kind = w.kind"
		"  ORDER BY w.n"
		" ON CONFLICT DO NOTHING RETURNING id");
	Value		arguments[KEY_ARGUMENTS + 1];
	int		   *places = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int) * open->count);
	Rows		made;

	(void) missing_keys(call, open, arguments, places);
	arguments[KEY_ARGUMENTS] = ledger_amount_array(first_balances(open, posting, places, n), NULL, n);
	guard_open("ledger");
	made = query_rows(&make, arguments);
	guard_close();
	if (made.count != n)
	{
		find_not_made(call, open, places, n, &made);
		return;
	}
	for (int i = 0; i < n; i++)
	{
		open->accounts[places[i]].id = row_int64(&made.rows[i], 0);
		open->accounts[places[i]].made = true;
	}
}

/* Both are in key order. */
static void
take_known(OpenAccounts *open, const Posting *posting)
{
	for (int i = 0, k = 0; i < open->count && k < posting->nknown;)
	{
		int			order = compare_accounts(&open->accounts[i], &posting->known[k]);

		if (order == 0)
			open->accounts[i] = posting->known[k];
		if (order <= 0)
			i++;
		if (order >= 0)
			k++;
	}
}

void
ledger_remember(Posting *posting, const OpenAccounts *locked)
{
	posting->known = posting->known == NULL ? MemoryContextAllocHuge(posting->context, sizeof(OpenAccount) * locked->count) :
		repalloc_huge(posting->known, sizeof(OpenAccount) * (posting->nknown + locked->count));
	memcpy(posting->known + posting->nknown, locked->accounts, sizeof(OpenAccount) * locked->count);
	posting->nknown += locked->count;
	qsort(posting->known, posting->nknown, sizeof(OpenAccount), compare_accounts);
}

OpenAccounts
ledger_open_accounts(Call *call, const Posting *posting)
{
	OpenAccounts open = collect_accounts(posting);
	int			missing;

	take_known(&open, posting);
	missing = ledger_find_accounts(call, &open);
	if (missing > 0)
		make_accounts(call, &open, posting, missing);
	return open;
}
