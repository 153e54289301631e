-- What funds refuse, with figures and a way out; who sees what; and that rows are changed by functions only.
\set m 6103
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
\set ECHO all
\a
\t
SELECT marketplace.seller_order_accept(:m, :alpha_order) = :alpha_order AND marketplace.seller_order_accept(:m, :beta_order) = :beta_order AS accepted;
-- commission rules
SELECT pg_temp.refused(format('SELECT marketplace.commission_rule_set(%s, %L)', :m, d)) FROM (VALUES
	(NULL), ('{}'), ('[]'), ('{"rate_pct": 101}'), ('{"rate_pct": -1}'), ('{"rate_pct": "NaN"}'), ('{"rate_pct": 1, "colour": "red"}'),
	('{"rate_pct": 1, "fixed": "much"}'), ('{"rate_pct": 1, "fixed": "-1.00 EUR"}'), ('{"rate_pct": 1, "fixed": "1.00 EUR", "minimum": "1.00 USD"}'),
	('{"rate_pct": 1, "minimum": "2.00 EUR", "maximum": "1.00 EUR"}'), ('{"rate_pct": 1, "base": "net"}'), ('{"rate_pct": 1, "vat_rate_pct": 120}'),
	('{"rate_pct": 1, "seller_id": 999999999}'), (format('{"rate_pct": 1, "seller_id": %s}', :buyer)),
	('{"rate_pct": 1, "valid_from": "2026-04-01T00:00:00Z", "valid_until": "2026-03-01T00:00:00Z"}')) v(d);

-- authorisations
SELECT pg_temp.refused(format('SELECT marketplace.payment_authorize(%s, %L, %L, %L)', m, o, a, d)) FROM (VALUES
	(:m, NULL, '1.00 EUR', '{"method": "card"}'), (:m, :order_id, NULL, '{"method": "card"}'), (:m, :order_id, '1.00 EUR', NULL),
	(:m, :order_id, '0.00 EUR', '{"method": "card"}'), (:m, :order_id, '-1.00 EUR', '{"method": "card"}'), (:m, :order_id, '1.00 USD', '{"method": "card"}'),
	(:m, 999999999, '1.00 EUR', '{"method": "card"}'), (6199, :order_id, '1.00 EUR', '{"method": "card"}'),
	(:m, :order_id, '1.00 EUR', '{"method": "cash"}'), (:m, :order_id, '1.00 EUR', '{}'), (:m, :order_id, '1.00 EUR', '{"method": "card", "pan": "4111"}'),
	(:m, :order_id, '1.00 EUR', '{"method": "card", "expires_at": "2026-03-01T00:00:00Z"}')) v(m, o, a, d);
SELECT marketplace.payment_authorize(:m, :order_id, '600.00 EUR', '{"method": "card", "psp_reference": "p1", "expires_at": "2026-03-09T08:00:00Z"}') AS payment \gset
SELECT marketplace.payment_authorize(:m, :order_id, '100.00 EUR', '{"method": "card", "psp_reference": "p2", "expires_at": "2026-03-09T08:00:00Z"}') AS payment2 \gset
SELECT pg_temp.refused(format('SELECT marketplace.payment_authorize(%s, %s, %L, %L)', :m, :order_id, '1.00 EUR', '{"method": "card", "psp_reference": "p1"}'));

-- captures: more than authorised, more than the order lacks, nothing, less than nothing, another currency, of others
SELECT pg_temp.refused(format('SELECT marketplace.payment_capture(%s, %L, %L)', m, p, a)) FROM (VALUES
	(:m, NULL, '1.00 EUR'), (:m, :payment, '600.01 EUR'), (:m, :payment, '462.83 EUR'), (:m, :payment, '0.00 EUR'), (:m, :payment, '-5.00 EUR'),
	(:m, :payment, '5.00 USD'), (:m, 999999999, '5.00 EUR'), (6199, :payment, '5.00 EUR')) v(m, p, a);
