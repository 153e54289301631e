/*
 * receipt_objection.c
 *		What a buyer objects to: the row with both statements (LG-31), the hold on the money of its share, what later
 *		facts of the carrier make of it, and how a quantity of it ends.
 *
 * Who may end one, and what then becomes of the quantity, is in receipt_resolve.c; a delivery that the carrier takes
 * back in receipt_undo.c.
 */
#include "postgres.h"

#include "funds/funds.h"
#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/lifecycle.h"
#include "kernel/policy.h"
#include "logistics/receipt.h"
#include "orders/orders.h"

#define OBJECTION_COLUMNS \
	"SELECT o.id, o.order_id, o.receipt_id, o.position, o.order_line_id, o.parcel_id, o.buyer_id, o.seller_id, o.kind, " \
	"o.stated_at, o.quantity, o.open_quantity, o.delivered, o.movement_id, o.return_movement_id, o.hold_id, " \
	"o.quantity - COALESCE((SELECT pg_catalog.sum(d.quantity) FROM marketplace.receipt_decisions d WHERE " \
	"d.marketplace_id = o.marketplace_id AND d.objection_id = o.id AND d.decision NOT IN ('upheld', 'settled')), 0) " \
	"FROM marketplace.receipt_objections o WHERE o.marketplace_id = $1 "

static Objection *
objection_of(const Row *row)
{
	Objection  *objection = palloc(sizeof(Objection));

	objection->id = row_int64(row, 0);
	objection->order_id = row_int64(row, 1);
	objection->receipt_id = row_int64(row, 2);
	objection->position = row_int32(row, 3);
	objection->order_line_id = row_int64(row, 4);
	objection->parcel_id = row_int64(row, 5);
	objection->buyer_id = row_int64(row, 6);
	objection->seller_id = row_int64(row, 7);
	objection->kind = row_text(row, 8);
	objection->stated_at = row_timestamptz(row, 9);
	objection->quantity = row_numeric(row, 10);
	objection->open = row_numeric(row, 11);
	objection->delivered = row_bool(row, 12);
	objection->movement_id = row_id(row, 13);
	objection->return_movement_id = row_id(row, 14);
	objection->hold_id = row_id(row, 15);
	objection->denied = objection->delivered ? decimal_from_int64(0) : row_numeric(row, 16);
	return objection;
}

Objection *
objection_get(Call *call, int64 objection_id)
{
	static Statement get = STATEMENT("il", OBJECTION_COLUMNS "AND o.id = $2");
	Row			row;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(objection_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no objection %lld", (long long) objection_id),
				errdetail("Marketplace %d has none with this id.", call->marketplace_id),
				errhint("See marketplace.receipt_contradictions and marketplace.receipt_objections."));
	return objection_of(&row);
}

List *
objections_of_parcel(Call *call, int64 parcel_id)
{
	static Statement get = STATEMENT("il", OBJECTION_COLUMNS "AND o.parcel_id = $2 ORDER BY o.id");
	Rows		rows = query_rows(&get, VALUES(value_int32(call->marketplace_id), value_int64(parcel_id)));
	List	   *objections = NIL;

	for (uint64 i = 0; i < rows.count; i++)
		objections = lappend(objections, objection_of(&rows.rows[i]));
	return objections;
}

bool
objection_is(const Objection *objection, const char *kind)
{
	return strcmp(objection->kind, kind) == 0;
}

/*
 * ---- the money of its share ----
 */

char *
objection_slice_name(int64 receipt_id, int position)
{
	return psprintf("receipt:%lld:%d", (long long) receipt_id, position);
}

/* 0: the share is worth nothing, or other holds have it all. */
int64
objection_hold(Call *call, int64 order_line_id, Numeric quantity, const char *slice, const char *kind)
{
	HoldSpec	spec = {
		.order_line_id = order_line_id, .quantity = quantity, .at_most = true, .slice = slice, .reason = "dispute",
		.owner = "system", .note = psprintf("the buyer objects: %s", kind)
	};

	return hold_put(call, &spec);
}

/* The hold that is larger counts of one slice, so the smaller comes first and nothing is free in between. */
static void
hold_for_rest(Call *call, Objection *objection, const char *reason)
{
	int64		before = objection->hold_id;
	int64	   *active;
	int			n;

	if (before == 0)
		return;
	objection->hold_id = 0;
	n = hold_find(call, objection->order_line_id, objection_slice_name(objection->receipt_id, objection->position),
				  &active);
	for (int i = 0; i < n; i++)
	{
		if (active[i] != before)
			continue;
		if (decimal_sign(objection->open) > 0)
			objection->hold_id = objection_hold(call, objection->order_line_id, objection->open,
												objection_slice_name(objection->receipt_id, objection->position),
												objection->kind);
		hold_lift_now(call, before, NULL, reason);
	}
}

/*
 * ---- raised ----
 */

