-- Who places, answers and sees what: a seller sees its own part of a shared order, no totals and no lines of others.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\set m 2104
\i :demo_parties
\i :demo_order
\set mine :order_id
CREATE ROLE regress_mk_o_buyer;
CREATE ROLE regress_mk_o_alpha;
CREATE ROLE regress_mk_o_beta;
CREATE ROLE regress_mk_o_auditor;
SELECT marketplace.access_grant(:m, 'regress_mk_o_buyer', 'buyer', :buyer) > 0 AS granted;
SELECT marketplace.access_grant(:m, 'regress_mk_o_alpha', 'seller', :alpha) > 0 AS granted;
SELECT marketplace.access_grant(:m, 'regress_mk_o_beta', 'seller', :beta) > 0 AS granted;
SELECT marketplace.access_grant(:m, 'regress_mk_o_auditor', 'auditor') > 0 AS granted;
SELECT format('{"reference": "own", "buyer": %s, "currency": "EUR", "lines": [{"seller": %s, "description": "x", "quantity": 1, "net_price": 1, "vat_category": "O"}]}', :buyer, :beta) AS own \gset
SELECT format('{"reference": "own", "buyer": %s, "currency": "EUR", "placed_at": "2020-01-01T00:00:00Z", "lines": [{"seller": %s, "description": "x", "quantity": 1, "net_price": 1, "vat_category": "O"}]}', :buyer, :beta) AS old \gset
-- the buyer sees the whole of its orders, and of the sellers what documents print
SET ROLE regress_mk_o_buyer;
SELECT marketplace.order_place(:m, :'old');
SELECT marketplace.order_place(:m, :'own') > 0 AS placed;
SELECT reference, net, vat, gross, sellers, lines FROM marketplace.order_overview WHERE marketplace_id = :m ORDER BY order_id;
SELECT count(*) FROM marketplace.order_lines WHERE marketplace_id = :m AND order_id = :mine;
SELECT name, vat_id, capacities, line1, verified_bank_accounts FROM marketplace.party_directory WHERE marketplace_id = :m ORDER BY name;
SELECT count(*) AS accounts FROM marketplace.bank_accounts;
SELECT marketplace.seller_order_accept(:m, :alpha_order);
SELECT marketplace.party_create(:m, '{"name": "x", "country": "FR", "capacities": ["seller"]}');
INSERT INTO marketplace.orders (marketplace_id, reference, buyer_id, currency, placed_at, recorded_at) VALUES (:m, 'x', :buyer, 'EUR', now(), now());
-- ALPHA: its part of one order
SET ROLE regress_mk_o_alpha;
SELECT marketplace.order_place(:m, :'own');
SELECT reference, buyer_name, net, vat, gross, sellers, lines FROM marketplace.order_overview WHERE marketplace_id = :m;
SELECT position, description FROM marketplace.order_lines WHERE marketplace_id = :m ORDER BY position;
SELECT name FROM marketplace.parties WHERE marketplace_id = :m ORDER BY name;
SELECT count(*) AS own_account FROM marketplace.bank_accounts;
SELECT marketplace.seller_order_accept(:m, :beta_order);
SELECT marketplace.order_line_refuse(:m, :line3, 1, 'not mine');
SELECT marketplace.seller_order_accept(:m, :alpha_order) = :alpha_order AS accepted;
SELECT marketplace.order_line_refuse(:m, :line1, 1, 'broken') > 0 AS refused;
SELECT marketplace.order_line_promise(:m, :line2, '{"source": "seller", "deliver_by": "2030-01-01"}') > 0 AS promised;
SELECT count(*) AS movements FROM marketplace.quantity_movements;
SELECT marketplace.bank_account_add(:m, :alpha, '{"iban": "GB82 WEST 1234 5698 7654 32", "currency": "GBP"}') AS account \gset
SELECT marketplace.bank_account_verify(:m, :account);
SELECT marketplace.party_update(:m, :alpha, '{"name": "VENDEUR ALPHA", "country": "FR"}') = :alpha AS renamed;
SELECT marketplace.party_update(:m, :alpha, '{"name": "VENDEUR ALPHA", "country": "FR", "capacities": ["operator"]}');
SELECT marketplace.party_update(:m, :beta, '{"name": "x", "country": "FR"}');
SELECT count(*) AS timeline FROM marketplace.order_timeline;
-- BETA: its own, and nothing of what ALPHA did
SET ROLE regress_mk_o_beta;
SELECT reference, gross, sellers, lines FROM marketplace.order_overview WHERE marketplace_id = :m ORDER BY order_id;
SELECT count(*) AS movements FROM marketplace.quantity_movements;
SELECT count(*) AS promises FROM marketplace.order_line_promises;
-- the auditor: everything, changing nothing
SET ROLE regress_mk_o_auditor;
SELECT reference, gross FROM marketplace.order_overview WHERE marketplace_id = :m ORDER BY order_id;
SELECT what, area, CASE WHEN who LIKE 'regress%' THEN who ELSE 'owner' END AS who FROM marketplace.order_timeline WHERE marketplace_id = :m AND order_id = :mine AND sequence IS NOT NULL ORDER BY sequence;
SELECT marketplace.seller_order_accept(:m, :beta_order);
RESET ROLE;
SELECT count(*) AS broken FROM marketplace.events_verify(:m);
REVOKE ALL ON ALL TABLES IN SCHEMA marketplace FROM regress_mk_o_buyer, regress_mk_o_alpha, regress_mk_o_beta, regress_mk_o_auditor;
REVOKE ALL ON SCHEMA marketplace FROM regress_mk_o_buyer, regress_mk_o_alpha, regress_mk_o_beta, regress_mk_o_auditor;
DROP ROLE regress_mk_o_buyer, regress_mk_o_alpha, regress_mk_o_beta, regress_mk_o_auditor;
