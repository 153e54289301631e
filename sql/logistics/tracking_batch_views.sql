CREATE OR REPLACE VIEW marketplace.tracking_batch_results WITH (security_invoker = true) AS
SELECT b.marketplace_id, b.id AS batch_id, r.position::int AS position,
	CASE WHEN f.position IS NOT NULL THEN 'refused' WHEN r.stored_new THEN 'stored' ELSE 'repeated' END AS outcome,
	NULLIF(r.tracking_event_id, 0) AS tracking_event_id, f.error, f.message, f.detail, f.hint, f.document, b.recorded_at, b.recorded_by
FROM marketplace.tracking_batches b
CROSS JOIN LATERAL ROWS FROM (unnest(b.event_ids), unnest(b.stored_new)) WITH ORDINALITY r (tracking_event_id, stored_new, position)
LEFT JOIN marketplace.tracking_batch_refusals f ON f.marketplace_id = b.marketplace_id AND f.batch_id = b.id AND f.position = r.position;
COMMENT ON VIEW marketplace.tracking_batch_results IS
'What became of each document of a batch.';
COMMENT ON COLUMN marketplace.tracking_batch_results.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.tracking_batch_results.batch_id IS 'The batch, as tracking_record_batch() or tracking_record_from() returned it.';
COMMENT ON COLUMN marketplace.tracking_batch_results.position IS 'Place of the document in the batch, from 1.';
COMMENT ON COLUMN marketplace.tracking_batch_results.outcome IS 'stored, repeated (was known already, LG-19) or refused.';
COMMENT ON COLUMN marketplace.tracking_batch_results.tracking_event_id IS 'The event; of several parcels the last one''s. NULL: refused, or a scan of a handling unit that held no parcel.';
COMMENT ON COLUMN marketplace.tracking_batch_results.error IS 'Refused: SQLSTATE.';
COMMENT ON COLUMN marketplace.tracking_batch_results.message IS 'Refused: what is wrong.';
COMMENT ON COLUMN marketplace.tracking_batch_results.detail IS 'Refused: the figures.';
COMMENT ON COLUMN marketplace.tracking_batch_results.hint IS 'Refused: the way out.';
COMMENT ON COLUMN marketplace.tracking_batch_results.document IS 'Refused: the document, to be mended and sent again.';
COMMENT ON COLUMN marketplace.tracking_batch_results.recorded_at IS 'When the batch was recorded.';
COMMENT ON COLUMN marketplace.tracking_batch_results.recorded_by IS 'Who sent it.';
