-- A seller's answer: accept, refuse, refuse a line, silence (RD-14), new promises (LG-33); quantities follow (LG-5, LG-6).
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'Europe/Paris';
SET datestyle = 'ISO';
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\set m 2103
-- Thursday before Easter: two business days in France end on Tuesday
SET marketplace.clock = '2026-04-02 10:00+02';
\i :demo_parties
\i :demo_order
SELECT state, accept_by, on_silence FROM marketplace.seller_orders WHERE marketplace_id = :m AND order_id = :order_id ORDER BY id;

-- accept, twice; a part that is accepted is not refused as a whole
SELECT marketplace.seller_order_accept(:m, :alpha_order, 'accept-1') = :alpha_order AS accepted;
SELECT marketplace.seller_order_accept(:m, :alpha_order, 'accept-1') = :alpha_order AS replayed;
\set VERBOSITY sqlstate
SELECT marketplace.seller_order_accept(:m, :alpha_order);
SELECT marketplace.seller_order_refuse(:m, :alpha_order, 'changed my mind');
\set VERBOSITY default
SELECT marketplace.seller_order_accept(:m, 999999999);
SELECT marketplace.seller_order_refuse(:m, :alpha_order, NULL);
-- part of a line, more than is left, fractions too fine, without a reason
SELECT marketplace.order_line_refuse(:m, :line2, 1.5, 'broken in the warehouse') > 0 AS moved;
\set VERBOSITY sqlstate
SELECT marketplace.order_line_refuse(:m, :line2, 1.6, 'more than there is');
SELECT marketplace.order_line_refuse(:m, :line2, 0, 'nothing');
SELECT marketplace.order_line_refuse(:m, :line2, -1, 'less');
SELECT marketplace.order_line_refuse(:m, :line2, 'NaN', 'nonsense');
SELECT marketplace.order_line_refuse(:m, :line2, 0.00001, 'dust');
SELECT marketplace.order_line_refuse(:m, :line2, 1);
\set VERBOSITY default
SELECT marketplace.order_line_refuse(:m, 999999999, 1, 'x');
SELECT position, quantity, cancelled, to_ship, delivery_status FROM marketplace.order_line_quantities WHERE marketplace_id = :m AND order_id = :order_id ORDER BY position;
-- the rest; then the other line: nothing is left and the seller order is refused
SELECT marketplace.order_line_refuse(:m, :line2, NULL, 'sold out') > 0 AS moved;
\set VERBOSITY sqlstate
SELECT marketplace.order_line_refuse(:m, :line2, NULL, 'again');
\set VERBOSITY default
SELECT state FROM marketplace.seller_orders WHERE marketplace_id = :m AND id = :alpha_order;
SELECT marketplace.order_line_refuse(:m, :line1, NULL, 'sold out as well') > 0 AS moved;
SELECT state, answered_at FROM marketplace.seller_orders WHERE marketplace_id = :m AND id = :alpha_order;
-- refused as a whole: every line is cancelled
SELECT marketplace.seller_order_refuse(:m, :beta_order, 'closed for the holidays') = :beta_order AS refused;
SELECT answer, delivery_status FROM marketplace.order_overview WHERE marketplace_id = :m AND order_id = :order_id;
SELECT m.kind, m.quantity, m.reverses IS NULL AS first, l.position FROM marketplace.quantity_movements m
  JOIN marketplace.order_lines l ON l.marketplace_id = m.marketplace_id AND l.id = m.order_line_id WHERE m.marketplace_id = :m ORDER BY m.id;
SELECT sequence, type, payload - 'order_id' - 'order_line_id' - 'seller_order_id' - 'seller_id' - 'buyer_id' AS payload FROM marketplace.events
 WHERE marketplace_id = :m AND aggregate = 'order' AND aggregate_id = :order_id ORDER BY sequence;
