/*
 * ereporting.c
 *		ereporting_payments(): receipts for services as Flux 10 wants them (IV-75 c). Transactions are views: ereporting_international,
 *		ereporting_consumers.
 *
 * The books of captures are not a seller's to read, so this is a function. Money and invoices of a seller order are two lines of the same
 * length laid side by side: what of a payment lies beside an invoice has paid it, and so refunds and credit notes, once the money is
 * left out that went back without having been invoiced. VAT rates share in the order of the rates, rounded on the sum, so that every
 * cent is in one row.
 */
#include "postgres.h"

#include "invoicing/invoice.h"
#include "kernel/errors.h"

/* Each with where it begins and ends on the line of its seller order; back: refunds and credit notes */
#define PAID_MONEY \
	"WITH place AS (SELECT m.time_zone FROM marketplace.marketplaces m WHERE m.marketplace_id = $1)," \
	" documents AS (" \
	"  SELECT i.id, i.seller_order_id, i.issue_date, i.type_code IN (" CREDIT_TYPES ") AS back, marketplace.amount_value(i.gross) AS gross," \
	"    pg_catalog.sum(marketplace.amount_value(i.gross)) OVER (PARTITION BY i.seller_order_id, i.type_code IN (" CREDIT_TYPES ") ORDER BY i.id) AS until" \
	"  FROM marketplace.invoices i WHERE i.marketplace_id = $1 AND i.issuer_id = $2 AND i.seller_order_id IS NOT NULL)," \
	" events AS (" \
	"  SELECT a.seller_order_id, false AS back, c.settled_at AS at, a.id, marketplace.amount_value(a.amount) AS amount" \
	"  FROM marketplace.capture_allocations a JOIN marketplace.captures c ON c.marketplace_id = $1 AND c.id = a.capture_id" \
	"  WHERE a.marketplace_id = $1 AND a.seller_id = $2 AND c.settled_at IS NOT NULL" \
	"  UNION ALL SELECT a.seller_order_id, true, r.ended_at, n.id, marketplace.amount_value(n.amount)" \
	"  FROM marketplace.capture_allocations a JOIN marketplace.refund_items n ON n.marketplace_id = $1 AND n.allocation_id = a.id" \
	"    AND (n.source <> 'goodwill' OR n.lowers_due)" \
	"  JOIN marketplace.refunds r ON r.marketplace_id = $1 AND r.id = n.refund_id AND r.state = 'paid'" \
	"  WHERE a.marketplace_id = $1 AND a.seller_id = $2)," \
	" never_invoiced AS (" \
	"  SELECT e.seller_order_id, GREATEST(pg_catalog.sum(e.amount) - COALESCE((SELECT pg_catalog.sum(d.gross) FROM documents d" \
	"    WHERE d.seller_order_id = e.seller_order_id AND NOT d.back), 0), 0) AS amount" \
	"  FROM events e WHERE NOT e.back GROUP BY e.seller_order_id)," \
	" money AS (" \
	"  SELECT e.*, pg_catalog.sum(e.amount) OVER (PARTITION BY e.seller_order_id, e.back ORDER BY e.at, e.id)" \
	"    - CASE WHEN e.back THEN COALESCE(n.amount, 0) ELSE 0 END AS until" \
	"  FROM events e LEFT JOIN never_invoiced n ON n.seller_order_id = e.seller_order_id)"

#define PAID_PARTS \
	", paid AS (" \
	"  SELECT d.id, CASE WHEN d.back THEN -1 ELSE 1 END AS sign, GREATEST((m.at AT TIME ZONE p.time_zone)::date, d.issue_date) AS day," \
	"    GREATEST(m.until - m.amount, d.until - d.gross) - (d.until - d.gross) AS from_part," \
	"    LEAST(m.until, d.until) - (d.until - d.gross) AS to_part, d.gross" \
	"  FROM documents d CROSS JOIN place p JOIN money m ON m.seller_order_id = d.seller_order_id AND m.back = d.back" \
	"    AND m.until - m.amount < d.until AND m.until > d.until - d.gross)," \
	" shares AS (" \
	"  SELECT t.invoice_id, t.number, t.route, t.currency, t.category, COALESCE(t.vat_rate, 0) AS vat_rate, pg_catalog.abs(t.net + t.vat) AS gross," \
	"    pg_catalog.sum(pg_catalog.abs(t.net + t.vat)) OVER (PARTITION BY t.invoice_id" \
	"      ORDER BY t.category, t.vat_rate NULLS FIRST, t.vat_category, t.exemption_code NULLS FIRST) AS until," \
	"    pg_catalog.scale(t.vat) AS decimals" \
	"  FROM marketplace.invoice_tax_lines t WHERE t.marketplace_id = $1 AND t.issuer_id = $2 AND t.kind <> 'commission'" \
	"    AND t.issuer_siren IS NOT NULL)"

#define PAID_ROWS \
	" SELECT p.day, CASE WHEN s.route = 'B2BINT' THEN s.invoice_id END, CASE WHEN s.route = 'B2BINT' THEN s.number END, s.currency, s.vat_rate," \
	"   pg_catalog.sum(p.sign * (pg_catalog.round(p.to_part * s.until / p.gross, s.decimals)" \
	"     - pg_catalog.round(p.to_part * (s.until - s.gross) / p.gross, s.decimals)" \
	"     - pg_catalog.round(p.from_part * s.until / p.gross, s.decimals)" \
	"     + pg_catalog.round(p.from_part * (s.until - s.gross) / p.gross, s.decimals)))" \
	" FROM paid p JOIN shares s ON s.invoice_id = p.id" \
	" WHERE p.day BETWEEN $3 AND $4 AND s.category = 'services' AND s.route IN ('B2C', 'B2CINT', 'B2BINT')" \
	" GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2 NULLS FIRST, 4, 5"

PG_FUNCTION_INFO_V1(ereporting_payments);
Datum
ereporting_payments(PG_FUNCTION_ARGS)
{
	static Statement payments = STATEMENT("ildd", PAID_MONEY PAID_PARTS PAID_ROWS);
	Call		call;
	int64		seller_id;
	DateADT		from_day;
	DateADT		to_day;

	call_begin_read(&call, fcinfo);
	seller_id = call_int64(&call, 1);
	from_day = call_date(&call, 2);
	to_day = call_date(&call, 3);
	(void) party_get(&call, seller_id);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER, seller_id);
	if (from_day > to_day)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("the first day comes after the last"),
				errdetail("Both days are included."),
				errhint("Give from_day and to_day in this order."));
	query_return_set(fcinfo, &payments, VALUES(value_int32(call.marketplace_id), value_int64(seller_id), value_date(from_day),
											   value_date(to_day)));
	call_end_read(&call);
	return (Datum) 0;
}
