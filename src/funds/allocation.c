/*
 * allocation.c
 *		The parts of captures that pay order lines: reading them, their ledger accounts, what a line is still worth,
 *		and the mark of those of which nothing is left.
 *
 * Amounts of an allocation never change; what has become of them is in the ledger.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/funds_internal.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/lifecycle.h"
#include "utils/array.h"

/* What refunds have done to the allocations; both lists go by allocation. */
static void
add_refunds(Call *call, int64 order_id, Allocations *all)
{
	static Statement read = STATEMENT_PLANNED_ONCE("il",
		"WITH a AS (SELECT id, marketplace.zero(marketplace.currency(amount)) AS zero FROM marketplace.capture_allocations"
		"            WHERE marketplace_id = $1 AND order_id = $2)"
		"SELECT a.id, COALESCE(i.refunded, a.zero), COALESCE(i.reduced, a.zero), COALESCE(s.lacking, a.zero), COALESCE(i.goodwill, a.zero),"
		"       COALESCE(v.retained, a.zero), COALESCE(v.waived, false)"
		"  FROM a"
		" CROSS JOIN LATERAL (SELECT marketplace.sum(i.amount) FILTER (WHERE i.source = 'escrow') AS refunded,"
		"                            marketplace.sum(i.amount) FILTER (WHERE i.source = 'escrow' AND i.lowers_due) AS reduced,"
		"                            marketplace.sum(i.amount) FILTER (WHERE i.source = 'goodwill') AS goodwill"
		"                       FROM marketplace.refund_items i WHERE i.marketplace_id = $1 AND i.allocation_id = a.id) i"
		" CROSS JOIN LATERAL (SELECT marketplace.sum(s.left_amount) AS lacking"
		"                       FROM marketplace.refund_shortfalls s WHERE s.marketplace_id = $1 AND s.allocation_id = a.id) s"
		" CROSS JOIN LATERAL (SELECT marketplace.sum(v.base) FILTER (WHERE v.how = 'retained') AS retained,"
		"                            pg_catalog.bool_or(v.how = 'full') AS waived"
		"                       FROM marketplace.commission_reversals v WHERE v.marketplace_id = $1 AND v.allocation_id = a.id) v"
		" ORDER BY a.id");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(order_id)));

	for (int i = 0; i < all->count && i < (int) rows.count; i++)
	{
		Allocation *allocation = &all->allocations[i];
		Row		   *row = &rows.rows[i];

		Assert(row_int64(row, 0) == allocation->id);
		allocation->refunded = amount_add(allocation->refunded, row_amount(row, 1));
		allocation->reduced = row_amount(row, 2);
		allocation->lacking = row_amount(row, 3);
		allocation->goodwill = row_amount(row, 4);
		allocation->retained = row_amount(row, 5);
		allocation->waived = row_bool(row, 6);
	}
}

/* Most orders have no refunds: those are asked for only where there are any. */
Allocations
allocations_of_order(Call *call, int64 order_id)
{
	static Statement read = STATEMENT_PLANNED_ONCE("il",
		"SELECT a.id, a.payment_id, a.seller_order_id, a.order_line_id, a.seller_id, a.buyer_id, a.amount, a.capture_id,"
		"       a.commission_base, a.commission, a.commission_vat, a.commission_vat_pct, a.commission_rule_id,"
		"       c.state = 'final', a.commission_on_refund,"
		"       (SELECT true FROM marketplace.refund_decisions d WHERE d.marketplace_id = $1 AND d.order_id = $2 LIMIT 1),"
		"       COALESCE((SELECT marketplace.sum(i.amount - i.from_refunds) FROM marketplace.chargeback_items i"
		"                   JOIN marketplace.chargebacks b ON b.marketplace_id = $1 AND b.id = i.chargeback_id AND b.state <> 'recovered'"
		"                  WHERE i.marketplace_id = $1 AND i.allocation_id = a.id), marketplace.zero(marketplace.currency(a.amount)))"
		"  FROM marketplace.capture_allocations a"
		"  JOIN marketplace.captures c ON c.marketplace_id = $1 AND c.id = a.capture_id"
		" WHERE a.marketplace_id = $1 AND a.order_id = $2"
		" ORDER BY a.id");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(order_id)));
	Allocations result;

	result.count = (int) rows.count;
	result.allocations = palloc(sizeof(Allocation) * Max(result.count, 1));
	for (int i = 0; i < result.count; i++)
	{
		Row		   *row = &rows.rows[i];
		Amount		zero = amount_of(amount_currency(row_amount(row, 6)), 0);

		result.allocations[i] = (Allocation) {
			.id = row_int64(row, 0),
			.payment_id = row_int64(row, 1),
			.seller_order_id = row_int64(row, 2),
			.order_line_id = row_int64(row, 3),
			.seller_id = row_int64(row, 4),
			.buyer_id = row_int64(row, 5),
			.amount = row_amount(row, 6),
			.capture_id = row_int64(row, 7),
			.commission_base = row_amount(row, 8),
			.commission = row_amount(row, 9),
			.commission_vat = row_amount(row, 10),
			.commission_vat_pct = row_numeric(row, 11),
			.commission_rule_id = row_id(row, 12),
			.final = row_bool(row, 13),
			.commission_on_refund = row_text(row, 14),
			.refunded = row_amount(row, 16), .reduced = zero, .lacking = zero, .goodwill = zero, .retained = zero
		};
	}
	result.decided = result.count > 0 && !row_null(&rows.rows[0], 15);
	if (result.decided)
		add_refunds(call, order_id, &result);
	return result;
}

