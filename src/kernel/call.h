/*
 * call.h
 *		One call of a public function: who calls, for which marketplace, when, under which request key, and the unit of
 *		work that its reactions fill.
 *
 * The shape of every function that changes something (last SQL argument: request_key text):
 *
 *		PG_FUNCTION_INFO_V1(shipment_void);
 *		Datum
 *		shipment_void(PG_FUNCTION_ARGS)
 *		{
 *			Call		call;
 *
 *			if (call_begin(&call, fcinfo))
 *				call.result = void_shipment(&call, call_int64(&call, 1), call_text_or_null(&call, 2));
 *			PG_RETURN_INT64(call_end(&call));
 *		}
 *
 * call_begin() is false when the request key has been used by the same call before: call.result is then the first result.
 * call_end() carries out the unit of work in the one order that cannot deadlock: posting, then documents with their series.
 * SQL functions are NOT STRICT: a NULL is an error that names the argument, never a silent NULL.
 * Functions that only read use call_begin_read() and call_end_read().
 */
#ifndef MARKETPLACE_CALL_H
#define MARKETPLACE_CALL_H

#include "kernel/query.h"

/* Capacities in which a role acts (bits) */
#define CAPACITY_OPERATOR	0x01
#define CAPACITY_SELLER		0x02
#define CAPACITY_BUYER		0x04
#define CAPACITY_CARRIER	0x08
#define CAPACITY_INSURER	0x10
#define CAPACITY_AUDITOR	0x20	/* reads everything, changes nothing */
#define CAPACITY_SYSTEM		0x40	/* reactions and tick(): what follows and what is due is carried out */

struct Posting;					/* ledger.h */
struct PendingEvent;			/* event.h */
struct Fact;					/* query_fact.c */

typedef struct Call
{
	int32		marketplace_id;
	Oid			caller;			/* the role that called, whoever owns the tables */
	int			capacity;		/* the one capacity in which access was granted last; 0 before any check */
	int64		party_id;		/* ... and for which party; 0 for the operator */
	int64		authority;		/* the decision from outside under which the call acts (funds/agent.h); 0: its own */
	TimestampTz now;			/* clock() of this call */
	const char *function;
	const char *request_key;	/* NULL when none was given */
	int64		result;			/* what the function returns */

	FunctionCallInfo fcinfo;
	bool		changes;		/* begun by call_begin() */
	bool		replayed;
	int			guc_level;
	struct Posting *posting;	/* money to move at the end of the call */
	List	   *documents;		/* deferred work: documents that take a number from a series (work.h) */
	MemoryContext memory;		/* lives as long as the call */
	struct Fact *facts;
} Call;

extern bool call_begin(Call *call, FunctionCallInfo fcinfo);
extern int64 call_end(Call *call);
extern void call_begin_read(Call *call, FunctionCallInfo fcinfo);
extern void call_end_read(Call *call);

/*
 * As query_row(), for a row of which nothing that is read changes during the call: asked once. Parameters are up to three numbers. The
 * row lives as long as the call; leave it as it is.
 */
extern bool query_fact(Call *call, Statement *statement, const Value *args, Row *row);

/* The innermost call under way, or NULL: triggers use it to know caller and capacity. */
extern Call *call_current(void);

/* The person or service that acts: SET LOCAL marketplace.actor from trusted roles, else the caller's role name. */
extern const char *call_actor(void);

/* Arguments by position (0 is marketplace_id); NULL is an MK001 error that names the argument. */
extern bool call_is_null(Call *call, int n);
extern int64 call_int64(Call *call, int n);
extern int32 call_int32(Call *call, int n);
extern bool call_bool(Call *call, int n);
extern char *call_text(Call *call, int n);
extern char *call_text_or_null(Call *call, int n);
extern Numeric call_numeric(Call *call, int n);
extern Amount call_amount(Call *call, int n);
extern Jsonb *call_jsonb(Call *call, int n);
extern TimestampTz call_timestamptz_or(Call *call, int n, TimestampTz otherwise);
extern DateADT call_date(Call *call, int n);
extern DateADT call_date_or(Call *call, int n, DateADT otherwise);
extern Value call_value(Call *call, int n);

/*
 * Access: refuses with MK005 unless the caller acts in one of the capacities (bits) for the party; the operator's party is not looked at.
 * The owner of the tables and superusers are operators of every marketplace. access_require_any(): any party.
 */
extern void access_require(Call *call, int capacities, int64 party_id);
extern void access_require_any(Call *call, int capacities);
extern bool access_allows(Oid role, int32 marketplace_id, int capacities, int64 party_id);
extern const char *capacity_name(int capacity);
extern int capacity_by_name(const char *name);	/* 0 when there is none */

/* clock(): now(), unless an operator has set marketplace.clock */
extern TimestampTz clock_now(void);

/*
 * Work for the end of the call, after the posting: documents that take numbers from series. Run in the order
 * of (order_key) so that series are locked in ascending order by all; work of one key in the order in which it was deferred.
 */
typedef void (*DeferredWork) (Call *call, void *argument);
extern void call_defer(Call *call, int64 order_key, DeferredWork work, void *argument);

#endif
