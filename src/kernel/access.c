/*
 * access.c
 *		Who may do what: maps database roles to (marketplace, party, capacity), for API functions and for row-level security.
 *
 * The owner of the tables (and so every superuser) is operator of every marketplace. What a role may is read once per backend and
 * marketplace and kept until access_grants or role membership changes; the key holds the role, so a pooled connection
 * that changes its role is served right.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "kernel/errors.h"
#include "kernel/kernel.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

typedef struct AccessKey
{
	Oid			role;
	int32		marketplace_id;
} AccessKey;

typedef struct AccessRight
{
	int			capacity;
	int64		party_id;
} AccessRight;

typedef struct AccessEntry
{
	AccessKey	key;
	bool		valid;
	bool		trusted;		/* may say who acts: marketplace.actor */
	int			count;
	AccessRight *rights;
} AccessEntry;

static const struct
{
	const char *name;
	int			capacity;
} capacities[] = {
	{"operator", CAPACITY_OPERATOR}, {"seller", CAPACITY_SELLER}, {"buyer", CAPACITY_BUYER}, {"carrier", CAPACITY_CARRIER},
	{"insurer", CAPACITY_INSURER}, {"auditor", CAPACITY_AUDITOR}, {"system", CAPACITY_SYSTEM}
};

static HTAB *entries = NULL;
static MemoryContext entries_context = NULL;
static bool entries_stale = true;

/* Read under a snapshot that may be older than the last change: whoever was told of that change must not keep them. */
static bool entries_end_with_transaction = false;
static char *actor_setting = NULL;

const char *
capacity_name(int capacity)
{
	for (int i = 0; i < lengthof(capacities); i++)
		if (capacities[i].capacity == capacity)
			return capacities[i].name;
	return NULL;
}

int
capacity_by_name(const char *name)
{
	for (int i = 0; i < lengthof(capacities); i++)
		if (strcmp(capacities[i].name, name) == 0)
			return capacities[i].capacity;
	return 0;
}

static void
access_stale_syscache(Datum arg, int cacheid, uint32 hashvalue)
{
	entries_stale = true;
}

static void
access_stale_relcache(Datum arg, Oid relid)
{
	entries_stale = true;
}

static void
access_transaction_ended(XactEvent event, void *arg)
{
	if (!entries_end_with_transaction)
		return;
	entries_stale = true;
	entries_end_with_transaction = false;
}

void
access_init(void)
{
	RegisterXactCallback(access_transaction_ended, NULL);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, access_stale_syscache, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, access_stale_syscache, (Datum) 0);
	CacheRegisterRelcacheCallback(access_stale_relcache, (Datum) 0);
	DefineCustomStringVariable("marketplace.actor",
							   "The person or service that acts, taken from trusted roles only (SET LOCAL).",
							   NULL, &actor_setting, "", PGC_USERSET, GUC_NOT_IN_SAMPLE, NULL, NULL, NULL);
}

static void
entries_reset(void)
{
	HASHCTL		control = {.keysize = sizeof(AccessKey), .entrysize = sizeof(AccessEntry)};

	if (entries_context != NULL)
		MemoryContextDelete(entries_context);
	entries_context = AllocSetContextCreate(TopMemoryContext, "marketplace access", ALLOCSET_SMALL_SIZES);
	control.hcxt = entries_context;
	entries = hash_create("marketplace access", 32, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	entries_stale = false;
}

static void
load_entry(AccessEntry *entry)
{
	static Statement granted = STATEMENT("i",
		"SELECT role_name::text, capacity, party_id, trusted FROM marketplace.access_grants WHERE marketplace_id = $1");
	bool		latest = !IsInParallelMode();	/* a parallel query keeps its snapshot */
	Rows		rows;

	/* Rights are configuration: the latest committed ones count, as with the catalog. */
	if (latest)
		PushActiveSnapshot(GetLatestSnapshot());
	rows = query_rows(&granted, VALUES(value_int32(entry->key.marketplace_id)));
	if (latest)
		PopActiveSnapshot();
	entries_end_with_transaction |= !latest || IsolationUsesXactSnapshot();

	entry->count = 0;
	entry->trusted = false;
	entry->rights = MemoryContextAlloc(entries_context, sizeof(AccessRight) * Max(rows.count, 1));
	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];
		Oid			role = get_role_oid(row_text(row, 0), true);

		if (!OidIsValid(role) || !has_privs_of_role(entry->key.role, role))
			continue;
		entry->rights[entry->count].capacity = capacity_by_name(row_text(row, 1));
		entry->rights[entry->count].party_id = row_id(row, 2);
		entry->trusted |= row_bool(row, 3);
		entry->count++;
	}
	entry->valid = true;
}

static AccessEntry *
access_entry(Oid role, int32 marketplace_id)
{
	AccessKey	key = {.role = role, .marketplace_id = marketplace_id};
	AccessEntry *entry;
	bool		found;

	if (entries_stale)
		entries_reset();
	entry = hash_search(entries, &key, HASH_ENTER, &found);
	if (!found)
		entry->valid = false;
	if (!entry->valid)
	{
		AccessEntry fresh = *entry;

		/* reading may invalidate the cache under us: fill a copy first */
		load_entry(&fresh);
		if (entries_stale)
			return memcpy(palloc(sizeof(AccessEntry)), &fresh, sizeof(AccessEntry));
		*entry = fresh;
	}
	return entry;
}

