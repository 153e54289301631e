/*
 * receipt_undo.c
 *		Taking receipts back: the buyer its own, within a while (receipt_withdraw()), and what stood on a delivery that
 *		the carrier takes back (LG-24): acceptance by silence, and objections that nobody has decided.
 *
 * A receipt is taken back whole or not at all: its movements are undone, the rows stay. Money that was released by it
 * is not fetched back; what the seller has got by it is held where policy lg.void_after_release says so
 * (parcel.delivery_voided, receipt.withdrawn).
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "logistics/receipt.h"
#include "orders/orders.h"

/* order line, parcel, quantity, movement, seller order, objection raised by the line, and by whose end it accepts */
static Rows
lines_of_receipt(Call *call, int64 receipt_id)
{
	static Statement get = STATEMENT("il",
		"SELECT l.order_line_id, l.parcel_id, l.quantity, l.movement_id, s.seller_order_id, o.id, l.objection_id "
		"FROM marketplace.receipt_lines l "
		"JOIN marketplace.parcels p ON p.marketplace_id = l.marketplace_id AND p.id = l.parcel_id "
		"JOIN marketplace.shipments s ON s.marketplace_id = p.marketplace_id AND s.id = p.shipment_id "
		"LEFT JOIN marketplace.receipt_objections o ON o.marketplace_id = l.marketplace_id AND o.receipt_id = "
		"l.receipt_id AND o.position = l.position "
		"WHERE l.marketplace_id = $1 AND l.receipt_id = $2 ORDER BY l.position");

	return query_rows(&get, VALUES(value_int32(call->marketplace_id), value_int64(receipt_id)));
}

static Numeric
minus(Numeric quantity)
{
	return decimal_sub(decimal_from_int64(0), quantity);
}

/* Is what the receipt accepted still with the buyer? Goods that went back are not. */
static bool
still_accepted(Call *call, const Rows *lines)
{
	for (uint64 i = 0; i < lines->count; i++)
	{
		Numeric		sum = decimal_from_int64(0);
		int64		order_line_id = row_int64(&lines->rows[i], 0);

		for (uint64 j = 0; j < lines->count; j++)
			if (row_int64(&lines->rows[j], 0) == order_line_id && row_null(&lines->rows[j], 5))
				sum = decimal_add(sum, row_numeric(&lines->rows[j], 2));
		if (decimal_cmp(sum, order_line_get(call, order_line_id)->accepted) > 0)
			return false;
	}
	return true;
}

/* Undoes one line: what it accepted awaits again. Its objection, if it raised one, is undone by undo_objection(). */
static void
undo_acceptance(Call *call, const Row *line)
{
	content_settle(call, row_int64(line, 1), row_int64(line, 0), minus(row_numeric(line, 2)), NULL, NULL);
	(void) quantity_reverse(call, row_int64(line, 3), call->now);
}

static void
undo_objection(Call *call, const Objection *objection)
{
	if (!objection->delivered)
	{
		content_settle(call, objection->parcel_id, objection->order_line_id, NULL, NULL, minus(objection->quantity));
		return;
	}
	content_settle(call, objection->parcel_id, objection->order_line_id, NULL, minus(objection->quantity), NULL);
	(void) quantity_reverse(call, objection->movement_id, call->now);
}

/* Nobody has decided anything of it, and the goods have not gone back. */
static bool
is_untouched(Call *call, const Objection *objection)
{
	return decimal_cmp(objection->open, objection->quantity) == 0 && objection->return_movement_id == 0 &&
		(!objection->delivered ||
		 decimal_cmp(order_line_get(call, objection->order_line_id)->disputed, objection->quantity) >= 0);
}

static void
mark_withdrawn(Call *call, int64 receipt_id, const char *reason)
{
	static Statement mark = STATEMENT("ilztt",
		"UPDATE marketplace.receipts SET withdrawn_at = $3, withdrawn_by = $4, withdrawal_reason = $5 "
		"WHERE marketplace_id = $1 AND id = $2");

	(void) logistics_execute(&mark, VALUES(value_int32(call->marketplace_id), value_int64(receipt_id),
										   value_timestamptz(call->now), value_text(call_actor()), value_text(reason)));
}

