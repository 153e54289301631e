/*
 * settlement.c
 *		The PSP tells of captures that it has settled; the bank shows lump sums. Which belongs to which, so that cash is posted once,
 *		whichever comes first (FD-P03).
 *
 * What was told and not shown is open in settlement_announcements, what was shown and not told is open in settlements; whatever comes
 * takes from the other side first, and only what is left is posted. So cash is the larger of the two sums, but for sums that are known
 * not to belong together. What does not add up is a break of the settlement, which closes by itself when the missing side arrives. The bank's side is
 * settlement_receive.c.
 */
#include "postgres.h"

#include "funds/break.h"
#include "funds/settlement.h"

void
settlement_lock(Call *call)
{
	static Statement lock = STATEMENT("i",
		"SELECT pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtext('marketplace.bank_import'), $1)");

	query_execute(&lock, VALUES(value_int32(call->marketplace_id)));
}

/* The settlement pays the object, as far as that. from_posted: what of it was posted as cash with the settlement. */
void
settlement_cover(Call *call, int64 settlement_id, const char *object, int64 object_id, Amount amount, Amount from_posted)
{
	static Statement add = STATEMENT("iltlaaz",
		"INSERT INTO marketplace.settlement_items (marketplace_id, settlement_id, object, object_id, amount, from_posted, recorded_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)");
	static Statement count = STATEMENT("ilaa",
		"UPDATE marketplace.settlements SET covered = covered + $3, taken = taken + $4 WHERE marketplace_id = $1 AND id = $2");

	funds_write(&add, VALUES(value_int32(call->marketplace_id), value_int64(settlement_id), value_text(object), value_int64(object_id),
							 value_amount(amount), value_amount(from_posted), value_timestamptz(call->now)));
	funds_write(&count, VALUES(value_int32(call->marketplace_id), value_int64(settlement_id), value_amount(amount),
							   value_amount(from_posted)));
}

/*
 * Settlements that were shown and whose captures are not all told: those of the same reference first, then those without one, the oldest
 * first. In the end any: what was posted for them is cash already, whatever it was meant for.
 */
static Rows
open_settlements(Call *call, CurrencyCode currency, const char *reference)
{
	static Statement find = STATEMENT("ict",
		"SELECT s.id, s.amount + s.netted - s.covered, s.posted - s.taken FROM marketplace.settlements s"
		" WHERE s.marketplace_id = $1 AND s.covered <> s.amount + s.netted AND marketplace.currency(s.amount) = $2"
		" ORDER BY COALESCE(" NORMALISED("s.reference") " = " NORMALISED("$3") ", false) DESC, s.reference IS NOT NULL, s.id FOR NO KEY UPDATE");

	return query_rows(&find, VALUES(value_int32(call->marketplace_id), value_currency(currency), value_text(reference)));
}

static Amount
smaller(Amount a, Amount b)
{
	return amount_minor(a) <= amount_minor(b) ? a : b;
}

