-- Carriers and claims seen by their parties: who may do what, and who sees what; nothing is written but by functions (LG-55).
\set m 7106
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET marketplace.clock = '2026-03-02 09:00+00';
\set SHOW_CONTEXT never
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\set demo_carrier :tests '/fixtures/demo_carrier.sql'
\i :demo_parties
\i :demo_order
\i :demo_carrier
\a
\t
SELECT marketplace.carrier_service_add(:m, '{"carrier": "colis", "code": "std", "name": "Standard"}') AS service,
	marketplace.carrier_contract_create(:m, '{"carrier": "colis", "reference": "C1", "valid_from": "2026-01-01"}') AS contract,
	marketplace.carrier_contract_create(:m, jsonb_build_object('carrier', 'colis', 'reference', 'OWN', 'seller_id', :beta, 'valid_from', '2026-01-01')) AS own \gset
SELECT marketplace.carrier_lane_set(:m, c, '{"service": "std", "valid_from": "2026-01-01", "lead_time": {"n": 2, "unit": "business_days"}, "price": "5.00", "currency": "EUR"}') > 0 FROM unnest(ARRAY[:contract, :own]) c;
SELECT marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', :alpha_order, 'carrier', 'colis', 'declared_value', '60.00 EUR', 'parcels', jsonb_build_array(jsonb_build_object(
	'tracking_number', 'X1', 'weight_kg', 3, 'contents', jsonb_build_array(jsonb_build_object('order_line_id', :line1, 'quantity', 2)))))) AS shipment \gset
SELECT marketplace.shipment_hand_over(:m, :shipment) = :shipment;
SET marketplace.clock = '2026-03-10 09:00+00';
SELECT pg_temp.track(:m, 'X1', 'l', 'lost', '2026-03-09T09:00:00Z') > 0;
CREATE ROLE regress_mk_log_alpha;
CREATE ROLE regress_mk_log_beta;
CREATE ROLE regress_mk_log_buyer;
CREATE ROLE regress_mk_log_carrier;
SELECT marketplace.access_grant(:m, 'regress_mk_log_alpha', 'seller', :alpha) > 0, marketplace.access_grant(:m, 'regress_mk_log_beta', 'seller', :beta) > 0,
	marketplace.access_grant(:m, 'regress_mk_log_buyer', 'buyer', :buyer) > 0, marketplace.access_grant(:m, 'regress_mk_log_carrier', 'carrier', :colis) > 0;
\set claims 'SELECT kind, state, claimant, loss, cap, claimed, accepted, must_act FROM marketplace.carrier_claim_overview WHERE marketplace_id = :m ORDER BY claim_id'
SELECT jsonb_build_object('shipment_id', :shipment, 'kind', 'loss', 'lines', jsonb_build_array(jsonb_build_object('parcel_id', pg_temp.parcel(:m, 'X1'), 'order_line_id', :line1))) AS document \gset

\echo -- terms: the seller its own contract, the carrier all of its, the buyer none
SET ROLE regress_mk_log_beta;
SELECT reference, carrier, lead_n, price FROM marketplace.carrier_terms WHERE marketplace_id = :m ORDER BY 1;
SELECT pg_temp.refused(format('SELECT marketplace.carrier_lane_set(%s, %s, ''{"service": "std", "valid_from": "2026-02-01"}'')', :m, :contract));
SELECT marketplace.carrier_lane_set(:m, :own, '{"service": "std", "valid_from": "2026-04-01", "offered": false}') > 0;
SELECT pg_temp.refused(format('SELECT marketplace.carrier_claim_open(%s, %L)', :m, :'document'));
SET ROLE regress_mk_log_carrier;
SELECT reference, lead_n FROM marketplace.carrier_terms WHERE marketplace_id = :m ORDER BY 1, valid_from;
SELECT count(*) FROM marketplace.carrier_scorecard(:m, '2026-03-01', '2026-04-01', 'month', 'colis');
SELECT pg_temp.refused(format('SELECT count(*) FROM marketplace.carrier_scorecard(%s, ''2026-03-01'', ''2026-04-01'')', :m));
SET ROLE regress_mk_log_buyer;
SELECT count(*) FROM marketplace.carrier_terms WHERE marketplace_id = :m;
SELECT pg_temp.refused(format('SELECT marketplace.carrier_claim_open(%s, %L)', :m, :'document'));
SELECT holder, borne_by, claimant FROM marketplace.risk_explain(:m, :line1);

\echo -- the claimant claims; the carrier sees it once it is filed, and answers; others neither see nor do
SET ROLE regress_mk_log_alpha;
SELECT marketplace.carrier_claim_open(:m, :'document') AS claim \gset
:claims;
SET ROLE regress_mk_log_carrier;
:claims;
SELECT pg_temp.refused(format('SELECT * FROM marketplace.carrier_claim_explain(%s, %s)', :m, :claim)) ~ '^MK005';
SET ROLE regress_mk_log_alpha;
SELECT marketplace.carrier_claim_file(:m, :claim) = :claim;
SELECT pg_temp.refused(format('SELECT marketplace.carrier_claim_answer(%s, %s, ''{"accepted": "60.00 EUR"}'')', :m, :claim)) ~ '^MK005';
SET ROLE regress_mk_log_carrier;
:claims;
SELECT what, value FROM marketplace.carrier_claim_explain(:m, :claim);
SELECT marketplace.carrier_claim_answer(:m, :claim, '{"accepted": "60.00 EUR"}') = :claim;
SET ROLE regress_mk_log_beta;
:claims;
SET ROLE regress_mk_log_buyer;
:claims;
\echo -- paid to the claimant itself, who bore all of it
SET ROLE regress_mk_log_alpha;
SELECT marketplace.carrier_claim_pay(:m, jsonb_build_object('reference', 'transfer of 10 March', 'claims', jsonb_build_array(jsonb_build_object('claim_id', :claim)))) = :claim;
SELECT bearer, borne, recovered, uncovered, reference FROM marketplace.carrier_recovery_overview WHERE marketplace_id = :m;
SET ROLE regress_mk_log_carrier;
SELECT count(*) FROM marketplace.carrier_recovery_overview WHERE marketplace_id = :m;
RESET ROLE;
\echo -- a second time, and past the functions
SELECT pg_temp.refused(format('SELECT marketplace.carrier_claim_file(%s, %s)', :m, :claim)) ~ '^MK030';
SELECT pg_temp.refused(format('SELECT marketplace.carrier_claim_abandon(%s, %s, ''x'')', :m, :claim)) ~ '^MK030';
SELECT pg_temp.refused(format('UPDATE marketplace.carrier_claims SET claimed = NULL WHERE marketplace_id = %s', :m)) ~ '^MK04';
SELECT pg_temp.refused(format('DELETE FROM marketplace.carrier_recoveries WHERE marketplace_id = %s', :m)) ~ '^MK04';
SELECT pg_temp.refused(format('UPDATE marketplace.shipment_promises SET deliver_by = NULL WHERE marketplace_id = %s', :m)) ~ '^MK04';
SELECT type FROM marketplace.events WHERE marketplace_id = :m AND type ~ '^carrier_claim' ORDER BY id;
DROP OWNED BY regress_mk_log_alpha, regress_mk_log_beta, regress_mk_log_buyer, regress_mk_log_carrier;
DROP ROLE regress_mk_log_alpha, regress_mk_log_beta, regress_mk_log_buyer, regress_mk_log_carrier;