/* lines: acceptances of goods that still count as delivered; of others parcel.delivery_voided tells. */
static void
tell_withdrawn(Call *call, int64 receipt_id, int64 order_id, List *lines, const char *reason)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "receipt_id", receipt_id);
	payload_int64(&payload, "order_id", order_id);
	payload_text(&payload, "reason", reason);
	payload_lines(&payload, lines);
	(void) event_emit(call, "order", order_id, "receipt.withdrawn", &payload);
}

/*
 * ---- the carrier takes its delivery back ----
 */

static Rows
silent_receipts(Call *call, int64 parcel_id)
{
	static Statement get = STATEMENT("il",
		"SELECT DISTINCT r.id FROM marketplace.receipts r JOIN marketplace.receipt_lines l ON l.marketplace_id = "
		"r.marketplace_id AND l.receipt_id = r.id WHERE r.marketplace_id = $1 AND l.parcel_id = $2 AND r.how = 'deemed' "
		"AND r.withdrawn_at IS NULL ORDER BY r.id");

	return query_rows(&get, VALUES(value_int32(call->marketplace_id), value_int64(parcel_id)));
}

/* Does silence, and what the buyer still objects to, account for all that has been settled of the parcel? */
static bool
stands_on_delivery_only(Call *call, const Parcel *parcel, const Rows *receipts, List *objections)
{
	Numeric		settled = decimal_from_int64(0);
	Contents	contents = parcel_contents(call, parcel->id);
	ListCell   *cell;

	for (int i = 0; i < contents.count; i++)
	{
		const Content *content = &contents.rows[i];
		OrderLine  *line = order_line_get(call, content->order_line_id);

		/* what went back as a return is not the buyer's to lose */
		if (decimal_cmp(content->accepted, line->accepted) > 0 || decimal_cmp(content->disputed, line->disputed) > 0)
			return false;
		settled = decimal_add(settled, decimal_add(content->accepted, content->disputed));
	}
	for (uint64 r = 0; r < receipts->count; r++)
	{
		Rows		lines = lines_of_receipt(call, row_int64(&receipts->rows[r], 0));

		for (uint64 i = 0; i < lines.count; i++)
			settled = decimal_sub(settled, row_numeric(&lines.rows[i], 2));
	}
	foreach(cell, objections)
		settled = decimal_sub(settled, ((Objection *) lfirst(cell))->quantity);
	return decimal_sign(settled) == 0;
}

bool
receipt_undo_delivery(Call *call, const Parcel *parcel, List **overtaken)
{
	Rows		receipts = silent_receipts(call, parcel->id);
	ListCell   *cell;

	*overtaken = NIL;
	foreach(cell, objections_of_parcel(call, parcel->id))
	{
		Objection  *objection = lfirst(cell);

		if (!objection->delivered || decimal_sign(objection->open) == 0)
			continue;
		if (!is_untouched(call, objection))
			return false;
		*overtaken = lappend(*overtaken, objection);
	}
	if (!stands_on_delivery_only(call, parcel, &receipts, *overtaken))
		return false;
	for (uint64 r = 0; r < receipts.count; r++)
	{
		int64		receipt_id = row_int64(&receipts.rows[r], 0);
		Rows		lines = lines_of_receipt(call, receipt_id);

		for (uint64 i = 0; i < lines.count; i++)
			undo_acceptance(call, &lines.rows[i]);
		mark_withdrawn(call, receipt_id, "the carrier took its delivery back");
		tell_withdrawn(call, receipt_id, parcel->order_id, NIL, "the carrier took its delivery back");
	}
	foreach(cell, *overtaken)
		undo_objection(call, lfirst(cell));
	return true;
}

