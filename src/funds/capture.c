/*
 * capture.c
 *		Takes money from an authorised payment and says, cent by cent, which order line it pays (FD-13, FD-15,
 *		FD-P02).
 *
 * A capture is divided by what each line still lacks of what it is worth, largest remainder (RD-9), so that several
 * captures together pay every line exactly. The commission in force is frozen on each share.
 */
#include "postgres.h"

#include "funds/funds_internal.h"
#include "kernel/errors.h"

/* What each line of the order lacks, by position in lines. */
typedef struct Lacks
{
	int64	   *minor;			/* of each line */
	int64		total;
	Allocations earlier;		/* what was captured before */
} Lacks;

static Lacks
count_lacks(Call *call, int64 order_id, const OrderLines *lines)
{
	Lacks		lacks = {palloc(sizeof(int64) * Max(lines->count, 1)), 0, allocations_of_order(call, order_id)};

	for (int l = 0; l < lines->count; l++)
	{
		const OrderLine *line = &lines->lines[l];
		int64		lack = amount_minor(line_due(line));

		for (int i = 0; i < lacks.earlier.count; i++)
		{
			const Allocation *allocation = &lacks.earlier.allocations[i];

			if (allocation->order_line_id == line->id)
				lack -= amount_minor(allocation->amount) - amount_minor(allocation->refunded);
		}
		lacks.minor[l] = Max(lack, 0);
		lacks.total += lacks.minor[l];
	}
	return lacks;
}

static void
check_payment(Call *call, const Payment *payment)
{
	bool		open = strcmp(payment->state, "authorised") == 0 || strcmp(payment->state, "captured") == 0;

	if (open && payment->expires_at > call->now)
		return;
	ereport(ERROR,
			errcode(MK_PAYMENT),
			errmsg("nothing can be captured from payment %lld", (long long) payment->id),
			open ? errdetail("Its authorisation has expired; captured %s of %s.",
							 amount_to_cstring(payment->captured),
							 amount_to_cstring(payment->authorised)) :
			errdetail("It is %s; captured %s of %s.", payment->state, amount_to_cstring(payment->captured),
					  amount_to_cstring(payment->authorised)),
			errhint("Have a new payment authorised."));
}

/* What to capture: what was asked for, or all that payment and order allow. */
static Amount
amount_to_capture(Call *call, const Payment *payment, int64 lacking)
{
	CurrencyCode currency = amount_currency(payment->authorised);
	int64		left = amount_minor(payment->authorised) - amount_minor(payment->captured);
	Amount		amount;

	if (call_is_null(call, 2) && Min(left, lacking) > 0)
		return amount_of(currency, Min(left, lacking));
	amount = call_is_null(call, 2) ? amount_of(currency, 0) : require_positive(call, call_amount(call, 2), currency,
																			   "amount");
	if (left < Max(amount_minor(amount), 1))
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("payment %lld is not authorised for so much", (long long) payment->id),
				errdetail("Asked for %s; left %s, captured %s of %s.",
						  call_is_null(call, 2) ? "what is left" : amount_to_cstring(amount),
						  amount_to_cstring(amount_of(currency, left)), amount_to_cstring(payment->captured),
						  amount_to_cstring(payment->authorised)),
				errhint("Capture at most what is left, or have another payment authorised."));
	if (lacking < Max(amount_minor(amount), 1))
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("order %lld does not lack so much", (long long) payment->order_id),
				errdetail("Asked for %s; the order lacks %s.", call_is_null(call, 2) ? "what is lacking" :
						  amount_to_cstring(amount),
						  amount_to_cstring(amount_of(currency, lacking))),
				errhint("Capture at most what the order lacks."));
	return amount;
}

static int64
add_allocation(Call *call, const Payment *payment, int64 capture_id, const OrderLine *line,
			   const Allocations *earlier,
			   Amount share)
{
	static Statement insert = STATEMENT("illlllllaaaananlt",
		"INSERT INTO marketplace.capture_allocations (marketplace_id, capture_id, payment_id, order_id, seller_order_id, order_line_id,"
		" seller_id, buyer_id, amount, commission_base, commission, commission_vat, commission_rate_pct,"
		" commission_fixed, commission_vat_pct, commission_rule_id, commission_base_kind)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING id");
	Commission	commission = commission_of(call, line, earlier, share);

	return funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(capture_id),
									 value_int64(payment->id),
									 value_int64(payment->order_id), value_int64(line->seller_order_id), value_int64(line->id),
									 value_int64(line->seller_id), value_int64(line->buyer_id), value_amount(share),
									 value_amount(commission.base), value_amount(commission.net), value_amount(commission.vat),
									 value_numeric(commission.rate_pct), value_amount(commission.fixed), value_numeric(commission.vat_pct),
									 value_id(commission.rule_id), value_text(commission.base_kind)));
}

