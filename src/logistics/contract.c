/*
 * contract.c
 *		What carriers offer and on which terms: services, contracts, their lanes, caps of liability, the worth of the
 *		special drawing right. All dated rows: a newer row takes over, nothing is changed.
 *
 * What follows from them for a shipment is in promise.c, for a claim in liability.c.
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "logistics/contract.h"
#include "orders/orders.h"

/*
 * ---- reading ----
 */

char *
document_clock_time(const Document *document, const char *key)
{
	char	   *given = document_text_or_null(document, key);

	if (given == NULL)
		return NULL;
	if (strlen(given) != 5 || given[2] != ':' || strspn(given, "0123456789") != 2 ||
		strspn(given + 3, "0123456789") != 2 || strncmp(given, "24", 2) >= 0 || given[3] > '5')
		document_refuse(document, key, psprintf("\"%.20s\" is no time of day.", given), "Write hours and minutes: 16:30.");
	return given;
}

char *
regime_read(Call *call, const Document *document)
{
	static Statement known = STATEMENT("t", "SELECT FROM marketplace.carriage_regimes WHERE regime = $1");
	char	   *regime = document_text_or_null(document, "regime");

	if (regime != NULL && query_execute(&known, VALUES(value_text(regime))) == 0)
		document_refuse(document, "regime", psprintf("\"%.40s\" is not known.", regime),
						"See view marketplace.carriage_regimes.");
	return regime;
}

char *
lane_country(const Document *document, const char *key)
{
	char	   *country = document_text_or_null(document, key);

	if (country == NULL)
		return "*";
	if (strcmp(country, "*") != 0 && (strlen(country) != 2 || country[0] < 'A' || country[0] > 'Z' ||
									  country[1] < 'A' || country[1] > 'Z'))
		document_refuse(document, key, psprintf("\"%.20s\" is no country.", country),
						"Write its two letters (ISO 3166-1), or * for any.");
	return country;
}

/* A figure of money without its currency; NULL when the document has none. */
static Numeric
read_figure(const Document *document, const char *key)
{
	Numeric		figure = document_numeric_or_null(document, key);

	if (figure != NULL && (!decimal_is_finite(figure) || decimal_sign(figure) < 0))
		document_refuse(document, key, "It is below zero.", "Leave it out where there is no such limit.");
	return figure;
}

static Value
read_price(const Document *document, const char *key, CurrencyCode currency)
{
	Numeric		figure = read_figure(document, key);

	return figure == NULL ? value_null() : value_amount(amount_from_numeric(figure, currency));
}

Amount
amount_read(const Document *document, const char *key)
{
	char	   *written = document_text(document, key);
	ParsedAmount parsed;

	if (amount_parse(written, strlen(written), &parsed) != AMOUNT_PARSED || parsed.minor <= 0)
		document_refuse(document, key, psprintf("\"%.40s\" is no amount of more than zero.", written),
						"Write number and currency, for example \"12.00 EUR\".");
	return amount_make(parsed.currency, parsed.minor);
}

CurrencyCode
currency_read(const Document *document)
{
	char	   *alpha = document_text(document, "currency");
	CurrencyCode currency = currency_lookup(alpha, strlen(alpha));

	if (currency == CURRENCY_NONE || !currency_is_payable(currency))
		document_refuse(document, "currency", psprintf("\"%.20s\" is no currency to pay in.", alpha),
						"See marketplace.currencies().");
	return currency;
}

static DateADT
read_valid_from(Call *call, const Document *document)
{
	DateADT		day;

	if (!document_date_or_null(document, "valid_from", &day))
		day = calendar_local_date(call->now, marketplace_get(call)->time_zone);
	return day;
}

/*
 * ---- services and contracts ----
 */

static int64
add_service(Call *call, Jsonb *json)
{
	static const char *const modes[] = {"parcel", "road", "rail", "air", "sea"};
	static Statement insert = STATEMENT("iltttz",
		"INSERT INTO marketplace.carrier_services (marketplace_id, carrier_id, code, name, mode, created_at) VALUES ($1, "
		"$2, pg_catalog.lower($3), $4, $5, $6) ON CONFLICT (marketplace_id, carrier_id, code) DO NOTHING RETURNING id");
	Document	document = document_root(json);
	int64		carrier_id;
	char	   *code;
	char	   *mode;
	bool		known = false;
	Row			row;

	access_require(call, CAPACITY_OPERATOR, 0);
	document_only(&document, "carrier", "code", "name", "mode", NULL);
	carrier_id = carrier_by_code(call, document_text(&document, "carrier"), NULL);
	code = document_text(&document, "code");
	mode = document_text_or_null(&document, "mode");
	if (mode == NULL)
		mode = "parcel";
	for (int i = 0; i < lengthof(modes); i++)
		known |= strcmp(mode, modes[i]) == 0;
	if (!known)
		document_refuse(&document, "mode", psprintf("\"%.40s\" is not known.", mode),
						"It is parcel, road, rail, air or sea.");
	if (!logistics_row(&insert, VALUES(value_int32(call->marketplace_id), value_int64(carrier_id), value_text(code),
									   value_text(document_text(&document, "name")), value_text(mode),
									   value_timestamptz(call->now)), &row))
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("the carrier has a service \"%s\" already", code),
				errdetail("Codes of services are unique per carrier; case does not count."),
				errhint("Use another code."));
	return row_int64(&row, 0);
}

