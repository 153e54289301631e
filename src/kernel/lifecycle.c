/*
 * lifecycle.c
 *		States move only along their lifecycle: the triggers lifecycle_guard() and lifecycle_record(), and the C side
 *		of both.
 *
 * The triggers work on any table, the users' own included, on columns of type text or of a domain over it. Which
 * transitions there are is data (lifecycle_machine.c); what a transition means is decided by the areas.
 *
 * A transition is named by lifecycle_execute(); a bare statement is taken as the first event, by name, that leads
 * from the old state to the new one and that the role may do.
 */
#include "kernel/lifecycle.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "kernel/epoch.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/lifecycle_machine.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "replication/logicalworker.h"
#include "utils/acl.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/*
 * The change that lifecycle_execute() runs; it names the transitions of its own statement, not those of triggers
 * below it.
 */
typedef struct NamedChange
{
	const char *event;
	const char *reason;
	int			trigger_depth;
} NamedChange;

static NamedChange *named_change = NULL;

typedef struct StateChange
{
	const LifecycleMachine *machine;
	const char *from;			/* NULL: creation */
	const char *to;				/* NULL: the column was set to NULL */
	const NamedChange *named;	/* NULL: bare statement */
	int			capacities;		/* what the role acts as */
} StateChange;

static int
trigger_depth(void)
{
	return DatumGetInt32(OidFunctionCall0(F_PG_TRIGGER_DEPTH));
}

uint64
lifecycle_execute(Statement *change, const Value *args, const char *event, const char *reason)
{
	NamedChange mine = {.event = event, .reason = reason, .trigger_depth = trigger_depth() + 1};
	NamedChange *outer = named_change;
	uint64		touched;

	PG_TRY();
	{
		named_change = &mine;
		touched = query_execute(change, args);
	}
	PG_FINALLY();
	{
		named_change = outer;
	}
	PG_END_TRY();
	return touched;
}

/* The column with the state, from the trigger's arguments; 'id_column' is the third, of lifecycle_record() only. */
static int
state_column(TriggerData *trigger, int most_arguments)
{
	Trigger    *definition = trigger->tg_trigger;

	if (definition->tgnargs >= 2 && definition->tgnargs <= most_arguments)
		return trigger_column(trigger, definition->tgargs[1]);
	ereport(ERROR,
			(errcode(MK_INVALID_ARGUMENT),
			 errmsg("trigger \"%s\" has %d arguments", definition->tgname, definition->tgnargs),
			 errdetail("lifecycle_guard() takes lifecycle and column, lifecycle_record() also the id's column."),
			 errhint("EXECUTE FUNCTION marketplace.lifecycle_guard('shipment', 'state').")));
}

static bool
state_unchanged(TriggerData *trigger, int attnum)
{
	return TRIGGER_FIRED_BY_DELETE(trigger->tg_event) ||
		(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) && !trigger_column_changed(trigger, attnum));
}

static char *
state_text(TriggerData *trigger, HeapTuple tuple, int attnum)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	Form_pg_attribute column = TupleDescAttr(desc, attnum - 1);
	bool		null;
	Datum		value = heap_getattr(tuple, attnum, desc, &null);

	if (column->atttypid != TEXTOID && getBaseType(column->atttypid) != TEXTOID)
		ereport(ERROR,
				(errcode(MK_INVALID_ARGUMENT),
				 errmsg("column \"%s\" of \"%s\" cannot hold a lifecycle's state", NameStr(column->attname),
						RelationGetRelationName(trigger->tg_relation)),
				 errdetail("Its type is %s.", format_type_be(column->atttypid)),
				 errhint("Make it text or a domain over text.")));
	return null ? NULL : TextDatumGetCString(value);
}

/* 0 when the table has no tenant. */
static int32
row_marketplace(TriggerData *trigger)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	int			attnum = trigger_find_column(trigger, "marketplace_id");
	bool		null;
	Datum		value;

	if (attnum == 0 || TupleDescAttr(desc, attnum - 1)->atttypid != INT4OID)
		return 0;
	value = heap_getattr(trigger_result(trigger), attnum, desc, &null);
	return null ? 0 : DatumGetInt32(value);
}

/*
 * In a call of a public function its caller's capacity counts. In a bare statement the owner of the table and an
 * operator of the marketplace are the operator, and nobody else is anything.
 */
