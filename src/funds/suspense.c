/*
 * suspense.c
 *		Money in suspense: told whose it is (FD-P05), sent back to where it came from (FD-P25), or waiting too long.
 */
#include "postgres.h"

#include "funds/agent.h"
#include "funds/funds.h"
#include "funds/incoming_internal.h"
#include "funds/suspense.h"
#include "kernel/errors.h"
#include "kernel/instruction.h"
#include "kernel/policy.h"

static MoneyReceipt
receipt_lock(Call *call, int64 money_receipt_id)
{
	static Statement lock = STATEMENT("il",
		"SELECT amount, state, payer_name, payer_iban, external_id FROM marketplace.money_receipts WHERE marketplace_id = $1 AND id = $2"
		" FOR NO KEY UPDATE");
	MoneyReceipt receipt = {.id = money_receipt_id};
	Row			row;

	if (!query_row(&lock, VALUES(value_int32(call->marketplace_id), value_int64(money_receipt_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no receipt of money %lld", call->marketplace_id, (long long) money_receipt_id),
				errhint("The view marketplace.money_receipt_overview lists them."));
	receipt.amount = row_amount(&row, 0);
	receipt.state = row_text(&row, 1);
	receipt.payer_name = row_text(&row, 2);
	receipt.payer_iban = row_text(&row, 3);
	receipt.external_id = row_text(&row, 4);
	return receipt;
}

MoneyReceipt
suspense_lock(Call *call, int64 money_receipt_id)
{
	MoneyReceipt receipt = receipt_lock(call, money_receipt_id);

	if (strcmp(receipt.state, "suspense") != 0)
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("money receipt %lld is not in suspense", (long long) money_receipt_id),
				errdetail("It is %s.", receipt.state),
				errhint("The view marketplace.suspense_overview shows what is."));
	return receipt;
}

/* Whose it is, as the operator says. */
static Match
read_match(Call *call)
{
	Match		match = {0};

	if (call_is_null(call, 2) == call_is_null(call, 3))
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("suspense_allocate() names an order or a buyer"),
				errhint("Give one of order_id and buyer_id."));
	if (call_is_null(call, 2))
	{
		match.buyer_id = call_int64(call, 3);
		(void) party_get(call, match.buyer_id);
		if (!party_has_capacity(call, match.buyer_id, "buyer"))
			ereport(ERROR,
					errcode(MK_INVALID_ARGUMENT),
					errmsg("party %lld is no buyer", (long long) match.buyer_id),
					errhint("Give the capacity buyer to it first."));
	}
	else
	{
		CurrencyCode currency;

		match.order_count = 1;
		match.order_ids = palloc(sizeof(int64));
		match.order_ids[0] = call_int64(call, 2);
		order_get(call, match.order_ids[0], &match.buyer_id, &currency);
	}
	return match;
}

static int64
allocate(Call *call, int64 money_receipt_id)
{
	static Statement change = STATEMENT("illaz",
		"UPDATE marketplace.money_receipts SET state = 'allocated', buyer_id = $3, to_orders = amount - $4, to_wallet = $4, decided_at = $5"
		" WHERE marketplace_id = $1 AND id = $2");
	Match		match = read_match(call);
	MoneyReceipt receipt;
	Amount		left;
	int64		cause;

	lock_orders_of_matches(call, &match, 1);
	receipt = suspense_lock(call, money_receipt_id);
	cause = money_tell(call, "money.allocated", receipt.id, receipt.amount, match.buyer_id, NULL);
	left = pay_orders(call, &match, receipt.amount, true);
	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(receipt.id), value_int64(match.buyer_id),
									 value_amount(left), value_timestamptz(call->now)), "allocate", NULL);
	if (amount_minor(left) > 0)
		ledger_move(call, own_account(C_SUSPENSE), (Account) {C_BUYER, match.buyer_id, 0, 0}, left, "wallet", cause);
	return receipt.id;
}

/* suspense_allocate(marketplace_id, money_receipt_id, order_id, buyer_id, request_key) */
PG_FUNCTION_INFO_V1(suspense_allocate);
Datum
suspense_allocate(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = allocate(&call, call_int64(&call, 1));
	}
	PG_RETURN_INT64(call_end(&call));
}

void
suspense_set_state(Call *call, int64 money_receipt_id, const char *state, const char *event, const char *reason)
{
	static Statement change = STATEMENT("iltz",
		"UPDATE marketplace.money_receipts SET state = $3, decided_at = CASE WHEN $3 = 'suspense' THEN NULL ELSE $4 END"
		" WHERE marketplace_id = $1 AND id = $2");

	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(money_receipt_id), value_text(state),
									 value_timestamptz(call->now)), event, reason);
}

