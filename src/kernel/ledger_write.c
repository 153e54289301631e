/*
 * ledger_write.c
 *		Writes a posting in five statements, however many transfers it has: find the accounts or make them (ledger_accounts.c), lock
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

static bool
is_checked(const OpenAccount *open)
{
	return account_kind_traits[open->account.kind].checked;
}

static int
compare_ids(const void *left, const void *right)
{
	const OpenAccount *a = *(OpenAccount *const *) left;
	const OpenAccount *b = *(OpenAccount *const *) right;

	return COMPARE(a->id, b->id);
}

/*
 * The checked accounts whose rows were there before, in ascending id. Those that are not locked yet are locked in that order, and their
 * balances read.
 */
static OpenAccount **
lock_checked(Call *call, OpenAccounts *open, int *count)
{
	static Statement lock = STATEMENT_PLANNED_ONCE("iL",
		"SELECT w.n, f.balance"
		"  FROM unnest($2) WITH ORDINALITY AS w(id, n)"
		" CROSS JOIN LATERAL (SELECT a.balance FROM marketplace.accounts a"
		"                      WHERE a.marketplace_id = $1 AND a.id = w.id FOR NO KEY UPDATE) f");
	OpenAccount **checked = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(OpenAccount *) * Max(open->count, 1));
	OpenAccount **waiting = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(OpenAccount *) * Max(open->count, 1));
	Datum	   *ids = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * Max(open->count, 1));
	Rows		rows;
	int			n = 0;
	int			nwaiting = 0;

	for (int i = 0; i < open->count; i++)
		if (is_checked(&open->accounts[i]) && !open->accounts[i].made)
			checked[n++] = &open->accounts[i];
	*count = n;
	qsort(checked, n, sizeof(OpenAccount *), compare_ids);
	for (int i = 0; i < n; i++)
	{
		if (checked[i]->locked)
			continue;
		ids[nwaiting] = Int64GetDatum(checked[i]->id);
		waiting[nwaiting++] = checked[i];
	}
	if (nwaiting == 0)
		return checked;
	rows = query_rows(&lock, VALUES(value_int32(call->marketplace_id), ledger_int64_array(ids, nwaiting)));
	if (rows.count != nwaiting)
		elog(ERROR, "an account vanished before it could be locked");
	for (int i = 0; i < nwaiting; i++)
	{
		OpenAccount *account = waiting[row_int64(&rows.rows[i], 0) - 1];

		account->balance = row_amount(&rows.rows[i], 1);
		account->locked = true;
	}
	return checked;
}

bool
ledger_leg_grows(const OpenAccount *open, bool debit)
{
	return debit == (account_kind_traits[open->account.kind].side == 'D');
}

/* One leg of a transfer: the new balance of a checked account, which may not be below zero (FD-5). */
static void
apply_leg(OpenAccount *open, bool debit, const Move *move)
{
	bool		grows = ledger_leg_grows(open, debit);

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
	if (query_execute(&update, VALUES(value_int32(call->marketplace_id), ledger_int64_array(ids, n),
									  ledger_amount_array(balances, NULL, n))) != n)
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
						 ledger_int64_array(columns->debits, n), ledger_int64_array(columns->credits, n),
						 ledger_amount_array(columns->amounts, NULL, n),
						 ledger_amount_array(columns->debit_balances, columns->debit_summed, n),
						 ledger_amount_array(columns->credit_balances, columns->credit_summed, n),
						 ledger_int64_array(columns->lines, n), ledger_int64_array(columns->causes, n), ledger_text_array(columns->reasons, n)));
}

/*
 * The transaction has its number before the posting has its id: ledger_fold.c relies on it. The id is taken under the locks, so
 * that along a checked account ids ascend in the order in which its balance changed.
 */
int64
ledger_write(Call *call, const Posting *posting)
{
	static Statement take_id = STATEMENT("", "SELECT pg_catalog.nextval('marketplace.posting_ids')");
	OpenAccounts open = ledger_open_accounts(call, posting);
	OpenAccount **checked;
	TransferColumns columns;
	int			nchecked;
	int64		xact;
	int64		posting_id;

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
ledger_lock_balances(Call *call, const Account *accounts, const CurrencyCode *currencies, const int64 *ids, int n, Amount *balances)
{
	OpenAccounts wanted = {n, MemoryContextAllocHuge(CurrentMemoryContext, sizeof(OpenAccount) * Max(n, 1)), NULL};
	OpenAccounts found = {0, MemoryContextAllocHuge(CurrentMemoryContext, sizeof(OpenAccount) * Max(n, 1)), NULL};
	int			locked;

	if (n == 0)
		return;
	for (int i = 0; i < n; i++)
		wanted.accounts[i] = (OpenAccount) {.account = accounts[i], .currency = currencies[i], .id = ids == NULL ? 0 : ids[i],
			.balance = amount_of(currencies[i], 0)};
	(void) ledger_find_accounts(call, &wanted);
	for (int i = 0; i < n; i++)
		if (wanted.accounts[i].id != 0)
			found.accounts[found.count++] = wanted.accounts[i];
	(void) lock_checked(call, &found, &locked);
	for (int i = 0, f = 0; i < n; i++)
		balances[i] = wanted.accounts[i].id != 0 ? found.accounts[f++].balance : wanted.accounts[i].balance;
	ledger_know(call, &found);
}
