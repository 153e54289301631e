-- Differences between what the books, the PSP and the bank say, each a row with an owner (FD §11, FD-85, FD-97, FD-98).

CREATE DOMAIN marketplace.break_class AS text CHECK (VALUE IN (
	'bank_pending', 'missing_bank', 'missing_psp', 'missing_ledger', 'unidentified', 'amount_mismatch', 'duplicate', 'balance_break',
	'batch_break', 'status_break', 'return_break', 'entry_break', 'shortfall', 'due_from_own', 'negative_cash', 'no_statement'));
COMMENT ON DOMAIN marketplace.break_class IS
'What differs. bank_pending, missing_bank, missing_psp, missing_ledger, unidentified, amount_mismatch, duplicate: between ledger, PSP and bank (FD-91…FD-96). balance_break: a statement does not add up (FD-97). batch_break: the details of a batch entry do not add up to it (FD-87). status_break: the outside takes back what it had said (FD-85). return_break: a return of something that is not known. entry_break: a valid entry that could not be understood. shortfall, due_from_own, negative_cash, no_statement: found by a safeguarding proof (FD-98).';
CREATE DOMAIN marketplace.break_state AS text CHECK (VALUE IN ('open', 'escalated', 'matched', 'explained', 'corrected', 'written_off'));
COMMENT ON DOMAIN marketplace.break_state IS 'State of a break: see marketplace.lifecycle, machine break (funds rule book §11).';

CREATE TABLE marketplace.recon_breaks (
	marketplace_id		int NOT NULL,
	id					bigint GENERATED ALWAYS AS IDENTITY,
	class				marketplace.break_class NOT NULL,
	natural_key			text NOT NULL CHECK (natural_key <> ''),
	source				text NOT NULL CHECK (source IN ('reconciliation', 'psp_mirror', 'statement', 'payment_status', 'safeguarding')),
	priority			int NOT NULL CHECK (priority BETWEEN 1 AND 3),
	ledger_amount		marketplace.amount,
	psp_amount			marketplace.amount,
	bank_amount			marketplace.amount,
	difference			marketplace.amount NOT NULL,
	end_to_end_id		text,
	psp_id				text,
	bank_reference		text,
	value_date			date,
	party_id			bigint,
	object				text,
	object_id			bigint,
	causes				jsonb,
	suggested_action	text NOT NULL,
	opened_at			timestamptz NOT NULL,
	due_at				timestamptz NOT NULL,
	owner				text,
	state				marketplace.break_state NOT NULL,
	resolved_at			timestamptz,
	resolved_by			text,
	reason				text,
	posting_event_id	bigint,
	PRIMARY KEY (marketplace_id, id),
	UNIQUE (marketplace_id, class, natural_key),
	CHECK ((state IN ('open', 'escalated')) = (resolved_at IS NULL)),
	CHECK ((object IS NULL) = (object_id IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX recon_breaks_open ON marketplace.recon_breaks (marketplace_id, due_at) WHERE state IN ('open', 'escalated');
COMMENT ON TABLE marketplace.recon_breaks IS
'Differences between the books, the PSP and the bank: opened by reconcile(), imports and safeguarding proofs, resolved by break_resolve() or, timing, by the arrival of the missing side. One per class and natural key. Read the view reconciliation_breaks. FD-90…FD-98.';
COMMENT ON COLUMN marketplace.recon_breaks.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.recon_breaks.id IS 'Number of the break.';
COMMENT ON COLUMN marketplace.recon_breaks.class IS 'What differs.';
COMMENT ON COLUMN marketplace.recon_breaks.natural_key IS 'What it is about, unique within its class: the same difference found again is the same break.';
COMMENT ON COLUMN marketplace.recon_breaks.source IS 'What found it: reconciliation, psp_mirror, statement, payment_status or safeguarding.';
COMMENT ON COLUMN marketplace.recon_breaks.priority IS '1: client money may be lacking; 2: money is not where it should be; 3: timing, or for information.';
COMMENT ON COLUMN marketplace.recon_breaks.ledger_amount IS 'What the books say: into the client account positive, out of it negative; NULL where they say nothing.';
COMMENT ON COLUMN marketplace.recon_breaks.psp_amount IS 'What the PSP says; NULL where it says nothing.';
COMMENT ON COLUMN marketplace.recon_breaks.bank_amount IS 'What the bank says; NULL where it says nothing.';
COMMENT ON COLUMN marketplace.recon_breaks.difference IS 'How much is in question: one side less the other, or the side that there is.';
COMMENT ON COLUMN marketplace.recon_breaks.end_to_end_id IS 'End-to-end id of the movement, where known.';
COMMENT ON COLUMN marketplace.recon_breaks.psp_id IS 'The PSP''s id of the movement, where known.';
COMMENT ON COLUMN marketplace.recon_breaks.bank_reference IS 'The bank''s reference of the entry or statement, where known.';
COMMENT ON COLUMN marketplace.recon_breaks.value_date IS 'Value date, where known.';
COMMENT ON COLUMN marketplace.recon_breaks.party_id IS 'Party whose money it is, where known.';
COMMENT ON COLUMN marketplace.recon_breaks.object IS 'Kind of object that it is about: capture, payout, refund, statement, …; NULL: none is known.';
COMMENT ON COLUMN marketplace.recon_breaks.object_id IS 'Number of that object.';
COMMENT ON COLUMN marketplace.recon_breaks.causes IS 'What is known of its causes, as found; NULL: nothing more.';
COMMENT ON COLUMN marketplace.recon_breaks.suggested_action IS 'What its class asks for (FD §11).';
COMMENT ON COLUMN marketplace.recon_breaks.opened_at IS 'When it was found: its age counts from here.';
COMMENT ON COLUMN marketplace.recon_breaks.due_at IS 'It is escalated from then on (policy fd.break_sla).';
COMMENT ON COLUMN marketplace.recon_breaks.owner IS 'Who looks into it: set by break_assign(); NULL: nobody yet.';
COMMENT ON COLUMN marketplace.recon_breaks.state IS 'See marketplace.lifecycle, machine break.';
COMMENT ON COLUMN marketplace.recon_breaks.resolved_at IS 'When it was resolved; NULL while it is not.';
COMMENT ON COLUMN marketplace.recon_breaks.resolved_by IS 'Who resolved it; reconcile where the missing side arrived by itself.';
COMMENT ON COLUMN marketplace.recon_breaks.reason IS 'How it was resolved.';
COMMENT ON COLUMN marketplace.recon_breaks.posting_event_id IS 'Event that explains the correcting or writing-off transfers (transfers.cause); NULL: none.';
