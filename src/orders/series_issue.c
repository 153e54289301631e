/*
 * series_issue.c
 *		series_issue(): users number documents of their own from a party's gapless series, by the same counter, lock and hash chain as
 *		invoices (kernel/series.h); series_verify() proves what they say.
 *
 * Kinds of users' documents have a prefix, so that nobody writes into a series of the extension. What a document means is not
 * known here.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/series.h"
#include "miscadmin.h"
#include "orders/orders_internal.h"
#include "utils/array.h"
#include "utils/datetime.h"

#define MAX_DOCUMENTS	10000
#define DEFAULT_PATTERN "{root}-{yyyy}-{n:6}"

typedef struct Issue
{
	int64		issuer_id;
	char	   *kind;
	char	   *root;
	char	   *pattern;
	const char *identifier;
	DateADT		wanted;
	int			count;
	Jsonb	  **contents;
	SeriesNumber *numbers;		/* once they are given */
} Issue;

/* 'acme.delivery_note': two names with a dot between. */
static bool
has_prefix(const char *kind)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz";
	static const char any[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t		prefix = strspn(kind, any);
	const char *name = kind + prefix + 1;

	if (prefix == 0 || kind[prefix] != '.' || strchr(first, kind[0]) == NULL)
		return false;
	return name[0] != '\0' && strchr(first, name[0]) != NULL && name[strspn(name, any)] == '\0';
}

static char *
read_kind(const Document *document)
{
	char	   *kind = document_short_text(document, "kind", 63);

	if (!has_prefix(kind))
		document_refuse(document, "kind", "It has no prefix of yours.",
						"Write two names of a-z, 0-9 and _ with a dot between: acme.delivery_note.");
	return kind;
}

static DateADT
read_date(Call *call, const Document *document)
{
	DateADT		today = calendar_local_date(call->now, marketplace_get(call)->time_zone);
	DateADT		date;

	if (!document_date_or_null(document, "issue_date", &date))
		return today;
	if (date > today)
		document_refuse(document, "issue_date", "It is in the future.", "Leave it out: then it is today.");
	return date;
}

static void
read_contents(const Document *document, bool many, Issue *issue)
{
	Document	array;

	issue->count = 1;
	if (many)
	{
		array = document_array(document, "contents");
		issue->count = document_length(&array);
		if (issue->count < 1 || issue->count > MAX_DOCUMENTS)
			document_refuse(document, "contents", psprintf("It has %d elements.", issue->count),
							psprintf("Give 1 to %d documents.", MAX_DOCUMENTS));
	}
	issue->contents = palloc(sizeof(Jsonb *) * issue->count);
	for (int i = 0; many && i < issue->count; i++)
	{
		issue->contents[i] = document_item_jsonb(&array, i);
		if (JB_ROOT_IS_SCALAR(issue->contents[i]) &&
			strcmp(JsonbToCString(NULL, &issue->contents[i]->root, VARSIZE(issue->contents[i])), "null") == 0)
			document_refuse(document, "contents", psprintf("Element %d is null.", i), "Say what the document says, as JSON.");
	}
	if (!many)
		issue->contents[0] = document_jsonb_or_null(document, "content");
	if (!many && issue->contents[0] == NULL)
		document_refuse(document, "content", "It is missing.", "Say what the document says, as JSON.");
}

static Issue *
read_issue(Call *call, bool many)
{
	Document	document = document_root(call_jsonb(call, 1));
	Issue	   *issue = palloc0(sizeof(Issue));
	Party	   *issuer;

	document_only(&document, "issuer", "kind", "root", "pattern", "identifier", "issue_date", many ? "contents" : "content", NULL);
	issue->issuer_id = document_int64(&document, "issuer");
	access_require(call, CAPACITY_OPERATOR | CAPACITY_SELLER, issue->issuer_id);
	issue->kind = read_kind(&document);
	issue->root = document_short_text(&document, "root", 35);
	issue->pattern = document_short_text_or_null(&document, "pattern", 100);
	if (issue->pattern == NULL)
		issue->pattern = DEFAULT_PATTERN;
	issue->identifier = document_short_text_or_null(&document, "identifier", 35);
	issue->wanted = read_date(call, &document);
	read_contents(&document, many, issue);
	issuer = party_get(call, issue->issuer_id);
	if (issue->identifier == NULL)
		issue->identifier = issuer->siren;
	return issue;
}

