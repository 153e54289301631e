-- Payouts by rule id: schedules and execution dates (FD-56, FD-59, v:S9), gates (FD-52, FD-57, FD-60), four eyes (FD-54), cancellation, return and
-- what follows (FD-65, FD-P12, FD-P13, v:S5).
SET search_path = marketplace, public;
SET client_min_messages = warning;
SET marketplace.clock = '2026-07-14 06:00+00';
SELECT plan(38);

\set m 61721
SELECT ok(marketplace_create(:m, '{"name": "Payouts", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "OPERATOR", "country": "FR", "siren": "100000009"}}') > 0, 'a marketplace');
SELECT party_create(:m, '{"name": "ALPHA", "country": "FR", "capacities": ["seller"]}') AS alpha,
	party_create(:m, '{"name": "BUYER", "country": "FR", "capacities": ["buyer"]}') AS buyer \gset
SELECT bank_account_verify(:m, bank_account_add(:m, :alpha, '{"iban": "FR1420041010050500013M02606", "currency": "EUR"}')) AS bank \gset
-- An order of one line of alpha's, paid by transfer and released.
CREATE FUNCTION pg_temp.released(m int, buyer bigint, seller bigint, price text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	placed bigint;
	so bigint;
BEGIN
	placed := order_place(m, jsonb_build_object('reference', 'P' || (SELECT count(*) FROM orders WHERE marketplace_id = m), 'buyer', buyer, 'currency', 'EUR',
		'lines', jsonb_build_array(jsonb_build_object('seller', seller, 'quantity', 1, 'net_price', price, 'description', 'thing', 'vat_category', 'Z', 'vat_rate', 0))));
	SELECT id INTO so FROM seller_orders WHERE marketplace_id = m AND order_id = placed;
	PERFORM seller_order_accept(m, so);
	PERFORM payment_capture(m, payment_authorize(m, placed, (price || ' EUR')::amount, '{"method": "transfer"}'));
	PERFORM escrow_release(m, so);
	RETURN placed;
END $$;
CREATE FUNCTION pg_temp.state(m int, payout bigint) RETURNS text LANGUAGE sql AS $$ SELECT state::text FROM payouts WHERE marketplace_id = m AND id = payout $$;
CREATE FUNCTION pg_temp.location(m int, placed bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(location || ' ' || value, ', ' ORDER BY location) FROM funds_location(m, placed) $$;

-- FD-59: the bank's day
SELECT is(payout_execution_date(:m, '2026-07-14 08:00+02'), '2026-07-14'::date, 'v:S9 requested on 14 July, settles on 14 July: TARGET is open, France is not');
SELECT is(payout_execution_date(:m, '2026-07-14 10:29:59+02'), '2026-07-14'::date, 'FD-59 until the cut-off, in local time');
SELECT is(payout_execution_date(:m, '2026-07-14 10:30+02'), '2026-07-15'::date, 'FD-59 from the cut-off on the next day');
SELECT is(payout_execution_date(:m, '2026-07-17 12:00+02'), '2026-07-20'::date, 'FD-59 over the weekend');
SELECT is(payout_execution_date(:m, '2026-04-02 12:00+02'), '2026-04-07'::date, 'FD-59 over Easter, closed for TARGET');

-- FD-56: tick() runs the schedule's slot once
SELECT pg_temp.released(:m, :buyer, :alpha, '400.00') AS o1 \gset
SELECT cmp_ok(tick(:m, 100), '>=', 1::bigint, 'FD-56 the day''s slot is run by tick()');
SELECT max(id) AS p1 FROM payouts WHERE marketplace_id = :m \gset
SELECT results_eq(format('SELECT slot, scheduled, amount_value(p.amount), p.state::text FROM payout_batches b JOIN payouts p ON p.batch_id = b.id AND p.marketplace_id = b.marketplace_id WHERE b.marketplace_id = %s', :m),
	$$VALUES ('schedule 2026-07-14', '2026-07-14'::date, 400.00, 'approved')$$, 'FD-54 up to fd.four_eyes_amount approved by itself');
SELECT pg_temp.released(:m, :buyer, :alpha, '50.00') AS o2 \gset
SELECT lives_ok(format('SELECT tick(%s, 100)', :m), 'tick() again');
SELECT is((SELECT count(*) FROM payout_batches WHERE marketplace_id = :m), 1::bigint, 'FD-56 ... runs the slot no second time');
SELECT is(payout_run(:m, '{"scheduled": "2026-07-14"}'), (SELECT id FROM payout_batches WHERE marketplace_id = :m), 'FD-56 asking for the slot returns the same run');
SELECT throws_ok(format('SELECT payout_run(%s, %L)', :m, '{"scheduled": "2026-07-15"}'), 'MK003', NULL, 'a slot is not run before its day');
SELECT lives_ok(format('SELECT policy_set(%s, %L, %L, %L)', :m, 'fd.payout_schedule', '"weekly:fri"', jsonb_build_object('seller_id', :alpha)), 'alpha is paid on Fridays');
SET marketplace.clock = '2026-07-15 06:00+00';
SELECT tick(:m, 100) \g /dev/null
SELECT is((SELECT count(*) FROM payouts WHERE marketplace_id = :m), 1::bigint, 'FD-59 not on a Wednesday');
SELECT is((SELECT obstacle FROM payout_obstacles(:m, '{"scheduled": "2026-07-15"}')), 'schedule', '... which is said');
SET marketplace.clock = '2026-07-18 06:00+00';
SELECT tick(:m, 100) \g /dev/null
SELECT tick(:m, 100) \g /dev/null
SELECT is((SELECT slot FROM payout_batches b JOIN payouts p ON p.batch_id = b.id AND p.marketplace_id = b.marketplace_id WHERE b.marketplace_id = :m ORDER BY p.id DESC LIMIT 1),
	'schedule 2026-07-17', 'FD-59 Friday''s slot is run on Saturday, when tick() comes late');
SELECT is((SELECT max(execution_date) FROM payouts WHERE marketplace_id = :m), '2026-07-20'::date, '... and executed on Monday');
SELECT max(id) AS p2 FROM payouts WHERE marketplace_id = :m \gset
SELECT lives_ok(format('SELECT policy_set(%s, %L, %L, %L)', :m, 'fd.payout_schedule', '"monthly:1,11,31"', jsonb_build_object('seller_id', :alpha)), 'by days of the month');
SELECT pg_temp.released(:m, :buyer, :alpha, '60.00') AS o3 \gset
SET marketplace.clock = '2026-09-30 06:00+00';
SELECT is((SELECT count(*) FROM payout_obstacles(:m, '{"scheduled": "2026-09-30"}')), 0::bigint, 'FD-59 the 31st of a month of 30 days is the 30th');
SELECT is((SELECT obstacle FROM payout_obstacles(:m, '{"scheduled": "2026-09-29"}')), 'schedule', '... and not the 29th');
SELECT is((SELECT obstacle FROM payout_obstacles(:m, '{"minimum": "60.01 EUR"}')), 'minimum', 'FD-57 less than the minimum carries over');

-- FD-52, FD-57: identification, by the PSP only
SELECT lives_ok(format('SELECT kyc_set(%s, %s, %L, %L, %L)', :m, :alpha, 'valid', 'psp 1', '2026-09-30 06:00+00'), 'valid until now');
SELECT is((SELECT obstacle FROM payout_obstacles(:m)), 'kyc', 'FD-57 an identification has its time');
SELECT throws_ok(format('SELECT kyc_set(%s, %s, %L, NULL)', :m, :alpha, 'valid'), 'MK001', NULL, 'FD-52 the PSP''s reference is needed');
SELECT lives_ok(format('SELECT kyc_set(%s, %s, %L, %L)', :m, :alpha, 'valid', 'psp 2'), 'valid again');
SELECT lives_ok(format('SELECT payee_verification_record(%s, %s, %L)', :m, :bank, '{"result": "no_match", "name": "SOMEBODY"}'), 'no match');
SELECT is((SELECT obstacle FROM payout_obstacles(:m)), 'payee', 'FD-60 no match: not paid');
SELECT lives_ok(format('SELECT payee_verification_accept(%s, %s, %L)', :m, :bank, 'seen the articles'), 'accepted');
SELECT is((SELECT count(*) FROM payout_plan(:m)), 1::bigint, 'FD-60 ... unless an operator accepts it with a reason');

-- FD-65: cancellation that comes too late counts as paid
SELECT ok(payout_send(:m, :p1) > 0 AND payout_send(:m, :p2) > 0, 'sent');
SELECT is((SELECT execution_date FROM payouts WHERE marketplace_id = :m AND id = :p1), '2026-09-30'::date, 'FD-59 sent late, executed late');
SELECT ok(payout_cancel(:m, :p1, 'wrong') > 0 AND payout_request_answer(:m, :p1, false, 'camt.029') > 0, 'FD-65 its cancellation is refused');
SELECT is(pg_temp.state(:m, :p1), 'paid', 'FD-65 ... so it counts as paid');

-- FD-P13, v:S5: the bank sends 400.00 back
SELECT ok(payout_return(:m, :p1, 'AC01', 'EndToEndId-004-01-01') > 0, 'v:S5 400.00 comes back, AC01');
SELECT is(pg_temp.location(:m, :o1), 'seller_available 400.00', 'v:S5 FD-P13 the seller has it again, on its order line');
SELECT is((SELECT state::text FROM bank_accounts WHERE marketplace_id = :m AND id = :bank), 'blocked', 'v:S5 the IBAN is deactivated');
SELECT payout_run(:m) AS run \gset
SELECT is((SELECT count(*) FROM payouts WHERE marketplace_id = :m AND batch_id = :run), 0::bigint, 'FD-65 nothing is sent again by itself');
SELECT is_empty(format('SELECT * FROM ledger_verify(%s)', :m), 'the books are in order');
SELECT * FROM finish();
