-- Calendars: open days by weekend, rules and single rows; deadlines in a time zone, with pauses (RD-14, RD-24 … RD-27).
SET client_min_messages = warning;
SET timezone = 'Europe/Paris';
SET datestyle = 'ISO';
SET search_path = marketplace, public;

-- what is built in
SELECT name, weekend, based_on FROM calendar_list WHERE built_in ORDER BY name;
SELECT calendar, count(*) AS rules FROM calendar_rule_list WHERE built_in GROUP BY calendar ORDER BY calendar;

-- RD-25 Easter: the earliest and the latest possible, leap years, the ends
SELECT y AS year, calendar_easter(y) AS easter FROM unnest('{1583,1818,1943,2000,2024,2026,2038,9999}'::int[]) AS y;
SELECT calendar_easter(1582);
SELECT calendar_easter(10000);
SELECT calendar_easter(NULL);

-- RD-26, no row was generated: the days follow from the rules
SELECT day FROM calendar_days('FR', '2026-01-01', '2026-12-31') WHERE NOT is_open AND extract(isodow FROM day) < 6;
SELECT day FROM calendar_days('TARGET', '2026-01-01', '2026-12-31') WHERE NOT is_open AND extract(isodow FROM day) < 6;
SELECT day FROM calendar_days('FR-67', '2024-01-01', '2024-12-31')
 WHERE NOT is_open AND is_business_day('FR', day);
-- RD-27 Saturdays count, Sundays and holidays do not (15 August 2026 is a Saturday)
SELECT day, is_open FROM calendar_days('FR-L1333', '2026-08-07', '2026-08-16');
-- holidays have a beginning: 8 May is one since 1982, 11 November since 1922
SELECT d AS day, is_business_day('FR', d) FROM unnest('{1981-05-08,1985-05-08,1921-11-11,1922-11-10,1924-11-11}'::date[]) AS d;

-- arithmetic
SELECT n, business_day_add('FR', '2026-07-13', n) FROM generate_series(-3, 3) AS n;
-- from a closed day; n = 0 is the day itself, open or not
SELECT n, business_day_add('FR', '2026-07-18', n) FROM generate_series(-1, 1) AS n;
SELECT business_day_next('FR', '2026-07-14'), business_day_next('FR', '2026-07-15'), business_day_next('FR', '2026-12-25');
SELECT business_days_between('FR', '2026-07-13', '2026-07-20') AS ahead, business_days_between('FR', '2026-07-20', '2026-07-13') AS back,
	business_days_between('FR', '2026-07-14', '2026-07-14') AS same, business_days_between('FR', '2026-01-01', '2026-12-31') AS year;
SELECT count(*) AS wrong
  FROM generate_series(date '2023-12-01', date '2025-02-01', interval '1 day') AS d, generate_series(-40, 40) AS n
 WHERE business_days_between('FR-57', d::date, business_day_add('FR-57', d::date, n)) <> n;
SELECT * FROM calendar_days('FR', '2026-07-02', '2026-07-01');
-- a hundred years, and the ends of time
SELECT business_day_add('TARGET', '2000-01-01', 25000), business_day_add('TARGET', '2000-01-01', -25000);

-- what is refused
SELECT is_business_day('FR-99', '2026-01-01');
SELECT is_business_day('', '2026-01-01');
SELECT is_business_day(repeat('FR', 100), '2026-01-01');
SELECT is_business_day(NULL, '2026-01-01');
SELECT is_business_day('FR', NULL);
SELECT is_business_day('FR', 'infinity');
SELECT is_business_day('FR', '1500-01-01');
SELECT is_business_day('FR', '10000-01-01');
SELECT business_day_add('FR', '2026-01-01', 36526);
SELECT business_day_add('FR', '2026-01-01', -2147483648);
SELECT business_day_add('FR', '9999-12-30', 30);
SELECT business_day_add('FR', '1583-01-03', -30);
SELECT business_days_between('FR', '1600-01-01', '2026-01-01');
SELECT business_days_between('FR', '-infinity', 'infinity');
SELECT count(*) FROM calendar_days('FR', '1600-01-01', '2026-01-01');
SELECT business_day_next('FR-99', '2026-01-01');
SELECT business_day_add('FR-99', '2026-01-01', 0);
SELECT business_days_between('FR-99', '2026-01-01', '2026-01-01');

