/*
 * policy_value.h
 *		What the files policy*.c know of one another: value types of parameters, facts of decision tables, versions in
 *		time.
 */
#ifndef MARKETPLACE_POLICY_VALUE_H
#define MARKETPLACE_POLICY_VALUE_H

#include "kernel/policy.h"

/* policy_value.c */
typedef enum PolicyKind
{
	POLICY_TEXT,
	POLICY_BOOLEAN,
	POLICY_INTEGER,
	POLICY_NUMERIC,
	POLICY_AMOUNT,
	POLICY_DATE,
	POLICY_DURATION,
	POLICY_CHOICE,
	POLICY_JSON
} PolicyKind;

typedef enum PolicyBound
{
	POLICY_FREE,
	POLICY_FLOOR,				/* a narrower scope may only raise the marketplace's value */
	POLICY_CEILING				/* ... only lower it */
} PolicyBound;

typedef struct PolicyType
{
	const char *text;			/* as in the registry */
	PolicyKind	kind;
	List	   *choices;		/* of C strings */
	PolicyBound bound;
} PolicyType;

extern PolicyType policy_type(const char *name, const char *type);
extern void policy_check_value(const char *name, const PolicyType *type, Jsonb *value);
extern bool policy_bound_allows(const PolicyType *type, Jsonb *value, Jsonb *marketplace_value);
extern bool policy_is_null(Jsonb *value);
extern bool policy_read_date(const char *text, int length, DateADT *date);

/* What a parameter is at an instant, and why. */
typedef struct PolicyFound
{
	PolicyType	type;
	Jsonb	   *value;
	bool		is_default;
	char	   *scope_key;		/* NULL for the default */
	int32		version;
	TimestampTz valid_from;
} PolicyFound;

/* policy.c; false when the registry does not know the name */
extern bool policy_find(Call *call, const char *name, const PolicyScope *scope, TimestampTz at, PolicyFound *found);

/* policy_set.c: one writer at a time for a name; serves both parameters and decision tables */
extern void policy_lock(Call *call, const char *what, const char *name);
extern void policy_check_start(Call *call, TimestampTz valid_from);

/* policy_facts.c */
extern void policy_check_declaration(Jsonb *declaration);
extern Jsonb *policy_bind_facts(const char *table, Jsonb *declaration, Jsonb *facts);
extern Datum policy_read_condition(Jsonb *declaration, const char *text, int64 priority);

/* policy_rules.c: a version of a decision table */
typedef struct PolicyTable
{
	const char *name;
	int32		version;
	Jsonb	   *facts;
	Jsonb	   *cases;
} PolicyTable;

extern Decision policy_apply(Call *call, const PolicyTable *table, Jsonb *facts);
extern bool policy_same_outcome(Jsonb *a, Jsonb *b);

#endif