static bool
owns_everything(Oid role)
{
	return has_privs_of_role(role, query_owner());
}

/* The first capacity asked for that the role has for the party (0: any party); 0 when there is none. */
static int
capacity_for(Oid role, int32 marketplace_id, int wanted, int64 party_id, int64 *granted_party)
{
	AccessEntry *entry;

	*granted_party = 0;
	if ((wanted & (CAPACITY_OPERATOR | CAPACITY_AUDITOR)) && owns_everything(role))
		return (wanted & CAPACITY_OPERATOR) ? CAPACITY_OPERATOR : CAPACITY_AUDITOR;
	entry = access_entry(role, marketplace_id);
	for (int i = 0; i < entry->count; i++)
	{
		AccessRight *right = &entry->rights[i];

		if ((right->capacity & wanted) == 0)
			continue;
		if (right->party_id == 0 || party_id == 0 || right->party_id == party_id)
		{
			*granted_party = right->party_id;
			return right->capacity;
		}
	}
	return 0;
}

bool
access_allows(Oid role, int32 marketplace_id, int wanted, int64 party_id)
{
	int64		party;

	return capacity_for(role, marketplace_id, wanted, party_id, &party) != 0;
}

static void
require(Call *call, int wanted, int64 party_id, const char *whom)
{
	StringInfoData names;
	int64		party;
	int			capacity = capacity_for(call->caller, call->marketplace_id, wanted, party_id, &party);

	if (capacity != 0)
	{
		call->capacity = capacity;
		call->party_id = party;
		return;
	}
	initStringInfo(&names);
	for (int i = 0; i < lengthof(capacities); i++)
		if (capacities[i].capacity & wanted)
			appendStringInfo(&names, "%s%s", names.len > 0 ? " or " : "", capacities[i].name);
	ereport(ERROR,
			errcode(MK_NOT_PERMITTED),
			errmsg("role \"%s\" may not call %s() here", GetUserNameFromId(call->caller, false), call->function),
			errdetail("It needs the capacity %s%s in marketplace %d.", names.data,
					  (wanted & ~(CAPACITY_OPERATOR | CAPACITY_AUDITOR)) != 0 ? whom : "", call->marketplace_id),
			errhint("An operator grants it with marketplace.access_grant()."));
}

void
access_require(Call *call, int wanted, int64 party_id)
{
	require(call, wanted, party_id, " for the party concerned");
}

void
access_require_any(Call *call, int wanted)
{
	require(call, wanted, 0, " for some party");
}

/* Only a role that was granted `trusted` may say in whose name it acts; everybody else is who he is. */
const char *
call_actor(void)
{
	Call	   *call = call_current();
	Oid			role = call != NULL ? call->caller : GetUserId();

	if (actor_setting != NULL && actor_setting[0] != '\0' && call != NULL &&
		(owns_everything(role) || access_entry(role, call->marketplace_id)->trusted))
		return pstrdup(actor_setting);
	return GetUserNameFromId(role, false);
}

/* Row-level security: operator or auditor of the marketplace */
PG_FUNCTION_INFO_V1(access_operates);
Datum
access_operates(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!PG_ARGISNULL(0) &&
				   access_allows(GetUserId(), PG_GETARG_INT32(0), CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0));
}

/* Row-level security: operator, auditor, or one of the parties in whatever capacity */
PG_FUNCTION_INFO_V1(access_sees);
Datum
access_sees(PG_FUNCTION_ARGS)
{
	ArrayType  *parties;
	Datum	   *ids;
	bool	   *nulls;
	int			count;
	AccessEntry *entry;

	if (PG_ARGISNULL(0))
		PG_RETURN_BOOL(false);
	if (access_allows(GetUserId(), PG_GETARG_INT32(0), CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0))
		PG_RETURN_BOOL(true);
	if (PG_ARGISNULL(1))
		PG_RETURN_BOOL(false);
	parties = PG_GETARG_ARRAYTYPE_P(1);
	deconstruct_array(parties, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &ids, &nulls, &count);
	entry = access_entry(GetUserId(), PG_GETARG_INT32(0));
	for (int i = 0; i < count; i++)
		for (int r = 0; r < entry->count; r++)
			if (!nulls[i] && entry->rights[r].party_id != 0 && entry->rights[r].party_id == DatumGetInt64(ids[i]))
				PG_RETURN_BOOL(true);
	PG_RETURN_BOOL(false);
}

/* Row-level security: anybody of the marketplace */
PG_FUNCTION_INFO_V1(access_belongs);
Datum
access_belongs(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!PG_ARGISNULL(0) && (access_allows(GetUserId(), PG_GETARG_INT32(0), CAPACITY_OPERATOR, 0) ||
										access_entry(GetUserId(), PG_GETARG_INT32(0))->count > 0));
}

/* Statement trigger on access_grants: every backend reads its rights again. */
PG_FUNCTION_INFO_V1(access_changed);
Datum
access_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, errcode(MK_INVALID_ARGUMENT), errmsg("access_changed() is a trigger function"),
				errhint("Use it in CREATE TRIGGER."));
	CacheInvalidateRelcache(trigger->tg_relation);
	return PointerGetDatum(NULL);
}
