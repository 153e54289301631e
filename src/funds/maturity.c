/*
 * maturity.c
 *		What a release brings the seller: it waits fd.maturity_days before it can be paid out, and a part may be kept in reserve (FD-P06, FD-P08).
 *
 * The reserve is taken from the wallet, as FD-P08 has it, so what is kept back does not wait first. Whoever takes from the pending accounts of a
 * line has its order locked, so what was due is moved without looking at the accounts' locks.
 */
#include "postgres.h"

#include "funds/debt.h"
#include "funds/funds.h"
#include "funds/reserve.h"
#include "kernel/policy.h"

Account
pending_account(const Allocation *allocation)
{
	return (Account) {C_SELLER_PENDING, allocation->seller_id, allocation->order_line_id, allocation->id};
}

Account
reserve_account(const Allocation *allocation)
{
	return (Account) {C_RESERVE, allocation->seller_id, allocation->order_line_id, allocation->id};
}

static void
let_mature(Call *call, const OrderLine *line, const Allocation *allocation, Amount amount, int64 days, int64 cause)
{
	static Statement insert = STATEMENT("illllazzl",
		"INSERT INTO marketplace.maturities (marketplace_id, order_id, order_line_id, allocation_id, seller_id, amount, released_at, due_at, cause)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");

	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(line->order_id), value_int64(line->id),
								value_int64(allocation->id), value_int64(allocation->seller_id), value_amount(amount),
								value_timestamptz(call->now), value_timestamptz(call->now + days * USECS_PER_DAY), value_int64(cause)));
	ledger_move(call, escrow_account(allocation), pending_account(allocation), amount, "release", cause);
}

const CreditTerms *
credit_terms(Call *call, const OrderLine *line, const CreditTerms *earlier)
{
	PolicyScope scope = {.order_id = line->order_id, .seller_id = line->seller_id, .buyer_id = line->buyer_id,
		.category = line->commission_category};
	CreditTerms *terms;

	if (earlier != NULL && earlier->seller_id == line->seller_id &&
		strcmp(earlier->category == NULL ? "" : earlier->category,
			   line->commission_category == NULL ? "" : line->commission_category) == 0)
		return earlier;
	terms = palloc(sizeof(CreditTerms));
	terms->seller_id = line->seller_id;
	terms->category = line->commission_category;
	terms->maturity_days = policy_int64(call, "fd.maturity_days", &scope);
	terms->reserve = reserve_terms(call, line);
	return terms;
}

void
credit_seller(Call *call, const CreditTerms *terms, const OrderLine *line, const Allocation *allocation, Amount amount, int64 cause)
{
	Amount		reserve;
	Amount		waiting;
	Amount		at_once;

	if (amount_minor(amount) == 0)
		return;
	reserve = reserve_take(call, &terms->reserve, line, allocation, amount, cause);
	waiting = terms->maturity_days > 0 ? amount_sub(amount, reserve) : amount_of(amount_currency(amount), 0);
	at_once = amount_sub(amount, waiting);
	if (amount_minor(waiting) > 0)
		let_mature(call, line, allocation, waiting, terms->maturity_days, cause);
	if (amount_minor(at_once) > 0)
		ledger_move(call, escrow_account(allocation), seller_account(allocation), at_once, "release", cause);
	if (amount_minor(reserve) > 0)
		ledger_move(call, seller_account(allocation), reserve_account(allocation), reserve, "reserve", cause);
	debt_offset(call, seller_account(allocation), amount_sub(at_once, reserve), cause);
}

static int64
tell_matured(Call *call, int64 order_id, const Allocation *allocation, Amount amount)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "order_id", order_id);
	payload_int64(&payload, "order_line_id", allocation->order_line_id);
	payload_int64(&payload, "seller_id", allocation->seller_id);
	payload_amount(&payload, "amount", amount);
	return event_emit(call, "order", order_id, "earnings.matured", &payload);
}

/* What was taken back meanwhile is not there any more: the rest matures. */
static bool
mature(Call *call, int64 id, int64 order_id)
{
	static Statement read = STATEMENT("il",
		"SELECT order_line_id, allocation_id, seller_id, amount FROM marketplace.maturities"
		" WHERE marketplace_id = $1 AND id = $2 AND matured_at IS NULL");
	static Statement done = STATEMENT("ilaz",
		"UPDATE marketplace.maturities SET matured = $3, matured_at = $4 WHERE marketplace_id = $1 AND id = $2");
	Allocation	allocation = {0};
	Amount		amount;
	Amount		there;
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(id)), &row))
		return false;
	allocation.order_line_id = row_int64(&row, 0);
	allocation.id = row_int64(&row, 1);
	allocation.seller_id = row_int64(&row, 2);
	amount = row_amount(&row, 3);
	there = ledger_balance(call, pending_account(&allocation), amount_currency(amount));
	if (amount_minor(there) < amount_minor(amount))
		amount = there;
	if (amount_minor(amount) > 0)
	{
		int64		cause = tell_matured(call, order_id, &allocation, amount);

		ledger_move(call, pending_account(&allocation), seller_account(&allocation), amount, "maturity", cause);
		debt_offset(call, seller_account(&allocation), amount, cause);
	}
	funds_write(&done, VALUES(value_int32(call->marketplace_id), value_int64(id), value_amount(amount), value_timestamptz(call->now)));
	return true;
}

/* Orders that somebody else works on are left for the next time. */
int
funds_tick_maturity(Call *call, int limit)
{
	static Statement due = STATEMENT("izi",
		"SELECT id, order_id FROM marketplace.maturities WHERE marketplace_id = $1 AND matured_at IS NULL AND due_at <= $2 AND " TICK_MAY_TRY("maturity", "id")
		" ORDER BY due_at, id LIMIT $3");
	Rows		rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now), value_int32(limit)));
	int			done = 0;

	for (uint64 i = 0; i < rows.count; i++)
	{
		if (!order_try_lock(call, row_int64(&rows.rows[i], 1)))
			continue;
		tick_at(call, "maturity", row_int64(&rows.rows[i], 0));
		if (mature(call, row_int64(&rows.rows[i], 0), row_int64(&rows.rows[i], 1)))
			done++;
	}
	return done;
}
