CREATE DOMAIN marketplace.policy_scope AS text
	CHECK (VALUE IN ('marketplace', 'country', 'category', 'seller', 'contract', 'order'));
COMMENT ON DOMAIN marketplace.policy_scope IS 'Where a policy value holds, from the widest to the narrowest; a contract is one seller with one buyer (RD-16).';

-- valid changes once, when a later value closes it; no contrib module is needed for "no overlap", as policy_set() is the only writer (policy_guards.sql).
CREATE TABLE marketplace.policy_values (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	name text NOT NULL,
	version int NOT NULL CHECK (version > 0),
	scope_kind marketplace.policy_scope NOT NULL,
	country text CHECK (country ~ '^[A-Z]{2}$'),
	category text CHECK (category <> ''),
	seller_id bigint,
	buyer_id bigint,
	order_id bigint,
	scope_key text NOT NULL GENERATED ALWAYS AS (
		CASE scope_kind::text
			WHEN 'marketplace' THEN 'marketplace'
			WHEN 'country' THEN 'country:' || country
			WHEN 'category' THEN 'category:' || category
			WHEN 'seller' THEN 'seller:' || seller_id::text
			WHEN 'contract' THEN 'contract:' || seller_id::text || ':' || buyer_id::text
			WHEN 'order' THEN 'order:' || order_id::text
		END) STORED,
	value jsonb NOT NULL,
	valid tstzrange NOT NULL,
	actor text NOT NULL,
	reason text,
	recorded_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, name, version),
	CHECK ((scope_kind = 'country') = (country IS NOT NULL)),
	CHECK ((scope_kind = 'category') = (category IS NOT NULL)),
	CHECK ((scope_kind IN ('seller', 'contract')) = (seller_id IS NOT NULL)),
	CHECK ((scope_kind = 'contract') = (buyer_id IS NOT NULL)),
	CHECK ((scope_kind = 'order') = (order_id IS NOT NULL))
) WITH (fillfactor = 90);
CREATE INDEX policy_values_scope ON marketplace.policy_values (marketplace_id, name, scope_key);
COMMENT ON TABLE marketplace.policy_values IS
'Values of policy parameters, versioned and dated per scope (RD-15). Written by policy_set() only; rows are never changed except that a later value ends valid.';
COMMENT ON COLUMN marketplace.policy_values.marketplace_id IS 'Marketplace.';
COMMENT ON COLUMN marketplace.policy_values.id IS 'Identifier, returned by policy_set().';
COMMENT ON COLUMN marketplace.policy_values.name IS 'Parameter, as in policy_registry.';
COMMENT ON COLUMN marketplace.policy_values.version IS 'Counts the values of the parameter in this marketplace, all scopes together; objects pin it (RD-15).';
COMMENT ON COLUMN marketplace.policy_values.scope_kind IS 'Where the value holds.';
COMMENT ON COLUMN marketplace.policy_values.country IS 'Country of scope country, ISO 3166-1 alpha-2.';
COMMENT ON COLUMN marketplace.policy_values.category IS 'Category of scope category.';
COMMENT ON COLUMN marketplace.policy_values.seller_id IS 'Seller of scope seller or contract.';
COMMENT ON COLUMN marketplace.policy_values.buyer_id IS 'Buyer of scope contract.';
COMMENT ON COLUMN marketplace.policy_values.order_id IS 'Order of scope order.';
COMMENT ON COLUMN marketplace.policy_values.scope_key IS 'The scope as one text, for look-ups: seller:12, contract:12:34, marketplace.';
COMMENT ON COLUMN marketplace.policy_values.value IS 'The value, of the type the registry says; JSON null: from then on no value at this scope.';
COMMENT ON COLUMN marketplace.policy_values.valid IS 'When the value is in force [from, to); empty when a later value replaced it before it came into force.';
COMMENT ON COLUMN marketplace.policy_values.actor IS 'Who set the value.';
COMMENT ON COLUMN marketplace.policy_values.reason IS 'Why.';
COMMENT ON COLUMN marketplace.policy_values.recorded_at IS 'When the value was set.';

