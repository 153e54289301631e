/*
 * reserve_release.c
 *		Reserves are freed on their ladder by tick(), as far as the floor and open disputes allow (FD-42, FD-P08), and reserve_explain() says why a
 *		reserve is what it is.
 *
 * The wallet is locked, so that no dispute's hold is placed and no other tick() frees the same seller's reserve meanwhile; the order, because
 * whoever takes a claim from the reserve of its lines has it locked.
 */
#include "postgres.h"

#include "funds/hold.h"
#include "funds/reserve.h"
#include "kernel/policy.h"

/* The floor that is in force for the seller: of its own rule, of the general rule, of the policy. */
static int64
floor_of(Call *call, int64 seller_id, CurrencyCode currency)
{
	static Statement find = STATEMENT("ilcz",
		"SELECT r.floor FROM marketplace.reserve_rules r"
		" WHERE r.marketplace_id = $1 AND (r.seller_id IS NULL OR r.seller_id = $2) AND r.category IS NULL AND r.floor IS NOT NULL"
		"   AND marketplace.currency(r.floor) = $3 AND r.valid_from <= $4 AND (r.valid_until IS NULL OR r.valid_until > $4)"
		" ORDER BY r.seller_id IS NULL, r.valid_from DESC, r.id DESC LIMIT 1");
	PolicyScope scope = {.seller_id = seller_id};
	Row			row;

	if (query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(seller_id), value_currency(currency),
								value_timestamptz(call->now)), &row))
		return amount_minor(row_amount(&row, 0));
	return amount_minor(amount_round_numeric(policy_numeric(call, "fd.reserve_floor", &scope), currency));
}

/* Open disputes about the seller's lines or wallet: what their holds want, whatever is there. All: what is there. */
static int64
disputed(Call *call, int64 seller_id, CurrencyCode currency)
{
	static Statement read = STATEMENT("ilc",
		"SELECT COALESCE(pg_catalog.sum(s.minor), 0)::pg_catalog.int8"
		"  FROM (SELECT pg_catalog.max(COALESCE(marketplace.minor_units(p.amount - p.lifted),"
		"                 (SELECT pg_catalog.sum(marketplace.minor_units(a.balance)) FROM marketplace.accounts a"
		"                   WHERE a.marketplace_id = $1 AND a.party_id = $2 AND a.currency = $3"
		"                     AND (a.order_line_id = p.order_line_id AND a.kind IN ('c_escrow', 'c_seller_pending', 'c_reserve', 'c_seller')"
		"                          OR p.order_line_id IS NULL AND a.kind = 'c_seller')))) AS minor"
		"          FROM marketplace.hold_parts p"
		"          JOIN marketplace.holds h ON h.marketplace_id = $1 AND h.id = p.hold_id AND h.reason = 'dispute'"
		"         WHERE p.marketplace_id = $1 AND p.seller_id = $2 AND p.open AND (p.amount IS NULL OR marketplace.currency(p.amount) = $3)"
		"         GROUP BY p.order_line_id, p.slice) s");

	return DatumGetInt64(query_datum(&read, VALUES(value_int32(call->marketplace_id), value_int64(seller_id), value_currency(currency))));
}

/* What may be freed of the seller's reserve: never below the floor, never below open disputes. */
static int64
free_of_seller(Call *call, int64 seller_id, CurrencyCode currency)
{
	static Statement read = STATEMENT("ilc",
		"SELECT COALESCE(pg_catalog.sum(marketplace.minor_units(a.balance)), 0)::pg_catalog.int8 FROM marketplace.accounts a"
		" WHERE a.marketplace_id = $1 AND a.party_id = $2 AND a.currency = $3 AND a.kind = 'c_reserve'");
	int64		reserve = DatumGetInt64(query_datum(&read, VALUES(value_int32(call->marketplace_id), value_int64(seller_id),
																  value_currency(currency))));

	return reserve - Max(floor_of(call, seller_id, currency), disputed(call, seller_id, currency));
}

typedef struct Step
{
	int64		id;
	int64		order_id;
	Allocation	allocation;
	Amount		left;
} Step;

