/*
 * amount.c
 *		What amount does with decimals: to and from numeric, times and divided by a rate, rounded to cash.
 *
 * Everything is computed exactly and rounded once, half away from zero (RD-3, RD-4). Adding and comparing are in
 * amount.h, the SQL functions in amount_io.c and amount_ops.c.
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "types/amount.h"
#include "utils/builtins.h"

#define numeric_binary(function, a, b) \
	DatumGetNumeric(DirectFunctionCall2(function, NumericGetDatum(a), NumericGetDatum(b)))
#define numeric_unary(function, a) \
	DatumGetNumeric(DirectFunctionCall1(function, NumericGetDatum(a)))

static const int64 power_of_ten[] = {1, 10, 100, 1000, 10000};

static char *
numeric_text(Numeric value)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value)));
}

static int
compare_numeric(Numeric a, Numeric b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a), NumericGetDatum(b)));
}

static Numeric
absolute(Numeric value)
{
	return numeric_unary(numeric_abs, value);
}

static Numeric
to_integer(Numeric value, PGFunction rounding)
{
	return DatumGetNumeric(DirectFunctionCall2(rounding, NumericGetDatum(value), Int32GetDatum(0)));
}

Amount
amount_overflow_error(CurrencyCode currency)
{
	char		largest[AMOUNT_TEXT_SIZE];

	amount_print(currency, AMOUNT_MINOR_MAX, largest);
	ereport(ERROR,
			(errcode(MK_AMOUNT_OVERFLOW),
			 errmsg("amount out of range"),
			 errdetail("The largest amount is %s, either sign.", largest),
			 errhint("Work in numeric where figures are larger than any payment.")));
}

Amount
amount_mismatch_error(Amount a, Amount b)
{
	ereport(ERROR,
			(errcode(MK_CURRENCY_MISMATCH),
			 errmsg("amounts in %s and %s cannot be combined",
					currency_alpha(amount_currency(a)), currency_alpha(amount_currency(b))),
			 errdetail("They are %s and %s.", amount_to_cstring(a), amount_to_cstring(b)),
			 errhint("Convert one of them at a named rate first.")));
}

static void
check_finite(Numeric value)
{
	if (numeric_is_nan(value) || numeric_is_inf(value))
		ereport(ERROR,
				(errcode(MK_INVALID_AMOUNT),
				 errmsg("%s cannot be used with amounts", numeric_text(value)),
				 errhint("Give a finite number.")));
}

static Amount
division_by_zero_error(void)
{
	ereport(ERROR,
			(errcode(MK_INVALID_AMOUNT),
			 errmsg("an amount cannot be divided by zero"),
			 errhint("Leave out the rows whose divisor is zero, or use NULLIF.")));
}

/* The minor units of a whole number, if an amount can hold them. */
static Amount
amount_of_integer(Numeric minor, CurrencyCode currency)
{
	if (compare_numeric(absolute(minor), int64_to_numeric(AMOUNT_MINOR_MAX)) > 0)
		return amount_overflow_error(currency);
	return amount_make(currency, DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(minor))));
}

/*
 * A value in major units as minor units, still exact; values that are too large for any currency never get as far
 * as numeric's limits.
 */
static Numeric
scale_to_minor(Numeric value, CurrencyCode currency)
{
	currency_check_payable(currency);
	check_finite(value);
	if (compare_numeric(absolute(value), int64_to_numeric(AMOUNT_MINOR_MAX)) > 0)
		amount_overflow_error(currency);
	return numeric_binary(numeric_mul, value, int64_to_numeric(power_of_ten[currency_exponent(currency)]));
}

char *
amount_to_cstring(Amount a)
{
	char	   *result = palloc(AMOUNT_TEXT_SIZE);

	amount_print(amount_currency(a), amount_minor(a), result);
	return result;
}

/* The value in major units, with exactly the currency's decimals. */
Numeric
amount_to_numeric(Amount a)
{
	return int64_div_fast_to_numeric(amount_minor(a), Max(currency_exponent(amount_currency(a)), 0));
}

