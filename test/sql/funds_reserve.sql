-- Maturity and reserve: what a release brings waits before it can be paid out, a part of it is kept back and freed on a ladder, never below the
-- floor nor below open disputes, and each cent of it can be explained (FD-42, FD-P06, FD-P08).
\set m 6112
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET marketplace.clock = '2026-03-02 08:00+00';
\set SHOW_CONTEXT never
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\set demo_funds :tests '/fixtures/demo_funds.sql'
\set ECHO none
\i :demo_parties
\i :demo_order
\i :demo_funds
-- reserve_explain() with the position of the line instead of numbers of objects
CREATE FUNCTION pg_temp.explained(m int, seller bigint, as_of timestamptz DEFAULT NULL)
RETURNS TABLE (line int, taken date, base numeric, pct numeric, by_rule boolean, reserve numeric, step numeric, due date, released numeric, used numeric, remaining numeric, state text)
LANGUAGE sql AS $$
	SELECT l.position, e.taken_at::date, e.base, e.pct, e.rule_id IS NOT NULL, e.reserve, e.step, e.due_at::date, e.released, e.used, e.remaining, e.state
	  FROM marketplace.reserve_explain(m, seller, as_of) e
	  JOIN marketplace.order_lines l ON l.marketplace_id = m AND l.id = e.order_line_id $$;
CREATE FUNCTION pg_temp.funds(m int, order_number bigint, as_of timestamptz DEFAULT NULL) RETURNS TABLE (line int, location text, value numeric, held numeric) LANGUAGE sql AS $$
	SELECT l.position, f.location, f.value, f.held FROM marketplace.funds_location(m, order_number, as_of) f
	  JOIN marketplace.order_lines l ON l.marketplace_id = m AND l.id = f.order_line_id ORDER BY 1, 2 $$;
\set ECHO all
SELECT marketplace.policy_set(:m, 'fd.payout_schedule', '"manual"') > 0 AS payouts_by_hand;
-- alpha: 10 % of everything for 30 and 60 days, tools 20 % for 90; beta and others go by the policy parameters
SELECT marketplace.reserve_rule_set(:m, jsonb_build_object('seller_id', :alpha, 'pct', 10, 'floor', '20.00 EUR',
	'ladder', '[{"days": 30, "pct": 50}, {"days": 60, "pct": 50}]'::jsonb)) > 0 AS alpha,
	marketplace.reserve_rule_set(:m, jsonb_build_object('seller_id', :alpha, 'category', 'tools', 'pct', 20, 'days', 90)) > 0 AS tools;
SELECT marketplace.policy_set(:m, 'fd.reserve_pct', '5') > 0 AS pct, marketplace.policy_set(:m, 'fd.reserve_days', '10') > 0 AS days,
	marketplace.policy_set(:m, 'fd.maturity_days', '7') > 0 AS maturity;
SELECT seller_id = :alpha AS alpha, category, pct, ladder_days, ladder_pct, floor FROM marketplace.reserve_rules WHERE marketplace_id = :m ORDER BY id;
SELECT marketplace.commission_rule_set(:m, '{"rate_pct": 10}') > 0 AS commission;
SELECT marketplace.seller_order_accept(:m, :alpha_order) = :alpha_order AS alpha, marketplace.seller_order_accept(:m, :beta_order) = :beta_order AS beta;
SELECT marketplace.payment_authorize(:m, :order_id, '462.82 EUR') AS payment \gset
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, :payment)) > 0 AS final;

-- books in three acceptances: the reserve is cumulative, nothing is lost by rounding
SELECT pg_temp.ship(:m, :alpha_order, :line2, 3) > 0 AS shipped;
SELECT pg_temp.receive(:m, :order_id, :line2, 1) > 0 AS accepted;
SELECT * FROM pg_temp.funds(:m, :order_id) WHERE line = 2;
SET marketplace.clock = '2026-03-03 08:00+00';
SELECT pg_temp.receive(:m, :order_id, :line2, 1) > 0 AS accepted;
SET marketplace.clock = '2026-03-04 08:00+00';
SELECT pg_temp.receive(:m, :order_id, :line2, 1) > 0 AS accepted;
SELECT * FROM pg_temp.funds(:m, :order_id) WHERE line = 2;
SELECT pg_temp.ship(:m, :alpha_order, :line1, 2) > 0 AS tools, pg_temp.ship(:m, :beta_order, :line3, 10) > 0 AS gloves;
SELECT pg_temp.receive(:m, :order_id, :line1, 2) > 0 AS tools, pg_temp.receive(:m, :order_id, :line3, 10) > 0 AS gloves;
SELECT * FROM pg_temp.funds(:m, :order_id);
SELECT * FROM pg_temp.explained(:m, :alpha);
SELECT * FROM pg_temp.explained(:m, :beta);
SELECT seller_id = :alpha AS alpha, escrow, pending, available, reserve FROM marketplace.seller_balance WHERE marketplace_id = :m ORDER BY 1 DESC;

-- nothing can be paid out before it has matured, and what was released first matures first
SELECT marketplace.payout_run(:m) AS run \gset
SELECT count(*) AS payouts FROM marketplace.payout_overview WHERE marketplace_id = :m;
SET marketplace.clock = '2026-03-09 08:00+00';
SELECT marketplace.tick(:m) > 0 AS done;
SELECT * FROM pg_temp.funds(:m, :order_id) WHERE line = 2;
SET marketplace.clock = '2026-03-11 08:00+00';
SELECT marketplace.tick(:m) > 0 AS done;
SELECT * FROM pg_temp.funds(:m, :order_id);
SELECT count(DISTINCT t.posting_id) AS postings, count(*) AS transfers FROM marketplace.transfers t WHERE t.marketplace_id = :m AND t.reason = 'maturity' GROUP BY t.recorded_at ORDER BY t.recorded_at;
SELECT amount, matured, released_at, due_at, matured_at FROM marketplace.maturities WHERE marketplace_id = :m ORDER BY id;
SELECT marketplace.payout_run(:m) AS run \gset
SELECT seller_id = :alpha AS alpha, amount FROM marketplace.payout_overview WHERE marketplace_id = :m ORDER BY payout_id;

