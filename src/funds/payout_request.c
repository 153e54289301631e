/*
 * payout_request.c
 *		Payouts that no agent mandate covers: the PSP is asked to pay, the money is held in the wallet; when it has paid, exactly that is frozen
 *		and paid out in one commit (FD-51).
 */
#include "postgres.h"

#include "funds/payout.h"
#include "kernel/errors.h"
#include "kernel/instruction.h"

void
payout_request(Call *call, int64 batch_id, const Payable *payable, const SellerGroup *group)
{
	int			most = group->end - group->first;
	int64	   *allocation_ids = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * most);
	int64	   *line_ids = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * most);
	Amount	   *amounts = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Amount) * most);
	int			n = 0;

	for (int i = group->first; i < group->end; i++)
	{
		if (amount_minor(payable->free[i]) == 0)
			continue;
		allocation_ids[n] = payable->accounts[i].allocation_id;
		line_ids[n] = payable->accounts[i].order_line_id;
		amounts[n++] = payable->free[i];
	}
	psp_request_open(call, &(PspRequest) {.operation = AGENT_PAYOUT, .object = "payout_batch", .object_id = batch_id,
										  .seller_id = group->seller_id, .amount = group->total, .count = n,
										  .allocation_ids = allocation_ids, .order_line_ids = line_ids, .amounts = amounts,
										  .bank_account_id = group->bank_account_id});
}

static void
gone_error(const PspRequest *request, int i, Amount balance)
{
	ereport(ERROR,
			errcode(MK_AGENT),
			errmsg("what request %lld pays out is not the seller's any more", (long long) request->id),
			errdetail("It pays %s of allocation %lld; %s is there.", amount_to_cstring(request->amounts[i]),
					  (long long) request->allocation_ids[i], amount_to_cstring(balance)),
			errhint("Ask the PSP to undo it, and record the request as failed."));
}

/* The PSP has paid it: it needs no second person here any more. */
void
payout_execute(Call *call, const PspRequest *request, const char *evidence)
{
	static Statement approve = STATEMENT("il",
		"UPDATE marketplace.payouts SET state = 'approved' WHERE marketplace_id = $1 AND id = $2");
	Size		n = request->count;
	Payable		payable = {.count = request->count, .accounts = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Account) * n),
		.currencies = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(CurrencyCode) * n),
		.balances = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Amount) * n),
		.free = unconstify(Amount *, request->amounts)};
	SellerGroup group = {.first = 0, .end = request->count, .seller_id = request->seller_id,
		.bank_account_id = request->bank_account_id, .total = request->amount};
	Authority	authority = {0, request->id};
	int64		payout_id;

	for (int i = 0; i < request->count; i++)
	{
		payable.accounts[i] = (Account) {C_SELLER, request->seller_id, request->order_line_ids[i], request->allocation_ids[i]};
		payable.currencies[i] = amount_currency(request->amount);
	}
	wallet_lock(call, &request->seller_id, 1);
	ledger_lock_balances(call, payable.accounts, payable.currencies, NULL, payable.count, payable.balances);
	for (int i = 0; i < request->count; i++)
		if (amount_minor(payable.balances[i]) < amount_minor(request->amounts[i]))
			gone_error(request, i, payable.balances[i]);
	payout_id = payout_freeze(call, request->object_id, &payable, &group, payout_today(call), &authority);
	funds_transition(&approve, VALUES(value_int32(call->marketplace_id), value_int64(payout_id)), "approve", "executed by the PSP");
	instruction_move(call, "payout", "payout", payout_id, "send", evidence);
	instruction_move(call, "payout", "payout", payout_id, "confirm", evidence);
}
