CREATE OR REPLACE VIEW marketplace.tracking_adapters_builtin (adapter, valid_from, mapping, source) WITH (security_invoker = true) AS
VALUES
	('aftership', timestamptz '2020-01-01 00:00+00', '{
		"accepts": ["$.msg.tracking_number", "$.data.tracking.tracking_number", "$.data.tracking_number"],
		"events": ["$.msg.checkpoints[*]", "$.data.tracking.checkpoints[*]", "$.data.checkpoints[*]"],
		"fields": {
			"carrier": ["$root.msg.slug", "$root.data.tracking.slug", "$root.data.slug"],
			"tracking_number": ["$root.msg.tracking_number", "$root.data.tracking.tracking_number", "$root.data.tracking_number"],
			"code": "$.tag", "sub_code": "$.subtag", "occurred_at": "$.checkpoint_time",
			"place": ["$.location", "$ ? (!exists(@.location) || @.location == null).city", "$ ? (!exists(@.location) || @.location == null).country_name"],
			"signed_by": ["$root.msg ? ($.tag == \"Delivered\").signed_by", "$root.data.tracking ? ($.tag == \"Delivered\").signed_by", "$root.data ? ($.tag == \"Delivered\").signed_by"]}}'::jsonb,
		'Webhook "tracking_update" and tracking object: https://www.aftership.com/docs/tracking/legacy/webhook/webhook-specifications, https://www.aftership.com/docs/tracking/model/checkpoint'),
	('easypost', '2020-01-01 00:00+00', '{
		"accepts": ["$.result ? (@.object == \"Tracker\").tracking_code", "$ ? (@.object == \"Tracker\").tracking_code"],
		"events": ["$.result.tracking_details[*]", "$.tracking_details[*]"], "zone": "UTC",
		"fields": {
			"carrier": ["$root.result.carrier", "$root.carrier"], "tracking_number": ["$root.result.tracking_code", "$root.tracking_code"],
			"code": "$.status", "sub_code": "$.status_detail", "occurred_at": "$.datetime",
			"place": ["$.tracking_location.city", "$.tracking_location.state", "$.tracking_location.zip", "$.tracking_location.country"],
			"signed_by": ["$root.result ? ($.status == \"delivered\").signed_by", "$root ? ($.status == \"delivered\").signed_by"]}}',
		'Tracker object and event tracker.updated: https://docs.easypost.com/docs/trackers (datetime is UTC where the place is not known)'),
	('shippo', '2020-01-01 00:00+00', '{
		"accepts": ["$.data.tracking_number", "$.tracking_number"],
		"events": ["$.data.tracking_history[*]", "$.data.tracking_status", "$.tracking_history[*]", "$.tracking_status"], "zone": "UTC",
		"fields": {
			"carrier": ["$root.data.carrier", "$root.carrier"], "tracking_number": ["$root.data.tracking_number", "$root.tracking_number"],
			"code": "$.status", "sub_code": "$.substatus.code", "occurred_at": "$.status_date",
			"place": ["$.location.city", "$.location.state", "$.location.zip", "$.location.country"]}}',
		'Webhook track_updated and GET /tracks: https://docs.goshippo.com/api-reference/tracking-status/register-a-tracking-webhook'),
	('rec24', '2020-01-01 00:00+00', '{
		"accepts": "$.statuses",
		"events": "$.statuses[*]",
		"fields": {
			"source_event_id": "$.RFF ? (@.\"1153\" == \"ACW\").\"1154\"", "carrier": ["$.TDT.C040.\"3127\"", "$root.TDT.C040.\"3127\""],
			"sscc": "$.GIN ? (@.\"7405\" == \"BJ\").\"7402\"", "tracking_number": "$.CNI.\"1490\"",
			"code": "$.STS.C555.\"9011\"", "sub_code": "$.STS.C556.\"9013\"", "occurred_at": "$.DTM.\"2380\"",
			"place": ["$.LOC.\"3224\"", "$.LOC.\"3225\""], "signed_by": "$.NAD ? (@.\"3035\" == \"DP\").\"3036\""}}',
		'UN/ECE Recommendation 24 has no JSON of its own: the elements of IFTSTA by tag and UN/EDIFACT number, https://service.unece.org/trade/untdid/d98a/trmd/iftsta_d.htm; codes: https://unece.org/trade/uncefact/cl-recommendations'),
	('epcis', '2020-01-01 00:00+00', '{
		"accepts": ["$.epcisBody.eventList", "$.eventTime"],
		"events": ["$.epcisBody.eventList[*]", "$ ? (exists(@.eventTime))"],
		"fields": {
			"sscc": ["$ ? (@.type != \"TransformationEvent\").parentID", "$.epcList[*]", "$.childEPCs[*]"],
			"source_event_id": "$ ? (!exists(@.errorDeclaration)).eventID",
			"code": "$ ? (!exists(@.errorDeclaration)).bizStep", "sub_code": "$ ? (!exists(@.errorDeclaration)).disposition",
			"occurred_at": ["$.errorDeclaration.declarationTime", "$.eventTime"], "place": ["$.bizLocation.id", "$ ? (!exists(@.bizLocation)).readPoint.id"],
			"corrects": "$ ? (exists(@.errorDeclaration)).eventID", "correction_reason": "$.errorDeclaration.reason",
			"corrected_by": "$.errorDeclaration.correctiveEventIDs[*]"},
		"strip": {
			"code": ["urn:epcglobal:cbv:bizstep:", "https://ref.gs1.org/cbv/BizStep-", "cbv:BizStep-"],
			"sub_code": ["urn:epcglobal:cbv:disp:", "https://ref.gs1.org/cbv/Disp-", "cbv:Disp-"],
			"correction_reason": ["urn:epcglobal:cbv:er:", "https://ref.gs1.org/cbv/ER-", "cbv:ER-"]}}',
		'GS1 EPCIS 2.0, JSON binding: https://ref.gs1.org/standards/epcis/; epcis_record() reads the same and keeps what it does not know as obstacles');
