/*
 * return_way.c
 *		The way back of a return: its shipment and parcels, tracked like any other (LG-49), and who says that the
 *		goods have left: the buyer, or the carrier's first scan.
 *
 * A return shipment holds no quantities; they move when the seller receives them (LG-47).
 */
#include "postgres.h"

#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "kernel/lifecycle.h"
#include "logistics/return.h"
#include "logistics/tracking.h"

/* A number by which the carrier's events find the parcel. */
static int64
add_parcel(Call *call, const Shipment *shipment, const Document *document)
{
	document_only(document, "sscc", "tracking_number", "weight_kg", NULL);
	if (!document_has(document, "sscc") && !document_has(document, "tracking_number"))
		document_refuse(document, "tracking_number", "The parcel has no number.",
						"Give the tracking number or the SSCC that is on its label.");
	return shipment_add_parcel(call, shipment, document);
}

static void
add_shipment(Call *call, const Return *back, const Document *document)
{
	static Statement link = STATEMENT("illt",
		"UPDATE marketplace.returns SET state = 'label_issued', shipment_id = $3, freight_payer = COALESCE($4, "
		"freight_payer) WHERE marketplace_id = $1 AND id = $2");
	Shipment	shipment = {
		.order_id = back->order_id, .seller_order_id = back->seller_order_id, .seller_id = back->seller_id,
		.buyer_id = back->buyer_id, .is_return = true
	};
	Document	parcels = document_array(document, "parcels");
	List	   *ids = NIL;
	ListCell   *cell;

	if (document_length(&parcels) == 0)
		document_refuse(document, "parcels", "It is empty.", "A return has at least one parcel.");
	shipment.carrier_id = carrier_by_code(call, document_text(document, "carrier"), &shipment.carrier_party_id);
	shipment.id = shipment_insert(call, &shipment);
	for (int i = 0; i < document_length(&parcels); i++)
	{
		Document	parcel = document_item(&parcels, i);
		int64	   *id = palloc(sizeof(int64));

		*id = add_parcel(call, &shipment, &parcel);
		ids = lappend(ids, id);
	}
	return_write(&link, VALUES(value_int32(call->marketplace_id), value_int64(back->id), value_int64(shipment.id),
							   value_text(return_freight_payer(document))), "label", NULL);
	return_tell(call, back, "label_issued", NIL, NULL);
	foreach(cell, ids)
		tracking_replay_unknown(call, parcel_get(call, *(int64 *) lfirst(cell)));
}

PG_FUNCTION_INFO_V1(return_label);
Datum
return_label(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Return	   *back = return_open(&call, call_int64(&call, 1), CAPACITY_SELLER);
		Document	document = document_root(call_jsonb(&call, 2));

		document_only(&document, "carrier", "freight_payer", "parcels", NULL);
		return_require_change(back, "label_issued");
		if (strcmp(back->state, "approved") != 0)
			ereport(ERROR,
					errcode(MK_TRANSITION_REFUSED),
					errmsg("return %lld has no use for a label", (long long) back->id),
					errdetail("It is %s.", back->state),
					errhint("A return gets its label once it is approved and before it is sent."));
		add_shipment(&call, back, &document);
		call.result = back->id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/*
 * ---- on its way ----
 */

static void
mark_handed_over(Call *call, int64 shipment_id, TimestampTz at, bool implicit)
{
	static Statement update = STATEMENT("ilbz",
		"UPDATE marketplace.shipments SET state = 'handed_over', implicit = $3, handed_over_at = $4 "
		"WHERE marketplace_id = $1 AND id = $2");

	if (shipment_id != 0)
		return_write(&update, VALUES(value_int32(call->marketplace_id), value_int64(shipment_id), value_bool(implicit),
									 value_timestamptz(at)), "hand_over", implicit ? "first scan of the carrier" : NULL);
}

static void
mark_in_transit(Call *call, const Return *back, const char *reason)
{
	static Statement update = STATEMENT("il",
		"UPDATE marketplace.returns SET state = 'in_transit' WHERE marketplace_id = $1 AND id = $2");

	return_write(&update, VALUES(value_int32(call->marketplace_id), value_int64(back->id)), "ship", reason);
	return_tell(call, back, "in_transit", NIL, reason);
}

/* What was sent, where the buyer says so; what it does not mention was sent as announced. */
static void
declare_shipped(Call *call, const Return *back, const Document *document)
{
	static Statement as_announced = STATEMENT("il",
		"UPDATE marketplace.return_lines SET shipped = announced WHERE marketplace_id = $1 AND return_id = $2");
	static Statement update = STATEMENT("illn",
		"UPDATE marketplace.return_lines SET shipped = $4 WHERE marketplace_id = $1 AND return_id = $2 AND order_line_id = $3");
	OrderLines	lines = order_lines(call, back->order_id);
	Document	given;

	(void) logistics_execute(&as_announced, VALUES(value_int32(call->marketplace_id), value_int64(back->id)));
	if (!document_has(document, "lines"))
		return;
	given = document_array(document, "lines");
	for (int i = 0; i < document_length(&given); i++)
	{
		Document	item = document_item(&given, i);
		const OrderLine *line;
		Value		args[4];

		document_only(&item, "order_line_id", "quantity", NULL);
		line = return_line_of(&lines, back, &item);
		args[0] = value_int32(call->marketplace_id);
		args[1] = value_int64(back->id);
		args[2] = value_int64(line->id);
		args[3] = value_numeric(document_quantity(&item, "quantity"));
		if (logistics_execute(&update, args) > 0)
			continue;
		return_add_line(call, back, line->id, decimal_from_int64(0));
		(void) logistics_execute(&update, args);
	}
}

PG_FUNCTION_INFO_V1(return_ship);
Datum
return_ship(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Return	   *back = return_open(&call, call_int64(&call, 1), CAPACITY_BUYER);
		Document	document = document_root(call_jsonb(&call, 2));

		document_only(&document, "lines", NULL);
		return_require_change(back, "in_transit");
		mark_in_transit(&call, back, NULL);
		declare_shipped(&call, back, &document);
		mark_handed_over(&call, back->shipment_id, call.now, false);
		call.result = back->id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* The parcels of a return that has come to its end without being sent. */
void
return_void_shipment(Call *call, const Return *back)
{
	static Statement update = STATEMENT("il",
		"UPDATE marketplace.shipments SET state = 'voided' WHERE marketplace_id = $1 AND id = $2");
	static Statement release = STATEMENT("il",
		"UPDATE marketplace.parcels SET current = false WHERE marketplace_id = $1 AND shipment_id = $2");

	if (back->shipment_id == 0)
		return;
	return_write(&update, VALUES(value_int32(call->marketplace_id), value_int64(back->shipment_id)), "void", NULL);
	(void) logistics_execute(&release, VALUES(value_int32(call->marketplace_id), value_int64(back->shipment_id)));
}

/*
 * The order is locked; the shipment is neither handed over nor voided. What the seller has received meanwhile stays
 * received.
 */
void
return_scanned(Call *call, const Shipment *shipment, TimestampTz at)
{
	static Statement find = STATEMENT("il",
		"SELECT id FROM marketplace.returns WHERE marketplace_id = $1 AND shipment_id = $2");
	Return	   *back;
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(shipment->id)), &row))
		return;
	back = return_get(call, row_int64(&row, 0));
	mark_handed_over(call, shipment->id, at, true);
	if (strcmp(back->state, "label_issued") == 0)
		mark_in_transit(call, back, "first scan of the carrier");
}
