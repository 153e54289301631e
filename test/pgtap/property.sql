-- Random valid and invalid histories over several tenants, sellers, buyers and currencies; after every step what must always be true
-- (DESIGN 1) is checked for what the step touched, every 750 steps and at the end for everything, past instants included.
-- PROPERTY_STEPS and PROPERTY_SEED may come from the environment; `make soak` draws seeds, `make test` always runs the same.
\set ON_ERROR_STOP 1
\pset format unaligned
\pset tuples_only on
\set QUIET 1
\set steps 9400
\getenv steps PROPERTY_STEPS
\set seed 241126
\getenv seed PROPERTY_SEED
SET client_min_messages = warning;
CREATE SCHEMA property;
SET search_path = property, marketplace, public;

-- What a step did, for the report and for questions about the past
CREATE TABLE outcomes (step int, operation text, sqlstate text, message text, statement text, at timestamptz, tenant int, order_id bigint);
CREATE TABLE breaches (step int, operation text, breach text);

CREATE FUNCTION pick(anyarray) RETURNS anyelement LANGUAGE sql VOLATILE AS
	'SELECT $1[1 + floor(random() * cardinality($1))::int]';
CREATE FUNCTION chance(numeric) RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT random() < $1';

CREATE FUNCTION set_up(tenant int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	party bigint;
	account bigint;
	sirens text[] := ARRAY['300000007', '400000006', '500000005'];
BEGIN
	PERFORM marketplace.marketplace_create(tenant, jsonb_build_object('name', 'Tenant ' || tenant, 'country', 'FR', 'time_zone', 'Europe/Paris', 'calendar', 'FR',
		'operator', '{"name": "OPERATOR", "country": "FR", "siren": "100000009",
			"addresses": [{"kind": "registered", "line1": "1", "postcode": "75001", "city": "PARIS", "country": "FR"}]}'::jsonb,
		'psp', '{"name": "PSP", "country": "FR"}'::jsonb));
	-- parties without VAT numbers and electronic addresses would be blocked
	PERFORM marketplace.policy_set(tenant, 'iv.validate', 'false');
	FOR i IN 1 .. 3 LOOP
		party := marketplace.party_create(tenant, jsonb_build_object('name', 'SELLER ' || i, 'country', 'FR', 'siren', sirens[i],
			'capacities', '["seller"]'::jsonb,
			'addresses', '[{"kind": "registered", "line1": "2", "postcode": "69001", "city": "LYON", "country": "FR"}]'::jsonb));
		-- the third seller has no bank account, and the second none in pounds
		IF i < 3 THEN
			account := marketplace.bank_account_add(tenant, party, '{"iban": "DE89370400440532013000", "currency": "EUR"}');
			PERFORM marketplace.bank_account_verify(tenant, account);
		END IF;
		IF i = 1 THEN
			account := marketplace.bank_account_add(tenant, party, '{"iban": "GB29NWBK60161331926819", "currency": "GBP"}');
			PERFORM marketplace.bank_account_verify(tenant, account);
		END IF;
		-- the third seller has signed no mandate
		IF i < 3 THEN
			PERFORM marketplace.mandate_sign(tenant, jsonb_build_object('mandator_id', party, 'form', 'written',
				'signed_at', '2026-01-01T00:00:00Z', 'valid_from', '2026-01-01T00:00:00Z', 'proof_sha256', encode(sha256('contract'), 'hex')));
		END IF;
	END LOOP;
	FOR i IN 1 .. 2 LOOP
		PERFORM marketplace.party_create(tenant, jsonb_build_object('name', 'BUYER ' || i, 'country', 'FR', 'siren', '200000008',
			'capacities', '["buyer"]'::jsonb,
			'addresses', '[{"kind": "registered", "line1": "3", "postcode": "59000", "city": "LILLE", "country": "FR"}]'::jsonb));
	END LOOP;
	PERFORM marketplace.carrier_create(tenant, '{"code": "FAST", "name": "Fast carrier"}');
	FOR i IN 1 .. 4 LOOP
		PERFORM marketplace.handling_unit_create(tenant, jsonb_build_object('kind', CASE WHEN i < 4 THEN 'pallet' ELSE 'container' END, 'reference', 'U' || i));
	END LOOP;
	PERFORM marketplace.commission_rule_set(tenant, '{"rate_pct": "7.35", "vat_rate_pct": "20", "fixed": "0.30 EUR", "category": "tools"}');
	PERFORM marketplace.commission_rule_set(tenant, '{"rate_pct": "12.5", "vat_rate_pct": "20"}');
	PERFORM marketplace.policy_set(tenant, 'iv.trigger', '"acceptance"');
	-- in one of the tenants released money waits, and sellers leave a reserve
	IF tenant % 2 = 0 THEN
		PERFORM marketplace.policy_set(tenant, 'fd.maturity_days', '1');
		PERFORM marketplace.reserve_rule_set(tenant, '{"pct": "6.5", "ladder": [{"days": 2, "pct": "33.3"}, {"days": 4, "pct": "66.7"}], "floor": "10.00 EUR"}');
	END IF;
