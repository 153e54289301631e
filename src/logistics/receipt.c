/*
 * receipt.c
 *		receipt_confirm(): what the buyer says it received, per line and quantity, conform or with reserves
 *		(logistics rule book §5).
 *
 * A carrier's delivered event proves the arrival of a parcel, never its conformity (LG-29); the buyer's receipt
 * proves both. So a buyer may confirm before the carrier reports: the receipt then moves the parcel's contents to
 * delivered itself. Goods reported missing prove nothing, and can only be missing from what was delivered. What
 * silence has accepted already is not the buyer's to receive again (LG-30); acceptance by silence is in
 * receipt_deemed.c.
 */
#include "postgres.h"

#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "logistics/receipt.h"
#include "orders/orders.h"

/*
 * ---- writing a receipt ----
 */

static int64
insert_receipt(Call *call, int64 order_id, int64 buyer_id, bool deemed, TimestampTz received_at)
{
	static Statement insert = STATEMENT("illtzzt",
		"INSERT INTO marketplace.receipts (marketplace_id, order_id, buyer_id, how, received_at, recorded_at, "
		"recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id");
	Row			row;

	if (!logistics_row(&insert, VALUES(value_int32(call->marketplace_id), value_int64(order_id),
									   value_int64(buyer_id),
									   value_text(deemed ? "deemed" : "confirmed"), value_timestamptz(received_at),
									   value_timestamptz(call->now), value_text(call_actor())), &row))
		elog(ERROR, "a receipt was not written");
	return row_int64(&row, 0);
}

static void
insert_line(Call *call, int64 receipt_id, int position, int64 buyer_id, const ReceiptSlice *slice,
			TimestampTz received_at)
{
	static Statement insert = STATEMENT("ilillllntttjl",
		"INSERT INTO marketplace.receipt_lines (marketplace_id, receipt_id, position, order_line_id, parcel_id, "
		"buyer_id, seller_id, quantity, condition, reserve_kind, reserve_text, photos, movement_id) VALUES ($1, $2, "
		"$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
	static Statement settle = STATEMENT("illnn",
		"UPDATE marketplace.parcel_contents SET accepted = accepted + $4, disputed = disputed + $5 "
		"WHERE marketplace_id = $1 AND parcel_id = $2 AND order_line_id = $3");
	bool		disputed = slice->reserve_kind != NULL;
	Numeric		none = decimal_from_int64(0);
	int64		movement = quantity_move(call, slice->order_line_id, disputed ? QUANTITY_DISPUTE : QUANTITY_ACCEPT,
										 slice->quantity,
										 slice->parcel_id, received_at);

	(void) logistics_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(receipt_id),
											 value_int32(position),
											 value_int64(slice->order_line_id), value_int64(slice->parcel_id),
											 value_int64(buyer_id),
											 value_int64(slice->seller_id), value_numeric(slice->quantity),
											 value_text(slice->condition),
											 value_text(slice->reserve_kind), value_text(slice->reserve_text),
											 value_jsonb(slice->photos), value_int64(movement)));
	(void) logistics_execute(&settle, VALUES(value_int32(call->marketplace_id), value_int64(slice->parcel_id),
											 value_int64(slice->order_line_id),
											 value_numeric(disputed ? none : slice->quantity),
											 value_numeric(disputed ? slice->quantity : none)));
}

static void
emit_receipt(Call *call, int64 receipt_id, int64 order_id, const char *type, const char *how, List *slices,
			 bool reserved)
{
	JsonbParseState *payload;
	List	   *lines = NIL;
	const char *kind = NULL;	/* of the reserves; "other" where they differ */
	ListCell   *cell;

	foreach(cell, slices)
	{
		ReceiptSlice *slice = lfirst(cell);

		if ((slice->reserve_kind != NULL) != reserved)
			continue;
		lines = event_line_add(lines, slice->order_line_id, slice->seller_order_id, slice->quantity);
		if (reserved)
			kind = kind == NULL || strcmp(kind, slice->reserve_kind) == 0 ? slice->reserve_kind : "other";
	}
	if (lines == NIL)
		return;
	payload_begin(&payload);
	payload_int64(&payload, "receipt_id", receipt_id);
	payload_int64(&payload, "order_id", order_id);
	payload_text(&payload, "how", how);
	if (kind != NULL)
		payload_text(&payload, "reserve_kind", kind);
	payload_lines(&payload, lines);
	(void) event_emit(call, "order", order_id, type, &payload);
}