static bool
step_get(Call *call, int64 step_id, Step *step)
{
	static Statement read = STATEMENT("il",
		"SELECT order_id, order_line_id, allocation_id, seller_id, amount - released FROM marketplace.reserve_steps"
		" WHERE marketplace_id = $1 AND id = $2 AND open");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(step_id)), &row))
		return false;
	*step = (Step) {.id = step_id, .order_id = row_int64(&row, 0), .left = row_amount(&row, 4)};
	step->allocation.order_line_id = row_int64(&row, 1);
	step->allocation.id = row_int64(&row, 2);
	step->allocation.seller_id = row_int64(&row, 3);
	return true;
}

static int64
tell_released(Call *call, const Step *step, Amount amount)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "order_id", step->order_id);
	payload_int64(&payload, "order_line_id", step->allocation.order_line_id);
	payload_int64(&payload, "seller_id", step->allocation.seller_id);
	payload_amount(&payload, "amount", amount);
	return event_emit(call, "order", step->order_id, "reserve.released", &payload);
}

/* At most *most of the step, which becomes less; what a claim has used is not there any more. False when nothing changes. */
static bool
free_step(Call *call, const Step *step, int64 *most)
{
	static Statement change = STATEMENT("ilab",
		"UPDATE marketplace.reserve_steps SET released = released + $3, open = $4 WHERE marketplace_id = $1 AND id = $2");
	static Statement record = STATEMENT("ilazl",
		"INSERT INTO marketplace.reserve_releases (marketplace_id, step_id, amount, released_at, cause) VALUES ($1, $2, $3, $4, $5)");
	CurrencyCode currency = amount_currency(step->left);
	int64		there = amount_minor(ledger_balance(call, reserve_account(&step->allocation), currency));
	int64		wanted = Min(there, amount_minor(step->left));
	int64		freed = Min(wanted, *most);
	Amount		amount = amount_of(currency, freed);

	if (freed == 0 && wanted > 0)
		return false;
	*most -= freed;
	funds_write(&change, VALUES(value_int32(call->marketplace_id), value_int64(step->id), value_amount(amount), value_bool(freed < wanted)));
	if (freed > 0)
	{
		int64		cause = tell_released(call, step, amount);

		funds_write(&record, VALUES(value_int32(call->marketplace_id), value_int64(step->id), value_amount(amount),
									value_timestamptz(call->now), value_int64(cause)));
		ledger_move(call, reserve_account(&step->allocation), seller_account(&step->allocation), amount, "reserve_released", cause);
	}
	return true;
}

/* Due steps of which claims have used all. */
static void
close_used(Call *call, int64 seller_id)
{
	static Statement close = STATEMENT("ilz",
		"UPDATE marketplace.reserve_steps s SET open = false"
		" WHERE s.marketplace_id = $1 AND s.seller_id = $2 AND s.open AND s.due_at <= $3 AND NOT EXISTS ("
		"       SELECT FROM marketplace.accounts a"
		"        WHERE a.marketplace_id = $1 AND a.party_id = $2 AND a.order_line_id = s.order_line_id AND a.allocation_id = s.allocation_id"
		"          AND a.kind = 'c_reserve' AND marketplace.sign(a.balance) > 0)");

	funds_write(&close, VALUES(value_int32(call->marketplace_id), value_int64(seller_id), value_timestamptz(call->now)));
}

static int
free_seller(Call *call, int64 seller_id, CurrencyCode currency, int limit)
{
	static Statement due = STATEMENT("ilczi",
		"SELECT s.id, s.order_id FROM marketplace.reserve_steps s"
		" WHERE s.marketplace_id = $1 AND s.seller_id = $2 AND s.open AND marketplace.currency(s.amount) = $3 AND s.due_at <= $4"
		" ORDER BY s.due_at, s.id LIMIT $5");
	int64		most = free_of_seller(call, seller_id, currency);
	Rows		rows;
	int			done = 0;

	if (most <= 0)
		return 0;
	rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_int64(seller_id), value_currency(currency),
								   value_timestamptz(call->now), value_int32(limit)));
	for (uint64 i = 0; i < rows.count; i++)
	{
		Step		step;

		if (!order_try_lock(call, row_int64(&rows.rows[i], 1)) || !step_get(call, row_int64(&rows.rows[i], 0), &step))
			continue;
		if (free_step(call, &step, &most))
			done++;
	}
	return done;
}

