-- What a buyer objects to: not received, refused, counted; the holds on its money, how it ends, and receipts that are taken back (LG §5, LG-31).
\set m 7161
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET marketplace.clock = '2026-03-02 09:00+00';
\set SHOW_CONTEXT never
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\set demo_carrier :tests '/fixtures/demo_carrier.sql'
\i :demo_parties
\i :demo_order
\i :demo_carrier
\a
\t
-- the whole order is paid: 462.82
SELECT marketplace.payment_authorize(:m, :order_id, '462.82 EUR', '{"method": "card", "psp_reference": "p"}') AS payment \gset
SELECT marketplace.payment_capture(:m, :payment) AS capture \gset
SELECT marketplace.payment_settle(:m, :capture) > 0;
\set lines 'SELECT position, in_transit, sent_back, awaited, accepted, disputed, (SELECT trim_scale(returned) FROM marketplace.order_lines o WHERE o.marketplace_id = q.marketplace_id AND o.order_id = :order_id AND o.position = q.position) FROM pg_temp.line_quantities q WHERE marketplace_id = :m AND position = 3'
\set status 'SELECT t.tracking_number, trim_scale(r.quantity), trim_scale(awaited), trim_scale(accepted), trim_scale(disputed), trim_scale(denied), r.state FROM marketplace.receipt_status r JOIN marketplace.parcel_tracking t USING (marketplace_id, parcel_id) WHERE marketplace_id = :m ORDER BY 1'
\set money 'SELECT location, value, held FROM marketplace.funds_location(:m, :order_id) WHERE order_line_id = :line3 AND NOT memo AND value <> 0 ORDER BY 1'
\set open 'SELECT t.tracking_number, o.kind, trim_scale(o.quantity), trim_scale(o.open_quantity), o.delivered, o.carrier_state, o.state, h.amount, h.state FROM marketplace.receipt_objections o JOIN marketplace.parcel_tracking t USING (marketplace_id, parcel_id) LEFT JOIN marketplace.holds h ON h.marketplace_id = o.marketplace_id AND h.id = o.hold_id WHERE o.marketplace_id = :m ORDER BY o.id'
CREATE FUNCTION pg_temp.confirm(m int, the_order bigint, parcel text, VARIADIC lines text[]) RETURNS bigint LANGUAGE sql AS $$
SELECT marketplace.receipt_confirm(m, jsonb_strip_nulls(jsonb_build_object('order_id', the_order, 'parcel_id', pg_temp.parcel(m, parcel),
	'lines', (SELECT jsonb_agg(l::jsonb) FROM unnest(lines) l))))
$$;
CREATE FUNCTION pg_temp.line(line bigint, rest text) RETURNS text LANGUAGE sql AS $$ SELECT format('{"order_line_id": %s, %s}', line, rest) $$;
CREATE FUNCTION pg_temp.objection(the_m int, number text, the_kind text) RETURNS bigint LANGUAGE sql AS $$
SELECT max(o.id) FROM marketplace.receipt_objections o JOIN marketplace.parcel_tracking t USING (marketplace_id, parcel_id)
 WHERE o.marketplace_id = the_m AND t.tracking_number = number AND o.kind = the_kind
$$;

SELECT pg_temp.ship(:m, :beta_order, :line3, 'A', 4, 3, 2, 1) AS s \gset
SELECT marketplace.shipment_hand_over(:m, :s) > 0;
SET marketplace.clock = '2026-03-04 12:00+00';
SELECT pg_temp.track(:m, 'A1', 'd', 'delivered', '2026-03-04T11:42Z') > 0, pg_temp.track(:m, 'A2', 'd', 'delivered', '2026-03-04T11:43Z') > 0;
:money;

-- documents that are refused
SELECT pg_temp.refused(format('SELECT pg_temp.confirm(%s, %s, %L, %L)', :m, :order_id, p, pg_temp.line(:line3, l))) FROM (VALUES
	('A1', '"quantity": 1, "condition": "refused"'), ('A1', '"quantity": 1, "condition": "refused", "statement": "Sous réserve."'),
	('A1', '"quantity": 1, "condition": "conform", "statement": "fine"'), ('A1', '"quantity": 1, "received_quantity": 1, "condition": "conform"'),
	(NULL, '"received_quantity": 1, "condition": "conform"'), ('A1', '"received_quantity": -1, "condition": "conform"'),
	('A1', '"received_quantity": 1, "condition": "refused", "statement": "no"'), ('A3', '"received_quantity": 0, "condition": "conform"'),
	('A3', '"quantity": 1, "condition": "not_received"'), ('A4', '"quantity": 2, "condition": "refused", "statement": "ordered one"')) v(p, l);

