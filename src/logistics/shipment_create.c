/*
 * shipment_create.c
 *		shipment_create(): sets aside what a seller is going to send. Over-shipping is impossible, also concurrently:
 *		the order is locked, and every prepared shipment holds its quantities until it is handed over or voided.
 */
#include "postgres.h"

#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "logistics/contract.h"
#include "logistics/handling_unit.h"
#include "orders/orders.h"
#include "types/identifier_check.h"

static OrderLine *
find_line(OrderLines *lines, int64 seller_order_id, int64 order_line_id)
{
	for (int i = 0; i < lines->count; i++)
		if (lines->lines[i].id == order_line_id && lines->lines[i].seller_order_id == seller_order_id)
			return &lines->lines[i];
	return NULL;
}

static void
require_accepted(OrderLines *lines, int64 seller_order_id)
{
	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (line->seller_order_id == seller_order_id && strcmp(line->seller_order_state, "accepted") != 0)
			ereport(ERROR,
					errcode(MK_ORDER_STATE),
					errmsg("seller order %lld cannot be shipped", (long long) seller_order_id),
					errdetail("It is %s; only an accepted one is shipped.", line->seller_order_state),
					errhint("Accept it first with marketplace.seller_order_accept()."));
	}
}

/* What other shipments that are not handed over hold of the line. */
static Numeric
held_quantity(Call *call, int64 order_line_id)
{
	static Statement held = STATEMENT("il",
		"SELECT COALESCE(pg_catalog.sum(quantity), 0) FROM marketplace.parcel_contents "
		"WHERE marketplace_id = $1 AND order_line_id = $2 AND position = 'prepared'");

	return DatumGetNumeric(query_datum(&held, VALUES(value_int32(call->marketplace_id), value_int64(order_line_id))));
}

static void
require_left_to_ship(Call *call, const OrderLine *line, Numeric quantity)
{
	Numeric		to_ship = decimal_sub(decimal_sub(line->quantity, line->cancelled), line->shipped);
	Numeric		held = held_quantity(call, line->id);
	Numeric		left = decimal_sub(to_ship, held);

	if (decimal_cmp(quantity, left) <= 0)
		return;
	ereport(ERROR,
			errcode(MK_SHIPMENT),
			errmsg("more than is left to ship of order line %lld", (long long) line->id),
			errdetail("Asked: %s. Left: %s = ordered %s, cancelled %s, shipped %s, held by prepared shipments %s.",
					  decimal_to_cstring(quantity), decimal_to_cstring(left), decimal_to_cstring(line->quantity),
					  decimal_to_cstring(line->cancelled), decimal_to_cstring(line->shipped),
					  decimal_to_cstring(held)),
			errhint("Ship less, or void a prepared shipment that holds the line."));
}

static OrderLine *
require_line(const Document *document, OrderLines *lines, int64 seller_order_id, int64 order_line_id)
{
	OrderLine  *line = find_line(lines, seller_order_id, order_line_id);

	if (line != NULL)
		return line;
	ereport(ERROR,
			errcode(MK_NOT_FOUND),
			errmsg("order line %lld is not a line of seller order %lld", (long long) order_line_id,
				   (long long) seller_order_id),
			errdetail("%s names it.", document->path),
			errhint("A shipment holds lines of one seller order."));
}

