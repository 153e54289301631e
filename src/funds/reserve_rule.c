/*
 * reserve_rule.c
 *		reserve_rule_set(): adds a rule of what is kept back of releases (FD-42). Rules are never changed, a newer one takes over.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/rule.h"
#include "kernel/policy.h"
#include "utils/array.h"

#define MAX_DAYS	36500
#define MAX_STEPS	100

typedef struct Ladder
{
	int			count;
	Datum	   *days;
	Datum	   *pcts;
} Ladder;

static int32
read_days(const Document *document)
{
	int64		days = document_int64(document, "days");

	if (days < 0 || days > MAX_DAYS)
		document_refuse(document, "days", psprintf("It is %lld; days are from 0 to %d.", (long long) days, MAX_DAYS), NULL);
	return (int32) days;
}

static Ladder
read_ladder(const Document *document)
{
	Document	steps = document_array(document, "ladder");
	Ladder		ladder = {document_length(&steps)};
	Numeric		sum = decimal_from_int64(0);

	if (ladder.count < 1 || ladder.count > MAX_STEPS)
		document_refuse(document, "ladder", psprintf("It has %d steps; a ladder has 1 to %d.", ladder.count, MAX_STEPS), NULL);
	ladder.days = palloc(sizeof(Datum) * ladder.count);
	ladder.pcts = palloc(sizeof(Datum) * ladder.count);
	for (int i = 0; i < ladder.count; i++)
	{
		Document	step = document_item(&steps, i);
		Numeric		pct;

		document_only(&step, "days", "pct", NULL);
		pct = rule_percentage(&step, "pct");
		if (decimal_sign(pct) == 0)
			document_refuse(&step, "pct", "A step of nothing frees nothing.", "Leave the step out.");
		ladder.days[i] = Int32GetDatum(read_days(&step));
		ladder.pcts[i] = NumericGetDatum(pct);
		if (i > 0 && DatumGetInt32(ladder.days[i]) <= DatumGetInt32(ladder.days[i - 1]))
			document_refuse(&step, "days", "It is not after the step before.", "Give the steps in ascending order.");
		sum = decimal_add(sum, pct);
	}
	if (decimal_cmp(sum, decimal_from_int64(100)) != 0)
		document_refuse(document, "ladder", psprintf("Its steps add up to %s percent.", decimal_to_cstring(sum)),
						"They free the whole reserve: 100 percent.");
	return ladder;
}

/* One step after so many days; of the policy where the rule does not say. */
static Ladder
one_step(Call *call, const Document *document, int64 seller_id, const char *category)
{
	PolicyScope scope = {.seller_id = seller_id, .category = category};
	Ladder		ladder = {1, palloc(sizeof(Datum)), palloc(sizeof(Datum))};
	int64		days = document_has(document, "days") ? read_days(document) : policy_int64(call, "fd.reserve_days", &scope);

	ladder.days[0] = Int32GetDatum((int32) Max(Min(days, MAX_DAYS), 0));
	ladder.pcts[0] = NumericGetDatum(decimal_from_int64(100));
	return ladder;
}

static Value
read_floor(const Document *document)
{
	char	   *written = document_text_or_null(document, "floor");
	ParsedAmount parsed;

	if (written == NULL)
		return value_null();
	if (amount_parse(written, strlen(written), &parsed) != AMOUNT_PARSED || parsed.minor < 0)
		document_refuse(document, "floor", psprintf("\"%s\" is no amount of zero or more.", written), "Write it as \"500.00 EUR\".");
	if (document_has(document, "category"))
		document_refuse(document, "floor", "The floor is of the seller's whole reserve.", "Set it by a rule without category.");
	return value_amount(amount_make(parsed.currency, parsed.minor));
}

static int64
add_rule(Call *call, Jsonb *json)
{
	static Statement insert = STATEMENT("iltnINazztz",
		"INSERT INTO marketplace.reserve_rules (marketplace_id, seller_id, category, pct, ladder_days, ladder_pct, floor, valid_from, valid_until,"
		" actor, recorded_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id");
	Document	document = document_root(json);
	RuleScope	scope;
	Numeric		pct;
	Value		floor;
	Ladder		ladder;

	document_only(&document, "pct", "seller_id", "category", "days", "ladder", "floor", "valid_from", "valid_until", NULL);
	pct = rule_percentage(&document, "pct");
	scope = rule_scope(call, &document);
	floor = read_floor(&document);
	if (document_has(&document, "ladder") && document_has(&document, "days"))
		document_refuse(&document, "ladder", "It has days already.", "Give days, or a ladder.");
	ladder = document_has(&document, "ladder") ? read_ladder(&document) : one_step(call, &document, scope.seller_id, scope.category);

	return funds_add(&insert,
					 VALUES(value_int32(call->marketplace_id), value_id(scope.seller_id), value_text(scope.category), value_numeric(pct),
							value_datum(PointerGetDatum(construct_array(ladder.days, ladder.count, INT4OID, 4, true, TYPALIGN_INT))),
							value_datum(PointerGetDatum(construct_array(ladder.pcts, ladder.count, NUMERICOID, -1, false, TYPALIGN_INT))),
							floor, value_timestamptz(scope.from), rule_until(&scope),
							value_text(call_actor()), value_timestamptz(call->now)));
}

/* reserve_rule_set(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(reserve_rule_set);
Datum
reserve_rule_set(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) marketplace_get(&call);
		call.result = add_rule(&call, call_jsonb(&call, 1));
	}
	PG_RETURN_INT64(call_end(&call));
}
