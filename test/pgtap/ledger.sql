-- The ledger by rule id: every posting rule (FD-P02 … FD-P30) in one life of the books, what FD-1 … FD-10 refuse, and random
-- histories against a model. The seed is printed; PROPERTY_SEED=N runs another history.
SET search_path = marketplace, public;
SELECT plan(56);

\set seed 241126
\getenv seed PROPERTY_SEED
SELECT diag('seed of the random history: ' || :seed);

-- 'c_escrow/0/7 > c_seller/5 12.00 EUR; …': kind/party/order line/allocation, debit > credit
CREATE FUNCTION pg_temp.account(key text) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_strip_nulls(jsonb_build_object('kind', k[1], 'party_id', k[2]::bigint, 'order_line_id', k[3]::bigint, 'allocation_id', k[4]::bigint))
  FROM string_to_array(key, '/') k
$$;
CREATE FUNCTION pg_temp.posting(reason text, transfers text) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('reason', reason, 'note', 'pgTAP', 'transfers',
	jsonb_agg(jsonb_build_object('debit', pg_temp.account(m[1]), 'credit', pg_temp.account(m[2]), 'amount', m[3]) ORDER BY n))
  FROM regexp_matches(transfers, '([\w/]+) > ([\w/]+) ([-\d.]+ [A-Z]{3})', 'g') WITH ORDINALITY r(m, n)
$$;
CREATE FUNCTION pg_temp.post(m int, reason text, transfers text) RETURNS text LANGUAGE sql AS $$
SELECT format('SELECT marketplace.ledger_post(%s, %L)', m, pg_temp.posting(reason, transfers))
$$;

