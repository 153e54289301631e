-- The type amount (RD-1 to RD-4): forms, arithmetic, order, aggregates, and what it refuses.
\set VERBOSITY default
SET search_path = marketplace, pg_catalog;

-- What a statement fails with: SQLSTATE, message, detail, hint.
CREATE FUNCTION pg_temp.error_of(statement text, OUT state text, OUT message text, OUT detail text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	message := 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END $$;

-- Text: exactly the currency's decimals on output; fewer are fine on input.
SELECT t, t::amount FROM unnest(ARRAY['1234.50 EUR', '0 EUR', '-0.00 EUR', '+1 EUR', '-0.05 EUR']) t;
SELECT t, t::amount FROM unnest(ARRAY['  007.5    EUR ', E'1\tEUR\n', '12 JPY', '1.234 KWD', '-1.0001 CLF', '0.0001 UYW']) t;
SELECT '90071992547409.91 EUR'::amount AS largest, '-90071992547409.91 EUR'::amount AS smallest,
	'9007199254740991 JPY'::amount AS no_decimals, '900719925474.0991 CLF'::amount AS four_decimals,
	'00000000000000000000000000000001.00 EUR'::amount AS zeros_before;
\pset format unaligned
\pset fieldsep ' | '
SELECT quote_literal(t) AS input, e.* FROM unnest(ARRAY[
	'', ' ', 'EUR', '1', '1EUR', '1.00EUR', 'EUR 1.00', '1.00 eur', '1.00 EU', '1.00 EURO', '1,00 EUR', '1 000 EUR', '.5 EUR', '5. EUR',
	'. EUR', '- EUR', '--1 EUR', '- 1 EUR', '1e2 EUR', '0x10 EUR', 'NaN EUR', 'Infinity EUR', '1.00 EUR EUR', '١ EUR',
	'1.00 QQQ', '1.00 ???', '1 XAU', '1 XXX', '1.005 EUR', '1.000 EUR', '1.0 JPY', '1.00001 CLF',
	'90071992547409.92 EUR', '-90071992547409.92 EUR', '90071992547410 EUR', '9007199254740992 JPY',
	'123456789012345678901234567890 EUR']) t,
	pg_temp.error_of(format('SELECT %L::marketplace.amount', t)) e;
\pset format aligned

-- Binary: three letters and the minor units, whatever the internal code is.
SELECT amount_send('1.23 EUR'), amount_send('-1 JPY');

-- COPY, text and binary, there and back.
\getenv abs_builddir PG_ABS_BUILDDIR
\set text_file :abs_builddir '/types_amount.copy.txt'
\set binary_file :abs_builddir '/types_amount.copy.bin'
CREATE TEMP TABLE price (id int, a amount, e amount('EUR'), c currency);
INSERT INTO price VALUES (1, '1.23 EUR', '-90071992547409.91 EUR', 'EUR'), (2, '-7 JPY', '0 EUR', 'XAU'), (3, NULL, NULL, NULL);
COPY price TO STDOUT;
COPY price TO :'text_file';
COPY price TO :'binary_file' (FORMAT binary);
CREATE TEMP TABLE price_text (LIKE price);
CREATE TEMP TABLE price_binary (LIKE price);
COPY price_text FROM :'text_file';
COPY price_binary FROM :'binary_file' (FORMAT binary);
SELECT count(*) FROM (SELECT * FROM price INTERSECT SELECT * FROM price_text INTERSECT SELECT * FROM price_binary) same;
-- Binary input is checked like text: another currency than the column's, no currency, no range.
CREATE TEMP TABLE price_other (id int, a amount, e amount('USD'), c currency);
COPY price_other FROM :'binary_file' (FORMAT binary);
\set bytes_file :abs_builddir '/types_amount.bytes.bin'
CREATE TEMP TABLE one_amount (a amount);
CREATE FUNCTION pg_temp.receive(field bytea, file text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	writer int := lo_from_bytea(0, '\x5047434f50590aff0d0a000000000000000000'::bytea || '\x0001' || int4send(length(field)) || field || '\xffff');
BEGIN
	PERFORM lo_export(writer, file);
	PERFORM lo_unlink(writer);
	EXECUTE format('COPY pg_temp.one_amount FROM %L (FORMAT binary)', file);
END $$;
\pset format unaligned
SELECT field, e.* FROM unnest(ARRAY[
	'\x455552000000000000007b', '\x455552fffffffffffffffe', '\x515151000000000000007b', '\x584155000000000000007b',
	'\x455552ffdfffffffffffff', '\x4555520020000000000000', '\x4555527fffffffffffffff', '\x4555528000000000000000']::bytea[]) field,
	pg_temp.error_of(format('SELECT pg_temp.receive(%L, %L)', field, :'bytes_file')) e;
\pset format aligned
SELECT * FROM one_amount ORDER BY a;

-- Type modifier.
SELECT format_type('amount'::regtype, 1) AS first_of_the_list, '1 EUR'::amount('EUR'), amount(1.5, 'EUR')::amount('EUR');
CREATE TEMP TABLE euros (a amount('EUR'));
SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'euros'::regclass AND attname = 'a';
INSERT INTO euros VALUES ('1 EUR'), (amount(2, 'EUR')), (NULL);
\pset format unaligned
SELECT s, e.* FROM unnest(ARRAY[
	$$INSERT INTO pg_temp.euros VALUES ('1 USD')$$,
	$$INSERT INTO pg_temp.euros SELECT marketplace.amount(1, 'USD')$$,
	$$UPDATE pg_temp.euros SET a = '1 USD'::marketplace.amount$$,
	$$SELECT '1 USD'::marketplace.amount::marketplace.amount('EUR')$$,
	$$SELECT '1 EUR'::marketplace.amount(eur)$$,
	$$SELECT '1 EUR'::marketplace.amount('EUR', 'USD')$$,
	$$SELECT '1 EUR'::marketplace.amount('XAU')$$,
	$$SELECT '1 EUR'::marketplace.amount(978)$$]) s, pg_temp.error_of(s) e;
\pset format aligned
SELECT * FROM euros ORDER BY a;

-- From and to numbers.
SELECT amount(12.5, 'EUR'), amount(12, 'JPY'), amount(12.5000, 'EUR') AS zeros_do_no_harm, zero('EUR'),
	amount_of_minor_units(-123, 'EUR'), amount_of_minor_units(5, 'KWD');
SELECT '12.50 EUR'::amount::numeric, amount_value('-1 JPY'), minor_units('-12.50 EUR'), currency('1 CHF'::amount);
-- RD-3: half away from zero, symmetric.
SELECT v, amount_round(v, 'EUR'), amount_round(-v, 'EUR'), amount_round(v * 100, 'JPY')
FROM unnest(ARRAY[0.005, 0.0049999999999999999999999999, 0.015, 1.005, 2.675, 0.125]) v;
\pset format unaligned
SELECT s, e.* FROM unnest(ARRAY[
	$$SELECT marketplace.amount(12.505, 'EUR')$$,
	$$SELECT marketplace.amount(0.1, 'JPY')$$,
	$$SELECT marketplace.amount('NaN', 'EUR')$$,
	$$SELECT marketplace.amount('-Infinity', 'EUR')$$,
	$$SELECT marketplace.amount(90071992547409.92, 'EUR')$$,
	$$SELECT marketplace.amount(1e131071, 'EUR')$$,
	$$SELECT marketplace.amount(1, 'XAU')$$,
	$$SELECT marketplace.amount_round(90071992547409.915, 'EUR')$$,
	$$SELECT marketplace.amount_round('NaN', 'EUR')$$,
	$$SELECT marketplace.amount_of_minor_units(9007199254740992, 'EUR')$$,
	$$SELECT marketplace.amount_of_minor_units(-9223372036854775808, 'EUR')$$,
	$$SELECT marketplace.amount_of_minor_units(1, 'XXX')$$,
	$$SELECT marketplace.zero('XDR')$$]) s, pg_temp.error_of(s) e;
-- The cast to numeric is explicit: a number has no currency.
SELECT s, e.* FROM unnest(ARRAY[
	$$SELECT '1 EUR'::marketplace.amount + 1$$,
	$$SELECT pg_catalog.round('1 EUR'::marketplace.amount, 1)$$]) s, LATERAL (SELECT state, message FROM pg_temp.error_of(s)) e;
\pset format aligned

-- Arithmetic.
SELECT '1.10 EUR'::amount + '2.20 EUR' AS add, '1 EUR'::amount - '2.50 EUR' AS subtract, - '1 EUR'::amount AS negate,
	- '-90071992547409.91 EUR'::amount AS negate_smallest, abs('-90071992547409.91 EUR'::amount), abs('1 EUR'::amount);
SELECT '100 EUR'::amount * 0.055 AS times, 0.055 * '-100 EUR'::amount AS times_left, 3 * '0.01 EUR'::amount AS integer,
	'0.05 EUR'::amount * 0.1 AS half, '-0.05 EUR'::amount * 0.1 AS negative_half, '0.05 EUR'::amount * 0.0999999999999999999999999999 AS below_half,
	'0 EUR'::amount * 1e100000 AS zero;
SELECT '10 EUR'::amount / 3 AS third, '0.01 EUR'::amount / 2 AS half, '-0.01 EUR'::amount / 2 AS negative_half, '0.01 EUR'::amount / -2 AS by_negative,
	'0.01 EUR'::amount / 2.0000000000000000000000000001 AS below_half, '1 EUR'::amount / 1e100000 AS nearly_nothing,
	'10 EUR'::amount / '4 EUR'::amount AS ratio, '-1 EUR'::amount / '3 EUR'::amount AS negative_ratio;
SELECT sign('-0.01 EUR'::amount), sign('0 EUR'::amount), sign('0.01 EUR'::amount);
SELECT t, round(t::amount), round(('-' || t)::amount) FROM unnest(ARRAY[
	'1.02 CHF', '1.03 CHF', '1.07 CHF', '1.08 CHF', '1.49 SEK', '1.50 SEK', '0.24 DKK', '0.25 DKK', '2.49 HUF', '2.50 HUF', '1.05 NZD', '1.04 NZD',
	'1.23 EUR', '7 JPY']) t;
\pset format unaligned
SELECT s, e.* FROM unnest(ARRAY[
	$$SELECT '1 EUR'::marketplace.amount OPERATOR(marketplace.+) '1 USD'$$,
	$$SELECT '1 EUR'::marketplace.amount OPERATOR(marketplace.-) '1 USD'$$,
	$$SELECT '1 EUR'::marketplace.amount OPERATOR(marketplace./) '1 USD'::marketplace.amount$$,
	$$SELECT '90071992547409.91 EUR'::marketplace.amount OPERATOR(marketplace.+) '0.01 EUR'$$,
	$$SELECT '-90071992547409.91 EUR'::marketplace.amount OPERATOR(marketplace.-) '0.01 EUR'$$,
	$$SELECT '90071992547409.91 EUR'::marketplace.amount OPERATOR(marketplace.*) 1.00000000000001$$,
	$$SELECT '0.01 EUR'::marketplace.amount OPERATOR(marketplace.*) 1e131071$$,
	$$SELECT '1 EUR'::marketplace.amount OPERATOR(marketplace.*) 'NaN'::numeric$$,
	$$SELECT '1 EUR'::marketplace.amount OPERATOR(marketplace./) 0$$,
	$$SELECT '1 EUR'::marketplace.amount OPERATOR(marketplace./) '0 EUR'::marketplace.amount$$,
	$$SELECT '1 EUR'::marketplace.amount OPERATOR(marketplace./) 'Infinity'::numeric$$,
	$$SELECT '1 EUR'::marketplace.amount OPERATOR(marketplace./) 1e-16383$$,
	$$SELECT marketplace.round('90071992547409.91 SEK'::marketplace.amount)$$]) s, pg_temp.error_of(s) e;
\pset format aligned

-- Order: by currency, then by value; a total order, so mixed columns sort, group and join.
SELECT a, a = '1 EUR' AS eq, a <> '1 EUR' AS ne, a < '1 EUR' AS lt, a <= '1 EUR' AS le, a > '1 EUR' AS gt, a >= '1 EUR' AS ge,
	amount_compare(a, '1 EUR') AS compare
FROM unnest(ARRAY['-1 EUR', '1 EUR', '2 EUR', '1 USD', '9 CHF', '-90071992547409.91 EUR']::amount[]) a ORDER BY a;

-- Indexes and joins.
CREATE FUNCTION pg_temp.scans_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line LIKE '%Scan%' THEN RETURN NEXT ltrim(line, ' ->'); END IF;
	END LOOP;
END $$;
CREATE TEMP TABLE item (id int PRIMARY KEY, price amount NOT NULL);
INSERT INTO item SELECT g, amount((g % 1000) / 100.0, (ARRAY['EUR', 'USD', 'JPY', 'KWD'])[1 + g % 4]::currency)
FROM generate_series(1, 10000) g WHERE g % 4 <> 2;
INSERT INTO item SELECT g, amount(g % 1000, 'JPY') FROM generate_series(1, 10000) g WHERE g % 4 = 2;
CREATE INDEX item_price ON item (price);
VACUUM ANALYZE item;
SET enable_seqscan = off; SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT price FROM item WHERE price >= '9.90 EUR' AND price <= '9.99 EUR';
SELECT price, count(*) FROM item WHERE price >= '9.90 EUR' AND price <= '9.99 EUR' GROUP BY price ORDER BY price;
SELECT * FROM pg_temp.scans_of('SELECT marketplace.min(price), marketplace.max(price) FROM pg_temp.item');
SELECT min(price), max(price) FROM item;
SET enable_indexscan = off; SET enable_indexonlyscan = off; RESET enable_seqscan;
SELECT min(price), max(price) FROM item;
RESET enable_indexscan; RESET enable_indexonlyscan; RESET enable_bitmapscan;
SET enable_nestloop = off; SET enable_mergejoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM item a JOIN item b ON a.price = b.price;
SELECT count(*) FROM item a JOIN item b ON a.price = b.price;
RESET enable_mergejoin; SET enable_hashjoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM item a JOIN item b ON a.price = b.price;
SELECT count(*) FROM item a JOIN item b ON a.price = b.price;
RESET enable_nestloop; RESET enable_hashjoin;
SELECT count(*) FROM item a JOIN item b ON a.price::text = b.price::text;
-- Sorting by sort support and by comparison agree with sorting by parts.
SELECT bool_and(by_amount = by_parts) FROM (
	SELECT row_number() OVER (ORDER BY price, id) AS by_amount,
		row_number() OVER (ORDER BY array_position(ARRAY['EUR', 'JPY', 'KWD', 'USD'], currency(price)::text), price::numeric, id) AS by_parts
	FROM item) o;
CREATE INDEX item_hash ON item USING hash (price);
SELECT count(DISTINCT amount_hash(price)) > 0.99 * count(DISTINCT price) AS spread,
	bool_and(amount_hash_extended(price, 0)::bit(64) << 32 = amount_hash(price)::bigint::bit(64) << 32) AS agree
FROM item;
CREATE TEMP TABLE by_amount (a amount NOT NULL) PARTITION BY HASH (a);
CREATE TEMP TABLE by_amount_0 PARTITION OF by_amount FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE by_amount_1 PARTITION OF by_amount FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_amount SELECT price FROM item;
SELECT count(*), (SELECT count(*) > 2000 FROM by_amount_0) AS a_good_part, (SELECT count(*) > 2000 FROM by_amount_1) AS another
FROM by_amount;

-- sum: exact, NULL of nothing, one currency.
SELECT sum(a), count(a) FROM unnest(ARRAY['1.10 EUR', NULL, '-0.20 EUR']::amount[]) a;
SELECT sum(a), min(a), max(a) FROM unnest(ARRAY[NULL, NULL]::amount[]) a;
SELECT sum(a), min(a), max(a) FROM unnest('{}'::amount[]) a;
SELECT currency(price), sum(price), sum(price::numeric), min(price), max(price) FROM item GROUP BY 1 ORDER BY 1;
SELECT sum(a) AS intermediate_overflow_is_fine
FROM unnest(ARRAY['90071992547409.91 EUR', '90071992547409.91 EUR', '-90071992547409.90 EUR', '-90071992547409.90 EUR']::amount[]) a;
\pset format unaligned
SELECT s, e.* FROM unnest(ARRAY[
	$$SELECT marketplace.sum(a) FROM unnest('{1 EUR,1 USD}'::marketplace.amount[]) a$$,
	$$SELECT marketplace.sum(a) FROM unnest('{90071992547409.91 EUR,0.01 EUR}'::marketplace.amount[]) a$$,
	$$SELECT marketplace.sum(a) FROM unnest('{-90071992547409.91 EUR,-0.01 EUR}'::marketplace.amount[]) a$$]) s, pg_temp.error_of(s) e;
\pset format aligned

-- Moving frames: rows that leave are subtracted, NULLs do not count, a frame may change its currency once the old one has left.
SELECT n, a, sum(a) OVER (ORDER BY n ROWS 1 PRECEDING) AS two, sum(a) OVER (ORDER BY n ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS before
FROM (VALUES (1, '1 EUR'::amount), (2, '2 EUR'), (3, NULL), (4, NULL), (5, '3 USD'), (6, '4 USD')) v(n, a) ORDER BY n;
SELECT sum(a) OVER (ORDER BY n ROWS 1 PRECEDING) FROM (VALUES (1, '1 EUR'::amount), (2, '2 USD')) v(n, a);
SELECT count(*) AS frames, bool_and(moving = amount(plain, 'EUR')) AS agree FROM (
	SELECT sum(price) OVER w AS moving, sum(price::numeric) OVER w AS plain
	FROM item WHERE currency(price) = 'EUR' WINDOW w AS (ORDER BY id ROWS BETWEEN 7 PRECEDING AND 3 FOLLOWING)) f;

-- Parallel: partial sums are combined.
CREATE TABLE public.types_amount_ledger (id int, a amount('EUR'));
INSERT INTO public.types_amount_ledger SELECT g, amount_of_minor_units(g * 7 - 3000, 'EUR') FROM generate_series(1, 20000) g;
ANALYZE public.types_amount_ledger;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT sum(a), min(a), max(a) FROM public.types_amount_ledger;
SELECT sum(a), min(a), max(a) FROM public.types_amount_ledger;
SELECT sum(a) FROM public.types_amount_ledger WHERE id < 0;
RESET parallel_leader_participation; RESET max_parallel_workers_per_gather;
SELECT sum(a), amount(sum(a::numeric), 'EUR') FROM public.types_amount_ledger;
DROP TABLE public.types_amount_ledger;

-- A million random additions agree with numeric, in order and out of order.
SELECT setseed(0.42);
CREATE TEMP TABLE addition AS
	SELECT amount_of_minor_units((random() * 2e12 - 1e12)::bigint, 'EUR') AS a, amount_of_minor_units((random() * 2e6 - 1e6)::bigint, 'EUR') AS b
	FROM generate_series(1, 1000000);
SELECT count(*), bool_and((a + b)::numeric = a::numeric + b::numeric AND (a - b)::numeric = a::numeric - b::numeric AND (a + b) - b = a) AS agree,
	sum(a)::numeric + sum(b)::numeric = sum(a::numeric + b::numeric) AS sums_agree, sum(a + b) = sum(a) + sum(b) AS totals_agree
FROM addition;
-- So do ten thousand products and quotients.
SELECT setseed(0.24);
SELECT count(*), bool_and((a * r)::numeric = round(a::numeric * r, 2)) AS products_agree,
	bool_and((a / r)::numeric = round(a::numeric / r, 2)) AS quotients_agree
FROM (SELECT a, (random() * 1000 + 0.5)::numeric(12, 6) AS r FROM addition LIMIT 10000) x;

DROP TABLE price, price_text, price_binary, price_other, euros, item, by_amount, addition, one_amount;
