-- FD-50, FD-51: every movement of client money without a mandate is a request, moves nothing before the PSP's decision, and ends in the same books as with one.
SET search_path = marketplace, public;
SET client_min_messages = warning;
SET timezone = 'UTC';
SELECT * FROM no_plan();
SELECT 83000 + (random() * 1000000)::int AS a \gset
SELECT :a + 1 AS n \gset
SET marketplace.clock = '2026-03-10 08:00+00';
CREATE FUNCTION pg_temp.open(m int, agent jsonb) RETURNS bigint LANGUAGE sql AS $$
	SELECT marketplace_create(m, jsonb_strip_nulls(jsonb_build_object('name', 'M', 'country', 'FR', 'time_zone', 'Europe/Paris', 'calendar', 'FR',
		'operator', '{"name": "O", "country": "FR"}'::jsonb, 'psp', '{"name": "P", "country": "FR"}'::jsonb, 'agent', agent))) $$;
CREATE FUNCTION pg_temp.party(m int, as_what text) RETURNS bigint LANGUAGE sql AS $$ SELECT min(id) FROM parties WHERE marketplace_id = m AND name = as_what $$;
CREATE FUNCTION pg_temp.place(m int, reference text, price text) RETURNS bigint LANGUAGE sql AS $$
	SELECT order_place(m, jsonb_build_object('reference', reference, 'buyer', pg_temp.party(m, 'buyer'), 'currency', 'EUR', 'lines', jsonb_build_array(
		jsonb_build_object('seller', pg_temp.party(m, 'seller'), 'quantity', 1, 'net_price', price, 'description', 'D', 'vat_category', 'Z', 'vat_rate', 0)))) $$;
CREATE FUNCTION pg_temp.books(m int) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(kind || ' ' || balance, ', ' ORDER BY kind) FROM trial_balance WHERE marketplace_id = m AND balance <> 0 $$;
CREATE FUNCTION pg_temp.requests(m int) RETURNS text LANGUAGE sql AS $$
	SELECT COALESCE(string_agg(concat_ws(' ', operation, object, amount), ', ' ORDER BY request_id), 'none') FROM psp_request_overview WHERE marketplace_id = m AND open $$;