-- ten days: beta's reserve is freed, in one posting
SET marketplace.clock = '2026-03-14 08:00+00';
SELECT marketplace.tick(:m) > 0 AS done;
SELECT * FROM pg_temp.explained(:m, :beta);
SELECT * FROM pg_temp.funds(:m, :order_id) WHERE line = 3;
-- thirty days: half of the books' reserve; alpha has a dispute that is as large as its whole reserve, so nothing is freed
SET marketplace.clock = '2026-04-03 08:00+00';
SELECT marketplace.hold_place(:m, jsonb_build_object('seller_id', :alpha, 'reason', 'dispute', 'amount', '500.00 EUR')) AS hold \gset
SELECT marketplace.tick(:m) IS NOT NULL AS done;
SELECT line, step, due, released, remaining, state FROM pg_temp.explained(:m, :alpha);
SELECT marketplace.hold_lift(:m, :hold, reason => 'settled') = :hold AS lifted;
SELECT marketplace.tick(:m) > 0 AS done;
SELECT line, step, due, released, remaining, state FROM pg_temp.explained(:m, :alpha);
SELECT type, payload ->> 'amount' AS amount FROM marketplace.events WHERE marketplace_id = :m AND type = 'reserve.released' ORDER BY id;
-- ninety days: all is due, the floor stays
SET marketplace.clock = '2026-06-02 08:00+00';
SELECT marketplace.tick(:m) > 0 AS done;
SELECT line, step, due, released, remaining, state FROM pg_temp.explained(:m, :alpha);
SELECT reserve FROM marketplace.seller_balance WHERE marketplace_id = :m AND seller_id = :alpha;
SELECT marketplace.tick(:m) IS NOT NULL AS done;
SELECT reserve FROM marketplace.seller_balance WHERE marketplace_id = :m AND seller_id = :alpha;
-- a lower floor frees the rest
SELECT marketplace.reserve_rule_set(:m, jsonb_build_object('seller_id', :alpha, 'pct', 10, 'floor', '0.00 EUR', 'days', 30)) > 0 AS lower;
SELECT marketplace.tick(:m) > 0 AS done;
SELECT DISTINCT state, sum(remaining) OVER () AS remaining, sum(released) OVER () AS released FROM pg_temp.explained(:m, :alpha);

-- as of any instant: explained as it was, and each cent in one place
SELECT line, step, due, released, remaining, state FROM pg_temp.explained(:m, :alpha, '2026-04-03 09:00+00');
SELECT t, sum(f.value) AS captured, sum(f.value) FILTER (WHERE location = 'seller_pending') AS pending, sum(f.value) FILTER (WHERE location = 'reserve') AS reserve,
	(SELECT sum(remaining) FROM (VALUES (:alpha), (:beta)) s(seller), marketplace.reserve_explain(:m, seller, t)) AS explained
  FROM unnest(ARRAY['2026-03-02 09:00', '2026-03-04 09:00', '2026-03-10 09:00', '2026-03-12 09:00', '2026-03-15 09:00', '2026-04-03 09:00', '2026-06-02 09:00']::timestamptz[]) t
  LEFT JOIN LATERAL marketplace.funds_location(:m, :order_id, t) f ON NOT memo GROUP BY t ORDER BY t;
SELECT ring, kind, debit, credit FROM marketplace.trial_balance WHERE marketplace_id = :m AND debit + credit <> 0 ORDER BY 1, 2;
SELECT * FROM marketplace.ledger_verify(:m);
SELECT * FROM marketplace.events_verify(:m);

-- refused
SELECT pg_temp.refused(format('SELECT marketplace.reserve_rule_set(%s, %L)', :m, d)) FROM (VALUES
	('{"days": 30}'), ('{"pct": 101}'), ('{"pct": -1}'), ('{"pct": 5, "days": -1}'), ('{"pct": 5, "days": 30, "ladder": [{"days": 30, "pct": 100}]}'),
	('{"pct": 5, "ladder": []}'), ('{"pct": 5, "ladder": [{"days": 30, "pct": 60}]}'), ('{"pct": 5, "ladder": [{"days": 30, "pct": 50}, {"days": 30, "pct": 50}]}'),
	('{"pct": 5, "floor": "a lot"}'), ('{"pct": 5, "floor": "1.00 EUR", "category": "tools"}'), ('{"pct": 5, "valid_from": "2026-07-01T00:00:00Z", "valid_until": "2026-07-01T00:00:00Z"}'),
	(format('{"pct": 5, "seller_id": %s}', :buyer))) v(d);
SELECT pg_temp.refused(format('SELECT * FROM marketplace.reserve_explain(%s, 999999999)', :m));
SELECT pg_temp.refused(format('UPDATE marketplace.reserves SET pct = 1 WHERE marketplace_id = %s', :m));
SELECT pg_temp.refused(format('UPDATE marketplace.reserve_steps SET open = true WHERE marketplace_id = %s', :m));
SELECT pg_temp.refused(format('UPDATE marketplace.maturities SET matured_at = NULL WHERE marketplace_id = %s', :m));
