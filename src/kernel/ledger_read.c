/*
 * ledger_read.c
 *		Balances: of an account, of all accounts by kind, now or as of an instant. Changes nothing.
 *
 * A summed account's balance is its folded part plus the transfers that are not folded yet, by what the snapshot sees.
 */
#include "kernel/ledger_internal.h"

#include "kernel/errors.h"

/* What the posting under way adds to the account, on its normal side. */
static Amount
pending_balance(const Posting *posting, const Account *account, CurrencyCode currency)
{
	bool		grows_by_debit = account_kind_traits[account->kind].side == 'D';
	Amount		pending = amount_of(currency, 0);

	for (int i = 0; posting != NULL && i < posting->count; i++)
	{
		const Move *move = &posting->moves[i];
		bool		debit = account_equal(&move->debit, account);

		if (amount_currency(move->amount) != currency || (!debit && !account_equal(&move->credit, account)))
			continue;
		pending = debit == grows_by_debit ? amount_add(pending, move->amount) : amount_sub(pending, move->amount);
	}
	return pending;
}

/* checked kinds have no folded_posting_id: the sums find nothing */
Amount
ledger_balance(Call *call, Account account, CurrencyCode currency)
{
	static Statement stored = STATEMENT("illltcb",
		"SELECT a.balance"
		"       + CASE WHEN $7 THEN COALESCE(d.sum, marketplace.zero($6)) - COALESCE(c.sum, marketplace.zero($6))"
		"              ELSE COALESCE(c.sum, marketplace.zero($6)) - COALESCE(d.sum, marketplace.zero($6)) END"
		"  FROM marketplace.accounts a"
		" CROSS JOIN LATERAL (SELECT marketplace.sum(t.amount) AS sum FROM marketplace.transfers t"
		"                      WHERE t.marketplace_id = $1 AND t.debit_account = a.id"
		"                        AND t.posting_id > a.folded_posting_id AND t.xact >= a.folded_xact) d"
		" CROSS JOIN LATERAL (SELECT marketplace.sum(t.amount) AS sum FROM marketplace.transfers t"
		"                      WHERE t.marketplace_id = $1 AND t.credit_account = a.id"
		"                        AND t.posting_id > a.folded_posting_id AND t.xact >= a.folded_xact) c"
		" WHERE a.marketplace_id = $1 AND a.party_id = $2 AND a.order_line_id = $3 AND a.allocation_id = $4"
		"   AND a.kind = $5 AND a.currency = $6");
	const AccountKindTraits *traits = &account_kind_traits[account.kind];
	Amount		pending = pending_balance(call->posting, &account, currency);
	Row			row;

	if (!query_row(&stored, VALUES(value_int32(call->marketplace_id), value_int64(account.party_id),
								   value_int64(account.order_line_id), value_int64(account.allocation_id),
								   value_text(traits->name), value_currency(currency), value_bool(traits->side == 'D')), &row))
		return pending;
	return amount_add(row_amount(&row, 0), pending);
}

static void
require_reader_of_account(Call *call, int64 account_id)
{
	static Statement holder = STATEMENT("il", "SELECT party_id FROM marketplace.accounts WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&holder, VALUES(value_int32(call->marketplace_id), value_int64(account_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no account %lld", (long long) account_id),
				errdetail("Marketplace %d has none with this id.", call->marketplace_id),
				errhint("The view marketplace.account_balances lists the accounts."));
	if (row_int64(&row, 0) == 0)
		access_require(call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	else
		access_require(call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER | CAPACITY_BUYER | CAPACITY_CARRIER |
					   CAPACITY_INSURER, row_int64(&row, 0));
}

/* account_balance(marketplace_id, account_id, as_of, effective_as_of): without instants the current balance */
PG_FUNCTION_INFO_V1(account_balance);
Datum
account_balance(PG_FUNCTION_ARGS)
{
	static Statement current = STATEMENT("il",
		"SELECT b.balance FROM marketplace.account_balance_rows b WHERE b.marketplace_id = $1 AND b.account_id = $2");
	static Statement past = STATEMENT("ilzz",
		"SELECT COALESCE((SELECT marketplace.sum(CASE WHEN e.side = k.side THEN e.amount ELSE - e.amount END)"
		"                   FROM marketplace.account_kinds() k"
		"                   JOIN marketplace.transfer_legs e ON e.marketplace_id = $1 AND e.account_id = $2"
		"                    AND e.recorded_at <= $3 AND e.effective_at <= $4"
		"                  WHERE k.kind = a.kind), marketplace.zero(a.currency))"
		"  FROM marketplace.accounts a WHERE a.marketplace_id = $1 AND a.id = $2");
	Call		call;
	int64		account_id;
	Datum		balance;

	call_begin_read(&call, fcinfo);
	account_id = call_int64(&call, 1);
	require_reader_of_account(&call, account_id);
	if (call_is_null(&call, 2) && call_is_null(&call, 3))
		balance = query_datum(&current, VALUES(value_int32(call.marketplace_id), value_int64(account_id)));
	else
		balance = query_datum(&past, VALUES(value_int32(call.marketplace_id), value_int64(account_id),
											value_timestamptz(call_timestamptz_or(&call, 2, DT_NOEND)),
											value_timestamptz(call_timestamptz_or(&call, 3, DT_NOEND))));
	call_end_read(&call);
	return balance;
}

/* trial_balance_as_of(marketplace_id, as_of, effective_as_of) */
PG_FUNCTION_INFO_V1(trial_balance_as_of);
Datum
trial_balance_as_of(PG_FUNCTION_ARGS)
{
	static Statement query = STATEMENT("izz",
		"SELECT k.ring, k.kind, s.currency::pg_catalog.text,"
		"       GREATEST(CASE k.side WHEN 'debit' THEN s.balance ELSE - s.balance END, 0 * s.balance),"
		"       GREATEST(CASE k.side WHEN 'debit' THEN - s.balance ELSE s.balance END, 0 * s.balance),"
		"       s.balance"
		"  FROM (SELECT a.kind, a.currency,"
		"               marketplace.amount_value(marketplace.sum(CASE WHEN e.side = k.side THEN e.amount ELSE - e.amount END)) AS balance"
		"          FROM marketplace.transfer_legs e"
		"          JOIN marketplace.accounts a ON a.marketplace_id = e.marketplace_id AND a.id = e.account_id"
		"          JOIN marketplace.account_kinds() k ON k.kind = a.kind"
		"         WHERE e.marketplace_id = $1 AND e.recorded_at <= $2 AND e.effective_at <= $3"
		"         GROUP BY a.kind, a.currency) s"
		"  JOIN marketplace.account_kinds() k ON k.kind = s.kind"
		" ORDER BY k.ring, k.kind, 3");
	Call		call;

	call_begin_read(&call, fcinfo);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	query_return_set(fcinfo, &query,
					 VALUES(value_int32(call.marketplace_id), value_timestamptz(call_timestamptz_or(&call, 1, DT_NOEND)),
							value_timestamptz(call_timestamptz_or(&call, 2, DT_NOEND))));
	call_end_read(&call);
	return (Datum) 0;
}