static int
acting_capacity(TriggerData *trigger)
{
	Call	   *call = call_current();
	Oid			role = GetUserId();
	int32		marketplace_id;

	if (call != NULL)
		return call->capacity;
	if (has_privs_of_role(role, RelationGetForm(trigger->tg_relation)->relowner))
		return CAPACITY_OPERATOR;
	marketplace_id = row_marketplace(trigger);
	return marketplace_id != 0 && access_allows(role, marketplace_id, CAPACITY_OPERATOR, 0) ? CAPACITY_OPERATOR : 0;
}

/* The change that the statement of lifecycle_execute() under way names, if this row is touched by it. */
static const NamedChange *
named_here(void)
{
	return named_change != NULL && named_change->trigger_depth == trigger_depth() ? named_change : NULL;
}

/* An update that leaves the state as it is; but a named event happens, be it from a state to itself. */
static bool
nothing_happens(TriggerData *trigger, int attnum)
{
	return state_unchanged(trigger, attnum) && named_here() == NULL;
}

static StateChange
read_change(TriggerData *trigger, int attnum)
{
	bool		insert = TRIGGER_FIRED_BY_INSERT(trigger->tg_event);
	StateChange change;

	change.from = insert ? NULL : state_text(trigger, trigger->tg_trigtuple, attnum);
	change.to = state_text(trigger, insert ? trigger->tg_trigtuple : trigger->tg_newtuple, attnum);
	change.named = named_here();
	change.capacities = acting_capacity(trigger);

	/* last: what it returns stays only until the next statement */
	change.machine = lifecycle_machine(trigger->tg_trigger->tgargs[0]);
	return change;
}

static bool
same_state(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static char *
allowed_from(const LifecycleMachine *machine, const char *from)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < machine->ntransitions; i++)
	{
		const LifecycleTransition *t = &machine->transitions[i];

		if (same_state(t->from, from))
			appendStringInfo(&list, "%s%s → %s", list.len > 0 ? ", " : "", t->event, t->to);
	}
	return list.data;
}

static void
refuse_transition(const StateChange *change)
{
	const char *machine = change->machine->name;
	const char *allowed = allowed_from(change->machine, change->from);
	const char *to = change->to == NULL ? "NULL" : change->to;

	if (change->from == NULL)
		ereport(ERROR,
				(errcode(MK_TRANSITION_REFUSED),
				 errmsg("lifecycle \"%s\" does not begin with state \"%s\"", machine, to),
				 errdetail("At creation are allowed: %s.", allowed),
				 errhint("SELECT marketplace.lifecycle_diagram('%s') shows the lifecycle.", machine)));
	ereport(ERROR,
			(errcode(MK_TRANSITION_REFUSED),
			 change->named == NULL
			 ? errmsg("lifecycle \"%s\" does not lead from \"%s\" to \"%s\"", machine, change->from, to)
			 : errmsg("lifecycle \"%s\" does not lead from \"%s\" to \"%s\" by \"%s\"", machine, change->from, to,
					  change->named->event),
			 allowed[0] == '\0'
			 ? errdetail("Nothing is allowed from \"%s\": it is a final state.", change->from)
			 : errdetail("From \"%s\" are allowed: %s.", change->from, allowed),
			 errhint("SELECT marketplace.lifecycle_diagram('%s') shows the lifecycle.", machine)));
}

static void
refuse_capacity(const StateChange *change, const LifecycleTransition *transition)
{
	ereport(ERROR,
			(errcode(MK_NOT_PERMITTED),
			 errmsg("\"%s\" of lifecycle \"%s\" is not for role \"%s\"", transition->event, change->machine->name,
					GetUserNameFromId(call_current() != NULL ? call_current()->caller : GetUserId(), false)),
			 errdetail("From \"%s\" to \"%s\" it may be done by: %s; the role acts as: %s.",
					   change->from == NULL ? "nothing" : change->from, transition->to,
					   lifecycle_capacity_names(transition->capacities),
					   change->capacities == 0 ? "none of them" : lifecycle_capacity_names(change->capacities)),
			 errhint("Call the function of the extension that does it, as one of these.")));
}

/* The transition that this change is; raises the refusal when it is none. */
static const LifecycleTransition *
find_transition(const StateChange *change)
{
	const LifecycleTransition *not_permitted = NULL;

	for (int i = 0; i < change->machine->ntransitions; i++)
	{
		const LifecycleTransition *t = &change->machine->transitions[i];

		if (!same_state(t->from, change->from) || !same_state(t->to, change->to))
			continue;
		if (change->named != NULL && strcmp(t->event, change->named->event) != 0)
			continue;
		if (t->capacities == 0 || (t->capacities & change->capacities) != 0)
			return t;
		if (not_permitted == NULL)
			not_permitted = t;
	}
	if (not_permitted != NULL)
		refuse_capacity(change, not_permitted);
	refuse_transition(change);
	return NULL;
}

