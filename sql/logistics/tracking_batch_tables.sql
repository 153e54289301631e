CREATE TABLE marketplace.tracking_batches (
	marketplace_id int NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY,
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL,
	party_id bigint,
	stored int NOT NULL,
	repeated int NOT NULL,
	refused int NOT NULL,
	event_ids bigint[] NOT NULL,
	stored_new boolean[] NOT NULL,
	PRIMARY KEY (marketplace_id, id)
);
COMMENT ON TABLE marketplace.tracking_batches IS 'Calls of tracking_record_batch() and tracking_record_from(). Read them in tracking_batch_results.';
COMMENT ON COLUMN marketplace.tracking_batches.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.tracking_batches.id IS 'Number of the batch.';
COMMENT ON COLUMN marketplace.tracking_batches.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.tracking_batches.recorded_by IS 'Who sent it.';
COMMENT ON COLUMN marketplace.tracking_batches.party_id IS 'The seller or carrier for whom it was sent; NULL: an operator.';
COMMENT ON COLUMN marketplace.tracking_batches.stored IS 'Documents that said something new.';
COMMENT ON COLUMN marketplace.tracking_batches.repeated IS 'Documents that said what was known (LG-19).';
COMMENT ON COLUMN marketplace.tracking_batches.refused IS 'Documents that were refused.';
COMMENT ON COLUMN marketplace.tracking_batches.event_ids IS 'By position: the event; NULL where the document was refused.';
COMMENT ON COLUMN marketplace.tracking_batches.stored_new IS 'By position: true where the document said something new.';

CREATE TABLE marketplace.tracking_batch_refusals (
	marketplace_id int NOT NULL,
	batch_id bigint NOT NULL,
	position int NOT NULL,
	document jsonb NOT NULL,
	error text NOT NULL,
	message text NOT NULL,
	detail text,
	hint text,
	PRIMARY KEY (marketplace_id, batch_id, position)
);
COMMENT ON TABLE marketplace.tracking_batch_refusals IS 'Documents of batches that could not be recorded, kept so that they can be mended and sent again.';
COMMENT ON COLUMN marketplace.tracking_batch_refusals.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.tracking_batch_refusals.batch_id IS 'The batch.';
COMMENT ON COLUMN marketplace.tracking_batch_refusals.position IS 'Place of the document in it, from 1.';
COMMENT ON COLUMN marketplace.tracking_batch_refusals.document IS 'The document.';
COMMENT ON COLUMN marketplace.tracking_batch_refusals.error IS 'SQLSTATE: MK….';
COMMENT ON COLUMN marketplace.tracking_batch_refusals.message IS 'What is wrong.';
COMMENT ON COLUMN marketplace.tracking_batch_refusals.detail IS 'The figures.';
COMMENT ON COLUMN marketplace.tracking_batch_refusals.hint IS 'The way out.';
