-- What the PSP itself says of our money, and the three-way comparison of it with the books and the bank (FD §11).

CREATE TABLE marketplace.psp_imports (
	marketplace_id	int NOT NULL,
	id				bigint NOT NULL,
	psp_party_id	bigint NOT NULL,
	lines			int NOT NULL,
	added			int NOT NULL,
	known			int NOT NULL,
	duplicates		int NOT NULL,
	file_sha256		bytea NOT NULL,
	actor			text NOT NULL,
	imported_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
COMMENT ON TABLE marketplace.psp_imports IS 'Lists of transactions taken from the PSP by psp_mirror_import(). Never changed.';
COMMENT ON COLUMN marketplace.psp_imports.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.psp_imports.id IS 'Number of the import.';
COMMENT ON COLUMN marketplace.psp_imports.psp_party_id IS 'PSP whose list it is.';
COMMENT ON COLUMN marketplace.psp_imports.lines IS 'Lines of the list.';
COMMENT ON COLUMN marketplace.psp_imports.added IS 'Transactions and balances that were new.';
COMMENT ON COLUMN marketplace.psp_imports.known IS 'Lines that had been imported before, with the same content: nothing changed.';
COMMENT ON COLUMN marketplace.psp_imports.duplicates IS 'Lines that opened a break of class duplicate (FD-96).';
COMMENT ON COLUMN marketplace.psp_imports.file_sha256 IS 'SHA-256 of the list as given.';
COMMENT ON COLUMN marketplace.psp_imports.actor IS 'Who imported it.';
COMMENT ON COLUMN marketplace.psp_imports.imported_at IS 'When.';

CREATE TABLE marketplace.psp_transactions (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	psp_party_id	bigint NOT NULL,
	psp_id			text NOT NULL,
	kind			text NOT NULL CHECK (kind IN ('payin', 'refund', 'refund_return', 'payout', 'payout_return', 'chargeback', 'chargeback_reversal',
					'transfer_in', 'transfer_out', 'fee')),
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) <> 0),
	fee				marketplace.amount CHECK (marketplace.sign(fee) >= 0),
	value_date		date NOT NULL,
	reference		text,
	end_to_end_id	text,
	settlement_id	text,
	import_id		bigint NOT NULL,
	line			int NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, psp_party_id, psp_id)
);
CREATE INDEX psp_transactions_end_to_end ON marketplace.psp_transactions (marketplace_id, end_to_end_id) WHERE end_to_end_id IS NOT NULL;
CREATE INDEX psp_transactions_reference ON marketplace.psp_transactions (marketplace_id, reference) WHERE reference IS NOT NULL;
COMMENT ON TABLE marketplace.psp_transactions IS
'The PSP''s own list of what moved on our account there, stored once by its id: the mirror that the books are compared with (FD-90…FD-96). Never changed.';
COMMENT ON COLUMN marketplace.psp_transactions.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.psp_transactions.id IS 'Number of the row.';
COMMENT ON COLUMN marketplace.psp_transactions.psp_party_id IS 'The PSP.';
COMMENT ON COLUMN marketplace.psp_transactions.psp_id IS 'The PSP''s id of the transaction.';
COMMENT ON COLUMN marketplace.psp_transactions.kind IS
'payin, refund_return, payout_return, chargeback_reversal, transfer_in: money in; refund, payout, chargeback, transfer_out, fee: money out.';
COMMENT ON COLUMN marketplace.psp_transactions.amount IS 'What moved, fees not deducted: in positive, out negative.';
COMMENT ON COLUMN marketplace.psp_transactions.fee IS 'Fee that the PSP kept of it; NULL: not given.';
COMMENT ON COLUMN marketplace.psp_transactions.value_date IS 'Value date.';
COMMENT ON COLUMN marketplace.psp_transactions.reference IS 'Our reference, or the id of the payment that it belongs to; NULL: none.';
COMMENT ON COLUMN marketplace.psp_transactions.end_to_end_id IS 'End-to-end id; NULL: none.';
COMMENT ON COLUMN marketplace.psp_transactions.settlement_id IS 'Settlement with which the money reaches the bank account in one entry; NULL: by itself.';
COMMENT ON COLUMN marketplace.psp_transactions.import_id IS 'Import that brought it.';
COMMENT ON COLUMN marketplace.psp_transactions.line IS 'Line of that list, from 1.';

CREATE TABLE marketplace.psp_balances (
	marketplace_id	int NOT NULL,
	psp_party_id	bigint NOT NULL,
	currency		marketplace.currency NOT NULL,
	day				date NOT NULL,
	psp_id			text NOT NULL,
	balance			marketplace.amount NOT NULL CHECK (marketplace.currency(balance) = currency),
	import_id		bigint NOT NULL,
	PRIMARY KEY (marketplace_id, psp_party_id, currency, day)
);
COMMENT ON TABLE marketplace.psp_balances IS 'What the PSP says lay on the client account at the end of a day (kind balance of its list): for the safeguarding proof (FD-98). Never changed.';
COMMENT ON COLUMN marketplace.psp_balances.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.psp_balances.psp_party_id IS 'The PSP.';
COMMENT ON COLUMN marketplace.psp_balances.currency IS 'Currency of the account.';
COMMENT ON COLUMN marketplace.psp_balances.day IS 'The day.';
COMMENT ON COLUMN marketplace.psp_balances.psp_id IS 'The PSP''s id of the statement.';
COMMENT ON COLUMN marketplace.psp_balances.balance IS 'Balance at its end.';
COMMENT ON COLUMN marketplace.psp_balances.import_id IS 'Import that brought it.';

