/*
 * identifier.c
 *		Fuzzes every identifier checker, the EPC reader and the makers (libFuzzer; `make fuzz`).
 *
 * Beyond memory errors it tests what must hold of any input: made keys are valid, and a valid key with one digit
 * changed is not.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "types/checkdigit.h"
#include "types/identifier_check.h"
#include "types/identifier_epc.h"

typedef bool (*Checker) (const char *s, size_t n);

/* Checkers whose check digits find every single wrong digit. */
static const Checker sure_checkers[] = {
	iban_valid, creditor_reference_valid, siren_valid, gtin_valid, gln_valid, sscc_valid
};
static const Checker other_checkers[] = {
	country_code_valid, bic_valid, siret_valid, vat_id_valid, s10_valid
};

#define lengthof(array) (sizeof(array) / sizeof((array)[0]))

static void
must(bool truth)
{
	if (!truth)
		abort();
}

static void
test_single_errors(Checker valid, char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
	{
		char		right = s[i];

		if (right < '0' || right > '9')
			continue;
		s[i] = (char) ('0' + (right - '0' + 1 + (int) (i % 9)) % 10);
		must(!valid(s, n));
		s[i] = right;
	}
	must(valid(s, n));
}

static void
test_epc(const char *s, size_t n)
{
	char		key[GS1_KEY_SIZE];
	Gs1KeyKind	kind;

	if (epc_to_gs1_key(s, n, key, &kind) != EPC_KEY)
		return;
	must(kind != GS1_GTIN || strlen(key) == 14);
	must(kind == GS1_GTIN ? gtin_valid(key, strlen(key)) :
		 kind == GS1_SSCC ? sscc_valid(key, strlen(key)) : gln_valid(key, strlen(key)));
}

static void
test_makers(const char *s, size_t n)
{
	char		reference[CREDITOR_REFERENCE_MAX + 1];
	char		sscc[GS1_KEY_SIZE];
	int64_t		serial = 0;

	if (creditor_reference_compose(s, n, reference))
		must(creditor_reference_valid(reference, strlen(reference)));
	if (n <= sizeof(serial))
		return;
	memcpy(&serial, s, sizeof(serial));
	for (int shift = 0; shift < 64; shift += 16)
	{
		if (sscc_compose(s[0] % 12, s + sizeof(serial), n - sizeof(serial), serial >> shift, sscc))
			must(sscc_valid(sscc, strlen(sscc)));
	}
}

static void
test_squeeze(const char *s, size_t n)
{
	char	   *once = malloc(n + 1);
	char	   *twice = malloc(n + 1);
	size_t		once_n;
	size_t		twice_n;

	must(once != NULL && twice != NULL);
	once_n = identifier_squeeze_utf8(s, n, once);
	must(once_n <= n);
	twice_n = identifier_squeeze_utf8(once, once_n, twice);
	/* Not always equal: of bytes that are no UTF-8, two may become neighbours that make a separator. */
	must(twice_n <= once_n);
	free(once);
	free(twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of just the size, so that reading one byte too many is found, and that can be changed in place. */
	char	   *s = malloc(size > 0 ? size : 1);

	must(s != NULL);
	if (size > 0)
		memcpy(s, data, size);
	for (size_t i = 0; i < lengthof(sure_checkers); i++)
	{
		if (sure_checkers[i] (s, size))
			test_single_errors(sure_checkers[i], s, size);
	}
	for (size_t i = 0; i < lengthof(other_checkers); i++)
		other_checkers[i] (s, size);
	luhn_valid(s, size);
	test_epc(s, size);
	test_makers(s, size);
	test_squeeze(s, size);
	free(s);
	return 0;
}
