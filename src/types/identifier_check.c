/*
 * identifier_check.c
 *		Is this an IBAN, a BIC, a SIREN, a GTIN …? One function per kind (RD-28 … RD-35), and the making of a
 *		creditor reference.
 *
 * An identifier is checked by its own arithmetic only: no bank, post office or register is asked whether it was
 * ever given to someone. The alphabet is strict (capitals, no separators), because what passes is stored and
 * compared byte by byte; identifier_squeeze_utf8() is the lenient side. Pure C: any bytes of any length are
 * answered, lengths first.
 */
#include "types/identifier_check.h"

#include <string.h>

#include "types/checkdigit.h"
#include "types/identifier_tables.h"

#define SIREN_LENGTH 9
#define SIRET_LENGTH 14
#define GLN_LENGTH 13
#define SSCC_LENGTH 18
#define S10_LENGTH 13
#define IBAN_SHORTEST 5
#define IBAN_LONGEST 34
#define VAT_ID_SHORTEST 4
#define VAT_ID_LONGEST 14

/* Kosovo has no code of ISO 3166-1 yet; the IBAN and BIC registries use this one. */
#define BANKING_CODE_KOSOVO "XK"

bool
country_code_valid(const char *s, size_t n)
{
	return n == 2 && iso_country_exists(s);
}

/*
 * The check digits that stand after two letters, with the first four characters moved to the end, give 1 modulo 97
 * (ISO 7064). They run from 02 to 98: 00, 01 and 99 would pass the division, but are a second spelling of 97, 98
 * and 02.
 */
static bool
mod97_10_valid(const char *s, size_t n)
{
	int			check;
	int			remainder;

	if (!all_digits(s + 2, 2))
		return false;
	check = (s[2] - '0') * 10 + (s[3] - '0');
	if (check < 2 || check > 98)
		return false;
	remainder = mod97(0, s + 4, n - 4);
	return remainder >= 0 && mod97(remainder, s, 4) == 1;
}

/* RD-32. The bank's own national check digits, where a country has some, are not tested. */
bool
iban_valid(const char *s, size_t n)
{
	const IbanCountry *country;

	if (n < IBAN_SHORTEST || n > IBAN_LONGEST)
		return false;
	country = iban_country_find(s);
	return country != NULL && structure_matches(country->bban, s + 4, n - 4) && mod97_10_valid(s, n);
}

/* RD-34, ISO 9362: institution, country, location, branch. */
bool
bic_valid(const char *s, size_t n)
{
	if (n != 8 && n != 11)
		return false;
	return structure_matches("6a2c|6a5c", s, n) &&
		(iso_country_exists(s + 4) || memcmp(s + 4, BANKING_CODE_KOSOVO, 2) == 0);
}

/* RD-33, ISO 11649. */
bool
creditor_reference_valid(const char *s, size_t n)
{
	if (n < 5 || n > CREDITOR_REFERENCE_MAX)
		return false;
	return memcmp(s, "RF", 2) == 0 && mod97_10_valid(s, n);
}

/*
 * Writes RF, the check digits, the body and a terminator (CREDITOR_REFERENCE_MAX + 1 bytes at most). False, and
 * nothing written, if the body is not 1 to 21 capital letters and digits.
 */
bool
creditor_reference_compose(const char *body, size_t n, char *reference)
{
	int			remainder;
	int			check;

	if (n < 1 || n > CREDITOR_REFERENCE_BODY_MAX)
		return false;
	remainder = mod97(0, body, n);
	if (remainder < 0)
		return false;
	check = 98 - mod97(remainder, "RF00", 4);
	reference[0] = 'R';
	reference[1] = 'F';
	reference[2] = (char) ('0' + check / 10);
	reference[3] = (char) ('0' + check % 10);
	memcpy(reference + 4, body, n);
	reference[4 + n] = '\0';
	return true;
}

/* RD-35: French enterprise. */
bool
siren_valid(const char *s, size_t n)
{
	return n == SIREN_LENGTH && luhn_valid(s, n);
}

/*
 * RD-35: French establishment, its SIREN first. La Poste has more establishments than its SIREN has Luhn numbers
 * for, so INSEE numbers them by another rule: their digits add up to a multiple of 5. Its head office is older than
 * that rule and keeps Luhn.
 */
