/*
 * received.c
 *		What invoicing asks of the money: how much was received for a seller order, how much commission a seller's sales have earned.
 *
 * Both are read, nothing is kept for them: receipts from the captures' allocations, commission from the ledger's releases.
 */
#include "postgres.h"

#include "funds/funds.h"
#include "funds/funds_internal.h"

Amount
funds_received(Call *call, int64 seller_order_id, CurrencyCode currency)
{
	int64		order_id;
	Allocations all;
	Amount		sum = amount_zero(currency);

	(void) seller_order_seller(call, seller_order_id, &order_id);
	all = allocations_of_order(call, order_id);
	for (int i = 0; i < all.count; i++)
		if (all.allocations[i].seller_order_id == seller_order_id)
			sum = amount_add(sum, amount_sub(all.allocations[i].amount, all.allocations[i].refunded));
	return sum;
}

void
funds_settled(Call *call, int64 seller_order_id, CurrencyCode currency, Amount *received, Amount *refunded)
{
	static Statement refunds = STATEMENT("il",
		"SELECT marketplace.sum(i.amount) FROM marketplace.capture_allocations a"
		"  JOIN marketplace.refund_items i ON i.marketplace_id = a.marketplace_id AND i.allocation_id = a.id"
		"   AND (i.source <> 'goodwill' OR i.lowers_due)"
		"  JOIN marketplace.refunds r ON r.marketplace_id = i.marketplace_id AND r.id = i.refund_id AND r.state = 'paid'"
		" WHERE a.marketplace_id = $1 AND a.order_id = (SELECT o.order_id FROM marketplace.seller_orders o"
		"   WHERE o.marketplace_id = $1 AND o.id = $2) AND a.seller_order_id = $2");
	static Statement settled = STATEMENT("il",
		"SELECT marketplace.sum(a.amount), marketplace.sum((SELECT marketplace.sum(i.amount - i.from_refunds)"
		"    FROM marketplace.chargeback_items i"
		"    JOIN marketplace.chargebacks b ON b.marketplace_id = $1 AND b.id = i.chargeback_id AND b.state <> 'recovered'"
		"   WHERE i.marketplace_id = $1 AND i.allocation_id = a.id))"
		"  FROM marketplace.capture_allocations a"
		"  JOIN marketplace.captures c ON c.marketplace_id = $1 AND c.id = a.capture_id AND c.state <> 'captured'"
		" WHERE a.marketplace_id = $1 AND a.order_id = (SELECT o.order_id FROM marketplace.seller_orders o"
		"   WHERE o.marketplace_id = $1 AND o.id = $2) AND a.seller_order_id = $2");
	const Value *args = VALUES(value_int32(call->marketplace_id), value_int64(seller_order_id));
	Row			row;

	*received = *refunded = amount_zero(currency);
	if (query_row(&settled, args, &row) && !row_null(&row, 0))
		*received = row_null(&row, 1) ? row_amount(&row, 0) : amount_sub(row_amount(&row, 0), row_amount(&row, 1));
	if (query_row(&refunds, args, &row) && !row_null(&row, 0))
		*refunded = row_amount(&row, 0);
}

FundsCommissions
funds_commission_earned(Call *call, int64 seller_id, TimestampTz before)
{
	static Statement earned = STATEMENT("ilz",
		"SELECT a.id, a.order_line_id, a.amount, a.commission, a.commission_vat, a.commission_vat_pct,"
		"       marketplace.sum(t.amount) - COALESCE(v.base, marketplace.zero(marketplace.currency(a.amount))),"
		"       COALESCE(v.retained, marketplace.zero(marketplace.currency(a.amount))), COALESCE(v.waived, false)"
		"  FROM marketplace.accounts k"
		"  JOIN marketplace.capture_allocations a ON a.marketplace_id = $1 AND a.id = k.allocation_id"
		"  JOIN marketplace.transfers t ON t.marketplace_id = $1 AND t.debit_account = k.id"
		"   AND t.reason IN ('release', 'commission') AND t.recorded_at < $3"
		" CROSS JOIN LATERAL (SELECT marketplace.sum(v.base) AS base, marketplace.sum(v.base) FILTER (WHERE v.how = 'retained') AS retained,"
		"                            pg_catalog.bool_or(v.how = 'full') AS waived"
		"                       FROM marketplace.commission_reversals v"
		"                      WHERE v.marketplace_id = $1 AND v.allocation_id = a.id AND v.created_at < $3) v"
		" WHERE k.marketplace_id = $1 AND k.party_id = $2 AND k.kind = 'c_escrow'"
		" GROUP BY a.marketplace_id, a.id, v.base, v.retained, v.waived"
		" ORDER BY a.id");
	Rows		rows = query_rows(&earned, VALUES(value_int32(call->marketplace_id), value_int64(seller_id), value_timestamptz(before)));
	FundsCommissions result = {0, palloc(sizeof(FundsCommission) * Max(rows.count, 1))};

	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];
		Allocation	allocation = {.amount = row_amount(row, 2), .commission = row_amount(row, 3), .commission_vat = row_amount(row, 4),
			.commission_vat_pct = row_numeric(row, 5), .retained = row_amount(row, 7), .waived = row_bool(row, 8)};
		FundsCommission *commission = &result.commissions[result.count++];

		commission->allocation_id = row_int64(row, 0);
		commission->order_line_id = row_int64(row, 1);
		commission->vat_pct = allocation.commission_vat_pct;
		commission_earned(&allocation, row_amount(row, 6), &commission->net, &commission->vat);
	}
	return result;
}
