/*
 * statement_store.c
 *		A statement with its balances, entries and transactions as rows: each once, whoever sends it again (FD-82, FD-86).
 */
#include "postgres.h"

#include "funds/bank.h"
#include "kernel/errors.h"

/* True when it is known with this very content; another content under its id is refused. */
bool
statement_find(Call *call, const BankFile *file, BankStatement *statement)
{
	static Statement find = STATEMENT("itttl",
		"SELECT id, message_id, sha256 FROM marketplace.bank_statements"
		" WHERE marketplace_id = $1 AND kind = $2 AND account = $3 AND statement_id = $4 AND page = $5");
	bytea	   *known;
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_text(file->kind), value_text(statement->account),
								 value_text(statement->statement_id), value_int64(statement->page)), &row))
		return false;
	known = DatumGetByteaPP(row_datum(&row, 2));
	if (memcmp(VARDATA_ANY(known), VARDATA_ANY(statement->sha256), VARSIZE_ANY_EXHDR(statement->sha256)) != 0)
		ereport(ERROR,
				errcode(MK_STATEMENT),
				errmsg("statement \"%s\" of account %s was imported with another content", statement->statement_id, statement->account),
				errdetail("Page %lld of it is statement %lld here. A statement is not changed after the fact.",
						  (long long) statement->page, (long long) row_int64(&row, 0)),
				errhint("Ask the bank which one holds; a corrected statement has an id of its own."));
	statement->id = row_int64(&row, 0);
	statement->message_id = row_int64(&row, 1);
	return true;
}

/* Is the account the PSP's (client money), or the platform's own? Neither: what it says is kept, and nothing follows. */
static void
find_account(Call *call, BankStatement *statement)
{
	CurrencyCode currency = statement->currency == NULL ? CURRENCY_NONE : currency_lookup(statement->currency,
																						  strlen(statement->currency));
	Marketplace *marketplace = marketplace_get(call);

	statement->bank_account_id = bank_account_with_iban(call, marketplace->psp_party_id, statement->account, currency);
	statement->client = statement->bank_account_id != 0;
	if (statement->bank_account_id == 0)
		statement->bank_account_id = bank_account_with_iban(call, marketplace->operator_party_id, statement->account, currency);
}

static void
store_balances(Call *call, const BankStatement *statement)
{
	static Statement add = STATEMENT("ilitbattd",
		"INSERT INTO marketplace.bank_statement_balances (marketplace_id, statement_id, position, code, credit, amount, written, currency,"
		" day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");

	for (int i = 0; i < statement->nbalances; i++)
	{
		const BankBalance *balance = &statement->balances[i];

		funds_write(&add, VALUES(value_int32(call->marketplace_id), value_int64(statement->id), value_int32(i + 1),
								 value_text(balance->code), value_bool(balance->credit), bank_amount_value(&balance->amount, true),
								 value_text(balance->amount.written), value_text(balance->amount.currency), value_date(balance->day)));
	}
}

static void
store_details(Call *call, BankEntry *entry)
{
	static Statement add = STATEMENT("ilibatt" "tttttttttttt" "btt",
		"INSERT INTO marketplace.bank_entry_details (marketplace_id, entry_id, position, credit, amount, written, currency, end_to_end_id,"
		" transaction_id, instruction_id, payment_information_id, servicer_reference, mandate_id, debtor, debtor_account, creditor,"
		" creditor_account, remittance, creditor_reference, returned, return_reason, return_information)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) RETURNING id");

	for (int i = 0; i < entry->ndetails; i++)
	{
		BankDetail *d = &entry->details[i];

		d->id = funds_add(&add, VALUES(value_int32(call->marketplace_id), value_int64(entry->id), value_int32(i + 1),
									   value_bool(d->credit), bank_amount_value(&d->amount, true), value_text(d->amount.written),
									   value_text(d->amount.currency), value_text(d->end_to_end_id), value_text(d->transaction_id),
									   value_text(d->instruction_id), value_text(d->payment_information_id),
									   value_text(d->servicer_reference), value_text(d->mandate_id), value_text(d->debtor),
									   value_text(d->debtor_account), value_text(d->creditor), value_text(d->creditor_account),
									   value_text(d->remittance), value_text(d->creditor_reference), value_bool(d->returned),
									   value_text(d->return_reason), value_text(d->return_information)));
	}
}

/*
 * Notifications tell of bookings that the statement tells of again; the bank's reference of the booking is the same. Without one they
 * cannot be told apart from others. In two statements it is a booking too many (FD-96).
 */
