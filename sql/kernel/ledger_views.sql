-- The two legs of each transfer, as stored. For the ledger's own statements; users read entries.
CREATE OR REPLACE VIEW marketplace.transfer_legs WITH (security_invoker = true) AS
SELECT t.marketplace_id,
	   t.posting_id,
	   t.position,
	   'debit'::text AS side,
	   t.debit_account AS account_id,
	   t.amount,
	   t.debit_balance AS balance,
	   t.xact,
	   t.effective_at,
	   t.recorded_at
  FROM marketplace.transfers t
UNION ALL
SELECT t.marketplace_id,
	   t.posting_id,
	   t.position,
	   'credit'::text,
	   t.credit_account,
	   t.amount,
	   t.credit_balance,
	   t.xact,
	   t.effective_at,
	   t.recorded_at
  FROM marketplace.transfers t;
COMMENT ON VIEW marketplace.transfer_legs IS
'Two rows a transfer, debit and credit, with columns as stored. The ledger''s own statements use it; for reading see entries.';
COMMENT ON COLUMN marketplace.transfer_legs.marketplace_id IS 'The marketplace.';
COMMENT ON COLUMN marketplace.transfer_legs.posting_id IS 'The posting.';
COMMENT ON COLUMN marketplace.transfer_legs.position IS 'Place of the transfer in the posting.';
COMMENT ON COLUMN marketplace.transfer_legs.side IS 'debit or credit.';
COMMENT ON COLUMN marketplace.transfer_legs.account_id IS 'The account on this side.';
COMMENT ON COLUMN marketplace.transfer_legs.amount IS 'What moves; more than zero.';
COMMENT ON COLUMN marketplace.transfer_legs.balance IS 'Balance of the account after the transfer, on its normal side; NULL for summed kinds.';
COMMENT ON COLUMN marketplace.transfer_legs.xact IS 'Number of the transaction that wrote the transfer.';
COMMENT ON COLUMN marketplace.transfer_legs.effective_at IS 'When the fact took effect.';
COMMENT ON COLUMN marketplace.transfer_legs.recorded_at IS 'When the transfer was written.';

CREATE OR REPLACE VIEW marketplace.account_balance_rows WITH (security_invoker = true) AS
SELECT a.marketplace_id,
	   a.id AS account_id,
	   a.kind::text AS kind,
	   k.ring,
	   k.side,
	   k.checked,
	   a.party_id,
	   a.order_line_id,
	   a.allocation_id,
	   a.currency,
	   a.balance + COALESCE(u.sum, marketplace.zero(a.currency)) AS balance
  FROM marketplace.accounts a
  JOIN marketplace.account_kinds() k ON k.kind = a.kind
 CROSS JOIN LATERAL (
	SELECT marketplace.sum(CASE WHEN e.side = k.side THEN e.amount ELSE - e.amount END) AS sum
	  FROM marketplace.transfer_legs e
	 WHERE e.marketplace_id = a.marketplace_id
	   AND e.account_id = a.id
	   AND e.posting_id > a.folded_posting_id
	   AND e.xact >= a.folded_xact) u;
COMMENT ON VIEW marketplace.account_balance_rows IS
'Accounts with their current balance, columns as stored. The ledger''s own statements use it; for reading see account_balances.';
COMMENT ON COLUMN marketplace.account_balance_rows.marketplace_id IS 'The marketplace.';
COMMENT ON COLUMN marketplace.account_balance_rows.account_id IS 'The account.';
COMMENT ON COLUMN marketplace.account_balance_rows.kind IS 'Kind of the account: see account_kinds().';
COMMENT ON COLUMN marketplace.account_balance_rows.ring IS 'client or own money (FD-2).';
COMMENT ON COLUMN marketplace.account_balance_rows.side IS 'Normal side of the kind: debit or credit.';
COMMENT ON COLUMN marketplace.account_balance_rows.checked IS 'True when the kind never goes below zero.';
COMMENT ON COLUMN marketplace.account_balance_rows.party_id IS 'Holder; 0 for none.';
COMMENT ON COLUMN marketplace.account_balance_rows.order_line_id IS 'Order line; 0 for none.';
COMMENT ON COLUMN marketplace.account_balance_rows.allocation_id IS 'Capture allocation; 0 for none.';
COMMENT ON COLUMN marketplace.account_balance_rows.currency IS 'Currency of the account.';
COMMENT ON COLUMN marketplace.account_balance_rows.balance IS 'Current balance on the normal side.';

CREATE OR REPLACE VIEW marketplace.account_balances WITH (security_invoker = true) AS
SELECT b.marketplace_id,
	   b.account_id,
	   b.ring,
	   b.kind,
	   b.side,
	   NULLIF(b.party_id, 0) AS party_id,
	   NULLIF(b.order_line_id, 0) AS order_line_id,
	   NULLIF(b.allocation_id, 0) AS allocation_id,
	   marketplace.amount_value(b.balance) AS balance,
	   b.currency::text AS currency
  FROM marketplace.account_balance_rows b;
