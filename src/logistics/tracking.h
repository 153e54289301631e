/*
 * tracking.h
 *		Tracking events and what they make of a parcel, for the files of logistics.
 */
#ifndef MARKETPLACE_TRACKING_H
#define MARKETPLACE_TRACKING_H

#include "logistics/shipment.h"

/* What never changes of a parcel and its shipment, and its number. */
typedef struct Parcel
{
	int64		id;
	int64		shipment_id;
	int64		order_id;
	int64		seller_order_id;
	int64		seller_id;
	int64		buyer_id;
	int64		carrier_party_id;	/* 0 none */
	const char *carrier;		/* code */
	const char *sscc;			/* NULL none */
	const char *tracking_number;	/* NULL none */
} Parcel;

extern Parcel *parcel_get(Call *call, int64 parcel_id); /* MK004 when there is none */
extern List *parcels_get(Call *call, Value ids);	/* of an array, by order and id; those that there are */

/*
 * Of parcels p and their shipments s: numbers come back after a while (LG-17), so of several parcels the last one that had been
 * announced when the event happened, else the first: the same parcel whenever the event arrives. Parcels of voided shipments come
 * after all others.
 */
#define PARCEL_ON_ITS_WAY_AT(at) \
	"ORDER BY s.state = 'voided', p.created_at > " at ", CASE WHEN p.created_at > " at " THEN p.id ELSE -p.id END LIMIT 1"

/* By SSCC, or by carrier and number: of several the one that was on its way at the time; NULL when there is none. */
extern Parcel *parcel_by_sscc(Call *call, const char *sscc, TimestampTz at);
extern Parcel *parcel_by_number(Call *call, int64 carrier_id, const char *number, TimestampTz at);

/* One thing that a source says of a parcel, in canonical form. */
typedef struct TrackingFact
{
	const char *source;
	const char *source_event_id;	/* NULL none */
	const char *code;			/* with sub_code; or state; or corrects_… */
	const char *sub_code;
	const char *state;
	TimestampTz occurred_at;
	const char *place;
	const char *signed_by;
	const char *corrects_source;
	const char *corrects_event_id;
	const char *correction_reason;
	List	   *corrected_by;	/* of char * */
	Jsonb	   *raw;
} TrackingFact;

extern TrackingFact tracking_fact_read(Call *call, const Document *document);

/* tracking_record(): its document, the parcels that it names (MK004 when there is none), and all of it. */
extern TrackingFact tracking_document_read(Call *call, const Document *document);
extern List *tracking_find_parcels(Call *call, const Document *document, const TrackingFact *fact);
extern int64 tracking_document_record(Call *call, const Document *document, bool *fresh);
extern const char *tracking_quarantine(Call *call, TimestampTz occurred_at);	/* LG-25: 'pending', or NULL */
extern Jsonb *tracking_fact_document(const TrackingFact *fact);
extern char *tracking_event_key(const TrackingFact *fact);
extern char *tracking_plain_code(const char *code);
extern char *tracking_state_checked(Call *call, const Document *object, const char *key);

/* Carrier, seller or operator. tracking_require() refuses with MK005. */
extern bool tracking_permits(Call *call, const Parcel *parcel);
extern void tracking_require(Call *call, const Parcel *parcel);

/*
 * Stores the fact unless it is there already, and carries out what follows; returns the event's id. Locks the order.
 */
extern int64 tracking_store(Call *call, const Parcel *parcel, const TrackingFact *fact, bool *fresh);

/* NULL for NIL */
extern Value value_text_array(List *strings);

/* NULL for DT_NOBEGIN */
extern Value value_instant(TimestampTz at);

/* Folds the parcel's events and moves its contents to where they say; the order is locked. */
extern void tracking_apply(Call *call, const Parcel *parcel);

/*
 * The parcel's contents have arrived, or are no longer thought to have: to 'delivered', 'in_transit', 'lost' or
 * 'sent_back'.
 */
extern void parcel_contents_move(Call *call, const Parcel *parcel, const char *position, TimestampTz at,
								 const char *proof);

/* What waited for a parcel with this SSCC (epcis.c). */
extern void tracking_replay_unknown(Call *call, const Parcel *parcel);

/* A stored event as the fold sees it. */
typedef struct FoldEvent
{
	int64		id;
	const char *source;
	const char *event_key;
	const char *source_event_id;
	const char *state;			/* NULL: correction or unmapped */
	int			rank;
	TimestampTz occurred_at;
	const char *signed_by;
	const char *corrects_source;
	const char *corrects_event_id;
	const char *quarantine;

	const char *standing;		/* out: what became of it */
} FoldEvent;

typedef struct Fold
{
	const char *state;			/* NULL before the first event */
	TimestampTz state_at;		/* when it took this state; DT_NOBEGIN: none; likewise below */
	TimestampTz first_scan_at;
	TimestampTz last_event_at;
	TimestampTz delivered_at;
	const char *signed_by;
} Fold;

#define RANK_WITH_CARRIER 20	/* events of this rank and higher show the parcel with the carrier */
#define RANK_VOID 95			/* but a cancelled label does not */

extern FoldEvent *tracking_events(Call *call, int64 parcel_id, int *count);

/* A row of what tracking_events() reads. */
extern FoldEvent fold_event(const Row *row);

/* When silence begins after these events (LG-26); DT_NOBEGIN: never. */
extern TimestampTz tracking_silent_at(Call *call, const Parcel *parcel, const Fold *fold);

/* LG-20…LG-23. Sorts the events and fills their standing. */
extern Fold tracking_fold(FoldEvent *events, int count);

extern bool fold_state_is_final(const char *state);

#endif
