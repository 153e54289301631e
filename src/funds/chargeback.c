/*
 * chargeback.c
 *		Money that the payer's bank takes back: a chargeback of a card, or the return of a direct debit (FD-P24, FD-89).
 *		How it ends is in chargeback_end.c.
 *
 * A refund and a chargeback of the same money exclude each other (FD-66, DP-47): refunds that were not sent are
 * cancelled, and while one is on its way the chargeback is refused until its outcome is known. The parts that a capture
 * pays are taken in proportion to what is left of each: first what was kept for the buyer, then escrow, then what was
 * released is brought back.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/chargeback.h"
#include "funds/refund.h"
#include "kernel/errors.h"
#include "kernel/instruction.h"
#include "utils/array.h"

/* Part of the capture, and where its cents are. */
typedef struct Part
{
	Allocation	allocation;
	int64		order_id;
	int64		left;			/* captured, not refunded, not taken back */
	int64		taken;
} Part;

typedef struct Parts
{
	int			count;
	Part	   *parts;
	int64		left;
} Parts;

/* Of money of the payment, by whatever means; and whether each has been instructed. */
static Rows
refunds_of(Call *call, int64 payment_id)
{
	static Statement read = STATEMENT("il",
		"SELECT r.id, r.state, r.state NOT IN ('planned', 'awaiting_funding') FROM marketplace.refunds r"
		" WHERE r.marketplace_id = $1 AND r.state NOT IN ('paid', 'rejected', 'bounced', 'cancelled')"
		"   AND r.order_id IN (SELECT a.order_id FROM marketplace.capture_allocations a WHERE a.marketplace_id = $1 AND a.payment_id = $2)"
		"   AND (r.payment_id = $2 OR EXISTS (SELECT FROM marketplace.refund_items i"
		"                                       JOIN marketplace.capture_allocations a ON a.marketplace_id = $1 AND a.id = i.allocation_id"
		"                                      WHERE i.marketplace_id = $1 AND i.refund_id = r.id AND a.payment_id = $2))"
		" ORDER BY r.id");

	return query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(payment_id)));
}

static bool
was_locked(const Rows *locked, int64 refund_id)
{
	for (uint64 i = 0; i < locked->count; i++)
		if (row_int64(&locked->rows[i], 0) == refund_id)
			return true;
	return false;
}

/* Instructions of refunds are locked before orders, as everywhere. */
void
chargeback_lock(Call *call, int64 payment_id)
{
	Rows		refunds = refunds_of(call, payment_id);

	for (uint64 i = 0; i < refunds.count; i++)
		if (row_bool(&refunds.rows[i], 2))
			instruction_lock(call, "refund", "refund", row_int64(&refunds.rows[i], 0));
	(void) payment_lock(call, payment_id);
}

Rows
chargeback_refund_keys(Call *call, int64 payment_id)
{
	static Statement read = STATEMENT("il",
		"SELECT DISTINCT i.idempotency_key::text FROM marketplace.capture_allocations a"
		"  JOIN marketplace.refunds r ON r.marketplace_id = $1 AND r.order_id = a.order_id"
		"   AND r.state NOT IN ('planned', 'awaiting_funding', 'paid', 'rejected', 'bounced', 'cancelled')"
		"  JOIN marketplace.instructions i ON i.marketplace_id = $1 AND i.object = 'refund' AND i.object_id = r.id AND i.kind = 'refund'"
		" WHERE a.marketplace_id = $1 AND a.payment_id = $2");

	return query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(payment_id)));
}

bool
chargeback_try_lock(Call *call, int64 payment_id)
{
	static Statement lock = STATEMENT("iT",
		"SELECT id FROM marketplace.instructions WHERE marketplace_id = $1 AND idempotency_key = ANY ($2::uuid[])"
		" ORDER BY id FOR NO KEY UPDATE SKIP LOCKED");
	Rows		keys = chargeback_refund_keys(call, payment_id);
	Datum	   *wanted = palloc(sizeof(Datum) * Max(keys.count, 1));

	for (uint64 i = 0; i < keys.count; i++)
		wanted[i] = row_datum(&keys.rows[i], 0);
	return query_execute(&lock, VALUES(value_int32(call->marketplace_id), value_datum(PointerGetDatum(
		construct_array(wanted, (int) keys.count, TEXTOID, -1, false, TYPALIGN_INT))))) == keys.count;
}

