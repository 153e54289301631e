/*
 * evidence.c
 *		evidence_bundle() and evidence_verify(): all facts of an order line as one text and its hash, for a dispute or a claim (LG-52).
 *
 * The text is the text of a jsonb, whose form depends on nothing but its content; times are UTC with microseconds, and rows stand in an
 * order that needs no collation. Only facts are in it that are never changed, so that the same line and as_of give the same bytes.
 */
#include "postgres.h"

#include "funcapi.h"
#include "kernel/errors.h"
#include "kernel/seal.h"
#include "logistics/trace.h"
#include "orders/orders.h"
#include "utils/tuplestore.h"

#define FORMAT "marketplace.evidence/1"
#define UTC(at) "pg_catalog.to_char(" at " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

/* Of whom the bundle is: what it may see. */
typedef enum Audience
{
	FOR_OPERATOR, FOR_BUYER, FOR_SELLER
} Audience;

static const char *const audience_names[] = {"operator", "buyer", "seller"};

static Audience
audience_of(Call *call, const OrderLine *line)
{
	if (access_allows(call->caller, call->marketplace_id, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0))
		return FOR_OPERATOR;
	if (access_allows(call->caller, call->marketplace_id, CAPACITY_BUYER, line->buyer_id))
		return FOR_BUYER;
	access_require(call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER, line->seller_id);
	return FOR_SELLER;
}

/*
 * $2 line, $3 order, $4 as_of, $5 the audience ('' all), $6 format. Facts of parcels are those of the parcels that held the line by then;
 * of units, those of all that any of these facts puts a parcel in.
 */
static Statement build = STATEMENT("illztt",
	"WITH RECURSIVE held AS (SELECT p.id, p.sscc, p.created_at, p.shipment_id, c.quantity FROM marketplace.parcel_contents c "
	"JOIN marketplace.parcels p ON p.marketplace_id = $1 AND p.id = c.parcel_id AND p.created_at <= $4 "
	"WHERE c.marketplace_id = $1 AND c.order_line_id = $2), "
	"packed AS (SELECT n.id, n.handling_unit_id FROM marketplace.nestings n WHERE n.marketplace_id = $1 AND n.recorded_at <= $4 "
	"AND n.child_parcel_id IN (SELECT h.id FROM held h) UNION "
	"SELECT n.id, n.handling_unit_id FROM packed p JOIN marketplace.nestings n ON n.marketplace_id = $1 AND n.recorded_at <= $4 "
	"AND (n.child_unit_id = p.handling_unit_id OR (n.handling_unit_id = p.handling_unit_id AND n.child = '*'))), "
	"entries AS (SELECT t.source, t.source_id, COALESCE(t.happened_at, t.recorded_at) AS occurred_at, t.recorded_at, "
	"pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('what', t.what, 'parcel_id', t.parcel_id, 'quantity', t.quantity, "
	"'value', t.value, 'currency', t.currency, 'details', t.details, 'who', CASE WHEN $5 = '' THEN t.who END, "
	"'event_hash', (SELECT pg_catalog.encode(e.hash, 'hex') FROM marketplace.events e WHERE t.source = 'event' AND e.marketplace_id = $1 "
	"AND e.id = t.source_id))) AS said FROM marketplace.timeline t WHERE t.marketplace_id = $1 AND t.order_id = $3 AND NOT t.derived "
	"AND t.recorded_at <= $4 AND ($5 = '' OR $5 = ANY (t.audience)) AND (t.order_line_id = $2 "
	"OR (t.order_line_id IS NULL AND t.parcel_id IN (SELECT h.id FROM held h)) OR (t.order_line_id IS NULL AND t.parcel_id IS NULL AND ("
	"t.seller_id = (SELECT l.seller_id FROM marketplace.order_lines l WHERE l.marketplace_id = $1 AND l.id = $2) "
	"OR (t.seller_id IS NULL AND $5 <> 'seller')))) UNION ALL "
	"SELECT 'nesting', n.id, n.occurred_at, n.recorded_at, pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('what', n.action, "
	"'handling_unit_id', n.handling_unit_id, 'sscc', u.sscc, 'child', CASE WHEN n.child_unit_id IS NOT NULL OR n.child = '*' "
	"OR n.child_parcel_id IN (SELECT h.id FROM held h) THEN n.child END, 'parcel_id', n.child_parcel_id, 'handling_unit_in_it', n.child_unit_id, "
	"'said_by', n.source, 'source_event_id', n.source_event_id)) FROM packed k JOIN marketplace.nestings n ON n.marketplace_id = $1 "
	"AND n.id = k.id JOIN marketplace.handling_units u ON u.marketplace_id = $1 AND u.id = n.handling_unit_id UNION ALL "
	"SELECT 'handling_unit_scan', s.id, s.occurred_at, s.recorded_at, pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object("
	"'what', 'scan', 'handling_unit_id', s.handling_unit_id, 'said_by', s.source, 'source_event_id', s.source_event_id, 'code', s.code, "
	"'sub_code', s.sub_code, 'state', s.state, 'place', s.place, 'signed_by', s.signed_by, 'corrects', s.corrects_event_id, "
	"'correction_reason', s.correction_reason)) FROM marketplace.handling_unit_scans s WHERE s.marketplace_id = $1 AND s.recorded_at <= $4 "
	"AND s.handling_unit_id IN (SELECT k.handling_unit_id FROM packed k)) "
	"SELECT pg_catalog.jsonb_build_object('format', $6, 'marketplace_id', $1, 'order_id', $3, 'order_line_id', $2, 'as_of', " UTC("$4") ", "
	"'for', COALESCE(NULLIF($5, ''), 'operator'), 'line', (SELECT pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object("
	"'order_reference', o.reference, 'buyer_id', l.buyer_id, 'seller_id', l.seller_id, 'seller_order_id', l.seller_order_id, "
	"'position', l.position, 'sku', l.sku, 'gtin', l.gtin, 'description', l.description, 'quantity', l.quantity, 'unit', l.unit, "
	"'net', l.net::text, 'vat', l.vat::text, 'gross', l.gross::text, 'deliver_from', l.deliver_from::text, 'deliver_by', l.deliver_by::text, "
	"'placed_at', " UTC("o.placed_at") ")) FROM marketplace.order_lines l JOIN marketplace.orders o ON o.marketplace_id = $1 AND o.id = l.order_id "
	"WHERE l.marketplace_id = $1 AND l.id = $2), 'parcels', (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_strip_nulls("
	"pg_catalog.jsonb_build_object('parcel_id', h.id, 'sscc', h.sscc, 'shipment_id', h.shipment_id, 'quantity', h.quantity, 'announced_at', "
	UTC("h.created_at") ")) ORDER BY h.id), '[]') FROM held h), 'chain', (SELECT pg_catalog.jsonb_build_object('sequence', e.sequence, 'hash', "
	"pg_catalog.encode(e.hash, 'hex')) FROM marketplace.events e WHERE e.marketplace_id = $1 AND e.aggregate = 'order' AND e.aggregate_id = $3 "
	"AND e.recorded_at <= $4 ORDER BY e.sequence DESC LIMIT 1), 'entries', (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object("
	"'source', n.source, 'id', n.source_id, 'occurred_at', " UTC("n.occurred_at") ", 'recorded_at', " UTC("n.recorded_at") ") || n.said "
	"ORDER BY n.occurred_at, n.recorded_at, n.source COLLATE \"C\", n.source_id, n.said::text COLLATE \"C\"), '[]') FROM entries n))");

