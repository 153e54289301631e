/*
 * cap.c
 *		Caps of carriers' liability as dated rows: by contract, or by law beside what the extension knows (LG-45); and the
 *		special drawing right that conventions state them in.
 *
 * What they come to for goods that were lost or damaged is in liability.c.
 */
#include "postgres.h"

#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "logistics/contract.h"
#include "orders/orders.h"

/* A figure above zero, or NULL when the document has none. */
static Value
read_limit(const Document *document, const char *key, int *found)
{
	Numeric		figure = document_numeric_or_null(document, key);

	if (figure == NULL)
		return value_null();
	if (!decimal_is_finite(figure) || decimal_sign(figure) < 0)
		document_refuse(document, key, "It is not a figure of zero or more.", "Leave it out where there is no such limit.");
	(*found)++;
	return value_numeric(figure);
}

static char *
read_unit(const Document *document)
{
	char	   *unit = document_text(document, "unit");

	if (strcmp(unit, "XDR") != 0 && currency_lookup(unit, strlen(unit)) == CURRENCY_NONE)
		document_refuse(document, "unit", psprintf("\"%.20s\" is neither a currency nor XDR.", unit),
						"Write the currency of the figures, or XDR for special drawing rights.");
	return unit;
}

/* Of a contract its seller may say it, too. */
static void
read_owner(Call *call, const Document *document, Row *owner)
{
	static Statement contract = STATEMENT("il",
		"SELECT carrier_party_id, seller_id FROM marketplace.carrier_contracts WHERE marketplace_id = $1 AND id = $2");
	int64		contract_id = document_int64(document, "contract_id");

	if (!query_row(&contract, VALUES(value_int32(call->marketplace_id), value_int64(contract_id)), owner))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no contract %lld with a carrier", (long long) contract_id),
				errdetail("Marketplace %d has none with this id.", call->marketplace_id),
				errhint("See marketplace.carrier_contracts."));
	access_require(call, row_null(owner, 1) ? CAPACITY_OPERATOR : CAPACITY_OPERATOR | CAPACITY_SELLER, row_id(owner, 1));
}

static int64
set_cap(Call *call, Jsonb *json)
{
	static Statement insert = STATEMENT("itllldntnnnntz",
		"INSERT INTO marketplace.liability_caps (marketplace_id, regime, contract_id, carrier_party_id, seller_id, "
		"valid_from, from_kg, unit, per_kg, per_package, per_tonne, per_shipment, source, created_at) VALUES ($1, $2, "
		"$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING RETURNING id");
	Document	document = document_root(json);
	bool		of_contract = document_has(&document, "contract_id");
	Row			owner = {0};
	char	   *regime;
	Numeric		from_kg;
	Value		limits[4];
	int			found = 0;
	Row			row;

	document_only(&document, "regime", "contract_id", "valid_from", "from_kg", "unit", "per_kg", "per_package", "per_tonne",
				  "per_shipment", "source", NULL);
	if (of_contract)
		read_owner(call, &document, &owner);
	else
		access_require(call, CAPACITY_OPERATOR, 0);
	regime = regime_read(call, &document);
	if (of_contract == (regime != NULL))
		document_refuse(&document, "regime", "A cap is of a regime or of a contract.", "Give regime or contract_id.");
	from_kg = document_numeric_or_null(&document, "from_kg");
	if (from_kg != NULL && (!decimal_is_finite(from_kg) || decimal_sign(from_kg) < 0))
		document_refuse(&document, "from_kg", "It is no weight.", "Give kilograms, or leave it out for any weight.");
	limits[0] = read_limit(&document, "per_kg", &found);
	limits[1] = read_limit(&document, "per_package", &found);
	limits[2] = read_limit(&document, "per_tonne", &found);
	limits[3] = read_limit(&document, "per_shipment", &found);
	if (found == 0)
		document_refuse(&document, "per_kg", "The row limits nothing.",
						"Give at least one of per_kg, per_package, per_tonne and per_shipment.");
	if (!logistics_row(&insert, VALUES(
			value_int32(call->marketplace_id), value_text(regime),
			of_contract ? value_int64(document_int64(&document, "contract_id")) : value_null(),
			of_contract ? row_value(&owner, 0) : value_null(), of_contract ? row_value(&owner, 1) : value_null(),
			value_date(document_date(&document, "valid_from")),
			value_numeric(from_kg == NULL ? decimal_from_int64(0) : from_kg), value_text(read_unit(&document)), limits[0],
			limits[1], limits[2], limits[3], value_text(document_text(&document, "source")),
			value_timestamptz(call->now)), &row))
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("there is a cap from that day and weight on"),
				errdetail("Rows are never changed: those of a newer valid_from take over."),
				errhint("Give another valid_from, with all bands of weight."));
	return row_int64(&row, 0);
}

PG_FUNCTION_INFO_V1(liability_cap_set);
Datum
liability_cap_set(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = set_cap(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}

static int64
set_sdr_rate(Call *call, Jsonb *json)
{
	static Statement insert = STATEMENT("icdntz",
		"INSERT INTO marketplace.sdr_rates (marketplace_id, currency, valid_from, rate, source, created_at) VALUES ($1, "
		"$2, $3, $4, $5, $6) ON CONFLICT (marketplace_id, currency, valid_from) DO NOTHING RETURNING id");
	Document	document = document_root(json);
	CurrencyCode currency;
	Numeric		rate;
	Row			row;

	access_require(call, CAPACITY_OPERATOR, 0);
	document_only(&document, "currency", "valid_from", "rate", "source", NULL);
	currency = currency_read(&document);
	rate = document_numeric(&document, "rate");
	if (!decimal_is_finite(rate) || decimal_sign(rate) <= 0 || decimal_cmp(rate, decimal_from_int64(INT64CONST(1000000000000))) >= 0)
		document_refuse(&document, "rate", "It is not above zero.", "Give units of the currency for one XDR.");
	if (!logistics_row(&insert, VALUES(value_int32(call->marketplace_id), value_currency(currency),
									   value_date(document_date(&document, "valid_from")), value_numeric(rate),
									   value_text(document_text(&document, "source")), value_timestamptz(call->now)),
					   &row))
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("the worth of the XDR in %s is on record from that day on", currency_row(currency)->alpha),
				errdetail("Rows are never changed."),
				errhint("Give another valid_from."));
	return row_int64(&row, 0);
}

PG_FUNCTION_INFO_V1(sdr_rate_set);
Datum
sdr_rate_set(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = set_sdr_rate(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}
