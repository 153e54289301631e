CREATE OR REPLACE VIEW marketplace.event_types_orders (type, flow, aggregate, schema_version, payload, description) WITH (security_invoker = true) AS
VALUES
	('marketplace.created', 'parties', 'marketplace', 1::smallint, '{"marketplace_id": "the marketplace", "agent": "the PSP''s mandate, if it is agent"}'::jsonb,
		'The marketplace opens or changes'),
	('marketplace.updated', 'parties', 'marketplace', 1, '{"marketplace_id": "the marketplace", "agent": "the PSP''s mandate, if it is agent"}',
		'The marketplace opens or changes'),
	('party.created', 'parties', 'party', 1, '{"party_id": "the party", "document": "as it was given"}',
		'Master data of a party'),
	('party.updated', 'parties', 'party', 1, '{"party_id": "the party", "document": "as it was given"}',
		'Master data of a party'),
	('bank_account.added', 'parties', 'bank_account', 1, '{"bank_account_id": "bank account", "party_id": "the party", "reason": "why"}',
		'A bank account for payouts'),
	('bank_account.verified', 'parties', 'bank_account', 1, '{"bank_account_id": "bank account", "party_id": "the party", "reason": "why"}',
		'A bank account for payouts'),
	('bank_account.blocked', 'parties', 'bank_account', 1, '{"bank_account_id": "bank account", "party_id": "the party", "reason": "why"}',
		'A bank account for payouts'),
	('order.placed', 'orders', 'order', 1, '{"order_id": "the order", "buyer_id": "the buyer", "gross": "gross amount"}',
		'An order is placed'),
	('seller_order.accepted', 'orders', 'order', 1, '{"order_id": "the order", "seller_order_id": "the seller''s part of the order", "seller_id": "the seller", "reason": "why"}',
		'A seller accepts or refuses its part'),
	('seller_order.refused', 'orders', 'order', 1, '{"order_id": "the order", "seller_order_id": "the seller''s part of the order", "seller_id": "the seller", "reason": "why"}',
		'A seller accepts or refuses its part'),
	('order_line.cancelled', 'orders', 'order', 1, '{"order_id": "the order", "order_line_id": "the order line", "seller_order_id": "the seller''s part of the order", "quantity": "quantity", "reason": "why"}',
		'A quantity will not be supplied'),
	('order_line.promised', 'orders', 'order', 1, NULL, 'A new promise of dates'),
	('series.issued', 'operations', 'series', 1, NULL, 'A number was issued');
COMMENT ON VIEW marketplace.event_types_orders IS
'Types of events that orders writes to the outbox.';
COMMENT ON COLUMN marketplace.event_types_orders.type IS 'noun.past_participle.';
COMMENT ON COLUMN marketplace.event_types_orders.flow IS 'What it is part of: orders, shipments, receipts, returns, invoices, money, parties, operations.';
COMMENT ON COLUMN marketplace.event_types_orders.aggregate IS 'Object whose sequence it is in, as a rule.';
COMMENT ON COLUMN marketplace.event_types_orders.schema_version IS 'Version of the payload''s form; raised when a key changes its meaning or goes.';
COMMENT ON COLUMN marketplace.event_types_orders.payload IS 'Keys and what they mean; NULL: not fixed, read what is there.';
COMMENT ON COLUMN marketplace.event_types_orders.description IS 'What happened.';
