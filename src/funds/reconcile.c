/*
 * reconcile.c
 *		reconcile(): what agrees on all three sides is done with, what does not is a break of its class, and a break whose missing side has
 *		arrived is closed (FD-90…FD-96). What belongs together is found by reconcile_match.c.
 */
#include "postgres.h"

#include "funds/break.h"
#include "funds/break_internal.h"
#include "funds/funds_internal.h"
#include "funds/psp_mirror.h"
#include "funds/reconcile.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"

typedef struct Run
{
	int64		id;
	DateADT		until;
	int			position;
	int			matched;
	int			differing;
	int			opened;
	int			closed;
	int			nwanted;
	Datum	   *wanted;			/* breaks that hold by this comparison */
	int			room;
	StringInfoData outcome;		/* of the movement at hand */
} Run;

static const char *
amount_digits(Amount amount)
{
	char	   *written = amount_to_cstring(amount);

	return pnstrdup(written, strcspn(written, " "));
}

/* Opens the break, or finds it open or resolved from before. */
static void
want_break(Call *call, Run *run, const Movement *movement, const char *break_class, const char *pair, Amount difference,
		   const char *action)
{
	MirrorObject object = mirror_object(call, movement->end_to_end_id, movement->psp_id, movement->reference);
	const char *direction = movement->inflow ? "in" : "out";
	BreakSpec	spec = {.break_class = break_class, .source = "reconciliation",
		.natural_key = pair == NULL ? psprintf("%s:%s", movement->key, direction) :
		psprintf("%s:%s:%s:%s", movement->key, direction, pair, amount_to_cstring(difference)),
		.ledger = movement->has_ledger ? &movement->ledger : NULL, .psp = movement->has_psp ? &movement->psp : NULL,
		.bank = movement->has_bank ? &movement->bank : NULL, .difference = difference, .end_to_end_id = movement->end_to_end_id,
		.psp_id = movement->psp_id, .bank_reference = movement->has_bank ? movement->reference : NULL, .has_value_date = true,
		.value_date = movement->first_date, .party_id = movement->party_id != 0 ? movement->party_id : object.party_id,
		.object = movement->object != NULL ? movement->object : object.kind,
		.object_id = movement->object != NULL ? movement->object_id : object.id, .action = action};
	bool		is_new;
	int64		break_id = break_open_new(call, &spec, &is_new);

	if (is_new)
		run->opened++;
	if (run->nwanted == run->room)
	{
		run->room *= 2;
		run->wanted = repalloc_huge(run->wanted, sizeof(Datum) * run->room);
	}
	run->wanted[run->nwanted++] = Int64GetDatum(break_id);
	appendStringInfo(&run->outcome, "%s%s", run->outcome.len > 0 ? "; " : "", break_class);
	if (pair != NULL)
		appendStringInfo(&run->outcome, " %s %s", pair, amount_digits(difference));
}

/* FD-95 */
static void
compare(Call *call, Run *run, const Movement *movement, const char *pair, Amount one, Amount other)
{
	if (one != other)
		want_break(call, run, movement, "amount_mismatch", pair, amount_sub(one, other), NULL);
}

TimestampTz
local_start(DateADT day, const char *zone)
{
	Timestamp	midnight = DatumGetTimestamp(DirectFunctionCall1(date_timestamp, DateADTGetDatum(day)));

	return DatumGetTimestampTz(DirectFunctionCall2(timestamp_zone, CStringGetTextDatum(zone), TimestampGetDatum(midnight)));
}

/* FD-91: has the bank's time been over by now? */
static bool
bank_is_late(Call *call, const Movement *movement)
{
	PolicyDuration lag = policy_duration(call, "fd.bank_lag", NULL);
	Marketplace *marketplace = marketplace_get(call);
	TimestampTz end = local_start(movement->last_date + 1, marketplace->time_zone) - 1;

	return call->now > calendar_deadline(end, lag.n, lag.unit, "TARGET", marketplace->time_zone);
}

