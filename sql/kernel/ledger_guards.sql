-- Refusing guards hold against everybody (ENABLE ALWAYS). Statement triggers where the whole statement is refused: they cost one call a
-- statement, not one a row; the apply worker of logical replication does not fire them.
CREATE OR REPLACE TRIGGER guard_insert BEFORE INSERT ON marketplace.transfers
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('ledger');
ALTER TABLE marketplace.transfers ENABLE ALWAYS TRIGGER guard_insert;
CREATE OR REPLACE TRIGGER guard_change BEFORE UPDATE OR DELETE ON marketplace.transfers
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.transfers ENABLE ALWAYS TRIGGER guard_change;
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.transfers
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.transfers ENABLE ALWAYS TRIGGER guard_truncate;

CREATE OR REPLACE TRIGGER guard_write BEFORE INSERT OR UPDATE ON marketplace.accounts
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('ledger');
ALTER TABLE marketplace.accounts ENABLE ALWAYS TRIGGER guard_write;
CREATE OR REPLACE TRIGGER guard_delete BEFORE DELETE ON marketplace.accounts
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.accounts ENABLE ALWAYS TRIGGER guard_delete;
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.accounts
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
ALTER TABLE marketplace.accounts ENABLE ALWAYS TRIGGER guard_truncate;

CREATE OR REPLACE TRIGGER guard_write BEFORE INSERT OR UPDATE OR DELETE ON marketplace.ledger_folds
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('ledger');
ALTER TABLE marketplace.ledger_folds ENABLE ALWAYS TRIGGER guard_write;
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON marketplace.ledger_folds
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_by_function('ledger');
ALTER TABLE marketplace.ledger_folds ENABLE ALWAYS TRIGGER guard_truncate;

ALTER TABLE marketplace.accounts ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.accounts;
CREATE POLICY sees ON marketplace.accounts FOR SELECT
	USING (marketplace.access_sees(marketplace_id, party_id));

-- a transfer is seen by whoever sees one of its two accounts (the inner SELECT is under the policy above)
ALTER TABLE marketplace.transfers ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.transfers;
CREATE POLICY sees ON marketplace.transfers FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.accounts a
		 WHERE a.marketplace_id = transfers.marketplace_id
		   AND a.id IN (transfers.debit_account, transfers.credit_account)));

ALTER TABLE marketplace.ledger_folds ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.ledger_folds;
CREATE POLICY sees ON marketplace.ledger_folds FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
