/*
 * shipment.h
 *		Shipments, parcels and their contents, for the files of logistics.
 */
#ifndef MARKETPLACE_SHIPMENT_H
#define MARKETPLACE_SHIPMENT_H

#include "kernel/event.h"

typedef struct Shipment
{
	int64		id;
	int64		order_id;
	int64		seller_order_id;
	int64		seller_id;
	int64		buyer_id;
	int64		carrier_id;
	int64		carrier_party_id;	/* 0 none */
	const char *state;			/* as it was when read */
	bool		implicit;
	bool		is_return;		/* the way back: return.c */
	int64		service_id;		/* these two when it is made only: 0 none */
	Value		declared_value;
} Shipment;

/* What is in a parcel. */
typedef struct Content
{
	int64		parcel_id;
	int64		order_line_id;
	Numeric		quantity;
	const char *position;
	int64		movement_id;	/* 0 none */
	Numeric		accepted;
	Numeric		disputed;
	Numeric		denied;			/* objected to before the carrier delivered */
} Content;

typedef struct Contents
{
	int			count;
	Content    *rows;
} Contents;

extern int64 carrier_by_code(Call *call, const char *code, int64 *party_id);	/* MK004 when there is none */

extern Shipment *shipment_get(Call *call, int64 shipment_id);	/* MK004 when there is none */
extern int64 shipment_insert(Call *call, const Shipment *shipment);

/* A parcel of the shipment by its document: numbers and weight, not its contents. MK006 when a number is in use. */
extern int64 shipment_add_parcel(Call *call, const Shipment *shipment, const Document *document);
extern Contents shipment_contents(Call *call, int64 shipment_id);	/* by line, then parcel */
extern Contents parcel_contents(Call *call, int64 parcel_id);	/* by line */
extern void content_place(Call *call, Content *content, const char *position, int64 movement_id);

/* Writes to tables of logistics go through these: they open the guard for the statement. */
extern uint64 logistics_execute(Statement *statement, const Value *args);
extern Rows logistics_rows(Statement *statement, const Value *args);
extern bool logistics_row(Statement *statement, const Value *args, Row *row);

/* The array "lines" of an event's payload: quantities added up per order line. */
typedef struct EventLine
{
	int64		order_line_id;
	int64		seller_order_id;
	Numeric		quantity;
} EventLine;
extern List *event_line_add(List *lines, int64 order_line_id, int64 seller_order_id, Numeric quantity);
extern void payload_lines(JsonbParseState **payload, List *lines);

/* A decimal above zero with at most 4 digits after the point (LG-5), else MK003. */
extern Numeric document_quantity(const Document *object, const char *key);

/*
 * The carrier's first scan: hands the shipment over if it was not; what stands against it becomes a row of
 * tracking_problems.
 */
extern void shipment_scanned(Call *call, Shipment *shipment, TimestampTz at);

/* A row of tracking_problems, once. */
typedef struct Problem
{
	const char *kind;
	const char *object;
	const char *event_key;		/* NULL: '' */
	int64		shipment_id;
	int64		parcel_id;
	int64		party_id;
	const char *detail;
	Jsonb	   *document;
} Problem;
extern void problem_record(Call *call, const Problem *problem);
extern void problem_resolve(Call *call, const char *kind, const char *object);

#endif