-- the PSP decides what is asked; what follows from its decisions is asked too
CREATE FUNCTION pg_temp.decide(m int, decision text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	seen text := pg_temp.requests(m);
	r bigint;
BEGIN
	LOOP
		SELECT min(request_id) INTO r FROM psp_request_overview WHERE marketplace_id = m AND open;
		EXIT WHEN r IS NULL;
		PERFORM psp_request_decide(m, r, jsonb_build_object('decision', decision, CASE decision WHEN 'executed' THEN 'psp_reference' ELSE 'reason' END, 'D' || r));
	END LOOP;
	RETURN seen;
END $$;
CREATE FUNCTION pg_temp.code(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT pg_temp.open(:a, NULL), pg_temp.open(:n, 'false') \g /dev/null
SELECT party_create(m, '{"name": "seller", "country": "FR", "capacities": ["seller"]}'), party_create(m, '{"name": "buyer", "country": "FR", "capacities": ["buyer"]}'), commission_rule_set(m, '{"rate_pct": 10, "vat_rate_pct": 20}'),
	policy_set(m, 'fd.refund_waits_for_transfer', 'false') FROM unnest(ARRAY[:a, :n]) m \g /dev/null

-- released with a decision, then swept
SELECT pg_temp.place(:a, 'S', '100.00') AS oa, pg_temp.place(:n, 'S', '100.00') AS on \gset
SELECT payment_settle(m, payment_capture(m, payment_authorize(m, o, '100.00 EUR'))), seller_order_accept(m, s.id), escrow_release(m, s.id) FROM (VALUES (:a, :oa::bigint), (:n, :on::bigint)) v(m, o) JOIN seller_orders s ON s.marketplace_id = m AND s.order_id = o \g /dev/null
SELECT is(pg_temp.decide(:n, 'executed'), 'release order_line 100.00', 'FD-51 the release is asked for');
SELECT is(pg_temp.books(:n), pg_temp.books(:a), 'the same books');
SELECT pg_temp.books(:n) AS before \gset
SELECT commission_sweep(m, '{"currency": "EUR"}') AS sweep FROM unnest(ARRAY[:a, :n]) m \g /dev/null
SELECT is(pg_temp.books(:n), :'before', 'FD-51 a sweep without a mandate moves nothing');
SELECT commission_sweep(:n, '{"currency": "EUR"}') AS sweep \gset
SELECT pg_temp.decide(:n, 'refused') AS seen \gset
SELECT is((SELECT string_agg(id || ' ' || state, ', ') FROM commission_sweeps WHERE marketplace_id = :n), :'sweep' || ' reversed', 'asked for once; refused: it is reversed');
SELECT is(pg_temp.books(:n), :'before', 'and nothing has moved');
SELECT commission_sweep(:n, '{"currency": "EUR"}') AS sweep \gset
SELECT is(pg_temp.decide(:n, 'executed'), 'sweep sweep 12.00', 'asked again');
SELECT is(pg_temp.books(:n), pg_temp.books(:a), 'executed: the same books');
SELECT is((SELECT state || ' ' || (SELECT state FROM instructions i WHERE i.marketplace_id = :n AND object = 'sweep' AND object_id = :sweep) FROM commission_sweeps WHERE marketplace_id = :n AND id = :sweep), 'executed confirmed', 'the sweep is executed');

-- released money is taken back; own money is advanced
SELECT refund_create(m, jsonb_build_object('order_id', o, 'door', 'return', 'lines', jsonb_build_array(jsonb_build_object('order_line_id', l.id, 'amount', '30.00 EUR')))) FROM (VALUES (:a, :oa::bigint), (:n, :on::bigint)) v(m, o)
  JOIN order_lines l ON l.marketplace_id = m AND l.order_id = o \g /dev/null
SELECT is((SELECT state FROM refund_overview WHERE marketplace_id = :n) || '; ' || pg_temp.requests(:n), 'awaiting_funding; reverse_release refund_funding 30.00', 'FD-P17 taking back is asked for; the refund waits');
SELECT is((SELECT available FROM seller_balance WHERE marketplace_id = :n AND currency = 'EUR'), 88.00, 'the seller keeps it until the PSP has decided');
SELECT tick(:n) AS done \gset
SELECT is(pg_temp.decide(:n, 'refused'), 'reverse_release refund_funding 30.00', 'tick() asks no second time');
SELECT tick(:n) AS done \gset
SELECT is(pg_temp.requests(:n), 'none', 'nor after a no');
SELECT refund_fund(:n, refund_id) AS refund FROM refund_overview WHERE marketplace_id = :n \gset
SELECT is(pg_temp.decide(:n, 'executed'), 'reverse_release refund_funding 30.00', 'refund_fund() asks again; then the refund itself is');
SELECT refund_confirm(:a, refund_id) AS confirmed FROM refund_overview WHERE marketplace_id = :a \gset
SELECT is((SELECT state FROM refund_overview WHERE marketplace_id = :n) || ' ' || pg_temp.books(:n), 'paid ' || pg_temp.books(:a), 'the same books');
SELECT is((SELECT authority || ' ' || count(*) FROM movement_authority WHERE marketplace_id = :n AND event_type = 'refund.money_found' GROUP BY authority), 'psp_decision 1', 'FD-50 the movement names the decision');

-- sent back out of suspense
SELECT funds_receive(m, '{"external_id": "x1", "source": "bank", "amount": "9.00 EUR", "value_date": "2026-03-10", "payer_iban": "DE89370400440532013000"}') AS receipt FROM unnest(ARRAY[:a, :n]) m \g /dev/null
SELECT pg_temp.books(:n) AS before \gset
SELECT suspense_return(m, id, 'unknown') FROM money_receipts r JOIN unnest(ARRAY[:a, :n]) m ON r.marketplace_id = m \g /dev/null
SELECT is(pg_temp.books(:n) || '; ' || (SELECT state FROM money_receipts WHERE marketplace_id = :n), :'before' || '; returning', 'FD-P25 nothing moves, and nobody else may use it');
SELECT pg_temp.decide(:n, 'refused') AS seen \gset
SELECT is(:'seen' || ' ' || (SELECT state FROM money_receipts WHERE marketplace_id = :n), 'refund money_receipt 9.00 suspense', 'refused: it is in suspense again');
SELECT suspense_return(:n, id, 'unknown') AS again FROM money_receipts WHERE marketplace_id = :n \gset
SELECT pg_temp.decide(:n, 'executed') AS done, instruction_confirm(:a, instruction_send(:a, id)) AS sent FROM instructions WHERE marketplace_id = :a AND object = 'money_receipt' \gset
SELECT is((SELECT state FROM money_receipts WHERE marketplace_id = :n) || ' ' || pg_temp.books(:n), 'returned ' || pg_temp.books(:a), 'the same books');

-- a wallet pays an order
SELECT funds_receive(m, jsonb_build_object('external_id', 'x2', 'source', 'bank', 'amount', '40.00 EUR', 'value_date', '2026-03-10', 'reference', 'BUYER-00' || payment_reference_set(m, jsonb_build_object('reference', 'WALLET-0001', 'buyer_id', pg_temp.party(m, 'buyer'))) || ' WALLET-0001')) FROM unnest(ARRAY[:a, :n]) m \g /dev/null
SELECT pg_temp.place(:a, 'W', '25.00') AS wa, pg_temp.place(:n, 'W', '25.00') AS wn, pg_temp.books(:n) AS before \gset
SELECT wallet_use(:a, :wa) AS pa, wallet_use(:n, :wn) AS pn \gset
SELECT is(pg_temp.books(:n) || ' ' || (SELECT state FROM payments WHERE marketplace_id = :n AND id = :pn), :'before' || ' expected', 'FD-P05 a wallet''s money stays until the PSP has decided');
SELECT pg_temp.decide(:n, 'refused') AS seen \gset
SELECT is(:'seen' || ' ' || (SELECT state FROM payments WHERE marketplace_id = :n AND id = :pn), 'hold payment 25.00 failed', 'refused: the payment has failed');
SELECT wallet_use(:n, :wn) AS pn \gset
SELECT pg_temp.decide(:n, 'executed') AS seen \gset
SELECT is(:'seen' || ' ' || (SELECT state FROM payments WHERE marketplace_id = :n AND id = :pn), 'hold payment 25.00 final', 'executed: it is paid');
SELECT is(pg_temp.books(:n), pg_temp.books(:a), 'the same books to the end');
SELECT wallet_use(:n, pg_temp.place(:n, 'W2', '15.00')) AS pn \gset
SELECT payment_fail(:n, :pn, 'the buyer has paid otherwise') AS failed, request_id AS late FROM psp_request_overview WHERE marketplace_id = :n AND open \gset
SELECT matches(pg_temp.code(format('SELECT psp_request_decide(%s, %s, ''{"decision": "executed", "psp_reference": "x"}'')', :n, :late)), '^MK112', 'what was given up meanwhile is not carried out');
SELECT is((SELECT count(*)::int FROM movement_authority WHERE marketplace_id = :n AND authority = 'mandate'), 0, 'FD-50 nothing moved by a mandate that is not there');
SELECT is((SELECT count(*)::int FROM ledger_verify(:n)) + (SELECT count(*)::int FROM ledger_verify(:a)), 0, 'the books hold');
-- an advance is the platform's own money: a mandate that takes back and does not advance
SELECT pg_temp.open(:a + 2, '{"operations": ["hold", "release", "reverse_release", "refund", "payout"]}') AS opened \gset
SELECT party_create(:a + 2, '{"name": "seller", "country": "FR", "capacities": ["seller"]}') AS s, party_create(:a + 2, '{"name": "buyer", "country": "FR", "capacities": ["buyer"]}') AS b, policy_set(:a + 2, 'fd.refund_waits_for_transfer', 'false') AS policy \gset
SELECT bank_account_verify(:a + 2, bank_account_add(:a + 2, :s, '{"iban": "FR1420041010050500013M02606", "currency": "EUR"}')) AS verified, pg_temp.place(:a + 2, 'A', '80.00') AS o \gset
SELECT payment_settle(:a + 2, payment_capture(:a + 2, payment_authorize(:a + 2, :o, '80.00 EUR'))) AS c, seller_order_accept(:a + 2, id) AS accepted, escrow_release(:a + 2, id) AS released FROM seller_orders WHERE marketplace_id = :a + 2 \gset
SELECT payout_run(:a + 2) AS run \gset
SELECT payout_confirm(:a + 2, payout_id) AS paid FROM payout_overview WHERE marketplace_id = :a + 2 \gset
SELECT refund_create(:a + 2, jsonb_build_object('order_id', :o, 'door', 'return', 'lines', jsonb_build_array(jsonb_build_object('order_line_id', id, 'amount', '30.00 EUR')))) AS d FROM order_lines WHERE marketplace_id = :a + 2 \gset
SELECT pg_temp.decide(:a + 2, 'executed') AS seen \gset
SELECT is(:'seen' || '; ' || (SELECT state FROM refund_overview WHERE marketplace_id = :a + 2) || '; debt ' || (SELECT sum(amount_value(open_amount)) FROM seller_debts WHERE marketplace_id = :a + 2), 'advance refund_funding 30.00; funded; debt 30.00', 'FD-P19 the advance is asked for');

-- FD §7, FD §8: what was sent and not answered in time is unknown; somebody must act
SELECT bank_account_verify(:a, bank_account_add(:a, pg_temp.party(:a, 'seller'), '{"iban": "FR1420041010050500013M02606", "currency": "EUR"}')) AS verified \gset
SELECT payout_run(:a) AS run, refund_create(:a, jsonb_build_object('order_id', :wa, 'door', 'return', 'lines', jsonb_build_array(jsonb_build_object('order_line_id', id, 'amount', '5.00 EUR')))) AS d FROM order_lines WHERE marketplace_id = :a AND order_id = :wa \gset
SELECT payout_send(:a, max(payout_id)) AS payout FROM payout_overview WHERE marketplace_id = :a \gset
SET marketplace.clock = '2026-03-13 07:59+00';
SELECT tick(:a) AS done \gset
SELECT is((SELECT state FROM payout_overview WHERE marketplace_id = :a AND payout_id = :payout), 'sent', 'fd.answer_delay: three business days are not over');
SET marketplace.clock = '2026-03-14 08:00+00';
SELECT tick(:a) AS done \gset
SELECT is((SELECT state FROM payout_overview WHERE marketplace_id = :a AND payout_id = :payout), 'unknown', 'FD-81 then the outcome is unknown');
SELECT is((SELECT string_agg(kind || ' ' || amount || ' ' || party_name || ' ' || who, ', ') FROM instructions_to_resolve WHERE marketplace_id = :a), 'payout 61.60 P operator', 'who must act: the operator asks the PSP');
SELECT matches(pg_temp.code(format('SELECT payout_confirm(%s, %s)', :a, :payout)), '^MK081', 'FD-81 only evidence leads on');
SELECT is(payout_confirm(:a, :payout, 'statement 12') || ' ' || (SELECT count(*) FROM tick_obstacles WHERE marketplace_id = :a), :'payout' || ' 0', 'which resolves it');
SELECT is((SELECT count(*)::int FROM instructions_to_resolve WHERE marketplace_id = :a), 0, 'nobody must act any more');
SELECT * FROM finish();
