/*
 * statement_chargeback.c
 *		A debit on a client account by which the payer's bank takes back what a buyer had paid: the return of a direct debit, a chargeback
 *		of a card (FD-89, FD-P24). It is the chargeback of the payment that it names, once, whether the PSP or the bank tells of it first.
 *
 * It names the payment, its capture or the chargeback by the PSP's references. What names none, or cannot be one, is a break.
 */
#include "postgres.h"

#include "funds/bank.h"
#include "funds/chargeback.h"

/* Codes of returned direct debits (ISO 20022 external bank transaction codes), the return's own data, or the word for it. */
static bool
takes_back(const BankLine *line, const char *written)
{
	static const char *const codes[] = {"/UPDD", "/PRDD", "/PADD"};

	if (line->entry->reversal || (line->detail != NULL && (line->detail->returned || line->detail->return_reason != NULL)))
		return true;
	for (int i = 0; i < lengthof(codes); i++)
		if (line->entry->code != NULL && strstr(line->entry->code, codes[i]) != NULL)
			return true;
	return strstr(reference_normalise(written), "CHARGEBACK") != NULL;
}

/*
 * One that is known, and that no line has shown before: with its fee or without. By its own name first, then by that of its capture or
 * payment.
 */
static bool
find_known(Call *call, const BankLine *line, Value words, Row *row)
{
	static Statement find = STATEMENT("iTa",
		"SELECT c.id, c.payment_id, c.capture_id, c.unsettled FROM marketplace.chargebacks c"
		"  JOIN marketplace.captures k ON k.marketplace_id = $1 AND k.id = c.capture_id"
		"  JOIN marketplace.payments p ON p.marketplace_id = $1 AND p.id = c.payment_id"
		" WHERE c.marketplace_id = $1 AND (c.id IN (SELECT n.id FROM marketplace.chargebacks n"
		"                                            WHERE n.marketplace_id = $1 AND n.psp_reference = ANY ($2))"
		"        OR c.capture_id IN (SELECT n.id FROM marketplace.captures n WHERE n.marketplace_id = $1 AND n.psp_reference = ANY ($2))"
		"        OR c.payment_id IN (SELECT n.id FROM marketplace.payments n WHERE n.marketplace_id = $1 AND n.psp_reference = ANY ($2)))"
		"   AND $3 IN (c.amount, c.amount + c.fee)"
		"   AND NOT EXISTS (SELECT FROM marketplace.bank_line_matches m WHERE m.marketplace_id = $1 AND m.object = 'chargeback'"
		"                      AND m.object_id = c.id)"
		" ORDER BY c.psp_reference = ANY ($2) DESC NULLS LAST, k.psp_reference = ANY ($2) DESC NULLS LAST, c.id LIMIT 1");

	return query_row(&find, VALUES(value_int32(call->marketplace_id), words, value_amount(line->amount)), row);
}

/* The capture that it names; of a payment's several captures one of the very sum, else none unless there is one only. */
static bool
find_capture(Call *call, const BankLine *line, Value words, BankLinePlan *plan)
{
	static Statement find = STATEMENT("iTa",
		"SELECT c.id, c.payment_id, c.amount = $3, f.rank FROM ("
		"   SELECT 1 AS rank, k.id FROM marketplace.captures k WHERE k.marketplace_id = $1 AND k.psp_reference = ANY ($2)"
		"   UNION ALL SELECT 2, k.id FROM marketplace.payments p JOIN marketplace.captures k ON k.marketplace_id = $1 AND k.payment_id = p.id"
		"    WHERE p.marketplace_id = $1 AND p.psp_reference = ANY ($2)) f"
		"  JOIN marketplace.captures c ON c.marketplace_id = $1 AND c.id = f.id"
		"  JOIN marketplace.payments p ON p.marketplace_id = $1 AND p.id = c.payment_id AND p.method NOT IN ('transfer', 'wallet')"
		" WHERE marketplace.currency(c.amount) = marketplace.currency($3) ORDER BY f.rank, c.amount = $3 DESC, c.id LIMIT 2");
	Rows		rows = query_rows(&find, VALUES(value_int32(call->marketplace_id), words, value_amount(line->amount)));
	bool		certain = rows.count == 1 || (rows.count == 2 &&
											   (row_int32(&rows.rows[0], 3) == 1 || row_int64(&rows.rows[0], 0) == row_int64(&rows.rows[1], 0) ||
												(row_bool(&rows.rows[0], 2) && !row_bool(&rows.rows[1], 2))));

	if (!certain)
		return false;
	plan->capture_id = row_int64(&rows.rows[0], 0);
	plan->payment_id = row_int64(&rows.rows[0], 1);
	return true;
}

static Value
words_of(const BankLine *line)
{
	return value_datum(PointerGetDatum(reference_words(bank_line_written(line))));
}

void
bank_debit_plan(Call *call, BankLine *line)
{
	BankLinePlan *plan = &line->plan;
	char	   *written = bank_line_written(line);
	Value		words = words_of(line);
	Row			row;

	if (find_known(call, line, words, &row))
	{
		plan->payment_id = row_int64(&row, 1);
		plan->capture_id = row_int64(&row, 2);
	}
	else if (!takes_back(line, written) || !find_capture(call, line, words, plan))
		return;
	plan->kind = BANK_LINE_CHARGEBACK;
	plan->match = payment_orders_to_lock(call, &plan->payment_id, 1);
}

static BankOutcome
not_possible(Call *call, const BankLine *line, const char *obstacle)
{
	return (BankOutcome) {.outcome = "break", .break_id = bank_line_break(call, line, "return_break", NULL, obstacle)};
}

static const char *
reason_of(const BankLine *line)
{
	const BankDetail *detail = line->detail;

	return detail == NULL ? NULL : detail->return_reason != NULL ? detail->return_reason : detail->return_information;
}

/* The orders and the refunds' instructions are locked. */
BankOutcome
bank_debit_follow(Call *call, const BankLine *line)
{
	BankOutcome outcome = {.outcome = "known", .object = "chargeback"};
	ChargebackSpec spec = {.capture_id = line->plan.capture_id, .amount = line->amount, .reason = reason_of(line), .at_bank = true};
	Payment		payment = payment_lock(call, line->plan.payment_id);
	const char *obstacle;
	Row			row;

	if (find_known(call, line, words_of(line), &row))
	{
		if (row_bool(&row, 3))
			return not_possible(call, line, "the PSP keeps it back from the settlement, and the bank takes it too");
		outcome.object_id = row_int64(&row, 0);
		return outcome;
	}
	if (chargeback_must_wait(call, payment.id))
		return not_possible(call, line, "a refund of the same payment is on its way (DP-47)");
	obstacle = chargeback_obstacle(call, &payment, &spec);
	if (obstacle != NULL)
		return not_possible(call, line, obstacle);
	outcome.outcome = "chargeback";
	outcome.object_id = chargeback_open(call, &spec);
	return outcome;
}
