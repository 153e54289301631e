/*
 * debt.c
 *		A seller's debt: how it arises from an advance (FD-P19), what interest runs on it, and how the seller's next sales
 *		repay it (FD-70, FD-71, FD-P21). What people decide about it is in debt_functions.c.
 *
 * The principal of all debts of a seller is the balance of its receivable account. Interest is simple, by days of 365 from the
 * day the debt is due, at the rate that was policy when it arose; it is revenue only when it is paid, and what is paid goes
 * to interest first (C. civ. 1343-1).
 */
#include "postgres.h"

#include "funds/debt.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/policy.h"

#define DEBT_COLUMNS \
	"SELECT id, seller_id, order_id, open_amount, amount, state, interest, interest_pct, interest_from, due_on FROM marketplace.seller_debts "

static Debt
from_row(const Row *row)
{
	return (Debt) {row_int64(row, 0), row_int64(row, 1), row_int64(row, 2), row_amount(row, 3), row_amount(row, 4), row_text(row, 5),
				   row_numeric(row, 6), row_numeric(row, 7), row_date(row, 8), row_date(row, 9)};
}

static DateADT
today(Call *call)
{
	return calendar_local_date(call->now, marketplace_get(call)->time_zone);
}

Debt
debt_lock(Call *call, int64 debt_id)
{
	static Statement lock = STATEMENT("il", DEBT_COLUMNS "WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");
	Row			row;

	if (!query_row(&lock, VALUES(value_int32(call->marketplace_id), value_int64(debt_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no debt %lld", call->marketplace_id, (long long) debt_id),
				errhint("The view marketplace.seller_debts_overview lists the debts."));
	return from_row(&row);
}

/* Exact: accrued before plus open × rate × days ÷ 36500. */
static Numeric
accrued(Call *call, const Debt *debt)
{
	int32		days = today(call) - debt->interest_from;
	Numeric		product;

	if (days <= 0 || decimal_sign(debt->interest_pct) == 0)
		return debt->interest;
	product = decimal_mul(decimal_mul(amount_to_numeric(debt->open), debt->interest_pct), decimal_from_int64(days));
	return decimal_add(debt->interest, DatumGetNumeric(DirectFunctionCall2(numeric_div, NumericGetDatum(product),
																		   NumericGetDatum(decimal_from_int64(36500)))));
}

Amount
debt_interest(Call *call, const Debt *debt)
{
	return amount_round_numeric(accrued(call, debt), amount_currency(debt->open));
}

int64
debt_tell(Call *call, const Debt *debt, const char *type, Amount amount, const char *note)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "debt_id", debt->id);
	payload_int64(&payload, "seller_id", debt->seller_id);
	payload_int64(&payload, "order_id", debt->order_id);
	payload_amount(&payload, "amount", amount);
	payload_text(&payload, "note", note);
	return event_emit(call, "seller_debt", debt->id, type, &payload);
}

static void
record_movement(Call *call, const Debt *debt, const DebtChange *change)
{
	static Statement insert = STATEMENT("illltaalllttz",
		"INSERT INTO marketplace.seller_debt_movements (marketplace_id, debt_id, seller_id, order_id, kind, principal, interest,"
		" order_line_id, allocation_id, cause, note, actor, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");

	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(debt->id), value_int64(debt->seller_id),
								value_int64(debt->order_id), value_text(change->kind), value_amount(change->principal),
								value_amount(change->interest), value_id(change->source == NULL ? 0 : change->source->order_line_id),
								value_id(change->source == NULL ? 0 : change->source->allocation_id), value_int64(change->cause),
								value_text(change->note), value_text(call_actor()), value_timestamptz(call->now)));
}

int64
debt_arise(Call *call, int64 seller_id, int64 order_id, int64 decision_id, Amount amount, int64 cause)
{
	static Statement insert = STATEMENT("illlandz",
		"INSERT INTO marketplace.seller_debts (marketplace_id, seller_id, order_id, decision_id, cause, amount, open_amount,"
		" interest_pct, interest_from, due_on, state, created_at)"
		" VALUES ($1, $2, $3, $4, 'advance', $5, $5, $6, $7, $7, 'open', $8) RETURNING id");
	PolicyScope scope = {.order_id = order_id, .seller_id = seller_id};
	DateADT		due_on = today(call) + (DateADT) policy_int64(call, "fd.debt_due_days", &scope);
	Debt		debt = {.seller_id = seller_id, .order_id = order_id};
	DebtChange	change = {.kind = "advance", .principal = amount, .interest = amount_of(amount_currency(amount), 0), .cause = cause};

	debt.id = funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(seller_id), value_int64(order_id),
										value_int64(decision_id), value_amount(amount),
										value_numeric(policy_numeric(call, "fd.debt_interest_pct", &scope)), value_date(due_on),
										value_timestamptz(call->now)));
	record_movement(call, &debt, &change);
	(void) debt_tell(call, &debt, "seller_debt.arisen", amount, NULL);
	return debt.id;
}

