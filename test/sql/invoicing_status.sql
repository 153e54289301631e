-- The life cycle of an issued invoice (rules/invoicing.md §10): who says what, in which order, with which reasons and amounts, and what follows by itself.
\set m 5321
SET marketplace.clock = '2026-11-24 10:00:00+00';
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\i :demo_parties
SELECT marketplace.policy_set(:m, 'iv.trigger', '"order"') > 0 AS set;
SELECT count(marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', s, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z', 'proof_sha256', repeat('ab', 32))))
  FROM (VALUES (:alpha), (:beta)) AS v (s);
\i :demo_order
SELECT marketplace.seller_order_accept(:m, :alpha_order) > 0 AS alpha, marketplace.seller_order_accept(:m, :beta_order) > 0 AS beta;
SELECT max(id) FILTER (WHERE issuer_id = :alpha) AS a, max(id) FILTER (WHERE issuer_id = :beta) AS b FROM marketplace.invoices WHERE marketplace_id = :m \gset
SELECT number, awaits_platform, submit_by, code, closed, gross, cashed FROM marketplace.invoice_status_current WHERE marketplace_id = :m ORDER BY number;
CREATE FUNCTION pg_temp.say(m int, invoice bigint, code text, more jsonb DEFAULT '{}') RETURNS bigint LANGUAGE sql AS
$$ SELECT marketplace.invoice_status_record(m, jsonb_build_object('invoice_id', invoice, 'code', code) || more) $$;
-- nothing can be said of what no platform has
SELECT pg_temp.say(:m, :a, '205');
SELECT pg_temp.say(:m, :a, '212');
-- money that comes before is reported once a platform has the invoice, by VAT rate
SELECT marketplace.payment_capture(:m, marketplace.payment_authorize(:m, :order_id, '462.82 EUR'), '300.00 EUR') AS capture \gset
SELECT marketplace.payment_settle(:m, :capture) = :capture AS settled;
SELECT count(*) AS statuses FROM marketplace.invoice_statuses WHERE marketplace_id = :m;
SELECT pg_temp.say(:m, :a, '200', '{"received": true, "message_id": "m1", "occurred_at": "2026-11-24T10:00:00Z"}') AS first \gset
SELECT pg_temp.say(:m, :a, '200', '{"received": true, "message_id": "m1"}') = :first AS the_same_message_twice;
SELECT code, said_by, received, cashed FROM marketplace.invoice_status_history WHERE marketplace_id = :m AND invoice_id = :a ORDER BY sequence;
SELECT vat_rate, amount FROM marketplace.invoice_status_amounts WHERE marketplace_id = :m AND invoice_id = :a ORDER BY status_id, position;
-- ... and later money when it is settled; to the last cent of each rate
SELECT payment_id FROM marketplace.captures WHERE marketplace_id = :m AND id = :capture \gset
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, :payment_id)) > 0 AS settled;
SELECT a.vat_rate, marketplace.sum(a.amount) AS reported, v.taxable, v.tax FROM marketplace.invoice_status_amounts a
  JOIN marketplace.invoice_vat v ON v.marketplace_id = a.marketplace_id AND v.invoice_id = a.invoice_id AND v.vat_rate = a.vat_rate
 WHERE a.marketplace_id = :m AND a.invoice_id = :a GROUP BY a.vat_rate, v.taxable, v.tax ORDER BY 1;
SELECT payload ->> 'code' AS code, payload ->> 'number' AS number, payload ->> 'seller_legal_id' AS seller, payload ->> 'issue_date' AS issued, payload -> 'compulsory' AS compulsory,
	payload -> 'amounts' AS amounts FROM marketplace.events WHERE marketplace_id = :m AND type = 'invoice.status_recorded' ORDER BY id;
