/*
 * statement_check.c
 *		Does a statement add up, does it follow the one before, are its sums sums of money: what does not hold becomes a break, and
 *		the statement is taken all the same (FD-86, FD-97, RD-75, RD-82, RD-83).
 */
#include "postgres.h"

#include "funds/bank.h"
#include "funds/break.h"

/* Numbers of missing statements that get a break each; more get one together. */
#define GAP_BREAKS 31

static const BankBalance *
first_balance(const BankStatement *statement, const char *code)
{
	for (int i = 0; i < statement->nbalances; i++)
		if (strcmp(statement->balances[i].code, code) == 0)
			return &statement->balances[i];
	return NULL;
}

static const BankBalance *
last_balance(const BankStatement *statement, const char *code)
{
	for (int i = statement->nbalances - 1; i >= 0; i--)
		if (strcmp(statement->balances[i].code, code) == 0)
			return &statement->balances[i];
	return NULL;
}

/* Pages of one statement are linked by interim balances (ITBD). */
static void
choose_balances(BankStatement *statement)
{
	statement->opening = first_balance(statement, "OPBD");
	if (statement->opening == NULL)
		statement->opening = first_balance(statement, "PRCD");
	if (statement->opening == NULL)
		statement->opening = first_balance(statement, "ITBD");
	statement->closing = last_balance(statement, "CLBD");
	if (statement->closing == NULL)
		statement->closing = last_balance(statement, "ITBD");
	if (statement->closing == statement->opening)
		statement->closing = NULL;
}

/* Credits less debits of the booked entries; without those of a later value day where `until` says so. */
static Numeric
sum_booked(const BankStatement *statement, const DateADT *until)
{
	Numeric		sum = decimal_from_int64(0);

	for (int i = 0; i < statement->nentries; i++)
	{
		const BankEntry *entry = &statement->entries[i];

		if (entry->booked && (until == NULL || entry->value_on.null || DatumGetDateADT(entry->value_on.datum) <= *until))
			sum = decimal_add(sum, bank_signed(&entry->amount, entry->credit));
	}
	return sum;
}

static Numeric
lacking(const BankStatement *statement, Numeric booked)
{
	Numeric		opening = bank_signed(&statement->opening->amount, statement->opening->credit);
	Numeric		closing = bank_signed(&statement->closing->amount, statement->closing->credit);

	return decimal_sub(decimal_add(opening, booked), closing);
}

static bool
in_currency(const BankAmount *amount, const char *currency)
{
	return currency != NULL && strcmp(amount->currency, currency) == 0;
}

static Value
booked_amount(const BankStatement *statement)
{
	const char *currency = statement->currency;
	CurrencyCode code = currency == NULL ? CURRENCY_NONE : currency_lookup(currency, strlen(currency));
	Amount		sum;

	if (code == CURRENCY_NONE || !currency_is_payable(code))
		return value_null();
	sum = amount_zero(code);
	for (int i = 0; i < statement->nentries; i++)
	{
		const BankEntry *entry = &statement->entries[i];

		if (!entry->booked)
			continue;
		if (!entry->amount.exact || !in_currency(&entry->amount, currency))
			return value_null();
		sum = entry->credit ? amount_add(sum, entry->amount.amount) : amount_sub(sum, entry->amount.amount);
	}
	return value_amount(sum);
}

void
statement_add_up(BankStatement *statement)
{
	choose_balances(statement);
	for (int i = 0; i < statement->nentries; i++)
		statement->nbooked += statement->entries[i].booked;
	statement->booked = sum_booked(statement, NULL);
	statement->booked_amount = booked_amount(statement);
	statement->balanced = value_null();
	if (statement->opening == NULL || statement->closing == NULL)
		return;
	statement->difference = lacking(statement, statement->booked);
	if (decimal_sign(statement->difference) == 0 ||
		decimal_sign(lacking(statement, sum_booked(statement, &statement->closing->day))) == 0)
		statement->difference = NULL;
	statement->balanced = value_bool(statement->difference == NULL &&
									 in_currency(&statement->opening->amount, statement->currency) &&
									 in_currency(&statement->closing->amount, statement->currency));
}

