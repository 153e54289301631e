/*
 * terms.c
 *		Reads payment terms and reckons the day that each falls due. What the law allows is in terms_check.c.
 */
#include "postgres.h"

#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "orders/terms.h"
#include "utils/datetime.h"

#define GRAMMAR "Known are \"NET 30\", \"45 EOM\", \"30 EOM 10\", \"FIXED 2026-12-31\" and \"ON RECEIPT 30\"."
#define MAX_INSTALMENTS 120

/*
 * ---- reading ----
 */

/* A whole number of at most five digits, and the blanks behind it. */
static bool
take_number(const char **rest, int *number)
{
	const char *end = *rest + strspn(*rest, "0123456789");

	if (end == *rest || end - *rest > 5 || (*end != ' ' && *end != '\0'))
		return false;
	*number = atoi(*rest);
	*rest = end + strspn(end, " ");
	return true;
}

static bool
take_word(const char **rest, const char *word)
{
	size_t		length = strlen(word);

	if (pg_strncasecmp(*rest, word, length) != 0 || ((*rest)[length] != ' ' && (*rest)[length] != '\0'))
		return false;
	*rest += length + strspn(*rest + length, " ");
	return true;
}

static bool
take_date(const char **rest, DateADT *date)
{
	int			year;
	int			month;
	int			day;
	int			length = 0;

	if (sscanf(*rest, "%4d-%2d-%2d%n", &year, &month, &day, &length) != 3 || length != 10 ||
		strspn(*rest, "0123456789-") != 10 || year < 1583 || month < 1 || month > 12 || day < 1 ||
		day > day_tab[isleap(year)][month - 1])
		return false;
	*date = date2j(year, month, day) - POSTGRES_EPOCH_JDATE;
	*rest += length + strspn(*rest + length, " ");
	return true;
}

/* false: it is none of the forms */
static bool
parse(const char *rest, Term *term)
{
	rest += strspn(rest, " ");
	if (take_word(&rest, "NET"))
	{
		term->form = TERM_NET;
		if (!take_number(&rest, &term->days))
			return false;
		term->written = psprintf("NET %d", term->days);
	}
	else if (take_word(&rest, "ON"))
	{
		term->form = TERM_ON_RECEIPT;
		if (!take_word(&rest, "RECEIPT") || !take_number(&rest, &term->days))
			return false;
		term->written = psprintf("ON RECEIPT %d", term->days);
	}
	else if (take_word(&rest, "FIXED"))
	{
		term->form = TERM_FIXED;
		if (!take_date(&rest, &term->fixed))
			return false;
		term->written = psprintf("FIXED %s", DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(term->fixed))));
	}
	else
	{
		if (!take_number(&rest, &term->days) || !take_word(&rest, "EOM"))
			return false;
		term->form = take_number(&rest, &term->day_of_month) ? TERM_DAY_AFTER_MONTH : TERM_END_OF_MONTH;
		if (term->form == TERM_DAY_AFTER_MONTH && (term->day_of_month < 1 || term->day_of_month > 31))
			return false;
		term->written = term->form == TERM_END_OF_MONTH ? psprintf("%d EOM", term->days) :
			psprintf("%d EOM %d", term->days, term->day_of_month);
	}
	return *rest == '\0' && term->days <= CALENDAR_MAX_DAYS;
}

static Term
read_term(const Document *place, const char *key, const char *written)
{
	Term		term = {.pct = decimal_from_int64(100)};

	if (!parse(written, &term))
		document_refuse(place, key, psprintf("\"%.60s\" are no payment terms.", written), GRAMMAR);
	return term;
}

static PaymentTerms
read_instalments(const Document *array)
{
	PaymentTerms terms = {document_length(array)};
	Numeric		sum = decimal_from_int64(0);

	if (terms.count < 1 || terms.count > MAX_INSTALMENTS)
		document_refuse(array, NULL, psprintf("It has %d instalments; terms have 1 to %d.", terms.count, MAX_INSTALMENTS), NULL);
	terms.terms = palloc(sizeof(Term) * terms.count);
	for (int i = 0; i < terms.count; i++)
	{
		Document	item = document_item(array, i);
		Numeric		pct;

		document_only(&item, "pct", "terms", NULL);
		pct = document_numeric(&item, "pct");
		if (!decimal_is_finite(pct) || decimal_sign(pct) <= 0 || decimal_cmp(pct, decimal_from_int64(100)) > 0)
			document_refuse(&item, "pct", psprintf("It is %s; an instalment is more than 0 and at most 100 percent.",
												   decimal_to_cstring(pct)), NULL);
		terms.terms[i] = read_term(&item, "terms", document_text(&item, "terms"));
		terms.terms[i].pct = pct;
		sum = decimal_add(sum, pct);
	}
	if (decimal_cmp(sum, decimal_from_int64(100)) != 0)
		document_refuse(array, NULL, psprintf("The instalments add up to %s percent.", decimal_to_cstring(sum)),
						"Together they pay the whole: 100 percent.");
	return terms;
}

PaymentTerms
terms_read(Jsonb *json)
{
	Document	root = {&json->root, "terms"};
	PaymentTerms terms = {1};
	JsonbValue	scalar;

	if (JB_ROOT_IS_ARRAY(json) && !JB_ROOT_IS_SCALAR(json))
		return read_instalments(&root);
	if (!JB_ROOT_IS_SCALAR(json) || !JsonbExtractScalar(&json->root, &scalar) || scalar.type != jbvString)
		document_refuse(&root, NULL, "They are neither a string nor an array.",
						"Write \"45 EOM\", or [{\"pct\": 30, \"terms\": \"ON RECEIPT 0\"}, {\"pct\": 70, \"terms\": \"45 EOM\"}].");
	terms.terms = palloc(sizeof(Term));
	terms.terms[0] = read_term(&root, NULL, pnstrdup(scalar.val.string.val, scalar.val.string.len));
	return terms;
}

/*
 * ---- days ----
 */

static DateADT
end_of_month(DateADT day)
{
	int			year;
	int			month;
	int			of_month;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &of_month);
	return day - of_month + day_tab[isleap(year)][month - 1];
}

/* RD-38: the day of the following month, its last where it has none. */
static DateADT
day_of_next_month(DateADT day, int of_month)
{
	DateADT		end = end_of_month(day);
	DateADT		last = end_of_month(end + 1);

	return Min(end + of_month, last);
}

DateADT
term_due(const Term *term, const TermBase *base, const char *method)
{
	switch (term->form)
	{
		case TERM_NET:
			return base->invoiced + term->days;
		case TERM_FIXED:
			return term->fixed;
		case TERM_DAY_AFTER_MONTH:
			return day_of_next_month(base->invoiced + term->days, term->day_of_month);
		case TERM_END_OF_MONTH:
			if (strcmp(method, "eom_then_days") == 0)
				return end_of_month(base->invoiced) + term->days;
			return end_of_month(base->invoiced + term->days);
		case TERM_ON_RECEIPT:
			if (!base->has_received)
				ereport(ERROR,
						errcode(MK_MISSING_VALUE),
						errmsg("the day of receipt is not known"),
						errdetail("Terms \"%s\" count from it.", term->written),
						errhint("Give received_on."));
			return base->received + term->days;
	}
	pg_unreachable();
}
