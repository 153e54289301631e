/*
 * access_grant.c
 *		access_grant() and access_revoke(): an operator gives a database role a capacity, for a party or for the whole marketplace.
 *
 * The role also gets what PostgreSQL asks for: USAGE on the schema and SELECT on tables and views, whose rows row-level security
 * then limits. Nobody gets the right to write tables: functions do that as the owner.
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "kernel/kernel.h"
#include "miscadmin.h"
#include "utils/acl.h"

#define PARTY_CAPACITIES (CAPACITY_SELLER | CAPACITY_BUYER | CAPACITY_CARRIER | CAPACITY_INSURER)
#define WHOLE_CAPACITIES (CAPACITY_OPERATOR | CAPACITY_AUDITOR)

/* Grants to one role, or again to all after migrate() has made new tables and views. */
static void
grant_privileges(const char *role)
{
	static Statement statements = STATEMENT("t",
		"SELECT pg_catalog.format(CASE WHEN pg_catalog.has_schema_privilege('marketplace', 'USAGE WITH GRANT OPTION') "
		" THEN 'GRANT USAGE ON SCHEMA marketplace TO %1$I; ' ELSE '' END || 'GRANT SELECT ON %2$s TO %1$I', r.role_name, "
		" (SELECT pg_catalog.string_agg(pg_catalog.format('marketplace.%I', c.relname), ', ' ORDER BY c.relname) "
		"  FROM pg_catalog.pg_class c WHERE c.relnamespace = 'marketplace'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p', 'v') "
		"  AND pg_catalog.pg_has_role(c.relowner, 'USAGE'))) "
		"FROM (SELECT DISTINCT g.role_name FROM marketplace.access_grants g "
		" JOIN pg_catalog.pg_roles p ON p.rolname = g.role_name WHERE $1 IS NULL OR g.role_name = $1) r");
	Rows		rows = query_rows(&statements, VALUES(value_text(role)));

	query_as_owner_begin();
	for (uint64 i = 0; i < rows.count; i++)
		query_script(row_text(&rows.rows[i], 0));
	query_as_owner_end();
}

void
access_grant_again(void)
{
	grant_privileges(NULL);
}

/* The schema may belong to another role than the tables; without it the role could call nothing. */
static void
require_usage(const char *role)
{
	static Statement usage = STATEMENT("t", "SELECT pg_catalog.has_schema_privilege($1::pg_catalog.name, 'marketplace', 'USAGE')");
	const char *owner = quote_identifier(GetUserNameFromId(query_owner(), false));

	if (DatumGetBool(query_datum(&usage, VALUES(value_text(role)))))
		return;
	ereport(ERROR,
			errcode(MK_NOT_PERMITTED),
			errmsg("role \"%s\" has no right to use schema marketplace", role),
			errdetail("The owner of the tables, %s, may not grant it: the schema belongs to another role.", owner),
			errhint("As the owner of the schema, GRANT USAGE ON SCHEMA marketplace TO %s WITH GRANT OPTION.", owner));
}

static int
capacity_argument(const char *name, int64 party_id)
{
	int			capacity = capacity_by_name(name);

	if ((capacity & (PARTY_CAPACITIES | WHOLE_CAPACITIES)) == 0)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("\"%s\" is no capacity", name),
				errdetail("Capacities are operator, auditor, seller, buyer, carrier and insurer."));
	if (((capacity & PARTY_CAPACITIES) != 0) != (party_id != 0))
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg(party_id != 0 ? "the capacity %s is for the whole marketplace" : "the capacity %s needs a party", name),
				errdetail("party_id is %lld.", (long long) party_id),
				errhint(party_id != 0 ? "Leave party_id out." : "Name the party that the role acts for."));
	return capacity;
}

PG_FUNCTION_INFO_V1(access_grant);
Datum
access_grant(PG_FUNCTION_ARGS)
{
	static Statement add = STATEMENT("ittlbzt",
		"INSERT INTO marketplace.access_grants (marketplace_id, role_name, capacity, party_id, trusted, granted_at, granted_by) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7) "
		"ON CONFLICT (marketplace_id, role_name, capacity, party_id) DO UPDATE SET trusted = EXCLUDED.trusted RETURNING id");
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		char	   *role = call_text(&call, 1);
		char	   *capacity = call_text(&call, 2);
		int64		party_id = call_is_null(&call, 3) ? 0 : call_int64(&call, 3);
		Row			row;

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) capacity_argument(capacity, party_id);
		if (!OidIsValid(get_role_oid(role, true)))
			ereport(ERROR,
					errcode(MK_NOT_FOUND),
					errmsg("there is no database role \"%s\"", role),
					errhint("Create it first with CREATE ROLE."));
		if (!query_row(&add, VALUES(value_int32(call.marketplace_id), value_text(role), value_text(capacity),
									value_int64(party_id), value_bool(call_bool(&call, 4)), value_timestamptz(call.now),
									value_text(call_actor())), &row))
			elog(ERROR, "a grant was not written");
		grant_privileges(role);
		require_usage(role);
		call.result = row_int64(&row, 0);
	}
	PG_RETURN_INT64(call_end(&call));
}

PG_FUNCTION_INFO_V1(access_revoke);
Datum
access_revoke(PG_FUNCTION_ARGS)
{
	static Statement drop = STATEMENT("ittl",
		"DELETE FROM marketplace.access_grants WHERE marketplace_id = $1 AND role_name = $2 AND capacity = $3 AND party_id = $4 "
		"RETURNING id");
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		char	   *role = call_text(&call, 1);
		char	   *capacity = call_text(&call, 2);
		int64		party_id = call_is_null(&call, 3) ? 0 : call_int64(&call, 3);
		Row			row;

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) capacity_argument(capacity, party_id);
		if (!query_row(&drop, VALUES(value_int32(call.marketplace_id), value_text(role), value_text(capacity),
									 value_int64(party_id)), &row))
			ereport(ERROR,
					errcode(MK_NOT_FOUND),
					errmsg("role \"%s\" has no such capacity in marketplace %d", role, call.marketplace_id),
					errhint("See the table marketplace.access_grants."));
		call.result = row_int64(&row, 0);
	}
	PG_RETURN_INT64(call_end(&call));
}
