/*
 * shipment.c
 *		The merchant axis of a shipment: label, hand-over (by the seller, or by the carrier's first scan) and void
 *		(logistics rule book §3).
 *
 * What the carrier says of its parcels is another axis: tracking_apply.c.
 */
#include "postgres.h"

#include "kernel/attempt.h"
#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/lifecycle.h"
#include "logistics/contract.h"
#include "logistics/return.h"
#include "logistics/tracking.h"
#include "orders/orders.h"

/* Checks who calls, locks the order, and reads the shipment again as it now is. */
static Shipment *
open_shipment(Call *call, int64 shipment_id)
{
	Shipment   *shipment = shipment_get(call, shipment_id);

	access_require(call, CAPACITY_OPERATOR | CAPACITY_SELLER, shipment->seller_id);
	if (shipment->is_return)
		ereport(ERROR,
				errcode(MK_SHIPMENT),
				errmsg("shipment %lld brings goods back", (long long) shipment_id),
				errdetail("It is the shipment of a return."),
				errhint("See marketplace.return_ship() and marketplace.return_cancel()."));
	order_lock(call, shipment->order_id);
	return shipment_get(call, shipment_id);
}

/* The lifecycle looks at changes of state; that there is one to make is seen to here. */
static void
require_change(const Shipment *shipment, const char *state)
{
	if (strcmp(shipment->state, state) != 0)
		return;
	ereport(ERROR,
			errcode(MK_TRANSITION_REFUSED),
			errmsg("shipment %lld is %s already", (long long) shipment->id, state),
			errdetail("Nothing was done a second time."),
			errhint("Give a request key to calls that may be repeated."));
}

static void
set_state(Call *call, const Shipment *shipment, const char *state, const char *event, const char *reason)
{
	static Statement update = STATEMENT("ilt",
		"UPDATE marketplace.shipments SET state = $3 WHERE marketplace_id = $1 AND id = $2");

	require_change(shipment, state);
	guard_open("logistics");
	(void) lifecycle_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(shipment->id),
											 value_text(state)),
							 event, reason);
	guard_close();
}

static void
begin_event(JsonbParseState **payload, const Shipment *shipment, const Contents *contents)
{
	List	   *lines = NIL;

	for (int i = 0; i < contents->count; i++)
		lines = event_line_add(lines, contents->rows[i].order_line_id, shipment->seller_order_id,
							   contents->rows[i].quantity);
	payload_begin(payload);
	payload_int64(payload, "shipment_id", shipment->id);
	payload_int64(payload, "order_id", shipment->order_id);
	payload_int64(payload, "seller_order_id", shipment->seller_order_id);
	payload_lines(payload, lines);
}

/*
 * ---- hand-over ----
 */

static void
hand_over(Call *call, Shipment *shipment, TimestampTz at, bool implicit, bool unguarded)
{
	static Statement update = STATEMENT("ilbz",
		"UPDATE marketplace.shipments SET state = 'handed_over', implicit = $3, handed_over_at = $4 "
		"WHERE marketplace_id = $1 AND id = $2");
	Contents	contents = shipment_contents(call, shipment->id);
	JsonbParseState *payload;

	require_change(shipment, "handed_over");
	guard_open("logistics");
	(void) lifecycle_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(shipment->id),
											 value_bool(implicit),
											 value_timestamptz(at)), "hand_over",
											 implicit ? "first scan of the carrier" : NULL);
	guard_close();
	shipment->state = "handed_over";
	shipment->implicit = implicit;
	for (int i = 0; i < contents.count; i++)
	{
		Content    *content = &contents.rows[i];

		(void) quantity_move(call, content->order_line_id, QUANTITY_SHIP, content->quantity, content->parcel_id, at);
		content_place(call, content, "in_transit", 0);
	}
	promise_make(call, shipment, at);
	begin_event(&payload, shipment, &contents);
	payload_timestamptz(&payload, "handed_over_at", at);
	payload_bool(&payload, "implicit", implicit);
	payload_bool(&payload, "unguarded", unguarded);
	(void) event_emit(call, "order", shipment->order_id, "shipment.handed_over", &payload);
}

