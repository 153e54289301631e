/*
 * ledger_write.c
 *		Writes a posting in five statements, however many transfers it has: find the accounts (and make missing ones), lock
 *		the checked ones, update their balances, insert the transfers.
 *
 * Accounts are made before any is locked, and locked in ascending id, so that two postings never wait for each other in a
 * circle. Single rows are reached through LATERAL: the plan is right whether the tables are empty or huge. (unnest of several
 * arrays is written without its schema: the parser knows it by that name only, and takes pg_catalog's.)
 */
#include "kernel/ledger_internal.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "kernel/epoch.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "utils/array.h"

/* One account of the posting. */
typedef struct OpenAccount
{
	Account		account;
	CurrencyCode currency;
	int64		id;				/* 0 until found */
	Amount		balance;		/* of checked kinds, from the lock on */
} OpenAccount;

typedef struct Leg
{
	Account		account;
	CurrencyCode currency;
	int			place;			/* 2 × index of the transfer, + 1 for the credit */
} Leg;

/* The accounts in key order, and for each leg which of them it touches. */
typedef struct OpenAccounts
{
	int			count;
	OpenAccount *accounts;
	int		   *by_leg;
} OpenAccounts;

static bool
is_checked(const OpenAccount *open)
{
	return account_kind_traits[open->account.kind].checked;
}

