-- Calendars and deadlines by rule id (RD-14, RD-24 … RD-27) and by the public vectors B1 … B4, R1 … R3, D1, S9.
BEGIN;
SET search_path = marketplace, public;
SET timezone = 'Europe/Paris';
SELECT plan(32);

SELECT is(business_day_add('FR', '2026-04-02', 3), date '2026-04-08', 'v:B1 FR: 2026-04-02 + 3');
SELECT is(business_day_add('TARGET', '2026-04-02', 3), date '2026-04-09', 'v:B1 TARGET: 2026-04-02 + 3');
SELECT is(business_day_add('FR', '2026-07-13', 1), date '2026-07-15', 'v:B2 FR: 2026-07-13 + 1');
SELECT is(business_day_add('TARGET', '2026-07-13', 1), date '2026-07-14', 'v:B2 TARGET: 2026-07-13 + 1');
SELECT is(business_day_add('FR', '2026-05-07', 2), date '2026-05-12', 'v:B3 FR: 2026-05-07 + 2');
SELECT is(business_day_add('TARGET', '2026-05-07', 2), date '2026-05-11', 'v:B3 TARGET: 2026-05-07 + 2');
SELECT is(business_day_add('FR', '2026-12-24', 2), date '2026-12-29', 'v:B4 FR: 2026-12-24 + 2');
SELECT is(business_day_add('TARGET', '2026-12-24', 2), date '2026-12-29', 'v:B4 TARGET: 2026-12-24 + 2');
SELECT is(business_day_add('FR-L1333', '2016-05-18', 3), date '2016-05-21', 'v:R1 received 2016-05-18, protest until 2016-05-21');
SELECT is(business_day_add('FR-L1333', '2026-05-07', 3), date '2026-05-12', 'v:R2 received 2026-05-07, protest until 2026-05-12');
SELECT is(business_day_add('FR-L1333', '2026-12-24', 3), date '2026-12-29', 'v:R3 received 2026-12-24, protest until 2026-12-29');
SELECT is(deadline('2026-04-02T17:30+02:00', 3, 'business_days', 'FR', 'Europe/Paris'), timestamptz '2026-04-08T17:30+02:00',
	'v:D1 opened 2026-04-02 17:30, three business days to answer');
SELECT is(deadline('2026-03-02T00:00+01:00', 48, 'hours', 'FR', 'Europe/Paris'), timestamptz '2026-03-04T00:00+01:00', 'v:D4 48 hours');
SELECT ok(is_business_day('TARGET', '2026-07-14'), 'v:S9 TARGET is open on 14 July');
SELECT ok(NOT is_business_day('FR', '2026-07-14'), 'v:S9 FR is not');
SELECT is(business_day_next('TARGET', '2026-07-14'), date '2026-07-14', 'v:S9 settles on the day requested');

-- RD-14
SELECT is(deadline('2026-10-24T17:30+02:00', 1, 'calendar_days', NULL, 'Europe/Paris'), timestamptz '2026-10-25T17:30+01:00',
	'RD-14 calendar days keep the local time over the change of summer time');
SELECT is(deadline('2026-10-24T17:30+02:00', 24, 'hours', NULL, NULL), timestamptz '2026-10-25T16:30+01:00', 'RD-14 hours pass');
SELECT is(deadline('2026-07-18T10:00+02:00', 1, 'business_days', 'FR', 'Europe/Paris'), timestamptz '2026-07-20T10:00+02:00',
	'RD-14 the first open day after a closed start day is the first');
SELECT is_empty($$
	SELECT s, n FROM generate_series(timestamptz '2026-01-01 17:30', '2026-12-31', '1 day') AS s, generate_series(1, 30) AS n
	 WHERE local_date(deadline(s, n, 'business_days', 'FR', 'Europe/Paris'), 'Europe/Paris') <> business_day_add('FR', s::date, n)
	    OR to_char(deadline(s, n, 'business_days', 'FR', 'Europe/Paris'), 'HH24:MI') <> '17:30'
$$, 'RD-14 business days: the n-th open day, same local time, for every day of a year');
SELECT is_empty($$
	SELECT s, n FROM generate_series(timestamptz '2026-01-01 17:30', '2026-12-31', '5 days') AS s, generate_series(1, 30, 3) AS n
	 WHERE deadline_with_pauses(s, n, 'business_days', 'FR', 'Europe/Paris', '{}') <> deadline(s, n, 'business_days', 'FR', 'Europe/Paris')
$$, 'RD-14 no pause, no change');
SELECT is_empty($$
	SELECT s, h FROM generate_series(timestamptz '2026-01-01', '2026-12-31', '7 hours') AS s, generate_series(1, 20) AS h
	 WHERE deadline_with_pauses(s, 20, 'hours', NULL, NULL, tstzmultirange(tstzrange(s + h * interval '1 hour', s + (h + 5) * interval '1 hour')))
	    <> s + CASE WHEN h < 20 THEN interval '25 hours' ELSE interval '20 hours' END
$$, 'RD-14 a pause moves the deadline by its length, unless it begins at the deadline');
SELECT is(deadline_with_pauses('2026-07-02T10:00+02:00', 2, 'business_days', 'FR', 'Europe/Paris', '{[2026-07-03T00:00+02:00,)}'),
	timestamptz 'infinity', 'RD-14 an open-ended pause: no deadline');

