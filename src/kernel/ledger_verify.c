/*
 * ledger_verify.c
 *		ledger_verify(): proves from the journal alone that the books hold; no rows when they do.
 *
 * It trusts nothing that the writer promised: references, balances, rings and mirrors are recomputed. Each check is one set-based
 * part of the statement and yields (check_name, object, expected, found).
 */
#include "kernel/ledger_internal.h"

/* Balances as anybody reads them (stored, plus what is not folded yet) against the sum of all transfers. */
#define STORED_BALANCES \
	"SELECT 'stored_balance' AS check_name, 'account ' || b.account_id AS object," \
	"       b.proven::pg_catalog.text AS expected, b.balance::pg_catalog.text AS found" \
	"  FROM balances b WHERE b.balance <> b.proven"

/* Along a checked account each balance is the one before, plus or minus the amount. In minor units: currencies are another check. */
#define RUNNING_BALANCES \
	"SELECT 'running_balance', 'posting ' || c.posting_id || ', transfer ' || c.position || ', account ' || c.account_id," \
	"       marketplace.amount_of_minor_units(c.proven, c.currency)::pg_catalog.text, c.balance::pg_catalog.text" \
	"  FROM (SELECT l.posting_id, l.position, l.account_id, l.balance, l.currency, marketplace.minor_units(l.change)" \
	"               + COALESCE(pg_catalog.lag(marketplace.minor_units(l.balance))" \
	"                          OVER (PARTITION BY l.account_id ORDER BY l.posting_id, l.position), 0) AS proven" \
	"          FROM legs l WHERE l.checked) c" \
	" WHERE marketplace.minor_units(c.balance) IS DISTINCT FROM c.proven"

#define BELOW_ZERO \
	"SELECT 'below_zero', 'account ' || b.account_id, marketplace.zero(b.currency)::pg_catalog.text, b.balance::pg_catalog.text" \
	"  FROM balances b WHERE b.checked AND b.balance < marketplace.zero(b.currency)"

/* From the balances: the journal itself cannot be out of balance, each row holds both legs. */
#define RING_BALANCES \
	"SELECT 'ring_balance', b.ring || ' ring, ' || b.currency::pg_catalog.text," \
	"       marketplace.sum(CASE b.side WHEN 'debit' THEN b.balance END)::pg_catalog.text," \
	"       marketplace.sum(CASE b.side WHEN 'credit' THEN b.balance END)::pg_catalog.text" \
	"  FROM balances b GROUP BY b.ring, b.currency" \
	" HAVING marketplace.sum(CASE b.side WHEN 'debit' THEN b.balance ELSE - b.balance END) <> marketplace.zero(b.currency)"

#define RINGS_CROSSED \
	"SELECT 'ring_crossed', 'posting ' || t.posting_id || ', transfer ' || t.position, d.ring, c.ring" \
	"  FROM marketplace.transfers t" \
	"  JOIN held d ON d.account_id = t.debit_account" \
	"  JOIN held c ON c.account_id = t.credit_account" \
	" WHERE t.marketplace_id = $1 AND d.ring <> c.ring"

#define CURRENCIES \
	"SELECT 'currency', 'posting ' || l.posting_id || ', transfer ' || l.position || ', account ' || l.account_id," \
	"       l.currency::pg_catalog.text, marketplace.currency(l.amount)::pg_catalog.text" \
	"  FROM legs l WHERE marketplace.currency(l.amount) <> l.currency OR marketplace.currency(l.balance) <> l.currency" \
	" UNION ALL " \
	"SELECT 'currency', 'account ' || h.account_id, h.currency::pg_catalog.text, marketplace.currency(h.stored)::pg_catalog.text" \
	"  FROM held h WHERE marketplace.currency(h.stored) <> h.currency"

#define AMOUNTS \
	"SELECT 'amount', 'posting ' || t.posting_id || ', transfer ' || t.position, 'more than zero, between two accounts'," \
	"       t.amount::pg_catalog.text || ' from account ' || t.debit_account || ' to account ' || t.credit_account" \
	"  FROM marketplace.transfers t" \
	" WHERE t.marketplace_id = $1 AND (marketplace.sign(t.amount) <= 0 OR t.debit_account = t.credit_account)"

/* FD-8, of whole rings: the sums of both kinds in each currency */
#define MIRRORS \
	"SELECT 'mirror', m.client || ' = ' || m.own || ', ' || k.currency::pg_catalog.text," \
	"       COALESCE(c.balance, marketplace.zero(k.currency))::pg_catalog.text," \
	"       COALESCE(o.balance, marketplace.zero(k.currency))::pg_catalog.text" \
	"  FROM (VALUES ('c_commission', 'o_commission_receivable'), ('c_due_to_own', 'o_due_from_client')," \
	"               ('c_due_from_own', 'o_due_to_client')) AS m(client, own)" \
	" CROSS JOIN (SELECT DISTINCT currency FROM by_kind) k" \
	"  LEFT JOIN by_kind c ON c.kind = m.client AND c.currency = k.currency" \
	"  LEFT JOIN by_kind o ON o.kind = m.own AND o.currency = k.currency" \
	" WHERE COALESCE(c.balance, marketplace.zero(k.currency)) <> COALESCE(o.balance, marketplace.zero(k.currency))"

