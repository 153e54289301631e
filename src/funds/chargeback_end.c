/*
 * chargeback_end.c
 *		How a chargeback ends: recovered, and the money goes back to where it was taken from; or lost.
 */
#include "postgres.h"

#include "funds/chargeback.h"
#include "funds/settlement.h"
#include "kernel/errors.h"

typedef struct Chargeback
{
	int64		id;
	int64		payment_id;
	int64		capture_id;
	const char *state;
	Amount		refunded_before;
	Amount		amount;
} Chargeback;

static Chargeback
chargeback_get(Call *call, int64 chargeback_id)
{
	static Statement read = STATEMENT("il",
		"SELECT payment_id, capture_id, state, refunded_before, amount FROM marketplace.chargebacks WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(chargeback_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no chargeback %lld", call->marketplace_id, (long long) chargeback_id),
				errhint("The view marketplace.chargeback_overview lists them."));
	return (Chargeback) {chargeback_id, row_int64(&row, 0), row_int64(&row, 1), row_text(&row, 2), row_amount(&row, 3),
		row_amount(&row, 4)};
}

int64
chargeback_kept_back(Call *call, int64 capture_id)
{
	static Statement read = STATEMENT("il",
		"SELECT COALESCE(pg_catalog.sum(marketplace.minor_units(amount + fee)), 0)::bigint FROM marketplace.chargebacks"
		" WHERE marketplace_id = $1 AND capture_id = $2 AND unsettled");
	static Statement recovered = STATEMENT("il",
		"SELECT COALESCE(pg_catalog.sum(marketplace.minor_units(amount)), 0)::bigint FROM marketplace.chargebacks"
		" WHERE marketplace_id = $1 AND capture_id = $2 AND unsettled AND state = 'recovered'");
	const Value *args = VALUES(value_int32(call->marketplace_id), value_int64(capture_id));

	return DatumGetInt64(query_datum(&read, args)) - DatumGetInt64(query_datum(&recovered, args));
}

/* Back to the parts; returns the id of the last event. */
static int64
give_back(Call *call, const Payment *payment, const Chargeback *chargeback, Account asset, const char *evidence)
{
	static Statement read = STATEMENT("il",
		"SELECT i.order_id, i.allocation_id, i.order_line_id, i.amount, i.from_refunds, a.seller_id, a.buyer_id"
		"  FROM marketplace.chargeback_items i"
		"  JOIN marketplace.capture_allocations a ON a.marketplace_id = $1 AND a.id = i.allocation_id"
		" WHERE i.marketplace_id = $1 AND i.chargeback_id = $2 ORDER BY i.order_id, i.allocation_id");
	static Statement open = STATEMENT("il",
		"UPDATE marketplace.capture_allocations SET open = true WHERE marketplace_id = $1 AND id = $2 AND NOT open");
	Rows		items = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(chargeback->id)));
	int64		cause = 0;

	for (int o = 0; o < payment->order_count; o++)
	{
		Amount		back = amount_zero(amount_currency(payment->authorised));

		for (uint64 i = 0; i < items.count; i++)
			if (row_int64(&items.rows[i], 0) == payment->orders[o].order_id)
				back = amount_add(back, row_amount(&items.rows[i], 3));
		cause = payment_tell(call, "payment.recovered", payment, payment->orders[o].order_id, back, chargeback->capture_id, evidence);
		for (uint64 i = 0; i < items.count; i++)
		{
			Row		   *row = &items.rows[i];
			Account		escrow = {C_ESCROW, row_int64(row, 5), row_int64(row, 2), row_int64(row, 1)};
			Account		kept = {C_BUYER, row_int64(row, 6), row_int64(row, 2), row_int64(row, 1)};
			Amount		to_kept = row_amount(row, 4);
			Amount		to_escrow = amount_sub(row_amount(row, 3), to_kept);

			if (row_int64(row, 0) != payment->orders[o].order_id)
				continue;
			if (amount_minor(to_escrow) > 0)
				ledger_move(call, asset, escrow, to_escrow, "chargeback_recovered", cause);
			if (amount_minor(to_kept) > 0)
				ledger_move(call, asset, kept, to_kept, "chargeback_recovered", cause);
			funds_write(&open, VALUES(value_int32(call->marketplace_id), value_int64(row_int64(row, 1))));
		}
	}
	return cause;
}

