/*
 * amount_ops.c
 *		The operators of the SQL type amount: arithmetic, order, hashing.
 *
 * Arithmetic refuses two currencies. Comparison does not: it is a total order, by the currency's internal code (the
 * same for ever, since the table of currencies only grows) and then by value, so that indexes, DISTINCT and joins
 * work on mixed columns.
 */
#include "postgres.h"

#include "types/amount.h"
#include "utils/builtins.h"
#include "utils/sortsupport.h"

PG_FUNCTION_INFO_V1(amount_plus);
Datum
amount_plus(PG_FUNCTION_ARGS)
{
	PG_RETURN_AMOUNT(amount_add(PG_GETARG_AMOUNT(0), PG_GETARG_AMOUNT(1)));
}

PG_FUNCTION_INFO_V1(amount_minus);
Datum
amount_minus(PG_FUNCTION_ARGS)
{
	PG_RETURN_AMOUNT(amount_sub(PG_GETARG_AMOUNT(0), PG_GETARG_AMOUNT(1)));
}

PG_FUNCTION_INFO_V1(amount_negative);
Datum
amount_negative(PG_FUNCTION_ARGS)
{
	PG_RETURN_AMOUNT(amount_neg(PG_GETARG_AMOUNT(0)));
}

PG_FUNCTION_INFO_V1(amount_times_numeric);
Datum
amount_times_numeric(PG_FUNCTION_ARGS)
{
	PG_RETURN_AMOUNT(amount_multiply(PG_GETARG_AMOUNT(0), PG_GETARG_NUMERIC(1)));
}

PG_FUNCTION_INFO_V1(numeric_times_amount);
Datum
numeric_times_amount(PG_FUNCTION_ARGS)
{
	PG_RETURN_AMOUNT(amount_multiply(PG_GETARG_AMOUNT(1), PG_GETARG_NUMERIC(0)));
}

PG_FUNCTION_INFO_V1(amount_over_numeric);
Datum
amount_over_numeric(PG_FUNCTION_ARGS)
{
	PG_RETURN_AMOUNT(amount_divide(PG_GETARG_AMOUNT(0), PG_GETARG_NUMERIC(1)));
}

PG_FUNCTION_INFO_V1(amount_over_amount);
Datum
amount_over_amount(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(amount_ratio(PG_GETARG_AMOUNT(0), PG_GETARG_AMOUNT(1)));
}

PG_FUNCTION_INFO_V1(amount_abs);
Datum
amount_abs(PG_FUNCTION_ARGS)
{
	Amount		a = PG_GETARG_AMOUNT(0);

	PG_RETURN_AMOUNT(amount_minor(a) < 0 ? amount_neg(a) : a);
}

PG_FUNCTION_INFO_V1(amount_sign);
Datum
amount_sign(PG_FUNCTION_ARGS)
{
	int64		minor = amount_minor(PG_GETARG_AMOUNT(0));

	PG_RETURN_INT32((minor > 0) - (minor < 0));
}

PG_FUNCTION_INFO_V1(amount_to_cash);
Datum
amount_to_cash(PG_FUNCTION_ARGS)
{
	PG_RETURN_AMOUNT(amount_round_cash(PG_GETARG_AMOUNT(0)));
}

PG_FUNCTION_INFO_V1(amount_eq);
Datum
amount_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_AMOUNT(0) == PG_GETARG_AMOUNT(1));
}

PG_FUNCTION_INFO_V1(amount_ne);
Datum
amount_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_AMOUNT(0) != PG_GETARG_AMOUNT(1));
}

PG_FUNCTION_INFO_V1(amount_lt);
Datum
amount_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(amount_cmp(PG_GETARG_AMOUNT(0), PG_GETARG_AMOUNT(1)) < 0);
}

PG_FUNCTION_INFO_V1(amount_le);
Datum
amount_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(amount_cmp(PG_GETARG_AMOUNT(0), PG_GETARG_AMOUNT(1)) <= 0);
}

PG_FUNCTION_INFO_V1(amount_gt);
Datum
amount_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(amount_cmp(PG_GETARG_AMOUNT(0), PG_GETARG_AMOUNT(1)) > 0);
}

PG_FUNCTION_INFO_V1(amount_ge);
Datum
amount_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(amount_cmp(PG_GETARG_AMOUNT(0), PG_GETARG_AMOUNT(1)) >= 0);
}

PG_FUNCTION_INFO_V1(amount_compare);
Datum
amount_compare(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(amount_cmp(PG_GETARG_AMOUNT(0), PG_GETARG_AMOUNT(1)));
}

static int
amount_fast_cmp(Datum a, Datum b, SortSupport ssup)
{
	return amount_cmp(DatumGetAmount(a), DatumGetAmount(b));
}

PG_FUNCTION_INFO_V1(amount_sortsupport);
Datum
amount_sortsupport(PG_FUNCTION_ARGS)
{
	((SortSupport) PG_GETARG_POINTER(0))->comparator = amount_fast_cmp;
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(amount_hash);
Datum
amount_hash(PG_FUNCTION_ARGS)
{
	return hashint8(fcinfo);
}

PG_FUNCTION_INFO_V1(amount_hash_extended);
Datum
amount_hash_extended(PG_FUNCTION_ARGS)
{
	return hashint8extended(fcinfo);
}

PG_FUNCTION_INFO_V1(amount_smaller);
Datum
amount_smaller(PG_FUNCTION_ARGS)
{
	Amount		a = PG_GETARG_AMOUNT(0);
	Amount		b = PG_GETARG_AMOUNT(1);

	PG_RETURN_AMOUNT(amount_cmp(a, b) <= 0 ? a : b);
}

PG_FUNCTION_INFO_V1(amount_larger);
Datum
amount_larger(PG_FUNCTION_ARGS)
{
	Amount		a = PG_GETARG_AMOUNT(0);
	Amount		b = PG_GETARG_AMOUNT(1);

	PG_RETURN_AMOUNT(amount_cmp(a, b) >= 0 ? a : b);
}
