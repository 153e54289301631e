/*
 * tracking_apply.c
 *		Carries out what the fold of a parcel's events says: the parcel's row, the hand-over that a first scan
 *		implies, and the movements of quantities, as the DIFFERENCE between where the events have the contents and
 *		where the movements have them (LG-10, LG-24).
 *
 * Applying twice, or after any permutation of the events, ends the same.
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "logistics/receipt.h"
#include "orders/orders.h"

Value
value_instant(TimestampTz at)
{
	return at == DT_NOBEGIN ? value_null() : value_timestamptz(at);
}

static TimestampTz
row_instant(const Row *row, int column)
{
	return row_null(row, column) ? DT_NOBEGIN : row_timestamptz(row, column);
}

static bool
is(const char *position, const char *name)
{
	return strcmp(position, name) == 0;
}

FoldEvent
fold_event(const Row *row)
{
	return (FoldEvent) {
		.id = row_int64(row, 0),
		.source = row_text(row, 1),
		.event_key = row_text(row, 2),
		.source_event_id = row_text(row, 3),
		.state = row_text(row, 4),
		.rank = row_null(row, 5) ? 0 : row_int32(row, 5),
		.occurred_at = row_timestamptz(row, 6),
		.signed_by = row_text(row, 7),
		.corrects_source = row_text(row, 8),
		.corrects_event_id = row_text(row, 9),
		.quarantine = row_text(row, 10)
	};
}

FoldEvent *
tracking_events(Call *call, int64 parcel_id, int *count)
{
	static Statement get = STATEMENT("il",
		"SELECT e.id, e.source, e.event_key, e.source_event_id, m.state, m.rank, e.occurred_at, e.signed_by, "
		"e.corrects_source, e.corrects_event_id, e.quarantine FROM marketplace.tracking_events e JOIN "
		"marketplace.tracking_event_meanings m ON m.marketplace_id = e.marketplace_id AND m.parcel_id = e.parcel_id "
		"AND m.tracking_event_id = e.id WHERE e.marketplace_id = $1 AND e.parcel_id = $2");
	Rows		rows = query_rows(&get, VALUES(value_int32(call->marketplace_id), value_int64(parcel_id)));
	FoldEvent  *events = palloc0(Max(rows.count, 1) * sizeof(FoldEvent));

	for (uint64 i = 0; i < rows.count; i++)
		events[i] = fold_event(&rows.rows[i]);
	*count = (int) rows.count;
	return events;
}

/*
 * ---- quantities ----
 */

static QuantityMovement
movement_to(const char *position)
{
	if (is(position, "delivered"))
		return QUANTITY_DELIVER;
	return is(position, "lost") ? QUANTITY_LOSE : QUANTITY_SEND_BACK;
}

static void
emit_moved(Call *call, const Parcel *parcel, const char *type, List *lines, TimestampTz at, const char *proof)
{
	JsonbParseState *payload;

	if (lines == NIL)
		return;
	payload_begin(&payload);
	payload_int64(&payload, "parcel_id", parcel->id);
	payload_int64(&payload, "shipment_id", parcel->shipment_id);
	payload_int64(&payload, "order_id", parcel->order_id);
	payload_int64(&payload, "seller_order_id", parcel->seller_order_id);
	if (proof != NULL)
	{
		payload_timestamptz(&payload, "delivered_at", at);
		payload_text(&payload, "proof", proof);
	}
	payload_lines(&payload, lines);
	(void) event_emit(call, "order", parcel->order_id, type, &payload);
}

