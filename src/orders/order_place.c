/*
 * order_place.c
 *		order_place(): checks an order's document against parties and policies, computes it, and writes header, seller
 *		orders and lines.
 *
 * Whatever the number of lines, they are written by one statement. Everything written is frozen (RD-11).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/policy.h"
#include "orders/orders_internal.h"
#include "utils/datetime.h"

/* One seller's part. */
typedef struct SellerPart
{
	int64		seller_id;
	int64		seller_order_id;
	const char *calendar;		/* NULL: the marketplace's */
	const char *time_zone;
	bool		sells;
	Amount		net;
	Amount		vat;
	TimestampTz accept_by;
	const char *on_silence;
	const char *incoterm;
} SellerPart;

typedef struct Placement
{
	Call	   *call;
	OrderDocument document;
	Marketplace *marketplace;
	TimestampTz placed_at;
	int			nsellers;
	SellerPart *sellers;		/* by seller_id */
} Placement;

static int
compare_sellers(const void *a, const void *b)
{
	int64		x = ((const SellerPart *) a)->seller_id;
	int64		y = ((const SellerPart *) b)->seller_id;

	return (x > y) - (x < y);
}

static SellerPart *
seller_part(Placement *placement, int64 seller_id)
{
	SellerPart	wanted = {.seller_id = seller_id};

	return bsearch(&wanted, placement->sellers, placement->nsellers, sizeof(SellerPart), compare_sellers);
}

static void
collect_sellers(Placement *placement)
{
	OrderDocument *document = &placement->document;
	int			n = 0;

	placement->sellers = palloc0(sizeof(SellerPart) * document->nlines);
	for (int i = 0; i < document->nlines; i++)
		placement->sellers[i].seller_id = document->lines[i].seller_id;
	qsort(placement->sellers, document->nlines, sizeof(SellerPart), compare_sellers);
	for (int i = 0; i < document->nlines; i++)
		if (n == 0 || placement->sellers[n - 1].seller_id != placement->sellers[i].seller_id)
			placement->sellers[n++] = placement->sellers[i];
	placement->nsellers = n;
}

/* Sellers sell here, the buyer buys here; ids of other marketplaces are as unknown as those that never were. */
static void
check_parties(Placement *placement, const Document *root)
{
	static Statement selling = STATEMENT("iL",
		"SELECT c.party_id, p.calendar, p.time_zone FROM marketplace.party_capacities c "
		"JOIN marketplace.parties p ON p.marketplace_id = c.marketplace_id AND p.id = c.party_id "
		"WHERE c.marketplace_id = $1 AND c.party_id = ANY ($2) AND c.capacity = 'seller' AND c.ended_at IS NULL");
	Call	   *call = placement->call;
	OrderDocument *document = &placement->document;
	Datum	   *ids = palloc(sizeof(Datum) * placement->nsellers);
	Rows		rows;

	if (!party_has_capacity(call, document->buyer_id, "buyer"))
		document_refuse(root, "buyer",
						psprintf("Party %lld does not buy on this marketplace.", (long long) document->buyer_id),
						"Record it with the capacity buyer: party_create() or party_update().");
	for (int i = 0; i < placement->nsellers; i++)
		ids[i] = Int64GetDatum(placement->sellers[i].seller_id);
	rows = query_rows(&selling, VALUES(value_int32(call->marketplace_id),
									   value_array(ids, NULL, placement->nsellers, INT8OID)));
	for (uint64 i = 0; i < rows.count; i++)
	{
		SellerPart *part = seller_part(placement, row_int64(&rows.rows[i], 0));

		part->sells = true;
		part->calendar = row_text(&rows.rows[i], 1);
		part->time_zone = row_text(&rows.rows[i], 2);
	}
	for (int i = 0; i < document->nlines; i++)
		if (!seller_part(placement, document->lines[i].seller_id)->sells)
			document_refuse(&document->lines[i].place, "seller",
							psprintf("Party %lld does not sell on this marketplace.",
									 (long long) document->lines[i].seller_id),
							"Record it with the capacity seller: party_create() or party_update().");
}

