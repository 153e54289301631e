-- The books: accounts, transfers, and the bookkeeping of folds. Written by the ledger only (src/kernel/ledger_write.c, ledger_fold.c).

CREATE DOMAIN marketplace.account_kind AS text CHECK (VALUE IN (
	'c_psp_clearing', 'c_cash', 'c_due_from_own', 'c_escrow', 'c_seller_pending', 'c_seller', 'c_reserve', 'c_commission',
	'c_due_to_own', 'c_buyer', 'c_payout_clearing', 'c_refund_clearing', 'c_third', 'c_suspense', 'c_fx',
	'o_cash', 'o_funding', 'o_commission_receivable', 'o_due_from_client', 'o_due_to_client', 'o_seller_receivable',
	'o_other_receivable', 'o_revenue', 'o_vat', 'o_psp_fees', 'o_fx', 'o_loss'));
COMMENT ON DOMAIN marketplace.account_kind IS
'Kind of a ledger account; its ring, side and meaning are listed by marketplace.account_kinds().';

CREATE SEQUENCE marketplace.posting_ids;
COMMENT ON SEQUENCE marketplace.posting_ids IS
'Ids of postings. Taken after the accounts are locked, so that along a checked account ids ascend in the order of its transfers.';

CREATE SEQUENCE marketplace.manual_posting_ids;
COMMENT ON SEQUENCE marketplace.manual_posting_ids IS 'Numbers of manual postings, the objects that events of ledger_post() are about.';

CREATE TABLE marketplace.accounts (
	marketplace_id		int NOT NULL,
	id					bigint GENERATED ALWAYS AS IDENTITY,
	party_id			bigint NOT NULL DEFAULT 0,
	order_line_id		bigint NOT NULL DEFAULT 0,
	allocation_id		bigint NOT NULL DEFAULT 0,
	balance				marketplace.amount NOT NULL,
	folded_xact			bigint,
	folded_posting_id	bigint,
	currency			marketplace.currency NOT NULL,
	kind				marketplace.account_kind NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, party_id, order_line_id, allocation_id, kind, currency),
	CHECK ((folded_xact IS NULL) = (folded_posting_id IS NULL))
) WITH (fillfactor = 70);
-- what a party has or owes outside any order line
CREATE INDEX accounts_wallets ON marketplace.accounts (marketplace_id, kind, party_id) WHERE order_line_id = 0;
CREATE INDEX accounts_commission ON marketplace.accounts (marketplace_id, id) WHERE kind = 'c_commission';
CREATE INDEX accounts_summed ON marketplace.accounts (marketplace_id, id) WHERE folded_xact IS NOT NULL;
COMMENT ON TABLE marketplace.accounts IS
'Accounts of the ledger, made on first use: one per kind, holder, order line, capture allocation and currency. Checked kinds keep their balance and never go below zero; summed kinds are never locked, their balance is the folded part plus the transfers not folded yet (view account_balances). Written by the ledger only: MK040, MK041. Rules FD-5, FD-7; SETTLED 2.';
COMMENT ON COLUMN marketplace.accounts.marketplace_id IS 'The marketplace whose books these are.';
COMMENT ON COLUMN marketplace.accounts.id IS 'Number of the account; accounts are locked in ascending order of it.';
COMMENT ON COLUMN marketplace.accounts.party_id IS 'Holder: seller, buyer, payment service provider or third party; 0 where the kind has none.';
COMMENT ON COLUMN marketplace.accounts.order_line_id IS 'Order line whose cents these are; 0 for accounts at the level of the holder.';
COMMENT ON COLUMN marketplace.accounts.allocation_id IS 'Capture allocation whose cents these are; 0 where it does not apply.';
COMMENT ON COLUMN marketplace.accounts.balance IS
'On the normal side of the kind. Checked kinds: the current balance. Summed kinds: the sum of the folded transfers.';
COMMENT ON COLUMN marketplace.accounts.folded_xact IS
'Summed kinds: transfers with a lower xact are in balance, the others are not. NULL for checked kinds.';
COMMENT ON COLUMN marketplace.accounts.folded_posting_id IS
'Summed kinds: every transfer that is not folded yet has a higher posting id (bounds the index scan). NULL for checked kinds.';
COMMENT ON COLUMN marketplace.accounts.currency IS 'The one currency of the account.';
COMMENT ON COLUMN marketplace.accounts.kind IS 'Kind: see marketplace.account_kinds().';

