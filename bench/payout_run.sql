-- bench/payout_run.sql: 100 000 payable order lines of 1 000 sellers in one payout_run(), against COPY of the rows that it writes to tables
-- of the same shape, indexes included and without triggers. On a throw-away database with the extension, migrated, as its owner:
--   psql -X -v lines=100000 -v sellers=1000 -f bench/payout_run.sql
\set ON_ERROR_STOP on
\set QUIET on
\if :{?lines}
\else
\set lines 100000
\set sellers 1000
\endif
SET client_min_messages = warning;
\set m 991
SELECT marketplace.marketplace_create(:m, '{"name": "Bench", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "OPERATOR", "country": "FR", "siren": "100000009"}}') \g /dev/null
SELECT count(marketplace.bank_account_verify(:m, marketplace.bank_account_add(:m, p.id, '{"iban": "FR1420041010050500013M02606", "currency": "EUR"}')))
  FROM (SELECT marketplace.party_create(:m, jsonb_build_object('name', 'S' || i, 'country', 'FR', 'capacities', '["seller"]'::jsonb)) AS id
		  FROM generate_series(1, :sellers) i) p \g /dev/null
-- the state before the run, as releases would have left it (only what the run reads)
BEGIN;
ALTER TABLE marketplace.capture_allocations DISABLE TRIGGER USER;
ALTER TABLE marketplace.accounts DISABLE TRIGGER USER;
INSERT INTO marketplace.capture_allocations (marketplace_id, capture_id, payment_id, order_id, seller_order_id, order_line_id, seller_id, buyer_id, amount, commission_base,
	commission, commission_vat, commission_rate_pct, commission_fixed, commission_vat_pct, commission_base_kind, commission_on_refund)
SELECT :m, 1, 1, 1, 1, i, s.id, 1, '12.00 EUR', '10.00 EUR', '1.00 EUR', '0.20 EUR', 10, '0.00 EUR', 20, 'goods_net', 'pro_rata'
  FROM generate_series(1, :lines) i
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM marketplace.parties WHERE marketplace_id = :m AND name LIKE 'S%') s ON s.n = i % :sellers;
INSERT INTO marketplace.accounts (marketplace_id, party_id, order_line_id, allocation_id, balance, currency, kind)
SELECT :m, a.seller_id, a.order_line_id, a.id, '10.80 EUR', 'EUR', 'c_seller' FROM marketplace.capture_allocations a WHERE a.marketplace_id = :m;
ALTER TABLE marketplace.capture_allocations ENABLE TRIGGER USER;
ALTER TABLE marketplace.accounts ENABLE TRIGGER USER;
ALTER TABLE marketplace.capture_allocations ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate, ENABLE ALWAYS TRIGGER written_by_function;
SELECT format('ALTER TABLE marketplace.accounts ENABLE ALWAYS TRIGGER %I', tgname) FROM pg_trigger
 WHERE tgrelid = 'marketplace.accounts'::regclass AND NOT tgisinternal \gexec
COMMIT;
-- the cash that the run pays, as captures would have brought it
SELECT marketplace.ledger_post(:m, jsonb_build_object('reason', 'bench', 'note', 'cash', 'transfers', jsonb_build_array(jsonb_build_object(
	'debit', '{"kind": "c_cash"}'::jsonb, 'credit', '{"kind": "c_suspense"}'::jsonb, 'amount', marketplace.amount(10.80 * :lines, 'EUR')::text)))) \g /dev/null
VACUUM ANALYZE marketplace.capture_allocations;
VACUUM ANALYZE marketplace.accounts;
CHECKPOINT;
SELECT clock_timestamp() AS began \gset
SELECT count(*) AS planned FROM marketplace.payout_plan(:m) \gset
SELECT round(extract(epoch FROM clock_timestamp() - :'began')::numeric, 2) AS plan_seconds, clock_timestamp() AS began \gset
SELECT marketplace.payout_run(:m) AS run \gset
SELECT round(extract(epoch FROM clock_timestamp() - :'began')::numeric, 2) AS run_seconds \gset
SELECT count(*) AS transfers FROM marketplace.transfers WHERE marketplace_id = :m AND reason = 'payout' \gset
CREATE UNLOGGED TABLE bench_accounts (LIKE marketplace.accounts INCLUDING INDEXES);
CREATE UNLOGGED TABLE bench_transfers (LIKE marketplace.transfers INCLUDING INDEXES);
CREATE UNLOGGED TABLE bench_items (LIKE marketplace.payout_items INCLUDING INDEXES);
ALTER TABLE bench_accounts SET LOGGED;
ALTER TABLE bench_transfers SET LOGGED;
ALTER TABLE bench_items SET LOGGED;
COPY (SELECT * FROM marketplace.accounts WHERE marketplace_id = :m AND kind = 'c_payout_clearing') TO '/tmp/mk_bench_accounts.copy';
COPY (SELECT * FROM marketplace.transfers WHERE marketplace_id = :m AND reason = 'payout') TO '/tmp/mk_bench_transfers.copy';
COPY (SELECT * FROM marketplace.payout_items WHERE marketplace_id = :m) TO '/tmp/mk_bench_items.copy';
CHECKPOINT;
SELECT clock_timestamp() AS began \gset
BEGIN;
COPY bench_accounts FROM '/tmp/mk_bench_accounts.copy';
COPY bench_transfers FROM '/tmp/mk_bench_transfers.copy';
COPY bench_items FROM '/tmp/mk_bench_items.copy';
COMMIT;
SELECT round(extract(epoch FROM clock_timestamp() - :'began')::numeric, 2) AS copy_seconds \gset
SELECT :transfers AS transfers, :planned AS planned, (SELECT count(*) FROM marketplace.payouts WHERE marketplace_id = :m) AS payouts, :plan_seconds AS plan_s, :run_seconds AS run_s,
	round(:transfers / :run_seconds::numeric) AS transfers_per_s, :copy_seconds AS copy_s, round(:run_seconds / :copy_seconds::numeric, 1) AS run_over_copy;
DROP TABLE bench_accounts, bench_transfers, bench_items;
