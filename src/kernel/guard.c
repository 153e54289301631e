/*
 * guard.c
 *		Triggers that refuse: guard_append_only() for records, guard_by_function() for columns that the extension
 *		keeps.
 *
 * They hold against everybody, the tables' owner and superusers included; whoever wants around them has to take the
 * trigger off, which is DDL and leaves its trace. Which states may follow one another is not decided here
 * (lifecycle.c).
 */
#include "kernel/guard.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "fmgr.h"
#include "kernel/errors.h"
#include "lib/stringinfo.h"
#include "replication/logicalworker.h"
#include "utils/datum.h"
#include "utils/rel.h"

#define GUARD_MAX_DEPTH 32

typedef struct OpenGuard
{
	const char *name;
	int			nest_level;		/* of the transaction that opened it */
} OpenGuard;

static OpenGuard open_guards[GUARD_MAX_DEPTH];
static int	open_depth = 0;

static void
close_at_transaction_end(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		open_depth = 0;
}

static void
close_at_subtransaction_abort(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *arg)
{
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	while (open_depth > 0 && open_guards[open_depth - 1].nest_level >= GetCurrentTransactionNestLevel())
		open_depth--;
}

void
guard_open(const char *name)
{
	static bool registered = false;

	if (!registered)
	{
		RegisterXactCallback(close_at_transaction_end, NULL);
		RegisterSubXactCallback(close_at_subtransaction_abort, NULL);
		registered = true;
	}
	if (open_depth >= GUARD_MAX_DEPTH)
		elog(ERROR, "more than %d guards are open at once", GUARD_MAX_DEPTH);
	open_guards[open_depth].name = name;
	open_guards[open_depth].nest_level = GetCurrentTransactionNestLevel();
	open_depth++;
}

void
guard_close(void)
{
	if (open_depth == 0)
		elog(ERROR, "no guard is open");
	open_depth--;
}

static bool
guard_is_open(const char *name)
{
	for (int i = open_depth - 1; i >= 0; i--)
		if (strcmp(open_guards[i].name, name) == 0)
			return true;
	return false;
}

static TriggerData *
called_as_trigger(FunctionCallInfo fcinfo, const char *function)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(MK_INVALID_ARGUMENT),
				 errmsg("%s() works only as a trigger", function),
				 errdetail("It was called in a query."),
				 errhint("CREATE TRIGGER … EXECUTE FUNCTION marketplace.%s(…).", function)));
	return (TriggerData *) fcinfo->context;
}

TriggerData *
trigger_for_each_row(FunctionCallInfo fcinfo, const char *function)
{
	TriggerData *trigger = called_as_trigger(fcinfo, function);

	if (!TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		ereport(ERROR,
				(errcode(MK_INVALID_ARGUMENT),
				 errmsg("trigger \"%s\" must fire for each row", trigger->tg_trigger->tgname),
				 errdetail("%s() looks at the row that is written.", function),
				 errhint("Create it with FOR EACH ROW.")));
	return trigger;
}

int
trigger_find_column(TriggerData *trigger, const char *name)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);

		if (!column->attisdropped && strcmp(NameStr(column->attname), name) == 0)
			return column->attnum;
	}
	return 0;
}

int
trigger_column(TriggerData *trigger, const char *name)
{
	int			attnum = trigger_find_column(trigger, name);

	if (attnum != 0)
		return attnum;
	ereport(ERROR,
			(errcode(MK_INVALID_ARGUMENT),
			 errmsg("table \"%s\" has no column \"%s\"", RelationGetRelationName(trigger->tg_relation), name),
			 errdetail("Trigger \"%s\" names it in its arguments.", trigger->tg_trigger->tgname),
			 errhint("Create the trigger again with the name of a column.")));
}

HeapTuple
trigger_result(TriggerData *trigger)
{
	if (!TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		return NULL;
	return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
}

static const char *
operation_name(TriggerEvent event)
{
	if (TRIGGER_FIRED_BY_INSERT(event))
		return "INSERT";
	if (TRIGGER_FIRED_BY_UPDATE(event))
		return "UPDATE";
	return TRIGGER_FIRED_BY_DELETE(event) ? "DELETE" : "TRUNCATE";
}

bool
trigger_column_changed(TriggerData *trigger, int attnum)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	Form_pg_attribute column = TupleDescAttr(desc, attnum - 1);
	bool		old_null;
	bool		new_null;
	Datum		old_value = heap_getattr(trigger->tg_trigtuple, attnum, desc, &old_null);
	Datum		new_value = heap_getattr(trigger->tg_newtuple, attnum, desc, &new_null);

	if (old_null || new_null)
		return old_null != new_null;
	return !datum_image_eq(old_value, new_value, column->attbyval, column->attlen);
}