static Jsonb *
build_content(Call *call, const OrderLine *line, TimestampTz as_of, Audience audience)
{
	return DatumGetJsonbP(query_datum(&build, VALUES(value_int32(call->marketplace_id), value_int64(line->id), value_int64(line->order_id),
													 value_timestamptz(as_of),
													 value_text(audience == FOR_OPERATOR ? "" : audience_names[audience]),
													 value_text(FORMAT))));
}

static char *
text_of(Jsonb *content)
{
	return JsonbToCString(NULL, &content->root, VARSIZE(content));
}

static char *
hash_of(const char *content)
{
	return TextDatumGetCString(DirectFunctionCall2(binary_encode, PointerGetDatum(seal_text(NULL, content)), CStringGetTextDatum("hex")));
}

/* evidence_bundle(marketplace_id, order_line_id, as_of) */
PG_FUNCTION_INFO_V1(evidence_bundle);
Datum
evidence_bundle(PG_FUNCTION_ARGS)
{
	Call		call;
	OrderLine  *line;
	TimestampTz as_of;
	Jsonb	   *content;
	Document	document;
	Document	entries;
	TupleDesc	desc;
	Datum		values[3];
	bool		nulls[3] = {false};
	char	   *written;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_BUYER | CAPACITY_SELLER);
	line = order_line_get(&call, call_int64(&call, 1));
	as_of = call_timestamptz_or(&call, 2, call.now);
	if (TIMESTAMP_NOT_FINITE(as_of) || as_of > call.now)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("evidence is of the past"),
				errdetail("as_of is later than now."),
				errhint("Leave as_of out, or name an instant that has passed."));
	content = build_content(&call, line, as_of, audience_of(&call, line));
	document = document_root(content);
	entries = document_array(&document, "entries");
	written = text_of(content);
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "evidence_bundle() returns a record");
	values[0] = CStringGetTextDatum(written);
	values[1] = CStringGetTextDatum(hash_of(written));
	values[2] = Int32GetDatum(document_length(&entries));
	call_end_read(&call);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

