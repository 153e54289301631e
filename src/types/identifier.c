/*
 * identifier.c
 *		The SQL face of the identifiers: is_valid functions under the domains, normalising, EPC reading, makers.
 *
 * The rules are in identifier_check.c and identifier_epc.c, the data in identifier_tables.c. The is_valid functions
 * answer for any text and never raise; the makers raise MK002 with what they accept.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "kernel/errors.h"
#include "mb/pg_wchar.h"
#include "types/checkdigit.h"
#include "types/identifier_check.h"
#include "types/identifier_epc.h"
#include "types/identifier_tables.h"
#include "utils/builtins.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* The SQL function kind_is_valid(text) of the checker kind_valid(). */
#define IS_VALID_FUNCTION(kind) \
PG_FUNCTION_INFO_V1(kind##_is_valid); \
Datum \
kind##_is_valid(PG_FUNCTION_ARGS) \
{ \
	text	   *value = PG_GETARG_TEXT_PP(0); \
\
	PG_RETURN_BOOL(kind##_valid(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value))); \
} \
extern Datum kind##_is_valid(PG_FUNCTION_ARGS)

IS_VALID_FUNCTION(country_code);
IS_VALID_FUNCTION(iban);
IS_VALID_FUNCTION(bic);
IS_VALID_FUNCTION(creditor_reference);
IS_VALID_FUNCTION(siren);
IS_VALID_FUNCTION(siret);
IS_VALID_FUNCTION(vat_id);
IS_VALID_FUNCTION(gtin);
IS_VALID_FUNCTION(gln);
IS_VALID_FUNCTION(sscc);
IS_VALID_FUNCTION(s10);

/* Enough of an input to recognise it in an error's detail; an input may be megabytes. */
static const char *
excerpt(const text *value)
{
	const char *s = VARDATA_ANY(value);
	int			n = VARSIZE_ANY_EXHDR(value);
	int			shown = pg_mbcliplen(s, n, 60);

	return psprintf("%.*s%s", shown, s, shown < n ? "..." : "");
}

/*
 * Separators are recognised as UTF-8; a database of another encoding lends the text for the time, and one without
 * an encoding (SQL_ASCII) has bytes that are taken as they are.
 */
PG_FUNCTION_INFO_V1(identifier_normalise);
Datum
identifier_normalise(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	bool		convert = GetDatabaseEncoding() != PG_UTF8 && GetDatabaseEncoding() != PG_SQL_ASCII;
	char	   *s = VARDATA_ANY(value);
	size_t		n = VARSIZE_ANY_EXHDR(value);
	char	   *squeezed;

	if (convert)
	{
		s = pg_server_to_any(text_to_cstring(value), (int) n, PG_UTF8);
		n = strlen(s);
	}
	squeezed = palloc(n + 1);
	squeezed[identifier_squeeze_utf8(s, n, squeezed)] = '\0';
	if (convert)
		squeezed = pg_any_to_server(squeezed, (int) strlen(squeezed), PG_UTF8);
	PG_RETURN_TEXT_P(cstring_to_text(squeezed));
}

/* The argument is a vat_id: its prefix is in the table. */
PG_FUNCTION_INFO_V1(vat_id_country);
Datum
vat_id_country(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	const VatCountry *country = NULL;

	if (VARSIZE_ANY_EXHDR(value) >= 2)
		country = vat_country_find(VARDATA_ANY(value));
	if (country == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(country->country));
}

PG_FUNCTION_INFO_V1(creditor_reference_make);
Datum
creditor_reference_make(PG_FUNCTION_ARGS)
{
	text	   *body = PG_GETARG_TEXT_PP(0);
	char		reference[CREDITOR_REFERENCE_MAX + 1];

	if (!creditor_reference_compose(VARDATA_ANY(body), VARSIZE_ANY_EXHDR(body), reference))
		ereport(ERROR,
				(errcode(MK_INVALID_ARGUMENT),
				 errmsg("this text cannot be made a creditor reference"),
				 errdetail("\"%s\" is not 1 to %d capital letters and digits.",
						   excerpt(body), CREDITOR_REFERENCE_BODY_MAX),
				 errhint("Remove separators with marketplace.identifier_normalise(), "
						 "or choose a shorter reference.")));
	PG_RETURN_TEXT_P(cstring_to_text(reference));
}

PG_FUNCTION_INFO_V1(gs1_check_digit);
Datum
gs1_check_digit(PG_FUNCTION_ARGS)
{
	text	   *digits = PG_GETARG_TEXT_PP(0);
	size_t		n = VARSIZE_ANY_EXHDR(digits);

	if (n > SSCC_BODY_LENGTH + 1 || !all_digits(VARDATA_ANY(digits), n))
		ereport(ERROR,
				(errcode(MK_INVALID_ARGUMENT),
				 errmsg("there is no GS1 check digit of this text"),
				 errdetail("\"%s\" is not 1 to %d digits.", excerpt(digits), SSCC_BODY_LENGTH + 1),
				 errhint("Give the digits of the key without its check digit.")));
	PG_RETURN_INT32(gs1_check_digit_for(VARDATA_ANY(digits), n));
}

PG_FUNCTION_INFO_V1(gtin_to_14);
Datum
gtin_to_14(PG_FUNCTION_ARGS)
{
	text	   *gtin = PG_GETARG_TEXT_PP(0);
	char		key[GS1_KEY_SIZE];

	/* The domain has been checked, unless somebody declared a function of his own on this symbol. */
	if (!gtin_valid(VARDATA_ANY(gtin), VARSIZE_ANY_EXHDR(gtin)))
		ereport(ERROR,
				(errcode(MK_INVALID_ARGUMENT),
				 errmsg("this is no GTIN"),
				 errdetail("\"%s\" is not 8, 12, 13 or 14 digits with a right check digit.", excerpt(gtin)),
				 errhint("Correct the GTIN; see marketplace.gtin_is_valid().")));
	gtin_extend_to_14(VARDATA_ANY(gtin), VARSIZE_ANY_EXHDR(gtin), key);
	PG_RETURN_TEXT_P(cstring_to_text(key));
}

PG_FUNCTION_INFO_V1(sscc_make);
Datum
sscc_make(PG_FUNCTION_ARGS)
{
	int32		extension = PG_GETARG_INT32(0);
	text	   *prefix = PG_GETARG_TEXT_PP(1);
	int64		serial = PG_GETARG_INT64(2);
	char		sscc[GS1_KEY_SIZE];

	if (!sscc_compose(extension, VARDATA_ANY(prefix), VARSIZE_ANY_EXHDR(prefix), serial, sscc))
		ereport(ERROR,
				(errcode(MK_INVALID_ARGUMENT),
				 errmsg("no SSCC can be made of these numbers"),
				 errdetail("Extension digit %d, company prefix \"%s\", serial reference %lld.",
						   extension, excerpt(prefix), (long long) serial),
				 errhint("The extension digit is 0 to 9, the company prefix %d to %d digits, and the serial "
						 "reference is not negative and has at most %d digits less those of the prefix.",
						 GS1_PREFIX_SHORTEST, GS1_PREFIX_LONGEST, SSCC_BODY_LENGTH)));
	PG_RETURN_TEXT_P(cstring_to_text(sscc));
}

PG_FUNCTION_INFO_V1(epc_to_gs1);
Datum
epc_to_gs1(PG_FUNCTION_ARGS)
{
	text	   *uri = PG_GETARG_TEXT_PP(0);
	char		key[GS1_KEY_SIZE];
	Gs1KeyKind	kind;

	switch (epc_to_gs1_key(VARDATA_ANY(uri), VARSIZE_ANY_EXHDR(uri), key, &kind))
	{
		case EPC_KEY:
			PG_RETURN_TEXT_P(cstring_to_text(key));
		case EPC_OTHER:
			PG_RETURN_NULL();
		case EPC_MALFORMED:
			break;
	}
	ereport(ERROR,
			(errcode(MK_INVALID_ARGUMENT),
			 errmsg("malformed GS1 identifier in an event"),
			 errdetail("\"%s\" names a GTIN, SSCC or GLN, but its digits, parts or check digit are wrong.",
					   excerpt(uri)),
			 errhint("Ask the sender to correct the event. An EPC has no check digit; its company prefix and "
					 "reference are together 13 digits (sgtin), 17 (sscc) or 12 (sgln). "
					 "A Digital Link has the whole key.")));
}

/* A row for every country of ISO 3166-1, and for the codes of the IBAN registry that it lacks. */
static void
put_country(ReturnSetInfo *result, const char *code, bool in_iso)
{
	const VatCountry *vat = vat_country_of(code);
	const IbanCountry *iban = iban_country_find(code);
	Datum		values[5] = {0};
	bool		nulls[5] = {false};

	values[0] = CStringGetTextDatum(code);
	values[1] = BoolGetDatum(in_iso);
	nulls[2] = vat == NULL;
	if (vat != NULL)
		values[2] = CStringGetTextDatum(vat->prefix);
	nulls[3] = nulls[4] = iban == NULL;
	if (iban != NULL)
	{
		values[3] = Int32GetDatum(4 + structure_length(iban->bban));
		values[4] = CStringGetTextDatum(iban->bban);
	}
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

PG_FUNCTION_INFO_V1(countries);
Datum
countries(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < ISO_COUNTRY_COUNT; i++)
		put_country(result, iso_countries[i], true);
	for (int i = 0; i < IBAN_COUNTRY_COUNT; i++)
	{
		if (!iso_country_exists(iban_countries[i].code))
			put_country(result, iban_countries[i].code, false);
	}
	return (Datum) 0;
}
