-- What was decided is looked at again when it is handed over, and nothing is paid that the client account does not have (FD-5, FD-57, DP-30).
SET search_path = marketplace, public;
SET client_min_messages = warning;
SELECT plan(19);

\set m 61723
SELECT ok(marketplace_create(:m, '{"name": "Send", "country": "FR", "time_zone": "Europe/Paris", "calendar": "FR",
	"operator": {"name": "OPERATOR", "country": "FR", "siren": "100000009"}}') > 0, 'a marketplace');
SELECT party_create(:m, '{"name": "ALPHA", "country": "FR", "capacities": ["seller"]}') AS alpha, party_create(:m, '{"name": "BETA", "country": "FR", "capacities": ["seller"]}') AS beta,
	party_create(:m, '{"name": "BUYER", "country": "FR", "capacities": ["buyer"]}') AS buyer \gset
SELECT bank_account_verify(:m, bank_account_add(:m, :alpha, '{"iban": "FR1420041010050500013M02606", "currency": "EUR"}')) AS alpha_bank,
	bank_account_verify(:m, bank_account_add(:m, :beta, '{"iban": "FR1420041010050500013M02606", "currency": "EUR"}')) AS beta_bank,
	bank_account_verify(:m, bank_account_add(:m, :buyer, '{"iban": "FR1420041010050500013M02606", "currency": "EUR"}')) AS buyer_bank \gset
-- An order of one line, paid by card for a fee, and released if wanted.
CREATE FUNCTION pg_temp.sold(m int, buyer bigint, seller bigint, price text, fee text, released boolean) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	placed bigint;
	so bigint;
BEGIN
	placed := order_place(m, jsonb_build_object('reference', 'P' || (SELECT count(*) FROM orders WHERE marketplace_id = m), 'buyer', buyer, 'currency', 'EUR',
		'lines', jsonb_build_array(jsonb_build_object('seller', seller, 'quantity', 1, 'net_price', price, 'description', 'thing', 'vat_category', 'Z', 'vat_rate', 0))));
	SELECT id INTO so FROM seller_orders WHERE marketplace_id = m AND order_id = placed;
	PERFORM seller_order_accept(m, so);
	PERFORM payment_settle(m, payment_capture(m, payment_authorize(m, placed, (price || ' EUR')::amount, '{"method": "card"}')), (fee || ' EUR')::amount);
	IF released THEN
		PERFORM escrow_release(m, so);
	END IF;
	RETURN placed;
END $$;
CREATE FUNCTION pg_temp.instruction(m int, o text, n bigint) RETURNS bigint LANGUAGE sql AS
$$ SELECT instruction_id FROM instruction_overview WHERE marketplace_id = m AND object = o AND object_id = n AND kind = o $$;
CREATE FUNCTION pg_temp.planned(m int) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(p.name || ' ' || amount_value(o.amount), ', ' ORDER BY p.name) FROM payouts o JOIN parties p ON p.marketplace_id = m AND p.id = o.seller_id
	WHERE o.marketplace_id = m AND o.batch_id = (SELECT max(id) FROM payout_batches WHERE marketplace_id = m) $$;

-- The fees of the PSP are the platform's, and are not in the client account until it has transferred them.
SELECT pg_temp.sold(:m, :buyer, :alpha, '100.00', '1.00', true) AS o1, pg_temp.sold(:m, :buyer, :beta, '50.00', '0.50', true) AS o2 \gset
SELECT is((SELECT string_agg(obstacle || ': ' || detail, '; ') FROM payout_obstacles(:m)), 'cash: The client account has 48.50 EUR that is not frozen for others.',
	'FD-5 the client account has less than all may be paid');
SELECT payout_run(:m) AS run \gset
SELECT is(pg_temp.planned(:m), 'ALPHA 100.00', '... who finds enough is paid, the others carry over');
SELECT ok(own_funding(:m, '1.50 EUR', 'fees') > 0, 'the platform transfers the fees');
SELECT payout_run(:m) AS run \gset
SELECT is(pg_temp.planned(:m), 'BETA 50.00', '... and there is enough for all');

-- FD-57: identification and bank account when it is sent
SELECT id AS p1 FROM payouts WHERE marketplace_id = :m AND seller_id = :alpha \gset
SELECT id AS p2 FROM payouts WHERE marketplace_id = :m AND seller_id = :beta \gset
SELECT ok(kyc_set(:m, :alpha, 'refused', 'psp 1') > 0, 'the PSP refuses alpha after the payout was approved');
SELECT throws_ok(format('SELECT payout_send(%s, %s)', :m, :p1), 'MK111', format('payout %s is not to be sent any more (kyc)', :p1), 'FD-57 ... it is not sent');
SELECT throws_ok(format('SELECT instruction_send(%s, %s)', :m, pg_temp.instruction(:m, 'payout', :p1)), 'MK111', NULL, '... by any door');
SELECT ok(kyc_set(:m, :alpha, 'valid', 'psp 2') > 0, 'the PSP has thought better of it');
SELECT is(payout_send(:m, :p1), :p1::bigint, '... and it is sent');
SELECT bank_account_block(:m, :beta_bank, 'closed') AS blocked \gset
SELECT throws_ok(format('SELECT payout_send(%s, %s)', :m, :p2), 'MK111', format('payout %s is not to be sent any more (bank_account)', :p2), 'FD-57 nor to an account that was blocked');
SELECT is(payout_confirm(:m, :p2, 'bank'), :p2::bigint, 'what the bank has carried out is a fact all the same');

-- a refund by transfer
SELECT pg_temp.sold(:m, :buyer, :alpha, '30.00', '1.00', false) AS o3 \gset
SELECT refund_create(:m, jsonb_build_object('order_id', :o3, 'door', 'cancellation', 'reason', 'x', 'means', '[{"means": "transfer"}]'::jsonb,
	'lines', jsonb_build_array(jsonb_build_object('order_line_id', (SELECT id FROM order_lines WHERE marketplace_id = :m AND order_id = :o3), 'amount', '29.00 EUR')))) AS d \gset
SELECT id AS r FROM refunds WHERE marketplace_id = :m AND means = 'transfer' \gset
SELECT is((SELECT state::text FROM refunds WHERE marketplace_id = :m AND id = :r), 'funded', 'a refund by transfer is funded');
SELECT bank_account_block(:m, :buyer_bank, 'closed') AS blocked \gset
SELECT throws_ok(format('SELECT refund_send(%s, %s)', :m, :r), 'MK116', format('refund %s goes to a bank account that may not be paid', :r), '... not sent to an account that was blocked');
SELECT is(refund_fail(:m, :r, 'account closed'), :r::bigint, '... it is dropped, and its money kept for the buyer');
SELECT is((SELECT amount_value(sum(balance)) FROM accounts WHERE marketplace_id = :m AND kind = 'c_buyer'), 29.00, '... to the cent');
SELECT refund_create(:m, jsonb_build_object('order_id', :o3, 'door', 'cancellation', 'reason', 'x',
	'lines', jsonb_build_array(jsonb_build_object('order_line_id', (SELECT id FROM order_lines WHERE marketplace_id = :m AND order_id = :o3), 'amount', '1.00 EUR')))) AS d \gset
SELECT max(id) AS r FROM refunds WHERE marketplace_id = :m \gset
SELECT ledger_post(:m, '{"reason": "charge", "note": "bank charge", "transfers": [{"debit": {"kind": "c_due_from_own"}, "credit": {"kind": "c_cash"}, "amount": "30.00 EUR"},
	{"debit": {"kind": "o_psp_fees"}, "credit": {"kind": "o_due_to_client"}, "amount": "30.00 EUR"}]}') AS charged \gset
SELECT throws_ok(format('SELECT refund_send(%s, %s)', :m, :r), 'MK051', format('the client account has less than refund %s takes', :r), 'FD-5 nor is it sent when the cash has gone otherwise');
SELECT own_funding(:m, '31.00 EUR', 'charges') AS funded \gset
SELECT is(refund_send(:m, :r), :r::bigint, '... and with the cash it is');
SELECT is_empty(format('SELECT * FROM ledger_verify(%s)', :m), 'the books are in order');
SELECT finish();
