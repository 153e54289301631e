/*
 * refund_quantity.c
 *		What a quantity of a line is worth to its buyer, and what earlier decisions by quantity have taken of it.
 *
 * A unit is refunded once, whichever door it goes through (LG-50, DP-30); how much may go back at all is cap.c's matter.
 */
#include "postgres.h"

#include "funds/refund.h"

RefundedQuantity
refunded_quantity(Call *call, int64 order_line_id)
{
	static Statement read = STATEMENT("il",
		"SELECT COALESCE(pg_catalog.sum(l.quantity), 0),"
		"       COALESCE(pg_catalog.sum(l.quantity) FILTER (WHERE d.door IN ('return', 'dispute')), 0),"
		"       marketplace.sum(l.worth - l.amount)"
		"  FROM marketplace.refund_lines l"
		"  JOIN marketplace.refund_decisions d ON d.marketplace_id = $1 AND d.id = l.decision_id AND d.lowers_due"
		" WHERE l.marketplace_id = $1 AND l.order_line_id = $2");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(order_line_id)), &row))
		elog(ERROR, "an aggregate gave no row");
	return (RefundedQuantity) {row_numeric(&row, 0), row_numeric(&row, 1), row_null(&row, 2) ? 0 : amount_minor(row_amount(&row, 2))};
}

int64
quantity_worth(const OrderLine *line, Numeric gone, Numeric quantity, int64 left)
{
	int64		due_before = amount_minor(line_due_at(line, gone));
	int64		due_after = amount_minor(line_due_at(line, decimal_add(gone, quantity)));
	Amount		keeps;

	if (due_before == 0)
		return 0;
	keeps = amount_round_ratio(decimal_mul(decimal_from_int64(left), decimal_from_int64(due_after)),
							   decimal_from_int64(due_before), amount_currency(line->escrow_gross));
	return left - amount_minor(keeps);
}