static void
add_announcement(Call *call, const char *object, int64 object_id, Amount amount, Amount received, const char *reference, const char *by)
{
	static Statement add = STATEMENT("itlaattz",
		"INSERT INTO marketplace.settlement_announcements (marketplace_id, object, object_id, amount, received, reference, told_by, told_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

	funds_write(&add, VALUES(value_int32(call->marketplace_id), value_text(object), value_int64(object_id), value_amount(amount),
							 value_amount(received), value_text(reference), value_text(by), value_timestamptz(call->now)));
}

void
settlement_announce_shown(Call *call, const char *object, int64 object_id, Amount amount, const char *reference)
{
	add_announcement(call, object, object_id, amount, amount_zero(amount_currency(amount)), reference, "bank");
}

Amount
settlement_announce(Call *call, const char *object, int64 object_id, Amount amount, const char *reference)
{
	Rows		open = open_settlements(call, amount_currency(amount), reference);
	Amount		zero = amount_zero(amount_currency(amount));
	Amount		left = amount;
	Amount		in_cash = zero;

	for (uint64 i = 0; i < open.count && amount_minor(left) > 0; i++)
	{
		Amount		part = smaller(left, row_amount(&open.rows[i], 1));
		Amount		from_posted = smaller(part, row_amount(&open.rows[i], 2));

		settlement_cover(call, row_int64(&open.rows[i], 0), object, object_id, part, from_posted);
		left = amount_sub(left, part);
		in_cash = amount_add(in_cash, from_posted);
	}
	add_announcement(call, object, object_id, amount, amount_sub(amount, left), reference, "psp");
	for (uint64 i = 0; i < open.count; i++)
		(void) settlement_judge(call, row_int64(&open.rows[i], 0));
	return in_cash;
}

typedef struct Verdict
{
	const char *break_class;	/* NULL: it adds up */
	const char *what;
	const char *action;
	Amount		difference;
	bool		has_ledger;
	Amount		ledger;
	bool		has_psp;
	Amount		psp;
} Verdict;

/*
 * told: what the captures that it pays come to, those included that it pays in part; less what was netted that is what it should be.
 */
static Verdict
verdict_of(Amount amount, Amount left, Amount told, const Amount *listed)
{
	Verdict		verdict = {.difference = amount_sub(told, amount)};

	if (listed != NULL && *listed != amount)
		verdict = (Verdict) {.break_class = "amount_mismatch", .what = "another sum than the settlement has in the PSP's list",
			.difference = amount_sub(*listed, amount), .has_psp = true, .psp = *listed};
	else if (amount_minor(left) > 0)
		verdict = (Verdict) {.break_class = "missing_psp", .what = "the PSP has not told which captures it settles",
			.action = "Query the PSP; record the captures as settled: payment_settle() or its messages.", .difference = left};
	else if (amount_minor(verdict.difference) != 0)
	{
		verdict.break_class = "amount_mismatch";
		verdict.what = "another sum than the settled captures come to";
		verdict.has_ledger = true;
		verdict.ledger = told;
	}
	return verdict;
}

static int64
open_break(Call *call, const Row *row, const Verdict *verdict, const char *natural_key, int64 settlement_id)
{
	Amount		bank = row_amount(row, 0);
	BreakSpec	spec = {.break_class = verdict->break_class, .natural_key = natural_key, .source = "statement", .bank = &bank,
		.ledger = verdict->has_ledger ? &verdict->ledger : NULL, .psp = verdict->has_psp ? &verdict->psp : NULL,
		.difference = verdict->difference, .psp_id = row_text(row, 4), .has_value_date = true, .value_date = row_date(row, 5),
		.object = "settlement", .object_id = settlement_id, .action = verdict->action};
	JsonbParseState *causes;

	payload_begin(&causes);
	payload_text(&causes, "what", verdict->what);
	spec.causes = JsonbValueToJsonb(pushJsonbValue(&causes, WJB_END_OBJECT, NULL));
	return break_open(call, &spec);
}

/* Timing heals (FD §11): whatever the settlement was and is not any more is closed. */
int64
settlement_judge(Call *call, int64 settlement_id)
{
	static Statement read = STATEMENT("il",
		"SELECT s.amount, s.amount + s.netted - s.covered,"
		"       COALESCE((SELECT marketplace.sum(i.amount + CASE WHEN NOT EXISTS (SELECT FROM marketplace.settlement_items n"
		"                         WHERE n.marketplace_id = $1 AND n.object = i.object AND n.object_id = i.object_id AND n.settlement_id > s.id)"
		"                       THEN a.amount - a.received ELSE marketplace.zero(marketplace.currency(a.amount)) END)"
		"          FROM marketplace.settlement_items i"
		"          JOIN marketplace.settlement_announcements a ON a.marketplace_id = $1 AND a.object = i.object AND a.object_id = i.object_id"
		"         WHERE i.marketplace_id = $1 AND i.settlement_id = s.id), s.netted) - s.netted, s.listed, s.reference, s.value_date"
		"  FROM marketplace.settlements s WHERE s.marketplace_id = $1 AND s.id = $2");
	static const char *const classes[] = {"missing_psp", "amount_mismatch"};
	char	   *natural_key = psprintf("settlement:%lld", (long long) settlement_id);
	Amount		listed;
	Verdict		verdict;
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(settlement_id)), &row))
		elog(ERROR, "settlement %lld has vanished", (long long) settlement_id);
	listed = row_null(&row, 3) ? 0 : row_amount(&row, 3);
	verdict = verdict_of(row_amount(&row, 0), row_amount(&row, 1), row_amount(&row, 2), row_null(&row, 3) ? NULL : &listed);
	for (int i = 0; i < lengthof(classes); i++)
		if (verdict.break_class == NULL || strcmp(verdict.break_class, classes[i]) != 0)
			(void) break_settle(call, classes[i], natural_key, "match", "PSP and bank agree by now.");
	return verdict.break_class == NULL ? 0 : open_break(call, &row, &verdict, natural_key, settlement_id);
}
