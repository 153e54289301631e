-- The order's life by hand: plain tables beside P (plain.sql), whose transfer() moves the money. The same facts as the product keeps:
-- quantities, movements, allocations, documents, numbers without gaps, history of states, request keys, an outbox with hash chains.
CREATE SCHEMA marketplace;
SET search_path = marketplace, public;

CREATE TABLE grants (marketplace_id int, role_name name, capacity text, PRIMARY KEY (marketplace_id, role_name, capacity));
CREATE TABLE requests (
  marketplace_id int NOT NULL, request_key text NOT NULL, role_name name NOT NULL, function text NOT NULL, arguments_hash bytea NOT NULL,
  result bigint, recorded_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (marketplace_id, request_key));
CREATE TABLE events (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
  aggregate text NOT NULL, aggregate_id bigint NOT NULL, sequence int NOT NULL, type text NOT NULL, payload jsonb NOT NULL,
  actor name NOT NULL DEFAULT session_user, recorded_at timestamptz NOT NULL DEFAULT now(), hash bytea NOT NULL,
  PRIMARY KEY (marketplace_id, id), UNIQUE (marketplace_id, aggregate, aggregate_id, sequence));
CREATE INDEX events_feed ON events (marketplace_id, xact, id);
CREATE TABLE transitions (machine text, from_state text, to_state text, PRIMARY KEY (machine, from_state, to_state));
CREATE TABLE history (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, machine text NOT NULL, object_id bigint NOT NULL, from_state text,
  to_state text NOT NULL, actor name NOT NULL DEFAULT session_user, recorded_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (marketplace_id, id));
CREATE INDEX history_object ON history (marketplace_id, machine, object_id);

CREATE TABLE parties (marketplace_id int NOT NULL, id bigint NOT NULL, name text NOT NULL, siren text, vat_id text, address jsonb, PRIMARY KEY (marketplace_id, id));
CREATE TABLE party_capacities (
  marketplace_id int NOT NULL, party_id bigint NOT NULL, capacity text NOT NULL, PRIMARY KEY (marketplace_id, party_id, capacity),
  FOREIGN KEY (marketplace_id, party_id) REFERENCES parties);
CREATE TABLE bank_accounts (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, party_id bigint NOT NULL, iban text NOT NULL, verified boolean NOT NULL,
  PRIMARY KEY (marketplace_id, id));
CREATE INDEX bank_accounts_party ON bank_accounts (marketplace_id, party_id);
CREATE TABLE mandates (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, mandator_id bigint NOT NULL, valid tstzrange NOT NULL, PRIMARY KEY (marketplace_id, id));
CREATE INDEX mandates_mandator ON mandates (marketplace_id, mandator_id);
CREATE TABLE commission_rules (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, seller_id bigint, rate_pct numeric NOT NULL, vat_rate_pct numeric NOT NULL,
  valid_from timestamptz NOT NULL, PRIMARY KEY (marketplace_id, id));
CREATE TABLE carriers (marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, code text NOT NULL, PRIMARY KEY (marketplace_id, id), UNIQUE (marketplace_id, code));

CREATE TABLE orders (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, reference text NOT NULL, buyer_id bigint NOT NULL, currency text NOT NULL,
  placed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (marketplace_id, id), UNIQUE (marketplace_id, buyer_id, reference),
  FOREIGN KEY (marketplace_id, buyer_id) REFERENCES parties);
CREATE TABLE seller_orders (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, order_id bigint NOT NULL, seller_id bigint NOT NULL, net bigint NOT NULL,
  vat bigint NOT NULL, gross bigint NOT NULL, state text NOT NULL, accept_by timestamptz NOT NULL, answered_at timestamptz,
  PRIMARY KEY (marketplace_id, id), UNIQUE (marketplace_id, order_id, seller_id), CHECK (net + vat = gross),
  FOREIGN KEY (marketplace_id, order_id) REFERENCES orders, FOREIGN KEY (marketplace_id, seller_id) REFERENCES parties);
