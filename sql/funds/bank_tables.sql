-- Files that go to the bank (pain.001) and come from it (pain.002, camt.053, camt.054), as they are and as they are read. Formats: RD-66…RD-85.

CREATE DOMAIN marketplace.bank_message_kind AS text CHECK (VALUE IN ('camt.053', 'camt.054', 'pain.002'));
COMMENT ON DOMAIN marketplace.bank_message_kind IS 'Message of ISO 20022: camt.053 statement, camt.054 notification of debits and credits, pain.002 status report.';
CREATE DOMAIN marketplace.bank_line_outcome AS text CHECK (VALUE IN (
	'confirmed', 'known', 'returned', 'settlement', 'chargeback', 'receipt', 'suspense', 'break', 'told_elsewhere', 'not_ours', 'own_money'));
COMMENT ON DOMAIN marketplace.bank_line_outcome IS
'What a line of a statement was taken for. confirmed: a payout or refund was carried out by it. known: of one that was known to be. returned: a payout or refund came back. settlement: a lump sum of the PSP. chargeback: the payer''s bank took back what a buyer had paid. receipt, suspense: money that was received, for a known or an unknown payer. break: something to look into. told_elsewhere: another message tells of the same booking. not_ours: the account is none of the marketplace''s. own_money: on an account of the platform itself, not of its clients.';
CREATE DOMAIN marketplace.payment_status_outcome AS text CHECK (VALUE IN ('applied', 'recorded', 'late', 'break', 'unknown'));
COMMENT ON DOMAIN marketplace.payment_status_outcome IS
'What a status of a pain.002 did. applied: it moved the instruction. recorded: further on, but it moves nothing (PDNG, PART, a group''s). late: the order was known to be further on. break: it contradicts what was known (FD-85). unknown: no order of ours.';

CREATE TABLE marketplace.bank_messages (
	marketplace_id		int NOT NULL,
	id					bigint GENERATED ALWAYS AS IDENTITY,
	kind				marketplace.bank_message_kind NOT NULL,
	version				int NOT NULL,
	message_id			text NOT NULL,
	message_created_at	timestamptz,
	content				text NOT NULL,
	sha256				bytea NOT NULL CHECK (pg_catalog.octet_length(sha256) = 32),
	actor				text NOT NULL,
	recorded_at			timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, sha256)
);
COMMENT ON TABLE marketplace.bank_messages IS
'Files of the bank as they came; importing the same bytes again is the same message. Never changed. FD-82, RD-83.';
COMMENT ON COLUMN marketplace.bank_messages.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.bank_messages.id IS 'Number of the message.';
COMMENT ON COLUMN marketplace.bank_messages.kind IS 'Which message.';
COMMENT ON COLUMN marketplace.bank_messages.version IS 'Version of its schema: 8 for camt.053.001.08.';
COMMENT ON COLUMN marketplace.bank_messages.message_id IS 'MsgId of the group header.';
COMMENT ON COLUMN marketplace.bank_messages.message_created_at IS 'CreDtTm of the group header; a time without zone is the marketplace''s.';
COMMENT ON COLUMN marketplace.bank_messages.content IS 'The file, as it came.';
COMMENT ON COLUMN marketplace.bank_messages.sha256 IS 'SHA-256 of the file as UTF-8.';
COMMENT ON COLUMN marketplace.bank_messages.actor IS 'Who imported it.';
COMMENT ON COLUMN marketplace.bank_messages.recorded_at IS 'When it was recorded.';

