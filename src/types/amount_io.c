/*
 * amount_io.c
 *		The SQL type amount at its borders: text, binary, type modifier, and conversions from and to other types.
 *
 * The binary form is the three ISO letters and the minor units as int8 (11 bytes): the internal code never leaves
 * the server.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "kernel/errors.h"
#include "libpq/pqformat.h"
#include "types/amount.h"
#include "types/soft_error.h"
#include "utils/array.h"
#include "utils/builtins.h"

#define HINT_CURRENCIES	"marketplace.currencies() lists each currency with its minor units."

/* Raise, or save in a soft context, what is wrong with the text of an amount. */
static Datum
amount_input_error(Node *context, const char *input, AmountParseStatus status, CurrencyCode currency)
{
	const char *alpha = currency_alpha(currency);

	switch (status)
	{
		case AMOUNT_UNKNOWN_CURRENCY:
			ereturn(context, (Datum) 0,
					(errcode(MK_UNKNOWN_CURRENCY),
					 errmsg("the currency of \"%s\" is not in ISO 4217", input),
					 errdetail("No currency in force, or withdrawn since 1999, has this code."),
					 errhint(HINT_CURRENCIES)));
		case AMOUNT_NOT_PAYABLE:
			ereturn(context, (Datum) 0,
					(errcode(MK_UNKNOWN_CURRENCY),
					 errmsg("there are no amounts in %s", alpha),
					 errdetail("%s (%s) has no minor unit in ISO 4217.", alpha, currency_row(currency)->name),
					 errhint(HINT_CURRENCIES)));
		case AMOUNT_TOO_MANY_DECIMALS:
			ereturn(context, (Datum) 0,
					(errcode(MK_INVALID_AMOUNT),
					 errmsg("\"%s\" has more decimals than %s", input, alpha),
					 errdetail("%s has %d decimals.", alpha, currency_exponent(currency)),
					 errhint("Round where a rule says so: marketplace.amount_round(numeric, currency).")));
		case AMOUNT_OUT_OF_RANGE:
			ereturn(context, (Datum) 0,
					(errcode(MK_AMOUNT_OVERFLOW),
					 errmsg("\"%s\" is out of range for an amount", input),
					 errdetail("An amount has at most %lld minor units, either sign.",
							   (long long) AMOUNT_MINOR_MAX),
					 errhint("Work in numeric where figures are larger than any payment.")));
		case AMOUNT_SYNTAX:
		case AMOUNT_PARSED:
			break;
	}
	ereturn(context, (Datum) 0,
			(errcode(MK_INVALID_AMOUNT),
			 errmsg("\"%s\" is not an amount", input),
			 errdetail("An amount is a decimal number with a point, a space and three capital letters."),
			 errhint("Write it like 1234.50 EUR.")));
}

/* What is wrong with an amount for a column of one currency (a type modifier, -1 for any). */
static Datum
currency_of_column_check(Node *context, Amount a, int32 typmod)
{
	if (typmod >= 0 && amount_currency(a) != typmod)
		ereturn(context, (Datum) 0,
				(errcode(MK_CURRENCY_MISMATCH),
				 errmsg("%s is not in %s", amount_to_cstring(a), currency_alpha((CurrencyCode) typmod)),
				 errdetail("The type here is amount('%s').", currency_alpha((CurrencyCode) typmod)),
				 errhint("Convert it at a named rate first.")));
	PG_RETURN_AMOUNT(a);
}

PG_FUNCTION_INFO_V1(amount_in);
Datum
amount_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	int32		typmod = PG_GETARG_INT32(2);
	ParsedAmount parsed;
	AmountParseStatus status = amount_parse(input, strlen(input), &parsed);

	if (status != AMOUNT_PARSED)
		return amount_input_error(fcinfo->context, input, status, parsed.currency);
	return currency_of_column_check(fcinfo->context, amount_of(parsed.currency, parsed.minor), typmod);
}

PG_FUNCTION_INFO_V1(amount_out);
Datum
amount_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(amount_to_cstring(PG_GETARG_AMOUNT(0)));
}