END $$;

-- One random step: which call to make. Returns the statement; it may well be refused.
CREATE FUNCTION next_call(tenant int, operation text, OUT statement text, OUT order_id bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
	r record;
	document jsonb;
	money text;
BEGIN
	CASE operation
	WHEN 'place' THEN
		money := pick(ARRAY['EUR', 'EUR', 'EUR', 'GBP', 'JPY']);
		SELECT jsonb_build_object('reference', 'R' || floor(random() * 1e9)::bigint, 'buyer', (SELECT id FROM marketplace.parties p WHERE p.marketplace_id = tenant AND name LIKE 'BUYER%' ORDER BY random() LIMIT 1),
			'currency', money, 'lines', jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
				'seller', (SELECT id FROM marketplace.parties p WHERE p.marketplace_id = tenant AND name LIKE 'SELLER%' AND n > 0 ORDER BY random() LIMIT 1),
				'description', 'thing ' || n, 'kind', CASE WHEN n > 1 AND chance(0.12) THEN 'shipping' WHEN n > 2 AND chance(0.08) THEN 'fee' ELSE 'goods' END,
				'quantity', CASE WHEN chance(0.2) THEN round((random() * 20 + 0.01)::numeric, 3) ELSE 1 + floor(random() * 12)::int END,
				'net_price', round((random() * 200 + 0.5)::numeric, CASE WHEN money = 'JPY' THEN 0 ELSE 3 END),
				'vat_category', 'S', 'vat_rate', pick(ARRAY[20, 5.5, 10]::numeric[]),
				'commission_category', CASE WHEN chance(0.5) AND money = 'EUR' THEN 'tools' END))))
			INTO document FROM generate_series(1, 1 + floor(random() * 6)::int) n;
		statement := format('SELECT marketplace.order_place(%s, %L)', tenant, document);
	WHEN 'authorize' THEN
		SELECT o.id, o.currency INTO r FROM marketplace.orders o WHERE o.marketplace_id = tenant
			ORDER BY EXISTS (SELECT FROM marketplace.payment_orders p WHERE p.marketplace_id = tenant AND p.order_id = o.id) AND chance(0.9), random() LIMIT 1;
		order_id := r.id;
		SELECT format('SELECT marketplace.payment_authorize(%s, %L, %L, %L)', tenant, order_id,
			marketplace.amount_round((sum(v.gross)::numeric * CASE WHEN chance(0.7) THEN 1 ELSE random()::numeric END), r.currency),
			CASE WHEN chance(0.2) THEN '{"method": "transfer"}' ELSE '{"method": "card"}' END)
			INTO statement FROM marketplace.order_lines v WHERE v.marketplace_id = tenant AND v.order_id = r.id;
	WHEN 'capture' THEN
		SELECT p.id, o.order_id, p.authorised AS amount INTO r FROM marketplace.payments p JOIN marketplace.payment_orders o ON o.marketplace_id = tenant AND o.payment_id = p.id WHERE p.marketplace_id = tenant
			ORDER BY p.captured < p.authorised AND p.state IN ('authorised', 'captured') AND chance(0.95) DESC, random() LIMIT 1;
		order_id := r.order_id;
		statement := format('SELECT marketplace.payment_capture(%s, %L, %L)', tenant, r.id,
			CASE WHEN chance(0.5) THEN NULL ELSE r.amount * random()::numeric END);
	WHEN 'settle' THEN
		SELECT c.id, o.order_id, c.amount INTO r FROM marketplace.captures c JOIN marketplace.payment_orders o ON o.marketplace_id = tenant AND o.payment_id = c.payment_id WHERE c.marketplace_id = tenant ORDER BY c.state = 'captured' AND chance(0.9) DESC, random() LIMIT 1;
		order_id := r.order_id;
		statement := format('SELECT marketplace.payment_settle(%s, %L, %L)', tenant, r.id, CASE WHEN chance(0.5) THEN r.amount * 0.012 END);
	WHEN 'void' THEN
		SELECT p.id, o.order_id INTO r FROM marketplace.payments p JOIN marketplace.payment_orders o ON o.marketplace_id = tenant AND o.payment_id = p.id WHERE p.marketplace_id = tenant AND chance(0.1) ORDER BY random() LIMIT 1;
		order_id := r.order_id;
		IF order_id IS NULL THEN RETURN; END IF;
		statement := format('SELECT marketplace.payment_void(%s, %L)', tenant, r.id);
	WHEN 'accept', 'refuse' THEN
		SELECT s.id, s.order_id INTO r FROM marketplace.seller_orders s WHERE s.marketplace_id = tenant ORDER BY s.state = 'placed' DESC, random() LIMIT 1;
		order_id := r.order_id;
		statement := CASE operation WHEN 'accept' THEN format('SELECT marketplace.seller_order_accept(%s, %L)', tenant, r.id)
			ELSE format('SELECT marketplace.seller_order_refuse(%s, %L, %L)', tenant, r.id, 'sold out') END;
	WHEN 'refuse_line' THEN
		SELECT l.id, l.order_id, l.quantity INTO r FROM marketplace.order_lines l WHERE l.marketplace_id = tenant ORDER BY random() LIMIT 1;
		order_id := r.order_id;
		statement := format('SELECT marketplace.order_line_refuse(%s, %L, %L, %L)', tenant, r.id,
			CASE WHEN chance(0.3) THEN NULL ELSE round(r.quantity * random()::numeric, 2) END, 'broken');
	WHEN 'ship' THEN
		SELECT s.id, s.order_id INTO r FROM marketplace.seller_orders s WHERE s.marketplace_id = tenant AND s.state = 'accepted'
			ORDER BY EXISTS (SELECT FROM marketplace.order_lines l WHERE l.marketplace_id = tenant AND l.seller_order_id = s.id AND l.kind = 'goods' AND l.to_ship > 0) AND chance(0.95) DESC, random() LIMIT 1;
		order_id := r.order_id;
		SELECT format('SELECT marketplace.shipment_create(%s, %L)', tenant, jsonb_build_object('seller_order_id', r.id, 'carrier', 'FAST',
			'parcels', jsonb_agg(parcel))) INTO statement
		FROM (SELECT jsonb_build_object('contents', jsonb_agg(jsonb_build_object('order_line_id', l.id, 'quantity',
				greatest(0.001, CASE WHEN chance(0.4) THEN l.to_ship ELSE round(l.to_ship * random()::numeric, 2) END)))) AS parcel
			FROM marketplace.order_lines l WHERE l.marketplace_id = tenant AND l.seller_order_id = r.id AND l.kind = 'goods'
			GROUP BY CASE WHEN chance(0.5) THEN l.id ELSE 0 END) parcels;
	WHEN 'hand_over' THEN
		SELECT s.id, s.order_id INTO r FROM marketplace.shipments s WHERE s.marketplace_id = tenant
			ORDER BY s.state = 'prepared' AND EXISTS (SELECT FROM marketplace.payment_orders p WHERE p.marketplace_id = tenant AND p.order_id = s.order_id) AND chance(0.95) DESC, random() LIMIT 1;
		order_id := r.order_id;
		statement := CASE WHEN chance(0.9) THEN format('SELECT marketplace.shipment_hand_over(%s, %L)', tenant, r.id)
			ELSE format('SELECT marketplace.shipment_void(%s, %L, %L)', tenant, r.id, 'wrong label') END;
	WHEN 'track' THEN
		SELECT p.id, s.order_id INTO r FROM marketplace.parcels p JOIN marketplace.shipments s ON s.marketplace_id = tenant AND s.id = p.shipment_id
			WHERE p.marketplace_id = tenant ORDER BY random() LIMIT 1;
		order_id := r.order_id;
		statement := format('SELECT marketplace.tracking_record(%s, %L)', tenant, jsonb_build_object('source', 'test',
			'source_event_id', 'e' || floor(random() * 3000)::int, 'parcel_id', r.id,
			'state', pick(ARRAY['in_transit', 'out_for_delivery', 'delivered', 'delivered', 'delivered', 'exception', 'lost', 'returned']),
			'occurred_at', marketplace.clock() - random() * interval '1 day'));
	WHEN 'pack' THEN
		-- parcels of any sellers onto a pallet, pallets into the container; some out again, or all
		SELECT format('SELECT marketplace.handling_unit_pack(%s, %L, %L)', tenant, u.id, jsonb_strip_nulls(jsonb_build_object('action', u.action,
			'occurred_at', marketplace.clock() - random() * interval '1 day', 'source_event_id', 'p' || floor(random() * 3000)::int, 'contents', CASE
			WHEN u.action = 'delete' AND u.what < 0.7 THEN NULL
			WHEN u.what < 0.15 THEN jsonb_build_array(jsonb_build_object('handling_unit_id', (SELECT x.id FROM marketplace.handling_units x WHERE x.marketplace_id = tenant ORDER BY x.kind = 'pallet' AND x.id <> u.id DESC, random() LIMIT 1)))
			ELSE (SELECT jsonb_agg(jsonb_build_object('parcel_id', p.id)) FROM (SELECT p.id FROM marketplace.parcels p WHERE p.marketplace_id = tenant ORDER BY p.current AND chance(0.9) DESC, random() LIMIT 3) p) END)))
			INTO statement
		FROM (SELECT x.id, pick(ARRAY['add', 'add', 'add', 'observe', 'delete']) AS action, random() AS what FROM marketplace.handling_units x WHERE x.marketplace_id = tenant ORDER BY random() LIMIT 1) u;
	WHEN 'scan' THEN
		SELECT u.id INTO r FROM marketplace.handling_units u WHERE u.marketplace_id = tenant ORDER BY random() LIMIT 1;
		statement := format('SELECT marketplace.tracking_record(%s, %L)', tenant, jsonb_build_object('source', 'test', 'source_event_id', 'u' || floor(random() * 300)::int, 'handling_unit_id', r.id)
			|| CASE WHEN chance(0.1) THEN jsonb_build_object('corrects', jsonb_build_object('source', 'test', 'source_event_id', 'u' || floor(random() * 300)::int, 'reason', 'did_not_occur'))
				ELSE jsonb_build_object('state', pick(ARRAY['in_transit', 'in_transit', 'delivered', 'exception', 'lost', 'returned']), 'occurred_at', marketplace.clock() - random() * interval '1 day') END);
	WHEN 'return' THEN
		SELECT x.id, x.order_id, x.state, l.order_line_id, l.announced, l.received INTO r FROM marketplace.returns x JOIN marketplace.return_lines l ON l.marketplace_id = tenant AND l.return_id = x.id
			WHERE x.marketplace_id = tenant AND x.state IN ('requested', 'approved', 'in_transit', 'received') AND chance(0.7) ORDER BY random() LIMIT 1;
		IF r.id IS NULL THEN
			SELECT l.order_id, l.id, l.accepted + l.disputed AS there INTO r FROM marketplace.order_lines l WHERE l.marketplace_id = tenant AND l.accepted + l.disputed > 0 ORDER BY random() LIMIT 1;
			IF r.id IS NULL THEN RETURN; END IF;
			order_id := r.order_id;
			statement := format('SELECT marketplace.return_request(%s, %L)', tenant, jsonb_build_object('order_id', r.order_id, 'reason', 'property',
				'lines', jsonb_build_array(jsonb_build_object('order_line_id', r.id, 'quantity', CASE WHEN chance(0.5) THEN r.there ELSE greatest(0.001, round(r.there * random()::numeric * 1.1, 2)) END))));
		ELSE
			order_id := r.order_id;
			statement := CASE r.state
				WHEN 'requested' THEN format('SELECT marketplace.return_approve(%s, %L)', tenant, r.id)
				WHEN 'received' THEN format('SELECT marketplace.return_inspect(%s, %L, %L)', tenant, r.id, jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('order_line_id', r.order_line_id,
					'quantity', r.received, 'grade', pick(ARRAY['A', 'A', 'B', 'C']), 'compliant', true))))
				ELSE format('SELECT marketplace.return_receive(%s, %L, %L)', tenant, r.id, jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('order_line_id', r.order_line_id,
					'quantity', CASE WHEN chance(0.7) THEN r.announced ELSE greatest(0.001, round(r.announced * random()::numeric * 1.2, 2)) END)))) END;
		END IF;
	WHEN 'untrack' THEN
		SELECT t.source_event_id, t.parcel_id, s.order_id INTO r FROM marketplace.tracking_events t
			JOIN marketplace.parcels p ON p.marketplace_id = tenant AND p.id = t.parcel_id
			JOIN marketplace.shipments s ON s.marketplace_id = tenant AND s.id = p.shipment_id
			WHERE t.marketplace_id = tenant AND t.source_event_id IS NOT NULL ORDER BY random() LIMIT 1;
		order_id := r.order_id;
		statement := format('SELECT marketplace.tracking_record(%s, %L)', tenant, jsonb_build_object('source', 'test',
			'source_event_id', 'c' || floor(random() * 1e9)::int, 'parcel_id', r.parcel_id, 'occurred_at', marketplace.clock(),
			'corrects', jsonb_build_object('source', 'test', 'source_event_id', r.source_event_id, 'reason', 'did_not_occur')));
	WHEN 'receive' THEN
		SELECT l.order_id INTO r FROM marketplace.order_lines l WHERE l.marketplace_id = tenant AND l.awaited > 0 ORDER BY random() LIMIT 1;
		order_id := r.order_id;
		IF order_id IS NULL THEN RETURN; END IF;
		SELECT format('SELECT marketplace.receipt_confirm(%s, %L)', tenant, jsonb_build_object('order_id', r.order_id, 'lines', jsonb_agg(
			jsonb_strip_nulls(jsonb_build_object('order_line_id', l.id, 'quantity', greatest(0.001, CASE WHEN chance(0.6) THEN l.awaited ELSE round(l.awaited * random()::numeric, 2) END),
				'condition', CASE WHEN reserve THEN 'with_reserves' ELSE 'conform' END,
				'reserve', CASE WHEN reserve THEN '{"kind": "damaged", "text": "the box is crushed on one side"}'::jsonb END)))))
			INTO statement
		FROM (SELECT *, chance(0.1) AS reserve FROM marketplace.order_lines x WHERE x.marketplace_id = tenant AND x.order_id = r.order_id AND (x.awaited > 0 OR chance(0.05)) LIMIT 3) l;
	WHEN 'tick' THEN
		statement := format('SELECT marketplace.tick(%s)', tenant);
	WHEN 'payout_run' THEN
		statement := format('SELECT marketplace.payout_run(%s, %L)', tenant, CASE WHEN chance(0.5) THEN '{}' ELSE '{"currency": "EUR", "minimum": "50.00 EUR"}' END);
	WHEN 'payout' THEN
		SELECT p.id INTO r FROM marketplace.payouts p WHERE p.marketplace_id = tenant AND (p.state IN ('planned', 'approved', 'sent') OR chance(0.05)) ORDER BY random() LIMIT 1;
		IF r.id IS NULL THEN RETURN; END IF;
		statement := pick(ARRAY[format('SELECT marketplace.payout_send(%s, %L)', tenant, r.id),
			format('SELECT marketplace.payout_confirm(%s, %L, %L)', tenant, r.id, 'bank entry'),
			format('SELECT marketplace.payout_confirm(%s, %L, %L)', tenant, r.id, 'bank entry'),
			format('SELECT marketplace.payout_fail(%s, %L, %L)', tenant, r.id, 'AC01')]);
	WHEN 'hold' THEN
		SELECT l.id, l.order_id, l.seller_order_id, l.seller_id, o.currency INTO r FROM marketplace.order_lines l
			JOIN marketplace.orders o ON o.marketplace_id = tenant AND o.id = l.order_id
			WHERE l.marketplace_id = tenant ORDER BY EXISTS (SELECT FROM marketplace.capture_allocations a WHERE a.marketplace_id = tenant AND a.order_line_id = l.id AND a.open) AND chance(0.9) DESC, random() LIMIT 1;
		order_id := r.order_id;
		statement := format('SELECT marketplace.hold_place(%s, %L)', tenant, jsonb_strip_nulls(jsonb_build_object('reason', pick(ARRAY['dispute', 'legal', 'kyc', 'late_evidence', 'manual']))
			|| pick(ARRAY[jsonb_build_object('order_line_id', r.id), jsonb_build_object('order_line_id', r.id), jsonb_build_object('order_id', r.order_id), jsonb_build_object('seller_order_id', r.seller_order_id),
				jsonb_build_object('seller_id', r.seller_id), jsonb_build_object('payout_id', (SELECT p.id FROM marketplace.payouts p WHERE p.marketplace_id = tenant ORDER BY p.state IN ('planned', 'sent') DESC, random() LIMIT 1))])
			|| CASE WHEN chance(0.15) THEN '{"all": true}' WHEN chance(0.2) THEN '{"quantity": 1}'
				ELSE jsonb_build_object('amount', marketplace.amount_round((random() * 300 + 1)::numeric, r.currency)) END
			|| CASE WHEN chance(0.5) THEN jsonb_build_object('slice', pick(ARRAY['a', 'b', 'c'])) ELSE '{}' END
			|| CASE WHEN chance(0.3) THEN jsonb_build_object('until', marketplace.clock() + random() * interval '3 days') ELSE '{}' END));
	WHEN 'lift' THEN
		SELECT h.id, h.order_id, h.amount INTO r FROM marketplace.holds h WHERE h.marketplace_id = tenant ORDER BY h.state = 'active' AND chance(0.95) DESC, random() LIMIT 1;
		order_id := r.order_id;
		statement := format('SELECT marketplace.hold_lift(%s, %L, %L, %L)', tenant, r.id, CASE WHEN chance(0.3) THEN r.amount * random()::numeric END, 'over');
	WHEN 'refund' THEN
		SELECT f.id, f.order_id INTO r FROM marketplace.refunds f WHERE f.marketplace_id = tenant
			ORDER BY f.state IN ('planned', 'awaiting_funding', 'funded', 'sent') AND chance(0.9) DESC, random() LIMIT 1;
		IF r.id IS NULL THEN RETURN; END IF;
		order_id := r.order_id;
		statement := pick(ARRAY[format('SELECT marketplace.refund_send(%s, %L)', tenant, r.id),
			format('SELECT marketplace.refund_confirm(%s, %L, %L)', tenant, r.id, 'PSP says so'),
			format('SELECT marketplace.refund_confirm(%s, %L, %L)', tenant, r.id, 'PSP says so'),
			format('SELECT marketplace.refund_fund(%s, %L)', tenant, r.id),
			format('SELECT marketplace.refund_bounce(%s, %L, %L)', tenant, r.id, 'AC04'),
			format('SELECT marketplace.refund_retry(%s, %L, %L)', tenant, r.id, pick(ARRAY['{"means": "original"}', '{"means": "wallet"}'])),
			format('SELECT marketplace.refund_fail(%s, %L, %L)', tenant, r.id, 'card closed')]);
	WHEN 'own_transfer' THEN
		SELECT f.id, f.order_id INTO r FROM marketplace.own_transfers f WHERE f.marketplace_id = tenant ORDER BY f.state IN ('planned', 'sent') DESC, random() LIMIT 1;
		IF r.id IS NULL THEN RETURN; END IF;
		order_id := r.order_id;
		statement := CASE WHEN chance(0.9) THEN format('SELECT marketplace.own_transfer_confirm(%s, %L, %L)', tenant, r.id, 'bank')
			ELSE format('SELECT marketplace.own_transfer_fail(%s, %L, %L)', tenant, r.id, 'no cover') END;
	WHEN 'refund_create' THEN
		SELECT a.order_id, o.currency INTO r FROM marketplace.capture_allocations a JOIN marketplace.orders o ON o.marketplace_id = tenant AND o.id = a.order_id
			WHERE a.marketplace_id = tenant ORDER BY random() LIMIT 1;
		IF r.order_id IS NULL THEN RETURN; END IF;
		order_id := r.order_id;
		SELECT format('SELECT marketplace.refund_create(%s, %L)', tenant, jsonb_strip_nulls(jsonb_build_object('order_id', r.order_id,
			'door', pick(ARRAY['return', 'return', 'dispute', 'cancellation', 'goodwill']), 'commission', CASE WHEN chance(0.2) THEN pick(ARRAY['full', 'retained']) END,
			'means', CASE WHEN chance(0.3) THEN '[{"means": "wallet"}]'::jsonb END,
			'lines', jsonb_agg(jsonb_strip_nulls(jsonb_build_object('order_line_id', l.id,
				'quantity', CASE WHEN l.what < 0.4 THEN greatest(0.001, round(l.quantity * random()::numeric / 2, 2)) END,
				'amount', CASE WHEN l.what BETWEEN 0.4 AND 0.9 THEN marketplace.amount_round(l.gross::numeric * random()::numeric / 3, r.currency)::text END))))))
			INTO statement
		FROM (SELECT *, random() AS what FROM marketplace.order_lines x WHERE x.marketplace_id = tenant AND x.order_id = r.order_id AND x.kind <> 'discount' ORDER BY random() LIMIT 2) l;
	WHEN 'debt' THEN
		SELECT d.id, d.order_id, d.open_amount AS open INTO r FROM marketplace.seller_debts d WHERE d.marketplace_id = tenant ORDER BY d.state IN ('open', 'partly_repaid', 'disputed') DESC, random() LIMIT 1;
		IF r.id IS NULL THEN RETURN; END IF;
		order_id := r.order_id;
		statement := pick(ARRAY[format('SELECT marketplace.debt_contest(%s, %L, %L)', tenant, r.id, 'not mine'),
			format('SELECT marketplace.debt_decide(%s, %L, NULL, %L)', tenant, r.id, 'it stands'),
			format('SELECT marketplace.debt_repay(%s, %L, %L)', tenant, r.id, r.open * random()::numeric)]);
	WHEN 'invoice' THEN
		SELECT s.id, s.order_id INTO r FROM marketplace.seller_orders s WHERE s.marketplace_id = tenant
			ORDER BY EXISTS (SELECT FROM marketplace.invoices_blocked b WHERE b.marketplace_id = tenant AND b.seller_order_id = s.id) AND chance(0.7) DESC, random() LIMIT 1;
		order_id := r.order_id;
		statement := format('SELECT marketplace.invoice_issue(%s, %L)', tenant, r.id);
	WHEN 'mandate' THEN
		-- late in the story the third seller signs, and what could not be invoiced can be
		IF chance(0.9) THEN RETURN; END IF;
		statement := format('SELECT marketplace.mandate_sign(%s, %L)', tenant, (SELECT jsonb_build_object('mandator_id', id, 'form', 'written',
			'signed_at', marketplace.clock(), 'valid_from', marketplace.clock(), 'proof_sha256', encode(sha256('contract'), 'hex'))
			FROM marketplace.parties p WHERE p.marketplace_id = tenant AND p.name = 'SELLER 3'));
	WHEN 'commission' THEN
		statement := format('SELECT marketplace.commission_invoice_issue(%s, %L)', tenant,
			(SELECT id FROM marketplace.parties p WHERE p.marketplace_id = tenant AND name LIKE 'SELLER%' ORDER BY random() LIMIT 1));
	END CASE;
