-- What is reported and exported of issued documents (rules/invoicing.md §11): FEC, Flux 10, DAC7, three-way match.
\set m 5331
SET marketplace.clock = '2026-11-24 10:00:00+00';
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\i :demo_parties
SELECT marketplace.policy_set(:m, 'iv.trigger', '"order"') > 0 AS set, marketplace.commission_rule_set(:m, '{"rate_pct": 10, "vat_rate_pct": 20}') > 0 AS rule;
SELECT count(marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', s, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z', 'proof_sha256', repeat('ab', 32))))
  FROM (VALUES (:alpha), (:beta)) AS v (s);
\i :demo_order
SELECT marketplace.seller_order_accept(:m, :alpha_order) > 0 AS alpha;
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, marketplace.payment_authorize(:m, :order_id, '462.82 EUR'))) > 0 AS settled;
SELECT marketplace.carrier_create(:m, '{"code": "rapide", "name": "Rapide Express"}') > 0 AS carrier;
SELECT marketplace.shipment_hand_over(:m, marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', :alpha_order, 'carrier', 'rapide',
	'parcels', jsonb_build_array(jsonb_build_object('contents', jsonb_build_array(jsonb_build_object('order_line_id', :line1, 'quantity', 2))))))) > 0 AS handed_over;
SELECT marketplace.receipt_confirm(:m, jsonb_build_object('order_id', :order_id, 'lines', jsonb_build_array(jsonb_build_object('order_line_id', :line1, 'quantity', 2, 'condition', 'conform')))) > 0 AS received;
SELECT marketplace.commission_invoice_issue(:m, :alpha) > 0 AS commission;
-- ordered, accepted, invoiced: what differs, and why
SELECT description, ordered, accepted, invoiced, credited, not_invoiced, accepted_not_invoiced, reason FROM marketplace.three_way_match WHERE marketplace_id = :m ORDER BY order_line_id;
-- a consumer, and a business abroad: goods and services at two rates; names that would break a line of the file
SELECT marketplace.party_create(:m, E'{"reference": "conso\\tmmateur", "name": "Jean\\tDUPONT\\r\\n|", "country": "FR", "capacities": ["buyer"], "einvoice_address": "x", "einvoice_scheme": "0225",
	"addresses": [{"kind": "registered", "line1": "1 rue A", "postcode": "75001", "city": "PARIS", "country": "FR"}]}') AS consumer,
	marketplace.party_create(:m, '{"reference": "gmbh", "name": "Käufer GmbH", "country": "DE", "vat_id": "DE136695976", "capacities": ["buyer"], "einvoice_address": "DE136695976", "einvoice_scheme": "9930",
	"addresses": [{"kind": "registered", "line1": "Hafenstr. 1", "postcode": "20095", "city": "Hamburg", "country": "DE"}]}') AS abroad \gset
CREATE FUNCTION pg_temp.sell(m int, reference text, buyer bigint, seller bigint) RETURNS bigint LANGUAGE sql AS $$
SELECT marketplace.order_place(m, jsonb_build_object('reference', reference, 'buyer', buyer, 'currency', 'EUR', 'lines', jsonb_build_array(
	jsonb_build_object('seller', seller, 'description', 'Meuble', 'quantity', 1, 'net_price', '99.99', 'vat_category', 'S', 'vat_rate', 20),
	jsonb_build_object('seller', seller, 'description', 'Pose', 'kind', 'service', 'quantity', 1, 'net_price', '33.33', 'vat_category', 'S', 'vat_rate', 20),
	jsonb_build_object('seller', seller, 'description', 'Entretien', 'kind', 'service', 'quantity', 1, 'net_price', '10.01', 'vat_category', 'S', 'vat_rate', 5.5))))
