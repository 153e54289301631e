/*
 * commission_rule.c
 *		commission_rule_set(): adds a commission rule (FD-23). Rules are never changed, a newer one takes over.
 */
#include "postgres.h"

#include "funds/funds_internal.h"
#include "kernel/errors.h"

static Numeric
read_percentage(const Document *document, const char *key)
{
	Numeric		pct = document_numeric_or_null(document, key);

	if (pct != NULL && (!decimal_is_finite(pct) || decimal_sign(pct) < 0 ||
						decimal_cmp(pct, decimal_from_int64(100)) > 0))
		document_refuse(document, key, psprintf("It is %s; a percentage is from 0 to 100.", decimal_to_cstring(pct)),
						"10 means ten percent.");
	return pct;
}

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
read_seller(Call *call, const Document *document)
{
	int64		seller_id = document_int64_or(document, "seller_id", 0);

	if (seller_id == 0)
		return 0;
	(void) party_get(call, seller_id);
	if (!party_has_capacity(call, seller_id, "seller"))
		document_refuse(document, "seller_id", psprintf("Party %lld is no seller.", (long long) seller_id),
						"Give the capacity seller to it first, or leave seller_id out for a rule for all.");
	return seller_id;
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
	int64		seller_id;
	char	   *category;
	Numeric		rate;
	Numeric		vat_rate;
	Value		fixed;
	Value		minimum;
	Value		maximum;
	TimestampTz from;
	bool		ends;
	TimestampTz until;

	document_only(&document, "seller_id", "category", "rate_pct", "fixed", "minimum", "maximum", "base",
				  "vat_rate_pct", "valid_from",
				  "valid_until", NULL);
	(void) document_numeric(&document, "rate_pct");
	rate = read_percentage(&document, "rate_pct");
	vat_rate = read_percentage(&document, "vat_rate_pct");
	category = document_text_or_null(&document, "category");
	seller_id = read_seller(call, &document);
	fixed = read_amount(&document, "fixed", &currency);
	minimum = read_amount(&document, "minimum", &currency);
	maximum = read_amount(&document, "maximum", &currency);
	if (!minimum.null && !maximum.null &&
		amount_minor(DatumGetAmount(minimum.datum)) > amount_minor(DatumGetAmount(maximum.datum)))
		document_refuse(&document, "maximum", "It is less than the minimum.", NULL);
	from = document_has(&document, "valid_from") ? document_timestamptz(&document, "valid_from") : call->now;
	ends = document_has(&document, "valid_until");
	until = ends ? document_timestamptz(&document, "valid_until") : DT_NOEND;
	if (until <= from)
		document_refuse(&document, "valid_until", "It is not after valid_from.", NULL);

	return funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_id(seller_id),
									 value_text(category), value_numeric(rate), fixed, minimum, maximum,
									 currency == 0 ? value_null() : value_currency(currency), value_text(read_base(&document)),
									 value_numeric(vat_rate), value_timestamptz(from),
									 ends ? value_timestamptz(until) : value_null(), value_text(call_actor()),
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
