-- Receipts, clocks and exceptions by rule and vector id: R1…R3 on parcels, LG-30, LG-31, LG-34…LG-36, and the money of what is not accepted.
\set m 7191
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET marketplace.clock = '2026-03-01 09:00+00';
\ir ../fixtures/demo_parties.sql
\ir ../fixtures/demo_order.sql
\ir ../fixtures/demo_carrier.sql
SET search_path = marketplace, public;
SELECT plan(35);
CREATE FUNCTION pg_temp.order_of(m int, buyer bigint, seller bigint, quantity int, deliver_by text) RETURNS bigint LANGUAGE sql AS $$
SELECT marketplace.order_place(m, jsonb_strip_nulls(jsonb_build_object('reference', 'X' || (SELECT count(*) FROM marketplace.orders WHERE marketplace_id = m), 'buyer', buyer, 'currency', 'EUR', 'deliver_by', deliver_by, 'lines', jsonb_build_array(
	jsonb_build_object('seller', seller, 'description', 'x', 'quantity', quantity, 'net_price', 10, 'vat_category', 'S', 'vat_rate', 20)))))
$$;
-- A parcel of one unit a number, handed over now.
CREATE FUNCTION pg_temp.send(the_m int, the_order bigint, prefix text, VARIADIC quantities numeric[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	part bigint := (SELECT id FROM marketplace.seller_orders WHERE marketplace_id = the_m AND order_id = the_order);
	line bigint := (SELECT id FROM marketplace.order_lines WHERE marketplace_id = the_m AND order_id = the_order);
BEGIN
	IF (SELECT state FROM marketplace.seller_orders WHERE marketplace_id = the_m AND id = part) = 'placed' THEN
		PERFORM marketplace.seller_order_accept(the_m, part);
	END IF;
	RETURN marketplace.shipment_hand_over(the_m, pg_temp.ship(the_m, part, line, prefix, VARIADIC quantities));
END $$;
CREATE FUNCTION pg_temp.flags(the_m int, number text) RETURNS text LANGUAGE sql AS $$
SELECT coalesce(string_agg(exception || ' ' || hours || CASE WHEN open THEN '' ELSE ' arrived' END, ', ' ORDER BY exception), 'none')
  FROM marketplace.shipment_exceptions WHERE marketplace_id = the_m AND parcel_id = pg_temp.parcel(the_m, number)
$$;

-- LG-34: the promise is the 10th, in Paris; three business days without a sign stall; thirty days after the promise it is presumed lost
SELECT pg_temp.order_of(:m, :buyer, :beta, 4, '2026-03-10') AS o \gset
SELECT id AS line FROM order_lines WHERE marketplace_id = :m AND order_id = :o \gset
SELECT id AS part FROM seller_orders WHERE marketplace_id = :m AND order_id = :o \gset
SELECT seller_order_accept(:m, :part) AS accepted \gset
SET marketplace.clock = '2026-03-05 09:00+00';
SELECT pg_temp.send(:m, :o, 'E', 1, 1) AS sent \gset
SELECT pg_temp.track(:m, 'E1', 't', 'in_transit', '2026-03-05T08:00Z') AS t, pg_temp.track(:m, 'E2', 't', 'in_transit', '2026-03-05T08:00Z') AS t \gset
SELECT is(pg_temp.flags(:m, 'E1'), 'none', 'LG-34: nothing on the day of the hand-over');
SET marketplace.clock = '2026-03-10 09:00+00';
SELECT is(pg_temp.flags(:m, 'E1'), 'none', 'LG-34: exactly three business days after the hand-over it is not stalled');
SET marketplace.clock = '2026-03-10 22:59:59+00';
SELECT is(pg_temp.flags(:m, 'E1'), 'stalled 13', 'LG-34: stalled; the promised day in Paris is not over');
SET marketplace.clock = '2026-03-10 23:00:01+00';
SELECT is(pg_temp.flags(:m, 'E1'), 'late 0, stalled 14', 'LG-34: late from the end of the promised day on');
SET marketplace.clock = '2026-03-11 09:00+00';
SELECT pg_temp.track(:m, 'E2', 'd', 'delivered', '2026-03-11T08:30Z') AS t \gset
SELECT is(pg_temp.flags(:m, 'E2'), 'late 9 arrived', 'LG-34: a late delivery stays late');
SELECT order_line_promise(:m, :line, '{"deliver_by": "2026-03-12", "source": "seller"}') AS promised \gset
SELECT is(pg_temp.flags(:m, 'E2'), 'none', 'LG-33: judged by the promise in force');
SELECT is(first_deliver_by, '2026-03-10', 'LG-33: the original is kept') FROM order_line_promise_current WHERE marketplace_id = :m AND order_line_id = :line;
SELECT policy_set(:m, 'lg.grace', '{"n": 48, "unit": "hours"}') AS grace \gset
SET marketplace.clock = '2026-03-13 09:00+00';
SELECT is(pg_temp.flags(:m, 'E1'), 'stalled 72', 'lg.grace: not late yet');
SELECT policy_set(:m, 'lg.grace', '{"n": 0, "unit": "hours"}') AS grace \gset
SET marketplace.clock = '2026-04-11 22:00:01+00';
SELECT matches(pg_temp.flags(:m, 'E1'), 'presumed_lost 0', 'LG-34: presumed lost thirty days after the promise');
SELECT tick(:m, 1000) AS ticked \gset
SELECT is(position, 'in_transit', 'LG-35: presumed is a flag, nothing moves') FROM parcel_contents WHERE marketplace_id = :m AND parcel_id = pg_temp.parcel(:m, 'E1');
SELECT policy_set(:m, 'lg.auto_lose', 'true') AS lose \gset
SELECT tick(:m, 1000) AS ticked \gset
SELECT is(state, 'lost', 'LG-35: lg.auto_lose records the loss') FROM parcel_tracking WHERE marketplace_id = :m AND tracking_number = 'E1';
SELECT is((trim_scale(lost), trim_scale(in_transit)), (1::numeric, 0::numeric), 'LG-35: by quantity') FROM order_line_quantities WHERE marketplace_id = :m AND order_line_id = :line;
SELECT is(count(*)::int, 1, 'LG-59: and tells it') FROM events WHERE marketplace_id = :m AND aggregate_id = :o AND type = 'parcel.lost';
SELECT is(pg_temp.flags(:m, 'E1'), 'none', 'a lost parcel is not late any more');
SELECT tick(:m, 1000) AS ticked \gset
SELECT is(count(*)::int, 1, 'once') FROM tracking_events WHERE marketplace_id = :m AND parcel_id = pg_temp.parcel(:m, 'E1') AND source = 'platform';
SET marketplace.clock = '2026-04-12 10:00+00';
SELECT pg_temp.track(:m, 'E1', 'f', 'found', '2026-04-12T09:00Z') AS found \gset
SELECT is((trim_scale(lost), trim_scale(in_transit)), (0::numeric, 1::numeric), 'LG-10: found, it moves back by a reversal') FROM order_line_quantities WHERE marketplace_id = :m AND order_line_id = :line;
SELECT policy_set(:m, 'lg.auto_lose', 'false') AS lose \gset
-- without a promise: sixty days after the hand-over; never handed over: at risk from the end of ship_by
SELECT pg_temp.order_of(:m, :buyer, :beta, 2, NULL) AS o2 \gset
SELECT pg_temp.send(:m, :o2, 'F', 1) AS sent \gset
SET marketplace.clock = '2026-06-11 10:00:01+00';
SELECT is(pg_temp.flags(:m, 'F1'), 'presumed_lost 0, stalled 1368', 'LG-34: without a promise sixty days after the hand-over');
SELECT id AS line2 FROM order_lines WHERE marketplace_id = :m AND order_id = :o2 \gset
SELECT id AS part2 FROM seller_orders WHERE marketplace_id = :m AND order_id = :o2 \gset
SELECT order_line_promise(:m, :line2, '{"ship_by": "2026-06-09", "source": "seller"}') AS promised \gset
SELECT pg_temp.ship(:m, :part2, :line2, 'G', 1) AS prepared \gset
SELECT is(pg_temp.flags(:m, 'G1'), 'at_risk 36', 'LG-34: prepared and not handed over by the promised day');

-- R1…R3 on the parcel: the last day of the protest, whole, in Paris
CREATE FUNCTION pg_temp.protest_until(the_m int, buyer bigint, seller bigint, number text, received timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
	placed bigint;
	line bigint;
BEGIN
	PERFORM set_config('marketplace.clock', (received - interval '1 day')::text, false);
	placed := pg_temp.order_of(the_m, buyer, seller, 1, NULL);
	line := (SELECT id FROM marketplace.order_lines WHERE marketplace_id = the_m AND order_id = placed);
	PERFORM marketplace.seller_order_accept(the_m, seller_order_id) FROM marketplace.order_lines WHERE marketplace_id = the_m AND id = line;
	PERFORM pg_temp.ship(the_m, seller_order_id, line, number, 1) FROM marketplace.order_lines WHERE marketplace_id = the_m AND id = line;
	PERFORM set_config('marketplace.clock', received::text, false);
	PERFORM pg_temp.track(the_m, number || '1', 'd', 'delivered', to_char(received AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
	PERFORM marketplace.receipt_confirm(the_m, jsonb_build_object('order_id', placed, 'lines', jsonb_build_array(jsonb_build_object('order_line_id', line,
		'quantity', 1, 'condition', 'with_reserves', 'reserve', '{"kind": "damaged", "text": "the pallet was tilted, glass broken"}'::jsonb))));
	RETURN (SELECT due_at FROM marketplace.receipt_deadlines WHERE marketplace_id = the_m AND order_id = placed AND clock = 'reserve_by');
END $$;
SELECT is(local_date(pg_temp.protest_until(:m, :buyer, :beta, id || '-', received) - interval '1 second', 'Europe/Paris'), by, 'v:' || id)
FROM (VALUES ('R1', '2016-05-18 10:00+02'::timestamptz, '2016-05-21'::date), ('R2', '2026-05-07 10:00+02', '2026-05-12'), ('R3', '2026-12-24 10:00+01', '2026-12-29')) v(id, received, by);
SELECT is((must_act, overdue), ('seller'::text, false), 'LG-44: DAP, the seller protests') FROM receipt_deadlines WHERE marketplace_id = :m AND parcel_id = pg_temp.parcel(:m, 'R3-1') AND clock = 'reserve_by';

-- LG-30, LG-31: a denial holds its share, silence accepts the rest only; deemed and taken back by the carrier it awaits again (LG-24)
SET marketplace.clock = '2027-03-02 09:00+00';
SELECT pg_temp.order_of(:m, :buyer, :beta, 10, '2027-03-20') AS o3 \gset
SELECT id AS line3b FROM order_lines WHERE marketplace_id = :m AND order_id = :o3 \gset
SELECT payment_authorize(:m, :o3, '120.00 EUR', '{"method": "card", "psp_reference": "q"}') AS payment \gset
SELECT payment_capture(:m, :payment) AS capture \gset
SELECT payment_settle(:m, :capture) AS settled \gset
SELECT pg_temp.send(:m, :o3, 'H', 6, 4) AS sent \gset
SET marketplace.clock = '2027-03-03 12:00+00';
SELECT pg_temp.track(:m, 'H1', 'd', 'delivered', '2027-03-03T11:00Z') AS t, pg_temp.track(:m, 'H2', 'd', 'delivered', '2027-03-03T11:00Z') AS t \gset
SELECT receipt_confirm(:m, jsonb_build_object('order_id', :o3, 'parcel_id', pg_temp.parcel(:m, 'H1'), 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line3b, 'quantity', 2, 'condition', 'not_received')))) AS denied \gset
\set escrow '(SELECT value || '' '' || held FROM funds_location(:m, :o3) WHERE location = ''escrow'' AND NOT memo)'
SELECT is(:escrow, '120.00 24.00', 'LG-31: exactly the share of what was denied is held');
SELECT is((clock, must_act, trim_scale(quantity), due_at), ('inspect_by'::text, 'buyer'::text, 4::numeric, '2027-03-10 12:00+00'::timestamptz), 'LG-36: the inspection of the rest')
  FROM receipt_deadlines WHERE marketplace_id = :m AND parcel_id = pg_temp.parcel(:m, 'H1') AND clock = 'inspect_by';
SET marketplace.clock = '2027-03-11 12:00+00';
SELECT is(trim_scale(awaited) || ' ' || trim_scale(accepted) || ' ' || trim_scale(disputed), '0 4 2', 'LG-30: by the view, silence has accepted the rest') FROM receipt_status WHERE marketplace_id = :m AND parcel_id = pg_temp.parcel(:m, 'H1');
SELECT tick(:m, 1000) AS ticked \gset
SELECT is(:escrow, '24.00 24.00', 'LG-30: and tick() releases it');
SELECT pg_temp.correct(:m, 'H2', 'c', 'd', 'did_not_occur') AS corrected \gset
SELECT is((trim_scale(in_transit), trim_scale(accepted), trim_scale(disputed)), (4::numeric, 4::numeric, 2::numeric), 'LG-24: deemed acceptance goes with the delivery') FROM order_line_quantities WHERE marketplace_id = :m AND order_line_id = :line3b;
SELECT is((amount, state), ('48.00 EUR'::amount, 'active'::text), 'LG-24: what it had released is held') FROM (SELECT amount, state::text FROM holds WHERE marketplace_id = :m AND target = 'seller' AND reason = 'late_evidence') h;
SELECT pg_temp.correct(:m, 'H1', 'c', 'd', 'did_not_occur') AS corrected \gset
SELECT is((trim_scale(in_transit), trim_scale(accepted), trim_scale(disputed)), (10::numeric, 0::numeric, 0::numeric), 'LG-24: with the denial, which the carrier now agrees to') FROM order_line_quantities WHERE marketplace_id = :m AND order_line_id = :line3b;
SELECT is((SELECT state || ' ' || (SELECT decision FROM receipt_decisions d WHERE d.marketplace_id = o.marketplace_id AND d.objection_id = o.id) FROM receipt_objections o WHERE marketplace_id = :m AND order_id = :o3),
	'closed overtaken', 'LG-31: a later fact ends the contradiction');
SELECT is(count(*)::int, 0, 'its hold is lifted in the same commit') FROM holds WHERE marketplace_id = :m AND order_id = :o3 AND state = 'active';
SELECT is(:escrow, '24.00 0.00', 'nothing is released by it');
-- too late to be taken back
SET marketplace.clock = '2027-03-12 12:00+00';
SELECT pg_temp.track(:m, 'H1', 'd2', 'delivered', '2027-03-12T11:00Z') AS t \gset
SELECT pg_temp.receive(:m, :o3, :line3b, 6, 'H1') AS receipt \gset
SET marketplace.clock = '2027-03-13 12:00:01+00';
SELECT throws_ok(format('SELECT receipt_withdraw(%s, %s, %L)', :m, :receipt, 'a mistake'), 'MK122');
SELECT is(count(*)::int, 0, 'parcels, objections and movements say the same') FROM order_line_quantities q WHERE marketplace_id = :m AND (
	(SELECT coalesce(sum(c.accepted), 0) FROM parcel_contents c WHERE c.marketplace_id = q.marketplace_id AND c.order_line_id = q.order_line_id) <> q.accepted
	OR (SELECT coalesce(sum(c.disputed), 0) FROM parcel_contents c WHERE c.marketplace_id = q.marketplace_id AND c.order_line_id = q.order_line_id) <> q.disputed);
SELECT is_empty(format('SELECT * FROM ledger_verify(%s)', :m), 'the books are in order');
SELECT * FROM finish();
RESET marketplace.clock;