$$;
SELECT pg_temp.sell(:m, 'C1', :consumer, :alpha) AS c1, pg_temp.sell(:m, 'D1', :abroad, :alpha) AS d1 \gset
SELECT marketplace.policy_set(:m, 'iv.validate', 'false') > 0 AS set;
SELECT count(marketplace.seller_order_accept(:m, id)) FROM marketplace.seller_orders WHERE marketplace_id = :m AND order_id IN (:c1, :d1);
SELECT kind, route, category, vat_rate, net, vat FROM marketplace.invoice_tax_lines WHERE marketplace_id = :m ORDER BY invoice_id, category, vat_rate;
SELECT invoice_id IS NOT NULL AS of_a_document, vat_rate, buyer_country, buyer_vat_id, net, vat FROM marketplace.ereporting_international WHERE marketplace_id = :m ORDER BY vat_rate;
SELECT issuer_siren, day, category, vat_rate, documents, net, vat FROM marketplace.ereporting_consumers WHERE marketplace_id = :m ORDER BY category, vat_rate;
SELECT issuer_id = :alpha AS alphas, kind, vat_rate, invoices, taxable, tax FROM marketplace.vat_summary WHERE marketplace_id = :m ORDER BY issuer_id, vat_rate;
-- receipts: two parts, two days; each cent once
SELECT marketplace.payment_authorize(:m, :c1, '170.54 EUR') AS p1, marketplace.payment_authorize(:m, :d1, '170.54 EUR') AS p2 \gset
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, :p1, '70.00 EUR')) > 0 AS settled;
SET marketplace.clock = '2026-11-25 10:00:00+00';
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, :p1)) > 0 AS settled, marketplace.payment_settle(:m, marketplace.payment_capture(:m, :p2)) > 0 AS settled2;
SELECT day, invoice_id IS NOT NULL AS of_a_document, vat_rate, amount FROM marketplace.ereporting_payments(:m, :alpha, '2026-11-01', '2026-11-30');
SELECT vat_rate, sum(net + vat) AS services FROM marketplace.invoice_tax_lines WHERE marketplace_id = :m AND route = 'B2C' AND category = 'services' GROUP BY vat_rate ORDER BY 1;
-- the French audit file
SELECT journal_code, ecriture_num, compte_num, comp_aux_num IS NOT NULL AS aux, debit, credit FROM marketplace.fec_entries(:m, :alpha, '2026-01-01', '2026-12-31');
SELECT ecriture_num, sum(debit) - sum(credit) AS difference FROM marketplace.fec_entries(:m, :alpha, '2026-01-01', '2026-12-31') GROUP BY ecriture_num ORDER BY 1;
SELECT journal_code, ecriture_num, compte_num, debit, credit FROM marketplace.fec_entries(:m, :operator, '2026-11-24', '2026-11-24');
SELECT file_name, regexp_count AS lines, every AS eighteen FROM marketplace.fec_file(:m, :alpha, '2026-01-01', '2026-12-31') f,
	LATERAL (SELECT count(*) AS regexp_count, bool_and(length(l) - length(replace(l, E'\t', '')) = 17) AS every FROM regexp_split_to_table(rtrim(f.content, E'\r\n'), E'\r\n') l) x;
SELECT split_part(content, E'\r\n', 2) AS second, split_part(content, E'\r\n', 10) AS of_the_consumer FROM marketplace.fec_file(:m, :alpha, '2026-01-01', '2026-12-31');
SELECT count(*) AS before_november FROM marketplace.fec_entries(:m, :alpha, '2026-01-01', '2026-10-31');
-- DAC7
SELECT seller_name, year, quarter, consideration, fees, operations FROM marketplace.dac7_totals WHERE marketplace_id = :m ORDER BY 1, 2, 3;
-- who may not
SELECT marketplace.fec_entries(:m, :alpha, '2026-12-31', '2026-01-01');
SELECT marketplace.fec_file(:m, :abroad, '2026-01-01', '2026-12-31');
SELECT marketplace.ereporting_payments(:m, 0, '2026-01-01', '2026-12-31');
SELECT marketplace.fec_entries(:m, NULL, '2026-12-31', '2026-01-01');
SELECT marketplace.policy_set(:m, 'iv.fec_accounts', '{"customer": ["411000"]}') > 0 AS wrong;
SELECT marketplace.fec_entries(:m, :alpha, '2026-01-01', '2026-12-31');
CREATE ROLE regress_export_alpha;
CREATE ROLE regress_export_beta;
GRANT USAGE ON SCHEMA marketplace TO regress_export_alpha, regress_export_beta;
SELECT marketplace.access_grant(:m, 'regress_export_alpha', 'seller', :alpha) IS NOT NULL AS a, marketplace.access_grant(:m, 'regress_export_beta', 'seller', :beta) IS NOT NULL AS b;
SET ROLE regress_export_beta;
SELECT marketplace.fec_file(:m, :alpha, '2026-01-01', '2026-12-31');
SELECT marketplace.ereporting_payments(:m, :alpha, '2026-01-01', '2026-12-31');
SELECT (SELECT count(*) FROM marketplace.invoice_tax_lines) AS tax_lines, (SELECT count(*) FROM marketplace.dac7_totals) AS dac7, (SELECT count(*) FROM marketplace.three_way_match) AS matches;
SET ROLE regress_export_alpha;
SELECT count(*) AS receipts FROM marketplace.ereporting_payments(:m, :alpha, '2026-01-01', '2026-12-31');
SELECT (SELECT count(*) FROM marketplace.invoice_tax_lines) AS tax_lines, (SELECT count(*) FROM marketplace.dac7_totals) AS dac7, (SELECT count(*) FROM marketplace.ereporting_consumers) AS consumers;
RESET ROLE;
SELECT count(marketplace.access_revoke(:m, r, 'seller', p)) FROM (VALUES ('regress_export_alpha', :alpha), ('regress_export_beta', :beta)) AS v (r, p);
DROP OWNED BY regress_export_alpha, regress_export_beta;
DROP ROLE regress_export_alpha, regress_export_beta;