-- platforms out of order: stored and flagged; here refused
SELECT pg_temp.say(:m, :a, '202', '{"received": true, "message_id": "m2"}') > 0 AS stored;
SELECT code, flags FROM marketplace.invoice_status_history WHERE marketplace_id = :m AND invoice_id = :a AND cardinality(flags) > 0;
SELECT count(pg_temp.say(:m, :b, v.code, jsonb_build_object('received', true))) FROM (VALUES ('200'), ('201'), ('202'), ('203'), ('217'), ('214')) AS v (code);
SELECT code, said_by, flags FROM marketplace.invoice_status_history WHERE marketplace_id = :m AND invoice_id = :b ORDER BY sequence;
\set VERBOSITY default
SELECT pg_temp.say(:m, :b, '207');
SELECT pg_temp.say(:m, :b, '207', '{"reason": "JUSTIF_ABS"}');
SELECT pg_temp.say(:m, :b, '209');
SELECT pg_temp.say(:m, :b, '214');
SELECT pg_temp.say(:m, :b, '212');
SELECT pg_temp.say(:m, :b, '212', '{"amounts": [{"amount": "0.01 EUR", "vat_rate": 20}]}');
SELECT pg_temp.say(:m, :b, '212', '{"amounts": [{"amount": "1.00 EUR"}]}');
\set VERBOSITY terse
SELECT pg_temp.say(:m, :b, '212', '{"amounts": [{"amount": "1.00 USD", "vat_rate": 20}]}');
SELECT pg_temp.say(:m, :b, '212', '{"amounts": [{"amount": "x", "vat_rate": 20}]}');
SELECT pg_temp.say(:m, :b, '212', '{"amounts": [{"amount": "1.00 EUR", "vat_rate": 120}]}');
SELECT pg_temp.say(:m, :b, '205', '{"action": "ABC"}');
SELECT pg_temp.say(:m, :b, '205', '{"said_by": "seller"}');
SELECT pg_temp.say(:m, :b, '205', '{"occurred_at": "2026-11-25T00:00:00Z"}');
SELECT pg_temp.say(:m, :b, '20x');
SELECT pg_temp.say(:m, 0, '205');
-- any order: suspended, completed, disputed, approved in part, paid, approved
SELECT count(pg_temp.say(:m, :b, v.code, COALESCE(v.more, '{}')::jsonb)) FROM (VALUES ('208', '{"reason": "JUSTIF_ABS", "note": "no delivery note"}'), ('209', NULL), ('207', '{"reason": "QTE_ERR", "action": "CNP"}'),
	('206', '{"reason": "AUTRE", "amounts": [{"kind": "MNA", "amount": "12.00 EUR"}]}'), ('211', NULL), ('205', NULL)) AS v (code, more);
SELECT code, label_fr, label_en, disputed, closed, cashed, flagged FROM marketplace.invoice_status_current WHERE marketplace_id = :m AND invoice_id = :b;
-- goods received with reserves are what their invoice disputes
SELECT marketplace.carrier_create(:m, '{"code": "rapide", "name": "Rapide Express"}') > 0 AS carrier;
SELECT marketplace.shipment_hand_over(:m, marketplace.shipment_create(:m, jsonb_build_object('seller_order_id', :beta_order, 'carrier', 'rapide',
	'parcels', jsonb_build_array(jsonb_build_object('tracking_number', 'T1', 'contents', jsonb_build_array(jsonb_build_object('order_line_id', :line3, 'quantity', 10))))))) > 0 AS handed_over;
SELECT marketplace.tracking_record(:m, '{"source": "test", "source_event_id": "1", "carrier": "rapide", "tracking_number": "T1", "state": "delivered", "occurred_at": "2026-11-24T09:59:00Z"}') > 0 AS delivered;
SELECT marketplace.receipt_confirm(:m, jsonb_build_object('order_id', :order_id, 'lines', jsonb_build_array(jsonb_build_object('order_line_id', :line3, 'quantity', 4,
	'condition', 'with_reserves', 'reserve', jsonb_build_object('kind', 'missing', 'text', '4 of 10 boxes are not there'))))) > 0 AS received;
