/*
 * debt_functions.c
 *		What people decide about a seller's debt: the seller contests it, the operator decides, gives formal notice, records
 *		a payment (FD-P22) or, with a second person, writes it off (FD §8, FD-54).
 */
#include "postgres.h"

#include "funds/debt.h"
#include "kernel/approval.h"
#include "kernel/errors.h"
#include "kernel/policy.h"

static bool
state_is(const Debt *debt, const char *state)
{
	return strcmp(debt->state, state) == 0;
}

static bool
is_running(const Debt *debt)
{
	return state_is(debt, "open") || state_is(debt, "partly_repaid");
}

static void
refuse_debt(const Debt *debt, const char *what, const char *hint)
{
	ereport(ERROR,
			errcode(MK_DEBT),
			errmsg("debt %lld cannot be %s", (long long) debt->id, what),
			errdetail("It is %s; open %s of %s.", debt->state, amount_to_cstring(debt->open), amount_to_cstring(debt->amount)),
			errhint("%s", hint));
}

static void
change_state(Call *call, const Debt *debt, const char *event, const char *state, const char *reason)
{
	static Statement change = STATEMENT("iltzz",
		"UPDATE marketplace.seller_debts SET state = $3, contested_at = COALESCE($4, contested_at), notice_at = COALESCE($5, notice_at)"
		" WHERE marketplace_id = $1 AND id = $2");

	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(debt->id), value_text(state),
									 strcmp(event, "contest") == 0 ? value_timestamptz(call->now) : value_null(),
									 strcmp(event, "collect") == 0 ? value_timestamptz(call->now) : value_null()), event, reason);
}

/* Of the functions that are the operator's. */
static Debt
operators_debt(Call *call)
{
	access_require(call, CAPACITY_OPERATOR, 0);
	return debt_lock(call, call_int64(call, 1));
}

/* debt_contest(marketplace_id, debt_id, reason, request_key): FD-71 */
PG_FUNCTION_INFO_V1(debt_contest);
Datum
debt_contest(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Debt		debt;
		char	   *reason = call_text(&call, 2);

		access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_SELLER);
		debt = debt_lock(&call, call_int64(&call, 1));
		access_require(&call, CAPACITY_OPERATOR | CAPACITY_SELLER, debt.seller_id);
		if (!is_running(&debt))
			refuse_debt(&debt, "contested", "Only an open or partly repaid debt is contested.");
		change_state(&call, &debt, "contest", "disputed", reason);
		(void) debt_tell(&call, &debt, "seller_debt.contested", debt.open, reason);
		call.result = debt.id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* The same content whenever it is asked for. */
static char *
content_hash(const Debt *debt, Amount amount)
{
	JsonbParseState *content;

	payload_begin(&content);
	payload_int64(&content, "debt_id", debt->id);
	payload_amount(&content, "amount", amount);
	return approval_hash(JsonbValueToJsonb(pushJsonbValue(&content, WJB_END_OBJECT, NULL)));
}

static void
post_loss(Call *call, const Debt *debt, Amount amount, const char *reason, int64 cause)
{
	if (amount_minor(amount) > 0)
		ledger_move(call, own_account(O_LOSS), (Account) {O_SELLER_RECEIVABLE, debt->seller_id, 0, 0}, amount, reason, cause);
}

/* The debt was less than it seemed: the rest of it is the platform's loss, and so needs a second person. */
static void
reduce(Call *call, const Debt *debt, Amount reduction, const char *reason)
{
	DebtChange	change = {.kind = "reduction", .event = "decide", .state = amount_cmp(debt->open, debt->amount) < 0 ? "partly_repaid" : "open",
		.end_event = "settle", .end_state = "settled", .principal = reduction, .interest = amount_of(amount_currency(reduction), 0),
		.note = reason};

	if (amount_minor(reduction) <= 0 || amount_minor(reduction) > amount_minor(debt->open))
		refuse_debt(debt, "reduced so", psprintf("Reduce it by more than zero and at most what is open, not by %s.", amount_to_cstring(reduction)));
	approval_require(call, "debt_reduce", debt->id, content_hash(debt, reduction), reduction);
	change.cause = debt_tell(call, debt, "seller_debt.reduced", reduction, reason);
	if (amount_minor(reduction) == amount_minor(debt->open))
		change.interest = debt_interest(call, debt);
	post_loss(call, debt, reduction, "debt_reduced", change.cause);
	debt_change(call, debt, &change);
}

