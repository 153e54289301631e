/*
 * psp_request.c
 *		What no agent mandate covers is asked of the PSP: a request with frozen content, a hold that reserves the money, an instruction; and
 *		what becomes of it (FD-51).
 *
 * The PSP's answer comes with the instruction, whoever moves that. Only when it says that it has executed the request is anything posted, and
 * then exactly what was asked for. After a refusal the hold stays until an operator lifts it: that asks again.
 */
#include "postgres.h"

#include "funds/agent.h"
#include "funds/funds.h"
#include "funds/hold.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/instruction.h"
#include "kernel/policy.h"

static void
tell(Call *call, const PspRequest *request, const char *state, const char *evidence)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "request_id", request->id);
	payload_text(&payload, "operation", agent_operation_name(request->operation));
	payload_text(&payload, "object", request->object);
	payload_int64(&payload, "object_id", request->object_id);
	payload_amount(&payload, "amount", request->amount);
	payload_text(&payload, "evidence", evidence);
	event_emit(call, "psp_request", request->id, psprintf("psp_request.%s", state), &payload);
}

static Jsonb *
content_of(const PspRequest *request)
{
	JsonbParseState *state;

	payload_begin(&state);
	payload_text(&state, "operation", agent_operation_name(request->operation));
	payload_text(&state, "object", request->object);
	payload_int64(&state, "object_id", request->object_id);
	payload_amount(&state, "amount", request->amount);
	if (request->bank_account_id != 0)
		payload_int64(&state, "bank_account_id", request->bank_account_id);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

static void
add_items(Call *call, const PspRequest *request)
{
	static Statement insert = STATEMENT("illla",
		"INSERT INTO marketplace.psp_request_items (marketplace_id, request_id, allocation_id, order_line_id, amount) VALUES ($1, $2, $3, $4, $5)");

	for (int i = 0; i < request->count; i++)
		funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(request->id),
									value_int64(request->allocation_ids[i]), value_int64(request->order_line_ids[i]),
									value_amount(request->amounts[i])));
}

/* A refund's money is frozen in its own account; a release's and a payout's is held. */
static void
reserve(Call *call, const PspRequest *request)
{
	static Statement keep = STATEMENT("ill",
		"UPDATE marketplace.psp_requests SET hold_id = $3 WHERE marketplace_id = $1 AND id = $2");
	HoldSpec	hold = {.amount = request->amount, .slice = psprintf("psp_request:%lld", (long long) request->id),
		.reason = "psp_request", .owner = "operator"};

	if (request->operation == AGENT_RELEASE)
		hold.order_line_id = request->object_id;
	else if (request->operation == AGENT_PAYOUT)
		hold.seller_id = request->seller_id;
	else
		return;
	funds_write(&keep, VALUES(value_int32(call->marketplace_id), value_int64(request->id), value_int64(hold_put(call, &hold))));
}

static void
plan_instruction(Call *call, const PspRequest *request)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "request_id", request->id);
	payload_text(&payload, "operation", agent_operation_name(request->operation));
	if (request->seller_id != 0)
		payload_int64(&payload, "seller_id", request->seller_id);
	if (request->order_id != 0)
		payload_int64(&payload, "order_id", request->order_id);
	if (request->bank_account_id != 0)
		payload_int64(&payload, "bank_account_id", request->bank_account_id);
	payload_amount(&payload, "amount", request->amount);
	instruction_plan(call, "psp_request", "psp_request", request->id, marketplace_get(call)->psp_party_id, &payload);
}

int64
psp_request_open(Call *call, const PspRequest *asked)
{
	static Statement take_id = STATEMENT("", "SELECT pg_catalog.nextval('marketplace.psp_request_ids')");
	static Statement insert = STATEMENT("illtlllajtzz",
		"INSERT INTO marketplace.psp_requests (marketplace_id, id, operation, object, object_id, order_id, seller_id, amount, content, state, actor,"
		" requested_at, expires_at) VALUES ($1, $2, (ARRAY['hold', 'release', 'reverse_release', 'refund', 'payout', 'sweep', 'advance'])[$3 + 1],"
		" $4, $5, $6, $7, $8, $9, 'requested', $10, $11, $12)");
	PspRequest	request = *asked;
	PolicyDuration ttl = policy_duration(call, "fd.psp_request_ttl", NULL);
	Marketplace *marketplace = marketplace_get(call);

	request.id = DatumGetInt64(query_datum(&take_id, NO_VALUES));
	funds_transition(&insert, VALUES(value_int32(call->marketplace_id), value_int64(request.id), value_int64(request.operation),
									 value_text(request.object), value_int64(request.object_id), value_id(request.order_id),
									 value_id(request.seller_id), value_amount(request.amount), value_jsonb(content_of(&request)),
									 value_text(call_actor()), value_timestamptz(call->now),
									 value_timestamptz(calendar_deadline(call->now, ttl.n, ttl.unit, marketplace->calendar,
																		 marketplace->time_zone))), "request", NULL);
	add_items(call, &request);
	reserve(call, &request);
	tell(call, &request, "requested", NULL);
	plan_instruction(call, &request);
	return request.id;
}

