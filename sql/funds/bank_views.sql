CREATE OR REPLACE VIEW marketplace.policy_registry_funds_bank (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('fd.file_address', 'choice(none, structured, hybrid, unstructured)', '"hybrid"'::jsonb,
		'How payment files give the payee''s address: not at all; structured (town, country and fields); hybrid (town, country and at most two lines); or lines only, which banks no longer take', 'RD-71', true),
	('fd.unstructured_address_until', 'date', '"2026-11-15"',
		'From this execution day on an address of lines only is refused', 'RD-71: EPC guidance v2.1', true),
	('fd.batch_booking', 'boolean', 'true',
		'Whether the bank is asked to book a payment file as one entry (BtchBookg)', 'RD-66', false);
COMMENT ON VIEW marketplace.policy_registry_funds_bank IS 'Policy parameters of payment files.';
COMMENT ON COLUMN marketplace.policy_registry_funds_bank.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_funds_bank.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_funds_bank.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_funds_bank.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_funds_bank.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_funds_bank.verified IS 'True when the default was confirmed by a public source; check the others before relying on them.';

CREATE OR REPLACE VIEW marketplace.bank_line_rows WITH (security_invoker = true) AS
SELECT e.marketplace_id,
	   e.id AS entry_id,
	   d.id AS detail_id,
	   e.statement_id,
	   s.kind,
	   s.account,
	   s.bank_account_id,
	   s.client,
	   CASE WHEN e.exploded THEN CASE WHEN d.credit THEN d.amount ELSE - d.amount END
			ELSE CASE WHEN e.credit THEN e.amount ELSE - e.amount END END AS amount,
	   o.end_to_end_id,
	   COALESCE(o.payment_information_id, e.payment_information_id) AS payment_information_id,
	   CASE WHEN e.exploded THEN COALESCE(d.servicer_reference, e.servicer_reference) ELSE e.servicer_reference END AS servicer_reference,
	   COALESCE(o.creditor_reference, o.remittance) AS remittance,
	   CASE WHEN COALESCE(d.credit, e.credit) THEN o.debtor ELSE o.creditor END AS counterparty,
	   CASE WHEN COALESCE(d.credit, e.credit) THEN o.debtor_account ELSE o.creditor_account END AS counterparty_account,
	   e.booked_on,
	   e.value_on,
	   e.reversal,
	   COALESCE(o.returned, false) AS returned,
	   o.return_reason,
	   e.same_as,
	   m.outcome,
	   m.object,
	   m.object_id,
	   m.break_id
  FROM marketplace.bank_entries e
  JOIN marketplace.bank_statements s ON s.marketplace_id = e.marketplace_id AND s.id = e.statement_id
  LEFT JOIN marketplace.bank_entry_details d ON d.marketplace_id = e.marketplace_id AND d.entry_id = e.id AND e.exploded
  LEFT JOIN LATERAL (
	SELECT x.*
	  FROM marketplace.bank_entry_details x
	 WHERE x.marketplace_id = e.marketplace_id
	   AND x.entry_id = e.id
	   AND CASE WHEN e.exploded THEN x.id = d.id ELSE COALESCE(e.batch_count, 1) <= 1 AND NOT EXISTS (
			SELECT FROM marketplace.bank_entry_details y WHERE y.marketplace_id = e.marketplace_id AND y.entry_id = e.id AND y.id <> x.id) END) o ON true
  LEFT JOIN marketplace.bank_line_matches m ON m.marketplace_id = e.marketplace_id AND m.entry_id = e.id AND m.detail_id IS NOT DISTINCT FROM d.id;
COMMENT ON VIEW marketplace.bank_line_rows IS
'Lines of statements: one per booked entry, or per transaction of one that is exploded, so that no sum is there twice (FD-87). For other views.';
COMMENT ON COLUMN marketplace.bank_line_rows.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.bank_line_rows.entry_id IS 'The entry.';
COMMENT ON COLUMN marketplace.bank_line_rows.detail_id IS 'Its transaction; NULL: the entry as a whole.';
COMMENT ON COLUMN marketplace.bank_line_rows.statement_id IS 'The statement (bank_statements.id).';
COMMENT ON COLUMN marketplace.bank_line_rows.kind IS 'camt.053 or camt.054.';
COMMENT ON COLUMN marketplace.bank_line_rows.account IS 'Account of the statement.';
COMMENT ON COLUMN marketplace.bank_line_rows.bank_account_id IS 'Bank account here; NULL: none of ours.';
COMMENT ON COLUMN marketplace.bank_line_rows.client IS 'The account holds client money.';
COMMENT ON COLUMN marketplace.bank_line_rows.amount IS 'What came (positive) or left; NULL: what is written is no amount of a known currency.';
COMMENT ON COLUMN marketplace.bank_line_rows.end_to_end_id IS 'EndToEndId, where the line is of one transaction.';
COMMENT ON COLUMN marketplace.bank_line_rows.payment_information_id IS 'PmtInfId.';
COMMENT ON COLUMN marketplace.bank_line_rows.servicer_reference IS 'The banks reference.';
COMMENT ON COLUMN marketplace.bank_line_rows.remittance IS 'Structured reference, else what the payer wrote.';
COMMENT ON COLUMN marketplace.bank_line_rows.counterparty IS 'Name of the other side.';
COMMENT ON COLUMN marketplace.bank_line_rows.counterparty_account IS 'Its account.';
COMMENT ON COLUMN marketplace.bank_line_rows.booked_on IS 'Booking day.';
COMMENT ON COLUMN marketplace.bank_line_rows.value_on IS 'Value day.';
COMMENT ON COLUMN marketplace.bank_line_rows.reversal IS 'It takes an earlier entry back.';
COMMENT ON COLUMN marketplace.bank_line_rows.returned IS 'It is the return of a payment.';
COMMENT ON COLUMN marketplace.bank_line_rows.return_reason IS 'Reason code of the return.';
COMMENT ON COLUMN marketplace.bank_line_rows.same_as IS 'Entry of another message that told of it before; NULL: none.';
COMMENT ON COLUMN marketplace.bank_line_rows.outcome IS 'What it was taken for.';
COMMENT ON COLUMN marketplace.bank_line_rows.object IS 'Kind of object that it moved.';
COMMENT ON COLUMN marketplace.bank_line_rows.object_id IS 'Number of it.';
COMMENT ON COLUMN marketplace.bank_line_rows.break_id IS 'Break that was opened for it.';

CREATE OR REPLACE VIEW marketplace.bank_statement_overview WITH (security_invoker = true) AS
SELECT s.marketplace_id,
	   s.id AS bank_statement_id,
	   s.message_id AS bank_message_id,
	   s.kind::text AS kind,
	   s.account,
	   s.bank_account_id,
	   s.client,
	   s.statement_id,
	   s.page,
	   s.sequence,
	   s.currency,
	   marketplace.amount_value(s.opening) AS opening,
	   marketplace.amount_value(s.booked) AS booked,
	   marketplace.amount_value(s.closing) AS closing,
	   s.closing_on,
	   s.entries,
	   s.not_booked,
	   s.balanced,
	   marketplace.amount_value(s.difference) AS difference,
	   s.recorded_at
  FROM marketplace.bank_statements s;
COMMENT ON VIEW marketplace.bank_statement_overview IS
'Statements and notifications that were imported, and whether they add up. Operators and auditors. FD-86, FD-97.';
COMMENT ON COLUMN marketplace.bank_statement_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.bank_statement_overview.bank_statement_id IS 'Number of the statement.';
COMMENT ON COLUMN marketplace.bank_statement_overview.bank_message_id IS 'Message that brought it.';
COMMENT ON COLUMN marketplace.bank_statement_overview.kind IS 'camt.053 statement or camt.054 notification.';
COMMENT ON COLUMN marketplace.bank_statement_overview.account IS 'IBAN, or the banks own number.';
COMMENT ON COLUMN marketplace.bank_statement_overview.bank_account_id IS 'Bank account here; NULL: none of ours.';
COMMENT ON COLUMN marketplace.bank_statement_overview.client IS 'The account holds client money.';
COMMENT ON COLUMN marketplace.bank_statement_overview.statement_id IS 'The banks id of it.';
COMMENT ON COLUMN marketplace.bank_statement_overview.page IS 'Page of it.';
COMMENT ON COLUMN marketplace.bank_statement_overview.sequence IS 'Its number.';
COMMENT ON COLUMN marketplace.bank_statement_overview.currency IS 'Currency of the account.';
COMMENT ON COLUMN marketplace.bank_statement_overview.opening IS 'Opening booked balance.';
COMMENT ON COLUMN marketplace.bank_statement_overview.booked IS 'Sum of booked entries, credits less debits.';
COMMENT ON COLUMN marketplace.bank_statement_overview.closing IS 'Closing booked balance; may be in another currency when the file is odd.';
COMMENT ON COLUMN marketplace.bank_statement_overview.closing_on IS 'Day of the closing balance.';
COMMENT ON COLUMN marketplace.bank_statement_overview.entries IS 'Booked entries.';
COMMENT ON COLUMN marketplace.bank_statement_overview.not_booked IS 'Entries that were pending or for information: not kept.';
COMMENT ON COLUMN marketplace.bank_statement_overview.balanced IS 'Opening + booked = closing; NULL: not both balances are given.';
COMMENT ON COLUMN marketplace.bank_statement_overview.difference IS 'By how much not; NULL: it does, or it cannot be said.';
COMMENT ON COLUMN marketplace.bank_statement_overview.recorded_at IS 'When it was imported.';

CREATE OR REPLACE VIEW marketplace.bank_entry_overview WITH (security_invoker = true) AS
SELECT l.marketplace_id,
	   l.entry_id,
	   l.detail_id,
	   l.statement_id AS bank_statement_id,
	   l.kind::text AS kind,
	   l.account,
	   l.client,
	   e.position,
	   marketplace.amount_value(l.amount) AS amount,
	   COALESCE(d.currency, e.currency) AS currency,
	   COALESCE(d.written, e.written) AS written,
	   l.booked_on,
	   l.value_on,
	   e.code,
	   e.batch,
	   e.exploded,
	   l.reversal,
	   l.end_to_end_id,
	   l.payment_information_id,
	   l.servicer_reference,
	   l.counterparty,
	   l.counterparty_account,
	   l.remittance,
	   l.returned,
	   l.return_reason,
	   l.outcome::text AS outcome,
	   l.object,
	   l.object_id,
	   l.break_id
  FROM marketplace.bank_line_rows l
  JOIN marketplace.bank_entries e ON e.marketplace_id = l.marketplace_id AND e.id = l.entry_id
  LEFT JOIN marketplace.bank_entry_details d ON d.marketplace_id = l.marketplace_id AND d.id = l.detail_id;
COMMENT ON VIEW marketplace.bank_entry_overview IS
'What happened on bank accounts, line by line, and what each line was taken for: one per booked entry, or per transaction of one that is exploded. Operators and auditors.';
COMMENT ON COLUMN marketplace.bank_entry_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.bank_entry_overview.entry_id IS 'The entry.';
COMMENT ON COLUMN marketplace.bank_entry_overview.detail_id IS 'Its transaction; NULL: the entry as a whole.';
COMMENT ON COLUMN marketplace.bank_entry_overview.bank_statement_id IS 'The statement.';
COMMENT ON COLUMN marketplace.bank_entry_overview.kind IS 'camt.053 or camt.054.';
COMMENT ON COLUMN marketplace.bank_entry_overview.account IS 'Account of the statement.';
COMMENT ON COLUMN marketplace.bank_entry_overview.client IS 'The account holds client money.';
COMMENT ON COLUMN marketplace.bank_entry_overview.position IS 'Position of the entry in the statement.';
COMMENT ON COLUMN marketplace.bank_entry_overview.amount IS 'What came (positive) or left, in units of the currency; NULL: what is written is no amount.';
COMMENT ON COLUMN marketplace.bank_entry_overview.currency IS 'Currency code as written.';
COMMENT ON COLUMN marketplace.bank_entry_overview.written IS 'The sum as written.';
COMMENT ON COLUMN marketplace.bank_entry_overview.booked_on IS 'Booking day.';
COMMENT ON COLUMN marketplace.bank_entry_overview.value_on IS 'Value day.';
COMMENT ON COLUMN marketplace.bank_entry_overview.code IS 'Bank transaction code.';
COMMENT ON COLUMN marketplace.bank_entry_overview.batch IS 'The entry stands for several transactions.';
COMMENT ON COLUMN marketplace.bank_entry_overview.exploded IS 'Its transactions stand for it.';
COMMENT ON COLUMN marketplace.bank_entry_overview.reversal IS 'It takes an earlier entry back.';
COMMENT ON COLUMN marketplace.bank_entry_overview.end_to_end_id IS 'EndToEndId.';
COMMENT ON COLUMN marketplace.bank_entry_overview.payment_information_id IS 'PmtInfId.';
COMMENT ON COLUMN marketplace.bank_entry_overview.servicer_reference IS 'The banks reference.';
COMMENT ON COLUMN marketplace.bank_entry_overview.counterparty IS 'Name of the other side.';
COMMENT ON COLUMN marketplace.bank_entry_overview.counterparty_account IS 'Its account.';
COMMENT ON COLUMN marketplace.bank_entry_overview.remittance IS 'Structured reference, else what the payer wrote.';
COMMENT ON COLUMN marketplace.bank_entry_overview.returned IS 'It is the return of a payment.';
COMMENT ON COLUMN marketplace.bank_entry_overview.return_reason IS 'Reason code of the return (RD-81).';
COMMENT ON COLUMN marketplace.bank_entry_overview.outcome IS 'confirmed, known, returned, settlement, chargeback, receipt, suspense, break, told_elsewhere, not_ours or own_money.';
COMMENT ON COLUMN marketplace.bank_entry_overview.object IS 'Kind of object that it moved.';
COMMENT ON COLUMN marketplace.bank_entry_overview.object_id IS 'Number of it.';
COMMENT ON COLUMN marketplace.bank_entry_overview.break_id IS 'Break that was opened for it.';

CREATE OR REPLACE VIEW marketplace.payment_file_overview WITH (security_invoker = true) AS
SELECT f.marketplace_id,
	   f.id AS payment_file_id,
	   f.batch_id,
	   f.message_id,
	   f.debtor_account_id,
	   f.execution_date,
	   f.transactions,
	   marketplace.amount_value(f.control_sum) AS control_sum,
	   marketplace.currency(f.control_sum)::text AS currency,
	   pg_catalog.encode(f.sha256, 'hex') AS sha256,
	   s.planned AS to_send,
	   s.open AS in_flight,
	   s.confirmed,
	   s.failed,
	   f.actor,
	   f.created_at
  FROM marketplace.payment_files f
  CROSS JOIN LATERAL (
	SELECT count(*) FILTER (WHERE i.state = 'planned') AS planned,
		   count(*) FILTER (WHERE i.state IN ('sent', 'acknowledged', 'unknown')) AS open,
		   count(*) FILTER (WHERE i.state = 'confirmed') AS confirmed,
		   count(*) FILTER (WHERE i.state IN ('failed', 'cancelled')) AS failed
	  FROM marketplace.payment_file_items t
	  JOIN marketplace.instructions i ON i.marketplace_id = t.marketplace_id AND i.id = t.instruction_id
	 WHERE t.marketplace_id = f.marketplace_id
	   AND t.file_id = f.id) s;
COMMENT ON VIEW marketplace.payment_file_overview IS
'Payment files and how far their transactions are. Operators and auditors. FD-84.';
COMMENT ON COLUMN marketplace.payment_file_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payment_file_overview.payment_file_id IS 'Number of the file.';
COMMENT ON COLUMN marketplace.payment_file_overview.batch_id IS 'Payout run; NULL: refunds only.';
COMMENT ON COLUMN marketplace.payment_file_overview.message_id IS 'MsgId.';
COMMENT ON COLUMN marketplace.payment_file_overview.debtor_account_id IS 'Bank account that is debited.';
COMMENT ON COLUMN marketplace.payment_file_overview.execution_date IS 'Requested execution day.';
COMMENT ON COLUMN marketplace.payment_file_overview.transactions IS 'Number of transactions.';
COMMENT ON COLUMN marketplace.payment_file_overview.control_sum IS 'Sum of them.';
COMMENT ON COLUMN marketplace.payment_file_overview.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.payment_file_overview.sha256 IS 'SHA-256 of the file, in hex.';
COMMENT ON COLUMN marketplace.payment_file_overview.to_send IS 'Transactions not handed to the bank.';
COMMENT ON COLUMN marketplace.payment_file_overview.in_flight IS 'Handed to the bank, outcome not known.';
COMMENT ON COLUMN marketplace.payment_file_overview.confirmed IS 'Carried out.';
COMMENT ON COLUMN marketplace.payment_file_overview.failed IS 'Rejected, or dropped before they were sent.';
COMMENT ON COLUMN marketplace.payment_file_overview.actor IS 'Who made it.';
COMMENT ON COLUMN marketplace.payment_file_overview.created_at IS 'When.';

CREATE OR REPLACE VIEW marketplace.payment_status_overview WITH (security_invoker = true) AS
SELECT p.marketplace_id,
	   p.id AS payment_status_id,
	   p.message_id AS bank_message_id,
	   i.object,
	   i.object_id,
	   p.end_to_end_id,
	   p.original_message_id,
	   p.level,
	   p.status,
	   p.reason,
	   p.information,
	   p.outcome::text AS outcome,
	   p.break_id,
	   p.recorded_at
  FROM marketplace.payment_statuses p
  LEFT JOIN marketplace.instructions i ON i.marketplace_id = p.marketplace_id AND i.id = p.instruction_id;
COMMENT ON VIEW marketplace.payment_status_overview IS
'What status reports (pain.002) said of our orders, and what it did. Operators and auditors. FD-85, RD-72.';
COMMENT ON COLUMN marketplace.payment_status_overview.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.payment_status_overview.payment_status_id IS 'Number of the status.';
COMMENT ON COLUMN marketplace.payment_status_overview.bank_message_id IS 'Message that brought it.';
COMMENT ON COLUMN marketplace.payment_status_overview.object IS 'payout or refund; NULL: no order of ours, or a whole file.';
COMMENT ON COLUMN marketplace.payment_status_overview.object_id IS 'Number of it.';
COMMENT ON COLUMN marketplace.payment_status_overview.end_to_end_id IS 'OrgnlEndToEndId.';
COMMENT ON COLUMN marketplace.payment_status_overview.original_message_id IS 'OrgnlMsgId.';
COMMENT ON COLUMN marketplace.payment_status_overview.level IS 'group, payment or transaction.';
COMMENT ON COLUMN marketplace.payment_status_overview.status IS 'Status code.';
COMMENT ON COLUMN marketplace.payment_status_overview.reason IS 'Reason code.';
COMMENT ON COLUMN marketplace.payment_status_overview.information IS 'What the bank adds.';
COMMENT ON COLUMN marketplace.payment_status_overview.outcome IS 'applied, recorded, late, break or unknown.';
COMMENT ON COLUMN marketplace.payment_status_overview.break_id IS 'Break that was opened for it.';
COMMENT ON COLUMN marketplace.payment_status_overview.recorded_at IS 'When it was imported.';