bool
chargeback_must_wait(Call *call, int64 payment_id)
{
	Rows		refunds = refunds_of(call, payment_id);

	for (uint64 i = 0; i < refunds.count; i++)
		if (row_bool(&refunds.rows[i], 2) && strcmp(row_text(&refunds.rows[i], 1), "funded") != 0)
			return true;
	return false;
}

/* Cancels the payment's refunds that were not sent; one that was decided in between is met under the order's lock. */
static Payment
lock_and_cancel_refunds(Call *call, int64 payment_id)
{
	Rows		before = refunds_of(call, payment_id);
	Rows		now;
	Payment		payment;

	for (uint64 i = 0; i < before.count; i++)
		if (row_bool(&before.rows[i], 2))
			instruction_lock(call, "refund", "refund", row_int64(&before.rows[i], 0));
	payment = payment_lock(call, payment_id);
	now = refunds_of(call, payment_id);
	for (uint64 i = 0; i < now.count; i++)
	{
		int64		refund_id = row_int64(&now.rows[i], 0);

		if (!row_bool(&now.rows[i], 2))
		{
			refund_give_up(call, refund_id, "chargeback");
			continue;
		}
		if (strcmp(row_text(&now.rows[i], 1), "funded") != 0)
			ereport(ERROR,
					errcode(MK_REFUND),
					errmsg("refund %lld of the same payment is on its way", (long long) refund_id),
					errdetail("It is %s; what it pays back cannot be taken back by the payer's bank as well (DP-47).",
							  row_text(&now.rows[i], 1)),
					errhint("Record the refund's outcome first: refund_confirm() or refund_fail()."));
		if (!was_locked(&before, refund_id))
			ereport(ERROR,
					errcode(MK_CONCURRENT_CHANGE),
					errmsg("refund %lld was decided meanwhile", (long long) refund_id),
					errhint("Call the function again."));
		instruction_move(call, "refund", "refund", refund_id, "cancel", "chargeback");
	}
	return payment;
}

static Parts
parts_of_capture(Call *call, int64 capture_id, const Payment *payment)
{
	static Statement read = STATEMENT("il",
		"SELECT a.id, a.order_id, a.order_line_id, a.seller_id, a.buyer_id, a.amount, a.amount"
		"       - COALESCE((SELECT marketplace.sum(i.amount) FROM marketplace.refund_items i"
		"                     JOIN marketplace.refunds r ON r.marketplace_id = $1 AND r.id = i.refund_id AND r.state = 'paid'"
		"                    WHERE i.marketplace_id = $1 AND i.allocation_id = a.id AND i.source <> 'goodwill'), marketplace.zero(marketplace.currency(a.amount)))"
		"       - COALESCE((SELECT marketplace.sum(i.amount) FROM marketplace.chargeback_items i"
		"                     JOIN marketplace.chargebacks c ON c.marketplace_id = $1 AND c.id = i.chargeback_id AND c.state <> 'recovered'"
		"                    WHERE i.marketplace_id = $1 AND i.allocation_id = a.id), marketplace.zero(marketplace.currency(a.amount)))"
		"  FROM marketplace.capture_allocations a WHERE a.marketplace_id = $1 AND a.capture_id = $2 ORDER BY a.id");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(capture_id)));
	Parts		parts = {(int) rows.count, palloc0(sizeof(Part) * Max(rows.count, 1)), 0};

	for (int i = 0; i < parts.count; i++)
	{
		Row		   *row = &rows.rows[i];
		Part	   *part = &parts.parts[i];

		part->allocation = (Allocation) {.id = row_int64(row, 0), .payment_id = payment->id, .order_line_id = row_int64(row, 2),
			.seller_id = row_int64(row, 3), .buyer_id = row_int64(row, 4), .amount = row_amount(row, 5)};
		part->order_id = row_int64(row, 1);
		part->left = Max(amount_minor(row_amount(row, 6)), 0);
		parts.left += part->left;
	}
	return parts;
}

/* Taken back of the capture so far, what was recovered not counted. */
static int64
taken_back(Call *call, int64 capture_id)
{
	static Statement read = STATEMENT("il",
		"SELECT COALESCE(pg_catalog.sum(marketplace.minor_units(amount)), 0)::bigint FROM marketplace.chargebacks"
		" WHERE marketplace_id = $1 AND capture_id = $2 AND state <> 'recovered'");

	return DatumGetInt64(query_datum(&read, VALUES(value_int32(call->marketplace_id), value_int64(capture_id))));
}

