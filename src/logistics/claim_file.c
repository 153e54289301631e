/*
 * claim_file.c
 *		The claimant's part of a claim: the protest to the carrier, filing with the amount that is then frozen, contesting
 *		a refusal or giving up (LG-41 … LG-46). And the clock that bars what was not filed or acknowledged in time.
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "logistics/claim.h"
#include "logistics/logistics.h"
#include "orders/orders.h"

/*
 * ---- what it comes to ----
 */

/* The packages of the claim, each with the weight lost or damaged in it. */
static void
read_packages(Call *call, const Claim *claim, LiabilityCase *what)
{
	static Statement read = STATEMENT("il",
		"SELECT i.parcel_id, CASE WHEN pg_catalog.count(*) = pg_catalog.count(i.kg) THEN pg_catalog.sum(i.kg) ELSE "
		"pg_catalog.min(p.weight_kg) END FROM marketplace.carrier_claim_items i JOIN marketplace.parcels p ON "
		"p.marketplace_id = $1 AND p.id = i.parcel_id WHERE i.marketplace_id = $1 AND i.claim_id = $2 GROUP BY i.parcel_id "
		"ORDER BY i.parcel_id");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(claim->id)));
	Numeric		sum = decimal_from_int64(0);

	what->npackages = what->delay ? 0 : (int) rows.count;
	what->packages = palloc0(Max(rows.count, 1) * sizeof(AffectedPackage));
	for (int i = 0; i < what->npackages; i++)
	{
		what->packages[i] = (AffectedPackage) {row_int64(&rows.rows[i], 0), row_numeric(&rows.rows[i], 1)};
		sum = decimal_add(sum, what->packages[i].kg);
	}
	if (decimal_cmp(what->shipment_kg, sum) < 0)
		what->shipment_kg = sum;
}

Liability
claim_liability(Call *call, const Claim *claim)
{
	static Statement read = STATEMENT("ilt",
		"SELECT s.contract_id, (s.handed_over_at AT TIME ZONE $3)::date, h.declared_value, s.freight FROM "
		"marketplace.shipment_promises s JOIN marketplace.shipments h ON h.marketplace_id = $1 AND h.id = s.shipment_id "
		"WHERE s.marketplace_id = $1 AND s.shipment_id = $2");
	const char *zone = marketplace_get(call)->time_zone;
	LiabilityCase what = {.regime = claim->regime, .shipment_kg = claim->shipment_kg, .loss = claim->loss};
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(claim->shipment_id), value_text(zone)),
				   &row))
		elog(ERROR, "shipment %lld of claim %lld was not handed over", (long long) claim->shipment_id,
			 (long long) claim->id);
	what.contract_id = row_id(&row, 0);
	what.day = row_date(&row, 1);
	what.today = calendar_local_date(call->now, zone);
	what.declared_value = row_value(&row, 2);
	what.freight = row_value(&row, 3);
	what.delay = strcmp(claim->kind, "delay") == 0;
	read_packages(call, claim, &what);
	return liability_of(call, &what);
}

PG_FUNCTION_INFO_V1(carrier_claim_explain);
Datum
carrier_claim_explain(PG_FUNCTION_ARGS)
{
	static Statement frozen = STATEMENT("il",
		"SELECT reckoning FROM marketplace.carrier_claims WHERE marketplace_id = $1 AND id = $2 AND reckoning IS NOT NULL");
	Call		call;
	Claim	   *claim;
	Row			row;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER | CAPACITY_BUYER | CAPACITY_CARRIER);
	claim = claim_get(&call, call_int64(&call, 1));
	if (!access_allows(call.caller, call.marketplace_id, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0) &&
		!access_allows(call.caller, call.marketplace_id, CAPACITY_SELLER, claim->seller_id) &&
		!access_allows(call.caller, call.marketplace_id, CAPACITY_BUYER, claim->buyer_id))
		access_require(&call, claim->claimed.null || claim->carrier_party_id == 0 ? CAPACITY_OPERATOR : CAPACITY_CARRIER,
					   claim->carrier_party_id);
	if (query_row(&frozen, VALUES(value_int32(call.marketplace_id), value_int64(claim->id)), &row))
		reckoning_return(fcinfo, row_jsonb(&row, 0));
	else
		reckoning_return(fcinfo, claim_liability(&call, claim).reckoning);
	call_end_read(&call);
	return (Datum) 0;
}

/*
 * ---- protest ----
 */

static bool
regime_says(const Claim *claim, const char *column)
{
	static Statement forfeits = STATEMENT("tt",
		"SELECT COALESCE((SELECT $2 = ANY (protest_forfeits) FROM marketplace.carriage_regimes WHERE regime = $1), false)");
	static Statement formal = STATEMENT("t",
		"SELECT COALESCE((SELECT protest_formal FROM marketplace.carriage_regimes WHERE regime = $1), false)");

	if (strcmp(column, "protest_formal") == 0)
		return DatumGetBool(query_datum(&formal, VALUES(value_text(claim->regime))));
	return DatumGetBool(query_datum(&forfeits, VALUES(value_text(claim->regime), value_text(claim->kind))));
}

