-- The refund that a return makes due (LG-49), to the cent: by grade, from escrow, from what was released and paid out, late inspection, twice, after an operator's own refund;
-- and that the rest of the line is released to its seller as if only the kept units had been sold.
\set m 6131
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
CREATE FUNCTION pg_temp.send_back(m int, order_number bigint, line bigint, quantity numeric) RETURNS bigint LANGUAGE sql AS $$
	SELECT marketplace.return_receive(m, marketplace.return_approve(m, marketplace.return_request(m, jsonb_build_object('order_id', order_number, 'reason', 'damaged', 'lines',
		jsonb_build_array(jsonb_build_object('order_line_id', line, 'quantity', quantity))))), jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('order_line_id', line, 'quantity', quantity)))) $$;
CREATE FUNCTION pg_temp.graded(line bigint, quantity numeric, grade text) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('order_line_id', line, 'quantity', quantity, 'grade', grade, 'compliant', grade = 'A', 'reason', CASE WHEN grade <> 'A' THEN 'worn' END) - CASE WHEN grade = 'A' THEN 'reason' ELSE '' END $$;
CREATE FUNCTION pg_temp.reserve(m int, order_number bigint, line bigint, quantity numeric) RETURNS bigint LANGUAGE sql AS $$
	SELECT marketplace.receipt_confirm(m, jsonb_build_object('order_id', order_number, 'lines', jsonb_build_array(jsonb_build_object('order_line_id', line, 'quantity', quantity,
		'condition', 'with_reserves', 'reserve', '{"kind": "damaged", "text": "scratched all over"}'::jsonb)))) $$;
\set ECHO all
\set decided 'SELECT e.payload ->> ''door'' AS door, e.payload ->> ''reason'' AS reason, e.payload ->> ''amount'' AS amount, l ->> ''quantity'' AS quantity, l ->> ''amount'' AS of_line, (e.payload ->> ''return_id'')::bigint = :back AS of_return FROM marketplace.events e LEFT JOIN LATERAL jsonb_array_elements(e.payload -> ''lines'') l ON true WHERE e.marketplace_id = :m AND e.aggregate = ''order'' AND e.aggregate_id = :order_id AND e.type = ''refund.decided'' ORDER BY e.id'
\set place 'SELECT marketplace.order_place(:m, jsonb_build_object(''reference'', :''reference'', ''buyer'', :buyer, ''currency'', ''EUR'', ''lines'', jsonb_build_array(jsonb_build_object(''seller'', :alpha, ''description'', ''Screws'', ''quantity'', :ordered, ''net_price'', :price, ''vat_category'', ''S'', ''vat_rate'', 20)))) AS order_id'
SELECT marketplace.commission_rule_set(:m, '{"rate_pct": 10}') > 0 AS general, marketplace.policy_set(:m, 'lg.grade_refund_pct', '{"A": 100, "B": 50, "C": 0}') > 0 AS grades;

