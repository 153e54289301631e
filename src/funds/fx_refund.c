/*
 * fx_refund.c
 *		Refunds of payments that a buyer made in a currency of its own: the buyer gets what it paid, and what the rate has
 *		gained or lost since is the platform's (FD-67, FD-P29).
 *
 * How much the buyer gets is fixed with the instruction: its share of what the capture presented, cumulatively, so that
 * refunds in parts give back exactly the whole. What that costs is known when the PSP has paid, by the rate on record
 * then. The PSP converts: the client account is debited in the currency of the order, the position is zero afterwards.
 */
#include "postgres.h"

#include "funds/fx.h"

/* What earlier refunds of the capture have taken, those that did not come about not counted. */
static void
refunded_before(Call *call, int64 capture_id, Amount *booked, Amount *presented)
{
	static Statement read = STATEMENT("il",
		"SELECT marketplace.sum(f.booked), marketplace.sum(f.presented) FROM marketplace.fx_refunds f"
		"  JOIN marketplace.refunds r ON r.marketplace_id = $1 AND r.id = f.refund_id AND r.state NOT IN ('rejected', 'cancelled', 'bounced')"
		" WHERE f.marketplace_id = $1 AND f.capture_id = $2");
	Row			row;

	if (query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(capture_id)), &row) && !row_null(&row, 0))
	{
		*booked = row_amount(&row, 0);
		*presented = row_amount(&row, 1);
	}
}

/* The part's share of what the capture presented. */
static Amount
share_of(Call *call, const Capture *capture, Amount part)
{
	Amount		booked = amount_zero(amount_currency(capture->amount));
	Amount		presented = amount_zero(amount_currency(capture->presented));

	refunded_before(call, capture->id, &booked, &presented);
	return amount_share_cumulative(capture->presented, decimal_from_int64(amount_minor(booked) + amount_minor(part)),
								   decimal_from_int64(amount_minor(capture->amount)), presented);
}

bool
fx_refund_plan(Call *call, int64 refund_id, Amount *presented)
{
	static Statement parts = STATEMENT("il",
		"SELECT i.allocation_id, i.order_line_id, a.capture_id, marketplace.sum(i.amount)"
		"  FROM marketplace.refund_items i"
		"  JOIN marketplace.capture_allocations a ON a.marketplace_id = $1 AND a.id = i.allocation_id"
		"  JOIN marketplace.captures c ON c.marketplace_id = $1 AND c.id = a.capture_id AND c.presented IS NOT NULL"
		" WHERE i.marketplace_id = $1 AND i.refund_id = $2"
		" GROUP BY i.allocation_id, i.order_line_id, a.capture_id ORDER BY i.allocation_id");
	static Statement insert = STATEMENT("illllaa",
		"INSERT INTO marketplace.fx_refunds (marketplace_id, refund_id, allocation_id, order_line_id, capture_id, booked, presented)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)");
	Rows		rows = query_rows(&parts, VALUES(value_int32(call->marketplace_id), value_int64(refund_id)));

	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];
		Capture		capture = capture_get(call, row_int64(row, 2));
		Amount		share = share_of(call, &capture, row_amount(row, 3));

		funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(refund_id), value_int64(row_int64(row, 0)),
									value_int64(row_int64(row, 1)), value_int64(capture.id), value_amount(row_amount(row, 3)),
									value_amount(share)));
		*presented = i == 0 ? share : amount_add(*presented, share);
	}
	return rows.count > 0;
}

/* FD-P29: E in the currency of the order leaves by c_fx, with what the rate has lost, or without what it has gained. */
static void
post_difference(Call *call, Account clearing, Amount booked, Amount cost, int64 cause)
{
	Account		position = own_account(C_FX);
	Amount		difference = amount_sub(cost, booked);

	ledger_move(call, clearing, position, booked, "fx_refund", cause);
	if (amount_minor(difference) < 0)
	{
		ledger_move(call, position, own_account(C_DUE_TO_OWN), amount_neg(difference), "fx_gain", cause);
		ledger_move(call, own_account(O_DUE_FROM_CLIENT), own_account(O_FX), amount_neg(difference), "fx_gain", cause);
	}
	if (amount_minor(difference) <= 0)
		return;
	ledger_move(call, own_account(C_DUE_FROM_OWN), position, difference, "fx_loss", cause);
	ledger_move(call, own_account(O_FX), own_account(O_DUE_TO_CLIENT), difference, "fx_loss", cause);
}

/* What the buyer gets, and the PSP's conversion that pays for it: both positions are zero again. */
static void
post_conversion(Call *call, int64 buyer_id, Amount presented, Amount cost, int64 cause)
{
	Account		position = own_account(C_FX);
	Account		cash = psp_account(C_CASH, marketplace_get(call));
	Account		clearing = refund_clearing_account(buyer_id, 0, 0);

	if (amount_minor(presented) > 0)
	{
		ledger_move(call, position, clearing, presented, "fx_refund", cause);
		ledger_move(call, clearing, cash, presented, "refund_paid", cause);
		ledger_move(call, cash, position, presented, "fx_conversion", cause);
	}
	if (amount_minor(cost) > 0)
		ledger_move(call, position, cash, cost, "fx_conversion", cause);
}

bool
fx_refund_paid(Call *call, int64 refund_id, int64 buyer_id, int64 cause)
{
	static Statement read = STATEMENT("il",
		"SELECT allocation_id, order_line_id, booked, presented FROM marketplace.fx_refunds WHERE marketplace_id = $1 AND refund_id = $2"
		" ORDER BY allocation_id");
	static Statement pay = STATEMENT("illla",
		"UPDATE marketplace.fx_refunds SET fx_rate_id = $4, cost = $5 WHERE marketplace_id = $1 AND refund_id = $2 AND allocation_id = $3");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(refund_id)));

	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];
		int64		allocation_id = row_int64(row, 0);
		Amount		booked = row_amount(row, 2);
		Amount		presented = row_amount(row, 3);
		FxRate		rate = fx_rate_at(call, amount_currency(presented), amount_currency(booked), call->now);
		Amount		cost = fx_convert(presented, &rate);

		funds_write(&pay, VALUES(value_int32(call->marketplace_id), value_int64(refund_id), value_int64(allocation_id),
								 value_int64(rate.id), value_amount(cost)));
		post_difference(call, refund_clearing_account(buyer_id, row_int64(row, 1), allocation_id), booked, cost, cause);
		post_conversion(call, buyer_id, presented, cost, cause);
	}
	return rows.count > 0;
}
