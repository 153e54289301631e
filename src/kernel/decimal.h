/*
 * decimal.h
 *		Exact decimal arithmetic in C: the numeric functions of PostgreSQL without their call syntax.
 */
#ifndef MARKETPLACE_DECIMAL_H
#define MARKETPLACE_DECIMAL_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

static inline Numeric
decimal_from_int64(int64 v)
{
	return int64_to_numeric(v);
}

static inline Numeric
decimal_add(Numeric a, Numeric b)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_add, NumericGetDatum(a), NumericGetDatum(b)));
}

static inline Numeric
decimal_sub(Numeric a, Numeric b)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_sub, NumericGetDatum(a), NumericGetDatum(b)));
}

static inline Numeric
decimal_mul(Numeric a, Numeric b)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_mul, NumericGetDatum(a), NumericGetDatum(b)));
}

static inline int
decimal_cmp(Numeric a, Numeric b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a), NumericGetDatum(b)));
}

static inline int
decimal_sign(Numeric a)
{
	return decimal_cmp(a, int64_to_numeric(0));
}

static inline Numeric
decimal_min(Numeric a, Numeric b)
{
	return decimal_cmp(a, b) <= 0 ? a : b;
}

/* Digits after the point that count: 1.500 has 1. */
static inline int
decimal_scale(Numeric a)
{
	return DatumGetInt32(DirectFunctionCall1(numeric_min_scale, NumericGetDatum(a)));
}

/* Without trailing zeros: what a person or a document prints. */
static inline char *
decimal_to_cstring(Numeric a)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, DirectFunctionCall1(numeric_trim_scale, NumericGetDatum(a))));
}

static inline bool
decimal_is_finite(Numeric a)
{
	return !numeric_is_nan(a) && !numeric_is_inf(a);
}

#endif
