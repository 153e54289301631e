/*
 * identifier_tables.c
 *		The countries of ISO 3166-1, the account structures of the IBAN registry and the forms of EU VAT numbers, as
 *		data.
 *
 * Facts only: what makes an identifier valid is identifier_check.c. These are definitions of the types, not dated
 * reference data: a country or structure that is added later widens the domains, nothing stored becomes invalid.
 * Pure C.
 */
#include "types/identifier_tables.h"

#include <stdlib.h>
#include <string.h>

/* ISO 3166-1 alpha-2, officially assigned codes, sorted. */
const char	iso_countries[ISO_COUNTRY_COUNT][3] = {
	"AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA", "BB",
	"BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV", "BW", "BY",
	"BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CW", "CX",
	"CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK",
	"FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS",
	"GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR",
	"IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA",
	"LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK",
	"ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE",
	"NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM",
	"PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW", "SA", "SB", "SC", "SD", "SE", "SG",
	"SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF",
	"TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY",
	"UZ", "VA", "VC", "VE", "VG", "VI", "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
};

/*
 * The IBAN registry (ISO 13616), sorted: what follows the country code and the two check digits. XK (Kosovo) is a
 * user-assigned code of ISO 3166 that banks use. Territories bank under another country's code (RE under FR, JE
 * under GB).
 */
const IbanCountry iban_countries[IBAN_COUNTRY_COUNT] = {
	{"AD", "8n12c"}, {"AE", "19n"}, {"AL", "8n16c"}, {"AT", "16n"}, {"AZ", "4a20c"}, {"BA", "16n"}, {"BE", "12n"},
	{"BG", "4a6n8c"}, {"BH", "4a14c"}, {"BI", "23n"}, {"BR", "23n1a1c"}, {"BY", "4c4n16c"}, {"CH", "5n12c"},
	{"CR", "18n"}, {"CY", "8n16c"}, {"CZ", "20n"}, {"DE", "18n"}, {"DJ", "23n"}, {"DK", "14n"}, {"DO", "4c20n"},
	{"EE", "16n"}, {"EG", "25n"}, {"ES", "20n"}, {"FI", "14n"}, {"FK", "2a12n"}, {"FO", "14n"},
	{"FR", "10n11c2n"}, {"GB", "4a14n"}, {"GE", "2a16n"}, {"GI", "4a15c"}, {"GL", "14n"}, {"GR", "7n16c"},
	{"GT", "24c"}, {"HN", "4a20n"}, {"HR", "17n"}, {"HU", "24n"}, {"IE", "4a14n"}, {"IL", "19n"}, {"IQ", "4a15n"},
	{"IS", "22n"}, {"IT", "1a10n12c"}, {"JO", "4a4n18c"}, {"KW", "4a22c"}, {"KZ", "3n13c"}, {"LB", "4n20c"},
	{"LC", "4a24c"}, {"LI", "5n12c"}, {"LT", "16n"}, {"LU", "3n13c"}, {"LV", "4a13c"}, {"LY", "21n"},
	{"MC", "10n11c2n"}, {"MD", "20c"}, {"ME", "18n"}, {"MK", "3n10c2n"}, {"MN", "16n"}, {"MR", "23n"},
	{"MT", "4a5n18c"}, {"MU", "4a19n3a"}, {"NI", "4a20n"}, {"NL", "4a10n"}, {"NO", "11n"}, {"OM", "3n16c"},
	{"PK", "4a16c"}, {"PL", "24n"}, {"PS", "4a21c"}, {"PT", "21n"}, {"QA", "4a21c"}, {"RO", "4a16c"},
	{"RS", "18n"}, {"RU", "14n15c"}, {"SA", "2n18c"}, {"SC", "4a20n3a"}, {"SD", "14n"}, {"SE", "20n"},
	{"SI", "15n"}, {"SK", "20n"}, {"SM", "1a10n12c"}, {"SO", "19n"}, {"ST", "21n"}, {"SV", "4a20n"},
	{"TL", "19n"}, {"TN", "20n"}, {"TR", "6n16c"}, {"UA", "6n19c"}, {"VA", "18n"}, {"VG", "4a16n"}, {"XK", "16n"},
	{"YE", "4a4n18c"},
};

/*
 * VAT identification numbers of the EU (directive 2006/112/EC article 215) as the VIES service describes their
 * form, sorted by prefix. EL is Greece; XI is Northern Ireland, which is EU territory for goods. National check
 * digits are not tested, except for France (RD-35), whose rule is in identifier_check.c: a rule not published by
 * the tax authority would refuse true numbers.
 */
