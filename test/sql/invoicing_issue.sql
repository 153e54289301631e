-- Unit invoices by acceptance, mandates, what is blocked, commission (IV-1 to IV-30, IV-72, IV-77; SETTLED 5).
SET client_min_messages = warning;
\set VERBOSITY terse
SET marketplace.clock = '2026-11-24 10:00:00+00';
\set m 620
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\i :demo_parties
SELECT marketplace.policy_set(:m, 'iv.trigger', '"acceptance"') > 0 AS set;
SELECT marketplace.commission_rule_set(:m, '{"rate_pct": 10, "vat_rate_pct": 20}') > 0 AS set;
\i :demo_order
SELECT marketplace.seller_order_accept(:m, :alpha_order) = :alpha_order AS alpha, marketplace.seller_order_accept(:m, :beta_order) = :beta_order AS beta;
SELECT marketplace.payment_authorize(:m, :order_id, '462.82 EUR', '{"method": "card", "psp_reference": "invoicing"}') AS payment \gset
SELECT marketplace.payment_capture(:m, :payment) AS capture \gset
SELECT marketplace.payment_settle(:m, :capture) > 0 AS settled;
SELECT marketplace.carrier_create(:m, '{"code": "POST", "name": "La Poste"}') > 0 AS carrier;

-- Mandates
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :alpha, 'form', 'tacit', 'signed_at', '2026-01-02T09:00:00Z', 'proof_sha256', repeat('ab', 32)));
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :buyer, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z', 'proof_sha256', repeat('ab', 32)));
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :alpha, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z', 'proof_sha256', 'abcd'));
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :alpha, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z', 'valid_from', '2026-01-01T00:00:00Z', 'proof_sha256', repeat('ab', 32)));
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :alpha, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z', 'proof_sha256', repeat('ab', 32), 'document_types', '["389"]'::jsonb));
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :alpha, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z', 'proof_sha256', repeat('ab', 32),
	'currencies', '["EUR", "CHF"]'::jsonb)) AS mandate \gset
-- the same time and scope twice; another scope; another time
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :alpha, 'form', 'written', 'signed_at', '2026-02-02T09:00:00Z', 'proof_sha256', repeat('cd', 32)));
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :alpha, 'form', 'written', 'signed_at', '2026-02-02T09:00:00Z', 'proof_sha256', repeat('cd', 32),
	'currencies', '["USD"]'::jsonb, 'valid_until', '2026-12-01T00:00:00Z')) > 0 AS other_currency;
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :alpha, 'form', 'written', 'signed_at', '2026-02-02T09:00:00Z', 'proof_sha256', repeat('cd', 32),
	'currencies', '["EUR"]'::jsonb, 'document_types', '["384"]'::jsonb)) > 0 AS other_type;
-- against a bare statement there are the guards
UPDATE marketplace.mandates SET document_types = '{380}' WHERE marketplace_id = :m AND id = :mandate;

-- Nothing is due yet
SELECT marketplace.invoice_issue(:m, :alpha_order);

-- All goods on their way; the buyer accepts one drill and one book, then the rest; the gloves' seller has no mandate
SELECT marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', :alpha_order, 'carrier', 'POST', 'parcels', jsonb_build_array(
	jsonb_build_object('contents', jsonb_build_array(jsonb_build_object('order_line_id', :line1, 'quantity', 2), jsonb_build_object('order_line_id', :line2, 'quantity', 3)))))) AS shipment_a \gset
SELECT marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', :beta_order, 'carrier', 'POST', 'parcels', jsonb_build_array(
	jsonb_build_object('contents', jsonb_build_array(jsonb_build_object('order_line_id', :line3, 'quantity', 10)))))) AS shipment_b \gset
SELECT marketplace.shipment_hand_over(:m, :shipment_a) > 0 AS a, marketplace.shipment_hand_over(:m, :shipment_b) > 0 AS b;
SELECT marketplace.receipt_confirm(:m, jsonb_build_object('order_id', :order_id, 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line1, 'quantity', 1, 'condition', 'conform'),
	jsonb_build_object('order_line_id', :line2, 'quantity', 1, 'condition', 'conform'))), 'receipt-1') > 0 AS receipt;
