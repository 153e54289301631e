/*
 * bank_account.c
 *		Bank accounts of parties: recorded, verified by the operator, blocked. Payouts ask here where to pay.
 *
 * A wrong bank account is how marketplaces are robbed: an account is never changed, a new one is paid to only after
 * an operator has verified it, and every step is in the lifecycle's history.
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/lifecycle.h"
#include "orders/orders_internal.h"
#include "types/identifier_check.h"

#define PARTY_CAPACITIES (CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_BUYER | CAPACITY_CARRIER | CAPACITY_INSURER)

static int64
add_account(Call *call, const Party *party, const Document *root)
{
	static Statement add = STATEMENT("ilctttz",
		"INSERT INTO marketplace.bank_accounts (marketplace_id, party_id, currency, holder, iban, bic, state, "
		"added_at) VALUES ($1, $2, $3, $4, $5, $6, 'added', $7) ON CONFLICT (marketplace_id, party_id, iban, "
		"currency) DO NOTHING RETURNING id");
	const char *alpha;
	const char *holder;
	const char *iban;
	const char *bic;
	CurrencyCode currency;
	Row			row;

	document_only(root, "currency", "holder", "iban", "bic", NULL);
	iban = document_identifier(root, "iban", iban_valid, "an IBAN");
	if (iban == NULL)
		(void) document_text(root, "iban");
	bic = document_identifier(root, "bic", bic_valid, "a BIC");
	holder = document_short_text_or_null(root, "holder", 200);
	alpha = document_text(root, "currency");
	currency = currency_lookup(alpha, strlen(alpha));
	if (currency == CURRENCY_NONE || !currency_is_payable(currency))
		document_refuse(root, "currency", psprintf("\"%.10s\" is not a payable currency.", alpha),
						"See marketplace.currencies().");
	guard_open("orders");
	if (!query_row(&add, VALUES(value_int32(call->marketplace_id), value_int64(party->id), value_currency(currency),
								value_text(holder != NULL ? holder : party->name), value_text(iban), value_text(bic),
								value_timestamptz(call->now)), &row))
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("the bank account %s is recorded for %s already", iban, party->name),
				errhint("Verify or block the one that is there."));
	guard_close();
	return row_int64(&row, 0);
}

static void
emit_account(Call *call, int64 party_id, int64 bank_account_id, const char *type)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "bank_account_id", bank_account_id);
	payload_int64(&payload, "party_id", party_id);
	event_emit(call, "bank_account", bank_account_id, type, &payload);
}

PG_FUNCTION_INFO_V1(bank_account_add);
Datum
bank_account_add(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		party_id = call_int64(&call, 1);
		Document	root = document_root(call_jsonb(&call, 2));

		access_require(&call, PARTY_CAPACITIES, party_id);
		call.result = add_account(&call, party_get(&call, party_id), &root);
		emit_account(&call, party_id, call.result, "bank_account.added");
	}
	PG_RETURN_INT64(call_end(&call));
}

static void
no_account(Call *call, int64 bank_account_id)
{
	ereport(ERROR,
			errcode(MK_NOT_FOUND),
			errmsg("there is no bank account %lld in marketplace %d", (long long) bank_account_id,
				   call->marketplace_id),
			errhint("See the table marketplace.bank_accounts."));
}

/* The party whose account it is, and the account's state; the row is locked. */
static int64
lock_row(Call *call, int64 bank_account_id, char **state)
{
	static Statement lock = STATEMENT("il",
		"SELECT party_id, state FROM marketplace.bank_accounts WHERE marketplace_id = $1 AND id = $2 FOR NO KEY "
		"UPDATE");
	Row			row;

	if (!query_row(&lock, VALUES(value_int32(call->marketplace_id), value_int64(bank_account_id)), &row))
		no_account(call, bank_account_id);
	*state = row_text(&row, 1);
	return row_int64(&row, 0);
}

/* Likewise; an account that is in the state that is wanted is refused. */
static int64
lock_account(Call *call, int64 bank_account_id, const char *wanted)
{
	char	   *state;
	int64		party_id = lock_row(call, bank_account_id, &state);

	if (strcmp(state, wanted) == 0)
		ereport(ERROR,
				errcode(MK_TRANSITION_REFUSED),
				errmsg("bank account %lld is %s already", (long long) bank_account_id, wanted),
				errhint("There is nothing to do."));
	return party_id;
}

