/*
 * hold_lift.c
 *		Holds end: lifted in part or whole, or expired by tick(). What becomes due by it is released in the same commit (FD-19).
 */
#include "postgres.h"

#include "funds/hold.h"
#include "kernel/errors.h"

typedef struct Hold
{
	int64		id;
	const char *state;
	int64		order_id;		/* 0: a wallet or payout */
	bool		all;
	Amount		left;			/* unless all */
} Hold;

#define HOLD_COLUMNS "SELECT id, state, order_id, amount - lifted FROM marketplace.holds "

static Hold
from_row(const Row *row)
{
	return (Hold) {.id = row_int64(row, 0), .state = row_text(row, 1), .order_id = row_id(row, 2), .all = row_null(row, 3),
				   .left = row_null(row, 3) ? 0 : row_amount(row, 3)};
}

static Hold
hold_get(Call *call, int64 hold_id)
{
	static Statement read = STATEMENT("il", HOLD_COLUMNS "WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(hold_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no hold %lld", call->marketplace_id, (long long) hold_id),
				errhint("The view marketplace.holds_overview lists the holds."));
	return from_row(&row);
}

/* The order first, as everybody does; then nothing of the hold changes. */
static Hold
hold_lock(Call *call, int64 hold_id)
{
	static Statement lock = STATEMENT("il", HOLD_COLUMNS "WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");
	Hold		hold = hold_get(call, hold_id);
	Row			row;

	if (hold.order_id != 0)
		order_lock(call, hold.order_id);
	if (!query_row(&lock, VALUES(value_int32(call->marketplace_id), value_int64(hold_id)), &row))
		elog(ERROR, "hold %lld has vanished", (long long) hold_id);
	return from_row(&row);
}

static void
lift_part(Call *call, const Hold *hold, const Row *part, int64 minor, const char *reason)
{
	static Statement record = STATEMENT("iliattz",
		"INSERT INTO marketplace.hold_lifts (marketplace_id, hold_id, position, amount, reason, lifted_by, lifted_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)");
	static Statement lift = STATEMENT("iliaz",
		"UPDATE marketplace.hold_parts"
		"   SET lifted = lifted + $4, open = open AND amount > lifted + $4,"
		"       closed_at = CASE WHEN amount = lifted + $4 THEN $5 END"
		" WHERE marketplace_id = $1 AND hold_id = $2 AND position = $3");
	Value		amount = hold->all ? value_null() : value_amount(amount_of(amount_currency(hold->left), minor));

	funds_write(&record, VALUES(value_int32(call->marketplace_id), value_int64(hold->id), value_int32(row_int32(part, 0)), amount,
								value_text(reason), value_text(call_actor()), value_timestamptz(call->now)));
	if (!hold->all)
		funds_write(&lift, VALUES(value_int32(call->marketplace_id), value_int64(hold->id), value_int32(row_int32(part, 0)), amount,
								  value_timestamptz(call->now)));
}

/* Shared among the parts by what is left of each: nothing is lost between them. */
static void
lift_parts(Call *call, const Hold *hold, int64 minor, const char *reason)
{
	static Statement read = STATEMENT("il",
		"SELECT position, marketplace.minor_units(amount - lifted) FROM marketplace.hold_parts"
		" WHERE marketplace_id = $1 AND hold_id = $2 AND closed_at IS NULL ORDER BY position");
	Rows		parts = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(hold->id)));
	int64	   *weights = palloc0(sizeof(int64) * Max(parts.count, 1));
	int64	   *shares = palloc0(sizeof(int64) * Max(parts.count, 1));

	if (!hold->all)
	{
		for (uint64 i = 0; i < parts.count; i++)
			weights[i] = row_int64(&parts.rows[i], 1);
		allocate_minor(minor, weights, (int) parts.count, shares);
	}
	for (uint64 i = 0; i < parts.count; i++)
		if (hold->all || shares[i] > 0)
			lift_part(call, hold, &parts.rows[i], shares[i], reason);
}

static void
end_hold(Call *call, const Hold *hold, const char *state, const char *event, const char *reason)
{
	static Statement end = STATEMENT("ilttz",
		"UPDATE marketplace.holds SET state = $3, lifted_by = $4, ended_at = $5 WHERE marketplace_id = $1 AND id = $2");
	static Statement close = STATEMENT("ilz",
		"UPDATE marketplace.hold_parts SET open = false, closed_at = $3 WHERE marketplace_id = $1 AND hold_id = $2 AND closed_at IS NULL");

	funds_transition(&end, VALUES(value_int32(call->marketplace_id), value_int64(hold->id), value_text(state),
								  strcmp(state, "lifted") == 0 ? value_text(call_actor()) : value_null(), value_timestamptz(call->now)),
					 event, reason);
	funds_write(&close, VALUES(value_int32(call->marketplace_id), value_int64(hold->id), value_timestamptz(call->now)));
}

