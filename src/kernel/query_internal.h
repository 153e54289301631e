/*
 * query_internal.h
 *		What the files of query.h share.
 */
#ifndef MARKETPLACE_QUERY_INTERNAL_H
#define MARKETPLACE_QUERY_INTERNAL_H

#include "kernel/query.h"

/* The statement is prepared, SPI connected, the owner set. Returns what SPI says. */
extern int	query_run_plan(Statement *statement, Datum *values, const char *nulls);

#endif
