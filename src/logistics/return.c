/*
 * return.c
 *		Goods on their way back (RMA): asked for, agreed, refused given up (logistics rule book §9). The way
 *		back is in return_way.c, what the seller finds at its end in return_inspection.c.
 *
 * A return moves no quantity before it is received, and no money ever: whether a refund is due is said by an event,
 * and is another area's matter (LG-48).
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/lifecycle.h"
#include "kernel/policy.h"
#include "logistics/logistics.h"
#include "logistics/return.h"
#include "logistics/tracking.h"

Return *
return_get(Call *call, int64 return_id)
{
	static Statement get = STATEMENT("il",
		"SELECT order_id, seller_order_id, seller_id, buyer_id, shipment_id, state::text, resolution, refund_due_at IS "
		"NOT NULL FROM marketplace.returns WHERE marketplace_id = $1 AND id = $2");
	Return	   *back;
	Row			row;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(return_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no return %lld", (long long) return_id),
				errdetail("Marketplace %d has none with this id.", call->marketplace_id),
				errhint("See marketplace.return_overview."));
	back = palloc(sizeof(Return));
	back->id = return_id;
	back->order_id = row_int64(&row, 0);
	back->seller_order_id = row_int64(&row, 1);
	back->seller_id = row_int64(&row, 2);
	back->buyer_id = row_int64(&row, 3);
	back->shipment_id = row_id(&row, 4);
	back->state = row_text(&row, 5);
	back->resolution = row_text(&row, 6);
	back->refund_due = row_bool(&row, 7);
	return back;
}

Return *
return_open(Call *call, int64 return_id, int capacities)
{
	Return	   *back = return_get(call, return_id);

	access_require(call, CAPACITY_OPERATOR | capacities,
				   (capacities & CAPACITY_SELLER) != 0 ? back->seller_id : back->buyer_id);
	order_lock(call, back->order_id);
	return return_get(call, return_id);
}

void
return_write(Statement *change, const Value *args, const char *event, const char *reason)
{
	guard_open("logistics");
	(void) lifecycle_execute(change, args, event, reason);
	guard_close();
}

void
return_begin_payload(JsonbParseState **payload, const Return *back)
{
	payload_begin(payload);
	payload_int64(payload, "return_id", back->id);
	payload_int64(payload, "order_id", back->order_id);
	payload_int64(payload, "seller_order_id", back->seller_order_id);
	payload_int64(payload, "seller_id", back->seller_id);
	payload_text(payload, "resolution", back->resolution);
}

void
return_tell(Call *call, const Return *back, const char *what, List *lines, const char *reason)
{
	JsonbParseState *payload;

	return_begin_payload(&payload, back);
	if (lines != NIL)
		payload_lines(&payload, lines);
	if (reason != NULL)
		payload_text(&payload, "reason", reason);
	(void) event_emit(call, "order", back->order_id, psprintf("return.%s", what), &payload);
}

TimestampTz
return_deadline(Call *call, const Return *back, const char *policy)
{
	PolicyScope scope = {.order_id = back->order_id, .seller_id = back->seller_id, .buyer_id = back->buyer_id};
	PolicyDuration window = policy_duration(call, policy, &scope);
	Marketplace *marketplace = marketplace_get(call);

	return calendar_deadline(call->now, window.n, window.unit, marketplace->calendar, marketplace->time_zone);
}

const OrderLine *
return_line_of(const OrderLines *lines, const Return *back, const Document *document)
{
	int64		order_line_id = document_int64(document, "order_line_id");

	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (line->id == order_line_id && (back->seller_order_id == 0 || line->seller_order_id == back->seller_order_id))
			return line;
	}
	ereport(ERROR,
			errcode(MK_NOT_FOUND),
			errmsg("order line %lld is not one that this return can hold", (long long) order_line_id),
			errdetail("%s names it; the return is of order %lld and one of its sellers.", document->path,
					  (long long) back->order_id),
			errhint("Goods go back to one seller: make a return for each."));
}

/*
 * ---- asked for ----
 */

/* What other open returns of the line have announced and not brought yet. */
static Numeric
announced_elsewhere(Call *call, int64 order_line_id, int64 return_id)
{
	static Statement open = STATEMENT("ill",
		"SELECT COALESCE(pg_catalog.sum(GREATEST(COALESCE(l.shipped, l.announced) - l.received, 0)), 0) FROM "
		"marketplace.return_lines l JOIN marketplace.returns r ON r.marketplace_id = l.marketplace_id AND r.id = "
		"l.return_id WHERE l.marketplace_id = $1 AND l.order_line_id = $2 AND l.return_id <> $3 AND r.state IN "
		"('requested', 'approved', 'label_issued', 'in_transit')");

	return DatumGetNumeric(query_datum(&open, VALUES(value_int32(call->marketplace_id), value_int64(order_line_id),
													 value_int64(return_id))));
}

