/*
 * receipt.c
 *		receipt_confirm(): what the buyer says of what it received, per line and quantity (logistics rule book §5), and
 *		the writing of receipts of every kind.
 *
 * A carrier's delivered event proves the arrival of a parcel, never its conformity (LG-29); the buyer's receipt
 * proves both. So a buyer may confirm before the carrier reports: the receipt then moves the parcel's contents to
 * delivered itself. What silence has accepted already is not the buyer's to receive again (LG-30); acceptance by
 * silence is in receipt_deemed.c. What is not accepted is disputed, or, while the carrier has the goods, denied; its
 * money is held before anything is released by the same call (receipt_objection.c).
 */
#include "postgres.h"

#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "logistics/receipt.h"
#include "orders/orders.h"

/*
 * ---- writing a receipt ----
 */

static void
insert_receipt(Call *call, Receipt *receipt)
{
	static Statement insert = STATEMENT("illtzzt",
		"INSERT INTO marketplace.receipts (marketplace_id, order_id, buyer_id, how, received_at, recorded_at, "
		"recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id");
	Row			row;

	if (!logistics_row(&insert, VALUES(value_int32(call->marketplace_id), value_int64(receipt->order_id),
									   value_int64(receipt->buyer_id), value_text(receipt->how),
									   value_timestamptz(receipt->received_at), value_timestamptz(call->now),
									   value_text(call_actor())), &row))
		elog(ERROR, "a receipt was not written");
	receipt->id = row_int64(&row, 0);
}

static int
by_seller(const ListCell *left, const ListCell *right)
{
	const ReceiptSlice *a = lfirst(left);
	const ReceiptSlice *b = lfirst(right);

	return a->seller_id != b->seller_id ? (a->seller_id > b->seller_id) - (a->seller_id < b->seller_id) :
		a->position - b->position;
}

/* Wallets are locked in the order of their sellers. */
static void
hold_objections(Call *call, const Receipt *receipt, List *slices)
{
	List	   *sorted = list_copy(slices);
	ListCell   *cell;

	list_sort(sorted, by_seller);
	foreach(cell, sorted)
	{
		ReceiptSlice *slice = lfirst(cell);

		if (slice->objection != NULL)
			slice->hold_id = objection_hold(call, slice->order_line_id, slice->quantity,
											objection_slice_name(receipt->id, slice->position), slice->objection);
	}
}

/* The buyer has something of the parcel in hand: it has arrived, whatever the carrier says (LG-29). */
static void
prove_arrival(Call *call, const Receipt *receipt, List *slices)
{
	static Statement received = STATEMENT("ilz",
		"UPDATE marketplace.parcels SET received_at = LEAST(received_at, $3) WHERE marketplace_id = $1 AND id = $2");
	ListCell   *cell;

	foreach(cell, slices)
	{
		ReceiptSlice *slice = lfirst(cell);

		if (!receipt_proves_arrival(slice))
			continue;
		(void) logistics_execute(&received, VALUES(value_int32(call->marketplace_id), value_int64(slice->parcel_id),
												   value_timestamptz(receipt->received_at)));
		parcel_contents_move(call, parcel_get(call, slice->parcel_id), "delivered", receipt->received_at, "receipt");
	}
}

void
content_settle(Call *call, int64 parcel_id, int64 order_line_id, Numeric accepted, Numeric disputed, Numeric denied)
{
	static Statement settle = STATEMENT("illnnn",
		"UPDATE marketplace.parcel_contents SET accepted = accepted + COALESCE($4, 0), disputed = disputed + "
		"COALESCE($5, 0), denied = denied + COALESCE($6, 0) WHERE marketplace_id = $1 AND parcel_id = $2 AND "
		"order_line_id = $3");

	(void) logistics_execute(&settle, VALUES(value_int32(call->marketplace_id), value_int64(parcel_id),
											 value_int64(order_line_id), value_numeric(accepted),
											 value_numeric(disputed), value_numeric(denied)));
}

/* Returns the movement, 0 when none is made. */
static int64
move_quantity(Call *call, const Receipt *receipt, const ReceiptSlice *slice)
{
	Numeric		less = decimal_sub(decimal_from_int64(0), slice->quantity);

	if (slice->undelivered)
	{
		content_settle(call, slice->parcel_id, slice->order_line_id, NULL, NULL, slice->quantity);
		return 0;
	}
	if (slice->objection != NULL)
		content_settle(call, slice->parcel_id, slice->order_line_id, NULL, slice->quantity, NULL);
	else
		content_settle(call, slice->parcel_id, slice->order_line_id, slice->quantity,
					   slice->objection_id != 0 ? less : NULL, NULL);
	return quantity_move(call, slice->order_line_id,
						 slice->objection != NULL ? QUANTITY_DISPUTE :
						 slice->objection_id != 0 ? QUANTITY_UNDISPUTE : QUANTITY_ACCEPT,
						 slice->quantity, slice->parcel_id, receipt->received_at);
}