CREATE TABLE marketplace.bank_statements (
	marketplace_id			int NOT NULL,
	id						bigint GENERATED ALWAYS AS IDENTITY,
	message_id				bigint NOT NULL,
	kind					marketplace.bank_message_kind NOT NULL,
	account					text NOT NULL,
	bank_account_id			bigint,
	client					boolean NOT NULL,
	statement_id			text NOT NULL,
	page					bigint NOT NULL,
	copy					text,
	sequence				numeric,
	currency				text,
	statement_created_at	timestamptz,
	from_at					timestamptz,
	until_at				timestamptz,
	opening					marketplace.amount,
	closing					marketplace.amount,
	closing_on				date,
	booked					marketplace.amount,
	entries					int NOT NULL,
	not_booked				int NOT NULL,
	balanced				boolean,
	difference				marketplace.amount,
	sha256					bytea NOT NULL CHECK (pg_catalog.octet_length(sha256) = 32),
	recorded_at				timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, kind, account, statement_id, page)
);
CREATE INDEX bank_statements_message ON marketplace.bank_statements (marketplace_id, message_id);
CREATE INDEX bank_statements_closing ON marketplace.bank_statements (marketplace_id, bank_account_id, closing_on);
COMMENT ON TABLE marketplace.bank_statements IS
'Statements (camt.053) and notifications (camt.054) of accounts: one per account, statement id and page. Never changed. RD-74, RD-75, FD-86.';
COMMENT ON COLUMN marketplace.bank_statements.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.bank_statements.id IS 'Number of the statement.';
COMMENT ON COLUMN marketplace.bank_statements.message_id IS 'Message that brought it (bank_messages.id).';
COMMENT ON COLUMN marketplace.bank_statements.kind IS 'camt.053 or camt.054.';
COMMENT ON COLUMN marketplace.bank_statements.account IS 'IBAN, or the bank''s own number of the account.';
COMMENT ON COLUMN marketplace.bank_statements.bank_account_id IS 'The bank account of the platform or its PSP that it is about; NULL: none is recorded, and nothing follows from its entries.';
COMMENT ON COLUMN marketplace.bank_statements.client IS 'The account holds client money: it is the PSP''s.';
COMMENT ON COLUMN marketplace.bank_statements.statement_id IS 'The bank''s id of the statement.';
COMMENT ON COLUMN marketplace.bank_statements.page IS 'Page of it.';
COMMENT ON COLUMN marketplace.bank_statements.copy IS 'COPY, DUPL or CODU where the bank says that it is one.';
COMMENT ON COLUMN marketplace.bank_statements.sequence IS 'Electronic, else legal sequence number; NULL: not numbered.';
COMMENT ON COLUMN marketplace.bank_statements.currency IS 'Currency code of the account as written; NULL: nothing in it says.';
COMMENT ON COLUMN marketplace.bank_statements.statement_created_at IS 'When the bank made it.';
COMMENT ON COLUMN marketplace.bank_statements.from_at IS 'Start of its period, where given.';
COMMENT ON COLUMN marketplace.bank_statements.until_at IS 'End of its period, where given.';
COMMENT ON COLUMN marketplace.bank_statements.opening IS 'Opening booked balance, negative when overdrawn; NULL: not given, or no amount.';
COMMENT ON COLUMN marketplace.bank_statements.closing IS 'Closing booked balance, likewise.';
COMMENT ON COLUMN marketplace.bank_statements.closing_on IS 'Day of the closing balance.';
COMMENT ON COLUMN marketplace.bank_statements.booked IS 'Sum of its booked entries, credits less debits; NULL: they are in several currencies or no amounts.';
COMMENT ON COLUMN marketplace.bank_statements.entries IS 'Number of booked entries.';
COMMENT ON COLUMN marketplace.bank_statements.not_booked IS 'Number of entries that are pending or for information: not kept.';
COMMENT ON COLUMN marketplace.bank_statements.balanced IS 'Opening + booked = closing (FD-97), entries of a later value day left out where that is what it takes; NULL: not both balances are given.';
COMMENT ON COLUMN marketplace.bank_statements.difference IS 'Opening + booked − closing where they do not add up, in the account''s currency.';
COMMENT ON COLUMN marketplace.bank_statements.sha256 IS 'SHA-256 of its content, however it was written: the same id with other content is refused.';
COMMENT ON COLUMN marketplace.bank_statements.recorded_at IS 'When it was recorded.';

