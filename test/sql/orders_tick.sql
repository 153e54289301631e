-- tick() goes on when one object cannot be carried out: an error while a step works on it, and one that shows only in the common posting
-- of all. What failed is rolled back whole, told, kept in a view, left out for a while, tried again.
\set ON_ERROR_STOP 0
\set VERBOSITY terse
\set m 2810
SET marketplace.clock = '2026-03-02 09:00:00+00';
SELECT marketplace.marketplace_create(:m, '{"name": "Ticks", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "P", "country": "FR", "siren": "100000009"}}') > 0 AS opened;
SELECT marketplace.policy_set(:m, 'od.accept_on_silence', '"accept"') > 0 AS policy, marketplace.policy_set(:m, 'fd.ship_on', '"any"') > 0 AS policy,
	marketplace.carrier_create(:m, '{"code": "c", "name": "C"}') > 0 AS carrier;
-- parties without addresses would not be invoiced
SELECT marketplace.policy_set(:m, 'iv.validate', 'false') AS policy \gset
SELECT marketplace.party_create(:m, '{"name": "S", "country": "FR", "siren": "300000007", "capacities": ["seller"]}') AS seller \gset
SELECT marketplace.party_create(:m, '{"name": "B", "country": "FR", "capacities": ["buyer"]}') AS buyer \gset
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :seller, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z', 'proof_sha256', repeat('ab', 32))) > 0 AS signed;
SELECT count(marketplace.order_place(:m, jsonb_build_object('reference', 'o' || i, 'buyer', :buyer, 'currency', 'EUR', 'lines', jsonb_build_array(
	jsonb_build_object('seller', :seller, 'description', 'x', 'quantity', 1, 'net_price', 10 * i, 'vat_category', 'S', 'vat_rate', 20))))) FROM generate_series(1, 6) i;
SELECT count(marketplace.payment_settle(:m, marketplace.payment_capture(:m, marketplace.payment_authorize(:m, id, gross))))
	FROM (SELECT o.id, marketplace.sum(l.gross) AS gross FROM marketplace.orders o JOIN marketplace.order_lines l ON l.marketplace_id = o.marketplace_id AND l.order_id = o.id
		WHERE o.marketplace_id = :m GROUP BY o.id) x;
\set state 'SELECT o.reference, s.state, s.answered_at FROM marketplace.orders o JOIN marketplace.seller_orders s ON s.marketplace_id = o.marketplace_id AND s.order_id = o.id WHERE o.marketplace_id = :m ORDER BY 1'
\set obstacles 'SELECT t.object, COALESCE(o.reference, r.reference) AS of, t.step, t.sqlstate, t.message, t.failures, t.first_failed_at, t.last_failed_at, t.next_attempt_at, t.due FROM marketplace.tick_obstacles t LEFT JOIN marketplace.seller_orders s ON t.object = ''seller_order'' AND s.marketplace_id = t.marketplace_id AND s.id = t.object_id LEFT JOIN marketplace.orders o ON o.marketplace_id = s.marketplace_id AND o.id = s.order_id LEFT JOIN marketplace.orders r ON t.object = ''order'' AND r.marketplace_id = t.marketplace_id AND r.id = t.object_id WHERE t.marketplace_id = :m ORDER BY 2'
SET client_min_messages = error;
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- the seller's silence, and two orders whose acceptance somebody's trigger refuses
CREATE FUNCTION public.tick_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM marketplace.orders o WHERE o.marketplace_id = NEW.marketplace_id AND o.id = NEW.order_id AND o.reference IN ('o2', 'o5')) THEN
		RAISE EXCEPTION 'not this one' USING DETAIL = 'It is watched.', HINT = 'Ask the watch.';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER a_refuse BEFORE UPDATE ON marketplace.seller_orders FOR EACH ROW EXECUTE FUNCTION public.tick_refuse();
SET marketplace.clock = '2026-03-06 09:00:00+00';
SELECT marketplace.tick(:m) >= 0 AS ticked;
:state;
:obstacles;
-- left out for a while, then tried again, less and less often
SET marketplace.clock = '2026-03-06 09:04:59+00';
SELECT marketplace.tick(:m) >= 0 AS ticked;
SET marketplace.clock = '2026-03-06 09:05:00+00';
SELECT marketplace.tick(:m) >= 0 AS ticked;
:obstacles;
SET marketplace.clock = '2026-03-06 09:15:00+00';
SELECT marketplace.tick(:m) >= 0 AS ticked;
SELECT DISTINCT failures, next_attempt_at FROM marketplace.tick_obstacles WHERE marketplace_id = :m;
DROP TRIGGER a_refuse ON marketplace.seller_orders;
SET marketplace.clock = '2026-03-06 10:00:00+00';
SELECT marketplace.tick(:m) >= 0 AS ticked;
:state;
:obstacles;

