/*
 * liability.c
 *		The most that a carrier owes for goods lost or damaged, and what can be claimed: min(loss, cap), reckoned from dated
 *		rows and shown step by step (LG-45, LG-46).
 *
 * A value declared to the carrier replaces the cap. A contract's cap replaces that of the regime, unless the regime is
 * mandatory: then the higher of the two counts. Rounded once a package and once a limit.
 */
#include "postgres.h"

#include "funds/fx.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "logistics/claim.h"

/* A row of liability_cap_rows. */
typedef struct CapRow
{
	const char *unit;
	Numeric		per_kg;			/* NULL: no such limit; likewise below */
	Numeric		per_package;
	Numeric		per_tonne;
	Numeric		per_shipment;
	const char *source;
	bool		verified;
} CapRow;

/* The steps as they are written down. */
typedef struct Reckoning
{
	Call	   *call;
	JsonbParseState *state;
	int			steps;
} Reckoning;

/*
 * ---- steps ----
 */

typedef struct Step
{
	const char *what;
	int64		parcel_id;
	Numeric		kg;
	Numeric		figure;
	const char *unit;
	Value		amount;
	const char *source;
	bool		unverified;
} Step;

static void
add_step(Reckoning *reckoning, const Step *step)
{
	JsonbParseState **state = &reckoning->state;

	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	payload_int64(state, "step", ++reckoning->steps);
	payload_text(state, "what", step->what);
	if (step->parcel_id != 0)
		payload_int64(state, "parcel_id", step->parcel_id);
	if (step->kg != NULL)
		payload_numeric(state, "kg", step->kg);
	if (step->figure != NULL)
		payload_numeric(state, "figure", step->figure);
	if (step->unit != NULL)
		payload_text(state, "unit", step->unit);
	if (!step->amount.null)
	{
		Amount		amount = DatumGetAmount(step->amount.datum);

		payload_numeric(state, "value", amount_to_numeric(amount));
		payload_text(state, "currency", currency_alpha(amount_currency(amount)));
	}
	if (step->source != NULL)
		payload_text(state, "source", step->source);
	payload_bool(state, "verified", !step->unverified);
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

void
reckoning_return(FunctionCallInfo fcinfo, Jsonb *reckoning)
{
	static Statement rows = STATEMENT("j",
		"SELECT r.step, r.what, r.parcel_id, r.kg, r.figure, r.unit, r.value, r.currency, r.source, r.verified FROM "
		"pg_catalog.jsonb_to_recordset($1) AS r(step int, what text, parcel_id bigint, kg numeric, figure numeric, unit "
		"text, value numeric, currency text, source text, verified boolean) ORDER BY r.step");

	query_return_set(fcinfo, &rows, VALUES(value_jsonb(reckoning)));
}

/*
 * ---- rows in force ----
 */

/* Of the regime (contract_id 0), or of the contract. */
static bool
find_cap(Call *call, const LiabilityCase *what, int64 contract_id, CapRow *cap)
{
	static Statement find = STATEMENT("itldn",
		"WITH known AS (SELECT r.*, r.marketplace_id IS NOT NULL AS own FROM marketplace.liability_cap_rows r WHERE "
		"(r.marketplace_id IS NULL OR r.marketplace_id = $1) AND CASE WHEN $3 IS NULL THEN r.regime = $2 ELSE "
		"r.contract_id = $3 END AND r.valid_from <= $4), last AS (SELECT k.valid_from, k.own FROM known k ORDER BY "
		"k.valid_from DESC, k.own DESC LIMIT 1) SELECT k.unit, k.per_kg, k.per_package, k.per_tonne, k.per_shipment, "
		"k.source, k.verified FROM known k JOIN last l ON l.valid_from = k.valid_from AND l.own = k.own WHERE "
		"k.from_kg <= $5 ORDER BY k.from_kg DESC LIMIT 1");
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_text(what->regime), value_id(contract_id),
								 value_date(what->day), value_numeric(what->shipment_kg)), &row))
		return false;
	*cap = (CapRow) {row_text(&row, 0), row_numeric(&row, 1), row_numeric(&row, 2), row_numeric(&row, 3),
					 row_numeric(&row, 4), row_text(&row, 5), row_bool(&row, 6)};
	return true;
}

