CREATE OR REPLACE VIEW marketplace.lifecycle_logistics WITH (security_invoker = true) AS
SELECT machine, from_state, event, to_state, capacities, description
FROM (VALUES
	('shipment', NULL, 'create', 'prepared', ARRAY['operator', 'seller'], 'Contents are set aside; nothing has moved.'),
	('shipment', 'prepared', 'label', 'labelled', ARRAY['operator', 'seller'], 'Every parcel has its carrier''s number.'),
	('shipment', 'prepared', 'hand_over', 'handed_over', ARRAY['operator', 'seller', 'carrier', 'system'], 'The carrier has it; by the carrier''s capacity: its first scan said so.'),
	('shipment', 'labelled', 'hand_over', 'handed_over', ARRAY['operator', 'seller', 'carrier', 'system'], 'The carrier has it; by the carrier''s capacity: its first scan said so.'),
	('shipment', 'prepared', 'void', 'voided', ARRAY['operator', 'seller', 'system'], 'Given up before hand-over; the quantities are free again.'),
	('shipment', 'labelled', 'void', 'voided', ARRAY['operator', 'seller', 'system'], 'Given up before hand-over; the quantities are free again.')
) AS rows (machine, from_state, event, to_state, capacities, description);
COMMENT ON VIEW marketplace.lifecycle_logistics IS
'State machine shipment (logistics rule book §3): the merchant axis.';
COMMENT ON COLUMN marketplace.lifecycle_logistics.machine IS 'Name of the machine.';
COMMENT ON COLUMN marketplace.lifecycle_logistics.from_state IS 'State before; null for creation.';
COMMENT ON COLUMN marketplace.lifecycle_logistics.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_logistics.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_logistics.capacities IS 'Who may do it.';
COMMENT ON COLUMN marketplace.lifecycle_logistics.description IS 'What it means.';

CREATE OR REPLACE VIEW marketplace.policy_registry_logistics (name, value_type, default_value, description, source, verified) WITH (security_invoker = true) AS
VALUES
	('lg.receipt_on_silence', 'choice(deemed_accepted, escalate, not_received)', '"deemed_accepted"'::jsonb,
		'What the buyer''s silence means once the inspection window has closed; escalate and not_received list it in tracking_obstacles', 'LG-30; peers disagree', true),
	('lg.deemed_needs_delivery', 'boolean', 'true',
		'Silence counts only after the carrier''s delivered event; false: also after the buyer confirmed another part of the same parcel', 'LG-30', true),
	('lg.inspection_window', 'duration', '{"n": 5, "unit": "business_days"}',
		'How long the buyer has to inspect, from delivery, in the calendar of the buyer''s country', 'LG-30; Creoate 5 working days, Sharetribe 14 days', true),
	('lg.future_skew', 'duration', '{"n": 24, "unit": "hours"}',
		'How far in the future a tracking event may be dated before it is put in quarantine', 'LG-25', true),
	('lg.tracking_silence', 'duration', '{"n": 30, "unit": "calendar_days"}',
		'After how long without an event a parcel on its way shows as expired', 'LG-26; AfterShip', true);
COMMENT ON VIEW marketplace.policy_registry_logistics IS
'Policy parameters of logistics (logistics rule book §12).';
COMMENT ON COLUMN marketplace.policy_registry_logistics.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_logistics.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_logistics.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_logistics.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_logistics.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_logistics.verified IS 'True when the default was confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.tracking_states (state, rank, terminal, description) WITH (security_invoker = true) AS
VALUES
	('label_created', 10, false, 'Announced to the carrier'),
	('handed_over', 20, false, 'Accepted by the carrier'),
	('in_transit', 30, false, 'On its way'),
	('found', 30, false, 'Was missing or lost, is on its way again; shows as in_transit'),
	('exception', 35, false, 'Something is in the way: customs, damage, delay, not found (RD-62)'),
	('out_for_delivery', 40, false, 'On the vehicle to the recipient'),
	('attempt_failed', 45, false, 'Delivery was tried in vain'),
	('pickup_ready', 50, false, 'Waits for the recipient at a pick-up point'),
	('delivered', 60, true, 'Delivered; afterwards only returning and returned count'),
	('returning', 70, false, 'On its way back to the sender'),
	('returned', 80, true, 'Back at the sender'),
	('lost', 90, true, 'The carrier says that it is lost; final until found'),
	('void', 95, true, 'Label cancelled at the carrier');
