/*
 * policy.c
 *		Policy parameters for C: the value in force for a scope, and where it comes from. Setting them is in
 *		policy_set.c, their types are in policy_value.c.
 *
 * What parameters there are is code, kept in the session. Their values are read at every look-up, those of all scopes
 * that apply, narrowest first: a value is in force with the commit that sets it, in every session.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "kernel/errors.h"
#include "kernel/policy_value.h"
#include "utils/array.h"

#define MAX_SCOPES 6

/* Keys of policy_values.scope_key that apply, narrowest first (RD-16). */
static Value
scope_keys(const PolicyScope *scope)
{
	Datum		keys[MAX_SCOPES];
	int			count = 0;

	if (scope != NULL)
	{
		if (scope->order_id != 0)
			keys[count++] = CStringGetTextDatum(psprintf("order:%lld", (long long) scope->order_id));
		if (scope->seller_id != 0 && scope->buyer_id != 0)
			keys[count++] = CStringGetTextDatum(psprintf("contract:%lld:%lld", (long long) scope->seller_id,
														 (long long) scope->buyer_id));
		if (scope->seller_id != 0)
			keys[count++] = CStringGetTextDatum(psprintf("seller:%lld", (long long) scope->seller_id));
		if (scope->category != NULL)
			keys[count++] = CStringGetTextDatum(psprintf("category:%s", scope->category));
		if (scope->country != NULL)
			keys[count++] = CStringGetTextDatum(psprintf("country:%s", scope->country));
	}
	keys[count++] = CStringGetTextDatum("marketplace");
	return value_datum(PointerGetDatum(construct_array(keys, count, TEXTOID, -1, false, TYPALIGN_INT)));
}

/* All parameters, by name: they change with the code only. */
static const Row *
registered(const char *name)
{
	static KeptRows registry = KEPT_ROWS(
		"SELECT name, value_type, coalesce(default_value, 'null') FROM marketplace.policy_registry ORDER BY name COLLATE \"C\"");
	const Rows *rows = query_rows_kept(&registry);
	uint64		low = 0;
	uint64		high = rows->count;

	while (low < high)
	{
		uint64		middle = (low + high) / 2;
		int			order = strcmp(row_text(&rows->rows[middle], 0), name);

		if (order == 0)
			return &rows->rows[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Values that have been set for the scopes, narrowest first. */
static Rows
values_set(Call *call, const char *name, const PolicyScope *scope, TimestampTz at)
{
	static Statement read = STATEMENT_PLANNED_ONCE("itTz",
		"SELECT v.value, v.scope_key, v.version, pg_catalog.lower(v.valid)"
		"  FROM marketplace.policy_values AS v"
		" WHERE v.marketplace_id = $1 AND v.name = $2 AND v.scope_key = ANY ($3) AND v.valid @> $4 AND v.value <> 'null'"
		" ORDER BY pg_catalog.array_position($3, v.scope_key)");

	return query_rows(&read, VALUES(value_int32(call->marketplace_id), value_text(name), scope_keys(scope),
									value_timestamptz(at)));
}

static void
take_row(PolicyFound *found, const Row *row)
{
	found->value = row_jsonb(row, 0);
	found->scope_key = row_text(row, 1);
	found->version = row_int32(row, 2);
	found->valid_from = row_timestamptz(row, 3);
	found->is_default = false;
}

static void
take_default(PolicyFound *found, const Row *parameter)
{
	found->value = (Jsonb *) PG_DETOAST_DATUM_COPY(row_datum(parameter, 2));
	found->scope_key = NULL;
	found->version = 0;
	found->valid_from = DT_NOBEGIN;
	found->is_default = true;
}

bool
policy_find(Call *call, const char *name, const PolicyScope *scope, TimestampTz at, PolicyFound *found)
{
	const Row  *parameter = registered(name);
	Rows		rows;
	PolicyFound widest;
	const Row  *last;

	if (parameter == NULL)
		return false;
	found->type = policy_type(name, row_text(parameter, 1));
	rows = values_set(call, name, scope, at);
	if (rows.count == 0)
	{
		take_default(found, parameter);
		return true;
	}
	take_row(found, &rows.rows[0]);
	if (found->type.bound == POLICY_FREE || strcmp(found->scope_key, "marketplace") == 0)
		return true;

	/* the marketplace may have become stricter since a narrower value was set: then its own holds */
	widest.type = found->type;
	last = &rows.rows[rows.count - 1];
	if (strcmp(row_text(last, 1), "marketplace") == 0)
		take_row(&widest, last);
	else
		take_default(&widest, parameter);
	if (!policy_bound_allows(&found->type, found->value, widest.value))
		*found = widest;
	return true;
}

static void refuse_unset(const char *name) pg_attribute_noreturn();

static void
refuse_unset(const char *name)
{
	ereport(ERROR,
			errcode(MK_POLICY),
			errmsg("policy parameter %s has no value", name),
			errdetail("It has no default and has not been set for this scope."),
			errhint("Set it with policy_set()."));
}

static Jsonb *
value_of_kind(Call *call, const char *name, const PolicyScope *scope, PolicyKind kind, PolicyKind other)
{
	PolicyFound found;

	if (!policy_find(call, name, scope, call->now, &found))
		elog(ERROR, "no area registers the policy parameter %s", name);
	if (found.type.kind != kind && found.type.kind != other)
		elog(ERROR, "policy parameter %s is read as another type than %s", name, found.type.text);
	return found.value;
}

/* false: the parameter has no default and nobody has set it */
static bool
scalar_of_kind(Call *call, const char *name, const PolicyScope *scope, PolicyKind kind, PolicyKind other,
			   JsonbValue *scalar)
{
	Jsonb	   *value = value_of_kind(call, name, scope, kind, other);

	if (!JB_ROOT_IS_SCALAR(value) || !JsonbExtractScalar(&value->root, scalar))
		elog(ERROR, "policy parameter %s has a value that does not fit its type", name);
	return scalar->type != jbvNull;
}

static JsonbValue
require_scalar(Call *call, const char *name, const PolicyScope *scope, PolicyKind kind)
{
	JsonbValue	scalar;

	if (!scalar_of_kind(call, name, scope, kind, kind, &scalar))
		refuse_unset(name);
	return scalar;
}

bool
policy_is_set(Call *call, const char *name)
{
	static Statement find = STATEMENT("it",
		"SELECT FROM marketplace.policy_values WHERE marketplace_id = $1 AND name = $2 LIMIT 1");

	return query_execute(&find, VALUES(value_int32(call->marketplace_id), value_text(name))) > 0;
}

char *
policy_text(Call *call, const char *name, const PolicyScope *scope)
{
	JsonbValue	scalar;

	if (!scalar_of_kind(call, name, scope, POLICY_TEXT, POLICY_CHOICE, &scalar))
		return NULL;
	return pnstrdup(scalar.val.string.val, scalar.val.string.len);
}

bool
policy_bool(Call *call, const char *name, const PolicyScope *scope)
{
	return require_scalar(call, name, scope, POLICY_BOOLEAN).val.boolean;
}

int64
policy_int64(Call *call, const char *name, const PolicyScope *scope)
{
	JsonbValue	scalar = require_scalar(call, name, scope, POLICY_INTEGER);

	return DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(scalar.val.numeric)));
}

Numeric
policy_numeric(Call *call, const char *name, const PolicyScope *scope)
{
	JsonbValue	scalar;

	if (!scalar_of_kind(call, name, scope, POLICY_NUMERIC, POLICY_INTEGER, &scalar))
		return NULL;
	return scalar.val.numeric;
}

Amount
policy_amount(Call *call, const char *name, const PolicyScope *scope, CurrencyCode currency)
{
	JsonbValue	scalar = require_scalar(call, name, scope, POLICY_AMOUNT);
	ParsedAmount parsed;
	Amount		amount;

	if (amount_parse(scalar.val.string.val, scalar.val.string.len, &parsed) != AMOUNT_PARSED)
		elog(ERROR, "policy parameter %s has a value that does not fit its type", name);
	amount = amount_make(parsed.currency, parsed.minor);
	if (parsed.currency != currency)
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("parameter %s is not set in the currency that is needed", name),
				errdetail("It is %s; needed is a value in the currency of %s.", amount_to_cstring(amount),
						  amount_to_cstring(amount_zero(currency))),
				errhint("Set it with policy_set() in that currency, for the seller, contract or order concerned."));
	return amount;
}

