-- What the PSP pays to the client account in lump sums: what it has told of (per capture), what the bank has shown, and which belongs to
-- which. Cash is posted once: for what is told or for what is shown, whichever comes first (FD-P03, FD §11).

CREATE TABLE marketplace.settlement_announcements (
	marketplace_id	int NOT NULL,
	object			text NOT NULL CHECK (object IN ('capture', 'chargeback')),
	object_id		bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	received		marketplace.amount NOT NULL CHECK (marketplace.sign(received) >= 0 AND received <= amount),
	reference		text,
	told_by			text NOT NULL CHECK (told_by IN ('psp', 'bank')),
	told_at			timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, object, object_id)
) WITH (fillfactor = 80);
CREATE INDEX settlement_announcements_open ON marketplace.settlement_announcements (marketplace_id, told_at) WHERE received <> amount;
COMMENT ON TABLE marketplace.settlement_announcements IS
'What the PSP has said that it pays to the client account: the settlement of a capture less its fee, a chargeback that was won. What the bank has shown of it is counted by settlement_items.';
COMMENT ON COLUMN marketplace.settlement_announcements.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.settlement_announcements.object IS 'capture or chargeback.';
COMMENT ON COLUMN marketplace.settlement_announcements.object_id IS 'Number of it.';
COMMENT ON COLUMN marketplace.settlement_announcements.amount IS 'What comes to the account, fee deducted.';
COMMENT ON COLUMN marketplace.settlement_announcements.received IS 'What of it the bank has shown.';
COMMENT ON COLUMN marketplace.settlement_announcements.reference IS 'The PSP''s id of the settlement that brings it; NULL: not told.';
COMMENT ON COLUMN marketplace.settlement_announcements.told_by IS 'psp: it said so. bank: its sum on the account, with the PSP''s list or the name of the capture, is evidence of it.';
COMMENT ON COLUMN marketplace.settlement_announcements.told_at IS 'When it was told.';

CREATE TABLE marketplace.settlements (
	marketplace_id	int NOT NULL,
	id				bigint GENERATED ALWAYS AS IDENTITY,
	entry_id		bigint NOT NULL,
	detail_id		bigint,
	recognised_by	text NOT NULL CHECK (recognised_by IN ('reference', 'payer', 'amount')),
	reference		text,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	netted			marketplace.amount NOT NULL CHECK (marketplace.sign(netted) >= 0),
	listed			marketplace.amount,
	posted			marketplace.amount NOT NULL CHECK (marketplace.sign(posted) >= 0 AND posted <= amount),
	taken			marketplace.amount NOT NULL CHECK (marketplace.sign(taken) >= 0 AND taken <= posted),
	covered			marketplace.amount NOT NULL CHECK (marketplace.sign(covered) >= 0 AND covered <= amount + netted),
	value_date		date NOT NULL,
	written			text NOT NULL,
	received_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, id)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX settlements_line ON marketplace.settlements (marketplace_id, entry_id, (COALESCE(detail_id, 0)));
CREATE INDEX settlements_open ON marketplace.settlements (marketplace_id, id) WHERE covered <> amount + netted;
CREATE INDEX settlements_unlisted ON marketplace.settlements (marketplace_id, id) WHERE listed IS NULL;
COMMENT ON TABLE marketplace.settlements IS
'Lump sums of the PSP that the bank has shown on the client account, each a line of a statement. What is not covered yet waits for the PSP to tell which captures it pays.';
COMMENT ON COLUMN marketplace.settlements.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.settlements.id IS 'Number of the settlement.';
COMMENT ON COLUMN marketplace.settlements.entry_id IS 'Entry of the statement (bank_entries.id).';
COMMENT ON COLUMN marketplace.settlements.detail_id IS 'Transaction of it (bank_entry_details.id); NULL: the entry as a whole.';
COMMENT ON COLUMN marketplace.settlements.recognised_by IS
'reference: it names a settlement that the PSP has told of. payer: it comes from the PSP. amount: nobody is named, and it is exactly what the PSP owes.';
COMMENT ON COLUMN marketplace.settlements.reference IS 'The PSP''s id of the settlement; NULL: not known.';
COMMENT ON COLUMN marketplace.settlements.amount IS 'What came.';
COMMENT ON COLUMN marketplace.settlements.netted IS 'What the PSP kept of the captures'' money for refunds, chargebacks and fees, by its list.';
COMMENT ON COLUMN marketplace.settlements.listed IS 'What it should be by the PSP''s list; NULL: the list does not have it.';
COMMENT ON COLUMN marketplace.settlements.posted IS 'What of it was posted when it came, since the PSP had not told of it; what is told later takes it from there.';
COMMENT ON COLUMN marketplace.settlements.taken IS 'What of posted was told of later.';
COMMENT ON COLUMN marketplace.settlements.covered IS 'What of amount and netted is known to pay captures.';
COMMENT ON COLUMN marketplace.settlements.value_date IS 'Value date at the bank.';
COMMENT ON COLUMN marketplace.settlements.written IS 'What is written on it: references and text, for a list of the PSP that comes later.';
COMMENT ON COLUMN marketplace.settlements.received_at IS 'When it was imported.';

CREATE TABLE marketplace.settlement_items (
	marketplace_id	int NOT NULL,
	settlement_id	bigint NOT NULL,
	object			text NOT NULL,
	object_id		bigint NOT NULL,
	amount			marketplace.amount NOT NULL CHECK (marketplace.sign(amount) > 0),
	from_posted		marketplace.amount NOT NULL CHECK (marketplace.sign(from_posted) >= 0 AND from_posted <= amount),
	recorded_at		timestamptz NOT NULL,
	PRIMARY KEY (marketplace_id, settlement_id, object, object_id)
);
CREATE INDEX settlement_items_object ON marketplace.settlement_items (marketplace_id, object, object_id);
COMMENT ON TABLE marketplace.settlement_items IS 'Which lump sum of the PSP pays which capture, and how much of it. Never changed.';
COMMENT ON COLUMN marketplace.settlement_items.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.settlement_items.settlement_id IS 'The settlement.';
COMMENT ON COLUMN marketplace.settlement_items.object IS 'capture or chargeback.';
COMMENT ON COLUMN marketplace.settlement_items.object_id IS 'Number of it.';
COMMENT ON COLUMN marketplace.settlement_items.amount IS 'What of the settlement is its.';
COMMENT ON COLUMN marketplace.settlement_items.from_posted IS 'What of that was posted as cash with the settlement; the rest was posted with the capture.';
COMMENT ON COLUMN marketplace.settlement_items.recorded_at IS 'When it was known.';

-- A reference as banks may write it: letters and digits only, in capitals.
CREATE INDEX psp_transactions_settlement ON marketplace.psp_transactions (
	marketplace_id, (pg_catalog.upper(pg_catalog.regexp_replace(settlement_id, '[^A-Za-z0-9]', '', 'g')))) WHERE settlement_id IS NOT NULL;
CREATE INDEX captures_unsettled ON marketplace.captures (marketplace_id, captured_at) WHERE state = 'captured';
