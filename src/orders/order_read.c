/*
 * order_read.c
 *		Reading orders and their lines for other areas, and locking an order.
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "orders/orders_internal.h"

static void
no_order(Call *call, int64 order_id)
{
	ereport(ERROR,
			errcode(MK_NOT_FOUND),
			errmsg("there is no order %lld in marketplace %d", (long long) order_id, call->marketplace_id),
			errhint("See the view marketplace.order_overview."));
}

void
order_lock(Call *call, int64 order_id)
{
	static Statement lock = STATEMENT("il",
		"SELECT 1 FROM marketplace.orders WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");

	if (query_execute(&lock, VALUES(value_int32(call->marketplace_id), value_int64(order_id))) == 0)
		no_order(call, order_id);
}

void
orders_lock(Call *call, Value order_ids)
{
	static Statement lock = STATEMENT("iL",
		"SELECT 1 FROM marketplace.orders WHERE marketplace_id = $1 AND id = ANY ($2) ORDER BY id FOR NO KEY UPDATE");

	(void) query_execute(&lock, VALUES(value_int32(call->marketplace_id), order_ids));
}

bool
order_try_lock(Call *call, int64 order_id)
{
	static Statement lock = STATEMENT("il",
		"SELECT 1 FROM marketplace.orders WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE SKIP LOCKED");

	return query_execute(&lock, VALUES(value_int32(call->marketplace_id), value_int64(order_id))) > 0;
}

void
order_get(Call *call, int64 order_id, int64 *buyer_id, CurrencyCode *currency)
{
	static Statement get = STATEMENT("il",
		"SELECT buyer_id, currency FROM marketplace.orders WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_fact(call, &get, VALUES(value_int32(call->marketplace_id), value_int64(order_id)), &row))
		no_order(call, order_id);
	*buyer_id = row_int64(&row, 0);
	*currency = row_currency(&row, 1);
}

TimestampTz
order_placed_at(Call *call, int64 order_id)
{
	static Statement get = STATEMENT("il",
		"SELECT placed_at FROM marketplace.orders WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_fact(call, &get, VALUES(value_int32(call->marketplace_id), value_int64(order_id)), &row))
		no_order(call, order_id);
	return row_timestamptz(&row, 0);
}

char *
order_reference(Call *call, int64 order_id)
{
	static Statement get = STATEMENT("il",
		"SELECT reference FROM marketplace.orders WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_fact(call, &get, VALUES(value_int32(call->marketplace_id), value_int64(order_id)), &row))
		no_order(call, order_id);
	return row_text(&row, 0);
}

/* The state that counts at $3: after the deadline, what silence means */
#define LINE_QUERY \
	"SELECT l.id, l.order_id, l.seller_order_id, l.seller_id, l.buyer_id, l.position, l.kind, " \
	"CASE WHEN s.state <> 'placed' OR $3 <= s.accept_by THEN s.state::text " \
	"WHEN s.on_silence = 'accept' THEN 'accepted' ELSE 'refused' END, l.commission_category, l.sku, l.description, " \
	"l.unit, l.net_price, l.price_base_quantity, l.vat_category, l.vat_rate, l.quantity, l.cancelled, l.shipped, " \
	"l.delivered, l.accepted, l.net, l.vat, l.gross, l.escrow_net, l.escrow_gross, " \
	"l.gtin, l.exemption_code, l.disputed, l.returned " \
	"FROM marketplace.order_lines l " \
	"JOIN marketplace.seller_orders s ON s.marketplace_id = l.marketplace_id AND s.id = l.seller_order_id "

static void
fill_line(const Row *row, OrderLine *line)
{
	line->id = row_int64(row, 0);
	line->order_id = row_int64(row, 1);
	line->seller_order_id = row_int64(row, 2);
	line->seller_id = row_int64(row, 3);
	line->buyer_id = row_int64(row, 4);
	line->position = row_int32(row, 5);
	line->kind = row_text(row, 6);
	line->seller_order_state = row_text(row, 7);
	line->commission_category = row_text(row, 8);
	line->sku = row_text(row, 9);
	line->description = row_text(row, 10);
	line->unit = row_text(row, 11);
	line->net_price = row_numeric(row, 12);
	line->price_base_quantity = row_numeric(row, 13);
	line->vat_category = row_text(row, 14);
	line->vat_rate = row_numeric(row, 15);
	line->quantity = row_numeric(row, 16);
	line->cancelled = row_numeric(row, 17);
	line->shipped = row_numeric(row, 18);
	line->delivered = row_numeric(row, 19);
	line->accepted = row_numeric(row, 20);
	line->net = row_amount(row, 21);
	line->vat = row_amount(row, 22);
	line->gross = row_amount(row, 23);
	line->escrow_net = row_amount(row, 24);
	line->escrow_gross = row_amount(row, 25);
	line->gtin = row_text(row, 26);
	line->exemption_code = row_text(row, 27);
	line->disputed = row_numeric(row, 28);
	line->returned = row_numeric(row, 29);
}

OrderLines
order_lines(Call *call, int64 order_id)
{
	static Statement list = STATEMENT_PLANNED_ONCE("ilz",
		LINE_QUERY "WHERE l.marketplace_id = $1 AND l.order_id = $2 ORDER BY l.position");
	Rows		rows = query_rows(&list, VALUES(value_int32(call->marketplace_id), value_int64(order_id),
												value_timestamptz(call->now)));
	OrderLines	lines;

	lines.count = (int) rows.count;
	lines.lines = palloc(sizeof(OrderLine) * Max(rows.count, 1));
	for (int i = 0; i < lines.count; i++)
		fill_line(&rows.rows[i], &lines.lines[i]);
	return lines;
}

OrderLine *
order_line_get(Call *call, int64 order_line_id)
{
	static Statement get = STATEMENT("ilz", LINE_QUERY "WHERE l.marketplace_id = $1 AND l.id = $2");
	OrderLine  *line = palloc(sizeof(OrderLine));
	Row			row;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(order_line_id),
								value_timestamptz(call->now)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no order line %lld in marketplace %d", (long long) order_line_id,
					   call->marketplace_id),
				errhint("See the view marketplace.order_line_quantities."));
	fill_line(&row, line);
	return line;
}

int64
seller_order_seller(Call *call, int64 seller_order_id, int64 *order_id)
{
	static Statement get = STATEMENT("il",
		"SELECT seller_id, order_id FROM marketplace.seller_orders WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_fact(call, &get, VALUES(value_int32(call->marketplace_id), value_int64(seller_order_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no seller order %lld in marketplace %d", (long long) seller_order_id,
					   call->marketplace_id),
				errhint("See the view marketplace.order_seller_overview."));
	*order_id = row_int64(&row, 1);
	return row_int64(&row, 0);
}