END $$;

-- For one order: captured and what others put in = sum over all locations, per line, now or at an instant (DESIGN 1.1, SETTLED 1).
CREATE FUNCTION misplaced(tenant int, the_order bigint, as_of timestamptz DEFAULT NULL) RETURNS TABLE (breach text) LANGUAGE sql STABLE AS $$
	SELECT format('order %s line %s: captured %s, in all places %s (as of %s)', the_order, coalesce(c.line, f.line), c.value, f.value, as_of)
	FROM (SELECT a.order_line_id AS line, sum(a.amount::numeric) AS value FROM marketplace.capture_allocations a
			JOIN marketplace.captures k ON k.marketplace_id = tenant AND k.id = a.capture_id
			WHERE a.marketplace_id = tenant AND a.order_id = the_order AND (as_of IS NULL OR k.captured_at <= as_of) GROUP BY 1) c
	FULL JOIN (SELECT order_line_id AS line, sum(CASE WHEN memo AND location <> 'set_off_given' THEN - value ELSE value END) AS value
			FROM marketplace.funds_location(tenant, the_order, as_of)
			WHERE NOT memo OR location IN ('own_advance', 'goodwill', 'set_off_received', 'set_off_given') GROUP BY 1) f ON f.line = c.line
	WHERE coalesce(c.value, 0) <> coalesce(f.value, 0)
	UNION ALL SELECT format('order %s line %s: %s of %s held in %s (as of %s)', the_order, order_line_id, held, value, location, as_of)
	FROM marketplace.funds_location(tenant, the_order, as_of) WHERE held < 0 OR held > greatest(value, 0)
