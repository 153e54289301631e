/*
 * totals.c
 *		All client money at a glance: where it is, what a failure would cost, and the statement of any accounts (FD-43). Reads only.
 */
#include "postgres.h"

#include "funds/funds_internal.h"
#include "kernel/errors.h"

/*
 * $2: the instant, infinity: the present; $3: the PSP. What is held is by kind of account; what has gone is what left client accounts for
 * the PSP, by the account that it left; what moves is in clearing and handed over to the PSP.
 */
static Statement totals = STATEMENT("izl",
	"WITH legs AS ("
	"  SELECT a.kind::pg_catalog.text AS kind, a.party_id, a.currency,"
	"         marketplace.sum(CASE WHEN e.side = k.side THEN e.amount ELSE - e.amount END) AS amount"
	"    FROM marketplace.transfer_legs e"
	"    JOIN marketplace.accounts a ON a.marketplace_id = $1 AND a.id = e.account_id"
	"    JOIN marketplace.account_kinds() k ON k.kind = a.kind"
	"   WHERE e.marketplace_id = $1 AND e.recorded_at <= $2"
	"     AND (k.ring = 'client' OR a.kind = 'o_seller_receivable')"
	"   GROUP BY a.kind, a.party_id, a.currency"
	"), gone AS ("
	"  SELECT d.kind::pg_catalog.text AS kind, d.currency, marketplace.sum(t.amount) AS amount"
	"    FROM marketplace.accounts c"
	"    JOIN marketplace.transfers t ON t.marketplace_id = $1 AND t.credit_account = c.id AND t.recorded_at <= $2"
	"    JOIN marketplace.accounts d ON d.marketplace_id = $1 AND d.id = t.debit_account"
	"   WHERE c.marketplace_id = $1 AND c.kind IN ('c_cash', 'c_psp_clearing') AND d.kind NOT IN ('c_cash', 'c_psp_clearing', 'c_due_from_own')"
	"   GROUP BY d.kind, d.currency"
	"), moving AS ("
	"  SELECT 'c_payout_clearing'::pg_catalog.text AS kind, marketplace.currency(o.amount) AS currency, marketplace.sum(o.amount) AS amount"
	"    FROM marketplace.payouts o WHERE o.marketplace_id = $1 AND o.sent_at <= $2 AND COALESCE(o.ended_at > $2, true)"
	"   GROUP BY marketplace.currency(o.amount)"
	"  UNION ALL"
	"  SELECT 'c_refund_clearing', marketplace.currency(r.amount), marketplace.sum(r.amount)"
	"    FROM marketplace.refunds r WHERE r.marketplace_id = $1 AND r.sent_at <= $2 AND COALESCE(r.ended_at > $2, true)"
	"   GROUP BY marketplace.currency(r.amount)"
	"), located AS ("
	"  SELECT $3 AS psp, l.currency,"
	"         CASE l.kind WHEN 'c_escrow' THEN 'escrow' WHEN 'c_seller_pending' THEN 'seller_pending' WHEN 'c_seller' THEN 'seller_available'"
	"              WHEN 'c_reserve' THEN 'reserve' WHEN 'c_commission' THEN 'commission' WHEN 'c_due_to_own' THEN 'due_to_own'"
	"              WHEN 'c_buyer' THEN 'buyer_wallet' WHEN 'c_payout_clearing' THEN 'payout_frozen' WHEN 'c_refund_clearing' THEN 'refund_frozen'"
	"              WHEN 'c_third' THEN 'third_party' WHEN 'c_suspense' THEN 'suspense' END AS location,"
	"         l.amount - LEAST(COALESCE(m.amount, marketplace.zero(l.currency)), l.amount) AS amount, false AS memo"
	"    FROM (SELECT l.kind, l.currency, marketplace.sum(l.amount) AS amount FROM legs l GROUP BY l.kind, l.currency) l"
	"    LEFT JOIN moving m ON m.kind = l.kind AND m.currency = l.currency"
	"   WHERE l.kind NOT IN ('c_cash', 'c_psp_clearing', 'c_due_from_own', 'c_fx', 'o_seller_receivable')"
	"  UNION ALL"
	"  SELECT $3, l.currency, CASE l.kind WHEN 'c_payout_clearing' THEN 'payout_in_flight' ELSE 'refund_in_flight' END, LEAST(m.amount, l.amount), false"
	"    FROM (SELECT l.kind, l.currency, marketplace.sum(l.amount) AS amount FROM legs l GROUP BY l.kind, l.currency) l"
	"    JOIN moving m ON m.kind = l.kind AND m.currency = l.currency"
	"  UNION ALL"
	"  SELECT $3, g.currency, CASE g.kind WHEN 'c_payout_clearing' THEN 'paid_out' WHEN 'c_refund_clearing' THEN 'refunded'"
	"              WHEN 'c_seller' THEN 'paid_out' WHEN 'c_commission' THEN 'swept' WHEN 'c_due_to_own' THEN 'swept' ELSE 'charged_back' END, g.amount, false"
	"    FROM gone g"
	"  UNION ALL"
	"  SELECT l.party_id, l.currency, CASE l.kind WHEN 'c_psp_clearing' THEN 'psp_unsettled' ELSE 'cash' END, l.amount, true"
	"    FROM legs l WHERE l.kind IN ('c_psp_clearing', 'c_cash')"
	"  UNION ALL"
	"  SELECT $3, l.currency, CASE l.kind WHEN 'c_due_from_own' THEN 'due_from_own' WHEN 'c_fx' THEN 'fx_position' ELSE 'seller_debt' END, l.amount, true"
	"    FROM legs l WHERE l.kind IN ('c_due_from_own', 'c_fx', 'o_seller_receivable')"
	")"
	"SELECT NULLIF(l.psp, 0), l.currency::pg_catalog.text, l.location, marketplace.amount_value(marketplace.sum(l.amount)), l.memo"
	"  FROM located l GROUP BY l.psp, l.currency, l.location, l.memo HAVING marketplace.sign(marketplace.sum(l.amount)) <> 0"
	" ORDER BY 1, 2, 5, 3");

