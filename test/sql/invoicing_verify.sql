-- Inalterability (IV-77): nobody changes what was issued; where a superuser does it all the same, invoice_verify() names the row. All kinds of documents.
\set m 5351
SET marketplace.clock = '2026-11-24 10:00:00+00';
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\i :demo_parties
SELECT marketplace.policy_set(:m, 'iv.trigger', '"order"') > 0 AS set, marketplace.commission_rule_set(:m, '{"rate_pct": 10, "vat_rate_pct": 20}') > 0 AS rule;
SELECT count(marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', s, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z', 'proof_sha256', repeat('ab', 32))))
  FROM (VALUES (:alpha), (:beta)) AS v (s);
\i :demo_order
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, marketplace.payment_authorize(:m, :order_id, '462.82 EUR'))) > 0 AS settled;
SELECT marketplace.seller_order_accept(:m, :alpha_order) > 0 AS alpha, marketplace.seller_order_accept(:m, :beta_order) > 0 AS beta;
SELECT marketplace.envelope_issue(:m, :order_id) > 0 AS envelope;
SELECT marketplace.carrier_create(:m, '{"code": "rapide", "name": "Rapide Express"}') > 0 AS carrier;
SELECT marketplace.shipment_hand_over(:m, marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', :alpha_order, 'carrier', 'rapide',
	'parcels', jsonb_build_array(jsonb_build_object('contents', jsonb_build_array(jsonb_build_object('order_line_id', :line1, 'quantity', 2))))))) > 0 AS handed_over;
SELECT marketplace.receipt_confirm(:m, jsonb_build_object('order_id', :order_id, 'lines', jsonb_build_array(jsonb_build_object('order_line_id', :line1, 'quantity', 2, 'condition', 'conform')))) > 0 AS received;
SELECT marketplace.commission_invoice_issue(:m, :alpha) > 0 AS commission;
SELECT * FROM marketplace.invoice_verify(:m);
-- refused, whoever it is
UPDATE marketplace.invoices SET purchase_order = 'x' WHERE marketplace_id = :m;
UPDATE marketplace.invoice_lines SET description = 'x' WHERE marketplace_id = :m;
DELETE FROM marketplace.invoice_vat WHERE marketplace_id = :m;
SET session_replication_role = replica;
DELETE FROM marketplace.invoices WHERE marketplace_id = :m;
RESET session_replication_role;
-- one byte, past the guards: each kind of document, each table
CREATE FUNCTION pg_temp.break_it(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found text;
	changed bigint;
BEGIN
	EXECUTE statement;
	GET DIAGNOSTICS changed = ROW_COUNT;
	SELECT string_agg(v.number || ' ' || v.check_name, ', ' ORDER BY v.number, v.check_name) INTO found FROM marketplace.invoice_verify(5351) AS v;
	RAISE EXCEPTION '%', changed || ' row(s): ' || COALESCE(found, 'not found');
EXCEPTION WHEN raise_exception THEN RETURN SQLERRM;
END $$;
BEGIN;
ALTER TABLE marketplace.invoices DISABLE TRIGGER ALL;
ALTER TABLE marketplace.invoice_lines DISABLE TRIGGER ALL;
ALTER TABLE marketplace.invoice_vat DISABLE TRIGGER ALL;
ALTER TABLE marketplace.commission_items DISABLE TRIGGER ALL;
ALTER TABLE marketplace.envelope_units DISABLE TRIGGER ALL;
ALTER TABLE marketplace.series_documents DISABLE TRIGGER ALL;
SELECT min(id) FILTER (WHERE kind = 'unit') AS unit, min(id) FILTER (WHERE kind = 'commission') AS commission, min(id) FILTER (WHERE kind = 'envelope') AS envelope
  FROM marketplace.invoices WHERE marketplace_id = :m \gset
SELECT what, pg_temp.break_it(replace(format(statement, id), '$m', '5351')) FROM (VALUES
	('purchase order of a unit', :unit, $$UPDATE marketplace.invoices SET purchase_order = purchase_order || ' ' WHERE marketplace_id = $m AND id = %s$$),
	('name of its seller', :unit, $$UPDATE marketplace.invoices SET seller = jsonb_set(seller, '{name}', '"VENDEUR ALPHA SAs"') WHERE marketplace_id = $m AND id = %s$$),
	('buyer''s address', :unit, $$UPDATE marketplace.invoices SET buyer = jsonb_set(buyer, '{address,line1}', '"2 rue de la Paix"') WHERE marketplace_id = $m AND id = %s$$),
	('a note', :unit, $$UPDATE marketplace.invoices SET notes = jsonb_set(notes, '{0,text}', '"x"') WHERE marketplace_id = $m AND id = %s$$),
	('description of a line', :unit, $$UPDATE marketplace.invoice_lines SET description = 'Perceuse 18W' WHERE marketplace_id = $m AND invoice_id = %s AND position = 1$$),
	('a cent of VAT', :unit, $$UPDATE marketplace.invoice_vat SET tax = marketplace.amount(marketplace.amount_value(tax) + 0.01, 'EUR') WHERE marketplace_id = $m AND invoice_id = %s AND position = 2$$),
	('a line is gone', :unit, $$DELETE FROM marketplace.invoice_lines WHERE marketplace_id = $m AND invoice_id = %s AND position = 2$$),
	('a unit is gone', :unit, $$DELETE FROM marketplace.invoices WHERE marketplace_id = $m AND id = %s$$),
	('its hash, too', :unit, $$UPDATE marketplace.invoices SET hash = sha256('x') WHERE marketplace_id = $m AND id = %s$$),
	('its number', :unit, $$UPDATE marketplace.invoices SET number = 'MP-X' WHERE marketplace_id = $m AND id = %s$$),
	('due date of commission', :commission, $$UPDATE marketplace.invoices SET due_date = due_date + 1 WHERE marketplace_id = $m AND id = %s$$),
	('a cent of commission', :commission, $$UPDATE marketplace.commission_items SET net = marketplace.amount(marketplace.amount_value(net) + 0.01, 'EUR') WHERE marketplace_id = $m AND invoice_id = %s$$),
	('billing mode of an envelope', :envelope, $$UPDATE marketplace.invoices SET business_process = 'S8' WHERE marketplace_id = $m AND id = %s$$),
	('prepaid of an envelope', :envelope, $$UPDATE marketplace.invoices SET prepaid = marketplace.amount(marketplace.amount_value(prepaid) - 0.01, 'EUR') WHERE marketplace_id = $m AND id = %s$$),
	('order of its units', :envelope, $$UPDATE marketplace.envelope_units SET position = 3 - position WHERE marketplace_id = $m AND envelope_id = %s$$)) AS v (what, id, statement);
ROLLBACK;
SELECT count(*) AS broken FROM marketplace.invoice_verify(:m);
-- how long, and by which law
SELECT kind, class, issue_date, keep_until, source FROM marketplace.invoice_retention WHERE marketplace_id = :m ORDER BY invoice_id, class;
