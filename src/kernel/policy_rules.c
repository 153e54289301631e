/*
 * policy_rules.c
 *		Decision tables at work: deciding, checking declared cases, explaining a stored decision and replaying stored
 *		decisions under another version. Publishing is in policy_publish.c.
 *
 * Conditions are SQL/JSON paths, evaluated by jsonb_path_match(). One that has no truth value (it compares a text
 * with a number, leads nowhere, divides by zero) is an error of the rule: no money moves on a rule that nobody
 * understood.
 */
#include "postgres.h"

#include "funcapi.h"
#include "kernel/document.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/policy_value.h"

static bool
find_in_force(Call *call, const char *name, TimestampTz at, PolicyTable *table)
{
	static Statement in_force = STATEMENT("itz",
		"SELECT version, facts, cases FROM marketplace.policy_tables"
		" WHERE marketplace_id = $1 AND name = $2 AND valid @> $3");
	Row			row;

	if (!query_row(&in_force, VALUES(value_int32(call->marketplace_id), value_text(name), value_timestamptz(at)),
				   &row))
		return false;
	table->name = name;
	table->version = row_int32(&row, 0);
	table->facts = row_jsonb(&row, 1);
	table->cases = row_jsonb(&row, 2);
	return true;
}

static PolicyTable
require_in_force(Call *call, const char *name, TimestampTz at)
{
	PolicyTable table;

	if (!find_in_force(call, name, at, &table))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("no version of decision table \"%s\" is in force", name),
				errdetail("Asked for at %s.", timestamptz_to_str(at)),
				errhint("See marketplace.policy_tables; publish one with policy_table_publish()."));
	return table;
}

Decision
policy_apply(Call *call, const PolicyTable *table, Jsonb *facts)
{
	static Statement first_match = STATEMENT("itij",
		"SELECT id, priority, outcome, held, condition::text"
		"  FROM (SELECT id, priority, outcome, condition,"
		"               pg_catalog.jsonb_path_match($4, condition, '{}', true) AS held"
		"          FROM marketplace.policy_rules"
		"         WHERE marketplace_id = $1 AND table_name = $2 AND version = $3) AS tried"
		" WHERE held IS NOT FALSE"
		" ORDER BY priority"
		" LIMIT 1");
	Decision	decision = {NULL, 0, table->version, 0, 0};
	Row			row;

	if (!query_row(&first_match,
				   VALUES(value_int32(call->marketplace_id), value_text(table->name), value_int32(table->version),
										value_jsonb(facts)), &row))
		return decision;
	if (row_null(&row, 3))
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("rule %d of decision table %s has no truth value for these facts", row_int32(&row, 1),
					   table->name),
				errdetail("Version %d, condition %s, facts %s.", table->version, row_text(&row, 4),
						  JsonbToCString(NULL, &facts->root, VARSIZE(facts))),
				errhint("The condition compares values of different types, leads nowhere or fails: publish a version "
						"that covers the case."));
	decision.rule_id = row_int64(&row, 0);
	decision.priority = row_int32(&row, 1);
	decision.outcome = row_jsonb(&row, 2);
	return decision;
}

static int64
record_decision(Call *call, const char *table, const Decision *decision, Jsonb *facts, const char *object_kind,
				int64 object_id)
{
	static Statement insert = STATEMENT("itiljjtltz",
		"INSERT INTO marketplace.policy_decisions (marketplace_id, table_name, version, rule_id, facts, outcome,"
		" object_kind, object_id, actor, recorded_at) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
		"RETURNING id");
	Datum		id;

	guard_open("policy");
	id = query_datum(&insert,
					 VALUES(value_int32(call->marketplace_id), value_text(table), value_int32(decision->version),
									 value_id(decision->rule_id), value_jsonb(facts), value_jsonb(decision->outcome),
									 value_text(object_kind),
									 object_kind == NULL ? value_null() : value_int64(object_id),
									 value_text(call_actor()), value_timestamptz(call->now)));
	guard_close();
	return DatumGetInt64(id);
}

Decision
policy_decide_about(Call *call, const char *table, Jsonb *facts, const char *object_kind, int64 object_id)
{
	PolicyTable version;
	Jsonb	   *bound;
	Decision	decision = {NULL, 0, 0, 0, 0};

	if (!find_in_force(call, table, call->now, &version))
		return decision;
	bound = policy_bind_facts(table, version.facts, facts);
	decision = policy_apply(call, &version, bound);
	if (call->changes)
		decision.decision_id = record_decision(call, table, &decision, bound, object_kind, object_id);
	return decision;
}

Decision
policy_decide(Call *call, const char *table, Jsonb *facts)
{
	return policy_decide_about(call, table, facts, NULL, 0);
}