PG_FUNCTION_INFO_V1(shipment_hand_over);
Datum
shipment_hand_over(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Shipment   *shipment = open_shipment(&call, call_int64(&call, 1));

		/* a shipment that may not move at all is said to be so before the guards are asked */
		if (strcmp(shipment->state, "prepared") == 0 || strcmp(shipment->state, "labelled") == 0)
			guard_ask(&call, "shipment.hand_over", shipment->seller_order_id);
		hand_over(&call, shipment, call.now, false, false);
		problem_resolve(&call, "not_shippable", psprintf("shipment:%lld", (long long) shipment->id));
		call.result = shipment->id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/*
 * ---- implicit hand-over: a fact of the carrier is never refused ----
 */

static void
ask_guard(Call *call, void *seller_order_id)
{
	guard_ask(call, "shipment.hand_over", *(int64 *) seller_order_id);
}

/* What a guard says against it, NULL when none does. Guards only look; what one began to do ends with the attempt. */
static char *
guard_objection(Call *call, int64 seller_order_id)
{
	ErrorData  *error;

	if (attempt(call, ask_guard, &seller_order_id, &error))
		return NULL;
	if (!error_is_of_domain(error))
		ReThrowError(error);
	return psprintf("%s (%s)", error->message, unpack_sql_state(error->sqlerrcode));
}

/* What is not there to be shipped any more, because it was cancelled meanwhile; NULL when all is. */
static char *
shortage(Call *call, const Shipment *shipment)
{
	OrderLines	lines = order_lines(call, shipment->order_id);
	Contents	contents = shipment_contents(call, shipment->id);
	List	   *wanted = NIL;
	ListCell   *cell;

	for (int i = 0; i < contents.count; i++)
		wanted = event_line_add(wanted, contents.rows[i].order_line_id, shipment->seller_order_id,
								contents.rows[i].quantity);
	foreach(cell, wanted)
	{
		EventLine  *want = lfirst(cell);

		for (int i = 0; i < lines.count; i++)
		{
			OrderLine  *line = &lines.lines[i];
			Numeric		left = decimal_sub(decimal_sub(line->quantity, line->cancelled), line->shipped);

			if (line->id == want->order_line_id && decimal_cmp(want->quantity, left) > 0)
				return psprintf("scanned by the carrier, but of order line %lld only %s are left to ship, not %s",
								(long long) line->id, decimal_to_cstring(left), decimal_to_cstring(want->quantity));
		}
	}
	return NULL;
}

void
shipment_scanned(Call *call, Shipment *shipment, TimestampTz at)
{
	static Statement first_scan = STATEMENT("il",
		"UPDATE marketplace.shipments s SET handed_over_at = f.first_scan_at FROM ("
		"SELECT pg_catalog.min(first_scan_at) AS first_scan_at FROM marketplace.parcels "
		"WHERE marketplace_id = $1 AND shipment_id = $2) f "
		"WHERE s.marketplace_id = $1 AND s.id = $2 AND s.implicit AND s.handed_over_at <> f.first_scan_at");
	Problem		problem = {.object = psprintf("shipment:%lld", (long long) shipment->id),
						   .shipment_id = shipment->id};
	char	   *objection;

	if (strcmp(shipment->state, "handed_over") == 0)
	{
		if (shipment->implicit)
			(void) logistics_execute(&first_scan, VALUES(value_int32(call->marketplace_id),
														 value_int64(shipment->id)));
		return;
	}
	if (strcmp(shipment->state, "voided") == 0)
	{
		problem.kind = "scan_after_void";
		problem.detail = "the carrier scanned a parcel of a shipment that had been voided";
		problem_record(call, &problem);
		return;
	}
	if (shipment->is_return)
	{
		return_scanned(call, shipment, at);
		return;
	}
	problem.detail = shortage(call, shipment);
	if (problem.detail != NULL)
	{
		problem.kind = "not_shippable";
		problem_record(call, &problem);
		return;
	}
	objection = guard_objection(call, shipment->seller_order_id);
	if (objection != NULL)
	{
		problem.kind = "unguarded";
		problem.detail = psprintf("handed over by the carrier's scan against: %s", objection);
		problem_record(call, &problem);
	}
	hand_over(call, shipment, at, true, objection != NULL);
	problem_resolve(call, "not_shippable", problem.object);
}

/*
 * ---- label and void ----
 */

/* The number of a parcel that had none. */
static void
number_parcel(Call *call, const Shipment *shipment, const Document *document, const Parcel *parcel)
{
	static Statement update = STATEMENT("illlt",
		"UPDATE marketplace.parcels SET tracking_number = $5 WHERE marketplace_id = $1 AND shipment_id = $2 AND id = "
		"$3 AND tracking_number IS NULL AND NOT EXISTS (SELECT FROM marketplace.parcels o WHERE o.marketplace_id = "
		"$1 AND o.carrier_id = $4 AND o.tracking_number = $5 AND o.current)");
	char	   *number = document_text(document, "tracking_number");

	if (parcel->tracking_number != NULL)
		document_refuse(document, "tracking_number", psprintf("The parcel has the number %s already.",
															  parcel->tracking_number),
						"Void the shipment and prepare it again if the number is wrong.");
	if (logistics_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(shipment->id),
										  value_int64(parcel->id),
										  value_int64(shipment->carrier_id), value_text(number))) == 0)
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("tracking number %s is in use", number),
				errdetail("Another parcel of this carrier has it and is not at its end (LG-17)."),
				errhint("Give each parcel its own number."));
}

/* What is printed: its name, where it is kept, its hash. */
static void
keep_label(Call *call, const Document *document, const Parcel *parcel)
{
	static Statement update = STATEMENT("ilttt",
		"UPDATE marketplace.parcels SET label_reference = $3, label_uri = $4, label_sha256 = $5 WHERE marketplace_id = $1 AND id = $2");
	Document	label = document_object(document, "label");
	char	   *hash;

	document_only(&label, "reference", "uri", "sha256", NULL);
	hash = document_text_or_null(&label, "sha256");
	if (hash != NULL && (strlen(hash) != 64 || strspn(hash, "0123456789abcdef") != 64))
		document_refuse(&label, "sha256", "It is not a SHA-256.", "Write its 64 hexadecimal digits, in small letters.");
	(void) logistics_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(parcel->id),
											 value_text(document_text_or_null(&label, "reference")),
											 value_text(document_text_or_null(&label, "uri")), value_text(hash)));
}