SELECT s.code, s.reason, s.reason_fr, e.type AS cause FROM marketplace.invoice_status_history s JOIN marketplace.events e ON e.marketplace_id = s.marketplace_id AND e.id = s.cause_event_id
 WHERE s.marketplace_id = :m AND s.invoice_id = :b AND s.code = '207';
SELECT disputed FROM marketplace.invoice_status_current WHERE marketplace_id = :m AND invoice_id = :b;
-- money that the bank takes back is taken back from what was reported
SELECT marketplace.payment_chargeback(:m, jsonb_build_object('capture_id', :capture, 'amount', '10.00 EUR')) > 0 AS charged_back;
SELECT i.number, s.code, a.vat_rate, a.amount FROM marketplace.invoice_status_amounts a JOIN marketplace.invoice_statuses s ON s.marketplace_id = a.marketplace_id AND s.id = a.status_id
  JOIN marketplace.invoices i ON i.marketplace_id = a.marketplace_id AND i.id = a.invoice_id WHERE a.marketplace_id = :m AND marketplace.sign(a.amount) < 0 ORDER BY 1, 3;
-- refused: the end
SELECT pg_temp.say(:m, :b, '210', '{"reason": "DOUBLON"}') > 0 AS refused;
SELECT pg_temp.say(:m, :b, '205');
SELECT code, closed FROM marketplace.invoice_status_current WHERE marketplace_id = :m AND invoice_id = :b;
-- who may say what
CREATE ROLE regress_status_buyer;
CREATE ROLE regress_status_seller;
SELECT marketplace.access_grant(:m, 'regress_status_buyer', 'buyer', :buyer) IS NOT NULL AS b, marketplace.access_grant(:m, 'regress_status_seller', 'seller', :alpha) IS NOT NULL AS s;
SELECT pg_temp.say(:m, :a, '203', '{"received": true}') > 0 AS made_available;
GRANT USAGE ON SCHEMA marketplace TO regress_status_buyer, regress_status_seller;
SET ROLE regress_status_buyer;
SELECT marketplace.invoice_status_record(:m, jsonb_build_object('invoice_id', :a, 'code', '204')) > 0 AS buyers;
SELECT marketplace.invoice_status_record(:m, jsonb_build_object('invoice_id', :a, 'code', '212'));
SELECT marketplace.invoice_status_record(:m, jsonb_build_object('invoice_id', :a, 'code', '201', 'received', true));
SELECT count(*) AS seen FROM marketplace.invoice_status_current WHERE marketplace_id = :m;
SET ROLE regress_status_seller;
SELECT marketplace.invoice_status_record(:m, jsonb_build_object('invoice_id', :a, 'code', '204'));
SELECT marketplace.invoice_status_record(:m, jsonb_build_object('invoice_id', :b, 'code', '220'));
SELECT count(*) AS seen FROM marketplace.invoice_status_current WHERE marketplace_id = :m;
SELECT marketplace.invoice_status_record(:m, jsonb_build_object('invoice_id', :a, 'code', '220')) > 0 AS sellers;
RESET ROLE;
-- never changed
UPDATE marketplace.invoice_statuses SET code = '205' WHERE marketplace_id = :m;
DELETE FROM marketplace.invoice_status_amounts WHERE marketplace_id = :m;
TRUNCATE marketplace.invoice_statuses;
INSERT INTO marketplace.invoice_status_amounts SELECT * FROM marketplace.invoice_status_amounts WHERE marketplace_id = :m LIMIT 1;
SELECT count(marketplace.access_revoke(:m, r, c, p)) FROM (VALUES ('regress_status_buyer', 'buyer', :buyer), ('regress_status_seller', 'seller', :alpha)) AS v (r, c, p);
DROP OWNED BY regress_status_buyer, regress_status_seller;
DROP ROLE regress_status_buyer, regress_status_seller;
