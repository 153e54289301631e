-- What payouts depend on and what may become of them afterwards: identification of sellers, verification of payees, returns; and the
-- transfers between client money and own money.

CREATE DOMAIN marketplace.kyc_state AS text CHECK (VALUE IN ('pending', 'valid', 'refused'));
COMMENT ON DOMAIN marketplace.kyc_state IS 'What the PSP says of a party''s identification (KYC).';

CREATE TABLE marketplace.party_kyc (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	party_id		bigint NOT NULL,
	state			marketplace.kyc_state NOT NULL,
	valid_until		timestamptz,
	evidence		text NOT NULL,
	actor			text NOT NULL,
	recorded_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX party_kyc_party ON marketplace.party_kyc (marketplace_id, party_id, id);
COMMENT ON TABLE marketplace.party_kyc IS
'What the PSP has said of the identification of parties, the latest row counts. Never changed. The platform decides nothing here (FD-52).';
COMMENT ON COLUMN marketplace.party_kyc.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.party_kyc.id IS 'Number of the statement.';
COMMENT ON COLUMN marketplace.party_kyc.party_id IS 'Party that it is about.';
COMMENT ON COLUMN marketplace.party_kyc.state IS 'pending, valid or refused.';
COMMENT ON COLUMN marketplace.party_kyc.valid_until IS 'From then on it is valid no more; NULL: open.';
COMMENT ON COLUMN marketplace.party_kyc.evidence IS 'The PSP''s decision by its reference.';
COMMENT ON COLUMN marketplace.party_kyc.actor IS 'Who recorded it.';
COMMENT ON COLUMN marketplace.party_kyc.recorded_at IS 'When.';

CREATE TABLE marketplace.payee_verifications (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	bank_account_id	bigint NOT NULL,
	result			text NOT NULL CHECK (result IN ('match', 'close_match', 'no_match', 'not_applicable', 'accepted')),
	name			text,
	reason			text,
	actor			text NOT NULL,
	recorded_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	CHECK (result <> 'accepted' OR reason IS NOT NULL)
);
CREATE INDEX payee_verifications_account ON marketplace.payee_verifications (marketplace_id, bank_account_id, id);
COMMENT ON TABLE marketplace.payee_verifications IS
'Whether the holder''s name fits the bank account, as the bank answered (verification of payee, FD-60, RD-73); the latest row counts. A close match or none stops payouts to the account until an operator accepts it.';
COMMENT ON COLUMN marketplace.payee_verifications.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payee_verifications.id IS 'Number of the answer.';
COMMENT ON COLUMN marketplace.payee_verifications.bank_account_id IS 'Bank account that it is about.';
COMMENT ON COLUMN marketplace.payee_verifications.result IS
'match, close_match, no_match, not_applicable (the bank cannot tell); accepted: an operator accepts it all the same.';
COMMENT ON COLUMN marketplace.payee_verifications.name IS 'Name of the holder that the bank returned; NULL: none.';
COMMENT ON COLUMN marketplace.payee_verifications.reason IS 'Why it is accepted, or the reference of the bank''s answer.';
COMMENT ON COLUMN marketplace.payee_verifications.actor IS 'Who recorded or accepted it.';
COMMENT ON COLUMN marketplace.payee_verifications.recorded_at IS 'When.';

CREATE TABLE marketplace.payout_returns (
	marketplace_id	int NOT NULL,
	payout_id		bigint NOT NULL,
	reason_code		text NOT NULL CHECK (reason_code ~ '^[A-Z]{2}[A-Z0-9]{2}$'),
	evidence		text NOT NULL,
	account_blocked	boolean NOT NULL,
	actor			text NOT NULL,
	returned_at		timestamptz NOT NULL,
	hold_id			bigint NOT NULL,
	PRIMARY KEY (marketplace_id, payout_id)
);
COMMENT ON TABLE marketplace.payout_returns IS
'Paid payouts that the bank sent back (FD-P13). Nothing is paid to the seller until an operator has lifted the hold (FD-65). Never changed.';
COMMENT ON COLUMN marketplace.payout_returns.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payout_returns.payout_id IS 'The payout.';
COMMENT ON COLUMN marketplace.payout_returns.reason_code IS 'ISO 20022 reason, such as AC04 (account closed); FOCR after a recall.';
COMMENT ON COLUMN marketplace.payout_returns.evidence IS 'Bank entry or message that shows it.';
COMMENT ON COLUMN marketplace.payout_returns.account_blocked IS 'The reason says that the account cannot be paid: it was blocked with the return (RD-81).';
COMMENT ON COLUMN marketplace.payout_returns.actor IS 'Who recorded it.';
COMMENT ON COLUMN marketplace.payout_returns.returned_at IS 'When.';
COMMENT ON COLUMN marketplace.payout_returns.hold_id IS 'Hold on the seller''s wallet that was placed with it: to be lifted once the bank details are right.';

CREATE DOMAIN marketplace.sweep_state AS text CHECK (VALUE IN ('requested', 'posted', 'executed', 'reversed'));
COMMENT ON DOMAIN marketplace.sweep_state IS 'State of a sweep: see marketplace.lifecycle, machine sweep.';

CREATE TABLE marketplace.commission_sweeps (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	day				date NOT NULL,
	currency		marketplace.currency NOT NULL,
	commission		marketplace.amount NOT NULL CHECK (marketplace.sign(commission) >= 0),
	due				marketplace.amount NOT NULL CHECK (marketplace.sign(due) >= 0),
	state			marketplace.sweep_state NOT NULL,
	actor			text NOT NULL,
	created_at		timestamptz NOT NULL,
	ended_at		timestamptz,
	PRIMARY KEY (marketplace_id, id)
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX commission_sweeps_day ON marketplace.commission_sweeps (marketplace_id, currency, day) WHERE state <> 'reversed';
COMMENT ON TABLE marketplace.commission_sweeps IS
'Transfers of earned commission and of what else is due to the platform from the client account to its own (FD-P09): one a day and currency (FD-82).';
COMMENT ON COLUMN marketplace.commission_sweeps.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.commission_sweeps.id IS 'Number of the sweep.';
COMMENT ON COLUMN marketplace.commission_sweeps.day IS 'Local day that it is the sweep of.';
COMMENT ON COLUMN marketplace.commission_sweeps.currency IS 'Its currency.';
COMMENT ON COLUMN marketplace.commission_sweeps.commission IS 'Commission and its VAT, carved out of releases.';
COMMENT ON COLUMN marketplace.commission_sweeps.due IS 'Repaid debts and fees.';
COMMENT ON COLUMN marketplace.commission_sweeps.state IS 'requested of the PSP where no mandate covers it, posted, executed by the PSP, or reversed because it refused.';
COMMENT ON COLUMN marketplace.commission_sweeps.actor IS 'Who ran it.';
COMMENT ON COLUMN marketplace.commission_sweeps.created_at IS 'When.';
COMMENT ON COLUMN marketplace.commission_sweeps.ended_at IS 'When the PSP executed or refused it; NULL before.';

CREATE TABLE marketplace.commission_sweep_items (
	marketplace_id	int NOT NULL,
	sweep_id		bigint NOT NULL,
	kind			text NOT NULL CHECK (kind IN ('c_commission', 'c_due_to_own')),
	party_id		bigint NOT NULL,
	order_line_id	bigint NOT NULL,
	allocation_id	bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	PRIMARY KEY (marketplace_id, sweep_id, kind, party_id, order_line_id, allocation_id)
);
COMMENT ON TABLE marketplace.commission_sweep_items IS 'What a sweep took from which account; never changed.';
COMMENT ON COLUMN marketplace.commission_sweep_items.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.commission_sweep_items.sweep_id IS 'The sweep.';
COMMENT ON COLUMN marketplace.commission_sweep_items.kind IS 'Kind of the account: c_commission or c_due_to_own.';
COMMENT ON COLUMN marketplace.commission_sweep_items.party_id IS 'Seller of the account; 0: none.';
COMMENT ON COLUMN marketplace.commission_sweep_items.order_line_id IS 'Order line of the account; 0: none.';
COMMENT ON COLUMN marketplace.commission_sweep_items.allocation_id IS 'Capture allocation of the account; 0: none.';
COMMENT ON COLUMN marketplace.commission_sweep_items.amount IS 'What was taken.';

CREATE TABLE marketplace.own_fundings (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	reference		text NOT NULL,
	actor			text NOT NULL,
	recorded_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, reference)
);
COMMENT ON TABLE marketplace.own_fundings IS
'Transfers of own money to the client account, which pay what the platform owes it (FD-P04): PSP fees, advances, goodwill. Never changed.';
COMMENT ON COLUMN marketplace.own_fundings.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.own_fundings.id IS 'Number of the transfer.';
COMMENT ON COLUMN marketplace.own_fundings.amount IS 'What was transferred.';
COMMENT ON COLUMN marketplace.own_fundings.reference IS 'The bank''s or PSP''s reference of the transfer; unique in the marketplace.';
COMMENT ON COLUMN marketplace.own_fundings.actor IS 'Who recorded it.';
COMMENT ON COLUMN marketplace.own_fundings.recorded_at IS 'When.';