$$;

-- For one order: quantities follow from their movements, and nothing is invoiced twice (DESIGN 1.2, IV-5).
CREATE FUNCTION miscounted(tenant int, the_order bigint) RETURNS TABLE (breach text) LANGUAGE sql STABLE AS $$
	SELECT format('line %s: %s ordered, %s cancelled, %s shipped, %s in transit, %s delivered, %s lost, %s sent back, %s awaited, %s accepted, %s disputed, %s returned',
		id, quantity, cancelled, shipped, in_transit, delivered, lost, sent_back, awaited, accepted, disputed, returned)
	FROM marketplace.order_lines WHERE marketplace_id = tenant AND order_id = the_order
	AND (quantity <> cancelled + to_ship + shipped OR shipped <> in_transit + delivered + lost + sent_back OR delivered <> awaited + accepted + disputed + returned
		OR least(cancelled, to_ship, shipped, in_transit, delivered, lost, sent_back, awaited, accepted, disputed, returned) < 0)
$$;

CREATE FUNCTION verify_all(tenant int) RETURNS TABLE (breach text) LANGUAGE sql AS $$
	SELECT 'ledger_verify: ' || v::text FROM marketplace.ledger_verify(tenant) v
	UNION ALL SELECT 'series_check: ' || v::text FROM marketplace.series_check(tenant) v
	UNION ALL SELECT 'events_verify: ' || v::text FROM marketplace.events_verify(tenant) v
	UNION ALL SELECT 'invoice_verify: ' || v::text FROM marketplace.invoice_verify(tenant) v
	UNION ALL SELECT 'misplaced: ' || m.breach FROM marketplace.orders o, misplaced(tenant, o.id) m WHERE o.marketplace_id = tenant
	UNION ALL SELECT 'miscounted: ' || m.breach FROM marketplace.orders o, miscounted(tenant, o.id) m WHERE o.marketplace_id = tenant
