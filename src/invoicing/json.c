/*
 * json.c
 *		Printing documents as jsonb: objects, arrays, decimal strings, dates. Amounts are always text, so that no reader rounds them.
 */
#include "postgres.h"

#include "invoicing/invoice.h"
#include "miscadmin.h"
#include "utils/datetime.h"

static void
push_key(JsonbParseState **state, const char *key)
{
	JsonbValue	name = {.type = jbvString};

	if (key == NULL)
		return;
	name.val.string.val = (char *) key;
	name.val.string.len = (int) strlen(key);
	(void) pushJsonbValue(state, WJB_KEY, &name);
}

static void
push_value(JsonbParseState **state, const char *key, JsonbValue *value)
{
	push_key(state, key);
	(void) pushJsonbValue(state, key == NULL ? WJB_ELEM : WJB_VALUE, value);
}

void
json_begin_object(JsonbParseState **state, const char *key)
{
	push_key(state, key);
	(void) pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
}

void
json_end_object(JsonbParseState **state)
{
	(void) pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

void
json_begin_array(JsonbParseState **state, const char *key)
{
	push_key(state, key);
	(void) pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
}

void
json_end_array(JsonbParseState **state)
{
	(void) pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

void
json_text(JsonbParseState **state, const char *key, const char *v)
{
	JsonbValue	value = {.type = v == NULL ? jbvNull : jbvString};

	if (v != NULL)
	{
		value.val.string.val = pstrdup(v);
		value.val.string.len = (int) strlen(v);
	}
	push_value(state, key, &value);
}

void
json_decimal(JsonbParseState **state, const char *key, Numeric v)
{
	json_text(state, key, v == NULL ? NULL : decimal_to_cstring(v));
}

/* The number without its currency, which the document names once. */
void
json_money(JsonbParseState **state, const char *key, Amount v)
{
	json_text(state, key, DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(amount_to_numeric(v)))));
}

void
json_date(JsonbParseState **state, const char *key, DateADT v)
{
	struct pg_tm tm;
	char		buffer[MAXDATELEN + 1];

	j2date(v + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	EncodeDateOnly(&tm, USE_ISO_DATES, buffer);
	json_text(state, key, buffer);
}

void
json_bool(JsonbParseState **state, const char *key, bool v)
{
	JsonbValue	value = {.type = jbvBool};

	value.val.boolean = v;
	push_value(state, key, &value);
}

void
json_int64(JsonbParseState **state, const char *key, int64 v)
{
	JsonbValue	value = {.type = jbvNumeric};

	value.val.numeric = int64_to_numeric(v);
	push_value(state, key, &value);
}

void
json_value(JsonbParseState **state, const char *key, Jsonb *v)
{
	JsonbValue	value = {.type = jbvBinary};

	value.val.binary.data = &v->root;
	value.val.binary.len = VARSIZE(v) - VARHDRSZ;
	push_value(state, key, &value);
}

void
json_scalar(JsonbParseState **state, const char *key, JsonbValue *v)
{
	push_value(state, key, v);
}

Jsonb *
json_finish(JsonbParseState **state)
{
	return JsonbValueToJsonb(pushJsonbValue(state, WJB_END_OBJECT, NULL));
}
