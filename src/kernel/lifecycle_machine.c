/*
 * lifecycle_machine.c
 *		The state machines as this backend holds them: read once from the view marketplace.lifecycle, and again after
 *		any change.
 *
 * What changes is noticed by relcache invalidation: of the views (migrate()) and of the table lifecycle_custom, whose
 * trigger lifecycle_custom_changed() sends it for every change of a row. Nothing is enforced here (lifecycle.c).
 */
#include "kernel/lifecycle_machine.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "kernel/call.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

typedef struct MachineCache
{
	MemoryContext context;
	HTAB	   *machines;		/* of LifecycleMachine */
	int			nsources;
	Oid		   *sources;		/* relations whose change makes it out of date */
} MachineCache;

static MachineCache *cache = NULL;
static bool cache_valid = false;

/* Read under a snapshot of the whole transaction: later transactions may have to see more. */
static bool cache_ends_with_transaction = false;

/* While the cache is being read its sources are not known yet: any invalidation counts. */
static bool loading = false;
static bool invalidated_while_loading = false;

static void
relation_invalidated(Datum arg, Oid relid)
{
	if (loading)
		invalidated_while_loading = true;
	if (!cache_valid)
		return;
	if (relid == InvalidOid)
		cache_valid = false;
	for (int i = 0; i < cache->nsources; i++)
		if (cache->sources[i] == relid)
			cache_valid = false;
}

static void
transaction_ended(XactEvent event, void *arg)
{
	if (!cache_ends_with_transaction)
		return;
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
	{
		cache_valid = false;
		cache_ends_with_transaction = false;
	}
}

/* An auditor changes nothing, so no transition is his. */
static int
capacity_bit(const char *machine, const char *name)
{
	int			bit = capacity_by_name(name);

	if (bit != 0 && bit != CAPACITY_AUDITOR)
		return bit;
	ereport(ERROR,
			(errcode(MK_INVALID_ARGUMENT),
			 errmsg("lifecycle \"%s\" names the unknown capacity \"%s\"", machine, name),
			 errdetail("Capacities are operator, seller, buyer, carrier, insurer and system."),
			 errhint("Correct the row of the view marketplace.lifecycle.")));
}

static int
capacity_bits(const char *machine, Datum names)
{
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	int			bits = 0;

	deconstruct_array(DatumGetArrayTypeP(names), TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
	for (int i = 0; i < count; i++)
		if (!nulls[i])
			bits |= capacity_bit(machine, TextDatumGetCString(elements[i]));
	return bits;
}

char *
lifecycle_capacity_names(int capacities)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int bit = CAPACITY_OPERATOR; bit <= CAPACITY_SYSTEM; bit <<= 1)
		if ((capacities & bit) != 0)
			appendStringInfo(&list, "%s%s", list.len > 0 ? ", " : "", capacity_name(bit));
	return list.data;
}

/* The rows come sorted by machine, so each machine is a stretch of one array. */
static void
add_transitions(MachineCache *into, const Rows *rows)
{
	LifecycleTransition *all = palloc(Max(rows->count, 1) * sizeof(LifecycleTransition));
	LifecycleMachine *machine = NULL;

	for (uint64 i = 0; i < rows->count; i++)
	{
		const Row  *row = &rows->rows[i];
		char	   *name = row_text(row, 0);

		if (strlen(name) >= NAMEDATALEN)
			ereport(ERROR,
					(errcode(MK_INVALID_ARGUMENT),
					 errmsg("lifecycle name \"%s\" is too long", name),
					 errdetail("It may have %d bytes.", NAMEDATALEN - 1),
					 errhint("Correct the row of the view marketplace.lifecycle.")));
		if (machine == NULL || strcmp(machine->name, name) != 0)
		{
			machine = hash_search(into->machines, name, HASH_ENTER, NULL);
			machine->ntransitions = 0;
			machine->transitions = &all[i];
		}
		machine->ntransitions++;
		all[i].from = row_text(row, 1);
		all[i].event = row_text(row, 2);
		all[i].to = row_text(row, 3);
		all[i].capacities = row_null(row, 4) ? 0 : capacity_bits(name, row_datum(row, 4));
	}
}

static MachineCache *
read_machines(void)
{
	static Statement transitions = STATEMENT("",
		"SELECT machine, from_state, event, to_state, capacities FROM marketplace.lifecycle"
		" ORDER BY machine COLLATE \"C\", from_state COLLATE \"C\" NULLS FIRST, event COLLATE \"C\","
		" to_state COLLATE \"C\"");
	static Statement sources = STATEMENT("",
		"SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
		" WHERE n.nspname = 'marketplace' AND (c.relname = 'lifecycle_custom'"
		" OR (c.relkind = 'v' AND pg_catalog.starts_with(c.relname::text, 'lifecycle')))");
	HASHCTL		control = {.keysize = NAMEDATALEN, .entrysize = sizeof(LifecycleMachine)};
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "marketplace lifecycles",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext before = MemoryContextSwitchTo(context);
	MachineCache *fresh = palloc0(sizeof(MachineCache));
	Rows		rows;

	fresh->context = context;
	control.hcxt = context;
	fresh->machines = hash_create("marketplace lifecycles", 64, &control, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	rows = query_rows(&sources, NO_VALUES);
	fresh->nsources = (int) rows.count;
	fresh->sources = palloc(Max(rows.count, 1) * sizeof(Oid));
	for (uint64 i = 0; i < rows.count; i++)
		fresh->sources[i] = DatumGetObjectId(row_datum(&rows.rows[i], 0));
	rows = query_rows(&transitions, NO_VALUES);
	add_transitions(fresh, &rows);
	MemoryContextSwitchTo(before);
	return fresh;
}

static void
load_cache(void)
{
	static bool registered = false;
	MachineCache *fresh;

	if (!registered)
	{
		CacheRegisterRelcacheCallback(relation_invalidated, (Datum) 0);
		RegisterXactCallback(transaction_ended, NULL);
		registered = true;
	}
	loading = true;
	invalidated_while_loading = false;

	/* A lifecycle is configuration: the latest committed one counts, as with the catalog. */
	PushActiveSnapshot(GetLatestSnapshot());
	fresh = read_machines();
	PopActiveSnapshot();

	MemoryContextSetParent(fresh->context, CacheMemoryContext);
	if (cache != NULL)
		MemoryContextDelete(cache->context);
	cache = fresh;
	loading = false;
	cache_valid = !invalidated_while_loading;
	cache_ends_with_transaction = IsolationUsesXactSnapshot();
}

const LifecycleMachine *
lifecycle_machine(const char *name)
{
	LifecycleMachine *machine = NULL;

	if (!cache_valid)
		load_cache();
	if (strlen(name) < NAMEDATALEN)
		machine = hash_search(cache->machines, name, HASH_FIND, NULL);
	if (machine == NULL)
		ereport(ERROR,
				(errcode(MK_UNKNOWN_MACHINE),
				 errmsg("there is no lifecycle \"%s\"", name),
				 errhint("See the view marketplace.lifecycle; your own are rows of marketplace.lifecycle_custom.")));
	return machine;
}

PG_FUNCTION_INFO_V1(lifecycle_custom_changed);
Datum
lifecycle_custom_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger;

	if (!CALLED_AS_TRIGGER(fcinfo))
		trigger_for_each_row(fcinfo, "lifecycle_custom_changed");
	trigger = (TriggerData *) fcinfo->context;
	CacheInvalidateRelcacheByRelid(RelationGetRelid(trigger->tg_relation));
	return PointerGetDatum(trigger_result(trigger));
}
