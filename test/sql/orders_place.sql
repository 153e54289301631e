-- order_place(): the strict document, pinned amounts, what is refused and where (RD-3 … RD-5, IV-22, IV-24).
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\set m 2101
\i :demo_parties
CREATE TEMP TABLE given AS SELECT :m AS m, :buyer::bigint AS buyer, :alpha::bigint AS alpha, :beta::bigint AS beta, :psp::bigint AS psp;
-- Places an order of one line, or of the lines given, that differs from a good one by what the arguments say; a JSON null takes a key out.
CREATE FUNCTION pg_temp.place(header jsonb, VARIADIC lines jsonb[]) RETURNS bigint LANGUAGE sql AS $$
SELECT marketplace.order_place(g.m, jsonb_strip_nulls(jsonb_build_object('reference', 'R-' || (random() * 1e9)::int, 'buyer', g.buyer,
	'currency', 'EUR', 'lines', (SELECT jsonb_agg(jsonb_build_object('seller', g.alpha, 'description', 'thing', 'quantity', 1,
		'net_price', 10, 'vat_category', 'S', 'vat_rate', 20) || l ORDER BY n) FROM unnest(lines) WITH ORDINALITY u(l, n))) || header))
FROM given g
$$;
CREATE FUNCTION pg_temp.amounts(placed bigint) RETURNS TABLE ("position" int, kind text, net text, vat text, gross text, escrow_net text, escrow_gross text)
LANGUAGE sql AS $$
SELECT l.position, l.kind, l.net, l.vat, l.gross, l.escrow_net, l.escrow_gross FROM marketplace.order_lines l, given g
 WHERE l.marketplace_id = g.m AND l.order_id = placed ORDER BY l.position
$$;

-- the order of the worked examples
\i :demo_order
SELECT reference, buyer_name, currency, net, vat, gross, sellers, answer, lines, delivery_status FROM marketplace.order_overview
 WHERE marketplace_id = :m AND order_id = :order_id;
SELECT p.name, s.state, s.recorded_state, s.on_silence, s.incoterm, s.net, s.vat, s.gross, s.currency, s.delivery_status
  FROM marketplace.order_seller_overview s JOIN marketplace.parties p ON p.marketplace_id = s.marketplace_id AND p.id = s.seller_id
 WHERE s.marketplace_id = :m AND s.order_id = :order_id ORDER BY p.name;
SELECT * FROM pg_temp.amounts(:order_id);
SELECT delivery_address FROM marketplace.orders WHERE marketplace_id = :m AND id = :order_id;
SELECT payload - 'order_id' - 'buyer_id' AS payload, sequence FROM marketplace.events WHERE marketplace_id = :m AND aggregate = 'order' AND type = 'order.placed';
-- the same reference again, and the same request key again
SELECT pg_temp.place('{"reference": "CMD-2026-778"}', '{}');
SELECT marketplace.order_place(:m, format('{"reference": "K", "buyer": %s, "currency": "EUR", "lines": [{"seller": %s, "description": "x", "quantity": 1, "net_price": 1, "vat_category": "O"}]}', :buyer, :alpha)::jsonb, 'key') AS first \gset
SELECT marketplace.order_place(:m, format('{"reference": "K", "buyer": %s, "currency": "EUR", "lines": [{"seller": %s, "description": "x", "quantity": 1, "net_price": 1, "vat_category": "O"}]}', :buyer, :alpha)::jsonb, 'key') = :first AS same_order;

