/*
 * trace.c
 *		order_timeline() and trace(): where goods, documents and money of orders went and came from, for whoever asks (LG-51, LG-55).
 *
 * Everything comes from the view timeline and from what is kept of parcels and units; nothing is recorded here. Statements run as the
 * owner, so what the caller may see is decided by a Reader and is part of each statement.
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "logistics/trace.h"
#include "mb/pg_wchar.h"
#include "orders/orders.h"

/*
 * ---- who asks ----
 */

static void
add_reader_of_order(Call *call, Reader *reader, int64 order_id)
{
	static Statement carriers = STATEMENT("il",
		"SELECT DISTINCT carrier_party_id FROM marketplace.shipments WHERE marketplace_id = $1 AND order_id = $2 "
		"AND carrier_party_id IS NOT NULL");
	OrderLines	lines = order_lines(call, order_id);
	Rows		rows = query_rows(&carriers, VALUES(value_int32(call->marketplace_id), value_int64(order_id)));
	int64		buyer_id;
	CurrencyCode currency;

	order_get(call, order_id, &buyer_id, &currency);
	if (access_allows(call->caller, call->marketplace_id, CAPACITY_BUYER, buyer_id))
		id_set_add(&reader->buyer_of, order_id);
	for (int i = 0; i < lines.count; i++)
		if (access_allows(call->caller, call->marketplace_id, CAPACITY_SELLER, lines.lines[i].seller_id))
			id_set_add(&reader->sellers, lines.lines[i].seller_id);
	for (uint64 i = 0; i < rows.count; i++)
		if (access_allows(call->caller, call->marketplace_id, CAPACITY_CARRIER, row_int64(&rows.rows[i], 0)))
			id_set_add(&reader->carriers, row_int64(&rows.rows[i], 0));
}