CREATE INDEX seller_orders_seller ON seller_orders (marketplace_id, seller_id);
CREATE TABLE order_lines (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, order_id bigint NOT NULL, seller_order_id bigint NOT NULL, seller_id bigint NOT NULL,
  position int NOT NULL, sku text, description text NOT NULL, net_price numeric NOT NULL, vat_category text NOT NULL, vat_rate numeric NOT NULL,
  net bigint NOT NULL, vat bigint NOT NULL, gross bigint NOT NULL, quantity numeric(16,4) NOT NULL CHECK (quantity > 0),
  shipped numeric(16,4) NOT NULL DEFAULT 0, in_transit numeric(16,4) NOT NULL DEFAULT 0, awaited numeric(16,4) NOT NULL DEFAULT 0,
  accepted numeric(16,4) NOT NULL DEFAULT 0, released bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (marketplace_id, id), UNIQUE (marketplace_id, order_id, position), CHECK (net + vat = gross), CHECK (shipped <= quantity),
  CHECK (shipped = in_transit + awaited + accepted), CHECK (in_transit >= 0 AND awaited >= 0),
  FOREIGN KEY (marketplace_id, seller_order_id) REFERENCES seller_orders) WITH (fillfactor = 70);
CREATE INDEX order_lines_seller_order ON order_lines (marketplace_id, seller_order_id);
CREATE TABLE quantity_movements (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, order_line_id bigint NOT NULL, parcel_id bigint, kind text NOT NULL,
  quantity numeric(16,4) NOT NULL CHECK (quantity > 0), recorded_at timestamptz NOT NULL DEFAULT now(), actor name NOT NULL DEFAULT session_user,
  PRIMARY KEY (marketplace_id, id), FOREIGN KEY (marketplace_id, order_line_id) REFERENCES order_lines);
CREATE INDEX quantity_movements_line ON quantity_movements (marketplace_id, order_line_id, id);

CREATE TABLE payments (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, order_id bigint NOT NULL, authorised bigint NOT NULL, captured bigint NOT NULL DEFAULT 0,
  state text NOT NULL, method text NOT NULL, psp_reference text NOT NULL, authorised_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (marketplace_id, id), UNIQUE (marketplace_id, psp_reference), CHECK (captured <= authorised),
  FOREIGN KEY (marketplace_id, order_id) REFERENCES orders);
CREATE INDEX payments_order ON payments (marketplace_id, order_id);
CREATE TABLE captures (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, payment_id bigint NOT NULL, order_id bigint NOT NULL, amount bigint NOT NULL,
  fee bigint, state text NOT NULL, settled_at timestamptz, PRIMARY KEY (marketplace_id, id), FOREIGN KEY (marketplace_id, payment_id) REFERENCES payments);
CREATE INDEX captures_payment ON captures (marketplace_id, payment_id);
CREATE INDEX captures_order ON captures (marketplace_id, order_id);
CREATE TABLE capture_allocations (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, capture_id bigint NOT NULL, order_id bigint NOT NULL, order_line_id bigint NOT NULL,
  seller_id bigint NOT NULL, amount bigint NOT NULL CHECK (amount > 0), commission bigint NOT NULL, commission_vat bigint NOT NULL,
  commission_rule_id bigint, escrow_account bigint NOT NULL, released bigint NOT NULL DEFAULT 0, paid boolean NOT NULL DEFAULT false,
  PRIMARY KEY (marketplace_id, id), CHECK (commission + commission_vat <= amount), CHECK (released <= amount),
  FOREIGN KEY (marketplace_id, capture_id) REFERENCES captures, FOREIGN KEY (marketplace_id, order_line_id) REFERENCES order_lines) WITH (fillfactor = 90);
CREATE INDEX capture_allocations_line ON capture_allocations (marketplace_id, order_line_id);
CREATE INDEX capture_allocations_capture ON capture_allocations (marketplace_id, capture_id);
CREATE INDEX capture_allocations_payable ON capture_allocations (marketplace_id, seller_id) WHERE released > 0 AND NOT paid;
CREATE TABLE seller_accounts (marketplace_id int NOT NULL, seller_id bigint NOT NULL, account_id bigint NOT NULL, PRIMARY KEY (marketplace_id, seller_id));
CREATE SEQUENCE account_ids START 1000;

CREATE TABLE shipments (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, order_id bigint NOT NULL, seller_order_id bigint NOT NULL, carrier_id bigint NOT NULL,
  state text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), handed_over_at timestamptz, PRIMARY KEY (marketplace_id, id),
  FOREIGN KEY (marketplace_id, seller_order_id) REFERENCES seller_orders);
CREATE INDEX shipments_seller_order ON shipments (marketplace_id, seller_order_id);
CREATE TABLE parcels (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, shipment_id bigint NOT NULL, order_id bigint NOT NULL, carrier_id bigint NOT NULL,
  tracking_number text, state text NOT NULL, delivered_at timestamptz, receipt_due_at timestamptz, PRIMARY KEY (marketplace_id, id),
  UNIQUE (marketplace_id, carrier_id, tracking_number), FOREIGN KEY (marketplace_id, shipment_id) REFERENCES shipments) WITH (fillfactor = 80);
