/*
 * return_inspection.c
 *		The end of a return: what the seller received, what the inspection found, what became of the goods, and
 *		whether a refund is due by it (LG-47, LG-49).
 */
#include "postgres.h"

#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "kernel/lifecycle.h"
#include "kernel/policy.h"
#include "logistics/receipt.h"
#include "logistics/return.h"

static void
require_state(const Return *back, const char *state, const char *what, const char *hint)
{
	if (strcmp(back->state, state) == 0)
		return;
	ereport(ERROR,
			errcode(MK_TRANSITION_REFUSED),
			errmsg("return %lld cannot be %s", (long long) back->id, what),
			errdetail("It is %s.", back->state),
			errhint("%s", hint));
}

static Document
read_lines(const Document *document)
{
	Document	lines = document_array(document, "lines");

	if (document_length(&lines) == 0)
		document_refuse(document, "lines", "It is empty.", "Say which goods.");
	return lines;
}

/*
 * ---- received ----
 */

static void
receive_line(Call *call, const Return *back, const OrderLine *line, const Document *item, Numeric quantity)
{
	static Statement update = STATEMENT("illn",
		"UPDATE marketplace.return_lines SET received = received + $4 WHERE marketplace_id = $1 AND return_id = $2 AND "
		"order_line_id = $3");
	Value		args[4];

	if (decimal_cmp(quantity, decimal_add(line->accepted, line->disputed)) > 0)
		ereport(ERROR,
				errcode(MK_RETURN),
				errmsg("more came back of order line %lld than its buyer had", (long long) line->id),
				errdetail("%s says %s. With the buyer: %s accepted, %s received with reserves.", item->path,
						  decimal_to_cstring(quantity), decimal_to_cstring(line->accepted),
						  decimal_to_cstring(line->disputed)),
				errhint("Record what belongs to the order; anything more is not of this return."));
	args[0] = value_int32(call->marketplace_id);
	args[1] = value_int64(back->id);
	args[2] = value_int64(line->id);
	args[3] = value_numeric(quantity);
	if (logistics_execute(&update, args) == 0)
	{
		return_add_line(call, back, line->id, decimal_from_int64(0));
		(void) logistics_execute(&update, args);
	}
	(void) quantity_move(call, line->id, QUANTITY_RETURN_IN, quantity, 0, call->now);
}

static void
complete_reception(Call *call, const Return *back)
{
	static Statement update = STATEMENT("ilzz",
		"UPDATE marketplace.returns SET state = 'received', received_at = $3, inspect_by = $4 WHERE marketplace_id = $1 "
		"AND id = $2");

	return_write(&update, VALUES(value_int32(call->marketplace_id), value_int64(back->id), value_timestamptz(call->now),
								 value_timestamptz(return_deadline(call, back, "lg.rma_inspect_window"))),
				 "receive", NULL);
}

static int64
receive_return(Call *call, int64 return_id, Jsonb *json)
{
	Return	   *back = return_open(call, return_id, CAPACITY_SELLER);
	Document	document = document_root(json);
	Document	given = read_lines(&document);
	List	   *told = NIL;

	document_only(&document, "lines", "complete", NULL);
	if (strcmp(back->state, "approved") != 0 && strcmp(back->state, "label_issued") != 0)
		require_state(back, "in_transit", "received", "Goods come back between the approval and the end of a return.");
	for (int i = 0; i < document_length(&given); i++)
	{
		Document	item = document_item(&given, i);
		OrderLines	lines = order_lines(call, back->order_id);	/* as the lines before have left it */
		const OrderLine *line;
		Numeric		quantity;

		document_only(&item, "order_line_id", "quantity", NULL);
		line = return_line_of(&lines, back, &item);
		quantity = document_quantity(&item, "quantity");
		receive_line(call, back, line, &item, quantity);
		told = event_line_add(told, line->id, line->seller_order_id, quantity);
	}
	if (document_bool_or(&document, "complete", true))
		complete_reception(call, back);
	return_tell(call, back, "received", told, NULL);
	return return_id;
}