Reader
reader_of_orders(Call *call, const IdSet *orders)
{
	Reader		reader = {0};

	reader.all = access_allows(call->caller, call->marketplace_id, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	if (reader.all)
		return reader;
	for (int i = 0; i < orders->count; i++)
		add_reader_of_order(call, &reader, orders->ids[i]);
	if (reader.buyer_of.count + reader.sellers.count + reader.carriers.count == 0)
		access_require(call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	return reader;
}

/*
 * ---- order_timeline() ----
 */

PG_FUNCTION_INFO_V1(order_timeline);
Datum
order_timeline(PG_FUNCTION_ARGS)
{
	static Statement rows = STATEMENT("ilzbLLL",
		"SELECT COALESCE(happened_at, recorded_at), recorded_at, area, what, meaning, seller_id, order_line_id, parcel_id, quantity, value, "
		"currency, CASE WHEN $4 THEN who END, source, source_id, details FROM marketplace.timeline "
		"WHERE marketplace_id = $1 AND order_id = $2 AND recorded_at <= $3 AND " READER_SEES("$4", "$5", "$6", "$7")
		" ORDER BY 1, 2, source_id, source COLLATE \"C\", order_line_id, parcel_id, details");
	Call		call;
	IdSet		orders = {0, NULL};
	Reader		reader;
	int64		order_id;
	int64		buyer_id;
	CurrencyCode currency;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_BUYER | CAPACITY_SELLER | CAPACITY_CARRIER);
	order_id = call_int64(&call, 1);
	order_get(&call, order_id, &buyer_id, &currency);
	id_set_add(&orders, order_id);
	reader = reader_of_orders(&call, &orders);
	query_return_set(fcinfo, &rows, VALUES(value_int32(call.marketplace_id), value_int64(order_id),
										   value_timestamptz(call_timestamptz_or(&call, 2, DT_NOEND)), value_bool(reader.all),
										   id_set_value(&reader.buyer_of), id_set_value(&reader.sellers),
										   id_set_value(&reader.carriers)));
	call_end_read(&call);
	PG_RETURN_NULL();
}

/*
 * ---- trace() ----
 */

#define PARCELS_OF "SELECT p.id FROM marketplace.parcels p WHERE p.marketplace_id = $1 AND "
#define LINES_OF "SELECT l.id FROM marketplace.order_lines l WHERE l.marketplace_id = $1 AND "
#define CONTENTS_OF "SELECT DISTINCT c.order_line_id FROM marketplace.parcel_contents c WHERE c.marketplace_id = $1 AND "
#define IN_UNIT(id) \
	"(SELECT h.parcel_id FROM marketplace.handling_unit_parcels h WHERE h.marketplace_id = $1 AND h.handling_unit_id = " id ")"
#define UNIT_BY_SSCC \
	"(SELECT u.id FROM marketplace.handling_units u WHERE u.marketplace_id = $1 AND u.sscc = pg_catalog.lpad($2::text, 18, '0'))"
#define BY_SSCC "(p.sscc = pg_catalog.lpad($2::text, 18, '0') OR p.id IN " IN_UNIT(UNIT_BY_SSCC) ")"

typedef struct TraceKind
{
	const char *name;
	Statement	parcels;
	Statement	lines;
	Statement	known;			/* a row when there is such an object */
} TraceKind;

#define KNOWN_IN(table) STATEMENT("il", "SELECT 1 FROM marketplace." table " WHERE marketplace_id = $1 AND id = $2")

static TraceKind kinds[] = {
	{"order", STATEMENT("il", PARCELS_OF "p.order_id = $2"), STATEMENT("il", LINES_OF "l.order_id = $2"), KNOWN_IN("orders")},
	{"seller_order",
		STATEMENT("il", PARCELS_OF "p.shipment_id IN (SELECT s.id FROM marketplace.shipments s WHERE s.marketplace_id = $1 AND "
				  "s.order_id = (SELECT o.order_id FROM marketplace.seller_orders o WHERE o.marketplace_id = $1 AND o.id = $2) "
				  "AND s.seller_order_id = $2)"),
		STATEMENT("il", LINES_OF "l.seller_order_id = $2"), KNOWN_IN("seller_orders")},
	{"order_line",
		STATEMENT("il", "SELECT c.parcel_id FROM marketplace.parcel_contents c WHERE c.marketplace_id = $1 AND c.order_line_id = $2"),
		STATEMENT("il", LINES_OF "l.id = $2"), KNOWN_IN("order_lines")},
	{"shipment", STATEMENT("il", PARCELS_OF "p.shipment_id = $2"), STATEMENT("il", CONTENTS_OF "c.shipment_id = $2"), KNOWN_IN("shipments")},
	{"parcel", STATEMENT("il", PARCELS_OF "p.id = $2"), STATEMENT("il", CONTENTS_OF "c.parcel_id = $2"), KNOWN_IN("parcels")},
	{"handling_unit", STATEMENT("il", PARCELS_OF "p.id IN " IN_UNIT("$2")),
		STATEMENT("il", CONTENTS_OF "c.parcel_id IN " IN_UNIT("$2")), KNOWN_IN("handling_units")},
	{"return",
		STATEMENT("il", PARCELS_OF "p.shipment_id = (SELECT r.shipment_id FROM marketplace.returns r WHERE r.marketplace_id = $1 AND r.id = $2)"),
		STATEMENT("il", "SELECT l.order_line_id FROM marketplace.return_lines l WHERE l.marketplace_id = $1 AND l.return_id = $2"),
		KNOWN_IN("returns")},
	{"sscc", STATEMENT("il", PARCELS_OF BY_SSCC),
		STATEMENT("il", CONTENTS_OF "c.parcel_id IN (" PARCELS_OF BY_SSCC ")"),
		STATEMENT("il", PARCELS_OF BY_SSCC " UNION ALL SELECT id FROM " UNIT_BY_SSCC " u (id)")}
};

static TraceKind *
kind_of(const char *name)
{
	for (int i = 0; i < lengthof(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	ereport(ERROR,
			errcode(MK_INVALID_ARGUMENT),
			errmsg("\"%.*s\" cannot be traced", pg_mbcliplen(name, (int) strlen(name), 40), name),
			errdetail("It is order, seller_order, order_line, shipment, parcel, handling_unit, return or sscc."),
			errhint("Name one of them, and its number."));
}

static IdSet
read_set(Call *call, Statement *statement, int64 object_id)
{
	Rows		rows = query_rows(statement, VALUES(value_int32(call->marketplace_id), value_int64(object_id)));
	IdSet		set = {0, NULL};

	for (uint64 i = 0; i < rows.count; i++)
		id_set_add(&set, row_int64(&rows.rows[i], 0));
	return set;
}

static IdSet
orders_of(Call *call, const IdSet *lines, const IdSet *parcels)
{
	static Statement read = STATEMENT("iLL",
		"SELECT l.order_id FROM marketplace.order_lines l WHERE l.marketplace_id = $1 AND l.id = ANY ($2) UNION "
		"SELECT p.order_id FROM marketplace.parcels p WHERE p.marketplace_id = $1 AND p.id = ANY ($3)");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), id_set_value(lines), id_set_value(parcels)));
	IdSet		set = {0, NULL};

	for (uint64 i = 0; i < rows.count; i++)
		id_set_add(&set, row_int64(&rows.rows[i], 0));
	return set;
}

