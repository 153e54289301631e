-- Policy: parameters by scope and time, decision tables over declared facts (RD-15, RD-16, SETTLED 10).
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET search_path = marketplace, public;
SET marketplace.clock = '2026-01-01 12:00+00';

-- the registry; the defaults of all areas fit their types, or policy_set() would refuse
SELECT name, value_type, default_value FROM policy_registry WHERE name LIKE 'rd.%' AND value_type <> 'json' ORDER BY name;
SELECT count(*) AS unreadable FROM policy_registry AS r WHERE policy_get(905, r.name) IS DISTINCT FROM coalesce(r.default_value, 'null');
BEGIN;
SELECT count(*) AS refused FROM policy_registry AS r WHERE policy_set(905, r.name, coalesce(r.default_value, 'null')) IS NULL;
ROLLBACK;
SELECT name, count(*) FROM policy_registry GROUP BY name HAVING count(*) > 1;

-- RD-16: the narrowest scope wins
SELECT policy_get(905, 'rd.calendar');
SELECT policy_set(905, 'rd.calendar', '"TARGET"', reason := 'settle as banks do') > 0 AS set;
SELECT policy_set(905, 'rd.calendar', '"FR"', '{"country": "FR"}') > 0 AS set;
SELECT policy_set(905, 'rd.calendar', '"FR-57"', '{"category": "wine"}') > 0 AS set;
SELECT policy_set(905, 'rd.calendar', '"FR-67"', '{"seller_id": 12}') > 0 AS set;
SELECT policy_set(905, 'rd.calendar', '"FR-68"', '{"seller_id": 12, "buyer_id": 34}') > 0 AS set;
SELECT policy_set(905, 'rd.calendar', '"FR-L1333"', '{"order_id": 5}') > 0 AS set;
SELECT s AS scope, e.value, e.source_scope, e.version, e.valid_from, e.is_default
  FROM unnest(ARRAY['{}', '{"country": "FR"}', '{"country": "DE"}', '{"country": "FR", "category": "wine"}', '{"country": "FR", "category": "beer"}',
	'{"seller_id": 12, "category": "wine"}', '{"seller_id": 12, "buyer_id": 35}', '{"seller_id": 13, "buyer_id": 34}', '{"seller_id": 12, "buyer_id": 34, "country": "FR"}',
	'{"order_id": 5, "seller_id": 12, "buyer_id": 34, "category": "wine", "country": "FR"}', '{"order_id": 6, "seller_id": 13}']) WITH ORDINALITY AS u (s, n),
	policy_explain(905, 'rd.calendar', s::jsonb) AS e
 ORDER BY n;
-- another marketplace, another parameter
SELECT policy_get(906, 'rd.calendar', '{"seller_id": 12}'), policy_get(905, 'rd.time_zone', '{"seller_id": 12}');
SELECT * FROM policy_explain(906, 'rd.calendar');

-- RD-15: values follow one another in time, and what was in force stays so
SET marketplace.clock = '2026-02-01 12:00+00';
SELECT policy_set(905, 'rd.calendar', '"FR-57"', '{"seller_id": 12}') > 0 AS set;
SELECT policy_set(905, 'rd.calendar', '"TARGET"', '{"seller_id": 12}', '2026-06-01 00:00+00', 'from summer on') > 0 AS set;
-- between today's and the one set for June
SELECT policy_set(905, 'rd.calendar', '"FR-68"', '{"seller_id": 12}', '2026-03-01 00:00+00') > 0 AS set;
-- for the same instant: replaces
SELECT policy_set(905, 'rd.calendar', '"FR"', '{"seller_id": 12}', '2026-03-01 00:00+00') > 0 AS set;
SELECT version, value, valid, reason FROM policy_values WHERE marketplace_id = 905 AND scope_key = 'seller:12' ORDER BY version;
SELECT d AS as_of, policy_get(905, 'rd.calendar', '{"seller_id": 12}', d) FROM unnest('{2025-12-31,2026-01-15,2026-02-15,2026-03-01,2026-05-31,2026-06-01,2030-01-01}'::timestamptz[]) AS d;
SELECT policy_get(905, 'rd.calendar', '{"seller_id": 12}') AS now;
-- JSON null ends the value at its scope
SET marketplace.clock = '2026-07-01 12:00+00';
SELECT policy_set(905, 'rd.calendar', 'null', '{"seller_id": 12}') > 0 AS set;
SELECT policy_get(905, 'rd.calendar', '{"seller_id": 12}') AS now, policy_get(905, 'rd.calendar', '{"seller_id": 12}', '2026-02-15') AS before;
SELECT scope_key, version, value, valid_from FROM policy_current WHERE marketplace_id = 905 ORDER BY version;
-- no two values of a scope at one time
SELECT count(*) AS overlaps FROM policy_values AS a JOIN policy_values AS b
	ON b.marketplace_id = a.marketplace_id AND b.name = a.name AND b.scope_key = a.scope_key AND b.id > a.id AND b.valid && a.valid;