-- one call, four answers for one parcel: of 4 one is conform, one torn, one never came, one is not wanted; only the first is released
SELECT pg_temp.confirm(:m, :order_id, 'A1', pg_temp.line(:line3, '"quantity": 1, "condition": "conform"'),
	pg_temp.line(:line3, '"quantity": 1, "condition": "with_reserves", "reserve": {"kind": "damaged", "text": "box torn"}, "photos": [{"sha256": "' || repeat('AB', 32) || '", "uri": "https://p.example/1"}]'),
	pg_temp.line(:line3, '"quantity": 1, "condition": "not_received"'),
	pg_temp.line(:line3, '"quantity": 1, "condition": "refused", "statement": "wrong size was ordered"')) AS mixed \gset
:lines;
:status;
:open;
:money;
SELECT position, sha256 = repeat('ab', 32), uri FROM marketplace.receipt_evidence WHERE marketplace_id = :m;
SELECT kind, trim_scale(quantity), buyer_says, buyer_said_at, carrier_says, carrier_said_at, hold_id IS NOT NULL FROM marketplace.receipt_contradictions WHERE marketplace_id = :m ORDER BY objection_id;

-- counted: 3 announced, 2 there: one is missing; 2 announced, 3 there: one is surplus, and the count proves the arrival
SELECT pg_temp.confirm(:m, :order_id, 'A2', pg_temp.line(:line3, '"received_quantity": 2, "condition": "conform"')) > 0;
SELECT pg_temp.confirm(:m, :order_id, 'A3', pg_temp.line(:line3, '"received_quantity": 3, "condition": "conform"')) AS counted \gset
SELECT trim_scale(quantity), condition, reserve_kind, statement, trim_scale(surplus) FROM marketplace.receipt_overview WHERE marketplace_id = :m AND parcel_id IN (pg_temp.parcel(:m, 'A2'), pg_temp.parcel(:m, 'A3')) ORDER BY receipt_id, position;
:status;
:money;

-- refused at the door: nothing moves until the carrier brings it back; its money is held all the same
SELECT pg_temp.confirm(:m, :order_id, 'A4', pg_temp.line(:line3, '"quantity": 1, "condition": "refused", "statement": "came too late"')) > 0;
:lines;
SELECT pg_temp.track(:m, 'A4', 'r', 'returned', '2026-03-04T11:50Z') > 0;
:lines;
:open;

-- the buyer finds what it had not received: accepted, released, the hold goes in the same commit
SELECT pg_temp.refused(format('SELECT marketplace.receipt_objection_withdraw(%s, %s, %L)', :m, pg_temp.objection(:m, 'A1', 'not_received'), d)) FROM (VALUES
	('{}'), ('{"reason": "found", "quantity": 2}'), ('{"reason": "found", "colour": 1}')) v(d);
SELECT marketplace.receipt_objection_withdraw(:m, pg_temp.objection(:m, 'A1', 'not_received'), '{"reason": "found at the neighbour''s"}', 'found') > 0;
SELECT marketplace.receipt_objection_withdraw(:m, pg_temp.objection(:m, 'A1', 'not_received'), '{"reason": "found at the neighbour''s"}', 'found') > 0;
:money;
-- the operator decides: the tear is none of the seller's; the refusal at the door was right, the buyer has its money back; a missing box is settled otherwise
SELECT pg_temp.refused(format('SELECT marketplace.receipt_objection_resolve(%s, %s, %L)', :m, pg_temp.objection(:m, 'A1', 'damaged'), d)) FROM (VALUES
	('{"decision": "upheld"}'), ('{"decision": "perhaps", "reason": "x"}'), ('{"decision": "upheld", "reason": "x", "quantity": 0}')) v(d);