-- the buyers' silence releases the money: the posting of all of them fails for two
SELECT count(marketplace.shipment_hand_over(:m, marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', l.seller_order_id, 'carrier', 'c', 'parcels', jsonb_build_array(
	jsonb_build_object('tracking_number', 'n' || l.id, 'contents', jsonb_build_array(jsonb_build_object('order_line_id', l.id, 'quantity', 1)))))))) FROM marketplace.order_lines l WHERE l.marketplace_id = :m;
SELECT count(marketplace.tracking_record(:m, jsonb_build_object('source', 't', 'source_event_id', l.id::text, 'carrier', 'c', 'tracking_number', 'n' || l.id, 'state', 'delivered',
	'occurred_at', '2026-03-06T10:00:00Z'))) FROM marketplace.order_lines l WHERE l.marketplace_id = :m;
CREATE FUNCTION public.tick_refuse_money() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.amount IN ('36.00 EUR', '48.00 EUR') THEN RAISE EXCEPTION 'not this sum' USING ERRCODE = 'MK051'; END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER a_refuse BEFORE INSERT ON marketplace.transfers FOR EACH ROW EXECUTE FUNCTION public.tick_refuse_money();
SET marketplace.clock = '2026-03-20 10:00:00+00';
SELECT marketplace.tick(:m) >= 0 AS ticked;
-- what a tick leaves after a failure the next ones do
SELECT marketplace.tick(:m) >= 0 AS ticked FROM generate_series(1, 6);
:obstacles;
\set outcome 'SELECT o.reference, r.how, count(DISTINCT i.id) AS invoices, string_agg(DISTINCT e.type, '', '' ORDER BY e.type) FILTER (WHERE e.type ~ ''^(receipt|escrow|invoice)'') AS told FROM marketplace.orders o LEFT JOIN marketplace.receipts r ON r.marketplace_id = o.marketplace_id AND r.order_id = o.id LEFT JOIN marketplace.invoices i ON i.marketplace_id = o.marketplace_id AND i.order_id = o.id LEFT JOIN marketplace.events e ON e.marketplace_id = o.marketplace_id AND e.aggregate = ''order'' AND e.aggregate_id = o.id WHERE o.marketplace_id = :m GROUP BY 1, 2 ORDER BY 1'
:outcome;
DROP TRIGGER a_refuse ON marketplace.transfers;
SET marketplace.clock = '2026-03-21 10:00:00+00';
SELECT marketplace.tick(:m) >= 0 AS ticked;
:outcome;
:obstacles;
SELECT * FROM marketplace.ledger_verify(:m);
SELECT * FROM marketplace.series_check(:m);
SELECT * FROM marketplace.invoice_verify(:m);

-- what is of the moment is not recorded, the call fails; a step that fails as a whole is left out too
SELECT marketplace.order_place(:m, jsonb_build_object('reference', 'o7', 'buyer', :buyer, 'currency', 'EUR', 'lines', jsonb_build_array(
	jsonb_build_object('seller', :seller, 'description', 'x', 'quantity', 1, 'net_price', 70, 'vat_category', 'S', 'vat_rate', 20)))) > 0 AS placed;
SET marketplace.clock = '2026-04-21 10:00:00+00';
CREATE FUNCTION public.tick_refuse_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = TG_ARGV[0]; END $$;
CREATE TRIGGER a_refuse BEFORE UPDATE ON marketplace.seller_orders FOR EACH ROW EXECUTE FUNCTION public.tick_refuse_all('deadlock_detected');
SELECT marketplace.tick(:m) >= 0 AS ticked;
DROP TRIGGER a_refuse ON marketplace.seller_orders;
CREATE TRIGGER a_refuse BEFORE INSERT OR UPDATE OR DELETE ON marketplace.ledger_folds FOR EACH ROW EXECUTE FUNCTION public.tick_refuse_all('P0001');
SELECT marketplace.tick(:m) >= 0 AS ticked;
:obstacles;
DROP TRIGGER a_refuse ON marketplace.ledger_folds;
SET marketplace.clock = '2026-04-22 10:00:00+00';
SELECT marketplace.tick(:m) >= 0 AS ticked;
:obstacles;
SELECT state FROM marketplace.seller_orders s JOIN marketplace.orders o ON o.marketplace_id = s.marketplace_id AND o.id = s.order_id WHERE s.marketplace_id = :m AND reference = 'o7';
-- the rows are kept by tick() alone
INSERT INTO marketplace.tick_failures (marketplace_id, object, object_id, step, failures, sqlstate, message, first_failed_at, last_failed_at, next_attempt_at)
	VALUES (1, 'order', 1, 'x', 1, 'x', 'x', now(), now(), now());
RESET client_min_messages;
RESET marketplace.clock;
DROP FUNCTION public.tick_refuse(), public.tick_refuse_money(), public.tick_refuse_all();
