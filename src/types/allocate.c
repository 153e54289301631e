/*
 * allocate.c
 *		Splitting an amount without losing a cent: by weights at once (RD-9), or part by part as a
 *		quantity grows (RD-10).
 *
 * Largest remainder: every share is first rounded down, then the units that are left go one each to the largest
 * remainders, ties to the lowest position; the sign of the total comes last. Quotients are compared as exact
 * remainders, never as decimals.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "kernel/errors.h"
#include "types/amount.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#define numeric_binary(function, a, b) \
	DatumGetNumeric(DirectFunctionCall2(function, NumericGetDatum(a), NumericGetDatum(b)))

/* What rounding down took from the share at a position. */
typedef struct IntegerRemainder
{
	uint128		value;
	int			position;
} IntegerRemainder;

typedef struct NumericRemainder
{
	Numeric		value;
	int			position;
} NumericRemainder;

static int
compare_numeric(Numeric a, Numeric b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a), NumericGetDatum(b)));
}

static int
integer_remainder_cmp(const void *a, const void *b)
{
	const IntegerRemainder *left = a;
	const IntegerRemainder *right = b;

	if (left->value != right->value)
		return left->value > right->value ? -1 : 1;
	return left->position - right->position;
}

static int
numeric_remainder_cmp(const void *a, const void *b)
{
	const NumericRemainder *left = a;
	const NumericRemainder *right = b;
	int			order = compare_numeric(right->value, left->value);

	return order != 0 ? order : left->position - right->position;
}

/* what: "weight", with its position from 1; or the name of the only one, with position 0. */
static void
negative_weight_error(const char *what, int position, const char *value)
{
	ereport(ERROR,
			(errcode(MK_ALLOCATION),
			 position > 0 ? errmsg("%s %d of the allocation is negative", what, position) :
			 errmsg("the %s of the allocation is negative", what),
			 errdetail("It is %s.", value),
			 errhint("Give zero or more.")));
}

static void
check_sum_of_weights(bool positive)
{
	if (!positive)
		ereport(ERROR,
				(errcode(MK_ALLOCATION),
				 errmsg("there is nobody to allocate the amount to"),
				 errdetail("No weight is greater than zero."),
				 errhint("Give at least one weight greater than zero.")));
}

/* Split total by integer weights: shares[i] for weights[i], their sum is total. */
void
allocate_minor(int64 total, const int64 *weights, int n, int64 *shares)
{
	uint64		units = total < 0 ? -(uint64) total : (uint64) total;
	uint64		left = units;
	uint128		sum = 0;
	IntegerRemainder *remainders;

	for (int i = 0; i < n; i++)
	{
		if (weights[i] < 0)
			negative_weight_error("weight", i + 1, psprintf("%lld", (long long) weights[i]));
		sum += weights[i];
	}
	check_sum_of_weights(sum > 0);

	remainders = palloc(n * sizeof(IntegerRemainder));
	for (int i = 0; i < n; i++)
	{
		uint128		product = (uint128) units * (uint64) weights[i];
		uint64		share = (uint64) (product / sum);

		remainders[i].value = product % sum;
		remainders[i].position = i;
		shares[i] = (int64) share;
		left -= share;
	}
	qsort(remainders, n, sizeof(IntegerRemainder), integer_remainder_cmp);
	for (uint64 i = 0; i < left; i++)
		shares[remainders[i].position]++;
	if (total < 0)
		for (int i = 0; i < n; i++)
			shares[i] = -shares[i];
	pfree(remainders);
}

/*
 * A weight or a quantity as allocations take it. The upper bound keeps products far from numeric's own limit, whose
 * error would not be ours.
 */
static void
check_weight(Numeric weight, const char *what, int position)
{
	char	   *number;

	if (!numeric_is_nan(weight) && !numeric_is_inf(weight) &&
		compare_numeric(weight, int64_to_numeric(0)) >= 0 &&
		compare_numeric(weight, int64_to_numeric(PG_INT64_MAX)) <= 0)
		return;
	number = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(weight)));
	if (number[0] == '-')
		negative_weight_error(what, position, number);
	ereport(ERROR,
			(errcode(MK_ALLOCATION),
			 position > 0 ? errmsg("%s %d of the allocation is not a usable number", what, position) :
			 errmsg("the %s of the allocation is not a usable number", what),
			 errdetail("It is %s; at most %lld can be used.",
					   strlen(number) > 40 ? "a number of more than 40 digits" : number, (long long) PG_INT64_MAX),
			 errhint("Only the proportions count: divide all by the same number.")));
}

