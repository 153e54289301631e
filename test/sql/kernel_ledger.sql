-- The ledger: postings, what they refuse, balances now and as of an instant, folding, guards, row-level security, ledger_verify().
\set VERBOSITY default
SET client_min_messages = warning;
DO $$ BEGIN PERFORM marketplace.migrate(); END $$;
SET search_path = marketplace, pg_catalog;
SET TimeZone = 'UTC';

-- What a statement fails with: SQLSTATE, message, detail, hint.
CREATE FUNCTION pg_temp.error_of(statement text, OUT state text, OUT message text, OUT detail text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	message := 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END $$;

-- A transfer of a posting document; 'c_seller 5 7' is the seller's account of party 5, order line 7.
CREATE FUNCTION pg_temp.account(key text) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_strip_nulls(jsonb_build_object('kind', k[1], 'party_id', k[2]::bigint, 'order_line_id', k[3]::bigint, 'allocation_id', k[4]::bigint))
  FROM string_to_array(key, ' ') k
$$;
CREATE FUNCTION pg_temp.transfer(debit text, credit text, amount text) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('debit', pg_temp.account(debit), 'credit', pg_temp.account(credit), 'amount', amount)
$$;
CREATE FUNCTION pg_temp.post(reason text, VARIADIC transfers jsonb[]) RETURNS bigint LANGUAGE sql AS $$
SELECT marketplace.ledger_post(21, jsonb_build_object('reason', reason, 'note', 'test', 'transfers', to_jsonb(transfers)))
$$;
CREATE FUNCTION pg_temp.account_id(key text) RETURNS bigint LANGUAGE sql AS $$
SELECT a.id FROM marketplace.accounts a, string_to_array(key, ' ') k
 WHERE a.marketplace_id = 21 AND a.kind = k[1] AND a.party_id = COALESCE(k[2]::bigint, 0)
   AND a.order_line_id = COALESCE(k[3]::bigint, 0) AND a.allocation_id = COALESCE(k[4]::bigint, 0) AND a.currency = 'EUR'
$$;

SELECT * FROM account_kinds();
SELECT k.kind FROM account_kinds() k WHERE k.kind::account_kind IS NULL;

-- Capture and release of one order line (FD-P02, FD-P06)
SELECT pg_temp.post('capture', pg_temp.transfer('c_psp_clearing 9', 'c_escrow 0 7 3', '120.00 EUR')) AS capture \gset
SELECT pg_temp.post('release',
	pg_temp.transfer('c_escrow 0 7 3', 'c_seller 5 7 3', '90.00 EUR'),
	pg_temp.transfer('c_escrow 0 7 3', 'c_commission 0 7 3', '12.00 EUR'),
	pg_temp.transfer('o_commission_receivable', 'o_revenue', '10.00 EUR'),
	pg_temp.transfer('o_commission_receivable', 'o_vat', '2.00 EUR')) AS release \gset
SELECT posting_id = :capture AS capture, position, side, kind, party_id, order_line_id, allocation_id, amount, balance, currency, reason
  FROM entries WHERE marketplace_id = 21 ORDER BY posting_id, position, side DESC;
SELECT ring, kind, side, party_id, order_line_id, allocation_id, balance, currency FROM account_balances WHERE marketplace_id = 21 ORDER BY kind;
SELECT ring, kind, currency, debit, credit, balance FROM trial_balance WHERE marketplace_id = 21 ORDER BY ring, kind;
SELECT ring, sum(debit) AS debit, sum(credit) AS credit FROM trial_balance WHERE marketplace_id = 21 GROUP BY ring ORDER BY ring;

-- The cause holds actor, reason and note (FD-4)
SELECT e.type, e.aggregate, e.payload, count(*) AS transfers
  FROM transfers t JOIN events e ON e.marketplace_id = t.marketplace_id AND e.id = t.cause
 WHERE t.marketplace_id = 21 AND t.posting_id = :release GROUP BY 1, 2, 3;
SELECT bool_and(xact > 0) AS numbered, bool_and(order_line_id = CASE WHEN position <= 2 THEN 7 ELSE 0 END) AS lines
  FROM transfers WHERE marketplace_id = 21;

-- The same account twice in one posting, each way; two currencies in one posting
SELECT pg_temp.post('reserve',
	pg_temp.transfer('c_seller 5 7 3', 'c_reserve 5', '30.00 EUR'),
	pg_temp.transfer('c_reserve 5', 'c_seller 5 7 3', '10.00 EUR'),
	pg_temp.transfer('c_seller 5 7 3', 'c_reserve 5', '5.00 EUR'),
	pg_temp.transfer('c_cash 9', 'c_buyer 6', '1000 JPY')) AS reserve \gset
SELECT position, side, kind, amount, balance, currency FROM entries WHERE marketplace_id = 21 AND posting_id = :reserve ORDER BY position, side DESC;
SELECT kind, balance, currency FROM account_balances WHERE marketplace_id = 21 AND kind IN ('c_seller', 'c_reserve', 'c_buyer', 'c_cash') ORDER BY 1;

-- Money that comes in and goes out within one posting
SELECT pg_temp.post('through', pg_temp.transfer('c_cash 9', 'c_suspense 1', '4.00 EUR'),
	pg_temp.transfer('c_suspense 1', 'c_refund_clearing 1', '4.00 EUR')) > 0 AS posted;

-- Refusals: nothing stays behind
SELECT count(*) AS before FROM transfers WHERE marketplace_id = 21 \gset
\x
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('c_escrow 0 7 3', 'c_seller 5 7 3', '18.01 EUR'))$$);
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('c_escrow 0 8', 'c_seller 5', '0.01 EUR'))$$);
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('c_escrow 0 7 3', 'c_seller 5', '1.00 USD'))$$);
-- the second transfer would pay for the first: the order given counts
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('c_suspense 2', 'c_refund_clearing 2', '4.00 EUR'),
	pg_temp.transfer('c_cash 9', 'c_suspense 2', '4.00 EUR'))$$);
