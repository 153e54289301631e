-- The functions of the order's life by hand (life_tables.sql), with the names and arguments of the product's, so that both run bench/life.sql.
-- Idiomatic PL/pgSQL: set-based where a step touches several rows, one function a step.
SET search_path = marketplace, public;

-- Every function begins and ends with these: who may, and the request key. True: go on; false: the result of the first call is in o_result.
CREATE FUNCTION begin_call(p_m int, p_function text, p_key text, p_arguments text, OUT o_go boolean, OUT o_result bigint) LANGUAGE plpgsql AS $$
DECLARE v_hash bytea; v_former requests;
BEGIN
  IF NOT EXISTS (SELECT FROM grants WHERE marketplace_id = p_m AND role_name = session_user AND capacity = 'operator') THEN
    RAISE EXCEPTION 'role % may not call %', session_user, p_function;
  END IF;
  o_go := true;
  IF p_key IS NULL THEN RETURN; END IF;
  v_hash := sha256(convert_to(p_arguments, 'UTF8'));
  INSERT INTO requests (marketplace_id, request_key, role_name, function, arguments_hash)
  VALUES (p_m, p_key, session_user, p_function, v_hash) ON CONFLICT DO NOTHING;
  IF FOUND THEN RETURN; END IF;
  SELECT * INTO v_former FROM requests WHERE marketplace_id = p_m AND request_key = p_key;
  IF v_former.role_name <> session_user OR v_former.function <> p_function OR v_former.arguments_hash <> v_hash THEN
    RAISE EXCEPTION 'request key % was used for another call', p_key;
  END IF;
  o_go := false;
  o_result := v_former.result;
END $$;