#define SEES_ROW(order, seller, carrier) \
	"($5 OR " order " = ANY ($6) OR " seller " = ANY ($7) OR " carrier " = ANY ($8))"
#define SEES_MONEY(order, seller) "($5 OR " order " = ANY ($6) OR " seller " = ANY ($7))"
#define WORTH(quantity) \
	"CASE WHEN " SEES_MONEY("l.order_id", "l.seller_id") " THEN marketplace.amount_value(marketplace.amount_round(" \
	"marketplace.amount_value(l.escrow_gross) * " quantity " / l.quantity, marketplace.currency(l.escrow_gross))) END, " \
	"CASE WHEN " SEES_MONEY("l.order_id", "l.seller_id") " THEN marketplace.currency(l.escrow_gross)::text END"

/* $2 lines, $3 parcels, $4 as_of, $5 … $8 the reader, $9 orders, $10 whole orders are traced */
static Statement steps = STATEMENT("iLLzbLLLLb",
	"SELECT step, order_id, seller_id, order_line_id, shipment_id, parcel_id, handling_unit_id, occurred_at, until_at, recorded_at, "
	"quantity, value, currency, what, details FROM ("
	"SELECT 1 AS rank, 'order_line' AS step, l.order_id, l.seller_id, l.id AS order_line_id, NULL::bigint AS shipment_id, "
	"NULL::bigint AS parcel_id, NULL::bigint AS handling_unit_id, o.placed_at AS occurred_at, NULL::timestamptz AS until_at, o.recorded_at, "
	"l.quantity, v.value, v.currency, l.description AS what, pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object("
	"'position', l.position, 'sku', l.sku, 'gtin', l.gtin, 'unit', l.unit)) AS details, 0::bigint AS tie "
	"FROM marketplace.order_lines l JOIN marketplace.orders o ON o.marketplace_id = $1 AND o.id = l.order_id "
	"CROSS JOIN LATERAL (SELECT " WORTH("l.quantity") ") v (value, currency) "
	"WHERE l.marketplace_id = $1 AND l.id = ANY ($2) AND " SEES_MONEY("l.order_id", "l.seller_id") " UNION ALL "
	"SELECT 2, 'parcel', p.order_id, s.seller_id, NULL, s.id, p.id, NULL, p.created_at, NULL, p.created_at, NULL, NULL, NULL, s.direction, "
	"pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('sscc', p.sscc, 'tracking_number', p.tracking_number, 'carrier', c.code, "
	"'weight_kg', p.weight_kg)), p.id FROM marketplace.parcels p "
	"JOIN marketplace.shipments s ON s.marketplace_id = $1 AND s.id = p.shipment_id "
	"JOIN marketplace.carriers c ON c.marketplace_id = $1 AND c.id = p.carrier_id "
	"WHERE p.marketplace_id = $1 AND p.id = ANY ($3) AND " SEES_ROW("p.order_id", "s.seller_id", "s.carrier_party_id") " UNION ALL "
	"SELECT 3, 'content', l.order_id, l.seller_id, l.id, s.id, p.id, NULL, p.created_at, NULL, p.created_at, c.quantity, v.value, v.currency, "
	"CASE WHEN $4 = 'infinity' THEN c.position::text ELSE 'announced' END, '{}'::jsonb, p.id FROM marketplace.parcel_contents c "
	"JOIN marketplace.parcels p ON p.marketplace_id = $1 AND p.id = c.parcel_id "
	"JOIN marketplace.shipments s ON s.marketplace_id = $1 AND s.id = c.shipment_id "
	"JOIN marketplace.order_lines l ON l.marketplace_id = $1 AND l.id = c.order_line_id "
	"CROSS JOIN LATERAL (SELECT " WORTH("c.quantity") ") v (value, currency) "
	"WHERE c.marketplace_id = $1 AND c.parcel_id = ANY ($3) AND c.order_line_id = ANY ($2) AND "
	SEES_ROW("l.order_id", "l.seller_id", "s.carrier_party_id") " UNION ALL "
	"SELECT 4, 'handling_unit', p.order_id, s.seller_id, NULL, s.id, p.id, h.handling_unit_id, h.from_at, h.until_at, h.recorded_at, NULL, NULL, "
	"NULL, u.kind, pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('sscc', u.sscc, 'depth', h.depth)), p.id "
	"FROM marketplace.handling_unit_parcels h JOIN marketplace.handling_units u ON u.marketplace_id = $1 AND u.id = h.handling_unit_id "
	"JOIN marketplace.parcels p ON p.marketplace_id = $1 AND p.id = h.parcel_id "
	"JOIN marketplace.shipments s ON s.marketplace_id = $1 AND s.id = p.shipment_id "
	"WHERE h.marketplace_id = $1 AND h.parcel_id = ANY ($3) AND " SEES_ROW("p.order_id", "s.seller_id", "s.carrier_party_id") " UNION ALL "
	"SELECT 5, CASE WHEN area = 'invoicing' THEN 'document' WHEN what = 'quantity' THEN 'quantity' WHEN area = 'funds' THEN 'money' "
	"WHEN area = 'orders' THEN 'order' ELSE 'custody' END, order_id, seller_id, order_line_id, (details ->> 'shipment_id')::bigint, parcel_id, "
	"(details ->> 'handling_unit_id')::bigint, COALESCE(happened_at, recorded_at), NULL, recorded_at, quantity, value, currency, "
	"CASE WHEN meaning IS NULL THEN what ELSE what || ': ' || meaning END, details, source_id FROM marketplace.timeline "
	"WHERE marketplace_id = $1 AND order_id = ANY ($9) AND (parcel_id = ANY ($3) OR (parcel_id IS NULL AND order_line_id = ANY ($2)) "
	"OR (parcel_id IS NULL AND order_line_id IS NULL AND $10)) AND " READER_SEES("$5", "$6", "$7", "$8") ") s "
	"WHERE recorded_at <= $4 ORDER BY rank, occurred_at, recorded_at, tie, order_line_id, parcel_id, what COLLATE \"C\", details");