SELECT what, details - 'seller_order_id' AS details FROM marketplace.order_timeline WHERE marketplace_id = :m AND order_id = :order_id AND sequence IS NULL ORDER BY details ->> 'seller_order_id', at, what;

-- shipping and discounts go with the last goods, not before
CREATE TEMP TABLE given AS SELECT :m AS m, :buyer::bigint AS buyer, :alpha::bigint AS alpha;
CREATE FUNCTION pg_temp.place(ref text) RETURNS bigint LANGUAGE sql AS $$
SELECT marketplace.order_place(m, jsonb_build_object('reference', ref, 'buyer', buyer, 'currency', 'EUR', 'lines', (
	SELECT jsonb_agg(l || jsonb_build_object('seller', alpha, 'description', 'x', 'quantity', 1, 'vat_category', 'S', 'vat_rate', 20))
	  FROM jsonb_array_elements('[{"net_price": 30}, {"net_price": 60}, {"kind": "shipping", "net_price": 5}, {"kind": "discount", "net_price": 9}]') l)))
  FROM given
$$;
CREATE FUNCTION pg_temp.line(placed bigint, place int) RETURNS bigint LANGUAGE sql AS $$
SELECT id FROM marketplace.order_lines, given WHERE marketplace_id = m AND order_id = placed AND position = place
$$;
SELECT pg_temp.place('A') AS a \gset
\set VERBOSITY sqlstate
SELECT marketplace.order_line_refuse(:m, pg_temp.line(:a, 4), NULL, 'too cheap');
\set VERBOSITY default
SELECT marketplace.order_line_refuse(:m, pg_temp.line(:a, 1), NULL, 'sold out') > 0 AS moved;
SELECT position, kind, to_ship FROM marketplace.order_line_quantities WHERE marketplace_id = :m AND order_id = :a ORDER BY position;
SELECT marketplace.order_line_refuse(:m, pg_temp.line(:a, 2), NULL, 'sold out') > 0 AS moved;
SELECT position, kind, to_ship FROM marketplace.order_line_quantities WHERE marketplace_id = :m AND order_id = :a ORDER BY position;
SELECT state, recorded_state FROM marketplace.order_seller_overview WHERE marketplace_id = :m AND order_id = :a;

-- silence: refusal by default, acceptance where the policy said so at placement; in time means at the deadline
SELECT pg_temp.place('B') AS b \gset
SELECT marketplace.policy_set(:m, 'od.accept_on_silence', '"accept"', jsonb_build_object('seller_id', :alpha)) > 0 AS set;
SELECT marketplace.policy_set(:m, 'od.accept_within', '{"n": 4, "unit": "hours"}') > 0 AS set;
SELECT pg_temp.place('C') AS c \gset
SELECT o.reference, s.state, s.accept_by, s.on_silence FROM marketplace.order_seller_overview s JOIN marketplace.orders o ON o.marketplace_id = s.marketplace_id AND o.id = s.order_id
 WHERE s.marketplace_id = :m AND o.reference IN ('B', 'C') ORDER BY 1;