void
parcel_contents_move(Call *call, const Parcel *parcel, const char *position, TimestampTz at, const char *proof)
{
	Contents	contents = parcel_contents(call, parcel->id);
	List	   *arrived = NIL;
	List	   *left = NIL;
	List	   *ended = NIL;
	List	   *found = NIL;

	for (int i = 0; i < contents.count; i++)
	{
		Content    *content = &contents.rows[i];
		bool		settled = decimal_sign(decimal_add(content->accepted, content->disputed)) > 0;

		if (is(content->position, position) || is(content->position, "prepared") || is(content->position, "voided"))
			continue;
		if (is(content->position, "delivered"))
		{
			/* what has been received cannot be undelivered: see contest() */
			if (settled)
				continue;
			left = event_line_add(left, content->order_line_id, parcel->seller_order_id, content->quantity);
		}
		else if (!is(content->position, "in_transit"))
			found = event_line_add(found, content->order_line_id, parcel->seller_order_id, content->quantity);
		if (!is(content->position, "in_transit"))
		{
			(void) quantity_reverse(call, content->movement_id, at);
			content_place(call, content, "in_transit", 0);
		}
		if (!is(position, "in_transit"))
			content_place(call, content, position,
						  quantity_move(call, content->order_line_id, movement_to(position), content->quantity,
										parcel->id, at));
		if (is(position, "delivered"))
			arrived = event_line_add(arrived, content->order_line_id, parcel->seller_order_id, content->quantity);
		else if (!is(position, "in_transit"))
			ended = event_line_add(ended, content->order_line_id, parcel->seller_order_id, content->quantity);
	}
	emit_moved(call, parcel, "parcel.delivery_voided", left, at, NULL);
	emit_moved(call, parcel, "parcel.found", is(position, "in_transit") ? found : NIL, at, NULL);
	emit_moved(call, parcel, is(position, "lost") ? "parcel.lost" : "parcel.sent_back", ended, at, NULL);
	emit_moved(call, parcel, "parcel.delivered", arrived, at, proof);
	if (arrived != NIL)
		objections_on_delivered(call, parcel, at);
}

static void
move_undelivered(Call *call, const Parcel *parcel, const Fold *fold)
{
	if (fold->state != NULL && is(fold->state, "lost"))
		parcel_contents_move(call, parcel, "lost", fold->state_at, NULL);
	else if (fold->state != NULL && is(fold->state, "returned"))
		parcel_contents_move(call, parcel, "sent_back", fold->state_at, NULL);
	else
		parcel_contents_move(call, parcel, "in_transit", call->now, NULL);
}

/* The buyer's own receipt proves the arrival as the carrier does, and outlives a correction of the carrier. */
static void
move_to_fold(Call *call, const Parcel *parcel, const Fold *fold, bool settled, TimestampTz received_at)
{
	List	   *overtaken = NIL;

	if (fold->delivered_at != DT_NOBEGIN)
		parcel_contents_move(call, parcel, "delivered", fold->delivered_at, "carrier");
	else if (received_at != DT_NOBEGIN)
		parcel_contents_move(call, parcel, "delivered", received_at, "receipt");
	else
	{
		if (settled)
			(void) receipt_undo_delivery(call, parcel, &overtaken);
		move_undelivered(call, parcel, fold);
		objections_overtaken(call, overtaken, "the carrier took its delivery back");
	}
}

/*
 * ---- a delivery taken back after the receipt (LG-24) ----
 */

static void
set_contested(Call *call, const Parcel *parcel, bool contested)
{
	static Statement update = STATEMENT("ilb",
		"UPDATE marketplace.parcels SET contested = $3 WHERE marketplace_id = $1 AND id = $2");

	(void) logistics_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(parcel->id),
											 value_bool(contested)));
}

static void
contest(Call *call, const Parcel *parcel)
{
	Contents	contents = parcel_contents(call, parcel->id);
	List	   *settled = NIL;
	Problem		problem = {
		.kind = "delivery_contested",
		.object = psprintf("parcel:%lld", (long long) parcel->id),
		.shipment_id = parcel->shipment_id,
		.parcel_id = parcel->id,
		.detail = "the carrier took back its delivered event after the goods had been accepted or disputed; "
				  "quantities and money stay as they are"
	};

	for (int i = 0; i < contents.count; i++)
	{
		Numeric		received = decimal_add(contents.rows[i].accepted, contents.rows[i].disputed);

		if (decimal_sign(received) > 0)
			settled = event_line_add(settled, contents.rows[i].order_line_id, parcel->seller_order_id, received);
	}
	if (settled == NIL)
		return;
	set_contested(call, parcel, true);
	problem_record(call, &problem);
	emit_moved(call, parcel, "parcel.delivery_contested", settled, DT_NOBEGIN, NULL);
}