bool
claim_needs_protest(Call *call, const Claim *claim)
{
	return regime_says(claim, "protest_forfeits");
}

static char *
read_sha256(const Document *document)
{
	char	   *hash = document_text(document, "sha256");

	if (strlen(hash) != 64 || hash[strspn(hash, "0123456789abcdefABCDEF")] != '\0')
		document_refuse(document, "sha256", "It is not a SHA-256.", "Write its 64 hexadecimal digits.");
	for (char *c = hash; *c != '\0'; c++)
		*c = pg_ascii_tolower((unsigned char) *c);
	return hash;
}

static char *
read_means(const Document *document)
{
	static const char *const known[] = {"registered_letter", "extrajudicial_act", "other"};
	char	   *means = document_text(document, "means");

	for (int i = 0; i < lengthof(known); i++)
		if (strcmp(means, known[i]) == 0)
			return means;
	document_refuse(document, "means", psprintf("\"%.40s\" is not known.", means),
					"It is registered_letter, extrajudicial_act or other.");
}

static void
require_draft(const Claim *claim, const char *what)
{
	if (strcmp(claim->state, "draft") == 0)
		return;
	ereport(ERROR,
			errcode(MK_CARRIER_CLAIM),
			errmsg("%s claim %lld is not possible any more", what, (long long) claim->id),
			errdetail("It is %s.", claim->state),
			errhint("See view marketplace.carrier_claim_overview."));
}

/* Kept whenever it was sent; too late, or not in the form that the law wants, it is flagged (LG-44). */
static int64
protest(Call *call, int64 claim_id, Jsonb *json)
{
	static Statement update = STATEMENT("ilzttttb",
		"UPDATE marketplace.carrier_claims SET protest_at = $3, protest_means = $4, protest_text = $5, protest_sha256 = $6, "
		"protest_uri = $7, forfeited = $8 WHERE marketplace_id = $1 AND id = $2");
	Document	document = document_root(json);
	Claim	   *claim = claim_open_as_claimant(call, claim_id);
	Document	proof;
	TimestampTz posted_at;
	char	   *means;
	char	   *reasons;
	bool		late;

	document_only(&document, "posted_at", "means", "text", "proof", NULL);
	require_draft(claim, "a protest to the carrier of");
	if (claim->protested)
		ereport(ERROR,
				errcode(MK_CARRIER_CLAIM),
				errmsg("the protest of claim %lld is on record", (long long) claim->id),
				errdetail("It is never replaced."),
				errhint("Abandon the claim and open another one if it was recorded by mistake."));
	posted_at = document_timestamptz(&document, "posted_at");
	if (posted_at > call->now)
		document_refuse(&document, "posted_at", "It is in the future.", "Record it once it was posted.");
	means = read_means(&document);
	reasons = document_text(&document, "text");
	proof = document_object(&document, "proof");
	document_only(&proof, "sha256", "uri", NULL);
	late = claim->has_protest_by &&
		calendar_local_date(posted_at, marketplace_get(call)->time_zone) > claim->protest_by;
	claim->forfeited = claim_needs_protest(call, claim) &&
		(late || (strcmp(means, "other") == 0 && regime_says(claim, "protest_formal")));
	(void) logistics_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(claim->id),
											 value_timestamptz(posted_at), value_text(means), value_text(reasons),
											 value_text(read_sha256(&proof)),
											 value_text(document_text_or_null(&proof, "uri")),
											 value_bool(claim->forfeited)));
	(void) claim_tell(call, claim, claim->forfeited ? "forfeited" : "protested", value_null(), NULL);
	return claim->id;
}

PG_FUNCTION_INFO_V1(carrier_claim_protest);
Datum
carrier_claim_protest(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = protest(&call, call_int64(&call, 1), call_jsonb(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}

/*
 * ---- file, contest, end ----
 */

static void
require_protest(Call *call, const Claim *claim)
{
	if (!claim_needs_protest(call, claim) || (claim->protested && !claim->forfeited))
		return;
	ereport(ERROR,
			errcode(MK_CARRIER_CLAIM),
			errmsg(claim->forfeited ? "claim %lld is forfeited" : "claim %lld lacks the protest to the carrier",
				   (long long) claim->id),
			errdetail("Regime %s wants a reasoned protest, posted by %s.", claim->regime,
					  claim->has_protest_by ? DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(claim->protest_by)))
					  : "no day that is known"),
			errhint(claim->forfeited ? "What is not recovered from the carrier stays with who bore the risk." :
					"Post it, and record it with marketplace.carrier_claim_protest()."));
}

static void
require_time(Call *call, const Claim *claim)
{
	if (call->now <= claim->claim_by)
		return;
	ereport(ERROR,
			errcode(MK_CARRIER_CLAIM),
			errmsg("claim %lld is time-barred", (long long) claim->id),
			errdetail("The carrier could be sued until %s.", pstrdup(timestamptz_to_str(claim->claim_by))),
			errhint("What is not recovered from the carrier stays with who bore the risk."));
}