$$;

CREATE PROCEDURE run(steps int, seed int) LANGUAGE plpgsql AS $$
DECLARE
	operations text[] := ARRAY['place', 'place', 'authorize', 'authorize', 'capture', 'capture', 'settle', 'settle', 'void', 'accept', 'accept', 'accept', 'accept', 'refuse',
		'refuse_line', 'ship', 'ship', 'ship', 'hand_over', 'hand_over', 'hand_over', 'track', 'track', 'track', 'track', 'untrack', 'pack', 'scan', 'return', 'return', 'return', 'receive', 'receive', 'receive',
		'receive', 'tick', 'payout_run', 'payout', 'payout', 'hold', 'hold', 'lift', 'lift', 'refund', 'refund', 'own_transfer', 'refund_create', 'refund_create', 'debt', 'invoice', 'commission', 'mandate'];
	operation text;
	tenant int;
	call record;
	now_is timestamptz := '2026-03-02 09:00+01';
	first_result bigint;
	result bigint;
	keyed text;
	failed text;
	said text;
BEGIN
	PERFORM setseed((seed % 1000000) / 1000000.0);
	FOR step IN 1 .. steps LOOP
		now_is := now_is + random() * interval '40 minutes';
		PERFORM set_config('marketplace.clock', now_is::text, false);
		tenant := pick(ARRAY[801, 802]);
		operation := pick(operations);
		-- the few units of these histories are used over and over again: what they held grows with every step
		CONTINUE WHEN step > 2500 AND operation IN ('pack', 'scan');
		call := next_call(tenant, operation);
		failed := NULL;
		said := NULL;
		CONTINUE WHEN call.statement IS NULL;
		BEGIN
			-- one call in four with a key, and then a second time with it: the same result, nothing done
			IF chance(0.25) THEN
				keyed := regexp_replace(call.statement, '\)$', format(', request_key => %L)', 'step-' || step));
				EXECUTE keyed INTO first_result;
				EXECUTE keyed INTO result;
				IF result IS DISTINCT FROM first_result THEN
					INSERT INTO breaches VALUES (step, operation, format('a retry returned %s, not %s', result, first_result));
				END IF;
			ELSE
				EXECUTE call.statement INTO result;
			END IF;
		EXCEPTION WHEN OTHERS THEN
			failed := SQLSTATE;
			said := SQLERRM;
			IF failed NOT LIKE 'MK%' THEN
				INSERT INTO breaches VALUES (step, operation, format('%s: %s in %s', SQLSTATE, SQLERRM, call.statement));
			END IF;
		END;
		INSERT INTO outcomes VALUES (step, operation, coalesce(failed, '00000'), said, call.statement, clock_timestamp(), tenant, call.order_id);
		IF call.order_id IS NOT NULL THEN
			INSERT INTO breaches SELECT step, operation, m.breach FROM misplaced(tenant, call.order_id) m;
			INSERT INTO breaches SELECT step, operation, m.breach FROM miscounted(tenant, call.order_id) m;
		END IF;
		IF step % 750 = 0 THEN
			INSERT INTO breaches SELECT step, operation, v.breach FROM (VALUES (801), (802)) t (id), verify_all(t.id) v;
		END IF;
		COMMIT;
		EXIT WHEN (SELECT count(*) FROM breaches) > 20;
	END LOOP;