/* funds_total(marketplace_id, as_of) */
PG_FUNCTION_INFO_V1(funds_total);
Datum
funds_total(PG_FUNCTION_ARGS)
{
	Call		call;

	call_begin_read(&call, fcinfo);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	query_return_set(fcinfo, &totals, VALUES(value_int32(call.marketplace_id),
											 value_timestamptz(call_timestamptz_or(&call, 1, DT_NOEND)),
											 value_int64(marketplace_get(&call)->psp_party_id)));
	call_end_read(&call);
	return (Datum) 0;
}

/*
 * $2: the party, $3: the PSP. claims: of each line what was paid, less refunds, for goods that are not accepted; wallet: what of a seller's
 * money is still here.
 */
static Statement stress = STATEMENT("ill",
	"WITH claims AS ("
	"  SELECT marketplace.currency(s.paid) AS currency, marketplace.sum(s.claim) AS claim,"
	"         marketplace.sum(CASE WHEN s.escrow < s.claim THEN s.escrow ELSE s.claim END) AS by_escrow"
	"    FROM (SELECT p.paid, COALESCE(x.escrow, marketplace.zero(marketplace.currency(p.paid))) AS escrow,"
	"                 CASE WHEN l.quantity > l.cancelled AND l.kind = 'goods' THEN"
	"                      p.paid - marketplace.amount_round(marketplace.amount_value(p.paid) * LEAST(l.accepted, l.quantity - l.cancelled)"
	"                                                        / (l.quantity - l.cancelled), marketplace.currency(p.paid))"
	"                      ELSE COALESCE(x.escrow, marketplace.zero(marketplace.currency(p.paid))) END AS claim"
	"            FROM (SELECT a.order_line_id, marketplace.sum(a.amount - COALESCE((SELECT marketplace.sum(i.amount)"
	"                           FROM marketplace.refund_items i WHERE i.marketplace_id = $1 AND i.allocation_id = a.id),"
	"                           marketplace.zero(marketplace.currency(a.amount)))) AS paid"
	"                    FROM marketplace.capture_allocations a WHERE a.marketplace_id = $1 AND a.seller_id = $2 GROUP BY a.order_line_id) p"
	"            JOIN marketplace.order_lines l ON l.marketplace_id = $1 AND l.id = p.order_line_id"
	"            LEFT JOIN (SELECT k.order_line_id, marketplace.sum(k.balance) AS escrow FROM marketplace.accounts k"
	"                        WHERE k.marketplace_id = $1 AND k.party_id = $2 AND k.kind = 'c_escrow' GROUP BY k.order_line_id) x"
	"              ON x.order_line_id = p.order_line_id) s"
	"   GROUP BY 1"
	"), wallet AS ("
	"  SELECT k.currency, marketplace.sum(k.balance) AS here FROM marketplace.accounts k"
	"   WHERE k.marketplace_id = $1 AND k.party_id = $2 AND k.kind IN ('c_seller_pending', 'c_seller', 'c_reserve') GROUP BY k.currency"
	"), client AS ("
	"  SELECT b.currency, marketplace.sum(b.balance) FILTER (WHERE b.side = 'credit') AS owed,"
	"         marketplace.sum(b.balance) FILTER (WHERE b.kind = 'c_cash' AND b.party_id = $2) AS cash"
	"    FROM marketplace.account_balance_rows b WHERE b.marketplace_id = $1 AND b.ring = 'client' GROUP BY b.currency"
	"), third AS ("
	"  SELECT b.currency, COALESCE(marketplace.sum(b.balance) FILTER (WHERE b.kind = 'o_other_receivable'), marketplace.zero(b.currency)) AS owes,"
	"         COALESCE(marketplace.sum(b.balance) FILTER (WHERE b.kind = 'c_third'), marketplace.zero(b.currency)) AS held"
	"    FROM marketplace.account_balance_rows b WHERE b.marketplace_id = $1 AND b.party_id = $2 AND b.kind IN ('o_other_receivable', 'c_third')"
	"   GROUP BY b.currency"
	"), answers AS ("
	"  SELECT 'seller' AS failing, c.currency, c.claim AS refundable,"
	"         c.by_escrow + LEAST(c.claim - c.by_escrow, COALESCE(w.here, marketplace.zero(c.currency))) AS covered,"
	"         'paid and not accepted; escrow, then the seller''s own money here' AS basis"
	"    FROM claims c LEFT JOIN wallet w ON w.currency = c.currency"
	"  UNION ALL"
	"  SELECT 'psp', c.currency, c.owed, LEAST(GREATEST(COALESCE(c.cash, marketplace.zero(c.currency)), marketplace.zero(c.currency)), c.owed),"
	"         'owed to clients; cash in the client account' FROM client c WHERE $2 = $3 OR c.cash IS NOT NULL"
	"  UNION ALL"
	"  SELECT 'third_party', t.currency, t.owes, LEAST(t.held, t.owes), 'owed to the platform; held for the party' FROM third t"
	")"
	"SELECT a.failing, a.currency::pg_catalog.text, marketplace.amount_value(a.refundable), marketplace.amount_value(a.covered),"
	"       marketplace.amount_value(a.refundable - a.covered), a.basis FROM answers a ORDER BY 1, 2");

