CREATE OR REPLACE VIEW marketplace.lifecycle_invoicing WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('mandate', NULL, 'sign', 'active', ARRAY['operator', 'seller'], 'Signed by the mandator; the proof is stored. IV-8.'),
	('mandate', 'active', 'terminate', 'terminated', ARRAY['operator', 'seller'], 'Ended by notice; what was issued stands.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_invoicing IS 'State machines of invoicing: mandate. An invoice has one state, issued, and never changes.';
COMMENT ON COLUMN marketplace.lifecycle_invoicing.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_invoicing.from_state IS 'State before; null for creation.';
COMMENT ON COLUMN marketplace.lifecycle_invoicing.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_invoicing.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_invoicing.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_invoicing.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.policy_registry_invoicing (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('iv.trigger', 'choice(order, shipment, delivery, acceptance)', '"delivery"'::jsonb,
		'Fact that a quantity is invoiced by; order: the seller has accepted it', 'IV-5; rule book default', false),
	('iv.tacit_mandate_allowed', 'boolean', 'false',
		'Whether a tacit mandate, with formal acceptance of each invoice, is taken', 'IV-9; BOI-TVA-DECLA-30-20-10', false),
	('iv.contest_delay', 'duration', '{"n": 15, "unit": "calendar_days"}',
		'How long a mandator may contest an invoice where the mandate does not say; free by contract', 'IV-9', false),
	('iv.number_root', 'text', '"MP"',
		'Root of all numbers of the marketplace, {root} in patterns; give each marketplace that invoices for the same sellers its own', 'IV-14; PPF G1.42, G1.45', true),
	('iv.number_pattern', 'text', '"{root}-{siren}-{yyyy}-{n:6}"',
		'How numbers of unit invoices are printed; kept for the year once a series has begun', 'IV-18', true),
	('iv.commission_pattern', 'text', '"{root}C-{siren}-{yyyy}-{n:6}"',
		'How numbers of commission invoices are printed; unlike iv.number_pattern, since the operator may sell too', 'IV-18, IV-72', true),
	('iv.payment_days', 'integer', '30',
		'Days from issue until an invoice is due that is not paid already', 'C. com. L441-10, without agreement; RD-41', false),
	('iv.validate', 'boolean', 'true',
		'Whether a document that breaks a fatal rule of invoice_violations() is refused', 'IV-82', true),
	('iv.service_lines', 'choice(pro_rata, first)', '"pro_rata"',
		'How shipping, fees and services of a seller order are invoiced with its goods: pro rata of their value (rounded to 4 decimals of quantity, whole with the last goods), or whole with the first', 'IV-27; as escrow is released, fd.service_release', false),
	('iv.notes', 'json',
		'[{"subject_code": "PMT", "text": "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40 EUR."},
		  {"subject_code": "PMD", "text": "Pénalités de retard : 3 fois le taux d''intérêt légal."},
		  {"subject_code": "AAB", "text": "Pas d''escompte pour paiement anticipé."}]',
		'Notes that every invoice carries, in order', 'IV-41; C. com. L441-9, L441-10, D441-5', false),
	('iv.mandate_note', 'text', '"Facture établie par {mandatary} au nom et pour le compte de {mandator}"',
		'Note DCL of an invoice issued on behalf', 'IV-12; BOI-TVA-DECLA-30-20-10', true),
	('iv.business_process', 'json',
		'{"goods": "B1", "services": "S1", "mixed": "M1", "goods_paid": "B2", "services_paid": "S2", "mixed_paid": "M2"}',
		'Billing mode by what is invoiced and whether it is paid already (BT-23)', 'IV-37, RD-87', true),
	('iv.commission_text', 'text', '"Commission sur ventes"', 'Name of the line of a commission invoice', 'IV-72', true),
	('iv.commission_untaxed', 'json', '{"category": "AE", "exemption_code": "VATEX-EU-AE"}',
		'VAT category and exemption code of commission whose VAT rate is 0 (a seller abroad who owes the VAT)', 'IV-24; directive 2006/112 art. 196', false),
	('iv.discount_reason', 'text', '"Remise"', 'Reason of a line''s allowance that carries its part of the order''s discounts', 'IV-27', true),
	('iv.rounding_reason', 'text', '"Arrondi"',
		'Reason of a line''s allowance or charge of a minor unit that makes partial invoices add up to the line', 'RD-10', true);
COMMENT ON VIEW marketplace.policy_registry_invoicing IS 'Policy parameters of invoicing (invoicing.md, section 13).';
COMMENT ON COLUMN marketplace.policy_registry_invoicing.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing.verified IS 'True when the default was confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.invoice_register WITH (security_invoker = true) AS
SELECT i.marketplace_id, i.id AS invoice_id, i.kind::text AS kind, i.type_code, i.number, i.issue_date, i.issuer_id, i.seller ->> 'name' AS issuer_name,
	i.buyer_id, i.buyer ->> 'name' AS buyer_name, i.order_id, i.seller_order_id, i.purchase_order, i.trigger::text AS trigger, i.trigger_event_id,
	i.mandate_id, i.cumulative, i.currency::text AS currency, marketplace.amount_value(i.net) AS net, marketplace.amount_value(i.vat) AS vat,
	marketplace.amount_value(i.gross) AS gross, marketplace.amount_value(i.prepaid) AS prepaid,
	marketplace.amount_value(i.gross - i.prepaid + i.rounding) AS payable, pg_catalog.encode(i.hash, 'hex') AS hash, i.recorded_at
FROM marketplace.invoices i;
COMMENT ON VIEW marketplace.invoice_register IS 'Documents issued, by issuer and number; each party sees its own.';
COMMENT ON COLUMN marketplace.invoice_register.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.invoice_register.invoice_id IS 'Number of the row, for invoice_document().';
COMMENT ON COLUMN marketplace.invoice_register.kind IS 'unit or commission.';
COMMENT ON COLUMN marketplace.invoice_register.type_code IS 'Type, UNTDID 1001.';
COMMENT ON COLUMN marketplace.invoice_register.number IS 'Legal number.';
COMMENT ON COLUMN marketplace.invoice_register.issue_date IS 'Date of issue.';
COMMENT ON COLUMN marketplace.invoice_register.issuer_id IS 'Party in whose name it was issued.';
COMMENT ON COLUMN marketplace.invoice_register.issuer_name IS 'Its name as of issue.';
COMMENT ON COLUMN marketplace.invoice_register.buyer_id IS 'Party invoiced.';
COMMENT ON COLUMN marketplace.invoice_register.buyer_name IS 'Its name as of issue.';
COMMENT ON COLUMN marketplace.invoice_register.order_id IS 'Order; NULL for commission.';
COMMENT ON COLUMN marketplace.invoice_register.seller_order_id IS 'Seller order; NULL for commission.';
COMMENT ON COLUMN marketplace.invoice_register.purchase_order IS 'The buyer''s order number.';
COMMENT ON COLUMN marketplace.invoice_register.trigger IS 'Fact that it was issued for.';
COMMENT ON COLUMN marketplace.invoice_register.trigger_event_id IS 'Event of that fact; NULL: manual.';
COMMENT ON COLUMN marketplace.invoice_register.mandate_id IS 'Mandate that it was issued under; NULL: own name.';
COMMENT ON COLUMN marketplace.invoice_register.cumulative IS 'Continues earlier invoices of the seller order (IV-30).';
COMMENT ON COLUMN marketplace.invoice_register.currency IS 'Currency of the amounts.';
COMMENT ON COLUMN marketplace.invoice_register.net IS 'Total without VAT.';
COMMENT ON COLUMN marketplace.invoice_register.vat IS 'VAT.';
COMMENT ON COLUMN marketplace.invoice_register.gross IS 'Total with VAT.';
COMMENT ON COLUMN marketplace.invoice_register.prepaid IS 'Already received at issue.';
COMMENT ON COLUMN marketplace.invoice_register.payable IS 'Payable at issue.';
COMMENT ON COLUMN marketplace.invoice_register.hash IS 'Link of the series'' hash chain, hexadecimal.';
COMMENT ON COLUMN marketplace.invoice_register.recorded_at IS 'When it was issued.';

CREATE OR REPLACE VIEW marketplace.vat_summary WITH (security_invoker = true) AS
SELECT i.marketplace_id, i.issuer_id, i.issuer_identifier, pg_catalog.date_trunc('month', i.issue_date::timestamp)::date AS month, i.kind::text AS kind,
	i.currency::text AS currency, v.vat_category, v.vat_rate, v.exemption_code, pg_catalog.count(DISTINCT i.id) AS invoices,
	pg_catalog.sum(x.sign * marketplace.amount_value(v.taxable)) AS taxable, pg_catalog.sum(x.sign * marketplace.amount_value(v.tax)) AS tax
FROM marketplace.invoices i
CROSS JOIN LATERAL (SELECT CASE WHEN i.type_code IN ('381', '261', '262', '396', '502', '503') THEN -1 ELSE 1 END AS sign) AS x
JOIN marketplace.invoice_vat v ON v.marketplace_id = i.marketplace_id AND v.invoice_id = i.id
GROUP BY i.marketplace_id, i.issuer_id, i.issuer_identifier, pg_catalog.date_trunc('month', i.issue_date::timestamp), i.kind, i.currency, v.vat_category,
	v.vat_rate, v.exemption_code;
COMMENT ON VIEW marketplace.vat_summary IS 'VAT invoiced by issuer, month of issue, kind, currency and VAT key: for the issuer''s return. Credit notes are taken off.';
COMMENT ON COLUMN marketplace.vat_summary.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.vat_summary.issuer_id IS 'Issuer: who owes the VAT.';
COMMENT ON COLUMN marketplace.vat_summary.issuer_identifier IS 'Its SIREN or VAT number.';
COMMENT ON COLUMN marketplace.vat_summary.month IS 'First day of the month of issue.';
COMMENT ON COLUMN marketplace.vat_summary.kind IS 'unit or commission.';
COMMENT ON COLUMN marketplace.vat_summary.currency IS 'Currency of the amounts.';
COMMENT ON COLUMN marketplace.vat_summary.vat_category IS 'VAT category.';
COMMENT ON COLUMN marketplace.vat_summary.vat_rate IS 'Rate in percent.';
COMMENT ON COLUMN marketplace.vat_summary.exemption_code IS 'VATEX code.';
COMMENT ON COLUMN marketplace.vat_summary.invoices IS 'How many documents.';
COMMENT ON COLUMN marketplace.vat_summary.taxable IS 'Base.';
COMMENT ON COLUMN marketplace.vat_summary.tax IS 'VAT.';

CREATE OR REPLACE VIEW marketplace.mandate_overview WITH (security_invoker = true) AS
SELECT m.marketplace_id, m.id AS mandate_id, m.mandator_id, p.name AS mandator_name, m.mandatary_id, m.form::text AS form, m.document_types, m.currencies,
	m.signed_at, pg_catalog.lower(m.valid) AS valid_from, pg_catalog.upper(m.valid) AS valid_until, m.contest_delay, pg_catalog.encode(m.proof_sha256, 'hex') AS proof_sha256,
	m.state::text AS state, m.terminated_at, m.state = 'active' AND m.valid @> marketplace.clock() AS in_force
FROM marketplace.mandates m
LEFT JOIN marketplace.parties p ON p.marketplace_id = m.marketplace_id AND p.id = m.mandator_id;
COMMENT ON VIEW marketplace.mandate_overview IS 'Mandates to invoice on behalf of sellers.';
COMMENT ON COLUMN marketplace.mandate_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.mandate_overview.mandate_id IS 'Number of the mandate.';
COMMENT ON COLUMN marketplace.mandate_overview.mandator_id IS 'Seller.';
COMMENT ON COLUMN marketplace.mandate_overview.mandator_name IS 'Its name now.';
COMMENT ON COLUMN marketplace.mandate_overview.mandatary_id IS 'Who issues.';
COMMENT ON COLUMN marketplace.mandate_overview.form IS 'written or tacit.';
COMMENT ON COLUMN marketplace.mandate_overview.document_types IS 'Types covered, UNTDID 1001.';
COMMENT ON COLUMN marketplace.mandate_overview.currencies IS 'Currencies covered; NULL: all.';
COMMENT ON COLUMN marketplace.mandate_overview.signed_at IS 'When it was signed.';
COMMENT ON COLUMN marketplace.mandate_overview.valid_from IS 'From when.';
COMMENT ON COLUMN marketplace.mandate_overview.valid_until IS 'Until when, not included; NULL: open.';
COMMENT ON COLUMN marketplace.mandate_overview.contest_delay IS 'How long an invoice may be contested.';
COMMENT ON COLUMN marketplace.mandate_overview.proof_sha256 IS 'SHA-256 of the signed document, hexadecimal.';
COMMENT ON COLUMN marketplace.mandate_overview.state IS 'active or terminated.';
COMMENT ON COLUMN marketplace.mandate_overview.terminated_at IS 'When it was terminated.';
COMMENT ON COLUMN marketplace.mandate_overview.in_force IS 'It covers the present instant, marketplace.clock().';

CREATE OR REPLACE VIEW marketplace.invoice_progress WITH (security_invoker = true) AS
SELECT l.marketplace_id, l.order_id, l.seller_order_id, l.seller_id, l.buyer_id, l.id AS order_line_id, l.kind::text AS kind, l.description,
	l.quantity AS ordered, l.cancelled, l.shipped, l.delivered, l.accepted, COALESCE(x.invoiced, 0) AS invoiced,
	l.quantity - l.cancelled - COALESCE(x.invoiced, 0) AS not_invoiced, x.last_invoice_id, marketplace.currency(l.escrow_net)::text AS currency,
	marketplace.amount_value(l.escrow_net) AS net, COALESCE(marketplace.amount_value(x.net), 0) AS invoiced_net
FROM marketplace.order_lines l
LEFT JOIN LATERAL (
	SELECT pg_catalog.sum(i.units) AS invoiced, marketplace.sum(i.net * i.sign::numeric) AS net, pg_catalog.max(i.invoice_id) AS last_invoice_id
	FROM marketplace.invoice_lines i
	WHERE i.marketplace_id = l.marketplace_id AND i.order_line_id = l.id
) AS x ON true
WHERE l.kind <> 'discount';
COMMENT ON VIEW marketplace.invoice_progress IS 'Of each order line but discounts (they are in the net of the goods): ordered, moved and invoiced. IV-5.';
COMMENT ON COLUMN marketplace.invoice_progress.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.invoice_progress.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.invoice_progress.seller_order_id IS 'Seller order.';
COMMENT ON COLUMN marketplace.invoice_progress.seller_id IS 'Seller.';
COMMENT ON COLUMN marketplace.invoice_progress.buyer_id IS 'Buyer.';
COMMENT ON COLUMN marketplace.invoice_progress.order_line_id IS 'Order line.';
COMMENT ON COLUMN marketplace.invoice_progress.kind IS 'goods, service, shipping or fee.';
COMMENT ON COLUMN marketplace.invoice_progress.description IS 'What it sells.';
COMMENT ON COLUMN marketplace.invoice_progress.ordered IS 'Ordered quantity.';
COMMENT ON COLUMN marketplace.invoice_progress.cancelled IS 'Of it cancelled.';
COMMENT ON COLUMN marketplace.invoice_progress.shipped IS 'Of it shipped.';
COMMENT ON COLUMN marketplace.invoice_progress.delivered IS 'Of it delivered.';
COMMENT ON COLUMN marketplace.invoice_progress.accepted IS 'Of it accepted.';
COMMENT ON COLUMN marketplace.invoice_progress.invoiced IS 'Of it invoiced, less credited.';
COMMENT ON COLUMN marketplace.invoice_progress.not_invoiced IS 'Ordered, not cancelled and not invoiced.';
COMMENT ON COLUMN marketplace.invoice_progress.last_invoice_id IS 'Its last invoice.';
COMMENT ON COLUMN marketplace.invoice_progress.currency IS 'Currency of the amounts.';
COMMENT ON COLUMN marketplace.invoice_progress.net IS 'Net of the whole line after discounts.';
COMMENT ON COLUMN marketplace.invoice_progress.invoiced_net IS 'Of it invoiced.';

CREATE OR REPLACE VIEW marketplace.invoices_blocked WITH (security_invoker = true) AS
SELECT o.marketplace_id, o.order_id, o.seller_order_id, o.seller_id, o.buyer_id, o.trigger::text AS trigger, o.trigger_event_id, o.cause::text AS cause, o.detail,
	'seller'::text AS who_must_act, o.recorded_at AS since, marketplace.amount_value(o.gross) AS gross, marketplace.currency(o.gross)::text AS currency
FROM marketplace.invoice_obstacles o
WHERE o.invoice_id IS NULL;
COMMENT ON VIEW marketplace.invoices_blocked IS
'Facts that are to be invoiced and could not be (RD-19): mend the cause, then invoice_issue() issues all that is outstanding of the seller order.';
COMMENT ON COLUMN marketplace.invoices_blocked.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.invoices_blocked.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.invoices_blocked.seller_order_id IS 'Seller order.';
COMMENT ON COLUMN marketplace.invoices_blocked.seller_id IS 'Seller.';
COMMENT ON COLUMN marketplace.invoices_blocked.buyer_id IS 'Buyer.';
COMMENT ON COLUMN marketplace.invoices_blocked.trigger IS 'Kind of the fact.';
COMMENT ON COLUMN marketplace.invoices_blocked.trigger_event_id IS 'The fact, an event of the outbox.';
COMMENT ON COLUMN marketplace.invoices_blocked.cause IS 'no_mandate: no valid mandate, mandate_sign(); no_identifier: no SIREN or VAT number, party_update(); violation: see detail, party_update() of seller or buyer.';
COMMENT ON COLUMN marketplace.invoices_blocked.detail IS 'The first rule that the invoice would break, and where.';
COMMENT ON COLUMN marketplace.invoices_blocked.who_must_act IS 'Who must act.';
COMMENT ON COLUMN marketplace.invoices_blocked.since IS 'Since when.';
COMMENT ON COLUMN marketplace.invoices_blocked.gross IS 'What the invoice would have come to.';
COMMENT ON COLUMN marketplace.invoices_blocked.currency IS 'Its currency.';