static int64
file_claim(Call *call, int64 claim_id)
{
	static Statement update = STATEMENT("ilzaaj",
		"UPDATE marketplace.carrier_claims SET state = 'filed', filed_at = $3, cap = $4, claimed = $5, reckoning = $6 "
		"WHERE marketplace_id = $1 AND id = $2");
	Claim	   *claim = claim_open_as_claimant(call, claim_id);
	Liability	liability;

	if (strcmp(claim->state, "draft") == 0)
	{
		claim_require_goods(call, claim);
		require_time(call, claim);
		require_protest(call, claim);
	}
	liability = claim_liability(call, claim);
	if (amount_minor(liability.claim) <= 0)
		ereport(ERROR,
				errcode(MK_CARRIER_CLAIM),
				errmsg("the carrier owes nothing for claim %lld", (long long) claim->id),
				errdetail("The cap of its liability is %s.", amount_to_cstring(liability.cap)),
				errhint("See marketplace.carrier_claim_explain()."));
	claim_move(&update, VALUES(value_int32(call->marketplace_id), value_int64(claim->id), value_timestamptz(call->now),
							   liability.capped ? value_amount(liability.cap) : value_null(),
							   value_amount(liability.claim), value_jsonb(liability.reckoning)),
			   claim, "file", "filed", NULL);
	(void) claim_tell(call, claim, "filed", value_amount(liability.claim), NULL);
	return claim->id;
}

PG_FUNCTION_INFO_V1(carrier_claim_file);
Datum
carrier_claim_file(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = file_claim(&call, call_int64(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}

PG_FUNCTION_INFO_V1(carrier_claim_contest);
Datum
carrier_claim_contest(PG_FUNCTION_ARGS)
{
	static Statement update = STATEMENT("il",
		"UPDATE marketplace.carrier_claims SET state = 'filed' WHERE marketplace_id = $1 AND id = $2");
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		char	   *reason = call_text(&call, 2);
		Claim	   *claim = claim_open_as_claimant(&call, call_int64(&call, 1));

		if (strcmp(claim->state, "refused") == 0)
			require_time(&call, claim);
		claim_move(&update, VALUES(value_int32(call.marketplace_id), value_int64(claim->id)), claim, "contest", "filed",
				   reason);
		(void) claim_tell(&call, claim, "contested", claim->claimed, reason);
		call.result = claim->id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* An end without money. */
static void
end_claim(Call *call, const Claim *claim, const char *event, const char *state, const char *reason)
{
	static Statement update = STATEMENT("iltzt",
		"UPDATE marketplace.carrier_claims SET state = $3, closed_at = $4, note = COALESCE($5, note) WHERE marketplace_id = "
		"$1 AND id = $2");

	claim_move(&update, VALUES(value_int32(call->marketplace_id), value_int64(claim->id), value_text(state),
							   value_timestamptz(call->now), value_text(reason)), claim, event, state, reason);
	(void) claim_tell(call, claim, state, value_null(), reason);
}

PG_FUNCTION_INFO_V1(carrier_claim_give_up);
Datum
carrier_claim_give_up(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		char	   *reason = call_text(&call, 2);
		Claim	   *claim = claim_open_as_claimant(&call, call_int64(&call, 1));

		end_claim(&call, claim, "give_up", "refused_final", reason);
		call.result = claim->id;
	}
	PG_RETURN_INT64(call_end(&call));
}

PG_FUNCTION_INFO_V1(carrier_claim_abandon);
Datum
carrier_claim_abandon(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		char	   *reason = call_text(&call, 2);
		Claim	   *claim = claim_open_as_claimant(&call, call_int64(&call, 1));

		end_claim(&call, claim, "abandon", "abandoned", reason);
		call.result = claim->id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* tick(): what was not filed, or not acknowledged, by claim_by. */
int
logistics_tick_claims(Call *call, int limit)
{
	static Statement due = STATEMENT("izi",
		"SELECT id, order_id FROM marketplace.carrier_claims WHERE marketplace_id = $1 AND state IN ('draft', 'filed') AND "
		"claim_by < $2 AND " TICK_MAY_TRY("carrier_claim", "id") " ORDER BY order_id, id LIMIT $3");
	Rows		rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now),
											   value_int32(limit)));
	int			done = 0;

	for (uint64 i = 0; i < rows.count; i++)
	{
		Claim	   *claim;

		if (!order_try_lock(call, row_int64(&rows.rows[i], 1)))
			continue;
		tick_at(call, "carrier_claim", row_int64(&rows.rows[i], 0));
		claim = claim_get(call, row_int64(&rows.rows[i], 0));
		if (strcmp(claim->state, "draft") != 0 && strcmp(claim->state, "filed") != 0)
			continue;
		end_claim(call, claim, "bar", "time_barred", NULL);
		done++;
	}
	return done;
}
