/*
 * late_interest.c
 *		late_interest(): what a debtor owes for paying late: interest at the rate of each half-year on what is still unpaid, and the fixed
 *		recovery cost (RD-42 to RD-45). Pure but for the policies: what is unpaid, undisputed and until when is said by the caller.
 */
#include "postgres.h"

#include "funcapi.h"
#include "kernel/calendar.h"
#include "kernel/decimal.h"
#include "kernel/document.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "orders/orders.h"
#include "utils/datetime.h"
#include "utils/tuplestore.h"

#define MAX_PAYMENTS 1000

typedef struct Late
{
	Amount		amount;
	DateADT		due;
	DateADT		until;			/* the last day that counts */
	Document	payments;
	PolicyScope scope;
	Document	rates;			/* policy rd.late_rates */
} Late;

/* Days with the same rate and the same open amount. */
typedef struct Period
{
	DateADT		from;
	DateADT		to;
	int64		open;			/* minor units */
	char	   *half_year;		/* 2026H1 */
	Numeric		rate;			/* percent a year */
	Numeric		product;		/* open × rate × days: interest × 36500 */
} Period;

static DateADT
paid_on(const Late *late, int payment, int64 *minor)
{
	Document	item = document_item(&late->payments, payment);
	char	   *written;
	ParsedAmount parsed;

	document_only(&item, "paid_on", "amount", NULL);
	written = document_text(&item, "amount");
	if (amount_parse(written, strlen(written), &parsed) != AMOUNT_PARSED || parsed.minor <= 0 ||
		parsed.currency != amount_currency(late->amount))
		document_refuse(&item, "amount", psprintf("\"%.60s\" is no amount of more than zero in %s.", written,
												  currency_alpha(amount_currency(late->amount))), "Write it as \"100.00 EUR\".");
	*minor = parsed.minor;
	return document_date(&item, "paid_on");
}

/* What is unpaid on a day, and the next day on which that changes: the day of a payment counts in full (RD-42). */
static int64
open_on(const Late *late, DateADT day, DateADT *last)
{
	int64		open = amount_minor(late->amount);

	for (int i = 0; i < document_length(&late->payments); i++)
	{
		int64		minor;
		DateADT		paid = paid_on(late, i, &minor);

		if (paid < day)
			open -= minor;
		else
			*last = Min(*last, paid);
	}
	return open;
}

static void
name_half_year(DateADT day, Period *period)
{
	int			year;
	int			month;
	int			of_month;
	DateADT		end;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &of_month);
	end = (month <= 6 ? date2j(year, 6, 30) : date2j(year, 12, 31)) - POSTGRES_EPOCH_JDATE;
	period->half_year = psprintf("%04dH%d", year, month <= 6 ? 1 : 2);
	period->to = Min(period->to, end);
}

/* RD-45: never the rate of another half-year. */
static Numeric
rate_of(const Late *late, const char *half_year)
{
	Numeric		rate;

	if (!document_has(&late->rates, half_year))
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("the late interest rate of %s is not known", half_year),
				errdetail("Policy rd.late_rates has no such key; the rate of another half-year never counts (RD-45)."),
				errhint("Set rd.late_rates with policy_set(), with the rate in force on 1 January or 1 July."));
	rate = document_numeric(&late->rates, half_year);
	if (!decimal_is_finite(rate) || decimal_sign(rate) < 0 || decimal_cmp(rate, decimal_from_int64(1000)) > 0)
		document_refuse(&late->rates, half_year, psprintf("%s is no rate in percent a year.", decimal_to_cstring(rate)), NULL);
	return rate;
}

/* The period that begins on the day; false when nothing is unpaid or late any more. */
static bool
next_period(const Late *late, DateADT day, Period *period)
{
	if (day > late->until)
		return false;
	period->from = day;
	period->to = late->until;
	period->open = open_on(late, day, &period->to);
	if (period->open <= 0)
		return false;
	name_half_year(day, period);
	period->rate = rate_of(late, period->half_year);
	period->product = decimal_mul(decimal_mul(decimal_from_int64(period->open), period->rate),
								  decimal_from_int64(period->to - period->from + 1));
	return true;
}

static void
check_payments(const Late *late)
{
	int			n = document_length(&late->payments);
	int64		sum = 0;

	if (n > MAX_PAYMENTS)
		document_refuse(&late->payments, NULL, psprintf("There are %d; at most %d are read.", n, MAX_PAYMENTS), NULL);
	for (int i = 0; i < n; i++)
	{
		int64		minor;

		(void) paid_on(late, i, &minor);
		sum += minor;
		if (sum > amount_minor(late->amount))
			document_refuse(&late->payments, NULL, psprintf("They come to more than the %s that were owed.",
															amount_to_cstring(late->amount)), "Give what was paid of this invoice.");
	}
}