/* Sellers and orders that somebody else works on are left for the next time. */
int
funds_tick_reserve(Call *call, int limit)
{
	static Statement due = STATEMENT("iz",
		"SELECT DISTINCT s.seller_id, marketplace.currency(s.amount) FROM marketplace.reserve_steps s"
		" WHERE s.marketplace_id = $1 AND s.open AND s.due_at <= $2 AND " TICK_MAY_TRY("wallet", "s.seller_id")
		" ORDER BY 1, 2");
	Rows		rows = query_rows(&due, VALUES(value_int32(call->marketplace_id), value_timestamptz(call->now)));
	int			done = 0;

	for (uint64 i = 0; i < rows.count && done < limit; i++)
	{
		int64		seller_id = row_int64(&rows.rows[i], 0);

		if (!wallet_try_lock(call, seller_id))
			continue;
		tick_at(call, "wallet", seller_id);
		close_used(call, seller_id);
		done += free_seller(call, seller_id, row_currency(&rows.rows[i], 1), limit - done);
	}
	return done;
}

/*
 * there: what each allocation's reserve account had at the instant. Of its steps the earlier keep theirs; what is lacking was used.
 */
static Statement explained = STATEMENT("ilz",
	"WITH steps AS ("
	"  SELECT r.order_id, r.order_line_id, r.allocation_id, r.taken_at, r.base, r.pct, r.rule_id, r.amount AS reserve, s.id, s.amount, s.due_at,"
	"         s.amount - COALESCE((SELECT marketplace.sum(f.amount) FROM marketplace.reserve_releases f"
	"                               WHERE f.marketplace_id = $1 AND f.step_id = s.id AND f.released_at <= $3),"
	"                             marketplace.zero(marketplace.currency(s.amount))) AS owed"
	"    FROM marketplace.reserves r"
	"    JOIN marketplace.reserve_steps s ON s.marketplace_id = $1 AND s.reserve_id = r.id"
	"   WHERE r.marketplace_id = $1 AND r.seller_id = $2 AND r.taken_at <= $3"
	"), there AS ("
	"  SELECT a.allocation_id, marketplace.sum(CASE WHEN e.side = 'credit' THEN e.amount ELSE - e.amount END) AS amount"
	"    FROM marketplace.accounts a"
	"    JOIN marketplace.transfer_legs e ON e.marketplace_id = $1 AND e.account_id = a.id AND e.recorded_at <= $3"
	"   WHERE a.marketplace_id = $1 AND a.party_id = $2 AND a.kind = 'c_reserve'"
	"   GROUP BY a.allocation_id"
	"), spread AS ("
	"  SELECT s.*, marketplace.amount_value(s.owed) AS owed_value,"
	"         GREATEST(LEAST(marketplace.amount_value(s.owed), COALESCE(marketplace.amount_value(t.amount), 0)"
	"                        - (pg_catalog.sum(marketplace.amount_value(s.owed)) OVER (PARTITION BY s.allocation_id ORDER BY s.due_at, s.id)"
	"                           - marketplace.amount_value(s.owed))), 0 * marketplace.amount_value(s.owed)) AS remaining"
	"    FROM steps s LEFT JOIN there t ON t.allocation_id = s.allocation_id) "
	"SELECT s.order_id, s.order_line_id, s.allocation_id, s.taken_at, marketplace.amount_value(s.base), s.pct, s.rule_id,"
	"       marketplace.amount_value(s.reserve), marketplace.amount_value(s.amount), s.due_at,"
	"       marketplace.amount_value(s.amount) - s.owed_value, s.owed_value - s.remaining, s.remaining,"
	"       marketplace.currency(s.amount)::pg_catalog.text,"
	"       CASE WHEN s.owed_value = 0 THEN 'released' WHEN s.remaining = 0 THEN 'used'"
	"            WHEN s.due_at <= LEAST($3, marketplace.clock()) THEN 'due' ELSE 'waiting' END"
	"  FROM spread s"
	" ORDER BY s.taken_at, s.order_line_id, s.allocation_id, s.due_at, s.id");

/* reserve_explain(marketplace_id, seller_id, as_of) */
PG_FUNCTION_INFO_V1(reserve_explain);
Datum
reserve_explain(PG_FUNCTION_ARGS)
{
	Call		call;
	int64		seller_id;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER);
	seller_id = call_int64(&call, 1);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER, seller_id);
	(void) party_get(&call, seller_id);
	query_return_set(fcinfo, &explained, VALUES(value_int32(call.marketplace_id), value_int64(seller_id),
												value_timestamptz(call_timestamptz_or(&call, 2, DT_NOEND))));
	call_end_read(&call);
	return (Datum) 0;
}