Account
escrow_account(const Allocation *allocation)
{
	return (Account) {C_ESCROW, allocation->seller_id, allocation->order_line_id, allocation->id};
}

Account
seller_account(const Allocation *allocation)
{
	return (Account) {C_SELLER, allocation->seller_id, allocation->order_line_id, allocation->id};
}

Account
commission_account(const Allocation *allocation)
{
	return (Account) {C_COMMISSION, allocation->seller_id, allocation->order_line_id, allocation->id};
}

Account
payout_clearing_account(int64 seller_id, int64 order_line_id, int64 allocation_id)
{
	return (Account) {C_PAYOUT_CLEARING, seller_id, order_line_id, allocation_id};
}

Account
refund_clearing_account(int64 buyer_id, int64 order_line_id, int64 allocation_id)
{
	return (Account) {C_REFUND_CLEARING, buyer_id, order_line_id, allocation_id};
}

Account
own_account(AccountKind kind)
{
	return (Account) {kind, 0, 0, 0};
}

Account
psp_account(AccountKind kind, const Marketplace *marketplace)
{
	return (Account) {kind, marketplace->psp_party_id, 0, 0};
}

const OrderLine *
find_line(const OrderLines *lines, int64 order_line_id)
{
	for (int i = 0; i < lines->count; i++)
		if (lines->lines[i].id == order_line_id)
			return &lines->lines[i];
	elog(ERROR, "an allocation names order line %lld of another order", (long long) order_line_id);
}

bool
line_is_goods(const OrderLine *line)
{
	return strcmp(line->kind, "goods") == 0;
}

Numeric
line_active(const OrderLine *line)
{
	return decimal_sub(line->quantity, line->cancelled);
}

Amount
line_due_at(const OrderLine *line, Numeric cancelled)
{
	Amount		zero = amount_zero(amount_currency(line->escrow_gross));

	if (decimal_sign(cancelled) == 0)
		return line->escrow_gross;
	return amount_sub(line->escrow_gross, amount_share_cumulative(line->escrow_gross, cancelled, line->quantity,
																  zero));
}

Amount
line_due(const OrderLine *line)
{
	return line_due_at(line, line->cancelled);
}

int64
funds_add(Statement *insert, const Value *args)
{
	int64		id;

	guard_open("funds");
	id = DatumGetInt64(query_datum(insert, args));
	guard_close();
	return id;
}

void
funds_write(Statement *change, const Value *args)
{
	guard_open("funds");
	query_execute(change, args);
	guard_close();
}

uint64
funds_transition(Statement *change, const Value *args, const char *event, const char *reason)
{
	uint64		touched;

	guard_open("funds");
	touched = lifecycle_execute(change, args, event, reason);
	guard_close();
	return touched;
}

/* what: 'amount', 'fee' */
Amount
require_positive(Call *call, Amount amount, CurrencyCode currency, const char *what)
{
	if (amount_currency(amount) != currency)
		ereport(ERROR,
				errcode(MK_CURRENCY_MISMATCH),
				errmsg("the %s of %s() is in the order's currency", what, call->function),
				errdetail("It is %s; the order is in %s.", amount_to_cstring(amount), currency_alpha(currency)),
				errhint("Convert at a named rate first, or pay the order in its own currency."));
	if (amount_minor(amount) <= 0)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("the %s of %s() is more than zero", what, call->function),
				errdetail("It is %s.", amount_to_cstring(amount)),
				errhint("Give what is to be moved as a positive amount."));
	return amount;
}

typedef struct Closing
{
	int			count;
	Datum	   *ids;
} Closing;

static void
close_allocations(Call *call, void *argument)
{
	static Statement close = STATEMENT("iL",
		"UPDATE marketplace.capture_allocations a SET open = false"
		" WHERE a.marketplace_id = $1 AND a.id = ANY ($2) AND a.open AND NOT EXISTS ("
		"       SELECT FROM marketplace.account_balance_rows k"
		"        WHERE k.marketplace_id = $1 AND k.party_id IN (a.seller_id, a.buyer_id) AND k.order_line_id = a.order_line_id"
		"          AND k.allocation_id = a.id AND k.kind IN ('c_escrow', 'c_seller_pending', 'c_seller', 'c_reserve', 'c_payout_clearing')"
		"          AND marketplace.sign(k.balance) <> 0)");
	Closing    *closing = argument;
	ArrayType  *ids = construct_array(closing->ids, closing->count, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);

	funds_write(&close, VALUES(value_int32(call->marketplace_id), value_datum(PointerGetDatum(ids))));
}

void
defer_closing(Call *call, const int64 *allocation_ids, int n)
{
	Closing    *closing = palloc(sizeof(Closing));

	closing->count = n;
	closing->ids = palloc(sizeof(Datum) * n);
	for (int i = 0; i < n; i++)
		closing->ids[i] = Int64GetDatum(allocation_ids[i]);
	call_defer(call, PG_INT64_MIN, close_allocations, closing);
}
