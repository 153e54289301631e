/*
 * location.c
 *		funds_location(): where each captured cent of an order is, now or at any past instant (FD-43). Reads the
 *		ledger; the state of payouts and refunds says only whether what is in clearing has been handed over.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/funds_internal.h"
#include "kernel/errors.h"
#include "miscadmin.h"
#include "utils/array.h"

/* Where holds on a line take from, in this order (hold.c); array_position() puts the other places last. */
#define HELD_PLACES "ARRAY['escrow', 'seller_pending', 'reserve', 'seller_available']"

/*
 * $3: the instant, infinity: the present; $4: the sellers whose lines are shown; $5: whether what is authorised is;
 * $6: the same instant for deadlines.
 *
 * held: balances of the shares' accounts; gone: what left the shares for cash, back: what came back of it; beside: cents
 * that others put in or took out (SETTLED 1), and what the seller owes for it; moving: of what is in clearing, what is out
 * at the PSP; slices, kept: what holds took of the lines then.
 */
static Statement locations = STATEMENT("ilzLbz",
	"WITH shares AS ("
	"  SELECT a.id, a.order_line_id, a.seller_id, a.buyer_id, COALESCE(c.settled_at > $3, true) AS unsettled"
	"    FROM marketplace.capture_allocations a"
	"    JOIN marketplace.captures c ON c.marketplace_id = $1 AND c.id = a.capture_id"
	"   WHERE a.marketplace_id = $1 AND a.order_id = $2 AND a.seller_id = ANY ($4)"
	"), places AS ("
	"  SELECT s.id, s.order_line_id, s.seller_id, s.unsettled, k.id AS account_id, k.kind, k.currency"
	"    FROM shares s"
	"    JOIN marketplace.accounts k ON k.marketplace_id = $1 AND k.party_id IN (s.seller_id, s.buyer_id)"
	"     AND k.order_line_id = s.order_line_id AND k.allocation_id = s.id"
	"), held AS ("
	"  SELECT p.id, p.order_line_id, p.seller_id, p.unsettled, p.kind,"
	"         marketplace.sum(CASE WHEN e.side = 'credit' THEN e.amount ELSE - e.amount END) AS amount"
	"    FROM places p"
	"    JOIN marketplace.transfer_legs e ON e.marketplace_id = $1 AND e.account_id = p.account_id AND e.recorded_at <= $3"
	"   GROUP BY p.id, p.order_line_id, p.seller_id, p.unsettled, p.kind"
	"), gone AS ("
	"  SELECT p.id, p.order_line_id, p.seller_id, p.unsettled, p.kind, marketplace.sum(t.amount) AS amount"
	"    FROM places p"
	"    JOIN marketplace.transfers t ON t.marketplace_id = $1 AND t.debit_account = p.account_id AND t.recorded_at <= $3"
	"    JOIN marketplace.accounts k ON k.marketplace_id = $1 AND k.id = t.credit_account AND k.kind IN ('c_cash', 'c_psp_clearing', 'c_fx')"
	"   GROUP BY p.id, p.order_line_id, p.seller_id, p.unsettled, p.kind"
	"  UNION ALL"
	"  SELECT p.id, p.order_line_id, p.seller_id, p.unsettled, p.kind, - marketplace.sum(t.amount)"
	"    FROM places p"
	"    JOIN marketplace.transfers t ON t.marketplace_id = $1 AND t.credit_account = p.account_id AND t.recorded_at <= $3"
	"     AND t.reason = 'chargeback_recovered'"
	"   GROUP BY p.id, p.order_line_id, p.seller_id, p.unsettled, p.kind"
	"), back AS ("
	"  SELECT p.order_line_id, p.seller_id, p.unsettled, t.amount,"
	"         CASE WHEN d.kind = 'c_due_from_own' THEN 'commission' WHEN p.kind = 'c_buyer' THEN 'refunded'"
	"              WHEN p.kind = 'c_commission' THEN 'commission' WHEN p.kind = 'c_due_to_own' THEN 'due_to_own' ELSE 'paid_out' END AS location"
	"    FROM places p"
	"    JOIN marketplace.transfers t ON t.marketplace_id = $1 AND t.credit_account = p.account_id AND t.recorded_at <= $3"
	"    JOIN marketplace.accounts d ON d.marketplace_id = $1 AND d.id = t.debit_account"
	"     AND (d.kind IN ('c_cash', 'c_psp_clearing') AND p.kind IN ('c_buyer', 'c_seller', 'c_commission', 'c_due_to_own')"
	"          AND t.reason <> 'chargeback_recovered'"
	"          OR d.kind = 'c_due_from_own' AND t.reason = 'commission_reversed')"
	"), beside AS ("
	"  SELECT p.order_line_id, p.seller_id, t.amount,"
	"         CASE t.reason WHEN 'advance' THEN 'own_advance' WHEN 'goodwill' THEN 'goodwill' ELSE 'set_off_received' END AS location"
	"    FROM places p"
	"    JOIN marketplace.transfers t ON t.marketplace_id = $1 AND t.credit_account = p.account_id AND t.recorded_at <= $3"
	"    JOIN marketplace.accounts d ON d.marketplace_id = $1 AND d.id = t.debit_account AND d.kind NOT IN ('c_cash', 'c_psp_clearing')"
	"     AND d.allocation_id <> p.id AND t.reason NOT IN ('commission_reversed', 'capture')"
	"  UNION ALL"
	"  SELECT p.order_line_id, p.seller_id, t.amount, 'set_off_given'"
	"    FROM places p"
	"    JOIN marketplace.transfers t ON t.marketplace_id = $1 AND t.debit_account = p.account_id AND t.recorded_at <= $3"
	"    JOIN marketplace.accounts c ON c.marketplace_id = $1 AND c.id = t.credit_account AND c.kind NOT IN ('c_cash', 'c_psp_clearing', 'c_fx')"
	"     AND c.allocation_id <> p.id"
	"  UNION ALL"
	"  SELECT NULL, v.seller_id, CASE v.kind WHEN 'advance' THEN v.principal ELSE - v.principal END, 'seller_debt'"
	"    FROM marketplace.seller_debt_movements v"
	"   WHERE v.marketplace_id = $1 AND v.order_id = $2 AND v.seller_id = ANY ($4) AND v.recorded_at <= $3"
	"  UNION ALL"
	"  SELECT NULL, v.seller_id, v.principal, 'written_off'"
	"    FROM marketplace.seller_debt_movements v"
	"   WHERE v.marketplace_id = $1 AND v.order_id = $2 AND v.seller_id = ANY ($4) AND v.recorded_at <= $3"
	"     AND v.kind IN ('reduction', 'write_off')"
	"), moving AS ("
	"  SELECT i.allocation_id AS id, 'c_payout_clearing'::pg_catalog.text AS kind, marketplace.sum(i.amount) AS amount"
	"    FROM shares s"
	"    JOIN marketplace.payout_items i ON i.marketplace_id = $1 AND i.allocation_id = s.id"
	"    JOIN marketplace.payouts o ON o.marketplace_id = $1 AND o.id = i.payout_id AND o.sent_at <= $3"
	"     AND COALESCE(o.ended_at > $3, true)"
	"   GROUP BY i.allocation_id"
	"  UNION ALL"
	"  SELECT i.allocation_id, 'c_refund_clearing', marketplace.sum(i.amount)"
	"    FROM shares s"
	"    JOIN marketplace.refund_items i ON i.marketplace_id = $1 AND i.allocation_id = s.id"
	"    JOIN marketplace.refunds r ON r.marketplace_id = $1 AND r.id = i.refund_id AND r.sent_at <= $3"
	"     AND COALESCE(r.ended_at > $3, true)"
	"   GROUP BY i.allocation_id"
	"), located AS ("
	"  SELECT h.order_line_id, h.seller_id, h.unsettled,"
	"         CASE h.kind WHEN 'c_escrow' THEN 'escrow' WHEN 'c_seller_pending' THEN 'seller_pending' WHEN 'c_seller' THEN 'seller_available'"
	"              WHEN 'c_reserve' THEN 'reserve' WHEN 'c_commission' THEN 'commission' WHEN 'c_due_to_own' THEN 'due_to_own'"
	"              WHEN 'c_buyer' THEN 'buyer_wallet' WHEN 'c_payout_clearing' THEN 'payout_frozen'"
	"              WHEN 'c_refund_clearing' THEN 'refund_frozen' WHEN 'c_third' THEN 'third_party' WHEN 'c_suspense' THEN 'suspense' END"
	"           AS location,"
	"         h.amount - LEAST(COALESCE(m.amount, marketplace.zero(marketplace.currency(h.amount))), h.amount) AS amount"
	"    FROM held h LEFT JOIN moving m ON m.id = h.id AND m.kind = h.kind"
	"  UNION ALL"
	"  SELECT h.order_line_id, h.seller_id, h.unsettled,"
	"         CASE h.kind WHEN 'c_payout_clearing' THEN 'payout_in_flight' ELSE 'refund_in_flight' END, LEAST(m.amount, h.amount)"
	"    FROM held h JOIN moving m ON m.id = h.id AND m.kind = h.kind"
	"  UNION ALL"
	"  SELECT g.order_line_id, g.seller_id, g.unsettled,"
	"         CASE g.kind WHEN 'c_payout_clearing' THEN 'paid_out' WHEN 'c_refund_clearing' THEN 'refunded' WHEN 'c_commission' THEN 'commission'"
	"              WHEN 'c_due_to_own' THEN 'due_to_own' ELSE 'charged_back' END, g.amount"
	"    FROM gone g"
	"  UNION ALL"
	"  SELECT b.order_line_id, b.seller_id, b.unsettled, b.location, - b.amount FROM back b"
	"), found (order_line_id, seller_id, location, value, currency, unsettled, memo) AS ("
	"SELECT l.order_line_id, l.seller_id, l.location, marketplace.amount_value(marketplace.sum(l.amount)),"
	"       marketplace.currency(l.amount)::pg_catalog.text,"
	"       marketplace.amount_value(marketplace.sum(CASE WHEN l.unsettled THEN l.amount ELSE marketplace.zero(marketplace.currency(l.amount)) END)),"
	"       false"
	"  FROM located l"
	" GROUP BY l.order_line_id, l.seller_id, l.location, marketplace.currency(l.amount)"
	" HAVING marketplace.sign(marketplace.sum(l.amount)) <> 0 "
	"UNION ALL "
	"SELECT b.order_line_id, b.seller_id, b.location, marketplace.amount_value(marketplace.sum(b.amount)),"
	"       marketplace.currency(b.amount)::pg_catalog.text, 0 * marketplace.amount_value(marketplace.sum(b.amount)), true"
	"  FROM beside b"
	" GROUP BY b.order_line_id, b.seller_id, b.location, marketplace.currency(b.amount)"
	" HAVING marketplace.sign(marketplace.sum(b.amount)) <> 0 "
	"UNION ALL "
	"SELECT NULL, NULL, 'authorised', marketplace.amount_value(marketplace.sum(p.left)), marketplace.currency(p.left)::pg_catalog.text,"
	"       0 * marketplace.amount_value(marketplace.sum(p.left)), true"
	"  FROM (SELECT o.amount - COALESCE((SELECT marketplace.sum(a.amount) FROM marketplace.capture_allocations a"
	"                                     JOIN marketplace.captures c ON c.marketplace_id = $1 AND c.id = a.capture_id AND c.captured_at <= $3"
	"                                    WHERE a.marketplace_id = $1 AND a.order_id = $2 AND a.payment_id = p.id),"
	"                                   marketplace.zero(marketplace.currency(o.amount))) AS left"
	"          FROM marketplace.payment_orders o"
	"          JOIN marketplace.payments p ON p.marketplace_id = $1 AND p.id = o.payment_id"
	"         WHERE $5 AND o.marketplace_id = $1 AND o.order_id = $2 AND p.authorised_at <= $3 AND COALESCE(p.closed_at > $3, true)"
	"           AND COALESCE(p.expires_at > $6, true)) p"
	" GROUP BY marketplace.currency(p.left)"
	" HAVING marketplace.sign(marketplace.sum(p.left)) > 0 "
	"), slices AS ("
	"  SELECT p.order_line_id, p.seller_id, p.slice, pg_catalog.bool_or(p.amount IS NULL) AS everything,"
	"         marketplace.max(p.amount - COALESCE((SELECT marketplace.sum(t.amount) FROM marketplace.hold_lifts t"
	"                                               WHERE t.marketplace_id = $1 AND t.hold_id = p.hold_id AND t.position = p.position"
	"                                                 AND t.lifted_at <= $3),"
	"                                             marketplace.zero(marketplace.currency(p.amount)))) AS amount"
	"    FROM marketplace.hold_parts p"
	"   WHERE p.marketplace_id = $1 AND p.opened_at <= $3 AND COALESCE(p.closed_at > $3, true)"
	"     AND (p.order_line_id IN (SELECT s.order_line_id FROM shares s)"
	"          OR (p.order_line_id IS NULL AND p.amount IS NULL AND p.seller_id = ANY ($4)))"
	"   GROUP BY p.order_line_id, p.seller_id, p.slice"
	"), kept AS ("
	"  SELECT s.order_line_id, pg_catalog.bool_or(s.everything) AS everything, marketplace.amount_value(marketplace.sum(s.amount)) AS value"
	"    FROM slices s WHERE s.order_line_id IS NOT NULL GROUP BY s.order_line_id"
	"), ranked AS ("
	"  SELECT f.*, pg_catalog.sum(f.value) OVER (PARTITION BY f.order_line_id ORDER BY pg_catalog.array_position(" HELD_PLACES ", f.location)) AS until"
	"    FROM found f) "
	"SELECT r.order_line_id, r.seller_id, r.location, r.value, r.currency, r.unsettled, r.memo,"
	"       CASE WHEN r.memo OR r.location <> ALL (" HELD_PLACES ") THEN 0 * r.value"
	"            WHEN k.everything OR (r.location = 'seller_available'"
	"                                  AND EXISTS (SELECT FROM slices s WHERE s.order_line_id IS NULL AND s.seller_id = r.seller_id)) THEN r.value"
	"            ELSE LEAST(r.value, GREATEST(COALESCE(k.value, 0) - (r.until - r.value), 0 * r.value)) END"
	"  FROM ranked r LEFT JOIN kept k ON k.order_line_id = r.order_line_id "
	"ORDER BY 1 NULLS FIRST, 3");

