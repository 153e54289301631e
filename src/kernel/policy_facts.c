/*
 * policy_facts.c
 *		The facts of a decision table: which there are, of which type, and that conditions look at no others (SETTLED
 *		10).
 *
 * A condition that asks for a fact nobody declared would silently never hold, so both facts and conditions are held
 * against the declaration.
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "kernel/policy_value.h"
#include "utils/jsonpath.h"

/* Bytes of a condition: far below what the depth of its tree could do to the stack. */
#define CONDITION_MAX	8000

static const char *const fact_types[] = {"text", "number", "boolean", "date", "list"};

/* The type without its '?', or NULL when it is none; optional tells whether it had one. */
static const char *
fact_type(const JsonbValue *declared, bool *optional)
{
	int			length;

	if (declared->type != jbvString)
		return NULL;
	length = declared->val.string.len;
	*optional = length > 0 && declared->val.string.val[length - 1] == '?';
	if (*optional)
		length--;
	for (int i = 0; i < lengthof(fact_types); i++)
		if (strlen(fact_types[i]) == length && strncmp(fact_types[i], declared->val.string.val, length) == 0)
			return fact_types[i];
	return NULL;
}

void
policy_check_declaration(Jsonb *declaration)
{
	JsonbIterator *iterator = JsonbIteratorInit(&declaration->root);
	JsonbValue	item;
	char	   *name = NULL;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE)
	{
		bool		optional;

		if (token == WJB_KEY)
			name = pnstrdup(item.val.string.val, item.val.string.len);
		if (token == WJB_VALUE && fact_type(&item, &optional) == NULL)
			ereport(ERROR,
					errcode(MK_INVALID_DOCUMENT),
					errmsg("fact \"%s\" is declared with no known type", name),
					errdetail("At facts.%s.", name),
					errhint("Types are text, number, boolean, date and list, with ? behind when the fact may be "
							"unknown."));
	}
}

static bool
fact_fits(const char *type, const JsonbValue *value)
{
	DateADT		date;

	if (strcmp(type, "text") == 0)
		return value->type == jbvString;
	if (strcmp(type, "number") == 0)
		return value->type == jbvNumeric;
	if (strcmp(type, "boolean") == 0)
		return value->type == jbvBool;
	if (strcmp(type, "date") == 0)
		return value->type == jbvString && policy_read_date(value->val.string.val, value->val.string.len, &date);
	return value->type == jbvBinary && JsonContainerIsArray(value->val.binary.data);
}

/* The fact's value; one that may be unknown and is, is a JSON null, or an empty list. */
static JsonbValue
bind_fact(const char *table, Jsonb *facts, const JsonbValue *name, const JsonbValue *declared)
{
	char	   *key = pnstrdup(name->val.string.val, name->val.string.len);
	JsonbValue	value;
	bool		optional = false;
	const char *type = fact_type(declared, &optional);

	if (type == NULL)
		elog(ERROR, "decision table %s declares fact %s without a type", table, key);
	if (getKeyJsonValueFromContainer(&facts->root, key, strlen(key), &value) == NULL)
		value.type = jbvNull;
	if (value.type == jbvNull && !optional)
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("decision table %s needs the fact \"%s\"", table, key),
				errdetail("It is declared as %s and was not given.", type),
				errhint("Give it, or publish a version that declares it as %s?.", type));
	if (value.type != jbvNull && !fact_fits(type, &value))
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("fact \"%s\" of decision table %s is not a %s", key, table, type),
				errdetail("The table declares it so; numbers are JSON numbers, dates are strings such as "
						  "\"2026-11-15\"."),
				errhint("Give a value of that type."));
	return value;
}

static void
refuse_undeclared(const char *table, Jsonb *declaration, Jsonb *facts)
{
	JsonbIterator *iterator = JsonbIteratorInit(&facts->root);
	JsonbValue	item;
	JsonbValue	declared;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE)
		if (token == WJB_KEY &&
			getKeyJsonValueFromContainer(&declaration->root, item.val.string.val, item.val.string.len,
										 &declared) == NULL)
			ereport(ERROR,
					errcode(MK_POLICY),
					errmsg("decision table %s does not know the fact \"%s\"", table,
						   pnstrdup(item.val.string.val, item.val.string.len)),
					errdetail("Declared are %s.", JsonbToCString(NULL, &declaration->root, VARSIZE(declaration))),
					errhint("Leave it out, or publish a version that declares it."));
}