-- debit side: a receivable never goes below zero either
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('o_cash', 'o_seller_receivable 5', '1.00 EUR'))$$);
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('c_cash 9', 'c_buyer 6', '0.00 EUR'))$$);
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('c_cash 9', 'c_buyer 6', '-1.00 EUR'))$$);
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('c_cash 9', 'o_revenue', '1.00 EUR'))$$);
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('c_cash 9', 'c_cash 9', '1.00 EUR'))$$);
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('o_funding', 'o_revenue', '1.00 EUR'))$$);
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('o_revenue', 'o_fx', '1.00 EUR'))$$);
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('c_escrow 0 7 3', 'c_commission 0 7 3', '1.00 EUR'))$$);
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('c_seller 5 7 3', 'c_due_to_own', '1.00 EUR'),
	pg_temp.transfer('o_due_from_client', 'o_revenue', '0.99 EUR'))$$);
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('c_due_from_own', 'c_refund_clearing 1', '1.00 EUR'),
	pg_temp.transfer('o_loss', 'o_due_to_client', '1.00 USD'))$$);
SELECT * FROM pg_temp.error_of($$SELECT pg_temp.post('x', pg_temp.transfer('c_cash 9', 'c_buyer 6', '90071992547409.91 EUR'),
	pg_temp.transfer('c_cash 9', 'c_buyer 6', '0.01 EUR'))$$);
-- documents
SELECT * FROM pg_temp.error_of($$SELECT ledger_post(21, '{"reason":"x","note":"n","transfers":[]}')$$);
SELECT * FROM pg_temp.error_of($$SELECT ledger_post(21, '{"reason":"x","transfers":[]}')$$);
SELECT * FROM pg_temp.error_of($$SELECT ledger_post(21, '{"reason":"x","note":"n","transfers":[],"extra":1}')$$);
SELECT * FROM pg_temp.error_of($$SELECT ledger_post(21, '{"reason":"x","note":"n","transfers":[{"debit":{"kind":"c_gold"},"credit":{"kind":"c_cash"},"amount":"1 EUR"}]}')$$);
SELECT * FROM pg_temp.error_of($$SELECT ledger_post(21, '{"reason":"x","note":"n","transfers":[{"debit":{"kind":"c_cash","id":1},"credit":{"kind":"c_buyer"},"amount":"1 EUR"}]}')$$);
SELECT * FROM pg_temp.error_of($$SELECT ledger_post(21, '{"reason":"x","note":"n","transfers":[{"debit":{"kind":"c_cash"},"credit":{"kind":"c_buyer"},"amount":"1.001 EUR"}]}')$$);
SELECT * FROM pg_temp.error_of($$SELECT ledger_post(21, NULL)$$);
SELECT * FROM pg_temp.error_of($$SELECT ledger_post(NULL, '{}')$$);
SELECT * FROM pg_temp.error_of($$SELECT account_balance(21, -1)$$);
SELECT state, hint FROM pg_temp.error_of($$SELECT account_balance(22, pg_temp.account_id('c_escrow 0 7 3'))$$);
\x
SELECT count(*) - :before AS left_behind FROM transfers WHERE marketplace_id = 21;
SELECT count(*) AS left_behind FROM accounts WHERE marketplace_id = 21 AND (currency = 'USD' OR party_id = 2);

