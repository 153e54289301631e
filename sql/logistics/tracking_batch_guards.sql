CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.tracking_batches
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.tracking_batches
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.tracking_batches
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.tracking_batches ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.tracking_batch_refusals
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('logistics');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.tracking_batch_refusals
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.tracking_batch_refusals
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.tracking_batch_refusals ENABLE ALWAYS TRIGGER by_function, ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate;

ALTER TABLE marketplace.tracking_batches ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.tracking_batches;
CREATE POLICY sees ON marketplace.tracking_batches FOR SELECT USING (marketplace.access_sees(marketplace_id, party_id));
ALTER TABLE marketplace.tracking_batch_refusals ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.tracking_batch_refusals;
CREATE POLICY sees ON marketplace.tracking_batch_refusals FOR SELECT
	USING (EXISTS (SELECT FROM marketplace.tracking_batches b
		WHERE b.marketplace_id = tracking_batch_refusals.marketplace_id AND b.id = tracking_batch_refusals.batch_id));
