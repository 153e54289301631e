/*
 * psp_event_apply.c
 *		What one message of the PSP does to its payment, if what it needs is there: otherwise it waits. Nothing here may
 *		raise an error for what the PSP says, since the message would be lost with it: what contradicts is rejected.
 *
 * A message says what is, not what to do: where it is so already, nothing is done. Money that was taken counts more than
 * a void, an expiry or a failure, which then only say that no more will be taken.
 */
#include "postgres.h"

#include "funds/chargeback.h"
#include "funds/psp_event.h"
#include "kernel/guard.h"

static PspOutcome
rejected(PspEvent *event, char *note)
{
	event->note = note;
	return PSP_REJECTED;
}

static PspOutcome
waits(PspEvent *event, const char *note)
{
	event->note = note;
	return PSP_WAITS;
}

static int64
capture_by_reference(Call *call, const Payment *payment, const char *reference)
{
	static Statement find = STATEMENT("ilt",
		"SELECT id FROM marketplace.captures WHERE marketplace_id = $1 AND payment_id = $2 AND psp_reference = $3");
	Row			row;

	return query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(payment->id), value_text(reference)), &row) ?
		row_int64(&row, 0) : 0;
}

static bool
is_open(const Payment *payment)
{
	return strcmp(payment->state, "expected") == 0 || strcmp(payment->state, "authorised") == 0;
}

static PspOutcome
apply_authorised(Call *call, const Payment *payment, PspEvent *event)
{
	static Statement late = STATEMENT("ilz",
		"UPDATE marketplace.payments SET authorised_at = $3 WHERE marketplace_id = $1 AND id = $2 AND authorised_at IS NULL");

	if (event->amount != 0 && amount_cmp(event->amount, payment->authorised) != 0)
		return rejected(event, psprintf("authorised %s, the payment is %s", amount_to_cstring(event->amount), amount_to_cstring(payment->authorised)));
	if (strcmp(payment->state, "expected") == 0)
		payment_set_authorised(call, payment);
	else
		funds_write(&late, VALUES(value_int32(call->marketplace_id), value_int64(payment->id), value_timestamptz(call->now)));
	return PSP_APPLIED;
}

/* A capture that was made here without its name at the PSP, of the same amount: the oldest. */
static bool
adopt_capture(Call *call, const Payment *payment, const PspEvent *event)
{
	static Statement adopt = STATEMENT("ilat",
		"UPDATE marketplace.captures SET psp_reference = $4 WHERE marketplace_id = $1 AND id = ("
		" SELECT min(id) FROM marketplace.captures WHERE marketplace_id = $1 AND payment_id = $2 AND amount = $3 AND psp_reference IS NULL)"
		" RETURNING id");
	Row			row;
	bool		found;

	guard_open("funds");
	found = query_row(&adopt, VALUES(value_int32(call->marketplace_id), value_int64(payment->id), value_amount(event->amount),
									 value_text(event->capture_reference)), &row);
	guard_close();
	return found;
}

static bool
reference_taken(Call *call, const char *reference)
{
	static Statement find = STATEMENT("it", "SELECT 1 FROM marketplace.captures WHERE marketplace_id = $1 AND psp_reference = $2");

	return query_execute(&find, VALUES(value_int32(call->marketplace_id), value_text(reference))) > 0;
}

static PspOutcome
apply_captured(Call *call, Payment *payment, PspEvent *event)
{
	int64		capture_id = capture_by_reference(call, payment, event->capture_reference);
	Amount		most;

	if (capture_id != 0)
	{
		Amount		captured = capture_get(call, capture_id).amount;

		return amount_cmp(captured, event->amount) == 0 ? PSP_APPLIED :
			rejected(event, psprintf("captured %s, known as %s", amount_to_cstring(event->amount), amount_to_cstring(captured)));
	}
	if (reference_taken(call, event->capture_reference))
		return rejected(event, "the capture is known of another payment");
	if (amount_currency(event->amount) != amount_currency(payment->authorised))
		return rejected(event, psprintf("captured %s, the payment is %s", amount_to_cstring(event->amount), amount_to_cstring(payment->authorised)));
	if (adopt_capture(call, payment, event))
		return PSP_APPLIED;
	most = capture_most(call, payment);
	if (amount_minor(event->amount) > amount_minor(most))
		return rejected(event, psprintf("captured %s, only %s is to be captured", amount_to_cstring(event->amount), amount_to_cstring(most)));
	if (payment->has_presented || strcmp(payment->method, "wallet") == 0)
		return rejected(event, "capture it with payment_capture(), which freezes the rate");
	if (strcmp(payment->state, "expected") == 0)
	{
		payment_set_authorised(call, payment);
		payment->state = "authorised";
	}
	capture_payment(call, payment, event->amount, event->capture_reference);
	return PSP_APPLIED;
}

