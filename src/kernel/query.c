/*
 * query.c
 *		Runs SQL for everybody else: prepares once, keeps the plan, switches to the owner of the tables around the statement only (as
 *		PostgreSQL's own foreign-key triggers do), and copies results into the caller's memory.
 *
 * A plan outlives DROP EXTENSION and CREATE EXTENSION in one session, types of the extension don't: plans are made again when
 * the identity of the schema and of type amount has changed.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "kernel/call.h"
#include "kernel/errors.h"
#include "kernel/kernel.h"
#include "kernel/query.h"
#include "kernel/query_internal.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

/* Who we are in the catalogs; looked up again when an invalidation says that it may have changed. */
static struct
{
	bool		fresh;			/* schema and type looked up */
	bool		owner_fresh;	/* owner and version looked up */
	Oid			schema;
	Oid			amount_type;
	Oid			owner;
	uint32		generation;		/* counts changes of schema and type */
} identity;

static void
identity_stale_syscache(Datum arg, int cacheid, uint32 hashvalue)
{
	identity.fresh = false;
	identity.owner_fresh = false;
}

static void
identity_stale_relcache(Datum arg, Oid relid)
{
	identity.owner_fresh = false;
}

void
query_init(void)
{
	CacheRegisterSyscacheCallback(NAMESPACEOID, identity_stale_syscache, (Datum) 0);
	CacheRegisterSyscacheCallback(TYPEOID, identity_stale_syscache, (Datum) 0);
	CacheRegisterRelcacheCallback(identity_stale_relcache, (Datum) 0);
}

void
query_reset(void)
{
	identity.fresh = false;
	identity.owner_fresh = false;
}

static void
identity_refresh(void)
{
	Oid			schema = get_namespace_oid("marketplace", false);
	Oid			amount_type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("amount"), ObjectIdGetDatum(schema));

	if (schema != identity.schema || amount_type != identity.amount_type)
		identity.generation++;
	identity.schema = schema;
	identity.amount_type = amount_type;
	identity.fresh = true;
}

Oid
query_type_oid(const char *name)
{
	Oid			type;

	if (!identity.fresh)
		identity_refresh();
	type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name), ObjectIdGetDatum(identity.schema));
	if (!OidIsValid(type))
		elog(ERROR, "type marketplace.%s is missing", name);
	return type;
}

/* The version that migrate() recorded last; run as the owner, whose table it is. */
static int32
installed_version(Oid owner)
{
	static Statement latest = STATEMENT("", "SELECT pg_catalog.max(version) FROM marketplace.schema_history");
	Row			row;

	if (!query_row(&latest, NO_VALUES, &row) || row_null(&row, 0))
		return 0;
	return row_int32(&row, 0);
}

Oid
query_owner(void)
{
	HeapTuple	tuple;
	Oid			relation;
	int32		version;

	if (!identity.fresh)
		identity_refresh();
	if (identity.owner_fresh)
		return identity.owner;

	relation = get_relname_relid("schema_history", identity.schema);
	if (!OidIsValid(relation))
		ereport(ERROR,
				errcode(MK_SCHEMA_VERSION),
				errmsg("the tables of marketplace are not installed in this database"),
				errhint("Run SELECT marketplace.migrate() as the role that shall own them."));
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relation);
	identity.owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);

	/* the version query needs an owner: fresh from here on, stale again if it fails */
	identity.owner_fresh = true;
	PG_TRY();
	{
		version = installed_version(identity.owner);
	}
	PG_CATCH();
	{
		identity.owner_fresh = false;
		PG_RE_THROW();
	}
	PG_END_TRY();
	if (version != MARKETPLACE_SCHEMA_VERSION)
	{
		identity.owner_fresh = false;
		ereport(ERROR,
				errcode(MK_SCHEMA_VERSION),
				errmsg("the tables of marketplace are of version %d, the code needs version %d", version, MARKETPLACE_SCHEMA_VERSION),
				version < MARKETPLACE_SCHEMA_VERSION ?
				errhint("Run SELECT marketplace.migrate() as the owner of the tables.") :
				errhint("Install the newer code of the extension, then ALTER EXTENSION marketplace UPDATE."));
	}
	return identity.owner;
}

