/*
 * terms_check.c
 *		Payment terms for callers: when which part of an amount falls due, and whether the law allows it (RD-39, RD-41).
 *
 * What the law allows is data: policy rd.terms_ceiling, rows with country, sector and validity. A term may be as late as the most
 * generous row that fits its form.
 */
#include "postgres.h"

#include "funcapi.h"
#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "orders/orders.h"
#include "orders/terms.h"
#include "utils/datetime.h"
#include "utils/tuplestore.h"

/* The arguments that both functions have. */
typedef struct TermCall
{
	PaymentTerms terms;
	TermBase	base;
	const char *method;
	const char *roll;
	const char *calendar;
} TermCall;

/* Far enough from both ends of the calendar for any term. */
static DateADT
day_argument(Call *call, int n)
{
	DateADT		day = call_date(call, n);

	(void) calendar_is_open(marketplace_get(call)->calendar, day);
	if (day > date2j(9000, 1, 1) - POSTGRES_EPOCH_JDATE)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("no term is reckoned from %s", DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(day)))),
				errdetail("Days are from 1583 to 8999."),
				errhint("Give the day of the invoice."));
	return day;
}

static TermCall
read_call(Call *call, int terms, int invoiced, int received)
{
	TermCall	read = {.terms = terms_read(call_jsonb(call, terms)), .calendar = marketplace_get(call)->calendar};

	read.base.invoiced = day_argument(call, invoiced);
	read.base.has_received = !call_is_null(call, received);
	read.base.received = read.base.has_received ? day_argument(call, received) : 0;
	read.method = policy_text(call, "rd.eom_method", NULL);
	read.roll = policy_text(call, "rd.due_roll", NULL);
	return read;
}

/* RD-39: a day on which nobody works stays, unless policy says otherwise. */
static DateADT
due_day(const TermCall *read, const Term *term)
{
	DateADT		day = term_due(term, &read->base, read->method);

	if (strcmp(read->roll, "next_business_day") == 0)
		return calendar_next_open(read->calendar, day);
	return day;
}

/* payment_terms_schedule(marketplace_id, terms, amount, invoice_date, received_on) */
PG_FUNCTION_INFO_V1(payment_terms_schedule);
Datum
payment_terms_schedule(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Call		call;
	TermCall	read;
	Amount		whole;
	Amount	   *shares;
	Numeric    *weights;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER | CAPACITY_BUYER);
	read = read_call(&call, 1, 3, 4);
	whole = call_amount(&call, 2);
	shares = palloc(sizeof(Amount) * read.terms.count);
	weights = palloc(sizeof(Numeric) * read.terms.count);
	for (int i = 0; i < read.terms.count; i++)
		weights[i] = read.terms.terms[i].pct;
	allocate_amounts(whole, weights, read.terms.count, shares);
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < read.terms.count; i++)
	{
		const Term *term = &read.terms.terms[i];
		Datum		values[5] = {Int32GetDatum(i + 1), CStringGetTextDatum(term->written), DateADTGetDatum(due_day(&read, term)),
			NumericGetDatum(amount_to_numeric(shares[i])), CStringGetTextDatum(currency_alpha(amount_currency(whole)))};
		bool		nulls[5] = {false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	call_end_read(&call);
	return (Datum) 0;
}

/*
 * ---- ceilings ----
 */

typedef struct Ceiling
{
	bool		found;
	DateADT		limit;
	char	   *source;
} Ceiling;

static bool
is_in_force(const Document *row, DateADT day)
{
	DateADT		bound;

	if (document_date_or_null(row, "valid_from", &bound) && day < bound)
		return false;
	return !document_date_or_null(row, "valid_until", &bound) || day < bound;
}

/* The last day that a row allows for terms of this form; false: it is about others. */
static bool
limit_of(const TermCall *read, const Document *row, const Term *term, DateADT *limit)
{
	Term		longest = *term;
	const char *form = document_text(row, "form");

	if (document_int64(row, "days") < 0 || document_int64(row, "days") > CALENDAR_MAX_DAYS)
		document_refuse(row, "days", psprintf("Days are from 0 to %d.", CALENDAR_MAX_DAYS), NULL);
	longest.days = (int) document_int64(row, "days");
	if (strcmp(form, "eom") == 0)
	{
		if (term->form != TERM_END_OF_MONTH)
			return false;
		*limit = term_due(&longest, &read->base, read->method);
		return true;
	}
	if (strcmp(form, "days") != 0)
		document_refuse(row, "form", psprintf("\"%s\" is no form of a ceiling.", form), "Known are days and eom.");
	*limit = read->base.invoiced + longest.days;
	return true;
}

/* The most generous of the rows of a country and sector. */
static Ceiling
ceiling_of(const TermCall *read, const Document *rows, const Term *term, const char *country, const char *sector)
{
	Ceiling		most = {false};

	for (int i = 0; i < document_length(rows); i++)
	{
		Document	row = document_item(rows, i);
		DateADT		limit;

		document_only(&row, "country", "sector", "form", "days", "valid_from", "valid_until", "source", "verified", NULL);
		if (strcmp(document_text(&row, "country"), country) != 0 || strcmp(document_text(&row, "sector"), sector) != 0 ||
			!is_in_force(&row, read->base.invoiced) || !limit_of(read, &row, term, &limit))
			continue;
		if (!most.found || limit > most.limit)
			most = (Ceiling) {true, limit, document_text(&row, "source")};
	}
	return most;
}

static Document
ceiling_rows(Call *call)
{
	Jsonb	   *rows = policy_jsonb(call, "rd.terms_ceiling", NULL);

	if (rows == NULL || !JB_ROOT_IS_ARRAY(rows) || JB_ROOT_IS_SCALAR(rows))
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("policy rd.terms_ceiling is no list of ceilings"),
				errdetail("It is an array of {country, sector, form, days, valid_from, valid_until, source, verified}."),
				errhint("Set it with policy_set(); an empty array allows everything."));
	return (Document) {&rows->root, "rd.terms_ceiling"};
}

/* payment_terms_check(marketplace_id, terms, invoice_date, received_on, country, sector) */
PG_FUNCTION_INFO_V1(payment_terms_check);
Datum
payment_terms_check(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Call		call;
	TermCall	read;
	Document	rows;
	char	   *country;
	char	   *sector;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER | CAPACITY_BUYER);
	read = read_call(&call, 1, 2, 3);
	country = call_is_null(&call, 4) ? pstrdup(marketplace_get(&call)->country) : call_text(&call, 4);
	sector = call_text(&call, 5);
	rows = ceiling_rows(&call);
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < read.terms.count; i++)
	{
		const Term *term = &read.terms.terms[i];
		DateADT		due = term_due(term, &read.base, read.method);
		Ceiling		ceiling = ceiling_of(&read, &rows, term, country, sector);
		Datum		values[6] = {Int32GetDatum(i + 1), CStringGetTextDatum(term->written), DateADTGetDatum(due),
			DateADTGetDatum(ceiling.limit), BoolGetDatum(!ceiling.found || due <= ceiling.limit),
			ceiling.found ? CStringGetTextDatum(ceiling.source) : (Datum) 0};
		bool		nulls[6] = {false, false, false, !ceiling.found, false, !ceiling.found};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	call_end_read(&call);
	return (Datum) 0;
}
