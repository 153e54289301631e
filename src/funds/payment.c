/*
 * payment.c
 *		Payments: locking one with its orders, telling the orders, giving it up, its failure and its end by time.
 *		Nothing is posted for any of it (FD-P01).
 *
 * Recording a payment is in payment_new.c, taking the money in capture.c.
 */
#include "postgres.h"

#include "funds/funds.h"
#include "funds/payment.h"
#include "kernel/errors.h"

static void
no_payment_error(Call *call, int64 payment_id)
{
	ereport(ERROR,
			errcode(MK_NOT_FOUND),
			errmsg("marketplace %d has no payment %lld", call->marketplace_id, (long long) payment_id),
			errhint("The view marketplace.payment_overview lists the payments."));
}

/* Which orders a payment pays never changes; how much was captured is read under their locks. */
static void
read_orders(Call *call, Payment *payment)
{
	static Statement read = STATEMENT("il",
		"SELECT order_id, amount, captured FROM marketplace.payment_orders WHERE marketplace_id = $1 AND payment_id = $2"
		" ORDER BY order_id");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(payment->id)));

	if (rows.count == 0)
		no_payment_error(call, payment->id);
	payment->order_count = (int) rows.count;
	payment->orders = palloc(sizeof(PaymentOrder) * rows.count);
	for (int i = 0; i < payment->order_count; i++)
		payment->orders[i] = (PaymentOrder) {row_int64(&rows.rows[i], 0), row_amount(&rows.rows[i], 1),
											 row_amount(&rows.rows[i], 2)};
}

/* Its orders are locked. */
static void
lock_row(Call *call, Payment *payment)
{
	static Statement lock = STATEMENT("il",
		"SELECT payer_id, authorised, captured, state, method, expires_at, closed_at IS NOT NULL, presented"
		"  FROM marketplace.payments WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");
	Row			row;

	if (!query_row(&lock, VALUES(value_int32(call->marketplace_id), value_int64(payment->id)), &row))
		no_payment_error(call, payment->id);
	payment->payer_id = row_int64(&row, 0);
	payment->authorised = row_amount(&row, 1);
	payment->captured = row_amount(&row, 2);
	payment->state = row_text(&row, 3);
	payment->method = row_text(&row, 4);
	payment->expires_at = row_null(&row, 5) ? DT_NOEND : row_timestamptz(&row, 5);
	payment->closed = row_bool(&row, 6);
	payment->has_presented = !row_null(&row, 7);
	if (payment->has_presented)
		payment->presented = row_amount(&row, 7);
	read_orders(call, payment);
}

Payment
payment_lock(Call *call, int64 payment_id)
{
	Payment		payment = {.id = payment_id};

	read_orders(call, &payment);
	for (int i = 0; i < payment.order_count; i++)
		order_lock(call, payment.orders[i].order_id);
	lock_row(call, &payment);
	return payment;
}

bool
payment_try_lock(Call *call, int64 payment_id, Payment *payment)
{
	*payment = (Payment) {.id = payment_id};
	read_orders(call, payment);
	for (int i = 0; i < payment->order_count; i++)
		if (!order_try_lock(call, payment->orders[i].order_id))
			return false;
	lock_row(call, payment);
	return true;
}

int64
payment_tell(Call *call, const char *type, const Payment *payment, int64 order_id, Amount amount, int64 capture_id,
			 const char *reason)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "payment_id", payment->id);
	payload_int64(&payload, "order_id", order_id);
	payload_amount(&payload, "amount", amount);
	if (capture_id != 0)
		payload_int64(&payload, "capture_id", capture_id);
	if (payment->money_receipt_id != 0)
		payload_int64(&payload, "money_receipt_id", payment->money_receipt_id);
	if (reason != NULL)
		payload_text(&payload, "reason", reason);
	payload_authority(&payload, &payment->authority);
	return event_emit(call, "order", order_id, type, &payload);
}