/* What the buyer had twice: paid by the PSP, into the client account; or a loss. */
static void
end_claim(Call *call, const Chargeback *chargeback, Account asset, bool recovered, int64 cause)
{
	Account		claim = psp_account(O_OTHER_RECEIVABLE, marketplace_get(call));

	if (amount_minor(chargeback->refunded_before) == 0)
		return;
	if (!recovered)
	{
		ledger_move(call, own_account(O_LOSS), claim, chargeback->refunded_before, "chargeback_lost", cause);
		return;
	}
	ledger_move(call, asset, own_account(C_DUE_TO_OWN), chargeback->refunded_before, "chargeback_recovered", cause);
	ledger_move(call, own_account(O_DUE_FROM_CLIENT), claim, chargeback->refunded_before, "chargeback_recovered", cause);
}

/* The PSP pays what was won back to the account: what the bank has shown of it was posted when it came. */
static void
announce_recovered(Call *call, const Chargeback *chargeback, int64 cause)
{
	Marketplace *marketplace = marketplace_get(call);
	Amount		in_cash = settlement_announce(call, "chargeback", chargeback->id, chargeback->amount, NULL);

	if (amount_minor(in_cash) > 0)
		ledger_move(call, psp_account(C_PSP_CLEARING, marketplace), psp_account(C_CASH, marketplace), in_cash, "settle", cause);
}

/* The payment's state once none of its chargebacks is open. */
static void
change_payment(Call *call, int64 payment_id)
{
	static Statement change = STATEMENT("ilt",
		"UPDATE marketplace.payments p SET state = $3 WHERE p.marketplace_id = $1 AND p.id = $2 AND p.state = 'charged_back' AND NOT EXISTS ("
		"       SELECT FROM marketplace.chargebacks c WHERE c.marketplace_id = $1 AND c.payment_id = $2 AND c.state = 'open')");
	static Statement lost = STATEMENT("il",
		"SELECT EXISTS (SELECT FROM marketplace.chargebacks WHERE marketplace_id = $1 AND payment_id = $2 AND state = 'lost')");
	bool		is_lost = DatumGetBool(query_datum(&lost, VALUES(value_int32(call->marketplace_id), value_int64(payment_id))));

	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(payment_id),
									 value_text(is_lost ? "lost" : "recovered")), is_lost ? "lose" : "win", NULL);
}

void
chargeback_end(Call *call, int64 chargeback_id, bool recovered, const char *evidence)
{
	static Statement change = STATEMENT("iltz",
		"UPDATE marketplace.chargebacks SET state = $3, ended_at = $4 WHERE marketplace_id = $1 AND id = $2");
	Payment		payment = payment_lock(call, chargeback_get(call, chargeback_id).payment_id);
	Chargeback	chargeback = chargeback_get(call, chargeback_id);
	Account		asset = psp_account(strcmp(capture_get(call, chargeback.capture_id).state, "captured") == 0 ? C_PSP_CLEARING : C_CASH,
									marketplace_get(call));
	int64		cause = 0;

	if (strcmp(chargeback.state, "open") != 0)
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("chargeback %lld is decided", (long long) chargeback_id),
				errdetail("It is %s.", chargeback.state),
				errhint("What follows later is recorded as another chargeback, or as a receipt of money."));
	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(chargeback_id),
									 value_text(recovered ? "recovered" : "lost"), value_timestamptz(call->now)),
					 recovered ? "win" : "lose", evidence);
	change_payment(call, payment.id);
	if (recovered)
		cause = give_back(call, &payment, &chargeback, asset, evidence);
	else
		for (int i = 0; i < payment.order_count; i++)
			cause = payment_tell(call, "payment.lost", &payment, payment.orders[i].order_id, payment.orders[i].captured,
								 chargeback.capture_id, evidence);
	end_claim(call, &chargeback, asset, recovered, cause);
	if (recovered && asset.kind == C_CASH)
		announce_recovered(call, &chargeback, cause);
	for (int i = 0; recovered && i < payment.order_count; i++)
		release_order(call, payment.orders[i].order_id);
}

/* chargeback_resolve(marketplace_id, chargeback_id, outcome, evidence, request_key) */
PG_FUNCTION_INFO_V1(chargeback_resolve);
Datum
chargeback_resolve(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		char	   *outcome;

		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = call_int64(&call, 1);
		outcome = call_text(&call, 2);
		if (strcmp(outcome, "recovered") != 0 && strcmp(outcome, "lost") != 0)
			ereport(ERROR,
					errcode(MK_INVALID_ARGUMENT),
					errmsg("\"%s\" is no outcome of a chargeback", outcome),
					errhint("Known are recovered and lost."));
		settlement_lock(&call);
		chargeback_end(&call, call.result, strcmp(outcome, "recovered") == 0, call_text_or_null(&call, 3));
	}
	PG_RETURN_INT64(call_end(&call));
}
