-- Holds: what is held of lines, orders, payouts and wallets, what release and payout leave, how holds add up, end, and what they do to payouts
-- that are on their way (FD-38 to FD-41, FD-P12, FD-19).
\set m 6111
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET marketplace.clock = '2026-03-02 08:00+00';
\set SHOW_CONTEXT never
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\set demo_funds :tests '/fixtures/demo_funds.sql'
\set ECHO none
\i :demo_parties
\i :demo_order
\i :demo_funds
CREATE FUNCTION pg_temp.held(m int, order_number bigint, as_of timestamptz DEFAULT NULL)
RETURNS TABLE (line int, location text, value numeric, held numeric) LANGUAGE sql AS $$
	SELECT l.position, f.location, f.value, f.held
	  FROM marketplace.funds_location(m, order_number, as_of) f
	  JOIN marketplace.order_lines l ON l.marketplace_id = m AND l.id = f.order_line_id
	 ORDER BY 1, 2 $$;
CREATE FUNCTION pg_temp.hold(m int, target text, id bigint, what jsonb) RETURNS bigint LANGUAGE sql AS $$
	SELECT marketplace.hold_place(m, jsonb_build_object(target, id, 'reason', 'manual') || what) $$;
\set ECHO all
SELECT marketplace.seller_order_accept(:m, :alpha_order) = :alpha_order AS alpha, marketplace.seller_order_accept(:m, :beta_order) = :beta_order AS beta;
SELECT marketplace.payment_authorize(:m, :order_id, '462.82 EUR') AS payment \gset
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, :payment)) > 0 AS final;

-- 09:00 one of two drills is disputed: its share of the line is held, named by the quantity
SET marketplace.clock = '2026-03-02 09:00+00';
SELECT pg_temp.hold(:m, 'order_line_id', :line1, '{"quantity": 1, "slice": "dispute:1", "reason": "dispute", "owner": "buyer", "note": "arrived broken"}') AS hold1 \gset
SELECT pg_temp.ship(:m, :alpha_order, :line1, 2) > 0 AS shipped;
SELECT pg_temp.receive(:m, :order_id, :line1, 2) > 0 AS accepted;
SELECT * FROM pg_temp.held(:m, :order_id) WHERE line = 1;
-- a second hold on the same slice does not add up, on another slice it does, and never above what there is
SELECT pg_temp.hold(:m, 'order_line_id', :line1, '{"amount": "100.00 EUR", "slice": "dispute:1", "reason": "legal"}') AS hold2 \gset
SELECT * FROM pg_temp.held(:m, :order_id) WHERE line = 1;
SELECT pg_temp.hold(:m, 'order_line_id', :line1, '{"amount": "55.88 EUR", "slice": "late", "reason": "late_evidence"}') AS hold3 \gset
SELECT * FROM pg_temp.held(:m, :order_id) WHERE line = 1;
SELECT target, slice, reason, owner, state, amount, quantity, lifted, currency, balance, held, free FROM marketplace.holds_overview WHERE marketplace_id = :m ORDER BY hold_id;

-- 10:00 a run takes what is free; the slice is free when every hold on it is lifted
SET marketplace.clock = '2026-03-02 10:00+00';
SELECT marketplace.payout_run(:m) AS run1 \gset
SELECT amount, state FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run1;
SELECT marketplace.hold_lift(:m, :hold1, reason => 'the buyer withdraws') = :hold1 AS lifted;
SELECT * FROM pg_temp.held(:m, :order_id) WHERE line = 1;
SELECT payload ->> 'amount' AS released FROM marketplace.events WHERE marketplace_id = :m AND type = 'escrow.released' ORDER BY id;
-- in part: what the other holds leave is released at once
SELECT marketplace.hold_lift(:m, :hold2, '40.00 EUR', 'half settled') = :hold2 AS lifted;
SELECT * FROM pg_temp.held(:m, :order_id) WHERE line = 1;
SELECT state, amount, lifted, held, free FROM marketplace.holds_overview WHERE marketplace_id = :m ORDER BY hold_id;
SELECT marketplace.hold_lift(:m, :hold2, '60.00 EUR', 'settled') = :hold2 AS lifted;
SELECT state, amount, lifted, ended_at, lifted_by IS NOT NULL AS by_somebody FROM marketplace.holds_overview WHERE marketplace_id = :m AND hold_id = :hold2;
SELECT amount, reason FROM marketplace.hold_lifts WHERE marketplace_id = :m ORDER BY id;

