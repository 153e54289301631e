/*
 * safeguarding.h
 *		What the books say about the client accounts on a day, for safeguarding.c and safeguarding_read.c.
 */
#ifndef MARKETPLACE_FUNDS_SAFEGUARDING_H
#define MARKETPLACE_FUNDS_SAFEGUARDING_H

#include "kernel/event.h"

/*
 * $1 marketplace, $2 end of the day (before it), $3 cut-off, $4 the PSP of the marketplace. by_kind: balances of the client ring on their
 * normal sides; own: what the platform owed and transferred.
 */
#define FIGURES \
	"WITH legs AS (" \
	"  SELECT a.kind::pg_catalog.text AS kind, a.party_id, a.currency, k.side AS normal, e.side, e.effective_at < $2 AS by_day," \
	"         CASE WHEN e.side = k.side THEN e.amount ELSE - e.amount END AS amount" \
	"    FROM marketplace.transfer_legs e" \
	"    JOIN marketplace.accounts a ON a.marketplace_id = $1 AND a.id = e.account_id" \
	"    JOIN marketplace.account_kinds() k ON k.kind = a.kind AND k.ring = 'client'" \
	"   WHERE e.marketplace_id = $1 AND e.recorded_at <= $3 AND e.effective_at <= $3" \
	"), sums AS (" \
	"  SELECT l.currency, marketplace.zero(l.currency) AS zero," \
	"         marketplace.sum(l.amount) FILTER (WHERE l.by_day AND l.normal = 'credit') AS liabilities," \
	"         marketplace.sum(l.amount) FILTER (WHERE l.by_day AND l.kind = 'c_psp_clearing') AS clearing," \
	"         marketplace.sum(l.amount) FILTER (WHERE l.by_day AND l.kind = 'c_cash' AND l.party_id <> $4) AS elsewhere," \
	"         marketplace.sum(l.amount) FILTER (WHERE l.by_day AND l.kind IN ('c_commission', 'c_due_to_own')) AS own_money," \
	"         marketplace.sum(l.amount) FILTER (WHERE l.kind = 'c_due_from_own' AND (l.by_day OR l.side = 'credit')) AS due," \
	"         - marketplace.sum(l.amount) FILTER (WHERE NOT l.by_day AND l.kind = 'c_due_from_own' AND l.side = 'credit') AS transferred" \
	"    FROM legs l GROUP BY l.currency" \
	"), accounts AS (" \
	"  SELECT l.currency, l.party_id, marketplace.sum(l.amount) FILTER (WHERE l.by_day) AS cash" \
	"    FROM legs l WHERE l.kind = 'c_cash' GROUP BY l.currency, l.party_id" \
	"  UNION ALL SELECT s.currency, $4, NULL FROM sums s" \
	"   WHERE NOT EXISTS (SELECT FROM legs l WHERE l.kind = 'c_cash' AND l.currency = s.currency AND l.party_id = $4)" \
	"), figures AS (" \
	"  SELECT a.party_id AS psp, s.currency, s.zero, c.liabilities, c.clearing, c.liabilities - c.clearing AS required," \
	"         COALESCE(a.cash, s.zero) AS cash," \
	"         CASE WHEN a.party_id = $4 THEN COALESCE(s.transferred, s.zero) ELSE s.zero END AS transferred," \
	"         CASE WHEN a.party_id = $4 AND marketplace.sign(s.due) > 0 THEN s.due ELSE s.zero END AS due," \
	"         CASE WHEN a.party_id = $4 THEN COALESCE(s.own_money, s.zero) ELSE s.zero END AS own_money" \
	"    FROM accounts a JOIN sums s ON s.currency = a.currency" \
	"   CROSS JOIN LATERAL (SELECT CASE WHEN a.party_id = $4 THEN COALESCE(s.liabilities, s.zero) - COALESCE(s.elsewhere, s.zero)" \
	"                                   ELSE COALESCE(a.cash, s.zero) END AS liabilities," \
	"                              CASE WHEN a.party_id = $4 THEN COALESCE(s.clearing, s.zero) ELSE s.zero END AS clearing) c) "

/* What is sealed, of rows l as safeguarding_lines has them. */
#define PROOF_CONTENT \
	"pg_catalog.string_agg(pg_catalog.concat_ws('|', l.psp_party_id, l.currency, l.liabilities, l.psp_clearing, l.required, l.cash, l.transferred," \
	" l.due_from_own, l.own_money, l.bank_balance, l.bank_day, l.shortfall, l.own_excess), E'\\n' ORDER BY l.psp_party_id, l.currency)"

typedef struct ProofDay
{
	DateADT		day;
	TimestampTz end;			/* the first instant of the next day */
	TimestampTz cut_off;
} ProofDay;

extern ProofDay proof_day(Call *call, DateADT day);

#endif