COMMENT ON VIEW marketplace.tracking_states IS
'The canonical states of parcels (RD-60).';
COMMENT ON COLUMN marketplace.tracking_states.state IS 'Name.';
COMMENT ON COLUMN marketplace.tracking_states.rank IS 'Order among events of the same instant; 20 and more show the parcel with the carrier.';
COMMENT ON COLUMN marketplace.tracking_states.terminal IS 'True when only what LG-21 names can follow.';
COMMENT ON COLUMN marketplace.tracking_states.description IS 'Meaning.';

CREATE OR REPLACE VIEW marketplace.tracking_vocabulary_builtin (source, code, sub_code, state) WITH (security_invoker = true) AS
VALUES
	('aftership', 'pending', '', 'label_created'),
	('aftership', 'inforeceived', '', 'label_created'),
	('aftership', 'intransit', '', 'in_transit'),
	('aftership', 'exception', '', 'exception'),
	('aftership', 'outfordelivery', '', 'out_for_delivery'),
	('aftership', 'attemptfail', '', 'attempt_failed'),
	('aftership', 'availableforpickup', '', 'pickup_ready'),
	('aftership', 'delivered', '', 'delivered'),
	('aftership', 'exception', 'exception_010', 'returning'),
	('aftership', 'exception', 'exception_011', 'returned'),
	('aftership', 'exception', 'exception_013', 'lost'),
	('easypost', 'pre_transit', '', 'label_created'),
	('easypost', 'in_transit', '', 'in_transit'),
	('easypost', 'failure', '', 'exception'),
	('easypost', 'error', '', 'exception'),
	('easypost', 'out_for_delivery', '', 'out_for_delivery'),
	('easypost', 'available_for_pickup', '', 'pickup_ready'),
	('easypost', 'delivered', '', 'delivered'),
	('easypost', 'return_to_sender', '', 'returning'),
	('easypost', 'cancelled', '', 'void'),
	('shippo', 'pre_transit', '', 'label_created'),
	('shippo', 'transit', '', 'in_transit'),
	('shippo', 'failure', '', 'exception'),
	('shippo', 'delivered', '', 'delivered'),
	('shippo', 'returned', '', 'returned'),
	('rec24', '6', '', 'label_created'),
	('rec24', '13', '', 'handed_over'),
	('rec24', '1', '', 'in_transit'),
	('rec24', '24', '', 'in_transit'),
	('rec24', '27', '', 'in_transit'),
	('rec24', '31', '', 'in_transit'),
	('rec24', '35', '', 'in_transit'),
	('rec24', '37', '', 'found'),
	('rec24', '17', '', 'exception'),
	('rec24', '18', '', 'exception'),
	('rec24', '20', '', 'exception'),
	('rec24', '36', '', 'exception'),
	('rec24', '45', '', 'out_for_delivery'),
	('rec24', '23', '6', 'attempt_failed'),
	('rec24', '23', '7', 'attempt_failed'),
	('rec24', '23', '9', 'attempt_failed'),
	('rec24', '40', '', 'pickup_ready'),
	('rec24', '21', '', 'delivered'),
	('rec24', '22', '', 'delivered'),
	('rec24', '23', '', 'returning'),
	('rec24', '7', '', 'void'),
	('epcis', 'commissioning', '', 'label_created'),
	('epcis', 'packing', '', 'label_created'),
	('epcis', 'accepting', '', 'handed_over'),
	('epcis', 'shipping', '', 'handed_over'),
	('epcis', 'shipping', 'in_transit', 'handed_over'),
	('epcis', 'accepting', 'in_transit', 'handed_over'),
	('epcis', 'departing', '', 'in_transit'),
	('epcis', 'arriving', '', 'in_transit'),
	('epcis', 'transporting', '', 'in_transit'),
	('epcis', '', 'in_transit', 'in_transit'),
	('epcis', '', 'damaged', 'exception'),
	('epcis', '', 'needs_replacement', 'exception'),
	('epcis', 'receiving', '', 'delivered'),
	('epcis', 'receiving', 'in_transit', 'delivered'),
	('epcis', '', 'completeness_verified', 'delivered'),
	('epcis', '', 'mismatch_quantity', 'delivered'),
	('epcis', '', 'returned', 'returned'),
	('epcis', 'void_shipping', '', 'void');
