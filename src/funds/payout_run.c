/*
 * payout_run.c
 *		payout_run(): freezes all that sellers may be paid into payouts, one per seller, currency and bank account
 *		(FD-56…FD-58, FD-P10). What becomes of a payout is in payout_outcome.c.
 *
 * The wallets are locked before anything, so that what is held is never taken (hold.h); the accounts before their
 * balances are read, so that two runs never take the same cent and a release that commits meanwhile is paid by the
 * next run.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/hold.h"
#include "kernel/errors.h"
#include "kernel/instruction.h"
#include "kernel/policy.h"
#include "utils/array.h"

/* What the run was asked for. */
typedef struct RunOrder
{
	CurrencyCode currency;		/* 0: all */
	bool		has_minimum;
	Amount		minimum;
	int			nsellers;		/* 0: all */
	Datum	   *sellers;
} RunOrder;

/* Shares that may have something payable, by seller, currency and id. */
typedef struct Payable
{
	int			count;
	int64	   *allocation_ids;
	Account    *accounts;
	CurrencyCode *currencies;
	Amount	   *balances;
} Payable;

static Value
int64_array(Datum *elements, int n)
{
	return value_datum(PointerGetDatum(construct_array(elements, n, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
}

static Value
sellers_value(const RunOrder *run)
{
	return run->nsellers == 0 ? value_null() : int64_array(run->sellers, run->nsellers);
}

static void
read_currency(const Document *document, RunOrder *run)
{
	char	   *code = document_text_or_null(document, "currency");

	run->currency = 0;
	if (code == NULL)
		return;
	run->currency = currency_lookup(code, strlen(code));
	if (run->currency == CURRENCY_NONE)
		document_refuse(document, "currency", psprintf("\"%s\" is no currency.", code),
						"Give its ISO 4217 code, such as \"EUR\".");
}

static void
read_minimum(const Document *document, RunOrder *run)
{
	char	   *written = document_text_or_null(document, "minimum");
	ParsedAmount parsed;

	run->has_minimum = written != NULL;
	if (written == NULL)
		return;
	if (amount_parse(written, strlen(written), &parsed) != AMOUNT_PARSED || parsed.minor <= 0)
		document_refuse(document, "minimum", psprintf("\"%s\" is no amount of more than zero.", written),
						"Write it as \"10.00 EUR\".");
	if (run->currency != 0 && run->currency != parsed.currency)
		document_refuse(document, "minimum", "It is not in the currency of the run.", NULL);
	run->minimum = amount_make(parsed.currency, parsed.minor);
	run->currency = parsed.currency;
}

static int64
item_int64(const Document *array, int i)
{
	JsonbValue *value = getIthJsonbValueFromContainer(array->container, i);

	if (value == NULL || value->type != jbvNumeric || decimal_scale(value->val.numeric) > 0 ||
		decimal_sign(value->val.numeric) <= 0 ||
		decimal_cmp(value->val.numeric, decimal_from_int64(PG_INT64_MAX)) > 0)
		document_refuse(array, NULL, psprintf("Item %d is no number of a seller.", i),
						"Give the sellers' party ids, such as [1, 2].");
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(value->val.numeric)));
}

static RunOrder
read_run(Call *call, Jsonb *json)
{
	Document	document = document_root(json);
	RunOrder	run = {.nsellers = 0, .sellers = NULL};

	document_only(&document, "currency", "sellers", "minimum", NULL);
	read_currency(&document, &run);
	read_minimum(&document, &run);
	if (document_has(&document, "sellers"))
	{
		Document	sellers = document_array(&document, "sellers");

		run.nsellers = document_length(&sellers);
		if (run.nsellers == 0)
			document_refuse(&document, "sellers", "It is empty.", "Leave it out to pay all sellers.");
		run.sellers = palloc(sizeof(Datum) * run.nsellers);
		for (int i = 0; i < run.nsellers; i++)
		{
			int64		seller_id = item_int64(&sellers, i);

			(void) party_get(call, seller_id);
			run.sellers[i] = Int64GetDatum(seller_id);
		}
	}
	return run;
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

static Payable
find_payable(Call *call, const RunOrder *run)
{
	static Statement find = STATEMENT("iLc",
		"SELECT a.id, a.seller_id, a.order_line_id, marketplace.currency(a.amount)"
		"  FROM marketplace.capture_allocations a"
		" WHERE a.marketplace_id = $1 AND a.open AND ($2 IS NULL OR a.seller_id = ANY ($2))"
		"   AND ($3 IS NULL OR marketplace.currency(a.amount) = $3)"
		" ORDER BY a.seller_id, 4, a.id");
	Rows		rows = query_rows(&find, VALUES(value_int32(call->marketplace_id),
												sellers_value(run),
												run->currency == 0 ? value_null() : value_currency(run->currency)));
	Payable		payable = {.count = (int) rows.count};
	Size		n = Max(rows.count, 1);

	payable.allocation_ids = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * n);
	payable.accounts = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Account) * n);
	payable.currencies = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(CurrencyCode) * n);
	payable.balances = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Amount) * n);
	for (int i = 0; i < payable.count; i++)
	{
		Row		   *row = &rows.rows[i];

		payable.allocation_ids[i] = row_int64(row, 0);
		payable.accounts[i] = (Account) {C_SELLER, row_int64(row, 1), row_int64(row, 2), row_int64(row, 0)};
		payable.currencies[i] = row_currency(row, 3);
	}
	lock_wallets(call, &payable);
	ledger_lock_balances(call, payable.accounts, payable.currencies, payable.count, payable.balances);
	hold_leave_available(call, payable.accounts, payable.currencies, payable.count, payable.balances);
	return payable;
}

