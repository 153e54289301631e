-- Guards of what payouts depend on and of the transfers between the rings (name of the guard: funds).

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.party_kyc
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.party_kyc
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.party_kyc
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.party_kyc ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.party_kyc ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.party_kyc;
CREATE POLICY sees ON marketplace.party_kyc FOR SELECT
	USING (marketplace.access_sees(marketplace_id, party_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.payee_verifications
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.payee_verifications
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.payee_verifications
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.payee_verifications ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.payee_verifications ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.payee_verifications;
CREATE POLICY sees ON marketplace.payee_verifications FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.bank_accounts b
		 WHERE b.marketplace_id = payee_verifications.marketplace_id
		   AND b.id = payee_verifications.bank_account_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.payout_returns
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.payout_returns
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.payout_returns
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.payout_returns ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.payout_returns ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.payout_returns;
CREATE POLICY sees ON marketplace.payout_returns FOR SELECT
	USING (marketplace.access_operates(marketplace_id) OR EXISTS (
		SELECT FROM marketplace.payouts p
		 WHERE p.marketplace_id = payout_returns.marketplace_id
		   AND p.id = payout_returns.payout_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.commission_sweeps
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only('state', 'ended_at');
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.commission_sweeps
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER lifecycle BEFORE INSERT OR UPDATE OF state ON marketplace.commission_sweeps
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_guard('sweep', 'state');
CREATE OR REPLACE TRIGGER lifecycle_history AFTER INSERT OR UPDATE OF state ON marketplace.commission_sweeps
	FOR EACH ROW EXECUTE FUNCTION marketplace.lifecycle_record('sweep', 'state');
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.commission_sweeps
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.commission_sweeps ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER lifecycle, ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.commission_sweeps ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.commission_sweeps;
CREATE POLICY sees ON marketplace.commission_sweeps FOR SELECT
	USING (marketplace.access_operates(marketplace_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.commission_sweep_items
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.commission_sweep_items
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.commission_sweep_items
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.commission_sweep_items ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.commission_sweep_items ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.commission_sweep_items;
CREATE POLICY sees ON marketplace.commission_sweep_items FOR SELECT
	USING (marketplace.access_operates(marketplace_id));

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON marketplace.own_fundings
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON marketplace.own_fundings
	FOR EACH STATEMENT EXECUTE FUNCTION marketplace.guard_append_only();
CREATE OR REPLACE TRIGGER written_by_function BEFORE INSERT OR UPDATE OR DELETE ON marketplace.own_fundings
	FOR EACH ROW EXECUTE FUNCTION marketplace.guard_by_function('funds');
ALTER TABLE marketplace.own_fundings ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate,
	ENABLE ALWAYS TRIGGER written_by_function;
ALTER TABLE marketplace.own_fundings ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees ON marketplace.own_fundings;
CREATE POLICY sees ON marketplace.own_fundings FOR SELECT
	USING (marketplace.access_operates(marketplace_id));
