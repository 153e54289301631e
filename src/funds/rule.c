/*
 * rule.c
 *		Reads what rules of commission and of reserve have in common. Such rules are never changed: a newer one takes over.
 */
#include "postgres.h"

#include "funds/rule.h"

static int64
read_seller(Call *call, const Document *document)
{
	int64		seller_id;

	if (!document_has(document, "seller_id"))
		return 0;
	seller_id = document_int64(document, "seller_id");
	(void) party_get(call, seller_id);
	if (!party_has_capacity(call, seller_id, "seller"))
		document_refuse(document, "seller_id", psprintf("Party %lld is no seller.", (long long) seller_id),
						"Give the capacity seller to it first, or leave seller_id out for a rule for all.");
	return seller_id;
}

RuleScope
rule_scope(Call *call, const Document *document)
{
	RuleScope	scope = {read_seller(call, document), document_text_or_null(document, "category")};

	scope.from = document_has(document, "valid_from") ? document_timestamptz(document, "valid_from") : call->now;
	scope.until = document_has(document, "valid_until") ? document_timestamptz(document, "valid_until") : DT_NOEND;
	if (scope.until <= scope.from)
		document_refuse(document, "valid_until", "It is not after valid_from.", NULL);
	return scope;
}

Value
rule_until(const RuleScope *scope)
{
	return scope->until == DT_NOEND ? value_null() : value_timestamptz(scope->until);
}

Numeric
rule_percentage(const Document *document, const char *key)
{
	Numeric		pct = document_numeric(document, key);

	if (!decimal_is_finite(pct) || decimal_sign(pct) < 0 || decimal_cmp(pct, decimal_from_int64(100)) > 0)
		document_refuse(document, key, psprintf("It is %s; a percentage is from 0 to 100.", decimal_to_cstring(pct)),
						"10 means ten percent.");
	return pct;
}
