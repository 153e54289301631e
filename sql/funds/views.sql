CREATE OR REPLACE VIEW marketplace.policy_registry_funds (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.release_scope', 'choice(line_quantity, shipment, seller_order, order)', '"line_quantity"'::jsonb,
		'What has to be complete before escrow is released: the quantity itself, everything of the seller order that was handed over, the seller order, or the whole order', 'FD-17', true),
	('fd.release_on', 'choice(receipt, delivered, shipped, manual)', '"receipt"',
		'The fact that releases: acceptance by the buyer (or by silence), delivery, hand-over to the carrier, or escrow_release() only', 'FD-17', true),
	('fd.release_before_final', 'boolean', 'false',
		'Whether money is released before the means of payment is final', 'FD-20', true),
	('fd.service_release', 'choice(pro_rata, last)', '"pro_rata"',
		'Whether shipping, fees and services of a seller order are released in proportion to its goods, or with the last of them', 'SETTLED 9', false),
	('fd.commission_base', 'choice(goods_net, goods_and_shipping_net, gross)', '"goods_net"',
		'What a commission rate is taken of where the rule does not say', 'FD-23', true),
	('fd.commission_vat_rate', 'numeric', '20',
		'VAT on commissions in percent where the rule does not say', 'CGI 278: French standard rate', false),
	('fd.ship_on', 'choice(authorised, captured, any)', '"authorised"',
		'What has to be there before goods are handed to a carrier: the order authorised, the seller order captured, or nothing (credit terms)', 'FD §2; no default in the rule book', false);
COMMENT ON VIEW marketplace.policy_registry_funds IS 'Policy parameters of funds (funds rule book §13).';
COMMENT ON COLUMN marketplace.policy_registry_funds.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

CREATE OR REPLACE VIEW marketplace.commission_overview WITH (security_invoker = true) AS
SELECT a.marketplace_id,
	   a.id AS allocation_id,
	   a.order_id,
	   a.seller_order_id,
	   a.order_line_id,
	   a.seller_id,
	   a.capture_id,
	   marketplace.amount_value(a.amount) AS captured,
	   a.commission_rule_id,
	   a.commission_base_kind AS base_kind,
	   marketplace.amount_value(a.commission_base) AS base,
	   a.commission_rate_pct AS rate_pct,
	   marketplace.amount_value(a.commission_fixed) AS fixed,
	   marketplace.amount_value(a.commission) AS commission,
	   a.commission_vat_pct AS vat_pct,
	   marketplace.amount_value(a.commission_vat) AS vat,
	   marketplace.currency(a.amount)::text AS currency
  FROM marketplace.capture_allocations a;
COMMENT ON VIEW marketplace.commission_overview IS
'What each capture pays of each order line, and the commission frozen on it (FD-24). Earned as the money is released. Sellers see their own.';
COMMENT ON COLUMN marketplace.commission_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.commission_overview.allocation_id IS 'The share of a capture that pays the line; accounts carry this number.';
COMMENT ON COLUMN marketplace.commission_overview.order_id IS 'Order of the line.';
COMMENT ON COLUMN marketplace.commission_overview.seller_order_id IS 'Seller order of the line.';
COMMENT ON COLUMN marketplace.commission_overview.order_line_id IS 'Order line.';
COMMENT ON COLUMN marketplace.commission_overview.seller_id IS 'Seller of the line.';
COMMENT ON COLUMN marketplace.commission_overview.capture_id IS 'Capture.';
COMMENT ON COLUMN marketplace.commission_overview.captured IS 'What was captured for the line, VAT included.';
COMMENT ON COLUMN marketplace.commission_overview.commission_rule_id IS 'Rule that was in force; NULL: none.';
COMMENT ON COLUMN marketplace.commission_overview.base_kind IS 'What the rate was taken of: goods_net, goods_and_shipping_net, gross; none without a rule.';
COMMENT ON COLUMN marketplace.commission_overview.base IS 'Base of the rate.';
COMMENT ON COLUMN marketplace.commission_overview.rate_pct IS 'Rate in percent.';
COMMENT ON COLUMN marketplace.commission_overview.fixed IS 'Share of the fixed part.';
COMMENT ON COLUMN marketplace.commission_overview.commission IS 'Commission excluding VAT.';
COMMENT ON COLUMN marketplace.commission_overview.vat_pct IS 'VAT rate on it in percent.';
COMMENT ON COLUMN marketplace.commission_overview.vat IS 'VAT on it.';
COMMENT ON COLUMN marketplace.commission_overview.currency IS 'Currency code (ISO 4217).';

CREATE OR REPLACE VIEW marketplace.payout_overview WITH (security_invoker = true) AS
SELECT p.marketplace_id,
	   p.id AS payout_id,
	   p.batch_id,
	   p.seller_id,
	   p.bank_account_id,
	   p.state::text AS state,
	   marketplace.amount_value(p.amount) AS amount,
	   marketplace.currency(p.amount)::text AS currency,
	   p.execution_date,
	   p.created_at,
	   p.sent_at,
	   p.ended_at
  FROM marketplace.payouts p;
