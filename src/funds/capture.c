/*
 * capture.c
 *		Takes money from an authorised payment and says, cent by cent, which order line it pays (FD-13, FD-15,
 *		FD-P02).
 *
 * Of a payment for several orders each order gets its part, by what is left of the part and what the order lacks. A
 * capture is divided by what each line still lacks of what it is worth, largest remainder (RD-9), so that several
 * captures together pay every line exactly. The commission in force is frozen on each share.
 */
#include "postgres.h"

#include "funds/fx.h"
#include "funds/payment.h"
#include "kernel/errors.h"
#include "kernel/policy.h"

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
				lack -= amount_minor(allocation->amount) - amount_minor(allocation->refunded) + amount_minor(allocation->reduced);
		}
		lacks.minor[l] = Max(lack, 0);
		lacks.total += lacks.minor[l];
	}
	return lacks;
}

int64
order_lacking(Call *call, int64 order_id)
{
	OrderLines	lines = order_lines(call, order_id);

	return count_lacks(call, order_id, &lines).total;
}

/* What a capture takes for one of the payment's orders. */
typedef struct OrderPart
{
	const PaymentOrder *order;
	OrderLines	lines;
	Lacks		lacks;
	int64		possible;		/* by what is left of its part, and what it lacks */
	int64		share;
	int64	   *line_shares;	/* by position in lines */
	int64	   *allocation_ids; /* 0 where the share is nothing */
} OrderPart;

static OrderPart *
parts_of(Call *call, const Payment *payment, int64 *possible)
{
	OrderPart  *parts = palloc0(sizeof(OrderPart) * payment->order_count);

	*possible = 0;
	for (int i = 0; i < payment->order_count; i++)
	{
		OrderPart  *part = &parts[i];

		part->order = &payment->orders[i];
		part->lines = order_lines(call, part->order->order_id);
		part->lacks = count_lacks(call, part->order->order_id, &part->lines);
		part->possible = Min(amount_minor(part->order->amount) - amount_minor(part->order->captured), part->lacks.total);
		*possible += part->possible;
	}
	return parts;
}

static int64
payment_left(const Payment *payment)
{
	return amount_minor(payment->authorised) - amount_minor(payment->captured);
}

Amount
capture_most(Call *call, const Payment *payment)
{
	int64		possible;

	(void) parts_of(call, payment, &possible);
	return amount_of(amount_currency(payment->authorised), possible);
}

static void
check_payment(Call *call, const Payment *payment)
{
	bool		open = !payment->closed && (strcmp(payment->state, "authorised") == 0 || strcmp(payment->state, "captured") == 0 ||
											(strcmp(payment->state, "expected") == 0 && strcmp(payment->method, "wallet") == 0));

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

/* asked NULL: all that can be captured */
static void
too_little_authorised(const Payment *payment, const char *asked)
{
	ereport(ERROR,
			errcode(MK_PAYMENT),
			errmsg("payment %lld is not authorised for so much", (long long) payment->id),
			errdetail("Asked for %s; left %s, captured %s of %s.", asked == NULL ? "what is left" : asked,
					  amount_to_cstring(amount_sub(payment->authorised, payment->captured)),
					  amount_to_cstring(payment->captured), amount_to_cstring(payment->authorised)),
			errhint("Capture at most what is left, or have another payment authorised."));
}

static void
too_little_lacking(const Payment *payment, const char *asked, Amount possible)
{
	if (payment->order_count == 1)
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("order %lld does not lack so much", (long long) payment->orders[0].order_id),
				errdetail("Asked for %s; the order lacks %s.", asked == NULL ? "what is lacking" : asked, amount_to_cstring(possible)),
				errhint("Capture at most what the order lacks."));
	ereport(ERROR,
			errcode(MK_PAYMENT),
			errmsg("the %d orders of payment %lld do not lack so much of their parts", payment->order_count, (long long) payment->id),
			errdetail("Asked for %s; together they lack %s.", asked == NULL ? "what is lacking" : asked, amount_to_cstring(possible)),
			errhint("Capture at most what the orders lack."));
}

/* What to capture: what was asked for, or all that payment and orders allow. */
static Amount
amount_to_capture(Call *call, const Payment *payment)
{
	CurrencyCode currency = amount_currency(payment->authorised);
	Amount		possible = capture_most(call, payment);
	Amount		amount = possible;
	char	   *asked = NULL;

	if (!call_is_null(call, 2))
	{
		amount = require_positive(call, call_amount(call, 2), currency, "amount");
		asked = amount_to_cstring(amount);
	}
	if (payment_left(payment) < Max(amount_minor(amount), 1))
		too_little_authorised(payment, asked);
	if (amount_minor(possible) < Max(amount_minor(amount), 1))
		too_little_lacking(payment, asked, possible);
	return amount;
}