COMMENT ON VIEW marketplace.tracking_vocabulary_builtin IS
'The carriers'' vocabularies as the extension knows them (RD-60): rows only, replayed by migrate(). Codes in small letters, _ for - and blank (RD-64).';
COMMENT ON COLUMN marketplace.tracking_vocabulary_builtin.source IS 'Who uses the code: aftership, easypost, shippo, rec24 (UN/ECE Rec 24, also of DESADV and IFTSTA), epcis (bizStep and disposition).';
COMMENT ON COLUMN marketplace.tracking_vocabulary_builtin.code IS 'The code; empty: any.';
COMMENT ON COLUMN marketplace.tracking_vocabulary_builtin.sub_code IS 'The sub-code; empty: any.';
COMMENT ON COLUMN marketplace.tracking_vocabulary_builtin.state IS 'Canonical state.';

CREATE OR REPLACE VIEW marketplace.tracking_vocabulary WITH (security_invoker = true) AS
SELECT NULL::int AS marketplace_id, source, code, sub_code, state FROM marketplace.tracking_vocabulary_builtin
UNION ALL
SELECT marketplace_id, source, code, sub_code, state::text FROM marketplace.tracking_codes;
COMMENT ON VIEW marketplace.tracking_vocabulary IS
'What each source''s codes mean. For an event the row with its code and sub-code wins, then one for its sub-code with any code, then one for its code; among equals the marketplace''s own.';
COMMENT ON COLUMN marketplace.tracking_vocabulary.marketplace_id IS 'Marketplace whose own row it is; NULL: of the extension.';
COMMENT ON COLUMN marketplace.tracking_vocabulary.source IS 'Who uses the code.';
COMMENT ON COLUMN marketplace.tracking_vocabulary.code IS 'The code; empty: any.';
COMMENT ON COLUMN marketplace.tracking_vocabulary.sub_code IS 'The sub-code; empty: any.';
COMMENT ON COLUMN marketplace.tracking_vocabulary.state IS 'Canonical state.';

CREATE OR REPLACE VIEW marketplace.tracking_event_meanings WITH (security_invoker = true) AS
SELECT e.marketplace_id, e.parcel_id, e.id AS tracking_event_id, s.state, s.rank, e.corrects_event_id IS NULL AND s.state IS NULL AS unmapped
FROM marketplace.tracking_events e
LEFT JOIN LATERAL (
	SELECT v.state
	FROM marketplace.tracking_vocabulary v
	WHERE e.state IS NULL
	  AND v.source = e.source
	  AND v.code IN (e.code, '')
	  AND v.sub_code IN (COALESCE(e.sub_code, ''), '')
	  AND (v.marketplace_id IS NULL OR v.marketplace_id = e.marketplace_id)
	ORDER BY v.sub_code = '', v.code = '', v.marketplace_id IS NULL
	LIMIT 1) v ON true