/* What the hash covers; series_verify() builds the same text in SQL. */
static char *
canonical(Call *call, const Issue *issue, int i)
{
	const SeriesNumber *number = &issue->numbers[i];
	int			year;
	int			month;
	int			day;

	j2date(number->issue_date + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	return psprintf("%d|%lld|%s|%s|%04d-%02d-%02d|%s", call->marketplace_id, (long long) issue->issuer_id, issue->kind,
					number->number, year, month, day,
					JsonbToCString(NULL, &issue->contents[i]->root, VARSIZE(issue->contents[i])));
}

/* Writes the documents; returns the id of the first. */
static int64
write_documents(Call *call, const Issue *issue)
{
	static Statement append = STATEMENT_PLANNED_ONCE("illltTdJzt",
		"WITH written AS (INSERT INTO marketplace.numbered_documents (marketplace_id, series_id, issuer_id, n, kind, number, issue_date,"
		" content, recorded_at, recorded_by) SELECT $1, $2, $3, $4 + d.i - 1, $5, d.number, $7, d.content, $9, $10"
		" FROM ROWS FROM (pg_catalog.unnest($6), pg_catalog.unnest($8)) WITH ORDINALITY d (number, content, i) ORDER BY d.i"
		" RETURNING id, n) SELECT id FROM written WHERE n = $4");
	const SeriesNumber *first = &issue->numbers[0];
	Datum	   *numbers = palloc(sizeof(Datum) * issue->count);
	Datum	   *contents = palloc(sizeof(Datum) * issue->count);
	int64		id;

	for (int i = 0; i < issue->count; i++)
	{
		numbers[i] = CStringGetTextDatum(issue->numbers[i].number);
		contents[i] = JsonbPGetDatum(issue->contents[i]);
	}
	guard_open("orders");
	id = DatumGetInt64(query_datum(&append, VALUES(
		value_int32(call->marketplace_id), value_int64(first->series_id), value_int64(issue->issuer_id), value_int64(first->n),
		value_text(issue->kind), value_array(numbers, NULL, issue->count, TEXTOID), value_date(first->issue_date),
		value_array(contents, NULL, issue->count, JSONBOID), value_timestamptz(call->now), value_text(call_actor()))));
	guard_close();
	return id;
}

static void
tell_issued(Call *call, const Issue *issue)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "series_id", issue->numbers[0].series_id);
	payload_int64(&payload, "issuer_id", issue->issuer_id);
	payload_text(&payload, "kind", issue->kind);
	payload_text(&payload, "first", issue->numbers[0].number);
	payload_text(&payload, "last", issue->numbers[issue->count - 1].number);
	payload_int64(&payload, "count", issue->count);
	payload_int64(&payload, "document_id", call->result);
	event_emit(call, "series", issue->numbers[0].series_id, "series.issued", &payload);
}

static void
issue_documents(Call *call, void *argument)
{
	Issue	   *issue = argument;
	const char **canonicals = palloc(sizeof(char *) * issue->count);

	issue->numbers = palloc(sizeof(SeriesNumber) * issue->count);
	issue->numbers[0] = series_take(call, issue->issuer_id, issue->kind, issue->root, issue->identifier, issue->pattern,
									issue->wanted);
	for (int i = 0; i < issue->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (i > 0)
			issue->numbers[i] = series_next(&issue->numbers[i - 1]);
		canonicals[i] = canonical(call, issue, i);
	}
	if (issue->count == 1)
		(void) series_seal(call, &issue->numbers[0], canonicals[0]);
	else
		series_seal_run(call, issue->numbers, canonicals, issue->count);
	call->result = write_documents(call, issue);
	tell_issued(call, issue);
}