PG_FUNCTION_INFO_V1(policy_decide_sql);
Datum
policy_decide_sql(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Call		call;
	PolicyTable table;
	Decision	decision;
	Datum		values[3] = {0};
	bool		nulls[3] = {false};

	call_begin_read(&call, fcinfo);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	table = require_in_force(&call, call_text(&call, 1), call_timestamptz_or(&call, 3, call.now));
	decision = policy_apply(&call, &table, policy_bind_facts(table.name, table.facts, call_jsonb(&call, 2)));
	call_end_read(&call);

	nulls[0] = nulls[1] = decision.outcome == NULL;
	if (decision.outcome != NULL)
	{
		values[0] = JsonbPGetDatum(decision.outcome);
		values[1] = Int32GetDatum(decision.priority);
	}
	values[2] = Int32GetDatum(decision.version);
	InitMaterializedSRF(fcinfo, 0);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(policy_decision_record);
Datum
policy_decision_record(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		char	   *name = call_text(&call, 1);
		Jsonb	   *facts = call_jsonb(&call, 2);
		char	   *object_kind = call_text_or_null(&call, 3);

		access_require(&call, CAPACITY_OPERATOR, 0);
		if ((object_kind == NULL) != call_is_null(&call, 4))
			ereport(ERROR,
					errcode(MK_MISSING_VALUE),
					errmsg("an object is named by its kind and its id"),
					errhint("Give both object_kind and object_id, or neither."));
		(void) require_in_force(&call, name, call.now);
		call.result = policy_decide_about(&call, name, facts, object_kind,
										  object_kind == NULL ? 0 : call_int64(&call, 4)).decision_id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* NULL stands for "no rule holds" */
bool
policy_same_outcome(Jsonb *a, Jsonb *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return compareJsonbContainers(&a->root, &b->root) == 0;
}

PG_FUNCTION_INFO_V1(policy_check);
Datum
policy_check(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Call		call;
	PolicyTable table;
	static Statement cases = STATEMENT("j",
		"SELECT number::int, item -> 'facts', nullif(item -> 'outcome', 'null')"
		"  FROM pg_catalog.jsonb_array_elements($1) WITH ORDINALITY AS c (item, number) ORDER BY number");
	Rows		rows;

	call_begin_read(&call, fcinfo);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	table = require_in_force(&call, call_text(&call, 1), call.now);
	rows = query_rows(&cases, VALUES(value_jsonb(table.cases)));
	InitMaterializedSRF(fcinfo, 0);
	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];
		Jsonb	   *facts = row_jsonb(row, 1);
		Jsonb	   *expected = row_jsonb(row, 2);
		Jsonb	   *got = policy_apply(&call, &table, policy_bind_facts(table.name, table.facts, facts)).outcome;
		Datum		values[4] = {Int32GetDatum(row_int32(row, 0)), JsonbPGetDatum(facts), JsonbPGetDatum(expected),
								 JsonbPGetDatum(got)};
		bool		nulls[4] = {false, false, expected == NULL, got == NULL};

		if (!policy_same_outcome(expected, got))
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	call_end_read(&call);
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(policy_decision_explain);
Datum
policy_decision_explain(PG_FUNCTION_ARGS)
{
	static Statement exists = STATEMENT("il",
		"SELECT 1 FROM marketplace.policy_decisions WHERE marketplace_id = $1 AND id = $2");
	static Statement tried = STATEMENT("il",
		"SELECT d.table_name, d.version, d.facts, r.priority, r.condition::text,"
		"       pg_catalog.jsonb_path_match(d.facts, r.condition, '{}', true),"
		"       r.outcome, r.note, r.source"
		"  FROM marketplace.policy_decisions AS d"
		"  LEFT JOIN marketplace.policy_rules AS fired"
		"    ON fired.marketplace_id = d.marketplace_id AND fired.id = d.rule_id"
		"  LEFT JOIN marketplace.policy_rules AS r"
		"    ON r.marketplace_id = d.marketplace_id AND r.table_name = d.table_name AND r.version = d.version"
		"   AND (fired.id IS NULL OR r.priority <= fired.priority)"
		" WHERE d.marketplace_id = $1 AND d.id = $2"
		" ORDER BY r.priority");
	Call		call;
	int64		id;
	Row			row;

	call_begin_read(&call, fcinfo);
	id = call_int64(&call, 1);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	if (!query_row(&exists, VALUES(value_int32(call.marketplace_id), value_int64(id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no decision %lld in marketplace %d", (long long) id, call.marketplace_id),
				errhint("See marketplace.policy_decisions."));
	query_return_set(fcinfo, &tried, VALUES(value_int32(call.marketplace_id), value_int64(id)));
	call_end_read(&call);
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(policy_replay);
Datum
policy_replay(PG_FUNCTION_ARGS)
{
	static Statement exists = STATEMENT("iti",
		"SELECT 1 FROM marketplace.policy_tables WHERE marketplace_id = $1 AND name = $2 AND version = $3");
	static Statement replay = STATEMENT("iti",
		"SELECT id, outcome_then, outcome_now, priority_now, failed"
		"  FROM (SELECT d.id, d.outcome AS outcome_then, CASE WHEN m.held THEN m.outcome END AS outcome_now,"
		"               m.priority AS priority_now,"
		"               m.priority IS NOT NULL AND m.held IS NULL AS failed"
		"          FROM marketplace.policy_decisions AS d"
		"          LEFT JOIN LATERAL ("
		"               SELECT t.priority, t.outcome, t.held"
		"                 FROM (SELECT r.priority, r.outcome,"
		"                              pg_catalog.jsonb_path_match(d.facts, r.condition, '{}', true) AS held"
		"                         FROM marketplace.policy_rules AS r"
		"                        WHERE r.marketplace_id = $1 AND r.table_name = $2 AND r.version = $3) AS t"
		"                WHERE t.held IS NOT FALSE"
		"                ORDER BY t.priority"
		"                LIMIT 1) AS m ON true"
		"         WHERE d.marketplace_id = $1 AND d.table_name = $2) AS played"
		" WHERE failed OR outcome_then IS DISTINCT FROM outcome_now"
		" ORDER BY id");
	Call		call;
	char	   *name;
	int32		version;
	Row			row;

	call_begin_read(&call, fcinfo);
	name = call_text(&call, 1);
	version = call_int32(&call, 2);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	if (!query_row(&exists, VALUES(value_int32(call.marketplace_id), value_text(name), value_int32(version)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("decision table \"%s\" has no version %d", name, version),
				errhint("See marketplace.policy_tables."));
	query_return_set(fcinfo, &replay,
					 VALUES(value_int32(call.marketplace_id), value_text(name), value_int32(version)));
	call_end_read(&call);
	return (Datum) 0;
}