LEFT JOIN marketplace.tracking_states s ON s.state = COALESCE(e.state::text, v.state)
WHERE e.carried IS NOT FALSE;
COMMENT ON VIEW marketplace.tracking_event_meanings IS
'Tracking events with the canonical state that each stands for, but scans of units in which the parcel was not at that time; for the extension''s own statements, users read tracking_history.';
COMMENT ON COLUMN marketplace.tracking_event_meanings.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.tracking_event_meanings.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.tracking_event_meanings.tracking_event_id IS 'The event.';
COMMENT ON COLUMN marketplace.tracking_event_meanings.state IS 'Canonical state: as given, else by the vocabulary; NULL: a correction, or unmapped (RD-61).';
COMMENT ON COLUMN marketplace.tracking_event_meanings.rank IS 'Rank of the state.';
COMMENT ON COLUMN marketplace.tracking_event_meanings.unmapped IS 'True when code and sub-code have no row.';

CREATE OR REPLACE VIEW marketplace.shipment_overview WITH (security_invoker = true) AS
SELECT s.marketplace_id, s.id AS shipment_id, s.order_id, s.seller_order_id, s.seller_id, c.code AS carrier, s.state::text AS state,
	s.implicit, s.created_at, s.handed_over_at, p.parcels, p.parcels_delivered, p.parcels_received, s.direction
FROM marketplace.shipments s
LEFT JOIN marketplace.carriers c ON c.marketplace_id = s.marketplace_id AND c.id = s.carrier_id
CROSS JOIN LATERAL (
	SELECT count(*) AS parcels,
		count(p.delivered_at) AS parcels_delivered,
		count(p.received_at) AS parcels_received
	FROM marketplace.parcels p
	WHERE p.marketplace_id = s.marketplace_id AND p.shipment_id = s.id) p;
COMMENT ON VIEW marketplace.shipment_overview IS
'Shipments with their carrier and how many of their parcels have arrived.';
COMMENT ON COLUMN marketplace.shipment_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.shipment_overview.shipment_id IS 'The shipment.';
COMMENT ON COLUMN marketplace.shipment_overview.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.shipment_overview.seller_order_id IS 'The seller''s part of the order.';
COMMENT ON COLUMN marketplace.shipment_overview.seller_id IS 'The seller.';
COMMENT ON COLUMN marketplace.shipment_overview.carrier IS 'Code of the carrier.';
COMMENT ON COLUMN marketplace.shipment_overview.state IS 'Merchant axis: prepared, labelled, handed_over, voided.';
COMMENT ON COLUMN marketplace.shipment_overview.implicit IS 'True when the carrier''s scan said that it was handed over.';
COMMENT ON COLUMN marketplace.shipment_overview.created_at IS 'When it was made.';
COMMENT ON COLUMN marketplace.shipment_overview.handed_over_at IS 'When the carrier took it.';
COMMENT ON COLUMN marketplace.shipment_overview.parcels IS 'Number of parcels.';
COMMENT ON COLUMN marketplace.shipment_overview.parcels_delivered IS 'Of them delivered, by the carrier''s events.';
COMMENT ON COLUMN marketplace.shipment_overview.parcels_received IS 'Of them confirmed by the buyer, at least in part.';
COMMENT ON COLUMN marketplace.shipment_overview.direction IS 'outbound, or return: the way back to the seller.';

CREATE OR REPLACE VIEW marketplace.parcel_tracking WITH (security_invoker = true) AS
SELECT p.marketplace_id, p.id AS parcel_id, p.shipment_id, p.order_id, c.code AS carrier, p.sscc, p.tracking_number,
	replace(c.tracking_url, '{number}', p.tracking_number) AS tracking_url, p.weight_kg,
	CASE WHEN p.silent_at < marketplace.clock() THEN 'expired' ELSE p.state::text END AS state,
	p.first_scan_at, p.last_event_at, p.delivered_at, p.signed_by, p.received_at, p.contested, p.net_kg, p.label_reference, p.label_uri, p.labelled_at
