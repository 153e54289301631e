/*
 * settle.c
 *		The PSP has settled a capture: the money is final (FD-P03), and what was accepted before is released.
 */
#include "postgres.h"

#include "funds/funds_internal.h"
#include "kernel/errors.h"

/*
 * FD-P03: the PSP pays gross less its fee; the platform bears the fee, so it owes the client account as much. Amounts
 * of zero are not posted.
 */
static void
post_settlement(Call *call, Amount gross, Amount fee, int64 cause)
{
	Marketplace *marketplace = marketplace_get(call);
	Account		clearing = psp_account(C_PSP_CLEARING, marketplace);
	Amount		net = amount_sub(gross, fee);

	if (amount_minor(net) > 0)
		ledger_move(call, psp_account(C_CASH, marketplace), clearing, net, "settle", cause);
	if (amount_minor(fee) == 0)
		return;
	ledger_move(call, own_account(C_DUE_FROM_OWN), clearing, fee, "psp_fee", cause);
	ledger_move(call, own_account(O_PSP_FEES), own_account(O_DUE_TO_CLIENT), fee, "psp_fee", cause);
}

/* The payment is final once all of it was captured and every capture is. */
static void
finish_payment(Call *call, const Payment *payment)
{
	static Statement finish = STATEMENT("il",
		"UPDATE marketplace.payments p SET state = 'final'"
		" WHERE p.marketplace_id = $1 AND p.id = $2 AND p.state = 'captured' AND p.captured = p.authorised AND NOT EXISTS ("
		"       SELECT FROM marketplace.captures c"
		"        WHERE c.marketplace_id = $1 AND c.payment_id = p.id AND c.state <> 'final')");

	funds_transition(&finish, VALUES(value_int32(call->marketplace_id), value_int64(payment->id)), "settle", NULL);
}

/* through_clearing: the money lies at the PSP and comes from there; else it is in cash already. */
void
settle_capture(Call *call, const Payment *payment, int64 capture_id, Amount gross, Amount fee, bool through_clearing)
{
	static Statement settle = STATEMENT("ilaz",
		"UPDATE marketplace.captures SET state = 'final', fee = $3, settled_at = $4 WHERE marketplace_id = $1 AND id = $2");
	int64		cause;

	funds_transition(&settle, VALUES(value_int32(call->marketplace_id), value_int64(capture_id), value_amount(fee),
									 value_timestamptz(call->now)), "settle", NULL);
	finish_payment(call, payment);
	cause = payment_tell(call, "payment.settled", payment->id, payment->order_id, gross, capture_id);
	if (through_clearing)
		post_settlement(call, gross, fee, cause);
	release_order(call, payment->order_id);
}

static int64
payment_of_capture(Call *call, int64 capture_id)
{
	static Statement find = STATEMENT("il",
									  "SELECT payment_id FROM marketplace.captures WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(capture_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no capture %lld", call->marketplace_id, (long long) capture_id),
				errhint("The view marketplace.capture_overview lists the captures."));
	return row_int64(&row, 0);
}

/* NULL: no fee */
static Amount
fee_argument(Call *call, int n, Amount gross)
{
	Amount		fee;

	if (call_is_null(call, n))
		return amount_of(amount_currency(gross), 0);
	fee = call_amount(call, n);
	if (amount_currency(fee) == amount_currency(gross) && amount_minor(fee) == 0)
		return fee;
	require_positive(call, fee, amount_currency(gross), "fee");
	if (amount_minor(fee) > amount_minor(gross))
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("the fee is more than what was captured"),
				errdetail("Fee %s, captured %s.", amount_to_cstring(fee), amount_to_cstring(gross)),
				errhint("Give the PSP's fee for this capture only."));
	return fee;
}

static int64
settle(Call *call, int64 capture_id)
{
	static Statement read = STATEMENT("il",
		"SELECT state, amount FROM marketplace.captures WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");
	Payment		payment = payment_lock(call, payment_of_capture(call, capture_id));
	Amount		gross;
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(capture_id)), &row))
		elog(ERROR, "capture %lld has vanished", (long long) capture_id);
	gross = row_amount(&row, 1);
	if (strcmp(row_text(&row, 0), "captured") != 0)
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("capture %lld is settled already", (long long) capture_id),
				errdetail("It is %s; captured %s.", row_text(&row, 0), amount_to_cstring(gross)),
				errhint("A capture is settled once; to repeat a call safely give it a request key."));
	settle_capture(call, &payment, capture_id, gross, fee_argument(call, 2, gross), true);
	return capture_id;
}

/* payment_settle(marketplace_id, capture_id, fee, request_key) */
PG_FUNCTION_INFO_V1(payment_settle);
Datum
payment_settle(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = settle(&call, call_int64(&call, 1));
	}
	PG_RETURN_INT64(call_end(&call));
}
