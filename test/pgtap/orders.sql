-- Orders by rule id: rounding, VAT per key on the sum, nothing lost by spreading, conservation of quantities.
BEGIN;
SET search_path = marketplace, public;
SELECT plan(29);
\set m 2201
\ir ../fixtures/demo_parties.sql
\ir ../fixtures/demo_order.sql
CREATE TEMP TABLE given AS SELECT :m AS m, :buyer::bigint AS buyer, :alpha::bigint AS alpha, :beta::bigint AS beta, :order_id::bigint AS demo;

SELECT results_eq('SELECT net, vat, gross FROM order_overview, given WHERE marketplace_id = m AND order_id = demo',
	'VALUES (392.69, 70.13, 462.82)', 'IV-24 the demo order: net 392.69, VAT 70.13, gross 462.82');
SELECT results_eq('SELECT gross FROM order_seller_overview, given WHERE marketplace_id = m AND order_id = demo ORDER BY gross',
	'VALUES (89.88), (372.94)', 'IV-24 ALPHA 372.94, BETA 89.88');
SELECT results_eq('SELECT net::text, vat::text, gross::text FROM order_lines, given WHERE marketplace_id = m AND order_id = demo ORDER BY position',
	$$VALUES ('259.80 EUR', '51.96 EUR', '311.76 EUR'), ('57.99 EUR', '3.19 EUR', '61.18 EUR'), ('74.90 EUR', '14.98 EUR', '89.88 EUR')$$,
	'IV-22 each line has its net, VAT and gross');

CREATE FUNCTION pg_temp.place(lines jsonb) RETURNS bigint LANGUAGE sql AS $$
SELECT marketplace.order_place(m, jsonb_build_object('reference', gen_random_uuid(), 'buyer', buyer, 'currency', 'EUR', 'lines', (
	SELECT jsonb_agg(jsonb_build_object('seller', alpha, 'description', 'x', 'quantity', 1, 'vat_category', 'S', 'vat_rate', 20) || l ORDER BY n)
	  FROM jsonb_array_elements(lines) WITH ORDINALITY u(l, n))))
  FROM given
$$;
CREATE FUNCTION pg_temp.vats(placed bigint) RETURNS numeric[] LANGUAGE sql AS $$
SELECT array_agg(marketplace.amount_value(vat) ORDER BY position) FROM marketplace.order_lines, given WHERE marketplace_id = m AND order_id = placed
$$;
CREATE FUNCTION pg_temp.nets(placed bigint) RETURNS numeric[] LANGUAGE sql AS $$
SELECT array_agg(marketplace.amount_value(net) ORDER BY position) FROM marketplace.order_lines, given WHERE marketplace_id = m AND order_id = placed
$$;

SELECT is(pg_temp.nets(pg_temp.place('[{"net_price": 0.005}, {"net_price": 0.0049}, {"net_price": 0.335, "quantity": 3}, {"net_price": 1, "quantity": 1, "price_base_quantity": 3}]')),
	ARRAY[0.01, 0.00, 1.01, 0.33], 'RD-3 a half goes away from zero, once, on quantity × price ÷ base');
SELECT is(pg_temp.nets(pg_temp.place('[{"net_price": 10}, {"kind": "discount", "net_price": 0.005}]')), ARRAY[10.00, -0.01],
	'RD-3 symmetric: a discount of half a cent is a cent');
SELECT is(pg_temp.vats(pg_temp.place('[{"net_price": 0.33}, {"net_price": 0.33}, {"net_price": 0.33}]')), ARRAY[0.07, 0.07, 0.06],
	'RD-9 VAT 0.20 on 0.99, not 3 × 0.07; ties to the lowest position');
SELECT is(pg_temp.vats(pg_temp.place('[{"net_price": 0.01}, {"net_price": 0.01}, {"net_price": 0.01}]')), ARRAY[0.01, 0.00, 0.00],
	'IV-24 three lines of a cent carry one cent of VAT');
SELECT is(pg_temp.vats(pg_temp.place('[{"net_price": 1}, {"net_price": 1, "vat_rate": "20.00"}, {"net_price": 1, "vat_rate": 20.0000}]')),
	ARRAY[0.20, 0.20, 0.20], 'IV-24 rates that are equal as numbers are one key');
SELECT is(pg_temp.vats(pg_temp.place('[{"net_price": 0.02}, {"net_price": 0.02, "vat_rate": 10}]')), ARRAY[0.00, 0.00], 'IV-24 two rates are two keys');
SELECT is((SELECT pg_temp.vats(marketplace.order_place(m, jsonb_build_object('reference', 'two', 'buyer', buyer, 'currency', 'EUR', 'lines',
	jsonb_build_array(jsonb_build_object('seller', alpha, 'description', 'x', 'quantity', 1, 'net_price', 0.02, 'vat_category', 'S', 'vat_rate', 20),
		jsonb_build_object('seller', beta, 'description', 'x', 'quantity', 1, 'net_price', 0.02, 'vat_category', 'S', 'vat_rate', 20))))) FROM given),
	ARRAY[0.00, 0.00], 'IV-24 two sellers are two keys');