static void
check_placed_at(Placement *placement, const Document *root)
{
	Call	   *call = placement->call;

	placement->placed_at = call->now;
	if (placement->document.placed_at.null)
		return;
	if (call->capacity != CAPACITY_OPERATOR)
		document_refuse(root, "placed_at", "Only an operator records an order that was placed before.",
						"Leave it out: it is placed now.");
	placement->placed_at = DatumGetTimestampTz(placement->document.placed_at.datum);
	if (placement->placed_at > call->now)
		document_refuse(root, "placed_at", "It is in the future.", "Leave it out: it is placed now.");
}

static char *
day_in_words(uint32 day)
{
	return psprintf("%04u-%02u-%02u", day / 10000, day / 100 % 100, day % 100);
}

/* What is written in a currency that has ended stays readable; nothing new is sold in it (RD-22). */
static void
check_currency(Placement *placement, const Document *root)
{
	const CurrencyRow *currency = currency_row(placement->document.currency);
	DateADT		date = calendar_local_date(placement->placed_at, placement->marketplace->time_zone);
	int			year;
	int			month;
	int			day;
	uint32		placed;

	j2date(date + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	placed = (uint32) (year * 10000 + month * 100 + day);
	if (currency->valid_until != 0 && placed >= currency->valid_until)
		document_refuse(root, "currency", psprintf("%s ended on %s; the order is placed on %s.", currency->alpha,
												   day_in_words(currency->valid_until), day_in_words(placed)),
						"Place it in the currency that followed; see marketplace.currencies().");
	if (currency->valid_from != 0 && placed < currency->valid_from)
		document_refuse(root, "currency", psprintf("%s began on %s; the order is placed on %s.", currency->alpha,
												   day_in_words(currency->valid_from), day_in_words(placed)),
						"Place it in the currency that was in force then; see marketplace.currencies().");
}

/* What the policies in force say about each seller's part, frozen with it. */
static void
freeze_terms(Placement *placement)
{
	Call	   *call = placement->call;

	for (int i = 0; i < placement->nsellers; i++)
	{
		SellerPart *part = &placement->sellers[i];
		PolicyScope scope = {.seller_id = part->seller_id, .buyer_id = placement->document.buyer_id};
		PolicyDuration within = policy_duration(call, "od.accept_within", &scope);

		part->accept_by = calendar_deadline(placement->placed_at, within.n, within.unit,
											part->calendar != NULL ? part->calendar :
											placement->marketplace->calendar,
											part->time_zone != NULL ? part->time_zone :
											placement->marketplace->time_zone);
		part->on_silence = policy_text(call, "od.accept_on_silence", &scope);
		part->incoterm = placement->document.incoterm != NULL ? placement->document.incoterm :
			policy_text(call, "lg.incoterm_default", &scope);
		part->net = amount_zero(placement->document.currency);
		part->vat = part->net;
	}
	for (int i = 0; i < placement->document.nlines; i++)
	{
		OrderDocumentLine *line = &placement->document.lines[i];
		SellerPart *part = seller_part(placement, line->seller_id);

		part->net = amount_add(part->net, line->net);
		part->vat = amount_add(part->vat, line->vat);
	}
}

/* The address that the document gives, else the buyer's delivery address, else its registered one. */
static int64
insert_order(Placement *placement)
{
	static Statement add = STATEMENT("itlcjzz",
		"INSERT INTO marketplace.orders (marketplace_id, reference, buyer_id, currency, delivery_address, "
		"placed_at, recorded_at) VALUES ($1, $2, $3, $4, coalesce($5, (SELECT "
		"pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('recipient', a.recipient, 'line1', a.line1, "
		"'line2', a.line2, 'line3', a.line3, 'postcode', a.postcode, 'city', a.city, 'subdivision', a.subdivision, "
		"'country', a.country, 'gln', a.gln)) FROM marketplace.party_addresses a WHERE a.marketplace_id = $1 AND "
		"a.party_id = $3 AND a.kind IN ('delivery', 'registered') AND a.ended_at IS NULL ORDER BY a.kind, a.id "
		"LIMIT 1)), $6, $7) ON CONFLICT (marketplace_id, buyer_id, reference) DO NOTHING RETURNING id");
	Call	   *call = placement->call;
	OrderDocument *document = &placement->document;
	Row			row;

	if (!query_row(&add, VALUES(value_int32(call->marketplace_id), value_text(document->reference),
								value_int64(document->buyer_id),
								value_currency(document->currency), value_jsonb(document->delivery_address),
								value_timestamptz(placement->placed_at), value_timestamptz(call->now)), &row))
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("the buyer has an order with the reference \"%s\" already", document->reference),
				errdetail("A reference names one order of a buyer."),
				errhint("To be safe when a call is repeated, give it a request_key."));
	return row_int64(&row, 0);
}