CREATE TABLE marketplace.transfers (
	marketplace_id		int NOT NULL,
	position			int NOT NULL,
	posting_id			bigint NOT NULL,
	debit_account		bigint NOT NULL,
	credit_account		bigint NOT NULL,
	amount				marketplace.amount NOT NULL,
	debit_balance		marketplace.amount,
	credit_balance		marketplace.amount,
	order_line_id		bigint NOT NULL DEFAULT 0,
	cause				bigint NOT NULL,
	xact				bigint NOT NULL,
	effective_at		timestamptz NOT NULL,
	recorded_at			timestamptz NOT NULL,
	reason				text NOT NULL,
	PRIMARY KEY (marketplace_id, posting_id, position)
);
CREATE INDEX transfers_debit ON marketplace.transfers (marketplace_id, debit_account, posting_id);
CREATE INDEX transfers_credit ON marketplace.transfers (marketplace_id, credit_account, posting_id);
COMMENT ON TABLE marketplace.transfers IS
'The journal: one immutable row a transfer, both legs in it, so that debit equals credit by construction (FD-1). Transfers of one posting were written together. References hold by construction, since only the ledger writes here (MK040, MK041); ledger_verify() proves it.';
COMMENT ON COLUMN marketplace.transfers.marketplace_id IS 'The marketplace whose books these are.';
COMMENT ON COLUMN marketplace.transfers.position IS 'Place in the posting: 1, 2, 3 …';
COMMENT ON COLUMN marketplace.transfers.posting_id IS 'The posting: the transfers of one call.';
COMMENT ON COLUMN marketplace.transfers.debit_account IS 'Account that is debited (accounts.id).';
COMMENT ON COLUMN marketplace.transfers.credit_account IS 'Account that is credited (accounts.id), in the same ring (FD-2) and currency.';
COMMENT ON COLUMN marketplace.transfers.amount IS 'What moves; more than zero.';
COMMENT ON COLUMN marketplace.transfers.debit_balance IS 'Balance of the debited account after this transfer, on its normal side; NULL where the kind is summed.';
COMMENT ON COLUMN marketplace.transfers.credit_balance IS 'Balance of the credited account after this transfer, on its normal side; NULL where the kind is summed.';
COMMENT ON COLUMN marketplace.transfers.order_line_id IS 'Order line whose cents move: that of the debited account, else of the credited one; 0 for none.';
COMMENT ON COLUMN marketplace.transfers.cause IS 'Event that explains the transfer (events.id): it holds actor, request and policy (FD-4).';
COMMENT ON COLUMN marketplace.transfers.xact IS 'Number of the transaction that wrote the row (see xact_epochs).';
COMMENT ON COLUMN marketplace.transfers.effective_at IS 'When the fact took effect: the clock of the call.';
COMMENT ON COLUMN marketplace.transfers.recorded_at IS
'When the row was written, read after the accounts were locked, so that it ascends along a checked account; the simulated time while marketplace.clock is set.';
COMMENT ON COLUMN marketplace.transfers.reason IS 'Posting rule: release, payout, refund … (FD-P rows of the funds rule book).';

CREATE TABLE marketplace.ledger_folds (
	marketplace_id		int NOT NULL,
	next_xact			bigint NOT NULL,
	posting_id			bigint NOT NULL,
	PRIMARY KEY (marketplace_id, next_xact)
);
COMMENT ON TABLE marketplace.ledger_folds IS
'Marks set by folds: every transaction numbered next_xact or higher took posting ids above posting_id. Once all lower transactions have ended, that bounds the search for transfers not folded yet. Marks that no later fold can need are removed.';
COMMENT ON COLUMN marketplace.ledger_folds.marketplace_id IS 'The marketplace that was folded.';
COMMENT ON COLUMN marketplace.ledger_folds.next_xact IS 'Number of the next transaction at the time of the fold.';
COMMENT ON COLUMN marketplace.ledger_folds.posting_id IS 'Last posting id handed out before that.';
