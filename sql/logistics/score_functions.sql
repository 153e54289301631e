CREATE FUNCTION marketplace.carrier_scorecard(
	marketplace_id int,
	from_day date,
	until_day date,
	bucket text DEFAULT 'month',
	carrier text DEFAULT NULL,
	OUT period date,
	OUT carrier_code text,
	OUT origin text,
	OUT destination text,
	OUT parcels bigint,
	OUT arrived bigint,
	OUT judged bigint,
	OUT on_time_pct numeric,
	OUT in_full_pct numeric,
	OUT unit_otif numeric,
	OUT orders_judged bigint,
	OUT order_otif_pct numeric,
	OUT first_attempt_pct numeric,
	OUT damage_pct numeric,
	OUT loss_pct numeric,
	OUT scan_latency interval,
	OUT corrections_per_1000 numeric,
	OUT claims_filed bigint,
	OUT claims_paid bigint)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.carrier_scorecard(int, date, date, text, text) IS
'What carriers did with the parcels handed over in [from_day, until_day), by period (bucket: day, week, month, quarter, year), carrier and lane (LG-37, LG-54). on_time_pct: arrived by the carrier''s promise, of judged parcels (promised and due). in_full_pct: nothing lost or missing, of those that arrived or were lost. unit_otif: units that arrived so in time by units, of judged parcels; order_otif_pct: strictly, orders all of whose parcels with this carrier did. first_attempt_pct and damage_pct of arrived parcels, loss_pct of all. scan_latency: median of recorded_at - occurred_at. Claims: of those shipments. NULL: nothing to count. For operators and auditors; with carrier (code) also for that carrier. Errors: MK001, MK002, MK004, MK005.';

CREATE FUNCTION marketplace.seller_scorecard(
	marketplace_id int,
	from_day date,
	until_day date,
	bucket text DEFAULT 'month',
	seller_id bigint DEFAULT NULL,
	OUT period date,
	OUT seller bigint,
	OUT seller_orders bigint,
	OUT judged bigint,
	OUT unit_otif numeric,
	OUT order_otif_pct numeric,
	OUT in_full_pct numeric,
	OUT ship_in_time_pct numeric,
	OUT target_on_time numeric,
	OUT target_in_full numeric,
	OUT meets_targets boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.seller_scorecard(int, date, date, text, bigint) IS
'How sellers kept what they promised buyers, of seller orders whose last window ends in [from_day, until_day), by period and seller (LG-37): unit_otif and order_otif_pct of judged ones (view seller_order_otif), in_full_pct whenever it was, ship_in_time_pct of units with a ship_by; and whether policies lg.otif_target_on_time and lg.otif_target_in_full are met. For operators and auditors; with seller_id also for that seller. Errors: MK001, MK002, MK005.';

CREATE FUNCTION marketplace.carrier_rank(
	marketplace_id int,
	order_line_ids bigint[],
	as_of timestamptz DEFAULT NULL,
	weight_kg numeric DEFAULT NULL,
	OUT rank int,
	OUT carrier text,
	OUT service text,
	OUT contract text,
	OUT lead_n int,
	OUT lead_unit text,
	OUT deliver_by timestamptz,
	OUT required_by date,
	OUT meets_promise boolean,
	OUT price numeric,
	OUT currency text,
	OUT parcels bigint,
	OUT judged bigint,
	OUT on_time bigint,
	OUT lost_or_damaged bigint,
	OUT on_time_score numeric,
	OUT intact_score numeric,
	OUT price_score numeric,
	OUT score numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.carrier_rank(int, bigint[], timestamptz, numeric) IS
'Which carriers and services could carry lines of one seller order, best first, handed over at as_of (default now): those that keep the promise to the buyer (required_by) before the others, then by score. Terms: the contracts'' rows in force; what was seen: parcels of the service on the lane in the days of policy lg.rank_window_days before, known to have arrived by as_of. on_time_score = (on_time + good) / (judged + good + bad), intact_score likewise of parcels, with policy lg.rank_prior; price_score = lowest price / price, 0 without one; score = their mean in percent weighted by policy lg.rank_weights. weight_kg: gross, where prices go by it. For the lines'' seller, operators and auditors. Errors: MK001, MK002, MK004, MK005.';
