-- A refund planned and carried out step by step: escrow, commission, the seller's cents of this and another line, the platform's advance (FD-P14, FD-P17 to FD-P20);
-- what is refused of documents and of refunds in the wrong state.
\set m 6119
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET marketplace.clock = '2026-03-02 08:00+00';
\set SHOW_CONTEXT never
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_funds :tests '/fixtures/demo_funds.sql'
\set ECHO none
\i :demo_parties
\i :demo_funds
\set ECHO all
SELECT marketplace.commission_rule_set(:m, '{"rate_pct": 10}') > 0 AS general;
SELECT marketplace.order_place(:m, jsonb_build_object('reference', 'W-1', 'buyer', :buyer, 'currency', 'EUR', 'lines', jsonb_build_array(
	jsonb_build_object('seller', :alpha, 'description', 'Screws', 'quantity', 4, 'net_price', 25, 'vat_category', 'S', 'vat_rate', 20),
	jsonb_build_object('seller', :alpha, 'description', 'Nuts', 'quantity', 1, 'net_price', 50, 'vat_category', 'S', 'vat_rate', 20)))) AS order_id \gset
SELECT id AS alpha_order FROM marketplace.seller_orders WHERE marketplace_id = :m AND order_id = :order_id \gset
SELECT max(id) FILTER (WHERE position = 1) AS line1, max(id) FILTER (WHERE position = 2) AS line2 FROM marketplace.order_lines WHERE marketplace_id = :m AND order_id = :order_id \gset
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, marketplace.payment_authorize(:m, :order_id, '180.00 EUR'))) > 0 AS paid;
SELECT marketplace.seller_order_accept(:m, :alpha_order) > 0 AS accepted;
-- three of four screws accepted, released and paid out; then the nuts are released
SELECT pg_temp.ship(:m, :alpha_order, :line1, 3) > 0 AS shipped;
SELECT pg_temp.receive(:m, :order_id, :line1, 3) > 0 AS accepted;
SELECT marketplace.payout_run(:m) AS run \gset
SELECT marketplace.payout_confirm(:m, payout_id) > 0 AS paid FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run;
SELECT pg_temp.ship(:m, :alpha_order, :line2, 1) > 0 AS shipped;
SELECT pg_temp.receive(:m, :order_id, :line2, 1) > 0 AS accepted;
SELECT * FROM pg_temp.where_is(:m, :order_id);
SELECT l.position, r.paid, r.refunded, r.goodwill, r.lacking, r.refundable, r.currency, r.commission_on_refund
  FROM marketplace.refundable(:m, :order_id) r JOIN marketplace.order_lines l ON l.marketplace_id = :m AND l.id = r.order_line_id ORDER BY 1;

-- all screws: one from escrow, the commission of three, the seller's cents of the nuts, an advance
\set all_screws '{"order_id": ' :order_id ', "door": "return", "reason": "rust", "lines": [{"order_line_id": ' :line1 ', "quantity": 4}]}'
SELECT p.step, p.kind, p.rule, p.source, l.position AS of_line, p.value, p.currency, p.bearer, p.obstacle FROM marketplace.refund_plan(:m, :'all_screws') p
  LEFT JOIN marketplace.order_lines l ON l.marketplace_id = :m AND l.id = p.from_order_line_id ORDER BY p.step;
CREATE TEMP TABLE planned AS SELECT step, kind, rule, source, order_line_id, allocation_id, seller_id, from_order_line_id, payout_id, value, currency, bearer FROM marketplace.refund_plan(:m, :'all_screws');
SELECT marketplace.refund_create(:m, :'all_screws', 'w-1') AS decision \gset
SELECT count(*) AS other FROM (SELECT step, kind, rule, source, order_line_id, allocation_id, seller_id, from_order_line_id, payout_id, value, currency, bearer
	FROM marketplace.refund_step_overview WHERE marketplace_id = :m AND decision_id = :decision EXCEPT SELECT * FROM planned) s;