FROM marketplace.parcels p
LEFT JOIN marketplace.carriers c ON c.marketplace_id = p.marketplace_id AND c.id = p.carrier_id;
COMMENT ON VIEW marketplace.parcel_tracking IS
'Where each parcel is: the fold of its events (LG-20), with the carrier''s silence shown as expired (LG-26).';
COMMENT ON COLUMN marketplace.parcel_tracking.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.parcel_tracking.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.parcel_tracking.shipment_id IS 'The shipment.';
COMMENT ON COLUMN marketplace.parcel_tracking.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.parcel_tracking.carrier IS 'Code of the carrier.';
COMMENT ON COLUMN marketplace.parcel_tracking.sscc IS 'GS1 serial shipping container code.';
COMMENT ON COLUMN marketplace.parcel_tracking.tracking_number IS 'The carrier''s number.';
COMMENT ON COLUMN marketplace.parcel_tracking.tracking_url IS 'The carrier''s page for it.';
COMMENT ON COLUMN marketplace.parcel_tracking.weight_kg IS 'Weight in kilograms.';
COMMENT ON COLUMN marketplace.parcel_tracking.state IS 'Carrier axis: see tracking_states; expired when silent for too long; NULL before the first event.';
COMMENT ON COLUMN marketplace.parcel_tracking.first_scan_at IS 'First sign that the carrier has it.';
COMMENT ON COLUMN marketplace.parcel_tracking.last_event_at IS 'Last live event.';
COMMENT ON COLUMN marketplace.parcel_tracking.delivered_at IS 'When it was delivered (LG-22); stays after a later return.';
COMMENT ON COLUMN marketplace.parcel_tracking.signed_by IS 'Who signed.';
COMMENT ON COLUMN marketplace.parcel_tracking.received_at IS 'When the buyer confirmed having received something of it.';
COMMENT ON COLUMN marketplace.parcel_tracking.net_kg IS 'Weight of the goods alone.';
COMMENT ON COLUMN marketplace.parcel_tracking.label_reference IS 'Name of the printed label.';
COMMENT ON COLUMN marketplace.parcel_tracking.label_uri IS 'Where the label is kept.';
COMMENT ON COLUMN marketplace.parcel_tracking.labelled_at IS 'When it was printed, as was recorded.';
COMMENT ON COLUMN marketplace.parcel_tracking.contested IS 'The carrier took its delivery back after the receipt: somebody must decide.';

CREATE OR REPLACE VIEW marketplace.tracking_history WITH (security_invoker = true) AS
SELECT p.marketplace_id, p.order_id, p.id AS parcel_id, h.tracking_event_id, h.source, h.source_event_id, h.code, h.sub_code, h.state,
	h.standing, h.occurred_at, h.recorded_at, h.place, h.signed_by, h.corrects_event_id, h.correction_reason, h.repeats
FROM marketplace.parcels p
CROSS JOIN LATERAL marketplace.parcel_history(p.marketplace_id, p.id) h;
COMMENT ON VIEW marketplace.tracking_history IS
'Every tracking event of every parcel in the order of the fold, and what became of it; ask for one parcel at a time.';
COMMENT ON COLUMN marketplace.tracking_history.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.tracking_history.order_id IS 'The order.';
COMMENT ON COLUMN marketplace.tracking_history.parcel_id IS 'The parcel.';
COMMENT ON COLUMN marketplace.tracking_history.tracking_event_id IS 'The event.';
COMMENT ON COLUMN marketplace.tracking_history.source IS 'Who said it.';
COMMENT ON COLUMN marketplace.tracking_history.source_event_id IS 'The source''s own id.';
COMMENT ON COLUMN marketplace.tracking_history.code IS 'The source''s code.';
COMMENT ON COLUMN marketplace.tracking_history.sub_code IS 'The source''s sub-code.';
COMMENT ON COLUMN marketplace.tracking_history.state IS 'Canonical state; NULL for a correction and an unmapped code.';
COMMENT ON COLUMN marketplace.tracking_history.standing IS 'applied, ignored_terminal, corrected, correction, unmapped, quarantined or rejected.';
COMMENT ON COLUMN marketplace.tracking_history.occurred_at IS 'When it happened.';
COMMENT ON COLUMN marketplace.tracking_history.recorded_at IS 'When the platform knew.';
COMMENT ON COLUMN marketplace.tracking_history.place IS 'Where.';
COMMENT ON COLUMN marketplace.tracking_history.signed_by IS 'Who signed.';
COMMENT ON COLUMN marketplace.tracking_history.corrects_event_id IS 'Correction: the event that it corrects.';
COMMENT ON COLUMN marketplace.tracking_history.correction_reason IS 'Correction: did_not_occur or incorrect_data.';
COMMENT ON COLUMN marketplace.tracking_history.repeats IS 'How often it was sent again.';