Value
bank_amount_value(const BankAmount *amount, bool credit)
{
	if (!amount->exact)
		return value_null();
	return value_amount(credit ? amount->amount : amount_neg(amount->amount));
}

/* A number in the statement's currency, as far as it is an amount of it. */
static Amount
amount_in(const BankStatement *statement, Numeric number)
{
	CurrencyCode currency = statement->currency == NULL ? CURRENCY_NONE : currency_lookup(statement->currency,
																						  strlen(statement->currency));

	if (currency == CURRENCY_NONE || !currency_is_payable(currency))
		currency = currency_lookup("EUR", CURRENCY_ALPHA_SIZE);
	return number == NULL ? amount_zero(currency) : amount_round_numeric(number, currency);
}

static void
pair(JsonbParseState **causes, const char *key, const char *value)
{
	payload_text(causes, key, value);
}

static Jsonb *
finish(JsonbParseState **causes)
{
	return JsonbValueToJsonb(pushJsonbValue(causes, WJB_END_OBJECT, NULL));
}

static char *
written(const BankAmount *amount, bool credit)
{
	return psprintf("%s%s %s", credit ? "" : "-", amount->written, amount->currency);
}

char *
statement_key(const BankFile *file, const BankStatement *statement)
{
	return psprintf("%s/%s/%s/%lld", file->kind, statement->account, statement->statement_id, (long long) statement->page);
}

static void
report_balance(Call *call, const BankFile *file, const BankStatement *statement)
{
	JsonbParseState *causes;
	BreakSpec	spec = {.break_class = "balance_break", .source = "statement", .object = "bank_statement"};
	Amount		closing;

	payload_begin(&causes);
	pair(&causes, "opening", written(&statement->opening->amount, statement->opening->credit));
	pair(&causes, "booked", decimal_to_cstring(statement->booked));
	pair(&causes, "closing", written(&statement->closing->amount, statement->closing->credit));
	spec.natural_key = statement_key(file, statement);
	spec.difference = amount_in(statement, statement->difference);
	if (statement->closing->amount.exact && amount_currency(statement->closing->amount.amount) == amount_currency(spec.difference))
	{
		closing = DatumGetAmount(bank_amount_value(&statement->closing->amount, statement->closing->credit).datum);
		spec.bank = &closing;
	}
	spec.bank_reference = statement->statement_id;
	spec.has_value_date = true;
	spec.value_date = statement->closing->day;
	spec.object_id = statement->id;
	spec.causes = finish(&causes);
	break_open(call, &spec);
}

/* Something about an entry that is valid and odd. */
static void
report_entry(Call *call, const BankFile *file, const BankStatement *statement, const BankEntry *entry, const char *break_class,
			 const char *what, Amount difference)
{
	JsonbParseState *causes;
	Amount		amount = entry->amount.exact ? (entry->credit ? entry->amount.amount : amount_neg(entry->amount.amount)) : 0;
	BreakSpec	spec = {.break_class = break_class, .source = "statement", .object = "bank_entry"};

	payload_begin(&causes);
	pair(&causes, "what", what);
	pair(&causes, "amount", written(&entry->amount, entry->credit));
	spec.natural_key = psprintf("%s/%d", statement_key(file, statement), entry->position);
	spec.difference = difference;
	spec.bank = entry->amount.exact && amount_currency(amount) == amount_currency(difference) ? &amount : NULL;
	spec.bank_reference = entry->servicer_reference;
	spec.has_value_date = !entry->value_on.null;
	spec.value_date = entry->value_on.null ? 0 : DatumGetDateADT(entry->value_on.datum);
	spec.object_id = entry->id;
	spec.causes = finish(&causes);
	break_open(call, &spec);
}

