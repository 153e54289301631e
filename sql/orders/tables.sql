-- Marketplaces, parties, orders, lines and where each quantity is (DESIGN 1.2; LG-5 to LG-10, LG-33; RD-4, RD-5, RD-11).

CREATE DOMAIN marketplace.party_capacity AS text
	CHECK (VALUE IN ('operator', 'seller', 'buyer', 'carrier', 'insurer', 'psp'));
COMMENT ON DOMAIN marketplace.party_capacity IS 'What a party does on the marketplace. One party may do several.';
CREATE DOMAIN marketplace.address_kind AS text CHECK (VALUE IN ('registered', 'billing', 'delivery', 'returns'));
COMMENT ON DOMAIN marketplace.address_kind IS 'What an address of a party is for.';
CREATE DOMAIN marketplace.bank_account_state AS text CHECK (VALUE IN ('added', 'verified', 'blocked'));
COMMENT ON DOMAIN marketplace.bank_account_state IS 'State of a bank account; only a verified one is paid to.';
CREATE DOMAIN marketplace.seller_order_state AS text CHECK (VALUE IN ('placed', 'accepted', 'refused'));
COMMENT ON DOMAIN marketplace.seller_order_state IS 'The seller''s answer to its part of an order; nothing about goods, documents or money (LG-2).';
CREATE DOMAIN marketplace.on_silence AS text CHECK (VALUE IN ('refuse', 'accept'));
COMMENT ON DOMAIN marketplace.on_silence IS 'What silence until the deadline means.';
CREATE DOMAIN marketplace.line_kind AS text CHECK (VALUE IN ('goods', 'service', 'shipping', 'fee', 'discount'));
COMMENT ON DOMAIN marketplace.line_kind IS 'What a line of an order sells; a discount reduces goods.';
CREATE DOMAIN marketplace.vat_category AS text CHECK (VALUE IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O'));
COMMENT ON DOMAIN marketplace.vat_category IS 'VAT category, UNCL5305 as of EN 16931: S standard, Z zero, E exempt, AE reverse charge, K intra-Community, G export, O outside scope.';
CREATE DOMAIN marketplace.incoterm AS text
	CHECK (VALUE IN ('EXW', 'FCA', 'CPT', 'CIP', 'DAP', 'DPU', 'DDP', 'FAS', 'FOB', 'CFR', 'CIF'));
COMMENT ON DOMAIN marketplace.incoterm IS 'Incoterms 2020.';
CREATE DOMAIN marketplace.quantity_movement_kind AS text
	CHECK (VALUE IN ('cancel', 'ship', 'deliver', 'lose', 'send_back', 'accept', 'dispute', 'undispute', 'return_in'));
COMMENT ON DOMAIN marketplace.quantity_movement_kind IS 'From where to where a quantity goes (LG-5).';

CREATE TABLE marketplace.marketplaces (
	marketplace_id int NOT NULL CHECK (marketplace_id > 0),
	name text NOT NULL,
	operator_party_id bigint NOT NULL,
	psp_party_id bigint,
	country marketplace.country_code NOT NULL,
	time_zone text NOT NULL,
	calendar text NOT NULL,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id)
);
COMMENT ON TABLE marketplace.marketplaces IS 'The tenants. Kept by marketplace_create() and marketplace_update().';
COMMENT ON COLUMN marketplace.marketplaces.marketplace_id IS 'Marketplace (tenant): the first argument of every function.';
COMMENT ON COLUMN marketplace.marketplaces.name IS 'Name under which it trades.';
COMMENT ON COLUMN marketplace.marketplaces.operator_party_id IS 'The operator as a legal person: issues commission invoices.';
COMMENT ON COLUMN marketplace.marketplaces.psp_party_id IS 'Payment service provider; NULL while there is none.';
COMMENT ON COLUMN marketplace.marketplaces.country IS 'Country of establishment.';
COMMENT ON COLUMN marketplace.marketplaces.time_zone IS 'IANA time zone of its local dates (RD-6).';
COMMENT ON COLUMN marketplace.marketplaces.calendar IS 'Calendar of its business days (RD-24).';
COMMENT ON COLUMN marketplace.marketplaces.created_at IS 'When it was created.';