static void
insert_seller_orders(Placement *placement, int64 order_id)
{
	static Statement add = STATEMENT("illltaaaztz",
		"INSERT INTO marketplace.seller_orders (marketplace_id, order_id, seller_id, buyer_id, incoterm, net, vat, "
		"gross, state, accept_by, on_silence, placed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'placed', $9, "
		"$10, $11) RETURNING id");

	for (int i = 0; i < placement->nsellers; i++)
	{
		SellerPart *part = &placement->sellers[i];

		part->seller_order_id = DatumGetInt64(query_datum(&add, VALUES(
			value_int32(placement->call->marketplace_id), value_int64(order_id), value_int64(part->seller_id),
			value_int64(placement->document.buyer_id), value_text(part->incoterm), value_amount(part->net),
			value_amount(part->vat), value_amount(amount_add(part->net, part->vat)),
			value_timestamptz(part->accept_by), value_text(part->on_silence),
			value_timestamptz(placement->placed_at))));
	}
}

/* The columns of order_lines that differ from line to line, as arrays in the order of the statement. */
#define LINE_COLUMNS 23

static void
set_column(Datum **datums, bool **nulls, int column, int row, Value value)
{
	datums[column][row] = value.datum;
	nulls[column][row] = value.null;
}

static void
set_line(Datum **datums, bool **nulls, int row, const OrderDocumentLine *line)
{
	Value		values[LINE_COLUMNS] = {
		value_int64(line->seller_order_id), value_int64(line->seller_id), value_int32(line->position),
		value_text(order_line_kinds[line->kind]), value_text(line->sku), value_text(line->gtin),
		value_text(line->description),
		value_text(line->unit), value_numeric(line->net_price), value_numeric(line->price_base_quantity),
		value_text(line->vat_category), value_numeric(line->vat_rate), value_text(line->exemption_code),
		value_text(line->commission_category), line->applies_to == 0 ? value_null() : value_int32(line->applies_to),
		line->ship_by, line->deliver_from, line->deliver_by, value_amount(line->net), value_amount(line->vat),
		value_amount(line->escrow_net), value_amount(amount_add(line->escrow_net, line->escrow_vat)),
		value_numeric(line->quantity)
	};

	for (int column = 0; column < LINE_COLUMNS; column++)
		set_column(datums, nulls, column, row, values[column]);
}

