/*
 * settle.c
 *		The PSP has settled a capture (FD-P03): the money is final, and what was accepted before is released. A direct
 *		debit can still be revoked then; it is final when the time for that is over, by a step of tick().
 */
#include "postgres.h"

#include "funds/chargeback.h"
#include "funds/funds.h"
#include "funds/settlement.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/policy.h"

/*
 * FD-P03: the PSP pays gross less its fee; the platform bears the fee, so it owes the client account as much. What was called back before
 * the PSP keeps back. What the bank has shown of it is in cash already. Amounts of zero are not posted.
 */
static void
post_settlement(Call *call, int64 capture_id, Amount captured, Amount fee, const char *reference, SettledBy by, int64 cause)
{
	CurrencyCode currency = amount_currency(captured);
	Marketplace *marketplace = marketplace_get(call);
	Account		cash = psp_account(C_CASH, marketplace);
	Account		clearing = psp_account(C_PSP_CLEARING, marketplace);
	int64		gross = amount_minor(captured) - chargeback_kept_back(call, capture_id);
	int64		from_clearing = Max(Min(amount_minor(fee), gross), 0);	/* of the fee */
	int64		net = gross - from_clearing;

	if (net > 0 && reference == NULL)
		reference = settlement_of_capture(call, capture_id);
	if (net > 0 && by == SETTLED_BY_BANK)
		settlement_announce_shown(call, "capture", capture_id, amount_of(currency, net), reference);
	else if (net > 0)
		net -= amount_minor(settlement_announce(call, "capture", capture_id, amount_of(currency, net), reference));
	if (net > 0)
		ledger_move(call, cash, clearing, amount_of(currency, net), "settle", cause);
	if (gross < 0)
		ledger_move(call, clearing, cash, amount_of(currency, -gross), "settle", cause);
	if (from_clearing > 0)
		ledger_move(call, own_account(C_DUE_FROM_OWN), clearing, amount_of(currency, from_clearing), "psp_fee", cause);
	if (amount_minor(fee) > from_clearing)
		ledger_move(call, own_account(C_DUE_FROM_OWN), cash, amount_of(currency, amount_minor(fee) - from_clearing), "psp_fee", cause);
	if (amount_minor(fee) > 0)
		ledger_move(call, own_account(O_PSP_FEES), own_account(O_DUE_TO_CLIENT), fee, "psp_fee", cause);
}

/*
 * The payment is final once every capture is, and nothing more is to be captured. What was called back in between
 * stays in its state.
 */
void
settle_payment(Call *call, int64 payment_id)
{
	static Statement finish = STATEMENT("il",
		"UPDATE marketplace.payments p SET state = 'final'"
		" WHERE p.marketplace_id = $1 AND p.id = $2 AND p.state = 'captured' AND (p.captured = p.authorised OR p.closed_at IS NOT NULL)"
		"   AND NOT EXISTS (SELECT FROM marketplace.captures c"
		"                    WHERE c.marketplace_id = $1 AND c.payment_id = p.id AND c.state <> 'final')");

	funds_transition(&finish, VALUES(value_int32(call->marketplace_id), value_int64(payment_id)), "settle", NULL);
}

/* When a settled direct debit becomes final by itself (FD §2); DT_NOBEGIN: other means, which are final at once. */
static TimestampTz
final_due(Call *call, const Payment *payment)
{
	PolicyScope scope = {.buyer_id = payment->payer_id};
	const char *parameter;
	PolicyDuration after;

	if (strcmp(payment->method, "sdd_core") == 0)
		parameter = "fd.sdd_core_final";
	else if (strcmp(payment->method, "sdd_b2b") == 0)
		parameter = "fd.sdd_b2b_final";
	else
		return DT_NOBEGIN;
	after = policy_duration(call, parameter, &scope);
	return calendar_deadline(call->now, after.n, after.unit, policy_text(call, "rd.settlement_calendar", NULL),
							 marketplace_get(call)->time_zone);
}

/* Tells the orders of the capture; returns the id of the first event. Released afterwards, when it is final. */
static int64
tell_capture(Call *call, const char *type, const Payment *payment, int64 capture_id, const CaptureShares *shares)
{
	int64		cause = 0;

	for (int i = 0; i < shares->count; i++)
	{
		int64		event_id = payment_tell(call, type, payment, shares->orders[i].order_id, shares->orders[i].amount, capture_id, NULL);

		if (cause == 0)
			cause = event_id;
	}
	return cause;
}

static void
release_shares(Call *call, const CaptureShares *shares)
{
	for (int i = 0; i < shares->count; i++)
		release_order(call, shares->orders[i].order_id);
}

