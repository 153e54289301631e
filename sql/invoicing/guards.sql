CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.mandates
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('mandate', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.mandates
FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('mandate', 'state');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.mandates
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'valid', 'terminated_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.mandates
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.mandates
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('invoicing');
ALTER TABLE marketplace.mandates
	ENABLE ALWAYS TRIGGER lifecycle,
	ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.mandates ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS mandates_read ON marketplace.mandates;
CREATE POLICY mandates_read ON marketplace.mandates
FOR SELECT USING (marketplace.access_sees(marketplace_id, mandator_id, mandatary_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.invoices
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.invoices
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.invoices
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('invoicing');
ALTER TABLE marketplace.invoices
	ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.invoices ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS invoices_read ON marketplace.invoices;
CREATE POLICY invoices_read ON marketplace.invoices
FOR SELECT USING (marketplace.access_sees(marketplace_id, issuer_id, buyer_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.invoice_lines
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.invoice_lines
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.invoice_lines
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('invoicing');
ALTER TABLE marketplace.invoice_lines
	ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.invoice_lines ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS invoice_lines_read ON marketplace.invoice_lines;
CREATE POLICY invoice_lines_read ON marketplace.invoice_lines
FOR SELECT USING (marketplace.access_sees(marketplace_id, issuer_id, buyer_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.invoice_vat
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.invoice_vat
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.invoice_vat
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('invoicing');
ALTER TABLE marketplace.invoice_vat
	ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.invoice_vat ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS invoice_vat_read ON marketplace.invoice_vat;
CREATE POLICY invoice_vat_read ON marketplace.invoice_vat
FOR SELECT USING (marketplace.access_sees(marketplace_id, issuer_id, buyer_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.invoice_obstacles
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('invoice_id');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.invoice_obstacles
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT OR UPDATE ON marketplace.invoice_obstacles
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('invoicing');
ALTER TABLE marketplace.invoice_obstacles
	ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.invoice_obstacles ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS invoice_obstacles_read ON marketplace.invoice_obstacles;
CREATE POLICY invoice_obstacles_read ON marketplace.invoice_obstacles
FOR SELECT USING (marketplace.access_sees(marketplace_id, seller_id, buyer_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.commission_items
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.commission_items
FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER by_function BEFORE INSERT ON marketplace.commission_items
FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('invoicing');
ALTER TABLE marketplace.commission_items
	ENABLE ALWAYS TRIGGER append_only,
	ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER by_function;
ALTER TABLE marketplace.commission_items ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS commission_items_read ON marketplace.commission_items;
CREATE POLICY commission_items_read ON marketplace.commission_items
FOR SELECT USING (marketplace.access_sees(marketplace_id, seller_id));