/* What a repeated call returned the first time. */
static Datum *
numbers_given(Call *call, int *count)
{
	static Statement given = STATEMENT("ili",
		"SELECT d.number FROM marketplace.numbered_documents f JOIN marketplace.numbered_documents d ON"
		" d.marketplace_id = f.marketplace_id AND d.series_id = f.series_id AND d.n >= f.n"
		" WHERE f.marketplace_id = $1 AND f.id = $2 ORDER BY d.n LIMIT $3");
	Rows		rows = query_rows(&given, VALUES(value_int32(call->marketplace_id), value_int64(call->result), value_int32(*count)));
	Datum	   *numbers = palloc(sizeof(Datum) * Max(rows.count, 1));
	for (uint64 i = 0; i < rows.count; i++)
		numbers[i] = row_datum(&rows.rows[i], 0);
	*count = (int) rows.count;
	return numbers;
}

/* Issues, or on a repeated call looks up; returns the numbers as texts. */
static Datum *
issue_all(FunctionCallInfo fcinfo, bool many, int *count)
{
	Call		call;
	Issue	   *issue = NULL;
	Datum	   *numbers;
	Document	document;
	Document	contents;

	if (call_begin(&call, fcinfo))
	{
		issue = read_issue(&call, many);
		call_defer(&call, issue->issuer_id, issue_documents, issue);
		(void) call_end(&call);
		*count = issue->count;
		numbers = palloc(sizeof(Datum) * issue->count);
		for (int i = 0; i < issue->count; i++)
			numbers[i] = CStringGetTextDatum(issue->numbers[i].number);
		return numbers;
	}
	*count = 1;
	if (many)
	{
		document = document_root(call_jsonb(&call, 1));
		contents = document_array(&document, "contents");
		*count = document_length(&contents);
	}
	numbers = numbers_given(&call, count);
	(void) call_end(&call);
	return numbers;
}

/* series_issue(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(series_issue);
Datum
series_issue(PG_FUNCTION_ARGS)
{
	int			count;

	PG_RETURN_DATUM(issue_all(fcinfo, false, &count)[0]);
}

/* series_issue_many(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(series_issue_many);
Datum
series_issue_many(PG_FUNCTION_ARGS)
{
	int			count;
	Datum	   *numbers = issue_all(fcinfo, true, &count);

	PG_RETURN_DATUM(PointerGetDatum(construct_array(numbers, count, TEXTOID, -1, false, TYPALIGN_INT)));
}

/* series_verify(marketplace_id, issuer_id) */
PG_FUNCTION_INFO_V1(series_verify);
Datum
series_verify(PG_FUNCTION_ARGS)
{
	static Statement verify = STATEMENT("il",
		"WITH compared AS ("
		"  SELECT s.number, d.number AS found_number, s.hash,"
		"    CASE WHEN d.id IS NOT NULL THEN marketplace.seal_hash(s.previous_hash, d.marketplace_id || '|' ||"
		"    d.issuer_id || '|' || d.kind || '|' || d.number || '|' || pg_catalog.to_char(d.issue_date, 'YYYY-MM-DD') || '|' ||"
		"    d.content::text) END AS found"
		"  FROM marketplace.series e"
		"  JOIN marketplace.series_documents s ON s.marketplace_id = e.marketplace_id AND s.series_id = e.id"
		"  LEFT JOIN marketplace.numbered_documents d ON d.marketplace_id = s.marketplace_id AND d.series_id = s.series_id AND d.n = s.n"
		"  WHERE e.marketplace_id = $1 AND ($2 IS NULL OR e.issuer_id = $2) AND pg_catalog.strpos(e.kind, '.') > 0)"
		" SELECT number, CASE WHEN found_number IS NULL THEN 'missing' WHEN found_number <> number THEN 'position' ELSE 'content' END,"
		"   CASE WHEN found_number IS NULL OR found_number <> number THEN number ELSE pg_catalog.encode(hash, 'hex') END,"
		"   CASE WHEN found_number <> number THEN found_number ELSE pg_catalog.encode(found, 'hex') END"
		" FROM compared WHERE found_number IS DISTINCT FROM number OR found IS DISTINCT FROM hash ORDER BY 1");
	Call		call;

	call_begin_read(&call, fcinfo);
	if (call_is_null(&call, 1))
		access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR);
	else
		access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER, call_int64(&call, 1));
	query_return_set(fcinfo, &verify, VALUES(value_int32(call.marketplace_id), call_value(&call, 1)));
	call_end_read(&call);
	return (Datum) 0;
}
