/*
 * settlement_find.c
 *		Is a credit on the client account a settlement of the PSP? By the settlement that it names, by a capture or payment that it names,
 *		by who pays, or, where nobody is named, by being exactly what the PSP owes (FD §11: id, then amount, day and party). Only reads.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/incoming_internal.h"
#include "funds/settlement.h"
#include "kernel/policy.h"
#include "utils/array.h"

#define OPEN_DAYS 7				/* from capture to settlement, for sums that name nobody */
#define SAME_DAYS "2"			/* FD §11 */

/* Captures of a list's transaction $2 … are found by the capture's name at the PSP, else by the payment's and the same amount. */
#define CAPTURES_OF_TRANSACTION \
	" CROSS JOIN LATERAL (" \
	"   SELECT c.id, c.payment_id, c.state, c.amount FROM (" \
	"     SELECT 1 AS rank, k.id FROM marketplace.captures k" \
	"      WHERE k.marketplace_id = $1 AND k.psp_reference IN (t.psp_id, t.reference, t.end_to_end_id)" \
	"     UNION ALL SELECT 2, k.id FROM marketplace.payments p JOIN marketplace.captures k ON k.marketplace_id = $1 AND k.payment_id = p.id" \
	"      WHERE p.marketplace_id = $1 AND p.psp_reference IN (t.psp_id, t.reference, t.end_to_end_id) AND k.amount = t.amount) f" \
	"   JOIN marketplace.captures c ON c.marketplace_id = $1 AND c.id = f.id ORDER BY f.rank, c.id LIMIT 1) c"

/* What the PSP's list has of the settlement that one of the references is the id of. */
static bool
find_listed(Call *call, Value references, CurrencyCode currency, SettlementFound *found)
{
	static Statement find = STATEMENT("iTc",
		"SELECT t.settlement_id, marketplace.sum(t.amount - COALESCE(t.fee, marketplace.zero($3))),"
		"       COALESCE(marketplace.sum(t.amount - COALESCE(t.fee, marketplace.zero($3))) FILTER (WHERE t.kind = 'payin'), marketplace.zero($3))"
		"  FROM marketplace.psp_transactions t WHERE t.marketplace_id = $1 AND marketplace.currency(t.amount) = $3"
		"   AND t.settlement_id IS NOT NULL AND " NORMALISED("t.settlement_id") " = ANY ($2)"
		" GROUP BY t.settlement_id ORDER BY t.settlement_id LIMIT 1");
	static Statement captures = STATEMENT("itc",
		"SELECT DISTINCT ON (c.id) c.id, c.payment_id, c.state <> 'captured', c.amount, COALESCE(t.fee, marketplace.zero($3))"
		"  FROM marketplace.psp_transactions t" CAPTURES_OF_TRANSACTION
		" WHERE t.marketplace_id = $1 AND t.settlement_id = $2 AND t.kind = 'payin' AND marketplace.currency(t.amount) = $3"
		"   AND c.amount = t.amount ORDER BY c.id, t.id");
	Amount		payins;
	Rows		rows;
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), references, value_currency(currency)), &row))
		return false;
	found->reference = row_text(&row, 0);
	found->has_listed = true;
	found->listed = row_amount(&row, 1);
	payins = row_amount(&row, 2);
	if (amount_minor(payins) > amount_minor(found->listed))
		found->netted = amount_sub(payins, found->listed);
	rows = query_rows(&captures, VALUES(value_int32(call->marketplace_id), value_text(found->reference), value_currency(currency)));
	found->count = (int) rows.count;
	found->captures = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(SettledCapture) * Max(rows.count, 1));
	for (int i = 0; i < found->count; i++)
		found->captures[i] = (SettledCapture) {row_int64(&rows.rows[i], 0), row_int64(&rows.rows[i], 1), row_bool(&rows.rows[i], 2),
			row_amount(&rows.rows[i], 3), row_amount(&rows.rows[i], 4)};
	return true;
}

