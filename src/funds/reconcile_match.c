/*
 * reconcile_match.c
 *		What belongs together of ledger, PSP and bank: by end-to-end id, then the PSP's id or reference, then amount, value date ± 2 days and
 *		party (FD §11). Also whose money an outside id is about.
 *
 * The three sides are the views reconcilable_ledger, reconcilable_psp and reconcilable_bank. Only what goes in the same direction, in one
 * currency, belongs together: a payout and its return share an id.
 */
#include "postgres.h"

#include "funds/funds_internal.h"
#include "funds/psp_mirror.h"
#include "funds/reconcile.h"

#define NOT_MATCHED(side) \
	" AND NOT EXISTS (SELECT FROM marketplace.reconciled_items d WHERE d.marketplace_id = $1 AND d.side = '" side "' AND d.item_key = i.item_key)"

#define ALL_SIDES \
	"key, inflow, currency, settlement, marketplace.sum(l) AS l, marketplace.sum(lb) AS lb, marketplace.sum(p) AS p, marketplace.sum(net) AS net," \
	" marketplace.sum(b) AS b, bool_or(fee) AS fee, bool_or(together) AS together, min(first_date) AS first_date, max(last_date) AS last_date," \
	" min(e2e) AS e2e, min(psp_id) AS psp_id, min(reference) AS reference, min(party) AS party, min(object) AS object, min(object_id) AS object_id"