COMMENT ON VIEW marketplace.tracking_adapters_builtin IS
'How payloads of tracking providers are read, as the extension knows them: rows only, replayed by migrate(), written after the providers'' public pages.';
COMMENT ON COLUMN marketplace.tracking_adapters_builtin.adapter IS 'Name.';
COMMENT ON COLUMN marketplace.tracking_adapters_builtin.valid_from IS 'From when on it is used.';
COMMENT ON COLUMN marketplace.tracking_adapters_builtin.mapping IS 'Where things are in the payload: see tracking_adapter_set().';
COMMENT ON COLUMN marketplace.tracking_adapters_builtin.source IS 'What it was written after.';

CREATE OR REPLACE VIEW marketplace.tracking_adapters WITH (security_invoker = true) AS
SELECT marketplace_id, adapter, valid_from, mapping, source FROM marketplace.tracking_adapter_versions
UNION ALL
SELECT NULL, adapter, valid_from, mapping, source FROM marketplace.tracking_adapters_builtin;
COMMENT ON VIEW marketplace.tracking_adapters IS
'Adapters for tracking_adapt() and tracking_record_from(): of a name, the marketplace''s latest in force counts, else the extension''s.';
COMMENT ON COLUMN marketplace.tracking_adapters.marketplace_id IS 'Marketplace whose own it is; NULL: of the extension.';
COMMENT ON COLUMN marketplace.tracking_adapters.adapter IS 'Name.';
COMMENT ON COLUMN marketplace.tracking_adapters.valid_from IS 'From when on it is used.';
COMMENT ON COLUMN marketplace.tracking_adapters.mapping IS 'Where things are in the payload: see tracking_adapter_set().';
COMMENT ON COLUMN marketplace.tracking_adapters.source IS 'What it was written after.';