SELECT marketplace.payment_capture(:m, :payment, '400.00 EUR') AS capture \gset
SELECT pg_temp.refused(format('SELECT marketplace.payment_capture(%s, %s, %L)', :m, :payment, '62.83 EUR'));
SELECT pg_temp.refused(format('SELECT marketplace.payment_void(%s, %s)', :m, :payment));
-- an authorisation that is over is over, whether tick() has run or not; tick() says so
SET marketplace.clock = '2026-03-09 08:00+00';
SELECT pg_temp.refused(format('SELECT marketplace.payment_capture(%s, %s)', :m, p)) FROM (VALUES (:payment), (:payment2)) v(p);
SELECT * FROM pg_temp.where_is(:m, :order_id) WHERE memo;
SELECT marketplace.tick(:m) >= 1 AS ticked;
SELECT state, authorised, captured, closed_at FROM marketplace.payment_overview WHERE marketplace_id = :m ORDER BY payment_id;
SELECT pg_temp.refused(format('SELECT marketplace.payment_void(%s, %s)', :m, :payment2));

-- settlements: twice, with an impossible fee
SELECT pg_temp.refused(format('SELECT marketplace.payment_settle(%s, %L, %L)', m, c, f)) FROM (VALUES
	(:m, NULL, '1.00 EUR'), (:m, :capture, '400.01 EUR'), (:m, :capture, '-1.00 EUR'), (:m, :capture, '1.00 USD'), (:m, 999999999, NULL), (6199, :capture, NULL)) v(m, c, f);
SELECT marketplace.payment_settle(:m, :capture, '0.00 EUR') = :capture AS settled;
SELECT pg_temp.refused(format('SELECT marketplace.payment_settle(%s, %s)', :m, :capture));

-- releases
SELECT pg_temp.refused(format('SELECT marketplace.escrow_release(%s, %L)', m, s)) FROM (VALUES (:m, NULL), (:m, 999999999), (6199, :alpha_order)) v(m, s);
SELECT marketplace.escrow_release(:m, :alpha_order) = :alpha_order AS released;
SELECT pg_temp.refused(format('SELECT marketplace.escrow_release(%s, %s)', :m, :alpha_order));
SELECT * FROM pg_temp.where_is(:m, :order_id);

-- payouts: a seller without a verified bank account is passed over, and refused when it is named; too little carries over
SELECT pg_temp.refused(format('SELECT marketplace.payout_run(%s, %L)', :m, d)) FROM (VALUES
	(NULL), ('[]'), ('{"colour": "red"}'), ('{"currency": "XYZ"}'), ('{"minimum": "0.00 EUR"}'), ('{"minimum": "1.00 EUR", "currency": "USD"}'),
	('{"sellers": []}'), ('{"sellers": ["alpha"]}'), ('{"sellers": [1.5]}'), ('{"sellers": [999999999]}')) v(d);
SELECT marketplace.bank_account_block(:m, :alpha_bank, 'IBAN in doubt') = :alpha_bank AS blocked;
SELECT marketplace.payout_run(:m) > 0 AS run, (SELECT count(*) FROM marketplace.payouts WHERE marketplace_id = :m) AS payouts;
SELECT pg_temp.refused(format('SELECT marketplace.payout_run(%s, %L)', :m, format('{"sellers": [%s]}', :alpha)));
SELECT marketplace.bank_account_verify(:m, :alpha_bank) = :alpha_bank AS verified;
SELECT marketplace.payout_run(:m, '{"minimum": "1000.00 EUR"}') > 0 AS run, (SELECT count(*) FROM marketplace.payouts WHERE marketplace_id = :m) AS payouts;
SELECT marketplace.payout_run(:m, '{"currency": "USD"}') > 0 AS run;
SELECT marketplace.payout_run(:m, format('{"sellers": [%s]}', :beta)::jsonb) > 0 AS run;
SELECT count(*) AS payouts FROM marketplace.payouts WHERE marketplace_id = :m;
SELECT marketplace.payout_run(:m) > 0 AS run;
SELECT state, amount FROM marketplace.payout_overview WHERE marketplace_id = :m;
SELECT payout_id AS payout FROM marketplace.payout_overview WHERE marketplace_id = :m \gset
SELECT pg_temp.refused(format('SELECT marketplace.payout_confirm(%s, %L)', m, p)) FROM (VALUES (:m, NULL), (:m, 999999999), (6199, :payout)) v(m, p);
SELECT pg_temp.refused(format('SELECT marketplace.payout_fail(%s, %s, %L)', :m, :payout, r)) FROM (VALUES (NULL), ('')) v(r);
-- taken back before it was sent: payable again
SELECT marketplace.payout_fail(:m, :payout, 'wrong day') = :payout AS dropped;
SELECT state FROM marketplace.payout_overview WHERE marketplace_id = :m;
SELECT pg_temp.refused(format('SELECT marketplace.payout_send(%s, %s)', :m, :payout));
SELECT pg_temp.refused(format('SELECT marketplace.payout_confirm(%s, %s)', :m, :payout));
SELECT available, in_payout FROM marketplace.seller_balance WHERE marketplace_id = :m AND seller_id = :alpha;
SELECT pg_temp.refused(format('SELECT marketplace.refund_send(%s, %L)', m, r)) FROM (VALUES (:m, NULL), (:m, 999999999)) v(m, r);
SELECT pg_temp.refused(format('SELECT * FROM marketplace.funds_location(%s, %L)', m, o)) FROM (VALUES (:m, NULL), (:m, 999999999), (6199, :order_id)) v(m, o);

