/*
 * statement_match.c
 *		What the lines of a statement mean: a debit carries out a payout or refund of ours (FD-P11, FD-P15), a credit is the return of
 *		one (FD-88) or money received; what is neither becomes a break. A bank's fact is never refused.
 */
#include "postgres.h"

#include "funds/bank.h"
#include "funds/break.h"

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
	Amount		expected = found->has_amount ? amount_neg(found->amount) : 0;
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

static BankOutcome
match_line(Call *call, const BankLine *line)
{
	InstructionFound found;
	BankOutcome outcome;

	if (line->entry->same_as != 0)
		return (BankOutcome) {.outcome = "told_before"};
	if (line->statement->bank_account_id == 0)
		return (BankOutcome) {.outcome = "not_ours"};
	if (!line->statement->client)
		return (BankOutcome) {.outcome = "own_money"};
	if (line->amount == 0)
		return (BankOutcome) {.outcome = "break"};
	if (line->end_to_end_id != NULL && instruction_find(call, line->end_to_end_id, &found))
		return line->credit ? bank_line_return(call, line, &found) : confirm(call, line, &found);
	if (!line->credit && !line->part && confirm_file(call, line, &outcome))
		return outcome;
	if (line->credit && line->detail != NULL && line->detail->returned)
		return line_broken(call, line, "return_break", NULL, "the return of something that is not known");
	return line_broken(call, line, "unidentified", NULL, line->credit ? "money received" : "money taken");
}

/* In ascending order, before anything of what they are for. */
static void
lock_instructions(Call *call, const BankStatement *statement)
{
	int			n = 0;
	const char **keys;

	for (int i = 0; i < statement->nentries; i++)
		n += statement->entries[i].ndetails;
	keys = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(char *) * Max(n, 1));
	n = 0;
	for (int i = 0; i < statement->nentries; i++)
		for (int j = 0; j < statement->entries[i].ndetails; j++)
			if (statement->entries[i].booked && statement->entries[i].details[j].end_to_end_id != NULL)
				keys[n++] = statement->entries[i].details[j].end_to_end_id;
	instruction_lock_keys(call, keys, n);
}

void
statement_match(Call *call, const BankFile *file, BankStatement *statement)
{
	if (statement->client)
		lock_instructions(call, statement);
	for (int i = 0; i < statement->nentries; i++)
	{
		const BankEntry *entry = &statement->entries[i];

		for (int j = 0; entry->booked && j < (entry->exploded ? entry->ndetails : 1); j++)
		{
			BankLine	line = bank_line(file, statement, entry, entry->exploded ? j : -1);
			BankOutcome outcome = match_line(call, &line);

			bank_line_record(call, &line, &outcome);
		}
	}
}
