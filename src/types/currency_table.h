/*
 * currency_table.h
 *		ISO 4217 as data: what a currency code means, how many decimals it has, when it was valid.
 *
 * Free of postgres.h, so that the parser that stands on it can be fuzzed by itself. SQL sees it through currency.c.
 */
#ifndef MARKETPLACE_CURRENCY_TABLE_H
#define MARKETPLACE_CURRENCY_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The internal code: position in the table, from 1. Stored on disk; 0 is "no currency", 1023 the last that amount
 * can hold.
 */
typedef uint16_t CurrencyCode;

#define CURRENCY_NONE		((CurrencyCode) 0)
#define CURRENCY_CODE_MAX	1023
#define CURRENCY_ALPHA_SIZE	3

typedef struct CurrencyRow
{
	char		alpha[CURRENCY_ALPHA_SIZE + 1];
	uint16_t	number;			/* ISO 4217 numeric code */
	int8_t		exponent;		/* decimals of the minor unit; -1: has none, cannot be paid in */
	uint16_t	cash_step;		/* smallest step of cash payments in minor units; 0: the minor unit */
	uint32_t	valid_from;		/* yyyymmdd; 0: before this table's records */
	uint32_t	valid_until;	/* yyyymmdd, first day it is no longer valid; 0: in force */
	const char *name;
} CurrencyRow;

extern CurrencyCode currency_count(void);
extern const CurrencyRow *currency_row(CurrencyCode currency);
extern CurrencyCode currency_lookup(const char *alpha, size_t length);

static inline const char *
currency_alpha(CurrencyCode currency)
{
	return currency_row(currency)->alpha;
}

static inline int
currency_exponent(CurrencyCode currency)
{
	return currency_row(currency)->exponent;
}

static inline int
currency_cash_step(CurrencyCode currency)
{
	return currency_row(currency)->cash_step;
}

static inline bool
currency_is_payable(CurrencyCode currency)
{
	return currency_row(currency)->exponent >= 0;
}

#endif
