-- What is recorded stays; what functions keep is written by functions; states follow their lifecycle; who sees what.

CREATE OR REPLACE VIEW marketplace.lifecycle_orders (machine, from_state, event, to_state, capacities, description)
WITH (security_invoker = true) AS
VALUES
	('bank_account'::text, NULL::text, 'add'::text, 'added'::text, ARRAY['operator', 'seller', 'buyer', 'carrier', 'insurer'], 'Recorded; nothing is paid to it yet.'::text),
	('bank_account', 'added', 'verify', 'verified', ARRAY['operator'], 'Checked to be the party''s: may be paid to.'),
	('bank_account', 'added', 'block', 'blocked', ARRAY['operator', 'seller', 'buyer', 'carrier', 'insurer', 'system'], 'Not to be paid to.'),
	('bank_account', 'verified', 'block', 'blocked', ARRAY['operator', 'seller', 'buyer', 'carrier', 'insurer', 'system'], 'Not to be paid to any more.'),
	('bank_account', 'blocked', 'verify', 'verified', ARRAY['operator'], 'Checked again.'),
	('seller_order', NULL, 'place', 'placed', ARRAY['operator', 'buyer'], 'The buyer placed the order.'),
	('seller_order', 'placed', 'accept', 'accepted', ARRAY['operator', 'seller', 'system'], 'The seller accepts, by word or by silence.'),
	('seller_order', 'placed', 'refuse', 'refused', ARRAY['operator', 'seller', 'system'], 'The seller refuses, by word or by silence.'),
	('seller_order', 'accepted', 'refuse', 'refused', ARRAY['operator', 'seller'], 'The seller cancels the last line before anything was shipped.');
COMMENT ON VIEW marketplace.lifecycle_orders IS 'Lifecycles of orders and parties.';
COMMENT ON COLUMN marketplace.lifecycle_orders.machine IS 'Name of the lifecycle.';
COMMENT ON COLUMN marketplace.lifecycle_orders.from_state IS 'State before; NULL: creation.';
COMMENT ON COLUMN marketplace.lifecycle_orders.event IS 'What happens.';
COMMENT ON COLUMN marketplace.lifecycle_orders.to_state IS 'State after.';
COMMENT ON COLUMN marketplace.lifecycle_orders.capacities IS 'Who may.';
COMMENT ON COLUMN marketplace.lifecycle_orders.description IS 'What the transition means.';

CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.bank_accounts
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('bank_account', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.bank_accounts
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('bank_account', 'state');
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.seller_orders
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('seller_order', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.seller_orders
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('seller_order', 'state');
ALTER TABLE marketplace.bank_accounts ENABLE ALWAYS TRIGGER lifecycle;
ALTER TABLE marketplace.seller_orders ENABLE ALWAYS TRIGGER lifecycle;

-- Records: whole rows, or all but the columns named.
CREATE OR REPLACE TRIGGER guard_change BEFORE UPDATE OR DELETE ON marketplace.marketplaces
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('name', 'psp_party_id', 'country', 'time_zone', 'calendar');
CREATE OR REPLACE TRIGGER guard_change BEFORE UPDATE OR DELETE ON marketplace.parties
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('reference', 'name', 'trade_name', 'legal_form', 'share_capital',
		'country', 'siren', 'siret', 'vat_id', 'legal_id', 'legal_id_scheme', 'einvoice_address', 'einvoice_scheme', 'email', 'phone',
		'time_zone', 'calendar', 'updated_at');
CREATE OR REPLACE TRIGGER guard_change BEFORE UPDATE OR DELETE ON marketplace.party_capacities
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('since', 'ended_at');
CREATE OR REPLACE TRIGGER guard_change BEFORE UPDATE OR DELETE ON marketplace.party_addresses
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('ended_at');
CREATE OR REPLACE TRIGGER guard_change BEFORE UPDATE OR DELETE ON marketplace.bank_accounts
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'verified_at');
CREATE OR REPLACE TRIGGER guard_change BEFORE UPDATE OR DELETE ON marketplace.orders
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER guard_change BEFORE UPDATE OR DELETE ON marketplace.seller_orders
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'answered_at');
CREATE OR REPLACE TRIGGER guard_change BEFORE UPDATE OR DELETE ON marketplace.order_lines
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('cancelled', 'shipped', 'in_transit', 'delivered', 'lost',
		'sent_back', 'awaited', 'accepted', 'disputed', 'returned');