static void
add_content(Call *call, int64 shipment_id, int64 parcel_id, const Document *document, OrderLines *lines,
			int64 seller_order_id)
{
	static Statement insert = STATEMENT("illln",
		"INSERT INTO marketplace.parcel_contents (marketplace_id, parcel_id, order_line_id, shipment_id, quantity, "
		"position) VALUES ($1, $2, $3, $4, $5, 'prepared') ON CONFLICT (marketplace_id, parcel_id, order_line_id) DO "
		"NOTHING");
	int64		order_line_id;
	Numeric		quantity;
	OrderLine  *line;

	document_only(document, "order_line_id", "quantity", NULL);
	order_line_id = document_int64(document, "order_line_id");
	quantity = document_quantity(document, "quantity");
	line = require_line(document, lines, seller_order_id, order_line_id);
	if (strcmp(line->kind, "goods") != 0)
		ereport(ERROR,
				errcode(MK_SHIPMENT),
				errmsg("order line %lld is not shipped", (long long) order_line_id),
				errdetail("It is of kind %s; only goods are in parcels.", line->kind),
				errhint("Leave the line out: it follows the goods of its seller order."));
	require_left_to_ship(call, line, quantity);
	if (logistics_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(parcel_id),
										  value_int64(order_line_id),
										  value_int64(shipment_id), value_numeric(quantity))) == 0)
		document_refuse(document, "order_line_id", "The parcel holds this line already.",
						"Give each line once a parcel, with its whole quantity.");
}

static char *
read_sscc(const Document *document)
{
	char	   *sscc = document_text_or_null(document, "sscc");

	if (sscc != NULL && !sscc_valid(sscc, strlen(sscc)))
		document_refuse(document, "sscc", psprintf("\"%.40s\" is no SSCC.", sscc),
						"An SSCC has 18 digits, the last is a check digit.");
	return sscc;
}

int64
shipment_add_parcel(Call *call, const Shipment *shipment, const Document *document)
{
	static Statement insert = STATEMENT("illlttnzn",
		"INSERT INTO marketplace.parcels (marketplace_id, shipment_id, order_id, carrier_id, sscc, tracking_number, "
		"weight_kg, created_at, net_kg) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id");
	char	   *sscc;
	char	   *number;
	Numeric		weight;
	Numeric		net;
	Row			row;

	document_only(document, "sscc", "tracking_number", "weight_kg", "net_kg", "contents", NULL);
	sscc = read_sscc(document);
	number = document_text_or_null(document, "tracking_number");
	weight = document_numeric_or_null(document, "weight_kg");
	if (weight != NULL && decimal_sign(weight) <= 0)
		document_refuse(document, "weight_kg", "A weight is more than zero.", NULL);
	net = document_numeric_or_null(document, "net_kg");
	if (net != NULL && (decimal_sign(net) <= 0 || (weight != NULL && decimal_cmp(net, weight) > 0)))
		document_refuse(document, "net_kg", "It is more than zero, and not more than the gross weight.", NULL);
	if (!logistics_row(&insert, VALUES(value_int32(call->marketplace_id), value_int64(shipment->id),
									   value_int64(shipment->order_id),
									   value_int64(shipment->carrier_id), value_text(sscc), value_text(number),
									   value_numeric(weight),
									   value_timestamptz(call->now), value_numeric(net)), &row))
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("the numbers of %s are in use", document->path),
				errdetail("Another parcel that is not at its end has tracking number %s with this carrier, or SSCC "
						  "%s (LG-17).",
						  number == NULL ? "(none)" : number, sscc == NULL ? "(none)" : sscc),
				errhint("Give each parcel its own numbers; void the other shipment if it was a mistake."));
	return row_int64(&row, 0);
}

static Shipment *
read_shipment(Call *call, const Document *document)
{
	Shipment   *shipment = palloc0(sizeof(Shipment));
	CurrencyCode currency;

	document_only(document, "seller_order_id", "carrier", "service", "declared_value", "parcels", NULL);
	shipment->seller_order_id = document_int64(document, "seller_order_id");
	shipment->seller_id = seller_order_seller(call, shipment->seller_order_id, &shipment->order_id);
	access_require(call, CAPACITY_OPERATOR | CAPACITY_SELLER, shipment->seller_id);
	shipment->carrier_id = carrier_by_code(call, document_text(document, "carrier"), &shipment->carrier_party_id);
	order_get(call, shipment->order_id, &shipment->buyer_id, &currency);
	shipment->service_id = service_read(call, document, shipment->carrier_id);
	shipment->declared_value = value_null();
	if (document_has(document, "declared_value"))
	{
		shipment->declared_value = value_amount(amount_read(document, "declared_value"));
		if (amount_currency(DatumGetAmount(shipment->declared_value.datum)) != currency)
			document_refuse(document, "declared_value", "It is not in the currency of the order.", NULL);
	}
	return shipment;
}

