/*
 * instruction.c
 *		Instructions to the outside world and their states; what an outcome means is the areas' matter (reactions to instruction.*).
 *
 * While one is open no second may be planned for the same object: what might have been carried out is never sent again.
 */
#include "postgres.h"

#include <ctype.h>

#include "catalog/pg_type.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/instruction.h"
#include "kernel/kernel.h"
#include "kernel/lifecycle.h"
#include "kernel/seal.h"
#include "utils/array.h"

typedef struct Instruction
{
	int64		id;
	const char *kind;
	const char *object;
	int64		object_id;
	const char *state;
} Instruction;

/* What happened, by the event that made it happen. */
static const char *
past_participle(const char *event)
{
	static const char *const forms[][2] = {
		{"plan", "instruction.planned"}, {"send", "instruction.sent"}, {"acknowledge", "instruction.acknowledged"},
		{"confirm", "instruction.confirmed"}, {"fail", "instruction.failed"}, {"lose_track", "instruction.unknown"},
		{"cancel", "instruction.cancelled"}
	};

	for (int i = 0; i < lengthof(forms); i++)
		if (strcmp(forms[i][0], event) == 0)
			return forms[i][1];
	elog(ERROR, "instructions know no event \"%s\"", event);
}

static void
tell(Call *call, const Instruction *instruction, const char *event, const char *evidence)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "instruction_id", instruction->id);
	payload_text(&payload, "kind", instruction->kind);
	payload_text(&payload, "object", instruction->object);
	payload_int64(&payload, "object_id", instruction->object_id);
	payload_text(&payload, "evidence", evidence);
	event_emit(call, instruction->object, instruction->object_id, past_participle(event), &payload);
}

int64
instruction_plan(Call *call, const char *kind, const char *object, int64 object_id, int64 party_id, JsonbParseState **payload)
{
	static Statement open = STATEMENT("ittl",
		"SELECT id, state FROM marketplace.instructions WHERE marketplace_id = $1 AND kind = $2 AND object = $3 AND object_id = $4 "
		"AND state IN ('planned', 'sent', 'acknowledged', 'unknown')");
	static Statement plan = STATEMENT("ittlljyz",
		"INSERT INTO marketplace.instructions (marketplace_id, kind, object, object_id, party_id, payload, payload_hash, state, "
		"planned_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'planned', $8)");
	static Statement planned = STATEMENT("ittl",
		"SELECT id FROM marketplace.instructions WHERE marketplace_id = $1 AND kind = $2 AND object = $3 AND object_id = $4 "
		"AND state = 'planned'");
	Jsonb	   *body = JsonbValueToJsonb(pushJsonbValue(payload, WJB_END_OBJECT, NULL));
	char	   *bytes = JsonbToCString(NULL, &body->root, VARSIZE(body));
	Instruction instruction = {.kind = kind, .object = object, .object_id = object_id};
	Row			row;

	if (query_row(&open, VALUES(value_int32(call->marketplace_id), value_text(kind), value_text(object), value_int64(object_id)), &row))
		ereport(ERROR,
				errcode(MK_INSTRUCTION_UNKNOWN),
				errmsg("%s %lld has a %s instruction that may still be carried out", object, (long long) object_id, kind),
				errdetail("Instruction %lld is %s.", (long long) row_int64(&row, 0), row_text(&row, 1)),
				errhint("Resolve it by evidence first: instruction_confirm() or instruction_fail()."));
	guard_open("instruction");
	lifecycle_execute(&plan, VALUES(value_int32(call->marketplace_id), value_text(kind), value_text(object), value_int64(object_id),
									value_id(party_id), value_jsonb(body), value_bytea(seal_next(NULL, bytes, strlen(bytes))),
									value_timestamptz(call->now)), "plan", NULL);
	guard_close();
	instruction.id = DatumGetInt64(query_datum(&planned, VALUES(value_int32(call->marketplace_id), value_text(kind),
																value_text(object), value_int64(object_id))));
	tell(call, &instruction, "plan", NULL);
	return instruction.id;
}

/* From unknown only evidence leads on (FD-81). What followed from a state must not follow twice. */
static void
move(Call *call, const Instruction *instruction, const char *to, const char *event, const char *evidence)
{
	static Statement change = STATEMENT("ilttz",
		"UPDATE marketplace.instructions SET state = $3, evidence = COALESCE($4, evidence), changed_at = $5 "
		"WHERE marketplace_id = $1 AND id = $2");

	if (strcmp(instruction->state, to) == 0)
		ereport(ERROR,
				errcode(MK_TRANSITION_REFUSED),
				errmsg("instruction %lld is %s already", (long long) instruction->id, to),
				errdetail("It is for %s %lld.", instruction->object, (long long) instruction->object_id),
				errhint("To repeat a call safely give it a request key."));
	if (strcmp(instruction->state, "unknown") == 0 && (evidence == NULL || evidence[0] == '\0'))
		ereport(ERROR,
				errcode(MK_INSTRUCTION_UNKNOWN),
				errmsg("instruction %lld is unknown: its outcome needs evidence", (long long) instruction->id),
				errhint("Give the PSP's answer, the bank entry or the name of who found out as evidence."));
	guard_open("instruction");
	lifecycle_execute(&change, VALUES(value_int32(call->marketplace_id), value_int64(instruction->id), value_text(to),
									  value_text(evidence), value_timestamptz(call->now)), event, evidence);
	guard_close();
	tell(call, instruction, event, evidence);
}

static const char *
target_state(const char *event)
{
	return past_participle(event) + strlen("instruction.");
}

#define INSTRUCTION_COLUMNS "SELECT id, kind, object, object_id, state FROM marketplace.instructions "