static void
insert_lines(Placement *placement, int64 order_id)
{
	static Statement add = STATEMENT("illLLITTTTTNNTNTTIDDDAAAAN",
		"INSERT INTO marketplace.order_lines (marketplace_id, order_id, buyer_id, seller_order_id, seller_id, "
		"position, kind, sku, gtin, description, unit, net_price, price_base_quantity, vat_category, vat_rate, "
		"exemption_code, commission_category, applies_to, ship_by, deliver_from, deliver_by, net, vat, gross, "
		"escrow_net, escrow_gross, quantity) SELECT $1, $2, $3, u.seller_order_id, u.seller_id, u.place, u.kind, "
		"u.sku, u.gtin, u.description, u.unit, u.net_price, u.base, u.category, u.rate, u.exemption, u.commission, "
		"u.applies_to, u.ship_by, u.deliver_from, u.deliver_by, u.net, u.vat, u.net + u.vat, u.escrow_net, "
		"u.escrow_gross, u.quantity FROM ROWS FROM (pg_catalog.unnest($4), pg_catalog.unnest($5), "
		"pg_catalog.unnest($6), pg_catalog.unnest($7), pg_catalog.unnest($8), pg_catalog.unnest($9), "
		"pg_catalog.unnest($10), pg_catalog.unnest($11), pg_catalog.unnest($12), pg_catalog.unnest($13), "
		"pg_catalog.unnest($14), pg_catalog.unnest($15), pg_catalog.unnest($16), pg_catalog.unnest($17), "
		"pg_catalog.unnest($18), pg_catalog.unnest($19), pg_catalog.unnest($20), pg_catalog.unnest($21), "
		"pg_catalog.unnest($22), pg_catalog.unnest($23), pg_catalog.unnest($24), pg_catalog.unnest($25), "
		"pg_catalog.unnest($26)) AS u (seller_order_id, seller_id, place, kind, sku, gtin, description, unit, "
		"net_price, base, category, rate, exemption, commission, applies_to, ship_by, deliver_from, deliver_by, "
		"net, vat, escrow_net, escrow_gross, quantity) ORDER BY u.place");
	OrderDocument *document = &placement->document;
	Oid			amount_type = query_type_oid("amount");
	Oid			types[LINE_COLUMNS] = {
		INT8OID, INT8OID, INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, NUMERICOID, NUMERICOID, TEXTOID,
		NUMERICOID, TEXTOID, TEXTOID, INT4OID, DATEOID, DATEOID, DATEOID, amount_type, amount_type,
		amount_type, amount_type, NUMERICOID
	};
	Datum	   *datums[LINE_COLUMNS];
	bool	   *nulls[LINE_COLUMNS];
	Value		args[3 + LINE_COLUMNS];

	for (int column = 0; column < LINE_COLUMNS; column++)
	{
		datums[column] = palloc(sizeof(Datum) * document->nlines);
		nulls[column] = palloc(sizeof(bool) * document->nlines);
	}
	for (int i = 0; i < document->nlines; i++)
	{
		document->lines[i].seller_order_id = seller_part(placement, document->lines[i].seller_id)->seller_order_id;
		set_line(datums, nulls, i, &document->lines[i]);
	}
	args[0] = value_int32(placement->call->marketplace_id);
	args[1] = value_int64(order_id);
	args[2] = value_int64(document->buyer_id);
	for (int column = 0; column < LINE_COLUMNS; column++)
		args[3 + column] = value_array(datums[column], nulls[column], document->nlines, types[column]);
	query_execute(&add, args);
}

static void
emit_placed(Placement *placement, int64 order_id)
{
	JsonbParseState *payload;
	Amount		gross = amount_zero(placement->document.currency);

	for (int i = 0; i < placement->nsellers; i++)
		gross = amount_add(gross, amount_add(placement->sellers[i].net, placement->sellers[i].vat));
	payload_begin(&payload);
	payload_int64(&payload, "order_id", order_id);
	payload_int64(&payload, "buyer_id", placement->document.buyer_id);
	payload_amount(&payload, "gross", gross);
	event_emit(placement->call, "order", order_id, "order.placed", &payload);
}

static int64
place_order(Call *call, const Document *root)
{
	Placement	placement = {.call = call};
	int64		order_id;

	/* who may place for this buyer comes before anything that would tell who else is here */
	access_require(call, CAPACITY_BUYER | CAPACITY_OPERATOR, document_int64(root, "buyer"));
	order_document_read(root, &placement.document);
	placement.marketplace = marketplace_get(call);
	check_placed_at(&placement, root);
	check_currency(&placement, root);
	collect_sellers(&placement);
	check_parties(&placement, root);
	order_amounts_compute(&placement.document);
	freeze_terms(&placement);

	guard_open("orders");
	order_id = insert_order(&placement);
	insert_seller_orders(&placement, order_id);
	insert_lines(&placement, order_id);
	guard_close();
	emit_placed(&placement, order_id);
	return order_id;
}

PG_FUNCTION_INFO_V1(order_place);
Datum
order_place(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Document	root = document_root(call_jsonb(&call, 1));

		call.result = place_order(&call, &root);
	}
	PG_RETURN_INT64(call_end(&call));
}