-- ten at 12.00: four come back before anything was accepted; two as new, one at half, one worth nothing
\set reference R-1
\set ordered 10
\set price 10
:place \gset
SELECT id AS alpha_order FROM marketplace.seller_orders WHERE marketplace_id = :m AND order_id = :order_id \gset
SELECT id AS line FROM marketplace.order_lines WHERE marketplace_id = :m AND order_id = :order_id \gset
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, marketplace.payment_authorize(:m, :order_id, '120.00 EUR'))) > 0 AS paid, marketplace.seller_order_accept(:m, :alpha_order) > 0 AS accepted;
SELECT pg_temp.ship(:m, :alpha_order, :line, 10) > 0 AS shipped;
SELECT pg_temp.reserve(:m, :order_id, :line, 4) > 0 AS reserved;
SELECT pg_temp.send_back(:m, :order_id, :line, 4) AS back \gset
SELECT * FROM pg_temp.where_is(:m, :order_id);
SELECT marketplace.return_inspect(:m, :back, jsonb_build_object('lines', jsonb_build_array(pg_temp.graded(:line, 2, 'A'), pg_temp.graded(:line, 1, 'B'), pg_temp.graded(:line, 1, 'C'))), 'r-1') = :back AS inspected;
SELECT marketplace.return_inspect(:m, :back, jsonb_build_object('lines', jsonb_build_array(pg_temp.graded(:line, 2, 'A'), pg_temp.graded(:line, 1, 'B'), pg_temp.graded(:line, 1, 'C'))), 'r-1') = :back AS the_same_call;
-- 30.00 to the buyer; 18.00 stay with the seller, and are released now; 72.00 wait for the six
:decided;
SELECT * FROM pg_temp.where_is(:m, :order_id);
SELECT quantity, amount, worth FROM marketplace.refund_lines WHERE marketplace_id = :m AND order_line_id = :line;
SELECT state, amount, funded, currency FROM marketplace.refund_register WHERE marketplace_id = :m AND order_id = :order_id;
SELECT pg_temp.receive(:m, :order_id, :line, 1) > 0 AS accepted;
SELECT * FROM pg_temp.where_is(:m, :order_id);
SELECT pg_temp.receive(:m, :order_id, :line, 5) > 0 AS accepted;
SELECT * FROM pg_temp.where_is(:m, :order_id);
-- the six come back too, as new: 72.00, not what the seller kept of the first four
SELECT pg_temp.send_back(:m, :order_id, :line, 6) AS back \gset
SELECT marketplace.return_inspect(:m, :back, jsonb_build_object('lines', jsonb_build_array(pg_temp.graded(:line, 6, 'A')))) = :back AS inspected;
:decided;
SELECT * FROM pg_temp.where_is(:m, :order_id);
SELECT sum(marketplace.amount_value(amount)) AS refunded FROM marketplace.refund_lines WHERE marketplace_id = :m AND order_line_id = :line;
SELECT pg_temp.refused(format('SELECT marketplace.refund_create(%s, %L)', :m, jsonb_build_object('order_id', :order_id, 'door', 'return', 'lines', jsonb_build_array(jsonb_build_object('order_line_id', :line, 'amount', '18.01 EUR')))));

-- three at 11.11 are 40.00: one is refunded in a dispute, the same one comes back, then the two others, inspected too late
\set reference R-2
\set ordered 3
\set price 11.11
:place \gset
SELECT id AS alpha_order FROM marketplace.seller_orders WHERE marketplace_id = :m AND order_id = :order_id \gset
SELECT id AS line FROM marketplace.order_lines WHERE marketplace_id = :m AND order_id = :order_id \gset
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, marketplace.payment_authorize(:m, :order_id, '40.00 EUR'))) > 0 AS paid, marketplace.seller_order_accept(:m, :alpha_order) > 0 AS accepted;
SELECT pg_temp.ship(:m, :alpha_order, :line, 3) > 0 AS shipped;
SELECT pg_temp.reserve(:m, :order_id, :line, 1) > 0 AS reserved, pg_temp.receive(:m, :order_id, :line, 2) > 0 AS accepted;
SELECT * FROM pg_temp.where_is(:m, :order_id);
SELECT marketplace.refund_create(:m, jsonb_build_object('order_id', :order_id, 'door', 'dispute', 'reason', 'scratched', 'lines', jsonb_build_array(jsonb_build_object('order_line_id', :line, 'quantity', 1)))) > 0 AS refunded;
SELECT * FROM pg_temp.where_is(:m, :order_id);
SELECT pg_temp.send_back(:m, :order_id, :line, 1) AS back \gset
SELECT marketplace.return_inspect(:m, :back, jsonb_build_object('lines', jsonb_build_array(pg_temp.graded(:line, 1, 'A')))) = :back AS inspected;
:decided;
SELECT marketplace.payout_run(:m) AS run \gset
SELECT marketplace.payout_confirm(:m, payout_id) > 0 AS paid_out FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run;
SELECT pg_temp.send_back(:m, :order_id, :line, 2) AS back \gset
SET marketplace.clock = '2026-03-09 08:00+00';
SELECT marketplace.tick(:m) > 0 AS inspection_late;
SELECT marketplace.tick(:m) >= 0 AS nothing_twice;
:decided;
SELECT * FROM pg_temp.where_is(:m, :order_id);
SELECT s.kind, s.rule, s.value, s.currency, s.bearer FROM marketplace.refund_step_overview s WHERE s.marketplace_id = :m AND s.order_id = :order_id ORDER BY s.decision_id, s.step;
SELECT open, currency FROM marketplace.seller_debts_overview WHERE marketplace_id = :m;
SELECT * FROM marketplace.ledger_verify(:m);
SELECT * FROM marketplace.events_verify(:m);
