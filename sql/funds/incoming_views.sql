CREATE OR REPLACE VIEW marketplace.lifecycle_funds_incoming WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('money_receipt', NULL, 'receive', 'allocated', ARRAY['operator', 'system'], 'Recognised: it pays orders or is kept for the buyer. FD-P02.'),
	('money_receipt', NULL, 'hold', 'suspense', ARRAY['operator', 'system'], 'Not recognised: kept until somebody knows whose it is. FD-P25.'),
	('money_receipt', 'suspense', 'allocate', 'allocated', ARRAY['operator', 'system'], 'Somebody has said whose it is. FD-P05.'),
	('money_receipt', 'suspense', 'recover', 'recovered', ARRAY['operator', 'seller', 'buyer', 'system'], 'A third party paid for losses: shared out to who bore them. FD-P27.'),
	('money_receipt', 'suspense', 'return', 'returning', ARRAY['operator', 'system'], 'To be sent back to the payer. FD-P25.'),
	('money_receipt', 'returning', 'confirm', 'returned', ARRAY['operator', 'system'], 'Sent back. FD-P15.'),
	('money_receipt', 'returning', 'fail', 'suspense', ARRAY['operator', 'system'], 'Could not be sent back: kept again.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_funds_incoming IS 'State machine of money that has come in by itself (FD-12, FD-P25).';
COMMENT ON COLUMN marketplace.lifecycle_funds_incoming.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_funds_incoming.from_state IS 'State before; NULL for creation.';
COMMENT ON COLUMN marketplace.lifecycle_funds_incoming.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_funds_incoming.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_funds_incoming.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_funds_incoming.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.policy_registry_funds_incoming (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.suspense_return_days', 'integer', '30'::jsonb,
		'After how many days money that nobody recognised is to be sent back: a task, not a movement', 'FD-12', false);
COMMENT ON VIEW marketplace.policy_registry_funds_incoming IS 'Policy parameters of incoming money (funds rule book §13).';
COMMENT ON COLUMN marketplace.policy_registry_funds_incoming.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds_incoming.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds_incoming.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds_incoming.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds_incoming.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds_incoming.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

CREATE OR REPLACE VIEW marketplace.money_receipt_overview WITH (security_invoker = true) AS
SELECT r.marketplace_id,
	   r.id AS money_receipt_id,
	   r.external_id,
	   r.source,
	   marketplace.amount_value(r.amount) AS amount,
	   marketplace.amount_value(r.to_orders) AS to_orders,
	   marketplace.amount_value(r.to_wallet) AS to_wallet,
	   marketplace.currency(r.amount)::text AS currency,
	   r.value_date,
	   r.payer_name,
	   r.payer_iban,
	   r.virtual_iban,
	   r.reference,
	   r.state::text AS state,
	   r.note,
	   r.buyer_id,
	   r.received_at,
	   r.decided_at
  FROM marketplace.money_receipts r;
COMMENT ON VIEW marketplace.money_receipt_overview IS
'Money that came in by itself, and what became of it. Buyers see their own.';
COMMENT ON COLUMN marketplace.money_receipt_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.money_receipt_overview.money_receipt_id IS 'Number of the receipt of money.';
COMMENT ON COLUMN marketplace.money_receipt_overview.external_id IS 'The bank''s or PSP''s name of it.';
COMMENT ON COLUMN marketplace.money_receipt_overview.source IS 'Who reported it.';
COMMENT ON COLUMN marketplace.money_receipt_overview.amount IS 'What came in.';
COMMENT ON COLUMN marketplace.money_receipt_overview.to_orders IS 'What of it paid orders.';
COMMENT ON COLUMN marketplace.money_receipt_overview.to_wallet IS 'What of it is kept for the buyer.';
COMMENT ON COLUMN marketplace.money_receipt_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.money_receipt_overview.value_date IS 'Value date.';
COMMENT ON COLUMN marketplace.money_receipt_overview.payer_name IS 'Who paid.';
COMMENT ON COLUMN marketplace.money_receipt_overview.payer_iban IS 'From which account.';
COMMENT ON COLUMN marketplace.money_receipt_overview.virtual_iban IS 'To which virtual IBAN.';
COMMENT ON COLUMN marketplace.money_receipt_overview.reference IS 'Remittance text.';
COMMENT ON COLUMN marketplace.money_receipt_overview.state IS 'See marketplace.lifecycle, machine money_receipt.';
COMMENT ON COLUMN marketplace.money_receipt_overview.note IS 'Why it was not recognised.';
COMMENT ON COLUMN marketplace.money_receipt_overview.buyer_id IS 'Whose money it is; NULL: not known.';
COMMENT ON COLUMN marketplace.money_receipt_overview.received_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.money_receipt_overview.decided_at IS 'When it left suspense.';

CREATE OR REPLACE VIEW marketplace.suspense_overview WITH (security_invoker = true) AS
SELECT r.marketplace_id,
	   r.id AS money_receipt_id,
	   r.external_id,
	   marketplace.amount_value(r.amount) AS amount,
	   marketplace.currency(r.amount)::text AS currency,
	   r.payer_name,
	   r.payer_iban,
	   r.reference,
	   r.note,
	   r.received_at,
	   r.return_told_at IS NOT NULL AS return_due
  FROM marketplace.money_receipts r
 WHERE r.state = 'suspense';
COMMENT ON VIEW marketplace.suspense_overview IS
'Money that nobody has recognised: allocate it with suspense_allocate(), or send it back with suspense_return().';
COMMENT ON COLUMN marketplace.suspense_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.suspense_overview.money_receipt_id IS 'Number of the receipt of money.';
COMMENT ON COLUMN marketplace.suspense_overview.external_id IS 'The bank''s or PSP''s name of it.';
COMMENT ON COLUMN marketplace.suspense_overview.amount IS 'What came in.';
COMMENT ON COLUMN marketplace.suspense_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.suspense_overview.payer_name IS 'Who paid.';
COMMENT ON COLUMN marketplace.suspense_overview.payer_iban IS 'From which account; needed to send it back.';
COMMENT ON COLUMN marketplace.suspense_overview.reference IS 'Remittance text.';
COMMENT ON COLUMN marketplace.suspense_overview.note IS 'Why it was not recognised.';
COMMENT ON COLUMN marketplace.suspense_overview.received_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.suspense_overview.return_due IS 'True once tick() has raised the task to send it back (fd.suspense_return_days).';

CREATE OR REPLACE VIEW marketplace.buyer_wallet WITH (security_invoker = true) AS
SELECT b.marketplace_id,
	   b.party_id AS buyer_id,
	   b.currency::text AS currency,
	   marketplace.amount_value(marketplace.sum(CASE WHEN b.order_line_id = 0 THEN b.balance ELSE marketplace.zero(marketplace.currency(b.balance)) END)) AS available,
	   marketplace.amount_value(marketplace.sum(CASE WHEN b.order_line_id = 0 THEN marketplace.zero(marketplace.currency(b.balance)) ELSE b.balance END)) AS from_refunds
  FROM marketplace.account_balance_rows b
 WHERE b.kind = 'c_buyer'
 GROUP BY b.marketplace_id, b.party_id, b.currency;
COMMENT ON VIEW marketplace.buyer_wallet IS
'What is kept for buyers, per currency, now: read from the ledger. Buyers see their own.';
COMMENT ON COLUMN marketplace.buyer_wallet.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.buyer_wallet.buyer_id IS 'Buyer.';
COMMENT ON COLUMN marketplace.buyer_wallet.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.buyer_wallet.available IS 'Overpaid or paid without an order: wallet_use() pays orders with it.';
COMMENT ON COLUMN marketplace.buyer_wallet.from_refunds IS 'Refunds that could not be paid to the means they came from.';