void
payment_tell_orders(Call *call, const char *type, const Payment *payment, const char *reason)
{
	for (int i = 0; i < payment->order_count; i++)
		payment_tell(call, type, payment, payment->orders[i].order_id, payment->orders[i].amount, 0, reason);
}

void
payment_close(Call *call, const Payment *payment, const char *state, const char *event, const char *type,
			  const char *reason)
{
	static Statement change = STATEMENT("iltz",
		"UPDATE marketplace.payments SET state = $3, closed_at = $4 WHERE marketplace_id = $1 AND id = $2");

	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(payment->id), value_text(state),
									 value_timestamptz(call->now)), event, reason);
	payment_tell_orders(call, type, payment, reason);
}

void
payment_close_rest(Call *call, const Payment *payment)
{
	static Statement close = STATEMENT("ilz",
		"UPDATE marketplace.payments SET closed_at = $3 WHERE marketplace_id = $1 AND id = $2 AND closed_at IS NULL");

	funds_write(&close, VALUES(value_int32(call->marketplace_id), value_int64(payment->id),
							   value_timestamptz(call->now)));
	settle_payment(call, payment->id);
}

static bool
payment_untouched(const Payment *payment)
{
	return strcmp(payment->state, "authorised") == 0 || strcmp(payment->state, "expected") == 0;
}

/* payment_void(marketplace_id, payment_id, request_key) */
PG_FUNCTION_INFO_V1(payment_void);
Datum
payment_void(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Payment		payment;

		access_require(&call, CAPACITY_OPERATOR, 0);
		payment = payment_lock(&call, call_int64(&call, 1));
		if (!payment_untouched(&payment))
			ereport(ERROR,
					errcode(MK_PAYMENT),
					errmsg("payment %lld cannot be given up", (long long) payment.id),
					errdetail("It is %s; captured %s of %s.", payment.state, amount_to_cstring(payment.captured),
							  amount_to_cstring(payment.authorised)),
					errhint("Only an authorisation of which nothing was captured is voided; captured money is refunded."));
		payment_close(&call, &payment, "voided", "void", "payment.voided", NULL);
		call.result = payment.id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* payment_fail(marketplace_id, payment_id, reason, request_key) */
PG_FUNCTION_INFO_V1(payment_fail);
Datum
payment_fail(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		char	   *reason = call_text(&call, 2);
		Payment		payment;

		access_require(&call, CAPACITY_OPERATOR, 0);
		payment = payment_lock(&call, call_int64(&call, 1));
		if (!payment_untouched(&payment))
			ereport(ERROR,
					errcode(MK_PAYMENT),
					errmsg("payment %lld cannot fail any more", (long long) payment.id),
					errdetail("It is %s; captured %s of %s.", payment.state, amount_to_cstring(payment.captured),
							  amount_to_cstring(payment.authorised)),
					errhint("Money that the payer's bank takes back is recorded by payment_chargeback()."));
		payment_close(&call, &payment, "failed", "fail", "payment.failed", reason);
		call.result = payment.id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* Orders that somebody else works on are left for the next time: earlier steps of the same tick() may have locked others. */
int
funds_tick_expiry(Call *call, int limit)
{
	static Statement due = STATEMENT("izi",
		"SELECT id FROM marketplace.payments WHERE marketplace_id = $1 AND state IN ('expected', 'authorised') AND expires_at <= $2"
		" AND " TICK_MAY_TRY("payment", "id")
		" ORDER BY expires_at, id LIMIT $3");
	Rows		rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now),
											   value_int32(limit)));
	int			done = 0;

	for (uint64 i = 0; i < rows.count; i++)
	{
		Payment		payment;

		if (!payment_try_lock(call, row_int64(&rows.rows[i], 0), &payment) || !payment_untouched(&payment))
			continue;
		tick_at(call, "payment", payment.id);
		payment_close(call, &payment, "expired", "expire", "payment.expired", NULL);
		done++;
	}
	return done;
}