/*
 * ---- against the records ----
 */

static void
put_finding(ReturnSetInfo *result, const char *check, const char *expected, const char *found)
{
	Datum		values[3];
	bool		nulls[3] = {false, expected == NULL, found == NULL};

	values[0] = CStringGetTextDatum(check);
	values[1] = expected == NULL ? (Datum) 0 : CStringGetTextDatum(expected);
	values[2] = found == NULL ? (Datum) 0 : CStringGetTextDatum(found);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* The first entry, or part of the head, that the records do not have so. */
static void
compare(ReturnSetInfo *result, Jsonb *given, Jsonb *recorded)
{
	static Statement heads = STATEMENT("jj",
		"SELECT k.key, ($2 -> k.key)::text, ($1 -> k.key)::text FROM ("
		"SELECT pg_catalog.jsonb_object_keys($1) UNION SELECT pg_catalog.jsonb_object_keys($2)) k (key) "
		"WHERE k.key <> 'entries' AND ($1 -> k.key) IS DISTINCT FROM ($2 -> k.key) ORDER BY k.key COLLATE \"C\"");
	static Statement entries = STATEMENT("jj",
		"SELECT n, r.entry::text, g.entry::text FROM pg_catalog.jsonb_array_elements($1 -> 'entries') WITH ORDINALITY g (entry, n) "
		"FULL JOIN pg_catalog.jsonb_array_elements($2 -> 'entries') WITH ORDINALITY r (entry, n) USING (n) "
		"WHERE g.entry IS DISTINCT FROM r.entry ORDER BY n LIMIT 1");
	Rows		rows = query_rows(&heads, VALUES(value_jsonb(given), value_jsonb(recorded)));
	Row			row;

	for (uint64 i = 0; i < rows.count; i++)
		put_finding(result, row_text(&rows.rows[i], 0), row_text(&rows.rows[i], 1), row_text(&rows.rows[i], 2));
	if (query_row(&entries, VALUES(value_jsonb(given), value_jsonb(recorded)), &row))
		put_finding(result, psprintf("entry %lld", (long long) row_int64(&row, 0)), row_text(&row, 1), row_text(&row, 2));
}

static void
check_chain(Call *call, ReturnSetInfo *result, int64 order_id)
{
	static Statement broken = STATEMENT("il",
		"SELECT sequence, pg_catalog.encode(expected_hash, 'hex'), pg_catalog.encode(hash, 'hex') FROM marketplace.event_chain "
		"WHERE marketplace_id = $1 AND aggregate = 'order' AND aggregate_id = $2 AND (hash <> expected_hash OR sequence <> position) "
		"ORDER BY sequence LIMIT 1");
	Row			row;

	if (query_row(&broken, VALUES(value_int32(call->marketplace_id), value_int64(order_id)), &row))
		put_finding(result, psprintf("chain, event %d", row_int32(&row, 0)), row_text(&row, 1), row_text(&row, 2));
}

static Audience
read_audience(const Document *document)
{
	char	   *name = document_text(document, "for");

	for (int i = 0; i < lengthof(audience_names); i++)
		if (strcmp(audience_names[i], name) == 0)
			return (Audience) i;
	document_refuse(document, "for", psprintf("\"%.40s\" is not known.", name), "It is operator, buyer or seller.");
}

/* evidence_verify(marketplace_id, content, sha256) */
PG_FUNCTION_INFO_V1(evidence_verify);
Datum
evidence_verify(PG_FUNCTION_ARGS)
{
	Call		call;
	Jsonb	   *given;
	Document	document;
	OrderLine  *line;
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	TimestampTz as_of;
	Audience	audience;
	char	   *claimed;
	char	   *computed;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR);
	given = call_jsonb(&call, 1);
	claimed = call_text(&call, 2);
	document = document_root(given);
	if (strcmp(document_text(&document, "format"), FORMAT) != 0)
		document_refuse(&document, "format", "It is no evidence bundle of this version.", "evidence_bundle() makes them.");
	if (document_int64(&document, "marketplace_id") != call.marketplace_id)
		document_refuse(&document, "marketplace_id", "It is of another marketplace.", NULL);
	(void) document_array(&document, "entries");
	line = order_line_get(&call, document_int64(&document, "order_line_id"));
	as_of = document_timestamptz(&document, "as_of");
	audience = read_audience(&document);
	computed = hash_of(text_of(given));
	InitMaterializedSRF(fcinfo, 0);
	if (pg_strcasecmp(claimed, computed) != 0)
		put_finding(result, "sha256", claimed, computed);
	compare(result, given, build_content(&call, line, as_of, audience));
	check_chain(&call, result, line->order_id);
	call_end_read(&call);
	return (Datum) 0;
}