PG_FUNCTION_INFO_V1(return_receive);
Datum
return_receive(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = receive_return(&call, call_int64(&call, 1), call_jsonb(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}

/*
 * ---- a refund is due ----
 */

/* lg.grade_refund_pct: percent of the price by grade */
static Numeric
refund_pct(Call *call, const Return *back, const char *grade)
{
	PolicyScope scope = {.order_id = back->order_id, .seller_id = back->seller_id, .buyer_id = back->buyer_id};
	Document	table = document_root(policy_jsonb(call, "lg.grade_refund_pct", &scope));
	Numeric		pct;

	if (!document_has(&table, grade))
		return decimal_from_int64(0);
	pct = document_numeric(&table, grade);
	if (decimal_sign(pct) < 0 || decimal_cmp(pct, decimal_from_int64(100)) > 0)
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("policy lg.grade_refund_pct gives no percentage for grade %s", grade),
				errdetail("It says %s.", decimal_to_cstring(pct)),
				errhint("Percentages are from 0 to 100: see marketplace.policy_set()."));
	return pct;
}

/* One element of the event's lines: this much of the line at this percentage of its price. */
static void
payload_refund_line(Call *call, const Return *back, JsonbParseState **payload, const Row *row)
{
	char	   *grade = row_text(row, 2);

	pushJsonbValue(payload, WJB_BEGIN_OBJECT, NULL);
	payload_int64(payload, "order_line_id", row_int64(row, 0));
	payload_int64(payload, "seller_order_id", back->seller_order_id);
	payload_numeric(payload, "quantity", row_numeric(row, 1));
	payload_text(payload, "grade", grade);
	payload_numeric(payload, "pct", grade == NULL ? decimal_from_int64(100) : refund_pct(call, back, grade));
	pushJsonbValue(payload, WJB_END_OBJECT, NULL);
}

/* What the buyer objected to went back and is refunded: those objections are settled, and hold nothing any more. */
static void
settle_objections(Call *call, const Return *back, int64 order_line_id)
{
	static Statement open = STATEMENT("il",
		"SELECT id, open_quantity FROM marketplace.receipt_objections WHERE marketplace_id = $1 AND order_line_id = $2 "
		"AND state <> 'closed' AND delivered ORDER BY id");
	Rows		rows = query_rows(&open, VALUES(value_int32(call->marketplace_id), value_int64(order_line_id)));
	Numeric		gone = decimal_sub(decimal_from_int64(0), order_line_get(call, order_line_id)->disputed);

	for (uint64 i = 0; i < rows.count; i++)
		gone = decimal_add(gone, row_numeric(&rows.rows[i], 1));
	for (uint64 i = 0; i < rows.count && decimal_sign(gone) > 0; i++)
	{
		Objection  *objection = objection_get(call, row_int64(&rows.rows[i], 0));
		Numeric		quantity = decimal_min(objection->open, gone);

		objection_end(call, objection, "settled", quantity, 0, psprintf("refunded by return %lld", (long long) back->id));
		gone = decimal_sub(gone, quantity);
	}
}

/* Once a return: by its inspection, or whole because the inspection was not made in time. */
static void
tell_refund_due(Call *call, const Return *back, const char *how)
{
	static Statement due = STATEMENT("ilz",
		"UPDATE marketplace.returns SET refund_due_at = $3 WHERE marketplace_id = $1 AND id = $2");
	static Statement lines = STATEMENT("il",
		"SELECT l.order_line_id, COALESCE(i.quantity, l.received), i.grade FROM marketplace.return_lines l LEFT JOIN "
		"marketplace.return_inspections i ON i.marketplace_id = l.marketplace_id AND i.return_id = l.return_id AND "
		"i.order_line_id = l.order_line_id WHERE l.marketplace_id = $1 AND l.return_id = $2 AND l.received > 0 "
		"ORDER BY l.order_line_id, i.position");
	JsonbValue	key = {.type = jbvString, .val.string = {.len = 5, .val = "lines"}};
	JsonbParseState *payload;
	Rows		rows;

	if (strcmp(back->resolution, "refund") != 0 || back->refund_due)
		return;
	rows = query_rows(&lines, VALUES(value_int32(call->marketplace_id), value_int64(back->id)));
	(void) logistics_execute(&due, VALUES(value_int32(call->marketplace_id), value_int64(back->id),
										  value_timestamptz(call->now)));
	return_begin_payload(&payload, back);
	payload_text(&payload, "how", how);
	pushJsonbValue(&payload, WJB_KEY, &key);
	pushJsonbValue(&payload, WJB_BEGIN_ARRAY, NULL);
	for (uint64 i = 0; i < rows.count; i++)
		payload_refund_line(call, back, &payload, &rows.rows[i]);
	pushJsonbValue(&payload, WJB_END_ARRAY, NULL);
	(void) event_emit(call, "order", back->order_id, "return.refund_due", &payload);
	for (uint64 i = 0; i < rows.count; i++)
		settle_objections(call, back, row_int64(&rows.rows[i], 0));
}

/* Orders that somebody else works on are left for the next time. */
int
return_inspections_late(Call *call, int limit)
{
	static Statement due = STATEMENT("izi",
		"SELECT id, order_id FROM marketplace.returns WHERE marketplace_id = $1 AND state = 'received' AND refund_due_at "
		"IS NULL AND resolution = 'refund' AND inspect_by < $2 AND " TICK_MAY_TRY("return", "id") " ORDER BY order_id, id LIMIT $3");
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
		if (strcmp(back->state, "received") != 0)
			continue;
		tell_refund_due(call, back, "inspection_late");
		done++;
	}
	return done;
}

