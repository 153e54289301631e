/*
 * policy.h
 *		Versioned parameters and decision tables. The narrowest scope wins: order > contract > seller > category > country > marketplace (RD-16).
 */
#ifndef MARKETPLACE_POLICY_H
#define MARKETPLACE_POLICY_H

#include "kernel/call.h"

/* Where a parameter is asked for; 0 or NULL where it does not apply. */
typedef struct PolicyScope
{
	int64		order_id;
	int64		seller_id;
	int64		buyer_id;
	const char *category;
	const char *country;		/* ISO 3166-1 alpha-2 */
} PolicyScope;

/* The value in force at call->now; the default of the registry when no row says otherwise. An unknown name is an internal error. */
extern char *policy_text(Call *call, const char *name, const PolicyScope *scope);
extern bool policy_bool(Call *call, const char *name, const PolicyScope *scope);
extern int64 policy_int64(Call *call, const char *name, const PolicyScope *scope);
extern Numeric policy_numeric(Call *call, const char *name, const PolicyScope *scope);
extern Amount policy_amount(Call *call, const char *name, const PolicyScope *scope, CurrencyCode currency);

/* First rule of the decision table whose condition holds for the facts. outcome is NULL when none does. */
typedef struct Decision
{
	Jsonb	   *outcome;
	int64		rule_id;
	int32		version;
} Decision;
extern Decision policy_decide(Call *call, const char *table, Jsonb *facts);

#endif