/* ids: which key an id leads to; u: one row an item; g1 by id, g2 and g3 with what amount and date bring together */
static Statement match = STATEMENT("id",
	"WITH l AS (SELECT i.*, marketplace.currency(COALESCE(i.psp_amount, i.bank_amount)) AS currency,"
	"                  COALESCE(i.end_to_end_id, i.psp_id, i.reference, i.item_key) AS key"
	"             FROM marketplace.reconcilable_ledger i WHERE i.marketplace_id = $1 AND i.value_date <= $2" NOT_MATCHED("ledger") "),"
	" p AS (SELECT i.*, marketplace.sign(i.amount) > 0 AS inflow, marketplace.currency(i.amount) AS currency"
	"         FROM marketplace.reconcilable_psp i WHERE i.marketplace_id = $1 AND i.value_date <= $2" NOT_MATCHED("psp") "),"
	" b AS (SELECT i.*, marketplace.sign(i.amount) > 0 AS inflow, marketplace.currency(i.amount) AS currency"
	"         FROM marketplace.reconcilable_bank i WHERE i.marketplace_id = $1 AND i.value_date <= $2" NOT_MATCHED("bank") "),"
	" s AS (SELECT 'settlement:' || i.settlement_id AS item_key, i.settlement_id AS key, min(i.value_date) AS first_date, max(i.value_date) AS last_date,"
	"              marketplace.sum(i.amount - COALESCE(i.fee, marketplace.zero(marketplace.currency(i.amount)))) AS net"
	"         FROM marketplace.reconcilable_psp i WHERE i.marketplace_id = $1 AND i.value_date <= $2 AND i.settlement_id IS NOT NULL"
	"          AND NOT EXISTS (SELECT FROM marketplace.reconciled_items d WHERE d.marketplace_id = $1 AND d.side = 'psp'"
	"                             AND d.item_key = 'settlement:' || i.settlement_id)"
	"        GROUP BY i.settlement_id, marketplace.currency(i.amount)),"
	" known AS (SELECT DISTINCT ON (v.id, l.inflow) v.id, l.inflow, l.key FROM l"
	"   CROSS JOIN LATERAL (VALUES (1, l.end_to_end_id), (2, l.psp_id), (3, l.reference)) v(rank, id)"
	"   WHERE v.id IS NOT NULL ORDER BY v.id, l.inflow, v.rank, l.key),"
	" pk AS (SELECT p.*, COALESCE(e.key, a.key, r.key, p.end_to_end_id, p.psp_id) AS key FROM p"
	"   LEFT JOIN known e ON e.id = p.end_to_end_id AND e.inflow = p.inflow"
	"   LEFT JOIN known a ON a.id = p.psp_id AND a.inflow = p.inflow"
	"   LEFT JOIN known r ON r.id = p.reference AND r.inflow = p.inflow),"
	" ids AS (SELECT DISTINCT ON (v.id, v.inflow) v.id, v.inflow, v.key FROM ("
	"     SELECT 0 AS rank, s.key AS id, marketplace.sign(s.net) > 0 AS inflow, s.key FROM s"
	"     UNION ALL SELECT 1, k.id, k.inflow, k.key FROM known k"
	"     UNION ALL SELECT 2, pk.end_to_end_id, pk.inflow, pk.key FROM pk UNION ALL SELECT 3, pk.psp_id, pk.inflow, pk.key FROM pk"
	"     UNION ALL SELECT 4, pk.reference, pk.inflow, pk.key FROM pk) v"
	"   WHERE v.id IS NOT NULL ORDER BY v.id, v.inflow, v.rank, v.key),"
	" bk AS (SELECT b.*, COALESCE(e.key, a.key, r.key, b.end_to_end_id, b.psp_id, b.reference, b.item_key) AS key FROM b"
	"   LEFT JOIN ids e ON e.id = b.end_to_end_id AND e.inflow = b.inflow"
	"   LEFT JOIN ids a ON a.id = b.psp_id AND a.inflow = b.inflow"
	"   LEFT JOIN ids r ON r.id = b.reference AND r.inflow = b.inflow),"
	" u (side, item_key, key, inflow, currency, settlement, l, lb, p, net, b, fee, together, first_date, last_date, e2e, psp_id, reference, party,"
	"    object, object_id) AS ("
	"   SELECT 'ledger', item_key, key, inflow, currency, false, psp_amount, bank_amount, NULL::marketplace.amount, NULL::marketplace.amount,"
	"          NULL::marketplace.amount, false, false, value_date, value_date, end_to_end_id, psp_id, reference, party_id, object, object_id FROM l"
	"   UNION ALL SELECT 'psp', item_key, key, inflow, currency, false, NULL, NULL, amount,"
	"          amount - COALESCE(fee, marketplace.zero(currency)), NULL, fee IS NOT NULL, settlement_id IS NOT NULL, value_date, value_date,"
	"          end_to_end_id, psp_id, reference, NULL, NULL, NULL FROM pk"
	"   UNION ALL SELECT 'psp', item_key, key, marketplace.sign(net) > 0, marketplace.currency(net), true, NULL, NULL, net, net, NULL, false, false,"
	"          first_date, last_date, NULL, key, NULL, NULL, NULL, NULL FROM s WHERE marketplace.sign(net) <> 0"
	"   UNION ALL SELECT 'bank', item_key, key, inflow, currency, EXISTS (SELECT FROM s WHERE s.key = bk.key), NULL, NULL, NULL, NULL, amount,"
	"          false, false, value_date, value_date, end_to_end_id, psp_id, reference, party_id, NULL, NULL FROM bk),"
	" g1 AS (SELECT " ALL_SIDES " FROM u GROUP BY key, inflow, currency, settlement),"
	" m1 AS (SELECT DISTINCT ON (x.p_key) x.* FROM (SELECT DISTINCT ON (a.key, a.inflow) a.key AS l_key, c.key AS p_key, a.inflow"
	"     FROM g1 a JOIN g1 c ON c.p = a.l AND c.l IS NULL AND c.inflow = a.inflow AND NOT c.settlement"
	"      AND abs(c.first_date - a.first_date) <= 2 AND COALESCE(a.party = c.party, true)"
	"    WHERE a.l IS NOT NULL AND a.p IS NULL ORDER BY a.key, a.inflow, abs(c.first_date - a.first_date), c.key) x ORDER BY x.p_key, x.l_key),"
	" r1 AS (SELECT u.*, COALESCE(m1.l_key, u.key) AS key1 FROM u LEFT JOIN m1 ON m1.p_key = u.key AND m1.inflow = u.inflow AND NOT u.settlement),"
	" g2 AS (SELECT " ALL_SIDES " FROM (SELECT r1.key1 AS key, r1.inflow, r1.currency, r1.settlement, r1.l, r1.lb, r1.p, r1.net, r1.b, r1.fee, r1.together,"
	"     r1.first_date, r1.last_date, r1.e2e, r1.psp_id, r1.reference, r1.party, r1.object, r1.object_id FROM r1) r GROUP BY key, inflow, currency, settlement),"
	" m2 AS (SELECT DISTINCT ON (x.b_key) x.* FROM (SELECT DISTINCT ON (a.key, a.inflow) a.key AS a_key, c.key AS b_key, a.inflow"
	"     FROM g2 a JOIN g2 c ON c.b = COALESCE(a.lb, a.net, a.l) AND c.l IS NULL AND c.p IS NULL AND c.inflow = a.inflow"
	"      AND abs(c.first_date - a.last_date) <= 2 AND COALESCE(a.party = c.party, true)"
	"    WHERE a.b IS NULL AND NOT a.together AND NOT a.settlement"
	"    ORDER BY a.key, a.inflow, abs(c.first_date - a.last_date), c.key) x ORDER BY x.b_key, x.a_key),"
	" r2 AS (SELECT r1.side, r1.item_key, COALESCE(m2.a_key, r1.key1) AS key, r1.inflow, r1.currency, r1.settlement, r1.l, r1.lb, r1.p, r1.net, r1.b,"
	"     r1.fee, r1.together, r1.first_date, r1.last_date, r1.e2e, r1.psp_id, r1.reference, r1.party, r1.object, r1.object_id"
	"   FROM r1 LEFT JOIN m2 ON m2.b_key = r1.key1 AND m2.inflow = r1.inflow AND NOT r1.settlement) "
	"SELECT " ALL_SIDES ", array_agg(item_key) FILTER (WHERE side = 'ledger'), array_agg(item_key) FILTER (WHERE side = 'psp'),"
	"       array_agg(item_key) FILTER (WHERE side = 'bank')"
	"  FROM r2 GROUP BY key, inflow, currency, settlement ORDER BY key, inflow DESC, currency, settlement");