CREATE TABLE marketplace.bank_statement_balances (
	marketplace_id	int NOT NULL,
	statement_id	bigint NOT NULL,
	position		int NOT NULL,
	code			text NOT NULL,
	credit			boolean NOT NULL,
	amount			marketplace.amount,
	written			text NOT NULL,
	currency		text NOT NULL,
	day				date NOT NULL,
	PRIMARY KEY (marketplace_id, statement_id, position)
);
COMMENT ON TABLE marketplace.bank_statement_balances IS
'Balances of statements as the bank gave them, of every type; amounts in whatever currency. Never changed.';
COMMENT ON COLUMN marketplace.bank_statement_balances.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.bank_statement_balances.statement_id IS 'The statement (bank_statements.id).';
COMMENT ON COLUMN marketplace.bank_statement_balances.position IS 'Position in the statement, from 1.';
COMMENT ON COLUMN marketplace.bank_statement_balances.code IS 'OPBD, CLBD, OPAV, CLAV, PRCD, ITBD, ITAV, FWAV, INFO, XPCD, or the bank''s own type.';
COMMENT ON COLUMN marketplace.bank_statement_balances.credit IS 'True: in credit; false: overdrawn.';
COMMENT ON COLUMN marketplace.bank_statement_balances.amount IS 'What it is, not negative; NULL where what is written is no amount of a known currency.';
COMMENT ON COLUMN marketplace.bank_statement_balances.written IS 'The same as written (RD-82).';
COMMENT ON COLUMN marketplace.bank_statement_balances.currency IS 'Currency code as written.';
COMMENT ON COLUMN marketplace.bank_statement_balances.day IS 'Day of the balance.';

CREATE TABLE marketplace.bank_entries (
	marketplace_id			int NOT NULL,
	id						bigint GENERATED ALWAYS AS IDENTITY,
	statement_id			bigint NOT NULL,
	position				int NOT NULL,
	reference				text,
	servicer_reference		text,
	credit					boolean NOT NULL,
	reversal				boolean NOT NULL,
	amount					marketplace.amount,
	written					text NOT NULL,
	currency				text NOT NULL,
	booked_on				date,
	value_on				date,
	code					text,
	batch					boolean NOT NULL,
	exploded				boolean NOT NULL,
	batch_message_id		text,
	payment_information_id	text,
	batch_count				bigint,
	information				text,
	same_as					bigint,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, statement_id, position)
);
CREATE INDEX bank_entries_reference ON marketplace.bank_entries (marketplace_id, servicer_reference) WHERE servicer_reference IS NOT NULL;
COMMENT ON TABLE marketplace.bank_entries IS
'Booked entries of statements and notifications; those with another status than BOOK are not kept. Never changed. RD-74, RD-76.';
COMMENT ON COLUMN marketplace.bank_entries.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.bank_entries.id IS 'Number of the entry.';
COMMENT ON COLUMN marketplace.bank_entries.statement_id IS 'The statement (bank_statements.id).';
COMMENT ON COLUMN marketplace.bank_entries.position IS 'Position in the statement among all entries, from 1.';
COMMENT ON COLUMN marketplace.bank_entries.reference IS 'NtryRef.';
COMMENT ON COLUMN marketplace.bank_entries.servicer_reference IS 'AcctSvcrRef: the bank''s reference of the booking.';
COMMENT ON COLUMN marketplace.bank_entries.credit IS 'True: money came; false: money left. Of a reversal likewise.';
COMMENT ON COLUMN marketplace.bank_entries.reversal IS 'It takes an earlier entry back (RvslInd).';
COMMENT ON COLUMN marketplace.bank_entries.amount IS 'How much, not negative; NULL where what is written is no amount of a known currency.';
COMMENT ON COLUMN marketplace.bank_entries.written IS 'The same as written (RD-82).';
COMMENT ON COLUMN marketplace.bank_entries.currency IS 'Currency code as written.';
COMMENT ON COLUMN marketplace.bank_entries.booked_on IS 'Booking day.';
COMMENT ON COLUMN marketplace.bank_entries.value_on IS 'Value day.';
COMMENT ON COLUMN marketplace.bank_entries.code IS 'Bank transaction code, such as PMNT/RCDT/ESCT, or the bank''s own.';
COMMENT ON COLUMN marketplace.bank_entries.batch IS 'It stands for several transactions.';
COMMENT ON COLUMN marketplace.bank_entries.exploded IS 'Its transactions are all there and add up to it: they stand for it (FD-87).';
COMMENT ON COLUMN marketplace.bank_entries.batch_message_id IS 'MsgId of the batch.';
COMMENT ON COLUMN marketplace.bank_entries.payment_information_id IS 'PmtInfId of the batch.';
COMMENT ON COLUMN marketplace.bank_entries.batch_count IS 'Number of transactions that the batch is said to have; NULL: not said.';
COMMENT ON COLUMN marketplace.bank_entries.information IS 'AddtlNtryInf.';
COMMENT ON COLUMN marketplace.bank_entries.same_as IS 'Entry of another message with the same bank reference, sum and sign: it told of the same booking before; NULL: none.';

