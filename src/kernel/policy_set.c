/*
 * policy_set.c
 *		policy_set(), policy_get() and policy_explain(): setting parameters and asking for them in SQL.
 *
 * What was in force at an instant stays so: a value starts now or later, ends the range of the one before it, and
 * changes no row otherwise. Look-ups for C are in policy.c.
 */
#include "postgres.h"

#include "access/xact.h"
#include "funcapi.h"
#include "kernel/document.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/policy_value.h"

static void
refuse_scope(const char *detail)
{
	ereport(ERROR,
			errcode(MK_POLICY),
			errmsg("the scope does not say where the value holds"),
			errdetail("%s", detail),
			errhint("Give {}, {\"country\"}, {\"category\"}, {\"seller_id\"}, {\"seller_id\", \"buyer_id\"} or "
					"{\"order_id\"}."));
}

static PolicyScope
read_scope(Jsonb *json)
{
	Document	document = document_root(json);
	PolicyScope scope;

	document_only(&document, "order_id", "seller_id", "buyer_id", "category", "country", NULL);
	scope.order_id = document_int64_or(&document, "order_id", 0);
	scope.seller_id = document_int64_or(&document, "seller_id", 0);
	scope.buyer_id = document_int64_or(&document, "buyer_id", 0);
	scope.category = document_text_or_null(&document, "category");
	scope.country = document_text_or_null(&document, "country");
	if (scope.country != NULL &&
		(strlen(scope.country) != 2 || strspn(scope.country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2))
		document_refuse(&document, "country", "A country is two capital letters.",
						"Give an ISO 3166-1 alpha-2 code such as FR.");
	if (scope.category != NULL && scope.category[0] == '\0')
		document_refuse(&document, "category", "It is empty.", "Give its name, or leave the key out.");
	return scope;
}

/* For setting, a scope is one place. Returns its kind, and its key as policy_values makes it. */
static const char *
one_place(const PolicyScope *scope, char **key)
{
	int			given = (scope->order_id != 0) + (scope->seller_id != 0) +
		(scope->category != NULL) + (scope->country != NULL);

	if (given > 1)
		refuse_scope("It names more than one place.");
	if (scope->buyer_id != 0 && scope->seller_id == 0)
		refuse_scope("A buyer is named without the seller whose contract with the buyer is meant.");
	if (scope->order_id != 0)
	{
		*key = psprintf("order:%lld", (long long) scope->order_id);
		return "order";
	}
	if (scope->buyer_id != 0)
	{
		*key = psprintf("contract:%lld:%lld", (long long) scope->seller_id, (long long) scope->buyer_id);
		return "contract";
	}
	if (scope->seller_id != 0)
	{
		*key = psprintf("seller:%lld", (long long) scope->seller_id);
		return "seller";
	}
	if (scope->category != NULL)
	{
		*key = psprintf("category:%s", scope->category);
		return "category";
	}
	*key = scope->country != NULL ? psprintf("country:%s", scope->country) : pstrdup("marketplace");
	return scope->country != NULL ? "country" : "marketplace";
}

void
policy_lock(Call *call, const char *what, const char *name)
{
	static Statement lock = STATEMENT("t",
		"SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0))");

	(void) query_execute(&lock,
						 VALUES(value_text(psprintf("marketplace %s %d %s", what, call->marketplace_id, name))));
}

void
policy_check_start(Call *call, TimestampTz valid_from)
{
	if (TIMESTAMP_NOT_FINITE(valid_from))
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("a policy starts at a finite instant"),
				errhint("Leave valid_from out to start now."));
	if (valid_from < call->now)
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("a policy does not reach back"),
				errdetail("It would start at %s; it is %s.", pstrdup(timestamptz_to_str(valid_from)),
						  pstrdup(timestamptz_to_str(call->now))),
				errhint("What was decided under the former policy stands: start now or later."));
}

/*
 * A value that starts now starts when its transaction began. When another, begun later, has set the same meanwhile
 * and committed first, ours must not end where that one starts: it takes its place.
 */
static TimestampTz
start_after_concurrent(Call *call, const char *name, const char *key)
{
	static Statement latest = STATEMENT("ittz",
		"SELECT coalesce(pg_catalog.max(recorded_at), $4) FROM marketplace.policy_values"
		" WHERE marketplace_id = $1 AND name = $2 AND scope_key = $3"
		"   AND pg_catalog.lower(valid) = recorded_at AND recorded_at > $4");

	if (call->now != GetCurrentTransactionStartTimestamp())
		return call->now;		/* a simulated clock may be set back on purpose */
	return DatumGetTimestampTz(query_datum(&latest, VALUES(value_int32(call->marketplace_id), value_text(name),
														   value_text(key), value_timestamptz(call->now))));
}

static void
refuse_unknown(const char *name)
{
	ereport(ERROR,
			errcode(MK_POLICY),
			errmsg("there is no policy parameter \"%s\"", name),
			errhint("See the view marketplace.policy_registry."));
}

