CREATE OR REPLACE VIEW marketplace.lifecycle_logistics_claim (machine, from_state, event, to_state, capacities, description) WITH (security_invoker = true) AS
SELECT *
FROM (VALUES
	('carrier_claim', NULL, 'open', 'draft', ARRAY['operator', 'seller', 'buyer', 'system'], 'The claimant gathers what it needs; the clocks run.'),
	('carrier_claim', 'draft', 'file', 'filed', ARRAY['operator', 'seller', 'buyer', 'system'], 'Sent to the carrier; the amount is frozen.'),
	('carrier_claim', 'filed', 'acknowledge', 'acknowledged', ARRAY['operator', 'carrier', 'system'], 'The carrier has it and examines it.'),
	('carrier_claim', 'acknowledged', 'accept', 'accepted', ARRAY['operator', 'carrier', 'system'], 'The carrier agrees to an amount.'),
	('carrier_claim', 'acknowledged', 'refuse', 'refused', ARRAY['operator', 'carrier', 'system'], 'The carrier refuses, with a reason.'),
	('carrier_claim', 'refused', 'contest', 'filed', ARRAY['operator', 'seller', 'buyer', 'system'], 'The claimant does not accept the refusal.'),
	('carrier_claim', 'refused', 'give_up', 'refused_final', ARRAY['operator', 'seller', 'buyer', 'system'], 'The claimant accepts the refusal.'),
	('carrier_claim', 'accepted', 'pay', 'paid', ARRAY['operator', 'seller', 'buyer', 'system'], 'The carrier has paid.'),
	('carrier_claim', 'draft', 'bar', 'time_barred', ARRAY['operator', 'system'], 'Not filed by claim_by.'),
	('carrier_claim', 'filed', 'bar', 'time_barred', ARRAY['operator', 'system'], 'Not acknowledged by claim_by.'),
	('carrier_claim', 'draft', 'abandon', 'abandoned', ARRAY['operator', 'seller', 'buyer', 'system'], 'Withdrawn; the goods are free for another claim.'),
	('carrier_claim', 'filed', 'abandon', 'abandoned', ARRAY['operator', 'seller', 'buyer', 'system'], 'Withdrawn; the goods are free for another claim.'),
	('carrier_claim', 'acknowledged', 'abandon', 'abandoned', ARRAY['operator', 'seller', 'buyer', 'system'], 'Withdrawn; the goods are free for another claim.'),
	('carrier_claim', 'refused', 'abandon', 'abandoned', ARRAY['operator', 'seller', 'buyer', 'system'], 'Withdrawn; the goods are free for another claim.'),
	('carrier_claim', 'accepted', 'abandon', 'abandoned', ARRAY['operator', 'seller', 'buyer', 'system'], 'Withdrawn, such as when the goods were found.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_logistics_claim IS 'State machine carrier_claim (logistics rule book §8).';
COMMENT ON COLUMN marketplace.lifecycle_logistics_claim.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_claim.from_state IS 'State before; null for creation.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_claim.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_claim.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_claim.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_logistics_claim.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.policy_registry_logistics_claim (name, value_type, default_value, description, source, verified) WITH (security_invoker = true) AS
VALUES
	('lg.delay_cap', 'choice(freight, none)', '"freight"'::jsonb, 'Most that a carrier owes for delay: the freight of the shipment, or no limit', 'LG-46', false);
COMMENT ON VIEW marketplace.policy_registry_logistics_claim IS 'Policy parameters of claims against carriers.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_claim.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_claim.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_claim.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_claim.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_claim.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_logistics_claim.verified IS 'True when the default was confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.incoterm_rules (incoterm, passes_at, passes_when, claimant, insured_by, source) WITH (security_invoker = true) AS
VALUES
	('EXW', 'ready', 'the goods are ready at the seller''s premises', 'buyer', NULL, 'Incoterms 2020, LG §7'),
	('FCA', 'handed_over', 'they are handed over to the first carrier', 'buyer', NULL, 'Incoterms 2020, LG §7'),
	('CPT', 'handed_over', 'they are handed over to the first carrier', 'buyer', NULL, 'Incoterms 2020, LG §7'),
	('CIP', 'handed_over', 'they are handed over to the first carrier', 'buyer', 'seller, ICC A', 'Incoterms 2020, LG §7'),
	('FAS', 'alongside', 'they are alongside the ship at the port of loading', 'buyer', NULL, 'Incoterms 2020, LG §7'),
	('FOB', 'on_board', 'they are on board at the port of loading', 'buyer', NULL, 'Incoterms 2020, LG §7'),
	('CFR', 'on_board', 'they are on board at the port of loading', 'buyer', NULL, 'Incoterms 2020, LG §7'),
	('CIF', 'on_board', 'they are on board at the port of loading', 'buyer', 'seller, minimum cover', 'Incoterms 2020, LG §7'),
	('DAP', 'arrived', 'they have arrived, ready for unloading', 'seller', NULL, 'Incoterms 2020, LG §7'),
	('DDP', 'arrived', 'they have arrived, ready for unloading', 'seller', NULL, 'Incoterms 2020, LG §7'),
	('DPU', 'unloaded', 'they are unloaded', 'seller', NULL, 'Incoterms 2020, LG §7');
COMMENT ON VIEW marketplace.incoterm_rules IS 'When the risk passes from seller to buyer, and who claims on the carrier (LG §7).';
COMMENT ON COLUMN marketplace.incoterm_rules.incoterm IS 'The term.';
COMMENT ON COLUMN marketplace.incoterm_rules.passes_at IS 'Fact at which the risk passes: ready, handed_over, alongside, on_board, arrived, unloaded.';
COMMENT ON COLUMN marketplace.incoterm_rules.passes_when IS 'The same in words.';
COMMENT ON COLUMN marketplace.incoterm_rules.claimant IS 'Who claims on the carrier unless something else is agreed.';
COMMENT ON COLUMN marketplace.incoterm_rules.insured_by IS 'Who has to insure the goods for the other, and how.';
COMMENT ON COLUMN marketplace.incoterm_rules.source IS 'Where it is written.';

CREATE OR REPLACE VIEW marketplace.parcel_risks WITH (security_invoker = true) AS
SELECT s.marketplace_id, s.order_id, s.seller_order_id, s.seller_id, s.buyer_id, s.id AS shipment_id, p.id AS parcel_id, i.incoterm, i.passes_at,
	i.passes_when, i.claimant, s.handed_over_at, COALESCE(p.delivered_at, p.received_at) AS arrived_at, LEAST(f.occurred_at, d.at) AS passed_at,
	CASE WHEN f.occurred_at IS NOT NULL AND f.occurred_at <= COALESCE(d.at, 'infinity') THEN i.passes_at
		WHEN d.at IS NOT NULL THEN CASE WHEN i.passes_at IN ('ready', 'handed_over') THEN 'handed_over' ELSE 'delivered' END END AS passed_by
FROM marketplace.shipments s
JOIN marketplace.seller_orders o ON o.marketplace_id = s.marketplace_id AND o.id = s.seller_order_id
JOIN marketplace.incoterm_rules i ON i.incoterm = o.incoterm
JOIN marketplace.parcels p ON p.marketplace_id = s.marketplace_id AND p.shipment_id = s.id
LEFT JOIN LATERAL (
	SELECT f.occurred_at
	FROM marketplace.risk_facts f
	WHERE f.marketplace_id = s.marketplace_id AND f.shipment_id = s.id AND f.fact = i.passes_at
	ORDER BY f.id DESC
	LIMIT 1) f ON true
CROSS JOIN LATERAL (
	SELECT CASE WHEN i.passes_at IN ('ready', 'handed_over') THEN s.handed_over_at ELSE COALESCE(p.delivered_at, p.received_at) END AS at) d
WHERE s.direction = 'outbound' AND s.state <> 'voided';
COMMENT ON VIEW marketplace.parcel_risks IS
'When the risk of each parcel passed from seller to buyer: at the fact that its Incoterm names (risk_facts), at the latest at the next one that proves it: the hand-over, or the delivery (LG-39).';
COMMENT ON COLUMN marketplace.parcel_risks.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.parcel_risks.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.parcel_risks.seller_order_id IS 'The seller''s part of it.';
COMMENT ON COLUMN marketplace.parcel_risks.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.parcel_risks.buyer_id IS 'The buyer.';
COMMENT ON COLUMN marketplace.parcel_risks.shipment_id IS 'The shipment.';
COMMENT ON COLUMN marketplace.parcel_risks.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.parcel_risks.incoterm IS 'The Incoterm, frozen on the seller order.';
COMMENT ON COLUMN marketplace.parcel_risks.passes_at IS 'Fact at which it passes the risk.';
COMMENT ON COLUMN marketplace.parcel_risks.passes_when IS 'The same in words.';
COMMENT ON COLUMN marketplace.parcel_risks.claimant IS 'Who claims on the carrier.';
COMMENT ON COLUMN marketplace.parcel_risks.handed_over_at IS 'When the carrier took it.';
COMMENT ON COLUMN marketplace.parcel_risks.arrived_at IS 'When it arrived, by the carrier or the buyer.';
COMMENT ON COLUMN marketplace.parcel_risks.passed_at IS 'When the risk passed to the buyer; NULL: it is the seller''s.';
COMMENT ON COLUMN marketplace.parcel_risks.passed_by IS 'By which fact: that of the term, or the one that proves it.';

CREATE OR REPLACE VIEW marketplace.carriage_objections WITH (security_invoker = true) AS
SELECT marketplace_id, parcel_id, order_line_id, kind, sum(quantity) AS quantity, min(stated_at) AS since
FROM (
	SELECT o.marketplace_id, o.parcel_id, o.order_line_id, CASE o.kind WHEN 'damaged' THEN 'damage' WHEN 'missing' THEN 'missing' ELSE 'loss' END AS kind, o.stated_at,
		o.quantity - COALESCE((SELECT sum(d.quantity)
			FROM marketplace.receipt_decisions d
			WHERE d.marketplace_id = o.marketplace_id AND d.objection_id = o.id AND d.decision IN ('withdrawn', 'unfounded', 'overtaken')), 0) AS quantity
	FROM marketplace.receipt_objections o
	WHERE o.kind IN ('damaged', 'missing', 'not_received')) o
WHERE quantity > 0
GROUP BY marketplace_id, parcel_id, order_line_id, kind;
COMMENT ON VIEW marketplace.carriage_objections IS
'What buyers object to and a carrier may have to answer for, less what was withdrawn, unfounded or overtaken.';
COMMENT ON COLUMN marketplace.carriage_objections.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.carriage_objections.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.carriage_objections.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.carriage_objections.kind IS 'damage, missing, or loss: not received at all.';
COMMENT ON COLUMN marketplace.carriage_objections.quantity IS 'How much, in the unit of the line.';
COMMENT ON COLUMN marketplace.carriage_objections.since IS 'As of when the buyer first said it.';

CREATE OR REPLACE VIEW marketplace.carriage_losses WITH (security_invoker = true) AS
SELECT c.marketplace_id, r.order_id, r.seller_order_id, r.seller_id, r.buyer_id, r.shipment_id, c.parcel_id, c.order_line_id, k.kind, k.quantity, k.since,
	COALESCE((SELECT sum(i.quantity)
		FROM marketplace.carrier_claim_items i
		JOIN marketplace.carrier_claims q ON q.marketplace_id = i.marketplace_id AND q.id = i.claim_id
		WHERE i.marketplace_id = c.marketplace_id AND i.parcel_id = c.parcel_id AND i.order_line_id = c.order_line_id
		  AND q.kind = k.kind AND q.state <> 'abandoned'), 0) AS claimed,
	r.incoterm, r.claimant,
	CASE WHEN k.kind = 'delay' THEN r.claimant
		WHEN c.position = 'lost' AND k.kind = 'loss' THEN CASE WHEN r.passed_at <= k.since THEN 'buyer' ELSE 'seller' END
		ELSE CASE WHEN r.passed_at < r.arrived_at THEN 'buyer' ELSE 'seller' END END AS borne_by,
	s.regime, s.deliver_by, r.handed_over_at, r.arrived_at
FROM marketplace.parcel_contents c
JOIN marketplace.parcel_risks r ON r.marketplace_id = c.marketplace_id AND r.parcel_id = c.parcel_id
JOIN marketplace.shipment_promises s ON s.marketplace_id = c.marketplace_id AND s.shipment_id = c.shipment_id
CROSS JOIN LATERAL (
	SELECT 'loss' AS kind, c.quantity, m.occurred_at AS since
	FROM marketplace.quantity_movements m
	WHERE c.position = 'lost' AND m.marketplace_id = c.marketplace_id AND m.id = c.movement_id
	UNION ALL
	SELECT j.kind, j.quantity, j.since
	FROM marketplace.carriage_objections j
	WHERE j.marketplace_id = c.marketplace_id AND j.parcel_id = c.parcel_id AND j.order_line_id = c.order_line_id
	  AND c.position = 'delivered'
	UNION ALL
	SELECT 'delay', c.quantity, s.deliver_by
	WHERE c.position IN ('in_transit', 'delivered') AND COALESCE(r.arrived_at, marketplace.clock()) > s.deliver_by) k;
COMMENT ON VIEW marketplace.carriage_losses IS
'Goods that were lost, damaged, missing or late on their way, what of them is in claims against the carrier, and who bears it (LG-39).';
COMMENT ON COLUMN marketplace.carriage_losses.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.carriage_losses.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.carriage_losses.seller_order_id IS 'The seller''s part of it.';
COMMENT ON COLUMN marketplace.carriage_losses.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.carriage_losses.buyer_id IS 'The buyer.';
COMMENT ON COLUMN marketplace.carriage_losses.shipment_id IS 'The shipment.';
COMMENT ON COLUMN marketplace.carriage_losses.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.carriage_losses.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.carriage_losses.kind IS 'loss, damage, missing or delay.';
COMMENT ON COLUMN marketplace.carriage_losses.quantity IS 'How much, in the unit of the line.';
COMMENT ON COLUMN marketplace.carriage_losses.since IS 'When it was lost, or not received; when it was received (damage, missing); when it was due (delay).';
COMMENT ON COLUMN marketplace.carriage_losses.claimed IS 'Of it, in claims that were not abandoned.';
COMMENT ON COLUMN marketplace.carriage_losses.incoterm IS 'The Incoterm.';
COMMENT ON COLUMN marketplace.carriage_losses.claimant IS 'Who claims on the carrier by it.';
COMMENT ON COLUMN marketplace.carriage_losses.borne_by IS 'Who held the risk: of damage and missing goods, during the carriage.';
COMMENT ON COLUMN marketplace.carriage_losses.regime IS 'Carriage regime.';
COMMENT ON COLUMN marketplace.carriage_losses.deliver_by IS 'Delivery that the carrier promised.';
COMMENT ON COLUMN marketplace.carriage_losses.handed_over_at IS 'When the carrier took it.';
COMMENT ON COLUMN marketplace.carriage_losses.arrived_at IS 'When it arrived.';

CREATE OR REPLACE VIEW marketplace.carrier_claim_tasks WITH (security_invoker = true) AS
SELECT l.marketplace_id, l.order_id, l.seller_order_id, l.shipment_id, l.parcel_id, l.order_line_id, l.kind, l.quantity - l.claimed AS quantity, l.claimant AS must_act,
	CASE WHEN d.day IS NULL OR g.protest_days IS NULL THEN NULL
		WHEN g.protest_unit = 'business_days' THEN marketplace.business_day_add(g.protest_calendar, d.day, g.protest_days)
		ELSE d.day + g.protest_days END AS protest_by,
	l.kind = ANY (g.protest_forfeits) AS protest_required, l.regime, l.since
FROM marketplace.carriage_losses l
JOIN marketplace.carriage_regimes g ON g.regime = l.regime
JOIN marketplace.marketplaces m ON m.marketplace_id = l.marketplace_id
CROSS JOIN LATERAL (SELECT CASE WHEN l.kind IN ('damage', 'missing') THEN (l.since AT TIME ZONE m.time_zone)::date END AS day) d
WHERE l.kind <> 'delay' AND l.quantity > l.claimed;
COMMENT ON VIEW marketplace.carrier_claim_tasks IS
'Goods lost, damaged or missing that nobody has claimed for: who must protest to the carrier and claim, and by when (LG-44).';
COMMENT ON COLUMN marketplace.carrier_claim_tasks.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.carrier_claim_tasks.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.carrier_claim_tasks.seller_order_id IS 'The seller''s part of it.';
COMMENT ON COLUMN marketplace.carrier_claim_tasks.shipment_id IS 'The shipment.';
COMMENT ON COLUMN marketplace.carrier_claim_tasks.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.carrier_claim_tasks.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.carrier_claim_tasks.kind IS 'loss, damage or missing.';
COMMENT ON COLUMN marketplace.carrier_claim_tasks.quantity IS 'How much is not claimed.';
COMMENT ON COLUMN marketplace.carrier_claim_tasks.must_act IS 'Who claims: seller or buyer, by Incoterm.';
COMMENT ON COLUMN marketplace.carrier_claim_tasks.protest_by IS 'Last day to post a protest of what can be seen; NULL: no clock.';
COMMENT ON COLUMN marketplace.carrier_claim_tasks.protest_required IS 'Without it the claim is lost.';
COMMENT ON COLUMN marketplace.carrier_claim_tasks.regime IS 'Carriage regime.';
COMMENT ON COLUMN marketplace.carrier_claim_tasks.since IS 'When it was lost, or received.';

CREATE OR REPLACE VIEW marketplace.carrier_claim_overview WITH (security_invoker = true) AS
SELECT c.marketplace_id, c.id AS claim_id, c.order_id, c.shipment_id, c.seller_id, c.buyer_id, k.code AS carrier, c.claimant, c.kind, c.state::text AS state, c.incoterm,
	c.borne_by, c.regime, marketplace.amount_value(c.loss) AS loss, marketplace.amount_value(c.cap) AS cap, marketplace.amount_value(c.claimed) AS claimed,
	marketplace.amount_value(c.accepted) AS accepted, marketplace.amount_value(c.recovered) AS recovered,
	CASE WHEN c.closed_at IS NOT NULL AND c.state <> 'abandoned' THEN marketplace.amount_value(c.loss) - COALESCE(marketplace.amount_value(c.recovered), 0) END AS uncovered,
	marketplace.currency(c.loss)::text AS currency, c.protest_by, c.protest_at, c.forfeited, c.claim_by, c.carrier_reference, c.answer,
	CASE WHEN c.state IN ('draft', 'refused') THEN c.claimant WHEN c.state IN ('filed', 'acknowledged', 'accepted') THEN 'carrier' END AS must_act,
	CASE WHEN c.state = 'draft' AND c.protest_at IS NULL AND c.protest_by IS NOT NULL THEN c.protest_by END AS protest_due,
	c.opened_at, c.filed_at, c.answered_at, c.closed_at, c.note
FROM marketplace.carrier_claims c
JOIN marketplace.carriers k ON k.marketplace_id = c.marketplace_id AND k.id = c.carrier_id;
COMMENT ON VIEW marketplace.carrier_claim_overview IS 'Claims against carriers, with who must act next.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.carrier_claim_overview.claim_id IS 'The claim.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.shipment_id IS 'The shipment.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.buyer_id IS 'The buyer.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.carrier IS 'Code of the carrier.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.claimant IS 'Who claims.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.kind IS 'loss, damage, missing or delay.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.state IS 'See lifecycle carrier_claim.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.incoterm IS 'Incoterm between seller and buyer.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.borne_by IS 'Who held the risk.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.regime IS 'Carriage regime.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.loss IS 'Loss proven.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.cap IS 'Most that the carrier owes; NULL: not filed, or no cap is known.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.claimed IS 'What is claimed.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.accepted IS 'What the carrier agreed to.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.recovered IS 'What it paid.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.uncovered IS 'At the end: what of the loss stays with who bore it.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.currency IS 'Currency of the amounts.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.protest_by IS 'Last day to post the protest.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.protest_at IS 'When it was posted.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.forfeited IS 'Too late or not as the law wants it: the claim is lost.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.claim_by IS 'Last instant to sue.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.carrier_reference IS 'The carrier''s own name of it.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.answer IS 'What the carrier says to it.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.must_act IS 'Who must act next; NULL: it is over.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.protest_due IS 'A protest is still to be posted by this day.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.opened_at IS 'When it was opened.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.filed_at IS 'When it was filed first.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.answered_at IS 'When the carrier last answered.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.closed_at IS 'When it came to its end.';
COMMENT ON COLUMN marketplace.carrier_claim_overview.note IS 'Words of the claimant.';

CREATE OR REPLACE VIEW marketplace.carrier_recovery_overview WITH (security_invoker = true) AS
SELECT r.marketplace_id, r.claim_id, c.order_id, r.bearer, CASE r.bearer WHEN 'seller' THEN r.seller_id WHEN 'buyer' THEN r.buyer_id END AS party_id,
	marketplace.amount_value(r.borne) AS borne, marketplace.amount_value(r.amount) AS recovered,
	marketplace.amount_value(r.borne) - marketplace.amount_value(r.amount) AS uncovered, marketplace.currency(r.borne)::text AS currency,
	r.money_receipt_id, r.reference, r.recorded_at
FROM marketplace.carrier_recoveries r
JOIN marketplace.carrier_claims c ON c.marketplace_id = r.marketplace_id AND c.id = r.claim_id;
COMMENT ON VIEW marketplace.carrier_recovery_overview IS 'What carriers paid for claims, who bore the loss and who got how much of it.';
COMMENT ON COLUMN marketplace.carrier_recovery_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.carrier_recovery_overview.claim_id IS 'The claim.';
COMMENT ON COLUMN marketplace.carrier_recovery_overview.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.carrier_recovery_overview.bearer IS 'seller, buyer or platform.';
COMMENT ON COLUMN marketplace.carrier_recovery_overview.party_id IS 'The party; NULL: the platform.';
COMMENT ON COLUMN marketplace.carrier_recovery_overview.borne IS 'How much of the proven loss it bore.';
COMMENT ON COLUMN marketplace.carrier_recovery_overview.recovered IS 'What it got.';
COMMENT ON COLUMN marketplace.carrier_recovery_overview.uncovered IS 'What stays with it.';
COMMENT ON COLUMN marketplace.carrier_recovery_overview.currency IS 'Currency of the amounts.';
COMMENT ON COLUMN marketplace.carrier_recovery_overview.money_receipt_id IS 'The money that came in.';
COMMENT ON COLUMN marketplace.carrier_recovery_overview.reference IS 'Paid to the claimant itself: the proof.';
COMMENT ON COLUMN marketplace.carrier_recovery_overview.recorded_at IS 'When it was recorded.';
