/*
 * reserve.c
 *		What is kept back of a release, by the rule in force, and the ladder on which it is freed (FD-42). Freeing is in reserve_release.c, rules
 *		are set in reserve_rule.c.
 *
 * The percentage is taken cumulatively over the releases of a capture allocation under one rule: many small releases keep back what one large
 * release would (RD-10).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/reserve.h"
#include "kernel/policy.h"
#include "utils/array.h"

static void
read_ladder(const Row *row, int column, ReserveTerms *terms)
{
	Datum	   *days;
	Datum	   *pcts;
	int			npcts;

	deconstruct_array(DatumGetArrayTypeP(row_datum(row, column)), INT4OID, 4, true, TYPALIGN_INT, &days, NULL, &terms->nsteps);
	deconstruct_array(DatumGetArrayTypeP(row_datum(row, column + 1)), NUMERICOID, -1, false, TYPALIGN_INT, &pcts, NULL, &npcts);
	Assert(npcts == terms->nsteps);
	terms->days = palloc(sizeof(int) * terms->nsteps);
	terms->step_pct = palloc(sizeof(Numeric) * terms->nsteps);
	for (int i = 0; i < terms->nsteps; i++)
	{
		terms->days[i] = DatumGetInt32(days[i]);
		terms->step_pct[i] = DatumGetNumeric(pcts[i]);
	}
}

static bool
find_rule(Call *call, const OrderLine *line, ReserveTerms *terms)
{
	static Statement any = STATEMENT("i", "SELECT EXISTS (SELECT FROM marketplace.reserve_rules r WHERE r.marketplace_id = $1)");
	static Statement find = STATEMENT("iltz",
		"SELECT r.id, r.pct, r.ladder_days, r.ladder_pct"
		"  FROM marketplace.reserve_rules r"
		" WHERE r.marketplace_id = $1 AND (r.seller_id IS NULL OR r.seller_id = $2) AND (r.category IS NULL OR r.category = $3)"
		"   AND r.valid_from <= $4 AND (r.valid_until IS NULL OR r.valid_until > $4)"
		" ORDER BY r.seller_id IS NULL, r.category IS NULL, r.valid_from DESC, r.id DESC"
		" LIMIT 1");
	Row			row;

	if (!query_fact(call, &any, VALUES(value_int32(call->marketplace_id)), &row) || !row_bool(&row, 0) ||
		!query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(line->seller_id), value_text(line->commission_category),
								 value_timestamptz(call->now)), &row))
		return false;
	terms->rule_id = row_int64(&row, 0);
	terms->pct = row_numeric(&row, 1);
	read_ladder(&row, 2, terms);
	return true;
}

ReserveTerms
reserve_terms(Call *call, const OrderLine *line)
{
	PolicyScope scope = {.order_id = line->order_id, .seller_id = line->seller_id, .buyer_id = line->buyer_id,
		.category = line->commission_category};
	ReserveTerms terms = {.rule_id = 0};

	if (find_rule(call, line, &terms))
		return terms;
	terms.pct = policy_numeric(call, "fd.reserve_pct", &scope);
	if (decimal_sign(terms.pct) <= 0)
		return terms;
	terms.pct = decimal_min(terms.pct, decimal_from_int64(100));
	terms.nsteps = 1;
	terms.days = palloc(sizeof(int));
	terms.days[0] = (int) Max(Min(policy_int64(call, "fd.reserve_days", &scope), 36500), 0);
	terms.step_pct = palloc(sizeof(Numeric));
	terms.step_pct[0] = decimal_from_int64(100);
	return terms;
}

/* What the percentage grows by with this base, over the allocation's releases under the same terms. */
static Amount
amount_to_keep(Call *call, const Allocation *allocation, Amount base, const ReserveTerms *terms)
{
	static Statement read = STATEMENT("illna",
		"SELECT COALESCE(marketplace.sum(r.base), $5), COALESCE(marketplace.sum(r.amount), $5)"
		"  FROM marketplace.reserves r"
		" WHERE r.marketplace_id = $1 AND r.allocation_id = $2 AND r.rule_id IS NOT DISTINCT FROM $3 AND r.pct = $4");
	CurrencyCode currency = amount_currency(base);
	Row			row;
	int64		keep;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(allocation->id), value_id(terms->rule_id),
								 value_numeric(terms->pct), value_amount(amount_zero(currency))), &row))
		elog(ERROR, "a sum has no row");
	keep = amount_minor(amount_round_ratio(decimal_mul(decimal_from_int64(amount_minor(amount_add(row_amount(&row, 0), base))), terms->pct),
										   decimal_from_int64(100), currency)) - amount_minor(row_amount(&row, 1));
	return amount_of(currency, Max(Min(keep, amount_minor(base)), 0));
}

static void
add_steps(Call *call, int64 reserve_id, int64 order_id, const Allocation *allocation, Amount amount, const ReserveTerms *terms)
{
	static Statement insert = STATEMENT("illlllaaz",
		"INSERT INTO marketplace.reserve_steps (marketplace_id, reserve_id, order_id, order_line_id, allocation_id, seller_id, amount, released,"
		" due_at, open)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, true)");
	Amount	   *shares = palloc(sizeof(Amount) * terms->nsteps);

	allocate_amounts(amount, terms->step_pct, terms->nsteps, shares);
	for (int i = 0; i < terms->nsteps; i++)
		if (amount_minor(shares[i]) > 0)
			funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(reserve_id), value_int64(order_id),
										value_int64(allocation->order_line_id), value_int64(allocation->id),
										value_int64(allocation->seller_id), value_amount(shares[i]),
										value_amount(amount_zero(amount_currency(amount))),
										value_timestamptz(call->now + terms->days[i] * USECS_PER_DAY)));
}

Amount
reserve_take(Call *call, const ReserveTerms *terms, const OrderLine *line, const Allocation *allocation, Amount base, int64 cause)
{
	static Statement insert = STATEMENT("illllanlazl",
		"INSERT INTO marketplace.reserves (marketplace_id, order_id, order_line_id, allocation_id, seller_id, base, pct, rule_id, amount, taken_at, cause)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id");
	Amount		keep;
	int64		reserve_id;

	if (decimal_sign(terms->pct) <= 0)
		return amount_zero(amount_currency(base));
	keep = amount_to_keep(call, allocation, base, terms);
	reserve_id = funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(line->order_id), value_int64(line->id),
										   value_int64(allocation->id), value_int64(allocation->seller_id), value_amount(base),
										   value_numeric(terms->pct), value_id(terms->rule_id), value_amount(keep),
										   value_timestamptz(call->now), value_int64(cause)));
	add_steps(call, reserve_id, line->order_id, allocation, keep, terms);
	return keep;
}