PG_FUNCTION_INFO_V1(trace);
Datum
trace(PG_FUNCTION_ARGS)
{
	Call		call;
	TraceKind  *kind;
	int64		object_id;
	IdSet		lines;
	IdSet		parcels;
	IdSet		orders;
	Reader		reader;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_BUYER | CAPACITY_SELLER | CAPACITY_CARRIER);
	kind = kind_of(call_text(&call, 1));
	object_id = call_int64(&call, 2);
	if (query_execute(&kind->known, VALUES(value_int32(call.marketplace_id), value_int64(object_id))) == 0)
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no %s %lld to trace", kind->name, (long long) object_id),
				errdetail("Marketplace %d has none.", call.marketplace_id),
				errhint("Give its number; of an SSCC all 18 digits."));
	lines = read_set(&call, &kind->lines, object_id);
	parcels = read_set(&call, &kind->parcels, object_id);
	orders = orders_of(&call, &lines, &parcels);
	reader = reader_of_orders(&call, &orders);
	query_return_set(fcinfo, &steps, VALUES(value_int32(call.marketplace_id), id_set_value(&lines), id_set_value(&parcels),
											value_timestamptz(call_timestamptz_or(&call, 3, DT_NOEND)), value_bool(reader.all),
											id_set_value(&reader.buyer_of), id_set_value(&reader.sellers),
											id_set_value(&reader.carriers), id_set_value(&orders),
											value_bool(strcmp(kind->name, "order") == 0)));
	call_end_read(&call);
	PG_RETURN_NULL();
}