SET marketplace.clock = '2026-04-02 14:00+02';
SELECT state, recorded_state FROM marketplace.order_seller_overview WHERE marketplace_id = :m AND order_id IN (:b, :c) ORDER BY order_id;
SET marketplace.clock = '2026-04-02 14:00:01+02';
SELECT state, recorded_state FROM marketplace.order_seller_overview WHERE marketplace_id = :m AND order_id IN (:b, :c) ORDER BY order_id;
SELECT id AS silent FROM marketplace.seller_orders WHERE marketplace_id = :m AND order_id = :c \gset
\set VERBOSITY sqlstate
SELECT marketplace.seller_order_refuse(:m, :silent, 'too late to refuse');
\set VERBOSITY default
SELECT marketplace.tick(:m) >= 1 AS ticked;
SELECT state, answered_at FROM marketplace.seller_orders WHERE marketplace_id = :m AND order_id IN (:b, :c) ORDER BY order_id;
-- accepted by silence, then cancelled before tick() came by: both are recorded, in that order
SELECT pg_temp.place('D') AS d \gset
SET marketplace.clock = '2026-04-02 19:00+02';
SELECT marketplace.order_line_refuse(:m, pg_temp.line(:d, 1), NULL, 'sold out') > 0 AS moved;
SELECT state, answered_at FROM marketplace.seller_orders WHERE marketplace_id = :m AND order_id = :d;
SELECT sequence, type FROM marketplace.events WHERE marketplace_id = :m AND aggregate = 'order' AND aggregate_id = :d ORDER BY sequence;
SET marketplace.clock = '2026-04-07 10:00:01+02';
SELECT id AS late FROM marketplace.seller_orders WHERE marketplace_id = :m AND order_id = :b \gset
SELECT state, recorded_state FROM marketplace.order_seller_overview WHERE marketplace_id = :m AND order_id = :b;
\set VERBOSITY sqlstate
SELECT marketplace.seller_order_accept(:m, :late);
SELECT marketplace.order_line_refuse(:m, pg_temp.line(:b, 1), NULL, 'x');
\set VERBOSITY default
SELECT marketplace.tick(:m) >= 1 AS ticked;
SELECT count(*) AS refusals FROM marketplace.events WHERE marketplace_id = :m AND aggregate_id = :b AND aggregate = 'order' AND type = 'seller_order.refused';
SELECT state, answered_at FROM marketplace.seller_orders WHERE marketplace_id = :m AND order_id = :b;
-- once more changes nothing
SELECT marketplace.tick(:m) AS ticked_again;
SELECT count(*) AS refusals FROM marketplace.events WHERE marketplace_id = :m AND aggregate_id = :b AND aggregate = 'order' AND type = 'seller_order.refused';

-- promises: the first is kept, the last counts
SELECT marketplace.order_line_promise(:m, :line1, '{"source": "seller"}');
SELECT marketplace.order_line_promise(:m, :line1, '{"deliver_by": "2026-05-01"}');
SELECT marketplace.order_line_promise(:m, :line1, '{"source": "seller", "deliver_from": "2026-05-02", "deliver_by": "2026-05-01"}');
SELECT marketplace.order_line_promise(:m, :line1, '{"source": "seller", "deliver_by": "2028-01-10"}') > 0 AS promised;
SELECT marketplace.order_line_promise(:m, :line1, '{"source": "agreed with the buyer", "ship_by": "2028-01-15", "deliver_by": "2028-01-20"}') > 0 AS promised;
SELECT first_deliver_by, ship_by, deliver_by, source FROM marketplace.order_line_promise_current WHERE marketplace_id = :m AND order_line_id IN (:line1, :line2) ORDER BY order_line_id;

-- what is recorded stays; quantities and orders are written by functions; states follow their lifecycle
UPDATE marketplace.order_lines SET cancelled = 0 WHERE marketplace_id = :m AND id = :line1;
UPDATE marketplace.order_lines SET net_price = 1 WHERE marketplace_id = :m AND id = :line1;
DELETE FROM marketplace.order_lines WHERE marketplace_id = :m AND id = :line1;
UPDATE marketplace.orders SET reference = 'x' WHERE marketplace_id = :m;
DELETE FROM marketplace.quantity_movements WHERE marketplace_id = :m;
UPDATE marketplace.quantity_movements SET quantity = 1 WHERE marketplace_id = :m;
UPDATE marketplace.seller_orders SET gross = net, vat = gross WHERE marketplace_id = :m;
UPDATE marketplace.seller_orders SET state = 'placed', answered_at = NULL WHERE marketplace_id = :m AND id = :beta_order;
TRUNCATE marketplace.orders;
INSERT INTO marketplace.orders (marketplace_id, reference, buyer_id, currency, placed_at, recorded_at) VALUES (:m, 'x', :buyer, 'EUR', now(), now());