/* A bare INSERT of the first state is the lifecycle's event create. */
int64
shipment_insert(Call *call, const Shipment *shipment)
{
	static Statement insert = STATEMENT("illllllztla",
		"INSERT INTO marketplace.shipments (marketplace_id, order_id, seller_order_id, seller_id, buyer_id, "
		"carrier_id, carrier_party_id, state, created_at, direction, service_id, declared_value) VALUES ($1, $2, $3, $4, "
		"$5, $6, $7, 'prepared', $8, $9, $10, $11) RETURNING id");
	Row			row;

	if (!logistics_row(&insert, VALUES(value_int32(call->marketplace_id), value_int64(shipment->order_id),
									   value_int64(shipment->seller_order_id), value_int64(shipment->seller_id),
									   value_int64(shipment->buyer_id), value_int64(shipment->carrier_id),
									   value_id(shipment->carrier_party_id), value_timestamptz(call->now),
									   value_text(shipment->is_return ? "return" : "outbound"),
									   value_id(shipment->service_id),
									   shipment->is_return ? value_null() : shipment->declared_value), &row))
		elog(ERROR, "a shipment was not written");
	return row_int64(&row, 0);
}

static int64
create_shipment(Call *call, Jsonb *json)
{
	Document	document = document_root(json);
	Document	parcels = document_array(&document, "parcels");
	Shipment   *shipment = read_shipment(call, &document);
	JsonbParseState *payload;
	OrderLines	lines;
	List	   *event_lines = NIL;
	Contents	contents;
	List	   *parcel_ids = NIL;
	ListCell   *cell;

	if (document_length(&parcels) == 0)
		document_refuse(&document, "parcels", "It is empty.", "A shipment has at least one parcel.");
	order_lock(call, shipment->order_id);
	lines = order_lines(call, shipment->order_id);
	require_accepted(&lines, shipment->seller_order_id);
	shipment->id = shipment_insert(call, shipment);
	for (int i = 0; i < document_length(&parcels); i++)
	{
		Document	parcel = document_item(&parcels, i);
		Document	given = document_array(&parcel, "contents");
		int64		parcel_id = shipment_add_parcel(call, shipment, &parcel);
		int64	   *kept = palloc(sizeof(int64));

		if (document_length(&given) == 0)
			document_refuse(&parcel, "contents", "It is empty.", "Say which order lines are in the parcel.");
		for (int j = 0; j < document_length(&given); j++)
		{
			Document	content = document_item(&given, j);

			add_content(call, shipment->id, parcel_id, &content, &lines, shipment->seller_order_id);
		}
		*kept = parcel_id;
		parcel_ids = lappend(parcel_ids, kept);
	}
	contents = shipment_contents(call, shipment->id);
	for (int i = 0; i < contents.count; i++)
		event_lines = event_line_add(event_lines, contents.rows[i].order_line_id, shipment->seller_order_id,
									 contents.rows[i].quantity);
	payload_begin(&payload);
	payload_int64(&payload, "shipment_id", shipment->id);
	payload_int64(&payload, "order_id", shipment->order_id);
	payload_int64(&payload, "seller_order_id", shipment->seller_order_id);
	payload_lines(&payload, event_lines);
	(void) event_emit(call, "order", shipment->order_id, "shipment.created", &payload);
	foreach(cell, parcel_ids)
	{
		Parcel	   *parcel = parcel_get(call, *(int64 *) lfirst(cell));

		tracking_replay_unknown(call, parcel);
		nesting_replay(call, parcel);
	}
	return shipment->id;
}

PG_FUNCTION_INFO_V1(shipment_create);
Datum
shipment_create(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = create_shipment(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}
