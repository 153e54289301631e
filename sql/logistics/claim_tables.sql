-- Who bears what is lost or damaged on the way (LG-39), and what is claimed from the carrier for it (LG-41 to LG-46).

CREATE DOMAIN marketplace.carrier_claim_state AS text
	CHECK (VALUE IN ('draft', 'filed', 'acknowledged', 'accepted', 'refused', 'refused_final', 'paid', 'time_barred', 'abandoned'));
COMMENT ON DOMAIN marketplace.carrier_claim_state IS 'State of a claim against a carrier: see lifecycle carrier_claim (logistics rule book §8).';

CREATE TABLE marketplace.risk_facts (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	shipment_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	carrier_party_id bigint,
	fact text NOT NULL CHECK (fact IN ('ready', 'alongside', 'on_board', 'arrived', 'unloaded')),
	occurred_at timestamptz NOT NULL,
	place text,
	proof_sha256 text CHECK (proof_sha256 ~ '^[0-9a-f]{64}$'),
	proof_uri text,
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX risk_facts_shipment ON marketplace.risk_facts (marketplace_id, shipment_id);
COMMENT ON TABLE marketplace.risk_facts IS
'Facts at which an Incoterm passes the risk and which tracking does not tell: what was ready, alongside, on board, has arrived, was unloaded. Never changed: of a shipment the last one recorded of its kind counts.';
COMMENT ON COLUMN marketplace.risk_facts.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.risk_facts.id IS 'Number of the fact.';
COMMENT ON COLUMN marketplace.risk_facts.shipment_id IS 'The shipment.';
COMMENT ON COLUMN marketplace.risk_facts.seller_id IS 'Its seller.';
COMMENT ON COLUMN marketplace.risk_facts.buyer_id IS 'Its buyer.';
COMMENT ON COLUMN marketplace.risk_facts.carrier_party_id IS 'Its carrier as a party; NULL when it has none.';
COMMENT ON COLUMN marketplace.risk_facts.fact IS 'ready at the seller''s premises, alongside the ship, on_board, arrived ready for unloading, unloaded.';
COMMENT ON COLUMN marketplace.risk_facts.occurred_at IS 'When it happened.';
COMMENT ON COLUMN marketplace.risk_facts.place IS 'Where.';
COMMENT ON COLUMN marketplace.risk_facts.proof_sha256 IS 'SHA-256 of the paper that proves it, such as a bill of lading.';
COMMENT ON COLUMN marketplace.risk_facts.proof_uri IS 'Where that paper is.';
COMMENT ON COLUMN marketplace.risk_facts.recorded_at IS 'When the platform knew.';
COMMENT ON COLUMN marketplace.risk_facts.recorded_by IS 'Who recorded it: person, service or role.';

CREATE TABLE marketplace.carrier_claims (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	order_id bigint NOT NULL,
	seller_order_id bigint NOT NULL,
	shipment_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	carrier_id bigint NOT NULL,
	carrier_party_id bigint,
	claimant text NOT NULL CHECK (claimant IN ('seller', 'buyer', 'operator')),
	kind text NOT NULL CHECK (kind IN ('loss', 'damage', 'missing', 'delay')),
	state marketplace.carrier_claim_state NOT NULL,
	incoterm text NOT NULL,
	borne_by text NOT NULL CHECK (borne_by IN ('seller', 'buyer')),
	regime text NOT NULL,
	shipment_kg numeric NOT NULL CHECK (shipment_kg >= 0),
	loss marketplace.amount NOT NULL CHECK (marketplace.sign(loss) > 0),
	cap marketplace.amount,
	claimed marketplace.amount,
	reckoning jsonb,
	protest_by date,
	protest_at timestamptz,
	protest_means text CHECK (protest_means IN ('registered_letter', 'extrajudicial_act', 'other')),
	protest_text text CHECK (protest_text <> ''),
	protest_sha256 text CHECK (protest_sha256 ~ '^[0-9a-f]{64}$'),
	protest_uri text,
	forfeited boolean NOT NULL DEFAULT false,
	claim_by timestamptz NOT NULL,
	carrier_reference text,
	answer text,
	accepted marketplace.amount CHECK (marketplace.sign(accepted) > 0),
	recovered marketplace.amount CHECK (marketplace.sign(recovered) > 0),
	note text,
	opened_at timestamptz NOT NULL,
	filed_at timestamptz,
	answered_at timestamptz,
	closed_at timestamptz,
	PRIMARY KEY (marketplace_id, id),
	CONSTRAINT carrier_claims_filed CHECK ((filed_at IS NULL) = (claimed IS NULL) AND (filed_at IS NULL) = (reckoning IS NULL)
		AND (filed_at IS NOT NULL OR state IN ('draft', 'abandoned', 'time_barred'))),
	CONSTRAINT carrier_claims_protest CHECK ((protest_at IS NULL) = (protest_means IS NULL) AND (protest_at IS NULL) = (protest_text IS NULL)
		AND (protest_at IS NULL) = (protest_sha256 IS NULL)),
	CONSTRAINT carrier_claims_accepted CHECK ((state IN ('accepted', 'paid')) <= (accepted IS NOT NULL) AND (state = 'paid') = (recovered IS NOT NULL)),
	CONSTRAINT carrier_claims_closed CHECK ((state IN ('refused_final', 'paid', 'time_barred', 'abandoned')) = (closed_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX carrier_claims_order ON marketplace.carrier_claims (marketplace_id, order_id);
CREATE INDEX carrier_claims_shipment ON marketplace.carrier_claims (marketplace_id, shipment_id);
CREATE INDEX carrier_claims_due ON marketplace.carrier_claims (marketplace_id, claim_by) WHERE state IN ('draft', 'filed');
COMMENT ON TABLE marketplace.carrier_claims IS 'Claims against carriers for goods of one shipment that were lost, damaged, missing or late. The amount is frozen when it is filed: min(proven loss, cap) (LG-46).';
COMMENT ON COLUMN marketplace.carrier_claims.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.carrier_claims.id IS 'Number of the claim.';
COMMENT ON COLUMN marketplace.carrier_claims.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.carrier_claims.seller_order_id IS 'The seller''s part of it.';
COMMENT ON COLUMN marketplace.carrier_claims.shipment_id IS 'The shipment.';
COMMENT ON COLUMN marketplace.carrier_claims.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.carrier_claims.buyer_id IS 'The buyer.';
COMMENT ON COLUMN marketplace.carrier_claims.carrier_id IS 'The carrier.';
COMMENT ON COLUMN marketplace.carrier_claims.carrier_party_id IS 'The carrier as a party; NULL when it has none.';
COMMENT ON COLUMN marketplace.carrier_claims.claimant IS 'Who claims: by Incoterm (LG-39), unless an operator said otherwise.';
COMMENT ON COLUMN marketplace.carrier_claims.kind IS 'loss of the goods, damage, missing goods (partial loss), or delay.';
COMMENT ON COLUMN marketplace.carrier_claims.state IS 'See lifecycle carrier_claim.';
COMMENT ON COLUMN marketplace.carrier_claims.incoterm IS 'Incoterm in force between seller and buyer.';
COMMENT ON COLUMN marketplace.carrier_claims.borne_by IS 'Who held the risk when it happened, and bears the loss unless somebody made it good.';
COMMENT ON COLUMN marketplace.carrier_claims.regime IS 'Carriage regime: view carriage_regimes.';
COMMENT ON COLUMN marketplace.carrier_claims.shipment_kg IS 'Gross weight of the whole shipment; 0 where no weight matters.';
COMMENT ON COLUMN marketplace.carrier_claims.loss IS 'Loss proven: sum of the items.';
COMMENT ON COLUMN marketplace.carrier_claims.cap IS 'Most that the carrier owes, reckoned when it was filed; NULL: no cap is known, or not filed.';
COMMENT ON COLUMN marketplace.carrier_claims.claimed IS 'What is claimed: the lesser of loss and cap; NULL before it is filed.';
COMMENT ON COLUMN marketplace.carrier_claims.reckoning IS 'How the cap was reckoned, step by step: carrier_claim_explain() shows it.';
COMMENT ON COLUMN marketplace.carrier_claims.protest_by IS 'Last day to post the protest to the carrier; NULL: no clock.';
COMMENT ON COLUMN marketplace.carrier_claims.protest_at IS 'When the protest was posted; NULL: none was.';
COMMENT ON COLUMN marketplace.carrier_claims.protest_means IS 'registered_letter, extrajudicial_act or other.';
COMMENT ON COLUMN marketplace.carrier_claims.protest_text IS 'Its reasons (LG-42).';
COMMENT ON COLUMN marketplace.carrier_claims.protest_sha256 IS 'SHA-256 of the proof of posting.';
COMMENT ON COLUMN marketplace.carrier_claims.protest_uri IS 'Where that proof is.';
COMMENT ON COLUMN marketplace.carrier_claims.forfeited IS 'The protest came too late, or not as the law wants it, and the claim is lost by it (LG-44).';
COMMENT ON COLUMN marketplace.carrier_claims.claim_by IS 'Last instant to sue the carrier; afterwards the claim is time-barred unless it has been acknowledged.';
COMMENT ON COLUMN marketplace.carrier_claims.carrier_reference IS 'The carrier''s own name of it.';
COMMENT ON COLUMN marketplace.carrier_claims.answer IS 'What the carrier says to it.';
COMMENT ON COLUMN marketplace.carrier_claims.accepted IS 'What the carrier agrees to pay.';
COMMENT ON COLUMN marketplace.carrier_claims.recovered IS 'What it has paid.';
COMMENT ON COLUMN marketplace.carrier_claims.note IS 'Free words of the claimant; at the end: why.';
COMMENT ON COLUMN marketplace.carrier_claims.opened_at IS 'When it was opened.';
COMMENT ON COLUMN marketplace.carrier_claims.filed_at IS 'When it was filed first.';
COMMENT ON COLUMN marketplace.carrier_claims.answered_at IS 'When the carrier last answered.';
COMMENT ON COLUMN marketplace.carrier_claims.closed_at IS 'When it came to its end.';

CREATE TABLE marketplace.carrier_claim_items (
	marketplace_id int NOT NULL,
	claim_id bigint NOT NULL,
	position int NOT NULL,
	parcel_id bigint NOT NULL,
	order_line_id bigint NOT NULL,
	quantity numeric NOT NULL CHECK (quantity > 0),
	kg numeric CHECK (kg > 0 AND kg < 'Infinity'),
	loss marketplace.amount NOT NULL CHECK (marketplace.sign(loss) > 0),
	PRIMARY KEY (marketplace_id, claim_id, position)
);
CREATE INDEX carrier_claim_items_goods ON marketplace.carrier_claim_items (marketplace_id, parcel_id, order_line_id);
COMMENT ON TABLE marketplace.carrier_claim_items IS 'The goods of a claim. The same goods are in one claim that was not abandoned. Append-only.';
COMMENT ON COLUMN marketplace.carrier_claim_items.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.carrier_claim_items.claim_id IS 'The claim.';
COMMENT ON COLUMN marketplace.carrier_claim_items.position IS 'Number within the claim, from 1.';
COMMENT ON COLUMN marketplace.carrier_claim_items.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.carrier_claim_items.order_line_id IS 'The order line.';
COMMENT ON COLUMN marketplace.carrier_claim_items.quantity IS 'How much, in the unit of the line.';
COMMENT ON COLUMN marketplace.carrier_claim_items.kg IS 'Gross weight of it; NULL for delay.';
COMMENT ON COLUMN marketplace.carrier_claim_items.loss IS 'Loss proven: the net price of the goods, unless the claimant proves another.';

CREATE TABLE marketplace.carrier_recoveries (
	marketplace_id int NOT NULL,
	claim_id bigint NOT NULL,
	position int NOT NULL,
	seller_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	bearer text NOT NULL CHECK (bearer IN ('seller', 'buyer', 'platform')),
	borne marketplace.amount NOT NULL CHECK (marketplace.sign(borne) > 0),
	amount marketplace.amount NOT NULL CHECK (marketplace.sign(amount) >= 0),
	money_receipt_id bigint,
	reference text,
	recorded_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, claim_id, position),
	CONSTRAINT carrier_recoveries_way CHECK ((money_receipt_id IS NULL) <> (reference IS NULL))
);
COMMENT ON TABLE marketplace.carrier_recoveries IS 'What carriers paid for claims, and who got it: whoever bore the loss, in proportion. Append-only.';
COMMENT ON COLUMN marketplace.carrier_recoveries.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.carrier_recoveries.claim_id IS 'The claim.';
COMMENT ON COLUMN marketplace.carrier_recoveries.position IS 'Number within the claim, from 1.';
COMMENT ON COLUMN marketplace.carrier_recoveries.seller_id IS 'Seller of the claim''s goods.';
COMMENT ON COLUMN marketplace.carrier_recoveries.buyer_id IS 'Their buyer.';
COMMENT ON COLUMN marketplace.carrier_recoveries.bearer IS 'Who bore it: seller, buyer, or platform (goodwill).';
COMMENT ON COLUMN marketplace.carrier_recoveries.borne IS 'How much of the loss it bore.';
COMMENT ON COLUMN marketplace.carrier_recoveries.amount IS 'How much it gets of what was paid.';
COMMENT ON COLUMN marketplace.carrier_recoveries.money_receipt_id IS 'The money that came in; NULL: paid past the client account.';
COMMENT ON COLUMN marketplace.carrier_recoveries.reference IS 'Paid to the claimant directly: the proof of it.';
COMMENT ON COLUMN marketplace.carrier_recoveries.recorded_at IS 'When it was recorded.';
