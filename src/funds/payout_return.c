/*
 * payout_return.c
 *		Paid is not the end: the bank sends a payout back (FD-P13, FD-88). Each share returns to its order line, the bank account is blocked
 *		where the reason says that it cannot be paid, and nothing is paid to the seller until an operator has looked at it (FD-65).
 */
#include "postgres.h"

#include "funds/funds.h"
#include "funds/payout.h"
#include "kernel/errors.h"
#include "kernel/instruction.h"

/* RD-81: reasons that say that the account itself is wrong or gone. */
bool
return_kills_account(const char *reason_code)
{
	static const char *const codes[] = {"AC01", "AC03", "AC04", "AC06", "AC13"};

	for (int i = 0; i < lengthof(codes); i++)
		if (strcmp(reason_code, codes[i]) == 0)
			return true;
	return false;
}

static void
post_return(Call *call, const Payout *payout, int64 cause)
{
	static Statement reopen = STATEMENT("iL",
		"UPDATE marketplace.capture_allocations SET open = true WHERE marketplace_id = $1 AND id = ANY ($2) AND NOT open");
	PayoutItems items = payout_items(call, payout->id);
	Account		cash = psp_account(C_CASH, marketplace_get(call));
	Datum	   *ids = palloc(sizeof(Datum) * Max(items.count, 1));

	for (int i = 0; i < items.count; i++)
	{
		ids[i] = Int64GetDatum(items.allocation_ids[i]);
		ledger_move(call, cash, (Account) {C_SELLER, payout->seller_id, items.order_line_ids[i], items.allocation_ids[i]},
					items.amounts[i], "payout_returned", cause);
	}
	funds_write(&reopen, VALUES(value_int32(call->marketplace_id), payout_int64_array(ids, items.count)));
}

/* The seller's wallet is locked, and the payout is paid or being recalled. */
void
payout_take_back(Call *call, const Payout *payout, const char *reason_code, const char *evidence)
{
	static Statement add = STATEMENT("ilttbtzl",
		"INSERT INTO marketplace.payout_returns (marketplace_id, payout_id, reason_code, evidence, account_blocked, actor, returned_at,"
		"                                        hold_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
	bool		dead = return_kills_account(reason_code);
	HoldSpec	hold = {.seller_id = payout->seller_id, .all = true, .slice = psprintf("payout:%lld", (long long) payout->id),
		.reason = "bank_account", .owner = "operator",
		.note = psprintf("payout %lld was returned: %s", (long long) payout->id, reason_code)};
	int64		cause;

	payout_set_state(call, payout, "returned", "return", true, true, reason_code);
	cause = payout_tell(call, payout, "payout.returned", psprintf("%s %s", reason_code, evidence));
	post_return(call, payout, cause);
	if (dead)
		bank_account_stop(call, payout->bank_account_id, psprintf("payout %lld was returned: %s", (long long) payout->id, reason_code));
	hold.cause = cause;
	funds_write(&add, VALUES(value_int32(call->marketplace_id), value_int64(payout->id), value_text(reason_code), value_text(evidence),
							 value_bool(dead), value_text(call_actor()), value_timestamptz(call->now),
							 value_int64(hold_put(call, &hold))));
}

static void
check_reason(const char *reason_code)
{
	if (strlen(reason_code) == 4 && strspn(reason_code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= 2 &&
		strspn(reason_code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == 4)
		return;
	ereport(ERROR,
			errcode(MK_INVALID_ARGUMENT),
			errmsg("a return has a reason by its ISO 20022 code"),
			errdetail("Two letters and two letters or digits, such as AC04 or NARR."),
			errhint("It is in the bank's message: RtrInf/Rsn/Cd."));
}

/* What came back was executed, whether that was known or not. */
void
payout_return_now(Call *call, int64 payout_id, const char *reason_code, const char *evidence)
{
	Payout		payout = payout_get(call, payout_id);

	check_reason(reason_code);
	wallet_lock(call, &payout.seller_id, 1);
	instruction_lock(call, "payout", "payout", payout_id);
	payout = payout_get(call, payout_id);
	if (payout_is_under_way(&payout))
	{
		instruction_move(call, "payout", "payout", payout_id, "confirm", evidence);
		payout = payout_get(call, payout_id);
	}
	if (!payout_is(&payout, "paid") && !payout_is(&payout, "recall_pending"))
		payout_refuse_state(&payout, "returned", "What was not sent cannot come back; a return is recorded once.");
	payout_take_back(call, &payout, reason_code, evidence);
	payout_end_request(call, payout_id, "payout_recall", "confirm", evidence);
}

/* payout_return(marketplace_id, payout_id, reason_code, evidence, request_key) */
PG_FUNCTION_INFO_V1(payout_return);
Datum
payout_return(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		payout_id = call_int64(&call, 1);
		char	   *reason_code = call_text(&call, 2);
		char	   *evidence = call_text(&call, 3);

		access_require(&call, CAPACITY_OPERATOR, 0);
		payout_return_now(&call, payout_id, reason_code, evidence);
		call.result = payout_id;
	}
	PG_RETURN_INT64(call_end(&call));
}
