-- A seller's debt from advance to settlement: set-off on releases (FD-P21), contested, in collection, paid (FD-P22); what is refused.
\set m 6104
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET marketplace.clock = '2026-03-02 08:00+00';
\set SHOW_CONTEXT never
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_funds :tests '/fixtures/demo_funds.sql'
\set ECHO none
\i :demo_parties
\i :demo_funds
CREATE FUNCTION pg_temp.refused_debt(statement text) RETURNS text LANGUAGE sql AS $$ SELECT regexp_replace(pg_temp.refused(statement), 'debt \d+', 'debt #') $$;
CREATE FUNCTION pg_temp.sale(m int, buyer bigint, seller bigint, price numeric, reference text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	placed bigint := marketplace.order_place(m, jsonb_build_object('reference', reference, 'buyer', buyer, 'currency', 'EUR', 'lines', jsonb_build_array(
		jsonb_build_object('seller', seller, 'description', 'Nuts', 'quantity', 1, 'net_price', price, 'vat_category', 'S', 'vat_rate', 20))));
BEGIN
	PERFORM marketplace.payment_settle(m, marketplace.payment_capture(m, marketplace.payment_authorize(m, placed, ((price * 1.2) || ' EUR')::marketplace.amount)));
	PERFORM marketplace.seller_order_accept(m, s.id), marketplace.escrow_release(m, s.id) FROM marketplace.seller_orders s WHERE s.marketplace_id = m AND s.order_id = placed;
	RETURN placed;
END $$;
CREATE VIEW pg_temp.debts AS SELECT state, amount, open, interest, currency, interest_pct, due_on, days_due, repaid_by_offset, repaid_by_payment, given_up FROM marketplace.seller_debts_overview WHERE marketplace_id = 6104 ORDER BY debt_id;
\set ECHO all
SELECT marketplace.policy_set(:m, 'fd.debt_interest_pct', '10') > 0 AS interest, marketplace.policy_set(:m, 'fd.debt_due_days', '10') > 0 AS due;
SELECT pg_temp.sale(:m, :buyer, :beta, 100, 'D-1') AS order_id \gset
SELECT marketplace.payout_run(:m) AS run \gset
SELECT marketplace.payout_confirm(:m, payout_id) > 0 AS paid FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run;
SELECT id AS line FROM marketplace.order_lines WHERE marketplace_id = :m AND order_id = :order_id \gset
SELECT marketplace.refund_create(:m, jsonb_build_object('order_id', :order_id, 'door', 'dispute', 'lines', jsonb_build_array(jsonb_build_object('order_line_id', :line)))) > 0 AS refunded;
SELECT * FROM pg_temp.debts;
SELECT debt_id AS debt FROM marketplace.seller_debts_overview WHERE marketplace_id = :m \gset
-- not due yet: a release does not repay it
SELECT pg_temp.sale(:m, :buyer, :beta, 10, 'D-2') > 0 AS sold;
SELECT * FROM pg_temp.debts;
-- due for 73 days: interest first, then principal
SET marketplace.clock = '2026-05-24 08:00+00';
SELECT * FROM pg_temp.debts;
SELECT pg_temp.sale(:m, :buyer, :beta, 20, 'D-3') > 0 AS sold;
SELECT * FROM pg_temp.debts;
SELECT kind, principal, interest, note FROM marketplace.seller_debt_movements WHERE marketplace_id = :m ORDER BY id;
-- contested: the next release is the seller's; decided: it stands
SELECT marketplace.debt_contest(:m, :debt, 'the buyer had it') = :debt AS contested;
SELECT pg_temp.sale(:m, :buyer, :beta, 10, 'D-4') > 0 AS sold;
SELECT * FROM pg_temp.debts;
SELECT marketplace.debt_decide(:m, :debt, NULL, 'the parcel came back empty') = :debt AS decided;
SELECT marketplace.debt_collect(:m, :debt, 'letter of formal notice') = :debt AS collected;
SELECT marketplace.debt_repay(:m, :debt, '10.00 EUR', 'transfer 8') = :debt AS paid;
SELECT * FROM pg_temp.debts;
SELECT pg_temp.refused_debt(format('SELECT marketplace.debt_repay(%s, %s, %L)', :m, :debt, '1000.00 EUR'));
SELECT pg_temp.refused_debt(format('SELECT marketplace.debt_repay(%s, %s, %L)', :m, :debt, '1.00 GBP'));
SELECT pg_temp.refused_debt(format('SELECT marketplace.debt_contest(%s, %s, %L)', :m, :debt, 'late'));
SELECT pg_temp.refused_debt(format('SELECT marketplace.debt_decide(%s, %s, NULL, %L)', :m, :debt, 'no'));
SELECT pg_temp.refused_debt(format('SELECT marketplace.debt_write_off(%s, %s, NULL)', :m, :debt));
-- the last release settles it
SELECT pg_temp.sale(:m, :buyer, :beta, 200, 'D-5') > 0 AS sold;
SELECT * FROM pg_temp.debts;
SELECT pg_temp.refused_debt(format('SELECT marketplace.debt_repay(%s, %s, %L)', :m, :debt, '1.00 EUR'));
SELECT pg_temp.refused_debt(format('SELECT marketplace.debt_collect(%s, %s, %L)', :m, :debt, 'again'));
SELECT pg_temp.refused_debt(format('SELECT marketplace.debt_repay(%s, 999999999, %L)', :m, '1.00 EUR'));
SELECT pg_temp.refused_debt(format('UPDATE marketplace.seller_debts SET open_amount = NULL WHERE marketplace_id = %s', :m));
SELECT pg_temp.refused_debt(format('DELETE FROM marketplace.seller_debt_movements WHERE marketplace_id = %s', :m));
SELECT ring, kind, debit, credit FROM marketplace.trial_balance WHERE marketplace_id = :m AND debit + credit <> 0 AND kind IN ('c_due_to_own', 'o_due_from_client', 'o_seller_receivable', 'o_cash', 'c_due_from_own') ORDER BY 1, 2;
SELECT * FROM marketplace.ledger_verify(:m);
SELECT * FROM marketplace.events_verify(:m);
