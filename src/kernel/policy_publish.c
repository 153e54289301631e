/*
 * policy_publish.c
 *		policy_table_publish(): a new version of a decision table from a document, refused unless every case that it
 *		declares comes out as declared.
 */
#include "postgres.h"

#include "access/xact.h"
#include "kernel/document.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/policy_value.h"

static void
insert_rule(Call *call, const PolicyTable *table, const Document *rule)
{
	static Statement insert = STATEMENT("itiipjtt",
		"INSERT INTO marketplace.policy_rules (marketplace_id, table_name, version, priority, condition, outcome,"
		" note, source) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
		"ON CONFLICT (marketplace_id, table_name, version, priority) DO NOTHING");
	int64		priority;
	Datum		condition;
	Jsonb	   *outcome;

	document_only(rule, "priority", "condition", "outcome", "note", "source", NULL);
	priority = document_int64(rule, "priority");
	if (priority < PG_INT32_MIN || priority > PG_INT32_MAX)
		document_refuse(rule, "priority", "It is out of range.", "Give a small whole number.");
	condition = policy_read_condition(table->facts, document_text(rule, "condition"), priority);
	outcome = document_jsonb_or_null(rule, "outcome");
	if (outcome == NULL)
		document_refuse(rule, "outcome", "It is missing.", "Give what is decided when the condition holds.");
	if (query_execute(&insert,
					  VALUES(value_int32(call->marketplace_id), value_text(table->name), value_int32(table->version),
									  value_int32((int32) priority), value_datum(condition), value_jsonb(outcome),
									  value_text(document_text_or_null(rule, "note")),
									  value_text(document_text_or_null(rule, "source")))) == 0)
		document_refuse(rule, "priority", "Another rule has the same priority.",
						"Give each rule a priority of its own.");
}

static void
run_case(Call *call, const PolicyTable *table, const Document *declared, int number)
{
	Jsonb	   *facts;
	Jsonb	   *expected;
	Decision	decision;

	document_only(declared, "facts", "outcome", NULL);
	(void) document_object(declared, "facts");
	facts = policy_bind_facts(table->name, table->facts, document_jsonb_or_null(declared, "facts"));
	expected = document_jsonb_or_null(declared, "outcome");
	decision = policy_apply(call, table, facts);
	if (!policy_same_outcome(expected, decision.outcome))
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("case %d of decision table %s comes out otherwise than declared", number, table->name),
				errdetail("Declared is %s, decided was %s%s.",
						  expected == NULL ? "no outcome" : JsonbToCString(NULL, &expected->root, VARSIZE(expected)),
						  decision.outcome == NULL ? "nothing: no rule holds" :
						  JsonbToCString(NULL, &decision.outcome->root, VARSIZE(decision.outcome)),
						  decision.outcome == NULL ? "" : psprintf(" by rule %d", decision.priority)),
				errhint("Mend the rules or the case; nothing was published."));
}

/* As start_after_concurrent() in policy_set.c, for versions of a table */
static TimestampTz
start_after_concurrent(Call *call, const char *name)
{
	static Statement latest = STATEMENT("itz",
		"SELECT coalesce(pg_catalog.max(recorded_at), $3) FROM marketplace.policy_tables"
		" WHERE marketplace_id = $1 AND name = $2 AND pg_catalog.lower(valid) = recorded_at AND recorded_at > $3");

	if (call->now != GetCurrentTransactionStartTimestamp())
		return call->now;
	return DatumGetTimestampTz(query_datum(&latest, VALUES(value_int32(call->marketplace_id), value_text(name),
														   value_timestamptz(call->now))));
}

/* ON CONFLICT as in policy_set.c: set_value() */
static int64
insert_table(Call *call, PolicyTable *table, TimestampTz from, const char *reason)
{
	static Statement close_former = STATEMENT("itz",
		"UPDATE marketplace.policy_tables"
		"   SET valid = pg_catalog.tstzrange(pg_catalog.lower(valid), $3)"
		" WHERE marketplace_id = $1 AND name = $2 AND valid @> $3");
	static Statement insert = STATEMENT("itjjzttz",
		"INSERT INTO marketplace.policy_tables (marketplace_id, name, version, facts, cases, valid, actor, reason,"
		" recorded_at) "
		"SELECT $1, $2, coalesce(pg_catalog.max(version), 0) + 1, $3, $4,"
		"       pg_catalog.tstzrange($5, pg_catalog.min(pg_catalog.lower(valid))"
		"                                 FILTER (WHERE pg_catalog.lower(valid) > $5)),"
		"       $6, $7, $8"
		"  FROM marketplace.policy_tables"
		" WHERE marketplace_id = $1 AND name = $2 "
		"ON CONFLICT (marketplace_id, name, version) DO NOTHING "
		"RETURNING id, version");
	TimestampTz recorded_at = call->now;
	Row			row;

	policy_lock(call, "decision table", table->name);
	if (from == call->now)
		from = recorded_at = start_after_concurrent(call, table->name);
	(void) query_execute(&close_former,
						 VALUES(value_int32(call->marketplace_id), value_text(table->name), value_timestamptz(from)));
	if (!query_row(&insert,
				   VALUES(value_int32(call->marketplace_id), value_text(table->name), value_jsonb(table->facts),
								   value_jsonb(table->cases), value_timestamptz(from), value_text(call_actor()),
								   value_text(reason), value_timestamptz(recorded_at)), &row))
		elog(ERROR, "version of decision table %s taken under its lock", table->name);
	table->version = row_int32(&row, 1);
	return row_int64(&row, 0);
}

static int64
publish(Call *call, Jsonb *json)
{
	Document	document = document_root(json);
	Document	rules;
	Document	cases;
	PolicyTable table;
	TimestampTz from = call->now;
	int64		id;

	document_only(&document, "name", "facts", "rules", "cases", "valid_from", "reason", NULL);
	table.name = document_text(&document, "name");
	(void) document_object(&document, "facts");
	table.facts = document_jsonb_or_null(&document, "facts");
	policy_check_declaration(table.facts);
	rules = document_array(&document, "rules");
	cases = document_array(&document, "cases");
	table.cases = document_jsonb_or_null(&document, "cases");
	if (document_has(&document, "valid_from"))
		from = document_timestamptz(&document, "valid_from");
	policy_check_start(call, from);

	guard_open("policy");
	id = insert_table(call, &table, from, document_text_or_null(&document, "reason"));
	for (int i = 0; i < document_length(&rules); i++)
	{
		Document	rule = document_item(&rules, i);

		insert_rule(call, &table, &rule);
	}
	guard_close();
	for (int i = 0; i < document_length(&cases); i++)
	{
		Document	declared = document_item(&cases, i);

		run_case(call, &table, &declared, i + 1);
	}
	return id;
}

PG_FUNCTION_INFO_V1(policy_table_publish);
Datum
policy_table_publish(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Jsonb	   *document = call_jsonb(&call, 1);

		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = publish(&call, document);
	}
	PG_RETURN_INT64(call_end(&call));
}
