/*
 * statement_line.c
 *		Lines of statements: a booked entry, or each transaction of one that is exploded (FD-87). What a line was taken for is recorded
 *		with it.
 */
#include "postgres.h"

#include "funds/bank.h"
#include "funds/break.h"
#include "lib/stringinfo.h"

/* A transaction that is alone in its entry says whose payment it is; the sum is the entry's (never both). */
static const BankDetail *
only_detail(const BankEntry *entry)
{
	return entry->ndetails == 1 && entry->batch_count <= 1 ? &entry->details[0] : NULL;
}

/* detail: from 0, of an exploded entry; -1: the entry as a whole */
static BankLine
bank_line(const BankFile *file, const BankStatement *statement, const BankEntry *entry, int detail)
{
	BankLine	line = {.file = file, .statement = statement, .entry = entry, .part = detail >= 0};
	const BankAmount *amount = detail >= 0 ? &entry->details[detail].amount : &entry->amount;

	line.detail = detail >= 0 ? &entry->details[detail] : only_detail(entry);
	line.amount = amount->exact ? amount->amount : 0;
	line.credit = detail >= 0 ? entry->details[detail].credit : entry->credit;
	line.end_to_end_id = line.detail == NULL ? NULL : line.detail->end_to_end_id;
	line.evidence = detail >= 0 ?
		psprintf("%s %s, entry %d, transaction %d", file->kind, statement->statement_id, entry->position, detail + 1) :
		psprintf("%s %s, entry %d", file->kind, statement->statement_id, entry->position);
	return line;
}

BankLines
bank_lines(const BankFile *file)
{
	BankLines	lines = {0, NULL};
	Size		most = 1;

	for (int s = 0; s < file->nstatements; s++)
		for (int i = 0; i < file->statements[s].nentries; i++)
			most += Max(file->statements[s].entries[i].ndetails, 1);
	lines.lines = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(BankLine) * most);
	for (int s = 0; s < file->nstatements; s++)
	{
		const BankStatement *statement = &file->statements[s];

		for (int i = 0; statement->is_new && i < statement->nentries; i++)
		{
			const BankEntry *entry = &statement->entries[i];

			for (int j = 0; entry->booked && j < (entry->exploded ? entry->ndetails : 1); j++)
				lines.lines[lines.count++] = bank_line(file, statement, entry, entry->exploded ? j : -1);
		}
	}
	return lines;
}

char *
bank_line_written(const BankLine *line)
{
	const BankEntry *entry = line->entry;
	const BankDetail *detail = line->detail;
	const char *texts[] = {entry->reference, entry->servicer_reference, entry->batch_message_id, entry->payment_information_id,
		entry->information, detail == NULL ? NULL : detail->end_to_end_id, detail == NULL ? NULL : detail->transaction_id,
		detail == NULL ? NULL : detail->instruction_id, detail == NULL ? NULL : detail->servicer_reference,
		detail == NULL ? NULL : detail->creditor_reference, detail == NULL ? NULL : detail->remittance,
		detail == NULL ? NULL : detail->mandate_id, detail == NULL ? NULL : detail->return_information};
	StringInfoData written;

	initStringInfo(&written);
	for (int i = 0; i < lengthof(texts); i++)
		if (texts[i] != NULL)
			appendStringInfo(&written, "%s%s", written.len > 0 ? " " : "", texts[i]);
	return written.data;
}

/* ledger: what the books say, signed as the bank's side is; NULL: nothing */
int64
bank_line_break(Call *call, const BankLine *line, const char *break_class, const Amount *ledger, const char *what)
{
	const BankEntry *entry = line->entry;
	Amount		bank = line->credit ? line->amount : amount_neg(line->amount);
	BreakSpec	spec = {.break_class = break_class, .source = "statement", .object = "bank_entry", .bank = &bank};
	JsonbParseState *causes;

	payload_begin(&causes);
	payload_text(&causes, "what", what);
	if (line->detail != NULL && line->detail->return_reason != NULL)
		payload_text(&causes, "return_reason", line->detail->return_reason);
	if (line->detail != NULL && line->detail->remittance != NULL)
		payload_text(&causes, "remittance", line->detail->remittance);
	if (line->obstacle != NULL)
		payload_text(&causes, "obstacle", line->obstacle);
	spec.natural_key = line->part ? psprintf("%s/%d/%d", statement_key(line->file, line->statement), entry->position,
											 (int) (line->detail - entry->details) + 1) :
		psprintf("%s/%d", statement_key(line->file, line->statement), entry->position);
	spec.ledger = ledger;
	spec.difference = ledger != NULL && amount_currency(*ledger) == amount_currency(bank) ? amount_sub(*ledger, bank) : bank;
	spec.end_to_end_id = line->end_to_end_id;
	spec.bank_reference = line->part && line->detail != NULL && line->detail->servicer_reference != NULL ? line->detail->servicer_reference :
		entry->servicer_reference;
	spec.has_value_date = !entry->value_on.null;
	spec.value_date = entry->value_on.null ? 0 : DatumGetDateADT(entry->value_on.datum);
	spec.object_id = entry->id;
	spec.causes = JsonbValueToJsonb(pushJsonbValue(&causes, WJB_END_OBJECT, NULL));
	return break_open(call, &spec);
}

void
bank_line_record(Call *call, const BankLine *line, const BankOutcome *outcome)
{
	static Statement add = STATEMENT("illttllz",
		"INSERT INTO marketplace.bank_line_matches (marketplace_id, entry_id, detail_id, outcome, object, object_id, break_id, recorded_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

	funds_write(&add, VALUES(value_int32(call->marketplace_id), value_int64(line->entry->id),
							 line->part ? value_int64(line->detail->id) : value_null(), value_text(outcome->outcome),
							 value_text(outcome->object), outcome->object == NULL ? value_null() : value_int64(outcome->object_id),
							 value_id(outcome->break_id), value_timestamptz(call->now)));
}
