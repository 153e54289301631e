/*
 * series.h
 *		Legal numbering: gapless, unique and chronological per issuer (DESIGN.md §4, rules IV-14…IV-21). The counter
 *		is locked last.
 */
#ifndef MARKETPLACE_SERIES_H
#define MARKETPLACE_SERIES_H

#include "kernel/call.h"
#include "kernel/series_format.h"

typedef struct SeriesNumber
{
	int64		series_id;
	int64		issuer_id;
	int64		n;				/* 1, 2, 3 … within (issuer, kind, year, root) */
	char	   *number;			/* the legal number, printed by the series' pattern */
	DateADT		issue_date;		/* max(wanted, last date of the series) */
	bytea	   *previous_hash;	/* NULL for the first document of the series */
	char	   *ctid;			/* of the counter row as taken; for series_seal() */
	SeriesFormat format;		/* how the series prints */
} SeriesNumber;

/*
 * Takes the next number. Only from work deferred with call_defer(): the counter row stays locked until commit.
 * pattern: '{root}-{siren}-{yyyy}-{n:6}' (policy iv.number_pattern). identifier: what {siren} prints.
 */
extern SeriesNumber series_take(Call *call, int64 issuer_party_id, const char *kind, const char *root,
								const char *identifier, const char *pattern, DateADT wanted);

/*
 * Stores the document's hash as the head of the series' chain: SHA-256 of (previous hash, canonical content); returns
 * it.
 */
extern bytea *series_seal(Call *call, const SeriesNumber *number, const char *canonical);

/*
 * Many documents at once: series_next() is the number after one that was taken, series_seal_run() stores their hashes in the order of
 * the numbers, which follow one another, and moves the counter once.
 */
extern SeriesNumber series_next(const SeriesNumber *number);
extern void series_seal_run(Call *call, const SeriesNumber *numbers, const char *const *canonicals, int count);

#endif