/* ended: nothing is left of it */
static void
tell(Call *call, const Hold *hold, const char *type, const Amount *amount, bool ended, const char *reason)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "hold_id", hold->id);
	if (hold->order_id != 0)
		payload_int64(&payload, "order_id", hold->order_id);
	payload_text(&payload, "amount", amount == NULL ? NULL : amount_to_cstring(*amount));
	payload_bool(&payload, "ended", ended);
	payload_text(&payload, "reason", reason);
	event_emit(call, hold->order_id != 0 ? "order" : "hold", hold->order_id != 0 ? hold->order_id : hold->id, type, &payload);
}

static void
require_liftable(Call *call, const Hold *hold, const Amount *amount)
{
	if (strcmp(hold->state, "active") != 0)
		ereport(ERROR,
				errcode(MK_TRANSITION_REFUSED),
				errmsg("hold %lld is %s already", (long long) hold->id, hold->state),
				errdetail("Only active holds are lifted."),
				errhint("To repeat a call safely give it a request key."));
	if (amount == NULL)
		return;
	if (hold->all)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("hold %lld is on all there is: it is lifted whole", (long long) hold->id),
				errdetail("%s was to be lifted.", amount_to_cstring(*amount)),
				errhint("Leave the amount out; place a hold of an amount first, if part is to stay held."));
	if (amount_currency(*amount) != amount_currency(hold->left))
		ereport(ERROR,
				errcode(MK_CURRENCY_MISMATCH),
				errmsg("hold %lld is not in the currency of what is to be lifted", (long long) hold->id),
				errdetail("To be lifted %s, held %s.", amount_to_cstring(*amount), amount_to_cstring(hold->left)),
				errhint("Leave the amount out to lift what is left."));
	require_positive(call, *amount, amount_currency(hold->left), "amount");
	if (amount_minor(*amount) > amount_minor(hold->left))
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("more is to be lifted than hold %lld holds", (long long) hold->id),
				errdetail("To be lifted %s, held %s.", amount_to_cstring(*amount), amount_to_cstring(hold->left)),
				errhint("Leave the amount out to lift what is left."));
}

void
hold_lift_now(Call *call, int64 hold_id, const Amount *amount, const char *reason)
{
	static Statement lower = STATEMENT("ila",
		"UPDATE marketplace.holds SET lifted = lifted + $3 WHERE marketplace_id = $1 AND id = $2");
	Hold		hold = hold_lock(call, hold_id);
	bool		whole;

	require_liftable(call, &hold, amount);
	whole = amount == NULL || *amount == hold.left;
	if (amount == NULL && !hold.all)
		amount = &hold.left;
	lift_parts(call, &hold, amount == NULL ? 0 : amount_minor(*amount), reason);
	if (amount != NULL)
		funds_write(&lower, VALUES(value_int32(call->marketplace_id), value_int64(hold.id), value_amount(*amount)));
	if (whole)
		end_hold(call, &hold, "lifted", "lift", reason);
	tell(call, &hold, "hold.lifted", amount, whole, reason);
	if (hold.order_id != 0)
		release_order(call, hold.order_id);
}

int
hold_find(Call *call, int64 order_line_id, const char *slice, int64 **hold_ids)
{
	static Statement find = STATEMENT("ilt",
		"SELECT p.hold_id FROM marketplace.hold_parts p"
		" WHERE p.marketplace_id = $1 AND p.order_line_id = $2 AND p.slice = $3 AND p.open ORDER BY p.hold_id");
	Rows		rows = query_rows(&find, VALUES(value_int32(call->marketplace_id), value_int64(order_line_id), value_text(slice)));

	*hold_ids = palloc(sizeof(int64) * Max(rows.count, 1));
	for (uint64 i = 0; i < rows.count; i++)
		(*hold_ids)[i] = row_int64(&rows.rows[i], 0);
	return (int) rows.count;
}

/* Orders that somebody else works on are left for the next time, as are holds that are being lifted. */
int
funds_tick_holds(Call *call, int limit)
{
	static Statement due = STATEMENT("izi",
		"SELECT id, order_id FROM marketplace.holds WHERE marketplace_id = $1 AND state = 'active' AND held_until <= $2 AND " TICK_MAY_TRY("hold", "id")
		" ORDER BY held_until, id LIMIT $3");
	static Statement try_lock = STATEMENT("il",
		HOLD_COLUMNS "WHERE marketplace_id = $1 AND id = $2 AND state = 'active' FOR NO KEY UPDATE SKIP LOCKED");
	Rows		rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now), value_int32(limit)));
	int			done = 0;

	for (uint64 i = 0; i < rows.count; i++)
	{
		int64		order_id = row_id(&rows.rows[i], 1);
		Hold		hold;
		Row			row;

		if (order_id != 0 && !order_try_lock(call, order_id))
			continue;
		if (!query_row(&try_lock, VALUES(value_int32(call->marketplace_id), value_int64(row_int64(&rows.rows[i], 0))), &row))
			continue;
		hold = from_row(&row);
		tick_at(call, "hold", hold.id);
		end_hold(call, &hold, "expired", "expire", NULL);
		tell(call, &hold, "hold.expired", hold.all ? NULL : &hold.left, true, NULL);
		if (order_id != 0)
			release_order(call, order_id);
		done++;
	}
	return done;
}