COMMENT ON VIEW marketplace.payout_overview IS
'Payouts and their states. Sellers see their own.';
COMMENT ON COLUMN marketplace.payout_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payout_overview.payout_id IS 'Number of the payout.';
COMMENT ON COLUMN marketplace.payout_overview.batch_id IS 'Run that made it.';
COMMENT ON COLUMN marketplace.payout_overview.seller_id IS 'Seller that is paid.';
COMMENT ON COLUMN marketplace.payout_overview.bank_account_id IS 'Bank account of the seller.';
COMMENT ON COLUMN marketplace.payout_overview.state IS 'See marketplace.lifecycle, machine payout.';
COMMENT ON COLUMN marketplace.payout_overview.amount IS 'What is paid.';
COMMENT ON COLUMN marketplace.payout_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.payout_overview.execution_date IS 'Day on which the bank is asked to execute it.';
COMMENT ON COLUMN marketplace.payout_overview.created_at IS 'When it was frozen.';
COMMENT ON COLUMN marketplace.payout_overview.sent_at IS 'When it was handed to the PSP; NULL before.';
COMMENT ON COLUMN marketplace.payout_overview.ended_at IS 'When it was paid, rejected, cancelled or dropped; NULL before.';

CREATE OR REPLACE VIEW marketplace.seller_balance WITH (security_invoker = true) AS
SELECT b.marketplace_id,
	   b.party_id AS seller_id,
	   b.currency::text AS currency,
	   SUM(CASE b.kind WHEN 'c_escrow' THEN b.value ELSE 0 END) AS escrow,
	   SUM(CASE b.kind WHEN 'c_seller_pending' THEN b.value ELSE 0 END) AS pending,
	   SUM(CASE b.kind WHEN 'c_seller' THEN b.value ELSE 0 END) AS available,
	   SUM(CASE b.kind WHEN 'c_reserve' THEN b.value ELSE 0 END) AS reserve,
	   SUM(CASE b.kind WHEN 'c_payout_clearing' THEN b.value ELSE 0 END) AS in_payout,
	   SUM(CASE b.kind WHEN 'c_commission' THEN b.value ELSE 0 END) AS commission
  FROM (SELECT r.marketplace_id,
			   r.party_id,
			   r.currency,
			   r.kind,
			   marketplace.amount_value(marketplace.sum(r.balance)) AS value
		  FROM marketplace.account_balance_rows r
		 WHERE r.kind IN ('c_escrow', 'c_seller_pending', 'c_seller', 'c_reserve', 'c_payout_clearing', 'c_commission')
		 GROUP BY r.marketplace_id, r.party_id, r.currency, r.kind) b
 GROUP BY b.marketplace_id, b.party_id, b.currency;
COMMENT ON VIEW marketplace.seller_balance IS
'What each seller has where, per currency, now: read from the ledger. Sellers see their own.';
COMMENT ON COLUMN marketplace.seller_balance.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.seller_balance.seller_id IS 'Seller.';
COMMENT ON COLUMN marketplace.seller_balance.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.seller_balance.escrow IS 'Paid by buyers for its lines, not released, commission included.';
COMMENT ON COLUMN marketplace.seller_balance.pending IS 'Released, maturing.';
COMMENT ON COLUMN marketplace.seller_balance.available IS 'Released: what the next payout run takes.';
COMMENT ON COLUMN marketplace.seller_balance.reserve IS 'Held as reserve.';
COMMENT ON COLUMN marketplace.seller_balance.in_payout IS 'In payouts that are not confirmed.';
COMMENT ON COLUMN marketplace.seller_balance.commission IS 'Commission and its VAT carved out of releases and not swept.';

CREATE OR REPLACE VIEW marketplace.payout_forecast WITH (security_invoker = true) AS
SELECT b.marketplace_id,
	   b.seller_id,
	   b.currency,
	   b.available,
	   b.in_payout,
	   b.escrow AS expected
  FROM marketplace.seller_balance b
 WHERE b.available <> 0
	OR b.in_payout <> 0
	OR b.escrow <> 0;
COMMENT ON VIEW marketplace.payout_forecast IS
'What sellers will be paid: now available, on its way, and still in escrow (commission included, due once accepted). Sellers see their own.';
COMMENT ON COLUMN marketplace.payout_forecast.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payout_forecast.seller_id IS 'Seller.';
COMMENT ON COLUMN marketplace.payout_forecast.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.payout_forecast.available IS 'What the next payout run takes, if it is not less than the minimum and a bank account is verified.';
COMMENT ON COLUMN marketplace.payout_forecast.in_payout IS 'In payouts that are not confirmed.';
COMMENT ON COLUMN marketplace.payout_forecast.expected IS 'In escrow: becomes available, less commission, as buyers accept.';