-- 11:00 a hold with an end: tick() ends it, and what was kept is released in the same commit
SET marketplace.clock = '2026-03-02 11:00+00';
SELECT marketplace.hold_lift(:m, :hold3, reason => 'evidence read') = :hold3 AS lifted;
SELECT pg_temp.hold(:m, 'seller_order_id', :beta_order, '{"all": true, "until": "2026-03-03T00:00:00Z", "reason": "psp_request"}') AS hold4 \gset
SELECT pg_temp.ship(:m, :beta_order, :line3, 10) > 0 AS shipped;
SELECT pg_temp.receive(:m, :order_id, :line3, 10) > 0 AS accepted;
SELECT * FROM pg_temp.held(:m, :order_id) WHERE line = 3;
SELECT pg_temp.refused(format('SELECT marketplace.escrow_release(%s, %s)', :m, :beta_order));
SET marketplace.clock = '2026-03-03 00:00+00';
SELECT marketplace.tick(:m) > 0 AS done;
SELECT * FROM pg_temp.held(:m, :order_id) WHERE line = 3;
SELECT state, ended_at, lifted_by FROM marketplace.holds_overview WHERE marketplace_id = :m AND hold_id = :hold4;

-- an amount on a whole order is shared by its lines, by what they have; nothing is lost
SET marketplace.clock = '2026-03-03 08:00+00';
SELECT pg_temp.hold(:m, 'order_id', :order_id, '{"amount": "100.01 EUR", "reason": "insolvency"}') AS hold5 \gset
SELECT p.position, l.position AS line, p.seller_id = :alpha AS alpha, p.amount FROM marketplace.hold_parts p
  JOIN marketplace.order_lines l ON l.marketplace_id = p.marketplace_id AND l.id = p.order_line_id WHERE p.marketplace_id = :m AND p.hold_id = :hold5 ORDER BY 1;
SELECT * FROM pg_temp.held(:m, :order_id);
SELECT amount, balance, held, free FROM marketplace.holds_overview WHERE marketplace_id = :m AND hold_id = :hold5;
SELECT marketplace.hold_lift(:m, :hold5, '50.00 EUR', 'half') = :hold5 AS lifted;
SELECT position, amount, lifted, open FROM marketplace.hold_parts WHERE marketplace_id = :m AND hold_id = :hold5 ORDER BY 1;
SELECT marketplace.hold_lift(:m, :hold5, reason => 'order of the court') = :hold5 AS lifted;

-- 09:00 a payout that was not sent gives back what is held, and what is left is planned anew, in one commit (FD-41, FD-P12)
SET marketplace.clock = '2026-03-03 09:00+00';
SELECT pg_temp.ship(:m, :alpha_order, :line2, 3) > 0 AS shipped;
SELECT pg_temp.receive(:m, :order_id, :line2, 3) > 0 AS accepted;
SELECT marketplace.payout_run(:m) AS run2 \gset
SELECT seller_id = :alpha AS alpha, amount, state FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run2 ORDER BY payout_id;
SELECT pg_temp.hold(:m, 'order_line_id', :line2, '{"amount": "20.00 EUR", "reason": "recon_break"}') AS hold6 \gset
SELECT seller_id = :alpha AS alpha, amount, state FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run2 ORDER BY payout_id;
SELECT * FROM pg_temp.held(:m, :order_id);
SELECT type, payload - 'mandate_id' - 'payout_id' - 'seller_id' - 'batch_id' - 'bank_account_id' - 'hold_id' - 'order_id' - 'order_line_id' - 'seller_order_id' - 'instruction_id' - 'object_id' - 'evidence' AS payload
  FROM marketplace.events WHERE marketplace_id = :m AND id > (SELECT max(id) FROM marketplace.events WHERE marketplace_id = :m AND type = 'hold.placed') - 1 ORDER BY id;