/* Its transactions are there, as many as it should have, and are not the entry (RD-76): how much they are off. */
static bool
details_fall_short(const BankEntry *entry, Numeric *off)
{
	Numeric		sum = decimal_from_int64(0);

	if (!entry->batch || entry->exploded || entry->ndetails < 2 ||
		entry->batch_count > entry->ndetails)
		return false;
	for (int i = 0; i < entry->ndetails; i++)
	{
		const BankDetail *detail = &entry->details[i];

		if (detail->amount.written == NULL)
			return false;
		if (!in_currency(&detail->amount, entry->amount.currency))
		{
			*off = bank_signed(&entry->amount, entry->credit);
			return true;
		}
		sum = decimal_add(sum, bank_signed(&detail->amount, detail->credit));
	}
	*off = decimal_sub(bank_signed(&entry->amount, entry->credit), sum);
	return true;
}

static void
report_odd_entry(Call *call, const BankFile *file, const BankStatement *statement, const BankEntry *entry)
{
	const BankAmount *amount = &entry->amount;
	Numeric		off;

	if (!amount->exact)
		report_entry(call, file, statement, entry, "entry_break", "no amount of a known currency", amount_in(statement, NULL));
	else if (amount->trailing)
		report_entry(call, file, statement, entry, "entry_break", "more decimals than the currency has", amount_zero(amount_currency(amount->amount)));
	else if (!in_currency(amount, statement->currency))
		report_entry(call, file, statement, entry, "entry_break", "another currency than the account's", amount->amount);
	if (details_fall_short(entry, &off))
		report_entry(call, file, statement, entry, "batch_break", "the transactions are not the entry",
					 amount->exact ? amount_round_numeric(off, amount_currency(amount->amount)) : amount_in(statement, NULL));
}

static char *
gap_key(const BankFile *file, const BankStatement *statement, const char *numbers)
{
	return psprintf("%s/%s/#%s", file->kind, statement->account, numbers);
}

static void
report_gap(Call *call, const BankFile *file, const BankStatement *statement, const char *numbers)
{
	JsonbParseState *causes;
	BreakSpec	spec = {.break_class = "no_statement", .source = "statement"};

	payload_begin(&causes);
	pair(&causes, "account", statement->account);
	pair(&causes, "missing", numbers);
	spec.natural_key = gap_key(file, statement, numbers);
	spec.difference = amount_in(statement, NULL);
	spec.bank_reference = numbers;
	spec.causes = finish(&causes);
	break_open(call, &spec);
}

/* RD-83: numbers follow one another, and start again at 1 with a year. A missing one that arrives heals its break. */
static void
report_sequence(Call *call, const BankFile *file, const BankStatement *statement)
{
	static Statement last = STATEMENT("ittnl",
		"SELECT pg_catalog.max(sequence) FROM marketplace.bank_statements"
		" WHERE marketplace_id = $1 AND kind = $2 AND account = $3 AND sequence < $4 AND id <> $5");
	Row			row;
	int64		before,
				now;

	if (statement->sequence == NULL)
		return;
	now = DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(statement->sequence)));
	(void) break_settle(call, "no_statement", gap_key(file, statement, psprintf("%lld", (long long) now)), "match",
						"The statement arrived.");
	if (!query_row(&last, VALUES(value_int32(call->marketplace_id), value_text(file->kind), value_text(statement->account),
								 value_numeric(statement->sequence), value_int64(statement->id)), &row) || row_null(&row, 0))
		return;
	before = DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(row_numeric(&row, 0))));
	if (now - before - 1 > GAP_BREAKS)
		report_gap(call, file, statement, psprintf("%lld-%lld", (long long) before + 1, (long long) now - 1));
	else
		for (int64 missing = before + 1; missing < now; missing++)
			report_gap(call, file, statement, psprintf("%lld", (long long) missing));
}

void
statement_report(Call *call, const BankFile *file, const BankStatement *statement)
{
	if (!statement->balanced.null && !DatumGetBool(statement->balanced.datum))
		report_balance(call, file, statement);
	for (int i = 0; i < statement->nentries; i++)
		if (statement->entries[i].booked)
			report_odd_entry(call, file, statement, &statement->entries[i]);
	report_sequence(call, file, statement);
}
