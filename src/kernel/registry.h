/*
 * registry.h
 *		Views that put the areas' lists together: each area ships a view of its rows, migrate() makes the one that
 *		users read.
 */
#ifndef MARKETPLACE_REGISTRY_H
#define MARKETPLACE_REGISTRY_H

#include "kernel/query.h"

/*
 * (Re)creates marketplace.<view> as the UNION ALL of every view of the schema whose name starts with prefix and whose
 * columns are exactly these ("machine, from_state, …"), and of extra_table (NULL: none). Comments on columns are
 * taken from the parts. Without any part nothing is made.
 */
extern void registry_create_union(const char *view, const char *prefix, const char *columns, const char *extra_table,
								  const char *comment);

#endif
