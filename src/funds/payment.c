/*
 * payment.c
 *		What the PSP authorised: recording it, giving it up, and its end by time. Nothing is posted for it (FD-P01).
 *
 * Taking the money is in capture.c.
 */
#include "postgres.h"

#include "funds/funds.h"
#include "funds/funds_internal.h"
#include "kernel/errors.h"

static void
no_payment_error(Call *call, int64 payment_id)
{
	ereport(ERROR,
			errcode(MK_NOT_FOUND),
			errmsg("marketplace %d has no payment %lld", call->marketplace_id, (long long) payment_id),
			errhint("The view marketplace.payment_overview lists the payments."));
}

Payment
payment_lock(Call *call, int64 payment_id)
{
	static Statement find = STATEMENT("il",
									  "SELECT order_id FROM marketplace.payments WHERE marketplace_id = $1 AND id = $2");
	static Statement lock = STATEMENT("il",
		"SELECT order_id, payer_id, authorised, captured, state, method, expires_at FROM marketplace.payments"
		" WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");
	const Value *key = VALUES(value_int32(call->marketplace_id), value_int64(payment_id));
	Payment		payment = {.id = payment_id};
	Row			row;

	if (!query_row(&find, key, &row))
		no_payment_error(call, payment_id);
	order_lock(call, row_int64(&row, 0));
	if (!query_row(&lock, key, &row))
		no_payment_error(call, payment_id);
	payment.order_id = row_int64(&row, 0);
	payment.payer_id = row_int64(&row, 1);
	payment.authorised = row_amount(&row, 2);
	payment.captured = row_amount(&row, 3);
	payment.state = row_text(&row, 4);
	payment.method = row_text(&row, 5);
	payment.expires_at = row_null(&row, 6) ? DT_NOEND : row_timestamptz(&row, 6);
	return payment;
}

/* capture_id 0: none */
int64
payment_tell(Call *call, const char *type, int64 payment_id, int64 order_id, Amount amount, int64 capture_id)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "payment_id", payment_id);
	payload_int64(&payload, "order_id", order_id);
	payload_amount(&payload, "amount", amount);
	if (capture_id != 0)
		payload_int64(&payload, "capture_id", capture_id);
	return event_emit(call, "order", order_id, type, &payload);
}

static char *
read_method(const Document *document)
{
	static const char *const known[] = {"card", "transfer", "sdd_core", "sdd_b2b", "wallet"};
	char	   *method = document_text(document, "method");

	for (int i = 0; i < lengthof(known); i++)
		if (strcmp(method, known[i]) == 0)
			return method;
	document_refuse(document, "method", psprintf("\"%s\" is no means of payment.", method),
					"Known are card, transfer, sdd_core, sdd_b2b and wallet.");
}

static char *
read_reference(Call *call, const Document *document)
{
	static Statement used = STATEMENT("it",
		"SELECT id FROM marketplace.payments WHERE marketplace_id = $1 AND psp_reference = $2");
	char	   *reference = document_text_or_null(document, "psp_reference");
	Row			row;

	if (reference != NULL && query_row(&used, VALUES(value_int32(call->marketplace_id), value_text(reference)), &row))
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("the PSP's reference \"%s\" is recorded already", reference),
				errdetail("It is payment %lld.", (long long) row_int64(&row, 0)),
				errhint("To repeat a call safely give it a request key."));
	return reference;
}

static int64
authorise(Call *call, int64 order_id, Amount amount, Jsonb *json)
{
	static Statement insert = STATEMENT("illaattzz",
		"INSERT INTO marketplace.payments (marketplace_id, order_id, payer_id, authorised, captured, state, method, psp_reference,"
		" authorised_at, expires_at) VALUES ($1, $2, $3, $4, $5, 'authorised', $6, $7, $8, $9) RETURNING id");
	Document	document = document_root(json);
	bool		expires = document_has(&document, "expires_at");
	TimestampTz expires_at = expires ? document_timestamptz(&document, "expires_at") : DT_NOEND;
	char	   *method;
	int64		buyer_id;
	CurrencyCode currency;
	int64		payment_id;

	document_only(&document, "method", "psp_reference", "expires_at", NULL);
	method = read_method(&document);
	order_lock(call, order_id);
	order_get(call, order_id, &buyer_id, &currency);
	require_positive(call, amount, currency, "amount");
	if (expires_at <= call->now)
		document_refuse(&document, "expires_at", "It has passed already.", "Leave it out when it is not known.");

	payment_id = funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(order_id),
										   value_int64(buyer_id),
										   value_amount(amount), value_amount(amount_zero(currency)), value_text(method),
										   value_text(read_reference(call, &document)), value_timestamptz(call->now),
										   expires ? value_timestamptz(expires_at) : value_null()));
	payment_tell(call, "payment.authorized", payment_id, order_id, amount, 0);
	return payment_id;
}

/* payment_authorize(marketplace_id, order_id, amount, document, request_key) */
PG_FUNCTION_INFO_V1(payment_authorize);
Datum
payment_authorize(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = authorise(&call, call_int64(&call, 1), call_amount(&call, 2), call_jsonb(&call, 3));
	}
	PG_RETURN_INT64(call_end(&call));
}

static void
close_payment(Call *call, const Payment *payment, const char *state, const char *event, const char *type)
{
	static Statement change = STATEMENT("iltz",
		"UPDATE marketplace.payments SET state = $3, closed_at = $4 WHERE marketplace_id = $1 AND id = $2");

	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(payment->id), value_text(state),
									 value_timestamptz(call->now)), event, NULL);
	payment_tell(call, type, payment->id, payment->order_id, payment->authorised, 0);
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
		if (strcmp(payment.state, "authorised") != 0)
			ereport(ERROR,
					errcode(MK_PAYMENT),
					errmsg("payment %lld cannot be given up", (long long) payment.id),
					errdetail("It is %s; captured %s of %s.", payment.state, amount_to_cstring(payment.captured),
							  amount_to_cstring(payment.authorised)),
					errhint("Only an authorisation of which nothing was captured is voided; captured money is refunded."));
		close_payment(&call, &payment, "voided", "void", "payment.voided");
		call.result = payment.id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* Orders that somebody else works on are left for the next time: earlier steps of the same tick() may have locked others. */
int
funds_tick_expiry(Call *call, int limit)
{
	static Statement due = STATEMENT("izi",
		"SELECT id, order_id FROM marketplace.payments WHERE marketplace_id = $1 AND state = 'authorised' AND expires_at <= $2"
		" ORDER BY expires_at, id LIMIT $3");
	Rows		rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now),
											   value_int32(limit)));
	int			done = 0;

	for (uint64 i = 0; i < rows.count; i++)
	{
		Payment		payment;

		if (!order_try_lock(call, row_int64(&rows.rows[i], 1)))
			continue;
		payment = payment_lock(call, row_int64(&rows.rows[i], 0));
		if (strcmp(payment.state, "authorised") != 0)
			continue;
		close_payment(call, &payment, "expired", "expire", "payment.expired");
		done++;
	}
	return done;
}
