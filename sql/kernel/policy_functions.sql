CREATE FUNCTION marketplace.policy_set(
	marketplace_id int,
	parameter text,
	value jsonb,
	scope jsonb DEFAULT '{}',
	valid_from timestamptz DEFAULT NULL,
	reason text DEFAULT NULL,
	request_key text DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'policy_set'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.policy_set(int, text, jsonb, jsonb, timestamptz, text, text) IS
'Sets a policy parameter from an instant on (NULL: now; never the past) and returns the id of the new row of policy_values (RD-15). The operator only. The value holds '
'until the next one already set for the same scope; a value set for the same instant is replaced; JSON null ends the value at this scope. scope: '
'{} marketplace, {"country"}, {"category"}, {"seller_id"}, {"seller_id", "buyer_id"} contract, {"order_id"}. '
'Errors: MK001, MK002, MK003, MK005, MK020, MK070 (unknown name, wrong type, weaker than the marketplace''s value where that is not allowed).';

CREATE FUNCTION marketplace.policy_get(marketplace_id int, parameter text, scope jsonb DEFAULT '{}', as_of timestamptz DEFAULT NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'policy_get'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.policy_get(int, text, jsonb, timestamptz) IS
'The value of a parameter in force at an instant (NULL: now) for a scope that may name order_id, seller_id, buyer_id, category and country: the narrowest value '
'that was set, else the registry''s default (RD-16). Operator and auditor. Errors: MK001, MK003, MK005, MK070.';

CREATE FUNCTION marketplace.policy_explain(
	marketplace_id int,
	parameter text,
	scope jsonb DEFAULT '{}',
	as_of timestamptz DEFAULT NULL,
	OUT name text,
	OUT value jsonb,
	OUT source_scope text,
	OUT version int,
	OUT valid_from timestamptz,
	OUT is_default boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'policy_explain'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.policy_explain(int, text, jsonb, timestamptz) IS
'Where the value of policy_get() comes from: the scope that set it (seller:12, marketplace …; NULL for the default), its version and since when it holds (RD-15). '
'Operator and auditor. Errors: as policy_get().';

CREATE FUNCTION marketplace.policy_table_publish(marketplace_id int, document jsonb, request_key text DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'policy_table_publish'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.policy_table_publish(int, jsonb, text) IS
'Publishes a version of a decision table and returns its id. The operator only. document: {"name", "facts": {"fact": type}, "rules": [{"priority", "condition", "outcome", "note", '
'"source"}], "cases": [{"facts", "outcome"}], "valid_from", "reason"}; types are text, number, boolean, date, list, with ? behind for a fact that may '
'be unknown (null; an unknown list is empty); a condition is an SQL/JSON path predicate over $.fact; the lowest priority that holds wins. Every case must come out as declared (outcome null: no rule holds). '
'Errors: MK001, MK003, MK005, MK020, MK070.';

CREATE FUNCTION marketplace.policy_decide(
	marketplace_id int,
	table_name text,
	facts jsonb,
	as_of timestamptz DEFAULT NULL,
	OUT outcome jsonb,
	OUT rule_priority int,
	OUT version int)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'policy_decide_sql'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.policy_decide(int, text, jsonb, timestamptz) IS
'What the decision table in force at an instant (NULL: now) decides for the facts; outcome and rule_priority are NULL when no rule holds. Records nothing. '
'Operator and auditor. Errors: MK001, MK004 (no version in force), MK005, MK070 (undeclared, missing or mistyped fact; a condition without truth value).';

CREATE FUNCTION marketplace.policy_decision_record(
	marketplace_id int,
	table_name text,
	facts jsonb,
	object_kind text DEFAULT NULL,
	object_id bigint DEFAULT NULL,
	request_key text DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'policy_decision_record'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.policy_decision_record(int, text, jsonb, text, bigint, text) IS
'Decides as policy_decide() does now, stores facts, rule and outcome in policy_decisions, and returns the id of the decision. For decision tables of your own; the areas record '
'theirs by themselves. object_kind and object_id say about what it was decided, both or neither. The operator only. '
'Errors: MK001, MK004 (no version in force), MK005, MK020, MK070.';

CREATE FUNCTION marketplace.policy_check(
	marketplace_id int,
	table_name text,
	OUT case_number int,
	OUT facts jsonb,
	OUT expected jsonb,
	OUT got jsonb)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'policy_check'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.policy_check(int, text) IS
'Runs the declared cases of the version now in force; a row for each that comes out otherwise, no row = fine. Operator and auditor. Errors: MK001, MK004, MK005, MK070.';

CREATE FUNCTION marketplace.policy_decision_explain(
	marketplace_id int,
	decision_id bigint,
	OUT table_name text,
	OUT version int,
	OUT facts jsonb,
	OUT priority int,
	OUT condition text,
	OUT held boolean,
	OUT outcome jsonb,
	OUT note text,
	OUT source text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'policy_decision_explain'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.policy_decision_explain(int, bigint) IS
'Why a stored decision came out as it did: its facts, and each rule that was tried in order with whether it held; the last row is the rule that fired, unless none held. '
'Operator and auditor. Errors: MK001, MK004, MK005.';

CREATE FUNCTION marketplace.policy_replay(
	marketplace_id int,
	table_name text,
	version int,
	OUT decision_id bigint,
	OUT outcome_then jsonb,
	OUT outcome_now jsonb,
	OUT priority_now int,
	OUT failed boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'policy_replay'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.policy_replay(int, text, int) IS
'Runs a version of a decision table over all stored decisions of that table and returns those that would come out otherwise; failed: a condition has no truth value for '
'the facts of then. Changes nothing. Operator and auditor. Errors: MK001, MK004, MK005.';
