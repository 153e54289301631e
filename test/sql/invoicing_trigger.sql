-- What a quantity is invoiced by (iv.trigger), shipping and fees beside the goods (iv.service_lines), the operator's own sales, what blocks.
SET client_min_messages = warning;
SET marketplace.clock = '2026-11-24 10:00:00+00';
\set VERBOSITY terse
\set m 622
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\i :demo_parties
SELECT marketplace.policy_set(:m, 'fd.ship_on', '"any"') > 0 AS unpaid;
SELECT marketplace.carrier_create(:m, '{"code": "POST", "name": "La Poste"}') > 0 AS carrier;
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :alpha, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z', 'proof_sha256', repeat('ab', 32))) > 0 AS mandate;
CREATE FUNCTION pg_temp.goods(seller bigint, description text, quantity numeric, price text, kind text DEFAULT 'goods') RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('seller', seller, 'kind', kind, 'description', description, 'quantity', quantity, 'net_price', price, 'vat_category', 'S', 'vat_rate', 20) $$;
-- SELECT part(m, reference): the seller order; line(m, reference, position): the order line
CREATE FUNCTION pg_temp.part(m int, reference text) RETURNS bigint LANGUAGE sql AS $$
	SELECT s.id FROM marketplace.seller_orders s JOIN marketplace.orders o ON o.marketplace_id = s.marketplace_id AND o.id = s.order_id WHERE o.marketplace_id = m AND o.reference = part.reference $$;
CREATE FUNCTION pg_temp.line(m int, reference text, place int) RETURNS bigint LANGUAGE sql AS $$
	SELECT l.id FROM marketplace.order_lines l JOIN marketplace.orders o ON o.marketplace_id = l.marketplace_id AND o.id = l.order_id WHERE o.marketplace_id = m AND o.reference = line.reference AND l.position = place $$;
CREATE FUNCTION pg_temp.place(m int, buyer bigint, reference text, VARIADIC lines jsonb[]) RETURNS boolean LANGUAGE sql AS $$
	SELECT marketplace.order_place(m, jsonb_build_object('reference', reference, 'buyer', buyer, 'currency', 'EUR', 'lines', to_jsonb(lines))) > 0 $$;
CREATE FUNCTION pg_temp.ship(m int, reference text, quantity numeric) RETURNS boolean LANGUAGE sql AS $$
	SELECT marketplace.shipment_hand_over(m, marketplace.shipment_create(m, jsonb_build_object('seller_order_id', pg_temp.part(m, reference), 'carrier', 'POST',
		'parcels', jsonb_build_array(jsonb_build_object('tracking_number', 'T' || reference || quantity,
			'contents', jsonb_build_array(jsonb_build_object('order_line_id', pg_temp.line(m, reference, 1), 'quantity', quantity))))))) > 0 $$;
CREATE VIEW pg_temp.issued AS
	SELECT i.number, o.reference, i.trigger::text, i.supply_date, i.business_process, string_agg(l.description || ' × ' || trim_scale(l.quantity) || ' = ' || l.net, ', ' ORDER BY l.position) AS lines, i.vat, i.gross
	  FROM marketplace.invoices i
	  JOIN marketplace.orders o ON o.marketplace_id = i.marketplace_id AND o.id = i.order_id
	  JOIN marketplace.invoice_lines l ON l.marketplace_id = i.marketplace_id AND l.invoice_id = i.id
	 WHERE i.marketplace_id = 622 GROUP BY i.number, o.reference, i.trigger, i.supply_date, i.business_process, i.vat, i.gross ORDER BY i.number;

