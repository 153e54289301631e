/*
 * break.c
 *		Opening breaks, giving them to somebody, closing those that time has healed, escalating those that nobody resolved (FD §11).
 *
 * What finds them is in reconcile.c, safeguarding.c and the imports; what ends them by decision is in break_resolve.c.
 */
#include "postgres.h"

#include "funds/break.h"
#include "funds/break_internal.h"
#include "funds/funds.h"
#include "funds/funds_internal.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/policy.h"

#define OWNER_BYTES 200

typedef struct BreakClass
{
	const char *name;
	int			priority;
	const char *action;
} BreakClass;

static const BreakClass classes[] = {
	{"bank_pending", 3, "Wait for the bank's statement."},
	{"missing_bank", 2, "Ask the bank for the entry, or the PSP for proof of execution."},
	{"missing_psp", 2, "Query the PSP; never post or send again."},
	{"missing_ledger", 2, "Record the receipt in suspense, then find out whose it is."},
	{"unidentified", 2, "Keep it in suspense; send it back after fd.suspense_return_days."},
	{"amount_mismatch", 2, "Compare the two sides; explain a fee or an exchange rate, correct what is wrong."},
	{"duplicate", 1, "Keep the hold until the PSP has said which one counts."},
	{"balance_break", 2, "Ask the bank for a corrected statement; the file is kept."},
	{"batch_break", 2, "Match the batch entry as a whole; ask the bank for its details."},
	{"status_break", 1, "Query the PSP: it takes back what it had confirmed."},
	{"return_break", 2, "Find the payment that was returned; keep the money in suspense."},
	{"entry_break", 2, "Look at the entry; record by hand what it means."},
	{"shortfall", 1, "Transfer own money to the client account today, then find the cause."},
	{"due_from_own", 1, "Transfer what the platform owes to the client account."},
	{"negative_cash", 1, "More has left the account than the books had there: find the missing receipt."},
	{"no_statement", 2, "Import the bank's statement or the PSP's balance of the day, then prove it again."}
};

static const BreakClass *
class_named(const char *name)
{
	for (int i = 0; i < lengthof(classes); i++)
		if (strcmp(classes[i].name, name) == 0)
			return &classes[i];
	elog(ERROR, "there is no class of breaks \"%s\"", name);
}

int64
break_tell(Call *call, int64 break_id, const char *type, const char *break_class, Amount difference, const char *word, const char *said)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "break_id", break_id);
	payload_text(&payload, "class", break_class);
	payload_amount(&payload, "difference", difference);
	if (word != NULL)
		payload_text(&payload, word, said);
	return event_emit(call, "break", break_id, type, &payload);
}

static Value
amount_or_null(const Amount *amount)
{
	return amount == NULL ? value_null() : value_amount(*amount);
}

static TimestampTz
due_at(Call *call)
{
	PolicyDuration sla = policy_duration(call, "fd.break_sla", NULL);
	Marketplace *marketplace = marketplace_get(call);

	return calendar_deadline(call->now, sla.n, sla.unit, marketplace->calendar, marketplace->time_zone);
}

int64
break_open_new(Call *call, const BreakSpec *spec, bool *is_new)
{
	static Statement find = STATEMENT("itt",
		"SELECT id FROM marketplace.recon_breaks WHERE marketplace_id = $1 AND class = $2 AND natural_key = $3");
	static Statement insert = STATEMENT("itttiaaaatttdltljtzz",
		"INSERT INTO marketplace.recon_breaks (marketplace_id, class, natural_key, source, priority, ledger_amount, psp_amount, bank_amount,"
		" difference, end_to_end_id, psp_id, bank_reference, value_date, party_id, object, object_id, causes, suggested_action, opened_at,"
		" due_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 'open')"
		" ON CONFLICT (marketplace_id, class, natural_key) DO NOTHING");
	const BreakClass *known = class_named(spec->break_class);
	const Value *key = VALUES(value_int32(call->marketplace_id), value_text(spec->break_class), value_text(spec->natural_key));
	uint64		added;
	int64		break_id;
	Row			row;

	*is_new = false;
	if (query_row(&find, key, &row))
		return row_int64(&row, 0);
	added = funds_transition(&insert, VALUES(value_int32(call->marketplace_id), value_text(spec->break_class),
											 value_text(spec->natural_key), value_text(spec->source), value_int32(known->priority),
											 amount_or_null(spec->ledger), amount_or_null(spec->psp), amount_or_null(spec->bank),
											 value_amount(spec->difference), value_text(spec->end_to_end_id), value_text(spec->psp_id),
											 value_text(spec->bank_reference),
											 spec->has_value_date ? value_date(spec->value_date) : value_null(),
											 value_id(spec->party_id), value_text(spec->object),
											 spec->object != NULL ? value_int64(spec->object_id) : value_null(),
											 value_jsonb(spec->causes),
											 value_text(spec->action != NULL ? spec->action : known->action), value_timestamptz(call->now),
											 value_timestamptz(due_at(call))), "open", NULL);
	break_id = DatumGetInt64(query_datum(&find, key));
	*is_new = added > 0;
	if (*is_new)
		break_tell(call, break_id, "break.opened", spec->break_class, spec->difference, NULL, NULL);
	return break_id;
}

int64
break_open(Call *call, const BreakSpec *spec)
{
	bool		is_new;

	return break_open_new(call, spec, &is_new);
}