#define PINNED_PATH "pg_catalog, marketplace, pg_temp"

/*
 * Operators of our types are found by name: nobody else's schema may come first. Undone by query_unpin_path(), or by the end of the
 * (sub)transaction on error.
 */
int
query_pin_path(void)
{
	int			level = NewGUCNestLevel();

	(void) set_config_option("search_path", PINNED_PATH, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	return level;
}

/*
 * Calls that change something reach rows by index. A plan made while a table held a few rows would rather scan it, and still be in
 * use when the table has grown. (Where no index serves, disabled scans cost so much on paper that the query would be compiled.)
 * Undone with the path.
 */
void
query_plan_by_index(void)
{
	(void) set_config_option("enable_seqscan", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("jit", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

void
query_unpin_path(int level)
{
	AtEOXact_GUC(true, level);
}

static Oid
letter_type(char letter)
{
	switch (letter)
	{
		case 's': return INT2OID;
		case 'i': return INT4OID;
		case 'l': return INT8OID;
		case 't': return TEXTOID;
		case 'n': return NUMERICOID;
		case 'a': return identity.amount_type;
		case 'c': return query_type_oid("currency");
		case 'j': return JSONBOID;
		case 'p': return JSONPATHOID;
		case 'z': return TIMESTAMPTZOID;
		case 'd': return DATEOID;
		case 'b': return BOOLOID;
		case 'y': return BYTEAOID;
		case 'x': return XMLOID;
		case 'u': return UUIDOID;
		default:
			elog(ERROR, "unknown letter \"%c\" in the signature of a query", letter);
	}
}

static Oid
signature_type(char letter)
{
	Oid			type;

	if (letter >= 'a')
		return letter_type(letter);
	type = get_array_type(letter_type((char) (letter + ('a' - 'A'))));
	Assert(OidIsValid(type));
	return type;
}

/*
 * A plan that is kept was made for the tables as they were: where they were empty any index looks as good as the right one. So a
 * statement is prepared again after 8 runs, 64, 512 and so on, unless it is being run.
 */
static bool
has_grown_old(Statement *statement)
{
	if (statement->running > 0 || statement->runs < statement->prepare_at)
		return false;
	statement->prepare_at = statement->prepare_at == 0 ? 8 : statement->prepare_at * 8;
	return true;
}

static void
query_prepare(Statement *statement)
{
	int			nargs = (int) strlen(statement->signature);
	Oid		   *types;

	statement->runs++;
	if (statement->plan != NULL && statement->generation == identity.generation && !has_grown_old(statement))
		return;
	if (statement->plan != NULL)
	{
		SPI_freeplan(statement->plan);
		statement->plan = NULL;
	}
	types = palloc(sizeof(Oid) * Max(nargs, 1));
	for (int i = 0; i < nargs; i++)
		types[i] = signature_type(statement->signature[i]);
	statement->plan = SPI_prepare_cursor(statement->sql, nargs, types, statement->planned_once ? CURSOR_OPT_GENERIC_PLAN : 0);
	if (statement->plan == NULL)
		elog(ERROR, "cannot prepare \"%s\": %s", statement->sql, SPI_result_code_string(SPI_result));
	SPI_keepplan(statement->plan);
	statement->generation = identity.generation;
}

/* Leaves SPI connected, so that the caller can take the results; query_done() ends it. */
static void
query_run(Statement *statement, const Value *args)
{
	int			nargs = args == NO_VALUES ? 0 : (int) strlen(statement->signature);
	Datum	   *values;
	char	   *nulls;
	Oid			owner = query_owner();
	Oid			user;
	int			context;
	int			level = strcmp(namespace_search_path, PINNED_PATH) == 0 ? 0 : query_pin_path();
	int			result;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(owner, context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);

	query_prepare(statement);
	values = palloc(sizeof(Datum) * Max(nargs, 1));
	nulls = palloc(Max(nargs, 1));
	for (int i = 0; i < nargs; i++)
	{
		values[i] = args[i].datum;
		nulls[i] = args[i].null ? 'n' : ' ';
	}
	result = query_run_plan(statement, values, nulls);

	SetUserIdAndSecContext(user, context);
	if (level != 0)
		query_unpin_path(level);
	if (result < 0)
		elog(ERROR, "cannot run \"%s\": %s", statement->sql, SPI_result_code_string(result));
}

static void
query_done(void)
{
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
}

static void
copy_row(MemoryContext destination, HeapTuple tuple, TupleDesc desc, Row *row)
{
	MemoryContext previous = MemoryContextSwitchTo(destination);

	row->ncolumns = desc->natts;
	row->values = palloc(sizeof(Datum) * desc->natts);
	row->nulls = palloc(sizeof(bool) * desc->natts);
	heap_deform_tuple(tuple, desc, row->values, row->nulls);
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);

		if (!row->nulls[i] && !column->attbyval)
			row->values[i] = datumCopy(row->values[i], false, column->attlen);
	}
	MemoryContextSwitchTo(previous);
}

uint64
query_execute(Statement *statement, const Value *args)
{
	uint64		processed;

	query_run(statement, args);
	processed = SPI_processed;
	query_done();
	return processed;
}

bool
query_row(Statement *statement, const Value *args, Row *row)
{
	MemoryContext destination = CurrentMemoryContext;
	bool		found;

	query_run(statement, args);
	if (SPI_processed > 1)
		elog(ERROR, "more than one row from \"%s\"", statement->sql);
	found = SPI_processed == 1;
	if (found)
		copy_row(destination, SPI_tuptable->vals[0], SPI_tuptable->tupdesc, row);
	query_done();
	return found;
}

Datum
query_datum(Statement *statement, const Value *args)
{
	Row			row;

	if (!query_row(statement, args, &row) || row.ncolumns != 1 || row.nulls[0])
		elog(ERROR, "no value from \"%s\"", statement->sql);
	return row.values[0];
}

Rows
query_rows(Statement *statement, const Value *args)
{
	MemoryContext destination = CurrentMemoryContext;
	Rows		rows;

	query_run(statement, args);
	rows.count = SPI_processed;
	rows.rows = MemoryContextAllocHuge(destination, sizeof(Row) * Max(rows.count, 1));
	for (uint64 i = 0; i < rows.count; i++)
		copy_row(destination, SPI_tuptable->vals[i], SPI_tuptable->tupdesc, &rows.rows[i]);
	query_done();
	return rows;
}

/* A plan knows all relations that it was made from, views too: it is invalid as soon as one of them has changed. */
const Rows *
query_rows_kept(KeptRows *kept)
{
	MemoryContext context;
	MemoryContext previous;
	Rows		rows;

	if (!identity.fresh)
		identity_refresh();
	if (kept->context != NULL && kept->load.generation == identity.generation && SPI_plan_is_valid(kept->load.plan))
		return &kept->rows;
	context = AllocSetContextCreate(CurrentMemoryContext, "marketplace kept rows", ALLOCSET_DEFAULT_SIZES);
	previous = MemoryContextSwitchTo(context);
	rows = query_rows(&kept->load, NO_VALUES);
	MemoryContextSwitchTo(previous);
	MemoryContextSetParent(context, TopMemoryContext);
	if (kept->context != NULL)
		MemoryContextDelete(kept->context);
	kept->context = context;
	kept->rows = rows;
	return &kept->rows;
}

void
query_return_set(FunctionCallInfo fcinfo, Statement *statement, const Value *args)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	query_run(statement, args);
	if (SPI_tuptable->tupdesc->natts != result->setDesc->natts)
		elog(ERROR, "the result of \"%s\" does not fit the function", statement->sql);
	for (int i = 0; i < result->setDesc->natts; i++)
	{
		Oid			given = getBaseType(TupleDescAttr(SPI_tuptable->tupdesc, i)->atttypid);

		if (given != getBaseType(TupleDescAttr(result->setDesc, i)->atttypid))
			elog(ERROR, "column %d of \"%s\" does not fit the function", i + 1, statement->sql);
	}
	for (uint64 i = 0; i < SPI_processed; i++)
		tuplestore_puttuple(result->setResult, SPI_tuptable->vals[i]);
	query_done();
}
