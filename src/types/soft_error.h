/*
 * soft_error.h
 *		Errors of type input functions that PostgreSQL 16 and later can report without throwing:
 *		pg_input_is_valid(), COPY … ON_ERROR.
 */
#ifndef MARKETPLACE_SOFT_ERROR_H
#define MARKETPLACE_SOFT_ERROR_H

#include "postgres.h"

#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#else
/* PostgreSQL 15 has hard errors only. */
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return dummy_value; \
	} while (0)
#endif

#endif