static bool
regime_is_mandatory(const char *regime)
{
	static Statement read = STATEMENT("t",
		"SELECT COALESCE((SELECT r.mandatory FROM marketplace.carriage_regimes r WHERE r.regime = $1), false)");

	return DatumGetBool(query_datum(&read, VALUES(value_text(regime))));
}

static Numeric
sdr_rate(Call *call, CurrencyCode currency, DateADT day, char **source)
{
	static Statement find = STATEMENT("icd",
		"SELECT rate, source, valid_from::text FROM marketplace.sdr_rates WHERE marketplace_id = $1 AND currency = $2 AND "
		"valid_from <= $3 ORDER BY valid_from DESC LIMIT 1");
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_currency(currency), value_date(day)), &row))
		ereport(ERROR,
				errcode(MK_FX),
				errmsg("the worth of the special drawing right in %s is not on record", currency_alpha(currency)),
				errdetail("The cap is stated in XDR, and marketplace %d has no rate of it by then.", call->marketplace_id),
				errhint("Record what the International Monetary Fund publishes with marketplace.sdr_rate_set()."));
	*source = psprintf("%s, %s", row_text(&row, 1), row_text(&row, 2));
	return row_numeric(&row, 0);
}

/* What one unit of the row's figures is worth; NULL: the figures are in the currency. */
static Numeric
rate_of(Reckoning *reckoning, const LiabilityCase *what, const CapRow *cap)
{
	CurrencyCode currency = amount_currency(what->loss);
	Step		step = {.what = "rate", .unit = cap->unit, .amount = value_null()};
	CurrencyCode unit;

	if (strcmp(cap->unit, currency_alpha(currency)) == 0)
		return NULL;
	if (strcmp(cap->unit, "XDR") == 0)
	{
		char	   *source;

		step.figure = sdr_rate(reckoning->call, currency, what->today, &source);
		step.source = source;
	}
	else
	{
		FxRate		rate;

		unit = currency_lookup(cap->unit, strlen(cap->unit));
		rate = fx_rate_at(reckoning->call, unit, currency, reckoning->call->now);
		step.figure = rate.rate;
		step.source = rate.source;
	}
	add_step(reckoning, &step);
	return step.figure;
}

/*
 * ---- reckoning ----
 */

static Amount
rounded(const LiabilityCase *what, Numeric figure, Numeric rate)
{
	return amount_round_numeric(rate == NULL ? figure : decimal_mul(figure, rate), amount_currency(what->loss));
}

static Numeric
tonnes(Numeric kg)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_div, NumericGetDatum(kg),
											   NumericGetDatum(decimal_from_int64(1000))));
}

/* A limit for all of it: the lesser of what there is so far and the limit. */
static void
apply_limit(Reckoning *reckoning, const LiabilityCase *what, const CapRow *cap, const char *name, Numeric figure,
			Numeric times, Numeric rate, Amount *total, bool *bounded)
{
	Amount		limit = rounded(what, times == NULL ? figure : decimal_mul(figure, tonnes(times)), rate);

	add_step(reckoning, &(Step) {.what = name, .kg = times, .figure = figure, .unit = cap->unit,
								 .amount = value_amount(limit), .source = cap->source, .unverified = !cap->verified});
	if (!*bounded || amount_minor(limit) < amount_minor(*total))
		*total = limit;
	*bounded = true;
}

