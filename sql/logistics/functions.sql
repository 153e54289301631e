CREATE FUNCTION marketplace.carrier_create(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'carrier_create'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_create(int, jsonb, text) IS
'Registers a carrier and returns its id (LG-16). Document: {"code", "name", "tracking_url"? with {number} in it, "party_id"? of a party with capacity carrier, "calendar"?, "cut_off"? (HH:MM, local time of the marketplace), "regime"? (view carriage_regimes), "claim_address"?}. For operators. Errors: MK001, MK003, MK004, MK005, MK006 (code in use), MK020, MK071.';

CREATE FUNCTION marketplace.tracking_code_map(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'tracking_code_map'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.tracking_code_map(int, jsonb, text) IS
'Says what a source''s code means in this marketplace, or says it anew, and folds every parcel with such an event again (RD-60, RD-61); returns the number of parcels folded. Document: {"source", "code"?, "sub_code"?, "state": see view tracking_states}; a row with a sub-code wins, then one of the marketplace. For operators. Errors: MK001, MK003, MK005, MK020.';

CREATE FUNCTION marketplace.shipment_create(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'shipment_create'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.shipment_create(int, jsonb, text) IS
'Prepares a shipment of an accepted seller order and returns its id. Document: {"seller_order_id", "carrier": code, "service"?: code, "declared_value"?: what the carrier is told that it is worth, "parcels": [{"sscc"?, "tracking_number"?, "weight_kg"?: gross, "net_kg"?, "contents": [{"order_line_id", "quantity"}]}]}. A line''s quantity is at most what is left to ship and not held by other prepared shipments (LG-9). Several shipments and parcels of a line are fine. For the seller and operators. Emits shipment.created. Errors: MK001, MK003, MK004, MK005, MK006 (SSCC or tracking number in use), MK020, MK100, MK101, MK120.';

CREATE FUNCTION marketplace.shipment_label(marketplace_id int, shipment_id bigint, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'shipment_label'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.shipment_label(int, bigint, jsonb, text) IS
'Records that the parcels of a prepared shipment have their labels; returns the shipment''s id. Document: {"parcels": [{"parcel_id", "tracking_number"?: where it had none, "label"?: {"reference"?, "uri"?, "sha256"?}}]}; afterwards each parcel must have a number. For the seller and operators. Emits shipment.labelled. Errors: MK001, MK003, MK004, MK005, MK006, MK020, MK030, MK120.';

CREATE FUNCTION marketplace.shipment_hand_over(marketplace_id int, shipment_id bigint, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'shipment_hand_over'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.shipment_hand_over(int, bigint, text) IS
'The carrier has taken the shipment: moves its quantities to in transit and returns its id. Guards of other areas (such as: is the money there?) may refuse with their own error. The first scan of a carrier does the same by itself. For the seller and operators. Emits shipment.handed_over. Errors: MK001, MK004, MK005, MK020, MK030, MK100, MK110.';

CREATE FUNCTION marketplace.shipment_void(marketplace_id int, shipment_id bigint, reason text, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'shipment_void'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.shipment_void(int, bigint, text, text) IS
'Gives a shipment up that was not handed over, and with it the quantities it held; returns its id. Refused after the handover (MK030), and once a carrier has scanned one of its parcels, even if the handover was not recorded (LG-14, MK120). For the seller and operators. Emits shipment.voided. Errors: MK001, MK004, MK005, MK020, MK030, MK120.';

CREATE FUNCTION marketplace.tracking_record(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'tracking_record'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.tracking_record(int, jsonb, text) IS
'Records one event of a parcel''s tracking and returns its id; the same event again changes nothing and returns the same id (LG-19). In whatever order events come, the parcel ends the same (LG-20). Document: {"source", "source_event_id"?, "parcel_id" | "sscc" | "carrier" and "tracking_number", "state" | "code" and "sub_code"?, "occurred_at", "place"?, "signed_by"?, "raw"?} or, for a correction, instead of state or code {"corrects": {"source", "source_event_id", "reason": "did_not_occur" | "incorrect_data", "corrected_by"?: [ids]}} (LG-23). The first scan hands a prepared shipment over; delivered, lost and returned move its quantities, corrections move them back. For the carrier, the seller of the shipment and operators. Emits parcel.delivered, parcel.delivery_voided, parcel.delivery_contested, shipment.handed_over. Errors: MK001, MK003, MK004, MK005, MK020, MK121.';

CREATE FUNCTION marketplace.tracking_release(marketplace_id int, tracking_event_id bigint, accept boolean, reason text DEFAULT NULL, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'tracking_release'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.tracking_release(int, bigint, boolean, text, text) IS
'Accepts or rejects, for a reason, an event that is in quarantine because it is dated in the future (LG-25); returns its id. For operators. Errors: MK001, MK004, MK005, MK020, MK121.';

CREATE FUNCTION marketplace.tracking_resolve(marketplace_id int, tracking_problem_id bigint, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'tracking_resolve'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.tracking_resolve(int, bigint, jsonb, text) IS
'The operator puts a row of tracking_obstacles that has a tracking_problem_id out of the way; returns its id. Document: {"reason", "parcel_id"?}. With parcel_id the event of an object that nobody knows is recorded for that parcel; without, the problem is dismissed, and a delivery that the carrier took back after the receipt stays as the buyer said. For operators. Errors: MK001, MK003, MK004, MK005, MK020, MK121.';

CREATE FUNCTION marketplace.epcis_record(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'epcis_record'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.epcis_record(int, jsonb, text) IS
'Records GS1 EPCIS 2.0 events (JSON): an EPCISDocument or one event; returns the number of tracking events stored that were new. Parcels are found by their SSCC in epcList, parentID and childEPCs, as EPC URI or Digital Link; what is not known here becomes a row of tracking_obstacles. bizStep and disposition are read by the rows ''epcis'' of tracking_vocabulary, errorDeclaration becomes a correction. Extensions of the standard are let pass. For carriers, sellers and operators, each for its own parcels. Emits as tracking_record(). Errors: MK001, MK003, MK005, MK020, MK121.';

CREATE FUNCTION marketplace.receipt_confirm(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'receipt_confirm'
LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.receipt_confirm(int, jsonb, text) IS
'The buyer says what it received; returns the receipt''s id. Document: {"order_id", "parcel_id"?, "received_at"?, "lines": [{"order_line_id", "quantity" | "received_quantity", "condition": "conform" | "with_reserves" | "not_received" | "refused", "reserve": {"kind": "damaged" | "missing" | "wrong" | "other", "text"}, "statement": reasons of a refusal, "photos"?: [{"sha256", "uri"}]}]}. Conditions may be mixed, and a line may stand several times. received_quantity is what the parcel (parcel_id) held: less than announced is missing, more is surplus (LG-11). received_at is not before the order was placed and not in the future; left out it is now. A reserve and a refusal need their reasons (LG-42). Delivered parcels are taken first, the oldest before the others; then parcels still in transit or said to be lost, whose arrival the receipt itself proves. Goods can be missing only from what was delivered, and are not received once they were delivered or the promised day is over; refused they may be at the door. Silence that has already become acceptance (LG-30) comes first. What is not accepted is not released: its money is held at once (receipt_objections). For the buyer and operators. Emits receipt.accepted, receipt.reserved, receipt.not_received, receipt.refused. Errors: MK001, MK003, MK004, MK005, MK020, MK122.';

CREATE FUNCTION marketplace.parcel_history(
	marketplace_id int,
	parcel_id bigint,
	OUT tracking_event_id bigint,
	OUT source text,
	OUT source_event_id text,
	OUT code text,
	OUT sub_code text,
	OUT state text,
	OUT standing text,
	OUT occurred_at timestamptz,
	OUT recorded_at timestamptz,
	OUT place text,
	OUT signed_by text,
	OUT corrects_event_id text,
	OUT correction_reason text,
	OUT repeats int)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'parcel_history'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.parcel_history(int, bigint) IS
'The tracking events of a parcel in the order of the fold, and what became of each. standing: applied, ignored_terminal (came after a final state, LG-21), corrected, correction, unmapped (RD-61), quarantined or rejected (LG-25). For the seller, the buyer, the carrier, operators and auditors. Errors: MK001, MK004, MK005.';
