/*
 * approval.c
 *		Four eyes, for every area: requests for approval, answers by a second person, and their use (FD-54).
 *
 * What needs an approval is the areas' matter; here it is a kind, an object and a document whose hash is what was approved. That
 * approver and requester are two persons is checked here and is a constraint of the table.
 */
#include "postgres.h"

#include "kernel/approval.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/lifecycle.h"
#include "kernel/policy.h"
#include "kernel/seal.h"
#include "mb/pg_wchar.h"

typedef struct Approval
{
	int64		id;
	const char *kind;
	int64		object_id;
	const char *content_hash;
	bool		has_amount;
	Amount		amount;
	const char *state;
	const char *requester;
	const char *approver;		/* who answered; NULL before */
	TimestampTz expires_at;
} Approval;

#define APPROVAL_COLUMNS \
	"SELECT id, kind, object_id, content_hash, amount, state, requester, decided_by, expires_at FROM marketplace.approval_requests "

static Approval
from_row(const Row *row)
{
	Approval	approval = {.id = row_int64(row, 0), .kind = row_text(row, 1), .object_id = row_int64(row, 2),
		.content_hash = row_text(row, 3), .has_amount = !row_null(row, 4), .state = row_text(row, 5), .requester = row_text(row, 6),
		.approver = row_text(row, 7), .expires_at = row_timestamptz(row, 8)};

	if (approval.has_amount)
		approval.amount = row_amount(row, 4);
	return approval;
}

static bool
state_is(const Approval *approval, const char *state)
{
	return strcmp(approval->state, state) == 0;
}

char *
approval_hash(Jsonb *content)
{
	bytea	   *hash = seal_text(NULL, JsonbToCString(NULL, &content->root, VARSIZE(content)));

	return TextDatumGetCString(DirectFunctionCall2(binary_encode, PointerGetDatum(hash), CStringGetTextDatum("hex")));
}

/* The open request of the object, locked; false when there is none. */
static bool
lock_open(Call *call, const char *kind, int64 object_id, Approval *approval)
{
	static Statement lock = STATEMENT("itl",
		APPROVAL_COLUMNS "WHERE marketplace_id = $1 AND kind = $2 AND object_id = $3 AND state IN ('requested', 'given') "
		"FOR NO KEY UPDATE");
	Row			row;

	if (!query_row(&lock, VALUES(value_int32(call->marketplace_id), value_text(kind), value_int64(object_id)), &row))
		return false;
	*approval = from_row(&row);
	return true;
}