static void
plan_return(Call *call, const MoneyReceipt *receipt, const char *reason, const Authority *authority)
{
	JsonbParseState *payload;

	ledger_move(call, own_account(C_SUSPENSE), own_account(C_REFUND_CLEARING), receipt->amount, "suspense_return",
				money_tell(call, "money.return_planned", receipt->id, receipt->amount, 0, reason));
	payload_begin(&payload);
	payload_int64(&payload, "money_receipt_id", receipt->id);
	payload_text(&payload, "external_id", receipt->external_id);
	payload_text(&payload, "creditor_name", receipt->payer_name);
	payload_text(&payload, "iban", receipt->payer_iban);
	payload_amount(&payload, "amount", receipt->amount);
	payload_text(&payload, "reason", reason);
	payload_authority(&payload, authority);
	instruction_plan(call, "suspense_return", "money_receipt", receipt->id, marketplace_get(call)->psp_party_id, &payload);
}

static int64
send_back(Call *call, int64 money_receipt_id, const char *reason)
{
	MoneyReceipt receipt = suspense_lock(call, money_receipt_id);
	Authority	authority;

	if (receipt.payer_iban == NULL)
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("it is not known which account the money of receipt %lld came from", (long long) receipt.id),
				errdetail("The bank did not tell the payer's IBAN."),
				errhint("Ask the bank to return the entry \"%s\" itself, or find out whose it is.", receipt.external_id));
	suspense_set_state(call, receipt.id, "returning", "return", reason);
	if (agent_may(call, &(PspRequest) {.operation = AGENT_REFUND, .object = "money_receipt", .object_id = receipt.id,
									   .amount = receipt.amount}, &authority))
		plan_return(call, &receipt, reason, &authority);
	return receipt.id;
}

/* The PSP has sent it back. */
void
suspense_return_execute(Call *call, const PspRequest *request, const char *evidence)
{
	MoneyReceipt receipt = receipt_lock(call, request->object_id);

	plan_return(call, &receipt, evidence, &(Authority) {0, request->id});
	instruction_move(call, "suspense_return", "money_receipt", receipt.id, "send", evidence);
	instruction_move(call, "suspense_return", "money_receipt", receipt.id, "confirm", evidence);
}

/* It has not: the money is where it was. */
void
suspense_return_decline(Call *call, const PspRequest *request, const char *evidence)
{
	MoneyReceipt receipt = receipt_lock(call, request->object_id);

	suspense_set_state(call, receipt.id, "suspense", "fail", evidence);
	(void) money_tell(call, "money.return_failed", receipt.id, receipt.amount, 0, evidence);
}
/* suspense_return(marketplace_id, money_receipt_id, reason, request_key) */
PG_FUNCTION_INFO_V1(suspense_return);
Datum
suspense_return(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		money_receipt_id = call_int64(&call, 1);
		char	   *reason = call_text(&call, 2);

		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = send_back(&call, money_receipt_id, reason);
	}
	PG_RETURN_INT64(call_end(&call));
}

/* The instruction has moved: what is neither carried out nor certainly not is still on its way. */
void
suspense_return_moved(Call *call, int64 money_receipt_id, const char *event, const char *evidence)
{
	bool		confirmed = strcmp(event, "confirmed") == 0;
	MoneyReceipt receipt;
	int64		cause;

	if (!confirmed && strcmp(event, "failed") != 0 && strcmp(event, "cancelled") != 0)
		return;
	receipt = receipt_lock(call, money_receipt_id);
	suspense_set_state(call, receipt.id, confirmed ? "returned" : "suspense", confirmed ? "confirm" : "fail", evidence);
	cause = money_tell(call, confirmed ? "money.returned" : "money.return_failed", receipt.id, receipt.amount, 0, evidence);
	ledger_move(call, own_account(C_REFUND_CLEARING), confirmed ? psp_account(C_CASH, marketplace_get(call)) : own_account(C_SUSPENSE),
				receipt.amount, confirmed ? "suspense_returned" : "suspense_return_failed", cause);
}

/* FD-12: what nobody has recognised for too long raises a task to send it back, once. */
int
funds_tick_suspense(Call *call, int limit)
{
	static Statement due = STATEMENT("izzi",
		"UPDATE marketplace.money_receipts m SET return_told_at = $2"
		"  FROM (SELECT r.id FROM marketplace.money_receipts r"
		"         WHERE r.marketplace_id = $1 AND r.state = 'suspense' AND r.return_told_at IS NULL AND r.received_at <= $3"
		"         ORDER BY r.received_at, r.id LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED) d"
		" WHERE m.marketplace_id = $1 AND m.id = d.id"
		" RETURNING m.id, m.amount");
	int64		days = policy_int64(call, "fd.suspense_return_days", NULL);
	Rows		rows;

	guard_open("funds");
	rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now),
								   value_timestamptz(call->now - days * USECS_PER_DAY), value_int32(limit)));
	guard_close();
	for (uint64 i = 0; i < rows.count; i++)
		money_tell(call, "money.return_due", row_int64(&rows.rows[i], 0), row_amount(&rows.rows[i], 1), 0, NULL);
	return (int) rows.count;
}
