/*
 * quantity.c
 *		Where each unit of a line is (LG-5 … LG-10): the only writer of the quantities of order_lines.
 *
 * A movement is one row and one update in one statement, which touches nothing when the quantity is not there. Who
 * may move what, and when, is decided by the callers; the order is locked by them.
 */
#include "postgres.h"

#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "orders/orders_internal.h"

enum
{
	CANCELLED, SHIPPED, IN_TRANSIT, DELIVERED, LOST, SENT_BACK, AWAITED, ACCEPTED, DISPUTED, RETURNED, PLACES
};

/* Of each movement its name, where it takes from, and what it adds to each column per unit moved. */
static const struct
{
	const char *kind;
	const char *source;
	int			effect[PLACES];
} movements[] = {
	[QUANTITY_CANCEL] = {"cancel", "still to be shipped", {[CANCELLED] = 1}},
	[QUANTITY_SHIP] = {"ship", "still to be shipped", {[SHIPPED] = 1, [IN_TRANSIT] = 1}},
	[QUANTITY_DELIVER] = {"deliver", "in transit", {[IN_TRANSIT] = -1, [DELIVERED] = 1, [AWAITED] = 1}},
	[QUANTITY_LOSE] = {"lose", "in transit", {[IN_TRANSIT] = -1, [LOST] = 1}},
	[QUANTITY_SEND_BACK] = {"send_back", "in transit", {[IN_TRANSIT] = -1, [SENT_BACK] = 1}},
	[QUANTITY_ACCEPT] = {"accept", "delivered and awaiting receipt", {[AWAITED] = -1, [ACCEPTED] = 1}},
	[QUANTITY_DISPUTE] = {"dispute", "delivered and awaiting receipt", {[AWAITED] = -1, [DISPUTED] = 1}},
	[QUANTITY_UNDISPUTE] = {"undispute", "under dispute", {[DISPUTED] = -1, [ACCEPTED] = 1}},
	/* RETURN_IN takes from two places: what of it was accepted is set per movement */
	[QUANTITY_RETURN_IN] = {"return_in", "under dispute or accepted", {[RETURNED] = 1}}
};

/* A movement on its way to the table. */
typedef struct Move
{
	int64		order_line_id;
	QuantityMovement movement;
	Numeric		quantity;
	Numeric		from_disputed;	/* QUANTITY_RETURN_IN only, else NULL */
	int64		parcel_id;
	int64		reverses;		/* 0 for a first movement */
	TimestampTz occurred_at;
} Move;

static Numeric
effect_on(const Move *move, int place)
{
	int			sign = movements[move->movement].effect[place];
	Numeric		amount = move->quantity;
	Numeric		zero = decimal_from_int64(0);

	if (move->movement == QUANTITY_RETURN_IN && (place == DISPUTED || place == ACCEPTED))
	{
		sign = -1;
		amount = place == DISPUTED ? move->from_disputed : decimal_sub(move->quantity, move->from_disputed);
	}
	if (move->reverses != 0)
		sign = -sign;
	return sign == 0 ? zero : sign > 0 ? amount : decimal_sub(zero, amount);
}

/* The number of the movement, 0 when the quantity is not there. */
static int64
write_move(Call *call, const Move *move)
{
	static Statement write = STATEMENT("ilnnnnnnnnnnltnnlzzt",
		"WITH moved AS (UPDATE marketplace.order_lines SET cancelled = cancelled + $3, shipped = shipped + $4, "
		"in_transit = in_transit + $5, delivered = delivered + $6, lost = lost + $7, sent_back = sent_back + $8, "
		"awaited = awaited + $9, accepted = accepted + $10, disputed = disputed + $11, returned = returned + $12 "
		"WHERE marketplace_id = $1 AND id = $2 AND cancelled + $3 >= 0 AND shipped + $4 >= 0 AND in_transit + $5 "
		">= 0 AND delivered + $6 >= 0 AND lost + $7 >= 0 AND sent_back + $8 >= 0 AND awaited + $9 >= 0 AND "
		"accepted + $10 >= 0 AND disputed + $11 >= 0 AND returned + $12 >= 0 AND cancelled + $3 + shipped + $4 <= "
		"quantity AND (kind = 'goods' OR shipped + $4 = 0) RETURNING id) INSERT INTO "
		"marketplace.quantity_movements (marketplace_id, order_line_id, parcel_id, kind, quantity, from_disputed, "
		"reverses, occurred_at, recorded_at, actor) SELECT $1, id, $13, $14, $15, $16, $17, $18, $19, $20 FROM "
		"moved RETURNING id");
	Value		args[20];
	Row			row;
	bool		written;

	args[0] = value_int32(call->marketplace_id);
	args[1] = value_int64(move->order_line_id);
	for (int place = 0; place < PLACES; place++)
		args[2 + place] = value_numeric(effect_on(move, place));
	args[12] = value_id(move->parcel_id);
	args[13] = value_text(movements[move->movement].kind);
	args[14] = value_numeric(move->quantity);
	args[15] = value_numeric(move->from_disputed);
	args[16] = value_id(move->reverses);
	args[17] = value_timestamptz(move->occurred_at);
	args[18] = value_timestamptz(call->now);
	args[19] = value_text(call_actor());
	guard_open("orders");
	written = query_row(&write, args, &row);
	guard_close();
	return written ? row_int64(&row, 0) : 0;
}

