/*
 * receipt_read.c
 *		The buyer's document, line by line: what is said of which quantity, and in which parcels that quantity came
 *		or should have (LG-11, LG-42).
 *
 * Nothing is written here. A line without a parcel is divided among those of the order that can hold it: delivered
 * ones before those in transit, the oldest before the others.
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "logistics/receipt.h"
#include "orders/orders.h"

/* What one line of the document asks for. */
typedef struct WantedLine
{
	ReceiptSlice slice;			/* without a parcel */
	int64		order_id;
	int64		parcel_id;		/* 0: any */
	Numeric		received;		/* counted: all that the parcel held; NULL: slice.quantity is meant */
	bool		missing;		/* goods that were not in the parcel */
} WantedLine;

/*
 * ---- what a line says ----
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
require_reasons(const Document *object, const char *key, const char *reasons)
{
	if (is_bare_formula(reasons))
		document_refuse(object, key, "A reserve without reasons has no value (LG-42).",
						"Say what is wrong with which goods: \"two of five screens are cracked, the box was "
						"crushed\".");
}

static void
read_reserve(const Document *line, ReceiptSlice *slice)
{
	Document	reserve = document_object(line, "reserve");

	document_only(&reserve, "kind", "text", NULL);
	slice->objection = document_text(&reserve, "kind");
	if (strcmp(slice->objection, "damaged") != 0 && strcmp(slice->objection, "missing") != 0 &&
		strcmp(slice->objection, "wrong") != 0 && strcmp(slice->objection, "other") != 0)
		document_refuse(&reserve, "kind", psprintf("\"%.40s\" is not known.", slice->objection),
						"It is damaged, missing, wrong or other.");
	slice->statement = document_text(&reserve, "text");
	require_reasons(&reserve, "text", slice->statement);
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

static void
read_condition(const Document *line, ReceiptSlice *slice)
{
	slice->condition = document_text(line, "condition");
	if (strcmp(slice->condition, "with_reserves") == 0)
		read_reserve(line, slice);
	else if (document_has(line, "reserve"))
		document_refuse(line, "reserve", "Only goods that are received with reserves have one.",
						"Write with_reserves, or leave the reserve out.");
	else if (strcmp(slice->condition, "refused") == 0 || strcmp(slice->condition, "not_received") == 0)
		slice->objection = slice->condition;
	else if (strcmp(slice->condition, "conform") != 0)
		document_refuse(line, "condition", psprintf("\"%.40s\" is not known.", slice->condition),
						"It is conform, with_reserves, not_received or refused.");
	if (strcmp(slice->condition, "refused") == 0)
	{
		slice->statement = document_text(line, "statement");
		require_reasons(line, "statement", slice->statement);
	}
	else if (strcmp(slice->condition, "not_received") == 0)
		slice->statement = document_text_or_null(line, "statement");
	else if (document_has(line, "statement"))
		document_refuse(line, "statement", "It is for goods that are refused or not received.",
						"Reasons of a reserve are its text.");
}

/* Zero or more; LG-11 */
static Numeric
read_count(const Document *line, const WantedLine *wanted)
{
	Numeric		count = document_numeric(line, "received_quantity");

	if (decimal_sign(count) < 0 || decimal_scale(count) > 4 || !decimal_is_finite(count))
		document_refuse(line, "received_quantity", psprintf("%.60s is no count.", decimal_to_cstring(count)),
						"Give what the parcel held: zero or more, at most 4 digits after the point.");
	if (document_has(line, "quantity"))
		document_refuse(line, "received_quantity", "It stands beside a quantity.", "Give one of the two.");
	if (wanted->parcel_id == 0)
		document_refuse(line, "received_quantity", "Nothing says of which parcel.",
						"Give parcel_id: what was counted is compared with what that parcel was to hold.");
	if (strcmp(wanted->slice.condition, "conform") != 0 && strcmp(wanted->slice.condition, "with_reserves") != 0)
		document_refuse(line, "received_quantity", "What was not received, or refused, was not counted.",
						"Give the quantity.");
	return count;
}

static WantedLine
read_line(const Document *line, int64 order_id, int64 parcel_id)
{
	WantedLine	wanted = {.order_id = order_id, .parcel_id = parcel_id};
	ReceiptSlice *slice = &wanted.slice;

	document_only(line, "order_line_id", "quantity", "received_quantity", "condition", "reserve", "statement", "photos",
				  NULL);
	slice->order_line_id = document_int64(line, "order_line_id");
	if (document_has(line, "received_quantity"))
	{
		read_condition(line, slice);
		wanted.received = read_count(line, &wanted);
	}
	else
	{
		slice->quantity = document_quantity(line, "quantity");
		read_condition(line, slice);
	}
	wanted.missing = slice->objection != NULL && strcmp(slice->objection, "missing") == 0;
	if (document_has(line, "photos"))
	{
		check_photos(line);
		slice->photos = document_jsonb_or_null(line, "photos");
	}
	return wanted;
}

