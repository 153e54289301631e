/*
 * sweep.c
 *		Money between the rings: what the platform has earned goes from the client account to its own (FD-P09), and what the platform owes
 *		the client account is paid from its own (FD-P04).
 *
 * One sweep a day and currency (FD-82). It is posted when it is decided; when the PSP refuses the transfer, it is posted back.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/agent.h"
#include "funds/payout.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/instruction.h"
#include "kernel/lifecycle.h"
#include "utils/array.h"

/* Accounts with what is taken of each. */
typedef struct SweepItems
{
	int			count;
	Account    *accounts;
	CurrencyCode *currencies;
	Amount	   *amounts;
	Amount		commission;
	Amount		due;
} SweepItems;

static SweepItems
new_items(uint64 count, CurrencyCode currency)
{
	Size		n = Max(count, 1);

	return (SweepItems) {(int) count, MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Account) * n),
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(CurrencyCode) * n),
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Amount) * n), amount_zero(currency), amount_zero(currency)};
}

/* $2: the currency */
static SweepItems
read_items(Call *call, Statement *statement, Value key, CurrencyCode currency)
{
	Rows		rows = query_rows(statement, VALUES(value_int32(call->marketplace_id), key));
	SweepItems	items = new_items(rows.count, currency);

	for (int i = 0; i < items.count; i++)
	{
		Row		   *row = &rows.rows[i];

		items.accounts[i] = (Account) {row_bool(row, 0) ? C_COMMISSION : C_DUE_TO_OWN, row_int64(row, 1), row_int64(row, 2),
			row_int64(row, 3)};
		items.currencies[i] = currency;
		items.amounts[i] = row_amount(row, 4);
	}
	return items;
}

static void
add_up(SweepItems *items)
{
	for (int i = 0; i < items->count; i++)
	{
		Amount	   *sum = items->accounts[i].kind == C_COMMISSION ? &items->commission : &items->due;

		*sum = amount_add(*sum, items->amounts[i]);
	}
}

/* Under the accounts' locks. */
static SweepItems
find_items(Call *call, CurrencyCode currency)
{
	static Statement find = STATEMENT("ic",
		"SELECT k.kind = 'c_commission', k.party_id, k.order_line_id, k.allocation_id, k.balance"
		"  FROM marketplace.accounts k"
		" WHERE k.marketplace_id = $1 AND k.kind = 'c_commission' AND k.currency = $2 AND marketplace.sign(k.balance) > 0 "
		"UNION ALL "
		"SELECT false, k.party_id, k.order_line_id, k.allocation_id, k.balance"
		"  FROM marketplace.accounts k"
		" WHERE k.marketplace_id = $1 AND k.kind = 'c_due_to_own' AND k.currency = $2 AND marketplace.sign(k.balance) > 0");
	SweepItems	items = read_items(call, &find, value_currency(currency), currency);

	ledger_lock_balances(call, items.accounts, items.currencies, NULL, items.count, items.amounts);
	add_up(&items);
	return items;
}

/* debit and credit as FD-P09 has them, or the other way round */
static void
post(Call *call, const SweepItems *items, bool back, const char *reason, int64 cause)
{
	Account		cash = psp_account(C_CASH, marketplace_get(call));
	Account		own = own_account(O_CASH);
	Account		earned = own_account(O_COMMISSION_RECEIVABLE);
	Account		owed = own_account(O_DUE_FROM_CLIENT);

	for (int i = 0; i < items->count; i++)
		if (amount_minor(items->amounts[i]) > 0)
			ledger_move(call, back ? cash : items->accounts[i], back ? items->accounts[i] : cash, items->amounts[i], reason, cause);
	if (amount_minor(items->commission) > 0)
		ledger_move(call, back ? earned : own, back ? own : earned, items->commission, reason, cause);
	if (amount_minor(items->due) > 0)
		ledger_move(call, back ? owed : own, back ? own : owed, items->due, reason, cause);
}

static int64
tell(Call *call, const char *type, int64 sweep_id, const SweepItems *items, const char *evidence, const Authority *authority)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "sweep_id", sweep_id);
	payload_amount(&payload, "commission", items->commission);
	payload_amount(&payload, "due", items->due);
	payload_text(&payload, "evidence", evidence);
	payload_authority(&payload, authority);
	return event_emit(call, "sweep", sweep_id, type, &payload);
}