static Value
int64_array(Datum *elements, int n)
{
	return value_datum(PointerGetDatum(construct_array(elements, n, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
}

static Value
text_array(Datum *elements, int n)
{
	return value_datum(PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT)));
}

static Value
currency_array(Datum *elements, int n)
{
	return value_datum(PointerGetDatum(construct_array(elements, n, query_type_oid("currency"), 2, true, TYPALIGN_SHORT)));
}

/* nulls may be NULL */
static Value
amount_array(Datum *elements, bool *nulls, int n)
{
	int			lower = 1;

	return value_datum(PointerGetDatum(construct_md_array(elements, nulls, 1, &n, &lower, query_type_oid("amount"), 8, true,
														  TYPALIGN_DOUBLE)));
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int
compare_legs(const void *left, const void *right)
{
	const Leg  *a = left;
	const Leg  *b = right;
	int			order = COMPARE(a->account.party_id, b->account.party_id);

	if (order == 0)
		order = COMPARE(a->account.order_line_id, b->account.order_line_id);
	if (order == 0)
		order = COMPARE(a->account.allocation_id, b->account.allocation_id);
	if (order == 0)
		order = COMPARE(a->account.kind, b->account.kind);
	if (order == 0)
		order = COMPARE(a->currency, b->currency);
	return order;
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
	open.by_leg = palloc(sizeof(int) * nlegs);
	for (int i = 0; i < nlegs; i++)
	{
		if (i == 0 || compare_legs(&legs[i - 1], &legs[i]) != 0)
			open.accounts[open.count++] = (OpenAccount) {legs[i].account, legs[i].currency, 0, amount_of(legs[i].currency, 0)};
		open.by_leg[legs[i].place] = open.count - 1;
	}
	pfree(legs);
	return open;
}

/* The arguments of find and make: marketplace, and the keys of the accounts that have no id yet. */
#define KEY_ARGUMENTS 6

static void
missing_keys(Call *call, const OpenAccounts *open, Value *arguments, int *places)
{
	Datum	   *kinds = palloc(sizeof(Datum) * open->count);
	Datum	   *parties = palloc(sizeof(Datum) * open->count);
	Datum	   *lines = palloc(sizeof(Datum) * open->count);
	Datum	   *allocations = palloc(sizeof(Datum) * open->count);
	Datum	   *currencies = palloc(sizeof(Datum) * open->count);
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
	arguments[1] = text_array(kinds, n);
	arguments[2] = int64_array(parties, n);
	arguments[3] = int64_array(lines, n);
	arguments[4] = int64_array(allocations, n);
	arguments[5] = currency_array(currencies, n);
}

/* Returns how many were not there. */
static int
find_accounts(Call *call, OpenAccounts *open)
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
	int		   *places = palloc(sizeof(int) * open->count);
	Rows		rows;
	int			missing = 0;

	missing_keys(call, open, arguments, places);
	rows = query_rows(&find, arguments);
	for (uint64 i = 0; i < rows.count; i++)
		open->accounts[places[row_int64(&rows.rows[i], 0) - 1]].id = row_int64(&rows.rows[i], 1);
	for (int i = 0; i < open->count; i++)
		if (open->accounts[i].id == 0)
			missing++;
	return missing;
}

static void
make_accounts(Call *call, OpenAccounts *open)
{
	static Statement make = STATEMENT("iTLLLC",
		"INSERT INTO marketplace.accounts (marketplace_id, kind, party_id, order_line_id, allocation_id, currency, balance,"
		"                                  folded_xact, folded_posting_id)"
		" SELECT $1, w.kind, w.party_id, w.order_line_id, w.allocation_id, w.currency, marketplace.zero(w.currency),"
		"        CASE WHEN NOT k.checked THEN 0 END, CASE WHEN NOT k.checked THEN 0 END"
		"   FROM unnest($2, $3, $4, $5, $6) WITH ORDINALITY"
		"        AS w(kind, party_id, order_line_id, allocation_id, currency, n)"
		"   JOIN marketplace.account_kinds() k ON k.kind = w.kind"
		"  ORDER BY w.n"
		" ON CONFLICT DO NOTHING");
	Value		arguments[KEY_ARGUMENTS];
	int		   *places = palloc(sizeof(int) * open->count);

	missing_keys(call, open, arguments, places);
	guard_open("ledger");
	query_execute(&make, arguments);
	guard_close();
	if (find_accounts(call, open) > 0)
		ereport(ERROR,
				errcode(MK_CONCURRENT_CHANGE),
				errmsg("another transaction opens the same account"),
				errdetail("It is not visible to this transaction's snapshot."),
				errhint("Run the transaction again."));
}

static int
compare_ids(const void *left, const void *right)
{
	const OpenAccount *a = *(OpenAccount *const *) left;
	const OpenAccount *b = *(OpenAccount *const *) right;

	return COMPARE(a->id, b->id);
}

/* Locks the checked accounts in ascending id and reads their balances; returns them in that order. */
static OpenAccount **
lock_checked(Call *call, OpenAccounts *open, int *count)
{
	static Statement lock = STATEMENT_PLANNED_ONCE("iL",
		"SELECT w.n, f.balance"
		"  FROM unnest($2) WITH ORDINALITY AS w(id, n)"
		" CROSS JOIN LATERAL (SELECT a.balance FROM marketplace.accounts a"
		"                      WHERE a.marketplace_id = $1 AND a.id = w.id FOR NO KEY UPDATE) f");
	OpenAccount **checked = palloc(sizeof(OpenAccount *) * open->count);
	Datum	   *ids = palloc(sizeof(Datum) * open->count);
	Rows		rows;
	int			n = 0;

	for (int i = 0; i < open->count; i++)
		if (is_checked(&open->accounts[i]))
			checked[n++] = &open->accounts[i];
	*count = n;
	if (n == 0)
		return checked;
	qsort(checked, n, sizeof(OpenAccount *), compare_ids);
	for (int i = 0; i < n; i++)
		ids[i] = Int64GetDatum(checked[i]->id);
	rows = query_rows(&lock, VALUES(value_int32(call->marketplace_id), int64_array(ids, n)));
	if (rows.count != n)
		elog(ERROR, "an account vanished before it could be locked");
	for (int i = 0; i < n; i++)
		checked[row_int64(&rows.rows[i], 0) - 1]->balance = row_amount(&rows.rows[i], 1);
	return checked;
}

/* One leg of a transfer: the new balance of a checked account, which may not be below zero (FD-5). */
static void
apply_leg(OpenAccount *open, bool debit, const Move *move)
{
	bool		grows = debit == (account_kind_traits[open->account.kind].side == 'D');

	if (!grows && amount_minor(open->balance) < amount_minor(move->amount))
		ereport(ERROR,
				errcode(MK_INSUFFICIENT_FUNDS),
				errmsg("%s would go below zero", account_describe(&open->account)),
				errdetail("Balance %s, to be taken %s (%s).", amount_to_cstring(open->balance), amount_to_cstring(move->amount),
						  move->reason),
				errhint("Move at most the balance, or move money to the account first."));
	open->balance = grows ? amount_add(open->balance, move->amount) : amount_sub(open->balance, move->amount);
}

/*
 * The ids are in ascending order, so that width_bucket() finds an account's place among them. A join with unnest would say it
 * more plainly, but be planned as a scan of all accounts while the table is small, and stay that way in a kept plan.
 */
static void
update_balances(Call *call, OpenAccount **checked, int n)
{
	static Statement update = STATEMENT_PLANNED_ONCE("iLA",
		"UPDATE marketplace.accounts a SET balance = ($3)[pg_catalog.width_bucket(a.id, $2)]"
		" WHERE a.marketplace_id = $1 AND a.id = ANY ($2)");
	Datum	   *ids = palloc(sizeof(Datum) * n);
	Datum	   *balances = palloc(sizeof(Datum) * n);

	if (n == 0)
		return;
	for (int i = 0; i < n; i++)
	{
		ids[i] = Int64GetDatum(checked[i]->id);
		balances[i] = AmountGetDatum(checked[i]->balance);
	}
	if (query_execute(&update, VALUES(value_int32(call->marketplace_id), int64_array(ids, n),
									  amount_array(balances, NULL, n))) != n)
		elog(ERROR, "an account vanished under its lock");
}

/* The columns of the transfers that are to be inserted. */
typedef struct TransferColumns
{
	Datum	   *debits;
	Datum	   *credits;
	Datum	   *amounts;
	Datum	   *debit_balances;
	Datum	   *credit_balances;
	bool	   *debit_summed;
	bool	   *credit_summed;
	Datum	   *lines;
	Datum	   *causes;
	Datum	   *reasons;
} TransferColumns;

static TransferColumns
allocate_columns(int n)
{
	TransferColumns columns;

	columns.debits = palloc(sizeof(Datum) * n);
	columns.credits = palloc(sizeof(Datum) * n);
	columns.amounts = palloc(sizeof(Datum) * n);
	columns.debit_balances = palloc(sizeof(Datum) * n);
	columns.credit_balances = palloc(sizeof(Datum) * n);
	columns.debit_summed = palloc(sizeof(bool) * n);
	columns.credit_summed = palloc(sizeof(bool) * n);
	columns.lines = palloc(sizeof(Datum) * n);
	columns.causes = palloc(sizeof(Datum) * n);
	columns.reasons = palloc(sizeof(Datum) * n);
	return columns;
}

/* Carries out the transfers on the balances in memory, in the order given. */
static TransferColumns
run_transfers(const Posting *posting, OpenAccounts *open)
{
	TransferColumns columns = allocate_columns(posting->count);

	for (int i = 0; i < posting->count; i++)
	{
		const Move *move = &posting->moves[i];
		OpenAccount *debit = &open->accounts[open->by_leg[2 * i]];
		OpenAccount *credit = &open->accounts[open->by_leg[2 * i + 1]];

		columns.debit_summed[i] = !is_checked(debit);
		columns.credit_summed[i] = !is_checked(credit);
		if (is_checked(debit))
			apply_leg(debit, true, move);
		if (is_checked(credit))
			apply_leg(credit, false, move);
		columns.debits[i] = Int64GetDatum(debit->id);
		columns.credits[i] = Int64GetDatum(credit->id);
		columns.amounts[i] = AmountGetDatum(move->amount);
		columns.debit_balances[i] = AmountGetDatum(debit->balance);
		columns.credit_balances[i] = AmountGetDatum(credit->balance);
		columns.lines[i] = Int64GetDatum(move->debit.order_line_id != 0 ? move->debit.order_line_id : move->credit.order_line_id);
		columns.causes[i] = Int64GetDatum(move->cause);
		columns.reasons[i] = CStringGetTextDatum(move->reason);
	}
	return columns;
}

/* Wall-clock time under the locks; the simulated time while the clock is simulated. */
static TimestampTz
recorded_at(Call *call)
{
	return call->now == GetCurrentTransactionStartTimestamp() ? GetCurrentTimestamp() : call->now;
}

static void
insert_transfers(Call *call, int64 posting_id, int64 xact, const TransferColumns *columns, int n)
{
	static Statement insert = STATEMENT_PLANNED_ONCE("illzzLLAAALLT",
		"INSERT INTO marketplace.transfers (marketplace_id, posting_id, xact, effective_at, recorded_at, position,"
		"       debit_account, credit_account, amount, debit_balance, credit_balance, order_line_id, cause, reason)"
		" SELECT $1, $2, $3, $4, $5, w.n, w.debit, w.credit, w.amount, w.debit_balance, w.credit_balance, w.line, w.cause, w.reason"
		"   FROM unnest($6, $7, $8, $9, $10, $11, $12, $13) WITH ORDINALITY"
		"        AS w(debit, credit, amount, debit_balance, credit_balance, line, cause, reason, n)");

	query_execute(&insert,
				  VALUES(value_int32(call->marketplace_id), value_int64(posting_id), value_int64(xact),
						 value_timestamptz(call->now), value_timestamptz(recorded_at(call)),
						 int64_array(columns->debits, n), int64_array(columns->credits, n),
						 amount_array(columns->amounts, NULL, n),
						 amount_array(columns->debit_balances, columns->debit_summed, n),
						 amount_array(columns->credit_balances, columns->credit_summed, n),
						 int64_array(columns->lines, n), int64_array(columns->causes, n), text_array(columns->reasons, n)));
}

/*
 * The transaction has its number before the posting has its id: ledger_fold.c relies on it. The id is taken under the locks, so
 * that along a checked account ids ascend in the order in which its balance changed.
 */
int64
ledger_write(Call *call, const Posting *posting)
{
	static Statement take_id = STATEMENT("", "SELECT pg_catalog.nextval('marketplace.posting_ids')");
	OpenAccounts open = collect_accounts(posting);
	OpenAccount **checked;
	TransferColumns columns;
	int			nchecked;
	int64		xact;
	int64		posting_id;

	if (find_accounts(call, &open) > 0)
		make_accounts(call, &open);
	checked = lock_checked(call, &open, &nchecked);
	columns = run_transfers(posting, &open);

	xact = epoch_xact();
	posting_id = DatumGetInt64(query_datum(&take_id, NO_VALUES));
	guard_open("ledger");
	update_balances(call, checked, nchecked);
	insert_transfers(call, posting_id, xact, &columns, posting->count);
	guard_close();
	return posting_id;
}

void
ledger_lock_balances(Call *call, const Account *accounts, const CurrencyCode *currencies, int n, Amount *balances)
{
	OpenAccounts wanted = {n, MemoryContextAllocHuge(CurrentMemoryContext, sizeof(OpenAccount) * Max(n, 1)), NULL};
	OpenAccounts found = {0, MemoryContextAllocHuge(CurrentMemoryContext, sizeof(OpenAccount) * Max(n, 1)), NULL};
	int			locked;

	if (n == 0)
		return;
	for (int i = 0; i < n; i++)
		wanted.accounts[i] = (OpenAccount) {accounts[i], currencies[i], 0, amount_of(currencies[i], 0)};
	(void) find_accounts(call, &wanted);
	for (int i = 0; i < n; i++)
		if (wanted.accounts[i].id != 0)
			found.accounts[found.count++] = wanted.accounts[i];
	(void) lock_checked(call, &found, &locked);
	for (int i = 0, f = 0; i < n; i++)
		balances[i] = wanted.accounts[i].id != 0 ? found.accounts[f++].balance : wanted.accounts[i].balance;
}
