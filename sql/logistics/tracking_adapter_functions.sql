CREATE FUNCTION marketplace.tracking_adapter_set(marketplace_id int, document jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.tracking_adapter_set(int, jsonb, text) IS
'Adds an adapter, or a new version of one: how the payloads of a tracking provider or carrier are read. Returns the version''s number. Document: {"adapter", "source": what it was written after, "valid_from"?, "mapping": {"extends"?: adapter of the extension that it adds to, "accepts"?: path, "events": path, "source"?: whose vocabulary the codes are of (the adapter''s name), "zone"?: of times without one (the marketplace''s), "fields": {"carrier", "tracking_number", "sscc", "source_event_id", "code", "sub_code", "state", "occurred_at", "place", "signed_by", "corrects", "correction_reason", "corrected_by": path or paths}, "strip"?: {field: [prefixes]}, "values"?: {field: {theirs: ours}}}}. Paths are SQL/JSON paths over the event ($), or the payload ($root); of several the first that finds something counts, for place, sscc and corrected_by all do. Codes mean what tracking_vocabulary says: see tracking_code_map(). For operators. Errors: MK001, MK003, MK005, MK020.';

CREATE FUNCTION marketplace.tracking_adapt(marketplace_id int, adapter text, payload jsonb, OUT item int, OUT document jsonb)
RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.tracking_adapt(int, text, jsonb) IS
'The canonical documents, as tracking_record() takes them, that a payload of a provider stands for: one an event and parcel. Records nothing. For carriers, sellers, operators and auditors. Errors: MK001, MK004 (no such adapter), MK005, MK121 (not a payload of it).';

CREATE FUNCTION marketplace.tracking_record_from(marketplace_id int, adapter text, payload jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.tracking_record_from(int, text, jsonb, text) IS
'Records what a payload of a tracking provider says, by the adapter''s mapping; returns the number of the batch (see tracking_batch_results: an event that is refused does not stop the others). The same payload again, or one that repeats events of another, changes nothing. Built in: aftership, easypost, shippo, rec24, epcis; see tracking_adapters and tracking_adapter_set(). For carriers, sellers and operators, each for its own parcels. Emits as tracking_record(). Errors: MK001, MK004, MK005, MK020, MK121.';
