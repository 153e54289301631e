/*
 * payout_statement.c
 *		What a payout is made of: all that has happened to the seller's money since its payout before, which ties out to the cent with the
 *		amount that is paid, because it is read from the ledger and leaves nothing out.
 */
#include "postgres.h"

#include "funds/payout.h"

/*
 * $2: the payout, $3 its seller, $4 its currency, $5 the payout before of the same seller and currency (NULL: none).
 *
 * The seller's money is what is available or maturing (c_seller, c_seller_pending). frozen: the last transfers that froze the two payouts;
 * legs: what touched the money until the later one, signed; sold: legs from and to escrow with the commission that the same event took
 * from, or gave back to, the same escrow account; books: commission and its VAT of the whole event.
 */
static Statement statement_rows = STATEMENT("illcl",
	"WITH money AS ("
	"  SELECT a.id, a.allocation_id FROM marketplace.accounts a"
	"   WHERE a.marketplace_id = $1 AND a.party_id = $3 AND a.currency = $4 AND a.kind IN ('c_seller', 'c_seller_pending')"
	"), freezing AS ("
	"  SELECT e.aggregate_id AS payout_id, e.id AS cause FROM marketplace.events e"
	"   WHERE e.marketplace_id = $1 AND e.aggregate = 'payout' AND e.aggregate_id IN ($2, $5) AND e.type = 'payout.planned'"
	"), frozen AS ("
	"  SELECT DISTINCT ON (f.payout_id) f.payout_id, t.posting_id, t.position"
	"    FROM freezing f"
	"    JOIN marketplace.payout_items i ON i.marketplace_id = $1 AND i.payout_id = f.payout_id"
	"    JOIN marketplace.accounts a ON a.marketplace_id = $1 AND a.party_id = $3 AND a.order_line_id = i.order_line_id"
	"     AND a.allocation_id = i.allocation_id AND a.kind = 'c_seller' AND a.currency = $4"
	"    JOIN marketplace.transfers t ON t.marketplace_id = $1 AND t.debit_account = a.id AND t.cause = f.cause"
	"   ORDER BY f.payout_id, t.posting_id DESC, t.position DESC"
	"), legs AS ("
	"  SELECT m.allocation_id, t.posting_id, t.position, t.cause, t.reason, t.credit_account AS other, - marketplace.minor_units(t.amount) AS minor"
	"    FROM money m JOIN marketplace.transfers t ON t.marketplace_id = $1 AND t.debit_account = m.id"
	"  UNION ALL"
	"  SELECT m.allocation_id, t.posting_id, t.position, t.cause, t.reason, t.debit_account, marketplace.minor_units(t.amount)"
	"    FROM money m JOIN marketplace.transfers t ON t.marketplace_id = $1 AND t.credit_account = m.id"
	"), placed AS ("
	"  SELECT l.*, o.kind::pg_catalog.text AS other_kind, l.cause = (SELECT f.cause FROM freezing f WHERE f.payout_id = $2) AS mine,"
	"         COALESCE((SELECT (l.posting_id, l.position) > (f.posting_id, f.position) FROM frozen f WHERE f.payout_id = $5), true) AS within"
	"    FROM legs l"
	"    JOIN frozen u ON u.payout_id = $2 AND (l.posting_id, l.position) <= (u.posting_id, u.position)"
	"    JOIN marketplace.accounts o ON o.marketplace_id = $1 AND o.id = l.other"
	"   WHERE o.kind NOT IN ('c_seller', 'c_seller_pending')"
	"), sold AS ("
	"  SELECT p.posting_id, p.cause, p.allocation_id, p.minor > 0 AS sale, p.minor, COALESCE(c.minor, 0) AS commission"
	"    FROM placed p"
	"    LEFT JOIN LATERAL ("
	"         SELECT pg_catalog.sum(marketplace.minor_units(t.amount)) AS minor"
	"           FROM marketplace.transfers t"
	"           JOIN marketplace.accounts k ON k.marketplace_id = $1"
	"            AND (k.kind = 'c_commission' OR k.kind = 'c_due_from_own' AND t.reason = 'commission_reversed')"
	"            AND k.id = CASE WHEN p.minor > 0 THEN t.credit_account ELSE t.debit_account END"
	"          WHERE t.marketplace_id = $1 AND t.posting_id = p.posting_id AND t.cause = p.cause"
	"            AND CASE WHEN p.minor > 0 THEN t.debit_account ELSE t.credit_account END = p.other) c ON true"
	"   WHERE p.within AND p.other_kind = 'c_escrow'"
	"), books AS ("
	"  SELECT s.posting_id, s.cause, s.sale,"
	"         pg_catalog.sum(marketplace.minor_units(t.amount)) FILTER (WHERE 'c_commission' IN (d.kind, c.kind)"
	"             OR d.kind = 'c_due_from_own' AND t.reason = 'commission_reversed') AS commission,"
	"         pg_catalog.sum(marketplace.minor_units(t.amount)) FILTER (WHERE 'o_vat' IN (d.kind, c.kind)) AS vat"
	"    FROM (SELECT DISTINCT s.posting_id, s.cause, s.sale FROM sold s) s"
	"    JOIN marketplace.transfers t ON t.marketplace_id = $1 AND t.posting_id = s.posting_id AND t.cause = s.cause"
	"    JOIN marketplace.accounts d ON d.marketplace_id = $1 AND d.id = t.debit_account"
	"    JOIN marketplace.accounts c ON c.marketplace_id = $1 AND c.id = t.credit_account"
	"   GROUP BY s.posting_id, s.cause, s.sale"
	"), sales AS ("
	"  SELECT s.allocation_id, s.sale, s.minor, s.commission,"
	"         COALESCE(pg_catalog.round(b.vat * s.commission / NULLIF(b.commission, 0)), 0) AS vat"
	"    FROM sold s JOIN books b ON b.posting_id = s.posting_id AND b.cause = s.cause AND b.sale = s.sale"
	"), lines (place, section, allocation_id, minor) AS ("
	"  SELECT 1, 'opening', NULL, COALESCE(pg_catalog.sum(p.minor), 0) FROM placed p WHERE NOT p.within"
	"  UNION ALL SELECT CASE WHEN s.sale THEN 2 ELSE 5 END, CASE WHEN s.sale THEN 'sales' ELSE 'refunds' END, s.allocation_id,"
	"                   s.minor + CASE WHEN s.sale THEN s.commission ELSE - s.commission END FROM sales s"
	"  UNION ALL SELECT CASE WHEN s.sale THEN 3 ELSE 6 END, CASE WHEN s.sale THEN 'commission' ELSE 'commission_returned' END, s.allocation_id,"
	"                   CASE WHEN s.sale THEN -1 ELSE 1 END * (s.commission - s.vat) FROM sales s"
	"  UNION ALL SELECT CASE WHEN s.sale THEN 4 ELSE 7 END, CASE WHEN s.sale THEN 'commission_vat' ELSE 'commission_vat_returned' END,"
	"                   s.allocation_id, CASE WHEN s.sale THEN -1 ELSE 1 END * s.vat FROM sales s"
	"  UNION ALL"
	"  SELECT CASE WHEN p.mine THEN 13 WHEN p.other_kind = 'c_reserve' AND p.minor < 0 THEN 8 WHEN p.other_kind = 'c_reserve' THEN 9"
	"              WHEN p.other_kind = 'c_due_to_own' THEN 10 WHEN p.reason IN ('payout_failed', 'payout_returned') THEN 11 ELSE 12 END,"
	"         CASE WHEN p.mine THEN 'payout' WHEN p.other_kind = 'c_reserve' AND p.minor < 0 THEN 'reserve_taken'"
	"              WHEN p.other_kind = 'c_reserve' THEN 'reserve_released' WHEN p.other_kind = 'c_due_to_own' THEN 'debt_offset'"
	"              WHEN p.reason IN ('payout_failed', 'payout_returned') THEN 'payouts_back' ELSE 'adjustments' END,"
	"         CASE WHEN p.mine OR p.reason IN ('payout_failed', 'payout_returned') THEN NULL ELSE p.allocation_id END, p.minor"
	"    FROM placed p WHERE p.within AND p.other_kind <> 'c_escrow'"
	"  UNION ALL SELECT 14, 'closing', NULL, pg_catalog.sum(p.minor) FROM placed p"
	") "
	"SELECT l.section, a.order_id, a.order_line_id,"
	"       marketplace.amount_value(marketplace.amount_of_minor_units(pg_catalog.sum(l.minor)::pg_catalog.int8, $4)), $4::pg_catalog.text"
	"  FROM lines l"
	"  LEFT JOIN marketplace.capture_allocations a ON a.marketplace_id = $1 AND a.id = l.allocation_id"
	" GROUP BY l.place, l.section, a.order_id, a.order_line_id"
	" HAVING pg_catalog.sum(l.minor) <> 0 OR l.place IN (1, 14)"
	" ORDER BY l.place, a.order_id, a.order_line_id");

/* payout_statement(marketplace_id, payout_id) */
PG_FUNCTION_INFO_V1(payout_statement);
Datum
payout_statement(PG_FUNCTION_ARGS)
{
	static Statement before = STATEMENT("illc",
		"SELECT id FROM marketplace.payouts WHERE marketplace_id = $1 AND seller_id = $2 AND id < $3 AND marketplace.currency(amount) = $4"
		" ORDER BY id DESC LIMIT 1");
	Call		call;
	Payout		payout;
	CurrencyCode currency;
	Row			row;
	int64		previous = 0;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER);
	payout = payout_get(&call, call_int64(&call, 1));
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER, payout.seller_id);
	currency = amount_currency(payout.amount);
	if (query_row(&before, VALUES(value_int32(call.marketplace_id), value_int64(payout.seller_id), value_int64(payout.id),
								  value_currency(currency)), &row))
		previous = row_int64(&row, 0);
	query_return_set(fcinfo, &statement_rows,
					 VALUES(value_int32(call.marketplace_id), value_int64(payout.id), value_int64(payout.seller_id),
							value_currency(currency), value_id(previous)));
	call_end_read(&call);
	return (Datum) 0;
}
