-- Whatever the parts that goods are shipped and invoiced in, the invoices of an order add up to what it pinned: per line, per VAT key, in all
-- (RD-10, IV-30, SETTLED 5). Random orders with discounts, shipping, prices of many decimals and cancellations; the seed is in setseed().
SET client_min_messages = warning;
SET search_path = public, marketplace;
\set m 621
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\i :demo_parties
SELECT marketplace.policy_set(:m, 'iv.trigger', '"shipment"') > 0 AS trigger, marketplace.policy_set(:m, 'fd.ship_on', '"any"') > 0 AS unpaid;
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :alpha, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z', 'proof_sha256', repeat('ab', 32))) > 0 AS mandate;
SELECT marketplace.carrier_create(:m, '{"code": "POST", "name": "La Poste"}') > 0 AS carrier;
SELECT set_config('test.buyer', :'buyer', false) <> '' AS buyer, set_config('test.alpha', :'alpha', false) <> '' AS alpha, setseed(0.4711);

CREATE FUNCTION pg_temp.random_line(kind text, quantity numeric, currency text) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('seller', current_setting('test.alpha')::bigint, 'kind', kind, 'description', kind, 'quantity', quantity,
		'net_price', round((random() * 40 + 10)::numeric, floor(random() * 7)::int), 'price_base_quantity', CASE WHEN random() < 0.2 THEN 7 ELSE 1 END,
		'vat_category', 'S', 'vat_rate', CASE WHEN random() < 0.5 THEN 20 ELSE 5.5 END) $$;

-- An order of random lines, shipped in random parts; what is left of one line in four is cancelled on the way when cancelled is true.
CREATE FUNCTION pg_temp.run(m int, reference text, currency text, cancelled boolean) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	lines jsonb := '[]';
	part bigint;
	contents jsonb;
	placed bigint;
	line record;
	taken numeric;
BEGIN
	FOR i IN 1 .. 2 + floor(random() * 3)::int LOOP
		lines := lines || pg_temp.random_line('goods', round((random() * 20 + 1)::numeric, floor(random() * 5)::int), currency);
	END LOOP;
	lines := lines || pg_temp.random_line('shipping', 1, currency);
	lines := lines || (pg_temp.random_line('discount', 1, currency)
		|| jsonb_build_object('net_price', 0.97 + round(random()::numeric, 0), 'price_base_quantity', 1, 'vat_rate', lines -> 0 -> 'vat_rate'));
	placed := marketplace.order_place(m, jsonb_build_object('reference', reference, 'buyer', current_setting('test.buyer')::bigint, 'currency', currency, 'lines', lines));
	SELECT id INTO part FROM marketplace.seller_orders WHERE marketplace_id = m AND order_id = placed;
	PERFORM marketplace.seller_order_accept(m, part);
	LOOP
		contents := '[]';
		FOR line IN SELECT * FROM marketplace.order_lines WHERE marketplace_id = m AND order_id = placed AND kind = 'goods' AND to_ship > 0 LOOP
			taken := CASE WHEN random() < 0.3 THEN line.to_ship ELSE LEAST(line.to_ship, round((random() * 3)::numeric, floor(random() * 5)::int)) END;
			IF cancelled AND line.shipped > 0 AND random() < 0.25 THEN
				PERFORM marketplace.order_line_refuse(m, line.id, NULL, 'sold out');
			ELSIF taken > 0 THEN
				contents := contents || jsonb_build_object('order_line_id', line.id, 'quantity', taken);
			END IF;
		END LOOP;
		IF contents <> '[]' THEN
			PERFORM marketplace.shipment_hand_over(m, marketplace.shipment_create(m, jsonb_build_object('seller_order_id', part, 'carrier', 'POST',
				'parcels', jsonb_build_array(jsonb_build_object('contents', contents)))));
		END IF;
		EXIT WHEN NOT EXISTS (SELECT FROM marketplace.order_lines WHERE marketplace_id = m AND order_id = placed AND kind = 'goods' AND to_ship > 0);
	END LOOP;
	RETURN placed;
END $$;

SELECT count(pg_temp.run(:m, 'whole-' || i, (ARRAY['EUR', 'JPY', 'KWD'])[1 + i % 3], false)) AS orders FROM generate_series(1, 30) AS i;
SELECT count(pg_temp.run(:m, 'part-' || i, 'EUR', true)) AS orders FROM generate_series(1, 15) AS i;
-- the last parts of some orders were cancelled after the last shipment: what shipping and fees are still owed is invoiced by hand
DO $$
DECLARE part bigint;
BEGIN
	FOR part IN SELECT DISTINCT seller_order_id FROM marketplace.invoice_progress WHERE marketplace_id = 621 AND not_invoiced > 0 AND kind <> 'goods' LOOP
		PERFORM marketplace.invoice_issue(621, part);
	END LOOP;
END $$;

SELECT count(*) > 100 AS many_invoices, count(*) FILTER (WHERE cumulative) > 50 AS many_cumulative FROM marketplace.invoices WHERE marketplace_id = :m;
-- orders invoiced whole: the pinned net and VAT exactly
SELECT count(*) AS whole_orders, count(*) FILTER (WHERE s.net <> i.net OR s.vat <> i.vat OR s.gross <> i.gross) AS wrong
  FROM marketplace.seller_orders s
  JOIN marketplace.orders o ON o.marketplace_id = s.marketplace_id AND o.id = s.order_id
  JOIN (SELECT seller_order_id, marketplace.sum(net) AS net, marketplace.sum(vat) AS vat, marketplace.sum(gross) AS gross
		  FROM marketplace.invoices WHERE marketplace_id = :m GROUP BY seller_order_id) i ON i.seller_order_id = s.id
 WHERE s.marketplace_id = :m AND o.reference LIKE 'whole-%';
-- each line, cancelled or not
SELECT count(*) > 100 AS many_lines, count(*) FILTER (WHERE not_invoiced <> 0) AS open_lines,
	count(*) FILTER (WHERE cancelled = 0 AND net <> invoiced_net) AS wrong,
	count(*) FILTER (WHERE cancelled > 0) > 0 AS some_cancelled,
	count(*) FILTER (WHERE cancelled > 0 AND kind = 'goods' AND abs(net * invoiced / ordered - invoiced_net) > 0.005) AS wrong_cancelled
  FROM marketplace.invoice_progress WHERE marketplace_id = :m;
-- in many parts the rounding of a line had to be mended, and the documents say so
SELECT count(*) FILTER (WHERE charge_reason = 'Arrondi') > 0 AS roundings_up, count(*) FILTER (WHERE allowance_reason = 'Arrondi') > 0 AS roundings_down,
	count(*) FILTER (WHERE allowance_reason_code = '95') > 0 AS discounts
  FROM marketplace.invoice_lines WHERE marketplace_id = :m;
SELECT check_name, count(*) FROM marketplace.invoice_verify(:m) GROUP BY check_name;
SELECT * FROM marketplace.series_check(:m);