-- order: when it is firm, the seller has accepted it
SELECT marketplace.policy_set(:m, 'iv.trigger', '"order"') > 0 AS set;
SELECT pg_temp.place(:m, :buyer, 'at-order', pg_temp.goods(:alpha, 'Vis', 100, '0.125'), pg_temp.goods(:alpha, 'Port', 1, '9.90', 'shipping'), pg_temp.goods(:alpha, 'Pose', 1, '80', 'service'));
SELECT marketplace.seller_order_accept(:m, pg_temp.part(:m, 'at-order')) > 0 AS accepted;
-- shipment: shipping goes with the value of the goods, and whole with the last
SELECT marketplace.policy_set(:m, 'iv.trigger', '"shipment"') > 0 AS set;
SELECT pg_temp.place(:m, :buyer, 'at-shipment', pg_temp.goods(:alpha, 'Clous', 7, '10'), pg_temp.goods(:alpha, 'Port', 1, '10', 'shipping'));
SELECT marketplace.seller_order_accept(:m, pg_temp.part(:m, 'at-shipment')) > 0 AS accepted;
SELECT pg_temp.ship(:m, 'at-shipment', 2), pg_temp.ship(:m, 'at-shipment', 5);
-- … or whole with the first
SELECT marketplace.policy_set(:m, 'iv.service_lines', '"first"') > 0 AS set;
SELECT pg_temp.place(:m, :buyer, 'port-first', pg_temp.goods(:alpha, 'Clous', 7, '10'), pg_temp.goods(:alpha, 'Port', 1, '10', 'shipping'));
SELECT marketplace.seller_order_accept(:m, pg_temp.part(:m, 'port-first')) > 0 AS accepted;
SELECT pg_temp.ship(:m, 'port-first', 2), pg_temp.ship(:m, 'port-first', 5);
SELECT marketplace.policy_set(:m, 'iv.service_lines', '"pro_rata"') > 0 AS set;
-- delivery: the day of supply is known; a delivery told twice is charged once
SELECT marketplace.policy_set(:m, 'iv.trigger', '"delivery"') > 0 AS set;
SELECT pg_temp.place(:m, :buyer, 'at-delivery', pg_temp.goods(:alpha, 'Tôle', 2.5, '100'));
SELECT marketplace.seller_order_accept(:m, pg_temp.part(:m, 'at-delivery')) > 0 AS accepted;
SELECT pg_temp.ship(:m, 'at-delivery', 2.5);
SELECT marketplace.tracking_record(:m, '{"source": "post", "source_event_id": "1", "carrier": "POST", "tracking_number": "Tat-delivery2.5", "state": "delivered", "occurred_at": "2026-11-24T09:30:00Z"}') > 0 AS delivered;
SELECT marketplace.tracking_record(:m, '{"source": "post", "source_event_id": "2", "carrier": "POST", "tracking_number": "Tat-delivery2.5", "occurred_at": "2026-11-24T09:40:00Z",
	"corrects": {"source": "post", "source_event_id": "1", "reason": "did_not_occur"}}') > 0 AS corrected;