bool
siret_valid(const char *s, size_t n)
{
	if (n != SIRET_LENGTH || !all_digits(s, n) || !siren_valid(s, SIREN_LENGTH))
		return false;
	if (memcmp(s, "356000000", SIREN_LENGTH) == 0 && memcmp(s, "35600000000048", SIRET_LENGTH) != 0)
		return digit_sum(s, n) % 5 == 0;
	return luhn_valid(s, n);
}

/*
 * RD-35: key and SIREN. A numeric key is (12 + 3 × (SIREN mod 97)) mod 97; the rule of a key with letters is not
 * published, its alphabet lacks I and O. Monaco's numbers belong to the French series: 000 and six digits stand
 * where a SIREN would.
 */
static bool
french_vat_valid(const char *key)
{
	const char *siren = key + 2;

	if (memchr(key, 'I', 2) != NULL || memchr(key, 'O', 2) != NULL)
		return false;
	if (memcmp(siren, "000", 3) != 0 && !siren_valid(siren, SIREN_LENGTH))
		return false;
	if (!all_digits(key, 2))
		return true;
	return (key[0] - '0') * 10 + (key[1] - '0') == (12 + 3 * mod97(0, siren, SIREN_LENGTH)) % 97;
}

/* EU VAT identification number with its prefix: the published form; for France the key and the SIREN too. */
bool
vat_id_valid(const char *s, size_t n)
{
	const VatCountry *country;

	if (n < VAT_ID_SHORTEST || n > VAT_ID_LONGEST)
		return false;
	country = vat_country_find(s);
	if (country == NULL || !structure_matches(country->form, s + 2, n - 2))
		return false;
	return memcmp(s, "FR", 2) != 0 || french_vat_valid(s + 2);
}

/* RD-29: GTIN-8, -12, -13 and -14. */
bool
gtin_valid(const char *s, size_t n)
{
	return (n == 8 || (n >= 12 && n <= 14)) && gs1_valid(s, n);
}

bool
gln_valid(const char *s, size_t n)
{
	return n == GLN_LENGTH && gs1_valid(s, n);
}

bool
sscc_valid(const char *s, size_t n)
{
	return n == SSCC_LENGTH && gs1_valid(s, n);
}

/* RD-31: service indicator, serial number, check digit, country of origin. */
bool
s10_valid(const char *s, size_t n)
{
	return n == S10_LENGTH && structure_matches("2a9n2a", s, n) &&
		s[10] - '0' == s10_check_digit_for(s + 2) && iso_country_exists(s + 11);
}

/*
 * The length of the separator at s: a space or hyphen of Unicode, as people and word processors write them; 0 if
 * none.
 */
static size_t
separator_length(const char *s, size_t n)
{
	static const char *const separators[] = {
		" ", "-",
		"\xC2\xA0",				/* U+00A0 no-break space */
		"\xE2\x80\x87",			/* U+2007 figure space */
		"\xE2\x80\x89",			/* U+2009 thin space */
		"\xE2\x80\x90",			/* U+2010 hyphen */
		"\xE2\x80\x91",			/* U+2011 non-breaking hyphen */
		"\xE2\x80\xAF"			/* U+202F narrow no-break space */
	};

	for (size_t i = 0; i < sizeof(separators) / sizeof(separators[0]); i++)
	{
		size_t		length = strlen(separators[i]);

		if (length <= n && memcmp(s, separators[i], length) == 0)
			return length;
	}
	return 0;
}

/*
 * Copies UTF-8 text without separators and with ASCII letters in capitals; returns the length, never above n.
 * Everything else is kept as it is, for the checks to refuse: a guess would turn a typing error into somebody
 * else's account.
 */
size_t
identifier_squeeze_utf8(const char *s, size_t n, char *squeezed)
{
	size_t		length = 0;

	for (size_t i = 0; i < n;)
	{
		size_t		separator = separator_length(s + i, n - i);

		if (separator > 0)
		{
			i += separator;
			continue;
		}
		squeezed[length++] = s[i] >= 'a' && s[i] <= 'z' ? (char) (s[i] - 'a' + 'A') : s[i];
		i++;
	}
	return length;
}