-- 10:00 the rest of it is sent: its cancellation can only be asked for; what comes back is held
SET marketplace.clock = '2026-03-03 10:00+00';
SELECT payout_id AS payout FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run2 AND seller_id = :alpha AND state = 'approved' \gset
SELECT marketplace.payout_send(:m, :payout) = :payout AS sent;
SELECT marketplace.hold_place(:m, jsonb_build_object('payout_id', :payout, 'reason', 'bank_account')) AS hold7 \gset
SELECT slice = 'payout:' || :payout AS of_the_payout, state, amount, held FROM marketplace.holds_overview WHERE marketplace_id = :m AND hold_id = :hold7;
SELECT payload ->> 'amount' AS asked_back, (payload ->> 'payout_id')::bigint = :payout AS of_the_payout FROM marketplace.events
 WHERE marketplace_id = :m AND type = 'payout.cancellation_requested';
SELECT marketplace.payout_fail(:m, :payout, 'CANC: cancelled on request') = :payout AS failed;
SELECT state, amount, balance, held, free FROM marketplace.holds_overview WHERE marketplace_id = :m AND hold_id = :hold7;
SELECT marketplace.payout_run(:m) AS run3 \gset
SELECT count(*) AS of_alpha FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run3 AND seller_id = :alpha;
-- lifted whole, the next run pays
SELECT marketplace.hold_lift(:m, :hold7, reason => 'new bank details approved') = :hold7 AS lifted;
SELECT marketplace.payout_run(:m) AS run4 \gset
SELECT amount, state FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run4 ORDER BY payout_id;

-- 11:00 the whole wallet: the seller is paid nothing, and what was planned is dropped; escrow is still released to it
SET marketplace.clock = '2026-03-03 11:00+00';
SELECT marketplace.hold_place(:m, jsonb_build_object('seller_id', :alpha, 'reason', 'kyc')) AS hold8 \gset
SELECT seller_id = :alpha AS alpha, amount, state FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id IN (:run3, :run4) ORDER BY payout_id;
SELECT slice, amount, currency, balance, held, free FROM marketplace.holds_overview WHERE marketplace_id = :m AND hold_id = :hold8;
SELECT marketplace.payout_run(:m) AS run5 \gset
SELECT count(*) AS payouts FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run5;
SELECT * FROM pg_temp.held(:m, :order_id) WHERE line < 3;
-- an amount of the wallet leaves the rest
SELECT marketplace.hold_lift(:m, :hold8, reason => 'documents read') = :hold8 AS lifted;
SELECT marketplace.hold_place(:m, jsonb_build_object('seller_id', :alpha, 'reason', 'dispute', 'amount', '100.00 EUR')) AS hold9 \gset
SELECT marketplace.payout_run(:m) AS run6 \gset
SELECT amount, state FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run6;
SELECT slice, amount, balance, held, free FROM marketplace.holds_overview WHERE marketplace_id = :m AND hold_id = :hold9;
-- more than what is available: planned payouts give the rest, newest cents first
SELECT marketplace.hold_place(:m, jsonb_build_object('seller_id', :alpha, 'reason', 'legal', 'amount', '50.00 EUR', 'slice', 'seizure')) AS hold10 \gset
SELECT amount, state FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run6 ORDER BY payout_id;
SELECT slice, amount, balance, held, free FROM marketplace.holds_overview WHERE marketplace_id = :m AND hold_id IN (:hold9, :hold10) ORDER BY hold_id;

-- each cent in one place at every instant, held parts within it
SELECT t, sum(value) AS captured, sum(held) AS held, bool_and(held BETWEEN 0 AND value) AS within
  FROM generate_series('2026-03-02 08:30+00'::timestamptz, '2026-03-03 11:30+00', '3 hours') t
  LEFT JOIN LATERAL marketplace.funds_location(:m, :order_id, t) f ON NOT memo GROUP BY t ORDER BY t;
SELECT * FROM pg_temp.held(:m, :order_id, '2026-03-02 09:30+00') WHERE line = 1;
SELECT * FROM marketplace.ledger_verify(:m);
SELECT * FROM marketplace.events_verify(:m);

-- what nears the PSP's limit, and holds that have stood for long
SET marketplace.clock = '2026-05-21 07:59+00';
SELECT alarm, count(*) FROM marketplace.hold_alarms WHERE marketplace_id = :m GROUP BY 1 ORDER BY 1;
SET marketplace.clock = '2026-05-21 08:00+00';
SELECT alarm, order_line_id IS NOT NULL AS line, hold_id IS NOT NULL AS hold, amount, currency, since, limit_at FROM marketplace.hold_alarms WHERE marketplace_id = :m ORDER BY 1, 4, limit_at;

