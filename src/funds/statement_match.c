/*
 * statement_match.c
 *		What the lines of a statement mean: a debit carries out a payout or refund of ours (FD-P11, FD-P15), a credit is the return of
 *		one (FD-88) or money received; what is neither becomes a break. A bank's fact is never refused.
 */
#include "postgres.h"

#include "funds/bank.h"
#include "funds/break.h"
#include "funds/chargeback.h"

static bool
is(const char *state, const char *name)
{
	return strcmp(state, name) == 0;
}

static BankOutcome
line_broken(Call *call, const BankLine *line, const char *break_class, const Amount *ledger, const char *what)
{
	return (BankOutcome) {.outcome = "break", .break_id = bank_line_break(call, line, break_class, ledger, what)};
}

/* A payment file of ours has it. */
static bool
was_filed(Call *call, int64 instruction_id)
{
	static Statement find = STATEMENT("il",
		"SELECT FROM marketplace.payment_file_items WHERE marketplace_id = $1 AND instruction_id = $2 LIMIT 1");

	return query_execute(&find, VALUES(value_int32(call->marketplace_id), value_int64(instruction_id))) > 0;
}

/* The money has left: what asked for it is carried out, whatever we knew of it. */
static BankOutcome
confirm(Call *call, const BankLine *line, const InstructionFound *found)
{
	Amount		expected = !found->has_amount ? 0 : line->credit ? found->amount : amount_neg(found->amount);
	BankOutcome outcome = {"confirmed", found->object, found->object_id, 0};

	if (!found->has_amount || found->amount != line->amount)
		return line_broken(call, line, "amount_mismatch", found->has_amount ? &expected : NULL, "another amount than was ordered");
	if (is(found->state, "confirmed"))
	{
		outcome.outcome = "known";
		return outcome;
	}
	if (is(found->state, "failed") || is(found->state, "cancelled") ||
		(is(found->state, "planned") && !was_filed(call, found->id)))
		return line_broken(call, line, "status_break", NULL, psprintf("carried out, but known to be %s", found->state));
	if (is(found->state, "planned"))
		instruction_move(call, found->kind, found->object, found->object_id, "send", line->evidence);
	instruction_move(call, found->kind, found->object, found->object_id, "confirm", line->evidence);
	return outcome;
}

/* The orders of a payment file that may still have been carried out. */
static Rows
file_orders(Call *call, const char *payment_information_id, int64 *file_id)
{
	static Statement file = STATEMENT("it",
		"SELECT id FROM marketplace.payment_files WHERE marketplace_id = $1 AND message_id || '-1' = $2");
	static Statement orders = STATEMENT("il",
		"SELECT end_to_end_id, amount FROM marketplace.payment_file_items WHERE marketplace_id = $1 AND file_id = $2 ORDER BY instruction_id");
	Row			row;

	if (payment_information_id == NULL ||
		!query_row(&file, VALUES(value_int32(call->marketplace_id), value_text(payment_information_id)), &row))
		return (Rows) {0, NULL};
	*file_id = row_int64(&row, 0);
	return query_rows(&orders, VALUES(value_int32(call->marketplace_id), value_int64(*file_id)));
}

/* One booking for a whole file (batch booking): its orders, rejected ones left out, are the sum. */
static bool
confirm_file(Call *call, const BankLine *line, BankOutcome *outcome)
{
	int64		file_id;
	Rows		orders = file_orders(call, line->entry->payment_information_id, &file_id);
	InstructionFound *found = palloc(sizeof(InstructionFound) * Max(orders.count, 1));
	Amount		sum = amount_zero(amount_currency(line->amount));
	Amount		expected;
	BankLine	order = *line;

	if (orders.count == 0)
		return false;
	for (uint64 i = 0; i < orders.count; i++)
	{
		if (!instruction_find(call, row_text(&orders.rows[i], 0), &found[i]) || is(found[i].state, "failed") ||
			is(found[i].state, "cancelled"))
			found[i].id = 0;
		else if (amount_currency(found[i].amount) == amount_currency(sum))
			sum = amount_add(sum, found[i].amount);
	}
	expected = amount_neg(sum);
	*outcome = (BankOutcome) {"known", "payment_file", file_id, 0};
	if (sum != line->amount)
	{
		*outcome = line_broken(call, line, "amount_mismatch", &expected, "another sum than the payment file's");
		return true;
	}
	for (uint64 i = 0; i < orders.count; i++)
		if (found[i].id != 0)
		{
			order.amount = found[i].amount;
			if (is(confirm(call, &order, &found[i]).outcome, "confirmed"))
				outcome->outcome = "confirmed";
		}
	return true;
}