-- A request key makes a retry harmless
SELECT ledger_post(21, d, 'ledger-1') = ledger_post(21, d, 'ledger-1') AS same_posting
  FROM (VALUES ('{"reason":"receipt","note":"n","transfers":[{"debit":{"kind":"c_cash","party_id":9},"credit":{"kind":"c_buyer","party_id":6},"amount":"7.00 EUR"}]}'::jsonb)) v(d);
SELECT account_balance(21, pg_temp.account_id('c_buyer 6'));

-- As of an instant: recorded and effective. Simulated time is the time of record.
SET marketplace.clock = '2001-01-10 10:00:00+00';
SELECT pg_temp.post('receipt', pg_temp.transfer('c_cash 1', 'c_buyer 1', '100.00 EUR')) > 0 AS posted;
SET marketplace.clock = '2001-01-20 10:00:00+00';
SELECT pg_temp.post('allocation', pg_temp.transfer('c_buyer 1', 'c_escrow 0 11', '60.00 EUR')) > 0 AS posted;
RESET marketplace.clock;
SELECT d AS as_of, account_balance(21, pg_temp.account_id('c_buyer 1'), d) AS buyer, account_balance(21, pg_temp.account_id('c_cash 1'), d) AS cash,
	   account_balance(21, pg_temp.account_id('c_escrow 0 11'), d) AS escrow, account_balance(21, pg_temp.account_id('c_buyer 1'), NULL, d) AS effective
  FROM unnest(ARRAY['2001-01-10 09:59:59.999999+00', '2001-01-10 10:00:00+00', '2001-01-20 10:00:00+00', 'infinity']::timestamptz[]) d;
SELECT * FROM trial_balance_as_of(21, '2001-01-15 00:00:00+00');
SELECT * FROM trial_balance_as_of(21, NULL, '2001-01-25 00:00:00+00');
SELECT * FROM trial_balance_as_of(21, NULL)
EXCEPT SELECT ring, kind, currency, debit, credit, balance FROM trial_balance WHERE marketplace_id = 21;

-- Folding changes no balance; what is folded later is found as well as what is not
CREATE TEMP TABLE before_fold AS SELECT account_id, balance FROM account_balances WHERE marketplace_id = 21;
DO $$
BEGIN
	FOR i IN 1..200 LOOP		-- another session's transaction may hold the horizon back for a moment
		PERFORM marketplace.ledger_fold(21);
		COMMIT;
		EXIT WHEN NOT EXISTS (SELECT FROM marketplace.accounts a JOIN marketplace.transfers t
			ON t.marketplace_id = a.marketplace_id AND a.id IN (t.debit_account, t.credit_account)
			WHERE a.marketplace_id = 21 AND (t.xact >= a.folded_xact OR t.posting_id > a.folded_posting_id));
		PERFORM pg_sleep(0.05);
	END LOOP;
END $$;
SELECT ledger_fold(21) AS nothing_left;
SELECT kind, party_id, balance AS stored, folded_xact IS NOT NULL AS summed FROM accounts WHERE marketplace_id = 21 AND currency = 'EUR' ORDER BY kind, party_id, order_line_id;
SELECT count(*) AS marks FROM ledger_folds WHERE marketplace_id = 21;
SELECT a.kind, a.balance, f.balance AS before FROM account_balances a JOIN before_fold f ON f.account_id = a.account_id WHERE a.balance <> f.balance;
BEGIN;
SELECT pg_temp.post('receipt', pg_temp.transfer('c_cash 1', 'c_buyer 1', '1.00 EUR')) > 0 AS posted;
SELECT ledger_fold(21) AS own_transaction_is_not_settled;
SELECT balance AS stored, account_balance(21, id) AS balance FROM accounts WHERE id = pg_temp.account_id('c_cash 1') AND marketplace_id = 21;
COMMIT;
SELECT account_balance(21, pg_temp.account_id('c_cash 1'));
SELECT * FROM ledger_verify(21);

