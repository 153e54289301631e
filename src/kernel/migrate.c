/*
 * migrate.c
 *		marketplace.migrate(): brings the tables of this database to the version of the code, in one transaction, owned by the caller.
 *
 * State (tables) is created once. Code that lives in the database (guards, policies, views) is replayed whenever its text
 * has changed, so that fresh, upgraded and restored databases end up the same. Tables are not extension members: pg_dump,
 * replication and Citus see ordinary tables, and DROP EXTENSION refuses to take the books with it.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "kernel/errors.h"
#include "kernel/kernel.h"
#include "kernel/registry.h"
#include "kernel/seal.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

typedef struct EmbeddedSql
{
	const char *file;
	const char *sql;
} EmbeddedSql;

/* embedded_state, embedded_replay: the files of sql/, in the order of the floors (Makefile) */
#include "kernel/migrate_sql.inc"

static void
run_all(const EmbeddedSql *files)
{
	for (; files->file != NULL; files++)
		query_script(files->sql);
}

/* What the replayed code is, so that migrate() can tell whether it has changed. */
static char *
replay_hash(void)
{
	bytea	   *hash = NULL;

	for (const EmbeddedSql *file = embedded_replay; file->file != NULL; file++)
		hash = seal_next(hash, file->sql, strlen(file->sql));
	return TextDatumGetCString(DirectFunctionCall2(binary_encode, PointerGetDatum(hash), CStringGetTextDatum("hex")));
}

/* The built-in machines and parameters of all areas as one view each, with the users' own beside them. */
static void
create_registries(void)
{
	registry_create_union("lifecycle", "lifecycle_", "machine, from_state, event, to_state, capacities, description", "lifecycle_custom",
						  "All state machines: those of each area and the users' own.");
	registry_create_union("policy_registry", "policy_registry_",
						  "name, value_type, default_value, description, source, verified", NULL,
						  "All policy parameters: name, type, default, documentation and source.");
	registry_create_union("event_types", "event_types_", "type, flow, aggregate, schema_version, payload, description", NULL,
						  "All types of events of the outbox: flow, aggregate, version and keys of the payload.");
	registry_create_union("erp_position", "erp_position_", "marketplace_id, kind, reference, status, quantity, amount, since", NULL,
						  "What the marketplace has, one row an object, for comparison with an ERP: see erp_differences().");
}

static char *
installed_hash(void)
{
	static Statement newest = STATEMENT("", "SELECT code_hash FROM marketplace.schema_history ORDER BY id DESC LIMIT 1");
	Row			row;

	return query_row(&newest, NO_VALUES, &row) ? row_text(&row, 0) : NULL;
}

static void
require_owner(void)
{
	Oid			owner = query_owner();	/* also refuses tables that are newer than the code */

	if (!has_privs_of_role(GetUserId(), owner))
		ereport(ERROR,
				errcode(MK_NOT_PERMITTED),
				errmsg("only the owner of the tables may migrate them"),
				errdetail("They belong to role \"%s\".", GetUserNameFromId(owner, false)),
				errhint("Run marketplace.migrate() as that role."));
}

/* Queries outside a call read with the active snapshot: let it see what the scripts did. */
static void
see_own_changes(void)
{
	CommandCounterIncrement();
	UpdateActiveSnapshotCommandId();
}

static void
record_version(const char *hash)
{
	query_script(psprintf("INSERT INTO marketplace.schema_history (version, code_hash) VALUES (%d, '%s')",
						  MARKETPLACE_SCHEMA_VERSION, hash));
	query_reset();
	see_own_changes();
}

static void
require_create(Oid schema)
{
	if (DatumGetBool(DirectFunctionCall2(has_schema_privilege_id, ObjectIdGetDatum(schema), CStringGetTextDatum("CREATE"))))
		return;
	ereport(ERROR,
			errcode(MK_NOT_PERMITTED),
			errmsg("role \"%s\" may not create tables in schema marketplace", GetUserNameFromId(GetUserId(), false)),
			errdetail("The role that runs marketplace.migrate() first owns the tables."),
			errhint("Run it as the owner of the schema, or GRANT CREATE ON SCHEMA marketplace to the role."));
}

/* Returns what was done, for the user to read. */
static const char *
migrate_tables(Oid schema)
{
	char	   *hash = replay_hash();
	bool		fresh;

	/* one migration at a time; released at the end of the transaction */
	query_script("SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('marketplace.migrate'))");
	fresh = !OidIsValid(get_relname_relid("schema_history", schema));
	if (fresh)
	{
		require_create(schema);
		run_all(embedded_state);
		record_version(hash);
	}
	else
	{
		char	   *former;

		require_owner();
		former = installed_hash();
		if (former != NULL && strcmp(former, hash) == 0)
			return "up to date, nothing to do";
		query_as_owner_begin();
		record_version(hash);
		query_as_owner_end();
	}
	query_as_owner_begin();
	run_all(embedded_replay);
	see_own_changes();
	create_registries();
	query_as_owner_end();
	see_own_changes();
	access_grant_again();
	query_reset();
	return fresh ? "tables created, guards and views installed" : "guards, policies and views replaced by those of the code";
}

PG_FUNCTION_INFO_V1(migrate);
Datum
migrate(PG_FUNCTION_ARGS)
{
	int			level = query_pin_path();
	const char *done;

	/* "does not exist, skipping" is no news to the user */
	(void) set_config_option("client_min_messages", "warning", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	query_reset();
	PushCopiedSnapshot(GetActiveSnapshot());
	done = migrate_tables(get_namespace_oid("marketplace", false));
	PopActiveSnapshot();
	query_unpin_path(level);
	ereport(NOTICE, errmsg("marketplace, version %d of the tables: %s", MARKETPLACE_SCHEMA_VERSION, done));
	PG_RETURN_INT32(MARKETPLACE_SCHEMA_VERSION);
}

PG_FUNCTION_INFO_V1(schema_version);
Datum
schema_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(MARKETPLACE_SCHEMA_VERSION);
}
