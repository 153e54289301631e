/*
 * handling_unit.h
 *		Pallets, containers and consignments, and what is in them when: for the files of logistics.
 */
#ifndef MARKETPLACE_HANDLING_UNIT_H
#define MARKETPLACE_HANDLING_UNIT_H

#include "logistics/tracking.h"

typedef struct HandlingUnit
{
	int64		id;
	int64		keeper_id;		/* 0: operators */
	int64		carrier_party_id;	/* 0 none */
} HandlingUnit;

extern HandlingUnit *handling_unit_get(Call *call, int64 id);	/* MK004 when there is none */
extern HandlingUnit *handling_unit_by_sscc(Call *call, const char *sscc);	/* NULL when there is none */
extern HandlingUnit *handling_unit_by_number(Call *call, int64 carrier_id, const char *number);	/* likewise */

/* Known from a packing event only: made for whoever calls. */
extern HandlingUnit *handling_unit_of_event(Call *call, const char *sscc);

/* Operator, keeper or carrier of it; a seller only while it holds nobody else's parcels. _require() refuses with MK005. */
extern bool handling_unit_permits(Call *call, const HandlingUnit *unit);
extern void handling_unit_require(Call *call, const HandlingUnit *unit);

/* Numbers of units or parcels, each once, ascending. */
typedef struct IdSet
{
	int			count;
	int64	   *ids;
} IdSet;

extern void id_set_add(IdSet *set, int64 id);
extern Value id_set_value(const IdSet *set);

/*
 * Locks the orders of the parcels and of all parcels that are or were in the units, in ascending order, then the units and those that
 * they are in: whatever is recorded of them afterwards reaches every parcel. MK008 when others have changed them meanwhile.
 */
extern void handling_units_lock(Call *call, const IdSet *units, const IdSet *parcels);

/* One packing event. */
typedef struct Nesting
{
	int64		handling_unit_id;
	const char *action;			/* add, observe, delete or void */
	List	   *children;		/* of NestedChild *; NIL: all (delete, void) */
	const TrackingFact *fact;	/* source, ids, time */
} Nesting;

typedef struct NestedChild
{
	const char *name;			/* 'sscc:…', 'parcel:…', 'unit:…' */
	int64		parcel_id;		/* 0: a unit, or not announced yet */
	int64		unit_id;
} NestedChild;

extern NestedChild *nested_child(const char *name, int64 parcel_id, int64 unit_id);

/* Stores it, once, and what follows for the parcels concerned; everything is locked. */
extern void nesting_record(Call *call, const Nesting *nesting);

/* Packing events that named the parcel's SSCC before it was announced, and the scans of those units since; the order is locked. */
extern void nesting_replay(Call *call, const Parcel *parcel);

/* A scan of the unit, once, and what follows for the parcels that were in it; everything is locked. */
extern void handling_unit_scan(Call *call, int64 handling_unit_id, const TrackingFact *fact, bool *fresh);

/*
 * tracking_record() of a document that names a unit, by id or by a number that no parcel has. False when it names none. The result is
 * the last tracking event that it gave a parcel, 0 while there is none.
 */
extern bool handling_unit_record(Call *call, const Document *document, const TrackingFact *fact, int64 *event_id, bool *fresh);

/* The unit that such a document names, or NULL. */
extern HandlingUnit *handling_unit_named(Call *call, const Document *document, const TrackingFact *fact);

/* Where the parcel was when, and which scans were of it, as all facts have it by now; the order is locked. */
extern void handling_unit_apply(Call *call, int64 parcel_id);

#endif
