/*
 * identifier_tables.h
 *		What the identifiers of a country look like, as data: ISO 3166-1, the IBAN registry, VAT numbers. Pure C.
 */
#ifndef MARKETPLACE_IDENTIFIER_TABLES_H
#define MARKETPLACE_IDENTIFIER_TABLES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A structure is written as "4a14n": a count (1 if absent) and a class: n digit, a letter, c letter or digit, b 0
 * or 1, s letter, digit, + or *. A capital letter stands for itself. Alternatives are separated by |.
 */
typedef struct IbanCountry
{
	char		code[3];
	const char *bban;
} IbanCountry;

typedef struct VatCountry
{
	char		prefix[3];
	char		country[3];		/* ISO 3166-1 */
	const char *form;			/* what follows the prefix */
} VatCountry;

#define ISO_COUNTRY_COUNT 249
#define IBAN_COUNTRY_COUNT 89
#define VAT_COUNTRY_COUNT 28

extern const char iso_countries[ISO_COUNTRY_COUNT][3];
extern const IbanCountry iban_countries[IBAN_COUNTRY_COUNT];
extern const VatCountry vat_countries[VAT_COUNTRY_COUNT];

extern bool iso_country_exists(const char *code);
extern const IbanCountry *iban_country_find(const char *code);
extern const VatCountry *vat_country_find(const char *prefix);
extern const VatCountry *vat_country_of(const char *country);

extern bool structure_matches(const char *structure, const char *s, size_t n);
extern int	structure_length(const char *structure);

#endif