int64
receipt_write(Call *call, int64 order_id, int64 buyer_id, bool deemed, TimestampTz received_at, List *slices)
{
	int64		receipt_id = insert_receipt(call, order_id, buyer_id, deemed, received_at);
	int			position = 0;
	ListCell   *cell;

	foreach(cell, slices)
		insert_line(call, receipt_id, ++position, buyer_id, lfirst(cell), received_at);
	foreach(cell, slices)
		receipt_refresh_due(call, parcel_get(call, ((ReceiptSlice *) lfirst(cell))->parcel_id));
	emit_receipt(call, receipt_id, order_id, "receipt.accepted", deemed ? "deemed" : "conform", slices, false);
	emit_receipt(call, receipt_id, order_id, "receipt.reserved", "with_reserves", slices, true);
	return receipt_id;
}

/*
 * ---- the buyer's document ----
 */

/* LG-42: a formula that says nothing has no value, neither in law nor here. */
static bool
is_bare_formula(const char *reasons)
{
	static const char *const formulas[] = {
		"sous reserve", "sous réserve", "sous reserves", "sous réserves",
		"sous reserve de deballage", "sous réserve de déballage", "sous reserves de deballage",
		"sous réserves de déballage",
		"subject to unpacking", "with reserve", "with reserves"
	};
	size_t		from = strspn(reasons, " \t\r\n.,;:!-");
	size_t		to = strlen(reasons);
	char	   *core;

	while (to > from && strchr(" \t\r\n.,;:!-", reasons[to - 1]) != NULL)
		to--;
	if (to == from)
		return true;
	core = pnstrdup(reasons + from, to - from);
	for (int i = 0; i < lengthof(formulas); i++)
		if (pg_strcasecmp(core, formulas[i]) == 0)
			return true;
	return false;
}

static void
read_reserve(const Document *line, ReceiptSlice *slice)
{
	Document	reserve = document_object(line, "reserve");

	document_only(&reserve, "kind", "text", NULL);
	slice->reserve_kind = document_text(&reserve, "kind");
	if (strcmp(slice->reserve_kind, "damaged") != 0 && strcmp(slice->reserve_kind, "missing") != 0 &&
		strcmp(slice->reserve_kind, "wrong") != 0 && strcmp(slice->reserve_kind, "other") != 0)
		document_refuse(&reserve, "kind", psprintf("\"%.40s\" is not known.", slice->reserve_kind),
						"It is damaged, missing, wrong or other.");
	slice->reserve_text = document_text(&reserve, "text");
	if (is_bare_formula(slice->reserve_text))
		document_refuse(&reserve, "text", "A reserve without reasons has no value (LG-42).",
						"Say what is wrong with which goods: \"two of five screens are cracked, the box was "
						"crushed\".");
}

static void
check_photos(const Document *line)
{
	Document	photos = document_array(line, "photos");

	for (int i = 0; i < document_length(&photos); i++)
	{
		Document	photo = document_item(&photos, i);
		char	   *hash;

		document_only(&photo, "sha256", "uri", NULL);
		hash = document_text(&photo, "sha256");
		if (strlen(hash) != 64 || hash[strspn(hash, "0123456789abcdefABCDEF")] != '\0')
			document_refuse(&photo, "sha256", "It is not a SHA-256.", "Write its 64 hexadecimal digits.");
		(void) document_text(&photo, "uri");
	}
}

/* What the line says, still without a parcel. */
static ReceiptSlice
read_line(const Document *line)
{
	ReceiptSlice slice = {0};

	document_only(line, "order_line_id", "quantity", "condition", "reserve", "photos", NULL);
	slice.order_line_id = document_int64(line, "order_line_id");
	slice.quantity = document_quantity(line, "quantity");
	slice.condition = document_text(line, "condition");
	if (strcmp(slice.condition, "with_reserves") == 0)
		read_reserve(line, &slice);
	else if (strcmp(slice.condition, "conform") != 0)
		document_refuse(line, "condition", psprintf("\"%.40s\" is not known.", slice.condition),
						"It is conform, or with_reserves.");
	else if (document_has(line, "reserve"))
		document_refuse(line, "reserve", "Goods that are conform have no reserve.",
						"Write with_reserves, or leave the reserve out.");
	if (document_has(line, "photos"))
	{
		check_photos(line);
		slice.photos = document_jsonb_or_null(line, "photos");
	}
	return slice;
}

