/*
 * seller_order.c
 *		A seller's answer to its part of an order: accept, refuse, refuse a quantity of a line; silence; new promises.
 *
 * The deadline is a fact computed when asked: after it, what silence means is the answer, whether tick() has recorded
 * it or not.
 */
#include "postgres.h"

#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/lifecycle.h"
#include "orders/orders_internal.h"
#include "utils/timestamp.h"

#define SILENCE "no answer until the deadline"

typedef struct SellerOrder
{
	int64		id;
	int64		order_id;
	int64		seller_id;
	const char *state;			/* as recorded */
	const char *on_silence;
	TimestampTz accept_by;
} SellerOrder;

static SellerOrder
read_seller_order(Call *call, int64 seller_order_id)
{
	static Statement read = STATEMENT("il",
		"SELECT order_id, seller_id, state, on_silence, accept_by FROM marketplace.seller_orders WHERE "
		"marketplace_id = $1 AND id = $2");
	SellerOrder result = {.id = seller_order_id};
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(seller_order_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no seller order %lld in marketplace %d", (long long) seller_order_id,
					   call->marketplace_id),
				errhint("See the view marketplace.order_seller_overview."));
	result.order_id = row_int64(&row, 0);
	result.seller_id = row_int64(&row, 1);
	result.state = row_text(&row, 2);
	result.on_silence = row_text(&row, 3);
	result.accept_by = row_timestamptz(&row, 4);
	return result;
}

/* Checks who calls, locks the order, and reads again what may have changed meanwhile. */
static SellerOrder
lock_seller_order(Call *call, int64 seller_order_id)
{
	int64		order_id;

	access_require(call, CAPACITY_SELLER | CAPACITY_OPERATOR, seller_order_seller(call, seller_order_id, &order_id));
	order_lock(call, order_id);
	return read_seller_order(call, seller_order_id);
}

static bool
is_in(const SellerOrder *part, const char *state)
{
	return strcmp(part->state, state) == 0;
}

static bool
silence_counts(Call *call, const SellerOrder *part)
{
	return is_in(part, "placed") && call->now > part->accept_by;
}

static bool
silence_accepts(const SellerOrder *part)
{
	return strcmp(part->on_silence, "accept") == 0;
}

static void
refuse_late(const SellerOrder *part)
{
	ereport(ERROR,
			errcode(MK_ORDER_STATE),
			errmsg("the seller order %lld was to be answered until %s", (long long) part->id,
				   timestamptz_to_str(part->accept_by)),
			errdetail("The seller was silent, which counts as refusal (policy od.accept_on_silence at placement)."),
			errhint("The buyer has to order again."));
}

static void
emit_answer(Call *call, const SellerOrder *part, const char *type, const char *reason)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "order_id", part->order_id);
	payload_int64(&payload, "seller_order_id", part->id);
	payload_int64(&payload, "seller_id", part->seller_id);
	if (reason != NULL)
		payload_text(&payload, "reason", reason);
	event_emit(call, "order", part->order_id, type, &payload);
}

static void
answer(Call *call, const SellerOrder *part, const char *state, const char *event, const char *reason)
{
	static Statement change = STATEMENT("iltz",
		"UPDATE marketplace.seller_orders SET state = $3, answered_at = $4 WHERE marketplace_id = $1 AND id = $2");

	guard_open("orders");
	lifecycle_execute(&change, VALUES(value_int32(call->marketplace_id), value_int64(part->id), value_text(state),
									  value_timestamptz(silence_counts(call, part) ? part->accept_by : call->now)),
					  event, reason);
	guard_close();
}

static void
accept_part(Call *call, const SellerOrder *part, const char *reason)
{
	answer(call, part, "accepted", "accept", reason);
	emit_answer(call, part, "seller_order.accepted", NULL);
}

static int64
cancel_quantity(Call *call, const SellerOrder *part, int64 order_line_id, Numeric quantity, const char *reason)
{
	int64		movement = quantity_move(call, order_line_id, QUANTITY_CANCEL, quantity, 0, call->now);
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "order_id", part->order_id);
	payload_int64(&payload, "order_line_id", order_line_id);
	payload_int64(&payload, "seller_order_id", part->id);
	payload_numeric(&payload, "quantity",
					DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale, NumericGetDatum(quantity))));
	payload_text(&payload, "reason", reason);
	event_emit(call, "order", part->order_id, "order_line.cancelled", &payload);
	return movement;
}

