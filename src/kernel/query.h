/*
 * query.h
 *		Named, prepared and kept SQL statements with typed arguments. The only door to SPI.
 *
 * A statement is a static Statement beside the function that uses it:
 *
 *		static Statement line_lock = STATEMENT("il",
 *			"SELECT quantity FROM marketplace.order_lines WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");
 *		Row row;
 *		if (query_row(&line_lock, VALUES(value_int32(m), value_int64(id)), &row))
 *			quantity = row_numeric(&row, 0);
 *
 * Statements run as the owner of the tables, with search_path pinned: who may call was decided before (access.h).
 * Results are copied into the caller's memory context. Columns are counted from 0.
 */
#ifndef MARKETPLACE_QUERY_H
#define MARKETPLACE_QUERY_H

#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "types/amount.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/*
 * signature: one letter per parameter
 *		i int4, l int8, t text, n numeric, a amount, c currency, j jsonb, z timestamptz, d date, b boolean, y bytea, x xml,
 *		u uuid, s int2, p jsonpath; upper case is the array of it (L int8[], T text[], N numeric[], A amount[], …).
 */
typedef struct Statement
{
	const char *signature;
	const char *sql;
	SPIPlanPtr	plan;
	uint32		generation;		/* of the catalog identity the plan was made for, see query.c */
	bool		planned_once;
	int			running;		/* executions under way: a statement may be run by what it runs */
	uint64		runs;
	uint64		prepare_at;		/* runs at which it is prepared again */
} Statement;

#define STATEMENT(signature, sql) {signature, sql, NULL, 0, false, 0, 0, 0}

/*
 * The plan does not depend on the parameters. The planner would not see it where they are arrays: it takes an unknown array for ten
 * elements, so a plan for the one at hand always looks cheaper, and is made anew for every call. Only for statements that reach
 * rows by the same index whatever the sizes.
 */
#define STATEMENT_PLANNED_ONCE(signature, sql) {signature, sql, NULL, 0, true, 0, 0, 0}

typedef struct Value
{
	Datum		datum;
	bool		null;
} Value;

#define VALUES(...) ((const Value[]) {__VA_ARGS__})
#define NO_VALUES ((const Value *) NULL)

typedef struct Row
{
	int			ncolumns;
	Datum	   *values;
	bool	   *nulls;
} Row;

typedef struct Rows
{
	uint64		count;
	Row		   *rows;
} Rows;

/* Runs the statement; returns the number of rows it touched or returned (they are thrown away). */
extern uint64 query_execute(Statement *statement, const Value *args);

/* Runs a statement that yields at most one row; false when there is none. */
extern bool query_row(Statement *statement, const Value *args, Row *row);

/* Runs a statement that yields exactly one row of one column that is not NULL; any other outcome is an internal error. */
extern Datum query_datum(Statement *statement, const Value *args);

extern Rows query_rows(Statement *statement, const Value *args);

/*
 * Rows of a statement without parameters over views of constants, kept in the session and read again when one of these views has
 * been replaced: what migrate() installs is code, and is not asked for at every use. Never over tables.
 */
typedef struct KeptRows
{
	Statement	load;
	MemoryContext context;
	Rows		rows;
} KeptRows;

#define KEPT_ROWS(sql) {STATEMENT("", sql), NULL, {0, NULL}}

extern const Rows *query_rows_kept(KeptRows *kept);

/* Makes the rows of the statement the result of a set-returning function; the columns must fit its declaration. */
extern void query_return_set(FunctionCallInfo fcinfo, Statement *statement, const Value *args);

/* Runs DDL or any text that is used once; several statements are allowed. As the session's user, not as the owner (migrate.c). */
extern void query_script(const char *sql);

/* The role that owns the tables; an error with a hint when migrate() has not been run. */
extern Oid	query_owner(void);

/* Forgets what is cached of the schema's version and owner (migrate.c). */
extern void query_reset(void);

/* OIDs of types of this extension, found by name in schema marketplace. */
extern Oid	query_type_oid(const char *name);

static inline Value
value_null(void)
{
	return (Value) {(Datum) 0, true};
}

static inline Value
value_datum(Datum datum)
{
	return (Value) {datum, false};
}

static inline Value
value_int32(int32 v)
{
	return value_datum(Int32GetDatum(v));
}

static inline Value
value_int64(int64 v)
{
	return value_datum(Int64GetDatum(v));
}

/* 0 stands for "none" in C and for NULL in the table */
static inline Value
value_id(int64 v)
{
	return v == 0 ? value_null() : value_int64(v);
}

static inline Value
value_bool(bool v)
{
	return value_datum(BoolGetDatum(v));
}

static inline Value
value_text(const char *v)
{
	return v == NULL ? value_null() : value_datum(CStringGetTextDatum(v));
}

static inline Value
value_numeric(Numeric v)
{
	return v == NULL ? value_null() : value_datum(NumericGetDatum(v));
}

static inline Value
value_amount(Amount v)
{
	return value_datum(AmountGetDatum(v));
}

static inline Value
value_currency(CurrencyCode v)
{
	return value_datum(Int16GetDatum((int16) v));
}

static inline Value
value_timestamptz(TimestampTz v)
{
	return value_datum(TimestampTzGetDatum(v));
}

static inline Value
value_date(DateADT v)
{
	return value_datum(DateADTGetDatum(v));
}

static inline Value
value_jsonb(Jsonb *v)
{
	return v == NULL ? value_null() : value_datum(JsonbPGetDatum(v));
}

static inline Value
value_bytea(bytea *v)
{
	return v == NULL ? value_null() : value_datum(PointerGetDatum(v));
}

static inline bool
row_null(const Row *row, int column)
{
	Assert(column < row->ncolumns);
	return row->nulls[column];
}

static inline Datum
row_datum(const Row *row, int column)
{
	Assert(column < row->ncolumns && !row->nulls[column]);
	return row->values[column];
}

static inline Value
row_value(const Row *row, int column)
{
	return row_null(row, column) ? value_null() : value_datum(row->values[column]);
}

static inline int32
row_int32(const Row *row, int column)
{
	return DatumGetInt32(row_datum(row, column));
}

static inline int64
row_int64(const Row *row, int column)
{
	return DatumGetInt64(row_datum(row, column));
}

/* NULL reads as 0, the C side's "none" */
static inline int64
row_id(const Row *row, int column)
{
	return row_null(row, column) ? 0 : row_int64(row, column);
}

static inline bool
row_bool(const Row *row, int column)
{
	return DatumGetBool(row_datum(row, column));
}

/* NULL reads as NULL */
static inline char *
row_text(const Row *row, int column)
{
	return row_null(row, column) ? NULL : TextDatumGetCString(row->values[column]);
}

static inline Numeric
row_numeric(const Row *row, int column)
{
	return row_null(row, column) ? NULL : DatumGetNumeric(row->values[column]);
}

static inline Amount
row_amount(const Row *row, int column)
{
	return DatumGetAmount(row_datum(row, column));
}

static inline CurrencyCode
row_currency(const Row *row, int column)
{
	return (CurrencyCode) DatumGetInt16(row_datum(row, column));
}

static inline TimestampTz
row_timestamptz(const Row *row, int column)
{
	return DatumGetTimestampTz(row_datum(row, column));
}

static inline DateADT
row_date(const Row *row, int column)
{
	return DatumGetDateADT(row_datum(row, column));
}

static inline Jsonb *
row_jsonb(const Row *row, int column)
{
	return row_null(row, column) ? NULL : DatumGetJsonbP(row->values[column]);
}

#endif
