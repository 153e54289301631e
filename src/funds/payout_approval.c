/*
 * payout_approval.c
 *		Four eyes on payouts above fd.four_eyes_amount (FD-54): what exactly is approved, and what an approval does.
 *
 * The run asks for the approval; approval_give() makes the payout approved, and its sending uses the approval up.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/funds.h"
#include "funds/payout.h"
#include "kernel/approval.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "kernel/seal.h"
#include "lib/stringinfo.h"

bool
payout_needs_approval(Call *call, int64 seller_id, Amount amount)
{
	PolicyScope scope = {.seller_id = seller_id};
	Amount		limit = amount_round_numeric(policy_numeric(call, "fd.four_eyes_amount", &scope), amount_currency(amount));

	return amount_minor(amount) > amount_minor(limit);
}

/* All of the payout that is frozen, its items by their hash. */
static Jsonb *
content_of(Call *call, const Payout *payout)
{
	PayoutItems items = payout_items(call, payout->id);
	StringInfoData list;
	bytea	   *hash;
	JsonbParseState *content;

	initStringInfo(&list);
	for (int i = 0; i < items.count; i++)
		appendStringInfo(&list, "%lld %lld %s\n", (long long) items.allocation_ids[i], (long long) items.order_line_ids[i],
						 amount_to_cstring(items.amounts[i]));
	hash = seal_next(NULL, list.data, list.len);
	payload_begin(&content);
	payload_int64(&content, "payout_id", payout->id);
	payload_int64(&content, "batch_id", payout->batch_id);
	payload_int64(&content, "seller_id", payout->seller_id);
	payload_int64(&content, "bank_account_id", payout->bank_account_id);
	payload_amount(&content, "amount", payout->amount);
	payload_int64(&content, "items", items.count);
	payload_text(&content, "items_sha256",
				 TextDatumGetCString(DirectFunctionCall2(binary_encode, PointerGetDatum(hash), CStringGetTextDatum("hex"))));
	return JsonbValueToJsonb(pushJsonbValue(&content, WJB_END_OBJECT, NULL));
}

void
payout_ask_approval(Call *call, const int64 *payout_ids, int n)
{
	for (int i = 0; i < n; i++)
	{
		Payout		payout = payout_get(call, payout_ids[i]);

		(void) approval_ask(call, "payout", payout.id, content_of(call, &payout), payout.amount, "above fd.four_eyes_amount");
	}
}

/* Where it needed one when it was frozen. */
void
payout_use_approval(Call *call, const Payout *payout)
{
	static Statement asked = STATEMENT("il",
		"SELECT 1 FROM marketplace.approval_requests WHERE marketplace_id = $1 AND kind = 'payout' AND object_id = $2 LIMIT 1");

	if (query_execute(&asked, VALUES(value_int32(call->marketplace_id), value_int64(payout->id))) > 0)
		approval_require(call, "payout", payout->id, approval_hash(content_of(call, payout)), payout->amount);
}

/* approval.given: the payout is approved, if it is what was approved (FD §7: content unchanged). */
void
funds_on_approval_given(Call *call, const Event *event)
{
	static Statement approve = STATEMENT("ild",
		"UPDATE marketplace.payouts SET state = 'approved', execution_date = $3 WHERE marketplace_id = $1 AND id = $2");
	Document	payload = document_root(event->payload);
	char	   *hash = document_text(&payload, "content_hash");
	Payout		payout;

	if (strcmp(document_text(&payload, "kind"), "payout") != 0)
		return;
	payout = payout_get(call, document_int64(&payload, "object_id"));
	if (strcmp(approval_hash(content_of(call, &payout)), hash) != 0)
		ereport(ERROR,
				errcode(MK_APPROVAL),
				errmsg("what is to be approved is not payout %lld", (long long) payout.id),
				errdetail("The content of the request differs from what is frozen."),
				errhint("Ask for the approval of what was approved before, or of what the run asked for: see the view marketplace.approvals."));
	if (!payout_is(&payout, "planned"))
		return;
	funds_transition(&approve, VALUES(value_int32(call->marketplace_id), value_int64(payout.id),
									  value_date(Max(payout.execution_date, payout_execution_day(call, call->now)))), "approve",
					 psprintf("approval %lld", (long long) document_int64(&payload, "approval_id")));
	(void) payout_tell(call, &payout, "payout.approved", call_actor());
}
