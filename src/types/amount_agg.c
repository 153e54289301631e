/*
 * amount_agg.c
 *		The aggregate sum(amount): one currency, exact, parallel, and moving in window frames.
 *
 * The state adds up in 128 bits, so only the result has to fit an amount. Two currencies in one sum are an error
 * (RD-1).
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "libpq/pqformat.h"
#include "types/amount.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#ifndef HAVE_INT128
#error "marketplace needs a compiler with 128-bit integers"
#endif

typedef struct SumState
{
	int64		count;			/* rows in the sum; with 0, currency means nothing */
	CurrencyCode currency;
	int128		total;
} SumState;

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(MK_INVALID_ARGUMENT),
				 errmsg("a support function of sum(amount) was called outside of an aggregate"),
				 errhint("Call marketplace.sum(amount).")));
	return context;
}

static SumState *
sum_state(FunctionCallInfo fcinfo)
{
	MemoryContext context = aggregate_context(fcinfo);

	if (!PG_ARGISNULL(0))
		return (SumState *) PG_GETARG_POINTER(0);
	return MemoryContextAllocZero(context, sizeof(SumState));
}

static void
sum_include(SumState *state, CurrencyCode currency, int128 total, int64 count)
{
	if (count == 0)
		return;
	if (state->count > 0 && state->currency != currency)
		ereport(ERROR,
				(errcode(MK_CURRENCY_MISMATCH),
				 errmsg("amounts in %s and %s have no sum", currency_alpha(state->currency), currency_alpha(currency)),
				 errdetail("Amounts in %s so far: %lld.", currency_alpha(state->currency), (long long) state->count),
				 errhint("Group by marketplace.currency(amount), or convert at a named rate first.")));
	state->currency = currency;
	state->total += total;
	state->count += count;
}

PG_FUNCTION_INFO_V1(amount_sum_step);
Datum
amount_sum_step(PG_FUNCTION_ARGS)
{
	SumState   *state = sum_state(fcinfo);

	if (!PG_ARGISNULL(1))
	{
		Amount		a = PG_GETARG_AMOUNT(1);

		sum_include(state, amount_currency(a), amount_minor(a), 1);
	}
	PG_RETURN_POINTER(state);
}

/* A row leaves a window frame. */
PG_FUNCTION_INFO_V1(amount_sum_inverse);
Datum
amount_sum_inverse(PG_FUNCTION_ARGS)
{
	SumState   *state = sum_state(fcinfo);

	if (!PG_ARGISNULL(1))
	{
		state->total -= amount_minor(PG_GETARG_AMOUNT(1));
		state->count--;
	}
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(amount_sum_combine);
Datum
amount_sum_combine(PG_FUNCTION_ARGS)
{
	SumState   *state = sum_state(fcinfo);

	if (!PG_ARGISNULL(1))
	{
		SumState   *other = (SumState *) PG_GETARG_POINTER(1);

		sum_include(state, other->currency, other->total, other->count);
	}
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(amount_sum_serialize);
Datum
amount_sum_serialize(PG_FUNCTION_ARGS)
{
	SumState   *state;
	StringInfoData message;

	aggregate_context(fcinfo);
	state = (SumState *) PG_GETARG_POINTER(0);
	pq_begintypsend(&message);
	pq_sendint64(&message, state->count);
	pq_sendint16(&message, state->currency);
	pq_sendint64(&message, (int64) (state->total >> 64));
	pq_sendint64(&message, (int64) state->total);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

PG_FUNCTION_INFO_V1(amount_sum_deserialize);
Datum
amount_sum_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes;
	SumState   *state;
	StringInfoData message;
	uint128		high;

	aggregate_context(fcinfo);
	bytes = PG_GETARG_BYTEA_PP(0);
	initStringInfo(&message);
	appendBinaryStringInfo(&message, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	state = palloc0(sizeof(SumState));
	state->count = pq_getmsgint64(&message);
	state->currency = (CurrencyCode) pq_getmsgint(&message, 2);
	high = (uint64) pq_getmsgint64(&message);
	state->total = (int128) (high << 64 | (uint64) pq_getmsgint64(&message));
	pq_getmsgend(&message);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(amount_sum_final);
Datum
amount_sum_final(PG_FUNCTION_ARGS)
{
	SumState   *state = PG_ARGISNULL(0) ? NULL : (SumState *) PG_GETARG_POINTER(0);

	aggregate_context(fcinfo);
	if (state == NULL || state->count == 0)
		PG_RETURN_NULL();
	if (state->total > AMOUNT_MINOR_MAX || state->total < -AMOUNT_MINOR_MAX)
		PG_RETURN_AMOUNT(amount_overflow_error(state->currency));
	PG_RETURN_AMOUNT(amount_of(state->currency, (int64) state->total));
}