static Approval
lock_approval(Call *call, int64 approval_id)
{
	static Statement lock = STATEMENT("il", APPROVAL_COLUMNS "WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");
	Row			row;

	if (!query_row(&lock, VALUES(value_int32(call->marketplace_id), value_int64(approval_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no request for approval %lld", call->marketplace_id, (long long) approval_id),
				errhint("See the view marketplace.approvals."));
	return from_row(&row);
}

static void
tell(Call *call, const Approval *approval, const char *type, const char *reason)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "approval_id", approval->id);
	payload_text(&payload, "kind", approval->kind);
	payload_int64(&payload, "object_id", approval->object_id);
	payload_text(&payload, "content_hash", approval->content_hash);
	payload_text(&payload, "reason", reason);
	event_emit(call, "approval", approval->id, type, &payload);
}

static TimestampTz
end_of_time(Call *call)
{
	PolicyDuration ttl = policy_duration(call, "fd.approval_ttl", NULL);

	return calendar_deadline(call->now, ttl.n, ttl.unit, policy_text(call, "rd.calendar", NULL),
							 policy_text(call, "rd.time_zone", NULL));
}

/* decided: this change is the answer of the acting person */
static void
change_state(Call *call, const Approval *approval, const char *state, const char *event, const char *reason, bool decided)
{
	static Statement change = STATEMENT("iltbtztz",
		"UPDATE marketplace.approval_requests SET state = $3, decided_by = CASE WHEN $4 THEN $5 ELSE decided_by END,"
		" decided_at = CASE WHEN $4 THEN $6 ELSE decided_at END, answer = CASE WHEN $4 THEN $7 ELSE answer END,"
		" expires_at = CASE WHEN $4 THEN $8 ELSE expires_at END WHERE marketplace_id = $1 AND id = $2");

	guard_open("approval");
	lifecycle_execute(&change, VALUES(value_int32(call->marketplace_id), value_int64(approval->id), value_text(state),
									  value_bool(decided), value_text(call_actor()), value_timestamptz(call->now), value_text(reason),
									  value_timestamptz(decided ? end_of_time(call) : call->now)), event, reason);
	guard_close();
}

static void
already_asked(const Approval *approval)
{
	ereport(ERROR,
			errcode(MK_ALREADY_EXISTS),
			errmsg("the approval of %s %lld is %s already", approval->kind, (long long) approval->object_id, approval->state),
			errdetail("It is request %lld, by %s, for the same content.", (long long) approval->id, approval->requester),
			errhint(state_is(approval, "given") ? "Go on: it may be used." :
					"Another person answers it with approval_give() or approval_refuse()."));
}

/* What stands in the way of a new request: the same one is an error, another or one whose time is over gives way. */
static void
make_way(Call *call, const char *kind, int64 object_id, const char *hash)
{
	Approval	open;

	if (!lock_open(call, kind, object_id, &open))
		return;
	if (open.expires_at > call->now && strcmp(open.content_hash, hash) == 0)
		already_asked(&open);
	change_state(call, &open, "superseded", "supersede", NULL, false);
}

int64
approval_ask(Call *call, const char *kind, int64 object_id, Jsonb *content, Amount amount, const char *reason)
{
	static Statement add = STATEMENT("itljtattzz",
		"INSERT INTO marketplace.approval_requests (marketplace_id, kind, object_id, content, content_hash, amount, reason, state, "
		"requester, requested_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'requested', $8, $9, $10) ON CONFLICT DO NOTHING");
	Approval	asked = {.kind = kind, .object_id = object_id, .content_hash = approval_hash(content)};
	Approval	open;

	make_way(call, kind, object_id, asked.content_hash);
	guard_open("approval");
	lifecycle_execute(&add, VALUES(value_int32(call->marketplace_id), value_text(kind), value_int64(object_id), value_jsonb(content),
								   value_text(asked.content_hash), amount == APPROVAL_NO_AMOUNT ? value_null() : value_amount(amount),
								   value_text(reason), value_text(call_actor()), value_timestamptz(call->now),
								   value_timestamptz(end_of_time(call))), "request", reason);
	guard_close();
	if (!lock_open(call, kind, object_id, &open))
		elog(ERROR, "a request for approval was not written");
	if (strcmp(open.content_hash, asked.content_hash) != 0)
		ereport(ERROR,
				errcode(MK_CONCURRENT_CHANGE),
				errmsg("the approval of other content of %s %lld was asked for meanwhile", kind, (long long) object_id),
				errdetail("It is request %lld, by %s.", (long long) open.id, open.requester),
				errhint("Look at it in the view marketplace.approvals, then run the transaction again."));
	asked.id = open.id;
	tell(call, &asked, "approval.requested", reason);
	return asked.id;
}

static void
missing_approval(Call *call, const char *kind, int64 object_id, const char *detail)
{
	ereport(ERROR,
			errcode(MK_APPROVAL),
			errmsg("%s %lld needs the approval of a second person", kind, (long long) object_id),
			errdetail("%s", detail),
			errhint("Ask for it with approval_request(), let another person give it with approval_give(), then come back."));
}

void
approval_require(Call *call, const char *kind, int64 object_id, const char *content_hash, Amount amount)
{
	Approval	open;

	if (!lock_open(call, kind, object_id, &open))
		missing_approval(call, kind, object_id, "Nobody has asked for it, or it was refused or used.");
	if (state_is(&open, "requested"))
		missing_approval(call, kind, object_id, psprintf("Request %lld of %s has no answer yet.", (long long) open.id, open.requester));
	if (strcmp(open.content_hash, content_hash) != 0)
		missing_approval(call, kind, object_id, psprintf("Request %lld approves other content: %s, not %s.", (long long) open.id,
														 open.content_hash, content_hash));
	if (open.has_amount && open.amount != amount)
		missing_approval(call, kind, object_id, psprintf("Request %lld approves another amount: %s%s%s.", (long long) open.id,
														 amount_to_cstring(open.amount), amount == APPROVAL_NO_AMOUNT ? "" : ", not ",
														 amount == APPROVAL_NO_AMOUNT ? "" : amount_to_cstring(amount)));
	if (open.expires_at <= call->now)
		missing_approval(call, kind, object_id, psprintf("Request %lld was approved by %s, but not used in time.", (long long) open.id,
														 open.approver));
	if (strcmp(open.approver, open.requester) == 0)
		elog(ERROR, "request %lld was approved by its requester", (long long) open.id);
	change_state(call, &open, "used", "use", NULL, false);
}

static void
check_kind(const char *kind)
{
	size_t		length = strlen(kind);

	if (length <= 63 && kind[0] >= 'a' && kind[0] <= 'z' && strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789_") == length)
		return;
	ereport(ERROR,
			errcode(MK_INVALID_ARGUMENT),
			errmsg("\"%.*s\" is no kind of approval", pg_mbcliplen(kind, (int) length, 63), kind),
			errdetail("A kind is a word of up to 63 small letters, digits and underscores."),
			errhint("The functions that need an approval name its kind, such as payout."));
}

/* approval_request(marketplace_id, kind, object_id, content, amount, reason, request_key) */
PG_FUNCTION_INFO_V1(approval_request);
Datum
approval_request(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		char	   *kind = call_text(&call, 1);
		int64		object_id = call_int64(&call, 2);
		Jsonb	   *content = call_jsonb(&call, 3);

		access_require(&call, CAPACITY_OPERATOR, 0);
		check_kind(kind);
		(void) document_root(content);
		call.result = approval_ask(&call, kind, object_id, content,
								   call_is_null(&call, 4) ? APPROVAL_NO_AMOUNT : call_amount(&call, 4),
								   call_text_or_null(&call, 5));
	}
	PG_RETURN_INT64(call_end(&call));
}

static void
require_open(Call *call, const Approval *approval)
{
	bool		late = approval->expires_at <= call->now;

	if (state_is(approval, "requested") && !late)
		return;
	ereport(ERROR,
			errcode(MK_APPROVAL),
			errmsg("request %lld for the approval of %s %lld cannot be answered", (long long) approval->id, approval->kind,
				   (long long) approval->object_id),
			errdetail(late && state_is(approval, "requested") ? "Its time is over." : "It is %s.", approval->state),
			errhint("Ask again with approval_request()."));
}

static void
give(Call *call, const Approval *approval, const char *content_hash)
{
	const char *actor = call_actor();

	require_open(call, approval);
	if (strcmp(approval->requester, actor) == 0)
		ereport(ERROR,
				errcode(MK_APPROVAL),
				errmsg("%s may not approve what %s asked for", actor, actor),
				errdetail("Request %lld, for %s %lld: four eyes (FD-54).", (long long) approval->id, approval->kind,
						  (long long) approval->object_id),
				errhint("Another person gives it; behind a pool a trusted role says who acts: SET LOCAL marketplace.actor."));
	if (strcmp(approval->content_hash, content_hash) != 0)
		ereport(ERROR,
				errcode(MK_APPROVAL),
				errmsg("request %lld is for other content", (long long) approval->id),
				errdetail("Its content_hash is %s.", approval->content_hash),
				errhint("Look at the content in the view marketplace.approvals and name its content_hash."));
	change_state(call, approval, "given", "give", NULL, true);
	tell(call, approval, "approval.given", NULL);
}

/* approval_give(marketplace_id, approval_id, content_hash, request_key) */
PG_FUNCTION_INFO_V1(approval_give);
Datum
approval_give(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		approval_id = call_int64(&call, 1);
		char	   *content_hash = call_text(&call, 2);
		Approval	approval;

		access_require(&call, CAPACITY_OPERATOR, 0);
		approval = lock_approval(&call, approval_id);
		give(&call, &approval, content_hash);
		call.result = approval_id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* approval_refuse(marketplace_id, approval_id, reason, request_key) */
PG_FUNCTION_INFO_V1(approval_refuse);
Datum
approval_refuse(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		approval_id = call_int64(&call, 1);
		char	   *reason = call_text(&call, 2);
		Approval	approval;

		access_require(&call, CAPACITY_OPERATOR, 0);
		approval = lock_approval(&call, approval_id);
		if (!state_is(&approval, "given"))
			require_open(&call, &approval);
		change_state(&call, &approval, "refused", "refuse", reason, true);
		tell(&call, &approval, "approval.refused", reason);
		call.result = approval_id;
	}
	PG_RETURN_INT64(call_end(&call));
}