CREATE INDEX parcels_shipment ON parcels (marketplace_id, shipment_id);
CREATE INDEX parcels_order ON parcels (marketplace_id, order_id);
CREATE INDEX parcels_receipt_due ON parcels (marketplace_id, receipt_due_at) WHERE receipt_due_at IS NOT NULL;
CREATE TABLE parcel_contents (
  marketplace_id int NOT NULL, parcel_id bigint NOT NULL, order_line_id bigint NOT NULL, shipment_id bigint NOT NULL, quantity numeric NOT NULL CHECK (quantity > 0),
  position text NOT NULL, accepted numeric NOT NULL DEFAULT 0, PRIMARY KEY (marketplace_id, parcel_id, order_line_id), CHECK (accepted <= quantity),
  FOREIGN KEY (marketplace_id, parcel_id) REFERENCES parcels, FOREIGN KEY (marketplace_id, order_line_id) REFERENCES order_lines) WITH (fillfactor = 70);
CREATE INDEX parcel_contents_line ON parcel_contents (marketplace_id, order_line_id);
CREATE INDEX parcel_contents_shipment ON parcel_contents (marketplace_id, shipment_id);
CREATE TABLE tracking_events (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, parcel_id bigint NOT NULL, source text NOT NULL, source_event_id text NOT NULL,
  state text NOT NULL, occurred_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (marketplace_id, id),
  UNIQUE (marketplace_id, parcel_id, source, source_event_id), FOREIGN KEY (marketplace_id, parcel_id) REFERENCES parcels);
CREATE TABLE receipts (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, order_id bigint NOT NULL, buyer_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (marketplace_id, id), FOREIGN KEY (marketplace_id, order_id) REFERENCES orders);
CREATE INDEX receipts_order ON receipts (marketplace_id, order_id);
CREATE TABLE receipt_lines (
  marketplace_id int NOT NULL, receipt_id bigint NOT NULL, position int NOT NULL, order_line_id bigint NOT NULL, parcel_id bigint NOT NULL,
  quantity numeric NOT NULL, condition text NOT NULL, PRIMARY KEY (marketplace_id, receipt_id, position), FOREIGN KEY (marketplace_id, receipt_id) REFERENCES receipts);
CREATE INDEX receipt_lines_parcel ON receipt_lines (marketplace_id, parcel_id, order_line_id);
CREATE INDEX receipt_lines_line ON receipt_lines (marketplace_id, order_line_id);

CREATE TABLE series (
  marketplace_id int NOT NULL, issuer_id bigint NOT NULL, year int NOT NULL, last_number bigint NOT NULL DEFAULT 0, last_date date, head_hash bytea,
  PRIMARY KEY (marketplace_id, issuer_id, year)) WITH (fillfactor = 50);
CREATE TABLE invoices (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, number text NOT NULL, n bigint NOT NULL, issue_date date NOT NULL, issuer_id bigint NOT NULL,
  buyer_id bigint NOT NULL, mandate_id bigint NOT NULL, order_id bigint NOT NULL, seller_order_id bigint NOT NULL, trigger_event_id bigint NOT NULL,
  net bigint NOT NULL, vat bigint NOT NULL, gross bigint NOT NULL, prepaid bigint NOT NULL, seller jsonb NOT NULL, buyer jsonb NOT NULL,
  previous_hash bytea, hash bytea NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (marketplace_id, id), UNIQUE (marketplace_id, issuer_id, number), UNIQUE (marketplace_id, seller_order_id, trigger_event_id), CHECK (net + vat = gross));
CREATE INDEX invoices_order ON invoices (marketplace_id, order_id);
CREATE INDEX invoices_issuer ON invoices (marketplace_id, issuer_id, issue_date);
CREATE INDEX invoices_buyer ON invoices (marketplace_id, buyer_id, issue_date);
CREATE TABLE invoice_lines (
  marketplace_id int NOT NULL, invoice_id bigint NOT NULL, position int NOT NULL, order_line_id bigint NOT NULL, seller_order_id bigint NOT NULL, description text NOT NULL,
  sku text, quantity numeric NOT NULL, net_price numeric NOT NULL, vat_category text NOT NULL, vat_rate numeric NOT NULL, net bigint NOT NULL,
  PRIMARY KEY (marketplace_id, invoice_id, position), FOREIGN KEY (marketplace_id, invoice_id) REFERENCES invoices);
