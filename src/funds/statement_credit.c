/*
 * statement_credit.c
 *		A credit on a client account that is no return: a settlement of the PSP, own money that was told of, or money received, for
 *		somebody or in suspense (FD-P02, FD-P03, FD-P04, FD-P25).
 */
#include "postgres.h"

#include "funds/bank.h"
#include "kernel/calendar.h"

static bool
is(const char *state, const char *name)
{
	return strcmp(state, name) == 0;
}

static DateADT
value_date_of(Call *call, const BankLine *line)
{
	const BankEntry *entry = line->entry;

	return !entry->value_on.null ? DatumGetDateADT(entry->value_on.datum) :
		!entry->booked_on.null ? DatumGetDateADT(entry->booked_on.datum) :
		calendar_local_date(call->now, marketplace_get(call)->time_zone);
}

static IncomingMoney
receipt_of(Call *call, const BankLine *line)
{
	const BankEntry *entry = line->entry;
	const BankDetail *detail = line->detail;
	IncomingMoney money = {.source = line->file->kind, .amount = line->amount, .obstacle = line->obstacle,
		.value_date = value_date_of(call, line)};

	money.external_id = psprintf("%s/%d%s", statement_key(line->file, line->statement), entry->position,
								 line->part ? psprintf("/%d", (int) (detail - entry->details) + 1) : "");
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

static SettlementLine
settlement_line_of(const BankLine *line, const IncomingMoney *money, const Match *match)
{
	return (SettlementLine) {.entry_id = line->entry->id, .detail_id = line->part ? line->detail->id : 0, .amount = line->amount,
		.value_date = money->value_date, .payer_name = money->payer_name, .payer_account = money->payer_iban,
		.written = bank_line_written(line), .of_buyer = match->buyer_id != 0 || money->virtual_iban != NULL};
}

/* Own money that was recorded by its reference, and not shown before (FD-P04). */
static int64
own_funding_of(Call *call, const BankLine *line)
{
	static Statement find = STATEMENT("iTa",
		"SELECT f.id FROM marketplace.own_fundings f WHERE f.marketplace_id = $1 AND f.reference = ANY ($2) AND f.amount = $3"
		"   AND NOT EXISTS (SELECT FROM marketplace.bank_line_matches m WHERE m.marketplace_id = $1 AND m.object = 'own_funding'"
		"                      AND m.object_id = f.id) ORDER BY f.id LIMIT 1");
	Row			row;

	return query_row(&find, VALUES(value_int32(call->marketplace_id),
								   value_datum(PointerGetDatum(reference_words(bank_line_written(line)))),
								   value_amount(line->amount)), &row) ? row_int64(&row, 0) : 0;
}

/* A notification without the bank's reference of the booking is left to the statement, which will tell of it again. */
static bool
is_told_later(const BankLine *line)
{
	return is(line->file->kind, "camt.054") && line->entry->servicer_reference == NULL;
}

void
bank_credit_plan(Call *call, BankLine *line)
{
	BankLinePlan *plan = &line->plan;

	if (is_told_later(line))
		return;
	plan->money = receipt_of(call, line);
	plan->match = incoming_match(call, &plan->money);
	plan->settlement_line = settlement_line_of(line, &plan->money, &plan->match);
	plan->kind = BANK_LINE_RECEIPT;
	if (line->detail != NULL && line->detail->returned)
		return;
	plan->settlement = settlement_find(call, &plan->settlement_line);
	if (plan->settlement.recognised_by != NULL)
		plan->kind = BANK_LINE_SETTLEMENT;
	else if (own_funding_of(call, line) != 0)
		plan->kind = BANK_LINE_FUNDING;
}

/* It is set apart: it goes into suspense with the reason, wherever it was meant to go. */
int64
bank_line_receive(Call *call, const BankLine *line)
{
	IncomingMoney money = line->plan.money;
	Match		match = line->plan.match;

	if (line->obstacle != NULL)
		match = (Match) {.note = money.obstacle = line->obstacle};
	return money_take_in(call, &money, &match);
}

/* In suspense until somebody knows whose it is, or paid to what it names. A return of something unknown is looked into besides. */
static BankOutcome
received(Call *call, const BankLine *line)
{
	static Statement state = STATEMENT("il",
		"SELECT state::text FROM marketplace.money_receipts WHERE marketplace_id = $1 AND id = $2");
	BankOutcome outcome = {.object = "money_receipt", .object_id = bank_line_receive(call, line)};
	Row			row;

	outcome.outcome = query_row(&state, VALUES(value_int32(call->marketplace_id), value_int64(outcome.object_id)), &row) &&
		is(row_text(&row, 0), "allocated") ? "receipt" : "suspense";
	if (line->detail != NULL && line->detail->returned)
		outcome.break_id = bank_line_break(call, line, "return_break", NULL, "the return of something that is not known");
	return outcome;
}

/* Earlier lines of the file may have shown what it would be: asked again, under the locks. */
BankOutcome
bank_credit_follow(Call *call, const BankLine *line)
{
	const BankLinePlan *plan = &line->plan;
	BankOutcome outcome = {.outcome = "told_elsewhere"};
	SettlementFound found;

	if (plan->kind == BANK_LINE_SETTLEMENT)
	{
		found = settlement_find(call, &plan->settlement_line);
		if (found.recognised_by == NULL)
			return received(call, line);
		outcome = (BankOutcome) {.outcome = "settlement", .object = "settlement"};
		outcome.object_id = settlement_receive(call, &plan->settlement_line, &found, &outcome.break_id);
	}
	else if (plan->kind == BANK_LINE_FUNDING)
	{
		outcome = (BankOutcome) {.outcome = "known", .object = "own_funding", .object_id = own_funding_of(call, line)};
		if (outcome.object_id == 0)
			return received(call, line);
	}
	else if (plan->kind == BANK_LINE_RECEIPT)
		return received(call, line);
	return outcome;
}
