-- Random baskets of several sellers: the envelope is the sum of its units to the cent, and whatever the parts in which an invoice is credited, the
-- credit notes end at exactly zero, by line and VAT key (IV-30, IV-59, IV-66). -v baskets=N for more than the suite takes; the seed is in setseed().
SET client_min_messages = warning;
SET search_path = public, marketplace;
SELECT plan(9);
\if :{?baskets}
\else
	\set baskets 25
\endif
\set m 6231
\ir ../fixtures/demo_parties.sql
SET marketplace.clock = '2026-11-24 10:00:00+00';
SELECT count(marketplace.policy_set(:m, name, value::jsonb)) AS set FROM (VALUES ('iv.trigger', '"order"'), ('iv.validate', 'false'), ('iv.service_lines', '"first"')) v (name, value) \gset
SELECT count(marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', p, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z',
	'proof_sha256', repeat('ab', 32)))) AS mandates FROM unnest(ARRAY[:alpha, :beta]::bigint[]) p \gset
SELECT set_config('test.buyer', :'buyer', false) AS b, set_config('test.alpha', :'alpha', false) AS a, set_config('test.beta', :'beta', false) AS c, setseed(0.0815) \gset

CREATE FUNCTION pg_temp.random_line(kind text, seller text, quantity numeric) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('seller', current_setting('test.' || seller)::bigint, 'kind', kind, 'description', kind, 'quantity', quantity,
		'net_price', round((random() * 40 + 3)::numeric, floor(random() * 5)::int), 'price_base_quantity', CASE WHEN random() < 0.2 THEN 7 ELSE 1 END,
		'vat_category', 'S', 'vat_rate', (ARRAY[20, 10, 5.5, 2.1])[1 + floor(random() * 4)::int]) $$;

-- An order of random lines of two sellers, invoiced in full and cancelled in random parts until nothing is left.
CREATE FUNCTION pg_temp.run(m int, reference text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	lines jsonb := '[]';
	placed bigint;
	line record;
BEGIN
	FOR i IN 1 .. 2 + floor(random() * 4)::int LOOP
		lines := lines || pg_temp.random_line('goods', CASE WHEN i = 1 OR random() < 0.5 THEN 'alpha' ELSE 'beta' END, round((random() * 12 + 1)::numeric, floor(random() * 5)::int));
	END LOOP;
	lines := lines || pg_temp.random_line('goods', 'beta', 1 + floor(random() * 5)::int);
	IF random() < 0.5 THEN
		lines := lines || pg_temp.random_line('shipping', 'alpha', 1);
	END IF;
	IF random() < 0.3 THEN
		lines := lines || (pg_temp.random_line('discount', 'alpha', 1) || jsonb_build_object('net_price', 0.97, 'price_base_quantity', 1, 'vat_rate', lines -> 0 -> 'vat_rate'));
	END IF;
	placed := marketplace.order_place(m, jsonb_build_object('reference', reference, 'buyer', current_setting('test.buyer')::bigint, 'currency', 'EUR', 'lines', lines));
	PERFORM marketplace.seller_order_accept(m, id) FROM marketplace.seller_orders WHERE marketplace_id = m AND order_id = placed ORDER BY id;
	PERFORM marketplace.envelope_issue(m, placed);
	LOOP
		SELECT * INTO line FROM marketplace.order_lines WHERE marketplace_id = m AND order_id = placed AND kind = 'goods' AND to_ship > 0 ORDER BY random() LIMIT 1;
		EXIT WHEN NOT FOUND;
		PERFORM marketplace.order_line_refuse(m, line.id, CASE WHEN random() < 0.6 THEN NULL ELSE GREATEST(LEAST(line.to_ship, round((random() * 5)::numeric, floor(random() * 5)::int)), 0.0001) END, 'random');
	END LOOP;
	RETURN placed;
END $$;
SELECT count(pg_temp.run(:m, 'random-' || n)) AS run FROM generate_series(1, :baskets) n \gset
SELECT is(:run::int, :baskets::int, 'baskets were placed, invoiced and cancelled in random parts');
SELECT cmp_ok(count(*)::int, '>', :baskets::int, 'with credit notes') FROM marketplace.credit_note_register WHERE marketplace_id = :m;
SELECT is_empty($$ SELECT e.number FROM marketplace.invoices e WHERE e.marketplace_id = 6231 AND e.kind = 'envelope'
	AND ROW(e.net, e.vat, e.gross, e.prepaid) IS DISTINCT FROM (SELECT ROW(marketplace.sum(i.net), marketplace.sum(i.vat), marketplace.sum(i.gross), marketplace.sum(i.prepaid))
		FROM marketplace.envelope_units u JOIN marketplace.invoices i ON i.marketplace_id = u.marketplace_id AND i.id = u.invoice_id
		WHERE u.marketplace_id = e.marketplace_id AND u.envelope_id = e.id) $$, 'IV-59: an envelope is the sum of its units');
SELECT is_empty($$ SELECT e.number FROM marketplace.invoices e, LATERAL (SELECT marketplace.invoice_totals(marketplace.invoice_document(e.marketplace_id, e.id)) AS t) x
	WHERE e.marketplace_id = 6231 AND e.kind = 'envelope' AND (x.t ->> 'tax_exclusive' <> amount_value(e.net)::text OR x.t ->> 'tax_inclusive' <> amount_value(e.gross)::text
		OR (SELECT sum((v ->> 'tax')::numeric) FROM jsonb_array_elements(x.t -> 'vat') v) <> amount_value(e.vat)) $$, 'IV-59: and its own lines say the same');
SELECT is_empty($$ SELECT i.number FROM marketplace.invoices i WHERE i.marketplace_id = 6231 AND i.kind = 'unit' AND i.sign = 1
	AND ROW(i.net, i.vat, i.gross) IS DISTINCT FROM (SELECT ROW(marketplace.sum(c.net), marketplace.sum(c.vat), marketplace.sum(c.gross))
		FROM marketplace.invoices c WHERE c.marketplace_id = i.marketplace_id AND c.corrects_id = i.id AND c.kind = 'unit') $$, 'IV-66: credit notes end at exactly nothing');
SELECT is_empty($$ SELECT order_line_id FROM marketplace.invoice_lines l WHERE marketplace_id = 6231 GROUP BY order_line_id
	HAVING sum(units) <> COALESCE((SELECT sum(c.units_left) FROM marketplace.credit_claims c WHERE c.marketplace_id = 6231 AND c.order_line_id = l.order_line_id), 0) OR minor_units(marketplace.sum(net * sign::numeric)) <> 0 $$, 'IV-66: by line, in units and money');
SELECT is_empty($$ SELECT v.invoice_id FROM marketplace.invoice_vat v WHERE v.marketplace_id = 6231 AND v.sign = 1
	AND ROW(v.taxable, v.tax) IS DISTINCT FROM (SELECT ROW(marketplace.sum(c.taxable), marketplace.sum(c.tax)) FROM marketplace.invoice_vat c
		WHERE c.marketplace_id = v.marketplace_id AND c.corrects_id = v.invoice_id AND c.vat_rate = v.vat_rate) $$, 'IV-30: by VAT key, base and tax');
SELECT is_empty($$ SELECT * FROM marketplace.invoice_verify(6231) $$, 'IV-77: all documents are sound');
SELECT is_empty($$ SELECT * FROM marketplace.series_check(6231) $$, 'IV-21: so are their series');
SELECT * FROM finish();
