/*
 * send_check.c
 *		What was decided may have become wrong until it is handed to the bank: is the payout or refund still to be sent, and is the money for it
 *		there (FD-5, FD-57, DP-30)?
 *
 * Asked only where we hand something over. That something was carried out is a fact of the bank, which is not refused.
 */
#include "postgres.h"

#include "funds/cap.h"
#include "funds/payout.h"
#include "funds/refund.h"
#include "kernel/errors.h"

int64
cash_free(Call *call, CurrencyCode currency, bool less_frozen)
{
	static Statement read = STATEMENT("icb",
		"SELECT (SELECT COALESCE(pg_catalog.sum(marketplace.minor_units(p.amount)), 0) FROM marketplace.payouts p"
		"         WHERE p.marketplace_id = $1 AND p.state IN ('planned', 'approved', 'sent', 'accepted', 'unknown')"
		"           AND ($3 OR p.state NOT IN ('planned', 'approved')) AND marketplace.currency(p.amount) = $2)::pg_catalog.int8"
		"     + (SELECT COALESCE(pg_catalog.sum(marketplace.minor_units(r.amount)), 0) FROM marketplace.refunds r"
		"         WHERE r.marketplace_id = $1 AND r.state IN ('funded', 'sent', 'accepted', 'unknown')"
		"           AND ($3 OR r.state <> 'funded') AND marketplace.currency(r.amount) = $2)::pg_catalog.int8");
	Amount		cash = ledger_balance(call, psp_account(C_CASH, marketplace_get(call)), currency);

	return amount_minor(cash) - DatumGetInt64(query_datum(&read, VALUES(value_int32(call->marketplace_id), value_currency(currency),
																		value_bool(less_frozen))));
}

static void
require_cash(Call *call, const char *object, int64 object_id, Amount wanted)
{
	int64		left = cash_free(call, amount_currency(wanted), false);

	if (left >= amount_minor(wanted))
		return;
	ereport(ERROR,
			errcode(MK_INSUFFICIENT_FUNDS),
			errmsg("the client account has less than %s %lld takes", object, (long long) object_id),
			errdetail("Of what it has, %s is not on its way to others; it takes %s (FD-5).",
					  amount_to_cstring(amount_of(amount_currency(wanted), Max(left, 0))), amount_to_cstring(wanted)),
			errhint("Settle captures, or transfer what the platform owes with own_funding(); then send it again."));
}

static void
check_payout(Call *call, int64 payout_id)
{
	Payout		payout = payout_get(call, payout_id);
	const char *detail = NULL;
	const char *obstacle;

	if (!payout_was_not_sent(&payout))
		return;
	obstacle = payout_seller_obstacle(call, payout.seller_id, &detail);
	if (obstacle == NULL)
		obstacle = payout_account_obstacle(call, payout.seller_id, payout.bank_account_id, amount_currency(payout.amount), &detail);
	if (obstacle != NULL)
		ereport(ERROR,
				errcode(MK_PAYOUT),
				errmsg("payout %lld is not to be sent any more (%s)", (long long) payout.id, obstacle),
				errdetail_internal("%s", detail),
				errhint("Settle what stands against it and send it again, or drop it with payout_fail(): the money is the seller's again."));
	require_cash(call, "payout", payout.id, payout.amount);
}

/* More was taken back by other doors, such as a chargeback, than the capture has. */
static void
check_cap(Call *call, const Refund *refund)
{
	Allocations all = allocations_of_order(call, refund->order_id);
	Rows		items = refund_items_of(call, refund->id);

	for (uint64 i = 0; i < items.count; i++)
		for (int a = 0; a < all.count; a++)
		{
			const Allocation *allocation = &all.allocations[a];

			if (allocation->id != row_int64(&items.rows[i], 0) ||
				amount_minor(allocation->refunded) + amount_minor(allocation->goodwill) <= amount_minor(allocation->amount))
				continue;
			ereport(ERROR,
					errcode(MK_REFUND),
					errmsg("refund %lld would give more than was paid", (long long) refund->id),
					errdetail("Of %s that was paid, %s has been taken back or refunded by all doors (DP-30).",
							  amount_to_cstring(allocation->amount),
							  amount_to_cstring(amount_add(allocation->refunded, allocation->goodwill))),
					errhint("Drop it with refund_fail(): its money is kept for the buyer."));
		}
}

static void
check_refund(Call *call, int64 refund_id)
{
	Refund		refund = refund_get(call, refund_id);

	if (strcmp(refund.state, "funded") != 0)
		return;
	if (refund.bank_account_id != 0 && strcmp(bank_account_get(call, refund.bank_account_id).state, "verified") != 0)
		ereport(ERROR,
				errcode(MK_REFUND),
				errmsg("refund %lld goes to a bank account that may not be paid", (long long) refund.id),
				errdetail("Bank account %lld is %s.", (long long) refund.bank_account_id,
						  bank_account_get(call, refund.bank_account_id).state),
				errhint("Verify it with bank_account_verify(), or drop the refund with refund_fail() and send its money elsewhere with refund_retry()."));
	check_cap(call, &refund);
	require_cash(call, "refund", refund.id, refund.amount);
}

void
send_check(Call *call, const char *kind, const char *object, int64 object_id)
{
	if (strcmp(object, kind) != 0)
		return;
	if (strcmp(object, "payout") == 0)
		check_payout(call, object_id);
	else if (strcmp(object, "refund") == 0)
		check_refund(call, object_id);
}

void
funds_guard_send(Call *call, int64 instruction_id)
{
	static Statement read = STATEMENT("il",
		"SELECT kind, object, object_id FROM marketplace.instruction_overview WHERE marketplace_id = $1 AND instruction_id = $2");
	Row			row;

	if (query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(instruction_id)), &row))
		send_check(call, row_text(&row, 0), row_text(&row, 1), row_int64(&row, 2));
}
