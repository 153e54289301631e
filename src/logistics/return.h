/*
 * return.h
 *		Returns (RMA), for the files of logistics.
 */
#ifndef MARKETPLACE_RETURN_H
#define MARKETPLACE_RETURN_H

#include "logistics/shipment.h"
#include "orders/orders.h"

typedef struct Return
{
	int64		id;
	int64		order_id;
	int64		seller_order_id;
	int64		seller_id;
	int64		buyer_id;
	int64		shipment_id;	/* 0 none */
	const char *state;			/* as it was when read */
	const char *resolution;
	bool		refund_due;
} Return;

/* Refuses with MK005 who is neither an operator nor the party in one of the capacities; locks the order. MK004 when there is none. */
extern Return *return_open(Call *call, int64 return_id, int capacities);

/* Moves the return along its lifecycle, writing what comes with it. Statements take marketplace and return first. */
extern void return_write(Statement *change, const Value *args, const char *event, const char *reason);

/* 'return.<what>' on the order; lines may be NIL, reason NULL. */
extern void return_tell(Call *call, const Return *back, const char *what, List *lines, const char *reason);

extern void return_begin_payload(JsonbParseState **payload, const Return *back);

/* The line of the same seller order, for the path that names it; MK004 otherwise. */
extern const OrderLine *return_line_of(const OrderLines *lines, const Return *back, const Document *document);

/* From now, in the marketplace's calendar. */
extern TimestampTz return_deadline(Call *call, const Return *back, const char *policy);

/* 'seller', 'buyer' or 'platform'; NULL when the document does not say. */
extern char *return_freight_payer(const Document *document);

/* tick(): inspections that were not made in time; a refund is due without them (LG-49). */
extern int	return_inspections_late(Call *call, int limit);

/* One of the known words; NULL when the document has none. */
extern char *return_choice(const Document *document, const char *key, const char *const *known, int n, const char *hint);

/* Refuses what has been done already. */
extern void return_require_change(const Return *back, const char *state);

extern Return *return_get(Call *call, int64 return_id);
extern void return_add_line(Call *call, const Return *back, int64 order_line_id, Numeric announced);

extern void return_void_shipment(Call *call, const Return *back);

/* The carrier has a parcel of it. */
extern void return_scanned(Call *call, const Shipment *shipment, TimestampTz at);

#endif
