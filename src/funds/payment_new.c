/*
 * payment_new.c
 *		Recording a payment: one that the PSP has authorised, or one that is expected; for one order, or for several with
 *		their parts (FD-13).
 */
#include "postgres.h"

#include "funds/payment.h"
#include "funds/psp_event.h"
#include "kernel/errors.h"

Amount
document_positive_amount(const Document *document, const char *key)
{
	char	   *written = document_text(document, key);
	ParsedAmount parsed;

	if (amount_parse(written, strlen(written), &parsed) != AMOUNT_PARSED || parsed.minor <= 0)
		document_refuse(document, key, psprintf("\"%s\" is no amount of more than zero.", written),
						"Write number and currency, for example \"12.00 EUR\".");
	return amount_make(parsed.currency, parsed.minor);
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

static void
check_reference(Call *call, const char *reference)
{
	static Statement used = STATEMENT("it",
		"SELECT id FROM marketplace.payments WHERE marketplace_id = $1 AND psp_reference = $2");
	Row			row;

	if (reference != NULL && query_row(&used, VALUES(value_int32(call->marketplace_id), value_text(reference)), &row))
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("the PSP's reference \"%s\" is recorded already", reference),
				errdetail("It is payment %lld.", (long long) row_int64(&row, 0)),
				errhint("To repeat a call safely give it a request key."));
}

int64
payment_add(Call *call, const NewPayment *new)
{
	static Statement insert = STATEMENT("ilaattaztz",
		"INSERT INTO marketplace.payments (marketplace_id, payer_id, authorised, captured, state, method, presented, authorised_at,"
		" psp_reference, expires_at, recorded_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $5 = 'authorised' THEN $8 END, $9, $10, $8) RETURNING id");
	static Statement add_order = STATEMENT("illaa",
		"INSERT INTO marketplace.payment_orders (marketplace_id, payment_id, order_id, amount, captured) VALUES ($1, $2, $3, $4, $5)");
	Amount		zero = amount_zero(amount_currency(new->amount));
	Payment		payment = {.order_count = new->order_count, .orders = new->orders};

	check_reference(call, new->psp_reference);
	payment.id = funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(new->payer_id),
										   value_amount(new->amount), value_amount(zero),
										   value_text(new->authorised ? "authorised" : "expected"), value_text(new->method),
										   new->has_presented ? value_amount(new->presented) : value_null(),
										   value_timestamptz(call->now), value_text(new->psp_reference),
										   new->expires_at == DT_NOEND ? value_null() : value_timestamptz(new->expires_at)));
	for (int i = 0; i < new->order_count; i++)
		funds_write(&add_order, VALUES(value_int32(call->marketplace_id), value_int64(payment.id),
									   value_int64(new->orders[i].order_id), value_amount(new->orders[i].amount),
									   value_amount(zero)));
	payment_tell_orders(call, new->authorised ? "payment.authorized" : "payment.expected", &payment, NULL);
	psp_events_apply(call, new->psp_reference);
	return payment.id;
}

static int
compare_orders(const void *a, const void *b)
{
	int64		left = ((const PaymentOrder *) a)->order_id;
	int64		right = ((const PaymentOrder *) b)->order_id;

	return (left > right) - (left < right);
}

/* Parts that are not named share what the named ones leave, by what their orders lack. Orders are locked here, in ascending order. */
static void
share_rest(Call *call, const Document *document, NewPayment *new, const bool *named)
{
	int64		rest = amount_minor(new->amount);
	int64	   *lacks = palloc0(sizeof(int64) * new->order_count);
	int64	   *shares = palloc0(sizeof(int64) * new->order_count);
	int64		lacking = 0;

	for (int i = 0; i < new->order_count; i++)
	{
		if (named[i])
			rest -= amount_minor(new->orders[i].amount);
		else
			lacking += lacks[i] = order_lacking(call, new->orders[i].order_id);
	}
	if (lacking == 0 ? rest != 0 : rest <= 0)
		document_refuse(document, "orders", psprintf("The parts named come to %s; the payment is %s.",
													 amount_to_cstring(amount_sub(new->amount, amount_of(amount_currency(new->amount), rest))),
													 amount_to_cstring(new->amount)),
						"Parts add up to the payment; leave some out to have them filled by what their orders lack.");
	if (lacking > 0)
		allocate_minor(rest, lacks, new->order_count, shares);
	for (int i = 0; i < new->order_count; i++)
	{
		if (!named[i])
			new->orders[i].amount = amount_of(amount_currency(new->amount), shares[i]);
		if (amount_minor(new->orders[i].amount) <= 0)
			document_refuse(document, "orders", psprintf("Nothing is left for order %lld.", (long long) new->orders[i].order_id),
							"Leave orders out that the payment does not pay.");
	}
}

