CREATE OR REPLACE VIEW marketplace.lifecycle_funds_debt WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('seller_debt', NULL, 'advance', 'open', ARRAY['operator', 'seller', 'buyer', 'system'], 'A refund was paid in advance. FD-P19.'),
	('seller_debt', 'open', 'offset', 'partly_repaid', ARRAY['operator', 'seller', 'buyer', 'carrier', 'system'], 'A release repaid a part. FD-P21.'),
	('seller_debt', 'open', 'pay', 'partly_repaid', ARRAY['operator', 'system'], 'A part was paid. FD-P22.'),
	('seller_debt', 'open', 'settle', 'settled', ARRAY['operator', 'seller', 'buyer', 'carrier', 'system'], 'All of it has been repaid.'),
	('seller_debt', 'open', 'contest', 'disputed', ARRAY['operator', 'seller'], 'The seller does not owe it, the seller says. FD-71.'),
	('seller_debt', 'open', 'collect', 'in_collection', ARRAY['operator', 'system'], 'Formal notice was given.'),
	('seller_debt', 'partly_repaid', 'settle', 'settled', ARRAY['operator', 'seller', 'buyer', 'carrier', 'system'], 'All of it has been repaid.'),
	('seller_debt', 'partly_repaid', 'contest', 'disputed', ARRAY['operator', 'seller'], 'The seller does not owe it, the seller says. FD-71.'),
	('seller_debt', 'partly_repaid', 'collect', 'in_collection', ARRAY['operator', 'system'], 'Formal notice was given.'),
	('seller_debt', 'disputed', 'decide', 'open', ARRAY['operator', 'system'], 'It stands, or what is left of it does.'),
	('seller_debt', 'disputed', 'decide', 'partly_repaid', ARRAY['operator', 'system'], 'It stands, or what is left of it does.'),
	('seller_debt', 'disputed', 'settle', 'settled', ARRAY['operator', 'system'], 'All of it has been paid, or it was decided that nothing is owed.'),
	('seller_debt', 'in_collection', 'settle', 'settled', ARRAY['operator', 'seller', 'buyer', 'carrier', 'system'], 'All of it has been repaid.'),
	('seller_debt', 'in_collection', 'write_off', 'written_off', ARRAY['operator', 'system'], 'Given up, with a second person. FD-P22, FD-54.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_funds_debt IS 'State machine of debts of sellers (funds rule book §8).';
COMMENT ON COLUMN marketplace.lifecycle_funds_debt.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_funds_debt.from_state IS 'State before; NULL for creation.';
COMMENT ON COLUMN marketplace.lifecycle_funds_debt.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_funds_debt.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_funds_debt.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_funds_debt.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.policy_registry_funds_debt (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.offset_cap_pct', 'numeric', '100'::jsonb,
		'Most of a release that repays debt, in percent', 'FD-70', true),
	('fd.debt_interest_pct', 'numeric', '0',
		'Simple interest on a sellers debt in percent a year; as of when it arises', 'FD-72', true),
	('fd.debt_due_days', 'integer', '0',
		'Days after which a sellers debt is due: from then on releases repay it and interest runs', 'FD-70; no default in the rule book', false),
	('fd.debt_collection_days', 'integer', '60',
		'Days that a debt must have been due before formal notice is given', 'FD §8', false);
COMMENT ON VIEW marketplace.policy_registry_funds_debt IS 'Policy parameters of debts of sellers (funds rule book §13).';
COMMENT ON COLUMN marketplace.policy_registry_funds_debt.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds_debt.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds_debt.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds_debt.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds_debt.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds_debt.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

CREATE OR REPLACE VIEW marketplace.seller_debts_overview WITH (security_invoker = true) AS
SELECT d.marketplace_id,
	   d.id AS debt_id,
	   d.seller_id,
	   d.order_id,
	   d.decision_id,
	   d.cause,
	   d.state::text AS state,
	   marketplace.amount_value(d.amount) AS amount,
	   marketplace.amount_value(d.open_amount) AS open,
	   CASE WHEN d.state IN ('settled', 'written_off') THEN 0
			ELSE round(d.interest + marketplace.amount_value(d.open_amount) * d.interest_pct
				* GREATEST((marketplace.clock() AT TIME ZONE m.time_zone)::date - d.interest_from, 0) / 36500, 2) END AS interest,
	   marketplace.currency(d.amount)::text AS currency,
	   d.interest_pct,
	   d.due_on,
	   GREATEST((marketplace.clock() AT TIME ZONE m.time_zone)::date - d.due_on, 0) AS days_due,
	   v.offset_value AS repaid_by_offset,
	   v.paid AS repaid_by_payment,
	   v.given_up,
	   d.created_at,
	   d.contested_at,
	   d.notice_at,
	   d.ended_at
  FROM marketplace.seller_debts d
  JOIN marketplace.marketplaces m ON m.marketplace_id = d.marketplace_id
 CROSS JOIN LATERAL (
	SELECT COALESCE(sum(marketplace.amount_value(v.principal)) FILTER (WHERE v.kind = 'offset'), 0) AS offset_value,
		   COALESCE(sum(marketplace.amount_value(v.principal)) FILTER (WHERE v.kind = 'payment'), 0) AS paid,
		   COALESCE(sum(marketplace.amount_value(v.principal)) FILTER (WHERE v.kind IN ('reduction', 'write_off')), 0) AS given_up
	  FROM marketplace.seller_debt_movements v
	 WHERE v.marketplace_id = d.marketplace_id
	   AND v.debt_id = d.id) v;
COMMENT ON VIEW marketplace.seller_debts_overview IS
'What sellers owe the platform, with age and interest, and how it was repaid. Sellers see their own.';
COMMENT ON COLUMN marketplace.seller_debts_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.seller_debts_overview.debt_id IS 'Number of the debt.';
COMMENT ON COLUMN marketplace.seller_debts_overview.seller_id IS 'Seller who owes.';
COMMENT ON COLUMN marketplace.seller_debts_overview.order_id IS 'Order whose refund was advanced.';
COMMENT ON COLUMN marketplace.seller_debts_overview.decision_id IS 'Refund decision that it comes from.';
COMMENT ON COLUMN marketplace.seller_debts_overview.cause IS 'advance: a refund that the seller could not fund.';
COMMENT ON COLUMN marketplace.seller_debts_overview.state IS 'See marketplace.lifecycle, machine seller_debt.';
COMMENT ON COLUMN marketplace.seller_debts_overview.amount IS 'What was advanced.';
COMMENT ON COLUMN marketplace.seller_debts_overview.open IS 'What is left of it, interest not counted.';
COMMENT ON COLUMN marketplace.seller_debts_overview.interest IS 'Interest accrued until today and not paid.';
COMMENT ON COLUMN marketplace.seller_debts_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.seller_debts_overview.interest_pct IS 'Simple interest in percent a year.';
COMMENT ON COLUMN marketplace.seller_debts_overview.due_on IS 'Day from which it is due.';
COMMENT ON COLUMN marketplace.seller_debts_overview.days_due IS 'Days since then.';
COMMENT ON COLUMN marketplace.seller_debts_overview.repaid_by_offset IS 'Repaid from releases.';
COMMENT ON COLUMN marketplace.seller_debts_overview.repaid_by_payment IS 'Repaid by payment.';
COMMENT ON COLUMN marketplace.seller_debts_overview.given_up IS 'Reduced or written off.';
COMMENT ON COLUMN marketplace.seller_debts_overview.created_at IS 'When it arose.';
COMMENT ON COLUMN marketplace.seller_debts_overview.contested_at IS 'When it was last contested.';
COMMENT ON COLUMN marketplace.seller_debts_overview.notice_at IS 'When formal notice was given.';
COMMENT ON COLUMN marketplace.seller_debts_overview.ended_at IS 'When it was settled or written off.';