/* What the capture and the payment do not allow, in words; NULL: nothing. */
const char *
chargeback_obstacle(Call *call, const Payment *payment, const ChargebackSpec *spec)
{
	Capture		capture = capture_get(call, spec->capture_id);
	CurrencyCode currency = amount_currency(capture.amount);
	int64		possible = amount_minor(capture.amount) - taken_back(call, capture.id);

	if (chargeback_of_bank(call, spec) != 0)
		return NULL;
	if (strcmp(payment->method, "card") != 0 && strncmp(payment->method, "sdd", 3) != 0)
		return psprintf("a payment by %s cannot be called back by the payer", payment->method);
	if ((spec->amount != 0 && amount_currency(spec->amount) != currency) || (spec->fee != 0 && amount_currency(spec->fee) != currency))
		return psprintf("the capture is in %s", currency_alpha(currency));
	if (possible == 0 || (spec->amount != 0 && amount_minor(spec->amount) > possible))
		return psprintf("of the capture of %s only %s is left to be taken back", amount_to_cstring(capture.amount),
						amount_to_cstring(amount_of(currency, possible)));
	return NULL;
}

static void
check_obstacle(Call *call, const Payment *payment, const Capture *capture, const ChargebackSpec *spec)
{
	const char *obstacle = chargeback_obstacle(call, payment, spec);

	if (obstacle != NULL)
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("so much of capture %lld cannot be taken back", (long long) capture->id),
				errdetail("Asked for %s: %s.", spec->amount == 0 ? "all" : amount_to_cstring(spec->amount), obstacle),
				errhint("What a payer cannot call back is paid back by a refund; the view marketplace.chargeback_overview lists what was taken before."));
}

int64
chargeback_by_reference(Call *call, const char *psp_reference)
{
	static Statement find = STATEMENT("it",
		"SELECT id FROM marketplace.chargebacks WHERE marketplace_id = $1 AND psp_reference = $2");
	Row			row;

	if (psp_reference == NULL ||
		!query_row(&find, VALUES(value_int32(call->marketplace_id), value_text(psp_reference)), &row))
		return 0;
	return row_int64(&row, 0);
}

static int64
add_chargeback(Call *call, const Payment *payment, const Capture *capture, const ChargebackSpec *spec, Amount amount,
			   Amount refunded_before)
{
	static Statement insert = STATEMENT("illlaaattbtzb",
		"INSERT INTO marketplace.chargebacks (marketplace_id, payment_id, capture_id, payer_id, amount, refunded_before, fee, psp_reference,"
		" reason, unsettled, state, opened_at, ended_at, by_bank, told_by_psp)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, CASE WHEN $11 = 'open' THEN NULL ELSE $12 END, $13, NOT $13) RETURNING id");

	if (chargeback_by_reference(call, spec->psp_reference) != 0)
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("the PSP's reference \"%s\" is recorded already", spec->psp_reference),
				errdetail("It is chargeback %lld.", (long long) chargeback_by_reference(call, spec->psp_reference)),
				errhint("To repeat a call safely give it a request key."));
	return funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(payment->id), value_int64(capture->id),
									 value_int64(payment->payer_id), value_amount(amount), value_amount(refunded_before),
									 value_amount(spec->fee == 0 ? amount_zero(amount_currency(amount)) : spec->fee),
									 value_text(spec->psp_reference), value_text(spec->reason),
									 value_bool(strcmp(capture->state, "captured") == 0 && !spec->at_bank),
									 value_text(strcmp(payment->method, "card") == 0 ? "open" : "returned"),
									 value_timestamptz(call->now), value_bool(spec->at_bank)));
}

