/*
 * fx.c
 *		Exchange rates: recording them, finding the one in force, converting by it, and freezing it on captures that a
 *		buyer paid in a currency of its own (FD-9, RD-11). What a refund of such a capture costs is in fx_refund.c.
 */
#include "postgres.h"

#include "funds/fx.h"
#include "kernel/errors.h"
#include "kernel/guard.h"

FxRate
fx_rate_at(Call *call, CurrencyCode from, CurrencyCode to, TimestampTz at)
{
	static Statement find = STATEMENT("iccz",
		"SELECT id, rate, source FROM marketplace.fx_rates"
		" WHERE marketplace_id = $1 AND from_currency = $2 AND to_currency = $3 AND valid_from <= $4"
		" ORDER BY valid_from DESC LIMIT 1");
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_currency(from), value_currency(to),
								 value_timestamptz(at)), &row))
		ereport(ERROR,
				errcode(MK_FX),
				errmsg("no rate from %s to %s is on record", currency_alpha(from), currency_alpha(to)),
				errdetail("Marketplace %d has none that was in force at %s.", call->marketplace_id, timestamptz_to_str(at)),
				errhint("Record the rate that the PSP or the bank quotes with marketplace.fx_rate_set(); the inverse of another pair is not used."));
	return (FxRate) {row_int64(&row, 0), from, to, row_numeric(&row, 1), row_text(&row, 2)};
}

FxRate
fx_rate_get(Call *call, int64 fx_rate_id)
{
	static Statement read = STATEMENT("il",
		"SELECT from_currency, to_currency, rate, source FROM marketplace.fx_rates WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(fx_rate_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no exchange rate %lld", call->marketplace_id, (long long) fx_rate_id),
				errhint("The view marketplace.fx_rate_overview lists the rates."));
	return (FxRate) {fx_rate_id, row_currency(&row, 0), row_currency(&row, 1), row_numeric(&row, 2), row_text(&row, 3)};
}

Amount
fx_convert(Amount amount, const FxRate *rate)
{
	if (amount_currency(amount) != rate->from)
		elog(ERROR, "%s is not in the currency of exchange rate %lld", amount_to_cstring(amount), (long long) rate->id);
	return amount_round_numeric(decimal_mul(amount_to_numeric(amount), rate->rate), rate->to);
}

/* The rate gives what was authorised, but for the last unit of either currency. */
static void
check_agreed(const Payment *payment, const FxRate *rate)
{
	Amount		converted = fx_convert(payment->presented, rate);
	Amount		unit = fx_convert(amount_of(rate->from, 1), rate);
	int64		difference = amount_minor(converted) - amount_minor(payment->authorised);

	if (Abs(difference) <= Max(amount_minor(unit), 1))
		return;
	ereport(ERROR,
			errcode(MK_FX),
			errmsg("the rate on record does not give what payment %lld is authorised for", (long long) payment->id),
			errdetail("%s at %s is %s; authorised for %s.", amount_to_cstring(payment->presented), decimal_to_cstring(rate->rate),
					  amount_to_cstring(converted), amount_to_cstring(payment->authorised)),
			errhint("Record the rate that the PSP applies to this payment with marketplace.fx_rate_set(), then capture."));
}

FxCapture
fx_of_capture(Call *call, const Payment *payment, Amount amount)
{
	FxCapture	fx = {0};
	FxRate		rate;
	Numeric		whole;
	Amount		before;

	if (!payment->has_presented)
		return fx;
	rate = fx_rate_at(call, amount_currency(payment->presented), amount_currency(amount), call->now);
	check_agreed(payment, &rate);
	whole = decimal_from_int64(amount_minor(payment->authorised));
	before = amount_share_cumulative(payment->presented, decimal_from_int64(amount_minor(payment->captured)), whole,
									 amount_zero(rate.from));
	fx.rate_id = rate.id;
	fx.presented = amount_share_cumulative(payment->presented,
										   decimal_from_int64(amount_minor(payment->captured) + amount_minor(amount)), whole, before);
	if (amount_minor(fx.presented) <= 0)
		ereport(ERROR,
				errcode(MK_FX),
				errmsg("%s is too little to be captured of a payment in %s", amount_to_cstring(amount), currency_alpha(rate.from)),
				errdetail("At %s it is less than the smallest unit.", decimal_to_cstring(rate.rate)),
				errhint("Capture more at a time."));
	return fx;
}

static CurrencyCode
read_currency(const Document *document, const char *key)
{
	char	   *alpha = document_text(document, key);
	CurrencyCode currency = currency_lookup(alpha, strlen(alpha));

	if (currency == CURRENCY_NONE || !currency_is_payable(currency))
		document_refuse(document, key, psprintf("\"%.10s\" is not a payable currency.", alpha), "See marketplace.currencies().");
	return currency;
}

static int64
set_rate(Call *call, const Document *document)
{
	static Statement add = STATEMENT("iccntztz",
		"INSERT INTO marketplace.fx_rates (marketplace_id, from_currency, to_currency, rate, source, valid_from, actor, recorded_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
		" ON CONFLICT (marketplace_id, from_currency, to_currency, valid_from) DO NOTHING RETURNING id");
	CurrencyCode from;
	CurrencyCode to;
	Numeric		rate;
	TimestampTz valid_from;
	char	   *source;
	Row			row;
	bool		added;

	document_only(document, "from", "to", "rate", "source", "valid_from", NULL);
	from = read_currency(document, "from");
	to = read_currency(document, "to");
	if (from == to)
		document_refuse(document, "to", "It is the currency that is given.", "A rate is for two currencies.");
	rate = document_numeric(document, "rate");
	if (!decimal_is_finite(rate) || decimal_sign(rate) <= 0 || decimal_cmp(rate, decimal_from_int64(INT64CONST(1000000000000))) >= 0)
		document_refuse(document, "rate", psprintf("%s is no rate.", decimal_to_cstring(rate)),
						"Give the units of \"to\" for one unit of \"from\".");
	source = document_text(document, "source");
	valid_from = document_has(document, "valid_from") ? document_timestamptz(document, "valid_from") : call->now;
	guard_open("funds");
	added = query_row(&add, VALUES(value_int32(call->marketplace_id), value_currency(from), value_currency(to), value_numeric(rate),
								   value_text(source), value_timestamptz(valid_from), value_text(call_actor()),
								   value_timestamptz(call->now)), &row);
	guard_close();
	if (!added)
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("a rate from %s to %s from that instant on is recorded already", currency_alpha(from), currency_alpha(to)),
				errdetail("Valid from %s.", timestamptz_to_str(valid_from)),
				errhint("A newer rate takes over from a later instant."));
	return row_int64(&row, 0);
}

/* fx_rate_set(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(fx_rate_set);
Datum
fx_rate_set(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Document	document = document_root(call_jsonb(&call, 1));

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) marketplace_get(&call);
		call.result = set_rate(&call, &document);
	}
	PG_RETURN_INT64(call_end(&call));
}