static void
write_items(Call *call, int64 sweep_id, const SweepItems *items)
{
	static Statement insert = STATEMENT("ilLLLLA",
		"INSERT INTO marketplace.commission_sweep_items (marketplace_id, sweep_id, kind, party_id, order_line_id, allocation_id, amount)"
		" SELECT $1, $2, CASE w.commission WHEN 1 THEN 'c_commission' ELSE 'c_due_to_own' END, w.party_id, w.order_line_id,"
		"        w.allocation_id, w.amount"
		"   FROM unnest($3, $4, $5, $6, $7) AS w(commission, party_id, order_line_id, allocation_id, amount)");
	Size		size = sizeof(Datum) * Max(items->count, 1);
	Datum	   *columns[5];
	int			n = 0;

	for (int c = 0; c < lengthof(columns); c++)
		columns[c] = MemoryContextAllocHuge(CurrentMemoryContext, size);
	for (int i = 0; i < items->count; i++)
	{
		const Account *account = &items->accounts[i];

		if (amount_minor(items->amounts[i]) == 0)
			continue;
		columns[0][n] = Int64GetDatum(account->kind == C_COMMISSION ? 1 : 0);
		columns[1][n] = Int64GetDatum(account->party_id);
		columns[2][n] = Int64GetDatum(account->order_line_id);
		columns[3][n] = Int64GetDatum(account->allocation_id);
		columns[4][n++] = AmountGetDatum(items->amounts[i]);
	}
	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(sweep_id), payout_int64_array(columns[0], n),
								payout_int64_array(columns[1], n), payout_int64_array(columns[2], n), payout_int64_array(columns[3], n),
								value_datum(PointerGetDatum(construct_array(columns[4], n, query_type_oid("amount"), 8, true,
																			TYPALIGN_DOUBLE)))));
}

/* FD-5: client money is never spent that is not there. */
static void
require_cash(Call *call, Amount wanted)
{
	Amount		cash = ledger_balance(call, psp_account(C_CASH, marketplace_get(call)), amount_currency(wanted));

	if (amount_minor(cash) >= amount_minor(wanted))
		return;
	ereport(ERROR,
			errcode(MK_INSUFFICIENT_FUNDS),
			errmsg("the client account has less than is to be swept"),
			errdetail("It has %s, the sweep takes %s.", amount_to_cstring(cash), amount_to_cstring(wanted)),
			errhint("Settle captures, or transfer what the platform owes with own_funding(), first."));
}

static int64
find_sweep(Call *call, DateADT day, CurrencyCode currency)
{
	static Statement find = STATEMENT("idc",
		"SELECT id FROM marketplace.commission_sweeps"
		" WHERE marketplace_id = $1 AND day = $2 AND currency = $3 AND state <> 'reversed'");
	Row			row;

	return query_row(&find, VALUES(value_int32(call->marketplace_id), value_date(day), value_currency(currency)), &row) ?
		row_int64(&row, 0) : 0;
}

static int64
add_sweep(Call *call, DateADT day, CurrencyCode currency, const SweepItems *items, bool covered)
{
	static Statement insert = STATEMENT("idcaatzt",
		"INSERT INTO marketplace.commission_sweeps (marketplace_id, day, currency, commission, due, state, actor, created_at)"
		" VALUES ($1, $2, $3, $4, $5, $8, $6, $7)"
		" ON CONFLICT (marketplace_id, currency, day) WHERE state <> 'reversed' DO NOTHING");

	if (funds_transition(&insert, VALUES(value_int32(call->marketplace_id), value_date(day), value_currency(currency),
										 value_amount(items->commission), value_amount(items->due), value_text(call_actor()),
										 value_timestamptz(call->now), value_text(covered ? "posted" : "requested")),
						 covered ? "post" : "request", NULL) == 0)
		ereport(ERROR,
				errcode(MK_CONCURRENT_CHANGE),
				errmsg("another transaction has swept this day"),
				errdetail("%s of %s.", payout_day_text(day), currency_alpha(currency)),
				errhint("Run the transaction again: it returns the same sweep."));
	return find_sweep(call, day, currency);
}

static void
carry_out(Call *call, int64 sweep_id, const SweepItems *items, const Authority *authority)
{
	JsonbParseState *payload;

	post(call, items, false, "sweep", tell(call, "sweep.posted", sweep_id, items, NULL, authority));
	payload_begin(&payload);
	payload_int64(&payload, "sweep_id", sweep_id);
	payload_amount(&payload, "amount", amount_add(items->commission, items->due));
	instruction_plan(call, "sweep", "sweep", sweep_id, marketplace_get(call)->psp_party_id, &payload);
}