static void
read_orders(Call *call, const Document *document, NewPayment *new)
{
	Document	list = document_array(document, "orders");
	bool	   *named;

	new->order_count = document_length(&list);
	if (new->order_count == 0)
		document_refuse(document, "orders", "It is empty.", "Name the orders that the payment pays.");
	new->orders = palloc0(sizeof(PaymentOrder) * new->order_count);
	named = palloc0(sizeof(bool) * new->order_count);
	for (int i = 0; i < new->order_count; i++)
	{
		Document	item = document_item(&list, i);

		document_only(&item, "order_id", "amount", NULL);
		new->orders[i].order_id = document_int64(&item, "order_id");
		if (document_has(&item, "amount"))
			new->orders[i].amount = require_positive(call, document_positive_amount(&item, "amount"),
													 amount_currency(new->amount), "part");
	}
	qsort(new->orders, new->order_count, sizeof(PaymentOrder), compare_orders);
	for (int i = 0; i < new->order_count; i++)
	{
		if (i > 0 && new->orders[i].order_id == new->orders[i - 1].order_id)
			document_refuse(document, "orders", psprintf("Order %lld is named twice.", (long long) new->orders[i].order_id),
							"Name each order once.");
		order_lock(call, new->orders[i].order_id);
		named[i] = new->orders[i].amount != 0;
	}
	share_rest(call, document, new, named);
}

/* All orders are of one buyer and in the currency of the amount. */
static void
check_orders(Call *call, NewPayment *new)
{
	for (int i = 0; i < new->order_count; i++)
	{
		int64		buyer_id;
		CurrencyCode currency;

		order_get(call, new->orders[i].order_id, &buyer_id, &currency);
		require_positive(call, new->amount, currency, "amount");
		if (i > 0 && buyer_id != new->payer_id)
			ereport(ERROR,
					errcode(MK_PAYMENT),
					errmsg("a payment pays orders of one buyer"),
					errdetail("Order %lld is of party %lld, order %lld of party %lld.", (long long) new->orders[0].order_id,
							  (long long) new->payer_id, (long long) new->orders[i].order_id, (long long) buyer_id),
					errhint("Record one payment for each buyer."));
		new->payer_id = buyer_id;
	}
}

static void
read_presented(const Document *document, NewPayment *new)
{
	new->has_presented = document_has(document, "presented");
	if (!new->has_presented)
		return;
	new->presented = document_positive_amount(document, "presented");
	if (amount_currency(new->presented) == amount_currency(new->amount))
		document_refuse(document, "presented", psprintf("It is %s, in the currency of the order.", amount_to_cstring(new->presented)),
						"Give it only when the buyer pays in another currency.");
}

/* The PSP has answered for a payment that was expected. */
static int64
authorise_expected(Call *call, const Document *document)
{
	Payment		payment;

	document_only(document, "payment_id", NULL);
	if (!call_is_null(call, 1))
		document_refuse(document, "payment_id", "An order is named too.", "The payment knows its orders: leave order_id out.");
	payment = payment_lock(call, document_int64(document, "payment_id"));
	if (strcmp(payment.state, "expected") != 0 || amount_cmp(payment.authorised, call_amount(call, 2)) != 0)
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("payment %lld is not expected to be authorised for that", (long long) payment.id),
				errdetail("It is %s, for %s; authorised for %s.", payment.state, amount_to_cstring(payment.authorised),
						  amount_to_cstring(call_amount(call, 2))),
				errhint("Void it and record what was authorised as a new payment."));
	payment_set_authorised(call, &payment);
	return payment.id;
}

void
payment_set_authorised(Call *call, const Payment *payment)
{
	static Statement change = STATEMENT("ilz",
		"UPDATE marketplace.payments SET state = 'authorised', authorised_at = $3 WHERE marketplace_id = $1 AND id = $2");

	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(payment->id),
									 value_timestamptz(call->now)), "authorize", NULL);
	payment_tell_orders(call, "payment.authorized", payment, NULL);
}

static int64
record(Call *call, const Document *document, bool authorised)
{
	NewPayment	new = {.authorised = authorised, .amount = call_amount(call, 2), .expires_at = DT_NOEND};

	document_only(document, "method", "psp_reference", "expires_at", "presented", "orders", NULL);
	new.method = read_method(document);
	new.psp_reference = document_text_or_null(document, "psp_reference");
	psp_events_lock(call, new.psp_reference);
	if (document_has(document, "orders"))
	{
		if (!call_is_null(call, 1))
			document_refuse(document, "orders", "An order is named as an argument too.", "Give order_id as NULL.");
		read_orders(call, document, &new);
	}
	else
	{
		new.order_count = 1;
		new.orders = palloc(sizeof(PaymentOrder));
		new.orders[0] = (PaymentOrder) {.order_id = call_int64(call, 1), .amount = new.amount};
		order_lock(call, new.orders[0].order_id);
	}
	check_orders(call, &new);
	read_presented(document, &new);
	if (document_has(document, "expires_at"))
		new.expires_at = document_timestamptz(document, "expires_at");
	if (new.expires_at <= call->now)
		document_refuse(document, "expires_at", "It has passed already.", "Leave it out when it is not known.");
	return payment_add(call, &new);
}

/* payment_authorize(marketplace_id, order_id, amount, document, request_key) */
PG_FUNCTION_INFO_V1(payment_authorize);
Datum
payment_authorize(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Document	document = document_root(call_jsonb(&call, 3));

		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = document_has(&document, "payment_id") ? authorise_expected(&call, &document) :
			record(&call, &document, true);
	}
	PG_RETURN_INT64(call_end(&call));
}

/* payment_expect(marketplace_id, order_id, amount, document, request_key) */
PG_FUNCTION_INFO_V1(payment_expect);
Datum
payment_expect(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Document	document = document_root(call_jsonb(&call, 3));

		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = record(&call, &document, false);
	}
	PG_RETURN_INT64(call_end(&call));
}
