/*
 * claim.c
 *		Claims against carriers: what every call about one begins and ends with, and that the same goods are in one claim
 *		(logistics rule book §8).
 *
 * Opening one is in claim_open.c; filing, and what it comes to, in claim_file.c; what the carrier says in claim_answer.c; its
 * money in claim_pay.c.
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/lifecycle.h"
#include "logistics/claim.h"
#include "orders/orders.h"

/*
 * ---- reading, moving, telling ----
 */

Claim *
claim_get(Call *call, int64 claim_id)
{
	static Statement get = STATEMENT("il",
		"SELECT order_id, seller_order_id, shipment_id, seller_id, buyer_id, carrier_id, carrier_party_id, claimant, kind, "
		"state::text, borne_by, regime, shipment_kg, loss, protest_by, protest_at IS NOT NULL, forfeited, claim_by, "
		"claimed, accepted, answer, incoterm FROM marketplace.carrier_claims WHERE marketplace_id = $1 AND id = $2");
	Claim	   *claim;
	Row			row;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(claim_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no claim %lld against a carrier", (long long) claim_id),
				errdetail("Marketplace %d has none with this id.", call->marketplace_id),
				errhint("See marketplace.carrier_claim_overview."));
	claim = palloc0(sizeof(Claim));
	claim->id = claim_id;
	claim->order_id = row_int64(&row, 0);
	claim->seller_order_id = row_int64(&row, 1);
	claim->shipment_id = row_int64(&row, 2);
	claim->seller_id = row_int64(&row, 3);
	claim->buyer_id = row_int64(&row, 4);
	claim->carrier_id = row_int64(&row, 5);
	claim->carrier_party_id = row_id(&row, 6);
	claim->claimant = row_text(&row, 7);
	claim->kind = row_text(&row, 8);
	claim->state = row_text(&row, 9);
	claim->borne_by = row_text(&row, 10);
	claim->regime = row_text(&row, 11);
	claim->shipment_kg = row_numeric(&row, 12);
	claim->loss = row_amount(&row, 13);
	claim->has_protest_by = !row_null(&row, 14);
	claim->protest_by = claim->has_protest_by ? row_date(&row, 14) : 0;
	claim->protested = row_bool(&row, 15);
	claim->forfeited = row_bool(&row, 16);
	claim->claim_by = row_timestamptz(&row, 17);
	claim->claimed = row_value(&row, 18);
	claim->accepted = row_value(&row, 19);
	claim->answer = row_value(&row, 20);
	claim->incoterm = row_text(&row, 21);
	return claim;
}

void
claim_require_claimant(Call *call, const Claim *claim)
{
	if (strcmp(claim->claimant, "seller") == 0)
		access_require(call, CAPACITY_OPERATOR | CAPACITY_SELLER, claim->seller_id);
	else if (strcmp(claim->claimant, "buyer") == 0)
		access_require(call, CAPACITY_OPERATOR | CAPACITY_BUYER, claim->buyer_id);
	else
		access_require(call, CAPACITY_OPERATOR, 0);
}

Claim *
claim_open_as_claimant(Call *call, int64 claim_id)
{
	Claim	   *claim = claim_get(call, claim_id);

	claim_require_claimant(call, claim);
	order_lock(call, claim->order_id);
	return claim_get(call, claim_id);
}

Claim *
claim_open_as_carrier(Call *call, int64 claim_id)
{
	Claim	   *claim = claim_get(call, claim_id);

	access_require(call, claim->carrier_party_id == 0 ? CAPACITY_OPERATOR : CAPACITY_OPERATOR | CAPACITY_CARRIER,
				   claim->carrier_party_id);
	order_lock(call, claim->order_id);
	return claim_get(call, claim_id);
}