void
debt_change(Call *call, const Debt *debt, const DebtChange *change)
{
	static Statement write = STATEMENT("ilandtz",
		"UPDATE marketplace.seller_debts SET open_amount = $3, interest = $4, interest_from = GREATEST($5, interest_from), state = $6,"
		" ended_at = $7 WHERE marketplace_id = $1 AND id = $2");
	Amount		open = amount_sub(debt->open, change->principal);
	Numeric		interest = decimal_sub(accrued(call, debt), amount_to_numeric(change->interest));
	bool		ends = amount_minor(open) == 0 && amount_minor(amount_round_numeric(interest, amount_currency(open))) <= 0;
	const char *state = ends ? change->end_state : change->state;
	const Value *args;

	if (ends || decimal_sign(interest) < 0)
		interest = decimal_from_int64(0);
	args = VALUES(value_int32(call->marketplace_id), value_int64(debt->id), value_amount(open), value_numeric(interest),
				  value_date(today(call)), value_text(state == NULL ? debt->state : state),
				  ends ? value_timestamptz(call->now) : value_null());
	if (ends)
		funds_transition(&write, args, change->end_event, change->note);
	else if (state != NULL && strcmp(state, debt->state) != 0)
		funds_transition(&write, args, change->event, change->note);
	else
		funds_write(&write, args);
	record_movement(call, debt, change);
}

/* FD-P21 */
static void
repay_from(Call *call, const Debt *debt, const Account *source, Amount interest, Amount principal, int64 cause)
{
	bool		collected = strcmp(debt->state, "in_collection") == 0;
	DebtChange	change = {.kind = "offset", .event = "offset", .state = collected ? NULL : "partly_repaid", .end_event = "settle",
		.end_state = "settled", .principal = principal, .interest = interest, .source = source, .cause = cause};
	Amount		sum = amount_add(principal, interest);

	ledger_move(call, *source, (Account) {C_DUE_TO_OWN, source->party_id, source->order_line_id, source->allocation_id}, sum,
				"debt_offset", cause);
	if (amount_minor(principal) > 0)
		ledger_move(call, own_account(O_DUE_FROM_CLIENT), (Account) {O_SELLER_RECEIVABLE, debt->seller_id, 0, 0}, principal,
					"debt_offset", cause);
	if (amount_minor(interest) > 0)
		ledger_move(call, own_account(O_DUE_FROM_CLIENT), own_account(O_REVENUE), interest, "debt_interest", cause);
	debt_change(call, debt, &change);
}

/* Repays one debt; returns what it took. */
static int64
offset_one(Call *call, const Debt *debt, const Account *source, int64 most, int64 cause)
{
	CurrencyCode currency = amount_currency(debt->open);
	int64		interest = Min(amount_minor(debt_interest(call, debt)), most);
	int64		principal = Min(amount_minor(debt->open), most - interest);

	if (interest + principal <= 0)
		return 0;
	repay_from(call, debt, source, amount_of(currency, interest), amount_of(currency, principal), cause);
	return interest + principal;
}

void
debt_offset(Call *call, Account account, Amount amount, int64 cause)
{
	static Statement due = STATEMENT("ilcd",
		DEBT_COLUMNS "WHERE marketplace_id = $1 AND seller_id = $2 AND state IN ('open', 'partly_repaid', 'in_collection')"
		"   AND marketplace.currency(amount) = $3 AND due_on <= $4 ORDER BY id FOR NO KEY UPDATE");
	PolicyScope scope = {.seller_id = account.party_id};
	CurrencyCode currency = amount_currency(amount);
	Rows		debts;
	int64		left;

	if (amount_minor(amount) == 0)
		return;
	debts = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_int64(account.party_id), value_currency(currency),
									value_date(today(call))));
	if (debts.count == 0)
		return;
	left = amount_minor(amount_round_ratio(decimal_mul(decimal_from_int64(amount_minor(amount)),
													   policy_numeric(call, "fd.offset_cap_pct", &scope)),
										   decimal_from_int64(100), currency));
	left = Max(Min(left, amount_minor(amount)), 0);
	for (uint64 i = 0; i < debts.count && left > 0; i++)
	{
		Debt		debt = from_row(&debts.rows[i]);

		left -= offset_one(call, &debt, &account, left, cause);
	}
}