COMMENT ON VIEW marketplace.account_balances IS 'Every account of the ledger with its current balance.';
COMMENT ON COLUMN marketplace.account_balances.marketplace_id IS 'The marketplace.';
COMMENT ON COLUMN marketplace.account_balances.account_id IS 'The account, as account_balance() takes it.';
COMMENT ON COLUMN marketplace.account_balances.ring IS 'client: money of buyers and sellers; own: money of the platform (FD-2).';
COMMENT ON COLUMN marketplace.account_balances.kind IS 'Kind of the account: see account_kinds().';
COMMENT ON COLUMN marketplace.account_balances.side IS 'Normal side of the kind, on which the balance is counted: debit or credit.';
COMMENT ON COLUMN marketplace.account_balances.party_id IS 'Holder; NULL where the kind has none.';
COMMENT ON COLUMN marketplace.account_balances.order_line_id IS 'Order line whose cents these are; NULL for accounts at the level of the holder.';
COMMENT ON COLUMN marketplace.account_balances.allocation_id IS 'Capture allocation whose cents these are; NULL where it does not apply.';
COMMENT ON COLUMN marketplace.account_balances.balance IS 'Current balance on the normal side, in units of the currency.';
COMMENT ON COLUMN marketplace.account_balances.currency IS 'Currency code (ISO 4217).';

CREATE OR REPLACE VIEW marketplace.entries WITH (security_invoker = true) AS
SELECT t.marketplace_id,
	   t.posting_id,
	   t.position,
	   l.account_id,
	   l.side,
	   a.kind::text AS kind,
	   NULLIF(a.party_id, 0) AS party_id,
	   NULLIF(a.order_line_id, 0) AS order_line_id,
	   NULLIF(a.allocation_id, 0) AS allocation_id,
	   CASE WHEN l.side = k.side THEN 1 ELSE -1 END * marketplace.amount_value(t.amount) AS amount,
	   marketplace.amount_value(l.balance) AS balance,
	   a.currency::text AS currency,
	   t.reason,
	   t.cause,
	   t.effective_at,
	   t.recorded_at
  FROM marketplace.transfers t
 CROSS JOIN LATERAL (VALUES ('debit'::text, t.debit_account, t.debit_balance), ('credit', t.credit_account, t.credit_balance))
	   AS l(side, account_id, balance)
  JOIN marketplace.accounts a ON a.marketplace_id = t.marketplace_id AND a.id = l.account_id
  JOIN marketplace.account_kinds() k ON k.kind = a.kind;
COMMENT ON VIEW marketplace.entries IS
'The journal read by account: two rows a transfer. Sellers and other parties see the entries of their own accounts.';
COMMENT ON COLUMN marketplace.entries.marketplace_id IS 'The marketplace.';
COMMENT ON COLUMN marketplace.entries.posting_id IS 'The posting: transfers that were written together.';
COMMENT ON COLUMN marketplace.entries.position IS 'Place of the transfer in the posting.';
COMMENT ON COLUMN marketplace.entries.account_id IS 'The account.';
COMMENT ON COLUMN marketplace.entries.side IS 'debit or credit.';
COMMENT ON COLUMN marketplace.entries.kind IS 'Kind of the account: see account_kinds().';
COMMENT ON COLUMN marketplace.entries.party_id IS 'Holder of the account; NULL where the kind has none.';
COMMENT ON COLUMN marketplace.entries.order_line_id IS 'Order line of the account; NULL for none.';
COMMENT ON COLUMN marketplace.entries.allocation_id IS 'Capture allocation of the account; NULL for none.';
COMMENT ON COLUMN marketplace.entries.amount IS 'Change of the balance on the account''s normal side: positive when it grows.';
COMMENT ON COLUMN marketplace.entries.balance IS 'Balance of the account afterwards; NULL for summed kinds (see account_kinds()).';
COMMENT ON COLUMN marketplace.entries.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.entries.reason IS 'Posting rule: release, payout, refund …';
COMMENT ON COLUMN marketplace.entries.cause IS 'Event that explains the transfer (events.id).';
COMMENT ON COLUMN marketplace.entries.effective_at IS 'When the fact took effect.';
COMMENT ON COLUMN marketplace.entries.recorded_at IS 'When the transfer was written.';

CREATE OR REPLACE VIEW marketplace.trial_balance WITH (security_invoker = true) AS
SELECT s.marketplace_id,
	   s.ring,
	   s.kind,
	   s.currency,
	   GREATEST(CASE s.side WHEN 'debit' THEN s.balance ELSE - s.balance END, 0 * s.balance) AS debit,
	   GREATEST(CASE s.side WHEN 'debit' THEN - s.balance ELSE s.balance END, 0 * s.balance) AS credit,
	   s.balance
  FROM (SELECT b.marketplace_id,
			   b.ring,
			   b.kind,
			   b.side,
			   b.currency::text AS currency,
			   marketplace.amount_value(marketplace.sum(b.balance)) AS balance
		  FROM marketplace.account_balance_rows b
		 GROUP BY b.marketplace_id, b.ring, b.kind, b.side, b.currency) s;
COMMENT ON VIEW marketplace.trial_balance IS
'Balances by kind and currency, now. Per ring and currency the debit column sums to the credit column (FD-1). A party sees the part of its own accounts.';
COMMENT ON COLUMN marketplace.trial_balance.marketplace_id IS 'The marketplace.';
COMMENT ON COLUMN marketplace.trial_balance.ring IS 'client: money of buyers and sellers; own: money of the platform (FD-2).';
COMMENT ON COLUMN marketplace.trial_balance.kind IS 'Kind of accounts: see account_kinds().';
COMMENT ON COLUMN marketplace.trial_balance.currency IS 'Currency code (ISO 4217).';
COMMENT ON COLUMN marketplace.trial_balance.debit IS 'Balance where it lies on the debit side, else 0; in units of the currency.';
COMMENT ON COLUMN marketplace.trial_balance.credit IS 'Balance where it lies on the credit side, else 0; in units of the currency.';
COMMENT ON COLUMN marketplace.trial_balance.balance IS 'Balance on the normal side of the kind: negative when it lies on the other.';