/* A line that something may follow from: of a client account, told for the first time, and a sum of money. */
static bool
is_news(const BankLine *line)
{
	return line->entry->same_as == 0 && line->statement->client && amount_minor(line->amount) > 0;
}

/* Own money arrives: the client account is credited, and the transfer was ours. */
static BankOutcome
credited(Call *call, const BankLine *line, const InstructionFound *found)
{
	if (is(found->object, "own_transfer"))
		return confirm(call, line, found);
	return bank_line_return(call, line, found);
}

static BankOutcome
debited(Call *call, const BankLine *line)
{
	BankOutcome outcome;

	if (!line->part && confirm_file(call, line, &outcome))
		return outcome;
	if (line->plan.kind == BANK_LINE_CHARGEBACK)
		return bank_debit_follow(call, line);
	if (line->entry->reversal || (line->detail != NULL && line->detail->returned))
		return line_broken(call, line, "return_break", NULL, "something received was taken back");
	return line_broken(call, line, "unidentified", NULL, "money taken");
}

BankOutcome
bank_line_follow(Call *call, const BankLine *line)
{
	InstructionFound found;

	if (line->entry->same_as != 0)
		return line->entry->repeated ? line_broken(call, line, "duplicate", NULL, "booked before under the same reference") :
			(BankOutcome) {.outcome = "told_elsewhere"};
	if (line->statement->bank_account_id == 0)
		return (BankOutcome) {.outcome = "not_ours"};
	if (!line->statement->client)
		return (BankOutcome) {.outcome = "own_money"};
	/* no sum of money: the break is there; a sum of nothing needs none */
	if (!is_news(line))
		return (BankOutcome) {.outcome = line->entry->amount.exact ? "known" : "break"};
	if (line->end_to_end_id != NULL && instruction_find(call, line->end_to_end_id, &found))
		return line->credit ? credited(call, line, &found) : confirm(call, line, &found);
	return line->credit ? bank_credit_follow(call, line) : debited(call, line);
}

/* What a line is about, where no instruction of ours says so. */
static void
plan_line(Call *call, BankLine *line)
{
	InstructionFound found;

	memset(&line->plan, 0, sizeof(BankLinePlan));
	if (!is_news(line) || (line->end_to_end_id != NULL && instruction_find(call, line->end_to_end_id, &found)))
		return;
	if (line->credit)
		bank_credit_plan(call, line);
	else
		bank_debit_plan(call, line);
}

/* In ascending order, before anything of what they are for. */
static void
lock_instructions(Call *call, const BankLines *lines)
{
	List	   *keys = NIL;
	const char **all;
	ListCell   *cell;
	int			n = 0;

	for (int i = 0; i < lines->count; i++)
	{
		const BankLine *line = &lines->lines[i];
		Rows		refunds = {0, NULL};

		if (line->statement->client && line->end_to_end_id != NULL)
			keys = lappend(keys, (char *) line->end_to_end_id);
		if (line->plan.kind == BANK_LINE_CHARGEBACK)
			refunds = chargeback_refund_keys(call, line->plan.payment_id);
		for (uint64 r = 0; r < refunds.count; r++)
			keys = lappend(keys, row_text(&refunds.rows[r], 0));
	}
	all = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(char *) * Max(list_length(keys), 1));
	foreach(cell, keys)
		all[n++] = lfirst(cell);
	instruction_lock_keys(call, all, n);
}

static void
lock_orders(Call *call, const BankLines *lines)
{
	Match	   *matches = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Match) * (2 * Max(lines->count, 1)));
	int			n = 0;

	for (int i = 0; i < lines->count; i++)
	{
		const BankLinePlan *plan = &lines->lines[i].plan;

		matches[n++] = plan->match;
		if (settlement_settles(&plan->settlement, lines->lines[i].amount))
			matches[n++] = settlement_orders(call, &plan->settlement);
	}
	lock_orders_of_matches(call, matches, n);
}

void
bank_lines_lock(Call *call, BankLines *lines)
{
	bank_lock_wallets(call, lines);
	for (int i = 0; i < lines->count; i++)
		plan_line(call, &lines->lines[i]);
	lock_instructions(call, lines);
	lock_orders(call, lines);
}
