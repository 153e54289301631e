CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.invoice_statuses
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.invoice_statuses
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.invoice_statuses
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('invoicing');
ALTER TABLE marketplace.invoice_statuses
	ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.invoice_statuses ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS invoice_statuses_read ON marketplace.invoice_statuses;
CREATE POLICY invoice_statuses_read ON marketplace.invoice_statuses
FOR SELECT USING (marketplace.access_sees(marketplace_id, issuer_id, buyer_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.invoice_status_amounts
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.invoice_status_amounts
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.invoice_status_amounts
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('invoicing');
ALTER TABLE marketplace.invoice_status_amounts
	ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.invoice_status_amounts ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS invoice_status_amounts_read ON marketplace.invoice_status_amounts;
CREATE POLICY invoice_status_amounts_read ON marketplace.invoice_status_amounts
FOR SELECT USING (marketplace.access_sees(marketplace_id, issuer_id, buyer_id));
