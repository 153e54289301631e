-- The life of an order's money: authorised, captured in two parts, settled, released share by share as the buyer accepts, paid out; and where
-- each cent was at every step (FD §2 to §5, §7; FD-P02, P03, P06, P10 to P12; FD-43).
\set m 6101
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
\set ECHO all
-- all sellers 10 % of the goods; books 5 % and 0.30 a line; the narrower rule wins
SELECT marketplace.commission_rule_set(:m, '{"rate_pct": 10}') > 0 AS general,
	marketplace.commission_rule_set(:m, '{"rate_pct": 5, "category": "books", "fixed": "0.30 EUR"}') > 0 AS books;
SELECT marketplace.seller_order_accept(:m, :alpha_order) = :alpha_order AS alpha, marketplace.seller_order_accept(:m, :beta_order) = :beta_order AS beta;

-- no goods without money (policy fd.ship_on): refused before the authorisation
SELECT pg_temp.refused(format('SELECT pg_temp.ship(%s, %s, %s, 2)', :m, :alpha_order, :line1));

-- 09:00 authorised: nothing is posted
SET marketplace.clock = '2026-03-02 09:00+00';
SELECT marketplace.payment_authorize(:m, :order_id, '462.82 EUR', '{"method": "card", "psp_reference": "pi_1"}') AS payment \gset
SELECT * FROM pg_temp.where_is(:m, :order_id);
SELECT count(*) AS transfers FROM marketplace.transfers WHERE marketplace_id = :m;

-- 10:00 and 11:00 captured in two parts, divided by what each line lacks
SET marketplace.clock = '2026-03-02 10:00+00';
SELECT marketplace.payment_capture(:m, :payment, '200.00 EUR') AS capture1 \gset
SELECT * FROM pg_temp.where_is(:m, :order_id);
SET marketplace.clock = '2026-03-02 11:00+00';
SELECT marketplace.payment_capture(:m, :payment) AS capture2 \gset
SELECT * FROM pg_temp.where_is(:m, :order_id);
-- the commission is frozen on each share; the two shares of a line add up
SELECT l.position, c.captured, c.base, c.rate_pct, c.fixed, c.commission, c.vat_pct, c.vat
  FROM marketplace.commission_overview c JOIN marketplace.order_lines l ON l.marketplace_id = c.marketplace_id AND l.id = c.order_line_id
 WHERE c.marketplace_id = :m ORDER BY c.allocation_id;

-- 12:00 the first capture is settled, less the fee
SET marketplace.clock = '2026-03-02 12:00+00';
SELECT marketplace.payment_settle(:m, :capture1, '2.90 EUR') = :capture1 AS settled;
SELECT ring, kind, debit, credit FROM marketplace.trial_balance WHERE marketplace_id = :m ORDER BY 1, 2;

-- 13:00 one of two drills accepted: half of what is final of the line, its commission carved out; the second capture waits for its settlement
SET marketplace.clock = '2026-03-02 13:00+00';
SELECT pg_temp.ship(:m, :alpha_order, :line1, 2) > 0 AS shipped;
SELECT pg_temp.receive(:m, :order_id, :line1, 1) > 0 AS accepted;
SELECT * FROM pg_temp.where_is(:m, :order_id) WHERE line = 1;

-- 14:00 the second capture is settled: what had been accepted before is released with it
SET marketplace.clock = '2026-03-02 14:00+00';
SELECT marketplace.payment_settle(:m, :capture2) = :capture2 AS settled;
SELECT * FROM pg_temp.where_is(:m, :order_id) WHERE line = 1;
SELECT state, authorised, captured FROM marketplace.payment_overview WHERE marketplace_id = :m;

-- 15:00 gloves in three acceptances of 3, 3 and 4 out of 10: each releases exactly its share, the sum is the whole (RD-10)
SET marketplace.clock = '2026-03-02 15:00+00';
SELECT pg_temp.ship(:m, :beta_order, :line3, 10) > 0 AS shipped;
SELECT pg_temp.receive(:m, :order_id, :line3, 3) > 0 AS accepted;
SELECT * FROM pg_temp.where_is(:m, :order_id) WHERE line = 3;
SELECT pg_temp.receive(:m, :order_id, :line3, 3) > 0 AS accepted;
SELECT * FROM pg_temp.where_is(:m, :order_id) WHERE line = 3;
SELECT pg_temp.receive(:m, :order_id, :line3, 4) > 0 AS accepted;
SELECT * FROM pg_temp.where_is(:m, :order_id) WHERE line = 3;
SELECT payload ->> 'amount' AS released, payload ->> 'commission' AS commission FROM marketplace.events
 WHERE marketplace_id = :m AND type = 'escrow.released' ORDER BY id;

