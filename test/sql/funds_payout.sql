-- Payouts in depth: dry run and obstacles, slots and schedule, four eyes, cancellation, recall and return, statement, sweep (FD §7, FD-54 to
-- FD-65, FD-P04, FD-P09 to FD-P13).
\set m 6171
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET marketplace.clock = '2026-07-13 06:00+00';
\set SHOW_CONTEXT never
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\set demo_funds :tests '/fixtures/demo_funds.sql'
\set ECHO none
\i :demo_parties
\i :demo_order
\i :demo_funds
\set ECHO all
SELECT marketplace.commission_rule_set(:m, '{"rate_pct": 10, "vat_rate_pct": 20}') > 0 AS rule;
SELECT marketplace.policy_set(:m, 'fd.four_eyes_amount', '100.00') > 0 AS four_eyes;
SELECT marketplace.seller_order_accept(:m, :alpha_order) = :alpha_order AS alpha, marketplace.seller_order_accept(:m, :beta_order) = :beta_order AS beta;
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, marketplace.payment_authorize(:m, :order_id, '462.82 EUR')), '2.90 EUR') > 0 AS settled;
SELECT marketplace.escrow_release(:m, :alpha_order) = :alpha_order AS alpha, marketplace.escrow_release(:m, :beta_order) = :beta_order AS beta;

-- who is not paid, and why: KYC by the PSP, the holder of the account
SELECT marketplace.kyc_set(:m, :alpha, 'refused', 'psp case 17') > 0 AS refused;
SELECT marketplace.payee_verification_record(:m, :beta_bank, '{"result": "RVMC", "name": "BETTA"}') > 0 AS close_match;
SELECT seller_id = :alpha AS alpha, value, held, obstacle, detail LIKE 'Verification of payee of account % close_match.' AS about_account FROM marketplace.payout_obstacles(:m) ORDER BY seller_id;
SELECT count(*) AS would_be_paid FROM marketplace.payout_plan(:m);
SELECT marketplace.kyc_set(:m, :alpha, 'valid', 'psp case 18', '2027-07-13') > 0 AS valid;
SELECT marketplace.payee_verification_accept(:m, :beta_bank, 'a trade name') > 0 AS accepted;
SELECT count(*) AS obstacles FROM marketplace.payout_obstacles(:m);

-- FD-56: the dry run is what is frozen
CREATE TEMP TABLE planned AS SELECT * FROM marketplace.payout_plan(:m);
SELECT count(*) > 0 AS something, bool_and(execution_date = '2026-07-13') AS same_day FROM planned;
SELECT marketplace.payout_run(:m, '{"slot": "first"}') AS run \gset
SELECT count(*) AS differences FROM (
	(SELECT * FROM planned EXCEPT SELECT p.seller_id, p.bank_account_id, p.execution_date, i.order_line_id, i.allocation_id, marketplace.amount_value(i.amount), 'EUR'
	   FROM marketplace.payouts p JOIN marketplace.payout_items i ON i.marketplace_id = p.marketplace_id AND i.payout_id = p.id WHERE p.marketplace_id = :m)
	UNION ALL
	(SELECT p.seller_id, p.bank_account_id, p.execution_date, i.order_line_id, i.allocation_id, marketplace.amount_value(i.amount), 'EUR'
	   FROM marketplace.payouts p JOIN marketplace.payout_items i ON i.marketplace_id = p.marketplace_id AND i.payout_id = p.id WHERE p.marketplace_id = :m EXCEPT SELECT * FROM planned)) d;
SELECT marketplace.payout_run(:m, '{"slot": "first"}') = :run AS same_run;
SELECT pg_temp.refused(format('SELECT marketplace.payout_run(%s, %L)', :m, '{"slot": "first", "currency": "EUR"}')) LIKE 'MK006%' AS other_run_refused;
SELECT count(DISTINCT posting_id) AS postings FROM marketplace.transfers WHERE marketplace_id = :m AND reason = 'payout';

-- FD-54: above 100.00 a second person
SELECT seller_id = :alpha AS alpha, state, amount, execution_date FROM marketplace.payout_overview WHERE marketplace_id = :m ORDER BY payout_id;
SELECT max(payout_id) FILTER (WHERE seller_id = :alpha) AS big, max(payout_id) FILTER (WHERE seller_id = :beta) AS beta_payout FROM marketplace.payout_overview WHERE marketplace_id = :m \gset
SELECT pg_temp.refused(format('SELECT marketplace.payout_send(%s, %s)', :m, :big));
SELECT approval_id AS approval, content_hash FROM marketplace.approvals WHERE marketplace_id = :m AND kind = 'payout' AND object_id = :big \gset
SELECT pg_temp.refused(format('SELECT marketplace.approval_give(%s, %s, %L)', :m, :approval, :'content_hash')) LIKE 'MK090%' AS not_oneself;
SET marketplace.actor = 'second person';
SELECT marketplace.approval_give(:m, :approval, :'content_hash') = :approval AS given;
RESET marketplace.actor;
SELECT state FROM marketplace.payout_overview WHERE marketplace_id = :m AND payout_id = :big;
SELECT marketplace.payout_send(:m, :big) = :big AS sent;
SELECT state FROM marketplace.approvals WHERE marketplace_id = :m AND approval_id = :approval;

