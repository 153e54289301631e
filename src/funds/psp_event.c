/*
 * psp_event.c
 *		Messages of the PSP about payments: stored as they came, then applied, each when what it needs is there (FD-82).
 *		What each kind does is in psp_event_apply.c.
 *
 * All messages of a payment that wait are tried in one order of kinds until none moves any more, under the payment's
 * lock; so their order of arrival makes no difference.
 */
#include "postgres.h"

#include "funds/chargeback.h"
#include "funds/funds.h"
#include "funds/psp_event.h"
#include "funds/settlement.h"
#include "kernel/errors.h"
#include "kernel/guard.h"

static void
set_state(Call *call, const PspEvent *event, int64 payment_id, PspOutcome outcome)
{
	static Statement change = STATEMENT("illttz",
		"UPDATE marketplace.psp_events SET state = $4, payment_id = $3, note = $5, applied_at = $6 WHERE marketplace_id = $1 AND id = $2");
	static Statement annotate = STATEMENT("ilt",
		"UPDATE marketplace.psp_events SET note = $3 WHERE marketplace_id = $1 AND id = $2 AND note IS DISTINCT FROM $3");
	bool		applied = outcome == PSP_APPLIED;

	if (outcome == PSP_WAITS)
		funds_write(&annotate, VALUES(value_int32(call->marketplace_id), value_int64(event->id), value_text(event->note)));
	else
		funds_transition(&change, VALUES(value_int32(call->marketplace_id), value_int64(event->id), value_int64(payment_id),
										 value_text(applied ? "applied" : "rejected"), value_text(event->note),
										 value_timestamptz(call->now)), applied ? "apply" : "reject", event->note);
}

/* Those that wait, in the order of kinds in which they are meant. */
static bool
apply_waiting(Call *call, int64 payment_id, const char *psp_reference)
{
	static Statement waiting = STATEMENT("it",
		"SELECT id, kind, capture_reference, chargeback_reference, amount, fee, reason, document ->> 'settlement_reference' FROM marketplace.psp_events"
		" WHERE marketplace_id = $1 AND psp_reference = $2 AND state = 'waiting'"
		" ORDER BY CASE kind WHEN 'authorised' THEN 1 WHEN 'captured' THEN 2 WHEN 'settled' THEN 3 WHEN 'chargeback' THEN 5 WHEN 'returned' THEN 5"
		"          WHEN 'chargeback_recovered' THEN 6 WHEN 'chargeback_lost' THEN 6 ELSE 4 END, id");
	Rows		rows = query_rows(&waiting, VALUES(value_int32(call->marketplace_id), value_text(psp_reference)));
	bool		moved = false;

	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];
		PspEvent	event = {.id = row_int64(row, 0), .kind = row_text(row, 1), .capture_reference = row_text(row, 2),
			.chargeback_reference = row_text(row, 3), .amount = row_null(row, 4) ? 0 : row_amount(row, 4),
			.fee = row_null(row, 5) ? 0 : row_amount(row, 5), .reason = row_text(row, 6), .settlement_reference = row_text(row, 7)};
		PspOutcome	outcome = psp_event_apply(call, payment_id, &event);

		set_state(call, &event, payment_id, outcome);
		moved |= outcome != PSP_WAITS;
	}
	return moved;
}

static int64
payment_by_reference(Call *call, const char *psp_reference)
{
	static Statement find = STATEMENT("it",
		"SELECT id FROM marketplace.payments WHERE marketplace_id = $1 AND psp_reference = $2");
	Row			row;

	return query_row(&find, VALUES(value_int32(call->marketplace_id), value_text(psp_reference)), &row) ? row_int64(&row, 0) : 0;
}

static bool
any_waits(Call *call, const char *psp_reference)
{
	static Statement any = STATEMENT("it",
		"SELECT 1 FROM marketplace.psp_events WHERE marketplace_id = $1 AND psp_reference = $2 AND state = 'waiting' LIMIT 1");

	return psp_reference != NULL && query_execute(&any, VALUES(value_int32(call->marketplace_id), value_text(psp_reference))) > 0;
}

void
psp_events_lock(Call *call, const char *psp_reference)
{
	if (any_waits(call, psp_reference))
		settlement_lock(call);
}

void
psp_events_apply(Call *call, const char *psp_reference)
{
	int64		payment_id = any_waits(call, psp_reference) ? payment_by_reference(call, psp_reference) : 0;

	if (payment_id == 0)
		return;
	settlement_lock(call);
	chargeback_lock(call, payment_id);
	while (apply_waiting(call, payment_id, psp_reference))
		;
}

/*
 * What waits for something that nobody told it of: a payment recorded at the same time, a refund that was on its way. Elsewhere
 * instructions of refunds are locked before orders; here neither is waited for, so nobody waits in a circle.
 */
