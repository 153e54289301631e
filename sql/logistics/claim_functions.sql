CREATE FUNCTION marketplace.risk_fact_record(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.risk_fact_record(int, jsonb, text) IS
'Records a fact at which an Incoterm passes the risk and that tracking does not tell; returns its id. Document: {"shipment_id", "fact": "ready" | "alongside" | "on_board" | "arrived" | "unloaded", "occurred_at", "place"?, "proof"?: {"sha256", "uri"?}}. Of a shipment the last one recorded of its kind counts. For the carrier and operators; the seller may say the first three (the second and third with a proof), the buyer the last two. Emits shipment.risk_fact. Errors: MK001, MK003, MK004, MK005, MK020.';

CREATE FUNCTION marketplace.risk_explain(
	marketplace_id int,
	order_line_id bigint,
	as_of timestamptz DEFAULT NULL,
	OUT parcel_id bigint,
	OUT shipment_id bigint,
	OUT quantity numeric,
	OUT "position" text,
	OUT incoterm text,
	OUT passes_when text,
	OUT passed_at timestamptz,
	OUT passed_by text,
	OUT holder text,
	OUT loss text,
	OUT lost_at timestamptz,
	OUT borne_by text,
	OUT claimant text,
	OUT regime text,
	OUT explanation text)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.risk_explain(int, bigint, timestamptz) IS
'Who holds the risk of an order line, parcel by parcel, now or as of an instant: when it passed and by which fact (LG-39), what was lost or damaged (loss, damage, missing), who bears that and who claims on the carrier. A parcel of which some is damaged and some missing has two rows; parcel_id NULL: not shipped yet. For the line''s seller and buyer, operators and auditors. Errors: MK001, MK004, MK005.';

CREATE FUNCTION marketplace.carrier_liability(
	marketplace_id int,
	document jsonb,
	OUT step int,
	OUT what text,
	OUT parcel_id bigint,
	OUT kg numeric,
	OUT figure numeric,
	OUT unit text,
	OUT value numeric,
	OUT currency text,
	OUT source text,
	OUT verified boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.carrier_liability(int, jsonb) IS
'Most that a carrier owes, step by step (LG-45, LG-46); the row what = cap is the cap, claim the lesser of loss and cap. Document: {"regime" | "contract_id" (or both), "shipment_kg", "packages": [{"kg"}] lost or damaged, "loss", "handed_over_on"? (default today: whose rows are in force), "declared_value"?}. Rows with verified false rest on figures that somebody must check. Errors: MK001, MK003, MK004, MK005, MK117 (no rate).';

CREATE FUNCTION marketplace.carrier_claim_open(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_claim_open(int, jsonb, text) IS
'Opens a claim against the carrier for goods of one shipment and returns its id. Document: {"shipment_id", "kind": "loss" | "damage" | "missing" | "delay", "lines": [{"parcel_id", "order_line_id", "quantity"? (default all that is not claimed), "kg"? (gross; default the parcel''s weight in proportion), "loss"? (default the net price; required for delay)}], "shipment_kg"?, "apparent"? (damage that can be seen, default true), "claimant"? (operators only; default by Incoterm), "note"?}. View carriage_losses says what there is to claim; the same goods are in one claim. For the claimant (LG-39) and operators. Emits carrier_claim.opened. Errors: MK001, MK003, MK004, MK005, MK020, MK124.';

CREATE FUNCTION marketplace.carrier_claim_protest(marketplace_id int, claim_id bigint, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_claim_protest(int, bigint, jsonb, text) IS
'Records the protest that was sent to the carrier, with the proof of posting (LG-41, LG-42); returns the claim''s id. Document: {"posted_at", "means": "registered_letter" | "extrajudicial_act" | "other", "text": the reasons, "proof": {"sha256", "uri"?}}. Too late, or not in the form that the regime wants, it is kept and the claim is flagged forfeited (LG-44). For the claimant and operators. Emits carrier_claim.protested or .forfeited. Errors: MK001, MK003, MK004, MK005, MK020, MK124.';

CREATE FUNCTION marketplace.carrier_claim_file(marketplace_id int, claim_id bigint, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_claim_file(int, bigint, text) IS
'Files a claim with the carrier: its amount, the lesser of proven loss and cap, is frozen with how it was reckoned (carrier_claim_explain()). Refused without the protest that the regime wants, after claim_by, and when the goods were found. For the claimant and operators. Returns the claim''s id. Emits carrier_claim.filed. Errors: MK001, MK004, MK005, MK020, MK030, MK117, MK124.';

CREATE FUNCTION marketplace.carrier_claim_explain(
	marketplace_id int,
	claim_id bigint,
	OUT step int,
	OUT what text,
	OUT parcel_id bigint,
	OUT kg numeric,
	OUT figure numeric,
	OUT unit text,
	OUT value numeric,
	OUT currency text,
	OUT source text,
	OUT verified boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.carrier_claim_explain(int, bigint) IS
'How the amount of a claim is reckoned, step by step as carrier_liability(): as frozen when it was filed, of a draft as it would come to now. For seller and buyer of the goods, operators and auditors, and of a filed claim the carrier. Errors: MK001, MK004, MK005, MK117.';

CREATE FUNCTION marketplace.carrier_claim_acknowledge(marketplace_id int, claim_id bigint, document jsonb DEFAULT '{}', request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_claim_acknowledge(int, bigint, jsonb, text) IS
'The carrier has the claim: from then on it is not time-barred by itself. Document: {"carrier_reference"?}. For the carrier and operators. Returns the claim''s id. Emits carrier_claim.acknowledged. Errors: MK001, MK003, MK004, MK005, MK020, MK030.';

CREATE FUNCTION marketplace.carrier_claim_answer(marketplace_id int, claim_id bigint, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_claim_answer(int, bigint, jsonb, text) IS
'What the carrier says to a claim. Document: {"accepted": amount, "answer"?} or {"refused": reason}, "carrier_reference"?. An answer acknowledges. For the carrier and operators. Returns the claim''s id. Emits carrier_claim.accepted or .refused. Errors: MK001, MK003, MK004, MK005, MK020, MK030, MK124.';

CREATE FUNCTION marketplace.carrier_claim_contest(marketplace_id int, claim_id bigint, reason text, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_claim_contest(int, bigint, text, text) IS
'The claimant does not accept a refusal: the claim is filed again, for the same amount. For the claimant and operators. Returns the claim''s id. Emits carrier_claim.contested. Errors: MK001, MK004, MK005, MK020, MK030, MK124 (time-barred).';

CREATE FUNCTION marketplace.carrier_claim_give_up(marketplace_id int, claim_id bigint, reason text, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_claim_give_up(int, bigint, text, text) IS
'The claimant accepts a refusal; the loss stays with who bore it. For the claimant and operators. Returns the claim''s id. Emits carrier_claim.refused_final. Errors: MK001, MK004, MK005, MK020, MK030.';

CREATE FUNCTION marketplace.carrier_claim_abandon(marketplace_id int, claim_id bigint, reason text, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_claim_abandon(int, bigint, text, text) IS
'Withdraws an open claim, with the reason; its goods may be claimed again. For the claimant and operators. Returns the claim''s id. Emits carrier_claim.abandoned. Errors: MK001, MK004, MK005, MK020, MK030.';

CREATE FUNCTION marketplace.carrier_claim_pay(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_claim_pay(int, jsonb, text) IS
'The carrier has paid accepted claims; returns the lowest id of them. Document: {"claims": [{"claim_id", "amount"? (default what was accepted, never more; it ends the claim)}], and "money_receipt_id" of money in suspense, which the claims use up whole, or "reference" when the claimant was paid itself}. The money goes to whoever bore the loss (view carrier_recovery_overview), to the cent: the platform what it gave back as goodwill, the seller what was given back at its cost, for the rest who held the risk (FD-P27). A reference is refused where somebody else than the claimant bore any of it. For operators; with a reference for the claimant, too. Emits carrier_claim.paid, money.recovered. Errors: MK001, MK003, MK004, MK005, MK012, MK020, MK030, MK110, MK124.';
