/*
 * series_format.c
 *		Prints legal numbers by a pattern: literal characters and {root}, {siren}, {yyyy}, {n:6} (IV-18).
 *
 * A series restarts every year, so a pattern without the year would print the same number twice and is refused. Which
 * number comes next is not decided here (series.c).
 */
#include "kernel/series_format.h"

#include "fmgr.h"
#include "kernel/errors.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

/* BR-FR-01, BR-FR-02 */
#define NUMBER_MAX_LENGTH 35
#define NUMBER_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+_/-"
#define COUNTER_MAX_WIDTH 12

/* What the pattern has printed so far. */
typedef struct Printing
{
	StringInfoData number;
	int			counters;		/* placeholders {n:…} seen */
	int			years;			/* placeholders {yyyy} seen */
} Printing;

static void
refuse_pattern(const char *pattern, const char *detail)
{
	ereport(ERROR,
			(errcode(MK_SERIES),
			 errmsg("\"%s\" is no pattern for a numbering series", pattern),
			 errdetail("%s", detail),
			 errhint("Placeholders are {root}, {siren}, {yyyy} and {n:6}; default: {root}-{siren}-{yyyy}-{n:6}.")));
}

/* Prints a placeholder's text; it must be there and is never empty, or two issuers could share a number. */
static void
print_text(Printing *out, const SeriesFormat *format, const char *placeholder, const char *value)
{
	if (value == NULL || value[0] == '\0')
		ereport(ERROR,
				(errcode(MK_SERIES),
				 errmsg("the numbering series has nothing to print for {%s}", placeholder),
				 errdetail("Pattern is \"%s\".", format->pattern),
				 errhint("Record the value, or use a pattern without {%s}.", placeholder)));
	appendStringInfoString(&out->number, value);
}

/* {n:6} prints at least six digits, more when the number has them */
static void
print_counter(Printing *out, const SeriesFormat *format, const char *width_text, int64 n)
{
	char	   *end;
	long		width = strtol(width_text, &end, 10);

	if (*width_text < '1' || *width_text > '9' || *end != '\0' || width > COUNTER_MAX_WIDTH)
		refuse_pattern(format->pattern,
					   psprintf("The width in {n:%s} is not between 1 and %d.", width_text, COUNTER_MAX_WIDTH));
	appendStringInfo(&out->number, "%0*lld", (int) width, (long long) n);
	out->counters++;
}

static void
print_placeholder(Printing *out, const SeriesFormat *format, const char *placeholder, int64 n)
{
	if (strcmp(placeholder, "root") == 0)
		print_text(out, format, placeholder, format->root);
	else if (strcmp(placeholder, "siren") == 0)
		print_text(out, format, placeholder, format->identifier);
	else if (strcmp(placeholder, "yyyy") == 0)
	{
		appendStringInfo(&out->number, "%04d", format->year);
		out->years++;
	}
	else if (strncmp(placeholder, "n:", 2) == 0)
		print_counter(out, format, placeholder + 2, n);
	else
		refuse_pattern(format->pattern, psprintf("Placeholder {%s} is unknown.", placeholder));
}

static void
check_number(const SeriesFormat *format, const char *number)
{
	if (strlen(number) <= NUMBER_MAX_LENGTH && strspn(number, NUMBER_CHARACTERS) == strlen(number))
		return;
	ereport(ERROR,
			(errcode(MK_SERIES),
			 errmsg("\"%s\" is no legal document number", number),
			 errdetail("It has %d bytes; allowed are %d, of A-Z a-z 0-9 + _ / - (BR-FR-01, BR-FR-02).",
					   (int) strlen(number), NUMBER_MAX_LENGTH),
			 errhint("Shorten or correct the pattern \"%s\" or what it prints.", format->pattern)));
}

char *
series_number(const SeriesFormat *format, int64 n)
{
	Printing	out = {.counters = 0, .years = 0};
	const char *c = format->pattern;

	if (n < 1)
		ereport(ERROR,
				(errcode(MK_SERIES),
				 errmsg("a numbering series has no number %lld", (long long) n),
				 errdetail("Its numbers are 1, 2, 3 and so on."),
				 errhint("Give a number of 1 or more.")));
	if (format->year < 1 || format->year > 9999)
		ereport(ERROR,
				(errcode(MK_SERIES),
				 errmsg("a numbering series has no year %d", format->year),
				 errdetail("A year is printed with four digits."),
				 errhint("Give a year from 1 to 9999.")));
	initStringInfo(&out.number);
	while (*c != '\0')
	{
		const char *end = strchr(c, '}');

		if (*c == '}' || (*c == '{' && end == NULL))
			refuse_pattern(format->pattern, "A brace has no partner.");
		if (*c == '{')
		{
			print_placeholder(&out, format, pnstrdup(c + 1, end - c - 1), n);
			c = end + 1;
		}
		else
			appendStringInfoChar(&out.number, *c++);
	}
	if (out.counters != 1)
		refuse_pattern(format->pattern, "It must have the counter {n:6} exactly once.");
	if (out.years == 0)
		refuse_pattern(format->pattern, "It must have the year {yyyy}, because the counter restarts every year.");
	check_number(format, out.number.data);
	return out.number.data;
}

PG_FUNCTION_INFO_V1(series_format);
Datum
series_format(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"pattern", "root", "siren", "year", "n"};
	SeriesFormat format;

	for (int i = 0; i < lengthof(names); i++)
		if (PG_ARGISNULL(i) && i != 1 && i != 2)
			ereport(ERROR,
					(errcode(MK_MISSING_VALUE),
					 errmsg("%s must be given", names[i]),
					 errdetail("Only root and siren may be NULL, for a pattern that does not print them."),
					 errhint("series_format('{root}-{yyyy}-{n:6}', 'MP', NULL, 2026, 1).")));
	format.pattern = text_to_cstring(PG_GETARG_TEXT_PP(0));
	format.root = PG_ARGISNULL(1) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(1));
	format.identifier = PG_ARGISNULL(2) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(2));
	format.year = PG_GETARG_INT32(3);
	PG_RETURN_TEXT_P(cstring_to_text(series_number(&format, PG_GETARG_INT64(4))));
}
