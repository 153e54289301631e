-- The daily proof that all client money is there (FD-98).

CREATE TABLE marketplace.safeguarding_proofs (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	day				date NOT NULL,
	cut_off			timestamptz NOT NULL,
	psp_party_id	bigint NOT NULL,
	content			text NOT NULL,
	previous_hash	bytea CHECK (pg_catalog.octet_length(previous_hash) = 32),
	hash			bytea NOT NULL CHECK (pg_catalog.octet_length(hash) = 32),
	actor			text NOT NULL,
	made_at			timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX safeguarding_proofs_day ON marketplace.safeguarding_proofs (marketplace_id, day, id);
COMMENT ON TABLE marketplace.safeguarding_proofs IS
'Proofs that client money is all there, one per day and knowledge of the bank: made again with the same result it is the same proof. Sealed into one chain per marketplace; safeguarding_verify() checks it. Never changed. FD-98.';
COMMENT ON COLUMN marketplace.safeguarding_proofs.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.safeguarding_proofs.id IS 'Number of the proof.';
COMMENT ON COLUMN marketplace.safeguarding_proofs.day IS 'Day that is proved.';
COMMENT ON COLUMN marketplace.safeguarding_proofs.cut_off IS 'What was recorded until then counts: cut-off of the next TARGET day.';
COMMENT ON COLUMN marketplace.safeguarding_proofs.psp_party_id IS 'PSP of the marketplace then: what is owed to clients is at its charge.';
COMMENT ON COLUMN marketplace.safeguarding_proofs.content IS 'Its figures as text: what is sealed.';
COMMENT ON COLUMN marketplace.safeguarding_proofs.previous_hash IS 'Hash of the proof before; NULL for the first.';
COMMENT ON COLUMN marketplace.safeguarding_proofs.hash IS 'SHA-256 of previous_hash and content (seal_hash()).';
COMMENT ON COLUMN marketplace.safeguarding_proofs.actor IS 'Who made it.';
COMMENT ON COLUMN marketplace.safeguarding_proofs.made_at IS 'When.';

CREATE TABLE marketplace.safeguarding_lines (
	marketplace_id	int NOT NULL,
	proof_id		bigint NOT NULL,
	psp_party_id	bigint NOT NULL,
	currency		marketplace.currency NOT NULL,
	liabilities		marketplace.amount NOT NULL,
	psp_clearing	marketplace.amount NOT NULL,
	required		marketplace.amount NOT NULL,
	cash			marketplace.amount NOT NULL,
	transferred		marketplace.amount NOT NULL,
	due_from_own	marketplace.amount NOT NULL,
	own_money		marketplace.amount NOT NULL,
	bank_balance	marketplace.amount,
	bank_day		date,
	shortfall		marketplace.amount,
	own_excess		marketplace.amount NOT NULL,
	PRIMARY KEY (marketplace_id, proof_id, psp_party_id, currency),
	CHECK ((bank_balance IS NULL) = (shortfall IS NULL))
);
COMMENT ON TABLE marketplace.safeguarding_lines IS 'Figures of a proof, one row per PSP and currency. Never changed. FD-98.';
COMMENT ON COLUMN marketplace.safeguarding_lines.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.safeguarding_lines.proof_id IS 'The proof.';
COMMENT ON COLUMN marketplace.safeguarding_lines.psp_party_id IS 'PSP that keeps the client account.';
COMMENT ON COLUMN marketplace.safeguarding_lines.currency IS 'Its currency.';
COMMENT ON COLUMN marketplace.safeguarding_lines.liabilities IS 'What is owed to clients at the end of the day: all liability accounts of the client ring. A PSP that was left owes what lies on its account.';
COMMENT ON COLUMN marketplace.safeguarding_lines.psp_clearing IS 'Captured and not yet settled by the PSP: not yet to be safeguarded.';
COMMENT ON COLUMN marketplace.safeguarding_lines.required IS 'What must lie on the account: liabilities less psp_clearing.';
COMMENT ON COLUMN marketplace.safeguarding_lines.cash IS 'What the books say lies there.';
COMMENT ON COLUMN marketplace.safeguarding_lines.transferred IS 'Own money that the platform transferred to it after the day and before the cut-off.';
COMMENT ON COLUMN marketplace.safeguarding_lines.due_from_own IS 'What the platform owed to it at the end of the day and had not transferred by the cut-off.';
COMMENT ON COLUMN marketplace.safeguarding_lines.own_money IS 'Money of the platform on it: commission and repayments that were not swept, and what is there beyond what is required.';
COMMENT ON COLUMN marketplace.safeguarding_lines.bank_balance IS 'What bank or PSP reported; NULL: nothing.';
COMMENT ON COLUMN marketplace.safeguarding_lines.bank_day IS 'Day of that report: the day itself, or the last before it when the bank was closed since.';
COMMENT ON COLUMN marketplace.safeguarding_lines.shortfall IS 'What is lacking: required less bank_balance and transferred, at least zero; NULL without a report.';
COMMENT ON COLUMN marketplace.safeguarding_lines.own_excess IS 'own_money above policy fd.own_buffer: to be swept.';
