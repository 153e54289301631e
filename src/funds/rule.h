/*
 * rule.h
 *		What the documents of rules (commission, reserve) have in common: whom they are for, and from when until when.
 */
#ifndef MARKETPLACE_RULE_H
#define MARKETPLACE_RULE_H

#include "funds/funds_internal.h"

typedef struct RuleScope
{
	int64		seller_id;		/* 0: every seller */
	char	   *category;		/* NULL: every category */
	TimestampTz from;
	TimestampTz until;			/* DT_NOEND: open */
} RuleScope;

/* Keys seller_id, category, valid_from (left out: now) and valid_until. */
extern RuleScope rule_scope(Call *call, const Document *document);
extern Value rule_until(const RuleScope *scope);	/* NULL where it is open */

/* From 0 to 100. */
extern Numeric rule_percentage(const Document *document, const char *key);

#endif