static Instruction
from_row(const Row *row)
{
	return (Instruction) {.id = row_int64(row, 0), .kind = row_text(row, 1), .object = row_text(row, 2),
		.object_id = row_int64(row, 3), .state = row_text(row, 4)};
}

/* The latest instruction of the object, locked. */
static Instruction
lock_latest(Call *call, const char *kind, const char *object, int64 object_id)
{
	static Statement latest = STATEMENT("ittl",
		INSTRUCTION_COLUMNS "WHERE marketplace_id = $1 AND kind = $2 AND object = $3 AND object_id = $4 "
		"ORDER BY id DESC LIMIT 1 FOR NO KEY UPDATE");
	Row			row;

	if (!query_row(&latest, VALUES(value_int32(call->marketplace_id), value_text(kind), value_text(object), value_int64(object_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("%s %lld has no %s instruction", object, (long long) object_id, kind),
				errhint("See the view marketplace.instruction_overview."));
	return from_row(&row);
}

void
instruction_lock(Call *call, const char *kind, const char *object, int64 object_id)
{
	(void) lock_latest(call, kind, object, object_id);
}

void
instruction_move(Call *call, const char *kind, const char *object, int64 object_id, const char *event, const char *evidence)
{
	Instruction instruction = lock_latest(call, kind, object, object_id);

	move(call, &instruction, target_state(event), event, evidence);
}

#define KEY_DIGITS 32

/* As it goes to banks, who take no hyphens (RD-68); NULL when it cannot be a key. */
static char *
plain_key(const char *key)
{
	char	   *plain = palloc(KEY_DIGITS + 1);
	int			n = 0;

	for (; *key != '\0'; key++)
	{
		if (*key == '-')
			continue;
		if (n == KEY_DIGITS || !isxdigit((unsigned char) *key))
			return NULL;
		plain[n++] = *key;
	}
	plain[n] = '\0';
	return n == KEY_DIGITS ? plain : NULL;
}

bool
instruction_find(Call *call, const char *key, InstructionFound *found)
{
	static Statement find = STATEMENT("it",
		"SELECT id, kind, object, object_id, state, (payload ->> 'amount')::marketplace.amount FROM marketplace.instructions "
		"WHERE marketplace_id = $1 AND idempotency_key = $2::uuid");
	char	   *plain = plain_key(key);
	Row			row;

	if (plain == NULL || !query_row(&find, VALUES(value_int32(call->marketplace_id), value_text(plain)), &row))
		return false;
	*found = (InstructionFound) {row_int64(&row, 0), row_text(&row, 1), row_text(&row, 2), row_int64(&row, 3), row_text(&row, 4),
		!row_null(&row, 5), row_null(&row, 5) ? 0 : row_amount(&row, 5)};
	return true;
}

void
instruction_lock_keys(Call *call, const char *const *keys, int n)
{
	static Statement lock = STATEMENT("iT",
		"SELECT id FROM marketplace.instructions WHERE marketplace_id = $1 AND idempotency_key = ANY ($2::uuid[]) "
		"ORDER BY id FOR NO KEY UPDATE");
	Datum	   *plain = palloc(sizeof(Datum) * Max(n, 1));
	int			count = 0;

	for (int i = 0; i < n; i++)
	{
		char	   *key = plain_key(keys[i]);

		if (key != NULL)
			plain[count++] = CStringGetTextDatum(key);
	}
	if (count > 0)
		query_execute(&lock, VALUES(value_int32(call->marketplace_id),
									value_datum(PointerGetDatum(construct_array(plain, count, TEXTOID, -1, false, TYPALIGN_INT)))));
}

/* The SQL functions: (marketplace_id, instruction_id, evidence, request_key) */
static Datum
instruction_call(FunctionCallInfo fcinfo, const char *event)
{
	static Statement lock = STATEMENT("il",
		INSTRUCTION_COLUMNS "WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		id = call_int64(&call, 1);
		Instruction instruction;
		Row			row;

		access_require(&call, CAPACITY_OPERATOR, 0);
		if (!query_row(&lock, VALUES(value_int32(call.marketplace_id), value_int64(id)), &row))
			ereport(ERROR,
					errcode(MK_NOT_FOUND),
					errmsg("marketplace %d has no instruction %lld", call.marketplace_id, (long long) id),
					errhint("See the view marketplace.instruction_overview."));
		instruction = from_row(&row);
		if (strcmp(event, "send") == 0)
			guard_ask(&call, "instruction.send", id);
		move(&call, &instruction, target_state(event), event, call_text_or_null(&call, 2));
		call.result = id;
	}
	PG_RETURN_INT64(call_end(&call));
}

PG_FUNCTION_INFO_V1(instruction_send);
Datum
instruction_send(PG_FUNCTION_ARGS)
{
	return instruction_call(fcinfo, "send");
}

PG_FUNCTION_INFO_V1(instruction_acknowledge);
Datum
instruction_acknowledge(PG_FUNCTION_ARGS)
{
	return instruction_call(fcinfo, "acknowledge");
}

PG_FUNCTION_INFO_V1(instruction_confirm);
Datum
instruction_confirm(PG_FUNCTION_ARGS)
{
	return instruction_call(fcinfo, "confirm");
}

PG_FUNCTION_INFO_V1(instruction_fail);
Datum
instruction_fail(PG_FUNCTION_ARGS)
{
	return instruction_call(fcinfo, "fail");
}

PG_FUNCTION_INFO_V1(instruction_lose_track);
Datum
instruction_lose_track(PG_FUNCTION_ARGS)
{
	return instruction_call(fcinfo, "lose_track");
}

PG_FUNCTION_INFO_V1(instruction_cancel);
Datum
instruction_cancel(PG_FUNCTION_ARGS)
{
	return instruction_call(fcinfo, "cancel");
}
