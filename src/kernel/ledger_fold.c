/*
 * ledger_fold.c
 *		Folding: adds the settled transfers of summed accounts into their stored balance, so that reading stays cheap.
 *
 * Settled is what every snapshot from now on sees: transfers whose transaction number is below the horizon. Posting ids are not
 * handed out in the order of commits, so they only bound the search. A mark says: transactions numbered next_xact or
 * higher took ids above posting_id (a writer gets its number before its id, see ledger_write()). A fold whose horizon is
 * at or above the mark leaves only such transactions unfolded, hence only ids above the mark's.
 */
#include "kernel/ledger_internal.h"

#include "kernel/epoch.h"
#include "kernel/guard.h"

/* Enough for every marketplace: one account per summed kind, currency and payment service provider. */
#define FOLD_ALL 1000000

static int64
bound_of(Call *call, int64 horizon)
{
	static Statement bound = STATEMENT("il",
		"SELECT COALESCE(pg_catalog.max(posting_id), 0) FROM marketplace.ledger_folds"
		" WHERE marketplace_id = $1 AND next_xact <= $2");

	return DatumGetInt64(query_datum(&bound, VALUES(value_int32(call->marketplace_id), value_int64(horizon))));
}

/*
 * The id is read before the number: whoever gets this number or a higher one takes its id later. A fold that sets a mark has a number
 * of its own below it, so that two folds never set the same mark and never wait for each other; of two in one transaction the first
 * one's mark stays, which holds for the second too.
 */
static void
set_mark(Call *call)
{
	static Statement last_id = STATEMENT("",
		"SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM marketplace.posting_ids");
	static Statement marked = STATEMENT("il",
		"SELECT EXISTS (SELECT FROM marketplace.ledger_folds WHERE marketplace_id = $1 AND posting_id >= $2)");
	static Statement insert = STATEMENT("ill",
		"INSERT INTO marketplace.ledger_folds (marketplace_id, next_xact, posting_id) VALUES ($1, $2, $3)"
		" ON CONFLICT DO NOTHING");
	int64		posting_id = DatumGetInt64(query_datum(&last_id, NO_VALUES));

	if (DatumGetBool(query_datum(&marked, VALUES(value_int32(call->marketplace_id), value_int64(posting_id)))))
		return;
	(void) epoch_xact();
	query_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(epoch_next_xact()), value_int64(posting_id)));
}

/* Marks below the best one that the horizon has reached. */
static void
drop_marks(Call *call, int64 horizon)
{
	static Statement drop = STATEMENT("il",
		"DELETE FROM marketplace.ledger_folds f"
		" WHERE f.marketplace_id = $1 AND f.next_xact IN"
		"       (SELECT o.next_xact FROM marketplace.ledger_folds o"
		"         WHERE o.marketplace_id = $1"
		"           AND o.next_xact < (SELECT pg_catalog.max(n.next_xact) FROM marketplace.ledger_folds n"
		"                               WHERE n.marketplace_id = $1 AND n.next_xact <= $2)"
		"           FOR UPDATE SKIP LOCKED)");

	query_execute(&drop, VALUES(value_int32(call->marketplace_id), value_int64(horizon)));
}

/*
 * Locks accounts that have something to fold, or transfers behind them that a better bound would skip. An account that another
 * session folds right now is left to it.
 */
static ArrayType *
lock_foldable(Call *call, int64 horizon, int64 bound, int limit)
{
	static Statement lock = STATEMENT("illi",
		"SELECT pg_catalog.array_agg(l.id) FROM ("
		" SELECT a.id FROM marketplace.accounts a"
		"  WHERE a.marketplace_id = $1 AND a.folded_xact IS NOT NULL"
		"    AND (EXISTS (SELECT FROM marketplace.transfers t"
		"                  WHERE t.marketplace_id = $1 AND t.debit_account = a.id AND t.posting_id > a.folded_posting_id"
		"                    AND t.xact < $2 AND (t.xact >= a.folded_xact OR t.posting_id <= $3))"
		"      OR EXISTS (SELECT FROM marketplace.transfers t"
		"                  WHERE t.marketplace_id = $1 AND t.credit_account = a.id AND t.posting_id > a.folded_posting_id"
		"                    AND t.xact < $2 AND (t.xact >= a.folded_xact OR t.posting_id <= $3)))"
		"  ORDER BY a.id LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED) l");
	Row			row;

	if (!query_row(&lock, VALUES(value_int32(call->marketplace_id), value_int64(horizon), value_int64(bound), value_int32(limit)),
				   &row) || row_null(&row, 0))
		return NULL;
	return DatumGetArrayTypeP(row_datum(&row, 0));
}

static int
fold_accounts(Call *call, ArrayType *ids, int64 horizon, int64 bound)
{
	static Statement fold = STATEMENT("iLll",
		"UPDATE marketplace.accounts a"
		"   SET balance = a.balance + f.sum, folded_xact = $3, folded_posting_id = GREATEST(a.folded_posting_id, $4)"
		"  FROM (SELECT o.id, COALESCE(u.sum, marketplace.zero(o.currency)) AS sum"
		"          FROM marketplace.accounts o"
		"          JOIN marketplace.account_kinds() k ON k.kind = o.kind"
		"         CROSS JOIN LATERAL"
		"               (SELECT marketplace.sum(CASE WHEN e.side = k.side THEN e.amount ELSE - e.amount END) AS sum"
		"                  FROM marketplace.transfer_legs e"
		"                 WHERE e.marketplace_id = $1 AND e.account_id = o.id AND e.posting_id > o.folded_posting_id"
		"                   AND e.xact >= o.folded_xact AND e.xact < $3) u"
		"         WHERE o.marketplace_id = $1 AND o.id = ANY ($2)) f"
		" WHERE a.marketplace_id = $1 AND a.id = f.id");
	int			count;

	guard_open("ledger");
	count = (int) query_execute(&fold, VALUES(value_int32(call->marketplace_id), value_datum(PointerGetDatum(ids)),
											  value_int64(horizon), value_int64(bound)));
	guard_close();
	return count;
}

/* The horizon is of the caller's snapshot, which is not younger than those of the statements here: what it calls settled they see. */
int
ledger_tick(Call *call, int limit)
{
	int64		horizon = epoch_horizon();
	int64		bound = bound_of(call, horizon);
	ArrayType  *ids = lock_foldable(call, horizon, bound, limit);
	int			count = ids == NULL ? 0 : fold_accounts(call, ids, horizon, bound);

	guard_open("ledger");
	set_mark(call);
	drop_marks(call, horizon);
	guard_close();
	return count;
}

/* ledger_fold(marketplace_id, request_key) */
PG_FUNCTION_INFO_V1(ledger_fold);
Datum
ledger_fold(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR | CAPACITY_SYSTEM, 0);
		call.result = ledger_tick(&call, FOLD_ALL);
	}
	PG_RETURN_INT64(call_end(&call));
}
