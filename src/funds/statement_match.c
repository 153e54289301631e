/*
 * statement_match.c
 *		What the lines of a statement mean: a debit carries out a payout or refund of ours (FD-P11, FD-P15), a credit is the return of
 *		one (FD-88) or money received; what is neither becomes a break. A bank's fact is never refused.
 */
#include "postgres.h"

#include "funds/bank.h"
#include "funds/break.h"
#include "funds/incoming.h"
#include "kernel/calendar.h"

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

/* A line that something may follow from: of a client account, told for the first time, and a sum of money. */
static bool
is_news(const BankLine *line)
{
	return line->entry->same_as == 0 && line->statement->client && amount_minor(line->amount) > 0;
}

/*
 * Money that came by itself. A notification without the bank's reference of the booking is left to the statement, which will tell of it
 * again.
 */
static bool
is_receipt(Call *call, const BankLine *line)
{
	InstructionFound found;

	if (!line->credit || !is_news(line) || (strcmp(line->file->kind, "camt.054") == 0 && line->entry->servicer_reference == NULL))
		return false;
	return line->end_to_end_id == NULL || !instruction_find(call, line->end_to_end_id, &found);
}

static IncomingMoney
receipt_of(Call *call, const BankLine *line)
{
	const BankEntry *entry = line->entry;
	const BankDetail *detail = line->detail;
	IncomingMoney money = {.source = line->file->kind, .amount = line->amount};

	money.external_id = psprintf("%s/%d%s", statement_key(line->file, line->statement), entry->position,
								 line->part ? psprintf("/%d", (int) (detail - entry->details) + 1) : "");
	money.value_date = !entry->value_on.null ? DatumGetDateADT(entry->value_on.datum) :
		!entry->booked_on.null ? DatumGetDateADT(entry->booked_on.datum) :
		calendar_local_date(call->now, marketplace_get(call)->time_zone);
	if (detail == NULL)
	{
		money.reference = entry->information;
		return money;
	}
	money.payer_name = detail->debtor;
	money.payer_iban = detail->debtor_account;
	if (detail->creditor_account != NULL && strcmp(detail->creditor_account, line->statement->account) != 0)
		money.virtual_iban = detail->creditor_account;
	money.reference = detail->creditor_reference == NULL ? detail->remittance : detail->remittance == NULL ? detail->creditor_reference :
		psprintf("%s %s", detail->creditor_reference, detail->remittance);
	return money;
}

/* In suspense until somebody knows whose it is, or paid to what it names. A return of something unknown is looked into besides. */
static BankOutcome
received(Call *call, const BankLine *line, int64 receipt_id)
{
	static Statement state = STATEMENT("il",
		"SELECT state::text FROM marketplace.money_receipts WHERE marketplace_id = $1 AND id = $2");
	BankOutcome outcome = {.object = "money_receipt", .object_id = receipt_id};
	Row			row;

	outcome.outcome = query_row(&state, VALUES(value_int32(call->marketplace_id), value_int64(receipt_id)), &row) &&
		is(row_text(&row, 0), "allocated") ? "receipt" : "suspense";
	if (line->detail != NULL && line->detail->returned)
		outcome.break_id = bank_line_break(call, line, "return_break", NULL, "the return of something that is not known");
	return outcome;
}

static BankOutcome
match_line(Call *call, const BankLine *line)
{
	InstructionFound found;
	BankOutcome outcome;

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
		return line->credit ? bank_line_return(call, line, &found) : confirm(call, line, &found);
	if (line->credit)
		return (BankOutcome) {.outcome = "told_elsewhere"};
	if (!line->part && confirm_file(call, line, &outcome))
		return outcome;
	if (line->entry->reversal || (line->detail != NULL && line->detail->returned))
		return line_broken(call, line, "return_break", NULL, "something received was taken back");
	return line_broken(call, line, "unidentified", NULL, "money taken");
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

static BankLine *
lines_of(const BankFile *file, const BankStatement *statement, int *n)
{
	BankLine   *lines;
	int			most = 1;

	for (int i = 0; i < statement->nentries; i++)
		most += Max(statement->entries[i].ndetails, 1);
	lines = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(BankLine) * most);
	*n = 0;
	for (int i = 0; i < statement->nentries; i++)
	{
		const BankEntry *entry = &statement->entries[i];

		for (int j = 0; entry->booked && j < (entry->exploded ? entry->ndetails : 1); j++)
			lines[(*n)++] = bank_line(file, statement, entry, entry->exploded ? j : -1);
	}
	return lines;
}

/* ids: of the receipts, by line; 0 where it is none */
static void
take_receipts(Call *call, const BankLine *lines, int n, int64 *ids)
{
	IncomingMoney *money = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(IncomingMoney) * Max(n, 1));
	int64	   *taken = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(n, 1));
	int			count = 0;

	for (int i = 0; i < n; i++)
	{
		ids[i] = is_receipt(call, &lines[i]) ? 1 : 0;
		if (ids[i] != 0)
			money[count++] = receipt_of(call, &lines[i]);
	}
	if (count > 0)
		funds_take_in(call, money, count, taken);
	for (int i = n - 1; i >= 0; i--)
		if (ids[i] != 0)
			ids[i] = taken[--count];
}

void
statement_match(Call *call, const BankFile *file, BankStatement *statement)
{
	int			n;
	BankLine   *lines = lines_of(file, statement, &n);
	int64	   *receipts = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(n, 1));

	bank_lock_wallets(call, lines, n);
	if (statement->client)
		lock_instructions(call, statement);
	take_receipts(call, lines, n, receipts);
	for (int i = 0; i < n; i++)
	{
		BankOutcome outcome = receipts[i] != 0 ? received(call, &lines[i], receipts[i]) : match_line(call, &lines[i]);

		bank_line_record(call, &lines[i], &outcome);
	}
}