/* funds_stress(marketplace_id, party_id) */
PG_FUNCTION_INFO_V1(funds_stress);
Datum
funds_stress(PG_FUNCTION_ARGS)
{
	Call		call;
	int64		party_id;

	call_begin_read(&call, fcinfo);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	party_id = call_int64(&call, 1);
	(void) party_get(&call, party_id);
	query_return_set(fcinfo, &stress, VALUES(value_int32(call.marketplace_id), value_int64(party_id),
											 value_int64(marketplace_get(&call)->psp_party_id)));
	call_end_read(&call);
	return (Datum) 0;
}

static void
require_kind(const char *kind)
{
	static Statement known = STATEMENT("t", "SELECT 1 FROM marketplace.account_kinds() k WHERE k.kind = $1");

	if (query_execute(&known, VALUES(value_text(kind))) == 0)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("there are no accounts of kind \"%s\"", kind),
				errhint("marketplace.account_kinds() lists the kinds."));
}

/* account_statement(marketplace_id, kind, party_id, order_line_id, from_time, until_time) */
PG_FUNCTION_INFO_V1(account_statement);
Datum
account_statement(PG_FUNCTION_ARGS)
{
	static Statement entries = STATEMENT("itllzz",
		"WITH legs AS ("
		"  SELECT e.posting_id, e.position, e.recorded_at, t.reason, a.order_line_id, a.currency,"
		"         CASE WHEN e.side = k.side THEN e.amount ELSE - e.amount END AS amount, e.recorded_at < $5 AS before"
		"    FROM marketplace.accounts a"
		"    JOIN marketplace.account_kinds() k ON k.kind = a.kind"
		"    JOIN marketplace.transfer_legs e ON e.marketplace_id = $1 AND e.account_id = a.id AND e.recorded_at < $6"
		"    JOIN marketplace.transfers t ON t.marketplace_id = $1 AND t.posting_id = e.posting_id AND t.position = e.position"
		"   WHERE a.marketplace_id = $1 AND a.kind = $2 AND ($3 IS NULL OR a.party_id = $3) AND ($4 IS NULL OR a.order_line_id = $4)"
		"), opening AS ("
		"  SELECT l.currency, COALESCE(marketplace.sum(l.amount) FILTER (WHERE l.before), marketplace.zero(l.currency)) AS balance"
		"    FROM legs l GROUP BY l.currency"
		")"
		"SELECT s.recorded_at, s.posting_id, s.position, s.reason, s.order_line, s.amount, marketplace.amount_value(s.balance), s.currency"
		"  FROM (SELECT NULL::pg_catalog.timestamptz AS recorded_at, NULL::pg_catalog.int8 AS posting_id, NULL::pg_catalog.int4 AS position, 'opening' AS reason,"
		"               NULL::pg_catalog.int8 AS order_line, NULL::pg_catalog.numeric AS amount, o.balance, o.currency::pg_catalog.text AS currency FROM opening o"
		"        UNION ALL"
		"        SELECT l.recorded_at, l.posting_id, l.position, l.reason, NULLIF(l.order_line_id, 0), marketplace.amount_value(l.amount),"
		"               o.balance + marketplace.sum(l.amount) OVER (PARTITION BY l.currency ORDER BY l.posting_id, l.position, l.order_line_id"
		"                                                           ROWS UNBOUNDED PRECEDING), l.currency::pg_catalog.text"
		"          FROM legs l JOIN opening o ON o.currency = l.currency WHERE NOT l.before) s"
		" ORDER BY s.currency, s.posting_id NULLS FIRST, s.position, s.order_line");
	Call		call;
	char	   *kind;

	call_begin_read(&call, fcinfo);
	kind = call_text(&call, 1);
	if (call_is_null(&call, 2))
		access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	else
		access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER | CAPACITY_BUYER | CAPACITY_CARRIER | CAPACITY_INSURER,
					   call_int64(&call, 2));
	require_kind(kind);
	query_return_set(fcinfo, &entries, VALUES(value_int32(call.marketplace_id), value_text(kind), call_value(&call, 2), call_value(&call, 3),
											  value_timestamptz(call_timestamptz_or(&call, 4, DT_NOBEGIN)),
											  value_timestamptz(call_timestamptz_or(&call, 5, DT_NOEND))));
	call_end_read(&call);
	return (Datum) 0;
}