void
objections_overtaken(Call *call, List *objections, const char *reason)
{
	ListCell   *cell;

	foreach(cell, objections)
	{
		Objection  *objection = lfirst(cell);

		objection_end(call, objection, "overtaken", objection->open, 0, reason);
	}
}

/*
 * ---- receipt_withdraw() ----
 */

typedef struct Withdrawal
{
	int64		id;
	int64		order_id;
	int64		buyer_id;
	const char *how;
	bool		withdrawn;
	TimestampTz recorded_at;
} Withdrawal;

static Withdrawal
receipt_get(Call *call, int64 receipt_id)
{
	static Statement get = STATEMENT("il",
		"SELECT order_id, buyer_id, how, withdrawn_at IS NOT NULL, recorded_at FROM marketplace.receipts WHERE "
		"marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(receipt_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no receipt %lld", (long long) receipt_id),
				errdetail("Marketplace %d has none with this id.", call->marketplace_id),
				errhint("See marketplace.receipt_overview."));
	return (Withdrawal) {receipt_id, row_int64(&row, 0), row_int64(&row, 1), row_text(&row, 2), row_bool(&row, 3),
						 row_timestamptz(&row, 4)};
}

/* lg.receipt_correction_window after it was recorded, and never after the inspection of one of its parcels. */
static TimestampTz
withdraw_until(Call *call, const Withdrawal *receipt)
{
	static Statement inspection = STATEMENT("il",
		"SELECT pg_catalog.min(p.inspection_until) FROM marketplace.receipt_lines l JOIN marketplace.parcels p ON "
		"p.marketplace_id = l.marketplace_id AND p.id = l.parcel_id WHERE l.marketplace_id = $1 AND l.receipt_id = $2");
	PolicyScope scope = {.order_id = receipt->order_id, .buyer_id = receipt->buyer_id};
	PolicyDuration window = policy_duration(call, "lg.receipt_correction_window", &scope);
	Marketplace *marketplace = marketplace_get(call);
	TimestampTz until = calendar_deadline(receipt->recorded_at, window.n, window.unit, marketplace->calendar,
										  marketplace->time_zone);
	Row			row;

	if (query_row(&inspection, VALUES(value_int32(call->marketplace_id), value_int64(receipt->id)), &row) &&
		!row_null(&row, 0))
		until = Min(until, row_timestamptz(&row, 0));
	return until;
}

static void
require_withdrawable(Call *call, const Withdrawal *receipt)
{
	TimestampTz until;

	if (receipt->withdrawn)
		ereport(ERROR,
				errcode(MK_RECEIPT),
				errmsg("receipt %lld has been taken back already", (long long) receipt->id),
				errdetail("Nothing was done a second time."),
				errhint("Give a request key to calls that may be repeated."));
	if (strcmp(receipt->how, "confirmed") != 0)
		ereport(ERROR,
				errcode(MK_RECEIPT),
				errmsg("receipt %lld is not one that the buyer gave", (long long) receipt->id),
				errdetail("It is %s: it follows from silence, or from the end of an objection.", receipt->how),
				errhint("What was accepted so is for a dispute."));
	until = withdraw_until(call, receipt);
	if (call->now > until)
		ereport(ERROR,
				errcode(MK_RECEIPT),
				errmsg("receipt %lld can no longer be taken back", (long long) receipt->id),
				errdetail("The last instant was %s (lg.receipt_correction_window, and the end of the inspection).",
						  pstrdup(timestamptz_to_str(until))),
				errhint("What was wrongly accepted is for a dispute; an objection can still be withdrawn: "
						"marketplace.receipt_objection_withdraw()."));
}

static void
refuse_decided(const Withdrawal *receipt)
{
	ereport(ERROR,
			errcode(MK_RECEIPT),
			errmsg("receipt %lld has been built upon", (long long) receipt->id),
			errdetail("Goods of it went back to the seller, or an objection in it has been decided."),
			errhint("Settle what is left: marketplace.receipt_objections lists what is open."));
}