char *
settlement_of_capture(Call *call, int64 capture_id)
{
	static Statement find = STATEMENT("il",
		"SELECT t.settlement_id FROM marketplace.captures c"
		"  JOIN marketplace.payments p ON p.marketplace_id = $1 AND p.id = c.payment_id"
		"  JOIN marketplace.psp_transactions t ON t.marketplace_id = $1 AND t.kind = 'payin' AND t.amount = c.amount"
		"   AND t.settlement_id IS NOT NULL"
		"   AND (t.psp_id IN (c.psp_reference, p.psp_reference) OR t.reference IN (c.psp_reference, p.psp_reference))"
		" WHERE c.marketplace_id = $1 AND c.id = $2 AND (c.psp_reference IS NOT NULL OR p.psp_reference IS NOT NULL)"
		" ORDER BY t.id LIMIT 1");
	Row			row;

	return query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(capture_id)), &row) ? row_text(&row, 0) : NULL;
}

/* What the PSP has told with the captures, and the bank has not shown. */
static bool
find_told(Call *call, Value references, CurrencyCode currency, SettlementFound *found)
{
	static Statement find = STATEMENT("iTc",
		"SELECT reference FROM marketplace.settlement_announcements WHERE marketplace_id = $1 AND received <> amount"
		"   AND reference IS NOT NULL AND " NORMALISED("reference") " = ANY ($2) AND marketplace.currency(amount) = $3 ORDER BY 1 LIMIT 1");
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), references, value_currency(currency)), &row))
		return false;
	found->reference = row_text(&row, 0);
	return true;
}

/*
 * Captures that the line names, not settled or not shown. One that is not settled, and of exactly this sum, is settled by it: that is how
 * a bank credits a direct debit.
 */
static bool
find_named(Call *call, const SettlementLine *line, Value words, SettlementFound *found)
{
	static Statement find = STATEMENT("iTc",
		"SELECT c.id, c.payment_id, c.state <> 'captured', c.amount FROM ("
		"   SELECT k.id FROM marketplace.captures k WHERE k.marketplace_id = $1 AND k.psp_reference = ANY ($2)"
		"   UNION SELECT k.id FROM marketplace.payments p JOIN marketplace.captures k ON k.marketplace_id = $1 AND k.payment_id = p.id"
		"    WHERE p.marketplace_id = $1 AND p.psp_reference = ANY ($2)) f"
		"  JOIN marketplace.captures c ON c.marketplace_id = $1 AND c.id = f.id"
		"  JOIN marketplace.payments p ON p.marketplace_id = $1 AND p.id = c.payment_id AND p.method NOT IN ('transfer', 'wallet')"
		" WHERE marketplace.currency(c.amount) = $3 AND (c.state = 'captured' OR EXISTS ("
		"       SELECT FROM marketplace.settlement_announcements a WHERE a.marketplace_id = $1 AND a.object = 'capture' AND a.object_id = c.id"
		"          AND a.received <> a.amount)) ORDER BY c.id");
	Rows		rows = query_rows(&find, VALUES(value_int32(call->marketplace_id), words, value_currency(amount_currency(line->amount))));

	if (rows.count == 0)
		return false;
	found->count = (int) rows.count;
	found->captures = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(SettledCapture) * rows.count);
	for (int i = 0; i < found->count; i++)
		found->captures[i] = (SettledCapture) {row_int64(&rows.rows[i], 0), row_int64(&rows.rows[i], 1), row_bool(&rows.rows[i], 2),
			row_amount(&rows.rows[i], 3), amount_zero(amount_currency(line->amount))};
	found->has_listed = found->count == 1 && !found->captures[0].settled && found->captures[0].gross == line->amount;
	found->listed = line->amount;
	return true;
}