static int64
add_allocation(Call *call, const Payment *payment, int64 capture_id, const OrderLine *line, const Allocations *earlier,
			   Amount share)
{
	static Statement insert = STATEMENT("illlllllaaaananltt",
		"INSERT INTO marketplace.capture_allocations (marketplace_id, capture_id, payment_id, order_id, seller_order_id, order_line_id,"
		" seller_id, buyer_id, amount, commission_base, commission, commission_vat, commission_rate_pct,"
		" commission_fixed, commission_vat_pct, commission_rule_id, commission_base_kind, commission_on_refund)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) RETURNING id");
	Commission	commission = commission_of(call, line, earlier, share);
	PolicyScope scope = {.order_id = line->order_id, .seller_id = line->seller_id, .buyer_id = line->buyer_id,
		.category = line->commission_category};

	return funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(capture_id),
									 value_int64(payment->id),
									 value_int64(line->order_id), value_int64(line->seller_order_id), value_int64(line->id),
									 value_int64(line->seller_id), value_int64(line->buyer_id), value_amount(share),
									 value_amount(commission.base), value_amount(commission.net), value_amount(commission.vat),
									 value_numeric(commission.rate_pct), value_amount(commission.fixed), value_numeric(commission.vat_pct),
									 value_id(commission.rule_id), value_text(commission.base_kind),
									 value_text(policy_text(call, "fd.commission_on_refund", &scope))));
}

static void
record_capture(Call *call, Payment *payment, Amount amount)
{
	static Statement first = STATEMENT("ila",
		"UPDATE marketplace.payments SET captured = $3, state = 'captured' WHERE marketplace_id = $1 AND id = $2");
	static Statement further = STATEMENT("ila",
		"UPDATE marketplace.payments SET captured = $3 WHERE marketplace_id = $1 AND id = $2");
	const Value *args = VALUES(value_int32(call->marketplace_id), value_int64(payment->id),
							   value_amount(amount_add(payment->captured, amount)));

	/* the PSP may tell of another capture when all that was known is final (FD-82) */
	if (amount_minor(payment->captured) == 0 || strcmp(payment->state, "final") == 0)
	{
		funds_transition(&first, args, "capture", NULL);
		payment->state = "captured";
	}
	else
		funds_write(&further, args);
	payment->captured = amount_add(payment->captured, amount);
}

/* The part of an order, line by line. */
static void
allocate(Call *call, const Payment *payment, int64 capture_id, OrderPart *part)
{
	static Statement count = STATEMENT("illa",
		"UPDATE marketplace.payment_orders SET captured = captured + $4 WHERE marketplace_id = $1 AND payment_id = $2 AND order_id = $3");
	CurrencyCode currency = amount_currency(payment->authorised);
	int			n = part->lines.count;

	part->line_shares = palloc0(sizeof(int64) * n);
	part->allocation_ids = palloc0(sizeof(int64) * n);
	allocate_minor(part->share, part->lacks.minor, n, part->line_shares);
	for (int l = 0; l < n; l++)
		if (part->line_shares[l] > 0)
			part->allocation_ids[l] = add_allocation(call, payment, capture_id, &part->lines.lines[l], &part->lacks.earlier,
													 amount_of(currency, part->line_shares[l]));
	funds_write(&count, VALUES(value_int32(call->marketplace_id), value_int64(payment->id),
							   value_int64(part->order->order_id), value_amount(amount_of(currency, part->share))));
}

/* Where the money comes from: a transfer has arrived in cash, a wallet holds it for the buyer (FD-P02, FD-P05). */
static Account
source_of(Call *call, const Payment *payment)
{
	if (strcmp(payment->method, "wallet") == 0)
		return (Account) {C_BUYER, payment->payer_id, 0, 0};
	if (payment->from_suspense)
		return own_account(C_SUSPENSE);
	return psp_account(strcmp(payment->method, "transfer") == 0 ? C_CASH : C_PSP_CLEARING, marketplace_get(call));
}