static Amount
cap_by_row(Reckoning *reckoning, const LiabilityCase *what, const CapRow *cap)
{
	Numeric		rate = rate_of(reckoning, what, cap);
	Amount		total = amount_zero(amount_currency(what->loss));
	bool		bounded = cap->per_kg != NULL || cap->per_package != NULL;

	for (int i = 0; bounded && i < what->npackages; i++)
	{
		const AffectedPackage *package = &what->packages[i];
		Numeric		most = cap->per_kg == NULL ? cap->per_package : decimal_mul(cap->per_kg, package->kg);
		Amount		amount;

		if (cap->per_package != NULL)
			most = decimal_min(most, cap->per_package);
		amount = rounded(what, most, rate);
		total = amount_add(total, amount);
		add_step(reckoning, &(Step) {.what = "package", .parcel_id = package->parcel_id, .kg = package->kg,
									 .figure = cap->per_kg, .unit = cap->unit, .amount = value_amount(amount),
									 .source = cap->source, .unverified = !cap->verified});
	}
	if (cap->per_tonne != NULL)
		apply_limit(reckoning, what, cap, "per_tonne", cap->per_tonne, what->shipment_kg, rate, &total, &bounded);
	if (cap->per_shipment != NULL)
		apply_limit(reckoning, what, cap, "per_shipment", cap->per_shipment, NULL, rate, &total, &bounded);
	return total;
}

/* By contract, by law, or the higher of the two. */
static bool
cap_of_goods(Reckoning *reckoning, const LiabilityCase *what, Amount *cap)
{
	CapRow		row;
	bool		capped = false;

	if (what->contract_id != 0 && find_cap(reckoning->call, what, what->contract_id, &row))
	{
		*cap = cap_by_row(reckoning, what, &row);
		capped = true;
		add_step(reckoning, &(Step) {.what = "contract", .amount = value_amount(*cap), .source = row.source});
		if (!regime_is_mandatory(what->regime))
			return true;
	}
	if (find_cap(reckoning->call, what, 0, &row))
	{
		Amount		statutory = cap_by_row(reckoning, what, &row);

		add_step(reckoning, &(Step) {.what = "regime", .unit = what->regime, .amount = value_amount(statutory),
									 .source = row.source, .unverified = !row.verified});
		if (!capped || amount_minor(statutory) > amount_minor(*cap))
			*cap = statutory;
		capped = true;
	}
	return capped;
}

static bool
cap_of_delay(Reckoning *reckoning, const LiabilityCase *what, Amount *cap)
{
	if (strcmp(policy_text(reckoning->call, "lg.delay_cap", NULL), "freight") != 0 || what->freight.null ||
		amount_currency(DatumGetAmount(what->freight.datum)) != amount_currency(what->loss))
		return false;
	*cap = DatumGetAmount(what->freight.datum);
	add_step(reckoning, &(Step) {.what = "freight", .amount = what->freight, .source = "policy lg.delay_cap (LG-46)",
								 .unverified = true});
	return true;
}

Liability
liability_of(Call *call, const LiabilityCase *what)
{
	Reckoning	reckoning = {.call = call};
	Liability	liability = {.claim = what->loss};
	JsonbValue *steps;

	pushJsonbValue(&reckoning.state, WJB_BEGIN_ARRAY, NULL);
	if (what->delay)
		liability.capped = cap_of_delay(&reckoning, what, &liability.cap);
	else if (!what->declared_value.null)
	{
		liability.capped = true;
		liability.cap = DatumGetAmount(what->declared_value.datum);
		add_step(&reckoning, &(Step) {.what = "declared_value", .amount = what->declared_value,
									  .source = "declared to the carrier: replaces the cap (LG-45)"});
	}
	else
		liability.capped = cap_of_goods(&reckoning, what, &liability.cap);
	if (liability.capped)
		add_step(&reckoning, &(Step) {.what = "cap", .amount = value_amount(liability.cap)});
	add_step(&reckoning, &(Step) {.what = "loss", .amount = value_amount(what->loss)});
	if (liability.capped && amount_minor(liability.cap) < amount_minor(what->loss))
		liability.claim = liability.cap;
	add_step(&reckoning, &(Step) {.what = "claim", .amount = value_amount(liability.claim),
								  .source = "the lesser of loss and cap (LG-46)"});
	steps = pushJsonbValue(&reckoning.state, WJB_END_ARRAY, NULL);
	liability.reckoning = JsonbValueToJsonb(steps);
	return liability;
}