SELECT marketplace.tracking_record(:m, '{"source": "post", "source_event_id": "3", "carrier": "POST", "tracking_number": "Tat-delivery2.5", "state": "delivered", "occurred_at": "2026-11-24T09:50:00Z"}') > 0 AS delivered_again;
-- goods all cancelled: nothing, not even shipping; a part cancelled: shipping whole with what is left
SELECT pg_temp.place(:m, :buyer, 'cancelled', pg_temp.goods(:alpha, 'Zinc', 4, '10'), pg_temp.goods(:alpha, 'Port', 1, '10', 'shipping'));
SELECT marketplace.seller_order_accept(:m, pg_temp.part(:m, 'cancelled')) > 0 AS accepted;
SELECT marketplace.order_line_refuse(:m, pg_temp.line(:m, 'cancelled', 1), 3, 'sold out') > 0 AS three_of_four;
SELECT marketplace.policy_set(:m, 'iv.trigger', '"order"') > 0 AS set;
SELECT marketplace.invoice_issue(:m, pg_temp.part(:m, 'cancelled')) > 0 AS issued;
SELECT marketplace.order_line_refuse(:m, pg_temp.line(:m, 'cancelled', 1), 1, 'sold out') > 0 AS fourth_is_credited;
SELECT marketplace.invoice_issue(:m, pg_temp.part(:m, 'cancelled'));
SELECT check_name, expected, found FROM marketplace.invoice_verify(:m);
SELECT marketplace.policy_set(:m, 'iv.trigger', '"acceptance"') > 0 AS set;
SELECT pg_temp.place(:m, :buyer, 'all-cancelled', pg_temp.goods(:alpha, 'Zinc', 4, '10'), pg_temp.goods(:alpha, 'Port', 1, '10', 'shipping'));
SELECT marketplace.seller_order_accept(:m, pg_temp.part(:m, 'all-cancelled')) > 0 AS accepted;
SELECT marketplace.order_line_refuse(:m, pg_temp.line(:m, 'all-cancelled', 1), NULL, 'sold out') > 0 AS all_of_them;
SELECT marketplace.invoice_issue(:m, pg_temp.part(:m, 'all-cancelled'));
-- services without goods: by hand
SELECT marketplace.policy_set(:m, 'iv.trigger', '"acceptance"') > 0 AS set;
SELECT pg_temp.place(:m, :buyer, 'service', pg_temp.goods(:alpha, 'Conseil', 3, '90', 'service'));
SELECT marketplace.seller_order_accept(:m, pg_temp.part(:m, 'service')) > 0 AS accepted;
SELECT marketplace.invoice_issue(:m, pg_temp.part(:m, 'service')) > 0 AS issued;
-- the operator sells in its own name: no mandate, its own series
SELECT marketplace.policy_set(:m, 'iv.trigger', '"order"') > 0 AS set;
SELECT marketplace.party_update(:m, :operator, '{"name": "PLACE DE MARCHE SA", "country": "FR", "siren": "100000009", "vat_id": "FR88100000009", "einvoice_address": "100000009", "einvoice_scheme": "0225", "capacities": ["operator", "seller"]}') > 0 AS operator_sells;
SELECT pg_temp.place(:m, :buyer, 'own', pg_temp.goods(:operator, 'Carton', 1, '1'));
SELECT marketplace.seller_order_accept(:m, pg_temp.part(:m, 'own')) > 0 AS accepted;
-- a seller without SIREN and VAT number cannot be numbered
SELECT marketplace.party_create(:m, '{"reference": "gamma", "name": "GAMMA", "country": "FR", "capacities": ["seller"]}') AS gamma \gset
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :gamma, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z', 'proof_sha256', repeat('ab', 32))) > 0 AS mandate;
SELECT pg_temp.place(:m, :buyer, 'gamma', pg_temp.goods(:gamma, 'Rien', 1, '1'));
SELECT marketplace.seller_order_accept(:m, pg_temp.part(:m, 'gamma')) > 0 AS accepted;
SELECT marketplace.invoice_issue(:m, pg_temp.part(:m, 'gamma'));
SELECT cause, gross FROM marketplace.invoices_blocked WHERE marketplace_id = :m;
SELECT * FROM pg_temp.issued;
SELECT number, mandate_id IS NULL AS own_name, mandatary IS NULL AS no_mandatary, notes @> '[{"subject_code": "DCL"}]' AS mandate_note FROM marketplace.invoices WHERE marketplace_id = :m AND issuer_id = :operator;
-- a date of issue never goes back along the series (IV-17), and a new year begins a new series (IV-18)
SET marketplace.clock = '2026-12-31 23:30:00+00';
SELECT pg_temp.place(:m, :buyer, 'new-year', pg_temp.goods(:alpha, 'Vis', 1, '1'));
SELECT marketplace.seller_order_accept(:m, pg_temp.part(:m, 'new-year')) > 0 AS accepted;
SET marketplace.clock = '2026-12-31 10:00:00+00';
SELECT pg_temp.place(:m, :buyer, 'backdated', pg_temp.goods(:alpha, 'Vis', 1, '1'));
SELECT marketplace.seller_order_accept(:m, pg_temp.part(:m, 'backdated')) > 0 AS accepted;
SELECT number, issue_date::text FROM marketplace.invoices WHERE marketplace_id = :m AND issue_date > '2026-11-24' ORDER BY number;
-- nothing was cancelled that was invoiced
SELECT number, check_name, expected, found FROM marketplace.invoice_verify(:m);
SELECT * FROM marketplace.series_check(:m);
RESET marketplace.clock;