-- own calendars: a holiday of Guadeloupe, and a shop closed on Mondays
INSERT INTO calendars (name, based_on, description) VALUES ('FR-971', 'FR', 'Guadeloupe');
INSERT INTO calendar_rules (calendar, name, kind, month, day, source) VALUES ('FR-971', 'Abolition de l''esclavage', 'fixed', 5, 27, 'law 83-550');
INSERT INTO calendars (name, weekend, description) VALUES ('SHOP', '{1}', 'closed on Mondays');
SELECT is_business_day('FR-971', '2026-05-27') AS own_rule, is_business_day('FR', '2026-05-27') AS base, is_business_day('FR-971', '2026-07-14') AS inherited;
SELECT is_business_day('SHOP', '2026-07-13') AS monday, is_business_day('SHOP', '2026-07-14') AS tuesday, is_business_day('SHOP', '2026-07-19') AS sunday;
-- single days: an exception opens a Saturday and a holiday, another closes a Tuesday; seen at once
SELECT d AS day, is_business_day('FR-971', d) FROM unnest('{2026-12-12,2026-12-25,2026-12-15}'::date[]) AS d;
INSERT INTO calendar_holidays (calendar, day, name, is_open) VALUES
	('FR-971', '2026-12-12', 'Christmas sale', true), ('FR-971', '2026-12-25', 'Christmas sale', true), ('FR-971', '2026-12-15', 'stocktaking', false);
SELECT d AS day, is_business_day('FR-971', d) FROM unnest('{2026-12-12,2026-12-25,2026-12-15}'::date[]) AS d;
UPDATE calendar_holidays SET is_open = true WHERE calendar = 'FR-971' AND day = '2026-12-15';
SELECT is_business_day('FR-971', '2026-12-15');
-- an open day of the base cancels its holiday, not the weekend of the calendar on top
BEGIN;
INSERT INTO calendar_holidays (calendar, day, name, is_open) VALUES ('FR', '2026-07-14', 'open for once', true), ('FR', '2026-07-18', 'open for once', true);
SELECT c AS calendar, is_business_day(c, '2026-07-14') AS holiday, is_business_day(c, '2026-07-18') AS saturday FROM unnest('{FR,FR-67,FR-L1333}'::text[]) AS c;
SAVEPOINT s;
DELETE FROM calendar_holidays WHERE calendar = 'FR';
SELECT is_business_day('FR', '2026-07-14');
ROLLBACK TO s;
SELECT is_business_day('FR', '2026-07-14');
ROLLBACK;
SELECT is_business_day('FR', '2026-07-14');
-- in a transaction with one snapshot as well
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT is_business_day('FR', '2026-07-14');
INSERT INTO calendar_holidays (calendar, day, name, is_open) VALUES ('FR', '2026-07-14', 'open for once', true);
SELECT is_business_day('FR', '2026-07-14');
ROLLBACK;
SELECT is_business_day('FR', '2026-07-14');
TRUNCATE calendar_holidays;
SELECT is_business_day('FR-971', '2026-12-15'), is_business_day('FR-971', '2026-12-25');

