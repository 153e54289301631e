/*
 * risk.c
 *		When the risk of goods passes from seller to buyer (LG-39): the facts that an Incoterm names and tracking does not
 *		tell, and the answer for one order line.
 *
 * Which fact it is for which term is rows (view incoterm_rules); what follows for a loss is in view carriage_losses.
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "logistics/claim.h"
#include "orders/orders.h"

static const char *
read_fact(const Document *document)
{
	static const char *const facts[] = {"ready", "alongside", "on_board", "arrived", "unloaded"};
	char	   *fact = document_text(document, "fact");

	for (int i = 0; i < lengthof(facts); i++)
		if (strcmp(fact, facts[i]) == 0)
			return facts[i];
	document_refuse(document, "fact", psprintf("\"%.40s\" is not known.", fact),
					"It is ready, alongside, on_board, arrived or unloaded; hand-over and delivery are known from tracking.");
}

/*
 * The carrier may say all of them, and operators. The seller what happens at its end, the buyer at its own; with a paper
 * where it moves the risk to the other.
 */
static void
require_fact(Call *call, const Shipment *shipment, const char *fact)
{
	bool		at_seller = strcmp(fact, "arrived") != 0 && strcmp(fact, "unloaded") != 0;

	if (shipment->carrier_party_id != 0 &&
		access_allows(call->caller, call->marketplace_id, CAPACITY_CARRIER, shipment->carrier_party_id))
		access_require(call, CAPACITY_CARRIER, shipment->carrier_party_id);
	else if (at_seller)
		access_require(call, CAPACITY_OPERATOR | CAPACITY_SELLER, shipment->seller_id);
	else
		access_require(call, CAPACITY_OPERATOR | CAPACITY_BUYER, shipment->buyer_id);
}

static void
read_proof(Call *call, const Document *document, const char *fact, char **hash, char **uri)
{
	Document	proof;

	*hash = *uri = NULL;
	if (!document_has(document, "proof"))
	{
		if (call->capacity == CAPACITY_SELLER && strcmp(fact, "ready") != 0)
			document_refuse(document, "proof", "The seller's word alone does not pass the risk to the buyer.",
							"Give the paper that proves it, such as the bill of lading: {\"sha256\", \"uri\"}.");
		return;
	}
	proof = document_object(document, "proof");
	document_only(&proof, "sha256", "uri", NULL);
	*hash = document_text(&proof, "sha256");
	if (strlen(*hash) != 64 || (*hash)[strspn(*hash, "0123456789abcdefABCDEF")] != '\0')
		document_refuse(&proof, "sha256", "It is not a SHA-256.", "Write its 64 hexadecimal digits.");
	*uri = document_text_or_null(&proof, "uri");
}

static int64
record_fact(Call *call, Jsonb *json)
{
	static Statement insert = STATEMENT("illllzttttzt",
		"INSERT INTO marketplace.risk_facts (marketplace_id, shipment_id, seller_id, buyer_id, carrier_party_id, occurred_at, "
		"fact, place, proof_sha256, proof_uri, recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
		"pg_catalog.lower($9), $10, $11, $12) RETURNING id");
	Document	document = document_root(json);
	Shipment   *shipment;
	const char *fact;
	TimestampTz occurred_at;
	char	   *hash;
	char	   *uri;
	JsonbParseState *payload;
	Row			row;

	access_require_any(call, CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_BUYER | CAPACITY_CARRIER);
	document_only(&document, "shipment_id", "fact", "occurred_at", "place", "proof", NULL);
	shipment = shipment_get(call, document_int64(&document, "shipment_id"));
	fact = read_fact(&document);
	require_fact(call, shipment, fact);
	occurred_at = document_timestamptz(&document, "occurred_at");
	if (occurred_at > call->now)
		document_refuse(&document, "occurred_at", "It is in the future.", "Record it once it has happened.");
	if (occurred_at < order_placed_at(call, shipment->order_id))
		document_refuse(&document, "occurred_at", "It is before the order was placed.", NULL);
	read_proof(call, &document, fact, &hash, &uri);
	order_lock(call, shipment->order_id);
	if (!logistics_row(&insert, VALUES(
			value_int32(call->marketplace_id), value_int64(shipment->id), value_int64(shipment->seller_id),
			value_int64(shipment->buyer_id), value_id(shipment->carrier_party_id), value_timestamptz(occurred_at),
			value_text(fact), value_text(document_text_or_null(&document, "place")), value_text(hash), value_text(uri),
			value_timestamptz(call->now), value_text(call_actor())), &row))
		elog(ERROR, "a fact of risk was not written");
	payload_begin(&payload);
	payload_int64(&payload, "shipment_id", shipment->id);
	payload_int64(&payload, "order_id", shipment->order_id);
	payload_int64(&payload, "seller_order_id", shipment->seller_order_id);
	payload_text(&payload, "fact", fact);
	payload_timestamptz(&payload, "occurred_at", occurred_at);
	(void) event_emit(call, "order", shipment->order_id, "shipment.risk_fact", &payload);
	return row_int64(&row, 0);
}

