CREATE FUNCTION marketplace.tracking_record_batch(marketplace_id int, documents jsonb, request_key text DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION marketplace.tracking_record_batch(int, jsonb, text) IS
'Records many tracking events: an array of at most 100000 documents as tracking_record() takes them. Each is treated as tracking_record() would: the same fold, the same duplicates, the same quarantine. A document that is refused does not stop the others: it becomes a row of tracking_batch_results with its error, and is kept there. Returns the number of the batch. For carriers, sellers and operators, each for its own parcels. Emits as tracking_record(). Errors: MK001, MK002, MK003, MK005, MK020.';