-- refused
SELECT pg_temp.refused(format('SELECT marketplace.hold_place(%s, %L)', :m, d)) FROM (VALUES
	('{"reason": "manual", "amount": "1.00 EUR"}'),
	(format('{"order_id": %s, "seller_id": %s, "reason": "manual", "amount": "1.00 EUR"}', :order_id, :alpha)),
	(format('{"order_id": %s, "reason": "manual"}', :order_id)),
	(format('{"order_id": %s, "reason": "because", "all": true}', :order_id)),
	(format('{"order_id": %s, "reason": "manual", "quantity": 1}', :order_id)),
	(format('{"order_id": %s, "reason": "manual", "amount": "1.00 GBP"}', :order_id)),
	(format('{"order_id": %s, "reason": "manual", "amount": "0.00 EUR"}', :order_id)),
	(format('{"order_id": %s, "reason": "manual", "all": true, "until": "2026-05-21T07:00:00Z"}', :order_id)),
	(format('{"order_line_id": %s, "reason": "manual", "quantity": 3}', :line1)),
	(format('{"seller_id": %s, "reason": "kyc", "owner": "buyer"}', :alpha)),
	(format('{"seller_id": %s, "reason": "kyc"}', :buyer)),
	(format('{"payout_id": %s, "reason": "manual"}', :payout)),
	('{"order_line_id": 999999999, "reason": "manual", "all": true}')) v(d);
SELECT regexp_replace(pg_temp.refused(format('SELECT marketplace.hold_lift(%s, %s, %s, %s)', :m, h, a, r)), 'hold \d+', 'hold #') AS refused FROM (VALUES
	(:hold1, 'NULL', '''again'''), (:hold9, '''100.01 EUR''', '''too much'''), (:hold9, '''-1.00 EUR''', '''less'''), (:hold9, '''1.00 GBP''', '''pounds'''),
	(:hold9, 'NULL', 'NULL'), (999999999, 'NULL', '''who''')) v(h, a, r);
SELECT pg_temp.refused(format('UPDATE marketplace.holds SET amount = ''1.00 EUR'' WHERE marketplace_id = %s', :m));
SELECT pg_temp.refused(format('UPDATE marketplace.hold_parts SET open = false WHERE marketplace_id = %s AND hold_id = %s', :m, :hold9));
SELECT pg_temp.refused(format('DELETE FROM marketplace.hold_lifts WHERE marketplace_id = %s', :m));

-- who sees and who lifts: the buyer lifts what it owns, the seller only reads
CREATE ROLE regress_hold_buyer; CREATE ROLE regress_hold_alpha;
SELECT marketplace.access_grant(:m, 'regress_hold_buyer', 'buyer', :buyer) > 0 AS buyer, marketplace.access_grant(:m, 'regress_hold_alpha', 'seller', :alpha) > 0 AS alpha;
SELECT pg_temp.hold(:m, 'order_id', :order_id, '{"all": true, "reason": "dispute", "owner": "buyer"}') AS hold11 \gset
SET ROLE regress_hold_alpha;
SELECT DISTINCT target, reason, state FROM marketplace.holds_overview WHERE marketplace_id = :m AND state = 'active' ORDER BY 1, 2;
SELECT count(*) AS alarms FROM marketplace.hold_alarms;
\set VERBOSITY terse
SELECT marketplace.hold_lift(:m, :hold9, reason => 'mine');
SET ROLE regress_hold_buyer;
SELECT DISTINCT target, reason, state FROM marketplace.holds_overview WHERE marketplace_id = :m AND state = 'active' ORDER BY 1, 2;
SELECT marketplace.hold_place(:m, '{"order_id": 1, "reason": "dispute", "all": true}');
SELECT marketplace.hold_lift(:m, :hold11, reason => 'withdrawn') = :hold11 AS lifted;
SELECT marketplace.hold_lift(:m, :hold9, reason => 'mine');
\set VERBOSITY default
RESET ROLE;
DROP OWNED BY regress_hold_buyer, regress_hold_alpha;
SELECT marketplace.access_revoke(:m, 'regress_hold_buyer', 'buyer', :buyer) > 0 AS buyer, marketplace.access_revoke(:m, 'regress_hold_alpha', 'seller', :alpha) > 0 AS alpha;
DROP ROLE regress_hold_buyer, regress_hold_alpha;
