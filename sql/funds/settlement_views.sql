CREATE OR REPLACE VIEW marketplace.policy_registry_funds_settlement (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.settlement_payers', 'json', '[]'::jsonb,
		'Names and account numbers from which settlements of the PSP come, beside its own name and accounts: ["ACQUIRER SA", "DE02…"]', 'FD-P03', false);
COMMENT ON VIEW marketplace.policy_registry_funds_settlement IS 'Policy parameters of settlements.';
COMMENT ON COLUMN marketplace.policy_registry_funds_settlement.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds_settlement.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds_settlement.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds_settlement.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds_settlement.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds_settlement.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

CREATE OR REPLACE VIEW marketplace.settlement_overview WITH (security_invoker = true) AS
SELECT s.marketplace_id,
	   s.id AS settlement_id,
	   s.recognised_by,
	   s.reference,
	   marketplace.amount_value(s.amount) AS amount,
	   marketplace.amount_value(s.netted) AS netted,
	   marketplace.amount_value(s.listed) AS listed,
	   marketplace.amount_value(s.covered) AS covered,
	   marketplace.amount_value(s.amount + s.netted - s.covered) AS not_told,
	   marketplace.currency(s.amount)::text AS currency,
	   (SELECT count(*)
		  FROM marketplace.settlement_items i
		 WHERE i.marketplace_id = s.marketplace_id
		   AND i.settlement_id = s.id) AS items,
	   s.value_date,
	   s.entry_id,
	   s.detail_id,
	   s.received_at
  FROM marketplace.settlements s;
COMMENT ON VIEW marketplace.settlement_overview IS
'Lump sums of the PSP that the bank has shown, and how much of each is known to pay which captures. Operators and auditors. FD-P03, FD §11.';
COMMENT ON COLUMN marketplace.settlement_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.settlement_overview.settlement_id IS 'Number of the settlement.';
COMMENT ON COLUMN marketplace.settlement_overview.recognised_by IS 'reference, payer or amount.';
COMMENT ON COLUMN marketplace.settlement_overview.reference IS 'The PSP''s id of it; NULL: not known.';
COMMENT ON COLUMN marketplace.settlement_overview.amount IS 'What came, in units of the currency.';
COMMENT ON COLUMN marketplace.settlement_overview.netted IS 'What the PSP kept for refunds, chargebacks and fees.';
COMMENT ON COLUMN marketplace.settlement_overview.listed IS 'What it should be by the PSP''s list; NULL: not listed.';
COMMENT ON COLUMN marketplace.settlement_overview.covered IS 'What of amount and netted is known to pay captures.';
COMMENT ON COLUMN marketplace.settlement_overview.not_told IS 'What the PSP has not told of.';
COMMENT ON COLUMN marketplace.settlement_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.settlement_overview.items IS 'How many captures it pays.';
COMMENT ON COLUMN marketplace.settlement_overview.value_date IS 'Value date at the bank.';
COMMENT ON COLUMN marketplace.settlement_overview.entry_id IS 'Entry of the statement.';
COMMENT ON COLUMN marketplace.settlement_overview.detail_id IS 'Transaction of it; NULL: the entry as a whole.';
COMMENT ON COLUMN marketplace.settlement_overview.received_at IS 'When it was imported.';

CREATE OR REPLACE VIEW marketplace.settlement_pending WITH (security_invoker = true) AS
SELECT a.marketplace_id,
	   a.object,
	   a.object_id,
	   marketplace.amount_value(a.amount) AS amount,
	   marketplace.amount_value(a.received) AS received,
	   marketplace.amount_value(a.amount - a.received) AS outstanding,
	   marketplace.currency(a.amount)::text AS currency,
	   a.reference,
	   a.told_at
  FROM marketplace.settlement_announcements a
 WHERE a.received <> a.amount;
COMMENT ON VIEW marketplace.settlement_pending IS 'What the PSP has said that it pays, and the bank has not shown. Operators and auditors.';
COMMENT ON COLUMN marketplace.settlement_pending.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.settlement_pending.object IS 'capture or chargeback.';
COMMENT ON COLUMN marketplace.settlement_pending.object_id IS 'Number of it.';
COMMENT ON COLUMN marketplace.settlement_pending.amount IS 'What comes to the account, in units of the currency.';
COMMENT ON COLUMN marketplace.settlement_pending.received IS 'What of it the bank has shown.';
COMMENT ON COLUMN marketplace.settlement_pending.outstanding IS 'What of it the bank has not shown.';
COMMENT ON COLUMN marketplace.settlement_pending.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.settlement_pending.reference IS 'The PSP''s id of the settlement; NULL: not told.';
COMMENT ON COLUMN marketplace.settlement_pending.told_at IS 'When it was told.';
