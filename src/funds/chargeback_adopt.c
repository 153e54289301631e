/*
 * chargeback_adopt.c
 *		A chargeback that the bank's statement has told of, and that the PSP tells of afterwards: the same one, with its name and fee now.
 */
#include "postgres.h"

#include "funds/chargeback.h"

int64
chargeback_of_bank(Call *call, const ChargebackSpec *spec)
{
	static Statement find = STATEMENT("ila",
		"SELECT c.id FROM marketplace.chargebacks c WHERE c.marketplace_id = $1 AND c.capture_id = $2 AND c.psp_reference IS NULL AND c.by_bank"
		"   AND NOT c.told_by_psp AND COALESCE(c.amount = $3, true) ORDER BY c.id LIMIT 1");
	Row			row;

	if (spec->at_bank || !query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(spec->capture_id),
												  spec->amount == 0 ? value_null() : value_amount(spec->amount)), &row))
		return 0;
	return row_int64(&row, 0);
}

/* Its money is booked; what the PSP charges for it is not. The payment is locked. */
void
chargeback_adopt(Call *call, const Payment *payment, int64 chargeback_id, const ChargebackSpec *spec)
{
	static Statement adopt = STATEMENT("ilttba",
		"UPDATE marketplace.chargebacks SET psp_reference = $3, reason = COALESCE($4, reason), told_by_psp = $5, fee = $6"
		" WHERE marketplace_id = $1 AND id = $2");
	Amount		fee = spec->fee == 0 ? amount_zero(amount_currency(payment->authorised)) : spec->fee;
	int64		cause = 0;

	funds_write(&adopt, VALUES(value_int32(call->marketplace_id), value_int64(chargeback_id), value_text(spec->psp_reference),
							   value_text(spec->reason), value_bool(true), value_amount(fee)));
	if (amount_minor(fee) == 0)
		return;
	for (int i = 0; i < payment->order_count; i++)
		cause = payment_tell(call, "payment.chargeback_fee", payment, payment->orders[i].order_id, fee, spec->capture_id, spec->reason);
	ledger_move(call, own_account(C_DUE_FROM_OWN), psp_account(C_CASH, marketplace_get(call)), fee, "chargeback_fee", cause);
	ledger_move(call, own_account(O_PSP_FEES), own_account(O_DUE_TO_CLIENT), fee, "chargeback_fee", cause);
}
