/*
 * statement_return.c
 *		A payout or a refund that came back: it was executed, so it is paid first if that was not known, then returned (FD-88, FD-P13,
 *		FD-P16, RD-77). By EndToEndId. What the reason does to the bank account is payout_return.c's (RD-81).
 */
#include "postgres.h"

#include "funds/bank.h"
#include "funds/hold.h"
#include "funds/payout.h"
#include "funds/refund.h"

#define REASON_LENGTH 4
#define REASON_IN_WORDS "NARR"

static bool
is(const char *state, const char *name)
{
	return strcmp(state, name) == 0;
}

static const char *
evidence_of(const BankLine *line)
{
	const BankDetail *detail = line->detail;
	const char *reason = detail == NULL || detail->return_reason == NULL ? "" : psprintf(": %s", detail->return_reason);
	const char *said = detail == NULL || detail->return_information == NULL ? "" : psprintf(", %s", detail->return_information);

	return psprintf("%s%s%s", line->evidence, reason, said);
}

static BankOutcome
broken(Call *call, const BankLine *line, const InstructionFound *found, const char *break_class, const Amount *ledger, const char *what)
{
	return (BankOutcome) {.outcome = "break", .object = found->object, .object_id = found->object_id,
		.break_id = bank_line_break(call, line, break_class, ledger, what)};
}

/* That it came back proves that it had left. */
static void
confirm_first(Call *call, const BankLine *line, const InstructionFound *found)
{
	if (is(found->state, "sent") || is(found->state, "acknowledged") || is(found->state, "unknown"))
		instruction_move(call, found->kind, found->object, found->object_id, "confirm", line->evidence);
}

/* A bank's own reason is no code. */
static const char *
reason_of(const BankLine *line)
{
	const char *reason = line->detail == NULL ? NULL : line->detail->return_reason;

	return reason != NULL && strlen(reason) == REASON_LENGTH &&
		strspn(reason, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == REASON_LENGTH ? reason : REASON_IN_WORDS;
}

static BankOutcome
refund_returned(Call *call, const BankLine *line, const InstructionFound *found)
{
	Refund		refund = refund_get(call, found->object_id);

	if (is(refund.state, "bounced"))
		return (BankOutcome) {"known", found->object, found->object_id, 0};
	confirm_first(call, line, found);
	if (!refund_came_back(call, found->object_id, psprintf("%s %s", reason_of(line), evidence_of(line))))
		return broken(call, line, found, "status_break", NULL, psprintf("came back, but known to be %s", refund.state));
	return (BankOutcome) {"returned", found->object, found->object_id, 0};
}

static BankOutcome
payout_returned(Call *call, const BankLine *line, const InstructionFound *found)
{
	Payout		payout = payout_get(call, found->object_id);

	if (payout_is(&payout, "returned"))
		return (BankOutcome) {"known", found->object, found->object_id, 0};
	confirm_first(call, line, found);
	payout = payout_get(call, found->object_id);
	if (!payout_is(&payout, "paid") && !payout_is(&payout, "recall_pending"))
		return broken(call, line, found, "status_break", NULL, psprintf("came back, but known to be %s", payout.state));
	payout_take_back(call, &payout, reason_of(line), evidence_of(line));
	payout_end_request(call, payout.id, "payout_recall", "confirm", line->evidence);
	return (BankOutcome) {"returned", found->object, found->object_id, 0};
}

BankOutcome
bank_line_return(Call *call, const BankLine *line, const InstructionFound *found)
{
	if (!found->has_amount || found->amount != line->amount)
		return broken(call, line, found, "amount_mismatch", found->has_amount ? &found->amount : NULL, "another amount came back than was paid");
	if (is(found->object, "refund"))
		return refund_returned(call, line, found);
	if (is(found->object, "payout") && is(found->kind, "payout"))
		return payout_returned(call, line, found);
	return broken(call, line, found, "return_break", NULL, psprintf("%s %lld came back", found->object, (long long) found->object_id));
}

/* Before instructions and orders: the wallets of the sellers whose payouts come back. */
void
bank_lock_wallets(Call *call, const BankLines *lines)
{
	int64	   *sellers = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(lines->count, 1));
	InstructionFound found;
	int			count = 0;

	for (int i = 0; i < lines->count; i++)
	{
		const BankLine *line = &lines->lines[i];

		if (line->credit && line->statement->client && line->end_to_end_id != NULL &&
			instruction_find(call, line->end_to_end_id, &found) && is(found.object, "payout"))
			sellers[count++] = payout_get(call, found.object_id).seller_id;
	}
	if (count > 0)
		wallet_lock(call, sellers, count);
}
