CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.chargebacks
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'ended_at', 'psp_reference', 'reason', 'fee', 'told_by_psp');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.chargebacks
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.chargebacks
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('chargeback', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.chargebacks
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('chargeback', 'state');
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.chargebacks
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.chargebacks ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.chargebacks ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.chargebacks;
CREATE POLICY sees ON marketplace.chargebacks FOR SELECT
	USING (marketplace.access_sees(marketplace_id, payer_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.chargeback_items
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.chargeback_items
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.chargeback_items
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.chargeback_items ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.chargeback_items ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.chargeback_items;
CREATE POLICY sees ON marketplace.chargeback_items FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.chargebacks c
		 WHERE c.marketplace_id = chargeback_items.marketplace_id
		   AND c.id = chargeback_items.chargeback_id));