-- a retry is the same receipt, and no second invoice
SELECT marketplace.receipt_confirm(:m, jsonb_build_object('order_id', :order_id, 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line1, 'quantity', 1, 'condition', 'conform'),
	jsonb_build_object('order_line_id', :line2, 'quantity', 1, 'condition', 'conform'))), 'receipt-1') > 0 AS receipt;
SELECT marketplace.receipt_confirm(:m, jsonb_build_object('order_id', :order_id, 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line1, 'quantity', 1, 'condition', 'conform'),
	jsonb_build_object('order_line_id', :line2, 'quantity', 2, 'condition', 'conform'),
	jsonb_build_object('order_line_id', :line3, 'quantity', 4, 'condition', 'conform')))) > 0 AS receipt;
SELECT number, issue_date, issuer_name, buyer_name, purchase_order, trigger, cumulative, net, vat, gross, prepaid, payable, currency FROM marketplace.invoice_register WHERE marketplace_id = :m ORDER BY number;
SELECT i.number, l.position, l.description, l.quantity, l.net_price, l.net FROM marketplace.invoice_lines l
	JOIN marketplace.invoices i ON i.marketplace_id = l.marketplace_id AND i.id = l.invoice_id WHERE l.marketplace_id = :m ORDER BY 1, 2;
SELECT i.number, v.vat_category, v.vat_rate, v.taxable, v.tax, v.cumulative FROM marketplace.invoice_vat v
	JOIN marketplace.invoices i ON i.marketplace_id = v.marketplace_id AND i.id = v.invoice_id WHERE v.marketplace_id = :m ORDER BY 1, 3;

-- No mandate, no invoice (IV-8): the goods were accepted, the invoice is owed
SELECT trigger, cause, who_must_act, gross, currency, seller_id = :beta AS beta FROM marketplace.invoices_blocked WHERE marketplace_id = :m;
SELECT marketplace.invoice_issue(:m, :beta_order);
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :beta, 'form', 'written', 'signed_at', '2026-11-24T09:00:00Z', 'proof_sha256', repeat('ef', 32))) AS mandate_b \gset
SELECT marketplace.invoice_issue(:m, :beta_order, 'outstanding') AS invoice_b \gset
SELECT marketplace.invoice_issue(:m, :beta_order, 'outstanding') = :invoice_b AS same;
SELECT count(*) AS blocked FROM marketplace.invoices_blocked WHERE marketplace_id = :m;
SELECT marketplace.invoice_issue(:m, :beta_order);
-- under a terminated mandate none is issued
SELECT marketplace.mandate_terminate(:m, :mandate_b, 'left') = :mandate_b AS terminated;
\set VERBOSITY sqlstate
SELECT marketplace.mandate_terminate(:m, :mandate_b, 'left');
\set VERBOSITY terse
SELECT marketplace.receipt_confirm(:m, jsonb_build_object('order_id', :order_id, 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line3, 'quantity', 6, 'condition', 'conform')))) > 0 AS receipt;
SELECT cause, gross FROM marketplace.invoices_blocked WHERE marketplace_id = :m;
SET marketplace.clock = '2026-11-24 11:00:00+00';
SELECT marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', :beta, 'form', 'written', 'signed_at', '2026-11-24T10:30:00Z', 'proof_sha256', repeat('ef', 32))) > 0 AS again;
SELECT marketplace.invoice_issue(:m, :beta_order) > 0 AS issued;
SELECT number, trigger, cumulative, net, vat, gross, prepaid FROM marketplace.invoice_register WHERE marketplace_id = :m AND issuer_id = :beta ORDER BY number;
SELECT mandator_name, form, document_types, currencies, state, valid_from, valid_until FROM marketplace.mandate_overview WHERE marketplace_id = :m ORDER BY mandate_id;

-- All of the order: net 392.69, VAT 70.13
SELECT marketplace.sum(net) AS net, marketplace.sum(vat) AS vat, marketplace.sum(gross) AS gross, marketplace.sum(prepaid) AS prepaid FROM marketplace.invoices WHERE marketplace_id = :m;
SELECT seller_order_id = :alpha_order AS alpha, description, ordered, accepted, invoiced, not_invoiced, net, invoiced_net FROM marketplace.invoice_progress WHERE marketplace_id = :m ORDER BY order_line_id;

