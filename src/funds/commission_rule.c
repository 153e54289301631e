/*
 * commission_rule.c
 *		commission_rule_set(): adds a commission rule (FD-23). Rules are never changed, a newer one takes over.
 */
#include "postgres.h"

#include "funds/rule.h"
#include "kernel/errors.h"

/* Amounts of one rule share a currency, which *currency becomes (0: none yet). */
static Value
read_amount(const Document *document, const char *key, CurrencyCode *currency)
{
	char	   *written = document_text_or_null(document, key);
	ParsedAmount parsed;

	if (written == NULL)
		return value_null();
	if (amount_parse(written, strlen(written), &parsed) != AMOUNT_PARSED || parsed.minor < 0)
		document_refuse(document, key, psprintf("\"%s\" is no amount of zero or more.", written),
						"Write it as \"0.30 EUR\".");
	if (*currency != 0 && *currency != parsed.currency)
		document_refuse(document, key, psprintf("\"%s\" is in another currency than the amounts before it.", written),
						"Set one rule per currency.");
	*currency = parsed.currency;
	return value_amount(amount_make(parsed.currency, parsed.minor));
}

static char *
read_base(const Document *document)
{
	char	   *base = document_text_or_null(document, "base");

	if (base != NULL && strcmp(base, "goods_net") != 0 && strcmp(base, "goods_and_shipping_net") != 0 &&
		strcmp(base, "gross") != 0)
		document_refuse(document, "base", psprintf("\"%s\" is no base of a commission.", base),
						"Known are goods_net, goods_and_shipping_net and gross.");
	return base;
}

static int64
add_rule(Call *call, Jsonb *json)
{
	static Statement insert = STATEMENT("iltnaaactnzztz",
		"INSERT INTO marketplace.commission_rules (marketplace_id, seller_id, category, rate_pct, fixed, minimum, maximum, currency,"
		" base, vat_rate_pct, valid_from, valid_until, actor, recorded_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id");
	Document	document = document_root(json);
	CurrencyCode currency = 0;
	RuleScope	scope;
	Numeric		rate;
	Value		fixed;
	Value		minimum;
	Value		maximum;

	document_only(&document, "seller_id", "category", "rate_pct", "fixed", "minimum", "maximum", "base",
				  "vat_rate_pct", "valid_from",
				  "valid_until", NULL);
	rate = rule_percentage(&document, "rate_pct");
	scope = rule_scope(call, &document);
	fixed = read_amount(&document, "fixed", &currency);
	minimum = read_amount(&document, "minimum", &currency);
	maximum = read_amount(&document, "maximum", &currency);
	if (!minimum.null && !maximum.null &&
		amount_minor(DatumGetAmount(minimum.datum)) > amount_minor(DatumGetAmount(maximum.datum)))
		document_refuse(&document, "maximum", "It is less than the minimum.", NULL);

	return funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_id(scope.seller_id), value_text(scope.category),
									 value_numeric(rate), fixed, minimum, maximum,
									 currency == 0 ? value_null() : value_currency(currency), value_text(read_base(&document)),
									 document_has(&document, "vat_rate_pct") ? value_numeric(rule_percentage(&document, "vat_rate_pct")) : value_null(),
									 value_timestamptz(scope.from), rule_until(&scope), value_text(call_actor()),
									 value_timestamptz(call->now)));
}

/* commission_rule_set(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(commission_rule_set);
Datum
commission_rule_set(PG_FUNCTION_ARGS)
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