-- RD-24
SELECT is_empty($$
	SELECT c, d, n FROM unnest('{FR,FR-57,FR-L1333,TARGET}'::text[]) AS c, generate_series(date '2027-01-01', '2028-01-31', '1 day') AS d,
		generate_series(1, 15) AS n
	 WHERE (SELECT count(*) FROM calendar_days(c, d::date + 1, business_day_add(c, d::date, n)) AS k WHERE k.is_open) <> n
	    OR NOT is_business_day(c, business_day_add(c, d::date, n))
$$, 'RD-24 adding n skips the start day and ends on the n-th open day');
SELECT is(business_day_add('FR', '2026-07-14', 0), date '2026-07-14', 'RD-24 n = 0 is the start day, open or not');

-- RD-25
SELECT is((SELECT array_agg(calendar_easter(y) ORDER BY y) FROM generate_series(2016, 2030) AS y),
	'{2016-03-27,2017-04-16,2018-04-01,2019-04-21,2020-04-12,2021-04-04,2022-04-17,2023-04-09,2024-03-31,2025-04-20,2026-04-05,2027-03-28,2028-04-16,2029-04-01,2030-04-21}'::date[],
	'RD-25 Easter 2016 to 2030');
SELECT is_empty('SELECT y FROM generate_series(1583, 9999) AS y
	WHERE extract(isodow FROM calendar_easter(y)) <> 7 OR calendar_easter(y) NOT BETWEEN make_date(y, 3, 22) AND make_date(y, 4, 25)',
	'RD-25 Easter is a Sunday between 22 March and 25 April');

-- RD-26: the legal holidays of 2027, by hand (1 May and 15 August are on a weekend, and so is 25 December)
SELECT results_eq($$SELECT day FROM calendar_days('FR', '2027-01-01', '2027-12-31') WHERE NOT is_open AND extract(isodow FROM day) < 6$$,
	'{2027-01-01,2027-03-29,2027-05-06,2027-05-17,2027-07-14,2027-11-01,2027-11-11}'::date[], 'RD-26 FR 2027');
SELECT results_eq($$SELECT day FROM calendar_days('TARGET', '2027-01-01', '2027-12-31') WHERE NOT is_open AND extract(isodow FROM day) < 6$$,
	'{2027-01-01,2027-03-26,2027-03-29}'::date[], 'RD-26 TARGET 2027');
SELECT results_eq($$
	SELECT c, day FROM unnest('{FR-57,FR-67,FR-68}'::text[]) AS c, calendar_days(c, '2028-01-01', '2028-12-31')
	 WHERE NOT is_open AND is_business_day('FR', day) ORDER BY c, day
$$, $$VALUES ('FR-57', date '2028-04-14'), ('FR-57', '2028-12-26'), ('FR-67', '2028-04-14'), ('FR-67', '2028-12-26'),
	('FR-68', '2028-04-14'), ('FR-68', '2028-12-26')$$, 'RD-26 Moselle and Alsace add Good Friday and 26 December');

-- RD-27
SELECT is_empty($$
	SELECT day FROM calendar_days('FR-L1333', '2026-01-01', '2029-12-31')
	 WHERE is_open <> (extract(isodow FROM day) < 7 AND day NOT IN
		(SELECT day FROM calendar_days('FR', '2026-01-01', '2029-12-31') WHERE NOT is_open AND extract(isodow FROM day) < 6)
		AND day NOT IN ('2026-08-15', '2027-05-01', '2027-05-08', '2027-12-25', '2028-01-01', '2028-11-11', '2029-07-14'))
$$, 'RD-27 FR-L1333 is closed on Sundays and French holidays only');
SELECT is_empty($$
	SELECT day FROM calendar_days('TARGET', '2026-01-01', '2026-12-31') WHERE is_open
	EXCEPT SELECT day FROM calendar_days('FR', '2026-01-01', '2026-12-31') WHERE is_open
	EXCEPT VALUES (date '2026-05-08'), ('2026-05-14'), ('2026-05-25'), ('2026-07-14'), ('2026-11-11')
$$, 'RD-27 TARGET and FR are never mixed: they differ on five days of 2026, of which none is a TARGET holiday');
SELECT * FROM finish();
ROLLBACK;
