-- Payment terms: the days on which parts of an amount fall due, and what the law allows (RD-36 to RD-41).
SET search_path = marketplace, public;
SET client_min_messages = warning;
SELECT plan(64);

\set m 57101
SELECT ok(marketplace_create(:m, '{"name": "Terms", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "OPERATOR", "country": "FR", "siren": "100000009"}}') > 0, 'a marketplace');
CREATE FUNCTION pg_temp.due(terms text, day date, received date DEFAULT NULL) RETURNS date LANGUAGE sql AS
$$ SELECT due_date FROM payment_terms_schedule(57101, to_jsonb(terms), '1.00 EUR', day, received) $$;

-- the two readings
SELECT is(pg_temp.due('45 EOM', '2021-09-13'), '2021-10-31'::date, 'v:T1 days, then end of month');
SELECT is(pg_temp.due('45 EOM', '2025-02-15'), '2025-04-30'::date, 'v:T3 likewise');
SELECT is(pg_temp.due('30 EOM 10', '2016-01-14'), '2016-03-10'::date, 'v:T5 the 10th of the month after');
SELECT ok(policy_set(:m, 'rd.eom_method', '"eom_then_days"') > 0, 'the other reading');
SELECT is(pg_temp.due('45 EOM', '2021-09-13'), '2021-11-14'::date, 'v:T2 end of month, then days');
SELECT is(pg_temp.due('45 EOM', '2025-02-15'), '2025-04-14'::date, 'v:T4 likewise');
SELECT is(pg_temp.due('0 EOM', '2024-02-29'), '2024-02-29'::date, 'the end of a month is in that month');
SELECT ok(policy_set(:m, 'rd.eom_method', '"days_then_eom"') > 0, 'and back');

-- every form, months of every length
SELECT is(pg_temp.due('NET 30', '2026-01-30'), '2026-03-01'::date, 'RD-36 days');
SELECT is(pg_temp.due(' net  60 ', '2023-12-31'), '2024-02-29'::date, '... over a leap year, in any spelling');
SELECT is(pg_temp.due('FIXED 2026-12-31', '2026-01-30'), '2026-12-31'::date, '... a day');
SELECT is(pg_temp.due('ON RECEIPT 30', '2026-01-30', '2026-02-02'), '2026-03-04'::date, '... from receipt');
SELECT is(pg_temp.due('0 EOM 31', '2026-01-15'), '2026-02-28'::date, 'RD-38 clipped to the month');
SELECT is(pg_temp.due('0 EOM 31', '2026-12-15'), '2027-01-31'::date, '... over the end of the year');
SELECT is_empty($$SELECT d FROM generate_series('2023-12-01'::date, '2025-01-31', '1 day') g(d)
	WHERE pg_temp.due('45 EOM', d::date) <> (date_trunc('month', d::date + 45) + interval '1 month - 1 day')::date$$, 'each day of a leap year agrees with PostgreSQL''s own months');
SELECT results_eq($$SELECT instalment, terms_read, due_date, value FROM payment_terms_schedule(57101,
	'[{"pct": 33.333, "terms": "on receipt 0"}, {"pct": 33.333, "terms": "NET 30"}, {"pct": 33.334, "terms": "45 EOM"}]', '100.01 EUR', '2026-01-15', '2026-01-20')$$,
	$$VALUES (1, 'ON RECEIPT 0', '2026-01-20'::date, 33.34), (2, 'NET 30', '2026-02-14', 33.33), (3, '45 EOM', '2026-03-31', 33.34)$$, 'RD-36 instalments lose no cent');
SELECT results_eq($$SELECT value, currency FROM payment_terms_schedule(57101, '"NET 0"', '1000 JPY', '2026-01-15')$$, $$VALUES (1000::numeric, 'JPY')$$, 'any currency');