static PspOutcome
apply_settled(Call *call, const Payment *payment, PspEvent *event)
{
	int64		capture_id = capture_by_reference(call, payment, event->capture_reference);
	Amount		fee = event->fee == 0 ? amount_zero(amount_currency(payment->authorised)) : event->fee;
	Capture		capture;

	if (capture_id == 0)
		return waits(event, "the capture is not known yet");
	capture = capture_get(call, capture_id);
	if (strcmp(capture.state, "captured") != 0)
		return PSP_APPLIED;
	if (amount_currency(fee) != amount_currency(capture.amount) || amount_minor(fee) > amount_minor(capture.amount))
		return rejected(event, psprintf("fee %s, captured %s", amount_to_cstring(fee), amount_to_cstring(capture.amount)));
	settle_capture(call, payment, capture_id, capture.amount, fee, event->settlement_reference, SETTLED_BY_PSP);
	return PSP_APPLIED;
}

static PspOutcome
apply_closed(Call *call, const Payment *payment, PspEvent *event)
{
	if (amount_minor(payment->captured) > 0)
		payment_close_rest(call, payment);
	else if (is_open(payment))
	{
		if (strcmp(event->kind, "voided") == 0)
			payment_close(call, payment, "voided", "void", "payment.voided", event->reason);
		else if (strcmp(event->kind, "expired") == 0)
			payment_close(call, payment, "expired", "expire", "payment.expired", event->reason);
		else
			payment_close(call, payment, "failed", "fail", "payment.failed", event->reason);
	}
	return PSP_APPLIED;
}

static PspOutcome
apply_chargeback(Call *call, const Payment *payment, PspEvent *event)
{
	int64		capture_id = capture_by_reference(call, payment, event->capture_reference);
	ChargebackSpec spec = {.capture_id = capture_id, .amount = event->amount, .fee = event->fee, .psp_reference = event->chargeback_reference,
		.reason = event->reason};
	const char *obstacle;

	if (chargeback_by_reference(call, event->chargeback_reference) != 0)
		return PSP_APPLIED;
	if (capture_id == 0)
		return waits(event, "the capture is not known yet");
	if (chargeback_must_wait(call, payment->id))
		return waits(event, "a refund of the payment is on its way");
	obstacle = chargeback_obstacle(call, payment, &spec);
	if (obstacle != NULL)
		return rejected(event, pstrdup(obstacle));
	chargeback_open(call, &spec);
	return PSP_APPLIED;
}

static PspOutcome
apply_outcome(Call *call, PspEvent *event)
{
	static Statement read = STATEMENT("il", "SELECT state FROM marketplace.chargebacks WHERE marketplace_id = $1 AND id = $2");
	const char *wanted = strcmp(event->kind, "chargeback_recovered") == 0 ? "recovered" : "lost";
	int64		chargeback_id = chargeback_by_reference(call, event->chargeback_reference);
	const char *state;

	if (chargeback_id == 0)
		return waits(event, "the chargeback is not known yet");
	state = TextDatumGetCString(query_datum(&read, VALUES(value_int32(call->marketplace_id), value_int64(chargeback_id))));
	if (strcmp(state, "open") == 0)
		chargeback_end(call, chargeback_id, strcmp(wanted, "recovered") == 0, event->reason);
	else if (strcmp(state, wanted) != 0)
		return rejected(event, psprintf("the chargeback is %s", state));
	return PSP_APPLIED;
}

PspOutcome
psp_event_apply(Call *call, int64 payment_id, PspEvent *event)
{
	Payment		payment = payment_lock(call, payment_id);

	if (strcmp(event->kind, "authorised") == 0)
		return apply_authorised(call, &payment, event);
	if (strcmp(event->kind, "captured") == 0)
		return apply_captured(call, &payment, event);
	if (strcmp(event->kind, "settled") == 0)
		return apply_settled(call, &payment, event);
	if (strcmp(event->kind, "chargeback") == 0 || strcmp(event->kind, "returned") == 0)
		return apply_chargeback(call, &payment, event);
	if (strncmp(event->kind, "chargeback_", strlen("chargeback_")) == 0)
		return apply_outcome(call, event);
	return apply_closed(call, &payment, event);
}
