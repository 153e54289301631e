/*
 * document.c
 *		Strict reading of a JSON document. Every refusal names the path, what stands there and what would be right.
 */
#include "postgres.h"

#include "kernel/document.h"
#include "kernel/errors.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/datetime.h"

static char *
path_of(const Document *object, const char *key)
{
	if (key == NULL)
		return pstrdup(object->path[0] != '\0' ? object->path : "the document");
	return object->path[0] != '\0' ? psprintf("%s.%s", object->path, key) : pstrdup(key);
}

/* What a refusal quotes of the input may have been cut in the middle of a character. */
static char *
whole_characters(const char *string)
{
	StringInfoData whole;
	int			left = (int) strlen(string);

	initStringInfo(&whole);
	while (left > 0)
	{
		int			length = pg_encoding_verifymbchar(GetDatabaseEncoding(), string, left);

		if (length > 0)
			appendBinaryStringInfo(&whole, string, length);
		else
			length = 1;
		string += length;
		left -= length;
	}
	return whole.data;
}

void
document_refuse(const Document *object, const char *key, const char *detail, const char *hint)
{
	ereport(ERROR,
			errcode(MK_INVALID_DOCUMENT),
			errmsg("%s is not acceptable", path_of(object, key)),
			errdetail_internal("%s", whole_characters(detail)),
			hint != NULL ? errhint("%s", hint) : 0);
	pg_unreachable();
}

static const char *
kind_of(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvNull: return "null";
		case jbvString: return "a string";
		case jbvNumeric: return "a number";
		case jbvBool: return "a boolean";
		case jbvBinary: return JsonContainerIsArray(value->val.binary.data) ? "an array" : "an object";
		default: return "something else";
	}
}

static JsonbValue *
find(const Document *object, const char *key)
{
	JsonbValue *value = getKeyJsonValueFromContainer(object->container, key, (int) strlen(key), NULL);

	return value == NULL || value->type == jbvNull ? NULL : value;
}

static JsonbValue *
need(const Document *object, const char *key)
{
	JsonbValue *value = find(object, key);

	if (value == NULL)
		ereport(ERROR,
				errcode(MK_INVALID_DOCUMENT),
				errmsg("%s is missing", path_of(object, key)),
				errdetail("The document must give it; null counts as missing."),
				errhint("Add \"%s\".", key));
	return value;
}

static void
wrong_type(const Document *object, const char *key, const JsonbValue *value, const char *wanted)
{
	document_refuse(object, key, psprintf("It is %s; %s is needed.", kind_of(value), wanted), NULL);
}

Document
document_root(Jsonb *json)
{
	Document	root = {&json->root, ""};

	if (!JB_ROOT_IS_OBJECT(json))
		document_refuse(&root, NULL, "It is not a JSON object.", "Give one object, such as {\"lines\": […]}.");
	return root;
}

void
document_only(const Document *object, ...)
{
	JsonbIterator *iterator = JsonbIteratorInit(object->container);
	JsonbValue	value;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		va_list		keys;
		const char *known;
		StringInfoData list;
		bool		found = false;

		if (token != WJB_KEY)
			continue;
		initStringInfo(&list);
		va_start(keys, object);
		while (!found && (known = va_arg(keys, const char *)) != NULL)
		{
			found = (int) strlen(known) == value.val.string.len &&
				memcmp(known, value.val.string.val, value.val.string.len) == 0;
			appendStringInfo(&list, "%s%s", list.len > 0 ? ", " : "", known);
		}
		va_end(keys);
		if (!found)
			ereport(ERROR,
					errcode(MK_INVALID_DOCUMENT),
					errmsg("%s is not known", path_of(object, pnstrdup(value.val.string.val, value.val.string.len))),
					errdetail("Known here: %s.", list.data),
					errhint("Remove the key or correct its spelling."));
		pfree(list.data);
	}
}

