CREATE OR REPLACE VIEW marketplace.lifecycle_funds_refund WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('refund', NULL, 'plan', 'planned', ARRAY['operator', 'seller', 'buyer', 'system'], 'Decided; its money is brought together. FD-P14.'),
	('refund', 'planned', 'fund', 'funded', ARRAY['operator', 'system'], 'All of its money is frozen and in the client account.'),
	('refund', 'planned', 'short', 'awaiting_funding', ARRAY['operator', 'system'], 'The seller has too little and nobody advances the rest. FD-72.'),
	('refund', 'awaiting_funding', 'fund', 'funded', ARRAY['operator', 'system'], 'What it lacked has been found.'),
	('refund', 'planned', 'cancel', 'cancelled', ARRAY['operator', 'system'], 'Given up before it was funded; what was frozen is kept for the buyer.'),
	('refund', 'awaiting_funding', 'cancel', 'cancelled', ARRAY['operator', 'system'], 'Given up before it was funded; what was frozen is kept for the buyer.'),
	('refund', 'funded', 'cancel', 'cancelled', ARRAY['operator', 'system'], 'Taken back before it was sent; the money is kept for the buyer.'),
	('refund', 'funded', 'credit', 'paid', ARRAY['operator', 'system'], 'Credited to the buyer with the platform.'),
	('refund', 'funded', 'send', 'sent', ARRAY['operator', 'system'], 'Handed to the PSP with its idempotency key. FD-80.'),
	('refund', 'sent', 'lose_track', 'unknown', ARRAY['operator', 'system'], 'No answer: it may have been executed; nothing like it is sent.'),
	('refund', 'accepted', 'lose_track', 'unknown', ARRAY['operator', 'system'], 'No outcome: it may have been executed; nothing like it is sent.'),
	('refund', 'sent', 'acknowledge', 'accepted', ARRAY['operator', 'system'], 'The PSP has it.'),
	('refund', 'unknown', 'acknowledge', 'accepted', ARRAY['operator', 'system'], 'Evidence shows that the PSP has it.'),
	('refund', 'sent', 'confirm', 'paid', ARRAY['operator', 'system'], 'Executed. FD-P15.'),
	('refund', 'accepted', 'confirm', 'paid', ARRAY['operator', 'system'], 'Executed. FD-P15.'),
	('refund', 'unknown', 'confirm', 'paid', ARRAY['operator', 'system'], 'Evidence shows that it was executed. FD-P15, FD-81.'),
	('refund', 'sent', 'fail', 'rejected', ARRAY['operator', 'system'], 'Refused; the money is kept for the buyer. FD-P16.'),
	('refund', 'accepted', 'fail', 'rejected', ARRAY['operator', 'system'], 'Refused; the money is kept for the buyer. FD-P16.'),
	('refund', 'unknown', 'fail', 'rejected', ARRAY['operator', 'system'], 'Evidence shows that it was not executed. FD-P16, FD-81.'),
	('refund', 'paid', 'bounce', 'bounced', ARRAY['operator', 'system'], 'It came back from the bank; the money is kept for the buyer. FD-P16.'),
	('own_transfer', NULL, 'plan', 'planned', ARRAY['operator', 'system', 'seller'], 'A refund needs own money.'),
	('own_transfer', 'planned', 'cancel', 'cancelled', ARRAY['operator', 'system'], 'Taken back before it was sent.'),
	('own_transfer', 'planned', 'send', 'sent', ARRAY['operator', 'system'], 'Handed to the bank.'),
	('own_transfer', 'sent', 'lose_track', 'unknown', ARRAY['operator', 'system'], 'No answer: it may have been executed.'),
	('own_transfer', 'accepted', 'lose_track', 'unknown', ARRAY['operator', 'system'], 'No outcome: it may have been executed.'),
	('own_transfer', 'sent', 'acknowledge', 'accepted', ARRAY['operator', 'system'], 'The bank has it.'),
	('own_transfer', 'unknown', 'acknowledge', 'accepted', ARRAY['operator', 'system'], 'Evidence shows that the bank has it.'),
	('own_transfer', 'sent', 'confirm', 'confirmed', ARRAY['operator', 'system'], 'The money is in the client account. FD-P04.'),
	('own_transfer', 'accepted', 'confirm', 'confirmed', ARRAY['operator', 'system'], 'The money is in the client account. FD-P04.'),
	('own_transfer', 'unknown', 'confirm', 'confirmed', ARRAY['operator', 'system'], 'Evidence shows that the money is in the client account. FD-P04.'),
	('own_transfer', 'sent', 'fail', 'failed', ARRAY['operator', 'system'], 'Refused.'),
	('own_transfer', 'accepted', 'fail', 'failed', ARRAY['operator', 'system'], 'Refused.'),
	('own_transfer', 'unknown', 'fail', 'failed', ARRAY['operator', 'system'], 'Evidence shows that it was not executed.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_funds_refund IS 'State machines of refunds and of transfers of own money (funds rule book §8).';
COMMENT ON COLUMN marketplace.lifecycle_funds_refund.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_funds_refund.from_state IS 'State before; NULL for creation.';
COMMENT ON COLUMN marketplace.lifecycle_funds_refund.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_funds_refund.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_funds_refund.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_funds_refund.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.policy_registry_funds_refund (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.commission_on_refund', 'choice(full, pro_rata, retained)', '"pro_rata"'::jsonb,
		'What becomes of the commission when released money is taken back; frozen on the capture. full: all of it, now and later; retained: none, the seller pays', 'FD-29', true),
	('fd.waterfall', 'json', '["commission", "seller_available", "seller_pending", "payout_planned", "seller_reserve", "platform_advance"]',
		'Sources of a refund whose money was released, in order; one that is left out is not used', 'CX-32 … CX-36', false),
	('fd.advance_limit', 'numeric', 'null',
		'Most that a seller may owe in all before the platform advances no more, in units of the currency; null: no limit', 'FD-72', true),
	('fd.refund_waits_for_transfer', 'boolean', 'true',
		'A refund that takes own money is handed to the PSP only when that money is in the client account', 'FD-66, CX-43', true);
COMMENT ON VIEW marketplace.policy_registry_funds_refund IS 'Policy parameters of refunds (funds rule book §13).';
COMMENT ON COLUMN marketplace.policy_registry_funds_refund.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds_refund.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds_refund.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds_refund.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds_refund.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds_refund.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

CREATE OR REPLACE VIEW marketplace.refund_overview WITH (security_invoker = true) AS
SELECT r.marketplace_id,
	   r.id AS refund_id,
	   r.order_id,
	   r.payment_id,
	   r.buyer_id,
	   r.state::text AS state,
	   marketplace.amount_value(r.amount) AS amount,
	   marketplace.currency(r.amount)::text AS currency,
	   r.reason,
	   r.created_at,
	   r.sent_at,
	   r.ended_at,
	   r.means,
	   r.decision_id
  FROM marketplace.refunds r;
COMMENT ON VIEW marketplace.refund_overview IS
'Refunds and their states. Buyers see their own.';
COMMENT ON COLUMN marketplace.refund_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.refund_overview.refund_id IS 'Number of the refund.';
COMMENT ON COLUMN marketplace.refund_overview.order_id IS 'Order that it belongs to.';
COMMENT ON COLUMN marketplace.refund_overview.payment_id IS 'Payment that it goes back to; NULL unless it goes back to the original means.';
COMMENT ON COLUMN marketplace.refund_overview.buyer_id IS 'Buyer who gets it.';
COMMENT ON COLUMN marketplace.refund_overview.state IS 'See marketplace.lifecycle, machine refund.';
COMMENT ON COLUMN marketplace.refund_overview.amount IS 'What is refunded.';
COMMENT ON COLUMN marketplace.refund_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.refund_overview.reason IS 'Why.';
COMMENT ON COLUMN marketplace.refund_overview.created_at IS 'When it was decided.';
COMMENT ON COLUMN marketplace.refund_overview.sent_at IS 'When it was handed to the PSP; NULL before.';
COMMENT ON COLUMN marketplace.refund_overview.ended_at IS 'When it was paid, rejected or cancelled; NULL before.';
COMMENT ON COLUMN marketplace.refund_overview.means IS 'original, wallet or transfer.';
COMMENT ON COLUMN marketplace.refund_overview.decision_id IS 'Decision that it carries out.';

CREATE OR REPLACE VIEW marketplace.refund_register WITH (security_invoker = true) AS
SELECT r.marketplace_id,
	   r.decision_id,
	   r.id AS refund_id,
	   r.order_id,
	   r.buyer_id,
	   d.door,
	   r.means,
	   r.payment_id,
	   r.bank_account_id,
	   r.retry_of,
	   r.state::text AS state,
	   marketplace.amount_value(r.amount) AS amount,
	   COALESCE(i.value, 0 * marketplace.amount_value(r.amount)) AS funded,
	   COALESCE(s.value, 0 * marketplace.amount_value(r.amount)) AS short,
	   marketplace.currency(r.amount)::text AS currency,
	   CASE WHEN r.state = 'awaiting_funding' AND s.value > 0 THEN 'the seller has too little and the platform advances no more'
			WHEN r.state IN ('planned', 'awaiting_funding') THEN 'own money is not in the client account yet'
			WHEN r.state = 'unknown' THEN 'the PSP has not answered'
			WHEN r.state IN ('rejected', 'bounced', 'cancelled') AND a.id IS NULL THEN 'kept for the buyer: send it again'
	   END AS obstacle,
	   CASE WHEN r.state IN ('planned', 'awaiting_funding', 'rejected', 'bounced', 'cancelled') AND a.id IS NULL THEN 'operator'
			WHEN r.state IN ('funded', 'sent', 'accepted', 'unknown') THEN 'psp'
	   END AS next_by,
	   r.reason,
	   d.actor,
	   r.created_at,
	   r.sent_at,
	   r.ended_at,
	   marketplace.clock() - r.created_at AS age
  FROM marketplace.refunds r
  JOIN marketplace.refund_decisions d ON d.marketplace_id = r.marketplace_id AND d.id = r.decision_id
  LEFT JOIN marketplace.refunds a ON a.marketplace_id = r.marketplace_id AND a.decision_id = r.decision_id AND a.retry_of = r.id
   AND a.state NOT IN ('rejected', 'bounced', 'cancelled')
 CROSS JOIN LATERAL (
	SELECT marketplace.amount_value(marketplace.sum(i.amount)) AS value
	  FROM marketplace.refund_items i
	 WHERE i.marketplace_id = r.marketplace_id
	   AND i.refund_id = r.id) i
 CROSS JOIN LATERAL (
	SELECT marketplace.amount_value(marketplace.sum(s.left_amount)) AS value
	  FROM marketplace.refund_shortfalls s
	 WHERE s.marketplace_id = r.marketplace_id
	   AND s.refund_id = r.id) s;
COMMENT ON VIEW marketplace.refund_register IS
'All refunds with their door, what is funded and what lacks, what they wait for and who has to act, and their age (CX-62). Buyers see their own.';
COMMENT ON COLUMN marketplace.refund_register.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.refund_register.decision_id IS 'Decision that it carries out: what refund_create() returned.';
COMMENT ON COLUMN marketplace.refund_register.refund_id IS 'Number of the refund.';
COMMENT ON COLUMN marketplace.refund_register.order_id IS 'Order that it belongs to.';
COMMENT ON COLUMN marketplace.refund_register.buyer_id IS 'Buyer who gets it.';
COMMENT ON COLUMN marketplace.refund_register.door IS 'cancellation, return, dispute or goodwill.';
COMMENT ON COLUMN marketplace.refund_register.means IS 'original, wallet or transfer.';
COMMENT ON COLUMN marketplace.refund_register.payment_id IS 'Payment that it goes back to; NULL unless original.';
COMMENT ON COLUMN marketplace.refund_register.bank_account_id IS 'Bank account that it goes to; NULL unless transfer.';
COMMENT ON COLUMN marketplace.refund_register.retry_of IS 'Refund that failed and is sent again; NULL: none.';
COMMENT ON COLUMN marketplace.refund_register.state IS 'See marketplace.lifecycle, machine refund.';
COMMENT ON COLUMN marketplace.refund_register.amount IS 'What is refunded.';
COMMENT ON COLUMN marketplace.refund_register.funded IS 'What of it is frozen for it.';
COMMENT ON COLUMN marketplace.refund_register.short IS 'What of it nobody has funded yet.';
COMMENT ON COLUMN marketplace.refund_register.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.refund_register.obstacle IS 'What it waits for; NULL: nothing.';
COMMENT ON COLUMN marketplace.refund_register.next_by IS 'Who has to act: operator or psp; NULL: nobody.';
COMMENT ON COLUMN marketplace.refund_register.reason IS 'Why it was decided.';
COMMENT ON COLUMN marketplace.refund_register.actor IS 'Who decided it.';
COMMENT ON COLUMN marketplace.refund_register.created_at IS 'When it was decided.';
COMMENT ON COLUMN marketplace.refund_register.sent_at IS 'When it was handed to the PSP; NULL before.';
COMMENT ON COLUMN marketplace.refund_register.ended_at IS 'When it was paid, rejected or cancelled; NULL before.';
COMMENT ON COLUMN marketplace.refund_register.age IS 'How long ago it was decided.';

CREATE OR REPLACE VIEW marketplace.refund_step_overview WITH (security_invoker = true) AS
SELECT s.marketplace_id,
	   s.decision_id,
	   d.order_id,
	   s.step,
	   s.kind,
	   s.rule,
	   s.source::text AS source,
	   s.order_line_id,
	   s.allocation_id,
	   s.seller_id,
	   s.from_order_line_id,
	   s.payout_id,
	   marketplace.amount_value(s.amount) AS value,
	   marketplace.currency(s.amount)::text AS currency,
	   s.bearer,
	   s.created_at
  FROM marketplace.refund_steps s
  LEFT JOIN marketplace.refund_decisions d ON d.marketplace_id = s.marketplace_id AND d.id = s.decision_id;
COMMENT ON VIEW marketplace.refund_step_overview IS
'How refunds were funded, step by step: what refund_plan() showed before. Sellers see what was taken from them.';
COMMENT ON COLUMN marketplace.refund_step_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.refund_step_overview.decision_id IS 'The decision.';
COMMENT ON COLUMN marketplace.refund_step_overview.order_id IS 'Its order; NULL where it is not seen.';
COMMENT ON COLUMN marketplace.refund_step_overview.step IS 'Place in the plan.';
COMMENT ON COLUMN marketplace.refund_step_overview.kind IS 'As of refund_plan().';
COMMENT ON COLUMN marketplace.refund_step_overview.rule IS 'Posting rule.';
COMMENT ON COLUMN marketplace.refund_step_overview.source IS 'Kind of the account that it came from.';
COMMENT ON COLUMN marketplace.refund_step_overview.order_line_id IS 'Order line that is paid back.';
COMMENT ON COLUMN marketplace.refund_step_overview.allocation_id IS 'Its capture allocation.';
COMMENT ON COLUMN marketplace.refund_step_overview.seller_id IS 'Seller of the line.';
COMMENT ON COLUMN marketplace.refund_step_overview.from_order_line_id IS 'Order line whose cents were used; NULL: own money, or of no line.';
COMMENT ON COLUMN marketplace.refund_step_overview.payout_id IS 'Payout that was dropped for it.';
COMMENT ON COLUMN marketplace.refund_step_overview.value IS 'How much, in units of the currency.';
COMMENT ON COLUMN marketplace.refund_step_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.refund_step_overview.bearer IS 'Who bears it.';
COMMENT ON COLUMN marketplace.refund_step_overview.created_at IS 'When it was posted.';

CREATE OR REPLACE VIEW marketplace.commission_reversal_overview WITH (security_invoker = true) AS
SELECT v.marketplace_id,
	   v.id AS reversal_id,
	   v.allocation_id,
	   a.order_id,
	   a.order_line_id,
	   a.seller_id,
	   a.capture_id,
	   v.decision_id,
	   v.how,
	   a.commission_rate_pct AS rate_pct,
	   marketplace.amount_value(v.base) AS base,
	   marketplace.amount_value(v.net) AS net,
	   marketplace.amount_value(v.vat) AS vat,
	   marketplace.currency(v.base)::text AS currency,
	   v.created_at
  FROM marketplace.commission_reversals v
  JOIN marketplace.capture_allocations a ON a.marketplace_id = v.marketplace_id AND a.id = v.allocation_id;
COMMENT ON VIEW marketplace.commission_reversal_overview IS
'Commission given back, each with the accrual that it reverses and its rate (FD-26). Sellers see their own.';
COMMENT ON COLUMN marketplace.commission_reversal_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.commission_reversal_overview.reversal_id IS 'Number of the reversal.';
COMMENT ON COLUMN marketplace.commission_reversal_overview.allocation_id IS 'Capture allocation on which the commission was frozen: the accrual.';
COMMENT ON COLUMN marketplace.commission_reversal_overview.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.commission_reversal_overview.order_line_id IS 'Order line.';
COMMENT ON COLUMN marketplace.commission_reversal_overview.seller_id IS 'Seller.';
COMMENT ON COLUMN marketplace.commission_reversal_overview.capture_id IS 'Capture.';
COMMENT ON COLUMN marketplace.commission_reversal_overview.decision_id IS 'Refund decision that caused it.';
COMMENT ON COLUMN marketplace.commission_reversal_overview.how IS 'pro_rata, full or retained.';
COMMENT ON COLUMN marketplace.commission_reversal_overview.rate_pct IS 'Rate that was frozen, in percent.';
COMMENT ON COLUMN marketplace.commission_reversal_overview.base IS 'Released money that was taken back, VAT included.';
COMMENT ON COLUMN marketplace.commission_reversal_overview.net IS 'Commission reversed, excluding VAT.';
COMMENT ON COLUMN marketplace.commission_reversal_overview.vat IS 'VAT on it.';
COMMENT ON COLUMN marketplace.commission_reversal_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.commission_reversal_overview.created_at IS 'When.';

CREATE OR REPLACE VIEW marketplace.own_transfer_overview WITH (security_invoker = true) AS
SELECT o.marketplace_id,
	   o.id AS own_transfer_id,
	   o.decision_id,
	   o.order_id,
	   o.state::text AS state,
	   marketplace.amount_value(o.amount) AS amount,
	   marketplace.currency(o.amount)::text AS currency,
	   o.created_at,
	   o.ended_at
  FROM marketplace.own_transfers o;
COMMENT ON VIEW marketplace.own_transfer_overview IS
'Own money that refunds need in the client account (FD-P04). Operators and auditors.';
COMMENT ON COLUMN marketplace.own_transfer_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.own_transfer_overview.own_transfer_id IS 'Number of the transfer.';
COMMENT ON COLUMN marketplace.own_transfer_overview.decision_id IS 'Refund decision that it funds.';
COMMENT ON COLUMN marketplace.own_transfer_overview.order_id IS 'Order of the decision.';
COMMENT ON COLUMN marketplace.own_transfer_overview.state IS 'See marketplace.lifecycle, machine own_transfer.';
COMMENT ON COLUMN marketplace.own_transfer_overview.amount IS 'What is transferred.';
COMMENT ON COLUMN marketplace.own_transfer_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.own_transfer_overview.created_at IS 'When it was decided.';
COMMENT ON COLUMN marketplace.own_transfer_overview.ended_at IS 'When it was confirmed, failed or cancelled; NULL before.';