static int64
sweep(Call *call, DateADT day, CurrencyCode currency)
{
	SweepItems	items;
	Amount		total;
	Authority	authority;
	int64		sweep_id = find_sweep(call, day, currency);

	if (sweep_id != 0)
		return sweep_id;
	items = find_items(call, currency);
	total = amount_add(items.commission, items.due);
	if (amount_minor(total) == 0)
		ereport(ERROR,
				errcode(MK_PAYOUT),
				errmsg("there is nothing to sweep in %s", currency_alpha(currency)),
				errdetail("No commission was earned, and no debt repaid, since the last sweep."),
				errhint("Commission is earned as escrow is released."));
	require_cash(call, total);
	authority = agent_authority(call, AGENT_SWEEP, total);
	sweep_id = add_sweep(call, day, currency, &items, agent_covers(&authority));
	write_items(call, sweep_id, &items);
	if (agent_covers(&authority))
		carry_out(call, sweep_id, &items, &authority);
	else
	{
		(void) tell(call, "sweep.requested", sweep_id, &items, NULL, &authority);
		(void) psp_request_open(call, &(PspRequest) {.operation = AGENT_SWEEP, .object = "sweep", .object_id = sweep_id, .amount = total});
	}
	return sweep_id;
}

static void
end_sweep(Call *call, int64 sweep_id, const char *state, const char *event, const char *evidence)
{
	static Statement change = STATEMENT("iltz",
		"UPDATE marketplace.commission_sweeps SET state = $3, ended_at = $4 WHERE marketplace_id = $1 AND id = $2");

	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(sweep_id), value_text(state),
									 value_timestamptz(call->now)), event, evidence);
}

static SweepItems
items_of_sweep(Call *call, int64 sweep_id)
{
	static Statement read = STATEMENT("il",
		"SELECT i.kind = 'c_commission', i.party_id, i.order_line_id, i.allocation_id, i.amount"
		"  FROM marketplace.commission_sweep_items i WHERE i.marketplace_id = $1 AND i.sweep_id = $2");
	static Statement currency_of = STATEMENT("il",
		"SELECT currency FROM marketplace.commission_sweeps WHERE marketplace_id = $1 AND id = $2");
	SweepItems	items;
	CurrencyCode currency;

	currency = (CurrencyCode) DatumGetInt16(query_datum(&currency_of, VALUES(value_int32(call->marketplace_id), value_int64(sweep_id))));
	items = read_items(call, &read, value_int64(sweep_id), currency);
	add_up(&items);
	return items;
}

/* The instruction has moved: executed, or refused and posted back. */
void
sweep_moved(Call *call, int64 sweep_id, const char *event, const char *evidence)
{
	Authority	none = {0, 0};
	SweepItems	items;

	if (strcmp(event, "confirmed") != 0 && strcmp(event, "failed") != 0 && strcmp(event, "cancelled") != 0)
		return;
	items = items_of_sweep(call, sweep_id);
	if (strcmp(event, "confirmed") == 0)
	{
		end_sweep(call, sweep_id, "executed", "execute", evidence);
		(void) tell(call, "sweep.executed", sweep_id, &items, evidence, &none);
		return;
	}
	end_sweep(call, sweep_id, "reversed", "reverse", evidence);
	post(call, &items, true, "sweep_reversed", tell(call, "sweep.reversed", sweep_id, &items, evidence, &none));
}

/* What was earned by then may have been given back since. */
static void
require_items(Call *call, const PspRequest *request, const SweepItems *items)
{
	Amount	   *balances = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Amount) * Max(items->count, 1));

	ledger_lock_balances(call, items->accounts, items->currencies, NULL, items->count, balances);
	for (int i = 0; i < items->count; i++)
		if (amount_minor(balances[i]) < amount_minor(items->amounts[i]))
			ereport(ERROR,
					errcode(MK_AGENT),
					errmsg("what request %lld sweeps is not the platform's any more", (long long) request->id),
					errdetail("It takes %s of allocation %lld; %s is there.", amount_to_cstring(items->amounts[i]),
							  (long long) items->accounts[i].allocation_id, amount_to_cstring(balances[i])),
					errhint("Ask the PSP to undo it, and record the request as failed."));
}

