/*
 * wallet.c
 *		wallet_use(): what is kept for a buyer pays an order (FD-P05), where a mandate of the PSP covers it; else the PSP is asked, and the
 *		payment is expected until it has decided (FD-51).
 */
#include "postgres.h"

#include "funds/agent.h"
#include "funds/payment.h"
#include "kernel/errors.h"

/* What the order lacks and the wallet holds, or what was asked for. */
static Amount
wallet_amount(Call *call, int64 order_id, int64 buyer_id, CurrencyCode currency)
{
	int64		lacking = order_lacking(call, order_id);
	Amount		wallet = ledger_balance(call, (Account) {C_BUYER, buyer_id, 0, 0}, currency);
	Amount		amount = call_is_null(call, 2) ? amount_of(currency, Min(lacking, amount_minor(wallet))) :
		require_positive(call, call_amount(call, 2), currency, "amount");

	if (amount_minor(amount) <= 0 || amount_minor(amount) > lacking)
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("order %lld cannot be paid so from the wallet", (long long) order_id),
				errdetail("It lacks %s, the wallet holds %s.", amount_to_cstring(amount_of(currency, lacking)), amount_to_cstring(wallet)),
				errhint("Use at most what the order lacks and the wallet holds."));
	return amount;
}

/* The PSP has moved it. */
void
wallet_use_execute(Call *call, const PspRequest *request, const char *evidence)
{
	Payment		payment = payment_lock(call, request->object_id);

	if (strcmp(payment.state, "expected") != 0 || amount_minor(capture_most(call, &payment)) < amount_minor(request->amount))
		ereport(ERROR,
				errcode(MK_AGENT),
				errmsg("payment %lld of request %lld cannot be carried out", (long long) payment.id, (long long) request->id),
				errdetail("It is %s; its order takes %s of %s.", payment.state, amount_to_cstring(capture_most(call, &payment)),
						  amount_to_cstring(request->amount)),
				errhint("Ask the PSP to undo it, and record the request as failed."));
	payment.authority = (Authority) {0, request->id};
	capture_payment(call, &payment, request->amount, NULL);
}

void
wallet_use_decline(Call *call, const PspRequest *request, const char *evidence)
{
	Payment		payment = payment_lock(call, request->object_id);

	if (strcmp(payment.state, "expected") == 0)
		payment_close(call, &payment, "failed", "fail", "payment.failed", evidence);
}

/* wallet_use(marketplace_id, order_id, amount, request_key) */
PG_FUNCTION_INFO_V1(wallet_use);
Datum
wallet_use(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		PaymentOrder order = {.order_id = call_int64(&call, 1)};
		NewPayment	new = {.method = "wallet", .expires_at = DT_NOEND, .order_count = 1, .orders = &order};
		CurrencyCode currency;
		Payment		payment;

		access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_BUYER);
		order_get(&call, order.order_id, &new.payer_id, &currency);
		access_require(&call, CAPACITY_OPERATOR | CAPACITY_BUYER, new.payer_id);
		order_lock(&call, order.order_id);
		new.amount = order.amount = wallet_amount(&call, order.order_id, new.payer_id, currency);
		call.result = payment_add(&call, &new);
		payment = payment_lock(&call, call.result);
		if (agent_may(&call, &(PspRequest) {.operation = AGENT_HOLD, .object = "payment", .object_id = payment.id,
											.order_id = order.order_id, .amount = new.amount}, &payment.authority))
			capture_payment(&call, &payment, new.amount, NULL);
	}
	PG_RETURN_INT64(call_end(&call));
}