END $$;

SET marketplace.clock = '2026-03-01 09:00+01';
SELECT set_up(801);
SELECT set_up(802);
CALL run(:steps, :seed);
RESET marketplace.clock;

SELECT plan(6);
SELECT diag(format('seed %s: %s steps, %s carried out, %s refused', :seed, count(*), count(*) FILTER (WHERE sqlstate = '00000'), count(*) FILTER (WHERE sqlstate <> '00000')))
FROM outcomes;
SELECT is((SELECT string_agg(format('step %s %s: %s', step, operation, breach), E'\n' ORDER BY step) FROM (SELECT * FROM breaches LIMIT 10) b), NULL,
	format('no step of seed %s broke what must always be true', :seed));
SELECT is((SELECT string_agg(v.breach, E'\n') FROM (VALUES (801), (802)) t (id), verify_all(t.id) v), NULL, 'everything verifies at the end');
SELECT is((SELECT string_agg(DISTINCT operation, ', ') FROM outcomes o WHERE NOT EXISTS (SELECT FROM outcomes x WHERE x.operation = o.operation AND x.sqlstate = '00000')
	AND :steps >= 1000), NULL, 'every kind of step was carried out at least once');
SELECT is((SELECT count(*)::int FROM (SELECT DISTINCT tenant, order_id FROM outcomes WHERE sqlstate = '00000' AND order_id IS NOT NULL ORDER BY 1, 2 LIMIT 40) o,
	(SELECT timestamptz '2026-03-02 09:00+01' + n * interval '11 hours' AS at FROM generate_series(1, 12) n) t, misplaced(o.tenant, o.order_id, t.at) m), 0,
	'at past instants each captured cent was in exactly one place too');
SELECT cmp_ok((SELECT count(*) FROM outcomes WHERE sqlstate = '00000'), '>=', CASE WHEN :steps >= 9400 THEN 5000 ELSE :steps / 2 END::bigint, 'at least 5 000 steps were carried out (of a shorter history half)');
SELECT ok((SELECT count(*) FROM marketplace.transfers WHERE marketplace_id IN (801, 802)) > :steps / 10, 'the histories moved money');
SELECT * FROM finish();
DROP SCHEMA property CASCADE;