-- SETTLED 9, many random orders: sums hold whatever the discounts
CREATE TEMP TABLE random_orders AS
SELECT pg_temp.place(jsonb_agg(l)) AS id FROM (
	SELECT o, jsonb_build_object('net_price', round((random() * 20)::numeric, 2), 'quantity', 1 + (random() * 9)::int,
		'vat_rate', (ARRAY[20, 5.5, 10])[1 + i % 3], 'kind', CASE WHEN i < 7 THEN 'goods' ELSE (ARRAY['shipping', 'service', 'fee'])[1 + (random() * 2)::int] END) AS l
	  FROM generate_series(1, 60) o, generate_series(1, 9) i
	UNION ALL
	SELECT o, jsonb_build_object('net_price', round((random() * 0.5)::numeric, 3), 'quantity', 1, 'vat_rate', (ARRAY[20, 5.5, 10])[1 + i % 3], 'kind', 'discount')
	  FROM generate_series(1, 60) o, generate_series(1, 3) i WHERE random() < 0.7) lines
 GROUP BY o;
CREATE TEMP VIEW random_lines AS SELECT l.* FROM order_lines l, given, random_orders r WHERE l.marketplace_id = m AND l.order_id = r.id;
SELECT is_empty('SELECT order_id FROM random_lines GROUP BY order_id HAVING sum(net) <> sum(escrow_net) OR sum(gross) <> sum(escrow_gross)',
	'SETTLED 9 what is held adds up to the order');
SELECT is_empty($$SELECT id FROM random_lines WHERE kind = 'discount' AND (minor_units(escrow_net) <> 0 OR minor_units(escrow_gross) <> 0)$$, 'SETTLED 9 nothing is held for a discount');
SELECT is_empty('SELECT id FROM random_lines WHERE minor_units(escrow_net) < 0 OR escrow_gross < escrow_net', 'SETTLED 9 nothing held is negative');
SELECT is_empty('SELECT id FROM random_lines WHERE abs(amount_value(vat) - amount_value(net) * vat_rate / 100) >= 0.02', 'RD-9 no line''s VAT is two cents off');
SELECT is_empty('SELECT seller_id, vat_rate FROM random_lines GROUP BY order_id, seller_id, vat_category, vat_rate HAVING amount_value(sum(vat)) <> round(amount_value(sum(net)) * vat_rate / 100, 2)',
	'IV-24 the VAT of a key is that of its sum');
SELECT is_empty('SELECT s.id FROM seller_orders s, given WHERE s.marketplace_id = m AND (s.net, s.vat, s.gross) IS DISTINCT FROM
	(SELECT (sum(l.net), sum(l.vat), sum(l.gross)) FROM order_lines l WHERE l.marketplace_id = s.marketplace_id AND l.seller_order_id = s.id)',
	'a seller order is the sum of its lines');

-- Conservation: not even a writer that has taken the guards off can commit quantities that do not add up
ALTER TABLE order_lines DISABLE TRIGGER guard_write, DISABLE TRIGGER guard_change;
CREATE FUNCTION pg_temp.move(changes text) RETURNS text LANGUAGE sql AS $$
SELECT format('UPDATE marketplace.order_lines SET %s WHERE marketplace_id = %s AND order_id = %s AND position = 1', changes, m, demo) FROM given
$$;
SELECT throws_ok(pg_temp.move('cancelled = 3'), '23514', NULL, 'LG-6 more cancelled than ordered');
SELECT throws_ok(pg_temp.move('shipped = 3, in_transit = 3'), '23514', NULL, 'LG-6 more shipped than ordered');
SELECT throws_ok(pg_temp.move('cancelled = 1, shipped = 2, in_transit = 2'), '23514', NULL, 'LG-6 cancelled and shipped are more than ordered');
SELECT throws_ok(pg_temp.move('shipped = 1'), '23514', NULL, 'LG-7 shipped and nowhere');
SELECT throws_ok(pg_temp.move('shipped = 2, in_transit = 1, delivered = 2, awaited = 2'), '23514', NULL, 'LG-7 delivered and still in transit');
SELECT throws_ok(pg_temp.move('shipped = 2, delivered = 2, accepted = 1'), '23514', NULL, 'LG-8 delivered and nowhere');
SELECT throws_ok(pg_temp.move('shipped = 1, in_transit = 2, lost = -1'), '23514', NULL, 'LG-9 no term is negative');
SELECT lives_ok(pg_temp.move('shipped = 2, in_transit = 1, delivered = 1, awaited = 1'), 'LG-6 … LG-8 quantities that add up');
-- LG-13
SELECT is((SELECT delivery_status FROM order_line_quantities, given WHERE marketplace_id = m AND order_id = demo AND position = 1), 'partially_delivered', 'LG-13 part of the line delivered');
SELECT is((SELECT delivery_status FROM order_overview, given WHERE marketplace_id = m AND order_id = demo), 'partially_delivered', 'LG-13 part of the order delivered');
SELECT lives_ok(pg_temp.move('shipped = 1, in_transit = 0, cancelled = 1'), 'the rest is cancelled');
SELECT is((SELECT delivery_status FROM order_line_quantities, given WHERE marketplace_id = m AND order_id = demo AND position = 1), 'delivered', 'LG-13 all that is active is delivered');
SELECT is((SELECT delivery_status FROM order_seller_overview s, given WHERE marketplace_id = m AND order_id = demo AND seller_id = beta), 'unshipped', 'LG-13 the other seller is not concerned');

SELECT * FROM finish();
ROLLBACK;