-- FD-65: cancelled at the PSP until the cut-off
SELECT marketplace.payout_cancel(:m, :big, 'the wrong seller') = :big AS asked;
SELECT pg_temp.refused(format('SELECT marketplace.payout_cancel(%s, %s, %L)', :m, :big, 'again')) LIKE 'MK111%' AS once;
SELECT kind, state FROM marketplace.instruction_overview WHERE marketplace_id = :m AND object = 'payout' AND object_id = :big ORDER BY instruction_id;
SELECT marketplace.payout_request_answer(:m, :big, true, 'camt.029 1') = :big AS answered;
SELECT kind, state FROM marketplace.instruction_overview WHERE marketplace_id = :m AND object = 'payout' AND object_id = :big ORDER BY instruction_id;
SELECT state FROM marketplace.payout_overview WHERE marketplace_id = :m AND payout_id = :big;
SELECT marketplace.payout_run(:m, '{"slot": "second"}') AS run \gset
SELECT max(payout_id) AS big FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run \gset
SET marketplace.actor = 'second person';
SELECT marketplace.approval_give(:m, approval_id, content_hash) > 0 AS given FROM marketplace.approvals WHERE marketplace_id = :m AND kind = 'payout' AND object_id = :big;
RESET marketplace.actor;
SELECT marketplace.payout_send(:m, :big) = :big AS sent;
SET marketplace.clock = '2026-07-13 08:30+00';
SELECT pg_temp.refused(format('SELECT marketplace.payout_cancel(%s, %s, %L)', :m, :big, 'too late'));
SELECT marketplace.payout_confirm(:m, :big, 'statement 1') = :big AS paid, marketplace.payout_confirm(:m, :beta_payout, 'statement 1') = :beta_payout AS paid;

-- recalled, refused; then it comes back (FD-P13, v:S5)
SELECT pg_temp.refused(format('SELECT marketplace.payout_recall(%s, %s, %L)', :m, :big, 'XXXX'));
SELECT marketplace.payout_recall(:m, :big, 'DUPL') = :big AS recalled;
SELECT state FROM marketplace.payout_overview WHERE marketplace_id = :m AND payout_id = :big;
SELECT marketplace.payout_request_answer(:m, :big, false, 'camt.029 CUST') = :big AS refused;
SELECT state FROM marketplace.payout_overview WHERE marketplace_id = :m AND payout_id = :big;
SELECT marketplace.payout_return(:m, :big, 'AC04', 'camt.054 9') = :big AS returned;
SELECT pg_temp.refused(format('SELECT marketplace.payout_return(%s, %s, %L, %L)', :m, :big, 'AC04', 'camt.054 9')) LIKE 'MK111%' AS once;
SELECT state, return_reason, slot FROM marketplace.payout_register WHERE marketplace_id = :m AND payout_id = :big;
SELECT state FROM marketplace.bank_accounts WHERE marketplace_id = :m AND id = :alpha_bank;
SELECT seller_id = :alpha AS alpha, value, held, obstacle, detail FROM marketplace.payout_obstacles(:m);
SELECT location, sum(value) AS value, sum(held) AS held FROM marketplace.funds_location(:m, :order_id) GROUP BY 1 ORDER BY 1;
SELECT location, sum(value) AS value FROM marketplace.funds_location_now WHERE marketplace_id = :m GROUP BY 1 ORDER BY 1;

-- the statements tie out
SELECT section, order_line_id IS NOT NULL AS of_line, sum(value) AS value FROM marketplace.payout_statement(:m, :beta_payout) GROUP BY 1, 2 ORDER BY min(array_position(ARRAY['opening', 'sales', 'commission', 'commission_vat', 'payouts_back', 'payout', 'closing'], section));
SELECT section, sum(value) AS value FROM marketplace.payout_statement(:m, :big) GROUP BY 1 ORDER BY min(array_position(ARRAY['opening', 'sales', 'commission', 'commission_vat', 'payouts_back', 'payout', 'closing'], section));
SELECT bool_and(ties) AS all_tie FROM (SELECT sum(CASE section WHEN 'closing' THEN - s.value ELSE s.value END) = 0 AND - sum(s.value) FILTER (WHERE section = 'payout') = p.amount AS ties
	FROM marketplace.payout_overview p, marketplace.payout_statement(:m, p.payout_id) s WHERE p.marketplace_id = :m GROUP BY p.payout_id, p.amount) t;

-- FD-P04, FD-P09: own money pays the fee, commission is swept once a day
SELECT pg_temp.refused(format('SELECT marketplace.own_funding(%s, %L, %L)', :m, '3.00 EUR', 'own 1'));
SELECT marketplace.own_funding(:m, '2.90 EUR', 'own 1') > 0 AS funded;
SELECT marketplace.commission_sweep(:m, '{"currency": "EUR"}') AS sweep \gset
SELECT marketplace.commission_sweep(:m, '{"currency": "EUR"}') = :sweep AS same_sweep;
SELECT day, state, commission, due FROM marketplace.sweep_register WHERE marketplace_id = :m;
SELECT kind, debit, credit FROM marketplace.trial_balance WHERE marketplace_id = :m AND kind IN ('c_cash', 'c_commission', 'c_due_from_own', 'o_cash', 'o_commission_receivable', 'o_due_to_client') ORDER BY 1;
SELECT marketplace.instruction_cancel(:m, instruction_id, 'the PSP is closed') > 0 AS withdrawn FROM marketplace.instruction_overview WHERE marketplace_id = :m AND object = 'sweep';
SELECT state FROM marketplace.sweep_register WHERE marketplace_id = :m;
SELECT marketplace.commission_sweep(:m, '{"currency": "EUR"}') > :sweep AS swept_again;
SELECT pg_temp.refused(format('SELECT marketplace.commission_sweep(%s, %L)', :m, '{"currency": "USD"}'));
SELECT * FROM marketplace.ledger_verify(:m);
