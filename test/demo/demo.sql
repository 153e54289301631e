-- The story that `make demo` tells: one order, two sellers, from payment to payout. Run by the owner of the database, a plain role.
\set QUIET 1
\pset footer off
\pset linestyle unicode
\pset border 1
\pset null ''
\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET search_path = pg_catalog;

\! printf '\n%s\n' '━━ 1  A marketplace, its buyer and its two sellers'
\ir ../fixtures/demo_parties.sql
SELECT party_id, name, siren, capacities FROM marketplace.party_directory WHERE marketplace_id = 1 ORDER BY party_id;

\! printf '%s\n' '   The sellers mandate the marketplace to invoice in their name; commission is 10 %, on books 8 %.'
\! printf '%s\n\n' '   Policy: invoices are issued when the buyer has accepted (iv.trigger).'
SELECT marketplace.mandate_sign(1, jsonb_build_object('mandator_id', :alpha, 'form', 'written', 'signed_at', '2026-01-05T00:00:00Z', 'valid_from', '2026-01-05T00:00:00Z', 'proof_sha256', encode(sha256('the signed contract'), 'hex'))) AS signed \gset
SELECT marketplace.mandate_sign(1, jsonb_build_object('mandator_id', :beta, 'form', 'written', 'signed_at', '2026-01-05T00:00:00Z', 'valid_from', '2026-01-05T00:00:00Z', 'proof_sha256', encode(sha256('the signed contract'), 'hex'))) AS signed \gset
SELECT marketplace.commission_rule_set(1, '{"rate_pct": 10, "vat_rate_pct": 20}') AS r \gset
SELECT marketplace.commission_rule_set(1, '{"rate_pct": 8, "vat_rate_pct": 20, "category": "books"}') AS r \gset
SELECT marketplace.policy_set(1, 'iv.trigger', '"acceptance"') AS p \gset
SELECT marketplace.carrier_create(1, '{"code": "RAPIDE", "name": "Rapide Express", "tracking_url": "https://rapide.example/{number}"}') AS c \gset
SELECT marketplace.event_consumer_create(1, 'erp') AS c \gset

\! printf '\n%s\n' '━━ 2  The order: one document, two sellers, VAT rounded per seller and rate and spread back without losing a cent'
\ir ../fixtures/demo_order.sql
SELECT l.position, p.name AS seller, l.description, trim_scale(l.quantity) AS quantity, trim_scale(l.net_price) AS price, l.vat_rate, l.net, l.vat, l.gross
FROM marketplace.order_lines l JOIN marketplace.parties p ON p.marketplace_id = l.marketplace_id AND p.id = l.seller_id
WHERE l.marketplace_id = 1 AND l.order_id = :order_id ORDER BY l.position;

\! printf '%s\n' '━━ 3  The buyer pays; every captured cent lands in the escrow of the line that it pays'
SELECT marketplace.payment_authorize(1, :order_id, '462.82 EUR', '{"method": "card", "psp_reference": "psp-0001"}', 'pay-1') AS payment_id \gset
\! printf '%s\n' '   authorised:'
\ir where.sql
SELECT marketplace.payment_capture(1, :payment_id, NULL, 'capture-1') AS capture_id \gset
\! printf '%s\n' '   captured (and once more with the same request key, which changes nothing):'
SELECT marketplace.payment_capture(1, :payment_id, NULL, 'capture-1') = :capture_id AS same_capture \gset
\ir where.sql
SELECT marketplace.payment_settle(1, :capture_id, '1.20 EUR') AS s \gset

\! printf '%s\n' '━━ 4  Both sellers accept; three parcels leave; the carrier tells in EPCIS 2.0, one event twice, two out of order'
SELECT marketplace.seller_order_accept(1, :alpha_order) AS a, marketplace.seller_order_accept(1, :beta_order) AS b \gset
SELECT marketplace.shipment_create(1, jsonb_build_object('seller_order_id', :alpha_order, 'carrier', 'RAPIDE', 'parcels', jsonb_build_array(
	jsonb_build_object('sscc', '106141412345678908', 'weight_kg', 3.2, 'contents', jsonb_build_array(jsonb_build_object('order_line_id', :line1, 'quantity', 2))),
	jsonb_build_object('sscc', '012345000000000027', 'weight_kg', 1.1, 'contents', jsonb_build_array(jsonb_build_object('order_line_id', :line2, 'quantity', 3)))))) AS alpha_shipment \gset
SELECT marketplace.shipment_create(1, jsonb_build_object('seller_order_id', :beta_order, 'carrier', 'RAPIDE', 'parcels', jsonb_build_array(
	jsonb_build_object('sscc', '340123450000000031', 'weight_kg', 2.4, 'contents', jsonb_build_array(jsonb_build_object('order_line_id', :line3, 'quantity', 10)))))) AS beta_shipment \gset
SELECT marketplace.shipment_hand_over(1, :alpha_shipment) AS h, marketplace.shipment_hand_over(1, :beta_shipment) AS i \gset
\set epcis `sh test/demo/epcis.sh`
SELECT marketplace.epcis_record(1, :'epcis'::jsonb) AS stored_events_of_seven;
SELECT parcel_id, sscc, state, delivered_at FROM marketplace.parcel_tracking WHERE marketplace_id = 1 ORDER BY parcel_id;