CREATE TABLE marketplace.parties (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	reference text,
	name text NOT NULL,
	trade_name text,
	legal_form text,
	share_capital marketplace.amount,
	country marketplace.country_code NOT NULL,
	siren marketplace.siren,
	siret marketplace.siret,
	vat_id marketplace.vat_id,
	legal_id text,
	legal_id_scheme text,
	einvoice_address text,
	einvoice_scheme text,
	email text,
	phone text,
	time_zone text,
	calendar text,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, reference),
	CHECK (siret IS NULL OR siren IS NULL OR starts_with(siret, siren)),
	CHECK ((legal_id IS NULL) = (legal_id_scheme IS NULL)),
	CHECK ((einvoice_address IS NULL) = (einvoice_scheme IS NULL))
) WITH (fillfactor = 80);
COMMENT ON TABLE marketplace.parties IS
'Legal persons: operator, sellers, buyers, carriers, insurers, payment providers. Documents freeze what they print (IV-6). Kept by party_create() and party_update(); each change is an event of aggregate party.';
COMMENT ON COLUMN marketplace.parties.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.parties.id IS 'Number of the party.';
COMMENT ON COLUMN marketplace.parties.reference IS 'The application''s own key of the party; NULL for none.';
COMMENT ON COLUMN marketplace.parties.name IS 'Legal name (BT-27, BT-44).';
COMMENT ON COLUMN marketplace.parties.trade_name IS 'Name under which it trades (BT-28, BT-45).';
COMMENT ON COLUMN marketplace.parties.legal_form IS 'Legal form as printed: SAS, SARL, GmbH ….';
COMMENT ON COLUMN marketplace.parties.share_capital IS 'Share capital, where the law has it printed.';
COMMENT ON COLUMN marketplace.parties.country IS 'Country of establishment.';
COMMENT ON COLUMN marketplace.parties.siren IS 'French enterprise number (BT-30, BT-47 with scheme 0002).';
COMMENT ON COLUMN marketplace.parties.siret IS 'French establishment number (scheme 0009); begins with the SIREN.';
COMMENT ON COLUMN marketplace.parties.vat_id IS 'VAT number (BT-31, BT-48). Of a member of a single taxable person it is the group''s.';
COMMENT ON COLUMN marketplace.parties.legal_id IS 'Legal registration outside France (BT-30, BT-47).';
COMMENT ON COLUMN marketplace.parties.legal_id_scheme IS 'Scheme of legal_id, ISO 6523 ICD: four digits.';
COMMENT ON COLUMN marketplace.parties.einvoice_address IS 'Electronic address for invoices (BT-34, BT-49).';
COMMENT ON COLUMN marketplace.parties.einvoice_scheme IS 'Scheme of that address, EAS code list: four characters, 0225 for the French directory.';
COMMENT ON COLUMN marketplace.parties.email IS 'E-mail of the contact for after-sales.';
COMMENT ON COLUMN marketplace.parties.phone IS 'Telephone of that contact.';
COMMENT ON COLUMN marketplace.parties.time_zone IS 'IANA time zone of its deadlines; NULL: the marketplace''s.';
COMMENT ON COLUMN marketplace.parties.calendar IS 'Calendar of its deadlines (RD-27); NULL: the marketplace''s.';
COMMENT ON COLUMN marketplace.parties.created_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.parties.updated_at IS 'When its data last changed.';

CREATE TABLE marketplace.party_capacities (
	marketplace_id int NOT NULL,
	party_id bigint NOT NULL,
	capacity marketplace.party_capacity NOT NULL,
	since timestamptz NOT NULL,
	ended_at timestamptz,
	PRIMARY KEY (marketplace_id, party_id, capacity),
	FOREIGN KEY (marketplace_id, party_id) REFERENCES marketplace.parties (marketplace_id, id)
);
COMMENT ON TABLE marketplace.party_capacities IS 'What each party does on the marketplace.';
COMMENT ON COLUMN marketplace.party_capacities.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.party_capacities.party_id IS 'Party.';
COMMENT ON COLUMN marketplace.party_capacities.capacity IS 'operator, seller, buyer, carrier, insurer or psp.';
COMMENT ON COLUMN marketplace.party_capacities.since IS 'Since when.';
COMMENT ON COLUMN marketplace.party_capacities.ended_at IS 'Until when; NULL: still. Orders placed before go on.';