-- a retry is harmless
SELECT policy_set(905, 'rd.due_roll', '"next_business_day"', request_key := 'roll') = policy_set(905, 'rd.due_roll', '"next_business_day"', request_key := 'roll') AS same;
SELECT policy_set(905, 'rd.due_roll', '"none"', request_key := 'roll');

-- what is refused: names, types, scopes, the past
SELECT policy_set(905, 'rd.nothing', '"FR"');
SELECT policy_get(905, 'rd.nothing');
SELECT policy_set(905, 'rd.calendar', '5');
SELECT policy_set(905, 'rd.calendar', '""');
SELECT policy_set(905, 'rd.calendar', '["FR"]');
SELECT policy_set(905, 'rd.eom_method', '"days"');
SELECT policy_set(905, 'rd.fixed_fee', '40');
SELECT policy_set(905, 'rd.fixed_fee', '"40.001 EUR"');
SELECT policy_set(905, 'rd.fixed_fee', '"40.00"');
SELECT policy_set(905, 'rd.unstructured_address_end', '"2026-02-30"');
SELECT policy_set(905, 'rd.unstructured_address_end', '"tomorrow"');
SELECT policy_set(905, 'rd.terms_ceiling', '"60 days"');
SELECT policy_set(905, 'rd.calendar', NULL);
SELECT policy_set(905, NULL, '"FR"');
SELECT policy_set(NULL, 'rd.calendar', '"FR"');
SELECT policy_set(905, 'rd.calendar', '"FR"', '{"seller": 12}');
SELECT policy_set(905, 'rd.calendar', '"FR"', '{"seller_id": "twelve"}');
SELECT policy_set(905, 'rd.calendar', '"FR"', '[]');
SELECT policy_set(905, 'rd.calendar', '"FR"', '{"country": "fr"}');
SELECT policy_set(905, 'rd.calendar', '"FR"', '{"country": "FR", "category": "wine"}');
SELECT policy_set(905, 'rd.calendar', '"FR"', '{"buyer_id": 34}');
SELECT policy_set(905, 'rd.calendar', '"FR"', '{"order_id": 5, "buyer_id": 34}');
SELECT policy_set(905, 'rd.calendar', '"FR"', NULL);
SELECT policy_set(905, 'rd.calendar', '"FR"', valid_from := '2026-06-30');
SELECT policy_set(905, 'rd.calendar', '"FR"', valid_from := 'infinity');