\! printf '%s\n' '━━ 5  The buyer accepts: BETA as a whole, ALPHA in two steps. Each step releases exactly that share and invoices it'
SELECT marketplace.receipt_confirm(1, jsonb_build_object('order_id', :order_id, 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line3, 'quantity', 10, 'condition', 'conform')))) AS r \gset
\! printf '%s\n' '   after BETA:'
\ir where.sql
SELECT marketplace.receipt_confirm(1, jsonb_build_object('order_id', :order_id, 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line1, 'quantity', 1, 'condition', 'conform'),
	jsonb_build_object('order_line_id', :line2, 'quantity', 3, 'condition', 'conform')))) AS r \gset
\! printf '%s\n' '   after the first step of ALPHA (one of two drills, three of three books):'
\ir where.sql
SELECT marketplace.receipt_confirm(1, jsonb_build_object('order_id', :order_id, 'lines', jsonb_build_array(
	jsonb_build_object('order_line_id', :line1, 'quantity', 1, 'condition', 'conform')))) AS r \gset
\! printf '%s\n' '   after the second:'
\ir where.sql

\! printf '%s\n' '━━ 6  The invoices: each seller in its own gapless series, ALPHA two for two acceptances, together what was ordered'
SELECT number, issuer_name, issue_date, net, vat, gross, currency FROM marketplace.invoice_register WHERE marketplace_id = 1 AND kind = 'unit' ORDER BY issuer_name, number;
\! printf '%s\n' '   and the buyer has one document for all: a French multi-vendor invoice in CII and UBL, made by tick(), Σ units to the cent'
SELECT marketplace.tick(1) AS t \gset
SELECT i.kind, i.number, i.net, i.vat, i.gross, i.prepaid, i.payable, xpath_exists('//*[local-name()="CrossIndustryInvoice"]', cii) AS cii, xpath_exists('/*[local-name()="Invoice"]', ubl) AS ubl,
	(SELECT count(*) FROM marketplace.invoice_violations(marketplace.invoice_document(1, i.invoice_id), 'extended-ctc-fr') WHERE severity = 'fatal') AS violations
FROM marketplace.invoice_register i, LATERAL (SELECT marketplace.invoice_xml(1, i.invoice_id, 'cii', 'extended-ctc-fr') AS cii, marketplace.invoice_xml(1, i.invoice_id, 'ubl', 'extended-ctc-fr') AS ubl) x
WHERE i.marketplace_id = 1 AND i.kind = 'envelope';

\! printf '%s\n' '━━ 7  Payout: all that is payable, per seller'
SELECT seller_id, available, currency FROM marketplace.seller_balance WHERE marketplace_id = 1 ORDER BY seller_id;
SELECT marketplace.payout_run(1) AS batch_id \gset
SELECT marketplace.payout_send(1, payout_id) AS p FROM marketplace.payout_overview WHERE marketplace_id = 1 \g /dev/null
\! printf '%s\n' '   sent, not yet confirmed by the bank:'
\ir where.sql
SELECT marketplace.payout_confirm(1, payout_id, 'bank entry of today') AS p FROM marketplace.payout_overview WHERE marketplace_id = 1 \g /dev/null
\! printf '%s\n' '   confirmed:'
\ir where.sql
SELECT marketplace.commission_invoice_issue(1, :alpha) AS a, marketplace.commission_invoice_issue(1, :beta) AS b \gset
\! printf '%s\n' '   and the marketplace’s own commission invoices:'
SELECT number, issuer_name, buyer_name, net, vat, gross, currency FROM marketplace.invoice_register WHERE marketplace_id = 1 AND kind = 'commission' ORDER BY number;

\! printf '%s\n' '━━ 8  The order’s life'
SELECT row_number() OVER (ORDER BY sequence) AS n, area, what, coalesce(details ->> 'number', details ->> 'amount', details ->> 'gross',
	(SELECT string_agg(format('%s of line %s', l ->> 'quantity', l ->> 'order_line_id'), ', ') FROM jsonb_array_elements(details -> 'lines') l)) AS of_what,
	details ->> 'commission' AS commission, who
FROM marketplace.order_timeline WHERE marketplace_id = 1 AND order_id = :order_id AND sequence IS NOT NULL ORDER BY sequence;

\! printf '%s\n' '━━ 9  The books'
SELECT ring, kind, debit, credit, balance, currency FROM marketplace.trial_balance WHERE marketplace_id = 1 ORDER BY ring, kind;
\! printf '%s\n' '   ledger_verify(), series_check(), events_verify(), invoice_verify(): no row means that all is well'
SELECT * FROM marketplace.ledger_verify(1);
SELECT (SELECT count(*) FROM marketplace.series_check(1)) AS series_check, (SELECT count(*) FROM marketplace.events_verify(1)) AS events_verify,
	(SELECT count(*) FROM marketplace.invoice_verify(1)) AS invoice_verify, (SELECT count(*) FROM marketplace.events_fetch(1, 'erp', 1000)) AS events_for_the_erp;