CREATE TABLE marketplace.party_addresses (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	party_id bigint NOT NULL,
	kind marketplace.address_kind NOT NULL,
	recipient text,
	line1 text NOT NULL,
	line2 text,
	line3 text,
	postcode text,
	city text NOT NULL,
	subdivision text,
	country marketplace.country_code NOT NULL,
	gln marketplace.gln,
	since timestamptz NOT NULL,
	ended_at timestamptz,
	PRIMARY KEY (marketplace_id, id),
	FOREIGN KEY (marketplace_id, party_id) REFERENCES marketplace.parties (marketplace_id, id)
);
CREATE INDEX party_addresses_party ON marketplace.party_addresses (marketplace_id, party_id);
COMMENT ON TABLE marketplace.party_addresses IS 'Addresses of parties. A new list of addresses ends the former one, it does not overwrite it.';
COMMENT ON COLUMN marketplace.party_addresses.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.party_addresses.id IS 'Number of the address.';
COMMENT ON COLUMN marketplace.party_addresses.party_id IS 'Party.';
COMMENT ON COLUMN marketplace.party_addresses.kind IS 'registered (printed on documents), billing, delivery or returns.';
COMMENT ON COLUMN marketplace.party_addresses.recipient IS 'Who receives there, if not the party itself.';
COMMENT ON COLUMN marketplace.party_addresses.line1 IS 'First line (BT-35, BT-50, BT-75).';
COMMENT ON COLUMN marketplace.party_addresses.line2 IS 'Second line.';
COMMENT ON COLUMN marketplace.party_addresses.line3 IS 'Third line.';
COMMENT ON COLUMN marketplace.party_addresses.postcode IS 'Postcode; NULL where the country has none.';
COMMENT ON COLUMN marketplace.party_addresses.city IS 'City.';
COMMENT ON COLUMN marketplace.party_addresses.subdivision IS 'Region or state.';
COMMENT ON COLUMN marketplace.party_addresses.country IS 'Country.';
COMMENT ON COLUMN marketplace.party_addresses.gln IS 'GS1 location number.';
COMMENT ON COLUMN marketplace.party_addresses.since IS 'Since when it is in use.';
COMMENT ON COLUMN marketplace.party_addresses.ended_at IS 'Until when; NULL: still in use.';

CREATE TABLE marketplace.bank_accounts (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	party_id bigint NOT NULL,
	currency marketplace.currency NOT NULL,
	holder text NOT NULL,
	iban marketplace.iban NOT NULL,
	bic marketplace.bic,
	state marketplace.bank_account_state NOT NULL,
	added_at timestamptz NOT NULL,
	verified_at timestamptz,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, party_id, iban, currency),
	FOREIGN KEY (marketplace_id, party_id) REFERENCES marketplace.parties (marketplace_id, id),
	CHECK (state <> 'verified' OR verified_at IS NOT NULL)
) WITH (fillfactor = 80);
COMMENT ON TABLE marketplace.bank_accounts IS
'Bank accounts of parties. Payouts go to the one verified last in their currency. A change of account is a new row: only state and verified_at change.';
COMMENT ON COLUMN marketplace.bank_accounts.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.bank_accounts.id IS 'Number of the bank account.';
COMMENT ON COLUMN marketplace.bank_accounts.party_id IS 'Party that is paid.';
COMMENT ON COLUMN marketplace.bank_accounts.currency IS 'Currency that it takes.';
COMMENT ON COLUMN marketplace.bank_accounts.holder IS 'Name of the holder as the bank knows it.';
COMMENT ON COLUMN marketplace.bank_accounts.iban IS 'Account number, ISO 13616.';
COMMENT ON COLUMN marketplace.bank_accounts.bic IS 'Bank, ISO 9362; NULL where the IBAN is enough.';
COMMENT ON COLUMN marketplace.bank_accounts.state IS 'added, verified (may be paid to), blocked.';
COMMENT ON COLUMN marketplace.bank_accounts.added_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.bank_accounts.verified_at IS 'When it was last verified; NULL: never.';

