/*
 * amount.h
 *		The SQL type amount for C callers: an integer number of minor units of one currency, in eight bytes by value.
 *
 * The currency's internal code is in the high 10 bits, the signed minor units in the low 54. Every constructor
 * checks range and currency, so a value that exists is valid; results that do not fit and two currencies in one sum
 * are errors (RD-1).
 */
#ifndef MARKETPLACE_AMOUNT_H
#define MARKETPLACE_AMOUNT_H

#include "postgres.h"

#include "fmgr.h"
#include "types/amount_parse.h"
#include "types/currency.h"
#include "utils/numeric.h"

typedef uint64 Amount;

StaticAssertDecl(sizeof(Datum) >= sizeof(Amount), "amount is passed by value: a 64-bit server is needed");

#define AMOUNT_MINOR_BITS	54
#define AMOUNT_MINOR_MASK	((UINT64CONST(1) << AMOUNT_MINOR_BITS) - 1)
#define AMOUNT_MINOR_SIGN	(UINT64CONST(1) << (AMOUNT_MINOR_BITS - 1))

#define DatumGetAmount(d)		((Amount) DatumGetInt64(d))
#define AmountGetDatum(a)		Int64GetDatum((int64) (a))
#define PG_GETARG_AMOUNT(n)		DatumGetAmount(PG_GETARG_DATUM(n))
#define PG_RETURN_AMOUNT(a)		return AmountGetDatum(a)

/* These raise their error; they return nothing, but the type lets a caller write `return amount_…_error(…)`. */
extern Amount amount_overflow_error(CurrencyCode currency);
extern Amount amount_mismatch_error(Amount a, Amount b);

static inline CurrencyCode
amount_currency(Amount a)
{
	return (CurrencyCode) (a >> AMOUNT_MINOR_BITS);
}

static inline int64
amount_minor(Amount a)
{
	return (int64) ((a & AMOUNT_MINOR_MASK) ^ AMOUNT_MINOR_SIGN) - (int64) AMOUNT_MINOR_SIGN;
}

/* The amount of a currency that is known to be payable; checks the range only. */
static inline Amount
amount_of(CurrencyCode currency, int64 minor)
{
	if (unlikely(minor > AMOUNT_MINOR_MAX || minor < -AMOUNT_MINOR_MAX))
		return amount_overflow_error(currency);
	return ((Amount) currency << AMOUNT_MINOR_BITS) | ((uint64) minor & AMOUNT_MINOR_MASK);
}

/* The amount of any currency and number of minor units; checks both. */
static inline Amount
amount_make(CurrencyCode currency, int64 minor)
{
	return amount_of(currency_check_payable(currency), minor);
}

static inline Amount
amount_zero(CurrencyCode currency)
{
	return amount_make(currency, 0);
}

static inline void
amount_check_same_currency(Amount a, Amount b)
{
	if (unlikely(amount_currency(a) != amount_currency(b)))
		amount_mismatch_error(a, b);
}

static inline Amount
amount_add(Amount a, Amount b)
{
	amount_check_same_currency(a, b);
	return amount_of(amount_currency(a), amount_minor(a) + amount_minor(b));
}

static inline Amount
amount_sub(Amount a, Amount b)
{
	amount_check_same_currency(a, b);
	return amount_of(amount_currency(a), amount_minor(a) - amount_minor(b));
}

static inline Amount
amount_neg(Amount a)
{
	return amount_of(amount_currency(a), -amount_minor(a));
}

/*
 * The total order: by currency (internal code, the same for ever), then by value. Use only where two currencies may
 * meet.
 */
static inline int
amount_cmp(Amount a, Amount b)
{
	Amount		left = a ^ AMOUNT_MINOR_SIGN;
	Amount		right = b ^ AMOUNT_MINOR_SIGN;

	return (left > right) - (left < right);
}

/* amount.c */
extern char *amount_to_cstring(Amount a);
extern Numeric amount_to_numeric(Amount a);
extern Amount amount_from_numeric(Numeric value, CurrencyCode currency);
extern Amount amount_round_numeric(Numeric value, CurrencyCode currency);
extern Amount amount_multiply(Amount a, Numeric rate);
extern Amount amount_divide(Amount a, Numeric divisor);
extern Numeric amount_ratio(Amount a, Amount b);
extern Amount amount_round_cash(Amount a);
extern Amount amount_round_ratio(Numeric dividend, Numeric divisor, CurrencyCode currency);

/* allocate.c */
extern void allocate_minor(int64 total, const int64 *weights, int n, int64 *shares);
extern void allocate_amounts(Amount total, const Numeric *weights, int n, Amount *shares);
extern Amount amount_share_cumulative(Amount total, Numeric cumulated, Numeric whole, Amount already);

#endif
