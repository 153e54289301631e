/*
 * recovery.c
 *		What is recovered from a third party that answers for a loss: its money, which waits in suspense, goes to whoever
 *		bore the loss (FD-P27). Who that is, and for how much, is said by the area that knows: logistics for carriers.
 */
#include "postgres.h"

#include "funds/debt.h"
#include "funds/funds.h"
#include "funds/incoming_internal.h"
#include "funds/suspense.h"
#include "kernel/errors.h"

static void
require_whole(const MoneyReceipt *receipt, const FundsRecovery *shares, int n)
{
	Amount		sum = amount_zero(amount_currency(receipt->amount));

	for (int i = 0; i < n; i++)
	{
		if (amount_currency(shares[i].amount) != amount_currency(sum))
			ereport(ERROR,
					errcode(MK_CURRENCY_MISMATCH),
					errmsg("money receipt %lld is in another currency", (long long) receipt->id),
					errdetail("It is %s, to be shared out is %s.", amount_to_cstring(receipt->amount),
							  amount_to_cstring(shares[i].amount)),
					errhint("Convert it first, or name the money that came in for it."));
		sum = amount_add(sum, shares[i].amount);
	}
	if (amount_cmp(sum, receipt->amount) != 0)
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("money receipt %lld is not what is shared out", (long long) receipt->id),
				errdetail("It is %s, the shares add up to %s.", amount_to_cstring(receipt->amount), amount_to_cstring(sum)),
				errhint("Name everything that the payer paid with it, with the amounts paid."));
}

static void
share_out(Call *call, const FundsRecovery *share)
{
	Account		seller = {C_SELLER, share->party_id, 0, 0};

	switch (share->bearer)
	{
		case FUNDS_BORNE_BY_SELLER:
			ledger_move(call, own_account(C_SUSPENSE), seller, share->amount, "recovery", share->cause);
			debt_offset(call, seller, share->amount, share->cause);
			break;
		case FUNDS_BORNE_BY_BUYER:
			ledger_move(call, own_account(C_SUSPENSE), (Account) {C_BUYER, share->party_id, 0, 0}, share->amount, "recovery",
						share->cause);
			break;
		case FUNDS_BORNE_BY_PLATFORM:
			ledger_move(call, own_account(C_SUSPENSE), own_account(C_DUE_TO_OWN), share->amount, "recovery", share->cause);
			ledger_move(call, own_account(O_DUE_FROM_CLIENT), own_account(O_LOSS), share->amount, "recovery", share->cause);
			break;
	}
}

void
funds_recover(Call *call, int64 money_receipt_id, const FundsRecovery *shares, int n)
{
	MoneyReceipt receipt = suspense_lock(call, money_receipt_id);

	require_whole(&receipt, shares, n);
	suspense_set_state(call, receipt.id, "recovered", "recover", NULL);
	(void) money_tell(call, "money.recovered", receipt.id, receipt.amount, 0, NULL);
	for (int i = 0; i < n; i++)
		if (amount_minor(shares[i].amount) > 0)
			share_out(call, &shares[i]);
}

void
funds_line_made_good(Call *call, int64 order_id, int64 order_line_id, Amount *by_seller, Amount *by_platform)
{
	Allocations all = allocations_of_order(call, order_id);

	for (int i = 0; i < all.count; i++)
	{
		const Allocation *allocation = &all.allocations[i];

		if (allocation->order_line_id != order_line_id)
			continue;
		*by_seller = amount_add(*by_seller, allocation->reduced);
		*by_platform = amount_add(*by_platform, allocation->goodwill);
	}
}
