/*
 * series.c
 *		Legal numbering: gapless, unique and chronological per issuer, and the hash chain along the numbers (IV-14 …
 *		IV-21).
 *
 * One counter row per (issuer, kind, root, year) is locked by series_take() and moved by series_seal(), both in the
 * last part of a call, so that issuers never wait for each other and a rollback takes the number back with the
 * document. A number that was taken and not sealed was never given. What a document says is not known here: its area
 * hands over the canonical text.
 */
#include "kernel/series.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/seal.h"
#include "utils/array.h"
#include "utils/datetime.h"

/* What a series is found by, and what it is created with. */
typedef struct SeriesKey
{
	int64		issuer_id;
	const char *kind;
	const char *root;
	const char *identifier;
	const char *pattern;
	int			year;
} SeriesKey;

/*
 * Where the counter row stands that this transaction moved last. Every move leaves a dead version behind that the
 * index still leads to, so that a run of 10 000 documents would look at 10 000 versions for each: by its place the
 * row is found at once. Only a place: lock_series() asks for the series itself too, and looks it up when it is not
 * there any more.
 */
static struct
{
	FullTransactionId transaction;
	char		ctid[32];
} moved_last;

static int
year_of(DateADT date)
{
	int			year;
	int			month;
	int			day;

	j2date(date + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	return year;
}

/*
 * The series of this year or, when dates have gone further already, of the latest year: dates never decrease along an
 * issuer's numbers (IV-17). The row stays locked until the end of the transaction.
 */
static bool
lock_series(Call *call, const SeriesKey *key, Row *row)
{
	static Statement by_place = STATEMENT("ilttit",
		"SELECT id, year, pattern, identifier, last_number, last_date, head_hash, ctid::text FROM marketplace.series"
		" WHERE marketplace_id = $1 AND issuer_id = $2 AND kind = $3 AND root = $4 AND year >= $5 AND ctid = $6::tid"
		" FOR NO KEY UPDATE");
	static Statement by_key = STATEMENT("iltti",
		"SELECT id, year, pattern, identifier, last_number, last_date, head_hash, ctid::text FROM marketplace.series"
		" WHERE marketplace_id = $1 AND issuer_id = $2 AND kind = $3 AND root = $4 AND year >= $5"
		" ORDER BY year DESC LIMIT 1 FOR NO KEY UPDATE");
	FullTransactionId transaction = GetTopFullTransactionIdIfAny();
	Value		values[] = {
		value_int32(call->marketplace_id), value_int64(key->issuer_id), value_text(key->kind), value_text(key->root),
		value_int32(key->year), value_text(moved_last.ctid)
	};

	if (FullTransactionIdIsValid(transaction) && FullTransactionIdEquals(transaction, moved_last.transaction) &&
		query_row(&by_place, values, row))
		return true;
	return query_row(&by_key, values, row);
}

static void
create_series(Call *call, const SeriesKey *key)
{
	static Statement create = STATEMENT("ilttitt",
		"INSERT INTO marketplace.series (marketplace_id, issuer_id, kind, root, year, pattern, identifier)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING");

	guard_open("series");
	query_execute(&create, VALUES(value_int32(call->marketplace_id), value_int64(key->issuer_id),
								  value_text(key->kind), value_text(key->root), value_int32(key->year),
								  value_text(key->pattern), value_text(key->identifier)));
	guard_close();
}

/* Two calls may both find no series for a new year: one creates it, the other waits for it here and finds it. */
static void
lock_or_create_series(Call *call, const SeriesKey *key, Row *row)
{
	if (lock_series(call, key, row))
		return;

	/* a pattern that cannot print is refused before it is kept */
	(void) series_number(&(SeriesFormat) {key->pattern, key->root, key->identifier, key->year}, 1);
	create_series(call, key);
	if (lock_series(call, key, row))
		return;
	ereport(ERROR,
			(errcode(MK_CONCURRENT_CHANGE),
			 errmsg("the numbering series %s of %d was created by another transaction", key->kind, key->year),
			 errdetail("This transaction's snapshot does not show it."),
			 errhint("Run the transaction again.")));
}

SeriesNumber
series_take(Call *call, int64 issuer_party_id, const char *kind, const char *root, const char *identifier,
			const char *pattern, DateADT wanted)
{
	SeriesKey	key = {issuer_party_id, kind, root, identifier, pattern, year_of(wanted)};
	SeriesNumber number = {.format = {.root = root}};
	Row			row;

	if (DATE_NOT_FINITE(wanted))
		ereport(ERROR,
				(errcode(MK_SERIES),
				 errmsg("a document needs a date of issue"),
				 errdetail("The date wanted is infinite."),
				 errhint("Give a day of the calendar.")));
	lock_or_create_series(call, &key, &row);
	number.series_id = row_int64(&row, 0);
	number.issuer_id = issuer_party_id;
	number.n = row_int64(&row, 4) + 1;
	number.issue_date = row_null(&row, 5) ? wanted : Max(wanted, row_date(&row, 5));
	number.previous_hash = row_null(&row, 6) ? NULL : DatumGetByteaPP(row_datum(&row, 6));

	number.ctid = row_text(&row, 7);

	/* a pattern keeps for its year: numbers of one series look alike */
	number.format.year = row_int32(&row, 1);
	number.format.pattern = row_text(&row, 2);
	number.format.identifier = row_text(&row, 3);
	number.number = series_number(&number.format, number.n);
	return number;
}

SeriesNumber
series_next(const SeriesNumber *number)
{
	SeriesNumber next = *number;

	next.n++;
	next.previous_hash = NULL;	/* known once the one before is sealed */
	next.number = series_number(&next.format, next.n);
	return next;
}

static void
refuse_taken(const char *number)
{
	ereport(ERROR,
			(errcode(MK_SERIES),
			 errmsg("the number \"%s\" is taken", number),
			 errdetail("Another series of the same issuer has printed it."),
			 errhint("Give each kind of document of an issuer its own root (IV-19).")));
}

static void
write_document(Call *call, const SeriesNumber *number, bytea *hash)
{
	static Statement append = STATEMENT("illtdyyzl",
		"INSERT INTO marketplace.series_documents (marketplace_id, series_id, n, number, issue_date, hash,"
		" previous_hash, recorded_at, issuer_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
		" ON CONFLICT (marketplace_id, issuer_id, number) DO NOTHING");

	if (query_execute(&append, VALUES(value_int32(call->marketplace_id), value_int64(number->series_id),
									  value_int64(number->n), value_text(number->number),
									  value_date(number->issue_date), value_bytea(hash),
									  value_bytea(number->previous_hash), value_timestamptz(call->now),
									  value_int64(number->issuer_id))) != 1)
		refuse_taken(number->number);
}

/* The same for documents whose numbers follow one another. */
static void
write_documents(Call *call, const SeriesNumber *numbers, Datum *hashes, int count)
{
	static Statement append = STATEMENT_PLANNED_ONCE("illlTdYyz",
		"INSERT INTO marketplace.series_documents (marketplace_id, series_id, issuer_id, n, number, issue_date, hash,"
		" previous_hash, recorded_at) SELECT $1, $2, $3, $4 + d.i - 1, d.number, $6, d.hash,"
		" COALESCE(pg_catalog.lag(d.hash) OVER (ORDER BY d.i), $8), $9"
		" FROM ROWS FROM (pg_catalog.unnest($5), pg_catalog.unnest($7)) WITH ORDINALITY d (number, hash, i) ORDER BY d.i"
		" ON CONFLICT (marketplace_id, issuer_id, number) DO NOTHING");
	static Statement taken = STATEMENT_PLANNED_ONCE("illT",
		"SELECT number FROM marketplace.series_documents WHERE marketplace_id = $1 AND issuer_id = $2 AND series_id <> $3"
		" AND number = ANY ($4) LIMIT 1");
	Datum	   *texts = palloc(sizeof(Datum) * count);
	Datum		array;
	Row			row;

	for (int i = 0; i < count; i++)
		texts[i] = CStringGetTextDatum(numbers[i].number);
	array = PointerGetDatum(construct_array(texts, count, TEXTOID, -1, false, TYPALIGN_INT));
	if (query_execute(&append, VALUES(value_int32(call->marketplace_id), value_int64(numbers->series_id),
									  value_int64(numbers->issuer_id), value_int64(numbers->n), value_datum(array),
									  value_date(numbers->issue_date),
									  value_datum(PointerGetDatum(construct_array(hashes, count, BYTEAOID, -1, false,
																				  TYPALIGN_INT))),
									  value_bytea(numbers->previous_hash), value_timestamptz(call->now))) == count)
		return;
	if (query_row(&taken, VALUES(value_int32(call->marketplace_id), value_int64(numbers->issuer_id),
								 value_int64(numbers->series_id), value_datum(array)), &row))
		refuse_taken(row_text(&row, 0));
	elog(ERROR, "numbers of series %lld were not written", (long long) numbers->series_id);
}

/* To number, count numbers after where it stood. */
static void
move_counter(Call *call, const SeriesNumber *number, int count, bytea *hash)
{
	static Statement move = STATEMENT("illdyti",
		"UPDATE marketplace.series SET last_number = $3, last_date = $4, head_hash = $5"
		" WHERE marketplace_id = $1 AND id = $2 AND last_number = $3 - $7 AND ctid = $6::tid RETURNING ctid::text");
	Row			row;

	if (!query_row(&move, VALUES(value_int32(call->marketplace_id), value_int64(number->series_id),
								 value_int64(number->n), value_date(number->issue_date), value_bytea(hash),
								 value_text(number->ctid), value_int32(count)), &row))
		elog(ERROR, "number %lld of series %lld was not the next", (long long) number->n,
			 (long long) number->series_id);
	moved_last.transaction = GetTopFullTransactionId();
	strlcpy(moved_last.ctid, row_text(&row, 0), sizeof(moved_last.ctid));
}

bytea *
series_seal(Call *call, const SeriesNumber *number, const char *canonical)
{
	bytea	   *hash = seal_text(number->previous_hash, canonical);

	guard_open("series");
	write_document(call, number, hash);
	move_counter(call, number, 1, hash);
	guard_close();
	return hash;
}

void
series_seal_run(Call *call, const SeriesNumber *numbers, const char *const *canonicals, int count)
{
	Datum	   *hashes = palloc(sizeof(Datum) * count);
	bytea	   *hash = numbers[0].previous_hash;

	for (int i = 0; i < count; i++)
	{
		hash = seal_text(hash, canonicals[i]);
		hashes[i] = PointerGetDatum(hash);
	}
	guard_open("series");
	write_documents(call, numbers, hashes, count);
	move_counter(call, &numbers[count - 1], count, hash);
	guard_close();
}

/*
 * What is wrong with the books of numbers; no rows: nothing. Along the numbers of a series each document is compared
 * with the one before, the last one with the counter.
 */
PG_FUNCTION_INFO_V1(series_check);
Datum
series_check(PG_FUNCTION_ARGS)
{
	static Statement check = STATEMENT("il",
		"WITH documents AS ("
		"  SELECT s.id AS series_id, s.issuer_id, d.n, d.number, d.issue_date, d.hash, d.previous_hash,"
		"    marketplace.series_format(s.pattern, s.root, s.identifier, s.year, d.n) AS printed,"
		"    pg_catalog.lag(d.n, 1, 0::bigint) OVER along AS n_before,"
		"    pg_catalog.lag(d.issue_date) OVER along AS date_before, pg_catalog.lag(d.hash) OVER along AS hash_before"
		"  FROM marketplace.series s"
		"  JOIN marketplace.series_documents d ON d.marketplace_id = s.marketplace_id AND d.series_id = s.id"
		"  WHERE s.marketplace_id = $1 AND ($2 IS NULL OR s.issuer_id = $2)"
		"  WINDOW along AS (PARTITION BY d.series_id ORDER BY d.n)),"
		" ends AS ("
		"  SELECT s.id AS series_id, s.last_number, s.last_date, s.head_hash, last.n, last.issue_date, last.hash,"
		"    total.count"
		"  FROM marketplace.series s"
		"  LEFT JOIN LATERAL (SELECT d.n, d.issue_date, d.hash FROM marketplace.series_documents d"
		"    WHERE d.marketplace_id = s.marketplace_id AND d.series_id = s.id ORDER BY d.n DESC LIMIT 1) last ON true"
		"  LEFT JOIN LATERAL (SELECT pg_catalog.count(*) AS count FROM marketplace.series_documents d"
		"    WHERE d.marketplace_id = s.marketplace_id AND d.series_id = s.id) total ON true"
		"  WHERE s.marketplace_id = $1 AND ($2 IS NULL OR s.issuer_id = $2))"
		" SELECT series_id, 'gap', n, (n_before + 1)::text, n::text FROM documents WHERE n > n_before + 1"
		" UNION ALL SELECT series_id, 'duplicate', n, (n_before + 1)::text, n::text FROM documents"
		"   WHERE n <= n_before"
		" UNION ALL SELECT pg_catalog.max(series_id), 'duplicate', pg_catalog.max(n), '1 × ' || number,"
		"   pg_catalog.count(*) || ' × ' || number"
		"   FROM documents GROUP BY issuer_id, number HAVING pg_catalog.count(*) > 1"
		" UNION ALL SELECT series_id, 'number', n, printed, number FROM documents WHERE number <> printed"
		" UNION ALL SELECT series_id, 'date', n, pg_catalog.to_char(date_before, 'YYYY-MM-DD'),"
		"   pg_catalog.to_char(issue_date, 'YYYY-MM-DD') FROM documents WHERE issue_date < date_before"
		" UNION ALL SELECT series_id, 'chain', n, pg_catalog.encode(hash_before, 'hex'),"
		"   pg_catalog.encode(previous_hash, 'hex') FROM documents WHERE previous_hash IS DISTINCT FROM hash_before"
		" UNION ALL SELECT series_id, 'counter', n, last_number::text, count::text FROM ends"
		"   WHERE last_number <> count"
		" UNION ALL SELECT series_id, 'last_date', n, pg_catalog.to_char(last_date, 'YYYY-MM-DD'),"
		"   pg_catalog.to_char(issue_date, 'YYYY-MM-DD') FROM ends WHERE last_date IS DISTINCT FROM issue_date"
		" UNION ALL SELECT series_id, 'head', n, pg_catalog.encode(head_hash, 'hex'),"
		"   pg_catalog.encode(hash, 'hex') FROM ends WHERE head_hash IS DISTINCT FROM hash"
		" ORDER BY 1, 3, 2");
	Call		call;

	call_begin_read(&call, fcinfo);
	if (call_is_null(&call, 1))
		access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR);
	else
		access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER, call_int64(&call, 1));
	query_return_set(fcinfo, &check, VALUES(value_int32(call.marketplace_id), call_value(&call, 1)));
	call_end_read(&call);
	return (Datum) 0;
}