bool
psp_request_is_open(Call *call, const char *object, int64 object_id)
{
	static Statement find = STATEMENT("itl",
		"SELECT 1 FROM marketplace.psp_requests WHERE marketplace_id = $1 AND object = $2 AND object_id = $3"
		"   AND state IN ('requested', 'accepted')");

	return query_execute(&find, VALUES(value_int32(call->marketplace_id), value_text(object), value_int64(object_id))) > 0;
}

bool
psp_request_was_made(Call *call, const char *object, int64 object_id)
{
	static Statement find = STATEMENT("itl",
		"SELECT 1 FROM marketplace.psp_requests WHERE marketplace_id = $1 AND object = $2 AND object_id = $3 AND state <> 'executed'");

	return query_execute(&find, VALUES(value_int32(call->marketplace_id), value_text(object), value_int64(object_id))) > 0;
}

/* Refused ones count as long as their hold stands. */
void
psp_requested(Call *call, int64 order_id, const Allocations *all, Amount *requested)
{
	static Statement read = STATEMENT("il",
		"SELECT i.allocation_id, marketplace.sum(i.amount) FROM marketplace.psp_requests r"
		"  JOIN marketplace.psp_request_items i ON i.marketplace_id = $1 AND i.request_id = r.id"
		"  LEFT JOIN marketplace.holds h ON h.marketplace_id = $1 AND h.id = r.hold_id AND h.state = 'active'"
		" WHERE r.marketplace_id = $1 AND r.order_id = $2 AND r.operation = 'release'"
		"   AND (r.state IN ('requested', 'accepted') OR r.state <> 'executed' AND h.id IS NOT NULL)"
		" GROUP BY i.allocation_id");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(order_id)));

	for (int i = 0; i < all->count; i++)
	{
		requested[i] = amount_zero(amount_currency(all->allocations[i].amount));
		for (uint64 r = 0; r < rows.count; r++)
			if (row_int64(&rows.rows[r], 0) == all->allocations[i].id)
				requested[i] = row_amount(&rows.rows[r], 1);
	}
}

typedef struct StoredRequest
{
	PspRequest	request;
	const char *state;
	int64		hold_id;
} StoredRequest;

static void
read_items(Call *call, PspRequest *request)
{
	static Statement read = STATEMENT("il",
		"SELECT allocation_id, order_line_id, amount FROM marketplace.psp_request_items WHERE marketplace_id = $1 AND request_id = $2"
		" ORDER BY allocation_id");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(request->id)));
	int64	   *allocation_ids = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(rows.count, 1));
	int64	   *line_ids = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(rows.count, 1));
	Amount	   *amounts = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Amount) * Max(rows.count, 1));

	for (uint64 i = 0; i < rows.count; i++)
	{
		allocation_ids[i] = row_int64(&rows.rows[i], 0);
		line_ids[i] = row_int64(&rows.rows[i], 1);
		amounts[i] = row_amount(&rows.rows[i], 2);
	}
	request->count = (int) rows.count;
	request->allocation_ids = allocation_ids;
	request->order_line_ids = line_ids;
	request->amounts = amounts;
}