SELECT marketplace.receipt_objection_resolve(:m, pg_temp.objection(:m, 'A1', 'damaged'), '{"decision": "unfounded", "reason": "the photo shows another box"}') > 0;
SELECT marketplace.receipt_objection_resolve(:m, pg_temp.objection(:m, 'A4', 'refused'), '{"decision": "upheld", "reason": "it was too late"}') > 0;
SELECT marketplace.receipt_objection_resolve(:m, pg_temp.objection(:m, 'A2', 'missing'), '{"decision": "settled", "reason": "sent again outside the order"}') > 0;
SELECT pg_temp.refused(format('SELECT marketplace.receipt_objection_resolve(%s, %s, %L)', :m, pg_temp.objection(:m, 'A2', 'missing'), '{"decision": "upheld", "reason": "x"}'));
:open;
:money;
SELECT decision, trim_scale(quantity), reason, receipt_id IS NOT NULL FROM marketplace.receipt_decisions WHERE marketplace_id = :m ORDER BY id;
SELECT door, amount, reason FROM marketplace.refund_decisions WHERE marketplace_id = :m;

-- refused after the delivery, and brought back by the carrier: back with the seller by quantity; the correction takes that back; policy refunds
SELECT pg_temp.ship(:m, :alpha_order, :line2, 'B', 1, 1, 1) AS s \gset
SELECT marketplace.shipment_hand_over(:m, :s) > 0;
SELECT pg_temp.track(:m, 'B1', 'd', 'delivered', '2026-03-04T11:55Z') > 0;
SELECT pg_temp.confirm(:m, :order_id, 'B1', pg_temp.line(:line2, '"quantity": 1, "condition": "refused", "statement": "second edition, third ordered"')) > 0;
SELECT pg_temp.track(:m, 'B1', 'r', 'returned', '2026-03-04T11:58Z') > 0;
\set books 'SELECT trim_scale(in_transit) AS in_transit, trim_scale(awaited) AS awaited, trim_scale(accepted) AS accepted, trim_scale(disputed) AS disputed, trim_scale(returned) AS returned FROM marketplace.order_lines WHERE marketplace_id = :m AND id = :line2'
:books;
SELECT pg_temp.correct(:m, 'B1', 'c', 'r', 'did_not_occur') > 0;
:books;
SELECT marketplace.policy_set(:m, 'lg.refused_goods_back', '"refund"') > 0;
SELECT pg_temp.track(:m, 'B1', 'r2', 'returned', '2026-03-04T11:59Z') > 0;
:books;
SELECT o.kind, o.state, d.decision, d.reason FROM marketplace.receipt_objections o JOIN marketplace.receipt_decisions d ON d.marketplace_id = o.marketplace_id AND d.objection_id = o.id WHERE o.marketplace_id = :m AND parcel_id = pg_temp.parcel(:m, 'B1');
SELECT pg_temp.refused(format('SELECT marketplace.receipt_withdraw(%s, %s, %L)', :m, (SELECT receipt_id FROM marketplace.receipt_objections WHERE id = pg_temp.objection(:m, 'B1', 'refused')), 'no'));

-- the carrier takes a delivery back that the buyer had denied: both say the same, nothing is left to decide
SELECT pg_temp.track(:m, 'B2', 'd', 'delivered', '2026-03-04T11:56Z') > 0;
SELECT pg_temp.confirm(:m, :order_id, 'B2', pg_temp.line(:line2, '"quantity": 1, "condition": "not_received", "statement": "nobody rang"')) > 0;
:books;
SELECT pg_temp.correct(:m, 'B2', 'c', 'd', 'did_not_occur') > 0;
:books;
SELECT kind, state FROM marketplace.receipt_objections WHERE id = pg_temp.objection(:m, 'B2', 'not_received') AND marketplace_id = :m;

-- overdue and not delivered: denied; delivered afterwards it awaits receipt, delivered before (the carrier knew late) it is a contradiction
SELECT marketplace.order_line_promise(:m, :line2, '{"deliver_by": "2026-03-03", "source": "seller"}') > 0;
SELECT pg_temp.confirm(:m, :order_id, 'B2', pg_temp.line(:line2, '"quantity": 1, "condition": "not_received"')) > 0,
	pg_temp.confirm(:m, :order_id, 'B3', pg_temp.line(:line2, '"quantity": 1, "condition": "not_received"')) > 0;
:books;
SET marketplace.clock = '2026-03-05 12:00+00';
SELECT pg_temp.track(:m, 'B2', 'd2', 'delivered', '2026-03-05T10:00Z') > 0, pg_temp.track(:m, 'B3', 'd', 'delivered', '2026-03-04T09:00Z') > 0;
:books;
SELECT t.tracking_number, c.kind, c.buyer_said_at, c.carrier_says, c.carrier_said_at FROM marketplace.receipt_contradictions c JOIN marketplace.parcel_tracking t USING (marketplace_id, parcel_id) WHERE marketplace_id = :m AND order_line_id = :line2;

