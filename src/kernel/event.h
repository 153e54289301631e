/*
 * event.h
 *		The outbox: every change of every area is an event, written in the same commit, and the one way areas reach one another.
 *
 * An aggregate (usually an order) numbers its events without a gap; take its lock before the first event. Reactions are
 * listed in choreography.c and run at once, inside the call that emits.
 */
#ifndef MARKETPLACE_EVENT_H
#define MARKETPLACE_EVENT_H

#include "kernel/call.h"
#include "kernel/document.h"

typedef struct Event
{
	int64		id;
	const char *aggregate;		/* 'order', 'payment', 'payout', 'shipment', 'invoice', … */
	int64		aggregate_id;
	const char *type;			/* 'receipt.accepted': noun.past_participle */
	Jsonb	   *payload;
} Event;

/* Payload builder: begin, add pairs, hand to event_emit(). */
extern void payload_begin(JsonbParseState **state);
extern void payload_int64(JsonbParseState **state, const char *key, int64 v);
extern void payload_text(JsonbParseState **state, const char *key, const char *v);	/* NULL becomes null */
extern void payload_numeric(JsonbParseState **state, const char *key, Numeric v);
extern void payload_amount(JsonbParseState **state, const char *key, Amount v);		/* as text '12.00 EUR' */
extern void payload_timestamptz(JsonbParseState **state, const char *key, TimestampTz v);
extern void payload_jsonb(JsonbParseState **state, const char *key, Jsonb *v);
extern void payload_bool(JsonbParseState **state, const char *key, bool v);

/* Writes the event, runs its reactions, returns its id (the cause that a posting names). */
extern int64 event_emit(Call *call, const char *aggregate, int64 aggregate_id, const char *type, JsonbParseState **payload);

typedef void (*ReactionFunction) (Call *call, const Event *event);
typedef struct Reaction
{
	const char *event_type;
	ReactionFunction function;
} Reaction;

/*
 * A guard returns or raises its own error. Named '<machine>.<event>', asked by the area before it acts, with the object that the other
 * area knows: shipment.hand_over with the seller order.
 */
typedef void (*GuardFunction) (Call *call, int64 object_id);
typedef struct Guard
{
	const char *name;
	GuardFunction function;
} Guard;

/* Work that is due: looks for it, does at most limit pieces, returns how many it did. */
typedef int (*TickFunction) (Call *call, int limit);
typedef struct TickStep
{
	const char *name;
	TickFunction function;
} TickStep;

/*
 * A step calls tick_at() before it works on an object (of a kind that is a literal), so that one that cannot be carried out is left out
 * and the others go on (tick.c); and it looks for objects that TICK_MAY_TRY, with $1 the marketplace and $2 call->now.
 */
extern void tick_at(Call *call, const char *object, int64 object_id);
#define TICK_MAY_TRY(object, id) \
	"NOT EXISTS (SELECT FROM marketplace.tick_failures f WHERE f.marketplace_id = $1 AND f.object = '" object "' AND f.object_id = " id \
	" AND f.next_attempt_at > $2)"

/* choreography.c registers its tables once, when the library is loaded; each ends with a NULL name. */
extern void choreography_register(const Reaction *reactions, const Guard *guards, const TickStep *steps);
extern void guard_ask(Call *call, const char *name, int64 object_id);

#endif