const VatCountry vat_countries[VAT_COUNTRY_COUNT] = {
	{"AT", "AT", "U8n"},
	{"BE", "BE", "b9n"},
	{"BG", "BG", "9n|10n"},
	{"CY", "CY", "8na"},
	{"CZ", "CZ", "8n|9n|10n"},
	{"DE", "DE", "9n"},
	{"DK", "DK", "8n"},
	{"EE", "EE", "9n"},
	{"EL", "GR", "9n"},
	{"ES", "ES", "a8n|8na|a7na"},	/* first or last or both a letter */
	{"FI", "FI", "8n"},
	{"FR", "FR", "2c9n"},
	{"HR", "HR", "11n"},
	{"HU", "HU", "8n"},
	{"IE", "IE", "ns5na|7na|7n2a"},
	{"IT", "IT", "11n"},
	{"LT", "LT", "9n|12n"},
	{"LU", "LU", "8n"},
	{"LV", "LV", "11n"},
	{"MT", "MT", "8n"},
	{"NL", "NL", "9nB2n"},
	{"PL", "PL", "10n"},
	{"PT", "PT", "9n"},
	{"RO", "RO", "2n|3n|4n|5n|6n|7n|8n|9n|10n"},
	{"SE", "SE", "12n"},
	{"SI", "SI", "8n"},
	{"SK", "SK", "10n"},
	{"XI", "GB", "9n|12n|GD3n|HA3n"},	/* GD government, HA health authorities */
};

/* Every table is sorted by a code of two letters at the start of its rows. */
static int
compare_codes(const void *key, const void *row)
{
	return memcmp(key, row, 2);
}

/* The finders take the two bytes at code; they need no terminator. */
bool
iso_country_exists(const char *code)
{
	return bsearch(code, iso_countries, ISO_COUNTRY_COUNT, sizeof(iso_countries[0]), compare_codes) != NULL;
}

const IbanCountry *
iban_country_find(const char *code)
{
	return bsearch(code, iban_countries, IBAN_COUNTRY_COUNT, sizeof(IbanCountry), compare_codes);
}

const VatCountry *
vat_country_find(const char *prefix)
{
	return bsearch(prefix, vat_countries, VAT_COUNTRY_COUNT, sizeof(VatCountry), compare_codes);
}

/* The VAT numbers of a country of ISO 3166-1; NULL if it has none of the EU. */
const VatCountry *
vat_country_of(const char *country)
{
	for (int i = 0; i < VAT_COUNTRY_COUNT; i++)
	{
		if (memcmp(vat_countries[i].country, country, 2) == 0)
			return &vat_countries[i];
	}
	return NULL;
}

static bool
class_holds(char class, char c)
{
	bool		digit = c >= '0' && c <= '9';
	bool		letter = c >= 'A' && c <= 'Z';

	switch (class)
	{
		case 'n':
			return digit;
		case 'a':
			return letter;
		case 'c':
			return digit || letter;
		case 'b':
			return c == '0' || c == '1';
		case 's':
			return digit || letter || c == '+' || c == '*';
		default:
			return c == class;
	}
}

/* Reads the next count and class of an alternative; returns what follows them. */
static const char *
next_group(const char *structure, size_t *count, char *class)
{
	*count = 0;
	while (*structure >= '0' && *structure <= '9')
		*count = *count * 10 + (size_t) (*structure++ - '0');
	if (*count == 0)
		*count = 1;
	*class = *structure;
	return structure + 1;
}

/* True if s is exactly what one of the alternatives of the structure describes. */
bool
structure_matches(const char *structure, const char *s, size_t n)
{
	while (*structure != '\0')
	{
		size_t		at = 0;
		bool		fits = true;

		while (*structure != '\0' && *structure != '|')
		{
			size_t		count;
			char		class;

			structure = next_group(structure, &count, &class);
			for (size_t i = 0; fits && i < count; i++, at++)
				fits = at < n && class_holds(class, s[at]);
		}
		if (fits && at == n)
			return true;
		if (*structure == '|')
			structure++;
	}
	return false;
}

/* The number of characters of a structure without alternatives. */
int
structure_length(const char *structure)
{
	size_t		length = 0;

	while (*structure != '\0')
	{
		size_t		count;
		char		class;

		structure = next_group(structure, &count, &class);
		length += count;
	}
	return (int) length;
}