/* Cancels what has not been shipped of every line, then the seller order is refused. */
static void
refuse_part(Call *call, const SellerOrder *part, const char *reason)
{
	static Statement open_lines = STATEMENT("il",
		"SELECT id, to_ship FROM marketplace.order_lines WHERE marketplace_id = $1 AND seller_order_id = $2 AND "
		"to_ship > 0 ORDER BY id");
	Rows		lines = query_rows(&open_lines, VALUES(value_int32(call->marketplace_id), value_int64(part->id)));

	for (uint64 i = 0; i < lines.count; i++)
		(void) cancel_quantity(call, part, row_int64(&lines.rows[i], 0), row_numeric(&lines.rows[i], 1), reason);
	answer(call, part, "refused", "refuse", reason);
	emit_answer(call, part, "seller_order.refused", reason);
}

PG_FUNCTION_INFO_V1(seller_order_accept);
Datum
seller_order_accept(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		SellerOrder part = lock_seller_order(&call, call_int64(&call, 1));

		if (!is_in(&part, "placed"))
			ereport(ERROR,
					errcode(MK_ORDER_STATE),
					errmsg("seller order %lld is %s already", (long long) part.id, part.state),
					errhint("There is nothing left to accept."));
		if (silence_counts(&call, &part) && !silence_accepts(&part))
			refuse_late(&part);
		accept_part(&call, &part, NULL);
		call.result = part.id;
	}
	PG_RETURN_INT64(call_end(&call));
}

PG_FUNCTION_INFO_V1(seller_order_refuse);
Datum
seller_order_refuse(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		char	   *reason = call_text(&call, 2);
		SellerOrder part = lock_seller_order(&call, call_int64(&call, 1));
		bool		by_silence = silence_counts(&call, &part) && silence_accepts(&part);

		if (!is_in(&part, "placed") || by_silence)
			ereport(ERROR,
					errcode(MK_ORDER_STATE),
					errmsg("seller order %lld is %s already", (long long) part.id,
						   by_silence ? "accepted" : part.state),
					by_silence ? errdetail("The seller was silent until %s.", timestamptz_to_str(part.accept_by)) : 0,
					errhint("What has not been shipped can be cancelled line by line: order_line_refuse()."));
		refuse_part(&call, &part, reason);
		call.result = part.id;
	}
	PG_RETURN_INT64(call_end(&call));
}

static void
check_line_can_be_refused(Call *call, const SellerOrder *part, const OrderLine *line)
{
	if (is_in(part, "refused"))
		ereport(ERROR,
				errcode(MK_ORDER_STATE),
				errmsg("seller order %lld is refused already", (long long) part->id),
				errhint("All its lines are cancelled."));
	if (silence_counts(call, part) && !silence_accepts(part))
		refuse_late(part);
	if (strcmp(line->kind, "discount") == 0)
		ereport(ERROR,
				errcode(MK_ORDER_STATE),
				errmsg("line %d is a discount and cannot be refused", line->position),
				errdetail("It is part of the price of the goods that it reduces."),
				errhint("Refuse the goods."));
}

/* Without goods and services nothing is left that shipping, fees and discounts could belong to. */
static bool
nothing_is_left(Call *call, const SellerOrder *part)
{
	static Statement left = STATEMENT("il",
		"SELECT 1 FROM marketplace.order_lines WHERE marketplace_id = $1 AND seller_order_id = $2 AND kind IN "
		"('goods', 'service') AND cancelled < quantity LIMIT 1");
	static Statement any = STATEMENT("il",
		"SELECT 1 FROM marketplace.order_lines WHERE marketplace_id = $1 AND seller_order_id = $2 AND cancelled < "
		"quantity AND kind <> 'discount' LIMIT 1");
	static Statement sells = STATEMENT("il",
		"SELECT 1 FROM marketplace.order_lines WHERE marketplace_id = $1 AND seller_order_id = $2 AND kind IN "
		"('goods', 'service') LIMIT 1");
	const Value *part_id = VALUES(value_int32(call->marketplace_id), value_int64(part->id));

	if (query_execute(&sells, part_id) > 0)
		return query_execute(&left, part_id) == 0;
	return query_execute(&any, part_id) == 0;
}

