-- An order's whole life: 3 sellers, 7 lines, 8 transactions. The product and the baseline (baseline/life.sql) have the same functions.
\set n random(1, 1000000000000000)
\set buyer 3 + :client_id
\set a 11 + 3 * :client_id
-- 1 place
SELECT marketplace.order_place(2, format('{"reference":"%1$s","buyer":%2$s,"currency":"EUR","lines":[{"seller":%3$s,"sku":"A-100","description":"Perceuse 18V","quantity":2,"net_price":"129.90","vat_category":"S","vat_rate":20},{"seller":%3$s,"sku":"A-200","description":"Livre technique","quantity":3,"net_price":"19.33","vat_category":"S","vat_rate":5.5},{"seller":%3$s,"sku":"A-300","description":"Forets","quantity":1,"net_price":"24.50","vat_category":"S","vat_rate":20},{"seller":%4$s,"sku":"B-1","description":"Gants nitrile","quantity":10,"net_price":"7.49","vat_category":"S","vat_rate":20},{"seller":%4$s,"sku":"B-2","description":"Lunettes","quantity":4,"net_price":"12.00","vat_category":"S","vat_rate":20},{"seller":%5$s,"sku":"C-1","description":"Echelle","quantity":1,"net_price":"189.00","vat_category":"S","vat_rate":20},{"seller":%5$s,"sku":"C-2","description":"Lampe","quantity":2,"net_price":"35.25","vat_category":"S","vat_rate":20}]}', :n::bigint, :buyer::int, :a::int, :a::int + 1, :a::int + 2)::jsonb, format('place-%s', :n::bigint)) AS order_id \gset
SELECT o[1] AS o1, o[2] AS o2, o[3] AS o3, l[1] AS l1, l[2] AS l2, l[3] AS l3, l[4] AS l4, l[5] AS l5, l[6] AS l6, l[7] AS l7 FROM (SELECT array_agg(id ORDER BY seller_id) AS o FROM marketplace.seller_orders WHERE marketplace_id = 2 AND order_id = :order_id) s, (SELECT array_agg(id ORDER BY position) AS l FROM marketplace.order_lines WHERE marketplace_id = 2 AND order_id = :order_id) t \gset
-- 2 accept
SELECT marketplace.seller_order_accept(2, :o1, format('accept-%s', :o1::bigint)), marketplace.seller_order_accept(2, :o2, format('accept-%s', :o2::bigint)), marketplace.seller_order_accept(2, :o3, format('accept-%s', :o3::bigint));
-- 3 authorise and capture
BEGIN;
SELECT marketplace.payment_authorize(2, :order_id, '861.22 EUR', format('{"method":"card","psp_reference":"pi_%s"}', :n::bigint)::jsonb, format('authorise-%s', :n::bigint)) AS payment \gset
SELECT marketplace.payment_capture(2, :payment, NULL, format('capture-%s', :n::bigint)) AS capture \gset
COMMIT;
-- 4 settle
SELECT marketplace.payment_settle(2, :capture, '2.90 EUR', format('settle-%s', :n::bigint));
-- 5 ship
SELECT marketplace.shipment_hand_over(2, marketplace.shipment_create(2, format('{"seller_order_id":%2$s,"carrier":"colis","parcels":[{"tracking_number":"T%1$s-1","contents":[{"order_line_id":%3$s,"quantity":2},{"order_line_id":%4$s,"quantity":3},{"order_line_id":%5$s,"quantity":1}]}]}', :n::bigint, :o1::bigint, :l1::bigint, :l2::bigint, :l3::bigint)::jsonb, format('ship-%s-1', :n::bigint)), format('hand-%s-1', :n::bigint)), marketplace.shipment_hand_over(2, marketplace.shipment_create(2, format('{"seller_order_id":%2$s,"carrier":"colis","parcels":[{"tracking_number":"T%1$s-2","contents":[{"order_line_id":%3$s,"quantity":10},{"order_line_id":%4$s,"quantity":4}]}]}', :n::bigint, :o2::bigint, :l4::bigint, :l5::bigint)::jsonb, format('ship-%s-2', :n::bigint)), format('hand-%s-2', :n::bigint)), marketplace.shipment_hand_over(2, marketplace.shipment_create(2, format('{"seller_order_id":%2$s,"carrier":"colis","parcels":[{"tracking_number":"T%1$s-3","contents":[{"order_line_id":%3$s,"quantity":1},{"order_line_id":%4$s,"quantity":2}]}]}', :n::bigint, :o3::bigint, :l6::bigint, :l7::bigint)::jsonb, format('ship-%s-3', :n::bigint)), format('hand-%s-3', :n::bigint));
-- 6 deliver
SELECT marketplace.tracking_record(2, jsonb_build_object('source', 'colis', 'source_event_id', format('D%s-%s', :n::bigint, p), 'carrier', 'colis', 'tracking_number', format('T%s-%s', :n::bigint, p), 'state', 'delivered', 'occurred_at', now())) FROM generate_series(1, 3) p;
-- 7 the buyer accepts: money is released, the invoices are issued
SELECT marketplace.receipt_confirm(2, format('{"order_id":%s,"lines":[{"order_line_id":%s,"quantity":2,"condition":"conform"},{"order_line_id":%s,"quantity":3,"condition":"conform"},{"order_line_id":%s,"quantity":1,"condition":"conform"},{"order_line_id":%s,"quantity":10,"condition":"conform"},{"order_line_id":%s,"quantity":4,"condition":"conform"},{"order_line_id":%s,"quantity":1,"condition":"conform"},{"order_line_id":%s,"quantity":2,"condition":"conform"}]}', :order_id::bigint, :l1::bigint, :l2::bigint, :l3::bigint, :l4::bigint, :l5::bigint, :l6::bigint, :l7::bigint)::jsonb, format('receipt-%s', :n::bigint));
-- 8 pay out
BEGIN;
SELECT marketplace.payout_run(2, format('{"sellers":[%s,%s,%s]}', :a::int, :a::int + 1, :a::int + 2)::jsonb, format('run-%s', :n::bigint)) AS run \gset
SELECT marketplace.payout_confirm(2, id) FROM marketplace.payouts WHERE marketplace_id = 2 AND batch_id = :run;
COMMIT;