/*
 * ---- which parcels a line came in ----
 */

static void
refuse_quantity(Call *call, const ReceiptSlice *wanted, int64 parcel_id, Numeric found, Numeric in_transit)
{
	OrderLine  *line = order_line_get(call, wanted->order_line_id);
	bool		missing = wanted->reserve_kind != NULL && strcmp(wanted->reserve_kind, "missing") == 0;

	ereport(ERROR,
			errcode(MK_RECEIPT),
			errmsg("more than awaits receipt of order line %lld%s", (long long) line->id,
				   parcel_id == 0 ? "" : " in the parcel"),
			errdetail("Asked: %s. Awaiting receipt: %s, of which in transit: %s. The line: ordered %s, shipped %s, "
					  "delivered %s, accepted %s.",
					  decimal_to_cstring(wanted->quantity), decimal_to_cstring(found), decimal_to_cstring(in_transit),
					  decimal_to_cstring(line->quantity), decimal_to_cstring(line->shipped),
					  decimal_to_cstring(line->delivered),
					  decimal_to_cstring(line->accepted)),
			missing ? errhint("Goods can be missing only from a parcel that was delivered.") :
			errhint("Confirm what awaits receipt (view receipt_status); what was accepted already, by silence too, "
					"is for a dispute."));
}

/* What earlier lines of the same document have taken of it. */
static Numeric
taken(List *slices, int64 parcel_id, int64 order_line_id)
{
	Numeric		sum = decimal_from_int64(0);
	ListCell   *cell;

	foreach(cell, slices)
	{
		ReceiptSlice *slice = lfirst(cell);

		if (slice->parcel_id == parcel_id && slice->order_line_id == order_line_id)
			sum = decimal_add(sum, slice->quantity);
	}
	return sum;
}

/* Delivered parcels first, the oldest before the others, then those in transit. */
static List *
allocate(Call *call, int64 order_id, int64 parcel_id, const ReceiptSlice *wanted, List *slices)
{
	static Statement candidates = STATEMENT("illl",
		"SELECT c.parcel_id, c.position = 'in_transit', c.quantity - c.accepted - c.disputed, s.seller_order_id, "
		"s.seller_id FROM marketplace.parcel_contents c JOIN marketplace.parcels p ON p.marketplace_id = "
		"c.marketplace_id AND p.id = c.parcel_id JOIN marketplace.shipments s ON s.marketplace_id = c.marketplace_id "
		"AND s.id = c.shipment_id WHERE c.marketplace_id = $1 AND c.order_line_id = $2 AND p.order_id = $3 AND ($4 "
		"IS NULL OR c.parcel_id = $4) AND c.position IN ('delivered', 'in_transit') AND c.accepted + c.disputed < "
		"c.quantity ORDER BY c.position = 'in_transit', COALESCE(p.delivered_at, p.received_at, s.handed_over_at), "
		"c.parcel_id");
	Rows		rows = query_rows(&candidates, VALUES(value_int32(call->marketplace_id),
													  value_int64(wanted->order_line_id),
													  value_int64(order_id), value_id(parcel_id)));
	bool		missing = wanted->reserve_kind != NULL && strcmp(wanted->reserve_kind, "missing") == 0;
	Numeric		left = wanted->quantity;
	Numeric		found = decimal_from_int64(0);
	Numeric		in_transit = decimal_from_int64(0);

	for (uint64 i = 0; i < rows.count; i++)
	{
		const Row  *row = &rows.rows[i];
		Numeric		there = decimal_sub(row_numeric(row, 2), taken(slices, row_int64(row, 0), wanted->order_line_id));
		ReceiptSlice *slice;

		if (decimal_sign(there) <= 0)
			continue;
		found = decimal_add(found, there);
		if (row_bool(row, 1))
			in_transit = decimal_add(in_transit, there);
		if (decimal_sign(left) == 0 || (missing && row_bool(row, 1)))
			continue;
		slice = palloc(sizeof(ReceiptSlice));
		*slice = *wanted;
		slice->parcel_id = row_int64(row, 0);
		slice->seller_order_id = row_int64(row, 3);
		slice->seller_id = row_int64(row, 4);
		slice->quantity = decimal_min(left, there);
		left = decimal_sub(left, slice->quantity);
		slices = lappend(slices, slice);
	}
	if (decimal_sign(left) > 0)
		refuse_quantity(call, wanted, parcel_id, found, in_transit);
	return slices;
}

