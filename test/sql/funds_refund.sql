-- Refunds of what was cancelled before it was shipped: the captured share, cumulative to the cent, shipping with the whole seller order (FD-P14 to
-- FD-P16); what was released comes back from the seller (FD-P17).
\set m 6102
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
SELECT marketplace.order_place(:m, jsonb_build_object('reference', 'R-1', 'buyer', :buyer, 'currency', 'EUR', 'lines', jsonb_build_array(
	jsonb_build_object('seller', :alpha, 'description', 'Screws', 'quantity', 3, 'net_price', 10.03, 'vat_category', 'S', 'vat_rate', 20),
	jsonb_build_object('seller', :alpha, 'description', 'Delivery', 'kind', 'shipping', 'quantity', 1, 'net_price', 6, 'vat_category', 'S', 'vat_rate', 20),
	jsonb_build_object('seller', :beta, 'description', 'Nuts', 'quantity', 7, 'net_price', 1.43, 'vat_category', 'S', 'vat_rate', 20),
	jsonb_build_object('seller', :beta, 'description', 'Delivery', 'kind', 'shipping', 'quantity', 1, 'net_price', 5, 'vat_category', 'S', 'vat_rate', 20)))) AS order_id \gset
SELECT max(seller_order_id) FILTER (WHERE seller_id = :alpha) AS alpha_order, max(seller_order_id) FILTER (WHERE seller_id = :beta) AS beta_order,
	max(id) FILTER (WHERE position = 1) AS line1, max(id) FILTER (WHERE position = 3) AS line3
  FROM marketplace.order_lines WHERE marketplace_id = :m AND order_id = :order_id \gset
SELECT position, kind, escrow_net, escrow_gross FROM marketplace.order_lines WHERE marketplace_id = :m ORDER BY position;
SELECT marketplace.commission_rule_set(:m, '{"rate_pct": 10}') > 0 AS general;

-- cancelled before anything was captured: nothing to refund, and the order is worth less
SELECT marketplace.order_line_refuse(:m, :line3, 2, 'out of stock') > 0 AS cancelled;
SELECT count(*) AS refunds FROM marketplace.refunds WHERE marketplace_id = :m;
SELECT marketplace.payment_authorize(:m, :order_id, '70.00 EUR', '{"method": "card", "psp_reference": "r1"}') AS payment \gset
SELECT marketplace.payment_capture(:m, :payment) AS capture \gset
SELECT * FROM pg_temp.where_is(:m, :order_id);

-- captured, one of three screws cancelled: a third goes back, rounded
SELECT marketplace.order_line_refuse(:m, :line1, 1, 'broken') > 0 AS cancelled;
SELECT state, amount, currency, reason FROM marketplace.refund_overview WHERE marketplace_id = :m;
SELECT * FROM pg_temp.where_is(:m, :order_id) WHERE line IN (1, 2);
SELECT refund_id AS refund1 FROM marketplace.refund_overview WHERE marketplace_id = :m \gset
-- settled: nothing is released, since nothing was accepted; then the refund is sent and paid, once
SELECT marketplace.payment_settle(:m, :capture, '0.50 EUR') = :capture AS settled;
SELECT marketplace.refund_send(:m, :refund1) = :refund1 AS sent;
SELECT * FROM pg_temp.where_is(:m, :order_id) WHERE line = 1;
SELECT marketplace.refund_confirm(:m, :refund1) = :refund1 AS paid;
SELECT * FROM pg_temp.where_is(:m, :order_id) WHERE line = 1;
SELECT pg_temp.refused(format('SELECT marketplace.refund_confirm(%s, %s)', :m, :refund1));

-- the second seller refuses its whole order: all lines in one refund, shipping included
SELECT marketplace.seller_order_refuse(:m, :beta_order, 'no stock at all') = :beta_order AS refused;
SELECT state, amount, currency, reason, (SELECT count(*) FROM marketplace.refund_items i WHERE i.marketplace_id = r.marketplace_id AND i.refund_id = r.refund_id) AS items
  FROM marketplace.refund_overview r WHERE marketplace_id = :m ORDER BY refund_id;
SELECT * FROM pg_temp.where_is(:m, :order_id) WHERE line IN (3, 4);
SELECT kind, object, payload ->> 'amount' AS amount, payload ->> 'psp_reference' AS psp_reference, state FROM marketplace.instructions WHERE marketplace_id = :m ORDER BY id;
-- the PSP refuses it: the money is the buyer's and stays with us
SELECT max(refund_id) AS refund2 FROM marketplace.refund_overview WHERE marketplace_id = :m \gset
SELECT marketplace.refund_send(:m, :refund2) = :refund2 AS sent;
SELECT marketplace.refund_fail(:m, :refund2, 'card closed') = :refund2 AS failed;
SELECT * FROM pg_temp.where_is(:m, :order_id) WHERE line IN (3, 4);

-- the two screws that are left: one accepted and released with half of the shipping, the other cancelled
SELECT marketplace.seller_order_accept(:m, :alpha_order) = :alpha_order AS accepted;
SELECT pg_temp.ship(:m, :alpha_order, :line1, 1) > 0 AS shipped;
SELECT pg_temp.receive(:m, :order_id, :line1, 1) > 0 AS accepted;
SELECT * FROM pg_temp.where_is(:m, :order_id) WHERE line IN (1, 2);
-- with the cancellation the seller order is complete: the shipping that is left is released
SELECT marketplace.order_line_refuse(:m, :line1, NULL, 'broken') > 0 AS cancelled;
SELECT * FROM pg_temp.where_is(:m, :order_id);
SELECT sum(value) AS captured FROM marketplace.funds_location(:m, :order_id) WHERE NOT memo;
-- nothing lacks: what was cancelled is not captured again
SELECT pg_temp.refused(format('SELECT marketplace.payment_capture(%s, %s)', :m, :payment));
-- money that an operator released by hand comes back from the seller
SELECT marketplace.order_place(:m, jsonb_build_object('reference', 'R-9', 'buyer', :buyer, 'currency', 'EUR', 'lines', jsonb_build_array(
	jsonb_build_object('seller', :beta, 'description', 'Nuts', 'quantity', 10, 'net_price', 7.49, 'vat_category', 'S', 'vat_rate', 20)))) AS order_id \gset
SELECT id AS beta_order FROM marketplace.seller_orders WHERE marketplace_id = :m AND order_id = :order_id \gset
SELECT id AS line1 FROM marketplace.order_lines WHERE marketplace_id = :m AND order_id = :order_id \gset
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, marketplace.payment_authorize(:m, :order_id, '89.88 EUR'))) > 0 AS paid;
SELECT marketplace.seller_order_accept(:m, :beta_order) > 0 AS accepted;
SELECT marketplace.escrow_release(:m, :beta_order) > 0 AS released;
SELECT marketplace.order_line_refuse(:m, :line1, 4, 'sold out') > 0 AS cancelled;
SELECT kind, rule, source, value, bearer FROM marketplace.refund_step_overview WHERE marketplace_id = :m AND order_id = :order_id ORDER BY step;
SELECT * FROM pg_temp.where_is(:m, :order_id);
SELECT ring, kind, debit, credit FROM marketplace.trial_balance WHERE marketplace_id = :m ORDER BY 1, 2;
SELECT * FROM marketplace.ledger_verify(:m);