/* What the carrier says: state, the delivered event, when, who signed. */
static bool
carrier_statement(Call *call, int64 parcel_id, Row *row)
{
	static Statement get = STATEMENT("il",
		"SELECT p.state::pg_catalog.text, (SELECT e.id FROM marketplace.tracking_events e JOIN "
		"marketplace.tracking_event_meanings m ON m.marketplace_id = e.marketplace_id AND m.parcel_id = e.parcel_id AND "
		"m.tracking_event_id = e.id WHERE e.marketplace_id = $1 AND e.parcel_id = $2 AND m.state = 'delivered' AND "
		"e.occurred_at = p.delivered_at ORDER BY e.id LIMIT 1), p.delivered_at, p.signed_by FROM marketplace.parcels p "
		"WHERE p.marketplace_id = $1 AND p.id = $2");

	return query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(parcel_id)), row);
}

void
objection_insert(Call *call, const Receipt *receipt, const ReceiptSlice *slice, int64 movement_id)
{
	static Statement insert = STATEMENT("illillllttznblltlztzt",
		"INSERT INTO marketplace.receipt_objections (marketplace_id, order_id, receipt_id, position, order_line_id, "
		"parcel_id, buyer_id, seller_id, kind, statement, stated_at, quantity, open_quantity, delivered, movement_id, "
		"hold_id, carrier_state, carrier_event_id, carrier_said_at, carrier_signed_by, state, recorded_at, "
		"recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15, $16, $17, $18, "
		"$19, 'open', $20, $21)");
	Row			says;

	if (!carrier_statement(call, slice->parcel_id, &says))
		elog(ERROR, "parcel %lld is gone", (long long) slice->parcel_id);
	guard_open("logistics");
	(void) lifecycle_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(receipt->order_id),
											 value_int64(receipt->id), value_int32(slice->position),
											 value_int64(slice->order_line_id), value_int64(slice->parcel_id),
											 value_int64(receipt->buyer_id), value_int64(slice->seller_id),
											 value_text(slice->objection), value_text(slice->statement),
											 value_timestamptz(receipt->received_at), value_numeric(slice->quantity),
											 value_bool(movement_id != 0), value_id(movement_id),
											 value_id(slice->hold_id), row_value(&says, 0), row_value(&says, 1),
											 row_value(&says, 2), row_value(&says, 3), value_timestamptz(call->now),
											 value_text(call_actor())), "raise", NULL);
	guard_close();
}

/*
 * ---- ended ----
 */

static void
insert_decision(Call *call, const Objection *objection, const char *decision, Numeric quantity, int64 receipt_id,
				const char *reason)
{
	static Statement insert = STATEMENT("illltnltzt",
		"INSERT INTO marketplace.receipt_decisions (marketplace_id, objection_id, buyer_id, seller_id, decision, "
		"quantity, receipt_id, reason, decided_at, decided_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");

	(void) logistics_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(objection->id),
											 value_int64(objection->buyer_id), value_int64(objection->seller_id),
											 value_text(decision), value_numeric(quantity), value_id(receipt_id),
											 value_text(reason), value_timestamptz(call->now),
											 value_text(call_actor())));
}

static void
tell_decided(Call *call, const Objection *objection, const char *decision, Numeric quantity, const char *reason)
{
	Parcel	   *parcel = parcel_get(call, objection->parcel_id);
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "objection_id", objection->id);
	payload_int64(&payload, "receipt_id", objection->receipt_id);
	payload_int64(&payload, "order_id", objection->order_id);
	payload_int64(&payload, "seller_order_id", parcel->seller_order_id);
	payload_int64(&payload, "parcel_id", objection->parcel_id);
	payload_text(&payload, "kind", objection->kind);
	payload_text(&payload, "decision", decision);
	payload_text(&payload, "reason", reason);
	payload_lines(&payload, event_line_add(NIL, objection->order_line_id, parcel->seller_order_id, quantity));
	(void) event_emit(call, "order", objection->order_id, "receipt.objection_decided", &payload);
}

void
objection_end(Call *call, Objection *objection, const char *decision, Numeric quantity, int64 receipt_id,
			  const char *reason)
{
	static Statement lower = STATEMENT("iln",
		"UPDATE marketplace.receipt_objections SET open_quantity = $3 WHERE marketplace_id = $1 AND id = $2");
	static Statement close = STATEMENT("ilz",
		"UPDATE marketplace.receipt_objections SET open_quantity = 0, state = 'closed', closed_at = $3 WHERE "
		"marketplace_id = $1 AND id = $2");
	static Statement held = STATEMENT("ill",
		"UPDATE marketplace.receipt_objections SET hold_id = $3 WHERE marketplace_id = $1 AND id = $2");

	insert_decision(call, objection, decision, quantity, receipt_id, reason);
	objection->open = decimal_sub(objection->open, quantity);
	if (decimal_sign(objection->open) > 0)
		(void) logistics_execute(&lower, VALUES(value_int32(call->marketplace_id), value_int64(objection->id),
												value_numeric(objection->open)));
	else
	{
		guard_open("logistics");
		(void) lifecycle_execute(&close, VALUES(value_int32(call->marketplace_id), value_int64(objection->id),
												value_timestamptz(call->now)), "close", reason);
		guard_close();
	}
	tell_decided(call, objection, decision, quantity, reason);
	hold_for_rest(call, objection, reason);
	if (decimal_sign(objection->open) > 0)
		(void) logistics_execute(&held, VALUES(value_int32(call->marketplace_id), value_int64(objection->id),
											   value_id(objection->hold_id)));
}

