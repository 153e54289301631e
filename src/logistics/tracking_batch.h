/*
 * tracking_batch.h
 *		Many tracking events in one call, for tracking_batch.c, tracking_batch_store.c and tracking_adapter.c.
 */
#ifndef MARKETPLACE_TRACKING_BATCH_H
#define MARKETPLACE_TRACKING_BATCH_H

#include "logistics/tracking.h"

#define BATCH_LIMIT 100000

/* One document of the batch and what became of it. */
typedef struct BatchItem
{
	int			position;		/* in the batch, from 1 */
	Jsonb	   *json;
	TrackingFact fact;
	int64		parcel_id;		/* how the parcel is named: 0 not by this */
	const char *carrier;		/* with number; NULL not by this */
	const char *number;
	List	   *parcels;		/* of Parcel *; NIL: recorded by itself, as tracking_record() does */
	int64		unit_id;		/* the handling unit that it names; 0 none */
	int64		event_id;
	bool		fresh;
	ErrorData  *error;			/* NULL: recorded */
} BatchItem;

/* The documents of the array as a batch: stores each, writes the batch's row and returns its number. */
extern int64 tracking_batch_record(Call *call, Jsonb *documents);

/* Stores the facts of the items and carries out what follows. Their orders are locked. */
extern void tracking_batch_store(Call *call, BatchItem **items, int count);

/* tracking_apply() for each of the parcels; their orders are locked. */
extern void tracking_apply_all(Call *call, List *parcels);

/* An array of n elements as a parameter; nulls may be NULL. */
extern Value array_value(Datum *elements, bool *nulls, int n, Oid type);

#endif
