-- Credit notes as a consequence (IV-64 to IV-67): cancellation, return by grade, refund, price, goodwill, commission; caps; any parts end at zero.
SET client_min_messages = warning;
\set VERBOSITY terse
SET marketplace.clock = '2026-11-24 10:00:00+00';
\set m 6221
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\i :demo_parties
SELECT marketplace.policy_set(:m, 'iv.trigger', '"order"') > 0 AS set;
SELECT marketplace.commission_rule_set(:m, '{"rate_pct": 10, "vat_rate_pct": 20}') > 0 AS rule;
SELECT count(marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', p, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z',
	'proof_sha256', repeat('ab', 32)))) AS mandates FROM unnest(ARRAY[:alpha, :beta]::bigint[]) p;
\i :demo_order
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, marketplace.payment_authorize(:m, :order_id, '462.82 EUR'))) > 0 AS paid;
SELECT marketplace.seller_order_accept(:m, :alpha_order) = :alpha_order AS alpha, marketplace.seller_order_accept(:m, :beta_order) = :beta_order AS beta;
CREATE VIEW pg_temp.notes AS SELECT r.marketplace_id, r.number, r.cause, r.corrects_number, r.net, r.vat, r.gross, r.left_of_corrected AS left, r.transmit,
	(SELECT string_agg(format('%s × %s = %s', trim_scale(l.quantity), l.description, l.net), ', ' ORDER BY l.position) FROM marketplace.invoice_lines l
		WHERE l.marketplace_id = r.marketplace_id AND l.invoice_id = r.invoice_id) AS lines FROM marketplace.credit_note_register r;

-- A cancelled line after invoicing: four boxes of gloves, then one, then the rest: exactly the invoice
SELECT marketplace.order_line_refuse(:m, :line3, 4, 'out of stock') > 0 AS four;
SELECT marketplace.order_line_refuse(:m, :line3, 1, 'out of stock') > 0 AS one;
SELECT marketplace.order_line_refuse(:m, :line3, NULL, 'out of stock') > 0 AS rest;
SELECT number, cause, corrects_number, net, vat, gross, "left", transmit, lines FROM pg_temp.notes WHERE marketplace_id = :m ORDER BY number;
SELECT jsonb_pretty(marketplace.invoice_document(:m, max(id)) - '{seller,buyer,mandatary,notes}'::text[] #- '{lines,0,order_line_id}') AS document
	FROM marketplace.invoices WHERE marketplace_id = :m AND type_code = '381';
SELECT i.number, v.rule, v.place, v.message FROM marketplace.invoices i, marketplace.invoice_violations(marketplace.invoice_document(:m, i.id), 'extended-ctc-fr') v
	WHERE i.marketplace_id = :m AND i.type_code = '381' AND v.severity = 'fatal';

-- Goods that come back: a drill as new, books at half their price
SELECT marketplace.carrier_create(:m, '{"code": "POST", "name": "La Poste"}') > 0 AS carrier;
SELECT marketplace.shipment_hand_over(:m, marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', :alpha_order, 'carrier', 'POST', 'parcels', jsonb_build_array(
	jsonb_build_object('contents', jsonb_build_array(jsonb_build_object('order_line_id', :line1, 'quantity', 2), jsonb_build_object('order_line_id', :line2, 'quantity', 3))))))) > 0 AS shipped;
SELECT marketplace.receipt_confirm(:m, jsonb_build_object('order_id', :order_id, 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line1, 'quantity', 2, 'condition', 'conform'), jsonb_build_object('order_line_id', :line2, 'quantity', 3, 'condition', 'conform')))) > 0 AS received;
SELECT marketplace.commission_invoice_issue(:m, :alpha) > 0 AS commission;
SELECT marketplace.policy_set(:m, 'lg.grade_refund_pct', '{"A": 100, "B": 50, "C": 0}') > 0 AS grades;
SELECT marketplace.return_request(:m, jsonb_build_object('order_id', :order_id, 'reason', 'changed mind', 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line1, 'quantity', 1), jsonb_build_object('order_line_id', :line2, 'quantity', 2)))) AS back \gset
SELECT marketplace.return_approve(:m, :back, '{}') > 0 AS approved;
SELECT marketplace.return_receive(:m, :back, jsonb_build_object('lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line1, 'quantity', 1), jsonb_build_object('order_line_id', :line2, 'quantity', 2)))) > 0 AS received;
SELECT marketplace.return_inspect(:m, :back, jsonb_build_object('lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line1, 'quantity', 1, 'grade', 'A', 'compliant', true),
	jsonb_build_object('order_line_id', :line2, 'quantity', 2, 'grade', 'B', 'compliant', true)))) > 0 AS inspected;
SELECT number, cause, corrects_number, net, vat, gross, "left", transmit, lines FROM pg_temp.notes WHERE marketplace_id = :m AND cause IN ('return', 'reversal') ORDER BY number;

-- A dispute's refund of an amount, then of the units that the buyer still has: the amount is not given back twice
SELECT marketplace.refund_create(:m, jsonb_build_object('order_id', :order_id, 'door', 'dispute', 'reason', 'scratched', 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line1, 'amount', '10.00 EUR')))) > 0 AS amount;
SELECT marketplace.refund_create(:m, jsonb_build_object('order_id', :order_id, 'door', 'dispute', 'reason', 'broken', 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line2, 'quantity', 1)))) > 0 AS units;
-- goodwill lowers no price
SELECT marketplace.refund_create(:m, jsonb_build_object('order_id', :order_id, 'door', 'goodwill', 'reason', 'sorry', 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line1, 'amount', '5.00 EUR')))) > 0 AS goodwill;
SELECT number, cause, corrects_number, net, vat, gross, "left", transmit, lines FROM pg_temp.notes WHERE marketplace_id = :m AND cause = 'refund' ORDER BY number;
SELECT payload ->> 'door' AS not_credited FROM marketplace.events WHERE marketplace_id = :m AND type = 'invoice.not_credited';