-- 16:00 a payout run takes all that is payable, per seller; run again it finds nothing; the same key is the same run
SET marketplace.clock = '2026-03-02 16:00+00';
SELECT marketplace.payout_run(:m, request_key => 'slot-1') AS run \gset
SELECT marketplace.payout_run(:m, request_key => 'slot-1') = :run AS same_run, marketplace.payout_run(:m) <> :run AS another_run;
SELECT seller_id = :alpha AS alpha, bank_account_id = CASE seller_id WHEN :alpha THEN :alpha_bank ELSE :beta_bank END AS bank_account, state, amount, currency, batch_id = :run AS of_first_run
  FROM marketplace.payout_overview WHERE marketplace_id = :m ORDER BY payout_id;
SELECT * FROM pg_temp.where_is(:m, :order_id);
SELECT min(payout_id) AS payout1, max(payout_id) AS payout2 FROM marketplace.payout_overview WHERE marketplace_id = :m \gset
SELECT kind, object, payload - 'mandate_id' - 'payout_id' - 'seller_id' - 'bank_account_id' AS payload, state FROM marketplace.instructions WHERE marketplace_id = :m ORDER BY id;

-- 17:00 one is sent by the PSP's adapter, which knows instructions; the other is lost from sight
SET marketplace.clock = '2026-03-02 17:00+00';
SELECT marketplace.instruction_send(:m, i.id) > 0 AS sent FROM marketplace.instructions i WHERE i.marketplace_id = :m AND i.object_id = :payout1;
SELECT marketplace.payout_send(:m, :payout2) = :payout2 AS sent;
SELECT marketplace.instruction_lose_track(:m, i.id) > 0 AS lost FROM marketplace.instructions i WHERE i.marketplace_id = :m AND i.object_id = :payout2;
SELECT seller_id = :alpha AS alpha, state FROM marketplace.payout_overview WHERE marketplace_id = :m ORDER BY payout_id;
SELECT * FROM pg_temp.where_is(:m, :order_id);

-- 18:00 one is paid; of the other the PSP says that it was not: the money can be paid again
SET marketplace.clock = '2026-03-02 18:00+00';
SELECT marketplace.payout_confirm(:m, :payout1) = :payout1 AS paid;
SELECT pg_temp.refused(format('SELECT marketplace.payout_confirm(%s, %s)', :m, p)) FROM (VALUES (:payout1), (:payout2)) v(p);
SELECT marketplace.payout_fail(:m, :payout2, 'AC01: account number invalid') = :payout2 AS failed;
SELECT * FROM pg_temp.where_is(:m, :order_id);
SELECT seller_id = :alpha AS alpha, escrow, available, in_payout, commission, currency FROM marketplace.seller_balance WHERE marketplace_id = :m ORDER BY 1 DESC;
-- the next run pays it: confirmed without a word of its sending
SELECT marketplace.payout_run(:m) AS run2 \gset
SELECT marketplace.payout_confirm(:m, payout_id) = payout_id AS paid FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run2;
-- and the drill that is left
SET marketplace.clock = '2026-03-02 19:00+00';
SELECT pg_temp.receive(:m, :order_id, :line1, 1) > 0 AS accepted;
SELECT * FROM pg_temp.where_is(:m, :order_id);
-- shares of which nothing is left are closed
SELECT l.position, count(*) FILTER (WHERE a.open) AS open, count(*) AS shares FROM marketplace.capture_allocations a
  JOIN marketplace.order_lines l ON l.marketplace_id = a.marketplace_id AND l.id = a.order_line_id WHERE a.marketplace_id = :m GROUP BY 1 ORDER BY 1;

-- at every past instant each captured cent is in exactly one place
SELECT t, sum(value) FILTER (WHERE memo) AS authorised, sum(value) FILTER (WHERE NOT memo) AS captured, sum(unsettled) AS unsettled,
	string_agg(DISTINCT location, ', ' ORDER BY location) AS locations
  FROM generate_series('2026-03-02 08:30+00'::timestamptz, '2026-03-02 19:30+00', '1 hour') t
  LEFT JOIN LATERAL marketplace.funds_location(:m, :order_id, t) f ON true GROUP BY t ORDER BY t;
SELECT * FROM pg_temp.where_is(:m, :order_id, '2026-03-02 17:30+00');
-- the view for reports says the same of now
SELECT order_line_id, location, value, currency FROM marketplace.funds_location_now WHERE marketplace_id = :m
EXCEPT SELECT order_line_id, location, value, currency FROM marketplace.funds_location(:m, :order_id);
SELECT order_line_id, location, value, currency FROM marketplace.funds_location(:m, :order_id) WHERE NOT memo
EXCEPT SELECT order_line_id, location, value, currency FROM marketplace.funds_location_now WHERE marketplace_id = :m;

-- the books
SELECT ring, kind, debit, credit FROM marketplace.trial_balance WHERE marketplace_id = :m ORDER BY 1, 2;
SELECT * FROM marketplace.ledger_verify(:m);
SELECT * FROM marketplace.events_verify(:m);