static void
post_part(Call *call, const Payment *payment, const OrderPart *part, int64 cause)
{
	Account		source = source_of(call, payment);

	for (int l = 0; l < part->lines.count; l++)
	{
		const OrderLine *line = &part->lines.lines[l];

		if (part->line_shares[l] > 0)
			ledger_move(call, source, (Account) {C_ESCROW, line->seller_id, line->id, part->allocation_ids[l]},
						amount_of(amount_currency(payment->authorised), part->line_shares[l]), "capture", cause);
	}
}

static void
check_wallet(Call *call, const Payment *payment, Amount amount)
{
	Amount		wallet = ledger_balance(call, source_of(call, payment), amount_currency(amount));

	if (amount_minor(wallet) < amount_minor(amount))
		ereport(ERROR,
				errcode(MK_INSUFFICIENT_FUNDS),
				errmsg("the wallet of buyer %lld does not hold so much", (long long) payment->payer_id),
				errdetail("Asked for %s; it holds %s.", amount_to_cstring(amount), amount_to_cstring(wallet)),
				errhint("The view marketplace.buyer_wallet shows what is kept for buyers."));
}

/* Orders and payment are locked; amount is at most capture_most(). psp_reference NULL: not told. */
int64
capture_payment(Call *call, Payment *payment, Amount amount, const char *psp_reference)
{
	static Statement insert = STATEMENT("ilaztal",
		"INSERT INTO marketplace.captures (marketplace_id, payment_id, amount, state, captured_at, psp_reference, presented, fx_rate_id)"
		" VALUES ($1, $2, $3, 'captured', $4, $5, $6, $7) RETURNING id");
	bool		transfer = strcmp(payment->method, "transfer") == 0;
	bool		wallet = strcmp(payment->method, "wallet") == 0;
	int64		possible;
	OrderPart  *parts = parts_of(call, payment, &possible);
	int64	   *weights = palloc(sizeof(int64) * payment->order_count);
	int64	   *shares = palloc0(sizeof(int64) * payment->order_count);
	FxCapture	fx = fx_of_capture(call, payment, amount);
	int64		capture_id;

	if (wallet)
		check_wallet(call, payment, amount);
	for (int i = 0; i < payment->order_count; i++)
		weights[i] = parts[i].possible;
	allocate_minor(amount_minor(amount), weights, payment->order_count, shares);
	capture_id = funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(payment->id), value_amount(amount),
										   value_timestamptz(call->now), value_text(psp_reference),
										   fx.rate_id == 0 ? value_null() : value_amount(fx.presented), value_id(fx.rate_id)));
	record_capture(call, payment, amount);
	for (int i = 0; i < payment->order_count; i++)
	{
		int64		order_id = payment->orders[i].order_id;
		Amount		share = amount_of(amount_currency(amount), shares[i]);

		if (shares[i] == 0)
			continue;
		parts[i].share = shares[i];
		allocate(call, payment, capture_id, &parts[i]);
		payment->orders[i].captured = amount_add(payment->orders[i].captured, share);
		post_part(call, payment, &parts[i], payment_tell(call, "payment.captured", payment, order_id, share, capture_id, NULL));
	}
	if (transfer || wallet)
		settle_capture(call, payment, capture_id, amount, amount_of(amount_currency(amount), 0), NULL, SETTLED_IN_CASH);
	return capture_id;
}

CaptureShares
capture_shares(Call *call, int64 capture_id)
{
	static Statement read = STATEMENT("il",
		"SELECT order_id, marketplace.sum(amount) FROM marketplace.capture_allocations WHERE marketplace_id = $1 AND capture_id = $2"
		" GROUP BY order_id ORDER BY order_id");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(capture_id)));
	CaptureShares shares = {(int) rows.count, palloc0(sizeof(PaymentOrder) * Max(rows.count, 1))};

	for (int i = 0; i < shares.count; i++)
	{
		shares.orders[i].order_id = row_int64(&rows.rows[i], 0);
		shares.orders[i].amount = row_amount(&rows.rows[i], 1);
	}
	return shares;
}

/* payment_capture(marketplace_id, payment_id, amount, request_key) */
PG_FUNCTION_INFO_V1(payment_capture);
Datum
payment_capture(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Payment		payment;

		access_require(&call, CAPACITY_OPERATOR, 0);
		payment = payment_lock(&call, call_int64(&call, 1));
		check_payment(&call, &payment);
		call.result = capture_payment(&call, &payment, amount_to_capture(&call, &payment), NULL);
	}
	PG_RETURN_INT64(call_end(&call));
}