/* FD-P17 … FD-P20: fills the escrow of the part up. The bank has taken the money, so no limit to advances counts. */
static void
refill(Call *call, const Part *part, int64 amount)
{
	Allocations all = allocations_of_order(call, part->order_id);
	WaterfallTerms terms = {.forced = true};
	WaterfallTarget target = {.amount = amount};
	RefundDecision decision = {.order_id = part->order_id, .buyer_id = part->allocation.buyer_id, .door = "chargeback",
		.reason = "chargeback"};
	Waterfall	plan;

	for (int i = 0; i < all.count; i++)
		if (all.allocations[i].id == part->allocation.id)
			target.allocation = &all.allocations[i];
	waterfall_plan(call, &plan, part->order_id, &terms, &target, 1);
	waterfall_lock(call, &plan);
	decision_of_waterfall(call, &decision, &plan);
}

/* One part: out of what is kept for the buyer, then out of escrow, which is filled up before where it must. */
static void
take_part(Call *call, int64 chargeback_id, const Part *part, Account asset, int64 cause)
{
	static Statement insert = STATEMENT("illllaa",
		"INSERT INTO marketplace.chargeback_items (marketplace_id, chargeback_id, allocation_id, order_id, order_line_id, amount, from_refunds)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)");
	const Allocation *allocation = &part->allocation;
	CurrencyCode currency = amount_currency(allocation->amount);
	Account		kept = {C_BUYER, allocation->buyer_id, allocation->order_line_id, allocation->id};
	int64		from_kept = Min(part->taken, amount_minor(ledger_balance(call, kept, currency)));
	int64		rest = part->taken - from_kept;

	if (from_kept > 0)
		ledger_move(call, kept, asset, amount_of(currency, from_kept), "chargeback", cause);
	if (rest > amount_minor(ledger_balance(call, escrow_account(allocation), currency)))
		refill(call, part, rest);
	if (rest > 0)
		ledger_move(call, escrow_account(allocation), asset, amount_of(currency, rest), "chargeback", cause);
	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(chargeback_id), value_int64(allocation->id),
								value_int64(part->order_id), value_int64(allocation->order_line_id),
								value_amount(amount_of(currency, part->taken)), value_amount(amount_of(currency, from_kept))));
}

/* The platform's side: what the buyer has twice is claimed from the PSP, the fee is borne (FD-P24). */
static void
post_own_side(Call *call, Amount refunded_before, Amount fee, Account asset, int64 cause)
{
	if (amount_minor(refunded_before) > 0)
	{
		ledger_move(call, own_account(C_DUE_FROM_OWN), asset, refunded_before, "chargeback", cause);
		ledger_move(call, psp_account(O_OTHER_RECEIVABLE, marketplace_get(call)), own_account(O_DUE_TO_CLIENT), refunded_before,
					"chargeback", cause);
	}
	if (amount_minor(fee) > 0)
	{
		ledger_move(call, own_account(C_DUE_FROM_OWN), asset, fee, "chargeback_fee", cause);
		ledger_move(call, own_account(O_PSP_FEES), own_account(O_DUE_TO_CLIENT), fee, "chargeback_fee", cause);
	}
}

/* Card: charged_back. Direct debit: returned, in part or whole. */
static void
change_payment(Call *call, const Payment *payment)
{
	static Statement charge = STATEMENT("il",
		"UPDATE marketplace.payments SET state = 'charged_back' WHERE marketplace_id = $1 AND id = $2 AND state <> 'charged_back'");
	static Statement give = STATEMENT("il",
		"UPDATE marketplace.payments p SET state = r.state FROM ("
		" SELECT CASE WHEN marketplace.sum(c.amount) < (SELECT captured FROM marketplace.payments WHERE marketplace_id = $1 AND id = $2)"
		"        THEN 'partly_returned' ELSE 'returned' END AS state"
		"   FROM marketplace.chargebacks c WHERE c.marketplace_id = $1 AND c.payment_id = $2) r"
		" WHERE p.marketplace_id = $1 AND p.id = $2 AND p.state <> r.state");
	const Value *args = VALUES(value_int32(call->marketplace_id), value_int64(payment->id));

	if (strcmp(payment->method, "card") == 0)
		funds_transition(&charge, args, "chargeback", NULL);
	else
		funds_transition(&give, args, "return", NULL);
}

/* Tells each order what was taken of it; the cause of its part's posting. */
static int64
tell_order(Call *call, const Payment *payment, const Parts *parts, int64 order_id, const Capture *capture, const char *reason)
{
	int64		taken = 0;

	for (int i = 0; i < parts->count; i++)
		if (parts->parts[i].order_id == order_id)
			taken += parts->parts[i].taken;
	return payment_tell(call, strcmp(payment->method, "card") == 0 ? "payment.charged_back" : "payment.returned", payment, order_id,
						amount_of(amount_currency(capture->amount), taken), capture->id, reason);
}