CREATE SEQUENCE marketplace.psp_import_ids;
COMMENT ON SEQUENCE marketplace.psp_import_ids IS 'Numbers of imports of the PSP''s list, taken before their lines are stored.';

CREATE SEQUENCE marketplace.reconciliation_ids;
COMMENT ON SEQUENCE marketplace.reconciliation_ids IS 'Numbers of comparisons, taken before their lines are stored.';

CREATE TABLE marketplace.reconciliations (
	marketplace_id	int NOT NULL,
	id				bigint NOT NULL,
	until			date NOT NULL,
	matched			int NOT NULL,
	differing		int NOT NULL,
	breaks_opened	int NOT NULL,
	breaks_closed	int NOT NULL,
	actor			text NOT NULL,
	made_at			timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
COMMENT ON TABLE marketplace.reconciliations IS 'Comparisons of ledger, PSP and bank made by reconcile(). Never changed. FD §11.';
COMMENT ON COLUMN marketplace.reconciliations.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.reconciliations.id IS 'Number of the comparison.';
COMMENT ON COLUMN marketplace.reconciliations.until IS 'Last value date that was compared.';
COMMENT ON COLUMN marketplace.reconciliations.matched IS 'Movements that agree on all sides: not compared again.';
COMMENT ON COLUMN marketplace.reconciliations.differing IS 'Movements that do not, pending ones included.';
COMMENT ON COLUMN marketplace.reconciliations.breaks_opened IS 'Breaks that it opened.';
COMMENT ON COLUMN marketplace.reconciliations.breaks_closed IS 'Breaks that it closed: the missing side had arrived, or the amounts agreed.';
COMMENT ON COLUMN marketplace.reconciliations.actor IS 'Who made it.';
COMMENT ON COLUMN marketplace.reconciliations.made_at IS 'When.';

CREATE TABLE marketplace.reconciliation_lines (
	marketplace_id	int NOT NULL,
	run_id			bigint NOT NULL,
	position		int NOT NULL,
	key				text NOT NULL,
	ledger_amount	marketplace.amount,
	psp_amount		marketplace.amount,
	bank_amount		marketplace.amount,
	outcome			text NOT NULL,
	value_date		date NOT NULL,
	PRIMARY KEY (marketplace_id, run_id, position)
);
CREATE INDEX reconciliation_lines_key ON marketplace.reconciliation_lines (marketplace_id, key);
COMMENT ON TABLE marketplace.reconciliation_lines IS 'What a comparison found of each movement that had not matched before. Never changed. FD-90…FD-96.';
COMMENT ON COLUMN marketplace.reconciliation_lines.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.reconciliation_lines.run_id IS 'The comparison.';
COMMENT ON COLUMN marketplace.reconciliation_lines.position IS 'Line of it, from 1.';
COMMENT ON COLUMN marketplace.reconciliation_lines.key IS 'What the sides have in common: end-to-end id, else the PSP''s id, else the only side''s own.';
COMMENT ON COLUMN marketplace.reconciliation_lines.ledger_amount IS 'What the books say: in positive, out negative; NULL: nothing.';
COMMENT ON COLUMN marketplace.reconciliation_lines.psp_amount IS 'What the PSP says; NULL: nothing.';
COMMENT ON COLUMN marketplace.reconciliation_lines.bank_amount IS 'What the bank says; NULL: nothing.';
COMMENT ON COLUMN marketplace.reconciliation_lines.outcome IS 'matched, or the classes of its breaks, separated by semicolons; amount_mismatch names the pair and the difference.';
COMMENT ON COLUMN marketplace.reconciliation_lines.value_date IS 'First value date of its sides.';

CREATE TABLE marketplace.reconciled_items (
	marketplace_id	int NOT NULL,
	side			text NOT NULL CHECK (side IN ('ledger', 'psp', 'bank')),
	item_key		text NOT NULL,
	run_id			bigint NOT NULL,
	position		int NOT NULL,
	PRIMARY KEY (marketplace_id, side, item_key)
);
COMMENT ON TABLE marketplace.reconciled_items IS 'What has matched: which item of which side on which line of which comparison. Never changed; later comparisons leave it out.';
COMMENT ON COLUMN marketplace.reconciled_items.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.reconciled_items.side IS 'ledger, psp or bank.';
COMMENT ON COLUMN marketplace.reconciled_items.item_key IS 'As the views reconcilable_ledger, reconcilable_psp and reconcilable_bank number their items.';
COMMENT ON COLUMN marketplace.reconciled_items.run_id IS 'The comparison.';
COMMENT ON COLUMN marketplace.reconciled_items.position IS 'Its line.';