-- a decision table: cases run before it is published
SELECT policy_table_publish(905, '{
	"name": "returns.fee",
	"facts": {"amount": "number", "reason": "text", "vip": "boolean", "tags": "list?", "bought": "date?"},
	"rules": [
		{"priority": 10, "condition": "$.vip == true", "outcome": {"fee": 0}, "note": "good customers pay nothing"},
		{"priority": 20, "condition": "$.amount > 100 && $.reason == \"changed_mind\"", "outcome": {"fee": 12.5}, "source": "terms, clause 7"},
		{"priority": 30, "condition": "$.bought < \"2026-01-01\"", "outcome": {"fee": 20}},
		{"priority": 40, "condition": "$.tags[*] == \"fragile\"", "outcome": {"fee": 9}}
	],
	"cases": [
		{"facts": {"amount": 500, "reason": "changed_mind", "vip": true}, "outcome": {"fee": 0}},
		{"facts": {"amount": 500, "reason": "changed_mind", "vip": false}, "outcome": {"fee": 12.50}},
		{"facts": {"amount": 100, "reason": "changed_mind", "vip": false, "bought": "2025-12-31"}, "outcome": {"fee": 20}},
		{"facts": {"amount": 50, "reason": "late", "vip": false, "tags": ["big", "fragile"]}, "outcome": {"fee": 9}},
		{"facts": {"amount": 50, "reason": "late", "vip": false, "tags": ["big"]}, "outcome": null}
	],
	"reason": "first version"}') > 0 AS published;
SELECT name, version, valid, reason FROM policy_tables WHERE marketplace_id = 905;
SELECT priority, condition, outcome, note, source FROM policy_rules WHERE marketplace_id = 905 ORDER BY priority;
SELECT * FROM policy_decide(905, 'returns.fee', '{"amount": 101, "reason": "changed_mind", "vip": false}');
SELECT * FROM policy_decide(905, 'returns.fee', '{"amount": 10, "reason": "late", "vip": false}');
SELECT * FROM policy_check(905, 'returns.fee');
-- facts are held against the declaration
SELECT * FROM policy_decide(905, 'returns.fee', '{"amount": "101", "reason": "changed_mind", "vip": false}');
SELECT * FROM policy_decide(905, 'returns.fee', '{"amount": 101, "reason": "changed_mind"}');
SELECT * FROM policy_decide(905, 'returns.fee', '{"amount": 101, "reason": null, "vip": false}');
SELECT * FROM policy_decide(905, 'returns.fee', '{"amount": 101, "reason": "late", "vip": false, "colour": "red"}');
SELECT * FROM policy_decide(905, 'returns.fee', '{"amount": 101, "reason": "late", "vip": false, "bought": "31/12/2025"}');
SELECT * FROM policy_decide(905, 'returns.fee', '{"amount": 101, "reason": "late", "vip": false, "tags": "fragile"}');
SELECT * FROM policy_decide(905, 'returns.fee', '[1]');
SELECT * FROM policy_decide(905, 'returns.fee', NULL);
SELECT * FROM policy_decide(905, 'returns.nothing', '{}');
SELECT * FROM policy_decide(906, 'returns.fee', '{"amount": 101, "reason": "late", "vip": false}');
SELECT * FROM policy_decide(905, 'returns.fee', '{"amount": 101, "reason": "late", "vip": false}', '2026-06-30');

-- recorded decisions, explained and replayed
SELECT policy_decision_record(905, 'returns.fee', '{"amount": 500, "reason": "changed_mind", "vip": false}', 'dispute', 71, 'd71') AS d71 \gset
SELECT policy_decision_record(905, 'returns.fee', '{"amount": 500, "reason": "changed_mind", "vip": false}', 'dispute', 71, 'd71') = :d71 AS same;
SELECT policy_decision_record(905, 'returns.fee', '{"amount": 10, "reason": "late", "vip": false}') AS d72 \gset
SELECT policy_decision_record(905, 'returns.fee', '{"amount": 10, "reason": "late", "vip": true}', 'dispute', 73) AS d73 \gset
SELECT d.version, r.priority, d.facts, d.outcome, d.object_kind, d.object_id, d.actor = current_user AS mine, d.recorded_at
  FROM policy_decisions AS d LEFT JOIN policy_rules AS r ON r.marketplace_id = d.marketplace_id AND r.id = d.rule_id
 WHERE d.marketplace_id = 905 ORDER BY d.id;