static void
require_with_buyer(Call *call, const Return *back, const OrderLine *line, Numeric quantity)
{
	Numeric		received = decimal_add(line->accepted, line->disputed);
	Numeric		elsewhere = announced_elsewhere(call, line->id, back->id);

	if (decimal_cmp(quantity, decimal_sub(received, elsewhere)) <= 0)
		return;
	ereport(ERROR,
			errcode(MK_RETURN),
			errmsg("more than the buyer has of order line %lld cannot go back", (long long) line->id),
			errdetail("Asked: %s. With the buyer: %s accepted and %s received with reserves, of which %s are in other "
					  "open returns. The line: ordered %s, delivered %s.",
					  decimal_to_cstring(quantity), decimal_to_cstring(line->accepted),
					  decimal_to_cstring(line->disputed), decimal_to_cstring(elsewhere),
					  decimal_to_cstring(line->quantity), decimal_to_cstring(line->delivered)),
			errhint("Confirm first what was received, with reserves where it is not as agreed: marketplace.receipt_confirm()."));
}

void
return_add_line(Call *call, const Return *back, int64 order_line_id, Numeric announced)
{
	static Statement insert = STATEMENT("illlln",
		"INSERT INTO marketplace.return_lines (marketplace_id, return_id, order_line_id, seller_id, buyer_id, announced) "
		"VALUES ($1, $2, $3, $4, $5, $6)");

	(void) logistics_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(back->id),
											 value_int64(order_line_id), value_int64(back->seller_id),
											 value_int64(back->buyer_id), value_numeric(announced)));
}

char *
return_choice(const Document *document, const char *key, const char *const *known, int n, const char *hint)
{
	char	   *given = document_text_or_null(document, key);

	if (given == NULL)
		return NULL;
	for (int i = 0; i < n; i++)
		if (strcmp(given, known[i]) == 0)
			return given;
	document_refuse(document, key, psprintf("\"%.40s\" is not known.", given), hint);
}

static char *
read_resolution(const Document *document)
{
	static const char *const known[] = {"refund", "replacement", "repair", "none"};

	return return_choice(document, "resolution", known, lengthof(known), "It is refund, replacement, repair or none.");
}

char *
return_freight_payer(const Document *document)
{
	static const char *const known[] = {"seller", "buyer", "platform"};

	return return_choice(document, "freight_payer", known, lengthof(known), "It is seller, buyer or platform.");
}

static int64
insert_return(Call *call, const Return *back, const char *reason, const char *note)
{
	static Statement insert = STATEMENT("illllttzt",
		"INSERT INTO marketplace.returns (marketplace_id, order_id, seller_order_id, seller_id, buyer_id, state, "
		"reason, resolution, requested_at, note) VALUES ($1, $2, $3, $4, $5, 'requested', $6, $7, $8, $9) RETURNING id");
	Row			row;

	if (!logistics_row(&insert, VALUES(value_int32(call->marketplace_id), value_int64(back->order_id),
									   value_int64(back->seller_order_id), value_int64(back->seller_id),
									   value_int64(back->buyer_id), value_text(reason), value_text(back->resolution),
									   value_timestamptz(call->now), value_text(note)), &row))
		elog(ERROR, "a return was not written");
	return row_int64(&row, 0);
}

static void
approve(Call *call, const Return *back, const char *freight_payer, const char *resolution, const char *reason)
{
	static Statement update = STATEMENT("ilztt",
		"UPDATE marketplace.returns SET state = 'approved', ship_by = $3, freight_payer = COALESCE($4, freight_payer), "
		"resolution = COALESCE($5, resolution) WHERE marketplace_id = $1 AND id = $2");

	return_write(&update, VALUES(value_int32(call->marketplace_id), value_int64(back->id),
								 value_timestamptz(return_deadline(call, back, "lg.rma_ship_window")),
								 value_text(freight_payer), value_text(resolution)), "approve", reason);
	return_tell(call, back, "approved", NIL, NULL);
}

/* lg.rma_auto_approve: a list of reasons, "*" for any */
static bool
approved_by_policy(Call *call, const Return *back, const char *reason)
{
	PolicyScope scope = {.order_id = back->order_id, .seller_id = back->seller_id, .buyer_id = back->buyer_id};
	Jsonb	   *reasons = policy_jsonb(call, "lg.rma_auto_approve", &scope);
	JsonbIterator *it = JsonbIteratorInit(&reasons->root);
	JsonbValue	item;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&it, &item, false)) != WJB_DONE)
	{
		if (token != WJB_ELEM || item.type != jbvString)
			continue;
		if (item.val.string.len == 1 && item.val.string.val[0] == '*')
			return true;
		if (item.val.string.len == (int) strlen(reason) &&
			memcmp(item.val.string.val, reason, item.val.string.len) == 0)
			return true;
	}
	return false;
}