/*
 * ---- inspected ----
 */

static void
insert_finding(Call *call, const Return *back, int position, const Document *item, int64 order_line_id)
{
	static Statement insert = STATEMENT("ililllntbtzt",
		"INSERT INTO marketplace.return_inspections (marketplace_id, return_id, position, order_line_id, seller_id, "
		"buyer_id, quantity, grade, compliant, reason, inspected_at, inspected_by) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
	static const char *const grades[] = {"A", "B", "C"};
	char	   *grade;
	char	   *reason = document_text_or_null(item, "reason");
	bool		compliant;

	(void) document_text(item, "grade");
	grade = return_choice(item, "grade", grades, lengthof(grades), "It is A, B or C.");
	if (!document_has(item, "compliant"))
		document_refuse(item, "compliant", "It is missing.", "Say whether the goods came back as they should: true or false.");
	compliant = document_bool_or(item, "compliant", false);
	if (!compliant && reason == NULL)
		document_refuse(item, "reason", "Goods that are not compliant need a reason.", "Say what was found.");
	(void) logistics_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(back->id), value_int32(position),
											 value_int64(order_line_id), value_int64(back->seller_id),
											 value_int64(back->buyer_id),
											 value_numeric(document_quantity(item, "quantity")), value_text(grade),
											 value_bool(compliant), value_text(reason), value_timestamptz(call->now),
											 value_text(call_actor())));
}

static void
require_all_inspected(Call *call, const Return *back)
{
	static Statement open = STATEMENT("il",
		"SELECT order_line_id, received, inspected FROM marketplace.return_quantities WHERE marketplace_id = $1 AND "
		"return_id = $2 AND received <> inspected ORDER BY order_line_id LIMIT 1");
	Row			row;

	if (!query_row(&open, VALUES(value_int32(call->marketplace_id), value_int64(back->id)), &row))
		return;
	ereport(ERROR,
			errcode(MK_RETURN),
			errmsg("the inspection of return %lld does not add up", (long long) back->id),
			errdetail("Order line %lld: received %s, inspected %s.", (long long) row_int64(&row, 0),
					  decimal_to_cstring(row_numeric(&row, 1)), decimal_to_cstring(row_numeric(&row, 2))),
			errhint("Grade exactly what was received; a line may have several grades."));
}