static Amount
amount_or_zero(const Row *row, int column, CurrencyCode currency)
{
	return row_null(row, column) ? amount_zero(currency) : row_amount(row, column);
}

static Movement
movement_of_row(const Row *row)
{
	CurrencyCode currency = row_currency(row, 2);

	return (Movement) {
		.key = row_text(row, 0), .inflow = row_bool(row, 1), .settlement = row_bool(row, 3),
		.has_ledger = !row_null(row, 4), .ledger = amount_or_zero(row, 4, currency),
		.has_ledger_cash = !row_null(row, 5), .ledger_cash = amount_or_zero(row, 5, currency),
		.has_psp = !row_null(row, 6), .psp = amount_or_zero(row, 6, currency), .psp_net = amount_or_zero(row, 7, currency),
		.has_bank = !row_null(row, 8), .bank = amount_or_zero(row, 8, currency),
		.has_fee = row_bool(row, 9), .settled_together = row_bool(row, 10),
		.first_date = row_date(row, 11), .last_date = row_date(row, 12), .end_to_end_id = row_text(row, 13),
		.psp_id = row_text(row, 14), .reference = row_text(row, 15), .party_id = row_id(row, 16), .object = row_text(row, 17),
		.object_id = row_id(row, 18), .ledger_items = row_value(row, 19), .psp_items = row_value(row, 20), .bank_items = row_value(row, 21)
	};
}

Movements
movements_to_reconcile(Call *call, DateADT until)
{
	Rows		rows = query_rows(&match, VALUES(value_int32(call->marketplace_id), value_date(until)));
	Movements	found = {(int) rows.count, MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Movement) * Max(rows.count, 1))};

	for (uint64 i = 0; i < rows.count; i++)
		found.movements[i] = movement_of_row(&rows.rows[i]);
	return found;
}

MirrorObject
mirror_object(Call *call, const char *end_to_end_id, const char *psp_id, const char *reference)
{
	static Statement payment = STATEMENT("it",
		"SELECT p.id, p.payer_id, CASE WHEN pg_catalog.count(*) = 1 THEN pg_catalog.min(o.order_id) END FROM marketplace.payments p"
		"  LEFT JOIN marketplace.payment_orders o ON o.marketplace_id = p.marketplace_id AND o.payment_id = p.id"
		" WHERE p.marketplace_id = $1 AND p.psp_reference = $2 GROUP BY p.marketplace_id, p.id");
	static Statement instruction = STATEMENT("it",
		"SELECT i.object, i.object_id, COALESCE(p.seller_id, r.buyer_id), r.order_id FROM marketplace.instructions i"
		"  LEFT JOIN marketplace.payouts p ON i.object = 'payout' AND p.marketplace_id = $1 AND p.id = i.object_id"
		"  LEFT JOIN marketplace.refunds r ON i.object = 'refund' AND r.marketplace_id = $1 AND r.id = i.object_id"
		" WHERE i.marketplace_id = $1 AND i.object IN ('payout', 'refund')"
		"   AND i.idempotency_key = CASE WHEN $2 ~ '^[0-9a-f]{32}$' THEN $2::pg_catalog.uuid END");
	const char *ids[] = {end_to_end_id, psp_id, reference};
	Row			row;

	for (int i = 0; i < lengthof(ids); i++)
	{
		const Value *key = VALUES(value_int32(call->marketplace_id), value_text(ids[i]));

		if (ids[i] == NULL)
			continue;
		if (query_row(&instruction, key, &row))
			return (MirrorObject) {row_text(&row, 0), row_int64(&row, 1), row_id(&row, 2), row_id(&row, 3)};
		if (query_row(&payment, key, &row))
			return (MirrorObject) {"payment", row_int64(&row, 0), row_id(&row, 1), row_id(&row, 2)};
	}
	return (MirrorObject) {NULL, 0, 0, 0};
}

void
mirror_lock(Call *call)
{
	static Statement lock = STATEMENT("i",
		"SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('marketplace.reconcile', $1))");

	query_execute(&lock, VALUES(value_int32(call->marketplace_id)));
}