/* The lifecycle looks at changes of state; that there is one to make is seen to here. */
void
claim_move(Statement *change, const Value *args, const Claim *claim, const char *event, const char *state,
		   const char *reason)
{
	if (strcmp(claim->state, state) == 0)
		ereport(ERROR,
				errcode(MK_TRANSITION_REFUSED),
				errmsg("claim %lld is %s already", (long long) claim->id, state),
				errdetail("Nothing was done a second time."),
				errhint("Give a request key to calls that may be repeated."));
	guard_open("logistics");
	(void) lifecycle_execute(change, args, event, reason);
	guard_close();
}

int64
claim_tell(Call *call, const Claim *claim, const char *what, Value amount, const char *reason)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "claim_id", claim->id);
	payload_int64(&payload, "order_id", claim->order_id);
	payload_int64(&payload, "seller_order_id", claim->seller_order_id);
	payload_int64(&payload, "shipment_id", claim->shipment_id);
	payload_text(&payload, "kind", claim->kind);
	payload_text(&payload, "claimant", claim->claimant);
	if (!amount.null)
		payload_amount(&payload, "amount", DatumGetAmount(amount.datum));
	if (reason != NULL)
		payload_text(&payload, "reason", reason);
	return event_emit(call, "order", claim->order_id, psprintf("carrier_claim.%s", what), &payload);
}

/*
 * ---- the goods ----
 */

bool
claim_find_goods(Call *call, int64 parcel_id, int64 order_line_id, const char *kind, ClaimGoods *goods)
{
	static Statement find = STATEMENT("illt",
		"SELECT quantity, claimed, since, borne_by, shipment_id FROM marketplace.carriage_losses WHERE marketplace_id = $1 "
		"AND parcel_id = $2 AND order_line_id = $3 AND kind = $4");
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(parcel_id), value_int64(order_line_id),
								 value_text(kind)), &row))
		return false;
	*goods = (ClaimGoods) {row_numeric(&row, 0), row_numeric(&row, 1), row_timestamptz(&row, 2), row_text(&row, 3),
						   row_int64(&row, 4)};
	return true;
}

void
claim_refuse_goods(int64 parcel_id, int64 order_line_id, const char *kind, const ClaimGoods *goods, Numeric asked)
{
	if (goods != NULL)
		ereport(ERROR,
				errcode(MK_CARRIER_CLAIM),
				errmsg("goods of order line %lld in parcel %lld are in another claim", (long long) order_line_id,
					   (long long) parcel_id),
				errdetail("Asked: %s. Of kind %s there are %s, in claims %s.", decimal_to_cstring(asked), kind,
						  decimal_to_cstring(goods->quantity), decimal_to_cstring(goods->claimed)),
				errhint("The same goods are claimed once; abandon the other claim if it was a mistake."));
	ereport(ERROR,
			errcode(MK_CARRIER_CLAIM),
			errmsg("nothing of order line %lld in parcel %lld is on record for a claim of kind %s",
				   (long long) order_line_id, (long long) parcel_id, kind),
			errdetail("A loss is said by tracking, damage and missing goods by a receipt with reserves, delay by the "
					  "carrier's promise."),
			errhint("See view marketplace.carriage_losses."));
}

void
claim_require_goods(Call *call, const Claim *claim)
{
	static Statement items = STATEMENT("il",
		"SELECT parcel_id, order_line_id, pg_catalog.sum(quantity) FROM marketplace.carrier_claim_items WHERE "
		"marketplace_id = $1 AND claim_id = $2 GROUP BY parcel_id, order_line_id ORDER BY parcel_id, order_line_id");
	Rows		rows = query_rows(&items, VALUES(value_int32(call->marketplace_id), value_int64(claim->id)));

	for (uint64 i = 0; i < rows.count; i++)
	{
		const Row  *row = &rows.rows[i];
		ClaimGoods	goods;

		if (!claim_find_goods(call, row_int64(row, 0), row_int64(row, 1), claim->kind, &goods))
			claim_refuse_goods(row_int64(row, 0), row_int64(row, 1), claim->kind, NULL, NULL);
		if (decimal_cmp(goods.claimed, goods.quantity) > 0)
			claim_refuse_goods(row_int64(row, 0), row_int64(row, 1), claim->kind, &goods, row_numeric(row, 2));
	}
}