/* debt_decide(marketplace_id, debt_id, reduction, reason, request_key); no reduction: it stands */
PG_FUNCTION_INFO_V1(debt_decide);
Datum
debt_decide(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Debt		debt = operators_debt(&call);
		char	   *reason = call_text(&call, 3);
		Amount		reduction = call_is_null(&call, 2) ? amount_of(amount_currency(debt.open), 0) : call_amount(&call, 2);

		if (!state_is(&debt, "disputed"))
			refuse_debt(&debt, "decided on", "Only a contested debt is decided on.");
		amount_check_same_currency(debt.open, reduction);
		if (!call_is_null(&call, 2) && amount_minor(reduction) != 0)
			reduce(&call, &debt, reduction, reason);
		else
		{
			change_state(&call, &debt, "decide", amount_minor(debt.open) < amount_minor(debt.amount) ? "partly_repaid" : "open", reason);
			(void) debt_tell(&call, &debt, "seller_debt.upheld", debt.open, reason);
		}
		call.result = debt.id;
	}
	PG_RETURN_INT64(call_end(&call));
}

static void
require_age(Call *call, const Debt *debt)
{
	static Statement age = STATEMENT("tzd", "SELECT pg_catalog.timezone($1, $2)::pg_catalog.date - $3");
	PolicyScope scope = {.order_id = debt->order_id, .seller_id = debt->seller_id};
	int64		days = DatumGetInt32(query_datum(&age, VALUES(value_text(marketplace_get(call)->time_zone), value_timestamptz(call->now),
															  value_date(debt->due_on))));
	int64		needed = policy_int64(call, "fd.debt_collection_days", &scope);

	if (days < needed)
		refuse_debt(debt, "collected yet", psprintf("It has been due for %lld days; formal notice is given after %lld (fd.debt_collection_days).",
													(long long) days, (long long) needed));
}

/* debt_collect(marketplace_id, debt_id, reason, request_key): formal notice */
PG_FUNCTION_INFO_V1(debt_collect);
Datum
debt_collect(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Debt		debt = operators_debt(&call);
		char	   *reason = call_text(&call, 2);

		if (!is_running(&debt))
			refuse_debt(&debt, "collected", "Only an open or partly repaid debt goes to collection; decide on a contested one first.");
		require_age(&call, &debt);
		change_state(&call, &debt, "collect", "in_collection", reason);
		(void) debt_tell(&call, &debt, "seller_debt.in_collection", debt.open, reason);
		call.result = debt.id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* FD-P22; interest first. */
static void
repay(Call *call, const Debt *debt, Amount paid, const char *note)
{
	CurrencyCode currency = amount_currency(debt->open);
	Amount		owed = debt_interest(call, debt);
	int64		interest = Min(amount_minor(owed), amount_minor(paid));
	int64		principal = amount_minor(paid) - interest;
	DebtChange	change = {.kind = "payment", .event = "pay", .state = is_running(debt) ? "partly_repaid" : NULL, .end_event = "settle",
		.end_state = "settled", .principal = amount_of(currency, principal), .interest = amount_of(currency, interest), .note = note};

	if (principal > amount_minor(debt->open))
		refuse_debt(debt, "paid with so much", psprintf("Paid %s; owed with interest of %s: %s.", amount_to_cstring(paid),
														amount_to_cstring(owed), amount_to_cstring(amount_add(owed, debt->open))));
	change.cause = debt_tell(call, debt, "seller_debt.paid", paid, note);
	if (principal > 0)
		ledger_move(call, own_account(O_CASH), (Account) {O_SELLER_RECEIVABLE, debt->seller_id, 0, 0}, change.principal, "debt_paid", change.cause);
	if (interest > 0)
		ledger_move(call, own_account(O_CASH), own_account(O_REVENUE), change.interest, "debt_interest", change.cause);
	debt_change(call, debt, &change);
}

/* debt_repay(marketplace_id, debt_id, amount, evidence, request_key) */
PG_FUNCTION_INFO_V1(debt_repay);
Datum
debt_repay(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Debt		debt = operators_debt(&call);
		Amount		paid = call_amount(&call, 2);

		if (state_is(&debt, "settled") || state_is(&debt, "written_off"))
			refuse_debt(&debt, "paid", "It is over; book what was paid too much as money of no order.");
		require_positive(&call, paid, amount_currency(debt.open), "amount");
		repay(&call, &debt, paid, call_text_or_null(&call, 3));
		call.result = debt.id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* debt_write_off(marketplace_id, debt_id, reason, request_key): FD-54 */
PG_FUNCTION_INFO_V1(debt_write_off);
Datum
debt_write_off(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Debt		debt = operators_debt(&call);
		DebtChange	change = {.kind = "write_off", .end_event = "write_off", .end_state = "written_off", .principal = debt.open};

		change.note = call_text(&call, 2);
		if (!state_is(&debt, "in_collection"))
			refuse_debt(&debt, "written off", "Give formal notice first: debt_collect().");
		approval_require(&call, "debt_write_off", debt.id, content_hash(&debt, debt.open), debt.open);
		change.cause = debt_tell(&call, &debt, "seller_debt.written_off", debt.open, change.note);
		change.interest = debt_interest(&call, &debt);
		post_loss(&call, &debt, debt.open, "debt_written_off", change.cause);
		debt_change(&call, &debt, &change);
		call.result = debt.id;
	}
	PG_RETURN_INT64(call_end(&call));
}
