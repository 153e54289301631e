/*
 * sepa_text.c
 *		Texts in the characters that SEPA has (RD-68): a-z A-Z 0-9 / - ? : ( ) . , ' + and space. Accents are taken off, common signs
 *		have an equivalent; what has none (another script) is refused, never dropped silently.
 */
#include "postgres.h"

#include "common/unicode_norm.h"
#include "funds/sepa.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

typedef struct Equivalent
{
	pg_wchar	character;
	const char *written;
} Equivalent;

/* What normalisation does not take apart. */
static const Equivalent equivalents[] = {
	{'\t', " "}, {'\n', " "}, {'\r', " "}, {'!', "."}, {'"', "'"}, {'#', "."}, {'$', "."}, {'%', "."}, {'&', "+"}, {'*', "."},
	{';', ","}, {'<', "("}, {'=', "-"}, {'>', ")"}, {'@', "(at)"}, {'[', "("}, {'\\', "/"}, {']', ")"}, {'^', "."}, {'_', "-"},
	{'`', "'"}, {'{', "("}, {'|', "/"}, {'}', ")"}, {'~', "-"}, {0xA7, "."}, {0xA9, "(c)"}, {0xAB, "'"}, {0xAE, "(R)"}, {0xB0, "."},
	{0xB7, "."}, {0xBB, "'"}, {0xC6, "AE"}, {0xD0, "D"}, {0xD7, "x"}, {0xD8, "O"}, {0xDE, "TH"}, {0xDF, "ss"}, {0xE6, "ae"},
	{0xF0, "d"}, {0xF8, "o"}, {0xFE, "th"}, {0x110, "D"}, {0x111, "d"}, {0x126, "H"}, {0x127, "h"}, {0x131, "i"}, {0x138, "k"},
	{0x141, "L"}, {0x142, "l"}, {0x14A, "N"}, {0x14B, "n"}, {0x152, "OE"}, {0x153, "oe"}, {0x166, "T"}, {0x167, "t"}, {0x1E9E, "SS"},
	{0x2010, "-"}, {0x2011, "-"}, {0x2012, "-"}, {0x2013, "-"}, {0x2014, "-"}, {0x2015, "-"}, {0x2018, "'"}, {0x2019, "'"},
	{0x201A, "'"}, {0x201B, "'"}, {0x201C, "'"}, {0x201D, "'"}, {0x201E, "'"}, {0x2022, "."}, {0x2032, "'"}, {0x2039, "'"}, {0x203A, "'"},
	{0x2044, "/"}, {0x20AC, "EUR"}, {0x2212, "-"}
};

static bool
is_mark(pg_wchar c)
{
	return c >= 0x300 && c <= 0x36F;
}

static bool
is_sepa(pg_wchar c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		(c != 0 && c < 128 && strchr("/-?:().,'+ ", (int) c) != NULL);
}

static const char *
equivalent_of(pg_wchar c)
{
	for (int i = 0; i < lengthof(equivalents); i++)
		if (equivalents[i].character == c)
			return equivalents[i].written;
	return NULL;
}

static char *
name_character(pg_wchar c)
{
	unsigned char utf8[8] = {0};

	unicode_to_utf8(c, utf8);
	return psprintf("\"%s\" (U+%04X)", pg_any_to_server((char *) utf8, pg_utf_mblen(utf8), PG_UTF8), c);
}

static pg_wchar *
decompose(const char *written)
{
	size_t		length = strlen(written);
	char	   *utf8 = pg_server_to_any(written, length, PG_UTF8);
	int			nbytes = (int) strlen(utf8);
	pg_wchar   *wide = palloc((nbytes + 1) * sizeof(pg_wchar));

	pg_encoding_mb2wchar_with_len(PG_UTF8, utf8, wide, nbytes);
	return unicode_normalize(UNICODE_NFKD, wide);
}

char *
sepa_text(const char *written, int most, char **stranger)
{
	StringInfoData out;

	initStringInfo(&out);
	for (pg_wchar *c = decompose(written); *c != 0; c++)
	{
		const char *equivalent;

		if (is_mark(*c))
			continue;
		if (is_sepa(*c))
		{
			appendStringInfoChar(&out, (char) *c);
			continue;
		}
		equivalent = equivalent_of(*c);
		if (equivalent == NULL)
		{
			*stranger = name_character(*c);
			return NULL;
		}
		appendStringInfoString(&out, equivalent);
	}
	if (most > 0 && out.len > most)
		out.data[out.len = most] = '\0';
	while (out.len > 0 && out.data[out.len - 1] == ' ')
		out.data[--out.len] = '\0';
	return out.data;
}