/* The PSP has transferred it. */
void
sweep_execute(Call *call, const PspRequest *request, const char *evidence)
{
	static Statement posted = STATEMENT("il",
		"UPDATE marketplace.commission_sweeps SET state = 'posted' WHERE marketplace_id = $1 AND id = $2");
	SweepItems	items = items_of_sweep(call, request->object_id);

	require_items(call, request, &items);
	funds_transition(&posted, VALUES(value_int32(call->marketplace_id), value_int64(request->object_id)), "post", evidence);
	carry_out(call, request->object_id, &items, &(Authority) {0, request->id});
	instruction_move(call, "sweep", "sweep", request->object_id, "send", evidence);
	instruction_move(call, "sweep", "sweep", request->object_id, "confirm", evidence);
}

void
sweep_decline(Call *call, const PspRequest *request, const char *evidence)
{
	end_sweep(call, request->object_id, "reversed", "reverse", evidence);
}

static CurrencyCode
read_currency(const Document *document)
{
	char	   *code = document_text(document, "currency");
	CurrencyCode currency = currency_lookup(code, strlen(code));

	if (currency == CURRENCY_NONE || !currency_is_payable(currency))
		document_refuse(document, "currency", psprintf("\"%s\" is no payable currency.", code),
						"Give its ISO 4217 code, such as \"EUR\".");
	return currency;
}

/* commission_sweep(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(commission_sweep);
Datum
commission_sweep(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Document	document = document_root(call_jsonb(&call, 1));
		DateADT		day;

		access_require(&call, CAPACITY_OPERATOR, 0);
		document_only(&document, "currency", "day", NULL);
		if (!document_date_or_null(&document, "day", &day))
			day = payout_today(&call);
		if (day > payout_today(&call))
			document_refuse(&document, "day", "The day has not come yet.", "Leave it out for today.");
		call.result = sweep(&call, day, read_currency(&document));
	}
	PG_RETURN_INT64(call_end(&call));
}

static Amount
funding_amount(Call *call)
{
	Amount		amount = call_amount(call, 1);
	Amount		due = ledger_balance(call, own_account(C_DUE_FROM_OWN), amount_currency(amount));

	if (amount_minor(amount) > 0 && amount_minor(amount) <= amount_minor(due))
		return amount;
	ereport(ERROR,
			errcode(MK_INVALID_ARGUMENT),
			errmsg("own money pays what the platform owes the client account, and no more"),
			errdetail("It owes %s; the transfer is of %s.", amount_to_cstring(due), amount_to_cstring(amount)),
			errhint("See c_due_from_own in the view marketplace.trial_balance."));
}

/* own_funding(marketplace_id, amount, reference, request_key) */
PG_FUNCTION_INFO_V1(own_funding);
Datum
own_funding(PG_FUNCTION_ARGS)
{
	static Statement insert = STATEMENT("iattz",
		"INSERT INTO marketplace.own_fundings (marketplace_id, amount, reference, actor, recorded_at) VALUES ($1, $2, $3, $4, $5)"
		" ON CONFLICT (marketplace_id, reference) DO NOTHING RETURNING id");
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Amount		amount;
		char	   *reference = call_text(&call, 2);
		JsonbParseState *payload;
		int64		cause;
		Row			row;

		access_require(&call, CAPACITY_OPERATOR, 0);
		amount = funding_amount(&call);
		guard_open("funds");
		if (!query_row(&insert, VALUES(value_int32(call.marketplace_id), value_amount(amount), value_text(reference),
									   value_text(call_actor()), value_timestamptz(call.now)), &row))
			ereport(ERROR,
					errcode(MK_ALREADY_EXISTS),
					errmsg("a transfer with this reference is recorded already"),
					errhint("See the table marketplace.own_fundings; give each transfer's own reference."));
		guard_close();
		call.result = row_int64(&row, 0);
		payload_begin(&payload);
		payload_int64(&payload, "own_funding_id", call.result);
		payload_amount(&payload, "amount", amount);
		payload_text(&payload, "reference", reference);
		cause = event_emit(&call, "own_funding", call.result, "own_funding.recorded", &payload);
		ledger_move(&call, psp_account(C_CASH, marketplace_get(&call)), own_account(C_DUE_FROM_OWN), amount, "own_funding", cause);
		ledger_move(&call, own_account(O_DUE_TO_CLIENT), own_account(O_CASH), amount, "own_funding", cause);
	}
	PG_RETURN_INT64(call_end(&call));
}
