/*
 * claim_open.c
 *		Opening a claim against a carrier: which goods of one shipment, what they weighed and were worth, who claims for
 *		them, and until when (LG-39, LG-41, LG-43).
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "logistics/claim.h"
#include "orders/orders.h"

/*
 * ---- the document ----
 */

typedef struct ClaimItem
{
	int64		parcel_id;
	int64		order_line_id;
	Numeric		quantity;
	Numeric		kg;				/* NULL: the whole parcel's, or it does not matter */
	Amount		loss;
} ClaimItem;

/* The weight of the goods: as given, or the parcel's, in proportion where it holds one line only. */
static Numeric
read_kg(Call *call, const Document *line, const ClaimItem *item, const char *kind)
{
	static Statement read = STATEMENT("ill",
		"SELECT p.weight_kg, c.quantity, (SELECT pg_catalog.count(*) FROM marketplace.parcel_contents o WHERE "
		"o.marketplace_id = $1 AND o.parcel_id = $2) FROM marketplace.parcels p JOIN marketplace.parcel_contents c ON "
		"c.marketplace_id = $1 AND c.parcel_id = p.id AND c.order_line_id = $3 WHERE p.marketplace_id = $1 AND p.id = $2");
	Numeric		kg = document_numeric_or_null(line, "kg");
	Row			row;

	if (kg != NULL)
	{
		if (!decimal_is_finite(kg) || decimal_sign(kg) <= 0)
			document_refuse(line, "kg", "A weight is more than zero.", NULL);
		return kg;
	}
	if (strcmp(kind, "delay") == 0 ||
		!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(item->parcel_id),
								 value_int64(item->order_line_id)), &row))
		return NULL;
	if (row_null(&row, 0))
		document_refuse(line, "kg", "The weight of the parcel is not known, and what the carrier owes goes by weight.",
						"Give the gross weight of these goods.");
	if (row_int64(&row, 2) == 1)
		return DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale, DirectFunctionCall2(numeric_div,
			NumericGetDatum(decimal_mul(row_numeric(&row, 0), item->quantity)), NumericGetDatum(row_numeric(&row, 1)))));
	if (strcmp(kind, "loss") != 0)
		document_refuse(line, "kg", "The parcel holds several lines: its weight does not tell that of these goods.",
						"Give the gross weight of these goods.");
	return NULL;
}

/* As proven, or the net price of the goods: cumulatively, so that claims in parts add up to the whole (RD-10). */
static Amount
read_loss(Call *call, const Document *line, const ClaimItem *item, CurrencyCode currency, const List *items)
{
	static Statement before = STATEMENT("il",
		"SELECT COALESCE(pg_catalog.sum(i.quantity), 0) FROM marketplace.carrier_claim_items i JOIN "
		"marketplace.carrier_claims c ON c.marketplace_id = $1 AND c.id = i.claim_id AND c.state <> 'abandoned' AND c.kind "
		"<> 'delay' WHERE i.marketplace_id = $1 AND i.order_line_id = $2");
	OrderLine  *goods;
	Numeric		earlier;
	ListCell   *cell;
	Amount		zero = amount_zero(currency);
	Amount		loss;

	if (document_has(line, "loss"))
	{
		loss = amount_read(line, "loss");
		if (amount_currency(loss) != currency)
			document_refuse(line, "loss", "It is not in the currency of the order.", NULL);
		return loss;
	}
	goods = order_line_get(call, item->order_line_id);
	earlier = DatumGetNumeric(query_datum(&before, VALUES(value_int32(call->marketplace_id),
														  value_int64(item->order_line_id))));
	foreach(cell, items)
		if (((const ClaimItem *) lfirst(cell))->order_line_id == item->order_line_id)
			earlier = decimal_add(earlier, ((const ClaimItem *) lfirst(cell))->quantity);
	if (decimal_cmp(decimal_add(earlier, item->quantity), goods->quantity) > 0)
		earlier = decimal_from_int64(0);
	loss = amount_sub(
		amount_share_cumulative(goods->escrow_net, decimal_add(earlier, item->quantity), goods->quantity, zero),
		amount_share_cumulative(goods->escrow_net, earlier, goods->quantity, zero));
	if (amount_minor(loss) <= 0)
		document_refuse(line, "loss", "The goods have no price that a loss could be reckoned from.",
						"Give the loss that can be proven.");
	return loss;
}

