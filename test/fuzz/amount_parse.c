/*
 * amount_parse.c
 *		Fuzzer of the text form of amounts: whatever is accepted is in range and comes back the same from its own output.
 *
 * clang -g -O1 -fsanitize=fuzzer,address,undefined -Isrc test/fuzz/amount_parse.c src/types/amount_parse.c src/types/currency_table.c
 */
#include <stdlib.h>
#include <string.h>

#include "types/amount_parse.h"

static void
require(bool condition)
{
	if (!condition)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of exactly this size, so that reading past its end is seen. */
	char	   *input = malloc(size > 0 ? size : 1);
	char		printed[AMOUNT_TEXT_SIZE];
	char		printed_again[AMOUNT_TEXT_SIZE];
	ParsedAmount first;
	ParsedAmount second;

	memcpy(input, data, size);
	if (amount_parse(input, size, &first) == AMOUNT_PARSED)
	{
		require(currency_is_payable(first.currency));
		require(first.minor <= AMOUNT_MINOR_MAX && first.minor >= -AMOUNT_MINOR_MAX);
		amount_print(first.currency, first.minor, printed);
		require(strlen(printed) < AMOUNT_TEXT_SIZE);
		require(amount_parse(printed, strlen(printed), &second) == AMOUNT_PARSED);
		require(second.currency == first.currency && second.minor == first.minor);
		amount_print(second.currency, second.minor, printed_again);
		require(strcmp(printed, printed_again) == 0);
	}

	/* Any bits as an amount print without overrunning, whatever the currency. */
	if (size >= sizeof(int64_t) + sizeof(CurrencyCode))
	{
		int64_t		minor;
		CurrencyCode currency;

		memcpy(&minor, data, sizeof(minor));
		memcpy(&currency, data + sizeof(minor), sizeof(currency));
		amount_print(currency, minor, printed);
		require(memchr(printed, '\0', sizeof(printed)) != NULL);
	}
	free(input);
	return 0;
}