DateADT
policy_date(Call *call, const char *name, const PolicyScope *scope)
{
	JsonbValue	scalar = require_scalar(call, name, scope, POLICY_DATE);
	DateADT		date;

	if (!policy_read_date(scalar.val.string.val, scalar.val.string.len, &date))
		elog(ERROR, "policy parameter %s has a value that does not fit its type", name);
	return date;
}

PolicyDuration
policy_duration(Call *call, const char *name, const PolicyScope *scope)
{
	Jsonb	   *value = value_of_kind(call, name, scope, POLICY_DURATION, POLICY_DURATION);
	PolicyDuration duration;
	JsonbValue	part;

	if (policy_is_null(value))
		refuse_unset(name);
	if (!JB_ROOT_IS_OBJECT(value) || getKeyJsonValueFromContainer(&value->root, "n", 1, &part) == NULL ||
		part.type != jbvNumeric)
		elog(ERROR, "policy parameter %s has a value that does not fit its type", name);
	duration.n = DatumGetInt32(DirectFunctionCall1(numeric_int4, NumericGetDatum(part.val.numeric)));
	if (getKeyJsonValueFromContainer(&value->root, "unit", 4, &part) == NULL || part.type != jbvString)
		elog(ERROR, "policy parameter %s has a value that does not fit its type", name);
	duration.unit = pnstrdup(part.val.string.val, part.val.string.len);
	return duration;
}

Jsonb *
policy_jsonb(Call *call, const char *name, const PolicyScope *scope)
{
	PolicyFound found;

	if (!policy_find(call, name, scope, call->now, &found))
		elog(ERROR, "no area registers the policy parameter %s", name);
	return policy_is_null(found.value) ? NULL : found.value;
}
