CREATE OR REPLACE VIEW marketplace.lifecycle_funds_hold WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('hold', NULL, 'place', 'active', ARRAY['operator', 'seller', 'buyer', 'carrier', 'insurer', 'system'], 'What it takes is neither released nor paid out. FD-38.'),
	('hold', 'active', 'lift', 'lifted', ARRAY['operator', 'buyer', 'system'], 'The last of it is free: by its owner or the operator.'),
	('hold', 'active', 'expire', 'expired', ARRAY['operator', 'system'], 'Its time is over.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_funds_hold IS 'State machine of holds (FD-38).';
COMMENT ON COLUMN marketplace.lifecycle_funds_hold.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_funds_hold.from_state IS 'State before; NULL for creation.';
COMMENT ON COLUMN marketplace.lifecycle_funds_hold.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_funds_hold.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_funds_hold.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_funds_hold.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.policy_registry_funds_hold (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.psp_max_hold_days', 'integer', '90'::jsonb,
		'Days after its capture in which the PSP wants money paid out or paid back; hold_alarms tells ten days before. Depends on the PSP; nothing is released by it', 'FD-21, DP-36', false),
	('fd.hold_max_days', 'integer', '60',
		'Days after which a hold that still stands is in hold_alarms: somebody should decide', 'no default in the rule book', false),
	('lg.void_after_release', 'choice(hold, ignore)', '"hold"',
		'What follows when a delivery that has released money is voided: what it brought the seller is held in its wallet, or nothing', 'LG-24, FD-21', true);
COMMENT ON VIEW marketplace.policy_registry_funds_hold IS 'Policy parameters of holds (funds rule book §5, §13).';
COMMENT ON COLUMN marketplace.policy_registry_funds_hold.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds_hold.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds_hold.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds_hold.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds_hold.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds_hold.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

CREATE OR REPLACE VIEW marketplace.hold_part_balances WITH (security_invoker = true) AS
SELECT p.marketplace_id,
	   p.hold_id,
	   p.position,
	   b.currency::text AS currency,
	   marketplace.amount_value(b.balance) AS balance,
	   CASE WHEN NOT p.open THEN 0
			WHEN p.amount IS NULL THEN marketplace.amount_value(b.balance)
			ELSE LEAST(marketplace.amount_value(b.balance), marketplace.amount_value(p.amount - p.lifted)) END AS held,
	   LEAST(marketplace.amount_value(b.balance), CASE WHEN s.everything THEN marketplace.amount_value(b.balance) ELSE COALESCE(s.value, 0) END) AS held_by_all
  FROM marketplace.hold_parts p
 CROSS JOIN LATERAL (
	SELECT a.currency,
		   marketplace.sum(a.balance) AS balance
	  FROM marketplace.accounts a
	 WHERE a.marketplace_id = p.marketplace_id
	   AND a.party_id = p.seller_id
	   AND (a.order_line_id = p.order_line_id AND a.kind IN ('c_escrow', 'c_seller_pending', 'c_reserve', 'c_seller')
			OR p.order_line_id IS NULL AND a.kind = 'c_seller' AND (p.amount IS NULL OR a.currency = marketplace.currency(p.amount)))
	 GROUP BY a.currency) b
 CROSS JOIN LATERAL (
	SELECT bool_or(q.everything) AS everything,
		   SUM(q.value) AS value
	  FROM (SELECT bool_or(o.amount IS NULL) AS everything,
				   MAX(marketplace.amount_value(o.amount - o.lifted)) AS value
			  FROM marketplace.hold_parts o
			 WHERE o.marketplace_id = p.marketplace_id
			   AND o.open
			   AND o.seller_id = p.seller_id
			   AND o.order_line_id IS NOT DISTINCT FROM p.order_line_id
			   AND (o.amount IS NULL OR marketplace.currency(o.amount) = b.currency)
			 GROUP BY o.slice) q) s;
COMMENT ON VIEW marketplace.hold_part_balances IS
'What is there, line by line or in the wallet, of what each part of a hold is on, and what is held of it. For reading see holds_overview. Sellers see their own.';
COMMENT ON COLUMN marketplace.hold_part_balances.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.hold_part_balances.hold_id IS 'The hold.';
COMMENT ON COLUMN marketplace.hold_part_balances.position IS 'Which part of it.';
COMMENT ON COLUMN marketplace.hold_part_balances.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.hold_part_balances.balance IS 'What the line has in escrow, maturing, in reserve and available; or what is available in the wallet.';
COMMENT ON COLUMN marketplace.hold_part_balances.held IS 'What this part holds of the balance.';
COMMENT ON COLUMN marketplace.hold_part_balances.held_by_all IS 'What all holds on the line, or on the wallet, hold of the balance together (FD-39).';

CREATE OR REPLACE VIEW marketplace.holds_overview WITH (security_invoker = true) AS
SELECT h.marketplace_id,
	   h.id AS hold_id,
	   h.target,
	   h.order_id,
	   h.seller_order_id,
	   h.order_line_id,
	   h.payout_id,
	   h.seller_id,
	   h.slice,
	   h.reason,
	   h.owner,
	   h.state::text AS state,
	   marketplace.amount_value(h.amount) AS amount,
	   h.quantity,
	   marketplace.amount_value(h.lifted) AS lifted,
	   COALESCE(b.currency, marketplace.currency(h.amount)::text) AS currency,
	   b.balance,
	   b.held,
	   b.balance - b.held_by_all AS free,
	   h.held_from,
	   h.held_until,
	   h.ended_at,
	   h.placed_by,
	   h.lifted_by,
	   h.note
  FROM marketplace.holds h
  LEFT JOIN LATERAL (
	SELECT p.currency,
		   SUM(p.balance) AS balance,
		   SUM(p.held) AS held,
		   SUM(p.held_by_all) AS held_by_all
	  FROM marketplace.hold_part_balances p
	 WHERE p.marketplace_id = h.marketplace_id
	   AND p.hold_id = h.id
	 GROUP BY p.currency) b ON true;
COMMENT ON VIEW marketplace.holds_overview IS
'Holds, with what they hold now and what all holds leave free. A hold on the whole of a wallet has a row for each currency. Sellers see their own, buyers those on their orders (without balances).';
COMMENT ON COLUMN marketplace.holds_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.holds_overview.hold_id IS 'Number of the hold.';
COMMENT ON COLUMN marketplace.holds_overview.target IS 'order_line, seller_order, order, payout or seller.';
COMMENT ON COLUMN marketplace.holds_overview.order_id IS 'Order; NULL for payouts and wallets.';
COMMENT ON COLUMN marketplace.holds_overview.seller_order_id IS 'Seller order; NULL where it is on more or on none.';
COMMENT ON COLUMN marketplace.holds_overview.order_line_id IS 'Order line; NULL where it is on more or on none.';
COMMENT ON COLUMN marketplace.holds_overview.payout_id IS 'Payout; NULL for other targets.';
COMMENT ON COLUMN marketplace.holds_overview.seller_id IS 'Seller; NULL where there are several.';
COMMENT ON COLUMN marketplace.holds_overview.slice IS 'Which part of the target; holds on one slice do not add up.';
COMMENT ON COLUMN marketplace.holds_overview.reason IS 'Why.';
COMMENT ON COLUMN marketplace.holds_overview.owner IS 'Who may lift it, beside the operator.';
COMMENT ON COLUMN marketplace.holds_overview.state IS 'active, lifted or expired.';
COMMENT ON COLUMN marketplace.holds_overview.amount IS 'What was held when it was placed; NULL: all.';
COMMENT ON COLUMN marketplace.holds_overview.quantity IS 'Quantity that the amount is the share of; NULL: none.';
COMMENT ON COLUMN marketplace.holds_overview.lifted IS 'What has been lifted of the amount.';
COMMENT ON COLUMN marketplace.holds_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.holds_overview.balance IS 'What there is of the target: of lines in escrow, maturing, in reserve and available; of a wallet what is available.';
COMMENT ON COLUMN marketplace.holds_overview.held IS 'What this hold holds of the balance now: never more than there is.';
COMMENT ON COLUMN marketplace.holds_overview.free IS 'What all holds on the same lines, or on the same wallet, leave of the balance.';
COMMENT ON COLUMN marketplace.holds_overview.held_from IS 'When it was placed.';
COMMENT ON COLUMN marketplace.holds_overview.held_until IS 'When tick() ends it; NULL: open.';
COMMENT ON COLUMN marketplace.holds_overview.ended_at IS 'When it was lifted whole or expired; NULL: active.';
COMMENT ON COLUMN marketplace.holds_overview.placed_by IS 'Who placed it.';
COMMENT ON COLUMN marketplace.holds_overview.lifted_by IS 'Who lifted the last of it; NULL: nobody.';
COMMENT ON COLUMN marketplace.holds_overview.note IS 'Remark for people.';

CREATE OR REPLACE VIEW marketplace.hold_alarms WITH (security_invoker = true) AS
WITH terms AS MATERIALIZED (
	SELECT m.marketplace_id,
		   (marketplace.policy_get(m.marketplace_id, 'fd.psp_max_hold_days') #>> '{}')::int AS psp_days,
		   (marketplace.policy_get(m.marketplace_id, 'fd.hold_max_days') #>> '{}')::int AS hold_days
	  FROM marketplace.marketplaces m
	 WHERE CASE WHEN marketplace.access_operates(m.marketplace_id) THEN true ELSE false END)
SELECT t.marketplace_id,
	   'psp_max_hold'::text AS alarm,
	   a.order_id,
	   a.order_line_id,
	   a.id AS allocation_id,
	   NULL::bigint AS hold_id,
	   a.seller_id,
	   b.value AS amount,
	   marketplace.currency(a.amount)::text AS currency,
	   c.captured_at AS since,
	   c.captured_at + t.psp_days * interval '1 day' AS limit_at
  FROM terms t
  JOIN marketplace.capture_allocations a ON a.marketplace_id = t.marketplace_id AND a.open
  JOIN marketplace.captures c ON c.marketplace_id = a.marketplace_id AND c.id = a.capture_id
 CROSS JOIN LATERAL (
	SELECT SUM(marketplace.amount_value(k.balance)) AS value
	  FROM marketplace.accounts k
	 WHERE k.marketplace_id = a.marketplace_id
	   AND k.party_id = a.seller_id
	   AND k.order_line_id = a.order_line_id
	   AND k.allocation_id = a.id
	   AND k.kind IN ('c_escrow', 'c_seller_pending', 'c_reserve', 'c_seller')) b
 WHERE c.captured_at + (t.psp_days - 10) * interval '1 day' <= marketplace.clock()
   AND b.value > 0
UNION ALL
SELECT t.marketplace_id,
	   'hold_max_days',
	   h.order_id,
	   h.order_line_id,
	   NULL,
	   h.hold_id,
	   h.seller_id,
	   h.held,
	   h.currency,
	   h.held_from,
	   h.held_from + t.hold_days * interval '1 day'
  FROM terms t
  JOIN marketplace.holds_overview h ON h.marketplace_id = t.marketplace_id
 WHERE h.state = 'active'
   AND h.held_from + t.hold_days * interval '1 day' <= marketplace.clock();
COMMENT ON VIEW marketplace.hold_alarms IS
'What has been kept for long: money of a capture that nears the PSP''s maximum holding time (fd.psp_max_hold_days less ten days, FD-21), and holds that have stood for fd.hold_max_days. Nothing is released by it. Operators and auditors.';
COMMENT ON COLUMN marketplace.hold_alarms.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.hold_alarms.alarm IS 'psp_max_hold or hold_max_days.';
COMMENT ON COLUMN marketplace.hold_alarms.order_id IS 'Order; NULL for holds on wallets and payouts.';
COMMENT ON COLUMN marketplace.hold_alarms.order_line_id IS 'Order line; NULL where the hold is on more or on none.';
COMMENT ON COLUMN marketplace.hold_alarms.allocation_id IS 'The share of a capture; NULL for hold_max_days.';
COMMENT ON COLUMN marketplace.hold_alarms.hold_id IS 'The hold; NULL for psp_max_hold.';
COMMENT ON COLUMN marketplace.hold_alarms.seller_id IS 'Seller of the line or wallet; NULL where there are several.';
COMMENT ON COLUMN marketplace.hold_alarms.amount IS 'What is kept, in units of the currency.';
COMMENT ON COLUMN marketplace.hold_alarms.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.hold_alarms.since IS 'Since when: the capture, or the hold.';
COMMENT ON COLUMN marketplace.hold_alarms.limit_at IS 'When the time is over.';