SELECT table_name, version, priority, condition, held, outcome, note, source FROM policy_decision_explain(905, :d71);
SELECT facts, priority, held FROM policy_decision_explain(905, :d72);
SELECT * FROM policy_decision_explain(905, -1);
\set VERBOSITY sqlstate
SELECT policy_decision_explain(906, :d71) IS NULL;
\set VERBOSITY default
SELECT policy_decision_record(905, 'returns.fee', '{"amount": 10, "reason": "late", "vip": true}', 'dispute');
SELECT policy_decision_record(905, 'returns.nothing', '{}');

-- a second version from August on
SELECT policy_table_publish(905, '{"name": "returns.fee", "facts": {"amount": "number", "reason": "text", "vip": "boolean"},
	"rules": [
		{"priority": 1, "condition": "$.amount >= 500", "outcome": {"fee": 30}},
		{"priority": 2, "condition": "$.reason > 5", "outcome": {"fee": 1}}],
	"cases": [{"facts": {"amount": 500, "reason": "late", "vip": true}, "outcome": {"fee": 30}}], "valid_from": "2026-08-01T00:00:00Z"}') > 0 AS published;
SELECT version, valid FROM policy_tables WHERE marketplace_id = 905 ORDER BY version;
-- a condition that compares a text with a number has no truth value
SELECT * FROM policy_decide(905, 'returns.fee', '{"amount": 10, "reason": "late", "vip": true}', '2026-08-01');
SELECT outcome, version FROM policy_decide(905, 'returns.fee', '{"amount": 600, "reason": "late", "vip": true}', '2026-08-01');
SELECT outcome, version FROM policy_decide(905, 'returns.fee', '{"amount": 600, "reason": "late", "vip": true}');
SELECT decision_id - :d71 AS decision, outcome_then, outcome_now, priority_now, failed FROM policy_replay(905, 'returns.fee', 2);
SELECT count(*) AS differing FROM policy_replay(905, 'returns.fee', 1);
SELECT * FROM policy_replay(905, 'returns.fee', 3);
SELECT count(*) AS decisions FROM policy_decisions WHERE marketplace_id = 905;

-- what is not published; each leaves nothing behind
\set head '{"name": "t", "facts": {"a": "number", "b": "text"}, '
SELECT policy_table_publish(905, (:'head' || '"rules": [{"priority": 1, "condition": "$.a > 1", "outcome": 1}], "cases": [{"facts": {"a": 1, "b": ""}, "outcome": 1}]}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": [{"priority": 1, "condition": "$.a > 1", "outcome": 1}], "cases": [{"facts": {"a": 2, "b": ""}, "outcome": null}]}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": [{"priority": 1, "condition": "$.amount > 1", "outcome": 1}], "cases": []}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": [{"priority": 1, "condition": "$.b == \"$.c\" || $.\"d e\" == 1", "outcome": 1}], "cases": []}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": [{"priority": 1, "condition": "$.a >", "outcome": 1}], "cases": []}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": [{"priority": 1, "condition": "$.b like_regex \"(\"", "outcome": 1}], "cases": []}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": [{"priority": 1, "condition": "$.a", "outcome": 1}], "cases": [{"facts": {"a": 1, "b": ""}, "outcome": 1}]}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": [{"priority": 1, "condition": "$.a / 0 > 1", "outcome": 1}], "cases": [{"facts": {"a": 1, "b": ""}, "outcome": 1}]}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": [{"priority": 1, "condition": "$.a.c > 1", "outcome": 1}], "cases": [{"facts": {"a": 1, "b": ""}}]}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": [{"priority": 1, "condition": "$.a > 1", "outcome": 1}, {"priority": 1, "condition": "$.a > 2", "outcome": 2}], "cases": []}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": [{"priority": 1, "condition": "$.a > 1"}], "cases": []}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": [{"priority": 99999999999, "condition": "$.a > 1", "outcome": 1}], "cases": []}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": [{"priority": 1, "when": "$.a > 1", "outcome": 1}], "cases": []}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": []}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": [], "cases": [{"facts": {"a": 1}}]}')::jsonb);
SELECT policy_table_publish(905, (:'head' || '"rules": [], "cases": [], "valid_from": "2026-06-01T00:00:00Z"}')::jsonb);
SELECT policy_table_publish(905, '{"name": "t", "facts": {"a": "float"}, "rules": [], "cases": []}');
SELECT policy_table_publish(905, '{"name": "t", "facts": {"a": 5}, "rules": [], "cases": []}');
SELECT policy_table_publish(905, '{"name": "t", "facts": [], "rules": [], "cases": []}');
SELECT policy_table_publish(905, '[]');
SELECT policy_table_publish(905, NULL);
SELECT count(*) AS tables FROM policy_tables WHERE marketplace_id = 905;