/*
 * ---- asked without a claim ----
 */

static Numeric
read_kg(const Document *document, const char *key)
{
	Numeric		kg = document_numeric(document, key);

	if (!decimal_is_finite(kg) || decimal_sign(kg) <= 0)
		document_refuse(document, key, "A weight is more than zero.", NULL);
	return kg;
}

static void
read_contract(Call *call, LiabilityCase *what, const Document *document)
{
	static Statement read = STATEMENT("il",
		"SELECT seller_id, carrier_party_id, COALESCE(regime, 'NONE') FROM marketplace.carrier_contracts WHERE "
		"marketplace_id = $1 AND id = $2");
	Row			row;

	what->contract_id = document_int64_or(document, "contract_id", 0);
	if (what->contract_id == 0)
		return;
	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(what->contract_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no contract %lld with a carrier", (long long) what->contract_id),
				errdetail("Marketplace %d has none with this id.", call->marketplace_id),
				errhint("See marketplace.carrier_contracts."));
	if ((row_null(&row, 0) || !access_allows(call->caller, call->marketplace_id, CAPACITY_SELLER, row_int64(&row, 0))) &&
		(row_null(&row, 1) || !access_allows(call->caller, call->marketplace_id, CAPACITY_CARRIER, row_int64(&row, 1))))
		access_require(call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	if (what->regime == NULL)
		what->regime = row_text(&row, 2);
}

static void
read_case(Call *call, LiabilityCase *what, Jsonb *json)
{
	Document	document = document_root(json);
	Document	packages;

	document_only(&document, "regime", "contract_id", "handed_over_on", "shipment_kg", "packages", "declared_value", "loss",
				  NULL);
	what->regime = regime_read(call, &document);
	read_contract(call, what, &document);
	if (what->regime == NULL)
		document_refuse(&document, "regime", "Neither regime nor contract is given.",
						"See view marketplace.carriage_regimes.");
	what->today = calendar_local_date(call->now, marketplace_get(call)->time_zone);
	if (!document_date_or_null(&document, "handed_over_on", &what->day))
		what->day = what->today;
	what->shipment_kg = read_kg(&document, "shipment_kg");
	what->loss = amount_read(&document, "loss");
	what->declared_value = document_has(&document, "declared_value") ?
		value_amount(amount_read(&document, "declared_value")) : value_null();
	if (!what->declared_value.null &&
		amount_currency(DatumGetAmount(what->declared_value.datum)) != amount_currency(what->loss))
		document_refuse(&document, "declared_value", "It is not in the currency of the loss.", NULL);
	packages = document_array(&document, "packages");
	what->npackages = document_length(&packages);
	if (what->npackages == 0)
		document_refuse(&document, "packages", "It is empty.", "Give the weight lost or damaged of each package.");
	what->packages = palloc0(what->npackages * sizeof(AffectedPackage));
	for (int i = 0; i < what->npackages; i++)
	{
		Document	package = document_item(&packages, i);

		document_only(&package, "kg", NULL);
		what->packages[i].kg = read_kg(&package, "kg");
	}
}

PG_FUNCTION_INFO_V1(carrier_liability);
Datum
carrier_liability(PG_FUNCTION_ARGS)
{
	Call		call;
	LiabilityCase what = {.freight = value_null()};

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER | CAPACITY_BUYER | CAPACITY_CARRIER);
	read_case(&call, &what, call_jsonb(&call, 1));
	reckoning_return(fcinfo, liability_of(&call, &what).reckoning);
	call_end_read(&call);
	return (Datum) 0;
}
