-- The type currency and the list of ISO 4217 (RD-20 to RD-22).
\set VERBOSITY default
SET search_path = marketplace, pg_catalog;
SET datestyle = ISO;

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

-- Text and binary form.
SELECT 'EUR'::currency, currency_send('EUR'), 'XXX'::currency, 'EUR'::currency::text;
\pset format unaligned
\pset fieldsep ' | '
SELECT s, e.* FROM unnest(ARRAY[
	$$SELECT 'eur'::marketplace.currency$$,
	$$SELECT 'EURO'::marketplace.currency$$,
	$$SELECT 'EU'::marketplace.currency$$,
	$$SELECT ''::marketplace.currency$$,
	$$SELECT ' EUR'::marketplace.currency$$,
	$$SELECT 'QQQ'::marketplace.currency$$,
	$$SELECT '???'::marketplace.currency$$,
	$$SELECT 'E€'::marketplace.currency$$]) s, pg_temp.error_of(s) e;
\pset format aligned

-- The order is alphabetical; the internal code's order is that of the list, which only grows at its end: rows here never move.
SELECT string_agg(code::text, ' ' ORDER BY n) = string_agg(code::text, ' ' ORDER BY code) AS first_batch_is_alphabetical,
	count(*), count(DISTINCT code)
FROM currencies() WITH ORDINALITY c(code, numeric_code, minor_units, name, cash_step, valid_from, valid_until, n)
WHERE n <= 231;
SELECT md5(string_agg(code || ':' || coalesce(minor_units::text, '-'), ' ' ORDER BY n)) AS codes_on_disk
FROM currencies() WITH ORDINALITY c(code, numeric_code, minor_units, name, cash_step, valid_from, valid_until, n)
WHERE n <= 231;
SELECT 'EUR'::currency = 'EUR', 'EUR'::currency <> 'USD', 'EUR'::currency < 'USD', 'EUR'::currency <= 'EUR',
	'EUR'::currency > 'USD', 'EUR'::currency >= 'USD', currency_compare('EUR', 'CHF'), currency_compare('EUR', 'EUR');
SELECT min(code), max(code) FROM currencies();

-- RD-20: minor units of the currencies in force; RD-21: those that cannot be paid in.
SELECT minor_units, string_agg(code::text, ' ' ORDER BY code)
FROM currencies() WHERE minor_units IS DISTINCT FROM 2 AND valid_until IS NULL
GROUP BY 1 ORDER BY 1;
SELECT minor_units, count(*) FROM currencies() WHERE valid_until IS NULL GROUP BY 1 ORDER BY 1;

-- RD-22: withdrawn currencies stay readable, with the day they ended.
SELECT code, numeric_code, minor_units, name, valid_from, valid_until FROM currencies()
WHERE code IN ('ANG', 'XCG', 'BGN', 'HRK', 'EUR', 'FRF', 'ITL', 'USD') ORDER BY code;
SELECT '12 FRF'::amount, '12000 ITL'::amount, '5 BGN'::amount;
SELECT code, cash_step FROM currencies() WHERE cash_step <> power(10::numeric, -minor_units) ORDER BY code;
SELECT count(*) FILTER (WHERE valid_from >= valid_until) AS ends_before_it_starts,
	count(*) FILTER (WHERE name = '' OR numeric_code NOT BETWEEN 1 AND 999) AS incomplete,
	count(*) FILTER (WHERE valid_until IS NULL) - count(DISTINCT numeric_code) FILTER (WHERE valid_until IS NULL) AS shared_numbers
FROM currencies();

-- Indexes, joins, hashing, partitions.
CREATE TEMP TABLE accepted (code currency PRIMARY KEY);
INSERT INTO accepted SELECT code FROM currencies();
ANALYZE accepted;
SET enable_seqscan = off; SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT code FROM accepted WHERE code = 'CHF';
SELECT code FROM accepted WHERE code BETWEEN 'CHE' AND 'CHW' ORDER BY code DESC;
RESET enable_seqscan; RESET enable_bitmapscan;
SET enable_nestloop = off; SET enable_mergejoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM accepted a JOIN accepted b ON a.code = b.code;
SELECT count(*) FROM accepted a JOIN accepted b ON a.code = b.code;
RESET enable_mergejoin; SET enable_hashjoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM accepted a JOIN accepted b ON a.code = b.code;
SELECT count(*) FROM accepted a JOIN accepted b ON a.code = b.code;
RESET enable_nestloop; RESET enable_hashjoin;
-- A seed of 0 gives the same low 32 bits, as PostgreSQL asks of extended hash functions.
SELECT count(DISTINCT currency_hash(code)) AS hashes,
	bool_and(currency_hash_extended(code, 0)::bit(64) << 32 = currency_hash(code)::bigint::bit(64) << 32) AS agree,
	bool_or(currency_hash_extended(code, 0) = currency_hash_extended(code, 1)) AS seed_ignored
FROM accepted;
CREATE TEMP TABLE by_currency (code currency NOT NULL) PARTITION BY HASH (code);
CREATE TEMP TABLE by_currency_0 PARTITION OF by_currency FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE by_currency_1 PARTITION OF by_currency FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_currency SELECT code FROM currencies();
SELECT count(*), (SELECT count(*) FROM by_currency WHERE code = 'EUR') AS eur FROM by_currency;
DROP TABLE accepted, by_currency;