-- only the functions write, and nobody rewrites
INSERT INTO policy_values (marketplace_id, name, version, scope_kind, value, valid, actor, recorded_at) VALUES (905, 'rd.calendar', 99, 'marketplace', '"FR"', '[,]', 'me', now());
UPDATE policy_values SET valid = '[2026-01-01,]' WHERE marketplace_id = 905;
UPDATE policy_values SET value = '"FR"' WHERE marketplace_id = 905;
DELETE FROM policy_values WHERE marketplace_id = 905;
TRUNCATE policy_values;
UPDATE policy_tables SET cases = '[]' WHERE marketplace_id = 905;
INSERT INTO policy_rules (marketplace_id, table_name, version, priority, condition, outcome) VALUES (905, 'returns.fee', 1, 1, '$.vip == true', '1');
UPDATE policy_rules SET outcome = '1' WHERE marketplace_id = 905;
DELETE FROM policy_decisions WHERE marketplace_id = 905;
INSERT INTO policy_decisions (marketplace_id, table_name, version, facts, actor, recorded_at) VALUES (905, 'returns.fee', 1, '{}', 'me', now());

-- an area's parameters, one that sellers may only raise (RD-16 "not weaker than the marketplace") and one they may only shorten
\set ON_ERROR_ROLLBACK on
BEGIN;
CREATE VIEW policy_registry_regress (name, value_type, default_value, description, source, verified) AS VALUES
	('regress.days', 'integer floor', '14'::jsonb, 'test', 'test', true),
	('regress.delay', 'duration ceiling', '{"n": 5, "unit": "business_days"}', 'test', 'test', true),
	('regress.flag', 'boolean', 'true', 'test', 'test', true),
	('regress.rate', 'numeric', '1.5', 'test', 'test', true),
	('regress.cap', 'amount ceiling', 'null', 'test', 'test', true);