static void
record_capture(Call *call, const Payment *payment, Amount amount)
{
	static Statement first = STATEMENT("ila",
		"UPDATE marketplace.payments SET captured = $3, state = 'captured' WHERE marketplace_id = $1 AND id = $2");
	static Statement further = STATEMENT("ila",
		"UPDATE marketplace.payments SET captured = $3 WHERE marketplace_id = $1 AND id = $2");
	const Value *args = VALUES(value_int32(call->marketplace_id), value_int64(payment->id),
							   value_amount(amount_add(payment->captured, amount)));

	if (strcmp(payment->state, "authorised") == 0)
		funds_transition(&first, args, "capture", NULL);
	else
		funds_write(&further, args);
}

/* The shares of the capture, by position in lines; the id of the allocation is 0 where the share is nothing. */
typedef struct Shares
{
	int64	   *minor;
	int64	   *allocation_ids;
} Shares;

static Shares
allocate(Call *call, const Payment *payment, int64 capture_id, Amount amount, const OrderLines *lines,
		 const Lacks *lacks)
{
	CurrencyCode currency = amount_currency(amount);
	Shares		shares = {palloc0(sizeof(int64) * lines->count), palloc0(sizeof(int64) * lines->count)};

	allocate_minor(amount_minor(amount), lacks->minor, lines->count, shares.minor);
	for (int l = 0; l < lines->count; l++)
		if (shares.minor[l] > 0)
			shares.allocation_ids[l] = add_allocation(call, payment, capture_id, &lines->lines[l], &lacks->earlier,
													  amount_of(currency, shares.minor[l]));
	return shares;
}

/* FD-P02. A bank transfer has arrived, so it goes to cash. */
static void
post_capture(Call *call, const Payment *payment, const OrderLines *lines, const Shares *shares, int64 cause)
{
	Account		source = psp_account(strcmp(payment->method, "transfer") == 0 ? C_CASH : C_PSP_CLEARING,
									 marketplace_get(call));

	for (int l = 0; l < lines->count; l++)
	{
		const OrderLine *line = &lines->lines[l];

		if (shares->minor[l] > 0)
			ledger_move(call, source, (Account) {C_ESCROW, line->seller_id, line->id, shares->allocation_ids[l]},
						amount_of(amount_currency(payment->authorised), shares->minor[l]), "capture", cause);
	}
}

static int64
capture(Call *call, int64 payment_id)
{
	static Statement insert = STATEMENT("illaz",
		"INSERT INTO marketplace.captures (marketplace_id, payment_id, order_id, amount, state, captured_at)"
		" VALUES ($1, $2, $3, $4, 'captured', $5) RETURNING id");
	Payment		payment = payment_lock(call, payment_id);
	OrderLines	lines;
	Lacks		lacks;
	Shares		shares;
	Amount		amount;
	int64		capture_id;

	check_payment(call, &payment);
	lines = order_lines(call, payment.order_id);
	lacks = count_lacks(call, payment.order_id, &lines);
	amount = amount_to_capture(call, &payment, lacks.total);

	capture_id = funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(payment.id),
										   value_int64(payment.order_id),
										   value_amount(amount), value_timestamptz(call->now)));
	record_capture(call, &payment, amount);
	payment.captured = amount_add(payment.captured, amount);
	shares = allocate(call, &payment, capture_id, amount, &lines, &lacks);
	post_capture(call, &payment, &lines, &shares,
				 payment_tell(call, "payment.captured", payment.id, payment.order_id, amount, capture_id));
	if (strcmp(payment.method, "transfer") == 0)
		settle_capture(call, &payment, capture_id, amount, amount_of(amount_currency(amount), 0), false);
	return capture_id;
}

/* payment_capture(marketplace_id, payment_id, amount, request_key) */
PG_FUNCTION_INFO_V1(payment_capture);
Datum
payment_capture(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = capture(&call, call_int64(&call, 1));
	}
	PG_RETURN_INT64(call_end(&call));
}