-- A price corrected; not below zero
SELECT invoice_id AS invoice FROM marketplace.invoice_register WHERE marketplace_id = :m AND issuer_id = :alpha AND type_code = '380' \gset
SELECT marketplace.invoice_price_correct(:m, :invoice, '{"reason": "agreed", "lines": [{"line": 1, "net": "20.00"}]}') > 0 AS corrected;
SELECT marketplace.invoice_price_correct(:m, :invoice, '{"reason": "agreed", "lines": [{"line": 1, "net": "101.58"}]}');
SELECT marketplace.invoice_price_correct(:m, :invoice, '{"reason": "agreed", "lines": [{"line": 3, "net": "1.00"}]}');
SELECT marketplace.invoice_price_correct(:m, :invoice, '{"reason": "agreed", "lines": [{"line": 1, "net": "1.00"}, {"line": 1, "net": "1.00"}]}');
SELECT marketplace.invoice_price_correct(:m, :invoice, '{"reason": "agreed", "lines": []}');
SELECT number, cause, corrects_number, net, vat, gross, "left", transmit, lines FROM pg_temp.notes WHERE marketplace_id = :m AND cause = 'price' ORDER BY number;

-- Refused by the buyer: its credit note is internal
SELECT count(marketplace.invoice_status_record(:m, jsonb_strip_nulls(jsonb_build_object('invoice_id', :invoice, 'code', code, 'reason', reason)))) AS said
	FROM (VALUES ('200', NULL), ('201', NULL), ('202', NULL), ('210', 'DOUBLON')) v (code, reason);
SELECT marketplace.invoice_price_correct(:m, :invoice, '{"reason": "agreed", "lines": [{"line": 1, "net": "1.00"}]}') > 0 AS corrected;
SELECT transmit, count(*) FROM pg_temp.notes WHERE marketplace_id = :m GROUP BY transmit ORDER BY transmit;

-- Without a mandate that covers credit notes the fact stands and the claim waits
SELECT marketplace.mandate_terminate(:m, mandate_id, 'scope') > 0 AS ended FROM marketplace.mandate_overview WHERE marketplace_id = :m AND mandator_id = :alpha;
SELECT marketplace.refund_create(:m, jsonb_build_object('order_id', :order_id, 'door', 'dispute', 'reason', 'scratched', 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line1, 'amount', '3.00 EUR')))) > 0 AS amount;
SELECT cause, units_left, amount_left, obstacle FROM marketplace.credits_due WHERE marketplace_id = :m;
SELECT marketplace.credit_note_issue(:m, :alpha_order);
SELECT marketplace.invoice_price_correct(:m, :invoice, '{"reason": "agreed", "lines": [{"line": 1, "net": "1.00"}]}');
SET marketplace.clock = '2026-11-24 11:00:00+00';
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :alpha, 'form', 'written', 'signed_at', '2026-11-24T10:30:00Z', 'proof_sha256', repeat('ab', 32))) > 0 AS mandate;
SELECT marketplace.credit_note_issue(:m, :alpha_order) > 0 AS issued;
\set VERBOSITY sqlstate
SELECT marketplace.credit_note_issue(:m, :alpha_order);
\set VERBOSITY terse
SELECT count(*) AS due FROM marketplace.credits_due WHERE marketplace_id = :m;

-- A corrective invoice in its place: what is left of the old one is taken back inside; not where a grade withheld some of it
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :alpha, 'form', 'written', 'signed_at', '2026-11-24T10:30:00Z', 'proof_sha256', repeat('ab', 32),
	'document_types', '["384"]'::jsonb)) > 0 AS mandate;
SELECT marketplace.invoice_replace(:m, :invoice, 'part of the books was withheld');
SELECT marketplace.order_place(:m, jsonb_build_object('reference', 'CMD-384', 'buyer', :buyer, 'currency', 'EUR', 'lines', jsonb_build_array(
	jsonb_build_object('seller', :alpha, 'description', 'Clous', 'quantity', 3, 'net_price', '7.49', 'vat_category', 'S', 'vat_rate', 20)))) AS wrong \gset
