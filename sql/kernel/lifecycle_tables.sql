CREATE TABLE marketplace.lifecycle_custom (
	id bigint GENERATED ALWAYS AS IDENTITY,
	machine text NOT NULL,
	from_state text,
	event text NOT NULL,
	to_state text NOT NULL,
	capacities text[] NOT NULL DEFAULT '{}',
	description text NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT lifecycle_custom_transition_once UNIQUE NULLS NOT DISTINCT (machine, from_state, event, to_state),
	CONSTRAINT lifecycle_custom_machine_has_prefix CHECK (machine ~ '^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$' AND octet_length(machine) <= 63),
	CONSTRAINT lifecycle_custom_states_are_names CHECK (from_state <> '' AND to_state <> ''),
	CONSTRAINT lifecycle_custom_event_is_name CHECK (event ~ '^[a-z][a-z0-9_]*$'),
	CONSTRAINT lifecycle_custom_state_changes CHECK (from_state <> to_state),
	CONSTRAINT lifecycle_custom_capacities_known CHECK (array_position(capacities, NULL) IS NULL
		AND capacities <@ ARRAY['operator', 'seller', 'buyer', 'carrier', 'insurer', 'system'])
);
COMMENT ON TABLE marketplace.lifecycle_custom IS
'Lifecycles of your own, for tables of your own (triggers lifecycle_guard and lifecycle_record). Shared by all marketplaces. A change counts at once in every session. Part of the view marketplace.lifecycle.';
COMMENT ON COLUMN marketplace.lifecycle_custom.id IS 'Number of the row.';
COMMENT ON COLUMN marketplace.lifecycle_custom.machine IS 'Name of the lifecycle with a prefix of yours: ''acme.repair''. Names without a dot belong to the extension.';
COMMENT ON COLUMN marketplace.lifecycle_custom.from_state IS 'State before; NULL: the event creates the row.';
COMMENT ON COLUMN marketplace.lifecycle_custom.event IS 'What happens, as a verb: ''send''. A bare UPDATE that several events would explain is taken as the first by name.';
COMMENT ON COLUMN marketplace.lifecycle_custom.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_custom.capacities IS 'Who may: operator, seller, buyer, carrier, insurer, system. Empty: whoever may write the row.';
COMMENT ON COLUMN marketplace.lifecycle_custom.description IS 'What the transition means.';

CREATE TABLE marketplace.lifecycle_history (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	machine text NOT NULL,
	relation text NOT NULL,
	object_id text NOT NULL,
	from_state text,
	event text NOT NULL,
	to_state text NOT NULL,
	capacity text,
	actor text NOT NULL,
	reason text,
	recorded_at timestamptz NOT NULL,
	xact bigint NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX lifecycle_history_object ON marketplace.lifecycle_history (marketplace_id, machine, object_id);
COMMENT ON TABLE marketplace.lifecycle_history IS
'Every transition of every object with a lifecycle: who, when, which event, why. Append-only; written by the trigger lifecycle_record.';
COMMENT ON COLUMN marketplace.lifecycle_history.marketplace_id IS 'Marketplace; 0 for tables without a marketplace.';
COMMENT ON COLUMN marketplace.lifecycle_history.id IS 'Number of the record, in order of recording within an object.';
COMMENT ON COLUMN marketplace.lifecycle_history.machine IS 'Name of the lifecycle, see the view marketplace.lifecycle.';
COMMENT ON COLUMN marketplace.lifecycle_history.relation IS 'Table of the object, with its schema.';
COMMENT ON COLUMN marketplace.lifecycle_history.object_id IS 'Id of the object in its table, as text.';
COMMENT ON COLUMN marketplace.lifecycle_history.from_state IS 'State before; NULL: the object was created.';
COMMENT ON COLUMN marketplace.lifecycle_history.event IS 'What happened.';
COMMENT ON COLUMN marketplace.lifecycle_history.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_history.capacity IS 'Capacity in which the role acted; NULL where the lifecycle asks for none and no function of the extension was called.';
COMMENT ON COLUMN marketplace.lifecycle_history.actor IS 'Person or service that acted, else the name of the database role.';
COMMENT ON COLUMN marketplace.lifecycle_history.reason IS 'Why, when it was said.';
COMMENT ON COLUMN marketplace.lifecycle_history.recorded_at IS 'When, by marketplace.clock().';
COMMENT ON COLUMN marketplace.lifecycle_history.xact IS 'Ascending number of the transaction that recorded it.';