CREATE INDEX invoice_lines_line ON invoice_lines (marketplace_id, order_line_id);
CREATE INDEX invoice_lines_seller_order ON invoice_lines (marketplace_id, seller_order_id);
CREATE TABLE invoice_vat (
  marketplace_id int NOT NULL, invoice_id bigint NOT NULL, vat_category text NOT NULL, vat_rate numeric NOT NULL, taxable bigint NOT NULL, tax bigint NOT NULL,
  PRIMARY KEY (marketplace_id, invoice_id, vat_category, vat_rate), FOREIGN KEY (marketplace_id, invoice_id) REFERENCES invoices);

CREATE TABLE payout_batches (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, sellers bigint[], created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (marketplace_id, id));
CREATE TABLE payouts (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, batch_id bigint NOT NULL, seller_id bigint NOT NULL, bank_account_id bigint NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0), state text NOT NULL, sent_at timestamptz, ended_at timestamptz, PRIMARY KEY (marketplace_id, id),
  FOREIGN KEY (marketplace_id, batch_id) REFERENCES payout_batches);
CREATE INDEX payouts_batch ON payouts (marketplace_id, batch_id);
CREATE INDEX payouts_seller ON payouts (marketplace_id, seller_id);
CREATE TABLE payout_items (
  marketplace_id int NOT NULL, payout_id bigint NOT NULL, allocation_id bigint NOT NULL, amount bigint NOT NULL, PRIMARY KEY (marketplace_id, payout_id, allocation_id),
  FOREIGN KEY (marketplace_id, payout_id) REFERENCES payouts);
CREATE INDEX payout_items_allocation ON payout_items (marketplace_id, allocation_id);
CREATE TABLE instructions (
  marketplace_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, idempotency_key uuid NOT NULL DEFAULT gen_random_uuid(), kind text NOT NULL,
  object_id bigint NOT NULL, payload jsonb NOT NULL, state text NOT NULL, planned_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (marketplace_id, id),
  UNIQUE (marketplace_id, idempotency_key));
CREATE INDEX instructions_object ON instructions (marketplace_id, kind, object_id);

-- The platform's accounts of P: 1 PSP clearing, 2 cash, 3 commission, 4 receivable, 5 revenue, 6 VAT, 7 fees, 8 due to clients, 9 payouts under way.
INSERT INTO public.accounts SELECT g, 1000000000000000 FROM generate_series(1, 9) g;
INSERT INTO public.accounts SELECT 100 + g, 0 FROM generate_series(11, 34) g;
INSERT INTO seller_accounts SELECT 2, g, 100 + g FROM generate_series(11, 34) g;
INSERT INTO grants VALUES (2, session_user, 'operator');
INSERT INTO parties SELECT 2, g, 'PARTY ' || g || ' SAS', '30000' || g, 'FR00' || g, '{"line1": "2 rue Edison", "postcode": "69001", "city": "LYON", "country": "FR"}' FROM generate_series(1, 34) g;
INSERT INTO party_capacities SELECT 2, g, CASE WHEN g <= 10 THEN 'buyer' ELSE 'seller' END FROM generate_series(3, 34) g;
INSERT INTO bank_accounts (marketplace_id, party_id, iban, verified) SELECT 2, g, 'FR1420041010050500013M02606', true FROM generate_series(11, 34) g;
INSERT INTO mandates (marketplace_id, mandator_id, valid) SELECT 2, g, tstzrange(now() - interval '1 day', NULL) FROM generate_series(11, 34) g;
INSERT INTO commission_rules (marketplace_id, rate_pct, vat_rate_pct, valid_from) VALUES (2, 10, 20, now() - interval '1 day');
INSERT INTO carriers (marketplace_id, code) VALUES (2, 'colis');
INSERT INTO transitions VALUES ('seller_order', '', 'placed'), ('seller_order', 'placed', 'accepted'), ('seller_order', 'placed', 'refused'),
  ('payment', '', 'authorised'), ('payment', 'authorised', 'captured'), ('payment', 'authorised', 'voided'), ('capture', '', 'captured'), ('capture', 'captured', 'final'),
  ('shipment', '', 'prepared'), ('shipment', 'prepared', 'handed_over'), ('shipment', 'prepared', 'voided'), ('payout', '', 'planned'), ('payout', 'planned', 'sent'),
  ('payout', 'sent', 'paid'), ('payout', 'sent', 'rejected'), ('instruction', '', 'planned'), ('instruction', 'planned', 'sent'), ('instruction', 'sent', 'confirmed');
