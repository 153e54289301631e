/*
 * bank_values.c
 *		What the elements of a bank file say: sums, signs, days and instants. What cannot be read is refused with its place in
 *		the file (MK113); what can be read is kept as it is written.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/bank.h"
#include "kernel/errors.h"
#include "utils/datetime.h"

#define AMOUNT_MAX_DIGITS 18		/* of ISO 20022 */

void
bank_refuse(const XmlNode *node, const char *detail)
{
	ereport(ERROR,
			errcode(MK_STATEMENT),
			errmsg("the bank file is no valid message"),
			errdetail("Line %d, %s: %s", node->line, xml_path(node), detail),
			errhint("Nothing of it was taken. Fetch the file again, or ask the bank."));
}

char *
bank_required(const XmlNode *node, const char *path)
{
	char	   *found = xml_text(node, path);

	if (found == NULL)
		bank_refuse(node, psprintf("%s is missing.", path));
	return found;
}

/* [+]digits[.digits], at least one digit and at most 18 */
static bool
is_decimal(const char *written, int *decimals)
{
	int			digits = 0;
	bool		point = false;

	*decimals = 0;
	if (*written == '+')
		written++;
	for (; *written != '\0'; written++)
	{
		if (*written == '.' && !point)
			point = true;
		else if (*written >= '0' && *written <= '9')
		{
			digits++;
			*decimals += point;
		}
		else
			return false;
	}
	return digits >= 1 && digits <= AMOUNT_MAX_DIGITS;
}

static bool
is_currency_code(const char *code)
{
	return code != NULL && strlen(code) == CURRENCY_ALPHA_SIZE && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == CURRENCY_ALPHA_SIZE;
}

BankAmount
bank_amount(const XmlNode *node)
{
	BankAmount	result = {.written = NULL};
	CurrencyCode currency;
	int64		minor;
	int			decimals;
	char	   *plain;

	if (node == NULL)
		return result;
	result.written = xml_text(node, "");
	result.currency = xml_attribute_value(node, "Ccy");
	if (result.written == NULL || !is_decimal(result.written, &decimals))
		bank_refuse(node, psprintf("\"%.40s\" is no amount.", result.written == NULL ? "" : result.written));
	if (!is_currency_code(result.currency))
		bank_refuse(node, "The amount has no currency.");
	result.value = DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(result.written), ObjectIdGetDatum(InvalidOid),
													   Int32GetDatum(-1)));
	currency = currency_lookup(result.currency, CURRENCY_ALPHA_SIZE);
	if (currency == CURRENCY_NONE || !currency_is_payable(currency))
		return result;
	plain = decimal_to_cstring(result.value);
	if (decimal_parse(plain, strlen(plain), currency_exponent(currency), &minor) != AMOUNT_PARSED)
		return result;
	result.exact = true;
	result.trailing = decimals > currency_exponent(currency);
	result.amount = amount_make(currency, minor);
	return result;
}

bool
bank_credit(const XmlNode *node)
{
	char	   *sign = bank_required(node, "CdtDbtInd");

	if (strcmp(sign, "CRDT") != 0 && strcmp(sign, "DBIT") != 0)
		bank_refuse(node, psprintf("CdtDbtInd is \"%.10s\", neither CRDT nor DBIT.", sign));
	return strcmp(sign, "CRDT") == 0;
}

Numeric
bank_signed(const BankAmount *amount, bool credit)
{
	return credit ? amount->value : decimal_sub(decimal_from_int64(0), amount->value);
}

static bool
digits_at(const char *written, int at, int n, int *value)
{
	*value = 0;
	for (int i = at; i < at + n; i++)
	{
		if (written[i] < '0' || written[i] > '9')
			return false;
		*value = *value * 10 + written[i] - '0';
	}
	return true;
}

/* 'YYYY-MM-DD' at the start; what follows is not looked at. */
static bool
read_day(const char *written, DateADT *day)
{
	int			year,
				month,
				dom,
				y,
				m,
				d;

	if (strlen(written) < 10 || written[4] != '-' || written[7] != '-' || !digits_at(written, 0, 4, &year) ||
		!digits_at(written, 5, 2, &month) || !digits_at(written, 8, 2, &dom) || year < 1 || month < 1 || month > 12)
		return false;
	*day = date2j(year, month, dom) - POSTGRES_EPOCH_JDATE;
	j2date(*day + POSTGRES_EPOCH_JDATE, &y, &m, &d);
	return y == year && m == month && d == dom;
}

/* '', 'Z', '+01:00' */
static bool
is_zone(const char *written)
{
	int			hours,
				minutes;

	if (*written == '\0' || strcmp(written, "Z") == 0)
		return true;
	return strlen(written) == 6 && (written[0] == '+' || written[0] == '-') && written[3] == ':' &&
		digits_at(written, 1, 2, &hours) && digits_at(written, 4, 2, &minutes) && hours <= 14 && minutes <= 59;
}

/* 'T23:40:06[.123]' at the tenth place, and a zone or none, which `zone` points to. */
static bool
is_time(const char *written, const char **zone)
{
	int			hours,
				minutes,
				seconds;

	if (strlen(written) < 19 || written[10] != 'T' || written[13] != ':' || written[16] != ':' ||
		!digits_at(written, 11, 2, &hours) || !digits_at(written, 14, 2, &minutes) || !digits_at(written, 17, 2, &seconds) ||
		hours > 23 || minutes > 59 || seconds > 59)
		return false;
	*zone = written + 19;
	if (**zone == '.')
	{
		size_t		decimals = strspn(*zone + 1, "0123456789");

		if (decimals < 1 || decimals > 9)
			return false;
		*zone += 1 + decimals;
	}
	return is_zone(*zone);
}

/* Dt, or the local day of DtTm */
Value
bank_day(const XmlNode *node)
{
	char	   *written;
	const char *zone;
	DateADT		day;

	if (node == NULL)
		return value_null();
	written = xml_text(node, "Dt");
	if (written != NULL)
	{
		if (!read_day(written, &day) || !is_zone(written + 10))
			bank_refuse(node, psprintf("\"%.40s\" is no date.", written));
		return value_date(day);
	}
	written = bank_required(node, "DtTm");
	if (!read_day(written, &day) || !is_time(written, &zone))
		bank_refuse(node, psprintf("\"%.40s\" is no date and time.", written));
	return value_date(day);
}

/* A time without a zone is taken for one of the marketplace's. */
Value
bank_instant(Call *call, const XmlNode *node, const char *path)
{
	char	   *written = xml_text(node, path);
	const char *zone;
	DateADT		day;

	if (written == NULL)
		return value_null();
	if (!read_day(written, &day) || !is_time(written, &zone))
		bank_refuse(xml_at(node, path), psprintf("\"%.40s\" is no date and time.", written));
	if (*zone == '\0')
		written = psprintf("%s %s", written, marketplace_get(call)->time_zone);
	return value_datum(DirectFunctionCall3(timestamptz_in, CStringGetDatum(written), ObjectIdGetDatum(InvalidOid),
										   Int32GetDatum(-1)));
}