-- discounts: folded into the goods they reduce, by what is left of them
SELECT * FROM pg_temp.amounts(pg_temp.place('{}', '{"net_price": 30}', '{"net_price": 60}', '{"kind": "shipping", "net_price": 5}', '{"kind": "discount", "net_price": 10}'));
SELECT * FROM pg_temp.amounts(pg_temp.place('{}', '{"net_price": 30}', '{"net_price": 60}', '{"kind": "discount", "net_price": 30, "applies_to": 1}', '{"kind": "discount", "net_price": 6}'));
-- everything given away; and free goods beside shipping that is paid
SELECT * FROM pg_temp.amounts(pg_temp.place('{}', '{"net_price": 0.33}', '{"kind": "discount", "net_price": 0.33}'));
SELECT * FROM pg_temp.amounts(pg_temp.place('{}', '{"net_price": 0.33}', '{"kind": "discount", "net_price": 0.33}', '{"kind": "shipping", "net_price": 4.99}'));
-- currencies with other minor units, base quantities, exemption codes as part of the key
SELECT * FROM pg_temp.amounts(pg_temp.place('{"currency": "JPY"}', '{"net_price": 149.5, "quantity": 3}', '{"kind": "discount", "net_price": 100, "vat_rate": 20}'));
SELECT * FROM pg_temp.amounts(pg_temp.place('{"currency": "KWD"}', '{"net_price": "12.3456", "quantity": "1.5", "price_base_quantity": 100}'));
SELECT * FROM pg_temp.amounts(pg_temp.place('{}', '{"vat_category": "E", "vat_rate": 0, "exemption_code": "VATEX-FR-FRANCHISE"}', '{"vat_category": "O", "vat_rate": null}', '{"vat_category": "AE", "vat_rate": 0}'));
-- positions are the client's, lines are kept by position; dates and address come from the header unless the line has its own
SELECT pg_temp.place('{"deliver_from": "2026-03-10", "deliver_by": "2026-03-12", "incoterm": "EXW", "delivery_address": {"line1": "1 quai", "city": "BREST", "country": "FR"}}',
	'{"position": 30, "deliver_by": "2026-03-20"}', '{"position": 10, "unit": "KGM", "quantity": "2.5000", "ship_by": "2026-03-09"}') AS promised \gset
SELECT position, unit, quantity, ship_by, deliver_from, deliver_by FROM marketplace.order_lines WHERE marketplace_id = :m AND order_id = :promised ORDER BY position;
SELECT s.incoterm, o.delivery_address FROM marketplace.orders o JOIN marketplace.seller_orders s ON s.marketplace_id = o.marketplace_id AND s.order_id = o.id WHERE o.marketplace_id = :m AND o.id = :promised;