Break
break_lock(Call *call, int64 break_id)
{
	static Statement lock = STATEMENT("il",
		"SELECT class, state, difference, ledger_amount, psp_amount, bank_amount FROM marketplace.recon_breaks"
		" WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");
	Break		found = {.id = break_id};
	Row			row;

	if (!query_row(&lock, VALUES(value_int32(call->marketplace_id), value_int64(break_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no break %lld", call->marketplace_id, (long long) break_id),
				errhint("The view marketplace.reconciliation_breaks lists the breaks."));
	found.break_class = row_text(&row, 0);
	found.state = row_text(&row, 1);
	found.difference = row_amount(&row, 2);
	found.has_ledger = !row_null(&row, 3);
	found.ledger = found.has_ledger ? row_amount(&row, 3) : amount_zero(amount_currency(found.difference));
	found.has_outside = !row_null(&row, 4) || !row_null(&row, 5);
	found.outside = found.has_outside ? row_amount(&row, row_null(&row, 4) ? 5 : 4) : amount_zero(amount_currency(found.difference));
	return found;
}

bool
break_is_open(const Break *found)
{
	return strcmp(found->state, "open") == 0 || strcmp(found->state, "escalated") == 0;
}

void
break_require_open(const Break *found)
{
	if (break_is_open(found))
		return;
	ereport(ERROR,
			errcode(MK_RECONCILIATION),
			errmsg("break %lld is resolved already", (long long) found->id),
			errdetail("It is %s; %s was in question.", found->state, amount_to_cstring(found->difference)),
			errhint("See the view marketplace.reconciliation_breaks; to repeat a call safely give it a request key."));
}

static const char *
state_after(const char *event)
{
	static const char *const states[][2] = {
		{"match", "matched"}, {"explain", "explained"}, {"correct", "corrected"}, {"write_off", "written_off"}
	};

	for (int i = 0; i < lengthof(states); i++)
		if (strcmp(states[i][0], event) == 0)
			return states[i][1];
	elog(ERROR, "breaks know no event \"%s\"", event);
}

/* The row is locked and open. posting_event_id 0: nothing was posted. */
void
break_end(Call *call, const Break *found, const char *event, const char *by, const char *reason, int64 posting_event_id)
{
	static Statement change = STATEMENT("iltzttl",
		"UPDATE marketplace.recon_breaks SET state = $3, resolved_at = $4, resolved_by = $5, reason = $6, posting_event_id = $7"
		" WHERE marketplace_id = $1 AND id = $2");
	const char *state = state_after(event);

	funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(found->id), value_text(state),
									 value_timestamptz(call->now), value_text(by), value_text(reason),
									 value_id(posting_event_id)), event, reason);
	break_tell(call, found->id, psprintf("break.%s", state), found->break_class, found->difference, "reason", reason);
}

bool
break_settle(Call *call, const char *break_class, const char *natural_key, const char *event, const char *reason)
{
	static Statement find = STATEMENT("itt",
		"SELECT id FROM marketplace.recon_breaks WHERE marketplace_id = $1 AND class = $2 AND natural_key = $3"
		" AND state IN ('open', 'escalated')");
	Break		found;
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_text(break_class), value_text(natural_key)), &row))
		return false;
	found = break_lock(call, row_int64(&row, 0));
	if (!break_is_open(&found))
		return false;
	break_end(call, &found, event, call->function, reason, 0);
	return true;
}

/* Breaks that somebody else works on are left for the next time. */
int
funds_tick_breaks(Call *call, int limit)
{
	static Statement due = STATEMENT("izi",
		"SELECT id, class, difference FROM marketplace.recon_breaks WHERE marketplace_id = $1 AND state = 'open' AND due_at <= $2"
		" AND " TICK_MAY_TRY("break", "id") " ORDER BY due_at, id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED");
	static Statement change = STATEMENT("il",
		"UPDATE marketplace.recon_breaks SET state = 'escalated' WHERE marketplace_id = $1 AND id = $2");
	Rows		rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now), value_int32(limit)));

	for (uint64 i = 0; i < rows.count; i++)
	{
		int64		break_id = row_int64(&rows.rows[i], 0);

		tick_at(call, "break", break_id);
		funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(break_id)), "escalate", NULL);
		break_tell(call, break_id, "break.escalated", row_text(&rows.rows[i], 1), row_amount(&rows.rows[i], 2), NULL, NULL);
	}
	return (int) rows.count;
}

static int64
assign(Call *call, int64 break_id, const char *owner)
{
	static Statement change = STATEMENT("ilt",
		"UPDATE marketplace.recon_breaks SET owner = $3 WHERE marketplace_id = $1 AND id = $2");
	Break		found = break_lock(call, break_id);

	break_require_open(&found);
	if (strlen(owner) > OWNER_BYTES)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("the owner of a break is a name of at most %d bytes", OWNER_BYTES),
				errdetail("This one has %zu.", strlen(owner)),
				errhint("Give the name of a person or of a team."));
	funds_write(&change, VALUES(value_int32(call->marketplace_id), value_int64(break_id), value_text(owner)));
	break_tell(call, break_id, "break.assigned", found.break_class, found.difference, "owner", owner);
	return break_id;
}

/* break_assign(marketplace_id, break_id, owner, request_key) */
PG_FUNCTION_INFO_V1(break_assign);
Datum
break_assign(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = assign(&call, call_int64(&call, 1), call_text(&call, 2));
	}
	PG_RETURN_INT64(call_end(&call));
}