/* A party of this marketplace; 0: none is named. */
static int64
party_argument(Call *call, int n)
{
	return call_is_null(call, n) ? 0 : party_get(call, call_int64(call, n))->id;
}

/* Arguments of both functions: amount, due_date, until, payments, seller_id, buyer_id. */
static Late
read_call(Call *call)
{
	Late		late = {.amount = call_amount(call, 1), .due = call_date(call, 2)};
	Jsonb	   *payments = call_jsonb(call, 4);
	Jsonb	   *rates;

	late.until = call_date_or(call, 3, calendar_local_date(call->now, policy_text(call, "rd.time_zone", NULL)));
	(void) calendar_is_open("TARGET", late.due);
	(void) calendar_is_open("TARGET", late.until);
	if (amount_minor(late.amount) < 0)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("no interest runs on a negative amount"),
				errdetail("It is %s.", amount_to_cstring(late.amount)),
				errhint("Give what is owed, VAT included."));
	late.payments = (Document) {&payments->root, "payments"};
	if (!JB_ROOT_IS_ARRAY(payments) || JB_ROOT_IS_SCALAR(payments))
		document_refuse(&late.payments, NULL, "It is no array.", "Write [{\"paid_on\": \"2026-07-01\", \"amount\": \"100.00 EUR\"}].");
	check_payments(&late);
	late.scope.seller_id = party_argument(call, 5);
	late.scope.buyer_id = party_argument(call, 6);
	rates = policy_jsonb(call, "rd.late_rates", &late.scope);
	if (rates == NULL || !JB_ROOT_IS_OBJECT(rates))
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("policy rd.late_rates is no list of rates"),
				errdetail("It is an object such as {\"2026H1\": 12.15}."),
				errhint("Set it with policy_set()."));
	late.rates = (Document) {&rates->root, "rd.late_rates"};
	return late;
}

PG_FUNCTION_INFO_V1(late_interest_periods);
Datum
late_interest_periods(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Call		call;
	Late		late;
	Period		period;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER | CAPACITY_BUYER | CAPACITY_INSURER);
	late = read_call(&call);
	InitMaterializedSRF(fcinfo, 0);
	for (DateADT day = late.due + 1; next_period(&late, day, &period); day = period.to + 1)
	{
		CurrencyCode currency = amount_currency(late.amount);
		Datum		values[7] = {DateADTGetDatum(period.from), DateADTGetDatum(period.to), Int32GetDatum(period.to - period.from + 1),
			NumericGetDatum(amount_to_numeric(amount_of(currency, period.open))), CStringGetTextDatum(currency_alpha(currency)),
			CStringGetTextDatum(period.half_year), NumericGetDatum(period.rate)};
		bool		nulls[7] = {false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	call_end_read(&call);
	return (Datum) 0;
}

/* late_interest(marketplace_id, amount, due_date, until, payments, seller_id, buyer_id) */
PG_FUNCTION_INFO_V1(late_interest);
Datum
late_interest(PG_FUNCTION_ARGS)
{
	Call		call;
	Late		late;
	Period		period;
	Numeric		sum = decimal_from_int64(0);
	int			count = 0;
	Amount		interest;
	Amount		fee;
	TupleDesc	desc;
	Datum		values[5];
	bool		nulls[5] = {false};

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER | CAPACITY_BUYER | CAPACITY_INSURER);
	late = read_call(&call);
	for (DateADT day = late.due + 1; next_period(&late, day, &period); day = period.to + 1)
	{
		sum = decimal_add(sum, period.product);
		count += period.to - period.from + 1;
	}
	interest = amount_round_ratio(sum, decimal_from_int64(36500), amount_currency(late.amount));
	fee = count > 0 ? policy_amount(&call, "rd.fixed_fee", &late.scope, amount_currency(late.amount)) :
		amount_of(amount_currency(late.amount), 0);
	call_end_read(&call);

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "late_interest() returns a row");
	values[0] = Int32GetDatum(count);
	values[1] = NumericGetDatum(amount_to_numeric(interest));
	values[2] = NumericGetDatum(amount_to_numeric(fee));
	values[3] = NumericGetDatum(amount_to_numeric(amount_add(interest, fee)));
	values[4] = CStringGetTextDatum(currency_alpha(amount_currency(interest)));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