static Amount
minimum_of(Call *call, const RunOrder *run, int64 seller_id, CurrencyCode currency)
{
	PolicyScope scope = {.seller_id = seller_id};

	if (run->has_minimum)
		return run->minimum;
	return amount_round_numeric(policy_numeric(call, "fd.min_payout", &scope), currency);
}

static bool
is_named(const RunOrder *run, int64 seller_id)
{
	for (int i = 0; i < run->nsellers; i++)
		if (DatumGetInt64(run->sellers[i]) == seller_id)
			return true;
	return false;
}

/* From `first` to before `end` in payable: one seller, one currency. */
typedef struct SellerGroup
{
	int			first;
	int			end;
	int64		seller_id;
	int64		bank_account_id;
	Amount		total;
} SellerGroup;

/* FD-57: enough, and a bank account to pay it to. Else it carries over. */
static bool
is_eligible(Call *call, const RunOrder *run, SellerGroup *group)
{
	CurrencyCode currency = amount_currency(group->total);

	if (amount_minor(group->total) <= 0 ||
		amount_minor(group->total) < amount_minor(minimum_of(call, run, group->seller_id, currency)))
		return false;
	group->bank_account_id = party_bank_account(call, group->seller_id, currency);
	if (group->bank_account_id == 0 && is_named(run, group->seller_id))
		ereport(ERROR,
				errcode(MK_PAYOUT),
				errmsg("seller %lld has no verified bank account for %s", (long long) group->seller_id,
					   currency_alpha(currency)),
				errdetail("Payable: %s.", amount_to_cstring(group->total)),
				errhint("Add one with bank_account_add() and bank_account_verify(), or leave the seller out."));
	return group->bank_account_id != 0;
}

static int64
tell_planned(Call *call, int64 payout_id, int64 batch_id, const SellerGroup *group)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "payout_id", payout_id);
	payload_int64(&payload, "batch_id", batch_id);
	payload_int64(&payload, "seller_id", group->seller_id);
	payload_int64(&payload, "bank_account_id", group->bank_account_id);
	payload_amount(&payload, "amount", group->total);
	return event_emit(call, "payout", payout_id, "payout.planned", &payload);
}

static void
plan_instruction(Call *call, int64 payout_id, const SellerGroup *group)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "payout_id", payout_id);
	payload_int64(&payload, "seller_id", group->seller_id);
	payload_int64(&payload, "bank_account_id", group->bank_account_id);
	payload_amount(&payload, "amount", group->total);
	instruction_plan(call, "payout", "payout", payout_id, marketplace_get(call)->psp_party_id, &payload);
}

