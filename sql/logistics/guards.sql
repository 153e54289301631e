-- What is recorded stays (append_only), and what functions keep is written by functions only (by_function).
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.carriers
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE DELETE ON marketplace.carriers
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.carriers
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.carriers ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON marketplace.tracking_codes
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
ALTER TABLE marketplace.tracking_codes ENABLE ALWAYS TRIGGER by_function;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.shipments
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.shipments
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'implicit', 'handed_over_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.shipments
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.shipments
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('shipment', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.shipments
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('shipment', 'state');
ALTER TABLE marketplace.shipments ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate, ENABLE ALWAYS TRIGGER lifecycle;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.parcels
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE DELETE ON marketplace.parcels
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.parcels
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.parcels ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.parcel_contents
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.parcel_contents
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('position', 'movement_id', 'accepted', 'disputed', 'denied');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.parcel_contents
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.parcel_contents ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.tracking_events
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.tracking_events
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('quarantine', 'decided_by', 'decided_at', 'decision_reason', 'repeats', 'carried');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.tracking_events
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.tracking_events ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.tracking_problems
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.tracking_problems
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('resolved_at', 'resolved_by', 'resolution', 'resolution_reason');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.tracking_problems
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.tracking_problems ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.receipts
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.receipts
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('withdrawn_at', 'withdrawn_by', 'withdrawal_reason');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.receipts
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.receipts ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.receipt_lines
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.receipt_lines
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.receipt_lines
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.receipt_lines ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

-- LG-55: a seller sees its own shipments, the buyer those of its orders, the carrier its own; none of these tables holds a price.
ALTER TABLE marketplace.carriers ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.carriers;
CREATE POLICY sees ON marketplace.carriers FOR SELECT USING (marketplace.access_belongs(marketplace_id));
ALTER TABLE marketplace.tracking_codes ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.tracking_codes;
CREATE POLICY sees ON marketplace.tracking_codes FOR SELECT USING (marketplace.access_belongs(marketplace_id));

ALTER TABLE marketplace.shipments ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.shipments;
CREATE POLICY sees ON marketplace.shipments FOR SELECT
	USING (marketplace.access_sees(marketplace_id, seller_id, buyer_id, carrier_party_id));
ALTER TABLE marketplace.parcels ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.parcels;
CREATE POLICY sees ON marketplace.parcels FOR SELECT
	USING (EXISTS (SELECT FROM marketplace.shipments s WHERE s.marketplace_id = parcels.marketplace_id AND s.id = parcels.shipment_id));
ALTER TABLE marketplace.parcel_contents ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.parcel_contents;
CREATE POLICY sees ON marketplace.parcel_contents FOR SELECT
	USING (EXISTS (SELECT FROM marketplace.shipments s
		WHERE s.marketplace_id = parcel_contents.marketplace_id AND s.id = parcel_contents.shipment_id));
ALTER TABLE marketplace.tracking_events ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.tracking_events;
CREATE POLICY sees ON marketplace.tracking_events FOR SELECT
	USING (EXISTS (SELECT FROM marketplace.parcels p WHERE p.marketplace_id = tracking_events.marketplace_id AND p.id = tracking_events.parcel_id));
ALTER TABLE marketplace.tracking_problems ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.tracking_problems;
CREATE POLICY sees ON marketplace.tracking_problems FOR SELECT USING (marketplace.access_operates(marketplace_id));

-- The carrier does not see receipts and their reserves: what the buyer finds is between buyer and seller.
ALTER TABLE marketplace.receipts ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.receipts;
CREATE POLICY sees ON marketplace.receipts FOR SELECT
	USING (marketplace.access_sees(marketplace_id, buyer_id) OR EXISTS (SELECT FROM marketplace.receipt_lines l
		WHERE l.marketplace_id = receipts.marketplace_id AND l.receipt_id = receipts.id));
ALTER TABLE marketplace.receipt_lines ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.receipt_lines;
CREATE POLICY sees ON marketplace.receipt_lines FOR SELECT USING (marketplace.access_sees(marketplace_id, buyer_id, seller_id));