static ClaimItem *
read_item(Call *call, const Claim *claim, const Document *line, ClaimGoods *goods, const List *items)
{
	ClaimItem  *item = palloc0(sizeof(ClaimItem));
	Numeric		left;
	ListCell   *cell;

	document_only(line, "parcel_id", "order_line_id", "quantity", "kg", "loss", NULL);
	item->parcel_id = document_int64(line, "parcel_id");
	item->order_line_id = document_int64(line, "order_line_id");
	foreach(cell, items)
		if (((const ClaimItem *) lfirst(cell))->parcel_id == item->parcel_id &&
			((const ClaimItem *) lfirst(cell))->order_line_id == item->order_line_id)
			document_refuse(line, "order_line_id", "The line of this parcel is listed twice.",
							"Give it once, with its whole quantity.");
	if (!claim_find_goods(call, item->parcel_id, item->order_line_id, claim->kind, goods))
		claim_refuse_goods(item->parcel_id, item->order_line_id, claim->kind, NULL, NULL);
	if (goods->shipment_id != claim->shipment_id)
		document_refuse(line, "parcel_id", "It is a parcel of another shipment.",
						"The cap goes by the shipment: claim for each by itself.");
	left = decimal_sub(goods->quantity, goods->claimed);
	item->quantity = document_has(line, "quantity") ? document_quantity(line, "quantity") : left;
	if (decimal_sign(left) <= 0 || decimal_cmp(item->quantity, left) > 0)
		claim_refuse_goods(item->parcel_id, item->order_line_id, claim->kind, goods,
						   decimal_sign(item->quantity) > 0 ? item->quantity : goods->quantity);
	if (strcmp(claim->kind, "delay") == 0 && !document_has(line, "loss"))
		document_refuse(line, "loss", "What the delay has cost is not known from the goods.",
						"Give the loss that can be proven.");
	item->kg = read_kg(call, line, item, claim->kind);
	item->loss = read_loss(call, line, item, amount_currency(claim->loss), items);
	return item;
}

static void
insert_item(Call *call, const Claim *claim, int position, const ClaimItem *item)
{
	static Statement insert = STATEMENT("ilillnna",
		"INSERT INTO marketplace.carrier_claim_items (marketplace_id, claim_id, position, parcel_id, order_line_id, "
		"quantity, kg, loss) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

	(void) logistics_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(claim->id),
											 value_int32(position), value_int64(item->parcel_id),
											 value_int64(item->order_line_id), value_numeric(item->quantity),
											 value_numeric(item->kg), value_amount(item->loss)));
}

/* A lost parcel of several lines counts with its whole weight: then all of it is claimed at once. */
static void
require_whole_parcels(Call *call, const Claim *claim, const Document *lines)
{
	static Statement part = STATEMENT("il",
		"SELECT c.parcel_id FROM marketplace.parcel_contents c WHERE c.marketplace_id = $1 AND c.parcel_id IN (SELECT "
		"i.parcel_id FROM marketplace.carrier_claim_items i WHERE i.marketplace_id = $1 AND i.claim_id = $2 AND i.kg IS "
		"NULL) AND c.quantity > COALESCE((SELECT pg_catalog.sum(i.quantity) FROM marketplace.carrier_claim_items i WHERE "
		"i.marketplace_id = $1 AND i.claim_id = $2 AND i.parcel_id = c.parcel_id AND i.order_line_id = c.order_line_id AND "
		"i.kg IS NULL), 0) ORDER BY 1 LIMIT 1");
	Row			row;

	if (query_row(&part, VALUES(value_int32(call->marketplace_id), value_int64(claim->id)), &row))
		document_refuse(lines, "kg", psprintf("Parcel %lld holds more than what is claimed: its weight does not tell that "
											  "of these goods.", (long long) row_int64(&row, 0)),
						"Give the gross weight of each line, or claim for all that was in it.");
}

/*
 * ---- clocks ----
 */

/* LG-41, LG-43: days of the protest, from the local day on which the goods were received. */
static void
set_protest_by(Call *call, Claim *claim, TimestampTz since, bool apparent)
{
	static Statement read = STATEMENT("ttb",
		"SELECT CASE $2 WHEN 'loss' THEN NULL WHEN 'delay' THEN protest_days_delay ELSE CASE WHEN $3 THEN protest_days ELSE "
		"protest_days_hidden END END, protest_unit, protest_calendar FROM marketplace.carriage_regimes WHERE regime = $1");
	DateADT		day = calendar_local_date(since, marketplace_get(call)->time_zone);
	Row			row;

	if (!query_row(&read, VALUES(value_text(claim->regime), value_text(claim->kind), value_bool(apparent)), &row) ||
		row_null(&row, 0))
		return;
	claim->has_protest_by = true;
	claim->protest_by = strcmp(row_text(&row, 1), "business_days") == 0 ?
		calendar_add_days(row_text(&row, 2), day, row_int32(&row, 0)) : day + row_int32(&row, 0);
}