CREATE OR REPLACE TRIGGER guard_change BEFORE UPDATE OR DELETE ON marketplace.quantity_movements
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER guard_change BEFORE UPDATE OR DELETE ON marketplace.order_line_promises
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.marketplaces ENABLE ALWAYS TRIGGER guard_change;
ALTER TABLE marketplace.parties ENABLE ALWAYS TRIGGER guard_change;
ALTER TABLE marketplace.party_capacities ENABLE ALWAYS TRIGGER guard_change;
ALTER TABLE marketplace.party_addresses ENABLE ALWAYS TRIGGER guard_change;
ALTER TABLE marketplace.bank_accounts ENABLE ALWAYS TRIGGER guard_change;
ALTER TABLE marketplace.orders ENABLE ALWAYS TRIGGER guard_change;
ALTER TABLE marketplace.seller_orders ENABLE ALWAYS TRIGGER guard_change;
ALTER TABLE marketplace.order_lines ENABLE ALWAYS TRIGGER guard_change;
ALTER TABLE marketplace.quantity_movements ENABLE ALWAYS TRIGGER guard_change;
ALTER TABLE marketplace.order_line_promises ENABLE ALWAYS TRIGGER guard_change;

-- Written by functions only: an order whose parts were put together by hand would not add up, and a state that moved without its event
-- would tell nobody. A bare UPDATE of a state meets the lifecycle first, whose error names what is allowed, then written_by_function.
CREATE OR REPLACE TRIGGER guard_write BEFORE INSERT OR UPDATE ON marketplace.marketplaces
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('orders');
CREATE OR REPLACE TRIGGER guard_write BEFORE INSERT OR UPDATE ON marketplace.parties
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('orders');
CREATE OR REPLACE TRIGGER guard_write BEFORE INSERT OR UPDATE ON marketplace.party_capacities
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('orders');
CREATE OR REPLACE TRIGGER guard_write BEFORE INSERT OR UPDATE ON marketplace.party_addresses
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('orders');
CREATE OR REPLACE TRIGGER guard_write BEFORE INSERT ON marketplace.bank_accounts
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('orders');
CREATE OR REPLACE TRIGGER written_by_function BEFORE UPDATE ON marketplace.bank_accounts
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('orders');
CREATE OR REPLACE TRIGGER written_by_function BEFORE UPDATE ON marketplace.seller_orders
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('orders');
CREATE OR REPLACE TRIGGER guard_write BEFORE INSERT ON marketplace.orders
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('orders');
CREATE OR REPLACE TRIGGER guard_write BEFORE INSERT ON marketplace.seller_orders
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('orders');
CREATE OR REPLACE TRIGGER guard_write BEFORE INSERT OR UPDATE ON marketplace.order_lines
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('orders');
CREATE OR REPLACE TRIGGER guard_write BEFORE INSERT ON marketplace.quantity_movements
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('orders');
CREATE OR REPLACE TRIGGER guard_write BEFORE INSERT ON marketplace.order_line_promises
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('orders');
ALTER TABLE marketplace.marketplaces ENABLE ALWAYS TRIGGER guard_write;
ALTER TABLE marketplace.parties ENABLE ALWAYS TRIGGER guard_write;
ALTER TABLE marketplace.party_capacities ENABLE ALWAYS TRIGGER guard_write;
ALTER TABLE marketplace.party_addresses ENABLE ALWAYS TRIGGER guard_write;
ALTER TABLE marketplace.bank_accounts ENABLE ALWAYS TRIGGER guard_write;
ALTER TABLE marketplace.bank_accounts ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.seller_orders ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.orders ENABLE ALWAYS TRIGGER guard_write;
ALTER TABLE marketplace.seller_orders ENABLE ALWAYS TRIGGER guard_write;
ALTER TABLE marketplace.order_lines ENABLE ALWAYS TRIGGER guard_write;
ALTER TABLE marketplace.quantity_movements ENABLE ALWAYS TRIGGER guard_write;
ALTER TABLE marketplace.order_line_promises ENABLE ALWAYS TRIGGER guard_write;

CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.marketplaces
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.parties
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.party_capacities
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.party_addresses
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.bank_accounts
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.orders
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.seller_orders
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.order_lines
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.quantity_movements
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.order_line_promises
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.marketplaces ENABLE ALWAYS TRIGGER guard_truncate;
ALTER TABLE marketplace.parties ENABLE ALWAYS TRIGGER guard_truncate;
ALTER TABLE marketplace.party_capacities ENABLE ALWAYS TRIGGER guard_truncate;
ALTER TABLE marketplace.party_addresses ENABLE ALWAYS TRIGGER guard_truncate;
ALTER TABLE marketplace.bank_accounts ENABLE ALWAYS TRIGGER guard_truncate;
ALTER TABLE marketplace.orders ENABLE ALWAYS TRIGGER guard_truncate;
ALTER TABLE marketplace.seller_orders ENABLE ALWAYS TRIGGER guard_truncate;
ALTER TABLE marketplace.order_lines ENABLE ALWAYS TRIGGER guard_truncate;
ALTER TABLE marketplace.quantity_movements ENABLE ALWAYS TRIGGER guard_truncate;
ALTER TABLE marketplace.order_line_promises ENABLE ALWAYS TRIGGER guard_truncate;

-- Who sees what. Inner SELECTs are under the policies of their tables: a party sees its own seller orders, and through them the order's
-- header and who the other side is, nothing of other sellers.
ALTER TABLE marketplace.seller_orders ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.seller_orders;
CREATE POLICY sees ON marketplace.seller_orders FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id, buyer_id));
ALTER TABLE marketplace.order_lines ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.order_lines;
CREATE POLICY sees ON marketplace.order_lines FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id, buyer_id));
ALTER TABLE marketplace.orders ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.orders;
CREATE POLICY sees ON marketplace.orders FOR SELECT
	USING (marketplace.access_sees(marketplace_id, buyer_id) OR EXISTS (
		SELECT FROM marketplace.seller_orders s
		 WHERE s.marketplace_id = orders.marketplace_id AND s.order_id = orders.id));
ALTER TABLE marketplace.quantity_movements ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.quantity_movements;
CREATE POLICY sees ON marketplace.quantity_movements FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.order_lines l
		 WHERE l.marketplace_id = quantity_movements.marketplace_id AND l.id = quantity_movements.order_line_id));
ALTER TABLE marketplace.order_line_promises ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.order_line_promises;
CREATE POLICY sees ON marketplace.order_line_promises FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.order_lines l
		 WHERE l.marketplace_id = order_line_promises.marketplace_id AND l.id = order_line_promises.order_line_id));
ALTER TABLE marketplace.parties ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.parties;
CREATE POLICY sees ON marketplace.parties FOR SELECT
	USING (marketplace.access_sees(marketplace_id, id)
		OR EXISTS (SELECT FROM marketplace.seller_orders s
			 WHERE s.marketplace_id = parties.marketplace_id AND s.seller_id = parties.id)
		OR EXISTS (SELECT FROM marketplace.seller_orders s
			 WHERE s.marketplace_id = parties.marketplace_id AND s.buyer_id = parties.id));
ALTER TABLE marketplace.party_capacities ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.party_capacities;
CREATE POLICY sees ON marketplace.party_capacities FOR SELECT USING (marketplace.access_sees(marketplace_id, party_id));
ALTER TABLE marketplace.party_addresses ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.party_addresses;
CREATE POLICY sees ON marketplace.party_addresses FOR SELECT USING (marketplace.access_sees(marketplace_id, party_id));
ALTER TABLE marketplace.bank_accounts ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.bank_accounts;
CREATE POLICY sees ON marketplace.bank_accounts FOR SELECT USING (marketplace.access_sees(marketplace_id, party_id));
ALTER TABLE marketplace.marketplaces ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.marketplaces;
CREATE POLICY sees ON marketplace.marketplaces FOR SELECT
	USING (marketplace.access_operates(marketplace_id)
		OR EXISTS (SELECT FROM marketplace.party_capacities c WHERE c.marketplace_id = marketplaces.marketplace_id));