CREATE OR REPLACE VIEW marketplace.funds_location_now WITH (security_invoker = true) AS
SELECT l.marketplace_id,
	   l.order_id,
	   l.order_line_id,
	   l.seller_id,
	   l.location,
	   marketplace.amount_value(marketplace.sum(l.amount)) AS value,
	   l.currency
  FROM (SELECT a.marketplace_id,
			   a.order_id,
			   a.order_line_id,
			   a.seller_id,
			   CASE b.kind WHEN 'c_escrow' THEN 'escrow' WHEN 'c_seller_pending' THEN 'seller_pending' WHEN 'c_seller' THEN 'seller_available'
					WHEN 'c_reserve' THEN 'reserve' WHEN 'c_commission' THEN 'commission' WHEN 'c_due_to_own' THEN 'due_to_own'
					ELSE 'buyer_wallet' END AS location,
			   b.balance AS amount,
			   b.currency::text AS currency
		  FROM marketplace.capture_allocations a
		  JOIN marketplace.account_balance_rows b ON b.marketplace_id = a.marketplace_id AND b.party_id IN (a.seller_id, a.buyer_id)
		   AND b.order_line_id = a.order_line_id AND b.allocation_id = a.id
		 WHERE b.kind IN ('c_escrow', 'c_seller_pending', 'c_seller', 'c_reserve', 'c_commission', 'c_due_to_own', 'c_buyer')
		UNION ALL
		SELECT a.marketplace_id,
			   a.order_id,
			   a.order_line_id,
			   a.seller_id,
			   CASE WHEN p.state IN ('planned', 'approved') THEN 'payout_frozen' WHEN p.state IN ('paid', 'recall_pending') THEN 'paid_out' ELSE 'payout_in_flight' END,
			   i.amount,
			   marketplace.currency(i.amount)::text
		  FROM marketplace.payout_items i
		  JOIN marketplace.payouts p ON p.marketplace_id = i.marketplace_id AND p.id = i.payout_id
		  JOIN marketplace.capture_allocations a ON a.marketplace_id = i.marketplace_id AND a.id = i.allocation_id
		 WHERE p.state NOT IN ('rejected', 'dropped', 'cancelled', 'returned')
		UNION ALL
		SELECT a.marketplace_id,
			   a.order_id,
			   a.order_line_id,
			   a.seller_id,
			   CASE WHEN r.state IN ('planned', 'awaiting_funding', 'funded') THEN 'refund_frozen' WHEN r.state = 'paid' THEN 'refunded'
					ELSE 'refund_in_flight' END,
			   i.amount,
			   marketplace.currency(i.amount)::text
		  FROM marketplace.refund_items i
		  JOIN marketplace.refunds r ON r.marketplace_id = i.marketplace_id AND r.id = i.refund_id
		  JOIN marketplace.capture_allocations a ON a.marketplace_id = i.marketplace_id AND a.id = i.allocation_id
		 WHERE r.state NOT IN ('rejected', 'bounced', 'cancelled')
		   AND NOT (r.means = 'wallet' AND r.state = 'paid')
		UNION ALL
		SELECT a.marketplace_id,
			   a.order_id,
			   a.order_line_id,
			   a.seller_id,
			   'charged_back' AS location,
			   i.amount,
			   marketplace.currency(i.amount)::text
		  FROM marketplace.chargeback_items i
		  JOIN marketplace.chargebacks c ON c.marketplace_id = i.marketplace_id AND c.id = i.chargeback_id
		  JOIN marketplace.capture_allocations a ON a.marketplace_id = i.marketplace_id AND a.id = i.allocation_id
		 WHERE c.state <> 'recovered') l
 GROUP BY l.marketplace_id, l.order_id, l.order_line_id, l.seller_id, l.location, l.currency
HAVING marketplace.sign(marketplace.sum(l.amount)) <> 0;
COMMENT ON VIEW marketplace.funds_location_now IS
'Where every captured cent is now, per order line, for reports over many orders; funds_location() answers for one order and any past instant, and says which cents others put in or took out. Sellers see their lines; refunds and chargebacks are seen by operators and auditors.';
COMMENT ON COLUMN marketplace.funds_location_now.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.funds_location_now.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.funds_location_now.order_line_id IS 'Order line.';
COMMENT ON COLUMN marketplace.funds_location_now.seller_id IS 'Seller of the line.';
COMMENT ON COLUMN marketplace.funds_location_now.location IS 'As funds_location() names it (FD-43).';
COMMENT ON COLUMN marketplace.funds_location_now.value IS 'How much is there, in units of the currency.';
COMMENT ON COLUMN marketplace.funds_location_now.currency IS 'Currency code (ISO 4217).';
