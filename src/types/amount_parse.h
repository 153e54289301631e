/*
 * amount_parse.h
 *		The text form of amounts, `1234.50 EUR`, to and from minor units. Free of postgres.h, so that it can be
 *		fuzzed by itself.
 */
#ifndef MARKETPLACE_AMOUNT_PARSE_H
#define MARKETPLACE_AMOUNT_PARSE_H

#include "types/currency_table.h"

/*
 * The largest number of minor units, either sign: what 54 bits hold symmetrically, and what a double holds exactly.
 */
#define AMOUNT_MINOR_MAX	INT64_C(9007199254740991)

/* Sign, 16 digits or zeros before them, point, space, letters and the final NUL, with room to spare. */
#define AMOUNT_TEXT_SIZE	32

typedef enum AmountParseStatus
{
	AMOUNT_PARSED,
	AMOUNT_SYNTAX,				/* not `[sign] digits [. digits] space(s) code` */
	AMOUNT_UNKNOWN_CURRENCY,	/* the code is three letters that ISO 4217 does not have */
	AMOUNT_NOT_PAYABLE,			/* the currency has no minor unit */
	AMOUNT_TOO_MANY_DECIMALS,	/* more decimals than the currency's minor unit has (RD-2) */
	AMOUNT_OUT_OF_RANGE
} AmountParseStatus;

typedef struct ParsedAmount
{
	CurrencyCode currency;		/* set as soon as it is known */
	int64_t		minor;
} ParsedAmount;

extern AmountParseStatus decimal_parse(const char *text, size_t length, int exponent, int64_t *minor);
extern AmountParseStatus amount_parse(const char *text, size_t length, ParsedAmount *result);
extern void amount_print(CurrencyCode currency, int64_t minor, char text[AMOUNT_TEXT_SIZE]);

#endif
