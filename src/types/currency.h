/*
 * currency.h
 *		The SQL type currency for C callers; the table behind it is currency_table.h.
 */
#ifndef MARKETPLACE_CURRENCY_H
#define MARKETPLACE_CURRENCY_H

#include "postgres.h"

#include "fmgr.h"
#include "types/currency_table.h"

#define DatumGetCurrency(d)		((CurrencyCode) DatumGetUInt16(d))
#define CurrencyGetDatum(c)		UInt16GetDatum(c)
#define PG_GETARG_CURRENCY(n)	DatumGetCurrency(PG_GETARG_DATUM(n))
#define PG_RETURN_CURRENCY(c)	return CurrencyGetDatum(c)

/* The letters as one number: alphabetical order is numerical order. */
static inline uint32
currency_order(CurrencyCode currency)
{
	const unsigned char *alpha = (const unsigned char *) currency_alpha(currency);

	return ((uint32) alpha[0] << 16) | ((uint32) alpha[1] << 8) | alpha[2];
}

static inline int
currency_cmp(CurrencyCode a, CurrencyCode b)
{
	uint32		left = currency_order(a);
	uint32		right = currency_order(b);

	return (left > right) - (left < right);
}

/* Returns a currency that amounts can be in; MK013 otherwise. */
extern CurrencyCode currency_check_payable(CurrencyCode currency);

#endif
