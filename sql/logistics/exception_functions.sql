CREATE FUNCTION marketplace.parcel_clocks(
	marketplace_id int,
	parcel_id bigint,
	OUT ship_by timestamptz,
	OUT deliver_by timestamptz,
	OUT late_after timestamptz,
	OUT expected_at timestamptz,
	OUT stalled_after timestamptz,
	OUT presumed_lost_after timestamptz,
	OUT reserve_by timestamptz)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'parcel_clocks'
LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.parcel_clocks(int, bigint) IS
'The instants that decide how a parcel stands (LG-34, LG-36), by the promise in force and the policies: ship_by and deliver_by, the ends of the promised days; late_after (lg.grace); expected_at, by the carrier''s contract; stalled_after (lg.stalled_bd after the last event); presumed_lost_after (lg.presumed_lost_after, or lg.presumed_lost_no_promise after the hand-over); reserve_by, the end of the last day for the protest to the carrier (LG-41; view carriage_regimes). NULL: there is none. For the seller, the buyer, the carrier, operators and auditors. Errors: MK001, MK004, MK005.';