CREATE TEMP TABLE rules (n int GENERATED ALWAYS AS IDENTITY, rule text, transfers text);
INSERT INTO rules (rule, transfers) VALUES
	('FD-P02 capture', 'c_psp_clearing/9 > c_escrow/0/1/1 120.00 EUR'),
	('FD-P03 the PSP settles net of its fee', 'c_cash/9 > c_psp_clearing/9 118.00 EUR; c_due_from_own > c_psp_clearing/9 2.00 EUR; o_psp_fees > o_due_to_client 2.00 EUR'),
	('FD-P04 own to client transfer', 'c_cash/9 > c_due_from_own 2.00 EUR; o_due_to_client > o_cash 2.00 EUR'),
	('FD-P06 release', 'c_escrow/0/1/1 > c_seller_pending/5/1 88.00 EUR; c_escrow/0/1/1 > c_commission/0/1/1 12.00 EUR; o_commission_receivable > o_revenue 10.00 EUR; o_commission_receivable > o_vat 2.00 EUR'),
	('FD-P08 maturity', 'c_seller_pending/5/1 > c_seller/5/1 88.00 EUR'),
	('FD-P08 reserve taken', 'c_seller/5/1 > c_reserve/5 8.00 EUR'),
	('FD-P09 sweep', 'c_commission/0/1/1 > c_cash/9 12.00 EUR; o_cash > o_commission_receivable 12.00 EUR'),
	('FD-P10 payout frozen', 'c_seller/5/1 > c_payout_clearing/5/0/1 50.00 EUR'),
	('FD-P12 payout dropped', 'c_payout_clearing/5/0/1 > c_seller/5/1 50.00 EUR'),
	('FD-P10 payout frozen again', 'c_seller/5/1 > c_payout_clearing/5/0/2 50.00 EUR'),
	('FD-P11 payout confirmed', 'c_payout_clearing/5/0/2 > c_cash/9 50.00 EUR'),
	('FD-P13 paid payout returned', 'c_cash/9 > c_seller/5/1 50.00 EUR'),
	('FD-P06 second release', 'c_escrow/0/1/1 > c_seller/5/1 8.80 EUR; c_escrow/0/1/1 > c_commission/0/1/1 1.20 EUR; o_commission_receivable > o_revenue 1.00 EUR; o_commission_receivable > o_vat 0.20 EUR'),
	('FD-P17 reverse release', 'c_seller/5/1 > c_escrow/0/1/1 8.80 EUR; c_commission/0/1/1 > c_escrow/0/1/1 1.20 EUR; o_revenue > o_commission_receivable 1.00 EUR; o_vat > o_commission_receivable 0.20 EUR'),
	('FD-P18 reverse release, commission swept', 'c_seller/5/1 > c_escrow/0/1/1 8.80 EUR; c_due_from_own > c_escrow/0/1/1 1.20 EUR; o_revenue > o_due_to_client 1.00 EUR; o_vat > o_due_to_client 0.20 EUR'),
	('FD-P19 platform advance', 'c_due_from_own > c_escrow/0/1/1 5.00 EUR; o_seller_receivable/5 > o_due_to_client 5.00 EUR'),
	('FD-P20 reserve used', 'c_reserve/5 > c_escrow/0/1/1 3.00 EUR'),
	('FD-P21 offset of debt', 'c_seller/5/1 > c_due_to_own 2.00 EUR; o_due_from_client > o_seller_receivable/5 2.00 EUR'),
	('FD-P09 sweep of what is due', 'c_due_to_own > c_cash/9 2.00 EUR; o_cash > o_due_from_client 2.00 EUR'),
	('FD-P22 debt paid by transfer', 'o_cash > o_seller_receivable/5 1.00 EUR'),
	('FD-P22 debt written off', 'o_loss > o_seller_receivable/5 1.00 EUR'),
	('FD-P14 refund frozen', 'c_escrow/0/1/1 > c_refund_clearing/6/1 20.00 EUR'),
	('FD-P15 refund confirmed', 'c_refund_clearing/6/1 > c_cash/9 20.00 EUR'),
	('FD-P16 refund bounced', 'c_cash/9 > c_buyer/6 20.00 EUR'),
	('FD-P05 allocate, un-allocate', 'c_buyer/6 > c_escrow/0/1/1 7.00 EUR; c_escrow/0/1/1 > c_buyer/6 2.00 EUR'),
	('FD-P23 goodwill', 'c_due_from_own > c_refund_clearing/6/1 4.00 EUR; o_loss > o_due_to_client 4.00 EUR'),
	('FD-P24 chargeback with fee', 'c_escrow/0/1/1 > c_cash/9 6.00 EUR; c_due_from_own > c_cash/9 1.00 EUR; o_psp_fees > o_due_to_client 1.00 EUR'),
	('FD-P25 unidentified receipt', 'c_cash/9 > c_suspense/0/0/1 3.00 EUR'),
	('FD-P25 sent back', 'c_suspense/0/0/1 > c_refund_clearing/0/0/1 3.00 EUR'),
	('FD-P26 buyer repays the financier', 'c_cash/9 > c_third/7 5.00 EUR; c_third/7 > c_payout_clearing/7/0/3 5.00 EUR'),
	('FD-P27 indemnity and recovery', 'c_cash/9 > c_seller/5/1 5.00 EUR; c_cash/9 > c_seller/5/1 1.00 EUR; c_cash/9 > c_third/8 4.00 EUR'),
	('FD-P28 premium and service fee', 'c_seller/5/1 > c_third/8 2.00 EUR; c_seller/5/1 > c_due_to_own 1.00 EUR; o_due_from_client > o_revenue 0.80 EUR; o_due_from_client > o_vat 0.20 EUR'),
	('FD-P29 refund in a foreign currency, at a loss', 'c_escrow/0/1/1 > c_fx 4.00 EUR; c_due_from_own > c_fx 1.00 EUR; c_fx > c_refund_clearing/6/1 4.30 GBP; o_fx > o_due_to_client 1.00 EUR'),
	('FD-P29 at a gain', 'c_escrow/0/1/1 > c_fx 1.50 EUR; c_escrow/0/1/1 > c_due_to_own 0.50 EUR; c_fx > c_refund_clearing/6/1 1.70 GBP; o_due_from_client > o_fx 0.50 EUR'),
	('FD-P30 tax of a deemed supplier', 'c_escrow/0/1/1 > c_third/10 1.00 EUR');
SELECT lives_ok(pg_temp.post(24, split_part(rule, ' ', 1), transfers), rule) FROM rules ORDER BY n;

