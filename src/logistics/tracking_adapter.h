/*
 * tracking_adapter.h
 *		How a provider's payload becomes canonical documents: for tracking_adapter.c and tracking_adapt.c.
 */
#ifndef MARKETPLACE_TRACKING_ADAPTER_H
#define MARKETPLACE_TRACKING_ADAPTER_H

#include "logistics/tracking_batch.h"

typedef enum AdapterField
{
	FIELD_CARRIER,
	FIELD_TRACKING_NUMBER,
	FIELD_SSCC,
	FIELD_SOURCE_EVENT_ID,
	FIELD_CODE,
	FIELD_SUB_CODE,
	FIELD_STATE,
	FIELD_OCCURRED_AT,
	FIELD_PLACE,
	FIELD_SIGNED_BY,
	FIELD_CORRECTS,
	FIELD_CORRECTION_REASON,
	FIELD_CORRECTED_BY,
	ADAPTER_FIELDS
} AdapterField;

/* Where a value is found, and what is done to it. */
typedef struct AdapterPaths
{
	List	   *paths;			/* of Datum: jsonpath */
	List	   *strip;			/* of char *: a prefix that is taken off */
	Document	values;			/* {"theirs": "ours"}; no container: none */
} AdapterPaths;

typedef struct Adapter
{
	const char *name;
	const char *source;			/* of the canonical events: whose vocabulary it is */
	const char *zone;			/* of times without one; NULL: the marketplace's */
	AdapterPaths accepts;
	AdapterPaths events;
	AdapterPaths fields[ADAPTER_FIELDS];
} Adapter;

/* Reads a mapping; MK003 where it is wrong. */
extern void adapter_read(Call *call, Adapter *adapter, Jsonb *mapping);

/* The adapter in force: the marketplace's own, else the extension's. MK004 when there is none. */
extern Adapter *adapter_get(Call *call, const char *name);

#endif