CREATE OR REPLACE VIEW policy_registry AS SELECT * FROM policy_registry_kernel UNION ALL SELECT * FROM policy_registry_regress;
SELECT policy_set(905, 'regress.days', '13', '{"seller_id": 12}');
SELECT policy_set(905, 'regress.days', '20', '{"seller_id": 12}') > 0 AS set;
SELECT policy_get(905, 'regress.days', '{"seller_id": 12}') AS seller, policy_get(905, 'regress.days') AS marketplace;
-- the marketplace becomes stricter: its value holds for the seller too
SELECT policy_set(905, 'regress.days', '30') > 0 AS set;
SELECT value, source_scope FROM policy_explain(905, 'regress.days', '{"seller_id": 12}');
SELECT policy_set(905, 'regress.days', '31', '{"order_id": 5}') > 0 AS set;
SELECT value, source_scope FROM policy_explain(905, 'regress.days', '{"order_id": 5, "seller_id": 12}');
SELECT policy_set(905, 'regress.delay', '{"n": 6, "unit": "business_days"}', '{"seller_id": 12}');
SELECT policy_set(905, 'regress.delay', '{"n": 2, "unit": "hours"}', '{"seller_id": 12}');
SELECT policy_set(905, 'regress.delay', '{"n": 5, "unit": "business_days"}', '{"seller_id": 12}') > 0 AS set;
SELECT policy_set(905, 'regress.delay', '{"n": 2, "unit": "weeks"}');
SELECT policy_set(905, 'regress.delay', '{"n": 2.5, "unit": "hours"}');
SELECT policy_set(905, 'regress.delay', '{"n": 40000, "unit": "calendar_days"}');
SELECT policy_set(905, 'regress.delay', '{"n": 2}');
SELECT policy_set(905, 'regress.delay', '{"n": 2, "unit": "hours", "calendar": "FR"}');
SELECT policy_set(905, 'regress.delay', '5');
SELECT policy_set(905, 'regress.days', '1.5');
SELECT policy_set(905, 'regress.days', '9223372036854775808');
SELECT policy_set(905, 'regress.days', '"14"');
SELECT policy_set(905, 'regress.flag', '"true"');
SELECT policy_set(905, 'regress.rate', 'true');
SELECT policy_set(905, 'regress.flag', 'false') > 0 AS set;
SELECT policy_set(905, 'regress.rate', '2.75') > 0 AS set;
SELECT policy_get(905, 'regress.flag'), policy_get(905, 'regress.rate');
-- no default: no bound until the marketplace sets one
SELECT policy_get(905, 'regress.cap');
SELECT policy_set(905, 'regress.cap', '"500.00 EUR"', '{"seller_id": 12}') > 0 AS set;
SELECT policy_set(905, 'regress.cap', '"200.00 EUR"') > 0 AS set;
SELECT policy_get(905, 'regress.cap', '{"seller_id": 12}') AS seller;
SELECT policy_set(905, 'regress.cap', '"100.00 USD"', '{"seller_id": 12}');
ROLLBACK;
\set ON_ERROR_ROLLBACK off
SELECT policy_get(905, 'regress.flag');

-- who may
CREATE ROLE regress_mk_policy_operator;
CREATE ROLE regress_mk_policy_auditor;
CREATE ROLE regress_mk_policy_seller;
SELECT access_grant(905, 'regress_mk_policy_operator', 'operator') > 0 AS granted;
SELECT access_grant(905, 'regress_mk_policy_auditor', 'auditor') > 0 AS granted;
SELECT access_grant(905, 'regress_mk_policy_seller', 'seller', 12) > 0 AS granted;
SET ROLE regress_mk_policy_operator;
SELECT policy_set(905, 'rd.calendar', '"FR"') > 0 AS set;
SELECT policy_set(906, 'rd.calendar', '"FR"');
SELECT count(*) > 0 AS sees FROM policy_decisions;
SET ROLE regress_mk_policy_auditor;
SELECT policy_get(905, 'rd.calendar');
SELECT policy_set(905, 'rd.calendar', '"FR"');
SELECT policy_table_publish(905, '{}');
SELECT outcome FROM policy_decide(905, 'returns.fee', '{"amount": 101, "reason": "changed_mind", "vip": false}');
SELECT policy_decision_record(905, 'returns.fee', '{"amount": 101, "reason": "changed_mind", "vip": false}');
SET ROLE regress_mk_policy_seller;
SELECT policy_get(905, 'rd.calendar');
SELECT policy_set(905, 'rd.calendar', '"FR"', '{"seller_id": 12}');
SELECT outcome FROM policy_decide(905, 'returns.fee', '{"amount": 101, "reason": "changed_mind", "vip": false}');
-- a party sees the values of its own scope and contracts
SELECT scope_key, count(*) FROM policy_values GROUP BY scope_key ORDER BY scope_key;
SELECT count(*) AS rules FROM policy_rules;
SELECT count(*) AS decisions FROM policy_decisions;
RESET ROLE;
SELECT count(access_revoke(905, r, c)) AS revoked
  FROM unnest('{regress_mk_policy_operator,regress_mk_policy_auditor}'::text[], '{operator,auditor}'::text[]) AS u (r, c);
SELECT count(access_revoke(905, 'regress_mk_policy_seller', 'seller', 12)) AS revoked;
DROP OWNED BY regress_mk_policy_operator, regress_mk_policy_auditor, regress_mk_policy_seller;
DROP ROLE regress_mk_policy_operator, regress_mk_policy_auditor, regress_mk_policy_seller;