-- days on which nobody works
SELECT is(pg_temp.due('NET 30', '2026-04-01'), '2026-05-01'::date, 'RD-39 a holiday stays');
SELECT ok(policy_set(:m, 'rd.due_roll', '"next_business_day"') > 0, 'or moves forward');
SELECT is(pg_temp.due('NET 30', '2026-04-01'), '2026-05-04'::date, '... over the weekend');
SELECT is(pg_temp.due('NET 29', '2026-04-01'), '2026-04-30'::date, '... and an open day stays');

-- the law
CREATE FUNCTION pg_temp.checked(terms text, day date, sector text DEFAULT 'general', country text DEFAULT NULL) RETURNS TABLE (limit_date date, allowed boolean) LANGUAGE sql AS
$$ SELECT limit_date, allowed FROM payment_terms_check(57101, to_jsonb(terms), day, NULL, country, sector) $$;
SELECT results_eq($$SELECT * FROM pg_temp.checked('FIXED 2026-03-17', '2026-01-15')$$, $$VALUES ('2026-03-16'::date, false)$$, 'v:T9 a day beyond 60 days');
SELECT results_eq($$SELECT * FROM pg_temp.checked('NET 60', '2026-01-15')$$, $$VALUES ('2026-03-16'::date, true)$$, 'RD-41 60 days');
SELECT results_eq($$SELECT * FROM pg_temp.checked('45 EOM', '2026-01-15')$$, $$VALUES ('2026-03-31'::date, true)$$, 'RD-41 45 days end of month, though it is 75 days');
SELECT results_eq($$SELECT * FROM pg_temp.checked('60 EOM', '2026-01-15')$$, $$VALUES ('2026-03-31'::date, true)$$, 'RD-41 60 days end of month where it falls on the same day');
SELECT results_eq($$SELECT * FROM pg_temp.checked('60 EOM', '2026-01-01')$$, $$VALUES ('2026-03-02'::date, false)$$, 'RD-41 60 days end of month is not lawful');
SELECT results_eq($$SELECT * FROM pg_temp.checked('NET 31', '2026-01-15', 'transport')$$, $$VALUES ('2026-02-14'::date, false)$$, 'RD-41 transport');
SELECT results_eq($$SELECT * FROM pg_temp.checked('NET 300', '2026-01-15', 'general', 'DE')$$, $$VALUES (NULL::date, true)$$, 'no row for the country');
SELECT ok(policy_set(:m, 'rd.terms_ceiling', '[{"country": "DE", "sector": "general", "form": "days", "days": 60, "valid_from": "2014-07-29", "valid_until": "2030-01-01", "source": "BGB 271a"}]') > 0,
	'a row of one''s own');
SELECT results_eq($$SELECT d, allowed FROM (VALUES ('2014-07-28'::date), ('2014-07-29'), ('2029-12-31'), ('2030-01-01')) v(d), pg_temp.checked('NET 61', d, 'general', 'DE') ORDER BY d$$,
	$$VALUES ('2014-07-28'::date, true), ('2014-07-29', false), ('2029-12-31', false), ('2030-01-01', true)$$, 'a row counts within its validity');

-- what is refused
SELECT throws_ok(format('SELECT pg_temp.due(%L, ''2026-01-15'')', t), 'MK003', NULL, format('refused: "%s"', t))
  FROM unnest('{"", "NET", "NET -1", "NET 1 2", "NET 36526", "NET 999999", "45", "45 EOM 0", "45 EOM 32", "45 EOM x", "EOM 45", "FIXED", "FIXED 2026-02-30", "FIXED 2026-1-1",
	"ON RECEIPT", "ON 5", "NETX 5", "30 days"}'::text[]) t;