static void
check_value(Call *call, const char *name, Jsonb *value, bool narrow, TimestampTz at)
{
	PolicyFound marketplace;

	if (!policy_find(call, name, NULL, at, &marketplace))
		refuse_unknown(name);
	if (policy_is_null(value))
		return;
	policy_check_value(name, &marketplace.type, value);
	if (narrow && !policy_bound_allows(&marketplace.type, value, marketplace.value))
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("the value of parameter %s is weaker than the marketplace's", name),
				errdetail("The marketplace has %s, which is a %s.",
						  JsonbToCString(NULL, &marketplace.value->root, VARSIZE(marketplace.value)),
						  marketplace.type.bound == POLICY_FLOOR ? "floor" : "ceiling"),
				errhint("Give a value that is at least as strong, or change the marketplace's."));
}

/*
 * Under the lock nobody else takes the version; ON CONFLICT is for a transaction whose only snapshot is older than
 * the lock: it makes a serialization failure of what would be a duplicate key.
 */
static int64
set_value(Call *call, const char *name, Jsonb *value, PolicyScope scope, TimestampTz from, const char *reason)
{
	static Statement close_former = STATEMENT("ittz",
		"UPDATE marketplace.policy_values"
		"   SET valid = pg_catalog.tstzrange(pg_catalog.lower(valid), $4)"
		" WHERE marketplace_id = $1 AND name = $2 AND scope_key = $3 AND valid @> $4");
	static Statement insert = STATEMENT("itttttllljzttz",
		"INSERT INTO marketplace.policy_values (marketplace_id, name, version, scope_kind, country, category,"
		" seller_id, buyer_id, order_id, value, valid, actor, reason, recorded_at) "
		"SELECT $1, $2, coalesce(pg_catalog.max(version), 0) + 1, $4, $5, $6, $7, $8, $9, $10,"
		"       pg_catalog.tstzrange($11, pg_catalog.min(pg_catalog.lower(valid))"
		"                                 FILTER (WHERE scope_key = $3 AND pg_catalog.lower(valid) > $11)),"
		"       $12, $13, $14"
		"  FROM marketplace.policy_values"
		" WHERE marketplace_id = $1 AND name = $2 "
		"ON CONFLICT (marketplace_id, name, version) DO NOTHING "
		"RETURNING id");
	char	   *key;
	const char *kind = one_place(&scope, &key);
	TimestampTz recorded_at = call->now;
	Datum		id;

	check_value(call, name, value, strcmp(kind, "marketplace") != 0, from);
	policy_lock(call, "policy", name);
	if (from == call->now)
		from = recorded_at = start_after_concurrent(call, name, key);
	guard_open("policy");
	(void) query_execute(&close_former, VALUES(value_int32(call->marketplace_id), value_text(name), value_text(key),
											   value_timestamptz(from)));
	id = query_datum(&insert,
					 VALUES(value_int32(call->marketplace_id), value_text(name), value_text(key), value_text(kind),
									 value_text(scope.country), value_text(scope.category), value_id(scope.seller_id),
									 value_id(scope.buyer_id), value_id(scope.order_id), value_jsonb(value),
									 value_timestamptz(from), value_text(call_actor()), value_text(reason),
									 value_timestamptz(recorded_at)));
	guard_close();
	return DatumGetInt64(id);
}

PG_FUNCTION_INFO_V1(policy_set);
Datum
policy_set(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		char	   *name = call_text(&call, 1);
		Jsonb	   *value = call_jsonb(&call, 2);
		PolicyScope scope = read_scope(call_jsonb(&call, 3));
		TimestampTz from = call_timestamptz_or(&call, 4, call.now);

		access_require(&call, CAPACITY_OPERATOR, 0);
		policy_check_start(&call, from);
		call.result = set_value(&call, name, value, scope, from, call_text_or_null(&call, 5));
	}
	PG_RETURN_INT64(call_end(&call));
}

static PolicyFound
find_for_reader(Call *call)
{
	char	   *name = call_text(call, 1);
	PolicyScope scope = read_scope(call_jsonb(call, 2));
	PolicyFound found;

	access_require(call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	if (!policy_find(call, name, &scope, call_timestamptz_or(call, 3, call->now), &found))
		refuse_unknown(name);
	return found;
}

PG_FUNCTION_INFO_V1(policy_get);
Datum
policy_get(PG_FUNCTION_ARGS)
{
	Call		call;
	PolicyFound found;

	call_begin_read(&call, fcinfo);
	found = find_for_reader(&call);
	call_end_read(&call);
	PG_RETURN_JSONB_P(found.value);
}

PG_FUNCTION_INFO_V1(policy_explain);
Datum
policy_explain(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Call		call;
	PolicyFound found;
	Datum		values[6] = {0};
	bool		nulls[6] = {false};

	call_begin_read(&call, fcinfo);
	found = find_for_reader(&call);
	values[0] = CStringGetTextDatum(call_text(&call, 1));
	values[1] = JsonbPGetDatum(found.value);
	nulls[2] = nulls[3] = nulls[4] = found.is_default;
	if (!found.is_default)
	{
		values[2] = CStringGetTextDatum(found.scope_key);
		values[3] = Int32GetDatum(found.version);
		values[4] = TimestampTzGetDatum(found.valid_from);
	}
	values[5] = BoolGetDatum(found.is_default);
	call_end_read(&call);

	InitMaterializedSRF(fcinfo, 0);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	return (Datum) 0;
}