/* position, kind, disputed, and where everything is, as text; MK004 when the line does not exist */
static Row
read_line(Call *call, int64 order_line_id)
{
	static Statement read = STATEMENT("il",
		"SELECT position, kind, disputed, pg_catalog.format('Of %s ordered: %s cancelled, %s to ship, %s in "
		"transit, %s lost, %s sent back, %s awaiting receipt, %s accepted, %s disputed, %s returned.', "
		"pg_catalog.trim_scale(quantity), pg_catalog.trim_scale(cancelled), pg_catalog.trim_scale(to_ship), "
		"pg_catalog.trim_scale(in_transit), pg_catalog.trim_scale(lost), pg_catalog.trim_scale(sent_back), "
		"pg_catalog.trim_scale(awaited), pg_catalog.trim_scale(accepted), pg_catalog.trim_scale(disputed), "
		"pg_catalog.trim_scale(returned)), order_id FROM marketplace.order_lines WHERE marketplace_id = $1 AND id "
		"= $2");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(order_line_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no order line %lld in marketplace %d", (long long) order_line_id,
					   call->marketplace_id),
				errhint("See the view marketplace.order_line_quantities."));
	return row;
}

static void
check_quantity(Numeric quantity)
{
	if (decimal_is_finite(quantity) && decimal_sign(quantity) > 0 && decimal_scale(quantity) <= QUANTITY_MAX_DECIMALS &&
		decimal_cmp(quantity, decimal_from_int64(DECIMAL_LIMIT)) < 0)
		return;
	ereport(ERROR,
			errcode(MK_QUANTITY),
			errmsg("%s is not a quantity that can be moved", decimal_to_cstring(quantity)),
			errdetail("A quantity is above zero, has at most 12 digits before the point and %d decimals.", QUANTITY_MAX_DECIMALS),
			errhint("It is not rounded for you: give what is meant."));
}

int64
quantity_move(Call *call, int64 order_line_id, QuantityMovement movement, Numeric quantity, int64 parcel_id,
			  TimestampTz occurred_at)
{
	Move		move = {
		.order_line_id = order_line_id, .movement = movement, .quantity = quantity, .parcel_id = parcel_id,
		.occurred_at = occurred_at
	};
	int64		id;
	Row			line;

	check_quantity(quantity);
	if (movement == QUANTITY_RETURN_IN)
	{
		line = read_line(call, order_line_id);
		move.from_disputed = decimal_min(quantity, row_numeric(&line, 2));
	}
	id = write_move(call, &move);
	if (id != 0)
		return id;
	line = read_line(call, order_line_id);
	if (movement == QUANTITY_SHIP && strcmp(row_text(&line, 1), "goods") != 0)
		ereport(ERROR,
				errcode(MK_QUANTITY),
				errmsg("line %d of order %lld cannot be shipped: it is of kind %s", row_int32(&line, 0),
					   (long long) row_int64(&line, 4), row_text(&line, 1)),
				errhint("Only goods are shipped."));
	ereport(ERROR,
			errcode(MK_QUANTITY),
			errmsg("line %d of order %lld has less than %s %s", row_int32(&line, 0), (long long) row_int64(&line, 4),
				   decimal_to_cstring(quantity), movements[movement].source),
			errdetail_internal("%s", row_text(&line, 3)),
			errhint("Move at most what is there."));
}

static QuantityMovement
movement_by_name(const char *kind)
{
	for (int i = 0; i < lengthof(movements); i++)
		if (strcmp(movements[i].kind, kind) == 0)
			return (QuantityMovement) i;
	elog(ERROR, "unknown quantity movement \"%s\"", kind);
}

int64
quantity_reverse(Call *call, int64 movement_id, TimestampTz occurred_at)
{
	static Statement read = STATEMENT("il",
		"SELECT m.order_line_id, m.kind, m.quantity, m.from_disputed, m.parcel_id, m.reverses, (SELECT r.id FROM "
		"marketplace.quantity_movements r WHERE r.marketplace_id = m.marketplace_id AND r.reverses = m.id) FROM "
		"marketplace.quantity_movements m WHERE m.marketplace_id = $1 AND m.id = $2");
	Move		move = {.reverses = movement_id, .occurred_at = occurred_at};
	Row			row;
	Row			line;
	int64		id;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(movement_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no quantity movement %lld in marketplace %d", (long long) movement_id,
					   call->marketplace_id),
				errhint("See the table marketplace.quantity_movements."));
	if (!row_null(&row, 5) || !row_null(&row, 6))
		ereport(ERROR,
				errcode(MK_QUANTITY),
				errmsg("quantity movement %lld cannot be undone", (long long) movement_id),
				row_null(&row, 5) ?
				errdetail("Movement %lld has undone it already.", (long long) row_int64(&row, 6)) :
				errdetail("It undoes movement %lld itself.", (long long) row_int64(&row, 5)),
				errhint("Record what happened as a new movement."));
	move.order_line_id = row_int64(&row, 0);
	move.movement = movement_by_name(row_text(&row, 1));
	move.quantity = row_numeric(&row, 2);
	move.from_disputed = row_numeric(&row, 3);
	move.parcel_id = row_id(&row, 4);
	id = write_move(call, &move);
	if (id != 0)
		return id;
	line = read_line(call, move.order_line_id);
	ereport(ERROR,
			errcode(MK_QUANTITY),
			errmsg("quantity movement %lld cannot be undone: what it moved has moved on", (long long) movement_id),
			errdetail_internal("%s", row_text(&line, 3)),
			errhint("Undo the later movements first."));
}
