-- The buyer's one document of an order (IV-46 to IV-63, IV-71): by tick(), by call, as a statement; the platform's own goods; proof and guards.
SET client_min_messages = warning;
\set VERBOSITY terse
SET marketplace.clock = '2026-11-24 10:00:00+00';
\set m 6220
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\i :demo_parties
SELECT marketplace.policy_set(:m, 'iv.trigger', '"order"') > 0 AS set;
SELECT count(marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', p, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z',
	'proof_sha256', repeat('ab', 32)))) AS mandates FROM unnest(ARRAY[:alpha, :beta]::bigint[]) p;
\i :demo_order
\set VERBOSITY sqlstate
SELECT marketplace.envelope_issue(:m, :order_id);
\set VERBOSITY terse
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, marketplace.payment_authorize(:m, :order_id, '462.82 EUR'))) > 0 AS paid;

-- ALPHA is invoiced; the order is not whole, so tick() waits for the end of the day
SELECT marketplace.seller_order_accept(:m, :alpha_order) = :alpha_order AS alpha;
SELECT marketplace.tick(:m) >= 0 AS ticked;
SELECT number, issuer_name, due_on, envelope_number FROM marketplace.envelope_overview WHERE marketplace_id = :m;
SELECT marketplace.seller_order_accept(:m, :beta_order) = :beta_order AS beta;
SELECT marketplace.tick(:m) > 0 AS ticked, marketplace.tick(:m) AS nothing_more;
SELECT position, number, issuer_name, envelope_number, net, vat, gross FROM marketplace.envelope_overview WHERE marketplace_id = :m ORDER BY position;
SELECT kind, number, issue_date, issuer_name, net, vat, gross, prepaid, payable FROM marketplace.invoice_register WHERE marketplace_id = :m ORDER BY kind, number;
SELECT id AS envelope FROM marketplace.invoices WHERE marketplace_id = :m AND kind = 'envelope' \gset
SELECT jsonb_pretty(marketplace.invoice_document(:m, :envelope) - '{seller,buyer,lines,unit_invoices}'::text[] #- '{notes,0}' #- '{notes,0}' #- '{notes,0}') AS head;
SELECT l ->> 'id' AS line, l ->> 'unit_invoice' AS unit, l -> 'item' ->> 'name' AS name, l ->> 'net' AS net
	FROM jsonb_array_elements(marketplace.invoice_document(:m, :envelope) -> 'lines') AS l;
SELECT u ->> 'name' AS name, u ->> 'business_process' AS process FROM jsonb_array_elements(marketplace.invoice_document(:m, :envelope) -> 'unit_invoices') AS u;
SELECT count(*) AS fatal FROM marketplace.invoice_violations(marketplace.invoice_document(:m, :envelope), 'extended-ctc-fr') WHERE severity = 'fatal';
SELECT marketplace.invoice_xml(:m, :envelope, 'cii', 'en16931');
-- the order has no more to be put together
\set VERBOSITY sqlstate
SELECT marketplace.envelope_issue(:m, :order_id);
\set VERBOSITY terse
SELECT jsonb_pretty(marketplace.order_statement(:m, :order_id) #- '{documents,0,sha256}' #- '{documents,1,sha256}' #- '{order_id}') AS statement;

-- A day that is over has its document though the order is not whole; a single unit is the document itself
CREATE FUNCTION pg_temp.order(m int, reference text, buyer bigint, sellers bigint[]) RETURNS bigint LANGUAGE sql AS $$
	SELECT marketplace.order_place(m, jsonb_build_object('reference', reference, 'buyer', buyer, 'currency', 'EUR', 'lines', (SELECT jsonb_agg(
		jsonb_build_object('seller', s, 'description', 'Gants', 'quantity', 3, 'net_price', '7.49', 'vat_category', 'S', 'vat_rate', 20)) FROM unnest(sellers) s))) $$;
CREATE FUNCTION pg_temp.accept(m int, number bigint, seller bigint DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(marketplace.seller_order_accept(m, id)) FROM marketplace.seller_orders WHERE marketplace_id = m AND order_id = number AND seller_id = COALESCE(seller, seller_id) $$;
SELECT pg_temp.order(:m, 'CMD-2', :buyer, ARRAY[:alpha, :beta]::bigint[]) AS order_id \gset
SELECT pg_temp.accept(:m, :order_id, :alpha) AS accepted;
SET marketplace.clock = '2026-11-25 00:10:00+00';
SELECT marketplace.tick(:m) >= 0 AS ticked;
SELECT number, issue_date, due_on, envelope_id = invoice_id AS itself FROM marketplace.envelope_overview WHERE marketplace_id = :m AND order_id = :order_id;

-- One for every call that issues; the platform's own goods give their number (BR-FR-MV-11)
SELECT marketplace.party_update(:m, :operator, '{"name": "PLACE DE MARCHE SA", "country": "FR", "siren": "100000009", "vat_id": "FR88100000009",
	"einvoice_address": "100000009", "einvoice_scheme": "0225", "capacities": ["operator", "seller"]}') = :operator AS sells;
SELECT marketplace.policy_set(:m, 'iv.single_document', '"each"') > 0 AS each, marketplace.policy_set(:m, 'iv.trigger', '"acceptance"') > 0 AS acceptance,
	marketplace.policy_set(:m, 'fd.ship_on', '"any"') > 0 AS unpaid, marketplace.carrier_create(:m, '{"code": "POST", "name": "La Poste"}') > 0 AS carrier;
SELECT pg_temp.order(:m, 'CMD-OWN', :buyer, ARRAY[:operator, :beta]::bigint[]) AS own \gset
SELECT pg_temp.accept(:m, :own) AS accepted;
SELECT count(marketplace.shipment_hand_over(:m, marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', seller_order_id, 'carrier', 'POST',
	'parcels', jsonb_build_array(jsonb_build_object('contents', jsonb_build_array(jsonb_build_object('order_line_id', id, 'quantity', quantity)))))))) AS shipped
	FROM marketplace.order_lines WHERE marketplace_id = :m AND order_id = :own;
SELECT marketplace.receipt_confirm(:m, jsonb_build_object('order_id', :own, 'lines', (SELECT jsonb_agg(jsonb_build_object('order_line_id', id,
	'quantity', quantity, 'condition', 'conform')) FROM marketplace.order_lines WHERE marketplace_id = :m AND order_id = :own))) > 0 AS received;
SELECT kind, number, net, vat, gross, payable FROM marketplace.invoice_register WHERE marketplace_id = :m AND order_id = :own ORDER BY kind DESC, number;
SELECT v.* FROM marketplace.invoices i, marketplace.invoice_violations(marketplace.invoice_document(:m, i.id), 'extended-ctc-fr') v
	WHERE i.marketplace_id = :m AND i.order_id = :own AND v.severity = 'fatal';
SELECT count(*) AS cii FROM marketplace.invoices WHERE marketplace_id = :m AND xmlexists('//*[local-name()="IncludedSupplyChainTradeLineItem"]'
	PASSING marketplace.invoice_xml(marketplace_id, id, 'cii', 'extended-ctc-fr'));

-- A buyer who takes no such document has the statement
SELECT marketplace.policy_set(:m, 'iv.single_document', '"statement"', jsonb_build_object('seller_id', :operator, 'buyer_id', :buyer)) > 0 AS statement,
	marketplace.policy_set(:m, 'iv.trigger', '"order"') > 0 AS set;
SELECT pg_temp.order(:m, 'CMD-4', :buyer, ARRAY[:alpha, :beta]::bigint[]) AS order_id \gset
SELECT pg_temp.accept(:m, :order_id) AS accepted;
SELECT count(*) AS waiting FROM marketplace.envelope_overview WHERE marketplace_id = :m AND order_id = :order_id;
SELECT marketplace.order_statement(:m, :order_id) -> 'payable' AS payable;

-- Proof and guards
SELECT * FROM marketplace.invoice_verify(:m);
SELECT * FROM marketplace.series_check(:m);
UPDATE marketplace.envelope_units SET envelope_id = NULL, position = NULL, name = NULL WHERE marketplace_id = :m;
DELETE FROM marketplace.envelope_units WHERE marketplace_id = :m;
BEGIN;
ALTER TABLE marketplace.invoices DISABLE TRIGGER append_only;
UPDATE marketplace.invoices SET prepaid = '0.00 EUR' WHERE marketplace_id = :m AND id = :envelope;
SELECT number, check_name FROM marketplace.invoice_verify(:m);
ROLLBACK;

-- The seller sees its units and not the buyer's document
CREATE ROLE regress_mk_envelope;
SELECT marketplace.access_grant(:m, 'regress_mk_envelope', 'seller', :beta) > 0 AS granted;
SET ROLE regress_mk_envelope;
SELECT kind, count(*) FROM marketplace.invoice_register WHERE marketplace_id = :m GROUP BY kind;
SELECT number, envelope_id IS NOT NULL AS in_one, envelope_number FROM marketplace.envelope_overview WHERE marketplace_id = :m ORDER BY number;
SELECT marketplace.envelope_issue(:m, :order_id);
SELECT marketplace.order_statement(:m, :order_id);
SELECT marketplace.invoice_document(:m, :envelope);
RESET ROLE;
REVOKE ALL ON ALL TABLES IN SCHEMA marketplace FROM regress_mk_envelope;
REVOKE ALL ON SCHEMA marketplace FROM regress_mk_envelope;
DROP ROLE regress_mk_envelope;
RESET marketplace.clock;
