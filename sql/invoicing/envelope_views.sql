CREATE OR REPLACE VIEW marketplace.policy_registry_invoicing_envelope (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('iv.single_document', 'choice(by_date, each, statement)', '"by_date"'::jsonb,
		'The buyer''s one document: by_date: tick() makes one of the units of an order issued on a day, once it is invoiced whole or the day is over; each: one of the units that a call issues; statement: none, the buyer has order_statement()',
		'IV-47, IV-48', false),
	('iv.envelope_pattern', 'text', '"{root}E-{siren}-{yyyy}-{n:6}"', 'How numbers of envelopes are printed', 'IV-20', true),
	('iv.envelope_process', 'json', '{"goods": "B8", "services": "S8", "mixed": "M8"}', 'Billing mode of an envelope by what it invoices (BT-23)', 'IV-46, RD-87', true),
	('iv.envelope_note', 'text', '"Factures établies par {mandatary} au nom et pour le compte de {mandators}"',
		'Note DCL of an envelope', 'IV-12; BOI-TVA-DECLA-30-20-10', true),
	('iv.envelope_unit', 'text', '"Facture {number} de {seller}"', 'Title of a unit''s group of lines in an envelope', 'IV-50', true);
COMMENT ON VIEW marketplace.policy_registry_invoicing_envelope IS 'Policy parameters of the buyer''s one document (invoicing.md, sections 7 and 8).';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_envelope.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_envelope.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_envelope.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_envelope.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_envelope.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_envelope.verified IS 'True when the default was confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.envelope_overview WITH (security_invoker = true) AS
SELECT u.marketplace_id, u.order_id, u.envelope_id, e.number AS envelope_number, u.position, u.invoice_id, i.number, i.seller ->> 'name' AS issuer_name,
	u.type_code, u.issue_date, u.due_on, i.currency::text AS currency, marketplace.amount_value(i.net) AS net, marketplace.amount_value(i.vat) AS vat,
	marketplace.amount_value(i.gross) AS gross
FROM marketplace.envelope_units u
JOIN marketplace.invoices i ON i.marketplace_id = u.marketplace_id AND i.id = u.invoice_id
LEFT JOIN marketplace.invoices e ON e.marketplace_id = u.marketplace_id AND e.id = u.envelope_id;
COMMENT ON VIEW marketplace.envelope_overview IS 'Unit invoices and the buyer''s document that each is in; each party sees its own.';
COMMENT ON COLUMN marketplace.envelope_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.envelope_overview.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.envelope_overview.envelope_id IS 'The buyer''s document; the unit itself where it is that document; NULL: not made yet.';
COMMENT ON COLUMN marketplace.envelope_overview.envelope_number IS 'Its number; sellers see it only where it is their own document.';
COMMENT ON COLUMN marketplace.envelope_overview.position IS 'Position of the unit in it.';
COMMENT ON COLUMN marketplace.envelope_overview.invoice_id IS 'Unit invoice.';
COMMENT ON COLUMN marketplace.envelope_overview.number IS 'Number of the unit.';
COMMENT ON COLUMN marketplace.envelope_overview.issuer_name IS 'In whose name it was issued.';
COMMENT ON COLUMN marketplace.envelope_overview.type_code IS 'Type, UNTDID 1001.';
COMMENT ON COLUMN marketplace.envelope_overview.issue_date IS 'Day of issue.';
COMMENT ON COLUMN marketplace.envelope_overview.due_on IS 'From which day tick() makes the envelope.';
COMMENT ON COLUMN marketplace.envelope_overview.currency IS 'Currency of the amounts.';
COMMENT ON COLUMN marketplace.envelope_overview.net IS 'Total without VAT.';
COMMENT ON COLUMN marketplace.envelope_overview.vat IS 'VAT.';
COMMENT ON COLUMN marketplace.envelope_overview.gross IS 'Total with VAT.';
