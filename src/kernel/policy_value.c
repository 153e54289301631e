/*
 * policy_value.c
 *		The types that policy parameters have: what the registry's value_type means, which JSON values fit it, and
 *		which of two values is the stronger. Where values come from is not known here.
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/policy_value.h"
#include "utils/datetime.h"

static const struct
{
	const char *name;
	PolicyKind	kind;
	const char *example;
}			kinds[] = {
	{"text", POLICY_TEXT, "a string"},
	{"boolean", POLICY_BOOLEAN, "true or false"},
	{"integer", POLICY_INTEGER, "a whole number"},
	{"numeric", POLICY_NUMERIC, "a number"},
	{"amount", POLICY_AMOUNT, "a string such as \"40.00 EUR\""},
	{"date", POLICY_DATE, "a string such as \"2026-11-15\""},
	{"duration", POLICY_DURATION,
	 "an object such as {\"n\": 5, \"unit\": \"business_days\"}; units: hours, calendar_days, business_days"},
	{"choice", POLICY_CHOICE, "one of the strings listed"},
	{"json", POLICY_JSON, "an object or an array"}
};

static const char *
example_of(PolicyKind kind)
{
	for (int i = 0; i < lengthof(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].example;
	pg_unreachable();
}

static char *
trimmed(const char *string, size_t length)
{
	while (length > 0 && *string == ' ')
	{
		string++;
		length--;
	}
	while (length > 0 && string[length - 1] == ' ')
		length--;
	return pnstrdup(string, length);
}

/* The strings between the parentheses of 'choice(a, b)'; end is set behind them. */
static List *
parse_choices(const char *open, const char **end)
{
	List	   *choices = NIL;
	const char *item = open + 1;

	for (;;)
	{
		size_t		length = strcspn(item, ",)");

		if (item[length] == '\0')
			return NIL;
		choices = lappend(choices, trimmed(item, length));
		if (item[length] == ')')
		{
			*end = item + length + 1;
			return choices;
		}
		item += length + 1;
	}
}

/* Registries are code of the extension, so a type that cannot be read is an internal error. */
PolicyType
policy_type(const char *name, const char *type)
{
	PolicyType	result = {type, POLICY_TEXT, NIL, POLICY_FREE};
	size_t		length = strcspn(type, " (");
	const char *rest = type + length;
	bool		known = false;

	for (int i = 0; i < lengthof(kinds) && !known; i++)
		if (strlen(kinds[i].name) == length && strncmp(kinds[i].name, type, length) == 0)
		{
			result.kind = kinds[i].kind;
			known = true;
		}
	if (result.kind == POLICY_CHOICE && *rest == '(')
		result.choices = parse_choices(rest, &rest);
	if (strcmp(rest, " floor") == 0)
		result.bound = POLICY_FLOOR;
	else if (strcmp(rest, " ceiling") == 0)
		result.bound = POLICY_CEILING;
	else if (*rest != '\0')
		known = false;
	if (!known || (result.kind == POLICY_CHOICE) != (result.choices != NIL))
		elog(ERROR, "parameter %s has the unreadable type \"%s\"", name, type);
	return result;
}

static bool
read_scalar(Jsonb *value, JsonbValue *scalar)
{
	return JB_ROOT_IS_SCALAR(value) && JsonbExtractScalar(&value->root, scalar);
}

bool
policy_is_null(Jsonb *value)
{
	JsonbValue	scalar;

	return read_scalar(value, &scalar) && scalar.type == jbvNull;
}