/* The first column that this UPDATE changes though it is not among those that may; 0 when there is none. */
static int
changed_outside(TriggerData *trigger, const bool *may_change)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);

		/* generated columns follow the others, and are not computed yet in a BEFORE trigger */
		if (column->attisdropped || column->attgenerated != '\0' || may_change[i])
			continue;
		if (trigger_column_changed(trigger, i + 1))
			return i + 1;
	}
	return 0;
}

static char *
argument_list(Trigger *definition, int from)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = from; i < definition->tgnargs; i++)
		appendStringInfo(&list, "%s%s", i > from ? ", " : "", definition->tgargs[i]);
	return list.data;
}

/* Columns named in the arguments may change, the others are the record. */
static void
refuse_change_of_record(TriggerData *trigger)
{
	Relation	rel = trigger->tg_relation;
	Trigger    *definition = trigger->tg_trigger;
	bool	   *may_change = palloc0(RelationGetDescr(rel)->natts * sizeof(bool));
	int			attnum;

	for (int i = 0; i < definition->tgnargs; i++)
		may_change[trigger_column(trigger, definition->tgargs[i]) - 1] = true;
	attnum = changed_outside(trigger, may_change);
	pfree(may_change);
	if (attnum == 0)
		return;
	ereport(ERROR,
			(errcode(MK_IMMUTABLE),
			 errmsg("column \"%s\" of a recorded row of \"%s\" cannot be changed",
					NameStr(TupleDescAttr(RelationGetDescr(rel), attnum - 1)->attname), RelationGetRelationName(rel)),
			 errdetail("Of a recorded row only these columns change: %s.", argument_list(definition, 0)),
			 errhint("Record a correction: a new row that points at the one it corrects.")));
}

PG_FUNCTION_INFO_V1(guard_append_only);
Datum
guard_append_only(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = called_as_trigger(fcinfo, "guard_append_only");
	TriggerEvent event = trigger->tg_event;

	if (TRIGGER_FIRED_BY_INSERT(event))
		return PointerGetDatum(trigger_result(trigger));
	if (TRIGGER_FIRED_BY_UPDATE(event) && TRIGGER_FIRED_FOR_ROW(event) && trigger->tg_trigger->tgnargs > 0)
	{
		refuse_change_of_record(trigger);
		return PointerGetDatum(trigger_result(trigger));
	}
	ereport(ERROR,
			(errcode(MK_IMMUTABLE),
			 errmsg("rows of \"%s\" are never changed or removed", RelationGetRelationName(trigger->tg_relation)),
			 errdetail("%s was refused: what is recorded stays.", operation_name(event)),
			 errhint("Record a correction: a new row that points at the one it corrects.")));
}

/*
 * The column of the list that this UPDATE changes, as an index of the trigger's arguments; 0 (the guard's name) when
 * none.
 */
static int
changed_inside(TriggerData *trigger)
{
	Trigger    *definition = trigger->tg_trigger;

	for (int i = 1; i < definition->tgnargs; i++)
		if (trigger_column_changed(trigger, trigger_column(trigger, definition->tgargs[i])))
			return i;
	return 0;
}

PG_FUNCTION_INFO_V1(guard_by_function);
Datum
guard_by_function(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = called_as_trigger(fcinfo, "guard_by_function");
	TriggerEvent event = trigger->tg_event;
	Trigger    *definition = trigger->tg_trigger;
	const char *table = RelationGetRelationName(trigger->tg_relation);
	int			column;

	if (definition->tgnargs == 0)
		ereport(ERROR,
				(errcode(MK_INVALID_ARGUMENT),
				 errmsg("trigger \"%s\" does not name its guard", definition->tgname),
				 errdetail("guard_by_function() has no arguments."),
				 errhint("The first argument of guard_by_function() is the guard's name, the others are columns.")));

	/* what arrives by logical replication was written by the function on the publisher */
	if (guard_is_open(definition->tgargs[0]) || IsLogicalWorker())
		return PointerGetDatum(trigger_result(trigger));

	if (TRIGGER_FIRED_BY_UPDATE(event) && TRIGGER_FIRED_FOR_ROW(event) && definition->tgnargs > 1)
	{
		column = changed_inside(trigger);
		if (column == 0)
			return PointerGetDatum(trigger_result(trigger));
		ereport(ERROR,
				(errcode(MK_WRITE_BY_FUNCTION),
				 errmsg("column \"%s\" of \"%s\" is kept by the extension", definition->tgargs[column], table),
				 errdetail("Kept by its functions are: %s.", argument_list(definition, 1)),
				 errhint("Call the function that changes it: see \\df marketplace.*")));
	}
	ereport(ERROR,
			(errcode(MK_WRITE_BY_FUNCTION),
			 errmsg("rows of \"%s\" are kept by the extension", table),
			 errdetail("%s was refused: the rows are written by its functions only.", operation_name(event)),
			 errhint("Call the function that changes them: see \\df marketplace.*")));
}