Jsonb *
policy_bind_facts(const char *table, Jsonb *declaration, Jsonb *facts)
{
	JsonbIterator *iterator = JsonbIteratorInit(&declaration->root);
	JsonbParseState *state = NULL;
	JsonbValue	item;
	JsonbValue	name = {0};
	JsonbIteratorToken token;

	if (!JB_ROOT_IS_OBJECT(facts))
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("the facts of decision table %s are not an object", table),
				errhint("Give {\"fact\": value, …}."));
	refuse_undeclared(table, declaration, facts);
	(void) pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	while ((token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE)
	{
		JsonbValue	value;
		bool		optional;

		if (token == WJB_KEY)
			name = item;
		if (token != WJB_VALUE)
			continue;
		value = bind_fact(table, facts, &name, &item);
		(void) pushJsonbValue(&state, WJB_KEY, &name);
		if (value.type == jbvNull && strcmp(fact_type(&item, &optional), "list") == 0)
		{
			(void) pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
			(void) pushJsonbValue(&state, WJB_END_ARRAY, NULL);
		}
		else
			(void) pushJsonbValue(&state, WJB_VALUE, &value);
	}
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

/* jsonpath's own errors become ours; anything else, a cancel for one, stays what it is. */
static Datum
parse_condition(const char *source, int64 priority)
{
	MemoryContext context = CurrentMemoryContext;
	Datum		condition = (Datum) 0;

	PG_TRY();
	{
		condition = DirectFunctionCall1(jsonpath_in, CStringGetDatum(source));
	}
	PG_CATCH();
	{
		ErrorData  *error;
		int			category = ERRCODE_TO_CATEGORY(geterrcode());

		if (category != ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION && category != ERRCODE_DATA_EXCEPTION)
			PG_RE_THROW();
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("the condition of rule %lld cannot be read", (long long) priority),
				errdetail("%s: %s", error->message, source),
				errhint("Give an SQL/JSON path predicate such as $.amount > 100."));
	}
	PG_END_TRY();
	return condition;
}

/* The closing quote of a string of a path in its canonical text. */
static const char *
string_end(const char *open)
{
	const char *at = open + 1;

	while (*at != '\0' && *at != '"')
		at += *at == '\\' && at[1] != '\0' ? 2 : 1;
	return at;
}

static void
refuse_variable(const char *canonical, int64 priority)
{
	ereport(ERROR,
			errcode(MK_POLICY),
			errmsg("the condition of rule %lld uses a variable", (long long) priority),
			errdetail("The condition is %s.", canonical),
			errhint("Conditions know facts only: $.fact."));
}

/* Every $."name" of the canonical text must be a fact. */
static void
check_names(Jsonb *declaration, const char *canonical, int64 priority)
{
	for (const char *at = canonical; *at != '\0'; at++)
	{
		const char *end;
		JsonbValue	declared;

		if (*at != '"')
			continue;
		end = string_end(at);
		if (at > canonical && at[-1] == '$')
			refuse_variable(canonical, priority);
		if (at - canonical >= 2 && at[-1] == '.' && at[-2] == '$' &&
			getKeyJsonValueFromContainer(&declaration->root, at + 1, end - at - 1, &declared) == NULL)
			ereport(ERROR,
					errcode(MK_POLICY),
					errmsg("the condition of rule %lld looks at \"%s\", which is no fact of the table",
						   (long long) priority,
						   pnstrdup(at + 1, end - at - 1)),
					errdetail("The condition is %s.", canonical),
					errhint("Declare the fact, or mend its name."));
		if (*end == '\0')
			return;
		at = end;
	}
}

/* In strict mode a path that leads nowhere has no truth value, which is an error and not a silent no. */
Datum
policy_read_condition(Jsonb *declaration, const char *source, int64 priority)
{
	Datum		condition;
	char	   *canonical;

	if (strlen(source) > CONDITION_MAX)
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("the condition of rule %lld is too long", (long long) priority),
				errdetail("It has %zu bytes, %d are allowed.", strlen(source), CONDITION_MAX),
				errhint("Make several rules of it."));
	condition = parse_condition(source, priority);
	canonical = DatumGetCString(DirectFunctionCall1(jsonpath_out, condition));
	check_names(declaration, canonical, priority);
	if (strncmp(canonical, "strict ", 7) == 0)
		return condition;
	return DirectFunctionCall1(jsonpath_in, CStringGetDatum(psprintf("strict %s", canonical)));
}
