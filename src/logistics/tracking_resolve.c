/*
 * tracking_resolve.c
 *		The operator's word on what is stuck: events in quarantine (tracking_release()), and facts of carriers that could
 *		not be carried out (tracking_resolve()), each with who decided and why.
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "logistics/tracking.h"
#include "orders/orders.h"

static int64
release_event(Call *call, int64 event_id, bool accept, const char *reason)
{
	static Statement get = STATEMENT("il",
		"SELECT parcel_id, quarantine FROM marketplace.tracking_events WHERE marketplace_id = $1 AND id = $2");
	static Statement decide = STATEMENT("ilttzt",
		"UPDATE marketplace.tracking_events SET quarantine = $3, decided_by = $4, decided_at = $5, decision_reason = $6 "
		"WHERE marketplace_id = $1 AND id = $2 AND quarantine = 'pending'");
	Parcel	   *parcel;
	Row			row;

	access_require(call, CAPACITY_OPERATOR, 0);
	if (reason != NULL && reason[0] == '\0')
		reason = NULL;
	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(event_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no tracking event %lld", (long long) event_id),
				errdetail("Marketplace %d has none with this id.", call->marketplace_id),
				errhint("Events in quarantine are listed in marketplace.tracking_obstacles."));
	parcel = parcel_get(call, row_int64(&row, 0));
	order_lock(call, parcel->order_id);
	if (logistics_execute(&decide, VALUES(value_int32(call->marketplace_id), value_int64(event_id),
										  value_text(accept ? "accepted" : "rejected"), value_text(call_actor()),
										  value_timestamptz(call->now), value_text(reason))) == 0)
		ereport(ERROR,
				errcode(MK_TRACKING),
				errmsg("tracking event %lld is not in quarantine", (long long) event_id),
				errdetail("It is %s.", row_null(&row, 1) ? "an event like others" : row_text(&row, 1)),
				errhint("Events in quarantine are listed in marketplace.tracking_obstacles."));
	tracking_apply(call, parcel);
	return event_id;
}

/* tracking_release(marketplace_id, tracking_event_id, accept, reason, request_key) */
PG_FUNCTION_INFO_V1(tracking_release);
Datum
tracking_release(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = release_event(&call, call_int64(&call, 1), call_bool(&call, 2), call_text_or_null(&call, 3));
	PG_RETURN_INT64(call_end(&call));
}

/*
 * ---- problems ----
 */

static void
refuse_resolved(int64 problem_id)
{
	ereport(ERROR,
			errcode(MK_TRACKING),
			errmsg("problem %lld is out of the way already", (long long) problem_id),
			errdetail("Somebody has resolved it, or later facts have."),
			errhint("What is open is listed in marketplace.tracking_obstacles."));
}

/* The event that waited is recorded for a parcel that somebody recognises it as. */
static void
assign(Call *call, const Row *problem, int64 parcel_id)
{
	Parcel	   *parcel = parcel_get(call, parcel_id);
	Document	document;
	TrackingFact fact;
	bool		fresh;

	if (row_null(problem, 2))
		ereport(ERROR,
				errcode(MK_TRACKING),
				errmsg("there is no event to be assigned to a parcel"),
				errdetail("The problem is of kind %s.", row_text(problem, 0)),
				errhint("Only events of objects that nobody knows are assigned; dismiss the others."));
	document = document_root(row_jsonb(problem, 2));
	fact = tracking_fact_read(call, &document);
	(void) tracking_store(call, parcel, &fact, &fresh);
}

/* What the carrier took back after the receipt stays as the buyer said. */
static void
settle_contest(Call *call, int64 parcel_id)
{
	static Statement settle = STATEMENT("il",
		"UPDATE marketplace.parcels SET contested = false WHERE marketplace_id = $1 AND id = $2");

	order_lock(call, parcel_get(call, parcel_id)->order_id);
	(void) logistics_execute(&settle, VALUES(value_int32(call->marketplace_id), value_int64(parcel_id)));
}

static int64
resolve_problem(Call *call, int64 problem_id, Jsonb *json)
{
	static Statement get = STATEMENT("il",
		"SELECT kind, parcel_id, document, resolved_at IS NOT NULL FROM marketplace.tracking_problems WHERE "
		"marketplace_id = $1 AND id = $2");
	static Statement resolve = STATEMENT("ilzttt",
		"UPDATE marketplace.tracking_problems SET resolved_at = $3, resolved_by = $4, resolution = $5, "
		"resolution_reason = $6 WHERE marketplace_id = $1 AND id = $2 AND resolved_at IS NULL");
	Document	document = document_root(json);
	char	   *reason;
	int64		parcel_id;
	Row			row;

	access_require(call, CAPACITY_OPERATOR, 0);
	document_only(&document, "parcel_id", "reason", NULL);
	reason = document_text(&document, "reason");
	parcel_id = document_int64_or(&document, "parcel_id", 0);
	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(problem_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no problem %lld", (long long) problem_id),
				errdetail("Marketplace %d has none with this id.", call->marketplace_id),
				errhint("See marketplace.tracking_obstacles."));
	if (row_bool(&row, 3))
		refuse_resolved(problem_id);
	if (parcel_id != 0)
		assign(call, &row, parcel_id);
	else if (strcmp(row_text(&row, 0), "delivery_contested") == 0)
		settle_contest(call, row_int64(&row, 1));
	if (logistics_execute(&resolve, VALUES(value_int32(call->marketplace_id), value_int64(problem_id),
										   value_timestamptz(call->now), value_text(call_actor()),
										   value_text(parcel_id != 0 ? "assigned" : "dismissed"),
										   value_text(reason))) == 0)
		refuse_resolved(problem_id);
	return problem_id;
}

/* tracking_resolve(marketplace_id, tracking_problem_id, document, request_key) */
PG_FUNCTION_INFO_V1(tracking_resolve);
Datum
tracking_resolve(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = resolve_problem(&call, call_int64(&call, 1), call_jsonb(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}