-- a receipt is taken back: what it released is held in the seller's wallet until it is accepted again
SELECT pg_temp.confirm(:m, :order_id, 'B2', pg_temp.line(:line2, '"quantity": 1, "condition": "conform"')) AS wrong \gset
\set wallet 'SELECT h.target, h.amount, h.lifted, h.reason, h.state, h.note FROM marketplace.holds h WHERE h.marketplace_id = :m AND h.target = ''seller'' ORDER BY id'
SELECT pg_temp.refused(format('SELECT marketplace.receipt_withdraw(%s, %s, %L)', :m, :mixed, 'decided')), pg_temp.refused(format('SELECT marketplace.receipt_withdraw(%s, 999999999, %L)', :m, 'none'));
SELECT marketplace.receipt_withdraw(:m, :wrong, 'it was another parcel', 'back') = :wrong, marketplace.receipt_withdraw(:m, :wrong, 'it was another parcel', 'back') = :wrong;
SELECT pg_temp.refused(format('SELECT marketplace.receipt_withdraw(%s, %s, %L)', :m, :wrong, 'again'));
:books;
:wallet;
SELECT pg_temp.confirm(:m, :order_id, 'B2', pg_temp.line(:line2, '"quantity": 1, "condition": "conform"')) > 0;
:books;
:wallet;
-- of goods that the receipt alone proved to have arrived nothing is left
SELECT pg_temp.ship(:m, :alpha_order, :line1, 'C', 1, 1) AS s \gset
SELECT marketplace.shipment_hand_over(:m, :s) > 0;
SELECT pg_temp.confirm(:m, :order_id, 'C1', pg_temp.line(:line1, '"quantity": 1, "condition": "conform"')) AS wrong \gset
SELECT marketplace.receipt_withdraw(:m, :wrong, 'it was the other one') > 0;
SELECT in_transit, awaited, accepted FROM pg_temp.line_quantities WHERE marketplace_id = :m AND position = 1;
-- lost, says the carrier, and the buyer has it
SELECT pg_temp.track(:m, 'C1', 'l', 'lost', '2026-03-05T11:00Z') > 0;
SELECT in_transit, lost, awaited, accepted FROM pg_temp.line_quantities WHERE marketplace_id = :m AND position = 1;
SELECT pg_temp.confirm(:m, :order_id, 'C1', pg_temp.line(:line1, '"quantity": 1, "condition": "conform"')) > 0;
SELECT in_transit, lost, awaited, accepted FROM pg_temp.line_quantities WHERE marketplace_id = :m AND position = 1;
SELECT kind, trim_scale(quantity), carrier_says FROM marketplace.receipt_contradictions WHERE marketplace_id = :m AND order_line_id = :line1;
-- received by the buyer, then taken back by the carrier: the receipt stands, somebody looks at it
SELECT pg_temp.track(:m, 'C2', 'd', 'delivered', '2026-03-05T11:00Z') > 0;
SELECT pg_temp.confirm(:m, :order_id, 'C2', pg_temp.line(:line1, '"quantity": 1, "condition": "conform"')) > 0;
SELECT pg_temp.correct(:m, 'C2', 'c', 'd', 'did_not_occur') > 0;
SELECT kind, must_act FROM marketplace.tracking_obstacles WHERE marketplace_id = :m;
SELECT pg_temp.refused(format('SELECT marketplace.tracking_resolve(%s, %s, %L)', :m, tracking_problem_id, d)) FROM marketplace.tracking_obstacles, (VALUES ('{}'), (format('{"reason": "x", "parcel_id": %s}', pg_temp.parcel(:m, 'C2')))) v(d) WHERE marketplace_id = :m;
SELECT marketplace.tracking_resolve(:m, tracking_problem_id, '{"reason": "the buyer shows the goods"}') > 0 FROM marketplace.tracking_obstacles WHERE marketplace_id = :m;
SELECT kind, resolution, resolution_reason FROM marketplace.tracking_problems WHERE marketplace_id = :m;
SELECT count(*) FROM marketplace.tracking_obstacles WHERE marketplace_id = :m;
-- what was told, and everything adds up
SELECT type, payload ->> 'decision', jsonb_path_query_array(payload, '$.lines[*].quantity') FROM marketplace.events WHERE marketplace_id = :m AND type ~ '^(receipt|parcel)' ORDER BY id;
SELECT * FROM marketplace.ledger_verify(:m);
SELECT marketplace.lifecycle_diagram('receipt_objection');