/* The PSP itself, by account or name; or who else pays its settlements (policy fd.settlement_payers). */
static bool
payer_is_psp(Call *call, const SettlementLine *line)
{
	static Statement find = STATEMENT("iltTj",
		"SELECT EXISTS (SELECT FROM marketplace.bank_accounts WHERE marketplace_id = $1 AND party_id = $2 AND iban = $3)"
		"    OR EXISTS (SELECT FROM marketplace.parties WHERE marketplace_id = $1 AND id = $2 AND " NORMALISED("name") " = ANY ($4))"
		"    OR EXISTS (SELECT FROM pg_catalog.jsonb_array_elements_text(CASE WHEN pg_catalog.jsonb_typeof($5) = 'array' THEN $5 ELSE '[]' END) p(payer)"
		"                WHERE " NORMALISED("p.payer") " = ANY ($4))");
	Datum		names[2];
	int			n = 0;

	if (line->payer_name != NULL)
		names[n++] = CStringGetTextDatum(reference_normalise(line->payer_name));
	if (line->payer_account != NULL)
		names[n++] = CStringGetTextDatum(reference_normalise(line->payer_account));
	return n > 0 && DatumGetBool(query_datum(&find, VALUES(value_int32(call->marketplace_id),
		value_int64(marketplace_get(call)->psp_party_id), value_text(line->payer_account),
		value_datum(PointerGetDatum(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT))),
		value_jsonb(policy_jsonb(call, "fd.settlement_payers", NULL)))));
}

#define SUM_OF_OWED \
	"SELECT EXISTS (SELECT FROM o WHERE owed = $2) OR EXISTS (SELECT FROM o GROUP BY day HAVING marketplace.sum(owed) = $2)" \
	"    OR EXISTS (SELECT FROM o HAVING marketplace.sum(owed) = $2)"

/* Exactly what the PSP has told of, within two days: one capture, those of a day or all of them. */
static bool
is_told(Call *call, const SettlementLine *line)
{
	static Statement told = STATEMENT("iadt",
		"WITH o AS (SELECT amount - received AS owed, (told_at AT TIME ZONE $4)::date AS day FROM marketplace.settlement_announcements"
		"            WHERE marketplace_id = $1 AND received <> amount AND marketplace.currency(amount) = marketplace.currency($2)"
		"              AND pg_catalog.abs((told_at AT TIME ZONE $4)::date - $3) <= " SAME_DAYS ") " SUM_OF_OWED);

	return DatumGetBool(query_datum(&told, VALUES(value_int32(call->marketplace_id), value_amount(line->amount),
												  value_date(line->value_date), value_text(marketplace_get(call)->time_zone))));
}

bool
settlement_is_of_unsettled(Call *call, const SettlementLine *line)
{
	static Statement captured = STATEMENT("iadti",
		"WITH o AS (SELECT c.amount AS owed, (c.captured_at AT TIME ZONE $4)::date AS day FROM marketplace.captures c"
		"            WHERE c.marketplace_id = $1 AND c.state = 'captured' AND marketplace.currency(c.amount) = marketplace.currency($2)"
		"              AND $3 - (c.captured_at AT TIME ZONE $4)::date BETWEEN 0 AND $5) " SUM_OF_OWED);

	return DatumGetBool(query_datum(&captured, VALUES(value_int32(call->marketplace_id), value_amount(line->amount),
													  value_date(line->value_date), value_text(marketplace_get(call)->time_zone),
													  value_int32(OPEN_DAYS))));
}

SettlementFound
settlement_find(Call *call, const SettlementLine *line)
{
	CurrencyCode currency = amount_currency(line->amount);
	SettlementFound found = {.netted = amount_zero(currency)};
	Value		references = value_datum(PointerGetDatum(reference_candidates(line->written)));

	if (marketplace_get(call)->psp_party_id == 0)
		return found;
	if (find_listed(call, references, currency, &found) || find_told(call, references, currency, &found) ||
		find_named(call, line, value_datum(PointerGetDatum(reference_words(line->written))), &found))
		found.recognised_by = "reference";
	else if (!line->of_buyer && payer_is_psp(call, line))
		found.recognised_by = "payer";
	else if (!line->of_buyer && line->payer_name == NULL && line->payer_account == NULL &&
			 (is_told(call, line) || settlement_is_of_unsettled(call, line)))
		found.recognised_by = "amount";
	return found;
}