static void
bank_is_missing(Call *call, Run *run, const Movement *movement)
{
	Amount		expected = movement->has_ledger_cash ? movement->ledger_cash : movement->has_psp ? movement->psp_net : movement->ledger;

	want_break(call, run, movement, bank_is_late(call, movement) ? "missing_bank" : "bank_pending", NULL, expected, NULL);
}

static void
compare_ledger_with_psp(Call *call, Run *run, const Movement *movement)
{
	compare(call, run, movement, "ledger-psp", movement->ledger, movement->psp);
	if (movement->settled_together)
	{
		if (!movement->has_ledger_cash)
			bank_is_missing(call, run, movement);
		else if (movement->has_fee && movement->ledger == movement->psp)
			compare(call, run, movement, "ledger-psp", movement->ledger_cash, movement->psp_net);
	}
	else if (!movement->has_bank)
		bank_is_missing(call, run, movement);
	else if (movement->has_ledger_cash)
		compare(call, run, movement, "ledger-bank", movement->ledger_cash, movement->bank);
	else
	{
		compare(call, run, movement, "psp-bank", movement->psp_net, movement->bank);
		want_break(call, run, movement, "missing_ledger", NULL, movement->bank, "Record that the PSP has settled it: payment_settle().");
	}
}

/* What the outside knows and the books do not: they may know of it as not yet carried out. */
static const char *
action_for_missing_ledger(Call *call, const Movement *movement)
{
	MirrorObject object = mirror_object(call, movement->end_to_end_id, movement->psp_id, movement->reference);

	if (object.kind == NULL)
		return NULL;
	if (strcmp(object.kind, "payment") == 0)
		return psprintf("Record what was taken of payment %lld: payment_capture().", (long long) object.id);
	return psprintf("Record that %s %lld was carried out: %s_confirm().", object.kind, (long long) object.id, object.kind);
}

static void
classify(Call *call, Run *run, const Movement *movement)
{
	if (movement->settlement)
	{
		if (!movement->has_psp)
			want_break(call, run, movement, "unidentified", NULL, movement->bank, NULL);
		else if (movement->has_bank)
			compare(call, run, movement, "psp-bank", movement->psp, movement->bank);
		else
			bank_is_missing(call, run, movement);
	}
	else if (movement->has_ledger && movement->has_psp)
		compare_ledger_with_psp(call, run, movement);
	else if (movement->has_ledger)
	{
		want_break(call, run, movement, "missing_psp", NULL, movement->ledger, NULL);
		if (movement->has_bank)
			compare(call, run, movement, "ledger-bank", movement->has_ledger_cash ? movement->ledger_cash : movement->ledger,
					movement->bank);
	}
	else if (movement->has_psp)
	{
		want_break(call, run, movement, "missing_ledger", NULL, movement->psp, action_for_missing_ledger(call, movement));
		if (movement->has_bank)
			compare(call, run, movement, "psp-bank", movement->psp_net, movement->bank);
	}
	else
		want_break(call, run, movement, "unidentified", NULL, movement->bank, NULL);
}

static void
keep_line(Call *call, const Run *run, const Movement *movement, const char *outcome)
{
	static Statement insert = STATEMENT("ilitaaatd",
		"INSERT INTO marketplace.reconciliation_lines (marketplace_id, run_id, position, key, ledger_amount, psp_amount, bank_amount, outcome, value_date)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");

	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(run->id), value_int32(run->position),
								value_text(movement->key),
								movement->has_ledger ? value_amount(movement->ledger) : value_null(),
								movement->has_psp ? value_amount(movement->psp) : value_null(),
								movement->has_bank ? value_amount(movement->bank) : value_null(), value_text(outcome),
								value_date(movement->first_date)));
}

/* Later comparisons leave it out. */
static void
keep_items(Call *call, const Run *run, const char *side, Value items)
{
	static Statement insert = STATEMENT("itTli",
		"INSERT INTO marketplace.reconciled_items (marketplace_id, side, item_key, run_id, position)"
		" SELECT $1, $2, w.item_key, $4, $5 FROM unnest($3) AS w(item_key)");

	if (!items.null)
		funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_text(side), items, value_int64(run->id),
									value_int32(run->position)));
}

