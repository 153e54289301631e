-- Splitting amounts (RD-9, RD-10): no cent is lost, none is invented.
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

-- Largest remainder; ties go to the lowest position; the sign is the total's.
SELECT t, w, allocate(t, w) FROM (VALUES
	('1.00 EUR'::amount, ARRAY[1, 1, 1]::numeric[]),
	('-1.00 EUR', ARRAY[1, 1, 1]),
	('0.02 EUR', ARRAY[1, 1, 1]),
	('1.00 EUR', ARRAY[1, 2, 3]),
	('1.00 EUR', ARRAY[0, 1, 0]),
	('0.01 EUR', ARRAY[0, 0, 0.0001]),
	('0.05 EUR', ARRAY[0.3, 0.7]),
	('100 JPY', ARRAY[1, 1, 1]),
	('0 EUR', ARRAY[1, 2]),
	('1.00 EUR', ARRAY[5]),
	('10.00 EUR', ARRAY[33.33, 33.33, 33.34]),
	('90071992547409.91 EUR', ARRAY[9223372036854775807, 1, 9223372036854775807])) v(t, w);
-- The largest remainder wins, not the largest weight: 0.07 by 40/35/25 is 2.8, 2.45, 1.75.
SELECT allocate('0.07 EUR', ARRAY[40, 35, 25]);
-- Very small and very many digits are exact.
SELECT allocate('1.000 KWD', ARRAY[1e-16383, 1e-16383, 2e-16383]),
	allocate('0.01 EUR', ARRAY[0.33333333333333333333333333333333333333, 0.33333333333333333333333333333333333334]);
\pset format unaligned
\pset fieldsep ' | '
SELECT s, e.* FROM unnest(ARRAY[
	$$SELECT marketplace.allocate('1 EUR', '{}')$$,
	$$SELECT marketplace.allocate('1 EUR', '{0,0}')$$,
	$$SELECT marketplace.allocate('0 EUR', '{0}')$$,
	$$SELECT marketplace.allocate('1 EUR', '{1,-1,3}')$$,
	$$SELECT marketplace.allocate('1 EUR', '{1,NULL}')$$,
	$$SELECT marketplace.allocate('1 EUR', '{{1,2},{3,4}}')$$,
	$$SELECT marketplace.allocate('1 EUR', '{1,NaN}')$$,
	$$SELECT marketplace.allocate('1 EUR', '{Infinity}')$$,
	$$SELECT marketplace.allocate('1 EUR', '{-Infinity}')$$,
	$$SELECT marketplace.allocate('1 EUR', ARRAY[1, 1e131071])$$,
	$$SELECT marketplace.allocate('1 EUR', ARRAY[9223372036854775808])$$]) s, pg_temp.error_of(s) e;
\pset format aligned
SELECT allocate(NULL, ARRAY[1]), allocate('1 EUR', NULL);

-- Ten thousand random splits: they add up, differ from the exact share by less than a cent, and keep the order of equal weights.
SELECT setseed(0.7);
CREATE TEMP TABLE split AS
	SELECT t, w, allocate(t, w) AS shares FROM (
		SELECT amount_of_minor_units((random() * 2e6 - 1e6)::bigint, 'EUR') AS t,
			(SELECT array_agg(CASE WHEN random() < 0.1 THEN 0 ELSE (random() * 1000)::numeric(10, 4) END) FROM generate_series(1, 2 + g % 20))
				|| 0.5 AS w
		FROM generate_series(1, 10000) g) s;
SELECT count(*),
	bool_and((SELECT sum(a) FROM unnest(shares) a) = t) AS add_up,
	bool_and((SELECT bool_and(abs(minor_units(a) - minor_units(t) * x / (SELECT sum(y) FROM unnest(w) y)) < 1)
		FROM unnest(shares, w) u(a, x))) AS within_a_cent,
	bool_and((SELECT bool_and(x > 0 OR minor_units(a) = 0) FROM unnest(shares, w) u(a, x))) AS nothing_for_zero
FROM split;
SELECT bool_and(allocate(- t, w) = (SELECT array_agg(- a ORDER BY n) FROM unnest(shares) WITH ORDINALITY u(a, n))) AS symmetric FROM split;
-- RD-9 written out in SQL gives the same shares.
SELECT bool_and(shares = (
	SELECT array_agg(amount_of_minor_units((sign(t) * (floor + CASE WHEN rank <= rest THEN 1 ELSE 0 END))::bigint, 'EUR') ORDER BY n)
	FROM (
		SELECT n, floor, row_number() OVER (ORDER BY remainder DESC, n) AS rank, abs(minor_units(t)) - sum(floor) OVER () AS rest
		FROM (
			SELECT n, div(abs(minor_units(t)) * x, whole) AS floor, mod(abs(minor_units(t)) * x, whole) AS remainder
			FROM unnest(w) WITH ORDINALITY u(x, n), (SELECT sum(y) AS whole FROM unnest(w) y) s) f) r)) AS as_written
FROM split;

-- RD-10: part by part; at completion the parts are the whole.
WITH RECURSIVE part(k, share, already) AS (
	SELECT 1, share_cumulative('10.00 EUR', 1, 7, '0 EUR'), share_cumulative('10.00 EUR', 1, 7, '0 EUR')
	UNION ALL
	SELECT k + 1, share_cumulative('10.00 EUR', k + 1, 7, already), already + share_cumulative('10.00 EUR', k + 1, 7, already)
	FROM part WHERE k < 7)
SELECT * FROM part;
SELECT share_cumulative('10.00 EUR', 2.5, 2.5, '9.99 EUR') AS the_rest, share_cumulative('-10.00 EUR', 1, 3, '0 EUR') AS negative,
	share_cumulative('10.00 EUR', 0, 3, '0 EUR') AS nothing_yet, share_cumulative('10.00 EUR', 1, 3, '5 EUR') AS given_too_much,
	share_cumulative('0.01 EUR', 1, 2, '0 EUR') AS half, share_cumulative('-0.01 EUR', 1, 2, '0 EUR') AS negative_half;
\pset format unaligned
SELECT s, e.* FROM unnest(ARRAY[
	$$SELECT marketplace.share_cumulative('1 EUR', 1, 0, '0 EUR')$$,
	$$SELECT marketplace.share_cumulative('1 EUR', 0, 0, '0 EUR')$$,
	$$SELECT marketplace.share_cumulative('1 EUR', 3, 2, '0 EUR')$$,
	$$SELECT marketplace.share_cumulative('1 EUR', -1, 2, '0 EUR')$$,
	$$SELECT marketplace.share_cumulative('1 EUR', 1, -2, '0 EUR')$$,
	$$SELECT marketplace.share_cumulative('1 EUR', 'NaN', 2, '0 EUR')$$,
	$$SELECT marketplace.share_cumulative('1 EUR', 1, 'Infinity', '0 EUR')$$,
	$$SELECT marketplace.share_cumulative('1 EUR', 1, 2, '0 USD')$$,
	$$SELECT marketplace.share_cumulative('90071992547409.91 EUR', 1, 1, '-1 EUR')$$]) s, pg_temp.error_of(s) e;
\pset format aligned
DROP TABLE split;