PG_FUNCTION_INFO_V1(bank_account_verify);
Datum
bank_account_verify(PG_FUNCTION_ARGS)
{
	static Statement verify = STATEMENT("ilz",
		"UPDATE marketplace.bank_accounts SET state = 'verified', verified_at = $3 WHERE marketplace_id = $1 AND "
		"id = $2");
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		id = call_int64(&call, 1);
		int64		party_id;

		access_require(&call, CAPACITY_OPERATOR, 0);
		party_id = lock_account(&call, id, "verified");
		guard_open("orders");
		lifecycle_execute(&verify,
						  VALUES(value_int32(call.marketplace_id), value_int64(id), value_timestamptz(call.now)),
						  "verify", NULL);
		guard_close();
		emit_account(&call, party_id, id, "bank_account.verified");
		call.result = id;
	}
	PG_RETURN_INT64(call_end(&call));
}

static void
block(Call *call, int64 party_id, int64 bank_account_id, const char *reason)
{
	static Statement block = STATEMENT("il",
		"UPDATE marketplace.bank_accounts SET state = 'blocked' WHERE marketplace_id = $1 AND id = $2");

	guard_open("orders");
	lifecycle_execute(&block, VALUES(value_int32(call->marketplace_id), value_int64(bank_account_id)), "block", reason);
	guard_close();
	emit_account(call, party_id, bank_account_id, "bank_account.blocked");
}

void
bank_account_stop(Call *call, int64 bank_account_id, const char *reason)
{
	char	   *state;
	int64		party_id = lock_row(call, bank_account_id, &state);

	if (strcmp(state, "blocked") != 0)
		block(call, party_id, bank_account_id, reason);
}

PG_FUNCTION_INFO_V1(bank_account_block);
Datum
bank_account_block(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		id = call_int64(&call, 1);
		char	   *reason = call_text(&call, 2);
		int64		party_id = lock_account(&call, id, "blocked");

		access_require(&call, PARTY_CAPACITIES, party_id);
		block(&call, party_id, id, reason);
		call.result = id;
	}
	PG_RETURN_INT64(call_end(&call));
}

int64
party_bank_account(Call *call, int64 party_id, CurrencyCode currency)
{
	static Statement newest = STATEMENT("ilc",
		"SELECT id FROM marketplace.bank_accounts WHERE marketplace_id = $1 AND party_id = $2 AND currency = $3 "
		"AND state = 'verified' ORDER BY verified_at DESC, id DESC LIMIT 1");
	Row			row;

	return query_row(&newest, VALUES(value_int32(call->marketplace_id), value_int64(party_id),
									 value_currency(currency)), &row) ?
		row_int64(&row, 0) : 0;
}

BankAccount
bank_account_get(Call *call, int64 bank_account_id)
{
	static Statement get = STATEMENT("il",
		"SELECT party_id, currency, holder, iban, bic, state FROM marketplace.bank_accounts WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(bank_account_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no bank account %lld in marketplace %d", (long long) bank_account_id, call->marketplace_id),
				errhint("See the table marketplace.bank_accounts."));
	return (BankAccount) {bank_account_id, row_int64(&row, 0), row_currency(&row, 1), row_text(&row, 2), row_text(&row, 3),
		row_text(&row, 4), row_text(&row, 5)};
}

int64
bank_account_with_iban(Call *call, int64 party_id, const char *iban, CurrencyCode currency)
{
	static Statement find = STATEMENT("iltc",
		"SELECT id FROM marketplace.bank_accounts WHERE marketplace_id = $1 AND party_id = $2 AND iban::text = $3 "
		"AND state <> 'blocked' ORDER BY currency = $4 DESC NULLS LAST, id DESC LIMIT 1");
	Row			row;

	return query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(party_id), value_text(iban),
								   currency == CURRENCY_NONE ? value_null() : value_currency(currency)), &row) ?
		row_int64(&row, 0) : 0;
}