static void
label_parcel(Call *call, const Shipment *shipment, const Document *document)
{
	Parcel	   *parcel;

	document_only(document, "parcel_id", "tracking_number", "label", NULL);
	parcel = parcel_get(call, document_int64(document, "parcel_id"));
	if (parcel->shipment_id != shipment->id)
		document_refuse(document, "parcel_id", "It is a parcel of another shipment.", NULL);
	if (document_has(document, "tracking_number") || !document_has(document, "label"))
		number_parcel(call, shipment, document, parcel);
	if (document_has(document, "label"))
		keep_label(call, document, parcel);
}

static int64
label_shipment(Call *call, int64 shipment_id, Jsonb *json)
{
	static Statement bare = STATEMENT("il",
		"SELECT pg_catalog.count(*) FROM marketplace.parcels WHERE marketplace_id = $1 AND shipment_id = $2 AND "
		"tracking_number IS NULL");
	static Statement printed = STATEMENT("ilz",
		"UPDATE marketplace.parcels SET labelled_at = $3 WHERE marketplace_id = $1 AND shipment_id = $2");
	Document	document = document_root(json);
	Shipment   *shipment = open_shipment(call, shipment_id);
	Contents	contents = shipment_contents(call, shipment_id);
	JsonbParseState *payload;
	int64		missing;

	document_only(&document, "parcels", NULL);
	set_state(call, shipment, "labelled", "label", NULL);
	if (document_has(&document, "parcels"))
	{
		Document	parcels = document_array(&document, "parcels");

		for (int i = 0; i < document_length(&parcels); i++)
		{
			Document	parcel = document_item(&parcels, i);

			label_parcel(call, shipment, &parcel);
		}
	}
	(void) logistics_execute(&printed, VALUES(value_int32(call->marketplace_id), value_int64(shipment_id),
											  value_timestamptz(call->now)));
	missing = DatumGetInt64(query_datum(&bare, VALUES(value_int32(call->marketplace_id), value_int64(shipment_id))));
	if (missing > 0)
		ereport(ERROR,
				errcode(MK_SHIPMENT),
				errmsg("shipment %lld is not labelled as a whole", (long long) shipment_id),
				errdetail("Parcels without a tracking number: %lld.", (long long) missing),
				errhint("Give a tracking number for each parcel."));
	begin_event(&payload, shipment, &contents);
	(void) event_emit(call, "order", shipment->order_id, "shipment.labelled", &payload);
	return shipment_id;
}

PG_FUNCTION_INFO_V1(shipment_label);
Datum
shipment_label(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = label_shipment(&call, call_int64(&call, 1), call_jsonb(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}

static int64
void_shipment(Call *call, int64 shipment_id, const char *reason)
{
	static Statement scanned = STATEMENT("il",
		"SELECT id, first_scan_at FROM marketplace.parcels "
		"WHERE marketplace_id = $1 AND shipment_id = $2 AND first_scan_at IS NOT NULL ORDER BY id LIMIT 1");
	static Statement release = STATEMENT("il",
		"UPDATE marketplace.parcels SET current = false WHERE marketplace_id = $1 AND shipment_id = $2");
	Shipment   *shipment = open_shipment(call, shipment_id);
	Contents	contents = shipment_contents(call, shipment_id);
	JsonbParseState *payload;
	Row			row;

	if (strcmp(shipment->state, "prepared") == 0 || strcmp(shipment->state, "labelled") == 0)
	{
		if (query_row(&scanned, VALUES(value_int32(call->marketplace_id), value_int64(shipment_id)), &row))
			ereport(ERROR,
					errcode(MK_SHIPMENT),
					errmsg("shipment %lld is with the carrier", (long long) shipment_id),
					errdetail("Its parcel %lld has been scanned.", (long long) row_int64(&row, 0)),
					errhint("Hand it over, and take it back as a return."));
	}
	set_state(call, shipment, "voided", "void", reason);
	for (int i = 0; i < contents.count; i++)
		content_place(call, &contents.rows[i], "voided", 0);
	(void) logistics_execute(&release, VALUES(value_int32(call->marketplace_id), value_int64(shipment_id)));
	problem_resolve(call, "not_shippable", psprintf("shipment:%lld", (long long) shipment_id));
	begin_event(&payload, shipment, &contents);
	payload_text(&payload, "reason", reason);
	(void) event_emit(call, "order", shipment->order_id, "shipment.voided", &payload);
	return shipment_id;
}

PG_FUNCTION_INFO_V1(shipment_void);
Datum
shipment_void(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = void_shipment(&call, call_int64(&call, 1), call_text(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}