int
funds_tick_psp_events(Call *call, int limit)
{
	static Statement waiting = STATEMENT("izi",
		"SELECT e.psp_reference, p.id FROM marketplace.psp_events e"
		"  JOIN marketplace.payments p ON p.marketplace_id = $1 AND p.psp_reference = e.psp_reference"
		" WHERE e.marketplace_id = $1 AND e.state = 'waiting' AND " TICK_MAY_TRY("payment_messages", "p.id")
		" GROUP BY e.psp_reference, p.id ORDER BY p.id LIMIT $3");
	Rows		rows = query_rows(&waiting, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now), value_int32(limit)));
	int			done = 0;

	if (rows.count > 0)
		settlement_lock(call);
	for (uint64 i = 0; i < rows.count; i++)
	{
		Payment		payment;

		if (!payment_try_lock(call, row_int64(&rows.rows[i], 1), &payment) || !chargeback_try_lock(call, payment.id))
			continue;
		tick_at(call, "payment_messages", payment.id);
		if (apply_waiting(call, payment.id, row_text(&rows.rows[i], 0)))
			done++;
	}
	return done;
}

/* Which references and amounts the kind needs. */
static void
check_kind(const Document *document, const char *kind)
{
	static const struct
	{
		const char *kind;
		bool		capture;
		bool		chargeback;
		bool		amount;
	}			kinds[] = {
		{"authorised", false, false, false}, {"captured", true, false, true}, {"settled", true, false, false}, {"voided", false, false, false},
		{"expired", false, false, false}, {"failed", false, false, false}, {"chargeback", true, true, false}, {"returned", true, true, false},
		{"chargeback_recovered", false, true, false}, {"chargeback_lost", false, true, false}
	};

	for (int i = 0; i < lengthof(kinds); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
		{
			if (kinds[i].capture)
				(void) document_text(document, "capture_reference");
			if (kinds[i].chargeback)
				(void) document_text(document, "chargeback_reference");
			if (kinds[i].amount)
				(void) document_text(document, "amount");
			return;
		}
	document_refuse(document, "kind", psprintf("\"%s\" is no kind of message.", kind),
					"Known are authorised, captured, settled, voided, expired, failed, chargeback, returned, chargeback_recovered and chargeback_lost.");
}

static Value
amount_or_null(const Document *document, const char *key)
{
	return document_has(document, key) ? value_amount(document_positive_amount(document, key)) : value_null();
}

static int64
known_event(Call *call, const char *external_id, Jsonb *json)
{
	static Statement find = STATEMENT("itj",
		"SELECT id, document = $3 FROM marketplace.psp_events WHERE marketplace_id = $1 AND external_id = $2");
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_text(external_id), value_jsonb(json)), &row))
		elog(ERROR, "message \"%s\" has vanished", external_id);
	if (!row_bool(&row, 1))
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("message \"%s\" of the PSP is known with another content", external_id),
				errdetail("It is message %lld.", (long long) row_int64(&row, 0)),
				errhint("Every message has a name of its own; find out which of the two is right."));
	return row_int64(&row, 0);
}

static int64
record(Call *call, Jsonb *json)
{
	static Statement insert = STATEMENT("ittttaatjzt",
		"INSERT INTO marketplace.psp_events (marketplace_id, external_id, kind, psp_reference, capture_reference, chargeback_reference, amount, fee,"
		" reason, document, state, recorded_at) VALUES ($1, $2, $3, $4, $5, $11, $6, $7, $8, $9, 'waiting', $10)"
		" ON CONFLICT (marketplace_id, external_id) DO NOTHING RETURNING id");
	Document	document = document_root(json);
	char	   *external_id;
	char	   *kind;
	char	   *psp_reference;
	bool		added;
	Row			row;

	document_only(&document, "external_id", "kind", "psp_reference", "capture_reference", "chargeback_reference", "amount", "fee", "reason",
				  "settlement_reference", "raw", NULL);
	external_id = document_text(&document, "external_id");
	kind = document_text(&document, "kind");
	psp_reference = document_text(&document, "psp_reference");
	check_kind(&document, kind);
	(void) document_text_or_null(&document, "settlement_reference");
	settlement_lock(call);
	guard_open("funds");
	added = query_row(&insert, VALUES(value_int32(call->marketplace_id), value_text(external_id), value_text(kind), value_text(psp_reference),
									  value_text(document_text_or_null(&document, "capture_reference")),
									  amount_or_null(&document, "amount"), amount_or_null(&document, "fee"),
									  value_text(document_text_or_null(&document, "reason")), value_jsonb(json),
									  value_timestamptz(call->now),
									  value_text(document_text_or_null(&document, "chargeback_reference"))), &row);
	guard_close();
	if (!added)
		return known_event(call, external_id, json);
	psp_events_apply(call, psp_reference);
	return row_int64(&row, 0);
}

/* psp_event_record(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(psp_event_record);
Datum
psp_event_record(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) marketplace_get(&call);
		call.result = record(&call, call_jsonb(&call, 1));
	}
	PG_RETURN_INT64(call_end(&call));
}