PG_FUNCTION_INFO_V1(carrier_service_add);
Datum
carrier_service_add(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = add_service(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}

typedef struct Contract
{
	int64		id;
	int64		carrier_id;
	int64		carrier_party_id;	/* 0 none */
	int64		seller_id;		/* 0: the platform's */
} Contract;

/* Locked against another change of its terms. Its seller may write them, and operators. */
static Contract
contract_open(Call *call, int64 contract_id)
{
	static Statement lock = STATEMENT("il",
		"SELECT carrier_id, carrier_party_id, seller_id FROM marketplace.carrier_contracts WHERE marketplace_id = $1 AND "
		"id = $2 FOR NO KEY UPDATE");
	Contract	contract = {.id = contract_id};
	Row			row;

	if (!query_row(&lock, VALUES(value_int32(call->marketplace_id), value_int64(contract_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no contract %lld with a carrier", (long long) contract_id),
				errdetail("Marketplace %d has none with this id.", call->marketplace_id),
				errhint("See marketplace.carrier_contracts."));
	contract.carrier_id = row_int64(&row, 0);
	contract.carrier_party_id = row_id(&row, 1);
	contract.seller_id = row_id(&row, 2);
	access_require(call, contract.seller_id == 0 ? CAPACITY_OPERATOR : CAPACITY_OPERATOR | CAPACITY_SELLER,
				   contract.seller_id);
	return contract;
}

static int64
create_contract(Call *call, Jsonb *json)
{
	static Statement insert = STATEMENT("illlttddz",
		"INSERT INTO marketplace.carrier_contracts (marketplace_id, carrier_id, carrier_party_id, seller_id, reference, "
		"regime, valid_from, valid_until, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT "
		"(marketplace_id, carrier_id, reference) DO NOTHING RETURNING id");
	Document	document = document_root(json);
	Contract	contract = {0};
	char	   *reference;
	DateADT		valid_from;
	DateADT		valid_until = 0;
	bool		ends;
	Row			row;

	document_only(&document, "carrier", "reference", "seller_id", "regime", "valid_from", "valid_until", NULL);
	contract.seller_id = document_int64_or(&document, "seller_id", 0);
	access_require(call, contract.seller_id == 0 ? CAPACITY_OPERATOR : CAPACITY_OPERATOR | CAPACITY_SELLER,
				   contract.seller_id);
	if (contract.seller_id != 0)
	{
		(void) party_get(call, contract.seller_id);
		if (!party_has_capacity(call, contract.seller_id, "seller"))
			document_refuse(&document, "seller_id", psprintf("Party %lld is no seller.", (long long) contract.seller_id),
							"Leave it out for a contract of the platform.");
	}
	contract.carrier_id = carrier_by_code(call, document_text(&document, "carrier"), &contract.carrier_party_id);
	reference = document_text(&document, "reference");
	valid_from = read_valid_from(call, &document);
	ends = document_date_or_null(&document, "valid_until", &valid_until);
	if (ends && valid_until <= valid_from)
		document_refuse(&document, "valid_until", "It is not after valid_from.",
						"Give the first day after the contract.");
	if (!logistics_row(&insert, VALUES(value_int32(call->marketplace_id), value_int64(contract.carrier_id),
									   value_id(contract.carrier_party_id), value_id(contract.seller_id),
									   value_text(reference), value_text(regime_read(call, &document)),
									   value_date(valid_from), ends ? value_date(valid_until) : value_null(),
									   value_timestamptz(call->now)), &row))
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("a contract \"%s\" with this carrier exists already", reference),
				errdetail("References are unique per carrier."),
				errhint("Add newer terms to it with marketplace.carrier_lane_set(), or use another reference."));
	return row_int64(&row, 0);
}

PG_FUNCTION_INFO_V1(carrier_contract_create);
Datum
carrier_contract_create(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = create_contract(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}

static int64
end_contract(Call *call, int64 contract_id, DateADT valid_until)
{
	static Statement update = STATEMENT("ild",
		"UPDATE marketplace.carrier_contracts SET valid_until = $3 WHERE marketplace_id = $1 AND id = $2 AND valid_from "
		"< $3");
	Contract	contract = contract_open(call, contract_id);

	if (logistics_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(contract.id),
										  value_date(valid_until))) == 0)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("contract %lld does not end before it has begun", (long long) contract_id),
				errdetail("Its first day is not before the day that was given."),
				errhint("Give the first day after the contract."));
	return contract.id;
}

PG_FUNCTION_INFO_V1(carrier_contract_end);
Datum
carrier_contract_end(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		if (call_is_null(&call, 2))
			ereport(ERROR,
					errcode(MK_MISSING_VALUE),
					errmsg("valid_until of carrier_contract_end() must be given"),
					errdetail("It is NULL."),
					errhint("Give the first day after the contract."));
		call.result = end_contract(&call, call_int64(&call, 1), call_date_or(&call, 2, 0));
	}
	PG_RETURN_INT64(call_end(&call));
}

