/*
 * shipment_contents.c
 *		Reading shipments and their contents, what events say of them, and the list of problems.
 *
 * Quantities themselves are moved by orders (quantity_move); the position kept here says which movement has a
 * content where it is.
 */
#include "postgres.h"

#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "logistics/shipment.h"

Shipment *
shipment_get(Call *call, int64 shipment_id)
{
	static Statement get = STATEMENT("il",
		"SELECT order_id, seller_order_id, seller_id, buyer_id, carrier_id, carrier_party_id, state::text, implicit, "
		"direction = 'return' FROM marketplace.shipments WHERE marketplace_id = $1 AND id = $2");
	Shipment   *shipment;
	Row			row;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(shipment_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no shipment %lld", (long long) shipment_id),
				errdetail("Marketplace %d has none with this id.", call->marketplace_id),
				errhint("See marketplace.shipment_overview."));
	shipment = palloc(sizeof(Shipment));
	shipment->id = shipment_id;
	shipment->order_id = row_int64(&row, 0);
	shipment->seller_order_id = row_int64(&row, 1);
	shipment->seller_id = row_int64(&row, 2);
	shipment->buyer_id = row_int64(&row, 3);
	shipment->carrier_id = row_int64(&row, 4);
	shipment->carrier_party_id = row_id(&row, 5);
	shipment->state = row_text(&row, 6);
	shipment->implicit = row_bool(&row, 7);
	shipment->is_return = row_bool(&row, 8);
	return shipment;
}

static Contents
contents_of(const Rows *rows)
{
	Contents	contents = {(int) rows->count, palloc(Max(rows->count, 1) * sizeof(Content))};

	for (int i = 0; i < contents.count; i++)
	{
		const Row  *row = &rows->rows[i];
		Content    *content = &contents.rows[i];

		content->parcel_id = row_int64(row, 0);
		content->order_line_id = row_int64(row, 1);
		content->quantity = row_numeric(row, 2);
		content->position = row_text(row, 3);
		content->movement_id = row_id(row, 4);
		content->accepted = row_numeric(row, 5);
		content->disputed = row_numeric(row, 6);
		content->denied = row_numeric(row, 7);
	}
	return contents;
}

Contents
shipment_contents(Call *call, int64 shipment_id)
{
	static Statement get = STATEMENT("il",
		"SELECT parcel_id, order_line_id, quantity, position::text, movement_id, accepted, disputed, denied FROM "
		"marketplace.parcel_contents WHERE marketplace_id = $1 AND shipment_id = $2 ORDER BY order_line_id, "
		"parcel_id");
	Rows		rows = query_rows(&get, VALUES(value_int32(call->marketplace_id), value_int64(shipment_id)));

	return contents_of(&rows);
}

Contents
parcel_contents(Call *call, int64 parcel_id)
{
	static Statement get = STATEMENT("il",
		"SELECT parcel_id, order_line_id, quantity, position::text, movement_id, accepted, disputed, denied "
		"FROM marketplace.parcel_contents WHERE marketplace_id = $1 AND parcel_id = $2 ORDER BY order_line_id");
	Rows		rows = query_rows(&get, VALUES(value_int32(call->marketplace_id), value_int64(parcel_id)));

	return contents_of(&rows);
}

void
content_place(Call *call, Content *content, const char *position, int64 movement_id)
{
	static Statement place = STATEMENT("illtl",
		"UPDATE marketplace.parcel_contents SET position = $4, movement_id = $5 "
		"WHERE marketplace_id = $1 AND parcel_id = $2 AND order_line_id = $3");

	(void) logistics_execute(&place, VALUES(value_int32(call->marketplace_id), value_int64(content->parcel_id),
											value_int64(content->order_line_id), value_text(position),
											value_id(movement_id)));
	content->position = position;
	content->movement_id = movement_id;
}

List *
event_line_add(List *lines, int64 order_line_id, int64 seller_order_id, Numeric quantity)
{
	ListCell   *cell;
	EventLine  *line;

	foreach(cell, lines)
	{
		line = lfirst(cell);
		if (line->order_line_id == order_line_id)
		{
			line->quantity = decimal_add(line->quantity, quantity);
			return lines;
		}
	}
	line = palloc(sizeof(EventLine));
	line->order_line_id = order_line_id;
	line->seller_order_id = seller_order_id;
	line->quantity = quantity;
	return lappend(lines, line);
}

void
payload_lines(JsonbParseState **payload, List *lines)
{
	JsonbValue	key = {.type = jbvString, .val.string = {.len = 5, .val = "lines"}};
	ListCell   *cell;

	pushJsonbValue(payload, WJB_KEY, &key);
	pushJsonbValue(payload, WJB_BEGIN_ARRAY, NULL);
	foreach(cell, lines)
	{
		EventLine  *line = lfirst(cell);

		pushJsonbValue(payload, WJB_BEGIN_OBJECT, NULL);
		payload_int64(payload, "order_line_id", line->order_line_id);
		payload_int64(payload, "seller_order_id", line->seller_order_id);
		payload_numeric(payload, "quantity", line->quantity);
		pushJsonbValue(payload, WJB_END_OBJECT, NULL);
	}
	pushJsonbValue(payload, WJB_END_ARRAY, NULL);
}

Numeric
document_quantity(const Document *object, const char *key)
{
	Numeric		quantity = document_numeric(object, key);

	if (decimal_sign(quantity) <= 0 || decimal_scale(quantity) > 4)
		document_refuse(object, key, psprintf("%.60s is no quantity.", decimal_to_cstring(quantity)),
						"A quantity is more than zero and has at most 4 digits after the point.");
	return quantity;
}

void
problem_record(Call *call, const Problem *problem)
{
	static Statement record = STATEMENT("itttllltjz",
		"INSERT INTO marketplace.tracking_problems "
		"(marketplace_id, kind, object, event_key, shipment_id, parcel_id, party_id, detail, document, recorded_at) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
		"ON CONFLICT (marketplace_id, kind, object, event_key) DO UPDATE SET resolved_at = NULL, resolved_by = NULL, "
		"resolution = NULL, resolution_reason = NULL WHERE tracking_problems.kind = 'delivery_contested' AND tracking_problems.resolved_at IS NOT NULL");

	(void) logistics_execute(&record, VALUES(value_int32(call->marketplace_id), value_text(problem->kind),
											 value_text(problem->object),
											 value_text(problem->event_key == NULL ? "" : problem->event_key),
											 value_id(problem->shipment_id), value_id(problem->parcel_id),
											 value_id(problem->party_id),
											 value_text(problem->detail), value_jsonb(problem->document),
											 value_timestamptz(call->now)));
}

void
problem_resolve(Call *call, const char *kind, const char *object)
{
	static Statement resolve = STATEMENT("ittz",
		"UPDATE marketplace.tracking_problems SET resolved_at = $4, resolution = 'overtaken' "
		"WHERE marketplace_id = $1 AND object = $3 AND resolved_at IS NULL AND kind = $2");

	(void) logistics_execute(&resolve, VALUES(value_int32(call->marketplace_id), value_text(kind), value_text(object),
											  value_timestamptz(call->now)));
}
