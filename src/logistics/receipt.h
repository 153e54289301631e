/*
 * receipt.h
 *		Receipts and what buyers object to, for the files of logistics.
 */
#ifndef MARKETPLACE_RECEIPT_H
#define MARKETPLACE_RECEIPT_H

#include "logistics/tracking.h"

/* A receipt that is being written. */
typedef struct Receipt
{
	int64		id;				/* out */
	int64		order_id;
	int64		buyer_id;
	const char *how;			/* 'confirmed', 'deemed', 'decided' */
	TimestampTz received_at;
} Receipt;

/* One line of a receipt, in one parcel. */
typedef struct ReceiptSlice
{
	int64		order_line_id;
	int64		seller_order_id;
	int64		seller_id;
	int64		parcel_id;
	Numeric		quantity;
	Numeric		surplus;		/* NULL none */
	const char *condition;		/* 'conform', 'deemed_accepted', 'with_reserves', 'not_received', 'refused' */
	const char *objection;		/* NULL: accepted; else 'damaged', 'missing', 'wrong', 'other', 'not_received', 'refused' */
	const char *statement;		/* the buyer's words; NULL none */
	Jsonb	   *photos;			/* [{"sha256", "uri"}]; NULL none */
	bool		undelivered;	/* objected to while the carrier has it: no quantity moves */
	int64		objection_id;	/* accepted now, by the end of this objection; 0 elsewhere */
	int			position;		/* from here on kept by receipt_write() */
	int64		hold_id;
} ReceiptSlice;

/*
 * Writes the receipt, moves its quantities, holds the money of what is objected to, and emits receipt.accepted,
 * .reserved, .not_received and .refused; the order is locked.
 */
extern void receipt_write(Call *call, Receipt *receipt, List *slices);

/* receipt_read.c: the lines of the buyer's document, divided among the parcels that they came in. */
extern List *receipt_read_lines(Call *call, const Document *document, int64 order_id);

/* Of this kind the buyer has something in its hands: it proves the arrival of the parcel. */
extern bool receipt_proves_arrival(const ReceiptSlice *slice);

/* Accepts what silence has accepted by now (LG-30); the order is locked. Returns the number of receipts written. */
extern int	receipt_deem_order(Call *call, int64 order_id);

/*
 * Sets or takes away the end of the parcel's inspection window after a change of its arrival or of what awaits
 * receipt.
 */
extern void receipt_refresh_due(Call *call, const Parcel *parcel);

/* Adds to what of a content is accepted, disputed, denied; NULL: nothing. */
extern void content_settle(Call *call, int64 parcel_id, int64 order_line_id, Numeric accepted, Numeric disputed,
						   Numeric denied);

/*
 * receipt_objection.c
 */
typedef struct Objection
{
	int64		id;
	int64		order_id;
	int64		receipt_id;
	int			position;
	int64		order_line_id;
	int64		parcel_id;
	int64		buyer_id;
	int64		seller_id;
	const char *kind;
	TimestampTz stated_at;
	Numeric		quantity;
	Numeric		open;
	bool		delivered;
	int64		movement_id;	/* 0 none; likewise below */
	int64		return_movement_id;
	int64		hold_id;
	Numeric		denied;			/* not delivered: what of it parcel_contents.denied counts */
} Objection;

extern Objection *objection_get(Call *call, int64 objection_id);	/* MK004 when there is none */

/* Those of a parcel, by id. */
extern List *objections_of_parcel(Call *call, int64 parcel_id);
extern bool objection_is(const Objection *objection, const char *kind);

extern char *objection_slice_name(int64 receipt_id, int position);
extern int64 objection_hold(Call *call, int64 order_line_id, Numeric quantity, const char *slice, const char *kind);
extern void objection_insert(Call *call, const Receipt *receipt, const ReceiptSlice *slice, int64 movement_id);

/*
 * The end of a quantity of it: 'withdrawn', 'unfounded', 'upheld', 'settled' or 'overtaken' (receipt_decisions). Moves
 * no quantity itself, lifts what was held for it, and emits receipt.objection_decided.
 */
extern void objection_end(Call *call, Objection *objection, const char *decision, Numeric quantity, int64 receipt_id,
						  const char *reason);

/* The parcel has been delivered at an instant: what was said of it before becomes disputed, or is overtaken. */
extern void objections_on_delivered(Call *call, const Parcel *parcel, TimestampTz at);

/* The carrier brings, or brought, refused goods back to the seller; or takes that back. */
extern void objections_on_way_back(Call *call, const Parcel *parcel, bool returned, TimestampTz at);

/*
 * receipt_undo.c: the carrier takes its delivery back and nothing else proves it: acceptance by silence and objections
 * that nobody has decided go with it. False when something else was settled, and all stays as it is. What it gives back
 * is to be ended by objections_overtaken(), once the quantities have moved.
 */
extern bool receipt_undo_delivery(Call *call, const Parcel *parcel, List **overtaken);
extern void objections_overtaken(Call *call, List *objections, const char *reason);

#endif