static void
find_same(Call *call, const BankFile *file, const BankStatement *statement, BankEntry *entry)
{
	static Statement find = STATEMENT("ittttblt",
		"SELECT e.id, s.kind = $8 FROM marketplace.bank_entries e"
		"  JOIN marketplace.bank_statements s ON s.marketplace_id = $1 AND s.id = e.statement_id"
		" WHERE e.marketplace_id = $1 AND s.account = $2 AND e.servicer_reference = $3 AND e.written = $4 AND e.currency = $5"
		"   AND e.credit = $6 AND s.id <> $7 ORDER BY s.kind = $8 DESC, e.id LIMIT 1");
	const char *reference = entry->servicer_reference;
	Row			row;

	if (reference == NULL || strcmp(reference, "NOTPROVIDED") == 0 || strcmp(reference, "NONREF") == 0 ||
		!query_row(&find, VALUES(value_int32(call->marketplace_id), value_text(statement->account), value_text(reference),
								 value_text(entry->amount.written), value_text(entry->amount.currency), value_bool(entry->credit),
								 value_int64(statement->id), value_text(file->kind)), &row))
		return;
	entry->same_as = row_int64(&row, 0);
	entry->repeated = row_bool(&row, 1);
}

static void
store_entry(Call *call, const BankFile *file, const BankStatement *statement, BankEntry *entry)
{
	static Statement add = STATEMENT("ilittbbattddtbbttltl",
		"INSERT INTO marketplace.bank_entries (marketplace_id, statement_id, position, reference, servicer_reference, credit, reversal,"
		" amount, written, currency, booked_on, value_on, code, batch, exploded, batch_message_id, payment_information_id, batch_count,"
		" information, same_as)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) RETURNING id");

	find_same(call, file, statement, entry);
	entry->id = funds_add(&add, VALUES(value_int32(call->marketplace_id), value_int64(statement->id), value_int32(entry->position),
									   value_text(entry->reference), value_text(entry->servicer_reference),
									   value_bool(entry->credit), value_bool(entry->reversal), bank_amount_value(&entry->amount, true),
									   value_text(entry->amount.written), value_text(entry->amount.currency), entry->booked_on,
									   entry->value_on, value_text(entry->code), value_bool(entry->batch), value_bool(entry->exploded),
									   value_text(entry->batch_message_id), value_text(entry->payment_information_id),
									   entry->batch_count < 0 ? value_null() : value_int64(entry->batch_count),
									   value_text(entry->information), value_id(entry->same_as)));
	store_details(call, entry);
}

static Value
balance_value(const BankBalance *balance)
{
	return balance == NULL ? value_null() : bank_amount_value(&balance->amount, balance->credit);
}

void
statement_store(Call *call, const BankFile *file, BankStatement *statement)
{
	static Statement add = STATEMENT("iltlttbtlntzzzaadaiibayz",
		"INSERT INTO marketplace.bank_statements (marketplace_id, message_id, kind, bank_account_id, account, statement_id, client, copy,"
		" page, sequence, currency, statement_created_at, from_at, until_at, opening, closing, closing_on, booked, entries, not_booked,"
		" balanced, difference, sha256, recorded_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)"
		" RETURNING id");
	CurrencyCode currency = statement->currency == NULL ? CURRENCY_NONE : currency_lookup(statement->currency,
																						  strlen(statement->currency));

	find_account(call, statement);
	statement->message_id = file->id;
	statement->id = funds_add(&add, VALUES(value_int32(call->marketplace_id), value_int64(file->id), value_text(file->kind),
										   value_id(statement->bank_account_id), value_text(statement->account),
										   value_text(statement->statement_id), value_bool(statement->client),
										   value_text(statement->copy), value_int64(statement->page),
										   value_numeric(statement->sequence), value_text(statement->currency), statement->created_at,
										   statement->from_at, statement->until_at, balance_value(statement->opening),
										   balance_value(statement->closing),
										   statement->closing == NULL ? value_null() : value_date(statement->closing->day),
										   statement->booked_amount, value_int32(statement->nbooked),
										   value_int32(statement->nentries - statement->nbooked), statement->balanced,
										   statement->difference == NULL || currency == CURRENCY_NONE || !currency_is_payable(currency) ?
										   value_null() : value_amount(amount_round_numeric(statement->difference, currency)),
										   value_bytea(statement->sha256), value_timestamptz(call->now)));
	store_balances(call, statement);
	for (int i = 0; i < statement->nentries; i++)
		if (statement->entries[i].booked)
			store_entry(call, file, statement, &statement->entries[i]);
}