static void
insert_evidence(Call *call, const Receipt *receipt, const ReceiptSlice *slice)
{
	static Statement insert = STATEMENT("ilillj",
		"INSERT INTO marketplace.receipt_evidence (marketplace_id, receipt_id, position, buyer_id, seller_id, sha256, "
		"uri) SELECT $1, $2, $3, $4, $5, pg_catalog.lower(e ->> 'sha256'), e ->> 'uri' "
		"FROM pg_catalog.jsonb_array_elements($6) WITH ORDINALITY AS items (e, n) ORDER BY n");

	if (slice->photos != NULL)
		(void) logistics_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(receipt->id),
												 value_int32(slice->position), value_int64(receipt->buyer_id),
												 value_int64(slice->seller_id), value_jsonb(slice->photos)));
}

static void
insert_line(Call *call, const Receipt *receipt, const ReceiptSlice *slice)
{
	static Statement insert = STATEMENT("ilillllnntttll",
		"INSERT INTO marketplace.receipt_lines (marketplace_id, receipt_id, position, order_line_id, parcel_id, "
		"buyer_id, seller_id, quantity, surplus, condition, reserve_kind, reserve_text, objection_id, movement_id) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)");
	bool		reserve = strcmp(slice->condition, "with_reserves") == 0;
	int64		movement = move_quantity(call, receipt, slice);

	(void) logistics_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(receipt->id),
											 value_int32(slice->position), value_int64(slice->order_line_id),
											 value_int64(slice->parcel_id), value_int64(receipt->buyer_id),
											 value_int64(slice->seller_id), value_numeric(slice->quantity),
											 value_numeric(slice->surplus), value_text(slice->condition),
											 value_text(reserve ? slice->objection : NULL),
											 value_text(slice->statement), value_id(slice->objection_id),
											 value_id(movement)));
	insert_evidence(call, receipt, slice);
	if (slice->objection != NULL)
		objection_insert(call, receipt, slice, movement);
}

/* condition NULL: what was accepted */
static void
emit_receipt(Call *call, const Receipt *receipt, const char *type, const char *how, List *slices, const char *condition)
{
	JsonbParseState *payload;
	List	   *lines = NIL;
	const char *kind = NULL;	/* of what is objected to; "other" where they differ */
	ListCell   *cell;

	foreach(cell, slices)
	{
		ReceiptSlice *slice = lfirst(cell);

		if (condition == NULL ? slice->objection != NULL : strcmp(slice->condition, condition) != 0)
			continue;
		lines = event_line_add(lines, slice->order_line_id, slice->seller_order_id, slice->quantity);
		if (slice->objection != NULL)
			kind = kind == NULL || strcmp(kind, slice->objection) == 0 ? slice->objection : "other";
	}
	if (lines == NIL)
		return;
	payload_begin(&payload);
	payload_int64(&payload, "receipt_id", receipt->id);
	payload_int64(&payload, "order_id", receipt->order_id);
	payload_text(&payload, "how", how);
	if (kind != NULL)
		payload_text(&payload, "reserve_kind", kind);
	payload_lines(&payload, lines);
	(void) event_emit(call, "order", receipt->order_id, type, &payload);
}

void
receipt_write(Call *call, Receipt *receipt, List *slices)
{
	bool		confirmed = strcmp(receipt->how, "confirmed") == 0;
	int			position = 0;
	ListCell   *cell;

	insert_receipt(call, receipt);
	foreach(cell, slices)
		((ReceiptSlice *) lfirst(cell))->position = ++position;
	hold_objections(call, receipt, slices);
	if (confirmed)
		prove_arrival(call, receipt, slices);
	foreach(cell, slices)
		insert_line(call, receipt, lfirst(cell));
	foreach(cell, slices)
		receipt_refresh_due(call, parcel_get(call, ((ReceiptSlice *) lfirst(cell))->parcel_id));
	emit_receipt(call, receipt, "receipt.accepted", confirmed ? "conform" : receipt->how, slices, NULL);
	emit_receipt(call, receipt, "receipt.reserved", "with_reserves", slices, "with_reserves");
	emit_receipt(call, receipt, "receipt.not_received", "not_received", slices, "not_received");
	emit_receipt(call, receipt, "receipt.refused", "refused", slices, "refused");
}

/*
 * ---- the buyer's document ----
 */

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
	Receipt		receipt = {.how = "confirmed"};
	CurrencyCode currency;

	document_only(&document, "order_id", "parcel_id", "received_at", "lines", NULL);
	receipt.order_id = document_int64(&document, "order_id");
	order_get(call, receipt.order_id, &receipt.buyer_id, &currency);
	access_require(call, CAPACITY_OPERATOR | CAPACITY_BUYER, receipt.buyer_id);
	receipt.received_at = read_received_at(call, &document, receipt.order_id);
	order_lock(call, receipt.order_id);
	(void) receipt_deem_order(call, receipt.order_id);
	receipt_write(call, &receipt, receipt_read_lines(call, &document, receipt.order_id));
	return receipt.id;
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