CREATE TABLE marketplace.policy_tables (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	name text NOT NULL,
	version int NOT NULL CHECK (version > 0),
	facts jsonb NOT NULL,
	cases jsonb NOT NULL,
	valid tstzrange NOT NULL,
	actor text NOT NULL,
	reason text,
	recorded_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, name, version)
) WITH (fillfactor = 90);
COMMENT ON TABLE marketplace.policy_tables IS
'Versions of decision tables: which facts they see and which cases they promise to decide how. Written by policy_table_publish() only; never changed except that a later version ends valid.';
COMMENT ON COLUMN marketplace.policy_tables.marketplace_id IS 'Marketplace.';
COMMENT ON COLUMN marketplace.policy_tables.id IS 'Identifier, returned by policy_table_publish().';
COMMENT ON COLUMN marketplace.policy_tables.name IS 'Name of the decision table, e.g. dp.fault.';
COMMENT ON COLUMN marketplace.policy_tables.version IS 'Version of the table in this marketplace: 1, 2, 3 …';
COMMENT ON COLUMN marketplace.policy_tables.facts IS 'Facts that the conditions may look at: {"name": type}, type text, number, boolean, date or list, with ? behind it when the fact may be unknown (null; an unknown list is empty).';
COMMENT ON COLUMN marketplace.policy_tables.cases IS 'Declared cases [{"facts", "outcome"}] that publishing and policy_check() run.';
COMMENT ON COLUMN marketplace.policy_tables.valid IS 'When the version is in force [from, to); empty when it was replaced before.';
COMMENT ON COLUMN marketplace.policy_tables.actor IS 'Who published the version.';
COMMENT ON COLUMN marketplace.policy_tables.reason IS 'Why.';
COMMENT ON COLUMN marketplace.policy_tables.recorded_at IS 'When it was published.';

CREATE TABLE marketplace.policy_rules (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	table_name text NOT NULL,
	version int NOT NULL,
	priority int NOT NULL,
	condition jsonpath NOT NULL,
	outcome jsonb NOT NULL,
	note text,
	source text,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, table_name, version, priority)
);
COMMENT ON TABLE marketplace.policy_rules IS 'Rules of a version of a decision table; the first by priority whose condition holds decides. Append-only.';
COMMENT ON COLUMN marketplace.policy_rules.marketplace_id IS 'Marketplace.';
COMMENT ON COLUMN marketplace.policy_rules.id IS 'Identifier.';
COMMENT ON COLUMN marketplace.policy_rules.table_name IS 'Decision table.';
COMMENT ON COLUMN marketplace.policy_rules.version IS 'Version of the decision table.';
COMMENT ON COLUMN marketplace.policy_rules.priority IS 'Order of trial, lowest first.';
COMMENT ON COLUMN marketplace.policy_rules.condition IS 'Predicate over the facts, SQL/JSON path in strict mode.';
COMMENT ON COLUMN marketplace.policy_rules.outcome IS 'What is decided when the condition holds.';
COMMENT ON COLUMN marketplace.policy_rules.note IS 'The rule in words.';
COMMENT ON COLUMN marketplace.policy_rules.source IS 'Law, contract clause or rule id that it comes from.';

CREATE TABLE marketplace.policy_decisions (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	table_name text NOT NULL,
	version int NOT NULL,
	rule_id bigint,
	facts jsonb NOT NULL,
	outcome jsonb,
	object_kind text,
	object_id bigint,
	actor text NOT NULL,
	recorded_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	CHECK ((rule_id IS NULL) = (outcome IS NULL)),
	CHECK ((object_kind IS NULL) = (object_id IS NULL))
);
CREATE INDEX policy_decisions_table ON marketplace.policy_decisions (marketplace_id, table_name, id);
CREATE INDEX policy_decisions_object ON marketplace.policy_decisions (marketplace_id, object_kind, object_id);
COMMENT ON TABLE marketplace.policy_decisions IS 'What decision tables have decided, with the facts they saw: explained by policy_decision_explain(), replayed by policy_replay(). Append-only.';
COMMENT ON COLUMN marketplace.policy_decisions.marketplace_id IS 'Marketplace.';
COMMENT ON COLUMN marketplace.policy_decisions.id IS 'Identifier.';
COMMENT ON COLUMN marketplace.policy_decisions.table_name IS 'Decision table.';
COMMENT ON COLUMN marketplace.policy_decisions.version IS 'Version that decided.';
COMMENT ON COLUMN marketplace.policy_decisions.rule_id IS 'Rule that fired (policy_rules.id); NULL when none held.';
COMMENT ON COLUMN marketplace.policy_decisions.facts IS 'Facts as the conditions saw them; unknown ones are null, unknown lists empty.';
COMMENT ON COLUMN marketplace.policy_decisions.outcome IS 'Outcome of the rule; NULL when none held.';
COMMENT ON COLUMN marketplace.policy_decisions.object_kind IS 'Kind of what was decided about: dispute, cancellation …; NULL when not told.';
COMMENT ON COLUMN marketplace.policy_decisions.object_id IS 'Its identifier.';
COMMENT ON COLUMN marketplace.policy_decisions.actor IS 'Who acted when it was decided.';
COMMENT ON COLUMN marketplace.policy_decisions.recorded_at IS 'When it was decided.';