/*
 * ---- the parcel's row ----
 */

TimestampTz
tracking_silent_at(Call *call, const Parcel *parcel, const Fold *fold)
{
	PolicyScope scope = {.order_id = parcel->order_id, .seller_id = parcel->seller_id, .buyer_id = parcel->buyer_id};
	PolicyDuration silence;
	Marketplace *marketplace;

	if (fold->last_event_at == DT_NOBEGIN || fold_state_is_final(fold->state))
		return DT_NOBEGIN;
	silence = policy_duration(call, "lg.tracking_silence", &scope);
	marketplace = marketplace_get(call);
	return calendar_deadline(fold->last_event_at, silence.n, silence.unit, marketplace->calendar,
							 marketplace->time_zone);
}

static void
write_fold(Call *call, const Parcel *parcel, const Fold *fold)
{
	static Statement update = STATEMENT("iltzzztzb",
		"UPDATE marketplace.parcels SET state = $3, first_scan_at = $4, last_event_at = $5, delivered_at = $6, "
		"signed_by = $7, silent_at = $8, current = current AND NOT $9 WHERE marketplace_id = $1 AND id = $2 AND "
		"(state, first_scan_at, last_event_at, delivered_at, signed_by, silent_at) IS DISTINCT FROM ($3::text, "
		"$4::timestamptz, $5::timestamptz, $6::timestamptz, $7::text, $8::timestamptz)");

	(void) logistics_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(parcel->id),
											 value_text(fold->state),
											 value_instant(fold->first_scan_at), value_instant(fold->last_event_at),
											 value_instant(fold->delivered_at), value_text(fold->signed_by),
											 value_instant(tracking_silent_at(call, parcel, fold)),
											 value_bool(fold_state_is_final(fold->state))));
}

void
tracking_apply(Call *call, const Parcel *parcel)
{
	static Statement before = STATEMENT("il",
		"SELECT delivered_at, received_at, contested, EXISTS (SELECT FROM marketplace.parcel_contents c WHERE "
		"c.marketplace_id = $1 AND c.parcel_id = $2 AND c.accepted + c.disputed > 0), EXISTS (SELECT FROM "
		"marketplace.receipt_objections o WHERE o.marketplace_id = $1 AND o.parcel_id = $2 AND o.kind = 'refused' AND "
		"o.state = 'open') FROM marketplace.parcels WHERE marketplace_id = $1 AND id = $2");
	Row			row;
	TimestampTz was_delivered_at;
	bool		was_contested;
	int			count;
	FoldEvent  *events = tracking_events(call, parcel->id, &count);
	Fold		fold = tracking_fold(events, count);

	if (!query_row(&before, VALUES(value_int32(call->marketplace_id), value_int64(parcel->id)), &row))
		elog(ERROR, "parcel %lld is gone", (long long) parcel->id);
	was_delivered_at = row_instant(&row, 0);
	was_contested = row_bool(&row, 2);
	write_fold(call, parcel, &fold);
	if (fold.first_scan_at != DT_NOBEGIN)
		shipment_scanned(call, shipment_get(call, parcel->shipment_id), fold.first_scan_at);
	move_to_fold(call, parcel, &fold, row_bool(&row, 3), row_instant(&row, 1));
	if (row_bool(&row, 4))
		objections_on_way_back(call, parcel, fold.state != NULL && is(fold.state, "returned"),
							   fold.state_at == DT_NOBEGIN ? call->now : fold.state_at);
	if (was_delivered_at != DT_NOBEGIN && fold.delivered_at == DT_NOBEGIN && !was_contested)
		contest(call, parcel);
	if (was_contested && fold.delivered_at != DT_NOBEGIN)
	{
		set_contested(call, parcel, false);
		problem_resolve(call, "delivery_contested", psprintf("parcel:%lld", (long long) parcel->id));
	}
	receipt_refresh_due(call, parcel);
}