/* The instruction is locked; then the order, when it is of one, and the request. */
static StoredRequest
lock_request(Call *call, int64 request_id)
{
	static Statement find = STATEMENT("il",
		"SELECT order_id FROM marketplace.psp_requests WHERE marketplace_id = $1 AND id = $2");
	static Statement lock = STATEMENT("il",
		"SELECT pg_catalog.array_position(ARRAY['hold', 'release', 'reverse_release', 'refund', 'payout', 'sweep', 'advance'], operation::pg_catalog.text) - 1,"
		"       object, object_id, order_id, seller_id, amount, (content ->> 'bank_account_id')::pg_catalog.int8, state, hold_id"
		"  FROM marketplace.psp_requests WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");
	const Value *key = VALUES(value_int32(call->marketplace_id), value_int64(request_id));
	StoredRequest stored;
	Row			row;

	if (!query_row(&find, key, &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no request %lld to the PSP", call->marketplace_id, (long long) request_id),
				errhint("The view marketplace.psp_request_overview lists the requests."));
	if (row_id(&row, 0) != 0)
		order_lock(call, row_id(&row, 0));
	query_row(&lock, key, &row);
	stored.request = (PspRequest) {.id = request_id, .operation = (AgentOperation) row_int32(&row, 0), .object = row_text(&row, 1),
		.object_id = row_int64(&row, 2), .order_id = row_id(&row, 3), .seller_id = row_id(&row, 4), .amount = row_amount(&row, 5),
		.bank_account_id = row_id(&row, 6)};
	stored.state = row_text(&row, 7);
	stored.hold_id = row_id(&row, 8);
	read_items(call, &stored.request);
	return stored;
}

static bool
hold_stands(Call *call, int64 hold_id)
{
	static Statement read = STATEMENT("il",
		"SELECT 1 FROM marketplace.holds WHERE marketplace_id = $1 AND id = $2 AND state = 'active'");

	return hold_id != 0 && query_execute(&read, VALUES(value_int32(call->marketplace_id), value_int64(hold_id))) > 0;
}

static void
change_state(Call *call, const PspRequest *request, const char *state, const char *event, const char *evidence, bool ends)
{
	static Statement change = STATEMENT("ilttz",
		"UPDATE marketplace.psp_requests SET state = $3, psp_reference = CASE WHEN $3 IN ('accepted', 'executed') THEN COALESCE($4, psp_reference)"
		" ELSE psp_reference END, reason = CASE WHEN $3 IN ('accepted', 'executed') THEN reason ELSE $4 END, ended_at = $5"
		" WHERE marketplace_id = $1 AND id = $2");

	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(request->id), value_text(state),
									 value_text(evidence), ends ? value_timestamptz(call->now) : value_null()), event, evidence);
	tell(call, request, state, evidence);
}

typedef struct Movement
{
	const char *object;
	void		(*execute) (Call *call, const PspRequest *request, const char *evidence);
	void		(*decline) (Call *call, const PspRequest *request, const char *evidence);	/* NULL: nothing waits for it */
} Movement;

static const Movement *
movement_of(const PspRequest *request)
{
	static const Movement movements[] = {
		{"order_line", release_execute, NULL}, {"payout_batch", payout_execute, NULL}, {"refund", refund_execute, NULL},
		{"refund_funding", refund_funding_execute, NULL}, {"sweep", sweep_execute, sweep_decline},
		{"money_receipt", suspense_return_execute, suspense_return_decline}, {"payment", wallet_use_execute, wallet_use_decline}
	};

	for (int i = 0; i < lengthof(movements); i++)
		if (strcmp(movements[i].object, request->object) == 0)
			return &movements[i];
	elog(ERROR, "nothing executes requests for a %s", request->object);
}

static void
decline(Call *call, const StoredRequest *stored, const char *state, const char *event, const char *evidence)
{
	const Movement *movement = movement_of(&stored->request);

	change_state(call, &stored->request, state, event, evidence, true);
	if (movement->decline != NULL)
		movement->decline(call, &stored->request, evidence);
}

/* Everything below names the PSP's decision; what lifting the hold makes due besides is by mandate, or asked for. */
static void
execute(Call *call, StoredRequest *stored, const char *evidence)
{
	change_state(call, &stored->request, "executed", "execute", evidence, true);
	agent_act_on_request(call, stored->request.id);
	movement_of(&stored->request)->execute(call, &stored->request, evidence);
	agent_act_on_request(call, 0);
	if (hold_stands(call, stored->hold_id))
		hold_lift_now(call, stored->hold_id, NULL, psprintf("request %lld was executed", (long long) stored->request.id));
}

void
psp_request_moved(Call *call, int64 request_id, const char *event, const char *evidence)
{
	StoredRequest stored;

	if (strcmp(event, "sent") == 0 || strcmp(event, "unknown") == 0 || strcmp(event, "planned") == 0)
		return;
	stored = lock_request(call, request_id);
	if (strcmp(event, "acknowledged") == 0)
		change_state(call, &stored.request, "accepted", "accept", evidence, false);
	else if (strcmp(event, "confirmed") == 0)
		execute(call, &stored, evidence);
	else if (strcmp(event, "cancelled") == 0)
		decline(call, &stored, "expired", "expire", evidence);
	else if (strcmp(stored.state, "accepted") == 0)
		decline(call, &stored, "failed", "fail", evidence);
	else
		decline(call, &stored, "refused", "refuse", evidence);
}