static int64
open_new(Call *call, const ChargebackSpec *spec)
{
	Payment		payment = lock_and_cancel_refunds(call, capture_get(call, spec->capture_id).payment_id);
	Capture		capture = capture_get(call, spec->capture_id);
	CurrencyCode currency = amount_currency(capture.amount);
	Amount		amount = spec->amount;
	Amount		fee = spec->fee == 0 ? amount_of(currency, 0) : require_positive(call, spec->fee, currency, "fee");
	Parts		parts = parts_of_capture(call, capture.id, &payment);
	int64		from_parts;
	Amount		refunded_before;
	Account		asset = psp_account(strcmp(capture.state, "captured") == 0 && !spec->at_bank ? C_PSP_CLEARING : C_CASH, marketplace_get(call));
	int64	   *left = palloc(sizeof(int64) * parts.count);
	int64	   *taken = palloc0(sizeof(int64) * parts.count);
	int64	   *ids = palloc(sizeof(int64) * parts.count);
	int64		chargeback_id;
	int64		cause = 0;

	if (amount != 0)
		require_positive(call, amount, currency, "amount");
	check_obstacle(call, &payment, &capture, spec);
	if (amount == 0)
		amount = amount_of(currency, amount_minor(capture.amount) - taken_back(call, capture.id));
	from_parts = Min(amount_minor(amount), parts.left);
	refunded_before = amount_of(currency, amount_minor(amount) - from_parts);
	for (int i = 0; i < parts.count; i++)
		left[i] = parts.parts[i].left;
	if (from_parts > 0)
		allocate_minor(from_parts, left, parts.count, taken);
	chargeback_id = add_chargeback(call, &payment, &capture, spec, amount, refunded_before);
	change_payment(call, &payment);
	for (int i = 0; i < parts.count; i++)
	{
		parts.parts[i].taken = taken[i];
		ids[i] = parts.parts[i].allocation.id;
	}
	for (int o = 0; o < payment.order_count; o++)
	{
		cause = tell_order(call, &payment, &parts, payment.orders[o].order_id, &capture, spec->reason);
		for (int i = 0; i < parts.count; i++)
			if (parts.parts[i].order_id == payment.orders[o].order_id && parts.parts[i].taken > 0)
				take_part(call, chargeback_id, &parts.parts[i], asset, cause);
	}
	post_own_side(call, refunded_before, fee, asset, cause);
	defer_closing(call, ids, parts.count);
	return chargeback_id;
}

int64
chargeback_open(Call *call, const ChargebackSpec *spec)
{
	Payment		payment;
	int64		told_by_bank;

	if (chargeback_of_bank(call, spec) == 0)
		return open_new(call, spec);
	payment = payment_lock(call, capture_get(call, spec->capture_id).payment_id);
	told_by_bank = chargeback_of_bank(call, spec);
	if (told_by_bank == 0)
		ereport(ERROR,
				errcode(MK_CONCURRENT_CHANGE),
				errmsg("the chargeback of capture %lld was told of meanwhile", (long long) spec->capture_id),
				errhint("Call the function again."));
	if (spec->fee != 0)
		require_positive(call, spec->fee, amount_currency(payment.authorised), "fee");
	chargeback_adopt(call, &payment, told_by_bank, spec);
	return told_by_bank;
}

/* payment_chargeback(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(payment_chargeback);
Datum
payment_chargeback(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Document	document = document_root(call_jsonb(&call, 1));
		ChargebackSpec spec = {0};

		access_require(&call, CAPACITY_OPERATOR, 0);
		document_only(&document, "capture_id", "amount", "fee", "psp_reference", "reason", NULL);
		spec.capture_id = document_int64(&document, "capture_id");
		if (document_has(&document, "amount"))
			spec.amount = document_positive_amount(&document, "amount");
		if (document_has(&document, "fee"))
			spec.fee = document_positive_amount(&document, "fee");
		spec.psp_reference = document_text_or_null(&document, "psp_reference");
		spec.reason = document_text_or_null(&document, "reason");
		call.result = chargeback_open(&call, &spec);
	}
	PG_RETURN_INT64(call_end(&call));
}
