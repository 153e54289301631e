/*
 * policy.h
 *		Versioned parameters and decision tables. The narrowest scope wins: order > contract > seller > category >
 *		country > marketplace (RD-16).
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

typedef struct PolicyDuration
{
	int32		n;
	char	   *unit;			/* hours, calendar_days or business_days, as calendar_deadline() takes them */
} PolicyDuration;

/*
 * The value in force at call->now; the default of the registry when no row says otherwise. An unknown name is an
 * internal error, as is a getter that does not fit the registered type. scope may be NULL: the marketplace. A
 * parameter without default and value (JSON null) is NULL for the getters that return a pointer, and an MK070 error
 * for the others.
 */
extern char *policy_text(Call *call, const char *name, const PolicyScope *scope);	/* of text and choice */
extern bool policy_bool(Call *call, const char *name, const PolicyScope *scope);
extern int64 policy_int64(Call *call, const char *name, const PolicyScope *scope);
extern Numeric policy_numeric(Call *call, const char *name, const PolicyScope *scope);
extern Amount policy_amount(Call *call, const char *name, const PolicyScope *scope, CurrencyCode currency);
extern DateADT policy_date(Call *call, const char *name, const PolicyScope *scope);
extern PolicyDuration policy_duration(Call *call, const char *name, const PolicyScope *scope);
extern Jsonb *policy_jsonb(Call *call, const char *name, const PolicyScope *scope);	/* of any type */

/* Has the marketplace ever set the parameter, in whatever scope? Else everybody has the default. */
extern bool policy_is_set(Call *call, const char *name);

/*
 * First rule of the decision table whose condition holds for the facts. outcome is NULL when none does, and when no
 * version of the table is in force (version is 0 then). A changing call records the decision, about the object when
 * one is named.
 */
typedef struct Decision
{
	Jsonb	   *outcome;
	int64		rule_id;
	int32		version;
	int32		priority;
	int64		decision_id;	/* of policy_decisions; 0 when not recorded */
} Decision;
extern Decision policy_decide(Call *call, const char *table, Jsonb *facts);
extern Decision policy_decide_about(Call *call, const char *table, Jsonb *facts, const char *object_kind,
									int64 object_id);

#endif