-- calendar_generate() writes what the rules say, once; two holidays on one day are one row
SELECT calendar_generate('FR-971', 2008), calendar_generate('FR-971', 2008);
SELECT day, name, is_open FROM calendar_holidays ORDER BY day;
SELECT calendar_generate('TARGET', 2026) AS target, calendar_generate('FR-L1333', 2026) AS protest, calendar_generate('SHOP', 2026) AS shop;
SELECT calendar_generate('FR-99', 2026);
SELECT calendar_generate('FR', 1500);
SELECT calendar_generate('FR', NULL);
SELECT calendar_generate(NULL, 2026);
CREATE ROLE regress_mk_calendar;
GRANT USAGE ON SCHEMA marketplace TO regress_mk_calendar;
SET ROLE regress_mk_calendar;
SELECT calendar_generate('FR', 2026);
-- anybody counts days
SELECT is_business_day('FR', '2026-07-14'), business_day_add('FR', '2026-07-13', 1);
RESET ROLE;
REVOKE USAGE ON SCHEMA marketplace FROM regress_mk_calendar;
DROP ROLE regress_mk_calendar;

-- what the tables refuse
INSERT INTO calendars (name, description) VALUES ('FR', 'mine');
INSERT INTO calendars (name, based_on, description) VALUES ('A', 'NOWHERE', 'none');
INSERT INTO calendars (name, based_on, description) VALUES ('A', 'A', 'itself');
INSERT INTO calendars (name, based_on, description) VALUES ('A', 'FR', 'fine');
INSERT INTO calendars (name, based_on, description) VALUES ('B', 'A', 'fine');
UPDATE calendars SET based_on = 'B' WHERE name = 'A';
INSERT INTO calendars (name, weekend, description) VALUES ('C', '{1,2,3,4,5,6,7}', 'never');
INSERT INTO calendars (name, weekend, description) VALUES ('C', '{8}', 'eighth day');
INSERT INTO calendar_holidays (calendar, day, name) VALUES ('NOWHERE', '2026-01-01', 'none');
INSERT INTO calendar_rules (calendar, name, kind, month, day) VALUES ('FR-971', 'leap day', 'fixed', 2, 29);
INSERT INTO calendar_rules (calendar, name, kind, month, easter_offset) VALUES ('FR-971', 'both', 'easter', 2, 1);
INSERT INTO calendar_rules (calendar, name, kind, month, day) VALUES ('NOWHERE', 'none', 'fixed', 2, 2);
-- a calendar that single rows close for ever does not make anybody wait for ever
INSERT INTO calendars (name, description) VALUES ('DEAD', 'closed for two years');
INSERT INTO calendar_holidays (calendar, day, name) SELECT 'DEAD', d, 'closed' FROM generate_series(date '2026-01-01', date '2027-12-31', interval '1 day') AS d;
SELECT business_day_add('DEAD', '2025-12-31', 1);
SELECT business_day_next('DEAD', '2026-06-01');

-- local dates (RD-6)
SELECT local_date('2026-06-30T22:30Z', 'Europe/Paris'), local_date('2026-06-30T22:30Z', 'UTC'), local_date('1999-12-31T23:30-05', 'America/Guadeloupe');
SELECT local_date('2026-06-30T22:30Z', 'Europe/Pariss');
SELECT local_date('2026-06-30T22:30Z', 'Europe/Paris+3');
SELECT local_date('2026-06-30T22:30Z', '+02:00');
SELECT local_date('2026-06-30T22:30Z', '');
SELECT local_date('2026-06-30T22:30Z', NULL);
SELECT local_date('infinity', 'Europe/Paris');

-- deadlines (RD-14)
SELECT deadline('2026-04-02T17:30+02:00', 3, 'business_days', 'FR', 'Europe/Paris') AS business,
	deadline('2026-04-02T17:30+02:00', 3, 'calendar_days', NULL, 'Europe/Paris') AS calendar,
	deadline('2026-04-02T17:30+02:00', 3, 'hours', NULL, NULL) AS hours;