-- documents that are not orders
SELECT marketplace.order_place(:m, NULL);
SELECT marketplace.order_place(:m, '[]');
SELECT marketplace.order_place(:m, '{}');
SELECT pg_temp.place('{"buyer": "me"}', '{}');
SELECT pg_temp.place('{"lines": []}', '{}');
SELECT pg_temp.place('{"lines": {}}', '{}');
SELECT pg_temp.place('{"lines": [1]}', '{}');
SELECT pg_temp.place('{"total": 5}', '{}');
SELECT pg_temp.place('{"reference": ""}', '{}');
SELECT pg_temp.place('{"currency": "eur"}', '{}');
SELECT pg_temp.place('{"currency": "XAU"}', '{}');
-- a currency that had ended, or had not begun, when the order was placed; while it was in force it is recorded (RD-22)
SELECT pg_temp.place('{"currency": "BGN", "placed_at": "2025-12-31T23:00:00Z"}', '{}');
SELECT pg_temp.place('{"currency": "BGN", "placed_at": "2025-12-31T22:59:59Z"}', '{}') > 0 AS recorded;
SELECT pg_temp.place('{"currency": "XCG", "placed_at": "2024-05-05T10:00:00Z"}', '{}');
SELECT pg_temp.place('{"incoterm": "DAT"}', '{}');
SELECT pg_temp.place('{"deliver_by": "2026-02-30"}', '{}');
SELECT pg_temp.place('{"deliver_from": "2026-03-02", "deliver_by": "2026-03-01"}', '{}');
SELECT pg_temp.place('{"delivery_address": {"line1": "x", "city": "y"}}', '{}');
SELECT pg_temp.place('{"delivery_address": {"line1": "x", "city": "y", "country": "FR", "kind": "delivery"}}', '{}');
SELECT pg_temp.place('{"placed_at": "2999-01-01T00:00:00Z"}', '{}');
SELECT pg_temp.place('{"placed_at": "yesterday"}', '{}');
-- lines that are none
SELECT pg_temp.place('{}', '{}', '{"qty": 1}');
SELECT pg_temp.place('{}', '{}', '{"quantity": null, "note": null}');
SELECT pg_temp.place('{}', '{}', '{"seller": null}');
SELECT pg_temp.place('{}', '{"position": 2}', '{}');
SELECT pg_temp.place('{}', '{"position": 0}');
SELECT pg_temp.place('{}', '{"quantity": 0}');
SELECT pg_temp.place('{}', '{"quantity": -1}');
SELECT pg_temp.place('{}', '{"quantity": 1.00001}');
SELECT pg_temp.place('{}', '{"quantity": 1e30}');
SELECT pg_temp.place('{}', '{"quantity": "NaN"}');
SELECT pg_temp.place('{}', '{"quantity": "1,5"}');
SELECT pg_temp.place('{}', '{"quantity": true}');
SELECT pg_temp.place('{}', '{"net_price": -1}');
SELECT pg_temp.place('{}', '{"net_price": "0.1234567"}');
SELECT pg_temp.place('{}', '{"net_price": 99999999999, "quantity": 99999999999}');
SELECT pg_temp.place('{}', '{"net_price": 90071992547409, "quantity": 1}', '{"net_price": 90071992547409, "quantity": 1}');
SELECT pg_temp.place('{}', '{"price_base_quantity": 0}');
SELECT pg_temp.place('{}', '{"unit": "pcs"}');
SELECT pg_temp.place('{}', '{"gtin": "4006381333932"}');
SELECT pg_temp.place('{}', '{"kind": "gift"}');
SELECT pg_temp.place('{}', jsonb_build_object('description', repeat('x', 2001)));
SELECT pg_temp.place('{}', '{"vat_category": "L"}');
SELECT pg_temp.place('{}', '{"vat_category": "M"}');
SELECT pg_temp.place('{}', '{"vat_category": "S", "vat_rate": 0}');
SELECT pg_temp.place('{}', '{"vat_category": "Z", "vat_rate": 20}');
SELECT pg_temp.place('{}', '{"vat_category": "O"}');
SELECT pg_temp.place('{}', '{"vat_category": "AE", "vat_rate": null}');
SELECT pg_temp.place('{}', '{"vat_rate": -5}');
SELECT pg_temp.place('{}', '{"vat_rate": 101}');
SELECT pg_temp.place('{}', '{"exemption_code": "VATEX-EU-AE"}');
SELECT pg_temp.place('{}', '{"applies_to": 1}');
SELECT pg_temp.place('{}', '{}', '{"kind": "discount", "applies_to": 2}');
SELECT pg_temp.place('{}', '{}', '{"kind": "discount", "applies_to": 99}');
SELECT pg_temp.place('{}', '{}', '{"kind": "discount", "vat_rate": 5.5}');
SELECT pg_temp.place('{}', '{"kind": "service"}', '{"kind": "discount"}');
SELECT pg_temp.place('{}', '{"net_price": 10}', '{"kind": "discount", "net_price": 10.01}');
SELECT pg_temp.place(jsonb_build_object('lines', (SELECT jsonb_agg('{}'::jsonb) FROM generate_series(1, 10001))), '{}');
-- parties that are not what the order takes them for, or of another marketplace
\set VERBOSITY sqlstate
SELECT pg_temp.place(jsonb_build_object('buyer', g.psp), '{}') FROM given g;
SELECT pg_temp.place(jsonb_build_object('buyer', g.alpha), '{}') FROM given g;
SELECT pg_temp.place('{}', jsonb_build_object('seller', g.psp)) FROM given g;
SELECT pg_temp.place('{}', jsonb_build_object('seller', g.buyer)) FROM given g;
SELECT pg_temp.place('{}', '{"seller": 9007199254740993}');
SELECT pg_temp.place('{}', '{"seller": 1e400}');
\set VERBOSITY default
-- nothing was left behind
SELECT count(*) FILTER (WHERE reference LIKE 'R-%') AS placed FROM marketplace.orders WHERE marketplace_id = :m;
SELECT count(*) AS uneven FROM marketplace.orders o WHERE marketplace_id = :m AND (
	SELECT marketplace.sum(l.escrow_gross)::text <> marketplace.sum(l.gross)::text OR marketplace.sum(l.escrow_net)::text <> marketplace.sum(l.net)::text FROM marketplace.order_lines l WHERE l.marketplace_id = o.marketplace_id AND l.order_id = o.id);
-- ten thousand lines in one document
SELECT pg_temp.place('{}', VARIADIC array_fill('{"net_price": 0.01}'::jsonb, ARRAY[10000])) AS long \gset
SELECT count(*), marketplace.sum(vat), max(position) FROM marketplace.order_lines WHERE marketplace_id = :m AND order_id = :long;