PG_FUNCTION_INFO_V1(risk_fact_record);
Datum
risk_fact_record(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = record_fact(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}

/*
 * Each slice of the line: its parcels, and what is still to be shipped. As of an instant: facts that had not happened by
 * then are left out.
 */
static Statement explain = STATEMENT("ilz",
	"SELECT r.parcel_id, r.shipment_id, c.quantity, c.position::text, r.incoterm, r.passes_when, p.passed_at, "
	"CASE WHEN p.passed_at IS NOT NULL THEN r.passed_by END, CASE WHEN p.passed_at IS NULL THEN 'seller' ELSE 'buyer' END, "
	"l.kind, CASE WHEN l.kind = 'loss' THEN l.since END, l.borne_by, r.claimant, s.regime, "
	"pg_catalog.format('%s: the risk passes when %s; %s.%s', r.incoterm, r.passes_when, CASE WHEN p.passed_at IS NULL THEN "
	"'it has not passed, the seller bears it' ELSE pg_catalog.format('it passed at %2$s (%1$s), the buyer bears it', r.passed_by, "
	"pg_catalog.to_char(p.passed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')) END, CASE WHEN l.kind IS NOT NULL "
	"THEN pg_catalog.format(' %s of %s: the %s bears it, the %s claims on the carrier.', l.kind, "
	"pg_catalog.trim_scale(l.quantity), l.borne_by, r.claimant) END) "
	"FROM marketplace.parcel_contents c JOIN marketplace.parcel_risks r ON r.marketplace_id = $1 AND r.parcel_id = "
	"c.parcel_id LEFT JOIN marketplace.shipment_promises s ON s.marketplace_id = $1 AND s.shipment_id = r.shipment_id "
	"LEFT JOIN marketplace.carriage_losses l ON l.marketplace_id = $1 AND l.parcel_id = c.parcel_id AND l.order_line_id = $2 "
	"AND l.kind <> 'delay' AND l.since <= $3 CROSS JOIN LATERAL (SELECT CASE WHEN r.passed_at <= $3 THEN r.passed_at END AS "
	"passed_at) p WHERE c.marketplace_id = $1 AND c.order_line_id = $2 AND c.position <> 'voided' "
	"UNION ALL SELECT NULL, NULL, q.to_ship - h.held, 'to_ship', o.incoterm, i.passes_when, NULL, NULL, 'seller', NULL, NULL, "
	"NULL, i.claimant, NULL, pg_catalog.format('%s: the risk passes when %s; not shipped, the seller bears it.', o.incoterm, "
	"i.passes_when) FROM marketplace.order_line_quantities q JOIN marketplace.order_lines n ON n.marketplace_id = $1 AND n.id = "
	"$2 JOIN marketplace.seller_orders o ON o.marketplace_id = $1 AND o.id = n.seller_order_id JOIN "
	"marketplace.incoterm_rules i ON i.incoterm = o.incoterm CROSS JOIN LATERAL (SELECT "
	"COALESCE(pg_catalog.sum(c.quantity), 0) AS held FROM marketplace.parcel_contents c WHERE c.marketplace_id = $1 AND "
	"c.order_line_id = $2 AND c.position = 'prepared') h WHERE q.marketplace_id = $1 AND q.order_line_id = $2 AND q.to_ship > "
	"h.held ORDER BY 1, 10");

PG_FUNCTION_INFO_V1(risk_explain);
Datum
risk_explain(PG_FUNCTION_ARGS)
{
	Call		call;
	OrderLine  *line;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER | CAPACITY_BUYER);
	line = order_line_get(&call, call_int64(&call, 1));
	if (!access_allows(call.caller, call.marketplace_id, CAPACITY_SELLER, line->seller_id) &&
		!access_allows(call.caller, call.marketplace_id, CAPACITY_BUYER, line->buyer_id))
		access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	query_return_set(fcinfo, &explain, VALUES(value_int32(call.marketplace_id), value_int64(line->id),
											  value_timestamptz(call_timestamptz_or(&call, 2, call.now))));
	call_end_read(&call);
	return (Datum) 0;
}