SELECT count(marketplace.seller_order_accept(:m, id)) AS accepted FROM marketplace.seller_orders WHERE marketplace_id = :m AND order_id = :wrong;
SELECT count(marketplace.order_line_refuse(:m, id, 1, 'sold out')) AS cancelled FROM marketplace.order_lines WHERE marketplace_id = :m AND order_id = :wrong;
SELECT invoice_id AS old FROM marketplace.invoice_register WHERE marketplace_id = :m AND order_id = :wrong AND type_code = '380' \gset
SELECT marketplace.invoice_replace(:m, :old, 'wrong name') AS corrective \gset
SELECT marketplace.invoice_document(:m, :corrective) -> 'preceding_invoices' AS preceding;
SELECT type_code, number, net, vat, gross FROM marketplace.invoice_register WHERE marketplace_id = :m AND order_id = :wrong ORDER BY invoice_id;
SELECT number, corrects_number, cause, transmit, gross, left_of_corrected FROM marketplace.credit_note_register WHERE marketplace_id = :m AND order_id = :wrong ORDER BY number;
SELECT marketplace.invoice_replace(:m, :old, 'again');

-- Commission that is reversed after it was charged, and all sums
SELECT kind, number, corrects_number, net, vat, gross, left_of_corrected FROM marketplace.credit_note_register WHERE marketplace_id = :m AND kind = 'commission' ORDER BY number;
SELECT kind, count(*), sum(payable) AS payable FROM marketplace.invoice_register WHERE marketplace_id = :m AND kind = 'commission' GROUP BY kind;
SELECT description, ordered, cancelled, invoiced, invoiced_net FROM marketplace.invoice_progress WHERE marketplace_id = :m ORDER BY order_line_id;
SELECT issuer_identifier, kind, vat_rate, invoices, taxable, tax FROM marketplace.vat_summary WHERE marketplace_id = :m ORDER BY 1, 2, 3;
SELECT * FROM marketplace.invoice_verify(:m);
SELECT * FROM marketplace.series_check(:m);
SELECT i.number, v.rule, v.place, v.message FROM marketplace.invoices i, marketplace.invoice_violations(marketplace.invoice_document(:m, i.id), 'extended-ctc-fr') v
	WHERE i.marketplace_id = :m AND v.severity = 'fatal';
SELECT count(*) AS written FROM marketplace.invoices WHERE marketplace_id = :m AND type_code = '381' AND xmlexists('/*[local-name()="CreditNote"]'
	PASSING marketplace.invoice_xml(marketplace_id, id, 'ubl', 'extended-ctc-fr'));

-- An order of two sellers credited whole on a day: one multi-vendor credit note (IV-65)
SELECT marketplace.order_place(:m, jsonb_build_object('reference', 'CMD-ALL', 'buyer', :buyer, 'currency', 'EUR', 'lines', jsonb_build_array(
	jsonb_build_object('seller', :alpha, 'description', 'Clous', 'quantity', 3, 'net_price', '7.49', 'vat_category', 'S', 'vat_rate', 20),
	jsonb_build_object('seller', :alpha, 'kind', 'shipping', 'description', 'Port', 'quantity', 1, 'net_price', '5.00', 'vat_category', 'S', 'vat_rate', 20),
	jsonb_build_object('seller', :beta, 'description', 'Gants', 'quantity', 3, 'net_price', '7.49', 'vat_category', 'S', 'vat_rate', 20)))) AS whole \gset
SELECT count(marketplace.seller_order_accept(:m, id)) AS accepted FROM marketplace.seller_orders WHERE marketplace_id = :m AND order_id = :whole;
SELECT marketplace.envelope_issue(:m, :whole) AS envelope \gset
SELECT count(marketplace.order_line_refuse(:m, id, NULL, 'sold out')) AS cancelled FROM marketplace.order_lines WHERE marketplace_id = :m AND order_id = :whole AND kind = 'goods';
SELECT marketplace.envelope_issue(:m, :whole) > 0 AS credited;
SELECT r.type_code, r.kind, r.net, r.vat, r.gross FROM marketplace.invoice_register r WHERE marketplace_id = :m AND order_id = :whole ORDER BY invoice_id;
SELECT d -> 'preceding_invoices' AS preceding, d #> '{unit_invoices,0,preceding_invoice}' AS first_unit, d #>> '{unit_invoices,0,name}' AS name
	FROM (SELECT marketplace.invoice_document(:m, max(id)) AS d FROM marketplace.invoices WHERE marketplace_id = :m AND kind = 'envelope') x;
SELECT v.* FROM marketplace.invoices i, marketplace.invoice_violations(marketplace.invoice_document(:m, i.id), 'extended-ctc-fr') v
	WHERE i.marketplace_id = :m AND i.order_id = :whole AND v.severity = 'fatal';
SELECT * FROM marketplace.invoice_verify(:m);
SELECT marketplace.order_statement(:m, :whole) -> 'gross' AS gross;
UPDATE marketplace.credit_claims SET units_left = 1 WHERE marketplace_id = :m;
RESET marketplace.clock;
