/*
 * unanswered.c
 *		tick(): what was sent to the PSP or the bank and not answered in time is unknown (FD §7, FD §8): it blocks a second sending until
 *		evidence or a named person resolves it (FD-81). Who must act is in the view instructions_to_resolve.
 */
#include "postgres.h"

#include "funds/funds.h"
#include "funds/funds_internal.h"
#include "kernel/calendar.h"
#include "kernel/instruction.h"
#include "kernel/policy.h"

static bool
is_due(Call *call, TimestampTz sent_at)
{
	PolicyDuration delay = policy_duration(call, "fd.answer_delay", NULL);

	return calendar_deadline(sent_at, delay.n, delay.unit, policy_text(call, "rd.settlement_calendar", NULL),
							 marketplace_get(call)->time_zone) <= call->now;
}

/* The oldest first. Instructions and orders that somebody works on are left for the next time. */
int
funds_tick_unanswered(Call *call, int limit)
{
	static Statement find = STATEMENT("izi",
		"SELECT i.id, i.kind, i.object, i.object_id, i.changed_at, COALESCE(r.order_id, t.order_id) FROM marketplace.instructions i"
		"  LEFT JOIN marketplace.refunds r ON i.object = 'refund' AND r.marketplace_id = $1 AND r.id = i.object_id"
		"  LEFT JOIN marketplace.own_transfers t ON i.object = 'own_transfer' AND t.marketplace_id = $1 AND t.id = i.object_id"
		" WHERE i.marketplace_id = $1 AND i.state = 'sent' AND i.changed_at < $2"
		"   AND i.object IN ('payout', 'refund', 'own_transfer', 'sweep', 'money_receipt', 'psp_request')"
		"   AND " TICK_MAY_TRY("instruction", "i.id")
		" ORDER BY i.changed_at, i.id LIMIT $3 FOR NO KEY UPDATE OF i SKIP LOCKED");
	Rows		rows = query_rows(&find, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now), value_int32(limit)));
	int			done = 0;

	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];
		int64		order_id = row_id(row, 5);

		if (!is_due(call, row_timestamptz(row, 4)))
			break;
		if (order_id != 0 && !order_try_lock(call, order_id))
			continue;
		tick_at(call, "instruction", row_int64(row, 0));
		instruction_move(call, row_text(row, 1), row_text(row, 2), row_int64(row, 3), "lose_track", "no answer in time (fd.answer_delay)");
		done++;
	}
	return done;
}
