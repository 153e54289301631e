-- Payments in depth, by rule id: several orders (FD-13), means and finality (FD §2), money that comes in by itself (FD-12, FD-P02, FD-P05, FD-P25).
SET search_path = marketplace, public;
SET client_min_messages = warning;
SET timezone = 'Europe/Paris';
SET marketplace.clock = '2026-03-02 09:00+01';
SELECT * FROM no_plan();

SELECT 64000 + (random() * 1000000)::int AS m \gset
SELECT ok(marketplace_create(:m, '{"name": "Payments", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "OPERATOR", "country": "FR", "siren": "100000009"}}') > 0, 'a marketplace');
SELECT party_create(:m, '{"name": "ALPHA", "country": "FR", "capacities": ["seller"]}') AS alpha,
	party_create(:m, '{"name": "BUYER", "country": "FR", "capacities": ["buyer"]}') AS buyer,
	party_create(:m, '{"name": "OTHER", "country": "FR", "capacities": ["buyer"]}') AS other \gset

-- An order of lines at these prices, without VAT.
CREATE TEMP SEQUENCE numbers;
CREATE FUNCTION pg_temp.place(m int, buyer bigint, VARIADIC prices numeric[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	placed bigint;
BEGIN
	placed := order_place(m, jsonb_build_object('reference', 'T' || nextval('numbers'), 'buyer', buyer, 'currency', 'EUR', 'lines',
		(SELECT jsonb_agg(jsonb_build_object('seller', (SELECT min(id) FROM parties WHERE marketplace_id = m AND name = 'ALPHA'), 'quantity', 1, 'net_price', p,
			'description', 'thing', 'vat_category', 'Z', 'vat_rate', 0) ORDER BY n) FROM unnest(prices) WITH ORDINALITY u(p, n))));
	PERFORM seller_order_accept(m, s.id) FROM seller_orders s WHERE s.marketplace_id = m AND s.order_id = placed;
	RETURN placed;
END $$;
CREATE FUNCTION pg_temp.code(statement text) RETURNS text LANGUAGE plpgsql AS
$$ BEGIN EXECUTE statement; RETURN 'done'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $$;
-- Where the money of an order is: 'escrow 10.00, …'
CREATE FUNCTION pg_temp.places(m int, placed bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(location || ' ' || v, ', ' ORDER BY location) FROM (SELECT location, sum(value) AS v FROM funds_location(m, placed) WHERE NOT memo OR location LIKE 'set_off%' GROUP BY 1) l $$;
CREATE FUNCTION pg_temp.balance(m int, wanted text, currency text DEFAULT 'EUR') RETURNS numeric LANGUAGE sql AS
$$ SELECT COALESCE(sum(t.balance), 0) FROM trial_balance t WHERE t.marketplace_id = m AND t.kind = wanted AND t.currency = balance.currency $$;
CREATE FUNCTION pg_temp.told(m int, the_type text) RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM events WHERE marketplace_id = m AND type = the_type $$;

-- FD-13: one payment for several orders
SELECT pg_temp.place(:m, :buyer, 60, 40) AS a, pg_temp.place(:m, :buyer, 33.33, 66.68) AS b, pg_temp.place(:m, :buyer, 10) AS c, pg_temp.place(:m, :other, 5) AS d \gset
SELECT payment_authorize(:m, NULL, '210.01 EUR', jsonb_build_object('method', 'card', 'psp_reference', 'multi', 'orders', jsonb_build_array(
	jsonb_build_object('order_id', :b), jsonb_build_object('order_id', :a, 'amount', '100.00 EUR'), jsonb_build_object('order_id', :c)))) AS payment \gset
SELECT is((SELECT string_agg(amount::text, ', ' ORDER BY order_id) FROM payment_orders WHERE marketplace_id = :m AND payment_id = :payment),
	'100.00 EUR, 100.01 EUR, 10.00 EUR', 'FD-13 parts that are not named share the rest by what their orders lack');
SELECT is(pg_temp.told(:m, 'payment.authorized'), 3::bigint, 'FD-13 each order is told');
SELECT payment_capture(:m, :payment, '100.00 EUR') AS capture \gset
SELECT is((SELECT string_agg(captured::text, ', ' ORDER BY order_id) FROM payment_orders WHERE marketplace_id = :m AND payment_id = :payment),
	'47.62 EUR, 47.62 EUR, 4.76 EUR', 'FD-13 a part of it is shared by largest remainder');
SELECT is((SELECT sum(amount) FROM capture_allocations WHERE marketplace_id = :m AND capture_id = :capture), '100.00 EUR', 'FD-13 the allocations add up to the capture');
SELECT payment_capture(:m, :payment) AS capture \gset
SELECT is(pg_temp.places(:m, :a) || '; ' || pg_temp.places(:m, :b) || '; ' || pg_temp.places(:m, :c), 'escrow 100.00; escrow 100.01; escrow 10.00',
	'FD-13 two captures pay three orders to the cent');
SELECT is(pg_temp.code(format('SELECT payment_capture(%s, %s, %L)', :m, :payment, '0.01 EUR')), 'MK110', 'FD-13 and not a cent more');
SELECT is((SELECT count(*) FROM captures c WHERE marketplace_id = :m AND pg_temp.code(format('SELECT payment_settle(%s, %s, %L)', :m, c.id, '1.00 EUR')) = 'done'), 2::bigint, 'settled');
SELECT is((SELECT state::text FROM payments WHERE marketplace_id = :m AND id = :payment), 'final', 'final when each capture is');
SELECT is(pg_temp.code(format('SELECT payment_authorize(%s, NULL, %L, %L)', :m, amount, jsonb_build_object('method', 'card', 'orders', orders))), code, 'FD-13 refused: ' || what)
  FROM (VALUES ('10.00 EUR', jsonb_build_array(jsonb_build_object('order_id', :a, 'amount', '5.00 EUR')), 'MK003', 'parts that do not add up'),
	('10.00 EUR', jsonb_build_array(jsonb_build_object('order_id', :a, 'amount', '5.00 EUR'), jsonb_build_object('order_id', :a, 'amount', '5.00 EUR')), 'MK003', 'an order twice'),
	('10.00 EUR', jsonb_build_array(jsonb_build_object('order_id', :a, 'amount', '5.00 EUR'), jsonb_build_object('order_id', :d, 'amount', '5.00 EUR')), 'MK110', 'orders of two buyers'),
	('10.00 USD', jsonb_build_array(jsonb_build_object('order_id', :a, 'amount', '10.00 USD')), 'MK012', 'another currency'),
	('10.00 EUR', '[]', 'MK003', 'no orders'), ('10.00 EUR', jsonb_build_array(jsonb_build_object('order_id', 999999999)), 'MK004', 'an unknown order')) v(amount, orders, code, what);

-- FD §2: expected, authorised, failed, voided, expired
SELECT pg_temp.place(:m, :buyer, 50) AS o \gset
SELECT payment_expect(:m, :o, '50.00 EUR', '{"method": "card", "psp_reference": "pi_1"}') AS payment \gset
SELECT is(pg_temp.code(format('SELECT payment_capture(%s, %s)', :m, :payment)), 'MK110', 'FD-2 what is only expected is not captured');
SELECT is(pg_temp.code(format('SELECT payment_authorize(%s, NULL, %L, %L)', :m, '40.00 EUR', jsonb_build_object('payment_id', :payment))), 'MK110', 'FD-2 authorised for what was expected, or a new payment');
SELECT is(payment_authorize(:m, NULL, '50.00 EUR', jsonb_build_object('payment_id', :payment)), :payment::bigint, 'FD-2 expected, then authorised');
SELECT is(payment_fail(:m, :payment, 'do not honour'), :payment::bigint, 'FD-13 refused by the PSP');
SELECT is((SELECT payload ->> 'reason' FROM events WHERE marketplace_id = :m AND type = 'payment.failed' AND aggregate_id = :o), 'do not honour', 'FD-13 its order is told at once');
SELECT is(pg_temp.code(format('SELECT %s(%s, %s%s)', f, :m, :payment, more)), 'MK110', 'FD-2 after its failure no ' || f)
  FROM (VALUES ('payment_capture', ''), ('payment_void', ''), ('payment_fail', ', ''again''')) v(f, more);
SELECT payment_expect(:m, :o, '50.00 EUR', '{"method": "transfer", "expires_at": "2026-03-09T09:00:00Z"}') AS late \gset
SET marketplace.clock = '2026-03-09 10:00+01';
SELECT ok(tick(:m) > 0, 'a week later');
SELECT is((SELECT state::text FROM payments WHERE marketplace_id = :m AND id = :late), 'expired', 'FD-2 what is expected expires too');

-- FD §2: finality of the means
SELECT payment_capture(:m, payment_authorize(:m, :o, '50.00 EUR', '{"method": "sdd_core"}')) AS core \gset
SELECT pg_temp.place(:m, :buyer, 20) AS o2 \gset
SELECT payment_capture(:m, payment_authorize(:m, :o2, '20.00 EUR', '{"method": "sdd_b2b"}')) AS b2b \gset
SET marketplace.clock = '2026-04-02 10:00+02';
SELECT payment_settle(:m, :core) AS core, payment_settle(:m, :b2b) AS b2b \gset
SELECT is((SELECT string_agg(state || ' ' || to_char(final_due, 'YYYY-MM-DD'), ', ' ORDER BY id) FROM captures WHERE marketplace_id = :m AND id IN (:core, :b2b)),
	'settled 2026-05-28, settled 2026-04-09', 'FD-2 SDD core after 8 weeks, B2B after 3 TARGET days (Good Friday and Easter Monday do not count)');
SELECT is((SELECT balance FROM trial_balance WHERE marketplace_id = :m AND kind = 'c_psp_clearing'), 0.00, 'FD-P03 the money is in the client account');
SELECT is(pg_temp.code(format('SELECT escrow_release(%s, %s)', :m, (SELECT id FROM seller_orders WHERE marketplace_id = :m AND order_id = :o2))), 'MK110', 'FD-20 and not released');
SET marketplace.clock = '2026-04-10 10:00+02';
SELECT ok(tick(:m) > 0, 'B2B');
SELECT is((SELECT string_agg(state, ', ' ORDER BY id) FROM captures WHERE marketplace_id = :m AND id IN (:core, :b2b)), 'settled, final', 'FD-2 tick() makes it final');
SELECT is(pg_temp.told(:m, 'payment.final'), 1::bigint, 'and tells so');
SELECT ok(escrow_release(:m, (SELECT id FROM seller_orders WHERE marketplace_id = :m AND order_id = :o2)) > 0, 'FD-20 final money is released');

-- FD-12, FD-P02, FD-P25: money that comes in by itself
CREATE FUNCTION pg_temp.receive(m int, name text, amount text, reference text DEFAULT NULL, virtual_iban text DEFAULT NULL, iban text DEFAULT 'DE89370400440532013000')
RETURNS bigint LANGUAGE sql AS $$ SELECT funds_receive(m, jsonb_strip_nulls(jsonb_build_object('external_id', name, 'source', 'bank', 'amount', amount,
	'value_date', '2026-04-10', 'payer_name', 'A PAYER', 'payer_iban', iban, 'reference', reference, 'virtual_iban', virtual_iban))) $$;
CREATE FUNCTION pg_temp.receipt(m int, receipt bigint) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', state, to_orders, to_wallet, note) FROM money_receipt_overview WHERE marketplace_id = m AND money_receipt_id = receipt $$;
SELECT pg_temp.place(:m, :buyer, 70, 30) AS o, pg_temp.place(:m, :buyer, 40) AS p, pg_temp.place(:m, :other, 15) AS q \gset
SELECT ok(payment_reference_set(:m, jsonb_build_object('reference', 'RF18 5390 0754 7034', 'order_id', :o)) > 0
	AND payment_reference_set(:m, jsonb_build_object('reference', 'ORDER-2026/P', 'order_id', :p)) > 0
	AND payment_reference_set(:m, jsonb_build_object('reference', 'Q-ORDER', 'order_id', :q)) > 0
	AND payment_reference_set(:m, jsonb_build_object('virtual_iban', 'FR76 3000 6000 0112 3456 7890 189', 'buyer_id', :buyer)) > 0, 'FD-12 references and a virtual IBAN');
SELECT is(pg_temp.code(format('SELECT payment_reference_set(%s, %L)', :m, d)), code, 'FD-12 refused: ' || d) FROM (VALUES
	(format('{"reference": "rf18539007547034", "order_id": %s}', :p), 'MK006'), (format('{"reference": "T1", "order_id": %s}', :p), 'MK003'),
	(format('{"reference": "ABCDEFG", "order_id": %s, "buyer_id": %s}', :p, :other), 'MK003'), (format('{"reference": "ABCDEFG", "buyer_id": %s}', :alpha), 'MK003'),
	('{"reference": "ABCDEFG"}', 'MK003')) v(d, code);
SELECT is(pg_temp.receipt(:m, pg_temp.receive(:m, 'b1', '60.00 EUR', 'invoice of march, RF18 5390-0754 7034 thank you')), 'allocated 60.00 0.00', 'FD-P02 found in the text: a part');
SELECT is(pg_temp.places(:m, :o), 'escrow 60.00', 'FD-P02 short: the order is paid in part');
SELECT is(pg_temp.receive(:m, 'b1', '60.00 EUR', 'anything'), (SELECT id FROM money_receipts WHERE marketplace_id = :m AND external_id = 'b1'), 'FD-82 the same external id returns the same receipt');
SELECT is(pg_temp.places(:m, :o), 'escrow 60.00', 'FD-82 and changes nothing');
SELECT is(pg_temp.code(format('SELECT funds_receive(%s, %L)', :m, '{"external_id": "b1", "source": "bank", "amount": "61.00 EUR", "value_date": "2026-04-10"}')), 'MK110', 'FD-82 another amount is refused');
SELECT is(pg_temp.receipt(:m, pg_temp.receive(:m, 'b2', '55.00 EUR', 'rf18539007547034')), 'allocated 40.00 15.00', 'FD-P02 too much: the rest is the buyer''s');
SELECT is((SELECT available FROM buyer_wallet WHERE marketplace_id = :m AND buyer_id = :buyer AND currency = 'EUR'), 15.00, 'FD-12 in its wallet');
SELECT is(pg_temp.receipt(:m, pg_temp.receive(:m, 'b3', '5.00 EUR', NULL, 'fr7630006000011234567890189')), 'allocated 0.00 5.00', 'FD-12 virtual IBAN of a buyer');
SELECT is(pg_temp.receipt(:m, pg_temp.receive(:m, 'b4', '7.00 GBP', 'order 2026 P')), 'allocated 0.00 7.00', 'FD-9 another currency is kept, never converted');
SELECT is(pg_temp.receipt(:m, pg_temp.receive(:m, 'b5', '9.00 EUR', 'ORDER-2026/P and Q-ORDER')), 'suspense 0.00 0.00 it names several buyers', 'FD-P25 contradictions are nobody''s');
SELECT is(pg_temp.receipt(:m, pg_temp.receive(:m, 'b6', '44.00 EUR', 'hello')), 'suspense 0.00 0.00 its text names nothing that is known', 'FD-P25 unidentified');
SELECT is(pg_temp.receipt(:m, pg_temp.receive(:m, 'b7', '3.00 EUR', NULL, 'FR7630006000019999999999999', NULL)), 'suspense 0.00 0.00 its virtual IBAN is nobody''s', 'FD-P25 unknown virtual IBAN');
SELECT is(pg_temp.balance(:m, 'c_suspense'), 56.00, 'FD-P25 in suspense');

-- FD-P05: allocated later, used from the wallet
SELECT is(pg_temp.code(format('SELECT suspense_allocate(%s, %s, %s, %s)', :m, id, a, b)), code, 'FD-P05 refused: ' || what) FROM (VALUES
	('b6', 'NULL', 'NULL', 'MK002', 'nobody'), ('b6', :'p', :'buyer', 'MK002', 'two'), ('b6', 'NULL', :'alpha', 'MK002', 'a seller'), ('b1', :'p', 'NULL', 'MK110', 'not in suspense')) v(name, a, b, code, what)
  JOIN money_receipts r ON r.marketplace_id = :m AND r.external_id = v.name;
SELECT is(pg_temp.receipt(:m, suspense_allocate(:m, (SELECT id FROM money_receipts WHERE marketplace_id = :m AND external_id = 'b6'), :p)), 'allocated 40.00 4.00 its text names nothing that is known',
	'FD-P05 the order, and what is too much its buyer''s');
SELECT is(pg_temp.places(:m, :p), 'escrow 40.00', 'FD-P05 in escrow');
SELECT is(pg_temp.receipt(:m, suspense_allocate(:m, (SELECT id FROM money_receipts WHERE marketplace_id = :m AND external_id = 'b5'), NULL, :other)), 'allocated 0.00 9.00 it names several buyers', 'FD-P05 or a buyer');
SELECT is(pg_temp.balance(:m, 'c_suspense'), 3.00, 'FD-P05 out of suspense');
SELECT ok(wallet_use(:m, :q, '4.00 EUR') > 0, 'FD-P05 a part from the wallet');
SELECT ok(wallet_use(:m, :q) > 0, 'FD-P05 all that is there');
SELECT is(pg_temp.places(:m, :q), 'escrow 9.00', 'FD-P05 in escrow');
SELECT is((SELECT string_agg(p.state || ' ' || p.method, ', ') FROM payments p JOIN payment_orders o ON o.marketplace_id = p.marketplace_id AND o.payment_id = p.id
	WHERE p.marketplace_id = :m AND o.order_id = :q), 'final wallet, final wallet', 'FD-2 a wallet is final at once');
SELECT is(pg_temp.code(format('SELECT wallet_use(%s, %s)', :m, :q)), 'MK110', 'an empty wallet pays nothing');
SELECT is(pg_temp.code(format('SELECT wallet_use(%s, %s, %L)', :m, :q, '6.00 EUR')), 'MK051', 'nor what it does not hold');

-- an expected transfer is what arrives first; one payment over two orders
SELECT pg_temp.place(:m, :buyer, 30) AS o, pg_temp.place(:m, :buyer, 70) AS p \gset
SELECT payment_expect(:m, NULL, '100.00 EUR', jsonb_build_object('method', 'transfer', 'orders', jsonb_build_array(jsonb_build_object('order_id', :o), jsonb_build_object('order_id', :p)))) AS both \gset
SELECT ok(payment_reference_set(:m, jsonb_build_object('reference', 'BOTH-2026', 'order_id', :o)) > 0, 'a reference');
SELECT is(pg_temp.receipt(:m, pg_temp.receive(:m, 'b8', '100.00 EUR', 'BOTH2026')), 'allocated 100.00 0.00', 'FD-13 a transfer for two orders');
SELECT is(pg_temp.places(:m, :o) || '; ' || pg_temp.places(:m, :p), 'escrow 30.00; escrow 70.00', 'FD-13 pays both');
SELECT is((SELECT state::text FROM payments WHERE marketplace_id = :m AND id = :both), 'final', 'FD-2 SCT is final at credit');

-- FD-12: too long in suspense, and back
SELECT is(pg_temp.told(:m, 'money.return_due'), 0::bigint, 'no task yet');
SET marketplace.clock = '2026-05-11 10:00+02';
SELECT ok(tick(:m) > 0, 'a month later');
SELECT ok(tick(:m) IS NOT NULL, 'and once more');
SELECT is(pg_temp.told(:m, 'money.return_due'), 1::bigint, 'FD-12 the task is raised once');
SELECT is((SELECT return_due FROM suspense_overview WHERE marketplace_id = :m AND external_id = 'b7'), true, 'FD-12 and shown');
SELECT is(pg_temp.code(format('SELECT suspense_return(%s, %s, %L)', :m, id, 'nobody''s')), 'MK110', 'FD-P25 not without the account that it came from')
  FROM money_receipts WHERE marketplace_id = :m AND external_id = 'b7';
SELECT pg_temp.receive(:m, 'b9', '8.00 EUR', 'who is it') AS r \gset
SELECT ok(suspense_return(:m, :r, 'unknown payer') = :r, 'FD-P25 sent back');
SELECT is(pg_temp.balance(:m, 'c_suspense') || ' ' || pg_temp.balance(:m, 'c_refund_clearing'), '3.00 8.00', 'FD-P25 frozen');
SELECT id AS i FROM instructions WHERE marketplace_id = :m AND object = 'money_receipt' AND object_id = :r \gset
SELECT ok(instruction_send(:m, :i) > 0 AND instruction_fail(:m, :i, 'AC04') > 0, 'the bank refuses');
SELECT is(pg_temp.receipt(:m, :r), 'suspense 0.00 0.00 its text names nothing that is known', 'FD-P25 in suspense again');
SELECT ok(suspense_return(:m, :r, 'again') = :r, 'again');
SELECT max(id) AS i FROM instructions WHERE marketplace_id = :m AND object = 'money_receipt' AND object_id = :r \gset
SELECT pg_temp.balance(:m, 'c_cash') AS cash \gset
SELECT ok(instruction_send(:m, :i) > 0 AND instruction_confirm(:m, :i, 'entry 9') > 0, 'carried out');
SELECT is(pg_temp.receipt(:m, :r), 'returned 0.00 0.00 its text names nothing that is known', 'FD-P15 returned');
SELECT is(pg_temp.balance(:m, 'c_cash'), :cash - 8.00, 'FD-P15 out of cash');

-- FD-P24, FD-66: chargebacks. A: in escrow; refund and chargeback exclude each other; recovered and lost
CREATE FUNCTION pg_temp.paid(m int, buyer bigint, price numeric, method text DEFAULT 'card', settled boolean DEFAULT true) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	placed bigint := pg_temp.place(m, buyer, price, price);
	capture bigint;
BEGIN
	capture := payment_capture(m, payment_authorize(m, placed, format('%s EUR', price * 2)::amount, jsonb_build_object('method', method)));
	IF settled THEN PERFORM payment_settle(m, capture); END IF;
	RETURN placed;
END $$;
CREATE FUNCTION pg_temp.capture_of(m int, placed bigint) RETURNS bigint LANGUAGE sql AS $$ SELECT max(capture_id) FROM capture_allocations WHERE marketplace_id = m AND order_id = placed $$;
CREATE FUNCTION pg_temp.state_of(m int, placed bigint) RETURNS text LANGUAGE sql AS
$$ SELECT p.state::text FROM payments p JOIN payment_orders o ON o.marketplace_id = p.marketplace_id AND o.payment_id = p.id WHERE p.marketplace_id = m AND o.order_id = placed ORDER BY p.id DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.refuse(m int, placed bigint) RETURNS bigint LANGUAGE sql AS
$$ SELECT order_line_refuse(m, (SELECT min(id) FROM order_lines WHERE marketplace_id = m AND order_id = placed), 1, 'none left') $$;
SELECT pg_temp.paid(:m, :buyer, 50) AS o \gset
SELECT pg_temp.capture_of(:m, :o) AS capture, pg_temp.balance(:m, 'c_cash') AS cash, pg_temp.balance(:m, 'o_psp_fees') AS fees \gset
SELECT ok(pg_temp.refuse(:m, :o) > 0, 'a refund is planned');
SELECT is(pg_temp.places(:m, :o), 'escrow 50.00, refund_frozen 50.00', 'frozen');
SELECT payment_chargeback(:m, jsonb_build_object('capture_id', :capture, 'amount', '80.00 EUR', 'fee', '15.00 EUR', 'psp_reference', 'cb1', 'reason', '4837')) AS cb \gset
SELECT is((SELECT string_agg(state, ', ') FROM refunds WHERE marketplace_id = :m AND order_id = :o), 'cancelled', 'DP-47 the refund that was not sent is cancelled');
SELECT is(pg_temp.places(:m, :o), 'buyer_wallet 10.00, charged_back 80.00, escrow 10.00', 'FD-P24 taken from what was kept for the buyer and from escrow');
SELECT is(pg_temp.balance(:m, 'c_cash') || ' ' || pg_temp.balance(:m, 'o_psp_fees'), (:cash - 95.00) || ' ' || (:fees + 15.00), 'FD-P24 out of cash, the fee is the platform''s');
SELECT is(pg_temp.state_of(:m, :o), 'charged_back', 'FD-2 charged_back');
SELECT is(pg_temp.code(format('SELECT payment_chargeback(%s, %L)', :m, d)), code, 'FD-P24 refused: ' || d) FROM (VALUES
	(format('{"capture_id": %s, "amount": "20.01 EUR"}', :capture), 'MK110'), (format('{"capture_id": %s, "psp_reference": "cb1"}', :capture), 'MK006'),
	(format('{"capture_id": %s, "amount": "1.00 USD"}', :capture), 'MK012'), ('{"capture_id": 999999999}', 'MK004')) v(d, code);
SELECT is(chargeback_resolve(:m, :cb, 'recovered', 'won'), :cb::bigint, 'decided for the platform');
SELECT is(pg_temp.places(:m, :o), 'buyer_wallet 50.00, escrow 50.00', 'FD-P24 back where it was');
SELECT is(pg_temp.balance(:m, 'c_cash'), :cash - 15.00, 'FD-P24 the fee stays paid');
SELECT is(pg_temp.state_of(:m, :o), 'recovered', 'FD-2 recovered');
SELECT is(pg_temp.code(format('SELECT chargeback_resolve(%s, %s, %L)', :m, :cb, 'lost')), 'MK110', 'decided once');
SELECT payment_chargeback(:m, jsonb_build_object('capture_id', :capture)) AS cb \gset
SELECT ok(chargeback_resolve(:m, :cb, 'lost') > 0, 'all of it, and lost');
SELECT is(pg_temp.places(:m, :o) || ' ' || pg_temp.state_of(:m, :o), 'charged_back 100.00 lost', 'FD-2 lost');

-- a refund on its way; one that was paid before, so that the buyer has it twice
SELECT pg_temp.paid(:m, :buyer, 50) AS o \gset
SELECT pg_temp.capture_of(:m, :o) AS capture, pg_temp.refuse(:m, :o) AS refused \gset
SELECT max(id) AS refund FROM refunds WHERE marketplace_id = :m \gset
SELECT ok(refund_send(:m, :refund) > 0, 'a refund is sent');
SELECT is(pg_temp.code(format('SELECT payment_chargeback(%s, %L)', :m, format('{"capture_id": %s}', :capture))), 'MK116', 'FD-66 no chargeback while it is on its way');
SELECT ok(refund_confirm(:m, :refund) > 0, 'paid');
SELECT payment_chargeback(:m, jsonb_build_object('capture_id', :capture)) AS cb \gset
SELECT is(pg_temp.places(:m, :o) || '; ' || pg_temp.balance(:m, 'o_other_receivable'), 'charged_back 50.00, refunded 50.00; 50.00', 'DP-47 what was refunded is claimed from the PSP');
SELECT ok(chargeback_resolve(:m, :cb, 'lost') > 0, 'lost');
SELECT is(pg_temp.balance(:m, 'o_other_receivable') || ' ' || pg_temp.balance(:m, 'o_loss'), '0.00 50.00', 'and a loss when the claim is');

-- before settlement; a return of a direct debit, in parts; means that cannot be called back
SELECT pg_temp.paid(:m, :buyer, 50, 'card', false) AS o \gset
SELECT pg_temp.capture_of(:m, :o) AS capture, pg_temp.balance(:m, 'c_cash') AS cash \gset
SELECT payment_chargeback(:m, jsonb_build_object('capture_id', :capture, 'amount', '30.00 EUR', 'fee', '2.00 EUR')) AS cb \gset
SELECT is(pg_temp.balance(:m, 'c_psp_clearing') || ' ' || pg_temp.balance(:m, 'c_cash'), '68.00 ' || :cash, 'FD-P24 before settlement: at the PSP');
SELECT ok(payment_settle(:m, :capture, '1.00 EUR') > 0, 'settled');
SELECT is(pg_temp.balance(:m, 'c_psp_clearing') || ' ' || pg_temp.balance(:m, 'c_cash'), '0.00 ' || (:cash + 67.00), 'FD-P03 net of it');
SELECT ok(chargeback_resolve(:m, :cb, 'recovered') > 0, 'recovered after settlement');
SELECT is(pg_temp.balance(:m, 'c_cash') || ' ' || pg_temp.places(:m, :o), (:cash + 97.00) || ' escrow 100.00', 'FD-P24 into cash');
SELECT pg_temp.paid(:m, :buyer, 30, 'sdd_core') AS o \gset
SELECT pg_temp.capture_of(:m, :o) AS capture \gset
SELECT ok(payment_chargeback(:m, jsonb_build_object('capture_id', :capture, 'amount', '20.00 EUR', 'reason', 'MD06')) > 0, 'FD-89 a part of a direct debit is returned');
SELECT is(pg_temp.state_of(:m, :o), 'partly_returned', 'FD-2 partly_returned');
SELECT ok(payment_chargeback(:m, jsonb_build_object('capture_id', :capture)) > 0, 'FD-89 the rest too');
SELECT is(pg_temp.state_of(:m, :o) || ' ' || pg_temp.places(:m, :o), 'returned charged_back 60.00', 'FD-2 returned');
SELECT ok(payment_capture(:m, payment_authorize(:m, :o, '60.00 EUR')) > 0, 'FD-89 the order lacks it again: it is paid anew');
SELECT pg_temp.paid(:m, :buyer, 5, 'transfer', false) AS o \gset
SELECT is(pg_temp.code(format('SELECT payment_chargeback(%s, %L)', :m, format('{"capture_id": %s}', pg_temp.capture_of(:m, :o)))), 'MK110', 'FD-2 a transfer is not called back');
SELECT is((SELECT count(*) FROM (SELECT order_line_id, location, value FROM funds_location_now WHERE marketplace_id = :m EXCEPT
	SELECT l.order_line_id, l.location, sum(l.value) FROM orders o, funds_location(:m, o.id) l WHERE o.marketplace_id = :m AND NOT memo GROUP BY 1, 2) d), 0::bigint, 'FD-43 both readers of places agree');

SELECT is((SELECT count(*) FROM ledger_verify(:m)), 0::bigint, 'the books are right');
SELECT is(pg_temp.balance(:m, 'c_suspense'), (SELECT sum(amount) FROM suspense_overview WHERE marketplace_id = :m), 'FD-P25 suspense is the sum of what is in it');
SELECT * FROM finish();