static void
add_items(Call *call, int64 payout_id, const Payable *payable, const SellerGroup *group)
{
	static Statement insert = STATEMENT("ilLLA",
		"INSERT INTO marketplace.payout_items (marketplace_id, payout_id, allocation_id, order_line_id, amount)"
		" SELECT $1, $2, w.allocation_id, w.order_line_id, w.amount FROM unnest($3, $4, $5) AS w(allocation_id, order_line_id, amount)");
	int			most = group->end - group->first;
	Datum	   *allocations = palloc(sizeof(Datum) * most);
	Datum	   *lines = palloc(sizeof(Datum) * most);
	Datum	   *amounts = palloc(sizeof(Datum) * most);
	int			n = 0;

	for (int i = group->first; i < group->end; i++)
	{
		if (amount_minor(payable->balances[i]) == 0)
			continue;
		allocations[n] = Int64GetDatum(payable->allocation_ids[i]);
		lines[n] = Int64GetDatum(payable->accounts[i].order_line_id);
		amounts[n++] = AmountGetDatum(payable->balances[i]);
	}
	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(payout_id),
								int64_array(allocations, n), int64_array(lines, n),
								value_datum(PointerGetDatum(construct_array(amounts, n, query_type_oid("amount"), 8,
																			true,
																			TYPALIGN_DOUBLE)))));
}

/* FD-P10 */
static void
freeze(Call *call, int64 batch_id, const Payable *payable, const SellerGroup *group)
{
	static Statement insert = STATEMENT("illlaz",
		"INSERT INTO marketplace.payouts (marketplace_id, batch_id, seller_id, bank_account_id, amount, state, created_at)"
		" VALUES ($1, $2, $3, $4, $5, 'planned', $6) RETURNING id");
	int64		payout_id = funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(batch_id),
													  value_int64(group->seller_id), value_int64(group->bank_account_id),
													  value_amount(group->total), value_timestamptz(call->now)));
	int64		cause;

	add_items(call, payout_id, payable, group);
	cause = tell_planned(call, payout_id, batch_id, group);
	for (int i = group->first; i < group->end; i++)
	{
		const Account *from = &payable->accounts[i];

		if (amount_minor(payable->balances[i]) > 0)
			ledger_move(call, *from, payout_clearing_account(from->party_id, from->order_line_id,
															 from->allocation_id),
						payable->balances[i], "payout", cause);
	}
	plan_instruction(call, payout_id, group);
}

/* What a hold leaves of a payout that it dropped, as another payout of the same run. */
void
payout_plan_rest(Call *call, int64 batch_id, int64 bank_account_id, const Account *accounts, const Amount *amounts, int n)
{
	Payable		payable = {.count = n, .accounts = unconstify(Account *, accounts), .balances = unconstify(Amount *, amounts)};
	SellerGroup group = {.first = 0, .end = n, .seller_id = accounts[0].party_id, .bank_account_id = bank_account_id,
		.total = amount_zero(amount_currency(amounts[0]))};

	payable.allocation_ids = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * n);
	for (int i = 0; i < n; i++)
	{
		payable.allocation_ids[i] = accounts[i].allocation_id;
		group.total = amount_add(group.total, amounts[i]);
	}
	freeze(call, batch_id, &payable, &group);
}

static int64
run_payouts(Call *call, Jsonb *json)
{
	static Statement insert = STATEMENT("icLatz",
		"INSERT INTO marketplace.payout_batches (marketplace_id, currency, sellers, minimum, actor, created_at)"
		" VALUES ($1, $2, $3, $4, $5, $6) RETURNING id");
	RunOrder	run = read_run(call, json);
	Payable		payable = find_payable(call, &run);
	int64		batch_id = funds_add(&insert, VALUES(value_int32(call->marketplace_id),
													 run.currency == 0 ? value_null() : value_currency(run.currency),
													 sellers_value(&run),
													 run.has_minimum ? value_amount(run.minimum) : value_null(),
													 value_text(call_actor()), value_timestamptz(call->now)));
	SellerGroup		group;

	for (group.first = 0; group.first < payable.count; group.first = group.end)
	{
		group.seller_id = payable.accounts[group.first].party_id;
		group.total = amount_zero(payable.currencies[group.first]);
		for (group.end = group.first; group.end < payable.count &&
			 payable.accounts[group.end].party_id == group.seller_id &&
			 payable.currencies[group.end] == payable.currencies[group.first]; group.end++)
			group.total = amount_add(group.total, payable.balances[group.end]);
		if (is_eligible(call, &run, &group))
			freeze(call, batch_id, &payable, &group);
	}
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
		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) marketplace_get(&call);
		call.result = run_payouts(&call, call_jsonb(&call, 1));
	}
	PG_RETURN_INT64(call_end(&call));
}