/* Months of the regime, from the last arrival; of goods lost, from when they should have arrived. */
static TimestampTz
claim_deadline(Call *call, const Claim *claim)
{
	static Statement read = STATEMENT("iltt",
		"SELECT (((CASE WHEN $3 <> 'loss' AND a.arrived_at IS NOT NULL THEN a.arrived_at WHEN s.deliver_by IS NOT NULL THEN "
		"s.deliver_by + pg_catalog.make_interval(days => g.loss_days_promised) ELSE s.handed_over_at + "
		"pg_catalog.make_interval(days => g.loss_days_unpromised) END) AT TIME ZONE $4 + pg_catalog.make_interval(months => "
		"g.claim_months)) AT TIME ZONE $4) FROM marketplace.shipment_promises s JOIN marketplace.carriage_regimes g ON "
		"g.regime = s.regime CROSS JOIN LATERAL (SELECT pg_catalog.max(COALESCE(p.delivered_at, p.received_at)) AS "
		"arrived_at FROM marketplace.parcels p WHERE p.marketplace_id = $1 AND p.shipment_id = $2) a WHERE "
		"s.marketplace_id = $1 AND s.shipment_id = $2");

	return DatumGetTimestampTz(query_datum(&read, VALUES(value_int32(call->marketplace_id),
														 value_int64(claim->shipment_id), value_text(claim->kind),
														 value_text(marketplace_get(call)->time_zone))));
}

/*
 * ---- open ----
 */

/* Lane and regime are frozen at hand-over: before it there is nothing to claim. */
static void
read_carriage(Call *call, Claim *claim)
{
	static Statement read = STATEMENT("il",
		"SELECT s.regime, COALESCE(s.weight_kg, (SELECT pg_catalog.sum(p.weight_kg) FROM marketplace.parcels p WHERE "
		"p.marketplace_id = $1 AND p.shipment_id = $2), 0) FROM marketplace.shipment_promises s WHERE s.marketplace_id = $1 "
		"AND s.shipment_id = $2");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(claim->shipment_id)), &row))
		ereport(ERROR,
				errcode(MK_CARRIER_CLAIM),
				errmsg("shipment %lld was not handed over to a carrier", (long long) claim->shipment_id),
				errdetail("Only what a carrier has taken is claimed from it."),
				errhint("Hand it over first, with marketplace.shipment_hand_over()."));
	claim->regime = row_text(&row, 0);
	claim->shipment_kg = row_numeric(&row, 1);
}