bool
document_has(const Document *object, const char *key)
{
	return find(object, key) != NULL;
}

static Document
container(const Document *parent, const char *key, JsonbValue *value, bool array)
{
	Document	child;

	if (value->type != jbvBinary || (bool) JsonContainerIsArray(value->val.binary.data) != array)
		wrong_type(parent, key, value, array ? "an array" : "an object");
	child.container = value->val.binary.data;
	child.path = path_of(parent, key);
	return child;
}

Document
document_object(const Document *object, const char *key)
{
	return container(object, key, need(object, key), false);
}

Document
document_array(const Document *object, const char *key)
{
	return container(object, key, need(object, key), true);
}

int
document_length(const Document *array)
{
	return (int) JsonContainerSize(array->container);
}

static JsonbValue *
item(const Document *array, int index, Document *place)
{
	JsonbValue *value = getIthJsonbValueFromContainer(array->container, (uint32) index);

	Assert(value != NULL);
	place->container = array->container;
	place->path = psprintf("%s[%d]", array->path, index);
	return value;
}

Document
document_item(const Document *array, int index)
{
	Document	place;
	JsonbValue *value = item(array, index, &place);

	return container(&place, NULL, value, false);
}

Jsonb *
document_item_jsonb(const Document *array, int index)
{
	Document	place;

	return JsonbValueToJsonb(item(array, index, &place));
}

char *
document_item_text(const Document *array, int index)
{
	Document	place;
	JsonbValue *value = item(array, index, &place);

	if (value->type != jbvString || value->val.string.len == 0)
		wrong_type(&place, NULL, value, "a string that is not empty");
	return pnstrdup(value->val.string.val, value->val.string.len);
}

static char *
text_of(const Document *object, const char *key, JsonbValue *value)
{
	if (value->type != jbvString)
		wrong_type(object, key, value, "a string");
	if (value->val.string.len == 0)
		document_refuse(object, key, "It is empty.", "Give a string, or leave the key out where it is not required.");
	return pnstrdup(value->val.string.val, value->val.string.len);
}

char *
document_text(const Document *object, const char *key)
{
	return text_of(object, key, need(object, key));
}

char *
document_text_or_null(const Document *object, const char *key)
{
	JsonbValue *value = find(object, key);

	return value == NULL ? NULL : text_of(object, key, value);
}

/* A number, or a decimal string such as "129.90": many clients write money as string to keep its digits. */
static Numeric
numeric_of(const Document *object, const char *key, JsonbValue *value)
{
	char	   *string;
	size_t		digits;

	if (value->type == jbvNumeric)
		return value->val.numeric;
	string = text_of(object, key, value);
	digits = strspn(string, "0123456789.-+");
	if (string[digits] != '\0' || strlen(string) > 60 || strpbrk(string, "0123456789") == NULL || strpbrk(string + 1, "+-") != NULL ||
		strchr(string, '.') != strrchr(string, '.'))
		document_refuse(object, key, psprintf("\"%.60s\" is not a decimal number.", string),
						"Write digits with a point, such as 129.90, at most 60 characters.");
	return DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(string), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

Numeric
document_numeric(const Document *object, const char *key)
{
	return numeric_of(object, key, need(object, key));
}

Numeric
document_numeric_or_null(const Document *object, const char *key)
{
	JsonbValue *value = find(object, key);

	return value == NULL ? NULL : numeric_of(object, key, value);
}

static int64
int64_of(const Document *object, const char *key, JsonbValue *value)
{
	bool		have_error = false;
	Numeric		number;
	int64		result = 0;
	char	   *string;

	if (value->type != jbvNumeric)
		wrong_type(object, key, value, "a whole number");
	number = value->val.numeric;
	string = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));
	if (strlen(string) > 19 || string[strspn(string, "-0123456789")] != '\0')
		have_error = true;
	else
		result = DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(number)));
	if (have_error)
		document_refuse(object, key, psprintf("%.60s is not a whole number of at most 18 digits.", string), NULL);
	return result;
}