-- the start is a closed day: the first open day after it is the first day
SELECT deadline('2026-07-18T10:00+02:00', 1, 'business_days', 'FR', 'Europe/Paris');
-- the start's local day decides: 22:30 UTC is the next day in Paris
SELECT deadline('2026-07-12T22:30Z', 1, 'business_days', 'FR', 'Europe/Paris') AS paris, deadline('2026-07-12T22:30Z', 1, 'business_days', 'FR', 'UTC') AS utc;
-- summer time: days keep the time of day, hours pass; 02:30 does not exist on 29 March 2026 and is read with the offset before
SELECT deadline('2026-03-28T12:00+01:00', 1, 'calendar_days', NULL, 'Europe/Paris') AS day, deadline('2026-03-28T12:00+01:00', 24, 'hours', NULL, NULL) AS hours,
	deadline('2026-03-28T02:30+01:00', 1, 'calendar_days', NULL, 'Europe/Paris') AS skipped;
SELECT deadline('2026-10-24T12:00+02:00', 1, 'calendar_days', NULL, 'Europe/Paris') AS day, deadline('2026-10-24T12:00+02:00', 24, 'hours', NULL, NULL) AS hours;
SELECT deadline('2026-10-25T02:30+01:00', 0, 'calendar_days', NULL, 'Europe/Paris') AS same;
-- backwards: reminders
SELECT deadline('2026-07-15T09:00+02:00', -1, 'business_days', 'FR', 'Europe/Paris'), deadline('2026-07-15T09:00+02:00', -48, 'hours', NULL, NULL);
-- the time zone of the session changes nothing
SET timezone = 'Asia/Tokyo';
SELECT deadline('2026-04-02T17:30+02:00', 3, 'business_days', 'FR', 'Europe/Paris') = timestamptz '2026-04-08T17:30+02:00' AS same;
SET timezone = 'Europe/Paris';
SELECT deadline('2026-04-02T17:30+02:00', 3, 'weeks', 'FR', 'Europe/Paris');
SELECT deadline('2026-04-02T17:30+02:00', 3, 'business_days', NULL, 'Europe/Paris');
SELECT deadline('2026-04-02T17:30+02:00', 3, 'business_days', 'FR', NULL);
SELECT deadline('2026-04-02T17:30+02:00', 3, 'hours', 'FR-99', NULL);
SELECT deadline('2026-04-02T17:30+02:00', 3, 'hours', NULL, 'Mars/Olympus');
SELECT deadline('2026-04-02T17:30+02:00', 3, NULL, 'FR', 'Europe/Paris');
SELECT deadline(NULL, 3, 'hours', NULL, NULL);
SELECT deadline('infinity', 3, 'hours', NULL, NULL);
SELECT deadline('2026-04-02T17:30+02:00', 876601, 'hours', NULL, NULL);
SELECT deadline('2026-04-02T17:30+02:00', 2147483647, 'hours', NULL, NULL);
SELECT deadline('2026-04-02T17:30+02:00', -36526, 'calendar_days', NULL, 'Europe/Paris');
SELECT deadline('9999-12-01T00:00Z', 60, 'calendar_days', NULL, 'Europe/Paris');
SELECT deadline('294276-12-31T00:00Z', 1, 'hours', NULL, NULL);

-- pauses: the clock stands still
SELECT deadline_with_pauses('2026-06-01T10:00+02:00', 48, 'hours', NULL, NULL, '{}') AS none,
	deadline_with_pauses('2026-06-01T10:00+02:00', 48, 'hours', NULL, NULL, '{[2026-06-01T12:00+02:00,2026-06-01T18:00+02:00)}') AS six_hours,
	deadline_with_pauses('2026-06-01T10:00+02:00', 48, 'hours', NULL, NULL, '{[2026-06-03T10:00+02:00,2026-06-04T10:00+02:00)}') AS at_the_end,
	deadline_with_pauses('2026-06-01T10:00+02:00', 48, 'hours', NULL, NULL, '{[2026-05-01T00:00+02:00,2026-06-01T10:00+02:00)}') AS before;
