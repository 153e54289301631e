-- The agent mode by rule id (FD-50, FD-51): the same life of an order's money with a mandate and without one ends in the same books.
SET search_path = marketplace, public;
SET client_min_messages = warning;
SET timezone = 'UTC';
SELECT plan(46);
SELECT 79000 + (random() * 1000000)::int AS a \gset
SELECT :a + 1 AS n, :a + 2 AS l \gset
SET marketplace.clock = '2026-03-10 08:00+00';
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'carried out';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION pg_temp.open(m int, agent jsonb) RETURNS bigint LANGUAGE sql AS $$
	SELECT marketplace_create(m, jsonb_strip_nulls(jsonb_build_object('name', 'M', 'country', 'FR', 'time_zone', 'Europe/Paris', 'calendar', 'FR',
		'operator', '{"name": "O", "country": "FR"}'::jsonb, 'psp', '{"name": "P", "country": "FR"}'::jsonb, 'agent', agent))) $$;
CREATE FUNCTION pg_temp.party(m int, as_what text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	found bigint;
BEGIN
	SELECT id INTO found FROM parties WHERE marketplace_id = m AND name = as_what;
	IF found IS NULL THEN
		found := party_create(m, jsonb_build_object('name', as_what, 'country', 'FR', 'capacities', jsonb_build_array(as_what)));
	END IF;
	RETURN found;
END $$;
-- An order of 4 pieces at 100.00 and 2 at 10.00: paid, one piece of the first accepted, the second cancelled.
CREATE FUNCTION pg_temp.live(m int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	placed bigint;
	part bigint;
	lines bigint[];
BEGIN
	PERFORM commission_rule_set(m, '{"rate_pct": 7, "vat_rate_pct": 20}');
	placed := order_place(m, jsonb_build_object('reference', 'L', 'buyer', pg_temp.party(m, 'buyer'), 'currency', 'EUR', 'lines', (SELECT jsonb_agg(
		jsonb_build_object('seller', pg_temp.party(m, 'seller'), 'quantity', q, 'net_price', p, 'description', 'D', 'vat_category', 'Z', 'vat_rate', 0)) FROM (VALUES (4, '100.00'), (2, '10.00')) v(q, p))));
	SELECT id INTO part FROM seller_orders WHERE marketplace_id = m AND order_id = placed;
	SELECT array_agg(id ORDER BY position) INTO lines FROM order_lines WHERE marketplace_id = m AND order_id = placed;
	PERFORM seller_order_accept(m, part);
	PERFORM payment_settle(m, payment_capture(m, payment_authorize(m, placed, '420.00 EUR')), '1.00 EUR');
	PERFORM carrier_create(m, '{"code": "van", "name": "VAN"}');
	PERFORM shipment_hand_over(m, shipment_create(m, jsonb_build_object('seller_order_id', part, 'carrier', 'van', 'parcels', jsonb_build_array(
		jsonb_build_object('contents', jsonb_build_array(jsonb_build_object('order_line_id', lines[1], 'quantity', 3)))))));
	PERFORM receipt_confirm(m, jsonb_build_object('order_id', placed, 'lines', jsonb_build_array(jsonb_build_object('order_line_id', lines[1], 'quantity', 1, 'condition', 'conform'))));
	PERFORM order_line_refuse(m, lines[2], 2, 'out of stock');
	PERFORM receipt_confirm(m, jsonb_build_object('order_id', placed, 'lines', jsonb_build_array(jsonb_build_object('order_line_id', lines[1], 'quantity', 2, 'condition', 'conform'))));
	RETURN placed;
END $$;
CREATE FUNCTION pg_temp.books(m int) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(kind || ' ' || balance, ', ' ORDER BY kind) FROM trial_balance WHERE marketplace_id = m AND balance <> 0 $$;
CREATE FUNCTION pg_temp.requests(m int) RETURNS text LANGUAGE sql AS $$
	SELECT COALESCE(string_agg(operation || ' ' || amount || ' ' || state, ', ' ORDER BY request_id), 'none') FROM psp_request_overview WHERE marketplace_id = m $$;

SELECT ok(pg_temp.open(:a, NULL) > 0 AND pg_temp.open(:n, 'false') > 0, 'a marketplace is agent unless it says that it is not');
SELECT is((SELECT count(*)::int FROM agent_mandate_overview WHERE marketplace_id = :a AND in_force AND limits IS NULL), 1, 'FD-50 a mandate without limits');
SELECT is((SELECT count(*)::int FROM agent_mandate_overview WHERE marketplace_id = :n), 0, 'FD-51 no mandate');
SELECT pg_temp.live(:a) AS order_a, pg_temp.live(:n) AS order_n \gset

-- with a mandate: executed at once, and each movement names it
SELECT is(pg_temp.requests(:a), 'none', 'FD-51 in mandate: executed at once');
SELECT is((SELECT count(*)::int FROM movement_authority WHERE marketplace_id = :a AND event_type = 'escrow.released' AND authority = 'mandate' AND mandate_id IS NOT NULL), 2, 'FD-50 each release names its mandate');
SELECT is((SELECT refund_confirm(:a, refund_id) = refund_id FROM refund_overview WHERE marketplace_id = :a), true, 'the refund is paid');
SELECT is((SELECT authority FROM movement_authority WHERE marketplace_id = :a AND event_type = 'refund.paid'), 'mandate', 'FD-50 and so does the refund');

-- without: nothing moves before the PSP has decided
SELECT is(pg_temp.requests(:n), 'release 100.00 requested, refund 20.00 requested, release 200.00 requested', 'FD-51 out of mandate: the PSP is asked, once for each piece of money');
SELECT is((SELECT string_agg(location || ' ' || value, ', ' ORDER BY location) FROM (SELECT location, sum(value) AS value FROM funds_location(:n, :order_n) WHERE NOT memo GROUP BY location) w),
	'escrow 400.00, refund_frozen 20.00', 'FD-51 nothing is released');
SELECT is((SELECT string_agg(amount::text, ', ' ORDER BY id) FROM holds WHERE marketplace_id = :n AND reason = 'psp_request' AND state = 'active'), '100.00 EUR, 200.00 EUR', 'FD-51 the money is reserved by a hold');
SELECT is((SELECT count(*)::int FROM instructions WHERE marketplace_id = :n AND kind = 'psp_request' AND state = 'planned'), 3, 'FD-51 in the outbox');
SELECT is((SELECT state FROM refund_overview WHERE marketplace_id = :n), 'awaiting_funding', 'FD-51 the refund waits');
SELECT max(request_id) FILTER (WHERE amount = 100) AS r1, max(request_id) FILTER (WHERE amount = 20) AS r2, max(request_id) FILTER (WHERE amount = 200) AS r3 FROM psp_request_overview WHERE marketplace_id = :n \gset
SELECT matches(pg_temp.refused(format('SELECT psp_request_decide(%s, %s, %L)', :n, :r1, d)), e, 'refused: ' || d) FROM (VALUES
	('{"decision": "perhaps"}', '^MK003'), ('{"decision": "executed"}', '^MK003'), ('{"decision": "refused"}', '^MK003'), ('{"decision": "executed", "psp_reference": "d", "amount": "1.00 EUR"}', '^MK003')) v(d, e);
SELECT matches(pg_temp.refused(format('SELECT psp_request_decide(%s, 0, %L)', :n, '{"decision": "executed", "psp_reference": "d"}')), '^MK004', 'an unknown request');
SELECT is(psp_request_decide(:n, :r1, '{"decision": "accepted", "psp_reference": "D1"}'), :r1::bigint, 'accepted');
SELECT is((SELECT value FROM funds_location(:n, :order_n) WHERE location = 'seller_available'), NULL, 'FD-51 which moves nothing');
SELECT is(psp_request_decide(:n, :r1, '{"decision": "executed", "psp_reference": "D1x"}'), :r1::bigint, 'executed');
SELECT is((SELECT sum(value) FROM funds_location(:n, :order_n) WHERE location IN ('seller_available', 'commission')), 100.00, 'FD-51 exactly what was asked for moves');
SELECT is((SELECT count(*)::int FROM movement_authority WHERE marketplace_id = :n AND authority = 'psp_decision' AND psp_request_id = :r1), 1, 'FD-50 and names the decision');
SELECT matches(pg_temp.refused(format('SELECT psp_request_decide(%s, %s, %L)', :n, :r1, '{"decision": "refused", "reason": "r"}')), '^MK112', 'a decision is final');
SELECT is(psp_request_decide(:n, :r2, '{"decision": "executed", "psp_reference": "D2"}'), :r2::bigint, 'the refund is executed');
SELECT is((SELECT state FROM refund_overview WHERE marketplace_id = :n), 'paid', 'and paid');
-- refused: the hold stays until an operator lifts it, which asks again
SELECT psp_request_decide(:n, :r3, '{"decision": "refused", "reason": "KYC of the seller"}') AS refused \gset
SELECT tick(:n) AS done \gset
SELECT is(pg_temp.requests(:n), 'release 100.00 executed, refund 20.00 executed, release 200.00 refused', 'FD-51 a refusal is not asked again by itself');
SELECT is((SELECT state FROM holds WHERE marketplace_id = :n AND amount = '200.00 EUR'), 'active', 'the money stays reserved');
SELECT hold_lift(:n, (SELECT hold_id FROM psp_request_overview WHERE marketplace_id = :n AND request_id = :r3), reason => 'KYC is done') AS lifted \gset
SELECT is(pg_temp.requests(:n), 'release 100.00 executed, refund 20.00 executed, release 200.00 refused, release 200.00 requested', 'an operator lifts the hold: asked again');
-- the PSP's adapter answers by the instruction
SELECT instruction_send(:n, i.id) AS sent, i.id AS instruction FROM instructions i WHERE i.marketplace_id = :n AND i.kind = 'psp_request' AND i.state = 'planned' \gset
SELECT is(instruction_confirm(:n, :instruction, 'D4'), :instruction::bigint, 'confirmed by the instruction');
SELECT is(pg_temp.books(:n), pg_temp.books(:a), 'the same books');
-- payouts
SELECT count(bank_account_verify(m, bank_account_add(m, pg_temp.party(m, 'seller'), '{"iban": "FR1420041010050500013M02606", "currency": "EUR"}'))) AS accounts FROM unnest(ARRAY[:a, :n]) m \gset
SELECT payout_run(:a) AS run_a, payout_run(:n) AS run_n \gset
SELECT is((SELECT count(*)::int FROM payout_overview WHERE marketplace_id = :n), 0, 'FD-51 no payout without a mandate');
SELECT is((SELECT payout_confirm(:a, payout_id) = payout_id FROM payout_overview WHERE marketplace_id = :a), true, 'with one it is paid');
SELECT max(request_id) AS r5 FROM psp_request_overview WHERE marketplace_id = :n AND operation = 'payout' AND state = 'requested' AND amount = (SELECT amount FROM payout_overview WHERE marketplace_id = :a) \gset
SELECT payout_run(:n) AS run_n2 \gset
SELECT is((SELECT count(*)::int FROM psp_request_overview WHERE marketplace_id = :n AND operation = 'payout'), 1, 'FD-51 what is asked for is not asked for twice');
SELECT is(psp_request_decide(:n, :r5, '{"decision": "executed", "psp_reference": "D5"}'), :r5::bigint, 'the PSP has paid');
SELECT is((SELECT state FROM payout_overview WHERE marketplace_id = :n), 'paid', 'so the payout is paid');
SELECT is(pg_temp.books(:n), pg_temp.books(:a), 'the same books to the end');
SELECT is((SELECT string_agg(DISTINCT authority, ',') FROM movement_authority WHERE marketplace_id = :n AND event_type LIKE 'payout.%'), 'psp_decision', 'FD-50 its movements name the decision');
SELECT is((SELECT string_agg(check_name, ',') FROM ledger_verify(:n)), NULL, 'and they hold');

-- not decided in time
SELECT order_place(:n, jsonb_build_object('reference', 'E', 'buyer', pg_temp.party(:n, 'buyer'), 'currency', 'EUR', 'lines', jsonb_build_array(
	jsonb_build_object('seller', pg_temp.party(:n, 'seller'), 'quantity', 1, 'net_price', '50.00', 'description', 'D', 'vat_category', 'Z', 'vat_rate', 0)))) AS order_e \gset
SELECT payment_settle(:n, payment_capture(:n, payment_authorize(:n, :order_e, '50.00 EUR'))) AS settled, id AS part_e FROM seller_orders WHERE marketplace_id = :n AND order_id = :order_e \gset
SELECT seller_order_accept(:n, :part_e) AS accepted, escrow_release(:n, :part_e) AS released \gset
SET marketplace.clock = '2026-04-10 08:00+00';
SELECT tick(:n) AS done \gset
SELECT ok(pg_temp.requests(:n) LIKE '%release 50.00 expired', 'FD-51 the clock: expired');

-- limits, currencies, operations, dates
SELECT ok(pg_temp.open(:l, '{"register_number": "12345", "operations": ["release"], "currencies": ["EUR"], "limits": [{"operation": "release", "each": "150.00 EUR", "day": "120.00 EUR"}]}') > 0, 'a mandate with limits, given with the marketplace');
SELECT pg_temp.live(:l) AS order_l \gset
SELECT is(pg_temp.requests(:l), 'refund 20.00 requested, release 200.00 requested', 'FD-50 100.00 of 120.00 a day is covered, 200.00 is above the limit, refunds are not in it');
SELECT matches(pg_temp.refused(format('SELECT agent_mandate_set(%s, %L)', :l, d)), '^MK003', 'refused: ' || d) FROM unnest(ARRAY['{"operations": ["steal"]}', '{"limits": [{"operation": "payout"}]}', '{"currencies": []}']) d;
SELECT is((SELECT agent_mandate_end(:l, mandate_id, 'moved to another PSP') = mandate_id FROM agent_mandate_overview WHERE marketplace_id = :l), true, 'FD-50 a mandate ends');
SELECT matches(pg_temp.refused(format('SELECT agent_mandate_end(%s, (SELECT mandate_id FROM agent_mandate_overview WHERE marketplace_id = %1$s), ''again'')', :l)), '^MK112', 'once');
SELECT * FROM finish();