static Numeric
sum_of_weights(const Numeric *weights, int n)
{
	Numeric		sum = int64_to_numeric(0);

	for (int i = 0; i < n; i++)
	{
		check_weight(weights[i], "weight", i + 1);
		sum = numeric_binary(numeric_add, sum, weights[i]);
	}
	check_sum_of_weights(compare_numeric(sum, int64_to_numeric(0)) > 0);
	return sum;
}

/* Split an amount by decimal weights: shares[i] for weights[i], their sum is total. */
void
allocate_amounts(Amount total, const Numeric *weights, int n, Amount *shares)
{
	CurrencyCode currency = amount_currency(total);
	int64		sign = amount_minor(total) < 0 ? -1 : 1;
	int64		left = amount_minor(total) * sign;
	Numeric		units = int64_to_numeric(left);
	Numeric		sum = sum_of_weights(weights, n);
	NumericRemainder *remainders = palloc(n * sizeof(NumericRemainder));
	int64	   *minor = palloc(n * sizeof(int64));

	for (int i = 0; i < n; i++)
	{
		Numeric		product = numeric_binary(numeric_mul, units, weights[i]);
		Numeric		quotient = numeric_binary(numeric_div_trunc, product, sum);

		remainders[i].value = numeric_binary(numeric_sub, product, numeric_binary(numeric_mul, quotient, sum));
		remainders[i].position = i;
		minor[i] = DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(quotient)));
		left -= minor[i];
	}
	qsort(remainders, n, sizeof(NumericRemainder), numeric_remainder_cmp);
	for (int64 i = 0; i < left; i++)
		minor[remainders[i].position]++;
	for (int i = 0; i < n; i++)
		shares[i] = amount_of(currency, minor[i] * sign);
	pfree(remainders);
	pfree(minor);
}

/*
 * The next part of total when `cumulated` of `whole` is done and `already` was given: round(total × cumulated ÷
 * whole) − already. When all is done the parts add up to total, whatever was rounded on the way.
 */
Amount
amount_share_cumulative(Amount total, Numeric cumulated, Numeric whole, Amount already)
{
	Numeric		zero = int64_to_numeric(0);
	Numeric		product;

	amount_check_same_currency(total, already);
	check_weight(cumulated, "part", 0);
	check_weight(whole, "whole", 0);
	if (compare_numeric(whole, zero) == 0 || compare_numeric(cumulated, whole) > 0)
		ereport(ERROR,
				(errcode(MK_ALLOCATION),
				 errmsg("a cumulated part must be of a whole greater than zero, and not more than it"),
				 errdetail("The part is %s, the whole %s.",
						   DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(cumulated))),
						   DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(whole)))),
				 errhint("Give the quantity so far, this step included, and the quantity of the whole.")));
	product = numeric_binary(numeric_mul, int64_to_numeric(amount_minor(total)), cumulated);
	return amount_sub(amount_round_ratio(product, whole, amount_currency(total)), already);
}

PG_FUNCTION_INFO_V1(amount_allocate);
Datum
amount_allocate(PG_FUNCTION_ARGS)
{
	Amount		total = PG_GETARG_AMOUNT(0);
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(1);
	Oid			amount_type = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	Numeric    *weights;
	Amount	   *shares;

	deconstruct_array(array, NUMERICOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	if (ARR_NDIM(array) > 1 || array_contains_nulls(array))
		ereport(ERROR,
				(errcode(MK_ALLOCATION),
				 errmsg("the weights of an allocation must be a plain list without NULL"),
				 errhint("Give a one-dimensional array, zero for a share of nothing.")));
	weights = palloc(n * sizeof(Numeric));
	shares = palloc(n * sizeof(Amount));
	for (int i = 0; i < n; i++)
		weights[i] = DatumGetNumeric(elements[i]);
	allocate_amounts(total, weights, n, shares);
	for (int i = 0; i < n; i++)
		elements[i] = AmountGetDatum(shares[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(elements, n, amount_type, sizeof(Amount), true, TYPALIGN_DOUBLE));
}

PG_FUNCTION_INFO_V1(share_cumulative);
Datum
share_cumulative(PG_FUNCTION_ARGS)
{
	PG_RETURN_AMOUNT(amount_share_cumulative(PG_GETARG_AMOUNT(0), PG_GETARG_NUMERIC(1),
											 PG_GETARG_NUMERIC(2), PG_GETARG_AMOUNT(3)));
}