CREATE TABLE marketplace.orders (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	reference text NOT NULL,
	buyer_id bigint NOT NULL,
	currency marketplace.currency NOT NULL,
	delivery_address jsonb,
	placed_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, buyer_id, reference)
) WITH (fillfactor = 90);
COMMENT ON TABLE marketplace.orders IS
'Orders as placed: never changed. Totals are those of the seller orders, so that a seller sees its own only (view order_overview). The row is what calls lock first.';
COMMENT ON COLUMN marketplace.orders.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.orders.id IS 'Number of the order.';
COMMENT ON COLUMN marketplace.orders.reference IS 'The buyer''s purchase order number (BT-13), unique for the buyer.';
COMMENT ON COLUMN marketplace.orders.buyer_id IS 'Party that buys.';
COMMENT ON COLUMN marketplace.orders.currency IS 'Currency of every amount of the order.';
COMMENT ON COLUMN marketplace.orders.delivery_address IS 'Where to, frozen: as the order says, else the buyer''s delivery or registered address. NULL when neither is known.';
COMMENT ON COLUMN marketplace.orders.placed_at IS 'When the buyer placed it.';
COMMENT ON COLUMN marketplace.orders.recorded_at IS 'When it was recorded here (RD-13).';

CREATE TABLE marketplace.seller_orders (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	order_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	incoterm marketplace.incoterm NOT NULL,
	net marketplace.amount NOT NULL,
	vat marketplace.amount NOT NULL,
	gross marketplace.amount NOT NULL,
	state marketplace.seller_order_state NOT NULL,
	accept_by timestamptz NOT NULL,
	on_silence marketplace.on_silence NOT NULL,
	placed_at timestamptz NOT NULL,
	answered_at timestamptz,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, order_id, seller_id),
	CHECK (net + vat = gross),
	CHECK ((state = 'placed') = (answered_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX seller_orders_seller ON marketplace.seller_orders (marketplace_id, seller_id);
CREATE INDEX seller_orders_buyer ON marketplace.seller_orders (marketplace_id, buyer_id);
CREATE INDEX seller_orders_due ON marketplace.seller_orders (marketplace_id, accept_by) WHERE state = 'placed';
COMMENT ON TABLE marketplace.seller_orders IS
'The part of an order that one seller sells. Amounts, terms and deadline are frozen at placement (RD-11); state and answered_at change.';
COMMENT ON COLUMN marketplace.seller_orders.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.seller_orders.id IS 'Number of the seller order.';
COMMENT ON COLUMN marketplace.seller_orders.order_id IS 'Order that it is part of.';
COMMENT ON COLUMN marketplace.seller_orders.seller_id IS 'Party that sells.';
COMMENT ON COLUMN marketplace.seller_orders.buyer_id IS 'Party that buys.';
COMMENT ON COLUMN marketplace.seller_orders.incoterm IS 'Incoterm in force between the two (LG-39); policy lg.incoterm_default where the order says nothing.';
COMMENT ON COLUMN marketplace.seller_orders.net IS 'Sum of its lines without VAT, as placed.';
COMMENT ON COLUMN marketplace.seller_orders.vat IS 'VAT of its lines, as placed: rounded per category, rate and exemption code on the sum (IV-24).';
COMMENT ON COLUMN marketplace.seller_orders.gross IS 'net + vat.';
COMMENT ON COLUMN marketplace.seller_orders.state IS 'The seller''s recorded answer; after accept_by silence counts, recorded or not (view order_seller_overview).';
COMMENT ON COLUMN marketplace.seller_orders.accept_by IS 'Last instant for the answer; policy od.accept_within at placement.';
COMMENT ON COLUMN marketplace.seller_orders.on_silence IS 'What silence means; policy od.accept_on_silence at placement.';
COMMENT ON COLUMN marketplace.seller_orders.placed_at IS 'When the order was placed.';
COMMENT ON COLUMN marketplace.seller_orders.answered_at IS 'When it was accepted or refused; on silence accept_by.';

CREATE TABLE marketplace.order_lines (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	order_id bigint NOT NULL,
	seller_order_id bigint NOT NULL,
	seller_id bigint NOT NULL,
	buyer_id bigint NOT NULL,
	position int NOT NULL CHECK (position > 0),
	kind marketplace.line_kind NOT NULL,
	sku text,
	gtin marketplace.gtin,
	description text NOT NULL,
	unit marketplace.unit_code NOT NULL,
	net_price numeric NOT NULL CHECK (net_price >= 0),
	price_base_quantity numeric NOT NULL CHECK (price_base_quantity > 0),
	vat_category marketplace.vat_category NOT NULL,
	vat_rate numeric,
	exemption_code text,
	commission_category text,
	applies_to int,
	ship_by date,
	deliver_from date,
	deliver_by date,
	net marketplace.amount NOT NULL,
	vat marketplace.amount NOT NULL,
	gross marketplace.amount NOT NULL,
	escrow_net marketplace.amount NOT NULL,
	escrow_gross marketplace.amount NOT NULL,
	quantity numeric(16,4) NOT NULL CHECK (quantity > 0),
	cancelled numeric(16,4) NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
	shipped numeric(16,4) NOT NULL DEFAULT 0 CHECK (shipped >= 0),
	in_transit numeric(16,4) NOT NULL DEFAULT 0 CHECK (in_transit >= 0),
	delivered numeric(16,4) NOT NULL DEFAULT 0 CHECK (delivered >= 0),
	lost numeric(16,4) NOT NULL DEFAULT 0 CHECK (lost >= 0),
	sent_back numeric(16,4) NOT NULL DEFAULT 0 CHECK (sent_back >= 0),
	awaited numeric(16,4) NOT NULL DEFAULT 0 CHECK (awaited >= 0),
	accepted numeric(16,4) NOT NULL DEFAULT 0 CHECK (accepted >= 0),
	disputed numeric(16,4) NOT NULL DEFAULT 0 CHECK (disputed >= 0),
	returned numeric(16,4) NOT NULL DEFAULT 0 CHECK (returned >= 0),
	to_ship numeric(16,4) NOT NULL GENERATED ALWAYS AS (quantity - cancelled - shipped) STORED,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, order_id, position),
	CONSTRAINT ordered_is_cancelled_to_ship_shipped CHECK (cancelled + shipped <= quantity),
	CONSTRAINT shipped_is_in_transit_delivered_lost_sent_back CHECK (shipped = in_transit + delivered + lost + sent_back),
	CONSTRAINT delivered_is_awaited_accepted_disputed_returned CHECK (delivered = awaited + accepted + disputed + returned),
	CONSTRAINT only_goods_move CHECK (kind = 'goods' OR shipped = 0),
	CONSTRAINT gross_is_net_and_vat CHECK (net + vat = gross),
	CHECK ((vat_category = 'O') = (vat_rate IS NULL)),
	CHECK (vat_category = 'O' OR (vat_category = 'S') = (vat_rate > 0)),
	CHECK (deliver_from <= deliver_by)
) WITH (fillfactor = 70);
CREATE INDEX order_lines_seller_order ON marketplace.order_lines (marketplace_id, seller_order_id);
COMMENT ON TABLE marketplace.order_lines IS
'Lines of orders: terms and amounts frozen at placement (RD-11), and where each unit of the quantity is. The quantities change by quantity_movements only and no writer can commit ones that do not add up (LG-6 to LG-9).';
COMMENT ON COLUMN marketplace.order_lines.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.order_lines.id IS 'Number of the line.';
COMMENT ON COLUMN marketplace.order_lines.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.order_lines.seller_order_id IS 'Seller order that it belongs to.';
COMMENT ON COLUMN marketplace.order_lines.seller_id IS 'Party that sells it.';
COMMENT ON COLUMN marketplace.order_lines.buyer_id IS 'Party that buys it.';
COMMENT ON COLUMN marketplace.order_lines.position IS 'Position in the order.';
COMMENT ON COLUMN marketplace.order_lines.kind IS 'goods, service, shipping, fee or discount. Only goods are shipped.';
COMMENT ON COLUMN marketplace.order_lines.sku IS 'The seller''s article number (BT-155).';
COMMENT ON COLUMN marketplace.order_lines.gtin IS 'GS1 article number (BT-157).';
COMMENT ON COLUMN marketplace.order_lines.description IS 'Name of what is sold (BT-153).';
COMMENT ON COLUMN marketplace.order_lines.unit IS 'Unit of the quantity, UN/ECE recommendation 20 (BT-130).';
COMMENT ON COLUMN marketplace.order_lines.net_price IS 'Price of price_base_quantity units without VAT in the order''s currency, at most 6 decimals (BT-146). Of a discount: what is taken off.';
COMMENT ON COLUMN marketplace.order_lines.price_base_quantity IS 'Number of units that the price is for (BT-149).';
COMMENT ON COLUMN marketplace.order_lines.vat_category IS 'VAT category (BT-151).';
COMMENT ON COLUMN marketplace.order_lines.vat_rate IS 'VAT rate in percent, 5.5 means 5.5 % (BT-152); NULL outside the scope of VAT.';
COMMENT ON COLUMN marketplace.order_lines.exemption_code IS 'Reason for no VAT, VATEX code (BT-121); part of the key that VAT is computed for.';
COMMENT ON COLUMN marketplace.order_lines.commission_category IS 'Category that commission rules look at.';
COMMENT ON COLUMN marketplace.order_lines.applies_to IS 'Of a discount: position of the goods line it reduces; NULL: all goods of the same seller and VAT key.';
COMMENT ON COLUMN marketplace.order_lines.ship_by IS 'Promised last day of hand-over to the carrier, as placed (LG-33); later promises in order_line_promises.';
COMMENT ON COLUMN marketplace.order_lines.deliver_from IS 'Promised first day of delivery, as placed.';
COMMENT ON COLUMN marketplace.order_lines.deliver_by IS 'Promised last day of delivery, as placed.';
COMMENT ON COLUMN marketplace.order_lines.net IS 'round(quantity × net_price ÷ price_base_quantity), half away from zero; negative for a discount.';
COMMENT ON COLUMN marketplace.order_lines.vat IS 'Its part of the VAT that was computed on the sum of its seller, category, rate and exemption code.';
COMMENT ON COLUMN marketplace.order_lines.gross IS 'net + vat.';
COMMENT ON COLUMN marketplace.order_lines.escrow_net IS 'net after discounts: what is held and released for the line; 0 for discounts.';
COMMENT ON COLUMN marketplace.order_lines.escrow_gross IS 'gross after discounts; the sum over an order is the order''s gross.';
COMMENT ON COLUMN marketplace.order_lines.quantity IS 'Ordered quantity = cancelled + to_ship + shipped (LG-6).';
COMMENT ON COLUMN marketplace.order_lines.cancelled IS 'Will never be shipped.';
COMMENT ON COLUMN marketplace.order_lines.shipped IS 'Handed over = in_transit + delivered + lost + sent_back (LG-7).';
COMMENT ON COLUMN marketplace.order_lines.in_transit IS 'With a carrier.';
COMMENT ON COLUMN marketplace.order_lines.delivered IS 'Delivered = awaited + accepted + disputed + returned (LG-8).';
COMMENT ON COLUMN marketplace.order_lines.lost IS 'Lost on the way.';
COMMENT ON COLUMN marketplace.order_lines.sent_back IS 'Returned to the sender without a receipt.';
COMMENT ON COLUMN marketplace.order_lines.awaited IS 'Delivered, the buyer''s receipt is awaited.';
COMMENT ON COLUMN marketplace.order_lines.accepted IS 'Accepted by the buyer.';
COMMENT ON COLUMN marketplace.order_lines.disputed IS 'Under dispute.';
COMMENT ON COLUMN marketplace.order_lines.returned IS 'Returned after receipt.';
COMMENT ON COLUMN marketplace.order_lines.to_ship IS 'Still to be handed over = quantity − cancelled − shipped.';

CREATE TABLE marketplace.quantity_movements (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	order_line_id bigint NOT NULL,
	parcel_id bigint,
	kind marketplace.quantity_movement_kind NOT NULL,
	quantity numeric(16,4) NOT NULL CHECK (quantity > 0),
	from_disputed numeric(16,4) CHECK (from_disputed BETWEEN 0 AND quantity),
	reverses bigint,
	occurred_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	actor text NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, reverses),
	CHECK ((kind = 'return_in') = (from_disputed IS NOT NULL))
);
CREATE INDEX quantity_movements_line ON marketplace.quantity_movements (marketplace_id, order_line_id, id);
COMMENT ON TABLE marketplace.quantity_movements IS 'Why each quantity is where it is (LG-5): never changed; a mistake is a movement that names and undoes the first.';
COMMENT ON COLUMN marketplace.quantity_movements.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.quantity_movements.id IS 'Number of the movement.';
COMMENT ON COLUMN marketplace.quantity_movements.order_line_id IS 'Line whose quantity moves.';
COMMENT ON COLUMN marketplace.quantity_movements.parcel_id IS 'Parcel that it is in; NULL where none is concerned.';
COMMENT ON COLUMN marketplace.quantity_movements.kind IS 'From where to where: cancel (to ship → cancelled), ship (to ship → in transit), deliver, lose, send_back (from in transit), accept, dispute (from awaited), undispute (disputed → accepted), return_in (disputed, then accepted → returned).';
COMMENT ON COLUMN marketplace.quantity_movements.quantity IS 'How much, in the line''s unit.';
COMMENT ON COLUMN marketplace.quantity_movements.from_disputed IS 'Of return_in: how much of it was under dispute; the rest was accepted.';
COMMENT ON COLUMN marketplace.quantity_movements.reverses IS 'The movement that this one undoes, whole; NULL for a first movement.';
COMMENT ON COLUMN marketplace.quantity_movements.occurred_at IS 'When it happened (LG-4).';
COMMENT ON COLUMN marketplace.quantity_movements.recorded_at IS 'When the marketplace knew.';
COMMENT ON COLUMN marketplace.quantity_movements.actor IS 'Who recorded it.';