CREATE TABLE marketplace.bank_entry_details (
	marketplace_id			int NOT NULL,
	id						bigint GENERATED ALWAYS AS IDENTITY,
	entry_id				bigint NOT NULL,
	position				int NOT NULL,
	credit					boolean NOT NULL,
	amount					marketplace.amount,
	written					text,
	currency				text,
	end_to_end_id			text,
	transaction_id			text,
	instruction_id			text,
	payment_information_id	text,
	servicer_reference		text,
	mandate_id				text,
	debtor					text,
	debtor_account			text,
	creditor				text,
	creditor_account		text,
	remittance				text,
	creditor_reference		text,
	returned				boolean NOT NULL,
	return_reason			text,
	return_information		text,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, entry_id, position)
);
CREATE INDEX bank_entry_details_end_to_end ON marketplace.bank_entry_details (marketplace_id, end_to_end_id) WHERE end_to_end_id IS NOT NULL;
COMMENT ON TABLE marketplace.bank_entry_details IS
'Transactions of entries, as the bank gave them. Never changed.';
COMMENT ON COLUMN marketplace.bank_entry_details.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.bank_entry_details.id IS 'Number of the transaction.';
COMMENT ON COLUMN marketplace.bank_entry_details.entry_id IS 'The entry (bank_entries.id).';
COMMENT ON COLUMN marketplace.bank_entry_details.position IS 'Position in the entry, from 1.';
COMMENT ON COLUMN marketplace.bank_entry_details.credit IS 'True: money came; the entry''s where the transaction does not say.';
COMMENT ON COLUMN marketplace.bank_entry_details.amount IS 'How much, not negative; NULL where it is not given or no amount of a known currency.';
COMMENT ON COLUMN marketplace.bank_entry_details.written IS 'The same as written (RD-82); NULL: not given.';
COMMENT ON COLUMN marketplace.bank_entry_details.currency IS 'Currency code as written.';
COMMENT ON COLUMN marketplace.bank_entry_details.end_to_end_id IS 'EndToEndId; NULL too where it says NOTPROVIDED.';
COMMENT ON COLUMN marketplace.bank_entry_details.transaction_id IS 'TxId.';
COMMENT ON COLUMN marketplace.bank_entry_details.instruction_id IS 'InstrId.';
COMMENT ON COLUMN marketplace.bank_entry_details.payment_information_id IS 'PmtInfId.';
COMMENT ON COLUMN marketplace.bank_entry_details.servicer_reference IS 'AcctSvcrRef.';
COMMENT ON COLUMN marketplace.bank_entry_details.mandate_id IS 'MndtId.';
COMMENT ON COLUMN marketplace.bank_entry_details.debtor IS 'Name of who pays.';
COMMENT ON COLUMN marketplace.bank_entry_details.debtor_account IS 'IBAN or number of its account.';
COMMENT ON COLUMN marketplace.bank_entry_details.creditor IS 'Name of who is paid.';
COMMENT ON COLUMN marketplace.bank_entry_details.creditor_account IS 'IBAN or number of its account; may be a virtual one.';
COMMENT ON COLUMN marketplace.bank_entry_details.remittance IS 'What the payer wrote.';
COMMENT ON COLUMN marketplace.bank_entry_details.creditor_reference IS 'Structured reference.';
COMMENT ON COLUMN marketplace.bank_entry_details.returned IS 'It is the return of a payment (RtrInf).';
COMMENT ON COLUMN marketplace.bank_entry_details.return_reason IS 'Reason code of the return (RD-81).';
COMMENT ON COLUMN marketplace.bank_entry_details.return_information IS 'What the bank adds to it.';