/* The buyer has something of the parcel in hand: it has arrived, whatever the carrier says (LG-29). */
static void
prove_arrival(Call *call, List *slices, TimestampTz received_at)
{
	static Statement received = STATEMENT("ilz",
		"UPDATE marketplace.parcels SET received_at = LEAST(received_at, $3) WHERE marketplace_id = $1 AND id = $2");
	ListCell   *cell;

	foreach(cell, slices)
	{
		ReceiptSlice *slice = lfirst(cell);

		if (slice->reserve_kind != NULL && strcmp(slice->reserve_kind, "missing") == 0)
			continue;
		(void) logistics_execute(&received, VALUES(value_int32(call->marketplace_id), value_int64(slice->parcel_id),
												   value_timestamptz(received_at)));
		parcel_contents_move(call, parcel_get(call, slice->parcel_id), "delivered", received_at, "receipt");
	}
}

static void
require_lines_of_order(Call *call, int64 order_id, int64 parcel_id, int64 order_line_id)
{
	OrderLine  *line = order_line_get(call, order_line_id);

	if (line->order_id != order_id)
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("order line %lld is not a line of order %lld", (long long) order_line_id,
					   (long long) order_id),
				errdetail("It is a line of another order."),
				errhint("Confirm each order by itself."));
	if (parcel_id != 0 && parcel_get(call, parcel_id)->order_id != order_id)
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("parcel %lld is not of order %lld", (long long) parcel_id, (long long) order_id),
				errdetail("It belongs to another order."),
				errhint("Leave parcel_id out, or give a parcel of the order."));
}

/* When the goods were received: now, unless the document says when. */
static TimestampTz
read_received_at(Call *call, const Document *document, int64 order_id)
{
	TimestampTz placed_at = order_placed_at(call, order_id);
	TimestampTz received_at = call->now;

	if (document_has(document, "received_at"))
		received_at = document_timestamptz(document, "received_at");
	if (received_at > call->now)
		document_refuse(document, "received_at", "It is in the future.", "Confirm once the goods are there.");
	if (received_at < placed_at)
		ereport(ERROR,
				errcode(MK_RECEIPT),
				errmsg("goods are not received before they are ordered"),
				errdetail("Received at %s, order %lld was placed at %s.", pstrdup(timestamptz_to_str(received_at)),
						  (long long) order_id, pstrdup(timestamptz_to_str(placed_at))),
				errhint("Correct received_at, or leave it out: then it is now."));
	return received_at;
}

static int64
confirm_receipt(Call *call, Jsonb *json)
{
	Document	document = document_root(json);
	Document	lines;
	int64		order_id;
	int64		parcel_id;
	int64		buyer_id;
	CurrencyCode currency;
	TimestampTz received_at;
	List	   *slices = NIL;

	document_only(&document, "order_id", "parcel_id", "received_at", "lines", NULL);
	order_id = document_int64(&document, "order_id");
	order_get(call, order_id, &buyer_id, &currency);
	access_require(call, CAPACITY_OPERATOR | CAPACITY_BUYER, buyer_id);
	parcel_id = document_int64_or(&document, "parcel_id", 0);
	received_at = read_received_at(call, &document, order_id);
	lines = document_array(&document, "lines");
	if (document_length(&lines) == 0)
		document_refuse(&document, "lines", "It is empty.", "Say which lines were received.");
	order_lock(call, order_id);
	(void) receipt_deem_order(call, order_id);
	for (int i = 0; i < document_length(&lines); i++)
	{
		Document	line = document_item(&lines, i);
		ReceiptSlice wanted = read_line(&line);

		require_lines_of_order(call, order_id, parcel_id, wanted.order_line_id);
		slices = allocate(call, order_id, parcel_id, &wanted, slices);
	}
	prove_arrival(call, slices, received_at);
	return receipt_write(call, order_id, buyer_id, false, received_at, slices);
}

PG_FUNCTION_INFO_V1(receipt_confirm);
Datum
receipt_confirm(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = confirm_receipt(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}