/* reference: the PSP's id of the settlement that brings it; NULL: not told. */
void
settle_capture(Call *call, const Payment *payment, int64 capture_id, Amount gross, Amount fee, const char *reference,
			   SettledBy by)
{
	static Statement settle = STATEMENT("ilatzz",
		"UPDATE marketplace.captures SET state = $4, fee = $3, settled_at = $5, final_due = $6,"
		" final_at = CASE WHEN $4 = 'final' THEN $5 END WHERE marketplace_id = $1 AND id = $2");
	TimestampTz due = final_due(call, payment);
	bool		final = due <= call->now;
	CaptureShares shares = capture_shares(call, capture_id);
	int64		cause;

	funds_transition(&settle, VALUES(value_int32(call->marketplace_id), value_int64(capture_id), value_amount(fee),
									 value_text(final ? "final" : "settled"), value_timestamptz(call->now),
									 final ? value_null() : value_timestamptz(due)), "settle", NULL);
	settle_payment(call, payment->id);
	cause = tell_capture(call, "payment.settled", payment, capture_id, &shares);
	if (by != SETTLED_IN_CASH)
		post_settlement(call, capture_id, gross, fee, reference, by, cause);
	if (final)
		release_shares(call, &shares);
}

/* Direct debits that can no longer be revoked. Orders that somebody else works on are left for the next time. */
int
funds_tick_final(Call *call, int limit)
{
	static Statement due = STATEMENT("izi",
		"SELECT id, payment_id FROM marketplace.captures WHERE marketplace_id = $1 AND state = 'settled' AND final_due <= $2"
		" AND " TICK_MAY_TRY("capture", "id")
		" ORDER BY final_due, id LIMIT $3");
	static Statement finalise = STATEMENT("ilz",
		"UPDATE marketplace.captures SET state = 'final', final_at = $3 WHERE marketplace_id = $1 AND id = $2 AND state = 'settled'");
	Rows		rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now), value_int32(limit)));
	int			done = 0;

	for (uint64 i = 0; i < rows.count; i++)
	{
		int64		capture_id = row_int64(&rows.rows[i], 0);
		Payment		payment;
		CaptureShares shares;

		if (!payment_try_lock(call, row_int64(&rows.rows[i], 1), &payment))
			continue;
		tick_at(call, "capture", capture_id);
		if (funds_transition(&finalise, VALUES(value_int32(call->marketplace_id), value_int64(capture_id),
											   value_timestamptz(call->now)), "finalise", NULL) == 0)
			continue;
		settle_payment(call, payment.id);
		shares = capture_shares(call, capture_id);
		tell_capture(call, "payment.final", &payment, capture_id, &shares);
		release_shares(call, &shares);
		done++;
	}
	return done;
}

Capture
capture_get(Call *call, int64 capture_id)
{
	static Statement find = STATEMENT("il",
		"SELECT payment_id, amount, state, presented, fx_rate_id FROM marketplace.captures WHERE marketplace_id = $1 AND id = $2");
	Capture		capture = {.id = capture_id};
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(capture_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no capture %lld", call->marketplace_id, (long long) capture_id),
				errhint("The view marketplace.capture_overview lists the captures."));
	capture.payment_id = row_int64(&row, 0);
	capture.amount = row_amount(&row, 1);
	capture.state = row_text(&row, 2);
	capture.has_presented = !row_null(&row, 3);
	if (capture.has_presented)
		capture.presented = row_amount(&row, 3);
	capture.fx_rate_id = row_id(&row, 4);
	return capture;
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

/* The bank's line has settled it before the PSP's word came: the same is told again. */
static bool
is_told_again(Call *call, const Capture *capture)
{
	static Statement find = STATEMENT("ila",
		"SELECT 1 FROM marketplace.captures c"
		"  JOIN marketplace.settlement_announcements a ON a.marketplace_id = $1 AND a.object = 'capture' AND a.object_id = c.id"
		" WHERE c.marketplace_id = $1 AND c.id = $2 AND a.told_by = 'bank' AND COALESCE(c.fee = $3, true)");

	return strcmp(capture->state, "captured") != 0 &&
		query_execute(&find, VALUES(value_int32(call->marketplace_id), value_int64(capture->id), call_value(call, 2))) > 0;
}

static int64
settle(Call *call, int64 capture_id)
{
	Payment		payment;
	Capture		capture;

	settlement_lock(call);
	payment = payment_lock(call, capture_get(call, capture_id).payment_id);
	capture = capture_get(call, capture_id);
	if (is_told_again(call, &capture))
		return capture_id;
	if (strcmp(capture.state, "captured") != 0)
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("capture %lld is settled already", (long long) capture_id),
				errdetail("It is %s; captured %s.", capture.state, amount_to_cstring(capture.amount)),
				errhint("A capture is settled once; to repeat a call safely give it a request key."));
	settle_capture(call, &payment, capture_id, capture.amount, fee_argument(call, 2, capture.amount), call_text_or_null(call, 3),
				   SETTLED_BY_PSP);
	return capture_id;
}

/* payment_settle(marketplace_id, capture_id, fee, settlement_reference, request_key) */
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