/*
 * ---- terms ----
 */

static void
refuse_known(const char *what)
{
	ereport(ERROR,
			errcode(MK_ALREADY_EXISTS),
			errmsg("there is a row of this %s from that day on", what),
			errdetail("Rows are never changed: each takes over from its valid_from."),
			errhint("Give another valid_from."));
}

static Terms
read_terms(const Document *document)
{
	static const char *const units[] = {"hours", "calendar_days", "business_days"};
	Terms		terms = {.lead_n = -1};
	bool		known = false;

	if (document_has(document, "lead_time"))
	{
		Document	lead = document_object(document, "lead_time");
		int64		n;

		document_only(&lead, "n", "unit", NULL);
		n = document_int64(&lead, "n");
		if (n < 0 || n > CALENDAR_MAX_DAYS)
			document_refuse(&lead, "n", psprintf("%lld is not between 0 and %d.", (long long) n, CALENDAR_MAX_DAYS), NULL);
		terms.lead_n = (int32) n;
		terms.lead_unit = document_text(&lead, "unit");
		for (int i = 0; i < lengthof(units); i++)
			known |= strcmp(terms.lead_unit, units[i]) == 0;
		if (!known)
			document_refuse(&lead, "unit", psprintf("\"%.40s\" is not known.", terms.lead_unit),
							"It is hours, calendar_days or business_days.");
	}
	if (document_has(document, "by_time") && (terms.lead_n < 0 || strcmp(terms.lead_unit, "hours") == 0))
		document_refuse(document, "by_time", "It is the time of the last day, and the lead time has no days.",
						"Leave it out, or give a lead time in days.");
	terms.price = terms.price_per_kg = value_null();
	if (document_has(document, "price") || document_has(document, "price_per_kg"))
	{
		CurrencyCode currency = currency_read(document);

		terms.price = read_price(document, "price", currency);
		terms.price_per_kg = read_price(document, "price_per_kg", currency);
	}
	return terms;
}

static int64
set_lane(Call *call, int64 contract_id, Jsonb *json)
{
	static Statement insert = STATEMENT("illllttdbittaaz",
		"INSERT INTO marketplace.carrier_lanes (marketplace_id, contract_id, carrier_party_id, seller_id, service_id, "
		"origin, destination, valid_from, offered, lead_n, lead_unit, by_time, price, price_per_kg, created_at) VALUES "
		"($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::time, $13, $14, $15) ON CONFLICT DO NOTHING RETURNING id");
	Contract	contract = contract_open(call, contract_id);
	Document	document = document_root(json);
	int64		service_id;
	bool		offered;
	Terms		terms;
	Row			row;

	document_only(&document, "service", "origin", "destination", "valid_from", "offered", "lead_time", "by_time", "price",
				  "price_per_kg", "currency", NULL);
	(void) document_text(&document, "service");
	service_id = service_read(call, &document, contract.carrier_id);
	offered = document_bool_or(&document, "offered", true);
	terms = read_terms(&document);
	if (!offered && (terms.lead_n >= 0 || !terms.price.null || !terms.price_per_kg.null))
		document_refuse(&document, "offered", "What is not offered has neither lead time nor price.",
						"Leave them out, or offer it.");
	if (!logistics_row(&insert, VALUES(
			value_int32(call->marketplace_id), value_int64(contract.id), value_id(contract.carrier_party_id),
			value_id(contract.seller_id), value_int64(service_id), value_text(lane_country(&document, "origin")),
			value_text(lane_country(&document, "destination")), value_date(read_valid_from(call, &document)),
			value_bool(offered), terms.lead_n < 0 ? value_null() : value_int32(terms.lead_n), value_text(terms.lead_unit),
			value_text(document_clock_time(&document, "by_time")), terms.price, terms.price_per_kg,
			value_timestamptz(call->now)), &row))
		refuse_known("lane");
	return row_int64(&row, 0);
}

PG_FUNCTION_INFO_V1(carrier_lane_set);
Datum
carrier_lane_set(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = set_lane(&call, call_int64(&call, 1), call_jsonb(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}
