/*
 * currency.c
 *		The SQL type currency: text and binary form, order, hashing, and the list of all currencies.
 *
 * The value is the internal code of currency_table.c; outside the server it is always the three ISO letters. It
 * sorts by them.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "funcapi.h"
#include "kernel/errors.h"
#include "libpq/pqformat.h"
#include "types/currency.h"
#include "types/soft_error.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/numeric.h"
#include "utils/sortsupport.h"

CurrencyCode
currency_check_payable(CurrencyCode currency)
{
	if (!currency_is_payable(currency))
		ereport(ERROR,
				(errcode(MK_UNKNOWN_CURRENCY),
				 errmsg("there are no amounts in %s", currency_alpha(currency)),
				 errdetail("%s (%s) has no minor unit in ISO 4217.",
						   currency_alpha(currency), currency_row(currency)->name),
				 errhint("marketplace.currencies() lists each currency with its minor units.")));
	return currency;
}

PG_FUNCTION_INFO_V1(currency_in);
Datum
currency_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	CurrencyCode currency = currency_lookup(input, strlen(input));

	if (currency == CURRENCY_NONE)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(MK_UNKNOWN_CURRENCY),
				 errmsg("\"%s\" is not a currency", input),
				 errdetail("A currency is three capital letters of ISO 4217, without spaces."),
				 errhint("marketplace.currencies() lists them.")));
	PG_RETURN_CURRENCY(currency);
}

PG_FUNCTION_INFO_V1(currency_out);
Datum
currency_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(pstrdup(currency_alpha(PG_GETARG_CURRENCY(0))));
}

PG_FUNCTION_INFO_V1(currency_recv);
Datum
currency_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	CurrencyCode currency = currency_lookup(pq_getmsgbytes(message, CURRENCY_ALPHA_SIZE), CURRENCY_ALPHA_SIZE);

	if (currency == CURRENCY_NONE)
		ereport(ERROR,
				(errcode(MK_UNKNOWN_CURRENCY),
				 errmsg("a binary value is not a currency"),
				 errdetail("The binary form of a currency is its three capital letters of ISO 4217."),
				 errhint("marketplace.currencies() lists them.")));
	PG_RETURN_CURRENCY(currency);
}

PG_FUNCTION_INFO_V1(currency_send);
Datum
currency_send(PG_FUNCTION_ARGS)
{
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbytes(&message, currency_alpha(PG_GETARG_CURRENCY(0)), CURRENCY_ALPHA_SIZE);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

PG_FUNCTION_INFO_V1(currency_eq);
Datum
currency_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_CURRENCY(0) == PG_GETARG_CURRENCY(1));
}

PG_FUNCTION_INFO_V1(currency_ne);
Datum
currency_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_CURRENCY(0) != PG_GETARG_CURRENCY(1));
}

PG_FUNCTION_INFO_V1(currency_lt);
Datum
currency_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(currency_cmp(PG_GETARG_CURRENCY(0), PG_GETARG_CURRENCY(1)) < 0);
}

PG_FUNCTION_INFO_V1(currency_le);
Datum
currency_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(currency_cmp(PG_GETARG_CURRENCY(0), PG_GETARG_CURRENCY(1)) <= 0);
}

PG_FUNCTION_INFO_V1(currency_gt);
Datum
currency_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(currency_cmp(PG_GETARG_CURRENCY(0), PG_GETARG_CURRENCY(1)) > 0);
}

PG_FUNCTION_INFO_V1(currency_ge);
Datum
currency_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(currency_cmp(PG_GETARG_CURRENCY(0), PG_GETARG_CURRENCY(1)) >= 0);
}

PG_FUNCTION_INFO_V1(currency_compare);
Datum
currency_compare(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(currency_cmp(PG_GETARG_CURRENCY(0), PG_GETARG_CURRENCY(1)));
}

static int
currency_fast_cmp(Datum a, Datum b, SortSupport ssup)
{
	return currency_cmp(DatumGetCurrency(a), DatumGetCurrency(b));
}

PG_FUNCTION_INFO_V1(currency_sortsupport);
Datum
currency_sortsupport(PG_FUNCTION_ARGS)
{
	((SortSupport) PG_GETARG_POINTER(0))->comparator = currency_fast_cmp;
	PG_RETURN_VOID();
}

/* Hashes the letters: they mean the same wherever the table of currencies goes. */
PG_FUNCTION_INFO_V1(currency_hash);
Datum
currency_hash(PG_FUNCTION_ARGS)
{
	return hash_uint32(currency_order(PG_GETARG_CURRENCY(0)));
}

PG_FUNCTION_INFO_V1(currency_hash_extended);
Datum
currency_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_uint32_extended(currency_order(PG_GETARG_CURRENCY(0)), PG_GETARG_INT64(1));
}

PG_FUNCTION_INFO_V1(currency_smaller);
Datum
currency_smaller(PG_FUNCTION_ARGS)
{
	CurrencyCode a = PG_GETARG_CURRENCY(0);
	CurrencyCode b = PG_GETARG_CURRENCY(1);

	PG_RETURN_CURRENCY(currency_cmp(a, b) <= 0 ? a : b);
}

PG_FUNCTION_INFO_V1(currency_larger);
Datum
currency_larger(PG_FUNCTION_ARGS)
{
	CurrencyCode a = PG_GETARG_CURRENCY(0);
	CurrencyCode b = PG_GETARG_CURRENCY(1);

	PG_RETURN_CURRENCY(currency_cmp(a, b) >= 0 ? a : b);
}

/* A date of the table as a Datum; NULL for "not known" and "still in force". */
static Datum
table_date(uint32 yyyymmdd, bool *isnull)
{
	*isnull = yyyymmdd == 0;
	if (*isnull)
		return (Datum) 0;
	return DateADTGetDatum(date2j(yyyymmdd / 10000, yyyymmdd / 100 % 100, yyyymmdd % 100) - POSTGRES_EPOCH_JDATE);
}

PG_FUNCTION_INFO_V1(currencies);
Datum
currencies(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (CurrencyCode currency = 1; currency <= currency_count(); currency++)
	{
		const CurrencyRow *row = currency_row(currency);
		bool		payable = currency_is_payable(currency);
		int			step = row->cash_step > 0 ? row->cash_step : 1;
		Datum		values[7];
		bool		nulls[7] = {false};

		values[0] = CurrencyGetDatum(currency);
		values[1] = Int16GetDatum(row->number);
		values[2] = Int16GetDatum(row->exponent);
		values[3] = CStringGetTextDatum(row->name);
		values[4] = NumericGetDatum(int64_div_fast_to_numeric(step, payable ? row->exponent : 0));
		values[5] = table_date(row->valid_from, &nulls[5]);
		values[6] = table_date(row->valid_until, &nulls[6]);
		nulls[2] = nulls[4] = !payable;
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