static const char *
read_kind(const Document *document)
{
	static const char *const kinds[] = {"loss", "damage", "missing", "delay"};
	char	   *kind = document_text(document, "kind");

	for (int i = 0; i < lengthof(kinds); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return kinds[i];
	document_refuse(document, "kind", psprintf("\"%.40s\" is not known.", kind), "It is loss, damage, missing or delay.");
}

/* By Incoterm; an operator may say otherwise, such as that the platform claims since it has the contract. */
static void
read_claimant(Call *call, Claim *claim, const Document *document)
{
	static Statement by_term = STATEMENT("il",
		"SELECT r.claimant, r.incoterm FROM marketplace.parcel_risks r WHERE r.marketplace_id = $1 AND r.shipment_id = $2 LIMIT 1");
	char	   *given = document_text_or_null(document, "claimant");
	Row			row;

	if (!query_row(&by_term, VALUES(value_int32(call->marketplace_id), value_int64(claim->shipment_id)), &row))
		elog(ERROR, "shipment %lld has no Incoterm", (long long) claim->shipment_id);
	claim->claimant = row_text(&row, 0);
	claim->incoterm = row_text(&row, 1);
	if (given == NULL || strcmp(given, claim->claimant) == 0)
		return;
	access_require(call, CAPACITY_OPERATOR, 0);
	if (strcmp(given, "seller") != 0 && strcmp(given, "buyer") != 0 && strcmp(given, "operator") != 0)
		document_refuse(document, "claimant", psprintf("\"%.40s\" is not known.", given), "It is seller, buyer or operator.");
	claim->claimant = given;
}

static Claim
read_claim(Call *call, const Document *document)
{
	Claim		claim = {0};
	Shipment   *shipment;
	CurrencyCode currency;

	document_only(document, "shipment_id", "kind", "claimant", "apparent", "shipment_kg", "lines", "note", NULL);
	shipment = shipment_get(call, document_int64(document, "shipment_id"));
	claim.shipment_id = shipment->id;
	claim.order_id = shipment->order_id;
	claim.seller_order_id = shipment->seller_order_id;
	claim.seller_id = shipment->seller_id;
	claim.buyer_id = shipment->buyer_id;
	claim.carrier_id = shipment->carrier_id;
	claim.carrier_party_id = shipment->carrier_party_id;
	access_require_any(call, CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_BUYER);
	read_carriage(call, &claim);
	read_claimant(call, &claim, document);
	claim_require_claimant(call, &claim);
	claim.kind = read_kind(document);
	order_get(call, claim.order_id, &claim.buyer_id, &currency);
	claim.loss = amount_zero(currency);
	if (document_has(document, "shipment_kg"))
	{
		claim.shipment_kg = document_numeric(document, "shipment_kg");
		if (!decimal_is_finite(claim.shipment_kg) || decimal_sign(claim.shipment_kg) <= 0)
			document_refuse(document, "shipment_kg", "A weight is more than zero.", NULL);
	}
	return claim;
}

static int64
insert_claim(Call *call, const Claim *claim, const char *note)
{
	static Statement insert = STATEMENT("illllllltttttnadztz",
		"INSERT INTO marketplace.carrier_claims (marketplace_id, order_id, seller_order_id, shipment_id, seller_id, "
		"buyer_id, carrier_id, carrier_party_id, claimant, kind, incoterm, borne_by, regime, shipment_kg, loss, protest_by, "
		"claim_by, note, opened_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
		"$17, $18, $19, 'draft') RETURNING id");
	Row			row;

	if (!logistics_row(&insert, VALUES(
			value_int32(call->marketplace_id), value_int64(claim->order_id), value_int64(claim->seller_order_id),
			value_int64(claim->shipment_id), value_int64(claim->seller_id), value_int64(claim->buyer_id),
			value_int64(claim->carrier_id), value_id(claim->carrier_party_id), value_text(claim->claimant),
			value_text(claim->kind), value_text(claim->incoterm), value_text(claim->borne_by), value_text(claim->regime),
			value_numeric(claim->shipment_kg), value_amount(claim->loss),
			claim->has_protest_by ? value_date(claim->protest_by) : value_null(), value_timestamptz(claim->claim_by),
			value_text(note), value_timestamptz(call->now)), &row))
		elog(ERROR, "a claim was not written");
	return row_int64(&row, 0);
}

static int64
open_claim(Call *call, Jsonb *json)
{
	Document	document = document_root(json);
	Claim		claim = read_claim(call, &document);
	Document	lines = document_array(&document, "lines");
	TimestampTz since = DT_NOEND;
	List	   *items = NIL;
	ListCell   *cell;
	int			position = 0;

	if (document_length(&lines) == 0)
		document_refuse(&document, "lines", "It is empty.", "Say which goods are claimed.");
	order_lock(call, claim.order_id);
	for (int i = 0; i < document_length(&lines); i++)
	{
		Document	line = document_item(&lines, i);
		ClaimGoods	goods;
		ClaimItem  *item = read_item(call, &claim, &line, &goods, items);

		if (claim.borne_by != NULL && strcmp(claim.borne_by, goods.borne_by) != 0)
			document_refuse(&line, "parcel_id", "Its risk was with another party than that of the first line.",
							"Claim for them separately.");
		claim.borne_by = goods.borne_by;
		claim.loss = amount_add(claim.loss, item->loss);
		since = Min(since, goods.since);
		items = lappend(items, item);
	}
	set_protest_by(call, &claim, since, document_bool_or(&document, "apparent", true));
	claim.claim_by = claim_deadline(call, &claim);
	claim.id = insert_claim(call, &claim, document_text_or_null(&document, "note"));
	foreach(cell, items)
		insert_item(call, &claim, ++position, lfirst(cell));
	if (strcmp(claim.kind, "delay") != 0)
		require_whole_parcels(call, &claim, &document);
	(void) claim_tell(call, &claim, "opened", value_amount(claim.loss), NULL);
	return claim.id;
}

PG_FUNCTION_INFO_V1(carrier_claim_open);
Datum
carrier_claim_open(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_BUYER);
		call.result = open_claim(&call, call_jsonb(&call, 1));
	}
	PG_RETURN_INT64(call_end(&call));
}