PG_FUNCTION_INFO_V1(lifecycle_guard);
Datum
lifecycle_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_for_each_row(fcinfo, "lifecycle_guard");
	int			attnum = state_column(trigger, 2);
	StateChange change;

	/*
	 * what arrives by logical replication followed its lifecycle on the publisher; a first copy arrives in any state
	 */
	if (nothing_happens(trigger, attnum) || IsLogicalWorker())
		return PointerGetDatum(trigger_result(trigger));
	change = read_change(trigger, attnum);
	find_transition(&change);
	return PointerGetDatum(trigger_result(trigger));
}

static char *
object_id_text(TriggerData *trigger)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	const char *name = trigger->tg_trigger->tgnargs > 2 ? trigger->tg_trigger->tgargs[2] : "id";
	int			attnum = trigger_column(trigger, name);
	bool		null;
	Datum		value = heap_getattr(trigger_result(trigger), attnum, desc, &null);
	Oid			output;
	bool		varlena;

	if (null)
		ereport(ERROR,
				(errcode(MK_MISSING_VALUE),
				 errmsg("column \"%s\" of \"%s\" is NULL", name, RelationGetRelationName(trigger->tg_relation)),
				 errdetail("The history of a lifecycle needs to say whose state changed."),
				 errhint("Give the third argument of lifecycle_record(): a column that identifies the row.")));
	getTypeOutputInfo(TupleDescAttr(desc, attnum - 1)->atttypid, &output, &varlena);
	return OidOutputFunctionCall(output, value);
}

/* The history of a marketplace is written from tables of its operators only. */
static int32
history_marketplace(TriggerData *trigger)
{
	Oid			owner = RelationGetForm(trigger->tg_relation)->relowner;
	int32		marketplace_id = row_marketplace(trigger);

	if (marketplace_id == 0 || owner == query_owner() || access_allows(owner, marketplace_id, CAPACITY_OPERATOR, 0))
		return marketplace_id;
	ereport(ERROR,
			(errcode(MK_NOT_PERMITTED),
			 errmsg("table \"%s\" cannot write the history of marketplace %d",
					RelationGetRelationName(trigger->tg_relation), marketplace_id),
			 errdetail("Its owner \"%s\" is no operator of this marketplace.", GetUserNameFromId(owner, false)),
			 errhint("Have the table owned by an operator, or drop the trigger \"%s\".",
					 trigger->tg_trigger->tgname)));
}

static void
write_history(TriggerData *trigger, const StateChange *change, const LifecycleTransition *transition)
{
	static Statement history_insert = STATEMENT("itttttttttzl",
		"INSERT INTO marketplace.lifecycle_history (marketplace_id, machine, relation, object_id, from_state, event,"
		" to_state, capacity, actor, reason, recorded_at, xact)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
	Relation	rel = trigger->tg_relation;
	const char *schema = get_namespace_name(RelationGetNamespace(rel));
	int			capacity = call_current() != NULL || transition->capacities != 0 ? change->capacities : 0;
	Value		values[] = {
		value_int32(history_marketplace(trigger)),
		value_text(change->machine->name),
		value_text(quote_qualified_identifier(schema, RelationGetRelationName(rel))),
		value_text(object_id_text(trigger)),
		value_text(change->from),
		value_text(transition->event),
		value_text(change->to),
		capacity == 0 ? value_null() : value_text(lifecycle_capacity_names(capacity)),
		value_text(call_actor()),
		value_text(change->named == NULL ? NULL : change->named->reason),
		value_timestamptz(clock_now()),
		value_int64(epoch_xact()),
	};

	guard_open("lifecycle_history");
	query_execute(&history_insert, values);
	guard_close();
}

PG_FUNCTION_INFO_V1(lifecycle_record);
Datum
lifecycle_record(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_for_each_row(fcinfo, "lifecycle_record");
	int			attnum = state_column(trigger, 3);
	StateChange change;

	if (!TRIGGER_FIRED_AFTER(trigger->tg_event))
		ereport(ERROR,
				(errcode(MK_INVALID_ARGUMENT),
				 errmsg("trigger \"%s\" must fire after the change", trigger->tg_trigger->tgname),
				 errdetail("lifecycle_record() writes what has happened."),
				 errhint("Create it AFTER INSERT OR UPDATE.")));
	if (nothing_happens(trigger, attnum))
		return PointerGetDatum(NULL);
	change = read_change(trigger, attnum);
	write_history(trigger, &change, find_transition(&change));
	return PointerGetDatum(NULL);
}