CREATE TABLE marketplace.bank_line_matches (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	entry_id		bigint NOT NULL,
	detail_id		bigint,
	outcome			marketplace.bank_line_outcome NOT NULL,
	object			text,
	object_id		bigint,
	break_id		bigint,
	recorded_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	CHECK ((object IS NULL) = (object_id IS NULL))
);
CREATE UNIQUE INDEX bank_line_matches_line ON marketplace.bank_line_matches (marketplace_id, entry_id, (COALESCE(detail_id, 0)));
COMMENT ON TABLE marketplace.bank_line_matches IS
'What each line of a statement was taken for when it was imported: one per booked entry, or per transaction of one that is exploded. Never changed.';
COMMENT ON COLUMN marketplace.bank_line_matches.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.bank_line_matches.id IS 'Number of the match.';
COMMENT ON COLUMN marketplace.bank_line_matches.entry_id IS 'The entry.';
COMMENT ON COLUMN marketplace.bank_line_matches.detail_id IS 'Its transaction (bank_entry_details.id); NULL: the entry as a whole.';
COMMENT ON COLUMN marketplace.bank_line_matches.outcome IS 'What it was taken for.';
COMMENT ON COLUMN marketplace.bank_line_matches.object IS 'Kind of object that it moved: payout, refund, own_transfer, settlement, chargeback, own_funding, money_receipt, payment_file.';
COMMENT ON COLUMN marketplace.bank_line_matches.object_id IS 'Number of that object.';
COMMENT ON COLUMN marketplace.bank_line_matches.break_id IS 'Break that was opened for it.';
COMMENT ON COLUMN marketplace.bank_line_matches.recorded_at IS 'When it was recorded.';

CREATE TABLE marketplace.payment_files (
	marketplace_id		int NOT NULL,
	id					bigint GENERATED ALWAYS AS IDENTITY,
	batch_id			bigint,
	document			jsonb NOT NULL,
	message_id			text NOT NULL,
	debtor_account_id	bigint NOT NULL,
	execution_date		date NOT NULL,
	transactions		int NOT NULL,
	control_sum			marketplace.amount NOT NULL,
	content				text NOT NULL,
	sha256				bytea NOT NULL CHECK (pg_catalog.octet_length(sha256) = 32),
	actor				text NOT NULL,
	created_at			timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, message_id)
);
CREATE INDEX payment_files_batch ON marketplace.payment_files (marketplace_id, batch_id);
COMMENT ON TABLE marketplace.payment_files IS
'Credit transfers handed to the bank: pain.001.001.09 files of payouts and refunds, as they were made. Never changed; that one was sent is the state of its instructions. FD-84, RD-66.';
COMMENT ON COLUMN marketplace.payment_files.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payment_files.id IS 'Number of the file.';
COMMENT ON COLUMN marketplace.payment_files.batch_id IS 'Payout run that it is of; NULL: refunds only.';
COMMENT ON COLUMN marketplace.payment_files.document IS 'What was asked for.';
COMMENT ON COLUMN marketplace.payment_files.message_id IS 'MsgId, unique for ever; PmtInfId is the same with -1.';
COMMENT ON COLUMN marketplace.payment_files.debtor_account_id IS 'Bank account that is debited.';
COMMENT ON COLUMN marketplace.payment_files.execution_date IS 'Requested execution day: a TARGET day (RD-70).';
COMMENT ON COLUMN marketplace.payment_files.transactions IS 'Number of transactions (RD-67).';
COMMENT ON COLUMN marketplace.payment_files.control_sum IS 'Sum of them.';
COMMENT ON COLUMN marketplace.payment_files.content IS 'The file.';
COMMENT ON COLUMN marketplace.payment_files.sha256 IS 'SHA-256 of the file as UTF-8.';
COMMENT ON COLUMN marketplace.payment_files.actor IS 'Who made it.';
COMMENT ON COLUMN marketplace.payment_files.created_at IS 'When.';