CREATE FUNCTION end_call(p_m int, p_key text, p_result bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  IF p_key IS NOT NULL THEN UPDATE requests SET result = p_result WHERE marketplace_id = p_m AND request_key = p_key; END IF;
  RETURN p_result;
END $$;

CREATE FUNCTION emit(p_m int, p_aggregate text, p_id bigint, p_type text, p_payload jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_sequence int; v_hash bytea; v_event bigint;
BEGIN
  SELECT sequence, hash INTO v_sequence, v_hash FROM events
   WHERE marketplace_id = p_m AND aggregate = p_aggregate AND aggregate_id = p_id ORDER BY sequence DESC LIMIT 1;
  v_sequence := COALESCE(v_sequence, 0) + 1;
  INSERT INTO events (marketplace_id, aggregate, aggregate_id, sequence, type, payload, hash)
  VALUES (p_m, p_aggregate, p_id, v_sequence, p_type, p_payload,
          sha256(COALESCE(v_hash, '') || convert_to(concat_ws('|', p_m, p_aggregate, p_id, v_sequence, p_type, p_payload, now(), session_user), 'UTF8')))
  RETURNING id INTO v_event;
  RETURN v_event;
END $$;

CREATE FUNCTION check_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.state = OLD.state THEN RETURN NEW; END IF;
  IF NOT EXISTS (SELECT FROM transitions WHERE machine = TG_ARGV[0] AND from_state = CASE TG_OP WHEN 'UPDATE' THEN OLD.state ELSE '' END AND to_state = NEW.state) THEN
    RAISE EXCEPTION '% % cannot become %', TG_ARGV[0], NEW.id, NEW.state;
  END IF;
  INSERT INTO history (marketplace_id, machine, object_id, from_state, to_state)
  VALUES (NEW.marketplace_id, TG_ARGV[0], NEW.id, CASE TG_OP WHEN 'UPDATE' THEN OLD.state END, NEW.state);
  RETURN NEW;
END $$;
CREATE TRIGGER state BEFORE INSERT OR UPDATE OF state ON seller_orders FOR EACH ROW EXECUTE FUNCTION check_state('seller_order');
CREATE TRIGGER state BEFORE INSERT OR UPDATE OF state ON payments FOR EACH ROW EXECUTE FUNCTION check_state('payment');
CREATE TRIGGER state BEFORE INSERT OR UPDATE OF state ON captures FOR EACH ROW EXECUTE FUNCTION check_state('capture');
CREATE TRIGGER state BEFORE INSERT OR UPDATE OF state ON shipments FOR EACH ROW EXECUTE FUNCTION check_state('shipment');
CREATE TRIGGER state BEFORE INSERT OR UPDATE OF state ON payouts FOR EACH ROW EXECUTE FUNCTION check_state('payout');
CREATE TRIGGER state BEFORE INSERT OR UPDATE OF state ON instructions FOR EACH ROW EXECUTE FUNCTION check_state('instruction');

CREATE FUNCTION cents(p_amount text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
SELECT (split_part(p_amount, ' ', 1)::numeric * 100)::bigint
$$;

CREATE FUNCTION order_place(p_m int, p_document jsonb, p_key text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_go boolean; v_result bigint; v_order bigint; v_lines int := jsonb_array_length(p_document->'lines');
BEGIN
  SELECT * INTO v_go, v_result FROM begin_call(p_m, 'order_place', p_key, p_document::text);
  IF NOT v_go THEN RETURN v_result; END IF;
  IF NOT EXISTS (SELECT FROM party_capacities WHERE marketplace_id = p_m AND party_id = (p_document->>'buyer')::bigint AND capacity = 'buyer') THEN
    RAISE EXCEPTION 'no buyer %', p_document->>'buyer';
  END IF;
  INSERT INTO orders (marketplace_id, reference, buyer_id, currency)
  VALUES (p_m, p_document->>'reference', (p_document->>'buyer')::bigint, p_document->>'currency') RETURNING id INTO v_order;
  -- VAT is rounded on the sum of a seller, category and rate, and spread over its lines so that the parts add up
  WITH given AS (
    SELECT n AS position, (l->>'seller')::bigint AS seller_id, l->>'sku' AS sku, l->>'description' AS description, (l->>'quantity')::numeric AS quantity,
           (l->>'net_price')::numeric AS net_price, l->>'vat_category' AS vat_category, (l->>'vat_rate')::numeric AS vat_rate,
           round((l->>'quantity')::numeric * (l->>'net_price')::numeric * 100)::bigint AS net
      FROM jsonb_array_elements(p_document->'lines') WITH ORDINALITY x(l, n)),
  summed AS (
    SELECT *, round(sum(net) OVER key * vat_rate / 100) AS tax, sum(net) OVER (key ORDER BY position) AS upto, sum(net) OVER key AS whole
      FROM given WINDOW key AS (PARTITION BY seller_id, vat_category, vat_rate)),
  taxed AS (
    SELECT *, (round(tax * upto / whole) - round(tax * (upto - net) / whole))::bigint AS vat FROM summed),
  sold AS (
    INSERT INTO seller_orders (marketplace_id, order_id, seller_id, net, vat, gross, state, accept_by)
    SELECT p_m, v_order, t.seller_id, sum(net), sum(vat), sum(net + vat), 'placed', now() + interval '2 days'
      FROM taxed t JOIN party_capacities c ON c.marketplace_id = p_m AND c.party_id = t.seller_id AND c.capacity = 'seller'
     GROUP BY t.seller_id ORDER BY t.seller_id RETURNING id, seller_id)
  INSERT INTO order_lines (marketplace_id, order_id, seller_order_id, seller_id, position, sku, description, net_price, vat_category, vat_rate, net, vat, gross, quantity)
  SELECT p_m, v_order, s.id, seller_id, position, sku, description, net_price, vat_category, vat_rate, net, vat, net + vat, quantity
    FROM taxed JOIN sold s USING (seller_id) ORDER BY position;
  IF (SELECT count(*) FROM order_lines WHERE marketplace_id = p_m AND order_id = v_order) <> v_lines THEN RAISE EXCEPTION 'a seller is unknown'; END IF;
  PERFORM emit(p_m, 'order', v_order, 'order.placed', jsonb_build_object('order_id', v_order, 'buyer_id', p_document->'buyer',
    'gross', (SELECT sum(gross) FROM seller_orders WHERE marketplace_id = p_m AND order_id = v_order)));
  RETURN end_call(p_m, p_key, v_order);
END $$;

CREATE FUNCTION seller_order_accept(p_m int, p_seller_order bigint, p_key text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_go boolean; v_result bigint; v_so seller_orders;
BEGIN
  SELECT * INTO v_go, v_result FROM begin_call(p_m, 'seller_order_accept', p_key, p_seller_order::text);
  IF NOT v_go THEN RETURN v_result; END IF;
  PERFORM FROM orders WHERE marketplace_id = p_m AND id = (SELECT order_id FROM seller_orders WHERE marketplace_id = p_m AND id = p_seller_order) FOR NO KEY UPDATE;
  UPDATE seller_orders SET state = 'accepted', answered_at = now()
   WHERE marketplace_id = p_m AND id = p_seller_order AND accept_by >= now() RETURNING * INTO v_so;
  IF NOT FOUND THEN RAISE EXCEPTION 'no seller order % to accept', p_seller_order; END IF;
  PERFORM emit(p_m, 'order', v_so.order_id, 'seller_order.accepted',
    jsonb_build_object('order_id', v_so.order_id, 'seller_order_id', v_so.id, 'seller_id', v_so.seller_id));
  RETURN end_call(p_m, p_key, p_seller_order);
END $$;

CREATE FUNCTION payment_authorize(p_m int, p_order bigint, p_amount text, p_document jsonb, p_key text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_go boolean; v_result bigint; v_id bigint; v_amount bigint := cents(p_amount);
BEGIN
  SELECT * INTO v_go, v_result FROM begin_call(p_m, 'payment_authorize', p_key, concat_ws('|', p_order, p_amount, p_document));
  IF NOT v_go THEN RETURN v_result; END IF;
  PERFORM FROM orders WHERE marketplace_id = p_m AND id = p_order FOR NO KEY UPDATE;
  IF v_amount > (SELECT sum(gross) FROM seller_orders WHERE marketplace_id = p_m AND order_id = p_order)
               - COALESCE((SELECT sum(authorised) FROM payments WHERE marketplace_id = p_m AND order_id = p_order), 0) THEN
    RAISE EXCEPTION 'more than the order is worth';
  END IF;
  INSERT INTO payments (marketplace_id, order_id, authorised, state, method, psp_reference)
  VALUES (p_m, p_order, v_amount, 'authorised', p_document->>'method', p_document->>'psp_reference') RETURNING id INTO v_id;
  PERFORM emit(p_m, 'order', p_order, 'payment.authorized', jsonb_build_object('payment_id', v_id, 'order_id', p_order, 'amount', v_amount));
  RETURN end_call(p_m, p_key, v_id);
END $$;

CREATE FUNCTION payment_capture(p_m int, p_payment bigint, p_amount text DEFAULT NULL, p_key text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_go boolean; v_result bigint; v_p payments; v_capture bigint; v_amount bigint; v_rule commission_rules; a record;
BEGIN
  SELECT * INTO v_go, v_result FROM begin_call(p_m, 'payment_capture', p_key, concat_ws('|', p_payment, p_amount));
  IF NOT v_go THEN RETURN v_result; END IF;
  PERFORM FROM orders WHERE marketplace_id = p_m AND id = (SELECT order_id FROM payments WHERE marketplace_id = p_m AND id = p_payment) FOR NO KEY UPDATE;
  SELECT * INTO v_p FROM payments WHERE marketplace_id = p_m AND id = p_payment FOR NO KEY UPDATE;
  v_amount := COALESCE(cents(p_amount), v_p.authorised - v_p.captured);
  IF v_amount <= 0 OR v_amount > v_p.authorised - v_p.captured THEN RAISE EXCEPTION 'nothing left to capture'; END IF;
  UPDATE payments SET captured = captured + v_amount, state = 'captured' WHERE marketplace_id = p_m AND id = p_payment;
  INSERT INTO captures (marketplace_id, payment_id, order_id, amount, state) VALUES (p_m, p_payment, v_p.order_id, v_amount, 'captured') RETURNING id INTO v_capture;
  SELECT * INTO v_rule FROM commission_rules WHERE marketplace_id = p_m AND seller_id IS NULL AND valid_from <= now() ORDER BY id DESC LIMIT 1;
  -- by what each line lacks, parts that add up; commission on the net of the goods
  WITH lacking AS (
    SELECT l.id, l.seller_id, l.net, l.gross, l.gross - COALESCE((SELECT sum(amount) FROM capture_allocations c WHERE c.marketplace_id = p_m AND c.order_line_id = l.id), 0) AS lacks
      FROM order_lines l WHERE l.marketplace_id = p_m AND l.order_id = v_p.order_id),
  shared AS (
    SELECT *, (round(v_amount * sum(lacks) OVER (ORDER BY id) / sum(lacks) OVER ()) - round(v_amount * (sum(lacks) OVER (ORDER BY id) - lacks) / sum(lacks) OVER ()))::bigint AS part
      FROM lacking WHERE lacks > 0)
  INSERT INTO capture_allocations (marketplace_id, capture_id, order_id, order_line_id, seller_id, amount, commission, commission_vat, commission_rule_id, escrow_account)
  SELECT p_m, v_capture, v_p.order_id, id, seller_id, part, c, round(c * v_rule.vat_rate_pct / 100), v_rule.id, nextval('account_ids')
    FROM (SELECT *, round(net * part / gross * v_rule.rate_pct / 100)::bigint AS c FROM shared WHERE part > 0) x;
  INSERT INTO public.accounts SELECT escrow_account, 0 FROM capture_allocations WHERE marketplace_id = p_m AND capture_id = v_capture;
  FOR a IN SELECT * FROM capture_allocations WHERE marketplace_id = p_m AND capture_id = v_capture ORDER BY id LOOP
    PERFORM transfer(1, a.escrow_account, a.amount);
  END LOOP;
  PERFORM emit(p_m, 'order', v_p.order_id, 'payment.captured',
    jsonb_build_object('payment_id', p_payment, 'order_id', v_p.order_id, 'capture_id', v_capture, 'amount', v_amount));
  RETURN end_call(p_m, p_key, v_capture);
END $$;

CREATE FUNCTION payment_settle(p_m int, p_capture bigint, p_fee text DEFAULT NULL, p_key text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_go boolean; v_result bigint; v_c captures;
BEGIN
  SELECT * INTO v_go, v_result FROM begin_call(p_m, 'payment_settle', p_key, concat_ws('|', p_capture, p_fee));
  IF NOT v_go THEN RETURN v_result; END IF;
  PERFORM FROM orders WHERE marketplace_id = p_m AND id = (SELECT order_id FROM captures WHERE marketplace_id = p_m AND id = p_capture) FOR NO KEY UPDATE;
  UPDATE captures SET state = 'final', settled_at = now(), fee = cents(p_fee) WHERE marketplace_id = p_m AND id = p_capture RETURNING * INTO v_c;
  IF NOT FOUND THEN RAISE EXCEPTION 'no capture %', p_capture; END IF;
  PERFORM transfer(2, 1, v_c.amount - COALESCE(v_c.fee, 0));
  IF v_c.fee > 0 THEN
    PERFORM transfer(8, 1, v_c.fee);
    PERFORM transfer(2, 7, v_c.fee);
  END IF;
  PERFORM emit(p_m, 'order', v_c.order_id, 'payment.settled',
    jsonb_build_object('payment_id', v_c.payment_id, 'order_id', v_c.order_id, 'capture_id', p_capture, 'amount', v_c.amount));
  RETURN end_call(p_m, p_key, p_capture);
END $$;

CREATE FUNCTION lines_of(p_m int, p_shipment bigint, p_parcel bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
SELECT jsonb_agg(jsonb_build_object('order_line_id', order_line_id, 'quantity', quantity) ORDER BY order_line_id) FROM parcel_contents
 WHERE marketplace_id = p_m AND shipment_id = p_shipment AND (p_parcel IS NULL OR parcel_id = p_parcel)
$$;

CREATE FUNCTION shipment_create(p_m int, p_document jsonb, p_key text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_go boolean; v_result bigint; v_so seller_orders; v_shipment bigint; v_carrier bigint; v_parcel jsonb; v_parcel_id bigint;
BEGIN
  SELECT * INTO v_go, v_result FROM begin_call(p_m, 'shipment_create', p_key, p_document::text);
  IF NOT v_go THEN RETURN v_result; END IF;
  SELECT * INTO v_so FROM seller_orders WHERE marketplace_id = p_m AND id = (p_document->>'seller_order_id')::bigint;
  PERFORM FROM orders WHERE marketplace_id = p_m AND id = v_so.order_id FOR NO KEY UPDATE;
  IF v_so.state <> 'accepted' THEN RAISE EXCEPTION 'seller order % is %', v_so.id, v_so.state; END IF;
  SELECT id INTO v_carrier FROM carriers WHERE marketplace_id = p_m AND code = p_document->>'carrier';
  IF NOT FOUND THEN RAISE EXCEPTION 'no carrier %', p_document->>'carrier'; END IF;
  INSERT INTO shipments (marketplace_id, order_id, seller_order_id, carrier_id, state) VALUES (p_m, v_so.order_id, v_so.id, v_carrier, 'prepared') RETURNING id INTO v_shipment;
  FOR v_parcel IN SELECT x FROM jsonb_array_elements(p_document->'parcels') x LOOP
    INSERT INTO parcels (marketplace_id, shipment_id, order_id, carrier_id, tracking_number, state)
    VALUES (p_m, v_shipment, v_so.order_id, v_carrier, v_parcel->>'tracking_number', 'prepared') RETURNING id INTO v_parcel_id;
    INSERT INTO parcel_contents (marketplace_id, parcel_id, order_line_id, shipment_id, quantity, position)
    SELECT p_m, v_parcel_id, l.id, v_shipment, (c->>'quantity')::numeric, 'held'
      FROM jsonb_array_elements(v_parcel->'contents') c JOIN order_lines l ON l.marketplace_id = p_m AND l.id = (c->>'order_line_id')::bigint AND l.seller_order_id = v_so.id;
  END LOOP;
  IF EXISTS (
    SELECT FROM order_lines l JOIN parcel_contents c ON c.marketplace_id = p_m AND c.order_line_id = l.id AND c.position = 'held'
     WHERE l.marketplace_id = p_m AND l.seller_order_id = v_so.id GROUP BY l.marketplace_id, l.id HAVING sum(c.quantity) > l.quantity - l.shipped) THEN
    RAISE EXCEPTION 'more than is left to ship';
  END IF;
  PERFORM emit(p_m, 'order', v_so.order_id, 'shipment.created', jsonb_build_object('shipment_id', v_shipment, 'order_id', v_so.order_id,
    'seller_order_id', v_so.id, 'lines', lines_of(p_m, v_shipment, NULL)));
  RETURN end_call(p_m, p_key, v_shipment);
END $$;

CREATE FUNCTION shipment_hand_over(p_m int, p_shipment bigint, p_key text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_go boolean; v_result bigint; v_s shipments;
BEGIN
  SELECT * INTO v_go, v_result FROM begin_call(p_m, 'shipment_hand_over', p_key, p_shipment::text);
  IF NOT v_go THEN RETURN v_result; END IF;
  SELECT * INTO v_s FROM shipments WHERE marketplace_id = p_m AND id = p_shipment;
  PERFORM FROM orders WHERE marketplace_id = p_m AND id = v_s.order_id FOR NO KEY UPDATE;
  IF (SELECT sum(authorised) FROM payments WHERE marketplace_id = p_m AND order_id = v_s.order_id)
     < (SELECT sum(gross) FROM seller_orders WHERE marketplace_id = p_m AND order_id = v_s.order_id) THEN
    RAISE EXCEPTION 'the order is not paid';
  END IF;
  UPDATE shipments SET state = 'handed_over', handed_over_at = now() WHERE marketplace_id = p_m AND id = p_shipment;
  UPDATE parcels SET state = 'in_transit' WHERE marketplace_id = p_m AND shipment_id = p_shipment;
  UPDATE parcel_contents SET position = 'in_transit' WHERE marketplace_id = p_m AND shipment_id = p_shipment;
  UPDATE order_lines l SET shipped = shipped + c.quantity, in_transit = in_transit + c.quantity
    FROM (SELECT order_line_id, sum(quantity) AS quantity FROM parcel_contents WHERE marketplace_id = p_m AND shipment_id = p_shipment GROUP BY 1) c
   WHERE l.marketplace_id = p_m AND l.id = c.order_line_id;
  INSERT INTO quantity_movements (marketplace_id, order_line_id, parcel_id, kind, quantity)
  SELECT p_m, order_line_id, parcel_id, 'ship', quantity FROM parcel_contents WHERE marketplace_id = p_m AND shipment_id = p_shipment;
  PERFORM emit(p_m, 'order', v_s.order_id, 'shipment.handed_over', jsonb_build_object('shipment_id', p_shipment, 'order_id', v_s.order_id,
    'seller_order_id', v_s.seller_order_id, 'lines', lines_of(p_m, p_shipment, NULL)));
  RETURN end_call(p_m, p_key, p_shipment);
END $$;

CREATE FUNCTION tracking_record(p_m int, p_document jsonb, p_key text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_go boolean; v_result bigint; v_p parcels; v_so bigint; v_event bigint;
BEGIN
  SELECT * INTO v_go, v_result FROM begin_call(p_m, 'tracking_record', p_key, p_document::text);
  IF NOT v_go THEN RETURN v_result; END IF;
  SELECT p.* INTO v_p FROM parcels p JOIN carriers c ON c.marketplace_id = p_m AND c.id = p.carrier_id
   WHERE p.marketplace_id = p_m AND c.code = p_document->>'carrier' AND p.tracking_number = p_document->>'tracking_number';
  IF NOT FOUND THEN RAISE EXCEPTION 'no parcel %', p_document->>'tracking_number'; END IF;
  PERFORM FROM orders WHERE marketplace_id = p_m AND id = v_p.order_id FOR NO KEY UPDATE;
  INSERT INTO tracking_events (marketplace_id, parcel_id, source, source_event_id, state, occurred_at)
  VALUES (p_m, v_p.id, p_document->>'source', p_document->>'source_event_id', p_document->>'state', (p_document->>'occurred_at')::timestamptz)
  ON CONFLICT DO NOTHING RETURNING id INTO v_event;
  IF NOT FOUND THEN
    RETURN (SELECT id FROM tracking_events WHERE marketplace_id = p_m AND parcel_id = v_p.id AND source = p_document->>'source' AND source_event_id = p_document->>'source_event_id');
  END IF;
  IF p_document->>'state' = 'delivered' AND v_p.state = 'in_transit' THEN
    UPDATE parcels SET state = 'delivered', delivered_at = (p_document->>'occurred_at')::timestamptz, receipt_due_at = now() + interval '14 days'
     WHERE marketplace_id = p_m AND id = v_p.id;
    UPDATE parcel_contents SET position = 'delivered' WHERE marketplace_id = p_m AND parcel_id = v_p.id;
    UPDATE order_lines l SET in_transit = in_transit - c.quantity, awaited = awaited + c.quantity
      FROM parcel_contents c WHERE c.marketplace_id = p_m AND c.parcel_id = v_p.id AND l.marketplace_id = p_m AND l.id = c.order_line_id;
    INSERT INTO quantity_movements (marketplace_id, order_line_id, parcel_id, kind, quantity)
    SELECT p_m, order_line_id, parcel_id, 'deliver', quantity FROM parcel_contents WHERE marketplace_id = p_m AND parcel_id = v_p.id;
    SELECT seller_order_id INTO v_so FROM shipments WHERE marketplace_id = p_m AND id = v_p.shipment_id;
    PERFORM emit(p_m, 'order', v_p.order_id, 'parcel.delivered', jsonb_build_object('parcel_id', v_p.id, 'shipment_id', v_p.shipment_id, 'order_id', v_p.order_id,
      'seller_order_id', v_so, 'delivered_at', p_document->'occurred_at', 'lines', lines_of(p_m, v_p.shipment_id, v_p.id)));
  END IF;
  RETURN end_call(p_m, p_key, v_event);
END $$;

-- What was accepted of a line goes to the seller, the commission to the platform: the share of the quantity, parts that add up.
CREATE FUNCTION release_line(p_m int, p_line bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_l order_lines; a capture_allocations; v_due bigint; v_commission bigint; v_vat bigint; v_account bigint;
BEGIN
  SELECT * INTO v_l FROM order_lines WHERE marketplace_id = p_m AND id = p_line;
  FOR a IN SELECT c.* FROM capture_allocations c JOIN captures k ON k.marketplace_id = p_m AND k.id = c.capture_id AND k.state = 'final'
            WHERE c.marketplace_id = p_m AND c.order_line_id = p_line ORDER BY c.id LOOP
    v_due := round(a.amount * v_l.accepted / v_l.quantity) - a.released;
    CONTINUE WHEN v_due <= 0;
    v_commission := round(a.commission * (a.released + v_due) / a.amount::numeric) - round(a.commission * a.released / a.amount::numeric);
    v_vat := round(a.commission_vat * (a.released + v_due) / a.amount::numeric) - round(a.commission_vat * a.released / a.amount::numeric);
    SELECT account_id INTO v_account FROM seller_accounts WHERE marketplace_id = p_m AND seller_id = a.seller_id;
    PERFORM transfer(a.escrow_account, v_account, v_due - v_commission - v_vat);
    PERFORM transfer(a.escrow_account, 3, v_commission + v_vat);
    PERFORM transfer(4, 5, v_commission);
    PERFORM transfer(4, 6, v_vat);
    UPDATE capture_allocations SET released = released + v_due WHERE marketplace_id = p_m AND id = a.id;
    PERFORM emit(p_m, 'order', a.order_id, 'escrow.released', jsonb_build_object('order_id', a.order_id, 'order_line_id', p_line,
      'amount', v_due, 'commission', v_commission + v_vat));
  END LOOP;
END $$;

CREATE FUNCTION invoice_accepted(p_m int, p_receipt bigint, p_seller_order bigint, p_event bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_so seller_orders; v_buyer bigint; v_mandate bigint; v_series series; v_id bigint; v_number text; v_vat bigint; v_net bigint; v_hash bytea; v_lines jsonb; v_taxes jsonb;
BEGIN
  SELECT * INTO v_so FROM seller_orders WHERE marketplace_id = p_m AND id = p_seller_order;
  SELECT buyer_id INTO v_buyer FROM orders WHERE marketplace_id = p_m AND id = v_so.order_id;
  SELECT id INTO v_mandate FROM mandates WHERE marketplace_id = p_m AND mandator_id = v_so.seller_id AND valid @> now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no mandate of seller %', v_so.seller_id; END IF;
  SELECT jsonb_agg(to_jsonb(x) ORDER BY position) INTO v_lines FROM (
    SELECT row_number() OVER (ORDER BY l.position) AS position, l.id AS order_line_id, l.description, l.sku, sum(r.quantity) AS quantity, l.net_price,
           l.vat_category, l.vat_rate, round(sum(r.quantity) * l.net_price * 100) AS net
      FROM receipt_lines r JOIN order_lines l ON l.marketplace_id = p_m AND l.id = r.order_line_id
     WHERE r.marketplace_id = p_m AND r.receipt_id = p_receipt AND l.seller_order_id = p_seller_order GROUP BY l.marketplace_id, l.id) x;
  SELECT jsonb_agg(to_jsonb(x)), sum(taxable), sum(tax) INTO v_taxes, v_net, v_vat FROM (
    SELECT vat_category, vat_rate, sum(net) AS taxable, round(sum(net) * vat_rate / 100) AS tax
      FROM jsonb_to_recordset(v_lines) AS i(vat_category text, vat_rate numeric, net bigint) GROUP BY 1, 2 ORDER BY 1, 2) x;
  -- the counter last, it stays locked until the commit
  INSERT INTO series (marketplace_id, issuer_id, year, last_number, last_date) VALUES (p_m, v_so.seller_id, extract(year FROM now()), 1, current_date)
  ON CONFLICT (marketplace_id, issuer_id, year) DO UPDATE SET last_number = series.last_number + 1, last_date = GREATEST(series.last_date, current_date) RETURNING * INTO v_series;
  v_number := format('MP-%s-%s-%s', v_so.seller_id, v_series.year, lpad(v_series.last_number::text, 6, '0'));
  v_hash := sha256(COALESCE(v_series.head_hash, '') || convert_to(concat_ws('|', v_number, v_series.last_date, v_so.seller_id, v_buyer, v_net, v_vat, v_lines, v_taxes), 'UTF8'));
  INSERT INTO invoices (marketplace_id, number, n, issue_date, issuer_id, buyer_id, mandate_id, order_id, seller_order_id, trigger_event_id, net, vat, gross, prepaid,
    seller, buyer, previous_hash, hash)
  SELECT p_m, v_number, v_series.last_number, v_series.last_date, v_so.seller_id, v_buyer, v_mandate, v_so.order_id, p_seller_order, p_event, v_net, v_vat, v_net + v_vat,
         v_net + v_vat, to_jsonb(s), to_jsonb(b), v_series.head_hash, v_hash
    FROM parties s, parties b WHERE s.marketplace_id = p_m AND s.id = v_so.seller_id AND b.marketplace_id = p_m AND b.id = v_buyer RETURNING id INTO v_id;
  INSERT INTO invoice_lines
  SELECT p_m, v_id, position, order_line_id, p_seller_order, description, sku, quantity, net_price, vat_category, vat_rate, net
    FROM jsonb_to_recordset(v_lines) AS i(position int, order_line_id bigint, description text, sku text, quantity numeric, net_price numeric, vat_category text,
         vat_rate numeric, net bigint);
  INSERT INTO invoice_vat
  SELECT p_m, v_id, vat_category, vat_rate, taxable, tax
    FROM jsonb_to_recordset(v_taxes) AS t(vat_category text, vat_rate numeric, taxable bigint, tax bigint);
  UPDATE series SET head_hash = v_hash WHERE marketplace_id = p_m AND issuer_id = v_so.seller_id AND year = v_series.year;
  PERFORM emit(p_m, 'order', v_so.order_id, 'invoice.issued', jsonb_build_object('invoice_id', v_id, 'number', v_number, 'order_id', v_so.order_id,
    'seller_id', v_so.seller_id, 'kind', 'unit', 'gross', v_net + v_vat));
END $$;

CREATE FUNCTION receipt_confirm(p_m int, p_document jsonb, p_key text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_go boolean; v_result bigint; v_order orders; v_receipt bigint; v_event bigint; v_line jsonb; v_left numeric; v_take numeric; c parcel_contents; v_id bigint; v_position int := 0;
BEGIN
  SELECT * INTO v_go, v_result FROM begin_call(p_m, 'receipt_confirm', p_key, p_document::text);
  IF NOT v_go THEN RETURN v_result; END IF;
  SELECT * INTO v_order FROM orders WHERE marketplace_id = p_m AND id = (p_document->>'order_id')::bigint FOR NO KEY UPDATE;
  INSERT INTO receipts (marketplace_id, order_id, buyer_id) VALUES (p_m, v_order.id, v_order.buyer_id) RETURNING id INTO v_receipt;
  -- delivered parcels, the oldest first
  FOR v_line IN SELECT x FROM jsonb_array_elements(p_document->'lines') x LOOP
    v_left := (v_line->>'quantity')::numeric;
    FOR c IN SELECT pc.* FROM parcel_contents pc JOIN parcels p ON p.marketplace_id = p_m AND p.id = pc.parcel_id AND p.order_id = v_order.id
              WHERE pc.marketplace_id = p_m AND pc.order_line_id = (v_line->>'order_line_id')::bigint AND pc.position = 'delivered' AND pc.accepted < pc.quantity
              ORDER BY p.delivered_at, p.id LOOP
      EXIT WHEN v_left = 0;
      v_take := LEAST(v_left, c.quantity - c.accepted);
      v_left := v_left - v_take;
      v_position := v_position + 1;
      UPDATE parcel_contents SET accepted = accepted + v_take WHERE marketplace_id = p_m AND parcel_id = c.parcel_id AND order_line_id = c.order_line_id;
      INSERT INTO receipt_lines VALUES (p_m, v_receipt, v_position, c.order_line_id, c.parcel_id, v_take, v_line->>'condition');
      INSERT INTO quantity_movements (marketplace_id, order_line_id, parcel_id, kind, quantity) VALUES (p_m, c.order_line_id, c.parcel_id, 'accept', v_take);
    END LOOP;
    IF v_left > 0 THEN RAISE EXCEPTION 'more than was delivered'; END IF;
  END LOOP;
  UPDATE order_lines l SET awaited = awaited - r.quantity, accepted = accepted + r.quantity
    FROM (SELECT order_line_id, sum(quantity) AS quantity FROM receipt_lines WHERE marketplace_id = p_m AND receipt_id = v_receipt GROUP BY 1) r
   WHERE l.marketplace_id = p_m AND l.id = r.order_line_id;
  UPDATE parcels p SET receipt_due_at = NULL WHERE p.marketplace_id = p_m AND p.order_id = v_order.id AND receipt_due_at IS NOT NULL
     AND NOT EXISTS (SELECT FROM parcel_contents x WHERE x.marketplace_id = p_m AND x.parcel_id = p.id AND x.accepted < x.quantity);
  v_event := emit(p_m, 'order', v_order.id, 'receipt.accepted', jsonb_build_object('receipt_id', v_receipt, 'order_id', v_order.id, 'how', 'conform', 'lines', p_document->'lines'));
  FOR v_id IN SELECT DISTINCT order_line_id FROM receipt_lines WHERE marketplace_id = p_m AND receipt_id = v_receipt ORDER BY 1 LOOP PERFORM release_line(p_m, v_id); END LOOP;
  FOR v_id IN SELECT DISTINCT l.seller_order_id FROM receipt_lines r JOIN order_lines l ON l.marketplace_id = p_m AND l.id = r.order_line_id
               WHERE r.marketplace_id = p_m AND r.receipt_id = v_receipt ORDER BY 1 LOOP
    PERFORM invoice_accepted(p_m, v_receipt, v_id, v_event);
  END LOOP;
  RETURN end_call(p_m, p_key, v_receipt);
END $$;

CREATE FUNCTION payout_run(p_m int, p_document jsonb, p_key text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_go boolean; v_result bigint; v_batch bigint; v_seller bigint; v_account bigint; v_bank bigint; v_payout bigint; v_amount bigint; v_sellers bigint[];
BEGIN
  SELECT * INTO v_go, v_result FROM begin_call(p_m, 'payout_run', p_key, p_document::text);
  IF NOT v_go THEN RETURN v_result; END IF;
  SELECT array_agg(x::bigint ORDER BY x::bigint) INTO v_sellers FROM jsonb_array_elements_text(p_document->'sellers') x;
  INSERT INTO payout_batches (marketplace_id, sellers) VALUES (p_m, v_sellers) RETURNING id INTO v_batch;
  FOREACH v_seller IN ARRAY v_sellers LOOP
    SELECT account_id INTO v_account FROM seller_accounts WHERE marketplace_id = p_m AND seller_id = v_seller;
    PERFORM FROM public.accounts WHERE id = v_account FOR NO KEY UPDATE;
    SELECT sum(released - commission - commission_vat) INTO v_amount FROM capture_allocations
     WHERE marketplace_id = p_m AND seller_id = v_seller AND released = amount AND released > 0 AND NOT paid;
    CONTINUE WHEN v_amount IS NULL OR v_amount <= 0;
    SELECT id INTO v_bank FROM bank_accounts WHERE marketplace_id = p_m AND party_id = v_seller AND verified;
    CONTINUE WHEN NOT FOUND;
    INSERT INTO payouts (marketplace_id, batch_id, seller_id, bank_account_id, amount, state) VALUES (p_m, v_batch, v_seller, v_bank, v_amount, 'planned') RETURNING id INTO v_payout;
    WITH taken AS (
      UPDATE capture_allocations SET paid = true WHERE marketplace_id = p_m AND seller_id = v_seller AND released = amount AND released > 0 AND NOT paid
      RETURNING id, released - commission - commission_vat AS amount)
    INSERT INTO payout_items SELECT p_m, v_payout, id, amount FROM taken;
    PERFORM transfer(v_account, 9, v_amount);
    PERFORM emit(p_m, 'payout', v_payout, 'payout.planned', jsonb_build_object('payout_id', v_payout, 'seller_id', v_seller, 'amount', v_amount));
    INSERT INTO instructions (marketplace_id, kind, object_id, payload, state)
    VALUES (p_m, 'payout', v_payout, jsonb_build_object('payout_id', v_payout, 'seller_id', v_seller, 'bank_account_id', v_bank, 'amount', v_amount), 'planned');
    PERFORM emit(p_m, 'payout', v_payout, 'instruction.planned', jsonb_build_object('kind', 'payout', 'object_id', v_payout));
  END LOOP;
  RETURN end_call(p_m, p_key, v_batch);
END $$;

-- The PSP's word that it was paid says that it was sent as well: each step leaves its trace.
CREATE FUNCTION payout_confirm(p_m int, p_payout bigint, p_key text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_go boolean; v_result bigint; v_p payouts;
BEGIN
  SELECT * INTO v_go, v_result FROM begin_call(p_m, 'payout_confirm', p_key, p_payout::text);
  IF NOT v_go THEN RETURN v_result; END IF;
  SELECT * INTO v_p FROM payouts WHERE marketplace_id = p_m AND id = p_payout FOR NO KEY UPDATE;
  UPDATE instructions SET state = 'sent' WHERE marketplace_id = p_m AND kind = 'payout' AND object_id = p_payout AND state = 'planned';
  PERFORM emit(p_m, 'payout', p_payout, 'instruction.sent', jsonb_build_object('kind', 'payout', 'object_id', p_payout));
  UPDATE payouts SET state = 'sent', sent_at = now() WHERE marketplace_id = p_m AND id = p_payout;
  PERFORM emit(p_m, 'payout', p_payout, 'payout.sent', jsonb_build_object('payout_id', p_payout, 'seller_id', v_p.seller_id, 'amount', v_p.amount));
  UPDATE instructions SET state = 'confirmed' WHERE marketplace_id = p_m AND kind = 'payout' AND object_id = p_payout AND state = 'sent';
  PERFORM emit(p_m, 'payout', p_payout, 'instruction.confirmed', jsonb_build_object('kind', 'payout', 'object_id', p_payout));
  UPDATE payouts SET state = 'paid', ended_at = now() WHERE marketplace_id = p_m AND id = p_payout;
  PERFORM transfer(9, 2, v_p.amount);
  PERFORM emit(p_m, 'payout', p_payout, 'payout.paid', jsonb_build_object('payout_id', p_payout, 'seller_id', v_p.seller_id, 'amount', v_p.amount));
  RETURN end_call(p_m, p_key, p_payout);
END $$;
ALTER DATABASE life SET search_path = marketplace, public;