-- Nobody writes the books by hand: owner, superuser, replica role
SELECT current_setting('is_superuser') AS superuser;
CREATE FUNCTION pg_temp.try_all() RETURNS TABLE(statement text, outcome text) LANGUAGE plpgsql AS $$
BEGIN
	FOREACH statement IN ARRAY ARRAY[
		'INSERT INTO marketplace.transfers SELECT * FROM marketplace.transfers WHERE marketplace_id = 21 LIMIT 1',
		'INSERT INTO marketplace.transfers SELECT * FROM marketplace.transfers WHERE false',
		'UPDATE marketplace.transfers SET amount = amount WHERE marketplace_id = 21',
		'UPDATE marketplace.transfers SET reason = ''x'' WHERE marketplace_id = 21',
		'DELETE FROM marketplace.transfers WHERE marketplace_id = 21',
		'TRUNCATE marketplace.transfers',
		'INSERT INTO marketplace.accounts (marketplace_id, balance, currency, kind) VALUES (21, ''5 EUR'', ''EUR'', ''c_cash'')',
		'UPDATE marketplace.accounts SET balance = balance + ''1 EUR''::marketplace.amount WHERE marketplace_id = 21 AND currency = ''EUR''',
		'UPDATE marketplace.accounts SET party_id = 1 WHERE marketplace_id = 21',
		'DELETE FROM marketplace.accounts WHERE marketplace_id = 21',
		'TRUNCATE marketplace.accounts',
		'INSERT INTO marketplace.ledger_folds VALUES (21, 1, 1000000)',
		'UPDATE marketplace.ledger_folds SET posting_id = 1000000',
		'DELETE FROM marketplace.ledger_folds',
		'TRUNCATE marketplace.ledger_folds',
		'INSERT INTO marketplace.xact_epochs VALUES (99, 1, 1)',
		'UPDATE marketplace.xact_epochs SET xact_offset = 1',
		'DELETE FROM marketplace.xact_epochs',
		'TRUNCATE marketplace.xact_epochs'] LOOP
		SELECT concat_ws(' ', e.state, e.message) INTO outcome FROM pg_temp.error_of(statement) e;
		RETURN NEXT;
	END LOOP;
END $$;
SELECT * FROM pg_temp.try_all();
SET session_replication_role = replica;
SELECT statement, outcome FROM pg_temp.try_all() WHERE outcome !~ '^MK04[01] ';
RESET session_replication_role;
-- a posting that failed half way leaves the guard shut
DO $$ BEGIN PERFORM pg_temp.post('x', pg_temp.transfer('c_escrow 0 99', 'c_seller 5', '1.00 EUR')); EXCEPTION WHEN OTHERS THEN RAISE WARNING '%', SQLERRM; END $$;
SELECT state FROM pg_temp.error_of('UPDATE marketplace.accounts SET balance = balance WHERE marketplace_id = 21');

-- Who sees what: the seller its own accounts, the operator and the auditor all, a stranger nothing
CREATE ROLE regress_ledger_seller;
CREATE ROLE regress_ledger_operator;
CREATE ROLE regress_ledger_auditor;
CREATE ROLE regress_ledger_stranger;
SELECT access_grant(21, 'regress_ledger_seller', 'seller', 5) > 0 AS granted, access_grant(21, 'regress_ledger_operator', 'operator') > 0 AS granted,
	   access_grant(21, 'regress_ledger_auditor', 'auditor') > 0 AS granted, access_grant(23, 'regress_ledger_stranger', 'operator') > 0 AS granted;
