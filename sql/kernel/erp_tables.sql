CREATE TABLE marketplace.erp_snapshots (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	source text NOT NULL,
	taken_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX erp_snapshots_source ON marketplace.erp_snapshots (marketplace_id, source, taken_at);
COMMENT ON TABLE marketplace.erp_snapshots IS 'What ERPs said that they believe (LG-61): written by erp_snapshot_import(), compared by erp_differences().';
COMMENT ON COLUMN marketplace.erp_snapshots.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.erp_snapshots.id IS 'Number of the snapshot.';
COMMENT ON COLUMN marketplace.erp_snapshots.source IS 'Which ERP; its latest snapshot counts.';
COMMENT ON COLUMN marketplace.erp_snapshots.taken_at IS 'When the ERP looked.';
COMMENT ON COLUMN marketplace.erp_snapshots.recorded_at IS 'When it was imported.';
COMMENT ON COLUMN marketplace.erp_snapshots.recorded_by IS 'Who imported it.';

CREATE TABLE marketplace.erp_snapshot_rows (
	marketplace_id int NOT NULL,
	snapshot_id bigint NOT NULL,
	kind text NOT NULL,
	reference text NOT NULL,
	status text,
	quantity numeric,
	amount marketplace.amount,
	PRIMARY KEY (marketplace_id, snapshot_id, kind, reference)
);
COMMENT ON TABLE marketplace.erp_snapshot_rows IS 'The objects of a snapshot, as the ERP has them.';
COMMENT ON COLUMN marketplace.erp_snapshot_rows.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.erp_snapshot_rows.snapshot_id IS 'The snapshot.';
COMMENT ON COLUMN marketplace.erp_snapshot_rows.kind IS 'Kind of object: see view erp_position.';
COMMENT ON COLUMN marketplace.erp_snapshot_rows.reference IS 'Which one, by the number that events carry (invoices: by their own number).';
COMMENT ON COLUMN marketplace.erp_snapshot_rows.status IS 'Its state; NULL: the ERP does not say.';
COMMENT ON COLUMN marketplace.erp_snapshot_rows.quantity IS 'Its quantity; NULL: the ERP does not say.';
COMMENT ON COLUMN marketplace.erp_snapshot_rows.amount IS 'Its amount; NULL: the ERP does not say.';

CREATE TABLE marketplace.erp_resolutions (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	source text NOT NULL,
	kind text NOT NULL,
	reference text NOT NULL,
	difference text NOT NULL,
	ours text,
	theirs text,
	reason text NOT NULL,
	note text,
	resolved_at timestamptz NOT NULL,
	resolved_by text NOT NULL,
	PRIMARY KEY (marketplace_id, id),
	CONSTRAINT erp_resolutions_reason CHECK (reason IN ('erp_corrected', 'marketplace_corrected', 'timing', 'accepted'))
);
CREATE INDEX erp_resolutions_object ON marketplace.erp_resolutions (marketplace_id, source, kind, reference, difference);
COMMENT ON TABLE marketplace.erp_resolutions IS 'How differences to an ERP ended. Another difference of the same object is open again.';
COMMENT ON COLUMN marketplace.erp_resolutions.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.erp_resolutions.id IS 'Number of the resolution.';
COMMENT ON COLUMN marketplace.erp_resolutions.source IS 'Which ERP.';
COMMENT ON COLUMN marketplace.erp_resolutions.kind IS 'Kind of object.';
COMMENT ON COLUMN marketplace.erp_resolutions.reference IS 'Which one.';
COMMENT ON COLUMN marketplace.erp_resolutions.difference IS 'missing_here, missing_there, status, quantity or amount.';
COMMENT ON COLUMN marketplace.erp_resolutions.ours IS 'What the marketplace had.';
COMMENT ON COLUMN marketplace.erp_resolutions.theirs IS 'What the ERP had.';
COMMENT ON COLUMN marketplace.erp_resolutions.reason IS 'erp_corrected, marketplace_corrected, timing (it was under way) or accepted.';
COMMENT ON COLUMN marketplace.erp_resolutions.note IS 'In words.';
COMMENT ON COLUMN marketplace.erp_resolutions.resolved_at IS 'When.';
COMMENT ON COLUMN marketplace.erp_resolutions.resolved_by IS 'By whom.';
