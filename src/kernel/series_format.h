/*
 * series_format.h
 *		How a series prints its numbers. Used by the series files only.
 */
#ifndef MARKETPLACE_SERIES_FORMAT_H
#define MARKETPLACE_SERIES_FORMAT_H

#include "postgres.h"

typedef struct SeriesFormat
{
	const char *pattern;		/* '{root}-{siren}-{yyyy}-{n:6}' */
	const char *root;			/* NULL only if the pattern does without */
	const char *identifier;		/* prints as {siren}; NULL only if the pattern does without */
	int			year;
} SeriesFormat;

/* The n-th number; an MK060 error when the pattern is wrong or the number would not be a legal one (IV-18). */
extern char *series_number(const SeriesFormat *format, int64 n);

#endif