-- rows are written by functions: a state along its lifecycle (MK030), and even then not by a bare statement (MK041); facts never (MK040)
SELECT pg_temp.refused(s) FROM (VALUES
	(1, format('UPDATE marketplace.payouts SET state = ''paid'' WHERE marketplace_id = %s', :m)),
	(2, format('UPDATE marketplace.captures SET state = ''captured'', settled_at = NULL WHERE marketplace_id = %s', :m)),
	(3, format('UPDATE marketplace.payments SET captured = ''1.00 EUR'' WHERE marketplace_id = %s', :m)),
	(4, format('UPDATE marketplace.payments SET authorised = ''1000.00 EUR'' WHERE marketplace_id = %s', :m)),
	(5, format('UPDATE marketplace.capture_allocations SET commission = ''1.00 EUR'' WHERE marketplace_id = %s', :m)),
	(6, format('UPDATE marketplace.capture_allocations SET open = false WHERE marketplace_id = %s', :m)),
	(7, format('DELETE FROM marketplace.payout_items WHERE marketplace_id = %s', :m)),
	(8, 'TRUNCATE marketplace.captures'),
	(9, format('INSERT INTO marketplace.commission_rules (marketplace_id, rate_pct, valid_from, actor, recorded_at) VALUES (%s, 0, now(), ''me'', now())', :m))) v(n, s) ORDER BY n;

-- who sees what
CREATE ROLE regress_funds_alpha;
CREATE ROLE regress_funds_buyer;
CREATE ROLE regress_funds_nobody;
SELECT marketplace.access_grant(:m, 'regress_funds_alpha', 'seller', :alpha) > 0 AND marketplace.access_grant(:m, 'regress_funds_buyer', 'buyer', :buyer) > 0 AS granted;
SET ROLE regress_funds_alpha;
SELECT location, sum(value) FROM marketplace.funds_location(:m, :order_id) GROUP BY 1 ORDER BY 1;
SELECT (SELECT count(*) FROM marketplace.payments) AS payments, (SELECT count(*) FROM marketplace.captures) AS captures,
	(SELECT count(*) FROM marketplace.capture_allocations) AS shares, (SELECT count(*) FROM marketplace.payouts) AS payouts,
	(SELECT count(*) FROM marketplace.payout_items) AS payout_items, (SELECT count(*) FROM marketplace.payout_batches) AS runs,
	(SELECT count(*) FROM marketplace.refunds) AS refunds;
SELECT location, sum(value) FROM marketplace.funds_location_now GROUP BY 1 ORDER BY 1;
SELECT available, escrow FROM marketplace.seller_balance;
SELECT marketplace.payout_run(:m);
SELECT marketplace.escrow_release(:m, :alpha_order);
SET ROLE regress_funds_buyer;
SELECT (SELECT count(*) FROM marketplace.payments) AS payments, (SELECT count(*) FROM marketplace.captures) AS captures,
	(SELECT count(*) FROM marketplace.capture_allocations) AS shares, (SELECT count(*) FROM marketplace.payouts) AS payouts;
SELECT marketplace.payment_capture(:m, :payment);
SELECT * FROM marketplace.funds_location(:m, :order_id);
SET ROLE regress_funds_nobody;
\set VERBOSITY terse
SELECT * FROM marketplace.funds_location(:m, :order_id);
\set VERBOSITY default
RESET ROLE;
SELECT marketplace.access_revoke(:m, 'regress_funds_alpha', 'seller', :alpha) > 0 AND marketplace.access_revoke(:m, 'regress_funds_buyer', 'buyer', :buyer) > 0 AS revoked;
DROP OWNED BY regress_funds_alpha, regress_funds_buyer;
DROP ROLE regress_funds_alpha, regress_funds_buyer, regress_funds_nobody;
SELECT * FROM marketplace.ledger_verify(:m);