static void
take_movement(Call *call, Run *run, const Movement *movement)
{
	resetStringInfo(&run->outcome);
	classify(call, run, movement);
	run->position++;
	if (run->outcome.len > 0)
	{
		run->differing++;
		keep_line(call, run, movement, run->outcome.data);
		return;
	}
	run->matched++;
	keep_line(call, run, movement, "matched");
	keep_items(call, run, "ledger", movement->ledger_items);
	keep_items(call, run, "psp", movement->psp_items);
	keep_items(call, run, "bank", movement->bank_items);
}

/* What an earlier comparison found and this one does not: the missing side has arrived, the amounts agree, or the bank's time is over. */
static void
close_healed(Call *call, Run *run)
{
	static Statement healed = STATEMENT("idL",
		"SELECT b.id, b.class = 'bank_pending' AND EXISTS (SELECT FROM marketplace.recon_breaks n WHERE n.marketplace_id = $1"
		"         AND n.class = 'missing_bank' AND n.natural_key = b.natural_key)"
		"  FROM marketplace.recon_breaks b WHERE b.marketplace_id = $1 AND b.source = 'reconciliation' AND b.state IN ('open', 'escalated')"
		"   AND b.value_date <= $2 AND b.id <> ALL ($3) ORDER BY b.id");
	ArrayType  *wanted = construct_array(run->wanted, run->nwanted, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
	Rows		rows = query_rows(&healed, VALUES(value_int32(call->marketplace_id), value_date(run->until),
												  value_datum(PointerGetDatum(wanted))));

	for (uint64 i = 0; i < rows.count; i++)
	{
		Break		found = break_lock(call, row_int64(&rows.rows[i], 0));

		if (!break_is_open(&found))
			continue;
		if (row_bool(&rows.rows[i], 1))
			break_end(call, &found, "explain", call->function, "The bank's time is over: it is missing_bank now.", 0);
		else
			break_end(call, &found, "match", call->function, "The sides agree now.", 0);
		run->closed++;
	}
}

static int64
compare_all(Call *call, DateADT until)
{
	static Statement take_id = STATEMENT("", "SELECT pg_catalog.nextval('marketplace.reconciliation_ids')");
	static Statement insert = STATEMENT("ildiiiitz",
		"INSERT INTO marketplace.reconciliations (marketplace_id, id, until, matched, differing, breaks_opened, breaks_closed, actor, made_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
	Run			run = {.until = until, .room = 64};
	Movements	found;
	JsonbParseState *payload;

	mirror_lock(call);
	found = movements_to_reconcile(call, until);
	run.id = DatumGetInt64(query_datum(&take_id, NO_VALUES));
	run.wanted = palloc(sizeof(Datum) * run.room);
	initStringInfo(&run.outcome);
	for (int i = 0; i < found.count; i++)
		take_movement(call, &run, &found.movements[i]);
	close_healed(call, &run);
	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(run.id), value_date(until), value_int32(run.matched),
								value_int32(run.differing), value_int32(run.opened), value_int32(run.closed),
								value_text(call_actor()), value_timestamptz(call->now)));
	payload_begin(&payload);
	payload_int64(&payload, "run_id", run.id);
	payload_int64(&payload, "matched", run.matched);
	payload_int64(&payload, "differing", run.differing);
	event_emit(call, "reconciliation", run.id, "reconciliation.made", &payload);
	return run.id;
}

/* reconcile(marketplace_id, until, request_key) */
PG_FUNCTION_INFO_V1(reconcile);
Datum
reconcile(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		DateADT		until;

		access_require(&call, CAPACITY_OPERATOR, 0);
		until = call_date_or(&call, 1, calendar_local_date(call.now, marketplace_get(&call)->time_zone));
		if (DATE_NOT_FINITE(until))
			ereport(ERROR,
					errcode(MK_INVALID_ARGUMENT),
					errmsg("a comparison goes up to a day"),
					errdetail("until is infinite."),
					errhint("Leave it out to compare all up to today."));
		call.result = compare_all(&call, until);
	}
	PG_RETURN_INT64(call_end(&call));
}