static int64
inspect_return(Call *call, int64 return_id, Jsonb *json)
{
	static Statement update = STATEMENT("il",
		"UPDATE marketplace.returns SET state = 'inspected' WHERE marketplace_id = $1 AND id = $2");
	Return	   *back = return_open(call, return_id, CAPACITY_SELLER);
	OrderLines	lines = order_lines(call, back->order_id);
	Document	document = document_root(json);
	Document	given = read_lines(&document);

	document_only(&document, "lines", NULL);
	require_state(back, "received", "inspected", "Record what was received first: marketplace.return_receive().");
	for (int i = 0; i < document_length(&given); i++)
	{
		Document	item = document_item(&given, i);

		document_only(&item, "order_line_id", "quantity", "grade", "compliant", "reason", NULL);
		insert_finding(call, back, i + 1, &item, return_line_of(&lines, back, &item)->id);
	}
	require_all_inspected(call, back);
	return_write(&update, VALUES(value_int32(call->marketplace_id), value_int64(back->id)), "inspect", NULL);
	return_tell(call, back, "inspected", NIL, NULL);
	tell_refund_due(call, back, "inspected");
	return return_id;
}

PG_FUNCTION_INFO_V1(return_inspect);
Datum
return_inspect(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = inspect_return(&call, call_int64(&call, 1), call_jsonb(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}

/*
 * ---- disposed of ----
 */

static void
dispose_line(Call *call, const Return *back, const Document *item)
{
	static Statement update = STATEMENT("ilitz",
		"UPDATE marketplace.return_inspections SET disposition = $4, disposed_at = $5 WHERE marketplace_id = $1 AND "
		"return_id = $2 AND position = $3 AND disposition IS NULL");
	static const char *const known[] = {"restock", "repair", "scrap", "send_back"};
	int64		position;

	document_only(item, "position", "disposition", NULL);
	position = document_int64(item, "position");
	(void) document_text(item, "disposition");
	if (position < 1 || position > PG_INT32_MAX)
		document_refuse(item, "position", "There is no such position.", "See marketplace.return_inspections.");
	if (logistics_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(back->id),
										  value_int32((int32) position),
										  value_text(return_choice(item, "disposition", known, lengthof(known),
																   "It is restock, repair, scrap or send_back.")),
										  value_timestamptz(call->now))) == 0)
		ereport(ERROR,
				errcode(MK_RETURN),
				errmsg("return %lld has nothing at position %lld that waits for a disposition", (long long) back->id,
					   (long long) position),
				errdetail("%s names it.", item->path),
				errhint("See marketplace.return_inspections: a disposition is given once."));
}

static int64
dispose_return(Call *call, int64 return_id, Jsonb *json)
{
	static Statement close = STATEMENT("ilz",
		"UPDATE marketplace.returns r SET state = 'closed', closed_at = $3 WHERE r.marketplace_id = $1 AND r.id = $2 AND "
		"NOT EXISTS (SELECT FROM marketplace.return_inspections i WHERE i.marketplace_id = $1 AND i.return_id = $2 AND "
		"i.disposition IS NULL)");
	static Statement closed = STATEMENT("il",
		"SELECT 1 FROM marketplace.returns WHERE marketplace_id = $1 AND id = $2 AND state = 'closed'");
	Return	   *back = return_open(call, return_id, CAPACITY_SELLER);
	Document	document = document_root(json);
	Document	given = read_lines(&document);

	document_only(&document, "lines", NULL);
	require_state(back, "inspected", "disposed of", "Inspect it first: marketplace.return_inspect().");
	for (int i = 0; i < document_length(&given); i++)
	{
		Document	item = document_item(&given, i);

		dispose_line(call, back, &item);
	}
	return_write(&close, VALUES(value_int32(call->marketplace_id), value_int64(back->id), value_timestamptz(call->now)),
				 "close", NULL);
	if (query_execute(&closed, VALUES(value_int32(call->marketplace_id), value_int64(back->id))) > 0)
		return_tell(call, back, "closed", NIL, NULL);
	return return_id;
}

PG_FUNCTION_INFO_V1(return_dispose);
Datum
return_dispose(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = dispose_return(&call, call_int64(&call, 1), call_jsonb(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}