SELECT pg_temp.account_id('c_seller 5 7 3') AS seller_account, pg_temp.account_id('c_buyer 6') AS buyer_account, pg_temp.account_id('c_escrow 0 7 3') AS escrow_account \gset
SET ROLE regress_ledger_seller;
SELECT kind, party_id, balance, currency FROM account_balances ORDER BY kind;
SELECT kind, side, amount, balance, reason FROM entries ORDER BY posting_id, position, side;
SELECT account_balance(21, :seller_account);
SELECT state, message FROM pg_temp.error_of(format('SELECT marketplace.account_balance(21, %s)', :buyer_account));
SELECT state, message FROM pg_temp.error_of(format('SELECT marketplace.account_balance(21, %s)', :escrow_account));
SELECT state, message FROM pg_temp.error_of('SELECT marketplace.ledger_verify(21)');
SELECT state, message FROM pg_temp.error_of('SELECT marketplace.trial_balance_as_of(21, now())');
SELECT state, message FROM pg_temp.error_of('SELECT marketplace.ledger_fold(21)');
SELECT state, message FROM pg_temp.error_of('INSERT INTO marketplace.transfers DEFAULT VALUES');
SET ROLE regress_ledger_operator;
SELECT count(DISTINCT kind) > 5 AS sees_all FROM account_balances WHERE marketplace_id = 21;
SELECT count(*) AS findings FROM ledger_verify(21);
\x
SELECT * FROM pg_temp.error_of($$SELECT marketplace.ledger_post(21, '{"reason":"x","note":"n","transfers":[]}')$$);
\x
SET ROLE regress_ledger_auditor;
SELECT count(DISTINCT kind) > 5 AS sees_all FROM account_balances WHERE marketplace_id = 21;
SELECT count(*) AS findings FROM ledger_verify(21);
SELECT state, message FROM pg_temp.error_of('SELECT marketplace.ledger_fold(21)');
SET ROLE regress_ledger_stranger;
SELECT (SELECT count(*) FROM accounts) AS accounts, (SELECT count(*) FROM transfers) AS transfers;
SELECT state, message FROM pg_temp.error_of(format('SELECT marketplace.account_balance(21, %s)', :seller_account));
RESET ROLE;
DO $$
DECLARE
	r text;
BEGIN
	FOREACH r IN ARRAY ARRAY['seller', 'operator', 'auditor', 'stranger'] LOOP
		PERFORM marketplace.access_revoke(CASE r WHEN 'stranger' THEN 23 ELSE 21 END, 'regress_ledger_' || r,
			CASE r WHEN 'stranger' THEN 'operator' ELSE r END, CASE r WHEN 'seller' THEN 5 END);
		EXECUTE format('DROP OWNED BY regress_ledger_%s; DROP ROLE regress_ledger_%s', r, r);
	END LOOP;
END $$;

-- Tampering, by a superuser who takes the triggers off: ledger_verify() names the row. Ids are shown relative to the release.
CREATE FUNCTION pg_temp.findings() RETURNS TABLE(check_name text, object text, expected text, found text) LANGUAGE sql AS $$
SELECT v.check_name,
	   regexp_replace(regexp_replace(v.object, 'account \d+', 'account ' || COALESCE(a.kind, '?')), 'posting \d+', 'posting ' || COALESCE(t.reason, '?')),
	   regexp_replace(v.expected, 'account \d+|event \d+', '…', 'g'), regexp_replace(v.found, 'account \d+', '…', 'g')
  FROM marketplace.ledger_verify(21) v
  LEFT JOIN marketplace.accounts a ON a.marketplace_id = 21 AND a.id = substring(v.object FROM 'account (\d+)')::bigint
  LEFT JOIN (SELECT DISTINCT posting_id, reason FROM marketplace.transfers WHERE marketplace_id = 21) t
	ON t.posting_id = substring(v.object FROM 'posting (\d+)')::bigint
 ORDER BY 1, 2, 3, 4
