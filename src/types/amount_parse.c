/*
 * amount_parse.c
 *		The text form of amounts to and from minor units; no PostgreSQL in here.
 *
 * One form only, in every locale: optional sign, digits, optionally a point and digits, spaces, three capital
 * letters. Decimals beyond the minor unit are refused even when they are zeros: whoever writes them means another
 * currency or another unit.
 */
#include "types/amount_parse.h"

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Append one decimal digit; false if the result would leave the range. */
static bool
append_digit(int64_t *value, int digit)
{
	if (*value > (AMOUNT_MINOR_MAX - digit) / 10)
		return false;
	*value = *value * 10 + digit;
	return true;
}

/*
 * `[sign] digits [. digits]`, the whole text, to minor units of a currency with so many decimals.
 * A wrong form is reported before too many decimals, and these before a number that is too large.
 */
AmountParseStatus
decimal_parse(const char *text, size_t length, int exponent, int64_t *minor)
{
	size_t		at = 0;
	size_t		whole_start;
	int			decimals = 0;
	bool		negative = false;
	bool		fits = true;
	int64_t		value = 0;

	if (at < length && (text[at] == '-' || text[at] == '+'))
		negative = text[at++] == '-';
	whole_start = at;
	for (; at < length && is_digit(text[at]); at++)
		fits = fits && append_digit(&value, text[at] - '0');
	if (at == whole_start)
		return AMOUNT_SYNTAX;
	if (at < length && text[at] == '.')
	{
		size_t		decimals_start = ++at;

		for (; at < length && is_digit(text[at]); at++)
		{
			if (decimals > exponent)
				continue;
			decimals++;
			fits = fits && (decimals > exponent || append_digit(&value, text[at] - '0'));
		}
		if (at == decimals_start)
			return AMOUNT_SYNTAX;
	}
	if (at < length)
		return AMOUNT_SYNTAX;
	if (decimals > exponent)
		return AMOUNT_TOO_MANY_DECIMALS;
	for (; decimals < exponent; decimals++)
		fits = fits && append_digit(&value, 0);
	if (!fits)
		return AMOUNT_OUT_OF_RANGE;
	*minor = negative ? -value : value;
	return AMOUNT_PARSED;
}

/* `number space(s) code`, with spaces around it allowed. */
AmountParseStatus
amount_parse(const char *text, size_t length, ParsedAmount *result)
{
	size_t		start = 0;
	size_t		end = length;
	size_t		number_end;
	const char *alpha;

	result->currency = CURRENCY_NONE;
	result->minor = 0;
	while (start < end && is_space(text[start]))
		start++;
	while (end > start && is_space(text[end - 1]))
		end--;
	if (end - start < CURRENCY_ALPHA_SIZE)
		return AMOUNT_SYNTAX;
	number_end = end - CURRENCY_ALPHA_SIZE;
	alpha = text + number_end;
	for (int i = 0; i < CURRENCY_ALPHA_SIZE; i++)
		if (alpha[i] < 'A' || alpha[i] > 'Z')
			return AMOUNT_SYNTAX;
	if (number_end == start || !is_space(text[number_end - 1]))
		return AMOUNT_SYNTAX;
	while (number_end > start && is_space(text[number_end - 1]))
		number_end--;
	result->currency = currency_lookup(alpha, CURRENCY_ALPHA_SIZE);
	if (result->currency == CURRENCY_NONE)
		return AMOUNT_UNKNOWN_CURRENCY;
	if (!currency_is_payable(result->currency))
		return AMOUNT_NOT_PAYABLE;
	return decimal_parse(text + start, number_end - start, currency_exponent(result->currency), &result->minor);
}

/* The one text form of an amount: exactly the currency's decimals (RD-2). */
void
amount_print(CurrencyCode currency, int64_t minor, char text[AMOUNT_TEXT_SIZE])
{
	const char *alpha = currency_alpha(currency);
	int			exponent = currency_exponent(currency);
	uint64_t	rest = minor < 0 ? -(uint64_t) minor : (uint64_t) minor;
	char		digits[AMOUNT_TEXT_SIZE];
	int			count = 0;
	char	   *out = text;

	while (rest > 0 || count <= exponent)
	{
		digits[count++] = (char) ('0' + rest % 10);
		rest /= 10;
	}
	if (count == 0)
		digits[count++] = '0';
	if (minor < 0)
		*out++ = '-';
	while (count > 0)
	{
		if (count == exponent)
			*out++ = '.';
		*out++ = digits[--count];
	}
	*out++ = ' ';
	for (int i = 0; i <= CURRENCY_ALPHA_SIZE; i++)
		*out++ = alpha[i];
}