PG_FUNCTION_INFO_V1(amount_recv);
Datum
amount_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int32		typmod = PG_GETARG_INT32(2);
	CurrencyCode currency = currency_lookup(pq_getmsgbytes(message, CURRENCY_ALPHA_SIZE), CURRENCY_ALPHA_SIZE);

	if (currency == CURRENCY_NONE)
		ereport(ERROR,
				(errcode(MK_UNKNOWN_CURRENCY),
				 errmsg("the currency of a binary amount is not in ISO 4217"),
				 errdetail("The binary form is the currency's three letters and the minor units as int8."),
				 errhint(HINT_CURRENCIES)));
	return currency_of_column_check(NULL, amount_make(currency, pq_getmsgint64(message)), typmod);
}

PG_FUNCTION_INFO_V1(amount_send);
Datum
amount_send(PG_FUNCTION_ARGS)
{
	Amount		a = PG_GETARG_AMOUNT(0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbytes(&message, currency_alpha(amount_currency(a)), CURRENCY_ALPHA_SIZE);
	pq_sendint64(&message, amount_minor(a));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/* amount('EUR'): the modifier is the currency's internal code. */
PG_FUNCTION_INFO_V1(amount_typmod_in);
Datum
amount_typmod_in(PG_FUNCTION_ARGS)
{
	ArrayType  *modifiers = PG_GETARG_ARRAYTYPE_P(0);
	Datum	   *elements;
	int			count;
	const char *alpha;
	CurrencyCode currency;

	deconstruct_array(modifiers, CSTRINGOID, -2, false, TYPALIGN_CHAR, &elements, NULL, &count);
	if (count != 1)
		ereport(ERROR,
				(errcode(MK_INVALID_ARGUMENT),
				 errmsg("amount takes one currency, not %d", count),
				 errhint("Write amount('EUR').")));
	alpha = DatumGetCString(elements[0]);
	currency = currency_lookup(alpha, strlen(alpha));
	if (currency == CURRENCY_NONE)
		ereport(ERROR,
				(errcode(MK_UNKNOWN_CURRENCY),
				 errmsg("\"%s\" is not a currency", alpha),
				 errdetail("A currency is three capital letters of ISO 4217, in quotes here: amount('EUR')."),
				 errhint(HINT_CURRENCIES)));
	PG_RETURN_INT32(currency_check_payable(currency));
}

PG_FUNCTION_INFO_V1(amount_typmod_out);
Datum
amount_typmod_out(PG_FUNCTION_ARGS)
{
	int32		typmod = PG_GETARG_INT32(0);

	if (typmod < 0)
		PG_RETURN_CSTRING(pstrdup(""));
	PG_RETURN_CSTRING(psprintf("('%s')", currency_alpha((CurrencyCode) typmod)));
}

PG_FUNCTION_INFO_V1(amount_coerce);
Datum
amount_coerce(PG_FUNCTION_ARGS)
{
	return currency_of_column_check(NULL, PG_GETARG_AMOUNT(0), PG_GETARG_INT32(1));
}

PG_FUNCTION_INFO_V1(amount_of_numeric);
Datum
amount_of_numeric(PG_FUNCTION_ARGS)
{
	PG_RETURN_AMOUNT(amount_from_numeric(PG_GETARG_NUMERIC(0), PG_GETARG_CURRENCY(1)));
}

PG_FUNCTION_INFO_V1(amount_round);
Datum
amount_round(PG_FUNCTION_ARGS)
{
	PG_RETURN_AMOUNT(amount_round_numeric(PG_GETARG_NUMERIC(0), PG_GETARG_CURRENCY(1)));
}

PG_FUNCTION_INFO_V1(amount_of_minor_units);
Datum
amount_of_minor_units(PG_FUNCTION_ARGS)
{
	PG_RETURN_AMOUNT(amount_make(PG_GETARG_CURRENCY(1), PG_GETARG_INT64(0)));
}

PG_FUNCTION_INFO_V1(currency_zero);
Datum
currency_zero(PG_FUNCTION_ARGS)
{
	PG_RETURN_AMOUNT(amount_zero(PG_GETARG_CURRENCY(0)));
}

PG_FUNCTION_INFO_V1(amount_minor_units);
Datum
amount_minor_units(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(amount_minor(PG_GETARG_AMOUNT(0)));
}

PG_FUNCTION_INFO_V1(amount_currency_of);
Datum
amount_currency_of(PG_FUNCTION_ARGS)
{
	PG_RETURN_CURRENCY(amount_currency(PG_GETARG_AMOUNT(0)));
}

PG_FUNCTION_INFO_V1(amount_value);
Datum
amount_value(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(amount_to_numeric(PG_GETARG_AMOUNT(0)));
}