$$;
BEGIN;
ALTER TABLE transfers DISABLE TRIGGER ALL;
ALTER TABLE accounts DISABLE TRIGGER ALL;
SAVEPOINT sound;
UPDATE accounts SET balance = balance + '1.00 EUR' WHERE marketplace_id = 21 AND id = pg_temp.account_id('c_seller 5 7 3');
SELECT * FROM pg_temp.findings();
ROLLBACK TO sound;
UPDATE accounts SET balance = '-1.00 EUR' WHERE marketplace_id = 21 AND id = pg_temp.account_id('c_buyer 6');
SELECT * FROM pg_temp.findings();
ROLLBACK TO sound;
UPDATE transfers SET amount = amount + '1.00 EUR' WHERE marketplace_id = 21 AND posting_id = :release AND position = 1;
SELECT * FROM pg_temp.findings();
ROLLBACK TO sound;
UPDATE transfers SET credit_balance = credit_balance + '1.00 EUR' WHERE marketplace_id = 21 AND posting_id = :release AND position = 1;
SELECT * FROM pg_temp.findings();
ROLLBACK TO sound;
DELETE FROM transfers WHERE marketplace_id = 21 AND posting_id = :release AND position = 3;
SELECT * FROM pg_temp.findings();
ROLLBACK TO sound;
UPDATE transfers SET credit_account = pg_temp.account_id('c_cash 9'), credit_balance = NULL WHERE marketplace_id = 21 AND posting_id = :release AND position = 4;
SELECT * FROM pg_temp.findings();
ROLLBACK TO sound;
UPDATE transfers SET amount = amount_of_minor_units(minor_units(amount), 'USD') WHERE marketplace_id = 21 AND posting_id = :release AND position = 4;
SELECT * FROM pg_temp.findings();
ROLLBACK TO sound;
UPDATE transfers SET credit_account = debit_account WHERE marketplace_id = 21 AND posting_id = :release AND position = 4;
SELECT * FROM pg_temp.findings();
ROLLBACK TO sound;
UPDATE transfers SET cause = 0 WHERE marketplace_id = 21 AND posting_id = :capture;
SELECT * FROM pg_temp.findings();
ROLLBACK TO sound;
DELETE FROM accounts WHERE marketplace_id = 21 AND id = pg_temp.account_id('o_vat');
SELECT * FROM pg_temp.findings();
ROLLBACK TO sound;
UPDATE accounts SET kind = 'o_revenue', party_id = 77 WHERE marketplace_id = 21 AND id = pg_temp.account_id('c_seller 5 7 3');
SELECT * FROM pg_temp.findings();
ROLLBACK TO sound;
UPDATE accounts SET balance = amount_of_minor_units(minor_units(balance), 'USD') WHERE marketplace_id = 21 AND id = pg_temp.account_id('o_vat');
SELECT * FROM pg_temp.findings();
ROLLBACK;
SELECT * FROM ledger_verify(21);

-- Another cluster, its transaction ids anywhere: the next write begins an epoch above all that is stored
SELECT max(x.xact) AS highest FROM (SELECT xact FROM transfers UNION ALL SELECT xact FROM events) x \gset
SELECT max(number) AS number FROM xact_epochs \gset
BEGIN;
ALTER TABLE xact_epochs DISABLE TRIGGER ALL;
UPDATE xact_epochs SET system_identifier = 1, xact_offset = xact_offset + 1000000;
SELECT account_balance(21, pg_temp.account_id('c_cash 1'));
SELECT pg_temp.post('receipt', pg_temp.transfer('c_cash 1', 'c_buyer 1', '1.00 EUR')) > 0 AS posted;
SELECT pg_temp.post('receipt', pg_temp.transfer('c_cash 1', 'c_buyer 1', '1.00 EUR')) > 0 AS posted;
SELECT number - :number AS later, xact_offset = :highest AS above_all, system_identifier = (pg_control_system()).system_identifier AS this_cluster
  FROM xact_epochs ORDER BY number;
SELECT count(*) AS above_all FROM transfers WHERE marketplace_id = 21 AND xact > :highest;
SELECT account_balance(21, pg_temp.account_id('c_cash 1'));
SELECT ledger_fold(21) > 0 AS what_was_restored_is_settled;
SELECT account_balance(21, pg_temp.account_id('c_cash 1'));
SELECT * FROM ledger_verify(21);
ROLLBACK;
SELECT pg_temp.post('receipt', pg_temp.transfer('c_cash 1', 'c_buyer 1', '1.00 EUR')) > 0 AS posted;
SELECT count(*) AS in_the_first_epoch FROM transfers WHERE marketplace_id = 21 AND xact = (SELECT xmin::text::bigint FROM transfers WHERE marketplace_id = 21 ORDER BY posting_id DESC LIMIT 1);