SELECT results_eq('SELECT kind, currency, balance FROM trial_balance WHERE marketplace_id = 24 ORDER BY ring, kind, currency', $$VALUES
	('c_buyer', 'EUR', 15.00), ('c_cash', 'EUR', 117.00), ('c_commission', 'EUR', 0.00), ('c_due_from_own', 'EUR', 12.20), ('c_due_to_own', 'EUR', 1.50),
	('c_escrow', 'EUR', 10.00), ('c_fx', 'EUR', -6.50), ('c_fx', 'GBP', 6.00), ('c_payout_clearing', 'EUR', 5.00), ('c_psp_clearing', 'EUR', 0.00),
	('c_refund_clearing', 'EUR', 7.00), ('c_refund_clearing', 'GBP', 6.00), ('c_reserve', 'EUR', 5.00), ('c_seller', 'EUR', 72.20),
	('c_seller_pending', 'EUR', 0.00), ('c_suspense', 'EUR', 0.00), ('c_third', 'EUR', 7.00),
	('o_cash', 'EUR', 13.00), ('o_commission_receivable', 'EUR', 0.00), ('o_due_from_client', 'EUR', 1.50), ('o_due_to_client', 'EUR', 12.20),
	('o_fx', 'EUR', -0.50), ('o_loss', 'EUR', 5.00), ('o_psp_fees', 'EUR', 3.00), ('o_revenue', 'EUR', 9.80), ('o_seller_receivable', 'EUR', 1.00), ('o_vat', 'EUR', 2.00)$$,
	'FD-9 balances by kind after all of them');
SELECT is_empty('SELECT ring, currency FROM trial_balance WHERE marketplace_id = 24 GROUP BY 1, 2 HAVING sum(debit) <> sum(credit)', 'FD-1 debit equals credit in each ring and currency');
SELECT is_empty('SELECT * FROM ledger_verify(24)', 'FD-1, FD-2, FD-5, FD-8 ledger_verify() finds nothing');
SELECT is_empty($$SELECT t.posting_id FROM transfers t LEFT JOIN events e ON e.marketplace_id = t.marketplace_id AND e.id = t.cause
	WHERE t.marketplace_id = 24 AND (e.actor IS NULL OR e.recorded_at IS NULL)$$, 'FD-4 each transfer names an event that holds the actor');

SELECT throws_ok($$SELECT ledger_post(24, '{"reason": "x", "note": "n", "transfers": []}')$$, 'MK003', NULL, 'FD-1 a posting without legs');
SELECT throws_ok($$SELECT ledger_post(24, '{"reason": "x", "note": "n", "transfers": [{"debit": {"kind": "c_cash"}, "amount": "1 EUR"}]}')$$, 'MK003', NULL, 'FD-1 a transfer with one leg');
SELECT throws_ok(pg_temp.post(24, 'x', 'c_cash/9 > c_buyer/6 0.00 EUR'), 'MK050', NULL, 'FD-1 an amount of zero');
SELECT throws_ok(pg_temp.post(24, 'x', 'c_cash/9 > c_buyer/6 -1.00 EUR'), 'MK050', NULL, 'FD-1 a negative amount');
SELECT throws_ok(pg_temp.post(24, 'x', 'c_escrow/0/1/1 > o_revenue 1.00 EUR'), 'MK050', NULL, 'FD-2 a transfer across the rings');
SELECT throws_ok('UPDATE transfers SET reason = reason WHERE marketplace_id = 24', 'MK040', NULL, 'FD-3 no update of a transfer');
SELECT throws_ok('DELETE FROM transfers WHERE marketplace_id = 24', 'MK040', NULL, 'FD-3 no removal of a transfer');
SELECT throws_ok(pg_temp.post(24, 'x', 'c_seller/5/1 > c_payout_clearing/5 72.21 EUR'), 'MK051', NULL, 'FD-5 one cent too much');
SELECT lives_ok(pg_temp.post(24, 'FD-P10', 'c_seller/5/1 > c_payout_clearing/5 72.20 EUR'), 'FD-5 all of it');
SELECT throws_ok(pg_temp.post(24, 'x', 'c_escrow/0/1/1 > c_commission/0/1/1 1.00 EUR'), 'MK050', NULL, 'FD-8 commission without its mirror');
SELECT throws_ok(pg_temp.post(24, 'x', 'c_escrow/0/1/1 > c_commission/0/1/1 1.00 EUR; o_commission_receivable > o_revenue 0.99 EUR'), 'MK050', NULL, 'FD-8 a mirror one cent off');
SELECT throws_ok(pg_temp.post(24, 'x', 'o_funding > o_revenue 1.00 EUR'), 'MK050', NULL, 'FD-10 revenue out of funding');