/*
 * ---- later facts ----
 */

/* It counts as delivered from now on, and is disputed; the carrier contradicts the buyer. */
static void
dispute(Call *call, const Objection *objection, TimestampTz at)
{
	static Statement update = STATEMENT("illtlzt",
		"UPDATE marketplace.receipt_objections SET delivered = true, movement_id = $3, carrier_state = $4, "
		"carrier_event_id = $5, carrier_said_at = $6, carrier_signed_by = $7 WHERE marketplace_id = $1 AND id = $2");
	Numeric		less = decimal_sub(decimal_from_int64(0), objection->denied);
	int64		movement = quantity_move(call, objection->order_line_id, QUANTITY_DISPUTE, objection->denied,
										 objection->parcel_id, at);
	Row			says;

	if (!carrier_statement(call, objection->parcel_id, &says))
		elog(ERROR, "parcel %lld is gone", (long long) objection->parcel_id);
	content_settle(call, objection->parcel_id, objection->order_line_id, NULL, objection->denied, less);
	(void) logistics_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(objection->id),
											 value_int64(movement), row_value(&says, 0), row_value(&says, 1),
											 row_value(&says, 2), row_value(&says, 3)));
}

void
objections_on_delivered(Call *call, const Parcel *parcel, TimestampTz at)
{
	ListCell   *cell;

	foreach(cell, objections_of_parcel(call, parcel->id))
	{
		Objection  *objection = lfirst(cell);
		Numeric		decided;

		if (objection->delivered || decimal_sign(objection->denied) == 0)
			continue;
		if (objection_is(objection, "not_received") && objection->stated_at < at && decimal_sign(objection->open) > 0)
		{
			/* it came after the buyer had said that it had not come: both are right */
			content_settle(call, objection->parcel_id, objection->order_line_id, NULL, NULL,
						   decimal_sub(decimal_from_int64(0), objection->open));
			decided = objection->open;
			objection->denied = decimal_sub(objection->denied, decided);
			objection_end(call, objection, "overtaken", decided, 0, "delivered afterwards");
		}
		if (decimal_sign(objection->denied) > 0)
			dispute(call, objection, at);
	}
}

/* lg.refused_goods_back */
static bool
refunds_by_policy(Call *call, const Parcel *parcel)
{
	PolicyScope scope = {.order_id = parcel->order_id, .seller_id = parcel->seller_id, .buyer_id = parcel->buyer_id};

	return strcmp(policy_text(call, "lg.refused_goods_back", &scope), "refund") == 0;
}

static void
set_return_movement(Call *call, const Objection *objection, int64 movement_id)
{
	static Statement update = STATEMENT("ill",
		"UPDATE marketplace.receipt_objections SET return_movement_id = $3 WHERE marketplace_id = $1 AND id = $2");

	(void) logistics_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(objection->id),
											 value_id(movement_id)));
}

/* Delivered, refused, and now back: unless a return has brought them back already. */
static bool
bring_back(Call *call, const Objection *objection, TimestampTz at)
{
	OrderLine  *line = order_line_get(call, objection->order_line_id);

	if (objection->return_movement_id != 0)
		return false;
	if (decimal_cmp(line->disputed, objection->open) < 0)
		return false;
	set_return_movement(call, objection, quantity_move(call, objection->order_line_id, QUANTITY_RETURN_IN,
													   objection->open, objection->parcel_id, at));
	return true;
}

void
objections_on_way_back(Call *call, const Parcel *parcel, bool returned, TimestampTz at)
{
	ListCell   *cell;

	foreach(cell, objections_of_parcel(call, parcel->id))
	{
		Objection  *objection = lfirst(cell);

		if (!objection_is(objection, "refused") || decimal_sign(objection->open) == 0)
			continue;
		if (!returned && objection->return_movement_id != 0)
		{
			(void) quantity_reverse(call, objection->return_movement_id, at);
			set_return_movement(call, objection, 0);
		}
		if (!returned || (objection->delivered && !bring_back(call, objection, at)))
			continue;
		if (refunds_by_policy(call, parcel))
			objection_end(call, objection, "upheld", objection->open, 0, "refused, and back with the seller");
	}
}