-- Commission: 10 % of what was released, in the operator's series, once
SELECT marketplace.commission_invoice_issue(:m, :alpha, '2026-11-23');
SELECT marketplace.commission_invoice_issue(:m, :alpha, '2027-01-01');
SELECT marketplace.commission_invoice_issue(:m, :alpha, '2026-11-24') > 0 AS alpha;
SELECT marketplace.commission_invoice_issue(:m, :alpha);
SELECT marketplace.commission_invoice_issue(:m, :beta) > 0 AS beta;
SELECT number, issuer_name, buyer_name, net, vat, gross, prepaid, payable FROM marketplace.invoice_register WHERE marketplace_id = :m AND kind = 'commission' ORDER BY number;
SELECT i.number, c.order_line_id = :line1 AS drill, c.net, c.vat FROM marketplace.commission_items c
	JOIN marketplace.invoices i ON i.marketplace_id = c.marketplace_id AND i.id = c.invoice_id WHERE c.marketplace_id = :m ORDER BY c.allocation_id;
SELECT issuer_identifier, month, kind, vat_rate, invoices, taxable, tax FROM marketplace.vat_summary WHERE marketplace_id = :m ORDER BY 1, 3, 4;

-- The document, and the proof
SELECT marketplace.invoice_document(:m, :invoice_b) - 'buyer' - 'seller' - 'mandatary' - 'notes' #- '{lines,0,order_line_id}' AS document;
SELECT note ->> 'subject_code' AS code, note ->> 'text' AS text FROM jsonb_array_elements(marketplace.invoice_document(:m, :invoice_b) -> 'notes') AS note;
SELECT * FROM marketplace.invoice_verify(:m);
SELECT * FROM marketplace.series_check(:m);

-- Nothing issued changes, for nobody
UPDATE marketplace.invoices SET net = net WHERE marketplace_id = :m;
DELETE FROM marketplace.invoice_lines WHERE marketplace_id = :m;
TRUNCATE marketplace.invoice_vat;
INSERT INTO marketplace.commission_items SELECT marketplace_id, allocation_id, 99, invoice_id, seller_id, order_line_id, net, vat FROM marketplace.commission_items WHERE marketplace_id = :m;
-- and whoever takes the triggers off is found
BEGIN;
ALTER TABLE marketplace.invoice_lines DISABLE TRIGGER append_only;
UPDATE marketplace.invoice_lines SET description = 'Gants' WHERE marketplace_id = :m AND invoice_id = :invoice_b;
SELECT number, check_name FROM marketplace.invoice_verify(:m);
ROLLBACK;
BEGIN;
ALTER TABLE marketplace.invoice_vat DISABLE TRIGGER append_only;
UPDATE marketplace.invoice_vat SET tax = '6.01 EUR' WHERE marketplace_id = :m AND invoice_id = :invoice_b;
SELECT number, check_name FROM marketplace.invoice_verify(:m);
ROLLBACK;

-- Who sees what
SELECT invoice_id AS invoice_a FROM marketplace.invoice_register WHERE marketplace_id = :m AND number = 'MP-300000007-2026-000001' \gset
CREATE ROLE regress_mk_beta;
SELECT marketplace.access_grant(:m, 'regress_mk_beta', 'seller', :beta) > 0 AS granted;
SET ROLE regress_mk_beta;
SELECT kind, number FROM marketplace.invoice_register WHERE marketplace_id = :m ORDER BY number;
SELECT count(*) FROM marketplace.mandate_overview WHERE marketplace_id = :m;
SELECT marketplace.invoice_document(:m, :invoice_b) ->> 'number' AS number;
SELECT marketplace.invoice_document(:m, :invoice_a) ->> 'number' AS number;
SELECT marketplace.invoice_issue(:m, :alpha_order);
SELECT marketplace.commission_invoice_issue(:m, :beta);
SELECT * FROM marketplace.invoice_verify(:m);
RESET ROLE;
REVOKE ALL ON ALL TABLES IN SCHEMA marketplace FROM regress_mk_beta;
REVOKE ALL ON SCHEMA marketplace FROM regress_mk_beta;
DROP ROLE regress_mk_beta;
RESET marketplace.clock;