SELECT * FROM pg_temp.where_is(:m, :order_id);
SELECT door, means, state, amount, funded, short, obstacle, next_by, reason FROM marketplace.refund_register WHERE marketplace_id = :m;
SELECT own_transfer_id AS transfer, refund_id AS refund FROM marketplace.own_transfer_overview t JOIN marketplace.refund_register r ON r.marketplace_id = :m AND r.decision_id = t.decision_id WHERE t.marketplace_id = :m \gset
SELECT pg_temp.refused(format('SELECT marketplace.refund_send(%s, %s)', :m, :refund));
-- the bank has no cover at first
SELECT marketplace.own_transfer_fail(:m, :transfer, 'no cover') = :transfer AS failed;
SELECT state FROM marketplace.refund_register WHERE marketplace_id = :m;
SELECT marketplace.refund_fund(:m, :refund) = :refund AS asked_again;
SELECT max(own_transfer_id) AS transfer FROM marketplace.own_transfer_overview WHERE marketplace_id = :m \gset
SELECT marketplace.own_transfer_confirm(:m, :transfer, 'statement 5') = :transfer AS confirmed;
SELECT state, amount FROM marketplace.own_transfer_overview WHERE marketplace_id = :m ORDER BY own_transfer_id;
SELECT state, obstacle, next_by FROM marketplace.refund_register WHERE marketplace_id = :m;
SELECT marketplace.refund_confirm(:m, :refund, 'PSP') = :refund AS paid;
SELECT how, rate_pct, base, net, vat FROM marketplace.commission_reversal_overview WHERE marketplace_id = :m;
SELECT location, sum(value) FROM marketplace.funds_location_now WHERE marketplace_id = :m GROUP BY 1 ORDER BY 1;

-- the same in the words of the ledger
SELECT ring, kind, debit, credit FROM marketplace.trial_balance WHERE marketplace_id = :m AND debit + credit <> 0 ORDER BY 1, 2;
SELECT DISTINCT reason FROM marketplace.transfers WHERE marketplace_id = :m ORDER BY 1;

-- refused
SELECT pg_temp.refused(format('SELECT marketplace.refund_create(%s, %L)', :m, jsonb_build_object('order_id', :order_id, 'door', 'return', 'lines', '[]'::jsonb) || d)) FROM (VALUES
	('{}'::jsonb), ('{"door": "window"}'), ('{"unknown": 1}'), (jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('order_line_id', :line1)))),
	(jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('order_line_id', :line2, 'amount', '60.01 EUR')))),
	(jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('order_line_id', :line2, 'amount', '1.00 GBP')))),
	(jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('order_line_id', :line2, 'quantity', 2)))),
	(jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('order_line_id', :line2, 'quantity', 0)))),
	(jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('order_line_id', :line2, 'quantity', 1, 'amount', '1.00 EUR')))),
	(jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('order_line_id', :line2), jsonb_build_object('order_line_id', :line2)))),
	(jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('order_line_id', :line2)), 'means', '[{"means": "cash"}]'::jsonb)),
	(jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('order_line_id', :line2)), 'means', '[{"means": "transfer"}]'::jsonb)),
	(jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('order_line_id', :line2)), 'means', '[{"means": "wallet", "amount": "1.00 EUR"}]'::jsonb))) v(d);
SELECT marketplace.policy_set(:m, 'fd.waterfall', '["seller_available", "insurer"]') > 0 AS wrong;
SELECT pg_temp.refused(format('SELECT * FROM marketplace.refund_plan(%s, %L)', :m, jsonb_build_object('order_id', :order_id, 'door', 'return', 'lines', jsonb_build_array(jsonb_build_object('order_line_id', :line2)))));
SELECT pg_temp.refused(format('SELECT marketplace.refund_bounce(%s, %s, NULL)', :m, :refund));
SELECT pg_temp.refused(format('SELECT marketplace.refund_retry(%s, %s, ''{"means": "original"}'')', :m, :refund));
SELECT pg_temp.refused(format('SELECT marketplace.refund_fund(%s, %s)', :m, :refund));
SELECT pg_temp.refused(format('SELECT marketplace.own_transfer_confirm(%s, 999999999)', :m));
SELECT pg_temp.refused(format('UPDATE marketplace.%I SET marketplace_id = 1 WHERE marketplace_id = %s', t, :m)) FROM unnest(ARRAY['refund_decisions', 'refund_steps', 'commission_reversals', 'own_transfers']) t;
SELECT * FROM marketplace.ledger_verify(:m);
SELECT * FROM marketplace.events_verify(:m);