/* The order's sellers whose lines the caller may see; an error when there is none. */
static Value
visible_sellers(Call *call, int64 order_id, bool *everything)
{
	OrderLines	lines = order_lines(call, order_id);
	Datum	   *sellers = palloc(sizeof(Datum) * Max(lines.count, 1));
	int			n = 0;

	*everything = access_allows(call->caller, call->marketplace_id, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	for (int i = 0; i < lines.count; i++)
	{
		int64		seller_id = lines.lines[i].seller_id;

		if (*everything || access_allows(call->caller, call->marketplace_id, CAPACITY_SELLER, seller_id))
			sellers[n++] = Int64GetDatum(seller_id);
	}
	if (n == 0)
		ereport(ERROR,
				errcode(MK_NOT_PERMITTED),
				errmsg("role %s may not see the funds of order %lld", GetUserNameFromId(call->caller, false), (long long) order_id),
				errdetail("It acts for none of the order's sellers, and is neither operator nor auditor of marketplace %d.",
						  call->marketplace_id),
				errhint("See access_grant()."));
	return value_datum(PointerGetDatum(construct_array(sellers, n, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
}

/* funds_location(marketplace_id, order_id, as_of) */
PG_FUNCTION_INFO_V1(funds_location);
Datum
funds_location(PG_FUNCTION_ARGS)
{
	Call		call;
	int64		order_id;
	int64		buyer_id;
	CurrencyCode currency;
	bool		everything;
	Value		sellers;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER);
	order_id = call_int64(&call, 1);
	order_get(&call, order_id, &buyer_id, &currency);
	sellers = visible_sellers(&call, order_id, &everything);
	query_return_set(fcinfo, &locations,
					 VALUES(value_int32(call.marketplace_id), value_int64(order_id),
							value_timestamptz(call_timestamptz_or(&call, 2, DT_NOEND)),
							sellers, value_bool(everything),
							value_timestamptz(call_timestamptz_or(&call, 2, call.now))));
	call_end_read(&call);
	return (Datum) 0;
}