#define ACCOUNTS_MISSING \
	"SELECT 'account_missing', 'posting ' || e.posting_id || ', transfer ' || e.position, 'account ' || e.account_id, 'none'" \
	"  FROM marketplace.transfer_legs e" \
	" WHERE e.marketplace_id = $1 AND NOT EXISTS (SELECT FROM marketplace.accounts a" \
	"                                              WHERE a.marketplace_id = $1 AND a.id = e.account_id)"

#define CAUSES_MISSING \
	"SELECT 'cause_missing', 'posting ' || t.posting_id || ', transfer ' || t.position, 'event ' || t.cause, 'none'" \
	"  FROM marketplace.transfers t" \
	" WHERE t.marketplace_id = $1 AND NOT EXISTS (SELECT FROM marketplace.events v" \
	"                                              WHERE v.marketplace_id = $1 AND v.id = t.cause)"

#define POSITIONS \
	"SELECT 'positions', 'posting ' || t.posting_id, '1 to ' || pg_catalog.count(*)," \
	"       pg_catalog.min(t.position) || ' to ' || pg_catalog.max(t.position)" \
	"  FROM marketplace.transfers t WHERE t.marketplace_id = $1" \
	" GROUP BY t.posting_id HAVING pg_catalog.min(t.position) <> 1 OR pg_catalog.max(t.position) <> pg_catalog.count(*)"

#define KINDS \
	"SELECT 'kind', 'account ' || a.id, 'a kind of account_kinds()', a.kind::pg_catalog.text" \
	"  FROM marketplace.accounts a" \
	" WHERE a.marketplace_id = $1 AND NOT EXISTS (SELECT FROM marketplace.account_kinds() k WHERE k.kind = a.kind)" \
	" UNION ALL " \
	"SELECT 'kind', 'account ' || h.account_id, CASE WHEN h.checked THEN 'checked' ELSE 'summed' END," \
	"       CASE WHEN h.folded THEN 'summed' ELSE 'checked' END" \
	"  FROM held h WHERE h.checked = h.folded"

static Statement verify = STATEMENT("i",
	"WITH held AS MATERIALIZED ("
	" SELECT a.id AS account_id, a.kind, k.ring, k.side, k.checked, a.currency, a.balance AS stored,"
	"        a.folded_xact IS NOT NULL AS folded, a.folded_xact, a.folded_posting_id"
	"   FROM marketplace.accounts a JOIN marketplace.account_kinds() k ON k.kind = a.kind WHERE a.marketplace_id = $1),"
	" legs AS MATERIALIZED ("
	" SELECT e.posting_id, e.position, e.account_id, e.amount, e.balance, h.kind, h.checked, h.currency,"
	"        e.xact >= h.folded_xact AND e.posting_id > h.folded_posting_id AS unfolded,"
	"        CASE WHEN e.side = h.side THEN e.amount ELSE - e.amount END AS change"
	"   FROM marketplace.transfer_legs e JOIN held h ON h.account_id = e.account_id WHERE e.marketplace_id = $1),"
	" balances AS ("
	" SELECT h.account_id, h.ring, h.side, h.checked, h.currency,"
	"        h.stored + COALESCE(s.unfolded, marketplace.zero(h.currency)) AS balance,"
	"        COALESCE(s.proven, marketplace.zero(h.currency)) AS proven"
	"   FROM held h"
	"   LEFT JOIN (SELECT l.account_id, marketplace.sum(l.change) AS proven,"
	"                     marketplace.sum(CASE WHEN l.unfolded THEN l.change END) AS unfolded"
	"                FROM legs l WHERE marketplace.currency(l.amount) = l.currency GROUP BY l.account_id) s"
	"     ON s.account_id = h.account_id"
	"  WHERE marketplace.currency(h.stored) = h.currency),"
	" by_kind AS (SELECT l.kind, l.currency, marketplace.sum(l.change) AS balance FROM legs l"
	"              WHERE marketplace.currency(l.amount) = l.currency GROUP BY l.kind, l.currency)"
	" SELECT * FROM ("
	STORED_BALANCES " UNION ALL " RUNNING_BALANCES " UNION ALL " BELOW_ZERO " UNION ALL " RING_BALANCES " UNION ALL "
	RINGS_CROSSED " UNION ALL " CURRENCIES " UNION ALL " AMOUNTS " UNION ALL " MIRRORS " UNION ALL " ACCOUNTS_MISSING " UNION ALL "
	CAUSES_MISSING " UNION ALL " POSITIONS " UNION ALL " KINDS
	") findings ORDER BY check_name, object");

/* ledger_verify(marketplace_id) */
PG_FUNCTION_INFO_V1(ledger_verify);
Datum
ledger_verify(PG_FUNCTION_ARGS)
{
	Call		call;

	call_begin_read(&call, fcinfo);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	query_return_set(fcinfo, &verify, VALUES(value_int32(call.marketplace_id)));
	call_end_read(&call);
	return (Datum) 0;
}