SELECT throws_ok($$SELECT pg_temp.due('ON RECEIPT 5', '2026-01-15')$$, 'MK001', 'the day of receipt is not known', 'no day of receipt');
SELECT throws_ok($$SELECT * FROM payment_terms_schedule(57101, '[{"pct": 50, "terms": "NET 5"}, {"pct": 49.99, "terms": "NET 9"}]', '1.00 EUR', '2026-01-15')$$, 'MK003', NULL, 'not the whole');
SELECT throws_ok($$SELECT * FROM payment_terms_schedule(57101, '"NET 5"', '1.00 EUR', 'infinity')$$, 'MK002', NULL, 'no day');

-- paying late
SELECT results_eq($$SELECT * FROM late_interest(57101, '12000.00 EUR', '2025-05-31', '2025-08-15')$$, $$VALUES (76, 313.45, 40.00, 353.45, 'EUR')$$, 'v:I1 over two half-years');
SELECT results_eq($$SELECT days, half_year, rate_pct FROM late_interest_periods(57101, '12000.00 EUR', '2025-05-31', '2025-08-15')$$, $$VALUES (30, '2025H1', 13.15), (46, '2025H2', 12.15)$$, 'v:I1 its periods');
SELECT results_eq($$SELECT * FROM late_interest(57101, '10000.00 EUR', '2024-06-15', '2024-07-20')$$, $$VALUES (35, 137.67, 40.00, 177.67, 'EUR')$$, 'v:I2 in a leap year too by 365 days');
SELECT results_eq($$SELECT * FROM late_interest(57101, '999.99 EUR', '2026-02-28', '2026-03-01')$$, $$VALUES (1, 0.33, 40.00, 40.33, 'EUR')$$, 'v:I3 one day');
SELECT results_eq($$SELECT * FROM late_interest(57101, '999.99 EUR', '2026-02-28', '2026-02-28')$$, $$VALUES (0, 0.00, 0.00, 0.00, 'EUR')$$, 'RD-42 on the day it is not late, and costs nothing');
SELECT results_eq($$SELECT from_day, to_day, days, open FROM late_interest_periods(57101, '100.00 EUR', '2026-01-31', '2026-03-31', '[{"paid_on": "2026-02-10", "amount": "40.00 EUR"}, {"paid_on": "2026-01-15", "amount": "10.00 EUR"}]')$$,
	$$VALUES ('2026-02-01'::date, '2026-02-10'::date, 10, 50.00 + 40.00), ('2026-02-11', '2026-03-31', 49, 50.00)$$, 'RD-44 payments split the period; the day of a payment counts');
SELECT results_eq($$SELECT from_day, to_day FROM late_interest_periods(57101, '100.00 EUR', '2026-01-31', '2026-03-31', '[{"paid_on": "2026-02-10", "amount": "100.00 EUR"}]')$$,
	$$VALUES ('2026-02-01'::date, '2026-02-10'::date)$$, 'RD-42 nothing runs once all is paid');
SELECT throws_ok($$SELECT late_interest(57101, '1.00 EUR', '2025-12-31', '2026-07-01')$$, 'MK070', 'the late interest rate of 2026H2 is not known', 'RD-45 a half-year without a rate is an error');
SELECT throws_ok($$SELECT late_interest(57101, '1.00 USD', '2026-01-31', '2026-02-01')$$, 'MK070', NULL, 'the fixed cost is not set in dollars');
SELECT throws_ok($$SELECT late_interest(57101, '-1.00 EUR', '2026-01-31', '2026-02-01')$$, 'MK002', 'no interest runs on a negative amount', 'a negative amount');
SELECT throws_ok($$SELECT late_interest(57101, '1.00 EUR', '2026-01-31', '2026-02-01', '[{"paid_on": "2026-01-15", "amount": "1.01 EUR"}]')$$, 'MK003', NULL, 'more was paid than was owed');
SELECT throws_ok($$SELECT late_interest(57101, '1.00 EUR', '2026-01-31', '2026-02-01', '[{"paid_on": "2026-01-15", "amount": "0.50 USD"}]')$$, 'MK003', NULL, 'paid in another currency');
SELECT * FROM finish();