int64
document_int64(const Document *object, const char *key)
{
	return int64_of(object, key, need(object, key));
}

int64
document_int64_or(const Document *object, const char *key, int64 otherwise)
{
	JsonbValue *value = find(object, key);

	return value == NULL ? otherwise : int64_of(object, key, value);
}

bool
document_bool_or(const Document *object, const char *key, bool otherwise)
{
	JsonbValue *value = find(object, key);

	if (value == NULL)
		return otherwise;
	if (value->type != jbvBool)
		wrong_type(object, key, value, "true or false");
	return value->val.boolean;
}

static DateADT
date_of(const Document *object, const char *key, JsonbValue *value)
{
	char	   *string = text_of(object, key, value);
	int			year;
	int			month;
	int			day;
	char		rest;

	if (strlen(string) != 10 || strspn(string, "0123456789-") != 10 || string[4] != '-' || string[7] != '-' ||
		string[5] == '-' || string[8] == '-' || sscanf(string, "%4d-%2d-%2d%c", &year, &month, &day, &rest) != 3 ||
		year < 1900 || month < 1 || month > 12 || day < 1 ||
		day > day_tab[isleap(year)][month - 1])
		document_refuse(object, key, psprintf("\"%.40s\" is not a calendar date.", string), "Write YYYY-MM-DD.");
	return (DateADT) (date2j(year, month, day) - POSTGRES_EPOCH_JDATE);
}

DateADT
document_date(const Document *object, const char *key)
{
	return date_of(object, key, need(object, key));
}

bool
document_date_or_null(const Document *object, const char *key, DateADT *date)
{
	JsonbValue *value = find(object, key);

	if (value == NULL)
		return false;
	*date = date_of(object, key, value);
	return true;
}

/* PostgreSQL's own parser, but only for what ISO 8601 looks like. */
bool
instant_read(const char *string, const char *zone_name, TimestampTz *instant)
{
	size_t		length = strlen(string);
	char	   *fields[MAXDATEFIELDS];
	int			types[MAXDATEFIELDS];
	char		work[MAXDATELEN + MAXDATEFIELDS];
	struct pg_tm tm;
	fsec_t		fsec;
	int			count;
	int			kind;
	int			zone;
	bool		zoned = length > 16 && (string[length - 1] == 'Z' || strpbrk(string + 16, "+-") != NULL);

	if ((!zoned && zone_name == NULL) || length < 10 || length > MAXDATELEN || string[4] != '-' ||
		ParseDateTime(string, work, sizeof(work), fields, types, MAXDATEFIELDS, &count) != 0 ||
#if PG_VERSION_NUM >= 160000
		DecodeDateTime(fields, types, count, &kind, &tm, &fsec, &zone, &(DateTimeErrorExtra) {0}) != 0 ||
#else
		DecodeDateTime(fields, types, count, &kind, &tm, &fsec, &zone) != 0 ||
#endif
		kind != DTK_DATE)
		return false;
	if (!zoned)
	{
		pg_tz	   *local = pg_tzset(zone_name);

		if (local == NULL)
			return false;
		zone = DetermineTimeZoneOffset(&tm, local);
	}
	return tm2timestamp(&tm, fsec, &zone, instant) == 0;
}

TimestampTz
document_timestamptz(const Document *object, const char *key)
{
	char	   *string = document_text(object, key);
	TimestampTz result;

	if (!instant_read(string, NULL, &result))
		document_refuse(object, key, psprintf("\"%.60s\" is not an instant.", string),
						"Write ISO 8601 with a zone, such as 2026-03-04T11:42:00Z.");
	return result;
}

Jsonb *
document_jsonb_or_null(const Document *object, const char *key)
{
	JsonbValue *value = find(object, key);

	return value == NULL ? NULL : JsonbValueToJsonb(value);
}