-- Random histories: what the model says goes through, goes through; what it says would fall below zero, is refused.
CREATE TEMP TABLE model (account text PRIMARY KEY, checked boolean NOT NULL, side int NOT NULL, balance bigint NOT NULL DEFAULT 0);
INSERT INTO model (account, checked, side)
SELECT k.kind || '/' || p || '/' || l, k.checked, CASE k.side WHEN 'debit' THEN 1 ELSE -1 END
  FROM account_kinds() k, generate_series(1, 2) p, generate_series(0, 1) l WHERE k.kind IN ('c_cash', 'c_psp_clearing', 'c_buyer', 'c_escrow', 'c_seller', 'c_reserve');
CREATE TEMP TABLE outcomes (step int, expected text, found text, transfers text);

CREATE PROCEDURE pg_temp.history(seed int, steps int) LANGUAGE plpgsql AS $$
DECLARE
	moves text;
	outcome text;
	refused boolean;
	d model;
	c model;
	cents bigint;
BEGIN
	PERFORM setseed(seed / 1000000.0);
	FOR step IN 1..steps LOOP
		moves := '';
		refused := false;
		CREATE TEMP TABLE trial ON COMMIT DROP AS SELECT * FROM model;
		FOR i IN 1..1 + floor(random() * 4) LOOP
			SELECT * INTO d FROM trial ORDER BY random() LIMIT 1;
			SELECT * INTO c FROM trial WHERE account <> d.account ORDER BY random() LIMIT 1;
			cents := 1 + floor(random() * CASE WHEN random() < 0.5 THEN 1000 ELSE 30 END);
			moves := moves || format('%s > %s %s EUR; ', d.account, c.account, cents / 100.0);
			UPDATE trial SET balance = balance + side * CASE account WHEN d.account THEN cents ELSE -cents END WHERE account IN (d.account, c.account);
			refused := refused OR EXISTS (SELECT FROM trial WHERE checked AND balance < 0);
		END LOOP;
		BEGIN
			PERFORM marketplace.ledger_post(25, pg_temp.posting('random', regexp_replace(moves, '(\.\d\d)\d+', '\1', 'g')));
			outcome := 'posted';
		EXCEPTION WHEN SQLSTATE 'MK051' THEN
			outcome := 'refused';
		END;
		INSERT INTO outcomes VALUES (step, CASE WHEN refused THEN 'refused' ELSE 'posted' END, outcome, moves);
		IF NOT refused THEN
			UPDATE model m SET balance = t.balance FROM trial t WHERE t.account = m.account;
		END IF;
		COMMIT;
		IF random() < 0.1 THEN
			PERFORM marketplace.ledger_fold(25);
			COMMIT;
		END IF;
	END LOOP;
END $$;
CALL pg_temp.history(:seed, 1000);
SELECT is_empty('SELECT * FROM outcomes WHERE expected <> found', 'FD-5 1000 random postings: each is posted or refused as the model says');
SELECT ok(count(*) FILTER (WHERE found = 'posted') > 100 AND count(*) FILTER (WHERE found = 'refused') > 100, 'many of both') FROM outcomes;
SELECT is_empty($$SELECT m.account, m.balance, b.balance FROM model m
	LEFT JOIN account_balances b ON b.marketplace_id = 25 AND concat_ws('/', b.kind, b.party_id, COALESCE(b.order_line_id, 0)) = m.account
	WHERE m.balance / 100.0 <> COALESCE(b.balance, 0)$$, 'balances are the model''s, folded or not');
SELECT is_empty('SELECT * FROM ledger_verify(25)', 'and the books hold');
SELECT ok(max(folded_posting_id) > 0, 'some were folded') FROM accounts WHERE marketplace_id = 25;

SELECT * FROM finish();