CREATE TABLE marketplace.order_line_promises (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	order_line_id bigint NOT NULL,
	ship_by date,
	deliver_from date,
	deliver_by date,
	source text NOT NULL,
	recorded_at timestamptz NOT NULL,
	actor text NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	CHECK (deliver_from <= deliver_by)
);
CREATE INDEX order_line_promises_line ON marketplace.order_line_promises (marketplace_id, order_line_id, id);
COMMENT ON TABLE marketplace.order_line_promises IS
'Promises made after placement: each is a new row, the last one is in force, the line keeps the original (LG-33).';
COMMENT ON COLUMN marketplace.order_line_promises.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.order_line_promises.id IS 'Number of the promise.';
COMMENT ON COLUMN marketplace.order_line_promises.order_line_id IS 'Line.';
COMMENT ON COLUMN marketplace.order_line_promises.ship_by IS 'Promised last day of hand-over to the carrier.';
COMMENT ON COLUMN marketplace.order_line_promises.deliver_from IS 'Promised first day of delivery.';
COMMENT ON COLUMN marketplace.order_line_promises.deliver_by IS 'Promised last day of delivery.';
COMMENT ON COLUMN marketplace.order_line_promises.source IS 'Where the promise comes from: seller, carrier, agreement with the buyer ….';
COMMENT ON COLUMN marketplace.order_line_promises.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.order_line_promises.actor IS 'Who recorded it.';