CREATE TABLE marketplace.payment_file_items (
	marketplace_id	int NOT NULL,
	file_id			bigint NOT NULL,
	position		int NOT NULL,
	instruction_id	bigint NOT NULL,
	object			text NOT NULL,
	object_id		bigint NOT NULL,
	bank_account_id	bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	end_to_end_id	text NOT NULL,
	PRIMARY KEY (marketplace_id, file_id, position)
);
CREATE INDEX payment_file_items_instruction ON marketplace.payment_file_items (marketplace_id, instruction_id);
COMMENT ON TABLE marketplace.payment_file_items IS
'Transactions of payment files. Never changed.';
COMMENT ON COLUMN marketplace.payment_file_items.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payment_file_items.file_id IS 'The file.';
COMMENT ON COLUMN marketplace.payment_file_items.position IS 'Position in the file, from 1.';
COMMENT ON COLUMN marketplace.payment_file_items.instruction_id IS 'Instruction that it carries out.';
COMMENT ON COLUMN marketplace.payment_file_items.object IS 'payout or refund.';
COMMENT ON COLUMN marketplace.payment_file_items.object_id IS 'Number of it.';
COMMENT ON COLUMN marketplace.payment_file_items.bank_account_id IS 'Bank account that is paid.';
COMMENT ON COLUMN marketplace.payment_file_items.amount IS 'What is paid.';
COMMENT ON COLUMN marketplace.payment_file_items.end_to_end_id IS 'EndToEndId: the instruction''s idempotency key without hyphens (RD-68).';

CREATE TABLE marketplace.payment_statuses (
	marketplace_id		int NOT NULL,
	id					bigint GENERATED ALWAYS AS IDENTITY,
	message_id			bigint NOT NULL,
	instruction_id		bigint,
	original_message_id	text,
	end_to_end_id		text,
	level				text NOT NULL CHECK (level IN ('group', 'payment', 'transaction')),
	status				text NOT NULL,
	rank				int NOT NULL,
	reason				text,
	information			text,
	outcome				marketplace.payment_status_outcome NOT NULL,
	break_id			bigint,
	recorded_at			timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX payment_statuses_message ON marketplace.payment_statuses (marketplace_id, message_id);
CREATE INDEX payment_statuses_instruction ON marketplace.payment_statuses (marketplace_id, instruction_id) WHERE instruction_id IS NOT NULL;
COMMENT ON TABLE marketplace.payment_statuses IS
'Statuses of our orders as status reports (pain.002) gave them, one per order and report, or per group. Never changed. FD-85, RD-72.';
COMMENT ON COLUMN marketplace.payment_statuses.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payment_statuses.id IS 'Number of the status.';
COMMENT ON COLUMN marketplace.payment_statuses.message_id IS 'Message that brought it (bank_messages.id).';
COMMENT ON COLUMN marketplace.payment_statuses.instruction_id IS 'Instruction that it is about; NULL: none of ours is known by that id.';
COMMENT ON COLUMN marketplace.payment_statuses.original_message_id IS 'OrgnlMsgId: the file that it is about.';
COMMENT ON COLUMN marketplace.payment_statuses.end_to_end_id IS 'OrgnlEndToEndId; NULL: the status is that of a file or payment information.';
COMMENT ON COLUMN marketplace.payment_statuses.level IS 'group: the whole file; payment: its payment information; transaction: one order.';
COMMENT ON COLUMN marketplace.payment_statuses.status IS 'RCVD, ACTC, ACCP, ACSP, ACSC, ACCC, ACWC, ACFC, PDNG, PART, RJCT, CANC, RCVC, RVMC, …';
COMMENT ON COLUMN marketplace.payment_statuses.rank IS 'How far on it is: 1 received, 2 accepted, 3 in process, 4 settled, 5 credited; 9 rejected or cancelled; 0 says nothing of that.';
COMMENT ON COLUMN marketplace.payment_statuses.reason IS 'Reason code.';
COMMENT ON COLUMN marketplace.payment_statuses.information IS 'What the bank adds to it.';
COMMENT ON COLUMN marketplace.payment_statuses.outcome IS 'What it did.';
COMMENT ON COLUMN marketplace.payment_statuses.break_id IS 'Break that was opened for it.';
COMMENT ON COLUMN marketplace.payment_statuses.recorded_at IS 'When it was recorded.';
