/*
 * erp.c
 *		The counter-check of an ERP (LG-61): what it believes is loaded as a snapshot and compared with what the marketplace has.
 *
 * What is compared comes from the areas: views erp_position_<area>, which registry.c unites.
 */
#include "postgres.h"

#include "kernel/attempt.h"
#include "kernel/document.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/kernel.h"

typedef struct Line
{
	const char *source;
	Jsonb	   *json;
} Line;

static void
parse_line(Call *call, void *argument)
{
	Line	   *line = argument;

	line->json = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(line->source)));
}

static void
refuse_line(int number, const char *detail)
{
	ereport(ERROR,
			errcode(MK_INVALID_DOCUMENT),
			errmsg("line %d of the snapshot cannot be read", number),
			errdetail("%s", detail),
			errhint("A line is {\"kind\": \"order\", \"reference\": \"12\", \"status\"?, \"quantity\"?, \"amount\"?}; nothing was imported."));
}

static void
import_line(Call *call, int64 snapshot_id, const char *source, int number)
{
	static Statement insert = STATEMENT("illttt" "n",
		"INSERT INTO marketplace.erp_snapshot_rows (marketplace_id, snapshot_id, kind, reference, status, amount, quantity) "
		"SELECT $1, $2, $4, $5, v.status, v.amount::marketplace.amount, $7 "
		"FROM (SELECT $6::jsonb ->> 'status' AS status, $6::jsonb ->> 'amount' AS amount) v WHERE $3 > 0 ON CONFLICT DO NOTHING");
	Line		line = {.source = source};
	ErrorData  *error;
	Document	row;
	uint64		written;

	if (!attempt(call, parse_line, &line, &error))
		refuse_line(number, error->message);
	if (!JB_ROOT_IS_OBJECT(line.json))
		refuse_line(number, "It is no JSON object.");
	row = document_root(line.json);
	row.path = psprintf("line %d", number);
	document_only(&row, "kind", "reference", "status", "quantity", "amount", NULL);
	(void) document_text_or_null(&row, "status");
	(void) document_text_or_null(&row, "amount");
	guard_open("erp");
	written = query_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(snapshot_id), value_int64(number),
											value_text(document_text(&row, "kind")), value_text(document_text(&row, "reference")),
											value_text(JsonbToCString(NULL, &line.json->root, VARSIZE(line.json))),
											value_numeric(document_numeric_or_null(&row, "quantity"))));
	guard_close();
	if (written == 0)
		refuse_line(number, "The snapshot has this object already.");
}

static int64
import_snapshot(Call *call, char *source, TimestampTz taken_at, char *lines)
{
	static Statement insert = STATEMENT("itzzt",
		"INSERT INTO marketplace.erp_snapshots (marketplace_id, source, taken_at, recorded_at, recorded_by) "
		"VALUES ($1, $2, $3, $4, $5) RETURNING id");
	Row			row;
	int64		snapshot_id;
	int			number = 0;
	char	   *next = lines;

	access_require(call, CAPACITY_OPERATOR, 0);
	guard_open("erp");
	if (!query_row(&insert, VALUES(value_int32(call->marketplace_id), value_text(source), value_timestamptz(taken_at),
								   value_timestamptz(call->now), value_text(call_actor())), &row))
		elog(ERROR, "a snapshot was not written");
	guard_close();
	snapshot_id = row_int64(&row, 0);
	while (next != NULL)
	{
		char	   *line = next;
		char	   *end = strchr(line, '\n');

		next = end == NULL ? NULL : end + 1;
		if (end != NULL)
			*end = '\0';
		number++;
		if (line[strspn(line, " \t\r")] != '\0')
			import_line(call, snapshot_id, line, number);
	}
	return snapshot_id;
}

PG_FUNCTION_INFO_V1(erp_snapshot_import);
Datum
erp_snapshot_import(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		char	   *source = call_text(&call, 1);

		if (call_is_null(&call, 2))
			ereport(ERROR, errcode(MK_MISSING_VALUE), errmsg("erp_snapshot_import() needs taken_at"),
					errdetail("Argument 3 is NULL."), errhint("Say when the ERP looked."));
		call.result = import_snapshot(&call, source, call_timestamptz_or(&call, 2, call.now), call_text(&call, 3));
	}
	PG_RETURN_INT64(call_end(&call));
}