/* 'YYYY-MM-DD' and a day that exists */
bool
policy_read_date(const char *string, int length, DateADT *date)
{
	char		buffer[11];
	int			year;
	int			month;
	int			day;
	int			read[3];

	if (length != 10)
		return false;
	memcpy(buffer, string, 10);
	buffer[10] = '\0';
	if (strspn(buffer, "0123456789-") != 10 || buffer[4] != '-' || buffer[7] != '-' ||
		sscanf(buffer, "%4d-%2d-%2d", &year, &month, &day) != 3 ||
		year < 1 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	j2date(date2j(year, month, day), &read[0], &read[1], &read[2]);
	*date = date2j(year, month, day) - POSTGRES_EPOCH_JDATE;
	return read[0] == year && read[1] == month && read[2] == day;
}

static bool
is_whole(Numeric number)
{
	Datum		truncated = DirectFunctionCall2(numeric_trunc, NumericGetDatum(number), Int32GetDatum(0));

	return DatumGetBool(DirectFunctionCall2(numeric_eq, truncated, NumericGetDatum(number)));
}

static bool
fits_int64(Numeric number, int64 limit)
{
	Datum		size = DirectFunctionCall1(numeric_abs, NumericGetDatum(number));

	return is_whole(number) &&
		DatumGetBool(DirectFunctionCall2(numeric_le, size, NumericGetDatum(int64_to_numeric(limit))));
}

/* {"n": whole number within the calendar's limits, "unit": known} and nothing else */
static bool
is_duration(Jsonb *value)
{
	JsonbValue	n;
	JsonbValue	unit;

	if (!JB_ROOT_IS_OBJECT(value) || JB_ROOT_COUNT(value) != 2 ||
		getKeyJsonValueFromContainer(&value->root, "n", 1, &n) == NULL || n.type != jbvNumeric ||
		getKeyJsonValueFromContainer(&value->root, "unit", 4, &unit) == NULL || unit.type != jbvString)
		return false;
	if (unit.val.string.len == 5 && strncmp(unit.val.string.val, "hours", 5) == 0)
		return fits_int64(n.val.numeric, CALENDAR_MAX_HOURS);
	if ((unit.val.string.len == 13 && strncmp(unit.val.string.val, "calendar_days", 13) == 0) ||
		(unit.val.string.len == 13 && strncmp(unit.val.string.val, "business_days", 13) == 0))
		return fits_int64(n.val.numeric, CALENDAR_MAX_DAYS);
	return false;
}

static bool
is_choice(const List *choices, const JsonbValue *scalar)
{
	ListCell   *cell;

	foreach(cell, choices)
	{
		const char *choice = lfirst(cell);

		if (strlen(choice) == scalar->val.string.len &&
			strncmp(choice, scalar->val.string.val, scalar->val.string.len) == 0)
			return true;
	}
	return false;
}

static bool
fits(const PolicyType *type, Jsonb *value)
{
	JsonbValue	scalar;
	ParsedAmount amount;
	DateADT		date;

	if (type->kind == POLICY_DURATION)
		return is_duration(value);
	if (type->kind == POLICY_JSON)
		return !JB_ROOT_IS_SCALAR(value);
	if (!read_scalar(value, &scalar))
		return false;
	switch (type->kind)
	{
		case POLICY_BOOLEAN:
			return scalar.type == jbvBool;
		case POLICY_INTEGER:
			return scalar.type == jbvNumeric && fits_int64(scalar.val.numeric, PG_INT64_MAX);
		case POLICY_NUMERIC:
			return scalar.type == jbvNumeric;
		default:
			break;
	}
	if (scalar.type != jbvString || scalar.val.string.len == 0)
		return false;
	switch (type->kind)
	{
		case POLICY_AMOUNT:
			return amount_parse(scalar.val.string.val, scalar.val.string.len, &amount) == AMOUNT_PARSED;
		case POLICY_DATE:
			return policy_read_date(scalar.val.string.val, scalar.val.string.len, &date);
		case POLICY_CHOICE:
			return is_choice(type->choices, &scalar);
		default:
			return true;
	}
}

void
policy_check_value(const char *name, const PolicyType *type, Jsonb *value)
{
	if (!fits(type, value))
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("the value does not fit parameter %s of type %s", name, type->text),
				errdetail("Given is %s.", JsonbToCString(NULL, &value->root, VARSIZE(value))),
				errhint("Give %s.", example_of(type->kind)));
}

/*
 * The number that a bound compares; unit tells what it counts, so that only like is compared with like. The value was
 * checked when it was recorded.
 */
static Numeric
size_of(const PolicyType *type, Jsonb *value, char **unit)
{
	JsonbValue	part;
	ParsedAmount amount;

	*unit = "";
	if (type->kind == POLICY_DURATION)
	{
		if (getKeyJsonValueFromContainer(&value->root, "unit", 4, &part) == NULL)
			elog(ERROR, "a recorded duration has no unit");
		*unit = pnstrdup(part.val.string.val, part.val.string.len);
		if (getKeyJsonValueFromContainer(&value->root, "n", 1, &part) == NULL)
			elog(ERROR, "a recorded duration has no number");
		return part.val.numeric;
	}
	if (!read_scalar(value, &part))
		elog(ERROR, "a recorded value of type \"%s\" is no scalar", type->text);
	if (type->kind != POLICY_AMOUNT)
		return part.val.numeric;
	if (amount_parse(part.val.string.val, part.val.string.len, &amount) != AMOUNT_PARSED)
		elog(ERROR, "a recorded amount cannot be read");
	*unit = psprintf("currency %d", amount.currency);
	return int64_to_numeric(amount.minor);
}

/* "Not weaker than the marketplace" (RD-16); values that cannot be compared are not allowed either. */
bool
policy_bound_allows(const PolicyType *type, Jsonb *value, Jsonb *marketplace_value)
{
	char	   *unit;
	char	   *marketplace_unit;
	Numeric		size;
	Numeric		limit;

	if (type->bound == POLICY_FREE || policy_is_null(marketplace_value))
		return true;
	if (type->kind != POLICY_INTEGER && type->kind != POLICY_NUMERIC && type->kind != POLICY_AMOUNT &&
		type->kind != POLICY_DURATION)
		elog(ERROR, "values of type \"%s\" have no order", type->text);
	size = size_of(type, value, &unit);
	limit = size_of(type, marketplace_value, &marketplace_unit);
	if (strcmp(unit, marketplace_unit) != 0)
		return false;
	return DatumGetBool(DirectFunctionCall2(type->bound == POLICY_FLOOR ? numeric_ge : numeric_le,
											NumericGetDatum(size), NumericGetDatum(limit)));
}
