CREATE OR REPLACE VIEW marketplace.event_types_invoicing (type, flow, aggregate, schema_version, payload, description) WITH (security_invoker = true) AS
VALUES
	('invoice.issued', 'invoices', 'order', 1::smallint, '{"invoice_id": "the document", "number": "its number", "kind": "its kind", "type_code": "UNTDID 1001", "gross": "gross amount", "order_id": "the order", "seller_order_id": "the seller''s part of the order", "seller_id": "the seller", "corrects_id": "document that it corrects, or null"}'::jsonb,
		'A document is issued; aggregate party or invoice where there is no order'),
	('invoice.blocked', 'invoices', 'order', 1, NULL, 'A document cannot be issued, or not be credited, yet'),
	('invoice.not_credited', 'invoices', 'order', 1, NULL, 'A document cannot be issued, or not be credited, yet'),
	('invoice.status_recorded', 'invoices', 'invoice', 1, NULL, 'A status of a document'),
	('mandate.signed', 'parties', 'mandate', 1, '{"mandate_id": "agent mandate that it was done under, or null", "mandator_id": "who mandates", "reason": "why"}',
		'A mandate to invoice'),
	('mandate.terminated', 'parties', 'mandate', 1, '{"mandate_id": "agent mandate that it was done under, or null", "mandator_id": "who mandates", "reason": "why"}',
		'A mandate to invoice');
COMMENT ON VIEW marketplace.event_types_invoicing IS
'Types of events that invoicing writes to the outbox.';
COMMENT ON COLUMN marketplace.event_types_invoicing.type IS 'noun.past_participle.';
COMMENT ON COLUMN marketplace.event_types_invoicing.flow IS 'What it is part of: orders, shipments, receipts, returns, invoices, money, parties, operations.';
COMMENT ON COLUMN marketplace.event_types_invoicing.aggregate IS 'Object whose sequence it is in, as a rule.';
COMMENT ON COLUMN marketplace.event_types_invoicing.schema_version IS 'Version of the payload''s form; raised when a key changes its meaning or goes.';
COMMENT ON COLUMN marketplace.event_types_invoicing.payload IS 'Keys and what they mean; NULL: not fixed, read what is there.';
COMMENT ON COLUMN marketplace.event_types_invoicing.description IS 'What happened.';