bool
receipt_proves_arrival(const ReceiptSlice *slice)
{
	return slice->objection == NULL || (strcmp(slice->objection, "missing") != 0 &&
										strcmp(slice->condition, "with_reserves") == 0);
}

/*
 * ---- which parcels a line came in ----
 */

static void
refuse_quantity(Call *call, const WantedLine *wanted, Numeric found, Numeric undelivered, Numeric early)
{
	OrderLine  *line = order_line_get(call, wanted->slice.order_line_id);

	ereport(ERROR,
			errcode(MK_RECEIPT),
			errmsg("more than awaits receipt of order line %lld%s", (long long) line->id,
				   wanted->parcel_id == 0 ? "" : " in the parcel"),
			errdetail("Asked: %s. Awaiting receipt: %s, of which not delivered: %s%s. The line: ordered %s, shipped %s, "
					  "delivered %s, accepted %s, disputed %s.",
					  decimal_to_cstring(wanted->slice.quantity), decimal_to_cstring(found),
					  decimal_to_cstring(undelivered),
					  decimal_sign(early) == 0 ? "" : psprintf(" (and not due yet: %s)", decimal_to_cstring(early)),
					  decimal_to_cstring(line->quantity), decimal_to_cstring(line->shipped),
					  decimal_to_cstring(line->delivered), decimal_to_cstring(line->accepted),
					  decimal_to_cstring(line->disputed)),
			wanted->missing ? errhint("Goods can be missing only from a parcel that was delivered.") :
			decimal_sign(early) > 0 ?
			errhint("Goods are not received once they were delivered, or once the day for which they were promised is "
					"over.") :
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

/* LG §5: not received is said after the promise, or, without one, when the parcel would be presumed lost. */
static bool
overdue(Call *call, const Parcel *parcel, const Row *candidate)
{
	PolicyScope scope = {.order_id = parcel->order_id, .seller_id = parcel->seller_id, .buyer_id = parcel->buyer_id};
	Marketplace *marketplace;
	PolicyDuration wait;

	if (!row_null(candidate, 5))
		return row_timestamptz(candidate, 5) <= call->now;
	if (row_null(candidate, 6))
		return false;
	marketplace = marketplace_get(call);
	wait = policy_duration(call, "lg.presumed_lost_no_promise", &scope);
	return calendar_deadline(row_timestamptz(candidate, 6), wait.n, wait.unit, marketplace->calendar,
							 marketplace->time_zone) < call->now;
}

/* parcel, undelivered, what awaits receipt, seller order, seller, end of the promised day, hand-over, lost */
static Rows
candidates(Call *call, const WantedLine *wanted)
{
	static Statement find = STATEMENT("illlt",
		"SELECT c.parcel_id, c.position <> 'delivered', c.quantity - c.accepted - c.disputed - c.denied, "
		"s.seller_order_id, s.seller_id, ((o.deliver_by + 1)::pg_catalog.timestamp AT TIME ZONE $5), s.handed_over_at, "
		"c.position = 'lost' "
		"FROM marketplace.parcel_contents c "
		"JOIN marketplace.parcels p ON p.marketplace_id = c.marketplace_id AND p.id = c.parcel_id "
		"JOIN marketplace.shipments s ON s.marketplace_id = c.marketplace_id AND s.id = c.shipment_id "
		"LEFT JOIN marketplace.order_line_promise_current o ON o.marketplace_id = c.marketplace_id AND o.order_line_id "
		"= c.order_line_id "
		"WHERE c.marketplace_id = $1 AND c.order_line_id = $2 AND p.order_id = $3 AND ($4 IS NULL OR c.parcel_id = $4) "
		"AND c.position IN ('delivered', 'in_transit', 'lost') AND c.accepted + c.disputed + c.denied < c.quantity "
		"ORDER BY c.position <> 'delivered', c.position = 'lost', COALESCE(p.delivered_at, p.received_at, "
		"s.handed_over_at), c.parcel_id");

	return query_rows(&find, VALUES(value_int32(call->marketplace_id), value_int64(wanted->slice.order_line_id),
									value_int64(wanted->order_id), value_id(wanted->parcel_id),
									value_text(marketplace_get(call)->time_zone)));
}

/* Can it be said of goods that the carrier has not delivered? */
static bool
may_take(Call *call, const WantedLine *wanted, const Row *candidate)
{
	const char *objection = wanted->slice.objection;

	if (!row_bool(candidate, 1) || receipt_proves_arrival(&wanted->slice))
		return true;
	if (wanted->missing || row_bool(candidate, 7))
		return false;
	return strcmp(objection, "refused") == 0 || overdue(call, parcel_get(call, row_int64(candidate, 0)), candidate);
}

static List *
add_slice(List *slices, const WantedLine *wanted, const Row *candidate, Numeric quantity)
{
	ReceiptSlice *slice = palloc(sizeof(ReceiptSlice));

	*slice = wanted->slice;
	slice->parcel_id = row_int64(candidate, 0);
	slice->seller_order_id = row_int64(candidate, 3);
	slice->seller_id = row_int64(candidate, 4);
	slice->quantity = quantity;
	slice->undelivered = row_bool(candidate, 1) && slice->objection != NULL && !receipt_proves_arrival(slice);
	return lappend(slices, slice);
}

static List *
allocate(Call *call, const WantedLine *wanted, List *slices)
{
	Rows		rows = candidates(call, wanted);
	Numeric		left = wanted->slice.quantity;
	Numeric		zero = decimal_from_int64(0);
	Numeric		found = zero;
	Numeric		undelivered = zero;
	Numeric		early = zero;

	for (uint64 i = 0; i < rows.count; i++)
	{
		const Row  *row = &rows.rows[i];
		Numeric		there = decimal_sub(row_numeric(row, 2),
										taken(slices, row_int64(row, 0), wanted->slice.order_line_id));

		if (decimal_sign(there) <= 0)
			continue;
		found = decimal_add(found, there);
		if (row_bool(row, 1))
			undelivered = decimal_add(undelivered, there);
		if (decimal_sign(left) == 0)
			continue;
		if (!may_take(call, wanted, row))
		{
			if (!wanted->missing && !row_bool(row, 7))
				early = decimal_add(early, there);
			continue;
		}
		there = decimal_min(left, there);
		left = decimal_sub(left, there);
		slices = add_slice(slices, wanted, row, there);
	}
	if (decimal_sign(left) > 0)
		refuse_quantity(call, wanted, found, undelivered, early);
	return slices;
}

/* LG-11: less than announced is missing, more is surplus. */
static List *
allocate_counted(Call *call, WantedLine *wanted, List *slices)
{
	Rows		rows = candidates(call, wanted);
	WantedLine	missing = *wanted;
	Numeric		announced;
	Numeric		there;

	wanted->slice.quantity = wanted->received;
	if (rows.count == 0)
		refuse_quantity(call, wanted, decimal_from_int64(0), decimal_from_int64(0), decimal_from_int64(0));
	announced = decimal_sub(row_numeric(&rows.rows[0], 2), taken(slices, wanted->parcel_id, wanted->slice.order_line_id));
	if (decimal_sign(announced) <= 0 || (decimal_sign(wanted->received) == 0 && row_bool(&rows.rows[0], 1)))
		refuse_quantity(call, wanted, announced, row_bool(&rows.rows[0], 1) ? announced : decimal_from_int64(0),
						decimal_from_int64(0));
	there = decimal_min(wanted->received, announced);
	if (decimal_cmp(wanted->received, announced) > 0)
		wanted->slice.surplus = decimal_sub(wanted->received, announced);
	if (decimal_sign(there) > 0)
		slices = add_slice(slices, wanted, &rows.rows[0], there);
	if (decimal_cmp(there, announced) == 0)
		return slices;
	missing.slice.condition = "with_reserves";
	missing.slice.objection = "missing";
	missing.slice.statement = psprintf("the parcel held %s of %s announced", decimal_to_cstring(wanted->received),
									   decimal_to_cstring(announced));
	slices = add_slice(slices, &missing, &rows.rows[0], decimal_sub(announced, there));
	((ReceiptSlice *) llast(slices))->undelivered = false;	/* what is there proves that the parcel has arrived */
	return slices;
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

List *
receipt_read_lines(Call *call, const Document *document, int64 order_id)
{
	int64		parcel_id = document_int64_or(document, "parcel_id", 0);
	Document	lines = document_array(document, "lines");
	List	   *slices = NIL;

	if (document_length(&lines) == 0)
		document_refuse(document, "lines", "It is empty.", "Say which lines were received.");
	for (int i = 0; i < document_length(&lines); i++)
	{
		Document	line = document_item(&lines, i);
		WantedLine	wanted = read_line(&line, order_id, parcel_id);

		require_lines_of_order(call, order_id, parcel_id, wanted.slice.order_line_id);
		slices = wanted.received == NULL ? allocate(call, &wanted, slices) : allocate_counted(call, &wanted, slices);
	}
	return slices;
}