/* $1 the marketplace, $2 the ERP */
#define DIFFERENCES \
	"WITH snapshot AS (SELECT s.id, s.taken_at FROM marketplace.erp_snapshots s WHERE s.marketplace_id = $1 AND s.source = $2 " \
	"ORDER BY s.taken_at DESC, s.id DESC LIMIT 1), theirs AS (SELECT r.* FROM marketplace.erp_snapshot_rows r, snapshot s " \
	"WHERE r.marketplace_id = $1 AND r.snapshot_id = s.id), ours AS (SELECT p.* FROM marketplace.erp_position p " \
	"WHERE p.marketplace_id = $1 AND p.kind IN (SELECT t.kind FROM theirs t)), differences AS (" \
	"SELECT s.id AS snapshot_id, COALESCE(o.kind, t.kind) AS kind, COALESCE(o.reference, t.reference) AS reference, d.difference, " \
	"d.ours, d.theirs FROM ours o FULL JOIN theirs t ON t.kind = o.kind AND t.reference = o.reference CROSS JOIN snapshot s " \
	"CROSS JOIN LATERAL (VALUES ('missing_here', NULL, t.reference, o.reference IS NULL), " \
	"('missing_there', o.reference, NULL, t.reference IS NULL AND o.since <= s.taken_at), " \
	"('status', o.status, t.status, o.reference IS NOT NULL AND t.status IS DISTINCT FROM o.status AND t.status IS NOT NULL), " \
	"('quantity', o.quantity::text, pg_catalog.trim_scale(t.quantity)::text, o.reference IS NOT NULL AND " \
	"t.quantity IS DISTINCT FROM o.quantity AND t.quantity IS NOT NULL), " \
	"('amount', o.amount::text, t.amount::text, o.reference IS NOT NULL AND " \
	"t.amount::text IS DISTINCT FROM o.amount::text AND t.amount IS NOT NULL)" \
	") d (difference, ours, theirs, differs) WHERE d.differs) "

PG_FUNCTION_INFO_V1(erp_differences);
Datum
erp_differences(PG_FUNCTION_ARGS)
{
	static Statement differences = STATEMENT("it",
		DIFFERENCES "SELECT d.snapshot_id, d.kind, d.reference, d.difference, d.ours, d.theirs, r.reason, r.note, r.resolved_by, "
		"r.resolved_at FROM differences d LEFT JOIN LATERAL (SELECT e.reason, e.note, e.resolved_by, e.resolved_at "
		"FROM marketplace.erp_resolutions e WHERE e.marketplace_id = $1 AND e.source = $2 AND e.kind = d.kind AND "
		"e.reference = d.reference AND e.difference = d.difference AND e.ours IS NOT DISTINCT FROM d.ours AND "
		"e.theirs IS NOT DISTINCT FROM d.theirs ORDER BY e.id DESC LIMIT 1) r ON true ORDER BY 2, 3, 4");
	Call		call;

	call_begin_read(&call, fcinfo);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	query_return_set(fcinfo, &differences, VALUES(value_int32(call.marketplace_id), value_text(call_text(&call, 1))));
	call_end_read(&call);
	return (Datum) 0;
}

static int64
resolve(Call *call, Jsonb *json)
{
	static Statement insert = STATEMENT("ittttttzt",
		DIFFERENCES "INSERT INTO marketplace.erp_resolutions (marketplace_id, source, kind, reference, difference, ours, theirs, reason, "
		"note, resolved_at, resolved_by) SELECT $1, $2, d.kind, d.reference, d.difference, d.ours, d.theirs, $6, $7, $8, $9 "
		"FROM differences d WHERE d.kind = $3 AND d.reference = $4 AND d.difference = $5 RETURNING id");
	static const char *const reasons[] = {"erp_corrected", "marketplace_corrected", "timing", "accepted"};
	Document	document = document_root(json);
	char	   *reason;
	bool		known = false;
	bool		found;
	Row			row;

	access_require(call, CAPACITY_OPERATOR, 0);
	document_only(&document, "source", "kind", "reference", "difference", "reason", "note", NULL);
	reason = document_text(&document, "reason");
	for (int i = 0; i < lengthof(reasons); i++)
		known |= strcmp(reason, reasons[i]) == 0;
	if (!known)
		document_refuse(&document, "reason", psprintf("\"%.60s\" is not known.", reason),
						"It is erp_corrected, marketplace_corrected, timing or accepted.");
	guard_open("erp");
	found = query_row(&insert, VALUES(value_int32(call->marketplace_id), value_text(document_text(&document, "source")),
									  value_text(document_text(&document, "kind")), value_text(document_text(&document, "reference")),
									  value_text(document_text(&document, "difference")), value_text(reason),
									  value_text(document_text_or_null(&document, "note")), value_timestamptz(call->now),
									  value_text(call_actor())), &row);
	guard_close();
	if (!found)
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no such difference"),
				errdetail("The latest snapshot of this ERP and the marketplace do not differ there."),
				errhint("See marketplace.erp_differences()."));
	return row_int64(&row, 0);
}

PG_FUNCTION_INFO_V1(erp_difference_resolve);
Datum
erp_difference_resolve(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = resolve(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}