static int64
request_return(Call *call, Jsonb *json)
{
	Document	document = document_root(json);
	Return		back = {0};
	Document	given;
	OrderLines	lines;
	CurrencyCode currency;
	List	   *told = NIL;
	char	   *reason;
	char	   *note;

	document_only(&document, "order_id", "reason", "resolution", "note", "lines", NULL);
	back.order_id = document_int64(&document, "order_id");
	order_get(call, back.order_id, &back.buyer_id, &currency);
	access_require(call, CAPACITY_OPERATOR | CAPACITY_BUYER, back.buyer_id);
	reason = document_text(&document, "reason");
	note = document_text_or_null(&document, "note");
	back.resolution = read_resolution(&document);
	if (back.resolution == NULL)
		back.resolution = "refund";
	given = document_array(&document, "lines");
	if (document_length(&given) == 0)
		document_refuse(&document, "lines", "It is empty.", "Say which goods are to go back.");
	order_lock(call, back.order_id);
	lines = order_lines(call, back.order_id);
	for (int i = 0; i < document_length(&given); i++)
	{
		Document	item = document_item(&given, i);
		const OrderLine *line;
		Numeric		quantity;

		document_only(&item, "order_line_id", "quantity", NULL);
		line = return_line_of(&lines, &back, &item);
		quantity = document_quantity(&item, "quantity");
		back.seller_order_id = line->seller_order_id;
		back.seller_id = line->seller_id;
		if (back.id == 0)
			back.id = insert_return(call, &back, reason, note);
		require_with_buyer(call, &back, line, quantity);
		for (ListCell *c = told == NIL ? NULL : list_head(told); c != NULL; c = lnext(told, c))
			if (((EventLine *) lfirst(c))->order_line_id == line->id)
				document_refuse(&item, "order_line_id", "The line is listed twice.", "Give each line once, with its whole quantity.");
		return_add_line(call, &back, line->id, quantity);
		told = event_line_add(told, line->id, line->seller_order_id, quantity);
	}
	return_tell(call, &back, "requested", told, reason);
	if (approved_by_policy(call, &back, reason))
		approve(call, &back, NULL, NULL, "policy lg.rma_auto_approve");
	return back.id;
}

PG_FUNCTION_INFO_V1(return_request);
Datum
return_request(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = request_return(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}

/*
 * ---- agreed or not ----
 */

/* The lifecycle looks at changes of state; that there is one to make is seen to here. */
void
return_require_change(const Return *back, const char *state)
{
	if (strcmp(back->state, state) == 0)
		ereport(ERROR,
				errcode(MK_TRANSITION_REFUSED),
				errmsg("return %lld is %s already", (long long) back->id, state),
				errdetail("Nothing was done a second time."),
				errhint("Give a request key to calls that may be repeated."));
}

PG_FUNCTION_INFO_V1(return_approve);
Datum
return_approve(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Return	   *back = return_open(&call, call_int64(&call, 1), CAPACITY_SELLER);
		Document	document = document_root(call_jsonb(&call, 2));

		document_only(&document, "freight_payer", "resolution", NULL);
		return_require_change(back, "approved");
		approve(&call, back, return_freight_payer(&document), read_resolution(&document), NULL);
		call.result = back->id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* An end without goods: refused, cancelled, expired. */
static void
end_return(Call *call, const Return *back, const char *event, const char *state, const char *reason)
{
	static Statement update = STATEMENT("iltz",
		"UPDATE marketplace.returns SET state = $3, closed_at = $4 WHERE marketplace_id = $1 AND id = $2");

	return_require_change(back, state);
	return_write(&update, VALUES(value_int32(call->marketplace_id), value_int64(back->id), value_text(state),
								 value_timestamptz(call->now)), event, reason);
	return_void_shipment(call, back);
	return_tell(call, back, state, NIL, reason);
}

PG_FUNCTION_INFO_V1(return_refuse);
Datum
return_refuse(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Return	   *back = return_open(&call, call_int64(&call, 1), CAPACITY_SELLER);

		end_return(&call, back, "refuse", "refused", call_text(&call, 2));
		call.result = back->id;
	}
	PG_RETURN_INT64(call_end(&call));
}

PG_FUNCTION_INFO_V1(return_cancel);
Datum
return_cancel(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Return	   *back = return_open(&call, call_int64(&call, 1), CAPACITY_BUYER);

		end_return(&call, back, "cancel", "cancelled", call_text(&call, 2));
		call.result = back->id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* tick(): what the buyer did not send in time. Orders that somebody else works on are left for the next time. */
int
logistics_tick_returns(Call *call, int limit)
{
	static Statement due = STATEMENT("izi",
		"SELECT id, order_id FROM marketplace.returns WHERE marketplace_id = $1 AND state IN ('approved', 'label_issued') "
		"AND ship_by < $2 AND " TICK_MAY_TRY("return", "id") " ORDER BY order_id, id LIMIT $3");
	Rows		rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now),
											   value_int32(limit)));
	int			done = 0;

	for (uint64 i = 0; i < rows.count; i++)
	{
		Return	   *back;

		if (!order_try_lock(call, row_int64(&rows.rows[i], 1)))
			continue;
		tick_at(call, "return", row_int64(&rows.rows[i], 0));
		back = return_get(call, row_int64(&rows.rows[i], 0));
		if (strcmp(back->state, "approved") != 0 && strcmp(back->state, "label_issued") != 0)
			continue;
		end_return(call, back, "expire", "expired", NULL);
		done++;
	}
	return done + return_inspections_late(call, limit - done);
}