static List *
own_objections(Call *call, const Withdrawal *receipt, const Rows *lines)
{
	List	   *own = NIL;

	for (uint64 i = 0; i < lines->count; i++)
	{
		Objection  *objection;

		if (row_null(&lines->rows[i], 5))
			continue;
		objection = objection_get(call, row_int64(&lines->rows[i], 5));
		if (!is_untouched(call, objection))
			refuse_decided(receipt);
		own = lappend(own, objection);
	}
	if (!still_accepted(call, lines))
		refuse_decided(receipt);
	return own;
}

/* What of the buyer's word is left proves the arrival, or nothing does. */
static void
reprove_arrival(Call *call, int64 parcel_id)
{
	static Statement prove = STATEMENT("il",
		"UPDATE marketplace.parcels p SET received_at = (SELECT pg_catalog.min(r.received_at) FROM "
		"marketplace.receipt_lines l JOIN marketplace.receipts r ON r.marketplace_id = l.marketplace_id AND r.id = "
		"l.receipt_id WHERE l.marketplace_id = $1 AND l.parcel_id = $2 AND r.withdrawn_at IS NULL AND r.how IN "
		"('confirmed', 'decided') AND (l.condition = 'conform' OR l.condition = 'with_reserves' AND l.reserve_kind <> "
		"'missing')) WHERE p.marketplace_id = $1 AND p.id = $2");

	(void) logistics_execute(&prove, VALUES(value_int32(call->marketplace_id), value_int64(parcel_id)));
	tracking_apply(call, parcel_get(call, parcel_id));
}

static List *
accepted_and_delivered(Call *call, const Rows *lines)
{
	static Statement delivered = STATEMENT("ill",
		"SELECT FROM marketplace.parcel_contents WHERE marketplace_id = $1 AND parcel_id = $2 AND order_line_id = $3 AND "
		"position = 'delivered'");
	List	   *accepted = NIL;

	for (uint64 i = 0; i < lines->count; i++)
	{
		const Row  *line = &lines->rows[i];

		if (row_null(line, 5) && query_execute(&delivered, VALUES(value_int32(call->marketplace_id), row_value(line, 1),
																  row_value(line, 0))) > 0)
			accepted = event_line_add(accepted, row_int64(line, 0), row_int64(line, 4), row_numeric(line, 2));
	}
	return accepted;
}

static int64
withdraw_receipt(Call *call, int64 receipt_id, const char *reason)
{
	Withdrawal	receipt = receipt_get(call, receipt_id);
	List	   *objections;
	ListCell   *cell;
	Rows		lines;

	access_require(call, CAPACITY_OPERATOR | CAPACITY_BUYER, receipt.buyer_id);
	order_lock(call, receipt.order_id);
	receipt = receipt_get(call, receipt_id);
	require_withdrawable(call, &receipt);
	lines = lines_of_receipt(call, receipt_id);
	objections = own_objections(call, &receipt, &lines);
	for (uint64 i = 0; i < lines.count; i++)
		if (row_null(&lines.rows[i], 5))
			undo_acceptance(call, &lines.rows[i]);
	foreach(cell, objections)
		undo_objection(call, lfirst(cell));
	mark_withdrawn(call, receipt_id, reason);
	for (uint64 i = 0; i < lines.count; i++)
		reprove_arrival(call, row_int64(&lines.rows[i], 1));
	tell_withdrawn(call, receipt_id, receipt.order_id, accepted_and_delivered(call, &lines), reason);
	foreach(cell, objections)
	{
		Objection  *objection = lfirst(cell);

		objection_end(call, objection, "withdrawn", objection->open, receipt_id, reason);
	}
	return receipt_id;
}

/* receipt_withdraw(marketplace_id, receipt_id, reason, request_key) */
PG_FUNCTION_INFO_V1(receipt_withdraw);
Datum
receipt_withdraw(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = withdraw_receipt(&call, call_int64(&call, 1), call_text(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}
