/*
 * registry.c
 *		registry_create_union(): one view over the lists that the areas ship (lifecycles, policy parameters).
 *
 * So an area adds rows by adding a view to its own files, and no file knows all areas. Called by migrate() after all
 * else.
 */
#include "kernel/registry.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

/* Views of the schema with this prefix and these columns, by name. */
static Rows
find_parts(const char *view, const char *prefix, const char *columns)
{
	static Statement parts = STATEMENT("ttt",
		"SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
		" WHERE n.nspname = 'marketplace' AND c.relkind = 'v' AND c.relname <> $1"
		" AND c.relowner = (SELECT h.relowner FROM pg_catalog.pg_class h WHERE h.oid = 'marketplace.schema_history'::pg_catalog.regclass)"
		" AND pg_catalog.starts_with(c.relname::text, $2)"
		" AND (SELECT pg_catalog.string_agg(a.attname::text, ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a"
		" WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) = $3"
		" ORDER BY c.relname::text COLLATE \"C\"");

	return query_rows(&parts, VALUES(value_text(view), value_text(prefix), value_text(columns)));
}

static void
append_part(StringInfo script, const char *relation, const char *columns, bool first)
{
	appendStringInfo(script, "%s SELECT %s FROM marketplace.%s", first ? "" : " UNION ALL", columns,
					 quote_identifier(relation));
}

/* Each column's comment, from whatever part has one. */
static Rows
find_column_comments(const char *prefix, const char *columns, const char *extra_table)
{
	static Statement comments = STATEMENT("ttt",
		"SELECT DISTINCT ON (a.attname) a.attname::text, pg_catalog.col_description(c.oid, a.attnum)"
		" FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
		" JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid"
		" WHERE n.nspname = 'marketplace'"
		" AND ((c.relkind = 'v' AND pg_catalog.starts_with(c.relname::text, $1)) OR c.relname = $3)"
		" AND a.attname::text = ANY (pg_catalog.string_to_array($2, ', '))"
		" AND pg_catalog.col_description(c.oid, a.attnum) IS NOT NULL"
		" ORDER BY a.attname, c.relname <> $3, c.relname");

	return query_rows(&comments, VALUES(value_text(prefix), value_text(columns),
										value_text(extra_table == NULL ? "" : extra_table)));
}

void
registry_create_union(const char *view, const char *prefix, const char *columns, const char *extra_table,
					  const char *comment)
{
	Rows		parts;
	Rows		comments;
	StringInfoData script;

	/* the snapshot of the statement that called migrate() is older than the views it has just made */
	PushActiveSnapshot(GetLatestSnapshot());
	parts = find_parts(view, prefix, columns);
	comments = find_column_comments(prefix, columns, extra_table);
	PopActiveSnapshot();
	if (parts.count == 0 && extra_table == NULL)
		return;
	initStringInfo(&script);
	view = quote_identifier(view);
	appendStringInfo(&script, "CREATE OR REPLACE VIEW marketplace.%s WITH (security_invoker = true) AS", view);
	for (uint64 i = 0; i < parts.count; i++)
		append_part(&script, row_text(&parts.rows[i], 0), columns, i == 0);
	if (extra_table != NULL)
		append_part(&script, extra_table, columns, parts.count == 0);
	appendStringInfo(&script, ";\nCOMMENT ON VIEW marketplace.%s IS %s;\n", view, quote_literal_cstr(comment));
	for (uint64 i = 0; i < comments.count; i++)
		appendStringInfo(&script, "COMMENT ON COLUMN marketplace.%s.%s IS %s;\n", view,
						 quote_identifier(row_text(&comments.rows[i], 0)),
						 quote_literal_cstr(row_text(&comments.rows[i], 1)));
	query_script(script.data);
	pfree(script.data);
}
