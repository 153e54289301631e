-- Several currencies: never mixed, converted only at a rate on record, gain and loss to o_fx (FD-9, FD-67, FD-P29). Vector X9.
SET search_path = marketplace, public;
SET client_min_messages = warning;
SET marketplace.clock = '2026-03-02 09:00+01';
SELECT * FROM no_plan();
SELECT 66000 + (random() * 1000000)::int AS m \gset
SELECT ok(marketplace_create(:m, '{"name": "FX", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "OPERATOR", "country": "FR", "siren": "100000009"}}') > 0, 'a marketplace');
SELECT party_create(:m, '{"name": "ALPHA", "country": "FR", "capacities": ["seller"]}') AS alpha,
	party_create(:m, '{"name": "BUYER", "country": "GB", "capacities": ["buyer"]}') AS buyer \gset
CREATE TEMP SEQUENCE numbers;
CREATE FUNCTION pg_temp.place(m int, VARIADIC prices numeric[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	placed bigint;
BEGIN
	placed := order_place(m, jsonb_build_object('reference', 'T' || nextval('numbers'), 'buyer', (SELECT id FROM parties WHERE marketplace_id = m AND name = 'BUYER'), 'currency', 'EUR', 'lines',
	(SELECT jsonb_agg(jsonb_build_object('seller', (SELECT id FROM parties WHERE marketplace_id = m AND name = 'ALPHA'), 'quantity', 1, 'net_price', p,
		'description', 'thing', 'vat_category', 'Z', 'vat_rate', 0)) FROM unnest(prices) p)));
	PERFORM seller_order_accept(m, id) FROM seller_orders WHERE marketplace_id = m AND order_id = placed;
	RETURN placed;
END $$;
CREATE FUNCTION pg_temp.books(m int) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(kind || ' ' || balance || ' ' || currency, ', ' ORDER BY kind, currency) FROM trial_balance WHERE marketplace_id = m AND balance <> 0 $$;
CREATE FUNCTION pg_temp.refuse(m int, placed bigint, at int) RETURNS bigint LANGUAGE sql AS
$$ SELECT order_line_refuse(m, (SELECT id FROM order_lines WHERE marketplace_id = m AND order_id = placed AND position = at), 1, 'none left') $$;

SELECT throws_ok(format('SELECT fx_rate_set(%s, %L)', :m, d), code, NULL, 'FD-9 refused: ' || d) FROM (VALUES ('{"from": "GBP", "to": "GBP", "rate": 1, "source": "PSP"}', 'MK003'),
	('{"from": "GBP", "to": "EUR", "rate": 0, "source": "PSP"}', 'MK003'), ('{"from": "GBP", "to": "XXX", "rate": 1, "source": "PSP"}', 'MK003'), ('{"from": "GBP", "to": "EUR", "rate": "NaN", "source": "PSP"}', 'MK003'),
	('{"from": "GBP", "to": "EUR", "rate": 1.1}', 'MK003')) v(d, code);
SELECT pg_temp.place(:m, 1150) AS o \gset
SELECT payment_authorize(:m, :o, '1150.00 EUR', '{"method": "card", "presented": "1000.00 GBP"}') AS payment \gset
SELECT throws_ok(format('SELECT payment_capture(%s, %s)', :m, :payment), 'MK117', NULL, 'FD-9 nothing is converted without a rate on record');
SELECT ok(fx_rate_set(:m, '{"from": "EUR", "to": "GBP", "rate": "0.8695652", "source": "PSP"}') > 0, 'the inverse');
SELECT throws_ok(format('SELECT payment_capture(%s, %s)', :m, :payment), 'MK117', NULL, 'FD-9 the inverse of another pair is none');
SELECT ok(fx_rate_set(:m, '{"from": "GBP", "to": "EUR", "rate": "1.1600", "source": "PSP", "valid_from": "2026-03-01T00:00:00Z"}') > 0, 'another rate');
SELECT throws_ok(format('SELECT payment_capture(%s, %s)', :m, :payment), 'MK117', NULL, 'FD-9 a rate that does not give what was authorised');
SELECT ok(fx_rate_set(:m, '{"from": "GBP", "to": "EUR", "rate": "1.1500", "source": "PSP", "valid_from": "2026-03-02T00:00:00Z"}') > 0, 'v:X9 the rate of the capture');
SELECT throws_ok(format('SELECT fx_rate_set(%s, %L)', :m, '{"from": "GBP", "to": "EUR", "rate": "1.2", "source": "PSP", "valid_from": "2026-03-02T00:00:00Z"}'), 'MK006', NULL, 'a rate is recorded once');
SELECT ok(payment_settle(:m, payment_capture(:m, :payment)) > 0, 'v:X9 captured at 1.1500');
SELECT is((SELECT presented || ' ' || presented_currency || ' ' || amount || ' ' || currency FROM capture_overview WHERE marketplace_id = :m), '1000.00 GBP 1150.00 EUR', 'v:X9 and frozen');
SET marketplace.clock = '2026-03-20 09:00+01';
SELECT ok(fx_rate_set(:m, '{"from": "GBP", "to": "EUR", "rate": "1.1700", "source": "PSP", "valid_from": "2026-03-20T00:00:00Z"}') > 0, 'v:X9 the rate of the refund');
SELECT ok(pg_temp.refuse(:m, :o, 1) > 0, 'v:X9 refunded');
SELECT max(id) AS refund FROM refunds WHERE marketplace_id = :m \gset
SELECT is((SELECT payload ->> 'presented' FROM instructions WHERE marketplace_id = :m AND object = 'refund' AND object_id = :refund), '1000.00 GBP', 'v:X9 the PSP is told what the buyer gets');
SELECT ok(refund_confirm(:m, :refund) > 0, 'v:X9 paid');
SELECT is((SELECT concat_ws(' ', presented, presented_currency, booked, cost, result) FROM fx_refund_overview WHERE marketplace_id = :m AND refund_id = :refund),
	'1000.00 GBP 1150.00 1170.00 -20.00', 'v:X9 the buyer gets 1000.00 GBP; EUR 1150.00 original, 1170.00 cost, 20.00 loss');
SELECT is(pg_temp.books(:m), 'c_cash -20.00 EUR, c_due_from_own 20.00 EUR, o_due_to_client 20.00 EUR, o_fx -20.00 EUR', 'FD-P29 the loss is the platform''s; no position is left in any currency');
SELECT is((SELECT string_agg(location || ' ' || value || ' ' || currency, ', ') FROM funds_location(:m, :o)), 'refunded 1150.00 EUR', 'FD-43 refunded');

-- a gain; in parts, exactly the whole
SELECT pg_temp.place(:m, 39, 39, 39) AS o \gset
SELECT ok(payment_settle(:m, payment_capture(:m, payment_authorize(:m, :o, '117.00 EUR', '{"method": "card", "presented": "100.00 GBP"}'))) > 0, 'captured at 1.17');
SET marketplace.clock = '2026-04-20 09:00+02';
SELECT ok(fx_rate_set(:m, '{"from": "GBP", "to": "EUR", "rate": "1.1000", "source": "PSP", "valid_from": "2026-04-20T00:00:00Z"}') > 0, 'the pound falls');
CREATE FUNCTION pg_temp.give_back(m int, placed bigint, at int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.refuse(m, placed, at);
	PERFORM refund_confirm(m, (SELECT max(id) FROM refunds WHERE marketplace_id = m));
	RETURN (SELECT concat_ws(' ', presented, booked, cost, result) FROM fx_refund_overview WHERE marketplace_id = m ORDER BY refund_id DESC LIMIT 1);
END $$;
SELECT is(pg_temp.give_back(:m, :o, 1), '33.33 39.00 36.66 2.34', 'FD-67 a third');
SELECT is(pg_temp.give_back(:m, :o, 2), '33.34 39.00 36.67 2.33', 'RD-10 cumulatively');
SELECT is(pg_temp.give_back(:m, :o, 3), '33.33 39.00 36.66 2.34', 'RD-10 together exactly what the buyer paid');
SELECT is((SELECT string_agg(DISTINCT location || ' ' || currency, ', ') || ' ' || sum(value) FROM funds_location(:m, :o)), 'refunded EUR 117.00', 'FD-43 all of it refunded');
SELECT is((SELECT balance FROM trial_balance WHERE marketplace_id = :m AND kind = 'o_fx'), -12.99, 'FD-P29 gains are the platform''s too');
SELECT is((SELECT count(*) FROM trial_balance WHERE marketplace_id = :m AND currency = 'GBP' AND balance <> 0), 0::bigint, 'FD-9 no position is left');
SELECT is((SELECT count(*) FROM ledger_verify(:m)), 0::bigint, 'the books are right');
SELECT * FROM finish();
