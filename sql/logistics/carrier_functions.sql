CREATE FUNCTION marketplace.carrier_update(marketplace_id int, carrier text, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_update(int, text, jsonb, text) IS
'Replaces what is kept of a carrier (by code) and returns its id. Document: {"name", "tracking_url"?, "calendar"?, "cut_off"?, "regime"?, "claim_address"?}; what is left out is taken away. What was promised before stays promised. For operators. Errors: MK001, MK003, MK004, MK005, MK020, MK071.';

CREATE FUNCTION marketplace.carrier_service_add(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_service_add(int, jsonb, text) IS
'Registers a service of a carrier and returns its id. Document: {"carrier": code, "code", "name", "mode"?: "parcel" (default) | "road" | "rail" | "air" | "sea"}. For operators. Errors: MK001, MK003, MK004, MK005, MK006, MK020.';

CREATE FUNCTION marketplace.carrier_contract_create(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_contract_create(int, jsonb, text) IS
'Records a contract with a carrier and returns its id. Document: {"carrier": code, "reference", "seller_id"? (its own contract; left out: the platform''s, for all sellers), "regime"?, "valid_from"? (default today), "valid_until"? (first day after it)}. Its terms: carrier_lane_set(), liability_cap_set(). For operators, and a seller for itself. Errors: MK001, MK003, MK004, MK005, MK006, MK020.';

CREATE FUNCTION marketplace.carrier_contract_end(marketplace_id int, contract_id bigint, valid_until date, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_contract_end(int, bigint, date, text) IS
'Says when a contract ends (first day after it), and returns its id; what it promised for shipments stays. For operators, and the seller whose it is. Errors: MK001, MK002, MK004, MK005, MK020.';

CREATE FUNCTION marketplace.carrier_lane_set(marketplace_id int, contract_id bigint, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.carrier_lane_set(int, bigint, jsonb, text) IS
'Terms of a contract for one service on one lane from a day on; returns the row''s id. Document: {"service": code, "origin"?, "destination"? (country, default * any), "valid_from"? (default today), "offered"? (false: no longer), "lead_time"?: {"n", "unit": "hours" | "calendar_days" | "business_days" of the carrier''s calendar}, "by_time"? (HH:MM of the last day), "price"?, "price_per_kg"? (figures excluding VAT, with "currency")}. A country goes before *, a later valid_from takes over. For operators, and the seller whose contract it is. Errors: MK001, MK003, MK004, MK005, MK006 (a row from that day on is there), MK020.';

CREATE FUNCTION marketplace.liability_cap_set(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.liability_cap_set(int, jsonb, text) IS
'Most that a carrier owes from a day on, by contract or by regime; returns the row''s id. Document: {"contract_id" | "regime", "valid_from", "from_kg"? (for shipments of this gross weight and more), "unit" (currency, or XDR), "per_kg"?, "per_package"?, "per_tonne"? (of the shipment), "per_shipment"?, "source"}. All rows of a valid_from together take over from the earlier ones (LG-45). A contract replaces a regime''s caps, unless the regime is mandatory: then the higher counts. For operators, and the seller whose contract it is. Errors: MK001, MK003, MK004, MK005, MK006, MK020.';

CREATE FUNCTION marketplace.sdr_rate_set(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.sdr_rate_set(int, jsonb, text) IS
'Worth of a special drawing right (XDR) from a day on; returns the row''s id. Document: {"currency", "valid_from", "rate" (units of the currency for one XDR), "source"}. For operators. Errors: MK001, MK003, MK005, MK006, MK020.';

CREATE FUNCTION marketplace.parcel_tracking_url(marketplace_id int, parcel_id bigint) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.parcel_tracking_url(int, bigint) IS
'Address of the carrier''s page for a parcel, from its template (LG-16); NULL when the parcel has no number or the carrier no page. For seller, buyer and carrier of the parcel, operators and auditors. Errors: MK001, MK004, MK005.';