void
funds_on_psp_request(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);

	if (strcmp(document_text(&payload, "object"), "psp_request") == 0)
		psp_request_moved(call, document_int64(&payload, "object_id"), event->type + strlen("instruction."),
						  document_text_or_null(&payload, "evidence"));
}

/* What was never sent and whose time is over; what the PSP has in hand it has to answer. */
int
funds_tick_psp_requests(Call *call, int limit)
{
	static Statement due = STATEMENT("izi",
		"SELECT r.id, r.order_id FROM marketplace.psp_requests r"
		"  JOIN marketplace.instructions i ON i.marketplace_id = $1 AND i.object = 'psp_request' AND i.object_id = r.id AND i.state = 'planned'"
		" WHERE r.marketplace_id = $1 AND r.state = 'requested' AND r.expires_at <= $2 ORDER BY r.expires_at, r.id LIMIT $3"
		"   FOR NO KEY UPDATE OF i SKIP LOCKED");
	Rows		rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now), value_int32(limit)));
	int			done = 0;

	for (uint64 i = 0; i < rows.count; i++)
	{
		if (row_id(&rows.rows[i], 1) != 0 && !order_try_lock(call, row_id(&rows.rows[i], 1)))
			continue;
		instruction_move(call, "psp_request", "psp_request", row_int64(&rows.rows[i], 0), "cancel", "the PSP's time to decide is over");
		done++;
	}
	return done;
}

typedef struct PspDecision
{
	const char *name;
	const char *event;			/* of the instruction */
	bool		needs_reference;
} PspDecision;

static int64
decide(Call *call, int64 request_id, Jsonb *json)
{
	static const PspDecision decisions[] = {
		{"accepted", "acknowledge", true}, {"executed", "confirm", true}, {"refused", "fail", false}, {"failed", "fail", false}
	};
	static Statement planned = STATEMENT("il",
		"SELECT 1 FROM marketplace.instructions WHERE marketplace_id = $1 AND object = 'psp_request' AND object_id = $2 AND state = 'planned'");
	static Statement state = STATEMENT("il", "SELECT state FROM marketplace.psp_requests WHERE marketplace_id = $1 AND id = $2");
	const Value *key = VALUES(value_int32(call->marketplace_id), value_int64(request_id));
	Document	document = document_root(json);
	const PspDecision *decision = NULL;
	char	   *name;
	char	   *evidence;
	Row			row;

	document_only(&document, "decision", "psp_reference", "reason", NULL);
	name = document_text(&document, "decision");
	for (int i = 0; i < lengthof(decisions); i++)
		if (strcmp(decisions[i].name, name) == 0)
			decision = &decisions[i];
	if (decision == NULL)
		document_refuse(&document, "decision", psprintf("\"%s\" is no decision of a PSP.", name),
						"Known are accepted, executed, refused and failed.");
	evidence = document_text(&document, decision->needs_reference ? "psp_reference" : "reason");
	if (!query_row(&state, key, &row))
		(void) lock_request(call, request_id);	/* raises MK004 */
	instruction_lock(call, "psp_request", "psp_request", request_id);
	query_row(&state, key, &row);
	if (strcmp(row_text(&row, 0), "requested") != 0 && strcmp(row_text(&row, 0), "accepted") != 0)
		ereport(ERROR,
				errcode(MK_AGENT),
				errmsg("the PSP has ended request %lld already", (long long) request_id),
				errdetail("It is %s.", row_text(&row, 0)),
				errhint("To repeat a call safely give it a request key; what is due again is asked for when its hold is lifted."));
	if (query_execute(&planned, key) > 0)
		instruction_move(call, "psp_request", "psp_request", request_id, "send", evidence);
	instruction_move(call, "psp_request", "psp_request", request_id, decision->event, evidence);
	return request_id;
}

/* psp_request_decide(marketplace_id, request_id, document, request_key) */
PG_FUNCTION_INFO_V1(psp_request_decide);
Datum
psp_request_decide(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = decide(&call, call_int64(&call, 1), call_jsonb(&call, 2));
	}
	PG_RETURN_INT64(call_end(&call));
}