CREATE OR REPLACE VIEW marketplace.tracking_obstacles WITH (security_invoker = true) AS
SELECT marketplace_id, kind, object, shipment_id, parcel_id, NULL::bigint AS tracking_event_id,
	CASE WHEN kind IN ('not_shippable', 'scan_after_void') THEN 'seller' ELSE 'operator' END AS must_act, recorded_at AS since, detail,
	id AS tracking_problem_id
FROM marketplace.tracking_problems
WHERE resolved_at IS NULL
UNION ALL
SELECT marketplace_id, 'quarantined', format('parcel:%s', parcel_id), NULL, parcel_id, id, 'operator', recorded_at,
	format('event of %s is dated %s', source, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), NULL
FROM marketplace.tracking_events
WHERE quarantine = 'pending'
UNION ALL
SELECT e.marketplace_id, 'unmapped', format('parcel:%s', e.parcel_id), NULL, e.parcel_id, e.id, 'operator', e.recorded_at,
	format('code "%s" of %s has no row in tracking_vocabulary', concat_ws(' / ', NULLIF(e.code, ''), NULLIF(e.sub_code, '')), e.source), NULL
FROM marketplace.tracking_events e
JOIN marketplace.tracking_event_meanings m ON m.marketplace_id = e.marketplace_id AND m.tracking_event_id = e.id
WHERE e.code IS NOT NULL AND m.unmapped
UNION ALL
SELECT marketplace_id, 'silence', format('parcel:%s', id), shipment_id, id, NULL, 'operator', receipt_due_at,
	format('the buyer has said nothing; policy: %s', on_silence), NULL
FROM marketplace.parcels
WHERE receipt_due_at < marketplace.clock() AND on_silence <> 'deemed_accepted';
COMMENT ON VIEW marketplace.tracking_obstacles IS
'What is stuck in logistics, one row each (RD-19).';
COMMENT ON COLUMN marketplace.tracking_obstacles.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.tracking_obstacles.kind IS 'unknown_object, malformed_object, unguarded, not_shippable, scan_after_void, delivery_contested; quarantined (LG-25), unmapped (RD-61), silence (the buyer did not answer and policy wants a person to look).';
COMMENT ON COLUMN marketplace.tracking_obstacles.object IS 'What it is about.';
COMMENT ON COLUMN marketplace.tracking_obstacles.shipment_id IS 'The shipment, if there is one.';
COMMENT ON COLUMN marketplace.tracking_obstacles.parcel_id IS 'The parcel, if there is one.';
COMMENT ON COLUMN marketplace.tracking_obstacles.tracking_event_id IS 'The event, if there is one.';
COMMENT ON COLUMN marketplace.tracking_obstacles.must_act IS 'Who must act: operator or seller.';
COMMENT ON COLUMN marketplace.tracking_obstacles.since IS 'Since when.';
COMMENT ON COLUMN marketplace.tracking_obstacles.detail IS 'What happened, in words.';
COMMENT ON COLUMN marketplace.tracking_obstacles.tracking_problem_id IS 'For tracking_resolve(); NULL: an event (tracking_release()), a code (tracking_code_map()) or a receipt is what is missing.';