static int64
refuse_line(Call *call, int64 order_line_id, Value quantity, const char *reason)
{
	SellerOrder part = lock_seller_order(call, order_line_get(call, order_line_id)->seller_order_id);
	OrderLine  *line = order_line_get(call, order_line_id);
	Numeric		to_ship = decimal_sub(decimal_sub(line->quantity, line->cancelled), line->shipped);
	int64		movement;

	check_line_can_be_refused(call, &part, line);
	if (silence_counts(call, &part))
	{
		accept_part(call, &part, SILENCE);
		part = read_seller_order(call, part.id);
	}
	if (quantity.null && decimal_sign(to_ship) == 0)
		ereport(ERROR,
				errcode(MK_QUANTITY),
				errmsg("nothing of line %d is still to be shipped", line->position),
				errdetail("Of %s ordered: %s cancelled, %s shipped.", decimal_to_cstring(line->quantity),
						  decimal_to_cstring(line->cancelled), decimal_to_cstring(line->shipped)),
				errhint("What was shipped comes back by a return."));
	guard_ask(call, "order_line.refuse", order_line_id);
	movement = cancel_quantity(call, &part, order_line_id, quantity.null ? to_ship : DatumGetNumeric(quantity.datum),
							   reason);
	if (nothing_is_left(call, &part))
		refuse_part(call, &part, reason);
	return movement;
}

PG_FUNCTION_INFO_V1(order_line_refuse);
Datum
order_line_refuse(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		char	   *reason = call_text(&call, 3);

		call.result = refuse_line(&call, call_int64(&call, 1), call_value(&call, 2), reason);
	}
	PG_RETURN_INT64(call_end(&call));
}

static int64
promise_line(Call *call, const OrderLine *line, const Document *root)
{
	static Statement add = STATEMENT("ildddtzt",
		"INSERT INTO marketplace.order_line_promises (marketplace_id, order_line_id, ship_by, deliver_from, "
		"deliver_by, source, recorded_at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id");
	static const char *const keys[] = {"ship_by", "deliver_from", "deliver_by"};
	Value		dates[3];
	char	   *source;
	int64		id;

	document_only(root, "source", "ship_by", "deliver_from", "deliver_by", NULL);
	source = document_short_text(root, "source", 200);
	for (int i = 0; i < 3; i++)
	{
		DateADT		date;

		dates[i] = document_date_or_null(root, keys[i], &date) ? value_date(date) : value_null();
	}
	if (dates[0].null && dates[1].null && dates[2].null)
		document_refuse(root, NULL, "It promises nothing.", "Give ship_by, deliver_from or deliver_by.");
	if (!dates[1].null && !dates[2].null && DatumGetDateADT(dates[1].datum) > DatumGetDateADT(dates[2].datum))
		document_refuse(root, "deliver_by", "It is before deliver_from.", "Give the first day, then the last.");
	guard_open("orders");
	id = DatumGetInt64(query_datum(&add, VALUES(value_int32(call->marketplace_id), value_int64(line->id), dates[0],
												dates[1], dates[2],
												value_text(source), value_timestamptz(call->now),
												value_text(call_actor()))));
	guard_close();
	return id;
}

PG_FUNCTION_INFO_V1(order_line_promise);
Datum
order_line_promise(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		OrderLine  *line = order_line_get(&call, call_int64(&call, 1));
		Document	root = document_root(call_jsonb(&call, 2));
		JsonbParseState *payload;

		access_require(&call, CAPACITY_SELLER | CAPACITY_OPERATOR, line->seller_id);
		order_lock(&call, line->order_id);
		call.result = promise_line(&call, line, &root);
		payload_begin(&payload);
		payload_int64(&payload, "order_id", line->order_id);
		payload_int64(&payload, "order_line_id", line->id);
		payload_int64(&payload, "promise_id", call.result);
		event_emit(&call, "order", line->order_id, "order_line.promised", &payload);
	}
	PG_RETURN_INT64(call_end(&call));
}

/* Orders that somebody else works on are left for the next time, so that two ticks never wait for each other. */
int
orders_tick_accept(Call *call, int limit)
{
	static Statement due = STATEMENT("izi",
		"SELECT s.id FROM marketplace.seller_orders s JOIN marketplace.orders o ON o.marketplace_id = "
		"s.marketplace_id AND o.id = s.order_id WHERE s.marketplace_id = $1 AND s.state = 'placed' AND s.accept_by "
		"< $2 AND " TICK_MAY_TRY("seller_order", "s.id") " ORDER BY s.accept_by, s.id LIMIT $3 FOR NO KEY UPDATE OF o SKIP LOCKED");
	Rows		parts = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now),
												value_int32(limit)));
	int			done = 0;

	for (uint64 i = 0; i < parts.count; i++)
	{
		SellerOrder part = read_seller_order(call, row_int64(&parts.rows[i], 0));

		tick_at(call, "seller_order", part.id);
		if (!silence_counts(call, &part))
			continue;			/* answered before we had the lock */
		if (silence_accepts(&part))
			accept_part(call, &part, SILENCE);
		else
			refuse_part(call, &part, SILENCE);
		done++;
	}
	return done;
}