-- a pause over the deadline; one that the first pause makes it reach; one that began before the start; one open at its beginning
SELECT deadline_with_pauses('2026-06-01T10:00+02:00', 48, 'hours', NULL, NULL, '{[2026-06-03T09:00+02:00,2026-06-05T09:00+02:00)}') AS over,
	deadline_with_pauses('2026-06-01T10:00+02:00', 48, 'hours', NULL, NULL,
		'{[2026-06-02T10:00+02:00,2026-06-02T14:00+02:00),[2026-06-03T12:00+02:00,2026-06-03T13:00+02:00)}') AS reached,
	deadline_with_pauses('2026-06-01T10:00+02:00', 48, 'hours', NULL, NULL, '{[2026-05-31T10:00+02:00,2026-06-01T11:00+02:00)}') AS early,
	deadline_with_pauses('2026-06-01T10:00+02:00', 48, 'hours', NULL, NULL, '{(,2026-06-01T11:00+02:00)}') AS always_before;
-- open-ended: infinity once it stops the clock
SELECT deadline_with_pauses('2026-06-01T10:00+02:00', 48, 'hours', NULL, NULL, '{[2026-06-02T10:00+02:00,)}') AS stopped,
	deadline_with_pauses('2026-06-01T10:00+02:00', 48, 'hours', NULL, NULL, '{[2026-06-03T10:00+02:00,)}') AS in_time,
	deadline_with_pauses('2026-06-01T10:00+02:00', 48, 'hours', NULL, NULL, '{[2026-06-02T10:00+02:00,2026-06-02T11:00+02:00),[2026-06-03T10:30+02:00,infinity)}') AS reached;
-- business days: what was paused on closed days does not count (4 and 5 July 2026 are a weekend)
SELECT deadline_with_pauses('2026-07-02T10:00+02:00', 2, 'business_days', 'FR', 'Europe/Paris', '{}') AS none,
	deadline_with_pauses('2026-07-02T10:00+02:00', 2, 'business_days', 'FR', 'Europe/Paris', '{[2026-07-04T00:00+02:00,2026-07-06T00:00+02:00)}') AS weekend,
	deadline_with_pauses('2026-07-02T10:00+02:00', 2, 'business_days', 'FR', 'Europe/Paris', '{[2026-07-03T00:00+02:00,2026-07-06T00:00+02:00)}') AS friday_too,
	deadline_with_pauses('2026-07-02T10:00+02:00', 2, 'business_days', 'FR', 'Europe/Paris', '{[2026-07-03T14:00+02:00,2026-07-03T16:00+02:00)}') AS two_hours,
	deadline_with_pauses('2026-07-02T10:00+02:00', 7, 'business_days', 'FR', 'Europe/Paris', '{[2026-07-03T10:00+02:00,2026-07-07T10:00+02:00)}') AS over_14_july;
-- calendar days over the change of summer time: a pause of one local day is one day
SELECT deadline_with_pauses('2026-03-27T10:00+01:00', 3, 'calendar_days', NULL, 'Europe/Paris', '{[2026-03-28T12:00+01:00,2026-03-29T12:00+02:00)}');
SELECT deadline_with_pauses('2026-06-01T10:00+02:00', -48, 'hours', NULL, NULL, '{[2026-06-02T10:00+02:00,)}');
SELECT deadline_with_pauses('2026-06-01T10:00+02:00', 48, 'hours', NULL, NULL, NULL);
SELECT deadline_with_pauses('2026-06-01T10:00+02:00', 48, 'hours', NULL, NULL, '{[2026-06-02T10:00+02:00,9999-12-31T23:00Z)}');
SELECT deadline_with_pauses('2026-06-01T10:00+02:00', 48, 'hours', NULL, NULL, '{[2026-06-02T10:00+02:00,9999-06-01T00:00Z)}');

DELETE FROM calendar_holidays;
DELETE FROM calendar_rules;
DELETE FROM calendars;
SELECT is_business_day('FR-971', '2026-12-15');