/*
 * The amount of a value that has no fraction of a minor unit; zeros beyond it do no harm, equal numbers give equal
 * amounts.
 */
Amount
amount_from_numeric(Numeric value, CurrencyCode currency)
{
	Numeric		minor = scale_to_minor(value, currency);

	if (compare_numeric(minor, to_integer(minor, numeric_trunc)) != 0)
		ereport(ERROR,
				(errcode(MK_INVALID_AMOUNT),
				 errmsg("%s has more decimals than %s", numeric_text(value), currency_alpha(currency)),
				 errdetail("%s has %d decimals.", currency_alpha(currency), currency_exponent(currency)),
				 errhint("Round where a rule says so: marketplace.amount_round(numeric, currency).")));
	return amount_of_integer(minor, currency);
}

/* The amount nearest to a value. */
Amount
amount_round_numeric(Numeric value, CurrencyCode currency)
{
	return amount_of_integer(to_integer(scale_to_minor(value, currency), numeric_round), currency);
}

/* amount × rate. A rate beyond the range of amounts overflows whatever it multiplies, zero excepted. */
Amount
amount_multiply(Amount a, Numeric rate)
{
	CurrencyCode currency = amount_currency(a);
	Numeric		minor = int64_to_numeric(amount_minor(a));

	check_finite(rate);
	if (amount_minor(a) == 0)
		return a;
	if (compare_numeric(absolute(rate), int64_to_numeric(AMOUNT_MINOR_MAX + 1)) > 0)
		return amount_overflow_error(currency);
	return amount_of_integer(to_integer(numeric_binary(numeric_mul, minor, rate), numeric_round), currency);
}

Amount
amount_divide(Amount a, Numeric divisor)
{
	check_finite(divisor);
	return amount_round_ratio(int64_to_numeric(amount_minor(a)), divisor, amount_currency(a));
}

/* How many times b goes into a: a plain number, with numeric's own precision. */
Numeric
amount_ratio(Amount a, Amount b)
{
	amount_check_same_currency(a, b);
	if (amount_minor(b) == 0)
		division_by_zero_error();
	return numeric_binary(numeric_div, int64_to_numeric(amount_minor(a)), int64_to_numeric(amount_minor(b)));
}

/*
 * dividend ÷ divisor minor units. By quotient and remainder, since a quotient cut to some decimals and then rounded
 * could turn 0.4999… into 1.
 */
Amount
amount_round_ratio(Numeric dividend, Numeric divisor, CurrencyCode currency)
{
	Numeric		zero = int64_to_numeric(0);
	Numeric		quotient;
	Numeric		remainder;

	if (compare_numeric(divisor, zero) == 0)
		return division_by_zero_error();
	quotient = numeric_binary(numeric_div_trunc, dividend, divisor);
	remainder = absolute(numeric_binary(numeric_sub, dividend, numeric_binary(numeric_mul, quotient, divisor)));
	if (compare_numeric(numeric_binary(numeric_add, remainder, remainder), absolute(divisor)) >= 0)
	{
		bool		negative = (compare_numeric(dividend, zero) < 0) != (compare_numeric(divisor, zero) < 0);

		quotient = numeric_binary(numeric_add, quotient, int64_to_numeric(negative ? -1 : 1));
	}
	return amount_of_integer(quotient, currency);
}

/* The nearest amount that can be paid in coins; the amount itself where the currency has no cash step. */
Amount
amount_round_cash(Amount a)
{
	int64		step = currency_cash_step(amount_currency(a));
	int64		minor = amount_minor(a);
	int64		half = minor < 0 ? -(step / 2) : step / 2;

	if (step == 0)
		return a;
	/* C division truncates toward zero; an odd step has no exact half, an even one rounds its half away from zero. */
	return amount_of(amount_currency(a), (minor + half) / step * step);
}
