-- Refunds of money that was released, by rule id: vectors X3 and X4 to the cent, X6, the one cap (DP-30), means (FD-67), what the platform advances and
-- what becomes of the debt (FD-70 … FD-72), commission (FD-26, FD-27, FD-29); then a random history in which no cent is lost.
SET search_path = marketplace, public;
SET client_min_messages = warning;
SET marketplace.clock = '2026-03-02 08:00+00';
SELECT * FROM no_plan();
SELECT setseed(0.42) \gset

CREATE TEMP SEQUENCE numbers;
\set m 64210
SELECT marketplace_create(:m, '{"name": "Refunds", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "OPERATOR", "country": "FR", "siren": "100000009"}, "psp": {"name": "PSP", "country": "FR"}}') AS marketplace,
	party_create(:m, '{"name": "BUYER", "country": "FR", "capacities": ["buyer"]}') AS buyer \gset
CREATE FUNCTION pg_temp.seller(m int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	seller bigint := party_create(m, '{"name": "SELLER", "country": "FR", "capacities": ["seller"]}');
BEGIN
	PERFORM bank_account_verify(m, bank_account_add(m, seller, '{"iban": "FR1420041010050500013M02606", "currency": "EUR"}'));
	RETURN seller;
END $$;
SELECT commission_rule_set(:m, '{"rate_pct": 10, "vat_rate_pct": 20}') AS rule, policy_set(:m, 'fd.payout_schedule', '"manual"') AS version \gset

-- An order of 'kind:quantity:price:vat' lines of one seller, paid, final, accepted by the seller.
CREATE FUNCTION pg_temp.sold(m int, buyer bigint, seller bigint, VARIADIC lines text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	placed bigint;
BEGIN
	placed := order_place(m, jsonb_build_object('reference', 'T' || nextval('numbers'), 'buyer', buyer, 'currency', 'EUR', 'lines',
		(SELECT jsonb_agg(jsonb_build_object('seller', seller, 'kind', p[1], 'quantity', p[2], 'net_price', p[3], 'description', p[1],
			'vat_category', CASE p[4] WHEN '0' THEN 'Z' ELSE 'S' END, 'vat_rate', p[4]::numeric) ORDER BY n)
		   FROM unnest(lines) WITH ORDINALITY l(line, n), string_to_array(line, ':') p)));
	PERFORM seller_order_accept(m, s.id) FROM seller_orders s WHERE s.marketplace_id = m AND s.order_id = placed;
	PERFORM payment_settle(m, payment_capture(m, payment_authorize(m, placed,
		(SELECT sum(escrow_gross) FROM order_lines WHERE marketplace_id = m AND order_id = placed))));
	RETURN placed;
END $$;
CREATE FUNCTION pg_temp.line(m int, placed bigint, at int DEFAULT 1) RETURNS bigint LANGUAGE sql AS
$$ SELECT id FROM order_lines WHERE marketplace_id = m AND order_id = placed AND position = at $$;
CREATE FUNCTION pg_temp.release(m int, placed bigint) RETURNS bigint LANGUAGE sql AS
$$ SELECT escrow_release(m, id) FROM seller_orders WHERE marketplace_id = m AND order_id = placed $$;
-- All that the seller has is paid out.
CREATE FUNCTION pg_temp.paid_out(m int, seller bigint) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	run bigint := payout_run(m, jsonb_build_object('sellers', jsonb_build_array(seller)));
BEGIN
	PERFORM payout_confirm(m, p.id) FROM payouts p WHERE p.marketplace_id = m AND p.batch_id = run;
	RETURN (SELECT sum(amount) FROM payout_overview WHERE marketplace_id = m AND batch_id = run);
END $$;
CREATE FUNCTION pg_temp.wallet(m int, seller bigint) RETURNS numeric LANGUAGE sql AS
$$ SELECT COALESCE((SELECT available FROM seller_balance WHERE marketplace_id = m AND seller_id = seller), 0) $$;
-- All that is left of all lines of an order, unless lines says otherwise.
CREATE FUNCTION pg_temp.document(placed bigint, door text, lines jsonb DEFAULT NULL, more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object('order_id', placed, 'door', door, 'lines', COALESCE(lines, (SELECT jsonb_agg(jsonb_build_object('order_line_id', id) ORDER BY position)
		FROM order_lines WHERE order_id = placed))) || more $$;
-- 'kind value, …', alike steps added up
CREATE FUNCTION pg_temp.planned(m int, document jsonb) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(kind || ' ' || value, ', ' ORDER BY first) FROM (SELECT kind, sum(value) AS value, min(step) AS first FROM refund_plan(m, document) GROUP BY kind) p $$;
CREATE FUNCTION pg_temp.steps(m int, decision bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(kind || ' ' || value, ', ' ORDER BY first) FROM (SELECT kind, sum(value) AS value, min(step) AS first FROM refund_step_overview
	WHERE marketplace_id = m AND decision_id = decision GROUP BY kind) p $$;
CREATE FUNCTION pg_temp.refunds(m int, decision bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(format('%s %s %s', means, amount, state), ', ' ORDER BY refund_id) FROM refund_register WHERE marketplace_id = m AND decision_id = decision $$;
CREATE FUNCTION pg_temp.debts(m int, seller bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(format('%s %s', open, state), ', ' ORDER BY debt_id) FROM seller_debts_overview WHERE marketplace_id = m AND seller_id = seller $$;
CREATE FUNCTION pg_temp.transferred(m int, decision bigint) RETURNS bigint LANGUAGE sql AS
$$ SELECT count(own_transfer_confirm(m, own_transfer_id, 'bank')) FROM own_transfer_overview WHERE marketplace_id = m AND decision_id = decision AND state = 'planned' $$;
CREATE FUNCTION pg_temp.code(statement text) RETURNS text LANGUAGE plpgsql AS
$$ BEGIN EXECUTE statement; RETURN 'done'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM; END $$;
-- SETTLED 1: what is not in its place, per line
CREATE FUNCTION pg_temp.misplaced(m int, placed bigint, at timestamptz DEFAULT NULL) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(format('line %s: %s + %s <> %s', order_line_id, captured, put_in, here), '; ')
	 FROM (SELECT f.order_line_id, sum(value) FILTER (WHERE NOT memo) AS here,
				  COALESCE(sum(CASE location WHEN 'set_off_given' THEN - value ELSE value END) FILTER (WHERE memo AND location <> 'authorised'), 0) AS put_in,
				  (SELECT sum(amount_value(a.amount)) FROM capture_allocations a JOIN captures c ON c.marketplace_id = m AND c.id = a.capture_id AND c.captured_at <= COALESCE(at, 'infinity')
					WHERE a.marketplace_id = m AND a.order_line_id = f.order_line_id) AS captured
			 FROM funds_location(m, placed, at) f WHERE f.order_line_id IS NOT NULL GROUP BY f.order_line_id) s
	WHERE here <> captured + put_in $$;

-- v:X3: released, the money still with the seller
SELECT pg_temp.seller(:m) AS s \gset
SELECT pg_temp.sold(:m, :buyer, :s, 'goods:1:1000:20', 'shipping:1:50:20') AS o \gset
SELECT pg_temp.release(:m, :o) AS released, pg_temp.document(:o, 'cancellation') AS d \gset
SELECT is(pg_temp.wallet(:m, :s), 1140.00, 'v:X3 the seller has 1140.00');
SELECT is(pg_temp.planned(:m, :'d'), 'commission 120.00, seller_available 1140.00', 'v:X3 from the seller 1140.00, from commission 120.00');
SELECT refund_create(:m, :'d', 'x3') AS r \gset
SELECT is(pg_temp.refunds(:m, :r), 'original 1260.00 funded', 'v:X3 refund 1260.00, no own money to wait for');
SELECT is((SELECT sum(net) || ' ' || sum(vat) FROM commission_reversal_overview WHERE marketplace_id = :m AND decision_id = :r), '100.00 20.00', 'v:X3 FD-27 the commission in full');
SELECT is(pg_temp.debts(:m, :s), NULL, 'v:X3 no debt');
SELECT is(pg_temp.misplaced(:m, :o), NULL, 'v:X3 SETTLED 1');

-- v:X4: paid out; 300.00 of another sale in the wallet
SELECT pg_temp.seller(:m) AS s \gset
SELECT pg_temp.sold(:m, :buyer, :s, 'goods:1:1000:20', 'shipping:1:50:20') AS o \gset
SELECT pg_temp.release(:m, :o) AS released, pg_temp.paid_out(:m, :s) AS paid_out, pg_temp.document(:o, 'cancellation') AS d \gset
SELECT is(:paid_out, 1140.00, 'v:X4 1140.00 was paid out');
SELECT commission_rule_set(:m, format('{"rate_pct": 0, "seller_id": %s}', :s)::jsonb) AS rule, pg_temp.sold(:m, :buyer, :s, 'goods:1:250:20') AS o300 \gset
SELECT pg_temp.release(:m, :o300) AS released \gset
SELECT is(pg_temp.wallet(:m, :s), 300.00, 'v:X4 the wallet has 300.00');
SELECT is(pg_temp.planned(:m, :'d'), 'commission 120.00, seller_available 300.00, platform_advance 840.00', 'v:X4 the plan');
SELECT refund_create(:m, :'d', 'x4') AS r \gset
SELECT is(pg_temp.steps(:m, :r), 'commission 120.00, seller_available 300.00, platform_advance 840.00', 'v:X4 is carried out exactly');
SELECT is((SELECT sum(value) FROM refund_step_overview WHERE marketplace_id = :m AND decision_id = :r), 1260.00, 'v:X4 CX-41 the steps add up to the refund');
SELECT is(pg_temp.refunds(:m, :r), 'original 1260.00 planned', 'FD-66 CX-43 the refund waits for the own money');
SELECT is(pg_temp.debts(:m, :s), '840.00 open', 'v:X4 the receivable is 840.00');
SELECT is((SELECT string_agg(location || ' ' || value, ', ' ORDER BY location) FROM (SELECT location, sum(value) AS value FROM funds_location(:m, :o) WHERE memo GROUP BY 1) l),
	'own_advance 840.00, seller_debt 840.00, set_off_received 300.00', 'SETTLED 1 FD-43 memo rows');
SELECT is(pg_temp.misplaced(:m, :o), NULL, 'SETTLED 1 the places add up, of the line that received');
SELECT is(pg_temp.misplaced(:m, :o300), NULL, 'SETTLED 1 and of the line that gave');
SELECT is(pg_temp.transferred(:m, :r), 1::bigint, 'FD-P04 the own money arrives');
SELECT is(pg_temp.refunds(:m, :r), 'original 1260.00 funded', 'and the refund is funded');
SELECT is((SELECT balance FROM trial_balance WHERE marketplace_id = :m AND kind = 'c_due_from_own'), 0.00, 'FD-98 nothing is owed to the client account');
SELECT refund_confirm(:m, refund_id, 'PSP') AS paid FROM refund_register WHERE marketplace_id = :m AND decision_id = :r \gset
SELECT is((SELECT sum(value) FROM funds_location(:m, :o) WHERE location = 'refunded'), 1260.00, 'v:X4 the buyer has 1260.00');
SELECT pg_temp.release(:m, pg_temp.sold(:m, :buyer, :s, 'goods:1:500:0')) AS released \gset
SELECT is(pg_temp.debts(:m, :s) || ', credited ' || pg_temp.wallet(:m, :s), '340.00 partly_repaid, credited 0.00', 'v:X4 after sales of 500.00: 340.00 owed, credited 0.00');
SELECT pg_temp.sold(:m, :buyer, :s, 'goods:1:600:0') AS o600 \gset
SELECT pg_temp.release(:m, :o600) AS released \gset
SELECT is(pg_temp.debts(:m, :s) || ', credited ' || pg_temp.wallet(:m, :s), '0.00 settled, credited 260.00', 'v:X4 FD-70 after 600.00: nothing owed, credited 260.00');
SELECT is((SELECT value FROM funds_location(:m, :o600) WHERE location = 'due_to_own'), 340.00, 'FD-P21 the set-off is in its place');
SELECT is(pg_temp.misplaced(:m, :o600), NULL, 'SETTLED 1 of the line that repaid');
SELECT is((SELECT count(*) FROM refundable(:m, :o) WHERE refundable <> 0), 0::bigint, 'DP-30 nothing is left to be refunded');
SELECT is(pg_temp.code(format('SELECT refund_create(%s, %L)', :m, :'d')), 'MK116 not so much of line 1 can be refunded', 'DP-30 and no door gives more');
SELECT is(refund_create(:m, :'d', 'x4'), :r::bigint, 'FD-82 the same request is the same refund');

-- v:X6: two captures at two rates; refund of the first
SELECT pg_temp.seller(:m) AS s \gset
SELECT order_place(:m, jsonb_build_object('reference', 'X6', 'buyer', :buyer, 'currency', 'EUR', 'lines', jsonb_build_array(jsonb_build_object('seller', :s,
	'quantity', 1, 'net_price', 1000, 'description', 'X6', 'vat_category', 'Z', 'vat_rate', 0)))) AS o \gset
SELECT seller_order_accept(:m, id) AS accepted FROM seller_orders WHERE marketplace_id = :m AND order_id = :o \gset
SELECT payment_authorize(:m, :o, '1000.00 EUR') AS payment \gset
SELECT commission_rule_set(:m, format('{"rate_pct": 10, "vat_rate_pct": 0, "seller_id": %s}', :s)::jsonb) AS rule, payment_capture(:m, :payment, '500.00 EUR') AS a \gset
SELECT commission_rule_set(:m, format('{"rate_pct": 15, "vat_rate_pct": 0, "seller_id": %s}', :s)::jsonb) AS rule, payment_capture(:m, :payment, '500.00 EUR') AS b \gset
SELECT payment_settle(:m, :a), payment_settle(:m, :b), pg_temp.release(:m, :o) \gset x6_
SELECT refund_create(:m, pg_temp.document(:o, 'return', jsonb_build_array(jsonb_build_object('order_line_id', pg_temp.line(:m, :o), 'capture_id', :a)))) AS r \gset
SELECT is((SELECT string_agg(net || ' of capture ' || CASE capture_id WHEN :a THEN 'A' ELSE 'B' END || ' at ' || rate_pct, ', ') FROM commission_reversal_overview
	WHERE marketplace_id = :m AND decision_id = :r), '50.00 of capture A at 10', 'v:X6 FD-26 the refund of A reverses 50.00, not 62.50');

-- FD-27: parts of an odd amount, by quantity and amount; afterwards nothing is left of anything
SELECT pg_temp.seller(:m) AS s \gset
SELECT pg_temp.sold(:m, :buyer, :s, 'goods:7:14.29:20') AS o \gset
SELECT pg_temp.release(:m, :o) AS released, pg_temp.line(:m, :o) AS l \gset
CREATE FUNCTION pg_temp.part(m int, placed bigint, part jsonb, door text DEFAULT 'return') RETURNS bigint LANGUAGE sql AS
$$ SELECT refund_create(m, pg_temp.document(placed, door, jsonb_build_array(jsonb_build_object('order_line_id', pg_temp.line(m, placed)) || part))) $$;
SELECT is((SELECT count(pg_temp.part(:m, :o, part)) FROM unnest(ARRAY['{"quantity": 1}', '{"amount": "0.01 EUR"}', '{"quantity": 2.5}', '{"amount": "33.33 EUR"}', '{"quantity": 3}', '{}']::jsonb[]) part),
	6::bigint, 'FD-66 many partial refunds');
SELECT is((SELECT sum(net) || ' ' || sum(vat) || ' of ' || sum(base) FROM commission_reversal_overview WHERE marketplace_id = :m AND order_id = :o),
	(SELECT commission || ' ' || vat || ' of ' || captured FROM commission_overview WHERE marketplace_id = :m AND order_id = :o), 'FD-27 at full refund exactly the commission and its VAT');
SELECT is(pg_temp.wallet(:m, :s), 0.00, 'and nothing is left with the seller');
SELECT is(pg_temp.code(format('SELECT pg_temp.part(%s, %s, %L)', :m, :o, '{"quantity": 1}')), 'MK116 not so many of line 1 can be refunded', 'CX-47 nor is there a unit left');

-- CX-29, F4_frozen: a planned payout is dropped, one that was sent is not
SELECT pg_temp.seller(:m) AS s \gset
SELECT pg_temp.sold(:m, :buyer, :s, 'goods:1:100:0') AS o, pg_temp.sold(:m, :buyer, :s, 'goods:1:50:0') AS other \gset
SELECT pg_temp.release(:m, :o) AS released, pg_temp.release(:m, :other) AS released2, payout_run(:m, jsonb_build_object('sellers', jsonb_build_array(:s))) AS run \gset
SELECT payout_id AS payout FROM payout_overview WHERE marketplace_id = :m AND batch_id = :run \gset
SELECT is(pg_temp.planned(:m, pg_temp.document(:o, 'return')), 'commission 12.00, payout_planned 88.00', 'CX-29 what is in a payout that was not sent');
SELECT pg_temp.part(:m, :o, '{}') AS r \gset
SELECT is((SELECT state FROM payout_overview WHERE marketplace_id = :m AND payout_id = :payout) || ', wallet ' || pg_temp.wallet(:m, :s), 'dropped, wallet 44.00', 'FD-P12 it is dropped; the next run pays the rest');
SELECT is(pg_temp.misplaced(:m, :o), NULL, 'SETTLED 1');
SELECT payout_run(:m, jsonb_build_object('sellers', jsonb_build_array(:s))) AS run \gset
SELECT payout_send(:m, payout_id) AS sent FROM payout_overview WHERE marketplace_id = :m AND batch_id = :run \gset
SELECT is(pg_temp.planned(:m, pg_temp.document(:other, 'return')), 'commission 6.00, platform_advance 44.00', 'CX-24 what has been sent is advanced');

-- CX-44: money that is held for another case is not taken
SELECT pg_temp.seller(:m) AS s \gset
SELECT pg_temp.sold(:m, :buyer, :s, 'goods:1:100:0') AS o, pg_temp.sold(:m, :buyer, :s, 'goods:1:50:0') AS other \gset
SELECT pg_temp.release(:m, :o) AS released, pg_temp.paid_out(:m, :s) AS out, pg_temp.release(:m, :other) AS released2 \gset
SELECT is(pg_temp.planned(:m, pg_temp.document(:o, 'return')), 'commission 12.00, seller_available 44.00, platform_advance 44.00', 'SETTLED 1 cents of another line');
SELECT hold_place(:m, jsonb_build_object('order_line_id', pg_temp.line(:m, :other), 'reason', 'dispute', 'amount', '30.00 EUR')) AS hold \gset
SELECT is(pg_temp.planned(:m, pg_temp.document(:o, 'return')), 'commission 12.00, seller_available 14.00, platform_advance 74.00', 'CX-44 but for what is held there');

-- CX-42, FD-72: above the limit the rest awaits its funding; the seller's next sales fund it
SELECT policy_set(:m, 'fd.advance_limit', '20', jsonb_build_object('seller_id', :s)) AS version \gset
SELECT is(pg_temp.planned(:m, pg_temp.document(:o, 'return')), 'commission 4.64, seller_available 14.00, platform_advance 20.00, awaiting_funding 61.36', 'CX-42 the rest has an obstacle, its commission with it');
SELECT pg_temp.part(:m, :o, '{}') AS r \gset
SELECT is(pg_temp.refunds(:m, :r), 'original 100.00 awaiting_funding', 'FD-72 the refund awaits its funding');
SELECT is((SELECT obstacle FROM payout_obstacles(:m, jsonb_build_object('sellers', jsonb_build_array(:s)))), 'refund', '... and the seller is paid nothing meanwhile');
SELECT is((SELECT funded || ' funded, ' || short || ' short, ' || obstacle || ': ' || next_by FROM refund_register WHERE marketplace_id = :m AND decision_id = :r),
	'38.64 funded, 61.36 short, the seller has too little and the platform advances no more: operator', 'CX-62 obstacle and owner');
SELECT is((SELECT refundable FROM refundable(:m, :o)), 0.00, 'DP-30 what is decided and not funded counts');
SELECT is(pg_temp.misplaced(:m, :o), NULL, 'SETTLED 1');
SELECT is(pg_temp.transferred(:m, :r), 1::bigint, 'the own money arrives');
SELECT is(pg_temp.refunds(:m, :r), 'original 100.00 awaiting_funding', 'and is not enough');
SELECT debt_contest(:m, debt_id, 'not our fault') AS contested FROM seller_debts_overview WHERE marketplace_id = :m AND seller_id = :s \gset
SELECT pg_temp.release(:m, pg_temp.sold(:m, :buyer, :s, 'goods:1:70:0')) AS released \gset
SELECT is(pg_temp.debts(:m, :s) || ', wallet ' || pg_temp.wallet(:m, :s), '20.00 disputed, wallet 91.60', 'FD-71 a disputed debt is not offset');
SELECT is(tick(:m) > 0, true, 'tick() looks again');
SELECT is(pg_temp.refunds(:m, :r), 'original 100.00 funded', 'FD-72 funded by the next sale');
SELECT is((SELECT sum(net + vat) FROM commission_reversal_overview WHERE marketplace_id = :m AND decision_id = :r), 12.00, 'FD-27 in two steps exactly the commission');
SELECT is(pg_temp.misplaced(:m, :o), NULL, 'SETTLED 1');

-- debts: age, interest, decision, collection, write-off with a second person
SELECT debt_id AS debt FROM seller_debts_overview WHERE marketplace_id = :m AND seller_id = :s \gset
SET marketplace.actor = 'anne';
SELECT is(pg_temp.code(format('SELECT debt_collect(%s, %s, %L)', :m, :debt, 'notice')), format('MK115 debt %s cannot be collected', :debt), 'FD-71 not while it is contested');
SELECT is(left(pg_temp.code(format('SELECT debt_decide(%s, %s, %L, %L)', :m, :debt, '5.00 EUR', 'goods were late')), 5), 'MK090', 'FD-54 a reduction needs a second person');
SELECT approval_request(:m, 'debt_reduce', :debt, jsonb_build_object('debt_id', :debt, 'amount', '5.00 EUR'), '5.00 EUR') AS approval \gset
SET marketplace.actor = 'bernard';
SELECT approval_give(:m, :approval, (SELECT content_hash FROM approvals WHERE marketplace_id = :m AND approval_id = :approval)) AS given \gset
SET marketplace.actor = 'anne';
SELECT debt_decide(:m, :debt, '5.00 EUR', 'goods were late') AS decided \gset
SELECT is(pg_temp.debts(:m, :s), '15.00 open', 'FD §8 decided: reduced');
SELECT is(pg_temp.code(format('SELECT debt_collect(%s, %s, %L)', :m, :debt, 'notice')), format('MK115 debt %s cannot be collected yet', :debt), 'formal notice has to wait');
SET marketplace.clock = '2026-05-02 08:00+00';
SELECT debt_collect(:m, :debt, 'notice') AS collected \gset
SELECT is((SELECT state || ' ' || days_due || ' days' FROM seller_debts_overview WHERE marketplace_id = :m AND debt_id = :debt), 'in_collection 61 days', 'after fd.debt_collection_days');
SELECT debt_repay(:m, :debt, '4.00 EUR', 'transfer 7') AS paid \gset
SELECT is(pg_temp.debts(:m, :s), '11.00 in_collection', 'FD-P22 paid in part');
SELECT is(left(pg_temp.code(format('SELECT debt_write_off(%s, %s, %L)', :m, :debt, 'insolvent')), 5), 'MK090', 'FD-54 a write-off needs a second person');
SELECT approval_request(:m, 'debt_write_off', :debt, jsonb_build_object('debt_id', :debt, 'amount', '11.00 EUR'), '11.00 EUR') AS approval \gset
SET marketplace.actor = 'bernard';
SELECT approval_give(:m, :approval, (SELECT content_hash FROM approvals WHERE marketplace_id = :m AND approval_id = :approval)) AS given \gset
SET marketplace.actor = 'anne';
SELECT debt_write_off(:m, :debt, 'insolvent') AS written_off \gset
SELECT is(pg_temp.debts(:m, :s), '0.00 written_off', 'FD-P22 written off');
SELECT is((SELECT string_agg(location || ' ' || value, ', ' ORDER BY location) FROM funds_location(:m, :o) WHERE location IN ('seller_debt', 'written_off')), 'written_off 16.00', 'FD-43 written off, memo');
RESET marketplace.actor;
SELECT policy_set(:m, 'fd.debt_interest_pct', '7.3', jsonb_build_object('seller_id', :s)), policy_set(:m, 'fd.advance_limit', '1000', jsonb_build_object('seller_id', :s)),
	policy_set(:m, 'fd.offset_cap_pct', '50', jsonb_build_object('seller_id', :s)), payout_run(:m, jsonb_build_object('sellers', jsonb_build_array(:s))) \gset policy_
SELECT payout_confirm(:m, payout_id) AS paid FROM payout_overview WHERE marketplace_id = :m AND seller_id = :s AND state IN ('planned', 'approved') \gset
SELECT pg_temp.sold(:m, :buyer, :s, 'goods:1:1000:0') AS o \gset
SELECT pg_temp.release(:m, :o) AS released, pg_temp.paid_out(:m, :s) AS out \gset
SELECT pg_temp.part(:m, :o, '{"amount": "500.00 EUR"}') AS r \gset
SELECT is((SELECT string_agg(open || ' ' || state, ', ') FROM seller_debts_overview WHERE marketplace_id = :m AND decision_id = :r), '440.00 open', 'an advance of 440.00');
SET marketplace.clock = '2026-06-21 08:00+00';
SELECT is((SELECT interest FROM seller_debts_overview WHERE marketplace_id = :m AND decision_id = :r), 4.40, 'FD-72 7.3 % on 440.00 for 50 days');
SELECT pg_temp.release(:m, pg_temp.sold(:m, :buyer, :s, 'goods:1:200:0')) AS released \gset
SELECT is((SELECT open || ' open, interest ' || interest FROM seller_debts_overview WHERE marketplace_id = :m AND decision_id = :r), '356.40 open, interest 0.00', 'FD-70 half of a release, interest first');
SELECT is(pg_temp.wallet(:m, :s), 118.00, 'fd.offset_cap_pct: the seller has the other half, beside 30.00 that are held');

-- means: wallet, transfer, mixed; bounced and sent again
SET marketplace.clock = '2026-07-01 08:00+00';
SELECT pg_temp.seller(:m) AS s \gset
SELECT pg_temp.sold(:m, :buyer, :s, 'goods:1:100:20') AS o \gset
SELECT is(pg_temp.code(format('SELECT refund_create(%s, %L)', :m, pg_temp.document(:o, 'dispute', NULL, '{"means": [{"means": "transfer"}]}'))), 'MK116 the buyer has no verified bank account for EUR', 'CX-54 only to a verified account');
SELECT bank_account_verify(:m, bank_account_add(:m, :buyer, '{"iban": "DE89370400440532013000", "currency": "EUR"}')) AS bank \gset
SELECT is(left(pg_temp.code(format('SELECT refund_create(%s, %L)', :m, pg_temp.document(:o, 'dispute', NULL, '{"means": [{"means": "original", "amount": "1.00 EUR"}]}'))), 5), 'MK003', 'FD-67 the means add up to the amount');
SELECT refund_create(:m, pg_temp.document(:o, 'dispute', NULL, '{"means": [{"means": "original", "amount": "50.00 EUR"}, {"means": "wallet", "amount": "30.00 EUR"}, {"means": "transfer"}]}')) AS r \gset
SELECT is(pg_temp.refunds(:m, :r), 'original 50.00 funded, wallet 30.00 paid, transfer 40.00 funded', 'FD-67 mixed, the sum is what was decided');
SELECT is((SELECT sum(value) FROM funds_location(:m, :o) WHERE location = 'buyer_wallet'), 30.00, 'credit is the buyer''s at once');
SELECT refund_id AS transfer FROM refund_register WHERE marketplace_id = :m AND decision_id = :r AND means = 'transfer' \gset
SELECT refund_confirm(:m, :transfer, 'bank') AS paid, refund_bounce(:m, :transfer, 'AC04') AS bounced \gset
SELECT is((SELECT string_agg(location || ' ' || value, ', ' ORDER BY location) FROM funds_location(:m, :o) WHERE NOT memo), 'buyer_wallet 70.00, refund_frozen 50.00', 'FD-P16 it came back and is kept for the buyer');
SELECT refund_retry(:m, :transfer, '{"means": "original"}') AS again \gset
SELECT is(pg_temp.code(format('SELECT refund_retry(%s, %s, %L)', :m, :transfer, '{"means": "original"}')), format('MK116 refund %s was sent again already', :transfer), 'FD-82 once');
SELECT refund_confirm(:m, :again, 'PSP') AS paid \gset
SELECT is((SELECT string_agg(location || ' ' || value, ', ' ORDER BY location) FROM funds_location(:m, :o) WHERE NOT memo), 'buyer_wallet 30.00, refund_frozen 50.00, refunded 40.00', 'sent again by another means');
SELECT is((SELECT refundable FROM refundable(:m, :o)), 0.00, 'DP-30 it is counted once');

-- FD-29: retained and full
SELECT pg_temp.seller(:m) AS s \gset
SELECT pg_temp.sold(:m, :buyer, :s, 'goods:2:100:0') AS o, pg_temp.sold(:m, :buyer, :s, 'goods:2:100:0') AS full \gset
\set retained :o
SELECT pg_temp.release(:m, :o) AS released, pg_temp.release(:m, :full) AS released2 \gset
SELECT refund_create(:m, pg_temp.document(:o, 'return', jsonb_build_array(jsonb_build_object('order_line_id', pg_temp.line(:m, :o), 'quantity', 1)), '{"commission": "retained"}')) AS r,
	refund_create(:m, pg_temp.document(:full, 'return', jsonb_build_array(jsonb_build_object('order_line_id', pg_temp.line(:m, :full), 'amount', '10.00 EUR')), '{"commission": "full"}')) AS f \gset
SELECT is(pg_temp.steps(:m, :r), 'seller_available 100.00', 'FD-29 retained: the seller pays all');
SELECT is(pg_temp.steps(:m, :f), 'commission 10.00, commission_to_seller 14.00', 'FD-29 full: all of the commission, the rest to the seller');
SELECT is(pg_temp.misplaced(:m, :full), NULL, 'SETTLED 1');

-- FD-P18: the commission was swept to the platform's own account
SELECT pg_temp.seller(:m) AS s \gset
SELECT pg_temp.sold(:m, :buyer, :s, 'goods:1:100:0') AS o \gset
SELECT pg_temp.release(:m, :o) AS released, commission_sweep(:m, '{"currency": "EUR"}') AS sweep \gset
SELECT is((SELECT string_agg(kind || ' ' || rule || ' ' || source || ' ' || value, ', ' ORDER BY step) FROM refund_plan(:m, pg_temp.document(:o, 'return'))),
	'commission FD-P18 c_due_from_own 12.00, seller_available FD-P17 c_seller 88.00', 'FD-P18 it comes back as own money');
SELECT is(pg_temp.misplaced(:m, :o), NULL, 'SETTLED 1 swept commission is in its place');
SELECT refund_create(:m, pg_temp.document(:o, 'return')) AS r \gset
SELECT is(pg_temp.refunds(:m, :r), 'original 100.00 planned', 'and the refund waits for it');
SELECT is(pg_temp.misplaced(:m, :o), NULL, 'SETTLED 1 and when it is reversed');

-- FD-P23: goodwill, within the same cap
SELECT pg_temp.part(:m, :retained, '{"amount": "15.00 EUR"}', 'goodwill') AS g \gset
SELECT is(pg_temp.steps(:m, :g) || ', refundable ' || (SELECT refundable FROM refundable(:m, :retained)), 'goodwill 15.00, refundable 85.00', 'FD-P23 DP-30 own money, counted');
SELECT is(pg_temp.misplaced(:m, :retained), NULL, 'SETTLED 1');
SELECT is(pg_temp.code(format('SELECT pg_temp.part(%s, %s, %L)', :m, :retained, '{"amount": "85.01 EUR"}')), 'MK116 not so much of line 1 can be refunded', 'DP-30 one cap over all doors');

-- random: partial refunds, releases and payouts of one seller in any order; each cent in its place at every step, the commission exact at the end
CREATE FUNCTION pg_temp.live(m int, buyer bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	seller bigint := pg_temp.seller(m);
	orders bigint[];
	placed bigint;
	wrong text;
BEGIN
	FOR i IN 1 .. 3 LOOP
		orders := orders || pg_temp.sold(m, buyer, seller, format('goods:%s:%s:20', 1 + floor(random() * 9), round((random() * 90 + 1)::numeric, 2)),
			format('shipping:1:%s:20', round((random() * 9 + 1)::numeric, 2)));
	END LOOP;
	FOR step IN 1 .. 40 LOOP
		placed := orders[1 + floor(random() * 3)::int];
		BEGIN
			CASE floor(random() * 6)
				WHEN 0 THEN PERFORM pg_temp.release(m, placed);
				WHEN 1 THEN PERFORM payout_run(m, jsonb_build_object('sellers', jsonb_build_array(seller)));
				WHEN 2 THEN PERFORM payout_confirm(m, p.id) FROM payouts p WHERE p.marketplace_id = m AND p.seller_id = seller AND p.state IN ('planned', 'approved') LIMIT 1;
				WHEN 3 THEN PERFORM own_transfer_confirm(m, t.id) FROM own_transfers t WHERE t.marketplace_id = m AND t.order_id = placed AND t.state = 'planned' LIMIT 1;
				WHEN 4 THEN PERFORM refund_confirm(m, r.id) FROM refunds r WHERE r.marketplace_id = m AND r.order_id = placed AND r.state = 'funded' LIMIT 1;
				ELSE PERFORM refund_create(m, pg_temp.document(placed, 'return', jsonb_build_array(jsonb_build_object('order_line_id', l.id, 'amount',
					round((random() * l.escrow_gross::numeric / 3 + 0.01)::numeric, 2) || ' EUR')))) FROM order_lines l WHERE l.marketplace_id = m AND l.order_id = placed ORDER BY random() LIMIT 1;
			END CASE;
		EXCEPTION WHEN SQLSTATE 'MK110' OR SQLSTATE 'MK116' THEN
			NULL; -- nothing to release, or nothing left to refund
		END;
		SELECT string_agg(pg_temp.misplaced(m, o), '; ') INTO wrong FROM unnest(orders) o;
		IF wrong IS NOT NULL THEN
			RETURN format('step %s: %s', step, wrong);
		END IF;
	END LOOP;
	FOREACH placed IN ARRAY orders LOOP
		PERFORM refund_create(m, pg_temp.document(placed, 'return', (SELECT jsonb_agg(jsonb_build_object('order_line_id', order_line_id))
			FROM refundable(m, placed) WHERE refundable > 0))) WHERE EXISTS (SELECT FROM refundable(m, placed) WHERE refundable > 0);
	END LOOP;
	SELECT string_agg(format('order %s: commission %s', f.order_id, f.value), '; ') INTO wrong FROM (SELECT o AS order_id, sum(l.value) AS value
		FROM unnest(orders) o, funds_location(m, o) l WHERE l.location = 'commission' GROUP BY o) f WHERE f.value <> 0;
	RETURN COALESCE(wrong, 'well');
END $$;
SELECT is(string_agg(DISTINCT life, '; '), 'well', 'SETTLED 1 FD-27 random refunds between releases and payouts') FROM (SELECT pg_temp.live(:m, :buyer) AS life FROM generate_series(1, 5)) l;
SELECT is((SELECT balance FROM trial_balance WHERE marketplace_id = :m AND kind = 'o_seller_receivable'), (SELECT sum(open) FROM seller_debts_overview WHERE marketplace_id = :m),
	'the receivable is the sum of the debts');
SELECT is_empty(format('SELECT * FROM ledger_verify(%s)', :m), 'FD-1 FD-5 FD-8 the books');
SELECT * FROM finish();
